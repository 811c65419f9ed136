"""The build: one source becomes two notebooks, nothing leaks, nothing that a person wrote is overwritten."""

import shutil

import nbformat
import pytest

from tools import build

SOURCE = """\
# %% [markdown]
# # 99 · A lab for testing

# %%
from ganhacks import checks

lab = checks.Lab("start_here")

# %% tags=["exercise"] exercise="start_here.invert"

# %% tags=["check"]
lab.check("invert")

# %% tags=["nbval-check-output"]
print(6 * 7)
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A copy of the house with one small lab in it."""
    for name in ("course/labs", "course/lessons", "data", "evidence"):
        (tmp_path / name).mkdir(parents=True)
    shutil.copytree(build.ROOT / "ganhacks", tmp_path / "ganhacks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(build.ROOT / "data" / "SHA256SUMS", tmp_path / "data")
    (tmp_path / "course/labs/99_start_here.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    return tmp_path


def lab_and_solution(course):
    return [target[2] for target in build.targets()]


def build_all(course):
    return [build.build(*target) for target in build.targets()]


def test_a_lab_has_blank_exercises_and_the_solution_has_them_filled_and_run(course):
    build_all(course)
    lab, solution = (nbformat.read(path, 4) for path in lab_and_solution(course))
    exercise = {notebook.metadata.ganhacks.kind: notebook.cells[2] for notebook in (lab, solution)}
    assert exercise["lab"].id == exercise["solution"].id == "start-here--invert"
    assert exercise["lab"].source.rstrip().endswith("...")
    assert "255 - images" not in exercise["lab"].source
    assert "return 255 - images" in exercise["solution"].source
    assert not any(cell.get("outputs") for cell in lab.cells)
    assert "passed" in solution.cells[3].outputs[0].data["text/plain"]
    assert solution.cells[4].outputs[0].text == "42\n"


def test_building_again_does_nothing_and_a_new_build_gives_the_same_bytes(course):
    build_all(course)
    paths = lab_and_solution(course)
    before = [path.read_bytes() for path in paths]
    assert build_all(course) == ["up to date", "up to date"]
    for path in paths:
        path.unlink()
    build_all(course)
    assert [path.read_bytes() for path in paths] == before


def test_an_edit_of_one_cell_changes_the_id_of_that_cell_alone(course):
    source = course / "course/labs/99_start_here.py"
    before = [cell.id for cell in build.assemble(source, "lab").cells]
    source.write_text(SOURCE.replace("6 * 7", "6 * 8"), encoding="utf-8")
    after = [cell.id for cell in build.assemble(source, "lab").cells]
    assert [a == b for a, b in zip(before, after)] == [True, True, True, True, False]


def test_check_finds_nothing_after_a_build_and_a_notebook_that_is_missing(course):
    build_all(course)
    assert build.main(["--check"]) == 0
    lab_and_solution(course)[0].unlink()
    assert build.main(["--check"]) == 1


@pytest.mark.parametrize("place", ["source", "hack", "checks"])
def test_check_finds_a_notebook_that_is_older_than_what_it_is_made_from(course, place, capsys):
    build_all(course)
    path = {
        "source": course / "course/labs/99_start_here.py",
        "hack": course / "ganhacks/errors.py",
        "checks": course / "ganhacks/checks/sandbox.py",
    }[place]
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert build.main(["--check"]) == 1
    assert "older than what it is made from" in capsys.readouterr().out


def test_new_rows_make_only_the_notebooks_old_that_show_them(course):
    build_all(course)
    (course / "evidence" / "another_lab.csv").write_text("arm,seed\n", encoding="utf-8")
    assert [build.problem(*target) for target in build.targets()] == [None, None]
    (course / "evidence" / "start_here.csv").write_text("arm,seed\n", encoding="utf-8")
    assert all("is older than" in build.problem(*target) for target in build.targets())


def test_a_notebook_edited_by_hand_is_named_and_never_overwritten(course, capsys):
    build_all(course)
    path = lab_and_solution(course)[0]
    notebook = nbformat.read(path, 4)
    notebook.cells[4].source = "print('my own work')"
    nbformat.write(notebook, path)
    mine = path.read_bytes()
    assert build.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert "labs/99_start_here.ipynb was edited by hand (cell 5, which begins" in said
    assert "course/labs/99_start_here.py" in said and "git checkout" in said
    assert build.main([]) == 1
    assert path.read_bytes() == mine


def test_an_output_edited_by_hand_is_found(course):
    build_all(course)
    path = lab_and_solution(course)[1]
    path.write_text(path.read_text(encoding="utf-8").replace("42", "43"), encoding="utf-8")
    assert "edited by hand" in build.problem(*build.targets()[1])


def test_a_damaged_notebook_is_told_in_a_sentence(course, capsys):
    build_all(course)
    lab_and_solution(course)[0].write_text('{"cells": [', encoding="utf-8")
    assert build.main(["--check"]) == 1
    assert "labs/99_start_here.ipynb is no valid notebook" in capsys.readouterr().out


def test_a_solution_that_can_be_read_in_the_lab_stops_the_build(course):
    source = course / "course/labs/99_start_here.py"
    leaking = SOURCE.replace("A lab for testing", "A lab for testing. Write `return 255 - images  `")
    monkey = build._lines
    build._lines = lambda text: {line.strip() for line in text.splitlines() if len(line.strip()) >= 10}
    try:
        source.write_text(leaking, encoding="utf-8")
        assert build.leaks(build.assemble(source, "lab")) == ["return 255 - images"]
        with pytest.raises(build.BuildError, match="gives a solution away"):
            build.build(*build.targets()[0])
    finally:
        build._lines = monkey
    assert not lab_and_solution(course)[0].exists()


def test_a_notebook_that_does_not_run_is_not_written(course):
    source = course / "course/labs/99_start_here.py"
    source.write_text(SOURCE.replace("print(6 * 7)", "1 / 0"), encoding="utf-8")
    with pytest.raises(build.BuildError, match="(?s)does not run.*ZeroDivisionError"):
        build.build(*build.targets()[1])
    assert list((course / "solutions").iterdir()) == []


def test_an_exercise_that_does_not_exist_is_told_in_a_sentence(course):
    source = course / "course/labs/99_start_here.py"
    source.write_text(SOURCE.replace("start_here.invert", "start_here.revert"), encoding="utf-8")
    with pytest.raises(build.BuildError, match="no exercise 'revert'; it has invert"):
        build.assemble(source, "lab")


def test_a_notebook_without_a_source_is_a_stray(course):
    build_all(course)
    (course / "labs/98_old.ipynb").write_text("{}", encoding="utf-8")
    assert [path.name for path in build.strays()] == ["98_old.ipynb"]
    assert build.main(["--check"]) == 1
