"""From one latent point to another: a straight line, an angle, a great circle."""

import numpy as np


def lerp(t, a, b):
    """Interpolate along the straight line from a, at t = 0, to b, at t = 1.

    t: a number, or a float array (k,). Below 0 and above 1 the line goes on.
    a, b: float arrays (dim,).
    Returns a float array: (dim,) for a number, (k, dim) for an array of t.

    >>> lerp(np.array([0.25, 1.5]), np.array([0.0, 4.0]), np.array([8.0, 0.0])).tolist()
    [[2.0, 3.0], [12.0, -2.0]]
    """
    t = np.asarray(t)[..., None]
    return (1 - t) * a + t * b


def angle_between(a, b):
    """Measure the angle between two points, as seen from the origin.

    a, b: float arrays (dim,) of any length but 0.
    Returns a number in radians, never NaN: 0 for one direction, pi for opposite ones.

    >>> a, b = np.array([3.0, 0.0]), np.array([2.0, 2.0])
    >>> [round(float(angle_between(a, end)), 3) for end in (b, -a)]
    [0.785, 3.142]
    """
    cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    return np.arccos(np.clip(cosine, -1, 1))


def slerp(t, a, b):
    """Interpolate along a great circle from a, at t = 0, to b, at t = 1.

    t: a number, or a float array (k,). Below 0 and above 1 the circle goes on.
    a, b: float arrays (dim,), neither of them the origin.
    Returns a float array: (dim,) for a number, (k, dim) for an array, a point for each
    t: sin((1 - t) * angle) / sin(angle) * a + sin(t * angle) / sin(angle) * b. If the
    lengths differ, other lengths between the two are right too. Where the directions
    are the same, the points are those of lerp.
    Raises ValueError for opposite directions, which many circles join. (Or pick one of
    these circles.)
    Source: White 2016, Sampling Generative Networks, after Shoemake 1985.

    >>> t, a, b = np.array([1 / 3, 1.5]), np.array([2.0, 0.0]), np.array([0.0, 2.0])
    >>> np.round(slerp(t, a, b), 3).tolist()
    [[1.732, 1.0], [-1.414, 1.414]]
    """
    angle = angle_between(a, b)
    if np.isclose(angle, 0, atol=1e-6):
        return lerp(t, a, b)
    if np.isclose(angle, np.pi, atol=1e-3):  # float32 is off by up to half of that
        raise ValueError(
            "a and b lie in opposite directions, and many great circles join them."
        )
    t = np.asarray(t)[..., None]
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def slerp_pairs(t, a, b):
    """Interpolate along one great circle for each pair of points, all at the same t.

    t: a number in [0, 1]. a, b: float arrays (n, dim), a point in each row, of any
    length but 0; no row of a has the direction of b's row, or the opposite one.
    Returns a float array (n, dim): row i is a[i] at t = 0 and b[i] at t = 1, direction
    and length. In between it is slerp's point, or one whose direction turns evenly and
    whose length lies between the two.

    >>> a = np.array([[2.0, 0.0], [0.0, 5.0]])
    >>> b = np.array([[0.0, 2.0], [4.0, 3.0]])
    >>> np.round(slerp_pairs(1 / 3, a, b), 3).tolist()
    [[1.732, 1.0], [1.521, 4.763]]
    """
    lengths_a, lengths_b = (np.linalg.norm(z, axis=1, keepdims=True) for z in (a, b))
    a, b = a / lengths_a, b / lengths_b
    angle = np.arccos(np.clip(np.sum(a * b, axis=1, keepdims=True), -1, 1))
    direction = (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
    return direction * ((1 - t) * lengths_a + t * lengths_b)
