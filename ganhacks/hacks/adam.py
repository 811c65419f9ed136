"""Adam as the DCGAN paper sets it: less memory of direction, and a rate of 0.0002."""

import keras
import numpy as np


def adam_step(
    weights,
    gradient,
    m,
    v,
    t,
    learning_rate=2e-4,
    beta_1=0.5,
    beta_2=0.999,
    epsilon=1e-7,
):
    """Do one step of Adam.

    weights, gradient, m, v: float arrays of one shape. m: running mean of the gradients
    so far, v: of their squares, both 0 before the first step. t: the number of this
    step, from 1.
    epsilon: keeps the divisor above 0. Add it to a root, that of v or of the corrected
    v.
    Returns (weights, m, v) after the step, as new arrays.
    Source: Kingma and Ba 2015, algorithm 1.

    >>> zero = np.zeros(2)
    >>> weights, m, v = adam_step(zero, np.array([3.0, -0.5]), zero, zero, t=1)
    >>> np.round(weights, 5).tolist(), np.round(m, 5).tolist(), np.round(v, 5).tolist()
    ([-0.0002, 0.0002], [1.5, -0.25], [0.009, 0.00025])
    """
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * gradient**2
    unbiased_m = m / (1 - beta_1**t)
    unbiased_v = v / (1 - beta_2**t)
    return weights - learning_rate * unbiased_m / (np.sqrt(unbiased_v) + epsilon), m, v


def make_optimizer(learning_rate=2e-4, beta_1=0.5):
    """Make the optimizer of one network, a new one at each call.

    learning_rate: above 0. beta_1: the share of the old direction that a step keeps, in
    [0, 1).
    Returns a keras.optimizers.Adam. The defaults are the DCGAN paper's.
    Source: Radford, Metz and Chintala 2015, section 4.

    >>> d_optimizer, g_optimizer = make_optimizer(), make_optimizer(beta_1=0.9)
    >>> round(float(d_optimizer.learning_rate), 5), d_optimizer.beta_1
    (0.0002, 0.5)
    >>> round(float(g_optimizer.learning_rate), 5), g_optimizer.beta_1
    (0.0002, 0.9)
    """
    return keras.optimizers.Adam(learning_rate=learning_rate, beta_1=beta_1)
