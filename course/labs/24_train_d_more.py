# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 24 · Training D more
#
# > **Claim.** Train the discriminator more, sometimes: if there is much noise, k times for each update of the
# > generator. *Chintala's talk, 2016, trick 14.*
#
# | | |
# |---|---|
# | You'll do | write a round of k to one, count what a budget pays for, try both in two GANs, mend a published loop |
# | You'll learn | what to hold equal in a comparison, and when more updates of D help |
# | You need | lessons 01 and 02, lab 20 helps · 35 minutes · about a minute of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import time
from functools import partial

import numpy as np
import tensorflow as tf

from ganhacks import charts, checks, dirac, toys
from ganhacks.game import Game
from ganhacks.hacks import mnist_gan
from ganhacks.training import train

lab = checks.Lab("train_d_more")

# %% tags=["parameters"]
updates = 2000
long_run = 20_000
seed = 0

# %%
full_length = not ganhacks.fast() and updates >= 2000 and long_run >= 20_000
updates, long_run = ganhacks.length(updates, 60), ganhacks.length(long_run, 600)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# The game of two numbers from lesson 01: all data are the point 0, G's fake is the point θ, D is the line D(x) = ψx.
# With the minimax loss and one update each in turn, the two circle around the middle. Now D gets five updates for
# each of G. What happens?
#
# (a) it comes to rest in the middle · (b) it goes on circling · (c) it runs away without end

# %% tags=["predict"]
lab.predict(...)  # put "a", "b" or "c" in place of the dots

# %% [markdown]
# ## Do: k to one
#
# You get four functions. `real_batch()` and `fake_batch()` hand you a new batch at each call. `update_d(real, fake)`
# and `update_g()` train one network once and return its loss.

# %% tags=["exercise"] exercise="train_d_more.train_round"

# %% tags=["check"]
lab.check("train_round")

# %% [markdown]
# Stuck? Run `lab.hint()` in a new cell, up to three times. `lab.solution()` shows one right answer.
#
# Now the game of two numbers, cut into your four functions. `noise` blurs both points, as if the data were spread out;
# at 0 there is none.


# %%
class TwoNumbers:
    """The Dirac-GAN with the minimax loss: the data at 0, the fake at theta, D(x) = psi * x."""

    def __init__(self, noise=0.0, seed=0):
        self.theta, self.psi, self.noise, self.rng = 1.0, -1.0, noise, np.random.default_rng(seed)

    def real_batch(self):
        return self.noise * self.rng.standard_normal(dirac.NOISE_BATCH)

    def fake_batch(self):
        return self.theta + self.real_batch()


# %%
class Players(TwoNumbers):
    """The two updates, and how far from the middle they have brought the game."""

    def update_d(self, real, fake):
        loss = np.logaddexp(0, -self.psi * real).mean() + np.logaddexp(0, self.psi * fake).mean()
        self.psi += dirac.STEP_SIZE * dirac.d_direction(self.psi, real, fake)
        return loss

    def update_g(self):
        fake = self.fake_batch()
        self.theta += dirac.STEP_SIZE * dirac.saturating(self.psi, fake)
        return -np.logaddexp(0, self.psi * fake).mean()

    def radius(self):
        return np.hypot(self.theta, self.psi)


# %% tags=["experiment", "nbval-check-output"]
radii = {}
if lab.ready("train_round"):
    for k in (1, 2, 5):
        two = Players()
        radii[k] = [two.radius()]
        for _ in range(500):
            train_round(two.update_d, two.update_g, two.real_batch, two.fake_batch, k)
            radii[k].append(two.radius())
        last = radii[k][-100:]
        print(f"{k} : 1   radius in the last 100 rounds: {min(last):.3f} to {max(last):.3f}")

# %% tags=["experiment"]
if lab.ready("train_round"):
    curves = {f"{k} : 1": (range(201), r[:201]) for k, r in radii.items()}
    alt = "Distance from the middle over 200 rounds, from a start at 1.41. All go up and down, and none comes to 0: "
    alt += ", ".join(f"{k} : 1 between {min(r[:201]):.2f} and {max(r[:201]):.2f}" for k, r in radii.items())
    display(charts.lines(curves, alt, labels=("round", "radius")))
    lab.reveal()

# %% [markdown]
# With k = 5 the circle has become an oval: D's number swings more widely, G's does not come to rest. Look at *one*
# moment and the radius may seem large or small; that depends on where on its oval the game is. **More updates of D are
# no cure for the turning.**

# %% [markdown]
# ## Do: what a budget pays for
#
# A round of 5 : 1 costs six updates, a round of 1 : 1 two. Whoever compares the two after equally many *rounds* has
# given one of them three times the work. A fair comparison holds something equal: D's updates, all updates, or time.
# One function counts for all three.

# %% tags=["exercise"] exercise="train_d_more.rounds_within"

# %% tags=["check"]
lab.check("rounds_within")

# %% tags=["nbval-check-output"]
if lab.ready("rounds_within"):
    for what, costs in {"1,000 updates of D": (1000, 1, 0), "2,000 updates in all": (2000, 1, 1)}.items():
        for k in (1, 2, 5):
            rounds, d_updates, g_updates = rounds_within(costs[0], k, *costs[1:])
            print(f"{what:21} {k} : 1   rounds {rounds:4}, of D {d_updates:4}, of G {g_updates:4}")

# %% [markdown]
# In the second comparison a 5 : 1 leaves G a third of its updates. That is the price of the hack: either you pay with
# time, or G learns less often.

# %% [markdown]
# ## See: with noise
#
# The claim speaks of noise. So blur both points of the small game, by a little or by much, and count *all* updates
# until the radius is below 0.1. Each line has three seeds.

# %% tags=["experiment"]
needed = {}
if lab.ready("train_round"):
    for noise in (0.7, 3.0):
        for k in (1, 2, 5):
            needed[noise, k] = []
            for s in range(3):
                two, rounds = Players(noise, s), 0
                while two.radius() >= 0.1 and rounds < 1000:
                    train_round(two.update_d, two.update_g, two.real_batch, two.fake_batch, k)
                    rounds += 1
                needed[noise, k].append(rounds * (k + 1))
            print(f"noise {noise}   {k} : 1   updates in all: {needed[noise, k]}")
    assert np.mean(needed[0.7, 2]) < np.mean(needed[0.7, 1]), "2 : 1 needed more: what did you change?"
    assert np.mean(needed[3.0, 5]) > np.mean(needed[3.0, 1]), "5 : 1 needed less: what did you change?"

# %% [markdown]
# It is the noise that brings the game to rest, at any k. With a little noise a D of two or five updates gets there
# with less work on all three seeds: the claim holds. With much noise it is the reverse: all k need about as many
# *rounds*, so the extra updates of D were for nothing. "Much noise" alone does not decide.

# %% [markdown]
# ## See: the ring, early
#
# Now a real GAN: eight clusters on a ring. 2,000 updates in all for each, on three seeds, and a look in between after
# 1,000 updates of D. A point is *good* within three deviations of a cluster. Half a minute.

# %%
game = Game(toys.ring_recipe(), toys.ring_data(), seed)
play = game.update_discriminator, game.update_generator, game.real_batch, game.fake_batch

# %% tags=["experiment"]
early = {k: [] for k in (1, 2, 5)}
if lab.ready("train_round", "rounds_within"):
    for k in early:
        for s in seeds:
            game.restart(s)
            shares = []
            for budget in ((updates // 2, k, 1, 0), (updates, k, 1, 1)):  # equal updates of D, then equal in all
                while game.g_updates < rounds_within(*budget)[0]:
                    train_round(*play, k)
                shares.append(toys.ring_score(game.samples(2000))[1])
            early[k].append(shares)
            print(f"{k} : 1  seed {s}  good points at equal updates of D {shares[0]:4.0%}, in all {shares[1]:4.0%}")

# %% tags=["experiment"]
if lab.ready("train_round", "rounds_within"):
    mean = {k: 100 * np.mean(shares, axis=0) for k, shares in early.items()}
    names = ("equal updates of D", "equal updates in all")
    groups = {name: [m[i] for m in mean.values()] for i, name in enumerate(names)}
    told = [f"{k} : 1 {m[0]:.0f} at {names[0]} and {m[1]:.0f} at {names[1]}" for k, m in mean.items()]
    alt = f"Mean share of good points in percent: {'; '.join(told)}."
    display(charts.bars(groups, [f"{k} : 1" for k in mean], alt, labels=("", "good points in %")))
    if full_length:
        assert mean[5][0] < mean[1][0], "5 : 1 was better at equal updates of D: what did you change?"

# %% [markdown]
# At equal updates of D, 5 : 1 is behind 1 : 1 on every seed: its G has had 200 updates, not 1,000. At equal updates in
# all no order holds on all three: the seeds differ more than the schedules. Lab 20's 3 : 1 was ahead of 1 : 1 on the
# same seeds and budget. So a little more of D may help early; it is not shown here.

# %% [markdown]
# ## See: the ring, later
#
# Ten times as long. `train` runs compiled, so k goes into the recipe: a step gets k batches of 128 and makes one
# update of D with each; G's step takes 128 latents as ever.


# %%
def k_updates(k, discriminator, optimizer, *arrays):
    parts = zip(*(tf.split(array, k) for array in arrays))
    losses = [mnist_gan.discriminator_step(discriminator, optimizer, *part) for part in parts]
    return tf.reduce_mean(losses)


def first_batch(generator, discriminator, optimizer, latents):
    return mnist_gan.generator_step(generator, discriminator, optimizer, latents[:128])


# %% tags=["experiment"]
later = {}
if lab.ready("rounds_within"):
    for k in (1, 2):
        step = partial(k_updates, k)
        recipe = toys.ring_recipe(batch_size=128 * k, discriminator_step=step, generator_step=first_batch)
        rounds = int(rounds_within(long_run, k)[0])
        later[k] = train(recipe, toys.ring_data(), rounds, seed, progress=False).samples(2000)
        found, share = toys.ring_score(later[k])
        print(f"{k} : 1 after {rounds * (k + 1):,} updates in all: modes {found}, good {share:.0%}")

# %% tags=["experiment"]
if lab.ready("rounds_within"):
    panels = {f"{k} : 1": {"real": toys.ring_data(400), "fake": points[:500]} for k, points in later.items()}
    good = {k: toys.ring_score(points)[1] for k, points in later.items()}
    alt = "Fakes over the ring's eight clusters, late: " + ", ".join(f"{k} : 1 {g:.0%} good" for k, g in good.items())
    display(charts.clouds(panels, alt, reach=3, size=2.8))
    if full_length:
        assert good[1] > good[2], "2 : 1 was better late: what did you change?"

# %% [markdown]
# That is one seed. We ran four, for 20,000 updates in all; good points in percent:
#
# | | seed 0 | 1 | 2 | 3 |
# |---|---|---|---|---|
# | 1 : 1 | 93 | 86 | 90 | 83 |
# | 2 : 1 | 60 | 72 | 70 | 39 |
# | 5 : 1 | 60 | 66 | 74 | 62 |

# %% [markdown]
# Late, 1 : 1 has more good points on every seed. It has no more modes: 5, 8, 8 and 8, against 6, 7, 7 and 8 with 2 : 1.
# Nor do equal updates of *D* save the hack: after 10,000 of them 5 : 1 had 47, 72, 67 and 35 % good points. A likely
# reason: it is G that still has to learn, and it gets fewer updates.

# %% [markdown]
# **And with noise on the ring?** We put noise of a constant 0.2 on all that D sees. After 12,000 updates in all, on
# three seeds, 1 : 1 had 21, 32 and 37 % good points, 5 : 1 had 20, 27 and 45 %. No difference to be seen. The toy of
# two numbers did not carry over.

# %% [markdown]
# ## What an update costs
#
# Equal updates are not yet equal time. Here are both, in microseconds of this machine, and what they buy.

# %% tags=["experiment"]
if lab.ready("rounds_within"):
    n, costs = ganhacks.length(300, 20), []
    real, fake = game.real_batch(), game.fake_batch()
    for update in (lambda: game.update_discriminator(real, fake), game.update_generator):
        started = time.process_time()
        for _ in range(n):
            update()
        costs.append(max(round((time.process_time() - started) / n * 1e6), 1))
    print(f"an update of D {costs[0]} µs, of G {costs[1]} µs")
    for k in (1, 2, 5):
        print(f"{k} : 1   rounds in a second: {rounds_within(1_000_000, k, *costs)[0]}")

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## Find the bug: the count that starts anew
#
# A loop over the data trains D on each batch, and G if `i % k == 0`. It is found in much published WGAN code; `i` comes
# from `enumerate(batches)`. Is that k to one? Play an epoch of 6 batches with k = 5 on paper. Then mend it: count D's
# updates, over the end of an epoch.

# %% tags=["exercise"] exercise="train_d_more.train_epochs"

# %% tags=["check"]
lab.check("train_epochs")

# %% tags=["nbval-check-output"]
if lab.ready("train_epochs"):
    loops = {"published": lab.exercises["train_epochs"].given, "yours": train_epochs}
    for n_batches in (6, 12, 938):
        for name, loop in loops.items():
            d_losses, g_losses = loop(lambda batch: 1.0, lambda: 1.0, list(range(n_batches)), 10, 5)
            ratio = len(d_losses) / len(g_losses)
            print(f"{n_batches:3} batches an epoch, {name:9}: {ratio:.2f} updates of D for one of G")

# %% [markdown]
# MNIST's 938 batches hide it. With few images, or large batches, your 5 : 1 is a 3 : 1, and G's first update meets a D
# that has had only one. WGAN's own code has another such edge: where an epoch ends in the middle of a round, G trains
# after a short one ([pull request 8](https://github.com/martinarjovsky/WassersteinGAN/pull/8) touches it).

# %% [markdown]
# ## When not
#
# **Disputed.** Goodfellow's first algorithm has a k and sets it to 1; his tutorial of 2016 prefers one each. The talk
# says "sometimes". For WGAN's critic it is not a hack but the method: it estimates a distance, so it shall be near its
# best, and WGAN-GP takes five. BigGAN takes two.
#
# TTUR leaves 1 : 1 and gives D a higher learning rate: a D that keeps up, at no further cost.

# %% [markdown]
# ## Key points
#
# - k updates of D, each on new batches, then one of G; count D's updates, not an epoch's batches.
# - Say what you hold equal. At equal updates in all, 5 : 1 leaves G a third.
# - On the ring, late, more of D was a cost. A little noise made it help in the game of two numbers, not on the ring.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Chintala et al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 14 · Goodfellow et
# al., *Generative Adversarial Networks*, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661) · Goodfellow, *NIPS 2016
# Tutorial*, [arXiv:1701.00160](https://arxiv.org/abs/1701.00160) · Arjovsky et al. (WGAN),
# [arXiv:1701.07875](https://arxiv.org/abs/1701.07875) · Gulrajani et al. (WGAN-GP),
# [arXiv:1704.00028](https://arxiv.org/abs/1704.00028) · Heusel et al. (TTUR),
# [arXiv:1706.08500](https://arxiv.org/abs/1706.08500) · Mescheder et al.,
# [arXiv:1801.04406](https://arxiv.org/abs/1801.04406) · Brock et al. (BigGAN),
# [arXiv:1809.11096](https://arxiv.org/abs/1809.11096) · the published loop, discussed:
# [PyTorch-GAN, issue 47](https://github.com/eriklindernoren/PyTorch-GAN/issues/47).
