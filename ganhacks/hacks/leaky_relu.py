"""Leaky ReLU: negative numbers pass too, made smaller, and so does their gradient."""

import keras
import numpy as np
from keras import layers


def leaky_relu(x, slope=0.2):
    """Pass positive numbers on as they are, and negative ones multiplied by `slope`.

    x: a float array of any shape; it stays as it is. slope: from 0, which makes a plain
    ReLU, to 1, which changes nothing.
    Returns a new array of the same shape.
    Source: Maas, Hannun and Ng 2013.

    >>> np.round(leaky_relu(np.array([-2.0, 0.5, 3.0])), 3).tolist()
    [-0.4, 0.5, 3.0]
    """
    return np.maximum(x, slope * x)


def leaky_relu_derivative(x, slope=0.2):
    """Tell how steep leaky ReLU is at each number that goes into it.

    x: a float array of any shape, the *input* of leaky_relu. slope: from 0 to 1.
    Returns a new array of the same shape, with finite values: what a small change of x
    is multiplied by. At exactly 0, where the line bends, the value of either side will
    do, or one between them.

    >>> np.round(leaky_relu_derivative(np.array([-2.0, -0.1, 0.1, 3.0])), 3).tolist()
    [0.2, 0.2, 1.0, 1.0]
    """
    return np.where(x > 0, 1.0, slope)


def make_leaky_block(filters=64):
    """Build a block of a discriminator: a strided convolution, then a leaky ReLU.

    In: (batch, 64, 64, 3). Out: (batch, 32, 32, filters).
    The convolution has `filters` kernels of 3×3, stride 2, padding "same", and its
    biases. The leaky ReLU has the slope 0.2.
    Returns an untrained keras.Model, 1,792 parameters at 64 filters.
    Source: Radford, Metz and Chintala 2015.

    >>> model = make_leaky_block(32)
    >>> model.output_shape, model.count_params()
    ((None, 32, 32, 32), 896)
    >>> bool(np.min(model(np.ones((1, 64, 64, 3)))) < 0)  # negative numbers pass
    True
    """
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Conv2D(filters, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
        ]
    )
