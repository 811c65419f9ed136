# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 05 · Gaussian first weights
#
# > **Claim.** Start every weight from a normal distribution with standard deviation 0.02. *Radford, Metz and Chintala,
# > 2015.*
#
# | | |
# |---|---|
# | You'll do | draw first weights, give them to a whole model, send a signal through ten layers, train a GAN with them |
# | You'll learn | why 0.02 needs batch normalization beside it, and what happens where there is none |
# | You need | lesson 04 helps · 25 minutes · about 40 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import keras
import numpy as np
from keras import layers

from ganhacks import charts, checks, toys
from ganhacks.training import train

lab = checks.Lab("gaussian_init")

# %% tags=["parameters"]
depth = 10
width = 64
steps = 1500
seed = 0

# %%
steps = ganhacks.length(steps, 200)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# Ten layers of 64 units, each a product with a matrix from N(0, 0.02) and a leaky ReLU, and nothing else. Numbers of
# size 1 go in. How large do they come out?
#
# (a) about as large as they went in · (b) a billion times smaller · (c) a billion times larger

# %% tags=["predict"]
lab.predict(...)  # put "a", "b" or "c" in place of the dots

# %% [markdown]
# ## Do: the weights of one layer
#
# Written N(0, 0.02), the second number could be a variance or a standard deviation. The paper says *standard
# deviation*, and NumPy and Keras ask for that. Draw from `rng`, so that the next layer gets other weights and a run
# can be repeated.

# %% tags=["exercise"] exercise="gaussian_init.gaussian_init"

# %% tags=["check"]
lab.check("gaussian_init")

# %% [markdown]
# Stuck? Run `lab.hint()` in a new cell, up to three times. `lab.solution()` shows one right answer.

# %% tags=["nbval-check-output"]
if lab.ready("gaussian_init"):
    kernel = gaussian_init(np.random.default_rng(seed), (4, 4, 64, 64))
    sampling_error = 0.02 / np.sqrt(2 * kernel.size)
    print(kernel.shape, kernel.dtype, f"standard deviation {kernel.std():.4f}")
    print("within three sampling errors of 0.02:", bool(abs(kernel.std() - 0.02) < 3 * sampling_error))

# %% [markdown]
# ## The trap of one initializer
#
# Keras has this ready: `keras.initializers.RandomNormal(stddev=0.02)`. Many tutorials make **one** and hand it to every
# layer. Keras warns of nothing. What do two layers of one shape start from?

# %% tags=["nbval-check-output"]
for given in (1, None):
    shared = keras.initializers.RandomNormal(stddev=0.02, seed=given)
    first, second = shared((64, 64)), shared((64, 64))
    print(f"seed={given}: two layers start out equal: {bool(np.array_equal(first, second))}")

# %% [markdown]
# From the same weights. An initializer picks its seed once, when it is made, even if you give it none. So make a new
# one for each layer, or take all draws from one `rng`, as you do.

# %% [markdown]
# ## Do: a whole model
#
# `model.layers` lists the layers. Those that multiply have a `kernel`, batch normalization has a `gamma`, which
# multiplies too and starts around **1**, with the same spread. `getattr(layer, "gamma", None)` gives it, or None where
# there is none; `layer.gamma.assign(values)` sets it. Biases stay as they are.

# %% tags=["exercise"] exercise="gaussian_init.initialize"

# %% tags=["check"]
lab.check("initialize")

# %% tags=["nbval-check-output"]
if lab.ready("initialize"):
    stack = [layers.Conv2D(64, 4, strides=2, padding="same"), layers.BatchNormalization(), layers.Dense(1)]
    model = initialize(keras.Sequential([keras.Input((64, 64, 3)), *stack]), np.random.default_rng(seed))
    for weight in model.weights:
        name, values = weight.path.split("/", 1)[1].split("/")[-1], weight.numpy()
        print(f"{name:16} {values.shape!s:14} mean {abs(values.mean()):4.1f}  drawn: {len(np.unique(values)) > 1}")

# %% [markdown]
# ## See: a signal on its way down
#
# Ten layers with *your* weights; with Glorot's, the default of Keras; and with N(0, 1). The fourth curve is yours
# again, with batch normalization after each product.

# %%
def glorot(rng, shape):
    limit = np.sqrt(6 / sum(shape))
    return rng.uniform(-limit, limit, shape)


def sizes(draw, seed, normalize=False):
    """Return the standard deviation of the signal before the first layer and after each."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((256, width))
    found = [x.std()]
    for _ in range(depth):
        x = x @ draw(rng, (width, width))
        if normalize:
            x = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-12)
        x = np.where(x > 0, x, 0.2 * x)
        found.append(x.std())
    return found


# %% tags=["experiment"]
if lab.ready("gaussian_init"):
    arms = {"yours": sizes(gaussian_init, seed), "Glorot": sizes(glorot, seed)}
    arms["N(0, 1)"] = sizes(lambda rng, shape: rng.standard_normal(shape), seed)
    arms["yours, normalized"] = sizes(gaussian_init, seed, normalize=True)

# %% tags=["experiment"]
if lab.ready("gaussian_init"):
    alt = "Size of the signal after each of ten layers, on a logarithmic scale. Yours falls to " + (
        f"{arms['yours'][-1]:.0e}, Glorot's to {arms['Glorot'][-1]:.1g}, N(0, 1) rises to "
        f"{arms['N(0, 1)'][-1]:.0e}, yours with normalization stays near {arms['yours, normalized'][-1]:.1g}."
    )
    through = range(depth + 1)
    curves = {name: (through, found) for name, found in arms.items()}
    display(charts.lines(curves, alt, labels=("layers passed", "standard deviation"), log=("y",)))
    lab.reveal()

# %% [markdown]
# 0.02 is no magic number. For 64 inputs it is far too small, unless something repairs the scale after each layer; and
# in the DCGAN, batch normalization does. **The practice comes with its companion.**

# %% tags=["experiment"]
if lab.ready("gaussian_init"):
    for s in range(3):
        shrunk, kept = sizes(gaussian_init, s)[-1], sizes(gaussian_init, s, normalize=True)[-1]
        print(f"seed {s}: alone {shrunk:.0e}, with normalization {kept:.1f}")
        assert depth < 10 or (shrunk < 1e-7 and kept > 0.1), "The signal survived: what did you change?"

# %% [markdown]
# ## See: a GAN that starts so small
#
# The ring of lesson 01, whose networks have no batch normalization. Once as Keras starts it, once after your
# `initialize`; same data, same seeds, half a minute.

# %% tags=["experiment"]
if lab.ready():

    def small(make):
        # `train` seeds np.random: another start for each seed and each network, and the same one when run again
        return lambda: initialize(make(), np.random.default_rng(np.random.randint(2**31)))

    small_start = dict(make_generator=small(toys.make_generator), make_discriminator=small(toys.make_discriminator))
    recipes = {"Glorot": toys.ring_recipe(), "N(0, 0.02)": toys.ring_recipe(**small_start)}
    points, found = {}, {name: [] for name in recipes}  # found: (clusters, share) for each seed
    for s in seeds:
        for name, recipe in recipes.items():
            cloud = train(recipe, toys.ring_data(), steps, s, progress=False).samples(1000)
            points.setdefault(name, cloud)  # the first seed's, for the picture
            found[name].append(toys.ring_score(cloud))
    for name, scores in found.items():
        clusters, shares = [modes for modes, _ in scores], [round(share, 2) for _, share in scores]
        print(f"{name:11} clusters found {clusters}, share of points on a cluster {shares}")

# %% tags=["experiment"]
if lab.ready():
    panels = {name: {"real": toys.ring_data(400), "fake": cloud} for name, cloud in points.items()}
    told = ", ".join(f"with {name} {scores[0][1]:.0%} of them lie on a cluster" for name, scores in found.items())
    display(charts.clouds(panels, f"Generated points of the first seed beside the ring: {told}", reach=3))
    if not ganhacks.fast() and steps >= 1500:
        small, glorot_start = (sum(share for _, share in found[name]) for name in ("N(0, 0.02)", "Glorot"))
        assert small < glorot_start, "The small start did no harm: what did you change?"

# %% [markdown]
# Taken together, fewer points land on a cluster after the small start: the networks first have to grow out of it. A
# single seed can say the opposite, which is why there are three.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# Without normalization, take Glorot's or He's scheme, whose spread depends on the width. Later work scales weights at
# run time (equalised learning rate, in ProGAN and StyleGAN), starts from orthogonal matrices (BigGAN), or begins each
# residual branch at zero (Fixup, and R3GAN after it). None of them uses 0.02.

# %% [markdown]
# ## Key points
#
# - 0.02 is a standard deviation, and every layer needs draws of its own.
# - Ten layers of it shrink a signal to nothing; batch normalization brings it back.
# - Copy the practice with its companion, or leave it.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Radford, Metz and Chintala, *Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
# Networks*, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434) · Glorot and Bengio, *Understanding the difficulty
# of training deep feedforward neural networks*, 2010 · Huang et al., *The GAN is dead; long live the GAN!* (R3GAN),
# [arXiv:2501.05441](https://arxiv.org/abs/2501.05441).
