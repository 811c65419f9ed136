"""Every knob of a run in one frozen dataclass. A hack is one changed field: `dataclasses.replace(recipe, ...)`."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import partial

import keras
import numpy as np
import tensorflow as tf

from ganhacks import blame
from ganhacks.errors import CourseError, RecipeFailed, require
from ganhacks.hacks import mnist_gan

SIZES = ("latent_dim", "batch_size")  # the fields that are numbers; all others are functions


def ones(rng, n_samples):
    """Return hard labels for real images: float32 (n_samples, 1), all 1."""
    return np.ones((n_samples, 1), "float32")


def zeros(rng, n_samples):
    """Return hard labels for fake images: float32 (n_samples, 1), all 0."""
    return np.zeros((n_samples, 1), "float32")


def one_sided(rng, n_samples):
    """Return real labels after one-sided smoothing: float32 (n_samples, 1), all 0.9."""
    return np.full((n_samples, 1), 0.9, "float32")


@dataclass(frozen=True)
class Recipe:
    """All that decides a run except data, steps and seed. The defaults are lab 12, the dense MNIST GAN of 2018.

    Functions of latents and labels are NumPy functions, called once for a whole chunk of steps, with a
    numpy.random.Generator that depends on nothing but the seed and the chunk. The two steps are Keras functions; they
    are traced once into the compiled loop.
    """

    #: () -> keras.Model, (batch, latent_dim) to data; data may be a tuple, such as (images, classes)
    make_generator: Callable = mnist_gan.make_generator
    #: () -> keras.Model, data to logits (batch, 1)
    make_discriminator: Callable = mnist_gan.make_discriminator
    latent_dim: int = 100
    batch_size: int = 64
    #: () -> keras.optimizers.Optimizer
    g_optimizer: Callable = partial(keras.optimizers.Adam, learning_rate=1e-4)
    d_optimizer: Callable = partial(keras.optimizers.Adam, learning_rate=1e-3)
    #: (rng, n_samples, latent_dim) -> (n_samples, latent_dim), or a tuple of that and more, such as classes
    latent_samples: Callable = mnist_gan.make_latent_samples
    #: (rng, n_samples) -> (n_samples, 1)
    real_labels: Callable = one_sided
    fake_labels: Callable = zeros
    #: as `hacks.mnist_gan.discriminator_step` and `hacks.mnist_gan.generator_step`
    discriminator_step: Callable = mnist_gan.discriminator_step
    generator_step: Callable = mnist_gan.generator_step

    def __post_init__(self):
        for name in SIZES:
            value = getattr(self, name)
            require(
                isinstance(value, int) and not isinstance(value, bool) and value > 0,
                f"{name} is {value!r}; it must be a whole number above 0.",
            )
        for field in fields(self):
            value = getattr(self, field.name)
            require(
                field.name in SIZES or callable(value),
                f"{field.name} is {value!r}, which cannot be called; hand the function itself, without brackets.",
            )

    @contextmanager
    def blamed(self, name):
        """Yield the function of the field `name`; what fails in the block counts as its failure.

        Raises RecipeFailed then: whose function, at which line, what was raised, and what to do.
        """
        function = getattr(self, name)
        try:
            yield function
        except CourseError:  # a sentence already
            raise
        except Exception as error:
            whose = blame.name_of(function)
            told = whose if whose == name else f"{whose}, your recipe's {name},"
            place = blame.place(error, function)
            todo = blame.advice(error) or "Call it by hand, mend it, and train again."
            raise RecipeFailed(
                f"{told} failed{place and ' at '}{place}: {blame.said(error).rstrip('.')}. {todo}"
            ) from error

    def call(self, name, *args):
        """Call the function of the field `name` and return its result. Raises RecipeFailed if it fails."""
        with self.blamed(name) as function:
            return function(*args)


@contextmanager
def failures_told():
    """Raise RecipeFailed where something compiled fails, while it runs, in an operation of a reader's line."""
    try:
        yield
    except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, tf.errors.UnknownError) as error:
        place = blame.place(error)
        if not place:
            raise
        sentence = f"A function of the recipe failed at {place}: {blame.said(error).rstrip('.')}."
        raise RecipeFailed(f"{sentence} {blame.advice(error)}".rstrip()) from error
