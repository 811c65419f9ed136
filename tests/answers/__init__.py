"""What people answer: for every lab a module of right and wrong answers, which test its checks.

A module calls `answers(slug)` and files each answer under its exercise; what the answer is called there says what it
does. tests/checks/test_answers.py finds the modules by itself.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import keras


@dataclass
class Answers:
    """The answers to one lab: lists by exercise, of functions, (misconception, function) and (words, function)."""

    slug: str
    rights: dict = field(default_factory=lambda: defaultdict(list))
    wrongs: dict = field(default_factory=lambda: defaultdict(list))
    raising: dict = field(default_factory=lambda: defaultdict(list))

    def right(self, exercise):
        """File an answer that has to pass, in a style of its own."""
        return lambda answer: self.rights[exercise].append(answer) or answer

    def wrong(self, exercise, misconception):
        """File an answer that has to fail with this misconception."""
        return lambda answer: self.wrongs[exercise].append((misconception, answer)) or answer

    def raises(self, exercise, words):
        """File an answer that raises. words: what the message has to quote, such as the line of code."""
        return lambda answer: self.raising[exercise].append((words, answer)) or answer


def answers(slug):
    """Return the (still empty) answers of a lab, and its three decorators: right, wrong, raises."""
    made = Answers(slug)
    return made, made.right, made.wrong, made.raises


class Shifted(keras.Model):
    """A model that takes a half from what goes in: outside of its layers, where nobody can see it."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, inputs, training=False):
        return self.inner(inputs - 0.5, training=training)
