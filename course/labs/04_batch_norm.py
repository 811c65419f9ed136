# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 04 · Batch normalization
#
# > **Claim.** Give every layer batch normalization, except where a network touches images. *Radford, Metz and
# > Chintala, 2015, after Ioffe and Szegedy, 2015.*
#
# | At a glance | in this lab |
# |---|---|
# | You'll do | write it in NumPy, build a block with it, decide which layers get it; with more time, mend a published generator |
# | You'll learn | why its place matters so much, and what it does to a batch of one |
# | You need | lab 03 and lesson 01 help · 60 minutes (core 40) · about 50 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial

import keras
import numpy as np
from keras import layers

from ganhacks import checks, data, toys
from ganhacks.pictures import charts, plots
from ganhacks.pictures.progress import each
from ganhacks.training import Recipe, train

lab = checks.Lab("batch_norm")

# %% tags=["parameters"]
depth = 10
width = 64
steps = 1500
digit_steps = 1000
seed = 0

# %%
lab.parameters()  # are all values allowed?
steps, digit_steps = ganhacks.length(steps, 100), ganhacks.length(digit_steps, 100)
seeds = range(seed, seed + ganhacks.length(3, 1))
n_arms = ganhacks.length(99, 1)  # of the networks below, compare all

# %% [markdown]
# ## Predict
#
# `training=True` tells batch normalization to use the mean and variance of the batch that it sees. A generator of
# digits has one hidden layer, which is normalized. It gets ten latent samples with `training=True`, **one at a time**.
# You see
#
# (a) the same digits as in a batch of 64 · (b) those digits, noisier · (c) the same grey picture ten times

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: in NumPy
#
# A channel is one feature, at every place of every image. So there is **one mean and one variance for each channel**,
# over all images, heights and widths. The network also learns two numbers for each channel: gamma multiplies, beta is
# added.

# %% tags=["exercise"] exercise="batch_norm.batch_norm"

# %% tags=["check"]
lab.check("batch_norm")

# %% [markdown]
# Keras has it as a layer. Are the two the same?

# %% tags=["nbval-check-output"]
if lab.ready("batch_norm"):
    draw = np.random.default_rng(seed)
    images = draw.normal(5, 3, (8, 16, 16, 3)).astype("float32")
    gamma, beta = draw.uniform(0.5, 2, 3), draw.normal(0, 1, 3)
    layer = layers.BatchNormalization()
    layer.build(images.shape)
    layer.gamma.assign(gamma)
    layer.beta.assign(beta)
    yours, keras_own = batch_norm(images, gamma, beta), layer(images, training=True)
    print("yours is Keras' to 4 places:", np.allclose(yours, keras_own, atol=1e-4))
    means = yours.mean((0, 1, 2))
    print("each channel's mean is its beta:", np.allclose(means, beta, atol=1e-3))

# %% [markdown]
# ## See: a batch of one
#
# What you predicted, with *your* function: a generator with one normalized hidden layer. Its weights are random, which
# makes no difference here.


# %%
def normalize(x, eps=1e-3):
    """Hand your function flat features, as images of one pixel each."""
    ones = np.ones(x.shape[1])
    return batch_norm(x[:, None, None], ones, 0 * ones, eps)[:, 0, 0]


def generate(latents, first, last):
    hidden = normalize(latents @ first)
    return np.tanh(np.maximum(hidden, 0.2 * hidden) @ last)


# %% tags=["experiment"]
if lab.ready("batch_norm"):
    draw = np.random.default_rng(seed)
    first, last = draw.normal(size=(100, 256)), draw.normal(0, 0.1, (256, 784))
    latents = draw.normal(size=(64, 100))
    among_64 = generate(latents, first, last)[:10]
    one_by_one = [generate(latents[i : i + 1], first, last)[0] for i in range(10)]
    for name, pictures in {"among 64": among_64, "one by one": one_by_one}.items():
        different = len(np.unique(np.round(pictures, 6), axis=0))
        print(f"{name:10} different pictures among ten: {different}")
    lab.reveal()

# %% tags=["claim"]
assert different == 1, f"one by one: expected a single picture; found {different}"

# %% [markdown]
# ## See: ten layers
#
# Without normalization, a signal fades or explodes on its way through ten layers, depending on the first weights (more
# of that in lab 05). Here *your* function stands after each product, once with its usual `eps`, and once with an `eps`
# of 0.8. A published generator has that number, as you will see at the end.


# %%
def glorot(rng, shape):
    return rng.uniform(-1, 1, shape) * np.sqrt(6 / sum(shape))


first_weights = {
    "N(0, 0.02)": lambda rng, shape: rng.normal(0, 0.02, shape),
    "Glorot": glorot,
    "N(0, 1)": lambda rng, shape: rng.normal(0, 1, shape),
}


# %%
def through(draw, after, seed):
    """Send 256 samples through. Return their sizes, and how alike they are."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((256, width))
    sizes, alike = [], []
    for _ in range(depth):
        x = after(x @ draw(rng, (width, width)))
        x = np.where(x > 0, x, 0.2 * x)
        directions = x / np.linalg.norm(x, axis=1, keepdims=True)
        sizes.append(x.std())
        alike.append(np.mean(directions @ directions.T))  # mean cosine of two samples
    return sizes, alike


# %% tags=["experiment"]
if lab.ready("batch_norm"):
    ways = {"without": lambda x: x, "yours": normalize}
    ways["yours, eps 0.8"] = lambda x: normalize(x, 0.8)
    ends = {name: [] for name in ways}
    for name, way in ways.items():
        for draw in first_weights.values():
            ends[name].append(through(draw, way, seed)[0][-1])
    labels = ("first weights", "size after ten layers")
    title = "Size of the signal after ten layers"
    display(charts.bars(ends, list(first_weights), title, labels, log=("y",)))

# %% [markdown]
# With batch normalization the first weights hardly matter. (The size is 0.6 and not 1, because the leaky ReLU comes
# last.) `eps` does matter. It is added to the variance. Where 0.8 is more than the variance itself, a weak signal stays
# weak. Size is not all: are two samples still different after ten layers?

# %% tags=["experiment"]
if lab.ready("batch_norm"):
    alike = {
        name: through(glorot, ways[name], seed)[1] for name in ("without", "yours")
    }
    curves = {name: (range(1, depth + 1), found) for name, found in alike.items()}
    labels = ("layers passed", "mean cosine of two samples")
    display(charts.lines(curves, "How alike two samples are, Glorot's weights", labels))
    for s in range(3):
        without, yours = (through(glorot, ways[name], s)[1][-1] for name in alike)
        print(f"seed {s}: alike without {without:.2f}, with yours {yours:.2f}")

# %% tags=["claim"]
for s in range(3):
    without, yours = (through(glorot, ways[name], s)[1][-1] for name in alike)
    assert without > 2 * yours, (
        f"seed {s}: expected samples twice as alike without; found {without:.2f}, {yours:.2f}"
    )

# %% [markdown]
# Without it, all samples end up in much the same direction: each layer adds to the part that they have in common.
# Subtracting the mean removes that part.

# %% [markdown]
# ## Do: the block
#
# First: does batch normalization come before the activation or after it? Some texts say both in one paragraph. Suppose
# that a layer has learned to return numbers around 5. What does the activation get?

# %% tags=["nbval-check-output"]
if lab.ready("batch_norm"):
    z = np.random.default_rng(seed).normal(5, 1, (20_000, 1))
    before, after = np.mean(normalize(z) < 0), np.mean(z < 0)
    print(f"normalized before: {before:.0%} of its inputs are negative")
    print(f"normalized after:  {after:.0%}, so the activation changes nothing")

# %% [markdown]
# **Before.** The paper's code does so, and Ioffe and Szegedy argue for it. Classifiers work with either order; for them
# the question is still disputed.
#
# The convolution before it needs no bias. (Why not?) Then the parameters are 3 · 3 · 3 · 64 weights and no bias, and
# four numbers for each channel: gamma and beta, which are trained, and two averages, which are not.

# %% tags=["exercise"] exercise="batch_norm.make_normalized_block"

# %% tags=["check"]
lab.check("make_normalized_block")

# %% tags=["nbval-check-output"]
if lab.ready("make_normalized_block"):
    images = np.float32(np.random.default_rng(seed).normal(size=(8, 64, 64, 3)))
    convolution = layers.Conv2D(64, 3, strides=2, padding="same")
    with_bias = keras.Sequential([convolution, layers.BatchNormalization()])
    before = with_bias(images, training=True)
    models = {"with a bias": with_bias, "yours": make_normalized_block()}
    for name, model in models.items():
        model(images[:1])  # builds it, if it isn't yet
        trained = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
        held = model.count_params() - trained
        print(f"{name:12} {model.count_params():,} = {trained:,} trained + {held} not")
    convolution.bias.assign(100 * np.ones(64))
    after = with_bias(images, training=True)
    print("biases of 100 change nothing:", np.allclose(before, after, atol=1e-2))

# %% [markdown]
# Subtracting the mean takes any bias out again, and beta does its work. The 128 numbers that are not trained are
# **moving averages** of means and variances. They are for test time, when there may be no batch. Two switches decide
# whether the batch or the averages are used:

# %% tags=["nbval-check-output"]
if lab.ready("make_normalized_block"):
    block, draw = make_normalized_block(8), np.random.default_rng(seed)
    photos = draw.normal(3, 5, (16, 64, 64, 3)).astype("float32")
    block(photos[:1])  # builds it, if it isn't yet
    print(f"{'':22} normalized  averages moved")
    for training, trainable in ((True, True), (False, True), (True, False)):
        block.trainable = trainable
        old = block.get_weights()
        small = bool(np.std(block(photos, training=training)) < 1)
        moved = any((a != b).any() for a, b in zip(old, block.get_weights()))
        switches = f"training={training}{'' if trainable else ', frozen'}"
        print(f"{switches:22} {small!s:10}  {moved}")

# %% [markdown]
# If you train with `training=False`, the layer never looks at a batch: its averages stay at 0 and 1.
#
# The other switch is `trainable`, and it is silent. In Keras, a layer with `trainable = False` uses its averages **even
# with `training=True`**. Many tutorials freeze the discriminator for the generator's step. Then the generator learns
# against another network than the one that the discriminator's step trained. Hand the optimizer the right variables
# instead, and freeze nothing.

# %% [markdown]
# ## What a discriminator can't see
#
# Reals and fakes come in separate batches (lab 09). Batch normalization in some places hides what separates them.
# First place: the discriminator's first layer.

# %% tags=["nbval-check-output"]
if lab.ready("batch_norm"):
    draw = np.random.default_rng(seed)
    w, v = draw.normal(size=(2, 64)), draw.normal(size=(64, 1))
    real, fake = draw.normal(0, 1, (500, 2)), draw.uniform(-9, 3, (500, 2))
    one, other = normalize(real @ w, 0), normalize((10 * real + 4) @ w, 0)
    print("Points ten times as far out, moved by 4, look the same:")
    print(np.allclose(one, other))

# %% [markdown]
# There, batch normalization hides **where** a batch lies and how **wide** it is. Second place: after the last
# activation, so that nothing but the logit's own layer follows.

# %% tags=["nbval-check-output"]
if lab.ready("batch_norm"):
    relu = partial(np.maximum, 0)
    orders = {"before": (normalize, relu), "after": (relu, normalize)}
    print("reals and fakes have the same mean logit, with batch normalization")
    for name, (first, second) in orders.items():
        one, other = (np.mean(second(first(x @ w)) @ v) for x in (real, fake))
        print(f"{name} the last activation: {np.allclose(one, other)}")

# %% [markdown]
# If there is no activation between batch normalization and the logit, the mean logit is the same number for every batch.
# The discriminator can't say "these are all fake".
#
# The paper normalizes neither the generator's output nor the discriminator's input. Its code leaves out the logit too.

# %% [markdown]
# ## Do: which layers?
#
# Write that as a rule. In a discriminator of three layers, your rule normalizes one.

# %% tags=["exercise"] exercise="batch_norm.has_batch_norm"

# %% tags=["check"]
lab.check("has_batch_norm")

# %% [markdown]
# ## See: the ring, and two wrong places
#
# The ring of lesson 01 with three discriminators: *your* rule; the first layer normalized too; your rule, but *after*
# the activation. They get the same data and seeds. It takes half a minute.


# %%
def make_discriminator(rule, before=True):
    """Build three dense layers, normalized where the rule says so."""
    model = keras.Sequential([keras.Input((2,))])
    for layer, units in enumerate((64, 64, 1)):
        model.add(layers.Dense(units))
        norm = [layers.BatchNormalization()] if rule("discriminator", layer, 3) else []
        relu = [layers.ReLU()] if layer < 2 else []
        for following in norm + relu if before else relu + norm:
            model.add(following)
    return model


def but_the_last(network, layer, n_layers):
    return layer < n_layers - 1


# %% tags=["experiment"]
if lab.ready("has_batch_norm"):
    arms = {
        "your rule": partial(make_discriminator, has_batch_norm),
        "first layer too": partial(make_discriminator, but_the_last),
        "after activation": partial(make_discriminator, has_batch_norm, before=False),
    }
    ring, points = toys.ring_data(), {}
    found = {name: [] for name in list(arms)[:n_arms]}
    for name, s in each([(name, s) for s in seeds for name in found], "trainings"):
        recipe = toys.ring_recipe(make_discriminator=arms[name])
        points[name] = train(recipe, ring, steps, s, progress=False).samples(1000)
        found[name].append(toys.ring_score(points[name])[0])
    print("clusters found, a number for each seed:", found)

# %% tags=["experiment"]
if lab.ready("has_batch_norm"):
    real = toys.ring_data(400)
    panels = {name: {"real": real, "fake": cloud} for name, cloud in points.items()}
    display(charts.clouds(panels, "Generated points beside the ring", reach=4))

# %% tags=["claim"]
for s, (yours, *wrong) in zip(seeds, zip(*found.values())):
    assert yours > max(wrong), (
        f"seed {s}: expected most clusters with the rule; found {yours}, and {wrong}"
    )

# %% [markdown]
# With its first layer normalized, this discriminator sees the form of a ring and not its place: nothing tells the
# generator where to move. With batch normalization between the last activation and the logit, it can tell the generator
# hardly anything.

# %% [markdown]
# ## If you have time
#
# That was the core of this lab, about 40 minutes. Take with you:
#
# - Batch normalization comes before the activation, and what stands before it needs no bias.
# - It is not on a layer that makes or reads images, nor on the logit, nor between the last activation and the logit.
# - `training=True` in both networks' updates, `training=False` for pictures.
#
# The rest shows that last point in a generator. If you stop here, the last cell says where to go next.

# %% [markdown]
# ## Find the bug: a published generator
#
# This generator has two mistakes from published code.
#
# Many have copied the line `BatchNorm1d(256, 0.8)` in PyTorch. It comes from a version in Keras, where 0.8 is the
# `momentum`: how slowly the averages follow. PyTorch's second argument is `eps`, as an
# [issue](https://github.com/eriklindernoren/PyTorch-GAN/issues/116) of 2020 says. You know the other mistake already.
# Mend both.

# %% tags=["exercise"] exercise="batch_norm.make_generator"

# %% tags=["check"]
lab.check("make_generator")

# %% [markdown]
# ## See: digits from both
#
# *Your* generator and the published one on MNIST, against the discriminator of lab 12, with the same data and seeds.
# It takes about half a minute. This is only the beginning of a training.

# %% tags=["experiment"]
if lab.ready("make_generator"):
    x_train = data.mnist().x_train.reshape(-1, 784).astype("float32") / 127.5 - 1
    adam = partial(keras.optimizers.Adam, 1e-3, beta_1=0.5)
    published = lab.exercises["make_generator"].given
    makers = {"yours": make_generator, "published": published}
    runs = {name: [] for name in list(makers)[:n_arms]}
    for name, s in each([(name, s) for s in seeds for name in runs], "trainings"):
        maker = makers[name]
        recipe = Recipe(make_generator=maker, g_optimizer=adam, d_optimizer=adam)
        runs[name].append(train(recipe, x_train, digit_steps, s, progress=False))

# %% tags=["experiment"] alt="White digits on black in the first rows; on grey in the last one."
if lab.ready("make_generator"):
    pictures = {"real": [x_train[:500].reshape(-1, 28, 28)]}
    for name, several in runs.items():
        pictures[name] = [run.samples(500).reshape(-1, 28, 28) for run in several]
    rows = np.concatenate([several[-1][:10] for several in pictures.values()])
    display(plots.digits(rows, "Ten images a row", row_labels=list(pictures)))
    print("mean of the top three lines, where -1 is black, for each seed:")
    for name, several in pictures.items():
        print(f"{name:10}", *(f"{images[:, :3].mean():.2f}" for images in several))

# %% tags=["claim"]
for s, mine, theirs in zip(seeds, pictures["yours"], pictures["published"]):
    mine, theirs = mine[:, :3].mean(), theirs[:, :3].mean()
    assert mine < theirs - 0.1, (
        f"seed {s}: expected a darker edge than the published {theirs:.2f}; found {mine:.2f}"
    )

# %% [markdown]
# Which of the two mistakes made the grey? If you want to find out, write a generator with one of them, add it to
# `makers`, and run both cells again before you read on.

# %% [markdown]
# It is the normalized output. A pixel near the edge is black in every real image. Normalized, it *varies* over the
# batch around its beta, until gamma and beta have learned otherwise. Each moves by about 0.001 a step. So after 1,000
# steps beta is hardly below -1, and tanh(-1) is -0.76: grey.
#
# The epsilon alone does no visible harm here: it makes the signal of one layer weaker. In ten layers of small weights
# it made the signal vanish, as the first picture shows.

# %% [markdown]
# ## See: the same ten latent samples, four times
#
# Now your trained generator. Only the batch changes. First row: with the averages. Then with `training=True`: in a batch
# of 64, in a batch whose other 54 samples are all equal, and one at a time.


# %%
def each_alone(generator, latents):
    """Return the pictures of batches of one, with the averages as they were."""
    weights = generator.get_weights()
    found = [generator(latents[i : i + 1], training=True) for i in range(len(latents))]
    generator.set_weights(weights)  # those calls have moved the averages
    return np.concatenate(found)


# %% tags=["experiment"] alt="Digits; nearly the same digits; whiter ones of other shapes; ten times the same grey picture."
if lab.ready("make_generator"):
    z = np.random.default_rng(seed).standard_normal((64, 100)).astype("float32")
    equal = np.concatenate([z[:10], np.repeat(z[-1:], 54, axis=0)])
    generator = runs["yours"][0].generator
    rows = {"training=False": generator(z[:10], training=False)}
    weights = generator.get_weights()
    rows["among 64"] = generator(z, training=True)[:10]
    rows["54 are equal"] = generator(equal, training=True)[:10]
    generator.set_weights(weights)
    rows["one by one"] = each_alone(generator, z[:10])
    pictures = np.concatenate([*rows.values()])
    display(
        plots.digits(pictures, "The same ten latent samples", row_labels=list(rows))
    )

# %% tags=["claim"]
for s, run in zip(seeds, runs["yours"]):
    largest = np.ptp(each_alone(run.generator, z[:10]), axis=0).max()
    assert largest < 1e-3, (
        f"seed {s}: expected one picture ten times; found differences of {largest:.2g}"
    )

# %% [markdown]
# Third row: 54 equal companions make the variance small, so the ten are stretched until tanh is near -1 and 1. (A
# convolution averages over many pixels too: there a batch of one isn't grey. Its pictures still depend on their
# companions.)
#
# So **`training=True` in both networks' updates**, also for the fakes that the discriminator learns from, and
# **`training=False` for the pictures** that you look at and measure.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# The ring needs no batch normalization, as lesson 01 shows. Does it lose by it? Read that on the card, in both networks
# and in G alone. On digits from dense layers these two disagree. On the small DCGAN, at the one rate that was tried,
# every run without it fails, and none with it.
#
# Later discriminators do without it: spectral normalization bounds a layer's weights instead, and a gradient penalty
# (R1) works without any normalization. R3GAN has none in either network. Whether the order matters in a *generator*,
# this lab doesn't show.

# %% [markdown]
# ## Key points
#
# - One mean and variance a channel, over the batch; before the activation, without a bias.
# - Not where a network touches images, not on the logit, and not between the last activation and the logit.
# - With `training=True` a sample's picture depends on the rest of its batch; a frozen layer ignores `training=True`.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Ioffe and Szegedy, *Batch Normalization*, [arXiv:1502.03167](https://arxiv.org/abs/1502.03167) · Radford, Metz and
# Chintala, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434), and
# [their code](https://github.com/Newmu/dcgan_code) · Miyato et al., *Spectral Normalization for GANs*,
# [arXiv:1802.05957](https://arxiv.org/abs/1802.05957) · Mescheder et al., *Which Training Methods for GANs do actually
# Converge?*, [arXiv:1801.04406](https://arxiv.org/abs/1801.04406) · Huang et al., R3GAN,
# [arXiv:2501.05441](https://arxiv.org/abs/2501.05441).
