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
# | At a glance | in this lab |
# |---|---|
# | You'll do | write both losses and their derivatives, train lab 12's GAN with each, mend a flipped label |
# | You'll learn | why one loss loses its gradient, what that means with Adam, and what an epsilon in the log does |
# | You need | lesson 01, lab 12 helps · 35 minutes · about 40 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial
from itertools import product

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from ganhacks import checks, data
from ganhacks.pictures import charts, plots
from ganhacks.hacks import mnist_gan
from ganhacks.pictures.progress import each
from ganhacks.training import Recipe, ones, train

lab = checks.Lab("non_saturating_loss")

# %% tags=["parameters"]
steps = 1000
seed = 0

# %%
lab.parameters()  # are all values allowed?
steps = ganhacks.length(steps, 100)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# Lab 12's discriminator has ten times its generator's learning rate. It is soon sure of every fake. Then the gradient
# of one loss is hundreds of times smaller than that of the other. But Adam (lab 06 has the details) divides each step
# by a running average of the size of past gradients. After 1,000 steps of Adam
#
# (a) both losses give the same images · (b) the one with the small gradient still gives noise · (c) it is ahead

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: the loss of the game
#
# The discriminator answers with a logit $x$, and $D = \sigma(x)$, its sigmoid. The game has the generator minimise the
# mean of $\log(1 - D)$ over its fakes.
#
# `keras.ops` has NumPy's functions for tensors, and gradients pass through them. Two of them take a logit, and are right
# for any number: `ops.softplus(x)` is $\log(1 + e^x)$, and `ops.log_sigmoid(x)` is $\log\sigma(x)$. And
# $1 - \sigma(x) = \sigma(-x)$.
#
# Or take the cross-entropy: labels first, then logits.

# %%
binary_crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)

# %% tags=["exercise"] exercise="non_saturating_loss.saturating_loss"

# %% tags=["check"]
lab.check("saturating_loss")

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
    losses = {
        "saturating: log(1 - D)": saturating_loss,
        "non-saturating: -log D": non_saturating_loss,
    }
    columns = ops.reshape(x, (-1, 1, 1))  # one fake at a time
    curves = {
        name: (x, [float(loss(c)) for c in columns]) for name, loss in losses.items()
    }
    axes = ("D's logit for a fake: left of 0 it says fake", "loss")
    display(charts.lines(curves, "The two losses over D's logit", axes))

# %% [markdown]
# At the left lie the fakes of a generator that has learned little. There one loss is flat and the other steep. At the
# right it is the other way round, and there the fakes already pass.

# %% [markdown]
# ## Log of a probability that underflows
#
# Published code often takes `log(D)`, or `log(D + 1e-8)` against a log of 0. What does that give where D rejects a fake
# with a logit of -200? Here are loss and derivative. (`tf.GradientTape` records a computation and differentiates it.)


# %%
def loss_and_derivative(loss, logit):
    """Return both at one logit, as text."""
    x = tf.constant([[logit]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = loss(x)
    return f"{value:6.2f}, derivative {tape.gradient(value, x)[0, 0]:5.2f}"


# %% tags=["nbval-check-output"]
if lab.ready("non_saturating_loss"):
    ways = {
        "-log(D)": lambda x: -ops.mean(ops.log(tf.sigmoid(x))),
        "-log(D + 1e-8)": lambda x: -ops.mean(ops.log(tf.sigmoid(x) + 1e-8)),
        "yours": non_saturating_loss,
    }
    for name, logit in product(ways, (-5.0, -20.0, -200.0)):
        told = loss_and_derivative(ways[name], logit)
        print(f"{name:14}  logit {logit:4.0f}: loss {told}")

# %% [markdown]
# The plain log breaks. With the epsilon nothing breaks, but at -20 five sixths of the gradient are gone, and at -200 all
# of it. **The epsilon makes the non-saturating loss saturate**, and no error tells you. Take logits.

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
        first, second = (
            float(part[0, 0]) for part in loss_gradients(np.array([[logit]]))
        )
        print(f"logit {logit:4.1f}, D = {1 / (1 + np.exp(-logit)):.4f}: ", end="")
        print(f"saturating {first:7.4f}, non-saturating {second:7.4f}")

# %% [markdown]
# Both want the logit up. One pulls with the strength D, the other with 1 - D. At D = 0.0067 the second is 148 times as
# strong. Where D can't tell, at 0.5, they are equal.
#
# There is a second difference. A batch holds good and bad fakes. Which of them does the batch's gradient come from?

# %% tags=["nbval-check-output"]
if lab.ready("loss_gradients"):
    logits = np.array([[-6.0], [-4.0], [-2.0], [0.0]])
    print("logits         ", "".join(f"{logit:8.0f}" for logit in logits[:, 0]))
    for name, pulls in zip(("saturating", "non-saturating"), loss_gradients(logits)):
        shares = "".join(f"{share:8.1%}" for share in np.ravel(pulls / np.sum(pulls)))
        print(f"{name:15}", shares, " of the batch's pull")

# %% [markdown]
# The saturating loss improves the fakes that nearly pass and leaves the bad ones. No optimizer can undo that: it gets
# the gradient of the whole batch, as one.

# %% [markdown]
# ## See: both in a real GAN
#
# Lab 12's networks and rates, with labels of 1 and 0. The generator's update gets *your* loss. The rest is the same,
# seed by seed. Six runs, about twenty seconds.


# %%
def generator_step_with(loss):
    """Return lab 12's update of the generator, with another loss."""

    def generator_step(generator, discriminator, optimizer, latent_samples):
        with tf.GradientTape() as tape:
            fakes = generator(latent_samples, training=True)
            value = loss(discriminator(fakes, training=True))
        variables = generator.trainable_variables
        optimizer.apply(tape.gradient(value, variables), variables)
        return value

    return generator_step


# %% tags=["experiment"]
if lab.ready("saturating_loss", "non_saturating_loss"):
    x_train = mnist_gan.preprocess(data.mnist().x_train)
    losses = {"saturating": saturating_loss, "non-saturating": non_saturating_loss}
    recipes = {
        name: Recipe(generator_step=generator_step_with(loss), real_labels=ones)
        for name, loss in losses.items()
    }
    runs = {}
    for s, name in each(product(seeds, recipes), "trainings"):
        runs[name, s] = train(recipes[name], x_train, steps, s, progress=False)

# %% tags=["experiment"] alt="The first row is noise. The last row shows light blobs on a dark ground."
if lab.ready("saturating_loss", "non_saturating_loss"):
    rows = [runs["saturating", seed].snapshots[0]]
    rows += [runs[name, seed].snapshots[steps] for name in losses]
    images = np.concatenate([row[:10] for row in rows])
    title = "Generated images before and after training"
    display(plots.digits(images, title, row_labels=["before", *losses]))
    lab.reveal()

# %% [markdown]
# The size of the gradient over all of the generator's weights, step by step:

# %% tags=["experiment"]
if lab.ready("saturating_loss", "non_saturating_loss"):
    window = np.full(20, 1 / 20)
    norms = {name: runs[name, seed].g_gradient_norm for name in losses}
    means = {name: np.convolve(norm, window, "valid") for name, norm in norms.items()}
    curves = {name: (np.arange(len(mean)) + 20, mean) for name, mean in means.items()}
    title = "The generator's gradient, means of 20 steps"
    display(charts.lines(curves, title, ("step", "gradient norm"), log=("y",)))

# %% tags=["experiment"]
if lab.ready("saturating_loss", "non_saturating_loss"):
    last = {run: float(np.median(runs[run].g_gradient_norm[-100:])) for run in runs}
    print("gradient norm over the last 100 steps")
    for s in seeds:
        told = ", ".join(f"{name} {last[name, s]:.2g}" for name in losses)
        print(f"seed {s}: {told}")

# %% tags=["claim"]
for s in seeds:
    small, large = last["saturating", s], last["non-saturating", s]
    assert small < large / 20, (
        f"seed {s}: expected a saturating gradient below a twentieth of {large:.2g}; found {small:.2g}"
    )

# %% [markdown]
# On each of these seeds the saturating gradient ends hundreds of times smaller than the other, or more. In the middle
# row of the picture hardly anything has changed since the start. The last row has found out where digits are.

# %% [markdown]
# ## Why Adam doesn't make up for it
#
# Adam divides by a running average of the size of past gradients. β₂ says how long that average remembers: with 0.999
# about 1,000 steps. This gradient shrinks within those steps, so it is divided by the larger ones of before.
#
# If that is the cause, a memory of ten steps, β₂ = 0.9, should get the saturating generator moving. Three more runs,
# ten seconds. Their mean grey is printed: an untrained one has about 0, MNIST -0.74, black -1.

# %% tags=["experiment"]
if lab.ready("saturating_loss", "non_saturating_loss"):
    adam = partial(keras.optimizers.Adam, learning_rate=1e-4, beta_2=0.9)
    step = generator_step_with(saturating_loss)
    recipe = Recipe(generator_step=step, real_labels=ones, g_optimizer=adam)
    for s in each(seeds, "trainings"):
        runs["saturating, β₂ 0.9", s] = train(recipe, x_train, steps, s, progress=False)
    grey = {run: float(runs[run].samples(500).mean()) for run in runs}

# %% tags=["experiment"]
if lab.ready("saturating_loss", "non_saturating_loss"):
    for s, name in product(
        seeds, ("saturating", "saturating, β₂ 0.9", "non-saturating")
    ):
        norm = np.median(runs[name, s].g_gradient_norm[-100:])
        print(
            f"seed {s}: {name:18} gradient norm {norm:7.2g}, grey {grey[name, s]:.2f}"
        )

# %% tags=["claim"]
slow = sum(grey["saturating", s] for s in seeds) / len(seeds)
short = sum(grey["saturating, β₂ 0.9", s] for s in seeds) / len(seeds)
assert short < slow, (
    f"expected a mean grey below {slow:.2f} with the short memory; found {short:.2f}"
)

# %% [markdown]
# With the short memory it moves: its images are darker, on each of these seeds. So Adam's memory is a part of the
# answer. It is not all of it: the non-saturating loss is still ahead. Adam can change the size of the pull, not which
# fakes it comes from.

# %% [markdown]
# ## The same thing by flipping labels
#
# The list says: train the generator with *flipped* labels, its fakes as real. Is that another trick?

# %% tags=["nbval-check-output"]
if lab.ready("saturating_loss", "non_saturating_loss"):
    logits = tf.constant(np.random.default_rng(seed).normal(-3, 4, (64, 1)), "float32")
    flipped = binary_crossentropy(tf.ones_like(logits), logits)
    true = binary_crossentropy(tf.zeros_like(logits), logits)
    one, other = non_saturating_loss(logits), saturating_loss(logits)
    print("flipped label: your non-saturating loss:", np.allclose(flipped, one))
    print("true label, minus sign: your saturating loss:", np.allclose(-true, other))

# %% [markdown]
# ## Find the bug
#
# It's the same loss. But *whose* labels are flipped? Readers of the list have had to ask (its issues
# [11](https://github.com/soumith/ganhacks/issues/11) and [15](https://github.com/soumith/ganhacks/issues/15)).
#
# Below, the fakes' label was flipped once, for both losses. Where do the two losses now want the fakes' logits to go?
# Repair it.

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
        way = "down" if tape.gradient(loss, fake_logits)[0, 0] > 0 else "up"
        print(f"the {name:13} moves a fake's logit {way}")

# %% [markdown]
# As published, both moved it up. Both losses could then fall to 0 together, which looks like success. But no loss was
# left that says what a fake is.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# **How much** it matters is disputed. With each tuned for MNIST, Lucic and colleagues found an FID (a distance from
# real images) of 9.8 ± 0.9 for minimax and of 6.8 ± 0.5 for the non-saturating loss, on their features. Minimax is
# worse, but no failure. Where D can't tell reals from fakes, the two pull alike; on the card it depends on the problem.
#
# The better D, the noisier the gradient of -log D (Arjovsky and Bottou). The loss is still a default: StyleGAN adds a
# penalty to it. BigGAN and R3GAN took other losses.

# %% [markdown]
# ## Key points
#
# - The game's loss pulls with the strength D, the non-saturating one with 1 - D.
# - Take logits: a log of a probability breaks, and an epsilon in it makes the loss saturate.
# - Flip the label for the generator alone. Against a D that was sure, Adam did not make up for the small gradient.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Goodfellow et al., *Generative Adversarial Networks*, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661) · Chintala et
# al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 2 · Arjovsky and Bottou, *Towards
# Principled Methods for Training GANs*, [arXiv:1701.04862](https://arxiv.org/abs/1701.04862) · Lucic et al., *Are GANs
# Created Equal?*, [arXiv:1711.10337](https://arxiv.org/abs/1711.10337).
