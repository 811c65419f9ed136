# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 03 · Leaky ReLU
#
# > **Claim.** Let negative values through at a fifth of their size, so that every unit keeps a gradient: in the
# > discriminator (*Radford, Metz and Chintala, 2015*), or in both networks (*Chintala's talk, 2016*).
#
# | | |
# |---|---|
# | You'll do | write the function, its derivative and a block; follow a gradient through a discriminator with them |
# | You'll learn | what a dead unit is, what leaky ReLU learns (nothing), and when all this shows |
# | You need | lesson 01 · 25 minutes · about 40 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import inspect
from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks import charts, checks, toys
from ganhacks.training import train

lab = checks.Lab("leaky_relu")

# %% tags=["parameters"]
usual_steps = 1500
raised_steps = 1000
raised_rate = 0.03
seed = 0

# %%
full_length = not ganhacks.fast() and usual_steps >= 1500 and raised_steps >= 1000
usual_steps, raised_steps = ganhacks.length(usual_steps, 100), ganhacks.length(raised_steps, 100)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# A plain ReLU passes positive numbers and turns negative ones into 0. One unit with a ReLU gets a negative sum for
# *every* sample, so it returns 0 throughout, and should not. You train it by gradient descent. What happens?
#
# (a) it creeps back, slowly · (b) it never moves again · (c) it comes back fast, because it is so far off

# %% tags=["predict"]
lab.predict(...)  # put "a", "b" or "c" in place of the dots

# %% [markdown]
# ## Do: the function
#
# A leaky ReLU is two straight lines that meet at 0. Positive numbers pass as they are. Negative ones pass too, but
# smaller: times the slope. NumPy works on a whole array at once, where `if x > 0` can't.

# %% tags=["exercise"] exercise="leaky_relu.leaky_relu"

# %% tags=["check"]
lab.check("leaky_relu")

# %% [markdown]
# Stuck? Run `lab.hint()` in a new cell, up to three times. `lab.solution()` shows one right answer.

# %% tags=["nbval-check-output"]
if lab.ready("leaky_relu"):
    x = np.array([-10.0, -1.0, 1.0, 10.0])
    for slope in (0.2, 0.0, 1.0):
        print(f"slope {slope}:", (leaky_relu(x, slope) + 0.0).tolist())

# %% [markdown]
# With the slope 0, your function *is* the plain ReLU. So one function serves for both sides of every comparison below.

# %% [markdown]
# ## Do: its derivative
#
# On the way back, each unit multiplies the gradient by the derivative of its activation, taken at the sum that went
# into it. Where that is 0, the gradient ends: nothing reaches the unit's own weights, nor anything before it.

# %% tags=["exercise"] exercise="leaky_relu.leaky_relu_derivative"

# %% tags=["check"]
lab.check("leaky_relu_derivative")

# %% [markdown]
# ## See: one unit, pushed too far
#
# A unit with one weight and one bias should learn y = x for x between 0 and 1. One update that was too large has left
# its bias at -3: every sum is negative. Now gradient descent, with *your* two functions.

# %%
def train_unit(slope, rate=0.5):
    """Return the unit's mean squared error at each of 150 steps."""
    x, weight, bias, errors = np.linspace(0, 1, 50), 1.0, -3.0, []
    for _ in range(150):
        sums = weight * x + bias
        miss = leaky_relu(sums, slope) - x
        errors.append(np.mean(miss**2))
        back = 2 * miss * leaky_relu_derivative(sums, slope) / len(x)
        weight, bias = weight - rate * np.sum(back * x), bias - rate * np.sum(back)
    return errors


# %% tags=["experiment"]
if lab.ready("leaky_relu", "leaky_relu_derivative"):
    slopes = {"slope 0 (ReLU)": 0.0, "slope 0.2": 0.2}
    curves = {name: (range(150), train_unit(slope)) for name, slope in slopes.items()}
    ends = [errors[-1] for _, errors in curves.values()]
    alt = f"Error of one unit. With ReLU it stays at {ends[0]:.2f}, level; with slope 0.2 it falls to {ends[1]:.1g}"
    display(charts.lines(curves, alt, labels=("step", "mean squared error")))
    lab.reveal()

# %% [markdown]
# Leaky ReLU starts worse here, since it returns about -0.5 where ReLU returns 0. What counts is that it moves. The other
# unit is called **dead**. In a network it can wake up again by accident, when the layers before it change; it does
# nothing for that itself.

# %% [markdown]
# ## Do: a block
#
# Now in Keras, as a discriminator uses it. Two things to know. The slope's argument was `alpha` in older releases and
# in most tutorials; today it is
# [`negative_slope`](https://keras.io/api/layers/activation_layers/leaky_relu/). And if you don't set it, you get:

# %% tags=["nbval-check-output"]
print("the layer's own slope:   ", layers.LeakyReLU().negative_slope)
print("the function's own slope:", inspect.signature(keras.activations.leaky_relu).parameters["negative_slope"].default)

# %% [markdown]
# Two defaults in one library, and DCGANs use 0.2. Set the slope yourself, every time.

# %% tags=["exercise"] exercise="leaky_relu.make_leaky_block"

# %% tags=["check"]
lab.check("make_leaky_block")

# %% tags=["nbval-check-output"]
if lab.ready("make_leaky_block"):
    block = make_leaky_block()
    print("a batch of 5:", tuple(block(np.zeros((5, 64, 64, 3), "float32")).shape))
    print(f"parameters: {block.count_params():,} = 3 · 3 · 3 · 64 weights + 64 biases")

# %% [markdown]
# ## What does it learn?
#
# Some tutorials say that leaky ReLU *learns* where to cut off. What learns has parameters. Its relative
# **PReLU** has them: it learns its slopes. Does either of the two move the place of its bend?

# %% tags=["nbval-check-output"]
line = np.linspace(-1, 1, 21, dtype="float32").reshape(21, 1)
for make in (partial(layers.LeakyReLU, negative_slope=0.2), layers.PReLU):
    on_images, on_line = make(), make()
    on_images(np.zeros((1, 32, 32, 64), "float32"))
    on_line(line)  # builds it
    for weight in on_line.weights:
        weight.assign(np.full(weight.shape, 0.7))  # a slope that it might have learned
    heights = np.asarray(on_line(line))[:, 0]
    bends = line[1:-1, 0][np.abs(np.diff(heights, 2)) > 0.01]
    print(f"{type(on_line).__name__:9} after the block: {on_images.count_params():6,} parameters; bends at", bends)

# %% [markdown]
# Leaky ReLU learns nothing. PReLU learns how steep it is. Both bend at 0, and where that lies among the images is up to
# the **bias** of the layer before. So it is the convolution that learns the cut-off.

# %% [markdown]
# ## See: through a discriminator
#
# A generator learns from one thing: the gradient that comes back through the discriminator, from its answer (a logit)
# to the fake. Here is that way for dense layers, forwards and backwards, on your two functions.

# %%
def through(discriminator, points, slope):
    """Return the sums that go into each hidden layer, and the gradient of the logit at each point."""
    weights, sums, x = discriminator.get_weights(), [], points
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2]):
        sums.append(x @ kernel + bias)
        x = leaky_relu(sums[-1], slope)
    gradient = np.tile(weights[-2].T, (len(points), 1))
    for kernel, reached in zip(weights[-4::-2], sums[::-1]):
        gradient = (gradient * leaky_relu_derivative(reached, slope)) @ kernel.T
    return sums, gradient


def make_discriminator(slope):
    """Build a discriminator of the plane: four hidden layers of 64 units with this slope."""
    hidden = [[layers.Dense(64), layers.LeakyReLU(negative_slope=slope)] for _ in range(4)]
    model = keras.Sequential([keras.Input((2,)), *sum(hidden, []), layers.Dense(1)])
    return model


# %% tags=["nbval-check-output"]
if lab.ready("leaky_relu", "leaky_relu_derivative"):
    for slope in (0.0, 0.2):
        keras.utils.set_random_seed(seed)
        discriminator, points = make_discriminator(slope), tf.constant(toys.ring_data(500))
        with tf.GradientTape() as tape:
            tape.watch(points)
            logits = discriminator(points)
        difference = np.abs(tape.gradient(logits, points) - through(discriminator, points.numpy(), slope)[1])
        print(f"slope {slope}: your gradient is TensorFlow's, to 0.0001:", bool(difference.max() < 1e-4))

# %% [markdown]
# ## See: a GAN in two acts
#
# The ring of lesson 01 with this deeper discriminator, once with ReLU (slope 0), once with 0.2. First at the ring's
# usual learning rate. Then we raise the discriminator's rate thirtyfold, far too high, to see how each of them bears
# updates that are too large. Half a minute, a line for each run.

# %%
checkpoints = [usual_steps * i // 5 for i in range(1, 6)] + [usual_steps + raised_steps * i // 10 for i in range(1, 11)]


def run(slope, s):
    """Train the GAN. Return a row of measurements for each checkpoint, in the order of the table below."""
    recipe = toys.ring_recipe(make_discriminator=partial(make_discriminator, slope))
    history, rows = None, []
    for step in checkpoints:
        if step > usual_steps:
            history.d_optimizer.learning_rate = raised_rate
        history = train(recipe, toys.ring_data(), step, s, progress=False, resume_from=history)
        fakes = history.samples(1000)
        sums, gradient = through(history.discriminator, np.concatenate([fakes, toys.ring_data(1000)]), slope)
        dead = np.mean([(leaky_relu_derivative(x, slope) == 0).all(axis=0) for x in sums])
        sizes = np.linalg.norm(gradient[:1000], axis=1)  # at the fakes
        rows.append([100 * dead, 100 * np.mean(sizes == 0), np.median(sizes), *toys.ring_score(fakes)])
    return np.array(rows)


# %% [markdown]
# A unit is **dead** if its derivative is 0 for all of 1,000 fakes and 1,000 reals. A fake is **silent** if the gradient
# that comes back to it is exactly 0: the generator learns nothing from it.

# %% tags=["experiment"]
if lab.ready("leaky_relu", "leaky_relu_derivative"):
    runs = {"ReLU": [], "0.2": []}
    for name, found in runs.items():
        for s in seeds:
            found.append(run(0.0 if name == "ReLU" else 0.2, s))
            print(f"{name}, seed {s}: trained and measured")

# %% tags=["experiment"]
if lab.ready("leaky_relu", "leaky_relu_derivative"):
    dead, silent = (np.mean([rows[:, column] for rows in runs["ReLU"]], axis=0) for column in (0, 1))
    yours = np.mean([rows[:, :2].max(axis=1) for rows in runs["0.2"]], axis=0)
    curves = {"dead units, ReLU": dead, "silent fakes, ReLU": silent, "either, slope 0.2": yours}
    alt = (
        f"Percentages over the steps, mean of the seeds. With ReLU {dead[0]:.0f} % of units are dead at first; once "
        f"the rate is raised, up to {dead.max():.0f} % are, and up to {silent.max():.0f} % of fakes are silent. With "
        f"the slope 0.2 both stay at {yours.max():.0f} %."
    )
    labels = (f"step (after {usual_steps:,}: the raised rate)", "%")
    display(charts.lines({name: (checkpoints, y) for name, y in curves.items()}, alt, labels))

# %% [markdown]
# That no unit is dead at slope 0.2 is no luck: the derivative is 1 or 0.2 and never 0. Now seed by seed, at the end of
# each act; for silent fakes, the worst checkpoint. *Gradient* is its median size at the fakes, *points on them* the
# share of fakes that lie on a cluster.

# %% tags=["experiment"]
if lab.ready("leaky_relu", "leaky_relu_derivative"):
    for act, part in {"usual rate": slice(0, 5), "raised rate": slice(5, None)}.items():
        print(f"{act:12}  seed   dead  silent  gradient  clusters  points on them")
        for name, found in runs.items():
            for s, rows in zip(seeds, found):
                dead, _, size, clusters, good = rows[part][-1]
                told = f"{dead:5.0f} % {rows[part, 1].max():5.0f} % {size:9.2f} {clusters:9.0f} {good:14.0%}"
                print(f"{name:>12} {s:5} {told}")
    if full_length:
        assert all((rows[:, 0] > 0).all() for rows in runs["ReLU"]), "No ReLU died here: what did you change?"
        assert max(rows[5:, 1].max() for rows in runs["ReLU"]) > 0, "No fake was silent: what did you change?"
        assert all((rows[:, :2] == 0).all() for rows in runs["0.2"]), "A gradient of exactly 0 at slope 0.2?"
        good = {name: sum(rows[-1, 4] for rows in found) for name, found in runs.items()}
        assert good["0.2"] > good["ReLU"], "After the raised rate ReLU did as well: what did you change?"

# %% [markdown]
# **Usual rate:** a few dead units of 256 do no harm. Both find about as many clusters, and ReLU even puts *more* points
# on them. Whether that lasts takes more seeds.
#
# **Raised rate:** ReLU's discriminator is half dead or worse, some fakes hear nothing, and most of its points fall off
# the clusters. With 0.2 they stay on, though on fewer clusters with some seeds. Leaky ReLU is no booster; it is an
# insurance.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# Where to put it is disputed: the DCGAN paper has ReLU in the generator and 0.2 in the discriminator, the list leaky in
# both. Maas and others, who proposed it with 0.01, saw hardly a difference to ReLU. BigGAN has ReLU in both networks;
# StyleGAN has 0.2 in both, and R3GAN of 2025 keeps it. Nothing has replaced it, and it costs nothing.

# %% [markdown]
# ## Key points
#
# - Leaky ReLU multiplies negative numbers by the slope, and their gradient too: no unit is ever dead.
# - It has no parameters. It bends at 0; the bias before it learns what lies there.
# - Set the slope yourself, as `negative_slope`: Keras' layer takes 0.3, the papers 0.2.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Maas, Hannun and Ng, *Rectifier Nonlinearities Improve Neural Network Acoustic Models*, 2013 · Radford, Metz and
# Chintala, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434) · Chintala et al., *How to Train a GAN?*,
# [ganhacks](https://github.com/soumith/ganhacks), trick 5 · He et al., *Delving Deep into Rectifiers* (PReLU),
# [arXiv:1502.01852](https://arxiv.org/abs/1502.01852) · Brock et al. (BigGAN),
# [arXiv:1809.11096](https://arxiv.org/abs/1809.11096) · Karras et al. (StyleGAN),
# [arXiv:1812.04948](https://arxiv.org/abs/1812.04948) · Huang et al. (R3GAN),
# [arXiv:2501.05441](https://arxiv.org/abs/2501.05441).
