"""Where all randomness of a run comes from: one independent generator for each seed, purpose and index.

So a run that was interrupted goes on as if nothing had happened: what a chunk of steps draws depends on its number, and
not on what was drawn before.
"""

from enum import IntEnum

import numpy as np

CHUNK = 200  # steps per call of the compiled loop: some tenths of a second of the dense MNIST GAN


class Stream(IntEnum):
    """What a random number is for: one independent generator for each purpose and index."""

    PERMUTATION = 0
    LATENTS = 1
    REAL_LABELS = 2
    FAKE_LABELS = 3
    FIXED = 4
    SAMPLES = 5


def generator_for(seed, stream, index=0):
    """Return the numpy.random.Generator that belongs to this seed, purpose and index."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(stream, index)))
