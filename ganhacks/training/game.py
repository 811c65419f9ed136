"""A GAN whose updates are called one at a time: for labs that change their order, or what the discriminator sees.

`train` is many times faster, and always takes one update of each in turn.
"""

import tensorflow as tf

from ganhacks.errors import require
from ganhacks.training.batches import drawn
from ganhacks.training.begin import anew, check_arguments, start
from ganhacks.training.loop import scalar
from ganhacks.training.recipe import failures_told
from ganhacks.training.streams import Stream, generator_for


class Game:
    """Two players of one recipe, and the data. The recipe's optimizers, labels and steps are used as in `train`.

    recipe: a Recipe of networks without convolutions. data: as for `train`, one array. seed: a whole number from 0.
    generator, discriminator: the keras.Models. d_updates, g_updates: how many each had. Raises BadInput as `train`.
    """

    def __init__(self, recipe, data, seed=0):
        check_arguments(recipe, data, 1, seed)
        require(not isinstance(data, tuple), "data is a tuple; a Game plays with samples of one part: hand one array.")
        self.recipe, self.data = recipe, data
        self._players = players = start(recipe, seed, data)
        self.generator, self.discriminator = players.generator, players.discriminator
        self._d_step = self._compiled("discriminator_step", self.discriminator, players.d_optimizer)
        self._g_step = self._compiled("generator_step", self.generator, self.discriminator, players.g_optimizer)
        self._make = tf.function(self._made, jit_compile=True, autograph=False)
        self._begin(seed)

    def _compiled(self, name, *models):
        """Return the recipe's step of this name as one compiled function of the batches that it takes."""

        def step(*batches):
            return scalar(self.recipe.call(name, *models, *batches), name)

        return tf.function(step, jit_compile=True, autograph=False)

    def _made(self, latents):
        with self.recipe.blamed("make_generator"):
            return self.generator(latents, training=True)

    def restart(self, seed):
        """Begin anew, as `Game(recipe, data, seed)` would, and spare the time for compiling."""
        check_arguments(self.recipe, self.data, 1, seed)
        self._players = anew(self._players, self.recipe, seed, self.data)
        self._begin(seed)

    def _begin(self, seed):
        self.rng = generator_for(seed, Stream.PERMUTATION)
        self.d_updates = self.g_updates = 0

    def real_batch(self):
        """Return a batch of real samples, drawn anew: float32 (batch_size, ...)."""
        return self.data[self.rng.integers(len(self.data), size=self.recipe.batch_size)]

    def fake_batch(self):
        """Return a batch that the generator makes now, from new latent samples: float32 (batch_size, ...)."""
        with failures_told():
            return self._make(self._latents()).numpy()

    def update_discriminator(self, real, fake):
        """Update the discriminator once on these two batches, (batch_size, ...), and return its loss."""
        draws = "real_labels", "fake_labels"
        labels = [tf.constant(drawn(self.recipe, name, self.rng, len(real))) for name in draws]
        with failures_told():
            loss = float(self._d_step(tf.constant(real), tf.constant(fake), *labels))
        self.d_updates += 1
        return loss

    def update_generator(self):
        """Update the generator once, on new latent samples, and return its loss."""
        with failures_told():
            loss = float(self._g_step(self._latents()))
        self.g_updates += 1
        return loss

    def samples(self, n_samples=2000):
        """Return `n_samples` that the generator makes as at test time, float32 (n_samples, ...), always the same."""
        return self._players.samples(n_samples)

    def _latents(self):
        return tf.constant(drawn(self.recipe, "latent_samples", self.rng, self.recipe.batch_size))
