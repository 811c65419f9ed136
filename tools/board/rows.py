"""What was measured: a row for each run, in one CSV file for each workload, and what can be wrong with such a file.

A row ends in a check sum of its other columns, so that one which was changed by hand is found.
"""

import csv
import hashlib
from dataclasses import dataclass, field

from ganhacks.evidence import EVIDENCE
from tools import tables
from tools.board.arms import PROTOCOL, arms_of
from tools.board.workloads import WORKLOADS

FOLDER = EVIDENCE / "board"
KEY = ("arm", "factor", "seed")
FIELDS = (
    *("protocol", "workload", *KEY, "rate", "outcome", "steps", "seconds", "wall", "score"),
    *("modes", "good", "reverse_kl", "class_kl", "precision", "recall", "density", "coverage", "alarms"),
    *("machine", "python", "tensorflow", "keras", "check"),
)


class BadRows(Exception):
    """A file of rows that must not be written to before it is mended: one sentence for each line."""


@dataclass(frozen=True)
class Runs:
    """The sound rows of a workload, kind of processor -> (arm, factor, seed) -> row.

    remarks: a sentence for each line that is not sound.
    """

    by_kind: dict = field(default_factory=dict)
    remarks: list = field(default_factory=list)

    def of(self, kind):
        """Return the rows that a kind of processor made, (arm, factor, seed) -> row."""
        return self.by_kind.get(kind, {})

    def all(self):
        """Return every row."""
        return [row for by_key in self.by_kind.values() for row in by_key.values()]

    def add(self, row):
        """Take a row in. One of the same run on the same kind of processor gives way to it."""
        self.by_kind.setdefault(row["machine"], {})[key_of(row)] = row


def key_of(row):
    """Return the (arm, factor, seed) of a row."""
    return tuple(row[name] for name in KEY)


def path_of(workload):
    """Return the file of a workload's rows."""
    return FOLDER / f"{workload}.csv"


def sealed(row):
    """Return a row, name -> value, with all its columns as text and its check sum."""
    row = {name: str(row.get(name, "")) for name in FIELDS if name != "check"}
    return {**row, "check": _sum(row)}


def _sum(row):
    return hashlib.sha256("\n".join(row[name] for name in FIELDS if name != "check").encode()).hexdigest()[:8]


def read(workload):
    """Return the `Runs` of a workload."""
    path, found = path_of(workload), Runs()
    if not path.exists():
        return found
    known = {arm.name for arm in arms_of(WORKLOADS[workload])}
    with path.open(newline="", encoding="utf-8", errors="replace") as file:  # what is no text fails its check sum
        reader = csv.DictReader(file)
        for row in reader:
            wrong = _what_is_wrong(row, workload, known)
            if not wrong and key_of(row) in found.of(row["machine"]):
                wrong = f"is a second row of {' / '.join(key_of(row))}: delete one of them, or both to measure it again"
            if wrong:
                found.remarks.append(f"{path.name} line {reader.line_num} {wrong}.")
            else:
                found.add(row)
    return found


def _what_is_wrong(row, workload, known):
    """Return why a row does not count, as the end of a sentence, or None."""
    restore = "restore it with `git checkout -- evidence`, or delete the line to measure it again"
    if None in row or set(row) != set(FIELDS) or None in row.values():
        return f"is damaged: it has other columns than a row has; {restore}"
    if row["protocol"] != PROTOCOL:
        return f"is of protocol {row['protocol']}, and {PROTOCOL} holds: move it out of this folder"
    if row["check"] != _sum(row):
        return f"was changed by hand or is damaged, since its check sum is another one: {restore}"
    if row["workload"] != workload or row["arm"] not in known:
        return f"is of {row['workload']} / {row['arm']}, which this file has no place for: delete the line"
    return None


def write(workload, runs):
    """Write the rows of a workload, sorted, whole or not at all. Raises BadRows where lines would be lost by it."""
    if runs.remarks:
        raise BadRows("\n".join(runs.remarks))
    order = {arm.name: number for number, arm in enumerate(arms_of(WORKLOADS[workload]))}

    def place(row):
        return order[row["arm"]], float(row["factor"]), int(row["seed"]), row["machine"]

    tables.write(path_of(workload), sorted(runs.all(), key=place), FIELDS)
