"""One pair of runs of each hack, as its page shows it: which one, and what was recorded of it, in site/runs/.

A run has a sheet of its pictures, and an entry in index.json. Hacks whose pairs share a run share both.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ganhacks import evidence
from ganhacks.evidence import board
from tools import tables
from tools.board import rows
from tools.board.arms import Arm, best_rows, pairs_of, whole
from tools.board.workloads import WORKLOADS

FOLDER = Path(__file__).resolve().parents[2] / "site" / "runs"
INDEX = "index.json"
SHARES = (0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6, 0.8, 1)  # of the steps: early ones, since most happens there
DRAWN = ("ring", "grid", "dense")  # where a hack is shown, the first of these on which it is measured
RECIPES = ("good", "bare")


@dataclass(frozen=True)
class Run:
    """A run of the board. row: what is stored of it, a dict of text."""

    workload: str
    arm: Arm
    factor: str
    seed: int
    row: dict

    @property
    def name(self):
        """What its sheet and its entry are called."""
        return file_name(self.workload, self.arm.name, self.factor, self.seed, self.row["machine"])


@dataclass(frozen=True)
class Shown:
    """The pair of runs that stands for a hack. effect: what all its pairs say."""

    effect: board.Effect
    seed: int
    without: Run
    with_it: Run


def file_name(workload, arm, factor, seed, kind):
    """Return what the files of a run are called. arm: its name. kind: of the processor that made its row.

    Two hacks may count on different kinds, and what they share is then a run of the same name on each.
    """
    return re.sub("[^A-Za-z0-9.]+", "-", f"{workload}-{arm}-x{factor}-seed-{seed}-{kind}")


def shown(hack):
    """Return the `Shown` of a hack, or None where it is measured on nothing that is drawn."""
    places = [(workload, context) for workload in DRAWN for context in RECIPES]
    effects = {(one.workload, one.context): one for one in evidence.effects() if one.hack == hack}
    effect = next((effects[place] for place in places if place in effects), None)
    if effect is None:
        return None
    work = WORKLOADS[effect.workload]
    (pair,) = (pair for pair in pairs_of(work) if (pair.hack, pair.context) == (hack, effect.context))
    by_key = whole(work, pair, _stored(work.name))
    if by_key is None:  # a row was taken out since the board was judged, to be measured again
        return None
    seed = middle(board.ratios()[work.name, effect.context, hack], effect.ratio)

    def run(arm):
        row = best_rows(work, arm, by_key)[seed]
        return Run(work.name, arm, row["factor"], seed, row)

    return Shown(effect, seed, run(pair.without), run(pair.with_it))


@cache
def _stored(workload):
    return rows.read(workload)


def middle(ratios, typical):
    """Return the seed, of {seed: ratio}, whose ratio is the middle one; of two, that whose ratio is nearer to typical.

    So it is not chosen for what it shows, and as many pairs came out better as worse.
    """
    ordered = sorted(ratios, key=lambda seed: (ratios[seed], seed))
    n = len(ordered)
    return min(ordered[(n - 1) // 2 : n // 2 + 1], key=lambda seed: abs(np.log(ratios[seed] / typical)))


def read():
    """Return what was recorded, {name of a run: entry}; nothing where there is no index. Raises SystemExit."""
    path = FOLDER / INDEX
    if not path.exists():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SystemExit(
            f"{path} is damaged ({error}): restore it with `git checkout -- site/runs`, or delete it to record again."
        ) from None


def write(entries):
    """Write the index, an entry a line, whole or not at all."""
    lines = (f"{json.dumps(name)}: {json.dumps(entries[name])}" for name in sorted(entries))
    tables.write_text(FOLDER / INDEX, "{\n" + ",\n".join(lines) + "\n}\n")
