"""What the hacks are tried on: data, sizes, the recipes that they are switched in, and the score of each run.

TensorFlow is loaded by what trains and scores, so that who only plans or counts need not wait for it.
"""

from dataclasses import dataclass, field, replace
from functools import cache, partial

import numpy as np

from ganhacks import data
from tools.board.setups import Setup

N_POINTS = 2_000  # of each sample that the energy distance compares
N_DIGITS = 10_000
N_NEIGHBOURS = 2_000  # images for the scores that look for neighbours
BARE = Setup()


@dataclass(frozen=True)
class Workload:
    """One thing to learn, and all that is the same in every run on it.

    shape, n_classes: of a sample, and how many classes or modes the data have. rates: {context: learning rate}.
    moments: after which shares of the steps the run is looked at; scored: at how many of them, from the last, the score
    is taken. best, worst: the least and the most that a score can be; a run that diverged has the worst. contexts:
    {name: Setup}.
    """

    name: str
    title: str
    score: str
    shape: tuple
    n_classes: int
    latent_dim: int
    width: int
    batch_size: int
    steps: int
    best: float
    worst: float
    contexts: dict
    rates: dict
    moments: tuple
    scored: int
    tuned: bool = True  # whether each seed trains at three rates, of which the best counts
    seeds: int = 12
    data: object = field(default=None, repr=False)  # () -> samples in [-1, 1], and their classes as one-hot
    most_equal: float = 1.25  # the largest ratio of scores that may count as practically equal
    measure: object = field(default=None, repr=False)  # samples -> {column: number}

    @property
    def n_samples(self):
        """How many samples a score is of."""
        return N_POINTS if self.shape == (2,) else N_DIGITS

    @property
    def is_convolutional(self):
        """Whether the networks are convolutional: whether a sample is an image, and no row of numbers."""
        return len(self.shape) == 3

    def n_steps(self, setup):
        """Return how many steps a run has, so that every arm gets about as many updates of both players together."""
        d_updates = 2 if setup.two_updates else setup.d_updates
        rounds = 0.5 if setup.targets else 2 / (1 + d_updates)  # by the losses: one to three of each in a round
        return round(self.steps * rounds / 20) * 20

    def recipe(self, setup, rate):
        """Return the Recipe of a Setup on this workload."""
        from tools.board import recipes

        sizes = {"latent_dim": self.latent_dim, "batch_size": self.batch_size, "width": self.width}
        return recipes.recipe(setup, self.shape, rate, self.n_steps(setup), n_classes=self.n_classes, **sizes)

    def samples(self, setup):
        """Return what a run trains on: data in the range that the generator makes, with classes if it is told any."""
        x, classes = self.data()
        if self.shape != (2,) and not setup.scaled:
            x = (x + 1) / 2
        return (x, classes) if setup.classes else x

    def mean(self, scores):
        """Return the mean of what `measure` gave at several moments; the score stays between the best and the worst."""
        found = {name: float(np.mean([one[name] for one in scores])) for name in scores[0]}
        return found | {"score": float(np.clip(found["score"], self.best, self.worst))}


# ---- points of the plane

#: kind -> the centres of its modes, and their deviation
PLANAR = {"ring": (data.ring_centres(), 0.02), "grid": (data.grid_centres(), 0.05)}


@cache
def _points(kind):
    points = getattr(data, kind)(np.random.default_rng(0), 20_000)
    centres, _ = PLANAR[kind]
    nearest = np.linalg.norm(points[:, None] - centres, axis=2).argmin(axis=1)
    return points, np.eye(len(centres), dtype="float32")[nearest]


@cache
def _fresh_points(kind):
    """Return points that no run has trained on, as many of each mode: their own chance would be in every score."""
    centres, std = PLANAR[kind]
    every = np.resize(centres, (N_POINTS, 2))
    return every + std * np.random.default_rng(1).standard_normal((N_POINTS, 2))


def planar_scores(kind, points):
    """Return the scores of points, (n, 2): their energy distance from fresh real ones, and what tells of the modes."""
    from ganhacks.metrics.planar import energy_distance, mode_scores

    centres, std = PLANAR[kind]
    found = mode_scores(points, centres, std)
    return {
        "score": energy_distance(points, _fresh_points(kind)),
        "modes": found.found,
        "good": found.good,
        "reverse_kl": min(found.reverse_kl, 99.0),
        "failed": found.found <= len(centres) // 4,
    }


# ---- images


@cache
def _digits(shape):
    mnist = data.mnist()
    return data.scaled(mnist.x_train).reshape(-1, *shape), np.eye(10, dtype="float32")[mnist.y_train]


def digit_scores(images):
    """Return the scores of 10,000 digits in [-1, 1]: the MNIST-FID, and others on the same features."""
    from ganhacks import metrics

    images = np.asarray(images).reshape(len(images), -1)
    found = metrics.mnist_scores(images)
    few = metrics.full_scores(images[:N_NEIGHBOURS])
    return {
        "score": found.fid,
        "class_kl": found.class_kl,
        **{name: getattr(few, name) for name in ("precision", "recall", "density", "coverage")},
        "failed": max(found.shares) > 0.5,
    }


@cache
def _clothes():
    fashion = data.fashion_mnist()
    return data.scaled(fashion.x_train)[..., None], np.eye(10, dtype="float32")[fashion.y_train]


@cache
def _clothes_features():
    return _classified(data.scaled(data.fashion_mnist().x_test))[0]


def _classified(images):
    """Return (features, logits) of pieces of clothing."""
    from ganhacks.metrics.classifier import trained

    classifier = trained("fashion_classifier.npz")
    return classifier.predict(np.reshape(images, (-1, 28, 28, 1)), batch_size=500, verbose=0)


def clothes_scores(images):
    """Return the scores of 10,000 pieces of clothing in [-1, 1]: as `digit_scores`, by a classifier of these."""
    from ganhacks import metrics

    features, logits = _classified(images)
    reals = _clothes_features()
    shares = np.bincount(logits.argmax(axis=1), minlength=10) / len(logits)
    near = metrics.precision_recall(reals[:N_NEIGHBOURS], features[:N_NEIGHBOURS])
    dense = metrics.density_coverage(reals[:N_NEIGHBOURS], features[:N_NEIGHBOURS])
    return {
        "score": metrics.frechet_distance(features, reals),
        "class_kl": metrics.kl_divergence(shares, np.full(10, 0.1)),
        **near._asdict(),
        **dense._asdict(),
        "failed": max(shares) > 0.5,
    }


MOMENTS = tuple((11 + i) / 20 for i in range(10))  # ten in the second half, since these games turn
FOUR = (0.55, 0.7, 0.85, 1.0)

#: Without these two no run on images learned at any of the rates that were tried, so there a bare recipe has them.
LEARNING = Setup(loss="non-saturating", beta_1=0.5)
GOOD_POINTS = replace(LEARNING, latents="gaussian", r1=0.1)
GOOD_DENSE = replace(LEARNING, latents="gaussian", slope=0.2, scaled=True)
GOOD_CONVOLUTIONS = replace(GOOD_DENSE, g_norm=True, down="strides", up="strides")

#: what the two small DCGANs share
DCGAN = {
    "shape": (28, 28, 1),
    "n_classes": 10,
    "latent_dim": 64,
    "width": 256,
    "batch_size": 64,
    "steps": 800,
    "best": 0.1,
    "worst": 1_000.0,
    "contexts": {"bare": LEARNING, "good": GOOD_CONVOLUTIONS},
    "rates": {"bare": 4e-4, "good": 1e-3},
    "moments": FOUR,
    "scored": 1,
    "tuned": False,
    "seeds": 8,
}

WORKLOADS = {
    one.name: one
    for one in (
        Workload(
            name="ring",
            title="ring of 8",
            score="energy distance",
            shape=(2,),
            n_classes=8,
            latent_dim=2,
            width=64,
            batch_size=128,
            steps=5_000,
            best=0.0005,
            worst=3.0,
            contexts={"bare": BARE, "good": GOOD_POINTS},
            rates={"bare": 1e-3, "good": 1e-3},
            moments=MOMENTS,
            scored=10,
            most_equal=1.5,
            data=partial(_points, "ring"),
            measure=partial(planar_scores, "ring"),
        ),
        Workload(
            name="grid",
            title="grid of 25",
            score="energy distance",
            shape=(2,),
            n_classes=25,
            latent_dim=2,
            width=128,
            batch_size=128,
            steps=6_000,
            best=0.001,
            worst=8.0,
            contexts={"bare": BARE, "good": GOOD_POINTS},
            rates={"bare": 5e-4, "good": 1e-3},
            moments=MOMENTS,
            scored=10,
            most_equal=1.5,
            data=partial(_points, "grid"),
            measure=partial(planar_scores, "grid"),
        ),
        Workload(
            name="dense",
            title="dense MNIST",
            score="MNIST-FID",
            shape=(784,),
            n_classes=10,
            latent_dim=64,
            width=128,
            batch_size=64,
            steps=4_680,
            best=0.1,
            worst=1_000.0,
            contexts={"bare": LEARNING, "good": GOOD_DENSE},
            rates={"bare": 5e-4, "good": 1e-3},
            moments=FOUR,
            scored=1,
            data=partial(_digits, (784,)),
            measure=digit_scores,
        ),
        Workload(
            name="dcgan",
            title="small DCGAN on MNIST",
            score="MNIST-FID",
            data=partial(_digits, (28, 28, 1)),
            measure=digit_scores,
            **DCGAN,
        ),
        Workload(
            name="fashion",
            title="small DCGAN on Fashion-MNIST",
            score="Fashion-FID",
            data=_clothes,
            measure=clothes_scores,
            **DCGAN,
        ),
    )
}
