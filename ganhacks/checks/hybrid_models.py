"""Lab 16, hybrid models: what a right answer must show, how people get it wrong, and the hints."""

import keras
import numpy as np
import tensorflow as tf

from ganhacks.blame import one_line
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import told
from ganhacks.hacks import hybrid_models as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "hybrid_models")

PREDICTION = {
    "choices": {
        "a": "a sharp stroke, in one of its two places.",
        "b": "a grey stroke, in both places.",
        "c": "no stroke: black.",
    },
    "answer": "b",
    "why": (
        "A squared error is smallest on average at the mean of all that may come. The mean of two sharp images is a "
        "blurred one. It resembles no image that there is, and this error does not ask for that."
    ),
}

#: What can be wrong with any function of this lab: the loop traces it, and takes its gradient.
LOOP_MISCONCEPTIONS = {
    "breaks_tape": (
        "The gradient does not get through your function: it returns {found}. NumPy and float() leave TensorFlow's "
        "tape, and nothing could learn from the result. Use keras.ops."
    ),
    "eager_only": (
        "Your function fails inside a compiled loop ({reason}). There tensors have no values yet: use keras.ops, and "
        "no NumPy, float() or `if` on a value."
    ),
    "wrong_dtype": "Your result is {found}. The networks work in float32, and TensorFlow mixes no types: cast nothing.",
}


def tensors(*arrays):
    return [tf.constant(values, "float32") for values in arrays]


def called(answer, *args):
    """Call an answer. A method that NumPy arrays have and tensors lack is the same slip as leaving the tape."""
    try:
        return answer(*args)
    except AnswerRaised as raised:
        if "ensor' object has no attribute" in raised.error:
            raise Wrong("breaks_tape", found="what a NumPy array's method would") from None
        raise


def values(result, shape, shapes):
    """Return a tensor as a float64 array of this shape, or raise Wrong. shapes: other shape -> its misconception."""
    if result is None:
        raise Wrong("returns_nothing")
    if isinstance(result, (tuple, list, str, bool, dict)):
        raise Wrong("wrong_type", found=told(result), wanted="one tensor")
    if not (tf.is_tensor(result) or isinstance(result, (np.ndarray, np.generic, float, int))):
        raise Wrong("wrong_type", found=told(result), wanted="one tensor")
    found = tuple(np.shape(result))
    if found != shape:
        if found in shapes:
            raise Wrong(shapes[found], found=found, wanted=shape)
        raise Wrong("wrong_shape", found=found, wanted=shape)
    return np.asarray(result, "float64")


def same(found, wanted):
    return bool(np.allclose(found, wanted, rtol=1e-3, atol=1e-4, equal_nan=True))


def judge(found, wanted, mistakes, **details):
    """Compare an answer's values with the right ones, and name the mistake. mistakes: pairs (misconception, values)."""
    if same(found, wanted):
        return
    details = {"found": first(found), "wanted": first(wanted), **details}
    for misconception, mistaken in mistakes:
        if same(found, mistaken):
            raise Wrong(misconception, **details)
    if not np.isfinite(found).all():
        raise Wrong("not_finite")
    raise Wrong("differs", **details)


def first(array):
    return round(float(np.ravel(array)[0]), 3)


def judge_in_a_loop(answer, reference, *arrays):
    """Take an answer's gradient by every array that it is given, and trace it, or raise Wrong."""

    def gradients(function):
        inputs = tensors(*arrays)
        with tf.GradientTape() as tape:
            for each in inputs:
                tape.watch(each)
            result = function(*inputs)
        return result, tape.gradient(result, inputs) if tf.is_tensor(result) else [None] * len(inputs)

    result, found = gradients(answer)
    for gradient, wanted in zip(found, gradients(reference)[1]):
        if gradient is None or not same(gradient, wanted):
            raise Wrong("breaks_tape", found=told(result))
    if result.dtype != tf.float32:
        raise Wrong("wrong_dtype", found=result.dtype.name)
    try:
        tf.function(answer, autograph=False).get_concrete_function(*tensors(*arrays))
    except Wrong:
        raise
    except Exception as error:
        reason = one_line(error).split(" (line ")[0].split(" You can attempt")[0].rstrip(".")
        raise Wrong("eager_only", reason=reason[:140] or type(error).__name__) from None


def gaussians(seed, n, latent_dim, low=-1.5, high=1.5):
    """Return means and log variances, (n, latent_dim) each."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, 1.2, (n, latent_dim)), rng.uniform(low, high, (n, latent_dim))


# ---- the KL term


@exercise(
    hack.kl_to_normal,
    praise="It is 0 for N(0, I) alone, it agrees with the closed form, and gradients reach the mean and log σ².",
    misconceptions={
        **LOOP_MISCONCEPTIONS,
        "negative": "You return {found}; wanted {wanted}. No KL divergence is below 0. Textbooks give -KL: turn it.",
        "not_halved": "You return {found}, twice the {wanted} that is wanted. A half stands before the sum.",
        "averaged": (
            "You return {found}; wanted {wanted}. The dimensions are independent, so their divergences add up. You "
            "take their mean."
        ),
        "per_dimension": "You return the shape {found}; wanted {wanted}. Add up over the dimensions of each sample.",
        "kept_axis": "You return the shape {found}; wanted {wanted}. Let the summed axis go: no `keepdims`.",
        "wrong_axis": "You return the shape {found}; wanted {wanted}. You added up over the samples: axis 0.",
        "one_number": "You return one number for the whole batch. Wanted is one for each sample, {wanted}.",
        "sigma_for_log_var": "You read `log_var` as σ. It is log σ²: only its exp is a variance. Below 0 is allowed.",
        "variance_for_log_var": "You read `log_var` as σ², without the logarithm. The network gives log σ².",
        "log_sigma": "You read `log_var` as log σ: your exp has a factor of 2. The variance is exp(log_var).",
        "reversed": (
            "You return {found}, the divergence the other way round, of N(0, I) from the Gaussian. It is not "
            "symmetric. Wanted: {wanted}, where samples come from the Gaussian."
        ),
        "no_constant": (
            "You return {found}; wanted {wanted}. For N(0, I) itself the result has to be 0: something of 1 is missing "
            "in each dimension."
        ),
        "mean_not_squared": "Your divergence falls where the mean falls, even below 0. Its distance counts: squared.",
        "log_sign": "Your log_var has the wrong sign: a narrow Gaussian would be near N(0, I), and a wide one far.",
        "underflows": (
            "For a log_var of {log_var} you return {found}; wanted {wanted}. exp of it is 0 in float32, and log of 0 "
            "is lost. You have the logarithm already: use it as it is."
        ),
        "differs": "You return {found} for the first sample; wanted {wanted}.",
    },
    hints=(
        "In one dimension, which three things make N(μ, σ²) differ from N(0, 1): where it lies, and what of its width?",
        "In each dimension it is half of μ² + σ² - 1 - log σ². What you are given is log σ². Then add up over the last "
        "axis.",
        "ops.sum(mean**2 + ... - 1 - log_var, axis=...), and a half of it",
    ),
)
def check_kl_to_normal(answer):
    for seed, n, latent_dim, low in ((0, 4, 3, 0.2), (1, 6, 2, -1.5), (2, 1, 5, -1.5), (3, 5, 16, -3.0)):
        mean, s = gaussians(seed, n, latent_dim, low)
        shapes = {(): "one_number", (latent_dim,): "wrong_axis", (n, 1): "kept_axis", (n, latent_dim): "per_dimension"}
        shapes.update({(1,): "one_number"} if n > 1 else {})
        found = values(called(answer, *tensors(mean, s)), (n,), shapes)
        judge(found, _kl(mean, s), _kl_mistakes(mean, s))
    for log_var in (-50.0, -200.0):
        narrow = np.full((2, 3), log_var)
        found = values(called(answer, *tensors(narrow * 0, narrow)), (2,), {})
        if not same(found, _kl(narrow * 0, narrow)):
            raise Wrong("underflows", log_var=log_var, found=first(found), wanted=first(_kl(narrow * 0, narrow)))
    judge_in_a_loop(answer, hack.kl_to_normal, *gaussians(4, 3, 4))


def _kl(mean, s):
    return np.sum(mean**2 + np.exp(s) - 1 - s, axis=1) / 2


@np.errstate(all="ignore")
def _kl_mistakes(mean, s):
    def half_sum(terms):
        return np.sum(terms, axis=1) / 2

    wanted = _kl(mean, s)
    mistakes = [
        ("negative", -wanted),
        ("negative", -2 * wanted),
        ("averaged", wanted / mean.shape[1]),
        ("averaged", 2 * wanted / mean.shape[1]),
        ("sigma_for_log_var", half_sum(mean**2 + s**2 - 1 - np.log(s**2))),
        ("sigma_for_log_var", half_sum(mean**2 + s**2 - 1 - 2 * np.log(s))),
        ("variance_for_log_var", half_sum(mean**2 + s - 1 - np.log(s))),
        ("log_sigma", half_sum(mean**2 + np.exp(2 * s) - 1 - 2 * s)),
        ("log_sigma", half_sum(mean**2 + np.exp(2 * s) - 1 - s)),
        ("log_sigma", half_sum(mean**2 + np.exp(s) ** 2 - 1 - s)),
        ("reversed", half_sum(s + (1 + mean**2) / np.exp(s) - 1)),
        ("no_constant", half_sum(mean**2 + np.exp(s) - s)),
        ("no_constant", wanted + (mean.shape[1] - 1) / 2),  # one 1 for all dimensions
        ("mean_not_squared", half_sum(mean + np.exp(s) - 1 - s)),
        ("log_sign", half_sum(mean**2 + np.exp(s) - 1 + s)),
    ]
    return [("not_halved", 2 * wanted), *mistakes]


# ---- the sample


@exercise(
    hack.sample_latents,
    praise="The mean moves the sample by as much, σ stretches the noise, and the same noise gives the same sample.",
    misconceptions={
        **LOOP_MISCONCEPTIONS,
        "no_noise": "You return the mean. Without noise this is a plain autoencoder, whatever `log_var` says.",
        "log_var_as_sigma": "You multiply the noise by log_var, which may be below 0. What is σ, given log σ²?",
        "variance_as_sigma": (
            "You multiply the noise by exp(log_var), the variance. Noise of deviation 1 becomes deviation σ when it is "
            "multiplied by σ, the root of the variance."
        ),
        "inverse_sigma": "Where σ is large your samples lie close to the mean, and where it is small far off: 1/σ.",
        "unit_sigma": "You add the noise as it is. `log_var` says how wide each Gaussian is, and you never ask it.",
        "mean_scaled": "You multiply the mean by σ as well. σ stretches the noise alone.",
        "own_noise": (
            "With the same `noise` your function returns something else each time, or takes no notice of it. All "
            "chance comes in from outside: draw nothing in here."
        ),
        "stops_gradient": (
            "The sample is right, and the gradient is not: by the {by} it is {found}, wanted {wanted}. Something "
            "keeps it from passing, such as a stop_gradient."
        ),
        "differs": "For mean {mean}, log_var {log_var} and noise {noise} you return {found}; wanted {wanted}.",
    },
    hints=(
        "You have noise from N(0, 1). What do you do to it, so that it comes from N(μ, σ²)?",
        "Multiply it by σ and add μ. σ is the root of σ², and log σ² is what you have: exp of half of it.",
        "mean + ops.exp(... / 2) * ...",
    ),
)
def check_sample_latents(answer):
    for seed, n, latent_dim in ((0, 5, 3), (1, 2, 4), (2, 1, 1), (3, 8, 2)):
        mean, s = gaussians(seed, n, latent_dim)
        noise = np.random.default_rng(seed + 10).normal(size=mean.shape)
        found, again = (values(called(answer, *tensors(mean, s, noise)), mean.shape, {}) for _ in range(2))
        if not same(found, again):
            raise Wrong("own_noise")
        told_of = {"mean": first(mean), "log_var": first(s), "noise": first(noise)}
        wanted = mean + np.exp(s / 2) * noise
        if not same(found, wanted):
            other = values(called(answer, *tensors(mean, s, -noise)), mean.shape, {})
            if same(found, other) and not same(found, mean):
                raise Wrong("own_noise")
        judge(found, wanted, _sample_mistakes(mean, s, noise), **told_of)
    _judge_flow(answer)
    judge_in_a_loop(answer, hack.sample_latents, mean, s, noise)


@np.errstate(all="ignore")
def _sample_mistakes(mean, s, noise):
    return (
        ("no_noise", mean),
        ("log_var_as_sigma", mean + s * noise),
        ("log_var_as_sigma", mean + np.sqrt(s) * noise),
        ("variance_as_sigma", mean + np.exp(s) * noise),
        ("inverse_sigma", mean + np.exp(-s / 2) * noise),
        ("inverse_sigma", mean + np.exp(-s) * noise),
        ("unit_sigma", mean + noise),
        ("mean_scaled", (mean + noise) * np.exp(s / 2)),
    )


def _judge_flow(answer):
    """Look at the gradients by the mean and by log σ²: 1 and half of the noise's part."""
    mean, log_var, noise = tensors([[0.5]], [[0.8]], [[1.5]])
    with tf.GradientTape() as tape:
        tape.watch([mean, log_var])
        z = answer(mean, log_var, noise)
    if not tf.is_tensor(z):
        raise Wrong("breaks_tape", found=told(z))
    found = tape.gradient(z, [mean, log_var], unconnected_gradients="zero")
    if not any(np.any(gradient) for gradient in found):
        raise Wrong("breaks_tape", found=told(z))
    for by, gradient, wanted in zip(("mean", "log_var"), found, (1.0, 0.75 * np.exp(0.4))):
        if not same(gradient, wanted):
            raise Wrong("stops_gradient", by=by, found=first(gradient), wanted=round(float(wanted), 3))


# ---- the published bug


def keras_reconstruction_error(images, reconstructions):
    return keras.losses.mean_squared_error(images, reconstructions) / 2


@exercise(
    hack.reconstruction_error,
    given=keras_reconstruction_error,
    praise="A whole image counts: twice as many pixels, twice the error. Beside it the KL has the weight it should.",
    misconceptions={
        **LOOP_MISCONCEPTIONS,
        "averaged": (
            "You return {found}; wanted {wanted}, {pixels} times as much. The probability of a whole image is the "
            "product of its pixels', so the logarithms add up. Yours are averaged."
        ),
        "hard_coded": "It is right for 784 pixels and not for {pixels}: you multiply by a constant. Sum up instead.",
        "not_halved": "You return {found}; wanted {wanted}. -log of exp(-d²/2) is d²/2: with the half.",
        "absolute": "You return {found}; wanted {wanted}. You add up distances; a Gaussian's error is squared.",
        "not_squared": "Too bright and too dark cancel out in your error: the differences have their signs.",
        "root": "You return {found}; wanted {wanted}. You take a root at the end: the sum alone is wanted.",
        "per_pixel": "You return the shape {found}; wanted {wanted}. Add up over the pixels of each image.",
        "kept_axis": "You return the shape {found}; wanted {wanted}. Let the summed axis go: no `keepdims`.",
        "wrong_axis": "You return the shape {found}; wanted {wanted}. You went over the images: axis 0.",
        "one_number": "You return one number for the whole batch. Wanted is one for each image, {wanted}.",
        "differs": "You return {found} for the first image; wanted {wanted}.",
    },
    hints=(
        "Hand it an image and a black one, then both cut to half their pixels. What should become of the error?",
        "Keras' mean_squared_error has `mean` in its name, and it means the pixels. A whole image is wanted.",
        "ops.sum(ops.square(...), axis=...), and half of it",
    ),
)
def check_reconstruction_error(answer):
    for seed, n, pixels in ((0, 3, 784), (1, 5, 12), (2, 1, 30), (3, 4, 2)):
        rng = np.random.default_rng(seed)
        x, y = rng.uniform(-1, 1, (2, n, pixels))
        shapes = {(): "one_number", (pixels,): "wrong_axis", (n, 1): "kept_axis", (n, pixels): "per_pixel"}
        found = values(called(answer, *tensors(x, y)), (n,), shapes)
        squares, wanted = np.square(x - y), np.square(x - y).sum(axis=1) / 2
        mistakes = (
            ("averaged", wanted / pixels),
            ("averaged", 2 * wanted / pixels),
            ("hard_coded", wanted / pixels * 784),
            ("not_halved", 2 * wanted),
            ("absolute", np.abs(x - y).sum(axis=1)),
            ("absolute", np.abs(x - y).sum(axis=1) / 2),
            ("not_squared", (x - y).sum(axis=1) / 2),
            ("not_squared", (y - x).sum(axis=1) / 2),
            ("root", np.sqrt(squares.sum(axis=1))),
            ("root", np.sqrt(squares.sum(axis=1)) / 2),
            ("root", np.sqrt(wanted)),
        )
        judge(found, wanted, mistakes, pixels=pixels)
    judge_in_a_loop(answer, hack.reconstruction_error, x, y)


# ---- all three terms


@exercise(
    hack.vae_gan_loss,
    praise="Three terms with the right signs and weights, and the fakes want to be called real.",
    misconceptions={
        **LOOP_MISCONCEPTIONS,
        "one_per_sample": "You return the shape {found}; wanted is one number. Take the mean over the batch.",
        "summed": "You return {found}; wanted {wanted}. A sum over the batch grows with it: take means.",
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
        "overflows": (
            "For a logit of {logit} you return {found}; wanted {wanted}. The sigmoid is rounded to 0 there, before "
            "the logarithm. Take both in one: softplus."
        ),
        "kl_subtracted": "You subtract the KL term: the Gaussians would be driven *away* from N(0, I).",
        "kl_weight_ignored": "Your loss is the same for any `kl_weight`.",
        "adversarial_weight_ignored": "Your loss is the same for any `adversarial_weight`.",
        "weights_swapped": "Your two weights have changed places.",
        "weighs_reconstruction": "You multiply the reconstruction error by a weight too. It is the one with weight 1.",
        "no_reconstruction": "The reconstruction error does not count in your loss.",
        "unlike_lengths": (
            "Your function fails where there are more fakes than images ({error}): the decoder also makes samples. "
            "Take each mean before you add."
        ),
        "differs": "With weights of {weights} you return {found}; wanted {wanted}.",
    },
    hints=(
        "Three terms: which of them is D's opinion of the fakes, and what does the decoder want D to say?",
        "A mean of each, times its weight, added up. The last is lab 13's loss: softplus of the logits, turned round.",
        "ops.mean(reconstruction) + kl_weight * ... + adversarial_weight * ops.mean(ops.softplus(...))",
    ),
)
def check_vae_gan_loss(answer):
    for seed, n, m, weights in (
        (0, 4, 4, (0.5, 3.0)),
        (1, 3, 6, (2.0, 0.25)),
        (2, 5, 5, (1.0, 0.0)),
        (3, 1, 2, (0.0, 7)),
    ):
        _judge_loss(answer, *_terms(seed, n, m), *weights)
    reconstruction, kl, _ = _terms(4, 2, 2)
    for logit in (-1000.0, 1000.0):
        found = values(_loss(answer, reconstruction, kl, [[logit], [logit]], 1.0, 1.0), (), {})
        wanted = reconstruction.mean() + kl.mean() + max(-logit, 0)
        if not same(found, wanted):
            raise Wrong("overflows", logit=logit, found=first(found), wanted=first(wanted))
    judge_in_a_loop(answer, hack.vae_gan_loss, *_terms(5, 4, 8), 0.7, 1.3)


def _terms(seed, n, m):
    rng = np.random.default_rng(seed)
    return rng.uniform(20, 60, n), rng.uniform(2, 20, n), rng.normal(0, 2, (m, 1))


def _loss(answer, reconstruction, kl, logits, kl_weight, adversarial_weight):
    try:
        return called(answer, *tensors(reconstruction, kl, logits), kl_weight, adversarial_weight)
    except AnswerRaised as raised:
        if "ncompatible shapes" in raised.error or "must be equal" in raised.error or "broadcast" in raised.error:
            raise Wrong("unlike_lengths", error=raised.error[:100].rstrip(".")) from None
        raise


def _judge_loss(answer, reconstruction, kl, logits, a, b):
    r, k, n, m = reconstruction.mean(), kl.mean(), len(kl), len(logits)
    real, fake = np.logaddexp(0, -logits).mean(), np.logaddexp(0, logits).mean()
    shapes = dict.fromkeys([(n,), (m,), (n, 1), (m, 1), (n, n), (m, n), (1,)], "one_per_sample")
    found = values(_loss(answer, reconstruction, kl, logits, a, b), (), shapes)
    mistakes = (
        ("summed", n * (r + a * k) + b * m * real),
        ("summed", n * (r + a * k) + b * real),
        ("summed", r + a * k + b * m * real),
        ("saturating", r + a * k - b * fake),
        ("labelled_fake", r + a * k + b * fake),
        ("adversarial_subtracted", r + a * k - b * real),
        ("no_sigmoid", r + a * k - b * logits.mean()),
        ("no_sigmoid", r + a * k + b * logits.mean()),
        ("kl_subtracted", r - a * k + b * real),
        ("kl_weight_ignored", r + k + b * real),
        ("adversarial_weight_ignored", r + a * k + real),
        ("kl_weight_ignored", r + k + real),
        ("kl_weight_ignored", r + b * real),
        ("adversarial_weight_ignored", r + a * k),
        ("weights_swapped", r + b * k + a * real),
        ("weighs_reconstruction", a * (r + k) + b * real),
        ("weighs_reconstruction", (1 - a) * r + a * k + b * real),
        ("no_reconstruction", a * k + b * real),
    )
    judge(found, r + a * k + b * real, mistakes, weights=f"{a} and {b}")
