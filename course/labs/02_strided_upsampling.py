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
# | | |
# |---|---|
# | You'll do | count how often each pixel is written, build the block, look for its checkerboard, train |
# | You'll learn | which kernels write evenly, and why that alone prevents no checkerboard |
# | You need | lab 01 helps · 30 minutes · about 50 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks import charts, checks, data
from ganhacks.recipe import Recipe, ones
from ganhacks.training import train

lab = checks.Lab("strided_upsampling")

# %% tags=["parameters"]
steps = 400
filters = 16
batch_size = 32
seed = 0

# %%
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
lab.predict(...)  # put "a", "b" or "c" in place of the dots

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

# %% [markdown]
# Stuck? Run `lab.hint()` in a new cell, up to three times. `lab.solution()` shows one right answer.

# %% tags=["experiment"]
if lab.ready("coverage"):
    maps = {f"kernel {k}": np.tile(coverage(k, 2) / coverage(k, 2).max(), (5, 5)) for k in (3, 5, 4)}
    alt = "How often pixels are written at stride 2: kernel 3 a strong grid, kernel 5 a weaker one, kernel 4 none"
    display(charts.heat_maps(maps, alt, "share of the most", limits=(0, 1), size=1.9))
    lab.reveal()

# %% tags=["nbval-check-output"]
if lab.ready("coverage"):
    for kernel in (3, 5, 4):  # Keras, with every input and every weight 1, has to add up to the counts
        counts = coverage(kernel, 2)
        written = keras.ops.conv_transpose(tf.ones((1, 8, 8, 1)), tf.ones((kernel, kernel, 1, 1)), 2, "same")
        middle = np.asarray(written)[0, 6:8, 6:8, 0]
        print(f"kernel {kernel}: most / least {counts.max() / counts.min()}, Keras {middle.max() / middle.min()}")

# %% [markdown]
# ## A factor, or a multiple?
#
# Tutorials repeat that the kernel should be "a factor of the stride". Ask your counts.

# %% tags=["nbval-check-output"]
if lab.ready("coverage"):
    for stride in (2, 3):
        for kernel in range(1, 7):
            least, most = coverage(kernel, stride).min(), coverage(kernel, stride).max()
            found = "even" if least == most else "holes" if least == 0 else "uneven"
            factor = "factor" if stride % kernel == 0 else ""
            multiple = "multiple" if kernel in range(stride, 7, stride) else ""
            print(f"stride {stride}, kernel {kernel}: {least:.0f} to {most:.0f} times  {found:7}{factor:7}{multiple}")

# %% [markdown]
# Every multiple is even, and nothing else is. A factor leaves holes, unless it is the stride itself, and then patches
# only lie side by side.

# %% [markdown]
# ## Do: the block
#
# One [Conv2DTranspose](https://keras.io/api/layers/convolution_layers/convolution2d_transpose/), no more: twice the
# height, twice the width, four patches on every pixel. Its `padding` decides what happens at the border, where patches
# stick out.

# %% tags=["exercise"] exercise="strided_upsampling.make_doubling_block"

# %% tags=["check"]
lab.check("make_doubling_block")

# %% tags=["nbval-check-output"]
if lab.ready("make_doubling_block"):
    model = keras.Sequential([keras.Input((64, 64, 3)), make_doubling_block()])
    print(model.output_shape, f"{model.count_params():,} parameters = 4 · 4 · 3 · 64 + 64")

# %% [markdown]
# ## See: how strongly each pixel moves
#
# An untrained generator doubles three times, with *your* block or another, and ends in 64 pictures per latent sample.
# Each pixel changes from sample to sample; its variance says how strongly.

# %%
def transposed(kernel):
    """Return a function that makes the layers of a doubling with this kernel."""
    return lambda filters, shape: [layers.Conv2DTranspose(filters, kernel, strides=2, padding="same")]


def untrained(up, s):
    """Return the middle of 64 pictures for each of 32 latent samples, (32, 32, 32, 64)."""
    keras.utils.set_random_seed(s)
    generator = keras.Sequential([keras.Input((32,)), layers.Dense(8 * 8 * 32), layers.Reshape((8, 8, 32))])
    for size, filters in ((8, 32), (16, 32), (32, 64)):
        generator.add(layers.ReLU())
        for layer in up(filters, (size, size, 32)):
            generator.add(layer)
    return np.asarray(generator(np.random.default_rng(s).standard_normal((32, 32))))[:, 16:48, 16:48]


# %%
def tile(images):
    """Average the pixels whose row and column leave equal remainders by 2: (n, height, width, m) to (n, 4, m)."""
    return np.stack([images[:, i::2, j::2].mean(axis=(1, 2)) for i in (0, 1) for j in (0, 1)], axis=1)


# %% tags=["experiment"]
if lab.ready("coverage", "make_doubling_block"):
    ups = {"kernel 3": transposed(3), "kernel 5": transposed(5)}
    ups["yours"] = lambda filters, shape: [make_doubling_block(filters, shape)]
    moves = {name: untrained(up, seed).var(axis=0).mean(axis=2)[:16, :16] for name, up in ups.items()}
    maps = {name: move / move.max() for name, move in moves.items()}
    alt = "Variance of each pixel, untrained: a strong grid with kernel 3, a weaker one with kernel 5, none with yours"
    display(charts.heat_maps(maps, alt, "share of the most", limits=(0, 1), size=1.9))

# %% [markdown]
# The grids of your counts come back, coarser ones from earlier doublings on top. Numbers, on more seeds:

# %% tags=["experiment"]
if lab.ready("coverage", "make_doubling_block"):
    for s in seeds:
        for (name, up), kernel in zip(ups.items(), (3, 5, 4)):
            strength = tile(untrained(up, s).var(axis=0, keepdims=True)).mean(axis=2)
            ratio, counted = strength.max() / strength.min(), coverage(kernel, 2).max() / coverage(kernel, 2).min()
            print(f"seed {s}, {name}: most / least measured {ratio:.2f}, counted {counted:.2f}")
            assert ganhacks.fast() or abs(ratio / counted - 1) < 0.15, "Not as counted: what did you change?"

# %% [markdown]
# ## See: one picture at a time
#
# That was an average over many random kernels. Now single pictures, and two ways without a transposed convolution:
# copy each pixel into 2 × 2 and convolve then (*resize*), or make four times the channels and move them into space
# (*PixelShuffle*). Which one is not like the others?

# %%
def resize(filters, shape):
    return [layers.UpSampling2D(2), layers.Conv2D(filters, 3, padding="same")]


def pixel_shuffle(filters, shape):
    return [layers.Conv2D(4 * filters, 3, padding="same"), layers.Lambda(lambda x: tf.nn.depth_to_space(x, 2))]


def grid_share(images):
    """Return how much of the pictures' variance, in %, is one tile of 2 by 2 pixels, repeated."""
    return 100 * tile(images).var(axis=1).sum() / images.var(axis=(1, 2)).sum()


# %% tags=["experiment"]
if lab.ready("coverage", "make_doubling_block"):
    every = {**ups, "PixelShuffle": pixel_shuffle, "resize": resize}
    pictures = {name: untrained(up, seed) for name, up in every.items()}
    shown = {name: images[0, :24, :24, 0] for name, images in pictures.items()}
    shown = {name: (image - image.mean()) / image.std() for name, image in shown.items()}
    alt = "One untrained picture each: kernel 3, 5, yours and PixelShuffle change from pixel to pixel; resize is smooth"
    display(charts.heat_maps(shown, alt, "brightness", limits=(-2.5, 2.5), size=1.6))

# %% tags=["experiment"]
if lab.ready("coverage", "make_doubling_block"):
    for s in seeds:
        shares = {name: grid_share(untrained(up, s)) for name, up in every.items()}
        print(f"seed {s}:", ", ".join(f"{name} {share:.1f} %" for name, share in shares.items()))
        smooth = shares.pop("resize")
        assert ganhacks.fast() or smooth < 1 < 10 < min(shares.values()), "Another picture: what did you change?"

# %% [markdown]
# The share is that of one tile of 2 × 2 pixels, repeated all over the picture; the rest changes from tile to tile.
# Another view is the **spectrum**: take each row apart into waves. The shortest that a picture can hold is light, dark,
# light, dark: half a wave a pixel.

# %% tags=["experiment"]
if lab.ready("coverage", "make_doubling_block"):
    waves, curves = np.fft.rfftfreq(32)[1:], {}
    for name in ("kernel 3", "yours", "PixelShuffle", "resize"):
        rows = pictures[name] - pictures[name].mean(axis=(1, 2), keepdims=True)
        power = (np.abs(np.fft.rfft(rows, axis=2)) ** 2).mean(axis=(0, 1, 3))[1:]
        curves[name] = (waves, power / power.sum())
    alt = "Spectrum of untrained pictures. Three of four shoot up at the highest frequency, 0.5; resize falls on to it"
    display(charts.lines(curves, alt, labels=("waves a pixel", "share of the power"), log=("y",)))

# %% [markdown]
# The spike at 0.5 is the fine grid, those at 1/4 and 1/8 are the grids of earlier doublings. And kernel 3, the uneven
# one, doesn't even have the largest share.
#
# **Even is not equal.** With kernel 4 the four pixels of a tile are written equally often, by *different* random
# weights, so they differ by as much. PixelShuffle has the same trouble; started with four equal weights (ICNR), it has
# none at first. Resizing shares its weights among the four pixels.

# %% [markdown]
# ## See: does training remove it?
#
# MNIST, a small DCGAN, kernel 3 against *your* block, same data and seeds. How much of a picture is grid, from the
# first step on? About half a minute, a line for each run.

# %%
def make_generator(up):
    """Build a generator of 28 by 28 images: two doublings, batch normalization and ReLU before each."""
    model = keras.Sequential([keras.Input((100,)), layers.Dense(7 * 7 * 2 * filters)])
    model.add(layers.Reshape((7, 7, 2 * filters)))
    for channels, shape in ((filters, (7, 7, 2 * filters)), (1, (14, 14, filters))):
        for layer in (layers.BatchNormalization(), layers.ReLU(), *up(channels, shape)):
            model.add(layer)
    model.add(layers.Activation("tanh"))
    return model


def make_discriminator():
    """Build a discriminator that halves twice."""
    halve = partial(layers.Conv2D, kernel_size=4, strides=2, padding="same", use_bias=False)
    stack = [halve(filters), layers.LeakyReLU(negative_slope=0.2), halve(2 * filters), layers.BatchNormalization()]
    end = [layers.LeakyReLU(negative_slope=0.2), layers.Flatten(), layers.Dense(1)]
    model = keras.Sequential([keras.Input((28, 28, 1)), *stack, *end])
    return model


# %% tags=["experiment"]
if lab.ready("coverage", "make_doubling_block"):
    x_train = data.mnist().x_train[..., None].astype("float32") / 127.5 - 1
    adam = partial(keras.optimizers.Adam, learning_rate=1e-3, beta_1=0.5)
    knobs = dict(batch_size=batch_size, g_optimizer=adam, d_optimizer=adam, real_labels=ones)
    runs = {name: [] for name in ("kernel 3", "yours")}
    for s in seeds:
        for name, found in runs.items():
            recipe = Recipe(partial(make_generator, ups[name]), make_discriminator, **knobs)
            history = train(recipe, x_train, steps, s, snapshot_steps=range(0, steps, 25), progress=False)
            found.append({step: grid_share(images) for step, images in sorted(history.snapshots.items())})
            print(f"seed {s}, {name}: {found[-1][0]:.1f} % grid before, {found[-1][steps]:.2f} % after")

# %% tags=["experiment"]
if lab.ready("coverage", "make_doubling_block"):
    last = {name: found[-1] for name, found in runs.items()}
    told = ", ".join(f"{name} from {found[0]:.0f} to {found[steps]:.2f}" for name, found in last.items())
    curves = {name: (list(found), list(found.values())) for name, found in last.items()}
    real = {"real digits": grid_share(x_train[:2000])}
    alt = f"Share of the grid in % while training, last seed: {told}; real digits have {real['real digits']:.2f}"
    display(charts.lines(curves, alt, labels=("step", "grid's share in %"), log=("y",), marks=real))
    if not ganhacks.fast() and steps >= 400:
        gone = [found[steps] < min(1, found[0] / 10) for found in runs["kernel 3"] + runs["yours"]]
        assert all(gone), "A grid is left: what did you change?"

# %% [markdown]
# Here it does, with both kernels, within a few hundred steps: real digits have no grid, and a discriminator can learn
# that. Kernel 4 had no head start. MNIST is an easy case: Odena and colleagues show published generators, fully
# trained, in which the grid is still there.

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
# And a grid can come from the other side. The gradient that a strided convolution sends back *is* a transposed
# convolution: through a discriminator's layer of kernel 3 and stride 2, some pixels of the image get theirs from four
# places, others from one.

# %% [markdown]
# ## Find the bug
#
# Here is the tutorials' sentence as code, a guard that one might put into a project. Let it decide about kernel 4 and
# stride 2. Then mend it, and let it judge three published generators, all with stride 2. The first two are both by
# authors of the paper of 2015.

# %% tags=["exercise"] exercise="strided_upsampling.covers_evenly"

# %% tags=["check"]
lab.check("covers_evenly")

# %% tags=["nbval-check-output"]
if lab.ready("covers_evenly"):
    published = {"DCGAN, Theano": 5, "DCGAN, Torch": 4, "pix2pixHD": 3}
    for name, kernel in published.items():
        print(f"{name:14} kernel {kernel}  even: {bool(covers_evenly(kernel, 2))}")

# %% [markdown]
# ## Key points
#
# - A kernel that is a multiple of the stride writes every pixel equally often; kernel 3 at stride 2 writes 4 to 1.
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
