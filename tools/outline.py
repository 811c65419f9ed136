"""What a page holds for those who move by links, headings and tables, read from its HTML alone."""

import html.parser
from dataclasses import dataclass, field
from urllib.parse import unquote, urldefrag, urlsplit

LEVELS = {f"h{level}": level for level in range(1, 7)}


@dataclass
class Outline:
    """ids: what an address may end in. links: addresses as written. headings: (level, text), in order.

    tables: for each table the texts of its header cells, None where it is for layout alone.
    """

    ids: set = field(default_factory=set)
    links: list = field(default_factory=list)
    headings: list = field(default_factory=list)
    tables: list = field(default_factory=list)

    def faults(self):
        """Return a sentence for each heading out of order and each table without named headers."""
        found, before = [], 0
        highest = sum(level == 1 for level, _ in self.headings)
        if highest != 1:
            found.append(f"it has {highest} headings of level 1; wanted one")
        for level, text in self.headings:
            if level > before + 1:
                found.append(f"heading {text!r} of level {level} stands below one of level {before}")
            before = level
        for headers in self.tables:
            if headers is not None and not headers:
                found.append("a table has no header cell")
            elif headers and not all(headers):
                named = next(filter(None, headers), "no named one")
                found.append(f"a header cell is empty in the table with {named!r}")
        return found


class _Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.outline, self.open_tables, self.inside = Outline(), [], None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.outline.ids |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and given.get("href"):
            self.outline.links.append(given["href"])
        elif tag == "table":
            self.open_tables.append(None if given.get("role") in ("none", "presentation") else [])
            self.outline.tables.append(self.open_tables[-1])
        elif tag in LEVELS or tag == "th":
            self.inside = [tag, ""]
        elif tag == "img" and self.inside:
            self.inside[1] += given.get("alt") or ""

    def handle_data(self, data):
        if self.inside:
            self.inside[1] += data

    def handle_endtag(self, tag):
        if tag == "table" and self.open_tables:
            self.open_tables.pop()
        elif self.inside and tag == self.inside[0]:
            text, self.inside = " ".join(self.inside[1].split()).removesuffix("#"), None
            if tag in LEVELS:
                self.outline.headings.append((LEVELS[tag], text))
            elif self.open_tables and self.open_tables[-1] is not None:
                self.open_tables[-1].append(text)


def read(text):
    """Return the Outline of a page of HTML."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.outline


@dataclass
class Links:
    """checked: links within the site, how many. broken: page -> links to nothing. elsewhere: addresses of others."""

    checked: int
    broken: dict
    elsewhere: set


def follow(outlines, folder, every):
    """Return the Links of some pages. outlines, every: path below the folder -> Outline, of these and of all pages."""
    found = Links(0, {}, set())
    known = {folder / page: outline for page, outline in every.items()}
    for page, outline in outlines.items():
        for link in outline.links:
            if urlsplit(link).scheme or link.startswith("//"):
                found.elsewhere.add(link)
                continue
            found.checked += 1
            address, anchor = urldefrag(link)
            path = unquote(urlsplit(address).path)
            if not _there(((folder / page).parent / path if path else folder / page).resolve(), unquote(anchor), known):
                found.broken.setdefault(page, []).append(link)
    return found


def _there(target, anchor, known):
    target = target / "index.html" if target.is_dir() else target
    return target.is_file() and (not anchor or target not in known or anchor in known[target].ids)
