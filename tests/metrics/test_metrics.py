"""The metrics: right where the answer is known, ordered where the order is known, clear about bad input."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.linalg

from ganhacks import data, metrics
from ganhacks.errors import BadFile, BadInput
from ganhacks.metrics import classifier
from ganhacks.metrics.digits import MOST_ANCHORS, _anchor_images

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def mnist():
    return data.mnist()


@pytest.fixture(scope="module")
def digits(mnist):
    """2,000 real training images, as a perfect generator would make them."""
    return mnist.x_train[30_000:32_000].astype("float32") / 127.5 - 1


@pytest.fixture(scope="module")
def anchors():
    return metrics.anchors()


# ---- The Fréchet distance


def by_square_root_of_matrix(a, b):
    """The formula as it is printed in Heusel et al. 2017, with scipy's matrix square root."""
    s, t = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    mean_term = np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2)
    return mean_term + np.trace(s + t - 2 * scipy.linalg.sqrtm(s @ t).real)


def test_it_agrees_with_an_independent_implementation(rng):
    a = rng.normal(size=(500, 16)) @ rng.normal(size=(16, 16))
    b = rng.normal(size=(400, 16)) @ rng.normal(size=(16, 16)) + rng.normal(size=16)
    assert metrics.frechet_distance(a, b) == pytest.approx(by_square_root_of_matrix(a, b), rel=1e-6)


def test_it_agrees_on_the_classifiers_features(rng, digits):
    real, _ = metrics.classify(digits)
    noise, _ = metrics.classify(rng.uniform(-1, 1, digits.shape))
    assert metrics.frechet_distance(noise, real) == pytest.approx(by_square_root_of_matrix(noise, real), rel=1e-6)


def with_exact_moments(rng, means, deviations, n=100):
    """Samples whose mean and covariance are exactly `means` and diag(deviations²)."""
    x = rng.normal(size=(n, len(means)))
    x -= x.mean(axis=0)
    x = x @ np.linalg.inv(np.linalg.cholesky(np.cov(x, rowvar=False))).T
    return x * deviations + means


def test_it_is_the_closed_form_for_gaussians_with_independent_coordinates(rng):
    a = with_exact_moments(rng, np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 3.0]))
    b = with_exact_moments(rng, np.array([1.0, 1.0, 0.0]), np.array([2.0, 2.0, 1.0]))
    # |mean difference|² + the sum of the squared differences of the deviations
    assert metrics.frechet_distance(a, b) == pytest.approx((1 + 0 + 4) + (1 + 0 + 4), rel=1e-9)


def test_a_set_is_at_no_distance_from_itself(rng):
    a = rng.normal(size=(100, 8))
    assert metrics.frechet_distance(a, a) == pytest.approx(0, abs=1e-9)


def test_it_is_symmetric(rng):
    a, b = rng.normal(size=(100, 8)), 3 * rng.normal(size=(90, 8))
    assert metrics.frechet_distance(a, b) == pytest.approx(metrics.frechet_distance(b, a), rel=1e-9)


def test_singular_covariances_keep_the_closed_form(rng):
    flat = with_exact_moments(rng, np.zeros(3), np.array([1.0, 1.0, 0.0]))
    line = with_exact_moments(rng, np.zeros(3), np.array([2.0, 0.0, 0.0]))
    assert metrics.frechet_distance(flat, line) == pytest.approx(1 + 1, rel=1e-6)


def test_one_repeated_sample_is_as_far_as_its_covariance_says(rng):
    a = with_exact_moments(rng, np.zeros(4), np.ones(4))
    assert metrics.frechet_distance(a, np.zeros((50, 4))) == pytest.approx(4, rel=1e-9)


@pytest.mark.parametrize(
    "a, b, sentence",
    [
        (np.ones((15, 8)), np.ones((16, 8)), "features_a has 15 rows of 8 features, wanted at least 16 rows"),
        (np.ones((16, 8)), np.ones((3, 8)), "features_b has 3 rows of 8 features"),
        (np.ones((16, 8)), np.ones((16, 4)), "features_a has 8 columns and features_b has 4"),
        (np.ones((16, 8)), np.full((16, 8), np.nan), "features_b has values that are NaN or infinite"),
        (np.ones(16), np.ones((16, 8)), r"features_a has the shape \(16,\)"),
        (np.full((16, 8), "x"), np.ones((16, 8)), "features_a has the type <U1, wanted real numbers"),
    ],
)
def test_features_that_do_not_fit_are_named(a, b, sentence):
    with pytest.raises(BadInput, match=sentence):
        metrics.frechet_distance(a, b)


# ---- The KL divergence


def test_kl_divergence_of_equal_shares_is_zero():
    assert metrics.kl_divergence([0.25, 0.75], [0.25, 0.75]) == 0


def test_kl_divergence_is_in_nats():
    assert metrics.kl_divergence([1.0, 0.0], [0.5, 0.5]) == pytest.approx(np.log(2))


def test_a_class_that_only_p_has_makes_the_divergence_infinite():
    assert metrics.kl_divergence([0.5, 0.5], [1.0, 0.0]) == np.inf


@pytest.mark.parametrize(
    "p, q, sentence",
    [
        ([3, 1], [0.5, 0.5], "p has the sum 4 .* divide counts by their sum"),
        ([0.5, 0.5], [1.5, -0.5], "q has the sum 1 and the smallest value -0.5"),
        ([0.5, 0.5], [1.0], r"p has the shape \(2,\) and q \(1,\)"),
        ([np.nan, 1.0], [0.5, 0.5], "p has the sum nan"),
    ],
)
def test_what_is_no_shares_is_named(p, q, sentence):
    with pytest.raises(BadInput, match=sentence):
        metrics.kl_divergence(p, q)


# ---- The classifier


def test_the_classifier_is_right_on_99_percent_of_the_test_images(mnist):
    _, probabilities = metrics.classify(mnist.x_test.astype("float32") / 127.5 - 1)
    assert np.mean(probabilities.argmax(axis=1) == mnist.y_test) >= 0.99


def test_features_and_probabilities_have_their_shapes(digits):
    features, probabilities = metrics.classify(digits[:7])
    assert features.shape == (7, metrics.FEATURES) and probabilities.shape == (7, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("shape", [(-1, 28, 28, 1), (-1, 784)])
def test_every_accepted_shape_gives_the_same_features(digits, shape):
    expected, _ = metrics.classify(digits[:50])
    features, _ = metrics.classify(digits[:50].reshape(shape))
    np.testing.assert_array_equal(features, expected)


def test_the_same_images_give_the_same_features_again(digits):
    np.testing.assert_array_equal(metrics.classify(digits)[0], metrics.classify(digits)[0])


def test_no_feature_is_dead(digits):
    assert metrics.classify(digits)[0].std(axis=0).min() > 0.1


def test_the_images_are_not_changed(digits):
    before = digits[:20].copy()
    metrics.classify(digits[:20])
    np.testing.assert_array_equal(digits[:20], before)


def test_building_the_classifier_leaves_a_readers_seeds_and_layer_names_alone():
    import keras

    def readers_layer(before):
        keras.utils.clear_session()
        keras.utils.set_random_seed(3)
        before()
        layer = keras.layers.Dense(2)
        layer.build((None, 3))
        return layer

    expected, layer = readers_layer(lambda: None), readers_layer(metrics.build_classifier)
    assert layer.name == expected.name
    np.testing.assert_array_equal(layer.get_weights()[0], expected.get_weights()[0])


def test_importing_metrics_does_not_load_tensorflow():
    code = "import sys, ganhacks.metrics; print([m for m in ('tensorflow', 'keras') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.fixture
def no_classifier_yet(monkeypatch):
    """The state of a process that has not loaded the classifier."""
    monkeypatch.setattr(classifier, "trained", classifier.trained.__wrapped__)


def test_a_missing_classifier_says_how_to_get_it_back(no_classifier_yet, monkeypatch, tmp_path, digits):
    (tmp_path / "SHA256SUMS").write_text((data.DATA / "SHA256SUMS").read_text())
    monkeypatch.setattr(data, "DATA", tmp_path)
    with pytest.raises(BadFile, match="classifier.npz is missing: .* `python tools/train_classifier.py`"):
        metrics.classify(digits[:2])


def test_weights_of_another_network_are_refused(no_classifier_yet, monkeypatch, tmp_path, digits):
    monkeypatch.setattr(data, "DATA", tmp_path)
    data.save_npz("classifier.npz", weight_00=np.zeros((3, 3)))
    with pytest.raises(BadFile, match="has the weights of another network"):
        metrics.classify(digits[:2])


# ---- Images that are not as they should be


@pytest.mark.parametrize(
    "spoil, sentence",
    [
        (lambda x: ((x + 1) * 127.5).astype("uint8"), r"images is uint8, so in \[0, 255\], .*/ 127.5 - 1"),
        (lambda x: ((x + 1) * 127.5).astype("int64"), "images has the type int64"),
        (lambda x: (x + 1) * 127.5, r"images lie in \[0, 255\], which looks like \[0, 255\]"),
        (lambda x: (x + 1) / 2, r"images lie in \[0, 1\], which looks like \[0, 1\], .* images \* 2 - 1"),
        (lambda x: 1.5 * x, r"images lie in \[-1.5, 1.5\], .* end the generator in tanh"),
        (lambda x: np.where(x > 0, np.nan, x), "NaN or infinite"),
        (lambda x: np.where(x > 0, np.inf, x), "NaN or infinite"),
        (lambda x: x[0], r"single image, \(28, 28\), .* images\[None\]"),
        (lambda x: x[:, :14], r"images has the shape \(10, 14, 28\)"),
        (lambda x: x[:0], r"images has the shape \(0, 28, 28\)"),
        (lambda x: "digits", r"images has the shape \(\)"),
    ],
)
def test_images_that_do_not_fit_are_named(digits, spoil, sentence):
    with pytest.raises(BadInput, match=sentence):
        metrics.classify(spoil(digits[:10]))


def test_a_generator_that_saturated_is_scored_and_not_refused(digits):
    _, probabilities = metrics.classify(np.ones_like(digits[:5]))
    assert np.isfinite(probabilities).all()


# ---- The scores


def test_the_anchors_are_in_the_order_of_their_fid(anchors):
    assert list(anchors) == ["real against real", "one digit only", "noise"]
    real, one, noise = (scores.fid for scores in anchors.values())
    assert 10 * real < one < noise


def test_real_digits_are_balanced_and_close_to_the_test_images(anchors):
    assert anchors["real against real"].fid < 1
    assert anchors["real against real"].class_kl < 0.01


def test_one_digit_only_has_one_class_and_the_divergence_of_its_share(anchors):
    one = anchors["one digit only"]
    assert one.shares[1] > 0.99
    assert one.class_kl == pytest.approx(-np.log(1135 / 10_000), rel=0.05)


def test_anchors_are_made_of_the_same_images_each_time():
    first, second = (_anchor_images(50) for _ in range(2))
    assert list(first) == list(second) == ["real against real", "one digit only", "noise"]
    for name, images in first.items():
        assert len(images) == 50
        np.testing.assert_array_equal(images, second[name])


def test_a_caller_cannot_change_the_anchors(anchors):
    with pytest.raises(TypeError):
        anchors["noise"] = None


def test_the_single_scores_are_those_of_the_whole(digits):
    scores = metrics.mnist_scores(digits)
    assert scores.n == 2_000
    assert metrics.mnist_fid(digits) == scores.fid
    assert metrics.class_kl(digits) == scores.class_kl
    assert metrics.class_histogram(digits).tolist() == list(scores.shares)


def test_worse_images_have_a_higher_fid(rng, digits):
    blurred = (digits + 0.6 * rng.normal(size=digits.shape)).clip(-1, 1)
    assert metrics.mnist_fid(blurred) > 2 * metrics.mnist_fid(digits)


def test_too_few_images_for_fid_are_named(digits):
    with pytest.raises(BadInput, match="images has 1,999 images, wanted at least 2,000"):
        metrics.mnist_fid(digits[:1_999])


def test_the_report_has_yours_above_the_anchors_and_every_digit_and_fits_a_page(digits):
    report = metrics.report(digits)
    lines = report.splitlines()
    assert [line[:19].strip() for line in lines[:5]] == ["", "yours", "real against real", "one digit only", "noise"]
    assert all(f"{digit}:" in lines[5] for digit in range(10)) and len(lines) == 6
    assert max(map(len, lines)) < 80
    assert repr(report) == str(report)


# ---- All scores, and what they mean


@pytest.fixture(scope="module")
def full_anchors():
    return metrics.full_anchors(2_000)


def test_every_anchor_is_where_theory_puts_it_for_every_score(full_anchors):
    real, one, noise = full_anchors.values()
    assert 10 * real.fid < one.fid and 5 * one.fid < noise.fid
    assert 10 * abs(real.kid) < one.kid and 5 * one.kid < noise.kid
    # One digit looks as real as all ten do, and is a tenth of what there is.
    assert real.precision > 0.8 and one.precision > 0.8 and noise.precision < 0.01
    assert real.density > 0.9 and one.density > 0.8 and noise.density < 0.01
    assert real.recall > 0.8 and 0.05 < one.recall < 0.2 and noise.recall < 0.01
    assert real.coverage > 0.9 and 0.05 < one.coverage < 0.2 and noise.coverage < 0.01
    # Noise has no class; that the classifier gives it one is no merit.
    assert real.class_kl < 0.01 and one.class_kl > 2 and noise.class_kl > 1


def test_the_full_scores_begin_with_those_of_mnist_scores(digits):
    full, fast = metrics.full_scores(digits), metrics.mnist_scores(digits)
    assert (full.fid, full.class_kl, full.shares, full.n) == (fast.fid, fast.class_kl, fast.shares, fast.n)


def test_the_full_report_has_every_set_above_the_anchors_and_fits_a_page(digits):
    report = metrics.full_report({"real digits": digits, "and again": digits})
    lines = report.splitlines()
    assert lines[0].startswith("2,000 images each")
    names = ["real digits", "and again", "real against real", "one digit only", "noise"]
    assert [line[:19].strip() for line in lines[1:]] == names
    assert lines[1][19:] == lines[2][19:]
    assert max(map(len, lines)) < 80
    assert repr(report) == str(report)


@pytest.mark.parametrize(
    "sizes, sentence",
    [
        ({"a": 1_999, "b": 1_999}, "images has 1,999 images, wanted at least 2,000: generate more"),
        (
            {"a": 2_000, "b": 1_999},
            "the sets have 1,999 and 2,000 images, wanted equal numbers: .* score as many of each",
        ),
        ({}, "the sets have no images"),
    ],
)
def test_sets_that_cannot_be_compared_are_named(digits, sizes, sentence):
    with pytest.raises(BadInput, match=sentence):
        metrics.full_report({name: digits[:n] for name, n in sizes.items()})


def test_more_images_than_one_digit_has_are_named(mnist):
    assert MOST_ANCHORS == np.sum(mnist.y_train == 1)
    with pytest.raises(BadInput, match="n is 6,743, wanted at most 6,742"):
        metrics.full_anchors(6_743)
    with pytest.raises(BadInput, match="n is 2000.0, wanted a whole number"):
        metrics.full_anchors(2000.0)
