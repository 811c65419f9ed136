"""Points of a Gaussian latent space, their lengths, the sphere near them, a walk."""

import numpy as np


def latent_points(rng, n, dim):
    """Draw points of a Gaussian latent space.

    rng: a numpy.random.Generator. n: how many points. dim: how many numbers each has.
    Returns a float array (n, dim), a point in each row: every number from N(0, 1).
    Source: Chintala et al. 2016, trick 3.

    >>> z = latent_points(np.random.default_rng(0), 5000, 3)
    >>> z.shape, abs(round(float(z.mean()), 1)), round(float(z.std()), 1)
    ((5000, 3), 0.0, 1.0)
    """
    return rng.standard_normal((n, dim))


def lengths(z):
    """Measure how far each point lies from the origin.

    z: float array (n, dim), a point in each row.
    Returns a float array (n,): the root of the sum of a row's squares.

    >>> np.round(lengths(np.array([[3.0, 4.0], [0.0, -2.0]])), 3).tolist()
    [5.0, 2.0]
    """
    return np.linalg.norm(z, axis=1)


def on_sphere(z):
    """Stretch or shrink each point until it lies on the sphere of radius sqrt(dim).

    z: float array (n, dim), a point in each row, none of them the origin.
    Returns a float array (n, dim): each point in the direction it had, all at the
    distance sqrt(dim) from the origin.
    Source: Karras et al. 2018, ProGAN's code, and StyleGAN's.

    >>> np.round(on_sphere(np.array([[3.0, 4.0], [0.1, -0.1]])), 2).tolist()
    [[0.85, 1.13], [1.0, -1.0]]
    """
    return z * np.sqrt(z.shape[1]) / np.linalg.norm(z, axis=1, keepdims=True)


def walk(rng, coordinate, values, dim):
    """Walk along one coordinate through a latent space of N(0, 1) in all coordinates.

    rng: a numpy.random.Generator. coordinate: which one changes, 0 to dim - 1.
    values: float array (n,), what it becomes at each step. dim: how many numbers a
    point has.
    Returns a float array (n, dim): one random point in every row, the same one, and
    its coordinate replaced by the row's value.

    >>> z = walk(np.random.default_rng(0), 1, np.array([-2.0, 0.0, 2.0]), 4)
    >>> z.shape, z[:, 1].tolist()
    ((3, 4), [-2.0, 0.0, 2.0])
    >>> np.ptp(z, axis=0).tolist()  # how far each coordinate goes
    [0.0, 4.0, 0.0, 0.0]
    """
    z = np.tile(rng.standard_normal(dim), (len(values), 1))
    z[:, coordinate] = values
    return z
