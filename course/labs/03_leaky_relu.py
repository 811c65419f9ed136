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
# | At a glance | in this lab |
# |---|---|
# | You'll do | write the function, its derivative and a block; follow a gradient through a discriminator with them |
# | You'll learn | what a dead unit is, what leaky ReLU learns (nothing), and when it matters |
# | You need | lesson 01 · 25 minutes · about 40 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import inspect
from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks import checks, toys
from ganhacks.pictures import charts
from ganhacks.pictures.progress import each
from ganhacks.training import train

lab = checks.Lab("leaky_relu")

# %% tags=["parameters"]
usual_steps = 1500
raised_steps = 1000
raised_rate = 0.03
seed = 0

# %%
lab.parameters()  # are all values allowed?
usual_steps = ganhacks.length(usual_steps, 100)
raised_steps = ganhacks.length(raised_steps, 100)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# A plain ReLU passes positive numbers and turns negative ones into 0. One unit with a ReLU gets a negative sum for
# *every* sample, so it always returns 0. It should return something else. You train it by gradient descent. What
# happens to its output?
#
# (a) it creeps back, slowly · (b) it never moves again · (c) it comes back fast, because it is so far off

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: the function
#
# A leaky ReLU is two straight lines that meet at 0. Positive numbers pass as they are. Negative ones are multiplied by
# the slope. Write it for a whole array at once: `if x > 0` works for a single number only.

# %% tags=["exercise"] exercise="leaky_relu.leaky_relu"

# %% tags=["check"]
lab.check("leaky_relu")

# %% tags=["nbval-check-output"]
if lab.ready("leaky_relu"):
    x = np.array([-10.0, -1.0, 1.0, 10.0])
    for slope in (0.2, 0.0, 1.0):
        print(f"slope {slope}:", (leaky_relu(x, slope) + 0.0).tolist())

# %% [markdown]
# With the slope 0, your function *is* the plain ReLU. So you can use it for both sides of every comparison below.

# %% [markdown]
# ## Do: its derivative
#
# In backpropagation, each unit multiplies the gradient by the derivative of its activation, taken at the sum that went
# into it. Where the derivative is 0, the gradient becomes 0. Then the unit's own weights learn nothing from this
# sample, and the layers before it get nothing through this unit.

# %% tags=["exercise"] exercise="leaky_relu.leaky_relu_derivative"

# %% tags=["check"]
lab.check("leaky_relu_derivative")

# %% [markdown]
# ## See: one unit, pushed too far
#
# A unit with one weight and one bias should learn y = x for x between 0 and 1. One update was too large, and its bias is
# now -3: every sum is negative. The next cells train it by gradient descent, with *your* two functions.


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
    title = "Error of one unit"
    display(charts.lines(curves, title, labels=("step", "mean squared error")))
    lab.reveal()

# %% [markdown]
# Leaky ReLU starts with the larger error, since it returns about -0.5 where ReLU returns 0. But its error falls, and
# the other one never changes. Such a unit is called **dead**. In a network it may work again later, if the layers
# before it change its inputs. Its own weights get no gradient.

# %% [markdown]
# ## Do: a block
#
# Now in Keras, as a discriminator uses it. In older releases, and in most tutorials, the slope's argument is `alpha`.
# Today it is [`negative_slope`](https://keras.io/api/layers/activation_layers/leaky_relu/). What is the slope if you
# don't set it?

# %% tags=["nbval-check-output"]
of_function = inspect.signature(keras.activations.leaky_relu).parameters
print("the layer's default:   ", layers.LeakyReLU().negative_slope)
print("the function's default:", of_function["negative_slope"].default)

# %% [markdown]
# One library has two defaults, and DCGANs use 0.2. So set the slope yourself, every time.

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
# Some tutorials say that leaky ReLU *learns* where to cut off. What learns has parameters. A similar layer, **PReLU**,
# has some: it learns its slopes. Can either of the two learn *where* it bends?

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
    name, n_parameters = type(on_line).__name__, on_images.count_params()
    print(f"{name:9} after the block: {n_parameters:6,} parameters; bends at", bends)

# %% [markdown]
# Leaky ReLU learns nothing. PReLU learns how steep it is. Both always bend at 0. Which inputs come out below 0 depends
# on the layer before, its **bias** above all. So the convolution learns the cut-off.

# %% [markdown]
# ## See: through a discriminator
#
# A generator learns from one thing: the gradient that comes back through the discriminator, from its logit to the fake.
# The next cell computes it for dense layers, forwards and backwards, with your two functions. Is it what TensorFlow
# computes?


# %%
def through(discriminator, points, slope):
    """Return the sums that go into each hidden layer, and the logit's gradient."""
    weights, sums, x = discriminator.get_weights(), [], points
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2]):
        sums.append(x @ kernel + bias)
        x = leaky_relu(sums[-1], slope)
    gradient = np.tile(weights[-2].T, (len(points), 1))
    for kernel, reached in zip(weights[-4::-2], sums[::-1]):
        gradient = (gradient * leaky_relu_derivative(reached, slope)) @ kernel.T
    return sums, gradient


# %%
def make_discriminator(slope):
    """Build a discriminator of the plane with four hidden layers of this slope."""
    model = keras.Sequential([keras.Input((2,))])
    for _ in range(4):
        model.add(layers.Dense(64))
        model.add(layers.LeakyReLU(negative_slope=slope))
    model.add(layers.Dense(1))
    return model


# %% tags=["nbval-check-output"]
if lab.ready("leaky_relu", "leaky_relu_derivative"):
    for slope in (0.0, 0.2):
        keras.utils.set_random_seed(seed)
        discriminator = make_discriminator(slope)
        points = tf.constant(toys.ring_data(500))
        with tf.GradientTape() as tape:
            tape.watch(points)
            logits = discriminator(points)
        yours = through(discriminator, points.numpy(), slope)[1]
        same = np.allclose(tape.gradient(logits, points), yours, atol=1e-4)
        print(f"slope {slope}: yours is TensorFlow's, to 0.0001:", same)

# %% [markdown]
# ## See: a GAN, then with too high a rate
#
# The ring of lesson 01 with this deeper discriminator, once with ReLU (slope 0), once with 0.2. The first part runs at
# the ring's usual learning rate. In the second part the discriminator's rate is thirty times as high, which is far too
# much: what do updates that are too large do to each of them? It takes half a minute.

# %% [markdown]
# A unit counts as **dead** if its derivative is 0 for all of 1,000 fakes and 1,000 reals. A fake counts as **silent** if
# the gradient that comes back to it is exactly 0: the generator learns nothing from it.


# %%
def measured(history, slope):
    """Return dead units in %, silent fakes in %, gradient, clusters, points on them."""
    fakes = history.samples(1000)
    points = np.concatenate([fakes, toys.ring_data(1000)])
    sums, gradient = through(history.discriminator, points, slope)
    dead = np.mean([(leaky_relu_derivative(x, slope) == 0).all(axis=0) for x in sums])
    sizes = np.linalg.norm(gradient[:1000], axis=1)  # at the fakes
    silent = np.mean(sizes == 0)
    return [100 * dead, 100 * silent, np.median(sizes), *toys.ring_score(fakes)]


# %%
checkpoints = [usual_steps * i // 5 for i in range(1, 6)]
checkpoints += [usual_steps + raised_steps * i // 10 for i in range(1, 11)]


def run(slope, s):
    """Train the GAN. Return a row of measurements for each checkpoint."""
    recipe = toys.ring_recipe(make_discriminator=partial(make_discriminator, slope))
    ring, history, rows = toys.ring_data(), None, []
    for step in each(checkpoints, "checkpoints"):
        if step > usual_steps:
            history.d_optimizer.learning_rate = raised_rate
        history = train(recipe, ring, step, s, progress=False, resume_from=history)
        rows.append(measured(history, slope))
    return np.array(rows)


# %% tags=["experiment"]
if lab.ready("leaky_relu", "leaky_relu_derivative"):
    slopes, runs = {"ReLU": 0.0, "0.2": 0.2}, {"ReLU": [], "0.2": []}
    arms = [(name, s) for name in slopes for s in seeds]
    for name, s in each(arms, "trainings"):
        runs[name].append(run(slopes[name], s))

# %% tags=["experiment"]
if lab.ready("leaky_relu", "leaky_relu_derivative"):
    dead, silent = np.mean(runs["ReLU"], axis=0)[:, :2].T  # the mean over the seeds
    yours = np.mean([rows[:, :2].max(axis=1) for rows in runs["0.2"]], axis=0)
    found = {"dead, ReLU": dead, "silent, ReLU": silent}
    found["dead or silent, slope 0.2"] = yours
    curves = {name: (checkpoints, percent) for name, percent in found.items()}
    labels = (f"step (after {usual_steps:,}: the raised rate)", "%")
    display(charts.lines(curves, "Dead units and silent fakes", labels))

# %% [markdown]
# With the slope 0.2 no unit can be dead: the derivative is 1 or 0.2 and never 0. Here are the numbers for each seed, at
# the end of each part; for silent fakes, the worst checkpoint. *Gradient* is its median size at the fakes. *Points on
# them* is the share of fakes that lie on a cluster.

# %% tags=["experiment"]
if lab.ready("leaky_relu", "leaky_relu_derivative"):
    parts = {"usual rate": slice(0, 5), "raised rate": slice(5, None)}
    for title, part in parts.items():
        print(f"{title:12}  seed   dead  silent  gradient  clusters  points on them")
        for name, found in runs.items():
            for s, rows in zip(seeds, found):
                dead, _, size, clusters, good = rows[part][-1]
                told = f"{dead:5.0f} % {rows[part, 1].max():5.0f} % {size:9.2f}"
                print(f"{name:>12} {s:5} {told} {clusters:9.0f} {good:14.0%}")

# %% tags=["claim"]
relu, leaky = np.array(runs["ReLU"]), np.array(runs["0.2"])
least, worst, none = relu[:, :, 0].min(), relu[:, 5:, 1].max(), leaky[:, :, :2].max()
assert least > 0, f"ReLU: expected dead units at each checkpoint; found {least:.1f} %"
assert worst > 0, f"ReLU, raised rate: expected silent fakes; found {worst:.1f} %"
assert none == 0, f"slope 0.2: expected nothing dead or silent; found {none:.1f} %"
good, other = leaky[:, -1, 4].mean(), relu[:, -1, 4].mean()
assert good > other, (
    f"points on clusters: expected more at 0.2; found {good:.0%}, ReLU {other:.0%}"
)

# %% [markdown]
# **Usual rate:** a few dead units of 256 do no harm that shows. Both GANs find most of the 8 clusters. On one of our
# machines ReLU put *more* points on them with each of the three seeds, on another with two: too few to say whether that
# is chance.

# %% [markdown]
# **Raised rate:** here 55 to 86 % of ReLU's units are dead, at worst 12 to 80 % of the fakes get no gradient, and only
# 3 to 11 % of its points still lie on a cluster. With 0.2, 17 to 30 % do, though on fewer clusters with two of the
# three seeds. (One machine's figures. On another machine 0.2 had more points on clusters than ReLU with two of the
# three seeds.) Leaky ReLU did not make this GAN better. It kept more of its points on clusters when updates were too
# large.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# Where to put it is disputed. The DCGAN paper has ReLU in the generator and 0.2 in the discriminator. Chintala's list
# has leaky ReLU in both. Maas and others proposed it, with 0.01, and saw hardly a difference to ReLU. BigGAN has ReLU
# in both networks; StyleGAN has 0.2 in both, and R3GAN (2025) keeps it. Whether it helps depends on the problem and on
# the rest of the recipe, as the card shows.

# %% [markdown]
# ## Key points
#
# - Leaky ReLU multiplies negative numbers by the slope, and their gradient too: no unit is ever dead.
# - It has no parameters. It bends at 0; the layer before it decides which inputs are below 0.
# - Set the slope yourself, as `negative_slope`: Keras' layer takes 0.3, DCGAN's paper 0.2.

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
