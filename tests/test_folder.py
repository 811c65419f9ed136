"""The course in a student's folder: `start` puts it there, `update` brings a newer one, and nothing is lost."""

import json
import os
import shutil
import signal

import pytest

from ganhacks import __main__, answers, folder
from tests.tools.test_update import ANSWER, LAB, NEW, OLD, SAME_DAY, TODAY, answered, everything, sources, write

KEPT = f"labs/mine/12_mnist_gan.{TODAY}.ipynb"


def publish(course, version, monkeypatch, **files):
    """Make the installed course another one."""
    write(course, **files)
    monkeypatch.setattr(folder, "__version__", version)


@pytest.fixture
def course(tmp_path, monkeypatch):
    place = tmp_path / "site-packages" / "course"
    given = {LAB: OLD, "labs/03_leaky_relu.ipynb": OLD, "notebooks/00_start_here.ipynb": OLD}
    pages = {"images/a.png": "png", "docs/glossary.md": "a", "docs/evidence.md": "b", "evidence/README.md": "c"}
    publish(place, "0.2.0", monkeypatch, **given, **pages, **{"solutions/12_mnist_gan.ipynb": NEW})
    monkeypatch.setattr(answers, "date", SAME_DAY)
    monkeypatch.setattr(folder, "COURSE", place)
    return place


@pytest.fixture
def mine(course, tmp_path):
    folder.start(tmp_path / "mine")
    return tmp_path / "mine"


def test_a_folder_that_is_not_there_or_empty_gets_the_course(course, tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("new/folder with ümläuts", "empty"):
        (line,) = folder.start(tmp_path / name)
        assert line == f"The course, version 0.2.0, is in {tmp_path / name}."
        found = everything(tmp_path / name)
        assert {path: found[path] for path in everything(course)} == everything(course)
    assert folder.start(tmp_path / "empty") == [], "who starts again only goes on"


def test_a_students_work_is_never_written_over(mine, tmp_path):
    write(mine, **{LAB: answered(OLD)})
    before = everything(mine)
    assert folder.start(mine) == [] and everything(mine) == before
    write(tmp_path / "other", **{"thesis.txt": "mine"})
    (tmp_path / "file").write_text("mine")
    for name in ("other", "file"):
        with pytest.raises(folder.Stopped, match="holds something that is not the course"):
            folder.start(tmp_path / name)
    assert everything(tmp_path / "other") == {"thesis.txt": b"mine"}


def test_a_changed_lab_gets_the_new_words_and_keeps_its_answer_and_the_old_file_is_kept(course, mine, monkeypatch):
    write(mine, **{LAB: answered(OLD)})
    before = (mine / LAB).read_bytes()
    publish(course, "0.3.0", monkeypatch, **{LAB: NEW})
    assert folder.start(mine) == [f"{mine} is of version 0.2.0; this is 0.3.0: `update {mine}` brings it there."]
    assert folder.update(mine) == [
        f"{LAB} is new and has your answers (preprocess). The old file is {KEPT}.",
        f"{mine} is of version 0.3.0 now.",
    ]
    assert sources(mine)[:3] == ["# New words", ANSWER, "More"]
    assert (mine / KEPT).read_bytes() == before
    assert folder.update(mine) == [f"Nothing new: {mine} is of version 0.3.0."]


def test_what_one_side_alone_changed_is_taken_from_it(course, mine, monkeypatch):
    write(mine, **{LAB: answered(OLD)})
    (mine / "images/a.png").unlink()
    own = (mine / LAB).read_bytes()
    publish(course, "0.3.0", monkeypatch, **{"labs/03_leaky_relu.ipynb": NEW, "labs/28_new.ipynb": NEW})
    assert folder.update(mine) == [f"{mine} is of version 0.3.0 now."]
    assert (mine / LAB).read_bytes() == own
    assert sources(mine, "labs/03_leaky_relu.ipynb")[0] == sources(mine, "labs/28_new.ipynb")[0] == "# New words"
    assert (mine / "images/a.png").read_text() == "png"
    assert not (mine / "labs/mine").exists()


def test_a_changed_file_that_is_no_notebook_is_kept_under_its_own_ending(course, mine, monkeypatch):
    write(mine, **{"docs/glossary.md": "my own words", "images/a.png": "my own picture"})
    publish(course, "0.3.0", monkeypatch, **{"docs/glossary.md": "new", "images/a.png": "new"})
    assert len(folder.update(mine)) == 3
    kept = {path.name: path.read_text() for path in (mine / "labs" / "mine").iterdir()}
    assert kept == {f"docs.glossary.{TODAY}.md": "my own words", f"images.a.{TODAY}.png": "my own picture"}


def test_a_version_without_another_file_is_remembered_too(mine, monkeypatch):
    monkeypatch.setattr(folder, "__version__", "0.3.0")
    assert folder.update(mine) == [f"{mine} is of version 0.3.0 now."]
    assert folder.start(mine) == []


def test_what_is_no_longer_part_of_the_course_goes_and_what_was_done_in_it_stays(course, mine, monkeypatch):
    write(mine, **{LAB: answered(OLD)})
    for path in (LAB, "labs/03_leaky_relu.ipynb"):
        (course / path).unlink()
    publish(course, "0.3.0", monkeypatch, **{"labs/28_new.ipynb": NEW})
    assert folder.update(mine)[0] == f"{LAB} is no longer part of the course. The old file is {KEPT}."
    assert not (mine / LAB).exists() and not (mine / "labs/03_leaky_relu.ipynb").exists()
    assert ANSWER in sources(mine, KEPT)


def test_a_lab_begun_again_is_blank_and_the_old_one_is_kept(mine):
    write(mine, **{LAB: answered(OLD)})
    (line,) = folder.again(mine, "12")
    assert line == f"{LAB} is blank again. The old file is {KEPT}." and ANSWER in sources(mine, KEPT)
    assert "nothing to undo" in folder.again(mine, "mnist_gan")[0]
    with pytest.raises(folder.Stopped, match="There is no lab '99'"):
        folder.again(mine, "99")


# ---- killed in the middle


def child(act):
    pid = os.fork()
    if pid == 0:
        act()
        os._exit(0)
    return pid


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_fifty_times_a_start_and_an_update_lose_nothing(course, tmp_path, monkeypatch):
    """A kill after each write of a file, wherever it is, and the same call once more."""
    place, own, n_kills = tmp_path / "mine", answered(OLD), 0
    really = folder.files.write

    def killed_after(n_writes, act):
        """Return whether `act` met its end at its n-th write: right before it, or right after."""
        left = [n_writes]

        def write_once(path, content):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            really(path, content)

        monkeypatch.setattr(folder.files, "write", write_once)
        killed = os.waitstatus_to_exitcode(os.waitpid(child(act), 0)[1]) == -signal.SIGKILL
        monkeypatch.setattr(folder.files, "write", really)
        return killed

    n_writes = 0
    while killed_after(n_writes, lambda: folder.start(place)):
        folder.start(place)
        assert everything(course).items() <= everything(place).items()
        shutil.rmtree(place)
        n_kills, n_writes = n_kills + 1, n_writes + 1
    publish(course, "0.3.0", monkeypatch, **{LAB: NEW, "labs/03_leaky_relu.ipynb": NEW, "labs/28_new.ipynb": NEW})
    for n_writes in range(100):
        shutil.rmtree(place)
        monkeypatch.setattr(folder, "__version__", "0.2.0")
        write(course, **{LAB: OLD, "labs/03_leaky_relu.ipynb": OLD})
        (course / "labs/28_new.ipynb").unlink(missing_ok=True)
        folder.start(place)
        write(place, **{LAB: own, "labs/03_leaky_relu.ipynb": own})
        publish(course, "0.3.0", monkeypatch, **{LAB: NEW, "labs/03_leaky_relu.ipynb": NEW, "labs/28_new.ipynb": NEW})
        if not killed_after(n_writes, lambda: folder.update(place)):
            break
        n_kills += 1
        folder.update(place)
        assert sources(place)[:2] == sources(place, "labs/03_leaky_relu.ipynb")[:2] == ["# New words", ANSWER]
        assert json.loads((place / KEPT).read_text(encoding="utf-8")) == own
        assert folder.update(place) == [f"Nothing new: {place} is of version 0.3.0."]
    assert n_kills >= 15, "there is a kill before every write of both"


# ---- bad input


def test_what_stands_in_the_way_is_a_sentence_each(course, mine, tmp_path, monkeypatch, capsys):
    def said(*arguments):
        assert __main__.main([*map(str, arguments)]) == 1
        told = capsys.readouterr()
        assert told.out == "" and len(told.err.splitlines()) == 1
        return told.err

    assert f"`python -m ganhacks start {tmp_path / 'nowhere'}` makes one" in said("update", tmp_path / "nowhere")
    assert "is no folder of the course" in said("again", "12", tmp_path)
    assert "There is no lab 'x'" in said("again", "x", mine)
    record = mine / ".ganhacks" / "course.json"
    whole = record.read_text()
    record.write_text(whole.replace("0.2.0", "0.10.0"))
    assert "is of version 0.10.0, and this is 0.2.0: run `pip install --upgrade ganhacks`" in said("update", mine)
    for damaged in ("{", "[]", '{"version": "0.2.0", "files": 7, "whole": true}'):
        record.write_text(damaged)
        assert "course.json is damaged" in said("start", mine)
    (tmp_path / "a file").write_text("")
    assert "cannot be written" in said("start", tmp_path / "a file" / "folder")
    shutil.rmtree(course / "labs")
    assert "The installed course lacks labs: run `pip install" in said("start", tmp_path / "new", "--only")
    assert not (tmp_path / "new").exists()


def test_an_unknown_command_is_told(capsys):
    with pytest.raises(SystemExit, match="2"):
        __main__.main(["begin"])
    assert "invalid choice: 'begin'" in capsys.readouterr().err


def test_jupyterlab_runs_as_root_where_that_is_asked_for_and_what_is_not_known_is_told(mine, monkeypatch, capsys):
    commands = []
    monkeypatch.chdir(mine)  # which is where it is opened, so that this test ends where it began
    monkeypatch.setattr(os, "execv", lambda program, command: commands.append(command))
    __main__.main(["start", str(mine), "--allow-root"])
    __main__.main(["start", str(mine)])
    assert ["--allow-root" in command for command in commands] == [True, False]
    for unknown in ("--port=9999", "course"):  # such as a folder with a space in its name
        with pytest.raises(SystemExit, match="2"):
            __main__.main(["start", str(mine), unknown])
        assert f"unrecognized arguments: {unknown}" in capsys.readouterr().err
    assert len(commands) == 2
