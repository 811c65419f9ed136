# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 08 · A Gaussian latent space
#
# > **Claim.** Draw the generator's input from a Gaussian, not from a uniform cube: "use a spherical Z". *Chintala's
# > talk, 2016.*
#
# | | |
# |---|---|
# | You'll do | draw latent points, measure how far out they lie, train with them, repair a project's test pictures |
# | You'll learn | why points of 100 numbers form a thin shell, and what a generator makes of the emptiness inside |
# | You need | lesson 01 helps · 30 minutes · about 60 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import math

import keras
import numpy as np
from keras import layers

from ganhacks import charts, checks, data, toys
from ganhacks.training import generate, train

lab = checks.Lab("gaussian_latent")

# %% tags=["parameters"]
n_points = 10_000
steps = 2000
deep_steps = 2000
late_steps = 5000
n_looks = 5
seed = 0

# %%
steps, deep_steps = ganhacks.length(steps, 100), ganhacks.length(deep_steps, 50)
late_steps = ganhacks.length(late_steps, 100)
n_looks, n_arms = ganhacks.length(n_looks, 2), ganhacks.length(3, 1)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# You draw 10,000 points with 100 coordinates, each coordinate from N(0, 1). Their average distance from the origin is
# about 10. The density is highest *at* the origin. How many points lie nearer to it than 5?
#
# (a) most of them · (b) about as many as between 5 and 15 · (c) none

# %% tags=["predict"]
lab.predict(...)  # put "a", "b" or "c" in place of the dots

# %% [markdown]
# ## Do: latent points
#
# A generator turns random numbers into an image. The DCGAN paper draws them from a uniform distribution, the talk from
# N(0, 1). One point a row, as Keras reads it. Published functions often take the number of dimensions first; yours
# takes the number of points first.

# %% tags=["exercise"] exercise="gaussian_latent.latent_points"

# %% tags=["check"]
lab.check("latent_points")

# %% [markdown]
# Stuck? Run `lab.hint()` in a new cell, up to three times. `lab.solution()` shows one right answer.

# %% tags=["nbval-check-output"]
if lab.ready("latent_points"):
    rng = np.random.default_rng(seed)
    first, second = latent_points(rng, 500, 100), latent_points(rng, 500, 100)
    print(first.shape, f"mean about {abs(first.mean()):.1f}, standard deviation about {first.std():.1f}")
    print("two batches from one rng are equal:", np.array_equal(first, second))

# %% [markdown]
# ## Do: how far out they lie
#
# The distance from the origin is Pythagoras with more than two numbers: square, sum, root. One distance for each point.

# %% tags=["exercise"] exercise="gaussian_latent.lengths"

# %% tags=["check"]
lab.check("lengths")

# %% tags=["experiment"]
if lab.ready("latent_points", "lengths"):
    rng = np.random.default_rng(seed)
    distances = {f"dim = {dim}": lengths(latent_points(rng, n_points, dim)) for dim in (2, 10, 100)}
    alt = "Three hills of the same width: around 1.3 for 2 dimensions, 3.1 for 10, 10 for 100, which is far from 0"
    display(charts.histograms(distances, alt, labels=("distance from the origin", "share in %"), bins=120))
    print("points of 100 dimensions nearer than 5:", (distances["dim = 100"] < 5).sum())
    lab.reveal()

# %% [markdown]
# The hills move outwards and keep their width. For N(0, 1) the distance has a formula, so you can compare:

# %% tags=["nbval-check-output"]
def exact(dim):
    """Return mean and standard deviation of the distance of N(0, 1) points from the origin."""
    mean = math.sqrt(2) * math.exp(math.lgamma((dim + 1) / 2) - math.lgamma(dim / 2))
    return mean, math.sqrt(dim - mean**2)


for dim in (2, 10, 100):
    print(f"dim {dim:3}: {exact(dim)[0]:.3f} ± {exact(dim)[1]:.3f}")
if lab.ready("latent_points", "lengths"):
    found = lengths(latent_points(np.random.default_rng(seed), 100_000, 100))
    print("yours agree to 0.01:", np.allclose([found.mean(), found.std()], exact(100), atol=0.01))

# %% [markdown]
# ## A blob and a shell
#
# Below, each point is drawn at its *true distance* (divided by √dim), in the direction of its first two coordinates.
# The width stays at 0.7 while the radius grows to 10: seen from so far, the shell looks thin. The last panel shows the
# two coordinates as they are.

# %% tags=["experiment"]
if lab.ready("latent_points", "lengths"):
    panels = {}
    for dim in (2, 10, 100):
        z = latent_points(np.random.default_rng(seed), 800, dim)
        stretch = lengths(z) / lengths(z[:, :2]) / np.sqrt(dim)
        panels[f"dim = {dim}, true distance"] = {"points": z[:, :2] * stretch[:, None]}
    panels["2 of the 100 coordinates"] = {"points": z[:, :2]}
    alt = "A blob for 2 dimensions, a broad ring for 10, a thin ring with nothing inside for 100; and again a blob"
    display(charts.clouds(panels, alt, reach=2.5, size=2))

# %% [markdown]
# Both are true. Each coordinate by itself is near 0 most of the time, so *any* picture of two of them is a blob. But
# all 100 are never near 0 together: 100 squares, each 1 on average, add up to about 100. The more numbers, the less
# their average strays.

# %% [markdown]
# ## Do: onto the sphere
#
# Notes on the talk say that a Gaussian latent space "is a hypersphere". It isn't: the shell has a width. ProGAN and
# StyleGAN do put every point on the sphere of radius √dim. Write that, then see how far your points have to move.

# %% tags=["exercise"] exercise="gaussian_latent.on_sphere"

# %% tags=["check"]
lab.check("on_sphere")

# %% tags=["nbval-check-output"]
if lab.ready("latent_points", "lengths", "on_sphere"):
    for dim in (2, 10, 100):
        z = latent_points(np.random.default_rng(seed), 100_000, dim)
        moved = lengths(on_sphere(z) - z) / np.sqrt(dim)
        print(f"dim {dim:3}: moved by {moved.mean():.0%} of the radius; exactly on it before: {(moved == 0).sum()}")

# %% [markdown]
# In two dimensions the sphere is a circle: of the two numbers that the generator was given, one is lost. In 100
# dimensions it hardly matters.
#
# ## And the cube?
#
# Do points from the uniform cube fill its inside? Compare the two, with your `lengths`.

# %% tags=["nbval-check-output"]
if lab.ready("latent_points", "lengths"):
    rng = np.random.default_rng(seed)
    draws = {"cube [-1, 1]": rng.uniform(-1, 1, (100_000, 100)), "N(0, 1)": latent_points(rng, 100_000, 100)}
    for name, z in draws.items():
        far = lengths(z)
        print(f"{name:12} distance {far.mean():.2f} ± {far.std():.2f}; deviation of a number {z.std():.2f}")

# %% [markdown]
# In 100 dimensions the points of the cube form a shell too, and a thinner one. "Sphere against cube" is not empty
# against full. What differs is the **scale**, 0.58 against 1, and, in few dimensions, the **corners**.

# %% [markdown]
# ## See: both in a GAN, in two dimensions
#
# The ring of lesson 01, with two latent numbers. The cube ±1; a wider one, ±√3, whose deviation is 1 like yours; and
# *your* points. Same networks, data and seeds, and a look every 400 steps: what share of the fakes lies on a cluster?

# %%
def cube(half):
    return lambda rng, n, dim: rng.uniform(-half, half, (n, dim))


looks = [steps * (i + 1) // n_looks for i in range(n_looks)]


def watch(draw, s):
    """Train on the ring and return the run, and the share of fakes on a cluster at each look."""
    recipe, run, shares = toys.ring_recipe(latent_samples=draw), None, []
    for step in looks:
        run = train(recipe, toys.ring_data(), step, s, resume_from=run, progress=False)
        shares.append(100 * toys.ring_score(run.samples(2000))[1])
    return run, shares


# %% tags=["experiment"]
if lab.ready("latent_points"):
    arms = {"cube ±1": cube(1), "cube ±√3": cube(math.sqrt(3)), "yours": latent_points}
    runs, shares = {}, {}
    for name, draw in list(arms.items())[-n_arms:]:  # all of them, except in a regression run
        for s in seeds:
            runs[name], found = watch(draw, s)
            shares.setdefault(name, []).append(found)
    means = {name: np.mean(found, axis=0) for name, found in shares.items()}
    alt = "Share of fakes on a cluster against steps, mean of the seeds. One look before the end and at the end: " + "; ".join(
        f"{name} {found[n_looks - 2]:.0f} % and {found[-1]:.0f} %" for name, found in means.items()
    )
    curves = {name: (looks, found) for name, found in means.items()}
    display(charts.lines(curves, alt, labels=("step", "share on a cluster in %")))

# %% tags=["experiment"]
if lab.ready("latent_points"):
    before, sums = n_looks - 2, {}
    for name, found in shares.items():
        early, late = ([round(one[look]) for one in found] for look in (before, -1))
        print(f"{name:8}  % on a cluster, for each seed: step {looks[before]:,} {early}, step {looks[-1]:,} {late}")
        sums[name] = sum(early)
    if not ganhacks.fast() and (steps, n_looks) == (2000, 5):
        assert sums["yours"] > 1.5 * max(sums["cube ±1"], sums["cube ±√3"]), "A cube was as quick: what did you change?"

# %% [markdown]
# At step 1,600 the Gaussian is **ahead** on each seed, and scale alone doesn't explain it: the wider cube has the same
# scale. Look at the last step before you call it *better*: a cube catches up on one seed, and three are too few to tell.
#
# Where does the last seed's generator send its latent plane? Dark lands on a cluster, bright between two.

# %%
def landing(run, inside):
    """Map the latent plane: how far from a cluster each latent point lands; blank where next to none are drawn."""
    side = np.linspace(-3, 3, 121)
    z = np.stack(np.meshgrid(side, side[::-1]), axis=-1).reshape(-1, 2).astype("float32")
    landed = generate(run.generator, z)
    far = np.linalg.norm(landed[:, None] - data.ring_centres(), axis=2).min(axis=1)
    return np.where(inside(z), far, np.nan).reshape(121, 121)


# %% tags=["experiment"]
if lab.ready("latent_points", "lengths"):
    insides = {"cube ±1": lambda z: abs(z).max(axis=1) <= 1, "cube ±√3": lambda z: abs(z).max(axis=1) <= 3**0.5}
    insides["yours"] = lambda z: lengths(z) <= 3
    maps = {name: landing(run, insides[name]) for name, run in runs.items()}
    alt = "A small square, a larger square and a disc, cut like cakes: dark pieces with bright seams between them"
    display(charts.heat_maps(maps, alt, "distance from a cluster", limits=(0, 0.6)))

# %% [markdown]
# Each plane is cut like a cake, a piece for each cluster. A continuous generator can't jump, so what falls on a seam
# lands between clusters.

# %% [markdown]
# ## See: where a generator is at home
#
# Now 100 latent numbers. The generator trains on *your* points, so it sees the shell and nothing else. Early and late
# in training we ask it at other distances, from the origin to twice as far out as the shell.

# %%
def make_deep_generator():
    hidden = [layers.Dense(64, "relu") for _ in range(2)]
    return keras.Sequential([keras.Input((100,)), *hidden, layers.Dense(2)])


def on_clusters(generator, z):
    """Return the share of latent points that land on a cluster, in percent."""
    return 100 * toys.ring_score(generate(generator, z.astype("float32")))[1]


# %% tags=["experiment"]
if lab.ready("latent_points", "lengths", "on_sphere"):
    recipe = toys.ring_recipe(latent_samples=latent_points, latent_dim=100, make_generator=make_deep_generator)
    deep = {deep_steps: [], late_steps: []}  # the generators of all seeds, early and late
    for s in seeds:
        run = None
        for step in deep:
            run = train(recipe, toys.ring_data(), step, s, resume_from=run, progress=False)
            deep[step].append(make_deep_generator())
            deep[step][-1].set_weights(run.generator.get_weights())

# %% tags=["experiment"]
if lab.ready("latent_points", "lengths", "on_sphere"):
    z, away = latent_points(np.random.default_rng(seed), 2000, 100), np.arange(21)
    home = {n: [[on_clusters(g, on_sphere(z) * d / 10) for d in away] for g in several] for n, several in deep.items()}
    curves = {f"step {n:,}": (away, np.mean(found, axis=0)) for n, found in home.items()}  # means of the seeds
    curves["your points"] = (away, np.histogram(lengths(z), np.arange(22) - 0.5)[0] / 20)
    alt = "Share of points that land on a cluster, by distance. Early, a low hill at about 10, where your points are. "
    alt += "Late, high from distance 3 to beyond 15, with a dip at the origin."
    display(charts.lines(curves, alt, labels=("distance from the origin", "%"), size=(6.4, 3.4)))

# %% tags=["experiment"]
if lab.ready("latent_points", "lengths", "on_sphere"):
    for n, several in home.items():
        for s, found in zip(seeds, several):
            at = ", ".join(f"{d}: {found[d]:.0f} %" for d in (0, 5, 10, 15, 20))
            print(f"step {n:,}, seed {s}, on a cluster at distance {at}")
    if not ganhacks.fast() and (deep_steps, late_steps) == (2000, 5000):
        early, late = (np.mean(several, axis=0) for several in home.values())
        assert early[10] > 2 * max(early[5], early[20]), "It is at home elsewhere: what did you change?"
        assert late[5] > late[10] / 2, "It stayed on the shell: what did you change?"

# %% [markdown]
# Early, the generator works **on the shell** and nowhere else. Later it does well at 5 and at 15 too, where nobody ever
# asked it: it extrapolates. So sample as you trained. Off the shell a generator *may* work, and nothing guarantees it.
# (Lab 14 walks from one point to another with this in mind.)

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# Keep N(0, 1), as R3GAN does, and StyleGAN, which moves it onto the sphere first. That it is *best* is not settled.
# BigGAN's authors found others a little better, kept it, and then break the rule above on purpose: their *truncation
# trick* leaves the tails out of test pictures, which makes them sharper and more alike.
#
# With 100 numbers, each unit of the first layer gets a sum of 100 terms, and that is nearly Gaussian whatever the terms
# were. Only their scale remains.

# %% [markdown]
# ## Find the bug: test pictures from the middle
#
# A popular DCGAN project trains on random points, and then draws test pictures with a walk: one coordinate runs from 0
# to 1, in every picture a bit more. Its users ask why all test pictures look alike, and worse than those made in
# training. Below is that walk. Look at its lengths, then mend `walk`.

# %% tags=["nbval-check-output"]
def published_walk(rng, coordinate, values, dim):
    z = np.zeros((len(values), dim))
    z[:, coordinate] = values
    return z


def walks(function):
    """Return 100 walks of 16 steps, along each of 100 coordinates, as one array."""
    return np.concatenate([function(np.random.default_rng(k), k, np.linspace(0, 1, 16), 100) for k in range(100)])


if lab.ready("lengths"):
    z = walks(published_walk)
    print(f"{len(z):,} points, lengths {lengths(z).min():.0f} to {lengths(z).max():.0f}")

# %% tags=["exercise"] exercise="gaussian_latent.walk"

# %% tags=["check"]
lab.check("walk")

# %% tags=["nbval-check-output"]
if lab.ready("walk", "lengths"):
    z = walks(walk)
    print(f"{len(z):,} points, lengths {lengths(z).min():.0f} to {lengths(z).max():.0f}")

# %% tags=["experiment"]
if lab.ready():
    panels, scores = {}, {}
    for name, z in {"published": walks(published_walk), "yours": walks(walk)}.items():
        fake = generate(deep[deep_steps][-1], z.astype("float32"))
        panels[f"{name}, step {deep_steps:,}"] = {"real": toys.ring_data(400), "fake": fake}
        scores[name] = {n: [round(on_clusters(g, z)) for g in several] for n, several in deep.items()}
        print(f"{name:10} % on a cluster, for each seed, by step: {scores[name]}")
    alt = "Published: a fan of 100 walks from one place, none gets to a cluster. Yours: walks spread round the ring"
    display(charts.clouds(panels, alt, reach=3, size=3))
    if not ganhacks.fast() and (deep_steps, late_steps) == (2000, 5000):
        early = [scores[name][2000] for name in ("published", "yours")]
        assert all(p < y for p, y in zip(*early)), "The walks from the middle did as well: what did you change?"

# %% [markdown]
# All 100 published walks set out from one and the same point and go at most 1 away from it, in a space whose points
# lie about 14 apart: so they look alike. Whether they look bad as well is up to what the generator makes of a point
# that it never met: early on nothing good, later it depends on the seed. The project's own repair draws a random point
# in place of the zeros.

# %% [markdown]
# ## Key points
#
# - N(0, 1) in 100 dimensions is a thin shell at distance 10. So are the cube's points, at 5.8.
# - On the ring, the Gaussian is ahead on the way; that it ends up better, three seeds don't show.
# - Sample as you trained: what a generator makes off its shell, no discriminator has ever judged.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Chintala et al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 3 · White, *Sampling
# Generative Networks*, [arXiv:1609.04468](https://arxiv.org/abs/1609.04468) · Karras et al., *Progressive Growing of
# GANs*, [arXiv:1710.10196](https://arxiv.org/abs/1710.10196) · Brock et al., *Large Scale GAN Training* (BigGAN),
# [arXiv:1809.11096](https://arxiv.org/abs/1809.11096) · Huang et al., R3GAN,
# [arXiv:2501.05441](https://arxiv.org/abs/2501.05441) · the walk: carpedm20/DCGAN-tensorflow, `visualize` in utils.py,
# [issue 133](https://github.com/carpedm20/DCGAN-tensorflow/issues/133) and
# [issue 159](https://github.com/carpedm20/DCGAN-tensorflow/issues/159).
