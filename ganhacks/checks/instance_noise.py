"""Lab 23, instance noise: what a right answer must show, how people get it wrong, and the hints."""

import re

import keras
import numpy as np
import tensorflow as tf

from ganhacks.blame import one_line
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import array, number, pair, told
from ganhacks.hacks import instance_noise as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "instance_noise")

PREDICTION = {
    "choices": {
        "a": "1, like the reals.",
        "b": "0.8, narrower than the reals.",
        "c": "1.17, wider than the reals.",
    },
    "answer": "b",
    "why": (
        "D can't tell the two apart once the fakes, noise and all, look like the reals. The squares add up: 0.8² + "
        "0.6² = 1. So the generator learns the data with the noise taken out. With noise on the reals alone it is c: "
        "it learns the noise too."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- the schedule


def _mistaken_stds(step, n_steps, start):
    """Yield (misconception, values) for what people compute instead of the straight line."""
    share = step / (n_steps - 1)
    line = np.clip(1 - share, 0, 1)
    yield "constant", np.full_like(share, start)
    yield "grows", start * np.clip(share, 0, 1)
    yield "one_step_late", start * np.clip(1 - step / n_steps, 0, 1)
    yield "one_step_early", start * np.clip(1 - (step + 1) / n_steps, 0, 1)
    yield "variance", start * np.sqrt(line)
    yield "variance", start**2 * line
    yield "curved", start * line**2
    yield "curved", start * (1 + np.cos(np.pi * np.clip(share, 0, 1))) / 2
    yield "ignores_start", line


@exercise(
    hack.noise_std,
    praise="All of `start` at step 0, exactly 0 at the last step and after it, and a straight line in between.",
    misconceptions={
        "constant": "Your noise is {found:g} at each step. It has to fade: D should see sharp samples in the end.",
        "grows": "Your noise grows from 0 to {found:g}. Let it be strong first, while fakes lie far off.",
        "one_step_late": (
            "At the last step, {last}, your noise is {found:.3g}, not 0. There are {n} steps from 0 to {last}, and so "
            "{last} strides between them: by what do you divide?"
        ),
        "one_step_early": (
            "At step 0 your noise is {found:.3g} and not {start:g}: you count the steps from 1. They begin at 0."
        ),
        "negative": (
            "At step {step}, after the last one, your noise is {found:.3g}. A deviation is never negative: the "
            "straight line has to stop at 0. (Minus it as well, and it would grow again.)"
        ),
        "never_zero": (
            "At the last step your noise is {found:.3g}. An exponential decay comes close to 0 and never gets there; "
            "the straight line does."
        ),
        "variance": (
            "At half of the way your noise is {found:.3g} and not half of {start:g}: the square, or a root, of the "
            "straight line. It is the standard deviation that goes down in a line, not the variance."
        ),
        "curved": (
            "At a quarter of the way your noise is {found:.3g}; wanted {wanted:.3g}. Start and end are right, and in "
            "between yours is curved."
        ),
        "restarts": (
            "After the last step your noise is back at {found:.3g}, as at step {again}. Training that goes on gets no "
            "noise: stop at 0."
        ),
        "ends": (
            "At step {step}, after the last one, your function raises an error ({reason}). Training may go on, without "
            "noise: return 0."
        ),
        "ignores_start": "With start = {start:g} your noise is {found:g} at step 0. Use the argument.",
        "ignores_step": (
            "Asked twice for the same step, your function gives {one:.3g} and {two:.3g}: something else than `step` "
            "decides, such as a clock or a counter. Then no run can be repeated or resumed."
        ),
        "scalars_only": (
            "Your function takes one step and not an array of steps ({reason}). The lab asks for all of them at once. "
            "np.clip, np.maximum or np.where do what `max` and `if` do, for arrays too."
        ),
        "arrays_only": "Your function takes an array of steps and not one whole number ({reason}).",
        "not_one_number": "For one step your function returns {found}; wanted one number.",
        "differs": "At step {step} of {n}, from {start:g} on, your noise is {found:.4g}; wanted {wanted:.4g}.",
    },
    hints=(
        "Which share of the way is left at step 0, and at the last step, n_steps - 1? Which after that?",
        "The share that is left is 1 minus the share that is done. np.clip keeps it between 0 and 1.",
        "start * np.clip(1 - ..., 0, 1), with the share that is done in place of the dots",
    ),
)
def check_noise_std(answer):
    for n_steps, start in ((101, 0.4), (11, 2.0), (1001, 1.0), (2, 0.3), (41, 0.1)):
        step = np.arange(n_steps)
        found, wanted = _stds(answer, step, n_steps, start), hack.noise_std(step, n_steps, start)
        if not np.array_equal(found, _stds(answer, step, n_steps, start)):
            raise Wrong("ignores_step", one=found[0], two=_stds(answer, step, n_steps, start)[0])
        # Exactly 0 is asked for: the rounding of a float32 is forgiven, an exponential's rest is not.
        if not np.allclose(found, wanted, rtol=1e-5, atol=1e-7):
            _name_the_line(found, step, n_steps, start, wanted)
        for one in {0, n_steps // 3, n_steps - 1}:
            try:
                alone = number(answer(one, n_steps, start), otherwise="not_one_number")
            except AnswerRaised as raised:
                raise Wrong("arrays_only", reason=_reason(raised)) from None
            if not np.isclose(alone, wanted[one], rtol=1e-5, atol=1e-7):
                raise Wrong("differs", step=one, n=n_steps, start=start, found=alone, wanted=wanted[one])
        for later in (n_steps, n_steps + 7, 3 * n_steps):
            try:
                beyond = number(answer(later, n_steps, start), otherwise="not_one_number")
            except AnswerRaised as raised:
                raise Wrong("ends", step=later, reason=_reason(raised)) from None
            if beyond < -1e-7:
                raise Wrong("negative", step=later, found=beyond)
            if beyond > 1e-7:
                raise Wrong("restarts", found=beyond, again=int(np.abs(found - beyond).argmin()))
        some = rng(n_steps).permutation(2 * n_steps)  # an array in any order, with later steps in it
        found, wanted = _stds(answer, some, n_steps, start), hack.noise_std(some, n_steps, start)
        worst = int(np.argmax(np.abs(found - wanted)))
        if not np.allclose(found, wanted, rtol=1e-5, atol=1e-7):
            raise Wrong("differs", step=some[worst], n=n_steps, start=start, found=found[worst], wanted=wanted[worst])


def _name_the_line(found, step, n_steps, start, wanted):
    """Raise Wrong for deviations at each step that are not the straight line."""
    last = n_steps - 1
    at = {"constant": 0, "grows": last, "one_step_late": last, "ignores_start": 0, "one_step_early": 0}
    for misconception, values in _mistaken_stds(step, n_steps, start):
        if np.allclose(found, values, rtol=1e-4, atol=1e-7):
            place = at.get(misconception, last // 2 if misconception == "variance" else last // 4)
            details = {"found": found[place], "wanted": wanted[place], "start": start, "n": n_steps, "last": last}
            raise Wrong(misconception, **details)
    if found.min() < -1e-7:
        raise Wrong("negative", step=int(found.argmin()), found=found.min())
    ratios = found[1:] / np.where(found[:-1] > 0, found[:-1], np.inf)
    if found[-1] > 0 and np.ptp(ratios) < 1e-3:
        raise Wrong("never_zero", found=found[-1])
    worst = int(np.argmax(np.abs(found - wanted)))
    raise Wrong("differs", step=worst, n=n_steps, start=start, found=found[worst], wanted=wanted[worst])


def _stds(answer, step, n_steps, start):
    try:
        found = answer(step, n_steps, start)
    except AnswerRaised as raised:
        answer(0, n_steps, start)  # raises too, if it is not the array that it cannot do with
        raise Wrong("scalars_only", reason=_reason(raised)) from None
    if isinstance(found, (float, int, np.number)) and not isinstance(found, bool):  # the same for all steps
        found = np.full(step.shape, float(found))
    return _plain(found, step.shape)


def _reason(raised):
    return one_line(raised.error)[:110].rstrip(". ")


def _plain(value, shape):
    """Return a tensor, a list or an array as a float64 array of this shape, or raise Wrong."""
    if value is None:
        raise Wrong("returns_nothing")
    try:
        value = np.asarray(value)
    except Exception:
        raise Wrong("wrong_type", found=told(value), wanted="an array") from None
    return array(value, shape).astype("float64")


# ---- both batches


@exercise(
    hack.add_instance_noise,
    praise="Reals and fakes have noise of the same deviation, each number its own draw, and your arrays are new.",
    misconceptions={
        "only_fakes": (
            "Only the fakes have noise. Then D learns to see the noise, and it is right: noise means fake. Blur both."
        ),
        "only_reals": (
            "Only the reals have noise. To look like them, the generator then has to learn the noise too. Blur both."
        ),
        "no_noise": "With std = {std:g} both batches come back as they were.",
        "one_for_both": (
            "Reals and fakes have got the very same noise, but for its sign perhaps: one tells the other's. Draw twice."
        ),
        "one_per_sample": (
            "Within a sample all numbers move by the same amount: a shift, not noise. Draw as many numbers as the "
            "batch has, `size=batch.shape`."
        ),
        "one_per_batch": (
            "All samples of the batch get the same noise. D can learn it, and subtract it. Draw for the whole batch: "
            "`size=batch.shape`."
        ),
        "shared": "Along axis {axis} all numbers move by the same amount. Draw for each of them: `size=batch.shape`.",
        "variance": (
            "Asked for a deviation of {std:g} your noise has {found:.3g}: a square or a root too many. `rng.normal` "
            "takes the deviation, and N(0, 1) times std has it."
        ),
        "uniform": (
            "None of your noise is larger than {most:.3g}, with a deviation of {found:.3g}: that is uniform noise. "
            "Gaussian noise has no edge that D could find."
        ),
        "clipped": (
            "You clip the result to [-1, 1]: {share:.0%} of the numbers lie on the edge now. Clipping bends the "
            "distribution, the more the darker an image is. D takes 1.3 as well."
        ),
        "other_mean": "Your noise has the mean {mean:.2f} and shifts the samples; wanted 0.",
        "scaled": (
            "Your samples are {factor:.2f} times as large as before, besides the noise. Add it, and leave the samples "
            "their size."
        ),
        "unequal": (
            "The noise on the reals has the deviation {real:.3g}, on the fakes {fake:.3g}. D could tell them apart by "
            "that: both need {std:g}."
        ),
        "swapped": "Your first batch holds the fakes. The order is (real, fake), as in the arguments.",
        "ignores_rng": (
            "Two generators from the same seed gave different noise, so it comes from elsewhere (np.random?). Draw "
            "from `rng`."
        ),
        "always_the_same": (
            "Two calls with one `rng` gave the same noise: you make a new generator inside of the function. D would "
            "learn that noise by heart. Draw from `rng`."
        ),
        "float64": "Your {which} comes back as {found}; wanted float32. NumPy draws float64, and the sum is that too.",
        "differs": "Asked for a deviation of {std:g} your noise on the {which} has {found:.3g}.",
    },
    hints=(
        "How many random numbers does a batch of shape (64, 28, 28, 1) need, and how many do two such batches need?",
        "`std * rng.standard_normal(real.shape)` is noise for the reals. Draw again for the fakes; both sums are "
        "float64 until you say .astype('float32').",
        "tuple((batch + ...).astype(...) for batch in (real, fake))",
    ),
)
def check_add_instance_noise(answer):
    sizes = (((4000, 2), 0.3), ((60, 8, 8, 3), 0.1), ((200, 30), 1.5), ((300, 4), 0.0))
    for seed, (shape, std) in enumerate(sizes):
        real, fake = (rng(seed + k).uniform(-1, 1, shape).astype("float32") for k in (10, 20))
        blurred = _blurred(answer, rng(seed), real, fake, std)
        for which, batch in zip(("real", "fake"), blurred):
            if batch.dtype != np.float32:
                raise Wrong("float64", which=which, found=batch.dtype)
        again = _blurred(answer, rng(seed), real, fake, std)
        if not all(np.array_equal(one, two) for one, two in zip(blurred, again)):
            raise Wrong("ignores_rng")
        if _likeness(blurred[0], fake) > 0.5 > _likeness(blurred[0], real):
            raise Wrong("swapped")
        noise = [_plain(batch, shape) - given for batch, given in zip(blurred, (real, fake))]
        if std == 0:
            if max(np.abs(part).max() for part in noise) > 1e-6:
                raise Wrong("differs", std=std, which="reals", found=max(part.std() for part in noise))
            continue
        _judge_which(noise, std)
        _judge_noise(noise, blurred, (real, fake), std)
        one_rng = rng(seed)
        first, second = (_blurred(answer, one_rng, real, fake, std)[0] for _ in range(2))
        if np.array_equal(first, second):
            raise Wrong("always_the_same")


def _blurred(answer, generator, real, fake, std):
    blurred = pair(answer(generator, real, fake, std), "two arrays, (real, fake)")
    made = []
    for which, batch in zip(("real", "fake"), blurred):
        if not isinstance(batch, np.ndarray) and hasattr(batch, "numpy"):
            batch = batch.numpy()
        made.append(array(batch, real.shape, f" for {which}"))
    return made


def _likeness(one, other):
    return np.corrcoef(one.ravel(), other.ravel())[0, 1] if one.std() and other.std() else 0.0


def _judge_which(noise, std):
    """Judge whether both batches have noise, and noise of their own."""
    on_real, on_fake = (np.abs(part).max() > 1e-6 for part in noise)
    if not on_real and not on_fake:
        raise Wrong("no_noise", std=std)
    if not on_real:
        raise Wrong("only_fakes")
    if not on_fake:
        raise Wrong("only_reals")
    if any(np.allclose(noise[0], sign * noise[1], atol=1e-5) for sign in (1, -1)):
        raise Wrong("one_for_both")


def _judge_noise(noise, blurred, given, std):
    """Judge the noise of both batches: arrays of the batches' shape."""
    for part, after in zip(noise, blurred):
        _judge_form(part, after)
    for before, after in zip(given, blurred):
        _judge_scale(before, after, std)
    found = [part.std() for part in noise]
    if max(found) > 1.3 * min(found):
        raise Wrong("unequal", real=found[0], fake=found[1], std=std)
    for which, part in zip(("reals", "fakes"), noise):
        _judge_deviation(part, std, which=which)


def _judge_form(noise, after):
    """Judge whether noise has a draw for each number, and a Gaussian's form. after: the samples with the noise."""
    edge = np.isclose(np.abs(after), 1, atol=1e-7).mean()
    if edge > 0.01:
        raise Wrong("clipped", share=edge)
    rows = noise.reshape(len(noise), -1)
    if np.ptp(rows, axis=1).max() < 1e-5:
        raise Wrong("one_per_sample")
    if np.ptp(rows, axis=0).max() < 1e-5:
        raise Wrong("one_per_batch")
    for axis, many in enumerate(noise.shape):
        if many > 1 and np.ptp(noise, axis=axis).max() < 1e-5:
            raise Wrong("shared", axis=axis)
    found, most = noise.std(), np.abs(noise).max()
    if abs(noise.mean()) > 0.2 * found:
        raise Wrong("other_mean", mean=noise.mean())
    if most < 2.2 * found:
        raise Wrong("uniform", most=most, found=found)


def _judge_scale(before, after, std):
    factor = np.polyfit(before.ravel(), after.ravel(), 1)[0]
    if abs(factor - 1) > 5 * std / np.linalg.norm(before):  # chance moves a slope by less
        raise Wrong("scaled", factor=factor)


def _judge_deviation(noise, std, **details):
    found = noise.std()
    if not 0.9 * std < found < 1.1 * std:
        like_a_power = min(abs(found / std**power - 1) for power in (0.5, 2)) < 0.07
        raise Wrong("variance" if like_a_power else "differs", std=std, found=found, **details)


# ---- in the discriminator

BATCH, WIDTH = 4096, 6


@exercise(
    hack.blur,
    praise="Fresh noise at each call in training, of a deviation that may change as it runs; none otherwise.",
    misconceptions={
        "noise_at_inference": (
            "With training=False your samples are blurred too. Whoever asks this D for its opinion afterwards wants it "
            "about the samples themselves: hand x back as it is."
        ),
        "no_noise": "With training=True and std = {std:g} your samples come back as they were.",
        "turned_round": "You blur with training=False and not with training=True. It is the other way round.",
        "frozen_draw": (
            "Compiled, your function adds the very same noise at each call. NumPy, and Python's random, draw while the "
            "code is *compiled*, once; from then on it is a constant. Draw with keras.random.normal and seed=seed."
        ),
        "same_draw": (
            "Two calls add the very same noise: a fixed seed inside of your function starts again each time. Hand on "
            "the `seed` that you are given."
        ),
        "not_from_seed": (
            "Two SeedGenerators with the same number lead to different noise, so it comes from elsewhere. Hand on the "
            "`seed` that you are given, or no run can be repeated."
        ),
        "std_in_python": (
            "Your function reads `std` as a Python number ({reason}). In the compiled loop it is a tensor without a "
            "value yet. Multiply by it, or hand it on: no float(), no .numpy(), no `if std`."
        ),
        "not_compiled": "Your function works on a tensor at hand, and the training loop cannot compile it: {reason}.",
        "one_per_sample": (
            "Within a sample all numbers move by the same amount: a shift, not noise. The noise needs the shape of x."
        ),
        "one_per_batch": "All samples of the batch get the same noise. The noise needs the shape of x, all of it.",
        "shared": "Along axis {axis} all numbers move by the same amount. The noise needs the shape of x, all of it.",
        "scaled": "Your samples are {factor:.2f} times as large as before, besides the noise. Add it to x as it is.",
        "variance": "Asked for a deviation of {std:g} your noise has {found:.3g}: a square or a root too many.",
        "uniform": "None of your noise is above {most:.3g}, at a deviation of {found:.3g}: that is uniform noise.",
        "clipped": "You clip the result to [-1, 1]: {share:.0%} of the numbers lie on the edge. Noise may go beyond.",
        "multiplied": "Where x is 0 your noise is 0: you multiply by it. Instance noise is added.",
        "other_mean": "Your noise has the mean {mean:.2f} and shifts the samples; wanted 0.",
        "no_gradient": (
            "No gradient comes back through your function, so the generator would learn nothing from this D. Is there "
            "a `stop_gradient`, or a NumPy array, on the way?"
        ),
        "differs": "Asked for a deviation of {std:g} your noise has {found:.3g}.",
    },
    hints=(
        "What comes back if `training` is False? And if it is True, which shape has the noise that is added?",
        "keras.random.normal(shape, seed=...) draws N(0, 1) anew at each call. Times `std` it has that deviation, also "
        "if `std` is a variable.",
        "x + std * keras.random.normal(..., seed=...) in training, with the shape of x first",
    ),
)
def check_blur(answer):
    x = rng(0).uniform(-1, 1, (BATCH, WIDTH)).astype("float32")
    x[::4] = 0
    std = keras.Variable(0.3, trainable=False)
    still = _values(answer, x, std, 0, False) - x
    moved = _values(answer, x, std, 0, True) - x
    if not moved.any():
        raise Wrong("turned_round" if still.any() else "no_noise", std=0.3)
    if still.any():
        raise Wrong("noise_at_inference")
    draws = keras.random.SeedGenerator(5)
    one, two = (_array(answer(tf.constant(x), std, draws, True), x) for _ in range(2))
    if np.array_equal(one, two):
        raise Wrong("same_draw")
    for value in (0.3, 2.0, 0.1):
        std.assign(value)
        after = _values(answer, x, std, 1, True)
        _judge_blur(after - x, after, x, value)
    image = rng(1).uniform(-1, 1, (64, 5, 5, 2)).astype("float32")
    _judge_blur(_values(answer, image, std, 2, True) - image, image, image, 0.1)
    if not np.array_equal(_values(answer, x, std, 3, True), _values(answer, x, std, 3, True)):
        raise Wrong("not_from_seed")
    _judge_compiled(answer, tf.constant(x))


def _array(value, x):
    if isinstance(value, keras.Variable):
        value = value.value
    return _plain(value, x.shape)


def _values(answer, x, std, seed, training):
    return _array(answer(tf.constant(x), std, keras.random.SeedGenerator(seed), training), x)


def _judge_blur(noise, after, x, std):
    _judge_form(noise, after)
    if (x == 0).any() and not noise[x == 0].any():
        raise Wrong("multiplied")
    _judge_scale(x, after, std)
    _judge_deviation(noise, std)


def _judge_compiled(answer, x):
    """Judge the answer as the training loop runs it: compiled, again and again, with a deviation that changes."""
    std, draws = keras.Variable(0.5, trainable=False), keras.random.SeedGenerator(0)

    def run(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            blurred = tf.convert_to_tensor(answer(x, std, draws, True))
        gradient = tape.gradient(blurred, x)
        return blurred, tf.zeros_like(x) if gradient is None else gradient

    try:
        traced = tf.function(run, jit_compile=True, autograph=False).get_concrete_function(x)
        (first, gradient), (second, _) = traced(x), traced(x)
    except Wrong:
        raise
    except Exception as error:
        reason = re.sub(r"\{\{.*?\}\}", "", _reason(error) if isinstance(error, AnswerRaised) else one_line(error))
        in_python = re.search(r"float\(\)|bool|numpy|len is not|PyFunc|only length-1", reason)
        raise Wrong("std_in_python" if in_python else "not_compiled", reason=reason[:110].rstrip(". ")) from None
    if np.array_equal(first, second):
        raise Wrong("frozen_draw")
    std.assign(2.0)
    if np.std(np.asarray(traced(x)[0]) - np.asarray(x)) < 1.0:
        raise Wrong("std_in_python", reason="it goes on with 0.5 when the variable becomes 2")
    if not np.asarray(gradient).any():
        raise Wrong("no_gradient")
