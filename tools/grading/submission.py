"""One notebook, from its cells to its rows: a row for each exercise of its lab."""

import ast
import time
from dataclasses import asdict, dataclass
from types import CodeType

from ganhacks.checks.engine.clock import Clock
from ganhacks.checks.engine.exercise import Wrong, exercises_of
from ganhacks.checks.engine.lab import MISSING, verdict_on
from ganhacks.checks.engine.sandbox import LIMIT, CannotCross
from tools.grading import copies, course, reading
from tools.grading.border import Outside
from tools.grading.jail import Ended, Jail

FIRST_SECONDS = 60.0  # until the jail has loaded what the first cell imports
JUDGED_INSIDE = "judged_inside"


@dataclass(frozen=True)
class Row:
    """What was found of one exercise. status: graded, timeout, memory, crashed, unreadable, tampered, check_changed
    or copied.

    outcome, misconception, message: as in a verdict; "" where there is none. seconds: that judging took. note:
    "judged_inside" where the answer was judged in the jail, next to the student's own code; then what was odd about the
    notebook and put right, in sentences.
    """

    submission: str
    lab: str
    exercise: str
    outcome: str
    misconception: str
    message: str
    seconds: str
    status: str
    note: str = ""


FIELDS = tuple(Row.__dataclass_fields__)


def rows_of(name, path, views, limits, held):
    """Grade a file. views: a folder for the jail's views of the course. held: as `jail.kind` says it.

    Returns its rows as dicts, and the megabytes of memory that it took at the most.
    """
    try:
        handed_in = reading.read(path)
    except reading.Unreadable as why:
        return [asdict(Row(name, "", "", "", "", str(why), "0", "unreadable"))], 0
    grading = _Grading(name, handed_in, views, limits, held)
    try:
        rows = [asdict(row) for row in grading.rows()]
    finally:
        grading.close()
    return rows, grading.peak


class _Grading:
    """The grading of one notebook, in one jail after the other: each that ends is followed by a new one."""

    def __init__(self, name, handed_in, views, limits, held):
        self.name, self.handed_in, self.views, self.limits, self.held = name, handed_in, views, limits, held
        self.exercises = exercises_of(handed_in.slug)
        self.jail, self.inside, self.peak = None, False, 0
        self.poison = {}  # number of a cell -> the Ended that it led to; it is left out from then on
        self.raised = {}  # number of a cell -> what it raised

    def rows(self):
        for name, exercise in self.exercises.items():
            begun = time.perf_counter()
            outcome, misconception, message, status, note = self._judged(exercise)
            if self.poison and (outcome, status) == ("error", "graded"):
                # What the cell that was left out defines may be all that is missing: that says nothing of the answer.
                stopped = next(iter(self.poison.values()))
                message, status = f"{message} Another cell could not be run before. {stopped.said}", stopped.why
            if name in self.handed_in.checks_changed and status == "graded":
                status = "check_changed"
            node = self.handed_in.source_of(name)
            if status == "graded" and outcome == "passed" and node is not None:
                if copies.is_copy(node, exercise.solution_source()):
                    status = "copied"
            note = " ".join(filter(None, (note, self.handed_in.remarks_on(name))))
            seconds = f"{time.perf_counter() - begun:.1f}"
            lab = self.handed_in.slug
            yield Row(self.name, lab, name, outcome, misconception or "", message, seconds, status, note)

    def close(self):
        if self.jail is not None:
            self.jail.end(None)
            self.peak = max(self.peak, self.jail.peak)
            self.jail = None

    # ---- one exercise

    def _judged(self, exercise):
        """Return outcome, misconception, message, status and note of one exercise."""
        node = self.handed_in.source_of(exercise.name)
        if node is not None and self._is_starter(exercise, node):
            return *_of(verdict_on(exercise, ...)), "graded", ""
        try:
            self._begin(inside=False)
            there = self.jail.ask({"ask": "has", "name": exercise.name}, self.limits.cell_seconds)
            if not there.get("there"):
                return self._absent(exercise)
            if there.get("blank"):
                return *_of(verdict_on(exercise, ...)), "graded", ""
            if there.get("misfit") in ("called_already", "not_a_function"):
                wrong = Wrong(there["misfit"], found=str(there.get("told"))[:200])
                return "failed", wrong.misconception, exercise.message(wrong), "graded", ""
            outside = Outside(self.jail, exercise.name, 2 * self.limits.check_seconds)
            verdict = verdict_on(exercise, outside, limit=self.limits.check_seconds)
            if verdict.misconception == "too_slow":
                self.close()
                return *_of(verdict), "timeout", ""
            return *_of(verdict), "memory" if outside.lacked_memory else "graded", ""
        except CannotCross:
            ended = outside.ended
        except Ended as one:
            ended = one
        if ended is None:
            return self._judged_inside(exercise)
        self.close()
        return "error", "", f"Your code could not be judged. {ended.said}", ended.why, ""

    def _is_starter(self, exercise, node):
        try:
            module = compile(ast.Module([node], []), "<answer>", "exec")
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return False
        codes = [c for c in module.co_consts if isinstance(c, CodeType) and c.co_name == exercise.name]
        return bool(codes) and exercise.is_starter(codes[0])

    def _absent(self, exercise):
        for number, cell in enumerate(self.handed_in.cells):
            if cell.exercise == exercise.name and number in self.poison:
                ended = self.poison[number]
                return "error", "", f"The cell could not be run. {ended.said}", ended.why, ""
            if cell.exercise == exercise.name and self.raised.get(number):
                return "error", "", f"Your cell raised {self.raised[number]}", "graded", ""
        return *_of(verdict_on(exercise, MISSING)), "graded", ""

    def _judged_inside(self, exercise):
        """Judge an answer in the jail, where its code could tamper with the judge: the row says so."""
        try:
            self._begin(inside=True)
            question = {"ask": "judge", "lab": self.handed_in.slug, "name": exercise.name}
            found = self.jail.ask(question, 3 * LIMIT)
            outcome, misconception = str(found.get("outcome")), found.get("misconception")
            message = str(found.get("message"))[:2000]
            known = outcome in ("passed", "failed", "error", "not_attempted")
            if not known or not (misconception is None or isinstance(misconception, str)):
                raise Ended("tampered", "What came out of the jail is no verdict.")
            if misconception == "too_slow":
                self.close()
                return outcome, misconception, message, "timeout", JUDGED_INSIDE
            return outcome, misconception, message, "graded", JUDGED_INSIDE
        except Ended as ended:
            self.close()
            return "error", "", f"Your code could not be judged. {ended.said}", ended.why, JUDGED_INSIDE

    # ---- the cells

    def _begin(self, inside):
        """Have a jail in which all cells have run but those that ended one. Raises Ended if none can be had."""
        while self.jail is None or self.inside != inside:
            self.close()
            self._start(inside)

    def _start(self, inside):
        slug = self.handed_in.slug
        view = course.prepare_whole(self.views) if inside else course.prepare(self.views, slug)
        self.jail, self.inside = Jail(view, self.limits, self.held), inside
        whole = Clock(self.limits.all_seconds, self.jail.in_line)
        if inside:  # the judge is loaded before any line of the student's runs
            self.jail.ask({"ask": "judge", "lab": slug, "name": None}, FIRST_SECONDS)
        seconds = FIRST_SECONDS
        for number, cell in enumerate(self.handed_in.cells):
            if number in self.poison:
                continue
            question = {"ask": "run", "number": number + 1, "source": cell.source, "imports": cell.course}
            try:
                self.raised[number] = str(self.jail.ask(question, seconds).get("raised") or "")[:1000]
            except Ended as ended:
                self.poison[number] = ended
                self.close()
                return
            seconds = max(0.1, min(whole.left(), FIRST_SECONDS if cell.course else self.limits.cell_seconds))


def _of(verdict):
    return verdict.outcome, verdict.misconception, verdict.message
