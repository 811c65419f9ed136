"""Write a course folder for nbgrader: python tools/nbgrader_export.py FOLDER [LAB ...]

    FOLDER/source/adam/adam.ipynb   a lab as an assignment, a point for each exercise; all labs unless some are named,
                                    by their numbers or names
    FOLDER/nbgrader_config.py       how they are handed out and graded

nbgrader runs whole notebooks, students' code and checks in one process, and without a jail: what tools/grade.py holds
back, it does not (docs/instructors.md). Cells that train or draw are not run when a notebook is graded.
"""

import argparse
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.checks.engine.exercise import exercises_of, slugs  # noqa: E402  (the path comes first)
from tools import tables  # noqa: E402
from tools.grading import reading  # noqa: E402

SCHEMA = 3  # of nbgrader's metadata of a cell
POINTS = 1  # for each exercise
SKIPPED = "skip-execution"  # nbclient does not run a cell with this tag; JupyterLab does

CONFIG = '''"""How nbgrader hands out and grades the labs of GAN Hacks. Made by tools/nbgrader_export.py."""

from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    ComputeChecksums,
    LockCells,
    SaveCells,
)

c = get_config()  # noqa: F821  (nbgrader puts it here)
c.CourseDirectory.course_id = "ganhacks"

# The labs hold blank functions, and functions with a bug to find: nothing is to be cleared from them.
before = [LockCells, ClearOutput, CheckCellMetadata]
c.GenerateAssignment.preprocessors = [*before, ComputeChecksums, SaveCells, CheckCellMetadata]

# In the kernels that grade: a check that is not passed raises, which is how nbgrader tells it from one that is.
settings = {"GANHACKS_STRICT": "1", "GANHACKS_FAST": "1", "GANHACKS_JOURNAL": ""}
c.Execute.extra_arguments = [
    "--HistoryManager.hist_file=:memory:",
    f"--IPKernelApp.exec_lines=import os; os.environ.update({settings})",
]
c.Execute.timeout = 120  # seconds for a cell
'''


class Refused(Exception):
    """Nothing is written: one sentence that says why, and what to do."""


def export(folder, labs=None):
    """Write the labs of these names, all of them unless told, into a course folder. Returns their paths.

    Raises Refused for a lab that is not there, and for a folder in which something else lies.
    """
    folder = Path(folder)
    known = [slug for slug in slugs() if slugs().index(slug)]
    numbered = {form: slug for number, slug in enumerate(known, 1) for form in (f"{number}", f"{number:02}")}
    labs = known if labs is None else [numbered.get(one, one) for one in labs]
    unknown = [slug for slug in labs if slug not in known]
    if unknown:
        raise Refused(f"There is no lab {unknown[0]!r}. The labs are {', '.join(known)}.")
    config = folder / "nbgrader_config.py"
    try:
        if folder.exists() and any(folder.iterdir()) and not config.exists():
            raise Refused(f"{folder} has other files in it: name an empty folder, or one that is not there yet.")
        paths = []
        for slug in labs:
            path = folder / "source" / slug / f"{slug}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            tables.write_text(path, nbformat.writes(assignment(slug)))
            paths.append(path)
        if not config.exists():  # an instructor's own settings stay
            tables.write_text(config, CONFIG)
    except OSError as error:
        raise Refused(f"{folder} cannot be written ({error.strerror}): name another folder.") from None
    return paths


def assignment(slug):
    """Return a lab as nbgrader's assignment: the exercises are answers, the checks behind them tests with points."""
    notebook = nbformat.read(reading.path_of(slug), as_version=4)
    ids = {exercise.id for exercise in exercises_of(slug).values()}
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", ()))
        if cell.id in ids:
            cell.metadata["nbgrader"] = _metadata(cell.id, solution=True)
        elif cell.id.removesuffix("-check") in ids:
            cell.metadata["nbgrader"] = {**_metadata(cell.id, grade=True, locked=True), "points": POINTS}
        elif tags & reading.NOT_RUN:
            cell.metadata["tags"] = [*cell.metadata["tags"], SKIPPED]
    return notebook


def _metadata(grade_id, grade=False, solution=False, locked=False):
    kinds = {"grade": grade, "solution": solution, "locked": locked, "task": False}
    return {**kinds, "grade_id": grade_id, "schema_version": SCHEMA, "cell_type": "code"}


def main(argv=None):
    parser = argparse.ArgumentParser(description="Write the labs as assignments of nbgrader.")
    parser.add_argument("folder", type=Path, help="the course folder")
    parser.add_argument("labs", nargs="*", metavar="LAB", help="such as adam; all of them unless told")
    options = parser.parse_args(argv)
    try:
        paths = export(options.folder, options.labs or None)
    except Refused as why:
        print(why, file=sys.stderr)
        return 1
    print(f"{len(paths)} labs. Go on in {options.folder}: nbgrader generate_assignment {paths[0].stem}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
