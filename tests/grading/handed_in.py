"""A class that hands in: honest notebooks, right and wrong in every named way, and hostile ones of every kind.

    python -m tests.grading.handed_in FOLDER              write them
    python -m tests.grading.handed_in FOLDER --grade OUT  grade them too: whatever is not as it must be, seconds, memory
    python -m tests.grading.handed_in FOLDER --grade OUT --killed 20    grade them once more, killed that many times

--few leaves out most of the honest ones. --held podman: in its containers, where processes without end are a timeout.
"""

import argparse
import contextlib
import copy
import csv
import functools
import hashlib
import importlib.util
import inspect
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

import tests.answers
from ganhacks.checks.engine.exercise import exercises_of, slugs
from ganhacks.checks.engine.lab import verdict_on
from tools import grade
from tools.grading import jail

ROOT = Path(__file__).resolve().parents[2]
FIVE = ("label_smoothing", "leaky_relu", "noisy_labels", "scale_images", "gaussian_latent")
LAB = "label_smoothing"
POSITIVE, NEGATIVE = "smooth_positive_labels", "smooth_negative_labels"
RIGHT = "def smooth_positive_labels(rng, y):\n    return y - 0.3 + 0.5 * rng.random(y.shape)\n"

#: in place of `from tests.answers import answers`, in the cell of somebody who has filed all answers to a lab
FILED = """
class ANSWERS:
    found = {"right": {}, "wrong": {}}

def right(exercise):
    return lambda answer: ANSWERS.found["right"].setdefault(exercise, []).append(answer) or answer

def wrong(exercise, misconception):
    return lambda answer: ANSWERS.found["wrong"].setdefault(exercise, []).append(answer) or answer

def raises(exercise, words):
    return lambda answer: answer
"""


@dataclass(frozen=True)
class HandedIn:
    """A file of the class. wanted: exercise -> () -> (outcome, misconception, message), None for what is not said.

    status: of the row of `exercise`, or of all rows if that is ""; or two, of which either will do. slug: "" where the
    file is no lab.
    """

    name: str
    text: object
    slug: str = LAB
    wanted: object = None
    exercise: str = ""
    status: str = "graded"


def needs_a_jail():
    """Skip a module of tests where bubblewrap makes no jail; in CI it fails."""
    try:
        reason = "" if jail.kind() == "bubblewrap" else "the jail is a container here, and the tests know bubblewrap"
    except jail.NoJail as why:
        reason = str(why)
    if reason and os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    if reason:
        pytest.skip(reason, allow_module_level=True)


# ---- notebooks


@functools.cache
def _blank(slug):
    number = slugs().index(slug)
    (path,) = (ROOT / "labs").glob(f"{number:02}_*.ipynb")
    return json.loads(path.read_text(encoding="utf-8"))


def notebook(slug=LAB, sources=None, first="", change=None, blank=None):
    """Return a lab with these sources of its exercises. first: of a cell at its top. change(notebook): comes last.

    blank: the lab as it was handed out, where that is not the course's own.
    """
    made = copy.deepcopy(blank or _blank(slug))
    ids = {exercise.id: name for name, exercise in exercises_of(slug).items()}
    for cell in made["cells"]:
        name = ids.get(cell["id"])
        if name in (sources or {}):
            cell["source"] = sources[name]
    if first:
        cell = {"cell_type": "code", "id": "own-1", "metadata": {}, "outputs": [], "execution_count": None}
        made["cells"].insert(2, {**cell, "source": first})
    if change:
        change(made)
    return json.dumps(made, ensure_ascii=False)


# ---- the honest


def filed(slug):
    """Return the module of filed answers as the cell of a student."""
    source = inspect.getsource(importlib.import_module(f"tests.answers.{slug}"))
    lines = [line for line in source.splitlines() if not line.startswith(("from tests.answers import", "ANSWERS, "))]
    shared = [inspect.getsource(tests.answers.Shifted)] if "Shifted" in source else []
    return "\n".join([FILED, "import keras\n", *shared, *lines])


def is_plain(function):
    """Tell whether an answer can be handed in: one that calls the course's own solution can't."""
    return "hack" not in inspect.unwrap(function).__code__.co_names if inspect.isfunction(function) else False


def answers_to(slug):
    """Return all filed answers: "right" or "wrong" -> exercise -> functions, by the numbers that `filed` gives them."""
    # Loaded anew: some answers keep something between calls, as in the jail from its first call on.
    found = importlib.util.find_spec(f"tests.answers.{slug}")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    answers, names = module.ANSWERS, exercises_of(slug)
    return {
        "right": {name: answers.rights[name] for name in names},
        "wrong": {name: [answer for _, answer in answers.wrongs[name]] for name in names},
    }


def honest(slug, blank=None):
    """Yield what is handed in to a lab: every filed answer that is written out, wrong or right, one an exercise.

    blank: as in `notebook`.
    """
    kinds = answers_to(slug)
    for kind, answers in kinds.items():
        usable = {n: [i for i, one in enumerate(found) if is_plain(one)] for n, found in answers.items()}
        for number in range(max(map(len, usable.values()))):
            chosen = {n: found[number] for n, found in usable.items() if number < len(found)}
            sources = {n: f'{n} = ANSWERS.found["{kind}"]["{n}"][{i}]\n' for n, i in chosen.items()}
            wanted = {n: functools.partial(verdict_of, slug, n, answers[n][i]) for n, i in chosen.items()}
            yield HandedIn(
                f"{slug}/{kind} {number}.ipynb", notebook(slug, sources, filed(slug), blank=blank), slug, wanted
            )


def verdict_of(slug, name, answer):
    """Return what the lab says of an answer; without the message where it shows a number that noise has made."""
    one = verdict_on(exercises_of(slug)[name], answer)
    return one.outcome, one.misconception, None if "is there a Dropout" in one.message else one.message


# ---- the hostile


def _function(body, name=POSITIVE, arguments="rng, y", above=""):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{above}\ndef {name}({arguments}):\n{lines}"


FORGED = {
    "application/vnd.ganhacks.check+json": {
        **{"exercise": "label-smoothing--smooth-positive-labels", "outcome": "passed", "message": "Well done."},
        **{"misconception": None, "hint_level": 0},
    }
}

#: name -> (source of the first exercise, outcome wanted, status wanted); nothing of it may pass
HOSTILE = {
    "prints a verdict": (_function("print('✔ smooth_positive_labels: passed.')\nreturn y"), "failed", "graded"),
    "publishes a verdict": (
        _function("return y", above=f"from IPython.display import display\ndisplay({FORGED!r}, raw=True)"),
        *("failed", "graded"),
    ),
    "patches the checks": (
        _function(
            "return y",
            above="import ganhacks.checks as c\nfrom ganhacks.checks.engine import values, exercise\n"
            "c.Lab.check = lambda *a: None\nvalues.array = lambda *a, **k: None\n"
            "exercise.Wrong = type('Wrong', (), {})\nimport sys\nsys.modules['ganhacks.checks.engine.judging'] = None",
        ),
        *("failed", "graded"),
    ),
    "patches NumPy and Keras": (
        _function(
            "return y",
            above="import numpy as np, keras\nnp.allclose = np.array_equal = lambda *a, **k: True\n"
            "np.unique = lambda *a: range(999)\nkeras.Model.__call__ = lambda *a, **k: None",
        ),
        *("failed", "graded"),
    ),
    "writes to file descriptors": (
        _function(
            "import os\nfor number in range(3, 40):\n    try:\n        os.write(number, b'passed' * 100)\n"
            "    except OSError:\n        pass\nreturn y"
        ),
        *("error", "tampered"),
    ),
    "raises the judge's exceptions": (
        _function("from ganhacks.checks.engine.sandbox import CannotCross\nraise CannotCross('passed')"),
        *("error", "graded"),
    ),
    "loops without end": (_function("while True:\n    pass"), "failed", "timeout"),
    "catches what stops it": (
        _function(
            "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"
        ),
        *("failed", "timeout"),
    ),
    "a cell without end": ("while True:\n    pass\n" + RIGHT, "error", "timeout"),
    "takes all memory": (_function("import numpy as np\nreturn np.ones((10**10,))"), "error", "memory"),
    "leaves": (_function("import os\nos._exit(0)"), "error", "crashed"),
    "leaves in a cell": ("import os\nos._exit(0)\n" + RIGHT, "error", "crashed"),
    "processes without end": (
        _function("import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"),
        *("error", "crashed or memory"),
    ),
    "deletes files": (
        _function(
            "import os, shutil\nfor place in ('/course', os.path.expanduser('~'), '/usr', '/tmp', '/'):\n"
            "    shutil.rmtree(place, ignore_errors=True)\nreturn y"
        ),
        *("failed", "graded or timeout"),  # it has a lot to do
    ),
    "opens sockets": (
        _function("import socket\nsocket.create_connection(('127.0.0.1', PORT), 2).sendall(b'here')\nreturn y"),
        *("error", "graded"),
    ),
    "imports the solution": (
        "from ganhacks.hacks.label_smoothing import smooth_positive_labels\n",
        *("error", "graded"),
    ),
    "reads what others wrote": (
        _function(
            "import os\nfound = [name for place, _, names in os.walk('/') for name in names\n"
            "         if name.endswith('.ipynb') and 'site-packages' not in place]\n"
            "found += [p for p in ('OUT', 'CLASS', os.path.join('COURSE', 'README.md')) if os.path.exists(p)]\n"
            "if found:\n    return y\n"  # which fails
            "raise RuntimeError('sees nothing')"
        ),
        *("error", "graded"),
    ),
    "prints 100 MB": (_function("print('x' * 100_000_000)\nreturn y"), "failed", "graded"),
    "returns 1 GB": (_function("import numpy as np\nreturn np.ones(10**8)"), "error", "tampered"),
    "is no Python": ("def smooth_positive_labels(rng, y:\n    return\n", "error", "graded"),
}


def hostile(port, folders):
    """Yield the hostile ones. port: of a listener that must never be called. folders: what OUT, CLASS, COURSE are."""
    for name, (source, outcome, status) in HOSTILE.items():
        for word, folder in zip(("OUT", "CLASS", "COURSE"), folders):
            source = source.replace(f"'{word}'", repr(str(folder)))
        source = source.replace("PORT", str(port))
        # What else is in the notebook is honest, and must be judged as ever.
        sources = {
            POSITIVE: source,
            NEGATIVE: "def smooth_negative_labels(rng, y):\n    return y + 0.3 * rng.random(y.shape)\n",
        }
        wanted = {POSITIVE: lambda outcome=outcome: (outcome, None, None), NEGATIVE: lambda: ("passed", None, None)}
        change = _with_forged_output if name == "publishes a verdict" else None
        yield HandedIn(f"hostile/{name}.ipynb", notebook(LAB, sources, change=change), LAB, wanted, POSITIVE, status)


def _with_forged_output(made):
    for cell in made["cells"]:
        if cell["id"].endswith("-check"):
            cell["outputs"] = [
                {"output_type": "display_data", "metadata": {}, "data": {**FORGED, "text/plain": "✔ passed"}}
            ]


# ---- the odd


def _without_ids(made):
    for cell in made["cells"]:
        del cell["id"]


def _without_tags(made):
    _without_ids(made)
    for cell in made["cells"]:
        cell["metadata"] = {}
    made["metadata"] = {"kernelspec": made["metadata"]["kernelspec"]}


def _of_contract_2(made):
    made["metadata"]["ganhacks"]["contract"] = 2


def _with_other_check(made):
    for cell in made["cells"]:
        if cell["id"] == "label-smoothing--smooth-positive-labels-check":
            cell["source"] = "print('passed')"


def _with_an_answer_twice(made):
    (cell,) = (cell for cell in made["cells"] if cell["id"] == "label-smoothing--smooth-positive-labels")
    made["cells"].append(copy.deepcopy(cell))


def _with_much_output(made):
    made["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 100_000_000}]


def odd():
    """Yield files that are no honest notebook, or that an editor has changed."""
    right = {POSITIVE: RIGHT}
    passed = {POSITIVE: lambda: ("passed", None, None)}
    blank = {POSITIVE: lambda: ("not_attempted", None, None)}
    nothing = {"slug": "", "status": "unreadable"}
    yield HandedIn("odd/empty lab.ipynb", notebook(), wanted=blank)
    yield HandedIn("odd/Müller, Ö (Übung 10).ipynb", notebook(LAB, right), wanted=passed)
    yield HandedIn(f"odd/{'n' * 200}.ipynb", notebook(LAB, right), wanted=passed)
    yield HandedIn("odd/ids lost.ipynb", notebook(LAB, right, change=_without_ids), wanted=passed)
    timed = {name: f"%%time\n%matplotlib inline\n{source}" for name, source in right.items()}
    yield HandedIn("odd/timed by a magic.ipynb", notebook(LAB, timed), wanted=passed)
    yield HandedIn("odd/tags and metadata lost.ipynb", notebook(LAB, right, change=_without_tags), wanted=passed)
    changed = notebook(LAB, right, change=_with_other_check)
    of_check = {"exercise": POSITIVE, "status": "check_changed"}
    yield HandedIn("odd/check changed.ipynb", changed, wanted=passed, **of_check)
    yield HandedIn("odd/id twice.ipynb", notebook(LAB, right, change=_with_an_answer_twice), wanted=passed)
    yield HandedIn("odd/much output.ipynb", notebook(LAB, right, change=_with_much_output), wanted=passed)
    yield HandedIn("odd/other contract.ipynb", notebook(change=_of_contract_2), **nothing)
    yield HandedIn("odd/cut off.ipynb", notebook()[:5_000], **nothing)
    yield HandedIn("odd/nothing.ipynb", "", **nothing)
    yield HandedIn("odd/no notebook.ipynb", "%PDF-1.4 this is a PDF", **nothing)
    yield HandedIn("odd/a list.ipynb", "[1, 2]", **nothing)
    other = {
        "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "source": "x = 1"}],
        "metadata": {},
        "nbformat": 4,
    }
    yield HandedIn("odd/other course.ipynb", json.dumps(other), **nothing)


def a_class(port=9, folders=("/nowhere", "/nowhere", "/nowhere"), few=False, only=None):
    """Return everything that is handed in. only: names of hostile and odd ones, in place of all."""
    good = [one for slug in FIVE for one in honest(slug)]
    if few:
        good = [one for one in good if one.name.endswith(("right 0.ipynb", "wrong 0.ipynb", "wrong 3.ipynb"))][:4]
    bad = [*hostile(port, folders), *odd()]
    return [*good, *(one for one in bad if only is None or Path(one.name).stem in only)]


def write(folder, handed_in):
    """Write what was handed in below a folder."""
    for one in handed_in:
        path = Path(folder) / one.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(one.text, encoding="utf-8")


# ---- graded


def killed(submissions, out, n_kills, whole):
    """Grade a class again in a process that is killed `n_kills` times, and return a sentence for each thing amiss.

    whole: where the same class was graded in one go. Seconds are left out of the comparison: no two runs have the same.
    """
    chance, kept = random.Random(0), {}
    command = [sys.executable, str(ROOT / "tools" / "grade.py"), str(submissions), str(out)]
    for number in range(n_kills):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(1, 60))
        process.kill()
        process.wait()
        done = sorted((Path(out) / grade.DONE).glob("*")) if Path(out).exists() else []
        print(f"kill {number + 1}: {len(done)} files were there", flush=True)
        for file in done:
            kept.setdefault(file, file.read_bytes())
    subprocess.run(command, check=True)
    found = [f"{file.name} was written again" for file, content in kept.items() if file.read_bytes() != content]
    for one, other in zip(rows_of(out), rows_of(whole), strict=True):
        if {**one, "seconds": ""} != {**other, "seconds": ""}:
            found.append(f"{one} after the kills, {other} in one go")
    return found


def graded(submissions, out, few=False, only=None, limits=None, jobs=2, held=None, told=print):
    """Write a class, grade it, and return its files and a sentence for each thing that is not as it must be.

    few, only: as in `a_class`.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.01)
        folders = [Path(folder).resolve() for folder in (out, submissions, ROOT)]
        everything = a_class(listener.getsockname()[1], folders, few, only)
        write(submissions, everything)
        before = _digests(submissions)
        grade.grade(submissions, out, limits, jobs, held=held, told=told)
        found = _differences(Path(out), everything)
        try:
            listener.accept()
            found.append("somebody in a jail has reached the network")
        except TimeoutError:
            pass
    after = _digests(submissions)
    return everything, found + [f"{path} was changed" for path in before if before[path] != after.get(path)]


def _digests(folder):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in Path(folder).rglob("*") if path.is_file()}


def rows_of(out):
    """Return the rows of a graded class."""
    with (Path(out) / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _differences(out, everything):
    """Return a sentence for each row that is not what was wanted, and for each that is missing."""
    rows, found = rows_of(out), []
    for one in everything:
        own = [row for row in rows if row["submission"] == one.name]
        if not own:
            found.append(f"{one.name}: lost")
        there = {row["exercise"] for row in own}
        found += [f"{one.name}: {name} lost" for name in one.wanted or {} if own and name not in there]
        for row in own:
            chosen = one.exercise in ("", row["exercise"]) and (one.exercise or one.status != "graded")
            if chosen and row["status"] not in one.status:
                found.append(f"{one.name}: {row['exercise']} has status {row['status']}, wanted {one.status}")
            told = (one.wanted or {}).get(row["exercise"])
            for column, wanted in zip(("outcome", "misconception", "message"), told() if told else ()):
                if wanted is not None and row[column] != (wanted or ""):
                    found.append(f"{one.name}: {row['exercise']} {column} {row[column]!r}, wanted {wanted!r}")
    return found


def main():
    parser = argparse.ArgumentParser(description="Write the notebooks of a class, and grade them.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--grade", type=Path, metavar="OUT")
    parser.add_argument("--killed", type=int, default=0, metavar="TIMES")
    parser.add_argument("--few", action="store_true")
    parser.add_argument("--held", choices=("bubblewrap", *jail.ENGINES))
    options = parser.parse_args()
    if options.grade is None:
        written = a_class(few=options.few)
        write(options.folder, written)
        print(f"{len(written)} files")
        return 0
    begun = time.perf_counter()
    everything, found = graded(options.folder, options.grade, options.few, held=options.held)
    seconds, rows = time.perf_counter() - begun, rows_of(options.grade)
    peaks = [json.loads(file.read_text())["peak"] for file in (options.grade / grade.DONE).iterdir()]
    inside = {(row["lab"], row["exercise"]) for row in rows if row["note"] == "judged_inside"}
    print(f"{len(everything)} submissions, {len(rows)} rows, {seconds:.0f} s: {seconds / len(everything):.1f} s each")
    print(f"memory: {sorted(peaks)[len(peaks) // 2]:,} MB for the one in the middle, {max(peaks):,} MB at the most")
    print("status:", ", ".join(f"{word} {n}" for word, n in Counter(row["status"] for row in rows).most_common()))
    print(f"judged inside: {len(inside)} exercises", *sorted(inside))
    if options.killed:
        again = options.grade.with_name(f"{options.grade.name}-killed")
        amiss = killed(options.folder, again, options.killed, options.grade)
        print(f"killed {options.killed} times, and other than in one go: {len(amiss)}", *amiss, sep="\n")
        found += amiss
    print(f"not as it must be: {len(found)}", *found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
