# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 12 · The full MNIST GAN
#
# > **Claim.** Two networks of one hidden layer each, set against each other, learn to write digits from random
# > numbers. *After a notebook of 2018, itself after Goodfellow et al., 2014.*
#
# | | |
# |---|---|
# | You'll do | build a whole GAN, mend a bug that was published, train for 100 epochs, score the digits |
# | You'll learn | which update may touch which weights, what the losses tell, and what they don't |
# | You need | nothing before it · 75 minutes · about 5 minutes of CPU, 10 on a small or busy machine |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import warnings
from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks import checks, data, metrics, plots
from ganhacks.recipe import Recipe
from ganhacks.training import generate, train

lab = checks.Lab("mnist_gan")

# %% tags=["parameters"]
epochs = 100
batch_size = 64
latent_dim = 100
hidden = 128
slope = 0.01
smooth = 0.1
g_learning_rate = 1e-4
d_learning_rate = 1e-3
seed = 0

# %%
epochs = ganhacks.length(epochs, 1)  # as it is, or 1 where the course tests itself
n_scored = ganhacks.length(10_000, 2_000)

# %% [markdown]
# ## Predict
#
# In a while you'll train a generator for 100 epochs, and watch noise become blobs and blobs become digits. What does
# its **loss** do meanwhile?
#
# (a) it falls towards 0 · (b) it moves up and down, far from 0 · (c) it rises as long as training goes on

# %% tags=["predict"]
lab.predict(...)  # put "a", "b" or "c" in place of the dots

# %% [markdown]
# ## The data
#
# MNIST: 60,000 handwritten digits to learn from and 10,000 to test with, grey values from 0 to 255, 28 by 28 pixels.

# %% tags=["nbval-check-output"]
mnist = data.mnist()
print("train", mnist.x_train.shape, "test", mnist.x_test.shape)
print(mnist.x_train.dtype, "from", mnist.x_train.min(), "to", mnist.x_train.max())

# %%
plots.digits(mnist.x_train[:20], "Twenty MNIST digits, 5 0 4 1 9 and so on, white on black")

# %% [markdown]
# ## Do: what goes into the generator
#
# A generator turns random numbers into images. One **latent sample** is a row of 100 of them. The notebook of 2018
# draws them from N(0, 1), as Chintala's talk advises; lab 08 asks why.

# %% tags=["exercise"] exercise="mnist_gan.make_latent_samples"

# %% tags=["check"]
lab.check("make_latent_samples")

# %% [markdown]
# Stuck, here or later? Run `lab.hint()` in a new cell: first a question, then a nudge, then nearly the line. It is
# about the exercise that you are at; `lab.hint("preprocess")` asks about another. `lab.solution()` shows one right
# answer.

# %% [markdown]
# ## Do: the generator
#
# `latent_dim` numbers in, 784 pixels out. In between one hidden layer with a **leaky** ReLU, which multiplies negative
# inputs by a small slope where a ReLU would lose them. The last activation is tanh, so pixels lie in [-1, 1]. Begin
# the model with `keras.Input((latent_dim,))`.

# %% tags=["exercise"] exercise="mnist_gan.make_generator"

# %% tags=["check"]
lab.check("make_generator")

# %% [markdown]
# Nothing has been learned yet, so this is what it makes:

# %%
if lab.ready("make_latent_samples", "make_generator"):
    keras.utils.set_random_seed(seed)  # the same first weights each time
    generator = make_generator(latent_dim, hidden, slope)
    latents = make_latent_samples(np.random.default_rng(seed), 10, latent_dim)
    pictures = generate(generator, latents)
    display(plots.digits(pictures, "Ten squares of grey noise from the untrained generator"))

# %% tags=["nbval-check-output"]
if lab.ready("make_latent_samples", "make_generator"):
    generator.summary(line_length=72, print_fn=print)

# %% [markdown]
# ## Do: the discriminator
#
# It reads an image and answers with one number, a **logit**: above 0 for "real", below 0 for "fake". The sigmoid of
# the logit is a probability. The notebook of 2018 put that sigmoid into the network; we leave it to the loss, which
# is safer with very sure answers.

# %% tags=["exercise"] exercise="mnist_gan.make_discriminator"

# %% tags=["check"]
lab.check("make_discriminator")

# %% tags=["nbval-check-output"]
if lab.ready("make_latent_samples", "make_generator", "make_discriminator"):
    discriminator = make_discriminator(hidden, slope)
    print("answers for ten fakes:", discriminator(pictures).shape)
    discriminator.summary(line_length=72, print_fn=print)
    print(f"both networks: {generator.count_params() + discriminator.count_params():,} parameters")

# %% [markdown]
# ## Who may learn when
#
# Each network learns in its own step and keeps still in the other's. The notebook of 2018 chains the two into a third
# model, generator then discriminator, and switches `discriminator.trainable` off while that one learns and on again
# afterwards. Many tutorials switch it off only once. How much does such a discriminator learn?

# %% tags=["nbval-check-output"]
frozen = keras.Sequential([keras.Input((3,)), layers.Dense(1, activation="sigmoid")])
frozen.compile("adam", "binary_crossentropy")
frozen.trainable = False  # switched off for the chain; compiled before, so it still learns, they say
before = frozen.get_weights()
with warnings.catch_warnings(record=True) as caught:
    for _ in range(10):
        frozen.train_on_batch(np.ones((64, 3)), np.ones((64, 1)))
change = max(np.abs(new - old).max() for new, old in zip(frozen.get_weights(), before))
print("largest change of any weight in 10 updates:", change)
print("said about it, as a warning:", caught[0].message)

# %% [markdown]
# Not a bit. Keras 3 reads the switch when it first traces the training function, not when it compiles, so this GAN
# plays against an opponent that never learns, and all that you get is a warning.
#
# You'll need no switch. An update changes the variables that you hand to the optimizer, and no others: **say whose
# variables**, and the rest is safe.

# %% [markdown]
# ## Do: preprocessing
#
# The generator makes flat images in [-1, 1]. Bring the real ones to the same form, or the discriminator can tell them
# apart by their range alone.

# %% tags=["exercise"] exercise="mnist_gan.preprocess"

# %% tags=["check"]
lab.check("preprocess")

# %% [markdown]
# ## Find the bug: back to pictures
#
# To look at an image, undo the preprocessing. Below is the formula that the notebook of 2018 used, and that many have
# copied. Run the three cells as they are and look hard at the background. Then mend `deprocess`.

# %% tags=["exercise"] exercise="mnist_gan.deprocess"

# %% tags=["check"]
lab.check("deprocess")

# %%
if lab.ready("preprocess"):
    there_and_back = deprocess(preprocess(mnist.x_train[:10]))
    print("was 0 to 255, is", there_and_back.min(), "to", there_and_back.max())
    display(plots.digits(there_and_back, "Ten digits, on a black background if all is well"))

# %% [markdown]
# ## Do: the labels
#
# The discriminator's right answers: 1 for a real image, 0 for a fake. Its output has the shape `(n, 1)`, so the labels
# have that too.

# %% tags=["exercise"] exercise="mnist_gan.make_labels"

# %% tags=["check"]
lab.check("make_labels")

# %% [markdown]
# ## Do: one-sided label smoothing
#
# If a real image counts as 0.9, a discriminator that is 99.9 % sure of it pays for being too sure. The fakes stay at
# 0. Lab 10 shows why smoothing them as well is a bad idea.

# %% tags=["exercise"] exercise="mnist_gan.smooth_labels"

# %% tags=["check"]
lab.check("smooth_labels")

# %% [markdown]
# ## Do: the discriminator's step
#
# An update in Keras takes a **tape**, which remembers all that is computed inside its `with`, and then knows how the
# loss depends on the weights. Here it is on a model of one weight, going from 0 towards the answer 1.
# `binary_crossentropy` takes the labels first, then the logits; both steps below use it.

# %% tags=["nbval-check-output"]
binary_crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)
tiny = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
sgd = keras.optimizers.SGD(learning_rate=1.0)

with tf.GradientTape() as tape:
    tiny_loss = binary_crossentropy(tf.ones((4, 1)), tiny(tf.ones((4, 1))))
gradients = tape.gradient(tiny_loss, tiny.trainable_variables)
sgd.apply(gradients, tiny.trainable_variables)
print(f"loss ln 2 = {float(tiny_loss):.3f}, weight now {float(tiny.get_weights()[0][0, 0]):.3f}")

# %% [markdown]
# Now yours: two forward passes, one for each batch; two losses, added; **one** update, of the discriminator's
# variables.

# %% tags=["exercise"] exercise="mnist_gan.discriminator_step"

# %% tags=["check"]
lab.check("discriminator_step")

# %% [markdown]
# ## Do: the generator's step
#
# The generator wants its fakes to be called real, so its label is 1. The gradient runs back *through* the
# discriminator, and changes the generator only.

# %% tags=["exercise"] exercise="mnist_gan.generator_step"

# %% tags=["check"]
lab.check("generator_step")

# %% [markdown]
# ## The loop
#
# All parts are there. This is the whole of GAN training, one epoch of it, with your own functions.

# %% tags=["experiment"]
if lab.ready():
    keras.utils.set_random_seed(seed)
    generator, discriminator = make_generator(latent_dim, hidden, slope), make_discriminator(hidden, slope)
    x_train = preprocess(mnist.x_train)
    real_labels, fake_labels = smooth_labels(*make_labels(batch_size), smooth)
    g_optimizer = keras.optimizers.Adam(g_learning_rate)
    d_optimizer = keras.optimizers.Adam(d_learning_rate)
    d_step = tf.function(discriminator_step)  # compiled, for speed
    g_step = tf.function(generator_step)
    rng = np.random.default_rng(seed)
    for first in range(0, ganhacks.length(60_000, 3_200) - batch_size, batch_size):
        real = tf.constant(x_train[first : first + batch_size])
        latents = tf.constant(make_latent_samples(rng, batch_size, latent_dim), "float32")
        fake = generator(latents)
        d_step(discriminator, d_optimizer, real, fake, real_labels, fake_labels)
        g_step(generator, discriminator, g_optimizer, latents)
        if first % 12_800 == 0:
            print(f"{first:6,} of 60,000 images seen")
    pictures = generate(generator, latents[:10])
    display(plots.digits(pictures, "Ten images after one epoch: bright blobs in the middle, no digits"))

# %% [markdown]
# Did each step move its own network, and only that?

# %% tags=["experiment", "nbval-check-output"]
if lab.ready():

    def weights():
        return [np.concatenate([w.ravel() for w in m.get_weights()]) for m in (generator, discriminator)]

    for name, step in {
        "discriminator_step": lambda: d_step(discriminator, d_optimizer, real, fake, real_labels, fake_labels),
        "generator_step": lambda: g_step(generator, discriminator, g_optimizer, latents),
    }.items():
        before = weights()
        step()
        g_moved, d_moved = ((new != old).any() for new, old in zip(weights(), before))
        print(f"{name:20} moves the generator: {g_moved!s:5}  the discriminator: {d_moved}")

# %% [markdown]
# ## See: 100 epochs
#
# A `Recipe` holds every choice of a run, and yours go into it. `train` does the loop above with many steps inside one
# compiled function. The picture shows the same twenty latent samples all the time.
#
# The button ■ in the toolbar stops it within a second or two. Nothing is lost: the next cell goes on from there. If you
# never stop it, the next cell does nothing.

# %% tags=["experiment"]
if lab.ready():
    recipe = Recipe(
        make_generator=partial(make_generator, latent_dim, hidden, slope),
        make_discriminator=partial(make_discriminator, hidden, slope),
        latent_dim=latent_dim,
        batch_size=batch_size,
        g_optimizer=partial(keras.optimizers.Adam, g_learning_rate),
        d_optimizer=partial(keras.optimizers.Adam, d_learning_rate),
        latent_samples=make_latent_samples,
        real_labels=lambda rng, n: smooth_labels(*make_labels(n), smooth)[0],
        fake_labels=lambda rng, n: smooth_labels(*make_labels(n), smooth)[1],
        discriminator_step=discriminator_step,
        generator_step=generator_step,
    )
    steps_per_epoch = len(x_train) // batch_size
    steps = epochs * steps_per_epoch
    pictures_at = [n * steps_per_epoch for n in (1, 3, 10, 30)]
    history = train(recipe, x_train, steps, seed, snapshot_steps=pictures_at)

# %% tags=["experiment"]
if lab.ready():
    history = train(recipe, x_train, steps, seed, snapshot_steps=pictures_at, resume_from=history)

# %% [markdown]
# Each column below is one latent sample, each row a later moment. When can you read the first digits? Does a column
# keep its digit once it has one?

# %% tags=["experiment"]
if lab.ready():
    display(plots.over_time(history))

# %% [markdown]
# ## What the losses say
#
# Suppose the fakes were perfect. With real labels at 0.9 the best that the discriminator can do then is to answer 0.45
# everywhere: its losses add up to 1.376 and the generator's is 0.80. (With hard labels: 0.5, 2 ln 2 = 1.386 and ln 2 =
# 0.693.) And the discriminator's loss can't fall below 0.325, what it costs to answer 0.9 for a real.

# %% tags=["experiment"]
if lab.ready():
    perfect, label = (1 - smooth) / 2, 1 - smooth
    d_perfect = -label * np.log(perfect) - smooth * np.log(1 - perfect) - np.log(1 - perfect)
    d_least = -label * np.log(label) - smooth * np.log(smooth)
    marks = {"d_loss, perfect fakes": d_perfect, "g_loss, perfect fakes": -np.log(perfect), "least d_loss": d_least}
    display(plots.curves(history, marks=marks))

# %% [markdown]
# Compare with the rows of pictures above: which rows differ a lot in the picture and hardly in their loss?

# %% tags=["experiment"]
if lab.ready():
    for step in sorted(history.snapshots)[1:]:
        g_loss = history.g_loss[max(step - 500, 0) : step + 500].mean()
        print(f"g_loss around step {step:6,}: {g_loss:.1f}")
    lab.reveal()

# %% [markdown]
# ## Tracking failures
#
# The talk's signs of trouble: a discriminator loss at 0 (here: at 0.325; it has won, and the generator learns nothing) ·
# gradient norms above 100 · a loss whose swings grow · a generator loss that falls steadily (it fools the discriminator
# with garbage). A loss that stays put is *not* among them. Do you see any?

# %% tags=["experiment"]
if lab.ready():
    names = ("d_gradient_norm", "g_gradient_norm")
    display(plots.curves(history, names, labels=("gradient norm", "step")))
    print(f"least d_loss of all: {history.d_loss.min():.2f}")
    print(f"greatest gradient norms: {history.d_gradient_norm.max():.0f}, {history.g_gradient_norm.max():.0f}")

# %% [markdown]
# ## Don't balance by losses
#
# It's tempting to write "train D until its loss is below 0.5, then G". The talk advises against it, and the curves
# show why: a loss tells who is ahead at the moment, not who needs training. A rule that reacts to it reacts mostly to
# noise. Lab 20 measures such a schedule.

# %% [markdown]
# ## Twenty digits, and a score
#
# Losses can't tell how good the digits are, so a second network judges them: a classifier that knows MNIST. **FID**
# compares its inner features of fakes and reals, lower is better. **KL** compares which digits there are, 0 is best.
# A score means nothing alone, so three anchors stand beside yours.

# %% tags=["experiment"]
if lab.ready():
    fakes = history.samples(n_scored)
    display(plots.digits(deprocess(fakes[:20]), "Twenty generated digits: many legible, all ragged"))
    print(metrics.report(fakes))

# %% tags=["experiment"]
if lab.ready():
    scores = metrics.mnist_scores(fakes)
    test_shares = np.bincount(mnist.y_test, minlength=10) / 10_000
    display(plots.shares({"generated": scores.shares, "MNIST": test_shares}))
    if epochs >= 100 and history.step == steps:
        real, one_digit, noise = metrics.anchors().values()
        better = real.fid < scores.fid < noise.fid / 5 and scores.class_kl < one_digit.class_kl
        assert better, "After 100 epochs the scores are no better than the anchors: what did you change?"

# %% [markdown]
# ## A walk through latent space
#
# Go in a straight line from one latent sample to another. If the generator had learned the twenty digits by heart, the
# pictures would jump. Do they? (Lab 14 shows a better path than a straight line.)

# %% tags=["experiment"]
if lab.ready():
    start, end = make_latent_samples(np.random.default_rng(seed + 1), 2, latent_dim)
    path = np.stack([(1 - t) * start + t * end for t in np.linspace(0, 1, 10)])
    pictures = generate(history.generator, path)
    display(plots.digits(pictures, "Ten images along a straight line between two latent samples"))

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# The card is a surprise: the two updates of 2018 made better digits in the same number of steps. They also train the
# discriminator twice as often. Which of the two it is, the order or the number, this comparison can't tell; lab 24
# counts updates.
#
# The learning rates, 10⁻³ for the discriminator and 10⁻⁴ for the generator, were their author's guess. He says so.

# %% [markdown]
# ## What it can't do
#
# The digits are recognisable and no more, and some are missing or rare. A dense layer does not know which pixels are
# neighbours; the DCGAN of labs 01 to 07 does, and lab 27 puts it together: **now make it a DCGAN**.
#
# One run shows one run: with another seed, other digits are missing. And FID compares only within this course, since
# it looks through our own classifier.

# %% [markdown]
# ## Key points
#
# - An update changes the variables that it is given: the discriminator's in one step, the generator's in the other.
# - Losses say who is ahead. Whether the digits are good, pictures at fixed latents and a score with anchors say.
# - The generator's label is 1; smoothing is for the discriminator's reals.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Goodfellow et al., *Generative Adversarial Networks*, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661) · Salimans
# et al., *Improved Techniques for Training GANs*, [arXiv:1606.03498](https://arxiv.org/abs/1606.03498) · Chintala et
# al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks) · Heusel et al., FID,
# [arXiv:1706.08500](https://arxiv.org/abs/1706.08500) · LeCun, Cortes and Burges, the MNIST database.
