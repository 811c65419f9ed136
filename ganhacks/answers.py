"""A student's answers on their way from a notebook to a newer version of it, and the copies that keep the old one.

`python3 run.py update` uses it before anything is installed, so the standard library is all that it may use.
"""

import contextlib
import json
import re
import signal
import threading
from datetime import date
from pathlib import Path

from ganhacks import files

KEPT = "labs/mine"  # git ignores it
NOTEBOOK_FOLDERS = ("labs", "notebooks", "solutions")
NO_NOTEBOOK = (ValueError, KeyError, TypeError, AttributeError)  # a damaged file, or no notebook of our time


class Stopped(Exception):
    """One sentence: what stands in the way, and what to do."""


@contextlib.contextmanager
def uninterrupted():
    """Let Ctrl-C wait for the second in which files change."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread only
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


# ---- files


def keep(root, path):
    """Copy a file to labs/mine/ under its name and today's date; returns the copy's path."""
    folder, stem, kind = Path(path).parent.as_posix(), Path(path).stem, Path(path).suffix
    name = stem if folder == "labs" else f"{folder}.{stem}"
    (root / KEPT).mkdir(parents=True, exist_ok=True)
    copy = files.free(root / KEPT / f"{name}.{date.today()}{kind}")
    files.write(copy, (root / path).read_bytes())
    return copy


def told(root, copy):
    """Say where a copy is."""
    return f"The old file is {copy.relative_to(root).as_posix()}."


# ---- what editors leave of a notebook


def text_of(cell):
    """Return a cell's text: some editors write one string for its lines, or the line ends of Windows or old Macs."""
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def id_of(cell, known):
    """Return which of the known ids a cell has, or None. Some editors drop the id; Colab puts it into the metadata."""
    metadata = cell.get("metadata", {})
    return next((id for id in (cell.get("id"), metadata.get("exercise"), metadata.get("id")) if id in known), None)


def defines(text, name):
    """Tell whether a cell defines a name at its left edge; it need not be Python that can be parsed."""
    return bool(re.search(rf"^(?:(?:async +)?def|class) +{name}\b|^{name} *[:=]", text, re.MULTILINE))


def untouched(given, mine):
    """Tell whether the student changed nothing, whatever an editor made of the file.

    Texts and outputs count; ids, tags, line ends and empty cells don't. given, mine: as in `joined`.
    """
    try:
        blank = _contents(given())
        return bool(blank) and blank == _contents(json.loads(mine))  # what was never given is the student's own
    except NO_NOTEBOOK:
        return False


def _contents(notebook):
    cells = [(cell["cell_type"], text_of(cell).strip(), cell.get("outputs") or []) for cell in notebook["cells"]]
    return [cell for cell in cells if any(cell[1:])]


# ---- labs


def lab_named(wanted, paths):
    """Return the path of a lab. wanted: its number, its name or its path. paths: of all. Raises Stopped for another."""
    labs = {Path(path).stem: path for path in paths if path.endswith(".ipynb")}
    asked = Path(wanted).stem
    number = f"{int(asked):02d}" if asked.isdecimal() else None
    found = [path for stem, path in labs.items() if asked in (stem, stem[3:]) or number == stem[:2]]
    if not found:
        raise Stopped(f"There is no lab {wanted!r}: give its number, such as 12.")
    return found[0]


def begin_again(root, path, blank):
    """Give a lab back as it was before the student began; returns a line about it.

    A changed one is first copied to labs/mine/. blank: the lab as it was given, bytes.
    """
    if not (root / path).exists():
        files.write(root / path, blank)
        return f"{path} was gone and is back."
    if untouched(lambda: json.loads(blank), (root / path).read_bytes()):
        files.write(root / path, blank)  # with the ids and tags that an editor may have dropped
        return f"{path} is as it was given: there is nothing to undo."
    copy = keep(root, path)
    files.write(root / path, blank)
    return f"{path} is blank again. {told(root, copy)}"


# ---- answers


def bring(root, path, given, copy):
    """Put the answers of a kept notebook into the new version of it, which is there; returns a line about it.

    given, copy: as in `joined`, and the path of the student's.
    """
    if not (root / path).exists():
        return f"{path} is no longer part of the course. {told(root, copy)}"
    content, line = joined(path, (root / path).read_bytes(), given, copy.read_bytes())
    try:
        files.write(root / path, content)
    except OSError as error:
        return f"{path} is new, and your answers could not be written ({error.strerror}). {told(root, copy)}"
    return f"{line} {told(root, copy)}"


def joined(path, new, given, mine):
    """Return the new version of a notebook with the student's answers, as bytes, and a line about it.

    new, mine: as it is now, and as the student has it, bytes. given: () -> as the student once got it, as JSON.
    """
    if not path.startswith("labs/"):
        return new, f"{path} is new."
    try:
        whole = json.loads(new)
        names = carry(given(), json.loads(mine), whole)
    except NO_NOTEBOOK:
        return new, f"{path} is new, and your answers could not be read."
    if not names:
        return new, f"{path} is new; you had answered nothing in it."
    content = json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    return content.encode(), f"{path} is new and has your answers ({', '.join(names)})."


def carry(old, mine, new):
    """Put the answers in `mine` into the blank exercises of `new`, in place; returns the names of the answered ones.

    All three are notebooks as JSON: as it was given, as the student has it, and as it is now.
    """
    given = {text_of(cell).strip() for cell in old["cells"]}
    written = [cell for cell in mine["cells"] if cell["cell_type"] == "code" and text_of(cell).strip() not in given]
    answered = []
    for cell in new["cells"]:
        if "exercise" in cell["metadata"].get("tags", []):
            name = cell["id"].partition("--")[2].replace("-", "_")
            answer = _answer(cell["id"], name, written)
            if answer:
                cell["source"] = answer.splitlines(keepends=True)
                answered.append(name)
    return answered


def _answer(id, name, written):
    """Return the text of the student's cell that answers an exercise, or None.

    Some editors give cells new ids and drop what they do not know, so what a cell defines counts too. It counts most:
    a cell that was split leaves the exercise's id on either half.
    """

    def claim(cell):
        return defines(text_of(cell), name), cell.get("id") == id, id_of(cell, {id}) == id

    claims = [(claim(cell), number) for number, cell in enumerate(written) if text_of(cell).strip()]
    best, number = max(claims, default=((False,), 0))
    return text_of(written[number]) if any(best) else None
