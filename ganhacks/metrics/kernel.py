"""KID: how far two sets of features are apart, without the bias that FID has for small samples."""

from typing import NamedTuple

import numpy as np

from ganhacks.errors import require
from ganhacks.metrics.inputs import checked_pair, require_whole

BLOCK = 4_000_000  # kernel values at a time: 32 MB


def kernel_distance(features_a, features_b):
    """KID of two sets of features, (n, d) and (m, d): a float, around 0 for two samples of one distribution.

    The unbiased estimate of the squared maximum mean discrepancy with the kernel (x·y / d + 1)³. Being unbiased, it
    does not depend on n and m but for noise, and may be a little below 0.
    Raises BadInput for values that are not finite, different widths, or fewer than 2 rows in either set.
    Source: Bińkowski et al. 2018, arXiv:1801.01401.
    """
    return _distance(*checked_pair({"features_a": features_a, "features_b": features_b}, least=2))


class Estimate(NamedTuple):
    """A mean and its standard error."""

    mean: float
    standard_error: float


def kernel_distance_of_subsets(features_a, features_b, rng, subsets=100, size=1_000):
    """KID as it is often published: the `Estimate` over `subsets` random subsets of `size` rows of each set.

    features_a, features_b: (n, d) and (m, d). rng: a numpy Generator. The standard error tells how much the choice of
    the subsets matters; subsets of one sample overlap, so it says less about how another sample would score.
    Raises BadInput as `kernel_distance` does, and if there are fewer than `size` rows or `subsets` is below 2.
    Source: Bińkowski et al. 2018, arXiv:1801.01401.
    """
    require(
        isinstance(rng, np.random.Generator),
        f"rng is a {type(rng).__name__}, wanted a numpy Generator: pass np.random.default_rng(seed).",
    )
    require_whole("subsets", subsets, 2, "100 are usual")
    require_whole("size", size, 2, "1,000 is usual")
    sets = {"features_a": features_a, "features_b": features_b}
    a, b = checked_pair(sets, least=size, why="pass more samples, or a smaller size")
    found = [_distance(*(x[rng.choice(len(x), size, replace=False)] for x in (a, b))) for _ in range(subsets)]
    return Estimate(float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(subsets)))


def _distance(a, b):
    n, m = len(a), len(b)
    # A sample is no pair with itself: leaving those out is what makes the estimate unbiased.
    own_a, own_b = (np.sum((np.sum(x * x, axis=1) / x.shape[1] + 1) ** 3) for x in (a, b))
    within_a, within_b = _sum(a, a) - own_a, _sum(b, b) - own_b
    return float(within_a / (n * (n - 1)) + within_b / (m * (m - 1)) - 2 * _sum(a, b) / (n * m))


def _sum(a, b):
    """The sum of the kernel over all pairs of rows."""
    rows = max(1, BLOCK // len(b))
    total = 0.0
    for start in range(0, len(a), rows):
        values = (a[start : start + rows] / a.shape[1]) @ b.T
        values += 1
        total += np.vdot(values * values, values)
    return total
