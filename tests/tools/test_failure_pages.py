"""The page of a published recipe says what its rows say, and its lines of code do what the page says of them."""

import collections
import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tools import failure_pages, published, tables
from tools.failure_pages import LINES


def ran(name, mended, **names):
    """Run the lines of a page. Returns all names afterwards."""
    names = {"np": np, "tf": tf, "keras": keras, "n": 50, "rng": np.random.default_rng(0), **names}
    exec(LINES[name].mended if mended else LINES[name].published, names)
    return names


def network(inputs, outputs, end=None, **options):
    return keras.Sequential([keras.Input((inputs,)), layers.Dense(outputs, activation=end, **options)])


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
@pytest.mark.parametrize("mended", [False, True])
def test_a_frozen_d_moves_when_mended_alone_and_g_always(mended):
    players = {"generator": network(2, 3), "discriminator": network(3, 1)}
    first = {name: player.get_weights() for name, player in players.items()}
    batch = {"real": np.ones((4, 3)), "fake": -np.ones((4, 3)), "z": np.ones((4, 2))}
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    ran("frozen_composite", mended, **players, **batch, ones=np.ones((4, 1)), zeros=np.zeros((4, 1)), loss=loss)
    moved = {name: not np.array_equal(player.get_weights()[0], first[name][0]) for name, player in players.items()}
    assert moved == {"generator": True, "discriminator": mended}


@pytest.mark.parametrize("mended", [False, True])
def test_the_losses_of_a_certain_d_are_finite_when_mended_alone_and_the_same_where_it_is_unsure(mended):
    sure = network(1, 1, None if mended else "sigmoid", kernel_initializer="ones")
    losses = ran("unclamped_log", mended, discriminator=sure, real=tf.ones((1, 1)), fake=tf.fill((1, 1), 20.0))
    assert np.isfinite(losses["d_loss"]) == np.isfinite(losses["g_loss"]) == mended
    losses = ran("unclamped_log", mended, discriminator=sure, real=tf.ones((1, 1)), fake=tf.zeros((1, 1)))
    assert float(losses["d_loss"]) == pytest.approx(np.log(1 + np.exp(-1)) + np.log(2), rel=1e-5)
    assert float(losses["g_loss"]) == pytest.approx(-np.log(2), rel=1e-5)


@pytest.mark.parametrize(("mended", "highest"), [(False, 1.05), (True, 1)])
def test_targets_go_above_1_only_as_they_were_published(mended, highest):
    targets = ran("noise_on_targets", mended)["targets"]
    assert highest - 0.01 < targets.max() <= highest and 0 <= targets.min() < 0.01


@pytest.mark.parametrize(("mended", "lowest"), [(False, 0), (True, -1)])
def test_reals_and_fakes_have_one_range_only_when_mended(mended, lowest):
    found = ran("range_mismatch", mended, images=np.array([0, 255]), x=np.array([-20.0, 20.0]))
    assert found["real"].tolist() == [lowest, 1]
    np.testing.assert_allclose(found["fake"], [-1, 1], atol=1e-6)


@pytest.mark.parametrize(("mended", "modes"), [(False, 7), (True, 8)])
def test_a_ring_has_eight_modes_only_when_mended(mended, modes):
    assert len(np.unique(ran("seven_modes", mended)["centres"].round(6), axis=0)) == modes


@pytest.mark.parametrize("mended", [False, True])
def test_d_sees_what_g_makes_in_training_only_when_mended(mended):
    generator = keras.Sequential([keras.Input((1,)), layers.BatchNormalization(center=False, scale=False)])
    discriminator = network(1, 1)
    discriminator.compile("sgd", "mse")
    z = np.array([[10.0], [30.0]], "float32")
    fake = ran("predicted_fakes", mended, generator=generator, discriminator=discriminator, z=z, zeros=np.zeros((2, 1)))
    assert np.mean(fake["fake"]) == pytest.approx(0 if mended else 20, abs=0.1)


def test_there_is_a_page_for_each_recipe_with_its_prose_and_the_lines_that_changed():
    assert list(LINES) == list(published.RECIPES) == list(failure_pages.prose())
    assert all(why and mend and "Source:" not in why + mend for why, mend in failure_pages.prose().values())
    assert LINES["seven_modes"].changed() == [1] and LINES["frozen_composite"].changed() == [6, 9]


@pytest.mark.parametrize("name", LINES)
def test_a_page_counts_the_runs_as_the_rows_do(name):
    rows = [row for row in tables.read(published.PATH) if row["recipe"] == name]
    page = failure_pages.page_of(name, "what is to be seen")
    (counts,) = re.findall(r"It dies in (\d+) of (\d+), mended in (\d+) of (\d+)\.", page)
    dead = [row["arm"] for row in rows if row["outcome"] != "finished"]
    n = [sum(row["arm"] == arm for row in rows) for arm in published.ARMS]
    assert list(map(int, counts)) == [dead.count("as published"), n[0], dead.count("mended"), n[1]]
    for arm in published.ARMS:
        (ends,) = re.findall(rf"\| {arm} \| \d+ \| (.+?) \|", page)
        told = {end: int(n) for end, n in (one.rsplit(" ", 1) for one in ends.split(", "))}
        assert told == collections.Counter(row["outcome"] for row in rows if row["arm"] == arm)
    assert ":alt: what is to be seen\n" in page


def test_a_row_that_changes_changes_the_page(monkeypatch, tmp_path):
    rows = tables.read(published.PATH)
    monkeypatch.setattr(published, "PATH", tmp_path / "published.csv")
    tables.write(published.PATH, [{**row, "outcome": "finished", "score": "1"} for row in rows], published.FIELDS)
    page = failure_pages.page_of("seven_modes", "")
    assert "It dies in 0 of 12, mended in 0 of 12." in page and "| as published | 12 | finished 12 | 1 |" in page
