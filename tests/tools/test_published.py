"""Both arms of a published recipe differ in what was mended alone, and what dies is what the rule says."""

from dataclasses import fields, replace
from functools import partial
from types import MethodType, SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ganhacks import data, metrics
from ganhacks.training import Recipe
from ganhacks.training.begin import start
from tools import published, published_recipes, tables
from tools.board.workloads import WORKLOADS


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setenv("GANHACKS_FAST", "1")


@pytest.fixture(scope="module")
def arms():
    """name -> (as published, mended), with few digits."""
    with pytest.MonkeyPatch.context() as patch:
        digits = np.random.default_rng(0).uniform(-1, 1, (256, 784)).astype("float32")
        dense = replace(WORKLOADS["dense"], data=lambda: (digits, None))
        patch.setitem(WORKLOADS, "dense", dense)
        yield {
            name: tuple(getattr(published_recipes, name)(mended) for mended in (False, True))
            for name in published.RECIPES
        }


def told(value):
    """Return what decides the result of a function, so that two of them can be compared."""
    if isinstance(value, partial):
        return told(value.func), [told(one) for one in value.args], value.keywords
    return (value.__func__, vars(value.__self__)) if isinstance(value, MethodType) else value


def differing(one, other):
    """Return the names of what differs between two arms: fields of the recipe, and of the arm itself."""
    names = {
        field.name
        for field in fields(Recipe)
        if told(getattr(one.recipe, field.name)) != told(getattr(other.recipe, field.name))
    }
    names |= {name for name in ("train", "read") if told(getattr(one, name)) != told(getattr(other, name))}
    arrays = {"data": (one.data, other.data), "centres": (one.centres, other.centres)}
    return names | {name for name, both in arrays.items() if not np.array_equal(*both)}


@pytest.mark.parametrize(
    ("name", "mended"),
    [
        ("frozen_composite", {"train"}),
        ("unclamped_log", {"make_discriminator", "discriminator_step", "generator_step"}),
        ("noise_on_targets", {"fake_labels"}),
        ("range_mismatch", {"data", "read"}),
        ("seven_modes", {"data", "centres"}),
        ("predicted_fakes", {"train"}),
    ],
)
def test_the_arms_differ_in_what_is_mended_and_in_nothing_else(arms, name, mended):
    assert differing(*arms[name]) == mended


# ---- D is frozen for good


def small(recipe):
    """Return a recipe with tiny networks in place of its own, for the images of MNIST."""

    def network(inputs, outputs):
        return keras.Sequential([keras.Input((inputs,)), layers.Dense(4), layers.Dense(outputs)])

    return replace(recipe, make_generator=lambda: network(64, 784), make_discriminator=lambda: network(784, 1))


def moved(arm, **changes):
    """Return whether G, and whether D, moved in two steps of an arm. changes: of fields of its recipe."""
    history = start(replace(small(arm.recipe), **changes), 900, arm.data)
    players = history.generator, history.discriminator
    first = [published._flat(player) for player in players]
    assert arm.train(history, arm.data, 2) == (2, False)
    return tuple(bool(np.any(published._flat(player) != then)) for player, then in zip(players, first))


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def test_a_discriminator_that_is_frozen_before_the_composite_is_compiled_never_moves(arms):
    assert moved(arms["frozen_composite"][0]) == (True, False)


def test_the_mended_one_moves_by_its_own_updates_and_not_by_the_generators(arms):
    assert moved(arms["frozen_composite"][1]) == (True, True)
    assert moved(arms["frozen_composite"][1], d_optimizer=partial(keras.optimizers.SGD, 0.0)) == (True, False)


# ---- the logarithm of a probability


def saturated(end):
    """Return a D that is as firm as 20 logits that everything is real."""
    certain = layers.Dense(1, activation=end, kernel_initializer="zeros", bias_initializer=lambda *_, **__: [20.0])
    return keras.Sequential([keras.Input((2,)), certain])


@pytest.mark.parametrize(("mended", "finite"), [(False, False), (True, True)])
def test_a_discriminator_that_is_certain_gives_a_loss_that_is_finite_only_when_mended(arms, mended, finite):
    recipe = arms["unclamped_log"][mended].recipe
    discriminator = saturated(recipe.make_discriminator().layers[-1].activation)
    batch = tf.ones((4, 2))
    arguments = discriminator, recipe.d_optimizer(), batch, batch, tf.ones((4, 1)), tf.zeros((4, 1))
    assert np.isfinite(recipe.discriminator_step(*arguments)) == finite
    assert np.isfinite(published._flat(discriminator)).all() == finite


def test_where_nothing_saturates_both_arms_have_the_same_losses(arms):
    losses = []
    for arm in arms["unclamped_log"]:
        history = start(arm.recipe, 900, arm.data)
        real, latents, *labels = next(published_recipes._batches(arm.recipe, arm.data, 900, 1))
        d_step, g_step = arm.recipe.discriminator_step, arm.recipe.generator_step
        fake = history.generator(latents)
        d_loss = d_step(history.discriminator, history.d_optimizer, real, fake, *labels)
        losses.append((d_loss, g_step(history.generator, history.discriminator, history.g_optimizer, latents)))
    np.testing.assert_allclose(*losses, rtol=1e-4)


# ---- targets above 1


def test_noise_puts_the_fakes_targets_above_1_only_as_it_was_published(arms):
    rng = np.random.default_rng(0)
    as_published, mended = (arm.recipe.fake_labels(rng, 1000) for arm in arms["noise_on_targets"])
    assert 1 <= as_published.min() < 1.01 and 1.04 < as_published.max() <= 1.05
    assert 0.95 <= mended.min() < 0.96 and 0.99 < mended.max() <= 1
    reals = arms["noise_on_targets"][0].recipe.real_labels(rng, 1000)
    assert 0 <= reals.min() and 0.04 < reals.max() <= 0.05


def test_the_loss_of_a_target_above_1_has_no_lower_end_though_d_ends_in_a_sigmoid(arms):
    step = arms["noise_on_targets"][0].recipe.discriminator_step
    network = keras.Sequential([keras.Input((1,)), layers.Dense(1, kernel_initializer="ones")])
    discriminator = published_recipes._with_sigmoid(lambda: network)
    optimizer = keras.optimizers.SGD(0.0)
    one, zero = tf.ones((1, 1)), tf.zeros((1, 1))
    losses = [float(step(discriminator, optimizer, -100 * one, x * one, zero, 1.05 * one)) for x in (20, 60, 100)]
    assert losses == pytest.approx([-1, -3, -5], abs=1e-3)


# ---- two ranges, and seven modes


def test_digits_in_0_to_1_are_read_in_their_own_range(arms):
    as_published, mended = arms["range_mismatch"]
    assert as_published.data.min() == pytest.approx(0, abs=0.01) and mended.data.min() == pytest.approx(-1, abs=0.01)
    np.testing.assert_allclose(as_published.read(as_published.data), mended.data, atol=1e-6)
    assert as_published.read(np.array([-1.0, 0.5])).tolist() == [-1, 0]


def test_a_circle_with_its_end_point_has_seven_modes_one_of_them_twice_as_often(arms):
    as_published, mended = (published_recipes.seven_modes(mended).data for mended in (False, True))
    for points, n in ((as_published, 7), (mended, 8)):
        modes = np.round(np.arctan2(points[:, 1], points[:, 0]) * n / (2 * np.pi)).astype(int) % n
        shares = np.bincount(modes) / len(points)
        expected = np.full(n, 1 / 8)
        expected[0] = 2 / 8 if n == 7 else 1 / 8
        np.testing.assert_allclose(shares, expected, atol=0.01)


# ---- fakes that nobody else sees


def test_d_sees_what_g_predicts_and_what_g_makes_in_training_only_when_it_is_mended(arms):
    seen = tf.Variable(tf.zeros((64, 784)))

    def looks(discriminator, optimizer, real, fake, *labels):
        seen.assign(fake)
        return tf.constant(0.0)

    quiet = {"discriminator_step": looks, "generator_step": lambda *_: tf.constant(0.0)}
    for training, arm in zip((False, True), arms["predicted_fakes"]):
        recipe = replace(arm.recipe, **quiet)
        arm.train(start(recipe, 900, arm.data), arm.data, 1)
        _, latents, *_ = next(published_recipes._batches(recipe, arm.data, 900, 1))
        made = {mode: start(recipe, 900, arm.data).generator(latents, training=mode) for mode in (False, True)}
        np.testing.assert_allclose(seen, made[training], atol=1e-4)
        assert np.abs(made[True] - made[False]).max() > 0.01


# ---- what a run's row says


OF_ITS_WORKLOAD = SimpleNamespace(centres=None)  # an arm whose modes are those of its workload


def at(centres, deviation, n=2_000):
    """Return points around these centres, as many at each."""
    return np.resize(centres, (n, 2)) + deviation * np.random.default_rng(0).standard_normal((n, 2))


@pytest.mark.parametrize(("modes", "outcome"), [(8, "finished"), (7, "modes missing"), (2, "modes missing")])
def test_of_the_ring_with_seven_modes_a_run_dies_that_misses_one(modes, outcome):
    run = published_recipes.seven_modes(mended=True)
    found = published.judged(published.RECIPES["seven_modes"], run, at(run.centres[:modes], 0.02))
    assert (found[0], found[1]["modes"]) == (outcome, modes)


def test_who_learned_all_of_a_ring_by_linspace_has_seven_modes_of_eight_and_a_score_of_nearly_0():
    run = published_recipes.seven_modes(mended=False)
    outcome, scores = published.judged(published.RECIPES["seven_modes"], run, run.data[2_000:4_000])
    assert (outcome, scores["modes"]) == ("modes missing", 7)
    assert abs(scores["score"]) < 0.01


@pytest.mark.parametrize(("modes", "outcome"), [(25, "finished"), (7, "finished"), (6, "collapsed"), (0, "collapsed")])
def test_of_the_grid_a_run_dies_that_finds_a_quarter_of_the_modes_or_fewer(modes, outcome):
    centres = data.grid_centres()[:modes] if modes else [[9.0, 9.0]]
    found = published.judged(published.RECIPES["unclamped_log"], OF_ITS_WORKLOAD, at(centres, 0.05))
    assert (found[0], found[1]["modes"]) == (outcome, modes)


@pytest.mark.parametrize(("share", "outcome"), [(0.5, "finished"), (0.51, "collapsed")])
def test_of_digits_a_run_dies_of_which_more_than_half_are_one_class(monkeypatch, share, outcome):
    monkeypatch.setattr(metrics, "mnist_scores", lambda images: SimpleNamespace(fid=20.0, shares=(share, 1 - share)))
    found = published.judged(published.RECIPES["range_mismatch"], OF_ITS_WORKLOAD, np.zeros((1, 784)))
    assert found == (outcome, {"score": 20.0, "largest_share": max(share, 1 - share)})


@pytest.fixture
def brief(monkeypatch, tmp_path):
    """Let the runs of the ring have two steps, and rows and pictures lie in a folder."""
    name = "seven_modes"
    monkeypatch.setitem(published.RECIPES, name, replace(published.RECIPES[name], steps=2))
    monkeypatch.setattr(published, "PATH", tmp_path / "published.csv")
    monkeypatch.setattr(published, "PICTURES", tmp_path / "published.npz")
    return name, "mended"


def test_a_run_has_every_column_that_its_workload_has_and_seed_0_a_picture(brief):
    row, made = published.play(*brief, 0)
    assert {name for name in published.FIELDS if row.get(name, "") == ""} == {"largest_share"}
    assert (row["outcome"], row["steps"], made.shape, made.dtype) == ("modes missing", 2, (500, 2), "float16")
    assert 0 < float(row["moved"]) < 0.1
    assert published.play(*brief, 1)[1] is None


def test_a_run_that_diverged_has_the_worst_score_and_no_other(brief, monkeypatch):
    arm = published_recipes.seven_modes(mended=True)
    diverging = replace(arm, train=lambda history, data, steps: (1, True))
    monkeypatch.setattr(published_recipes, "seven_modes", lambda mended: diverging)
    row, _ = published.play(*brief, 1)
    assert (row["outcome"], row["score"]) == ("diverged", "3") and "modes" not in row


def test_a_row_is_kept_with_its_picture_beside_those_of_other_runs(brief):
    row = dict.fromkeys(published.FIELDS, "1")
    for arm in published.ARMS:
        digits = published.picture(np.linspace(-1, 1, 20 * 784).reshape(20, 784))
        published.keep((brief[0], arm, 0), ({**row, "recipe": brief[0], "arm": arm, "seed": 0}, digits))
    with np.load(published.PICTURES) as file:
        assert sorted(file) == ["seven_modes/as published", "seven_modes/mended"]
        assert file["seven_modes/mended"].shape == (16, 28, 28) and file["seven_modes/mended"].dtype == "uint8"
    assert len(published.missing(brief[0])) == 22
    assert not list(published.PATH.parent.glob("*.part"))


def test_the_table_counts_the_dead_of_both_arms_and_gives_fishers_p(brief, capsys):
    rows = []
    for arm, dead in zip(published.ARMS, (4, 1)):
        for seed in range(4):
            outcome = "collapsed" if seed < dead else "finished"
            rows.append({"recipe": brief[0], "arm": arm, "seed": seed, "outcome": outcome, "score": 2 + seed})
    tables.put(published.PATH, rows, published.KEY, published.FIELDS)
    published.table()
    said = capsys.readouterr().out
    # Of the 56 ways to place five dead among eight runs, 4 have all of one arm dead, and 4 all of the other.
    assert "dies in 4 of 4, mended in 1 of 4; Fisher's exact p 0.14" in said
    assert "median score         3.5 -> 3.5" in said
    assert said.count("not measured yet") == len(published.RECIPES) - 1
