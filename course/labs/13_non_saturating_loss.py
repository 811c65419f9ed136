# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 13 · The non-saturating loss
#
# > **Claim.** In theory the generator makes log(1 - D) small. In practice let it make log D large: where the
# > discriminator is sure, the first has no gradient left. *Goodfellow et al., 2014; Chintala's talk, 2016.*
#
# | | |
# |---|---|
# | You'll do | write both losses and their derivatives, train lab 12's GAN with each, mend a flipped label |
# | You'll learn | why one loss fades away, what Adam can't do about it, and how an epsilon undoes the hack |
# | You need | lesson 01, lab 12 helps · 35 minutes · about 40 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from ganhacks import charts, checks, data, plots
from ganhacks.hacks import mnist_gan
from ganhacks.recipe import Recipe, ones
from ganhacks.training import train

lab = checks.Lab("non_saturating_loss")

# %% tags=["parameters"]
steps = 1000
seed = 0

# %%
steps = ganhacks.length(steps, 100)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# Lab 12's discriminator learns ten times faster than its generator, and is soon sure of every fake. One of the two
# losses then has a gradient hundreds of times smaller than the other's. But Adam divides by the gradient's size (lab
# 06). After 1,000 steps of Adam
#
# (a) both losses give the same images · (b) the one with the small gradient still gives noise · (c) it is ahead

# %% tags=["predict"]
lab.predict(...)  # put "a", "b" or "c" in place of the dots

# %% [markdown]
# ## Do: the loss of the game
#
# The discriminator answers with a logit $x$, and $D = \sigma(x)$, its sigmoid. The game has the generator minimise the
# mean of $\log(1 - D)$ over its fakes.
#
# `keras.ops` has NumPy's functions for tensors, in a form that gradients pass through. Two of them take a logit, and
# are right for any number: `ops.softplus(x)` is $\log(1 + e^x)$, and `ops.log_sigmoid(x)` is $\log\sigma(x)$. And
# $1 - \sigma(x) = \sigma(-x)$.

# %%
binary_crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)  # another way: labels first, then logits

# %% tags=["exercise"] exercise="non_saturating_loss.saturating_loss"

# %% tags=["check"]
lab.check("saturating_loss")

# %% [markdown]
# Stuck? Run `lab.hint()` in a new cell, up to three times. `lab.solution()` shows one right answer.

# %% [markdown]
# ## Do: the loss of practice
#
# Minimise $-\log D$ instead. It too is lowest where every fake passes for real.

# %% tags=["exercise"] exercise="non_saturating_loss.non_saturating_loss"

# %% tags=["check"]
lab.check("non_saturating_loss")

# %% tags=["experiment"]
if lab.ready("saturating_loss", "non_saturating_loss"):
    x = np.linspace(-8, 8, 161, dtype="float32")
    losses = {"saturating: log(1 - D)": saturating_loss, "non-saturating: -log D": non_saturating_loss}
    curves = {name: (x, [float(loss(ops.reshape(logit, (1, 1)))) for logit in x]) for name, loss in losses.items()}
    alt = "Over D's logit both losses fall. Left of -4 the saturating one is flat, the other a steep straight line"
    display(charts.lines(curves, alt, labels=("D's logit for a fake: left of 0 it says fake", "loss")))

# %% [markdown]
# At the left, where a young generator's fakes lie, one is flat and the other steep. At the right it is the other way
# round, and there nothing is left to learn.

# %% [markdown]
# ## Log of a probability that underflows
#
# Published code often takes `log(D)`, or `log(D + 1e-8)`, to be safe. What does that give when D rejects a fake with a
# logit of -200? Loss and derivative (`tf.GradientTape` records a computation and differentiates it):

# %% tags=["nbval-check-output"]
if lab.ready("non_saturating_loss"):
    ways = {
        "-log(D)": lambda x: -ops.mean(ops.log(tf.sigmoid(x))),
        "-log(D + 1e-8)": lambda x: -ops.mean(ops.log(tf.sigmoid(x) + 1e-8)),
        "yours": non_saturating_loss,
    }
    for name, loss in ways.items():
        for logit in (-5.0, -20.0, -200.0):
            x = tf.constant([[logit]])
            with tf.GradientTape() as tape:
                tape.watch(x)
                value = loss(x)
            print(f"{name:14}  logit {logit:4.0f}: loss {value:6.2f}, derivative {tape.gradient(value, x)[0, 0]:5.2f}")

# %% [markdown]
# The plain log breaks. With the epsilon nothing breaks, and it is worse: at -20 five sixths of the gradient are gone,
# at -200 all of it. **The epsilon makes the non-saturating loss saturate**, and no error tells you. Take logits.

# %% [markdown]
# ## Do: how hard each loss pulls
#
# For a single fake: the derivative of $\log(1 - D)$ and that of $-\log D$ by the logit $x$. The chain rule needs the
# slope of the sigmoid, $D(1 - D)$; a lot cancels. NumPy this time, with no mean over the batch.

# %% tags=["exercise"] exercise="non_saturating_loss.loss_gradients"

# %% tags=["check"]
lab.check("loss_gradients")

# %% tags=["nbval-check-output"]
if lab.ready("loss_gradients"):
    for logit in (-5.0, -2.0, 0.0, 2.0):
        pulls = [float(part[0, 0]) for part in loss_gradients(np.array([[logit]]))]
        answer = 1 / (1 + np.exp(-logit))
        print(f"logit {logit:5.1f}, D = {answer:.4f}: saturating {pulls[0]:7.4f}, non-saturating {pulls[1]:7.4f}")

# %% [markdown]
# Both want the logit up. One pulls with the strength D, the other with 1 - D: at D = 0.0067 the second is 148 times as
# strong. Where D can't tell, at 0.5, they are equal.
#
# There is a second difference. A batch holds fakes of all kinds; which of them does a loss listen to?

# %% tags=["nbval-check-output"]
if lab.ready("loss_gradients"):
    logits = np.array([[-6.0], [-4.0], [-2.0], [0.0]])
    print("logits         ", "".join(f"{logit:8.0f}" for logit in logits[:, 0]))
    for name, pulls in zip(("saturating", "non-saturating"), loss_gradients(logits)):
        shares = np.ravel(pulls / np.sum(pulls))
        print(f"{name:15}", "".join(f"{share:8.1%}" for share in shares), " of the batch's pull")

# %% [markdown]
# The saturating loss improves the fakes that nearly pass and leaves the bad ones. No optimizer can undo that: it sees
# the batch's gradient only as a whole.

# %% [markdown]
# ## See: both in a real GAN
#
# Lab 12's networks and rates, with hard labels. The generator's update gets *your* loss; the rest is the same, seed by
# seed. Six runs, about twenty seconds.


# %%
def generator_step_with(loss):
    """Return lab 12's update of the generator, with another loss."""

    def generator_step(generator, discriminator, optimizer, latent_samples):
        with tf.GradientTape() as tape:
            value = loss(discriminator(generator(latent_samples, training=True), training=True))
        optimizer.apply(tape.gradient(value, generator.trainable_variables), generator.trainable_variables)
        return value

    return generator_step


# %% tags=["experiment"]
if lab.ready("saturating_loss", "non_saturating_loss"):
    x_train = mnist_gan.preprocess(data.mnist().x_train)
    losses, runs = {"saturating": saturating_loss, "non-saturating": non_saturating_loss}, {}
    for s in seeds:
        for name, loss in losses.items():
            recipe = Recipe(generator_step=generator_step_with(loss), real_labels=ones)
            runs[name, s] = train(recipe, x_train, steps, s, progress=False)

# %% tags=["experiment"]
if lab.ready("saturating_loss", "non_saturating_loss"):
    rows = [runs["saturating", seed].snapshots[0]] + [runs[name, seed].snapshots[steps] for name in losses]
    grey = [row.mean() for row in rows]
    alt = (
        f"Three rows of ten images. Before training: noise of mean grey {grey[0]:.2f} on a scale from -1, black. After "
        f"{steps:,} steps, saturating: still noise, {grey[1]:.2f}. Non-saturating: blobs on black, {grey[2]:.2f}."
    )
    told = ["before", *losses]
    display(plots.digits(np.concatenate([row[:10] for row in rows]), alt, row_labels=told))
    lab.reveal()

# %% [markdown]
# The gradient's size over all of the generator's weights, step by step:

# %% tags=["experiment"]
if lab.ready("saturating_loss", "non_saturating_loss"):
    means = {name: np.convolve(runs[name, seed].g_gradient_norm, np.full(20, 1 / 20), "valid") for name in losses}
    curves = {name: (np.arange(len(norms)) + 20, norms) for name, norms in means.items()}
    ends = " and ".join(f"{norms[-1]:.2g} ({name})" for name, norms in means.items())
    alt = f"Size of the generator's gradient, means over 20 steps, on a logarithmic scale. At the end {ends}"
    display(charts.lines(curves, alt, labels=("step", "gradient norm"), log=("y",)))

# %% tags=["experiment"]
if lab.ready("saturating_loss", "non_saturating_loss"):
    for s in seeds:
        norms = {name: np.median(runs[name, s].g_gradient_norm[-100:]) for name in losses}
        told = ", ".join(f"{name} {norm:.2g}" for name, norm in norms.items())
        print(f"seed {s}: gradient norm over the last 100 steps: {told}")
        if not ganhacks.fast() and steps >= 1000:
            assert norms["saturating"] < norms["non-saturating"] / 20, "It did not saturate: what did you change?"

# %% [markdown]
# On each of these seeds the saturating gradient ends hundreds of times smaller than the other. In the middle row of the
# picture hardly anything has happened since the start; the last row has found out where digits are.

# %% [markdown]
# ## Why Adam doesn't make up for it
#
# Adam divides by the root of a running mean of squares. With β₂ = 0.999 that mean remembers about 1,000 steps; this
# gradient fades sooner, and is divided by what it used to be. If so, a memory of ten steps, β₂ = 0.9, should get the
# saturating generator moving. Three more runs, ten seconds. A mean grey of -1 is black; MNIST's is -0.74.

# %% tags=["experiment"]
if lab.ready("saturating_loss", "non_saturating_loss"):
    adam = partial(keras.optimizers.Adam, learning_rate=1e-4, beta_2=0.9)
    recipe = Recipe(generator_step=generator_step_with(saturating_loss), real_labels=ones, g_optimizer=adam)
    for s in seeds:
        runs["saturating, β₂ 0.9", s] = train(recipe, x_train, steps, s, progress=False)
        for name in ("saturating", "saturating, β₂ 0.9", "non-saturating"):
            norm, grey = np.median(runs[name, s].g_gradient_norm[-100:]), runs[name, s].samples(500).mean()
            print(f"seed {s}: {name:20} gradient norm {norm:7.2g}, mean grey {grey:.2f}")
    if not ganhacks.fast() and steps >= 1000:
        slow, short = (
            sum(runs[name, s].samples(500).mean() for s in seeds) for name in ("saturating", "saturating, β₂ 0.9")
        )
        assert short < slow, "The short memory did not get it moving: what did you change?"

# %% [markdown]
# With the short memory it moves: its images are darker, on each of these seeds. So Adam's memory is a part of the
# answer, and not all of it: the non-saturating loss is still ahead. Adam can change the size of the pull, not which
# fakes it comes from.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## The same thing by flipping labels
#
# The list puts it so: train the generator with *flipped* labels, its fakes as real. Is that another trick?

# %% tags=["nbval-check-output"]
if lab.ready("saturating_loss", "non_saturating_loss"):
    logits = tf.constant(np.random.default_rng(seed).normal(-3, 4, (64, 1)), "float32")
    real, fake = (binary_crossentropy(label * ops.ones_like(logits), logits) for label in (1, 0))
    print("flipped label: your non-saturating loss:  ", np.allclose(real, non_saturating_loss(logits)))
    print("true label, minus sign: your saturating loss:", np.allclose(-fake, saturating_loss(logits)))

# %% [markdown]
# ## Find the bug
#
# It's the same loss. But *whose* labels are flipped? Readers of the list have had to ask (its issues
# [11](https://github.com/soumith/ganhacks/issues/11) and [15](https://github.com/soumith/ganhacks/issues/15)). Below,
# the fakes' label was flipped once, for both losses. Where do the two losses now want the fakes' logits to go? Repair
# it.

# %% tags=["exercise"] exercise="non_saturating_loss.step_losses"

# %% tags=["check"]
lab.check("step_losses")

# %% tags=["nbval-check-output"]
if lab.ready("step_losses"):
    fake_logits = tf.constant([[-2.0], [1.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(fake_logits)
        both = step_losses(tf.constant([[3.0], [0.5]]), fake_logits)
    for name, loss in zip(("discriminator", "generator"), both):
        slope = tape.gradient(loss, fake_logits)[0, 0]
        print(f"the {name:13} moves a fake's logit", "down" if slope > 0 else "up")

# %% [markdown]
# As it was, both moved it up. Both losses could then fall to 0 together: nobody was left to say what a fake is, and the
# curves looked like success.

# %% [markdown]
# ## When not
#
# **How much** it matters is disputed. With each tuned for MNIST, Lucic and colleagues found an FID of 9.8 ± 0.9 for
# minimax and of 6.8 ± 0.5 for the non-saturating loss (their features, not ours): worse, but no failure. Where D is
# never sure, the two are alike. And there is a price: the better D, the noisier the gradient (Arjovsky and Bottou).
# The loss is still a default, with R1 in StyleGAN; BigGAN took the hinge loss, R3GAN a relativistic one.

# %% [markdown]
# ## Key points
#
# - The game's loss pulls with the strength D, the non-saturating one with 1 - D.
# - Take logits: a log of a probability breaks, and an epsilon in it makes the loss saturate.
# - Flip the label for the generator alone. Adam is no substitute: it remembers the larger gradients of before.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Goodfellow et al., *Generative Adversarial Networks*, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661) · Chintala et
# al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 2 · Arjovsky and Bottou, *Towards
# Principled Methods for Training GANs*, [arXiv:1701.04862](https://arxiv.org/abs/1701.04862) · Lucic et al., *Are GANs
# Created Equal?*, [arXiv:1711.10337](https://arxiv.org/abs/1711.10337).
