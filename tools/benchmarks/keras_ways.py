"""Keras 3 on TensorFlow: the loop of 2018, `fit` with a `train_step` of one's own, and the course's `train`."""

import functools
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import ganhacks  # noqa: E402, F401, I001  (first, because it keeps TensorFlow quiet and settles its threads)

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from ganhacks.training import Recipe  # noqa: E402
from ganhacks.training.batches import Chunks  # noqa: E402
from ganhacks.training.begin import start  # noqa: E402
from ganhacks.training.run import steps_up_to  # noqa: E402
from tools.benchmarks.workloads import (  # noqa: E402
    CHUNK,
    REAL_LABEL,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Leaky,
    Reshape,
    Tanh,
    initial_weights,
)

VERSION = f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
binary_crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)


def build(layers, shape, seed, activation=None):
    """Build a workload's network as a keras.Sequential with the weights that all ways begin with."""
    model = keras.Sequential([keras.Input(shape), *map(_keras_layer, layers)])
    for layer, arrays in zip(model.layers, initial_weights(layers, shape, seed), strict=True):
        for variable, array in zip(layer.trainable_variables, arrays, strict=True):
            variable.assign(array)
    if activation:
        model.add(keras.layers.Activation(activation))
    return model


def _keras_layer(layer):
    match layer:
        case Dense(units, bias):
            return keras.layers.Dense(units, use_bias=bias)
        case Conv(filters, kernel, stride, bias, up):
            kind = keras.layers.Conv2DTranspose if up else keras.layers.Conv2D
            return kind(filters, kernel, strides=stride, padding="same", use_bias=bias)
        case BatchNorm(momentum, epsilon):
            return keras.layers.BatchNormalization(momentum=momentum, epsilon=epsilon)
        case Leaky(slope):
            return keras.layers.LeakyReLU(negative_slope=slope) if slope else keras.layers.ReLU()
        case Tanh():
            return keras.layers.Activation("tanh")
        case Dropout(rate):
            return keras.layers.Dropout(rate)
        case Reshape(shape):
            return keras.layers.Reshape(shape)
        case Flatten():
            return keras.layers.Flatten()


def make_generator(workload):
    return build(workload.generator, (workload.latent_dim,), seed=0)


def make_discriminator(workload):
    return build(workload.discriminator, workload.sample_shape, seed=1)


def _adam(rate, workload):
    return keras.optimizers.Adam(learning_rate=rate, beta_1=workload.beta_1)


class Loop2018:
    """The loop of a notebook of 2018, one call of `train_on_batch` after the other, in Keras 3.

    It does a little more than the others: two updates of the discriminator and a second forward pass of the generator.
    """

    def __init__(self, workload):
        size = workload.batch_size
        self.size, self.step = size, 0
        self.real, self.latents = workload.real(CHUNK * size), workload.latents(CHUNK * size)
        self.generator = make_generator(workload)
        self.discriminator = build(workload.discriminator, workload.sample_shape, seed=1, activation="sigmoid")
        self.gan = keras.Sequential([self.generator, self.discriminator])
        self.discriminator.compile(_adam(workload.d_rate, workload), "binary_crossentropy")
        self.gan.compile(_adam(workload.g_rate, workload), "binary_crossentropy")

    def run(self, steps):
        ones, zeros = np.ones((self.size, 1)), np.zeros((self.size, 1))
        for _ in range(steps):
            rows = slice(self.step % CHUNK * self.size, (self.step % CHUNK + 1) * self.size)
            fake = self.generator.predict_on_batch(self.latents[rows])
            self.switch(True)
            d_real = self.discriminator.train_on_batch(self.real[rows], ones * REAL_LABEL)
            d_fake = self.discriminator.train_on_batch(fake, zeros)
            self.switch(False)
            g_loss = self.gan.train_on_batch(self.latents[rows], ones)
            self.step += 1
        return float(d_real + d_fake), float(g_loss)

    def switch(self, trainable):
        for layer in self.discriminator.layers:
            layer.trainable = trainable


class _Gan(keras.Model):
    """A GAN as Keras' own examples write it, with both updates in `train_step`."""

    def __init__(self, workload):
        super().__init__()
        self.generator, self.discriminator = make_generator(workload), make_discriminator(workload)
        self.g_adam, self.d_adam = _adam(workload.g_rate, workload), _adam(workload.d_rate, workload)
        self.g_adam.build(self.generator.trainable_variables)
        self.d_adam.build(self.discriminator.trainable_variables)

    def train_step(self, batch):
        real, latents = batch
        fake_is = functools.partial(self.discriminator, training=True)
        with tf.GradientTape() as g_tape:
            fake = self.generator(latents, training=True)
        with tf.GradientTape() as d_tape:
            real_logits, fake_logits = fake_is(real), fake_is(tf.stop_gradient(fake))
            d_loss = binary_crossentropy(REAL_LABEL * tf.ones_like(real_logits), real_logits)
            d_loss += binary_crossentropy(tf.zeros_like(fake_logits), fake_logits)
        variables = self.discriminator.trainable_variables
        self.d_adam.apply(d_tape.gradient(d_loss, variables), variables)
        with tf.GradientTape() as image_tape:
            image_tape.watch(fake)
            logits = fake_is(fake)
            g_loss = binary_crossentropy(tf.ones_like(logits), logits)
        variables = self.generator.trainable_variables
        to_fake = image_tape.gradient(g_loss, fake)
        self.g_adam.apply(g_tape.gradient(fake, variables, output_gradients=to_fake), variables)
        return {"d_loss": d_loss, "g_loss": g_loss}


class Fit:
    """`model.fit` over a tf.data.Dataset in memory, with its own progress bar off."""

    def __init__(self, workload, jit_compile=False):
        size = workload.batch_size
        self.model = _Gan(workload)
        self.model.compile(jit_compile=jit_compile)
        arrays = workload.real(CHUNK * size), workload.latents(CHUNK * size)
        batches = tf.data.Dataset.from_tensor_slices(arrays).batch(size, drop_remainder=True).cache()
        self.data = batches.repeat().prefetch(tf.data.AUTOTUNE)

    def run(self, steps):
        logs = self.model.fit(self.data, steps_per_epoch=steps, epochs=1, verbose=0).history
        return logs["d_loss"][-1], logs["g_loss"][-1]


class Course:
    """The loop of the course's `train`, with all that it does for a chunk: permutations, draws, gradient norms, curves.

    Its parts are called here one by one, so that a stretch shorter than a chunk does not draw the chunk's data anew.
    """

    def __init__(self, workload):
        real = workload.real(CHUNK * workload.batch_size)
        recipe = Recipe(
            make_generator=functools.partial(make_generator, workload),
            make_discriminator=functools.partial(make_discriminator, workload),
            latent_dim=workload.latent_dim,
            batch_size=workload.batch_size,
            g_optimizer=functools.partial(_adam, workload.g_rate, workload),
            d_optimizer=functools.partial(_adam, workload.d_rate, workload),
        )
        self.history = start(recipe, 0, real)
        self.chunks = Chunks(recipe, real, 0, last=sys.maxsize)
        self.chunks[0]  # drawn before the clock runs, as the other ways' data are

    def run(self, steps):
        steps_up_to(self.history.step + steps, self.history, self.chunks)
        if self.history.outcome == "diverged":
            raise RuntimeError(self.history.message)
        return float(self.history.d_loss[-1]), float(self.history.g_loss[-1])


WAYS = {
    "loop of 2018": Loop2018,
    "fit": Fit,
    "fit, jit_compile": functools.partial(Fit, jit_compile=True),
    "course": Course,
}
