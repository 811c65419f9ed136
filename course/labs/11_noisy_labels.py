# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 11 · Noisy labels
#
# > **Claim.** Flip a few of the discriminator's labels at random, and it doesn't become too sure. *Chintala's talk,
# > 2016.*
#
# | | |
# |---|---|
# | You'll do | flip labels, find their average, compare the gradients of flips and of smoothing |
# | You'll learn | how many labels a popular function really flips, and what flips add to smoothing |
# | You need | lab 10 helps · 20 minutes · about 20 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import keras
import numpy as np
import tensorflow as tf

from ganhacks import charts, checks, toys

lab = checks.Lab("noisy_labels")

# %% tags=["parameters"]
p = 0.05
draws = 200
seed = 0

# %%
draws = ganhacks.length(draws, 30)

# %% [markdown]
# ## Predict
#
# One discriminator learns from labels of which 5 % are flipped, another from labels of 0.95 and 0.05. Compare the
# gradients for the same images. With the flips you get
#
# (a) the same gradient on average, with more noise · (b) another one on average, with less noise · (c) exactly the same

# %% tags=["predict"]
lab.predict(...)  # put "a", "b" or "c" in place of the dots

# %% [markdown]
# ## Do: flip
#
# Exactly round(p · n) labels become their opposite, no label twice. The array that you are given belongs to the
# training loop, which needs it again for the next batch: leave it as it is.

# %% tags=["exercise"] exercise="noisy_labels.flip_labels"

# %% tags=["check"]
lab.check("flip_labels")

# %% [markdown]
# Stuck? Run `lab.hint()` in a new cell, up to three times. `lab.solution()` shows one right answer.

# %% tags=["nbval-check-output"]
if lab.ready("flip_labels"):
    rng = np.random.default_rng(seed)
    ones, zeros = np.ones((1000, 1), "float32"), np.zeros((1000, 1), "float32")
    print("of 1,000 ones, flipped: ", {int((flip_labels(rng, ones, p) == 0).sum()) for _ in range(100)})
    print("of 1,000 zeros, flipped:", {int((flip_labels(rng, zeros, p) == 1).sum()) for _ in range(100)})
    print("the caller's labels are as they were:", bool(ones.all() and not zeros.any()))

# %% [markdown]
# ## How many does the popular function flip?
#
# A tutorial copied many times picks its places with `choice` in 50 draws, where some come twice, and writes into
# the caller's array. A place that comes twice is still flipped once. How many of 1,000 labels are flipped on average?

# %% tags=["nbval-check-output"]
exact = 1000 * (1 - (1 - 1 / 1000) ** 50)
counts = [len(np.unique(np.random.default_rng(s).choice(1000, size=50))) for s in range(2000)]
print(f"by the formula {exact:.2f} of 50; in 2,000 tries it agrees to 0.2: {bool(abs(np.mean(counts) - exact) < 0.2)}")

# %% [markdown]
# One in fifty goes missing, which does little harm. Writing into the caller's array does a lot: labels made once and
# flipped at each step drift towards a coin toss.

# %%
kept, reals = np.random.default_rng(seed), np.ones((1000, 1), "float32")
shares = []
for _ in range(60):
    places = kept.choice(1000, size=50)
    reals[places] = 1 - reals[places]  # in place, as published
    shares.append(reals.mean())
charts.lines(
    {"share of reals that are labelled real": (range(1, 61), shares)},
    f"The share of right labels falls from {shares[0]:.2f} after one step to about {shares[-1]:.1f} after sixty",
    labels=("step", "labelled real"),
    marks={"coin toss": 0.5},
)

# %% [markdown]
# ## Do: the average label
#
# Over many draws, what is a label on average? Write it for any p.

# %% tags=["exercise"] exercise="noisy_labels.expected_labels"

# %% tags=["check"]
lab.check("expected_labels")

# %% tags=["nbval-check-output"]
if lab.ready("expected_labels"):
    print("a 1 and a 0 at 5 % flips:", expected_labels(np.array([[1.0], [0.0]]), 0.05).ravel())

# %% [markdown]
# 0.95 and 0.05: on average, flips are two-sided label smoothing. And the loss of one sample,
# $-y \log D - (1 - y) \log(1 - D)$, is a straight line in the label $y$: so it does not matter whether one averages the
# labels or the gradients.

# %% [markdown]
# ## See: the gradient that the discriminator gets
#
# One batch of 100 real points, a discriminator of the ring, its weights held still. For each draw of *your* flips we
# take the gradient, and measure how far it lies from the gradient of *your* average labels.

# %%
binary_crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)


def gradient(discriminator, points, targets):
    """Return the gradient of the discriminator's loss on real points, as one vector."""
    with tf.GradientTape() as tape:
        loss = binary_crossentropy(targets, discriminator(points))
    return np.concatenate([np.ravel(g) for g in tape.gradient(loss, discriminator.trainable_variables)])


def compare(s):
    """Return the gradient of the average labels, and a gradient for each draw of flipped labels."""
    keras.utils.set_random_seed(s)
    discriminator, points = toys.make_discriminator(), tf.constant(toys.ring_data(100))
    rng, real_labels = np.random.default_rng(s), np.ones((100, 1), "float32")
    smooth = gradient(discriminator, points, expected_labels(real_labels, p).astype("float32"))
    return smooth, np.array([gradient(discriminator, points, flip_labels(rng, real_labels, p)) for _ in range(draws)])


# %% tags=["experiment"]
if lab.ready():
    smooth, flipped = compare(seed)
    size = np.linalg.norm(smooth)
    single = np.linalg.norm(flipped - smooth, axis=1) / size * 100
    counts = np.arange(1, draws + 1)
    means = np.cumsum(flipped, axis=0) / counts[:, None]
    averaged = np.linalg.norm(means - smooth, axis=1) / size * 100
    alt = (
        f"Distance from the smoothed gradient in percent of its size. A single draw of flips is {single.mean():.0f} % "
        f"away on average; the mean of {draws} draws is {averaged[-1]:.1f} % away, and comes closer the more there are."
    )
    curves = {"a single draw": (counts, single), "mean of all draws so far": (counts, averaged)}
    display(charts.lines(curves, alt, labels=("draw", "distance in %"), log=("y",)))
    lab.reveal()

# %% [markdown]
# The mean of many draws closes in on the smoothed gradient; a single one, which is what training gets, stays away.
# The same on other networks?

# %% tags=["experiment"]
if lab.ready():
    for s in range(3):
        smooth, flipped = compare(s)
        single = np.mean(np.linalg.norm(flipped - smooth, axis=1)) / np.linalg.norm(smooth)
        averaged = np.linalg.norm(flipped.mean(axis=0) - smooth) / np.linalg.norm(smooth)
        print(f"seed {s}: one draw {single:.1%} away, the mean of {draws} draws {averaged:.1%}")
        if not ganhacks.fast() and draws >= 200:
            assert averaged < single / 5, "The mean of the flips did not close in: what did you change?"

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# If flips are smoothing plus noise, why not smooth? Nobody has shown what the noise is for. And flips are two-sided:
# on average fakes are 0.05, which rewards the generator's mistakes, as lab 10 shows. A later relative adapts: APA
# shows the discriminator fakes as reals, the more of them the surer it gets.

# %% [markdown]
# ## Key points
#
# - Pick places without replacement, and never write into the caller's labels.
# - The gradient is linear in the label: on average 5 % flips are targets of 0.95 and 0.05.
# - What is left of the hack beside smoothing is noise.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Chintala et al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 6 · Salimans et al.,
# *Improved Techniques for Training GANs*, [arXiv:1606.03498](https://arxiv.org/abs/1606.03498) · Jiang et al.,
# *Deceive D: Adaptive Pseudo Augmentation*, [arXiv:2111.06849](https://arxiv.org/abs/2111.06849).
