"""Texts keep what they offer: whoever follows a docstring, a hint or a verdict can run what it names."""

import ast
import re

import nbformat
import pytest

from ganhacks.checks.engine.exercise import GENERAL_MISCONCEPTIONS, exercises_of
from tools import build

LABS = sorted((build.ROOT / "course/labs").glob("*.py"))
# Modules as the labs call them. A bare `tf` or `np` is one too; `math` or `layers` alone is a word like any other.
USED = re.compile(r"(?<![\w./`-])`?(?:(tf|np|plt)\b|(math|random|functools|itertools|keras|layers|ops)\.[A-Za-z])")


def named(text):
    """Return the modules that a text names."""
    return {short or full for short, full in USED.findall(text)}


def bound(source):
    """Return the names that a cell leaves in the notebook."""
    nodes = list(ast.walk(ast.parse(source)))
    imported = [alias for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names]
    return {(alias.asname or alias.name).partition(".")[0] for alias in imported}


def texts(exercise):
    """Yield (what it is, text) for all that a student can be shown about an exercise."""
    yield "the docstring", exercise.starter_source()
    yield "the praise", exercise.praise
    yield from ((f"hint {number}", hint) for number, hint in enumerate(exercise.hints, 1))
    messages = GENERAL_MISCONCEPTIONS | exercise.misconceptions
    yield from ((f"the message {key}", text) for key, text in messages.items())


def offers(source):
    """Return (where, modules) for each text of a lab that names a module not imported in the cells above it."""
    exercises = {exercise.id: exercise for exercise in exercises_of(source.stem.partition("_")[2]).values()}
    known, found = set(), []
    for cell in nbformat.read(build.ROOT / "labs" / f"{source.stem}.ipynb", 4).cells:
        if cell.cell_type == "markdown":
            found.append((f"the text {cell.source[:40]!r}", named(cell.source) - known))
        elif "exercise" in cell.metadata.get("tags", []):
            exercise = exercises[cell.metadata["exercise"]]
            found += [(f"{what} of {exercise.name}", named(text) - known) for what, text in texts(exercise)]
        elif not cell.source.startswith("%"):  # a magic is no Python
            known |= bound(cell.source)
    return [(where, sorted(modules)) for where, modules in found if modules]


@pytest.mark.parametrize("source", LABS, ids=lambda source: source.stem)
def test_every_module_that_a_lab_speaks_of_is_imported_before(source):
    assert offers(source) == []


def test_a_module_is_seen_in_code_in_backticks_and_bare_and_a_word_is_not():
    assert named("it uses keras.ops (or tf), `math.ceil` and np.sin") == {"keras", "tf", "math", "np"}
    assert named("layers, random numbers and https://keras.io/api; `math`") == set()
