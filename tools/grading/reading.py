"""What was handed in: which files are notebooks of which lab, and which of their cells have to run.

A notebook says its lab in its metadata, a cell its exercise by its id. Some editors drop one or the other (Colab,
Kaggle, Deepnote): then the lab is known by its first lines or by the functions that it asks for, a cell by its text.
"""

import ast
import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path

from ganhacks.answers import defines, id_of, text_of
from ganhacks.checks.engine.exercise import exercises_of, slugs

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = 1
LARGEST = 300_000_000  # bytes of a notebook
PACKED = {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz"}
NOT_RUN = {"check", "experiment", "claim", "predict", "evidence"}
MAGIC = re.compile(r"^([ \t]*)([%!].*)$", re.MULTILINE)  # a line of IPython's
SAYS_ITS_LAB = re.compile(r"""^lab = checks\.Lab\(["'](\w+)["']\)""", re.MULTILINE)


class Unreadable(Exception):
    """A file that cannot be graded: one sentence that says why."""


@dataclass(frozen=True)
class Cell:
    """A cell that runs. course: whether its text is the course's. exercise: the name of the exercise, or ""."""

    source: str
    course: bool = False
    exercise: str = ""


@dataclass(frozen=True)
class Submission:
    """A notebook that was handed in. checks_changed: the exercises whose check cells do something else. remarks: what
    was found odd and put right, pairs of an exercise, or "" for all of them, and a sentence.
    """

    slug: str
    cells: tuple
    checks_changed: frozenset = frozenset()
    remarks: tuple = ()

    def remarks_on(self, name):
        """Return what was found odd about an exercise, one text."""
        return " ".join(said for exercise, said in self.remarks if exercise in ("", name))

    def source_of(self, name):
        """Return the last cell that defines a function or a class of this name, as an AST node; None if none does."""
        for cell in reversed(self.cells):
            for node in reversed(_parsed(cell.source).body):
                if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
                    return node
        return None


def find(folder):
    """Return what was handed in below a folder, and the other files, each sorted by their paths.

    What is packed, or has another ending after .ipynb, was handed in too: `read` says what is wrong with it.
    """
    every = sorted(path for path in Path(folder).rglob("*") if path.is_file() and not path.is_symlink())
    seen = [path for path in every if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    handed_in = [path for path in seen if ".ipynb" in path.name.lower() or path.suffix.lower() in PACKED]
    return handed_in, sorted({*seen} - {*handed_in})


def read(path):
    """Return the `Submission` in a file. Raises Unreadable."""
    if path.suffix.lower() != ".ipynb":
        raise Unreadable("It is no notebook (.ipynb): unpack or rename it and grade again, or ask for the notebook.")
    try:
        if path.stat().st_size > LARGEST:
            raise Unreadable(f"It is larger than {LARGEST // 1_000_000} MB: ask for it again, without its outputs.")
        content = path.read_bytes()
        if not content.strip():
            raise Unreadable("It is empty: ask for it again.")
        notebook = json.loads(content)
    except OSError as error:
        raise Unreadable(f"It cannot be read ({error.strerror}).") from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"It is no notebook, or was cut off: it is not JSON ({type(error).__name__}).") from None
    try:
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        sources = [_without_magics(text_of(cell)) for cell in cells]
        about = notebook.get("metadata", {}).get("ganhacks", {})
        return _submission(_lab_of(about, sources), cells, sources)
    except (KeyError, TypeError, AttributeError):
        raise Unreadable("It is JSON, and no notebook of version 4: save it once in JupyterLab.") from None


def _without_magics(source):
    """Return a cell's text with `pass` in place of what is IPython's and no Python, such as `%%time` and `!ls`."""
    if _parsed(source).body:
        return source
    plain = MAGIC.sub(r"\1pass  # \2", source)
    return plain if _parsed(plain).body else source


def _lab_of(about, sources):
    """Return the name of a notebook's lab. Raises Unreadable."""
    contract = about.get("contract", CONTRACT)
    if contract != CONTRACT:
        raise Unreadable(f"It is of version {contract} of the course, and this is version {CONTRACT}.")
    stem = Path(str(about.get("source", ""))).stem
    said = [stem.partition("_")[2], *SAYS_ITS_LAB.findall("\n".join(sources))]
    if known := [slug for slug in said if slug in slugs()]:
        return known[0]
    defined = {name for source in sources for name in _names(source)}
    found = {slug: len(defined & set(exercises_of(slug))) for slug in slugs()}
    best = max(found, key=found.get)
    if not found[best] and stem and (ROOT / "notebooks" / f"{stem}.ipynb").exists():
        raise Unreadable(f"It is lesson {stem[:2]}, and a lesson has nothing to grade: ask for the lab.")
    if not found[best]:
        raise Unreadable("It is no lab of this course: it says none, and has no function that a lab asks for.")
    if sum(n == found[best] for n in found.values()) > 1:
        raise Unreadable(
            "Its metadata are gone, and its functions are those of more than one lab: save it in JupyterLab."
        )
    return best


def _names(source):
    return [node.name for node in _parsed(source).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]


@functools.lru_cache(maxsize=4_000)
def _parsed(source):
    """Return a cell's syntax tree; that of nothing where it is no Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.parse("")


def path_of(slug):
    """Return the path of a lab as it is handed out."""
    number = slugs().index(slug)
    return ROOT / ("labs" if number else "notebooks") / f"{number:02}_{slug}.ipynb"


@functools.cache
def blank(slug):
    """Return the code cells of a lab as it is handed out: id -> (source, tags), in their order."""
    cells = json.loads(path_of(slug).read_bytes())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    return {cell["id"]: (text_of(cell), frozenset(cell["metadata"].get("tags", ()))) for cell in code}


def _submission(slug, cells, sources):
    """Sort a notebook's cells: those of the course that run, the exercises, and what the student has added."""
    given = blank(slug)
    by_text = {source.strip(): id for id, (source, _) in given.items()}
    by_id = {exercise.id: name for name, exercise in exercises_of(slug).items()}
    found, checks, seen, remarks = [], set(), set(), []
    for cell, source in zip(cells, sources):
        id = id_of(cell, given) or by_text.get(source.strip())
        text, tags = given.get(id, ("", frozenset()))
        answers = (name for name in by_id.values() if id is None and defines(source, name))
        exercise = by_id.get(id) or next(answers, "")
        if "check" in tags and _parsed(source).body and not _only_helps(source):
            checks.add(text.split('"')[1])
        if cell.get("id") in by_id and cell["id"] in seen:
            remarks.append((exercise, f"Two cells have the id of {exercise}: the one that defines it counts."))
        seen.add(cell.get("id"))
        if tags & NOT_RUN or not source.strip() or _only_helps(source):
            continue
        found.append(Cell(source, source.strip() in by_text and not exercise, exercise))
    remarks += [(name, "Its check cell does something else: the course's own check was taken.") for name in checks]
    if not any(map(SAYS_ITS_LAB.search, sources)):
        remarks.append(("", "The course's cell with the imports is missing."))
    return Submission(slug, tuple(found), frozenset(checks), tuple(remarks))


def _only_helps(source):
    """Tell whether a cell does nothing but call the lab: hints, checks, predictions."""
    body = _parsed(source).body
    return bool(body) and all(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func).startswith("lab.")
        for node in body
    )
