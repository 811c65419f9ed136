# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 02 · Double with a stride
#
# > **Claim.** Let the generator enlarge its images with strided transposed convolutions. *Radford, Metz and Chintala,
# > 2015.*
#
# | At a glance | in this lab |
# |---|---|
# | You'll do | count how often each pixel is written, build the block, look for its checkerboard, train |
# | You'll learn | which kernels write evenly, and why a checkerboard can come all the same |
# | You need | lab 01 helps · 30 minutes · about 50 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial
from itertools import product

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks import checks, data
from ganhacks.pictures import charts
from ganhacks.pictures.progress import each
from ganhacks.training import Recipe, ones, train

lab = checks.Lab("strided_upsampling")

# %% tags=["parameters"]
steps = 400
filters = 16
batch_size = 32
seed = 0

# %%
lab.parameters()  # are all values allowed?
steps = ganhacks.length(steps, 10)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# A transposed convolution writes each input pixel into a patch of the output, as large as its kernel. Patches begin
# one stride apart, and where they overlap they add up. The kernel is 3, the stride 2. Of all pixels away from the
# border, compare the one that is written most often with the one that is written least often. They are written
#
# (a) equally often · (b) 2 to 1 · (c) 4 to 1

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: count
#
# Three input pixels, side by side, with kernel 3 and stride 2. Count each column away from the ends; the pattern
# repeats every `stride` pixels. With a larger kernel more patches meet, so lay enough of them. An image does this in
# two directions at once.
#
# ```
# output pixel    0 1 2 3 4 5 6
# input 0 writes  ■ ■ ■
# input 1 writes      ■ ■ ■
# input 2 writes          ■ ■ ■
# ```

# %% tags=["exercise"] exercise="strided_upsampling.coverage"

# %% tags=["check"]
lab.check("coverage")

# %% tags=["experiment"]
if lab.ready("coverage"):
    counts = {kernel: coverage(kernel, 2) for kernel in (3, 5, 4)}
    maps = {f"kernel {k}": np.tile(c / c.max(), (5, 5)) for k, c in counts.items()}
    title, label = "How often pixels are written at stride 2", "share of the most"
    display(charts.heat_maps(maps, title, label, limits=(0, 1), size=1.9))
    lab.reveal()

# %% [markdown]
# Does Keras write as often? With every input and every weight 1, its transposed convolution has to add up to the counts.

# %% tags=["nbval-check-output"]
if lab.ready("coverage"):
    for kernel in (3, 5, 4):
        weights = tf.ones((kernel, kernel, 1, 1))
        written = keras.ops.conv_transpose(tf.ones((1, 8, 8, 1)), weights, 2, "same")
        middle = np.asarray(written)[0, 6:8, 6:8, 0]
        counts, found = coverage(kernel, 2), middle.max() / middle.min()
        ratio = counts.max() / counts.min()
        print(f"kernel {kernel}: most / least {ratio}, Keras {found}")

# %% [markdown]
# ## Find the bug: a factor, or a multiple?
#
# Tutorials repeat that the kernel should be "a factor of the stride". Below, their sentence is written as a test. Add
# `print(covers_evenly(4, 2))` to the cell, and compare with `coverage(4, 2)`. Then mend it.

# %% tags=["exercise"] exercise="strided_upsampling.covers_evenly"

# %% tags=["check"]
lab.check("covers_evenly")

# %% [markdown]
# Ask your counts, for more kernels and strides:

# %% tags=["nbval-check-output"]
if lab.ready("coverage"):
    for stride, kernel in product((2, 3), range(1, 7)):
        least, most = coverage(kernel, stride).min(), coverage(kernel, stride).max()
        found = "even" if least == most else "holes" if least == 0 else "uneven"
        kind = "factor" if stride % kernel == 0 else ""
        if kernel in range(stride, 7, stride):
            kind += " multiple"
        row = f"stride {stride}, kernel {kernel}: {least:.0f} to {most:.0f} times"
        print(f"{row}  {found:7} {kind.strip()}")

# %% [markdown]
# Every multiple writes evenly, and nothing else does. A factor leaves holes, unless it is the stride itself, and then
# patches only lie side by side.
#
# Let your test judge three published generators, all with stride 2. The first two are both by authors of the paper of
# 2015.

# %% tags=["nbval-check-output"]
if lab.ready("covers_evenly"):
    published = {"DCGAN, Theano": 5, "DCGAN, Torch": 4, "pix2pixHD": 3}
    for name, kernel in published.items():
        print(f"{name:14} kernel {kernel}  even: {bool(covers_evenly(kernel, 2))}")

# %% [markdown]
# ## Do: the block
#
# One [Conv2DTranspose](https://keras.io/api/layers/convolution_layers/convolution2d_transpose/), no more: twice the
# height, twice the width, four patches on every pixel away from the border. Its `padding` decides what happens at the
# border, where patches stick out.

# %% tags=["exercise"] exercise="strided_upsampling.make_doubling_block"

# %% tags=["check"]
lab.check("make_doubling_block")

# %% tags=["nbval-check-output"]
if lab.ready("make_doubling_block"):
    block = make_doubling_block()
    model = keras.Sequential([keras.Input((64, 64, 3)), block])
    print(model.output_shape)
    print(f"{model.count_params():,} parameters = 4 · 4 · 3 · 64 + 64")

# %% [markdown]
# ## See: how strongly each pixel moves
#
# An untrained generator doubles three times, with *your* block or another. Its last layer has 64 channels; we look at
# each as a grey picture. Each pixel changes from sample to sample. Its variance says how strongly.


# %%
def transposed(kernel):
    """Return a function that makes the layers of a doubling with this kernel."""
    up = partial(layers.Conv2DTranspose, kernel_size=kernel, strides=2, padding="same")
    return lambda filters, shape: [up(filters)]


def yours(filters, shape):
    block = make_doubling_block(filters, shape)
    return [keras.Sequential([block])]  # whatever its name


# %%
def untrained(up, s):
    """Return the middle of 64 pictures for each of 32 latent samples."""
    keras.utils.set_random_seed(s)
    stack = [keras.Input((32,)), layers.Dense(8 * 8 * 32), layers.Reshape((8, 8, 32))]
    for size, channels in ((8, 32), (16, 32), (32, 64)):
        stack += [layers.ReLU(), *up(channels, (size, size, 32))]
    latents = np.random.default_rng(s).standard_normal((32, 32))
    return np.asarray(keras.Sequential(stack)(latents))[:, 16:48, 16:48]


def tile(images):
    """Return the mean of each of the four pixels of a 2 × 2 tile: (n, 4, channels)."""
    places = [images[:, i::2, j::2] for i in (0, 1) for j in (0, 1)]
    return np.stack([place.mean(axis=(1, 2)) for place in places], axis=1)


# %% tags=["experiment"]
if lab.ready("coverage", "make_doubling_block"):
    ups = {"kernel 3": transposed(3), "kernel 5": transposed(5), "yours": yours}
    maps = {}
    for name, up in ups.items():
        variance = untrained(up, seed).var(axis=0).mean(axis=2)[:16, :16]
        maps[name] = variance / variance.max()
    title, label = "Variance of each pixel, untrained", "share of the most"
    display(charts.heat_maps(maps, title, label, limits=(0, 1), size=1.9))

# %% [markdown]
# The grids of your counts come back, with coarser ones from earlier doublings on top. Numbers, on more seeds:

# %% tags=["experiment"]
if lab.ready("coverage", "make_doubling_block"):
    ratios = []
    for s, (name, kernel) in product(seeds, zip(ups, (3, 5, 4))):
        strength = tile(untrained(ups[name], s).var(axis=0, keepdims=True)).mean(axis=2)
        counted = coverage(kernel, 2).max() / coverage(kernel, 2).min()
        ratios.append((strength.max() / strength.min(), counted))
        told = "most / least measured {:.2f}, counted {:.2f}".format(*ratios[-1])
        print(f"seed {s}, {name}: {told}")

# %% tags=["claim"]
for measured, counted in ratios:
    assert abs(measured / counted - 1) < 0.15, (
        f"expected most / least within 15 % of the counted {counted:.2f}; found {measured:.2f}"
    )

# %% [markdown]
# ## See: one picture at a time
#
# That was an average over many random kernels. Now single pictures, and two ways without a transposed convolution: copy
# each pixel into 2 × 2 and convolve then (*resize*), or make four times the channels, of which four become 2 × 2 pixels
# (*PixelShuffle*). Which one is not like the others?


# %%
def resize(filters, shape):
    return [layers.UpSampling2D(2), layers.Conv2D(filters, 3, padding="same")]


def pixel_shuffle(filters, shape):
    shuffle = layers.Lambda(partial(tf.nn.depth_to_space, block_size=2))
    return [layers.Conv2D(4 * filters, 3, padding="same"), shuffle]


def grid_share(images):
    """Return how much of the pictures' variance, in %, is one tile, repeated."""
    return 100 * tile(images).var(axis=1).sum() / images.var(axis=(1, 2)).sum()


# %% tags=["experiment"] alt="The picture of resize is smooth; in the others neighbouring pixels differ."
if lab.ready("coverage", "make_doubling_block"):
    every = {**ups, "PixelShuffle": pixel_shuffle, "resize": resize}
    pictures = {name: untrained(up, seed) for name, up in every.items()}
    shown = {}
    for name, images in pictures.items():
        image = images[0, :24, :24, 0]
        shown[name] = (image - image.mean()) / image.std()
    title = "One untrained picture each"
    display(charts.heat_maps(shown, title, "brightness", limits=(-2.5, 2.5), size=1.6))

# %% [markdown]
# The picture of resize is smooth; the others have a grid. How much? The grid's share is how much of the picture's
# variance is one tile of 2 × 2 pixels, repeated everywhere: 0 % is no grid, 100 % nothing but grid.

# %% tags=["experiment"]
if lab.ready("coverage", "make_doubling_block"):
    shares = {}
    for s in seeds:
        shares[s] = {name: grid_share(untrained(up, s)) for name, up in every.items()}
        told = (f"{name} {share:.1f} %" for name, share in shares[s].items())
        print(f"seed {s}:", ", ".join(told))

# %% tags=["claim"]
for s, found in shares.items():
    least = min(share for name, share in found.items() if name != "resize")
    assert found["resize"] < 1 < 10 < least, (
        f"seed {s}: expected less than 1 % grid from resize and more than 10 % from the others; found {found}"
    )

# %% [markdown]
# Another view is the **spectrum**: each row as a sum of waves. The shortest wave that a picture can hold is light,
# dark, light, dark: one wave every two pixels, 0.5 waves a pixel.

# %% tags=["experiment"]
if lab.ready("coverage", "make_doubling_block"):
    waves, curves = np.fft.rfftfreq(32)[1:], {}
    for name in ("kernel 3", "yours", "PixelShuffle", "resize"):
        rows = pictures[name] - pictures[name].mean(axis=(1, 2), keepdims=True)
        power = (np.abs(np.fft.rfft(rows, axis=2)) ** 2).mean(axis=(0, 1, 3))[1:]
        curves[name] = (waves, power / power.sum())
    labels = "waves a pixel", "share of the power"
    display(charts.lines(curves, "Spectrum of untrained pictures", labels, log=("y",)))

# %% [markdown]
# The spike at 0.5 is mostly the fine grid. A coarser one, of 4 or 8 pixels, needs several waves: the spikes at 1/4, 1/8
# and 3/8 are the grids of earlier doublings. And kernel 3, the uneven one, doesn't have the largest share.
#
# **Even is not equal.** With kernel 4 the four pixels of a tile are written equally often, but by *different* random
# weights, so they still differ. PixelShuffle has the same trouble; started with four equal weights (ICNR), it has none
# at first. Resizing shares its weights among the four pixels.

# %% [markdown]
# ## See: does training remove it?
#
# MNIST, a small DCGAN, kernel 3 against *your* block, same data and seeds. How much of a picture is grid, from the
# first step on? The six runs take about half a minute.
#
# Before training the share differs a lot between seeds. These pictures have one channel, so one random kernel draws the
# grid. The 64 channels above averaged that out.


# %%
def make_generator(up):
    """Build a generator of 28 × 28 images: two doublings, each after a ReLU."""
    start = (7, 7, 2 * filters)
    stack = [layers.Dense(7 * 7 * 2 * filters), layers.Reshape(start)]
    for channels, shape in ((filters, start), (1, (14, 14, filters))):
        stack += [layers.BatchNormalization(), layers.ReLU(), *up(channels, shape)]
    return keras.Sequential([keras.Input((100,)), *stack, layers.Activation("tanh")])


def make_discriminator():
    """Build a discriminator that halves twice."""
    halve = partial(layers.Conv2D, kernel_size=4, strides=2, padding="same")
    stack = [keras.Input((28, 28, 1)), halve(filters), layers.LeakyReLU(0.2)]
    stack += [halve(2 * filters), layers.BatchNormalization(), layers.LeakyReLU(0.2)]
    return keras.Sequential([*stack, layers.Flatten(), layers.Dense(1)])


# %%
x_train = data.mnist().x_train[..., None].astype("float32") / 127.5 - 1
adam = partial(keras.optimizers.Adam, learning_rate=1e-3, beta_1=0.5)


def shares_while_training(up, s):
    """Return the grid's share of 64 pictures by the step at which they were made."""
    networks, adams = (partial(make_generator, up), make_discriminator), (adam, adam)
    recipe = Recipe(*networks, 100, batch_size, *adams, real_labels=ones)
    kept = range(0, steps, 25)
    history = train(recipe, x_train, steps, s, snapshot_steps=kept, progress=False)
    return {at: grid_share(images) for at, images in sorted(history.snapshots.items())}


# %% tags=["experiment"]
if lab.ready("coverage", "make_doubling_block"):
    runs = {name: [] for name in ("kernel 3", "yours")}
    for s, name in each(product(seeds, runs), "trainings"):
        runs[name].append(shares_while_training(ups[name], s))
    print("the grid's share before and after training, in %, for each seed")
    for name, found in runs.items():
        told = (f"{shares[0]:.1f} to {shares[steps]:.2f}" for shares in found)
        print(f"{name:8}", ", ".join(told))

# %% tags=["experiment"]
if lab.ready("coverage", "make_doubling_block"):
    curves = {}
    for name, found in runs.items():
        curves[name] = list(found[-1]), list(found[-1].values())
    real, labels = {"real digits": grid_share(x_train[:2000])}, ("step", "share in %")
    title = "The grid's share while training, last seed"
    display(charts.lines(curves, title, labels, log=("y",), marks=real))

# %% tags=["claim"]
for name, found in runs.items():
    for s, shares_of_run in zip(seeds, found):
        first, last = shares_of_run[0], shares_of_run[steps]
        assert last < min(1, first / 10), (
            f"seed {s}, {name}: expected less than 1 % grid and a tenth of {first:.1f} %; found {last:.2f} %"
        )

# %% [markdown]
# Here it does, with both kernels, within a few hundred steps: real digits have no grid, and a discriminator can learn
# that. Kernel 4 began no better. MNIST is an easy case: Odena and colleagues show published generators, fully trained,
# in which the grid is still there.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# Later generators mostly enlarge first and convolve then, as Odena and colleagues proposed: ProGAN and BigGAN copy
# pixels, R3GAN interpolates. StyleGAN blurs after doubling.
#
# A grid can come from the discriminator, too. The gradient that a strided convolution sends back *is* a transposed
# convolution: through a discriminator's layer of kernel 3 and stride 2, some pixels of the image get theirs from four
# places, others from one.

# %% [markdown]
# ## Key points
#
# - A kernel that is a multiple of the stride writes every pixel away from the border equally often; kernel 3 at stride 2 writes 4 to 1.
# - Even is not equal: random weights draw a checkerboard with kernel 4 too. Resizing first does not.
# - Training can remove the grid. On MNIST it did, with either kernel.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Radford, Metz and Chintala, *Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
# Networks*, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434), with code in
# [Theano](https://github.com/Newmu/dcgan_code) and [Torch](https://github.com/soumith/dcgan.torch) · Odena, Dumoulin
# and Olah, *Deconvolution and Checkerboard Artifacts*, [Distill 2016](https://distill.pub/2016/deconv-checkerboard/) ·
# Aitken et al., *Checkerboard artifact free sub-pixel convolution* (ICNR),
# [arXiv:1707.02937](https://arxiv.org/abs/1707.02937) · [pix2pixHD](https://github.com/NVIDIA/pix2pixHD).
