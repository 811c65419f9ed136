"""The compiled loop's shortcuts: the same training as the layers as written, and nothing left behind on them."""

import contextlib
from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ganhacks.errors import RecipeFailed
from ganhacks.hacks import mnist_gan as hack
from ganhacks.startup import processor
from ganhacks.training import Recipe, loop, shortcuts, train

ADAM = partial(keras.optimizers.Adam, learning_rate=1e-3, beta_1=0.5)


def generator():
    return keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(7 * 7 * 4, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Reshape((7, 7, 4)),
            layers.Conv2DTranspose(4, 4, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ]
    )


def discriminator(dropout=0.0):
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(4, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(dropout),
            layers.Conv2D(8, 4, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


RECIPE = Recipe(generator, discriminator, latent_dim=8, batch_size=16, g_optimizer=ADAM, d_optimizer=ADAM)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).uniform(-1, 1, (64, 28, 28, 1)).astype("float32")


@pytest.fixture
def float32_only(monkeypatch):
    monkeypatch.setattr(processor, "has_bfloat16", lambda: False)


@pytest.fixture
def bfloat16(monkeypatch):
    monkeypatch.setattr(processor, "has_bfloat16", lambda: True)


def without_shortcuts(recipe, images, steps):
    """Train on the plain path: every layer as written, every pass made anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shortcuts, "taken", lambda *models: contextlib.nullcontext())
        patch.setattr(shortcuts, "fakes_reused", lambda *arguments: contextlib.nullcontext())
        return train(recipe, images, steps, progress=False)


def assert_same(history, other, tolerance):
    np.testing.assert_allclose(history.curves, other.curves, rtol=tolerance)
    for part in ("generator", "discriminator"):
        for ours, theirs in zip(getattr(history, part).weights, getattr(other, part).weights, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=tolerance, err_msg=ours.path)


# ---- the same training


def test_in_float32_a_run_is_that_of_the_plain_path(images, float32_only):
    assert_same(train(RECIPE, images, 5, progress=False), without_shortcuts(RECIPE, images, 5), 2e-3)


def test_samples_with_classes_take_the_shortcuts_too(images, float32_only, monkeypatch):
    def generator_with_classes():
        latents, classes = keras.Input((8,)), keras.Input((1,), dtype="int32")
        known = layers.Flatten()(layers.Embedding(3, 8)(classes))
        return keras.Model([latents, classes], [generator()(layers.Add()([latents, known])), classes])

    def discriminator_with_classes():
        pictures, classes = keras.Input((28, 28, 1)), keras.Input((1,), dtype="int32")
        known = layers.Flatten()(layers.Embedding(3, 1)(classes))
        return keras.Model([pictures, classes], layers.Add()([discriminator()(pictures), known]))

    def draw(rng, n_samples, latent_dim):
        return rng.standard_normal((n_samples, latent_dim)), rng.integers(3, size=(n_samples, 1))

    sgd = partial(keras.optimizers.SGD, learning_rate=0.01)  # Adam makes steps out of an embedding's rounding errors
    recipe = replace(
        RECIPE,
        g_optimizer=sgd,
        d_optimizer=sgd,
        make_generator=generator_with_classes,
        make_discriminator=discriminator_with_classes,
        latent_samples=draw,
    )
    data = images, np.arange(64, dtype="int32")[:, None] % 3
    tried = []
    traced = loop.Loop._traced
    monkeypatch.setattr(loop.Loop, "_traced", lambda self, form, args: tried.append(form) or traced(self, form, args))
    fast = train(recipe, data, 5, progress=False)
    assert tried == ["shortcuts"]
    assert_same(fast, without_shortcuts(recipe, data, 5), 1e-4)


def test_in_bfloat16_a_model_without_layers_is_as_it_is():
    class Point(keras.Model):
        def __init__(self):
            super().__init__()
            self.place = self.add_weight(shape=(2,))

        def call(self, latents):
            return latents * 0 + self.place

    with shortcuts._in_bfloat16(Point()):
        pass


def test_in_bfloat16_the_losses_stay_close(images, bfloat16):
    fast, plain = train(RECIPE, images, 5, progress=False), without_shortcuts(RECIPE, images, 5)
    assert not np.array_equal(fast.curves, plain.curves)
    np.testing.assert_allclose(fast.d_loss, plain.d_loss, rtol=0.05)
    np.testing.assert_allclose(fast.g_loss, plain.g_loss, rtol=0.05)


def other_latents(generator, discriminator, optimizer, latents):
    return hack.generator_step(generator, discriminator, optimizer, latents[::-1])


def two_looks(generator, discriminator, optimizer, latents):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(latents, training=True) / 2 + generator(latents, training=True) / 2)
        loss = hack.binary_crossentropy(tf.ones_like(logits), logits)
    variables = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


def as_at_test_time(generator, discriminator, optimizer, latents):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(latents, training=False))
        loss = hack.binary_crossentropy(tf.ones_like(logits), logits)
    variables = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


def smooth_in_the_latents(generator, discriminator, optimizer, latents):
    variables = generator.trainable_variables
    with tf.GradientTape() as tape:
        with tf.GradientTape() as inner:
            inner.watch(latents)
            fake = generator(latents, training=True)
        logits = discriminator(fake)
        slope = tf.reduce_mean(tf.square(inner.gradient(fake, latents)))
        loss = hack.binary_crossentropy(tf.ones_like(logits), logits) + 0.01 * slope
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


def small_gradients(generator, discriminator, optimizer, latents):
    variables = generator.trainable_variables
    with tf.GradientTape() as tape:
        with tf.GradientTape() as inner:
            logits = discriminator(generator(latents, training=True))
            loss = hack.binary_crossentropy(tf.ones_like(logits), logits)
        loss += sum(tf.reduce_sum(tf.square(gradient)) for gradient in inner.gradient(loss, variables))
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


def like_the_reals_inside(generator, discriminator, optimizer, latents):
    """Match what a hidden layer sees, which comes in half-width numbers where the shortcuts are taken."""
    features = keras.Model(discriminator.inputs, discriminator.layers[0].output)
    with tf.GradientTape() as tape:
        seen = features(generator(latents, training=True), training=True)
        loss = tf.reduce_mean(tf.square(seen - tf.ones(seen.shape)))
    variables = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


def test_a_step_that_mixes_half_width_numbers_with_others_is_traced_as_it_was_written(images, bfloat16):
    history = train(replace(RECIPE, generator_step=like_the_reals_inside), images, 3, progress=False)
    assert history.outcome == "finished"
    assert (history.g_gradient_norm > 0).all()


def test_a_failure_of_the_readers_own_is_told_at_once_and_its_step_is_traced_once(images):
    traced = []

    def failing(*args):
        traced.append(1)
        raise ValueError("mine")

    with pytest.raises(RecipeFailed, match="ValueError: mine"):
        train(replace(RECIPE, generator_step=failing), images, 1, progress=False)
    assert len(traced) == 1


@pytest.mark.parametrize(
    "step",
    [
        *(other_latents, two_looks, as_at_test_time),
        *(pytest.param(step, marks=pytest.mark.everywhere) for step in (smooth_in_the_latents, small_gradients)),
    ],
)
def test_a_generator_step_of_another_kind_is_what_it_was(images, step, float32_only):
    recipe = replace(RECIPE, generator_step=step)
    assert_same(train(recipe, images, 3, progress=False), without_shortcuts(recipe, images, 3), 2e-3)


def test_the_generator_runs_once_a_step(images, float32_only):
    traced = []

    class Counting(layers.Layer):
        def call(self, inputs):
            traced.append(1)
            return inputs

    def counted():
        model = generator()
        model.add(Counting())
        return model

    train(replace(RECIPE, make_generator=counted), images, 1, progress=False)
    once = len(traced)
    traced.clear()
    without_shortcuts(replace(RECIPE, make_generator=counted), images, 1)
    assert len(traced) == once + 1


# ---- the layers


@pytest.mark.parametrize(("half", "rtol", "atol"), [(False, 1e-4, 1e-4), (True, 0.05, 0.2)])
def test_a_fused_normalization_is_keras_own(half, rtol, atol, monkeypatch):
    monkeypatch.setattr(processor, "has_bfloat16", lambda: half)
    x = tf.random.stateless_normal((16, 5, 5, 3), (1, 2)) * 3 + 1
    ours, theirs = layers.BatchNormalization(), layers.BatchNormalization()
    found = []
    for layer in (ours, theirs):
        layer.build(x.shape)
        layer.gamma.assign([1.0, 2.0, 3.0])
        model = keras.Sequential([keras.Input(x.shape[1:]), layer, layers.Flatten()])
        if layer is ours:
            vars(layer).pop("renorm", None)  # before 3.14 Keras has none
        with shortcuts.taken(model) if layer is ours else contextlib.nullcontext(), tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(tf.sin(model(x, training=True)))
        found.append([loss, *tape.gradient(loss, [x, *layer.trainable_variables]), *layer.non_trainable_variables])
    *values, moving_mean, moving_variance = zip(*found, strict=True)
    for a, b in values:
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol)
    for a, b in (moving_mean, moving_variance):
        np.testing.assert_allclose(a, b, rtol=1e-3)


def test_moving_averages_after_two_small_batches_are_those_by_hand(float32_only):
    """Four numbers a channel: the moving variance divides by 4, and what a fused operation gives by 3."""
    batches = np.array([[[1, 10], [2, 20], [3, 30], [6, 60]], [[0, 5], [0, 5], [4, 5], [4, 9]]], "float32")
    model = keras.Sequential(
        [keras.Input((1, 2, 2)), layers.BatchNormalization(momentum=0.75), layers.Activation("linear")]
    )
    with shortcuts.taken(model):
        outputs = [model(batch.reshape(2, 1, 2, 2), training=True) for batch in batches]
    mean, variance = np.zeros(2), np.ones(2)
    for batch, output in zip(batches, outputs):
        mean = 0.75 * mean + 0.25 * batch.mean(axis=0)
        variance = 0.75 * variance + 0.25 * ((batch - batch.mean(axis=0)) ** 2).sum(axis=0) / 4
        normalised = (batch - batch.mean(axis=0)) / np.sqrt(batch.var(axis=0) + 1e-3)
        np.testing.assert_allclose(np.reshape(output, (4, 2)), normalised, atol=1e-5)
    normalization = model.layers[0]
    np.testing.assert_allclose(normalization.moving_mean, mean, rtol=1e-6)
    np.testing.assert_allclose(normalization.moving_variance, variance, rtol=1e-6)


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5])
def test_cheap_masks_drop_the_right_share_anew_each_time_and_keep_the_mean(rate):
    model = keras.Sequential([keras.Input((101,)), layers.Dropout(rate), layers.Activation("linear")])
    x = tf.ones((999, 101))
    with shortcuts.taken(model):
        first, second = (np.asarray(model(x, training=True), "float32") for _ in range(2))
        np.testing.assert_array_equal(model(x, training=False), x)
    for values in (first, second):
        assert abs((values == 0).mean() - rate) < 4 * np.sqrt(rate * (1 - rate) / x.shape.num_elements())
        np.testing.assert_allclose(values[values > 0], 1 / (1 - rate), rtol=1e-2)
    both = ((first == 0) & (second == 0)).mean()
    assert abs(both - rate**2) < 0.01


def test_dropouts_run_is_the_same_for_the_same_seed(images):
    recipe = replace(RECIPE, make_discriminator=partial(discriminator, 0.3))
    first, second = (train(recipe, images, 3, progress=False) for _ in range(2))
    assert np.array_equal(first.curves, second.curves)


# ---- nothing is left behind


def test_models_come_back_as_they_were_written(images, bfloat16):
    seen = []

    def looking(discriminator, optimizer, real, fake, *labels):
        logits = discriminator(fake, training=True)
        seen.extend([fake.dtype.name, logits.dtype.name, discriminator.layers[0].compute_dtype])
        return hack.discriminator_step(discriminator, optimizer, real, fake, *labels)

    history = train(replace(RECIPE, discriminator_step=looking), images, 1, progress=False)
    assert seen == ["float32", "float32", "bfloat16"]
    for model in (history.generator, history.discriminator):
        assert {layer.compute_dtype for layer in model.layers} == {"float32"}
        assert not any("call" in vars(layer) for layer in [model, *model.layers])


def test_models_come_back_as_they_were_when_a_step_fails(images, bfloat16):
    kept = []

    def failing(discriminator, optimizer, *batches):
        kept.append(discriminator)
        raise ValueError("mine")

    with pytest.raises(RecipeFailed, match="mine"):
        train(replace(RECIPE, discriminator_step=failing), images, 1, progress=False)
    assert {layer.compute_dtype for layer in kept[0].layers} == {"float32"}
    assert not any("call" in vars(layer) for layer in kept[0].layers)


def test_a_model_inside_a_model_and_a_layer_of_ones_own_keep_what_they_need(images, bfloat16, monkeypatch):
    class Own(layers.Layer):
        def call(self, inputs):
            return inputs + tf.ones(inputs.shape[1:], tf.float32)

    def nested():
        inner = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(4, 3), Own(), layers.Conv2D(4, 3)])
        return keras.Sequential([keras.Input((28, 28, 1)), inner, layers.Flatten(), layers.Dense(1)])

    def step(discriminator, *others):
        seen.append([layer.compute_dtype for layer in discriminator.layers[0].layers])
        return RECIPE.discriminator_step(discriminator, *others)

    seen, tried, traced = [], [], loop.Loop._traced
    monkeypatch.setattr(loop.Loop, "_traced", lambda self, form, args: tried.append(form) or traced(self, form, args))
    recipe = replace(RECIPE, make_discriminator=nested, discriminator_step=step)
    assert np.isfinite(train(recipe, images, 2, progress=False).curves).all()
    assert tried == ["shortcuts"] and seen[0] == ["bfloat16", "float32", "bfloat16"]


def test_the_last_layer_stays_in_float32_where_a_second_input_comes_after_it(bfloat16):
    images, classes = keras.Input((28, 28, 1)), keras.Input((10,))
    convolution, last = layers.Conv2D(4, 4, strides=2), layers.Dense(10)
    logits = last(layers.Flatten()(convolution(images)))
    model = keras.Model([images, classes], keras.ops.sum(logits * classes, axis=-1, keepdims=True))
    assert isinstance(model.layers[-1], keras.layers.InputLayer), "so Keras lists them"
    with shortcuts.taken(model):
        assert (convolution.compute_dtype, last.compute_dtype) == ("bfloat16", "float32")


def test_spectral_normalization_leaves_weights_as_fine_as_they_were(images, bfloat16):
    layer = layers.SpectralNormalization(layers.Conv2D(4, 4, strides=2, padding="same"))
    model = keras.Sequential([keras.Input((28, 28, 1)), layer, layers.Flatten(), layers.Dense(1)])
    train(replace(RECIPE, make_discriminator=lambda: model), images, steps=2, seed=0, progress=False)
    half_width = tf.cast(tf.cast(layer.layer.kernel.value, tf.bfloat16), tf.float32)
    assert np.mean(half_width == layer.layer.kernel.value) < 0.1


def test_without_convolutions_nothing_is_changed(monkeypatch):
    monkeypatch.setattr(shortcuts, "taken", lambda *models: pytest.fail("a dense network took a shortcut"))
    train(Recipe(), np.zeros((64, 784), "float32"), 1, progress=False)


def test_the_processor_has_a_name_and_cores():
    assert processor.cores() >= 1
    assert processor.name() and processor.kind().startswith(processor.name())
    assert isinstance(processor.has_bfloat16(), bool)


@pytest.mark.parametrize(
    ("flags", "kind", "has_bfloat16"),
    [
        ("fma avx avx2", "Z80, AVX2", False),
        ("fma avx avx2 avx512f", "Z80", False),
        ("avx2 avx512f avx512_bf16", "Z80", True),
        ("asimd", "Z80", False),
        (None, None, False),
    ],
)
def test_a_processor_without_wide_vectors_is_another_kind(monkeypatch, flags, kind, has_bfloat16):
    told = {} if flags is None else {"model name": "Z80", "flags": flags}
    monkeypatch.setattr(processor, "_cpuinfo", lambda: told)
    assert processor.kind() == (kind or processor.name())
    assert processor.has_bfloat16() == has_bfloat16
