"""From a Setup to the Recipe that `ganhacks.training.train` takes: networks, optimizers, draws and steps."""

from functools import partial
from types import SimpleNamespace

import keras
import numpy as np

from ganhacks.hacks import gaussian_init, label_smoothing, noisy_labels
from ganhacks.training import Recipe, one_sided, ones, zeros
from tools.board import networks
from tools.board.steps import Steps

SGD_RATE = 100  # times Adam's: a rate at which SGD moves a weight about as far


def recipe(setup, shape, rate, n_steps, latent_dim, batch_size, width, n_classes=0):
    """Return the Recipe of a Setup: on samples of this shape, networks of this width, at this learning rate.

    shape: of one sample: (2,), (784,) or (28, 28, 1). rate: of both optimizers, but for the setup's own factors.
    """
    unit = 1.0 if shape == (2,) or setup.scaled else 0.5  # images in [0, 1] have half the range of those in [-1, 1]
    steps = Steps(setup, n_steps, unit)
    sizes = {"shape": shape, "latent_dim": latent_dim, "width": width, "n_classes": n_classes}
    make = {"setup": setup, "unit": unit, "memory": setup.memory * batch_size, **sizes}
    several = max(setup.d_updates, Steps.MOST if setup.targets else 1)  # batches that one round may need
    return Recipe(
        make_generator=partial(first_weights, setup, partial(networks.make_generator, setup, **sizes)),
        make_discriminator=partial(first_weights, setup, partial(networks.make_discriminator, **make)),
        latent_dim=latent_dim,
        batch_size=batch_size * several,
        g_optimizer=partial(adam, setup, rate, averaged=True),
        d_optimizer=partial(d_optimizer, setup, rate * setup.d_rate),
        latent_samples=partial(latent_samples, setup, n_classes),
        real_labels=partial(labels, setup, "real"),
        fake_labels=partial(labels, setup, "fake"),
        discriminator_step=steps.discriminator_step,
        generator_step=steps.generator_step,
    )


def first_weights(setup, make):
    """Build a model, and give it its first weights by the global random state, which follows from the run's seed."""
    model = make()
    if setup.init_std:
        rng = np.random.default_rng(np.random.randint(2**31))
        gaussian_init.initialize(SimpleNamespace(layers=networks.every_layer(model)), rng)
    return model


def adam(setup, rate, averaged=False):
    """Make Adam, which keeps the average of the weights too if that is asked for."""
    average = {"use_ema": True, "ema_momentum": setup.average} if averaged and setup.average else {}
    return keras.optimizers.Adam(rate, beta_1=setup.beta_1, **average)


def d_optimizer(setup, rate):
    """Make the discriminator's optimizer."""
    return keras.optimizers.SGD(SGD_RATE * rate) if setup.d_sgd else adam(setup, rate)


def latent_samples(setup, n_classes, rng, n_samples, latent_dim):
    """Draw latent samples, (n_samples, latent_dim), and beside them classes as one-hot if the networks are told any."""
    if setup.latents == "gaussian":
        z = rng.standard_normal((n_samples, latent_dim), "float32")
    else:
        z = rng.uniform(-1, 1, (n_samples, latent_dim)).astype("float32")
    if not setup.classes:
        return z
    return z, np.eye(n_classes, dtype="float32")[rng.integers(n_classes, size=n_samples)]


def labels(setup, side, rng, n_samples):
    """Draw the discriminator's targets for one side, (n_samples, 1)."""
    hard = (ones if side == "real" else zeros)(rng, n_samples)
    if setup.real_labels == "soft":
        soften = {"real": label_smoothing.smooth_positive_labels, "fake": label_smoothing.smooth_negative_labels}
        return soften[side](rng, hard)
    if setup.real_labels == "one-sided" and side == "real":
        return one_sided(rng, n_samples)
    return noisy_labels.flip_labels(rng, hard, setup.flipped) if setup.flipped else hard
