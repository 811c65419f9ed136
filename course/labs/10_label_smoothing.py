# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 10 · Label smoothing
#
# > **Claim.** Give the discriminator soft targets, reals between 0.7 and 1.2 and fakes between 0 and 0.3, and it
# > stops being overconfident. *Chintala's talk, 2016, after Salimans et al., 2016.*
#
# | At a glance | in this lab |
# |---|---|
# | You'll do | write both smoothings, work out the discriminator that they lead to, train with one of them |
# | You'll learn | what theory says for smoothing one side and against the other, and why a third form is plainly wrong |
# | You need | lesson 01 · 30 minutes · about 30 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import keras
import numpy as np

from ganhacks import checks, data
from ganhacks.pictures import charts, progress
from ganhacks.hacks import mnist_gan
from ganhacks.training import Recipe, ones, train

lab = checks.Lab("label_smoothing")

# %% tags=["parameters"]
steps = 400
seed = 0

# %%
lab.parameters()  # are all values allowed?
steps = ganhacks.length(steps, 100)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# A discriminator is trained to perfection with target **0.9** for every real image and 0 for every fake. What does it
# answer for a real image that looks like no fake at all?
#
# (a) 1.0 · (b) 0.9 · (c) that depends on how many fakes there are

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: soften the reals
#
# Each real's label of 1 becomes a number of its own in [0.7, 1.2]. One draw for each image: in a batch the draws then
# average out to about 0.95. With one draw for the whole batch the average would jump from step to step, past 1 too.

# %% tags=["exercise"] exercise="label_smoothing.smooth_positive_labels"

# %% tags=["check"]
lab.check("smooth_positive_labels")

# %% [markdown]
# ## Do: soften the fakes
#
# Each fake's label of 0 becomes a number of its own in [0, 0.3].

# %% tags=["exercise"] exercise="label_smoothing.smooth_negative_labels"

# %% tags=["check"]
lab.check("smooth_negative_labels")

# %% tags=["nbval-check-output"]
if lab.ready("smooth_positive_labels", "smooth_negative_labels"):
    rng = np.random.default_rng(seed)
    real_labels = smooth_positive_labels(rng, np.ones((100_000, 1), "float32"))
    fake_labels = smooth_negative_labels(rng, np.zeros((100_000, 1), "float32"))
    for name, y in (("reals", real_labels), ("fakes", fake_labels)):
        ends = f"from {y.min():.2f} to {y.max():.2f}"
        print(f"{name}: {y.shape}, {ends}, mean {y.mean():.2f}")

# %% [markdown]
# The loss is linear in the label, so its average depends on the average label alone: your reals amount to a fixed
# **0.95** with noise on top, your fakes to 0.15. What do such averages lead to?

# %% [markdown]
# ## Do: what the perfect discriminator answers
#
# Take a point that comes up among the reals three times as often as among the fakes, and targets 0.9 and 0. Three times
# out of four the target is 0.9, once it is 0; the best single answer is their average, 0.675. For targets α and β that
# are probabilities, and any densities:
#
# $$D^*(x) = \frac{\alpha\, p_\text{data}(x) + \beta\, p_g(x)}{p_\text{data}(x) + p_g(x)}$$
#
# $p_\text{data}$ says how often $x$ comes up among the reals, $p_g$ how often among the fakes.

# %% tags=["exercise"] exercise="label_smoothing.optimal_discriminator"

# %% tags=["check"]
lab.check("optimal_discriminator")

# %% [markdown]
# Reals around -2, fakes around +2, one number each. At the left end there are reals and no fakes: was your prediction
# right?

# %% tags=["experiment"]
if lab.ready("optimal_discriminator"):
    x = np.linspace(-6, 6, 241)
    p_data, p_g = np.exp(-((x + 2) ** 2) / 2), np.exp(-((x - 2) ** 2) / 2)
    targets = {"hard": (1.0, 0.0), "one-sided": (0.9, 0.0), "two-sided": (0.9, 0.15)}
    answers = {
        f"{name}: α {alpha:g}, β {beta:g}": optimal_discriminator(
            p_data, p_g, alpha, beta
        )
        for name, (alpha, beta) in targets.items()
    }
    labels = "x: reals around -2, fakes around +2", "D*(x)"
    curves = {name: (x, answer) for name, answer in answers.items()}
    display(charts.lines(curves, "The best discriminator's answer", labels=labels))
    lab.reveal()

# %% [markdown]
# So α caps how sure $D$ can be. Now look at the right, where there are only fakes, the generator's plain mistakes. All
# three curves seem level there. But a generator climbs **log D**, and its pull is the slope of that:

# %% tags=["experiment"] alt="Right of 0, hard and one-sided fall together, steep and straight; two-sided turns level."
if lab.ready("optimal_discriminator"):
    curves = {name: (x, np.log(answer)) for name, answer in answers.items()}
    display(
        charts.lines(
            curves, "The logarithm of that answer", labels=(labels[0], "log D*(x)")
        )
    )

# %% [markdown]
# Hard and one-sided pull a fake back to the left from anywhere on the right. Two-sided leaves it where it errs: β holds
# $D$ up, and the slope is gone. That is the objection of Salimans and colleagues, and why they smooth *one* side.

# %% [markdown]
# ## Do: who gets which target
#
# One training step has three targets: the discriminator's for reals and for fakes, and the one in the **generator's**
# own loss, which asks how far its fakes are from being called real. Smooth one side, to `1 - smooth`, and nothing
# else.

# %% tags=["exercise"] exercise="label_smoothing.step_targets"

# %% tags=["check"]
lab.check("step_targets")

# %% [markdown]
# Keras has the option `label_smoothing=0.1` in its loss. Is that the same? And what does its accuracy say of a
# discriminator that answers 0.99 to a soft target of 0.9?

# %% tags=["nbval-check-output"]
BinaryCrossentropy = keras.losses.BinaryCrossentropy
binary_crossentropy = BinaryCrossentropy(from_logits=True)
smoothing = BinaryCrossentropy(from_logits=True, label_smoothing=0.1)

logits, hard = np.float32([[3.0], [-2.0]]), np.float32([[1.0], [0.0]])
by_hand = binary_crossentropy(np.float32([[0.95], [0.05]]), logits)
equal = bool(np.isclose(smoothing(hard, logits), by_hand))
print("Keras' option equals the targets 0.95 and 0.05:", equal)
accuracy = keras.metrics.BinaryAccuracy()([[0.9]], [[0.99]])
print("accuracy at target 0.9, answer 0.99:", float(accuracy))

# %% [markdown]
# It smooths **both** sides, by half of what you ask for. And accuracy asks whether the rounded answer *equals* the
# target: a soft one it never does. With reals at 0.9 and fakes at 0 it can't pass 0.5, however good D is.

# %% [markdown]
# ## When targets pass 1
#
# [0.7, 1.2] averages 0.95. What if the average lies *above* 1, say at 1.025? The loss as the discriminator gets surer:

# %% tags=["nbval-check-output"]
for logit in (5.0, 20.0, 100.0):
    one, above = (float(binary_crossentropy([[y]], [[logit]])) for y in (1.0, 1.025))
    print(f"logit {logit:5.0f}: loss {one:6.3f} with target 1, {above:6.3f} with 1.025")

# %% [markdown]
# With target 1 the loss has a floor, 0. Above 1 it has none: the surer, the better, for ever. That is the opposite of
# what smoothing is for.

# %% [markdown]
# ## Find the bug
#
# [Keras' own DCGAN example](https://keras.io/examples/generative/dcgan_overriding_train_step/) labels one kind of image
# 1 and the other 0, and calls adding noise to these labels an "important trick". Its line is below. Which way does it
# push each label? Repair it: **both** kinds move by at most `size`, each towards the other.

# %% tags=["exercise"] exercise="label_smoothing.repair_noisy_targets"

# %% tags=["check"]
lab.check("repair_noisy_targets")

# %% [markdown]
# ## See: your labels in a real GAN
#
# Lab 12's GAN of digits, whose discriminator has ten times its generator's learning rate. Same data, same seeds, same
# steps. Only the reals' labels differ, and they are *yours*. Then 2,000 real digits are shown that it has not seen.

# %% tags=["experiment"]
if lab.ready("smooth_positive_labels"):
    mnist = data.mnist()
    x_train = mnist_gan.preprocess(mnist.x_train)
    unseen = mnist_gan.preprocess(mnist.x_test[:2000])

    def yours(rng, n_samples):
        return smooth_positive_labels(rng, np.ones((n_samples, 1), "float32"))

    logits, gradients = {}, {}
    arms = [(name, s) for s in seeds for name in ("hard", "yours")]
    for name, s in progress.each(arms, "trainings"):
        recipe = Recipe(real_labels={"hard": ones, "yours": yours}[name])
        history = train(recipe, x_train, steps, s, progress=False)
        logits[name, s] = np.asarray(history.discriminator(unseen))
        gradients[name, s] = history.g_gradient_norm[-100:].mean()

# %% tags=["experiment"]
if lab.ready("smooth_positive_labels"):
    said = {name: 1 / (1 + np.exp(-logits[name, seed])) for name in ("hard", "yours")}
    labels = "D's answer to a real digit", "share in %"
    display(charts.histograms(said, "What D answers to unseen reals", labels=labels))

# %% tags=["experiment"]
if lab.ready("smooth_positive_labels"):
    for s in seeds:
        hard, soft = (float(logits[name, s].mean()) for name in ("hard", "yours"))
        print(f"seed {s}: mean logit of reals, hard {hard:.1f}, yours {soft:.1f}")
        hard, soft = gradients["hard", s], gradients["yours", s]
        print(f"        gradient of the generator, {hard:.1f} and {soft:.1f}")

# %% tags=["claim"]
for s in seeds:
    hard, soft = (float(logits[name, s].mean()) for name in ("hard", "yours"))
    assert soft < hard, (
        f"seed {s}: expected a lower mean logit with soft labels; found {soft:.2f}, hard {hard:.2f}"
    )

# %% [markdown]
# For the reals the claim holds: less sure, on every seed (a logit of 4 is an answer of 0.98, of 7 one of 0.999), and
# the generator's gradient is smaller. Answers above 0.95 are common all the same: a network of 400 steps is not the
# perfect $D$. Whether the *digits* get better is another question, which these runs are too short to answer.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# **Disputed:** the list smooths both sides, the paper that it quotes smooths one. Nobody has shown what the random
# draws add to a fixed 0.9. Since about 2018 most models bound the discriminator itself instead, by spectral norm or a
# gradient penalty (R1), and have gone back to hard labels.

# %% [markdown]
# ## Key points
#
# - Soft targets cap how sure the best discriminator is: it stops at α.
# - If you smooth, smooth the reals; smoothing the fakes holds $D$ up over the generator's mistakes, and the generator's
#   own target stays 1.
# - Targets that average above 1 take the floor out of the loss.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Salimans et al., *Improved Techniques for Training GANs*, [arXiv:1606.03498](https://arxiv.org/abs/1606.03498) ·
# Chintala et al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 6 · Goodfellow et al.,
# *Generative Adversarial Networks*, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661) · Mescheder et al., R1,
# [arXiv:1801.04406](https://arxiv.org/abs/1801.04406).
