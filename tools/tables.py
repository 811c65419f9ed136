"""Measured rows in a CSV file, and their table on a page: what every measuring tool reads and writes."""

import csv
import os
from pathlib import Path

SPEED_PAGE = Path(__file__).resolve().parents[1] / "docs" / "speed.md"


def read(path):
    """Return the rows of a CSV file as dicts of text; [] where there is no file."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path, rows, fields):
    """Write rows, dicts with these fields, to a CSV file: whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(unfinished, path)


def write_text(path, text):
    """Write a text file, whole or not at all; what cannot be told in UTF-8 becomes a question mark."""
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(text, encoding="utf-8", errors="replace")
    os.replace(unfinished, path)


def put_on_page(name, text, page=SPEED_PAGE):
    """Put text between the page's marks `<!-- name -->` and `<!-- /name -->`, in place of what stands there."""
    first, last = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    whole = page.read_text(encoding="utf-8")
    before, found, rest = whole.partition(first)
    _, closed, after = rest.partition(last)
    if not (found and closed):
        raise SystemExit(f"{page} has no place for {name}: put the lines {first.strip()} and {last} there.")
    page.write_text(f"{before}{first}{text}\n{last}{after}", encoding="utf-8", newline="\n")
