# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 09 · Separate batches
#
# > **Claim.** Show the discriminator a batch of reals and a batch of fakes, never a mixture. *Chintala's talk, 2016.*
#
# | | |
# |---|---|
# | You'll do | see what a mixed batch tells batch normalization, write the update that keeps them apart, try both |
# | You'll learn | what "separate" has to mean, and when it matters not at all |
# | You need | lesson 01, lab 04 helps · 30 minutes · about 45 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import warnings

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks import charts, checks, toys
from ganhacks.training import train

lab = checks.Lab("separate_batches")

# %% tags=["parameters"]
steps = 1500
seed = 0

# %%
steps = ganhacks.length(steps, 200)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# The reals of one feature are N(0, 1), the fakes N(4, 1). Half a batch of each goes through batch normalization
# *together*. What are the two means afterwards?
#
# (a) reals 0, fakes 4 · (b) both 0 · (c) one below 0, the other above, equally far

# %% tags=["predict"]
lab.predict(...)  # put "a", "b" or "c" in place of the dots

# %% [markdown]
# ## Do: a mixed batch
#
# In training, batch normalization subtracts the mean of the batch that it sees and divides by its standard deviation,
# feature by feature. Do that to reals and fakes that share a batch.

# %% tags=["exercise"] exercise="separate_batches.normalize_mixed"

# %% tags=["check"]
lab.check("normalize_mixed")

# %% [markdown]
# Stuck? Run `lab.hint()` in a new cell, up to three times. `lab.solution()` shows one right answer.

# %% tags=["experiment"]
if lab.ready("normalize_mixed"):
    rng = np.random.default_rng(seed)
    real, fake = rng.normal(0, 1, (200_000, 1)), rng.normal(4, 1, (200_000, 1))
    mixed = normalize_mixed(real, fake)
    alone = [(part - part.mean()) / part.std() for part in (real, fake)]
    groups = {"reals, mixed": mixed[0], "fakes, mixed": mixed[1], "reals, separate": alone[0], "fakes, separate": alone[1]}
    alt = "Mixed, reals and fakes are two hills on two sides of 0; separate, they lie on each other, two hills around 0"
    display(charts.histograms(groups, alt, labels=("after normalization", "share in %")))
    lab.reveal()

# %% tags=["nbval-check-output"]
if lab.ready("normalize_mixed"):
    print(f"mixed:    {mixed[0].mean():+.2f} and {mixed[1].mean():+.2f}    2/√5 = {2 / np.sqrt(5):.3f}")
    print(f"separate: {abs(alone[0].mean()):.2f} and {abs(alone[1].mean()):.2f}")

# %% [markdown]
# In a mixed batch every sample is measured against the other kind: the layer itself pulls the two apart, and each
# one's value depends on the others in the batch. In separate batches the shift of 4 is *gone*: a discriminator that
# starts with batch normalization can't see where its samples lie. So it must not start with it.

# %% [markdown]
# ## The published way, and what it does today
#
# Tutorials do it with three compiled models: the discriminator, then `discriminator.trainable = False`, then
# generator and discriminator as a chain. How much does this discriminator learn in 10 batches of reals and 10 of
# fakes?

# %% tags=["nbval-check-output"]
def trapped_discriminator():
    discriminator = keras.Sequential([keras.Input((2,)), layers.Dense(8, "relu"), layers.Dense(1, "sigmoid")])
    discriminator.compile("adam", "binary_crossentropy")
    discriminator.trainable = False  # for the chain, they say
    return discriminator


with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the only sign of trouble
    trapped = trapped_discriminator()
    before = trapped.get_weights()
    for label in (1, 0) * 10:
        trapped.train_on_batch(np.full((64, 2), label), np.full((64, 1), label))
print("largest change of a weight:", max(np.abs(a - b).max() for a, b in zip(trapped.get_weights(), before)))

# %% [markdown]
# Nothing. And where it does work, two calls of `train_on_batch` are **two** updates of Adam for one of the generator,
# and the fakes meet a discriminator that the reals have just moved. Separate *batches* need no separate *updates*.

# %% [markdown]
# ## Do: one update from two batches
#
# Two forward passes, one for each batch; two losses, added; **one** update, of the discriminator's
# `trainable_variables`. Pass `training=True`: without it, batch normalization uses stored averages instead of the batch.
#
# `tf.GradientTape` records what is computed inside its `with`, the sum of the losses too. After it come
# `tape.gradient(loss, variables)` and `optimizer.apply(gradients, variables)`. `binary_crossentropy` takes the labels
# first, then the logits. Lab 12 shows a tape on a model of one weight.

# %%
binary_crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)

# %% tags=["exercise"] exercise="separate_batches.discriminator_step"

# %% tags=["check"]
lab.check("discriminator_step")

# %% tags=["nbval-check-output"]
if lab.ready("discriminator_step"):
    keras.utils.set_random_seed(seed)
    generator, discriminator = toys.make_generator(), toys.make_discriminator()
    weights = [np.concatenate([w.ravel() for w in m.get_weights()]) for m in (generator, discriminator)]
    fakes = generator(tf.ones((64, 2)))
    adam = keras.optimizers.Adam(1e-3)
    discriminator_step(discriminator, adam, tf.ones((64, 2)), fakes, tf.ones((64, 1)), tf.zeros((64, 1)))
    for name, model, old in zip(("generator", "discriminator"), (generator, discriminator), weights):
        new = np.concatenate([w.ravel() for w in model.get_weights()])
        print(f"{name:14} moved: {bool((new != old).any())}")
    print("updates of Adam:", int(adam.iterations.numpy()))

# %% [markdown]
# ## See: both in a GAN
#
# The ring again, with batch normalization on the discriminator's *second* layer. *Your* step against one that puts
# reals and fakes into one batch; same data, same seeds. About half a minute.

# %%
def make_discriminator():
    """Build a discriminator of the plane, with batch normalization on its second layer."""
    hidden = [layers.Dense(64, "relu"), layers.Dense(64), layers.BatchNormalization(), layers.ReLU()]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1)])


def mixed_step(discriminator, optimizer, real, fake, real_labels, fake_labels):
    """Train the discriminator once, on one batch of both kinds."""
    samples, targets = tf.concat([real, fake], 0), tf.concat([real_labels, fake_labels], 0)
    with tf.GradientTape() as recorded:
        total = 2 * binary_crossentropy(targets, discriminator(samples, training=True))
    optimizer.apply(recorded.gradient(total, discriminator.trainable_weights), discriminator.trainable_weights)
    return total


# %% tags=["experiment"]
if lab.ready("discriminator_step"):
    arms = {"mixed": mixed_step, "separate, yours": discriminator_step}
    points, scores = {}, {name: [] for name in arms}
    for s in seeds:
        for name, step in arms.items():
            recipe = toys.ring_recipe(make_discriminator=make_discriminator, discriminator_step=step)
            points[name] = train(recipe, toys.ring_data(), steps, s, progress=False).samples(1000)
            scores[name].append(toys.ring_score(points[name])[0])
    print("clusters found, a number for each seed:", scores)

# %% tags=["experiment"]
if lab.ready("discriminator_step"):
    panels = {name: {"real": toys.ring_data(400), "fake": cloud} for name, cloud in points.items()}
    told = ", ".join(f"{name}: {found[-1]} of 8 clusters" for name, found in scores.items())
    display(charts.clouds(panels, f"Generated points of the last seed beside the ring. {told}", reach=4))
    if not ganhacks.fast() and steps >= 1500:
        assert sum(scores["separate, yours"]) > sum(scores["mixed"]), "Mixed batches did as well: what did you change?"

# %% [markdown]
# Why do mixed batches do so badly? The generator's own step asks the discriminator about a batch of fakes *alone*. A discriminator that
# learned on mixed batches has never seen such a batch: its normalized values are others, and so is what its gradients
# mean.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# **Without batch normalization, nothing in this lab matters.** Samples of a batch do not meet anywhere else, and one
# mixed forward pass gives the same gradients as two. Discriminators since 2018 have none: spectral norm or a gradient
# penalty took its place.

# %% [markdown]
# ## Key points
#
# - Batch normalization lets the samples of a batch see each other; mixed, they give each other away.
# - Separate means two forward passes. The loss is summed and the update is one.
# - `trainable = False` between compiling and training stops the discriminator for good, with a warning at most.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Chintala et al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 4 · Ioffe and
# Szegedy, *Batch Normalization*, [arXiv:1502.03167](https://arxiv.org/abs/1502.03167) · Miyato et al., *Spectral
# Normalization for GANs*, [arXiv:1802.05957](https://arxiv.org/abs/1802.05957).
