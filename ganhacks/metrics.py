"""How good are these digits? Metrics on the features of this course's own MNIST classifier, and what their values mean.

A value means something only beside others that were got in the same way, so `report` and `full_report` print three
anchors with it. The formulas that need no classifier are in this module (FID, KL) and in kernel.py and neighbours.py.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from ganhacks import data
from ganhacks.errors import BadFile, require
from ganhacks.inputs import checked_images, checked_pair, require_whole
from ganhacks.kernel import kernel_distance
from ganhacks.neighbours import density_coverage, precision_recall

FEATURES = 64
MOST_ANCHORS = 6_742  # images of the digit 1 among MNIST's training images
LEAST_IMAGES = 2_000  # below this FID says more about the sample's size than about the images
BATCH = 500


# ---- The classifier


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
def _classifier():
    file = data.load_npz("classifier.npz")
    model = build_classifier()
    try:
        model.set_weights([file[key] for key in sorted(file) if key.startswith("weight_")])
    except ValueError:
        raise BadFile(
            f"{data.DATA / 'classifier.npz'} has the weights of another network than build_classifier(): "
            "make it again with `python tools/train_classifier.py`."
        ) from None
    return model


def classify(images):
    """The classifier's features, float32 (n, 64), and probabilities of the digits 0..9, float32 (n, 10).

    `images`: float (n, 28, 28), (n, 28, 28, 1) or (n, 784) in [-1, 1], as a tanh generator makes them.
    Raises BadInput for another shape, type or range, and BadFile if data/classifier.npz is not as it should be.
    """
    features, logits = _classifier().predict(checked_images(images), batch_size=BATCH, verbose=0)
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return features, exponentials / exponentials.sum(axis=1, keepdims=True)


# ---- FID


def frechet_distance(features_a, features_b):
    """The Fréchet distance between the Gaussians fitted to two sets of features, (n, d) and (m, d): a float from 0 up.

    |mean difference|² + Tr(S + T - 2 (S^½ T S^½)^½) for covariances S and T, which may be singular.
    Raises BadInput for values that are not finite, different widths, or fewer than 2 d rows in either set.
    Source: Dowson and Landau 1982, doi:10.1016/0047-259X(82)90077-X; as FID, Heusel et al. 2017, arXiv:1706.08500.
    """
    a, b = checked_pair(
        {"features_a": features_a, "features_b": features_b},
        per_feature=2,
        why="pass more samples, since so few do not determine a covariance",
    )
    difference = a.mean(axis=0) - b.mean(axis=0)
    root_a, trace_a = _root_of_covariance(a)
    root_b, trace_b = _root_of_covariance(b)
    # Tr (S^½ T S^½)^½ is the sum of the singular values of S^½ T^½, without squaring the rounding errors.
    cross = np.linalg.norm(root_a @ root_b, "nuc")
    return max(0.0, float(difference @ difference + trace_a + trace_b - 2 * cross))


def _root_of_covariance(x):
    covariance = np.atleast_2d(np.cov(x, rowvar=False))
    values, vectors = np.linalg.eigh(covariance)
    values = values.clip(0)  # a singular covariance has eigenvalues of about -1e-17 as well
    return (vectors * np.sqrt(values)) @ vectors.T, values.sum()


def mnist_fid(images):
    """FID of at least 2,000 `images` against MNIST's 10,000 test images: a float from 0 up, lower is better.

    It uses this course's own classifier, so compare it only with other values of this function, never with published
    FIDs, and only at equal numbers of images: fewer give a higher value.
    Takes and raises what `classify` does, and raises BadInput for fewer than 2,000 images.
    """
    return mnist_scores(images).fid


@cache
def _reference():
    """Features and true class shares of MNIST's test images."""
    mnist = data.mnist()
    features, _ = classify(_scaled(mnist.x_test))
    return features, np.bincount(mnist.y_test, minlength=10) / len(mnist.y_test)


def _scaled(images):
    return images.astype("float32") / 127.5 - 1


# ---- Class balance


def class_histogram(images):
    """The share of each digit 0..9 among the predicted classes of `images`: float64 (10,) with the sum 1.

    Takes and raises what `classify` does.
    """
    return _shares(classify(images)[1])


def _shares(probabilities):
    return np.bincount(probabilities.argmax(axis=1), minlength=10) / len(probabilities)


def kl_divergence(p, q):
    """KL(p || q) = sum of p log(p / q) in nats, for shares `p` and `q` (k,), each with sum 1: a float from 0 up.

    A class without a share in `p` adds nothing; one with a share in `p` and none in `q` makes it infinite.
    Raises BadInput if either is no list of shares or the lengths differ.
    Source: Kullback and Leibler 1951, doi:10.1214/aoms/1177729694.
    """
    p, q = np.asarray(p, "float64"), np.asarray(q, "float64")
    require(
        p.ndim == 1 and p.shape == q.shape,
        f"p has the shape {p.shape} and q {q.shape}, wanted one share a class in both, (k,): "
        "pass shares of the same classes.",
    )
    for name, shares in {"p": p, "q": q}.items():
        require(
            (shares >= 0).all() and abs(shares.sum() - 1) < 1e-6,
            f"{name} has the sum {shares.sum():.6g} and the smallest value {shares.min(initial=0):.6g}, "
            "wanted shares from 0 up with the sum 1: divide counts by their sum.",
        )
    some = p > 0
    with np.errstate(divide="ignore"):
        return max(0.0, float(np.sum(p[some] * np.log(p[some] / q[some]))))


def class_kl(images):
    """KL(predicted class shares of `images` || true shares of the test images) in nats: 0 is balanced as MNIST is.

    Takes and raises what `classify` does.
    """
    return kl_divergence(class_histogram(images), _reference()[1])


# ---- All of it at once, beside what the values mean


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
    real_features, real_shares = _reference()
    shares = _shares(probabilities)
    return Scores(
        fid=frechet_distance(features, real_features),
        class_kl=kl_divergence(shares, real_shares),
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
    reference, _ = _reference()
    as_many = reference[np.random.default_rng(0).permutation(len(reference))[: len(features)]]
    return FullScores(
        **vars(_scores(features, probabilities)),
        kid=kernel_distance(features, as_many),
        **precision_recall(as_many, features)._asdict(),
        **density_coverage(as_many, features)._asdict(),
    )


def anchors():
    """What scores mean: {"real against real", "one digit only", "noise"} -> `Scores`, from the best to the worst FID.

    They are 10,000 training images, the training images of the digit 1, and 10,000 images of uniform noise.
    """
    return dict(_anchors())


@cache
def _anchors():
    return tuple((name, mnist_scores(images)) for name, images in _anchor_images().items())


def _anchor_images(n=10_000):
    """At most `n` images of each anchor."""
    mnist = data.mnist()
    return {
        "real against real": _scaled(mnist.x_train[:n]),
        "one digit only": _scaled(mnist.x_train[mnist.y_train == 1][:n]),
        "noise": np.random.default_rng(0).uniform(-1, 1, (n, 28, 28)),
    }


def full_anchors(n):
    """The anchors' `FullScores` from `n` images each: {name: `FullScores`}, in the order of `anchors`.

    n: from 2,000 to the 6,742 that there are of the digit 1. Raises BadInput for another number.
    """
    require_whole("n", n, 1, "it is the number of images of each anchor")
    require(n <= MOST_ANCHORS, f"n is {n:,}, wanted at most {MOST_ANCHORS:,}: there are no more images of one digit.")
    return dict(_full_anchors(n))


@cache
def _full_anchors(n):
    return tuple((name, full_scores(images)) for name, images in _anchor_images(n).items())


class Report(str):
    """A text that a notebook shows as it is printed."""

    def __repr__(self):
        return str(self)


def report(images):
    """A table of the scores of `images` above those of the anchors, and the digits' shares, as a printable str.

    Takes and raises what `mnist_scores` does.
    """
    yours = mnist_scores(images)
    lines = [f"{'':<19}{'images':>8}{'MNIST-FID':>12}{'class KL':>11}"]
    for name, scores in {"yours": yours, **anchors()}.items():
        fid = f"{scores.fid:.{2 if scores.fid < 10 else 1}f}"
        lines.append(f"{name:<19}{scores.n:>8,}{fid:>12}{scores.class_kl:>11.3f}")
    percent = " ".join(f"{digit}:{100 * share:.1f}" for digit, share in enumerate(yours.shares))
    return Report("\n".join([*lines, f"yours, %: {percent}"]))


def full_report(sets):
    """A table of every score of some sets of images above those of the anchors, as a printable str.

    sets: {name: images}, as for `mnist_scores`, and at most 6,742 in each.
    Raises BadInput as `mnist_scores` does, and if the sets have different numbers of images.
    """
    numbers = {len(checked_images(images)) for images in sets.values()}
    require(
        len(numbers) == 1,
        f"the sets have {' and '.join(f'{n:,}' for n in sorted(numbers)) or 'no'} images, wanted equal numbers: "
        "FID and the scores of neighbours depend on it, so score as many of each.",
    )
    n = numbers.pop()
    known = full_anchors(n).items()  # first, because this refuses a wrong number of images
    rows = [*((name, full_scores(images)) for name, images in sets.items()), *known]
    lines = [f"{f'{n:,} images each':<19}    FID     KID precision recall density coverage class KL"]
    for name, s in rows:
        lines.append(
            f"{name:<19}{_short(s.fid):>7}{_short(s.kid):>8}{s.precision:>10.2f}{s.recall:>7.2f}"
            f"{s.density:>8.2f}{s.coverage:>9.2f}{s.class_kl:>9.3f}"
        )
    return Report("\n".join(lines))


def _short(value):
    """`value` with three digits behind the point if it is small, and fewer the larger it is."""
    decimals = 3 if abs(value) < 1 else 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{decimals}f}"
