"""How good are these digits? Scores on the features of the course's classifier, and anchors that say what they mean.

A value means something only beside others that were got in the same way, so there are three anchors: what real digits,
one digit alone and noise score. The formulas that need no classifier are in the modules beside this one.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

import numpy as np

from ganhacks import data
from ganhacks.errors import require
from ganhacks.metrics.classifier import classify, mnist_features
from ganhacks.metrics.frechet import frechet_distance
from ganhacks.metrics.inputs import checked_images, require_whole
from ganhacks.metrics.kernel import kernel_distance
from ganhacks.metrics.neighbours import density_coverage, precision_recall
from ganhacks.metrics.shares import kl_divergence

MOST_ANCHORS = 6_742  # images of the digit 1 among MNIST's training images
LEAST_IMAGES = 2_000  # below this FID says more about the sample's size than about the images


# ---- One score each


def mnist_fid(images):
    """FID of at least 2,000 `images` against MNIST's 10,000 test images: a float from 0 up, lower is better.

    It uses this course's own classifier, so compare it only with other values of this function, never with published
    FIDs, and only at equal numbers of images: fewer give a higher value.
    Takes and raises what `classify` does, and raises BadInput for fewer than 2,000 images.
    """
    return mnist_scores(images).fid


def class_histogram(images):
    """The share of each digit 0..9 among the predicted classes of `images`: float64 (10,) with the sum 1.

    Takes and raises what `classify` does.
    """
    return _shares(classify(images)[1])


def _shares(probabilities):
    return np.bincount(probabilities.argmax(axis=1), minlength=10) / len(probabilities)


def class_kl(images):
    """KL(predicted class shares of `images` || true shares of the test images) in nats: 0 is balanced as MNIST is.

    Takes and raises what `classify` does.
    """
    return kl_divergence(class_histogram(images), _real_shares())


@cache
def _real_shares():
    """Return the true class shares of MNIST's test images."""
    labels = data.mnist().y_test
    return np.bincount(labels, minlength=10) / len(labels)


# ---- All of them in one pass, beside what they mean


@dataclass(frozen=True)
class Scores:
    """The scores of `n` images: FID, class KL in nats, and the shares of the digits 0..9."""

    fid: float
    class_kl: float
    shares: tuple
    n: int


def mnist_scores(images):
    """The `Scores` of `images` (as for `classify`, at least 2,000), in one pass through the classifier.

    Raises BadInput for fewer than 2,000 images and as `classify` does.
    """
    return _scores(*_classified(images))


def _classified(images):
    n = len(checked_images(images))
    wanted = f"wanted at least {LEAST_IMAGES:,}: generate more, best 10,000"
    require(n >= LEAST_IMAGES, f"images has {n:,} images, {wanted}.")
    return classify(images)


def _scores(features, probabilities):
    shares = _shares(probabilities)
    return Scores(
        fid=frechet_distance(features, mnist_features("test")),
        class_kl=kl_divergence(shares, _real_shares()),
        shares=tuple(shares.tolist()),
        n=len(features),
    )


@dataclass(frozen=True)
class FullScores(Scores):
    """The `Scores` of `n` images, and their KID, precision, recall, density and coverage on the same features."""

    kid: float
    precision: float
    recall: float
    density: float
    coverage: float


def full_scores(images):
    """The `FullScores` of `images` (as for `mnist_scores`): seconds for 10,000, where `mnist_scores` takes one.

    FID and class KL are against all test images, the others against as many of them, drawn once, as there are
    `images`: compare scores only at equal numbers of images. Raises BadInput as `mnist_scores` does.
    """
    features, probabilities = _classified(images)
    reference = mnist_features("test")
    as_many = reference[np.random.default_rng(0).permutation(len(reference))[: len(features)]]
    return FullScores(
        **vars(_scores(features, probabilities)),
        kid=kernel_distance(features, as_many),
        **precision_recall(as_many, features)._asdict(),
        **density_coverage(as_many, features)._asdict(),
    )


@cache
def anchors():
    """What scores mean: {"real against real", "one digit only", "noise"} -> `Scores`, from the best to the worst FID.

    They are 10,000 training images, the training images of the digit 1, and 10,000 images of uniform noise.
    """
    return MappingProxyType({name: mnist_scores(images) for name, images in _anchor_images().items()})


def _anchor_images(n=10_000):
    """At most `n` images of each anchor."""
    mnist = data.mnist()
    return {
        "real against real": data.scaled(mnist.x_train[:n]),
        "one digit only": data.scaled(mnist.x_train[mnist.y_train == 1][:n]),
        "noise": np.random.default_rng(0).uniform(-1, 1, (n, 28, 28)),
    }


@lru_cache(typed=True)  # 2000.0 is not 2,000 here
def full_anchors(n):
    """The anchors' `FullScores` from `n` images each: {name: `FullScores`}, in the order of `anchors`.

    n: from 2,000 to the 6,742 that there are of the digit 1. Raises BadInput for another number.
    """
    require_whole("n", n, 1, "it is the number of images of each anchor")
    require(n <= MOST_ANCHORS, f"n is {n:,}, wanted at most {MOST_ANCHORS:,}: there are no more images of one digit.")
    return MappingProxyType({name: full_scores(images) for name, images in _anchor_images(n).items()})
