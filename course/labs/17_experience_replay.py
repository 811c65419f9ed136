# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 17 · Experience replay
#
# > **Claim.** Borrow from reinforcement learning: keep past fakes and show them to the discriminator now and then; keep
# > checkpoints of both networks and swap them in for a few rounds. *Chintala's talk, 2016.*
#
# | | |
# |---|---|
# | You'll do | write a memory, a mixed batch and a swap; play two games; find a bug in image pools |
# | You'll learn | what a discriminator forgets, and how far back a memory has to reach |
# | You need | lesson 01 · 40 minutes · about 50 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial

import keras
import numpy as np
from keras import layers

from ganhacks import charts, checks, dirac, toys
from ganhacks.game import Game

lab = checks.Lab("experience_replay")

# %% tags=["parameters"]
rounds = 600
seed = 0

# %%
full_length = not ganhacks.fast() and rounds >= 600
rounds = ganhacks.length(rounds, 60)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# In lesson 01's game of two numbers the real point is 0, the generator a point θ, the discriminator a line of slope ψ.
# Playing at the same time, the two spiral outwards. Near the rest point a turn takes about 63 rounds.
#
# Now half of the fakes it sees are old: the last 30 rounds'. What does the game do?
#
# (a) it spirals inwards · (b) it goes on as before · (c) it spirals outwards, further than before

# %% tags=["predict"]
lab.predict(...)  # put "a", "b" or "c" in place of the dots

# %% [markdown]
# ## Do: a memory
#
# A training makes millions of fakes, and a memory holds a thousand. Which ones? *Reservoir sampling* treats all alike:
# at any time each sample that was ever seen is equally likely to be in. You need to know how many were seen, and not
# which.
#
# Real data need no such memory: they are all still there, and they don't change.

# %% tags=["exercise"] exercise="experience_replay.remember"

# %% tags=["check"]
lab.check("remember")

# %% [markdown]
# Stuck? Run `lab.hint()` in a new cell, up to three times. `lab.solution()` shows one right answer.
#
# Beside it the memory that most people write first, a queue of the newest. Two hundred batches of 128 go in, numbered
# from 0. From which fifth of the past are the 1,000 that stay?


# %%
def newest(rng, buffer, n_seen, samples, capacity):
    """Remember the newest samples only. The rest as for `remember`."""
    return np.concatenate([buffer, samples])[-capacity:], n_seen + len(samples)


# %% tags=["nbval-check-output"]
if lab.ready("remember"):
    for name, memory in {"newest": newest, "all": remember}.items():
        rng, buffer, n_seen = np.random.default_rng(seed), np.zeros((0, 1), "float32"), 0
        for _ in range(200):
            batch = np.arange(n_seen, n_seen + 128, dtype="float32")[:, None]
            buffer, n_seen = memory(rng, buffer, n_seen, batch, 1000)
        fifths = np.histogram(buffer, bins=5, range=(0, n_seen))[0]
        print(f"{name:6}: {n_seen:,} seen, {len(buffer):,} kept; from each fifth of the past {fifths.tolist()}")

# %% [markdown]
# ## Do: the mixed batch
#
# SimGAN (2016) gives its discriminator half a batch of new fakes and half a batch of old ones. The batch stays as long
# as it was, so that reals and fakes still have the same weight.

# %% tags=["exercise"] exercise="experience_replay.mix_batch"

# %% tags=["check"]
lab.check("mix_batch")

# %% [markdown]
# ## See: a game of two numbers
#
# Each round one fake goes into the memory, and 32 copies of the present one are mixed with what is in it. Both memories
# hold 30.


# %%
def distances(memory, seed, steps=500):
    """Play the game of two numbers and return its distance from the rest point, (steps + 1,)."""
    rng, buffer, n_seen = np.random.default_rng(seed), np.zeros((0, 1)), 0
    path = [(1.0, 0.0)]
    for _ in range(steps):
        theta, psi = path[-1]
        fakes = mix_batch(rng, np.full((32, 1), theta), buffer)
        if memory:
            buffer, n_seen = memory(rng, buffer, n_seen, np.array([[theta]]), 30)
        g_move, d_move = dirac.saturating(psi, theta), dirac.d_direction(psi, 0.0, fakes)
        path.append((theta + dirac.STEP_SIZE * g_move, psi + dirac.STEP_SIZE * d_move))
    return np.linalg.norm(path, axis=1)


# %% tags=["experiment"]
if lab.ready("remember", "mix_batch"):
    memories = {"no memory": None, "newest 30": newest, "30 of all": remember}
    paths = {name: [distances(memory, s) for s in range(3)] for name, memory in memories.items()}
    curves = {name: (np.arange(501), runs[0]) for name, runs in paths.items()}
    end = {name: runs[0][-1] for name, runs in paths.items()}
    alt = f"Distance from the rest point over 500 rounds, from 1. Without memory it grows to {end['no memory']:.1f}; "
    alt += f"with the newest 30 to {end['newest 30']:.1f}; with 30 of all it rises to {paths['30 of all'][0].max():.1f}"
    alt += f" first and then falls to {end['30 of all']:.1f}."
    display(charts.lines(curves, alt, labels=("round", "distance")))
    for name, runs in paths.items():
        print(f"{name:9}: round 100 {runs[0][100]:.1f}; round 500, seeds 0 to 2:", [f"{r[-1]:.2f}" for r in runs])
    lab.reveal()
    if full_length:
        assert paths["30 of all"][0][-1] < 1 < paths["no memory"][0][-1] < paths["newest 30"][0][-1]

# %% [markdown]
# **The newest 30 delay the discriminator.** They lie where the generator was a moment ago, all on one side. It answers
# late and goes on pushing.
#
# **30 of all hold it still.** After a turn, old fakes lie on both sides of the real point. Any slope is wrong on one of
# them, so the line is pulled flat, as the R1 penalty does on purpose. But the first turn gets wider.

# %% [markdown]
# ## Do: the swap
#
# The other half of the trick needs no samples: a checkpoint of the generator can make as many old fakes as you like. A
# past network acts once, and then the present one has to be back, as if nothing had been.

# %% tags=["exercise"] exercise="experience_replay.swap_in"

# %% tags=["check"]
lab.check("swap_in")

# %% [markdown]
# `clone_model` is a trap here: it copies the layers and gives them *new* random weights. And `model.weights` is no copy
# at all.

# %% tags=["nbval-check-output"]
if lab.ready("swap_in"):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(4), layers.BatchNormalization()])
    held = {"get_weights()": model.get_weights(), "weights": model.weights}
    held["clone_model"] = keras.models.clone_model(model).get_weights()
    before = model.get_weights()[0]
    model.layers[0].kernel.assign_add(np.ones((2, 4)))  # a training goes on
    for name, kept in held.items():
        print(f"{name:13} still the checkpoint: {np.allclose(np.asarray(kept[0]), before)}")
    print("in the past:", swap_in(model, held["get_weights()"], lambda: np.allclose(model.get_weights()[0], before)))
    print("back again: ", np.allclose(model.get_weights()[0], before + 1))

# %% [markdown]
# ## See: a ring that oscillates
#
# We choose a game with something to cure. With Adam's default β1 = 0.9 the ring GAN does not settle: its cloud of
# points chases round the ring. For comparison the usual 0.5. Every tenth round's fakes go into a memory of 1,000.


# %%
def play(game, memory, seed):
    """Play one game. Returns a checkpoint of G and the middle of its cloud, for every 30 rounds."""
    game.restart(seed)
    rng, buffer, n_seen = np.random.default_rng(seed), np.zeros((0, 2), "float32"), 0
    checkpoints, middles = [], []
    for i in range(rounds):
        fakes = game.fake_batch()
        game.update_discriminator(game.real_batch(), mix_batch(rng, fakes, buffer))
        game.update_generator()
        if memory and i % 10 == 0:
            buffer, n_seen = memory(rng, buffer, n_seen, fakes, 1000)
        if i % 30 == 29:
            checkpoints.append(game.generator.get_weights())
            middles.append(game.samples(500).mean(axis=0))
    return checkpoints, np.array(middles)


# %% [markdown]
# Two numbers tell what happens. *Swing*: how far the cloud's middle is from the ring's, on average over the second
# half. *Known*: each generator of the past comes back once, and the discriminator of the end judges its fakes. In what
# share of pairs does it give the real one the higher logit? 50 % is guessing.


# %%
def known(game, checkpoints):
    """Return the share of pairs (real, fake of the past) that the discriminator of now gets right, by checkpoint."""
    reals = game.discriminator(toys.ring_data(500)).numpy()

    def judge_fakes():
        return game.discriminator(game.samples(500)).numpy()

    return [np.mean(reals > swap_in(game.generator, past, judge_fakes).T) for past in checkpoints]


def ring_game(beta_1):
    adam = partial(keras.optimizers.Adam, learning_rate=1e-3, beta_1=beta_1)
    return Game(toys.ring_recipe(d_optimizer=adam, g_optimizer=adam), toys.ring_data(), seed)


# %% tags=["experiment"]
shares, swings = {}, {}
if lab.ready("remember", "mix_batch", "swap_in"):
    arms = [(0.9, "no memory"), (0.9, "newest"), (0.9, "all"), (0.5, "no memory"), (0.5, "all")]
    games = {beta_1: ring_game(beta_1) for beta_1 in (0.9, 0.5)}
    for arm in arms:
        game, memory = games[arm[0]], {"no memory": None, "newest": newest, "all": remember}[arm[1]]
        shares[arm], swings[arm], modes = [], [], []
        for s in seeds:
            checkpoints, middles = play(game, memory, s)
            shares[arm].append(known(game, checkpoints))
            swings[arm].append(np.linalg.norm(middles[len(middles) // 2 :], axis=1).mean())
            modes.append(int(toys.ring_score(game.samples(1000))[0]))
        told = f"swing {np.round(swings[arm], 2)}, known {np.round(np.mean(shares[arm], axis=1), 2)}"
        print(f"β1 {arm[0]}, {arm[1]:9}: {told}, modes {modes}")

# %% tags=["experiment"]
if lab.ready("remember", "mix_batch", "swap_in"):
    mean = {arm: np.mean(runs, axis=0) for arm, runs in shares.items()}
    made = 30 * np.arange(1, 1 + rounds // 30)
    curves = {arm[1]: (made, mean[arm]) for arm in arms[:3]} | {"β1 0.5, no memory": (made, mean[0.5, "no memory"])}
    alt = "Share of pairs judged right by the last discriminator, over the round in which the fakes were made. With "
    alt += f"β1 0.9: without memory {mean[arms[0]].mean():.0%} on average, newest {mean[arms[1]].mean():.0%}, "
    alt += f"all {mean[arms[2]].mean():.0%}. With β1 0.5, without memory, {mean[arms[3]].mean():.0%}."
    display(charts.lines(curves, alt, ("fakes made in round", "judged right"), marks={"guessing": 0.5}))
    if full_length:
        assert mean[arms[2]].mean() > 0.1 + max(mean[arm].mean() for arm in arms[:2]), "What did you change?"

# %% [markdown]
# **β1 0.9.** Without a memory the last discriminator knows the generator of now, and about the past it guesses: what it
# once learned is lost. The newest 1,000 (the last 80 rounds) don't change that. With 1,000 of all it knows most of the
# past.
#
# **It is no cure yet.** After 600 rounds few of the eight modes are found either way. Whether the swing shrinks is not
# shown: over seeds 0 to 5 we saw both.

# %% [markdown]
# **Given more time it pays.** After 2,000 rounds we had, on average over the second half and for seeds 0 to 2, 0.6, 0.4
# and 0.5 modes without a memory, 0.3, 0.5 and 2.1 with the newest, and 3.6, 5.2 and 4.2 with all. The swing fell from
# about 1.3 to about 0.5.

# %% [markdown]
# **β1 0.5.** This cloud hardly swings, and the discriminator knows the past anyway. After 2,000 rounds it has 5.5, 7.1
# and 7.0 modes without any memory, and about as many with one. After 1,000 it had about one less with a memory, on each
# of the three seeds.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## Find the bug: a pool that never returns the past
#
# CycleGAN keeps a pool of 50 images. For each new fake a coin decides: the discriminator sees the new one, or one of
# the pool, whose place the new one takes. The function below does that in the words of
# [a TensorFlow port](https://github.com/hardikbansal/CycleGAN), whose pool is a NumPy array too; others have copied the
# lines. In [issue 23](https://github.com/hardikbansal/CycleGAN/issues/23) a reader wonders what one of them is for.
# Mend it.

# %% tags=["exercise"] exercise="experience_replay.exchange"

# %% tags=["check"]
lab.check("exchange")

# %% [markdown]
# A thousand fakes, one at a time as in CycleGAN, numbered from 50; the pool starts with 0 to 49. How old is what is
# handed out? Age 0 is the new fake itself.

# %% tags=["nbval-check-output"]
if lab.ready("exchange"):
    for name, pooling in {"published": lab.exercises["exchange"].given, "yours": exchange}.items():
        rng, pool, ages = np.random.default_rng(seed), np.arange(50.0)[:, None], []
        for i in range(50, 1050):
            handed_out, pool = pooling(rng, pool, np.array([[float(i)]]))
            ages.append(i - handed_out[0, 0])
        old = np.array(ages)[np.array(ages) > 0]
        print(f"{name:9}: {len(old)} of 1,000 are old", f"with a mean age of {old.mean():.0f}" if len(old) else "")

# %% [markdown]
# The published pool fills up, changes and costs memory, and the discriminator never sees an old image. Nothing crashes.
# [Another port](https://github.com/xiaowei-hu/CycleGAN-tensorflow/issues/2) forgot to count its images, so its pool was
# never full: it kept all of them, and returned none.
#
# Mind the age as well: with a place's chance of 1/100 to be replaced, 50 images remember about 100 rounds.

# %% [markdown]
# ## When not
#
# **Where nothing oscillates** there is nothing to remember, as with β1 = 0.5. And a lower β1, R1 or instance noise cure
# the oscillation itself.
#
# **Disputed.** The author of tensorpack added the pool to his CycleGAN and saw
# [not much difference](https://github.com/tensorpack/tensorpack/issues/331). Fictitious GAN (2018) proves something
# for *both* players remembering: the *average* of all generators then matches the data.
#
# What stayed in practice is another memory: a moving average of the generator's weights (EMA), for sampling.

# %% [markdown]
# ## Key points
#
# - A discriminator knows the fakes that it saw lately. Replay lets it keep the rest.
# - A memory shorter than a turn of the game only makes it late. Reservoir sampling keeps all times alike.
# - Copies, not views or variables: a memory that changes with the present is none.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Chintala et al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 8 · Shrivastava et al.
# (SimGAN), [arXiv:1612.07828](https://arxiv.org/abs/1612.07828), section 2.3 · Pfau and Vinyals, *Connecting GANs and
# Actor-Critic Methods*, [arXiv:1610.01945](https://arxiv.org/abs/1610.01945) · Zhu et al. (CycleGAN),
# [arXiv:1703.10593](https://arxiv.org/abs/1703.10593), section 4 · Mescheder et al. (the game of two numbers, R1),
# [arXiv:1801.04406](https://arxiv.org/abs/1801.04406) · Ge et al., *Fictitious GAN*,
# [arXiv:1803.08647](https://arxiv.org/abs/1803.08647) · Vitter, *Random Sampling with a Reservoir*, 1985.
