"""Record runs that fail in known ways, and healthy ones, for lesson 03 and lab 19: evidence/failures/*.npz.

`python tools/record_failures.py` records what is missing, `python tools/record_failures.py NAME ...` only these;
`--again` records also what there is. On one core all of them take about four minutes.
"""

import argparse
import io
import json
import sys
import time
import warnings
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # works in a checkout that is not installed

import ganhacks  # noqa: E402, F401, I001  first, because it keeps TensorFlow quiet

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402

from ganhacks import data, files, toys  # noqa: E402
from ganhacks.evidence import recordings  # noqa: E402
from ganhacks.hacks import mnist_gan, non_saturating_loss  # noqa: E402
from ganhacks.training import Recipe, ones  # noqa: E402
from ganhacks.training import generate, train  # noqa: E402
from ganhacks.training.streams import Stream, generator_for  # noqa: E402

VALUES = 1000  # of each curve
MOMENTS = {"ring": 8, "dense MNIST": 4, "small DCGAN": 4}  # at which fakes are kept
FAKES = {"ring": 100, "dense MNIST": 25, "small DCGAN": 25}


def adam(learning_rate, beta_1=0.5):
    return partial(keras.optimizers.Adam, learning_rate=learning_rate, beta_1=beta_1)


def cut_off(learning_rate):
    """A decay that was meant to take 20 epochs and is handed to Keras, which counts updates."""
    return lambda: keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(learning_rate, 20), beta_1=0.5)


def saturating_step(generator, discriminator, optimizer, latent_samples):
    """Train the generator once, with the loss of the minimax game."""
    with tf.GradientTape() as tape:
        loss = non_saturating_loss.saturating_loss(discriminator(generator(latent_samples, training=True)))
    variables = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


def dropped_generator():
    hidden = [layer for _ in range(2) for layer in (layers.Dense(64, "relu"), layers.Dropout(0.5))]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(2)])


def image_generator(kernel=4):
    return keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(7 * 7 * 32, "relu"),
            layers.Reshape((7, 7, 32)),
            layers.Conv2DTranspose(16, kernel, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(1, kernel, strides=2, padding="same", activation="tanh"),
        ]
    )


def image_discriminator():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(32, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


def dense(**changes):
    """The dense MNIST GAN with slopes of 0.2, hard labels and Adam(1e-3, beta_1=0.5), with some fields changed."""
    networks = [partial(make, slope=0.2) for make in (mnist_gan.make_generator, mnist_gan.make_discriminator)]
    recipe = Recipe(*networks, g_optimizer=adam(1e-3), d_optimizer=adam(1e-3), real_labels=ones)
    return replace(recipe, **changes)


def convolutional(kernel=4, **changes):
    """A small DCGAN with Adam(1e-3, beta_1=0.5), with some fields changed."""
    recipe = Recipe(
        partial(image_generator, kernel), image_discriminator, 64, 64, adam(1e-3), adam(1e-3), real_labels=ones
    )
    return replace(recipe, **changes)


def far_out(make):
    """Build a network and draw every weight matrix anew, from N(0, 1)."""
    model = make()
    for variable in model.trainable_variables:
        if len(variable.shape) > 1:
            variable.assign(keras.initializers.RandomNormal(0, 1)(variable.shape))
    return model


def far_out_dense():
    networks = dense().make_generator, dense().make_discriminator
    return dense(
        **{name: partial(far_out, make) for name, make in zip(("make_generator", "make_discriminator"), networks)}
    )


@dataclass(frozen=True)
class Plan:
    """Runs to record. recipe: in words. make: () -> Recipe. shown, held_out: seeds. frozen_d: by Keras' old idiom."""

    kind: str
    workload: str
    recipe: str
    steps: int
    make: object
    shown: tuple
    held_out: tuple
    frozen_d: bool = False


RING, DENSE, CONV = MOMENTS
PLANS = [
    Plan("collapse", RING, "dropout of 0.5 in the generator", 3000,
         lambda: toys.ring_recipe(make_generator=dropped_generator), (0,), (1,)),
    Plan("collapse", DENSE, "Adam(1e-3, beta_1=0.9) for both", 1500,
         lambda: dense(g_optimizer=adam(1e-3, 0.9), d_optimizer=adam(1e-3, 0.9)), (0,), (1,)),
    Plan("oscillation", RING, "Adam(beta_1=0.9) for both, 5e-3 for the generator, 1e-3 for the other", 2500,
         lambda: toys.ring_recipe(g_optimizer=adam(5e-3, 0.9), d_optimizer=adam(1e-3, 0.9)), (0,), (1,)),
    Plan("D has won", DENSE, "Adam(1e-5) for the generator, 1e-3 for the discriminator", 1000,
         lambda: dense(g_optimizer=adam(1e-5)), (0,), (1,)),
    Plan("D has won", CONV, "Adam(1e-5) for the generator, 1e-3 for the discriminator", 400,
         lambda: convolutional(g_optimizer=adam(1e-5)), (), (0,)),
    Plan("vanishing gradients", DENSE, "the saturating loss, and Adam(1e-4) for the generator", 1000,
         lambda: dense(g_optimizer=adam(1e-4), generator_step=saturating_step), (0,), (1,)),
    Plan("vanishing gradients", RING, "the saturating loss, and Adam(1e-5) for the generator", 2000,
         lambda: toys.ring_recipe(g_optimizer=adam(1e-5), generator_step=saturating_step), (), (2,)),
    Plan("exploding gradients", DENSE, "weights from N(0, 1)", 600, far_out_dense, (0,), (1,)),
    Plan("checkerboard", CONV, "transposed convolutions of kernel 3 and stride 2", 300,
         lambda: convolutional(3), (0,), (1,)),
    Plan("not training", DENSE, "Keras' trainable trap: the discriminator was frozen before its first update", 600,
         dense, (0,), (1,), frozen_d=True),
    Plan("not training", RING, "a decay over 20 epochs, handed to Keras as 20 updates", 600,
         lambda: toys.ring_recipe(g_optimizer=cut_off(1e-3), d_optimizer=cut_off(1e-3)), (0,), (1,)),
    Plan("not training", DENSE, "a decay over 20 epochs, handed to Keras as 20 updates", 600,
         lambda: dense(g_optimizer=cut_off(1e-3), d_optimizer=cut_off(1e-3)), (2,), (3,)),
    Plan("healthy", RING, "Adam(2.5e-4) for the generator, 1e-3 for the discriminator", 4000,
         lambda: toys.ring_recipe(g_optimizer=adam(2.5e-4)), (0,), (1,)),
    Plan("healthy", DENSE, "Adam(1e-3, beta_1=0.5) for both", 2000, dense, (0,), (1,)),
    Plan("healthy", CONV, "transposed convolutions of kernel 4 and stride 2", 600, convolutional, (0,), (1,)),
]  # fmt: skip


def runs():
    """Return every run: name -> (plan, seed, whether it is shown)."""
    return {
        "-".join([*plan.kind.split(), *plan.workload.split(), str(seed)]).lower(): (plan, seed, seed in plan.shown)
        for plan in PLANS
        for seed in (*plan.shown, *plan.held_out)
    }


def reals(workload):
    """Return the data of a workload, as its networks read them."""
    if workload == RING:
        return toys.ring_data()
    flat = mnist_gan.preprocess(data.mnist().x_train[:20_000])
    return flat if workload == DENSE else flat.reshape(-1, 28, 28, 1)


def weights(model):
    return np.concatenate([np.ravel(variable) for variable in model.get_weights()])


def as_trained(plan, seed, moments):
    """Train by the recipe. Yields (generator, discriminator, curves so far) after one step and at the moments."""
    history, samples, recipe = None, reals(plan.workload), plan.make()
    for moment in (1, *moments):
        history = train(recipe, samples, int(moment), seed, resume_from=history, progress=False)
        yield history.generator, history.discriminator, history.curves


def frozen_by_keras(plan, seed, moments):
    """Train by the idiom of many tutorials: compile D, set trainable to False, compile G and D. Yields the same."""
    keras.utils.set_random_seed(seed)
    rng, recipe, samples, curves = np.random.default_rng(seed), plan.make(), reals(plan.workload), []
    loss, n = mnist_gan.binary_crossentropy, recipe.batch_size
    generator, discriminator = recipe.make_generator(), recipe.make_discriminator()
    discriminator.compile(recipe.d_optimizer(), loss)
    discriminator.trainable = False
    both = keras.Sequential([generator, discriminator])
    both.compile(recipe.g_optimizer(), loss)
    for step in range(moments[-1]):
        z = recipe.latent_samples(rng, n, recipe.latent_dim).astype("float32")
        d_loss = sum(
            discriminator.train_on_batch(batch, np.full((n, 1), label, "float32"))
            for batch, label in ((samples[rng.integers(len(samples), size=n)], 1), (generator(z).numpy(), 0))
        )
        with tf.GradientTape() as tape:
            asked = loss(tf.ones((n, 1)), both(z))
        g_norm = tf.linalg.global_norm(tape.gradient(asked, generator.trainable_variables))
        g_loss = both.train_on_batch(z, np.ones((n, 1), "float32"))
        curves.append((d_loss, g_loss, 0, float(g_norm)))  # D's optimizer gets no gradient
        if step + 1 in (1, *moments):
            yield generator, discriminator, np.array(curves)


def record(name):
    """Do one run again and write its file. Returns the file's path."""
    plan, seed, shown = runs()[name]
    moments = np.linspace(0, plan.steps, MOMENTS[plan.workload] + 1).astype(int)[1:]
    fakes, moved, before, begin = [], [], None, time.process_time()
    if plan.frozen_d:
        z = plan.make().latent_samples(np.random.default_rng(seed), FAKES[plan.workload], plan.make().latent_dim)
    else:
        z = generator_for(seed, Stream.FIXED).standard_normal((FAKES[plan.workload], plan.make().latent_dim))
    for players in (frozen_by_keras if plan.frozen_d else as_trained)(plan, seed, moments):
        *networks, curves = players
        now = [weights(network) for network in networks]
        if before is not None:
            fakes.append(np.asarray(generate(networks[0], z.astype("float32"))))
            moved.append([np.linalg.norm(new - old) / np.linalg.norm(new) for new, old in zip(now, before)])
            print(f"  {name}: step {len(curves):,} of {plan.steps:,}", flush=True)
        before = now
    at = np.linspace(0, plan.steps - 1, min(VALUES, plan.steps)).astype(int)
    g_moved, d_moved = np.array(moved, "float32").T
    about = {
        "kind": plan.kind,
        "shown": shown,
        "workload": plan.workload,
        "recipe": plan.recipe,
        "seed": seed,
        "steps": plan.steps,
        "command": f"python tools/record_failures.py --again {name}",
    }
    file = io.BytesIO()
    np.savez_compressed(
        file,
        curves=curves[at].astype("float32"),
        at=at.astype("int32"),
        fakes=kept(np.array(fakes)),
        d_moved=d_moved,
        g_moved=g_moved,
        about=json.dumps(about),
    )
    path = recordings.FAILURES / f"{name}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, file.getvalue())
    print(f"{path.name}: {len(file.getvalue()):,} bytes, {time.process_time() - begin:.0f} s of CPU", flush=True)
    return path


def kept(fakes):
    """Return fakes in the form in which a file keeps them: points in half the width, images in 16 shades of grey."""
    if fakes.shape[2:] == (2,):
        return fakes.astype("float16")
    shades = np.round((fakes.reshape(*fakes.shape[:2], 28, 28) + 1) * 7.5)
    return np.clip(np.round(shades * 17), 0, 255).astype("uint8")


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a recording; all of them unless given")
    parser.add_argument("--again", action="store_true", help="record also what has been recorded")
    parser.add_argument("--to", type=Path, help="a folder to write to in place of evidence/failures")
    arguments = parser.parse_args(argv)
    unknown = set(arguments.names) - set(runs())
    if unknown:
        sys.exit(f"There is no recording {', '.join(sorted(unknown))}. There are {', '.join(runs())}.")
    if arguments.to:
        recordings.FAILURES = arguments.to
    wanted = [name for name in runs() if not arguments.names or name in arguments.names]
    wanted = [name for name in wanted if arguments.again or name not in recordings.names()]
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*trainable.*")  # one recording is about this very warning
            for number, name in enumerate(wanted, 1):
                print(f"{number} of {len(wanted)}", flush=True)
                record(name)
    except KeyboardInterrupt:
        sys.exit("Interrupted: finished recordings are kept, so run this again when you like.")
    except OSError as error:
        sys.exit(f"{recordings.FAILURES} cannot be written to ({error}): make room or get write access.")
    print(f"{len(wanted)} recorded; {len(recordings.names())} of {len(runs())} are there.")


if __name__ == "__main__":
    main()
