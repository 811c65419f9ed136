"""What checks of blocks share: functions of (filters, input_shape) that build a part of a network for images."""

from functools import partial

import keras
import numpy as np
from keras import layers

from ganhacks.checks.judges import networks

NORMAL_SHAPE = (64, 64, 3)  # every block's default

#: What can be wrong with any block. A check adds these to its own misconceptions.
MISCONCEPTIONS = {
    **networks.NETWORK_MISCONCEPTIONS,
    "channels_first": (
        "Your block reads images channels first, as PyTorch does. Here they are (height, width, channels): leave the "
        "order of `input_shape` and `data_format` alone."
    ),
    "ignores_input_shape": (
        "Whatever `input_shape` is, your block is made for other images. Begin it with keras.Input(input_shape)."
    ),
    "flattened": (
        "Your block no longer returns images, (height, width, filters) each. What makes rows of numbers of them "
        "(Flatten, Dense and the like) comes behind the last block."
    ),
    "normalized": "Your block normalizes: it has a {found}. None is asked for here, so leave it out.",
}

#: What can be wrong with a block of (filters) that halves images of 64 × 64 with a stride: labs 03 and 04.
HALVING_MISCONCEPTIONS = {
    "torch_padding": (
        "Your block pads one row on each side, as PyTorch's padding=1 does. Keras' padding \"same\" with stride 2 "
        "adds a row at the bottom and a column at the right alone: let the convolution pad."
    ),
    "channels_first": (
        "Your block takes the first number of an image's shape for its channels, as PyTorch does. Here the "
        "channels are last: (64, 64, 3)."
    ),
    "no_stride": "Your images keep their height and width. A stride of 2 halves them: `strides=2`.",
    "valid_padding": 'Your images are 31 pixels high and wide: padding "valid" loses a row. Take padding="same".',
    "halved_twice": "Your images are 16 pixels high and wide: halved twice. Are there a stride and a pooling?",
    "doubled": "Your images are 128 pixels high and wide. Is it a transposed convolution? Take a plain one.",
}

#: The shapes that these mistakes give to one image, for `networks.judge_network`.
HALVING_SIZES = (
    ("no_stride", lambda filters=64: (64, 64, filters)),
    ("valid_padding", lambda filters=64: (31, 31, filters)),
    ("halved_twice", lambda filters=64: (16, 16, filters)),
    ("doubled", lambda filters=64: (128, 128, filters)),
)


def block(*make, shape=lambda shape: shape):
    """Return a function that builds a block of these layers. make: functions of the number of filters.

    shape: what it declares as its input, a function of `input_shape`.
    """

    def build(filters=64, input_shape=NORMAL_SHAPE):
        return keras.Sequential([keras.Input(shape(input_shape)), *(layer(filters) for layer in make)])

    return build


def plain(make, *args, **settings):
    """Return a maker for `block` of a layer that has nothing to do with the number of filters."""
    return lambda filters: make(*args, **settings)


def function(compute):
    """Return a maker for `block` of a layer that computes this function."""
    return lambda filters: layers.Lambda(compute)


def leaky(slope):
    """Return the leaky ReLU of a slope, for `activation`."""
    return lambda x: keras.ops.leaky_relu(x, slope)


def input_slips(convolve, *others):
    """Return the slips with the input that any block can show. convolve: the maker of its convolution."""
    return [
        ("channels_first", block(convolve, *others, shape=lambda shape: (shape[2], *shape[:2]))),
        ("channels_first", block(partial(convolve, data_format="channels_first"), *others)),
        ("ignores_input_shape", lambda filters=64, input_shape=NORMAL_SHAPE: block(convolve, *others)(filters)),
        ("ignores_input_shape", block(convolve, *others, shape=lambda shape: (64, 64, shape[2]))),
        ("ignores_input_shape", block(convolve, *others, shape=lambda shape: (*shape[:2], 3))),
    ]


def sized(rows, columns=None, channels=lambda filters: filters):
    """Return a function of a block's arguments: the shape of its output, if height and width become this."""

    def size(filters=64, input_shape=NORMAL_SHAPE):
        return rows(input_shape[0]), (columns or rows)(input_shape[1]), channels(filters)

    return size


def flattened(side):
    """Return the `sizes` of blocks that return no images. side: what height and width should become."""

    def numbers(filters=64, input_shape=NORMAL_SHAPE):
        return (side(input_shape[0]) * side(input_shape[1]) * filters,)

    def rows(filters=64, input_shape=NORMAL_SHAPE):
        return side(input_shape[0]) * side(input_shape[1]), filters

    return [("flattened", size) for size in (numbers, rows, lambda *_: (1,))]


def judge_block(answer, calls, **more):
    """Judge a function that builds a block, by `networks.judge_network`, on noise. Raises Wrong."""
    networks.judge_network(answer, calls, lambda filters=64, input_shape=NORMAL_SHAPE: noise(input_shape), **more)


def noise(shape, n=2):
    """Return two batches of images: n of noise, and a single one far from 0."""
    draw = np.random.default_rng(1)
    return [draw.standard_normal((many, *shape)).astype("float32") * scale for many, scale in ((n, 1), (1, 20))]
