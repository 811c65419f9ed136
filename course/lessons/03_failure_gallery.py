# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 03 · A gallery of failures
#
# > **Claim.** A GAN fails in a handful of ways, and each has signs of its own. Track them early. *Chintala's talk,
# > 2016, trick 10; Goodfellow, 2016.*
#
# | At a glance | in this lesson |
# |---|---|
# | You'll do | look at recorded runs, guess what went wrong, then read its name, its signs and a first remedy |
# | You'll learn | seven failures, what tells each from the others, and the lab that treats it |
# | You need | lesson 01 · 25 minutes · about 10 seconds of CPU |

# %%
import ganhacks

import numpy as np

from ganhacks import toys
from ganhacks.evidence import recordings
from ganhacks.pictures import charts, plots
from ganhacks.hacks.track_failures import grid_pattern

# %% tags=["parameters"]
columns = 6

# %% [markdown]
# ## How to look
#
# Every run here was trained once and recorded; nothing trains while you read. You see both losses, and what G made for
# the same latent samples at four moments from early to last. Below stand four measurements: how long each network's
# gradient is (its norm), how far apart the fakes are, and how far the weights moved; then the modes found, or for
# images how strongly every second pixel differs (*grid*; 0: not at all).
#
# D's loss is the sum for reals and fakes. If D tells nothing apart, it is 2 ln 2 = 1.386, and G's is ln 2 = 0.693.


# %%
def losses(recording):
    """Draw both losses of a run, as running means of 50 recorded values."""
    run, names = recording.run, ("d_loss", "g_loss")
    curves = {}
    for name in names:
        mean = np.convolve(getattr(run, name), np.full(50, 1 / 50), "valid")
        curves[name] = recording.at[49::10], mean[::10]
    return charts.lines(curves, "Both losses", ("step", "loss"), size=(4.2, 1.7))


def fakes(recording):
    """Draw what the generator made at four moments."""
    run = recording.run
    if run.fakes.ndim == 4:
        rows = np.concatenate(run.fakes[:, :columns])
        return plots.digits(rows, "Fakes at four moments, a row each", columns)
    panels = {
        f"moment {moment} of 8": {"real": run.reals, "fake": run.fakes[moment - 1]}
        for moment in (2, 4, 6, 8)
    }
    return charts.clouds(panels, "Fakes at four moments", reach=4, size=2)


# %%
def spread(samples):
    """Return the mean distance between two samples."""
    flat = samples.reshape(len(samples), -1)
    distances = np.linalg.norm(flat[:, None] - flat, axis=-1)
    return distances.sum() / (len(flat) * (len(flat) - 1))


def measures(recording):
    """Print what can be measured at the end of a run."""
    run, last = recording.run, recording.run.fakes[-1]
    d_norm, g_norm = (
        np.median(norms[-100:]) for norms in (run.d_gradient_norm, run.g_gradient_norm)
    )
    print(f"gradient norms: D {d_norm:.2g}, G {g_norm:.2g}")
    print(f"fakes are {spread(last) / spread(run.reals):.2f} as far apart as reals")
    moved = f"D {run.d_moved[-1]:.1%}, G {run.g_moved[-1]:.1%}"
    print(f"weights moved since the moment before: {moved}")
    if last.ndim == 3:
        print(f"grid {grid_pattern(last):.3f} (reals {grid_pattern(run.reals):.3f})")
    else:
        print(f"modes of the ring: {toys.ring_score(last)[0]} of 8")


# %%
shown = recordings.load_all()


def show(number):
    """Show one recording: its losses, its fakes, its measurements."""
    display(losses(shown[number]), fakes(shown[number]))
    measures(shown[number])


# %% [markdown]
# ## First, three that are well
#
# A failure is easier to see if you know good runs. Three workloads: the ring, the dense MNIST GAN, a small DCGAN. All
# are short, so they are on their way, and not done.

# %% alt="Four clouds. First a wide cloud of fakes, then they gather along the ring, at last on most of the eight clusters."
show(11)

# %% alt="Four rows of six fakes. The first are grey blots, nearly all alike; in the others digits show ever more clearly, with specks."
show(10)

# %% alt="Four rows of six fakes. First grey squares, all alike, then strokes that differ little, then shapes like digits."
show(12)

# %% [markdown]
# Three things to keep. First D's loss falls: D learns faster. Later it *rises*: G gets better, so D's task gets harder.
# It scatters, in the DCGAN a lot. And the first moment of the two image runs would pass for a collapse: before G has
# learnt anything, all its pictures are alike.
#
# Now guess. Seven kinds of failure follow, each with its name after the picture.

# %% [markdown]
# ## Run A
#
# What went wrong here?

# %% alt="Four rows of six fakes, all noise, as at the start."
show(3)

# %% [markdown]
# **D has won.** D's loss is 0.002 and G's climbs: D is sure of every image, and right. The fakes are noise and stay so.
# G's gradients are *not* small. G's learning rate was a hundredth of D's, and it never caught up.
#
# **First remedy.** Bring the rates closer (labs 06 and 18), or make D's task harder: labels (10, 11), noise on what
# D sees (23). Don't look for a schedule of updates first (20).

# %% [markdown]
# ## Run B
#
# What went wrong here?

# %% alt="Four rows of six fakes, all noise, with a vague blot in the last rows."
show(4)

# %% [markdown]
# **Vanishing gradients.** D has won here, too. Compare one number with run A: G's gradient norm. There it was 12, here
# it is 0.05. G minimised ln (1 − p), the loss of the theory, which is flat over the logit where D is sure.
#
# **First remedy.** The non-saturating loss: lab 13. Then as for run A.

# %% [markdown]
# ## Run C
#
# What went wrong here?

# %% alt="Four clouds. The fakes form one small clump or streak, which lies at another side of the ring at each moment."
show(2)

# %% [markdown]
# **Oscillation.** G puts everything in one place, D learns to reject that place, G moves on. The losses end close to
# those of a perfect game: **these curves show nothing**. Pool the fakes of all moments, and they look varied; a single
# moment tells.
#
# **First remedy.** Less momentum: β1 of 0.5 in place of 0.9 (lab 06), and a smaller rate for G. Averaged weights helped
# on the ring too, and R1 did in a good recipe (lesson 06).

# %% [markdown]
# ## Run D
#
# What went wrong here?

# %% alt="Four rows of six fakes. In each row all six are nearly the same blot of white and grey specks."
show(0)

# %% [markdown]
# **Collapse**, or mode collapse: every latent sample gives nearly the same picture. Fakes are 0.31 as far apart as
# reals. Again β1 was 0.9, now on MNIST. On the ring, dropout in G did it, slowly: the clouds lose one cluster after
# the other.

# %% alt="Four clouds. The fakes are first all around the ring, then on fewer clusters, at last nearly all on one."
show(1)

# %% [markdown]
# Look at the losses of this one: smooth, and nothing in them says when a cluster was lost.
#
# **First remedy.** Look at β1 (06) and at BatchNorm on mixed batches (09), and take dropout out of G (26). Then let D
# see several samples at a time (25): whether that helps depends on its form and on the data, so read its card.

# %% [markdown]
# ## Run E
#
# What went wrong here?

# %% alt="Four rows of six fakes: hard black and white noise, all different, in every row."
show(5)

# %% [markdown]
# **Exploding gradients.** A norm of about 240, and G's loss near 200: nothing here is of a usual size. All weights were
# drawn from N(0, 1), so every sum over a hundred inputs is ten times too large, and tanh is stuck at its ends.
#
# **First remedy.** The initialisation: lab 05. Then the scale of the data: lab 07. If norms are usual and *spike*, a
# smaller rate.

# %% [markdown]
# ## Run F
#
# What went wrong here?

# %% alt="Four rows of six fakes. Grids of bright dots in every other row and column, over a grey square."
show(6)

# %% [markdown]
# **Checkerboard.** Bright dots at every other pixel, in all fakes at the same places: the grid is 0.082 where reals
# have 0.000. G's transposed convolutions of kernel 3 and stride 2 write some pixels four times and some once.
#
# **First remedy.** A kernel that the stride divides, or resize and convolve: lab 02. Training longer may hide it.

# %% [markdown]
# ## Run G
#
# What went wrong here?

# %% alt="Four rows of six fakes: the same noise in every row."
show(7)

# %% [markdown]
# **Not training**, and nothing crashed. D's weights moved by 0.0 %. In Keras, `trainable = False` was set before D's
# first update, and it was compiled into D's own step too. G then finds what fools this D, its loss falls steadily to 0,
# and the fakes are garbage: the talk's fourth rule (lab 19).
#
# **First remedy.** Print how far the weights moved. Name the variables that an update may touch: lab 12.

# %% [markdown]
# ## Run H
#
# The last one. Nothing is odd about its losses.

# %% alt="Four rows of six fakes: the same noise in every row."
show(8)

# %% [markdown]
# **Not training, again**: neither network moves. A decay of the rate over 20 epochs was handed to Keras, which counts
# updates. After 20 of them the rate was 0. Losses scatter, since batches differ; gradients are of a usual size.
#
# **First remedy.** Log the learning rate. And the weights: the losses of run H don't tell.

# %% [markdown]
# ## All of them at a glance

# %% tags=["nbval-check-output"]
print(f"{'':36}D's loss  G's norm  spread  D moved")
for recording in shown:
    run = recording.run
    apart = spread(run.fakes[-1]) / spread(run.reals)
    d_loss, g_norm = run.d_loss[-100:].mean(), np.median(run.g_gradient_norm[-100:])
    line = f"{recording.name:36}{d_loss:8.2f}{g_norm:10.2f}"
    print(f"{line}{apart:8.2f}{run.d_moved[-1]:9.1%}")

# %% [markdown]
# No column tells all failures, and every failure has a column, but for one: the checkerboard is in the pictures.
#
# These runs were chosen since they show a failure clearly. Yours will be mixed: two at once, or one that passes. What
# they show is what a failure looks like, not how often it comes.

# %% [markdown]
# ## Sign, failure, lab
#
# | What you see | It is probably | Look first at |
# |---|---|---|
# | D's loss near 0, G's gradients large | D has won | labs 06, 10, 11, 18, 23 |
# | D's loss near 0, G's gradients near 0 | vanishing gradients | lab 13 |
# | fakes alike, each moment elsewhere | oscillation | lab 06 |
# | fakes alike, and they stay | collapse | labs 06, 09, 25 |
# | gradient norms far above the usual, for long | exploding gradients | labs 05, 07 |
# | the same grid of pixels in all fakes | checkerboard | lab 02 |
# | G's loss falls steadily, fakes are garbage | D does not train | lab 12 |
# | all curves calm, weights don't move | nothing trains | the learning rate |
# | D's loss near 1.386 | the best end, or oscillation | the fakes |

# %% [markdown]
# ## Key points
#
# - Look at losses, gradients, fakes and weights. Each failure hides from at least one of them.
# - A loss near 1.386 tells neither good nor bad.
# - Lab 19 turns this gallery into a monitor, and judges it on runs that you have not seen.

# %% [markdown]
# ## References
#
# Chintala et al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 10 · Goodfellow,
# *NIPS 2016 Tutorial*, [arXiv:1701.00160](https://arxiv.org/abs/1701.00160) · Arjovsky and Bottou, *Towards
# Principled Methods for Training GANs*, [arXiv:1701.04862](https://arxiv.org/abs/1701.04862) · Odena, Dumoulin and
# Olah, *Deconvolution and Checkerboard Artifacts*, [Distill 2016](https://distill.pub/2016/deconv-checkerboard/) ·
# Mescheder et al., *Which Training Methods for GANs do actually Converge?*,
# [arXiv:1801.04406](https://arxiv.org/abs/1801.04406).
