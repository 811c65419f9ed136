"""Both arms of each recipe of tools/published.py: as it was published, and with the one thing mended.

What was published is a line or two, in recipes that live without it: digits are learnt by the scoreboard's dense GAN in
its good context, with batch normalization in G, and points by small networks.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks.hacks import mnist_gan, non_saturating_loss
from ganhacks.training import CHUNK, Recipe, ones, train
from ganhacks.training.batches import Chunks
from tools.board.workloads import GOOD_DENSE, GOOD_POINTS, WORKLOADS

RATE = 1e-3


def compiled(history, data, steps):
    """Train a begun History in place for `steps` steps. Returns how many it did, and whether it diverged."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a run that becomes NaN says so in its row
        train(history.recipe, data, steps, history.seed, resume_from=history, progress=False)
    if history.outcome == "interrupted":
        raise KeyboardInterrupt
    return history.step, history.outcome == "diverged"


@dataclass(frozen=True)
class Arm:
    """What is trained, on which data, and how. read: what G makes -> digits in [-1, 1], or points.

    centres: the modes that the data have, (modes, 2), where these are what goes wrong.
    """

    recipe: Recipe
    data: np.ndarray
    train: Callable = compiled
    read: Callable = np.asarray
    centres: np.ndarray | None = None


def _digits(**changes):
    """Return the recipe for digits, with some fields changed, and MNIST, (60,000, 784) in [-1, 1]."""
    work = WORKLOADS["dense"]
    setup = replace(GOOD_DENSE, g_norm=True)
    return replace(work.recipe(setup, RATE), **changes), work.samples(setup)


def _batches(recipe, data, seed, steps):
    """Yield for each step what `train` would show it: (real, latents, real_labels, fake_labels), `batch_size` rows."""
    with Chunks(recipe, data, seed, last=(steps - 1) // CHUNK) as chunks:
        for step in range(steps):
            number, i = divmod(step, CHUNK)
            if i == 0:
                arrays = chunks[number]
            yield [array[i * recipe.batch_size : (i + 1) * recipe.batch_size] for array in arrays]


def _one_by_one(step, history, data, steps):
    """Call step(*batches), which returns both losses, for each step. Returns as `compiled`."""
    for number, batches in enumerate(_batches(history.recipe, data, history.seed, steps), 1):
        if not np.isfinite(step(*batches)).all():
            return number, True
    return steps, False


# ---- D is frozen for good


def frozen_composite(mended):
    """D is compiled, then frozen, then compiled once more behind G: how GANs were written for Keras 2.

    Keras 2 noted what may learn when a model was compiled. Keras 3 looks when a training function is first called, and
    by then D is frozen in its own as well: none of its weights moves, and a warning says so once.
    Mend: say before each update whether D may learn. Seen with Keras 3.15.1 of other mends: with `trainable = True`
    once more behind the composite's compile, the composite trains D as well, towards calling fakes real; one
    `train_on_batch` of D before it is frozen is enough, but only until a batch of another size comes, at which the
    function is traced anew; making D's training function or building its optimizer early changes nothing.
    """
    return Arm(*_digits(), train=partial(_composite, mended))


def _composite(mended, history, data, steps):
    generator, discriminator, recipe = history.generator, history.discriminator, history.recipe
    discriminator.compile(recipe.d_optimizer(), mnist_gan.binary_crossentropy)
    discriminator.trainable = False
    composite = keras.Sequential([generator, discriminator])
    composite.compile(recipe.g_optimizer(), mnist_gan.binary_crossentropy)

    generated = tf.function(partial(generator, training=True))

    def step(*batches):
        real, latents, real_labels, fake_labels = map(np.asarray, batches)
        fake = np.asarray(generated(latents))
        if mended:
            discriminator.trainable = True
        d_losses = [discriminator.train_on_batch(*pair) for pair in ((real, real_labels), (fake, fake_labels))]
        if mended:
            discriminator.trainable = False
        return [*d_losses, composite.train_on_batch(latents, real_labels)]

    return _one_by_one(step, history, data, steps)


# ---- the logarithm of a probability


def unclamped_log(mended):
    """Both losses are the paper's formulas, word for word: the logarithms of D's probabilities, in float32.

    A sigmoid of 16.64 or more is 1 exactly. One fake that D calls real so firmly makes log(1 - D) minus infinity; the
    logarithm's gradient is 1 / 0, and times the sigmoid's slope, which is 0, it is NaN, in every weight of D. It comes
    early, while G's points still fly far beyond the grid. Mend: the same game on logits.
    """
    adam = partial(keras.optimizers.Adam, RATE)
    steps = {"discriminator_step": log_discriminator_step, "generator_step": log_generator_step}
    if mended:
        steps = {"generator_step": saturating_generator_step}
    recipe = Recipe(
        make_generator=partial(_dense, 2),
        make_discriminator=partial(_dense, 1, None if mended else "sigmoid"),
        latent_dim=2,
        batch_size=128,
        g_optimizer=adam,
        d_optimizer=adam,
        latent_samples=mnist_gan.make_latent_samples,
        real_labels=ones,
        **steps,
    )
    return Arm(recipe, WORKLOADS["grid"].data()[0])


def _dense(outputs, end=None):
    hidden = [layers.Dense(128, activation="relu") for _ in range(3)]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(outputs, activation=end)])


def log_discriminator_step(discriminator, optimizer, real, fake, real_labels, fake_labels):
    """Train D, which returns probabilities, once. Source: Goodfellow et al. 2014, arXiv:1406.2661, algorithm 1."""

    def loss():
        of_reals, of_fakes = discriminator(real, training=True), discriminator(fake, training=True)
        return -tf.reduce_mean(tf.math.log(of_reals)) - tf.reduce_mean(tf.math.log(1 - of_fakes))

    return _updated(discriminator, optimizer, loss)


def log_generator_step(generator, discriminator, optimizer, latents):
    """Train G once against a D that returns probabilities. Source: as above."""

    def loss():
        return tf.reduce_mean(tf.math.log(1 - discriminator(generator(latents, training=True), training=True)))

    return _updated(generator, optimizer, loss)


def saturating_generator_step(generator, discriminator, optimizer, latents):
    """Train G once by the same loss, of a D that returns logits."""

    def loss():
        logits = discriminator(generator(latents, training=True), training=True)
        return non_saturating_loss.saturating_loss(logits)

    return _updated(generator, optimizer, loss)


def _updated(model, optimizer, loss):
    with tf.GradientTape() as tape:
        value = loss()
    variables = model.trainable_variables
    optimizer.apply(tape.gradient(value, variables), variables)
    return value


# ---- targets above 1


def noise_on_targets(mended):
    """D's targets get noise from U(0, 0.05) on both sides, so that those of fakes, which count as 1 here, lie above 1.

    No probability is above 1, so this loss has no lower end: it falls on with every logit more. Keras 3 does not clip
    it, since its cross-entropy takes the logits behind a sigmoid. Mend: take the noise off the ones.
    Source: Chollet 2021, Deep Learning with Python, section 12.5.
    """
    recipe, digits = _digits(
        real_labels=partial(_noisy, 0, 1),
        fake_labels=partial(_noisy, 1, -1 if mended else 1),
        discriminator_step=probability_discriminator_step,
        generator_step=probability_generator_step,
    )
    return Arm(replace(recipe, make_discriminator=partial(_with_sigmoid, recipe.make_discriminator)), digits)


def _noisy(label, sign, rng, n_samples):
    return (label + sign * 0.05 * rng.random((n_samples, 1))).astype("float32")


def _with_sigmoid(make_discriminator):
    return keras.Sequential([make_discriminator(), layers.Activation("sigmoid")])


def probability_discriminator_step(discriminator, optimizer, real, fake, real_labels, fake_labels):
    """Train D, which returns probabilities, once, by Keras' cross-entropy."""
    cross_entropy = keras.losses.BinaryCrossentropy()

    def loss():
        of_reals, of_fakes = discriminator(real, training=True), discriminator(fake, training=True)
        return cross_entropy(real_labels, of_reals) + cross_entropy(fake_labels, of_fakes)

    return _updated(discriminator, optimizer, loss)


def probability_generator_step(generator, discriminator, optimizer, latents):
    """Train G once against a D that returns probabilities, 0 for real."""

    def loss():
        of_fakes = discriminator(generator(latents, training=True), training=True)
        return keras.losses.BinaryCrossentropy()(tf.zeros_like(of_fakes), of_fakes)

    return _updated(generator, optimizer, loss)


# ---- two ranges


def range_mismatch(mended):
    """The real digits lie in [0, 1], and G ends in tanh. Mend: the digits in [-1, 1].

    G's digits are read in the range that it was shown, which is the kinder way, and cut off at black.
    """
    recipe, digits = _digits()
    return Arm(recipe, digits) if mended else Arm(recipe, (digits + 1) / 2, read=_from_unit_range)


def _from_unit_range(images):
    return np.clip(2 * images - 1, -1, 1)


# ---- a circle with both of its ends


def seven_modes(mended):
    """The angles of eight modes are np.linspace(0, 2π, 8), whose last is its first: seven, one of them twice as often.

    Mend: endpoint=False.
    """
    angles = np.linspace(0, 2 * np.pi, 8, endpoint=not mended)
    centres = 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    rng = np.random.default_rng(0)
    points = centres[rng.integers(8, size=20_000)] + 0.02 * rng.standard_normal((20_000, 2))
    return Arm(WORKLOADS["ring"].recipe(GOOD_POINTS, RATE), points.astype("float32"), centres=_distinct(centres))


def _distinct(centres):
    return np.unique(centres.round(9), axis=0)


# ---- fakes that nobody else sees


def predicted_fakes(mended):
    """D's fakes are G's predictions, by the moving averages of its batch normalization; G learns from its batches' own.

    So D never sees what G is judged by. Mend: fakes for D by G(z, training=True).
    """
    return Arm(*_digits(), train=partial(_two_passes, mended))


def _two_passes(training, history, data, steps):
    recipe, players = history.recipe, (history.generator, history.discriminator)

    @tf.function
    def step(real, latents, *labels):
        generator, discriminator = players
        fake = generator(latents, training=training)
        d_loss = recipe.discriminator_step(discriminator, history.d_optimizer, real, fake, *labels)
        g_loss = recipe.generator_step(generator, discriminator, history.g_optimizer, latents)
        return tf.stack([d_loss, g_loss])

    return _one_by_one(step, history, data, steps)
