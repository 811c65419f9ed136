"""What the notebooks print and say is true: stored outputs and prose are held against facts written down by hand.

nbval compares an output with the stored one, and the build stores whatever a source prints. These facts come from
neither: each file in `tests/facts/` was written from papers, sources and arithmetic on paper. CONTRIBUTING.md says how.
What a ledger says of claims, parameters and compared cells has no such source: it keeps them from changing unseen.
"""

import ast
import math
import re
from functools import cache

import nbformat
import numpy as np
import pytest

from tools import build
from tools.routes import EXERCISES

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

FOLDER = build.ROOT / "tests" / "facts"
NOTEBOOKS = {path.stem: path for _, kind, path in build.targets() if kind in ("lesson", "solution")}
LABS = {path.stem: path for _, kind, path in build.targets() if kind == "lab"}
KINDS = ("output", "prose", "task", "claim")
FIELDS = {"truth", "section", *KINDS}
NUMBER = re.compile(r"(?<![\w.,])[-−+]?\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?(?![\w]|\.\d|,\d)")
GAP = r"\s+"
PART = re.compile(r"(\{\{|\}\})|\{[^{}]*\}|[^{}]+")  # {{ and }} stand for braces, as in f-strings
RANGE = re.compile(r"<(-?[\d.]+)\.\.(-?[\d.]+)>")
ANY = r"([-−]?\d[\d,]*(?:\.\d+)?)"
EXAMPLE = re.compile(r'^ *>>> .*?(?=^ *"""$)', re.MULTILINE | re.DOTALL)  # held by what it returns: tests/test_hacks.py


# ---- what a notebook shows


@cache
def under_headings(name):
    """Return (heading, cell) of a stored notebook; a text cell stands under the last heading in it."""
    heading, found = "", []
    for cell in nbformat.read(NOTEBOOKS[name], as_version=4).cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                heading = line.lstrip("# ") if line.startswith("#") else heading
        found.append((heading, cell))
    return found


@cache
def cells_of(name):
    """Return (heading, kind, text) of every text, output, exercise and claim of a notebook, as stored."""
    found, tasks = [], tasks_of(name)
    for heading, cell in under_headings(name):
        if cell.source.startswith(EXERCISES):  # made of course/exercises.toml
            continue
        if cell.cell_type == "markdown":
            found.append((heading, "prose", plain(cell.source)))
            continue
        if cell.id in tasks:
            found.append((heading, "task", plain(tasks[cell.id])))
        if "claim" in cell.metadata.get("tags", []):
            asserts = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Assert)]
            found += [(heading, "claim", plain(ast.unparse(one.test))) for one in asserts]
        shown = (output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs)
        found.append((heading, "output", "\n".join(map(plain, shown))))
    return found


def tasks_of(name):
    """Return what a lab's exercises ask, by their cells' ids: signature, docstring without examples, code to mend."""
    cells = nbformat.read(LABS[name], as_version=4).cells if name in LABS else []
    exercises = [cell for cell in cells if "exercise" in cell.metadata.get("tags", [])]
    return {cell.id: EXAMPLE.sub("", cell.source.split("\n", 2)[2]) for cell in exercises}  # below the build's banner


def plain(text):
    """Return a text without marks of emphasis, links' addresses and line breaks."""
    return re.sub(r"\s+", " ", re.sub(r"\]\([^)]*\)", "]", text).replace("**", "").replace("`", ""))


# ---- what a fact says


@cache
def ledger_of(name):
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def facts_of(name):
    return ledger_of(name)["fact"]


def texts(fact, kind):
    found = fact.get(kind, [])
    return [found] if isinstance(found, str) else found


def worked_out(part):
    """Return the value of a part in braces, as text, and any other part without its marks."""
    return eval(f"f{part!r}", {"math": math, "np": np}) if part.startswith("{") else plain(part)


def pattern(text):
    """Return what finds a fact's text: {arithmetic} is worked out, <1..2> is any number from 1 to 2, gaps are free.

    A figure at either end is a whole one: "0.1" stands in "from 0.1" and not in "0.15".
    """
    worked = PART.sub(lambda part: part[0][0] if part[1] else worked_out(part[0]), text)
    ranges = [(float(low), float(high)) for low, high in RANGE.findall(worked)]
    literal = [GAP.join(map(re.escape, re.split(r"\s+", part))) for part in RANGE.split(worked)[::3]]
    begin = r"(?<![\d−-])(?<!\d[.,])" if worked[0].isdigit() or worked[0] == "<" else ""
    end = r"(?!\d|[.,]\d)" if worked[-1].isdigit() or worked[-1] == ">" else ""
    return re.compile(f"{begin}{ANY.join(literal)}{end}"), ranges


def matches(text, shown):
    """Return the spans at which a fact's text stands in what is shown, with its numbers in their ranges."""
    compiled, ranges = pattern(text)
    found, match = [], compiled.search(shown)
    while match:
        values = [float(value.replace(",", "").replace("−", "-")) for value in match.groups()]
        if all(low <= value <= high for value, (low, high) in zip(values, ranges, strict=True)):
            found.append(match.span())
        match = compiled.search(shown, match.start() + 1)
    return found


FACTS = [
    pytest.param(name, fact, id=f"{name}-{number}")
    for name in sorted(NOTEBOOKS)
    if (FOLDER / f"{name}.toml").exists()
    for number, fact in enumerate(facts_of(name), 1)
]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_lesson_and_lab_has_its_ledger_of_facts(name):
    assert (FOLDER / f"{name}.toml").exists()
    assert facts_of(name)


@pytest.mark.parametrize("name, fact", FACTS)
def test_a_fact_stands_where_the_ledger_says(name, fact):
    assert set(fact) <= FIELDS and fact["truth"] and any(texts(fact, kind) for kind in KINDS), "no such fact"
    assert not any(RANGE.search(text) for kind in KINDS[1:] for text in texts(fact, kind)), "a range is for outputs"
    section = fact.get("section")
    cells = [cell for cell in cells_of(name) if section in (None, cell[0])]
    assert cells, f"{name} has no section {section!r}"
    for kind in KINDS:
        shown = [text for _, of_kind, text in cells if of_kind == kind]
        for text in texts(fact, kind):
            assert any(matches(text, one) for one in shown), f"{fact['truth']} But no {kind} has {text!r}."


def held(name, heading, kind, text):
    """Return the spans of a text that facts of its section hold; a heading is held where a fact names its section."""
    facts = [fact for fact in facts_of(name) if fact.get("section") in (None, heading)]
    spans = [span for fact in facts for wanted in texts(fact, kind) for span in matches(wanted, text)]
    if any("section" in fact for fact in facts):
        spans += [match.span() for match in re.finditer(re.escape("# " + plain(heading)), text)]
    return spans


def loose_figures(name):
    """Return the figures of a notebook's prose and exercises that no fact holds."""
    loose = []
    for heading, kind, text in cells_of(name):
        if kind in ("output", "claim") or heading == "Where next":  # which is made of tools/routes.py
            continue
        spans = held(name, heading, kind, text)
        for figure in NUMBER.finditer(text):
            if not any(begin <= figure.start() and figure.end() <= end for begin, end in spans):
                loose.append((heading, kind, text[max(0, figure.start() - 30) : figure.end() + 20]))
    return loose


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_a_figure_in_prose_or_in_an_exercise_is_held_by_a_fact(name):
    assert loose_figures(name) == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_what_is_asserted_of_an_effect_is_held_by_a_fact(name):
    claims = [(heading, text) for heading, kind, text in cells_of(name) if kind == "claim"]
    assert [text for heading, text in claims if (0, len(text)) not in held(name, heading, "claim", text)] == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_nbval_compares_the_outputs_under_the_headings_that_the_ledger_names(name):
    tagged = [
        heading for heading, cell in under_headings(name) if "nbval-check-output" in cell.metadata.get("tags", [])
    ]
    assert tagged == ledger_of(name)["compared"]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_parameters_of_a_notebook_are_the_plain_values_of_the_ledger(name):
    (cell,) = [cell for _, cell in under_headings(name) if "parameters" in cell.metadata.get("tags", [])]
    values = {line.targets[0].id: ast.literal_eval(line.value) for line in ast.parse(cell.source).body}
    assert values == ledger_of(name)["parameters"]
