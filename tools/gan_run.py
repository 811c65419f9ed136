"""The part of a hack's page that shows its recorded runs: a sentence or two, and `<gan-run>` (web/src/run.js).

Without scripts it is two pictures of the last moment, and a table of all.
"""

import html
import json

from ganhacks.pictures import describe
from tools.board import shown
from tools.board.hacks import BY_NAME
from tools.board.workloads import WORKLOADS
from tools.cheat_sheet import HACKS as ON_THE_SHEET

SIDES = ("without", "with")
SHOWN_OF = {"ring": "200 points", "grid": "200 points", "dense": "9 digits"}  # what a picture shows


def section(name, recorded):
    """Return the section of a hack's page as Markdown. recorded: as `shown.read` returns it."""
    pair = shown.shown(name)
    title = "## One pair of runs, step by step"
    if pair is None:
        return f"{title}\n\nNo runs of this hack are shown: {_why_none(name)}."
    if not {pair.without.name, pair.with_it.name} <= set(recorded):
        return (
            f"{title}\n\nNo runs of this hack are shown yet: `python tools/record_runs.py --hack {name}` records them."
        )
    entries = [recorded[run.name] for run in (pair.without, pair.with_it)]
    return f"{title}\n\n{_said(pair, entries)}\n\n```{{raw}} html\n{element(name, pair, entries)}\n```"


def _why_none(name):
    places = [WORKLOADS[workload].title for workload in shown.DRAWN if workload in BY_NAME[name].workloads]
    if places:
        return f"it is not measured yet on the {' or the '.join(places)}"
    return "it is tried on small DCGANs alone, and their runs are not recorded"


def _said(pair, entries):
    """Return what one has to know of the runs, in words."""
    effect, work = pair.effect, WORKLOADS[pair.effect.workload]
    rates, scores, stored = ([entry[name] for entry in entries] for name in ("rate", "score", "stored"))
    again = "Recorded again, they came out the same."
    if scores != stored:
        numbers = [describe.number(float(score), 3) for score in scores]
        again = f"Recorded again on another processor, they came out {numbers[0]} and {numbers[1]}."
    rate = f"{rates[0]} for both" if rates[0] == rates[1] else f"{rates[0]} without and {rates[1]} with the hack"
    mean = f", the mean of {work.scored} moments of the second half" if work.scored > 1 else ""
    return (
        f"One pair of runs, seed {pair.seed}: the middle one of {effect.n}. What usually happens is in the table above."
        f"\n\nBoth are on {effect.data} with the {effect.context} recipe, each at the learning rate that did best for "
        f"it: {rate}. On the scoreboard they count with an {work.score}{mean}, of "
        f"{describe.number(float(stored[0]), 3)} without and {describe.number(float(stored[1]), 3)} with; less is "
        f"better. {again} At each moment you see {SHOWN_OF[work.name]} from the same latent samples."
    )


def element(name, pair, entries):
    """Return the element as HTML. entries: those of the two runs, without and with the hack."""
    work = WORKLOADS[pair.effect.workload]
    names = [f"Without {ON_THE_SHEET[name][0]}", f"With {ON_THE_SHEET[name][0]}"]
    moments = [
        {"at": _at(both), "said": [_score(work, one) for one in both]}
        for both in zip(*(entry["moments"] for entry in entries))
    ]
    last_step, last_said = moments[-1]["at"], moments[-1]["said"]
    of_points = work.shape == (2,)
    image = "<img" if of_points else '<img class="pixels"'
    figures = "".join(
        f'<figure>{image} src="../_static/runs/{run.name}.png" alt="{_quoted(f"{title}, {last_step}: {said}.")}">'
        f"<figcaption><strong>{html.escape(title)}</strong><span>{said}</span></figcaption></figure>"
        for run, title, said in zip((pair.without, pair.with_it), names, last_said)
    )
    key = (
        "<p>Circles: the data's modes. Diamonds: generated points; those outside are drawn at the edge.</p>"
        if of_points
        else ""
    )
    return (
        f'<gan-run role="group" aria-label="One pair of runs" moments="{_quoted(json.dumps(moments))}">'
        f'<div class="runs">{figures}</div>{key}{_table(work, entries)}</gan-run>\n'
        '<script type="module" src="../_static/playground/src/run.js"></script>'
    )


def _quoted(text):
    return html.escape(text, quote=True)


def _at(both):
    steps = [f"{one['step']:,}" for one in both]
    return f"step {steps[0]}" if steps[0] == steps[1] else f"step {steps[0]} without, {steps[1]} with"


def _score(work, moment):
    """Say a moment's scores."""
    told = f"{work.score} {describe.number(float(moment['score']), 3)}"
    if "modes" not in moment:
        return told
    return f"{moment['modes']} of {work.n_classes} modes, {_percent(moment['good'])} good points, {told}"


def _percent(share):
    return f"{100 * float(share):.0f} %"


def _table(work, entries):
    """Return the scores at every moment as a table."""
    columns = {work.score: lambda one: describe.number(float(one["score"]), 3)}
    if work.shape == (2,):
        columns |= {
            f"modes of {work.n_classes}": lambda one: one["modes"],
            "good points": lambda one: _percent(one["good"]),
        }
    heads = ["step", *(f"{column}, {side}" for column in columns for side in SIDES)]
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row">{_at(both).removeprefix("step ")}</th>'
        + "".join(f"<td>{tell(one)}</td>" for tell in columns.values() for one in both)
        + "</tr>"
        for both in zip(*(entry["moments"] for entry in entries))
    )
    return (
        "<details><summary>Both runs as a table</summary>"
        '<div class="scroll" tabindex="0" role="region" aria-label="Both runs as a table">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )
