"""Let the discriminator see a batch as a whole: features, packs, a deviation."""

from keras import ops


def minibatch_features(x, kernel):
    """Tell for every sample how close the samples of its batch are to it.

    x: a float tensor (n, d), a sample a row. kernel: a float tensor (d, b, c). Together
    they make b points of c numbers from each sample. For each of the b, two samples are
    as close as exp(-distance), the distance being the sum of the c absolute
    differences.
    Returns a tensor (n, b): for each sample the sum of its closeness to all samples of
    the batch, itself counted or not. All pairs at once: no Python loop over the
    samples.
    Source: Salimans et al. 2016, section 3.2.

    >>> x = ops.array([[0.0], [0.0], [1.0]])
    >>> features = minibatch_features(x, ops.ones((1, 4, 2)))
    >>> tuple(features.shape), round(float(features[0, 0] - features[2, 0]), 3)
    ((3, 4), 0.865)
    """
    points = ops.tensordot(x, kernel, axes=1)
    differences = points[:, None] - points[None, :]
    distances = ops.sum(ops.abs(differences), axis=-1)
    return ops.sum(ops.exp(-distances), axis=1)


def pack(samples, m):
    """Join the samples of a batch in packs of m, to be judged a pack at a time.

    samples: a float tensor (n, d), a sample a row. m: the size of a pack, from 1.
    Returns a tensor (n // m, m * d): each row holds m different samples whole, side by
    side, and each sample is in one row. Which samples share a row is up to you.
    Raises ValueError if n is not a multiple of m.
    Source: Lin et al. 2018, PacGAN.

    >>> packs = pack(ops.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0]]), 2)
    >>> left, right = packs[:, ::2], packs[:, 1::2]  # each sample's two numbers
    >>> tuple(packs.shape), bool(ops.all(right == 10 * left))
    ((2, 4), True)
    >>> sorted(ops.convert_to_numpy(left).ravel().tolist())
    [1.0, 2.0, 3.0, 4.0]
    """
    n, d = samples.shape
    if n % m:
        raise ValueError(f"{n} samples do not come out even in packs of {m}.")
    return ops.reshape(samples, (n // m, m * d))


def minibatch_stddev(x):
    """Tell every sample how much the samples of its batch differ.

    x: a float tensor (n, d), a sample a row.
    Returns a tensor (n, 1), the same number n times: the standard deviation of each
    column over the batch, averaged over the columns, to within 0.01. Its gradient is
    finite for every batch.
    Source: Karras et al. 2018, section 3.

    >>> x = minibatch_stddev(ops.array([[0.0, 5.0], [2.0, 5.0]]))
    >>> tuple(x.shape), [round(float(row[0]), 1) for row in x]
    ((2, 1), [0.5, 0.5])
    """
    deviations = ops.sqrt(ops.var(x, axis=0) + 1e-8)
    return ops.ones_like(x[:, :1]) * ops.mean(deviations)
