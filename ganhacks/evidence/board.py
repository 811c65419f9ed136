"""The scoreboard as readers see it: each comparison with its verdict, as it follows from the rows.

evidence/README.md is the protocol, and `tools/study.py tables` writes these files.
"""

import csv
import typing
from dataclasses import dataclass, fields
from functools import cache, partial

from ganhacks.errors import BadFile
from ganhacks.places import EVIDENCE, remedy

SCOREBOARD, PAIRS, ALARMS = (EVIDENCE / "board" / f"{name}.csv" for name in ("verdicts", "pairs", "alarms"))

#: verdict -> (icon, what it means)
VERDICTS = {
    "better": ("▲", "lower scores with it than chance explains"),
    "worse": ("▼", "higher scores with it than chance explains"),
    "practically equal": ("≈", "the whole interval lies within the margin of this problem and recipe"),
    "can't tell": ("?", "neither an effect nor equality was shown"),
}


@dataclass(frozen=True)
class Effect:
    """One comparison: the same runs with a hack and without it, paired by seed, on one workload in one context.

    workload, data: its short name, and what is learned. context: "bare" or "good". hack, title: what is switched.
    lab: the notebook that it belongs to, such as "06_adam", or "" for what came after 2016. main: whether it is the
    lab's own, not a variant. score: what was measured, less is better. n: pairs. ratio, low, high: the typical ratio of
    the scores, with / without, and its interval of 95 %. p: of the exact test. better_in: in how many pairs it was
    better; often_low, often_high: interval of that share. correlation: of the two arms over the seeds. smallest: the
    smallest ratio that so many pairs would have shown. margin: for practically equal. verdict: one of `VERDICTS`.
    fails: "more often", "less often" or "". failed_*, runs_*: how many runs of an arm failed, of how many. cost: ratio
    of the processor's seconds of a training, with / without; NaN where it was not timed. minutes: what all runs of both
    arms take together. interim: whether runs of the board are missing.
    """

    workload: str
    data: str
    context: str
    hack: str
    lab: str
    title: str
    main: bool
    score: str
    n: int
    ratio: float
    low: float
    high: float
    p: float
    better_in: int
    often_low: float
    often_high: float
    correlation: float
    smallest: float
    margin: float
    verdict: str
    fails: str
    failed_without: int
    runs_without: int
    failed_with: int
    runs_with: int
    cost: float
    minutes: float
    interim: bool

    @property
    def icon(self):
        """The sign of the verdict."""
        return VERDICTS[self.verdict][0]

    @property
    def seconds(self):
        """What repeating one pair takes, at every rate that is tried, on the machine of the rows."""
        return 60 * self.minutes / self.n

    @property
    def cell(self):
        """The name of its first pair for `python tools/study.py cell`."""
        return f"{self.workload}/{self.hack}/{self.context}/0".upper().replace("_", "-")


@dataclass(frozen=True)
class Alarms:
    """In how many runs of a workload, data, that finished or collapsed, the monitor of lab 19 raised an alarm."""

    data: str
    outcome: str
    runs: int
    with_alarm: int


COLUMNS = tuple(field.name for field in fields(Effect))
ALARM_COLUMNS = tuple(field.name for field in fields(Alarms))
PAIR_COLUMNS = ("workload", "context", "hack", "seed", "without", "with", "rate_without", "rate_with")


@cache
def effects(path=SCOREBOARD):
    """Return every `Effect` of the scoreboard, in its order; none where there is no board. Raises BadFile."""
    return tuple(_read(path, COLUMNS, partial(_typed, Effect)))


@cache
def alarms(path=ALARMS):
    """Return the `Alarms` of every workload and outcome; none where there is no board. Raises BadFile."""
    return tuple(_read(path, ALARM_COLUMNS, partial(_typed, Alarms)))


def _typed(kind, row):
    """Make a dataclass of a row of text."""
    types = typing.get_type_hints(kind)
    return kind(**{name: text == "yes" if types[name] is bool else types[name](text) for name, text in row.items()})


@cache
def ratios(path=PAIRS):
    """Return the ratio of the scores, with / without, of every pair: (workload, context, hack) -> {seed: ratio}."""
    found = {}
    for comparison, seed, ratio in _read(path, PAIR_COLUMNS, _pair):
        found.setdefault(comparison, {})[seed] = ratio
    return found


def _pair(row):
    comparison = row["workload"], row["context"], row["hack"]
    return comparison, int(row["seed"]), float(row["with"]) / float(row["without"])


def _read(path, columns, parsed):
    """Return what `parsed` makes of each row of a file, or nothing where there is no file. Raises BadFile."""
    if not path.exists():
        return []
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != columns:
                raise ValueError("its columns are others")
            return [parsed(row) for row in reader]
    except (ArithmeticError, TypeError, ValueError, csv.Error) as error:
        raise BadFile(
            f"{path.name} in evidence/board is damaged ({error}): "
            + remedy("evidence", maker="tools/study.py tables")
            + "."
        ) from None
