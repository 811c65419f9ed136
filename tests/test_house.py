"""The package's structure: what may import what, as CONTRIBUTING's table says it."""

import ast
import re
import subprocess
import sys
from functools import cache

import pytest

from ganhacks import moved
from tools import build

PACKAGE = build.ROOT / "ganhacks"
MODULES = [path.relative_to(PACKAGE) for path in sorted(PACKAGE.rglob("*.py"))]
OUTER = ("checks", "hacks")  # whose modules the table names by their folder alone


def room(path):
    """Return what CONTRIBUTING's table calls a module: its file, or its folder where that stands for all in it."""
    parts = path.parts
    return "/".join(parts[: min(2, len(parts) - 1)]) + "/" if parts[0] in OUTER else path.as_posix()


@cache
def imported(path):
    """Return the modules of ours that a module imports, as paths in the package; a package is its __init__.py."""
    names = set()
    for node in ast.walk(ast.parse((PACKAGE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports by dots: name the module in full"
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names |= {name if file_of(name) else node.module for name in inner}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {file_of(name) for name in names} - {None}


def file_of(name):
    """Return the path in the package of a module or a package of ours, None of others and of ganhacks itself."""
    package, _, inner = name.partition(".")
    base = inner.replace(".", "/")
    files = (f"{base}.py", f"{base}/__init__.py") if package == "ganhacks" and base else ()
    return next((path for path in MODULES if path.as_posix() in files), None)


def behind(path):
    """Return the modules that an import of this one gives: those that it imports itself, where it is a package."""
    return imported(path) if path.name == "__init__.py" else {path}


@cache
def rows():
    """Return the modules and folders of CONTRIBUTING's table, each row a list, from what knows least upwards."""
    text = (build.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.split("| `ganhacks/` |")[1].split("\n\n")[0]
    found = []
    for line in table.splitlines()[2:]:
        names = re.findall(r"`([^`]+)`", line.split("|")[1])
        folder = names[0].rpartition("/")[0]
        found.append([names[0], *(f"{folder}/{name}" if folder else name for name in names[1:])])
    return found


def test_every_module_has_its_place_in_contributings_table():
    named = {name for row in rows() for name in row}
    assert {room(path) for path in MODULES if path.name != "__init__.py"} == named


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "__init__.py"], ids=str)
def test_a_module_imports_from_rows_above_its_own_and_from_its_own(path):
    order = {name: number for number, row in enumerate(rows()) for name in row}
    others = {inner for other in imported(path) for inner in behind(other) if inner.name != "__init__.py"}
    assert [other for other in others if order[room(other)] > order[room(path)]] == []


def test_a_lab_knows_no_other_but_lab_09_whose_update_is_lab_12s():
    labs = [path for path in MODULES if room(path) == "checks/labs/" and path.name != "__init__.py"]
    known = {(path.stem, other.stem) for path in labs for other in imported(path) if other in labs}
    assert known == {("separate_batches", "mnist_gan")}


@pytest.mark.parametrize("path", [path for path in MODULES if path.parts[0] == "hacks"], ids=str)
def test_a_hack_imports_nothing_of_ours(path):
    assert imported(path) == set()


@pytest.mark.parametrize("wing", ["pictures", "metrics"])
def test_pictures_and_metrics_know_nothing_of_training(wing):
    for path in MODULES:
        if path.parts[0] == wing:
            assert not {other.parts[0] for other in imported(path)} & {"training", "checks", "evidence"}


def test_an_old_path_gives_the_module_and_says_in_one_sentence_where_it_is_now():
    pairs = {f"ganhacks.{old}": f"ganhacks.{wing}.{old}" for old, wing in moved.MOVED.items()}
    code = "".join(
        f"import {old} as one, {new} as other\nprint(one is other, one.__name__)\n" for old, new in pairs.items()
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    told = [
        line
        for old, new in pairs.items()
        for line in (f"{old} is {new} now: this works, and new code should import it from there.", f"True {new}")
    ]
    assert done.stdout.splitlines() == told
