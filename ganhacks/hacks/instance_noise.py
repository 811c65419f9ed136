"""Instance noise: all that the discriminator sees is blurred, ever less."""

import keras
import numpy as np
from keras import ops


def noise_std(step, n_steps, start):
    """Return how strong the noise is at a step: linear from `start` to exactly 0.

    step: a whole number from 0, or an array (n,) of such numbers. n_steps: a whole
    number from 2, so the last step is n_steps - 1. start: a float, the standard
    deviation at step 0.
    Returns a float, or an array like `step`: `start` at step 0, 0 at the last step and
    at any later one, on a straight line in between.
    Source: Chintala et al. 2016, trick 13. The straight line is ours.

    >>> np.round(noise_std(np.array([0, 5, 10, 20]), 11, 0.5), 3).tolist()
    [0.5, 0.25, 0.0, 0.0]
    """
    return start * np.clip(1 - step / (n_steps - 1), 0, 1)


def add_instance_noise(rng, real, fake, std):
    """Blur both batches before the discriminator sees them.

    rng: a numpy.random.Generator. real, fake: float32 arrays (n, ...), the same shape
    in both, which stay as they are. std: a float from 0, the standard deviation of the
    noise.
    Returns (real, fake), two new float32 arrays: to each number its own draw of
    Gaussian noise with mean 0 is added, to the reals as to the fakes.
    Source: Sønderby et al. 2017; Arjovsky and Bottou 2017.

    >>> real = np.ones((5000, 2), "float32")
    >>> noisy = add_instance_noise(np.random.default_rng(0), real, -real, 0.5)
    >>> [(str(x.dtype), round(float(x.mean()), 1)) for x in noisy]
    [('float32', 1.0), ('float32', -1.0)]
    >>> [round(float(x.std()), 1) for x in (real, *noisy)]
    [0.0, 0.5, 0.5]
    """
    noisy = [batch + std * rng.standard_normal(batch.shape) for batch in (real, fake)]
    return tuple(batch.astype("float32") for batch in noisy)


def blur(x, std, seed, training):
    """Add Gaussian noise to a batch in training, and leave it as it is otherwise.

    x: a float tensor (batch, ...). std: a scalar tensor or variable; it may change from
    step to step. seed: a keras.random.SeedGenerator. Handed as `seed=` to a function of
    `keras.random`, it makes each call draw anew, in compiled code too. training: True
    or False.
    Returns a tensor like x. In training, each number of each sample has its own draw of
    noise with mean 0 and this standard deviation added. Gradients with respect to x go
    through.

    >>> x, seed = ops.ones((5000, 2)), keras.random.SeedGenerator(0)
    >>> [round(float(ops.std(blur(x, 0.5, seed, on))), 1) for on in (True, False)]
    [0.5, 0.0]
    >>> bool(ops.all(blur(x, 0.5, seed, True) == blur(x, 0.5, seed, True)))
    False
    """
    if not training:
        return x
    return x + std * keras.random.normal(ops.shape(x), seed=seed)
