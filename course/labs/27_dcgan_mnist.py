# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 27 · A DCGAN of what helps
#
# > **Claim.** Use DCGAN when you can. It works. *Chintala's talk, 2016.*
#
# | At a glance | in this lab |
# |---|---|
# | You'll do | write the rule that decides what stays, build a DCGAN of that, give it classes, walk through it |
# | You'll learn | what the practices are worth together, and what the choice of each should rest on |
# | You need | lesson 04 and labs 12 and 21 help · 75 minutes · three to seven minutes of two cores for the training |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import itertools
from functools import partial

import keras
import numpy as np
from keras import layers, ops

from ganhacks import checks, data, evidence, metrics
from ganhacks.metrics import synthetic
from ganhacks.pictures import charts, plots
from ganhacks.pictures.explorer import Explorer
from ganhacks.training import Recipe, ones, train

lab = checks.Lab("dcgan_mnist")

# %% tags=["parameters"]
steps = 9000
peak = 1e-3
seed = 0

# %%
lab.parameters()  # are all values allowed?
steps = ganhacks.length(steps, 40)
n_scored = ganhacks.length(10_000, 2000)

# %% [markdown]
# ## Predict
#
# Lab 12's dense GAN reaches an MNIST-FID of about 20 after 100 epochs, 93,700 steps. Lower is better, and real images
# compared with other real ones have 0.17. The DCGAN of this lab, with classes, takes about as long, for 9,000 steps.
# Its FID?
#
# (a) about 10 · (b) about 3 · (c) below 0.6

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: the rule
#
# Which of the practices go in? Not the famous ones: those that *help here*. Each was trained with and without, 800
# steps, at the same seeds. Before you look, fix what counts as help.

# %% [markdown]
# Compare seed by seed. The difference is log(FID with / FID without). Below 0, the practice was better at that seed.
#
# Now suppose that it does nothing. Then chance alone gave each difference its sign, and plus was as likely as minus. So
# try all signs. How often is the sum at least as far from 0 as the one that was found? This share is **p**. If p is
# small, chance hardly does so much.

# %% tags=["exercise"] exercise="dcgan_mnist.sign_flip_p"

# %% tags=["check"]
lab.check("sign_flip_p")

# %% [markdown]
# First the best case: a practice is better at *every* seed. How small is p then? Work it out on paper for two, five and
# eight seeds. Then run the cell.

# %% tags=["nbval-check-output"]
if lab.ready("sign_flip_p"):
    for n in range(2, 13):
        p = sign_flip_p(np.full(n, -0.1))
        print(f"{n:2} seeds, better at each: p = {p:.4f} = 2 / {2**n:,}")

# %% [markdown]
# Only two choices are as far from 0: all minus, and all plus. So n seeds give no p below 2 / 2ⁿ.
#
# Fix the rule now: *a practice helps, or hurts, if p is at most 0.05*. Five seeds can't decide by it, whatever they
# show. It takes six. Then look at what was measured.


# %%
def fids(study, *arms):
    """Return the FIDs of some arms of a study, one array each, at the seeds of all."""
    found = {arm: {} for arm in arms}
    for row in evidence.rows(study):
        if row["arm"] in found:
            found[row["arm"]][int(row["seed"])] = float(row["fid"])
    seeds = sorted(set.intersection(*map(set, found.values())))
    return [np.array([found[arm][seed] for seed in seeds]) for arm in arms]


# %%
def compare(study, baseline, practice):
    """Print the median FID with a practice, in how many seeds it was better, and p."""
    without, with_it = fids(study, baseline, practice)
    differences = np.log(with_it / without)
    better, p = np.sum(differences < 0), sign_flip_p(differences)
    print(f"{practice:30}{np.median(with_it):6.2f}", end="")
    print(f"    better in {better} of {len(differences)}    p = {p:.4f}")


# %% tags=["nbval-check-output"]
if lab.ready("sign_flip_p"):
    practices = {row["arm"] for row in evidence.rows("dcgan_practices")}
    print(f"{'as it is':30}{np.median(fids('dcgan_practices', 'as it is')):6.2f}")
    for practice in sorted(practices - {"as it is"}):
        compare("dcgan_practices", "as it is", practice)

# %% [markdown]
# *As it is* is the recipe of this lab without classes: batch normalization in G and none in D, β₁ = 0.5, labels of 1,
# no dropout, a rate that falls.
#
# Read each line in two steps. Is p at most 0.05? If not, these seeds can't say. If so, in how many was the change
# better? In most: it helps. In few: it hurts.

# %% [markdown]
# Six practices are compared at once, and each has its own chance of a small p by luck. So the cards correct for the
# number of comparisons, after Benjamini and Hochberg. They also add up signed ranks, not the differences, so that one
# odd run can't decide.
#
# The constant rate is a special case. In these runs the rate falls within the 800 steps, while much is still to be
# learnt. That can't show what a fall after thousands of steps is worth.

# %% [markdown]
# Look at batch normalization in D's inner layers, which the recipe lacks. Whatever it does early, does it last? The
# same comparison over all 9,000 steps, with five seeds:

# %% tags=["nbval-check-output"]
if lab.ready("sign_flip_p"):
    print(f"{'DCGAN':30}{np.median(fids('dcgan_mnist', 'DCGAN')):6.2f}")
    compare("dcgan_mnist", "DCGAN", "DCGAN, batch norm in D")

# %% [markdown]
# Five pairs can't decide by this rule. They show the count, and no more. By your rule the normalization helps at 800
# steps. The recipe leaves it out all the same: that is our choice and not the table's. You may build your D either way.

# %% [markdown]
# ## Do: the learning rate
#
# A high rate learns fast and never comes to rest. So it stays at its peak for the first 30 % of the steps, and then
# goes down in a straight line to 1 % of it. The compiled loop asks for the rate, so `step` may be a tensor: begin with
# `ops.cast(step, "float32")`, and let `ops.clip` choose, not `if`.

# %% tags=["exercise"] exercise="dcgan_mnist.learning_rate"

# %% tags=["check"]
lab.check("learning_rate")

# %% tags=["experiment"]
if lab.ready("learning_rate"):
    every = np.linspace(0, steps, 101)
    rates = np.array([float(learning_rate(step, steps, peak)) for step in every])
    curves = {"learning rate": (every, rates)}
    display(charts.lines(curves, "The learning rate", labels=("step", "rate")))

# %% [markdown]
# ## Do: the generator
#
# Lesson 04's, with one dense layer more in front. How many numbers come in is an argument: later the class comes in,
# too.

# %% tags=["exercise"] exercise="dcgan_mnist.make_generator"

# %% tags=["check"]
lab.check("make_generator")

# %% [markdown]
# ## Do: the discriminator
#
# Three convolutions go from 28 to 14, 7 and 4. How many logits come out is an argument: one for now, ten when there are
# classes.

# %% tags=["exercise"] exercise="dcgan_mnist.make_discriminator"

# %% tags=["check"]
lab.check("make_discriminator")

# %% tags=["nbval-check-output"]
if lab.ready("make_generator", "make_discriminator"):
    models = {make_generator(64): (1, 64), make_discriminator(): (1, 28, 28, 1)}
    for model, shape in models.items():
        model(np.zeros(shape))  # now a model of any kind has its weights
        for layer in model.layers:
            kind, output = layer.__class__.__name__, getattr(layer, "output", None)
            shape = "" if output is None else str(output.shape)
            print(f"{kind:20}{shape:22}{layer.count_params():>9,}")
        print(f"{model.count_params():,} parameters")

# %% [markdown]
# ## Do: a logit for the class
#
# MNIST has labels, and labels help (lab 21). The generator gets the class as one-hot beside z. The discriminator has
# ten outputs, "a real 0?" to "a real 9?", of which only that of the image's given class counts.

# %% tags=["exercise"] exercise="dcgan_mnist.own_logit"

# %% tags=["check"]
lab.check("own_logit")

# %% [markdown]
# Your networks, put together. A sample is now (image, class): the generator hands its class on, so that the
# discriminator is asked about what was ordered.


# %%
def make_conditional_generator():
    z, classes = keras.Input((64,)), keras.Input((1,), dtype="int32")
    ordered = ops.concatenate([z, ops.one_hot(classes[:, 0], 10)], axis=1)
    return keras.Model([z, classes], [make_generator(64 + 10)(ordered), classes])


def make_conditional_discriminator():
    images, classes = keras.Input((28, 28, 1)), keras.Input((1,), dtype="int32")
    return keras.Model(
        [images, classes], own_logit(make_discriminator(10)(images), classes)
    )


# %% [markdown]
# Digits are asked for in MNIST's shares: none is left out. To Keras' optimizers, a rate that changes is an object that
# is called with the step.


# %%
class Schedule(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return learning_rate(step, steps, peak)


mnist = data.mnist()
x_train = (mnist.x_train[..., None].astype("float32") - 127.5) / 127.5
y_train = mnist.y_train[:, None].astype("int32")


def latents_and_classes(rng, n_samples, latent_dim):
    z = rng.standard_normal((n_samples, latent_dim), "float32")
    return z, data.labels_in_shares(rng, y_train, n_samples)


# %% [markdown]
# ## See: the training
#
# The bar shows how far it is. Interrupt the kernel (■) whenever you like: `history` keeps what was done. For a long run
# of your own, give `train` a folder, `save_to="runs/mine"`: it saves there every ten seconds, and the same call goes on
# from there, even after a crash.

# %% tags=["experiment"]
if lab.ready():
    adam = partial(keras.optimizers.Adam, learning_rate=Schedule(), beta_1=0.5)
    recipe = Recipe(
        make_conditional_generator,
        make_conditional_discriminator,
        latent_dim=64,
        g_optimizer=adam,
        d_optimizer=adam,
        latent_samples=latents_and_classes,
        real_labels=ones,
    )

# %% tags=["experiment"]
if lab.ready():
    shown = [steps // 100, steps // 30, steps // 10, steps // 3]
    history = train(recipe, (x_train, y_train), steps, seed, snapshot_steps=shown)
    print(f"{history.message} {history.seconds:.0f} s")

# %% tags=["experiment"]
if lab.ready():
    display(plots.over_time(history))

# %% [markdown]
# ## Real or not?
#
# Twenty digits. Ten are from MNIST's test images, ten are your generator's, shuffled. Run one cell, and write down
# which ones you take for fakes before you run the next.

# %% tags=["experiment"]
if lab.ready():
    images, asked = history.samples(n_scored)
    rng = np.random.default_rng(seed)
    is_fake = rng.permutation(20) < 10
    reals = (mnist.x_test[rng.choice(10_000, 20)].astype("float32") - 127.5) / 127.5
    mixed = np.where(is_fake[:, None, None], images[:20, ..., 0], reals)
    display(
        plots.digits(mixed, "Ten digits from MNIST and ten fakes, shuffled", scale=3)
    )

# %% tags=["experiment"]
if lab.ready():
    for row in (is_fake[:10], is_fake[10:]):
        print(" ".join("fake" if fake else "real" for fake in row))

# %% [markdown]
# ## The score
#
# FID as in lab 12. KL and shares say little here, since you order the classes in MNIST's shares. Then what only
# labelled fakes can have: is each digit the one that was ordered? And is a classifier that has seen *only fakes* any
# good with real digits? Beside it: the same classifier, trained on as many reals.

# %% tags=["experiment"]
if lab.ready():
    print(metrics.report(images))
    read = metrics.classify(images)[1].argmax(axis=1)
    as_ordered = np.mean(read == asked[:, 0])
    on_fakes = synthetic.train_on_synthetic(images, asked[:, 0])
    on_reals = synthetic.train_on_real(n_scored)
    print(f"as ordered {as_ordered:.1%}")
    print(f"right, trained on fakes {on_fakes:.1%}, on as many reals {on_reals:.1%}")

# %% tags=["experiment"]
if lab.ready():
    found = np.bincount(read, minlength=10) / n_scored
    true = np.bincount(mnist.y_train, minlength=10) / 60_000
    display(plots.shares({"generated": found, "MNIST": true}))
    print(
        f"largest difference of a share: {100 * np.abs(found - true).max():.2f} points"
    )
    lab.reveal()

# %% tags=["claim"]
if history.step == steps:  # and not interrupted
    fid = metrics.mnist_fid(images)
    assert fid < 2, f"expected an MNIST-FID below 2; found {fid:.2f}"
    assert on_fakes > 0.9, (
        f"expected 90 % of the real digits right after fakes alone; found {on_fakes:.1%}"
    )
    assert as_ordered > 0.95, (
        f"expected 95 % of the digits as ordered; found {as_ordered:.1%}"
    )

# %% [markdown]
# ## A walk
#
# Sliders, as long as the kernel runs; in a stored notebook a picture. *Way* goes along a great circle between two
# latent samples (lab 14), *class* orders a digit, *truncation* multiplies z. What does a small truncation cost?

# %% tags=["experiment"]
if lab.ready():
    display(Explorer(history.generator, seed))

# %% [markdown]
# Class and place go in apart. At one place slant and stroke are often alike from digit to digit, but not always. With
# truncation near 0 all threes become one three: neat, and always the same.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# **Elsewhere.** MNIST is small and easy. Here a discriminator needs no normalization and no penalty; on faces or on
# ImageNet it does. R3GAN (2025) keeps the leaky ReLU, resamples in place of strides, drops batch normalization, and
# adds R1 and R2.
#
# **Two parts were not put to your rule.** On the card strides and transposed convolutions do worse than max-pooling and
# repeated pixels, in short runs. They are in this DCGAN because the paper has them.
#
# **One at a time.** The table changes one practice of *this* recipe, early in a training. Two that do nothing alone may
# do something together.

# %% [markdown]
# **Chosen by looking.** Width, depth and the peak of the rate were tried out on a seed or two before, with the same
# score that judges in the end. And the score is our own classifier's: compare it within this course, not with papers.
#
# **Without labels** nobody orders a digit, so how often each class comes is left to the training. In our runs none went
# missing. The card has the FID of both.

# %% [markdown]
# ## Key points
#
# - Choose by paired runs and a rule written down before, not by fame. n pairs give no p below 2 / 2ⁿ.
# - In these seeds, the DCGAN as a whole did most, labels the rest. An early win does not tell the end.
# - What was measured here holds for MNIST, this size and this length.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Radford, Metz and Chintala, *Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
# Networks*, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434) · Chintala et al., *How to Train a GAN?*,
# [ganhacks](https://github.com/soumith/ganhacks), trick 7 · Mescheder et al., *Which Training Methods for GANs do
# actually Converge?*, [arXiv:1801.04406](https://arxiv.org/abs/1801.04406) · Lucic et al., *Are GANs Created Equal?*,
# [arXiv:1711.10337](https://arxiv.org/abs/1711.10337) · Ravuri and Vinyals, *Classification Accuracy Score*,
# [arXiv:1905.10887](https://arxiv.org/abs/1905.10887) · Brock et al., BigGAN (truncation),
# [arXiv:1809.11096](https://arxiv.org/abs/1809.11096).
