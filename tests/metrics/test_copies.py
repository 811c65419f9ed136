"""The score of memorisation: copies, new samples and samples from elsewhere are where theory puts them."""

import numpy as np
import pytest

from ganhacks import data, metrics
from ganhacks.errors import BadInput
from ganhacks.metrics import copies, memorisation
from ganhacks.metrics.classifier import mnist_features


@pytest.fixture
def sets():
    rng = np.random.default_rng(0)
    return {name: rng.standard_normal((n, 4)) for name, n in {"train": 2000, "test": 1000, "fake": 1000}.items()}


def test_new_samples_of_the_same_distribution_score_a_half_and_one(sets):
    score = memorisation(**sets)
    assert score.nearer == pytest.approx(0.5, abs=0.04)  # three standard errors of a thousand on either side
    assert score.ratio == pytest.approx(1, abs=0.1)


def test_copies_are_nearer_than_every_unseen_sample(sets):
    assert memorisation(sets["train"], sets["test"], sets["train"][:500]) == (1, 0)


def test_half_copies_are_seen_as_half(sets):
    mixed = np.concatenate([sets["train"][:500], sets["fake"][:500]])
    assert memorisation(sets["train"], sets["test"], mixed).nearer == pytest.approx(0.75, abs=0.04)


def test_samples_far_from_everything_score_nought_and_a_large_ratio(sets):
    score = memorisation(sets["train"], sets["test"], sets["fake"] + 50)
    assert score.nearer == 0
    assert score.ratio > 50


def test_it_counts_pairs_and_ties_half():
    train = np.zeros((1, 1))
    score = memorisation(train, np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([[2.0], [3.5]]))
    # 2 is nearer than 3 and 4 and ties with 2: 2.5 of 4; 3.5 is nearer than 4: 1 of 4
    assert score.nearer == pytest.approx((2.5 + 1) / 8)
    assert score.ratio == pytest.approx(2.75 / 2.5)


def test_sets_that_do_not_fit_are_named(sets):
    with pytest.raises(BadInput, match="most rows of test are in train too"):
        memorisation(sets["train"], sets["train"][:10], sets["fake"])
    with pytest.raises(BadInput, match="columns"):
        memorisation(sets["train"], sets["test"], np.ones((5, 3)))


def test_training_digits_are_found_out_and_test_digits_are_not(monkeypatch):
    mnist = data.mnist()
    some = {"train": mnist.x_train[:3000], "test": mnist.x_test[:1000]}
    features = {part: metrics.classify(data.scaled(images))[0] for part, images in some.items()}
    monkeypatch.setattr(copies, "mnist_features", features.get)
    assert metrics.mnist_memorisation(data.scaled(mnist.x_train[:500])) == (1, 0)
    score = metrics.mnist_memorisation(data.scaled(mnist.x_test[1000:1500]))
    assert score.nearer == pytest.approx(0.5, abs=0.08)
    assert score.ratio == pytest.approx(1, abs=0.15)


def test_the_features_of_mnists_test_images_are_kept_as_they_are():
    features, images = mnist_features("test"), data.mnist().x_test
    assert features.shape == (len(images), 64)
    np.testing.assert_allclose(features[:10], metrics.classify(data.scaled(images[:10]))[0], atol=1e-4)
