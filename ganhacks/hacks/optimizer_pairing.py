"""An optimizer for each network: Adam and SGD, or two Adams of different rates."""

import keras
import numpy as np


def first_steps(gradient, rate):
    """Say how far the first update of SGD, and the first of Adam, moves each weight.

    gradient: float array of any shape, the loss's gradient for each weight. rate: the
    learning rate of both, above 0.
    Returns (sgd, adam), two float arrays of that shape: what each of them adds to the
    weights. A gradient of 0 moves nothing.
    Source: Kingma and Ba 2015, algorithm 1 at t = 1, without its epsilon. (An epsilon
    of at most 1e-7 beside the root is right too.)

    >>> weights = np.array([1.0, 1.0])
    >>> sgd, adam = first_steps(np.array([-4.0, 0.0]), rate=0.1)
    >>> np.round(weights + sgd, 3).tolist(), np.round(weights + adam, 3).tolist()
    ([1.4, 1.0], [1.1, 1.0])
    """
    return -rate * gradient, -rate * np.sign(gradient)


def pair_optimizers(g_rate, d_rate):
    """Make the talk's optimizers: Adam for the generator, SGD for the discriminator.

    g_rate, d_rate: their learning rates, floats above 0.
    Returns (g_optimizer, d_optimizer), two new ones at each call: a
    keras.optimizers.Adam with beta_1 = 0.5 and a keras.optimizers.SGD without momentum.
    Nothing else is set.
    Source: Chintala et al. 2016, trick 9; beta_1 from Radford, Metz and Chintala 2015.

    >>> optimizers = pair_optimizers(g_rate=0.002, d_rate=0.1)
    >>> [(type(one).__name__, round(float(one.learning_rate), 4)) for one in optimizers]
    [('Adam', 0.002), ('SGD', 0.1)]
    >>> float(optimizers[0].beta_1), float(optimizers[1].momentum)
    (0.5, 0.0)
    """
    return keras.optimizers.Adam(g_rate, beta_1=0.5), keras.optimizers.SGD(d_rate)


def two_time_scale(rate, ratio):
    """Make two Adams, the discriminator's `ratio` times as fast as the generator's.

    rate: the generator's learning rate, a float above 0. ratio: the discriminator's
    rate, in units of the generator's; any number above 0, below 1 too.
    Returns (g_optimizer, d_optimizer), two new keras.optimizers.Adam with beta_1 = 0.5
    at each call. Nothing else is set.
    Source: Heusel et al. 2017, the two time-scale update rule.

    >>> optimizers = two_time_scale(rate=0.0002, ratio=4)
    >>> [(type(one).__name__, round(float(one.learning_rate), 5)) for one in optimizers]
    [('Adam', 0.0002), ('Adam', 0.0008)]
    >>> [float(one.beta_1) for one in optimizers]
    [0.5, 0.5]
    """
    g_optimizer = keras.optimizers.Adam(rate, beta_1=0.5)
    d_optimizer = keras.optimizers.Adam(ratio * rate, beta_1=0.5)
    return g_optimizer, d_optimizer
