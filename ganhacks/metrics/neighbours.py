"""Metrics of nearest neighbours: precision and recall, density and coverage, and the distance to the closest sample.

Each draws a ball around every sample, as wide as the distance to its k-th nearest neighbour among its own, and asks
which samples of the other kind lie inside. A sample on a ball's surface lies outside, as in the authors' `prdc`.
"""

from typing import NamedTuple

import numpy as np

from ganhacks.errors import require
from ganhacks.metrics.inputs import checked_pair, require_whole

BLOCK = 4_000_000  # distances at a time: 32 MB, where all those of 10,000 x 10,000 samples would take 800
ROUNDING = 1e-12  # squared distances are exact to this share of the squared lengths


class PrecisionRecall(NamedTuple):
    """The share of fakes that look real, and the share of reals that the fakes have room for, both in [0, 1]."""

    precision: float
    recall: float


class DensityCoverage(NamedTuple):
    """In how many balls of reals a fake lies, against k, from 0 up; and the share of balls with a fake, in [0, 1]."""

    density: float
    coverage: float


def precision_recall(real, fake, k=3):
    """The `PrecisionRecall` of features `fake`, (m, d), against features `real`, (n, d).

    Precision is the share of fakes inside the ball of some real; recall the share of reals inside the ball of some
    fake. k: which neighbour decides how wide a ball is. Compare only values of equal n, m and k.
    Raises BadInput for values that are not finite, different widths, k rows or fewer in either set, or reals that are
    all the same.
    Source: Kynkäänniemi et al. 2019, arXiv:1904.06991.
    """
    real, fake = _checked(real, fake, k)
    radii_real, radii_fake = _real_radii(real, k), _squared_radii(fake, k)
    precise, recalled = np.zeros(len(fake), bool), []
    for rows, distances in _squared_distances(real, fake, 1 + ROUNDING):
        precise |= (distances < radii_real[rows, None]).any(axis=0)
        recalled.append((distances < radii_fake).any(axis=1))
    return PrecisionRecall(float(precise.mean()), float(np.concatenate(recalled).mean()))


def density_coverage(real, fake, k=5):
    """The `DensityCoverage` of features `fake`, (m, d), against features `real`, (n, d).

    Density is 1 in expectation for fakes from the reals' distribution, and may be above; coverage is then
    1 - (1 / 2)^k, nearly, for n = m. Only reals have balls, so that a stray fake spoils nothing.
    k: which neighbour decides how wide a ball is. Compare only values of equal n, m and k.
    Raises BadInput for values that are not finite, different widths, k rows or fewer in either set, or reals that are
    all the same.
    Source: Naeem et al. 2020, arXiv:2002.09797.
    """
    real, fake = _checked(real, fake, k)
    radii = _real_radii(real, k)
    in_balls, covered = 0, []
    for rows, distances in _squared_distances(real, fake, 1 + ROUNDING):
        inside = distances < radii[rows, None]
        in_balls += np.count_nonzero(inside)
        covered.append(inside.any(axis=1))
    return DensityCoverage(float(in_balls / (k * len(fake))), float(np.concatenate(covered).mean()))


def nearest_distances(samples, others):
    """The distance of each row of `samples`, (n, d), to the nearest row of `others`, (m, d): float64 (n,).

    It is 0 for a copy: `memorisation` makes a score of it.
    Raises BadInput for values that are not finite or different widths.
    """
    samples, others = _centred(*checked_pair({"samples": samples, "others": others}))
    nearest = np.concatenate([distances.min(axis=1) for _, distances in _squared_distances(samples, others)])
    nearest[nearest <= 2 * ROUNDING * np.sum(samples**2, axis=1)] = 0
    return np.sqrt(nearest)


def _checked(real, fake, k):
    require_whole("k", k, 1, "3 and 5 are usual")
    real, fake = checked_pair(
        {"real": real, "fake": fake}, least=k + 1, why=f"pass more samples, or a smaller k than {k}"
    )
    return _centred(real, fake)


def _centred(samples, others):
    """Return both around the middle of the first: lengths are short there, and the distances' rounding errors small."""
    middle = samples.mean(axis=0)
    return samples - middle, others - middle


def _real_radii(real, k):
    radii = _squared_radii(real, k)
    require(
        radii.any(),
        f"real has {len(real)} rows, and each has {k} or more copies, so that every ball has the radius 0, wanted "
        "different samples: look at how the features were made.",
    )
    return radii


def _squared_radii(x, k):
    """The squared distance of each row to its k-th nearest neighbour among the others."""
    # The nearest, at the place 0, is the row itself.
    radii = np.concatenate([np.partition(distances, k, axis=1)[:, k] for _, distances in _squared_distances(x, x)])
    radii[radii <= 2 * ROUNDING * np.sum(x**2, axis=1)] = 0
    return radii


def _squared_distances(a, b, lengthen=1.0):
    """Yield the squared distances (rows of a, all of b) for slices of rows, one block after another.

    lengthen: factor on the squared lengths, so that what lies on a surface does not come to lie inside by rounding.
    """
    squares_a, squares_b = (lengthen * np.sum(x**2, axis=1) for x in (a, b))
    size = max(1, BLOCK // len(b))
    for start in range(0, len(a), size):
        rows = slice(start, start + size)
        distances = a[rows] @ b.T
        distances *= -2
        distances += squares_a[rows, None]
        distances += squares_b
        yield rows, distances
