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
# | At a glance | in this lab |
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

from ganhacks import checks, dirac, toys
from ganhacks.pictures import charts
from ganhacks.training import Game, train
from ganhacks.hacks import mnist_gan
from ganhacks.pictures.progress import each

lab = checks.Lab("train_d_more")

# %% tags=["parameters"]
updates = 2000
long_run = 20_000
seed = 0

# %%
lab.parameters()  # are all values allowed?
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
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: k to one
#
# You get four functions. `real_batch()` and `fake_batch()` hand you a new batch at each call. `update_d(real, fake)`
# and `update_g()` train one network once and return its loss.

# %% tags=["exercise"] exercise="train_d_more.train_round"

# %% tags=["check"]
lab.check("train_round")

# %% [markdown]
# Now the game of two numbers, as four such functions. `noise` blurs both points, as if the data were spread out. At 0
# there is none.


# %%
class TwoNumbers:
    """The minimax game: the data at 0, the fake at theta, D(x) = psi * x."""

    def __init__(self, noise=0.0, seed=0):
        self.theta, self.psi, self.noise = 1.0, -1.0, noise
        self.rng = np.random.default_rng(seed)

    def real_batch(self):
        return self.noise * self.rng.standard_normal(dirac.NOISE_BATCH)

    def fake_batch(self):
        return self.theta + self.real_batch()


# %%
class Players(TwoNumbers):
    """The two updates, and how far from the middle the game is."""

    def update_d(self, real, fake):
        losses = np.logaddexp(0, -self.psi * real), np.logaddexp(0, self.psi * fake)
        self.psi += dirac.STEP_SIZE * dirac.d_direction(self.psi, real, fake)
        return losses[0].mean() + losses[1].mean()

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
        low, high = min(radii[k][-100:]), max(radii[k][-100:])
        print(f"{k} : 1   radius in the last 100 rounds: {low:.3f} to {high:.3f}")

# %% tags=["experiment"]
if lab.ready("train_round"):
    curves = {f"{k} : 1": (range(201), r[:201]) for k, r in radii.items()}
    display(charts.lines(curves, "Distance from the middle", ("round", "radius")))
    lab.reveal()

# %% [markdown]
# With k = 5 the circle has become an oval. D's number swings more widely, and G's does not come to rest. At *one*
# moment the radius may be large or small: that depends on the place on the oval. **More updates of D do not stop the
# turning.**

# %% [markdown]
# ## Do: what a budget pays for
#
# A round of 5 : 1 costs six updates, a round of 1 : 1 two. Compare the two after equally many *rounds*, and one of them
# has had three times the work. A fair comparison holds something equal: D's updates, all updates, or time. One function
# counts for all three.

# %% tags=["exercise"] exercise="train_d_more.rounds_within"

# %% tags=["check"]
lab.check("rounds_within")

# %% tags=["nbval-check-output"]
if lab.ready("rounds_within"):
    budgets = {"1,000 updates of D": (1000, 1, 0), "2,000 updates in all": (2000, 1, 1)}
    for what, (budget, *costs) in budgets.items():
        for k in (1, 2, 5):
            rounds, d_updates, g_updates = rounds_within(budget, k, *costs)
            print(f"{what:21} {k} : 1   rounds {rounds:4},", end=" ")
            print(f"of D {d_updates:4}, of G {g_updates:4}")

# %% [markdown]
# In the second comparison a 5 : 1 leaves G a third of its updates. That is the price of the hack: either you pay with
# time, or G learns less often.

# %% [markdown]
# ## See: with noise
#
# The claim speaks of noise. So blur both points of the small game, by a little or by much, and count *all* updates
# until the radius is below 0.1. Each line has three seeds.


# %%
def updates_to_rest(noise, k, s):
    """Return how many updates in all the small game needs, at most 1,000 rounds."""
    two, rounds = Players(noise, s), 0
    while two.radius() >= 0.1 and rounds < 1000:
        train_round(two.update_d, two.update_g, two.real_batch, two.fake_batch, k)
        rounds += 1
    return rounds * (k + 1)


# %% tags=["experiment"]
needed = {}
if lab.ready("train_round"):
    for noise in (0.7, 3.0):
        for k in (1, 2, 5):
            needed[noise, k] = [updates_to_rest(noise, k, s) for s in range(3)]
            print(f"noise {noise}   {k} : 1   updates in all: {needed[noise, k]}")

# %% tags=["claim"]
assert np.mean(needed[0.7, 2]) < np.mean(needed[0.7, 1]), (
    f"expected 2 : 1 to need less than 1 : 1 with a noise of 0.7; found {needed}"
)
assert np.mean(needed[3.0, 5]) > np.mean(needed[3.0, 1]), (
    f"expected 5 : 1 to need more than 1 : 1 with a noise of 3; found {needed}"
)

# %% [markdown]
# The noise brings the game to rest, at any k. With a little noise, two or five updates of D need less work on all three
# seeds: the hack helps. With much noise it is the reverse: there all k need about equally many *rounds*, so more
# updates of D are of no use. "Much noise" alone does not decide.

# %% [markdown]
# ## See: the ring, early
#
# Now a real GAN: eight clusters on a ring. Each schedule has 2,000 updates in all, on three seeds; we look once before
# that, after 1,000 updates of D (with 1 : 1 that is the end). A point is *good* within three deviations of a cluster.
# This takes half a minute.

# %%
game = Game(toys.ring_recipe(), toys.ring_data(), seed)
updates_of_both = game.update_discriminator, game.update_generator
batches_of_both = game.real_batch, game.fake_batch

# %% tags=["experiment"]
early = {k: [] for k in (1, 2, 5)}
if lab.ready("train_round", "rounds_within"):
    for k, s in each([(k, s) for k in early for s in seeds], "games"):
        game.restart(s)
        shares = []
        # Equal updates of D, then equal updates in all.
        for budget in ((updates // 2, k, 1, 0), (updates, k, 1, 1)):
            while game.g_updates < rounds_within(*budget)[0]:
                train_round(*updates_of_both, *batches_of_both, k)
            shares.append(toys.ring_score(game.samples(2000))[1])
        early[k].append(shares)
        print(f"{k} : 1  seed {s}  good points: at equal updates of D", end=" ")
        print(f"{shares[0]:4.0%}, at equal updates in all {shares[1]:4.0%}")

# %% tags=["experiment"]
if lab.ready("train_round", "rounds_within"):
    mean = {k: 100 * np.mean(shares, axis=0) for k, shares in early.items()}
    equal = ("equal updates of D", "equal updates in all")
    groups = {name: [m[i] for m in mean.values()] for i, name in enumerate(equal)}
    names, labels = [f"{k} : 1" for k in mean], ("", "good points in %")
    display(charts.bars(groups, names, "Good points, mean of the seeds", labels))

# %% tags=["claim"]
assert mean[5][0] < mean[1][0], (
    f"expected fewer good points of 5 : 1 at equal updates of D; found {mean}"
)

# %% [markdown]
# At equal updates of D, 5 : 1 is ahead of 1 : 1 on no seed: its G has had 200 updates, not 1,000. At equal updates in
# all, none is first on all three: the seeds differ more than the schedules. Lab 20's 3 : 1 was ahead of 1 : 1 on the
# same seeds and budget. So a little more of D may help early, but that is not shown here.

# %% [markdown]
# ## See: the ring, later
#
# Ten times as long. `train` runs compiled, so k goes into the recipe. A step gets k batches of 128 and makes one update
# of D with each. G's step takes 128 latents as before.


# %%
def k_updates(k, discriminator, optimizer, *arrays):
    parts = zip(*(tf.split(array, k) for array in arrays))
    step = partial(mnist_gan.discriminator_step, discriminator, optimizer)
    return tf.reduce_mean([step(*part) for part in parts])


def first_batch(generator, discriminator, optimizer, latents):
    return mnist_gan.generator_step(generator, discriminator, optimizer, latents[:128])


# %% tags=["experiment"]
later = {}
if lab.ready("rounds_within"):
    for k in each((1, 2), "runs"):
        step = partial(k_updates, k)
        steps = {"discriminator_step": step, "generator_step": first_batch}
        recipe = toys.ring_recipe(batch_size=128 * k, **steps)
        rounds = int(rounds_within(long_run, k)[0])
        history = train(recipe, toys.ring_data(), rounds, seed, progress=False)
        later[k] = history.samples(2000)
        found, share = toys.ring_score(later[k])
        print(f"{k} : 1 after {rounds * (k + 1):,} updates in all:", end=" ")
        print(f"modes {found}, good {share:.0%}")

# %% tags=["experiment"] alt="Two panels: the real points are eight small clusters on a ring."
if lab.ready("rounds_within"):
    real = toys.ring_data(400)
    panels = {f"{k} : 1": {"real": real, "fake": f[:500]} for k, f in later.items()}
    display(charts.clouds(panels, "The ring and late fakes", reach=3, size=2.8))

# %% tags=["claim"]
good = {k: round(toys.ring_score(points)[1], 3) for k, points in later.items()}
assert good[1] > good[2], f"expected 1 : 1 ahead of 2 : 1 late; found {good}"

# %% [markdown]
# That is one seed. Here are four, for 20,000 updates in all; good points in percent:
#
# | D : G | seed 0 | seed 1 | seed 2 | seed 3 |
# |---|---|---|---|---|
# | 1 : 1 | 93 | 86 | 90 | 83 |
# | 2 : 1 | 60 | 72 | 70 | 39 |
# | 5 : 1 | 60 | 66 | 74 | 62 |

# %% [markdown]
# Late, 1 : 1 has more good points on every seed. It does not find more modes: 5 to 8, and 6 to 8 with 2 : 1. At equal
# updates of *D* the hack is behind as well: after 10,000 of them 5 : 1 had 35 to 72 % good points; what 1 : 1 had is in
# the table. A likely reason: it is G that still has to learn, and it gets fewer updates.

# %% [markdown]
# **And with noise on the ring?** We put noise of a constant 0.2 on all that D sees. After 12,000 updates in all, on
# three seeds, 1 : 1 had 21 to 37 % good points, 5 : 1 had 20 to 45 %. No difference can be seen. What held in the game
# of two numbers did not hold here.

# %% [markdown]
# ## What an update costs
#
# Equal updates are not yet equal time. Here is what each costs on this machine, in microseconds of its processor (all
# cores together), and how many rounds a second of that pays for.

# %% tags=["experiment"]
if lab.ready("rounds_within"):
    n, costs = ganhacks.length(300, 20), []
    real, fake = game.real_batch(), game.fake_batch()
    update_d = partial(game.update_discriminator, real, fake)
    for update in (update_d, game.update_generator):
        started = time.process_time()
        for _ in range(n):
            update()
        costs.append(max(round((time.process_time() - started) / n * 1e6), 1))
    print(f"an update of D {costs[0]} µs, of G {costs[1]} µs")
    for k in (1, 2, 5):
        print(f"{k} : 1   rounds in a second: {rounds_within(1_000_000, k, *costs)[0]}")

# %% [markdown]
# ## Find the bug: the count that starts anew
#
# A loop over the data trains D on each batch, and G if `i % k == 0`; `i` comes from `enumerate(batches)`. Much
# published WGAN code has it. Is that k to one?
#
# Play two epochs of 6 batches with k = 5 on paper. Then mend the loop: count D's updates, over the end of an epoch.

# %% tags=["exercise"] exercise="train_d_more.train_epochs"

# %% tags=["check"]
lab.check("train_epochs")

# %% tags=["nbval-check-output"]
if lab.ready("train_epochs"):
    loops = {"published": lab.exercises["train_epochs"].given, "yours": train_epochs}
    for n_batches in (6, 12, 938):
        for name, loop in loops.items():
            batches = list(range(n_batches))
            d_losses, g_losses = loop(lambda batch: 1.0, lambda: 1.0, batches, 10, 5)
            ratio = len(d_losses) / len(g_losses)
            print(f"{n_batches:3} batches an epoch, {name:9}:", end=" ")
            print(f"{ratio:.2f} updates of D for one of G")

# %% [markdown]
# With MNIST's 938 batches nobody sees it. With 6 batches the 5 : 1 is a 3 : 1. And always, G's first update meets a D
# that has had only one.
#
# WGAN's own code has a similar fault: where an epoch ends in the middle of a round, G trains after a short one
# ([pull request 8](https://github.com/martinarjovsky/WassersteinGAN/pull/8) touches it).

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# **Disputed.** Goodfellow's first algorithm has a k and sets it to 1; his tutorial of 2016 prefers one each. The talk
# says "sometimes". In WGAN it is part of the method: the critic estimates a distance, so it should be near its best.
# WGAN-GP takes five updates, BigGAN two.
#
# TTUR leaves 1 : 1 and gives D a higher learning rate, which takes no more time. Lesson 06 has what that did here.

# %% [markdown]
# ## Key points
#
# - k updates of D, each on new batches, then one of G. Count D's updates, not the batches of an epoch.
# - Say what you hold equal. At equal updates in all, 5 : 1 leaves G a third.
# - On the ring, late, more updates of D did harm. With a little noise they helped in the game of two numbers, and not
#   on the ring.

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
