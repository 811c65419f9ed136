"""A lab in JupyterLab and in Notebook 7 in a real browser, as a student has it."""

import json
import os

import nbformat
import pytest

from ganhacks import answers
from tools.jupyter_browser import PROGRAMS, ROOT, browse, copy_course, find_chromium, serve

TINY = "tiny.ipynb"


@pytest.fixture(
    scope="module",
    params=[name if name == "jupyterlab" else pytest.param(name, marks=pytest.mark.everywhere) for name in PROGRAMS],
)
def lab_page(request, tmp_path_factory):
    """One server with one browser for all tests here: they take seconds to start."""
    if find_chromium() is None:
        reason = "no Chromium or Chrome was found: install one (Debian: apt-get install chromium fonts-dejavu-core)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    folder = copy_course(tmp_path_factory.mktemp("course"), ("labs", "images"))
    cells = [nbformat.v4.new_code_cell("1 + 1", id="sum"), nbformat.v4.new_markdown_cell("Done.", id="end")]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / TINY)
    with serve(folder, request.param) as server, browse(server) as page:
        page.folder = folder
        yield page


@pytest.mark.everywhere
def test_a_cell_runs_with_what_was_typed(lab_page):
    lab_page.open(TINY)
    assert lab_page.cells() == ["sum", "end"]
    assert lab_page.output_text("sum") == ""
    assert lab_page.run_all()
    assert lab_page.output_text("sum").strip() == "2"

    lab_page.set_cell_source("sum", "def answer():\n    return [6 * 7]\n\nanswer()")
    assert lab_page.run_cell("sum")
    assert lab_page.output_text("sum").strip() == "[42]"

    lab_page.set_cell_source("sum", "1 / 0")
    assert not lab_page.run_cell("sum")
    assert "ZeroDivisionError" in lab_page.output_html("sum")


WRONG = """def preprocess(images):
    return images.reshape(len(images), 784).astype("float32") / 255"""
RIGHT = """def preprocess(images):
    return images.reshape(len(images), -1).astype("float32") / 127.5 - 1"""


def test_a_student_of_lab_12_sees_what_is_wrong_then_a_hint_then_that_it_is_right(lab_page):
    exercise, check = "mnist-gan--preprocess", "mnist-gan--preprocess-check"
    lab_page.open("labs/12_mnist_gan.ipynb")
    assert lab_page.run_cell(3)  # the imports, below two texts and what installs the course
    assert lab_page.run_cell(exercise) and lab_page.run_cell(check)
    assert "preprocess: not attempted." in lab_page.output_text(check)

    lab_page.set_cell_source(exercise, WRONG)
    assert lab_page.run_cell(exercise) and lab_page.run_cell(check)
    said = lab_page.output_text(check)
    assert "✘" in said and "preprocess: not yet." in said
    assert "Your values lie in [0, 1]" in said

    lab_page.set_cell_source(check, 'lab.hint("preprocess")')
    assert lab_page.run_cell(check)
    assert "Hint 1 of 3" in lab_page.output_text(check)

    lab_page.set_cell_source(exercise, RIGHT)
    lab_page.set_cell_source(check, 'lab.check("preprocess")')
    assert lab_page.run_cell(exercise) and lab_page.run_cell(check)
    said = lab_page.output_text(check)
    assert "✔" in said and "preprocess: passed." in said
    assert "Traceback" not in said


@pytest.mark.everywhere
def test_a_lab_that_was_opened_and_saved_is_not_taken_for_changed(lab_page):
    lab = "labs/11_noisy_labels.ipynb"
    given = (ROOT / lab).read_bytes()
    lab_page.open(lab)
    lab_page.save()
    saved = (lab_page.folder / lab).read_bytes()
    assert saved != given, "it adds the version of Python"
    assert answers.untouched(lambda: json.loads(given), saved)
    lab_page.set_cell_source("noisy-labels--flip-labels", "def flip_labels(rng, y, p):\n    return y")
    lab_page.save()
    assert not answers.untouched(lambda: json.loads(given), (lab_page.folder / lab).read_bytes())


SOFT_WRONG = """def smooth_positive_labels(rng, y):
    return 0.9 * y"""
SOFT_RIGHT = """def smooth_positive_labels(rng, y):
    return y - 0.3 + 0.5 * rng.random(y.shape)"""


def test_a_prediction_is_made_by_keyboard_alone_and_what_was_done_outlives_the_kernel(lab_page):
    exercise = "label-smoothing--smooth-positive-labels"
    check = f"{exercise}-check"
    lab_page.open("labs/10_label_smoothing.ipynb")
    (asking,) = [cell for cell in lab_page.cells() if lab_page.source(cell).startswith("lab.predict()")]
    (summary,) = [cell for cell in lab_page.cells() if lab_page.source(cell) == "lab.summary()"]
    assert lab_page.run_cell(3) and lab_page.run_cell(asking)
    lab_page.cell(asking).locator("button.ganhacks-choice").nth(2).wait_for()

    focused = "document.activeElement.classList.contains('ganhacks-choice') ? document.activeElement.textContent : ''"
    lab_page.cell(asking).focus()
    for _ in range(30):
        if lab_page.page.evaluate(focused).startswith("b:"):
            break
        lab_page.page.keyboard.press("Tab")
    lab_page.page.keyboard.press("Enter")
    lab_page.cell(asking).get_by_text("You say b: 0.9.").wait_for()

    lab_page.set_cell_source(exercise, SOFT_WRONG)
    assert lab_page.run_cell(exercise) and lab_page.run_cell(check)
    assert "smooth_positive_labels: not yet." in lab_page.output_text(check)
    lab_page.set_cell_source(exercise, SOFT_RIGHT)
    assert lab_page.run_cell(exercise) and lab_page.run_cell(check)
    assert "smooth_positive_labels: passed." in lab_page.output_text(check)

    lab_page.restart_kernel()
    lab_page.set_cell_source(check, "lab.reveal()")
    assert lab_page.run_cell(3) and lab_page.run_cell(check) and lab_page.run_cell(summary)
    assert "You said b, and so it is." in lab_page.output_text(check)
    told = lab_page.output_text(summary)
    assert "passed before  smooth_positive_labels" in told
    assert "10 label smoothing✔○○○○1 of 5" in told
