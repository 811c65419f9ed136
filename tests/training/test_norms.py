"""Gradient norms: of all variables together, and of the last update where a step makes several."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ganhacks.training import Recipe, loop, train
from ganhacks.training.norms import Norm, norm


@pytest.mark.parametrize("shapes", [[(3,)], [(2, 3), (3,)], [(4, 4, 2, 3), (), (5, 1)]])
def test_a_norm_is_the_length_of_all_gradients_end_to_end(shapes):
    rng = np.random.default_rng(0)
    gradients = [tf.constant(rng.normal(size=shape), "float32") for shape in shapes]
    together = np.concatenate([np.ravel(gradient) for gradient in gradients])
    assert float(norm(gradients)) == pytest.approx(np.sqrt(np.sum(together**2)), rel=1e-5)


def test_the_last_of_two_updates_is_noted_and_the_update_is_made():
    variable, optimizer, noted = keras.Variable([0.0, 0.0]), keras.optimizers.SGD(1.0), Norm()
    with noted.of_updates(optimizer):
        optimizer.apply([tf.constant([6.0, 8.0])], [variable])
        assert float(noted.value("step")) == 10
        optimizer.apply([tf.constant([3.0, 4.0])], [variable])
    assert float(noted.value("step")) == 5
    optimizer.apply([tf.constant([1.0, 0.0])], [variable])  # after the block, of no interest
    assert float(noted.value("step")) == 5
    np.testing.assert_array_equal(variable.numpy(), [-10, -12])


def updates(optimizer, model, *sizes):
    """Make an update for each size, with gradients that are that size everywhere, and return a loss."""
    variables = model.trainable_variables
    for size in sizes:
        optimizer.apply([size * tf.ones_like(variable) for variable in variables], variables)
    return tf.constant(0.5)


@pytest.mark.parametrize("form", ["xla", "shortcuts", "plain"])
def test_in_the_loop_each_player_has_the_norm_of_its_own_last_update(form, monkeypatch):
    monkeypatch.setattr(loop, "form_for", lambda *models: form)

    def dense(outputs):
        return lambda: keras.Sequential([keras.Input((2,)), layers.Dense(outputs)])  # 2 * outputs + outputs weights

    recipe = Recipe(dense(2), dense(1), 2, 8, keras.optimizers.SGD, keras.optimizers.SGD)
    steps = {
        "discriminator_step": lambda d, optimizer, *batches: updates(optimizer, d, 1.0, 2.0),
        "generator_step": lambda g, d, optimizer, latents: updates(optimizer, g, 5.0, 4.0, 3.0),
    }
    history = train(replace(recipe, **steps), np.zeros((16, 2), "float32"), 3, progress=False)
    np.testing.assert_allclose(history.d_gradient_norm, 2 * np.sqrt(3), rtol=1e-5)
    np.testing.assert_allclose(history.g_gradient_norm, 3 * np.sqrt(6), rtol=1e-5)
