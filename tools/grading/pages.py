"""What people read of a grading: a page for each submission, with the lab's messages, and one for the class."""

import hashlib
import html
import re
from collections import Counter

from ganhacks.checks.engine.verdict import LOOKS, marked_up
from tools import tables

STYLE = (
    "body {font: 16px/1.5 sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em} td, th {text-align: left; "
    "vertical-align: top; padding: 0.3em 0.7em; border-bottom: 1px solid #ccc} table {border-collapse: collapse} "
    ".bar {background: #0072B2; height: 0.8em; display: inline-block} .rest {background: #ddd; height: 0.8em; "
    "display: inline-block} .whole {white-space: nowrap} .scroll {overflow-x: auto}"
)
MOST = 5  # misunderstandings of an exercise that the class page names


def write(out, rows):
    """Write the pages of these rows into a folder, each whole or not at all."""
    (out / "students").mkdir(exist_ok=True)
    for name in dict.fromkeys(row["submission"] for row in rows):
        own = [row for row in rows if row["submission"] == name]
        tables.write_text(out / "students" / file_of(name), _student(name, own))
    tables.write_text(out / "class.html", _class(rows))


def file_of(name):
    """Return the name of a submission's page: short, of letters and digits, and of no other submission."""
    plain = re.sub(r"[\W_]+", "-", name.removesuffix(".ipynb")).strip("-")[:60]
    return f"{plain}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}.html"


def _page(title, body):
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style><h1>{html.escape(title)}</h1>{body}</html>\n"
    )


def _table(heads, rows):
    """Return a table; cells are HTML."""
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'


def _student(name, rows):
    passed = sum(row["outcome"] == "passed" for row in rows)
    cells = []
    for row in rows:
        icon, word, _ = LOOKS.get(row["outcome"], ("–", "not graded", ""))
        # Whether an answer is called copied is between the two people, not for a page that is handed on.
        status = row["status"] if row["status"] not in ("graded", "copied") else ""
        remarks = " ".join(filter(None, (status, row["note"])))
        cells.append(
            (html.escape(row["exercise"] or "–"), f"{icon} {word}", marked_up(row["message"]), html.escape(remarks))
        )
    lab = rows[0]["lab"].replace("_", " ") or "no lab"
    body = f"<p>{html.escape(lab)}: {passed} of {len(rows)} passed.</p>"
    return _page(name, body + _table(("exercise", "verdict", "what the lab says", "remark"), cells))


def _class(rows):
    graded = [row for row in rows if row["exercise"]]
    cells = []
    for lab, exercise in dict.fromkeys((row["lab"], row["exercise"]) for row in graded):
        own = [row for row in graded if (row["lab"], row["exercise"]) == (lab, exercise)]
        passed = sum(row["outcome"] == "passed" for row in own)
        share = 100 * passed // len(own)
        parts = (("bar", share), ("rest", 100 - share))
        bar = "".join(f'<span class="{kind}" style="width: {width}px"></span>' for kind, width in parts)
        bar = f'<span class="whole">{bar} {passed} of {len(own)}</span>'
        met = Counter(row["misconception"] for row in own if row["misconception"]).most_common(MOST)
        told = "<br>".join(f"{html.escape(name.replace('_', ' '))} × {n}" for name, n in met)
        cells.append((html.escape(lab.replace("_", " ")), html.escape(exercise), bar, told))
    odd = [
        (
            f'<a href="students/{file_of(row["submission"])}">{html.escape(row["submission"])}</a>',
            *map(html.escape, (row["exercise"], row["status"], row["note"])),
            marked_up(row["message"]),
        )
        for row in rows
        if row["status"] != "graded" or row["note"]
    ]
    names = dict.fromkeys(row["submission"] for row in rows)
    listing = "".join(f'<li><a href="students/{file_of(name)}">{html.escape(name)}</a></li>' for name in names)
    body = f"<p>{len(names)} submissions.</p><h2>Exercises</h2>" + _table(
        ("lab", "exercise", "passed", "misunderstandings, the most common first"), cells
    )
    if odd:
        body += "<h2>To look at</h2>" + _table(("submission", "exercise", "status", "note", "message"), odd)
    return _page("The class", f"{body}<h2>Submissions</h2><ul>{listing}</ul>")
