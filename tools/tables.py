"""Measured rows in a CSV file, and their table on a page: what every measuring tool reads and writes."""

import csv
import io
from pathlib import Path

from ganhacks import files

SPEED_PAGE = Path(__file__).resolve().parents[1] / "docs" / "speed.md"


def read(path):
    """Return the rows of a CSV file as dicts of text; [] where there is none. Raises SystemExit for a damaged one."""
    if not path.exists():
        return []
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        if any(None in row or None in row.values() for row in rows):
            raise csv.Error("a row is longer or shorter than the first line")
    except (UnicodeDecodeError, csv.Error) as error:
        raise SystemExit(
            f"{path} is damaged ({error}), and nothing was written to it: restore it with "
            f"`git checkout -- {path.name}` in its folder, and run this again."
        ) from None
    return rows


def write(path, rows, fields):
    """Write rows, dicts with these fields, to a CSV file: whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.DictWriter(text, fields, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    files.write(path, text.getvalue().encode())


def write_text(path, text):
    """Write a text file, whole or not at all; what cannot be told in UTF-8 becomes a question mark."""
    files.write(path, text.encode(errors="replace"))


def put_on_page(name, text, page=SPEED_PAGE):
    """Put text between the page's marks `<!-- name -->` and `<!-- /name -->`, in place of what stands there."""
    first, last = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    whole = page.read_text(encoding="utf-8")
    before, found, rest = whole.partition(first)
    _, closed, after = rest.partition(last)
    if not (found and closed):
        raise SystemExit(f"{page} has no place for {name}: put the lines {first.strip()} and {last} there.")
    write_text(page, f"{before}{first}{text}\n{last}{after}")
