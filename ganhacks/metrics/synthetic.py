"""Train on synthetic, test on real: what labelled fakes are worth to somebody who trains a classifier on them."""

from functools import cache

import numpy as np

from ganhacks import data, length
from ganhacks.errors import require
from ganhacks.metrics.inputs import checked_images, require_whole

STEPS, BATCH = 400, 64  # however many images there are, so that only what they show differs


def train_on_synthetic(images, labels, seed=0):
    """The accuracy, on MNIST's 10,000 real test images, of a small classifier trained on `images` and `labels` alone.

    images: float (n, 28, 28), (n, 28, 28, 1) or (n, 784) in [-1, 1], at least 64. labels: the digit that each is meant
    to show, whole numbers 0..9, (n,). seed: of the first weights and the order. Gives a float in [0, 1].
    A value means something only beside `train_on_real` for as many images.
    Raises BadInput for images or labels of other shapes, types or ranges.
    Source: Ravuri and Vinyals 2019, arXiv:1905.10887 (there with ImageNet and a ResNet-50).
    """
    images = checked_images(images)
    labels = _checked_labels(labels, len(images))
    require(
        len(images) >= BATCH, f"images has {len(images)} images, wanted at least {BATCH}: generate more, best 10,000."
    )
    require_whole("seed", seed, 0, "0 is usual")
    model = _build(seed)
    rng = np.random.default_rng(seed)
    n_steps = length(STEPS, 40)
    epochs = -(-n_steps * BATCH // len(images))
    order = np.concatenate([rng.permutation(len(images)) for _ in range(epochs)])
    for step in range(n_steps):
        batch = order[step * BATCH : (step + 1) * BATCH]
        model.train_on_batch(images[batch], labels[batch])
    return _accuracy(model)


def _accuracy(model):
    mnist = data.mnist()
    tests = data.scaled(mnist.x_test)[..., None]
    # Called, not `predict`: that compiles a function for each new model, and warns of it from the fifth on.
    logits = np.concatenate([np.asarray(model(part, training=False)) for part in np.split(tests, 5)])
    return float(np.mean(logits.argmax(axis=1) == mnist.y_test))


@cache
def train_on_real(n, seed=0):
    """The anchor of `train_on_synthetic`: the same from the first `n` of MNIST's 60,000 training images, at least 64.

    Raises BadInput for another number.
    """
    require_whole("n", n, BATCH, "pass how many labelled fakes you have")
    mnist = data.mnist()
    require(n <= len(mnist.x_train), f"n is {n:,}, wanted at most 60,000: MNIST has no more training images.")
    return train_on_synthetic(data.scaled(mnist.x_train[:n]), mnist.y_train[:n], seed)


def _build(seed):
    """An untrained classifier with its optimizer, whose weights depend on the seed alone."""
    import keras
    from keras import layers

    def he(number):
        return keras.initializers.HeNormal(seed=10 * seed + number)

    # Own names and seeds, so that a reader's layers keep their names and their random numbers.
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1), name="synthetic_images"),
            layers.Conv2D(16, 3, 2, "same", activation="relu", kernel_initializer=he(1), name="synthetic_conv1"),
            layers.Conv2D(32, 3, 2, "same", activation="relu", kernel_initializer=he(2), name="synthetic_conv2"),
            layers.Flatten(name="synthetic_flatten"),
            layers.Dense(10, kernel_initializer=he(3), name="synthetic_logits"),
        ],
        name="synthetic_classifier",
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(2e-3, name="synthetic_adam"), loss)
    return model


def _checked_labels(labels, n):
    labels = np.asarray(labels)
    wanted = "wanted one digit 0..9 for each image"
    require(
        not (labels.ndim == 2 and labels.shape == (n, 10)),
        f"labels has the shape {labels.shape}, which looks like one-hot, {wanted}: pass labels.argmax(axis=1).",
    )
    require(
        labels.shape == (n,), f"labels has the shape {labels.shape} for {n:,} images, {wanted}: pass a list of {n:,}."
    )
    require(
        np.issubdtype(labels.dtype, np.integer),
        f"labels has the type {labels.dtype}, {wanted}: pass whole numbers, as labels.astype(int) makes them.",
    )
    require(
        labels.min() >= 0 and labels.max() <= 9,
        f"labels lie in [{labels.min()}, {labels.max()}], {wanted}: the digits of MNIST are their own labels.",
    )
    return labels
