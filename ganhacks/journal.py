"""What a student has done so far: every verdict, hint and prediction, in one small file on their own disk.

Nothing is ever sent. The file is `~/.ganhacks/journal.db`, or what the variable GANHACKS_JOURNAL names; an empty name
keeps none. It is an SQLite database, so that two kernels can write to it at once, and one that is killed leaves it
whole. Without it everything works, but for what was done before.
"""

import os
import sqlite3
from contextlib import closing
from dataclasses import astuple, dataclass, fields
from datetime import datetime, timezone
from pathlib import Path

from ganhacks import files

PATIENCE = 60.0  # seconds; one that writes on and on, to a slow disk, has kept another one out for 10
PLACE = "GANHACKS_JOURNAL"


@dataclass(frozen=True)
class Entry:
    """One thing that was done. at: when, in UTC, such as "2026-11-28T09:30:00+00:00". lab: such as "label_smoothing".

    kind, name, value: a "verdict" on the exercise of this name, with its outcome; a "hint" for it, with its level; a
    "prediction", with its letter; a "reveal" of the answer. misconception: of a verdict, or "".
    """

    at: str
    lab: str
    kind: str
    name: str = ""
    value: str = ""
    misconception: str = ""


COLUMNS = ", ".join(field.name for field in fields(Entry))


class Journal:
    """The file, found anew at each use. trouble: why something could not be noted or read, a sentence, or ""."""

    def __init__(self):
        self.trouble = ""

    @property
    def path(self):
        """Where the file is, or will be; None where none is to be kept."""
        place = os.environ.get(PLACE)
        if place is None:
            try:
                return Path.home() / ".ganhacks" / "journal.db"
            except RuntimeError:  # no HOME, and a user without an account
                self.trouble = f"Your progress is not kept: there is no home here. Set HOME or {PLACE} to keep it."
                return None
        return Path(place).expanduser() if place else None

    def note(self, lab, kind, name="", value="", misconception=""):
        """Add an entry. Never raises: what is wrong with the file is in `trouble`, and the lab goes on."""
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        entry = Entry(now, lab, kind, name, str(value), misconception or "")
        self._use(f"INSERT INTO entries ({COLUMNS}) VALUES ({', '.join('?' * len(fields(Entry)))})", astuple(entry))

    def entries(self, lab=None):
        """Return the entries in their order, of one lab or of all; [] where there are none or they can't be read."""
        if self.path is None or not os.path.exists(self.path):  # where one may not look, there is nothing either
            return []
        found = self._use(f"SELECT {COLUMNS} FROM entries WHERE ? IS NULL OR lab = ? ORDER BY id", (lab, lab))
        return [Entry(*row) for row in found]

    def _use(self, statement, values):
        path = self.path
        if path is None:
            return []
        self.trouble = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return self._executed(path, statement, values)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):  # locked, no room, no right to write
                    raise
                aside = files.free(path.with_name(f"{path.stem}-damaged{path.suffix}"))
                path.replace(aside)
                self.trouble = (
                    f"Your progress in {path} was damaged ({error}). It is {aside.name} now, and begins anew."
                )
                return self._executed(path, statement, values)
        except (OSError, sqlite3.Error) as error:
            self.trouble = f"Your progress is not kept: {path} can't be used ({error}). All else works as before."
            return []

    def _executed(self, path, statement, values):
        with closing(sqlite3.connect(path, timeout=PATIENCE)) as connection, connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, "
                + ", ".join(f"{field.name} TEXT NOT NULL" for field in fields(Entry))
                + ")"
            )
            return connection.execute(statement, values).fetchall()


#: the one of this process
journal = Journal()
