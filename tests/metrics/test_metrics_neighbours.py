"""Metrics of nearest neighbours: as papers and `prdc` have them, right where one can count, clear about bad input."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from ganhacks import data, metrics
from ganhacks.errors import BadInput
from ganhacks.metrics import neighbours
from ganhacks.metrics.neighbours import density_coverage, nearest_distances, precision_recall


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def all_four(real, fake, k):
    return {**precision_recall(real, fake, k)._asdict(), **density_coverage(real, fake, k)._asdict()}


# ---- Independent implementations


def by_the_papers(real, fake, k):
    """All four as Kynkäänniemi et al. 2019 and Naeem et al. 2020 print them, from whole matrices of distances."""
    distances = cdist(real, fake)
    wide_real, wide_fake = (np.sort(cdist(x, x))[:, k] for x in (real, fake))  # in column 0 each to itself
    inside = distances < wide_real[:, None]
    precision, recall = inside.any(axis=0).mean(), (distances < wide_fake).any(axis=1).mean()
    density, coverage = inside.sum() / (k * len(fake)), inside.any(axis=1).mean()
    return {"precision": precision, "recall": recall, "density": density, "coverage": coverage}


def by_prdc(real, fake, k):
    from prdc import compute_prdc  # of requirements-reference.txt

    return compute_prdc(real, fake, k)


INDEPENDENT = pytest.mark.parametrize("theirs", [by_the_papers, pytest.param(by_prdc, marks=pytest.mark.everywhere)])


@INDEPENDENT
@pytest.mark.parametrize("n, m, d, k", [(500, 500, 16, 5), (300, 700, 2, 3), (700, 300, 64, 10), (40, 50, 8, 1)])
def test_they_agree_on_random_features(rng, n, m, d, k, theirs):
    real, fake = rng.normal(size=(n, d)), 0.3 + 0.9 * rng.normal(size=(m, d))
    assert all_four(real, fake, k) == pytest.approx(theirs(real, fake, k), rel=1e-6)


@INDEPENDENT
def test_they_agree_far_from_the_origin_and_at_another_scale(rng, theirs):
    real, fake = 1e3 + 1e-2 * rng.normal(size=(300, 8)), 1e3 + 1e-2 * rng.normal(size=(300, 8))
    assert all_four(real, fake, 5) == pytest.approx(theirs(real, fake, 5), rel=1e-6)


@INDEPENDENT
@pytest.mark.parametrize("k", [3, 5])
def test_they_agree_on_the_classifiers_features(rng, k, theirs):
    mnist = data.mnist()
    images = mnist.x_train[:1_000] / np.float32(127.5) - 1
    real, _ = metrics.classify(mnist.x_test[:1_200] / np.float32(127.5) - 1)
    fake, _ = metrics.classify((images + 0.15 * rng.normal(size=images.shape)).clip(-1, 1))
    found = all_four(real, fake, k)
    assert found == pytest.approx(theirs(real.astype("float64"), fake.astype("float64"), k), rel=1e-6)
    assert 0.1 < found["precision"] < 0.9 and 0.05 < found["recall"] < 0.9


def test_they_are_the_same_in_blocks(rng, monkeypatch):
    real, fake = rng.normal(size=(57, 4)), rng.normal(size=(31, 4))
    whole, near = all_four(real, fake, 3), nearest_distances(real, fake)
    monkeypatch.setattr(neighbours, "BLOCK", 100)
    assert all_four(real, fake, 3) == whole
    np.testing.assert_allclose(nearest_distances(real, fake), near, rtol=1e-12)


# ---- Known answers


def test_on_a_line_one_can_count():
    real, fake = [[0.0], [1], [3], [10]], [[0.5], [0.6], [9], [30]]
    # Balls with k = 1. Reals: 0 ± 1, 1 ± 1, 3 ± 2, 10 ± 7. Fakes: 0.5 ± 0.1, 0.6 ± 0.1, 9 ± 8.4, 30 ± 21.
    assert precision_recall(real, fake, k=1) == (3 / 4, 3 / 4)
    # 0.5 and 0.6 lie in two balls, 9 in one. The ball around 3 is empty.
    assert density_coverage(real, fake, k=1) == (5 / 4, 3 / 4)


def test_fakes_from_the_reals_distribution_have_density_1_and_the_coverage_of_the_formula(rng):
    scores = [density_coverage(rng.normal(size=(400, 8)), rng.normal(size=(400, 8)), k=5) for _ in range(20)]
    density, coverage = np.mean(scores, axis=0)
    assert density == pytest.approx(1, abs=0.03)
    assert coverage == pytest.approx(1 - 2**-5, abs=0.02)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_copies_of_the_reals_score_exactly_1(rng, k):
    real = rng.normal(size=(200, 16))
    assert all_four(real, real[::-1].copy(), k) == {"precision": 1, "recall": 1, "density": 1, "coverage": 1}


def test_fakes_far_away_score_exactly_0(rng):
    real = rng.normal(size=(100, 4))
    assert set(all_four(real, real + 1_000, 5).values()) == {0}


def test_fakes_that_collapsed_to_one_real_are_precise_and_recall_nothing(rng):
    real = rng.normal(size=(100, 4))
    fake = np.repeat(real[:1], 50, axis=0)
    assert precision_recall(real, fake) == (1, 0)
    assert density_coverage(real, fake).coverage < 0.2


def test_a_stray_real_fools_precision_and_not_coverage(rng):
    real, fake = rng.normal(size=(300, 2)), [5, 4] + 0.3 * rng.normal(size=(300, 2))
    strayed = np.concatenate([real[:299], [[12, 10]]])
    assert precision_recall(real, fake).precision < 0.05 and precision_recall(strayed, fake).precision > 0.9
    assert density_coverage(strayed, fake).coverage < 0.05


def test_stray_fakes_fool_recall_and_not_coverage(rng):
    real, fake = rng.normal(size=(300, 2)), 0.05 * rng.normal(size=(300, 2))
    strayed = np.concatenate([fake[:296], 5 * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])])
    assert precision_recall(real, fake).recall < 0.1 and precision_recall(real, strayed).recall > 0.9
    assert density_coverage(real, strayed).coverage < 0.2


def test_the_nearest_distance_is_what_it_says_and_0_for_a_copy(rng):
    assert nearest_distances([[0, 0], [3, 4], [9, 9]], [[0, 0], [0, 4]]).tolist() == [0, 3, pytest.approx(106**0.5)]
    others = 100 + rng.normal(size=(300, 64)).astype("float32")
    assert (nearest_distances(others[:50], others) == 0).all()
    assert nearest_distances(others[:50] + 0.01, others) == pytest.approx(0.08, rel=1e-3)
    assert nearest_distances([[1e6, 0]], [[1e6 + 0.5, 0]]) == [0.5]


def test_arguments_are_not_changed(rng):
    real, fake = rng.normal(size=(50, 3)), rng.normal(size=(40, 3))
    copies = real.copy(), fake.copy()
    all_four(real, fake, 3), nearest_distances(real, fake)
    np.testing.assert_array_equal(real, copies[0])
    np.testing.assert_array_equal(fake, copies[1])


# ---- Features that do not fit

GOOD = np.random.default_rng(1).normal(size=(10, 4))


@pytest.mark.parametrize("score", [precision_recall, density_coverage])
@pytest.mark.parametrize(
    "real, fake, k, sentence",
    [
        (GOOD[:3], GOOD, 3, "real has 3 rows of 4 features, wanted at least 4 rows: .* a smaller k than 3"),
        (GOOD, GOOD[:5], 5, "fake has 5 rows of 4 features, wanted at least 6 rows"),
        (GOOD, GOOD, 0, "k is 0, wanted a whole number from 1 up"),
        (GOOD, GOOD, 2.5, "k is 2.5, wanted a whole number"),
        (GOOD, GOOD, True, "k is True, wanted a whole number"),
        (GOOD, GOOD[:, :3], 3, "real has 4 columns and fake has 3, wanted as many"),
        (GOOD, GOOD * np.nan, 3, "fake has values that are NaN or infinite, wanted finite ones: look at the images"),
        (GOOD.astype(str), GOOD, 3, "real has the type <U32, wanted real numbers"),
        (GOOD > 0, GOOD, 3, "real has the type bool, wanted real numbers"),
        (GOOD[None], GOOD, 3, r"real has the shape \(1, 10, 4\), wanted \(n, d\)"),
        (
            np.ones((10, 4)),
            GOOD,
            3,
            "real has 10 rows, and each has 3 or more copies, so that every ball has the radius 0",
        ),
        (np.repeat(GOOD, 4, axis=0), GOOD, 3, "real has 40 rows, and each has 3 or more copies"),
    ],
)
def test_features_that_do_not_fit_are_named(score, real, fake, k, sentence):
    with pytest.raises(BadInput, match=sentence):
        score(real, fake, k)


def test_nearest_distances_names_what_does_not_fit():
    with pytest.raises(BadInput, match="samples has 4 columns and others has 3"):
        nearest_distances(GOOD, GOOD[:, :3])
    with pytest.raises(BadInput, match="others has 0 rows of 4 features, wanted at least 1"):
        nearest_distances(GOOD, GOOD[:0])
