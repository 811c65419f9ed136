"""The Fréchet distance between two sets of features: with an image classifier's features it is called FID."""

import numpy as np

from ganhacks.metrics.inputs import checked_pair


def frechet_distance(features_a, features_b):
    """The Fréchet distance between the Gaussians fitted to two sets of features, (n, d) and (m, d): a float from 0 up.

    |mean difference|² + Tr(S + T - 2 (S^½ T S^½)^½) for covariances S and T, which may be singular.
    Raises BadInput for values that are not finite, different widths, or fewer than 2 d rows in either set.
    Source: Dowson and Landau 1982, doi:10.1016/0047-259X(82)90077-X; as FID, Heusel et al. 2017, arXiv:1706.08500.
    """
    a, b = checked_pair(
        {"features_a": features_a, "features_b": features_b},
        per_feature=2,
        why="pass more samples, since so few do not determine a covariance",
    )
    difference = a.mean(axis=0) - b.mean(axis=0)
    root_a, trace_a = _root_of_covariance(a)
    root_b, trace_b = _root_of_covariance(b)
    # Tr (S^½ T S^½)^½ is the sum of the singular values of S^½ T^½, without squaring the rounding errors.
    cross = np.linalg.norm(root_a @ root_b, "nuc")
    return max(0.0, float(difference @ difference + trace_a + trace_b - 2 * cross))


def _root_of_covariance(x):
    covariance = np.atleast_2d(np.cov(x, rowvar=False))
    values, vectors = np.linalg.eigh(covariance)
    values = values.clip(0)  # a singular covariance has eigenvalues of about -1e-17 as well
    return (vectors * np.sqrt(values)) @ vectors.T, values.sum()
