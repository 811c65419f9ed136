# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 20 · Balancing by the losses
#
# > **Claim.** Don't look for a schedule of how often each network trains: it is hard. If you do try, have a principle:
# > `while lossD > A: train D`, then `while lossG > B: train G`. *Chintala's talk, 2016.*
#
# | At a glance | in this lab |
# |---|---|
# | You'll do | write the schedule, find what a loss can reach, try both on the ring, mend a gate, write a controller |
# | You'll learn | why A and B are so hard to choose, and what a number worth watching looks like |
# | You need | lesson 01, lab 10 helps · 65 minutes (core 40) · about 75 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial
from itertools import product

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganhacks import checks, toys
from ganhacks.pictures import charts
from ganhacks.training import Game
from ganhacks.pictures.progress import each

lab = checks.Lab("balance_by_loss")

# %% tags=["parameters"]
updates = 2000
seed = 0

# %%
lab.parameters()  # are all values allowed?
updates = ganhacks.length(updates, 60)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# D's loss is the mean of -log D over the reals plus the mean of -log(1 - D) over the fakes. Suppose that the generator
# is perfect: its fakes are distributed like the reals. What does `while lossD > 1.0: train D` do now?
#
# (a) it ends at once · (b) it never ends · (c) it ends as soon as D has caught up

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: the talk's schedule
#
# `update_d` and `update_g` are functions. Call one: a network is trained on a batch, and the batch's loss is returned.
#
# The talk's two `while` lines have no first loss, and they may never end. So each network has one update in any case,
# and at most `most`.

# %% tags=["exercise"] exercise="balance_by_loss.balanced_round"

# %% tags=["check"]
lab.check("balanced_round")

# %% [markdown]
# One round with losses made up by hand, and another with a D that does not improve. (`partial(next, iter(losses))` is
# a function that returns the next loss at each call.)

# %% tags=["nbval-check-output"]
if lab.ready("balanced_round"):
    for falling in ([1.5, 1.2, 0.9, 0.6], [1.4] * 9):
        update_d = partial(next, iter(falling))
        update_g = partial(next, iter([2.0, 1.1, 0.7]))
        d_losses, g_losses = balanced_round(update_d, update_g, 1.0, 1.2, 8)
        print(f"updates of D {len(d_losses)}, of G {len(g_losses)};", end=" ")
        print(f"last losses {d_losses[-1]} and {g_losses[-1]}")

# %% [markdown]
# ## Do: what can D's loss reach?
#
# Lab 10 has the best discriminator: at each point it answers the share of the reals, D = p_data / (p_data + p_g). What
# is *its* loss? No other D has a lower one against this generator.

# %% tags=["exercise"] exercise="balance_by_loss.lowest_d_loss"

# %% tags=["check"]
lab.check("lowest_d_loss")

# %% [markdown]
# The reals are N(0, 1), the fakes N(d, 1), on a line of 1,401 points. A generator that gets better goes from right to
# left. The dotted lines are three targets A.

# %% tags=["experiment"]
if lab.ready("lowest_d_loss"):
    x, distances = np.linspace(-5, 9, 1401), np.linspace(0, 4, 81)
    densities = np.exp(-0.5 * (x - distances[:, None]) ** 2)
    densities /= densities.sum(axis=1, keepdims=True)  # row 0: the reals
    lowest = np.array([lowest_d_loss(densities[0], p_g) for p_g in densities])
    curves = {"lowest": (distances, lowest)}
    marks = {f"A = {target}": target for target in (0.8, 1.0, 1.3)}
    title, labels = "The lowest loss of D", ("distance d of the fakes", "lowest D loss")
    display(charts.lines(curves, title, labels, marks=marks))
    lab.reveal()

# %% tags=["nbval-check-output"]
if lab.ready("lowest_d_loss"):
    print(f"2 ln 2 = {2 * np.log(2):.3f}, against a perfect generator {lowest[0]:.3f}")
    for target in (0.8, 1.0, 1.3, 1.4):
        out_of_reach = distances[lowest > target]
        far = f"for d = 0 to {out_of_reach.max():.2f}" if out_of_reach.size else "never"
        print(f"A = {target}: out of D's reach {far}")

# %% [markdown]
# So A sets a limit for the *generator*. For any better one, down to d = 0, D's loop uses all its `most` updates, round
# after round. And an A above 1.386 is reached by a D that knows nothing and always answers ½.
#
# No fixed A can be right for long. Nor can a fixed B: at the end of the game G's loss is ln 2 = 0.693, and it stays
# there.

# %% [markdown]
# ## See: with and without the losses
#
# The ring GAN again: eight clusters of points on a ring. Every schedule gets the *same number of updates*, D's and G's
# together. There are two pairs of targets, and two schedules that look at no loss: 1 : 1, and three of D to one of G.
#
# `Game` holds both networks and makes one update a call; `restart` begins anew. This takes three quarters of a minute.


# %%
game = Game(toys.ring_recipe(), toys.ring_data(), seed)


def train_d():
    """Train the discriminator once, on new batches, and return its loss."""
    return game.update_discriminator(game.real_batch(), game.fake_batch())


# %%
def play(s, *schedule):
    """Play one game from a seed by a schedule, and return 1,000 fakes."""
    game.restart(s)
    while game.d_updates + game.g_updates < updates:
        balanced_round(train_d, game.update_generator, *schedule)
    return game.samples(1000)


schedules = {  # d_target, g_target, most
    "1 : 1": (0, 0, 1),
    "3 : 1": (-np.inf, np.inf, 3),
    "A 0.8, B 1.5": (0.8, 1.5, 10),
    "A 1.3, B 0.8": (1.3, 0.8, 10),
}

# %% tags=["experiment"]
points, good = {}, {name: [] for name in schedules}
if lab.ready("balanced_round"):
    for name, s in each(product(schedules, seeds), "games"):
        points[name] = play(s, *schedules[name])
        found, share = toys.ring_score(points[name])
        good[name].append(share)
        told = f"{game.d_updates:4} of D, {game.g_updates:4} of G"
        print(f"{name:13} seed {s}: {told}; modes {found}, good {share:.0%}")

# %% tags=["experiment"] alt="Four panels: the real points are eight small clusters on a ring."
if lab.ready("balanced_round"):
    real = toys.ring_data(400)
    fakes = {name: fake[:500] for name, fake in points.items()}
    panels = {name: {"fake": fake, "real": real} for name, fake in fakes.items()}
    title = "The ring and the last seed's fakes"
    display(charts.clouds(panels, title, reach=5, size=2.3))

# %% tags=["claim"]
mean = {name: round(float(np.mean(shares)), 3) for name, shares in good.items()}
assert mean["3 : 1"] > mean["1 : 1"], (
    f"expected more good points with 3 : 1 than with 1 : 1; found {mean}"
)
assert mean["A 1.3, B 0.8"] < mean["3 : 1"], (
    f"expected fewer good points with A 1.3, B 0.8 than with 3 : 1; found {mean}"
)

# %% [markdown]
# A point is *good* within three deviations of a cluster.
#
# **The better pair trained D more often.** A 0.8 and B 1.5 gave D about three updates to one of G, and 5 to 28 % were
# good. A plain 3 : 1 that looks at no loss does as well: 11 to 24 %. These are three seeds on two machines, early in a
# training. The card compares this pair with one update each, over longer runs.

# %% [markdown]
# **The pair near 1.386 and 0.693 did worst.** On two of three seeds 1.3 and 0.8 found one cluster at most. Was the game
# near its end there? Train D alone in the last of these games:


# %%
def measure_d():
    """Return D's loss on new batches, without training."""
    batches = game.real_batch(), game.fake_batch()
    real, fake = (game.discriminator(batch).numpy() for batch in batches)
    return np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean()  # log(1 + eˣ)


# %% tags=["experiment"]
if lab.ready("balanced_round"):
    print(f"D's loss {measure_d():.2f}", end="; ")
    alone = [train_d() for _ in range(ganhacks.length(500, 10))]
    print(f"after {len(alone)} updates of D alone {measure_d():.2f}")

# %% [markdown]
# It was not. A 1.3 stops D as soon as it knows a little more than chance, so G learns from a poor D. D's loss looks
# like the end of the game, and next to no fake is good.
#
# And what if `most` is 3, not 10?

# %% tags=["experiment"]
if lab.ready("balanced_round"):
    for s in seeds:
        found, share = toys.ring_score(play(s, 1.3, 0.8, 3))
        print(f"A 1.3, B 0.8, most 3, seed {s}: modes {found}, good {share:.0%}")

# %% [markdown]
# Now clusters are found on each seed, with 2 to 30 % good points. So the result depends on a limit that the talk's lines
# do not have.

# %% [markdown]
# ## If you have time
#
# That was the core of this lab: about 40 minutes. Take with you:
#
# - D's lowest loss rises with the fakes' quality, to 1.386. A target below that gets out of reach, one above says nothing.
# - Compare a clever schedule with a plain one that has the same number of updates of each.
#
# What follows are a gate on the updates with a bug, from published code, and a controller that works otherwise. If you
# stop here, the last cell says where to go next.

# %% [markdown]
# ## Find the bug: a gate that stays shut
#
# A common form in published code has no inner loop. G trains at every step, D only if its loss is high.
#
# Some of that code trains D if `d_loss` is above a target, and only *there* gives it a new value. One project added a
# second condition: train D anyway after 50 steps without. Why was that needed? Mend the gate instead.

# %% tags=["exercise"] exercise="balance_by_loss.gated_training"

# %% tags=["check"]
lab.check("gated_training")

# %% [markdown]
# The gate as published, and yours, for 300 steps on the ring and a target of 1.2. `measure_d` is the function from
# above: it trains nobody.

# %% tags=["experiment"]
if lab.ready("gated_training"):
    steps, published = ganhacks.length(300, 20), lab.exercises["gated_training"].given
    for name, training in {"published": published, "yours": gated_training}.items():
        game.restart(seed)
        losses = training(train_d, game.update_generator, measure_d, 1.2, steps)
        print(f"{name:9}: {game.d_updates:3} updates of D in {steps} steps;", end=" ")
        print(f"at the end the gate reads {losses[-1]:.2f}", end=", ")
        print(f"and D's loss is {measure_d():.2f}")

# %% [markdown]
# The published gate shut after a few updates. It went on reading the number that had shut it, while D was no longer
# trained and G fooled it more and more. Nothing crashes, and the curve of `d_loss` looks calm.

# %% [markdown]
# ## Do: a controller
#
# ADA (Karras et al., 2020) leaves the updates at 1 : 1 and *augments*, changes at random, all that D sees. Here that is
# noise, and the strength is its standard deviation.
#
# ADA watches r, the mean sign of D's logits for reals: 0 where D can't tell, 1 where it calls every real real, *however
# large the losses are*. While r is above its target, the strength grows a little; while below, it shrinks a little.

# %% tags=["exercise"] exercise="balance_by_loss.adapt_strength"

# %% tags=["check"]
lab.check("adapt_strength")

# %% tags=["nbval-check-output"]
if lab.ready("adapt_strength"):
    for n_positive in (128, 110, 95, 64):
        logits = np.where(np.arange(128) < n_positive, 2.0, -2.0)[:, None]
        strength = f"strength 0.50 → {adapt_strength(0.5, logits):.2f}"
        r = np.sign(logits).mean()
        print(f"{n_positive:3} of 128 positive: r = {r:5.2f}, {strength}")

# %% [markdown]
# Now in the ring GAN. D learns five times as fast as G, so that there is something to balance, and the target is 0.3.
# ADA's own target is 0.6. Like ADA, we measure at every fourth batch.


# %%
class Blur(layers.Layer):
    """Add Gaussian noise in training. Compiled steps see changes of a tf.Variable."""

    strength = tf.Variable(0.0, trainable=False)
    draws = keras.random.SeedGenerator(0)

    def call(self, x, training=False):
        noise = keras.random.normal(ops.shape(x), seed=self.draws)
        return x + self.strength * noise if training else x


def make_blurred_discriminator():
    hidden = [layers.Dense(64, "relu") for _ in range(2)]
    return keras.Sequential([keras.Input((2,)), Blur(), *hidden, layers.Dense(1)])


# %%
fast_adam = partial(keras.optimizers.Adam, learning_rate=5e-3, beta_1=0.5)
blurred_recipe = toys.ring_recipe(
    make_discriminator=make_blurred_discriminator, d_optimizer=fast_adam
)


# %%
def controlled(game, speed):
    """Play one game. Returns r and the noise's strength at every fourth step."""
    game.restart(seed)
    r, strengths = [], [0.0]
    for step in each(range(updates * 2 // 5), "steps"):
        Blur.strength.assign(strengths[-1])
        game.update_discriminator(game.real_batch(), game.fake_batch())
        game.update_generator()
        if step % 4 == 0:
            logits = game.discriminator(game.real_batch(), training=True).numpy()
            r.append(np.sign(logits).mean())
            strengths.append(adapt_strength(strengths[-1], logits, 0.3, speed))
    return r, strengths


# %% tags=["experiment"]
r, half = {}, {}
if lab.ready("adapt_strength"):
    blurred = Game(blurred_recipe, toys.ring_data(), seed)
    for name, speed in {"without": 0.0, "with control": 0.02}.items():
        r[name], strengths = controlled(blurred, speed)
        half[name] = float(np.mean(r[name][len(r[name]) // 2 :]))
        found, share = toys.ring_score(blurred.samples(1000))
        print(f"{name:12}: mean r in the second half {half[name]:.2f}", end="; ")
        print(f"modes {found}, good {share:.0%}")

# %% [markdown]
# The curves of r are means over 15 measurements.

# %% tags=["experiment"]
if lab.ready("adapt_strength"):
    smooth = {n: np.convolve(v, np.full(15, 1 / 15), "valid") for n, v in r.items()}
    curves = {f"r, {n}": (4 * np.arange(len(v)) + 28, v) for n, v in smooth.items()}
    curves["noise, with control"] = (4 * np.arange(len(strengths)), strengths)
    title = "D's mean sign on reals, and the noise"
    display(charts.lines(curves, title, labels=("step", ""), marks={"target": 0.3}))

# %% tags=["claim"]
assert abs(half["with control"] - 0.3) < 0.08 < half["without"] - 0.3, (
    f"expected r within 0.08 of its target with control, and above it without; found {half}"
)

# %% [markdown]
# The controller holds its number. Four things differ from A and B. r lies between -1 and 1, whatever the losses. More
# noise brings r down, so the target stays in reach. The steps are small. And both networks train at every step.

# %% [markdown]
# **The fakes are no better here:** on this one seed fewer are good. Noise blurs the ring, and these data are 20,000
# points. ADA was made for too few images, which D learns by heart. A number at its target is not yet a good picture.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# **Disputed.** One port of a paper trains D only while G's loss is below 3.5. Without that, its author writes, training
# was not stable ([ali-pytorch, issue 4](https://github.com/9310gaurav/ali-pytorch/issues/4)).
#
# How does one choose A and B? A reader of the list asked in 2017
# ([issue 23](https://github.com/soumith/ganhacks/issues/23)). There were proposals, and no proof.

# %% [markdown]
# A *fixed* ratio can have a reason. WGAN's critic has five updates to one: its authors argue that a better critic
# gives better gradients. BigGAN's D has two. Goodfellow's tutorial prefers one each. Today two learning rates (TTUR),
# R1 or spectral norm are used in place of a schedule. Lesson 06 has what they did here.

# %% [markdown]
# ## Key points
#
# - D's lowest loss rises with the fakes' quality, to 1.386. A target below that gets out of reach, one above says
#   nothing.
# - Compare a clever schedule with a plain one that has the same number of updates of each.
# - Measure before you decide, at every step; and take small steps, on a measure with known ends.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Chintala et al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 11 · Goodfellow et
# al., *Generative Adversarial Networks*, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661) · Goodfellow, *NIPS 2016
# Tutorial*, [arXiv:1701.00160](https://arxiv.org/abs/1701.00160) · Arjovsky et al., *Wasserstein GAN*,
# [arXiv:1701.07875](https://arxiv.org/abs/1701.07875) · Heusel et al. (TTUR),
# [arXiv:1706.08500](https://arxiv.org/abs/1706.08500) · Brock et al. (BigGAN),
# [arXiv:1809.11096](https://arxiv.org/abs/1809.11096) · Karras et al. (ADA),
# [arXiv:2006.06676](https://arxiv.org/abs/2006.06676).
