"""An answer that is judged across the border gets the verdict that it gets in the notebook, to the last word."""

import os
import re

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

#: functions that are handed in, networks, and gradients, by hand and in compiled loops
LABS = os.environ.get("GANHACKS_BORDER_LABS", "train_d_more strided_downsampling non_saturating_loss").split()


class Class:
    """A jail with all filed answers to a lab in it; another one after each that ended."""

    def __init__(self, slug, folder):
        self.slug, self.view, self.jail = slug, course.prepare(folder, slug), None

    def run(self, source):
        question = {"ask": "run", "number": 1, "source": source, "imports": False}
        assert self.jail.ask(question, 60)["raised"] == ""

    def verdict(self, kind, name, number):
        """Return the verdict on an answer, and the `Ended` that it met, if it did. Raises CannotCross."""
        if self.jail is None:
            self.jail = jail.Jail(self.view, jail.Limits(), jail.kind())
            self.run(handed_in.filed(self.slug))
        self.run(f'{name} = ANSWERS.found["{kind}"]["{name}"][{number}]')
        outside = Outside(self.jail, name, 40)
        try:
            verdict = verdict_on(exercises_of(self.slug)[name], outside)
        except CannotCross:
            if outside.ended is None:
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
    return re.sub(r"(name|layer) '\w*'", r"\1 ''", text or "")


@pytest.mark.parametrize("slug", LABS)
def test_the_filed_answers_get_the_same_verdicts(slug, tmp_path):
    """GANHACKS_BORDER_LABS names other labs than the few of every run."""
    differing, n_judged, inside, held = [], 0, set(), Class(slug, tmp_path)
    try:
        for kind, answers in handed_in.answers_to(slug).items():
            for name, number, function in ((n, i, f) for n, some in answers.items() for i, f in enumerate(some)):
                if not handed_in.is_plain(function):
                    continue
                try:
                    found = held.verdict(kind, name, number)
                except CannotCross:
                    inside.add(name)
                    continue
                n_judged += 1
                wanted = handed_in.verdict_of(slug, name, function)
                if any(w is not None and _plain(f) != _plain(w) for f, w in zip(found, wanted)):
                    differing.append((name, function.__name__, found, wanted))
    finally:
        held.end()
    print(f"{slug}: {n_judged} answers judged across the border; inside: {', '.join(sorted(inside)) or 'none'}")
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
