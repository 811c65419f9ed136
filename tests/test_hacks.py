"""Every hack shows in its docstring what it does, and does it; what no exercise asks for is held by hand here."""

import doctest
import importlib
import inspect
import pkgutil

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ganhacks import hacks
from ganhacks.hacks import dcgan_mnist, mnist_gan
from ganhacks.hacks.experience_replay import exchange
from ganhacks.hacks.generator_dropout import AlwaysDropout
from ganhacks.hacks.track_failures import grid_pattern

MODULES = [importlib.import_module(f"ganhacks.hacks.{module.name}") for module in pkgutil.iter_modules(hacks.__path__)]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def public(module):
    """Return the functions and classes that a module defines for others, by name."""
    found = {name: thing for name, thing in vars(module).items() if getattr(thing, "__module__", "") == module.__name__}
    return {name: thing for name, thing in found.items() if callable(thing) and not name.startswith("_")}


PUBLIC = [pytest.param(thing, id=f"{m.__name__[15:]}-{name}") for m in MODULES for name, thing in public(m).items()]


@pytest.mark.parametrize("thing", PUBLIC)
def test_its_example_is_what_it_does(thing):
    (test,) = doctest.DocTestFinder(recurse=False).find(thing, thing.__name__, inspect.getmodule(thing))
    assert test.examples, "no example in the docstring"
    said = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append)
    assert not said, "".join(said)


# ---- the update of 2018, in two halves


def line(weight):
    """A discriminator of one weight, D(x) = weight * x, whose moves can be followed on paper."""
    dense = layers.Dense(1, use_bias=False, kernel_initializer=keras.initializers.Constant(weight))
    return keras.Sequential([keras.Input((1,)), dense])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_the_update_of_2018_learns_the_reals_and_from_there_the_fakes():
    """The cross-entropy of a label y with the logit w x has the slope (sigmoid(w x) - y) x by w."""
    real, fake, real_label, fake_label, rate = 2.0, -3.0, 0.9, 0.2, 0.1
    network, targets = line(0.5), [np.array([[label]]) for label in (real_label, fake_label)]
    loss = mnist_gan.discriminator_step_2018(
        network, keras.optimizers.SGD(rate), np.array([[real]]), np.array([[fake]]), *targets
    )
    weight, total = 0.5, 0.0
    for x, label in ((real, real_label), (fake, fake_label)):
        answer = sigmoid(weight * x)
        total -= label * np.log(answer) + (1 - label) * np.log(1 - answer)
        weight -= rate * (answer - label) * x
    assert float(network.get_weights()[0][0, 0]) == pytest.approx(weight, rel=1e-5)
    assert float(loss) == pytest.approx(total, rel=1e-5)


DISCRIMINATOR_STEPS = [
    getattr(module, name) for module in MODULES for name in public(module) if name.startswith("discriminator_step")
]


@pytest.mark.parametrize("step", DISCRIMINATOR_STEPS, ids=lambda step: f"{step.__module__[15:]}-{step.__name__}")
def test_a_discriminators_step_shows_it_the_reals_and_then_the_fakes_in_training_mode(step):
    seen = []

    class Noting(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, x, training=None):
            seen.append((np.mean(x), training))
            return self.dense(x)

    real, fake = (np.full((4, 1), value, "float32") for value in (3, 5))
    network = Noting()
    network(real)  # which builds it
    seen.clear()
    step(network, keras.optimizers.SGD(), real, fake, np.ones((4, 1)), np.zeros((4, 1)))
    assert seen == [(3.0, True), (5.0, True)]


# ---- lab 27's networks with classes, and its schedule


def inner(model):
    """Return the network without classes inside a conditional one."""
    (found,) = [layer for layer in model.layers if isinstance(layer, keras.Sequential)]
    return found


def test_the_conditional_generator_reads_the_latent_sample_and_then_its_class_one_hot():
    generator = dcgan_mnist.make_conditional_generator(latent_dim=3, n_classes=5)
    latents, classes = np.random.default_rng(0).normal(size=(5, 3)).astype("float32"), np.arange(5)[:, None]
    images, given_back = generator([latents, classes])
    one_hot = np.eye(5, dtype="float32")
    np.testing.assert_allclose(images, inner(generator)(np.concatenate([latents, one_hot], axis=1)), atol=1e-6)
    np.testing.assert_array_equal(given_back, classes)
    same_latents = generator([np.ones((5, 3)), classes])[0]
    assert len(np.unique(np.round(same_latents, 4), axis=0)) == 5, "every class makes a difference"


def test_the_conditional_discriminator_gives_of_its_logits_the_one_of_the_class():
    discriminator = dcgan_mnist.make_conditional_discriminator(n_classes=5)
    images, classes = np.random.default_rng(0).normal(size=(4, 28, 28, 1)), np.array([[0], [4], [2], [2]])
    logits = np.asarray(inner(discriminator)(images))
    assert logits.shape == (4, 5)
    np.testing.assert_allclose(discriminator([images, classes]), logits[np.arange(4), classes[:, 0]][:, None])


@pytest.mark.parametrize("make", [dcgan_mnist.make_generator, dcgan_mnist.make_conditional_generator])
def test_lab_27s_networks_have_the_sizes_of_its_table(make):
    generator = inner(make(64)) if make is dcgan_mnist.make_conditional_generator else make(64)
    inputs = 74 if make is dcgan_mnist.make_conditional_generator else 64
    # Two dense layers and a transposed convolution without bias, each with 4 numbers a channel of its normalization.
    dense = inputs * 256 + 4 * 256 + 256 * 1568 + 4 * 1568
    assert generator.count_params() == dense + 4 * 4 * 32 * 16 + 4 * 16 + 4 * 4 * 16 + 1
    assert dcgan_mnist.make_discriminator(10).count_params() == (
        (4 * 4 * 1 * 16 + 16) + (4 * 4 * 16 * 32 + 32) + (4 * 4 * 32 * 64 + 64) + (1024 * 10 + 10)
    )


def test_an_optimizer_moves_by_the_rates_of_the_schedule():
    """The peak for 30 % of 10 steps, then down in a straight line: by 0.99 in 7 steps, so by 0.1414 in each."""
    variable, optimizer = keras.Variable(0.0), keras.optimizers.SGD(dcgan_mnist.HoldThenFall(n_steps=10, peak=2.0))
    moves = []
    for _ in range(12):
        before = float(variable)
        optimizer.apply([tf.constant(-1.0)], [variable])
        moves.append(float(variable) - before)
    falling = [2 * (1 - 0.99 * step / 7) for step in range(8)]
    assert moves == pytest.approx([2, 2, 2, *falling, 0.02], abs=1e-5)


# ---- what recordings and lab 26 use


@pytest.mark.parametrize("rate", [0.2, 0.75])
def test_dropout_that_is_always_on_drops_its_share_anew_at_each_call_in_every_mode(rate):
    model = keras.Sequential([keras.Input((1000,)), AlwaysDropout(rate), AlwaysDropout(0.0)])
    x = np.ones((20, 1000), "float32")
    found = [np.asarray(model(x, training=mode)) for mode in (True, False, None)]
    found.append(model.predict(x, verbose=0))
    for values in found:
        assert np.mean(values == 0) == pytest.approx(rate, abs=0.02)
        np.testing.assert_allclose(values[values != 0], 1 / (1 - rate), rtol=1e-6)
    assert len({values.tobytes() for values in found}) == 4
    assert len({np.asarray(AlwaysDropout(0.5)(x)).tobytes() for _ in range(2)}) == 2


def test_a_grid_is_measured_by_the_place_in_two_by_two_pixels_over_all_images():
    """Four places of brightness 0, 1, 2 and 5: their mean is 2, the mean square about it (4 + 1 + 0 + 9) / 4."""
    tile = np.array([[0.0, 1.0], [2.0, 5.0]])
    images = np.tile(tile, (6, 4, 3)) + np.arange(6)[:, None, None]  # images that differ in brightness alone
    assert grid_pattern(images) == pytest.approx(np.sqrt(14 / 4))
    assert grid_pattern(np.concatenate([images, -images])) == pytest.approx(0)
    assert grid_pattern(np.tile([[0.0, 0.0], [1.0, 1.0]], (2, 3, 3))) == pytest.approx(0.5), "stripes count too"


# ---- what a check can judge from few draws alone


def test_a_full_pool_keeps_every_other_new_fake_and_hands_the_rest_straight_on():
    """Of 20,000 fakes half, with a deviation of √5,000 = 71: 0.015 is four of them."""
    fakes = np.arange(20_000.0)[:, None]
    handed_out, pool = exchange(np.random.default_rng(0), np.full((50, 1), -1.0), fakes)
    assert np.mean(handed_out == fakes) == pytest.approx(1 / 2, abs=0.015)
    assert sorted([*handed_out.ravel(), *pool.ravel()]) == [-1.0] * 50 + fakes.ravel().tolist()
