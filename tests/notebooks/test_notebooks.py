"""The contract of a lab, held by every notebook there is, and by those that are added later."""

import html.parser
import json
import re
from functools import cache

import nbformat
import pytest
from nbclient import NotebookClient

from ganhacks.checks.engine.exercise import exercises_of
from ganhacks.checks.engine.verdict import MIME
from tools import build

TARGETS = build.targets()
PATHS = {kind: [path for _, k, path in TARGETS if k == kind] for kind in ("lesson", "lab", "solution")}
EVERY = [path for _, _, path in TARGETS]
LARGEST = 500_000  # bytes


def name(path):
    return path.relative_to(build.ROOT).as_posix()


def read(path):
    return nbformat.read(path, as_version=4)


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def execute(notebook, folder):
    """Run a notebook as a student's machine would, in fast mode, and go on after errors so that all are seen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANHACKS_FAST", "1")
        patch.setenv("GANHACKS_STRICT", "0")
        there = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources=there, allow_errors=True).execute()


def errors(notebook):
    return [o.evalue for cell in notebook.cells for o in cell.get("outputs", []) if o.output_type == "error"]


def verdicts(notebook):
    """The verdict of each check cell, by its data form; exactly one display a cell."""
    found = []
    for cell in tagged(notebook, "check"):
        shown = [o.data[MIME] for o in cell.outputs if o.output_type == "display_data" and MIME in o.data]
        assert len(shown) == 1, f"{cell.id} shows {len(shown)} verdicts"
        found.append(shown[0])
    return found


# ---- as they are stored


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_a_notebook_is_valid_and_small_and_of_this_contract(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert path.stat().st_size <= LARGEST
    assert notebook.metadata.ganhacks.contract == build.CONTRACT
    assert notebook.metadata.kernelspec.name == "python3"
    assert "widgets" not in notebook.metadata


@pytest.mark.parametrize("path", PATHS["lesson"] + PATHS["solution"], ids=name)
def test_a_lesson_or_solution_was_run_in_order_and_stores_what_nbval_compares(path):
    notebook = read(path)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    compared = tagged(notebook, "nbval-check-output")
    assert compared, "no cell carries nbval-check-output"
    assert all(cell.outputs for cell in compared)
    assert errors(notebook) == []


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_stored_outputs_are_clean(path):
    for cell in read(path).cells:
        assert "execution" not in cell.metadata
        for output in cell.get("outputs", []):
            text = json.dumps(output)
            assert not re.search(r"/(home|root|tmp|usr|work|Users)/|[A-Z]:\\\\", text), (
                f"a path of a machine in {cell.id}"
            )
            assert output.get("name") != "stderr", f"stderr in {cell.id}: {output.get('text')}"
            assert not re.search(r"0x7[ef][0-9a-f]{8,}", text), f"an address in memory in {cell.id}"
            assert not re.search(r"np\.(int|float)\d+\(", text), f"a number in NumPy's wrapping in {cell.id}"


@pytest.mark.parametrize("path", PATHS["lab"], ids=name)
def test_a_lab_stores_no_output(path):
    for cell in read(path).cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None


class Images(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.alts = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self.alts.append(dict(attributes).get("alt") or "")


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_every_picture_says_in_words_what_to_see(path):
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            alts = re.findall(r"!\[([^\]]*)\]\(", cell.source) + Images(cell.source).alts
        else:
            assert not any("image/png" in o.get("data", {}) for o in cell.get("outputs", [])), f"{cell.id}: a bare PNG"
            alts = [alt for o in cell.get("outputs", []) for alt in Images(o.get("data", {}).get("text/html", "")).alts]
        assert all(len(alt) >= 20 for alt in alts), f"{cell.id}: {alts}"


@pytest.mark.parametrize("path", PATHS["lab"] + PATHS["solution"], ids=name)
def test_exercises_and_checks_are_marked_as_graders_expect(path):
    notebook = read(path)
    exercises = exercises_of(notebook.metadata.ganhacks.source.rpartition("/")[2].partition("_")[2].removesuffix(".py"))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    cells = tagged(notebook, "exercise")
    assert [cell.id for cell in cells] == [exercise.id for exercise in exercises.values()]
    for cell, exercise in zip(cells, exercises.values()):
        assert re.fullmatch(r"[a-z0-9-]{1,64}", cell.id)
        first = next(line for line in cell.source.splitlines() if line.strip() and not line.startswith("#"))
        assert re.search(rf"\b{exercise.name}\b", first)
        following = code[code.index(cell) + 1]
        assert following.metadata.tags == ["check"]
        assert following.source == f'lab.check("{exercise.name}")'


@pytest.mark.parametrize("path", PATHS["lab"], ids=name)
def test_text_and_code_cells_are_short(path):
    for cell in read(path).cells:
        words = len(re.findall(r"\w+", re.sub(r"\(http\S+\)", "", cell.source)))
        if cell.cell_type == "markdown":
            assert words <= 110, f"{cell.id} has {words} words"
        elif "exercise" not in cell.metadata.get("tags", []):
            assert len(cell.source.splitlines()) <= 21, f"{cell.id} has {len(cell.source.splitlines())} lines"


@pytest.mark.parametrize("path", PATHS["lab"], ids=name)
def test_a_lab_with_the_solutions_in_is_the_solution_that_nbval_runs_in_strict_mode(path):
    lab, solution = read(path), read(build.ROOT / "solutions" / path.name)
    shared = [cell for cell in solution.cells if "claim" not in cell.metadata.get("tags", [])]
    for blank, whole in zip(lab.cells, shared, strict=True):
        assert blank.metadata == whole.metadata
        if not {"exercise", "predict"} & set(blank.metadata.get("tags", [])):
            assert (blank.id, blank.source) == (whole.id, whole.source)
    assert {verdict["outcome"] for verdict in verdicts(solution)} == {"passed"}


# ---- as they run

STRICT = "import os\n\nos.environ['GANHACKS_STRICT'] = '1'"


@cache
def run_fresh(path):
    """Run a fresh lab, and then its checks once more in strict mode. Returns the notebook and its strict checks."""
    notebook = read(path)
    n_cells, checks = len(notebook.cells), tagged(notebook, "check")
    again = [nbformat.v4.new_code_cell(cell.source, metadata=cell.metadata) for cell in checks]
    notebook.cells += [nbformat.v4.new_code_cell(STRICT), *again]
    execute(notebook, path.parent)
    strict = notebook.cells[n_cells + 1 :]
    notebook.cells = notebook.cells[:n_cells]
    return notebook, strict


@pytest.mark.parametrize("path", PATHS["lab"], ids=name)
def test_a_fresh_lab_runs_without_an_exception_and_every_check_says_not_attempted(path):
    notebook, _ = run_fresh(path)
    assert errors(notebook) == []
    found = verdicts(notebook)
    assert [verdict["outcome"] for verdict in found] == ["not_attempted"] * len(found)
    for cell in tagged(notebook, "experiment"):
        texts = [o.data["text/plain"] for o in cell.outputs if "data" in o]
        assert any(text.startswith("This cell waits for") for text in texts), (
            f"{cell.id} does not say what it waits for"
        )


@pytest.mark.parametrize("path", PATHS["lab"], ids=name)
def test_in_strict_mode_a_fresh_lab_fails_at_every_check_after_showing_the_verdict(path):
    notebook, strict = run_fresh(path)
    assert len(strict) == len(tagged(notebook, "exercise"))
    for cell in strict:
        assert [output.output_type for output in cell.outputs] == ["display_data", "error"]
        assert MIME in cell.outputs[0].data
        assert cell.outputs[1].ename == "CheckFailed"
