"""Noisy labels: a few labels of the discriminator's batch are wrong on purpose."""


def flip_labels(rng, y, p):
    """Turn some labels into their opposite.

    rng: a numpy.random.Generator. y: float32 array (n, 1) of 0s and 1s, which stays
    as it is. p: the share to flip, in [0, 1].
    Returns a new float32 array (n, 1) in which exactly round(p * n) labels, picked at
    random and each at most once, have become 1 - label.
    Source: Chintala et al. 2016, trick 6.

    >>> import numpy as np
    >>> rng, y = np.random.default_rng(0), np.array([[1], [1], [0], [0]], "float32")
    >>> int((flip_labels(rng, y, p=0.5) != y).sum())
    2
    >>> flip_labels(rng, y, p=1.0).tolist(), y.tolist()
    ([[0.0], [0.0], [1.0], [1.0]], [[1.0], [1.0], [0.0], [0.0]])
    """
    flipped = y.copy()
    picked = rng.choice(len(y), size=round(p * len(y)), replace=False)
    flipped[picked] = 1 - flipped[picked]
    return flipped


def expected_labels(y, p):
    """Return what each label is on average, if a share p of all labels is flipped.

    y: float32 array (n, 1) of 0s and 1s. p: the share, in [0, 1].
    Returns a new float array (n, 1).

    >>> import numpy as np
    >>> expected_labels(np.array([[1], [0]], "float32"), p=0.25).tolist()
    [[0.75], [0.25]]
    """
    return (1 - p) * y + p * (1 - y)
