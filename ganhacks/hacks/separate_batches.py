"""What one batch of reals and fakes does to batch norm, and the update without it."""

import keras
import numpy as np
import tensorflow as tf

binary_crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)


def normalize_mixed(real, fake):
    """Normalize reals and fakes as batch normalization does when they share one batch.

    real, fake: float arrays (n, features). For each feature, subtract the mean of *all*
    rows, reals and fakes together, and divide by their standard deviation.
    Returns (real, fake) after that, two arrays (n, features).
    Source: Chintala et al. 2016, trick 4; Ioffe and Szegedy 2015.

    >>> real = np.array([[2.0, 20.0], [4.0, 40.0]])
    >>> fake = np.array([[-4.0, -40.0], [10.0, 100.0]])
    >>> [np.round(part, 2).tolist() for part in normalize_mixed(real, fake)]
    [[[-0.2, -0.2], [0.2, 0.2]], [[-1.4, -1.4], [1.4, 1.4]]]
    """
    both = np.concatenate([real, fake])
    mean, std = both.mean(axis=0), both.std(axis=0)
    return (real - mean) / std, (fake - mean) / std


def discriminator_step(discriminator, optimizer, real, fake, real_labels, fake_labels):
    """Train a discriminator that holds batch normalization once, on separate batches.

    real, fake: batches of samples (n, ...). The discriminator returns logits.
    real_labels, fake_labels: the targets of the two (n, 1).
    Two forward passes, both in training mode (training=True): batch normalization then
    uses the statistics of the batch. Without it, it uses stored averages.
    One update of the discriminator's trainable variables, by the optimizer.
    Returns the loss, a scalar: the reals' mean cross-entropy plus that of the fakes.
    Source: Chintala et al. 2016, trick 4.

    >>> norm = keras.layers.BatchNormalization()  # makes -1 and 1 of either batch below
    >>> dense = keras.layers.Dense(1, kernel_initializer="ones")
    >>> loss = discriminator_step(
    ...     keras.Sequential([keras.Input((1,)), norm, dense]),
    ...     keras.optimizers.SGD(1.0),
    ...     real=np.array([[0.0], [20.0]]),
    ...     fake=np.array([[100.0], [120.0]]),
    ...     real_labels=np.ones((2, 1)),
    ...     fake_labels=np.zeros((2, 1)),
    ... )
    >>> round(float(loss), 2), round(float(dense.kernel[0, 0]), 2)
    (1.63, 0.54)
    """
    with tf.GradientTape() as tape:
        real_logits = discriminator(real, training=True)
        fake_logits = discriminator(fake, training=True)
        real_loss = binary_crossentropy(real_labels, real_logits)
        loss = real_loss + binary_crossentropy(fake_labels, fake_logits)
    variables = discriminator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
