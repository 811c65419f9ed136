"""The glossary's terms on the course's pages: an anchor at each entry, and a link where a page first names a term."""

import re
from dataclasses import dataclass
from functools import partial

PAGE = "../docs/glossary.md"
ENTRY = re.compile(r"^- \*\*(.+?)\*\*:(.*)$", re.MULTILINE)
# What is passed over: code, formulas, links and pictures, headings, and HTML.
ELSEWHERE = r"```.*?```|`[^`]*`|\$[^$]*\$|!?\[[^\]]*\]\([^)]*\)|^#[^\n]*|<[^>\n]+>"
BOLD = re.compile(rf"{ELSEWHERE}|\*\*((?:[^*`\[\\]|\\\*)+)\*\*", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Term:
    """anchor: what the address of its entry ends in. forms: in which it is written. places: such as "lab 12"."""

    anchor: str
    forms: tuple
    places: tuple


def terms(text):
    """Return the Terms of the glossary, a page of Markdown."""
    found = []
    for term, about in ENTRY.findall(text):
        parts = term.split(" and ") if " and " in term else ()
        found.append(Term(anchor(term), (term.lower(), *parts), tuple(re.findall(r"\[(\w+ \d\d)\]", about))))
    return found


def anchor(term):
    """Return what the address of a term's entry ends in."""
    return "term-" + re.sub(r"[^a-z0-9]+", "-", term.lower().replace(r"\*", " star")).strip("-")


def anchored(text):
    """Return the glossary with an anchor at each entry."""
    return ENTRY.sub(lambda found: f"- [**{found[1]}**]{{#{anchor(found[1])}}}:{found[2]}", text)


def linked(texts, known, place):
    """Return the texts of a notebook with a link at the first mention of terms.

    That is the first in bold; and where there is none, the first of all, of terms whose entry names this notebook.
    known: the Terms. place: the notebook, such as "lab 12".
    """
    seen = set()
    of_forms = {form: term.anchor for term in known for form in term.forms}
    texts = [BOLD.sub(partial(_link, of_forms, seen), text) for text in texts]
    own = {form: term.anchor for term in known if place in term.places for form in term.forms}
    words = "|".join(map(re.escape, sorted(own, key=len, reverse=True)))
    if not own:
        return texts
    plain = re.compile(
        rf"{ELSEWHERE}|(?<![\w*\\-])((?:{words})s?)(?![\w*\\-])", re.DOTALL | re.MULTILINE | re.IGNORECASE
    )
    return [plain.sub(partial(_link, own, seen), text) for text in texts]


def _link(forms, seen, found):
    """Return a match as a link to its term's entry, unless it is none or was linked before."""
    word = " ".join((found[1] or "").lower().split()).rstrip(".")
    target = forms.get(word) or forms.get(word.removesuffix("s"))
    if target is None or target in seen:
        return found[0]
    seen.add(target)
    return f"[{found[0]}]({PAGE}#{target})"
