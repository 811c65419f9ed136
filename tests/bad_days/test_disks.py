"""A disk that is full, or that may not be written: one sentence, and every file is as it was or whole."""

import contextlib
import os
import resource
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from ganhacks import __main__, folder
from tests.grading.test_grade import Here
from tests.test_folder import KEPT, course, mine, publish  # noqa: F401  (fixtures)
from tests.tools.test_build import SOURCE, build_all
from tests.tools.test_build import course as house  # noqa: F401  (a fixture)
from tests.tools.test_update import ANSWER, LAB, NEW, answered, everything, sources, write
from tools import build, cells, site, tables

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of a process, as Linux has them")


@contextlib.contextmanager
def full_disk(room=0):
    """Let no file grow beyond so many bytes, as on a disk on which no more are free."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def read_only():
    """Let nobody write, not even root, who may write everywhere: files are replaced by these two."""
    with pytest.MonkeyPatch.context() as patch:

        def refused(path, *arguments, **more):
            raise PermissionError(13, "Permission denied", str(path))

        patch.setattr("pathlib.Path.write_bytes", refused)
        patch.setattr("pathlib.Path.mkdir", refused)
        yield


TROUBLES = pytest.mark.parametrize(
    "trouble, why", [(full_disk, "File too large"), (read_only, "Permission denied")], ids=["full", "read-only"]
)


def said(capsys, *arguments):
    """Run a command that must fail; returns its one sentence."""
    assert __main__.main([*map(str, arguments)]) == 1
    told = capsys.readouterr()
    assert told.out == "" and len(told.err.splitlines()) == 1
    return told.err


@TROUBLES
def test_a_start_is_told_and_goes_on(course, tmp_path, capsys, trouble, why):  # noqa: F811
    with trouble():
        assert f"cannot be written ({why})" in said(capsys, "start", tmp_path / "new", "--only")
    assert folder.start(tmp_path / "new") and everything(course).items() <= everything(tmp_path / "new").items()


@TROUBLES
def test_an_update_is_told_and_loses_no_answer(course, mine, monkeypatch, capsys, trouble, why):  # noqa: F811
    write(mine, **{LAB: answered(folder.json.loads((mine / LAB).read_bytes()))})
    publish(course, "0.3.0", monkeypatch, **{LAB: NEW, "labs/03_leaky_relu.ipynb": NEW})
    before = everything(mine)
    with trouble():
        assert f"cannot be written ({why})" in said(capsys, "update", mine)
    assert everything(mine) == before
    assert folder.update(mine)[0].endswith(f"The old file is {KEPT}.") and sources(mine)[1] == ANSWER


@TROUBLES
def test_a_lab_that_cannot_be_begun_again_stays(mine, capsys, trouble, why):  # noqa: F811
    write(mine, **{LAB: answered(NEW)})
    before = everything(mine)
    with trouble():
        assert f"cannot be written ({why})" in said(capsys, "again", "12", mine)
    assert everything(mine) == before


def test_a_report_is_told(tmp_path, capsys, monkeypatch):
    from ganhacks.journal import PLACE, journal

    monkeypatch.setenv(PLACE, str(tmp_path / "journal.db"))
    journal.note("adam", "hint", "settings", 1)
    with full_disk(100):
        assert "ganhacks-report.json can't be written" in said(capsys, "report", tmp_path)
    with full_disk():  # SQLite wants to write as it reads
        said(capsys, "report", tmp_path)
    assert __main__.main(["report", str(tmp_path)]) == 0


@TROUBLES
def test_a_build_is_told_and_the_old_notebook_stays(house, capsys, monkeypatch, trouble, why):  # noqa: F811
    monkeypatch.setattr(build, "execute", lambda *arguments, **more: None)
    monkeypatch.setattr(build, "draw_card", lambda *arguments: False)
    # One thread: Python 3.11 does not parse in two at once (its count of recursion is shared).
    monkeypatch.setattr(build, "ProcessPoolExecutor", lambda *_, **__: ThreadPoolExecutor(1))
    build_all(house)
    before = everything(house)
    (house / "course/labs/99_start_here.py").write_text(SOURCE + "# new\n", encoding="utf-8")
    with trouble():
        assert build.main([]) == 1
    told = capsys.readouterr().out
    for path in ("labs/99_start_here.ipynb", "solutions/99_start_here.ipynb"):
        assert f"✘ {path} cannot be written ({why}), and is as it was" in told
        assert everything(house)[path] == before[path]
    assert not list(house.rglob("*.part"))
    assert build.main([]) == 0


@TROUBLES
def test_rows_that_cannot_be_written_end_a_study_with_a_sentence(tmp_path, monkeypatch, trouble, why):
    rows = tmp_path / "rows.csv"
    tables.put(rows, [{"seed": 0}], ("seed",), ("seed",))
    before = rows.read_bytes()
    monkeypatch.setattr(cells, "Processes", Here)

    def keep(cell, result):
        tables.put(rows, [{"seed": result}], ("seed",), ("seed",))

    with trouble(), pytest.raises(SystemExit, match=rf"cannot be written \({why}\): what is done has its rows"):
        cells.run_here(1, lambda: [(1,)], int, keep)
    assert rows.read_bytes() == before and os.listdir(tmp_path) == ["rows.csv"]


@TROUBLES
def test_pages_that_cannot_be_written_leave_the_old_ones(tmp_path, monkeypatch, capsys, trouble, why):
    monkeypatch.setattr(site, "PLACE", tmp_path / "work")
    monkeypatch.setattr(site, "PACKAGES", ())  # it ends before it needs any
    write(tmp_path / "out", **{"index.html": "old", "objects.inv": "of Sphinx"})
    with trouble():
        assert site.main([str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert f"cannot be written ({why}): make room" in told and len(told.splitlines()) == 1
    assert everything(tmp_path / "out") == {"index.html": b"old", "objects.inv": b"of Sphinx"}
