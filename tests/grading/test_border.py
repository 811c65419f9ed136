"""An answer that is judged across the border gets the verdict that it gets in the notebook, to the last word."""

import os
import re
import shutil
import types
from collections import Counter

import numpy as np
import pytest
import tensorflow as tf

from ganhacks.checks.engine.exercise import exercises_of
from ganhacks.checks.engine.lab import verdict_on
from ganhacks.checks.engine.sandbox import CannotCross
from tests.grading import handed_in
from tests.grading.handed_in import needs_a_jail
from tools.grading import course, graphs, jail
from tools.grading.border import Outside

needs_a_jail()

#: compiled loops; networks, and gradients by hand
LABS = os.environ.get("GANHACKS_BORDER_LABS", "").split() or [
    "train_d_more",
    *(pytest.param(slug, marks=pytest.mark.everywhere) for slug in ("strided_downsampling", "non_saturating_loss")),
]


class Class:
    """A jail with all filed answers to a lab in it; another one after each that ended."""

    def __init__(self, slug, folder):
        # The whole course is in sight, since answers may build on it, and the filed ones with it. Who is judged by
        # whom is no matter of what can be seen.
        self.slug, self.view, self.jail = slug, course.prepare_whole(folder), None
        shutil.copytree(course.ROOT / "tests" / "answers", self.view / "tests" / "answers")

    def run(self, source):
        question = {"ask": "run", "number": 1, "source": source, "imports": False}
        assert self.jail.ask(question, 60)["raised"] == ""

    def verdict(self, kind, name, number):
        """Return the verdict on an answer, and the `Ended` that it met, if it did. Raises CannotCross."""
        if self.jail is None:
            self.jail = jail.Jail(self.view, jail.Limits(), jail.kind())
            self.run(f"from tests.answers.{self.slug} import ANSWERS")
        self.run(f"{name} = ANSWERS.{kind}s['{name}'][{number}]{'[1]' if kind == 'wrong' else ''}")
        outside = Outside(self.jail, name, 40)
        try:
            verdict = verdict_on(exercises_of(self.slug)[name], outside)
        except CannotCross:
            if outside.ended is None:
                if "there" not in self.jail.ask({"ask": "has", "name": name}, 60):  # it waits in the middle of a call
                    self.end()
                raise
            self.end()
            return outside.ended.why, "", outside.ended.said
        if verdict.misconception == "too_slow":
            self.end()
        return verdict.outcome, verdict.misconception, verdict.message

    def end(self):
        if self.jail is not None:
            self.jail.end(None)
        self.jail = None


def _plain(text):
    """Return a message without the names that Keras gives to inputs and layers, other ones each time."""
    return re.sub(r"(?<=[a-z])_\d+\b", "", re.sub(r"(name|layer) '\w*'", r"\1 ''", text or ""))


@pytest.mark.parametrize("slug", LABS)
def test_the_filed_answers_get_the_same_verdicts(slug, tmp_path):
    """GANHACKS_BORDER_LABS names other labs than the few of every run."""
    differing, n_judged, inside, held = [], 0, Counter(), Class(slug, tmp_path)
    try:
        for kind, answers in handed_in.answers_to(slug).items():
            for name, number, function in ((n, i, f) for n, some in answers.items() for i, f in enumerate(some)):
                if not handed_in.is_plain(function):
                    continue
                try:
                    found = held.verdict(kind, name, number)
                except CannotCross:
                    inside[name] += 1
                    continue
                n_judged += 1
                wanted = handed_in.verdict_of(slug, name, function)
                if any(w is not None and _plain(f) != _plain(w) for f, w in zip(found, wanted)):
                    differing.append((name, function.__name__, found, wanted))
    finally:
        held.end()
    told = ", ".join(f"{name} {n}" for name, n in sorted(inside.items()))
    print(f"{slug}: {n_judged} answers judged across the border; inside: {told or 'none'}")
    assert differing == []
    assert n_judged > 10


@pytest.mark.parametrize(
    "source, why",
    [
        ("lambda x: tf.py_function(lambda y: y, [x], tf.float32)", "EagerPyFunc"),
        ("lambda x: x + float(len(tf.io.read_file('/etc/passwd').shape))", "ReadFile"),
        ("lambda x: (tf.print(x), x)[1]", "(StringFormat|PrintV2)"),
    ],
)
def test_a_graph_that_does_more_than_compute_is_not_let_in(source, why):
    graph = tf.function(eval(source), autograph=False).get_concrete_function(tf.TensorSpec((2,))).graph
    with pytest.raises(graphs.Foreign, match=f"of kind {why} cannot cross"):
        graphs._require_numbers_only(graph.as_graph_def())


@pytest.fixture(scope="module")
def called(tmp_path_factory):
    """A function (source, arguments) that calls what the source makes, in a jail, as a check calls an answer."""
    held = jail.Jail(course.prepare_whole(tmp_path_factory.mktemp("border")), jail.Limits(), jail.kind())

    def call(source, *args):
        assert (
            held.ask({"ask": "run", "number": 1, "source": f"answer = {source}", "imports": False}, 60)["raised"] == ""
        )
        return Outside(held, "answer", 40)(*args)

    yield call
    held.end(None)


@pytest.mark.parametrize(
    "source", ["lambda x: x[::-1]", "lambda x: x[:, ::2]", "lambda x: x.T", "lambda x: x.reshape(-1)[3:]"]
)
def test_a_view_of_an_argument_comes_back_as_that_view_of_it(called, source):
    x = np.arange(12.0).reshape(3, 4)
    wanted = eval(source)(x.copy())
    found = called(source, x)
    assert np.array_equal(found, wanted) and np.shares_memory(found, x)
    assert np.array_equal(x, np.arange(12.0).reshape(3, 4)), "what is returned does not change what was given"


@pytest.mark.parametrize(
    "source, shape, dtype",
    [
        ("lambda x: setattr(x, 'shape', (12,))", (12,), "float64"),
        ("lambda x: setattr(x, 'dtype', 'float32')", (3, 8), "float32"),
    ],
)
def test_what_a_call_does_to_an_argument_in_place_is_done_to_it_here(called, source, shape, dtype):
    x = np.arange(12.0).reshape(3, 4)
    assert called(source, x) is None
    assert x.shape == shape and x.dtype == dtype and np.array_equal(x.view("float64").reshape(-1), np.arange(12.0))
    with pytest.raises(CannotCross):
        called(source, np.arange(24.0).reshape(6, 4)[::2])


def test_one_thing_that_is_returned_twice_is_one_here_too(called):
    one, other = called("lambda: (lambda o: (o, o))(__import__('keras').optimizers.SGD())")
    assert one is other


@pytest.mark.parametrize(
    "place",
    [
        {"shape": [13], "strides": [8]},
        {"shape": [10**12], "strides": [0]},
        {"shape": [12], "strides": [8], "dtype": "O"},
    ],
    ids=["beyond its end", "endless", "objects"],
)
def test_a_view_that_the_argument_does_not_have_is_no_honest_answer(place):
    outside = Outside(jail=types.SimpleNamespace(end=lambda why: None), name="answer", seconds=1)
    told = {"is": "shared", "argument": 0, "dtype": "<f8", "offset": 0, "shape": [12], "strides": [8]}
    answer = {"outcome": "returned", "warned": [], "states": [], "changed": [], "value": told}
    teller = types.SimpleNamespace(states=[], arrays=[np.arange(12.0)])
    assert outside._result(answer, teller).sum() == 66
    with pytest.raises(CannotCross):
        outside._result({**answer, "value": {**told, **place}}, teller)
    assert outside.ended.why == "tampered"


# ---- walls that no value crosses


def test_a_jail_sees_no_variable_of_the_instructors_and_has_little_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("GANHACKS_SECRET", "x")
    source = (
        "import os\nassert 'GANHACKS_SECRET' not in os.environ\n"
        "for number in range(9): open(f'/tmp/{number}', 'wb').write(bytes(10**7))"
    )
    with jail.Jail(course.prepare_whole(tmp_path), jail.Limits(), jail.kind()) as held:
        said = held.ask({"ask": "run", "number": 1, "source": source, "imports": False}, 60)["raised"]
    assert said.startswith("OSError: [Errno 28]")
