"""A run as far as it got, and what its generator makes."""

from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf

from ganhacks.errors import require
from ganhacks.training import checkpoints
from ganhacks.training.batches import drawn
from ganhacks.training.recipe import Recipe
from ganhacks.training.streams import Stream, generator_for

CURVES = ("d_loss", "g_loss", "d_gradient_norm", "g_gradient_norm")


@dataclass
class History:
    """A run as far as it got: the models, a value of every curve for every step, and snapshots at fixed latents.

    outcome is "running", "finished", "interrupted" or "diverged"; message says in one sentence what that means.
    curves: float32 (step, 4), columns as in `CURVES`, each also an attribute: d_loss, g_loss, d_gradient_norm,
    g_gradient_norm. snapshots: step -> generator output for fixed_latents, its first part if it has several.
    """

    recipe: Recipe
    seed: int
    generator: keras.Model
    discriminator: keras.Model
    g_optimizer: keras.optimizers.Optimizer
    d_optimizer: keras.optimizers.Optimizer
    fixed_latents: np.ndarray | tuple
    curves: np.ndarray = field(default_factory=lambda: np.empty((0, len(CURVES)), "float32"))
    snapshots: dict = field(default_factory=dict)
    seconds: float = 0.0
    outcome: str = "running"
    message: str = ""
    loop: object = field(default=None, repr=False)  # the compiled loop, kept so that going on compiles nothing
    saved_others: list = field(default_factory=list, repr=False)  # `others` of a run that was loaded, until it goes on

    @property
    def step(self):
        """The number of steps done."""
        return len(self.curves)

    @property
    def variables(self):
        """Every variable of both models and both optimisers."""
        parts = (self.generator, self.discriminator, self.g_optimizer, self.d_optimizer)
        return [variable for part in parts for variable in part.variables]

    @property
    def others(self):
        """What the recipe's steps keep beside models and optimizers, such as a keras.random.SeedGenerator."""
        return self.saved_others if self.loop is None else self.loop.others

    def save(self, folder):
        """Write the run to a folder, whole or not at all; `load` reads it. Raises BadFile where that can't be done."""
        checkpoints.save(self, folder)

    def __getattr__(self, name):
        if name in CURVES:
            return self.curves[:, CURVES.index(name)]
        raise AttributeError(f"a History has no {name!r}; its curves are {', '.join(CURVES)}")

    def at_fixed_latents(self):
        """Return what the generator makes of `fixed_latents` now, (20, ...), the first part of it if there are more."""
        made = generate(self.generator, self.fixed_latents)
        return made[0] if isinstance(made, tuple) else made

    def keep_snapshot(self):
        """Keep what the generator makes of `fixed_latents` now as the snapshot of this step."""
        self.snapshots[self.step] = self.at_fixed_latents()

    def samples(self, n_samples=10_000):
        """Return `n_samples` outputs of the generator, (n_samples, ...) in each part, always the same ones."""
        require(n_samples >= 1, f"n_samples is {n_samples}; ask for 1 or more.")
        latents = drawn(self.recipe, "latent_samples", generator_for(self.seed, Stream.SAMPLES), n_samples)
        return generate(self.generator, latents)


def generate(generator, latents, batch_size=1000):
    """Return what the generator makes of `latents` as at test time: an array, or a tuple if it makes several parts.

    latents: (n, latent_dim), or a tuple of arrays with n rows each.
    """
    n_samples = len(tf.nest.flatten(latents)[0])
    outputs = []
    for begin in range(0, n_samples, batch_size):
        part = tf.nest.map_structure(lambda array, begin=begin: array[begin : begin + batch_size], latents)
        outputs.append(tf.nest.map_structure(np.asarray, as_tuple(generator(part, training=False))))
    return tf.nest.map_structure(lambda *arrays: np.concatenate(arrays), *outputs)


def as_tuple(output):
    """Return what a model puts out, a tuple where it puts out a list: Keras gives back either, by how it was built."""
    return tuple(output) if isinstance(output, list) else output
