"""Halve an image with the convolution itself: its size, the block, a discriminator."""

import keras
from keras import layers


def conv_output_size(size, kernel, stride, padding):
    """Return how many outputs a convolution has along one side, as Keras counts them.

    size: of the input along this side. kernel, stride: whole numbers, 1 or more.
    padding: "same" or "valid". "valid" counts the places of the kernel that lie wholly
    on the input (kernel <= size here): the first at 0, each next one `stride` further
    on. "same" pads the edges, so that there is a place for 0, stride, 2 · stride, … as
    long as that number is below `size`, even for a kernel that is larger.
    Returns an int.

    >>> [conv_output_size(7, kernel, 2, "same") for kernel in (3, 4, 9)]
    [4, 4, 4]
    >>> [conv_output_size(7, kernel, 2, "valid") for kernel in (3, 4, 7)]
    [3, 2, 1]
    """
    if padding == "same":
        return -(-size // stride)
    return (size - kernel) // stride + 1


def make_halving_block(filters=64, input_shape=(64, 64, 3)):
    """Build a block that halves height and width of images with one convolution.

    filters: how many output channels. input_shape: (height, width, channels) of one
    image. Returns a keras.Model from (batch, height, width, channels) to
    (batch, height / 2, width / 2, filters), odd sizes rounded up: a 3 × 3 kernel,
    stride 2, padding "same", biases. By default it has 1,792 parameters.
    No pooling, no normalization and no activation: what is built of such blocks puts
    them in between.
    Source: Radford, Metz and Chintala 2015, section 3.

    >>> block = make_halving_block(filters=2, input_shape=(5, 8, 3))
    >>> block.output_shape, block.count_params()
    ((None, 3, 4, 2), 56)
    """
    convolution = layers.Conv2D(filters, 3, strides=2, padding="same")
    return keras.Sequential([keras.Input(input_shape), convolution])


def make_discriminator(filters=16):
    """Build a discriminator of MNIST's images: 28 × 28, halved to 14 × 14 and to 7 × 7.

    filters: channels of the first convolution; the second has twice as many. Both have
    4 × 4 kernels and biases, and a leaky ReLU of slope 0.2 after them. Behind them one
    number is made of all that is left, with a weight for each.
    Returns a keras.Model from images (batch, 28, 28, 1) to logits (batch, 1): any
    number, no sigmoid.

    >>> model = make_discriminator(filters=4)
    >>> model.input_shape, model.output_shape, model.count_params()
    ((None, 28, 28, 1), (None, 1), 981)
    """
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for width in (filters, 2 * filters):
        model.add(layers.Conv2D(width, 4, strides=2, padding="same"))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    return model
