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
# | At a glance | in this lab |
# |---|---|
# | You'll do | work out sizes, build the block that halves, mend a published bug, follow gradients through the block |
# | You'll learn | what "same" means, what the stride saves, and what max-pooling really does to gradients |
# | You need | nothing before it · 30 minutes · about 50 seconds of CPU |

# %% [markdown]
# ## The words
#
# A GAN trains two networks against each other. The **generator** makes images, the *fakes*. The **discriminator** gives
# each image one number, its *logit*: high for real, low for fake.
#
# A **convolution** moves a small array of weights, the *kernel*, over an image. At each place it multiplies, adds, and
# writes one number. It has several kernels, called *filters*, and each writes a *channel* of its own.

# %% [markdown]
# **Pooling** cuts each channel into cells of 2 × 2 and keeps one number of each: the largest (*max-pooling*) or the
# average.
#
# ```
# 3 1 | 0 2
# 2 0 | 5 1      max-pooling:  3 5      average pooling:  1.5  2
# ```
#
# Between such layers stands an **activation**. The *plain ReLU* makes negative numbers 0. The *leaky ReLU* multiplies
# them by a small *slope*, here 0.2 (lab 03).

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import math
from functools import partial
from itertools import product

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks import checks, data, metrics
from ganhacks.pictures import charts
from ganhacks.pictures.progress import each
from ganhacks.training import Recipe, ones, train

lab = checks.Lab("strided_downsampling")

# %% tags=["parameters"]
steps = 400
draws = 40
seed = 0

# %%
lab.parameters()  # are all values allowed?
steps = ganhacks.length(steps, 10)
draws = ganhacks.length(draws, 5)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# The generator learns from one thing alone: the gradient at each **pixel** of a fake. It says how the logit changes if
# the pixel does. Suppose the discriminator has a 3 × 3 convolution, a leaky ReLU and 2 × 2 max-pooling. In each pooling
# cell three of four numbers lose, and their gradient is 0. At how many *pixels* is the gradient exactly 0?
#
# (a) at three quarters of them · (b) at a few, scattered · (c) at none

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: how large
#
# A convolution lays its kernel on the image, writes one number, and moves on by `stride` pixels. So along each side the
# output has as many numbers as there are places for the kernel. `padding` says what happens at the edges.
#
# ```
# 7 pixels, kernel 3, stride 2
#
# "valid": 3 places
#   ■ ■ ■
#       ■ ■ ■
#           ■ ■ ■
#   0 1 2 3 4 5 6
#
# "same": 4 places, · is a zero
# ■ ■ ■
#     ■ ■ ■
#         ■ ■ ■
#             ■ ■ ■
# · 0 1 2 3 4 5 6 ·
# ```

# %% tags=["exercise"] exercise="strided_downsampling.conv_output_size"

# %% tags=["check"]
lab.check("conv_output_size")

# %% tags=["nbval-check-output"]
if lab.ready("conv_output_size"):
    print("size  kernel  same  valid  (stride 2)")
    for size, kernel in ((64, 3), (64, 4), (65, 3), (28, 3), (7, 3), (1, 1)):
        same = conv_output_size(size, kernel, 2, "same")
        valid = conv_output_size(size, kernel, 2, "valid")
        print(f"{size:4}  {kernel:6}  {same:4}  {valid:5}")

# %% [markdown]
# Does "same" keep the size? Not with a stride of 2: it halves it. Is that what Keras does? Ask it 1,000 times.

# %% tags=["nbval-check-output"]
if lab.ready("conv_output_size"):
    rng, agree = np.random.default_rng(seed), 0
    drawn = rng.integers(1, (100, 8, 5), (500, 3)).tolist()
    for (size, kernel, stride), padding in product(drawn, ("same", "valid")):
        size = max(size, kernel)
        layer = layers.Conv1D(1, kernel, strides=stride, padding=padding)
        of_keras = layer.compute_output_shape((1, size, 1))[1]
        agree += int(of_keras == conv_output_size(size, kernel, stride, padding))
    print(f"{agree:,} of 1,000 agree")

# %% [markdown]
# ## Do: the block
#
# The usual block of a classifier is a convolution of stride 1 and then a pooling layer, which keeps one number of four.
# Build a block that needs no pooling: its kernel moves by two pixels, down and across. Begin it with
# `keras.Input(input_shape)`. (Older code hands `input_shape=` to the layer. That works, and Keras warns of it.)

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
    print("one image becomes", tuple(shape[1:]))
    print(f"{block.count_params():,} parameters = 3 · 3 · 3 · 64 + 64")
    for name, stride in (("yours, stride 2", 2), ("stride 1, then pooling", 1)):
        places = conv_output_size(64, 3, stride, "same") ** 2
        products = places * 27 * 64
        print(f"{name:22} {places:5,} places · 27 · 64 = {products:9,} products")

# %% [markdown]
# A quarter of the work. That holds for every image of even sides.

# %% [markdown]
# ## Find the bug
#
# Two such blocks, Flatten and a Dense layer make a small discriminator. The next exercise holds one that was copied
# often. It is for MNIST, handwritten digits of 28 × 28 grey pixels. With pooling layers in place of strides, TensorFlow
# stopped at the first of them: *negative dimension size*. With strides and "same" there is always room, so the model is
# built without an error. Then it meets an image:

# %%
digits = data.mnist().x_train[..., None].astype("float32")
x_train = digits / 127.5 - 1  # from -1, black, to 1, white
try:
    lab.exercises["make_discriminator"].given()(x_train[:1])
except ValueError as error:
    said = str(error).split("layer: ")[-1].splitlines()[0]
    print("ValueError:", said.removesuffix("\x1b[0m"))

# %% [markdown]
# Compare the shape that the model declares with the shape of an image.

# %% tags=["exercise"] exercise="strided_downsampling.make_discriminator"

# %% tags=["check"]
lab.check("make_discriminator")

# %% tags=["nbval-check-output"]
if lab.ready("make_discriminator"):
    model = make_discriminator()
    print("5 images give", tuple(model(x_train[:5]).shape))
    print(f"{model.count_params():,} parameters, in arrays of the shapes")
    print(*(tuple(weight.shape) for weight in model.weights))

# %% [markdown]
# ## See: which pixels get a gradient
#
# So the stride saves work. Does it also help the generator? The talk of 2016 says so: *avoid sparse gradients*, with
# many zeros in them, which come from ReLU and max-pooling. First look inside the block of the prediction, with one
# filter. A `GradientTape` records what is computed inside its `with`; then it tells the gradients.

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(seed)
images = tf.constant(rng.uniform(-1, 1, (64, 28, 28, 1)), "float32")
convolution, head = layers.Conv2D(1, 3, padding="same"), layers.Dense(1)
with tf.GradientTape() as tape:
    tape.watch(images)
    outputs = tf.nn.leaky_relu(convolution(images), 0.2)
    logits = head(layers.Flatten()(layers.MaxPooling2D(2)(outputs)))
at_outputs, at_pixels = tape.gradient(logits, [outputs, images])
print(f"exactly 0 at {np.mean(at_outputs == 0):.0%} of the convolution's outputs")
print(f"exactly 0 at {np.mean(at_pixels == 0):.0%} of the pixels")

# %%
lab.reveal()

# %% [markdown]
# Now at the pixels alone, for *your* block and for pooling, each with a leaky and with a plain ReLU. One filter each,
# other random weights in each draw, 64 real digits.


# %%
def strided(filters, shape, slope=0.2):
    block, bend = make_halving_block(filters, shape), layers.LeakyReLU(slope)
    return keras.Sequential([keras.Input(shape), block, bend])  # whatever its name


def pooled(filters, shape, slope=0.2, pool=layers.MaxPooling2D):
    block, bend = layers.Conv2D(filters, 3, padding="same"), layers.LeakyReLU(slope)
    return keras.Sequential([keras.Input(shape), block, bend, pool(2)])


# %%
def gradient(discriminator, images):
    """Return the gradient of the discriminator's logits at the images."""
    images = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = discriminator(images)
    return tape.gradient(logits, images).numpy()


# %%
def zeros(make, slope, filters=1):
    """Return how often, in %, the gradient is exactly 0 at each pixel."""
    block = make(filters, (28, 28, 1), slope)
    model = keras.Sequential([block, layers.Flatten(), layers.Dense(1)])
    model.build((None, 28, 28, 1))
    rng, found = np.random.default_rng(seed), []
    for _ in range(draws):
        for weight in model.weights:
            spread = 0.3 if len(weight.shape) > 1 else 0
            weight.assign(rng.normal(0, spread, weight.shape))
        found.append(gradient(model, x_train[:64]) == 0)
    return 100 * np.mean(found, axis=(0, 1))[..., 0]


# %% tags=["experiment"]
if lab.ready("make_halving_block"):
    arms = {"stride, leaky": (strided, 0.2), "max-pool, leaky": (pooled, 0.2)}
    arms |= {"stride, ReLU": (strided, 0.0), "max-pool, ReLU": (pooled, 0.0)}
    maps = {name: zeros(*arms[name]) for name in each(arms, "maps")}
    for name, values in maps.items():
        print(f"{name:15} exactly 0 at {values.mean():.0f} % of the pixels")
    title = "How often each pixel gets no gradient"
    display(charts.heat_maps(maps, title, "in %", limits=(0, 100), size=1.7))

# %% tags=["claim"]
for name in ("stride, leaky", "max-pool, leaky"):
    assert maps[name].mean() < 0.01, (
        f"{name}: expected a gradient at every pixel; found none at {maps[name].mean():.2f} %"
    )
assert maps["stride, ReLU"].mean() > 5, (
    f"expected holes from the plain ReLU; found {maps['stride, ReLU'].mean():.1f} %"
)

# %% [markdown]
# The holes come from the **ReLU** (lab 03). Max-pooling makes none. With a plain ReLU the stride leaves *more* holes,
# since it has fewer places. (The squares in the third map: with a stride, one, two or four kernels meet a pixel. The
# darker middle: where strokes are, neighbouring places differ, so one of them is more often above 0.) And with more
# filters, as discriminators have them, the holes fill up:

# %% tags=["experiment"]
if lab.ready("make_halving_block"):
    shares = {}
    for filters, make in each(product((1, 4, 16), (strided, pooled)), "maps"):
        shares[filters, make] = zeros(make, 0.0, filters).mean()
    for filters in (1, 4, 16):
        yours, other = shares[filters, strided], shares[filters, pooled]
        print(f"{filters:2} filters: zeros at {yours:4.1f} % with the stride,", end=" ")
        print(f"at {other:4.1f} % with pooling")

# %% [markdown]
# So zeros are a poor reason against pooling. But a max does something else: *which* of four numbers wins depends on
# the image. A small change of the image can make another number win.

# %% [markdown]
# ## See: three GANs
#
# Three small GANs that differ in how their discriminator halves: by *your* block, by max-pooling, by average pooling.
# They share the number of parameters, the digits and the three seeds. A `Recipe` holds what a GAN is made of, and
# `train` trains it. Lab 12 builds all of that; here it is ready.


# %%
def make_generator(width=8):
    up = partial(layers.Conv2DTranspose, kernel_size=4, strides=2, padding="same")
    stack = [layers.Dense(7 * 7 * 2 * width), layers.Reshape((7, 7, 2 * width))]
    stack += [layers.BatchNormalization(), layers.ReLU()]
    stack += [up(width), layers.BatchNormalization(), layers.ReLU()]
    return keras.Sequential([keras.Input((100,)), *stack, up(1, activation="tanh")])


def discriminator_of(halve, width=8):
    blocks = [halve(width, (28, 28, 1)), halve(2 * width, (14, 14, width))]
    return keras.Sequential([*blocks, layers.Flatten(), layers.Dense(1)])


# %% tags=["experiment"]
if lab.ready("make_halving_block"):
    halvings = {"stride, yours": strided, "max-pool": pooled}
    halvings["average pool"] = partial(pooled, pool=layers.AveragePooling2D)
    adam = partial(keras.optimizers.Adam, learning_rate=1e-3, beta_1=0.5)
    settings = dict(batch_size=32, g_optimizer=adam, d_optimizer=adam, real_labels=ones)
    runs = {name: [] for name in halvings}
    for s, name in each(product(seeds, halvings), "trainings"):
        networks = make_generator, partial(discriminator_of, halvings[name])
        run = train(Recipe(*networks, **settings), x_train, steps, s, progress=False)
        runs[name].append(run)

# %% [markdown]
# Take 64 fakes of each generator and its discriminator's gradient at them. Then change every pixel a little, at random,
# and take the gradient again. The **cosine** between the two is 1 if they point the same way, and 0 if they have
# nothing in common.


# %%
def cosine(run, levels):
    """Return the mean cosine of gradients before and after a change of so many levels.

    levels: the standard deviation of the change, in grey levels of 256.
    """
    fakes = run.samples(64)
    noise = np.random.default_rng(run.seed).standard_normal(fakes.shape)
    moved = (fakes + noise * levels / 127.5).astype("float32")
    pair = [gradient(run.discriminator, x).reshape(64, -1) for x in (fakes, moved)]
    before, after = (g / np.linalg.norm(g, axis=1, keepdims=True) for g in pair)
    return float(np.mean((before * after).sum(axis=1)))


# %% tags=["experiment"]
if lab.ready("make_halving_block"):
    levels, curves = (0.1, 0.3, 1, 3, 10), {}
    for name, found in runs.items():
        means = [np.mean([cosine(run, n) for run in found]) for n in levels]
        curves[name] = levels, means
    labels = ("change of each pixel, in grey levels of 256", "cosine of the gradients")
    title = "Gradients before and after a small change"
    display(charts.lines(curves, title, labels, log=("x",)))

# %% [markdown]
# Nobody sees one grey level, but max-pooling's gradient points elsewhere: other numbers win. Average pooling does not
# do it. So it is the **max**, not the pooling. Is it the same for each seed?

# %% tags=["experiment"]
if lab.ready("make_halving_block"):
    cosines = {}
    print("cosine after a change of one grey level, a number for each seed")
    for name, several in runs.items():
        cosines[name] = [cosine(run, 1) for run in several]
        print(f"{name:14}", " ".join(f"{c:.2f}" for c in cosines[name]))

# %% tags=["claim"]
for yours, largest in zip(cosines["stride, yours"], cosines["max-pool"]):
    assert yours > largest + 0.1, (
        f"expected a cosine above {largest + 0.1:.2f}; found {yours:.2f}"
    )

# %% [markdown]
# ## Does the generator suffer?
#
# The FID is a distance between fakes and real digits: lower is better (lesson 02). A number for each seed:

# %% tags=["experiment"]
if lab.ready("make_halving_block"):
    scored = list(product(runs, seeds))[: ganhacks.length(9, 0)]
    fids = {name: [] for name in runs}
    for name, s in each(scored, "scores"):
        fids[name].append(metrics.mnist_fid(runs[name][s - seed].samples(2000)))
    for name, found in fids.items():
        print(f"{name:14} FID", " ".join(f"{fid:3.0f}" for fid in found))

# %% [markdown]
# On two seeds all rows are next to equal. On the third they lie far apart, and how depends on the processor: stride,
# max-pooling and average pooling had 48, 28 and 47 on one of ours, 35, 29 and 80 on another. One seed is too few to
# call anything worse; the card has more. What is certain is that the stride saves products. (Radford et al. changed
# several things at once. Their paper can't tell.)

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# A stride looks at every second place only. A fine pattern turns into a coarse one that isn't there (*aliasing*). And a
# kernel of 3 meets some pixels once, others up to four times. A kernel of 4, a multiple of the stride, meets all of
# them equally often, but for the border.
#
# StyleGAN2 blurs before it skips. R3GAN resamples bilinearly and has no strides. To blur and to resample is to take
# weighted *averages*. Max-pooling has not come back.

# %% [markdown]
# ## Key points
#
# - With "same", the output is size / stride, rounded up, whatever the kernel.
# - **A stride saves three quarters of the products**: that is the reason for it. Its gradients turn less than
#   max-pooling's. Whether digits gain or lose by it is on the card. Away from the border, a kernel of 4 meets all
#   pixels equally often.
# - Max-pooling left no pixel without a gradient here; a plain ReLU can.

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
