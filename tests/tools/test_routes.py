"""The ways through the course: README, lesson 00, every opening table and every last cell agree with one list."""

import re
import shutil

import nbformat
import numpy as np
import pytest

from ganhacks import evidence
from ganhacks.checks.engine.exercise import exercises_of, module_of, slugs
from ganhacks.evidence import verdicts
from tools import build, clock, instructors, routes

SOURCES = sorted({source for source, _, _ in build.targets()})
LINK = re.compile(r"\[(?:\\.|[^\]\\])*\]\(([^)]*\.ipynb)\)")
# "lab 12", "labs 13, 18 and 20", "lessons 00 to 04", but not the year in "lab 2018"
NAMED = re.compile(r"\b(lesson|lab)s?\s+(?=\d)((?:\d\d\b(?:, | and | or | to |–)?)+)", re.IGNORECASE)
TEACHING_DAY, IN_CLASS = 6.5 * 60, 1.5  # minutes, and how much longer a class takes than one person


def key(source):
    return f"{'lesson' if source.parent.name == 'lessons' else 'lab'} {source.name[:2]}"


def needs(source):
    """What the last row of an opening table says is needed, and its minutes as they are told there."""
    (row,) = re.findall(r"^# \| You need \| (.*) \|$", source.read_text(encoding="utf-8"), re.MULTILINE)
    before, told, *_ = row.split(" · ")
    return before, told


def named(text):
    """Every lesson and lab that a text names, as "lab 12"."""
    return {
        f"{kind.lower()} {number}" for kind, numbers in NAMED.findall(text) for number in re.findall(r"\d\d", numbers)
    }


def every_stop(route):
    return [*route.must, *route.more]


def test_the_list_has_every_notebook_of_the_course_and_no_other():
    assert sorted(routes.NOTEBOOKS) == sorted(map(key, SOURCES))


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_an_opening_table_has_the_minutes_of_the_list(source):
    wanted = routes.NOTEBOOKS[key(source)]
    core = f" (core {wanted.core})" if wanted.core else ""
    assert needs(source)[1] == f"{wanted.minutes} minutes{core}", "mend tools/routes.py or the table"


@pytest.mark.parametrize("name", routes.ROUTES)
def test_what_a_notebook_needs_comes_before_it_on_every_route(name):
    met = set()
    for stop in every_stop(routes.ROUTES[name]):
        for clause in re.split("[,;]", needs(routes.source(stop.notebook))[0]):
            if not re.search(r"helps?$", clause):
                assert named(clause) <= met, f"{stop.notebook} needs {clause.strip()}"
        met.add(stop.notebook)


@pytest.mark.parametrize("name", routes.ROUTES)
def test_the_must_of_a_route_fits_its_days_in_a_class(name):
    route = routes.ROUTES[name]
    if route.days:
        assert IN_CLASS * sum(stop.minutes for stop in route.must) <= route.days * TEACHING_DAY


def test_a_part_is_of_a_notebook_that_has_a_core_and_the_rest_comes_after_it():
    for route in routes.ROUTES.values():
        parts = [(stop.notebook, stop.part) for stop in every_stop(route)]
        assert len(parts) == len(set(parts))
        for notebook, part in parts:
            assert not part or routes.NOTEBOOKS[notebook].core
            assert part != "rest" or parts.index((notebook, "core")) < parts.index((notebook, "rest"))


def test_all_of_it_is_all_of_it_once():
    assert sorted(stop.notebook for stop in routes.ROUTES["All of it"].must) == sorted(routes.NOTEBOOKS)


@pytest.mark.parametrize("ours, tool", [(build.ROOT / "README.md", routes), (instructors.PAGE, instructors)])
def test_pages_have_the_tables_of_the_list(ours, tool, tmp_path):
    page = tmp_path / ours.name
    shutil.copy(ours, page)
    tool.write(page)
    assert page.read_text(encoding="utf-8") == ours.read_text(encoding="utf-8"), f"run `python {tool.__file__}`"


def test_a_class_needs_the_memory_of_its_largest_notebook_for_each_and_waits_by_its_cores():
    numbers = {"peak_mb": 1000.0, "train_cell_s": 16.0}
    rows = [{"kind": kind, "notebook": path.stem, **numbers} for kind, path in clock.notebooks()]
    rows.append({"kind": "server", "notebook": "JupyterLab server", "peak_mb": 100.0})
    half = instructors.server(rows).splitlines()[2]
    assert half == "| Half a day | 46 GB | lesson 00, 1.0 GB | lesson 00, 16 s | 0.7 min |"


def test_a_notebook_without_a_row_is_named_in_place_of_the_servers_table():
    with pytest.raises(SystemExit, match=r"lesson 00.*: not measured yet. `python tools/clock.py` does that."):
        instructors.server([])


NOTES = {
    heading[:2]: text
    for heading, text in (
        part.split("\n", 1) for part in (build.ROOT / "docs" / "lab_notes.md").read_text("utf-8").split("\n## ")[1:]
    )
}


@pytest.mark.parametrize("number", range(1, len(slugs())))
def test_notes_of_a_lab_have_its_answer_where_people_stumble_a_question_and_what_to_skip(number):
    text = NOTES[f"{number:02}"]
    assert re.findall(r"^- \*\*(.*?):\*\*", text, re.MULTILINE) == ["Predict", "Stumbles", "Ask", "Skip"]
    prediction = module_of(slugs()[number]).PREDICTION
    assert text.strip().startswith(f"- **Predict:** ({prediction['answer']}).")
    wrong = set(prediction["choices"]) - {prediction["answer"]}
    assert all(f"({letter})" in text for letter in wrong), "a word on each wrong choice"
    told = re.findall(r"exercises? ((?:\d(?:, | and | to )?)+)", text)
    numbers = [int(digit) for words in told for digit in re.findall(r"\d", words)]
    assert max(numbers, default=0) <= len(exercises_of(slugs()[number]))


def test_a_week_of_a_semester_fits_a_class_and_what_it_needs_came_before():
    met = set()
    for stops in routes.SEMESTER:
        assert IN_CLASS * sum(stop.minutes for stop in stops) <= 150
        for stop in stops:
            for clause in re.split("[,;]", needs(routes.source(stop.notebook))[0]):
                assert re.search(r"helps?$", clause) or named(clause) <= met, f"{stop.notebook} needs {clause.strip()}"
            met.add(stop.notebook)


@pytest.mark.parametrize("number", range(1, len(slugs())))
def test_every_exercise_of_a_lab_has_its_minutes_and_its_level_and_a_hurry_is_one(number):
    name = f"lab {number:02}"
    about, whole = routes.exercises_of(name), routes.NOTEBOOKS[name].minutes
    assert [*about["exercises"]] == [*exercises_of(slugs()[number])]
    found = about["exercises"].values()
    assert all(one["difficulty"] in (1, 2, 3) and one["minutes"] > 0 for one in found)
    assert 0.4 * whole <= sum(one["minutes"] for one in found) <= 0.75 * whole, "the rest is reading and waiting"
    way = about["hurry"]
    assert way["exercises"] == sorted({*way["exercises"]}) and 0 < max(way["exercises"]) <= len(found)
    assert sum([*found][n - 1]["minutes"] for n in way["exercises"]) < way["minutes"] < whole


@pytest.mark.parametrize("number", range(1, len(slugs())))
def test_below_the_opening_table_stand_the_exercises_and_the_shortest_way(number):
    about = routes.exercises_of(f"lab {number:02}")
    path = build.ROOT / "labs" / f"{routes.source(f'lab {number:02}').stem}.ipynb"
    told = nbformat.read(path, 4).cells[1].source
    assert told.startswith(routes.EXERCISES)
    for name, one in about["exercises"].items():
        assert f"`{name}` | {one['minutes']} | {one['difficulty']} |" in told
    assert told.endswith(f"**In a hurry:** {routes.shortest(about)}.")


def test_lesson_00_shows_each_route_with_days_as_it_is_listed():
    notebook = build.assemble(routes.source("lesson 00"), "lesson")
    text = "\n".join(cell.source for cell in notebook.cells)
    for name, route in routes.ROUTES.items():
        if route.days:
            rows = [line for line in routes.table(name).splitlines() if LINK.search(line)]
            assert len(rows) == len(every_stop(route))
            assert routes.table(name) in text
    assert "<!--" not in text


@pytest.mark.parametrize("stem", ["00_start_here", "12_mnist_gan", "27_dcgan_mnist"])
def test_the_last_cell_of_a_notebook_says_where_to_go_in_three_lines_at_most(stem):
    for source, kind, path in build.targets(stem):
        cell = build.assemble(source, kind).cells[-1]
        title, _, *lines = cell.source.splitlines()
        assert (cell.cell_type, title) == ("markdown", "## Where next")
        assert 1 <= len(lines) <= 3
        for target in LINK.findall(cell.source):
            assert (path.parent / target).resolve() in {p for _, _, p in build.targets()}


def test_from_a_solution_one_goes_to_a_solution_and_from_a_lab_to_a_lab():
    text = routes.where_next(routes.source("lab 12"))
    assert LINK.findall(text) == ["09_separate_batches.ipynb", "01_strided_downsampling.ipynb"]


def test_the_last_cell_follows_each_route_and_says_what_is_only_for_time_left():
    assert routes.where_next(routes.source("lab 19")).splitlines()[2:] == [
        "- One day, if time is left: [lab 22 · A class as one more channel](22_discrete_conditioning.ipynb)",
        "- Two days: [lesson 04 · A DCGAN, step by step](../notebooks/04_dcgan_step_by_step.ipynb)",
        "- All of it: [lab 20 · Balancing by the losses](20_balance_by_loss.ipynb)",
    ]
    assert "- All of it: this was the last one." in routes.where_next(routes.source("lesson 06"))


def test_who_follows_the_last_cells_meets_every_must_of_a_route_in_its_order():
    for name, route in routes.ROUTES.items():
        here, walked = route.must[0].notebook, []
        while here:
            walked.append(here)
            text = routes.where_next(routes.source(here))
            (line,) = [line for line in text.splitlines() if name.lower() in line.lower()]
            stem = next(iter(re.findall(r"(\d\d)_\w+\.ipynb", line)), None)
            here = stem and next(kind for kind in ("lesson", "lab") if f"[{kind} {stem}" in line) + f" {stem}"
        must = [stop.notebook for stop in route.must]
        assert walked[: len(must)] == must


@pytest.mark.parametrize("page", [build.ROOT / "README.md", *SOURCES], ids=lambda page: page.stem)
def test_a_text_names_no_lesson_and_no_lab_that_does_not_exist(page):
    assert named(page.read_text(encoding="utf-8")) <= set(routes.NOTEBOOKS)


def test_links_of_readme_lead_to_notebooks_that_the_build_makes():
    targets = LINK.findall((build.ROOT / "README.md").read_text(encoding="utf-8"))
    assert {build.ROOT / target for target in targets} <= {path for _, _, path in build.targets()}


def test_the_reasons_that_speak_of_effects_follow_from_the_rows():
    runs = evidence.rows("dcgan_practices")
    arms = {arm: {r["seed"]: float(r["fid"]) for r in runs if r["arm"] == arm} for arm in {r["arm"] for r in runs}}
    as_it_is = arms.pop("as it is")
    effects = {arm: verdicts.compare(as_it_is, fids) for arm, fids in arms.items()}
    largest, second, *_ = sorted(effects, key=lambda arm: -abs(np.log(effects[arm].ratio)))
    assert "(lab 04)" in largest and "(lab 06)" in second
    assert effects["real labels 0.9 (lab 10)"].p > verdicts.LEVEL
