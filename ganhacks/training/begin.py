"""How a run begins: what it cannot begin with, in a sentence, and the models that it needs, built and tried once."""

import os
from collections.abc import Iterable
from dataclasses import replace

import keras
import numpy as np
import tensorflow as tf

from ganhacks import blame
from ganhacks.errors import BadInput, require
from ganhacks.training import checkpoints
from ganhacks.training.batches import drawn
from ganhacks.training.history import History, as_tuple
from ganhacks.training.recipe import Recipe
from ganhacks.training.streams import Stream, generator_for

N_FIXED = 20  # fixed latent samples, drawn again at every snapshot


def check_kept(save_to, snapshot_steps):
    """Return the steps at which `train` is to keep pictures, a tuple. Raises BadInput for what it cannot keep."""
    require(
        save_to is None or isinstance(save_to, (str, os.PathLike)),
        f'save_to is {save_to!r}; name a folder, such as "runs/mine".',
    )
    steps = tuple(snapshot_steps) if isinstance(snapshot_steps, Iterable) else (None,)
    require(
        all(isinstance(step, (int, np.integer)) for step in steps),
        f"snapshot_steps is {snapshot_steps!r}; hand a list of whole numbers, such as [100, 500].",
    )
    return tuple(map(int, steps))


def check_arguments(recipe, data, steps, seed):
    """Raise BadInput for what `train` cannot begin with."""
    require(isinstance(recipe, Recipe), f"recipe is {type(recipe).__name__}; hand a ganhacks.training.Recipe.")
    for name, value, least in (("steps", steps, 1), ("seed", seed, 0)):
        require(
            isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= least,
            f"{name} is {value!r}; it must be a whole number, {least} or more.",
        )
    several = isinstance(data, tuple)
    parts = data if several else (data,)
    for number, part in enumerate(parts):
        name = f"data[{number}]" if several else "data"
        require(isinstance(part, np.ndarray), f"{name} is {type(part).__name__}; hand a float32 NumPy array.")
        require(
            part.dtype == np.float32 or number and part.dtype == np.int32,
            f"{name} is {part.dtype}; the networks read float32 in [-1, 1]: scale it and use .astype('float32')."
            + (" Classes as whole numbers are int32." if number else ""),
        )
        require(
            part.ndim >= 2 and len(part) >= recipe.batch_size,
            f"{name} has the shape {part.shape}; wanted (n, ...) with n at least the batch size, {recipe.batch_size}.",
        )
        require(
            len(part) == len(parts[0]),
            f"data[0] has {len(parts[0]):,} rows and {name} has {len(part):,}; every part needs a row for each sample.",
        )
        # One NaN or infinite value makes the sum such a one too, and a sum takes no memory.
        require(bool(np.isfinite(part.sum())), f"{name} holds NaN or infinite values; remove them before training.")


def start(recipe, seed, data):
    """Build what a run needs and return it as a History of no steps. Raises BadInput for models that do not fit."""
    seed = int(seed)  # NumPy's whole numbers are whole numbers too, and Keras and JSON take Python's
    keras.utils.set_random_seed(seed)
    return built(recipe, seed, data)


def built(recipe, seed, data):
    """As `start`, from the random state as it is."""
    generator, discriminator = recipe.call("make_generator"), recipe.call("make_discriminator")
    for name, model in (("make_generator", generator), ("make_discriminator", discriminator)):
        require(
            isinstance(model, keras.Model), f"recipe.{name}() returned {type(model).__name__}; wanted a keras.Model."
        )
    latents = drawn(recipe, "latent_samples", generator_for(seed, Stream.FIXED), N_FIXED)
    fakes = _output(recipe, "generator", generator, latents, "latent samples")
    first_two = tf.nest.map_structure(lambda part: part[:2], data)
    logits = tf.nest.flatten(_output(recipe, "discriminator", discriminator, first_two, "samples of the data"))[0]
    require(
        _shapes(fakes) == _shapes(data),
        f"The generator makes samples of shape {_shapes(fakes)} and the data's are {_shapes(data)}; "
        "give both the same shape.",
    )
    require(
        tuple(logits.shape) == (2, 1),
        f"The discriminator returns shape {tuple(logits.shape)} for 2 samples; wanted one logit each, (2, 1).",
    )
    optimizers = recipe.call("g_optimizer"), recipe.call("d_optimizer")
    for optimizer, model in zip(optimizers, (generator, discriminator)):
        optimizer.build(model.trainable_variables)
    history = History(recipe, seed, generator, discriminator, *optimizers, fixed_latents=latents)
    history.keep_snapshot()
    return history


def anew(history, recipe, seed, data):
    """Return a History of no steps, as `start` does, that goes on with the models and the compiled loop of `history`.

    recipe: one that differs from that of `history` in nothing but numbers that its optimizers keep, such as the rate.
    What `history` had learnt is lost.
    """
    other = start(recipe, seed, data)
    for variable, value in zip(history.variables, other.variables, strict=True):
        variable.assign(value)
    kept = ("generator", "discriminator", "g_optimizer", "d_optimizer", "loop")
    return replace(other, **{name: getattr(history, name) for name in kept})


def load(folder, recipe, data, seed=0):
    """Return the run that was saved to a folder: its models, curves and snapshots, ready for `resume_from`.

    recipe, data, seed: those with which it was trained; the folder holds no functions and no data. Raises BadInput if
    it holds a run of another recipe or seed, and BadFile if there is none or it is damaged.
    """
    history = start(recipe, seed, data)
    checkpoints.fill(history, folder)
    return history


def go_on(history, recipe, seed, steps, told="resume_from"):
    """Return the History of an earlier run, ready to go on. Raises BadInput if it belongs to another one.

    told: what it is called in a sentence.
    """
    require(
        isinstance(history, History), f"resume_from is {type(history).__name__}; hand the History that train returned."
    )
    require(
        history.recipe == recipe and history.seed == seed,
        f"resume_from comes from another recipe or seed: hand its own, its `.recipe` and seed {history.seed}, or leave "
        "it out to start anew. (A recipe that is made again is another one.)",
    )
    require(
        steps >= history.step,
        f"{told} has done {history.step:,} steps and steps is {steps:,}; steps is the total, so ask for more.",
    )
    history.outcome, history.message = "running", ""
    return history


def _output(recipe, player, model, batch, told):
    try:
        return as_tuple(model(batch))
    except Exception as error:
        if blame.own_line(error, getattr(recipe, f"make_{player}")):  # a layer or model of the reader's own
            with recipe.blamed(f"make_{player}"):
                raise
        raise BadInput(
            f"The {player} does not take {told}, which have the shape {_shapes(batch)} ({type(error).__name__}); give "
            "its keras.Input that shape."
        ) from None


def _shapes(samples):
    """Return the shape of one sample, or a tuple of its parts' shapes."""
    if isinstance(samples, tuple):
        return tuple(_shapes(part) for part in samples)
    return tuple(samples.shape[1:])
