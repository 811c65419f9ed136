"""How good are these digits? Metrics on the features of this course's own MNIST classifier, and what their values mean.

A value means something only beside others that were got in the same way, so `report` prints three anchors with it.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from ganhacks import data
from ganhacks.errors import BadFile, BadInput, require

FEATURES = 64
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
    features, logits = _classifier().predict(_checked(images), batch_size=BATCH, verbose=0)
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return features, exponentials / exponentials.sum(axis=1, keepdims=True)


def _checked(images):
    """`images` as float32 (n, 28, 28, 1), or BadInput that names the mistake."""
    images = np.asarray(images)
    wanted = "wanted float32 images (n, 28, 28), (n, 28, 28, 1) or (n, 784) in [-1, 1]"
    rescale = "pass images.astype('float32') / 127.5 - 1"
    shape = images.shape
    require(shape != (28, 28), f"images has the shape of a single image, (28, 28), {wanted}: pass images[None].")
    require(
        shape[1:] in [(28, 28), (28, 28, 1), (784,)] and shape[0] > 0,
        f"images has the shape {shape}, {wanted}: reshape them, one image a row.",
    )
    require(images.dtype != np.uint8, f"images is uint8, so in [0, 255], {wanted}: {rescale}.")
    require(
        np.issubdtype(images.dtype, np.floating),
        f"images has the type {images.dtype}, {wanted}: if they are in [0, 255], {rescale}.",
    )
    low, high = float(images.min()), float(images.max())
    found = f"images lie in [{low:.4g}, {high:.4g}]"
    require(
        np.isfinite([low, high]).all(),
        f"images has values that are NaN or infinite, {wanted}: look for the step at which the losses became NaN.",
    )
    require(not (low >= 0 and high > 2), f"{found}, which looks like [0, 255], {wanted}: {rescale}.")
    require(
        low >= -1.001 and high <= 1.001,
        f"{found}, {wanted}: end the generator in tanh, or scale the images to that range.",
    )
    # All near 1 is a generator that diverged, and may be scored; from about 0 up is another scale.
    require(
        not (0 <= low < 0.5 and high > 0.5),
        f"{found}, which looks like [0, 1], {wanted}: "
        "pass images * 2 - 1, or end the generator in tanh, not in sigmoid.",
    )
    return images.astype("float32").reshape(-1, 28, 28, 1)


# ---- FID


def frechet_distance(features_a, features_b):
    """The Fréchet distance between the Gaussians fitted to two sets of features, (n, d) and (m, d): a float from 0 up.

    |mean difference|² + Tr(S + T - 2 (S^½ T S^½)^½) for covariances S and T, which may be singular.
    Raises BadInput for values that are not finite, different widths, or fewer than 2 d rows in either set.
    Source: Dowson and Landau 1982, doi:10.1016/0047-259X(82)90077-X; as FID, Heusel et al. 2017, arXiv:1706.08500.
    """
    a, b = _checked_features("features_a", features_a), _checked_features("features_b", features_b)
    require(
        a.shape[1] == b.shape[1],
        f"features_a has {a.shape[1]} columns and features_b has {b.shape[1]}, wanted as many: "
        "get both from the same layer of the same network.",
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


def _checked_features(name, features):
    features = np.asarray(features)
    require(features.ndim == 2, f"{name} has the shape {features.shape}, wanted (n, d): pass one row a sample.")
    n, d = features.shape
    require(
        n >= 2 * d,
        f"{name} has {n} rows of {d} features, wanted at least {2 * d} rows: pass more samples, "
        "since so few do not determine a covariance.",
    )
    try:
        features = features.astype("float64")
    except (TypeError, ValueError):
        raise BadInput(f"{name} has the type {features.dtype}, wanted real numbers: pass a float array.") from None
    require(
        np.isfinite(features).all(),
        f"{name} has values that are NaN or infinite, wanted finite ones: look at the images that they were made from.",
    )
    return features


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
    n = len(_checked(images))
    wanted = f"wanted at least {LEAST_IMAGES:,}: generate more, best 10,000"
    require(n >= LEAST_IMAGES, f"images has {n:,} images, {wanted}.")
    features, probabilities = classify(images)
    real_features, real_shares = _reference()
    shares = _shares(probabilities)
    return Scores(
        fid=frechet_distance(features, real_features),
        class_kl=kl_divergence(shares, real_shares),
        shares=tuple(shares.tolist()),
        n=n,
    )


def anchors():
    """What scores mean: {"real against real", "one digit only", "noise"} -> `Scores`, from the best to the worst FID.

    They are 10,000 training images, the training images of the digit 1, and 10,000 images of uniform noise.
    """
    return dict(_anchors())


@cache
def _anchors():
    mnist = data.mnist()
    noise = np.random.default_rng(0).uniform(-1, 1, (10_000, 28, 28))
    images = {
        "real against real": _scaled(mnist.x_train[:10_000]),
        "one digit only": _scaled(mnist.x_train[mnist.y_train == 1]),
        "noise": noise,
    }
    return tuple((name, mnist_scores(some)) for name, some in images.items())


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
