"""Take part in the import of a heavy package, whoever asks for it and whenever that is."""

import contextlib
import gc
import importlib.abc
import sys


def when_imported(name, take_part):
    """Have the package `name` imported through `take_part(execute, module)`, which has to call `execute(module)`."""
    if not any(isinstance(finder, _Finder) and finder.name == name for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(name, take_part))


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, name, take_part):
        self.name, self.take_part = name, take_part

    def find_spec(self, name, path, target=None):
        if name != self.name:
            return None
        others = [finder for finder in sys.meta_path if not isinstance(finder, _Finder)]
        spec = next(filter(None, (finder.find_spec(name, path, target) for finder in others)), None)
        if spec is not None:
            spec.loader = _Loader(spec.loader, self.take_part)
        return spec


class _Loader(importlib.abc.Loader):
    def __init__(self, loader, take_part):
        self.loader, self.take_part = loader, take_part

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        # From here on the module is as if nobody had taken part: its loader can do more than this one.
        module.__loader__ = module.__spec__.loader = self.loader
        with _here_to_stay():
            self.take_part(self.loader.exec_module, module)


@contextlib.contextmanager
def _here_to_stay():
    """Spare the garbage collector the objects of a heavy package.

    It would look through all of them again and again, during the import and ever after, to find that they stay.
    """
    if not gc.isenabled():  # inside another import, or by the user's wish
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
