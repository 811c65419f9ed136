# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 25 · Minibatch discrimination
#
# > **Claim.** Let the discriminator see a batch as a whole, and the generator can't collapse. *Salimans et al., 2016.
# > Chintala's list is "not sure" and notes "mixed results".*
#
# | At a glance | in this lab |
# |---|---|
# | You'll do | write the layer and its rival, packing; cure a GAN that collapses; find a bug in their successor |
# | You'll learn | why a judge of single samples can't mend a collapse, and two ways to show it one |
# | You need | lesson 01; lab 09 helps · 40 minutes · about 40 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganhacks import checks, data, toys
from ganhacks.pictures import charts, progress
from ganhacks.training import train

lab = checks.Lab("minibatch_discrimination")

# %% tags=["parameters"]
steps = 600
fast_rate = 3e-3
seed = 0

# %%
lab.parameters()  # are all values allowed?
steps = ganhacks.length(steps, 40)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# The reals are a ring of eight clusters, equally full. A generator has collapsed: all of its points lie in *one* of
# them, and there they are perfect. The best discriminator of single points answers 1/9 for a point there: one in nine
# is real. Now it gets two points at once, both reals or both fakes. What does it answer for two from that cluster?
#
# (a) 1/9 still · (b) 1/17 · (c) 1/65

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: how close is the batch?
#
# Each sample becomes b points of c numbers, $M_i = x_i T$ with a learned kernel $T$. For each of the b points, a sample
# sums up how close the others' are:
#
# $$o(x_i)_b = \sum_j \exp\Big(-\sum_c |M_{ibc} - M_{jbc}|\Big)$$
#
# The paper's sum counts $j = i$ as well, which adds exp(0) = 1, always; the paper's code leaves it out. A constant
# tells nothing, so do as you like.

# %% [markdown]
# The function will be compiled into the training loop, where NumPy can't go. Use `keras.ops` (imported as `ops`), which
# has NumPy's functions for tensors: `ops.tensordot`, `ops.abs`, `ops.exp`, `ops.sum`. And as in NumPy,
# `v[:, None] - v[None]` subtracts each from each, all pairs at once. A Python loop over samples would make that
# compiling ten times slower.

# %% tags=["exercise"] exercise="minibatch_discrimination.minibatch_features"

# %% tags=["check"]
lab.check("minibatch_features")

# %% tags=["nbval-check-output"]
if lab.ready("minibatch_features"):
    rng = np.random.default_rng(seed)
    x, kernel = rng.normal(0, 1, (6, 2)).astype("float32"), tf.ones((2, 1, 2))
    for name, rows in {"six equal samples": 0 * x, "six far apart": 1000 * x}.items():
        features = minibatch_features(tf.constant(rows), kernel)
        print(f"{name}:", np.round(features)[:, 0].tolist())
    order = rng.permutation(6)
    features = np.asarray(minibatch_features(tf.constant(x), kernel))
    shuffled = minibatch_features(tf.constant(x[order]), kernel)
    alike = bool(np.allclose(features[order], shuffled))
    print("shuffled samples, features shuffled alike:", alike)

# %% [markdown]
# (One less each, if yours leaves the sample itself out.) Now 64 points of the ring, and 64 of one cluster, each of them
# a perfect point. One kernel for both, drawn at random and not trained.

# %% tags=["experiment"]
if lab.ready("minibatch_features"):
    ring = toys.ring_data(64)
    one_cluster = data.ring_centres()[1] + 0.02 * rng.standard_normal((64, 2))
    kernel = tf.constant(rng.normal(0, 1, (2, 1, 2)), "float32")
    groups = {"64 points of the ring": ring, "64 points of one cluster": one_cluster}
    found = {}
    for name, rows in groups.items():
        rows = tf.constant(rows, "float32")
        found[name] = np.asarray(minibatch_features(rows, kernel))
    labels = "feature: how close the batch is", "share in %"
    display(charts.histograms(found, "One feature in two batches", labels=labels))

# %% [markdown]
# Each of these points could be a real one. The batch could not: one threshold on this number tells the two apart
# without an error.

# %% [markdown]
# ## The layer
#
# It attaches the features to x, for the next layer to use. One change: we divide by the size of the batch. Sums reach
# 64 beside inputs of about 1. The paper's code scales and shifts them at the start; ports often forget that. The card
# below has the sum, and among the variants the mean.


# %%
class SeesTheBatch(layers.Layer):
    """Attach to each sample b numbers that say how close its batch is, 0 to 1."""

    b, c = 4, 2  # so many features, each from points of so many numbers

    def build(self, shape):
        self.kernel = self.add_weight((shape[-1], self.b, self.c), "glorot_uniform")

    # Told, so that Keras does not try it with a batch of unknown size.
    def compute_output_shape(self, shape):
        return shape[0], shape[-1] + self.b

    def call(self, x):
        features = minibatch_features(x, ops.convert_to_tensor(self.kernel))
        return ops.concatenate([x, features / x.shape[0]], axis=1)


# %% [markdown]
# ## Do: packs
#
# PacGAN (2018) needs no new layer. Its discriminator judges m samples at once, all real or all fake: each row of its
# input is m samples side by side. This function is compiled too, so `ops` again.

# %% tags=["exercise"] exercise="minibatch_discrimination.pack"

# %% tags=["check"]
lab.check("pack")

# %% [markdown]
# Back to your prediction. Mark the reals of one cluster with a 1, the others with a 0, pack the marks, and count the
# packs that are all ones. Among the fakes it is every pack.

# %% tags=["nbval-check-output"]
if lab.ready("pack"):
    reals = toys.ring_data()
    distances = np.linalg.norm(reals - data.ring_centres()[1], axis=1, keepdims=True)
    marks = distances < 0.5
    for m in (1, 2, 4):
        packs = np.asarray(pack(tf.constant(marks, "float32"), m))
        share = packs.all(axis=1).mean()
        print(f"packs of {m}: share of reals {share:.4f}, 1/8^{m} = {8.0**-m:.4f}")
        print(f"            best answer 1/{8**m + 1}")
    lab.reveal()

# %% [markdown]
# The larger the pack, the louder the evidence of a collapse. Now the three discriminators: one that judges each sample
# alone, one with the layer, and one of packs. In the last, each sample is given its pack's answer; so labels and both
# steps of training stay as in the earlier labs.


# %%
def dense(inputs, *extra):
    """Build a discriminator of two hidden layers, and perhaps one more."""
    hidden = [layers.Dense(64, "relu"), layers.Dense(64, "relu")]
    return keras.Sequential([keras.Input((inputs,)), *hidden, *extra, layers.Dense(1)])


# %%
class JudgesPacks(keras.Model):
    """Judge packs of m points of the plane: (n, 2) points to (n, 1) logits."""

    def __init__(self, m=2):
        super().__init__()
        self.m, self.judge = m, dense(2 * m)

    def call(self, points, training=False):
        answers = self.judge(pack(points, self.m), training=training)  # one a pack
        return ops.reshape(answers * ops.ones((1, self.m)), (-1, 1))


discriminators = {
    "alone": partial(dense, 2),
    "features": lambda: dense(2, SeesTheBatch()),
    "packs of 2": JudgesPacks,
}

# %% [markdown]
# Which samples of a batch does the answer to sample 0 depend on? A `GradientTape` records what is computed, and its
# gradient with respect to the *points* is 0 for each that plays no part.

# %% tags=["nbval-check-output"]
if lab.ready("minibatch_features", "pack"):
    keras.utils.set_random_seed(seed)
    points = tf.constant(toys.ring_data(6))
    for name, make in discriminators.items():
        discriminator = make()
        with tf.GradientTape() as tape:
            tape.watch(points)
            answer = discriminator(points)[0]
        gradient = np.asarray(tf.convert_to_tensor(tape.gradient(answer, points)))
        samples = np.flatnonzero(gradient.any(axis=1)).tolist()
        print(f"{name:10} depends on samples {samples}")

# %% [markdown]
# This is the paper's argument in one table. Judged alone, no fake ever learns where the others are: all are pulled to
# wherever the discriminator says "real" now. Only features and packs can push them apart.

# %% [markdown]
# ## See: a GAN that collapses
#
# At the usual rates our ring GAN hardly collapses. So we *make* it collapse: its generator learns three times faster
# than its discriminator, and chases whatever place looks real at the moment. Then your two functions, and nothing else
# changed. For comparison the usual rates, with three times as many steps, so that both generators go equally far.


# %%
def clusters_reached(points):
    """Return how many clusters are nearest to 5 % of the points or more."""
    distances = np.linalg.norm(points[:, None] - data.ring_centres(), axis=2)
    counts = np.bincount(distances.argmin(axis=1), minlength=8)
    return int((counts >= 0.05 * len(points)).sum())


fast = partial(keras.optimizers.Adam, learning_rate=fast_rate, beta_1=0.5)
ring_recipe = partial(toys.ring_recipe, batch_size=64)
usual = ring_recipe(make_discriminator=discriminators["alone"])
arms = {"usual rates, alone": (usual, 3 * steps)}
for name, make in discriminators.items():
    recipe = ring_recipe(make_discriminator=make, g_optimizer=fast)
    arms[f"fast G, {name}"] = recipe, steps

# %% tags=["experiment"]
if lab.ready("minibatch_features", "pack"):
    clouds, reached = {}, {}
    for name, s in progress.each([(n, s) for n in arms for s in seeds], "trainings"):
        recipe, length = arms[name]
        history = train(recipe, toys.ring_data(), length, s, progress=False)
        clouds[name] = history.samples(1000)
        reached[name, s] = clusters_reached(clouds[name])
        good = toys.ring_score(clouds[name])[1]
        told = f"{reached[name, s]} of 8 clusters, {good:.0%} good points"
        print(f"{name:20} seed {s}: {told}")

# %% tags=["experiment"]
if lab.ready("minibatch_features", "pack"):
    ring = toys.ring_data(400)
    panels = {name: {"real": ring, "fake": cloud} for name, cloud in clouds.items()}
    display(charts.clouds(panels, "The ring, and points of the last seed", reach=4))

# %% tags=["claim"]
alone, *cured = (
    sum(reached[f"fast G, {name}", s] for s in seeds) for name in discriminators
)
assert min(cured) > alone + 3, (
    f"expected more clusters over all seeds with features and packs; found {cured}, alone {alone}"
)

# %% [markdown]
# Judged alone, the fast generator's points run together in a few places. Seen together, they go round the whole ring,
# on every seed. But few are *good* (within three deviations of a centre); at the usual rates many are. In these runs
# the hack brought diversity; sharpness is another matter. (A haze would reach all eight clusters too. That is what the
# picture is for.)

# %% [markdown]
# ## Find the bug
#
# ProGAN and StyleGAN give the discriminator *one* number, how much the batch varies. For x of shape (n, d) it is a
# standard deviation for each column, over the batch, and their average. Many ports write it like the function below.
# Its values are right. Its *gradient* can be NaN, and one update later so are the weights before it: PyTorch had [an
# issue](https://github.com/pytorch/pytorch/issues/4320) about it for years, and TensorFlow is still like that. When
# does it happen, and what has to change?

# %% tags=["exercise"] exercise="minibatch_discrimination.minibatch_stddev"

# %% tags=["check"]
lab.check("minibatch_stddev")

# %% [markdown]
# One dead ReLU is enough, a unit that returns 0 for every sample. Here is a batch of four columns, the last one dead;
# the plain deviation beside yours:

# %% tags=["nbval-check-output"]
if lab.ready("minibatch_stddev"):
    x = np.random.default_rng(seed).normal([1, 1, 1, -9], 1, (8, 4))
    x = np.maximum(x, 0).astype("float32")
    plain = lambda x: ops.mean(ops.std(x, axis=0))  # noqa: E731
    for name, measure in {"plain": plain, "yours": minibatch_stddev}.items():
        batch = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(batch)
            value = ops.mean(measure(batch))
        gradient = np.asarray(tape.gradient(value, batch))
        columns = np.flatnonzero(np.isnan(gradient).any(axis=0)).tolist()
        print(
            f"{name}: value {float(value):.3f}, columns with a NaN gradient {columns}"
        )

# %% [markdown]
# Back through the dead unit, NaN times 0 is NaN again, and the next update writes it into every weight before it.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# **Where nothing collapses**, as in the first panel. Both ways cost something, n² distances or a wider network, and we
# chose a generator that collapses. PacGAN chose no such generator: its ring went from 6.3 of 8 clusters to 7.9 with
# packs of 2.
#
# The successors are simpler: the one number of the bug above. R3GAN (2025) drops that too: its loss compares each fake
# with a real one.

# %% [markdown]
# ## Key points
#
# - A discriminator of single samples may see that one place has too many fakes. It can't tell a fake where the others
#   are, so it drives all of them alike.
# - Features (how close is my batch?) or packs (m at once) show it, and the gradient then drives fakes apart.
# - Here it brought diversity to a generator that was chosen to collapse. Elsewhere that depends on the hack's form and
#   on the data: see the card. And a root needs its argument kept away from 0.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Salimans et al., *Improved Techniques for Training GANs*, [arXiv:1606.03498](https://arxiv.org/abs/1606.03498),
# section 3.2, and [its code](https://github.com/openai/improved-gan) · Chintala et al., *How to Train a GAN?*,
# [ganhacks](https://github.com/soumith/ganhacks), trick 15 · Lin et al., *PacGAN*,
# [arXiv:1712.04086](https://arxiv.org/abs/1712.04086), table 1 · Karras et al., *Progressive Growing of GANs*,
# [arXiv:1710.10196](https://arxiv.org/abs/1710.10196), section 3 · Huang et al., *The GAN is dead; long live the GAN!*
# (R3GAN), [arXiv:2501.05441](https://arxiv.org/abs/2501.05441).
