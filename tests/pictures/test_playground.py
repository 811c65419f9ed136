"""Pictures of the game: arrows, paths and shades against answers worked out here."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from ganhacks import dirac
from ganhacks.pictures import playground

START, END = (1.0, -2.0), (0.5, 1.5)


def arrows_of(axes):
    """Return where each arrow of a picture stands and which way it points: two arrays (n, 2)."""
    (quiver,) = [artist for artist in axes.collections if hasattr(artist, "U")]
    return np.asarray(quiver.XY), np.stack([quiver.U, quiver.V], axis=1)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# D(x) = psi * x, the data are at 0, the fake at theta. The slope of D's loss by psi is theta * sigmoid(psi * theta) +
# gamma * psi. The slope of G's by theta is -psi * sigmoid(psi * theta) for log(1 - sigmoid(D)), and
# -psi * sigmoid(-psi * theta) for -log sigmoid(D).
def minimax(theta, psi, gamma):
    return psi * sigmoid(psi * theta), -theta * sigmoid(psi * theta) - gamma * psi


def in_use(theta, psi, gamma):
    return psi * sigmoid(-psi * theta), -theta * sigmoid(psi * theta) - gamma * psi


@pytest.mark.parametrize("gamma", [0.0, 0.7])
@pytest.mark.parametrize(("g_direction", "wanted"), [(dirac.saturating, minimax), (dirac.non_saturating, in_use)])
def test_the_arrows_of_a_portrait_point_where_both_players_want_to_go(drawn, g_direction, wanted, gamma):
    playground.portrait(np.array([START, END]), "Shown", g_direction, gamma, reach=2.0)
    (axes,) = drawn[0].axes
    places, arrows = arrows_of(axes)
    assert len({*map(tuple, places)}) == 13 * 13
    assert (places.min(), places.max()) == (-2, 2)
    moving = np.linalg.norm(places, axis=1) > 1e-6  # in the middle the game is at rest
    expected = np.stack(wanted(*places[moving].T, gamma), axis=1)
    expected /= np.sqrt(np.linalg.norm(expected, axis=1, keepdims=True))  # as long as the root of the speed
    np.testing.assert_allclose(arrows[moving], expected, rtol=1e-4, atol=1e-6)


def test_with_noise_a_portraits_arrows_are_those_of_the_noisy_game(drawn):
    """Far from where D's answers are certain, noise of deviation s pulls psi to 0 by s² psi / 2, to first order."""
    psi, noise = 0.02, 0.5
    plain, noisy = (dirac.directions(0.0, psi, noise=amount) for amount in (0.0, noise))
    assert noisy[1] - plain[1] == pytest.approx(-(noise**2) * psi / 2, rel=0.02)
    playground.portrait(np.array([START, END]), "Shown", noise=noise, reach=2.0)
    places, arrows = arrows_of(drawn[0].axes[0])
    for place, arrow in list(zip(places, arrows))[::23]:
        wanted = dirac.directions(*place, noise=noise)
        assert arrow == pytest.approx(wanted / np.sqrt(np.linalg.norm(wanted) + 1e-9), abs=1e-6)


def test_a_portrait_shows_the_path_its_ends_and_a_circle_at_the_starts_distance(drawn):
    path = np.array([START, (2.0, 0.0), END])
    playground.portrait(path, "Shown", reach=2.5)
    (axes,) = drawn[0].axes
    circle, whole, start, end = (np.stack(line.get_data(), axis=1) for line in axes.lines)
    np.testing.assert_allclose(np.linalg.norm(circle, axis=1), np.hypot(*START))
    np.testing.assert_array_equal(whole, path)
    assert (start.tolist(), end.tolist()) == ([[*START]], [[*END]])
    told = [line.get_label() for line in axes.lines[2:]]
    assert told == ["start, 2.24 from the middle", "after 2 steps, 1.58 from the middle"]
    assert (axes.get_xlim(), axes.get_ylim()) == ((-2.5, 2.5), (-2.5, 2.5))
    assert ("fake" in axes.get_xlabel(), "discriminator" in axes.get_ylabel()) == (True, True)


# ---- a GAN in the plane


@pytest.fixture
def history():
    """A run whose discriminator's logit at (x, y) is 2 x - y + 0.5, and rises everywhere along (2, -1)."""
    dense = keras.layers.Dense(1)
    model = keras.Sequential([keras.Input((2,)), dense])
    dense.set_weights([np.array([[2.0], [-1.0]]), np.array([0.5])])
    fakes = np.array([[0.0, 1.0], [1.5, -1.0], [-2.0, 0.5]], "float32")
    return SimpleNamespace(discriminator=model, samples=lambda n: fakes[:n], seed=7, step=1200)


def test_every_fake_is_pulled_to_where_the_discriminator_says_real(drawn, history):
    playground.surface(history, np.array([[1.0, 0.5]]), n_fakes=3)
    places, arrows = arrows_of(drawn[0].axes[0])
    np.testing.assert_array_equal(places, history.samples(3))
    np.testing.assert_allclose(arrows, np.tile([2, -1] / np.sqrt(np.sqrt(5)), (3, 1)), rtol=1e-5)


def test_shades_are_the_discriminators_answers_at_their_places_and_points_lie_where_they_are(drawn, history):
    picture = playground.surface(history, np.array([[1.0, 0.5]]), n_fakes=3, reach=2.0)
    axes = drawn[0].axes[0]
    (mesh,) = [artist for artist in axes.collections if hasattr(artist, "get_coordinates")]
    x, y = np.moveaxis(np.asarray(mesh.get_coordinates()), -1, 0)
    np.testing.assert_allclose(np.reshape(mesh.get_array(), x.shape), sigmoid(2 * x - y + 0.5), atol=1e-6)
    assert (mesh.get_clim(), x.min(), x.max(), y.min(), y.max()) == ((0, 1), -2, 2, -2, 2)
    shown = {line.get_label(): np.stack(line.get_data(), axis=1) for line in axes.lines}
    np.testing.assert_array_equal(shown["real"], [[1.0, 0.5]])
    np.testing.assert_array_equal(shown["fake"], history.samples(3))
    low, high = sigmoid(-5.5), sigmoid(6.5)
    assert picture.alt.startswith("Seed 7, step 1,200: the reals, 3 fakes with an arrow each")
    assert picture.alt.endswith(f"from {low:.2f} to {high:.2f}.")
