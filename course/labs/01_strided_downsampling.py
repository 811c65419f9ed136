# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 01 · Halve with a stride
#
# > **Claim.** In the discriminator, let strided convolutions make the image smaller, not pooling layers. *Radford,
# > Metz and Chintala, 2015, after Springenberg et al., 2014.*
#
# | | |
# |---|---|
# | You'll do | work out sizes, build the block that halves, follow gradients through it, mend a published bug |
# | You'll learn | what "same" means, what the stride saves, and what max-pooling really does to gradients |
# | You need | nothing before it · 30 minutes · about 50 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import math
from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks import charts, checks, data, metrics
from ganhacks.recipe import Recipe, ones
from ganhacks.training import train

lab = checks.Lab("strided_downsampling")

# %% tags=["parameters"]
steps = 400
draws = 40
seed = 0

# %%
steps = ganhacks.length(steps, 10)
draws = ganhacks.length(draws, 5)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# The generator learns from one thing alone: the gradient that the discriminator hands back for each **pixel** of a
# fake. Suppose the discriminator has a 3 × 3 convolution, a leaky ReLU and 2 × 2 max-pooling. In each pooling cell,
# three of four numbers lose and get the gradient 0. At how many pixels is the gradient exactly 0?
#
# (a) at three quarters of them · (b) at a few, scattered · (c) at none

# %% tags=["predict"]
lab.predict(...)  # put "a", "b" or "c" in place of the dots

# %% [markdown]
# ## Do: how large
#
# A convolution lays its kernel on the image, writes one number, and moves on by `stride` pixels. So along each side its
# output has as many numbers as there are places for the kernel. "same" suggests that the size stays. Does it?

# %% tags=["exercise"] exercise="strided_downsampling.conv_output_size"

# %% tags=["check"]
lab.check("conv_output_size")

# %% [markdown]
# Stuck? Run `lab.hint()` in a new cell, up to three times. `lab.solution()` shows one right answer.

# %% tags=["nbval-check-output"]
if lab.ready("conv_output_size"):
    print("size  kernel  same  valid  (stride 2)")
    for size, kernel in ((64, 3), (64, 4), (65, 3), (28, 3), (7, 3), (1, 1)):
        same, valid = (conv_output_size(size, kernel, 2, padding) for padding in ("same", "valid"))
        print(f"{size:4}  {kernel:6}  {same:4}  {valid:5}")

# %% [markdown]
# Is that what Keras does? Ask it for 1,000 sizes, kernels and strides.

# %% tags=["nbval-check-output"]
if lab.ready("conv_output_size"):
    rng, agree = np.random.default_rng(seed), 0
    for size, kernel, stride in rng.integers(1, (100, 8, 5), (500, 3)).tolist():
        for padding in ("same", "valid"):
            size = max(size, kernel)
            layer = layers.Conv1D(1, kernel, strides=stride, padding=padding)
            agree += layer.compute_output_shape((1, size, 1))[1] == conv_output_size(size, kernel, stride, padding)
    print(f"{agree:,} of 1,000 agree")

# %% [markdown]
# ## Do: the block
#
# A classifier's usual block is a convolution of stride 1, then a pooling layer that keeps one number of four. Build
# one that needs no pooling: the kernel itself moves by two pixels, down and across.

# %% tags=["exercise"] exercise="strided_downsampling.make_halving_block"

# %% tags=["check"]
lab.check("make_halving_block")

# %% [markdown]
# Your output is as large as a pooled one. How much was multiplied for it? Each output number of a convolution takes
# kernel · kernel · channels products.

# %% tags=["nbval-check-output"]
if lab.ready("conv_output_size", "make_halving_block"):
    block = make_halving_block()
    shape = block(np.zeros((1, 64, 64, 3))).shape
    print((None, *shape[1:]), f"{block.count_params():,} parameters = 3 · 3 · 3 · 64 + 64")
    for name, stride in (("yours, stride 2", 2), ("stride 1, then pooling", 1)):
        places = conv_output_size(64, 3, stride, "same") ** 2
        print(f"{name:22} {places:5,} places · 27 · 64 = {places * 27 * 64:9,} products")

# %% [markdown]
# A quarter of the work, always. That much is certain. The next question is what the stride does for the generator.

# %% [markdown]
# ## See: which pixels get a gradient
#
# The talk of 2016 adds a reason: *avoid sparse gradients*, which it blames on ReLU and max-pooling. Let's look. First
# inside the block of the prediction, with one filter.

# %% tags=["nbval-check-output"]
convolution, head = layers.Conv2D(1, 3, padding="same"), layers.Dense(1)
images = tf.constant(np.random.default_rng(seed).uniform(-1, 1, (64, 28, 28, 1)), "float32")
with tf.GradientTape() as tape:
    tape.watch(images)
    places = tf.nn.leaky_relu(convolution(images), 0.2)
    logits = head(layers.Flatten()(layers.MaxPooling2D(2)(places)))
for name, gradients in zip(("convolution's outputs", "pixels"), tape.gradient(logits, [places, images])):
    print(f"exactly 0 at {np.mean(gradients == 0):.0%} of the {name}")

# %%
lab.reveal()

# %% [markdown]
# Now at the pixels only, for *your* block and for pooling, each with a leaky and with a plain ReLU. One filter each,
# other random weights in each draw, 64 real digits.

# %%
def strided(filters, shape, slope=0.2):
    return [make_halving_block(filters, shape), layers.LeakyReLU(negative_slope=slope)]


def pooled(filters, shape, slope=0.2, pool=layers.MaxPooling2D):
    return [layers.Conv2D(filters, 3, padding="same"), layers.LeakyReLU(negative_slope=slope), pool(2)]


def gradient(discriminator, images):
    """Return the gradient of the discriminator's logits at the images."""
    images = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = discriminator(images)
    return tape.gradient(logits, images).numpy()


# %%
mnist = data.mnist()
x_train = (mnist.x_train[..., None].astype("float32") - 127.5) / 127.5


def zeros(make, slope, filters=1):
    """Return how often, over draws of the weights, the gradient is exactly 0 at each pixel: (28, 28), in %."""
    head = [layers.Flatten(), layers.Dense(1)]
    model = keras.Sequential([keras.Input((28, 28, 1)), *make(filters, (28, 28, 1), slope), *head])
    rng, found = np.random.default_rng(seed), []
    for _ in range(draws):
        for weight in model.weights:
            weight.assign(rng.normal(0, 0.3 if len(weight.shape) > 1 else 0, weight.shape))
        found.append(gradient(model, x_train[:64]) == 0)
    return 100 * np.mean(found, axis=(0, 1))[..., 0]


# %% tags=["experiment"]
if lab.ready("make_halving_block"):
    arms = {"stride, leaky": (strided, 0.2), "max-pool, leaky": (pooled, 0.2)}
    arms |= {"stride, ReLU": (strided, 0.0), "max-pool, ReLU": (pooled, 0.0)}
    maps = {name: zeros(*arm) for name, arm in arms.items()}
    shares = "; ".join(f"{name}: {values.mean():.0f} %" for name, values in maps.items())
    alt = f"How often each pixel gets no gradient, four maps. On average {shares}. The leaky maps are dark throughout."
    display(charts.heat_maps(maps, alt, "gradient exactly 0, in %", limits=(0, 100), size=1.7))
    print(shares)
    assert max(maps["stride, leaky"].mean(), maps["max-pool, leaky"].mean()) < 0.01, "A leaky block lost pixels: how?"
    assert draws < 40 or maps["stride, ReLU"].mean() > 5, "A plain ReLU lost no pixels: what did you change?"

# %% [markdown]
# The holes come from the **ReLU** (lab 03). Max-pooling makes none, and with a plain ReLU the stride leaves *more* of
# them, since it has fewer places. (The squares in the third map: with a stride, a pixel is met by one, two or four
# kernels.) With a discriminator's usual number of filters, the holes fill up:

# %% tags=["experiment"]
if lab.ready("make_halving_block"):
    for filters in (1, 4, 16):
        shares = [zeros(make, 0.0, filters).mean() for make in (strided, pooled)]
        print(f"{filters:2} filters, plain ReLU: {shares[0]:5.1f} % zeros with the stride, {shares[1]:5.1f} % pooled")

# %% [markdown]
# So zeros are a poor reason against pooling. But a max does something else: *which* of four numbers wins depends on
# the image, and can change when the image hardly does.

# %% [markdown]
# ## See: three GANs
#
# Three small DCGANs that differ in how their discriminator halves: by *your* block, by max-pooling, by average pooling.
# Same parameters, same digits, three seeds: nine runs, about half a minute in silence.

# %%
def make_generator(width=8):
    stack = [layers.Dense(7 * 7 * 2 * width, use_bias=False), layers.Reshape((7, 7, 2 * width))]
    stack += [layers.BatchNormalization(), layers.ReLU()]
    stack += [layers.Conv2DTranspose(width, 4, strides=2, padding="same", use_bias=False)]
    stack += [layers.BatchNormalization(), layers.ReLU()]
    stack += [layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh")]
    return keras.Sequential([keras.Input((100,)), *stack])


def discriminator_of(halve, width=8):
    blocks = [*halve(width, (28, 28, 1)), *halve(2 * width, (14, 14, width))]
    return keras.Sequential([keras.Input((28, 28, 1)), *blocks, layers.Flatten(), layers.Dense(1)])


# %% tags=["experiment"]
if lab.ready("make_halving_block"):
    halvings = {"stride, yours": strided, "max-pool": pooled}
    if not ganhacks.fast():
        halvings["average pool"] = partial(pooled, pool=layers.AveragePooling2D)
    adam = partial(keras.optimizers.Adam, learning_rate=1e-3, beta_1=0.5)
    runs = {name: [] for name in halvings}
    for s in seeds:
        for name, halve in halvings.items():
            networks = make_generator, partial(discriminator_of, halve)
            recipe = Recipe(*networks, batch_size=32, g_optimizer=adam, d_optimizer=adam, real_labels=ones)
            runs[name].append(train(recipe, x_train, steps, s, progress=False))
    print({name: f"{found[0].discriminator.count_params():,} parameters" for name, found in runs.items()})

# %% [markdown]
# Take 64 fakes of each generator and its discriminator's gradient at them. Then shift every pixel a little, at random,
# and take it again. The **cosine** between the two gradients is 1 if they point the same way, 0 if they have nothing in
# common.

# %%
def cosine(run, levels):
    """Return the mean cosine between gradients before and after a random change of the fakes, in grey levels of 256."""
    fakes = run.samples(64)
    change = np.random.default_rng(run.seed).standard_normal(fakes.shape) * levels / 127.5
    moved = (fakes + change).astype("float32")
    before, after = (gradient(run.discriminator, x).reshape(64, -1) for x in (fakes, moved))
    return float(np.mean((before * after).sum(1) / np.linalg.norm(before, axis=1) / np.linalg.norm(after, axis=1)))


# %% tags=["experiment"]
if lab.ready("make_halving_block"):
    levels = (0.1, 0.3, 1, 3, 10)
    means = {name: [np.mean([cosine(run, n) for run in found]) for n in levels] for name, found in runs.items()}
    curves = {name: (levels, values) for name, values in means.items()}
    told = ", ".join(f"{name} {values[2]:.2f}" for name, values in means.items())
    alt = f"Cosine of gradients before and after a small change of the fakes. After one grey level: {told}."
    labels = ("change of each pixel, in grey levels of 256", "cosine of the gradients")
    display(charts.lines(curves, alt, labels, log=("x",)))

# %% [markdown]
# A change that no eye can see, and max-pooling's gradient points elsewhere: other winners, other paths back. Average
# pooling does not do it, so it is the **max**, not the pooling. The same for each seed?

# %% tags=["experiment"]
if lab.ready("make_halving_block"):
    found = {name: [round(cosine(run, 1), 2) for run in several] for name, several in runs.items()}
    print("cosine after a change of one grey level, a number for each seed:", found, sep="\n")
    if not ganhacks.fast() and steps >= 400:
        for yours, maximum in zip(found["stride, yours"], found["max-pool"]):
            assert yours > maximum + 0.1, "The strided gradient turned as far: what did you change?"

# %% [markdown]
# ## Does the generator suffer?
#
# FID compares fakes with real digits, lower is better (lab 12 and lesson 02). A number for each seed:

# %% tags=["experiment"]
if lab.ready("make_halving_block"):
    n_scored = ganhacks.length(3, 0)  # scoring takes long, so not where the course tests itself
    for name, several in runs.items():
        print(f"{name:14} FID", [round(metrics.mnist_fid(run.samples(2000))) for run in several[:n_scored]])

# %% [markdown]
# Look along a row, then down a column: the seeds of one row differ as much as the rows do, and one bad seed decides
# nothing. Eight seeds, tried before this was written, didn't either; if anything, max-pooling did a little better. The turning gradient is real; that
# it does harm at this size, we could **not** show. And Radford et al. changed several things at once, so their paper
# doesn't tell either.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# A stride also only looks at every second place. A pattern finer than that turns into a coarser one that isn't there
# (*aliasing*), and a kernel of 3 meets some pixels once, others up to four times; with 4, a multiple of the stride, all
# equally often. StyleGAN2 blurs before it skips; R3GAN resamples bilinearly and has no strides. That is pooling by
# weighted *averages*, come back. Max-pooling has not.

# %% [markdown]
# ## Find the bug
#
# A much copied DCGAN for Keras declared MNIST's images as below. On TensorFlow its first pooling layer stopped it:
# *negative dimension size*. Here strides stand in for the pooling; "same" always finds room, and the model builds
# without a word. Then it meets an image:

# %%
try:
    lab.exercises["make_discriminator"].given()(x_train[:1])
except ValueError as error:
    print("ValueError:", str(error).split("layer: ")[-1].splitlines()[0].removesuffix("\x1b[0m"))

# %% [markdown]
# What does `conv_output_size` say of the height that it declares?

# %% tags=["exercise"] exercise="strided_downsampling.make_discriminator"

# %% tags=["check"]
lab.check("make_discriminator")

# %% tags=["nbval-check-output"]
if lab.ready("make_discriminator"):
    model = make_discriminator()
    print("5 images give", tuple(model(x_train[:5]).shape))
    print(f"{model.count_params():,} parameters, in arrays of the shapes")
    print([tuple(weight.shape) for weight in model.weights])

# %% [markdown]
# ## Key points
#
# - With "same", the output is size / stride, rounded up, whatever the kernel. The stride saves three quarters of the
#   products.
# - Max-pooling leaves no pixel without a gradient; a plain ReLU can. What the max does is turn the gradient at the
#   slightest change.
# - That this makes worse digits is not shown here.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Radford, Metz and Chintala, *Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
# Networks*, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434) · Springenberg et al., *Striving for Simplicity: The
# All Convolutional Net*, [arXiv:1412.6806](https://arxiv.org/abs/1412.6806) · Chintala et al., *How to Train a GAN?*,
# [ganhacks](https://github.com/soumith/ganhacks), trick 5 · Karras et al. (StyleGAN2),
# [arXiv:1912.04958](https://arxiv.org/abs/1912.04958) · Huang et al. (R3GAN),
# [arXiv:2501.05441](https://arxiv.org/abs/2501.05441) · the bug: keras-dcgan, issues
# [8](https://github.com/jacobgil/keras-dcgan/issues/8) and [14](https://github.com/jacobgil/keras-dcgan/issues/14).
