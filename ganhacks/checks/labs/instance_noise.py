"""Lab 23, instance noise: what a right answer must show, how people get it wrong, and the hints."""

from dataclasses import astuple, dataclass
from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine import properties
from ganhacks.checks.judges import draws, latents, tape
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import Example, compare, judge
from ganhacks.checks.engine.sandbox import AnswerRaised, Through
from ganhacks.checks.engine.values import array, numbers, pair
from ganhacks.hacks import instance_noise as hack

PARAMETERS = {
    "steps": training_steps(),
    "start": Parameter("deviation of the noise at first", 0.0, 10.0),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "instance_noise")

PREDICTION = {
    "choices": {
        "a": "1, like the reals.",
        "b": "0.8, narrower than the reals.",
        "c": "1.17, wider than the reals.",
    },
    "answer": "b",
    "remarks": {
        "a": "That would be so if G did not learn of the noise. It learns through D, and D sees it.",
        "c": (
            "That is how wide the fakes would look to D if s were 1. D would see the difference, so G makes s "
            "smaller."
        ),
    },
    "why": (
        "D can't tell the two apart once the fakes, noise and all, look like the reals. The squares add up: 0.8² + "
        "0.6² = 1. So the generator learns the data with the noise taken out. With noise on the reals alone it is c: "
        "it learns the noise too."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- the schedule


def _of_line(formula):
    """Return a wrong schedule, made of the share of the way that is left. formula: of (line, start)."""
    return lambda step, n_steps, start: formula(np.clip(1 - step / (n_steps - 1), 0, 1), start)


def _of_share(formula):
    """Return a wrong schedule, made of the share of the way that is done, which goes on. formula: of (share, start)."""
    return lambda step, n_steps, start: formula(step / (n_steps - 1), start)


def _as_whole_as_step(step, n_steps, start):
    stds = hack.noise_std(step, n_steps, start)
    return np.asarray(stds).astype(step.dtype) if np.ndim(step) else stds


@exercise(
    hack.noise_std,
    praise="All of `start` at step 0, exactly 0 at the last step and after it, and a straight line in between.",
    slips=[
        ("constant", lambda step, n_steps, start: start),
        ("constant", lambda step, n_steps, start: np.full(np.shape(step), start)),
        ("grows", _of_line(lambda line, start: start * (1 - line))),
        ("grows", _of_share(lambda share, start: start * share)),
        ("negative", _of_share(lambda share, start: start * (1 - share))),
        ("one_step_late", lambda step, n_steps, start: start * (1 - step / n_steps)),
        ("one_step_late", lambda step, n_steps, start: start * np.maximum(1 - step / n_steps, 0)),
        (
            "one_step_late",
            lambda step, n_steps, start: start * np.where(step >= n_steps - 1, 0, 1 - step / n_steps),
        ),
        ("one_step_late", lambda step, n_steps, start: start * np.clip(1 - (step - 1) / (n_steps - 1), 0, 1)),
        ("capped", _of_line(lambda line, start: np.minimum(start * line, 1))),
        ("integers", _as_whole_as_step, {"found": "of step's type", "wanted": "an array of floats"}),
        ("one_step_early", lambda step, n_steps, start: start * np.maximum(1 - (step + 1) / n_steps, 0)),
        ("one_step_early", _of_line(lambda line, start: start * np.where(line < 1, line, 0))),
        ("variance", _of_line(lambda line, start: start * np.sqrt(line))),
        ("variance", _of_line(lambda line, start: start**2 * line)),
        ("variance", _of_line(lambda line, start: np.sqrt(start) * line)),
        ("variance", _of_line(lambda line, start: np.sqrt(start * line))),
        ("curved", _of_line(lambda line, start: start * line**2)),
        ("curved", _of_line(lambda line, start: start * (1 - (1 - line) ** 2))),
        ("curved", _of_line(lambda line, start: start * (1 - np.cos(np.pi * line)) / 2)),
        ("curved", _of_line(lambda line, start: start * np.sin(np.pi / 2 * line))),
        ("curved", _of_line(lambda line, start: start * (1 - np.cos(np.pi / 2 * line)))),
        ("ignores_argument", _of_line(lambda line, start: line), {"argument": "start", "value": 1}),
        ("restarts", lambda step, n_steps, start: start * (1 - step % n_steps / (n_steps - 1))),
        ("restarts", _of_share(lambda share, start: start * abs(1 - share))),
        ("restarts", _of_share(lambda share, start: start * (1 + np.cos(np.pi * share)) / 2)),
        *(
            ("never_zero", lambda step, n_steps, start, c=c: start * np.exp(-c * step / n_steps))
            for c in (1.0, 3.0, 4.0, 5.0, 10.0)
        ),
        *(
            ("never_zero", _of_share(lambda share, start, c=c: start * np.exp(-c * share)))
            for c in (1.0, 3.0, 5.0, 10.0)
        ),
        *(("never_zero", lambda step, n_steps, start, c=c: start * c**step) for c in (0.9, 0.95, 0.99, 0.995, 0.999)),
        *(("never_zero", _of_share(lambda share, start, c=c: start * c**share)) for c in (0.1, 0.01, 0.001)),
        *(("never_zero", lambda step, n_steps, start, c=c: start / (c + step)) for c in (1, 1.0)),
        *(("never_zero", _of_line(lambda line, start, c=c: np.maximum(start * line, c))) for c in (1e-2, 1e-3, 1e-4)),
        *(("rounded", _of_line(lambda line, start, n=n: np.round(start * line, n))) for n in (1, 2, 3)),
        *(("stairs", _of_line(lambda line, start, n=n: start * np.floor(n * line) / n)) for n in (4, 5, 10)),
        ("whole_table", lambda step, n_steps, start: np.linspace(start, 0, n_steps)),
    ],
    misconceptions={
        "constant": "Your noise is {start:g} at each step. It has to fade: D should see sharp samples in the end.",
        "grows": "Your noise grows from 0 on. Let it be strong first, while fakes lie far off.",
        "capped": "Your noise is never above 1. `start` may be: the share that is left lies in [0, 1], not the noise.",
        "one_step_late": (
            "Your line would be 0 one step after the last. There are {n_steps} steps, counted from 0, and one stride "
            "less between them: which of your numbers is off by one?"
        ),
        "one_step_early": (
            "At step 0 your noise is not {start:g}. Do you count the steps from 1, or divide by n_steps? They begin at 0, "
            "and the last one is n_steps - 1."
        ),
        "negative": (
            "After the last step your noise falls below 0. A deviation is never negative: the straight line has to "
            "stop at 0. (Minus it as well, and it would grow again.)"
        ),
        "never_zero": (
            "At the last step your noise is not 0. An exponential decay, or one with a smallest value, comes close to "
            "0 and never gets there; the straight line does."
        ),
        "variance": (
            "Your noise is the straight line with a square, or a root, too many. It is the standard deviation that "
            "goes down in a line from `start`, not the variance."
        ),
        "curved": "Start and end of your noise are right, and in between it is curved. Wanted is a straight line.",
        "rounded": "You round. The straight line has as many decimals as it needs: leave it as it is.",
        "stairs": "Your noise goes down in stairs. Wanted is a straight line, a little less at each step.",
        "restarts": ("After the last step your noise comes back. Training that goes on gets no noise: stay at 0."),
        "ends": (
            "After the last step your function raises an error ({reason}). Training may go on, without noise: return 0."
        ),
        "another_result": (
            "Asked twice for the same step, your function gives two results: something else than `step` decides, such "
            "as a clock or a counter. Then no run can be repeated or resumed."
        ),
        "scalars_only": (
            "Your function takes one step and not an array of steps ({reason}). The lab asks for all of them at once. "
            "np.clip, np.maximum or np.where do what `max` and `if` do, for arrays too."
        ),
        "arrays_only": "Your function takes an array of steps and not one whole number ({reason}).",
        "whole_table": "Whatever `step` is, you return the noise of all steps, from {start:g} to 0. Look up the step.",
    },
    hints=(
        "Which share of the way is left at step 0, and at the last step, n_steps - 1? Which after that?",
        "The share that is left is 1 minus the share that is done. np.clip keeps it between 0 and 1.",
        "start * np.clip(1 - ..., 0, 1), with the share that is done in place of the dots",
    ),
)
def check_noise_std(answer):
    def called(step, n_steps, start):
        try:
            return answer(step, n_steps, start)
        except AnswerRaised as raised:
            if not isinstance(raised.exception, (TypeError, IndexError, AttributeError, ValueError)):
                raise
            later = np.max(step) >= n_steps
            answer(0 if np.ndim(step) or later else np.arange(n_steps), n_steps, start)  # raises too, if all steps do
            misconception = "scalars_only" if np.ndim(step) else "ends" if later else "arrays_only"
            raise Wrong(misconception, reason=raised.error[:110].rstrip(". ")) from None

    for step in (0, 1):
        properties.same_each_time(Through(answer, called), step, 101, 0.4)
    sizes = (101, 0.4), (11, 2.0), (2, 0.3), (41, 0.1), (12, 0.0), (10_000, 0.5)
    alone = [(step, n, start) for n, start in sizes for step in (0, n // 3, n - 1, n, n + 7, 3 * n)]
    tables = [(np.arange(n), n, start) for n, start in sizes]
    later = [(rng(n).permutation(2 * n), n, start) for n, start in sizes]
    judge(Through(answer, called), alone + tables + later + [(np.arange(0, 130, 25), 101, 0.5)], atol=1e-6)
    for step, n, start in alone:  # exactly 0: the rounding of a difference is forgiven, a small rest is not
        if step >= n - 1 and abs(answer(step, n, start)) > 1e-9:
            raise Wrong("never_zero", Example(f"For step = {step}, n_steps = {n}: {answer(step, n, start):.2g}."))


# ---- what is seen of noise


@dataclass(frozen=True)
class Noise:
    """What is seen of the noise on one batch, in units of `std`, the deviation that is asked for.

    likeness: its correlation with the samples. unchanged: the share of numbers that have none. at_edge: the share of
    numbers that are 1 or -1 now. bulk: twice its mean size, by its deviation. together: as in `draws.together`.
    """

    std: float
    mean: float
    deviation: float
    likeness: float
    unchanged: float
    at_edge: float
    bulk: float
    together: tuple

    @property
    def shared(self):
        """The first axes along which numbers go together, and whether they are the same (2) or not (1); or None."""
        return next((some for some in self.together if some[1] > 0), None)


def seen(before, after, std):
    """Return the `Noise` that turned one batch into another. before, after: float arrays of one shape."""
    noise, unit = after.astype("float64") - before, std or 1.0
    deviation = noise.std()
    there = deviation > 1e-6 * unit
    return Noise(
        std=std,
        mean=noise.mean() / unit,
        deviation=deviation / unit,
        likeness=np.corrcoef(noise.ravel(), before.ravel())[0, 1] if there else 0.0,
        unchanged=np.mean(noise == 0),
        at_edge=np.mean(np.isclose(np.abs(after), 1, 0, 1e-7)),
        bulk=2 * np.abs(noise).mean() / deviation if there else 0.0,
        together=tuple(draws.together(noise).items()) if there else ((tuple(range(noise.ndim)), 2 * int(noise.any())),),
    )


def alike(found, wanted):
    """Tell whether two `Noise` are the same, as far as chance lets one see it in 10,000 numbers."""
    if found.shared is not None:  # few draws: chance decides on all the rest
        return found.shared == wanted.shared
    some, others = (astuple(one)[:-1] for one in (found, wanted))
    return found.together == wanted.together and bool(
        (np.abs(np.subtract(some, others)) < CHANCE * np.maximum(1, np.abs(others))).all()
    )


CHANCE = 0.06  # most that two draws of 10,000 numbers differ by


def judge_noise(found, wanted):
    """Raise Wrong for what is measured of a `Noise` that no slip explains."""
    if found.shared is not None:
        raise Wrong("shared", axis=_told(found.shared[0]))
    measured = {"clipped": "at_edge", "scaled": "likeness", "other_mean": "mean", "wrong_deviation": "deviation"}
    for misconception, part in measured.items():
        if abs(getattr(found, part) - getattr(wanted, part)) > CHANCE:
            raise Wrong(misconception, std=found.std, found=found.deviation * (found.std or 1))
    for axes in [axes for axes, how in found.together if how < 0]:
        raise Wrong("dependent_draws", found=f"along axis {_told(axes)} they even each other out")
    if abs(found.bulk - wanted.bulk) > CHANCE:
        raise Wrong(
            "not_gaussian", found=f"their mean size is {found.bulk / 2:.2f} of their deviation, a Gaussian's 0.80"
        )


def _told(axes):
    return " and ".join(map(str, axes))


def _of_shape(change):
    """Return noise that is drawn in another shape. change: of a batch's shape, a tuple."""
    return lambda x, std, normal, uniform: x + std * normal(change(tuple(x.shape)))


def _of_normal(change):
    """Return a wrong way to add noise. change: of (x, std, as many N(0, 1) as x has)."""
    return lambda x, std, normal, uniform: change(x, std, normal(tuple(x.shape)))


def _of_uniform(low, high):
    """Return noise that is uniform between `low` and `high` deviations."""
    return lambda x, std, normal, uniform: x + std * (low + (high - low) * uniform(tuple(x.shape)))


#: (misconception, blurred(x, std, normal, uniform)): normal and uniform draw an array of a shape, N(0, 1) and U(0, 1).
WRONG_NOISES = [
    ("no_noise", lambda x, std, normal, uniform: x + 0),
    ("one_per_sample", _of_shape(lambda shape: (shape[0], *[1] * (len(shape) - 1)))),
    ("one_per_batch", _of_shape(lambda shape: shape[1:])),
    ("one_number", _of_shape(lambda shape: ())),
    ("shared", _of_shape(lambda shape: shape if len(shape) == 2 else (*shape[:-1], 1)), {"axis": "3"}),
    ("scaled", _of_normal(lambda x, std, n: ops.sqrt(ops.maximum(0.0, 1 - std**2)) * x + std * n)),
    ("scaled", _of_normal(lambda x, std, n: (1 - std) * x + std * n)),
    ("scaled", _of_normal(lambda x, std, n: ops.maximum(0.0, 1 - std) * x + std * n)),
    ("scaled", _of_normal(lambda x, std, n: (x + std * n) / ops.sqrt(1 + std**2))),
    ("replaced", _of_normal(lambda x, std, n: std * n)),
    ("variance", _of_normal(lambda x, std, n: x + std**2 * n)),
    ("variance", _of_normal(lambda x, std, n: x + std**0.5 * n)),
    ("uniform", _of_uniform(-1, 1)),
    ("uniform", _of_uniform(-(3**0.5), 3**0.5)),
    ("uniform", _of_uniform(-0.5, 0.5)),
    ("uniform", _of_uniform(0, 1)),
    ("clipped", _of_normal(lambda x, std, n: ops.clip(x + std * n, -1, 1))),
    ("clipped", _of_normal(lambda x, std, n: ops.clip(x + std * n, 0, 1))),
    ("clipped", _of_normal(lambda x, std, n: ops.tanh(x + std * n))),
    ("multiplied", _of_normal(lambda x, std, n: x * (1 + std * n))),
    ("multiplied", _of_normal(lambda x, std, n: x * std * n)),
    ("other_mean", _of_normal(lambda x, std, n: x + std * abs(n))),
    ("other_mean", _of_normal(lambda x, std, n: x + std * (1 + n))),
    ("ignores_argument", _of_normal(lambda x, std, n: x + n), {"argument": "std", "value": 1}),
]

NOISE_MISCONCEPTIONS = {
    **latents.MISCONCEPTIONS,
    "standardized": (
        "Your noise has {found}: you normalized what you drew. Then each number depends on the others that were drawn "
        "with it. Leave the draws as they come."
    ),
    "no_noise": "In training your samples come back as they were, with std = {std:g} too.",
    "one_per_sample": (
        "Within a sample all numbers move by the same amount: a shift, not noise. Draw as many numbers as the batch "
        "has: its whole shape."
    ),
    "one_per_batch": (
        "All samples of the batch get the same noise. D can learn it, and subtract it. Draw for the whole batch: its "
        "whole shape."
    ),
    "one_number": "All numbers of the batch move by one and the same amount. Draw one for each: the batch's shape.",
    "shared": "Along axis {axis} your noise goes together. Draw for each number by itself: the batch's whole shape.",
    "scaled": "Besides the noise your samples have changed: what you add goes with them. Add noise alone.",
    "replaced": "You return noise alone, and the samples are gone. Add it to them.",
    "variance": (
        "Your noise has not the deviation {std:g} that is asked for: a square or a root too many. N(0, 1) times the "
        "deviation has it."
    ),
    "uniform": "Your noise is uniform. Gaussian noise has no edge that D could find.",
    "clipped": (
        "Your result, or its noise, is clipped or squeezed at an edge, and a Gaussian has none. In the range of images "
        "that bends the distribution, the more the darker an image is. D takes 1.3 as well."
    ),
    "other_mean": "The mean of your noise is not 0: it shifts the samples.",
    "multiplied": "Where a sample is 0 your noise is 0: you multiply by it. Instance noise is added.",
    "wrong_deviation": "Asked for a deviation of {std:g} your noise has {found:.3g}.",
}


def _samples(seed, shape):
    """Return samples in [-1, 1]; every fourth is 0."""
    x = rng(seed).uniform(-1, 1, shape).astype("float32")
    x[::4] = 0
    return x


#: (samples, std)
BATCHES = [
    (_samples(seed + 40, shape), std)  # no seed that draws noise
    for seed, (shape, std) in enumerate(
        (((100, 110), 0.3), ((60, 8, 8, 3), 0.8), ((120, 120), 1.5), ((60, 8, 8, 3), 0.05), ((120, 120), 0.0))
    )
]


# ---- both batches


def _on(noise_real, noise_fake=None):
    """Return a wrong function that blurs the reals, and the fakes, in one of the ways of WRONG_NOISES."""

    def blurred(rng, real, fake, std):
        ways = noise_real, noise_fake or noise_real
        noisy = [way(x, std, *_drawing(rng)) for way, x in zip(ways, (real, fake))]
        return tuple(np.asarray(batch).astype("float32") for batch in noisy)

    return blurred


def _drawing(rng):
    return [partial(draw, dtype="float32") for draw in (rng.standard_normal, rng.random)]


_right, _none = _of_normal(lambda x, std, n: x + std * n), WRONG_NOISES[0][1]


def _one_noise(change):
    """Return a wrong function that draws once. change: makes the fakes' noise of the reals'."""

    def blurred(rng, real, fake, std):
        noise = std * rng.standard_normal(real.shape)
        return (real + noise).astype("float32"), (fake + change(noise)).astype("float32")

    return blurred


@exercise(
    hack.add_instance_noise,
    praise="Reals and fakes have noise of the same deviation, each number its own draw, and your arrays are new.",
    slips=[
        *((name, _on(noise), *more) for name, noise, *more in WRONG_NOISES),
        ("only_fakes", _on(_none, _right)),
        ("only_reals", _on(_right, _none)),
        ("one_for_both", _one_noise(lambda noise: noise)),
        ("one_for_both", _one_noise(lambda noise: -noise)),
        ("one_for_both", _one_noise(lambda noise: noise[::-1])),
        ("unequal", _on(_right, _of_normal(lambda x, std, n: x + std / 2 * n))),
        ("unequal", _on(_of_normal(lambda x, std, n: x + std / 2 * n), _right)),
        ("one_batch_twice", lambda rng, real, fake, std: hack.add_instance_noise(rng, real, real, std)),
        ("one_batch_twice", lambda rng, real, fake, std: hack.add_instance_noise(rng, fake, fake, std)),
        ("swapped_results", lambda rng, real, fake, std: hack.add_instance_noise(rng, fake, real, std)),
    ],
    misconceptions={
        **NOISE_MISCONCEPTIONS,
        "only_fakes": (
            "Only the fakes have noise. Then D learns to see the noise, and it is right: noise means fake. Blur both."
        ),
        "only_reals": (
            "Only the reals have noise. To look like them, the generator then has to learn the noise too. Blur both."
        ),
        "no_noise": "With std = {std:g} both batches come back as they were.",
        "one_for_both": (
            "Reals and fakes have got the very same noise, but for signs or places perhaps: one tells the other's. "
            "Draw twice."
        ),
        "unequal": "Reals and fakes have noise of two deviations: D could tell them apart by that. Both need `std`.",
        "one_batch_twice": "Both of your batches are made of the same one. Blur the reals, and the fakes.",
        "swapped_results": "Your first batch holds the fakes. The order is (real, fake), as in the arguments.",
        "ignores_rng": (
            "Two generators from the same seed gave different noise, so it comes from elsewhere (np.random?). Draw "
            "from `rng`."
        ),
        "reseeds": (
            "Two calls with one `rng` gave the same noise: you make a new generator inside of the function. D would "
            "learn that noise by heart. Draw from `rng`."
        ),
        "float64": "Your batches come back as float64; wanted float32. NumPy draws float64, and the sum is that too.",
    },
    hints=(
        "How many random numbers does a batch of shape (64, 28, 28, 1) need, and how many do two such batches need?",
        "`std * rng.standard_normal(real.shape)` is noise for the reals. Draw again for the fakes; both sums are "
        "float64 until you say .astype('float32').",
        "tuple((batch + ...).astype(...) for batch in (real, fake))",
    ),
)
def check_add_instance_noise(answer):
    def both_alike(found, wanted):
        return alike(found[0], wanted[0]) and alike(found[1], wanted[1]) and found[2] == wanted[2]

    def describe(run):
        if run.found[2] and run.found[0].deviation > 0 and not run.wanted[2]:
            return Example(f"For std = {run.args[3]:g}: the noise of your fakes is made of that of your reals.")
        yours, wanted = ([part.deviation * (run.args[3] or 1) for part in one[:2]] for one in (run.found, run.wanted))
        return Example(
            f"For std = {run.args[3]:g}: your noise has the deviation {yours[0]:.3g} on the reals and {yours[1]:.3g} "
            f"on the fakes; wanted {run.args[3]:g}."
        )

    def fits(found, wanted, case):
        for part, misconception in zip(found, ("only_fakes", "only_reals")):
            if part.unchanged == 1 > wanted[0].unchanged:
                raise Wrong(misconception)
        if found[2]:
            raise Wrong("one_for_both")
        if not any(part.shared or abs(part.likeness) > CHANCE for part in found[:2]):
            if abs(found[0].deviation - found[1].deviation) > CHANCE:
                raise Wrong("unequal")
        judge_noise(found[0], wanted[0])

    calls = [(seed, x, _samples(seed + 60, x.shape), std) for seed, (x, std) in enumerate(BATCHES)]
    compare(answer, calls, _blurred, both_alike, fits=fits, describe=describe, case=lambda args: f"std = {args[3]:g}")
    for part in range(2):

        def draw(rng, n, dim, part=part):
            zeros = np.zeros((n, dim), "float32")
            return _pair(answer(rng, zeros, zeros.copy(), 1.0), zeros.shape)[part]

        latents.judge_latents(draw)
    for _, real, fake, std in calls:
        properties.new_array(answer, rng(0), real, fake, std)


@draws.remembered
def _blurred(function, seed, real, fake, std):
    """Return the `Noise` on both batches, and whether it holds the same numbers, whatever their sign and place."""
    blurred = _pair(function(rng(seed), real, fake, std), real.shape)
    noises = [np.sort(np.abs(after - before), axis=None) for before, after in zip((real, fake), blurred)]
    return *map(seen, (real, fake), blurred, (std, std)), bool(std and np.allclose(*noises, 0, 1e-5 * std))


def _pair(blurred, shape):
    """Return the two batches that an answer returned, float32 arrays of a shape, or raise Wrong."""
    batches = pair(blurred, "two arrays, (real, fake)")
    for which, batch in zip(("real", "fake"), batches):
        found = array(batch, shape, f" for {which}").dtype
        if found != np.float32:
            misconception = {"f": "float64" if found == "float64" else "wrong_dtype"}.get(found.kind, "integers")
            raise Wrong(misconception, found=found, wanted="float32")
    return batches


# ---- in the discriminator


def _layer(noise, at_test=_none):
    """Return a wrong blur with one of the ways of WRONG_NOISES in training, and another at test time."""

    def blurred(x, std, seed, training):
        way = noise if training else at_test
        return way(x, std, *(partial(draw, seed=seed) for draw in (keras.random.normal, keras.random.uniform)))

    return blurred


@exercise(
    hack.blur,
    praise="Fresh noise at each call in training, of a deviation that may change as it runs; none otherwise.",
    slips=[
        ("noise_at_inference", _layer(_right, _right)),
        ("turned_round", _layer(_none, _right)),
        ("layer_inside", lambda x, std, seed, training: layers.GaussianNoise(std)(x, training=training)),
        *((name, _layer(noise), *more) for name, noise, *more in WRONG_NOISES),
    ],
    misconceptions={
        **draws.MISCONCEPTIONS,
        **NOISE_MISCONCEPTIONS,
        "noise_at_inference": (
            "With training=False your samples are blurred too. Whoever asks this D for its opinion afterwards wants it "
            "about the samples themselves: hand x back as it is."
        ),
        "layer_inside": (
            "Keras' GaussianNoise takes no variable, no deviation above 1, and draws from a seed of its own. Add the "
            "noise yourself, from `keras.random`."
        ),
        "turned_round": "You blur with training=False and not with training=True. It is the other way round.",
        "std_in_python": (
            "Your function reads `std` as a Python number ({reason}). In the compiled loop it is a tensor without a "
            "value yet. Multiply by it, or hand it on: no float(), no .numpy(), no `if std`."
        ),
    },
    hints=(
        "What comes back if `training` is False? And if it is True, which shape has the noise that is added?",
        "keras.random.normal(shape, seed=...) draws N(0, 1) anew at each call. Times `std` it has that deviation, also "
        "if `std` is a variable.",
        "x + std * keras.random.normal(..., seed=...) in training, with the shape of x first",
    ),
)
def check_blur(answer):
    def describe(run):
        yours, wanted = (part.deviation * (run.args[1] or 1) for part in (run.found, run.wanted))
        return Example(
            f"For std = {run.args[1]:g} and training={run.args[3]}: your noise has the deviation {yours:.3g}; wanted "
            f"{wanted:.3g}."
        )

    def fits(found, wanted, case):
        if wanted.unchanged == 1 > found.unchanged:
            raise Wrong("noise_at_inference")
        judge_noise(found, wanted)

    calls = [(x, std, 1, True) for x, std in BATCHES] + [(*BATCHES[0], 2, False)]
    compare(answer, calls, _blurred_once, alike, fits=fits, describe=describe)
    one = _variable(1.0)
    latents.judge_latents(draws.seeded(lambda seed, *shape: answer(tf.zeros(shape), one, seed, True)))
    x, std, seed = tf.constant(BATCHES[0][0]), _variable(0.5), keras.random.SeedGenerator(0)
    tape.judge_gradients(answer, x, std, seed, True)
    try:
        compiled = draws.judge_in_loop(lambda x: answer(x, std, seed, True), x)
    except Wrong as wrong:
        known = (0.5, tf.constant(0.5)) if wrong.misconception == "eager_only" else ()
        if any(_compiles(answer, x, number, seed) for number in known):
            raise Wrong("std_in_python", reason=wrong.details["reason"]) from None
        raise
    std.assign(2.0)
    if np.std(compiled(x) - x) < 1.0:
        raise Wrong("std_in_python", reason="it goes on with 0.5 when the variable becomes 2")


@draws.remembered
def _blurred_once(function, x, std, seed, training):
    seed = keras.random.SeedGenerator(seed)
    blurred = tape.called(function, tf.constant(x), _variable(std), seed, training)
    return seen(x, numbers(blurred, x.shape), std)


def _variable(std):
    return keras.Variable(std, trainable=False)


def _compiles(answer, x, std, seed):
    try:
        tape.judge_compiled(lambda x: answer(x, std, seed, True), x)
    except Wrong:
        return False
    return True
