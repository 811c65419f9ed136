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
# | At a glance | in this lab |
# |---|---|
# | You'll do | draw first weights, give them to a model, send a signal through ten layers, train a GAN with them |
# | You'll learn | why a deep network that starts with 0.02 needs batch normalization, and what happens where there is none |
# | You need | lab 04 helps · 25 minutes · about 40 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import keras
import numpy as np
from keras import layers

from ganhacks import checks, toys
from ganhacks.pictures import charts
from ganhacks.pictures.progress import each
from ganhacks.training import train

lab = checks.Lab("gaussian_init")

# %% tags=["parameters"]
depth = 10
width = 64
steps = 1500
seed = 0

# %%
lab.parameters()  # are all values allowed?
steps = ganhacks.length(steps, 200)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# In lab 04 a signal vanished in ten layers with weights from N(0, 0.02). Numbers of size 1 go into *one* layer of 64
# units: a product with a 64 × 64 matrix from N(0, 0.02), then a leaky ReLU. How large do they come out?
#
# (a) about a half · (b) about a tenth · (c) about a fiftieth

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: the weights of one layer
#
# Written N(0, 0.02), the second number could be a variance or a standard deviation. The paper says *standard
# deviation*, and NumPy and Keras ask for that. Draw from `rng`, so that the next layer gets other weights and a run
# can be repeated.

# %% tags=["exercise"] exercise="gaussian_init.gaussian_init"

# %% tags=["check"]
lab.check("gaussian_init")

# %% tags=["nbval-check-output"]
if lab.ready("gaussian_init"):
    kernel = gaussian_init(np.random.default_rng(seed), (4, 4, 64, 64))
    sampling_error = 0.02 / np.sqrt(2 * kernel.size)
    print(kernel.shape, kernel.dtype, f"standard deviation {kernel.std():.4f}")
    is_near = bool(abs(kernel.std() - 0.02) < 3 * sampling_error)
    print("within three sampling errors of 0.02:", is_near)

# %% [markdown]
# ## The trap of one initializer
#
# Keras has this too: `keras.initializers.RandomNormal(stddev=0.02)`. Many tutorials make **one** such initializer and
# give it to every layer. Keras does not warn. What are the first weights of two layers of one shape?

# %% tags=["nbval-check-output"]
for given in (1, None):
    shared = keras.initializers.RandomNormal(stddev=0.02, seed=given)
    same = np.array_equal(shared((64, 64)), shared((64, 64)))
    print(f"seed={given}: two layers start out equal: {same}")

# %% [markdown]
# They are the same. An initializer picks its seed once, when it is made, even if you give it none. So make a new one for
# each layer, or take all draws from one `rng`, as you do.

# %% [markdown]
# ## Do: a whole model
#
# `model.layers` lists the layers. Those that multiply have a `kernel`. Batch normalization has a `gamma`, which
# multiplies too: draw it around **1**, with the same spread. `getattr(layer, "gamma", None)` gives it, or None where
# the layer has none. Ask `is not None`: a variable is neither true nor false. `layer.gamma.assign(values)` sets it.
# Biases stay as they are.

# %% tags=["exercise"] exercise="gaussian_init.initialize"

# %% tags=["check"]
lab.check("initialize")

# %% tags=["nbval-check-output"]
if lab.ready("initialize"):
    model = keras.Sequential([keras.Input((64, 64, 3))])
    model.add(layers.Conv2D(64, 4, strides=2, padding="same"))
    model.add(layers.BatchNormalization())
    model.add(layers.Dense(1))
    for weight in initialize(model, np.random.default_rng(seed)).weights:
        values, mean = weight.numpy(), abs(weight.numpy().mean())
        drawn = len(np.unique(values)) > 1
        print(f"{weight.name:16} {values.shape!s:14} mean {mean:4.1f}  drawn: {drawn}")

# %% [markdown]
# ## See: a signal in ten layers
#
# A signal goes through ten layers: with *your* weights; with Glorot's, the default of Keras; and with N(0, 1). The fourth
# curve is yours again, with batch normalization after each product.


# %%
def glorot(rng, shape):
    limit = np.sqrt(6 / sum(shape))
    return rng.uniform(-limit, limit, shape)


# %%
def sizes(draw, seed, normalize=False):
    """Return the signal's standard deviation before the first layer and after each."""
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
    curves = {name: (range(depth + 1), found) for name, found in arms.items()}
    labels = ("layers passed", "standard deviation")
    display(charts.lines(curves, "Size of the signal", labels, log=("y",)))
    lab.reveal()

# %% [markdown]
# For 64 inputs 0.02 is far too small, unless something restores the scale after each layer. In the DCGAN, batch
# normalization does. So the paper's 0.02 belongs together with batch normalization. Is it the same with other seeds?

# %% tags=["experiment"]
if lab.ready("gaussian_init"):
    alone = [sizes(gaussian_init, s)[-1] for s in range(3)]
    normalized = [sizes(gaussian_init, s, normalize=True)[-1] for s in range(3)]
    for s in range(3):
        print(f"seed {s}: alone {alone[s]:.0e}, with normalization {normalized[s]:.1f}")

# %% tags=["claim"]
assert max(alone) < 1e-7, (
    f"alone: expected less than 1e-7 at the end; found {max(alone):.0e}"
)
assert min(normalized) > 0.1, (
    f"normalized: expected more than 0.1; found {min(normalized):.1f}"
)

# %% [markdown]
# ## See: a GAN that starts so small
#
# The ring of lesson 01, whose networks have no batch normalization. Once as Keras starts it, once after your
# `initialize`; same data, same seeds, half a minute.


# %%
def small(make):
    """Return a function that builds a network and gives it your first weights."""
    # `train` seeds np.random, so each run draws other weights and can be repeated
    return lambda: initialize(make(), np.random.default_rng(np.random.randint(2**31)))


makers = {"generator": toys.make_generator, "discriminator": toys.make_discriminator}
small_start = {f"make_{name}": small(make) for name, make in makers.items()}
recipes = {"Glorot": toys.ring_recipe(), "N(0, 0.02)": toys.ring_recipe(**small_start)}

# %% tags=["experiment"]
if lab.ready():
    runs = [(name, s) for s in seeds for name in recipes]
    clouds, scores = {}, {name: [] for name in recipes}
    for name, s in each(runs, "trainings"):
        history = train(recipes[name], toys.ring_data(), steps, s, progress=False)
        clouds[name, s] = history.samples(1000)
        scores[name].append(toys.ring_score(clouds[name, s]))
    print("clusters found, and share of points on a cluster, for each seed")
    for name, found in scores.items():
        told = ", ".join(f"{modes} with {share:.0%}" for modes, share in found)
        print(f"{name:11} {told}")

# %% tags=["experiment"]
if lab.ready():
    real = toys.ring_data(400)
    panels = {name: {"real": real, "fake": clouds[name, seed]} for name in recipes}
    display(charts.clouds(panels, "Generated points beside the ring", reach=3))

# %% tags=["claim"]
share = {name: np.mean(found, axis=0)[1] for name, found in scores.items()}
assert share["N(0, 0.02)"] < share["Glorot"], (
    f"expected fewer points on clusters than Glorot's {share['Glorot']:.0%} after the "
    f"small start; found {share['N(0, 0.02)']:.0%}"
)

# %% [markdown]
# Over the three seeds together, fewer points lie on a cluster after the small start: perhaps since the weights first
# have to grow. A single seed can show the opposite, so look at all three.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# Without normalization, take Glorot's or He's scheme, whose spread depends on the width. Later work scales weights while
# the network runs (equalised learning rate, in ProGAN and StyleGAN), starts from orthogonal matrices (BigGAN), or starts
# each residual branch at zero (Fixup, and R3GAN after it). None of them uses 0.02.

# %% [markdown]
# ## Key points
#
# - 0.02 is a standard deviation, and every layer needs draws of its own.
# - Ten layers of it shrink a signal to nothing; batch normalization after each layer prevents that.
# - In a deep network, use 0.02 together with batch normalization, or don't use it. What it did in shallow ones without
#   any is on the card.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Radford, Metz and Chintala, *Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
# Networks*, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434) · Glorot and Bengio, *Understanding the difficulty
# of training deep feedforward neural networks*, 2010 · Huang et al., *The GAN is dead; long live the GAN!* (R3GAN),
# [arXiv:2501.05441](https://arxiv.org/abs/2501.05441).
