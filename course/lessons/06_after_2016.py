# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 06 · After 2016
#
# > **Claim.** GANs no longer need a bag of tricks: one loss with two penalties and a modern network do. *Huang, Gokaslan,
# > Kuleshov and Tompkin, 2024.*
#
# | At a glance | in this lesson |
# |---|---|
# | You'll do | meet seven parts that came later, each in a few lines, beside a hack with a similar aim |
# | You'll learn | what each does, and what both were measured to do, by the same rules |
# | You need | lessons 01 and 05 · 30 minutes · about 15 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganhacks import data, evidence
from ganhacks.pictures import effects, plots

# %% tags=["parameters"]
seed = 0

# %% [markdown]
# ## Predict
#
# All seven came after the list of hacks: spectral normalization, R1, the hinge loss, the relativistic loss, an average
# of G's weights, two rates, and augmentation. Which of them helps in most places? Write its name down.

# %% [markdown]
# ## How to read the pictures
#
# The seven are switched on and off as the hacks were, by the same rules (lesson 05). Each picture has a line for the
# hack and one for the later part. Below 1: lower scores with it; ▲ better, ▼ worse, ≈ practically equal, ? can't tell.
# A gap: not measured there.
#
# Each line has its own comparison, and no test compares two lines. On points, *good* holds one of the seven, R1: that
# is taken out, and all else comes on top of it.


# %%
def beside(old, new):
    """Draw what a hack and a later part were measured to do, on every problem."""
    every = evidence.effects()
    cells = {
        (e.title, f"{e.data}\n{e.context}"): (e.ratio, e.icon)
        for hack in (old, new)
        for e in every
        if e.hack == hack
    }
    if not cells:
        return "not measured yet"
    columns = dict.fromkeys(f"{e.data}\n{e.context}" for e in every)
    return effects.effect_map(cells, "A hack and a later part", columns)


# %% [markdown]
# ## Batch normalization → spectral normalization
#
# Batch normalization in D keeps its numbers in range, and makes each sample's verdict depend on the rest of the batch
# (lab 09). **Spectral normalization** divides a layer's weights by the largest factor by which they stretch any input.
# So the layer makes no input longer. It uses no batch. (The hack's line below has batch normalization in both networks,
# so it does not tell what D's alone does.)

# %% tags=["nbval-check-output"]
keras.utils.set_random_seed(seed)
dense = layers.Dense(64, kernel_initializer="he_normal")
normalized = layers.SpectralNormalization(dense, power_iterations=30)
x = np.random.default_rng(seed).standard_normal((16, 32)).astype("float32")
normalized(x)  # builds it
print(f"stretches by up to {np.linalg.norm(dense.kernel, 2):.2f}")
normalized(x, training=True)  # divides dense.kernel by that factor
print(f"normalized: by up to {np.linalg.norm(dense.kernel, 2):.2f}")

# %%
beside("batch_norm", "spectral_norm")

# %% [markdown]
# On the ring spectral normalization did best at the lowest of three rates, with every seed. So did two learning rates,
# below, with most. At a still lower one both might do better.

# %% [markdown]
# ## Noise on D's inputs → R1
#
# Instance noise (lab 23) makes both clouds wide, so that D is not steep between them. **R1** makes D flat at the reals: it
# takes the gradient of D by its *input* there, squares its length, halves that, and adds it to D's loss, times a weight.
#
# Try it on a D that is a plane, 3·x + 4·y: its gradient has the length 5 everywhere. Half of its square is?


# %% tags=["nbval-check-output"]
def r1(discriminator, real):
    """Return half of the mean squared length of D's gradient at real samples (n, d)."""
    with tf.GradientTape() as tape:
        tape.watch(real)
        total = tf.reduce_sum(discriminator(real))
    gradient = tape.gradient(total, real)
    return ops.mean(ops.sum(gradient**2, axis=1)) / 2


plane = tf.constant([[3.0], [4.0]])
print(float(r1(lambda points: points @ plane, tf.constant(x[:, :2]))))

# %%
beside("instance_noise", "r1")

# %% [markdown]
# ## Cross-entropy → hinge
#
# The hinge loss stops where D is sure enough: a real with a logit above 1, or a fake below -1, asks for nothing more. So
# D spends its effort on what it cannot tell yet. G's loss is a straight line: the higher the logit, the better. D's loss
# on a real:

# %% tags=["nbval-check-output"]
for logit in (-1.0, 0.5, 2.0):
    cross_entropy = np.log1p(np.exp(-logit))
    hinge = max(0.0, 1 - logit)
    losses = f"cross-entropy {cross_entropy:.2f}, hinge {hinge:.2f}"
    print(f"a real with the logit {logit:+.1f}: {losses}")

# %%
beside("non_saturating_loss", "hinge")

# %% [markdown]
# ## One sample at a time → relativistic
#
# Each loss so far judges one sample alone. The **relativistic** loss asks: is this real more real than that fake? Raise
# both logits by the same number, and nothing changes: only how far reals lie above fakes counts. In its line below, the
# runs with it and without it both have R1, and R2, which is the same penalty at the fakes.

# %% tags=["nbval-check-output"]
real_logits, fake_logits = np.array([2.0, 0.0]), np.array([1.0, -1.0])
for shift in (0, 10):
    loss = ops.mean(ops.softplus((fake_logits + shift) - (real_logits + shift)))
    print(f"logits raised by {shift:2}: D's loss {float(loss):.4f}")

# %%
beside("non_saturating_loss", "relativistic")

# %% [markdown]
# ## A memory of old fakes → an average of G's weights
#
# Training turns in circles. A memory (lab 17) shows D where the fakes have been. An **average of G's weights** (EMA) does
# not change training; its samples come from nearer the middle. Here is a circle of radius 1, in steps of 1/50. (In the
# runs below the average keeps 0.99 of itself, not 0.998.)

# %% tags=["nbval-check-output"]
average, path = np.zeros(2), []
for step in range(5000):
    weights = np.array([np.cos(step / 50), np.sin(step / 50)])
    average = 0.998 * average + 0.002 * weights
    path.append(average)
print(f"weights: 1.00 from the middle, their average: {np.linalg.norm(path[-1]):.2f}")

# %%
beside("experience_replay", "average")

# %% [markdown]
# ## More updates of D → two learning rates
#
# Some let D learn two or five times for each step of G (lab 24), to make it a good teacher. That takes time. **TTUR**
# (two time-scale update rule) gives each network a learning rate of its own (lab 18). Here D's is four times G's. It
# has the same aim, and takes no extra time:

# %%
g_optimizer = keras.optimizers.Adam(1e-4, beta_1=0.5)
d_optimizer = keras.optimizers.Adam(4e-4, beta_1=0.5)

# %%
beside("train_d_more", "two_time_scale")

# %% [markdown]
# ## Flipped labels → augmentation
#
# Flipped labels (lab 11) are to keep D from becoming too sure. **Augmentation** is to keep it from learning the data by
# heart: all that D sees, real and fake, is moved and brightened, and a square is cut out (the cell below leaves that
# out). The gradient to G goes through all of it.


# %% alt="Reals above, and the same ones moved and brightened below."
def augment(images, rng):
    """Move each image, (n, 28, 28), by up to 3 pixels, and change its brightness."""
    steps = rng.integers(-3, 4, (len(images), 2))
    moved = [tf.roll(image, by, axis=(0, 1)) for image, by in zip(images, steps)]
    brightness = rng.uniform(-0.5, 0.5, (len(images), 1, 1))
    return tf.stack(moved) + brightness.astype("float32")


reals = tf.constant(data.mnist().x_train[:10] / 127.5 - 1, "float32")
moved = tf.clip_by_value(augment(reals, np.random.default_rng(seed)), -1, 1)
plots.digits(np.concatenate([reals, moved]), "Ten digits and what D sees of them")

# %%
beside("noisy_labels", "diff_augment")

# %% [markdown]
# ## In how many places?
#
# What did you write down? For each part: the places where it was better or worse, of those where it was measured.
#
# R1 has an advantage. On points, *good* was chosen with R1 in it. So there R1 is taken out, and that may hurt for this
# reason alone. The other parts are tried on top of it, and so is noise on D's inputs. In lesson 05's combinations on
# the ring, noise helped without R1, and not with it: six seeds, so a hint.

# %%
parts = {
    "spectral_norm": "spectral normalization",
    "r1": "R1",
    "hinge": "the hinge loss",
    "relativistic": "the relativistic loss",
    "average": "an average of G's weights",
    "two_time_scale": "two rates",
    "diff_augment": "augmentation",
}
every = evidence.effects()
found = {
    part: [e.verdict for e in every if e.hack == hack] for hack, part in parts.items()
}
for part in sorted(found, key=lambda part: -found[part].count("better")):
    better, worse = found[part].count("better"), found[part].count("worse")
    places = f"better {better}, worse {worse} of {len(found[part])}"
    print(f"{places if found[part] else 'not measured yet':24} {part}")
if every[0].interim:
    print("Runs are still missing, so verdicts may change.")

# %% [markdown]
# ## When not
#
# These problems are small. Augmentation was made for few images and D's that learn them by heart; 60,000 digits in a
# run of seconds are not that. Spectral normalization and R1 were made for deep networks and long training. A part of
# which these runs show nothing, or harm, may be what a large GAN needs, and the other way round.
#
# The authors of the claim above (R3GAN) say that one loss with two penalties replaces all hacks. They measured it on
# larger images. Our scoreboard switches R1 alone, then R1 and R2 together, then the loss beside both.

# %% [markdown]
# ## Key points
#
# - Spectral normalization and R1 both aim at a D that is not steep. One aim is not one result: compare their lines.
# - The parts are measured by the same rules as the hacks. Two signs that differ are no test of the difference, and a gap
#   says nothing.
# - New is not better by itself: read its line in the picture.

# %% [markdown]
# ## References
#
# Miyato et al. 2018, [arXiv:1802.05957](https://arxiv.org/abs/1802.05957) (spectral normalization, hinge) · Mescheder,
# Geiger and Nowozin 2018, [arXiv:1801.04406](https://arxiv.org/abs/1801.04406) (R1) · Jolicoeur-Martineau 2018,
# [arXiv:1807.00734](https://arxiv.org/abs/1807.00734) (relativistic) · Yazıcı et al. 2018,
# [arXiv:1806.04498](https://arxiv.org/abs/1806.04498) (average) · Heusel et al. 2017,
# [arXiv:1706.08500](https://arxiv.org/abs/1706.08500) (two rates) · Zhao et al. 2020,
# [arXiv:2006.10738](https://arxiv.org/abs/2006.10738) (augmentation) · Huang et al. 2024,
# [arXiv:2501.05441](https://arxiv.org/abs/2501.05441).
