"""The course's own MNIST classifier, whose features the metrics of digits compare."""

from functools import cache

import numpy as np

from ganhacks import data
from ganhacks.errors import BadFile
from ganhacks.metrics.inputs import checked_images
from ganhacks.places import remedy

FEATURES = 64
BATCH = 500


def build_classifier():
    """The untrained classifier: images (n, 28, 28, 1) in [-1, 1] -> [features (n, 64), logits (n, 10)].

    tools/train_classifier.py trains it; `classify` uses the trained one.
    """
    import keras
    from keras import layers

    # Own names and seeds, so that whether this was called changes neither the automatic names of a reader's
    # layers nor, after keras.utils.set_random_seed, their weights.
    def he(seed):
        return keras.initializers.HeNormal(seed=seed)

    def convolution(x, filters, stride, number):
        x = layers.Conv2D(
            filters, 3, stride, "same", use_bias=False, kernel_initializer=he(number), name=f"classifier_conv{number}"
        )(x)
        x = layers.BatchNormalization(name=f"classifier_norm{number}")(x)
        return layers.LeakyReLU(negative_slope=0.1, name=f"classifier_act{number}")(x)

    images = keras.Input((28, 28, 1), name="classifier_images")
    x = convolution(images, 16, 2, 1)  # 14 x 14
    x = convolution(x, 32, 1, 2)
    x = convolution(x, 64, 2, 3)  # 7 x 7
    x = convolution(x, 64, 2, 4)  # 4 x 4
    x = layers.Flatten(name="classifier_flatten")(x)
    # Normalised and leaky: no feature can die, which would make the covariances of FID singular.
    x = layers.Dense(FEATURES, use_bias=False, kernel_initializer=he(5), name="classifier_dense")(x)
    x = layers.BatchNormalization(name="classifier_norm5")(x)
    features = layers.LeakyReLU(negative_slope=0.1, name="classifier_features")(x)
    logits = layers.Dense(10, kernel_initializer=he(6), name="classifier_logits")(features)
    return keras.Model(images, [features, logits], name="classifier")


@cache
def trained(name="classifier.npz"):
    """The classifier with its trained weights, of digits, or of what another file in data/ was trained on.

    Raises BadFile if the file is not as it should be.
    """
    file = data.load_npz(name)
    model = build_classifier()
    try:
        model.set_weights([file[key] for key in sorted(file) if key.startswith("weight_")])
    except ValueError:
        raise BadFile(
            f"{data.DATA / name} has the weights of another network than build_classifier(): "
            + remedy(f"data/{name}", maker=data.MAKERS[name])
            + "."
        ) from None
    return model


def classify(images):
    """The classifier's features, float32 (n, 64), and probabilities of the digits 0..9, float32 (n, 10).

    `images`: float (n, 28, 28), (n, 28, 28, 1) or (n, 784) in [-1, 1], as a tanh generator makes them.
    Raises BadInput for another shape, type or range, and BadFile if data/classifier.npz is not as it should be.
    """
    features, logits = trained().predict(checked_images(images), batch_size=BATCH, verbose=0)
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return features, exponentials / exponentials.sum(axis=1, keepdims=True)


@cache
def mnist_features(part):
    """Return the features of MNIST's images, float32 (n, 64). part: "train" for the 60,000, "test" for the 10,000."""
    mnist = data.mnist()
    return classify(data.scaled({"train": mnist.x_train, "test": mnist.x_test}[part]))[0]
