"""Label smoothing: the discriminator's targets are softer than 1 and 0."""

import numpy as np


def smooth_positive_labels(rng, y):
    """Soften the labels of real images.

    rng: a numpy.random.Generator. y: float32 array (n, 1) of 1s, which stays as it is.
    Returns a new float array (n, 1): each label is a number of its own between 0.7 and
    1.2, all of them equally likely.
    Source: Chintala et al. 2016, trick 6.
    """
    return y - 0.3 + 0.5 * rng.random(y.shape, dtype="float32")


def smooth_negative_labels(rng, y):
    """Soften the labels of fake images.

    rng: a numpy.random.Generator. y: float32 array (n, 1) of 0s, which stays as it is.
    Returns a new float array (n, 1): each label is a number of its own between 0 and
    0.3, all of them equally likely.
    Source: Chintala et al. 2016, trick 6.
    """
    return y + 0.3 * rng.random(y.shape, dtype="float32")


def optimal_discriminator(p_data, p_g, alpha=1.0, beta=0.0):
    """Return what the best possible discriminator answers, point by point.

    p_data, p_g: float arrays (n,), the densities of reals and of fakes at n points,
    never both 0.
    alpha: the target for reals, beta: the target for fakes.
    Returns a float array (n,).
    Source: Goodfellow et al. 2014, proposition 1; Salimans et al. 2016, section 3.4.
    """
    return (alpha * p_data + beta * p_g) / (p_data + p_g)


def step_targets(n_samples, smooth=0.1):
    """Make all targets of one training step, with one-sided smoothing.

    n_samples: the size of a batch. smooth: what the smoothing takes off, in [0, 0.5).
    Returns three float arrays (n_samples, 1): the discriminator's targets for reals,
    which are 1 - smooth; its targets for fakes; and the target that the generator's own
    loss compares its fakes with.
    Source: Salimans et al. 2016, section 3.4.
    """
    ones = np.ones((n_samples, 1), "float32")
    return (1 - smooth) * ones, 0 * ones, ones


def repair_noisy_targets(rng, y, size=0.05):
    """Move each label a little towards the other side.

    rng: a numpy.random.Generator. y: float32 array (n, 1) of 0s and 1s, which stays as
    it is.
    size: the most that a label moves.
    Returns a new float array (n, 1): a 1 becomes a number of its own in [1 - size, 1],
    a 0 one in [0, size], all of them equally likely.
    """
    return y + size * rng.random(y.shape) * (1 - 2 * y)
