"""Bring the newest course into a clone and keep a student's answers; begin a lab again and keep the old one.

run.py calls this before anything is installed: the standard library and git are all it may use.
"""

import json
import os
import re
import shutil
import subprocess
from functools import partial
from pathlib import Path

from ganhacks import answers, files
from ganhacks.answers import NOTEBOOK_FOLDERS, Stopped


class GitFailed(Stopped):
    """Git did not do what it was asked to. said: its own reason."""

    def __init__(self, command, said):
        super().__init__(f"`git {command}` fails here (it says {said!r}): mend that, then run the same command again.")
        self.said = said


#: what to do without a clone
NEW_FOLDER = (
    "get the new version into a folder of its own, with `git clone` if you can, and copy your labs into its labs/mine/."
)


class Locked(Stopped):
    """A git that was killed has left its lock."""

    def __init__(self, lock):
        super().__init__(
            f"Another git is at work here, or one was killed and has left {lock}: if none is running, delete that "
            "file; then run the same command again."
        )


# ---- the two commands


def update(root):
    """Bring the tracked branch's newest version into the clone `root`; returns what was done, as lines.

    A changed notebook that the new version changes too is first copied to labs/mine/. A lab then gets the student's
    answers. Killed in the middle, the same call goes on. Raises Stopped, with every file as it was, where the new
    version cannot be had.
    """
    _require_clone(root)
    resumed = _resumed(root)
    new = _fetched(root)
    ours, theirs = map(int, _git(root, "rev-list", "--left-right", "--count", f"HEAD...{new}").split())
    if not theirs:
        return resumed or ["Nothing new: you have the newest version."]
    if ours:
        raise Stopped(
            f"Your clone and the new version have gone apart, by {ours} and {theirs} commits: join them with "
            f"`git merge {new}`, and settle conflicts there."
        )
    old = _git(root, "rev-parse", "HEAD").strip()
    concerned = _concerned(root, old, new)
    before = {path: (root / path).read_bytes() for path in concerned if (root / path).exists()}
    given = {path: partial(_notebook, root, old, path) for path in before}
    changed = [path for path, mine in before.items() if not answers.untouched(given[path], mine)]
    kept = {path: answers.keep(root, path) for path in changed}
    with answers.uninterrupted():
        copies = {path: copy.relative_to(root).as_posix() for path, copy in kept.items()}
        files.write(_begun(root), json.dumps({"old": old, "kept": copies}).encode())
        try:
            _make_way(root, old, [*concerned, *_seemingly_changed(root, old, new)])
            _git(root, "merge", "--ff-only", "--quiet", new)
        except (Stopped, OSError):
            for path, copy in kept.items():
                _put_back(root, path, copy)
            for path in before.keys() - kept.keys():  # only saved by an editor
                files.write(root / path, before[path])
            _begun(root).unlink()
            raise
        told = [answers.bring(root, path, given[path], copy) for path, copy in kept.items()]
        _begun(root).unlink()
    return [*resumed, f"This is the newest version now. New commits: {theirs}.", *told]


def again(root, wanted):
    """Give a lab back as it was before the student began; returns what was done, as lines.

    wanted: the lab's number, its name or its path. A changed lab is first copied to labs/mine/. Raises Stopped for a
    lab that does not exist, and where there is no git or no clone.
    """
    _require_clone(root, "rename your file, and copy the blank lab out of the zip into labs/.")
    given = _given(root)
    path = answers.lab_named(wanted, _names(root, "ls-tree", "--name-only", "-z", given, "labs/"))
    return [answers.begin_again(root, path, _git(root, "show", f"{given}:{path}", text=False))]


def _put_back(root, path, copy):
    try:
        files.write(root / path, copy.read_bytes())
    except OSError as error:
        raise Stopped(
            f"{path} could not be put back ({error.strerror}), and is safe as {copy.relative_to(root).as_posix()}: "
            "make room, or mend what else it is, and run the same command again, which puts it back."
        ) from None


# ---- an update that was killed


def _begun(root):
    """Return the path of the file that says, while files change, from which commit and where the student's are kept."""
    return root / _git(root, "rev-parse", "--git-path", "ganhacks-update.json").strip()


def _resumed(root):
    """Put right what a killed update left half done; returns what was done, as lines.

    Where the new version has not arrived, all is as before the update; where it has, the labs get their answers. A
    notebook that was worked on since then stays as it is.
    """
    try:
        begun = json.loads(_begun(root).read_bytes())
    except (FileNotFoundError, ValueError):  # the second where the machine itself went down while it was written
        return []
    old, told = begun["old"], []
    kept = {path: root / copy for path, copy in begun["kept"].items() if (root / copy).exists()}
    with answers.uninterrupted():
        _git(root, "reset", "--quiet")  # git may have been killed between two of its own files
        if _git(root, "rev-parse", "HEAD").strip() == old:
            _take_back(root, old, kept)
        else:
            for path, copy in kept.items():
                if _here(root, path) == _content(root, "HEAD", path):
                    told.append(answers.bring(root, path, partial(_notebook, root, old, path), copy))
        _begun(root).unlink()
    return told


def _take_back(root, old, kept):
    """Undo what a merge that was killed has written, and give the student's notebooks back."""
    new = _git(root, "rev-parse", "@{upstream}").strip()
    for path in _names(root, "diff", "--name-only", "--no-renames", "-z", old, new):
        # The beginning of the new file, or all of it: nobody but git wrote that.
        if _content(root, new, path).startswith(_here(root, path)):
            _make_way(root, old, [path])
    for path, copy in kept.items():
        if _here(root, path) == _content(root, old, path):
            files.write(root / path, copy.read_bytes())


def _here(root, path):
    """Return a file as it lies here, bytes with Unix's line ends; b"" where there is none."""
    return (root / path).read_bytes().replace(b"\r\n", b"\n") if (root / path).exists() else b""


def _content(root, commit, path):
    """Return a file of a commit, as `_here` does."""
    try:
        return _git(root, "show", f"{commit}:{path}", text=False).replace(b"\r\n", b"\n")
    except GitFailed:
        return b""


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
        lock = re.search(r"Unable to create '(.+\.lock)': File exists", reason)
        raise Locked(lock[1]) if lock else GitFailed(arguments[0], reason.strip())
    return done.stdout.decode() if text else done.stdout


def _names(root, *arguments):
    return [name for name in _git(root, *arguments).split("\0") if name]


def _require_clone(root, otherwise=NEW_FOLDER):
    """Raise Stopped where there is no git, no clone, or a merge unfinished. otherwise: what to do without a clone."""
    if not shutil.which("git"):
        raise Stopped("There is no git here, which brings new versions and blank labs: install it and try again.")
    if not (root / ".git").exists():
        raise Stopped(f"This folder is no clone of the course (was it downloaded as a zip?): {otherwise}")
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


def _seemingly_changed(root, old, new):
    """Return the new version's files that have other line ends here: `git merge` stops at them, `git diff` does not."""
    incoming = _names(root, "diff", "--name-only", "--no-renames", "-z", old, new)
    return sorted(set(_names(root, "diff-files", "--name-only", "-z")) & set(incoming))


def _make_way(root, old, paths):
    known = set(_names(root, "ls-tree", "-r", "--name-only", "-z", old, *paths)) if paths else set()
    for path in set(paths) - known:
        (root / path).unlink(missing_ok=True)
    if known:
        _git(root, "checkout", "--quiet", old, "--", *sorted(known))


def _notebook(root, commit, path):
    try:
        return json.loads(_git(root, "show", f"{commit}:{path}"))
    except GitFailed:  # the student's own notebook, under a name that the new version uses
        return {"cells": []}
