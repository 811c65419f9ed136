"""Functions that draw at every call: each number by itself, from what is handed in, in compiled code too."""

import functools
import itertools

import keras
import numpy as np

from ganhacks.checks.engine.exercise import Wrong
from ganhacks.checks.engine.sandbox import Answer
from ganhacks.checks.judges import tape

#: What can be wrong with a function that draws from a keras SeedGenerator inside the training loop.
MISCONCEPTIONS = {
    **tape.MISCONCEPTIONS,
    "ignores_rng": (
        "Two SeedGenerators with the same number lead to different draws, so yours come from elsewhere. Hand on the "
        "`seed` that you are given, or no run can be repeated."
    ),
    "reseeds": (
        "Every call draws the very same: a fixed number as a seed, or a generator that is made inside of your "
        "function, starts again each time. Hand on the `seed` that you are given."
    ),
    "frozen_draw": (
        "Compiled, your function draws the very same at each call. NumPy, and Python's random, draw while the code is "
        "*compiled*, once; from then on it is a constant. Let `keras.random` draw, with seed=seed."
    ),
    "breaks_tape": (
        "No gradient comes back through your function, so the generator would learn nothing through it. Is there a "
        "`stop_gradient`, or a NumPy array, on the way?"
    ),
}


def remembered(look):
    """Return look(function, *args) as observe(function, args) for `judging.compare`, which looks at slips only once.

    Calls are told apart by their arguments that are no arrays.
    """
    known = {}

    @functools.wraps(look)
    def observe(function, args):
        if isinstance(function, Answer):
            return look(function, *args)
        key = function, *(arg for arg in args if not isinstance(arg, np.ndarray))
        if key not in known:
            known[key] = look(function, *args)
        return known[key]

    return observe


def seeded(call):
    """Return call(seed, *args) as a draw(rng, *args), which gives each `rng` a SeedGenerator of its own."""
    generators = {}

    def draw(rng, *args):
        if id(rng) not in generators:  # kept, so that no other gets its id
            generators[id(rng)] = rng, keras.random.SeedGenerator(int(rng.integers(2**31)))
        return np.asarray(call(generators[id(rng)][1], *args))

    return draw


def judge_in_loop(call, x):
    """Return a function of one tensor as the training loop compiles it, or raise Wrong: it draws anew, in x's type.

    x: a tensor with so many numbers that two draws never agree by chance.
    """
    compiled = tape.judge_compiled(call, x)
    if compiled(x).dtype != x.dtype:
        raise Wrong("wrong_dtype", found=compiled(x).dtype.name)
    if np.array_equal(compiled(x), compiled(x)):
        raise Wrong("frozen_draw")
    return compiled


def together(values):
    """Tell for each set of axes how the numbers along them go together: 0 as with independent draws.

    values: an array. Returns axes -> 1 if they go the same way, -1 if they even each other out, such as an exact number
    of zeros in each row. Of numbers that are the same along some axes: these axes -> 2. Sets of axes that leave few
    groups are left out: chance gives 1 or -1 once in ten million times.
    """
    found, variance, axes = {}, values.var(), range(values.ndim)
    if variance < 1e-12:
        return found
    same = [axis for axis in axes if values.shape[axis] > 1 and np.ptp(values, axis).max() < 1e-4 * variance**0.5]
    if same:
        return {tuple(same): 2}
    for some in itertools.chain.from_iterable(itertools.combinations(axes, n) for n in range(1, values.ndim)):
        means = values.mean(some)
        if means.size >= 12:
            ratio = means.var() * (values.size / means.size) / variance
            found[some] = int(ratio > 1 + 10 * np.sqrt(2 / means.size)) - int(ratio < 0.02)
    return found
