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
# > **Claim.** A GAN is a game of two networks. Each follows its own loss downhill, and still they may never come to
# > rest. *Goodfellow et al., 2014; Mescheder et al., 2018.*
#
# | At a glance | in this lesson |
# |---|---|
# | You'll do | build both networks, follow a game of two numbers, watch a GAN while it trains |
# | You'll learn | what a GAN is, what its losses say, why it turns in circles, and what stops the turning |
# | You need | a little Keras · 30 minutes · about 25 seconds of CPU |
#
# A word that you don't know? It is in the [glossary](../docs/glossary.md).

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import keras
import numpy as np
from keras import layers

from ganhacks import dirac
from ganhacks.pictures import charts, playground
from ganhacks.toys import ring_data, ring_recipe, ring_score
from ganhacks.training import train

# %% tags=["parameters"]
steps = 4000
seed = 0

# %%
steps = ganhacks.length(steps, 96)
n_looks = ganhacks.length(16, 4)
moments = sorted(
    {-(-steps * (k + 1) // n_looks) for k in range(n_looks)}
)  # when to draw

# %% [markdown]
# ## What a GAN is
#
# You have a data set, say photos of faces, and you want more such samples. A **generative adversarial network**, a
# GAN, learns to make them. It is two networks, which work against each other:
#
# - The **generator** G makes samples. They are called **fake**.
# - The **discriminator** D judges a sample: is it **real**, from the data set, or is it fake?
#
# D learns to tell fakes from reals. G learns to make fakes that D takes for real.

# %% [markdown]
# ## The two networks
#
# | network | goes in | comes out |
# |---|---|---|
# | G | a **latent sample**: random numbers | a fake, of the same shape as a real sample |
# | D | a sample, real or fake | a **logit**: one number, high for "real", low for "fake" |
#
# G gets nothing but random numbers. It never sees the data set. In this lesson the data are points of a plane, so
# both networks can be small.


# %% tags=["nbval-check-output"]
def network(n_outputs):
    hidden = [layers.Dense(64, activation="relu") for _ in range(2)]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(n_outputs)])


generator = network(2)  # two random numbers in, a point of the plane out
discriminator = network(1)  # a point in, a logit out

latent_samples = np.random.default_rng(seed).standard_normal((5, 2))
fakes = generator(latent_samples)
logits = discriminator(fakes)
print(latent_samples.shape, "latent samples →", fakes.shape, "fakes")
print(fakes.shape, "fakes →", logits.shape, "logits")
print(generator.count_params(), "weights in G,", discriminator.count_params(), "in D")

# %% [markdown]
# ## The logit and the probability
#
# A logit is any number, positive or negative. The **sigmoid** makes a probability of it. That is D's answer: how
# probable it is that the sample is real. At logit 0, D has no opinion.

# %% tags=["nbval-check-output"]
for logit in (-5, -1, 0, 1, 5):
    print(f"logit {logit:2}: D's answer is {dirac.sigmoid(logit):.3f}")

# %% [markdown]
# ## Two steps, in turn
#
# **D's step.** D gets a batch of reals and a batch of fakes. Its weights change a little, so that reals get a higher
# logit and fakes a lower one.
#
# **G's step.** D gets a batch of fakes. G's weights change a little, so that these fakes get a higher logit. The
# gradient for G comes through D. It is all that G ever hears of the data.
#
# In each step the other network stays as it is.

# %% [markdown]
# ![Two rows. Above, D's step: a latent sample goes into G, which makes a fake of it. The fake and a real from the data set go into D, which gives logits. d_loss is small if reals get "real" and fakes get "fake". Only D's weights change. Below, G's step: only a fake goes into D. g_loss is small if fakes get "real". The gradient of g_loss goes back through D to G, and only G's weights change.](../images/gan_game.png)
#
# The whole training, in five lines. In [lab 12](../labs/12_mnist_gan.ipynb) you write them in Keras.
#
# ```
# repeat many times:
#     real = a batch of the data set
#     fake = G(latent samples)
#     change D: D(real) up, D(fake) down
#     change G: D(fake) up, for the same latent samples
# ```

# %% [markdown]
# ## The best discriminator
#
# Let G stand still for a moment. Then D has a best answer at each point x: the share of reals among all samples there.
# It is called D* ("D star").
#
# $$D^*(x) = \frac{p_\text{data}(x)}{p_\text{data}(x) + p_g(x)}$$
#
# p_data tells how dense the reals are, p_g how dense the fakes.
#
# **What do you expect?** Reals lie around 0, fakes around 2. What is D* at 1? Far to the left? Far to the right?


# %%
def bell(x, centre):
    return np.exp(-((x - centre) ** 2) / 2) / np.sqrt(2 * np.pi)


x = np.linspace(-3, 5, 201)
p_data, p_g = bell(x, 0), bell(x, 2)
curves = {"reals": (x, p_data), "fakes": (x, p_g), "D*": (x, p_data / (p_data + p_g))}
charts.lines(curves, "The best discriminator", labels=("x", "density, or D*"))

# %% [markdown]
# ## When the fakes are perfect
#
# At 1, D* is 0.5. On the left nearly all samples are real, so D* is near 1; on the right it is near 0.
#
# Now the fakes move left, until they lie on the reals. Let p be D's answer. Its loss is −ln p for a real and
# −ln (1 − p) for a fake. **d_loss** is the mean over the reals plus the mean over the fakes.
#
# **What do you expect?** D is always the best D. Where does d_loss end?


# %%
def best_d_loss(distance):
    x = np.linspace(-4, 8, 1201)
    p_data, p_g = bell(x, 0), bell(x, distance)
    best = p_data / (p_data + p_g)
    return np.sum(-p_data * np.log(best) - p_g * np.log(1 - best)) * (x[1] - x[0])


distances = np.linspace(0, 4, 41)
curves = {"d_loss": (distances, [best_d_loss(distance) for distance in distances])}
labels = ("distance of the fakes from the reals", "d_loss")
marks = {"2 ln 2": 2 * np.log(2)}
charts.lines(curves, "The loss of the best discriminator", labels, marks=marks)

# %% tags=["nbval-check-output"]
print(f"2 ln 2 = {2 * np.log(2):.3f}   ln 2 = {np.log(2):.3f}")
print(f"d_loss at distance 4: {best_d_loss(4):.3f}, at 0: {best_d_loss(0):.3f}")

# %% [markdown]
# With perfect fakes D* is 0.5 everywhere. Then d_loss is 2 ln 2, its highest value here, and G's usual loss, −ln p for
# a fake, is ln 2.
#
# So a small d_loss is not the aim, and losses near these two values are no sign of a fault. They are no proof of
# perfect fakes either: a D that has learned nothing says 0.5 as well.

# %% [markdown]
# ## The smallest GAN
#
# Now both learn, in the smallest GAN there is, the **Dirac-GAN**:
#
# - Every real is the point 0.
# - G has one number, θ (theta). Its fake is the point θ.
# - D has one number, ψ (psi). Its logit at x is ψ · x.
#
# The goal is θ = 0 and ψ = 0: the fake lies on the reals, and D has no opinion. In the pictures θ goes across and ψ
# goes up, so the goal is the middle.

# %% [markdown]
# ## Minimax
#
# In the **minimax** game D makes d_loss small, and G makes the same number large. Of d_loss, only the fakes' part, −ln
# (1 − p), depends on G. G makes it large. So the loss that G makes small is ln (1 − p).
#
# At the start the fake is at 1, and ψ is −1. Both take 500 steps of size 0.2. To keep it simple, both move at the same
# time here.
#
# **What do you expect?** Do they reach the middle, go round it, or go away from it?

# %%
start = (1.0, -1.0)
path = dirac.play(start)
playground.portrait(path, "Minimax")

# %% [markdown]
# Arrows tell where G and D want to go. The dotted circle has the start's distance from the middle. Both go round and
# away.
#
# Why? D says that real is on the left, and G moves left. It reaches 0, but D still points left, so G goes past. Only
# then does D turn, also too late. Each follows where the other *was*.
#
# <details>
# <summary><b>A box that you can skip: would smaller steps help?</b> It is about eigenvalues.</summary>
#
# Near the middle, a step of size h multiplies (θ, ψ) by the matrix with the rows (1, h/2) and (−h/2, 1). Its
# eigenvalues are 1 ± ih/2, of size √(1 + h²/4), above 1 for every h. Smaller steps lead away more slowly, and never
# to the middle. The next cell belongs to this box; R1 comes below.
#
# </details>

# %% tags=["nbval-check-output"]
size, formula = abs(dirac.eigenvalues()).max(), np.sqrt(1 + dirac.STEP_SIZE**2 / 4)
print(f"for the box: minimax {size:.5f}, by the formula {formula:.5f}")
print(f"for the box: with R1 {abs(dirac.eigenvalues(gamma=1.0)).max():.5f}")

# %% [markdown]
# ## The non-saturating loss
#
# Early in training D finds fakes easily: p is near 0. There ln (1 − p) is nearly flat over the logit, so G hardly
# learns. The loss **saturates**. Therefore people give G another one, −ln p: the **non-saturating** loss. Both losses
# ask for a higher logit. They differ in how hard they pull ([lab 13](../labs/13_non_saturating_loss.ipynb)).
#
# **What do you expect?** Same start, same steps. Only G's loss is another one.

# %%
path = dirac.play(start, dirac.non_saturating)
playground.portrait(path, "Non-saturating", dirac.non_saturating)

# %% [markdown]
# ## A brake: R1
#
# With this loss G and D come nearer to the middle, and then stay on a smaller circle.
#
# Perhaps D needs a brake. **R1** is a penalty. It adds γ/2 · slope² to d_loss: "slope" is how fast D's logit changes
# with x, at the reals. So D learns to be flat there. In our game that slope is ψ, and R1 pulls ψ to 0. Here γ (gamma)
# is 1, and G has the minimax loss again.
#
# **What do you expect?**

# %%
path = dirac.play(start, gamma=1.0)
playground.portrait(path, "Minimax with R1", gamma=1.0)

# %% [markdown]
# ## Another brake: noise
#
# With R1, G and D arrive, and don't even go round.
#
# Noise is a brake too. Add random numbers to the real and to the fake point before D sees them, with a standard
# deviation of 0.7. Now reals and fakes overlap. A D that is very sure is often wrong, so ψ stays small.
# [Lab 23](../labs/23_instance_noise.ipynb) does this with networks.

# %%
path = dirac.play(start, noise=0.7, rng=np.random.default_rng(seed))
playground.portrait(path, "Minimax with noise", noise=0.7)

# %% [markdown]
# ## Taking turns
#
# With noise they come close as well, on a longer way.
#
# So far both moved at the same time. In real training they take turns: the second one sees where the first has gone.
#
# **What do you expect?** Minimax without a brake, D first. Is taking turns enough?

# %%
path = dirac.play(start, order="D first")
playground.portrait(path, "Minimax, in turns")

# %% [markdown]
# They no longer go away, and they don't arrive: they stay close to the dotted circle.
#
# Here are the games in numbers: the distance from the middle, which is 1.414 at the start. First after 500 steps, then
# the nearest and the farthest of the last 100 of 5,000 steps.
#
# **What do you expect?** One line trains D five times for each step of G
# ([lab 24](../labs/24_train_d_more.ipynb)). Does it help?

# %% tags=["nbval-check-output"]
ns = {"g_direction": dirac.non_saturating}
games = {
    "minimax, same time": {},
    "minimax, D first": {"order": "D first"},
    "minimax, G first": {"order": "G first"},
    "minimax, 5 D, then G": {"order": "D first", "d_steps": 5},
    "non-saturating, same time": ns,
    "non-saturating, D first": {**ns, "order": "D first"},
    "minimax, R1, same time": {"gamma": 1.0},
    "minimax, noise, same time": {"noise": 0.7, "rng": np.random.default_rng(seed)},
}
print(f"{'':26} after 500  nearest farthest")
for name, rules in games.items():
    far = np.linalg.norm(dirac.play(start, steps=5000, **rules), axis=1)
    print(f"{name:26}  {far[500]:8.3f} {far[-100:].min():8.3f} {far[-100:].max():8.3f}")

# %% [markdown]
# In turns, minimax goes on round the middle, whoever is first. With five steps of D the circle becomes an oval. The
# non-saturating loss in turns, which most GANs of this course use, comes in slowly. R1 arrives, and noise
# stays close to the middle.
#
# The first line, 4.240 twice, still moves: so far out the gradients are nearly 0, and the path creeps on. Later it goes
# further away.
#
# So neither turns nor more training of D leads minimax to the middle. A brake does.

# %% [markdown]
# ## A real GAN, watched
#
# Now two networks like yours, on eight clusters of points, with the non-saturating loss, in turns. Three GANs train one
# after the other, each with another seed. Look at:
#
# - shades: D's answer, white for real, black for fake;
# - dots and crosses: reals and fakes;
# - arrows: where D's logit rises fastest, the gradient for G.
#
# **What do you expect?** Does G find all clusters? Does it keep them?
#
# Run the cell and watch. The button ■ stops the GAN that is training.

# %%
recipe, real = ring_recipe(), ring_data()


def watch(seed):
    history, fakes, screen = None, {}, display(display_id=True)
    for moment in moments:
        history = train(recipe, real, moment, seed, resume_from=history, progress=False)
        fakes[history.step] = history.samples(2000)
        screen.update(playground.surface(history, real[:300]))
        if history.outcome == "interrupted":
            break
    return fakes


runs = {number: watch(number) for number in (seed, seed + 1, seed + 2)}

# %% [markdown]
# First the fakes lie anywhere, and D is grey: no opinion. Then they gather at the clusters. A white region with dots
# and no crosses is a cluster that G does not make. There D says real, as D* would. The arrows don't become short: both
# go on moving.
#
# Next, the first run at four moments, and all three runs. A cluster counts as found if at least one of 2,000 fakes is
# close to it. Look for places where a line goes down.

# %%
panels = {}
for step, fakes in list(runs[seed].items())[3::4]:
    panels[f"step {step:,}"] = {"real": real[:300], "fake": fakes[:300]}
charts.clouds(panels, "The first run at four moments", reach=3)

# %%
curves = {}
for number, run in runs.items():
    found = [ring_score(fakes)[0] for fakes in run.values()]
    curves[f"seed {number}"] = (list(run), found)
charts.lines(curves, "Clusters found", labels=("step", "of 8"))

# %% [markdown]
# Where a line goes down, G has lost a cluster that it had. A cluster, or any other kind of sample in the data, is a
# **mode**. If G makes only some of them, this is **mode collapse**. If G and D go round instead of arriving, this is
# **oscillation**.
#
# Many hacks of this course are meant against one of the two. You write each hack yourself, and read what it was
# measured to do.

# %% [markdown]
# ## Key points
#
# - G makes fakes from random numbers. D gives each sample a logit. They learn in turn, and G learns through D alone.
# - The best D's answer is the share of reals. With perfect fakes it is 0.5, and d_loss is 2 ln 2.
# - Two players who both go downhill can go round for ever. In the game of two numbers a brake stops it: R1 or noise.
#   What a brake does in a real GAN has to be measured.
#
# **References.** Goodfellow et al., *Generative Adversarial Networks*, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661) ·
# Mescheder, Geiger and Nowozin, *Which Training Methods for GANs do actually Converge?* (the Dirac-GAN, R1),
# [arXiv:1801.04406](https://arxiv.org/abs/1801.04406) · Metz et al., *Unrolled Generative Adversarial Networks* (the
# ring), [arXiv:1611.02163](https://arxiv.org/abs/1611.02163).
