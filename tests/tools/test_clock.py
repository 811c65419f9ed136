"""tools/clock.py: which cells it times, what it takes for a picture, its rows, and one small notebook in a kernel."""

import csv
import os
from pathlib import Path

import IPython.display
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from ganhacks.checks import Lab
from tools import clock

MACHINE = {"cores": 2, "processor": "a processor", **dict.fromkeys(clock.VERSIONS, "1.0")}


def cell(source, *tags):
    return new_code_cell(source, metadata={"tags": list(tags)})


def message(kind="display_data", **data):
    return {"msg_type": kind, "content": {"data": {name.replace("_", "/", 1): value for name, value in data.items()}}}


def row(kind="lab", notebook="03_leaky_relu", **values):
    blank = dict.fromkeys(clock.COLUMNS)
    return {**blank, "kind": kind, "notebook": notebook, "trouble": "", **MACHINE, **values}


# ---- how many students


def test_a_hub_has_room_for_whole_students_beside_its_system():
    # (16 - 2) / (0.9 + 0.1) and (64 - 2) / (0.9 + 0.1), and a student who would need the system's share too
    assert clock.students(16, 0.9) == 14
    assert clock.students(64, 0.9) == 62
    assert clock.students(16, 0.95) == 13


def test_a_machine_smaller_than_its_system_has_room_for_nobody():
    assert clock.students(1, 0.9) == 0


def test_the_line_for_a_hub_counts_with_the_largest_notebook_and_the_measured_server():
    rows = [row(peak_mb=500.0), row(notebook="12_mnist_gan", peak_mb=750.0), row("server", "server", peak_mb=250.0)]
    small, large = clock.hubs(rows)
    assert "16 GB" in small and ": 14 = (16 - 2 for system and hub) / (0.75, " in small
    assert "12_mnist_gan + 0.25" in small and small.endswith("server, measured)")
    assert "64 GB" in large and ": 62 = " in large


def test_a_server_that_was_not_measured_is_called_assumed():
    assert clock.hubs([row(peak_mb=900.0)])[0].endswith(
        "+ 0.10 for the student's JupyterLab server, assumed, not measured)"
    )


def test_without_any_memory_no_number_of_students_is_given():
    assert clock.hubs([row(), row("server", "server", peak_mb=250.0)]) == [
        "Students on a hub: no notebook's memory has been measured."
    ]


# ---- which cells


def test_the_first_check_is_the_first_cell_with_the_tag():
    cells = [cell("x = 1"), cell("check()"), cell("lab.check('a')", "check"), cell("lab.check('b')", "check")]
    assert clock.first_check(cells) == 2
    assert clock.first_check(cells[:2]) is None


@pytest.mark.parametrize(
    "source",
    [
        "history = train(recipe, data, 10)",
        "if lab.ready():\n    for s in seeds:\n        runs.append(train(recipe, data, 10, s, progress=False))",
        "points = train(recipe, data, 10).samples(10)",
        "def later(s):\n    return train(recipe, data, s)\n\n\nlater(3)",
        "%matplotlib inline\ntrain(recipe, data, 10)",
    ],
)
def test_a_cell_that_calls_train_trains(source):
    assert clock.first_training([cell("from ganhacks.training import train"), cell(source)]) == 1


@pytest.mark.parametrize(
    "source",
    [
        "# train(recipe, data, 10)",
        "print('train(recipe)')",
        "model.train_on_batch(x, y)",
        "def later(s):\n    return train(recipe, data, s)",
        "later = lambda s: train(recipe, data, s)",
        "def blank(",
    ],
)
def test_a_cell_that_does_not_call_train_does_not_train(source):
    assert clock.first_training([cell(source)]) is None


def test_a_function_that_trains_counts_where_it_is_called():
    cells = [
        cell("def run(s):\n    return train(s)"),
        cell("def both():\n    run(0), run(1)"),
        cell("x = 1"),
        cell("both()"),
    ]
    assert clock.first_training(cells) == 3


def test_every_built_lab_has_its_first_check_before_it_trains():
    labs = [path for kind, path in clock.notebooks() if kind == "lab"]
    assert len(labs) >= 12
    for path in labs:
        cells = clock.code_cells(path)
        check, training = clock.first_check(cells), clock.first_training(cells)
        assert check is not None, path.name
        assert training is None or check < training, path.name


# ---- what a cell showed


def test_the_first_display_is_no_printed_text():
    printed = {"msg_type": "stream", "content": {"name": "stdout", "text": "step 1"}}
    assert clock.first_display([(0.1, printed), (0.2, message(text_plain="4"))]) == 0.2
    assert clock.first_display([(0.1, printed)]) is None


@pytest.mark.parametrize("kind", ["display_data", "update_display_data", "execute_result"])
@pytest.mark.parametrize(
    "data",
    [
        {"image_png": "iVBO"},
        {"image_svg+xml": "<svg/>"},
        {"text_html": '<progress></progress><br><img alt="" src="data:">'},
        {"text_html": "<div><svg></svg></div>"},
    ],
)
def test_the_first_picture_is_an_image_alone_or_in_a_page(kind, data):
    bar = message(text_html="<progress></progress>", text_plain="<img is only written about>")
    assert clock.first_picture([(0.1, bar), (0.4, message(kind, **data)), (0.9, message(image_png=""))]) == 0.4


def test_displays_without_an_image_are_no_picture():
    assert clock.first_picture([(0.1, message(text_html="<b>passed</b>"))]) is None


def test_a_cell_that_waits_is_known_by_what_the_labs_say(monkeypatch):
    shown = []
    monkeypatch.setattr(IPython.display, "display", shown.append)
    assert not Lab("start_here").ready()
    (note,) = shown
    assert clock.waits([(0.1, message(text_plain=note._repr_mimebundle_()["text/plain"]))])
    assert not clock.waits([(0.1, message(text_plain="4"))])


# ---- which notebooks


EVERY = [
    (kind, Path(f"{name}.ipynb"))
    for kind, name in [("lesson", "01_game"), ("lab", "01_strides"), ("lab", "12_mnist_gan")]
]


@pytest.mark.parametrize("wanted, count", [([], 3), (["01"], 2), (["mnist_gan"], 1), (["12", "12_mnist_gan.ipynb"], 1)])
def test_a_notebook_is_named_by_number_slug_or_name(wanted, count):
    assert len(clock.chosen(wanted, EVERY)) == count


@pytest.mark.parametrize("name", ["99", "1", "gan", ""])
def test_a_notebook_that_is_not_there_is_one_sentence_with_those_that_are(name):
    with pytest.raises(SystemExit) as stop:
        clock.chosen(["12", name], EVERY)
    assert str(stop.value).startswith(f"There is no notebook {name!r}; ")
    assert "12_mnist_gan" in str(stop.value) and "\n" not in str(stop.value)


# ---- rows


def test_a_row_replaces_the_older_one_of_its_notebook_and_no_other(tmp_path):
    path = tmp_path / "speed" / "clock.csv"
    for written in (
        row(total_s=1.0),
        row("lesson", total_s=2.0),
        row(notebook="01_strides", total_s=3.0),
        row(total_s=4.5),
    ):
        clock.write_row(written, path)
    found = [(r["kind"], r["notebook"], r["total_s"]) for r in clock.read_rows(path)]
    assert found == [("lesson", "03_leaky_relu", 2.0), ("lab", "01_strides", 3.0), ("lab", "03_leaky_relu", 4.5)]
    assert [p.name for p in path.parent.iterdir()] == ["clock.csv"]


def test_a_write_that_fails_leaves_the_old_rows(tmp_path, monkeypatch):
    path = tmp_path / "clock.csv"
    clock.write_row(row(total_s=1.0), path)
    before = path.read_bytes()

    def full(self, rows):
        raise OSError("no space left")

    monkeypatch.setattr(csv.DictWriter, "writerows", full)
    with pytest.raises(OSError):
        clock.write_row(row(total_s=2.0), path)
    assert path.read_bytes() == before


def test_what_was_not_measured_stays_blank(tmp_path):
    path = tmp_path / "clock.csv"
    clock.write_row(row(kernel_s=1.5), path)
    (found,) = clock.read_rows(path)
    assert (found["kernel_s"], found["check_s"], found["peak_mb"]) == (1.5, None, None)


def test_a_file_with_other_columns_is_one_sentence(tmp_path):
    path = tmp_path / "clock.csv"
    path.write_text("kind,seconds\nlab,3\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="has other columns"):
        clock.read_rows(path)


# ---- the table


def test_the_first_line_names_machine_versions_and_a_load_that_was_not_ours():
    assert clock.report([row()], MACHINE, 1.31)[0].endswith("ipykernel 1.0 · other load: 1.3")
    assert clock.report([row()], MACHINE, 0.5)[0].startswith("a processor, 2 cores · python 1.0, tensorflow 1.0")
    assert "load" not in clock.report([row()], MACHINE, 0.5)[0]


def test_rows_of_another_machine_or_with_trouble_or_beside_a_load_are_told():
    said = " ".join(clock.cautions([row(cores=8), row(trouble="the kernel died"), row(other_load=2.04)], MACHINE, 0.1))
    assert "1 of 3 rows come from another machine" in said
    assert "03_leaky_relu: the kernel died." in said
    assert "beside another load of up to 2.0" in said


# ---- in a kernel

CHECKED = """
from IPython.display import display
display({"text/plain": "✔", "application/vnd.ganhacks.check+json": {"outcome": "passed"}}, raw=True)
"""
TRAINS = """
import os
display({"text/html": "<progress></progress>"}, raw=True)
time.sleep(0.3)
display({"text/html": "<svg></svg>"}, raw=True)
train(0)
assert "GANHACKS_FAST" not in os.environ
"""


def test_a_small_notebook_is_timed_in_a_kernel_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("GANHACKS_FAST", "1")
    cells = [
        new_markdown_cell("# A lab"),
        cell("import time\n\ndef train(steps):\n    return bytearray(60_000_000)[0]\n\ntime.sleep(0.4)"),
        cell(CHECKED, "check"),
        cell(TRAINS),
    ]
    path = tmp_path / "01_small.ipynb"
    nbformat.write(new_notebook(cells=cells), path)

    found = clock.measure(path)

    assert found["trouble"] == ""
    assert found["kernel_s"] > 0
    assert found["before_s"] >= 0.4
    assert found["check_s"] > 0
    assert found["first_check_s"] == pytest.approx(found["kernel_s"] + found["before_s"] + found["check_s"], abs=0.02)
    assert found["display_s"] + 0.25 < found["picture_s"] <= found["train_cell_s"]
    assert found["total_s"] > found["first_check_s"] + 0.25
    if os.path.isdir("/proc"):
        assert 60 < found["peak_mb"] < 1000


def test_a_kernel_that_dies_is_told_and_keeps_what_was_measured(tmp_path):
    path = tmp_path / "01_dies.ipynb"
    nbformat.write(new_notebook(cells=[cell("1 / 0"), cell("import os\nos._exit(1)"), cell("x = 1")]), path)
    found = clock.measure(path)
    assert found["trouble"] == "code cell 1 raised ZeroDivisionError; the kernel died in code cell 2"
    assert found["kernel_s"] > 0
    assert (found["total_s"], found["peak_mb"]) == (None, None)
