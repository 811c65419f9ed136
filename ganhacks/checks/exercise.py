"""What an exercise is, and how an answer to it is judged. The modules beside this one, one a lab, hold the exercises.

A check function gets the student's answer and looks at what it does. It raises `Wrong(misconception, ...)` at the
first thing that a right answer would not do, and returns when it finds none.
"""

import ast
import dis
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType, FunctionType

import numpy as np

from ganhacks.errors import require

#: What can be wrong with any answer. An exercise adds its own misconceptions.
GENERAL_MISCONCEPTIONS = {
    "not_a_function": "{name} is {found}. Define it as a function: def {name}{signature}: …",
    "called_already": "{name} is {found}: that looks like the result of a call. The check needs the function itself.",
    "wrong_arguments": "{name} cannot be called as {name}{signature}: {reason}. Keep the arguments of the exercise.",
    "returns_nothing": "Your function returns None. Does its last line start with `return`?",
    "wrong_type": "Your function returns {found}; wanted {wanted}.",
    "wrong_shape": "Your function returns the shape {found}; wanted {wanted}{case}.",
    "not_finite": "Your function returns NaN or infinite values{case}.",
    "changes_its_arguments": (
        "Your function changes the array that it is given ({argument}), so the caller's data is spoilt after one call. "
        "Work on a copy: operations like `x = x * 2` make a new array, `x *= 2` and `x[...] = …` do not."
    ),
    "too_slow": (
        "Your function was still running after {limit:g} seconds and was stopped. Is there a loop that never ends, or "
        "one over single pixels that NumPy could do at once?"
    ),
}


class Wrong(Exception):
    """Raised by a check: the answer shows this misconception. Details fill the misconception's message."""

    def __init__(self, misconception, **details):
        super().__init__(misconception)
        self.misconception, self.details = misconception, details


@dataclass(frozen=True)
class Exercise:
    """One thing that a student writes.

    reference: a right answer, a function. check: (answer) -> None, raises Wrong. misconceptions: id -> message, with
    {details} in braces. hints: a question, a nudge, nearly the line. praise: what a right answer has shown. given: a
    function that the student starts from instead of an empty one; it is wrong in a way worth finding.
    """

    slug: str
    reference: Callable
    check: Callable
    misconceptions: dict
    hints: tuple
    praise: str
    given: Callable = None
    name: str = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "name", self.reference.__name__)

    @property
    def id(self):
        """The exercise's id, the same as its cell's: <slug>--<name>, with hyphens."""
        return f"{self.slug}--{self.name}".replace("_", "-")

    @property
    def signature(self):
        """The arguments of the function, as text in brackets."""
        return str(inspect.signature(self.reference))

    def solution_source(self):
        """Return the whole function as text."""
        return _source(self.reference)

    def starter_source(self):
        """Return what the student starts from: signature and docstring with a blank body, or the given function."""
        head, body = _split(self.solution_source())
        if self.given is None:
            return f"{head}    ...\n"
        return head + _split(_source(self.given))[1]

    def is_untouched(self, answer):
        """Tell whether an answer is still what the student started from."""
        if answer is None or answer is ...:
            return True
        if type(answer) is not FunctionType:  # isinstance() would believe what an object says of itself
            return False
        # Compiled alone, as in a notebook's cell: next to an `import` Python compiles the same lines otherwise.
        cell = compile(self.starter_source(), "<starter>", "exec")
        starter = next(c for c in cell.co_consts if isinstance(c, CodeType) and c.co_name == self.name)
        return _instructions(answer.__code__) == _instructions(starter)

    def message(self, misconception, details):
        """Return the sentences for a misconception."""
        text = {**GENERAL_MISCONCEPTIONS, **self.misconceptions}[misconception]
        return text.format(**{"name": self.name, "signature": self.signature, "case": "", **details})


#: The modules beside this one that are no labs.
ENGINE = ("exercise", "lab", "probing", "sandbox", "verdict")


def slugs():
    """Return the names of all labs that have checks."""
    import ganhacks.checks

    return [module.name for module in pkgutil.iter_modules(ganhacks.checks.__path__) if module.name not in ENGINE]


def exercises_of(slug):
    """Return the exercises of a lab in their order, name -> Exercise.

    slug: the name of a module in ganhacks.checks. Raises BadInput for a lab that does not exist.
    """
    require(slug in slugs(), f"There is no lab {slug!r}. The labs are {', '.join(slugs())}.")
    return importlib.import_module(f"ganhacks.checks.{slug}").EXERCISES


def exercise_in(exercises, slug):
    """Return a decorator that turns a check function into an `Exercise` and files it in `exercises` by name."""

    def exercise(reference, **more):
        def file(check):
            made = Exercise(slug, reference, check, **more)
            exercises[made.name] = made
            return check

        return file

    return exercise


def _instructions(code):
    """Return what a function does, and the functions inside it, without docstring and line numbers."""
    inner = [_instructions(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    names = [constant for constant in code.co_consts if isinstance(constant, tuple)]  # of arguments in calls
    return [(i.opname, i.argrepr.split(" at 0x")[0]) for i in dis.get_instructions(code)] + names + inner


def _source(function):
    return textwrap.dedent(inspect.getsource(function))


def _split(source):
    """Split a function's text after its docstring, or after its `def` line if it has none."""
    body = ast.parse(source).body[0].body
    documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    end = body[0].end_lineno if documented else body[0].lineno - 1
    lines = source.splitlines(keepends=True)
    return "".join(lines[:end]), "".join(lines[end:])


# ---- what checks ask again and again


def array(value, shape=None, case=""):
    """Return `value` as a NumPy array of real, finite numbers, or raise Wrong. shape: what it has to be, if given.

    Tensors, numbers and lists do not pass: the cells of a lab use what NumPy arrays can and those cannot.
    """
    if value is None:
        raise Wrong("returns_nothing")
    if not isinstance(value, np.ndarray):
        raise Wrong("wrong_type", found=told(value), wanted="a NumPy array")
    found = np.asarray(value)
    if found.dtype.kind not in "fiub":
        raise Wrong("wrong_type", found=told(value), wanted="an array of numbers")
    if shape is not None and found.shape != tuple(shape):
        raise Wrong("wrong_shape", found=found.shape, wanted=tuple(shape), case=case)
    if not np.isfinite(found).all():
        raise Wrong("not_finite", case=case)
    return found


def numbers(value, shape=None, case="", wanted="one tensor"):
    """Return a tensor, or an array, as a float64 array of finite numbers, or raise Wrong. wanted: for the message."""
    if value is None:
        raise Wrong("returns_nothing")
    if not hasattr(value, "shape"):
        raise Wrong("wrong_type", found=told(value), wanted=wanted)
    return array(np.asarray(value), shape, case).astype("float64")


def number(value, wanted="one number", otherwise="wrong_type"):
    """Return one finite number as a float, or raise Wrong. NumPy's numbers and scalar tensors pass too.

    otherwise: the misconception to raise for anything else; {found} and {wanted} are for its message.
    """
    if value is None:
        raise Wrong("returns_nothing")
    try:
        if np.shape(value) != () or isinstance(value, (str, bytes, bool)):
            raise TypeError
        found = float(value)
    except Exception:
        raise Wrong(otherwise, found=told(value), wanted=wanted) from None
    if not np.isfinite(found):
        raise Wrong("not_finite")
    return found


def pair(value, wanted):
    """Return `value` as a tuple of two, or raise Wrong. wanted: what the two are, for the message."""
    if value is None:
        raise Wrong("returns_nothing")
    stacked = len(getattr(value, "shape", ())) > 2  # two arrays in one come apart like a tuple
    if not (isinstance(value, (tuple, list)) or stacked) or len(value) != 2:
        raise Wrong("wrong_type", found=told(value), wanted=wanted)
    return tuple(value)


def told(value):
    """Describe a value for a message: its type, and its shape or length if it has one."""
    kind = type(value).__name__
    article = "an" if kind[:1].lower() in tuple("aeiou") else "a"
    if isinstance(value, (tuple, list)):
        return f"{article} {kind} of {len(value)}"
    try:
        return f"{article} {kind} of shape {tuple(value.shape)}"
    except Exception:
        return f"{article} {kind}"
