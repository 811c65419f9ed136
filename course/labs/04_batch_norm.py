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
# | | |
# |---|---|
# | You'll do | write it in NumPy, build a block with it, decide which layers get it, mend a published generator |
# | You'll learn | why its place matters more than anything else about it, and what it does to a batch of one |
# | You need | lab 03 and lesson 01 help · 60 minutes (core 40) · about 50 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial

import keras
import numpy as np
from keras import layers

from ganhacks import charts, checks, data, plots, toys
from ganhacks.recipe import Recipe
from ganhacks.training import train

lab = checks.Lab("batch_norm")

# %% tags=["parameters"]
depth = 10
width = 64
steps = 1500
digit_steps = 1000
seed = 0

# %%
steps, digit_steps = ganhacks.length(steps, 100), ganhacks.length(digit_steps, 100)
seeds = range(seed, seed + ganhacks.length(3, 1))
n_arms = ganhacks.length(99, 1)  # how many of the networks below are compared: all of them

# %% [markdown]
# ## Predict
#
# `training=True` tells batch normalization to use the mean and variance of the batch that it sees. A trained generator
# of digits, with one normalized hidden layer, gets ten latent samples this way, **one at a time**. You see
#
# (a) the digits that it makes of them in a batch of 64 · (b) those digits, noisier · (c) the same grey picture ten
# times

# %% tags=["predict"]
lab.predict(...)  # put "a", "b" or "c" in place of the dots

# %% [markdown]
# ## Do: in NumPy
#
# A channel is one feature, wherever in the image and in whichever image it is measured. So there is **one mean and one
# variance for each channel**, over images, height and width. Then two numbers a channel, which the network learns:
# gamma multiplies, beta is added.

# %% tags=["exercise"] exercise="batch_norm.batch_norm"

# %% tags=["check"]
lab.check("batch_norm")

# %% [markdown]
# Stuck? Run `lab.hint()` in a new cell, up to three times. `lab.solution()` shows one right answer.
#
# Keras has it as a layer. Are the two the same?

# %% tags=["nbval-check-output"]
if lab.ready("batch_norm"):
    draw = np.random.default_rng(seed)
    images = draw.normal(5, 3, (8, 16, 16, 3)).astype("float32")
    layer = layers.BatchNormalization()
    layer.build(images.shape)
    layer.set_weights([draw.uniform(0.5, 2, 3), draw.normal(0, 1, 3), np.zeros(3), np.ones(3)])
    gamma, beta = layer.gamma.numpy(), layer.beta.numpy()
    yours = batch_norm(images, gamma, beta)
    print("yours is Keras' to 4 places:", np.allclose(yours, layer(images, training=True), atol=1e-4))
    print("each channel's mean is its beta:", np.allclose(yours.mean((0, 1, 2)), beta, atol=1e-3))

# %% [markdown]
# ## See: ten layers
#
# Without normalization, a signal fades or explodes on its way through ten layers, according to the first weights: lab 05
# has more of that. Now with *your* function after each product; and with yours where `eps` is 0.8, as in the bug at the
# end of this lab.

# %%
def glorot(rng, shape):
    return rng.uniform(-1, 1, shape) * np.sqrt(6 / sum(shape))


first_weights = {
    "N(0, 0.02)": lambda rng, shape: rng.normal(0, 0.02, shape),
    "Glorot": glorot,
    "N(0, 1)": lambda rng, shape: rng.normal(0, 1, shape),
}


def normalize(x, eps=1e-3):
    """Hand your function flat features, as images of one pixel each."""
    ones = np.ones(x.shape[1])
    return batch_norm(x[:, None, None], ones, 0 * ones, eps)[:, 0, 0]


# %%
def through(draw, after, seed):
    """Send 256 samples through the layers. Return the sizes of the signal, and how alike the samples are."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((256, width))
    sizes, alike = [], []
    for _ in range(depth):
        x = after(x @ draw(rng, (width, width)))
        x = np.where(x > 0, x, 0.2 * x)
        directions = x / np.linalg.norm(x, axis=1, keepdims=True)
        sizes.append(x.std())
        alike.append(np.mean(directions @ directions.T))  # the mean cosine between two samples
    return sizes, alike


# %% tags=["experiment"]
if lab.ready("batch_norm"):
    ways = {"without": lambda x: x, "yours": normalize, "yours, eps 0.8": lambda x: normalize(x, 0.8)}
    last = {name: [through(w, way, seed)[0][-1] for w in first_weights.values()] for name, way in ways.items()}
    alt = "Size of the signal after ten layers for three kinds of first weights, on a logarithmic scale. " + "; ".join(
        f"{name}: " + ", ".join(f"{size:.0e}" for size in found) for name, found in last.items()
    )
    names = list(first_weights)
    display(charts.bars(last, names, alt, labels=("first weights", "size after ten layers"), log=("y",)))

# %% [markdown]
# With batch normalization the first weights hardly matter. (0.6 and not 1, because the leaky ReLU comes last.) `eps`
# does: it is added to the variance, and where 0.8 is
# more than the variance itself, a weak signal stays weak. What else it saves can't be seen in sizes:

# %% tags=["experiment"]
if lab.ready("batch_norm"):
    alike = {name: through(glorot, way, seed)[1] for name, way in list(ways.items())[:2]}
    alt = "How alike two samples are after each layer, Glorot's weights: " + ", ".join(
        f"{name} it ends at {found[-1]:.2f}" for name, found in alike.items()
    )
    curves = {name: (range(1, depth + 1), found) for name, found in alike.items()}
    display(charts.lines(curves, alt, labels=("layers passed", "mean cosine of two samples")))
    for s in range(3):
        (_, without), (_, kept) = through(glorot, ways["without"], s), through(glorot, normalize, s)
        print(f"seed {s}: alike without {without[-1]:.2f}, with yours {kept[-1]:.2f}")
        assert depth < 10 or without[-1] > 2 * kept[-1], "The samples stayed apart: what did you change?"

# %% [markdown]
# Without it, samples come to point in one direction: each layer adds to the part that all have in common.
# Subtracting the mean takes that part out.

# %% [markdown]
# ## Do: the block
#
# The order has to be settled first: some texts say "after the activation" and "before the activation" in one paragraph.
# Suppose that a layer has learned to return numbers around 5. What does the activation get to bend?

# %% tags=["nbval-check-output"]
if lab.ready("batch_norm"):
    z = np.random.default_rng(seed).normal(5, 1, (20_000, 1))
    print(f"normalized before: {np.mean(normalize(z) < 0):.0%} of its inputs are negative")
    print(f"normalized after:  {np.mean(z < 0):.0%}, so it bends nothing and might as well be missing")

# %% [markdown]
# **Before.** The paper's code does so, and Ioffe and Szegedy argue for it. Classifiers work with either order, and the
# question is still disputed there.
#
# The convolution before it needs no bias. Why not? If you know, you also know its parameters: 3 · 3 · 3 · 64, and four
# numbers a channel, of which only gamma and beta are trained.

# %% tags=["exercise"] exercise="batch_norm.make_normalized_block"

# %% tags=["check"]
lab.check("make_normalized_block")

# %% tags=["nbval-check-output"]
if lab.ready("make_normalized_block"):
    shape = (64, 64, 3)
    convolution = layers.Conv2D(64, 3, strides=2, padding="same")
    with_bias = keras.Sequential([keras.Input(shape), convolution, layers.BatchNormalization()])
    for name, model in {"with a bias": with_bias, "yours": make_normalized_block()}.items():
        model(np.zeros((1, *shape)))  # builds it, if it isn't yet
        trained = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
        print(f"{name:12} {model.count_params():,} = {trained:,} trained + {model.count_params() - trained} not")
    batch = np.random.default_rng(seed).normal(size=(8, *shape)).astype("float32")
    before = with_bias(batch, training=True)
    convolution.bias.assign(100 * np.ones(64))
    print("biases of 100 change nothing:", np.allclose(before, with_bias(batch, training=True), atol=1e-2))

# %% [markdown]
# The mean takes any bias out again, and beta does its work. The 128 that are not trained are **moving averages** of means and variances, for test time, when there may be no
# batch. Two switches decide whether the batch or the averages are used:

# %% tags=["nbval-check-output"]
if lab.ready("make_normalized_block"):
    block = make_normalized_block(8)
    photos = np.random.default_rng(seed).normal(3, 5, (16, 64, 64, 3)).astype("float32")
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
# Train with `training=False`, and the layer never looks at a batch: its averages stay at 0 and 1. The other switch is
# silent. In Keras, a layer with `trainable = False` uses its averages **even with `training=True`**. Many tutorials
# freeze the discriminator for the generator's step: the generator then learns against another network than the one
# that the discriminator's step trained. Hand the optimizer the right variables instead, and freeze nothing.

# %% [markdown]
# ## What a discriminator can't see
#
# Reals and fakes come in separate batches (lab 09). Two places for batch normalization, and what they hide:

# %% tags=["nbval-check-output"]
if lab.ready("batch_norm"):
    draw = np.random.default_rng(seed)
    w, v = draw.normal(size=(2, 64)), draw.normal(size=(64, 1))
    real, fake = draw.normal(0, 1, (500, 2)), draw.uniform(-9, 3, (500, 2))
    one, other = normalize(real @ w, 0), normalize((10 * real + 4) @ w, 0)
    print("on the first layer, a batch ten times as large and moved by 4 looks the same:", np.allclose(one, other))
    relu = partial(np.maximum, 0)
    for name, order in {"before": (normalize, relu), "after": (relu, normalize)}.items():
        logits = [order[1](order[0](batch @ w)) @ v for batch in (real, fake)]
        print(f"{name} the last activation, reals and fakes share a mean logit:", np.allclose(*map(np.mean, logits)))

# %% [markdown]
# A first layer with batch normalization hides **where** a batch lies and how **large** it is. And if nothing bends
# between batch normalization and the logit, the mean logit is the same number for every batch: the discriminator
# can't say "these are all fake".
#
# The paper normalizes neither the generator's output nor the discriminator's input. Its code spares the logit too.

# %% [markdown]
# ## Do: which layers?
#
# Write that down as a rule. In a discriminator of three layers, your rule leaves one.

# %% tags=["exercise"] exercise="batch_norm.has_batch_norm"

# %% tags=["check"]
lab.check("has_batch_norm")

# %% [markdown]
# ## See: the ring, and two wrong places
#
# The ring of lesson 01, three discriminators: *your* rule; the first layer normalized too; your rule with each layer
# normalized *after* its activation. Same data, same seeds, half a minute.

# %%
def make_discriminator(rule, before=True):
    """Build a discriminator of the plane out of three dense layers, normalized where the rule says so."""
    model = keras.Sequential([keras.Input((2,))])
    for layer, units in enumerate((64, 64, 1)):
        model.add(layers.Dense(units))
        norm = [layers.BatchNormalization()] if rule("discriminator", layer, 3) else []
        relu = [layers.ReLU()] if layer < 2 else []
        for following in norm + relu if before else relu + norm:
            model.add(following)
    return model


# %% tags=["experiment"]
if lab.ready("has_batch_norm"):
    arms = {
        "your rule": partial(make_discriminator, has_batch_norm),
        "first layer too": partial(make_discriminator, lambda network, layer, n_layers: layer < 2),
        "after activation": partial(make_discriminator, has_batch_norm, before=False),
    }
    points, found = {}, {name: [] for name in list(arms)[:n_arms]}
    for s in seeds:
        for name in found:
            recipe = toys.ring_recipe(make_discriminator=arms[name])
            points[name] = train(recipe, toys.ring_data(), steps, s, progress=False).samples(1000)
            found[name].append(toys.ring_score(points[name])[0])
    print("clusters found, a number for each seed:", found)

# %% tags=["experiment"]
if lab.ready("has_batch_norm"):
    panels = {name: {"real": toys.ring_data(400), "fake": cloud} for name, cloud in points.items()}
    told = ", ".join(f"{name} {modes[-1]} of 8 clusters" for name, modes in found.items())
    display(charts.clouds(panels, f"Generated points of the last seed beside the ring: {told}", reach=4))
    if not ganhacks.fast() and steps >= 1500:
        for yours, *wrong in zip(*found.values()):
            assert yours > max(wrong), "A wrong place did as well: what did you change?"

# %% [markdown]
# With its first layer normalized, this discriminator knows a ring, and not where it lies: nothing can tell the
# generator to move. With batch normalization between the last activation and the logit it has next to nothing to
# teach.

# %% [markdown]
# ## Find the bug
#
# This generator has two mistakes from published code, put together in Keras. A much-copied repository writes
# `BatchNorm1d(256, 0.8)`. Its older sister in Keras has 0.8 as `momentum`, which says how slowly the averages follow.
# PyTorch's second argument is `eps`, as an [issue](https://github.com/eriklindernoren/PyTorch-GAN/issues/116) of 2020
# points out. The other mistake you know already. Mend both below.

# %% tags=["exercise"] exercise="batch_norm.make_generator"

# %% tags=["check"]
lab.check("make_generator")

# %% [markdown]
# ## See: digits from both
#
# *Your* generator and the published one on MNIST, against the discriminator of lab 12. Same data, same seeds, about
# 25 seconds. It is the beginning of a training, not its end.

# %% tags=["experiment"]
if lab.ready("make_generator"):
    x_train = data.mnist().x_train.reshape(-1, 784).astype("float32") / 127.5 - 1
    adam = partial(keras.optimizers.Adam, 1e-3, beta_1=0.5)
    makers = {"yours": make_generator, "published": lab.exercises["make_generator"].given}
    runs = {name: [] for name in list(makers)[:n_arms]}
    for s in seeds:
        for name in runs:
            recipe = Recipe(make_generator=makers[name], g_optimizer=adam, d_optimizer=adam)
            runs[name].append(train(recipe, x_train, digit_steps, s, progress=False))

# %% tags=["experiment"]
if lab.ready("make_generator"):
    pictures = {"real": [x_train[:500].reshape(-1, 28, 28)]}
    pictures |= {name: [run.samples(500).reshape(-1, 28, 28) for run in several] for name, several in runs.items()}
    grey = {name: [f"{images[:, :3].mean():.2f}" for images in several] for name, several in pictures.items()}
    print("the top three lines, where -1 is black:", grey)
    rows = np.concatenate([several[-1][:10] for several in pictures.values()])
    told = ", ".join(f"{name} {values[-1]}" for name, values in grey.items())
    alt = f"Ten digits in each row. Their background, where -1 is black and 0 is grey: {told}"
    display(plots.digits(rows, alt, row_labels=list(pictures)))
    if not ganhacks.fast() and digit_steps >= 1000:
        for yours, published in zip(grey["yours"], grey["published"]):
            assert float(yours) < float(published) - 0.1, "Both are as dark: what did you change?"

# %% [markdown]
# Which of the two mistakes did it? Before you read on: write a generator with one of them, add it to `makers`, and run
# both cells again.

# %% [markdown]
# It is the output. A pixel near the edge is black in every real image; normalized, it is made to *vary* over the batch,
# and so is every other one. The epsilon alone does no harm to see: one layer and Glorot's weights lose little. In ten
# layers of small weights it undid everything, in the first picture.

# %% [markdown]
# ## See: the same ten latent samples, four times
#
# Your trained generator; nothing but the batch changes. First with the averages, then with `training=True`: in a batch
# of 64, in a batch whose other 54 samples are all equal, and one at a time.

# %%
def one_by_one(generator, latents):
    return np.concatenate([generator(latents[i : i + 1], training=True) for i in range(len(latents))])


# %% tags=["experiment"]
if lab.ready("make_generator"):
    z = np.random.default_rng(seed).standard_normal((64, 100)).astype("float32")
    equal = np.concatenate([z[:10], np.repeat(z[-1:], 54, axis=0)])
    generator = runs["yours"][0].generator
    weights = generator.get_weights()
    rows = {"training=False": generator(z[:10], training=False)}
    rows["among 64"] = generator(z, training=True)[:10]
    rows["54 are equal"] = generator(equal, training=True)[:10]
    rows["one by one"] = one_by_one(generator, z[:10])
    generator.set_weights(weights)  # those calls have moved the averages
    alt = "Four rows of ten: digits, nearly the same digits, whiter digits of other shapes, ten times one grey picture"
    display(plots.digits(np.concatenate([*rows.values()]), alt, row_labels=list(rows)))
    lab.reveal()

# %% tags=["experiment"]
if lab.ready("make_generator"):
    for s, run in zip(seeds, runs["yours"]):
        weights = run.generator.get_weights()
        largest = np.ptp(one_by_one(run.generator, z[:10]), axis=0).max()
        run.generator.set_weights(weights)
        print(f"seed {s}: one at a time, all ten pictures are the same: {bool(largest < 1e-3)}")
        assert largest < 1e-3, "The pictures differ: what did you change?"

# %% [markdown]
# Third row: 54 equal companions shrink the variance, so the ten are stretched until tanh is at its ends. So
# **`training=True` in both networks' updates**, also for the fakes that the discriminator learns from, and
# **`training=False` for the pictures** that you look at and measure. (A convolution has many pixels to average over:
# there a batch of one isn't blank. Its pictures still depend on their companions.)

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# The ring without any batch normalization does well too, as lesson 01 shows. Later discriminators dropped it: spectral
# normalization bounds a layer's weights instead, and a gradient penalty (R1) works without any normalization. R3GAN
# has none in either network. Whether the order matters in a *generator*, this lab doesn't show: write one with
# the two layers swapped, add it to `makers`, and look.

# %% [markdown]
# ## Key points
#
# - One mean and variance a channel, over the batch; before the activation, without a bias.
# - Not where a network touches images, and not on, or straight before, the logit.
# - With `training=True` samples depend on their companions; a frozen layer ignores `training=True`.

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
