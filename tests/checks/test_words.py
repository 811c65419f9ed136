"""What the checks say in words, held against ids, solutions, the labs and the ledger of facts."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

from ganhacks.checks.engine.exercise import GENERAL_MISCONCEPTIONS, exercises_of, module_of, slugs
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


# ---- messages

WORDS = {
    name: [word.strip() for word in words.replace("\n", " ").split(" | ")]
    for name, words in ledger.tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8")).items()
}
ENDINGS = "ations ation ings ing ised ized ises izes ies ed es ly s d e r".split()
SMALL = set("a all and are as at by for in is it its no not of off on one other out own the to two with wrong".split())


def stems(text):
    """Return the words of a text without their endings."""

    def stem(word):
        ending = next((e for e in ENDINGS if word.endswith(e) and len(word) - len(e) >= 3), "")
        return word.removesuffix(ending)

    return {stem(word) for word in re.findall(r"[a-z]+|\d+", text.lower())}


def says_itself(name, message):
    """Tell whether a message holds a word of its misconception's id."""
    words = stems(name.replace("_", " "))
    return bool((words - SMALL or words) & stems(re.sub(r"\{[^}]*\}", "", message)))


MESSAGES = {"any": GENERAL_MISCONCEPTIONS} | {param.id: param.values[1].misconceptions for param in EXERCISES}


@pytest.mark.parametrize("messages", MESSAGES.values(), ids=MESSAGES)
def test_a_message_speaks_of_what_its_misconception_is_called(messages):
    for name, message in messages.items():
        spoken = any(word.lower() in message.lower() for word in WORDS.get(name, ()))
        assert spoken or says_itself(name, message), f"{name}: {message}"


def test_the_list_of_words_has_nothing_that_an_id_says_itself():
    every = [pair for messages in MESSAGES.values() for pair in messages.items()]
    assert set(WORDS) == {name for name, message in every if not says_itself(name, message)}


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
