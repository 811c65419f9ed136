"""When a student's function fails inside `train`: one exception that says whose, at which line, and what to do."""

import functools
import linecache
from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ganhacks import blame, toys, training
from ganhacks.errors import BadInput, RecipeFailed
from ganhacks.hacks import mnist_gan
from ganhacks.training import train
from ganhacks.training.game import Game

DATA = toys.ring_data(2000)
HERE = {"keras": keras, "layers": layers, "np": np, "tf": tf, **vars(mnist_gan), **vars(toys)}

STEP = """
def generator_step(generator, discriminator, optimizer, latent_samples):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(latent_samples, training=True), training=True)
        {line}
        loss = binary_crossentropy(labels, logits)
    variables = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
"""


def cell(source, name="generator_step", number=1):
    """Return what a notebook's cell defines under this name; its lines are known to Python as a kernel's are."""
    file, source = f"/tmp/ipykernel_7/{number}.py", source.strip("\n") + "\n"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    names = dict(HERE)
    exec(compile(source, file, "exec"), names)
    return names[name]


def step_with(line):
    return cell(STEP.format(line=line))


def failure(**changes):
    """Train the ring GAN with some fields of its recipe changed, and return the sentence of the one exception."""
    with pytest.raises(RecipeFailed) as raised:
        train(toys.ring_recipe(**changes), DATA, 2, progress=False)
    assert raised.value.__cause__ is not None
    return str(raised.value)


# ---- whose function, which line, what was raised, what to do


def test_lab_12s_length_of_a_batch_is_told_in_one_sentence():
    sentence = failure(generator_step=step_with("labels = tf.ones((len(latent_samples), 1))"))
    assert sentence == (
        "generator_step failed at line 4 of your cell, `labels = tf.ones((len(latent_samples), 1))`: TypeError: len is "
        "not well defined for a symbolic Tensor. Inside the compiled loop a tensor has no value yet: "
        "for labels write tf.ones_like(logits), for a number of rows tf.shape(x)[0]."
    )


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("labels = tf.ones_like(logits) * float(logits[0, 0])", "return the tensor itself"),
        ("labels = tf.ones_like(logits) * int(logits[0, 0])", "return the tensor itself"),
        ("labels = tf.ones_like(logits) * logits[0].numpy()", "return the tensor itself"),
        ("labels = tf.ones_like(logits) * np.mean(logits)", "functions of tf or keras.ops"),
        ("labels = tf.ones_like(logits); print(f'{logits[0, 0]:.3f}')", "return the tensor itself"),
        ("labels = tf.ones_like(logits) if logits[0, 0] > 0 else 1", "tf.where"),
        ("labels = tf.ones_like(logits) + sum(logit for logit in logits)", "whole tensor at once"),
        ("labels = tf.ones((int(tf.shape(logits)[0]), 1))", "return the tensor itself"),
        ("labels = np.ones(tf.shape(logits))", "tf.ones_like"),
        ("labels = tf.ones_like(logits) + keras.optimizers.Adam().iterations", "outside this function"),
    ],
)
def test_what_needs_a_tensors_value_is_named_with_what_to_write_instead(line, instead):
    sentence = failure(generator_step=step_with(line))
    assert sentence.startswith("generator_step failed at line 4 of your cell, `labels = ")
    assert instead in sentence
    assert "@tf.function" not in sentence and "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("make_generator", "def make_generator():\n    return layers.Dense('wide')"),
        ("make_discriminator", "def make_discriminator():\n    return layers.Dense('wide')"),
        ("latent_samples", "def latent_samples(rng, n_samples, latent_dim):\n    return rng.gauss('wide')"),
        ("real_labels", "def real_labels(rng, n_samples):\n    return np.ones('wide')"),
        ("fake_labels", "def fake_labels(rng, n_samples):\n    return np.ones('wide')"),
        ("discriminator_step", "def discriminator_step(d, optimizer, *batches):\n    return 'wide' / d"),
        ("generator_step", "def generator_step(g, d, optimizer, latents):\n    return 'wide' / d"),
        ("g_optimizer", "def g_optimizer():\n    return keras.optimizers.Adam(lr='wide')"),
        ("d_optimizer", "def d_optimizer():\n    return keras.optimizers.Adam(lr='wide')"),
    ],
)
def test_every_function_of_the_recipe_is_named_with_its_line(name, source):
    sentence = failure(**{name: cell(source, name)})
    assert sentence.startswith(f"{name} failed at line 2 of your cell, `return ")
    assert sentence.endswith(". Call it by hand, mend it, and train again.")


def test_a_function_of_another_name_is_told_with_its_field():
    mine = cell("def mine(rng, n_samples):\n    return 1 / 0", "mine")
    assert failure(real_labels=mine).startswith("mine, your recipe's real_labels, failed at line 2 of your cell")


def test_the_line_is_that_of_a_helper_in_another_cell():
    HERE["helper"] = cell("def helper(logits):\n    return len(logits)", "helper", number=2)
    assert "line 2 of your cell, `return len(logits)`" in failure(generator_step=step_with("labels = helper(logits)"))


def test_a_layer_of_ones_own_that_fails_is_told_with_its_line():
    source = """
class Own(layers.Layer):
    def call(self, inputs):
        return inputs * {factor}

def make_generator():
    return keras.Sequential([keras.Input((2,)), Own()])
"""
    maker = cell(source.format(factor="missing"), "make_generator")
    assert failure(make_generator=maker).startswith("make_generator failed at line 3 of your cell")

    # This one works by hand, and needs a value in the loop.
    source = source.replace("Own()])", "layers.Dense(2), Own()])").format(factor="float(inputs[0, 0])")
    assert "make_generator failed at line 3 of your cell" in failure(make_generator=cell(source, "make_generator"))


# ---- however it was written


class Callable:
    def __init__(self, function):
        self.function = function

    def __call__(self, *args):
        return self.function(*args)


def test_the_file_of_a_function_of_a_class_and_of_an_object_is_that_in_which_each_was_written():
    written = Callable(functools.partial)
    assert blame.file_of(step_with) == blame.file_of(Callable) == blame.file_of(written) == __file__
    assert blame.file_of(3) is None


@pytest.mark.parametrize(
    ("wrapped", "whose"),
    [
        (lambda step: functools.partial(step), "generator_step failed"),
        (lambda step: tf.function(step, autograph=False), "generator_step failed"),
        (lambda step: functools.wraps(step)(lambda *args: step(*args)), "generator_step failed"),
        (lambda step: lambda *args: step(*args), "a lambda, your recipe's generator_step, failed"),
        (Callable, "Callable, your recipe's generator_step, failed"),
    ],
    ids=["partial", "tf.function", "wraps", "lambda", "class"],
)
def test_the_line_is_found_however_the_function_is_wrapped(wrapped, whose):
    step = wrapped(step_with("labels = tf.ones((len(latent_samples), 1))"))
    sentence = failure(generator_step=step)
    assert sentence.startswith(f"{whose} at line 4 of your cell, `labels = tf.ones((len(latent_samples), 1))`")


def test_what_autograph_raised_is_told_without_the_way_there():
    # Autograph reads the source of a function, so this one stands in a file.
    @tf.function
    def step(generator, discriminator, optimizer, latents):
        return generator(latents)["wide"]

    sentence = failure(generator_step=step)
    assert sentence.startswith("step, your recipe's generator_step, failed at line ")
    assert 'of test_blame.py, `return generator(latents)["wide"]`' in sentence
    assert "in user code" not in sentence


@pytest.mark.parametrize("compiled", [tf.function, lambda step: lambda *args: tf.function(step)(*args)])
def test_a_step_that_is_a_tf_function_trains_as_without(compiled):
    plain = train(toys.ring_recipe(), DATA, 30, progress=False)
    steps = compiled(mnist_gan.discriminator_step), compiled(mnist_gan.generator_step)
    recipe = toys.ring_recipe(discriminator_step=steps[0], generator_step=steps[1])
    np.testing.assert_allclose(train(recipe, DATA, 30, progress=False).curves, plain.curves, rtol=1e-4)


def convolutional():
    body = [layers.Reshape((2, 1)), layers.Conv1D(4, 1), layers.LeakyReLU(), layers.Flatten(), layers.Dense(1)]
    return keras.Sequential([keras.Input((2,)), *body])


@pytest.mark.parametrize(
    ("make_discriminator", "fast"),
    [(toys.make_discriminator, "0"), (toys.make_discriminator, "1"), (convolutional, "0")],
)
def test_what_a_step_prints_is_seen_at_every_step_though_xla_cannot_print(make_discriminator, fast, capfd, monkeypatch):
    monkeypatch.setenv("GANHACKS_FAST", fast)
    printing = step_with("labels = tf.ones_like(logits); tf.print('sure of', logits[0, 0])")
    recipe = toys.ring_recipe(generator_step=printing, make_discriminator=make_discriminator)
    assert train(recipe, DATA, 3, progress=False).outcome == "finished"
    assert capfd.readouterr().err.count("sure of") == 3


def test_an_operation_that_fails_while_the_loop_runs_is_told_with_its_line():
    line = "labels = tf.ensure_shape(tf.py_function(lambda x: 1 / 0, [logits], tf.float32), logits.shape)"
    sentence = failure(generator_step=step_with(line))
    assert "failed at line 4 of your cell, `labels = tf.ensure_shape" in sentence
    assert "ZeroDivisionError" in sentence


# ---- in the thread that draws, in a game, in a notebook


def test_labels_that_fail_later_in_the_drawing_thread_are_told_alike():
    source = """
calls = []
def real_labels(rng, n_samples):
    calls.append(n_samples)
    return np.ones((n_samples, 1)) / (len(calls) < 3 or None)
"""
    with pytest.raises(RecipeFailed, match="real_labels failed at line 4 of your cell"):
        recipe = toys.ring_recipe(real_labels=cell(source, "real_labels"))
        train(recipe, DATA, 4 * training.CHUNK, progress=False)


def test_a_game_tells_the_same():
    game = Game(toys.ring_recipe(generator_step=step_with("labels = tf.ones((len(logits), 1))")), DATA)
    with pytest.raises(RecipeFailed, match="generator_step failed at line 4 of your cell.*tf.ones_like"):
        game.update_generator()
    assert game.g_updates == 0
    game = Game(toys.ring_recipe(real_labels=cell("def real_labels(rng, n):\n    return 1 / 0", "real_labels")), DATA)
    with pytest.raises(RecipeFailed, match="real_labels failed at line 2 of your cell"):
        game.update_discriminator(game.real_batch(), game.fake_batch())
    with pytest.raises(BadInput, match="generator_step returned nothing"):
        Game(toys.ring_recipe(generator_step=lambda *args: None), DATA).update_generator()


def test_a_notebook_shows_the_sentence_and_no_traceback():
    with pytest.raises(RecipeFailed) as raised:
        train(toys.ring_recipe(make_generator=lambda: 1 / 0), DATA, 2, progress=False)
    assert len(raised.value._render_traceback_()) == 1


# ---- a rehearsal


def test_a_rehearsal_raises_what_training_would_and_runs_nothing():
    training.rehearse(toys.ring_recipe(), DATA)
    broken = toys.ring_recipe(generator_step=step_with("labels = tf.ones((len(logits), 1))"))
    with pytest.raises(RecipeFailed) as rehearsed:
        training.rehearse(broken, DATA)
    assert str(rehearsed.value) == failure(generator_step=broken.generator_step)


def test_a_rehearsal_changes_no_model():
    generator, discriminator = toys.make_generator(), toys.make_discriminator()
    before = [weight.copy() for model in (generator, discriminator) for weight in model.get_weights()]
    training.rehearse(
        toys.ring_recipe(make_generator=lambda: generator, make_discriminator=lambda: discriminator), DATA
    )
    after = [weight for model in (generator, discriminator) for weight in model.get_weights()]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_a_rehearsal_seeds_nothing():
    np.random.seed(3)
    wanted = np.random.random(3).tolist()
    np.random.seed(3)
    training.rehearse(toys.ring_recipe(), DATA)
    assert np.random.random(3).tolist() == wanted


def test_a_step_without_an_update_of_its_optimizer_is_named():
    with pytest.raises(BadInput, match="generator_step made no update with the optimizer that it was given"):
        training.rehearse(replace(toys.ring_recipe(), generator_step=lambda *args: 1.0), DATA)


# ---- the helpers


def test_an_error_in_a_library_alone_has_no_line():
    try:
        functools.reduce(None, [1, 2])
    except TypeError as error:
        assert "test_blame.py" in blame.place(error)
        assert blame.place(error.with_traceback(None)) == ""


def test_what_was_raised_stands_in_one_line():
    assert blame.said(ValueError("\x1b[1mone\x1b[0m\n two")) == "ValueError: one two"
    assert blame.said(KeyboardInterrupt()) == "KeyboardInterrupt"
    assert blame.said(ValueError("word " * 100)).endswith("word …")
    assert len(blame.said(ValueError("word " * 100))) < 220


@pytest.mark.parametrize(
    "act, meaning",
    [
        (lambda: 0.5 ^ 3, "A power is `**`"),
        (lambda: np.ones((4, 3)) - np.ones(4), "`keepdims=True`"),
        (lambda: bool(keras.Variable([1.0, 2.0])), "ask `is not None`"),
        (lambda: layers.BatchNormalization(scale=False).gamma.assign(1), "is None here"),
        (lambda: keras.ops.convert_to_tensor(None), "is None while a network is put together"),
        (lambda: tf.abs(keras.Input((3,))), "put this into one of your own"),
    ],
)
def test_everyday_errors_are_told_with_what_they_mean(act, meaning):
    with pytest.raises(Exception) as raised:
        act()
    assert meaning in blame.meaning(raised.value), blame.said(raised.value)


def test_other_errors_mean_what_they_say():
    assert blame.meaning(ZeroDivisionError("division by zero")) == ""
