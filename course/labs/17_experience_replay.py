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
# | At a glance | in this lab |
# |---|---|
# | You'll do | write a memory, a mixed batch and a swap; play two games; find a bug in image pools |
# | You'll learn | what a discriminator forgets, and how far back a memory has to reach |
# | You need | lesson 01 · 50 minutes · about 50 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial

import keras
import numpy as np
from keras import layers

from ganhacks import checks, dirac, toys
from ganhacks.pictures import charts
from ganhacks.training import Game
from ganhacks.pictures.progress import each

lab = checks.Lab("experience_replay")

# %% tags=["parameters"]
rounds = 600
seed = 0

# %%
lab.parameters()  # are all values allowed?
rounds = ganhacks.length(rounds, 60)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# Lesson 01's game of two numbers: θ is where the fakes are, ψ which side D calls real (a line's slope). The real point
# is 0, and both numbers should come to rest at 0, the rest point. Playing at the same time, the two spiral outwards.
# Near the rest point a turn takes about 63 rounds.
#
# Now half of the fakes that D sees are old: the last 30 rounds'. What does the game do?
#
# (a) it spirals inwards · (b) it goes on as before · (c) it spirals outwards, further than before

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: a memory
#
# A training makes millions of fakes, and a memory holds a thousand. Which ones? *Reservoir sampling* treats all alike:
# at any time, each sample that was ever seen is equally likely to be in the memory. For that you have to know how many
# samples were seen. You need not know which.
#
# Real data need no memory: they are all still there, and they don't change.

# %% tags=["exercise"] exercise="experience_replay.remember"

# %% tags=["check"]
lab.check("remember")

# %% [markdown]
# Many people first write a queue, which holds the newest samples. Compare it with yours: 200 batches of 128 samples go
# in, numbered from 0. From which fifth of the past are the 1,000 that stay?


# %%
def newest(rng, buffer, n_seen, samples, capacity):
    """Remember the newest samples only. The rest as for `remember`."""
    return np.concatenate([buffer, samples])[-capacity:], n_seen + len(samples)


# %% tags=["nbval-check-output"]
if lab.ready("remember"):
    for name, memory in {"newest": newest, "all": remember}.items():
        rng = np.random.default_rng(seed)
        buffer, n_seen = np.zeros((0, 1), "float32"), 0
        for _ in range(200):
            batch = np.arange(n_seen, n_seen + 128, dtype="float32")[:, None]
            buffer, n_seen = memory(rng, buffer, n_seen, batch, 1000)
        fifths = np.histogram(buffer, bins=5, range=(0, n_seen))[0].tolist()
        print(f"{name:6}: {n_seen:,} seen, {len(buffer):,} kept;", end=" ")
        print(f"from each fifth of the past {fifths}")

# %% [markdown]
# ## Do: the mixed batch
#
# SimGAN (2016) gives its discriminator half a batch of new fakes and half a batch of old ones. The batch keeps its
# length, so reals and fakes still have the same weight.

# %% tags=["exercise"] exercise="experience_replay.mix_batch"

# %% tags=["check"]
lab.check("mix_batch")

# %% [markdown]
# ## See: a game of two numbers
#
# Each round one fake goes into the memory, and 32 copies of the present one are mixed with what is in it. Both memories
# hold 30. `g_move` and `d_move` are the directions in which the two numbers move.


# %%
def distances(memory, seed, steps=500):
    """Play the game and return its distance from the rest point, (steps + 1,)."""
    rng = np.random.default_rng(seed)
    buffer, n_seen, path = np.zeros((0, 1)), 0, [(1.0, 0.0)]
    for _ in range(steps):
        theta, psi = path[-1]
        fakes = mix_batch(rng, np.full((32, 1), theta), buffer)
        if memory:
            buffer, n_seen = memory(rng, buffer, n_seen, np.array([[theta]]), 30)
        g_move = dirac.saturating(psi, theta)
        d_move = dirac.d_direction(psi, 0.0, fakes)
        path.append((theta + dirac.STEP_SIZE * g_move, psi + dirac.STEP_SIZE * d_move))
    return np.linalg.norm(path, axis=1)


# %% tags=["experiment"]
if lab.ready("remember", "mix_batch"):
    memories = {"no memory": None, "newest 30": newest, "30 of all": remember}
    paths = {name: [distances(m, s) for s in range(3)] for name, m in memories.items()}
    curves = {name: (np.arange(501), runs[0]) for name, runs in paths.items()}
    title = "Distance from the rest point, seed 0"
    display(charts.lines(curves, title, labels=("round", "distance")))
    for name, runs in paths.items():
        ends = ", ".join(f"{run[-1]:.2f}" for run in runs)
        print(f"{name:9}: round 100 {runs[0][100]:.1f}; round 500, three seeds: {ends}")
    lab.reveal()

# %% tags=["claim"]
end = {name: float(runs[0][-1]) for name, runs in paths.items()}
assert end["30 of all"] < 1 < end["no memory"] < end["newest 30"], (
    f"expected 30 of all below the start's 1, and the newest 30 furthest out; found {end}"
)

# %% [markdown]
# **The newest 30 delay the discriminator.** They lie where the generator was a moment ago, most of the time all on one
# side of the real point. So the discriminator answers late, and pushes too long.
#
# **30 of all hold it still.** After a turn, old fakes lie on both sides of the real point. Any slope is wrong for one
# side, so the line becomes flat. But the first turn gets wider. (The R1 penalty of lesson 01, a price on D's slope at
# the reals, makes it flat on purpose.)

# %% [markdown]
# ## Do: the swap
#
# The other half of the trick stores no samples: a checkpoint of the generator can make as many old fakes as you like.
# Put the past weights into the network, let it act once, and put the present weights back.

# %% tags=["exercise"] exercise="experience_replay.swap_in"

# %% tags=["check"]
lab.check("swap_in")

# %% [markdown]
# `clone_model` is a trap here: it copies the layers and gives them *new* random weights. And `model.weights` is no copy
# at all.

# %% tags=["nbval-check-output"]
if lab.ready("swap_in"):
    keras.utils.set_random_seed(seed)
    hidden = layers.Dense(4), layers.BatchNormalization()
    model = keras.Sequential([keras.Input((2,)), *hidden])
    before, kernel = model.get_weights()[0], model.layers[0].kernel
    held = {"get_weights()": model.get_weights(), "weights": model.weights}
    held["clone_model"] = keras.models.clone_model(model).get_weights()
    kernel.assign_add(np.ones((2, 4)))  # a training goes on
    for name, kept in held.items():
        is_checkpoint = np.allclose(np.asarray(kept[0]), before)
        print(f"{name:13} still the checkpoint: {is_checkpoint}")
    in_past = swap_in(model, held["get_weights()"], lambda: np.allclose(kernel, before))
    print("in the past:", in_past)
    print("back again: ", np.allclose(kernel, before + 1))

# %% [markdown]
# ## See: a ring that oscillates
#
# Here is a game with something to cure. With Adam's default β1 = 0.9 the ring GAN does not settle: its cloud of points
# moves round and round the ring. For comparison we take the usual 0.5 too. The fakes of every tenth round go into a
# memory of 1,000.


# %%
def play(game, memory, seed):
    """Return G's weights and the middle of its cloud after every 30 rounds."""
    game.restart(seed)
    rng, checkpoints, middles = np.random.default_rng(seed), [], []
    buffer, n_seen = np.zeros((0, 2), "float32"), 0
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
# Two numbers tell what happens.
#
# *Swing*: how far the middle of the cloud is from the middle of the ring, on average over the second half.
#
# *Known*: each generator of the past comes back once, and the last discriminator judges its fakes beside reals. In what
# share of pairs does the real one get the higher logit? 50 % is guessing.


# %%
def known(game, checkpoints):
    """Return the share of pairs (real, past fake) that D gets right, by checkpoint."""
    reals = game.discriminator(toys.ring_data(500)).numpy()

    def judge_fakes():
        return game.discriminator(game.samples(500)).numpy()

    pasts = (swap_in(game.generator, past, judge_fakes) for past in checkpoints)
    return [np.mean(reals > fakes.T) for fakes in pasts]


def ring_game(beta_1):
    adam = partial(keras.optimizers.Adam, learning_rate=1e-3, beta_1=beta_1)
    recipe = toys.ring_recipe(d_optimizer=adam, g_optimizer=adam)
    return Game(recipe, toys.ring_data(), seed)


# %% [markdown]
# Three memories with β1 = 0.9, two with 0.5, each with three seeds: most of a minute.

# %% tags=["experiment"]
memories = {"no memory": None, "newest": newest, "all": remember}
arms = [(0.9, name) for name in memories] + [(0.5, "no memory"), (0.5, "all")]
shares = {arm: [] for arm in arms}
if lab.ready("remember", "mix_batch", "swap_in"):
    games = {beta_1: ring_game(beta_1) for beta_1 in (0.9, 0.5)}
    for (beta_1, name), s in each([(arm, s) for arm in arms for s in seeds], "games"):
        game = games[beta_1]
        checkpoints, middles = play(game, memories[name], s)
        shares[beta_1, name].append(known(game, checkpoints))
        swing = np.linalg.norm(middles[len(middles) // 2 :], axis=1).mean()
        modes, _ = toys.ring_score(game.samples(1000))
        told = f"known {np.mean(shares[beta_1, name][-1]):.0%}, modes {modes}"
        print(f"β1 {beta_1}, {name:9}, seed {s}: swing {swing:.2f}, {told}")

# %% tags=["experiment"]
if lab.ready("remember", "mix_batch", "swap_in"):
    mean = {arm: np.mean(runs, axis=0) for arm, runs in shares.items()}
    made = 30 * np.arange(1, 1 + rounds // 30)
    curves = {f"β1 {b}, {name}": (made, mean[b, name]) for b, name in arms[:4]}
    title, labels = "Past fakes known at the end", ("made in round", "judged right")
    display(charts.lines(curves, title, labels, marks={"guessing": 0.5}))

# %% tags=["claim"]
share = {name: float(mean[0.9, name].mean()) for name in memories}
assert share["all"] > 0.1 + max(share["no memory"], share["newest"]), (
    f"expected a memory of all at least 0.1 above the others; found {share}"
)

# %% [markdown]
# **β1 0.9.** Without a memory the last discriminator knows the present generator. About the past it is right half of
# the time, on average: what it once learned is lost. The newest 1,000 (the last 80 rounds) don't change that. With
# 1,000 of all it knows most of the past.
#
# **It is no cure yet.** After 600 rounds few of the eight modes are found, with a memory or without. With a memory of all
# the swing became smaller on the seeds 0 to 2, which you see above. We ran three more: on 3 it became smaller, on 4 and
# 5 larger.

# %% [markdown]
# **With more time it helped.** In 2,000 rounds, with seeds 0 to 2, the mean of the second half was 0.4 to 0.6 modes
# without a memory, 0.3 to 2.1 with the newest, and 3.6 to 5.2 with all. The swing fell from about 1.3 to about 0.5.

# %% [markdown]
# **β1 0.5.** This cloud hardly swings, and the discriminator knows the past anyway. In 2,000 rounds the mean of the
# second half is 5.5 to 7.1 modes without a memory, and about as many with one. After 1,000 rounds it had about one less
# with a memory, on each of the three seeds.

# %% [markdown]
# ## Find the bug: a pool that never returns the past
#
# CycleGAN keeps a pool of 50 images. For each new fake a coin decides. Either the discriminator sees the new one, or it
# sees one of the pool, whose place the new one takes.
#
# The function below is from [a TensorFlow port](https://github.com/hardikbansal/CycleGAN); its pool is a NumPy array,
# and others have copied the lines. In [issue 23](https://github.com/hardikbansal/CycleGAN/issues/23) a reader asks what
# one of these lines does. Mend it.

# %% tags=["exercise"] exercise="experience_replay.exchange"

# %% tags=["check"]
lab.check("exchange")

# %% [markdown]
# The pool starts with the fakes 0 to 49. A thousand more come, one at a time as in CycleGAN, numbered from 50. How old
# is what is handed out? Age 0 is the new fake itself.

# %% tags=["nbval-check-output"]
if lab.ready("exchange"):
    published = lab.exercises["exchange"].given
    for name, pooling in {"published": published, "yours": exchange}.items():
        rng, pool = np.random.default_rng(seed), np.arange(50.0)[:, None]
        ages = []
        for i in range(50, 1050):
            handed_out, pool = pooling(rng, pool, np.array([[float(i)]]))
            ages.append(i - handed_out[0, 0])
        old = np.array(ages)[np.array(ages) > 0]
        mean_age = f"with a mean age of {old.mean():.0f}" if len(old) else ""
        print(f"{name:9}: {len(old)} of 1,000 are old", mean_age)

# %% [markdown]
# The published pool fills up, changes and costs memory, and the discriminator never sees an old image. Nothing crashes.
# [Another port](https://github.com/xiaowei-hu/CycleGAN-tensorflow/issues/2) forgot to count its images, so its pool was
# never full: it kept all of them, and never handed out an old one.
#
# Look at the age as well. Each round, each place of the pool is replaced with a chance of 1/100. So 50 images remember
# about 100 rounds.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# **Where nothing oscillates** there is nothing to remember, as with β1 = 0.5. A lower β1, R1 and instance noise were
# proposed against the oscillation itself: labs 06 and 23 and lesson 06 have what they did.
#
# **Disputed.** The author of tensorpack added the pool to his CycleGAN and saw
# [not much difference](https://github.com/tensorpack/tensorpack/issues/331). Fictitious GAN (2018) has a proof for the
# case that *both* players remember: then the *average* of all generators matches the data.
#
# Another memory is used today: a moving average of the generator's weights (EMA), for sampling.

# %% [markdown]
# ## Key points
#
# - A discriminator knows the fakes that it saw lately. Replay lets it keep the rest.
# - A memory shorter than a turn of the game makes D late. Reservoir sampling keeps all times alike.
# - Store copies, not views or variables: a memory that changes with the present is none.

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
