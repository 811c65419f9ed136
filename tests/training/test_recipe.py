"""The default recipe is the dense MNIST GAN of the notebook of 2018, but for what the course says it changed."""

import inspect

import keras
import numpy as np
import pytest

from ganhacks import toys
from ganhacks.hacks import mnist_gan
from ganhacks.training import Recipe, one_sided, ones, zeros

#: In [21] of the notebook, and Keras' defaults of Adam, which it left as they are.
OF_2018 = {
    "sample_size": 100,
    "g_hidden_size": 128,
    "d_hidden_size": 128,
    "leaky_alpha": 0.01,
    "g_learning_rate": 0.0001,
    "d_learning_rate": 0.001,
    "batch_size": 64,
    "smooth": 0.1,
}
ADAM = {"beta_1": 0.9, "beta_2": 0.999, "amsgrad": False}


@pytest.fixture(scope="module")
def recipe():
    return Recipe()


def layers_of(model):
    """Return each layer as the notebook's summary names it: kind, size of its output, parameters."""
    return [(type(layer).__name__, layer.output.shape[1], layer.count_params()) for layer in model.layers]


def test_the_networks_are_those_of_2018(recipe):
    generator, discriminator = recipe.make_generator(), recipe.make_discriminator()
    assert generator.input_shape == (None, OF_2018["sample_size"])
    assert layers_of(generator) == [
        ("Dense", OF_2018["g_hidden_size"], 12_928),
        ("LeakyReLU", OF_2018["g_hidden_size"], 0),
        ("Dense", 784, 101_136),
        ("Activation", 784, 0),
    ]
    assert discriminator.input_shape == (None, 784)
    assert layers_of(discriminator) == [  # without the sigmoid: the course's discriminators return logits
        ("Dense", OF_2018["d_hidden_size"], 100_480),
        ("LeakyReLU", OF_2018["d_hidden_size"], 0),
        ("Dense", 1, 129),
    ]
    for network in (generator, discriminator):
        assert network.layers[1].negative_slope == OF_2018["leaky_alpha"]
        assert network.layers[0].activation(-2.0) == network.layers[2].activation(-2.0) == -2, "Dense has none"
    assert generator.layers[-1].activation is keras.activations.tanh


def test_the_optimizers_are_those_of_2018(recipe):
    for optimizer, rate in (
        (recipe.g_optimizer(), OF_2018["g_learning_rate"]),
        (recipe.d_optimizer(), OF_2018["d_learning_rate"]),
    ):
        assert type(optimizer) is keras.optimizers.Adam
        assert float(optimizer.learning_rate) == pytest.approx(rate)
        assert {name: getattr(optimizer, name) for name in ADAM} == ADAM


def test_sizes_labels_and_latents_are_those_of_2018(recipe):
    assert (recipe.batch_size, recipe.latent_dim) == (OF_2018["batch_size"], OF_2018["sample_size"])
    rng = np.random.default_rng(0)
    np.testing.assert_allclose(recipe.real_labels(rng, 5), np.full((5, 1), 1 - OF_2018["smooth"]), rtol=1e-6)
    np.testing.assert_array_equal(recipe.fake_labels(rng, 5), np.zeros((5, 1)))
    latents = recipe.latent_samples(rng, 20_000, 3)
    np.testing.assert_allclose(latents.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(np.cov(latents, rowvar=False), np.eye(3), atol=0.04)
    assert np.mean(np.abs(latents) < 1) == pytest.approx(0.683, abs=0.01), "normal, not uniform"


def test_the_updates_are_the_courses_one_summed_update_and_not_the_two_of_2018(recipe):
    assert recipe.discriminator_step is mnist_gan.discriminator_step
    assert recipe.generator_step is mnist_gan.generator_step


@pytest.mark.parametrize(("draw", "value"), [(ones, 1), (zeros, 0), (one_sided, 0.9)])
def test_labels_are_what_their_name_says_one_for_each_sample(draw, value):
    labels = draw(np.random.default_rng(0), 4)
    assert (labels.shape, labels.dtype) == ((4, 1), np.float32)
    assert (labels == np.float32(value)).all()


def test_the_recipe_of_the_ring_is_as_it_says():
    recipe = toys.ring_recipe()
    for optimizer in (recipe.g_optimizer(), recipe.d_optimizer()):
        assert type(optimizer) is keras.optimizers.Adam
        assert (float(optimizer.learning_rate), optimizer.beta_1) == (pytest.approx(1e-3), 0.5)
    assert (recipe.latent_dim, recipe.batch_size) == (2, 128)
    assert (recipe.real_labels, recipe.fake_labels) == (ones, zeros)
    for make, outputs in ((recipe.make_generator, 2), (recipe.make_discriminator, 1)):
        sizes = 2 * 64 + 64 + 64 * 64 + 64 + 64 * outputs + outputs
        assert make().count_params() == sizes
        assert [layer.activation.__name__ for layer in make().layers] == ["relu", "relu", "linear"]
    assert inspect.signature(toys.ring_data).parameters["n_samples"].default == 20_000


def test_the_rings_points_are_the_same_at_each_call():
    points = toys.ring_data(300)
    assert (points.shape, points.dtype) == ((300, 2), np.float32)
    np.testing.assert_array_equal(points, toys.ring_data(300))
