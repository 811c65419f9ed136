"""Experience replay: a memory of past fakes, and checkpoints that come back."""

import numpy as np


def remember(rng, buffer, n_seen, samples, capacity):
    """Put samples into a memory, so that each sample ever seen is equally likely in it.

    rng: a numpy.random.Generator.
    buffer: array (k, ...), what is remembered so far. n_seen: a whole number, how many
    samples came before; k is `n_seen`, or `capacity` once the memory is full.
    samples: array (n, ...), the new ones, or none.
    capacity: a whole number from 1, how many samples the memory holds at the most.
    Returns (buffer, n_seen): a new array with the dtype of `buffer`, also if `samples`
    has another, and the new count, a whole number. While there is room everything is
    kept. The arguments stay as they are, and the result shares no memory with them: the
    caller may use their arrays again.
    Source: reservoir sampling, Vitter 1985, algorithm R; for GANs, Chintala et al.
    2016, trick 8.

    >>> old, new = np.zeros((2000, 1)), np.ones((2000, 1))
    >>> buffer, n_seen = remember(np.random.default_rng(0), old, 2000, new, 2000)
    >>> buffer.shape, n_seen, round(float(buffer.mean()), 1)
    ((2000, 1), 4000, 0.5)
    """
    kept = list(buffer)
    for sample in samples:
        n_seen += 1
        place = rng.integers(n_seen)
        if len(kept) < capacity:
            kept.append(sample)
        elif place < capacity:
            kept[place] = sample
    return np.array(kept, buffer.dtype), n_seen


def mix_batch(rng, new, buffer):
    """Return a batch of which half is new and half is drawn from the memory.

    rng: a numpy.random.Generator. new: array (n, ...), fakes of now.
    buffer: array (k, ...), old fakes, which may be few or none.
    Returns an array (n, ...) with the dtype of `new`, also if the buffer has another.
    n // 2 samples are from the buffer, or all of them if there are fewer: drawn without
    replacement, a new draw at each call, not always the first or newest ones and not a
    block of neighbours. The rest is from `new`, none twice. Any order will do.
    Source: Shrivastava et al. 2016 (SimGAN), section 2.3.

    >>> new, old = np.zeros((6, 1)), np.array([[7.0], [8.0], [9.0]])
    >>> rng = np.random.default_rng(0)
    >>> batches = [mix_batch(rng, new, buffer) for buffer in (old, old[:1])]
    >>> [sorted(batch.ravel().tolist()) for batch in batches]
    [[0.0, 0.0, 0.0, 7.0, 8.0, 9.0], [0.0, 0.0, 0.0, 0.0, 0.0, 7.0]]
    """
    n_old = min(len(new) // 2, len(buffer))
    old = rng.choice(buffer, n_old, replace=False)
    return np.concatenate([new[n_old:], old.astype(new.dtype)])


def swap_in(model, past_weights, act):
    """Let a model act once with weights of the past, and give its present ones back.

    model: a built keras.Model. past_weights: a list of arrays, an earlier
    `model.get_weights()`.
    act: a function without arguments that uses `model`; it may train it as well. It is
    called once.
    Returns what `act()` returns. Afterwards all the model's weights are as before the
    call, and the list of the past too.
    Source: Chintala et al. 2016, trick 8.

    >>> import keras
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> bias = lambda: model.get_weights()[1].tolist()
    >>> swap_in(model, [np.ones((1, 1)), np.array([2.0])], bias), bias()
    ([2.0], [0.0])
    """
    present_weights = model.get_weights()
    model.set_weights(past_weights)
    result = act()
    model.set_weights(present_weights)
    return result


def exchange(rng, pool, fakes):
    """Hand out a fake from a full pool for about every other new one, which goes in.

    rng: a numpy.random.Generator. pool: array (k, ...). fakes: array (n, ...).
    Returns (handed_out, pool): an array (n, ...), and the pool afterwards. The fakes
    come one after the other. With probability 1/2 a random fake of the pool is handed
    out, and the new one takes its place. Otherwise the new one is handed out, and the
    pool stays as it is. So a new fake may come out later in the same call. The
    arguments stay as they are.
    Source: Zhu et al. 2017 (CycleGAN), section 4, with a pool of 50 images.

    >>> pool, fakes = np.zeros((50_000, 1)), np.ones((2000, 1))
    >>> handed_out, pool = exchange(np.random.default_rng(0), pool, fakes)
    >>> round(float(handed_out.mean()), 1), float(handed_out.sum() + pool.sum())
    (0.5, 2000.0)
    """
    pool, handed_out = pool.copy(), []
    for fake in fakes:
        if rng.random() < 0.5:
            place = rng.integers(len(pool))
            old = pool[place].copy()
            pool[place] = fake
            handed_out.append(old)
        else:
            handed_out.append(fake)
    return np.array(handed_out), pool
