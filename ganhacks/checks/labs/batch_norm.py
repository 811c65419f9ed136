"""Lab 04, batch normalization: what a right answer must show, how people get it wrong, and the hints."""

import itertools
from functools import partial

import keras
import numpy as np
from keras import layers

from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine import properties
from ganhacks.checks.judges import blocks, networks
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import compare, judge
from ganhacks.checks.engine.sandbox import AnswerRaised
from ganhacks.checks.engine.values import told
from ganhacks.hacks import batch_norm as hack

PARAMETERS = {
    "depth": Parameter("layers of the deep stack", 1, 100),
    "width": Parameter("units of each", 1, 1_000),
    "steps": training_steps("on the ring"),
    "digit_steps": training_steps("on digits"),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "batch_norm")

PREDICTION = {
    "choices": {
        "a": "the same ten digits.",
        "b": "ten digits, somewhat noisier.",
        "c": "ten times one grey picture.",
    },
    "answer": "c",
    "remarks": {
        "a": (
            "That would be so if `training=True` changed the layer alone. It also lets a picture depend on the "
            "others in its batch."
        ),
        "b": "That would be so in a batch of a few. A batch of one has no deviation at all.",
    },
    "why": (
        "In a batch of one, each number is its own mean, and subtracting leaves 0, whatever the latent sample was. "
        "The layer returns its beta, and the generator has nothing else to go by. With training=True a picture "
        "depends on its companions; with training=False it depends on its latent sample alone."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- in NumPy


def _over(axes, formula):
    """Return a batch normalization over these axes. formula: of (x, mean, variance, gamma, beta, eps)."""

    def slip(x, gamma, beta, eps=1e-3):
        mean, variance = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
        with np.errstate(all="ignore"):
            return formula(x, mean, variance, gamma, beta, eps)

    return slip


def _right(x, mean, variance, gamma, beta, eps):
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta


def _root_plus_eps(x, mean, variance, gamma, beta, eps):
    return gamma * (x - mean) / (np.sqrt(variance) + eps) + beta


def _alone(x, mean, variance, gamma, beta, eps):
    return (x - mean) / np.sqrt(variance + eps)


def _sample_variance(x, mean, variance, gamma, beta, eps):
    n = x.size // variance.size
    return _right(x, mean, variance * n / np.float64(n - 1), gamma, beta, eps)


def _scaled_first(x, mean, variance, gamma, beta, eps):
    return _over((0, 1, 2), _alone)(gamma * x + beta, gamma, beta, eps)


def _by_the_range(x, mean, variance, gamma, beta, eps):
    low, high = x.min((0, 1, 2)), x.max((0, 1, 2))
    return gamma * (x - low) / (high - low + eps) + beta


#: what is computed where a bracket stands in another place -> the formula
BRACKETS = {
    "gamma * (x - mean) / sqrt(variance) + eps + beta": lambda x, m, v, g, b, eps: g * (x - m) / np.sqrt(v) + eps + b,
    "gamma * ((x - mean) / sqrt(variance) + eps) + beta": lambda x, m, v, g, b, eps: (
        g * ((x - m) / np.sqrt(v) + eps) + b
    ),
    "gamma * x - mean / sqrt(variance + eps) + beta": lambda x, m, v, g, b, eps: g * x - m / np.sqrt(v + eps) + b,
    "gamma * (x - mean / sqrt(variance + eps)) + beta": lambda x, m, v, g, b, eps: g * (x - m / np.sqrt(v + eps)) + b,
    "(gamma * x - mean) / sqrt(variance + eps) + beta": lambda x, m, v, g, b, eps: (g * x - m) / np.sqrt(v + eps) + b,
    "gamma * (x - mean) / (sqrt(variance + eps) + beta)": lambda x, m, v, g, b, eps: (
        g * (x - m) / (np.sqrt(v + eps) + b)
    ),
    "gamma * (x - mean) / sqrt(variance + eps + beta)": lambda x, m, v, g, b, eps: g * (x - m) / np.sqrt(v + eps + b),
    "(gamma * (x - mean) + beta) / sqrt(variance + eps)": lambda x, m, v, g, b, eps: (
        (g * (x - m) + b) / np.sqrt(v + eps)
    ),
}

#: (misconception, formula) of what is wrong with the numbers of each channel
FORMULAS = [
    ("eps_outside", _root_plus_eps),
    ("root_of_deviation", lambda x, m, v, g, b, eps: g * (x - m) / np.sqrt(np.sqrt(v) + eps) + b),
    *(("misplaced_bracket", formula, {"formula": told}) for told, formula in BRACKETS.items()),
    ("eps_as_floor", lambda x, m, v, g, b, eps: g * (x - m) / np.maximum(np.sqrt(v), eps) + b),
    ("eps_as_floor", lambda x, m, v, g, b, eps: g * (x - m) / np.sqrt(np.maximum(v, eps)) + b),
    ("constant_channel", lambda *args: np.where(args[2] > 0, _right(*args), 0)),
    ("sample_variance", _sample_variance),
    ("by_the_variance", lambda x, m, v, g, b, eps: g * (x - m) / (v + eps) + b),
    ("half_not_root", lambda x, m, v, g, b, eps: g * (x - m) / ((v + eps) / 2) + b),
    ("half_not_root", lambda x, m, v, g, b, eps: g * (x - m) / (v + eps) / 2 + b),
    ("not_centred", lambda x, m, v, g, b, eps: g * x / np.sqrt(v + eps) + b),
    ("not_centred", lambda x, m, v, g, b, eps: g * x / np.sqrt(m**2 + v + eps) + b),
    ("mean_of_squares", lambda x, m, v, g, b, eps: g * (x - m) / np.sqrt(m**2 + v + eps) + b),
    ("not_divided", lambda x, m, v, g, b, eps: g * (x - m) + b),
    ("shifts_first", lambda x, m, v, g, b, eps: g * ((x - m) / np.sqrt(v + eps) + b)),
    ("normalizes_last", _scaled_first),
    ("beta_first", lambda x, m, v, g, b, eps: g * (x + b - m) / np.sqrt(v + eps)),
    ("no_gamma_no_beta", _alone),
    ("no_gamma", lambda x, m, v, g, b, eps: _alone(x, m, v, g, b, eps) + b),
    ("no_beta", lambda x, m, v, g, b, eps: g * _alone(x, m, v, g, b, eps)),
    ("other_sign", lambda x, m, v, g, b, eps: _right(x, m, v, g, -b, eps)),
    ("other_sign", lambda x, m, v, g, b, eps: _right(x, m, v, -g, b, eps)),
    ("positive_gamma", lambda x, m, v, g, b, eps: _right(x, m, v, abs(g), b, eps)),
    ("one_plus_gamma", lambda x, m, v, g, b, eps: _right(x, m, v, 1 + g, b, eps)),
    ("by_the_range", _by_the_range),
    ("unchanged", lambda x, m, v, g, b, eps: x),
    ("not_normalized", lambda x, m, v, g, b, eps: g * x + b),
    ("one_mean", lambda x, m, v, g, b, eps: _right(x, x.mean(), v, g, b, eps)),
    ("one_variance", lambda x, m, v, g, b, eps: _right(x, m, x.var(), g, b, eps)),
    ("ignores_argument", lambda *args: _right(*args[:-1], 1e-5), {"argument": "eps", "value": "a tiny number"}),
    ("ignores_argument", lambda *args: _right(*args[:-1], 0), {"argument": "eps", "value": 0}),
]

#: axes over which people average, other than (0, 1, 2) -> what that is
OTHER_AXES = {
    (0,): "per_pixel",
    (1, 2): "per_image",
    (3,): "over_channels",
    (1, 2, 3): "over_channels",
    (0, 1, 2, 3): "one_mean",
    (0, 2, 3): "channels_first",
    (0, 1): "half_the_image",
    (0, 2): "half_the_image",
}


@exercise(
    hack.batch_norm,
    praise="One mean and one variance for each channel, over images and pixels alike; then gamma and beta.",
    slips=[
        *((name, _over((0, 1, 2), formula), *more) for name, formula, *more in FORMULAS),
        *(
            (name, _over(axes, formula))
            for axes, name in OTHER_AXES.items()
            for formula in (_right, _alone, _root_plus_eps, _sample_variance)
        ),
    ],
    misconceptions={
        "per_pixel": (
            "You average over axis 0 alone, so each pixel gets a mean of its own. That is right for flat features; in "
            "an image, a channel is one feature wherever it stands. Average over height and width too."
        ),
        "per_image": (
            "You average within each image: that is *instance* normalization. Batch normalization takes all images of "
            "the batch together, so axis 0 belongs to the average as well."
        ),
        "over_channels": (
            "You average over the channels, so each sample is normalized by itself: that is *layer* normalization. "
            "Here channels stay apart, and the images of the batch go together."
        ),
        "half_the_image": (
            "You average over the images and one side of them, so each row or column keeps a mean of its own. A "
            "channel has one: average over height and width."
        ),
        "one_mean": "You take one mean over everything. Each channel has its own: leave the last axis out.",
        "channels_first": (
            "You keep axis 1 apart, which is where PyTorch has its channels. Keras has them last: (n, height, width, "
            "channels)."
        ),
        "eps_outside": (
            "You add eps outside of the root. It belongs inside, to the variance. With eps = 0.5 that shows; with 1e-3 "
            "it hides."
        ),
        "root_of_deviation": (
            "Under your root stands the standard deviation, which is a root already. Take the root of variance + eps."
        ),
        "misplaced_bracket": "A bracket stands in another place: you compute {formula}.",
        "sample_variance": (
            "You average the squared deviations over n - 1 (ddof=1). Batch normalization, like `np.var`, divides by n."
        ),
        "by_the_variance": "You divide by the variance itself. Divide by its root, so that the result has variance 1.",
        "half_not_root": (
            "Python reads `**1/2` as (…**1) / 2: so you divide by the variance and by 2, or by its half. Write `** 0.5`, or "
            "take np.sqrt."
        ),
        "not_centred": "You divide and do not subtract the mean first, so the channels keep their places.",
        "mean_of_squares": (
            "You divide by the root of the mean of x². The variance is the mean of (x - mean)²: subtract the mean "
            "before you square."
        ),
        "not_divided": "You subtract the mean and do not divide, so the channels keep their sizes.",
        "swapped_arguments": "Your gamma and beta are swapped: gamma multiplies, beta is added.",
        "shifts_first": "You add beta before gamma multiplies. Multiply first, then add.",
        "normalizes_last": (
            "You scale and shift first, and normalize afterwards. That takes gamma and beta out again: they come last."
        ),
        "no_gamma_no_beta": "You normalize and leave gamma and beta out. Multiply by the one, then add the other.",
        "no_gamma": "Your gamma is missing: multiply by it before you add beta.",
        "no_beta": "Your beta is missing: add it at the end.",
        "eps_as_floor": (
            "Your eps is the least that you divide by. Add it to the variance: it counts where the variance is large "
            "too."
        ),
        "constant_channel": (
            "A channel that is the same number throughout becomes 0 in yours. After the mean has been subtracted its "
            "numbers are 0, and then beta is added as in every other channel."
        ),
        "beta_first": "You add beta to x before you normalize. Normalize, multiply by gamma, and add beta last.",
        "other_sign": "Your result is right but for the sign of gamma or beta: multiply by gamma, add beta.",
        "positive_gamma": "You multiply by gamma without its sign. A gamma may be negative: multiply by it as it is.",
        "one_plus_gamma": "You multiply by 1 + gamma. Multiply by gamma itself.",
        "by_the_range": (
            "You scale each channel by its smallest and largest number. Subtract the mean, and divide by the root of "
            "the variance."
        ),
        "unchanged": "Your function returns x as it is.",
        "not_normalized": "You multiply by gamma and add beta, and normalize nothing before.",
        "one_variance": "You divide by one variance over everything. Each channel has its own.",
    },
    hints=(
        "A batch of 8 images with 3 channels: how many means are there in all, and over which axes is each taken?",
        "`x.mean(axis=(0, 1, 2))` leaves one number a channel, and so does `x.var`. NumPy lines both up with the last "
        "axis of x by itself.",
        "gamma * (x - ...) / np.sqrt(... + eps) + ...",
    ),
)
def check_batch_norm(answer):
    # A large eps first: with the usual one, several slips would hide.
    cases = [((3, 2, 2, 3), 0.5), ((6, 3, 7, 2), 0.05), ((9, 1, 1, 4), 1e-3), ((2, 8, 8, 5), 0.8)]
    cases += [((40, 1, 1, 6), 0.0), ((1, 5, 4, 3), 1e-3), ((30, 1, 1, 1), 1e-3)]
    inputs = [(*_images(seed, shape), eps) for seed, (shape, eps) in enumerate(cases)]
    by_hand = np.array([1.0, 1.0, 1.0, 5.0]).reshape(4, 1, 1, 1)  # mean 2, variance 3: a 2 below, with an eps of 1
    constant = (inputs[0][0] * [1, 0, 1] + [0, 2, 0], *inputs[0][1:3], 1e-3)  # the second of three channels is 2
    inputs += [constant, tuple(part.astype("float32") for part in _images(9, (4, 6, 6, 3)))]
    judge(answer, [(by_hand, np.array([2.0]), np.array([10.0]), 1.0), *inputs], atol=1e-4, rtol=1e-4)
    properties.new_array(answer, *inputs[0])


def _images(seed, shape):
    """Return images, gamma and beta: no channel is like another, no image like the batch, no side like the other.

    Every second gamma is negative.
    """
    draw, (n, height, width, channels) = rng(seed), shape
    size = 0.1 + np.arange(channels)
    apart = draw.gamma(1, 1, (n, 1, 1, 1)) + draw.normal(0, 0.5, (1, height, width, 1))
    x = size * draw.normal(0, 1, shape) + apart + draw.normal(2, 1, channels)
    return x, draw.uniform(0.5, 2, channels) * (-1.0) ** np.arange(channels), draw.normal(0, 2, channels)


# ---- networks: a product, batch normalization, leaky ReLU

NETWORK_MISCONCEPTIONS = {
    **networks.NETWORK_MISCONCEPTIONS,
    "frozen": (
        "Something in your model has trainable=False. In Keras that does more to batch normalization than hold gamma "
        "and beta: it uses its moving averages from then on, in training too. Leave `trainable` alone."
    ),
    "always_inference": (
        "With training=True your model still normalizes by moving averages: is there a training=False in it? Then the "
        "batch is never looked at, and a layer that has just been made does nothing at all. Leave the argument out."
    ),
    "always_training": (
        "With training=False your model still uses the statistics of the batch: is there a training=True in it? Leave "
        "the argument out; whoever calls the model decides."
    ),
    "averages_stand": (
        "In training the moving averages of your batch normalization do not follow the batches, so at test time it knows "
        "nothing of the data: momentum=1 keeps all of the old, more runs away. Take less, or leave it out."
    ),
    "axis_given": (
        "The first argument of Keras' BatchNormalization is the axis, and a number like 0.8 is none. Say `epsilon=` or "
        "`momentum=` by name."
    ),
    "twice": "There are two batch normalizations of {features} features in your model; wanted is one.",
    "noisy": (
        "In training your model computes something else than batch normalization explains: is there a Dropout, or "
        "noise? There is none in this network."
    ),
    "after_activation": (
        "You normalize *after* the activation. DCGAN's code has it before: the activation then gets numbers around 0, "
        "of both signs. Swap the two layers."
    ),
    "no_activation": "Nothing bends in your model: the leaky ReLU is missing. It comes after batch normalization.",
    "other_slope": (
        "Your leaky ReLU multiplies negative numbers by {slope:g}; wanted 0.2 (negative_slope=0.2). Keras' layer has "
        "0.3 when it isn't told, PyTorch's 0.01, and a plain ReLU has 0."
    ),
    "large_epsilon": (
        "Your epsilon is {eps:g}. It is added to the variance, so a weak signal stays weak: what should have "
        "been made as large as 1 isn't. Keras' default is 0.001."
    ),
    "scale_or_center_off": (
        "Your batch normalization lacks gamma or beta (scale=False or center=False). Both are trained; leave them on."
    ),
    "not_batch_norm": (
        "Your model has a gamma or a beta and keeps no moving averages. Is it layer or group normalization? Those "
        "treat each sample by itself. Asked for is Keras' BatchNormalization."
    ),
    "other_bend": (
        "Your model bends by {curve}. Asked for is a leaky ReLU with negative_slope=0.2."
    ),
}


def _leaky(slope=0.2):
    return partial(layers.LeakyReLU, negative_slope=slope)


def _norm(**changes):
    return partial(layers.BatchNormalization, **changes)


class _OfOneMode(layers.BatchNormalization):
    """Batch normalization that has been told at its making whether it is in training."""

    def __init__(self, mode):
        super().__init__()
        self.mode = mode

    def call(self, x, training=None, mask=None):
        return super().call(x, training=self.mode)


def _hidden_slips(build):
    """Return how people get the layers after the product wrong. build: _block or _generator."""
    return [
        ("no_activation", build(_norm())),
        *(("other_slope", build(_norm(), _leaky(slope)), {"slope": slope}) for slope in (0.3, 0.01, 0.0, 0.1, 0.5)),
        *(("after_activation", build(_leaky(slope), _norm())) for slope in (0.2, 0.3, 0.01, 0.0)),
        ("large_epsilon", build(_norm(epsilon=0.8), _leaky())),
        ("always_inference", build(partial(_OfOneMode, False), _leaky())),
        ("always_training", build(partial(_OfOneMode, True), _leaky())),
        *(
            ("other_bend", build(_norm(), partial(layers.Activation, curve)), {"curve": curve})
            for curve in ("elu", "gelu", "silu", "selu", "tanh", "sigmoid", "softplus")
        ),
    ]


def _judge_normalized(answer, features, elsewhere, calls, batches, sizes):
    """Judge a network that normalizes what its first product gives, and return a model. Raises Wrong.

    features: how many numbers are normalized, in a model of the first call. elsewhere: shape of moving averages in the
    wrong place -> misconception. calls, batches, sizes: see `networks.judge_network`. An epsilon up to 0.002 will do,
    and any momentum that lets the averages move; a bias before it changes nothing.
    """
    try:
        model = networks.built(answer, *calls[0])
        _judge_averages(model, batches(*calls[0])[0], features, elsewhere)
        surplus = [("Dropout", "noisy"), ("Noise", "noisy")]
        if "pooling" in answer.exercise.misconceptions:
            surplus += [("Pool", "pooling")]
        networks.judge_network(answer, calls, batches, 0.02, layers=surplus, sizes=sizes, idle=_before_the_norm)
        return model
    except AnswerRaised as raised:
        if "fully-defined" in raised.error or "axis" in raised.error and "BatchNormalization" in raised.error:
            raise Wrong("axis_given") from None
        raise


def _before_the_norm(weight):
    """Tell of a weight whether it is a bias before batch normalization: each is, but that of the pixels."""
    return weight.name == "bias" and tuple(weight.shape) != (784,)


def _judge_averages(model, x, features, elsewhere):
    """Judge a model by the moving averages that it keeps: of what, how often, and whether they move."""
    try:
        at_test = networks.output(model, x)  # builds it
    except Wrong:  # `judge_network` knows more of it
        return
    means = [weight for weight in model.weights if weight.name == "moving_mean"]
    vectors = {weight.name for weight in model.weights} & {"gamma", "beta", "scale"}
    for shape in {tuple(mean.shape) for mean in means} & set(elsewhere):
        raise Wrong(elsewhere[shape], found=shape, features=features)
    if not means:
        raise Wrong("not_batch_norm" if vectors else "no_batch_norm")
    if len(means) > 1:
        raise Wrong("twice", features=features)
    if not vectors >= {"gamma", "beta"}:
        raise Wrong("scale_or_center_off")
    if not np.allclose(np.asarray(model(x)), at_test, 0, 1e-3, equal_nan=True):  # nobody has said training=True
        raise Wrong("always_training")
    norms = [layer for layer in networks.layers_of(model) if isinstance(layer, layers.BatchNormalization)]
    for norm in norms:
        if norm.epsilon > 0.0021:
            raise Wrong("large_epsilon", eps=norm.epsilon)
        if norm.momentum >= 1:
            raise Wrong("averages_stand")


def _block(*after, before=(), shape=(64, 64, 3), **changes):
    """Return a function that builds the block with other layers. after, before: functions that make layers."""

    def block(filters=64):
        convolution = {"kernel_size": 3, "strides": 2, "padding": "same", "use_bias": False, **changes}
        stack = [*(make() for make in before), layers.Conv2D(filters, **convolution), *(make() for make in after)]
        return keras.Sequential([keras.Input(shape), *stack])

    return block


@exercise(
    hack.make_normalized_block,
    praise="Convolution without a bias, batch normalization, leaky ReLU: 1,984 parameters, 128 of them only averages.",
    slips=[
        *_hidden_slips(_block),
        ("torch_padding", _block(_norm(), _leaky(), before=[layers.ZeroPadding2D], padding="valid")),
        ("pooling", _block(_norm(), _leaky(), layers.MaxPooling2D, strides=1)),
        ("pooling", _block(_norm(), _leaky(), partial(layers.AveragePooling2D, 2), strides=1)),
        ("channels_first", _block(_norm(), _leaky(), shape=(3, 64, 64))),
        ("bias_kept", _block(_norm(), _leaky(), use_bias=True)),
        ("no_batch_norm", _block(_leaky())),
        ("normalizes_input", _block(_leaky(), before=[_norm()])),
        ("wrong_axis", _block(_norm(axis=1), _leaky())),
        ("twice", _block(_norm(), _leaky(), _norm())),
        ("scale_or_center_off", _block(_norm(scale=False), _leaky())),
        ("scale_or_center_off", _block(_norm(center=False), _leaky())),
        ("not_batch_norm", _block(layers.LayerNormalization, _leaky())),
    ],
    misconceptions={
        **NETWORK_MISCONCEPTIONS,
        "bias_kept": (
            "Your convolution has a bias. Batch normalization subtracts the mean right after it, and the bias with it, "
            "so these numbers do nothing; beta does what they should have done. Say use_bias=False."
        ),
        "no_batch_norm": "There is no batch normalization in your block: nothing in it keeps a moving average.",
        "wrong_axis": (
            "Your batch normalization has weights of the shape {found}: it keeps an axis of the image apart (axis=1?). "
            "Keras' channels come last, which is the default."
        ),
        "normalizes_input": (
            "You normalize the block's *input*: 3 channels, and not {features}. On the first layer of a discriminator "
            "that would hide where its images lie. It belongs between convolution and activation."
        ),
        **blocks.HALVING_MISCONCEPTIONS,
        "pooling": "Your block halves its images by pooling. Let the convolution do it, with a stride of 2.",
    },
    hints=(
        "Which of the three should get what the convolution makes, and what should the activation get to bend: numbers "
        "around 5, or around 0?",
        "keras.Input, layers.Conv2D, layers.BatchNormalization, layers.LeakyReLU. The convolution needs four arguments "
        "beside its number of filters: kernel, strides, padding, use_bias.",
        "layers.Conv2D(filters, 3, strides=..., padding=..., use_bias=...), layers.BatchNormalization(), "
        "layers.LeakyReLU(negative_slope=...)",
    ),
)
def check_make_normalized_block(answer):
    batches = [0.5 * rng(n).normal(0, 1, (n, 64, 64, 3)).astype("float32") for n in (3, 1)]
    model = _judge_normalized(
        answer,
        5,
        {(3,): "normalizes_input", (32,): "wrong_axis"},
        [(5,), ()],
        lambda *_: batches,
        sizes=blocks.HALVING_SIZES,
    )
    if any(weight.name == "bias" for weight in model.weights):
        raise Wrong("bias_kept")


# ---- the places of batch normalization in a GAN

#: rules by which people pick layers: (layer, n_layers) -> whether it is normalized
RULES = {
    "all": lambda layer, n: True,
    "none": lambda layer, n: False,
    "not the first": lambda layer, n: layer > 0,
    "not the last": lambda layer, n: layer < n - 1,
    "inside": lambda layer, n: 0 < layer < n - 1,
}
#: rule of the generator -> rule of the discriminator -> what that is
PLACES = {
    "all": {
        "all": "everywhere",
        "none": "one_network",
        **dict.fromkeys(("not the first", "not the last", "inside"), "images_too"),
    },
    "none": {
        "none": "nowhere",
        **dict.fromkeys(("all", "not the first", "not the last", "inside"), "one_network"),
    },
    "not the first": {
        "none": "one_network",
        **dict.fromkeys(("all", "not the first", "not the last", "inside"), "ends_swapped"),
    },
    "not the last": {
        "all": "input_too",
        "none": "one_network",
        "not the first": "logit_too",
        "not the last": "input_too",
    },
    "inside": {
        "none": "one_network",
        "not the last": "networks_swapped",
        **dict.fromkeys(("all", "not the first", "inside"), "both_ends_of_both"),
    },
}


def _rule(generator, discriminator):
    return lambda network, layer, n: generator(layer, n) if network == "generator" else discriminator(layer, n)


_of_g, _of_d = RULES["not the last"], RULES["inside"]


def _up_to(first, n_layers):
    """Return the rule that spares the last of so many layers, however many there are, and those before `first`."""
    return lambda layer, n: first <= layer < n_layers - 1


@exercise(
    hack.has_batch_norm,
    praise="Every layer but those that touch images, and the one that makes the logit.",
    slips=[
        *((name, _rule(RULES[one], RULES[other])) for one, others in PLACES.items() for other, name in others.items()),
        ("counts_from_1", _rule(lambda layer, n: layer != n, lambda layer, n: layer not in (1, n))),
        ("counts_from_1", _rule(lambda layer, n: layer < n, lambda layer, n: 1 < layer < n)),
        ("inverted", lambda *args: not hack.has_batch_norm(*args)),
        *(
            ("fixed_size", _rule(*rules), {"layers": n_layers})
            for n_layers in (3, 4, 5)
            for rules in itertools.product((_of_g, _up_to(0, n_layers)), (_of_d, _up_to(1, n_layers)))
            if rules != (_of_g, _of_d)
        ),
        *(
            ("one_too_few", _rule(*rules), {"network": network})
            for network, *rules in (
                ("discriminator", _of_g, lambda layer, n: 0 < layer < n - 2),
                ("generator", lambda layer, n: layer < n - 2, _of_d),
            )
        ),
        *(
            (
                "every_other",
                _rule(*(lambda layer, n, odd=odd, of=of: layer % 2 == odd and of(layer, n) for odd, of in two)),
            )
            for parities in itertools.product((0, 1), (0, 1))
            for two in (zip(parities, (RULES["all"], RULES["all"])), zip(parities, (_of_g, _of_d)))
        ),
        *(
            ("two_layers", _rule(_of_g, lambda layer, n, some=some: _of_d(layer, n) or n == 2 and layer in some))
            for some in ((0,), (1,), (0, 1))
        ),
    ],
    misconceptions={
        "everywhere": (
            "You normalize every layer. The paper tried that and reports oscillating, unstable training: leave out the "
            "layer that makes images, the one that reads them, and the one that makes the logit."
        ),
        "nowhere": "You normalize no layer. Batch normalization belongs on all layers but three.",
        "ends_swapped": (
            "You spare the generator's first layer instead of its last. The generator *makes* images at its end; at "
            "its start there are latent samples only."
        ),
        "networks_swapped": "You treat the generator as the discriminator, and the reverse. Which one reads images?",
        "both_ends_of_both": (
            "You spare the generator's first layer too. It reads latent samples and no images, so it is normalized."
        ),
        "logit_too": (
            "You normalize the discriminator's logit. Then a batch of reals and a batch of fakes have the same mean "
            "logit, whatever they look like. Spare the last layer of the discriminator too."
        ),
        "images_too": "You normalize the generator's last layer, which makes the images. Its number is n_layers - 1: spare it.",
        "input_too": "You normalize the discriminator's first layer, which reads the images. Spare it.",
        "counts_from_1": "Your layers seem to count from 1. Here the first is 0 and the last n_layers - 1.",
        "fixed_size": (
            "Your rule is right for a network of {layers} layers, and built for that number. Others have more or "
            "fewer: count from `n_layers`."
        ),
        "one_too_few": (
            "You spare the layer before the last one of the {network} too. It neither touches images nor makes the "
            "logit, so it is normalized."
        ),
        "every_other": (
            "You normalize each second layer. All layers are normalized, but those that touch images or make the logit."
        ),
        "two_layers": (
            "In a discriminator of two layers the first reads images and the second makes the logit, so none is "
            "normalized."
        ),
        "inverted": "You answer True where the layer is spared and False where it is normalized. Turn it round.",
        "one_network": "One of your networks is normalized nowhere. The rule gives both some batch normalization.",
        "no_answer": "Your function returns None{case}. Is a case left out, or a `return`?",
        "not_a_bool": "Your function returns {found}{case}; wanted True or False.",
    },
    hints=(
        "At which end does each network touch images, and what comes out of the discriminator's other end?",
        "The last layer is never normalized, in either network. Nor is layer 0 of the discriminator.",
        "return not (layer == ... or (network == ... and layer == ...))",
    ),
)
def check_has_batch_norm(answer):
    def observe(function, args):
        said = function(*args)
        return bool(said) if isinstance(said, np.bool_) else said

    def fits(found, wanted, case):
        if found is None:
            raise Wrong("no_answer", case=case)
        if not isinstance(found, bool):
            raise Wrong("not_a_bool", found=told(found), case=case)

    for sizes in ((4, 3, 6), (2, 1, 12)):
        calls = [(net, layer, n) for n in sizes for net in ("generator", "discriminator") for layer in range(n)]
        compare(answer, calls, observe, lambda found, wanted: found is wanted, fits=fits)


# ---- a published generator


def published_generator(latent_dim=100):
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(256, use_bias=False),
            layers.BatchNormalization(epsilon=0.8),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(784),
            layers.BatchNormalization(epsilon=0.8),
            layers.Activation("tanh"),
        ]
    )


def _generator(*hidden, before=(), end="tanh"):
    """Return a function that builds the generator with other layers. before, hidden: functions that make layers."""

    def generator(latent_dim=100):
        product, pixels = layers.Dense(256, use_bias=False), layers.Dense(784, activation=end)
        stack = [*(make() for make in before), product, *(make() for make in hidden), pixels]
        return keras.Sequential([keras.Input((latent_dim,)), *stack])

    return generator


@exercise(
    hack.make_generator,
    given=published_generator,
    praise="The hidden layer is really normalized, and the pixels are left to tanh.",
    slips=[
        *_hidden_slips(_generator),
        ("no_tanh", _generator(_norm(), _leaky(), end=None)),
        *(("other_end", _generator(_norm(), _leaky(), end=end)) for end in ("sigmoid", "relu")),
        ("output_normalized", published_generator),
        ("no_batch_norm", _generator(_leaky())),
        ("input_normalized", _generator(_leaky(), before=[_norm()])),
    ],
    misconceptions={
        **NETWORK_MISCONCEPTIONS,
        "output_normalized": (
            "Your generator still normalizes its pixels. Each of the 784 would get one mean and one size over the "
            "batch, so a picture depends on its companions. Which place does your `has_batch_norm` give that layer?"
        ),
        "input_normalized": (
            "Your batch normalization has weights of the shape {found}. It belongs after the first Dense layer, which "
            "returns {features} numbers."
        ),
        "no_batch_norm": (
            "You took all batch normalization out. One of the two layers had it in the right place: keep that, and "
            "mend its argument."
        ),
        "no_tanh": "Nothing bounds your pixels; real ones lie in [-1, 1]. Keep the tanh at the end.",
        "other_end": "Your pixels are never negative; real ones lie in [-1, 1]. Keep the tanh at the end.",
        "images": "Your generator returns images of 28 × 28. Here they stay flat: 784 numbers in a row.",
    },
    hints=(
        "What does your `has_batch_norm` say about the two dense layers? And what did epsilon do in your `batch_norm`?",
        "One whole layer goes. In the one that stays, 0.8 was meant for the argument that says how slowly the moving "
        "averages follow; it has a default, so you may also leave it out.",
        "layers.Dense(...), layers.BatchNormalization(...), layers.LeakyReLU(...), layers.Dense(784), "
        "layers.Activation(...)  # what may stand in the second bracket?",
    ),
)
def check_make_generator(answer):
    def batches(latent_dim=100):
        # Small latents, so that a large epsilon shows.
        return [0.5 * rng(n).normal(0, 1, (n, latent_dim)).astype("float32") for n in (40, 1)]

    _judge_normalized(
        answer,
        256,
        {(784,): "output_normalized", (7,): "input_normalized"},
        [(7,), ()],
        batches,
        sizes=[("images", lambda latent_dim=100: (28, 28)), ("images", lambda latent_dim=100: (28, 28, 1))],
    )
