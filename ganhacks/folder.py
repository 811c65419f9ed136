"""The course in a student's folder: how it gets there from the installed package, and how a newer one does.

`.ganhacks/` in it remembers what was given: the version, a digest of each file, and the labs.
"""

import hashlib
import importlib.metadata
import json
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ganhacks import __version__, answers, files
from ganhacks.answers import Stopped
from ganhacks.places import COURSE

#: what a student gets: folders whole, and the pages that the notebooks point to
GIVEN = ("notebooks", "labs", "solutions", "images", "docs/glossary.md", "docs/evidence.md", "evidence/README.md")
START = "notebooks/00_start_here.ipynb"
LATER = "pip install --upgrade ganhacks"
AGAIN = "run `pip install --force-reinstall --no-deps ganhacks`"


@dataclass
class Record:
    """What a folder was given. version: of the course. files: path -> sha256. whole: False while it is being copied."""

    version: str
    files: dict = field(default_factory=dict)
    whole: bool = False


def start(folder):
    """Put the course into a folder, unless it is there; returns what was done, as lines.

    Raises Stopped for a folder that holds something else, and for a package without its notebooks.
    """
    folder = Path(folder)
    if not _record_of(folder).exists():
        # Somebody who was interrupted at once has the record's folder alone.
        if folder.exists() and (not folder.is_dir() or any(path.name != ".ganhacks" for path in folder.iterdir())):
            raise Stopped(
                f"{folder} holds something that is not the course: name a folder that is empty, or not there yet."
            )
        _course()
        _remember(folder, Record(__version__))
    record = _read(folder)
    if not record.whole:
        _bring_up_to_date(folder, record)
        return [f"The course, version {__version__}, is in {folder}."]
    if record.version != __version__:
        return [f"{folder} is of version {record.version}; this is {__version__}: `update {folder}` brings it there."]
    return []


def update(folder):
    """Bring a folder that `start` has made to the version of the package; returns what was done, as lines.

    A notebook that both the student and the new version changed is first copied to labs/mine/. A lab then gets the
    student's answers. Killed in the middle, the same call goes on. Raises Stopped where it cannot begin.
    """
    folder = Path(folder)
    record = _read(folder)
    if record.whole and record.version == __version__ and record.files == _digests():
        return [f"Nothing new: {folder} is of version {__version__}."]
    return [*_bring_up_to_date(folder, record), f"{folder} is of version {__version__} now."]


def again(folder, wanted):
    """Give a lab back as it was before the student began; returns what was done, as lines. wanted: its number or name.

    A changed one is first copied to labs/mine/. Raises Stopped for a lab that does not exist.
    """
    folder = Path(folder)
    path = answers.lab_named(wanted, [path for path in _read(folder).files if path.startswith("labs/")])
    return [answers.begin_again(folder, path, _given(folder, path).read_bytes())]


# ---- what was given


def _record_of(folder):
    return folder / ".ganhacks" / "course.json"


def _given(folder, path):
    return folder / ".ganhacks" / path


def _read(folder):
    """Return the Record of a folder. Raises Stopped where there is none, and for one of a later version."""
    path = _record_of(folder)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        record = Record(str(found["version"]), dict(found["files"]), bool(found["whole"]))
    except FileNotFoundError:
        raise Stopped(f"{folder} is no folder of the course: `python -m ganhacks start {folder}` makes one.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise Stopped(
            f"{path} is damaged ({type(error).__name__}), so nobody knows what you were given: start anew in another "
            "folder, and copy your labs into its labs/mine/."
        ) from None
    if _numbers(record.version) > _numbers(__version__):
        raise Stopped(f"{folder} is of version {record.version}, and this is {__version__}: run `{LATER}` first.")
    return record


def _numbers(version):
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version)
    except InvalidVersion:
        return Version("0")


def _remember(folder, record):
    path = _record_of(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, (json.dumps(vars(record), indent=1) + "\n").encode())


# ---- what is given


def _course():
    """Return every file of the course as it is given, path -> the file. Raises Stopped if the package lacks some."""
    lacking = _lacking()
    if lacking:
        others = f" and at {len(lacking) - 1} more files" if len(lacking) > 1 else ""
        raise Stopped(f"The installed course is damaged at {lacking[0]}{others}: {AGAIN}.")
    found = {}
    for name in GIVEN:
        place = COURSE / name
        files = [place] if place.is_file() else sorted(path for path in place.glob("*.*") if path.is_file())
        found |= {file.relative_to(COURSE).as_posix(): file for file in files}
        if not files:
            raise Stopped(f"The installed course lacks {name}: {AGAIN}.")
    return found


def _lacking():
    """Return the files of the course that pip has installed and that are gone, or of another size; [] in a clone.

    An update from such a package would take labs for dropped ones.
    """
    try:
        listed = importlib.metadata.files("ganhacks") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    given = [file for file in listed if file.as_posix().startswith("ganhacks/course/")]
    return [file.as_posix() for file in given if not _is_whole(Path(file.locate()), file.size)]


def _is_whole(path, size):
    return path.is_file() and size in (None, path.stat().st_size)


def _digest(content):
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def _digests():
    return {path: _digest(file.read_bytes()) for path, file in _course().items()}


def _bring_up_to_date(folder, record):
    """Write what is new, keep what the student changed, and remember what was given; returns lines."""
    new, said = {path: file.read_bytes() for path, file in _course().items()}, []
    with answers.uninterrupted():
        for path, content in new.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                files.write(target, content)
                continue
            mine, given, now = (_digest(target.read_bytes()), record.files.get(path), _digest(content))
            if mine == now or given == now:
                continue
            if mine != given and not _untouched(folder, path):
                content, line = _joined(folder, path, content)
                said += [line] if line else []
            files.write(target, content)
        for path in [path for path in record.files if path not in new and (folder / path).exists()]:
            if _digest((folder / path).read_bytes()) != record.files[path] and not _untouched(folder, path):
                copy = answers.keep(folder, path)
                said.append(f"{path} is no longer part of the course. {answers.told(folder, copy)}")
            (folder / path).unlink()
        for path in (path for path in new if path.startswith("labs/")):
            _given(folder, path).parent.mkdir(parents=True, exist_ok=True)
            files.write(_given(folder, path), new[path])
        _remember(folder, Record(__version__, {path: _digest(content) for path, content in new.items()}, whole=True))
    return said


def _joined(folder, path, new):
    """Return a file that both sides changed as it is to be, and a line about it: "" where it is so already."""
    mine = (folder / path).read_bytes()
    content, line = answers.joined(path, new, partial(_given_notebook, folder, path), mine)
    if content == mine:  # an update was killed after it had written this
        return content, ""
    return content, f"{line} {answers.told(folder, answers.keep(folder, path))}"


def _untouched(folder, path):
    return answers.untouched(partial(_given_notebook, folder, path), (folder / path).read_bytes())


def _given_notebook(folder, path):
    try:
        return json.loads(_given(folder, path).read_bytes())
    except FileNotFoundError:  # the student's own notebook, under a name that the new version uses
        return {"cells": []}
