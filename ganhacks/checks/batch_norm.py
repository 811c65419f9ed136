"""Lab 04, batch normalization: what a right answer must show, how people get it wrong, and the hints."""

import itertools
from functools import partial

import keras
import numpy as np
from keras import layers

from ganhacks.checks import networks
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import array, told
from ganhacks.hacks import batch_norm as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "batch_norm")

PREDICTION = {
    "choices": {
        "a": "the same ten digits.",
        "b": "ten digits, somewhat noisier.",
        "c": "ten times one grey picture.",
    },
    "answer": "c",
    "why": (
        "In a batch of one, each number is its own mean, and subtracting leaves 0, whatever the latent sample was. "
        "The layer returns its beta, and the generator has nothing else to go by. With training=True a picture "
        "depends on its companions; with training=False it depends on its latent sample alone."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


def _normalized(x, axes=None, eps=1e-3):
    axes = tuple(range(x.ndim - 1)) if axes is None else axes
    return (x - x.mean(axis=axes, keepdims=True)) / np.sqrt(x.var(axis=axes, keepdims=True) + eps)


# ---- in NumPy

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


def _slips(x, axes, gamma, beta, eps):
    """Yield (misconception, result) for each slip that is known; the first is the right formula for these axes."""
    mean, variance = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
    centred, root = x - mean, np.sqrt(variance + eps)
    n = x.size // variance.size
    yield None, gamma * centred / root + beta
    yield "ignores_eps", gamma * centred / np.sqrt(variance + 1e-3) + beta
    yield "ignores_eps", gamma * centred / np.sqrt(variance + 1e-5) + beta
    yield "ignores_eps", gamma * centred / np.sqrt(np.maximum(variance, 1e-30)) + beta
    yield "eps_outside", gamma * centred / (np.sqrt(variance) + eps) + beta
    yield "sample_variance", gamma * centred / np.sqrt(variance * n / max(n - 1, 1) + eps) + beta
    yield "by_the_variance", gamma * centred / (variance + eps) + beta
    yield "half_not_root", gamma * centred / ((variance + eps) / 2) + beta
    yield "not_centred", gamma * x / root + beta
    yield "not_divided", gamma * centred + beta
    yield "swapped", beta * centred / root + gamma
    yield "shifts_first", gamma * (centred / root + beta)
    yield "normalizes_last", _normalized(gamma * x + beta, axes, eps)
    yield "no_gamma_no_beta", centred / root
    yield "no_gamma", centred / root + beta
    yield "no_beta", gamma * centred / root


@exercise(
    hack.batch_norm,
    praise="One mean and one variance for each channel, over images and pixels alike; then gamma and beta.",
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
        "ignores_eps": "With eps={eps:g} you divide by another number than the root of (variance + eps). Use `eps`.",
        "eps_outside": (
            "You add eps outside of the root. It belongs inside, to the variance: with eps={eps:g} that shows, with "
            "1e-3 it hides."
        ),
        "sample_variance": (
            "You average the squared deviations over n - 1 (ddof=1). Batch normalization, like `np.var`, divides by n."
        ),
        "by_the_variance": "You divide by the variance itself. Divide by its root, so that the result has variance 1.",
        "half_not_root": (
            "You divide by half of the variance: Python reads `**1/2` as (…**1) / 2. Write `** 0.5`, or take np.sqrt."
        ),
        "not_centred": "You divide and do not subtract the mean first, so the channels keep their places.",
        "not_divided": "You subtract the mean and do not divide, so the channels keep their sizes.",
        "swapped": "Your gamma and beta are swapped: gamma multiplies, beta is added.",
        "shifts_first": "You add beta before gamma multiplies. Multiply first, then add.",
        "normalizes_last": (
            "You scale and shift first, and normalize afterwards. That takes gamma and beta out again: they come last."
        ),
        "no_gamma_no_beta": "You normalize and leave gamma and beta out. Multiply by the one, then add the other.",
        "no_gamma": "Your gamma is missing: multiply by it before you add beta.",
        "no_beta": "Your beta is missing: add it at the end.",
        "wrong_values": (
            "Channel 0 of your result has the mean {mean:.3f} and the standard deviation {std:.3f}; wanted "
            "{wanted_mean:.3f} and {wanted_std:.3f}."
        ),
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
    cases = (((8, 5, 4, 3), (0.5,), 1.0), ((6, 3, 7, 2), (), 0.05), ((9, 1, 1, 4), (1e-3,), 3.0), ((2, 8, 8, 5), (), 1))
    for seed, (shape, more, size) in enumerate(cases):
        draw, channels = rng(seed), shape[-1]
        eps = more[0] if more else 1e-3
        per_image = draw.normal(0, 1, (shape[0], 1, 1, 1))  # so that no image is like the batch
        x = size * (draw.normal(0, 1, shape) * (1 + np.arange(channels)) + per_image + draw.normal(2, 1, channels))
        gamma, beta = draw.uniform(0.5, 2, channels), draw.normal(0, 2, channels)
        found = array(answer(x, gamma, beta, *more), shape, f" for x of that shape and {channels} channels")
        found = found.astype("float64")
        if _is_close(found, next(_slips(x, (0, 1, 2), gamma, beta, eps))[1]):
            continue
        for misconception, result in _slips(x, (0, 1, 2), gamma, beta, eps):
            if misconception and _is_close(found, result):
                raise Wrong(misconception, eps=eps)
        for axes, misconception in OTHER_AXES.items():
            if any(_is_close(found, result) for _, result in _slips(x, axes, gamma, beta, eps)):
                raise Wrong(misconception)
        one, wanted = found[..., 0], gamma[0] * _normalized(x, eps=eps)[..., 0] + beta[0]
        raise Wrong("wrong_values", mean=one.mean(), std=one.std(), wanted_mean=wanted.mean(), wanted_std=wanted.std())


def _is_close(found, wanted):
    return found.shape == wanted.shape and np.allclose(found, wanted, rtol=1e-4, atol=1e-4)


# ---- networks: a product z, batch normalization, leaky ReLU

NETWORK_MISCONCEPTIONS = {
    **networks.MISCONCEPTIONS,
    "wrong_output": "For a batch of {n} your model returns the shape {found}; wanted {wanted}.",
    "wrong_weights": "Your model has weights of the shapes {found}; wanted {wanted}.",
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
        "In training the moving averages of your batch normalization never move, so at test time it would know "
        "nothing of the data: momentum=1 keeps all of the old. Take less, or leave it out."
    ),
    "axis_given": (
        "The first argument of Keras' BatchNormalization is the axis, and a number like 0.8 is none. Say `epsilon=` or "
        "`momentum=` by name."
    ),
    "twice": "There are two batch normalizations of {features} features in your model; wanted is one.",
    "noisy": "Two calls with one batch differ: is there a Dropout, or noise? There is none in this network.",
    "after_activation": (
        "You normalize *after* the activation. DCGAN's code has it before: the activation then gets numbers around 0, "
        "of both signs. Swap the two layers."
    ),
    "no_activation": "Nothing bends in your model: the leaky ReLU is missing. It comes after batch normalization.",
    "other_slope": (
        "Your leaky ReLU multiplies negative numbers by {slope:g}; wanted 0.2 (negative_slope=0.2). Keras takes 0.3 "
        "when it isn't told, PyTorch 0.01, and a plain ReLU has 0."
    ),
    "large_epsilon": (
        "Your epsilon is about {eps:g}. It is added to the variance, so a weak signal stays weak: what should have "
        "been made as large as 1 isn't. Keras' default is 0.001."
    ),
    "scale_or_center_off": (
        "Your batch normalization lacks gamma or beta (scale=False or center=False). Both are trained; leave them on."
    ),
    "not_batch_norm": (
        "Your model normalizes and keeps no moving averages, so it is layer or group normalization. Those treat each "
        "sample by itself. Asked for is keras' BatchNormalization."
    ),
    "wrong_function": "Your model has the right weights and does not compute what is asked for: {asked}.",
}


def _leaky(x, slope=0.2):
    return np.where(x > 0, x, slope * x)


def _hidden_layers(z, gamma, beta):
    """Yield (misconception, details, result) of hidden layers after a product z, (n, ..., features), right first."""
    usual = gamma * _normalized(z) + beta
    yield None, {}, _leaky(usual)
    yield "always_inference", {}, _leaky(gamma * z / np.sqrt(1.001) + beta)  # as a layer that has just been made
    yield "no_activation", {}, usual
    for slope in (0.3, 0.01, 0.0, 0.1, 0.5):
        yield "other_slope", {"slope": slope}, _leaky(usual, slope)
    for eps in (0.8, 0.2, 0.5, 0.1, 0.05, 0.01, 1.0):
        yield "large_epsilon", {"eps": eps}, _leaky(gamma * _normalized(z, eps=eps) + beta)
    for slope, eps in itertools.product((0.2, 0.3, 0.01, 0.0), (1e-3, 0.8, 0.2)):
        yield "after_activation", {}, gamma * _normalized(_leaky(z, slope), eps=eps) + beta


def _built(answer, *args):
    try:
        return networks.built(answer, *args)
    except AnswerRaised as raised:
        if "fully-defined" in raised.error or "axis" in raised.error and "BatchNormalization" in raised.error:
            raise Wrong("axis_given") from None
        raise


def _trained_and_held(model):
    """Return a model's weights in two lists: those that training changes, and the others."""
    trained = model.trainable_variables
    return trained, [weight for weight in model.weights if not any(weight is other for other in trained)]


def _of_shape(weights, shape):
    return [weight for weight in weights if tuple(weight.shape) == shape]


def _gamma_and_beta(trained, held, features):
    """Return the two trained vectors of a batch normalization and whether a bias stood before it, or raise Wrong."""
    vectors, averages = _of_shape(trained, (features,)), _of_shape(held, (features,))
    biases = [vector for vector in vectors if vector.name == "bias"]
    vectors = [vector for vector in vectors if vector.name != "bias"]
    if len(averages) > 2:
        raise Wrong("frozen")
    if not averages and len(vectors) >= 2:
        raise Wrong("not_batch_norm")
    if not averages:
        raise Wrong("no_batch_norm")
    if len(vectors) < 2:
        raise Wrong("scale_or_center_off")
    for bias in biases:
        bias.assign(np.zeros(features))
    return vectors, bool(biases)


def _judge_hidden(model, x, z, vectors, rest, asked):
    """Judge a model that should normalize `z`, its product with `x`. rest: what follows the hidden layer."""
    values = rng(2).uniform(0.5, 1.5, vectors[0].shape), rng(3).normal(0, 1, vectors[0].shape)
    for vector, value in zip(vectors, values):
        vector.assign(value)
    averages = [weight for weight in _trained_and_held(model)[1] if weight.name.startswith("moving")]
    before = [np.full(weight.shape, float(weight.name == "moving_variance")) for weight in averages]  # as when new
    for weight, value in zip(averages, before):
        weight.assign(value)
    y = networks.output(model, x, training=True)
    if not np.isfinite(y).all():
        raise Wrong("not_finite")
    if not np.allclose(y, networks.output(model, x, training=True), atol=1e-4):
        raise Wrong("noisy")
    close = dict(rtol=0.01, atol=0.05)  # any small epsilon will do
    for gamma, beta in (values, values[::-1]):
        for misconception, details, hidden in _hidden_layers(z, gamma, beta):
            if not np.allclose(y, rest(hidden), **close):
                continue
            if misconception:
                raise Wrong(misconception, **details)
            if averages and all(np.array_equal(w.numpy(), value) for w, value in zip(averages, before)):
                raise Wrong("averages_stand")
            for weight, value in zip(averages, before):  # a low momentum makes them the batch's own
                weight.assign(value)
            at_test = networks.output(model, x)
            if np.allclose(y, at_test, **close) or not np.allclose(np.asarray(model(x)), at_test, **close):
                raise Wrong("always_training")
            return
    raise Wrong("wrong_function", asked=asked)


@exercise(
    hack.make_normalized_block,
    praise="Convolution without a bias, batch normalization, leaky ReLU: 1,984 parameters, 128 of them only averages.",
    misconceptions={
        **NETWORK_MISCONCEPTIONS,
        "ignores_filters": "Asked for {filters} filters, your block still has 64. Use the argument.",
        "bias_kept": (
            "Your convolution has a bias. Batch normalization subtracts the mean right after it, and the bias with it, "
            "so its {filters} numbers do nothing; beta does what it should have done. Say use_bias=False."
        ),
        "no_batch_norm": "There is no batch normalization in your block: nothing in it keeps a moving average.",
        "wrong_axis": (
            "Your batch normalization has weights of the shape {found}: it keeps an axis of the image apart (axis=1?). "
            "Keras' channels come last, which is the default."
        ),
        "normalizes_input": (
            "You normalize the block's *input*: 3 channels, and not {filters}. On the first layer of a discriminator "
            "that would hide where its images lie. It belongs between convolution and activation."
        ),
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
    n = 4
    x = rng(0).normal(0.5, 1, (n, 64, 64, 3)).astype("float32")
    asked = "3 × 3 convolution of stride 2 with padding same, batch normalization, leaky ReLU of slope 0.2"
    for filters in (16, 5):
        model = _built(answer, filters)
        wanted, found = (n, 32, 32, filters), networks.output(model, x).shape
        if found == (n, 32, 32, 64):
            raise Wrong("ignores_filters", filters=filters)
        if found != wanted:
            raise Wrong("wrong_output", n=n, found=found, wanted=wanted)
        trained, held = _trained_and_held(model)
        shapes = [tuple(weight.shape) for weight in model.weights]
        kernel_shape, wanted = (3, 3, 3, filters), [(3, 3, 3, filters)] + 4 * [(filters,)]
        if (3,) in shapes:
            raise Wrong("normalizes_input", filters=filters)
        for odd in ((32,), (64,)):
            if odd in shapes:
                raise Wrong("wrong_axis", found=odd)
        if shapes.count((32, 32, filters)) == 2:
            raise Wrong("not_batch_norm")
        if _of_shape(held, kernel_shape):
            raise Wrong("frozen")
        if len(_of_shape(held, (filters,))) == 4 <= len(_of_shape(trained, (filters,))):
            raise Wrong("twice", features=filters)
        if shapes.count(kernel_shape) != 1 or set(shapes) - {kernel_shape, (filters,)} or len(shapes) > 6:
            raise Wrong("wrong_weights", found=shapes, wanted=wanted)
        vectors, has_bias = _gamma_and_beta(trained, held, filters)
        if len(vectors) + len(held) != 4:
            raise Wrong("wrong_weights", found=shapes, wanted=wanted)
        (kernel,) = _of_shape(trained, kernel_shape)
        kernel.assign(rng(1).normal(0, 0.1, kernel_shape))
        z = np.asarray(keras.ops.conv(x, kernel, strides=2, padding="same")).astype("float64")
        _judge_hidden(model, x, z, vectors, lambda hidden: hidden, asked)
        if has_bias:
            raise Wrong("bias_kept", filters=filters)
    default = networks.output(networks.built(answer), x[:1]).shape
    if default != (1, 32, 32, 64):
        raise Wrong("wrong_output", n=1, found=default, wanted=(1, 32, 32, 64))


# ---- the places of batch normalization in a GAN


def _rule(generator, discriminator):
    return lambda network, layer, n: generator(layer, n) if network == "generator" else discriminator(layer, n)


def _anywhere(layer, n):
    return True


def _nowhere(layer, n):
    return False


def _not_first(layer, n):
    return layer > 0


def _not_last(layer, n):
    return layer < n - 1


def _inside(layer, n):
    return 0 < layer < n - 1


#: misconception -> rules (network, layer, n_layers) that people follow
RULES = {
    "everywhere": (_rule(_anywhere, _anywhere),),
    "nowhere": (_rule(_nowhere, _nowhere),),
    "ends_swapped": (_rule(_not_first, _not_last), _rule(_not_first, _inside)),
    "networks_swapped": (_rule(_inside, _not_last),),
    "both_ends_of_both": (_rule(_inside, _inside),),
    "logit_too": (_rule(_not_last, _not_first),),
    "images_too": (_rule(_anywhere, _not_first), _rule(_anywhere, _inside)),
    "input_too": (_rule(_not_last, _not_last), _rule(_not_last, _anywhere)),
    "counts_from_1": (
        _rule(lambda layer, n: layer != n, lambda layer, n: layer not in (1, n)),
        _rule(lambda layer, n: layer < n, lambda layer, n: 1 < layer < n),
    ),
    "inverted": (lambda network, layer, n: not hack.has_batch_norm(network, layer, n),),
    "one_network": (_rule(_not_last, _nowhere), _rule(_nowhere, _inside), _rule(_nowhere, _not_first)),
}


@exercise(
    hack.has_batch_norm,
    praise="Every layer but those that touch images, and the one that makes the logit.",
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
        "images_too": "You normalize the generator's last layer, which makes the images. Spare it.",
        "input_too": "You normalize the discriminator's first layer, which reads the images. Spare it.",
        "counts_from_1": "Your layers seem to count from 1. Here the first is 0 and the last n_layers - 1.",
        "inverted": "You answer True where the layer is spared and False where it is normalized. Turn it round.",
        "one_network": "One of your networks is normalized nowhere. The rule gives both some batch normalization.",
        "no_answer": "For layer {layer} of {n_layers} in the {network} your function returns None. Is a case left out?",
        "not_a_bool": "Your function returns {found}; wanted True or False.",
        "wrong_layer": "For layer {layer} of {n_layers} in the {network} you say {found}; wanted {wanted}.",
    },
    hints=(
        "At which end does each network touch images, and what comes out of the discriminator's other end?",
        "The last layer is never normalized, in either network. Nor is layer 0 of the discriminator.",
        "return not (layer == ... or (network == ... and layer == ...))",
    ),
)
def check_has_batch_norm(answer):
    networks = ("generator", "discriminator")
    cases = [(network, layer, n) for n in (4, 3, 6, 2, 1) for network in networks for layer in range(n)]
    found = {case: answer(*case) for case in cases}
    if all(said is None for said in found.values()):
        raise Wrong("returns_nothing")
    for (network, layer, n), said in found.items():
        if said is None:
            raise Wrong("no_answer", network=network, layer=layer, n_layers=n)
        if not isinstance(said, (bool, np.bool_)):
            raise Wrong("not_a_bool", found=told(said))
    wrong = [case for case in cases if found[case] != hack.has_batch_norm(*case)]
    if not wrong:
        return
    for misconception, rules in RULES.items():
        for rule in rules:
            if all(found[case] == rule(*case) for case in cases if case[2] > 2):
                raise Wrong(misconception)
    network, layer, n = wrong[0]
    said = found[wrong[0]]
    raise Wrong("wrong_layer", network=network, layer=layer, n_layers=n, found=said, wanted=not said)


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


@exercise(
    hack.make_generator,
    given=published_generator,
    praise="The hidden layer is really normalized, and the pixels are left to tanh.",
    misconceptions={
        **NETWORK_MISCONCEPTIONS,
        "output_normalized": (
            "Your generator still normalizes its pixels. Each of the 784 would get one mean and one size over the "
            "batch, so a picture depends on its companions. Which place does your `has_batch_norm` give that layer?"
        ),
        "no_batch_norm": (
            "You took all batch normalization out. One of the two layers had it in the right place: keep that, and "
            "mend its argument."
        ),
        "no_tanh": "Nothing bounds your pixels; real ones lie in [-1, 1]. Keep the tanh at the end.",
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
    asked = "Dense(256), batch normalization, leaky ReLU of slope 0.2, Dense(784), tanh"
    for latent_dim in (100, 7):
        model = _built(answer, latent_dim) if latent_dim != 100 else _built(answer)
        x = rng(0).normal(0, 1, (40, latent_dim)).astype("float32")
        found = networks.output(model, x).shape
        if found != (40, 784):
            raise Wrong("wrong_output", n=40, found=found, wanted=(40, 784))
        trained, held = _trained_and_held(model)
        shapes = [tuple(weight.shape) for weight in model.weights]
        if not trained:
            raise Wrong("frozen")
        if shapes.count((784,)) > 1 or _of_shape(held, (784,)):
            raise Wrong("output_normalized")
        first, second = (latent_dim, 256), (256, 784)
        wanted = [first, *4 * [(256,)], second, (784,)]
        if _of_shape(held, first) or _of_shape(held, second):
            raise Wrong("frozen")
        if len(_of_shape(held, (256,))) == 4 <= len(_of_shape(trained, (256,))):
            raise Wrong("twice", features=256)
        if not {first, second, (784,)} <= set(shapes) <= {first, second, (784,), (256,)} or len(shapes) > 8:
            raise Wrong("wrong_weights", found=shapes, wanted=wanted)
        vectors, has_bias = _gamma_and_beta(trained, held, 256)
        if len(shapes) - has_bias != 7:
            raise Wrong("wrong_weights", found=shapes, wanted=wanted)
        kernels = [_of_shape(trained, shape)[0] for shape in (first, second)]
        for kernel, scale in zip(kernels, (0.3 / np.sqrt(latent_dim), 1 / 16)):
            kernel.assign(rng(1).normal(0, scale, kernel.shape))
        (bias,) = _of_shape(trained, (784,))
        bias.assign(rng(4).normal(0, 0.3, 784))
        z = x.astype("float64") @ kernels[0].numpy()

        if np.abs(networks.output(model, x, training=True)).max() > 1.01:
            raise Wrong("no_tanh")
        _judge_hidden(model, x, z, vectors, partial(_pixels, kernels[1].numpy(), bias.numpy()), asked)


def _pixels(kernel, bias, hidden):
    return np.tanh(hidden @ kernel + bias)
