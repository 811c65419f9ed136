"""The ring of eight Gaussians and the small GAN that learns it in seconds: where labs try a hack."""

from dataclasses import replace
from functools import partial

import keras
import numpy as np
from keras import layers

from ganhacks import data
from ganhacks.metrics.planar import mode_scores
from ganhacks.training.recipe import Recipe, ones

STD = 0.02  # of each Gaussian


def make_generator(width=64):
    """Build the ring's generator: (batch, 2) latent samples to (batch, 2) points, two hidden ReLU layers."""
    return _dense(width, 2)


def make_discriminator(width=64):
    """Build the ring's discriminator: (batch, 2) points to (batch, 1) logits, two hidden ReLU layers."""
    return _dense(width, 1)


def _dense(width, outputs):
    hidden = [layers.Dense(width, activation="relu") for _ in range(2)]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(outputs)])


def ring_recipe(**changes):
    """Return the Recipe of the ring GAN with hard labels and Adam(1e-3, beta_1=0.5), with some fields changed."""
    adam = partial(keras.optimizers.Adam, learning_rate=1e-3, beta_1=0.5)
    recipe = Recipe(make_generator, make_discriminator, 2, 128, adam, adam, real_labels=ones)
    return replace(recipe, **changes)


def ring_data(n_samples=20_000):
    """Return points of the ring, float32 (n_samples, 2), the same at each call."""
    return data.ring(np.random.default_rng(0), n_samples, std=STD)


def ring_score(points):
    """Return how many of the ring's 8 modes were found, and the share of points within 3 deviations of one.

    points: float (n, 2). A mode counts with one such point. Source: Srivastava et al. 2017, arXiv:1705.07761.
    """
    scores = mode_scores(points, data.ring_centres(), STD)
    return scores.found, scores.good
