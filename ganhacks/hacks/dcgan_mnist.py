"""A small DCGAN for MNIST, of what was measured to help, and the test of what helps."""

import itertools

import keras
import numpy as np
from keras import layers, ops


def sign_flip_p(differences):
    """How often do random signs give a sum at least as far from 0 as these differences?

    differences: float (n,), one for each pair of runs; n is 2 to 12. Their sizes stay.
    All 2**n choices of signs are tried, none is drawn. The one that was found is among
    them.
    Returns a float, above 0 and up to 1: the share of the sums that are at least as far
    from 0 as the sum of the differences, on either side. Equal sums can differ by
    rounding: one that falls short by so little, say 1e-9, counts too.
    Source: Fisher, The Design of Experiments, 1935, section 21.

    >>> sign_flip_p(np.array([-1.0, -2.0, -4.0]))  # all minus and all plus, of 8
    0.25
    >>> sign_flip_p(np.array([-1.0, 2.0, 4.0])), sign_flip_p(np.zeros(3))
    (0.5, 1.0)
    """
    signs = np.array(list(itertools.product([-1, 1], repeat=len(differences))))
    sums = np.abs(signs @ differences)
    return float(np.mean(sums >= abs(np.sum(differences)) - 1e-9))


def learning_rate(step, n_steps, peak):
    """Return the learning rate: the peak for 30 % of the steps, then down to 1 % of it.

    It goes down in a straight line, reaches 1 % at n_steps, and stays there.
    step: one number, or a tensor of one, from 0. n_steps: steps in all. peak: above 0.
    Returns one number, or a tensor of one.

    >>> steps = (0, 30, 65, 100, 200)
    >>> [round(float(learning_rate(step, 100, peak=1.0)), 3) for step in steps]
    [1.0, 1.0, 0.505, 0.01, 0.01]
    """
    done = ops.cast(step, "float32") / n_steps
    return peak * ops.clip(1 - 0.99 * (done - 0.3) / 0.7, 0.01, 1)


@keras.saving.register_keras_serializable("ganhacks")
class HoldThenFall(keras.optimizers.schedules.LearningRateSchedule):
    """`learning_rate` as Keras' optimizers take it.

    >>> schedule = HoldThenFall(n_steps=100, peak=0.5)
    >>> round(float(schedule(65)), 4), schedule.get_config()
    (0.2525, {'n_steps': 100, 'peak': 0.5})
    >>> round(float(keras.optimizers.Adam(schedule).learning_rate), 3)
    0.5
    """

    def __init__(self, n_steps, peak):
        self.n_steps, self.peak = n_steps, peak

    def __call__(self, step):
        return learning_rate(step, self.n_steps, self.peak)

    def get_config(self):
        return {"n_steps": self.n_steps, "peak": self.peak}


def make_generator(latent_dim):
    """Build the generator: (batch, latent_dim) to images (batch, 28, 28, 1) in [-1, 1].

    layers                                                   output for one sample
    -------------------------------------------------------  ---------------------
    Dense, batch normalization, ReLU                         256
    Dense, batch normalization, ReLU                         1568 = 7 * 7 * 32
    Reshape                                                  7, 7, 32
    transposed convolution, batch normalization, ReLU        14, 14, 16
    transposed convolution, tanh                             28, 28, 1

    Transposed convolutions have kernel 4, stride 2 and padding "same". You are free to
    reshape before the second normalization, and to leave out the bias before each one.
    Source: Radford et al. 2015, arXiv:1511.06434, with a second dense layer.

    >>> generator = make_generator(latent_dim=10)
    >>> generator.output_shape, len(generator.non_trainable_weights)
    ((None, 28, 28, 1), 6)
    >>> images = np.array(generator(np.full((2, 10), 1000.0)))
    >>> bool(np.abs(images).max() <= 1)
    True
    """
    model = keras.Sequential([keras.Input((latent_dim,))])
    for units in (256, 7 * 7 * 32):
        model.add(layers.Dense(units, use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.ReLU())
    model.add(layers.Reshape((7, 7, 32)))
    model.add(layers.Conv2DTranspose(16, 4, strides=2, padding="same", use_bias=False))
    model.add(layers.BatchNormalization())
    model.add(layers.ReLU())
    model.add(
        layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh")
    )
    return model


def make_discriminator(n_outputs=1):
    """Build the discriminator: images (batch, 28, 28, 1) to logits (batch, n_outputs).

    layers                                                   output for one image
    -------------------------------------------------------  --------------------
    convolution, leaky ReLU                                  14, 14, 16
    convolution, leaky ReLU                                  7, 7, 32
    convolution, leaky ReLU                                  4, 4, 64
    Flatten                                                  1024
    Dense                                                    n_outputs

    Convolutions have kernel 4, stride 2 and padding "same"; leaky ReLUs have slope 0.2.
    You are free to put a batch normalization before the second and third leaky ReLU, or
    before none, and to leave out the bias before it. There is no dropout.
    Source: Radford et al. 2015, arXiv:1511.06434.

    >>> discriminator = make_discriminator(n_outputs=10)
    >>> discriminator.input_shape, discriminator.output_shape
    ((None, 28, 28, 1), (None, 10))
    >>> [w.shape[-1] for w in discriminator.weights if w.name == "kernel"]
    [16, 32, 64, 10]
    """
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in (16, 32, 64):
        model.add(layers.Conv2D(filters, 4, strides=2, padding="same"))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Flatten())
    model.add(layers.Dense(n_outputs))
    return model


def own_logit(logits, classes):
    """Return of each sample's ten logits the one of the class that it is said to be.

    logits: float (n, 10). classes: whole numbers 0..9, (n, 1). Returns float (n, 1).
    Both may be Keras' tensors, from which a model is built: keras.ops works on them.
    Source: the discriminator with classes of Mescheder et al. 2018, arXiv:1801.04406.

    >>> logits = np.arange(20.0).reshape(2, 10)
    >>> np.array(own_logit(logits, np.array([[3], [0]]))).tolist()
    [[3.0], [10.0]]
    """
    return ops.take_along_axis(logits, classes, axis=1)


def make_conditional_generator(latent_dim=64, n_classes=10):
    """Build a generator of chosen classes: [latents, classes] to [images, classes].

    latents: (batch, latent_dim). classes: whole numbers (batch, 1).

    >>> generator = make_conditional_generator(latent_dim=8)
    >>> images, classes = generator([np.zeros((2, 8)), np.array([[3], [7]])])
    >>> tuple(images.shape), np.array(classes).tolist()
    ((2, 28, 28, 1), [[3], [7]])
    >>> bool(np.allclose(images[0], images[1]))  # the class makes the difference
    False
    """
    latents, classes = keras.Input((latent_dim,)), keras.Input((1,), dtype="int32")
    one_hot = ops.one_hot(classes[:, 0], n_classes)
    images = make_generator(latent_dim + n_classes)(
        ops.concatenate([latents, one_hot], axis=1)
    )
    return keras.Model([latents, classes], [images, classes])


def make_conditional_discriminator(n_classes=10):
    """Build a discriminator: [images, classes] to the logit of that class (batch, 1).

    images: (batch, 28, 28, 1). classes: whole numbers (batch, 1).

    >>> discriminator = make_conditional_discriminator()
    >>> images, classes = np.ones((2, 28, 28, 1)), np.array([[3], [7]])
    >>> logits = np.array(discriminator([images, classes]))
    >>> logits.shape, bool(logits[0, 0] == logits[1, 0])
    ((2, 1), False)
    """
    images, classes = keras.Input((28, 28, 1)), keras.Input((1,), dtype="int32")
    return keras.Model(
        [images, classes], own_logit(make_discriminator(n_classes)(images), classes)
    )
