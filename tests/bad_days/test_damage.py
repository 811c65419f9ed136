"""Damaged files: one sentence that says which, and what to do; what a student has done stays as it is."""

import json
import shutil

import pytest

from ganhacks import folder
from tests.test_folder import KEPT, course, mine, publish  # noqa: F401  (fixtures)
from tests.tools.test_build import build_all, lab_and_solution
from tests.tools.test_build import course as house  # noqa: F401  (a fixture)
from tests.tools.test_update import LAB, NEW, OLD, answered, author, clone, sources  # noqa: F401  (fixtures)
from tests.tools.test_update import publish as publish_by_git
from tools import build, site, tables, update

DAMAGES = {
    "empty": b"",
    "cut off": b'{"cells": [{"cell_type": "code", "source": "def preprocess',
    "no notebook": b'{"cells": 7}',
    "another JSON": b"[1, 2]",
    "binary": bytes(range(256)) * 20,
    "another encoding": "def größe".encode("latin-1"),
}
damaged = pytest.mark.parametrize("content", DAMAGES.values(), ids=DAMAGES)


@damaged
def test_a_students_damaged_lab_is_kept_as_it_is_and_a_new_one_comes_from_the_package(
    course, mine, monkeypatch, content  # noqa: F811
):  # fmt: skip
    (mine / LAB).write_bytes(content)
    publish(course, "0.3.0", monkeypatch, **{LAB: NEW})
    told = folder.update(mine)[0]
    assert told == f"{LAB} is new, and your answers could not be read. The old file is {KEPT}."
    assert (mine / KEPT).read_bytes() == content and sources(mine)[0] == "# New words"
    (mine / LAB).write_bytes(content)
    assert "is blank again" in folder.again(mine, "12")[0] and sources(mine)[0] == "# New words"


@damaged
def test_a_students_damaged_lab_is_kept_as_it_is_and_a_new_one_comes_by_git(author, clone, content):  # noqa: F811
    (clone / LAB).write_bytes(content)
    publish_by_git(author, **{LAB: NEW})
    assert f"{LAB} is new, and your answers could not be read. The old file is {KEPT}." in update.update(clone)
    assert (clone / KEPT).read_bytes() == content and sources(clone)[0] == "# New words"


@damaged
def test_without_what_was_given_the_answers_are_not_guessed(course, mine, monkeypatch, content):  # noqa: F811
    (mine / ".ganhacks" / LAB).write_bytes(content)
    own = json.dumps(answered(OLD)).encode()
    (mine / LAB).write_bytes(own)
    publish(course, "0.3.0", monkeypatch, **{LAB: NEW})
    assert folder.update(mine)[0] == f"{LAB} is new, and your answers could not be read. The old file is {KEPT}."
    assert (mine / KEPT).read_bytes() == own and sources(mine)[0] == "# New words"


@damaged
def test_a_record_of_the_folder_that_is_damaged_is_told(mine, content):  # noqa: F811
    (mine / ".ganhacks" / "course.json").write_bytes(content)
    with pytest.raises(folder.Stopped, match="course.json is damaged .*: start anew in another folder, and copy"):
        folder.update(mine)


def test_a_built_notebook_that_is_damaged_is_told_by_the_build_and_the_pages(
    house, tmp_path, monkeypatch, capsys  # noqa: F811
):  # fmt: skip
    monkeypatch.setattr(build, "execute", lambda *arguments, **more: None)
    monkeypatch.setattr(build, "draw_card", lambda *arguments: False)
    (house / "docs").mkdir()
    shutil.copy(site.ROOT / "docs" / "glossary.md", house / "docs")
    monkeypatch.setattr(site, "ROOT", house)
    monkeypatch.setattr(site, "PACKAGES", ())  # it ends before it needs any
    build_all(house)
    lab, _ = lab_and_solution(house)
    for number, content in enumerate(DAMAGES.values()):
        lab.write_bytes(content)
        assert build.main(["--check"]) == 1
        told = capsys.readouterr().out
        assert "labs/99_start_here.ipynb is no valid notebook" in told and f"git checkout -- labs/{lab.name}" in told
        monkeypatch.setattr(site, "PLACE", tmp_path / f"work {number}")
        assert site.main([str(tmp_path / "out")]) == 1
        told = capsys.readouterr().err
        assert "labs/99_start_here.ipynb is no valid notebook" in told and len(told.splitlines()) == 1


@pytest.mark.parametrize(
    "content",
    [b"seed,score\n0,0.5\n1", b"seed,score\n0,0.5,7\n", b"seed,score\n0,\xe4\n", b'seed,score\n0,"' + b"x" * 200_000],
    ids=["cut off", "a field too many", "another encoding", "an open quote"],
)
def test_measured_rows_that_are_damaged_are_told_and_never_written_over(tmp_path, content):
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    with pytest.raises(SystemExit, match=r"rows.csv is damaged \(.*\), and nothing was written to it: restore it"):
        tables.put(path, [{"seed": 2, "score": 0.5}], ("seed",), ("seed", "score"))
    assert path.read_bytes() == content
