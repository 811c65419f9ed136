"""Carry every accepted answer through the rest of its lab: does a later cell break after a check has passed?

    python tools/carry.py               every lab: a table, and the results of each in build/carry/
    python tools/carry.py mnist_gan     one lab, or several, by slug

Round i puts right answer i of every exercise, from tests/answers/, into the lab in place of the course's own, and runs
all cells with GANHACKS_FAST=1, each round in a process of its own. Where one breaks, the answers that stand before the
broken cell are tried singly. A finished round is kept until its lab or its answers change, so the program can be
stopped and started again. It ends with 1 if anything broke. Some hours for all; not a part of `make test`.
"""

import argparse
import contextlib
import functools
import hashlib
import importlib
import json
import multiprocessing
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import ganhacks  # noqa: E402, F401  (the path comes first; and this before the answers, to keep TensorFlow quiet)
from ganhacks import files  # noqa: E402
from tools import build  # noqa: E402

RESULTS = ROOT / "build" / "carry"
LIMIT = 1200  # seconds for one round


# ---- which answers go together


def rounds(rights):
    """Return one {exercise: number of its answer} for each round; an exercise that has no more answers is left out.

    rights: {exercise: its right answers}.
    """
    several = max(map(len, rights.values()), default=0)
    return [{name: i for name, answers in rights.items() if i < len(answers)} for i in range(several)]


def told(chosen, rights):
    """Return the names of the chosen answers, in one line."""
    return ", ".join(f"{name}: {getattr(rights[name][i], '__name__', i)}" for name, i in chosen.items())


def culprits(chosen, run):
    """Return [(what was chosen, how it broke)] for a round: the answers that break it singly, or else all together.

    run: what was chosen -> how it broke, or None.
    """
    broken = run(chosen)
    if broken is None:
        return []
    before = [name for name in chosen if name in broken["carried"]]
    alone = [({name: chosen[name]}, run({name: chosen[name]})) for name in before] if len(before) > 1 else []
    return [(one, how) for one, how in alone if how] or [(chosen, broken)]


# ---- one run


def first_break(cells, answers):
    """Run cells in a shell and return how the first that raises broke, or None.

    cells: (exercise or "", source). answers: {exercise: the function that takes the place of its cell}.
    """
    from IPython.core.interactiveshell import InteractiveShell

    shell, carried = InteractiveShell.instance(), []
    for number, (exercise, source) in enumerate(cells):
        if exercise in answers:
            shell.user_ns[exercise] = answers[exercise]
            carried.append(exercise)
            continue
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            result = shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            begins = next((line for line in source.splitlines() if line.strip() and not line.startswith("#")), "")
            said = " ".join(f"{type(error).__name__}: {error}".split())[:400]
            return {"cell": number, "begins": begins, "error": said, "carried": carried}
    return None


def _sources():
    """Return {slug: source} of every lab."""
    return {source.stem.partition("_")[2]: source for source, kind, _ in build.targets() if kind == "solution"}


def _cells(slug):
    code = [cell for cell in build.assemble(_sources()[slug], "solution").cells if cell.cell_type == "code"]
    return [(cell.metadata.get("exercise", "").partition("--")[2].replace("-", "_"), cell.source) for cell in code]


def _rights(slug):
    return dict(importlib.import_module(f"tests.answers.{slug}").ANSWERS.rights)


def _carry(slug, chosen, sender):
    """What the process of one round does: send how it broke, or None."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # TensorFlow's chatter
    try:
        rights = _rights(slug)
        how = first_break(_cells(slug), {name: rights[name][i] for name, i in chosen.items()})
    except Exception as error:  # the lab or its answers cannot even be read
        how = _no_cell(f"{type(error).__name__}: {error}")
    sender.send(how)


def _no_cell(error):
    return {"cell": None, "begins": "", "error": error, "carried": []}


def carry(slug, chosen):
    """Run a lab with the chosen answers in a process of its own, and return how it broke, or None."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    worker = multiprocessing.get_context("spawn").Process(target=_carry, args=(slug, chosen, sender))
    worker.start()
    sender.close()
    try:
        if receiver.poll(LIMIT):
            return receiver.recv()
        error = f"was still running after {LIMIT} seconds"
    except EOFError:
        error = "the process died"
    finally:
        worker.kill()
        worker.join()
    return {**_no_cell(error), "carried": list(chosen)}


# ---- all of it


def digest(slug):
    """Return a hash of a lab's text and its answers: a result holds as long as these stay."""
    texts = [
        (ROOT / "tests" / "answers" / f"{slug}.py").read_text(encoding="utf-8"),
        *(code for _, code in _cells(slug)),
    ]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def kept(path, current):
    """Return the result of an earlier run, or an empty one if there is none or it is of other texts."""
    result = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return result if result.get("digest") == current else {"digest": current, "rounds": []}


def go_through(slug, rights, result, run, path):
    """Do the rounds of a lab that are not in its result yet; after each, add what broke and write the result."""
    for number, chosen in enumerate(rounds(rights)):
        if number < len(result["rounds"]):
            continue
        started = time.monotonic()
        found = [
            {"answers": told(one, rights), **{key: how[key] for key in ("cell", "begins", "error")}}
            for one, how in culprits(chosen, run)
        ]
        result["rounds"].append(found)
        files.write(path, json.dumps(result, indent=1).encode())
        print(f"{slug} {number + 1}/{len(rounds(rights))}: {time.monotonic() - started:.0f} s", flush=True)
        for one in found:
            print(f"  BROKE {one['answers']}\n    cell {one['cell']}, {one['begins']}\n    {one['error']}", flush=True)


def summary(results, counts):
    """Return the table, a line a lab, and a last line that counts. counts: {slug: number of accepted answers}."""
    lines = [f"{'lab':<28}{'answers':>8}{'rounds':>8}{'broke':>7}"]
    broke = {slug: sum(map(len, results[slug]["rounds"])) for slug in counts}
    lines += [f"{slug:<28}{counts[slug]:>8}{len(results[slug]['rounds']):>8}{broke[slug]:>7}" for slug in counts]
    total = f"{sum(counts.values())} accepted answers carried through {len(counts)} labs"
    return "\n".join([*lines, f"{total}, {sum(broke.values())} broke something"])


def main(argv=None):
    parser = argparse.ArgumentParser(description="Carry every accepted answer through the rest of its lab.")
    parser.add_argument("slugs", nargs="*", help="labs, such as mnist_gan; all if none is given")
    wanted = parser.parse_args(argv).slugs
    os.environ.update(GANHACKS_FAST="1", GANHACKS_STRICT="1", GANHACKS_JOURNAL="", COLUMNS="80")
    every = sorted(_sources())
    for slug in wanted:
        if slug not in every:
            parser.error(f"there is no lab {slug!r}; there are {', '.join(every)}")

    RESULTS.mkdir(parents=True, exist_ok=True)
    results, counts = {}, {}
    for slug in wanted or every:
        path, rights = RESULTS / f"{slug}.json", _rights(slug)
        results[slug], counts[slug] = kept(path, digest(slug)), sum(map(len, rights.values()))
        go_through(slug, rights, results[slug], functools.partial(carry, slug), path)
    print(summary(results, counts))
    return int(any(any(results[slug]["rounds"]) for slug in counts))


if __name__ == "__main__":
    sys.exit(main())
