"""Dropout as the generator's noise: on in every mode, and how much it decides."""

import keras
import numpy as np
from keras import layers, ops


def always_dropout(x, rate, seed):
    """Drop numbers at random, at every call, in training or not.

    x: a float tensor (batch, ...). rate: the share that is dropped, in [0, 1). seed: a
    keras.random.SeedGenerator. Handed as `seed=` to a function of `keras.random`, it
    makes each call draw anew.
    Returns a tensor like x: each number of each sample is 0 with probability `rate`, on
    its own, and otherwise x / (1 - rate), so that the mean stays.
    Source: Srivastava et al. 2014, Dropout; Chintala et al. 2016, trick 17.

    >>> x, seed = ops.ones((4, 2500)), keras.random.SeedGenerator(0)
    >>> first, second = [always_dropout(x, 0.75, seed) for _ in range(2)]
    >>> np.unique(first).tolist(), round(float(ops.mean(first)), 1)
    ([0.0, 4.0], 1.0)
    >>> bool(ops.all(first == second))
    False
    """
    kept = keras.random.uniform(ops.shape(x), seed=seed) >= rate
    return ops.where(kept, x / (1 - rate), 0.0)


class AlwaysDropout(layers.Layer):
    """`always_dropout` as a layer. It has no `training`, so nobody turns it off.

    >>> model = keras.Sequential([keras.Input((100,)), AlwaysDropout(0.5)])
    >>> np.unique(model(ops.ones((10, 100)), training=False)).tolist()
    [0.0, 2.0]
    """

    def __init__(self, rate=0.5):
        super().__init__()
        self.rate, self.draws = rate, keras.random.SeedGenerator()

    def call(self, x):
        return always_dropout(x, self.rate, self.draws)

    def compute_output_shape(self, shape):  # Keras need not try it without a batch
        return shape


def noisy_generator(latent_dim, width, outputs, activation, make_dropout):
    """Build a dense generator with dropout after both hidden layers, and nowhere else.

    In: (batch, latent_dim). Out: (batch, outputs), through `activation`, such as "tanh"
    or None. Each hidden layer has `width` units and a ReLU.
    make_dropout: a function without arguments that returns a new dropout layer.
    Returns an untrained keras.Model that has its weights already.
    Source: Isola et al. 2017 (pix2pix) have dropout in several layers of the generator.

    >>> model = noisy_generator(2, 8, 3, "tanh", lambda: layers.Dropout(0.5))
    >>> model.output_shape, model.count_params()
    ((None, 3), 123)
    >>> sum(isinstance(layer, layers.Dropout) for layer in model.layers)
    2
    """
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(width, activation="relu"),
            make_dropout(),
            layers.Dense(width, activation="relu"),
            make_dropout(),
            layers.Dense(outputs, activation=activation),
        ]
    )


def spread(samples):
    """Measure how much samples differ from draw to draw, and from latent to latent.

    samples: a float array (n_latents, n_draws, d): in row i, n_draws samples of the
    latent i, of d numbers each.
    Returns (over_draws, over_latents), two floats: the standard deviation over the
    draws of one latent, and the one over the latents in one draw, each averaged over
    all the rest.

    >>> spread(np.array([[[0.0], [2.0]], [[10.0], [12.0]]]))
    (1.0, 5.0)
    """
    return float(np.std(samples, axis=1).mean()), float(np.std(samples, axis=0).mean())


def decoder_block(x, filters):
    """Double an image's height and width, with dropout that is on in every mode.

    x: a Keras tensor (batch, height, width, channels), as layers are called with in the
    functional API. filters: the number of channels that come out. Transposed
    convolution, batch normalization, dropout of 0.5, ReLU. The dropout is on even where
    the finished model runs with training=False, as `predict` does; the normalization
    follows that argument as ever.
    Returns a Keras tensor (batch, 2 height, 2 width, filters).
    Source: Isola et al. 2017, appendix 6.1.

    >>> x, ones = keras.Input((4, 4, 3)), ops.ones((1, 4, 4, 3))
    >>> model = keras.Model(x, decoder_block(x, 6))
    >>> first, second = [model(ones, training=False) for _ in range(2)]
    >>> model.output_shape, bool(ops.all(first == second))
    ((None, 8, 8, 6), False)
    """
    h = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)(x)
    h = layers.BatchNormalization()(h)
    h = AlwaysDropout(0.5)(h)
    return layers.ReLU()(h)
