"""The journal loses nothing: not to two kernels at once, not to one that is killed. What is wrong with it is told."""

import multiprocessing
import os
import random
import resource
import signal
import sqlite3
import sys
import time
from pathlib import Path

import pytest

from ganhacks import journal as module
from ganhacks.journal import Journal


@pytest.fixture
def path(tmp_path, monkeypatch):
    path = tmp_path / "own" / "journal.db"
    monkeypatch.setenv(module.PLACE, str(path))
    return path


@pytest.fixture
def journal(path):
    return Journal()


def child(work):
    """Run a function in a process of its own, which a test may kill."""
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    return process


def test_what_is_noted_is_there_in_the_order_in_which_it_came(journal, path):
    assert journal.entries() == [] and not path.exists(), "who only looks leaves no file behind"
    journal.note("adam", "hint", "settings", 2)
    journal.note("leaky_relu", "verdict", "leaky_relu", "failed", "swapped")
    journal.note("adam", "prediction", value="b")
    assert [(e.lab, e.kind, e.name, e.value, e.misconception) for e in Journal().entries()] == [
        ("adam", "hint", "settings", "2", ""),
        ("leaky_relu", "verdict", "leaky_relu", "failed", "swapped"),
        ("adam", "prediction", "", "b", ""),
    ]
    assert [entry.kind for entry in journal.entries("adam")] == ["hint", "prediction"]
    assert journal.trouble == ""


@pytest.mark.parametrize("n", [100, pytest.param(1_000, marks=pytest.mark.everywhere)])
def test_two_kernels_that_write_many_verdicts_each_at_once_lose_none(journal, path, n):
    def write(kernel):
        for number in range(n):
            Journal().note(kernel, "verdict", str(number), "passed")

    kernels = [child(lambda name=name: write(name)) for name in ("one", "other")]
    for kernel in kernels:
        kernel.join()
    for name in ("one", "other"):
        assert [entry.name for entry in journal.entries(name)] == [str(number) for number in range(n)]


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.everywhere)])
def test_the_file_is_whole_after_kills_in_the_middle_of_writing(journal, path, kills):
    chance = random.Random(0)

    def write():
        while True:
            Journal().note("adam", "verdict", "settings", "failed", "x" * 2_000)

    n_before = 0
    for _ in range(kills):
        kernel = child(write)
        # A slow disk may need longer for one entry than for the whole test elsewhere: what counts is that it writes.
        while len(journal.entries()) == n_before and kernel.is_alive():
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.03))
        os.kill(kernel.pid, signal.SIGKILL)
        kernel.join()
        found = journal.entries()
        assert journal.trouble == ""
        assert {entry.misconception for entry in found} <= {"x" * 2_000}
        assert len(found) > n_before
        n_before = len(found)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_damaged_file_is_put_aside_and_told(journal, path):
    path.parent.mkdir()
    path.write_bytes(b"no database at all" * 100)
    journal.note("adam", "hint", "settings", 1)
    assert "was damaged" in journal.trouble and "journal-damaged.db" in journal.trouble
    assert path.with_name("journal-damaged.db").read_bytes().startswith(b"no database")
    assert len(journal.entries()) == 1 and journal.trouble == ""


def test_each_damaged_file_is_kept(journal, path):
    path.parent.mkdir()
    for text in (b"first", b"second"):
        path.write_bytes(text * 1_000)
        journal.note("adam", "hint", "settings", 1)
    kept = {one.name: one.read_bytes()[:6] for one in path.parent.glob("journal-damaged*")}
    assert kept == {"journal-damaged.db": b"firstf", "journal-damaged-2.db": b"second"}
    assert "journal-damaged-2.db" in journal.trouble


def test_a_folder_that_one_may_not_look_into_has_no_entries(journal, monkeypatch):
    def denied(*arguments, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module.Path, "stat", denied)
    assert journal.entries() == []


def test_a_file_of_another_program_is_left_as_it_is_and_told(journal, path):
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE entries (something TEXT)")
    before = path.read_bytes()
    journal.note("adam", "hint", "settings", 1)
    assert "can't be used" in journal.trouble and str(path) in journal.trouble
    assert path.read_bytes() == before


def test_a_folder_that_can_not_be_made_is_told_and_nothing_is_raised(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(module.PLACE, str(tmp_path / "file" / "journal.db"))
    journal = Journal()
    journal.note("adam", "hint", "settings", 1)
    assert journal.trouble.startswith("Your progress is not kept") and "All else works" in journal.trouble


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a process, as Linux has them")
def test_a_full_disk_is_told_and_what_was_there_stays(journal, path):
    for number in range(20):
        journal.note("adam", "verdict", str(number), "failed", "x" * 1_000)

    def write_on_a_full_disk():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        size = path.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        full = Journal()
        for _ in range(20):
            full.note("adam", "verdict", "more", "failed", "x" * 1_000)
        os._exit(0 if full.trouble.startswith("Your progress is not kept") else 1)

    kernel = child(write_on_a_full_disk)
    kernel.join()
    assert kernel.exitcode == 0
    assert [entry.name for entry in journal.entries() if entry.name != "more"] == [str(number) for number in range(20)]


def test_an_empty_name_keeps_none_and_without_a_name_it_is_in_the_home(monkeypatch, tmp_path):
    monkeypatch.setenv(module.PLACE, "")
    journal = Journal()
    journal.note("adam", "hint", "settings", 1)
    assert journal.path is None and journal.entries() == [] and journal.trouble == ""
    monkeypatch.delenv(module.PLACE)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert journal.path == tmp_path / ".ganhacks" / "journal.db"
    monkeypatch.setenv(module.PLACE, "~/mine/journal.db")
    assert journal.path == tmp_path / "mine" / "journal.db"


def test_without_a_home_nothing_is_noted_and_it_is_said(monkeypatch):
    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("GANHACKS_JOURNAL", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    journal = Journal()
    journal.note("adam", "verdict", "step", "passed")
    assert journal.entries() == []
    assert journal.trouble == (
        "Your progress is not kept: there is no home here. Set HOME or GANHACKS_JOURNAL to keep it."
    )
