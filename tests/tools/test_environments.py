"""The sets of packages that the course is tried with: what the ranges promise is what was tried."""

import re

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tools import environments, tables
from tools.build import ROOT

PROMISED = re.findall(
    r'^    "([a-z]+[>=][^"]+)",$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
)
JUNIT = """<testsuites><testsuite>
<testcase classname="nbval.labs.01_a" name="labs/01_a.ipynb::Cell 0" file="x" />
<testcase classname="labs.01_a.ipynb" name="Cell 1" />
<testcase classname="labs.02_b.ipynb" name="Cell 0"><failure message="no" /></testcase>
</testsuite></testsuites>"""


def pins(name):
    lines = [line for line in environments.SETS[name].read_text().splitlines() if not line.startswith("#")]
    return {one.name: str(one.specifier).removeprefix("==") for one in map(Requirement, lines)}


def test_the_oldest_set_is_the_lower_end_of_every_range():
    assert len(PROMISED) == 7
    for one in map(Requirement, PROMISED):
        (lower,) = (spec.version for spec in one.specifier if spec.operator == ">=")
        assert Version(pins("oldest")[one.name]) == Version(lower), one.name


@pytest.mark.parametrize("name", ["oldest", "colab"])
def test_every_range_lets_the_set_in(name):
    for one in map(Requirement, PROMISED):
        assert one.specifier.contains(pins(name)[one.name]), one.name


def test_every_set_names_a_python_that_the_course_lets_in():
    for name, path in environments.SETS.items():
        assert re.match(r"# Python 3\.1[0-3]\n", path.read_text()), name


def test_a_notebook_fails_if_a_cell_of_it_does(tmp_path):
    (tmp_path / "junit.xml").write_text(JUNIT)
    ran, failed = environments._results(tmp_path / "junit.xml")
    assert failed == {"labs.02_b"} and len(ran) == 2


def test_what_cannot_be_tried_is_told_in_a_sentence(tmp_path, monkeypatch, capsys):
    assert environments.main(["make", "latest"]) == 1
    assert capsys.readouterr().err == "There is no set 'latest': there are colab, newest, oldest, tested.\n"
    monkeypatch.setattr(environments, "MADE", tmp_path)
    assert environments.main(["test", "colab"]) == 1
    assert "`python tools/environments.py make colab` makes it" in capsys.readouterr().err
    (tmp_path / "far.txt").write_text("# Python 3.99\n")
    monkeypatch.setitem(environments.SETS, "far", tmp_path / "far.txt")
    assert environments.main(["make", "far"]) == 1
    assert "There is no Python 3.99 here" in capsys.readouterr().err


@pytest.mark.everywhere
@pytest.mark.timeout(5400)
@pytest.mark.parametrize("name", environments.SETS)
def test_every_notebook_passes_on_the_set_and_nothing_of_it_is_replaced(name, tmp_path, monkeypatch):
    monkeypatch.setattr(environments, "ROWS", tmp_path / "rows.csv")
    assert environments.main(["make", name]) == 0
    assert environments.main(["test", name]) == 0
    (row,) = tables.read(environments.ROWS)
    assert (row["failed"], row["replaced"]) == ("", "") and int(row["notebooks"]) >= 34
