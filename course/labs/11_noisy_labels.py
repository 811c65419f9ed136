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
# | At a glance | in this lab |
# |---|---|
# | You'll do | flip labels, find their average, compare the gradients of flips and of smoothing |
# | You'll learn | how many labels a popular function really flips, and what flips add to smoothing |
# | You need | lab 10 helps · 20 minutes · about 20 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import keras
import numpy as np
import tensorflow as tf

from ganhacks import checks, toys
from ganhacks.pictures import charts

lab = checks.Lab("noisy_labels")

# %% tags=["parameters"]
p = 0.05
draws = 200
seed = 0

# %%
lab.parameters()  # are all values allowed?
draws = ganhacks.length(draws, 30)

# %% [markdown]
# ## Predict
#
# A discriminator gets labels of which 5 % are flipped, or labels of 0.95 and 0.05. Compare the gradients for the same
# images. With the flips you get
#
# (a) the same gradient on average, with more noise · (b) another one on average, with less noise · (c) exactly the same

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: flip
#
# Exactly round(p · n) labels become their opposite, no label twice. The array that you are given belongs to the
# training loop, which needs it again for the next batch: leave it as it is.

# %% tags=["exercise"] exercise="noisy_labels.flip_labels"

# %% tags=["check"]
lab.check("flip_labels")

# %% tags=["nbval-check-output"]
if lab.ready("flip_labels"):
    rng = np.random.default_rng(seed)
    ones, zeros = np.ones((1000, 1), "float32"), np.zeros((1000, 1), "float32")
    from_ones = {int((flip_labels(rng, ones, p) == 0).sum()) for _ in range(100)}
    from_zeros = {int((flip_labels(rng, zeros, p) == 1).sum()) for _ in range(100)}
    print(f"flipped of 1,000 ones: {from_ones}, of 1,000 zeros: {from_zeros}")
    print("the caller's labels are as they were:", bool(ones.all() and not zeros.any()))

# %% [markdown]
# ## How many does the popular function flip?
#
# A tutorial copied many times draws 50 places with `choice`, some of them twice, and writes into the caller's array. A
# place that comes twice is still flipped once. How many of 1,000 labels are flipped on average? (One draw misses a
# place with probability 999/1000, and all fifty do with that to the power of 50.)

# %% tags=["nbval-check-output"]
exact = 1000 * (1 - (1 - 1 / 1000) ** 50)
tries = [np.random.default_rng(s).choice(1000, size=50) for s in range(2000)]
counted = np.mean([len(np.unique(places)) for places in tries])
print(f"by the formula: {exact:.2f} of 50")
print("the mean of 2,000 tries agrees to 0.2:", bool(abs(counted - exact) < 0.2))

# %% [markdown]
# About one of the fifty goes missing, which does little harm. Writing into the caller's array does a lot: labels made once and
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
    "Labels that are flipped in place, again and again",
    labels=("step", "share labelled real"),
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
    one_and_zero = np.array([[1.0], [0.0]])
    print("a 1 and a 0 at 5 % flips:", expected_labels(one_and_zero, 0.05).ravel())

# %% [markdown]
# 0.95 and 0.05: on average, flips are two-sided label smoothing. And the loss of one sample, $-y \log D - (1 - y)
# \log(1 - D)$, is a straight line in the label $y$, and so is its gradient: averaging the labels or the gradients gives
# the same.

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
    gradients = tape.gradient(loss, discriminator.trainable_variables)
    return np.concatenate([np.ravel(g) for g in gradients])


# %%
def distances(s):
    """Return how far each draw, and the mean of all so far, is from smoothing, in %."""
    keras.utils.set_random_seed(s)
    discriminator, points = toys.make_discriminator(), tf.constant(toys.ring_data(100))
    rng, real_labels = np.random.default_rng(s), np.ones((100, 1), "float32")
    average = expected_labels(real_labels, p).astype("float32")
    smooth = gradient(discriminator, points, average)
    drawn = [flip_labels(rng, real_labels, p) for _ in range(draws)]
    flipped = np.array([gradient(discriminator, points, labels) for labels in drawn])
    means = np.cumsum(flipped, axis=0) / np.arange(1, draws + 1)[:, None]
    percent = np.linalg.norm(smooth) / 100
    return [np.linalg.norm(g - smooth, axis=1) / percent for g in (flipped, means)]


# %% tags=["experiment"]
if lab.ready():
    single, mean = distances(seed)
    draw = range(1, draws + 1)
    curves = {"a single draw": (draw, single), "mean of all draws so far": (draw, mean)}
    title = "Distance from the smoothed gradient"
    display(charts.lines(curves, title, ("draw", "distance in %"), log=("y",)))
    lab.reveal()

# %% [markdown]
# The mean of many draws closes in on the smoothed gradient; a single one, which is what training gets, stays away.
# The same on other networks?

# %% tags=["experiment"]
if lab.ready():
    found = {s: distances(s) for s in range(3)}
    for s, (single, mean) in found.items():
        one, many = single.mean(), mean[-1]
        print(f"seed {s}: one draw is {one:.1f} % away, the mean of all {many:.1f} %")

# %% tags=["claim"]
for s, (single, mean) in found.items():
    assert mean[-1] < single.mean() / 5, (
        f"seed {s}: expected the mean of {draws} flips within a fifth of one draw's "
        f"distance, {single.mean():.1f} %; found {mean[-1]:.1f} %"
    )

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# If flips are smoothing plus noise, why not smooth? Nobody has shown what the noise is for. And flips are two-sided: on
# average fakes are 0.05, which leaves the generator's mistakes, as lab 10 shows. A later method, APA, shows the
# discriminator fakes as reals: more of them when it is surer.

# %% [markdown]
# ## Key points
#
# - Pick no place twice, and never write into the caller's labels.
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
