"""Label smoothing: the discriminator's targets are softer than 1 and 0."""

import numpy as np


def smooth_positive_labels(rng, y):
    """Soften the labels of real images.

    rng: a numpy.random.Generator. y: float32 array (n, 1) of 1s, which stays as it is.
    Returns a new float array (n, 1): each label is a number of its own between 0.7 and
    1.2, all of them equally likely.
    Source: Chintala et al. 2016, trick 6.

    >>> ones = np.ones((1000, 1), "float32")
    >>> y = smooth_positive_labels(np.random.default_rng(0), ones)
    >>> y.shape, round(float(y.min()), 2), round(float(y.max()), 2)
    ((1000, 1), 0.7, 1.2)
    """
    return y - 0.3 + 0.5 * rng.random(y.shape, dtype="float32")


def smooth_negative_labels(rng, y):
    """Soften the labels of fake images.

    rng: a numpy.random.Generator. y: float32 array (n, 1) of 0s, which stays as it is.
    Returns a new float array (n, 1): each label is a number of its own between 0 and
    0.3, all of them equally likely.
    Source: Chintala et al. 2016, trick 6.

    >>> zeros = np.zeros((1000, 1), "float32")
    >>> y = smooth_negative_labels(np.random.default_rng(0), zeros)
    >>> y.shape, round(float(y.min()), 2), round(float(y.max()), 2)
    ((1000, 1), 0.0, 0.3)
    """
    return y + 0.3 * rng.random(y.shape, dtype="float32")


def optimal_discriminator(p_data, p_g, alpha=1.0, beta=0.0):
    """Return what the best possible discriminator answers, point by point.

    p_data, p_g: float arrays (n,), the densities of reals and of fakes at n points,
    never both 0.
    alpha: the target for reals, beta: the target for fakes, each from 0 to 1.
    Returns a float array (n,).
    Source: Goodfellow et al. 2014, proposition 1; Salimans et al. 2016, section 3.4.

    >>> p_data, p_g = np.array([0.2, 0.2, 0.0]), np.array([0.2, 0.6, 0.5])
    >>> np.round(optimal_discriminator(p_data, p_g), 2).tolist()
    [0.5, 0.25, 0.0]
    >>> np.round(optimal_discriminator(p_data, p_g, alpha=0.9, beta=0.1), 2).tolist()
    [0.5, 0.3, 0.1]
    """
    return (alpha * p_data + beta * p_g) / (p_data + p_g)


def step_targets(n_samples, smooth=0.1):
    """Make all targets of one training step, with one-sided smoothing.

    n_samples: the size of a batch. smooth: what the smoothing takes off, in [0, 0.5).
    Returns three float arrays (n_samples, 1): the discriminator's targets for reals,
    which are 1 - smooth; its targets for fakes; and the target that the generator's own
    loss compares its fakes with.
    Source: Salimans et al. 2016, section 3.4.

    >>> [targets.tolist() for targets in step_targets(2, smooth=0.25)]
    [[[0.75], [0.75]], [[0.0], [0.0]], [[1.0], [1.0]]]
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

    >>> y = np.array([[0.0], [1.0]] * 1000, "float32")
    >>> moved = repair_noisy_targets(np.random.default_rng(0), y, size=0.2)
    >>> [np.quantile(moved[y == label], [0, 1]).round(2).tolist() for label in (0, 1)]
    [[0.0, 0.2], [0.8, 1.0]]
    """
    return y + size * rng.random(y.shape) * (1 - 2 * y)
