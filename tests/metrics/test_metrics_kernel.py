"""KID: as its paper has it, unbiased, and clear about bad input."""

import numpy as np
import pytest

from ganhacks.errors import BadInput
from ganhacks.metrics import kernel
from ganhacks.metrics.kernel import kernel_distance, kernel_distance_of_subsets


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def by_hand(a, b):
    return (a @ b.T / a.shape[1] + 1) ** 3


def by_scikit_learn(a, b):
    from sklearn.metrics.pairwise import polynomial_kernel  # of requirements-reference.txt

    return polynomial_kernel(a, b, degree=3, gamma=1 / a.shape[1], coef0=1)


def by_the_paper(a, b, cubic):
    """The unbiased estimate as it is printed in Bińkowski et al. 2018, from whole kernel matrices."""
    within, across = [cubic(x, x) for x in (a, b)], cubic(a, b)
    means = [(k.sum() - np.trace(k)) / (len(k) * (len(k) - 1)) for k in within]
    return sum(means) - 2 * across.mean()


@pytest.mark.parametrize("cubic", [by_hand, pytest.param(by_scikit_learn, marks=pytest.mark.everywhere)])
@pytest.mark.parametrize("n, m, d", [(300, 200, 16), (100, 400, 1), (2, 5, 64)])
def test_it_agrees_with_an_independent_implementation(rng, n, m, d, cubic):
    a, b = rng.normal(size=(n, d)), 0.5 + 2 * rng.normal(size=(m, d))
    assert kernel_distance(a, b) == pytest.approx(by_the_paper(a, b, cubic), rel=1e-6)


def test_it_is_the_same_in_blocks(rng, monkeypatch):
    a, b = rng.normal(size=(57, 8)), 1 + rng.normal(size=(31, 8))
    whole = kernel_distance(a, b)
    monkeypatch.setattr(kernel, "BLOCK", 100)
    assert kernel_distance(a, b) == pytest.approx(whole, rel=1e-12)


def test_two_pairs_of_numbers_have_the_value_that_one_gets_by_hand():
    # k(x, y) = (xy + 1)³: within {0, 1} 1, within {1, 2} 27, across 1, 1, 8, 27.
    assert kernel_distance([[0], [1]], [[1], [2]]) == pytest.approx(1 + 27 - 2 * (1 + 1 + 8 + 27) / 4)


def test_samples_of_one_distribution_score_around_zero_at_every_size(rng):
    for n in (10, 100):
        found = [kernel_distance(rng.normal(size=(n, 4)), rng.normal(size=(50, 4))) for _ in range(400)]
        assert min(found) < 0 < max(found)
        assert abs(np.mean(found)) < 4 * np.std(found) / np.sqrt(len(found))


def test_it_is_symmetric_and_leaves_its_arguments_alone(rng):
    a, b = rng.normal(size=(50, 8)).astype("float32"), rng.normal(size=(40, 8)).astype("float32")
    before = a.copy()
    assert kernel_distance(a, b) == pytest.approx(kernel_distance(b, a), rel=1e-9)
    np.testing.assert_array_equal(a, before)


def test_the_mean_over_subsets_is_near_the_value_of_the_whole_and_follows_its_generator(rng):
    a, b = rng.normal(size=(400, 8)), 0.5 + rng.normal(size=(300, 8))
    mean, error = kernel_distance_of_subsets(a, b, np.random.default_rng(1), subsets=50, size=100)
    assert abs(mean - kernel_distance(a, b)) < 4 * error
    assert (mean, error) == kernel_distance_of_subsets(a, b, np.random.default_rng(1), subsets=50, size=100)
    assert (mean, error) != kernel_distance_of_subsets(a, b, np.random.default_rng(2), subsets=50, size=100)


def test_the_standard_error_shrinks_as_the_root_of_the_number_of_subsets(rng):
    a, b = rng.normal(size=(400, 8)), 0.5 + rng.normal(size=(300, 8))
    few, many = (kernel_distance_of_subsets(a, b, rng, subsets, 50).standard_error for subsets in (50, 800))
    assert few / many == pytest.approx(4, rel=0.4)


GOOD = np.eye(4)


@pytest.mark.parametrize(
    "a, b, sentence",
    [
        (GOOD[:1], GOOD, "features_a has 1 rows of 4 features, wanted at least 2 rows: pass more samples"),
        (GOOD, GOOD[:0], "features_b has 0 rows of 4 features"),
        (GOOD, GOOD[:, :3], "features_a has 4 columns and features_b has 3, wanted as many"),
        (GOOD[0], GOOD, r"features_a has the shape \(4,\), wanted \(n, d\)"),
        (GOOD, np.where(GOOD == 1, np.inf, 0), "features_b has values that are NaN or infinite"),
        (GOOD.astype(str), GOOD, "features_a has the type <U32, wanted real numbers"),
        (GOOD.astype(complex), GOOD, "features_a has the type complex128, wanted real numbers"),
        (GOOD[:, :0], GOOD, r"features_a has the shape \(4, 0\)"),
    ],
)
def test_features_that_do_not_fit_are_named(a, b, sentence):
    with pytest.raises(BadInput, match=sentence):
        kernel_distance(a, b)


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"rng": 0}, r"rng is a int, wanted a numpy Generator: pass np.random.default_rng\(seed\)"),
        ({"size": 5}, "features_a has 4 rows of 4 features, wanted at least 5 rows: .* a smaller size"),
        ({"size": 2.0}, "size is 2.0, wanted a whole number from 2 up"),
        ({"subsets": 1}, "subsets is 1, wanted a whole number from 2 up"),
    ],
)
def test_subsets_that_cannot_be_drawn_are_named(change, sentence):
    with pytest.raises(BadInput, match=sentence):
        kernel_distance_of_subsets(**{"features_a": GOOD, "features_b": GOOD, "rng": np.random.default_rng(), **change})
