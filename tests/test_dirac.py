"""The Dirac-GAN against the figures that its game has, to three digits."""

import numpy as np
import pytest

from ganhacks import dirac
from ganhacks.pictures import playground


def test_a_simultaneous_step_leads_away_by_the_formula():
    assert abs(dirac.eigenvalues()).max() == pytest.approx(np.sqrt(1 + dirac.STEP_SIZE**2 / 4), rel=1e-9)
    assert abs(dirac.eigenvalues()).max() == pytest.approx(1.00499, abs=5e-6)


def test_with_r1_it_leads_in():
    assert abs(dirac.eigenvalues(gamma=1.0)).max() < 1


@pytest.mark.parametrize(
    "loss, start, order, d_steps, radius",
    [
        (dirac.saturating, (1.0, -1.0), "together", 1, 3.097),
        (dirac.non_saturating, (1.0, 1.0), "together", 1, 0.640),
        (dirac.saturating, (1.0, -1.0), "G first", 1, 1.421),
        (dirac.saturating, (1.0, -1.0), "G first", 5, 1.845),
        (dirac.saturating, (1.0, -1.0), "D first", 1, 1.413),
        (dirac.saturating, (1.0, -1.0), "D first", 5, 1.710),
        (dirac.non_saturating, (1.0, 1.0), "G first", 1, 0.271),
        (dirac.non_saturating, (1.0, 1.0), "G first", 5, 0.261),
        (dirac.non_saturating, (1.0, 1.0), "D first", 1, 0.284),
        (dirac.non_saturating, (1.0, 1.0), "D first", 5, 0.267),
    ],
)
def test_the_game_ends_at_its_known_radius(loss, start, order, d_steps, radius):
    path = dirac.play(start, loss, order, d_steps)
    assert path.shape == (501, 2)
    assert dirac.radius(path) == pytest.approx(radius, abs=5e-4)


def test_r1_and_noise_bring_it_to_rest():
    assert dirac.radius(dirac.play((1.0, -1.0), gamma=1.0)) < 5e-4
    ends = [dirac.radius(dirac.play((1.0, -1.0), noise=0.7, rng=np.random.default_rng(s))) for s in range(5)]
    assert max(ends) < 0.1


def test_the_real_and_the_fake_have_noise_of_their_own():
    """At rest each noise moves psi by half its mean, so that both together spread it by the root of two."""
    moves = [dirac.play((0.0, 0.0), noise=0.7, rng=np.random.default_rng(s), steps=1)[1, 1] for s in range(300)]
    one = dirac.STEP_SIZE / 2 * 0.7 / np.sqrt(dirac.NOISE_BATCH)
    assert np.std(moves) == pytest.approx(np.sqrt(2) * one, rel=0.15)


@pytest.mark.parametrize("g_direction", [dirac.saturating, dirac.non_saturating])
def test_the_arrows_of_a_portrait_point_where_a_step_goes(g_direction):
    start = np.array([1.0, -1.0])
    step = dirac.play(start, g_direction, gamma=0.5, steps=1)[1] - start
    assert dirac.directions(*start, g_direction, gamma=0.5) * dirac.STEP_SIZE == pytest.approx(step)


def test_with_noise_the_arrows_tell_the_mean_of_many_steps():
    moves = [dirac.play((1.0, -1.0), noise=0.7, rng=np.random.default_rng(s), steps=1)[1] for s in range(200)]
    mean = (np.mean(moves, axis=0) - (1.0, -1.0)) / dirac.STEP_SIZE
    assert dirac.directions(1.0, -1.0, noise=0.7) == pytest.approx(mean, abs=0.01)


def test_a_portrait_says_in_words_how_far_the_path_came():
    picture = playground.portrait(dirac.play((1.0, -1.0)), "Minimax")
    assert picture.alt == "Minimax. Distance from the middle: 1.41 at the start, 3.10 after 500 steps."
