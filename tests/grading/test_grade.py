"""A class is graded: the honest exactly, the hostile contained, and nothing of the instructor's is touched."""

import ast
import csv
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest

from ganhacks.checks.engine.clock import STARVED, Clock
from ganhacks.checks.engine.exercise import exercises_of
from tests.grading import handed_in
from tests.grading.handed_in import needs_a_jail
from tools import grade
from tools.grading import copies, course, jail, submission

needs_a_jail()
QUICK = jail.Limits(cell_seconds=4.0, all_seconds=60.0, check_seconds=6.0, memory=2_500)


#: hostile and odd ones of every test run: each status, and each wall of the jail, once
ALWAYS = (
    *("publishes a verdict", "patches the checks", "writes to file descriptors", "loops without end"),
    *("takes all memory", "leaves in a cell", "processes without end", "deletes files", "opens sockets"),
    *("reads what others wrote", "check changed", "tags and metadata lost", "other contract", "cut off", "a list"),
)


@pytest.mark.parametrize(
    "only", [pytest.param(ALWAYS, id="one of each"), pytest.param(None, id="every kind", marks=pytest.mark.everywhere)]
)
def test_a_small_class_is_graded_and_what_is_hostile_contained(tmp_path, only):
    there, found = handed_in.graded(
        tmp_path / "class", tmp_path / "out", few=True, only=only, limits=QUICK, told=lambda text: None
    )
    assert found == []
    assert only is None or {Path(one.name).stem for one in there} >= set(only)


# ---- going on, and what is refused


def stand_in(name, path, views, limits, held):
    """Grade in a moment, by the name alone."""
    time.sleep(0.003)
    row = dict.fromkeys(submission.FIELDS, "")
    return [{**row, "submission": name, "lab": "adam", "exercise": "adam_step", "outcome": "passed", "seconds": "0"}], 1


class Here:
    """In the place of processes: everything at once."""

    def __init__(self, jobs):
        self.width = 1

    def submit(self, function, *task):
        future = Future()
        future.set_result(function(*task))
        return future

    def close(self):
        pass


@pytest.fixture
def many(tmp_path, monkeypatch):
    """A folder of sixty notebooks, and a function that grades it by the stand-in into another."""
    monkeypatch.setattr(grade.cells, "Processes", Here)
    monkeypatch.setattr(grade.tempfile, "tempdir", str(tmp_path))  # whoever is killed cleans nothing up
    for number in range(60):
        path = tmp_path / "class" / f"group {number % 7}" / f"{number}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"notebook {number}")
    return lambda out, source="class": grade.grade(
        tmp_path / source, tmp_path / out, play=stand_in, told=lambda text: None
    )


def test_a_grading_that_is_killed_twenty_times_has_the_same_files_in_the_end(many, tmp_path):
    many("whole")
    chance = random.Random(0)
    n_kills = 0
    while n_kills < 20:
        child = os.fork()
        if child == 0:
            many("killed")
            os._exit(0)
        time.sleep(chance.uniform(0.01, 0.08))
        os.kill(child, signal.SIGKILL)
        ended = os.waitpid(child, 0)[1]
        n_kills += 1
        if ended == 0:  # it was done: begin anew, so that each kill meets something to do
            for file in random.Random(n_kills).sample(sorted((tmp_path / "killed" / grade.DONE).iterdir()), 40):
                file.unlink()
    many("killed")
    for name in ("grades.csv", "summary.csv", "class.html"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_who_hands_in_again_is_graded_again_and_nobody_else(many, tmp_path, monkeypatch):
    many("out")
    (tmp_path / "class" / "group 1" / "8.ipynb").write_text("another notebook")
    played = []
    monkeypatch.setattr(sys.modules[__name__], "stand_in", lambda name, *more: played.append(name) or ([], 0))
    grade.grade(tmp_path / "class", tmp_path / "out", play=stand_in, told=lambda text: None)
    assert played == ["group 1/8.ipynb"]


def test_the_pages_name_what_is_common_and_escape_what_students_write(tmp_path):
    row = dict.fromkeys(submission.FIELDS, "")
    rows = [
        {
            **{**row, "submission": f"<b>{number}.ipynb", "lab": "adam", "exercise": "adam_step"},
            **{"outcome": "failed", "misconception": "no_root", "message": "<script> in `x * 2`", "status": "graded"},
        }
        for number in range(3)
    ]
    grade.pages.write(tmp_path, rows)
    whole = (tmp_path / "class.html").read_text()
    assert "no root × 3" in whole and "0 of 3" in whole and "<b>0" not in whole
    page = (tmp_path / "students" / grade.pages.file_of("<b>1.ipynb")).read_text()
    assert "&lt;script&gt; in <code>x * 2</code>" in page and "<script>" not in page and "✘ not yet" in page


def refused(*arguments, **more):
    with pytest.raises(grade.Refused) as why:
        grade.grade(*arguments, play=stand_in, told=lambda text: None, **more)
    return str(why.value)


def test_what_cannot_be_graded_is_refused_in_a_sentence(many, tmp_path, monkeypatch):
    assert "is no folder" in refused(tmp_path / "nowhere", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    assert "There is no notebook" in refused(tmp_path / "empty", tmp_path / "out")
    assert "name a folder outside of it" in refused(tmp_path / "class", tmp_path / "class" / "out")
    many("out")
    shutil.copytree(tmp_path / "class", tmp_path / "other")
    assert "has the grades of" in refused(tmp_path / "other", tmp_path / "out")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("mine")
    assert "has other files in it" in refused(tmp_path / "class", tmp_path / "full")
    (tmp_path / "file").write_text("")
    assert "cannot be written" in refused(tmp_path / "class", tmp_path / "file" / "out")
    monkeypatch.setattr(jail.shutil, "which", lambda name: None)
    assert "There is no bubblewrap here" in refused(tmp_path / "class", tmp_path / "out 2")


def test_a_long_solution_under_other_names_is_a_copy_and_a_short_or_another_one_is_not():
    right = exercises_of("adam")["adam_step"].solution_source()
    renamed = re.sub(r"\bunbiased_m\b", "mean_now", right)
    assert renamed != right and copies.is_copy(ast.parse(renamed).body[0], right)
    assert not copies.is_copy(ast.parse(right.replace("**2", "**3")).body[0], right)
    short = exercises_of("leaky_relu")["leaky_relu"].solution_source()
    assert not copies.is_copy(ast.parse(short).body[0], short)


def test_the_command_hands_its_options_on_and_holds_answers_unless_told_not_to(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(grade, "grade", lambda *given: asked.append(given) or [])
    assert grade.main(["a", str(tmp_path)]) == 0
    assert grade.main(["a", str(tmp_path), "--unsafe", "--seconds", "3", "--memory", "9", "--jobs", "1"]) == 0
    usual, own = asked
    assert usual[2] == jail.Limits() and usual[4] is False
    assert own[2:] == (jail.Limits(cell_seconds=3, memory=9), 1, True)


@pytest.mark.parametrize("engine", jail.ENGINES)
def test_a_container_holds_students_code_where_there_is_no_bubblewrap_but_its_image(engine, tmp_path, monkeypatch):
    images = []
    monkeypatch.setattr(jail.shutil, "which", lambda name: name if name == engine else None)
    monkeypatch.setattr(jail.subprocess, "call", lambda command, **more: images.append(command) or 0)
    assert jail.kind() == engine and images == [[engine, "image", "inspect", jail.IMAGE]]
    forbidden = SimpleNamespace(returncode=1, stderr="setting up uid map: Permission denied\n")
    monkeypatch.setattr(jail.subprocess, "run", lambda command, **more: forbidden)
    monkeypatch.setattr(jail.shutil, "which", lambda name: name if name in (engine, "bwrap") else None)
    assert jail.kind() == engine
    monkeypatch.setattr(jail.subprocess, "call", lambda command, **more: 1)
    with pytest.raises(jail.NoJail, match="Permission denied.*docker build -t ganhacks-jail"):
        jail.kind()
    monkeypatch.setattr(jail.shutil, "which", lambda name: name if name == engine else None)
    monkeypatch.setattr(jail.subprocess, "call", lambda command, **more: 1)
    with pytest.raises(jail.NoJail, match="docker build -t ganhacks-jail"):
        jail.kind()
    begun, killed = [], []

    class Program:
        pid, returncode, stdin = 1, jail.KILLED, None
        stdout = (tmp_path / "out").open("wb+", buffering=0)

        def poll(self):
            return None if not killed else jail.KILLED

        def wait(self):
            return jail.KILLED

        kill = wait

    monkeypatch.setattr(jail.os, "set_blocking", lambda *_: None)
    monkeypatch.setattr(jail.subprocess, "Popen", lambda command, **more: begun.append(command) or Program())
    monkeypatch.setattr(jail.subprocess, "call", lambda command, **more: killed.append(command) or 0)
    held = jail.Jail(tmp_path, jail.Limits(memory=1_234), engine)
    command = " ".join(begun[0])
    assert command.startswith(f"{engine} run ") and f" {jail.IMAGE} python3 -c " in command
    for wanted in ("--network none", "--cap-drop ALL", "--memory 1234m", "--read-only", f"{tmp_path}:/course:ro"):
        assert wanted in command
    held._end_container()
    assert killed[0][:2] == [engine, "kill"] and killed[0][2] in command
    assert held._ended().why == "memory"


def test_a_disk_that_gets_full_is_told_and_what_is_graded_stays(many, tmp_path, monkeypatch):
    write, n_left = grade.tables.write_text, [9]

    def until_full(path, text):
        if path.parent.name == grade.DONE:
            if not n_left[0]:
                raise OSError(28, "No space left on device")
            n_left[0] -= 1
        write(path, text)

    monkeypatch.setattr(grade.tables, "write_text", until_full)
    assert "cannot be written (No space left on device)" in refused(tmp_path / "class", tmp_path / "out")
    assert len(list((tmp_path / "out" / grade.DONE).iterdir())) == 9
    monkeypatch.undo()
    monkeypatch.setattr(grade.cells, "Processes", Here)
    assert len(many("out")) == 60


def test_a_disk_that_is_full_to_the_last_byte_is_told_as_well(many, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(grade.tables, "write", full)
    assert "cannot be written (No space left on device)" in refused(tmp_path / "class", tmp_path / "out")


def _with_help_at_the_check(made):
    for cell in made["cells"]:
        if cell["id"].endswith("-check"):
            cell["source"] += "\nlab.hint()  # yes!"


def _without_imports(made):
    made["cells"] = [cell for cell in made["cells"] if "import numpy" not in "".join(cell["source"])]


def test_what_was_odd_about_a_notebook_is_told_and_only_checks_that_do_something_else_are_called_changed(tmp_path):
    changes = {"twice": handed_in._with_an_answer_twice, "changed": handed_in._with_other_check}
    changes |= {"helped": _with_help_at_the_check, "bare": _without_imports}
    found = {}
    for name, change in changes.items():
        path = tmp_path / f"{name}.ipynb"
        path.write_text(handed_in.notebook(change=change))
        found[name] = grade.reading.read(path)
    assert found["changed"].checks_changed == {"smooth_positive_labels"}
    assert not any(found[name].checks_changed for name in ("twice", "helped", "bare"))
    assert found["helped"].remarks == ()
    assert found["bare"].remarks_on("smooth_negative_labels") == "The course's cell with the imports is missing."
    said = "Two cells have the id of smooth_positive_labels: the one that defines it counts."
    assert found["twice"].remarks_on("smooth_positive_labels") == said
    assert found["twice"].remarks_on("smooth_negative_labels") == ""
    assert found["changed"].remarks_on("smooth_positive_labels").startswith("Its check cell does something else:")
    assert found["changed"].remarks_on("smooth_negative_labels") == ""


UNREADABLE = {
    "Karl/lab10.zip": ("PK", "unpack or rename it"),
    "Nils/10_label_smoothing.ipynb.txt": ("{}", "unpack or rename it"),
    "Nora/nothing.ipynb": ("", "It is empty"),
    "Olga/01.ipynb": (
        (grade.ROOT / "notebooks" / "01_the_gan_game.ipynb").read_text(encoding="utf-8"),
        "It is lesson 01",
    ),
}


def test_nobody_who_handed_in_something_is_left_out(tmp_path, monkeypatch, capsys):
    for name, (content, _) in UNREADABLE.items():
        (tmp_path / "class" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "class" / name).write_text(content, encoding="utf-8")
    (tmp_path / "class" / "Paul").mkdir()
    (tmp_path / "class" / "Paul" / "answer.py").touch()
    monkeypatch.setattr(grade.cells, "Processes", Here)
    monkeypatch.setattr(grade.jail, "kind", lambda unsafe: "none")
    assert grade.main([str(tmp_path / "class"), str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    for line in (
        "4 submissions.",
        "Left alone: Paul/answer.py.",
        "Nothing to grade in: Paul.",
        "rows that are 4 unreadable",
    ):
        assert line in said
    rows = {row["submission"]: row for row in handed_in.rows_of(tmp_path / "out")}
    assert {name: row["status"] for name, row in rows.items()} == dict.fromkeys(UNREADABLE, "unreadable")
    for name, (_, sentence) in UNREADABLE.items():
        assert sentence in rows[name]["message"]


def test_two_notebooks_of_one_lab_in_a_students_folder_are_told(many, tmp_path):
    many("out")
    found = list(csv.DictReader((tmp_path / "out" / "summary.csv").open(encoding="utf-8-sig")))
    assert {row["to_look_at"] for row in found} == {"another_of_this_lab_in_its_folder"}


def test_a_page_keeps_the_letters_of_a_name_and_says_nothing_of_copies():
    assert grade.pages.file_of("王小明/标签 10.ipynb").startswith("王小明-标签-10-")
    row = dict.fromkeys(submission.FIELDS, "") | {"outcome": "passed", "status": "copied", "note": "Odd."}
    page = grade.pages._student("a", [row])
    assert "copied" not in page and "Odd." in page


def test_a_file_that_must_not_be_read_has_its_row_like_the_others(many, tmp_path, monkeypatch):
    read_bytes = Path.read_bytes

    def locked(path):
        if path.name == "8.ipynb":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", locked)
    assert len(many("out")) == 60
    with pytest.raises(grade.reading.Unreadable, match="cannot be read"):
        grade.reading.read(tmp_path / "class" / "group 1" / "8.ipynb")


def test_time_is_up_for_somebody_who_goes_on_talking():
    talker = jail.Jail.__new__(jail.Jail)
    talker.process = subprocess.Popen(["yes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    talker.limits, talker.why, talker.watch = jail.Limits(), None, threading.Thread()
    talker.watch.start()
    with pytest.raises(jail.Ended) as ended:
        talker._read(10**12, Clock(0.3))
    assert ended.value.why == "timeout" and talker.process.poll() is not None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how long a process stood in line")
def test_what_a_jail_stands_in_line_for_a_processor_does_not_count(tmp_path):
    view, cpu = course.prepare(tmp_path, "label_smoothing"), min(os.sched_getaffinity(0))
    works = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end:\n    pass"

    def asked(cell):
        """Ask for a cell that may take a second. Returns what is answered, or why it ended, and the seconds."""
        with jail.Jail(view, jail.Limits(), jail.kind()) as held:
            held.ask({"ask": "run", "number": 1, "source": "pass", "imports": False}, 60)
            for process in jail._below(held.process.pid):
                os.sched_setaffinity(process.pid, {cpu})
            begun = time.monotonic()
            try:
                said = held.ask({"ask": "run", "number": 2, "source": cell, "imports": False}, 1)["raised"]
            except jail.Ended as ended:
                said = ended.why
        return said, time.monotonic() - begun

    endless = f"import os\nos.sched_setaffinity(0, {{{cpu}}})\nwhile True:\n    pass"
    others = [subprocess.Popen([sys.executable, "-c", endless], start_new_session=True) for _ in range(3)]
    try:
        said, seconds = asked(works.format(0.6))
        assert said == "" and seconds > 1, "four on one processor: the work of 0.6 seconds takes longer than its limit"
        said, seconds = asked(works.format(10**9))
        assert said == "timeout" and seconds < STARVED + jail.GRACE + 1, "and there is an end to it"
    finally:
        for other in others:
            other.kill()
            other.wait()


class JailWithASlowCell:
    """In the place of a jail: the first cell of the student's own takes too long, and what it defines is missing."""

    peak = 0

    def __init__(self, *about):
        pass

    def in_line(self):
        return {}

    def ask(self, question, seconds):
        if question["ask"] == "has":
            return {"there": False}
        if question["source"].startswith("SLOW"):
            raise jail.Ended("timeout", "It took longer than 4 seconds.")
        return {"raised": "NameError: name 'SLOW' is not defined" if "SLOW" in question["source"] else ""}

    def end(self, why):
        pass


def test_what_fails_for_want_of_a_cell_that_was_stopped_is_not_graded_as_an_answer(tmp_path, monkeypatch):
    monkeypatch.setattr(submission, "Jail", JailWithASlowCell)
    name = "smooth_positive_labels"
    content = handed_in.notebook(sources={name: f"{name} = SLOW"}, first="SLOW = 1")
    (tmp_path / "a.ipynb").write_text(content, encoding="utf-8")
    rows, _ = submission.rows_of("a.ipynb", tmp_path / "a.ipynb", tmp_path, QUICK, None)
    row, *others = rows
    assert (row["exercise"], row["outcome"], row["status"]) == (name, "error", "timeout")
    assert row["message"].endswith("Another cell could not be run before. It took longer than 4 seconds.")
    assert {(other["outcome"], other["status"]) for other in others} == {("not_attempted", "graded")}
