"""Does a generator copy what it was trained on? How near its samples are to that, beside how near unseen reals are."""

from typing import NamedTuple

import numpy as np

from ganhacks.errors import require
from ganhacks.metrics.classifier import classify, mnist_features
from ganhacks.metrics.neighbours import nearest_distances


class Memorisation(NamedTuple):
    """How near fakes lie to the training samples, compared with unseen real samples.

    nearer: how often a fake is nearer to its nearest training sample than an unseen real one is to its own, in [0, 1],
    ties counted half: 0.5 for fakes as new as real samples, 1 for copies, 0 for what is far from everything.
    ratio: the median distance of fakes over that of unseen reals, from 0 up: 1 for fakes as new, 0 for copies.
    """

    nearer: float
    ratio: float


def memorisation(train, test, fake):
    """The `Memorisation` of features `fake`, (m, d), trained on those of `train`, (n, d); `test`, (k, d), is unseen.

    A good score is near 0.5 and 1. It says nothing of quality: noise passes for new.
    Raises BadInput for values that are not finite, different widths, empty sets, or a `test` that is mostly in `train`.
    Source: Meehan, Chaudhuri and Dasgupta 2020, arXiv:2004.05675.
    """
    of_test, of_fake = np.sort(nearest_distances(test, train)), nearest_distances(fake, train)
    above = len(of_test) - np.searchsorted(of_test, of_fake, side="right")
    ties = len(of_test) - above - np.searchsorted(of_test, of_fake, side="left")
    nearer = (above + ties / 2).mean() / len(of_test)
    median = np.median(of_test)
    require(median > 0, "most rows of test are in train too, wanted unseen ones: take them out of one of the two.")
    return Memorisation(float(nearer), float(np.median(of_fake) / median))


def mnist_memorisation(images):
    """The `Memorisation` of images that were trained on MNIST, on the features of the course's classifier.

    Takes and raises what `classify` does. The first call takes some ten seconds, for the training images' features.
    """
    features, _ = classify(images)
    return memorisation(mnist_features("train"), mnist_features("test"), features)
