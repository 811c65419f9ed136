"""Where a student stands in the course: what the journal says of each exercise, as a map and as a report."""

import html
from collections import Counter
from dataclasses import dataclass

from ganhacks.checks.engine.exercise import exercises_of, module_of, slugs
from ganhacks.journal import journal

#: what became of an exercise -> its mark
MARKS = {"passed": "✔", "tried": "✘", "not tried": "○"}
KEY = "✔ passed · ✘ tried · ○ not tried"


@dataclass(frozen=True)
class ExerciseStanding:
    """What the journal has of one exercise. attempts: verdicts on something that was written.

    misconceptions: id -> how often it was met. hints: the highest level seen, 0 to 3. first, last: when, or "".
    """

    name: str
    attempts: int
    passed: bool
    hints: int
    misconceptions: dict
    first: str = ""
    last: str = ""

    @property
    def word(self):
        """One of `MARKS`."""
        return "passed" if self.passed else "tried" if self.attempts else "not tried"


@dataclass(frozen=True)
class LabStanding:
    """Where a lab stands. number: of the lab. prediction: the letter that was chosen before the answer was shown, or
    "". right: the right letter, or "" where the lab asks for none. revealed: whether the answer was shown.
    """

    number: int
    slug: str
    exercises: tuple
    prediction: str
    right: str
    revealed: bool

    @property
    def n_passed(self):
        return sum(exercise.passed for exercise in self.exercises)

    @property
    def title(self):
        return f"{self.number:02} {self.slug.replace('_', ' ')}"


def of_lab(slug, entries):
    """Return the `LabStanding` of a lab. entries: of the journal, in their order; those of other labs don't count."""
    own = [entry for entry in entries if entry.lab == slug]
    before, answer_shown = _until_reveal(own)
    predictions = [entry.value for entry in before if entry.kind == "prediction"]
    return LabStanding(
        slugs().index(slug),
        slug,
        tuple(_of_exercise(name, own) for name in exercises_of(slug)),
        predictions[-1] if predictions else "",
        getattr(module_of(slug), "PREDICTION", {}).get("answer", ""),
        answer_shown,
    )


def _until_reveal(entries):
    shown = next((i for i, entry in enumerate(entries) if entry.kind == "reveal"), None)
    return entries[:shown], shown is not None


def _of_exercise(name, entries):
    own = [entry for entry in entries if entry.name == name]
    verdicts = [entry for entry in own if entry.kind == "verdict" and entry.value != "not_attempted"]
    return ExerciseStanding(
        name,
        attempts=len(verdicts),
        passed=any(entry.value == "passed" for entry in verdicts),
        hints=max((int(entry.value) for entry in own if entry.kind == "hint"), default=0),
        misconceptions=dict(Counter(entry.misconception for entry in verdicts if entry.misconception)),
        first=verdicts[0].at if verdicts else "",
        last=verdicts[-1].at if verdicts else "",
    )


def of_course():
    """Return the `LabStanding` of every lab, by their numbers."""
    entries = journal.entries()
    return [of_lab(slug, entries) for slug in slugs()]


class CourseMap:
    """A line for each lab, with a mark for each exercise. folded: whether a page shows the lines only when asked."""

    def __init__(self, folded=False):
        self.labs, self.folded, self.trouble = of_course(), folded, journal.trouble

    @property
    def heading(self):
        """How much is done of all."""
        n_exercises = sum(len(lab.exercises) for lab in self.labs)
        whole = sum(lab.n_passed == len(lab.exercises) for lab in self.labs)
        n_passed = sum(lab.n_passed for lab in self.labs)
        done = f"{whole} of {len(self.labs)} notebooks done"
        return f"The whole course: {n_passed} of {n_exercises} exercises passed, {done}."

    @property
    def rows(self):
        """Return (lab, marks, how many passed) of each lab, as text."""
        for lab in self.labs:
            marks = "".join(MARKS[exercise.word] for exercise in lab.exercises)
            yield lab.title, marks, f"{lab.n_passed} of {len(lab.exercises)}"

    @property
    def where(self):
        """What is wrong with the journal, or where it is; "" where none is kept."""
        return self.trouble or (f"Kept on your disk alone, in {journal.path}." if journal.path else "")

    def _repr_mimebundle_(self, include=None, exclude=None):
        lines = [f"{title:28} {marks:14} {passed}" for title, marks, passed in self.rows]
        cells = "".join(
            f'<tr><td style="text-align: left">{title}</td><td style="text-align: left" title="{KEY}">'
            f"{marks}</td><td>{passed}</td></tr>"
            for title, marks, passed in self.rows
        )
        heads = "<tr><th>lab</th><th>exercises</th><th>passed</th></tr>"
        table = f"<table>{heads}{cells}</table><p>{KEY}. {html.escape(self.where)}</p>"
        state = "" if self.folded else " open"
        told = [self.heading, *([] if self.folded else lines), self.where]
        return {
            "text/plain": "\n".join(filter(None, told)),
            "text/html": f"<details{state}><summary>{self.heading}</summary>{table}</details>",
        }
