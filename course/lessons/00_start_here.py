# %% [markdown]
# # 00 · Start here
#
# Training GANs rests on a list of "hacks" that everybody copies. In this course you write each of them, see it at
# work in a real GAN, and read what it was measured to do.
#
# | At a glance | in this lesson |
# |---|---|
# | You'll do | check your machine, meet a check that fails and one that passes, train your first GAN |
# | You'll learn | how to read a verdict and an evidence card, what to do when you're stuck, where to go next |
# | You need | nothing · 20 minutes · about 20 seconds of CPU |
#
# Run a cell with **Shift + Enter**. Run them in order, from the top.

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import math

import numpy as np

from ganhacks import checks, data, evidence, metrics
from ganhacks.pictures import plots
from ganhacks.startup import environment
from ganhacks.hacks.mnist_gan import preprocess
from ganhacks.training import Recipe, train

lab = checks.Lab("start_here")

# %% tags=["parameters"]
steps = 2_000
seed = 0

# %%
steps = ganhacks.length(steps, 200)
n_scored = ganhacks.length(10_000, 2_000)

# %% [markdown]
# ## Is your machine ready?
#
# Every line should have a tick. The course needs no graphics card and no network.

# %%
print(environment.report())

# %% [markdown]
# **A line has a cross?** It says what was found and what to do. Do that, stop JupyterLab and start it again: in a
# terminal, in the course's folder, `python3 run.py lab` (Windows: `py run.py lab`; installed by pip: `python -m ganhacks
# start .`). Then run this notebook from the top.
#
# The data, 70,000 handwritten digits, are on your disk already:

# %% tags=["nbval-check-output"]
mnist = data.mnist()
print("digits to learn from:", len(mnist.x_train), "- to test with:", len(mnist.x_test))

# %% [markdown]
# ## A check that fails
#
# An exercise is a function to write. Here is one that somebody has written already, wrongly: `invert` should turn
# white digits on black into black ones on white.


# %%
def invert(images):
    return -images


# %% [markdown]
# The cell after an exercise checks it. It looks at what your function *does*, not at how you wrote it.

# %% tags=["nbval-check-output"]
lab.check("invert")

# %% [markdown]
# Here is what the verdict is about. The background should be white, and it is still black:

# %%
plots.digits(invert(mnist.x_train[:10]), "Ten digits after the first invert")

# %% [markdown]
# ## A verdict is one of four
#
# | verdict | it means | what you do |
# |---|---|---|
# | **✔ passed** | your function does all that was asked | go on |
# | **✘ not yet** | it runs, and does something else; the text says what | change your cell, run it, check again |
# | **⚠ stopped by an error** | Python stopped in the line of yours that is shown | mend that line |
# | **○ not attempted** | the exercise is still blank, or its cell was not run | write it, run its cell, check again |

# %% [markdown]
# ## Stuck? Ask for a hint
#
# There are three, one more with each call: a question, a nudge, nearly the line.

# %% tags=["nbval-check-output"]
lab.hint()

# %% [markdown]
# `lab.solution()` shows a right answer. Nobody counts how often you look.
#
# Verdicts, hints and predictions are noted in one file on your own disk. Nothing is sent. Delete it, and the course
# forgets what you did.

# %% [markdown]
# ## A check that passes
#
# An image of bytes goes from 0 to 255, so this is the way round:


# %%
def invert(images):
    return 255 - images


# %% tags=["nbval-check-output"]
lab.check("invert")

# %%
plots.digits(invert(mnist.x_train[:10]), "The same ten digits after the second invert")

# %% [markdown]
# ## To start again
#
# **Something is odd?** A notebook remembers every cell that you ran, also those that you changed since. Choose *Kernel
# → Restart Kernel…*, then run it from the top. Your text stays.
#
# **You want a lab as it was?** In a terminal, in the course's folder: `python3 run.py again 12` gives you lab 12 blank,
# and keeps yours in `labs/mine` (Windows: `py run.py again 12`; installed by pip: `python -m ganhacks again 12`).

# %% [markdown]
# ## Your first GAN
#
# A GAN is two networks. The **generator** makes images from random numbers. The **discriminator** is shown real images
# and these fakes, and says which are which. Each learns against the other, in small steps.
#
# The next cell takes 2,000 such steps, some seconds. Its picture shows twenty fakes, which begin as noise. Above it
# stand the two **losses**: what each network tries to make small.
#
# **What do you expect to see at the end?** 2,000 steps show each real image about twice.

# %% tags=["experiment"]
history = train(Recipe(), preprocess(mnist.x_train), steps, seed)

# %% [markdown]
# Not digits: grey smudges. Two looks at each image teach the generator where ink is, and not yet what a stroke is.
#
# The button ■ in the toolbar stops a run, and keeps what was learned.
#
# Here is the same GAN as it goes on. Each column comes from the same random numbers all the time:
#
# ![Six rows of ten images, each column from one latent sample: at the top grey noise, then grey smudges, then strokes, and in the last row, after 93,700 steps, handwritten digits, some ragged](../images/digits.png)
#
# The last row comes after 100 passes over the digits, some minutes of training. In lab 12 you write all of this GAN
# yourself.

# %% [markdown]
# ## How good is that?
#
# A **score** says in one number how close fakes are to real digits. The course has two main ones, and in both lower is
# better. **FID** compares what a classifier sees in the images. **Class KL** compares how often each digit comes.
#
# A score says little alone. So it comes with **anchors**: what real digits get, what the digit 1 alone gets, and what
# noise gets. The last line says what the classifier takes your fakes for.

# %% tags=["experiment"]
fakes = history.samples(n_scored)
print(metrics.report(fakes))

# %% [markdown]
# ## All of them eights?
#
# You saw smudges, and the classifier says "8". What does it say about noise, and how sure is it?

# %% tags=["experiment"]
noise = np.random.default_rng(seed).uniform(-1, 1, (n_scored, 784))
for name, images in {"noise": noise, "your fakes": fakes}.items():
    probabilities = metrics.classify(images)[1]
    eights = np.mean(probabilities.argmax(axis=1) == 8)
    sure = probabilities.max(axis=1).mean()
    print(f"{name}: {eights:.1%} called 8, with a mean probability of {sure:.3f}")

# %% [markdown]
# The classifier learned from digits alone. It has ten answers, and "no digit" is not one of them. So it picks one, and
# it is sure where it knows nothing. So look at the pictures first: shares of digits mean something once there are
# digits.

# %% [markdown]
# Why 8? That depends on the network. Ours looks for short strokes, and noise has them everywhere. We trained it five
# more times, and each time it called all noise 8. A simpler network that looks at all pixels at once, trained four
# times, called 1 to 4 % of it 8.

# %% [markdown]
# ## How to read an evidence card
#
# One run is one case. To learn what a hack does, the course trains with it and without it, many times. A **seed** fixes
# all random numbers of a run; two runs with the same seed make a pair.
#
# Lab 06 changes one number of the optimizer: β₁ is 0.5, not 0.9. Its GAN makes points that should lie on a ring, and
# the score says how far they are from real ones. For each pair, divide the score with the hack by the score without it.
# Less is better, so below 1 it helped:

# %% tags=["nbval-check-output"]
ratios = evidence.ratios()["ring", "good", "adam"]
helped = sum(ratio < 1 for ratio in ratios.values())
print(*(f"{ratio:.2f}" for ratio in ratios.values()))
print(f"it helped in {helped} of {len(ratios)} pairs")

# %% [markdown]
# Could that be luck? If the hack did nothing, each pair would be the toss of a coin. How often do so many coins show
# one side, heads or tails, at least so often?

# %% tags=["nbval-check-output"]
n = len(ratios)
side = max(helped, n - helped)
lucky = 2 * sum(math.comb(n, k) for k in range(side, n + 1)) / 2**n
print(f"{min(1, lucky):.1%} of the time")

# %% [markdown]
# That share is called **p**. A card says *better* or *worse* only where p is small. Its own p also gives ratios far
# from 1 more weight, and is corrected for all comparisons: who tosses many coins will see a strange one.
#
# Each side of a pair is really three runs, one for each of three learning rates; the best counts. Find the row "ring of
# 8, good" on lab 06's card:

# %% tags=["evidence"]
evidence.Card("adam")

# %% [markdown]
# | on the card | it means |
# |---|---|
# | on | what the GAN learns: points of the plane, or digits |
# | recipe | bare: a poor one; good: with parts chosen to work together |
# | with / without | the typical ratio of the two scores over all pairs |
# | 95 % interval | which true ratios would fit these pairs |
# | better in | in how many pairs it helped |
# | failed runs | how many runs collapsed or broke down, without → with it |
# | time | the ratio of the training times; near 1 it is noise |
# | verdict | one of four, below; and whether runs fail more or less often |

# %% [markdown]
# - **better**, **worse**: p is small.
# - **practically equal**: p is not small, the whole interval lies within the margin that stands beside it, and about as
#   many runs fail.
# - **can't tell**: none of these was shown.
#
# The last two are results too. The rule was written before the runs. Variants, at the end of a card, are other forms of
# the same hack.

# %% [markdown]
# ## Where you are
#
# Each lab has a line, each of its exercises a mark. Run this cell again whenever you come back.

# %%
checks.CourseMap()

# %% [markdown]
# ## Where to go: half a day
#
# You need not take the labs in the order of their numbers. Here your own GAN comes early. For a class, plan half as
# much time again.
#
# <!-- route: Half a day -->

# %% [markdown]
# ## Where to go: one day
#
# <!-- route: One day -->

# %% [markdown]
# ## Where to go: two days
#
# <!-- route: Two days -->

# %% [markdown]
# ## Where to go: all of it
#
# All lessons and labs take about 21 and a half hours: lessons 00 and 01, lab 12, then the labs by number, with the
# other lessons in between. Whatever you choose: the last cell of each notebook says what comes next.

# %% [markdown]
# ## Key points
#
# - Predict first, write, check, look at the picture, then read the evidence.
# - A verdict names the misunderstanding. Hints come in three steps.
# - One run is one case. What a hack does is told by several seeds.
