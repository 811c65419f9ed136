"""Lab 26, dropout in the generator: what a right answer must show, how people get it wrong, and the hints."""

import itertools
import re
from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks.blame import one_line
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.networks import MISCONCEPTIONS, built, inner_layers, output
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import number, numbers, pair, told
from ganhacks.hacks import generator_dropout as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "generator_dropout")

PREDICTION = {
    "choices": {
        "a": "eight times the same image, pixel by pixel.",
        "b": "one digit, with differences in its strokes.",
        "c": "different digits, almost as with eight latent samples.",
    },
    "answer": "c",
    "why": (
        "The discriminator asks for variety and does not care where it comes from. Half of the units on or off is far "
        "more noise than a hundred latent numbers bring, so the generator reads its digit from the dropout."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


def draws(seed=0):
    return keras.random.SeedGenerator(seed)


# ---- dropout that is always on


@exercise(
    hack.always_dropout,
    praise="The share is right, the mean stays, and each number, each sample and each call has luck of its own.",
    misconceptions={
        "off": (
            "Nothing is dropped: x comes back as it was. A Keras `Dropout` layer does that unless it is called with "
            "training=True. This function has no such argument: it drops at every call."
        ),
        "all_dropped": "Every number is 0. At a rate of {rate}, a share of {kept:.0%} has to stay.",
        "keeps_the_rate": (
            "At a rate of {rate} you drop {found:.0%} of the numbers. The rate is the share that is *dropped*; in some "
            "papers and older libraries it was the share that is kept."
        ),
        "other_share": "At a rate of {rate} you drop {found:.0%} of the numbers. Does your mask use `rate`?",
        "not_scaled": (
            "What is kept stays as it was, so the mean falls to {mean:.2f} of what it had been. The next layer would "
            "get less and less with a growing rate. Divide what is kept by the share that is kept."
        ),
        "scaled_down": (
            "What is kept has become smaller, {found:.2f} times x. It has to make up for what is missing: divide, in "
            "place of multiplying, by the share that is kept."
        ),
        "scaled_twice": (
            "What is kept is {found:.2f} times x; wanted {wanted:.2f}. You scale twice: `keras.random.dropout` and the "
            "`Dropout` layer have done it already."
        ),
        "divided_by_rate": (
            "What is kept is x divided by the rate. That is right at 0.5 alone. Divide by the share that is kept."
        ),
        "wrong_scale": "At a rate of {rate}, what is kept is {found:.2f} times x; wanted {wanted:.2f} times.",
        "noise_instead": "Your numbers are changed, and not by dropping: none is 0, and they are no multiple of x.",
        "whole_samples": (
            "You drop whole samples: in each row all is 0 or nothing. Every *number* is dropped on its own. Has your "
            "mask the shape of x?"
        ),
        "one_mask_for_the_batch": (
            "All samples of a batch lose the same units. Then a batch has no variety from the noise. Has your mask the "
            "shape of x, batch included?"
        ),
        "one_mask_for_the_rest": (
            "In an image, all numbers along one axis are dropped together. Draw a mask of the whole shape of x."
        ),
        "constant": (
            "Two calls drop the same numbers. The noise is frozen: hand the `seed` generator on as it is, and make "
            "none of your own inside. A whole number as a seed gives one mask for ever."
        ),
        "frozen_when_compiled": (
            "Called directly, your function draws anew. Compiled into the training loop, it drops the same numbers at "
            "every call: NumPy or Python draws once, while TensorFlow notes the steps. Let `keras.random` draw."
        ),
        "ignores_seed": (
            "Two equal seed generators give different masks: you draw from elsewhere, and no run can be repeated. "
            "Hand on `seed`."
        ),
        "numpy": (
            "Your code needs a tensor's numbers ({reason}). Inside the compiled training loop there are none yet. "
            "`keras.ops` and `keras.random` work there."
        ),
        "not_compiled": (
            "Your function works on a tensor at hand, but the training loop cannot compile it ({reason}). "
            "`keras.random.uniform` and a comparison can be compiled."
        ),
        "no_gradient": (
            "No right gradient comes back to x. For a kept number it is 1 / (1 - rate), for a dropped one 0. "
            "Multiply x by a mask; round or cut nothing."
        ),
        "seed_not_taken": (
            "Keras refuses your seed ({reason}). A new layer inside the function is not needed: the functions of "
            "`keras.random` take a seed generator."
        ),
    },
    hints=(
        "A uniform number lies below 0.3 with which probability? And by what must a number be multiplied that "
        "survives with probability 0.7, so that it is the same on average?",
        "Draw uniform numbers of the shape of x with `keras.random.uniform` and the seed. Where they are `rate` or "
        "more, keep x divided by the share of the kept ones, elsewhere 0.",
        "ops.where(uniform numbers >= ..., x / ..., 0.0)",
    ),
)
def check_always_dropout(answer):
    for seed, (shape, rate) in enumerate((((40, 100), 0.5), ((60, 80), 0.2), ((30, 8, 8, 4), 0.7))):
        x = rng(seed).uniform(1, 2, shape).astype("float32")
        source = draws(seed)
        first, second = (numbers(_called(answer, tf.constant(x), rate, source), shape) for _ in range(2))
        _judge_dropped(first, x.astype("float64"), rate)
        if np.array_equal(first == 0, second == 0):
            raise Wrong("constant")
        again = numbers(_called(answer, tf.constant(x), rate, draws(seed)), shape)
        if not np.array_equal(again == 0, first == 0):
            raise Wrong("ignores_seed")
    x = tf.constant(rng(3).uniform(1, 2, (5, 4)), "float32")
    if not np.allclose(_called(answer, x, 0.0, draws()), x):
        raise Wrong("other_share", rate=0.0, found=float(np.mean(np.asarray(_called(answer, x, 0.0, draws())) == 0)))
    _judge_compiled(answer)


def _called(answer, x, rate, seed):
    """Call the answer, and name the slips that make Keras or TensorFlow raise."""
    try:
        return answer(x, rate, seed)
    except AnswerRaised as raised:
        reason = " ".join(re.sub(r"\{\{.*?\}\}", "", raised.error).split())[:90]
        if "seed" in raised.error.lower() and re.search("integer|Cannot|must be|convert", raised.error):
            raise Wrong("seed_not_taken", reason=reason) from None
        if re.search(
            r"Tensor'? object has no attribute|symbolic|numpy array|item assignment|scalar index", raised.error
        ):
            raise Wrong("numpy", reason=reason) from None
        raise


def _judge_dropped(found, x, rate):
    """Judge one result: the share of zeros, the scale of the rest, and who shares a mask."""
    zero, scale = found == 0, found / x
    if np.allclose(found, x):
        raise Wrong("off")
    if zero.all():
        raise Wrong("all_dropped", rate=rate, kept=1 - rate)
    if not zero.any() and np.ptp(scale) > 1e-3:
        raise Wrong("noise_instead")
    flat = zero.reshape(len(zero), -1)
    if (flat == flat[:, :1]).all():
        raise Wrong("whole_samples")
    if (flat == flat[:1]).all():
        raise Wrong("one_mask_for_the_batch")
    if zero.ndim > 2 and any((zero == zero.take([0], axis)).all() for axis in range(1, zero.ndim)):
        raise Wrong("one_mask_for_the_rest")
    share = zero.mean()
    if abs(share - rate) > 0.04:
        raise Wrong("keeps_the_rate" if abs(share - 1 + rate) < 0.04 else "other_share", rate=rate, found=share)
    kept, wanted = scale[~zero], 1 / (1 - rate)
    factor = float(np.median(kept))
    if np.allclose(kept, wanted, atol=1e-3):
        return
    details = {"rate": rate, "found": factor, "wanted": wanted}
    if np.allclose(kept, 1, atol=1e-3):
        raise Wrong("not_scaled", mean=1 - share)
    if np.allclose(kept, wanted**2, atol=1e-2):
        raise Wrong("scaled_twice", **details)
    if np.allclose(kept, 1 / rate, atol=1e-2):
        raise Wrong("divided_by_rate")
    if factor < 1:
        raise Wrong("scaled_down", **details)
    raise Wrong("wrong_scale", **details)


def _judge_compiled(answer):
    """Run the answer as the training loop does: traced once, called several times, differentiated."""
    source, x = draws(5), tf.ones((20, 30))

    def run(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            result = tf.convert_to_tensor(_called(answer, x, 0.4, source))
        gradient = tape.gradient(result, x)
        return result, tf.zeros_like(x) if gradient is None else gradient

    try:
        traced = tf.function(run, jit_compile=True, autograph=False).get_concrete_function(x)
        (first, gradient), (second, _) = ([np.asarray(part) for part in traced(x)] for _ in range(2))
    except (AnswerRaised, Wrong):
        raise
    except Exception as error:
        raise Wrong("not_compiled", reason=one_line(error)[:90]) from None
    if np.array_equal(first, second):
        raise Wrong("frozen_when_compiled")
    if not np.allclose(gradient, first, atol=1e-4):  # x is 1 everywhere
        raise Wrong("no_gradient")


# ---- a generator with dropout inside


class Marker(layers.Layer):
    """Stands in for a dropout layer: triples what goes through, so that the output tells where it was put."""

    def call(self, x):
        return 3.0 * x


PLACES = ("latent", "first hidden layer", "second hidden layer", "outputs", "outputs after their activation")


def _forward(weights, z, activation, times):
    """Return what a generator with these weights makes of z with so many markers at each of the places."""
    w1, b1, w2, b2, w3, b3 = weights
    latent, first, second, outputs, activated = (3.0**n for n in times)
    hidden = np.maximum(z * latent @ w1 + b1, 0) * first
    hidden = np.maximum(hidden @ w2 + b2, 0) * second
    result = (hidden @ w3 + b3) * outputs
    return (np.tanh(result) if activation == "tanh" else result) * activated


@exercise(
    hack.noisy_generator,
    praise="Dropout after each of the two hidden layers and nowhere else, for every size and activation.",
    misconceptions={
        **MISCONCEPTIONS,
        "no_dropout": "There is no dropout in your generator. Call `make_dropout()` for a layer, and put it in.",
        "own_dropout": (
            "There is noise in your generator that `make_dropout` did not make ({found}). It is off at test time, or "
            "cannot be exchanged. Call `make_dropout()` in its place."
        ),
        "not_called": (
            "You use `make_dropout` as if it were a layer, or hand it something ({reason}). It is a function without "
            "arguments that makes a layer: `make_dropout()`."
        ),
        "one_layer_only": (
            "Dropout acts on the {place} only. pix2pix has it in several layers: put it after each of the two hidden "
            "layers."
        ),
        "at_the_output": (
            "Dropout acts on the outputs. Half of the pixels would be 0, which is grey, in every image, and the "
            "discriminator would see it at once. After the hidden layers only."
        ),
        "on_the_latent": (
            "Dropout acts on the latent samples. That only makes another latent distribution of them; the noise should "
            "come in later. After the hidden layers only."
        ),
        "twice": "Dropout acts twice on the same numbers, so a quarter of them is left. Once after each hidden layer.",
        "not_built": (
            "Your model has no weights yet: it cannot know how long its input is. The lab copies them before the first "
            "call. Begin with `keras.Input((latent_dim,))`."
        ),
        "wrong_layers": (
            "For latent_dim={latent_dim}, width={width}, outputs={outputs} your weights have the shapes {found}; "
            "wanted {wanted}: two hidden layers and one for the outputs."
        ),
        "wrong_activation": (
            "With activation={activation!r} the outputs differ from what the weights should make. A ReLU belongs after "
            "each hidden layer, and `activation` after the last one."
        ),
    },
    hints=(
        "Which three places are there between Input and output, and which of them are hidden layers?",
        "Input, Dense, dropout, Dense, dropout, Dense. Only the last Dense has `activation`; the others have a ReLU.",
        "keras.Sequential([keras.Input(...), layers.Dense(width, ...), make_dropout(), ...])",
    ),
)
def check_noisy_generator(answer):
    for seed, (latent_dim, width, outputs, activation) in enumerate(((3, 7, 5, None), (6, 4, 9, "tanh"))):
        model = _built_with_marker(answer, latent_dim, width, outputs, activation)
        wanted = [(latent_dim, width), (width,), (width, width), (width,), (width, outputs), (outputs,)]
        found = [tuple(w.shape) for w in model.trainable_weights]
        if not found and not model.built:
            raise Wrong("not_built")
        if found != wanted:
            sizes = {"latent_dim": latent_dim, "width": width, "outputs": outputs}
            raise Wrong("wrong_layers", found=found, wanted=wanted, **sizes)
        for layer in inner_layers(model):
            if "Dropout" in type(layer).__name__:
                raise Wrong("own_dropout", found=type(layer).__name__)
        weights = [rng(seed + i).normal(0.05, 0.3, shape).astype("float32") for i, shape in enumerate(wanted)]
        for variable, value in zip(model.trainable_weights, weights):
            variable.assign(value)
        z = rng(seed).normal(0, 1, (30, latent_dim)).astype("float32")
        for training in (False, True):
            once, again = (output(model, z, training) for _ in range(2))
            if not np.array_equal(once, again):
                raise Wrong("own_dropout", found="two calls differ")
            _judge_places(once, weights, z, activation)


def _built_with_marker(answer, latent_dim, width, outputs, activation):
    try:
        return built(answer, latent_dim, width, outputs, activation, Marker)
    except AnswerRaised as raised:
        if re.search("Marker|Only instances of|KerasTensor|positional argument", raised.error):
            raise Wrong("not_called", reason=raised.error[:90]) from None
        raise


def _judge_places(found, weights, z, activation):
    """Find where the markers were put, or raise Wrong."""
    for times in sorted(itertools.product(range(3), repeat=len(PLACES)), key=sum):
        values = _forward(weights, z, activation, times)
        if found.shape != values.shape or not np.allclose(found, values, rtol=1e-4, atol=1e-4):
            continue
        latent, first, second, *outputs = times
        if any(outputs):
            raise Wrong("at_the_output")
        if latent:
            raise Wrong("on_the_latent")
        if not first and not second:
            raise Wrong("no_dropout")
        if not (first and second):
            raise Wrong("one_layer_only", place=PLACES[1 if first else 2])
        if max(first, second) > 1:
            raise Wrong("twice")
        return
    raise Wrong("wrong_activation", activation=activation)


# ---- how much the noise decides


def _mistaken_spreads(x):
    """Yield (misconception, pair) for what people compute instead. x: float64 (n_latents, n_draws, d)."""
    draws_, latents = x.std(1).mean(), x.std(0).mean()
    yield "swapped", (latents, draws_)
    yield "variance", (x.var(1).mean(), x.var(0).mean())
    yield "variance", (np.sqrt(x.var(1).mean()), np.sqrt(x.var(0).mean()))
    yield "one_less", (x.std(1, ddof=1).mean(), x.std(0, ddof=1).mean())
    yield "pixels_too", (x.std((1, 2)).mean(), x.std((0, 2)).mean())
    yield "over_the_numbers", (x.std(2).mean(), x.std(2).mean())
    yield "all_together", (x.std(), x.std())
    yield "all_together", (draws_, x.std())
    yield "all_together", (draws_, x.std((0, 1)).mean())
    yield "averaged_first", (x.mean(0).std(0).mean(), x.mean(1).std(0).mean())
    yield "averaged_first", (draws_, x.mean(1).std(0).mean())
    yield "one_only", (x[0].std(0).mean(), x[:, 0].std(0).mean())
    yield "one_only", (x[0].std(0).mean(), latents)


@exercise(
    hack.spread,
    praise="0 over the draws where the noise does nothing, and the two alike where it does everything.",
    misconceptions={
        "swapped": "Your two numbers are exchanged. Along axis 1 the draw changes, along axis 0 the latent.",
        "variance": "You average variances. Wanted are standard deviations, the root of each.",
        "one_less": "You divide by n - 1. Here the deviation divides by n, as `np.std` does by itself.",
        "pixels_too": (
            "Your deviations go over the d numbers too. A bright and a dark pixel then count as variety, even if all "
            "images are equal. One axis alone."
        ),
        "over_the_numbers": "Your deviation goes along the d numbers of one sample: it says how contrasty an image is.",
        "all_together": (
            "Your deviation goes over latents and draws together, or over everything. Then nothing tells which of them "
            "the variety comes from."
        ),
        "averaged_first": (
            "You average the samples first and measure then: the mean image of all draws has lost what you look for. "
            "First the deviations, then their mean."
        ),
        "one_only": "You look at the first latent, or the first draw, alone. Take all, and average.",
        "not_averaged": "You return deviations of the shapes {found}. Wanted are two numbers: average each.",
        "one_number": "You return one number, {found:.3f}. Wanted are two: (over_draws, over_latents).",
        "differs": "For samples of shape {shape} you return {found}; wanted {wanted}.",
    },
    hints=(
        "Which axis do you walk along if the latent stays and the draw changes?",
        "`np.std` takes an axis, and leaves an array of the others. Its mean is one number. Twice, along two axes.",
        "np.std(samples, axis=...).mean() for the draws, and the same along the other axis for the latents",
    ),
)
def check_spread(answer):
    for seed, shape in enumerate(((6, 5, 4), (3, 8, 7), (9, 2, 1))):
        x = rng(seed).normal(0, 0.4, shape) + rng(seed + 9).normal(0, 1, (shape[0], 1, shape[2]))
        x = (x + 2 * np.arange(shape[2])).astype("float32")
        value = answer(x)
        if hasattr(value, "__float__") and np.shape(value) == ():
            raise Wrong("one_number", found=float(value))
        if getattr(value, "shape", None) == (2,):
            value = tuple(value)
        both = pair(value, "two numbers, over the draws and over the latents")
        if any(np.shape(part) != () for part in both):
            raise Wrong("not_averaged", found=" and ".join(str(np.shape(part)) for part in both))
        found = np.array([number(part, "two numbers") for part in both])
        wanted = np.array(hack.spread(x))
        if np.allclose(found, wanted, atol=1e-4):
            continue
        for misconception, values in _mistaken_spreads(x.astype("float64")):
            if np.allclose(found, values, atol=1e-4):
                raise Wrong(misconception)
        raise Wrong("differs", shape=shape, found=found.round(3).tolist(), wanted=wanted.round(3).tolist())


# ---- dropout that stays on when a model predicts


def _starter(x, filters):
    h = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)(x)
    h = layers.BatchNormalization()(h)
    h = layers.Dropout(0.5)(h, training=True)
    return layers.ReLU()(h)


@exercise(
    hack.decoder_block,
    given=_starter,
    praise="Now `predict` draws anew for every sample and call, half of the numbers, and the normalization is at rest.",
    misconceptions={
        "off_at_test": (
            "Two calls of the finished model with training=False agree to the last digit: there the dropout is off. In "
            "Keras 3 a model hands its own `training` to its layers, over what they were built with. It reaches only "
            "layers that have such an argument."
        ),
        "only_at_test": "With training=True nothing is dropped. The noise belongs to training *and* test.",
        "normalizes_by_the_batch": (
            "What one sample becomes depends on the others in its batch, without training=True as well: the "
            "normalization is in training mode too. Only the dropout should be."
        ),
        "no_normalization": "In training, your numbers are not normalized any more. Only the dropout had to change.",
        "elsewhere": (
            "What your block keeps has other values from draw to draw: something after the dropout mixes the numbers "
            "that are left. It belongs after convolution and normalization, where it was."
        ),
        "other_share": (
            "With training={training} your block drops {found:.0%} of the numbers; wanted 50 %, by one dropout where "
            "the old one was."
        ),
        "not_scaled": "What your block keeps is {found:.2f} times what it is without dropout; wanted 2 times.",
        "same_for_all": "Equal samples of one batch lose the same numbers. Each sample has a mask of its own.",
        "negative": "Your block returns numbers below 0. The ReLU comes last, as before.",
        "not_a_tensor": "Your function returns {found}. Return the Keras tensor of the last layer.",
        "other_weights": "Your weights have the shapes {found}; wanted {wanted}. Only the dropout had to change.",
    },
    hints=(
        "Who hands `training` to a layer inside a model, and which layers can be told?",
        "You have written a dropout that asks nobody, and the layer around it has no argument `training`.",
        "h = AlwaysDropout(...)(h) where the Dropout was: the layer of this lab, with its rate",
    ),
)
def check_decoder_block(answer):
    for seed, (size, channels, filters) in enumerate(((4, 3, 8), (5, 2, 6))):
        _judge_block(_block(answer, size, channels, filters), seed, size, channels, filters)


def _block(answer, size, channels, filters):
    """Return the model of one block. Its weights are set so that without dropout each number is known."""
    inputs = keras.Input((size, size, channels))
    result = answer(inputs, filters)
    if result is None:
        raise Wrong("returns_nothing")
    if not keras.utils.is_keras_tensor(result):
        raise Wrong("not_a_tensor", found=told(result))
    wanted = (None, 2 * size, 2 * size, filters)
    if tuple(result.shape) != wanted:
        raise Wrong("wrong_shape", found=tuple(result.shape), wanted=wanted, case=f" for {size} × {size} pixels")
    return keras.Model(inputs, result)


def _judge_block(model, seed, size, channels, filters):
    reference = keras.Model(inputs := keras.Input((size, size, channels)), _quiet_block(inputs, filters))
    found, wanted = ([tuple(w.shape) for w in m.weights] for m in (model, reference))
    if found != wanted:
        missing = len(found) < len(wanted)
        raise Wrong("no_normalization" if missing else "other_weights", found=found, wanted=wanted)
    weights = [rng(seed + i).uniform(0.2, 0.6, shape).astype("float32") for i, shape in enumerate(wanted)]
    weights[0] -= 0.4  # a kernel of both signs, so that the ReLU has something to do
    for m in (model, reference):
        for variable, value in zip(m.weights, weights):
            variable.assign(value)
    x = np.repeat(rng(seed).uniform(0.5, 1, (1, size, size, channels)).astype("float32"), 40, axis=0)
    first, second = (np.asarray(model(x, training=False)) for _ in range(2))
    # Compiled, as `predict` does it: a mask that Python draws is drawn once there.
    compiled = tf.function(partial(model, training=False), autograph=False).get_concrete_function(tf.constant(x[:4]))
    predicted = [compiled(tf.constant(x[:4])).numpy() for _ in range(2)]
    quiet = np.asarray(reference(x, training=False))
    if (first < 0).any():
        raise Wrong("negative")
    if np.array_equal(first, second) or np.array_equal(*predicted):
        raise Wrong("off_at_test")
    if np.array_equal(first[0], first[1]):
        raise Wrong("same_for_all")
    mixed = np.concatenate([x[:20], rng(seed).uniform(-3, 3, x[20:].shape).astype("float32")])
    kept = []
    for batch in (x, mixed):
        drawn = np.concatenate([np.asarray(model(batch, training=False))[:20] for _ in range(4)])
        kept.append(drawn.max(axis=0))
        if not _is_zero_or(drawn, kept[-1]):
            raise Wrong("elsewhere")
    if not np.allclose(*kept, rtol=1e-3, atol=1e-4):
        raise Wrong("normalizes_by_the_batch")
    share, there = float(np.mean(first[:, quiet[0] > 0] == 0)), (first > 0) & (quiet > 0)
    if abs(share - 0.5) > 0.06:
        raise Wrong("other_share", found=share, training=False)
    factor = float(np.median(first[there] / quiet[there]))
    if abs(factor - 2) > 0.02:
        raise Wrong("not_scaled", found=factor)
    trained, quiet = (_called_once(m, mixed, training=True) for m in (model, reference))
    share, there = float(np.mean(trained[quiet > 0] == 0)), (trained > 0) & (quiet > 0)
    if share < 0.06:
        raise Wrong("only_at_test")
    factors = trained[there] / quiet[there]
    if not np.allclose(factors, np.median(factors), rtol=0.01):
        raise Wrong("no_normalization")
    if abs(share - 0.5) > 0.06:
        raise Wrong("other_share", found=share, training=True)
    if not _is_zero_or(_called_once(model, mixed)[:20], kept[0]):
        raise Wrong("normalizes_by_the_batch")


def _is_zero_or(found, kept):
    """Tell whether every number is 0 or the one that is kept at its place."""
    return np.allclose(found, np.where(found == 0, 0, kept), rtol=1e-3, atol=1e-4)


def _called_once(model, batch, **how):
    """Return what the model makes of a batch, its stored averages untouched."""
    before = [np.asarray(w) for w in model.weights]
    result = np.asarray(model(batch, **how))
    for variable, value in zip(model.weights, before):
        variable.assign(value)
    return result


def _quiet_block(x, filters):
    h = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(h))
