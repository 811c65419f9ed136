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
    """Return the modules of ours that a module imports, as paths in the package."""
    found = set()
    for node in ast.walk(ast.parse((PACKAGE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "ganhacks":
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        files = ["/".join(name.split(".")[1:]) + ".py" for name in names if name.startswith("ganhacks.")]
        found |= {path for path in MODULES if path.as_posix() in files}
    return found


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
    assert [other for other in imported(path) if order[room(other)] > order[room(path)]] == []


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
