"""Judge latent samples that should be N(0, 1), every number by itself: the same question in several labs."""

import math

import numpy as np

from ganhacks.checks.engine import properties
from ganhacks.checks.engine.exercise import Wrong
from ganhacks.checks.engine.sandbox import AnswerRaised
from ganhacks.checks.engine.values import array

#: What can be wrong with latent samples: see `judge_latents`. `ignores_rng` and `reseeds` are said of any draw.
MISCONCEPTIONS = {
    "transposed": "Your array is {found}: a column for each sample. Wanted is a row for each: {wanted}.",
    "flat": "Your array has the shape {found}. Give it one row for each sample: {wanted}.",
    "no_tuple": (
        "The shape has to be one thing, a tuple: two numbers in a row are something else to this method, such as a "
        "mean and a deviation. `rng.standard_normal` takes the tuple as its one argument, `rng.normal` as `size=`."
    ),
    "one_draw": (
        "You return one number. How many are drawn is the argument `size`, a tuple. Without it there is one draw, and "
        "two numbers in a row are taken for a mean and a deviation."
    ),
    "no_spread": (
        "All your numbers are {value:.4g}: they have no spread. Do you draw each of them? `rng.normal` takes the mean "
        "first, then the standard deviation."
    ),
    "repeated": (
        "Of {wanted:,} numbers that you return, only {found:,} are different. Draw every number by itself: no two rows "
        "are the same sample, no two columns the same number."
    ),
    "rounded": (
        "Your {n:,} numbers hold only {found} different values, all of them multiples of {step:g}: rounded? Leave them "
        "as they come."
    ),
    "clipped": (
        "Your smallest numbers are all {low:.2f}, or your largest all {high:.2f}: you clipped them. N(0, 1) has no "
        "limit."
    ),
    "truncated": (
        "None of your {n:,} numbers lies beyond {most:.1f} standard deviations. N(0, 1) has no limit, and 1 number in "
        "2,000 lies beyond 3.5. Did you cut them off?"
    ),
    "standardized": (
        "Your numbers have {found}: you normalized what you drew. Then each number depends on the others that were "
        "drawn with it. Leave them as they come."
    ),
    "on_the_sphere": (
        "All of your points lie at the distance {radius:.2f} from the origin, or next to it: you put them on a sphere. "
        "Here every number is N(0, 1), whatever the length comes to."
    ),
    "uniform": (
        "Your numbers are spread evenly between {low:.1f} and {high:.1f}: that is a uniform distribution. The hack is "
        "a Gaussian one, N(0, 1), which has most of its numbers near 0 and a few beyond 3."
    ),
    "wrong_mean": "Your numbers have the mean {mean:.2f}; N(0, 1) has the mean 0.",
    "wrong_spread": "Your numbers have the standard deviation {std:.2f}; N(0, 1) has 1.",
    "not_gaussian": (
        "Your numbers have the right mean and spread and another shape: {found}. Draw from N(0, 1), and leave what you "
        "draw as it is."
    ),
}

SHAPES = (5, 100), (3, 7)
EDGES = (1, 9), (8, 1)
MANY = 1000, 120  # 120,000 numbers: chance moves their mean by 0.003, their deviation by 0.002


def judge_latents(draw):
    """Judge a function that draws latent samples, or raise Wrong.

    draw(rng, n_samples, latent_dim): calls the answer and returns its latent samples, an array that should be
    (n_samples, latent_dim), N(0, 1) in every number, each number drawn by itself from `rng`.
    """
    for shape in (*SHAPES, MANY):
        z = _drawn(draw, shape)
    if np.ptp(z) == 0:
        raise Wrong("no_spread", value=z.flat[0])
    with np.errstate(all="ignore"):
        properties.draws_from_rng(draw, *SHAPES[0])
        _judge_values(z)
        _judge_exactness(z)
        _judge_distribution(z)
        _judge_dependence(z)
        _draws_anew(draw)
    for shape in EDGES:
        _drawn(draw, shape)


def _drawn(draw, shape):
    try:
        z = draw(np.random.default_rng(2), *shape)
    except AnswerRaised as raised:
        if "Cannot interpret" in raised.error:  # the second number, read as a dtype
            raise Wrong("no_tuple") from None
        raise
    if isinstance(z, (float, np.floating)):
        raise Wrong("one_draw")
    z = array(z)
    if z.shape == shape[::-1] != shape:
        raise Wrong("transposed", found=z.shape, wanted=shape)
    if z.size == math.prod(shape) and z.shape != shape:
        raise Wrong("flat", found=z.shape, wanted=shape)
    array(z, shape, f" for {shape[0]} samples of {shape[1]} numbers")
    if z.dtype == "float16":
        raise Wrong("wrong_dtype", found=z.dtype, wanted="float32 or float64")
    return z.astype("float64")


def _draws_anew(draw):
    """Raise Wrong unless many calls on one generator give as many different samples."""
    rng = np.random.default_rng(3)
    if len({np.asarray(draw(rng, 1, 20)).tobytes() for _ in range(30)}) < 30:
        raise Wrong("reseeds")


def _judge_values(z):
    """Look at the single numbers: repeated, rounded, clipped, or mirrored."""
    different = len(np.unique(z))
    repeated = Wrong("repeated", found=different, wanted=z.size)
    if len(np.unique(z, axis=0)) < len(z) or len(np.unique(z, axis=1)) < z.shape[1] or different <= 3:
        raise repeated
    few = different < 0.9 * z.size  # float32 has a few by chance
    for step in (1, 0.1, 0.01, 0.001, 1e-4):
        if few and np.allclose(z / step, np.round(z / step), 0, 1e-3):
            raise Wrong("rounded", n=z.size, found=different, step=step)
    low, high = z.min(), z.max()
    inner = z[(z > low) & (z < high)]
    if inner.size < z.size - 2 and len(np.unique(inner)) > 0.9 * inner.size:
        raise Wrong("clipped", low=low, high=high)
    if few:
        raise repeated
    if len(np.unique(np.abs(z))) < 0.9 * z.size:
        raise Wrong("dependent_draws", found="to nearly every number there is another with the opposite sign")


def _judge_exactness(z):
    """Look at what is exact and should be random: means, deviations, lengths."""
    _judge_standard(z, 1, " in each row")
    radii = np.linalg.norm(z, axis=1)
    around_0 = abs(z.mean()) < z.std()  # far from 0 all lengths are nearly the same
    if around_0 and radii.std() < 0.2 / math.sqrt(2 * z.shape[1]) * radii.mean():  # a fifth of what chance gives them
        raise Wrong("on_the_sphere", radius=radii.mean())
    _judge_standard(z, 0, " in each column")
    _judge_standard(z, None, "")


def _judge_standard(z, axis, where):
    means, deviations = np.abs(z.mean(axis)).max(), np.abs(z.std(axis) - 1).max()
    least = 1e-6 if axis is None else 1e-5  # one mean comes so near by chance, a hundred don't
    if min(means, deviations) < least:
        exact = [("mean of exactly 0", means), ("deviation of exactly 1", deviations)]
        raise Wrong("standardized", found=f"a {' and a '.join(told for told, off in exact if off < least)}{where}")


def _judge_distribution(z):
    """Compare the distribution with N(0, 1)."""
    numbers = np.sort(z, axis=None)
    low, high, mean, std = numbers[0], numbers[-1], numbers.mean(), numbers.std()
    if np.abs(numbers - np.linspace(low, high, numbers.size)).max() < 0.02 * (high - low):
        raise Wrong("uniform", low=low, high=high)
    scaled = (numbers - mean) / std
    most = np.abs(scaled).max()
    if most < 3.5:  # of 120,000 numbers from N(0, 1), 56 are farther out
        raise Wrong("truncated", n=z.size, most=most)
    if abs(mean) > 0.03:
        raise Wrong("wrong_mean", mean=mean)
    if abs(std - 1) > 0.03:
        raise Wrong("wrong_spread", std=std)
    fourth = (scaled**4).mean()
    if abs(fourth - 3) > 0.075:  # chance moves it by 0.014
        raise Wrong("not_gaussian", found=f"their fourth moment is {fourth:.2f}, a Gaussian's is 3")
    for limit in np.linspace(-3, 3, 25):
        share, wanted = (scaled < limit).mean(), (1 + math.erf(limit / math.sqrt(2))) / 2
        if abs(share - wanted) > 0.01:
            found = f"{share:.1%} of them lie below {limit:g}, and {wanted:.1%} of a Gaussian's"
            raise Wrong("not_gaussian", found=found)


def _judge_dependence(z):
    """Look at numbers that are Gaussian one by one and hang together. z: (n, dim), with a deviation of 1."""
    properties.independent(z)
    lengths = np.linalg.norm(z, axis=1, keepdims=True)
    rising = (np.diff(np.hstack([z, lengths]), axis=0) > 0).mean(axis=0)
    if np.abs(rising - 0.5).max() > 0.4:
        raise Wrong("dependent_draws", found="your rows are sorted by one of their numbers, or by their length")
    n, dim = z.shape
    for found, ratio, tolerance in (
        ("points differ in their lengths {} times as much as they should", (z**2).sum(1).var() / (2 * dim), 0.5),
        ("the numbers of a row move together, by {} times what chance allows", z.mean(1).var() * dim, 0.5),
        ("the numbers of a column move together, by {} times what chance allows", z.mean(0).var() * n, 0.8),
    ):
        if abs(ratio - 1) > tolerance:
            raise Wrong("dependent_draws", found=found.format(f"{ratio:.2g}"))
    for found, one, other in (("row", z[1:], z[:-1]), ("column", z[:, 1:], z[:, :-1])):
        likeness = (one * other).mean()
        if abs(likeness) > 0.03:  # chance gives 0.003
            said = f"each {found} goes with the one before, with a correlation of {likeness:.2f}"
            raise Wrong("dependent_draws", found=said)
