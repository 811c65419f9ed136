"""Every check against what people answer: right answers pass in any style, wrong ones fail for the reason they have."""

import ast
import importlib
import json
import pkgutil
import random
import re
import string
from pathlib import Path

import IPython.display
import keras
import numpy as np
import pytest
import tensorflow as tf

from ganhacks.checks import Lab
from ganhacks.checks.engine.exercise import FALLBACKS, GENERAL_MISCONCEPTIONS, exercises_of, slugs
from ganhacks.checks.engine.verdict import MIME
from ganhacks.checks.judges import blocks, images, latents, steps, stubs, tape
from ganhacks.training import run
from tests.checks import told

FOLDER = Path(__file__).resolve().parents[1] / "answers"
ANSWERS = {
    module.name: importlib.import_module(f"tests.answers.{module.name}").ANSWERS
    for module in pkgutil.iter_modules([str(FOLDER)])
}
#: What the judges that several exercises share can say.
SHARED = {
    **blocks.MISCONCEPTIONS,
    **steps.MISCONCEPTIONS,
    **stubs.MISCONCEPTIONS,
    **latents.MISCONCEPTIONS,
    **tape.MISCONCEPTIONS,
    **images.SCALING_MISCONCEPTIONS,
    **images.RESTORING_MISCONCEPTIONS,
}
EXERCISES = [
    pytest.param(slug, exercise, id=f"{slug}-{name}")
    for slug in ANSWERS
    for name, exercise in exercises_of(slug).items()
]


#: What can be said of every exercise: a lab shows it once, and what an exercise alone can say, that exercise.
GENERAL = {*GENERAL_MISCONCEPTIONS, *FALLBACKS, *SHARED}


class Once:
    """Marks what shows a misconception once more: that takes minutes, and runs `everywhere` alone."""

    def __init__(self):
        self.shown = set()

    def marks(self, slug, name, misconception):
        place = slug if misconception in GENERAL else (slug, name)
        again = (place, misconception) in self.shown
        self.shown.add((place, misconception))
        return [pytest.mark.everywhere] if again else []


ONCE = Once()
SLIPS = [
    pytest.param(
        *(slug, exercise, number, misconception, slip),
        id=f"{slug}-{exercise.name}-{misconception}-{number}",
        marks=ONCE.marks(slug, exercise.name, misconception),
    )
    for slug in ANSWERS
    for exercise in exercises_of(slug).values()
    for number, (misconception, slip, *_) in enumerate(exercise.slips)
]


def filed(kind):
    """Return the parameters of one test for every answer of this kind: (slug, exercise's name, what was filed)."""
    return [
        pytest.param(
            *(slug, name, *given),
            id="-".join([slug, name, getattr(given[-1], "__name__", "answer")]),
            marks=ONCE.marks(slug, name, given[0]) if kind == "wrongs" else [],
        )
        for slug, answers in ANSWERS.items()
        for name, several in getattr(answers, kind).items()
        for given in (one if isinstance(one, tuple) else (one,) for one in several)
    ]


@pytest.fixture
def verdict_of(monkeypatch):
    """A function that checks an answer and returns the data of the one verdict that is shown."""
    shown = []
    monkeypatch.setattr(IPython.display, "display", shown.append)

    def verdict_of(slug, name, answer):
        Lab(slug).check(name, answer)
        (verdict,) = shown
        return json.loads(json.dumps(verdict._repr_mimebundle_()[MIME]))

    return verdict_of


def test_every_lab_has_answers():
    assert sorted(ANSWERS) == sorted(slugs())


@pytest.mark.parametrize("slug", ANSWERS)
def test_every_answer_belongs_to_an_exercise(slug):
    answers = ANSWERS[slug]
    assert {*answers.rights, *answers.wrongs, *answers.raising} <= set(exercises_of(slug))


@pytest.mark.parametrize("slug, name, answer", filed("rights"))
def test_a_right_answer_passes_in_any_style(verdict_of, slug, name, answer):
    verdict = verdict_of(slug, name, answer)
    assert (verdict["outcome"], verdict["misconception"]) == ("passed", None), verdict["message"]


@pytest.mark.parametrize("slug, name, misconception, answer", filed("wrongs"))
def test_a_wrong_answer_fails_for_the_reason_it_has(verdict_of, slug, name, misconception, answer):
    verdict = verdict_of(slug, name, answer)
    assert (verdict["outcome"], verdict["misconception"]) == ("failed", misconception), verdict["message"]
    assert_is_a_sentence(verdict["message"])
    if misconception in FALLBACKS:  # no cause is known: then at least what was seen
        assert re.search(r"yours|wanted|\d|'", verdict["message"]), verdict["message"]


@pytest.mark.parametrize("slug, exercise, number, misconception, slip", SLIPS)
def test_a_slip_is_given_its_own_misconception_and_shown_what_it_does(
    verdict_of, slug, exercise, number, misconception, slip
):
    verdict = verdict_of(slug, exercise.name, slip)
    assert (verdict["outcome"], verdict["misconception"]) == ("failed", misconception), verdict["message"]
    assert_is_a_sentence(verdict["message"])
    (known,) = (line for line in told.read(slug)[exercise.name] if line.startswith(f"slip {number} "))
    assert known.split(":")[0] == f"slip {number} {misconception}"
    # To three digits: what networks compute differs in late ones between machines.
    wanted = [float(value) for value in known.partition(":")[2].split()]
    luck = told.LUCK.get((slug, exercise.name), 1e-5)
    found = told.numbers_in(verdict["message"])
    if (slug, exercise.name, number) in told.ON_SOME:
        wanted = wanted[: max(len(found), 3)]
    assert found == pytest.approx(wanted, rel=2e-3, abs=luck, nan_ok=True), (
        f"{verdict['message']}\nIf this is as it should be: python -m tests.checks.told {slug}"
    )


@pytest.mark.parametrize("slug, exercise", EXERCISES)
def test_the_words_of_an_exercise_are_those_that_were_read(slug, exercise):
    known = told.read(slug)[exercise.name]
    assert told.words_of(exercise) == [line for line in known if not line.startswith("slip ")], (
        f"If this is as it should be: python -m tests.checks.told {slug}"
    )


@pytest.mark.parametrize("slug, name, words, answer", filed("raising"))
def test_an_answer_that_raises_is_told_at_which_line(verdict_of, slug, name, words, answer):
    verdict = verdict_of(slug, name, answer)
    assert (verdict["outcome"], verdict["misconception"]) == ("error", None), verdict["message"]
    assert words in verdict["message"]
    assert re.search(r"\(line \d+ of \S+, `", verdict["message"])


def drawn():
    """Return what a notebook draws next, in each of the four ways that there are without a generator of one's own."""
    return random.random(), np.random.random(), float(tf.random.uniform(())), float(keras.random.uniform(()))


@pytest.mark.parametrize("slug, exercise", EXERCISES)
def test_the_reference_passes_and_its_check_neither_trains_nor_moves_the_notebooks_random_numbers(
    verdict_of, monkeypatch, slug, exercise
):
    trained = []
    monkeypatch.setattr(run, "run_until", lambda *args: trained.append(args))
    keras.utils.set_random_seed(1)
    wanted = drawn()
    keras.utils.set_random_seed(1)
    verdict = verdict_of(slug, exercise.name, exercise.reference)
    assert verdict["outcome"] == "passed", verdict["message"]
    assert drawn() == wanted and not trained


@pytest.mark.everywhere  # solutions/ has them as notebooks, strict, in every test run
@pytest.mark.parametrize("slug, exercise", EXERCISES)
def test_the_solution_that_is_shown_is_the_reference(verdict_of, slug, exercise):
    verdict = verdict_of(slug, exercise.name, written(exercise.solution_source(), exercise))
    assert verdict["outcome"] == "passed", verdict["message"]


@pytest.mark.parametrize("slug, exercise", EXERCISES)
def test_the_starter_is_not_attempted(verdict_of, slug, exercise):
    verdict = verdict_of(slug, exercise.name, written(exercise.starter_source(), exercise))
    assert verdict["outcome"] == "not_attempted", verdict["message"]
    assert_is_a_sentence(verdict["message"])


@pytest.mark.parametrize("slug, exercise", EXERCISES)
def test_the_starter_is_read_without_scrolling(slug, exercise):
    longest = max(exercise.starter_source().splitlines(), key=len)
    assert len(longest) <= 106, f"wider than a cell in a window of 1,280 pixels: {longest}"


@pytest.mark.parametrize("slug, exercise", EXERCISES)
def test_an_exercise_has_enough_answers(slug, exercise):
    answers = ANSWERS[slug]
    assert len(answers.rights[exercise.name]) >= 3
    assert len(answers.wrongs[exercise.name]) + len(exercise.slips) >= 5


def shown_by(slug, exercise):
    """Return the misconceptions that some wrong answer to an exercise, or one of its slips, is given."""
    shown = {misconception for misconception, _ in ANSWERS[slug].wrongs[exercise.name]}
    return shown | {misconception for misconception, *_ in exercise.slips}


@pytest.mark.parametrize("slug, exercise", EXERCISES)
def test_every_misconception_is_somebodys(slug, exercise):
    shown = shown_by(slug, exercise)
    own = {name for name, text in exercise.misconceptions.items() if SHARED.get(name) != text}
    assert own <= shown, "without a wrong answer"
    assert shown <= {*exercise.misconceptions, *GENERAL_MISCONCEPTIONS}, "not declared"


def test_every_shared_misconception_is_somebodys():
    everywhere = {
        name for slug in ANSWERS for exercise in exercises_of(slug).values() for name in shown_by(slug, exercise)
    }
    # What is no function, or never ends, is tried in test_checks.py, and this property in test_judging.py.
    elsewhere = {"not_a_function", "called_already", "too_slow", "part_of_a_batch"}
    assert {*SHARED, *GENERAL_MISCONCEPTIONS} - elsewhere <= everywhere, "without a wrong answer in any lab"


@pytest.mark.parametrize("slug, exercise", EXERCISES)
def test_there_are_three_hints_and_praise(slug, exercise):
    assert len(set(exercise.hints)) == 3
    assert "?" in exercise.hints[0]
    assert_is_a_sentence(exercise.praise)


@pytest.mark.parametrize("slug, exercise", EXERCISES)
def test_neither_hints_nor_messages_hold_a_whole_statement_of_the_solution(slug, exercise):
    texts = [*exercise.hints, *exercise.misconceptions.values(), exercise.praise]
    secrets = statements(exercise.solution_source())
    assert secrets, "nothing is compared"
    for lines in secrets:
        assert not [text for text in texts if all(line in unspaced(text) for line in lines)]


@pytest.mark.parametrize("slug, exercise", EXERCISES)
def test_ids_are_fit_for_cells_and_graders(slug, exercise):
    assert re.fullmatch(r"[A-Za-z0-9-]{1,64}", exercise.id)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", misconception) for misconception in exercise.misconceptions)


def assert_is_a_sentence(message):
    assert message[0] in string.ascii_letters + string.digits + "-{", message
    assert message.rstrip(")")[-1] in ".?!:…", message
    assert "  " not in message and "\n" not in message, message
    assert len(message) < 600, message


def written(source, exercise):
    """Return what a cell with this source defines under the exercise's name, as a notebook would."""
    namespace = dict(vars(importlib.import_module(exercise.reference.__module__)))
    exec(compile(source, "<cell>", "exec"), namespace)
    return namespace[exercise.name]


def statements(source):
    """Return what a solution assigns and returns: for each statement its lines, without those that hold brackets alone.

    Spaces do not count, nor does `return` before something long: a hint may leave them out.
    """
    lines, found = source.splitlines(), []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)):
            own = [unspaced(line).rstrip(",") for line in lines[node.lineno - 1 : node.end_lineno]]
            own = [line.removeprefix("return") if len(own) > 1 or len(line) > 30 else line for line in own]
            found.append([line for line in own if len(own) == 1 or len(line) >= 10])
    return found


def unspaced(text):
    return re.sub(r"[\s`]", "", text).replace("'", '"')
