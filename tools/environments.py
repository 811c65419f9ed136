"""Try the course with other sets of packages, each in an environment of its own.

    python tools/environments.py make colab     build the course's wheel and install it onto a set
    python tools/environments.py test colab     every notebook in it by nbval, from the wheel alone; a row of results
    python tools/environments.py table          the rows as a table, in docs/environments.md

The sets are in tools/environments/: versions, and in the first line the Python. An environment is in
build/environments/ and is made anew by `make`. Rows are in docs/environments.csv, the last one of each set.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ganhacks.answers import Stopped  # noqa: E402  (the path comes first)
from ganhacks.startup import processor  # noqa: E402
from tools import tables  # noqa: E402

SETS = {path.stem: path for path in sorted((ROOT / "tools" / "environments").glob("*.txt"))}
MADE = ROOT / "build" / "environments"
ROWS, PAGE = ROOT / "docs" / "environments.csv", ROOT / "docs" / "environments.md"
SHOWN = ("tensorflow", "keras", "numpy", "scipy", "matplotlib", "ipython", "ipywidgets")
FIELDS = ("set", "python", *SHOWN, "install_seconds", "added", "replaced", "notebooks", "failed", "seconds", "version")
#: what runs the notebooks, and is no part of what is tried
RUNNERS = ("nbval>=0.11,<0.12", "pytest>=9,<10", "pytest-timeout>=2.4,<3", "pytest-xdist>=3.8,<4")


def make(name):
    """Make the environment of a set anew and install the course's wheel; print what that took and changed."""
    python = _python_of(name)
    folder = MADE / name
    shutil.rmtree(folder, ignore_errors=True)
    print(f"{name}: {python} in {folder.relative_to(ROOT)}", flush=True)
    _run([python, "-m", "venv", folder])
    _pip(name, "install", "-q", "-r", SETS[name])
    before = _packages(name)
    with tempfile.TemporaryDirectory() as place:
        _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place], stdout=subprocess.DEVNULL)
        begun = time.perf_counter()
        _pip(name, "install", "-q", next(Path(place).glob("*.whl")))
        seconds = time.perf_counter() - begun
    after = _packages(name)
    about = {"install_seconds": f"{seconds:.1f}", "added": len(after.keys() - before.keys())}
    about["replaced"] = "; ".join(_replaced(before, after))
    print(f"{name}: the wheel took {seconds:.1f} s, added {about['added']}, replaced {about['replaced'] or 'nothing'}")
    _pip(name, "install", "-q", *RUNNERS)
    if changed := _replaced(after, _packages(name)):
        raise Stopped(f"What runs the notebooks has changed the set {name}: {'; '.join(changed)}. Pin these in it.")
    tables.write_text(folder / "about.json", json.dumps(about))


def _replaced(before, after):
    """Return which packages are of another version now."""
    return sorted(f"{name} {old} → {after.get(name, 'gone')}" for name, old in before.items() if after.get(name) != old)


def test(name, jobs):
    """Run every notebook of the course in the environment of a set, and keep the row. Returns how many failed."""
    folder = MADE / name
    if not (folder / "about.json").exists():
        raise Stopped(f"There is no environment {name}: `python tools/environments.py make {name}` makes it.")
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "GANHACKS_STRICT")}
    with tempfile.TemporaryDirectory() as place:
        _run([_python(name), "-m", "ganhacks", "start", "course", "--only"], cwd=place, env=environment)
        environment |= {"GANHACKS_FAST": "1", "GANHACKS_JOURNAL": "", "COLUMNS": "80"}
        command = [_python(name), "-m", "pytest", "-p", "no:cacheprovider", "-n", str(jobs), "--dist", "loadfile", "-q"]
        command += ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=300", "--junitxml=../junit.xml"]
        begun = time.perf_counter()
        subprocess.run([*map(str, command), "notebooks", "solutions"], cwd=Path(place) / "course", env=environment)
        seconds = time.perf_counter() - begun
        ran, failed = _results(Path(place) / "junit.xml")
    packages, about = _packages(name), json.loads((folder / "about.json").read_text(encoding="utf-8"))
    version = subprocess.run([_python(name), "-V"], capture_output=True, text=True).stdout.split()[-1]
    row = {"set": name, "python": version, **{one: packages.get(one, "") for one in SHOWN}, **about}
    row |= {"notebooks": len(ran), "failed": "; ".join(sorted(failed)), "seconds": round(seconds)}
    tables.put(ROWS, [{**row, "version": packages["ganhacks"]}], ("set",), list(FIELDS))
    named = f" {sorted(failed)}" if failed else ""
    print(f"{name}: {len(ran)} notebooks, {len(failed)} failed{named}, {seconds:.0f} s")
    return len(failed)


def table():
    """Put the rows as a table into docs/environments.md."""
    rows = [row for row in tables.read(ROWS) if row["set"] in SETS]
    heads = ("set", "Python", *SHOWN, "notebooks passed", "in", "installed in", "replaced on installing")
    body = [
        (
            *(row[one] for one in ("set", "python", *SHOWN)),
            *(_passed(row), f"{row['seconds']} s", f"{row['install_seconds']} s", row["replaced"] or "nothing"),
        )
        for row in rows
    ]
    tables.put_on_page("sets", tables.markdown(heads, body), PAGE)


def _passed(row):
    failed = [name for name in row["failed"].split("; ") if name]
    return f"{int(row['notebooks']) - len(failed)} of {row['notebooks']}"


def _results(path):
    """Return the notebooks that ran, and those of which a cell failed, from pytest's file."""
    ran, failed = set(), set()
    for case in ElementTree.parse(path).iter("testcase"):
        notebook = case.get("classname", "").split("::")[0] or case.get("file", "")
        name = re.sub(r"^(nbval\.)?|\.ipynb.*$", "", notebook.replace("/", "."))
        ran.add(name)
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(name)
    return ran, failed


def _python_of(name):
    """Return the interpreter that a set names in its first line. Raises Stopped if there is none."""
    wanted = re.match(r"# Python (\d+\.\d+)\n", SETS[name].read_text(encoding="utf-8"))[1]
    kept = sorted(Path.home().glob(f".pyenv/versions/{wanted}.*/bin/python"))
    for python in filter(None, (shutil.which(f"python{wanted}"), *kept, shutil.which("python3"), sys.executable)):
        said = subprocess.run([python, "-V"], capture_output=True, text=True).stdout
        if said.startswith(f"Python {wanted}."):
            return python
    raise Stopped(f"There is no Python {wanted} here, which the set {name} is for: install it, or leave the set out.")


def _python(name):
    return MADE / name / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _packages(name):
    done = subprocess.run([_python(name), "-m", "pip", "list", "--format=json"], capture_output=True, check=True)
    return {one["name"].lower(): one["version"] for one in json.loads(done.stdout)}


def _pip(name, *arguments):
    _run([_python(name), "-m", "pip", "--disable-pip-version-check", *arguments])


def _run(command, **more):
    if subprocess.run([*map(str, command)], **{"cwd": ROOT, **more}).returncode:
        raise Stopped(f"`{' '.join(map(str, command))}` failed, for the reason above.")


def main(argv=None):
    parser = argparse.ArgumentParser(description="Try the course with other sets of packages.")
    parser.add_argument("act", choices=("make", "test", "table"))
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}; all, unless some are named")
    parser.add_argument("--jobs", type=int, default=processor.cores())
    options = parser.parse_args(argv)
    unknown = [name for name in options.sets if name not in SETS]
    try:
        if unknown:
            raise Stopped(f"There is no set {unknown[0]!r}: there are {', '.join(SETS)}.")
        if options.act == "table":
            table()
            return 0
        chosen = options.sets or list(SETS)
        if options.act == "make":
            for name in chosen:
                make(name)
            return 0
        return 1 if sum(test(name, options.jobs) for name in chosen) else 0
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
