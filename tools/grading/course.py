"""What the jail sees of the course: the package without checks, and without the hack that an exercise asks for."""

import ast
import shutil
import tempfile
from pathlib import Path

from ganhacks.checks.engine.exercise import exercises_of

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = "one_file_gan.py"  # holds answers to lab 12
HIDDEN = 'raise RuntimeError("ganhacks.hacks.{slug} is not there while an answer to its lab is graded")'

#: what stands in for the checks: a lab's cells run, nothing is judged, and what waits for an answer is left out
NO_CHECKS = '''"""Stands in for the checks while a notebook's cells run: nothing is judged here."""


class Lab:
    def __init__(self, slug):
        pass

    def ready(self, *names):
        return False

    def __getattr__(self, name):
        return lambda *args, **named: None


def CourseMap(*args, **named):
    return None
'''


def prepare(folder, slug):
    """Make a lab's view of the course in a folder, if it is not there, and return it.

    The functions that the lab asks for are there by name, so that imports work, and say why they are not.
    """

    def without_answers(view):
        (view / "ganhacks" / "checks" / "__init__.py").write_text(NO_CHECKS, encoding="utf-8")
        hack = view / "ganhacks" / "hacks" / f"{slug}.py"
        if hack.exists():
            hack.write_text(_hidden(hack.read_text(encoding="utf-8"), slug, exercises_of(slug)), encoding="utf-8")

    return _made(Path(folder) / slug, ("__pycache__", "labs", "judges", LEFT_OUT), without_answers)


def prepare_whole(folder):
    """Make a view with the checks in a folder, for answers that can be judged in the jail alone, and return it."""
    return _made(Path(folder) / "whole", ("__pycache__",), lambda view: None)


def _made(place, ignored, change):
    """Make a view: the package, the data, what runs in the jail. Another process may do the same at the same time."""
    if place.exists():
        return place
    unfinished = Path(tempfile.mkdtemp(prefix=f"{place.name}-", dir=place.parent))
    shutil.copytree(ROOT / "ganhacks", unfinished / "ganhacks", ignore=shutil.ignore_patterns(*ignored))
    for part in ("data", "evidence"):
        shutil.copytree(ROOT / part, unfinished / part)
    own = unfinished / "tools" / "grading"
    own.mkdir(parents=True)
    (own / "__init__.py").write_text("", encoding="utf-8")
    for name in ("wire.py", "inside.py"):
        shutil.copy(ROOT / "tools" / "grading" / name, own)
    change(unfinished)
    unfinished.chmod(0o755)
    try:
        unfinished.rename(place)
    except OSError:  # the other process was first
        shutil.rmtree(unfinished)
    return place


def _hidden(source, slug, names):
    """Return a module whose functions of these names only say that they are not there."""
    tree = ast.parse(source)
    why = ast.parse(HIDDEN.format(slug=slug)).body
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in names:
            node.body = why
    return ast.unparse(tree) + "\n"
