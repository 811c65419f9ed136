"""Fetch the course's packages for other computers: python3 run.py wheelhouse FOLDER [--python 3.12] [--system linux]

Every package at the version of constraints.txt, as a wheel, for Linux (x86-64), macOS (Apple silicon) and Windows
(x86-64), unless some are named. On a computer without network, `python3 run.py install FOLDER` installs from them.
What is in the folder is not fetched again, so the same command goes on where it was interrupted.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from pip._vendor.packaging.requirements import Requirement  # of pip itself, which runs below

ROOT = Path(__file__).resolve().parents[1]
#: system -> what markers ask of it, and the platforms of its wheels
SYSTEMS = {
    "linux": (
        {"sys_platform": "linux", "os_name": "posix"},
        ["manylinux2014_x86_64", *(f"manylinux_2_{minor}_x86_64" for minor in range(5, 29))],
    ),
    "macos": ({"sys_platform": "darwin", "os_name": "posix"}, ["macosx_14_0_arm64"]),
    "windows": ({"sys_platform": "win32", "os_name": "nt"}, ["win_amd64"]),
}
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
LATE = "9"  # some packages ask for a patch version, such as 3.11.5: a late one is taken


def pinned(constraints, python, system):
    """Return the lines of constraints, such as "keras==3.15.1", that count for a Python and a system."""
    asked = {**SYSTEMS[system][0], "implementation_name": "cpython", "python_version": python}
    asked["python_full_version"] = f"{python}.{LATE}"
    lines = [line.strip() for line in constraints.splitlines()]
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return [f"{one.name}{one.specifier}" for one in wanted if one.marker is None or one.marker.evaluate(asked)]


def fetch(folder, python, system):
    """Download the wheels of a Python and a system into a folder; whether all are there."""
    with tempfile.TemporaryDirectory() as place:
        asked = Path(place) / "pinned.txt"
        asked.write_text("\n".join(pinned((ROOT / "constraints.txt").read_text(), python, system)))
        platforms = [part for name in SYSTEMS[system][1] for part in ("--platform", name)]
        command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "-r", asked]
        command += ["--only-binary=:all:", "--python-version", f"{python}.{LATE}", *platforms, "-d", folder]
        return subprocess.call(command) == 0


def main(argv=None):
    parser = argparse.ArgumentParser(prog="run.py wheelhouse", description="Fetch packages for other computers.")
    parser.add_argument("folder", type=Path, help="such as a folder on a stick")
    parser.add_argument("--python", nargs="+", choices=PYTHONS, default=[f"3.{sys.version_info[1]}"])
    parser.add_argument("--system", nargs="+", choices=SYSTEMS, default=[*SYSTEMS])
    options = parser.parse_args(argv)
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"{options.folder} cannot be made ({error.strerror}): name another folder.", file=sys.stderr)
        return 1
    for python in options.python:
        for system in options.system:
            print(f"\n== Python {python} on {system}", flush=True)
            if not fetch(options.folder, python, system):
                print(
                    "Fetching failed, for the reason above; once it is out of the way (often it is the network, or a "
                    "full stick), the same command goes on from here.",
                    file=sys.stderr,
                )
                return 1
    wheels = [*options.folder.glob("*.whl")]
    size = sum(wheel.stat().st_size for wheel in wheels) / 1e9
    print(f"\n{len(wheels)} packages, {size:.1f} GB. Without network: python3 run.py install {options.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
