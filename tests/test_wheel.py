"""The package as pip installs it: the whole course is in it, and it works far from the clone."""

import os
import subprocess
import sys
import zipfile

import pytest

from tools import build

# What a student does first, without the clone in reach: all of it uses files of the course.
FIRST_STEPS = """
import ganhacks, pathlib, sys
from ganhacks import data, evidence, folder, places
from ganhacks.checks import Lab
from ganhacks.evidence import recordings
from ganhacks.startup import environment

assert places.INSTALLED and pathlib.Path(ganhacks.__file__).is_relative_to(sys.argv[1]), ganhacks.__file__
report = environment.report()
assert "✘" not in report and "mnist.npz is there, byte for byte" in report, report
assert len(data.mnist().x_train) == 60_000
assert len(recordings.names()) > 10 and recordings.load(recordings.names()[0])
assert "ring of 8" in evidence.Card("label_smoothing")._repr_mimebundle_()["text/plain"]
lab = Lab("leaky_relu")
lab.solution("leaky_relu")
print("done")
"""


def everything(folder):
    """Return each file below a folder with its size and time, but what Python compiles."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    place = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(command, cwd=build.ROOT, check=True, capture_output=True)
    return next(place.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    place = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(place),
        str(wheel),
    ]
    subprocess.run(command, check=True)
    return place


def run(installed, folder, *arguments, **environment):
    """Run Python in a folder, with the installed course in front of the clone's."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("HOME", "GANHACKS_JOURNAL")}
    inherited |= {"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    return subprocess.run([sys.executable, *arguments], cwd=folder, env=inherited, capture_output=True, text=True)


def test_the_wheel_holds_every_file_of_the_course_and_no_more(wheel):
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    tracked = subprocess.run(["git", "ls-files"], cwd=build.ROOT, capture_output=True, text=True).stdout.splitlines()
    beside = (
        "data/",
        "evidence/",
        "notebooks/",
        "labs/",
        "solutions/",
        "images/",
        "docs/glossary.md",
        "docs/evidence.md",
    )
    wanted = {f"ganhacks/course/{path}" for path in tracked if path.startswith(beside)}
    assert held == wanted | {path for path in tracked if path.startswith("ganhacks/")}


@pytest.mark.parametrize(
    "home",
    [
        pytest.param(None, id="a home"),
        pytest.param("/dev/null", id="no folder", marks=pytest.mark.everywhere),
        pytest.param("", id="no name", marks=pytest.mark.everywhere),
    ],
)
def test_it_works_in_an_empty_folder_and_writes_nothing_into_itself(installed, tmp_path, home):
    before = everything(installed)
    done = run(installed, tmp_path, "-c", FIRST_STEPS, str(installed), HOME=str(tmp_path) if home is None else home)
    assert (done.stdout.strip().splitlines()[-1:], done.returncode) == (["done"], 0), done.stdout + done.stderr
    assert everything(installed) == before


def without(path):
    """Take a file or a folder away; returns what puts it back."""
    aside = path.with_name(path.name + ".aside")
    path.rename(aside)
    return lambda: aside.rename(path)


def cut_off(path):
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return lambda: path.write_bytes(whole)


@pytest.mark.parametrize(
    "damage, path, told",
    [
        (without, "course", "damaged at ganhacks/course/"),
        (without, "course/labs/12_mnist_gan.ipynb", "damaged at ganhacks/course/labs/12_mnist_gan.ipynb: run"),
        (cut_off, "course/labs/12_mnist_gan.ipynb", "damaged at ganhacks/course/labs/12_mnist_gan.ipynb: run"),
        (cut_off, "course/data/mnist.npz", "damaged at ganhacks/course/data/mnist.npz: run"),
        (without, "answers.py", "answers' from 'ganhacks'"),
    ],
)
def test_a_package_that_is_half_installed_is_told_before_anything_is_done(installed, tmp_path, damage, path, told):
    """An update from a package that lacks a lab would take the student's for one that was dropped."""
    mine = tmp_path / "mine"
    assert run(installed, tmp_path, "-m", "ganhacks", "start", "mine", "--only", HOME=str(tmp_path)).returncode == 0
    before = everything(mine)
    mend = damage(installed / "ganhacks" / path)
    try:
        record = mine / ".ganhacks" / "course.json"
        record.write_text(record.read_text(encoding="utf-8").replace('"version": "', '"version": "0.0.'), "utf-8")
        done = run(installed, tmp_path, "-m", "ganhacks", "update", "mine", HOME=str(tmp_path))
    finally:
        mend()
    assert done.returncode == 1 and told in done.stderr and len(done.stderr.splitlines()) == 1
    assert {path for path in everything(mine)} == set(before)


def test_start_puts_the_course_into_a_folder_whose_notebooks_find_their_pages(installed, tmp_path):
    done = run(installed, tmp_path, "-m", "ganhacks", "start", "my course", "--only", HOME=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "") and "is in my course" in done.stdout
    names = ("notebooks", "labs", "solutions", "images")
    for path in (path for name in names for path in (build.ROOT / name).glob("*.*")):
        copy = tmp_path / "my course" / path.relative_to(build.ROOT)
        assert copy.read_bytes() == path.read_bytes()
    done = run(installed, tmp_path / "my course", "-m", "ganhacks", "again", "1", HOME=str(tmp_path))
    assert "there is nothing to undo" in done.stdout
