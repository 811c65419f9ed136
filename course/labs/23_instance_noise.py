# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 23 · Instance noise
#
# > **Claim.** Add noise to all that the discriminator sees, and let it fade as training goes on. And add noise to every
# > layer of the generator. *Chintala et al., 2016, trick 13; Arjovsky and Bottou, 2017; Sønderby et al., 2017.*
#
# | At a glance | in this lab |
# |---|---|
# | You'll do | write the schedule, the noise, and its form for compiled code; try it on a grid of 25 clusters |
# | You'll learn | why it has to be on reals *and* fakes, what it mends, what it costs |
# | You need | lesson 01; lab 20 helps · 35 minutes · about a minute and a half of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganhacks import checks, data, dirac, toys
from ganhacks.pictures import charts, progress
from ganhacks.hacks.mnist_gan import discriminator_step
from ganhacks.metrics import mode_scores
from ganhacks.training import train

lab = checks.Lab("instance_noise")

# %% tags=["parameters"]
steps = 10_000
start = 0.5
seed = 0

# %%
lab.parameters()  # are all values allowed?
steps = ganhacks.length(steps, 40)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# The reals are N(0, 1). The generator makes N(0, s²) and can choose s. Somebody adds noise with a standard deviation of
# 0.6 to the *fakes only*, on their way into the discriminator. Which s does the generator end up with, if both networks
# play perfectly?
#
# (a) 1, like the reals · (b) 0.8 · (c) 1.17

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: the schedule
#
# Much noise at the start, none in the end. Steps are counted from 0, so the last one is `n_steps - 1`, and there the
# noise is *exactly* 0. Write it for one step and for an array of steps.

# %% tags=["exercise"] exercise="instance_noise.noise_std"

# %% tags=["check"]
lab.check("noise_std")

# %% tags=["nbval-check-output"]
if lab.ready("noise_std"):
    stds = np.asarray(noise_std(np.arange(0, 130, 25), 101, 0.5))
    print("step 0, 25, ... 125 of 101:", [round(float(std), 3) for std in stds])

# %% [markdown]
# ## The smallest GAN, with noise that fades
#
# Lesson 01's Dirac-GAN: two numbers, which spiral away from the answer (0, 0) if both move at once. Here it plays 500
# steps in 20 parts, each with the noise of your schedule, on the real and on the fake point.

# %% tags=["nbval-check-output"]
if lab.ready("noise_std"):
    fading = np.asarray(noise_std(np.arange(20), 20, 0.7))
    schedules = {"none": np.zeros(20), "constant": np.full(20, 0.7), "fading": fading}
    for name, stds in schedules.items():
        radii = []
        for s in range(3):
            place, rng = (1.0, -1.0), np.random.default_rng(s)
            for std in stds:
                place = dirac.play(place, noise=float(std), rng=rng, steps=25)[-1]
            radii.append(float(np.linalg.norm(place)))
        told = ", ".join(f"{radius:.2f}" for radius in radii)
        print(f"{name:8}: radius 1.41 at the start, in the end {told}")

# %% [markdown]
# Noise is friction here, as R1 is. Mescheder et al. (2018) show that near its middle the Dirac-GAN converges with it.
# Constant noise brings all three runs to the middle. The fading one leaves them at about 0.25: as it fades, so does the
# friction.

# %% [markdown]
# ## Do: blur both batches
#
# Now the noise itself, in NumPy: on the reals *and* on the fakes, equally strong, every number with its own draw.

# %% tags=["exercise"] exercise="instance_noise.add_instance_noise"

# %% tags=["check"]
lab.check("add_instance_noise")

# %% [markdown]
# Back to your prediction. What does D see, if one side is left as it was? D can no longer tell when both deviations are
# the same.

# %% tags=["nbval-check-output"]
if lab.ready("add_instance_noise"):
    rng = np.random.default_rng(seed)
    real = rng.standard_normal((200_000, 1), dtype="float32")
    for s in (0.8, 1.0, 1.17):
        fake = s * rng.standard_normal((200_000, 1), dtype="float32")
        noisy_real, noisy_fake = add_instance_noise(rng, real, fake, 0.6)
        print(f"s = {s:4}: D sees the deviations")
        for name, r, f in (
            ("the fakes only", real, noisy_fake),
            ("the reals only", noisy_real, fake),
            ("both", noisy_real, noisy_fake),
        ):
            print(f"    {r.std():.1f} and {f.std():.1f} with noise on {name}")
    lab.reveal()

# %% [markdown]
# Only with noise on both does the generator that equals the data win, *however strong the noise is*. That is why the
# noise may fade at its own pace: the goal stays where it is.

# %% [markdown]
# ## Why it can help
#
# D's best loss measures a divergence, Jensen-Shannon's (lab 20). Reals and fakes are often thin: images fill almost
# nothing of the space of all pixels. Here are two thin Gaussians on a line, with a deviation of 0.1, at a distance d.
# Both are blurred, by formula.


# %%
def jensen_shannon(d, noise):
    """Return the divergence of two thin Gaussians at a distance d, blurred."""
    x = np.linspace(-8, 12, 4001)
    variance = 0.1**2 + noise**2
    p, q = (np.exp(-((x - centre) ** 2) / 2 / variance) + 1e-300 for centre in (0, d))
    p, q = p / p.sum(), q / q.sum()
    return sum(np.sum(one * np.log(2 * one / (p + q))) for one in (p, q)) / 2


# %% tags=["nbval-check-output"]
distances = np.linspace(0, 4, 81)
curves = {}
for noise in (0.0, 0.5, 1.5):
    values = [jensen_shannon(d, noise) for d in distances]
    curves[f"noise {noise}"] = distances, values
    print(f"noise {noise}: slope at d = 2 is {(values[41] - values[40]) / 0.05:.3f}")

# %% alt="Without noise the curve is flat from d = 0.7 on; with noise it goes on rising."
charts.lines(
    curves,
    "Divergence of two thin Gaussians, blurred",
    labels=("distance d of the fakes", "divergence"),
    marks={"ln 2": np.log(2)},
)

# %% [markdown]
# Without noise the fakes are told apart perfectly from d = 0.7 on: a fake at 2 is no better than one at 4. With noise
# the plateau slopes. Close to 0 the curve without noise is steeper, so there less noise is better. (A real D is not the
# best D, so in practice the plateau has some slope of its own.)

# %% [markdown]
# ## Do: inside of the compiled discriminator
#
# Our training loop is compiled: Python runs once, and what it computed becomes a constant. That is how a fading noise
# may never fade:

# %% tags=["nbval-check-output"]
layer, zeros = layers.GaussianNoise(0.5), tf.zeros((100, 100))
compiled = tf.function(lambda x: layer(x, training=True))
print(f"deviation 0.5, compiled: {np.std(compiled(zeros)):.1f}")
layer.stddev = 0.0
by_hand = layer(zeros, training=True)
print(f"deviation 0.0, compiled: {np.std(compiled(zeros)):.1f}")
print(f"deviation 0.0, by hand:  {np.std(by_hand):.1f}")

# %% [markdown]
# A *variable* is read anew at each step. And a `keras.random.SeedGenerator` draws anew. Write `blur` with both. One
# thing more: whoever asks D for its opinion later calls it with `training=False`, and wants no noise.

# %% tags=["exercise"] exercise="instance_noise.blur"

# %% tags=["check"]
lab.check("blur")

# %% [markdown]
# The layer holds the variable; a step sets it from a table before each update. G is trained through the same D, so its
# fakes are blurred as well, as the theory wants it.


# %%
class Blur(layers.Layer):
    """Blur what goes into a discriminator, in training."""

    def __init__(self):
        super().__init__(name="blur")
        self.std = self.add_weight(shape=(), initializer="zeros", trainable=False)
        self.draws = keras.random.SeedGenerator(0)

    def call(self, x, training=False):
        return blur(x, self.std, self.draws, training)

    def compute_output_shape(self, shape):  # Keras need not try it without a batch
        return shape


def blurred_discriminator(width):
    hidden = [layers.Dense(width, "relu") for _ in range(2)]
    return keras.Sequential([keras.Input((2,)), Blur(), *hidden, layers.Dense(1)])


# %%
def fading_step(stds):
    """Return lab 12's step of D, which sets the noise first. stds: one a step."""
    table = tf.constant(stds, tf.float32)

    def step(discriminator, optimizer, *batches):
        discriminator.get_layer("blur").std.assign(
            ops.take(table, optimizer.iterations)
        )
        return discriminator_step(discriminator, optimizer, *batches)

    return step


# %% [markdown]
# ## See: a grid of 25
#
# 25 narrow clusters, two units apart, and networks of two hidden layers of 128. That is harder than our ring, and
# chosen because the effect shows here. The same GAN without noise, and with a noise of 0.5 that fades to 0 over the
# run, on three seeds: the longest wait of this lab.


# %%
def grid_recipe(stds):
    """Return the grid's Recipe. stds: the noise at each step."""
    return toys.ring_recipe(
        make_generator=partial(toys.make_generator, 128),
        make_discriminator=partial(blurred_discriminator, 128),
        discriminator_step=fading_step(stds),
    )


grid = data.grid(np.random.default_rng(0), 20_000)

# %% tags=["experiment"]
runs, scores = {}, {"no noise": [], "fading": []}
if lab.ready("noise_std", "blur"):
    fading = np.asarray(noise_std(np.arange(steps), steps, start))
    schedules = {"no noise": np.zeros(steps), "fading": fading}
    for s, name in progress.each(
        [(s, name) for s in seeds for name in schedules], "trainings"
    ):
        runs[name] = train(grid_recipe(schedules[name]), grid, steps, s, progress=False)
        found = mode_scores(runs[name].samples(2000), data.grid_centres(), 0.05)
        scores[name].append(found)
        print(
            f"seed {s}, {name:8}: {found.found:2} of 25 clusters, good {found.good:.0%}"
        )

# %% tags=["experiment"]
if lab.ready("noise_std", "blur"):
    panels = {
        name: {"real": grid[:500], "fake": history.samples(700)}
        for name, history in runs.items()
    }
    display(charts.clouds(panels, "The grid, and 700 fakes of the last seed", 5.5, 3.4))

# %% tags=["claim"]
for s, one, other in zip(seeds, scores["fading"], scores["no noise"]):
    assert one.found > other.found, (
        f"seed {s}: expected more clusters with noise; found {one.found} and {other.found}"
    )

# %% [markdown]
# With us the noise won on every seed: 23, 25 and 25 clusters to 13, 13 and 13, and 82, 78 and 80 % good points to 48,
# 36 and 67 %. (A point is *good* within three deviations of a cluster.)

# %% [markdown]
# **It takes time.** The same comparison over 3,000 steps found 16, 11 and 13 clusters without noise and 17, 15 and 14
# with it, and at most 8 % good points either way. While D looks through a blur, nothing gets sharp.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# **Where the GAN does well without.** Our ring, with noise from 0.5 to 0 over 3,000 steps, seeds 0 to 2: modes 6, 8 and
# 7 without and 8, 7 and 8 with it, which is within chance. Good points: 55, 73 and 46 % without, 17, 37 and 51 % with
# it. Blunter on two of three seeds. Nor does it rescue every GAN that does badly: on the card, look at the digits of
# the bare recipe.
#
# And in many dimensions, drawing noise adds variance of its own to the gradient (Huszár).

# %% [markdown]
# **Noise in every layer of G**, the trick's second half, did harm here: `GaussianNoise(0.3)` after both hidden layers
# of the ring's generator, off at sampling, left 2, 2 and 7 modes and 32, 74 and 10 % good points on the same seeds. One
# strength, one toy: no proof; the card's variant is another. The list names EBGAN for it; [a
# reader](https://github.com/soumith/ganhacks/issues/39) found it in OpenAI's code, but in D.

# %% [markdown]
# **What came after.** Roth et al. (2017) showed that a little noise acts like a penalty on D's gradient, and a penalty
# needs no draws: R1 is used today. ADA and DiffAugment kept the other half of the idea, to show D only changed
# samples, reals and fakes alike.
#
# One use has a reason of its own: pixels of real images are whole numbers. D could tell fakes by that alone, and
# KernelGAN [adds noise of 1/255](https://github.com/sefibk/KernelGAN/issues/83) to hide it.

# %% [markdown]
# ## Key points
#
# - Noise on reals and fakes alike keeps the goal, and gives thin distributions a slope to follow. On one side it moves
#   the goal.
# - Fading needs a number of steps and ends at exactly 0; in compiled code it needs a variable.
# - A fresh draw for every number, none when D is asked for its opinion.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Chintala et al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 13 · Arjovsky and
# Bottou, *Towards Principled Methods for Training GANs*, [arXiv:1701.04862](https://arxiv.org/abs/1701.04862) ·
# Sønderby et al., *Amortised MAP Inference for Image Super-resolution*,
# [arXiv:1610.04490](https://arxiv.org/abs/1610.04490), and Huszár's
# [note on it](https://www.inference.vc/instance-noise-a-trick-for-stabilising-gan-training/) · Zhao et al. (EBGAN),
# [arXiv:1609.03126](https://arxiv.org/abs/1609.03126) · Roth et al., *Stabilizing Training of GANs through
# Regularization*, [arXiv:1705.09367](https://arxiv.org/abs/1705.09367) · Mescheder et al., *Which Training Methods for
# GANs do actually Converge?*, [arXiv:1801.04406](https://arxiv.org/abs/1801.04406) · Karras et al. (ADA),
# [arXiv:2006.06676](https://arxiv.org/abs/2006.06676) · Zhao et al., *Differentiable Augmentation*,
# [arXiv:2006.10738](https://arxiv.org/abs/2006.10738).
