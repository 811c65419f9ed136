"""A GAN whose updates are called one at a time: for labs that change their order, or what the discriminator sees.

`training.train` is many times faster, and always takes one update of each in turn.
"""

from functools import partial

import numpy as np
import tensorflow as tf

from ganhacks.training import Stream, check_arguments, generate, generator_for, start


class Game:
    """Two players of one recipe, and the data. The recipe's optimizers, labels and steps are used as in `train`.

    recipe: a Recipe of networks without convolutions. data: as for `train`, one array. seed: a whole number from 0.
    generator, discriminator: the keras.Models. d_updates, g_updates: how many each had. Raises BadInput as `train`.
    """

    def __init__(self, recipe, data, seed=0):
        check_arguments(recipe, data, 1, seed)
        self.recipe, self.data = recipe, data
        players = start(recipe, seed, data)
        self.generator, self.discriminator = players.generator, players.discriminator
        self._optimizers = players.g_optimizer, players.d_optimizer
        self._fresh = [[variable.numpy() for variable in optimizer.variables] for optimizer in self._optimizers]
        compiled = partial(tf.function, jit_compile=True, autograph=False)
        self._make = compiled(partial(self.generator, training=True))
        self._d_step = compiled(partial(recipe.discriminator_step, self.discriminator, players.d_optimizer))
        self._g_step = compiled(partial(recipe.generator_step, *self.models, players.g_optimizer))
        self._begin(seed)

    @property
    def models(self):
        """The generator and the discriminator."""
        return self.generator, self.discriminator

    def restart(self, seed):
        """Begin anew, as `Game(recipe, data, seed)` would, and spare the time for compiling."""
        check_arguments(self.recipe, self.data, 1, seed)
        players = start(self.recipe, seed, self.data)
        for model, fresh in zip(self.models, (players.generator, players.discriminator)):
            model.set_weights(fresh.get_weights())
        for optimizer, values in zip(self._optimizers, self._fresh):
            for variable, value in zip(optimizer.variables, values):
                variable.assign(value)
        self._begin(seed)

    def _begin(self, seed):
        self.seed, self.rng = seed, generator_for(seed, Stream.PERMUTATION)
        self.d_updates = self.g_updates = 0

    def real_batch(self):
        """Return a batch of real samples, drawn anew: float32 (batch_size, ...)."""
        return self.data[self.rng.integers(len(self.data), size=self.recipe.batch_size)]

    def fake_batch(self):
        """Return a batch that the generator makes now, from new latent samples: float32 (batch_size, ...)."""
        return self._make(self._latents()).numpy()

    def update_discriminator(self, real, fake):
        """Update the discriminator once on these two batches, (batch_size, ...), and return its loss."""
        draws = self.recipe.real_labels, self.recipe.fake_labels
        labels = [tf.constant(draw(self.rng, len(real)), tf.float32) for draw in draws]
        self.d_updates += 1
        return float(self._d_step(tf.constant(real), tf.constant(fake), *labels))

    def update_generator(self):
        """Update the generator once, on new latent samples, and return its loss."""
        self.g_updates += 1
        return float(self._g_step(self._latents()))

    def samples(self, n_samples=2000):
        """Return `n_samples` that the generator makes as at test time, float32 (n_samples, ...), always the same."""
        rng = generator_for(self.seed, Stream.SAMPLES)
        latents = self.recipe.latent_samples(rng, n_samples, self.recipe.latent_dim)
        return generate(self.generator, np.asarray(latents, "float32"))

    def _latents(self):
        latents = self.recipe.latent_samples(self.rng, self.recipe.batch_size, self.recipe.latent_dim)
        return tf.constant(latents, tf.float32)
