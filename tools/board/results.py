"""From rows to verdicts: every comparison of the board that its rows allow, judged together."""

import functools
from dataclasses import dataclass

import numpy as np

from ganhacks.evidence import verdicts
from tools.board import rows
from tools.board.arms import all_rows, best_rows, factors, pairs_of
from tools.board.hacks import HACKS
from tools.board.workloads import WORKLOADS

HACK = {hack.name: hack for hack in HACKS}
FEWEST = 6  # pairs, without which a comparison is not on the board: no p could be below 5 %
FIELDS = (
    *("workload", "context", "hack", "lab", "title", "score", "n", "seeds", "ratio", "low", "high", "p"),
    *("better_in", "often_low", "often_high", "correlation", "smallest", "margin", "verdict", "fails"),
    *("failed_without", "runs_without", "failed_with", "runs_with", "cost", "minutes"),
)


@dataclass(frozen=True)
class Result:
    """One comparison with its verdict. margin: for practically equal. cost: ratio of the seconds of training.

    without, with_it: seed -> score. minutes: what both arms took together.
    """

    work: object
    pair: object
    comparison: verdicts.Comparison
    margin: float
    without: dict
    with_it: dict
    cost: float
    minutes: float

    def columns(self):
        """Return the result as a row of text, by `FIELDS`."""
        one, hack = self.comparison, HACK.get(self.pair.hack)
        numbers = {name: getattr(one, name) for name in ("ratio", "low", "high", "p", "often_low", "often_high")}
        numbers |= {"correlation": one.correlation, "smallest": one.smallest, "margin": self.margin, "cost": self.cost}
        names = ("failed_without", "runs_without", "failed_with", "runs_with")
        return {
            "workload": self.work.name,
            "context": self.pair.context,
            "hack": self.pair.hack,
            "lab": hack.lab if hack else "",
            "title": hack.title if hack else "the same recipe, other seeds",
            "score": self.work.score,
            "n": str(one.n),
            "seeds": str(self.work.seeds),
            **{name: f"{value:.4g}" for name, value in numbers.items()},
            "better_in": str(one.better_in),
            "verdict": one.verdict,
            "fails": one.fails,
            **dict(zip(names, map(str, one.failed))),
            "minutes": f"{self.minutes:.1f}",
        }


def board(workloads=tuple(WORKLOADS)):
    """Return the `Result` of every comparison with 6 pairs or more, and the sentences about rows that do not count."""
    found, remarks = [], []
    for name in workloads:
        there = rows.read(name)
        remarks += there.remarks
        found += _of_workload(WORKLOADS[name], there.by_key)
    judged = verdicts.judge([one.comparison for one in found], [one.margin for one in found])
    return [Result(**{**vars(one), "comparison": verdict}) for one, verdict in zip(found, judged)], remarks


def _of_workload(work, by_key):
    scores = functools.cache(
        lambda arm: {seed: float(row["score"]) for seed, row in best_rows(work, arm, by_key).items()}
    )
    margins = {context: _margin(work, context, scores) for context in work.contexts}
    found = []
    for pair in pairs_of(work):
        without, with_it = scores(pair.without), scores(pair.with_it)
        if len(set(without) & set(with_it)) < FEWEST:
            continue
        every = [all_rows(work, arm, by_key) for arm in (pair.without, pair.with_it)]
        failed = tuple(n for some in every for n in (sum(row["outcome"] != "finished" for row in some), len(some)))
        seconds = [np.median([float(row["seconds"]) for row in some]) for some in every]
        minutes = sum(float(row["wall"]) for some in every for row in some) / 60
        comparison = verdicts.compare(without, with_it, failed)
        cost = float(seconds[1] / seconds[0])
        found.append(Result(work, pair, comparison, margins[pair.context], without, with_it, cost, minutes))
    return found


def _margin(work, context, scores):
    """Return the margin of a context, from all runs of its recipe; 1, which calls nothing equal, while they are few."""
    pairs = [pair for pair in pairs_of(work) if (pair.hack, pair.context) == ("A/A", context)]
    arms = {arm for pair in pairs for arm in (pair.without, pair.with_it)}
    same = [score for arm in sorted(arms, key=lambda arm: arm.again) for score in scores(arm).values()]
    if len(same) < 2 * work.seeds:
        return 1.0
    return verdicts.margin(same, work.seeds, np.random.default_rng(0), work.most_equal)


def is_complete(workloads=tuple(WORKLOADS)):
    """Tell whether every run of these workloads has its row, so that no verdict is interim."""
    return all(
        len(all_rows(WORKLOADS[name], arm, there.by_key)) == WORKLOADS[name].seeds * len(factors(WORKLOADS[name]))
        for name in workloads
        for there in [rows.read(name)]
        for pair in pairs_of(WORKLOADS[name])
        for arm in (pair.without, pair.with_it)
    )
