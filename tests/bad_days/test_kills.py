"""Whatever is killed, at whatever moment: nothing is lost, and the same command comes to its end."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bad_days.kills import at_random_moments
from tests.tools.test_update import ANSWER, LAB, NEW, OLD, answered, everything, git, notebook, publish, sources, write
from tools import build

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as Unix has them")
OTHER = "labs/03_leaky_relu.ipynb"
#: a few kills in every test run, and many where there is time
OFTEN = pytest.param(50, marks=pytest.mark.everywhere, id="50 times")
HOW_MANY = [OFTEN, pytest.param(2, id="twice")]


def environment(root):
    """The environment of a command that takes the package from a folder, and writes no progress."""
    return {**os.environ, "PYTHONPATH": str(root), "GANHACKS_JOURNAL": "", "PYTHONDONTWRITEBYTECODE": "1"}


def put(master, place):
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(master, place, symlinks=True)


def is_answered(root, path):
    """Whether a lab has its new words and the student's answer, and a kept file is the student's own."""
    kept = list((root / "labs" / "mine").glob(f"{Path(path).stem}.*.ipynb"))
    return sources(root, path)[:2] == ["# New words", ANSWER] and any(
        json.loads(file.read_text(encoding="utf-8")) == answered(OLD) for file in kept
    )


# ---- updates


COURSE = ("images/a.png", "docs/glossary.md", "docs/evidence.md", "evidence/README.md")


@pytest.mark.parametrize("n", [OFTEN])  # tests/test_folder.py kills before every single write, in every test run
def test_an_update_from_the_package_loses_no_answer(n, tmp_path):
    package, place, master = tmp_path / "site" / "ganhacks", tmp_path / "mine", tmp_path / "before"
    shutil.copytree(build.ROOT / "ganhacks", package, ignore=shutil.ignore_patterns("__pycache__"))
    many = {f"labs/{number:02}_more.ipynb": OLD for number in range(40, 80)}  # so that there is a middle
    pages = dict.fromkeys(COURSE, "a page")
    write(package / "course", **{LAB: OLD, OTHER: OLD, "notebooks/00_start_here.ipynb": OLD}, **many, **pages)
    write(package / "course", **{"solutions/12_mnist_gan.ipynb": NEW})
    run = {"env": environment(package.parent), "cwd": tmp_path}
    command = [sys.executable, "-m", "ganhacks"]
    subprocess.run([*command, "start", str(master), "--only"], **run, check=True, stdout=subprocess.DEVNULL)
    mine = (LAB, OTHER, "labs/41_more.ipynb", "labs/79_more.ipynb")
    write(master, **dict.fromkeys(mine, answered(OLD)))
    write(package / "course", **dict.fromkeys([LAB, OTHER, *many], NEW), **{"labs/99_new.ipynb": NEW})
    version = package / "__init__.py"
    version.write_text(re.sub(r'__version__ = ".*"', '__version__ = "99.0"', version.read_text()))

    def examine():
        subprocess.run([*command, "update", str(place)], **run, check=True, stdout=subprocess.DEVNULL)
        assert all(is_answered(place, path) for path in mine)
        assert sources(place, "labs/99_new.ipynb") == sources(place, "labs/60_more.ipynb") == sources(package, SOLVED)
        assert json.loads((place / ".ganhacks" / "course.json").read_text())["version"] == "99.0"

    kills = at_random_moments(
        n,
        lambda: put(master, place),
        [*command, "update", str(place)],
        (place / "labs" / "mine").exists,
        lambda: everything(place),
        examine,
        **run,
    )
    assert n < 50 or kills.in_the_middle >= 5


SOLVED = "course/solutions/12_mnist_gan.ipynb"  # which is NEW


@pytest.mark.parametrize("n", HOW_MANY)
@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_an_update_of_a_clone_loses_no_answer_and_goes_on(n, tmp_path):
    author, place, master = tmp_path / "author", tmp_path / "clone", tmp_path / "before"
    for part in ("ganhacks", "tools"):
        shutil.copytree(build.ROOT / part, author / part, ignore=shutil.ignore_patterns("__pycache__", "course"))
    shutil.copy(build.ROOT / "run.py", author)
    git(author, "init", "-b", "main")
    publish(author, **{LAB: OLD, OTHER: OLD, ".gitignore": "labs/mine/\n", "page.md": "old\n", "gone.md": "old\n"})
    git(tmp_path, "clone", str(author), "before")
    write(master, **{LAB: answered(OLD), OTHER: answered(OLD), "labs/99_new.ipynb": notebook()})
    large = {f"images/{number}.svg": f"{number}\n" * 20_000 for number in range(60)}  # so that merging takes a while
    (author / "gone.md").unlink()
    publish(author, **{LAB: NEW, OTHER: NEW, "labs/99_new.ipynb": NEW, "page.md": "new\n"}, **large)
    run = {"env": environment(place), "cwd": place.parent}
    command = [sys.executable, str(place / "run.py"), "update"]

    def examine():
        for _ in range(3):
            done = subprocess.run(command, **run, capture_output=True, text=True)
            if done.returncode == 0:
                break
            lock = re.search(r"has left (/.+\.lock): if none is running, delete that file", done.stderr)
            assert lock and len(done.stderr.splitlines()) == 1, done.stderr
            Path(lock[1]).unlink()
        assert done.returncode == 0
        assert is_answered(place, LAB) and is_answered(place, OTHER)
        assert sources(place, "labs/99_new.ipynb")[0] == "# New words"
        assert [*(place / "labs" / "mine").glob("99_new.*.ipynb")], "the student's own, of the same name"
        assert git(place, "rev-parse", "HEAD") == git(author, "rev-parse", "HEAD")
        assert sorted(git(place, "status", "--short").split("\n")) == ["", f" M {OTHER}", f" M {LAB}"]

    def prepare():
        put(master, place)

    begun = (place / "labs" / "mine").exists
    kills = at_random_moments(n, prepare, command, begun, lambda: everything(place), examine, **run)
    assert n < 50 or kills.in_the_middle >= 5


# ---- building notebooks


#: the build of a course of some small notebooks, with a stand-in for the kernel that takes a while
BUILDER = """
import sys, time
from pathlib import Path
from tools import build

build.ROOT = Path(sys.argv[1])

def execute(notebook, folder, strict):
    (build.ROOT / "build began").touch()
    time.sleep(0.1)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [build.nbformat.v4.new_output("stream", text=str(len(cell.source)) * 200_000)]

build.execute, build.draw_card = execute, lambda *arguments: False
if __name__ == "__main__":
    sys.exit(build.main(["--jobs", "2"]))
"""


LESSON = """\
# %% [markdown]
# # A lesson for testing

# %%
print(6 * 7)
"""


@pytest.mark.parametrize("n", [OFTEN])  # test_disks.py has a build that fails as it writes, in every test run
def test_a_notebook_is_the_old_one_or_the_new_one_whole(n, tmp_path):
    root, master, builder = tmp_path / "course", tmp_path / "before", tmp_path / "builder.py"
    builder.write_text(BUILDER)
    write(master, **{f"course/lessons/{number}_lesson.py": LESSON for number in range(90, 100)})
    write(master, **{"data/SHA256SUMS": "", "ganhacks/__init__.py": ""})
    run = {"env": environment(build.ROOT), "cwd": tmp_path}
    command = [sys.executable, str(builder), str(root)]

    def built():
        return {path: content for path, content in everything(root).items() if path.endswith(".ipynb")}

    put(master, root)
    subprocess.run(command, **run, check=True, stdout=subprocess.DEVNULL)
    old = built()
    shutil.rmtree(master)
    shutil.copytree(root, master)
    write(master, **{f"course/lessons/{number}_lesson.py": LESSON + "# new\n" for number in range(90, 100)})
    put(master, root)
    subprocess.run(command, **run, check=True, stdout=subprocess.DEVNULL)
    new = built()
    assert len(new) == 10 and all(old[path] != new[path] for path in new)

    def examine():
        assert all(content in (old[path], new[path]) for path, content in built().items())
        subprocess.run(command, **run, check=True, stdout=subprocess.DEVNULL)
        assert built() == new
        assert not [path for path in everything(root) if path.endswith(".part")]

    kills = at_random_moments(
        n,
        lambda: put(master, root),
        command,
        lambda: (root / "build began").exists(),
        built,
        examine,
        **run,
    )
    assert n < 50 or kills.in_the_middle >= 5


# ---- installing


#: run.py in a folder of its own, with stand-ins for venv and pip that write many files, one after the other
INSTALLER = """
import sys, textwrap
from pathlib import Path
import run

run.ROOT = Path(sys.argv[1])
run.VENV = run.ROOT / ".venv"
WRITE = '''
    import sys, time
    from pathlib import Path
    for number in range(100):
        Path(sys.argv[1], f"{sys.argv[2]}{number}").write_text("whole")
        time.sleep(0.002)
'''
really = run.call

def call(arguments, **more):
    if arguments[1] == "venv":
        run.python().parent.mkdir(exist_ok=True)
        run.python().symlink_to(sys.executable)
    more.pop("interpreter", None)
    # An installer takes what is there for whole, as pip and uv do.
    name = arguments[1]
    if name != "venv" and (run.VENV / f"{name}0").exists():
        return 0
    return really(["-c", textwrap.dedent(WRITE), str(run.VENV), name], interpreter=sys.executable, **more)

run.call = call
run.is_healthy = lambda: run.python().exists()
run.pip_settings = lambda: ""
run.lab = lambda arguments: 0
sys.exit(run.main(["lab"]))
"""


@pytest.mark.parametrize("n", [OFTEN])
def test_an_installation_is_whole_after_the_same_command(n, tmp_path):
    root, installer = tmp_path / "course", tmp_path / "installer.py"
    installer.write_text(INSTALLER)
    run = {"env": environment(build.ROOT), "cwd": tmp_path}
    command = [sys.executable, str(installer), str(root)]

    def prepare():
        shutil.rmtree(root, ignore_errors=True)
        write(root, **dict.fromkeys(("requirements.txt", "requirements-test.txt", "constraints.txt"), "a"))
        write(root, **{"pyproject.toml": "a"})

    def installed():
        return {path.name for path in (root / ".venv").glob("*")} if (root / ".venv").exists() else set()

    def examine():
        subprocess.run(command, **run, check=True, stdout=subprocess.DEVNULL)
        wanted = {f"{name}{number}" for name in ("venv", "pip", "uv") for number in range(100)}
        assert installed() - {"installed.part"} == wanted | {"bin", "installed.txt"}
        assert (root / ".venv" / "installed.txt").read_text().startswith("lab ")

    kills = at_random_moments(n, prepare, command, (root / ".venv").exists, installed, examine, **run)
    assert n < 50 or kills.in_the_middle >= 5
