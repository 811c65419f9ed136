"""Bring the newest course into a clone and keep a student's answers; begin a lab again and keep the old one.

run.py calls this before anything is installed: the standard library and git are all it may use.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading
from datetime import date
from pathlib import Path

KEPT = "labs/mine"  # git ignores it
NOTEBOOK_FOLDERS = ("labs", "notebooks", "solutions")


class Stopped(Exception):
    """One sentence: what stands in the way and what to do. Every file is as it was."""


class GitFailed(Stopped):
    """Git did not do what it was asked to. said: its own reason."""

    def __init__(self, command, said):
        super().__init__(f"`git {command}` fails here (it says {said!r}): mend that, then run the same command again.")
        self.said = said


# ---- the two commands


def update(root):
    """Bring the tracked branch's newest version into the clone `root`; returns what was done, as lines.

    A changed notebook that the new version changes too is first copied to labs/mine/. A lab then gets the student's
    answers. Raises Stopped, with every file as it was, where the new version cannot be had.
    """
    new = _fetched(root)
    ours, theirs = map(int, _git(root, "rev-list", "--left-right", "--count", f"HEAD...{new}").split())
    if not theirs:
        return ["Nothing new: you have the newest version."]
    if ours:
        raise Stopped(
            f"Your clone and the new version have gone apart, by {ours} and {theirs} commits: join them with "
            f"`git merge {new}`, and settle conflicts there."
        )
    old = _git(root, "rev-parse", "HEAD").strip()
    concerned = _concerned(root, old, new)
    kept = {path: _keep(root, path) for path in concerned if (root / path).exists()}
    with _uninterrupted():
        try:
            _make_way(root, old, concerned)
            _git(root, "merge", "--ff-only", "--quiet", new)
        except (Stopped, OSError):
            for path, copy in kept.items():
                _write(root / path, copy.read_bytes())
            raise
        told = [_with_answers(root, path, old, copy) for path, copy in kept.items()]
    return [f"This is the newest version now. New commits: {theirs}.", *told]


def again(root, wanted):
    """Give a lab back as it was before the student began; returns what was done, as lines.

    wanted: the lab's number, its name or its path. A changed lab is first copied to labs/mine/. Raises Stopped for a
    lab that does not exist, and where there is no git or no clone.
    """
    _require_clone(root)
    given = _given(root)
    paths = _names(root, "ls-tree", "--name-only", "-z", given, "labs/")
    labs = {Path(path).stem: path for path in paths if path.endswith(".ipynb")}
    asked = Path(wanted).stem
    number = f"{int(asked):02d}" if asked.isdecimal() else None
    found = [path for stem, path in labs.items() if asked in (stem, stem[3:]) or number == stem[:2]]
    if not found:
        raise Stopped(f"There is no lab {wanted!r}: give its number, as in `run.py again 12`.")
    path = found[0]
    blank = _git(root, "show", f"{given}:{path}", text=False)
    if not (root / path).exists():
        _write(root / path, blank)
        return [f"{path} was gone and is back."]
    if (root / path).read_bytes().replace(b"\r\n", b"\n") == blank:
        return [f"{path} is as it was given: there is nothing to undo."]
    copy = _keep(root, path)
    _write(root / path, blank)
    return [f"{path} is blank again. {_told(root, copy)}"]


# ---- git


def _git(root, *arguments, text=True, apart=True):
    """Run git and return its output. apart: out of reach of Ctrl-C. Raises Stopped with what git said."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=apart,
        env={**os.environ, "LC_ALL": "C"},
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").split("\n")
        reason = next((line for line in said if line.startswith(("fatal:", "error:"))), said[0])
        raise GitFailed(arguments[0], reason.strip())
    return done.stdout.decode() if text else done.stdout


def _names(root, *arguments):
    return [name for name in _git(root, *arguments).split("\0") if name]


def _require_clone(root):
    if not shutil.which("git"):
        raise Stopped("There is no git here, which brings new versions and blank labs: install it and try again.")
    if not (root / ".git").exists():
        raise Stopped(
            "This folder is no clone of the course (was it downloaded as a zip?): get the new version into a folder "
            "of its own, with `git clone` if you can, and copy your labs into its labs/mine/."
        )
    _git(root, "rev-parse")  # fails in a folder of somebody else's, with a reason that `git diff` does not give
    if _names(root, "diff", "--name-only", "--diff-filter=U", "-z"):
        raise Stopped("A merge is unfinished here: finish it, or undo it with `git merge --abort`, and try again.")


def _given(root):
    """Return the commit that the course was last given in: the student may have committed answers since."""
    try:
        return _git(root, "merge-base", "HEAD", "@{upstream}").strip()
    except GitFailed:
        return "HEAD"


def _fetched(root):
    """Fetch the tracked branch; returns its name here, such as origin/main."""
    _require_clone(root)
    try:
        branch = _git(root, "rev-parse", "--abbrev-ref", "@{upstream}").strip()
    except GitFailed:
        raise Stopped(
            "This clone follows no branch, so there is nothing to update from: run `git checkout main`, or set one "
            "with `git branch --set-upstream-to=origin/main`."
        ) from None
    try:
        _git(root, "fetch", "--quiet", apart=False)  # it may wait for the network, and may ask for a password
    except GitFailed as failed:
        raise Stopped(
            f"The new version cannot be fetched (git says {failed.said!r}): see to the network, then run the same "
            "command again."
        ) from None
    return branch


def _concerned(root, old, new):
    """Return the notebooks that both the student and the new version changed. Raises Stopped for other such files."""
    incoming = set(_names(root, "diff", "--name-only", "--no-renames", "-z", old, new))
    changed = set(_names(root, "diff", "--name-only", "--no-renames", "-z", old)) & incoming
    added = _names(root, "diff", "--name-only", "--no-renames", "--diff-filter=A", "-z", old, new)
    concerned = sorted(changed | {path for path in added if (root / path).exists()})
    for path in concerned:
        if Path(path).parent.as_posix() not in NOTEBOOK_FOLDERS or not path.endswith(".ipynb"):
            raise Stopped(
                f"{path} is changed by you and by the new version: move your file elsewhere, run "
                f"`git checkout -- {path}` if git knows it, and update again."
            )
    return concerned


def _make_way(root, old, paths):
    known = set(_names(root, "ls-tree", "-r", "--name-only", "-z", old, *paths)) if paths else set()
    for path in set(paths) - known:
        (root / path).unlink(missing_ok=True)
    if known:
        _git(root, "checkout", "--quiet", old, "--", *sorted(known))


@contextlib.contextmanager
def _uninterrupted():
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


def _keep(root, path):
    """Copy a notebook to labs/mine/ under its name and today's date; returns the copy's path."""
    folder, stem = Path(path).parent.as_posix(), Path(path).stem
    name = stem if folder == "labs" else f"{folder}.{stem}"
    (root / KEPT).mkdir(parents=True, exist_ok=True)
    number, ending = 1, ""
    while (root / KEPT / f"{name}.{date.today()}{ending}.ipynb").exists():
        number += 1
        ending = f"-{number}"
    copy = root / KEPT / f"{name}.{date.today()}{ending}.ipynb"
    _write(copy, (root / path).read_bytes())
    return copy


def _write(path, content):
    """Write a file whole or not at all."""
    unfinished = path.with_name(path.name + ".part")
    try:
        unfinished.write_bytes(content)
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _told(root, copy):
    return f"The old file is {copy.relative_to(root).as_posix()}."


# ---- answers


def _with_answers(root, path, old, copy):
    """Put the answers of a kept lab into the new version of it; returns a line about it."""
    if not (root / path).exists():
        return f"{path} is no longer part of the course. {_told(root, copy)}"
    if not path.startswith("labs/"):
        return f"{path} is new. {_told(root, copy)}"
    try:
        mine = json.loads(copy.read_text(encoding="utf-8"))
        new = json.loads((root / path).read_text(encoding="utf-8"))
        names = carry(_notebook(root, old, path), mine, new)
    except (ValueError, KeyError, TypeError, AttributeError):  # a damaged file, or no notebook of our time
        return f"{path} is new, and your answers could not be read. {_told(root, copy)}"
    if not names:
        return f"{path} is new; you had answered nothing in it. {_told(root, copy)}"
    try:
        _write(root / path, (json.dumps(new, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode())
    except OSError as error:
        return f"{path} is new, and your answers could not be written ({error.strerror}). {_told(root, copy)}"
    return f"{path} is new and has your answers ({', '.join(names)}). {_told(root, copy)}"


def _notebook(root, commit, path):
    try:
        return json.loads(_git(root, "show", f"{commit}:{path}"))
    except GitFailed:  # the student's own notebook, under a name that the new version uses
        return {"cells": []}


def carry(old, mine, new):
    """Put the answers in `mine` into the blank exercises of `new`, in place; returns the names of the answered ones.

    All three are notebooks as JSON: as it was given, as the student has it, and as it is now.
    """
    given = {_source(cell) for cell in old["cells"]}
    written = [cell for cell in mine["cells"] if cell["cell_type"] == "code" and _source(cell) not in given]
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
    defines = re.compile(rf"^(?:(?:async +)?def|class) +{name}\b|^{name} *[:=]", re.MULTILINE)

    def claim(cell):
        return (
            bool(defines.search(_source(cell))),
            cell.get("id") == id,
            cell.get("metadata", {}).get("exercise") == id,
        )

    claims = [(claim(cell), number) for number, cell in enumerate(written) if _source(cell).strip()]
    best, number = max(claims, default=((False,), 0))
    return _source(written[number]) if any(best) else None


def _source(cell):
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)
