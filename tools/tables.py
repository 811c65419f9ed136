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


def write(path, rows, fields, encoding="utf-8"):
    """Write rows, dicts with these fields, to a CSV file: whole or not at all. encoding: "utf-8-sig" for Excel."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.DictWriter(text, fields, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    files.write(path, text.getvalue().encode(encoding))


def put(path, rows, key, fields, orders=None):
    """Write rows into a CSV file in the place of all that have their keys: sorted by the key, whole or not at all.

    rows: dicts. key, fields: names of columns. Numbers are sorted as numbers, text by the alphabet, and rows of one key
    keep their order. orders: column -> its values in the order wanted. Raises SystemExit for a file of other columns.
    """
    orders, there = orders or {}, read(path)
    if there and not set(there[0]) <= set(fields):
        raise SystemExit(f"{path} has other columns than this program writes ({', '.join(fields)}): move it away.")

    def key_of(row):
        return [str(row[name]) for name in key]

    def place(row):
        return [_order(text, orders.get(name)) for name, text in zip(key, key_of(row))]

    replaced = [key_of(row) for row in rows]
    kept = [row for row in there if key_of(row) not in replaced]
    write(path, sorted([*kept, *rows], key=place), fields)


def _order(text, values):
    if values is not None:
        return 0, list(values).index(text), ""
    try:
        return 0, float(text), ""
    except ValueError:
        return 1, 0.0, text


def write_text(path, text):
    """Write a text file, whole or not at all; what cannot be told in UTF-8 becomes a question mark."""
    files.write(path, text.encode(errors="replace"))


def markdown(heads, rows):
    """Return a table in Markdown. heads: texts, one a column. rows: of texts or numbers, one for each head."""
    lines = [f"| {' | '.join(map(str, line))} |" for line in (heads, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(heads), *lines[1:]])


def put_on_page(name, text, page=SPEED_PAGE):
    """Put text between the page's marks `<!-- name -->` and `<!-- /name -->`, in place of what stands there."""
    first, last = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    whole = page.read_text(encoding="utf-8")
    before, found, rest = whole.partition(first)
    _, closed, after = rest.partition(last)
    if not (found and closed):
        raise SystemExit(f"{page} has no place for {name}: put the lines {first.strip()} and {last} there.")
    write_text(page, f"{before}{first}{text}\n{last}{after}")
