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
# | At a glance | in this lab |
# |---|---|
# | You'll do | see what a mixed batch tells batch normalization, write the update that keeps them apart, try both |
# | You'll learn | what "separate" has to mean, and when it does not matter |
# | You need | lesson 01 and lab 12; lab 04 helps · 30 minutes · about 45 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import warnings
from itertools import product

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks import checks, toys
from ganhacks.pictures import charts
from ganhacks.pictures.progress import each
from ganhacks.training import train

lab = checks.Lab("separate_batches")

# %% tags=["parameters"]
steps = 1500
seed = 0

# %%
lab.parameters()  # are all values allowed?
steps = ganhacks.length(steps, 200)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# In training, batch normalization looks at the batch that it gets. From each feature it subtracts the batch's mean, and
# it divides by the batch's standard deviation.
#
# One feature of the samples: for reals it is N(0, 1), for fakes N(4, 1). A batch holds as many reals as fakes, and goes
# through batch normalization *as a whole*. What are the two means afterwards?
#
# (a) reals 0, fakes 4 · (b) both 0 · (c) one below 0, the other above, equally far

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: a mixed batch
#
# Do what batch normalization does, to reals and fakes that share a batch.

# %% tags=["exercise"] exercise="separate_batches.normalize_mixed"

# %% tags=["check"]
lab.check("normalize_mixed")

# %% tags=["experiment"]
if lab.ready("normalize_mixed"):
    rng = np.random.default_rng(seed)
    real, fake = rng.normal(0, 1, (200_000, 1)), rng.normal(4, 1, (200_000, 1))
    mixed = normalize_mixed(real, fake)
    alone = [(part - part.mean()) / part.std() for part in (real, fake)]
    groups = {
        **dict(zip(("reals, mixed", "fakes, mixed"), mixed)),
        **dict(zip(("reals, separate", "fakes, separate"), alone)),
    }
    axes = ("after normalization", "share in %")
    display(charts.histograms(groups, "Reals and fakes after normalization", axes))
    lab.reveal()

# %% tags=["nbval-check-output"]
if lab.ready("normalize_mixed"):
    means = [float(part.mean()) for part in (*mixed, *alone)]
    print(
        f"mixed:    {means[0]:+.2f} and {means[1]:+.2f}    2/√5 = {2 / np.sqrt(5):.3f}"
    )
    print(f"separate: {abs(means[2]):.2f} and {abs(means[3]):.2f}")

# %% [markdown]
# In a mixed batch every sample is measured against the other kind. The layer itself puts the two on two sides of 0, and
# the value of a sample depends on the others in the batch.
#
# In separate batches the shift of 4 is *gone*. A discriminator that starts with batch normalization can't see where its
# samples lie. So it must not start with it.
#
# Then why not mix? In its own step the generator shows the discriminator fakes *alone*. Whether that matters, you'll
# see below.

# %% [markdown]
# ## The published way, and what it does today (as in lab 12)
#
# Many tutorials compile the discriminator, set `discriminator.trainable = False`, and compile generator and
# discriminator as a chain. How much does such a discriminator learn in 10 batches of reals and 10 of fakes?


# %% tags=["nbval-check-output"]
def trapped_discriminator():
    hidden, last = layers.Dense(8, "relu"), layers.Dense(1, "sigmoid")
    discriminator = keras.Sequential([keras.Input((2,)), hidden, last])
    discriminator.compile("adam", "binary_crossentropy")
    discriminator.trainable = False  # for the chain, they say
    return discriminator


with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # hides the only warning
    trapped = trapped_discriminator()
    before = trapped.get_weights()
    for label in (1, 0) * 10:
        trapped.train_on_batch(np.full((64, 2), label), np.full((64, 1), label))
change = max(np.abs(a - b).max() for a, b in zip(trapped.get_weights(), before))
print("largest change of a weight:", float(change))

# %% [markdown]
# Nothing. And where such a discriminator learns, two calls of `train_on_batch` are **two** updates of Adam for one of
# the generator. The fakes meet a discriminator that the reals have just moved, and it trains twice as often (lab 24
# counts that). Separate *batches* need no separate *updates*.

# %% [markdown]
# ## An update by hand (as in lab 12)
#
# In TensorFlow an update by hand takes a **tape**. It records what is computed inside its `with`. Afterwards it tells
# how the loss changes with each weight: the gradient. The optimizer then moves the weights.
#
# Here is one weight, at 0. It reads two batches: 1, with the label 1, and -1, with the label 0. Their two losses are
# added *inside* the `with`.

# %% tags=["nbval-check-output"]
binary_crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)  # labels first
one_weight = layers.Dense(1, use_bias=False, kernel_initializer="zeros")
tiny = keras.Sequential([keras.Input((1,)), one_weight])
sgd = keras.optimizers.SGD(learning_rate=1.0)

with tf.GradientTape() as tape:
    tiny_loss = binary_crossentropy(tf.ones((4, 1)), tiny(tf.ones((4, 1))))
    tiny_loss += binary_crossentropy(tf.zeros((4, 1)), tiny(-tf.ones((4, 1))))
gradients = tape.gradient(tiny_loss, tiny.trainable_variables)
sgd.apply(gradients, tiny.trainable_variables)
weight = float(tiny.get_weights()[0][0, 0])
print(f"loss 2 ln 2 = {float(tiny_loss):.3f}, weight now {weight:.3f}")

# %% [markdown]
# Each batch has pushed the weight up by a half, in one update.
#
# **Lab 12 did not need this** (lab 04 has more of it): a layer of batch normalization has two modes. Only with
# `training=True` does it use the batch that it gets. Otherwise it uses averages that it has stored. Lab 12's networks
# hold no such layer, so there both modes give the same.

# %% tags=["nbval-check-output"]
normalization = layers.BatchNormalization()
batch = tf.constant([[1.0], [3.0]])
print(
    "with training=True:", normalization(batch, training=True).numpy().ravel().round(2)
)
print("without:           ", normalization(batch).numpy().ravel().round(2))

# %% [markdown]
# ## Do: one update from two batches
#
# Two forward passes with `training=True`, one for each batch. Two losses, added. **One** update, of the discriminator's
# `trainable_variables`, by the `optimizer` that is handed in (not by `sgd`).

# %% tags=["exercise"] exercise="separate_batches.discriminator_step"

# %% tags=["check"]
lab.check("discriminator_step")

# %% [markdown]
# Whose weights does your step move, and how often?

# %% tags=["nbval-check-output"]
if lab.ready("discriminator_step"):
    keras.utils.set_random_seed(seed)
    models = {
        "generator": toys.make_generator(),
        "discriminator": toys.make_discriminator(),
    }
    old = {name: model.get_weights() for name, model in models.items()}
    adam = keras.optimizers.Adam(1e-3)
    adam.build(models["discriminator"].trainable_variables)  # as `train` does
    fakes, reals = models["generator"](tf.ones((64, 2))), tf.ones((64, 2))
    labels = tf.ones((64, 1)), tf.zeros((64, 1))
    discriminator_step(models["discriminator"], adam, reals, fakes, *labels)
    for name, model in models.items():
        moved = any((a != b).any() for a, b in zip(old[name], model.get_weights()))
        print(f"{name:14} moved: {moved}")
    print("updates of Adam:", int(adam.iterations.numpy()))

# %% [markdown]
# ## See: both in a GAN
#
# The ring again, with batch normalization on the discriminator's *second* layer. *Your* step against one that puts
# reals and fakes into one batch; same data, same seeds. About half a minute.


# %%
def make_discriminator():
    """Build a discriminator of the plane, its second layer normalized."""
    first, second = layers.Dense(64, "relu"), layers.Dense(64)
    normalized = [second, layers.BatchNormalization(), layers.ReLU()]
    return keras.Sequential([keras.Input((2,)), first, *normalized, layers.Dense(1)])


def mixed_step(discriminator, optimizer, real, fake, real_labels, fake_labels):
    """Train the discriminator once, on one batch of both kinds."""
    samples = tf.concat([real, fake], 0)
    targets = tf.concat([real_labels, fake_labels], 0)
    with tf.GradientTape() as tape:
        # A mean over both kinds is half of the sum of two means.
        loss = 2 * binary_crossentropy(targets, discriminator(samples, training=True))
    gradients = tape.gradient(loss, discriminator.trainable_variables)
    optimizer.apply(gradients, discriminator.trainable_variables)
    return loss


# %% tags=["experiment"]
if lab.ready("discriminator_step"):
    arms = {"mixed": mixed_step, "separate, yours": discriminator_step}
    recipes = {
        name: toys.ring_recipe(
            make_discriminator=make_discriminator, discriminator_step=step
        )
        for name, step in arms.items()
    }
    points, scores = {}, {name: [] for name in arms}
    for s, name in each(product(seeds, arms), "trainings"):
        history = train(recipes[name], toys.ring_data(), steps, s, progress=False)
        points[name] = history.samples(1000)
        scores[name].append(int(toys.ring_score(points[name])[0]))
    print("clusters found, of 8, a number for each seed:", scores)

# %% tags=["claim"]
mixed_found, separate_found = scores["mixed"], scores["separate, yours"]
assert sum(separate_found) > sum(mixed_found), (
    f"expected more clusters with separate batches than with mixed ones, {mixed_found}; "
    f"found {separate_found}"
)

# %% tags=["experiment"]
if lab.ready("discriminator_step"):
    ring = toys.ring_data(400)
    panels = {name: {"real": ring, "fake": cloud} for name, cloud in points.items()}
    display(charts.clouds(panels, "Points of the last seed beside the ring", reach=4))

# %% [markdown]
# Why do mixed batches do so badly? A likely reason: the generator's own step shows the discriminator a batch of fakes
# *alone*. A discriminator that learned on mixed batches has never seen such a batch. There its normalized values
# differ, and so does what its gradients mean.
#
# On the card, look at the failed runs too. On dense MNIST all fail, both ways, so *better* there means less bad.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# **Without batch normalization, mixing does not matter.** Samples of a batch do not meet anywhere else in these
# networks. Then one mixed forward pass gives the same gradients as two. Most discriminators since 2018 hold none:
# spectral norm or a gradient penalty took its place.

# %% [markdown]
# ## Key points
#
# - With batch normalization, the samples of a batch change each other. In a mixed batch they show which kind they are.
# - Separate means two forward passes, with `training=True`. The loss is summed and the update is one.
# - `trainable = False` between compiling and training stops the discriminator for good, with a warning at most.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Chintala et al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 4 · Ioffe and
# Szegedy, *Batch Normalization*, [arXiv:1502.03167](https://arxiv.org/abs/1502.03167) · Miyato et al., *Spectral
# Normalization for GANs*, [arXiv:1802.05957](https://arxiv.org/abs/1802.05957).
