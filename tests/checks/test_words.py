"""What the checks say in words: predictions, praise and hints, held against the ledger, the solutions and the labs."""

import importlib
import inspect
import re

import pytest

from ganhacks.checks.engine.exercise import exercises_of, module_of, slugs
from tests.notebooks import test_facts as ledger
from tools import build

SOURCES = {path.stem: path for path, *_ in build.targets() if path.stem.partition("_")[2] in slugs()}
EXERCISES = [
    pytest.param(stem, exercise, id=f"{stem}-{name}")
    for stem in SOURCES
    for name, exercise in exercises_of(stem.partition("_")[2]).items()
]
FIGURE = re.compile(r"(?<![\w.])\d+(?:[,_]\d{3})*(?:\.\d+)?(?:e-?\d+)?")
CALLED = re.compile(r"([A-Za-z_]\w*)\(")


def facts(stem):
    """Return the texts of a lab's facts about what it prints, as they are to stand there."""
    return [text for fact in ledger.facts_of(stem) for text in ledger.texts(fact, "output")]


def unspaced(text):
    return re.sub(r"[\s`'\"]", "", text)


# ---- predictions


@pytest.mark.parametrize("stem", [stem for stem in SOURCES if hasattr(module_of(stem.partition("_")[2]), "PREDICTION")])
def test_the_right_answer_to_a_prediction_is_the_one_that_the_ledger_gives_reasons_for(stem):
    question = module_of(stem.partition("_")[2]).PREDICTION
    (said,) = [text for text in facts(stem) if text.startswith("You say ")]
    right = question["answer"]
    assert ledger.matches(said, f"You say {right}: {question['choices'][right]} The answer comes below.")


# ---- praise


@pytest.mark.parametrize("stem, exercise", EXERCISES)
def test_a_figure_in_praise_is_held_by_a_fact(stem, exercise):
    praise = ledger.plain(exercise.praise)
    shown = f"{exercise.name}: passed. {praise}"
    held = [span for text in facts(stem) for span in ledger.matches(text.removeprefix("✔ "), shown)]
    for figure in ledger.NUMBER.finditer(praise):
        at = figure.start() + len(shown) - len(praise)
        assert any(begin <= at < end for begin, end in held), f"{figure[0]} in: {praise}"


# ---- hints


@pytest.mark.parametrize("stem, exercise", EXERCISES)
def test_each_hint_is_nearer_to_the_solution_than_the_one_before(stem, exercise):
    """Near: the share of its pieces, five letters long, that stand in the solution."""

    def pieces(text):
        text = unspaced(text)
        return {text[i : i + 5] for i in range(len(text) - 4)}

    solution = pieces(exercise.solution_source().rpartition('"""')[2])
    first, second, third = (len(pieces(hint) & solution) / len(pieces(hint)) for hint in exercise.hints)
    assert third > second
    assert third > first


def right_answers(stem, exercise):
    """Return the code of the solution, of the tests' right answers, and of what the student starts from."""
    slug = stem.partition("_")[2]
    filed = importlib.import_module(f"tests.answers.{slug}").ANSWERS.rights[exercise.name]
    codes = [inspect.getsource(answer) for answer in filed if inspect.isfunction(answer)]
    return "\n".join([exercise.solution_source(), exercise.starter_source(), *codes])


@pytest.mark.parametrize("stem, exercise", EXERCISES)
def test_what_the_last_hint_calls_is_called_by_a_right_answer(stem, exercise):
    called = set(CALLED.findall(exercise.hints[2]))
    assert called <= set(CALLED.findall(right_answers(stem, exercise))) | {*exercises_of(exercise.slug)}


@pytest.mark.parametrize("stem, exercise", EXERCISES)
def test_a_figure_in_the_last_hint_stands_in_a_right_answer_beside_the_same_sign(stem, exercise):
    code, hint = unspaced(right_answers(stem, exercise)), unspaced(exercise.hints[2])
    for figure in FIGURE.finditer(hint):
        before, after = hint[: figure.start()][-1:], hint[figure.end() :][:1]
        left = re.escape(before) if before and before in "-+*/=(,[<>" else ""
        right = re.escape(after) if after and after in "-+*/])<>" else ""
        there = re.search(rf"{left}(?<![\w.]){re.escape(figure[0])}(?!\w|\.\d){right}", code)
        assert there, f"{figure[0]} in: {exercise.hints[2]}"


@pytest.mark.parametrize("stem, exercise", EXERCISES)
def test_a_figure_in_the_second_hint_stands_in_a_right_answer_a_message_or_the_lab(stem, exercise):
    known = right_answers(stem, exercise), SOURCES[stem].read_text(encoding="utf-8"), *exercise.misconceptions.values()
    figures = {
        figure for figure in FIGURE.findall(exercise.hints[1]) if len(figure) > 1
    }  # "for g = 7, say": any would do
    assert figures <= set(FIGURE.findall(" ".join(known)))
