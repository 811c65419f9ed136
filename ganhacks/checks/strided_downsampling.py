"""Lab 01, halving with a stride: what a right answer must show, how people get it wrong, and the hints."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks.checks import networks
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import told
from ganhacks.hacks import strided_downsampling as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "strided_downsampling")

PREDICTION = {
    "choices": {
        "a": "at three quarters of them.",
        "b": "at a few of them, scattered.",
        "c": "at none.",
    },
    "answer": "c",
    "why": (
        "A pixel takes part in nine places of the kernel, three by three. Such a block always holds one whole pooling "
        "cell, and each cell has a winner. So every pixel gets a gradient, though three of four places give none."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- how large

SAME = [(n, k, s) for n in (64, 65, 28, 7, 10) for k in (3, 4, 5, 2, 1) for s in (2, 1, 3)]
VALID = [(n, k, s) for n, k, s in SAME if k <= n]


def up(a, b):
    return -(-a // b)


#: What people return for "same" and for "valid", in place of the right number.
SAME_MISTAKES = {
    "same_keeps_size": lambda n, k, s: n,
    "same_rounds_down": lambda n, k, s: n // s,
    "same_as_valid": lambda n, k, s: (n - k) // s + 1,
    "one_too_many": lambda n, k, s: n // s + 1,
    "own_padding": lambda n, k, s: (n + 2 * (k // 2) - k) // s + 1,
}
VALID_MISTAKES = {
    "valid_as_same": lambda n, k, s: up(n, s),
    "forgotten_one": lambda n, k, s: (n - k) // s,
    "valid_rounds_up": lambda n, k, s: up(n - k, s) + 1,
    "kernel_ignored": lambda n, k, s: n // s,
    "stride_ignored": lambda n, k, s: n - k + 1,
    "brackets": lambda n, k, s: n - k // s + 1,
}
#: Other ways to the same misconceptions.
SAME_VARIANTS = [
    ("own_padding", lambda n, k, s: (n + 2 * ((k - 1) // 2) - k) // s + 1),
    ("same_rounds_down", lambda n, k, s: round(n / s)),
]
VALID_VARIANTS = [("forgotten_one", lambda n, k, s: up(n - k, s)), ("kernel_ignored", lambda n, k, s: n // s + 1)]

SIZE_DETAILS = "conv_output_size({n}, {k}, {s}, {padding!r}) is {found} in yours; wanted {wanted}. "


@exercise(
    hack.conv_output_size,
    praise="Right for every size, kernel and stride that was tried, odd ones too.",
    misconceptions={
        "a_float": (
            "Your function returns {found!r}, a float. A size is a whole number: `//` divides to one, and `math.ceil` "
            "returns one where `np.ceil` and `/` return floats."
        ),
        "a_shape": "Your function returns {found}. One side is asked for, so return one number.",
        "same_keeps_size": (
            SIZE_DETAILS + 'Despite its name, "same" keeps the size only for stride 1. With a larger stride there '
            "are fewer places. How many of 0, stride, 2 · stride, … lie below the size?"
        ),
        "same_rounds_down": (
            SIZE_DETAILS + 'With "same" the last place counts even if the kernel hangs over the edge there, so a part '
            "of a stride that is left over gives one more output: round up."
        ),
        "same_as_valid": (
            SIZE_DETAILS + 'That is the number for "valid". "same" pads the image, so the kernel may hang over its '
            "edge, and the kernel's size drops out. (Does your function look at `padding`, in small letters?)"
        ),
        "one_too_many": (
            SIZE_DETAILS + "You count one place more even where the stride divides the size, and that one would start "
            "beyond the last pixel. Round up instead of always adding 1."
        ),
        "own_padding": (
            SIZE_DETAILS + "You pad equally on both sides, as one does by hand in PyTorch. Keras pads what is "
            'missing, on one side more if need be: with "same", the kernel does not matter at all.'
        ),
        "wrong_same": SIZE_DETAILS + "Count the places 0, stride, 2 · stride, … that lie below the size.",
        "valid_as_same": (
            SIZE_DETAILS + 'That is the number for "same". Without padding the kernel must lie wholly on the image, so '
            "its last place is at size - kernel at most. (Does your function look at `padding`, in small letters?)"
        ),
        "forgotten_one": SIZE_DETAILS + "You count the strides between the places. The place at 0 counts too: add 1.",
        "valid_rounds_up": (
            SIZE_DETAILS + "After its last whole stride the kernel would hang over the edge. Round down."
        ),
        "kernel_ignored": (
            SIZE_DETAILS + "You leave out the kernel. It must lie wholly on the image, so its last place is at "
            "size - kernel at most."
        ),
        "stride_ignored": SIZE_DETAILS + "That is the number for stride 1. The kernel moves by `stride` each time.",
        "brackets": (
            SIZE_DETAILS + "Python divides before it subtracts, so your line divides the kernel alone by the stride. "
            "Set brackets."
        ),
        "wrong_valid": SIZE_DETAILS + "Where is the kernel's last place, and how many strides is that from 0?",
        "paddings_swapped": (
            'You return for "same" what belongs to "valid", and the other way round. The one that pads is "same".'
        ),
        "kernel_and_stride_swapped": (
            SIZE_DETAILS + "That is right with kernel and stride swapped. The order is size, kernel, stride, padding."
        ),
    },
    hints=(
        "Write down where the kernel can start, 0, 2, 4 and so on: how many places are there for 64 pixels, how many "
        "for 65?",
        '"same": size / stride, rounded up. "valid": the last place is at size - kernel; count the strides up to '
        "there, and the place at 0.",
        '"same": math.ceil(...) of a quotient without the kernel. "valid": (... - ...) // stride + ...',
    ),
)
def check_conv_output_size(answer):
    found = {
        (padding, case): _whole(answer(*case, padding))
        for padding, cases in (("same", SAME), ("valid", VALID))
        for case in cases
    }

    def fits(padding, formula):
        return all(found[padding, case] == formula(*case) for case in (SAME if padding == "same" else VALID))

    right = {"same": lambda n, k, s: up(n, s), "valid": lambda n, k, s: (n - k) // s + 1}
    wrong = [key for key, value in found.items() if value != right[key[0]](*key[1])]
    if not wrong:
        return
    padding, (n, k, s) = wrong[0]
    details = dict(n=n, k=k, s=s, padding=padding, found=found[wrong[0]], wanted=right[padding](n, k, s))
    if fits("same", right["valid"]) and fits("valid", right["same"]):
        raise Wrong("paddings_swapped", **details)
    if fits("same", lambda n, k, s: up(n, k)) or fits("valid", lambda n, k, s: (n - s) // k + 1):
        raise Wrong("kernel_and_stride_swapped", **details)
    mistakes, variants = (SAME_MISTAKES, SAME_VARIANTS) if padding == "same" else (VALID_MISTAKES, VALID_VARIANTS)
    for misconception, formula in [*mistakes.items(), *variants]:
        if fits(padding, formula):
            raise Wrong(misconception, **details)
    raise Wrong(f"wrong_{padding}", **details)


def _whole(value):
    """Return a whole number as an int, or raise Wrong."""
    if value is None:
        raise Wrong("returns_nothing")
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, (float, np.floating)):
        raise Wrong("a_float", found=float(value))
    if isinstance(value, (tuple, list)):
        raise Wrong("a_shape", found=told(value))
    raise Wrong("wrong_type", found=told(value), wanted="an int")


# ---- the block


def _pooling(model):
    """Return the names of the pooling layers in a model."""
    names = [type(layer).__name__ for layer in networks.inner_layers(model)]
    return [name for name in names if "Pool" in name]


def _function_of(y, z):
    """Tell whether y is one continuous function of z, number by number, as an activation makes it."""
    if y.shape != z.shape:
        return False
    order = np.argsort(z, axis=None)
    return bool((np.abs(np.diff(y.ravel()[order])) <= 4 * np.diff(z.ravel()[order]) + 1e-3).all())


def _shapes(model):
    return sorted(tuple(weight.shape) for weight in model.weights)


@exercise(
    hack.make_halving_block,
    praise="64 × 64 becomes 32 × 32 by the stride alone, with 3 · 3 · 3 · 64 + 64 = 1,792 parameters.",
    misconceptions={
        **networks.MISCONCEPTIONS,
        "channels_first": (
            "Your model reads images channels first, as {found}. Here they are (height, width, channels): {wanted}."
        ),
        "pooled": (
            "Your block still pools ({found}). Take the pooling out and let the convolution take every second place: "
            "`strides=2`."
        ),
        "pooled_and_strided": (
            "Your block halves twice: {before} becomes {found}. It has a stride and a pooling layer as well. The "
            "stride replaces the pooling."
        ),
        "halved_twice": "Your block halves twice: {before} becomes {found}. One convolution with stride 2 is enough.",
        "not_halved": (
            "Your block leaves {before} as it is. A convolution moves by 1 unless it is told: look for the argument "
            "that makes it move by 2."
        ),
        "dilated": (
            "Your block leaves {before} as it is. `dilation_rate` spreads the kernel's own numbers; what makes it skip "
            "places of the image is `strides`."
        ),
        "valid_padding": (
            'Your block makes {found} of {before}: without padding, Keras\' default "valid", places at the edge are '
            'lost. Ask for padding="same".'
        ),
        "one_direction": (
            "Your block makes {found} of {before}: one side only is halved. A stride of 2, or (2, 2), is for both."
        ),
        "wrong_output": "For a batch of {shape} your model returns {found}; wanted {wanted}.",
        "ignores_filters": (
            "Asked for {wanted} filters, your block has {found} channels. Hand the argument to the convolution."
        ),
        "ignores_input_shape": (
            "Asked for images of shape {wanted}, your block takes others. Begin it with keras.Input(input_shape)."
        ),
        "no_bias": (
            "Your block has {found:,} parameters; wanted {wanted:,}. The biases are missing, one for each filter. They "
            "can go once batch normalization follows (lab 04), and here nothing follows."
        ),
        "wrong_kernel": "Your kernel is {found} × {found_too}; wanted 3 × 3.",
        "normalized": (
            "Your block has batch normalization in it, {found:,} parameters in all; wanted {wanted:,}. It comes in "
            "lab 04; leave it out here."
        ),
        "wrong_size": (
            "Your block has {found:,} parameters; wanted {wanted:,}, of one Conv2D: 3 · 3 · channels · filters and a "
            "bias for each filter."
        ),
        "frozen": "Your block has weights that cannot be trained. Leave `trainable` alone.",
        "relu": (
            "Your block ends in a plain ReLU: {share:.0%} of its outputs are exactly 0, and no gradient comes back "
            "through those. End bare; the activation comes after the block."
        ),
        "activated": (
            "The sizes are right, and your block bends its numbers: there is an activation in it. It comes after the "
            "block, in the cells that use it; end bare."
        ),
        "noisy": "In training your block does something else than at test time. Leave dropout and noise out of it.",
        "wrong_function": (
            "The sizes are right, and the numbers are not those of a 3 × 3 convolution taken at every second place. Is "
            "anything else in the block?"
        ),
    },
    hints=(
        "A convolution moves its kernel by one pixel at a time. Which argument of layers.Conv2D makes it two?",
        'One layers.Conv2D after keras.Input(input_shape): its filters, the kernel size 3, strides, padding="same".',
        "keras.Sequential([keras.Input(input_shape), layers.Conv2D(filters, ..., strides=..., padding=...)])",
    ),
)
def check_halving_block(answer):
    for args in ((), (16,), (16, (28, 28, 1)), (5, (14, 22, 4)), (5, (15, 10, 2))):
        filters, shape = (*args, *(64, (64, 64, 3))[len(args) :])
        model = networks.built(answer, *args)
        _judge_block(model, filters, shape)


def _judge_block(model, filters, shape):
    height, width, channels = shape
    declared = tuple(getattr(model, "input_shape", None) or ())[1:]
    if len(declared) == 3 and any(have not in (want, None) for have, want in zip(declared[:2], shape)):
        if declared != (channels, height, width):
            raise Wrong("ignores_input_shape", wanted=shape)
    x = rng(1).standard_normal((2, *shape)).astype("float32")
    y = _taken(model, x)
    if y.ndim != 4:
        raise Wrong("wrong_output", shape=x.shape, found=y.shape, wanted=(2, up(height, 2), up(width, 2), filters))
    _judge_sides(model, y.shape[1:3], (height, width))
    if y.shape[3] != filters:
        raise Wrong("ignores_filters", found=y.shape[3], wanted=filters)
    _judge_weights(model, filters, channels)

    kernel, bias = sorted(model.weights, key=lambda weight: -len(weight.shape))
    kernel.assign(rng(2).normal(0, 1 / np.sqrt(9 * channels), kernel.shape))
    bias.assign(rng(3).normal(0, 0.3, bias.shape))
    y = networks.output(model, x)
    if not np.isfinite(y).all():
        raise Wrong("not_finite")
    whole = tf.nn.conv2d(x, kernel.numpy(), 1, "SAME") + bias.numpy()
    # Keras pads even sizes at the far side only; padding by hand may begin elsewhere, and halves as well.
    places = [whole.numpy()[:, i::2, j::2] for i in (0, 1) for j in (0, 1)]
    if not any(_function_of(y, z) for z in places):
        for pool in (tf.nn.max_pool2d, tf.nn.avg_pool2d):
            if _function_of(y, pool(whole, 2, 2, "SAME").numpy()):
                raise Wrong("pooled", found=pool.__name__)
        raise Wrong("wrong_function")
    share = np.unique(y.round(6), return_counts=True)[1].max() / y.size
    if share > 0.2:
        raise Wrong("relu", share=share)
    if not any(y.shape == z.shape and np.allclose(y, z, atol=1e-3) for z in places):
        raise Wrong("activated")
    if not np.allclose(y, networks.output(model, x, training=True), atol=1e-4):
        raise Wrong("noisy")


def _taken(model, x):
    """Return the model's output for `x`, or raise Wrong and say which other images it takes."""
    height, width, channels = x.shape[1:]
    if any(getattr(layer, "data_format", None) == "channels_first" for layer in networks.inner_layers(model)):
        raise Wrong("channels_first", found=(channels, height, width), wanted=x.shape[1:])
    try:
        return networks.output(model, x)
    except Wrong:
        takes = tuple(getattr(model, "input_shape", None) or ())[1:]
        if takes == (channels, height, width):
            raise Wrong("channels_first", found=takes, wanted=x.shape[1:]) from None
        if takes == (64, 64, 3) != x.shape[1:]:
            raise Wrong("ignores_input_shape", wanted=x.shape[1:]) from None
        raise


def _judge_sides(model, found, before):
    """Judge height and width of the block's output. found, before: (height, width) after and before the block."""
    half, quarter = tuple(up(n, 2) for n in before), tuple(up(n, 4) for n in before)
    sizes = dict(before="{} × {}".format(*before), found="{} × {}".format(*found))
    pooling = _pooling(model)
    if pooling and found in (quarter, tuple(n // 4 for n in before), tuple(n // 2 for n in half)):
        raise Wrong("pooled_and_strided", **sizes)
    if pooling:
        raise Wrong("pooled", found=pooling[0])
    if found == half:
        return
    if found == quarter:
        raise Wrong("halved_twice", **sizes)
    if any(getattr(layer, "dilation_rate", 1) not in (1, (1, 1)) for layer in networks.inner_layers(model)):
        raise Wrong("dilated", **sizes)
    if found == before:
        raise Wrong("not_halved", **sizes)
    if found == tuple((n - 3) // 2 + 1 for n in before):
        raise Wrong("valid_padding", **sizes)
    if found in ((half[0], before[1]), (before[0], half[1])):
        raise Wrong("one_direction", **sizes)
    raise Wrong("wrong_output", shape=sizes["before"], found=sizes["found"], wanted="{} × {}".format(*half))


def _judge_weights(model, filters, channels):
    shapes, wanted = _shapes(model), sorted([(3, 3, channels, filters), (filters,)])
    counts = dict(found=model.count_params(), wanted=(9 * channels + 1) * filters)
    kernels = [s for s in shapes if len(s) == 4]
    if len(kernels) == 1 and kernels[0][2:] == (channels, filters) and kernels[0][:2] != (3, 3):
        raise Wrong("wrong_kernel", found=kernels[0][0], found_too=kernels[0][1])
    if any(isinstance(layer, layers.BatchNormalization) for layer in networks.inner_layers(model)):
        raise Wrong("normalized", **counts)
    if shapes == [(3, 3, channels, filters)]:
        raise Wrong("no_bias", **counts)
    if shapes != wanted:
        raise Wrong("wrong_size", **counts)
    if len(model.trainable_variables) != 2:
        raise Wrong("frozen")


# ---- find the bug


def published_discriminator(filters=16):
    model = keras.Sequential([keras.Input((1, 28, 28))])
    for width in (filters, 2 * filters):
        model.add(layers.Conv2D(width, 4, strides=2, padding="same"))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    return model


@exercise(
    hack.make_discriminator,
    given=published_discriminator,
    praise="28 × 28 pixels of one channel, halved to 14 × 14 and 7 × 7: 10,065 parameters.",
    misconceptions={
        **networks.MISCONCEPTIONS,
        "channels_first": (
            "Your model still takes images of shape (1, 28, 28). Keras reads that as one row of 28 pixels with 28 "
            "channels each. In which order are height, width and channels?"
        ),
        "no_channel": (
            "You dropped the channel. Keras wants height, width *and* channels, also where there is only one: "
            "(28, 28, 1)."
        ),
        "other_channels": (
            "Your model wants {found} channels: the shape that it declares ends in that. A grey image has 1, and it "
            "comes last."
        ),
        "other_input": "Your model takes inputs of shape {found}; an image has (28, 28, 1). Declare that.",
        "rearranged": (
            "Your model takes the images now, and brings them back to one row of 28 pixels with 28 channels: the "
            "kernel that reads them is {found}. Declare the right shape, and leave them as they come."
        ),
        "pooled": "Your model pools ({found}). The strides halve already: the bug is somewhere else.",
        "wrong_output": "For 3 images your model returns the shape {found}; wanted (3, 1), a logit each.",
        "probability_output": "Your model ends in a sigmoid. It should return logits: let the last layer end bare.",
        "bounded_logit": "Your model bends its logit. A logit may be any number: let the last Dense end bare.",
        "no_activation": "Your leaky ReLUs have gone, and all that is left is linear. The bug is somewhere else.",
        "frozen": (
            "Something in your model has trainable=False, so it would never learn. Which weights an update may touch "
            "is said in the update; leave `trainable` alone."
        ),
        "other_activation": (
            "Your model computes something else than the one that you started from: another activation than the leaky "
            "ReLU of slope 0.2, or a layer more. Leave all that as it was."
        ),
        "noisy": "In training your model does something else than at test time. Leave dropout and noise out of it.",
        "other_layers": (
            "Your model has as many parameters as it should, in other layers. One shape is wrong in the model that you "
            "started from, and nothing else: change that alone."
        ),
        "ignores_filters": "With filters={filters} your model is the same as without. Use the argument.",
        "wrong_size": (
            "With filters={filters} your model has {found:,} parameters; wanted {wanted:,}. One shape is wrong in the "
            "model that you started from, and nothing else: change that alone."
        ),
    },
    hints=(
        "Which shape does the model's first line declare, and what does `conv_output_size` make of its height?",
        "Keras puts the channels last. MNIST's grey images, with a channel, are (n, 28, 28, 1).",
        "keras.Input((..., ..., 1)), and the rest as it was.",
    ),
)
def check_discriminator(answer):
    x = rng(4).uniform(-1, 1, (3, 28, 28, 1)).astype("float32")
    for filters in (16, 6):
        try:
            model = networks.built(answer, filters)
        except AnswerRaised as raised:
            if "found ndim=3" in raised.error:
                raise Wrong("no_channel") from None
            raise
        takes = tuple(getattr(model, "input_shape", None) or ())[1:]
        if takes == (1, 28, 28):
            raise Wrong("channels_first")
        if takes == (28, 28):
            raise Wrong("no_channel")
        if len(takes) == 3 and takes[-1] not in (1, None):
            raise Wrong("other_channels", found=takes[-1])
        if takes and takes[-1] is not None and takes != (28, 28, 1) and None not in takes:
            raise Wrong("other_input", found=takes)
        y = networks.output(model, x)
        if y.shape != (3, 1):
            raise Wrong("wrong_output", found=y.shape)
        if _pooling(model):
            raise Wrong("pooled", found=_pooling(model)[0])
        for shape in _shapes(model):
            if len(shape) == 4 and shape[2] == 28:
                raise Wrong("rearranged", found=" × ".join(map(str, shape)))
        reference = hack.make_discriminator(filters)
        if _shapes(model) != _shapes(reference):
            if filters != 16 and _shapes(model) == _shapes(hack.make_discriminator()):
                raise Wrong("ignores_filters", filters=filters)
            counts = dict(found=model.count_params(), wanted=reference.count_params())
            if counts["found"] == counts["wanted"]:
                raise Wrong("other_layers")
            raise Wrong("wrong_size", filters=filters, **counts)
        if len(model.trainable_variables) < len(model.weights):
            raise Wrong("frozen")
        _judge_outputs(model, reference, x)


def _judge_outputs(model, reference, x):
    """Compare the model's logits with those of the reference, after giving both the same random weights."""
    for weight in model.weights:
        spread = 1 / np.sqrt(np.prod(weight.shape[:-1])) if len(weight.shape) > 1 else 0.3
        weight.assign(rng(5).normal(0, spread, weight.shape))
    by_shape = {tuple(weight.shape): weight for weight in model.weights}
    for weight in reference.weights:
        weight.assign(by_shape[tuple(weight.shape)])
    y, wanted = networks.output(model, x), networks.output(reference, x)
    if np.allclose(y, wanted, rtol=1e-3, atol=1e-3):
        if not np.allclose(y, networks.output(model, x, training=True), rtol=1e-3, atol=1e-3):
            raise Wrong("noisy")
        return
    if np.allclose(y, 1 / (1 + np.exp(-wanted)), atol=1e-3):
        raise Wrong("probability_output")
    if (
        np.ptp(y) == 0
        or np.allclose(y, np.tanh(wanted), atol=1e-3)
        or np.allclose(y, np.maximum(wanted, 0), rtol=1e-3, atol=1e-3)
    ):
        raise Wrong("bounded_logit")
    # Something linear makes the same step from -x to 0 as from 0 to x.
    steps = np.diff([networks.output(model, factor * x) for factor in (-1, 0, 1)], axis=0)
    raise Wrong("no_activation" if np.allclose(*steps, rtol=1e-3, atol=1e-3) else "other_activation")
