"""Play a schedule or a loop with stubs, the functions that it is handed: who is called when, and what comes back.

What a schedule does is the order of its calls and what it returns. Both are compared with what the reference does and
with what each slip does, which is a whole wrong schedule. Stubs are stricter than a training: they take the arguments
that they are meant to take and no others, and they stop a loop that never ends.
"""

import functools
import inspect
from dataclasses import dataclass

import numpy as np

from ganhacks.checks.engine.exercise import Wrong
from ganhacks.checks.engine.judging import Example, compare, same, short
from ganhacks.checks.engine.values import number, pair, told

SHOWN = 12  # entries of an order or of a list of losses that a message shows

#: What can be wrong with any schedule. A check adds these to its own misconceptions.
MISCONCEPTIONS = {
    "no_end": "After {calls} calls your function was still going on. Is there a loop that never ends?",
    "wrong_call": "You call `{name}` with {given}. It is called as `{call}`.",
    "not_a_list": "You return {found} for {what}; wanted a list of them, in order.",
    "one_flat_list": (
        "You return {n} numbers side by side. Wanted is a tuple of two things: {wanted}; a list stays a list in it."
    ),
    "not_one_loss": "You return {found} for {what}; wanted one number.",
    "lost_losses": "For {what} you return {found}; wanted {wanted}. Keep every one that was returned, in its place.",
    "differs": "Your function makes other calls than wanted, or makes them in another order.",
}


@dataclass(frozen=True)
class Played:
    """What a function did: the log of its calls, its result, whether it ended, and what the check noted beside."""

    log: tuple
    result: object
    ended: bool
    notes: tuple


class NoEnd(Wrong):
    """A function was still calling its stubs when the patience was at its end."""

    def __init__(self, calls):
        super().__init__("no_end", calls=calls)


class Stage:
    """Makes stubs, which write into its `log`, and into its `notes` what is not compared. patience: most calls."""

    def __init__(self, patience):
        self.patience, self.calls, self.log, self.notes = patience, 0, [], []

    def stub(self, function):
        """Return `function` as an answer gets it: called with its own arguments, and not without end."""
        signature, name = inspect.signature(function), function.__name__

        @functools.wraps(function)
        def stub(*args, **named):
            self.calls += 1
            if self.calls > self.patience:
                raise NoEnd(self.patience)
            try:
                signature.bind(*args, **named)
            except TypeError:
                n = len(args) + len(named)
                given = f"{n} argument{'s' * (n > 1)}" if n else "no argument"
                raise Wrong("wrong_call", name=name, given=given, call=f"{name}{signature}") from None
            return function(*args, **named)

        return stub

    def play(self, function, *args):
        """Call a function with its stubs and other arguments, and return what was `Played`."""
        try:
            result, ended = function(*args), True
        except NoEnd:
            result, ended = None, False
        return Played(tuple(self.log), result, ended, tuple(self.notes))


def judge_played(answer, calls, play, case, results, order=None):
    """Judge a schedule or a loop: first the order of its calls, then what it returns. Raises Wrong.

    calls: tuples that describe a play, short ones first. play(function, call): what is `Played` with fresh stubs.
    case(call): the play in words. results: what the answer returns, such as ("D's losses", "G's losses"). order(found,
    wanted): raises Wrong for what is seen in an order that no slip explains.
    """

    def in_order(found, wanted):
        return (found.log, found.ended) == (wanted.log, wanted.ended)

    def in_all(found, wanted):
        return in_order(found, wanted) and same(found.result, wanted.result)

    def order_fits(found, wanted):
        if order is not None:
            order(found, wanted)
        if not found.ended:
            raise Wrong("no_end", calls=len(found.log))

    def result_fits(found, wanted):
        _judge_result(found.result, wanted.result, results)

    def told_too(fits):
        def fits_or_shows(found, wanted, at):
            try:
                fits(found, wanted)
            except Wrong as wrong:
                raise Wrong(wrong.misconception, _example(found, wanted, at, results), **wrong.details) from None

        return fits_or_shows

    def judged(alike, fits):
        def describe(run):
            return _example(run.found, run.wanted, f" for {case(run.args)}", results)

        compare(answer, calls, play, alike, fits=told_too(fits), describe=describe, case=case)

    try:
        judged(in_order, order_fits)
    except Wrong as wrong:
        if wrong.misconception == "differs" and not all(in_order(play(answer, c), play(answer, c)) for c in calls):
            raise Wrong("another_result", wrong.example) from None
        raise
    if not same(play(answer, calls[-1]).result, play(answer, calls[-1]).result):
        raise Wrong("another_result")
    judged(in_all, result_fits)


def _judge_result(result, wanted, names):
    """Raise Wrong for results of another kind than wanted, or for other losses than the calls have returned."""
    if result is None:
        raise Wrong("returns_nothing")
    parts, rights = (result,), (wanted,)
    if len(names) > 1:
        parts, rights = pair(result, f"a tuple: {' and '.join(names)}"), wanted
        if isinstance(result, list) and any(map(np.ndim, rights)) and all(_dimensions(part) == 0 for part in parts):
            raise Wrong("one_flat_list", n=len(parts), wanted=" and ".join(names))
    for what, part, right in zip(names, parts, rights):
        if _dimensions(part) != np.ndim(right):
            raise Wrong("not_a_list" if np.ndim(right) else "not_one_loss", what=what, found=told(part))
        for value in np.ravel(np.asarray(part, object)) if np.ndim(right) else [part]:
            number(value, "a number for each loss")
        if not same(part, right):
            yours, made = _listed(part, right)
            raise Wrong("lost_losses", what=what, found=yours, wanted=made)


def _dimensions(value):
    if isinstance(value, (str, dict, set)):
        return None
    try:
        return np.ndim(value)
    except ValueError:  # lists of different lengths
        return None


def _example(found, wanted, at, names):
    """Return the Example of a play, yours beside wanted where they differ first. at: " for k = 3", for example."""
    at = at.removeprefix(" for ") or "this call"
    if found.log != wanted.log:
        yours, right = beside(found.log, wanted.log)
        return Example(f"For {at}: your order is {yours or 'empty'}; wanted {right or 'no call'}.")
    parts = [("what you return", found.result, wanted.result)]
    if len(names) > 1 and isinstance(found.result, (tuple, list)) and len(found.result) == len(names):
        parts = [part for part in zip(names, found.result, wanted.result) if not same(*part[1:])]
    what, yours, right = parts[0]
    yours, right = _listed(yours, right)
    return Example(f"For {at}, {what}: yours {yours}, wanted {right}.")


def _listed(found, wanted):
    """Return two results as one text each, lists cut to where they begin to differ."""
    lists = [_dimensions(some) == 1 for some in (found, wanted)]
    both = [
        [*map(short, np.asarray(some).tolist())] if is_list else [] for some, is_list in zip((found, wanted), lists)
    ]
    texts = zip((found, wanted), beside(*both), lists)
    return [f"[{entries}]" if is_list else short(some) for some, entries, is_list in texts]


def beside(found, wanted):
    """Return two sequences of short texts as one text each, cut to where they begin to differ."""
    pairs = enumerate(zip(found, wanted))
    first = next((i for i, (yours, right) in pairs if yours != right), min(len(found), len(wanted)))
    start = max(first - SHOWN // 2, 0) if first > SHOWN - 3 else 0

    def text(entries):
        more = "… " * (start > 0), " …" * (len(entries) > start + SHOWN)
        return more[0] + " ".join(entries[start : start + SHOWN]) + more[1]

    return text(found), text(wanted)
