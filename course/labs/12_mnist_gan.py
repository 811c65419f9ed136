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
# > **Claim.** Two networks of one hidden layer each, trained against each other, learn to write digits from random
# > numbers. *After a notebook of 2018, "Using GAN for Generating Hand-written Digit Images", itself after Goodfellow et
# > al., 2014.*
#
# | At a glance | in this lab |
# |---|---|
# | You'll do | build a whole GAN, mend a bug that was published, train for 30 epochs, score the digits |
# | You'll learn | which update may touch which weights, what the losses tell, and what they don't |
# | You need | lesson 01 helps · 75 minutes · about 30 seconds of CPU, more on a small or busy machine |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import warnings
from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks import checks, data, evidence, metrics
from ganhacks.pictures import plots
from ganhacks.training import Recipe, generate, train

lab = checks.Lab("mnist_gan")

# %% tags=["parameters"]
epochs = 30
batch_size = 64
latent_dim = 100
hidden = 128
slope = 0.01
smooth = 0.1
g_learning_rate = 1e-4
d_learning_rate = 1e-3
seed = 0

# %%
lab.parameters()  # are all values allowed?
epochs = ganhacks.length(epochs, 1)  # as it is, or 1 where the course tests itself
n_scored = ganhacks.length(10_000, 2_000)

# %% [markdown]
# ## Predict
#
# Later in this lab you'll train a generator for 30 epochs, 30 passes over the data. Noise becomes smudges, and smudges
# become digits. What does its **loss** do meanwhile?
#
# (a) it falls towards 0 · (b) it moves up and down, far from 0 · (c) it rises as long as training goes on

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## The data
#
# MNIST has 60,000 handwritten digits to learn from and 10,000 to test with. Each has 28 by 28 pixels, grey values from 0
# to 255.

# %% tags=["nbval-check-output"]
mnist = data.mnist()
print("train", mnist.x_train.shape, "test", mnist.x_test.shape)
print(mnist.x_train.dtype, "from", mnist.x_train.min(), "to", mnist.x_train.max())

# %% alt="Digits, 5 0 4 1 9 and so on, white on black."
plots.digits(mnist.x_train[:20], "Twenty digits of MNIST")

# %% [markdown]
# ## Do: what goes into the generator
#
# A generator turns random numbers into images. One **latent sample** is a row of 100 random numbers. The notebook of 2018
# draws them from N(0, 1), the normal distribution with mean 0 and deviation 1. Chintala's talk advises it; lab 08 asks
# why.

# %% tags=["exercise"] exercise="mnist_gan.make_latent_samples"

# %% tags=["check"]
lab.check("make_latent_samples")

# %% [markdown]
# ## Do: the generator
#
# In go `latent_dim` numbers, out come 784 pixels. Between them is one hidden layer with a **leaky** ReLU. It multiplies
# negative inputs by a small slope; a plain ReLU would make them 0. In Keras it is a layer,
# `layers.LeakyReLU(negative_slope=...)`. The last activation is tanh, so pixels lie in [-1, 1]. Begin the model with
# `keras.Input((latent_dim,))`.

# %% tags=["exercise"] exercise="mnist_gan.make_generator"

# %% tags=["check"]
lab.check("make_generator")

# %% [markdown]
# The generator has learned nothing yet. This is what it makes:

# %% tags=["experiment"] alt="Squares of grey noise."
if lab.ready("make_latent_samples", "make_generator"):
    keras.utils.set_random_seed(seed)  # the same first weights each time
    generator = make_generator(latent_dim, hidden, slope)
    latents = make_latent_samples(np.random.default_rng(seed), 10, latent_dim)
    pictures = generate(generator, latents)
    display(plots.digits(pictures, "Ten images of the untrained generator"))

# %% tags=["nbval-check-output"]
if lab.ready("make_latent_samples", "make_generator"):
    generator.summary(line_length=72, print_fn=print)

# %% [markdown]
# ## Do: the discriminator
#
# It reads an image and answers with one number, a **logit**: above 0 for "real", below 0 for "fake". The sigmoid of the
# logit is a probability. The notebook of 2018 puts that sigmoid into the network. We leave it to the loss, which stays
# exact where an answer is very sure.

# %% tags=["exercise"] exercise="mnist_gan.make_discriminator"

# %% tags=["check"]
lab.check("make_discriminator")

# %% tags=["nbval-check-output"]
if lab.ready("make_latent_samples", "make_generator", "make_discriminator"):
    discriminator = make_discriminator(hidden, slope)
    print("answers for ten fakes:", discriminator(pictures).shape)
    discriminator.summary(line_length=72, print_fn=print)
    together = generator.count_params() + discriminator.count_params()
    print(f"both networks: {together:,} parameters")

# %% [markdown]
# ## Who may learn when
#
# Each network learns in its own step and must not change in the other's. The notebook of 2018 chains the two into a third
# model, generator then discriminator. It switches `discriminator.trainable` off while that model learns, and on again
# afterwards. Many tutorials switch it off only once. How much does such a discriminator learn?

# %% tags=["nbval-check-output"]
frozen = keras.Sequential([keras.Input((3,)), layers.Dense(1, activation="sigmoid")])
frozen.compile("adam", "binary_crossentropy")
frozen.trainable = False  # after compile: tutorials say that it still learns
before = frozen.get_weights()
with warnings.catch_warnings(record=True) as caught:
    for _ in range(10):
        frozen.train_on_batch(np.ones((64, 3)), np.ones((64, 1)))
change = max(np.abs(new - old).max() for new, old in zip(frozen.get_weights(), before))
print("largest change of any weight in 10 updates:", change)
print("said about it, as a warning:", caught[0].message)

# %% [markdown]
# Nothing. Keras 3 does not read the switch when it compiles. It reads it when it first runs the training function. So
# this discriminator never learns, and all that you get is a warning.
#
# You'll need no switch. An update changes the variables that you hand to the optimizer, and no others. **Say whose
# variables**, and the rest is safe.

# %% [markdown]
# ## Do: preprocessing
#
# The generator makes flat images in [-1, 1]. Bring the real ones to the same form. Otherwise the discriminator can tell
# them apart by their range alone.

# %% tags=["exercise"] exercise="mnist_gan.preprocess"

# %% tags=["check"]
lab.check("preprocess")

# %% [markdown]
# ## Find the bug: back to pictures
#
# To look at an image, undo the preprocessing. Below is the formula of the notebook of 2018. Many have copied it. Run the
# next three cells as they are (the check will say "not attempted"), and look at the background. Then mend `deprocess`,
# and run them again.

# %% tags=["exercise"] exercise="mnist_gan.deprocess"

# %% tags=["check"]
lab.check("deprocess")

# %% tags=["experiment"]
if lab.ready("preprocess"):
    there_and_back = deprocess(preprocess(mnist.x_train[:10]))
    print("was 0 to 255, is", there_and_back.min(), "to", there_and_back.max())
    display(plots.digits(there_and_back, "Ten digits, preprocessed and brought back"))

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
# If a real image counts as 0.9, a discriminator that is 99.9 % sure of it has a higher loss than one that is 90 % sure.
# The fakes stay at 0. Lab 10 shows what speaks against smoothing them too.

# %% tags=["exercise"] exercise="mnist_gan.smooth_labels"

# %% tags=["check"]
lab.check("smooth_labels")

# %% [markdown]
# ## Do: the discriminator's step
#
# An update in TensorFlow takes a **tape**. It records all that is computed inside its `with`. Then it can tell how the
# loss depends on the weights. Here it is on a model of one weight, which is 0 and should grow, since the label is 1.
# `binary_crossentropy` takes the labels first, then the logits. Both steps below use it.

# %% tags=["nbval-check-output"]
binary_crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)
one_weight = layers.Dense(1, use_bias=False, kernel_initializer="zeros")
tiny = keras.Sequential([keras.Input((1,)), one_weight])
sgd = keras.optimizers.SGD(learning_rate=1.0)

with tf.GradientTape() as tape:
    tiny_loss = binary_crossentropy(tf.ones((4, 1)), tiny(tf.ones((4, 1))))
gradients = tape.gradient(tiny_loss, tiny.trainable_variables)
sgd.apply(gradients, tiny.trainable_variables)
weight = float(tiny.get_weights()[0][0, 0])
print(f"loss ln 2 = {float(tiny_loss):.3f}, weight now {weight:.3f}")

# %% [markdown]
# Now yours: two forward passes, one for each batch; two losses, added; **one** update, of the discriminator's
# variables. In place of `sgd` stands the `optimizer` that is handed in.

# %% tags=["exercise"] exercise="mnist_gan.discriminator_step"

# %% tags=["check"]
lab.check("discriminator_step")

# %% [markdown]
# ## Do: the generator's step
#
# The generator wants its fakes to be called real, so its label is 1. The gradient runs back *through* the
# discriminator; the update changes the generator only. Make the labels with `tf.ones_like(logits)`: it has as many rows
# as the logits, in compiled code too.

# %% tags=["exercise"] exercise="mnist_gan.generator_step"

# %% tags=["check"]
lab.check("generator_step")

# %% [markdown]
# ## The loop
#
# All parts are there. This is a whole GAN, with your own functions: first what it needs, then one epoch of training.

# %% tags=["experiment"]
if lab.ready():
    keras.utils.set_random_seed(seed)
    generator = make_generator(latent_dim, hidden, slope)
    discriminator = make_discriminator(hidden, slope)
    discriminator(generator(tf.zeros((1, latent_dim))))  # so that they have weights
    x_train = preprocess(mnist.x_train)
    real_labels, fake_labels = smooth_labels(*make_labels(batch_size), smooth)
    g_optimizer = keras.optimizers.Adam(g_learning_rate)
    d_optimizer = keras.optimizers.Adam(d_learning_rate)
    g_optimizer.build(generator.trainable_variables)
    d_optimizer.build(discriminator.trainable_variables)
    d_step = tf.function(discriminator_step)  # compiled, for speed
    g_step = tf.function(generator_step)

# %% tags=["experiment"] alt="Bright smudges in the middle, no digits."
if lab.ready():
    rng = np.random.default_rng(seed)
    for first in range(0, ganhacks.length(60_000, 3_200) - batch_size, batch_size):
        real = tf.constant(x_train[first : first + batch_size])
        latents = make_latent_samples(rng, batch_size, latent_dim)
        latents = tf.constant(latents, "float32")
        fake = generator(latents)
        d_step(discriminator, d_optimizer, real, fake, real_labels, fake_labels)
        g_step(generator, discriminator, g_optimizer, latents)
        if first % 12_800 == 0:
            print(f"{first:6,} of 60,000 images seen")
    pictures = generate(generator, latents[:10])
    display(plots.digits(pictures, "Ten images after one epoch"))

# %% [markdown]
# Did each step move its own network, and only that?


# %% tags=["experiment", "nbval-check-output"]
def moved(step, *arguments):
    """Take a step and say for each network whether one of its weights has changed."""
    networks = {"generator": generator, "discriminator": discriminator}
    before = {name: network.get_weights() for name, network in networks.items()}
    step(*arguments)
    for name, network in networks.items():
        pairs = zip(network.get_weights(), before[name])
        print(f"  the {name} has moved:", any((new != old).any() for new, old in pairs))


if lab.ready():
    print("discriminator_step")
    moved(d_step, discriminator, d_optimizer, real, fake, real_labels, fake_labels)
    print("generator_step")
    moved(g_step, generator, discriminator, g_optimizer, latents)

# %% [markdown]
# ## See: 30 epochs
#
# A `Recipe` holds every choice of a run, and yours go into it.

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

# %% [markdown]
# `train` does the loop above, with many steps inside one compiled function. The picture shows the same twenty latent
# samples all the time.
#
# The button ■ in the toolbar stops it within a second or two. Nothing is lost: the cell after it goes on from there. If
# you never stop it, that cell does nothing.

# %% tags=["experiment"]
if lab.ready():
    steps_per_epoch = len(x_train) // batch_size
    steps = epochs * steps_per_epoch
    pictures_at = [n * steps_per_epoch for n in (1, 3, 10, 30)]
    history = train(recipe, x_train, steps, seed, snapshot_steps=pictures_at)

# %% tags=["experiment"]
if lab.ready() and history.step < steps:
    more = dict(snapshot_steps=pictures_at, resume_from=history)
    history = train(recipe, x_train, steps, seed, **more)

# %% [markdown]
# Each column below is one latent sample, each row a later moment. When can you read the first digits? Does a column
# keep its digit once it has one?

# %% tags=["experiment"] alt="At the top grey noise, then smudges, then strokes, some of them digits."
if lab.ready():
    display(plots.over_time(history))

# %% [markdown]
# This was recorded with the same functions and `epochs = 100`, which takes about three times as long. What has changed
# between the last two rows?
#
# ![Six rows of ten images, each column from one latent sample: at the top grey noise, then grey smudges, then strokes, and in the last row, after 93,700 steps, handwritten digits, some ragged](../images/digits.png)

# %% [markdown]
# ## What the losses say
#
# Suppose the fakes were perfect. With real labels of 0.9, the best that the discriminator can then do is to answer 0.45
# everywhere, half of 0.9. Its losses add up to 1.376, and the generator's loss is 0.80. (With labels of 1: 0.5, 2 ln 2 = 1.386 and
# ln 2 = 0.693.)
#
# If the discriminator knows all fakes, its loss is 0.325, what the answer 0.9 costs for a real. It can't get lower.

# %% tags=["experiment"]
if lab.ready():
    from scipy.stats import entropy

    label, answer = 1 - smooth, (1 - smooth) / 2  # of the reals; to perfect fakes
    fakes_cost = -np.log(1 - answer)
    reals_cost = -label * np.log(answer) - smooth * np.log(1 - answer)
    marks = {"d_loss, perfect fakes": reals_cost + fakes_cost}
    marks["g_loss, perfect fakes"] = -np.log(answer)
    marks["least d_loss"] = entropy([label, smooth])
    display(plots.curves(history, marks=marks))

# %% [markdown]
# Compare with the rows of pictures above. Which rows differ a lot in the picture and little in their loss?

# %% tags=["experiment"]
if lab.ready():
    for step in sorted(history.snapshots)[1:]:
        g_loss = history.g_loss[max(step - 500, 0) : step + 500].mean()
        print(f"g_loss around step {step:6,}: {g_loss:.1f}")
    lab.reveal()

# %% [markdown]
# ## Tracking failures
#
# The talk names four signs of trouble. Do you see any?
#
# 1. The discriminator's loss is 0 (here: 0.325). It has won, and the generator learns nothing.
# 2. Gradient norms are above 100.
# 3. A loss moves up and down more and more.
# 4. The generator's loss falls all the time: it fools the discriminator with garbage.
#
# A loss that hardly changes is *not* among them.

# %% tags=["experiment"]
if lab.ready():
    names = ("d_gradient_norm", "g_gradient_norm")
    display(plots.curves(history, names, labels=("gradient norm", "step")))
    print(f"least d_loss of all: {history.d_loss.min():.2f}")
    for name in names:
        print(f"greatest {name}: {getattr(history, name).max():.0f}")

# %% [markdown]
# In our run we saw none of the four. Its least d_loss, 0.35, was a single batch. D has won where the *mean* stays near
# 0.325 (lab 19), and ours ended near 0.76.

# %% [markdown]
# ## Don't balance by losses
#
# "Train D until its loss is below 0.5, then G": many have tried such a rule. The talk advises against it. A loss tells
# who is ahead at the moment, not who needs training. Lab 20 measures such a rule.

# %% [markdown]
# ## Twenty digits, and a score
#
# Losses can't tell how good the digits are. So a second network judges them, a classifier that knows MNIST. **FID**
# compares its inner features of fakes and reals: lower is better. **KL** compares how often each digit comes: 0 is best.
# A score alone means nothing, so three anchors stand beside yours.

# %% tags=["experiment"] alt="Ragged strokes, white on black, some of them digits."
if lab.ready():
    fakes = history.samples(n_scored)
    display(plots.digits(deprocess(fakes[:20]), "Twenty images of your generator"))
    print(metrics.report(fakes))

# %% tags=["experiment"]
if lab.ready():
    scores = metrics.mnist_scores(fakes)
    test_shares = np.bincount(mnist.y_test, minlength=10) / 10_000
    display(plots.shares({"generated": scores.shares, "MNIST": test_shares}))

# %% tags=["claim"]
real, one_digit, noise = metrics.anchors().values()
assert real.fid < scores.fid < noise.fid / 5, (
    f"expected an FID between that of real images, {real.fid:.2f}, and a fifth of that of noise, {noise.fid:.0f}; "
    f"found {scores.fid:.1f}"
)
assert scores.class_kl < one_digit.class_kl, (
    f"expected a KL below that of one digit only, {one_digit.class_kl:.2f}; found {scores.class_kl:.2f}"
)

# %% [markdown]
# Do your pictures look like that many eights? The classifier calls noise "8", as lesson 00 shows, and digits with
# specks too. So after few epochs many of the 8s are only specks. Trust your eyes as well.
#
# More training helps. These are recorded runs of this GAN:

# %% tags=["nbval-check-output"]
studies = {
    30: ("mnist_gan", "one summed update"),
    100: ("dcgan_mnist", "dense, lab 12"),
}
for n, (study, arm) in studies.items():
    runs = [row for row in evidence.rows(study) if row["arm"] == arm]
    fids, kls = (
        sorted(float(row[name]) for row in runs) for name in ("fid", "class_kl")
    )
    print(
        f"{n:3} epochs, {len(runs)} seeds: FID {fids[0]:.0f} to {fids[-1]:.0f}",
        end=", ",
    )
    print(f"KL {kls[0]:.1f} to {kls[-1]:.1f}")

# %% [markdown]
# ## A walk through latent space
#
# Go in a straight line from one latent sample to another. A generator that has learned some pictures by heart would
# change abruptly from one to the next. Does yours? (Lab 14 shows a better path than a straight line.)

# %% tags=["experiment"] alt="Strokes that change a little from each image to the next."
if lab.ready():
    start, end = make_latent_samples(np.random.default_rng(seed + 1), 2, latent_dim)
    path = np.stack([(1 - t) * start + t * end for t in np.linspace(0, 1, 10)])
    pictures = generate(history.generator, path)
    display(plots.digits(pictures, "Ten images along a straight line"))

# %% [markdown]
# Ours did not: from each image to the next, strokes change a little.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# The card's two parts disagree. In the last, the two updates of 2018 made better digits in the same number of steps:
# there the discriminator trains twice as often. In the first the total of updates is the same, so two for D leave fewer
# for G, and on the digits of the good recipe two did harm. Is it the order of the updates or their number? Neither part
# can tell.
#
# The learning rates are 10⁻³ for the discriminator and 10⁻⁴ for the generator. Their author
# slowed the generator on purpose, and was not sure that this is good in general.

# %% [markdown]
# ## What it can't do
#
# At best the digits can be read, and some are missing or rare. A dense layer does not know which pixels are neighbours.
# The DCGAN of labs 01 to 07 does, and lab 27 puts it together: **there you make it a DCGAN**.
#
# One run is only one: another seed gives other shares of the digits. And our FID compares runs of this course alone,
# since it uses our own classifier.

# %% [markdown]
# ## Key points
#
# - An update changes the variables that it is given: the discriminator's in one step, the generator's in the other.
# - Losses say who is ahead. Pictures at fixed latents, and a score with anchors, say whether the digits are good.
# - The generator's label is 1; smoothing is for the discriminator's reals.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# The notebook of 2018, [*Using GAN for Generating Hand-written Digit
# Images*](https://github.com/naokishibuya/deep-learning/blob/master/python/gan_mnist.ipynb) · Goodfellow et al.,
# *Generative Adversarial Networks*, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661) · Salimans
# et al., *Improved Techniques for Training GANs*, [arXiv:1606.03498](https://arxiv.org/abs/1606.03498) · Chintala et
# al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks) · Heusel et al., FID,
# [arXiv:1706.08500](https://arxiv.org/abs/1706.08500) · LeCun, Cortes and Burges, the MNIST database.
