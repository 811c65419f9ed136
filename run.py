#!/usr/bin/env python3
"""Install the course in .venv and start it, update it or test it.

    python3 run.py lab          open the course in JupyterLab; further arguments go to JupyterLab
    python3 run.py update       get the newest version and keep your answers
    python3 run.py again 12     begin lab 12 again; yours is kept in labs/mine/
    python3 run.py papermill    run a notebook with other lengths; the arguments go to papermill
    python3 run.py wheelhouse FOLDER    fetch the packages for computers without network, to a stick for example
    python3 run.py install FOLDER       install from there, without network
    python3 run.py site         make the course's pages, in build/site/html
    python3 run.py test         test everything; further arguments go to pytest, which then runs alone
    python3 run.py everywhere   what takes longer: pages, other versions, the browser's GANs, bad days

On Windows: py run.py lab, py run.py update and so on.
"""

# Standard library only, and nothing newer than Python 3.6, because an old Python must be able to say that it is old.

import hashlib
import importlib.util
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
OLDEST, NEWEST = (3, 10), (3, 13)
START = "notebooks/00_start_here.ipynb"
REQUIREMENTS = {"lab": "requirements.txt", "test": "requirements-test.txt"}
# What .venv has to hold for a command; the other commands need none.
NEEDS = {"lab": "lab", "papermill": "lab", "wheelhouse": "lab", "site": "test", "test": "test", "everywhere": "test"}
# What decides which packages are installed. A change in any of them means that the installation is out of date.
STAMPED = ("requirements.txt", "requirements-test.txt", "constraints.txt", "pyproject.toml")
UNFINISHED = "unfinished"
PIP_INSTALL = ["-m", "pip", "install", "--disable-pip-version-check"]
CELL_SECONDS = 300


class Stop(Exception):
    """Ends the program with its sentence."""


def main(arguments):
    commands = {"lab": lab, "update": update, "again": again, "papermill": papermill}
    commands.update(wheelhouse=wheelhouse, install=install_from, site=site, test=test, everywhere=everywhere)
    try:
        if not arguments or arguments[0] not in commands:
            print(__doc__.strip())
            return 0 if arguments in (["-h"], ["--help"]) else 2
        check_python()
        if arguments[0] in NEEDS:
            install(NEEDS[arguments[0]])
        return commands[arguments[0]](arguments[1:])
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"{error.filename or ROOT} cannot be written ({error.strerror}): once that is mended, or in a folder of "
            "your own, run the same command again.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: run the same command to go on.", file=sys.stderr)
        return 130


# Installing


def check_python():
    """Raise Stop if the course cannot be installed with this Python."""
    major, minor = sys.version_info[:2]
    if not OLDEST <= (major, minor) <= NEWEST:
        again = " ".join(["run.py"] + sys.argv[1:])
        raise Stop(
            f"This is Python {major}.{minor}, and the course needs Python 3.10 to 3.13: {other_python()} {again}"
        )
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        raise Stop(
            "This Python is built for Intel Macs, for which TensorFlow is no longer published: use a Python "
            "built for Apple silicon, or another computer."
        )
    if sys.maxsize < 2**32:
        raise Stop("This is a 32-bit Python, and TensorFlow needs a 64-bit one: install the 64-bit Python 3.12.")
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise Stop(
                f"This Python lacks its module {module}, which makes virtual environments: on Debian and Ubuntu, "
                f"run sudo apt install python{major}.{minor}-venv"
            )


def other_python():
    """What to run instead of this Python, as the end of a sentence."""
    if os.name == "nt":
        return "install 3.12 and run py -3.12"
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        name = f"python3.{minor}"
        if shutil.which(name) and quiet([name, "-c", ""], stderr=subprocess.DEVNULL):
            return f"you have one, so run {name}"
    return "install 3.12 and run python3.12"


def stamp_file():
    return VENV / "installed.txt"


def fingerprint(what):
    """A text that changes with the required packages, the Python and the place of the course."""
    # The place, because the package is installed as a link to it.
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for name in STAMPED:
        digest.update((ROOT / name).read_bytes())
    return f"{what} {digest.hexdigest()}"


def is_installed(what):
    """Whether .venv holds what the labs (`lab`) or the tests (`test`, which includes the labs) need."""
    # The interpreter in .venv is a link to another one, which may be gone.
    return python().exists() and read_stamp() in (fingerprint(what), fingerprint("test"))


def read_stamp():
    try:
        return stamp_file().read_text(encoding="utf-8")
    except OSError:
        return ""


def python():
    """The interpreter in .venv."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(what, wheels=None):
    """Make .venv hold what `what` needs, unless it does. wheels: a folder to take the packages from, and no network."""
    if is_installed(what):
        return
    check_folder()
    before = read_stamp()
    if "test " in before:
        what = "test"  # who has tested here goes on testing: keep all of it up to date
    if before == UNFINISHED or not is_healthy():
        make_venv()
        before = ""
    print("Installing what the course needs in .venv: the first time, that takes some minutes.", flush=True)
    # In the environment, so that they hold for what pip builds the course's own package with, too.
    # The folder as an address: pip would split a path at its spaces.
    source = {} if wheels is None else {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheels.as_uri()}
    if not pip_install(REQUIREMENTS[what], before, fingerprint(what), **source):
        usual = "the network" if wheels is None else "a package that the folder lacks"
        raise Stop(
            f"Installing the packages failed, for the reason above; once it is out of the way (often it is {usual}), "
            "the same command goes on from here."
        )


def pip_install(requirements, before, after, **source):
    """Install a list of packages; gives whether that succeeded. before, after: what the stamp says without and with."""
    # If this word is still there next time, the installation was interrupted and .venv is made again: pip takes a
    # half-installed package for a whole one. What was fetched is in a cache, so that little is lost.
    stamp(UNFINISHED)
    wanted = ["-r", requirements, "-c", "constraints.txt"]
    succeeded = not (before or source) and uv_install(wanted)
    if not succeeded:
        succeeded = call(PIP_INSTALL + wanted, **source) == 0
    # pip fetches everything before it installs anything, so where it fails .venv is what it was.
    stamp(after if succeeded else before)
    return succeeded


def uv_install(wanted):
    """Fill a new .venv by uv, far faster than pip does; gives whether that succeeded. If not, .venv is new again."""
    # uv reads none of pip's settings: who takes packages from elsewhere than PyPI goes on doing so, with pip.
    if re.search(r"\.(index-url|no-index)=", pip_settings()):
        return False
    # Silent and without patience: where it fails, pip tells why in a moment.
    if call(PIP_INSTALL + ["-qqq", "--retries=0", "--only-binary=:all:", "uv", "-c", "constraints.txt"]) != 0:
        return False
    if call(["-m", "uv", "pip", "install", "--compile-bytecode"] + wanted) == 0:
        return True
    print("That was uv. Once more, with pip.", flush=True)
    make_venv()
    return False


def pip_settings():
    """What pip's files and variables set, a line each."""
    question = [str(python()), "-m", "pip", "config", "list"]
    return subprocess.run(question, stdout=subprocess.PIPE, universal_newlines=True).stdout


def stamp(text):
    """Write what .venv holds, whole or not at all."""
    unfinished = stamp_file().with_name("installed.part")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(str(unfinished), str(stamp_file()))


def install_from(arguments):
    """Install what the labs need from a folder that `wheelhouse` has filled."""
    if len(arguments) != 1:
        raise Stop("Name the folder with the packages, as in run.py install /media/stick/wheelhouse.")
    folder = Path(arguments[0]).resolve()
    # TensorFlow stands for all: its wheels are made for one Python and one system.
    found = sorted(wheel.name.split("-")[2:] for wheel in folder.glob("tensorflow-*.whl"))
    tags = {"linux": "manylinux", "darwin": "macosx", "win32": "win_amd64"}
    here = "cp{}{}".format(*sys.version_info[:2])
    if not any(python == here and tags.get(sys.platform, "") in platform for python, _, platform in found):
        other = ", ".join("{} {}".format(python, platform.replace(".whl", "")) for python, _, platform in found)
        raise Stop(
            f"{folder} has no packages for Python {sys.version_info[0]}.{sys.version_info[1]} on {sys.platform}"
            + (f", only for {other}: take such a Python" if found else ": name the folder that wheelhouse has filled")
            + ", or fetch them with run.py wheelhouse where there is a network."
        )
    if is_installed("lab"):
        print("Everything is installed: python3 run.py lab opens the course.")
        return 0
    install("lab", folder)
    print("Installed: python3 run.py lab opens the course.")
    return 0


def wheelhouse(arguments):
    """Fetch the packages for computers without network."""
    tool = str(ROOT / "tools" / "wheelhouse.py")
    return call([tool] + arguments, folder=os.getcwd())  # its arguments name a folder from where you are


def check_folder():
    """Raise Stop if .venv cannot be written here."""
    place = VENV if VENV.exists() else ROOT
    try:
        tempfile.TemporaryFile(dir=str(place)).close()
    except OSError as error:
        raise Stop(
            f"{place} cannot be written ({error.strerror}), and the packages belong there: copy the course to a folder "
            "of your own, and run the same command there."
        ) from None


def is_healthy():
    """Whether .venv holds a Python of this version that has pip."""
    question = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        return subprocess.call([str(python()), "-c", question], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_venv():
    if VENV.exists():
        print("Making .venv again: the one here is unfinished, damaged or of another Python.", flush=True)
    # Not by venv's --clear, which would clear the stamp away too: a pip that was killed while it came or went can look
    # like a whole one.
    VENV.mkdir(exist_ok=True)
    stamp(UNFINISHED)
    for path in set(VENV.iterdir()) - {stamp_file()}:
        shutil.rmtree(str(path)) if path.is_dir() and not path.is_symlink() else path.unlink()
    # Deaf to Ctrl-C: it takes seconds, and interrupted it would show a traceback of its own.
    if call(["-m", "venv", str(VENV)], interpreter=sys.executable, deaf=True) != 0:
        raise Stop("Making the virtual environment .venv failed, for the reason above; delete .venv and try again.")


# Running


def environment(**more):
    """The environment of a program in .venv, so that its own `python` and `pip` are those of .venv too."""
    path = str(python().parent) + os.pathsep + os.environ.get("PATH", "")
    result = dict(os.environ, VIRTUAL_ENV=str(VENV), PATH=path, **more)
    result.pop("PYTHONHOME", None)
    return result


def call(arguments, interpreter=None, deaf=False, folder=None, **more):
    """Run Python with `arguments` in a folder, the course's unless told, and wait for it; gives its exit code.

    deaf: to Ctrl-C, where the system can do that.
    """
    command = [str(interpreter or python())] + arguments
    # In this process' group, so that what kills the group leaves nobody behind who still writes.
    hush = ignore_interrupts if deaf and os.name != "nt" else None
    process = subprocess.Popen(command, cwd=str(folder or ROOT), env=environment(**more), preexec_fn=hush)
    interrupted = False
    while True:
        try:
            code = process.wait()
            break
        except KeyboardInterrupt:
            # Ctrl-C reaches the other program as well: let it end in its own way.
            interrupted = True
    if interrupted:
        raise KeyboardInterrupt
    return code


def ignore_interrupts():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def lab(arguments):
    """Open the course in JupyterLab."""
    from ganhacks.__main__ import require_loopback
    from ganhacks.errors import WrongSetup

    try:
        require_loopback()
    except WrongSetup as wrong:
        raise Stop(wrong) from None
    command = ["-m", "jupyterlab", "--ServerApp.root_dir=" + str(ROOT), "--LabApp.default_url=/lab/tree/" + START]
    if os.name == "nt":
        return call(command + arguments)
    # In place of this program, so that signals and the exit code are JupyterLab's own.
    os.chdir(str(ROOT))
    os.execve(str(python()), [str(python())] + command + arguments, environment())


def papermill(arguments):
    """Run a notebook with other lengths and sizes, with papermill."""
    return call(["-m", "papermill"] + arguments, folder=os.getcwd())  # its arguments name files from where you are


def site(arguments):
    """Make the course's pages."""
    ensure_sphinx()
    return call([str(ROOT / "tools" / "site.py")] + arguments, folder=os.getcwd())


def ensure_sphinx():
    """Install what makes the pages, unless it is there."""
    modules = "axe_playwright_python, latex2mathml, myst_nb, pydata_sphinx_theme"
    ensure("what the course's pages need", "requirements-site.txt", modules)


def ensure(what, requirements, modules):
    """Install a list of packages unless their modules are there. what: what they are, in words."""
    if not quiet([str(python()), "-c", "import " + modules], stderr=subprocess.DEVNULL):
        print(f"Installing {what} in .venv.", flush=True)
        if not pip_install(requirements, read_stamp(), read_stamp()):
            raise Stop(f"Installing {what} failed, for the reason above: mend that, and run this again.")


# Updating


def update(arguments):
    """Get the newest version of the course and keep the student's answers."""
    if arguments:
        raise Stop("update takes nothing more: it updates the clone that this run.py lies in.")
    from tools import update as updating

    return tell(updating, updating.update, ROOT)


def again(arguments):
    """Begin a lab again."""
    from tools import update as updating

    if len(arguments) != 1:
        raise Stop("Name one lab by its number, as in run.py again 12.")
    return tell(updating, updating.again, ROOT, arguments[0])


def tell(updating, act, *arguments):
    """Do something to the notebooks and say what was done, or what stands in the way."""
    try:
        print("\n".join(act(*arguments)))
    except updating.Stopped as stopped:
        raise Stop(stopped) from None
    return 0


# Testing


def test(arguments):
    """Test the built files, the package and every notebook; with arguments, run pytest on them alone."""
    ensure_programs()
    nbval = ["--nbval-lax", "--nbval-current-env", f"--nbval-cell-timeout={CELL_SECONDS}"]
    # A worker for each core, with whole files: the cells of a notebook need each other. Eight have all their memory.
    pytest = ["-m", "pytest", "-n", "logical", "--maxprocesses=8", "--dist", "loadfile", "--durations=15"] + nbval
    stages = [
        ("Built notebooks are what their sources give", ["tools/build.py", "--check"]),
        ("The package and every notebook", pytest + ["tests", "notebooks", "solutions"]),
    ]
    if arguments:
        stages = [("pytest " + " ".join(arguments), pytest + arguments)]
    return run_stages(stages)


def everywhere(arguments):
    """Run what takes too long for every change; with arguments, the tests among it that pytest finds by them."""
    ensure_programs()
    ensure("what the course is compared with", "requirements-reference.txt", "prdc, sklearn")
    ensure_sphinx()
    pytest = ["-m", "pytest", "-m", "everywhere", "--durations=15", "--timeout=3600"]
    return run_stages([("What takes longer", pytest + (arguments or ["tests"]))], GANHACKS_EVERYWHERE="1")


def run_stages(stages, **more):
    """Run commands of Python one after the other and say which failed."""
    failed = []
    for title, command in stages:
        print(f"\n== {title}", flush=True)
        start = time.monotonic()
        # COLUMNS: the width of tables in stored outputs must not depend on the terminal.
        code = call(command, GANHACKS_FAST="1", COLUMNS="80", **more)
        verdict = "passed" if code == 0 else "FAILED"
        print(f"== {title}: {verdict} in {time.monotonic() - start:.0f} s", flush=True)
        if code != 0:
            failed.append(title)
    print("\n" + ("Failed: " + "; ".join(failed) if failed else "All passed."))
    return 1 if failed else 0


def ensure_programs():
    """Install what some tests need beside Python's packages, where that needs no question; else say what is skipped."""
    from tools.jupyter_browser import find_chromium

    programs = [
        ("Chromium or Chrome", "in a browser", find_chromium, ["chromium", "fonts-dejavu-core"]),
        ("bubblewrap", "of grading", lambda: shutil.which("bwrap"), ["bubblewrap"]),
    ]
    missing = [package for _, _, find, packages in programs if not find() for package in packages]
    root = getattr(os, "geteuid", lambda: 1)() == 0
    can_sudo = missing and not root and shutil.which("sudo") and quiet(["sudo", "-n", "true"])
    if missing and shutil.which("apt-get") and (root or can_sudo):
        print("Installing {} for the tests.".format(", ".join(missing)), flush=True)
        apt = ([] if root else ["sudo", "-n"]) + ["apt-get", "-qq", "-y"]
        quiet(apt + ["update"])
        quiet(apt + ["install", "--no-install-recommends"] + missing)
    for program, which, find, _ in programs:
        if not find():
            fate = "fail" if os.environ.get("CI") else "are skipped"
            print(f"There is no {program} here, so the tests {which} {fate}.", flush=True)


def quiet(command, **more):
    """Run a command without its output; whether it succeeded."""
    return subprocess.call(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **more) == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
