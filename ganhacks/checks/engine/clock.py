"""Time that does not run while who is timed stands in line for a processor, as forty students on one server do."""

import contextlib
import time
from pathlib import Path

STARVED = 6  # as many times its limit a clock runs at most


class Clock:
    """A limit of seconds, from now on. lines: functions as `in_line`, of each of those who work in turn."""

    def __init__(self, limit, *lines):
        self.limit, self.lines = limit, lines
        self.began, self.before = time.monotonic(), [line() for line in lines]

    def left(self):
        """Return the seconds that are left; below 0, those since the time was up."""
        passed, stood = time.monotonic() - self.began, 0.0
        if passed >= self.limit:  # before, nobody needs to know who stood where
            for line, before in zip(self.lines, self.before):
                stood += max((now - before.get(thread, 0.0) for thread, now in line().items()), default=0.0)
        return min(self.limit + stood, STARVED * self.limit) - passed


def in_line(processes=("self",)):
    """Return for each thread of these processes how long it has stood ready without a processor, in seconds.

    processes: their numbers. Empty where the system does not tell: it is Linux that does.
    """
    found = {}
    for process in processes:
        for path in Path(f"/proc/{process}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError, ValueError, IndexError):  # a thread may have ended meanwhile
                found[path.parent.name] = int(path.read_text().split()[1]) / 1e9
    return found
