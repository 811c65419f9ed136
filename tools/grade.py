"""Grade what a class has handed in: python tools/grade.py SUBMISSIONS OUT

SUBMISSIONS is a folder with notebooks in it, in any folders and under any names. OUT gets

    grades.csv      a row for each submission and exercise
    summary.csv     a row for each submission
    class.html      which exercises, and which misunderstandings, are common
    students/       a page for each submission, with the lab's own messages

Students' code runs in a jail, without network and without sight of anything but the course, and is judged outside of it
(docs/instructors.md). A grading that was stopped, in whatever way, goes on where it was when it is started again.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["GANHACKS_JOURNAL"] = ""  # nobody's progress is noted here

from ganhacks.startup import processor  # noqa: E402  (the path comes first)
from tools import cells, tables  # noqa: E402
from tools.grading import jail, pages, reading, submission  # noqa: E402

DONE = "done"  # a file for each graded submission: what a resumed grading starts from
SUMMARY = ("submission", "lab", "exercises", "passed", "failed", "error", "not_attempted", "to_look_at")


class Refused(Exception):
    """The grading cannot begin, or go on: one sentence that says why, and what to do."""


def grade(submissions, out, limits=None, jobs=1, unsafe=False, held=None, play=submission.rows_of, told=print):
    """Grade every notebook below a folder into another one. Returns the rows. Raises Refused, and KeyboardInterrupt.

    jobs: how many at a time. unsafe: whether code may run without a jail. held: how it is held, if not as `jail.kind`
    finds best. play: as `submission.rows_of`.
    """
    submissions, out, limits = Path(submissions).resolve(), Path(out).resolve(), limits or jail.Limits()
    handed_in, others = _handed_in(submissions, out)
    try:
        held = held or jail.kind(unsafe)
    except jail.NoJail as why:
        raise Refused(str(why)) from None
    _prepare(submissions, out)
    names = {path.relative_to(submissions).as_posix(): path for path in handed_in}
    told(f"{len(names)} submissions.")
    others = [path.relative_to(submissions) for path in others]
    if others:
        told(f"Left alone: {_listed(others)}.")
    empty = sorted({path.parts[0] for path in others if len(path.parts) > 1} - {name.split("/")[0] for name in names})
    if empty:
        told(f"Nothing to grade in: {_listed(empty)}.")
    done = {name: _done_file(out, name, path) for name, path in names.items()}
    with tempfile.TemporaryDirectory(prefix="views-", ignore_cleanup_errors=True) as views:
        todo = partial(_todo, done)
        one = partial(_play, play, names, views, limits, held)
        keep = partial(_keep, done)
        executor = cells.Processes(jobs)
        try:
            failures = _writing(out, cells.run, executor, todo, one, keep, told=told)
        finally:
            executor.close()
            rows = _writing(out, write, out, done)
    if failures:
        raise Refused("These could not be graded:\n" + "\n".join(failures))
    return rows


def _listed(names, most=10):
    more = f", and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more


def _writing(out, act, *arguments, **more):
    """Do something that writes to the folder of the results. Raises Refused where that is not possible any more."""
    try:
        return act(*arguments, **more)
    except OSError as error:
        raise Refused(f"{out} cannot be written ({error.strerror}): make room or name another folder.") from None


def _handed_in(submissions, out):
    if not submissions.is_dir():
        raise Refused(f"{submissions} is no folder: name the one with what was handed in.")
    if out == submissions or submissions in out.parents:
        raise Refused(f"{out} lies in {submissions}: name a folder outside of it, so that pages are not graded.")
    handed_in, others = reading.find(submissions)
    if not handed_in:
        raise Refused(f"There is no notebook (.ipynb) below {submissions}, only {len(others)} other files.")
    return handed_in, others


def _prepare(submissions, out):
    """Make the folder of the results, or see that it is that of the same class."""
    about = out / "class.json"
    try:
        (out / DONE).mkdir(parents=True, exist_ok=True)
        if about.exists():
            other = json.loads(about.read_text(encoding="utf-8"))["submissions"]
            if other != str(submissions):
                raise Refused(f"{out} has the grades of {other}: name another folder for those of {submissions}.")
        elif any(path.name != DONE for path in out.iterdir()):
            raise Refused(f"{out} has other files in it: name an empty folder, or one that is not there yet.")
        else:
            tables.write_text(about, json.dumps({"submissions": str(submissions)}))
    except OSError as error:
        raise Refused(f"{out} cannot be written ({error.strerror}): name another folder.") from None
    except (ValueError, KeyError, TypeError):
        raise Refused(f"{about} is damaged: delete {out}, and grade anew.") from None


def _done_file(out, name, path):
    """Return the file of a submission's rows: another one where the notebook has changed."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape"))
    try:
        digest.update(path.read_bytes())
    except OSError:  # its row will say so
        pass
    return out / DONE / f"{digest.hexdigest()[:32]}.json"


def _todo(done):
    return [(name,) for name, file in done.items() if not file.exists()]


def _play(play, names, views, limits, held, name):
    rows, peak = play(name, names[name], views, limits, held)
    return {"rows": rows, "peak": peak}


def _keep(done, cell, found):
    """Write a submission's rows, whole or not at all, and say what came out."""
    (name,) = cell
    tables.write_text(done[name], json.dumps(found, ensure_ascii=False))
    n_done = sum(file.exists() for file in done.values())
    passed = sum(row["outcome"] == "passed" for row in found["rows"])
    filled = 20 * n_done // len(done)
    bar = "█" * filled + "░" * (20 - filled)
    unread = [row["status"] for row in found["rows"] if not row["exercise"]]
    came_out = unread[0] if unread else f"{passed} of {len(found['rows'])} passed"
    return f"{came_out}  {bar} {n_done} of {len(done)}"


def write(out, done):
    """Write all that is read from what is done so far, and return its rows."""
    rows = []
    for _, file in sorted(done.items()):
        if file.exists():
            rows += json.loads(file.read_text(encoding="utf-8"))["rows"]
    tables.write(out / "grades.csv", rows, submission.FIELDS, "utf-8-sig")
    tables.write(out / "summary.csv", list(_summaries(rows)), SUMMARY, "utf-8-sig")
    pages.write(out, rows)
    return rows


def _summaries(rows):
    whose = dict.fromkeys((row["submission"], row["lab"]) for row in rows if row["lab"] and "/" in row["submission"])
    same = Counter((name.rpartition("/")[0], lab) for name, lab in whose)
    for name in dict.fromkeys(row["submission"] for row in rows):
        own = [row for row in rows if row["submission"] == name]
        outcomes = {word: sum(row["outcome"] == word for row in own) for word in SUMMARY[3:7]}
        odd = sorted({text for row in own for text in (row["status"], row["note"]) if text not in ("graded", "")})
        if same[name.rpartition("/")[0], own[0]["lab"]] > 1:
            odd.append("another_of_this_lab_in_its_folder")
        exercises = sum(bool(row["exercise"]) for row in own)
        about = {"submission": name, "lab": own[0]["lab"], "exercises": exercises}
        yield {**about, **outcomes, "to_look_at": " ".join(odd)}


def main(argv=None):
    parser = argparse.ArgumentParser(description="Grade what a class has handed in.")
    parser.add_argument("submissions", type=Path, help="a folder with notebooks in it")
    parser.add_argument("out", type=Path, help="the folder for the results")
    parser.add_argument("--jobs", type=int, default=processor.cores(), help="submissions at a time")
    parser.add_argument("--memory", type=int, default=jail.Limits.memory, help="megabytes that one may take")
    parser.add_argument("--seconds", type=float, default=jail.Limits.cell_seconds, help="that one cell may take")
    parser.add_argument(
        "--unsafe", action="store_true", help="run students' code without a jail: it can do all that you can"
    )
    options = parser.parse_args(argv)
    limits = jail.Limits(cell_seconds=options.seconds, memory=options.memory)
    try:
        rows = grade(options.submissions, options.out, limits, options.jobs, options.unsafe)
    except Refused as why:
        print(why, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: what is graded is kept. Run it again to go on.", file=sys.stderr)
        return 130
    inside = {(row["lab"], row["exercise"]) for row in rows if row["note"] == submission.JUDGED_INSIDE}
    print(f"{len({row['submission'] for row in rows})} submissions, {len(rows)} rows: {options.out / 'grades.csv'}")
    print(f"Answers to {len(inside)} exercises were judged inside the jail, next to the student's code.")
    odd = Counter(row["status"] for row in rows if row["status"] != "graded")
    if odd:
        told = ", ".join(f"{n} {status}" for status, n in odd.most_common())
        print(f"To look at: rows that are {told}: {options.out / 'class.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
