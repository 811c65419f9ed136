"""Scores for points of the plane: modes counted, distances as worked out by hand, what is no set of points named."""

import numpy as np
import pytest
import scipy.stats

from ganhacks import data, toys
from ganhacks.errors import BadInput
from ganhacks.metrics.planar import PERFECT, energy_distance, mode_scores

CENTRES = data.ring_centres()


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_a_perfect_generator_finds_every_mode_and_has_98_9_percent_good_points(rng):
    for points, centres, std in (
        (data.ring(rng, 200_000), CENTRES, 0.02),
        (data.grid(rng, 200_000), data.grid_centres(), 0.05),
    ):
        found, good, reverse_kl = mode_scores(points, centres, std)
        assert found == len(centres)
        assert good == pytest.approx(PERFECT, abs=0.001)
        assert 0 <= reverse_kl < 0.001


def test_the_perfect_share_is_that_of_a_gaussian_of_the_plane():
    assert PERFECT == pytest.approx(scipy.stats.chi2.cdf(9, df=2))
    assert f"{PERFECT:.3f}" == "0.989"


def test_points_on_half_of_the_modes_have_the_divergence_ln_2():
    scores = mode_scores(CENTRES[[0, 2, 4, 6]], CENTRES, 0.02)
    assert scores == (4, 1, pytest.approx(np.log(2)))


def test_the_scores_are_printed_as_plain_numbers():
    assert repr(toys.ring_score(CENTRES[:3])) == "(3, 1.0)"
    assert repr(tuple(mode_scores(CENTRES, CENTRES, 0.02))) == "(8, 1.0, 0.0)"


def test_the_divergence_is_that_of_the_shares_of_good_points(rng):
    counts = [5, 1, 0, 3, 0, 2, 7, 1]
    stray = rng.uniform(5, 6, size=(30, 2))
    points = np.concatenate([np.repeat(CENTRES, counts, axis=0), stray])
    found, good, reverse_kl = mode_scores(points, CENTRES, 0.02)
    assert (found, good) == (6, pytest.approx(19 / 49))
    assert reverse_kl == pytest.approx(scipy.stats.entropy(counts, np.ones(8)), rel=1e-6)


def test_a_point_is_good_within_3_deviations_and_not_beyond():
    inside, outside = CENTRES[:1] + [0.0599, 0], CENTRES[:1] + [0, 0.0601]
    assert mode_scores(inside, CENTRES, 0.02).good == 1
    assert mode_scores(outside, CENTRES, 0.02) == (0, 0, np.inf)


def test_a_generator_that_diverged_is_scored_and_not_refused():
    points = np.array([[np.nan, np.nan], [np.inf, 0], CENTRES[3]], "float32")
    assert mode_scores(points, CENTRES, 0.02) == (1, pytest.approx(1 / 3), pytest.approx(np.log(8)))
    assert mode_scores(points[:2], CENTRES, 0.02) == (0, 0, np.inf)


def around(centres, counts, radius, rng):
    """Return points at this distance from the centres, in random directions: so many around each."""
    angle = rng.uniform(0, 2 * np.pi, sum(counts))
    return np.repeat(centres, counts, axis=0) + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_rings_score_is_of_points_within_3_deviations_of_a_mode(rng, dtype):
    near, far = [400, 0, 30, 1, 0, 0, 200, 69], [0, 500, 100, 0, 100, 50, 25, 25]
    points = np.concatenate([around(CENTRES, near, 0.0599, rng), around(CENTRES, far, 0.0601, rng)])
    assert toys.ring_score(rng.permutation(points).astype(dtype)) == (5, 700 / 1500)


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"points": np.zeros((5, 3))}, r"points has the shape \(5, 3\), wanted \(n, 2\)"),
        ({"points": np.zeros((0, 2))}, r"points has the shape \(0, 2\)"),
        ({"points": np.zeros(2)}, r"points has the shape \(2,\)"),
        ({"points": np.full((5, 2), "x")}, "points has the type <U1, wanted real numbers"),
        ({"centres": np.zeros((2, 8))}, r"centres has the shape \(2, 8\)"),
        ({"centres": np.full((8, 2), np.nan)}, "centres has values that are NaN or infinite"),
        ({"std": 0}, "std is 0, wanted a number above 0"),
        ({"std": np.nan}, "std is nan, wanted a number above 0"),
        ({"std": [0.02]}, r"std is \[0.02\], wanted a number above 0"),
        ({"std": "0.02"}, "std is '0.02', wanted a number above 0"),
    ],
)
def test_what_does_not_fit_is_named(change, sentence):
    with pytest.raises(BadInput, match=sentence):
        mode_scores(**{"points": CENTRES, "centres": CENTRES, "std": 0.02, **change})


# ---- the energy distance


def test_the_energy_distance_of_three_points_from_two_is_what_it_is_on_paper():
    """Distances 3, 4, 4, 3, 5, 0 between them, 5, 4, 3 among the points, and 0, 5, 5, 0 among the reals."""
    points, reals = np.array([[3.0, 0], [0, 4], [3, 4]]), np.array([[0.0, 0], [3, 4]])
    between = np.mean([3, 4, 4, 3, 5, 0])
    assert energy_distance(points, reals) == pytest.approx(2 * between - np.mean([5, 4, 3]) - np.mean([0, 5, 5, 0]))


def test_points_of_the_reals_own_kind_are_at_0_on_average(rng):
    reals = data.ring(np.random.default_rng(1), 1_000)
    drawn = [energy_distance(reals[rng.integers(1_000, size=50)], reals) for _ in range(200)]
    assert abs(np.mean(drawn)) < 3 * np.std(drawn) / 200**0.5
    assert min(drawn) < 0 < max(drawn)


def test_a_larger_shift_is_farther_and_on_a_ring_its_direction_makes_no_difference(rng):
    points = data.ring(rng, 4_000)
    small, *large = (
        energy_distance(points + np.array(shift), points) for shift in ((0.2, 0), (0.5, 0), (0, 0.5), (0, -0.5))
    )
    assert 0 < small < 0.5 * min(large)
    assert max(large) < 1.1 * min(large)


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        (np.zeros((1, 2)), "points has one row, wanted two or more"),
        (np.zeros((4, 3)), r"points has the shape \(4, 3\)"),
    ],
)
def test_what_has_no_energy_distance_is_named(points, sentence):
    with pytest.raises(BadInput, match=sentence):
        energy_distance(points, CENTRES)


def test_a_point_that_is_no_number_is_infinitely_far():
    assert energy_distance(np.array([[0, np.nan], [0, 0]]), CENTRES) == np.inf
