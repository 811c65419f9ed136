"""tools/kernels.py: what a student is given, how many a node holds, its rows, and two small notebooks at once."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools import clock, kernels

MACHINE = {"cores": 2, "processor": "a processor", **dict.fromkeys(clock.VERSIONS, "1.0")}


def row(count=1, **values):
    blank = dict.fromkeys(kernels.COLUMNS, 0) | {"notebook": "12_mnist_gan", "trouble": "", "other_load": 0.0}
    return {**blank, **MACHINE, "kernels": count, "wall_s": 30.0, "peak_mb": 900.0, "uss_mb": 500.0, **values}


def clocked(*notebooks):
    """Return rows of tools/clock.py: of notebooks (kind, name, peak in MB, seconds), and of a server with 100 MB."""
    rows = [
        {"kind": kind, "notebook": name, "peak_mb": peak, "total_s": seconds, "cores": 2}
        for kind, name, peak, seconds in notebooks
    ]
    return [*rows, {"kind": "server", "notebook": "server", "peak_mb": 100.0, "total_s": None, "cores": 2}]


# lab 11 takes 20 minutes, lab 12 takes 75, lesson 01 takes 30
THREE = clocked(("lesson", "01_a", 900.0, 9.0), ("lab", "11_b", 1110.0, 60.0), ("lab", "12_c", 2300.0, 90.0))


def test_the_median_notebook_is_guaranteed_and_the_largest_is_the_limit_each_with_the_server():
    # (1.11 + 0.1) up to a tenth; (2.3 + 0.1) up to a whole one
    assert kernels.figures(THREE)["memory"] == {"guarantee": 1.3, "limit": 3}


def test_the_cpu_that_is_guaranteed_is_that_of_the_busiest_notebook_over_its_minutes():
    # 60 s of two cores in 20 minutes are a tenth of a core; 90 s in 75 minutes are less
    assert kernels.figures(THREE)["cpu"] == {"guarantee": 0.1, "limit": 2}
    busier = clocked(("lab", "11_b", 1110.0, 61.0))
    assert kernels.figures(busier)["cpu"]["guarantee"] == 0.15


def test_a_node_holds_as_many_as_its_memory_guarantees_and_fewer_at_the_largest_notebook():
    # (16 - 2) / 1.3 and (16 - 2) / 2.4
    assert "| 16 GB | 10 | 1.0 | 5 |" in kernels.students_table(THREE)


def test_the_memory_that_is_wanted_counts_what_is_shared_once():
    assert kernels.wanted_gb(20, [row()]) == pytest.approx(20 * 0.5 + 0.4 + kernels.SPARE_GB)
    assert kernels.wanted_gb(2, []) == pytest.approx(2 * kernels.KERNEL_GB + kernels.SPARE_GB)


def test_too_little_memory_is_told_before_anything_runs(monkeypatch):
    monkeypatch.setattr(kernels, "measure", lambda *_: pytest.fail("it ran"))
    _, lab = clock.chosen(["12"], clock.notebooks())[0]
    with pytest.raises(SystemExit, match="100000 kernels of 12_mnist_gan may take [0-9.]+ GB and [0-9.]+ GB are free"):
        kernels.measure_all([100_000], lab)


def test_a_row_replaces_that_of_as_many_kernels_of_its_lab(tmp_path):
    path = tmp_path / "kernels.csv"
    for one in (row(20), row(1), row(20, notebook="09_separate_batches"), row(20, failed=3)):
        kernels.write_row(one, path)
    found = [(one["notebook"][:2], one["kernels"], one["failed"]) for one in kernels.read_rows(path)]
    assert found == [("09", 20, 0), ("12", 1, 0), ("12", 20, 3)]


def test_a_file_with_other_columns_is_not_added_to(tmp_path):
    path = tmp_path / "kernels.csv"
    path.write_text("one,two\n1,2\n")
    with pytest.raises(SystemExit, match="has other columns than this program writes"):
        kernels.write_row(row(), path)


def test_the_table_says_how_many_times_one_kernel_it_took_and_what_went_wrong():
    told = kernels.measured_table([row(), row(20, wall_s=120.0, failed=2, trouble="code cell 3 raised E (why)")])
    assert "| 12 | 20 | 2 | 120 s | 4.0 times |" in told
    assert "20 kernels of lab 12: code cell 3 raised E (why)." in told


def test_two_notebooks_at_once_have_their_memory_and_their_trouble(tmp_path):
    path = tmp_path / "notebook.ipynb"
    # The first kernel that comes takes the place, and the second fails on it, and both go on to the end.
    first = f"import os; os.mkdir({str(tmp_path / 'place')!r})"
    kept = f"held = bytearray(os.urandom(1)) * 60_000_000; open(f'{tmp_path}/{{os.getpid()}}.end', 'x').close()"
    nbformat.write(new_notebook(cells=[new_code_cell(first), new_code_cell(kept)]), path)
    found = kernels.measure(2, path)
    assert found["failed"] == 1
    assert found["trouble"].startswith("code cell 1 raised FileExistsError ([Errno 17] File exists")
    assert len(list(tmp_path.glob("*.end"))) == 2
    assert 60 < found["uss_mb"] <= found["pss_mb"] <= found["peak_mb"] < 1500
    assert found["together_mb"] > found["pss_mb"] + 60
    assert 0 < found["cpu_s"] and found["median_s"] <= found["wall_s"]


def test_the_page_has_the_tables_of_the_rows():
    page = kernels.PAGE.read_text(encoding="utf-8")
    assert f"<!-- kernels -->\n{kernels.measured_table(kernels.read_rows())}\n<!-- /kernels -->" in page
    assert f"<!-- students -->\n{kernels.students_table(clock.read_rows())}\n<!-- /students -->" in page


def test_twenty_kernels_at_once_are_among_the_rows():
    assert {1, 20} <= {one["kernels"] for one in kernels.read_rows()}


def test_up_to_five_kernels_a_core_none_failed_as_the_page_says():
    few = [one for one in kernels.read_rows() if one["kernels"] <= 5 * one["cores"]]
    assert max(one["kernels"] for one in few) == 10 and not any(one["failed"] for one in few)
