"""Where zeros in a gradient come from, and the talk's two blocks against them."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers


def max_pool_gradient(x, upstream):
    """Bring a gradient back through 2 × 2 max-pooling: all to each cell's winner.

    x: float array (n, height, width, channels), height and width even: what was pooled.
    Each 2 × 2 cell of each channel became one number, its largest.
    upstream: float array (n, height / 2, width / 2, channels), the gradient for the
    pooled numbers.
    Returns a new NumPy array of floats of the shape of x. Where numbers of a cell are
    equal, any way will do.

    >>> x = np.array([[1.0, 2.0, 9.0, 8.0], [4.0, 3.0, 6.0, 7.0]])
    >>> upstream = np.array([0.5, 2.0])
    >>> x, upstream = x.reshape(1, 2, 4, 1), upstream.reshape(1, 1, 2, 1)
    >>> max_pool_gradient(x, upstream)[0, :, :, 0].tolist()
    [[0.0, 0.0, 2.0, 0.0], [0.5, 0.0, 0.0, 0.0]]
    """
    places = [(row, column) for row in (0, 1) for column in (0, 1)]  # of a cell
    largest = np.max([x[:, row::2, column::2] for row, column in places], axis=0)
    gradient = np.zeros(x.shape)
    for row, column in places:
        gradient[:, row::2, column::2] = np.where(
            x[:, row::2, column::2] == largest, upstream, 0
        )
    return gradient


def make_pooling_block(filters=64, input_shape=(64, 64, 3)):
    """Build a block of a discriminator that halves by averages.

    In: (batch, height, width, channels) as in input_shape, height and width even.
    Out: (batch, height / 2, width / 2, filters). In this order: a convolution of 3 × 3,
    stride 1, padding "same", with biases; leaky ReLU of slope 0.2; average pooling over
    cells of 2 × 2.
    Returns an untrained keras.Model, 1,792 parameters at the default sizes.
    Source: Chintala et al. 2016, trick 5.

    >>> block = make_pooling_block(filters=2, input_shape=(4, 6, 3))
    >>> block.output_shape, block.count_params()
    ((None, 2, 3, 2), 56)
    """
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(filters, 3, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.AveragePooling2D(2),
        ]
    )


def make_shuffle_block(filters=64, input_shape=(64, 64, 3)):
    """Build a block of a generator that doubles by PixelShuffle: channels to pixels.

    In: (batch, height, width, channels) as in input_shape.
    Out: (batch, 2 · height, 2 · width, filters). One convolution of 3 × 3, stride 1,
    padding "same", with biases, to as many channels as the shuffle needs; PixelShuffle
    in the order of tf.nn.depth_to_space; leaky ReLU of slope 0.2.
    Returns an untrained keras.Model, 7,168 parameters at the default sizes.
    Source: Chintala et al. 2016, trick 5; Shi et al. 2016.

    >>> block = make_shuffle_block(filters=2, input_shape=(4, 6, 3))
    >>> block.output_shape, block.count_params()
    ((None, 8, 12, 2), 224)
    """
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(4 * filters, 3, padding="same"),
            layers.Lambda(lambda x: tf.nn.depth_to_space(x, 2)),
            layers.LeakyReLU(negative_slope=0.2),
        ]
    )


def pixel_shuffle(x, factor=2):
    """Move channels into space, in the same order as tf.nn.depth_to_space.

    x: float array (n, height, width, channels · factor²). factor: whole, 1 or more.
    Returns a NumPy array (n, height · factor, width · factor, channels): each pixel
    becomes a square of factor × factor, and its numbers, as they are, fill the square
    row by row, all channels of a place together.
    Source: Shi et al. 2016; the order is TensorFlow's.

    >>> x = np.arange(16.0).reshape(1, 1, 2, 8)  # two pixels, eight channels
    >>> pixel_shuffle(x)[0].tolist()
    [[[0.0, 1.0], [2.0, 3.0], [8.0, 9.0], [10.0, 11.0]],
     [[4.0, 5.0], [6.0, 7.0], [12.0, 13.0], [14.0, 15.0]]]
    """
    n, height, width, _ = x.shape
    squares = x.reshape(n, height, width, factor, factor, -1)
    moved = squares.transpose(0, 1, 3, 2, 4, 5)
    return moved.reshape(n, height * factor, width * factor, -1)
