"""Lab 16, hybrid models: what a right answer must show, how people get it wrong, and the hints."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from ganhacks.checks.engine.parameters import SEED, training_steps
from ganhacks.checks.engine import properties
from ganhacks.checks.judges import losses, tape
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import fitting, judge, same
from ganhacks.checks.engine.sandbox import Through
from ganhacks.hacks import hybrid_models as hack

PARAMETERS = {
    "steps": training_steps(),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "hybrid_models")

PREDICTION = {
    "choices": {
        "a": "a sharp stroke, in one of its two places.",
        "b": "a grey stroke, in both places.",
        "c": "no stroke: black.",
    },
    "answer": "b",
    "remarks": {
        "a": "That would be so if the error asked for what looks best. It asks for what is right on average.",
        "c": "That would be so if two answers cancelled out. They are averaged: between black and white lies grey.",
    },
    "why": (
        "A squared error is smallest on average at the mean of all that may come. The mean of two sharp images is a "
        "blurred one. It resembles no image that there is, and this error does not ask for that."
    ),
}


def tensors(*arrays):
    return tuple(tf.constant(values, "float32") for values in arrays)


def gaussians(seed, n, latent_dim, low=-1.5):
    """Return means and log variances, float tensors (n, latent_dim). low: the smallest log variance."""
    rng = np.random.default_rng(seed)
    return tensors(rng.normal(0, 1.2, (n, latent_dim)), rng.uniform(low, 1.5, (n, latent_dim)))


GAUSSIANS = [
    gaussians(0, 4, 3, low=0.2),
    gaussians(1, 6, 2),
    gaussians(2, 1, 5),
    gaussians(3, 5, 16, low=-3.0),
    tensors([[0.5, -1.2]], [[0.4, -0.8]]),
    tensors([[-2.0]], [[2 * np.log(0.5)]]),  # as the lab calls it
]

#: log σ² that leave float32 behind, or the range to which people clip it.
FAR = [np.full((2, 2), log_var) for log_var in (-200.0, -50.0, 30.0, 60.0)]

#: Ranges to which people clip log σ².
CLIPS = [(-2, 2), (-4, 4), (-5, 5), (-10, 10), (-20, 20), (-10, 2), (-20, 2), (-30, 20)]


def _judge(answer, near, far, otherwise, fits=fitting):
    """Judge a function of tensors by its values, and in a compiled loop. far: inputs where float32 is left behind."""
    through = Through(answer, lambda *args: tape.called(answer, *args))
    properties.same_each_time(through, *near[0])
    judge(through, near, atol=1e-4, rtol=1e-4, fits=fits)
    try:
        judge(through, [*near, *far], atol=1e-4, rtol=1e-4, fits=lambda *seen: None)  # kinds and shapes are right
    except Wrong as wrong:
        by_slip = wrong.misconception in {name for name, *_ in answer.exercise.slips}
        raise (wrong if by_slip else Wrong(otherwise, wrong.example)) from None
    tape.judge_in_a_loop(answer, *map(tf.constant, near[0]))
    for inputs in far:
        tape.judge_far_gradients(answer, *map(tf.constant, inputs))


def _one_each(found, wanted, case):
    """Raise Wrong for what is not one number for each sample, after no slip has explained it."""
    shape, (n,) = tuple(getattr(found, "shape", (n := len(wanted),))), wanted.shape
    kinds = {
        "one_number": shape == () or shape == (1,) != (n,),
        "kept_axis": shape == (n, 1),
        "not_added": len(shape) == 2 and shape[0] == n,
        "wrong_axis": len(shape) == 1 and shape != (n,),
    }
    for misconception, seen in kinds.items():
        if seen:
            raise Wrong(misconception, found=shape, wanted=(n,))
    fitting(found, wanted, case)


#: What `_one_each` says.
ONE_EACH = {
    "one_number": "You return one number for the whole batch. Wanted is one for each sample: the shape {wanted}.",
    "kept_axis": "You return the shape {found}; wanted {wanted}. Let the summed axis go: no `keepdims`.",
    "not_added": "You return the shape {found}; wanted {wanted}. Add up over the last axis, for each sample.",
    "wrong_axis": "You return the shape {found}; wanted {wanted}. Do you go over the samples? They are axis 0.",
}


# ---- the KL term


def _half_sum(terms):
    """Return a wrong divergence, made of the terms of one dimension: half of their sum."""
    return lambda mean, log_var: ops.sum(terms(mean, log_var), axis=-1) / 2


def _of_kl(change):
    """Return a wrong divergence, made of the right one and the number of dimensions."""
    return lambda mean, log_var: change(hack.kl_to_normal(mean, log_var), mean.shape[1])


@exercise(
    hack.kl_to_normal,
    praise="It is 0 for N(0, I) alone, it agrees with the closed form, and gradients reach the mean and log σ².",
    slips=[
        ("not_halved", _of_kl(lambda kl, dim: 2 * kl)),
        ("negative", _of_kl(lambda kl, dim: -kl)),
        ("negative", _of_kl(lambda kl, dim: -2 * kl)),
        ("negative", _of_kl(lambda kl, dim: -kl / dim)),
        ("averaged", _of_kl(lambda kl, dim: kl / dim)),
        ("averaged", _of_kl(lambda kl, dim: 2 * kl / dim)),
        ("in_bits", _of_kl(lambda kl, dim: kl / np.log(2))),
        ("sigma_for_log_var", _half_sum(lambda m, s: m**2 + s**2 - 1 - ops.log(s**2))),
        ("sigma_for_log_var", _half_sum(lambda m, s: m**2 + s**2 - 1 - 2 * ops.log(s))),
        ("sigma_for_log_var", _half_sum(lambda m, s: m**2 + s**2 - 1 - s)),
        ("variance_for_log_var", _half_sum(lambda m, s: m**2 + s - 1 - ops.log(s))),
        ("log_sigma", _half_sum(lambda m, s: m**2 + ops.exp(2 * s) - 1 - 2 * s)),
        ("log_sigma", _half_sum(lambda m, s: m**2 + ops.exp(2 * s) - 1 - s)),
        ("half_inside", _half_sum(lambda m, s: m**2 + ops.exp(s / 2) - 1 - s)),
        ("half_inside", _half_sum(lambda m, s: m**2 + ops.exp(s / 2) - 1 - s / 2)),
        ("half_inside", _half_sum(lambda m, s: m**2 + ops.exp(s) / 2 - 1 - s)),
        ("half_of_a_part", _half_sum(lambda m, s: m**2 + 2 * (ops.exp(s) - 1 - s))),
        ("half_of_a_part", _half_sum(lambda m, s: 2 * m**2 + ops.exp(s) - 1 - s)),
        ("reversed", _half_sum(lambda m, s: s + (1 + m**2) / ops.exp(s) - 1)),
        ("no_constant", _half_sum(lambda m, s: m**2 + ops.exp(s) - s)),
        ("no_constant", _of_kl(lambda kl, dim: kl + (dim - 1) / 2)),  # one 1 for all dimensions
        ("constant_added", _half_sum(lambda m, s: m**2 + ops.exp(s) + 1 - s)),
        ("mean_not_squared", _half_sum(lambda m, s: m + ops.exp(s) - 1 - s)),
        ("mean_not_squared", _half_sum(lambda m, s: ops.abs(m) + ops.exp(s) - 1 - s)),
        ("mean_subtracted", _half_sum(lambda m, s: ops.exp(s) - 1 - s - m**2)),
        ("no_mean", _half_sum(lambda m, s: ops.exp(s) - 1 - s)),
        ("no_variance", _half_sum(lambda m, s: m**2)),
        ("no_variance", _half_sum(lambda m, s: m**2 - 1 - s)),
        ("log_sign", _half_sum(lambda m, s: m**2 + ops.exp(s) - 1 + s)),
        ("exp_sign", _half_sum(lambda m, s: m**2 - ops.exp(s) - 1 - s)),
        ("exp_sign", _half_sum(lambda m, s: m**2 + ops.exp(-s) - 1 - s)),
        ("softplus", _half_sum(lambda m, s: m**2 + ops.softplus(s) - 1 - ops.log(ops.softplus(s)))),
        ("softplus", _half_sum(lambda m, s: m**2 + ops.softplus(s) - 1 - s)),
        ("of_probabilities", lambda m, s: keras.losses.kl_divergence(m, s)),
        ("of_probabilities", lambda m, s: keras.losses.kl_divergence(s, m)),
        *(
            ("underflows", _half_sum(lambda m, s, e=e: m**2 + ops.exp(s) - 1 - ops.log(ops.exp(s) + e)))
            for e in (0.0, 1e-12, 1e-10, 1e-8, 1e-7, 1e-6, 1e-5)
        ),
        *(("clipped", lambda m, s, ends=ends: hack.kl_to_normal(m, ops.clip(s, *ends))) for ends in CLIPS),
    ],
    misconceptions={
        **tape.MISCONCEPTIONS,
        **ONE_EACH,
        "negative": "You return {found}; wanted {wanted}. No KL divergence is below 0. Textbooks give -KL: turn it.",
        "not_halved": "You return {found}, twice the {wanted} that is wanted. A half stands before the sum.",
        "averaged": (
            "You return {found}; wanted {wanted}. The dimensions are independent, so their divergences add up. You "
            "take their mean."
        ),
        "in_bits": "You return {found}; wanted {wanted}. You divide by log 2, which gives bits; wanted are nats.",
        "sigma_for_log_var": "You read `log_var` as σ. It is log σ²: only its exp is a variance. Below 0 is allowed.",
        "variance_for_log_var": "You read `log_var` as σ², without the logarithm. The network gives log σ².",
        "log_sigma": "You read `log_var` as log σ: your exp has a factor of 2. The variance is exp(log_var).",
        "half_inside": (
            "Your variance has a half in it: exp(log_var / 2) is σ, and exp(log_var) / 2 is nothing. Wanted is σ²."
        ),
        "half_of_a_part": "Only a part of your divergence is halved. The half stands before all four terms.",
        "reversed": (
            "You return {found}, the divergence the other way round, of N(0, I) from the Gaussian. It is not "
            "symmetric. Wanted: {wanted}, where samples come from the Gaussian."
        ),
        "no_constant": (
            "You return {found}; wanted {wanted}. For N(0, I) itself the result has to be 0: something of 1 is missing "
            "in each dimension."
        ),
        "constant_added": "For N(0, I) itself your divergence is 1 in each dimension, and not 0: take the 1 off.",
        "mean_not_squared": "Your divergence takes the mean as it is. Its distance from 0 counts: squared.",
        "mean_subtracted": "Your divergence falls as the mean leaves 0: its square has the wrong sign.",
        "no_mean": "Your divergence is the same wherever the Gaussian lies. The mean is missing.",
        "no_variance": "In your divergence the variance is missing: exp(log_var).",
        "log_sign": "Your log_var has the wrong sign: a narrow Gaussian would be near N(0, I), and a wide one far.",
        "exp_sign": "Your exp has a wrong sign, before it or inside. The variance is exp(log_var), and it is added.",
        "softplus": "You make the variance by a softplus. `log_var` is its logarithm: exp undoes that.",
        "of_probabilities": (
            "Keras' kl_divergence compares two lists of probabilities. Mean and log σ² describe a Gaussian: write the "
            "formula."
        ),
        "underflows": (
            "Where log_var is far below 0, exp of it is 0 in float32, and log of 0 is lost; an epsilon makes another "
            "number of it. You have the logarithm already: use it as it is."
        ),
        "clipped": "You clip log_var. The divergence is wanted for any: from -200 to 60.",
        "goes_far_off": (
            "Your divergence is right while log_var is between -3 and 2, and not further out. Is there a logarithm of "
            "an exp in it, or a limit?"
        ),
    },
    hints=(
        "In one dimension, which three things make N(μ, σ²) differ from N(0, 1): where it lies, and what of its width?",
        "In each dimension it is half of μ² + σ² - 1 - log σ². What you are given is log σ². Then add up over the last "
        "axis.",
        "ops.sum(mean**2 + ... - 1 - log_var, axis=...), and a half of it",
    ),
)
def check_kl_to_normal(answer):
    far = [tensors(0 * log_var, log_var) for log_var in FAR]
    _judge(answer, GAUSSIANS, far, "goes_far_off", _one_each)


# ---- the sample


def _spread(sigma):
    """Return a wrong sample, made of what stands in the place of σ."""
    return lambda mean, log_var, noise: mean + sigma(log_var) * noise


SAMPLED = [
    (*pair, *tensors(np.random.default_rng(seed + 10).normal(size=pair[0].shape)))
    for seed, pair in enumerate(GAUSSIANS)
]


@exercise(
    hack.sample_latents,
    praise="The mean moves the sample by as much, σ stretches the noise, and the same noise gives the same sample.",
    slips=[
        ("no_noise", lambda mean, log_var, noise: mean),
        ("log_var_as_sigma", _spread(lambda s: s)),
        ("log_var_as_sigma", _spread(lambda s: ops.sqrt(s))),
        ("log_var_as_sigma", _spread(ops.abs)),
        ("log_var_as_sigma", _spread(lambda s: ops.sqrt(ops.abs(s)))),
        ("variance_as_sigma", _spread(ops.exp)),
        ("half_outside", _spread(lambda s: ops.exp(s) / 2)),
        *(("factor", _spread(lambda s, c=c: c * ops.exp(s / 2))) for c in (2, 0.5)),
        *(("other_base", _spread(lambda s, base=base: base ** (s / 2))) for base in (2.0, 10.0)),
        ("root_twice", _spread(lambda s: ops.exp(s / 4))),
        ("squared_variance", _spread(lambda s: ops.exp(2 * s))),
        ("inverse_sigma", _spread(lambda s: ops.exp(-s / 2))),
        ("inverse_sigma", _spread(lambda s: ops.exp(-s))),
        ("unit_sigma", _spread(lambda s: 1)),
        ("one_draw", lambda mean, log_var, noise: hack.sample_latents(mean, log_var, noise[..., :1])),
        ("one_draw", lambda mean, log_var, noise: hack.sample_latents(mean, log_var, noise[:1])),
        ("softplus", _spread(ops.softplus)),
        ("minus_noise", _spread(lambda s: -ops.exp(s / 2))),
        ("mean_scaled", lambda mean, log_var, noise: (mean + noise) * ops.exp(log_var / 2)),
        ("sigma_added", lambda mean, log_var, noise: mean + ops.exp(log_var / 2) + noise),
        ("no_mean", lambda mean, log_var, noise: ops.exp(log_var / 2) * noise),
        *(("clipped", _spread(lambda s, ends=ends: ops.exp(ops.clip(s, *ends) / 2))) for ends in CLIPS),
    ],
    misconceptions={
        **tape.MISCONCEPTIONS,
        "no_noise": "You return the mean. Without noise this is a plain autoencoder, whatever `log_var` says.",
        "log_var_as_sigma": "You multiply the noise by log_var, which may be below 0. What is σ, given log σ²?",
        "variance_as_sigma": (
            "You multiply the noise by exp(log_var), the variance. Noise of deviation 1 becomes deviation σ when it is "
            "multiplied by σ, the root of the variance."
        ),
        "half_outside": (
            "Your half stands outside of the exp. Half of σ² is not its root: a root halves the logarithm, inside."
        ),
        "factor": "Your samples are right but for a factor of 2 before the noise.",
        "other_base": "Your power has another base than e. log is the natural logarithm here: exp undoes it.",
        "root_twice": "You take the root of σ² twice: by half of the logarithm, and once more.",
        "squared_variance": "You multiply the noise by σ to the fourth. A root halves the logarithm; you double it.",
        "inverse_sigma": "Where σ is large your samples lie close to the mean, and where it is small far off: 1/σ.",
        "one_draw": "You use a part of the noise for all of it. Each number of a sample has noise of its own.",
        "unit_sigma": "You add the noise as it is. `log_var` says how wide each Gaussian is, and you never ask it.",
        "softplus": "You make σ with a softplus. There are networks that mean this; here the number is log σ².",
        "minus_noise": "You subtract the noise. Where the noise is above 0, the sample is wanted above the mean.",
        "mean_scaled": "You multiply the mean by σ as well. σ stretches the noise alone.",
        "sigma_added": "You add σ to the mean and leave the noise as it is. σ stretches the noise: multiply the two.",
        "no_mean": "Your samples lie around 0, wherever the Gaussian lies. Add the mean.",
        "clipped": "You clip log_var. Each Gaussian is as wide or as narrow as its log σ² says, from -80 to 60.",
        "goes_far_off": (
            "Your samples are right while log_var is between -3 and 2, and not further out. Is there a limit on it, or "
            "an epsilon?"
        ),
        "own_noise": "Your samples do not depend on `noise`. All chance comes in from outside: draw nothing in here.",
        "another_result": (
            "With the same `noise` your function returns something else each time. All chance comes in from outside: "
            "draw nothing in here."
        ),
    },
    hints=(
        "You have noise from N(0, 1). What do you do to it, so that it comes from N(μ, σ²)?",
        "Multiply it by σ and add μ. σ is the root of σ², and log σ² is what you have: exp of half of it.",
        "mean + ops.exp(... / 2) * ...",
    ),
)
def check_sample_latents(answer):
    # Not below -80: the root of exp(log_var) is as right, and without a slope where that is 0 in float32.
    far = [tensors(0 * log_var, log_var, log_var / np.abs(log_var)) for log_var in np.maximum(FAR, -80)]
    mean, log_var, noise = SAMPLED[0]
    try:
        _judge(answer, SAMPLED, far, "goes_far_off")
    except Wrong as wrong:
        if wrong.misconception in ("differs", "part_of_a_batch"):
            if same(answer(mean, log_var, noise), answer(mean, log_var, noise + 1)):
                raise Wrong("own_noise") from None
        raise


# ---- the published bug


def keras_reconstruction_error(images, reconstructions):
    return keras.losses.mean_squared_error(images, reconstructions) / 2


def _of_squares(change):
    """Return a wrong error, made of the right one and the number of pixels."""
    return lambda x, y: change(hack.reconstruction_error(x, y), x.shape[1])


def _huber(difference):
    return ops.where(ops.abs(difference) < 1, difference**2 / 2, ops.abs(difference) - 0.5)


#: Cross-entropies of pixels: of values from 0 to 1, of values from -1 to 1 as if they were, and of logits.
PIXEL_CROSS_ENTROPIES = [
    lambda x, y: keras.losses.binary_crossentropy((x + 1) / 2, (y + 1) / 2),
    lambda x, y: keras.losses.binary_crossentropy(x, y),
    lambda x, y: keras.losses.binary_crossentropy(x, y, from_logits=True),
    lambda x, y: keras.losses.binary_crossentropy((x + 1) / 2, y, from_logits=True),
]

PIXELS = [
    tensors(*np.random.default_rng(seed).uniform(-1, 1, (2, n, pixels)))
    for seed, (n, pixels) in enumerate(((5, 12), (3, 784), (1, 30), (4, 2)))
]
PIXELS[0] = tuple(tf.concat([part, part[:1] * 0], 0) for part in PIXELS[0])  # the last is a perfect reconstruction
PIXELS.append(tensors([[1, -1, 0.5]], [[1.5, -3, 2]]))  # a decoder need not end in tanh
PIXELS.append(tensors([[-1, 1, -1, -1], [-1, -1, 1, -1]], [[-1, 0, 0, -1]] * 2))  # as the lab calls it


@exercise(
    hack.reconstruction_error,
    given=keras_reconstruction_error,
    praise="A whole image counts: twice as many pixels, twice the error. Beside it the KL has the weight it should.",
    slips=[
        ("averaged", _of_squares(lambda error, pixels: error / pixels)),
        ("averaged", _of_squares(lambda error, pixels: 2 * error / pixels)),
        ("hard_coded", _of_squares(lambda error, pixels: 784 * error / pixels)),
        ("hard_coded", _of_squares(lambda error, pixels: 2 * 784 * error / pixels)),
        ("not_halved", _of_squares(lambda error, pixels: 2 * error)),
        ("negative", _of_squares(lambda error, pixels: -error)),
        ("with_the_constant", _of_squares(lambda error, pixels: error + pixels * np.log(2 * np.pi) / 2)),
        ("with_the_constant", _of_squares(lambda error, pixels: error + np.log(2 * np.pi) / 2)),
        ("half_squared", _of_squares(lambda error, pixels: error / 2)),
        ("density", _of_squares(lambda error, pixels: ops.exp(-error))),
        *(("absolute", lambda x, y, c=c: c * ops.sum(ops.abs(x - y), axis=-1)) for c in (1, 0.5)),
        ("absolute", keras.losses.mean_absolute_error),
        *(("not_squared", lambda x, y, c=c: c * ops.sum(x - y, axis=-1)) for c in (0.5, -0.5, 1, -1)),
        *(
            ("squares_apart", lambda x, y, c=c, of=of: c * of(ops.sum(x**2 - y**2, axis=-1)))
            for c in (0.5, 1)
            for of in (ops.abs, lambda error: error)
        ),
        ("huber", lambda x, y: ops.sum(_huber(x - y), axis=-1)),
        *(("clipped", lambda x, y, low=low: hack.reconstruction_error(x, ops.clip(y, low, 1))) for low in (-1, 0)),
        *(("root", _of_squares(lambda error, pixels, c=c: ops.sqrt(c * error))) for c in (2, 0.5, 1)),
        *(("root", _of_squares(lambda error, pixels, c=c: ops.sqrt(c * error / pixels))) for c in (2, 1)),
        *(
            ("cross_entropy", lambda x, y, loss=loss, times=times: loss(x, y) * (times or x.shape[1]))
            for loss in PIXEL_CROSS_ENTROPIES
            for times in (None, 1, 784)
        ),
    ],
    misconceptions={
        **tape.MISCONCEPTIONS,
        **ONE_EACH,
        "averaged": (
            "You return {found}; wanted {wanted}. The probability of a whole image is the product of its pixels', so "
            "the logarithms add up. Yours are averaged: over 784 pixels that is 784 times too little."
        ),
        "hard_coded": (
            "You multiply a mean by a fixed number. That fits one number of pixels at the most: sum up instead, and take "
            "half."
        ),
        "not_halved": "You return {found}; wanted {wanted}. -log of exp(-d²/2) is d²/2: with the half.",
        "negative": "You return {found}; wanted {wanted}. That is the log of the density. Wanted is *minus* the log.",
        "with_the_constant": (
            "You return {found}; wanted {wanted}. The Gaussian's constant, log 2π and a half, is in it. Leave it out, "
            "so that a perfect reconstruction gives 0."
        ),
        "half_squared": "You return {found}; wanted {wanted}. Your half is squared as well, or there twice.",
        "density": "You return the density itself. For 784 pixels it is 0 in float32: take minus its logarithm.",
        "absolute": "You return {found}; wanted {wanted}. You add up distances; a Gaussian's error is squared.",
        "squares_apart": "You subtract the squares. Wanted is the square of the difference, pixel by pixel.",
        "huber": "Your error is a line beyond a difference of 1, as Huber's. A Gaussian's is squared everywhere.",
        "clipped": "You clip the reconstruction first. Take it as it is: far beyond the range is far off.",
        "not_squared": "Too bright and too dark cancel out in your error: the differences have their signs.",
        "root": "You return {found}; wanted {wanted}. You take a root at the end: the sum alone is wanted.",
        "cross_entropy": (
            "You return {found}; wanted {wanted}. A cross-entropy is the error of pixels that are black or white by "
            "chance. These are N(reconstruction, 1): squares."
        ),
    },
    hints=(
        "Hand it an image and a black one, then both cut to half their pixels. What should become of the error?",
        "Keras' mean_squared_error has `mean` in its name, and it means the pixels. A whole image is wanted.",
        "ops.sum(ops.square(...), axis=...), and half of it",
    ),
)
def check_reconstruction_error(answer):
    _judge(answer, PIXELS, [], "differs", _one_each)


# ---- all three terms


def _real(logits):
    return losses.cross_entropy(ops.ones_like(logits), logits)


def _fake(logits):
    return losses.cross_entropy(ops.zeros_like(logits), logits)


def _three(combine):
    """Return a wrong loss, made of the three means, the two weights, and the numbers of images and of fakes."""
    return lambda r, kl, x, a, b: combine(ops.mean(r), ops.mean(kl), _real(x), a, b, len(r), len(x))


def _with(adversarial):
    """Return a wrong loss whose last term is another one, a function of the logits."""
    return lambda r, kl, x, a, b: ops.mean(r) + a * ops.mean(kl) + b * adversarial(x)


#: Wrong cross-entropies by what they are called here, where the label is always 1.
NAMES = {"wrong_sign": "adversarial_subtracted", "wasserstein": "no_sigmoid", "swapped_arguments": "labels_exchanged"}

#: Their messages.
LAST_TERM = {
    NAMES.get(name, name): text.replace("Your loss", "Your last term")
    for name, text in losses.MISCONCEPTIONS.items()
    if name != "one_term"  # with a label of 1 it is right
}


def _terms(seed, n, m, kl_weight, adversarial_weight):
    """Return the arguments of one call: errors, divergences, logits, and the weights as they are given."""
    rng = np.random.default_rng(seed)
    terms = tensors(rng.uniform(20, 60, n), rng.uniform(2, 20, n), rng.normal(0, 2, (m, 1)))
    return *terms, kl_weight, adversarial_weight


TERMS = [
    _terms(0, 4, 4, 1.0, 1.0),
    _terms(1, 3, 6, 0.0, 0.0),
    _terms(2, 3, 6, 0.5, 3.0),
    _terms(3, 5, 5, 2.0, 0.25),
    _terms(4, 1, 2, 0, 7),
    _terms(5, 6, 12, 784.0, 0.0),
    _terms(6, 2, 4, 1.0, 10_000.0),  # as the lab calls it
    (*tensors([1.0, 2.0], [0.01, 0.05], [[0.5], [-1.0]]), 1.0, 1.0),  # a divergence next to 0
]
SURE = [(*tensors([30.0], [5.0], [[logit], [logit]]), 1.0, 1.0) for logit in (-88.0, 100.0, -100.0, 1000.0, -1000.0)]


@exercise(
    hack.vae_gan_loss,
    praise="Three terms with the right signs and weights, and the fakes want to be called real.",
    slips=[
        ("summed", _three(lambda r, kl, d, a, b, n, m: n * (r + a * kl) + b * m * d)),
        ("summed", _three(lambda r, kl, d, a, b, n, m: n * (r + a * kl) + b * d)),
        ("summed", _three(lambda r, kl, d, a, b, n, m: r + a * n * kl + b * d)),
        ("averaged", _three(lambda r, kl, d, a, b, n, m: (r + a * kl + b * d) / 3)),
        ("kl_subtracted", _three(lambda r, kl, d, a, b, n, m: r - a * kl + b * d)),
        ("error_subtracted", _three(lambda r, kl, d, a, b, n, m: a * kl + b * d - r)),
        ("no_weights", _three(lambda r, kl, d, a, b, n, m: r + kl + d)),
        ("weighs_reconstruction", _three(lambda r, kl, d, a, b, n, m: a * (r + kl) + b * d)),
        ("weighs_reconstruction", _three(lambda r, kl, d, a, b, n, m: (1 - a) * r + a * kl + b * d)),
        ("weighs_reconstruction", _three(lambda r, kl, d, a, b, n, m: (1 - b) * (r + a * kl) + b * d)),
        ("weighs_reconstruction", _three(lambda r, kl, d, a, b, n, m: b * (r + a * kl + d))),
        ("weights_multiplied", _three(lambda r, kl, d, a, b, n, m: r + a * (kl + b * d))),
        ("weights_multiplied", _three(lambda r, kl, d, a, b, n, m: r + b * (d + a * kl))),
        ("no_reconstruction", _three(lambda r, kl, d, a, b, n, m: a * kl + b * d)),
        ("saturating", _with(lambda x: -_fake(x))),
        ("labelled_fake", _with(_fake)),
        ("both_labels", _with(lambda x: _real(x) + _fake(x))),
        ("no_log", _with(lambda x: -ops.mean(ops.sigmoid(x)))),
        ("no_log", _with(lambda x: ops.mean(1 - ops.sigmoid(x)))),
        ("mean_first", _with(lambda x: ops.softplus(-ops.mean(x)))),
        ("no_sigmoid", _with(ops.mean)),
        ("factor", _with(lambda x: _real(x) / 2)),
        ("log_of_sigmoid", _with(lambda x: -ops.mean(ops.log(ops.sigmoid(x))))),
        ("overflows", _with(lambda x: ops.mean(ops.log(1 + ops.exp(-x))))),
        ("overflows", _with(lambda x: losses.of_probabilities(ops.ones_like(x), x))),
        *(
            (NAMES.get(name, name), _with(lambda x, loss=loss: loss(ops.ones_like(x), x)))
            for name, loss in losses.WRONG_LOSSES
            if name != "one_term"
        ),
        ("unlike_lengths", lambda r, kl, x, a, b: ops.mean(r + a * kl + b * ops.softplus(-x[:, 0]))),
        ("unlike_lengths", lambda r, kl, x, a, b: ops.mean(ops.stack([r, a * kl, b * ops.softplus(-x[:, 0])]))),
    ],
    misconceptions={
        **tape.MISCONCEPTIONS,
        **LAST_TERM,
        "one_per_sample": "You return the shape {found}; wanted is one number. Take the mean over the batch.",
        "summed": "You return {found}; wanted {wanted}. A sum over the batch grows with it: take means.",
        "averaged": "You return {found}; wanted {wanted}. You take the mean of the three terms. Add them.",
        "saturating": (
            "Your last term is the mean of log(1 - D), the saturating loss. Where D is sure of a fake its gradient is "
            "nearly 0. Wanted is -log D, lab 13's."
        ),
        "labelled_fake": (
            "Your last term is *D's* loss for the fakes, -log(1 - D). Minimised by the decoder it asks for images that "
            "D calls fake."
        ),
        "adversarial_subtracted": "Your last term has the wrong sign: the decoder would avoid what D calls real.",
        "no_sigmoid": "Your last term is the mean of the logits, with a sign. -log D is wanted, D = sigmoid(logit).",
        "both_labels": "Your last term calls the fakes real and fake at once. The decoder wants them called real.",
        "no_log": "Your last term averages probabilities. It is the mean of -log D.",
        "mean_first": "In your last term the mean comes first. Each fake has its own -log D; average these.",
        "smoothed": "Your last term takes a label below 1. Smoothing is D's hack; here it is -log D alone.",
        "factor": "Your last term is right but for a factor of 2. Take the plain mean of -log D.",
        "overflows": (
            "Your last term is right where D is unsure, and not where it is sure. Is there a sigmoid, rounded or "
            "clipped before the logarithm, or an exp without end? Take both in one: softplus."
        ),
        "kl_subtracted": "You subtract the KL term: the Gaussians would be driven *away* from N(0, I).",
        "error_subtracted": "You subtract the reconstruction error: the decoder would make it as large as it can.",
        "no_weights": "Your loss is the same for any two weights. Multiply the KL and the last term by theirs.",
        "weighs_reconstruction": "You multiply the reconstruction error by a weight too. It is the one with weight 1.",
        "weights_multiplied": "One of your terms is multiplied by both weights. Each weight belongs to one term alone.",
        "no_reconstruction": "The reconstruction error does not count in your loss.",
        "unlike_lengths": (
            "Your function fails where there are more fakes than images: the decoder also makes samples, so m may be "
            "2n. Take each mean before you add."
        ),
    },
    hints=(
        "Three terms: which of them is D's opinion of the fakes, and what does the decoder want D to say?",
        "A mean of each, times its weight, added up. The last is lab 13's loss: softplus of the logits, turned round.",
        "ops.mean(reconstruction) + kl_weight * ... + adversarial_weight * ops.mean(ops.softplus(...))",
    ),
)
def check_vae_gan_loss(answer):
    _judge(answer, TERMS, SURE, "overflows", _one_number)


def _one_number(found, wanted, case):
    if getattr(found, "shape", ()) != ():
        raise Wrong("one_per_sample", found=tuple(found.shape))
    fitting(found, wanted, case)
