# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 01 · The GAN game
#
# > **Claim.** Two players who each follow their own slope need not come to rest, even where a resting point exists.
# > *Mescheder et al., 2018.*
#
# | | |
# |---|---|
# | You'll do | watch the best discriminator, a GAN of two numbers, and a ring GAN while it trains |
# | You'll learn | what the game is about, why it turns in circles, and what stops the turning |
# | You need | lesson 00 · 25 minutes · about 30 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import numpy as np

from ganhacks import charts, dirac, playground
from ganhacks.toys import ring_data, ring_recipe, ring_score
from ganhacks.training import train

# %% tags=["parameters"]
steps = 4000
seed = 0

# %%
steps = ganhacks.length(steps, 400)

# %% [markdown]
# ## Two players, one number
#
# The discriminator D gives every sample a probability of being real. It wants the value
#
# $$V = \mathbb{E}_\text{real} \log D(x) + \mathbb{E}_\text{fake} \log(1 - D(x))$$
#
# to be high; the generator G wants it low. That is the **minimax game**. Take a moment: suppose that G stands still.
# What is the best answer that D can give at a point x?

# %% [markdown]
# ## The best discriminator
#
# It is the share of reals among all samples at that point, $D^*(x) = p_\text{data} / (p_\text{data} + p_g)$. Where
# fakes are as frequent as reals, it says 0.5.

# %%
x = np.linspace(-4, 6, 400)
p_data = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
p_g = np.exp(-((x - 2) ** 2) / 2) / np.sqrt(2 * np.pi)
best = p_data / (p_data + p_g)
charts.lines(
    {"reals, p_data": (x, p_data), "fakes, p_g": (x, p_g), "best D": (x, best)},
    "Two bells, reals around 0 and fakes around 2; the best D falls from 1 to 0 and is 0.5 where the bells cross",
    labels=("x", ""),
)

# %% [markdown]
# If the fakes are perfect, D* is 0.5 everywhere. Then D's two losses add up to 2 ln 2, and the generator's usual loss
# is ln 2. Remember both: a loss that stays there is no sign of a fault.

# %% tags=["nbval-check-output"]
print(f"2 ln 2 = {2 * np.log(2):.3f}   ln 2 = {np.log(2):.3f}")

# %% [markdown]
# ## The smallest GAN
#
# Now both move. All data are the point 0. G has one number, θ, where it puts its fake; D has one number, the slope ψ
# of the line D(x) = ψx, a logit. Everything is right at θ = 0, ψ = 0: the fake is on the data, D has no opinion.
#
# Each player takes 500 steps of size 0.2 along its own slope, both at once. Do they arrive?

# %%
paths = {
    "minimax": dirac.play((1.0, -1.0)),
    "non-saturating": dirac.play((1.0, 1.0), dirac.non_saturating),
    "minimax + R1": dirac.play((1.0, -1.0), gamma=1.0),
    "minimax + noise": dirac.play((1.0, -1.0), noise=0.7, rng=np.random.default_rng(seed)),
}


def field(g_direction=dirac.saturating, gamma=0.0):
    return lambda theta, psi: (g_direction(psi, theta), dirac.d_direction(psi, 0.0, theta, gamma))


fields = dict.fromkeys(paths, field())
fields["non-saturating"] = field(dirac.non_saturating)
fields["minimax + R1"] = field(gamma=1.0)
playground.portraits(
    paths,
    fields,
    "Four phase portraits from a start at radius 1.4. Minimax spirals outwards; the non-saturating loss spirals slowly "
    "inwards; with R1 and with noise the path ends at the middle.",
    reach=3.3,
)

# %% [markdown]
# The circle is the start, at radius 1.414, the cross the end. (Under the fourth path lies the field without noise.)
# In the first portrait each player chases where the other *was*, and the two drift away from the answer.

# %% tags=["nbval-check-output"]
for name, path in list(paths.items())[:3]:
    print(f"{name:15} radius {dirac.radius(path):.3f}")
print("minimax + noise radius below 0.1:", dirac.radius(paths["minimax + noise"]) < 0.1)

# %% [markdown]
# ## Why it spirals
#
# Close to (0, 0) one simultaneous step multiplies the position by a matrix, with eigenvalues 1 ± ih/2 for a step of
# size h. Their size is √(1 + h²/4): above 1 for *every* h, so a smaller step spirals out more slowly and never in. R1
# adds friction to D, and the size falls below 1.

# %% tags=["nbval-check-output"]
print(f"no penalty: {abs(dirac.eigenvalues()).max():.5f}   formula: {np.sqrt(1 + dirac.STEP_SIZE**2 / 4):.5f}")
print(f"R1, γ = 1:  {abs(dirac.eigenvalues(gamma=1.0)).max():.5f}")

# %% [markdown]
# ## Taking turns
#
# Real training takes turns: the second player sees where the first has gone. That removes the drift near the middle,
# and who goes first now matters. So does the corner where you start. Does it help to train D five times for each step
# of G?

# %% tags=["nbval-check-output"]
print("                             1:1    1:5   radius after 500 steps")
for loss, start in ((dirac.saturating, (1.0, -1.0)), (dirac.non_saturating, (1.0, 1.0))):
    for order in ("G first", "D first"):
        radii = [dirac.radius(dirac.play(start, loss, order, d_steps)) for d_steps in (1, 5)]
        print(f"{loss.__name__:15} {order}   {radii[0]:.3f}  {radii[1]:.3f}")

# %% [markdown]
# Minimax keeps circling; with five steps of D its path is an oval, sometimes nearer, sometimes further out (lab 24).
# **Training D more does not make this game converge**.
# The non-saturating loss comes in slowly whoever goes first, because far from the middle its pull is uneven. Start it
# from the other corner, (1, -1), and the figures change; the spiral does not.

# %% [markdown]
# ## Watch one play
#
# A real GAN now: eight clusters on a ring, two networks of two hidden layers. White is where D says "real", black
# where it says "fake". Each fake's arrow points to where D's answer rises fastest: that is all that G ever hears of
# the data.
#
# Run the cell and watch. The button ■ stops it.

# %%
recipe, real = ring_recipe(), ring_data()
marks = sorted({steps * k // 16 for k in range(1, 17)})
history, scores = None, {}
screen = display(display_id=True)
for mark in marks:
    history = train(recipe, real, mark, seed, resume_from=history, progress=False)
    if history.outcome == "interrupted":
        break
    scores[mark] = ring_score(history.samples(2000))
    screen.update(playground.surface(history, real[:300]))

# %% [markdown]
# The picture stored here is the last one. Watched live, fakes travel in flocks: they run to one bright region, D
# darkens it, and they run on. How many of the eight clusters had fakes, and how many fakes were close to any?

# %%
found = {step: modes for step, (modes, _) in scores.items()}
charts.lines(
    {
        "clusters found": (list(scores), [modes for modes, _ in scores.values()]),
        "share close to one, times 8": (list(scores), [8 * good for _, good in scores.values()]),
    },
    f"Clusters found over training, between {min(found.values())} and {max(found.values())} of 8, and the share of "
    "good fakes, which moves up and down",
    labels=("step", "of 8"),
)

# %% [markdown]
# Both curves can fall again. Losing clusters that were there is **mode collapse**, and going round instead of
# arriving is **oscillation**: the two faults that most hacks of this course are meant to mend. Lab 06 puts a knob of
# the optimizer under this ring, lab 23 adds noise, lesson 06 the R1 penalty.

# %% [markdown]
# ## Key points
#
# - The best D answers with the share of reals at each point; 0.5 everywhere means perfect fakes.
# - Following one's own slope, at once or in turns, circles the answer; smaller steps don't cure it.
# - Friction on D (R1) or noise on the samples does, in a game of two numbers. What it does in a big one is measured.

# %% [markdown]
# ## References
#
# Goodfellow et al., *Generative Adversarial Networks*, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661) ·
# Mescheder, Geiger and Nowozin, *Which Training Methods for GANs do actually Converge?*,
# [arXiv:1801.04406](https://arxiv.org/abs/1801.04406) · Metz et al., *Unrolled Generative Adversarial Networks* (the
# ring), [arXiv:1611.02163](https://arxiv.org/abs/1611.02163).
