"""The build: one source becomes two notebooks, nothing leaks, nothing that a person wrote is overwritten."""

import base64
import shutil

import nbformat
import pytest

import ganhacks
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
    exercise = {notebook.metadata.ganhacks.kind: notebook.cells[3] for notebook in (lab, solution)}
    assert exercise["lab"].id == exercise["solution"].id == "start-here--invert"
    assert exercise["lab"].source.rstrip().endswith("...")
    assert "255 - images" not in exercise["lab"].source
    assert "return 255 - images" in exercise["solution"].source
    assert not any(cell.get("outputs") for cell in lab.cells)
    assert "passed" in solution.cells[4].outputs[0].data["text/plain"]
    assert solution.cells[5].outputs[0].text == "42\n"


def test_building_again_does_nothing_and_a_new_build_gives_the_same_bytes(course):
    build_all(course)
    paths = lab_and_solution(course)
    before = [path.read_bytes() for path in paths]
    assert build_all(course) == ["up to date", "up to date"]
    for path in paths:
        path.unlink()
    build_all(course)
    assert [path.read_bytes() for path in paths] == before


def test_a_changed_text_is_written_with_the_outputs_that_there_are(course, capsys):
    build_all(course)
    changed = SOURCE.replace("A lab for testing", "Another title") + "\n# %%\nprint(1)\n"
    (course / "course/labs/99_start_here.py").write_text(changed, encoding="utf-8")
    assert build.main(["--text"]) == 0 and build.main(["--check"]) == 0
    lab, solution = (nbformat.read(path, 4) for path in lab_and_solution(course))
    assert lab.cells[0].source == solution.cells[0].source == "# 99 · Another title"
    assert "passed" in solution.cells[4].outputs[0].data["text/plain"] and solution.cells[5].outputs[0].text == "42\n"
    assert solution.cells[6].outputs == [], "nobody ran it"
    capsys.readouterr()
    assert build.main(["nothing", "--text"]) == 1
    assert "No source in course/ has 'nothing' in its name." in capsys.readouterr().out


def test_an_edit_by_hand_is_not_lost_by_a_change_of_text_either(course, capsys):
    build_all(course)
    path = lab_and_solution(course)[1]
    path.write_text(path.read_text(encoding="utf-8").replace("A lab for testing", "My lab"), encoding="utf-8")
    assert build.main(["--text"]) == 1
    assert "was edited by hand" in capsys.readouterr().out and "My lab" in path.read_text(encoding="utf-8")


def leaves_a_mark(source, kind, path):
    path.with_suffix(".begun").touch()
    return "built"


def test_what_has_not_begun_does_not_begin_after_an_interrupt(tmp_path, monkeypatch):
    def interrupted(*said, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr("builtins.print", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build._build([("source", "lab", tmp_path / f"{number}.ipynb") for number in range(500)], 1, leaves_a_mark)
    assert 0 < len(list(tmp_path.glob("*.begun"))) < 250


@pytest.mark.parametrize("option", ["--check", "--text", "--jobs=1"])
def test_a_lab_that_nobody_knows_is_told_in_a_sentence(course, capsys, option):
    source = SOURCE.replace('exercise="start_here.invert"', 'exercise="unknown.invert"')
    (course / "course/labs/99_start_here.py").write_text(source, encoding="utf-8")
    assert build.main([option]) == 1
    assert "✘ There is no lab 'unknown'" in capsys.readouterr().out


def test_an_edit_of_one_cell_changes_the_id_of_that_cell_alone(course):
    source = course / "course/labs/99_start_here.py"
    before = [cell.id for cell in build.assemble(source, "lab").cells]
    source.write_text(SOURCE.replace("6 * 7", "6 * 8"), encoding="utf-8")
    after = [cell.id for cell in build.assemble(source, "lab").cells]
    assert [a == b for a, b in zip(before, after)] == [True, True, True, True, True, False]


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
        "checks": course / "ganhacks/checks/engine/sandbox.py",
    }[place]
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert build.main(["--check"]) == 1
    assert "older than what it is made from" in capsys.readouterr().out


def test_new_rows_make_only_the_notebooks_old_that_read_them(course):
    reads = "\n# %%\nfrom ganhacks import evidence\n\nevidence.rows({})\n"
    for name, more in (("97_reads", reads.format('"a_study"')), ("98_names", '\n# %%\nprint("a_study")\n')):
        (course / f"course/lessons/{name}.py").write_text(SOURCE + more, encoding="utf-8")
    inputs = [build.assemble(*target[:2]).metadata.ganhacks.inputs for target in build.targets()]
    for name in ("a_study", "another_study"):
        (course / "evidence" / f"{name}.csv").write_text("arm,seed\n", encoding="utf-8")
    changed = [build.assemble(*target[:2]).metadata.ganhacks.inputs for target in build.targets()]
    assert [old == new for old, new in zip(inputs, changed)] == [False, True, True, True]


CARD = """
# %% tags=["evidence"]
lab.card()
"""


class AnotherCard:
    def __init__(self, slug):
        self.slug = slug

    def _repr_mimebundle_(self):
        return {"text/plain": f"Evidence of {self.slug}, measured anew", "text/html": "<div></div>"}


def test_the_card_that_is_drawn_is_what_the_cell_shows_when_it_runs(course, monkeypatch):
    (course / "course/labs/99_start_here.py").write_text(SOURCE + CARD, encoding="utf-8")
    monkeypatch.setattr(build, "draw_card", lambda *_: False)
    build_all(course)
    ran = nbformat.read(lab_and_solution(course)[1], 4)
    monkeypatch.undo()
    monkeypatch.setattr(build, "ROOT", course)
    assert not build.draw_card(ran, *build.targets()[1][:2])


def test_new_rows_change_the_card_of_a_solution_and_the_notebook_does_not_run_again(course, monkeypatch):
    (course / "course/labs/99_start_here.py").write_text(SOURCE + CARD, encoding="utf-8")
    build_all(course)
    lab, solution = lab_and_solution(course)
    before = [cell.get("outputs") for cell in nbformat.read(solution, 4).cells]
    monkeypatch.setattr("ganhacks.evidence.Card", AnotherCard)
    monkeypatch.setattr(build, "execute", None)
    assert [bool(build.problem(*target)) for target in build.targets()] == [False, True]
    assert build_all(course) == ["up to date", "its card was drawn anew"]
    assert [build.problem(*target) for target in build.targets()] == [None, None]
    after = [cell.get("outputs") for cell in nbformat.read(solution, 4).cells]
    assert after[-1][0]["data"]["text/plain"] == "Evidence of start_here, measured anew"
    assert before[:-1] == after[:-1]


def test_a_lesson_that_shows_the_board_is_old_when_the_board_is_another_and_a_lab_is_not(course):
    shows = SOURCE + "\n# %%\nfrom ganhacks import evidence\n\nevidence.effects()\n"
    lesson = course / "course/lessons/98_board.py"
    lesson.write_text(shows.replace("99 ·", "98 ·"), encoding="utf-8")
    inputs = [build.assemble(*target[:2]).metadata.ganhacks.inputs for target in build.targets()]
    (course / "evidence/board").mkdir()
    for name in ("verdicts.csv", "pairs.csv"):
        (course / "evidence/board" / name).write_text("new\n", encoding="utf-8")
    changed = [build.assemble(*target[:2]).metadata.ganhacks.inputs for target in build.targets()]
    assert [old == new for old, new in zip(inputs, changed)] == [False, True, True]


def test_a_notebook_edited_by_hand_is_named_and_never_overwritten(course, capsys):
    build_all(course)
    path = lab_and_solution(course)[0]
    notebook = nbformat.read(path, 4)
    notebook.cells[5].source = "print('my own work')"
    nbformat.write(notebook, path)
    mine = path.read_bytes()
    assert build.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert "labs/99_start_here.ipynb was edited by hand (cell 6, which begins" in said
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


SOLVED = "return (1 - p) * y + p * (1 - y)"  # the last line of an exercise of lab 11


@pytest.mark.parametrize(
    "told", [f"`{SOLVED}`", SOLVED.replace(" * ", "*"), "it is (1-p)*y + p*(1-y)", f"\n{SOLVED} # so"]
)
def test_a_solution_that_can_be_read_in_the_lab_stops_the_build(course, told):
    source = course / "course/labs/99_noisy_labels.py"
    source.write_text(f"# %% [markdown]\n# On average {told}.\n", encoding="utf-8")
    assert build.leaks(build.assemble(source, "lab")) == [SOLVED.removeprefix("return ")]
    lab = next(target for target in build.targets("noisy_labels"))
    with pytest.raises(build.BuildError, match="gives a solution away"):
        build.build(*lab)
    assert not lab[2].exists()


def test_a_part_of_a_solution_or_a_short_line_gives_nothing_away(course):
    source = course / "course/labs/99_noisy_labels.py"
    source.write_text("# %%\nflipped = y.copy()\nlabels = (1 - p) * y\nreturn flipped\n", encoding="utf-8")
    assert build.leaks(build.assemble(source, "lab")) == []


def test_a_notebook_that_does_not_run_is_not_written(course):
    source = course / "course/labs/99_start_here.py"
    source.write_text(SOURCE.replace("print(6 * 7)", "1 / 0"), encoding="utf-8")
    with pytest.raises(build.BuildError, match="(?s)does not run.*ZeroDivisionError"):
        build.build(*build.targets()[1])
    assert list((course / "solutions").iterdir()) == []


def test_a_build_runs_at_full_length_and_80_columns_wide_whatever_is_set_here(course, monkeypatch):
    for name, value in (("GANHACKS_FAST", "1"), ("GANHACKS_STRICT", "0"), ("COLUMNS", "200")):
        monkeypatch.setenv(name, value)
    source = course / "course/labs/99_start_here.py"
    asked = "import os\n\nimport ganhacks\n\nprint(ganhacks.fast(), os.environ['COLUMNS'])"
    source.write_text(SOURCE.replace("print(6 * 7)", asked), encoding="utf-8")
    build.build(*build.targets()[1])
    assert nbformat.read(lab_and_solution(course)[1], 4).cells[5].outputs[0].text == "False 80\n"


def test_a_solution_with_a_check_that_does_not_pass_is_not_written_and_a_lesson_may_show_one(course):
    failing = SOURCE.replace("print(6 * 7)", 'lab.check("invert", abs)')
    (course / "course/labs/99_start_here.py").write_text(failing, encoding="utf-8")
    with pytest.raises(build.BuildError, match="(?s)does not run.*CheckFailed"):
        build.build(*build.targets()[1])
    lesson = '# %%\nfrom ganhacks import checks\n\nchecks.Lab("start_here").check("invert", abs)\n'
    (course / "course/lessons/99_lesson.py").write_text(lesson, encoding="utf-8")
    assert build.build(*build.targets()[0]).startswith("built")


def test_an_exercise_that_does_not_exist_is_told_in_a_sentence(course):
    source = course / "course/labs/99_start_here.py"
    source.write_text(SOURCE.replace("start_here.invert", "start_here.revert"), encoding="utf-8")
    with pytest.raises(build.BuildError, match="no exercise 'revert'; it has invert"):
        build.assemble(source, "lab")


def sourced(course, text):
    """The lab and the solution that a source gives, not executed."""
    source = course / "course/labs/99_start_here.py"
    source.write_text(text, encoding="utf-8")
    return build.assemble(source, "lab"), build.assemble(source, "solution")


def test_an_exercise_begins_with_a_line_that_is_seen_when_scrolling(course):
    for notebook in sourced(course, SOURCE):
        assert notebook.cells[3].source.splitlines()[:3] == [
            "# ━━ Exercise 1 of 1 ━━ write `invert`",
            "# Run this cell, then the check below. Stuck? lab.hint() · lab.solution()",
            "def invert(images):",
        ]
    lab, _ = sourced(course, SOURCE.replace("start_here", "balance_by_loss").replace("invert", "gated_training"))
    assert "━━ find the bug in `gated_training`\n" in lab.cells[3].source


CLAIM = """
# %% tags=["parameters"]
steps = 100
rate = 3e-4

# %%
import ganhacks

# %% tags=["claim"]
for found in (1, 2):
    assert found > 5, f"expected more than 5: found {found}"
"""


def test_a_claim_stands_collapsed_in_the_solution_and_not_in_the_lab(course):
    lab, solution = sourced(course, SOURCE + CLAIM)
    claims = [cell for cell in solution.cells if "claim" in cell.metadata.get("tags", [])]
    assert [cell.metadata for cell in claims] == [{"tags": ["claim"], "jupyter": {"source_hidden": True}}]
    assert "expected more than" not in "".join(cell.source for cell in lab.cells)
    assert [cell.id for cell in solution.cells[:-1]] == [cell.id for cell in lab.cells]


@pytest.mark.parametrize(
    "fast, changed, fails",
    [("0", {}, True), ("1", {}, False), ("0", {"steps": 99}, False), ("0", {"rate": 3e-3}, False)],
)
def test_a_claim_is_asserted_at_full_length_with_the_parameters_as_published(course, monkeypatch, fast, changed, fails):
    monkeypatch.setenv("GANHACKS_FAST", fast)
    claim = sourced(course, SOURCE + CLAIM)[1].cells[-1].source
    values = {"ganhacks": ganhacks, "steps": 100, "rate": 3e-4, **changed}
    if fails:
        with pytest.raises(AssertionError, match="expected more than 5: found 1"):
            exec(claim, values)
    else:
        exec(claim, values)


PICTURE = """
# %% tags=["experiment"] alt="A \\"white\\" square."
import numpy as np
from ganhacks.pictures import plots

plots.digits(np.ones((1, 784)), "One image")
"""


def test_a_cell_says_more_of_its_picture_in_the_solution_and_shows_nothing_of_it_in_its_code(course):
    for notebook in sourced(course, SOURCE + PICTURE):
        assert notebook.cells[-1].metadata.alt == 'A "white" square.'
        assert "white" not in notebook.cells[-1].source
    build_all(course)
    (shown,) = (output.data for output in nbformat.read(lab_and_solution(course)[1], 4).cells[-1].outputs)
    assert shown["text/plain"].startswith('Picture: A "white" square. One image. 1 image.')
    assert 'alt="A &quot;white&quot; square. One image. 1 image.' in shown["text/html"]


def test_words_for_a_picture_that_is_not_there_are_told_in_a_sentence():
    cell = nbformat.v4.new_code_cell("print(6 * 7)", metadata={"alt": "A white square."})
    cell.outputs = [nbformat.v4.new_output("stream", text="42\n")]
    with pytest.raises(build.BuildError, match=r"begins 'print\(6 \* 7\)' carries `alt` but shows no picture"):
        build.say_more(cell)


DRAWING = """
# %% [markdown]
# ![A drawing of two networks](../images/two.png)
"""


def test_a_drawing_in_a_text_travels_with_the_notebook_and_a_new_one_makes_it_stale(course):
    drawing = course / "images/two.png"
    drawing.parent.mkdir()
    drawing.write_bytes(b"first")
    for notebook in sourced(course, SOURCE + DRAWING):
        assert notebook.cells[-1].source == "![A drawing of two networks](attachment:two.png)"
        assert notebook.cells[-1].attachments == {"two.png": {"image/png": base64.b64encode(b"first").decode()}}
    build_all(course)
    assert [build.problem(*target) for target in build.targets()] == [None, None]
    drawing.write_bytes(b"second")
    assert all("is older than" in build.problem(*target) for target in build.targets())


def test_a_drawing_that_is_not_there_stops_the_build(course):
    with pytest.raises(build.BuildError, match="no picture images/two.png; make it with tools/make_images.py"):
        sourced(course, SOURCE + DRAWING)


def test_a_notebook_without_a_source_is_a_stray(course):
    build_all(course)
    (course / "labs/98_old.ipynb").write_text("{}", encoding="utf-8")
    assert [path.name for path in build.strays()] == ["98_old.ipynb"]
    assert build.main(["--check"]) == 1
