"""What the training loop promises: who moves when, the same losses for the same seed, and that nothing is lost."""

import os
import signal
from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ganhacks import data
from ganhacks.errors import BadInput, RecipeFailed
from ganhacks.hacks import mnist_gan as hack
from ganhacks.pictures import progress
from ganhacks.pictures.progress import each
from ganhacks.training import CHUNK, History, Recipe, begin, run, train, zeros


def small_generator():
    return keras.Sequential([keras.Input((2,)), layers.Dense(16, "relu"), layers.Dense(2)])


def small_discriminator():
    return keras.Sequential(
        [keras.Input((2,)), layers.Dense(16), layers.LeakyReLU(negative_slope=0.2), layers.Dense(1)]
    )


RING = Recipe(make_generator=small_generator, make_discriminator=small_discriminator, latent_dim=2, batch_size=32)


@pytest.fixture(scope="module")
def ring():
    return data.ring(np.random.default_rng(0), 1000)


def weights(model):
    return [weight.copy() for weight in model.get_weights()]


def equal(some, others):
    return all(np.array_equal(a, b) for a, b in zip(some, others, strict=True))


def untrained(normalised=False):
    """A generator and a discriminator of lab 12's kind; with batch normalisation their state could change as well."""
    norm = [layers.BatchNormalization()] if normalised else []
    generator = keras.Sequential([keras.Input((2,)), layers.Dense(16), *norm, layers.Dense(2)])
    norm = [layers.BatchNormalization()] if normalised else []
    return generator, keras.Sequential([keras.Input((2,)), layers.Dense(16), *norm, layers.Dense(1)])


# ---- who moves when


@pytest.mark.parametrize("step", [hack.discriminator_step, hack.discriminator_step_2018])
def test_the_discriminators_step_changes_the_discriminator_alone(step):
    generator, discriminator = hack.make_generator(), hack.make_discriminator()
    g_before, d_before = weights(generator), weights(discriminator)
    fake = generator(tf.random.normal((8, 100)))
    labels = tf.ones((8, 1)), tf.zeros((8, 1))
    step(discriminator, keras.optimizers.Adam(), tf.random.normal((8, 784)), fake, *labels)
    assert equal(weights(generator), g_before)
    assert not equal(weights(discriminator), d_before)


def test_the_generators_step_changes_the_generator_alone():
    generator, discriminator = hack.make_generator(), hack.make_discriminator()
    g_before, d_before = weights(generator), weights(discriminator)
    hack.generator_step(generator, discriminator, keras.optimizers.Adam(), tf.random.normal((8, 100)))
    assert equal(weights(discriminator), d_before)
    assert not equal(weights(generator), g_before)


def no_update(*models_and_arguments):
    return tf.constant(0.0)


def noting_an_update_of(which):
    """A step that moves nothing but says that it did, so that the loop has a norm to note."""

    def step(*args):
        model, optimizer = (args[0], args[1]) if which == "discriminator" else (args[0], args[2])
        optimizer.apply([tf.zeros_like(v) for v in model.trainable_variables], model.trainable_variables)
        return no_update(*args)

    return step


@pytest.mark.parametrize(
    "normalised", [pytest.param(False, id="plain", marks=pytest.mark.everywhere), pytest.param(True, id="batch norm")]
)
def test_in_the_loop_each_model_changes_in_its_own_update_only(ring, normalised):
    def run(**steps):
        recipe = replace(
            RING,
            make_generator=lambda: untrained(normalised)[0],
            make_discriminator=lambda: untrained(normalised)[1],
            **steps,
        )
        before = train(recipe, ring, 1, seed=3, progress=False)
        untouched = [weights(m) for m in (before.generator, before.discriminator)]
        history = train(recipe, ring, 4, seed=3, progress=False, resume_from=before)
        return [equal(weights(m), u) for m, u in zip((history.generator, history.discriminator), untouched)]

    assert run(discriminator_step=noting_an_update_of("discriminator")) == [False, True]
    assert run(generator_step=noting_an_update_of("generator")) == [True, False]


def test_a_step_of_the_loop_is_the_two_steps_by_hand(ring):
    recipe = replace(RING, latent_samples=lambda rng, n, dim: np.ones((n, dim)), real_labels=zeros)
    constant = np.broadcast_to(ring[:1], ring.shape).copy()  # every batch is the same, so that it is known here
    history = train(recipe, constant, 1, seed=5, progress=False)

    keras.utils.set_random_seed(5)
    generator, discriminator = small_generator(), small_discriminator()
    latents, labels = tf.ones((32, 2)), tf.zeros((32, 1))
    fake = generator(latents)
    d_loss = hack.discriminator_step(discriminator, recipe.d_optimizer(), constant[:32], fake, labels, labels)
    g_loss = hack.generator_step(generator, discriminator, recipe.g_optimizer(), latents)
    assert history.d_loss[0] == pytest.approx(float(d_loss), rel=1e-5)
    assert history.g_loss[0] == pytest.approx(float(g_loss), rel=1e-5)
    for ours, by_hand in zip(weights(history.generator), weights(generator)):
        np.testing.assert_allclose(ours, by_hand, atol=1e-6)


def test_the_scheme_of_2018_makes_two_updates_of_the_discriminator_and_the_courses_one(ring):
    for step, updates in ((hack.discriminator_step, 7), (hack.discriminator_step_2018, 14)):
        history = train(replace(RING, discriminator_step=step), ring, 7, progress=False)
        assert int(history.d_optimizer.iterations) == updates
        assert int(history.g_optimizer.iterations) == 7


# ---- seeds, interrupts, resuming


def test_the_same_seed_gives_identical_losses_and_another_seed_others(ring):
    first, second = (train(RING, ring, 250, seed=1, progress=False) for _ in range(2))
    assert np.array_equal(first.curves, second.curves)
    assert equal(weights(first.generator), weights(second.generator))
    assert not np.array_equal(first.curves, train(RING, ring, 250, seed=2, progress=False).curves)


def test_interrupted_after_three_chunks_and_resumed_equals_uninterrupted(ring, monkeypatch):
    steps = 5 * CHUNK + 50
    whole = train(RING, ring, steps, seed=4, progress=False)

    chunks_done = []

    def interrupting(end, history, chunks):
        run_until(end, history, chunks)
        chunks_done.append(end)
        if len(chunks_done) == 3:
            os.kill(os.getpid(), signal.SIGINT)

    run_until = run.run_until
    with monkeypatch.context() as patched:
        patched.setattr(run, "run_until", interrupting)
        part = train(RING, ring, steps, seed=4, progress=False)
    assert part.outcome == "interrupted"
    assert part.step == 3 * CHUNK
    assert f"{3 * CHUNK} of {steps:,}" in part.message
    rest = train(RING, ring, steps, seed=4, progress=False, resume_from=part)
    assert rest.outcome == "finished"
    assert np.array_equal(rest.curves, whole.curves)
    assert equal(weights(rest.generator), weights(whole.generator))
    assert equal(weights(rest.discriminator), weights(whole.discriminator))
    assert np.array_equal(rest.snapshots[steps], whole.snapshots[steps])


@pytest.mark.parametrize("at", [pytest.param(CHUNK, marks=pytest.mark.everywhere), 2 * CHUNK])
def test_an_interrupt_ends_a_loop_over_runs_even_in_the_last_chunk_of_one(ring, monkeypatch, at):
    begun, run_until = [], run.run_until

    def interrupting(end, history, chunks):
        run_until(end, history, chunks)
        if end == at:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(run, "run_until", interrupting)
    with pytest.raises(KeyboardInterrupt):
        for seed in each(range(3), "runs"):
            begun.append(seed)
            train(RING, ring, 2 * CHUNK, seed, progress=False)
    assert begun == [0]


def test_going_on_in_the_middle_of_a_chunk_equals_one_run(ring):
    whole = train(RING, ring, 330, seed=4, progress=False)
    part = train(RING, ring, 130, seed=4, progress=False)
    assert np.array_equal(train(RING, ring, 330, seed=4, progress=False, resume_from=part).curves, whole.curves)


def test_the_handler_of_interrupts_is_put_back_once_training_has_ended(ring):
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        train(RING, ring, 1, progress=False)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, previous)


def test_a_step_without_a_gradient_is_told_in_the_optimizers_words(ring):
    def outside_of_the_tape(discriminator, optimizer, real, fake, real_labels, fake_labels):
        loss = tf.reduce_mean(discriminator(real)) - tf.reduce_mean(discriminator(fake))
        with tf.GradientTape() as tape:
            pass
        variables = discriminator.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    with pytest.raises(RecipeFailed, match="No gradients provided for any variable"):
        train(replace(RING, discriminator_step=outside_of_the_tape), ring, 1, progress=False)


def test_a_second_interrupt_is_not_held_back():
    with pytest.raises(KeyboardInterrupt), run.interrupts_held_back() as interrupted:
        signal.raise_signal(signal.SIGINT)
        assert interrupted()
        signal.raise_signal(signal.SIGINT)


def test_every_image_of_the_data_is_seen_once_an_epoch():
    counted = np.arange(96, dtype="float32").repeat(2).reshape(96, 2)
    seen = []

    def spying(discriminator, optimizer, real, fake, real_labels, fake_labels):
        tf.py_function(lambda x: seen.extend(x.numpy()[:, 0].tolist()), [real], [])
        return hack.discriminator_step(discriminator, optimizer, real, fake, real_labels, fake_labels)

    class Convolution(keras.layers.Conv1D):
        """Its presence keeps the loop from XLA, which cannot call back into Python."""

    def discriminator():
        body = [layers.Reshape((2, 1)), Convolution(4, 1), layers.Flatten(), layers.Dense(1)]
        return keras.Sequential([keras.Input((2,)), *body])

    recipe = replace(RING, make_discriminator=discriminator, discriminator_step=spying)
    train(recipe, counted, 6, progress=False)
    assert sorted(seen[:96]) == list(range(96))
    assert sorted(seen[96:]) == list(range(96))
    assert seen[:96] != seen[96:]


# ---- a loss that is not finite


def test_a_loss_that_turns_nan_stops_the_run_names_the_step_and_keeps_what_was_good(ring):
    def failing_after_ten_updates(discriminator, optimizer, *batches):
        loss = hack.discriminator_step(discriminator, optimizer, *batches)
        late = tf.cast(optimizer.iterations, tf.int64) > CHUNK + 10
        return tf.where(late, tf.constant(np.nan), loss)

    recipe = replace(RING, discriminator_step=failing_after_ten_updates)
    with pytest.warns(RuntimeWarning, match=f"d_loss became nan at step {CHUNK + 11}"):
        history = train(recipe, ring, 3 * CHUNK, seed=6, progress=False)
    healthy = train(RING, ring, CHUNK, seed=6, progress=False)
    assert history.outcome == "diverged"
    assert history.step == CHUNK
    assert np.array_equal(history.curves, healthy.curves)
    assert equal(weights(history.generator), weights(healthy.generator))
    assert equal(weights(history.discriminator), weights(healthy.discriminator))


# ---- what is recorded


def test_gradient_norms_are_those_of_the_updates(ring):
    norms = []

    def spying(generator, discriminator, optimizer, latents):
        with tf.GradientTape() as tape:
            logits = discriminator(generator(latents))
            loss = hack.binary_crossentropy(tf.ones_like(logits), logits)
        gradients = tape.gradient(loss, generator.trainable_variables)
        norms.append(tf.linalg.global_norm(gradients))
        optimizer.apply([2 * g for g in gradients], generator.trainable_variables)
        return norms[-1]

    history = train(replace(RING, generator_step=spying), ring, 5, progress=False)
    np.testing.assert_allclose(history.g_gradient_norm, 2 * history.g_loss, rtol=1e-5)
    assert (history.d_gradient_norm > 0).all()


def test_snapshots_are_kept_at_the_first_the_last_and_the_wanted_steps(ring):
    history = train(RING, ring, np.int64(300), np.int64(0), snapshot_steps=np.array([1, 250]), progress=False)
    assert sorted(history.snapshots) == [0, 1, 250, 300]
    assert history.snapshots[300].shape == (20, 2)
    assert history.samples(1234).shape == (1234, 2)


# ---- samples with several parts


def samples_with_classes(rng, n_samples, latent_dim):
    return rng.standard_normal((n_samples, latent_dim)), rng.integers(3, size=(n_samples, 1))


def generator_with_classes():
    latents, classes = keras.Input((2,)), keras.Input((1,), dtype="int32")
    known = layers.Flatten()(layers.Embedding(3, 4)(classes))
    hidden = layers.Dense(16, "relu")(layers.Concatenate()([latents, known]))
    return keras.Model([latents, classes], [layers.Dense(2)(hidden), classes])


def discriminator_with_classes():
    points, classes = keras.Input((2,)), keras.Input((1,), dtype="int32")
    known = layers.Flatten()(layers.Embedding(3, 4)(classes))
    hidden = layers.Dense(16, "relu")(layers.Concatenate()([points, known]))
    return keras.Model([points, classes], layers.Dense(1)(hidden))


CONDITIONAL = replace(
    RING,
    make_generator=generator_with_classes,
    make_discriminator=discriminator_with_classes,
    latent_samples=samples_with_classes,
)


@pytest.fixture(scope="module")
def labelled():
    """Points whose class can be read off them: the class is the first coordinate."""
    classes = np.random.default_rng(0).integers(3, size=(1000, 1)).astype("int32")
    return np.concatenate([classes, classes], axis=1).astype("float32"), classes


def test_the_parts_of_a_sample_stay_together(labelled):
    def asking(discriminator, optimizer, real, fake, real_labels, fake_labels):
        hack.discriminator_step(discriminator, optimizer, real, fake, real_labels, fake_labels)
        points, classes = real
        return tf.reduce_sum(tf.abs(points - tf.cast(classes, tf.float32)))

    history = train(replace(CONDITIONAL, discriminator_step=asking), labelled, 40, progress=False)
    assert (history.d_loss == 0).all()


def test_the_live_page_of_a_generator_of_several_parts_shows_the_first(labelled):
    history = train(CONDITIONAL, labelled, 3, progress=False)
    assert np.array_equal(history.at_fixed_latents(), history.snapshots[3])
    assert "<img" in progress._page(history, 3, "done", with_picture=True)


def test_a_generator_of_several_parts_trains_and_gives_each_part(labelled):
    history = train(CONDITIONAL, labelled, 3, progress=False)
    points, classes = history.samples(2500)
    assert (points.shape, points.dtype, classes.shape, classes.dtype) == ((2500, 2), np.float32, (2500, 1), np.int32)
    assert set(classes.ravel()) == {0, 1, 2}
    assert history.snapshots[3].shape == (begin.N_FIXED, 2)
    assert np.isfinite(history.curves).all()


def test_a_run_of_several_parts_that_goes_on_equals_one_run(labelled):
    whole = train(CONDITIONAL, labelled, 6, progress=False)
    half = train(CONDITIONAL, labelled, 2, progress=False)
    np.testing.assert_array_equal(
        train(CONDITIONAL, labelled, 6, resume_from=half, progress=False).curves, whole.curves
    )


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda points, classes: (points, classes[:-1]), r"data\[0\] has 1,000 rows and data\[1\] has 999"),
        (lambda points, classes: (points, classes.astype("int64")), r"data\[1\] is int64.* whole numbers are int32"),
        (lambda points, classes: (points.astype("int32"), classes), r"data\[0\] is int32"),
        (lambda points, classes: (points, classes.ravel()), r"data\[1\] has the shape \(1000,\)"),
        (lambda points, classes: (points, list(classes)), r"data\[1\] is list"),
        (lambda points, classes: points, r"The discriminator does not take .* shape \(2,\)"),
    ],
)
def test_parts_that_do_not_fit_are_named(labelled, spoil, sentence):
    with pytest.raises(BadInput, match=sentence):
        train(CONDITIONAL, spoil(*labelled), 2, progress=False)


def test_latents_whose_parts_do_not_fit_are_named(labelled):
    def too_few(rng, n_samples, latent_dim):
        return rng.standard_normal((n_samples, latent_dim)), np.zeros((3, 1), int)

    with pytest.raises(BadInput, match=r"too_few returned a part of shape \(3, 1\) when asked for 20 samples"):
        train(replace(CONDITIONAL, latent_samples=too_few), labelled, 2, progress=False)


# ---- bad input


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"data": [[1.0, 2.0]]}, "data is list"),
        ({"data": np.zeros((100, 2))}, "data is float64"),
        ({"data": np.zeros((100, 2), "uint8")}, "data is uint8"),
        ({"data": np.zeros((10, 2), "float32")}, "at least the batch size, 32"),
        ({"data": np.full((100, 2), np.nan, "float32")}, "NaN"),
        ({"data": np.zeros((100, 3), "float32")}, r"The discriminator does not take .* shape \(3,\)"),
        ({"recipe": replace(RING, latent_dim=5)}, r"The generator does not take .* shape \(5,\)"),
        (
            {"recipe": replace(RING, make_generator=lambda: keras.Sequential([keras.Input((2,)), layers.Dense(3)]))},
            r"makes samples of shape \(3,\) and the data's are \(2,\)",
        ),
        ({"steps": 0}, "steps is 0"),
        ({"steps": 1.5}, "steps is 1.5"),
        ({"seed": -1}, "seed is -1"),
        ({"snapshot_steps": 100}, r"snapshot_steps is 100; hand a list of whole numbers, such as \[100, 500\]"),
        ({"snapshot_steps": [1.5]}, r"snapshot_steps is \[1.5\]"),
        ({"save_to": 5}, "save_to is 5; name a folder"),
        ({"recipe": "dense"}, "recipe is str"),
        ({"resume_from": "history"}, "resume_from is str"),
        ({"recipe": replace(RING, latent_samples=lambda rng, n, dim: np.ones((dim, n)))}, "wanted"),
        ({"recipe": replace(RING, real_labels=lambda rng, n: np.ones(n))}, r"wanted \(6400, 1\)"),
        ({"recipe": replace(RING, make_generator=lambda: None)}, "returned NoneType"),
        ({"recipe": replace(RING, make_discriminator=lambda: small_generator())}, r"wanted one logit each"),
        ({"recipe": replace(RING, discriminator_step=lambda *a: None)}, "returned nothing"),
        ({"recipe": replace(RING, generator_step=lambda *a: tf.ones(3))}, r"returned shape \(3,\)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_input_is_told_in_one_sentence(ring, changes, sentence):
    arguments = {"recipe": RING, "data": ring, "steps": 2, **changes}
    with pytest.raises(BadInput, match=sentence):
        train(**arguments, progress=False)


def test_a_history_of_another_recipe_or_seed_is_refused(ring):
    history = train(RING, ring, 2, seed=1, progress=False)
    with pytest.raises(BadInput, match="another recipe or seed"):
        train(RING, ring, 4, seed=2, progress=False, resume_from=history)
    with pytest.raises(BadInput, match="another recipe or seed"):
        train(replace(RING, batch_size=16), ring, 4, seed=1, progress=False, resume_from=history)
    with pytest.raises(BadInput, match="steps is the total"):
        train(RING, ring, 1, seed=1, progress=False, resume_from=history)


def test_a_recipe_names_the_field_that_does_not_fit():
    with pytest.raises(BadInput, match="batch_size is 0"):
        Recipe(batch_size=0)
    with pytest.raises(BadInput, match="g_optimizer is 0.001, which cannot be called"):
        Recipe(g_optimizer=1e-3)


def test_a_history_says_which_curves_it_has(ring):
    history = train(RING, ring, 1, progress=False)
    assert isinstance(history, History)
    with pytest.raises(AttributeError, match="d_loss, g_loss"):
        history.losses  # noqa: B018


def test_the_recipe_of_2018_trains_the_dense_pair():
    images = hack.preprocess(data.mnist().x_train[:640])
    adam = partial(keras.optimizers.Adam, 1e-3)
    history = train(Recipe(d_optimizer=adam), images, 3, progress=False)
    assert history.generator.count_params() + history.discriminator.count_params() == 214_673
