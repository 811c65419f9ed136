"""The dense MNIST GAN of lab 12: two networks, their data and labels, two updates."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

binary_crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)


def make_latent_samples(rng, n_samples, latent_dim):
    """Draw the random numbers that the generator turns into images.

    rng: a numpy.random.Generator.
    Returns a float array (n_samples, latent_dim): every number from N(0, 1), a sample
    in each row.
    Source: Chintala et al. 2016, trick 3.

    >>> latents = make_latent_samples(np.random.default_rng(0), 10_000, 2)
    >>> mean, std = float(latents.mean()), float(latents.std())
    >>> latents.shape, round(abs(mean), 1), round(std, 1)
    ((10000, 2), 0.0, 1.0)
    """
    return rng.standard_normal((n_samples, latent_dim))


def make_generator(latent_dim=100, hidden=128, slope=0.01):
    """Build the generator: latent samples to flat images.

    In: (batch, latent_dim). Out: (batch, 784), pixels in [-1, 1].
    One hidden layer of `hidden` units, a leaky ReLU of negative slope `slope`; at the
    end tanh.
    Returns an untrained keras.Model, 114,064 parameters at the default sizes.

    >>> generator = make_generator(latent_dim=2, hidden=3)
    >>> generator.output_shape, generator.count_params()
    ((None, 784), 3145)
    """
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(hidden),
            layers.LeakyReLU(negative_slope=slope),
            layers.Dense(784),
            layers.Activation("tanh"),
        ],
        name="generator",
    )


def make_discriminator(hidden=128, slope=0.01):
    """Build the discriminator: flat images to one logit each.

    In: (batch, 784), pixels in [-1, 1]. Out: (batch, 1), any real number: above 0 for
    "real", below 0 for "fake".
    One hidden layer of `hidden` units, a leaky ReLU of negative slope `slope`.
    Returns an untrained keras.Model, 100,609 parameters at the default sizes.

    >>> discriminator = make_discriminator(hidden=3)
    >>> discriminator.output_shape, discriminator.count_params()
    ((None, 1), 2359)
    """
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(hidden),
            layers.LeakyReLU(negative_slope=slope),
            layers.Dense(1),
        ],
        name="discriminator",
    )


def preprocess(images):
    """Turn MNIST images into what the networks read.

    images: uint8 array (n, 28, 28), 0 for black to 255 for white.
    Returns a float32 array (n, 784), -1.0 for black to 1.0 for white.

    >>> images = np.zeros((2, 28, 28), "uint8")
    >>> images[0, 1, 0] = 255  # white, the first pixel of the second row
    >>> flat = preprocess(images)
    >>> flat.shape, flat.dtype.name, flat[0, 27:30].tolist()
    ((2, 784), 'float32', [-1.0, 1.0, -1.0])
    """
    flat = images.reshape(len(images), 784).astype("float32")
    return flat / 127.5 - 1


def deprocess(flat):
    """Undo `preprocess`, so that an image can be looked at.

    flat: float array (n, 784), -1.0 for black to 1.0 for white.
    Returns a uint8 array (n, 28, 28), 0 for black to 255 for white: for each pixel the
    nearest grey value.

    >>> flat = np.full((2, 784), -1.0)
    >>> flat[0, 28] = 0.3  # the first pixel of the second row
    >>> images = deprocess(flat)
    >>> images.shape, images.dtype.name, images[0, 1, :2].tolist()
    ((2, 28, 28), 'uint8', [166, 0])
    """
    values = np.round((flat + 1) * 127.5)
    return np.clip(values, 0, 255).astype("uint8").reshape(-1, 28, 28)


def make_labels(n_samples):
    """Make the discriminator's right answers: 1 for a real image, 0 for a fake.

    Returns (real_labels, fake_labels), two float32 arrays of shape (n_samples, 1).

    >>> real_labels, fake_labels = make_labels(2)
    >>> real_labels.tolist(), fake_labels.tolist(), real_labels.dtype.name
    ([[1.0], [1.0]], [[0.0], [0.0]], 'float32')
    """
    return np.ones((n_samples, 1), "float32"), np.zeros((n_samples, 1), "float32")


def smooth_labels(real_labels, fake_labels, smooth=0.1):
    """Smooth one side: a real image counts as 1 - smooth, a fake as 0, as before.

    real_labels, fake_labels: float arrays (n, 1). smooth: from 0 to 1.
    Returns (real_labels, fake_labels), arrays of the same shape.
    Source: Salimans et al. 2016, section 3.4.

    >>> real_labels, fake_labels = smooth_labels(*make_labels(2), smooth=0.25)
    >>> real_labels.tolist(), fake_labels.tolist()
    ([[0.75], [0.75]], [[0.0], [0.0]])
    """
    return real_labels * (1 - smooth), fake_labels.copy()


def discriminator_step(discriminator, optimizer, real, fake, real_labels, fake_labels):
    """Train the discriminator once: two forward passes, one summed loss, one update.

    real, fake: batches of samples (n, ...). real_labels, fake_labels: their targets
    (n, 1). The discriminator returns logits.
    Returns the loss, a scalar: the mean cross-entropy of the reals plus that of the
    fakes.

    >>> weight = layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    >>> network = keras.Sequential([keras.Input((1,)), weight])
    >>> loss = discriminator_step(
    ...     network,
    ...     keras.optimizers.SGD(1.0),
    ...     np.ones((1, 1)),
    ...     -np.ones((1, 1)),
    ...     *make_labels(1),
    ... )
    >>> round(float(loss), 3), round(float(weight.kernel[0, 0]), 3)
    (1.386, 1.0)
    """
    with tf.GradientTape() as tape:
        real_logits = discriminator(real, training=True)
        fake_logits = discriminator(fake, training=True)
        real_loss = binary_crossentropy(real_labels, real_logits)
        fake_loss = binary_crossentropy(fake_labels, fake_logits)
        loss = real_loss + fake_loss
    variables = discriminator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


def generator_step(generator, discriminator, optimizer, latent_samples):
    """Train the generator once, towards fakes that the discriminator calls real.

    latent_samples: a batch (n, latent_dim). The discriminator returns logits, and stays
    as it is.
    Returns the loss, a scalar: the mean cross-entropy of the fakes' logits with the
    label 1.

    >>> dense = [layers.Dense(1, kernel_initializer=name) for name in ("zeros", "ones")]
    >>> networks = [keras.Sequential([keras.Input((1,)), layer]) for layer in dense]
    >>> loss = generator_step(*networks, keras.optimizers.SGD(1.0), np.ones((1, 1)))
    >>> round(float(loss), 3), [round(float(layer.kernel[0, 0]), 3) for layer in dense]
    (0.693, [0.5, 1.0])
    """
    with tf.GradientTape() as tape:
        logits = discriminator(generator(latent_samples, training=True), training=True)
        loss = binary_crossentropy(tf.ones_like(logits), logits)
    variables = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


def discriminator_step_2018(
    discriminator, optimizer, real, fake, real_labels, fake_labels
):
    """Train the discriminator as in 2018: one update on the reals, one on the fakes.

    Arguments and result as in `discriminator_step`, but Adam takes two steps, and the
    fakes meet a discriminator that has already moved.

    >>> weight = layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    >>> network = keras.Sequential([keras.Input((1,)), weight])
    >>> loss = discriminator_step_2018(
    ...     network,
    ...     keras.optimizers.SGD(1.0),
    ...     np.ones((1, 1)),
    ...     -np.ones((1, 1)),
    ...     *make_labels(1),
    ... )
    >>> round(float(loss), 3), round(float(weight.kernel[0, 0]), 3)
    (1.167, 0.878)
    """
    total = 0.0
    for images, labels in ((real, real_labels), (fake, fake_labels)):
        with tf.GradientTape() as tape:
            loss = binary_crossentropy(labels, discriminator(images, training=True))
        variables = discriminator.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        total += loss
    return total
