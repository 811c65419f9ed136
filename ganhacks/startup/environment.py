"""Say whether this machine is ready for the course."""

import importlib.metadata
import os
import platform
import shutil
from pathlib import Path

from ganhacks.errors import WrongSetup
from ganhacks.places import COURSE, INSTALLED
from ganhacks.startup import processor, settings

#: where a student's work is saved, and how what is missing is had
FOLDER = Path.cwd() if INSTALLED else COURSE
INSTALL = "run " + ("`pip install --upgrade ganhacks`" if INSTALLED else "`python3 run.py lab` in the course's folder")
MEMORY_GB = 2.3  # of the largest notebook, as measured in docs/speed.md
DISK_GB = 0.5


def report():
    """Return one line for each thing that the course needs: a tick or a cross, what was found, what to do about it."""
    asked = (_python, _packages, _keras, _data, _memory, _folder)
    return "\n".join(f"{'✔' if good else '✘'} {text}" for ask in asked for good, text in ask())


def _python():
    found, wanted = platform.python_version(), _metadata().get("Requires-Python", "")
    good = _within(found, wanted)
    remedy = "" if good else f", and the course needs {wanted}: install Python 3.12, then {INSTALL}"
    yield good, f"Python {found}, {processor.cores()} cores{remedy}"


def _packages():
    from packaging.requirements import Requirement

    required = _metadata().get_all("Requires-Dist", [])
    if not required:
        yield False, f"the package ganhacks is not installed: {INSTALL}"
    asked = [r for r in map(Requirement, required) if r.marker is None or r.marker.evaluate({"extra": ""})]
    for name, wanted in ((r.name, str(r.specifier)) for r in asked):
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield False, f"{name} is missing: {INSTALL}"
            continue
        good = _within(found, wanted)
        yield good, f"{name} {found}" + ("" if good else f", and the course needs {wanted}: {INSTALL}")


def _keras():
    try:
        import keras
    except ModuleNotFoundError:
        return  # the list of packages says so
    except WrongSetup as wrong:
        yield False, str(wrong)
        return
    changed = settings.changed(keras)
    if not changed:
        yield (
            True,
            "Keras computes on {backend}, in {floatx}, with images as {image_data_format}".format(**settings.WANTED),
        )
    for name, found in changed.items():
        wanted = settings.WANTED[name]
        yield (
            False,
            f"Keras' {name} is {found}, and the course needs {wanted}: restart the kernel, and import ganhacks first",
        )


def _data():
    try:
        from ganhacks import data
    except ModuleNotFoundError:
        return  # NumPy, of which the list of packages says so
    for name in ("mnist.npz", "classifier.npz"):
        try:
            data.load_npz(name)
            yield True, f"data/{name} is there, byte for byte"
        except OSError as error:
            yield False, str(error)


def _memory():
    try:
        import psutil
    except ModuleNotFoundError:
        return  # it comes with IPython on nearly every system
    free = psutil.virtual_memory().available / 1e9
    good = free > MEMORY_GB
    remedy = "" if good else f", and the largest lab takes {MEMORY_GB} GB: close other programs and other notebooks"
    yield good, f"{free:.1f} GB of memory free{remedy}"


def _folder():
    free = shutil.disk_usage(FOLDER).free / 1e9
    if not os.access(FOLDER, os.W_OK):
        yield (
            False,
            f"{FOLDER} cannot be written, so your work cannot be saved: copy the course to a folder of your own",
        )
    elif free < DISK_GB:
        yield False, f"{free:.1f} GB of disk free, and your work needs {DISK_GB} GB: make room on it"
    else:
        yield True, f"{free:.1f} GB of disk free, and the course's folder can be written"


def _metadata():
    try:
        return importlib.metadata.metadata("ganhacks")
    except importlib.metadata.PackageNotFoundError:
        from email.message import Message

        return Message()


def _within(version, wanted):
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(wanted).contains(version, prereleases=True)
