"""Scores for points of the plane, where the modes are known and can be counted."""

from typing import NamedTuple

import numpy as np

from ganhacks.errors import require
from ganhacks.metrics.inputs import require_real_numbers
from ganhacks.metrics.shares import kl_divergence

# So much of a Gaussian of the plane lies within 3 deviations of its centre: a perfect generator's share of good points.
PERFECT = float(1 - np.exp(-9 / 2))


class ModeScores(NamedTuple):
    """How many modes were found, the share of good points in [0, 1], and the reverse KL divergence in nats."""

    found: int
    good: float
    reverse_kl: float


def mode_scores(points, centres, std):
    """The `ModeScores` of points, (n, 2), for equally frequent Gaussians of deviation `std` around centres, (modes, 2).

    A point is good within 3 deviations of a centre: 98.9 % are, if the generator is perfect. A mode is found if it has
    one good point. The reverse KL divergence is that of the modes' shares of good points from equal shares, infinite
    if no point is good. A point that is NaN or infinite is not good.
    Raises BadInput for other shapes, values that are no numbers, or a `std` that is not above 0.
    Source: Srivastava et al. 2017, arXiv:1705.07761; the divergence as the code of Lin et al. 2018, arXiv:1712.04086.
    """
    points, centres = _checked("points", points), _checked("centres", centres)
    require(
        isinstance(std, (int, float, np.number)) and 0 < std < np.inf,
        f"std is {std!r}, wanted a number above 0: pass the deviation of the Gaussians.",
    )
    require(
        np.isfinite(centres).all(),
        "centres has values that are NaN or infinite, wanted finite ones: pass their places.",
    )
    distances = np.linalg.norm(points[:, None] - centres, axis=2)
    good = distances.min(axis=1) < 3 * std
    counts = np.bincount(distances[good].argmin(axis=1), minlength=len(centres))
    equal = np.full(len(centres), 1 / len(centres))
    divergence = kl_divergence(counts / counts.sum(), equal) if good.any() else np.inf
    return ModeScores(int(np.count_nonzero(counts)), float(good.mean()), divergence)


def energy_distance(points, reals):
    """How far a generator is from `reals`, (m, 2), judged by `points`, (n, 2), two or more of its samples: a float.

    2 E|a - b| - E|a - a'| - E|b - b'| for points a and reals b. It sees quality and coverage in one number. The reals
    are taken for all that there is, the points for a sample: for points drawn from the reals the estimate is 0 on
    average, and may be a little below. Infinite if a point is NaN or infinite.
    Raises BadInput for other shapes, values that are no numbers, or fewer than two points.
    Source: Székely and Rizzo 2013, doi:10.1016/j.jspi.2013.03.018.
    """
    from scipy.spatial.distance import cdist, pdist  # here, so that labs which measure no distance don't wait for it

    points, reals = _checked("points", points).astype("float64"), _checked("reals", reals).astype("float64")
    require(
        len(points) > 1,
        "points has one row, wanted two or more: the distance of a generator's samples takes a pair.",
    )
    if not (np.isfinite(points).all() and np.isfinite(reals).all()):
        return float("inf")
    among_reals = pdist(reals).sum() * 2 / len(reals) ** 2  # each point with itself counts too: the reals are all
    return float(2 * cdist(points, reals).mean() - pdist(points).mean() - among_reals)


def _checked(name, points):
    points = np.asarray(points)
    require(
        points.ndim == 2 and points.shape[1] == 2 and len(points) > 0,
        f"{name} has the shape {points.shape}, wanted (n, 2): pass one point of the plane a row.",
    )
    require_real_numbers(name, points)
    return points
