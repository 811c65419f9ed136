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
# | At a glance | in this lab |
# |---|---|
# | You'll do | draw latent points, measure how far out they lie, train with them, repair a project's test pictures |
# | You'll learn | where points of 100 numbers lie, and what a generator makes of points that lie elsewhere |
# | You need | lesson 01 helps · 30 minutes · about 60 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import math

import keras
import numpy as np
from keras import layers

from ganhacks import checks, data, toys
from ganhacks.pictures import charts, progress
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
lab.parameters()  # are all values allowed?
steps, deep_steps = ganhacks.length(steps, 100), ganhacks.length(deep_steps, 50)
late_steps = ganhacks.length(late_steps, 100)
n_looks, n_arms = ganhacks.length(n_looks, 2), ganhacks.length(3, 1)
seeds = range(seed, seed + ganhacks.length(3, 1))

# %% [markdown]
# ## Predict
#
# You draw 10,000 points with 100 coordinates. Each coordinate comes from N(0, 1), the normal distribution with mean 0
# and deviation 1. The density is highest *at* the origin. The points' mean distance from it is about 10. How many points
# lie nearer than 5?
#
# (a) most of them · (b) about as many as between 5 and 15 · (c) none

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: latent points
#
# A generator turns random numbers into an image. The DCGAN paper draws them from a uniform distribution, the talk from
# N(0, 1). Keras reads one point in each row. Published functions often take the number of dimensions first. Yours takes
# the number of points first.

# %% tags=["exercise"] exercise="gaussian_latent.latent_points"

# %% tags=["check"]
lab.check("latent_points")

# %% tags=["nbval-check-output"]
if lab.ready("latent_points"):
    rng = np.random.default_rng(seed)
    first, second = latent_points(rng, 500, 100), latent_points(rng, 500, 100)
    print(first.shape, f"mean about {abs(first.mean()):.1f}", end=", ")
    print(f"standard deviation about {first.std():.1f}")
    print("two batches from one rng are equal:", np.array_equal(first, second))

# %% [markdown]
# ## Do: how far out they lie
#
# In two dimensions, the distance from the origin is √(x² + y²), by Pythagoras. With more numbers it is the same: square,
# sum, root. Return one distance for each point.

# %% tags=["exercise"] exercise="gaussian_latent.lengths"

# %% tags=["check"]
lab.check("lengths")

# %% tags=["experiment"]
if lab.ready("latent_points", "lengths"):
    rng = np.random.default_rng(seed)
    dims = (2, 10, 100)
    distances = {
        f"dim = {dim}": lengths(latent_points(rng, n_points, dim)) for dim in dims
    }
    labels = ("distance from the origin", "share in %")
    display(charts.histograms(distances, "How far out points lie", labels, bins=120))
    near = int((distances["dim = 100"] < 5).sum())
    print("points of 100 dimensions nearer than 5:", near)
    lab.reveal()

# %% [markdown]
# The curves move outwards and keep their width. For N(0, 1) the distance has a formula, so you can compare:


# %% tags=["nbval-check-output"]
def exact(dim):
    """Return mean and deviation of the distance of N(0, 1) points from the origin."""
    mean = math.sqrt(2) * math.exp(math.lgamma((dim + 1) / 2) - math.lgamma(dim / 2))
    return mean, math.sqrt(dim - mean**2)


for dim in (2, 10, 100):
    print(f"dim {dim:3}: {exact(dim)[0]:.3f} ± {exact(dim)[1]:.3f}")
if lab.ready("latent_points", "lengths"):
    rng = np.random.default_rng(seed)
    many = [latent_points(rng, n_points, 100) for _ in range(10)]
    found = np.concatenate([lengths(points) for points in many])
    agree = np.allclose([found.mean(), found.std()], exact(100), atol=0.01)
    print("yours agree to 0.01:", agree)

# %% [markdown]
# ## A cloud and a shell
#
# A point of 100 numbers can't be drawn. Below, its first two coordinates give the direction. Its distance, from all of
# them, is divided by √dim. The deviation of the distances stays at 0.7 while their mean grows to 10. So the shell looks
# thin. The last panel shows the two coordinates as they are.

# %% tags=["experiment"] alt="A filled cloud for 2 dimensions, a broad ring for 10, a thin and empty ring for 100; for 2 of the 100 coordinates again a filled cloud."
if lab.ready("latent_points", "lengths"):
    panels = {}
    for dim in (2, 10, 100):
        z = latent_points(np.random.default_rng(seed), 800, dim)
        stretch = lengths(z) / lengths(z[:, :2]) / np.sqrt(dim)
        panels[f"dim = {dim}, true distance"] = {"points": z[:, :2] * stretch[:, None]}
    panels["2 of the 100 coordinates"] = {"points": z[:, :2]}
    display(charts.clouds(panels, "Points at their true distance", reach=2.5, size=2))

# %% [markdown]
# Both are true. Each coordinate by itself is near 0 most of the time, so *any* picture of two of them is a filled
# cloud. But all 100 are never near 0 together: 100 squares, each 1 on average, add up to about 100. The more squares
# there are, the less their mean varies.

# %% [markdown]
# ## Do: onto the sphere
#
# It has been written that a Gaussian latent space "is a hypersphere". It isn't: the shell has a width. But ProGAN and
# StyleGAN do move every point onto the sphere of radius √dim. Write that. Then see how far your points have to move.

# %% tags=["exercise"] exercise="gaussian_latent.on_sphere"

# %% tags=["check"]
lab.check("on_sphere")

# %% tags=["nbval-check-output"]
if lab.ready("latent_points", "lengths", "on_sphere"):
    for dim in (2, 10, 100):
        z = latent_points(np.random.default_rng(seed), 5_000, dim)
        moved = lengths(on_sphere(z) - z) / np.sqrt(dim)
        print(f"dim {dim:3}: moved by {moved.mean():.0%} of the radius", end="; ")
        print("exactly on it before:", int((moved == 0).sum()))

# %% [markdown]
# In two dimensions the sphere is a circle: the generator keeps the direction of a point and loses its length. In 100
# dimensions that changes little.
#
# ## And the cube?
#
# Do points from the uniform cube fill its inside? Compare the two, with your `lengths`.

# %% tags=["nbval-check-output"]
if lab.ready("latent_points", "lengths"):
    rng = np.random.default_rng(seed)
    draws = {"cube [-1, 1]": rng.uniform(-1, 1, (n_points, 100))}
    draws["N(0, 1)"] = latent_points(rng, n_points, 100)
    for name, z in draws.items():
        far = lengths(z)
        print(f"{name:12} distance {far.mean():.2f} ± {far.std():.2f}", end="; ")
        print(f"deviation of a number {z.std():.2f}")

# %% [markdown]
# In 100 dimensions the points of the cube form a shell too, and a thinner one. So it is wrong that a Gaussian is hollow
# and the cube full: in 100 dimensions both are hollow. What differs is the **scale**, 0.58 and 1. In few dimensions the
# **corners** differ too: a square has four, and a Gaussian looks the same in every direction.

# %% [markdown]
# ## See: both in a GAN, in two dimensions
#
# This is the ring of lesson 01, with two latent numbers. Three ways to draw them: the cube ±1; a wider one, ±√3, with
# the deviation 1; and *your* points. Networks, data and seeds are the same. Every 400 steps we measure: what share of
# the fakes lies on a cluster?


# %%
def cube(half):
    return lambda rng, n, dim: rng.uniform(-half, half, (n, dim))


looks = [steps * (i + 1) // n_looks for i in range(n_looks)]


def watch(draw, s):
    """Train on the ring; return the run, and the shares on a cluster at each look."""
    recipe, run, shares = toys.ring_recipe(latent_samples=draw), None, []
    for step in looks:
        run = train(recipe, toys.ring_data(), step, s, resume_from=run, progress=False)
        shares.append(100 * toys.ring_score(run.samples(2000))[1])
    return run, shares


# %% tags=["experiment"]
if lab.ready("latent_points"):
    arms = {"cube ±1": cube(1), "cube ±√3": cube(math.sqrt(3)), "yours": latent_points}
    names = list(arms)[-n_arms:]  # all three, except where the course tests itself
    runs, shares = {}, {name: [] for name in names}
    for name, s in progress.each([(name, s) for name in names for s in seeds], "runs"):
        runs[name], found = watch(arms[name], s)
        shares[name].append(found)
    curves = {name: (looks, np.mean(found, axis=0)) for name, found in shares.items()}
    title = "Share of fakes on a cluster, mean of the seeds"
    display(charts.lines(curves, title, labels=("step", "share on a cluster in %")))

# %% tags=["experiment"]
if lab.ready("latent_points"):
    before = n_looks - 2
    print("% on a cluster, for each seed")
    for name, found in shares.items():
        early, late = (np.round([one[look] for one in found]) for look in (before, -1))
        print(f"{name:9} step {looks[before]:,} {early}, step {looks[-1]:,} {late}")

# %% tags=["claim"]
sums = {name: sum(one[before] for one in found) for name, found in shares.items()}
cubes = max(sums["cube ±1"], sums["cube ±√3"])
assert sums["yours"] > 1.5 * cubes, (
    f"expected the Gaussian's shares at step {looks[before]:,} to add up to 1.5 times those of the better cube, "
    f"{cubes:.0f} %; found {sums['yours']:.0f} %"
)

# %% [markdown]
# At step 1,600 the Gaussian is **ahead** with each seed. Scale alone doesn't explain it: the wider cube has the same
# scale. Look at the last step before you call the Gaussian *better*: a cube catches up with one seed, and three seeds
# are too few to tell.
#
# Where do the last seed's generators send the latent plane? Dark points land on a cluster, bright ones between two.


# %%
def landing(run, inside):
    """Map how far from a cluster latent points land; blank where `inside` says no."""
    side = np.linspace(-3, 3, 121)
    z = np.stack(np.meshgrid(side, side[::-1]), axis=-1).reshape(-1, 2)
    landed = generate(run.generator, z.astype("float32"))
    far = np.linalg.norm(landed[:, None] - data.ring_centres(), axis=2).min(axis=1)
    return np.where(inside(z), far, np.nan).reshape(121, 121)


# %% tags=["experiment"] alt="A small square, a larger square and a disc, cut into dark pieces with bright lines between them."
if lab.ready("latent_points", "lengths"):
    insides = {"cube ±1": lambda z: abs(z).max(axis=1) <= 1}
    insides["cube ±√3"] = lambda z: abs(z).max(axis=1) <= 3**0.5
    insides["yours"] = lambda z: lengths(z) <= 3  # nearly all points that you draw
    maps = {name: landing(run, insides[name]) for name, run in runs.items()}
    title = "Where each latent point lands"
    display(charts.heat_maps(maps, title, "distance from a cluster", limits=(0, 0.6)))

# %% [markdown]
# Each plane is cut into pieces like a cake, about one for each cluster. A generator is continuous and can't jump. So the
# latent points between two pieces land between two clusters.

# %% [markdown]
# ## See: where a generator is at home
#
# Now 100 latent numbers. The generator trains on *your* points, so it sees the shell and nothing else. Early and late
# in training we give it points at other distances, from 0 to twice that of the shell.


# %%
def make_generator_of_100():
    hidden = [layers.Dense(64, "relu") for _ in range(2)]
    return keras.Sequential([keras.Input((100,)), *hidden, layers.Dense(2)])


def on_clusters(generator, z):
    """Return the share of latent points that land on a cluster, in percent."""
    return 100 * toys.ring_score(generate(generator, z.astype("float32")))[1]


# %% tags=["experiment"]
if lab.ready("latent_points", "lengths", "on_sphere"):
    networks = dict(latent_dim=100, make_generator=make_generator_of_100)
    recipe = toys.ring_recipe(latent_samples=latent_points, **networks)
    deep = {deep_steps: [], late_steps: []}  # all seeds' generators, early and late
    for s in progress.each(seeds, "runs"):
        run = None
        for step in deep:
            run = train(
                recipe, toys.ring_data(), step, s, resume_from=run, progress=False
            )
            deep[step].append(make_generator_of_100())
            deep[step][-1].set_weights(run.generator.get_weights())

# %% tags=["experiment"]
if lab.ready("latent_points", "lengths", "on_sphere"):
    z, away = latent_points(np.random.default_rng(seed), 2000, 100), np.arange(21)
    shells = [on_sphere(z) * distance / 10 for distance in away]
    home = {n: [[on_clusters(g, z) for z in shells] for g in deep[n]] for n in deep}
    curves = {
        f"step {n:,}": (away, np.mean(found, axis=0)) for n, found in home.items()
    }
    curves["distances of your points"] = (
        away,
        np.histogram(lengths(z), np.arange(22) - 0.5)[0] / 20,
    )
    title = "Share that lands on a cluster, and where your points lie"
    display(charts.lines(curves, title, labels=("distance from the origin", "%")))

# %% tags=["experiment"]
if lab.ready("latent_points", "lengths", "on_sphere"):
    print("% on a cluster, at the distances 0, 5, 10, 15 and 20")
    for n, several in home.items():
        for s, found in zip(seeds, several):
            print(f"step {n:,}, seed {s}:", np.round(found[::5]))

# %% tags=["claim"]
early, late = (np.mean(several, axis=0) for several in home.values())
assert early[10] > 2 * max(early[5], early[20]), (
    f"expected twice as many on a cluster at distance 10 as at 5 or at 20, early; found {early[::5].round()} %"
)
assert late[5] > late[10] / 2, (
    f"expected half as many at distance 5 as at 10, late; found {late[::5].round()} %"
)

# %% [markdown]
# Early, 10 to 44 % of the points **on the shell** land on a cluster (on two of our machines), and next to none at 0, 5,
# 15 and 20. Later the generator does well at 5 and at 15 too, where it was never trained. (At the distance 0 all points
# are the same one: 0 or 100 %.) So sample as you trained. Off the shell a generator *may* work, and nothing guarantees
# it. (In lab 14 you go from one point to another along the shell.)

# %% [markdown]
# ## Find the bug: test pictures from the middle
#
# A popular DCGAN project trains on random points. Then it makes test pictures with a walk: one coordinate grows from 0 to
# 1, a little in each picture. Its users ask why all test pictures look alike, and worse than those made in training.
# Below is that walk. Look at its lengths. Then mend `walk`.


# %% tags=["nbval-check-output"]
def published_walk(rng, coordinate, values, dim):
    z = np.zeros((len(values), dim))
    z[:, coordinate] = values
    return z


def walks(function):
    """Return 100 walks of 16 steps, along each of 100 coordinates, as one array."""
    values, rngs = np.linspace(0, 1, 16), map(np.random.default_rng, range(100))
    return np.concatenate([function(rng, k, values, 100) for k, rng in enumerate(rngs)])


if lab.ready("lengths"):
    far = lengths(walks(published_walk))
    print(f"{far.size:,} points, lengths {far.min():.0f} to {far.max():.0f}")

# %% tags=["exercise"] exercise="gaussian_latent.walk"

# %% tags=["check"]
lab.check("walk")

# %% tags=["nbval-check-output"]
if lab.ready("walk", "lengths"):
    far = lengths(walks(walk))
    print(f"{far.size:,} points, lengths {far.min():.0f} to {far.max():.0f}")

# %% tags=["experiment"] alt="Published: the walks spread from one place like a fan. Yours: they are spread round the ring."
if lab.ready():
    both = {"published": walks(published_walk), "yours": walks(walk)}
    panels, scores = {}, {}
    for name, z in both.items():
        fake = generate(deep[deep_steps][-1], z.astype("float32"))
        panels[f"{name}, step {deep_steps:,}"] = {
            "real": toys.ring_data(400),
            "fake": fake,
        }
        scores[name] = {n: np.round([on_clusters(g, z) for g in deep[n]]) for n in deep}
    display(charts.clouds(panels, "Where the walks land", reach=3, size=3))

# %% tags=["experiment"]
if lab.ready():
    print("% on a cluster, for each seed")
    for name, found in scores.items():
        for n, several in found.items():
            print(f"{name:10} step {n:,}: {several}")

# %% tags=["claim"]
theirs, yours = (scores[name][deep_steps] for name in ("published", "yours"))
assert (theirs < yours).all(), (
    f"expected fewer on a cluster with the published walk, each seed; found {theirs}, {yours}"
)

# %% [markdown]
# All 100 published walks start at one point, the handle of the fan, and go at most 1 away from it. Points that you draw
# lie about 14 apart. So *different* walks begin with one picture, and stay nearer to each other than points that you
# draw. Whether they also look bad depends on what the generator makes of points that it never saw: early nothing good,
# later good with some seeds. The project's own repair draws a random point in place of the zeros.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# Keep N(0, 1). R3GAN does, and StyleGAN, which moves it onto the sphere first. Whether it is *best* is open. BigGAN's
# authors found two other distributions a little better, and chose N(0, 1) all the same. In test pictures they leave out
# its tails (*truncation trick*): against the rule above, but pictures get sharper and alike.

# %% [markdown]
# With 100 numbers, each unit of the first layer gets a sum of 100 terms. That is nearly Gaussian, whatever the terms
# are, if none outweighs the others. So there one would expect little difference between a cube and a Gaussian of the
# same scale. (On the card's digits the two differ in scale too.)

# %% [markdown]
# ## Key points
#
# - N(0, 1) in 100 dimensions is a thin shell at distance 10. The cube's points form one too, at 5.8.
# - On the ring the Gaussian is ahead during training. Three seeds don't show that it ends up better; the card has more.
# - Sample as you trained: no discriminator has judged what a generator makes off its shell.

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
