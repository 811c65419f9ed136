"""The sources of lessons and labs: what a student sees of them is short, in order, and free of plumbing."""

import ast
import importlib
import re
from pathlib import Path

import jupytext
import nbformat
import pytest

from ganhacks.checks.engine.exercise import exercises_of, module_of, slugs
from tools import build

WIDEST = 88  # columns of code, so that half a window shows a whole line
SOURCES = {path.stem: path for path, _, _ in build.targets()}
LABS = {path.stem: path for path, kind, _ in build.targets() if kind == "lab"}


def cells_of(path):
    return jupytext.read(path, fmt="py:percent").cells


def tags(cell):
    return cell.metadata.get("tags", [])


@pytest.mark.parametrize(
    "notebook", [pytest.param(path, id=f"{path.stem}-{kind}") for _, kind, path in build.targets()]
)
def test_code_cells_fit_into_half_a_window(notebook):
    # Claims are collapsed, and a step further in than in their source.
    cells = [c for c in nbformat.read(notebook, 4).cells if c.cell_type == "code" and "claim" not in tags(c)]
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
    names, others = _parameters(path)
    rebound = {ast.unparse(line): _bound(line) & names for line in others if not _is_length(line)}
    assert not {line: bound for line, bound in rebound.items() if bound}


@pytest.mark.parametrize("path", SOURCES.values(), ids=SOURCES)
def test_every_parameter_is_used(path):
    names, others = _parameters(path)
    nodes = (node for line in others if not (_is_length(line) and _bound(line) & names) for node in ast.walk(line))
    assert names <= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _parameters(path):
    """Return the names of a source's parameters, and all lines of code outside of their cell."""
    names, others = set(), []
    for cell in cells_of(path):
        if cell.cell_type == "code" and not cell.source.startswith("%"):
            tree = ast.parse(cell.source)
            if "parameters" in tags(cell):
                names = _bound(tree)
            else:
                others += [ast.Module([line], []) for line in tree.body]
    return names, others


def _is_length(line):
    return "ganhacks.length(" in ast.unparse(line)


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


TAGS = {
    *(("parameters",), ("exercise",), ("check",), ("predict",), ("experiment",), ("evidence",), ("claim",)),
    *(("nbval-check-output",), ("experiment", "nbval-check-output")),
}
ORDER = ("Predict", "Evidence", "When not", "Key points", "References")


@pytest.mark.parametrize("path", SOURCES.values(), ids=SOURCES)
def test_a_cell_has_the_tags_of_one_kind_of_cell(path):
    cells = cells_of(path)
    assert {tuple(sorted(tags(cell))) for cell in cells if tags(cell)} <= TAGS
    assert sum("parameters" in tags(cell) for cell in cells) == 1


@pytest.mark.parametrize("path", LABS.values(), ids=LABS)
def test_an_experiment_waits_for_its_exercises_and_what_waits_is_an_experiment_or_compared(path):
    code = [cell for cell in cells_of(path) if cell.cell_type == "code"]
    experiments = [cell.source for cell in code if "experiment" in tags(cell)]
    assert [source[:40] for source in experiments if "lab.ready(" not in source] == []
    waiting = [cell for cell in code if "lab.ready(" in cell.source]
    assert waiting
    assert [cell.source[:40] for cell in waiting if not {"experiment", "nbval-check-output"} & set(tags(cell))] == []


@pytest.mark.parametrize("path", LABS.values(), ids=LABS)
def test_every_part_of_a_lab_is_there_once_and_in_its_order(path):
    cells = cells_of(path)
    for tag in ("predict", "evidence"):
        assert sum(tag in tags(cell) for cell in cells) == 1
    assert sum("lab.reveal()" in cell.source for cell in cells if cell.cell_type == "code") == 1
    headings = [
        line[3:]
        for cell in cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line[:3] == "## "
    ]
    assert [heading for heading in headings if heading in ORDER] == list(ORDER)
    first = cells[0].source
    assert (
        re.match(rf"# {path.stem[:2]} · .+\n\n> \*\*Claim\.\*\* ", first)
        and "You'll do" in first
        and "You need" in first
    )


@pytest.mark.parametrize("path", LABS.values(), ids=LABS)
def test_the_choices_of_a_prediction_are_those_of_its_question(path):
    cells = cells_of(path)
    (asked,) = (i for i, cell in enumerate(cells) if "predict" in tags(cell))
    question = " ".join(cells[asked - 1].source.split())
    prediction = module_of(path.stem.partition("_")[2]).PREDICTION
    assert re.findall(r"\(([a-d])\) ", question) == sorted(prediction["choices"])
    assert prediction["answer"] in prediction["choices"]


def test_exercises_keep_the_ids_under_which_they_were_published():
    published = (Path(__file__).parent / "exercise_ids.txt").read_text(encoding="utf-8").split()
    assert sorted(exercise.id for slug in slugs() for exercise in exercises_of(slug).values()) == published


@pytest.mark.parametrize("path", LABS.values(), ids=LABS)
def test_the_line_about_hints_stands_at_the_exercises_alone(path):
    assert not any("Stuck?" in cell.source for cell in cells_of(path))
