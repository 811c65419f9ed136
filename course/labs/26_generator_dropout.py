# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 26 · Dropout in the generator
#
# > **Claim.** Give the generator noise by dropout of 0.5 in several layers, in training *and* at test time. *Chintala's
# > list, trick 17, after Isola et al. (pix2pix), 2017.*
#
# | At a glance | in this lab |
# |---|---|
# | You'll do | write dropout that is never off, build a generator with it, measure its noise, find a bug |
# | You'll learn | what the noise changes in an image, what it costs, and how Keras 3 switches it off without warning |
# | You need | lessons 01 and 02, lab 12 · 35 minutes · about 70 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial

import keras
import numpy as np
from keras import layers, ops

from ganhacks import checks, data, metrics, toys
from ganhacks.pictures import charts, plots, progress
from ganhacks.hacks import mnist_gan
from ganhacks.training import Recipe, generate, ones, train

lab = checks.Lab("generator_dropout")

# %% tags=["parameters"]
mnist_steps = 1500
ring_steps = 1500
seed = 0

# %%
lab.parameters()  # are all values allowed?
mnist_steps = ganhacks.length(mnist_steps, 20)
ring_steps = ganhacks.length(ring_steps, 20)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# A generator has learnt digits with dropout of 0.5 in both of its hidden layers. The dropout stays on. You hand in
# *one* latent sample, eight times. What comes out?
#
# (a) eight times the same image · (b) one digit, with differences in its strokes · (c) different digits, almost as with
# eight latent samples

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: dropout that is never off
#
# Keras' `Dropout` works in training only. As a *source of noise* it has to work at test time too. It will be compiled
# into the training loop, so draw with `keras.random`.

# %% tags=["exercise"] exercise="generator_dropout.always_dropout"

# %% tags=["check"]
lab.check("always_dropout")

# %% tags=["nbval-check-output"]
if lab.ready("always_dropout"):
    for rate in (0.2, 0.5, 0.8):
        draws = keras.random.SeedGenerator(seed)
        dropped = np.asarray(always_dropout(ops.ones((1, 1000)), rate, draws))
        print(f"rate {rate}: the values are {np.unique(dropped.round(3)).tolist()}")

# %% [markdown]
# The layer around it. It takes no argument `training`. Remember that for the end of the lab.


# %%
class AlwaysDropout(layers.Layer):
    """Your dropout as a layer, with a seed generator of its own."""

    def __init__(self, rate=0.5):
        super().__init__()
        self.rate, self.draws = rate, keras.random.SeedGenerator()

    def call(self, x):
        return always_dropout(x, self.rate, self.draws)

    def compute_output_shape(self, shape):  # Keras need not try it without a batch
        return shape


# %% [markdown]
# ## Do: a generator with noise inside
#
# Which layer does the dropping is an argument: then one function builds the noisy generator, and with `layers.Identity`
# (which does nothing) the quiet one of the same size.

# %% tags=["exercise"] exercise="generator_dropout.noisy_generator"

# %% tags=["check"]
lab.check("noisy_generator")

# %% tags=["nbval-check-output"]
if lab.ready("always_dropout", "noisy_generator"):
    z = np.ones((1, 100), "float32")
    for name, make_dropout in {
        "quiet": layers.Identity,
        "Keras": partial(layers.Dropout, 0.5),
        "always": AlwaysDropout,
    }.items():
        generator = noisy_generator(100, 128, 784, "tanh", make_dropout)
        first, second = (np.asarray(generator(z, training=False)) for _ in range(2))
        same = np.array_equal(first, second)
        n_weights = f"{generator.count_params():,} weights"
        print(f"{name:7}: {n_weights}; two calls are the same: {same}")

# %% [markdown]
# ## Do: how much does the noise decide?
#
# Many latent samples, and from each of them many draws. How far apart are the draws of one latent, and how far the
# latents in one draw? Compare the two.

# %% tags=["exercise"] exercise="generator_dropout.spread"

# %% tags=["check"]
lab.check("spread")

# %% tags=["nbval-check-output"]
if lab.ready("spread"):
    rng = np.random.default_rng(seed)
    latents = rng.standard_normal((200, 1, 50))
    noise = rng.standard_normal((200, 200, 50))
    for strength in (0, 0.5, 1):
        draws, over = spread(latents + strength * noise)
        told = f"over the draws {draws:.1f}, over the latents {over:.1f}"
        print(f"noise {strength:3}: {told}")

# %% [markdown]
# ## See: digits
#
# A GAN like lab 12's, with two hidden layers in G, and Adam(0.001, β₁ = 0.5) for both. It trains once without dropout
# and once with yours. Then the trained noisy generator's weights go into a quiet one too: noise **off** at test time.


# %%
def quiet_copy(generator, *sizes):
    """Return a generator with the same weights and no dropout."""
    quiet = noisy_generator(*sizes, layers.Identity)
    for new, old in zip(quiet.trainable_weights, generator.trainable_weights):
        new.assign(old)
    return quiet


sizes = 100, 128, 784, "tanh"
kinds = {"no dropout": layers.Identity, "dropout": AlwaysDropout}
adam = partial(keras.optimizers.Adam, learning_rate=1e-3, beta_1=0.5)
recipe = partial(
    Recipe,
    make_discriminator=partial(mnist_gan.make_discriminator, slope=0.2),
    g_optimizer=adam,
    d_optimizer=adam,
    real_labels=ones,
)

# %% tags=["experiment"]
fid, last = {}, {}
if lab.ready("always_dropout", "noisy_generator", "spread"):
    images = mnist_gan.preprocess(data.mnist().x_train)
    for s in progress.each(seeds, "seeds"):
        z = np.random.default_rng(s).standard_normal((2000, 100), dtype="float32")
        for name, kind in kinds.items():
            made = recipe(make_generator=partial(noisy_generator, *sizes, kind))
            last[name] = train(made, images, mnist_steps, s, progress=False).generator
            fid[name, s] = metrics.mnist_fid(generate(last[name], z))
        last["off at test"] = quiet_copy(last["dropout"], *sizes)
        fid["off at test", s] = metrics.mnist_fid(generate(last["off at test"], z))
        print(
            f"seed {s}: "
            + ", ".join(f"{name}: FID {fid[name, s]:.0f}" for name in last)
        )

# %% tags=["claim"]
for s in seeds:
    quiet, off = fid["no dropout", s], fid["off at test", s]
    assert fid["dropout", s] < min(quiet, off), (
        f"seed {s}: expected the lowest FID with dropout; found {fid['dropout', s]:.0f}, {quiet:.0f} without, {off:.0f} off"
    )

# %% [markdown]
# FID says how far generated digits are from real ones: lower is better. **Here the hack is ahead**, on each seed, early
# in a training of a weak generator. And the noise has to stay on: the same weights do worse without it.
#
# Now the last seed's noisy generator. Each row is one latent sample, drawn eight times.

# %% tags=["experiment"] alt="Within a row the digits differ, and not in their strokes alone."
if lab.ready("always_dropout", "noisy_generator", "spread"):
    rows = generate(last["dropout"], np.repeat(z[:100], 40, axis=0)).reshape(
        100, 40, 784
    )
    over_draws, over_latents = spread(rows)
    pictures = rows[:5, :8].reshape(-1, 784)
    display(
        plots.digits(pictures, "One latent sample a row, drawn eight times", columns=8)
    )
    print(f"Pixels deviate by {over_draws:.2f} over the draws of one latent sample,")
    print(f"and by {over_latents:.2f} over latent samples.")
    lab.reveal()

# %% [markdown]
# One latent sample, and several digits. *Over latents* holds the noise as well, since each latent has draws of its own;
# so most of what differs comes from the dropout. The latent sample has less say.
#
# That may be why it helps: two layers of coin tosses bring much variety, from the first step. It has a price: you can't
# ask for the same image twice, and a walk through latent space (lab 14) shows little.

# %% [markdown]
# ## See: the ring
#
# Eight clusters, two latent numbers, and your two functions once more. A cluster counts as *reached* if 5 % of the
# points or more are nearest to it; a point is *good* within three deviations of a centre.


# %%
def modes(points):
    """Return how many clusters are reached, and the share of good points."""
    distances = np.linalg.norm(points[:, None] - data.ring_centres(), axis=2)
    counts = np.bincount(distances.argmin(axis=1), minlength=8)
    return int((counts >= 0.05 * len(points)).sum()), toys.ring_score(points)[1]


# %% tags=["experiment"]
clouds, found = {}, {}
if lab.ready("always_dropout", "noisy_generator"):
    arms = [(name, s) for name in kinds for s in seeds]
    for name, s in progress.each(arms, "trainings"):
        build = partial(noisy_generator, 2, 64, 2, None, kinds[name])
        made = toys.ring_recipe(make_generator=build)
        history = train(made, toys.ring_data(), ring_steps, s, progress=False)
        clouds[name] = history.samples(1000)
        found[name, s] = modes(clouds[name])
        reached, good = found[name, s]
        print(f"{name:10} seed {s}: {reached} of 8 clusters, {good:.0%} good points")

# %% tags=["claim"]
for s in seeds:
    noisy, quiet = found["dropout", s][1], found["no dropout", s][1]
    assert noisy < quiet, (
        f"seed {s}: expected fewer good points with dropout; found {noisy:.0%} and {quiet:.0%} without"
    )

# %% tags=["experiment"]
if lab.ready("always_dropout", "noisy_generator"):
    ring = toys.ring_data(400)
    panels = {name: {"real": ring, "fake": cloud} for name, cloud in clouds.items()}
    display(charts.clouds(panels, "The ring, and points of the last seed", reach=4))

# %% [markdown]
# **Here it hurts.** On each of our three seeds fewer points are good with dropout than without. A likely reason: each
# draw blurs the place that the latent sample has chosen, and clusters are narrow. Clusters were not lost, as counted
# here. In lesson 03 they were: that run was twice as long, and its dropout was off when it made its points.

# %% [markdown]
# ## Find the bug
#
# A block of a generator in pix2pix's manner. `Dropout(0.5)(h, training=True)` is what many tutorials for older versions
# of Keras write to keep dropout on. In Keras 3 it trains as it should, and `predict` has no noise at all, without a
# warning. Mend the block.

# %% tags=["exercise"] exercise="generator_dropout.decoder_block"

# %% tags=["check"]
lab.check("decoder_block")

# %% [markdown]
# The tutorials' block and yours, twice with the same input, in three ways of calling a model:

# %% tags=["nbval-check-output"]
if lab.ready("decoder_block"):
    x = np.ones((2, 4, 4, 3), "float32")
    given = lab.exercises["decoder_block"].given
    for name, block in {"given": given, "yours": decoder_block}.items():
        inputs = keras.Input((4, 4, 3))
        model = keras.Model(inputs, block(inputs, 8))
        ways = {"model(x)": model, "training=False": partial(model, training=False)}
        ways["predict"] = partial(model.predict, verbose=0)
        differ = {
            way: not np.array_equal(call(x), call(x)) for way, call in ways.items()
        }
        print(f"{name}: two calls differ?", differ)

# %% [markdown]
# `model(x)` hands on nothing, so the layer keeps what it was built with. `predict` hands `training=False` to every
# layer that has such an argument. (`model(x, training=True)` would bring back the noise, and switch every
# normalization to the batch's own statistics as well. pix2pix wanted both.)

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# **Disputed from the start:** pix2pix's authors found "only minor stochasticity" in what their own networks made with
# it. Their generator gets an image that says nearly all, and a loss that wants one given image; ours gets neither.
#
# **In the discriminator** dropout is another thing. It makes D less sure, and gives G no randomness at all. Many DCGANs
# have it there; lab 27's table says what that did to ours.
#
# Practice dropped the hack. StyleGAN (2019) adds noise after each convolution, with a *learned* strength for each
# channel: detail such as how hair lies, which the latent need not decide.

# %% [markdown]
# ## Key points
#
# - As a source of noise, dropout has to be on at test time too. What is kept is scaled up, so that the mean stays.
# - It was ahead on weak digits and behind on the ring; many draws of one latent sample show what such noise decides.
# - In Keras 3 a model's `training` reaches every layer that has the argument. A layer without it can't be switched off.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Chintala et al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 17 · Isola et al.,
# *Image-to-Image Translation with Conditional Adversarial Networks* (pix2pix),
# [arXiv:1611.07004](https://arxiv.org/abs/1611.07004) · Srivastava et al., *Dropout*, JMLR 15, 2014 · Karras et al.,
# *A Style-Based Generator Architecture* (StyleGAN), [arXiv:1812.04948](https://arxiv.org/abs/1812.04948).
