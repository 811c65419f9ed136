"""The parts of the board's runs: each does what its Setup's field says, held against a computed answer."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tools.board import networks, recipes, runs
from tools.board.setups import Setup
from tools.board.steps import Steps, _gradient_penalty
from tools.board.workloads import WORKLOADS

RNG = np.random.default_rng
SIZES = {"shape": (2,), "latent_dim": 3, "width": 5, "n_classes": 4}


@pytest.mark.skipif(sys.platform == "darwin" or platform.machine() not in ("x86_64", "AMD64"), reason="not on an x86")
def test_a_process_of_the_study_takes_onednn_on_every_x86_processor():
    code = "import os, tools.board\nfrom tensorflow.python.framework import test_util\n"
    code += "print(os.environ['TF_ENABLE_ONEDNN_OPTS'], test_util.IsMklEnabled())"
    environment = {name: value for name, value in os.environ.items() if name != "TF_ENABLE_ONEDNN_OPTS"}
    root = Path(__file__).resolve().parents[2]
    told = subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True)
    assert told.stdout.splitlines()[-1] == "1 True", told.stderr


def linear(weights=(1.0, 2.0)):
    """A discriminator without a hidden layer: x @ weights."""
    model = keras.Sequential([keras.Input((len(weights),)), layers.Dense(1, use_bias=False)])
    model.set_weights([np.array(weights, "float32")[:, None]])
    return model


def batch(n=4, seed=0):
    return tf.constant(RNG(seed).normal(size=(n, 2)), tf.float32)


def targets(n=4):
    return tf.ones((n, 1)), tf.zeros((n, 1))


def softplus(x):
    return np.logaddexp(0, x)


def d_step(setup, real, fake, discriminator=None, rate=0.1, n_steps=100, unit=1.0):
    """Make one update of D with SGD, and return (loss, its weights after that)."""
    discriminator = discriminator or linear()
    optimizer = keras.optimizers.SGD(rate)
    optimizer.build(discriminator.trainable_variables)
    loss = Steps(setup, n_steps, unit).discriminator_step(discriminator, optimizer, real, fake, *targets(len(real)))
    return float(loss), discriminator.get_weights()[0].ravel()


# ---- losses

W = np.array([1.0, 2.0])


@pytest.mark.parametrize(
    ("loss", "of_d", "of_g"),
    [
        ("saturating", lambda r, f: (softplus(-r) + softplus(f)).mean(), lambda r, f: -softplus(f).mean()),
        ("non-saturating", lambda r, f: (softplus(-r) + softplus(f)).mean(), lambda r, f: softplus(-f).mean()),
        ("hinge", lambda r, f: (np.maximum(0, 1 - r) + np.maximum(0, 1 + f)).mean(), lambda r, f: -f.mean()),
        ("relativistic", lambda r, f: softplus(f - r).mean(), lambda r, f: softplus(r - f).mean()),
    ],
)
def test_each_loss_is_its_formula_for_both_players(loss, of_d, of_g):
    real, latents = batch(seed=1), batch(seed=2)
    steps = Steps(Setup(loss=loss), 100, 1.0)
    discriminator, still = linear(), keras.optimizers.SGD(0.0)
    generator = keras.Sequential([keras.Input((2,)), layers.Dense(2, kernel_initializer="identity")])
    d_loss = steps.discriminator_step(discriminator, still, real, latents, *targets())
    g_loss = steps.generator_step(generator, discriminator, keras.optimizers.SGD(0.0), latents)
    r, f = real.numpy() @ W, latents.numpy() @ W
    assert float(d_loss) == pytest.approx(of_d(r, f), rel=1e-5)
    assert float(g_loss) == pytest.approx(of_g(r, f), rel=1e-5)


def test_a_penalty_is_half_its_weight_times_the_squared_norm_of_the_gradient_and_pulls_the_weights_in():
    real, fake = batch(seed=1), batch(seed=2)
    assert float(_gradient_penalty(linear(), real)) == pytest.approx(5.0)  # 1² + 2², at every sample
    _, plain = d_step(Setup(), real, fake)
    for changed, unit in (({"r1": 0.4}, 1.0), ({"r2": 0.4}, 1.0), ({"r1": 1.6}, 0.5)):
        loss, penalised = d_step(Setup(**changed), real, fake, unit=unit)
        assert loss == pytest.approx(d_step(Setup(), real, fake)[0]), "the loss that is told is without the penalty"
        np.testing.assert_allclose(plain - penalised, 0.1 * 0.4 * W, rtol=1e-4)  # gradient of 0.4 / 2 |w|²


# ---- several updates, memory, noise


def test_two_updates_of_d_are_made_on_the_two_halves_one_after_the_other():
    real, fake = batch(8, seed=1), batch(8, seed=2)
    _, both = d_step(Setup(d_updates=2), real, fake)
    discriminator = linear()
    for half in (slice(0, 4), slice(4, 8)):
        _, one_by_one = d_step(Setup(), real[half], fake[half], discriminator)
    np.testing.assert_allclose(both, one_by_one, rtol=1e-5)


def test_the_generator_of_a_step_with_several_updates_of_d_has_the_first_part_of_the_latents():
    latents = batch(6, seed=3)
    generator = keras.Sequential([keras.Input((2,)), layers.Dense(2, kernel_initializer="identity")])
    loss = Steps(Setup(d_updates=3, loss="hinge"), 100, 1.0).generator_step(
        generator, linear(), keras.optimizers.SGD(0.0), latents
    )
    assert float(loss) == pytest.approx(-(latents.numpy()[:2] @ W).mean(), rel=1e-5)


@pytest.mark.parametrize(("target", "n_updates"), [(-1.0, 3), (100.0, 1)])
def test_a_player_goes_on_while_its_loss_is_above_the_target_and_always_makes_one_update(target, n_updates):
    setup = Setup(targets=(target, target), loss="non-saturating")
    real, fake = batch(6, seed=1), batch(6, seed=2)
    _, found = d_step(setup, real, fake)
    discriminator = linear()
    for i in range(n_updates):
        part = slice(2 * i, 2 * i + 2)
        _, wanted = d_step(Setup(), real[part], fake[part], discriminator)
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_a_memory_hands_out_half_a_batch_of_old_fakes_once_it_is_full():
    memory = networks.Memory(8)
    memory.build((None, 1))
    batches = [tf.fill((4, 1), float(number)) for number in range(1, 40)]
    handed = [memory.mixed(fake).numpy().ravel() for fake in batches]
    assert all((one == number).all() for number, one in enumerate(handed[:4], 1)), "two new ones go in at a time"
    for number, one in enumerate(handed[4:], 5):
        assert (one[2:] == number).all()
        assert (one[:2] < number).all() and (one[:2] >= 1).all()
    assert len({value for one in handed[4:] for value in one[:2]}) > 10
    assert (memory(batches[0]).numpy() == 1).all(), "what D judges goes through unchanged"


@pytest.mark.parametrize(("separate", "sizes"), [(True, [4, 4]), (False, [8])])
def test_reals_and_fakes_are_judged_in_two_batches_or_in_one_that_is_mixed(separate, sizes):
    seen, real, fake = [], batch(seed=1), batch(seed=2)

    def discriminator(x, training):
        seen.append(len(x))
        return x[:, :1]

    logits = Steps(Setup(separate=separate), 100, 1.0)._logits(discriminator, real, fake)
    assert seen == sizes
    for found, of in zip(logits, (real, fake), strict=True):
        np.testing.assert_array_equal(found, of[:, :1])


def test_the_scheme_of_two_updates_updates_d_on_the_reals_and_then_on_the_fakes():
    real, fake = batch(seed=1), batch(seed=2)
    _, found = d_step(Setup(two_updates=True), real, fake)
    w = W
    for x, sign in ((real.numpy(), -1), (fake.numpy(), 1)):  # the gradients of softplus(-r) and of softplus(f)
        w = w - 0.1 * (sign * x / (1 + np.exp(-sign * (x @ w)))[:, None]).mean(axis=0)
    np.testing.assert_allclose(found, w, rtol=1e-4)


def test_d_with_a_memory_is_shown_fakes_that_went_through_it():
    setup = Setup(memory=8)
    discriminator = networks.make_discriminator(setup, 1.0, 8, **SIZES)
    shown, mixed = [], discriminator.get_layer("memory").mixed
    discriminator.get_layer("memory").mixed = lambda fake: shown.append(fake) or mixed(fake)
    fake = batch(seed=2)
    Steps(setup, 100, 1.0).discriminator_step(discriminator, keras.optimizers.SGD(0.0), batch(seed=1), fake, *targets())
    (found,) = shown
    np.testing.assert_array_equal(found, fake)


def test_a_generator_that_reconstructs_adds_a_vaes_loss_of_the_reals_to_its_own():
    recipe = WORKLOADS["ring"].recipe(Setup(reconstruct=0.5), 1e-3)
    generator, latents, real = recipe.make_generator(), batch(seed=2), batch(seed=1)
    losses = {}
    for weight in (0.5, 1.0):
        steps = Steps(Setup(reconstruct=weight), 100, 1.0)
        steps.real = real
        losses[weight] = float(steps.generator_step(generator, linear(), keras.optimizers.SGD(0.0), latents))
    steps.real = real
    added = float(steps._reconstruction(generator, latents))
    assert added > 0
    assert losses[1.0] - losses[0.5] == pytest.approx(0.5 * added, rel=1e-4)
    own = -softplus(generator(latents).numpy() @ W).mean()
    assert losses[1.0] == pytest.approx(own + added, rel=1e-4)


def test_instance_noise_is_full_at_the_first_update_and_gone_by_half_time():
    discriminator = networks.make_discriminator(Setup(d_noise=0.5), 1.0, 0, **SIZES)
    steps, optimizer = Steps(Setup(d_noise=0.5), 20, 1.0), keras.optimizers.SGD(0.0)
    strengths = []
    for _ in range(12):
        steps.discriminator_step(discriminator, optimizer, batch(), batch(), *targets())
        strengths.append(float(discriminator.get_layer("noise").std.numpy()))
    np.testing.assert_allclose(strengths, np.r_[np.linspace(0.5, 0, 10), 0, 0], atol=1e-6)
    x = batch(500)
    noise = discriminator.get_layer("noise")
    noise.std.assign(0.5)
    assert np.std(noise(x, training=True).numpy() - x.numpy()) == pytest.approx(0.5, rel=0.1)
    np.testing.assert_array_equal(noise(x, training=False), x)


# ---- networks


def kinds(model):
    return [type(layer).__name__ for layer in networks.every_layer(model)]


def test_nothing_is_in_the_networks_but_what_the_setup_asks_for():
    generator = networks.make_generator(Setup(), **SIZES)
    discriminator = networks.make_discriminator(Setup(), 1.0, 0, **SIZES)
    assert kinds(generator) == ["InputLayer", "Dense", "ReLU", "Dense", "ReLU", "Dense"]
    assert kinds(discriminator) == ["InputLayer", "Dense", "ReLU", "Dense", "ReLU", "Dense"]
    assert (generator.count_params(), discriminator.count_params()) == (20 + 30 + 12, 15 + 30 + 6)


@pytest.mark.parametrize(
    ("changed", "of_g", "of_d"),
    [
        ({"slope": 0.2}, {"LeakyReLU": 2}, {"LeakyReLU": 2}),
        ({"g_norm": True}, {"BatchNormalization": 2}, {"BatchNormalization": 0}),
        ({"d_norm": True}, {"BatchNormalization": 0}, {"BatchNormalization": 1}),
        ({"g_dropout": 0.5}, {"AlwaysDropout": 2}, {"AlwaysDropout": 0}),
        ({"g_noise": 0.2}, {"GaussianNoise": 2}, {"GaussianNoise": 0}),
        ({"batch_feature": "deviation"}, {"BatchFeature": 0}, {"BatchFeature": 1}),
        ({"augmented": True}, {"Augmented": 0}, {"Augmented": 1}),
    ],
)
def test_what_a_setup_asks_for_is_in_the_network_that_it_belongs_to(changed, of_g, of_d):
    made = (
        networks.make_generator(Setup(**changed), **SIZES),
        networks.make_discriminator(Setup(**changed), 1.0, 0, **SIZES),
    )
    for model, wanted in zip(made, (of_g, of_d)):
        assert {kind: kinds(model).count(kind) for kind in wanted} == wanted


def test_spectral_normalization_is_around_every_layer_of_d_and_none_of_g():
    def wrapped(model):
        return [layer.name for layer in model.layers if isinstance(layer, keras.layers.SpectralNormalization)]

    setup = Setup(spectral=True)
    assert len(wrapped(networks.make_discriminator(setup, 1.0, 0, **SIZES))) == 3
    assert wrapped(networks.make_generator(setup, **SIZES)) == []


IMAGES = {"shape": (28, 28, 1), "latent_dim": 3, "width": 5, "n_classes": 10}


@pytest.mark.parametrize("up", ["strides", "repeated pixels"])
@pytest.mark.parametrize(("scaled", "low"), [(True, -1), (False, 0)])
def test_every_way_up_makes_images_in_the_range_that_is_asked_for(up, scaled, low):
    images = networks.make_generator(Setup(up=up, scaled=scaled), **IMAGES)(100 * RNG(0).normal(size=(4, 3))).numpy()
    assert images.shape == (4, 28, 28, 1)
    assert low <= images.min() and images.max() <= 1
    assert (images.min() < 0) == scaled


@pytest.mark.parametrize("down", ["strides", "max pooling", "average pooling"])
def test_every_way_down_halves_three_times_and_gives_a_logit(down):
    model = networks.make_discriminator(Setup(down=down), 1.0, 0, **IMAGES)
    assert model.output_shape == (None, 1)
    shapes = [layer.output.shape[1] for layer in model.layers if len(layer.output.shape) == 4]
    assert sorted(set(shapes), reverse=True) == [28, 14, 7, 4]


def test_a_pack_is_judged_as_one():
    model = networks.make_discriminator(Setup(pack=2), 1.0, 0, **SIZES)
    logits = model(batch(6)).numpy().ravel()
    assert (logits[::2] == logits[1::2]).all() and len(set(logits)) == 3


@pytest.mark.parametrize("classes", ["one-hot", "channel"])
def test_both_networks_use_the_class_that_they_are_told(classes):
    setup, one_hot = Setup(classes=classes), np.eye(10, dtype="float32")[[3, 7]]
    generator = networks.make_generator(setup, **IMAGES)
    z = np.ones((2, 3), "float32")
    images, told = generator([z, one_hot])
    assert not np.allclose(images[0], images[1])
    np.testing.assert_array_equal(told, one_hot)
    logits = networks.make_discriminator(setup, 1.0, 0, **IMAGES)([np.ones((2, 28, 28, 1), "float32"), one_hot])
    assert float(logits[0, 0]) != float(logits[1, 0])


@pytest.mark.parametrize(("unit", "low"), [(1.0, -1.0), (0.5, 0.0)])
def test_augmentation_moves_brightens_and_cuts_a_hole_alike_in_either_range_and_only_in_training(unit, low):
    layer = networks.Augmented(unit)
    black = np.full((200, 784), low, "float32")
    np.testing.assert_array_equal(layer(black, training=False), black)
    seen = layer(black, training=True).numpy().reshape(-1, 28, 28)
    middle = low + unit
    holes = (np.abs(seen - middle) < 1e-6).sum(axis=(1, 2))
    assert 7 * 7 <= holes.min() and holes.max() <= 14 * 14 + 6 * 28 + 1
    for axis in (1, 2):  # by as many pixels it was moved as its rows, or columns, are empty
        empty = (np.abs(seen - middle) < 1e-6).all(axis=axis).sum(axis=1)
        assert set(empty) == {0, 1, 2, 3}
    brightness = (seen.min(axis=(1, 2)) - low) / unit
    assert -0.5 <= brightness.min() < -0.4 and 0.4 < brightness.max() <= 0.5


def test_first_weights_are_gaussian_in_every_layer_and_follow_the_seed():
    setup = Setup(init_std=0.02, spectral=True, g_norm=True)

    def kernels(seed):
        keras.utils.set_random_seed(seed)
        model = recipes.first_weights(
            setup, lambda: networks.make_discriminator(setup, 1.0, 0, **{**SIZES, "width": 200})
        )
        return np.concatenate([w.numpy().ravel() for w in model.trainable_variables if "kernel" in w.path])

    assert kernels(1).std() == pytest.approx(0.02, rel=0.05)
    np.testing.assert_array_equal(kernels(1), kernels(1))
    assert not np.array_equal(kernels(1), kernels(2))


# ---- draws and samples


def test_latents_and_labels_are_drawn_as_the_setup_says():
    z = recipes.latent_samples(Setup(), 0, RNG(0), 5000, 2)
    assert -1 <= z.min() < -0.99 and 0.99 < z.max() <= 1
    z = recipes.latent_samples(Setup(latents="gaussian"), 0, RNG(0), 5000, 2)
    assert (z.mean(), z.std()) == (pytest.approx(0, abs=0.05), pytest.approx(1, rel=0.05))
    z, one_hot = recipes.latent_samples(Setup(classes="one-hot"), 4, RNG(0), 4000, 2)
    np.testing.assert_allclose(one_hot.mean(axis=0), 0.25, atol=0.03)

    def both(**changed):
        return [recipes.labels(Setup(**changed), side, RNG(0), 1000) for side in ("real", "fake")]

    assert [set(side.ravel()) for side in both()] == [{1.0}, {0.0}]
    real, fake = both(real_labels="one-sided")
    assert (set(np.round(real.ravel(), 6)), set(fake.ravel())) == ({np.float32(0.9)}, {0.0})
    real, fake = both(real_labels="soft")
    assert (real.min(), real.max(), fake.min(), fake.max()) == pytest.approx((0.7, 1.2, 0, 0.3), abs=0.01)
    assert [int((side == label).sum()) for side, label in zip(both(flipped=0.05), (0, 1))] == [50, 50]


def test_the_optimizers_are_those_of_the_setup():
    g, d = recipes.adam(Setup(), 1e-3, averaged=True), recipes.d_optimizer(Setup(), 1e-3)
    assert [float(one.beta_1) for one in (g, d)] == [0.9, 0.9] and not g.use_ema
    averaged = recipes.adam(Setup(average=0.99, beta_1=0.5), 1e-3, averaged=True)
    assert (averaged.use_ema, averaged.ema_momentum, averaged.beta_1) == (True, 0.99, 0.5)
    sgd = recipes.d_optimizer(Setup(d_sgd=True), 1e-3)
    assert (type(sgd).__name__, float(sgd.learning_rate)) == ("SGD", pytest.approx(0.1))
    four = WORKLOADS["ring"].recipe(Setup(d_rate=4.0), 1e-3)
    assert (float(four.g_optimizer().learning_rate), float(four.d_optimizer().learning_rate)) == pytest.approx(
        (1e-3, 4e-3)
    )


@pytest.mark.parametrize(
    ("changed", "steps"),
    [
        ({}, 5000),
        ({"d_updates": 2}, 3340),
        ({"d_updates": 5}, 1660),
        ({"two_updates": True}, 3340),
        ({"targets": (1, 1)}, 2500),
    ],
)
def test_every_arm_makes_about_as_many_updates_of_both_together(changed, steps):
    assert WORKLOADS["ring"].n_steps(Setup(**changed)) == steps


def test_the_averaged_generator_is_there_inside_the_block_alone():
    recipe = WORKLOADS["ring"].recipe(Setup(average=0.5), 1e-2)
    from ganhacks.training import train

    history = train(recipe, WORKLOADS["ring"].samples(Setup()), 20, progress=False)
    before = history.generator.get_weights()
    with runs.averaged(history):
        inside = history.generator.get_weights()
    assert not np.allclose(inside[0], before[0])
    for one, other in zip(before, history.generator.get_weights()):
        np.testing.assert_array_equal(one, other)


# ---- halfway between two latents


def test_the_middle_by_slerp_is_a_point_of_mean_length_for_every_pair_also_in_the_plane():
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal((20_000, 2)).astype("float32") for _ in range(2))
    a[:2], b[:2] = [[1, 2], [3, 0]], [[2, 4], [-1, 0]]  # one direction, and opposite ones
    middle = runs._slerp_halfway(a, b)
    assert middle[:2].tolist() == [[1.5, 3], [1, 0]]
    lengths = [np.linalg.norm(z.astype("float64"), axis=1) for z in (a, b)]
    np.testing.assert_allclose(np.linalg.norm(middle[2:], axis=1), np.mean(lengths, axis=0)[2:], rtol=1e-3)
    towards = [np.sum(middle * z, axis=1)[2:] / length[2:] for z, length in zip((a, b), lengths)]
    np.testing.assert_allclose(*towards, atol=1e-3)  # as far from one as from the other
