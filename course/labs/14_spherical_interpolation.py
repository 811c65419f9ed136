# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 14 · Spherical interpolation
#
# > **Claim.** Between two latent points, walk along a great circle and not along a straight line. *Chintala's list,
# > 2016, after White, Sampling Generative Networks.*
#
# | | |
# |---|---|
# | You'll do | walk straight, measure an angle, walk on the sphere, mend a function that came from StyleGAN |
# | You'll learn | what a straight line cuts through, and what a generator of digits makes of it |
# | You need | lab 08, and lab 12 helps · 35 minutes · about 40 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import math
from functools import partial

import keras
import numpy as np

from ganhacks import charts, checks, data, metrics, plots
from ganhacks.hacks import mnist_gan
from ganhacks.recipe import Recipe
from ganhacks.training import generate, train

lab = checks.Lab("spherical_interpolation")

# %% tags=["parameters"]
n_pairs = 2000
steps = 3000
seed = 0

# %%
steps = ganhacks.length(steps, 50)
seeds = range(seed, seed + ganhacks.length(3, 1))
starts, ends = np.random.default_rng(seed).standard_normal((2, n_pairs, 100))  # row i of each: a pair of points


def on_all(path, t):
    """Return the point at t of every pair's path, as an array (n_pairs, 100)."""
    return np.array([path(t, a, b) for a, b in zip(starts, ends)])


# %% [markdown]
# ## Predict
#
# As lab 08 shows, points of 100 coordinates from N(0, 1) lie about 10 from the origin. You take two of them and go half
# the way from one to the other, straight ahead. How far from the origin are you?
#
# (a) about 10 · (b) about 7 · (c) about 0

# %% tags=["predict"]
lab.predict(...)  # put "a", "b" or "c" in place of the dots

# %% [markdown]
# ## Do: the straight line
#
# A path is a function of `t`: at 0 it is at `a`, at 1 at `b`. Its name in graphics is *lerp*, linear interpolation. Let
# it take one `t` or many. (Some libraries put `t` last; here it comes first, as in White's code.)

# %% tags=["exercise"] exercise="spherical_interpolation.lerp"

# %% tags=["check"]
lab.check("lerp")

# %% [markdown]
# Stuck? Run `lab.hint()` in a new cell, up to three times. `lab.solution()` shows one right answer.

# %% tags=["experiment"]
if lab.ready("lerp"):
    middles = on_all(lerp, 0.5)
    far = {"points": np.linalg.norm(starts, axis=1), "middles of pairs": np.linalg.norm(middles, axis=1)}
    alt = f"Two hills that hardly touch: the points around {far['points'].mean():.1f} from the origin, the middles of "
    alt += f"pairs around {far['middles of pairs'].mean():.1f}"
    display(charts.histograms(far, alt, labels=("distance from the origin", "share in %")))
    lab.reveal()

# %% tags=["nbval-check-output"]
if lab.ready("lerp"):
    for name, several in far.items():
        print(f"{name:16} {several.mean():.2f} ± {several.std():.2f} from the origin")
    drawn = np.random.default_rng(seed + 1).standard_normal((100_000, 100), dtype="float32")
    print("of 100,000 drawn points, nearer than 7.05:", int((np.linalg.norm(drawn, axis=1) < 7.05).sum()))

# %% [markdown]
# Halfway, a straight line passes where training next to never was. Each coordinate there is the mean of two from
# N(0, 1), so it comes from N(0, ½): a Gaussian narrower by √2, at a distance of 10/√2.
#
# ## Do: the angle
#
# The other way to see it is a triangle. At which angle do two random points appear, from the origin? Their dot product
# `a @ b` is the product of both lengths and the cosine.

# %% tags=["exercise"] exercise="spherical_interpolation.angle_between"

# %% tags=["check"]
lab.check("angle_between")

# %% tags=["nbval-check-output"]
if lab.ready("angle_between"):
    for dim in (2, 10, 100):
        angles = np.degrees([angle_between(a[:dim], b[:dim]) for a, b in zip(starts, ends)])
        print(f"dim {dim:3}: {angles.mean():3.0f} ± {angles.std():2.0f} degrees, the smallest {angles.min():.0f}")

# %% [markdown]
# In 100 dimensions any two random points are nearly at a **right angle**. So their line is the long side of a triangle
# with two sides of 10.
#
# ## Do: the great circle
#
# Turn from `a` to `b` at an even pace instead, and keep the length. The weights are sines; they no longer add up to 1.
# Mind the places where the sine of the angle is 0. Use your two functions.

# %% tags=["exercise"] exercise="spherical_interpolation.slerp"

# %% tags=["check"]
lab.check("slerp")

# %% tags=["nbval-check-output"]
if lab.ready("lerp", "slerp"):
    a, b, times = starts[0], ends[0], np.array([-0.5, 0, 0.25, 0.5, 0.75, 1, 1.5])
    print("t           ", "".join(f"{t:7}" for t in times))
    for name, path in {"lerp, length": lerp, "slerp, length": slerp}.items():
        print(f"{name:13}", "".join(f"{far:7.1f}" for far in np.linalg.norm(path(times, a, b), axis=1)))
    print("slerp leaves from a and arrives at b:", np.allclose(slerp(np.array([0, 1]), a, b), [a, b]))
    print("from a point to itself:", np.allclose(slerp(times, a, a), a))

# %% [markdown]
# ## Not the same: a line that is stretched
#
# Some code takes lerp's point, stretches it to the right length, and calls that slerp. Nine equal steps of `t` between
# two points 150 degrees apart:

# %% tags=["experiment"]
if lab.ready("lerp", "slerp"):
    wide, nine = np.radians(150), np.linspace(0, 1, 9)
    a, b = np.array([1.0, 0.0]), np.array([np.cos(wide), np.sin(wide)])
    line = lerp(nine, a, b)
    paths = {"lerp": line, "lerp, stretched": line / np.linalg.norm(line, axis=1, keepdims=True)}
    paths["slerp"] = slerp(nine, a, b)
    panels = {name: {"path": points, "origin": np.zeros((1, 2))} for name, points in paths.items()}
    alt = "Nine dots from a to b. Lerp: on a straight line that passes near the origin. Stretched: on a circle, "
    alt += "crowded at both ends, with a wide gap at the top. Slerp: on the circle, evenly spaced."
    display(charts.clouds(panels, alt, reach=1.6))

# %% tags=["nbval-check-output"]
if lab.ready("lerp", "angle_between", "slerp"):
    for degrees in (90, 150):
        b = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        turned = np.degrees([angle_between(a, point) for point in lerp(nine, a, b)])
        print(f"{degrees:3} degrees apart, turned at each step:", np.round(np.diff(turned)).astype(int))

# %% [markdown]
# The curve is the same, the pace is not: at 90 degrees the middle steps are twice as wide as those at the ends. In a
# film that looks like a jerk.
#
# ## See: digits along both paths
#
# Does any of it show? Three generators of digits, lab 12's networks trained with Adam(1e-3, β₁ = 0.5). About twenty
# seconds.

# %% tags=["experiment"]
adam = partial(keras.optimizers.Adam, learning_rate=1e-3, beta_1=0.5)
recipe = Recipe(
    make_generator=partial(mnist_gan.make_generator, slope=0.2),
    make_discriminator=partial(mnist_gan.make_discriminator, slope=0.2),
    g_optimizer=adam,
    d_optimizer=adam,
)
if lab.ready("lerp", "slerp"):
    x_train = mnist_gan.preprocess(data.mnist().x_train)
    generators = [train(recipe, x_train, steps, s, progress=False).generator for s in seeds]

# %% tags=["experiment"]
if lab.ready("lerp", "slerp"):
    z = np.concatenate([path(nine, starts[i], ends[i]) for i in range(3) for path in (lerp, slerp)])
    digits = generate(generators[0], z.astype("float32"))
    alt = "Three pairs, two rows each. In both rows the same digit turns into the same other one; halfway, lerp's is "
    alt += "paler and its strokes are greyer"
    display(plots.digits(digits, alt, columns=9, row_labels=["lerp", "slerp"] * 3))

# %% [markdown]
# Nothing breaks. Look at the fifth column: lerp's *drawing* is next to the same as slerp's, and paler. Count the
# **grey** pixels, those between -0.9 and 0.9. In real digits they are one in ten.

# %% tags=["experiment"]
if lab.ready("lerp", "slerp"):
    times, grey = np.linspace(-0.5, 1.5, 21), {}
    for name, path in {"lerp": lerp, "slerp": slerp}.items():
        z = np.concatenate([path(times, a, b) for a, b in zip(starts[:200], ends[:200])]).astype("float32")
        is_grey = [np.abs(generate(g, z)) < 0.9 for g in generators]
        grey[name] = (times, 100 * np.mean(is_grey, axis=(0, 2)).reshape(200, 21).mean(axis=0))
    lowest, middle, flat = grey["lerp"][1][0], grey["lerp"][1][10], grey["slerp"][1]
    alt = f"Share of grey pixels. Lerp: a hill, from {lowest:.0f} % at t = -0.5 to {middle:.0f} % halfway. "
    alt += f"Slerp: level, between {flat.min():.0f} and {flat.max():.0f} %. They cross at t = 0 and t = 1."
    display(charts.lines(grey, alt, labels=("t", "grey pixels in %")))

# %% [markdown]
# ## The drawing or the ink?
#
# *MNIST-FID* says how far images are from real digits, in a classifier's eyes: 0.5 is real against real, and lower is
# better. Score 2,000 middles of each path. Then make every pixel black or white, whichever is nearer, and score once
# more. Guess first: what will be left of the difference?


# %%
def score(generator, z):
    """Return the FID of the images as drawn, and in black and white."""
    images = generate(generator, z.astype("float32"))
    return [metrics.mnist_fid(some) for some in (images, np.where(images > 0, 1.0, -1.0))]


# %% tags=["experiment"]
if lab.ready("lerp", "slerp"):
    places = {"at the start": starts, "halfway, lerp": on_all(lerp, 0.5), "halfway, slerp": on_all(slerp, 0.5)}
    scores = {name: np.array([score(g, z) for g in generators]) for name, z in places.items()}
    drawn, plain = np.array([found.mean(axis=0) for found in scores.values()]).T
    alt = "Mean FID of the generators. As drawn: " + ", ".join(f"{n} {v:.0f}" for n, v in zip(places, drawn))
    alt += ". In black and white, three bars of one height: " + ", ".join(f"{v:.0f}" for v in plain)
    display(charts.bars({"as drawn": drawn, "black and white": plain}, list(places), alt, labels=("", "MNIST-FID")))

# %% tags=["experiment"]
if lab.ready("lerp", "slerp"):
    for s, *found in zip(seeds, scores["halfway, lerp"], scores["halfway, slerp"]):
        (line, plain_line), (circle, plain_circle) = found
        print(f"seed {s}: lerp {line:.1f}, slerp {circle:.1f}; in black and white {plain_line:.1f}, {plain_circle:.1f}")
        if not ganhacks.fast() and (steps, n_pairs) == (3000, 2000):
            assert line > 1.4 * circle, "Lerp's middles were as good as slerp's: what did you change?"
            assert abs(plain_line - plain_circle) < 0.1 * plain_circle, "The drawings differ: what did you change?"

# %% [markdown]
# As drawn, lerp's middles score far worse, on every seed: the claim holds. In black and white **next to nothing is
# left** of it. They are the same digits in paler ink.
#
# Why? A leaky ReLU passes a factor on: if its input is halved, so is its output. But for the biases, a point nearer to
# the origin makes the same image before tanh, only weaker. Distance is contrast. And the middles of both paths have one
# direction:

# %% tags=["experiment"]
if lab.ready("lerp", "slerp"):
    ratio = places["halfway, slerp"] / places["halfway, lerp"]
    print(f"slerp's middle is lerp's times {ratio.mean():.2f}, in each coordinate: {np.allclose(ratio, ratio[:, :1])}")
    z, others = places["halfway, lerp"].astype("float32"), places["halfway, slerp"].astype("float32")
    for s, g in zip(seeds, generators):
        same = (generate(g, z) > 0) == (generate(g, others) > 0)
        unrelated = (generate(g, z) > 0) == (generate(g, others[::-1]) > 0)
        print(f"seed {s}: same in black and white, {same.mean():.1%} of pixels; of other pairs' {unrelated.mean():.1%}")

# %% [markdown]
# ## Is the shell the best place?
#
# If distance is contrast, then farther out than training ever was there is more of it. Stretch slerp's middles by 1.4:

# %% tags=["experiment"]
if lab.ready("lerp", "slerp"):
    for s, g, (circle, _) in zip(seeds, generators, scores["halfway, slerp"]):
        print(f"seed {s}: on the shell {circle:.1f}, at 1.4 times the distance {score(g, 1.4 * others)[0]:.1f}")

# %% [markdown]
# Better still, outside of everything they were trained on. So it was not the shell that helped: these generators draw
# too grey, and a point farther out is drawn less so. The shell shows you what training made; nothing says that it is
# the best place.

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# StyleGAN turns $z$ into another latent, $w$, by a network of its own. In $W$ no Gaussian makes a shell, and its code
# takes lerp there; slerp in $Z$ only.
#
# **Disputed:** to Agustsson et al. slerp is no full repair either. They divide lerp's point by √((1 - t)² + t²), which
# makes each coordinate N(0, 1) again, and report better samples. That is nearly the stretched line from above, which
# will do where the pace doesn't matter.

# %% [markdown]
# ## Find the bug: a slerp that lost its length
#
# StyleGAN's code measures how smoothly pictures change along a path. Its slerp takes many pairs at once and returns
# points of length 1. There that is right: StyleGAN's first step is to divide each point by its length anyway. Copies of
# it travel on into other projects. What do *your* generators make of such points?

# %% tags=["experiment"]
if lab.ready("lerp", "slerp"):
    units = [(a / np.linalg.norm(a), b / np.linalg.norm(b)) for a, b in zip(starts[:3], ends[:3])]
    short = np.concatenate([slerp(nine, a, b) for a, b in units])
    print(f"lengths {np.linalg.norm(short, axis=1).min():.2f} to {np.linalg.norm(short, axis=1).max():.2f}")
    alt = "Three rows of nine grey tiles: at most the faint shadow of a digit in any of them"
    digits = generate(generators[0], short.astype("float32"))
    display(plots.digits(digits, alt, columns=9, row_labels=["pair 1", "pair 2", "pair 3"]))

# %% [markdown]
# The same drawings at a tenth of the distance, so with next to no contrast. Below is that slerp in NumPy. Mend it for
# generators that take points as they come: each path leaves from its `a` and arrives at its `b`.

# %% tags=["exercise"] exercise="spherical_interpolation.slerp_pairs"

# %% tags=["check"]
lab.check("slerp_pairs")

# %% tags=["experiment"]
if lab.ready():
    z = np.stack([slerp_pairs(t, starts[:3], ends[:3]) for t in nine], axis=1).reshape(27, 100)
    print(f"lengths {np.linalg.norm(z, axis=1).min():.1f} to {np.linalg.norm(z, axis=1).max():.1f}")
    alt = "Three rows of nine digits: in each, one turns into another, with the contrast of slerp's rows further up"
    digits = generate(generators[0], z.astype("float32"))
    display(plots.digits(digits, alt, columns=9, row_labels=["pair 1", "pair 2", "pair 3"]))

# %% [markdown]
# ## Key points
#
# - In 100 dimensions two random points are nearly at a right angle. They are 10 from the origin, their middle is 7.
# - Slerp keeps the length and an even pace. Clip the cosine, and mind parallel and opposite points.
# - Here a shorter latent point makes the same digit in paler ink: that is all that lerp costs these generators.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Chintala et al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 3 · White, *Sampling
# Generative Networks*, [arXiv:1609.04468](https://arxiv.org/abs/1609.04468), and its slerp in
# [dcgan.torch, issue 14](https://github.com/soumith/dcgan.torch/issues/14) · Shoemake, *Animating Rotation with
# Quaternion Curves*, SIGGRAPH 1985 · Agustsson et al., *Optimal Transport Maps for Distribution Preserving Operations
# on Latent Spaces*, [arXiv:1711.01970](https://arxiv.org/abs/1711.01970) · the slerp of the bug:
# [NVlabs/stylegan2](https://github.com/NVlabs/stylegan2), metrics/perceptual_path_length.py.
