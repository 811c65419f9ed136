"""A class is graded: the honest exactly, the hostile contained, and nothing of the instructor's is touched."""

import csv
import hashlib
import socket
from pathlib import Path

import pytest

from tests.grading import handed_in
from tools import grade
from tools.grading import jail

pytestmark = pytest.mark.skipif(
    not jail.shutil.which("bwrap"), reason="no bubblewrap (Debian: apt-get install bubblewrap)"
)
QUICK = jail.Limits(cell_seconds=4.0, all_seconds=60.0, memory=2_500)


def digests(folder):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in Path(folder).rglob("*") if path.is_file()}


def differences(out, everything):
    """Return a sentence for each row that is not what was wanted, and for each that is missing."""
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for one in everything:
        own = [row for row in rows if row["submission"] == one.name]
        if not own:
            found.append(f"{one.name}: lost")
        for row in own:
            if one.status != "graded" and one.exercise in ("", row["exercise"]) and row["status"] != one.status:
                found.append(f"{one.name}: {row['exercise']} has status {row['status']}, wanted {one.status}")
            told = (one.wanted or {}).get(row["exercise"])
            for column, wanted in zip(("outcome", "misconception", "message"), told() if told else ()):
                if wanted is not None and row[column] != (wanted or ""):
                    found.append(f"{one.name}: {row['exercise']} {column} {row[column]!r}, wanted {wanted!r}")
    return found


def test_a_small_class_with_every_hostile_kind(tmp_path):
    submissions, out = tmp_path / "class", tmp_path / "out"
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.01)
        everything = handed_in.a_class(listener.getsockname()[1], (out, submissions, grade.ROOT), few=True)
        handed_in.write(submissions, everything)
        before = digests(submissions)
        grade.grade(submissions, out, QUICK, jobs=2, told=lambda text: None)
        with pytest.raises(TimeoutError):
            listener.accept()
    assert differences(out, everything) == []
    assert digests(submissions) == before
