"""Batch normalization: what it computes, its block, and the layers that get none."""

import keras
import numpy as np
from keras import layers


def batch_norm(x, gamma, beta, eps=1e-3):
    """Normalize images channel by channel, with the batch's statistics, as in training.

    x: a float array (n, height, width, channels).
    gamma, beta: float arrays (channels,).
    eps: keeps the division finite where a channel is constant.
    For each channel: subtract the channel's mean over the whole batch, all images and
    all pixels, divide by the root of (its variance + eps), multiply by gamma, add beta.
    The variance is NumPy's (and Keras'), the mean of the squared deviations.
    Returns a new float array (n, height, width, channels).
    Source: Ioffe and Szegedy 2015, algorithm 1.

    >>> x = np.array([1.0, 7.0, 3.0, 7.0, 3.0, 7.0, 5.0, 7.0]).reshape(2, 1, 2, 2)
    >>> y = batch_norm(x, gamma=np.array([2.0, 2.0]), beta=np.array([1.0, 1.0]))
    >>> [np.round(y[..., channel], 2).tolist() for channel in (0, 1)]
    [[[[-1.83, 1.0]], [[1.0, 3.83]]], [[[1.0, 1.0]], [[1.0, 1.0]]]]
    """
    mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta


def make_normalized_block(filters=64):
    """Build a block: convolution, batch normalization, leaky ReLU, in this order.

    In: (batch, 64, 64, 3). Out: (batch, 32, 32, filters).
    The convolution has `filters` kernels of 3 × 3, stride 2, padding "same" and no
    bias. Batch normalization is Keras' own layer: a mean and a variance for each
    channel, over the batch in training and from moving averages at test time, and a
    gamma and a beta that are trained. Its momentum may be any below 1, its epsilon any
    up to 0.002. The leaky ReLU has the slope 0.2.
    Returns an untrained keras.Model, 1,984 parameters at 64 filters, 1,856 of them
    trained.
    Source: Radford, Metz and Chintala 2015, and their code for the order.

    >>> block = make_normalized_block(filters=8)
    >>> block.output_shape, block.count_params(), len(block.trainable_weights)
    ((None, 32, 32, 8), 248, 3)
    """
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.2),
        ]
    )


def has_batch_norm(network, layer, n_layers):
    """Tell whether batch normalization follows a layer of a GAN.

    network: "generator" or "discriminator". Layers are those that multiply: dense,
    convolution, transposed convolution. n_layers: how many the network has, from 1.
    layer: the number of the one in question, from 0, which reads the network's input,
    to n_layers - 1, which makes its output.
    Not normalized: layers that make or read images, and the layer that makes the logit.
    All others are.
    Returns True or False.
    Source: Radford, Metz and Chintala 2015, section 3, and their code for the logit.

    >>> [has_batch_norm("generator", layer, 4) for layer in range(4)]
    [True, True, True, False]
    >>> [has_batch_norm("discriminator", layer, 4) for layer in range(4)]
    [False, True, True, False]
    """
    last = layer == n_layers - 1
    reads_images = network == "discriminator" and layer == 0
    return not (last or reads_images)


def make_generator(latent_dim=100):
    """Build a generator of MNIST's digits with one hidden layer, which is normalized.

    In: (batch, latent_dim). Out: (batch, 784), pixels in [-1, 1].
    A hidden Dense layer of 256 units, with or without a bias, batch normalization, a
    leaky ReLU of slope 0.2, a Dense layer to 784 pixels, tanh. A normalized batch has
    the standard deviation 1, to within one percent, even if the numbers before had only
    0.3. Any momentum below 1 will do.
    Returns an untrained keras.Model.

    >>> generator = make_generator(latent_dim=10)
    >>> generator.output_shape, len(generator.non_trainable_weights)
    ((None, 784), 2)
    >>> images = np.array(generator(np.full((2, 10), 1000.0)))
    >>> bool(np.abs(images).max() <= 1)
    True
    """
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(256, use_bias=False),
            layers.BatchNormalization(momentum=0.8),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(784),
            layers.Activation("tanh"),
        ]
    )
