"""A class as one more channel: a small embedding makes a map of it."""

import keras
import numpy as np
from keras import layers


def class_as_channel(n_classes=10, embedding_dim=50):
    """Build the start of a conditional discriminator: the class as one more channel.

    In: a list [images, classes], images (batch, 28, 28, 1), classes (batch, 1), whole
    numbers from 0.
    Out: (batch, 28, 28, 2), the image as it is and one plane that its class alone
    decides, in either order. The plane comes from an embedding of `embedding_dim`
    numbers a class and one Dense layer without activation.
    Returns an untrained keras.Model.
    Source: Chintala et al., How to Train a GAN?, trick 16.

    >>> images, classes = np.zeros((2, 28, 28, 1)), np.array([[3], [7]])
    >>> maps = np.array(class_as_channel()([images, classes]))
    >>> different = np.any(maps[0] != maps[1], axis=(0, 1))
    >>> maps.shape, int(different.sum())  # the class decides one channel
    ((2, 28, 28, 2), 1)
    """
    images, classes = keras.Input((28, 28, 1)), keras.Input((1,), dtype="int32")
    plane = layers.Dense(28 * 28)(layers.Embedding(n_classes, embedding_dim)(classes))
    plane = layers.Reshape((28, 28, 1))(plane)
    return keras.Model([images, classes], layers.Concatenate()([images, plane]))


def latents_with_class(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
    """Build the start of a conditional generator: maps made from z, one from the class.

    In: a list [z, classes], z (batch, latent_dim), classes (batch, 1), whole numbers
    from 0.
    Out: (batch, 7, 7, channels + 1): `channels` maps that z alone decides, by one Dense
    layer, and one map that the class alone decides, by an embedding of `embedding_dim`
    numbers a class and one Dense layer, in either order. No activation in either.
    Returns an untrained keras.Model.
    Source: Chintala et al., How to Train a GAN?, trick 16.

    >>> z, classes = np.zeros((2, 100)), np.array([[3], [7]])
    >>> maps = np.array(latents_with_class(channels=4)([z, classes]))
    >>> different = np.any(maps[0] != maps[1], axis=(0, 1))
    >>> maps.shape, int(different.sum())  # the class decides one map
    ((2, 7, 7, 5), 1)
    """
    z, classes = keras.Input((latent_dim,)), keras.Input((1,), dtype="int32")
    maps = layers.Reshape((7, 7, channels))(layers.Dense(7 * 7 * channels)(z))
    class_map = layers.Dense(7 * 7)(layers.Embedding(n_classes, embedding_dim)(classes))
    class_map = layers.Reshape((7, 7, 1))(class_map)
    return keras.Model([z, classes], layers.Concatenate()([maps, class_map]))


def class_grid(rng, latent_dim, n_classes, n):
    """Draw latent samples and classes for a picture: a row for each class, n columns.

    rng: a numpy.random.Generator. The picture is filled row by row, from left to right.
    Returns (z, classes), two NumPy arrays with n_classes * n rows.
    z: (n_classes * n, latent_dim), drawn from N(0, 1). Down a column of the picture it
    is the same, so there are n different latent samples in all.
    classes: (n_classes * n, 1), integers. The picture's first row is class 0, the last
    one n_classes - 1.

    >>> z, classes = class_grid(np.random.default_rng(0), 5, n_classes=2, n=3)
    >>> z.shape, bool(np.all(z[:3] == z[3:])), classes.tolist()
    ((6, 5), True, [[0], [0], [0], [1], [1], [1]])
    """
    z = rng.standard_normal((n, latent_dim))
    classes = np.repeat(np.arange(n_classes), n)
    return np.tile(z, (n_classes, 1)), classes[:, None]
