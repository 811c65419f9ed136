"""The sources of lessons and labs: what a student sees of them is short, in order, and free of plumbing."""

import ast
import importlib
import re

import jupytext
import pytest

from ganhacks.checks.engine.exercise import exercises_of
from tools import build

WIDEST = 88  # columns of code, so that half a window shows a whole line
SOURCES = {path.stem: path for path, _, _ in build.targets()}
LABS = {path.stem: path for path, kind, _ in build.targets() if kind == "lab"}


def cells_of(path):
    return jupytext.read(path, fmt="py:percent").cells


def tags(cell):
    return cell.metadata.get("tags", [])


@pytest.mark.parametrize(
    "path, kind", [pytest.param(path, kind, id=f"{path.stem}-{kind}") for path, kind, _ in build.targets()]
)
def test_code_cells_fit_into_half_a_window(path, kind):
    # Claims are collapsed, and a step further in than in their source.
    cells = [c for c in build.assemble(path, kind).cells if c.cell_type == "code" and "claim" not in tags(c)]
    wide = [line for cell in cells for line in cell.source.splitlines() if len(line) > WIDEST]
    assert not wide, f"{len(wide)} lines are wider than {WIDEST} columns, the first is {wide[0]!r}"


@pytest.mark.parametrize("path", LABS.values(), ids=LABS)
def test_nothing_is_left_to_do_after_when_not(path):
    cells = cells_of(path)
    (end,) = (i for i, cell in enumerate(cells) if cell.source.startswith("## When not"))
    for cell in cells[end:]:
        assert not {"exercise", "check", "predict"} & set(tags(cell)), f"{tags(cell)} after “When not”"
        assert not re.match(r"#+ .*find the bug", cell.source, re.IGNORECASE), "“Find the bug” after “When not”"


@pytest.mark.parametrize("path", LABS.values(), ids=LABS)
def test_the_card_comes_after_the_last_exercise(path):
    cells = cells_of(path)
    (card,) = (i for i, cell in enumerate(cells) if "evidence" in tags(cell))
    assert card > max(i for i, cell in enumerate(cells) if "exercise" in tags(cell))


@pytest.mark.parametrize("path", SOURCES.values(), ids=SOURCES)
def test_a_cell_that_asserts_is_a_claim_and_blames_nobody(path):
    for cell in cells_of(path):
        if cell.cell_type == "code" and re.search(r"^\s*assert ", cell.source, re.MULTILINE):
            assert "claim" in tags(cell), f"an assert in the cell that begins {cell.source[:40]!r}"
            assert not re.search(r"\byou\b", cell.source), f"“you” in the claim that begins {cell.source[:40]!r}"


@pytest.mark.parametrize("path", SOURCES.values(), ids=SOURCES)
def test_parameters_keep_their_values_but_for_their_length(path):
    # Otherwise the guard of the claims would find other values and skip them in silence.
    names, rebound = set(), {}
    for cell in cells_of(path):
        if cell.cell_type != "code" or cell.source.startswith("%"):
            continue
        bound = _bound(ast.parse(cell.source))
        if "parameters" in tags(cell):
            names = bound
        elif "ganhacks.length(" not in cell.source and bound & names:
            rebound[cell.source[:40]] = bound & names
    assert not rebound


def _bound(tree):
    """The names that code binds at the top level: not those inside functions and comprehensions."""
    inner = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    found = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        if not isinstance(node, inner):
            found |= _bound(node)
    return found


@pytest.mark.parametrize("path", LABS.values(), ids=LABS)
def test_what_a_fresh_exercise_cell_defines_counts_as_untouched(path):
    exercises = {exercise.id: exercise for exercise in exercises_of(path.stem.partition("_")[2]).values()}
    cells = [cell for cell in build.assemble(path, "lab").cells if "exercise" in tags(cell)]
    assert [cell.id for cell in cells] == list(exercises)
    for cell in cells:
        exercise = exercises[cell.id]
        defined = dict(vars(importlib.import_module(exercise.reference.__module__)))
        exec(cell.source, defined)
        assert exercise.is_untouched(defined[exercise.name])


@pytest.mark.parametrize("path", LABS.values(), ids=LABS)
def test_the_line_about_hints_stands_at_the_exercises_alone(path):
    assert not any("Stuck?" in cell.source for cell in cells_of(path))
