"""A lab as its notebook sees it: check, hint, solution, and what waits for which exercise."""

import os

from ganhacks.blame import one_line
from ganhacks.checks.engine import standing
from ganhacks.checks.engine.exercise import Wrong, exercises_of, module_of
from ganhacks.checks.engine.parameters import require_known
from ganhacks.checks.engine.question import Question
from ganhacks.checks.engine.sandbox import AnswerRaised, CannotCross, TimeIsUp, judge
from ganhacks.checks.engine.verdict import Note, Verdict
from ganhacks.errors import BadInput, CourseError, require
from ganhacks.journal import journal

MISSING = object()  # what a notebook has under a name that it does not have


class CheckFailed(CourseError):
    """Raised after the verdict, in strict mode (`GANHACKS_STRICT=1`) only: a check did not pass."""


class Lab:
    """The checks of one lab. slug: the lab's name without its number, as in `checks.Lab("mnist_gan")`.

    Raises BadInput for a lab or an exercise that does not exist; nothing else raises, unless strict.
    """

    def __init__(self, slug):
        self.slug = slug
        self.exercises = exercises_of(slug)
        self.verdicts, self.answers, self.in_notebook = {}, {}, {}
        self.hint_levels = dict.fromkeys(self.exercises, 0)
        self.latest = next(iter(self.exercises))
        before = standing.of_lab(slug, journal.entries(slug))  # what was done before the kernel was restarted
        self.prediction, self.revealed = before.prediction or None, before.revealed
        self.hints_before = {exercise.name: exercise.hints for exercise in before.exercises}
        self.told_trouble = False
        self._tell_trouble()
        self.begun = len(_from_notebook("In", ()))  # cells run before: those of another notebook do not count

    def parameters(self):
        """Raise BadInput, in one sentence, if the notebook's parameters are not what the lab declares."""
        declared = module_of(self.slug).PARAMETERS
        require_known(declared, _from_notebook("In", ())[self.begun :])
        for name, parameter in declared.items():
            parameter.require(name, _from_notebook(name, None))

    def check(self, name=None, answer=MISSING):
        """Judge the function called `name`, as the notebook has it now, and show the verdict.

        answer: what to judge instead, where there is no notebook to take it from.
        """
        exercise = self._exercise(name)
        self.latest = exercise.name
        self.in_notebook[exercise.name] = answer is MISSING
        if answer is MISSING:
            answer = _from_notebook(exercise.name)
        hints = max(self.hint_levels[exercise.name], self.hints_before[exercise.name])
        verdict = verdict_on(exercise, answer, hints)
        self.verdicts[exercise.name] = verdict
        self.answers[exercise.name] = answer
        _show(verdict)
        self._note("verdict", exercise.name, verdict.outcome, verdict.misconception)
        if os.environ.get("GANHACKS_STRICT", "") not in ("", "0") and verdict.outcome != "passed":
            raise CheckFailed(f"{verdict.exercise} is {verdict.outcome}: {verdict.message}")

    def hint(self, name=None):
        """Show the next of three hints for the exercise that you are at, or for the one called `name`."""
        exercise = self._exercise(name or self._present())
        level = min(self.hint_levels[exercise.name] + 1, len(exercise.hints))
        self.hint_levels[exercise.name] = level
        _show(Note(f"Hint {level} of {len(exercise.hints)} for {exercise.name}.", exercise.hints[level - 1]))
        self._note("hint", exercise.name, level)

    def solution(self, name=None):
        """Show a right answer to the exercise that you are at, or to the one called `name`."""
        exercise = self._exercise(name or self._present())
        _show(Note(f"One right answer for {exercise.name}:", exercise.solution_source(), code=True))

    def ready(self, *names):
        """Tell whether the exercises (all of the lab unless named) have passed, and if not, say which are missing."""
        asked = [self._exercise(name).name for name in names or self.exercises]
        waiting = [name for name in asked if not self._passed(name)]
        if waiting:
            listed = ", ".join(f"`{name}`" for name in waiting[:3])
            if len(waiting) > 3:
                listed += f" and {len(waiting) - 3} more exercises"
            todo = "write it, pass its check, then run this cell again."
            if all(n in self.verdicts and self.verdicts[n].outcome == "passed" for n in waiting):
                todo = "its cell ran again after its check, so run the check once more."
            _show(Note("This cell waits", f"for {listed}: {todo}"))
        return not waiting

    def _passed(self, name):
        if name not in self.verdicts or self.verdicts[name].outcome != "passed":
            return False
        # A function that was changed after its check has to be checked again.
        return not self.in_notebook[name] or _from_notebook(name) is self.answers[name]

    def _present(self):
        """Return the exercise that was checked last, or the next one to do if that has passed."""
        open_ones = [name for name in self.exercises if not self._passed(name)]
        return self.latest if self.latest in open_ones or not open_ones else open_ones[0]

    def predict(self, choice=...):
        """Note a prediction before anything has run: show a button for each choice, or take the letter of one."""
        choices = self._prediction()["choices"]
        if choice is ...:
            _show(Question(choices, self._predicted))
            return
        require(
            isinstance(choice, str) and choice.strip().lower() in choices,
            f"You predicted {choice!r}; put one of {', '.join(choices)}, in quotes.",
        )
        _show(self._predicted(choice.strip().lower()))

    def _predicted(self, letter):
        """Note the choice of this letter, unless the answer was shown before, and return what to say of it."""
        if self.revealed and letter != self.prediction:
            counts = f", and what counts is your choice before that, {self.prediction}" if self.prediction else ""
            return Note("Not counted.", f"The answer has been shown{counts}.")
        if letter != self.prediction:
            self._note("prediction", value=letter)
        self.prediction = letter
        said = self._prediction()["choices"][letter]
        return Note("Noted.", f"You say {letter}: {said} The answer comes below.")

    def reveal(self):
        """Say whether the prediction was right, what idea a wrong one rests on, and why the right one is right."""
        question = self._prediction()
        right = question["answer"]
        said = {None: "You made no prediction.", right: f"You said {right}, and so it is."}.get(
            self.prediction, f"You said {self.prediction}; it is {right}."
        )
        remark = question["remarks"].get(self.prediction, "")
        _show(Note(said, f"{remark} {question['why']}".lstrip()))
        if not self.revealed:
            self.revealed = True
            self._note("reveal", value=right)

    def summary(self):
        """Show where each exercise of the lab stands, and the map of the course where a journal is kept."""
        lines, earlier = [], standing.of_lab(self.slug, journal.entries(self.slug)).exercises
        for name, before in zip(self.exercises, earlier):
            outcome = self.verdicts[name].outcome.replace("_", " ") if name in self.verdicts else "not checked"
            if outcome == "not checked" and before.attempts:
                outcome = f"{before.word} before"  # in another kernel: what waits for it has to see it pass again
            if outcome == "passed" and not self._passed(name):
                outcome = "check again"  # its cell ran after its check
            hints = max(self.hint_levels[name], before.hints)
            lines.append(f"{outcome:14} {name}" + (f"  ({hints} of 3 hints)" if hints else ""))
        passed = sum(map(self._passed, self.exercises))
        _show(Note(f"{passed} of {len(self.exercises)} exercises passed.", "\n".join(lines), code=True))
        if journal.path:
            _show(standing.CourseMap(folded=True))

    def card(self):
        """Show what was measured about this lab's hack."""
        from ganhacks.evidence import Card

        _show(Card(self.slug))

    def _note(self, kind, name="", value="", misconception=""):
        """Note in the journal what was done, and say once if that fails."""
        journal.note(self.slug, kind, name, value, misconception)
        self._tell_trouble()

    def _tell_trouble(self):
        if journal.trouble and not self.told_trouble:
            self.told_trouble = True
            _show(Note("Your progress.", journal.trouble))

    def _exercise(self, name):
        require(
            name is not None,
            f"Which exercise? Name it, as in lab.check({self.latest!r}). There are {', '.join(self.exercises)}.",
        )
        name = getattr(name, "__name__", name)
        if not isinstance(name, str) or name not in self.exercises:
            raise BadInput(f"This lab has no exercise {name!r}. Its exercises are {', '.join(self.exercises)}.")
        return self.exercises[name]

    def _prediction(self):
        module = module_of(self.slug)
        if not hasattr(module, "PREDICTION"):
            raise BadInput(f"The lab {self.slug} asks for no prediction.")
        return module.PREDICTION


def verdict_on(exercise, answer, hint_level=0, limit=None):
    """Judge an answer and return its `Verdict`, whatever the answer does. hint_level: hints seen, 0 to 3.

    answer: what the notebook has under the exercise's name, or what stands in for it (see `sandbox.CannotCross`, which
    is the one thing that this raises). limit: in seconds, as in `sandbox.judge`.
    """

    def verdict(outcome, message, misconception=None, picture=None):
        return Verdict(exercise.id, outcome, message, misconception, hint_level, picture)

    def failed(wrong):
        picture = wrong.example.picture if wrong.example else None
        return verdict("failed", exercise.message(wrong), wrong.misconception, picture)

    if answer is MISSING:
        return verdict(
            "not_attempted",
            f"There is no `{exercise.name}` yet. Run the cell above; if it shows an error, mend that first.",
        )
    try:
        if exercise.is_untouched(answer):
            todo = "Write" if exercise.given is None else "Find the bug in"
            return verdict("not_attempted", f"{todo} `{exercise.name}` in the cell above, run it, then run this cell.")
        try:
            printed = " ".join(judge(answer, exercise, limit).split())
        except TimeIsUp as late:
            return failed(Wrong("too_slow", limit=late.limit))
        except Wrong as wrong:
            return failed(wrong)
    except AnswerRaised as raised:
        return verdict("error", f"Your code raised {raised.problem}")
    except CannotCross:
        raise
    except KeyboardInterrupt:
        return verdict("error", "The check was interrupted. Run it again.")
    except BaseException as error:  # an object so odd that looking at it raises
        said = ": ".join(filter(None, (type(error).__name__, one_line(error)[:200])))
        return verdict(
            "error",
            f"What you wrote cannot be checked ({said}). Compare it with the docstring: is it the kind of thing "
            "that is asked for?",
        )
    return verdict("passed", exercise.praise + (f" (Your code printed: {printed})" if printed else ""))


def _from_notebook(name, default=MISSING):
    from IPython import get_ipython

    shell = get_ipython()
    return shell.user_ns.get(name, default) if shell else default


def _show(thing):
    from IPython.display import display

    display(thing)
