"""What the parameters of a lab may be: said once, shown in the notebook, and held before anything trains."""

import ast
import difflib
from dataclasses import dataclass

import numpy as np

from ganhacks.errors import require

INJECTED = "# Parameters\n"  # how a cell begins that papermill puts in


@dataclass(frozen=True)
class Parameter:
    """One parameter. meaning: what it is, in a few words. least, most: its range, whole numbers for a whole one."""

    meaning: str
    least: float
    most: float

    @property
    def is_whole(self):
        return isinstance(self.least, int)

    @property
    def range(self):
        low, high = (f"{end:,}" if self.is_whole else f"{end:g}" for end in (self.least, self.most))
        return f"{low} to {high}"

    def __str__(self):
        return f"{self.meaning}, {self.range}"

    def require(self, name, value):
        """Raise BadInput unless `value` is a number that this parameter may be."""
        kinds = (int, np.integer) if self.is_whole else (int, float, np.integer, np.floating)
        right = isinstance(value, kinds) and not isinstance(value, bool) and self.least <= value <= self.most
        require(
            right,
            f"{name} is {value!r}; wanted a {'whole number' if self.is_whole else 'number'} from {self.range}: "
            f"{self.meaning}.",
        )


SEED = Parameter("of the first run", 0, 1_000_000)


def training_steps(what="of each training"):
    """Return the parameter of a number of training steps."""
    return Parameter(what, 1, 1_000_000)


def require_known(declared, sources):
    """Raise BadInput if a cell of `sources`, the texts of cells, was put in and sets what the lab does not have."""
    given = {
        target.id
        for source in sources
        if source.startswith(INJECTED)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for name in sorted(given - set(declared)):
        near = difflib.get_close_matches(name, declared, 1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        require(False, f"This lab has no parameter {name!r}; it has {', '.join(declared)}.{meant}")
