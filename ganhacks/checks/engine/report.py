"""What a student may hand to an instructor: the journal as data and as a page, without a line of their code."""

import html
import json
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path

from ganhacks import __version__, files
from ganhacks.checks.engine import standing
from ganhacks.errors import BadFile, BadInput
from ganhacks.journal import journal

FORMAT = 1
NAMES = {"json": "ganhacks-report.json", "html": "ganhacks-report.html"}


def write(folder="."):
    """Write the report as JSON and as a page into a folder, each whole or not at all; returns the two paths.

    Raises BadInput where there is nothing to report, and BadFile where the journal or the folder can't be used.
    """
    entries = journal.entries()
    if journal.trouble:
        raise BadFile(journal.trouble)
    if not entries:
        where = f"{journal.path} has no entries" if journal.path else "no journal is kept (GANHACKS_JOURNAL is empty)"
        raise BadInput(f"There is nothing to report: {where}. Check an exercise in a lab, then ask again.")
    data = as_data(standing.of_course())
    texts = {"json": json.dumps(data, indent=1, ensure_ascii=False) + "\n", "html": as_page(data)}
    return [_written(Path(folder) / NAMES[kind], text) for kind, text in texts.items()]


def as_data(labs):
    """Return the report as plain data. labs: `LabStanding`s."""
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return {"format": FORMAT, "ganhacks": __version__, "made": now, "labs": [_of_lab(lab) for lab in labs]}


def _of_lab(lab):
    prediction = {"said": lab.prediction, "right": lab.prediction == lab.right} if lab.prediction else None
    exercises = [{**asdict(exercise), "outcome": exercise.word} for exercise in lab.exercises]
    return {"number": lab.number, "lab": lab.slug, "prediction": prediction, "exercises": exercises}


def as_page(data):
    """Return the report as a page of HTML. data: as `as_data` returns it."""
    rows = [row for lab in data["labs"] for row in _rows(lab)]
    n_passed, n = sum(row[2].startswith("✔") for row in rows), len(rows)
    heads = ("lab", "exercise", "outcome", "checks", "hints", "misunderstandings met")
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(text)}</td>' for text in row)}</tr>" for row in rows)
    said = [(lab["lab"].replace("_", " "), lab["prediction"]) for lab in data["labs"] if lab["prediction"]]
    told = "; ".join(f"{name}: {one['said']} ({'right' if one['right'] else 'wrong'})" for name, one in said)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>GAN Hacks: a student’s report</title>'
        '<meta name="viewport" content="width=device-width"><style>body {font: 16px/1.5 sans-serif; margin: 2em auto; '
        "max-width: 60em; padding: 0 1em} table {border-collapse: collapse} td, th {border-bottom: 1px solid #ccc; "
        "padding: 0.3em 0.6em; text-align: left; vertical-align: top}</style>"
        f"<h1>GAN Hacks: {n_passed} of {n} exercises passed</h1><p>Made {html.escape(data['made'])} with ganhacks "
        f"{html.escape(data['ganhacks'])} from the journal on the student’s own disk. It holds what was checked, not "
        f"the code.</p><table><tr>{''.join(f'<th scope=col>{head}</th>' for head in heads)}</tr>{body}</table>"
        f"<h2>Predictions</h2><p>{html.escape(told) or 'None was made.'}</p></html>\n"
    )


def _rows(lab):
    for one in lab["exercises"]:
        met = [f"{name.replace('_', ' ')} × {n}" for name, n in one["misconceptions"].items()]
        mark = f"{standing.MARKS[one['outcome']]} {one['outcome']}"
        title = f"{lab['number']:02} {lab['lab'].replace('_', ' ')}"
        yield title, one["name"], mark, str(one["attempts"]), str(one["hints"]), ", ".join(met)


def _written(path, text):
    try:
        files.write(path, text.encode())
    except OSError as error:
        raise BadFile(f"{path} can't be written ({error}): name another folder.") from None
    return path
