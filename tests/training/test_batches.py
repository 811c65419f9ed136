"""What a run trains on: every random number comes from a stream of its own, and every step reads its own rows."""

import itertools
from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ganhacks.training import CHUNK, Recipe, loop
from ganhacks.training.batches import Chunks, shared_memory
from ganhacks.training.begin import start
from ganhacks.training.loop import Loop
from ganhacks.training.streams import Stream, generator_for


def as_it_is():
    """A model that hands on what it gets, one number a sample, so that what was drawn can be read off."""
    return keras.Sequential([keras.Input((1,)), layers.Activation("linear")])


def random_numbers(rng, n_samples, *width):
    return rng.random((n_samples, 1))


RECIPE = Recipe(
    as_it_is,
    as_it_is,
    latent_dim=1,
    batch_size=8,
    g_optimizer=keras.optimizers.SGD,
    d_optimizer=keras.optimizers.SGD,
    latent_samples=random_numbers,
    real_labels=random_numbers,
    fake_labels=random_numbers,
)
DATA = np.arange(64, dtype="float32")[:, None]  # an epoch is 8 steps, a chunk 25 epochs


def chunk(seed, number):
    """Return (real, latents, real_labels, fake_labels) of a chunk as arrays without their second axis."""
    with Chunks(RECIPE, DATA, seed, last=2) as chunks:
        return [np.asarray(array)[:, 0] for array in chunks.arrays(number)]


# ---- streams


def test_no_two_purposes_chunks_or_seeds_share_their_random_numbers():
    found = {}
    for seed in (0, 1):
        for number in (0, 1, 2):
            _, *drawn = chunk(seed, number)
            found.update({(seed, number, what): array for what, array in zip(("z", "real", "fake"), drawn)})
        history = start(RECIPE, seed, DATA)
        found[seed, "fixed latents"], found[seed, "samples"] = history.fixed_latents[:, 0], history.samples(20)[:, 0]
    assert all(len(np.unique(array[:20])) == 20 for array in found.values())
    for (one, some), (other, others) in itertools.combinations(found.items(), 2):
        assert not set(some[:20]) & set(others[:20]), f"{one} and {other} are the same numbers"


def test_samples_come_from_a_stream_of_the_runs_own_seed():
    seed = 7  # no stream has this number
    latents = RECIPE.latent_samples(generator_for(seed, Stream.SAMPLES), 20, RECIPE.latent_dim)
    made = start(RECIPE, seed, DATA)
    wanted = np.asarray(made.generator(latents.astype("float32")))
    np.testing.assert_allclose(made.samples(20), wanted, rtol=1e-6)


def test_what_a_chunk_holds_depends_on_its_number_and_not_on_what_was_drawn_before():
    with Chunks(RECIPE, DATA, 0, last=2) as chunks:
        _, after_others = chunks.arrays(0), chunks.arrays(2)
    for one, other in zip(after_others, chunk(0, 2)):
        np.testing.assert_array_equal(one[:, 0], other)


def test_every_epoch_has_an_order_of_its_own_whatever_the_chunk_and_the_seed():
    epochs = np.concatenate([chunk(seed, number)[0].reshape(-1, 64) for seed in (0, 1) for number in (0, 1)])
    assert (np.sort(epochs, axis=1) == DATA[:, 0]).all()
    assert len(np.unique(epochs, axis=0)) == len(epochs) == 4 * CHUNK // 8


def test_fixed_latents_and_samples_are_the_same_each_time():
    first, second = (start(RECIPE, 5, DATA) for _ in range(2))
    assert np.array_equal(first.fixed_latents, second.fixed_latents)
    assert np.array_equal(first.samples(30)[:20], first.samples(30)[:20])
    assert np.array_equal(first.samples(30), second.samples(30))


# ---- memory


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (200, 2), (5, 28, 28, 1)])
@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_a_tensor_shows_what_is_written_into_its_array_and_lies_where_tensorflow_wants_it(shape, dtype):
    for _ in range(20):  # memory begins elsewhere each time
        array, tensor = shared_memory(shape, dtype)
        array[:] = np.arange(array.size).reshape(shape)
        assert (tensor.shape, tensor.dtype) == (shape, dtype)
        np.testing.assert_array_equal(tensor, np.arange(array.size).reshape(shape))
        assert array.ctypes.data % 64 == 0


# ---- rows


def one_number(value, model, optimizer):
    """Move nothing, and give `value` back as the loss."""
    weights = model.trainable_variables
    optimizer.apply([tf.zeros_like(weight) for weight in weights], weights)
    return tf.squeeze(value)


@pytest.mark.parametrize("form", ["xla", "shortcuts", "plain"])
def test_each_step_reads_its_own_rows_of_all_that_was_drawn(form, monkeypatch):
    def dense():
        return keras.Sequential([keras.Input((1,)), layers.Dense(1)])

    def discriminator_step(discriminator, optimizer, real, fake, real_labels, fake_labels):
        return one_number(real[0] + 2 * real_labels[0] + 3 * fake_labels[0], discriminator, optimizer)

    def generator_step(generator, discriminator, optimizer, latents):
        return one_number(latents[0], generator, optimizer)

    monkeypatch.setattr(loop, "form_for", lambda *models: form)
    steps = {"discriminator_step": discriminator_step, "generator_step": generator_step}
    history = start(replace(RECIPE, make_generator=dense, make_discriminator=dense, **steps), 0, DATA)
    rows = np.arange(8 * CHUNK, dtype="float32")[:, None]
    # Exact in float32, and 1 + 2 · 10 + 3 · 100 times the row only where all three are of this step, each in its place.
    arrays = [tf.constant(factor * rows) for factor in (1, 7, 10, 100)]
    curves, _ = Loop(history)(*arrays, tf.constant(3), tf.constant(9))
    own = 8 * np.arange(3, 9)
    assert np.array_equal(curves[3:9, 0], 321 * own)
    assert np.array_equal(curves[3:9, 1], 7 * own)


# ---- the form


def test_dense_networks_take_xla_and_a_regression_run_has_no_time_for_it(monkeypatch):
    dense = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    images = keras.Sequential([keras.Input((4, 4, 1)), layers.Conv2D(1, 3), layers.Flatten()])
    assert (loop.form_for(dense), loop.form_for(dense, images)) == ("xla", "shortcuts")
    monkeypatch.setenv("GANHACKS_FAST", "1")
    assert (loop.form_for(dense), loop.form_for(dense, images)) == ("plain", "shortcuts")
