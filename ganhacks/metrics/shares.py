"""Shares of classes or modes, and how far they are from those that are wanted."""

import numpy as np

from ganhacks.errors import require


def kl_divergence(p, q):
    """KL(p || q) = sum of p log(p / q) in nats, for shares `p` and `q` (k,), each with sum 1: a float from 0 up.

    A class without a share in `p` adds nothing; one with a share in `p` and none in `q` makes it infinite.
    Raises BadInput if either is no list of shares or the lengths differ.
    Source: Kullback and Leibler 1951, doi:10.1214/aoms/1177729694.
    """
    p, q = np.asarray(p, "float64"), np.asarray(q, "float64")
    require(
        p.ndim == 1 and p.shape == q.shape,
        f"p has the shape {p.shape} and q {q.shape}, wanted one share a class in both, (k,): "
        "pass shares of the same classes.",
    )
    for name, shares in {"p": p, "q": q}.items():
        require(
            (shares >= 0).all() and abs(shares.sum() - 1) < 1e-6,
            f"{name} has the sum {shares.sum():.6g} and the smallest value {shares.min(initial=0):.6g}, "
            "wanted shares from 0 up with the sum 1: divide counts by their sum.",
        )
    some = p > 0
    with np.errstate(divide="ignore"):
        return max(0.0, float(np.sum(p[some] * np.log(p[some] / q[some]))))
