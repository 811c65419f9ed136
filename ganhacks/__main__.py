"""What the package does from a terminal.

python -m ganhacks start [FOLDER]         put the course into a folder, and open JupyterLab there
python -m ganhacks update FOLDER          bring new texts into it, and keep your answers
python -m ganhacks again LAB [FOLDER]     begin a lab again, and keep the old one
python -m ganhacks report [FOLDER]        write what you have done into two files, to keep or to hand in

In a clone of the course, `python3 run.py lab`, `update` and `again` do the same with git.
"""

import argparse
import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path

from ganhacks.errors import CourseError, WrongSetup


def main(argv=None):
    """Run a command and return its exit code; an error of the course is one sentence, and 1."""
    parser = argparse.ArgumentParser(prog="python -m ganhacks", description="GAN Hacks, the executable course.")
    commands = parser.add_subparsers(dest="command", required=True)
    starting = commands.add_parser("start", help="put the course into a folder, and open JupyterLab there")
    starting.add_argument("folder", nargs="?", default="gan-hacks", help="gan-hacks, unless you name one")
    starting.add_argument("--only", action="store_true", help="open nothing")
    starting.add_argument("--allow-root", action="store_true", help="let JupyterLab run as root, as in a container")
    updating = commands.add_parser("update", help="bring new texts into a folder, and keep your answers")
    updating.add_argument("folder")
    beginning = commands.add_parser("again", help="begin a lab again, and keep the old one")
    beginning.add_argument("lab", help="its number, such as 12, or its name")
    beginning.add_argument("folder", nargs="?", default=".", help="of the course; here, unless you name one")
    reporting = commands.add_parser("report", help="write what you have done into two files, to keep or to hand in")
    reporting.add_argument("folder", nargs="?", default=".", help="where to; here, unless you name one")
    arguments = parser.parse_args(argv)
    try:
        from ganhacks import folder
    except ImportError as error:
        return lacking(error)
    try:
        if arguments.command == "report":
            return report(arguments.folder)
        if arguments.command == "again":
            return tell(folder.again(arguments.folder, arguments.lab))
        if arguments.command == "update":
            return tell(folder.update(arguments.folder))
        tell(folder.start(arguments.folder))
        if arguments.only:
            return 0
        return open_jupyterlab(Path(arguments.folder).resolve(), folder.START, arguments.allow_root)
    except (CourseError, folder.Stopped) as error:
        print(error, file=sys.stderr)
    except ImportError as error:
        return lacking(error)
    except OSError as error:
        print(
            f"{error.filename or arguments.folder} cannot be written ({error.strerror}): once that is mended, or in a "
            "folder of your own, run the same command again.",
            file=sys.stderr,
        )
    return 1


def lacking(error):
    """Say that something cannot be imported: of the package, of which a part is gone, or of what it needs."""
    remedy = "--force-reinstall --no-deps ganhacks" if (error.name or "").startswith("ganhacks") else "ganhacks"
    print(f"What is installed is not whole ({error}): run `pip install {remedy}`.", file=sys.stderr)
    return 1


def tell(lines):
    print("\n".join(lines), end="\n" if lines else "")
    return 0


def require_loopback():
    """Raise WrongSetup where this machine has no 127.0.0.1, which kernels want whatever JupyterLab is told."""
    with socket.socket() as asked:
        try:
            asked.bind(("127.0.0.1", 0))
        except OSError as error:
            raise WrongSetup(
                f"This computer has no address 127.0.0.1 ({error.strerror}), over which notebooks talk to their "
                "kernels: give it back (on Linux, by `sudo ip addr add 127.0.0.1/8 dev lo`), and try again."
            ) from None


def open_jupyterlab(folder, notebook, allow_root=False):
    """Open JupyterLab in place of this program, or say how it is had. Raises WrongSetup where it could not serve."""
    if importlib.util.find_spec("jupyterlab") is None:
        place = folder / notebook
        print(f'JupyterLab is not installed here: `pip install "ganhacks[lab]"`, or open {place} in your editor.')
        return 0
    require_loopback()
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    command.append(f"--LabApp.default_url=/lab/tree/{notebook}")
    command += ["--allow-root"] if allow_root else []
    os.chdir(folder)
    if os.name == "nt":
        return subprocess.call(command)
    os.execv(sys.executable, command)


def report(folder):
    from ganhacks.checks.engine.report import write  # here, because it loads the labs

    for path in write(folder):
        print(f"Written: {path}")
    print(
        "They hold your exercises, how often you checked them, hints, misunderstandings, predictions. Nothing is sent."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
