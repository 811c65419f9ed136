"""Old paths of modules: notebooks that were begun with an older version of the course go on working.

Whoever imports by one gets the module from where it is now, and one sentence that says where that is.
"""

import importlib
import importlib.abc
import importlib.util
import sys

#: old name -> the package that holds it now
MOVED = {
    **dict.fromkeys(("quiet", "settings", "importing", "environment", "processor"), "startup"),
    **dict.fromkeys(("recipe", "game", "shortcuts"), "training"),
    **dict.fromkeys(("kernel", "neighbours", "planar", "synthetic", "inputs"), "metrics"),
    **dict.fromkeys(("plots", "charts", "playground", "explorer", "progress", "describe"), "pictures"),
    "recordings": "evidence",
}


def keep_old_paths():
    """Let the old paths be imported, from now on."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        package, _, module = name.partition(".")
        return importlib.util.spec_from_loader(name, self) if package == "ganhacks" and module in MOVED else None

    def create_module(self, spec):
        old = spec.name.partition(".")[2]
        new = f"ganhacks.{MOVED[old]}.{old}"
        print(f"{spec.name} is {new} now: this works, and new code should import it from there.")
        module = importlib.import_module(new)
        self.own = module.__spec__
        return module

    def exec_module(self, module):
        """Execute nothing, since that was done under its new name, which the module keeps."""
        module.__name__, module.__spec__, module.__loader__ = self.own.name, self.own, self.own.loader
