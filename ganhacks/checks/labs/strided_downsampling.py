"""Lab 01, halving with a stride: what a right answer must show, how people get it wrong, and the hints."""

import itertools
from functools import partial

import keras
import numpy as np
from keras import layers

from ganhacks.checks.judges import blocks, networks
from ganhacks.checks.judges.blocks import block, function, leaky, plain, sized
from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import compare
from ganhacks.checks.engine.values import told
from ganhacks.hacks import strided_downsampling as hack

PARAMETERS = {
    "steps": training_steps(),
    "draws": Parameter("random networks for the gradients", 1, 10_000),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "strided_downsampling")

PREDICTION = {
    "choices": {
        "a": "at three quarters of them.",
        "b": "at a few of them, scattered.",
        "c": "at none.",
    },
    "answer": "c",
    "remarks": {
        "a": "That would be so if each pixel took part in one place only. It takes part in several.",
        "b": "That would be so if a pixel could lose everywhere. Look at the nine places that it takes part in.",
    },
    "why": (
        "A pixel takes part in nine places of the kernel, three by three. These 3 × 3 places always hold one whole "
        "pooling cell, and each cell has a winner. So every pixel gets a gradient, though three of four places give "
        "none."
    ),
}


# ---- how large


def up(a, b):
    return -(-a // b)


#: What people return for "same" and for "valid", in place of the right number.
SAME = [
    ("same_keeps_size", lambda n, k, s: n),
    ("same_rounds_down", lambda n, k, s: n // s),
    ("same_rounds_down", lambda n, k, s: round(n / s)),
    ("same_rounds_down", lambda n, k, s: max(round(n / s), 1)),
    ("same_rounds_down", lambda n, k, s: int(n / s + 0.5)),
    ("remainder_added", lambda n, k, s: n // s + n % s),
    ("always_halved", lambda n, k, s: n if s == 1 else up(n, 2)),
    ("always_halved", lambda n, k, s: up(n, 2)),
    ("same_as_valid", lambda n, k, s: (n - k) // s + 1),
    ("same_as_valid", lambda n, k, s: max((n - k) // s + 1, 0)),
    ("one_too_many", lambda n, k, s: n // s + 1),
    ("forgotten_one", lambda n, k, s: (n - 1) // s),
    ("own_padding", lambda n, k, s: (n + 2 * (k // 2) - k) // s + 1),
    ("own_padding", lambda n, k, s: (n + 2 * ((k - 1) // 2) - k) // s + 1),
    ("own_padding", lambda n, k, s: (n + 2 - k) // s + 1),
    ("kernel_counts", lambda n, k, s: (n + max(k - s, 0) - k) // s + 1),
    ("kernel_counts", lambda n, k, s: max(len(range((k - 1) // 2 % s, n, s)), 1)),
    ("kernel_too_large", lambda n, k, s: 0 if k > n else up(n, s)),
    ("kernel_too_large", lambda n, k, s: 1 if k > n else up(n, s)),
    ("transposed", lambda n, k, s: n * s),
]
VALID = [
    ("valid_as_same", lambda n, k, s: up(n, s)),
    ("forgotten_one", lambda n, k, s: (n - k) // s),
    ("forgotten_one", lambda n, k, s: up(n - k, s)),
    ("forgotten_one", lambda n, k, s: max(up(n - k, s), 1)),
    ("valid_rounds_up", lambda n, k, s: up(n - k, s) + 1),
    ("valid_rounds_down", lambda n, k, s: (n - k + 1) // s),
    ("kernel_ignored", lambda n, k, s: n // s),
    ("kernel_ignored", lambda n, k, s: n // s + 1),
    ("kernel_ignored", lambda n, k, s: (n - 1) // s),
    ("stride_ignored", lambda n, k, s: n - k + 1),
    ("brackets", lambda n, k, s: n - k // s + 1),
    ("divided_apart", lambda n, k, s: n // s - k // s + 1),
    ("transposed", lambda n, k, s: (n - 1) * s + k),
]


def _either(same, valid):
    return lambda size, kernel, stride, padding: (same if padding == "same" else valid)(size, kernel, stride)


def _right_same(n, k, s):
    return up(n, s)


def _right_valid(n, k, s):
    return (n - k) // s + 1


@exercise(
    hack.conv_output_size,
    slips=[
        *((name, _either(formula, _right_valid)) for name, formula in SAME),
        *((name, _either(_right_same, formula)) for name, formula in VALID),
        ("paddings_swapped", _either(_right_valid, _right_same)),
    ],
    praise="Right for every size, kernel and stride that was tried, odd ones too.",
    misconceptions={
        "a_float": (
            "Your function returns {found}, a float. A size is a whole number: `//` divides to one, and `math.ceil` "
            "returns one where `np.ceil` and `/` return floats."
        ),
        "a_shape": "Your function returns {found}. One side is asked for, so return one number.",
        "same_keeps_size": (
            'Despite its name, "same" keeps the size only for stride 1. With a larger stride there are fewer places. '
            "How many of 0, stride, 2 · stride, … lie below the size?"
        ),
        "same_rounds_down": (
            'With "same" the last place counts even if the kernel hangs over the edge there, so a part of a stride '
            "that is left over gives one more output: round up."
        ),
        "same_as_valid": (
            'For "same" you return the number for "valid". "same" pads the image, so the kernel may hang over its '
            "edge, and the kernel's size drops out. (Does your function look at `padding`, in small letters?)"
        ),
        "remainder_added": (
            "You add the whole remainder. However many pixels are left over, they give one place more: round up."
        ),
        "always_halved": (
            'For "same" you halve, whatever the stride is. How many of 0, stride, 2 · stride, … lie below the size?'
        ),
        "one_too_many": (
            "You count one place more even where the stride divides the size, and that one would start beyond the last "
            "pixel. Round up instead of always adding 1."
        ),
        "own_padding": (
            "You pad equally on both sides, as one does by hand in PyTorch. Keras pads what is missing, on one side "
            'more if need be: with "same", the kernel does not matter at all.'
        ),
        "kernel_counts": (
            'Your number for "same" changes with the kernel. Keras pads whatever is missing, and the first place is 0, '
            "so only size and stride count."
        ),
        "kernel_too_large": (
            'With "same" the kernel may be larger than the image: the edges are padded until it has room. The places '
            "are counted as for any other kernel."
        ),
        "transposed": (
            "That is how large a *transposed* convolution makes an image (lab 02). An ordinary one moves its kernel by "
            "`stride`, so there are fewer places, not more."
        ),
        "valid_as_same": (
            'For "valid" you return the number for "same". Without padding the kernel must lie wholly on the image, so '
            "its last place is at size - kernel at most. (Does your function look at `padding`, in small letters?)"
        ),
        "forgotten_one": (
            "You count the strides between the places. The place at 0 counts too: add 1. (Or do you count in a range? "
            "It stops before its end.)"
        ),
        "valid_rounds_up": "After its last whole stride the kernel would hang over the edge. Round down.",
        "valid_rounds_down": (
            "There are size - kernel + 1 pixels at which the kernel can start, and every stride-th of them is a place, "
            "the first one included: round up."
        ),
        "kernel_ignored": (
            "You leave out the kernel. It must lie wholly on the image, so its last place is at size - kernel at most."
        ),
        "stride_ignored": "That is the number for stride 1. The kernel moves by `stride` each time.",
        "brackets": (
            "Python divides before it subtracts, so your line divides the kernel alone by the stride. Set brackets."
        ),
        "divided_apart": (
            "You divide the size and the kernel apart, and each division cuts off a rest of its own. Subtract first."
        ),
        "paddings_swapped": (
            'You return for "same" what belongs to "valid", and the other way round. The one that pads is "same".'
        ),
        "differs": (
            "Count the pixels at which the kernel can start: 0, stride, 2 · stride, … Which is the last one, with "
            "this padding?"
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
    sizes = itertools.product((64, 65, 28, 7, 10, 1, 100, 5), (3, 4, 5, 2, 1, 7), (2, 1, 3, 4))
    calls = [(n, k, s, padding) for n, k, s in sizes for padding in ("same", "valid") if padding == "same" or k <= n]

    def alike(found, wanted):
        return isinstance(found, (int, np.integer)) and not isinstance(found, bool) and found == wanted

    def judge(padding):
        chosen = [args for args in calls if padding in (args[3], "both")]
        compare(answer, chosen, lambda function, args: function(*args), alike, fits=_whole)

    try:
        judge("both")
    except Wrong as wrong:
        if wrong.misconception == "differs":  # two mistakes at once, one in each padding?
            judge("same")
            judge("valid")
        raise


def _whole(value, wanted, case):
    """Raise Wrong unless the value is one whole number."""
    if value is None:
        raise Wrong("returns_nothing")
    if isinstance(value, (float, np.floating)):
        raise Wrong("a_float", found=float(value))
    if isinstance(value, (tuple, list)):
        raise Wrong("a_shape", found=told(value))
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool):
        raise Wrong("wrong_type", found=told(value), wanted="an int")


# ---- the block


def _convolution(filters, kernel=3, strides=2, padding="same", **more):
    return layers.Conv2D(filters, kernel, strides=strides, padding=padding, **more)


def _bent(activation, *others):
    return block(partial(_convolution, activation=activation), *others)


def _cropped(x):
    return x[:, : x.shape[1] // 2 * 2, : x.shape[2] // 2 * 2]


everywhere = partial(_convolution, strides=1)
BENDS = ("leaky_relu", "tanh", "swish", "elu", "gelu", "sigmoid", "softplus", "selu", "softmax")


@exercise(
    hack.make_halving_block,
    slips=[
        *blocks.input_slips(_convolution),
        *(
            ("pooled_and_strided", _bent(bend, plain(pool, 2)))
            for pool in (layers.MaxPooling2D, layers.AveragePooling2D)
            for bend in ("linear", "relu", leaky(0.2), leaky(0.3))
        ),
        ("pooled", block(everywhere, function(lambda x: keras.ops.max_pool(x, 2, padding="same")))),
        ("pooled", block(everywhere, function(lambda x: keras.ops.average_pool(x, 2, padding="same")))),
        ("torch_padding", block(plain(layers.ZeroPadding2D, 1), partial(_convolution, padding="valid"))),
        ("rounded_down", block(function(_cropped), _convolution)),
        ("dilated", block(partial(everywhere, dilation_rate=2))),
        *(("wrong_kernel", block(partial(_convolution, kernel=k)), {"kernel": k}) for k in (4, 5, 2, 1, 7)),
        ("relu", _bent("relu")),
        *(("activated", _bent(bend), {"bend": bend}) for bend in BENDS),
        ("activated", _bent(leaky(0.3)), {"bend": "leaky_relu"}),
        ("pixels_dropped", block(function(lambda x: x[:, ::2, ::2]), everywhere)),
    ],
    praise="64 × 64 becomes 32 × 32 by the stride alone, with 3 · 3 · 3 · 64 + 64 = 1,792 parameters.",
    misconceptions={
        **blocks.MISCONCEPTIONS,
        "torch_padding": blocks.HALVING_MISCONCEPTIONS["torch_padding"],
        "rounded_down": (
            "Of images with an odd height or width you lose the last row or column. Odd sizes are rounded up: the "
            "convolution pads by itself."
        ),
        "pooled": (
            "Your block still pools. Take the pooling out and let the convolution take every second place: `strides=2`."
        ),
        "pooled_and_strided": (
            "Your block halves twice: it has a stride and a pooling layer as well. The stride replaces the pooling."
        ),
        "halved_twice": "Your block halves twice. One convolution with stride 2 is enough.",
        "not_halved": (
            "Your block leaves the image as large as it is. A convolution moves by 1 unless it is told: look for the "
            "argument that makes it move by 2."
        ),
        "dilated": (
            "Your block leaves the image as large as it is. `dilation_rate` spreads the kernel's own numbers; what "
            "makes it skip places of the image is `strides`."
        ),
        "doubled": (
            "Your block makes the image larger. A transposed convolution doubles, as in lab 02; an ordinary one with a "
            "stride halves."
        ),
        "valid_padding": (
            "The output of your block is as large as without padding, which is Keras' default: places at the edge are "
            'lost. Ask for padding="same".'
        ),
        "one_direction": "One side only is halved. A stride of 2, or (2, 2), is for both.",
        "no_bias": (
            "Your block has {found:,} parameters; wanted {wanted:,}. The biases are missing, one for each filter. They "
            "can go once batch normalization follows (lab 04), and here nothing follows."
        ),
        "wrong_kernel": "Your kernel is {kernel} × {kernel}; wanted 3 × 3.",
        "relu": (
            "Your block ends in a plain ReLU, which makes every negative output 0, and no gradient comes back through "
            "those. End bare; the activation comes after the block."
        ),
        "activated": (
            "The sizes are right, and your block bends its numbers: there is an activation in it ({bend}). It comes "
            "after the block, in the cells that use it; end bare."
        ),
        "pixels_dropped": (
            "Your block drops three of four pixels before it convolves. The convolution itself skips places: its "
            "kernel still reads every pixel."
        ),
        "differs": (
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
    half = partial(up, b=2)
    blocks.judge_block(
        answer,
        [(5, (15, 22, 4))],
        layers=[("Pool", "pooled"), ("Normalization", "normalized")],
        sizes=[
            ("not_halved", sized(lambda n: n)),
            ("halved_twice", sized(lambda n: up(n, 4))),
            ("valid_padding", sized(lambda n: (n - 3) // 2 + 1)),
            ("doubled", sized(lambda n: 2 * n)),
            ("one_direction", sized(half, lambda n: n)),
            ("one_direction", sized(lambda n: n, half)),
            *blocks.flattened(half),
        ],
    )


# ---- find the bug


def published_discriminator(filters=16):
    model = keras.Sequential([keras.Input((1, 28, 28))])
    for width in (filters, 2 * filters):
        model.add(layers.Conv2D(width, 4, strides=2, padding="same"))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    return model


def _discriminator(*first, shape=(28, 28, 1), bend="leaky_relu", last=None, head=()):
    """Return a function that builds the discriminator with other layers first, in the middle, or at its end."""

    def build(filters=16):
        model = keras.Sequential([keras.Input(shape), *(make() for make in first)])
        for width in (filters, 2 * filters):
            model.add(layers.Conv2D(width, 4, strides=2, padding="same", activation=bend))
        for layer in [make() for make in head] or [layers.Flatten(), layers.Dense(1, activation=last)]:
            model.add(layer)
        return model

    return build


def _reshaped(*shape):
    return partial(layers.Reshape, shape)


def _capped(x):
    return keras.ops.minimum(keras.ops.leaky_relu(x, 0.2), 6)


@exercise(
    hack.make_discriminator,
    given=published_discriminator,
    slips=[
        ("channels_first", _discriminator(shape=(1, 28, 28))),
        ("channels_first", _discriminator(partial(layers.Permute, (2, 3, 1)), shape=(1, 28, 28))),
        ("channels_first", _discriminator(_reshaped(28, 28, 1), shape=(1, 28, 28))),
        ("no_channel", _discriminator(shape=(28, 28))),
        ("no_channel", _discriminator(_reshaped(28, 28, 1), shape=(28, 28))),
        ("other_channels", _discriminator(shape=(28, 1, 28)), {"found": "(28, 1, 28)"}),
        ("other_channels", _discriminator(shape=(28, 28, 3)), {"found": "(28, 28, 3)"}),
        ("flat_images", _discriminator(_reshaped(28, 28, 1), shape=(784,))),
        ("rearranged", _discriminator(_reshaped(1, 28, 28))),
        ("rearranged", _discriminator(partial(layers.Permute, (3, 1, 2)))),
        ("no_flatten", _discriminator(head=[partial(layers.Dense, 1)])),
        ("probability_output", _discriminator(last="sigmoid")),
        *(("bounded_logit", _discriminator(last=end), {"end": end}) for end in ("tanh", "relu", "softmax", "softplus")),
        ("bounded_logit", _discriminator(last="leaky_relu"), {"end": "leaky ReLU"}),
        ("no_activation", _discriminator(bend="linear")),
        *(("other_bend", _discriminator(bend=leaky(a)), {"bend": f"slope {a}"}) for a in (0.01, 0.3, 0.1)),
        *(("other_bend", _discriminator(bend=a), {"bend": a}) for a in ("relu", "relu6", "elu", "tanh")),
        ("other_bend", _discriminator(bend=_capped), {"bend": "a leaky ReLU that ends at 6"}),
    ],
    praise="28 × 28 pixels of one channel, halved to 14 × 14 and 7 × 7: 10,065 parameters.",
    misconceptions={
        **networks.NETWORK_MISCONCEPTIONS,
        "channels_first": (
            "Your model still takes images of shape (1, 28, 28). Keras reads that as one row of 28 pixels with 28 "
            "channels each. In which order are height, width and channels?"
        ),
        "no_channel": (
            "You dropped the channel. Keras wants height, width *and* channels, also where there is only one: "
            "(28, 28, 1)."
        ),
        "other_channels": (
            "Your model declares images of shape {found}. A grey image has 1 channel, and it comes last: (28, 28, 1)."
        ),
        "flat_images": "Your model takes rows of 784 numbers; an image has (28, 28, 1). Declare that.",
        "rearranged": (
            "Your model takes the images now, and brings them back to one row of 28 pixels with 28 channels. Declare "
            "the right shape, and leave them as they come."
        ),
        "pooled": "Your model pools ({found}). The strides halve already: the bug is somewhere else.",
        "no_flatten": (
            "Your model returns a number for each of 7 × 7 places. Flatten comes before the last Dense: one logit for "
            "each image."
        ),
        "probability_output": "Your model ends in a sigmoid. It should return logits: let the last layer end bare.",
        "bounded_logit": "Your model bends its logit ({end}). A logit may be any number: let the last Dense end bare.",
        "no_activation": "Your leaky ReLUs have gone, and all that is left is linear. The bug is somewhere else.",
        "other_bend": (
            "Your model bends by {bend}, where the one that you started from has leaky ReLUs of slope 0.2. Leave them "
            "as they were."
        ),
        "wrong_size": (
            "Your model has {found:,} parameters; wanted {wanted:,}. {weights} One shape is wrong in the model that "
            "you started from, and nothing else: change that alone."
        ),
        "differs": (
            "Your model has the right layers and computes something else than the one that you started from. Is there "
            "a layer more? Leave all but the bug as it was."
        ),
    },
    hints=(
        "Which shape does the model's first line declare, and which shape has an image, says the error above?",
        "Keras puts the channels last. MNIST's grey images, with a channel, are (n, 28, 28, 1).",
        "keras.Input((..., ..., 1)), and the rest as it was.",
    ),
)
def check_discriminator(answer):
    networks.judge_network(
        answer,
        [(3,)],
        lambda *_: blocks.noise((28, 28, 1), 40),  # enough for logits of both signs
        also=[_discriminator(head=[partial(layers.Conv2D, 1, 7), layers.Flatten])],
        layers=[("Pool", "pooled")],
    )
