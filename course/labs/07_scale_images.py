# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 07 · Scale images to [-1, 1]
#
# > **Claim.** Scale the real images to [-1, 1], and end the generator in tanh. *Radford, Metz and Chintala, 2015;
# > trick 1 of Chintala's talk, 2016.*
#
# | | |
# |---|---|
# | You'll do | scale images, mend a published way back, stretch tanh to any range, train four pairs of ranges |
# | You'll learn | what in the claim matters, and which mismatch a generator never gets over |
# | You need | lesson 01 helps · 30 minutes · about a minute of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks import checks, data, metrics, plots
from ganhacks.recipe import Recipe, ones
from ganhacks.training import train

lab = checks.Lab("scale_images")

# %% tags=["parameters"]
steps = 1200
hidden = 64
learning_rate = 3e-3
seed = 0

# %%
steps = ganhacks.length(steps, 100)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## The images
#
# MNIST is stored as most images are: whole numbers from 0 for black to 255 for white, one byte each.

# %% tags=["nbval-check-output"]
images = data.mnist().x_train
print(images.shape, images.dtype, "from", images.min(), "to", images.max())
print(f"black: {np.mean(images == 0):.0%} of all pixels")

# %% [markdown]
# ## Predict
#
# You scale these images to [-1, 1], as the claim says. But your generator ends in a **sigmoid**: it makes [0, 1].
# After 1,200 steps, what does it draw?
#
# (a) digits, a little pale · (b) digits on a background full of specks · (c) plain grey squares

# %% tags=["predict"]
lab.predict(...)  # put "a", "b" or "c" in place of the dots

# %% [markdown]
# ## A trap on the way
#
# A byte ends at 255 and starts again at 0. NumPy calculates in bytes as long as nothing makes it do otherwise:

# %% tags=["nbval-check-output"]
grey = np.array([0, 100, 127, 200, 255], "uint8")
print("minus 127:", grey - 127)
print("times 2:  ", grey * 2)

# %% [markdown]
# ## Do: to [-1, 1]
#
# So `images.astype("float32")` first, then calculate. float32 is what the networks work in; float64, which a division
# of bytes gives, takes twice the memory.

# %% tags=["exercise"] exercise="scale_images.scale_images"

# %% tags=["check"]
lab.check("scale_images")

# %% [markdown]
# Stuck? Run `lab.hint()` in a new cell, up to three times. `lab.solution()` shows one right answer.

# %% tags=["nbval-check-output"]
if lab.ready("scale_images"):
    scaled = scale_images(images)
    print(scaled.shape, scaled.dtype, "from", scaled.min(), "to", scaled.max())
    print("0, 51 and 255 become", scale_images(np.array([0, 51, 255], "uint8")))

# %% [markdown]
# ## Find the bug: the way back
#
# To look at an image, undo the scaling. Below is the formula of a notebook of 2018 that many have copied. Run the next
# three cells as they are and look hard at the background. Then mend `unscale_images`. There are two faults in it, a
# large one and a tiny one; the check names what is left.

# %% tags=["exercise"] exercise="scale_images.unscale_images"

# %% tags=["check"]
lab.check("unscale_images")

# %%
if lab.ready("scale_images"):
    back = unscale_images(scale_images(images[:10]))
    print("was 0 to 255, is", back.min(), "to", back.max())
    display(plots.digits(back, "Ten digits there and back: white on black if all is well, on grey if not"))

# %% tags=["nbval-check-output"]
if lab.ready("scale_images", "unscale_images"):
    every_grey = np.arange(256, dtype="uint8")
    same = unscale_images(scale_images(every_grey)) == every_grey
    print("grey values that come back as they were:", same.sum(), "of", same.size)

# %% [markdown]
# ## Do: a last layer for any range
#
# tanh ends at -1 and 1, so it makes what you have scaled. For reals in another range the generator needs another end.
# Stretching and shifting tanh gives one for every range.

# %% tags=["exercise"] exercise="scale_images.stretched_tanh"

# %% tags=["check"]
lab.check("stretched_tanh")

# %% tags=["nbval-check-output"]
if lab.ready("stretched_tanh"):
    x = keras.ops.array([-30.0, 0.0, 30.0])
    for low, high in ((-1, 1), (0, 1), (0, 255)):
        print(f"({low}, {high}):", np.round(stretched_tanh(x, low, high), 3))
    inner = keras.ops.linspace(-3.0, 3.0, 13)
    gap = np.abs(stretched_tanh(inner, 0, 1) - keras.ops.sigmoid(2 * inner)).max()
    print("for (0, 1) it is a sigmoid, of 2x:", bool(gap < 1e-5))

# %% [markdown]
# ## See: four pairs of ranges
#
# Reals in [-1, 1] by *your* `scale_images`, or in [0, 1], divided by 255. Fakes in [-1, 1] or [0, 1] by *your*
# `stretched_tanh`. Two of the four pairs match; everything else is the same for all. The last pair is trained once, the
# others with three seeds: ten runs, half a minute.

# %%
both, unit = (-1, 1), (0, 1)
pairs = {  # name -> range of the reals, range of the fakes
    "both [-1, 1]": (both, both),
    "reals [0, 1], fakes [-1, 1]": (unit, both),
    "both [0, 1]": (unit, unit),
    "reals [-1, 1], fakes [0, 1]": (both, unit),
}
names = list(pairs)[: ganhacks.length(4, 2)]


def make_generator(low, high):
    last = layers.Activation(lambda x: stretched_tanh(x, low, high))
    inner = [layers.Dense(hidden), layers.LeakyReLU(negative_slope=0.2), layers.Dense(784)]
    return keras.Sequential([keras.Input((100,)), *inner, last])


def make_discriminator():
    inner = [layers.Dense(hidden), layers.LeakyReLU(negative_slope=0.2)]
    return keras.Sequential([keras.Input((784,)), *inner, layers.Dense(1)])


# %% tags=["experiment"]
if lab.ready():
    flat = images.reshape(-1, 784)
    reals = {both: scale_images(flat), unit: flat.astype("float32") / 255}
    adam = partial(keras.optimizers.Adam, learning_rate, beta_1=0.5)
    fakes, losses = {name: [] for name in names}, {name: [] for name in names}
    for s in seeds:
        for name in names if s == seed else names[:3]:
            real_range, fake_range = pairs[name]
            generator = partial(make_generator, *fake_range)
            recipe = Recipe(generator, make_discriminator, g_optimizer=adam, d_optimizer=adam, real_labels=ones)
            history = train(recipe, reals[real_range], steps, s, progress=False)
            fakes[name].append(history.samples(2000))
            losses[name].append(history.d_loss[-100:].mean())

# %% [markdown]
# To look at fakes, read them in the range of the reals, whatever the generator's own is: that is what the discriminator
# does. Below, a row for each pair.


# %%
def as_pictures(name, samples):
    """Return a pair's fakes as uint8, black and white where the reals have them."""
    low, high = pairs[name][0]
    return unscale_images((samples - low) / (high - low) * 2 - 1)


# %% tags=["experiment"]
if lab.ready():
    rows = np.concatenate([as_pictures(name, fakes[name][0][:8]) for name in names])
    alt = (
        "A row of eight fakes for each pair. Both [-1, 1]: digits on black, some specks. Reals [0, 1], fakes [-1, 1]: "
        "digits under specks all over. Both [0, 1]: digits on clean black. Reals [-1, 1], fakes [0, 1]: grey squares."
    )
    display(plots.digits(rows, alt, columns=8, row_labels=names))
    lab.reveal()

# %% [markdown]
# ## Can the range alone give fakes away?
#
# Forget the discriminator. Call an image real if its **darkest pixel** is as dark as the reals' black, to 0.05. Half of
# all images are real, so a rule that knows nothing is right half of the time. And what did the trained discriminator
# make of it? Beside the rule stands its loss, a mean of the last 100 steps. A coin toss costs 2 ln 2 = 1.39.

# %% tags=["experiment"]
if lab.ready():
    for name in names:
        real = reals[pairs[name][0]][:2000]
        right_on_reals = np.mean(np.abs(real.min(axis=1) - real.min()) < 0.05)
        right_on_fakes = [np.mean(np.abs(fake.min(axis=1) - real.min()) >= 0.05) for fake in fakes[name]]
        right = (right_on_reals + np.array(right_on_fakes)) / 2
        print(f"{name:28} rule right: {right.round(2)}  discriminator's loss: {np.round(losses[name], 2)}")
        if not ganhacks.fast() and steps >= 1200:
            matched = pairs[name][0] == pairs[name][1]
            assert (right < 0.6).all() if matched else (right > 0.95).all(), "Another range: what did you change?"

# %% [markdown]
# Matched ranges leave the rule nothing. In both mismatched pairs it is always right, and the discriminators differ.
#
# **Reals lower than the generator reaches.** The discriminator's loss is 0: it knows every fake, and no fake can ever do better.
#
# **Fakes lower than any real.** Near a coin toss: this discriminator weighs all pixels together and has *not* found
# it. A rule that exists is not yet a rule that is learned.

# %% [markdown]
# ## Then why the specks?
#
# A likely reason: a matched generator makes black with any very negative x, because both ends of tanh are flat. With
# reals in [0, 1], black lies in the **middle** of tanh, its steepest place. Only x = 0 gives it, and every wobble of x
# shows. The DCGAN paper found that a bounded end helps the model to learn to saturate.

# %% tags=["nbval-check-output"]
if lab.ready("stretched_tanh"):
    for where, x in (("middle", 0.0), ("end", -3.0)):
        a, b = (float(stretched_tanh(keras.ops.array([x + wobble]), -1, 1)[0]) for wobble in (-0.2, 0.2))
        print(f"{where:6} x = {x:g} ± 0.2 gives {a:+.2f} to {b:+.2f}")

# %% [markdown]
# ## How good are the digits?
#
# MNIST-FID compares features of fakes and reals, lower is better; lab 12 explains it. (The grey squares are left out.)

# %% tags=["experiment"]
if lab.ready() and not ganhacks.fast():
    fids = {}
    for name in names[:3]:
        fids[name] = [metrics.mnist_fid(scale_images(as_pictures(name, fake))) for fake in fakes[name]]
        print(f"{name:28} MNIST-FID, a number for each seed: {np.round(fids[name])}")
    if steps >= 1200:
        by_seed = zip(fids["both [0, 1]"], fids["both [-1, 1]"], fids["reals [0, 1], fakes [-1, 1]"])
        assert all(b < a < c for b, a, c in by_seed), "Other order than ours: what did you change?"

# %% [markdown]
# Matched beats mismatched with each seed. (The third row looks coarser to the eye than the first; MNIST-FID prefers it,
# perhaps for its clean black.) But the *better* of the matched pairs is the one that the claim does not
# name: [0, 1]. This small dense GAN is one case, and we don't know how far it carries. It is enough to say that [-1, 1]
# is not what counts. **The match is.**

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# tanh is a habit, not a law. Newer generators, R3GAN among them, end without any bound: a linear layer reaches
# every range, so none is out of reach, and what lies outside is clipped when the image is saved. The reals are still
# scaled to [-1, 1] there.

# %% [markdown]
# ## Key points
#
# - Scale with the constants of uint8, in float32. Look at *real* images through your way back before you judge fakes.
# - Reals and fakes in one range: what the generator can't reach gives it away for good.
# - Where black lies at a flat end of the activation, wobbles hardly show: the likely reason for fewer specks.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Radford, Metz and Chintala, *Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
# Networks*, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434), sections 3 and 4 · Chintala et al., *How to Train a
# GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 1 · Huang et al., *The GAN is dead; long live the GAN!*
# (R3GAN), [arXiv:2501.05441](https://arxiv.org/abs/2501.05441).
