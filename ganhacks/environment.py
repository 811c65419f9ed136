"""Say whether this machine is ready for the course."""

import importlib.metadata
import os
import platform

PACKAGES = ("tensorflow", "keras", "numpy", "matplotlib", "jupyterlab")


def report():
    """Return one line for each thing that the course needs: a tick or a cross, what was found, what to do about it."""
    lines = [_line(True, f"Python {platform.python_version()}, {os.cpu_count()} cores")]
    for package in PACKAGES:
        try:
            lines.append(_line(True, f"{package} {importlib.metadata.version(package)}"))
        except importlib.metadata.PackageNotFoundError:
            lines.append(_line(False, f"{package} is missing: run `python run.py lab` in the course's folder"))
    from ganhacks import data

    for name in ("mnist.npz", "classifier.npz"):
        try:
            data.load_npz(name)
            lines.append(_line(True, f"data/{name} is there, byte for byte"))
        except OSError as error:
            lines.append(_line(False, str(error)))
    return "\n".join(lines)


def _line(good, text):
    return f"{'✔' if good else '✘'} {text}"
