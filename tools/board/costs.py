"""What a hack costs: the processor's seconds of a training with it, over those of one without.

Rows of the board can't tell, since each shared its machine with something else. Here both arms of a comparison train in
one process, in turns, and what is compared is the time that the processor spent on them.
"""

import statistics
import time

from tools import cells, tables
from tools.board import rows
from tools.board.arms import pairs_of
from tools.board.workloads import WORKLOADS

TURNS = 5  # of each arm; the middle one of the ratios counts
STEPS = {"ring": 400, "grid": 400, "dense": 200, "dcgan": 40, "fashion": 40}  # a turn, about a second
KEY = ("workload", "context", "hack")
FIELDS = (*KEY, "cost", "lowest", "highest", "machine", "python", "tensorflow", "keras")

#: the last arm without a hack, which most comparisons of a context share: (workload, Arm) -> as `_begun`
_KEPT = {}


def path():
    """Return the file of what was timed."""
    return rows.FOLDER / "costs.csv"


def read():
    """Return what was timed: (workload, context, hack) -> ratio of the seconds of a training, with / without."""
    return {tuple(row[name] for name in KEY): float(row["cost"]) for row in tables.read(path())}


def missing(workloads=tuple(WORKLOADS)):
    """Return the (workload, context, hack) that are not timed yet, in the order in which they are compared."""
    done = read()
    every = [(name, pair.context, pair.hack) for name in workloads for pair in pairs_of(WORKLOADS[name])]
    return [one for one in sorted(every, key=lambda one: one[:2]) if one not in done and one[2] != "A/A"]


def timed(workload, context, hack):
    """Time one comparison in this process, and return its row. Raises RuntimeError where a run becomes NaN."""
    work = WORKLOADS[workload]
    (pair,) = (one for one in pairs_of(work) if (one.hack, one.context) == (hack, context))
    without, with_it = _begun(work, pair.without), _begun(work, pair.with_it)
    per_step = [_seconds(work, with_it) / _seconds(work, without) for _ in range(TURNS)]
    _KEPT.clear()
    _KEPT[workload, pair.without] = without
    steps = work.n_steps(pair.with_it.setup) / work.n_steps(pair.without.setup)
    found = {"cost": statistics.median(per_step), "lowest": min(per_step), "highest": max(per_step)}
    about = {"workload": workload, "context": context, "hack": hack}
    return {**about, **{name: f"{steps * ratio:.4g}" for name, ratio in found.items()}, **cells.made_by()}


def keep(cell, row):
    """Write a row, and say what came out."""
    tables.put(path(), [row], KEY, FIELDS)
    return f"x {row['cost']} ({row['lowest']} to {row['highest']})"


def _begun(work, arm):
    """Return a run of an arm that has its compiled loop, and what it trains on."""
    from ganhacks.training import train

    if (work.name, arm) in _KEPT:
        return _KEPT[work.name, arm]
    data = work.samples(arm.setup)
    return train(work.recipe(arm.setup, work.rates[arm.context]), data, 2, progress=False), data


def _seconds(work, run):
    """Train a turn more, and return the processor's seconds that it took."""
    from ganhacks.training import train

    history, data = run
    begun = time.process_time()
    train(history.recipe, data, history.step + STEPS[work.name], resume_from=history, progress=False)
    seconds = time.process_time() - begun
    if history.outcome == "diverged":
        raise RuntimeError(f"it became NaN at step {history.step}, so there is nothing to time")
    return seconds
