"""What was measured: rows of runs, the effect that they show, and the card that tells it.

A study compares arms with the first of them, paired by seed. Its rows are in evidence/<slug>.csv, one a run;
evidence/README.md has the rule for verdicts, which was written before the runs.
"""

import csv
import html
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganhacks.errors import BadFile

EVIDENCE = Path(__file__).resolve().parents[2] / "evidence"
FEWEST_SEEDS = 5
RESAMPLES = 10_000

#: verdict -> (icon, reason)
VERDICTS = {
    "better": ("▲", "the whole interval is on the better side of 0."),
    "worse": ("▼", "the whole interval is on the worse side of 0."),
    "no difference detected": ("＝", "the interval holds 0."),
    "too few seeds": ("…", f"a verdict takes {FEWEST_SEEDS} seeds."),
}


@dataclass(frozen=True)
class Effect:
    """A paired comparison: the median of (changed - baseline) over seeds, with a bootstrap interval of 95 %."""

    median: float
    low: float
    high: float
    seeds: int
    baseline: float
    changed: float
    verdict: str


def paired_effect(baseline, changed, lower_is_better=True):
    """Compare two arms. baseline, changed: seed -> score; only seeds in both count, at least one. Returns an Effect."""
    seeds = sorted(set(baseline) & set(changed))
    pairs = np.array([[baseline[seed], changed[seed]] for seed in seeds])
    differences = pairs[:, 1] - pairs[:, 0]
    draws = np.random.default_rng(0).choice(differences, (RESAMPLES, len(seeds)))
    low, high = np.percentile(np.median(draws, axis=1), [2.5, 97.5])
    if len(seeds) < FEWEST_SEEDS:
        verdict = "too few seeds"
    elif low <= 0 <= high:
        verdict = "no difference detected"
    else:
        verdict = "better" if (high < 0) == lower_is_better else "worse"
    medians = np.median(pairs, axis=0)
    return Effect(float(np.median(differences)), float(low), float(high), len(seeds), *map(float, medians), verdict)


def rows(slug):
    """Return the runs of a study as a list of dicts of strings; empty if nothing has been measured."""
    path = EVIDENCE / f"{slug}.csv"
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Card:
    """A hack's measured card: what was compared, the effect, the verdict, and the command that measures it again.

    lines: the card as plain text. Raises BadFile if the evidence is damaged.
    """

    def __init__(self, slug):
        runs, about = rows(slug), EVIDENCE / f"{slug}.json"
        if not runs or not about.exists():
            self._above = ["Not measured yet.", "What you see in this lab rests on its own few seeds."]
            self._table, self._below = [], []
            return
        try:
            study = json.loads(about.read_text(encoding="utf-8"))
            arms = {
                arm: {int(r["seed"]): float(r[study["metric"]]) for r in runs if r["arm"] == arm}
                for arm in study["arms"]
            }
        except (KeyError, ValueError) as error:
            raise BadFile(
                f"{about.name} or {slug}.csv in evidence/ is damaged ({type(error).__name__}: {error}); restore them "
                "with `git checkout -- evidence`."
            ) from None
        baseline, *others = arms.values()
        effects = [paired_effect(baseline, other, study["lower_is_better"]) for other in others]
        better = "lower" if study["lower_is_better"] else "higher"
        self._above = [
            f"Compared: {study['question']}",
            f"Score: {study['metric_name']}, {better} is better.",
            "Effect: the difference from the first row at the same seed, the median over the seeds.",
        ]
        self._table = _table(study["arms"], effects)
        found = [verdict for verdict in VERDICTS if verdict in {effect.verdict for effect in effects}]
        self._below = [f"{VERDICTS[verdict][0]} {verdict}: {VERDICTS[verdict][1]}" for verdict in found]
        self._below.append(f"To measure again: python tools/recipe_studies.py {slug}")

    @property
    def lines(self):
        widths = [max(map(len, column)) for column in zip(*self._table)]
        table = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in self._table]
        return [*self._above, *table, *self._below]

    def _repr_mimebundle_(self, include=None, exclude=None):
        style = "border: 2px solid #0072B2; border-radius: 6px; padding: 0.6em 1em; max-width: 46em; overflow-x: auto"
        above, below = ("<br>".join(map(html.escape, lines)) for lines in (self._above, self._below))
        table = "".join(
            f"<tr>{''.join(f'<{cell}>{html.escape(text)}</{cell}>' for text in row)}</tr>"
            for row, cell in zip(self._table, ["th", *["td"] * len(self._table)])
        )
        return {
            "text/plain": "\n".join(["Evidence", *self.lines]),
            "text/html": f'<div style="{style}"><b>Evidence</b><br>{above}<table>{table}</table>{below}</div>',
        }


def _table(arms, effects):
    """Return the card's rows, the heading first, then the baseline: tuples of texts."""
    rows = [
        ("", "median", "effect", "95 % interval", "seeds", "verdict"),
        (arms[0], f"{effects[0].baseline:.3g}", "", "", "", ""),
    ]
    for arm, effect in zip(arms[1:], effects):
        interval = f"{effect.low:+.3g} to {effect.high:+.3g}"
        verdict = f"{VERDICTS[effect.verdict][0]} {effect.verdict}"
        rows.append((arm, f"{effect.changed:.3g}", f"{effect.median:+.3g}", interval, str(effect.seeds), verdict))
    return rows
