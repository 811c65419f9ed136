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
# | At a glance | in this lab |
# |---|---|
# | You'll do | walk straight, measure an angle, walk on the sphere, mend a function that came from StyleGAN |
# | You'll learn | where each path goes, and what a generator of digits makes of it |
# | You need | lab 08, and lab 12 helps · 40 minutes · about 40 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import math
from functools import partial

import keras
import numpy as np

from ganhacks import checks, data, metrics
from ganhacks.pictures import charts, plots
from ganhacks.hacks import mnist_gan
from ganhacks.pictures.progress import each
from ganhacks.training import Recipe, generate, train

lab = checks.Lab("spherical_interpolation")

# %% tags=["parameters"]
n_pairs = 2000
steps = 3000
seed = 0

# %%
lab.parameters()  # are all values allowed?
steps = ganhacks.length(steps, 50)
seeds = range(seed, seed + ganhacks.length(3, 1))
rng = np.random.default_rng(seed)
starts, ends = rng.standard_normal((2, n_pairs, 100))  # row i of each: a pair of points


def on_all(path, t):
    """Return the point at t of every pair's path, as an array (n_pairs, 100)."""
    return np.array([path(t, a, b) for a, b in zip(starts, ends)])


# %% [markdown]
# ## Predict
#
# As lab 08 shows, points of 100 coordinates from N(0, 1) lie about 10 from the origin. Take two of them, and go half the
# way from one to the other on a straight line. How far from the origin are you?
#
# (a) about 10 · (b) about 7 · (c) about 0

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: the straight line
#
# A path is a function of `t`: at 0 it is at `a`, at 1 at `b`. The straight one is called *lerp*, for linear
# interpolation. It takes one `t` or many. (Some libraries put `t` last; here it comes first, as in White's code.)

# %% tags=["exercise"] exercise="spherical_interpolation.lerp"

# %% tags=["check"]
lab.check("lerp")

# %% tags=["experiment"]
if lab.ready("lerp"):
    middles = on_all(lerp, 0.5)
    sets = {"points": starts, "middles of pairs": middles}
    far = {name: np.linalg.norm(z, axis=1) for name, z in sets.items()}
    labels = ("distance from the origin", "share in %")
    display(charts.histograms(far, "Points, and middles of pairs", labels))
    lab.reveal()

# %% tags=["nbval-check-output"]
if lab.ready("lerp"):
    for name, several in far.items():
        print(f"{name:16} {several.mean():.2f} ± {several.std():.2f} from the origin")
    rng = np.random.default_rng(seed + 1)
    drawn = rng.standard_normal((100_000, 100), dtype="float32")
    near = int((np.linalg.norm(drawn, axis=1) < 7.05).sum())
    print("of 100,000 drawn points, nearer than 7.05:", near)

# %% [markdown]
# Halfway, a straight line passes through a place where next to no training point ever was.
#
# ## Do: the angle
#
# The origin and the two points make a triangle, with two sides of 10. How wide is its angle at the origin? Guess before
# you measure. The dot product `a @ b` is the product of both lengths and of the angle's cosine.

# %% tags=["exercise"] exercise="spherical_interpolation.angle_between"

# %% tags=["check"]
lab.check("angle_between")

# %% tags=["nbval-check-output"]
if lab.ready("angle_between"):
    for dim in (2, 10, 100):
        pairs = zip(starts[:, :dim], ends[:, :dim])
        angles = np.degrees([angle_between(a, b) for a, b in pairs])
        told = f"{angles.mean():3.0f} ± {angles.std():2.0f} degrees"
        print(f"dim {dim:3}: {told}, the smallest {angles.min():.0f}")

# %% [markdown]
# In 100 dimensions two random points are nearly at a **right angle**. So they lie 10 · √2 apart, and the middle of
# their line is half of that from the origin: 7.07.
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
        lengths = np.linalg.norm(path(times, a, b), axis=1)
        print(f"{name:13}", "".join(f"{length:7.1f}" for length in lengths))
    both = slerp(np.array([0, 1]), a, b)
    print("slerp leaves from a and arrives at b:", np.allclose(both, [a, b]))
    print("from a point to itself:", np.allclose(slerp(times, a, a), a))

# %% [markdown]
# ## Not the same: a line that is stretched
#
# Some code takes lerp's point, stretches it to the right length, and calls that slerp. Nine equally spaced `t` between
# two points 150 degrees apart:

# %% tags=["experiment"] alt="Nine dots on each path. Lerp: on a straight line. Stretched: on a circle, close together at both ends and far apart at the top. Slerp: on the circle, evenly spaced."
if lab.ready("lerp", "slerp"):
    wide, nine = np.radians(150), np.linspace(0, 1, 9)
    a, b = np.array([1.0, 0.0]), np.array([np.cos(wide), np.sin(wide)])
    line = lerp(nine, a, b)
    on_circle = line / np.linalg.norm(line, axis=1, keepdims=True)
    paths = {"lerp": line, "lerp, stretched": on_circle, "slerp": slerp(nine, a, b)}
    origin = np.zeros((1, 2))
    panels = {name: {"path": z, "origin": origin} for name, z in paths.items()}
    display(charts.clouds(panels, "Nine equally spaced t", reach=1.6))

# %% tags=["nbval-check-output"]
if lab.ready("lerp", "angle_between", "slerp"):
    for degrees in (90, 150):
        b = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        turned = np.degrees([angle_between(a, point) for point in lerp(nine, a, b)])
        turns = np.round(np.diff(turned)).astype(int)
        print(f"{degrees:3} degrees apart, turned at each step:", turns)

# %% [markdown]
# The curve is the same, the pace is not. At 90 degrees the steps in the middle are nearly twice as wide as those at the ends: a film
# along this path speeds up in its middle.
#
# ## See: digits along both paths
#
# Does any of it show? Three generators of digits, lab 12's networks with a slope of 0.2, trained with Adam(1e-3, β₁ =
# 0.5). About twenty seconds.

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
    histories = [
        train(recipe, x_train, steps, s, progress=False)
        for s in each(seeds, "trainings")
    ]
    generators = [history.generator for history in histories]

# %% tags=["experiment"] alt="Three pairs, two rows each. In both rows of a pair the same digit turns into the same other one; halfway, the strokes of lerp are greyer."
if lab.ready("lerp", "slerp"):
    rows = [(path, starts[i], ends[i]) for i in range(3) for path in (lerp, slerp)]
    z = np.concatenate([path(nine, a, b) for path, a, b in rows])
    digits = generate(generators[0], z.astype("float32"))
    title = "Digits along both paths"
    display(plots.digits(digits, title, columns=9, row_labels=["lerp", "slerp"] * 3))

# %% [markdown]
# Nothing breaks. Look at the fifth column: lerp's *drawing* is nearly the same as slerp's, and greyer. So count the
# **grey** pixels, those between -0.9 and 0.9. In real digits one pixel in ten is grey.

# %% tags=["experiment"]
if lab.ready("lerp", "slerp"):
    times, grey = np.linspace(-0.5, 1.5, 21), {}
    for name, path in {"lerp": lerp, "slerp": slerp}.items():
        paths = [path(times, a, b) for a, b in zip(starts[:200], ends[:200])]
        z = np.concatenate(paths).astype("float32")
        is_grey = [np.abs(generate(g, z)) < 0.9 for g in generators]
        shares = np.mean(is_grey, axis=(0, 2)).reshape(-1, 21).mean(axis=0)
        grey[name] = (times, 100 * shares)
    display(
        charts.lines(grey, "Grey pixels along both paths", ("t", "grey pixels in %"))
    )

# %% [markdown]
# ## The drawing or the ink?
#
# *MNIST-FID* (lesson 02) says how far generated digits are from real ones, as a classifier sees them: lower is better,
# and 2,000 real digits against real ones give 0.5. Score 2,000 middles of each path. Then make every pixel black or
# white, whichever is nearer, and score again. Guess first: what will be left of the difference?


# %%
def score(generator, z):
    """Return the FID of the images as drawn, and in black and white."""
    images = generate(generator, z.astype("float32"))
    black_and_white = np.where(images > 0, 1.0, -1.0)
    return [metrics.mnist_fid(some) for some in (images, black_and_white)]


# %% tags=["experiment"]
if lab.ready("lerp", "slerp"):
    places = {"start": starts}
    places["halfway, lerp"] = on_all(lerp, 0.5)
    places["halfway, slerp"] = on_all(slerp, 0.5)
    scores = {
        name: np.array([score(g, z) for g in generators])
        for name, z in each(places.items(), "places")
    }
    means = np.array([found.mean(axis=0) for found in scores.values()]).T
    groups = dict(zip(("as drawn", "black and white"), means))
    title = "Mean MNIST-FID of the generators"
    display(charts.bars(groups, list(places), title, labels=("", "MNIST-FID")))

# %% tags=["experiment"]
if lab.ready("lerp", "slerp"):
    halfway = {"lerp": scores["halfway, lerp"], "slerp": scores["halfway, slerp"]}
    for i, s in enumerate(seeds):
        told = [f"{name} {found[i, 0]:.1f}" for name, found in halfway.items()]
        plain = [f"{name} {found[i, 1]:.1f}" for name, found in halfway.items()]
        print(f"seed {s}: {', '.join(told)}; in black and white {', '.join(plain)}")

# %% tags=["claim"]
for s, (line, plain_line), (circle, plain_circle) in zip(seeds, *halfway.values()):
    assert line > 1.4 * circle, (
        f"seed {s}: expected lerp's FID above 1.4 times slerp's {circle:.1f}; found {line:.1f}"
    )
    assert abs(plain_line - plain_circle) < 0.1 * plain_circle, (
        f"seed {s}: expected black and white within 10 %; found {plain_line:.1f} and {plain_circle:.1f}"
    )

# %% [markdown]
# As drawn, lerp's middles score far worse, on every seed: the claim holds. In black and white **next to nothing is
# left** of it. They are the same digits, drawn greyer. And on the card's digits, of other generators, the difference is
# much smaller.

# %% [markdown]
# Why? If the input of a leaky ReLU is halved, so is its output. Except for the biases, a point moved towards the origin
# makes the same image before tanh, only weaker. Distance is contrast, as long as the biases are small beside it. And
# the middles of both paths have the same direction:

# %% tags=["experiment"]
if lab.ready("lerp", "slerp"):
    z, others = (places[f"halfway, {p}"].astype("float32") for p in ("lerp", "slerp"))
    ratio = others / z
    one_ratio = np.allclose(ratio, ratio[:, :1], rtol=1e-3)
    told = f"{ratio.mean():.2f} times lerp's, in each coordinate"
    print(f"slerp's middle is {told}: {one_ratio}")
    for s, g in zip(seeds, generators):
        white = generate(g, z) > 0
        same = white == (generate(g, others) > 0)
        unrelated = white == (generate(g, others[::-1]) > 0)
        told = f"{same.mean():.1%} of pixels; as another pair's {unrelated.mean():.1%}"
        print(f"seed {s}: same in black and white, {told}")

# %% [markdown]
# ## Is the shell the best place?
#
# If distance is contrast, then there is more of it farther out than training ever was. Stretch slerp's middles by 1.4:

# %% tags=["experiment"]
if lab.ready("lerp", "slerp"):
    for s, g, (circle, _) in zip(seeds, generators, scores["halfway, slerp"]):
        farther = score(g, 1.4 * others)[0]
        told = f"at 1.4 times the distance {farther:.1f}"
        print(f"seed {s}: on the shell {circle:.1f}, {told}")

# %% [markdown]
# Better still, and outside of everything that they were trained on. So it was not the shell that helped. These
# generators draw too grey, and a point farther out is drawn less grey. The shell shows you what training made. Nothing
# says that it is the best place.

# %% [markdown]
# ## Find the bug: a slerp that lost its length
#
# StyleGAN's code measures how smoothly pictures change along a path. Its slerp takes many pairs at once and returns
# points of length 1. There that is right: StyleGAN's first step is to bring each point to one length anyway. Other
# projects have copied it. What do *your* generators make of such points?

# %% tags=["experiment"] alt="Three rows of nine grey tiles: at most the faint shadow of a digit in any of them."
if lab.ready("lerp", "slerp"):
    units = [
        z[:3] / np.linalg.norm(z[:3], axis=1, keepdims=True) for z in (starts, ends)
    ]
    short = np.concatenate([slerp(nine, a, b) for a, b in zip(*units)])
    lengths = np.linalg.norm(short, axis=1)
    print(f"lengths {lengths.min():.2f} to {lengths.max():.2f}")
    digits = generate(generators[0], short.astype("float32"))
    names = ["pair 1", "pair 2", "pair 3"]
    display(plots.digits(digits, "Points of length 1", columns=9, row_labels=names))

# %% [markdown]
# At a tenth of the distance there is next to no contrast, and the biases begin to show: they are the same for every
# point, so the drawing is no longer quite the same either. Below is that slerp in NumPy. Mend it for generators that
# take points as they come: each path leaves from its `a` and arrives at its `b`.

# %% tags=["exercise"] exercise="spherical_interpolation.slerp_pairs"

# %% tags=["check"]
lab.check("slerp_pairs")

# %% tags=["experiment"] alt="Three rows of nine digits: in each row one digit turns into another, white on black."
if lab.ready():
    steps_of_t = [slerp_pairs(t, starts[:3], ends[:3]) for t in nine]
    z = np.stack(steps_of_t, axis=1).reshape(27, 100)
    lengths = np.linalg.norm(z, axis=1)
    print(f"lengths {lengths.min():.1f} to {lengths.max():.1f}")
    digits = generate(generators[0], z.astype("float32"))
    display(
        plots.digits(digits, "Points along slerp_pairs", columns=9, row_labels=names)
    )

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# **Within one GAN.** On the card each side keeps its best rate, so a pair may come from two GANs. With one and the same
# GAN slerp was worse on the ring, in the good recipe, at two of three rates ([rate by rate](../docs/evidence.md)).
#
# StyleGAN turns $z$ into another latent, $w$, by a network of its own. In $W$ no Gaussian makes a shell, and its code
# takes lerp there; slerp in $Z$ only.

# %% [markdown]
# **Disputed:** for Agustsson et al. slerp is no full repair either. They divide lerp's point by √((1 - t)² + t²), which
# makes each coordinate N(0, 1) again, and report better samples. That is nearly the stretched line from above. It is
# good enough where the pace doesn't matter.

# %% [markdown]
# ## Key points
#
# - In 100 dimensions two random points are nearly at a right angle. They are 10 from the origin, their middle is 7.
# - Slerp between points of one length keeps it, and an even pace. Clip the cosine, and mind parallel and opposite
#   points.
# - Here a latent point at 7 in place of 10 makes the same digit, greyer: that is all that lerp costs these generators.

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
