"""The wheel alone, where there is nothing else of the course: a lab solved in a browser, one run by nbval."""

import os
import subprocess
import sys

import pytest

from ganhacks.checks.engine.exercise import exercises_of
from tests.test_wheel import wheel  # noqa: F401  (a fixture)
from tests.web.playground import require_chromium
from tools import build
from tools.environments import RUNNERS
from tools.jupyter_browser import browse, serve

pytestmark = [pytest.mark.everywhere, pytest.mark.timeout(3000)]
LAB = "strided_downsampling"


def clean(**more):
    """Return this process's environment without what points to the clone."""
    left_out = ("PYTHONPATH", "VIRTUAL_ENV", "GANHACKS_FAST", "GANHACKS_JOURNAL", "GANHACKS_STRICT")
    return {name: value for name, value in os.environ.items() if name not in left_out} | more


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):  # noqa: F811
    """The interpreter of an environment into which pip has put the wheel, what it asks for, and what runs notebooks."""
    place = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    python = place / "bin" / "python"
    command = [python, "-m", "pip", "install", "-q", f"{wheel}[lab]", *RUNNERS, "-c", build.ROOT / "constraints.txt"]
    subprocess.run([*map(str, command)], check=True, env=clean())
    return python


@pytest.fixture(scope="module")
def course(python, tmp_path_factory):
    """A folder in which `start` has put the course."""
    empty = tmp_path_factory.mktemp("home")
    subprocess.run([python, "-m", "ganhacks", "start", "course", "--only"], cwd=empty, check=True, env=clean())
    return empty / "course"


def test_lab_01_is_solved_in_a_browser(python, course, monkeypatch):
    require_chromium()
    for name in set(os.environ) - set(clean()):
        monkeypatch.delenv(name)
    (path,) = (course / "labs").glob(f"01_{LAB}.ipynb")
    with serve(course, python=python) as server, browse(server) as page:
        page.open(f"labs/{path.name}")
        for exercise in exercises_of(LAB).values():
            page.set_cell_source(exercise.id, exercise.solution_source())
        assert page.run_all(seconds=900)
        said = {name: page.output_text(f"{exercise.id}-check") for name, exercise in exercises_of(LAB).items()}
    assert len(said) >= 2 and all(f"{name}: passed." in text for name, text in said.items()), said


def test_lab_12_passes_in_fast_mode_by_nbval(python, course):
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax", "--nbval-current-env"]
    command += ["solutions/12_mnist_gan.ipynb"]
    done = subprocess.run(
        [*map(str, command)],
        cwd=course,
        env=clean(GANHACKS_FAST="1", GANHACKS_STRICT="1", COLUMNS="80"),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout[-2000:] + done.stderr[-1000:]
