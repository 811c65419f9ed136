"""The shelf of properties: what a right answer does or doesn't do, whatever it returns. Each raises Wrong if not.

An answer is called with arguments that the check has chosen; a `numpy.random.Generator` is made here from seeds.
"""

import numpy as np

from ganhacks.checks.engine.exercise import Wrong
from ganhacks.checks.engine.judging import named_arguments, same

ENOUGH = 30  # different numbers that two independent draws never share by chance


def draws_from_rng(answer, *args):
    """The first argument, `rng`, decides all: one seed gives one result, and every further call draws anew.

    args: what follows `rng`; the result has to hold enough random numbers that two draws never agree by chance.
    """
    first, again, other = (answer(np.random.default_rng(seed), *args) for seed in (11, 11, 12))
    if not same(first, again, 0, 0):
        raise Wrong("ignores_rng")
    rng = np.random.default_rng(11)
    second, third = answer(rng, *args), answer(rng, *args)
    if same(second, third, 0, 0) or same(first, other, 0, 0):
        raise Wrong("reseeds")


def independent(values):
    """Numbers that were drawn one by one: none repeated, no row or column twice, not sorted, not mirrored.

    values: (n, ...) of a continuous distribution, with at least ENOUGH numbers.
    """
    values = np.asarray(values, "float64")
    flat, rows = values.ravel(), values.reshape(len(values), -1)
    if len(np.unique(flat)) < 0.9 * flat.size:  # float32 has a few by chance
        raise Wrong("dependent_draws", found=f"of {flat.size:,} numbers only {len(np.unique(flat)):,} are different")
    if flat.size < ENOUGH:
        return
    for way, line in (("", flat), ("down each column ", rows.T.ravel())):
        steps = np.diff(line)
        if max(np.mean(steps > 0), np.mean(steps < 0)) > 0.9:
            raise Wrong(
                "dependent_draws", found=f"{way or 'one after the other '}they only rise or fall: they are sorted"
            )
    centred = flat - flat.mean()
    for lag in (1, 2, 3):
        likeness = (centred[lag:] * centred[:-lag]).mean() / (centred**2).mean()
        if abs(likeness) > max(0.1, 6 / np.sqrt(flat.size)):
            found = f"each goes with the one {lag} before it, with a correlation of {likeness:.2f}"
            raise Wrong("dependent_draws", found=found)
    half = len(rows) // 2
    pairs = {
        "the second half": (rows[:half], rows[half : 2 * half]),
        "every second row": (rows[: 2 * half : 2], rows[1 : 2 * half : 2]),
        "the rows from the end": (rows[:half], rows[::-1][:half]),
    }
    for told, (one, other) in pairs.items():
        if one.size < ENOUGH / 2:
            continue
        one, other = one.ravel() - flat.mean(), other.ravel() - flat.mean()
        likeness = (one * other).mean() / (centred**2).mean()
        if abs(likeness) > max(0.5, 5 / np.sqrt(one.size)):
            raise Wrong("dependent_draws", found=f"{told} {'repeats' if likeness > 0 else 'mirrors'} the others")


def new_array(answer, *args):
    """What comes back is an array of its own: it shares no memory with an argument."""
    result = answer.raw(*args)
    for name, arg in named_arguments(answer, args).items():
        parts = result if isinstance(result, (tuple, list)) else [result]
        if isinstance(arg, np.ndarray) and any(isinstance(p, np.ndarray) and np.shares_memory(p, arg) for p in parts):
            raise Wrong("shares_memory", argument=name)


def same_each_time(answer, *args):
    """Two calls with the same arguments give the same."""
    if not same(answer(*args), answer(*args), 0, 0):
        raise Wrong("another_result")


def two_networks(answer, *args):
    """A function that builds a network builds another one at each call, with weights of its own."""
    one, other = answer(*args), answer(*args)
    shared = {id(variable) for variable in one.variables} & {id(variable) for variable in other.variables}
    if one is other or shared:
        raise Wrong("one_network")
