"""What an exercise is, and how an answer to it is judged. The modules in `checks.labs`, one a lab, hold the exercises.

A check function gets the student's answer and looks at what it does. It raises `Wrong(misconception, ...)` at the
first thing that a right answer would not do, and returns when it finds none. Where a mistake can be computed it is a
*slip*: the wrong function itself, which `judging` compares with the answer.
"""

import ast
import dis
import importlib
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType, FunctionType

from ganhacks.errors import require

#: What can be wrong with any answer. An exercise adds its own misconceptions, and its own words for these.
GENERAL_MISCONCEPTIONS = {
    # -- the function itself
    "not_a_function": "{name} is {found}. Define it as a function: def {name}{signature}: …",
    "called_already": "{name} is {found}: that looks like the result of a call. The check needs the function itself.",
    "wrong_arguments": "{name} cannot be called as {name}{signature}: {reason}. Keep the arguments of the exercise.",
    "too_slow": (
        "Your function was still running after {limit:g} seconds and was stopped. Is there a loop that never ends, or "
        "one over single pixels that NumPy could do at once?"
    ),
    # -- what it returns
    "returns_nothing": (
        "Your function returns None. Does it end in a `return`, and of something else than a call such as "
        "`model.add(…)` or `list.append(…)`, which change what they belong to and return nothing?"
    ),
    "wrong_type": "Your function returns {found}; wanted {wanted}.",
    "wrong_shape": "Your function returns the shape {found}; wanted {wanted}{case}.",
    "not_finite": "Your function returns NaN or infinite values{case}.",
    "integers": "Your result is {found}: integers cut every fraction off. Wanted {wanted}.",
    "float64": "Your result is float64: twice the memory, and slower. Keras works in float32; ask for it.",
    "wrong_dtype": "Your result is {found}; wanted {wanted}.",
    "swapped_results": "Your results are right and stand in another order. The order is that of the exercise.",
    "differs": "What you return is not what is asked for.",
    # -- what it does with its arguments
    "changes_its_arguments": (
        "Your function changes the array that it is given ({argument}), so the caller's data is spoilt after one call. "
        "Work on a copy: operations like `x = x * 2` make a new array, `x *= 2` and `x[...] = …` do not."
    ),
    "shares_memory": (
        "What you return is (a part of) the caller's own array ({argument}), not a new one: who changes the one "
        "changes the other. Return a copy."
    ),
    "kept_array": (
        "Two calls return one and the same array: who changes the result of one call changes the other's. Make a new "
        "array at each call."
    ),
    "ignores_argument": "Whatever `{argument}` is, you return what belongs to {argument} = {value}. Use the argument.",
    "swapped_arguments": "That is right with `{argument}` and `{other}` exchanged. Which of the two goes where?",
    "other_default": (
        "Called without `{argument}`, your function does something else than with {argument} = {value}. Keep the "
        "default of the exercise."
    ),
    "another_result": (
        "Two calls with the same arguments gave two results. Something is kept between calls, or drawn at random."
    ),
    "part_of_a_batch": (
        "A sample becomes something else when other samples stand beside it: your function looks at the whole batch "
        "where each sample counts by itself."
    ),
    "goes_wrong_where": (
        "Your function goes wrong wherever {place}, and nowhere else: it is right on the other {n_right} inputs that "
        "were tried. What is special there?"
    ),
    "other_factor": "Everywhere yours is {factor} times what is wanted. Where does this factor come from?",
    "other_offset": "Everywhere yours is what is wanted plus {offset}. Where does this come from?",
    "complement": "Everywhere yours and what is wanted add up to {total}: do you return the opposite?",
    "nearly": (
        "Yours is near what is wanted everywhere, never further off than {off}, and not the same. Do you round, "
        "average draws, add or leave out something small?"
    ),
    # -- random numbers
    "ignores_rng": (
        "Two generators started from the same seed gave different results, so your draw comes from elsewhere "
        "(np.random?). Draw from `rng`: then a run can be repeated."
    ),
    "reseeds": (
        "Calls that should draw anew gave the same numbers: your function starts a generator of its own, or a copy, "
        "always at the same place. Draw from the `rng` that you are given."
    ),
    "dependent_draws": (
        "Your numbers depend on each other: {found}. Draw every number by itself, and leave the draws in their order."
    ),
    # -- networks
    "one_network": (
        "Called twice, your function returns the same network, or two that share layers: training one would train the "
        "other. Build every layer anew at each call."
    ),
}

#: What a check says where it knows no cause. What `judging` computes of any results goes before these.
FALLBACKS = {"differs", "wrong_values", "wrong_output", "other_update"}


class Wrong(Exception):
    """Raised by a check: the answer shows this misconception. Details fill the misconception's message.

    example: the smallest input that goes wrong, yours beside wanted, if the check has compared values.
    """

    def __init__(self, misconception, example=None, **details):
        super().__init__(misconception)
        self.misconception, self.example, self.details = misconception, example, details


@dataclass(frozen=True)
class Exercise:
    """One thing that a student writes.

    reference: a right answer, a function. check: (answer) -> None, raises Wrong. misconceptions: id -> message, with
    {details} in braces. hints: a question, a nudge, nearly the line. praise: what a right answer has shown. given: a
    function that the student starts from instead of an empty one; it is wrong in a way worth finding. slips:
    (misconception, the wrong function itself), in the order in which they are tried; a third part, a dict, holds
    details for the message.
    """

    slug: str
    reference: Callable
    check: Callable
    misconceptions: dict
    hints: tuple
    praise: str
    given: Callable = None
    slips: tuple = ()
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
        return self.is_starter(answer.__code__)

    def is_starter(self, code):
        """Tell whether a function's code does what the student started from does."""
        # Compiled alone, as in a notebook's cell: next to an `import` Python compiles the same lines otherwise.
        cell = compile(self.starter_source(), "<starter>", "exec")
        starter = next(c for c in cell.co_consts if isinstance(c, CodeType) and c.co_name == self.name)
        return _instructions(code) == _instructions(starter)

    def message(self, wrong):
        """Return the sentences for what a check raised: the misconception's, and the example unless they show it."""
        text = {**GENERAL_MISCONCEPTIONS, **self.misconceptions}[wrong.misconception]
        said = text.format(**{"name": self.name, "signature": self.signature, "case": "", **wrong.details})
        if wrong.example is None or "{wanted" in text or "{found" in text:
            return said
        return f"{said} {wrong.example.text}"


def slugs():
    """Return the names of all labs that have checks, by their numbers, from 0 on."""
    from ganhacks.checks import labs

    return [*labs.BY_NUMBER]


def module_of(slug):
    """Return the module with a lab's checks. Raises BadInput for a lab that does not exist."""
    require(slug in slugs(), f"There is no lab {slug!r}. The labs are {', '.join(slugs())}.")
    return importlib.import_module(f"ganhacks.checks.labs.{slug}")


def exercises_of(slug):
    """Return the exercises of a lab in their order, name -> Exercise. Raises BadInput for a lab that does not exist."""
    return module_of(slug).EXERCISES


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
