"""The card of a lab: what was measured about its hack, drawn from the scoreboard and from older studies' rows.

Text never types a figure: change the rows, and every card that rests on them changes.
"""

import csv
import html
import json
import math
import statistics
from dataclasses import dataclass, field

from ganhacks.errors import BadFile
from ganhacks.evidence import board
from ganhacks.evidence.board import EVIDENCE, VERDICTS
from ganhacks.pictures import describe
from ganhacks.places import remedy

SCOREBOARD_COLUMNS = ("on", "recipe", "with / without", "95 % interval", "better in", "failed runs", "time", "verdict")
#: What a lab's own runs show of its hack, so that the card can set the scoreboard beside it.
OWN = {
    "strided_downsampling": "stride, max-pooling and average pooling are next to equal on two of three seeds",
    "leaky_relu": "at a raised rate leaky ReLU keeps more points of the ring on clusters",
    "adam": "β₁ = 0.5 finds more clusters of the ring than 0.9",
    "scale_images": "of the two pairs whose ranges match, [0, 1] gives the better digits with each seed",
    "gaussian_latent": "the Gaussian is ahead on the ring during training",
    "non_saturating_loss": "against a discriminator that is sure, the saturating loss hardly learns digits",
    "experience_replay": "where the ring oscillates, a memory of all times brings more clusters (the scoreboard's "
    "holds recent fakes alone)",
    "sparse_gradients": "in usual runs of twelve seeds the zeros make no difference that shows",
    "hybrid_models": "beside a short run of nearly a GAN, whose digits are specks, the VAE's two terms make digits",
    "optimizer_pairing": "SGD for the discriminator is ahead on early digits",
    "balance_by_loss": "early on the ring, the targets 0.8 and 1.5 are ahead of one update each, on each seed",
    "discrete_conditioning": "with the embedding about half of the fakes come as asked, with the number alone hardly "
    "more than by chance; this table has one-hot planes in the number's place",
    "instance_noise": "noise that fades to the end of the run finds more clusters of the grid, on each of three seeds",
    "train_d_more": "late on the ring, more updates of the discriminator do harm",
    "minibatch_discrimination": "its mean and its packs, variants below, bring back clusters to a generator that was "
    "chosen to collapse; this table has the sum",
    "generator_dropout": "dropout is ahead on weak digits, early, and behind on the ring",
}
_REGION = 'tabindex="0" role="region" aria-label="Evidence"'  # where it scrolls, by keyboard as well
_WHOLE = ' style="white-space: nowrap"'  # a narrow page scrolls the table, and breaks no figure


@dataclass(frozen=True)
class Part:
    """Lines above a table, the table with its heading first, and lines below it."""

    above: list
    table: list = field(default_factory=list)
    below: list = field(default_factory=list)

    @property
    def lines(self):
        """The part as plain text."""
        widths = [max(map(len, column)) for column in zip(*self.table)]
        table = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in self.table]
        return [*self.above, *table, *self.below]

    def as_html(self):
        """Return the part as a piece of a page."""
        above, below = ("<br>".join(map(html.escape, lines)) for lines in (self.above, self.below))
        rows = "".join(
            f"<tr>{''.join(f'<{cell}{_WHOLE}>{html.escape(text)}</{cell}>' for text in row)}</tr>"
            for row, cell in zip(self.table, ["th", *["td"] * len(self.table)])
        )
        return f"<p>{above}</p><table>{rows}</table><p>{below}</p>" if rows else f"<p>{above}</p>"


class Card:
    """A lab's measured card. slug: of the lab, such as "label_smoothing". Raises BadFile if the evidence is damaged.

    lines: the card as plain text.
    """

    def __init__(self, slug):
        more = {"dcgan_mnist": _of_the_small_dcgan, "track_failures": _of_alarms}.get(slug, list)
        parts = [*_of_scoreboard(slug), *more(), *_of_study(slug)]
        self.parts = parts or [Part(["Not measured yet.", "What you see in this lab rests on its own few seeds."])]

    @property
    def lines(self):
        return [line for part in self.parts for line in part.lines]

    def _repr_mimebundle_(self, include=None, exclude=None):
        style = "border: 2px solid #0072B2; border-radius: 6px; padding: 0.6em 1em; max-width: 60em; overflow-x: auto"
        parts = "".join(part.as_html() for part in self.parts)
        return {
            "text/plain": "\n".join(["Evidence", *self.lines]),
            "text/html": f'<div style="{style}" {_REGION}><b>Evidence</b>{parts}</div>',
        }


# ---- the scoreboard


def _of_scoreboard(slug):
    """Return the parts for a lab's own hack and for its variants, as far as they were measured."""
    effects = [effect for effect in board.effects() if effect.lab[3:] == slug]
    main = [effect for effect in effects if effect.main]
    variants = [effect for effect in effects if not effect.main]
    return [*([_main(main, _meanings(effects))] if main else []), *([_variants(variants)] if variants else [])]


def _main(effects, meanings):
    first = effects[0]
    above = [f"Switched: {first.title}.", *_how_to_read(effects)]
    table = [SCOREBOARD_COLUMNS, *((effect.data, effect.context, *_figures(effect)) for effect in effects)]
    takes = f"about {max(1, round(first.seconds))} s"
    again = f"One pair again, in a clone of the course: python tools/study.py cell {first.cell} ({takes})"
    return Part(above, table, [*meanings, *_beside_the_lab(effects), again])


def _beside_the_lab(effects):
    """Say what a lab's own runs show, and next to it how often the scoreboard says better and worse."""
    own = OWN.get(effects[0].lab[3:])
    better, worse = (sum(effect.verdict == verdict for effect in effects) for verdict in ("better", "worse"))
    seeds = " or ".join(map(str, sorted({effect.n for effect in effects})))
    rows = f"better in {better} of {len(effects)} rows of this table, and worse in {worse}"
    return [f"This lab's own runs: {own}. The scoreboard, with {seeds} seeds a row: {rows}."] if own else []


def _variants(effects):
    """Put each variant into a row, with the ratio and the sign of its verdict on each workload in each context."""
    places = list(dict.fromkeys((effect.data, effect.context) for effect in effects))
    titles = list(dict.fromkeys(effect.title for effect in effects))
    found = {(one.title, one.data, one.context): f"{one.icon} × {describe.ratio(one.ratio)}" for one in effects}
    table = [("variant", *map(", ".join, places))]
    table += [(title, *(found.get((title, *place), "") for place in places)) for title in titles]
    return Part(["Variants, with / without:"], table)


def _how_to_read(effects, recipes=True):
    """Say what the figures are. recipes: whether both recipes stand in the table."""
    scores = ", ".join(dict.fromkeys(f"{effect.score} ({effect.data})" for effect in effects))
    interim = ["Interim: runs of the board are missing, so verdicts may change."] if effects[0].interim else []
    both = ["Recipe: bare is a poor one, good has parts chosen to work together; the hack is switched in both."]
    return [f"Score: {scores}; less is better, so a ratio below 1 is better.", *(both if recipes else []), *interim]


def _figures(effect):
    failed = f"{effect.failed_without} → {effect.failed_with} of {effect.runs_with}"
    return (
        f"× {describe.ratio(effect.ratio)}",
        f"{describe.ratio(effect.low)} to {describe.ratio(effect.high)}",
        f"{effect.better_in} of {effect.n}",
        failed,
        f"× {describe.ratio(effect.cost)}" if math.isfinite(effect.cost) else "",
        _verdict(effect),
    )


def _verdict(one):
    """Say a verdict with its sign, how equal, or what it takes to see more, and whether runs fail more often."""
    said = f"{VERDICTS[one.verdict][0]} {one.verdict}"
    if one.verdict == "practically equal":
        said += f" within × {describe.ratio(one.margin)}"
    if one.verdict == "can't tell" and math.isfinite(one.smallest):
        said += f" below × {describe.ratio(one.smallest)}"
    return said + (f", fails {one.fails}" if one.fails else "")


def _meanings(effects):
    found = {effect.verdict for effect in effects}
    return [f"{icon} {verdict}: {meaning}." for verdict, (icon, meaning) in VERDICTS.items() if verdict in found]


def _of_the_small_dcgan():
    """Return the part for lab 27: every hack, switched in the small DCGAN that its recipe comes from."""
    effects = [e for e in board.effects() if (e.workload, e.context) == ("dcgan", "good") and e.main]
    if not effects:
        return []
    table = [("switched", *SCOREBOARD_COLUMNS[2:]), *((effect.title, *_figures(effect)) for effect in effects)]
    above = [f"Each hack in the good recipe of the {effects[0].data}.", *_how_to_read(effects, recipes=False)]
    return [Part(above, table, _meanings(effects))]


def _of_alarms():
    """Return the part for lab 19: how often its monitor raised an alarm on the runs of the board that it saw."""
    runs = board.alarms()
    if not runs:
        return []
    table = [("on", "runs that", "alarm in")]
    table += [(one.data, one.outcome, f"{one.with_alarm:,} of {one.runs:,}") for one in runs]
    return [Part(["The monitor of this lab on the runs of the scoreboard, but for those that diverged:"], table)]


# ---- studies of whole recipes


def rows(slug):
    """Return the runs of a study of evidence/ as a list of dicts of strings; empty if nothing has been measured."""
    path = EVIDENCE / f"{slug}.csv"
    if not path.exists():
        return []
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{path.name} in evidence/ is damaged ({error}): {remedy('evidence')}.") from None


def _of_study(slug):
    """Return the part for a study that compares whole recipes with the first of them."""
    runs, about = rows(slug), EVIDENCE / f"{slug}.json"
    if not runs or not about.exists():
        return []
    from ganhacks.evidence import verdicts  # needs scipy, so labs without a study do not wait for it

    try:
        study = json.loads(about.read_text(encoding="utf-8"))
        metric, (first, *others) = study["metric"], study["arms"]
        scores = {arm: {int(r["seed"]): float(r[metric]) for r in runs if r["arm"] == arm} for arm in study["arms"]}
        judged = verdicts.judge([verdicts.compare(scores[first], scores[arm]) for arm in others], [1.0] * len(others))
        above = [f"Compared: {study['question']}", f"Score: {study['metric_name']}, less is better."]
    except (KeyError, TypeError, ValueError) as error:
        raise BadFile(
            f"{about.name} or {slug}.csv in evidence/ is damaged ({type(error).__name__}: {error}): "
            f"{remedy('evidence')}."
        ) from None
    table = [
        ("recipe", "median", "/ first", "95 % interval", "better in", "verdict"),
        (first, f"{statistics.median(scores[first].values()):.3g}", "", "", "", ""),
    ]
    for arm, one in zip(others, judged):
        interval = f"{describe.ratio(one.low)} to {describe.ratio(one.high)}" if math.isfinite(one.high) else "any"
        figures = f"× {describe.ratio(one.ratio)}", interval, f"{one.better_in} of {one.n}", _verdict(one)
        table.append((arm, f"{statistics.median(scores[arm].values()):.3g}", *figures))
    few = [f"{one.n} pairs give a p of {2 / 2**one.n:.2g} at best." for one in judged if 2 / 2**one.n > verdicts.LEVEL]
    below = [*dict.fromkeys(few), *_meanings(judged), f"To measure again: python tools/recipe_studies.py {slug}"]
    return [Part(above, table, below)]
