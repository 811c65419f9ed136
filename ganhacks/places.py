"""Where the files of the course lie: its data, what was measured, its notebooks."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
#: a package that pip has installed holds them; in a clone they lie beside it
INSTALLED = (PACKAGE / "course").is_dir()
COURSE = PACKAGE / "course" if INSTALLED else PACKAGE.parent
DATA, EVIDENCE = COURSE / "data", COURSE / "evidence"


def remedy(*paths, maker=""):
    """Say how files of the course are had again. paths: below COURSE. maker: the tool that makes them, in a clone."""
    if INSTALLED:
        return "install the course again, with `pip install --force-reinstall --no-deps ganhacks`"
    return f"run `git checkout -- {' '.join(paths)}`" + (f", or make it again with `python {maker}`" if maker else "")
