"""Lab 26, dropout in the generator: what a right answer must show, how people get it wrong, and the hints."""

import functools
from dataclasses import dataclass
from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganhacks.checks.engine.parameters import SEED, training_steps
from ganhacks.checks.engine import properties
from ganhacks.checks.judges import draws, networks, tape
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import Example, compare, fitting, judge
from ganhacks.checks.engine.sandbox import Through
from ganhacks.checks.engine.values import numbers, told
from ganhacks.hacks import generator_dropout as hack

PARAMETERS = {
    "mnist_steps": training_steps("on digits"),
    "ring_steps": training_steps("on the ring"),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "generator_dropout")

PREDICTION = {
    "choices": {
        "a": "eight times the same image, pixel by pixel.",
        "b": "one digit, with differences in its strokes.",
        "c": "different digits, almost as with eight latent samples.",
    },
    "answer": "c",
    "remarks": {
        "a": "That would be so if dropout were off when images are made. Here it stays on.",
        "b": (
            "That would be so if dropout were a little noise around one image. It was there while G learned, so G "
            "could use it."
        ),
    },
    "why": (
        "The discriminator asks for variety and does not care where it comes from. Half of the units on or off is far "
        "more noise than a hundred latent numbers bring, so the generator reads its digit from the dropout."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- dropout that is always on


@dataclass(frozen=True)
class Dropped:
    """What is seen of dropout: the share of zeros, and by what the rest was multiplied, in the 1st, 50th, 99th percent.

    together: which axes share a mask, or even it out, as in `draws.together`; axis 0 are the calls.
    """

    share: float
    factors: tuple
    together: tuple

    @property
    def shared(self):
        """The first axes along which masks go together, and whether they are the same (2) or not (1); or None."""
        return next((some for some in self.together if some[1] > 0), None)


def seen(drawn, x):
    """Return what was `Dropped` of x. drawn: (calls, *x.shape), of one x or of one for each call."""
    zero, factor = drawn == 0, drawn / x
    factors = np.percentile(factor[~zero], (1, 50, 99)) if not zero.all() else (0, 0, 0)
    return Dropped(float(zero.mean()), tuple(map(float, factors)), tuple(draws.together(zero * 1.0).items()))


def alike(found, wanted):
    """Tell whether as much was `Dropped`, and in the same way, as far as chance lets one see it in 10,000 numbers."""
    if found.shared is not None:  # few draws: chance decides on the share
        return found.shared == wanted.shared
    close = np.allclose((found.share, *found.factors), (wanted.share, *wanted.factors), 0.02, 0.04)
    return close and found.together == wanted.together


def _dropout(keeps=lambda u, rate: u >= rate, kept=lambda x, rate: x / (1 - rate), shape=lambda shape: shape):
    """Return a wrong dropout. keeps: of numbers from [0, 1) and the rate; kept: what stays; shape: of the mask."""

    def dropped(x, rate, seed):
        uniform = keras.random.uniform(shape(tuple(x.shape)), seed=seed)
        return ops.where(keeps(uniform, rate), kept(x, rate), 0.0)

    return dropped


def _of_noise(change):
    """Return a function that adds noise in place of dropping. change: of (x, rate, as many N(0, 1) as x has)."""
    return lambda x, rate, seed: change(x, rate, keras.random.normal(x.shape, seed=seed))


def _so_many(axis=None):
    """Return a dropout that drops exactly its share: of the whole batch, or along an axis."""

    def dropped(x, rate, seed):
        size = int(np.prod(x.shape)) if axis is None else x.shape[axis]
        rank = keras.random.uniform((size,) if axis is None else x.shape, seed=seed)
        rank = ops.argsort(ops.argsort(rank, axis=-1), axis=-1)
        return ops.where(ops.reshape(rank, x.shape) >= round(rate * size), x / (1 - rate), 0.0)

    return dropped


def _drawn_once(x, rate, seed):
    return keras.random.dropout(x, rate, seed=0)


def _in_place(x, rate, seed):
    x[keras.random.uniform(x.shape, seed=seed) < rate] = 0


@exercise(
    hack.always_dropout,
    praise="The share is right, the mean stays, and each number, each sample and each call has luck of its own.",
    slips=[
        ("off", lambda x, rate, seed: x),
        ("all_dropped", lambda x, rate, seed: ops.zeros_like(x)),
        *(
            ("keeps_the_rate", _dropout(lambda u, rate: u < rate, kept))
            for kept in (lambda x, rate: x / max(rate, 1e-9), lambda x, rate: x / (1 - rate), lambda x, rate: x)
        ),
        ("not_scaled", _dropout(kept=lambda x, rate: x)),
        ("scaled_down", _dropout(kept=lambda x, rate: x * (1 - rate))),
        ("scaled_twice", _dropout(kept=lambda x, rate: x / (1 - rate) ** 2)),
        ("divided_by_rate", _dropout(kept=lambda x, rate: x / max(rate, 1e-9))),
        ("noise_instead", _of_noise(lambda x, rate, n: x * (1 + (rate / (1 - rate)) ** 0.5 * n))),
        ("noise_instead", _of_noise(lambda x, rate, n: x + rate * n)),
        ("whole_samples", _dropout(shape=lambda shape: (shape[0], *[1] * (len(shape) - 1)))),
        ("whole_batches", _dropout(shape=lambda shape: ())),
        ("one_mask_for_the_batch", _dropout(shape=lambda shape: shape[1:])),
        ("one_mask_for_the_rest", _dropout(shape=lambda s: s if len(s) == 2 else (s[0], 1, 1, s[3]))),
        ("one_mask_for_the_rest", _dropout(shape=lambda s: s if len(s) == 2 else (*s[:3], 1))),
        ("exact_share", _so_many()),
        ("exact_share", _so_many(-1)),
        ("reseeds", _drawn_once),
        ("in_place", _in_place),
        ("seed_not_taken", lambda x, rate, seed: layers.Dropout(rate, seed=seed)(x, training=True)),
    ],
    misconceptions={
        **draws.MISCONCEPTIONS,
        "off": (
            "Nothing is dropped: x comes back as it was. A Keras `Dropout` layer does that unless it is called with "
            "training=True. This function has no such argument: it drops at every call."
        ),
        "all_dropped": "Every number is 0. Only a share of {rate:g} is dropped, and the rest stays.",
        "keeps_the_rate": (
            "You keep as much as you should drop. The rate is the share that is *dropped*; in some papers and older "
            "libraries it was the share that is kept."
        ),
        "other_share": "At a rate of {rate:g} you drop {found} of the numbers. Does your mask use `rate`?",
        "not_scaled": (
            "What is kept stays as it was, so the mean falls. The next layer would get less and less with a growing "
            "rate. Divide what is kept by the share that is kept."
        ),
        "scaled_down": (
            "What is kept has become smaller. It has to make up for what is missing: divide, in place of multiplying, "
            "by the share that is kept."
        ),
        "scaled_twice": (
            "What is kept is scaled twice. `keras.random.dropout` and the `Dropout` layer have done it already."
        ),
        "divided_by_rate": (
            "What is kept is x divided by the rate. That is right at 0.5 alone. Divide by the share that is kept."
        ),
        "wrong_scale": "At a rate of {rate:g}, what is kept is {found} times x; wanted {wanted} times.",
        "noise_instead": "You do more than drop: what is not 0 is not always the same multiple of x.",
        "whole_samples": (
            "You drop whole samples: in each row all is 0 or nothing. Every *number* is dropped on its own. Has your "
            "mask the shape of x?"
        ),
        "whole_batches": "You drop the whole batch or nothing: one draw decides. Has your mask the shape of x?",
        "one_mask_for_the_batch": (
            "All samples of a batch lose the same units. Then a batch has no variety from the noise. Has your mask the "
            "shape of x, batch included?"
        ),
        "one_mask_for_the_rest": (
            "In an image, numbers along one axis are dropped together. Draw a mask of the whole shape of x."
        ),
        "exact_share": (
            "You drop the exact share each time. Then one number's luck depends on the others'. Drop each with this "
            "probability, on its own: sometimes more are 0 and sometimes fewer."
        ),
        "in_place": "A tensor cannot be written into. Make a new one: `ops.where`, or multiply by a mask.",
        "seed_not_taken": (
            "Keras' layer takes no SeedGenerator as its seed. A new layer inside the function is not needed: the "
            "functions of `keras.random` take a seed generator."
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
    def describe(run):
        yours, wanted = (
            f"{of.share:.0%} are 0, and the rest is {of.factors[1]:.3g} times x" for of in (run.found, run.wanted)
        )
        return Example(f"For rate = {run.args[1]:g}: {yours} in yours; wanted: {wanted}.")

    calls = [(_signed(i, shape), rate, i) for i, (shape, rate) in enumerate(zip(SHAPES, RATES))]
    compare(answer, calls, _dropped, alike, fits=fits, describe=describe, case=lambda args: f"rate = {args[1]:g}")
    x = tf.constant(_signed(9, (20, 30)))
    properties.draws_from_rng(draws.seeded(lambda seed: answer(x, 0.5, seed)))
    seed, made = keras.random.SeedGenerator(5), []
    (gradient,) = tape.gradients(lambda x: made.append(answer(x, 0.4, seed)) or made[0], x)
    if not np.allclose(gradient * x, made[0], 0, 1e-4):
        raise Wrong("other_gradient", by="x", found="another number", wanted="1 / (1 - rate), or 0 where x is dropped,")
    draws.judge_in_loop(lambda x: answer(x, 0.4, seed), x)


@draws.remembered
def _dropped(function, x, rate, seed):
    """Return what is seen of twelve calls. seed: a whole number."""
    seed = keras.random.SeedGenerator(seed)
    calls = [numbers(tape.called(function, tf.constant(x), rate, seed), x.shape, f" for rate = {rate:g}") for _ in range(12)]
    return seen(np.stack(calls), x)


RATES = 0.5, 0.2, 0.0, 0.9
SHAPES = (16, 60), (12, 6, 6, 4), (16, 60), (20, 60)


def _signed(seed, shape):
    return (rng(seed).uniform(1, 2, shape) * rng(seed).choice([-1, 1], shape)).astype("float32")


def fits(found, wanted, case):
    """Raise Wrong for what is measured of a dropout that no slip explains."""
    rate, factor = round(wanted.share, 1), wanted.factors[1]
    details = {"rate": rate, "found": f"{found.factors[1]:.3g}", "wanted": f"{factor:.3g}"}
    if found.shared is not None:
        axis = found.shared[0][0]
        where = f"along axis {axis - 1}" if axis else "from call to call"
        raise Wrong("dependent_draws", found=f"which of them are dropped goes together {where}")
    if found.share < 1 and np.ptp(found.factors) > 0.01:
        raise Wrong("noise_instead", **details)
    if abs(found.share - wanted.share) > 0.04:
        raise Wrong("other_share", **{**details, "found": f"{found.share:.0%}"})
    if abs(found.factors[1] - factor) > 0.04:
        raise Wrong("wrong_scale", **details)


# ---- a generator with dropout inside


class Marker(layers.Layer):
    """Stands in for a dropout layer: triples what goes through, so that the output tells where it was put."""

    def call(self, x):
        return 3.0 * x


def make_dropout():
    return Marker()


def _generator(*times, hidden=("relu", "relu"), last=lambda activation: activation):
    """Return a builder of generators with so many dropouts after the latent samples, each hidden layer, the outputs."""

    def build(latent_dim, width, outputs, activation, make_dropout):
        parts = [
            *(layers.Dense(width, activation=name) for name in hidden),
            layers.Dense(outputs, activation=last(activation)),
        ]
        drops = [[make_dropout() for _ in range(n)] for n in times]
        made = [layer for part, after in zip([keras.Input((latent_dim,)), *parts], drops) for layer in (part, *after)]
        return keras.Sequential(made)

    return build


def _drops_activated(latent_dim, width, outputs, activation, make_dropout):
    model = _generator(0, 1, 1, 1, last=lambda _: None)(latent_dim, width, outputs, activation, make_dropout)
    model.add(layers.Activation(activation))
    return model


def _with_the_rate(latent_dim, width, outputs, activation, make_dropout):
    return make_dropout(0.5)


def _by_name(latent_dim, width, outputs, activation, make_dropout):
    return make_dropout(rate=0.5)


def _as_a_layer(latent_dim, width, outputs, activation, make_dropout):
    return keras.Sequential([keras.Input((latent_dim,)), make_dropout])


@exercise(
    hack.noisy_generator,
    praise="Dropout after each of the two hidden layers and nowhere else, for every size and activation.",
    slips=[
        ("no_dropout", _generator(0, 0, 0, 0)),
        ("one_layer_only", _generator(0, 1, 0, 0), {"place": "first"}),
        ("one_layer_only", _generator(0, 0, 1, 0), {"place": "second"}),
        *(("at_the_output", _generator(*times)) for times in ((0, 1, 1, 1), (0, 0, 0, 1), (0, 0, 1, 1), (1, 1, 1, 1))),
        ("at_the_output", _drops_activated),
        *(("on_the_latent", _generator(*times)) for times in ((1, 1, 1, 0), (1, 1, 0, 0), (1, 0, 0, 0))),
        *(
            ("twice", _generator(*times))
            for times in ((0, 2, 2, 0), (0, 2, 1, 0), (0, 1, 2, 0), (0, 2, 0, 0), (0, 0, 2, 0))
        ),
        ("ignores_activation", _generator(0, 1, 1, 0, last=lambda _: "tanh")),
        ("ignores_activation", _generator(0, 1, 1, 0, last=lambda _: None)),
        ("ignores_activation", _generator(0, 1, 1, 0, last=lambda _: "sigmoid")),
        ("wrong_activation", _generator(0, 1, 1, 0, last=lambda _: "relu")),
        ("wrong_activation", _generator(0, 1, 1, 0, hidden=("tanh", "tanh"))),
        ("wrong_activation", _generator(0, 1, 1, 0, hidden=("leaky_relu", "leaky_relu"))),
        ("no_relu", _generator(0, 1, 1, 0, hidden=(None, None))),
        ("no_relu", _generator(0, 1, 1, 0, hidden=("relu", None))),
        ("no_relu", _generator(0, 1, 1, 0, hidden=(None, "relu"))),
        ("one_hidden", _generator(0, 1, 0, hidden=("relu",))),
        ("one_hidden", _generator(0, 0, 0, hidden=("relu",))),
        ("three_hidden", _generator(0, 1, 1, 1, 0, hidden=("relu",) * 3)),
        ("not_called", _with_the_rate),
        ("not_called", _by_name),
        ("not_called", _as_a_layer),
    ],
    misconceptions={
        **networks.NETWORK_MISCONCEPTIONS,
        "no_dropout": "There is no dropout in your generator. Call `make_dropout()` for a layer, and put it in.",
        "own_dropout": (
            "There is noise in your generator that `make_dropout` did not make ({found}). It is off at test time, or "
            "cannot be exchanged. Call `make_dropout()` in its place."
        ),
        "not_called": (
            "You use `make_dropout` as if it were a layer, or hand it something. It is a function without arguments "
            "that makes a layer: `make_dropout()`."
        ),
        "one_layer_only": (
            "Dropout acts on the {place} hidden layer only. pix2pix has it in several layers: put it after each of the "
            "two hidden layers."
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
        "ignores_activation": "Whatever `activation` is, your outputs go through the same one. Use the argument.",
        "wrong_activation": "A ReLU belongs after each hidden layer, and only `activation` after the last one.",
        "no_relu": "A hidden layer of yours has no ReLU: two layers in a row are then one.",
        "one_hidden": "Your generator has one hidden layer; wanted are two, with dropout after each of them.",
        "three_hidden": "Your generator has three hidden layers; wanted are two, with dropout after each of them.",
    },
    hints=(
        "Which three places are there between Input and output, and which of them are hidden layers?",
        "Input, Dense, dropout, Dense, dropout, Dense. Only the last Dense has `activation`; the others have a ReLU.",
        "keras.Sequential([keras.Input(...), layers.Dense(width, ...), make_dropout(), ...])",
    ),
)
def check_noisy_generator(answer):
    def batches(latent_dim, *_):
        return [rng(0).normal(0, 1, (n, latent_dim)).astype("float32") for n in (30, 1)]

    def quiet(*args):
        """Return a generator that is built already, and has no noise of its own."""
        model = networks.built(answer, *args)
        if not model.weights and not model.built:
            raise Wrong("not_built")
        for training in (False, True):
            if not np.array_equal(*(networks.output(model, batches(*args)[0], training) for _ in range(2))):
                names = [type(layer).__name__ for layer in networks.layers_of(model)]
                raise Wrong("own_dropout", found=next((name for name in names if "Drop" in name), "two calls differ"))
        return model

    calls = [(3, 7, 5, None, make_dropout), (6, 4, 9, "tanh", make_dropout)]
    networks.judge_network(Through(answer, quiet), calls, batches)


# ---- how much the noise decides


def _measures(measure, axes=(1, 0)):
    """Return a wrong spread. measure: of (samples, axis), averaged over the rest; axes: of draws and of latents."""
    return lambda samples: tuple(np.mean(measure(samples, axis)) for axis in axes)


def _variance(samples, axis):
    return np.var(samples, axis=axis)


def _squares(samples):
    return (samples - samples.mean((0, 1))) ** 2


def _without_the_noise(samples):
    left = _variance(samples, 0).mean() - _variance(samples, 1).mean()
    return np.sqrt(max(left, 0))


def _mixed(over_draws=None, over_latents=None):
    """Return a wrong spread that has the one number, or both, from another function of the samples."""

    def measured(samples):
        draws, latents = hack.spread(samples)
        return over_draws(samples) if over_draws else draws, over_latents(samples) if over_latents else latents

    return measured


@exercise(
    hack.spread,
    praise="0 over the draws where the noise does nothing, and the two alike where it does everything.",
    slips=[
        ("swapped_results", _measures(np.std, (0, 1))),
        ("variance", _measures(_variance)),
        ("variance", lambda samples: tuple(np.sqrt(_variance(samples, axis).mean()) for axis in (1, 0))),
        ("one_less", _measures(functools.partial(np.std, ddof=1))),
        ("pixels_too", _measures(np.std, ((1, 2), (0, 2)))),
        ("over_the_numbers", _measures(np.std, (2, 2))),
        ("one_axis_off", _measures(np.std, (2, 1))),
        ("one_axis_off", _measures(np.std, (1, 2))),
        ("one_axis_off", _measures(np.std, (1, 1))),
        ("one_axis_off", _measures(np.std, (0, 0))),
        ("all_together", _measures(np.std, (None, None))),
        ("all_together", _measures(np.std, (1, None))),
        ("all_together", _measures(np.std, (1, (0, 1)))),
        ("averaged_first", lambda samples: (samples.mean(0).std(0).mean(), samples.mean(1).std(0).mean())),
        ("averaged_first", _mixed(over_latents=lambda samples: samples.mean(1).std(0).mean())),
        ("numbers_first", _measures(lambda samples, axis: np.std(samples.mean(2), axis=axis))),
        ("euclidean", _measures(lambda samples, axis: np.sqrt(_variance(samples, axis).sum(-1)))),
        ("overall_mean", _measures(lambda samples, axis: np.sqrt(_squares(samples).mean(axis)))),
        ("noise_taken_out", _mixed(over_latents=_without_the_noise)),
        *(("rounded", lambda samples, n=n: tuple(round(part, n) for part in hack.spread(samples))) for n in (1, 2, 3)),
        ("one_only", lambda samples: (samples[0].std(0).mean(), samples[:, 0].std(0).mean())),
        ("one_only", _mixed(over_draws=lambda samples: samples[0].std(0).mean())),
        ("one_only", _mixed(over_latents=lambda samples: samples[:, 0].std(0).mean())),
        ("other_measure", _measures(np.ptp)),
        ("other_measure", _measures(lambda samples, axis: abs(samples - samples.mean(axis, keepdims=True)))),
        ("summed", lambda samples: tuple(np.std(samples, axis=axis).sum() for axis in (1, 0))),
        ("median", lambda samples: tuple(np.median(np.std(samples, axis=axis)) for axis in (1, 0))),
        ("not_averaged", lambda samples: tuple(np.std(samples, axis=axis) for axis in (1, 0))),
    ],
    misconceptions={
        "swapped_results": "Your two numbers are exchanged. Along axis 1 the draw changes, along axis 0 the latent.",
        "variance": "You average variances. Wanted are standard deviations, the root of each.",
        "one_less": "You divide by n - 1. Here the deviation divides by n, as `np.std` does by itself.",
        "pixels_too": (
            "Your deviations go over the d numbers too. A bright and a dark pixel then count as variety, even if all "
            "images are equal. One axis alone."
        ),
        "over_the_numbers": "Your deviation goes along the d numbers of one sample: it says how contrasty an image is.",
        "one_axis_off": "One of your two deviations goes along another axis. The draws are axis 1, the latents axis 0.",
        "all_together": (
            "Your deviation goes over latents and draws together, or over everything. Then nothing tells which of them "
            "the variety comes from."
        ),
        "averaged_first": (
            "You average the samples first and measure then: the mean image of all draws has lost what you look for. "
            "First the deviations, then their mean."
        ),
        "numbers_first": "You average a sample's d numbers first. Measure each of the d numbers, then average.",
        "euclidean": "You add up the variances of a sample's d numbers. Each number has a deviation: average these.",
        "overall_mean": "You measure from the mean of all samples. Each row has a mean of its own, along its axis.",
        "noise_taken_out": (
            "You subtract the draws' variance from the latents'. Wanted is what is seen over the latents in one draw, "
            "the noise in it."
        ),
        "rounded": "You round. The lab rounds where it prints: return the numbers as they are.",
        "one_only": "You look at the first latent, or the first draw, alone. Take all, and average.",
        "other_measure": "You measure ranges, or mean distances. Wanted are standard deviations.",
        "summed": "You add up the deviations. Average them.",
        "median": "You take the median of the deviations. Wanted is their mean.",
        "not_averaged": "You return arrays of deviations. Wanted are two numbers: average each.",
        "one_number": "You return one number. Wanted are two: (over_draws, over_latents).",
    },
    hints=(
        "Which axis do you walk along if the latent stays and the draw changes?",
        "`np.std` takes an axis, and leaves an array of the others. Its mean is one number. Twice, along two axes.",
        "np.std(samples, axis=...).mean() for the draws, and the same along the other axis for the latents",
    ),
)
def check_spread(answer):
    def fits(found, wanted, case):
        if hasattr(found, "__float__") and np.shape(found) == ():
            raise Wrong("one_number")
        fitting(found, wanted, case)

    shapes = (6, 5, 4), (3, 8, 7), (9, 2, 1), (5, 1, 3), (1, 4, 3), (4, 6, 2)
    inputs = [
        rng(i).normal(0, 0.4, shape) + rng(i + 9).gamma(1, 1, shape[::2])[:, None] for i, shape in enumerate(shapes)
    ]
    inputs = [(x + 2 * np.arange(x.shape[2])).astype("float32") for x in inputs[:-1]] + inputs[-1:]
    judge(answer, [*((x,) for x in inputs), (np.repeat(inputs[0][:, :1], 3, axis=1),)], atol=1e-4, fits=fits)


# ---- dropout that stays on when a model predicts


def _starter(x, filters):
    h = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)(x)
    h = layers.BatchNormalization()(h)
    h = layers.Dropout(0.5)(h, training=True)
    return layers.ReLU()(h)


class ByTheBatch(layers.BatchNormalization):
    """Normalizes by the batch in every mode."""

    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


class Dropping(layers.Layer):
    """Drops as `drop` does, a function of (x, rate, seed), at test time and in training."""

    def __init__(self, drop, in_training=True):
        super().__init__()
        self.drop, self.in_training, self.draws = drop, in_training, keras.random.SeedGenerator(0)

    def call(self, x, training=None):
        return self.drop(x, 0.5, self.draws) if self.in_training or not training else x

    def compute_output_shape(self, shape):  # of a batch whose size is not known yet
        return shape


def _decoder(drop=hack.AlwaysDropout, normalize=layers.BatchNormalization, after=1, bias=False, last=layers.ReLU):
    """Return a wrong block. drop, normalize, last: make layers; after: what is before the dropout, -1 for nothing."""

    def block(x, filters):
        convolve = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=bias)
        parts = [convolve, normalize(), last()]
        parts.insert(after + 1, drop())
        for part in parts:
            x = part(x)
        return x

    return block


def _dropping(**how):
    """Return a maker of layers that drop like a wrong dropout of the first exercise."""
    return lambda: Dropping(_dropout(**how))


_drop, _told = partial(layers.Dropout, 0.5), partial(partial, training=True)  # a layer, told to train when it is called


@exercise(
    hack.decoder_block,
    given=_starter,
    praise="Now `predict` draws anew for every sample and call, half of the numbers, and the normalization is at rest.",
    slips=[
        ("no_dropout", _decoder(layers.Identity)),
        *(("off_at_test", _decoder(make, after=after)) for make in (_drop, lambda: _told(_drop())) for after in (1, 2)),
        ("only_at_test", _decoder(lambda: Dropping(_dropout(), in_training=False))),
        ("normalizes_by_the_batch", _decoder(normalize=ByTheBatch)),
        ("normalizes_by_the_batch", _decoder(normalize=lambda: _told(layers.BatchNormalization()))),
        ("normalizes_by_the_batch", _decoder(lambda: _told(_drop()), ByTheBatch)),
        ("no_normalization", _decoder(normalize=partial(layers.BatchNormalization, trainable=False))),
        ("no_normalization", _decoder(normalize=layers.Identity)),
        ("no_normalization", _decoder(normalize=layers.Identity, bias=True)),
        ("elsewhere", _decoder(after=-1)),
        ("elsewhere", _decoder(after=0)),
        ("not_scaled", _decoder(_dropping(kept=lambda x, rate: x))),
        ("same_for_all", _decoder(_dropping(shape=lambda shape: (1, *shape[1:])))),
        ("whole_channels", _decoder(_dropping(shape=lambda shape: (shape[0], 1, 1, shape[3])))),
        ("whole_channels", _decoder(_dropping(shape=lambda shape: (*shape[:3], 1)))),
        ("negative", _decoder(last=layers.Identity)),
        ("negative", _decoder(last=partial(layers.LeakyReLU, negative_slope=0.2))),
        ("other_weights", _decoder(bias=True)),
    ],
    misconceptions={
        "no_dropout": "There is no dropout left in your block: it is the same at every call, in training too.",
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
        "other_normalization": "With training=True your numbers are normalized in another way than in the old block.",
        "elsewhere": (
            "What your block keeps has other values from draw to draw: something after the dropout mixes the numbers "
            "that are left. It belongs after convolution and normalization, where it was."
        ),
        "other_share": (
            "With {mode} your block drops {found} of the numbers; wanted 50 %, by one dropout where the old one was."
        ),
        "not_scaled": "What your block keeps is not 2 times what it is without dropout: the mean has to stay.",
        "same_for_all": "Equal samples of one batch lose the same numbers. Each sample has a mask of its own.",
        "whole_channels": (
            "Within a sample, numbers are dropped together: whole channels or whole pixels. Each number has luck of "
            "its own, in plain dropout."
        ),
        "frozen_draw": (
            "Calls of your block drop the same numbers, at least where they are compiled, as in `predict`. A fixed "
            "seed does that, and so does NumPy, which draws once, while code is compiled. Let `keras.random` draw."
        ),
        "negative": "Your block returns numbers below 0. The ReLU comes last, as before.",
        "not_a_tensor": "Your function returns {found}. Return the Keras tensor of the last layer.",
        "other_weights": "Your block has other weights than the old one. Only the dropout had to change.",
    },
    hints=(
        "Who hands `training` to a layer inside a model, and which layers can be told?",
        "You have written a dropout that asks nobody, and the layer around it has no argument `training`.",
        "h = AlwaysDropout(...)(h) where the Dropout was: the layer of this lab, with its rate",
    ),
)
def check_decoder_block(answer):
    def describe(run):
        if run.found[0] != run.wanted[0]:
            return Example(f"The shapes of its weights are {run.found[0]}; wanted {run.wanted[0]}.")
        yours, wanted = (
            ", ".join(f"{part.share:.0%} with {mode}" for part, mode in zip(seen[2:], MODES))
            for seen in (run.found, run.wanted)
        )
        return Example(f"Your block drops {yours}; wanted {wanted}.")

    compare(answer, [((4, 4, 3), 8), ((5, 5, 2), 6)], _block, _same_block, fits=_block_fits, describe=describe)


MODES = "training=False", "training=True", "no word about training"


def _same_block(found, wanted):
    return found[:2] == wanted[:2] and all(map(alike, found[2:], wanted[2:]))


def _block_fits(found, wanted, case):
    """Raise Wrong for what is measured of a block that no slip explains."""
    shapes, negative, *parts = found
    if shapes != wanted[0]:
        raise Wrong("other_weights")
    if negative:
        raise Wrong("negative")
    if parts[0].share < 0.01 and np.ptp(parts[0].factors) < 0.01:
        raise Wrong("off_at_test")
    for axes, _ in [part.shared for part in parts if part.shared]:
        raise Wrong({0: "frozen_draw", 1: "same_for_all"}.get(axes[0], "whole_channels"))
    if np.ptp(parts[1].factors) > 0.1 > np.ptp(parts[0].factors):
        raise Wrong("other_normalization")
    for mode, part in zip(MODES, parts):
        if abs(part.share - 0.5) > 0.04:
            raise Wrong("other_share", found=f"{part.share:.0%}", mode=mode)
    if np.ptp(parts[0].factors) < 0.01 and abs(parts[0].factors[1] - 2) > 0.05:
        raise Wrong("not_scaled")


@draws.remembered
def _block(function, shape, filters):
    """Return what is seen of a block: its weights, numbers below 0, and what was `Dropped` in each of MODES."""
    wanted, quiet = _without_dropout(shape, filters)
    model = _model(function, shape, filters)
    shapes = [tuple(w.shape) for w in model.weights]
    if shapes != wanted:
        return shapes, False, *3 * [Dropped(0.0, (0.0, 0.0, 0.0), ())]
    batch = _batch_for(model, shape)
    compiled = tf.function(partial(model, training=False), autograph=False)  # as `predict` does it
    negative = bool((np.asarray(model(300 * batch, training=False)) < 0).any())
    drawn = [
        [np.asarray(call(batch)) for call in (partial(model, training=False), compiled, compiled)],
        *([_called_once(model, batch, training) for _ in range(2)] for training in (True, None)),
    ]
    return shapes, negative, *(seen(np.stack(some), without) for some, without in zip(drawn, quiet))


@functools.cache
def _without_dropout(shape, filters):
    """Return the shapes of a block's weights, and what it makes of the batch in each of MODES without its dropout."""
    model = _model(_decoder(layers.Identity), shape, filters)
    batch = _batch_for(model, shape)
    return [tuple(w.shape) for w in model.weights], [_called_once(model, batch, how) for how in (False, True, None)]


def _batch_for(model, shape):
    """Return a small batch, and give the model weights with which nothing is below 0 before its ReLU."""
    for i, (variable, low) in enumerate(zip(model.weights, (-0.2, 0.2, 2.5, 0.2, 0.2))):
        variable.assign(rng(i).uniform(low, low + 0.4, variable.shape))
    return rng(0).uniform(-0.1, 0.1, (12, *shape)).astype("float32")


def _model(build, shape, filters):
    """Return the model of one block, or raise Wrong."""
    inputs = keras.Input(shape)
    result = build(inputs, filters)
    if result is None:
        raise Wrong("returns_nothing")
    if not keras.utils.is_keras_tensor(result):
        raise Wrong("not_a_tensor", found=told(result))
    wanted = (None, 2 * shape[0], 2 * shape[1], filters)
    if tuple(result.shape) != wanted:
        raise Wrong("wrong_shape", found=tuple(result.shape), wanted=wanted, case=f" for images of {shape}")
    return keras.Model(inputs, result)


def _called_once(model, batch, training):
    """Return what the model makes of a batch, its stored averages untouched."""
    before = [np.asarray(w) for w in model.weights]
    result = np.asarray(model(batch, training=training))
    for variable, value in zip(model.weights, before):
        variable.assign(value)
    return result
