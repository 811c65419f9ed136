"""From rows to verdicts: every comparison of the board that its rows allow, judged together."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganhacks.evidence import verdicts
from ganhacks.evidence.board import ALARM_COLUMNS, ALARMS, COLUMNS, PAIR_COLUMNS, PAIRS, SCOREBOARD
from tools import tables
from tools.board import costs, rows
from tools.board.arms import all_rows, best_rows, missing, pairs_of, whole
from tools.board.hacks import BY_NAME
from tools.board.workloads import WORKLOADS

NOTEBOOK = {path.stem[:2]: path.stem for path in (Path(__file__).resolve().parents[2] / "course" / "labs").glob("*.py")}


@dataclass(frozen=True)
class Result:
    """One comparison with its verdict. margin: for practically equal. cost: as in `evidence.Effect`.

    without, with_it: seed -> the row that counts. minutes: what both arms took together.
    """

    work: object
    pair: object
    comparison: verdicts.Comparison
    margin: float
    without: dict
    with_it: dict
    cost: float
    minutes: float

    @property
    def name(self):
        """What is switched; two sets of runs of one recipe are A/A, 1 or 2."""
        return f"A/A {self.pair.with_it.again}" if self.pair.hack == "A/A" else self.pair.hack

    def columns(self, interim):
        """Return the result as a row of text, by `board.COLUMNS`. interim: whether runs of the board are missing."""
        one, hack = self.comparison, BY_NAME.get(self.pair.hack)
        numbers = {name: getattr(one, name) for name in ("ratio", "low", "high", "p", "often_low", "often_high")}
        numbers |= {"correlation": one.correlation, "smallest": one.smallest, "margin": self.margin, "cost": self.cost}
        failed = dict(zip(("failed_without", "runs_without", "failed_with", "runs_with"), map(str, one.failed)))
        return {
            "workload": self.work.name,
            "data": self.work.title,
            "context": self.pair.context,
            "hack": self.name,
            "lab": NOTEBOOK.get(hack.lab, "") if hack else "",
            "title": hack.title if hack else "the same recipe, other seeds",
            "main": "yes" if hack and hack.main else "",
            "score": self.work.score,
            "n": str(one.n),
            **{name: f"{value:.4g}" for name, value in numbers.items()},
            "better_in": str(one.better_in),
            "verdict": one.verdict,
            "fails": one.fails,
            **failed,
            "minutes": f"{self.minutes:.1f}",
            "interim": "yes" if interim else "",
        }

    def pairs(self):
        """Yield the scores of each seed, and the rates that gave them, as rows of text, by `board.PAIR_COLUMNS`."""
        for seed in sorted(set(self.without) & set(self.with_it)):
            both = {"without": self.without[seed], "with": self.with_it[seed]}
            yield {
                **{"workload": self.work.name, "context": self.pair.context, "hack": self.name, "seed": str(seed)},
                **{side: row["score"] for side, row in both.items()},
                **{f"rate_{side}": row["rate"] for side, row in both.items()},
            }


def write(folder=None):
    """Judge the board and write what readers see of it, in three files. Returns as `board`."""
    folder = folder or rows.FOLDER
    found, remarks = board()
    interim = not is_complete()
    tables.write(folder / SCOREBOARD.name, [one.columns(interim) for one in found], COLUMNS)
    tables.write(folder / PAIRS.name, [row for one in found for row in one.pairs()], PAIR_COLUMNS)
    tables.write(folder / ALARMS.name, list(_alarms()), ALARM_COLUMNS)
    return found, remarks


def board(workloads=tuple(WORKLOADS)):
    """Return the `Result` of every comparison that has all its pairs, and the sentences about rows that don't count."""
    found, remarks = [], []
    for name in workloads:
        there = rows.read(name)
        remarks += there.remarks
        found += _of_workload(WORKLOADS[name], there)
    judged = verdicts.judge([one.comparison for one in found], [one.margin for one in found])
    return [Result(**{**vars(one), "comparison": verdict}) for one, verdict in zip(found, judged)], remarks


def _alarms():
    """Yield for each workload and outcome in how many runs the monitor of lab 19 raised an alarm.

    Of runs that diverged it saw nothing: their rows say 1.
    """
    for name, work in WORKLOADS.items():
        runs = rows.read(name).all()
        for outcome in ("finished", "collapsed"):
            some = [row for row in runs if row["outcome"] == outcome]
            if some:
                with_alarm = sum(row["alarms"] not in ("", "0") for row in some)
                yield {"data": work.title, "outcome": outcome, "runs": len(some), "with_alarm": with_alarm}


def _of_workload(work, runs):
    timed = costs.read()
    margins = {context: margin(work, context, runs)[0] for context in work.contexts}
    found = []
    for pair in pairs_of(work):
        by_key = whole(work, pair, runs)
        if by_key is None:
            continue
        sides = [best_rows(work, arm, by_key) for arm in (pair.without, pair.with_it)]
        every = [all_rows(work, arm, by_key) for arm in (pair.without, pair.with_it)]
        failed = tuple(n for some in every for n in (sum(row["outcome"] != "finished" for row in some), len(some)))
        minutes = sum(np.median([float(row["wall"]) for row in some]) * len(some) for some in every) / 60
        comparison = verdicts.compare(*map(_scores, sides), failed)
        cost = timed.get((work.name, pair.context, pair.hack), np.nan)
        found.append(Result(work, pair, comparison, margins[pair.context], *sides, cost, minutes))
    return found


def _scores(best):
    return {seed: float(row["score"]) for seed, row in best.items()}


def margin(work, context, runs):
    """Return the margin of a context, from all runs of its recipe, and the share of `verdicts.margin`.

    runs: a `rows.Runs`. While they are few the margin is 1, which calls nothing equal.
    """
    pairs = [pair for pair in pairs_of(work) if (pair.hack, pair.context) == ("A/A", context)]
    by_key = next(filter(None, (whole(work, pair, runs) for pair in pairs)), None)  # of one kind of processor
    if by_key is None:
        return 1.0, 0.0
    arms = dict.fromkeys(arm for pair in pairs for arm in (pair.without, pair.with_it))
    of_arms = (best_rows(work, arm, by_key) for arm in arms if not missing(work, arm, by_key))
    every = [score for best in of_arms for score in _scores(best).values()]
    return verdicts.margin(every, work.seeds, np.random.default_rng(0), work.most_equal)


def is_complete():
    """Tell whether every comparison of the board is whole: nothing is interim."""
    every = ((work, rows.read(name)) for name, work in WORKLOADS.items())
    return all(whole(work, pair, runs) is not None for work, runs in every for pair in pairs_of(work))
