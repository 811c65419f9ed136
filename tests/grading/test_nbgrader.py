"""nbgrader itself, over a course folder that was exported: it gives the grades that tools/grade.py gives.

No other test needs nbgrader, and without it these are skipped. With it, in .venv:

    pip install -r requirements-test.txt -r requirements-nbgrader.txt -c constraints.txt
    python -m pytest tests/grading/test_nbgrader.py
    GANHACKS_NBGRADER=all python -m pytest tests/grading/test_nbgrader.py     all honest ones of five labs
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ganhacks.checks.engine.exercise import exercises_of
from tests.grading import handed_in
from tools import grade, nbgrader_export
from tools.nbgrader_export import SKIPPED

ALL = os.environ.get("GANHACKS_NBGRADER") == "all"


# ---- what needs no nbgrader


@pytest.mark.parametrize("slug", ["adam", "label_smoothing"])
def test_an_assignment_is_the_lab_with_a_point_for_each_exercise(slug):
    cells = {cell.id: cell for cell in nbgrader_export.assignment(slug).cells}
    exercises = exercises_of(slug).values()
    assert all(cells[exercise.id].metadata["nbgrader"]["solution"] for exercise in exercises)
    checks = {id: cell.metadata["nbgrader"] for id, cell in cells.items() if "nbgrader" in cell.metadata}
    points = {id: about["points"] for id, about in checks.items() if about["grade"]}
    assert points == {f"{exercise.id}-check": 1 for exercise in exercises}
    assert all(checks[id]["locked"] for id in points)
    skipped = [cell for cell in cells.values() if SKIPPED in cell.metadata.get("tags", ())]
    assert skipped and not any("nbgrader" in cell.metadata for cell in skipped)
    assert [cell.source for cell in cells.values()] == [
        "".join(cell["source"]) for cell in json.loads(nbgrader_export.reading.path_of(slug).read_bytes())["cells"]
    ]


def test_an_export_is_refused_in_a_sentence_and_leaves_an_instructors_settings(tmp_path, capsys):
    assert nbgrader_export.main([str(tmp_path / "new"), "adm"]) == 1
    assert "There is no lab 'adm'. The labs are strided_downsampling, " in capsys.readouterr().err
    (tmp_path / "thesis.tex").write_text("mine")
    assert nbgrader_export.main([str(tmp_path)]) == 1
    assert "has other files in it" in capsys.readouterr().err
    assert nbgrader_export.main([str(tmp_path / "thesis.tex" / "new")]) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert nbgrader_export.main([str(tmp_path / "new"), "adam"]) == 0
    config = tmp_path / "new" / "nbgrader_config.py"
    config.write_text("own = 1\n")
    assert nbgrader_export.main([str(tmp_path / "new"), "3"]) == 0
    assert config.read_text() == "own = 1\n" and (tmp_path / "new" / "source" / "leaky_relu").is_dir()


# ---- what does


def nbgrader(folder, *arguments):
    """Run a command of nbgrader in a folder, and return what it printed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(grade.ROOT)}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.timeout(4 * 3600)
def test_grades_are_those_of_grade_py(tmp_path):
    pytest.importorskip("nbgrader", reason="nbgrader is not installed: see the top of this file")
    handed_in.needs_a_jail()
    course, exchange, student = (tmp_path / name for name in ("course", "exchange", "student"))
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    student.mkdir()
    root = f"--Exchange.root={exchange}"
    slugs = handed_in.FIVE if ALL else (handed_in.LAB,)
    nbgrader_export.export(course, slugs)
    for slug in slugs:
        nbgrader(course, "generate_assignment", slug)
    # The whole way once, as a student goes it
    nbgrader(course, "release_assignment", handed_in.LAB, root)
    nbgrader(student, "fetch_assignment", handed_in.LAB, "--course", "ganhacks", root)
    fetched = student / handed_in.LAB / f"{handed_in.LAB}.ipynb"
    blank = json.loads(fetched.read_bytes())
    fetched.write_text(handed_in.notebook(sources={handed_in.POSITIVE: handed_in.RIGHT}, blank=blank))
    nbgrader(student, "submit", handed_in.LAB, "--course", "ganhacks", root)
    nbgrader(course, "collect", handed_in.LAB, root)
    # and all others, as files
    for slug in slugs:
        blank = json.loads((course / "release" / slug / f"{slug}.ipynb").read_bytes())
        everybody = [*handed_in.honest(slug, blank)]
        for one in everybody if ALL else [everybody[0], everybody[-1]]:
            path = course / "submitted" / Path(one.name).stem.replace(" ", "_") / slug / f"{slug}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(one.text, encoding="utf-8")
        nbgrader(course, "autograde", slug)
        nbgrader(course, "generate_feedback", slug)
    theirs, ours = _scores(course, slugs), {}
    for row in grade.grade(course / "submitted", tmp_path / "out", jobs=2, told=lambda text: None):
        ours[Path(row["submission"]).parts[0], row["lab"], row["exercise"]] = float(row["outcome"] == "passed")
    print(f"{len(ours)} grades of {len({who for who, *_ in ours})} students, {sum(ours.values()):.0f} points")
    assert theirs == ours and 0 < sum(ours.values()) < len(ours)
    for who, slug, _ in ours:
        assert "smooth" in (course / "feedback" / who / slug / f"{slug}.html").read_text() or slug != handed_in.LAB


def _scores(course, slugs):
    """Return what nbgrader has given: (student, lab, exercise) -> points."""
    from nbgrader.api import Gradebook

    found = {}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for slug in slugs:
            names = {f"{exercise.id}-check": name for name, exercise in exercises_of(slug).items()}
            for submission in gradebook.assignment_submissions(slug):
                (notebook,) = submission.notebooks
                found |= {(submission.student.id, slug, names[one.name]): one.score for one in notebook.grades}
    return found
