# %% [markdown]
# # 00 · Start here
#
# Training GANs rests on a list of "hacks" that everybody copies. In this course you write each of them, see it at
# work in a real GAN, and read what it was measured to do.
#
# | | |
# |---|---|
# | You'll do | check your machine, meet a check that fails and one that passes, train for ten seconds |
# | You'll learn | how to read a verdict and an evidence card, and what to do when you're stuck |
# | You need | nothing · 10 minutes · 15 seconds of CPU |
#
# Run a cell with **Shift + Enter**. Run them in order, from the top.

# %%
import ganhacks
from ganhacks import checks, data, environment, evidence, metrics, plots
from ganhacks.hacks.mnist_gan import preprocess
from ganhacks.recipe import Recipe
from ganhacks.training import train

lab = checks.Lab("start_here")

# %% tags=["parameters"]
steps = 2_000
seed = 0

# %%
steps = ganhacks.length(steps, 200)

# %% [markdown]
# ## Is your machine ready?
#
# Every line should have a tick. The course needs no graphics card and no network.

# %%
print(environment.report())

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
# A verdict is one of four: **✔ passed** · **✘ not yet**, with what your answer seems to misunderstand ·
# **⚠ stopped by an error**, with the line of yours that raised it · **○ not attempted**.
#
# Here is what the verdict is about: the background should be white.

# %%
plots.digits(invert(mnist.x_train[:10]), "Ten digits, black on black, with thin white rims")

# %% [markdown]
# ## Stuck? Ask for a hint
#
# There are three, one more with each call: a question, a nudge, nearly the line.

# %% tags=["nbval-check-output"]
lab.hint()

# %% [markdown]
# `lab.solution()` shows a right answer. Nobody counts how often you look.

# %% [markdown]
# ## A check that passes


# %%
def invert(images):
    return 255 - images


# %% tags=["nbval-check-output"]
lab.check("invert")

# %%
plots.digits(invert(mnist.x_train[:10]), "The same ten digits, black on white")

# %% [markdown]
# ## Watch a GAN learn
#
# This is what the course is about. Watch the picture: twenty images that a network makes from random numbers. At the
# start they are noise.
#
# The button ■ in the toolbar stops a run without losing it. In lab 12 you build all of this yourself.

# %% tags=["experiment"]
history = train(Recipe(), preprocess(mnist.x_train), steps, seed)

# %% [markdown]
# ## How good is that?
#
# A number alone says nothing, so scores come with **anchors**: what real digits get, what one digit only gets, and
# what noise gets. Lower is better in both columns.

# %% tags=["experiment"]
print(metrics.report(history.samples(ganhacks.length(10_000, 2_000))))

# %% [markdown]
# ## How to read an evidence card
#
# Each lab has a card of what its hack was *measured* to do, or says that this is still to come. Two arms, the same but
# for the hack, run with the same seeds. The **effect** is the median difference. The **interval** says how far it could
# be chance. The **verdict** follows from a rule that was fixed before the runs: only an interval without 0 in it is
# called better or worse.

# %% tags=["evidence"]
evidence.Card("mnist_gan")

# %% [markdown]
# "No difference detected" is a result too, and a respectable one. So is "worse".

# %% [markdown]
# ## Key points
#
# - Predict first, write, check, look at the picture, then read the evidence.
# - A verdict names the misunderstanding. Hints come in three steps.
# - One run shows one run. What a hack does is told by several seeds.
#
# Next: [lab 12, the full MNIST GAN](../labs/12_mnist_gan.ipynb).
