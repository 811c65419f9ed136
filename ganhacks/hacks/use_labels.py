"""Use labels: both networks are told the class; AC-GAN's discriminator names it."""

import keras
import numpy as np
from keras import layers, ops


def labelled_latents(rng, n_samples, latent_dim, n_classes=10):
    """Draw latent samples, and for each the class that the generator is asked for.

    rng: a numpy.random.Generator.
    Returns (z, asked), a tuple of two NumPy arrays. z is (n_samples, latent_dim), every
    number from N(0, 1). asked is (n_samples, n_classes), one-hot: a row has a 1 in the
    column of its class and 0 elsewhere. Each class is drawn independently of the
    others, all equally likely.
    Source: Mirza and Osindero 2014.

    >>> z, asked = labelled_latents(np.random.default_rng(0), 3000, 2, n_classes=5)
    >>> z.shape, asked.shape, sorted({float(row.sum()) for row in asked})
    ((3000, 2), (3000, 5), [1.0])
    >>> np.round(asked.mean(axis=0), 1).tolist()  # the share of each class
    [0.2, 0.2, 0.2, 0.2, 0.2]
    """
    z = rng.standard_normal((n_samples, latent_dim))
    classes = rng.integers(n_classes, size=n_samples)
    return z, np.eye(n_classes)[classes]


def make_conditional_discriminator(n_classes=10, hidden=128):
    """Build a discriminator that judges whether an image is real and fits its label.

    In: a list [images, labels], images (batch, 784) with pixels in [-1, 1], labels
    (batch, n_classes) one-hot. Out: (batch, 1), a logit: above 0 for a real image of
    this class.

    layer         reads                      units    activation
    Dense         labels                     hidden   none
    Concatenate   images and the Dense       -        -
    Dense         the Concatenate            hidden   leaky ReLU, negative slope 0.2
    Dense         the layer before           hidden   leaky ReLU, negative slope 0.2
    Dense         the layer before           1        none

    Returns an untrained keras.Model, 134,913 parameters at the default sizes.
    Source: Mirza and Osindero 2014.

    >>> model = make_conditional_discriminator(n_classes=3, hidden=4)
    >>> model.output_shape, model.count_params()
    ((None, 1), 3197)
    """
    images, labels = keras.Input((784,)), keras.Input((n_classes,))
    x = layers.Concatenate()([images, layers.Dense(hidden)(labels)])
    for _ in range(2):
        x = layers.LeakyReLU(negative_slope=0.2)(layers.Dense(hidden)(x))
    return keras.Model([images, labels], layers.Dense(1)(x))


def class_loss(class_logits, labels):
    """Return how badly a batch was classified: the mean softmax cross-entropy.

    class_logits: float tensor (n, n_classes), any numbers, the highest for the
    likeliest class. They may be 200 apart: the loss and its gradient are right there
    too.
    labels: float tensor or NumPy array (n, n_classes), one-hot; the second argument,
    while Keras' losses take the labels first.
    Returns a scalar tensor from 0 up: the mean of -log p, with p the softmax of a row
    at its class.

    >>> class_logits = ops.array([[0.0, 0.0], [200.0, 0.0]])  # unsure; sure, and wrong
    >>> labels = np.array([[1.0, 0.0], [0.0, 1.0]], "float32")
    >>> [round(float(class_loss(class_logits[i:], labels[i:])), 2) for i in (0, 1)]
    [100.35, 200.0]
    """
    loss = ops.categorical_crossentropy(labels, class_logits, from_logits=True)
    return ops.mean(loss)


def ac_losses(real, fake, labels, asked):
    """Return the losses of AC-GAN's discriminator and of its generator.

    real, fake: what the discriminator answers to n real and n fake images, each a pair
    (source_logits, class_logits), float tensors (n, 1) and (n, n_classes).
    The logits are any numbers.
    labels: the classes of the reals. asked: those that the fakes were asked to be.
    Both are one-hot float tensors (n, n_classes).
    Returns (d_loss, g_loss), two scalar tensors, each a sum of means:
    d_loss: the cross-entropy of the source (real 1, fake 0), and the class loss of
    reals and fakes;
    g_loss: the cross-entropy of the fakes' source with 1, and their class loss.
    Source: Odena et al. 2016, section 4, with a generator loss that doesn't saturate.

    >>> real = ops.array([[0.0]]), ops.array([[1.0, 0.0]])
    >>> fake = ops.array([[2.0]]), ops.array([[0.0, 3.0]])
    >>> labels, asked = ops.array([[1.0, 0.0]]), ops.array([[0.0, 1.0]])
    >>> [round(float(loss), 2) for loss in ac_losses(real, fake, labels, asked)]
    [3.18, 0.18]
    """
    (real_source, real_class), (fake_source, fake_class) = real, fake

    def source_loss(logits, target):
        targets = target * ops.ones_like(logits)
        return ops.mean(ops.binary_crossentropy(targets, logits, from_logits=True))

    def class_loss(logits, classes):
        loss = ops.categorical_crossentropy(classes, logits, from_logits=True)
        return ops.mean(loss)

    fakes_classified = class_loss(fake_class, asked)
    d_loss = source_loss(real_source, 1) + source_loss(fake_source, 0)
    d_loss += class_loss(real_class, labels) + fakes_classified
    return d_loss, source_loss(fake_source, 1) + fakes_classified
