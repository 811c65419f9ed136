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
# | | |
# |---|---|
# | You'll do | write the schedule, find what a loss can reach, try both on the ring, mend a gate, write a controller |
# | You'll learn | why A and B are so hard to choose, and what a number worth watching looks like |
# | You need | lesson 01, lab 10 helps · 65 minutes (core 40) · about 75 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganhacks import charts, checks, toys
from ganhacks.game import Game

lab = checks.Lab("balance_by_loss")

# %% tags=["parameters"]
updates = 2000
seed = 0

# %%
full_length = not ganhacks.fast() and updates >= 2000
updates = ganhacks.length(updates, 60)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# D's loss is the mean of -log D over the reals plus the mean of -log(1 - D) over the fakes. Suppose that the generator
# has become perfect: its fakes are distributed like the reals. What does `while lossD > 1.0: train D` do then?
#
# (a) it ends at once · (b) it never ends · (c) it ends as soon as D has caught up

# %% tags=["predict"]
lab.predict(...)  # put "a", "b" or "c" in place of the dots

# %% [markdown]
# ## Do: the list's schedule
#
# `update_d` and `update_g` are functions: call one, and a network is trained on a batch and the batch's loss returned.
# The list's two lines have no first loss and no way out. So let each network have one update in any case, and `most`
# at the most.

# %% tags=["exercise"] exercise="balance_by_loss.balanced_round"

# %% tags=["check"]
lab.check("balanced_round")

# %% [markdown]
# Stuck? Run `lab.hint()` in a new cell, up to three times. `lab.solution()` shows one right answer.
#
# One round with losses made up by hand, and another with a D that does not improve. (`partial(next, iter(losses))` is
# a function that returns the next loss at each call.)

# %% tags=["nbval-check-output"]
if lab.ready("balanced_round"):
    for falling in ([1.5, 1.2, 0.9, 0.6], [1.4] * 9):
        update_d, update_g = partial(next, iter(falling)), partial(next, iter([2.0, 1.1, 0.7]))
        d_losses, g_losses = balanced_round(update_d, update_g, 1.0, 1.2, 8)
        print(f"updates of D {len(d_losses)}, of G {len(g_losses)}; last losses {d_losses[-1]} and {g_losses[-1]}")

# %% [markdown]
# ## Do: what can D's loss reach?
#
# You know the best discriminator from lab 10: at each point it answers the share of the reals, D = p_data / (p_data +
# p_g). What is *its* loss? That is the lowest that any D reaches against this generator.

# %% tags=["exercise"] exercise="balance_by_loss.lowest_d_loss"

# %% tags=["check"]
lab.check("lowest_d_loss")

# %% [markdown]
# The reals are N(0, 1), the fakes N(d, 1), on a line of 2,001 points. A generator that gets better goes from right to
# left:

# %% tags=["experiment"]
if lab.ready("lowest_d_loss"):
    x, distances = np.linspace(-8, 12, 2001), np.linspace(0, 4, 81)
    densities = np.exp(-0.5 * (x - distances[:, None]) ** 2)
    densities /= densities.sum(axis=1, keepdims=True)  # row 0: the reals
    lowest = np.array([lowest_d_loss(densities[0], p_g) for p_g in densities])
    marks = {f"A = {target}": target for target in (0.8, 1.0, 1.3)}
    alt = (
        f"The lowest loss of D, over the distance of the fakes: {lowest[-1]:.2f} at 4, rising to {lowest[0]:.3f} at 0."
    )
    alt += " It crosses three dotted lines, targets of 0.8, 1.0 and 1.3, and left of a crossing lies above it."
    display(
        charts.lines({"lowest": (distances, lowest)}, alt, ("distance d of the fakes", "lowest D loss"), marks=marks)
    )
    lab.reveal()

# %% tags=["nbval-check-output"]
if lab.ready("lowest_d_loss"):
    print(f"2 ln 2 = {2 * np.log(2):.3f}, against a perfect generator {lowest[0]:.3f}")
    for target in (0.8, 1.0, 1.3, 1.4):
        out_of_reach = distances[lowest > target]
        told = f"from d = {out_of_reach.max():.1f} on" if out_of_reach.size else "never"
        print(f"A = {target}: out of D's reach {told}")

# %% [markdown]
# So A is an order to the *generator*: stay this bad. Once it is better, D's loop runs into its limit round after round.
# And above 1.386 any A is met by a D that knows nothing and always answers ½. (Single batches scatter around that.)
#
# No fixed A can be right for long. It is the same with B: at the end of the game G's loss is ln 2 = 0.693, and stays
# there.

# %% [markdown]
# ## See: with and without the losses
#
# The ring GAN. Every schedule gets the *same number of updates*, D's and G's together. `Game` holds both networks and
# makes one update a call; `restart` begins anew. Two pairs of targets, and two schedules that look at no loss: 1 : 1,
# and three of D to one of G. Three quarters of a minute.


# %%
game = Game(toys.ring_recipe(), toys.ring_data(), seed)


def train_d():
    """Train the discriminator once, on new batches, and return its loss."""
    return game.update_discriminator(game.real_batch(), game.fake_batch())


schedules = {  # d_target, g_target, most
    "1 : 1": (0, 0, 1),
    "3 : 1": (-np.inf, np.inf, 3),
    "A 0.8, B 1.5": (0.8, 1.5, 10),
    "A 1.3, B 0.8": (1.3, 0.8, 10),
}

# %% tags=["experiment"]
points, good = {}, {name: [] for name in schedules}
if lab.ready("balanced_round"):
    for name, schedule in schedules.items():
        for s in seeds:
            game.restart(s)
            while game.d_updates + game.g_updates < updates:
                balanced_round(train_d, game.update_generator, *schedule)
            points[name] = game.samples(1000)
            found, share = toys.ring_score(points[name])
            good[name].append(share)
            print(
                f"{name:13} seed {s}: {game.d_updates:4} of D, {game.g_updates:4} of G; modes {found}, good {share:.0%}"
            )

# %% tags=["experiment"]
if lab.ready("balanced_round"):
    panels = {name: {"real": toys.ring_data(400), "fake": cloud[:500]} for name, cloud in points.items()}
    told = ", ".join(f"{name}: {good[name][-1]:.0%} near one" for name in schedules)
    alt = f"Points of the last seed, with the ring's eight clusters. {told}"
    display(charts.clouds(panels, alt, reach=5, size=1.8))
    if full_length:
        mean = {name: np.mean(shares) for name, shares in good.items()}
        assert mean["3 : 1"] > mean["1 : 1"], "More updates of D did not help: what did you change?"
        assert mean["A 1.3, B 0.8"] < mean["3 : 1"], "The second pair did as well: what did you change?"

# %% [markdown]
# A point is *good* within three deviations of a cluster.
#
# **The pair that did well trained D more often, and that is all.** A 0.8 and B 1.5 gave D about three updates to one
# of G. A plain 3 : 1 that looks at no loss does as well.
#
# **The pair that sounds right did worst.** 1.3 and 0.8 lie close to the game's end, 1.386 and 0.693. On two of three
# seeds it found no cluster at all.

# %% [markdown]
# A likely reason: so near to the end, chance decides whether a batch's loss is above its target. Then a network gets up
# to ten updates in a row against an opponent that stands still. Change the last schedule's 10 to 3 and run it again:
# with us the ring came back on all three seeds. So much hangs on a limit that the list doesn't even have.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## Find the bug: a gate that stays shut
#
# A common form in published code has no inner loop. G trains at every step, D only if its loss is high. Some of it
# starts with a made-up `d_loss`, trains D if it is above something, and only *there* gives it a new value. In one
# project somebody tried a second condition beside it: train D anyway after 50 steps without. Why was that needed? Mend
# the gate instead.

# %% tags=["exercise"] exercise="balance_by_loss.gated_training"

# %% tags=["check"]
lab.check("gated_training")

# %% [markdown]
# The gate as published, and yours, for 300 steps on the ring and a target of 1.2. `np.logaddexp(0, x)` is
# log(1 + eˣ): D's loss from logits, with nobody trained.


# %%
def measure_d():
    """Return D's loss on new batches."""
    real, fake = (game.discriminator(batch()).numpy() for batch in (game.real_batch, game.fake_batch))
    return np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean()


# %% tags=["experiment"]
if lab.ready("gated_training"):
    published, steps = lab.exercises["gated_training"].given, ganhacks.length(300, 20)
    for name, training in {"published": published, "yours": gated_training}.items():
        game.restart(seed)
        losses = training(train_d, game.update_generator, measure_d, 1.2, steps)
        print(f"{name:9}: {game.d_updates:3} updates of D in {steps} steps; in the end ", end="")
        print(f"the gate reads {losses[-1]:.2f}, and D's loss is {measure_d():.2f}")

# %% [markdown]
# The published gate shut after a few updates. It went on reading the number that had shut it, while G fooled a D that
# was no longer trained: nothing crashes, and the curve of `d_loss` looks calm.

# %% [markdown]
# ## Do: a controller
#
# ADA (Karras et al., 2020) leaves the updates at 1 : 1 and watches one number, r: the mean sign of D's logits for
# reals. It is 0 where D can't tell and 1 where it calls every real real, *however large the losses are*. Above its
# target, all that D sees is augmented a little more, below it a little less.

# %% tags=["exercise"] exercise="balance_by_loss.adapt_strength"

# %% tags=["check"]
lab.check("adapt_strength")

# %% tags=["nbval-check-output"]
if lab.ready("adapt_strength"):
    for n_positive in (128, 110, 95, 64):
        logits = np.where(np.arange(128) < n_positive, 2.0, -2.0)[:, None]
        moved = adapt_strength(0.5, logits)
        print(f"{n_positive:3} of 128 positive: r = {np.sign(logits).mean():5.2f}, strength 0.50 → {moved:.2f}")

# %% [markdown]
# Augmentation here is noise on all that D sees, and its strength the noise's standard deviation. D learns five times
# as fast as G, and the target is 0.3, so that there is something to hold. ADA's own target is 0.6, and it too measures
# at every fourth batch.


# %%
class Blur(layers.Layer):
    """Add Gaussian noise in training. A tf.Variable can be changed from outside of the compiled steps."""

    strength = tf.Variable(0.0, trainable=False)
    draws = keras.random.SeedGenerator(0)

    def call(self, x, training=False):
        return x + self.strength * keras.random.normal(ops.shape(x), seed=self.draws) if training else x


def make_blurred_discriminator():
    hidden = [layers.Dense(64, "relu") for _ in range(2)]
    return keras.Sequential([keras.Input((2,)), Blur(), *hidden, layers.Dense(1)])


fast_adam = partial(keras.optimizers.Adam, learning_rate=5e-3, beta_1=0.5)
blurred_recipe = toys.ring_recipe(make_discriminator=make_blurred_discriminator, d_optimizer=fast_adam)

# %% tags=["experiment"]
r, strengths, scores = {}, {}, {}
if lab.ready("adapt_strength"):
    blurred = Game(blurred_recipe, toys.ring_data(), seed)
    for name, speed in {"without": 0.0, "with control": 0.02}.items():
        blurred.restart(seed)
        r[name], strengths[name] = [], [0.0]
        for step in range(updates * 2 // 5):
            Blur.strength.assign(strengths[name][-1])
            blurred.update_discriminator(blurred.real_batch(), blurred.fake_batch())
            blurred.update_generator()
            if step % 4 == 0:
                logits = blurred.discriminator(blurred.real_batch(), training=True).numpy()
                r[name].append(np.sign(logits).mean())
                strengths[name].append(adapt_strength(strengths[name][-1], logits, 0.3, speed))
        scores[name] = toys.ring_score(blurred.samples(1000))

# %% tags=["experiment"]
if lab.ready("adapt_strength"):
    smooth = {name: np.convolve(values, np.full(15, 1 / 15), "valid") for name, values in r.items()}
    curves = {f"r, {name}": (4 * np.arange(len(values)) + 28, values) for name, values in smooth.items()}
    curves["noise, with control"] = (4 * np.arange(len(strengths["with control"])), strengths["with control"])
    half = {name: np.mean(values[len(values) // 2 :]) for name, values in r.items()}
    alt = f"r over the steps. In the second half it is {half['without']:.2f} on average without control, and "
    alt += f"{half['with control']:.2f} with it, at the dotted target. The noise rises to "
    alt += f"{max(strengths['with control']):.2f} and ends at {strengths['with control'][-1]:.2f}."
    display(charts.lines(curves, alt, labels=("step", ""), marks={"target": 0.3}))
    for name, (found, share) in scores.items():
        print(f"{name:12}: mean r in the second half {half[name]:.2f}; modes {found}, good {share:.0%}")
    if full_length:
        assert abs(half["with control"] - 0.3) < 0.08 < half["without"] - 0.3, "Not held: what did you change?"

# %% [markdown]
# The controller holds its number. Four things differ from A and B: r has a scale of its own; more noise always brings
# it down, so the target stays in reach; the steps are small; and both networks train at every step.
#
# **It buys no quality here.** Noise blurs the ring, and these data never run out. ADA was made for too few images,
# where D learns them by heart. A number held is not yet a good picture.

# %% [markdown]
# ## When not
#
# **Disputed.** One port of a paper trains D only while G's loss is below 3.5; without that, its author writes,
# training was not stable ([ali-pytorch, issue 4](https://github.com/9310gaurav/ali-pytorch/issues/4)). And how to
# choose A and B? A reader of the list asked in 2017 ([issue 23](https://github.com/soumith/ganhacks/issues/23)). There
# were proposals, and no proof.

# %% [markdown]
# A *fixed* ratio can have a reason: WGAN's critic has five updates to one, since a better critic gives better
# gradients; BigGAN's D has two. Goodfellow's tutorial prefers one each. What balances the two today are two learning
# rates (TTUR), R1 and spectral norm.

# %% [markdown]
# ## Key points
#
# - D's lowest loss rises with the fakes' quality, to 1.386. A target below goes out of reach, one above says nothing.
# - Compare a clever schedule with a plain one that has the same number of updates of each.
# - Measure before you decide, at every step; and take small steps on a measure that has a scale.

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
