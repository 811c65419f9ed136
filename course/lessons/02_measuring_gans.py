# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 02 · Measuring GANs
#
# > **Claim.** No single number tells how good a generator is. Each score answers one question and is blind to others.
# > *Theis, van den Oord and Bethge, 2015; Naeem et al., 2020.*
#
# | At a glance | in this lesson |
# |---|---|
# | You'll do | score pretend generators whose faults you know, with this course's main scores |
# | You'll learn | what FID, KID, precision, recall, density and coverage see, and what gets past them |
# | You need | lesson 01 · 25 minutes · about 40 seconds of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

import math

import numpy as np

from ganhacks import data, metrics
from ganhacks.pictures import charts, plots, progress
from ganhacks.metrics import (
    PERFECT,
    density_coverage,
    kernel_distance,
    mode_scores,
    nearest_distances,
    precision_recall,
    train_on_real,
    train_on_synthetic,
)

# %% tags=["parameters"]
n_images = 2000
draws = 4
seed = 0

# %%
draws = ganhacks.length(draws, 1)
rng = np.random.default_rng(seed)

# %% [markdown]
# ## What would you want of a score?
#
# Take a moment and write down three wishes. Most lists have these: every fake **looks real**; the fakes are **as
# varied** as the reals; they are **new**, not copied. And the score should be **fair**: the same for everybody who
# measures the same generator.
#
# To see which score grants which wish, you need generators whose faults you know. So make them from real digits.


# %%
def blur(images, times):
    """Average each pixel with its neighbours, so many times."""
    for axis in (1, 2) * times:
        images = (np.roll(images, 1, axis) + 2 * images + np.roll(images, -1, axis)) / 4
    return images


mnist = data.mnist()
x_test = mnist.x_test.astype("float32") / 127.5 - 1
x_train = mnist.x_train[10_000:20_000].astype("float32") / 127.5 - 1
y_train = mnist.y_train[10_000:20_000]
real, labels = x_train[:n_images], y_train[:n_images]

# %% [markdown]
# ## Five pretend generators

# %% alt="The last row cannot be told from the first: that there are only 200 different digits does not show in ten."
which = rng.integers(200, size=n_images)
fakes = {
    "all real": real,
    "blurred": blur(real, 2),
    "noisy": (real + 0.2 * rng.normal(size=real.shape)).clip(-1, 1),
    "no 7, 8, 9": x_train[y_train < 7][:n_images],
    "200 copies": real[which],  # 200 different images, each about ten times
}
rows = np.concatenate([images[:10] for images in fakes.values()])
plots.digits(rows, "Ten digits of each pretend generator", row_labels=list(fakes))

# %% [markdown]
# **Before you go on**, rank the five from best to worst. Keep your list: not all scores below will agree.
#
# You noticed something else, too. Two of the faults don't show in ten pictures, and looking at 2,000 takes an
# afternoon. That is why scores exist.

# %% [markdown]
# ## From pixels to features
#
# Two photographs of the same 7, one shifted by a pixel, differ in hundreds of pixel values. So scores compare
# **features**: what a classifier computes in the layer before its answer. Large studies take a network called
# Inception, trained on ImageNet. This course takes its own small classifier of digits: 64 features an image.

# %% tags=["nbval-check-output"]
features = {name: metrics.classify(images)[0] for name, images in fakes.items()}
reference, probabilities = metrics.classify(x_test)
order = np.random.default_rng(0).permutation(len(reference))
sample = reference[order[:n_images]]  # as many test images as fakes
print("features of the test images:", reference.shape, reference.dtype)
right = np.mean(probabilities.argmax(1) == mnist.y_test)
print("more than 99 % of the test images classified right:", bool(right > 0.99))

# %% [markdown]
# ## FID: two clouds, two Gaussians
#
# The features of all fakes are a cloud of points, those of the test images another. Fit a Gaussian to each, with mean
# μ and covariance Σ. The **Fréchet Inception distance** is the distance of these two Gaussians:
#
# $$\text{FID} = \lVert\mu_r - \mu_f\rVert^2
# + \operatorname{Tr}\left(\Sigma_r + \Sigma_f - 2(\Sigma_r \Sigma_f)^{1/2}\right)$$
#
# 0 is best. What a 5 or a 50 means, only **anchors** tell: sets for which you know what the score ought to say.

# %%
anchors = metrics.full_anchors(n_images)
print(f"{'':19}{'FID':>7}{'of it, means':>14}")
for name, cloud in features.items():
    means = np.sum((cloud.mean(axis=0) - reference.mean(axis=0)) ** 2)
    print(f"{name:19}{metrics.frechet_distance(cloud, reference):7.2f}{means:14.2f}")
print("--- anchors")
for name, scores in anchors.items():
    print(f"{name:19}{scores.fid:7.2f}")

# %% [markdown]
# Read it from the anchors. Real images score below 1, a generator that knows a single digit above 50, noise in the
# hundreds.
#
# Now look at "200 copies": hardly varied, and better by FID than anything but real digits. And "blurred" scores like
# "no 7, 8, 9", though its fault is quite another one. Keep both in mind.

# %% [markdown]
# ## Is FID fair? Change the features
#
# The formula says nothing about where features come from. Here are the same images with our classifier, with plain
# pixels (every fourth, to save time), and with the same network **before training**. To have them on one scale, each
# is divided by its value for one digit only.

# %%
untrained = metrics.build_classifier()


def untrained_features(images):
    return untrained.predict(images[..., None], batch_size=500, verbose=0)[0]


layers = {
    "our classifier": lambda images: metrics.classify(images)[0],
    "pixels": lambda images: images[:, ::2, ::2].reshape(len(images), -1),
    "untrained network": untrained_features,
}

# %%
ones = mnist.x_train[mnist.y_train == 1][:n_images].astype("float32") / 127.5 - 1
fids = {}
for name, layer in progress.each(layers.items(), "kinds of features"):
    tests = layer(x_test)
    worst = metrics.frechet_distance(layer(ones), tests)
    distances = [metrics.frechet_distance(layer(x), tests) for x in fakes.values()]
    fids[name] = [distance / worst for distance in distances]

# %%
labels_of_axes = "", "FID / FID of one digit"
charts.bars(fids, list(fakes), "FID on three kinds of features", labels=labels_of_axes)

# %%
for name, values in fids.items():
    order = [list(fakes)[i] for i in np.argsort(values)]
    print(f"{name:18}", " < ".join(order))

# %% [markdown]
# The order itself changes. To our classifier the noisy digits are worse than the blurred ones, perhaps because it
# never saw grey noise. To the other two it is the other way round, and 200 copies are far from real.
#
# So an FID is **never comparable across classifiers**. The FIDs of this course are called MNIST-FID: compare them
# with each other, and with no published number.

# %% [markdown]
# ## How many images?
#
# A mean from few samples is off by chance, a covariance even more, and FID adds every such error up. So it is **too
# high for small samples**. How much? Take 10,000 real digits, and the same digits a little blurred. Draw subsets of
# both and score them against all test images.

# %%
sizes = (150, 300, 1000, 2000, 5000, 10_000)
pool = {
    "real": metrics.classify(x_train)[0],
    "a little blurred": metrics.classify(blur(x_train, 1))[0],
}


def mean_and_spread(score, cloud, size):
    """Score some random subsets of this size."""
    values = [score(cloud[rng.permutation(len(cloud))[:size]]) for _ in range(draws)]
    return np.mean(values), np.std(values)


def fid(cloud):
    return metrics.frechet_distance(cloud, reference)


# %%
curves = {}
for name, cloud in progress.each(pool.items(), "sets of digits"):
    curves[name] = sizes, [mean_and_spread(fid, cloud, size)[0] for size in sizes]

# %%
charts.lines(
    curves,
    "FID over the number of images",
    labels=("images", "MNIST-FID"),
    log=("x",),
    marks={"10,000 blurred": curves["a little blurred"][1][-1]},
)

# %% [markdown]
# Follow the curve of the real digits to the left: 150 of them score about as badly as 10,000 blurred ones. Even from
# 2,000 to 10,000 their FID falls by nearly a half. So **compare FIDs only at equal numbers of images**. This course
# refuses to score fewer than 2,000.

# %% [markdown]
# ## KID: no bias
#
# The **kernel Inception distance** fits no Gaussian. It takes pairs of images and asks how alike their features are,
# by (x·y/64 + 1)³: real with real, fake with fake, real with fake. If the clouds are alike, the three averages agree.
#
# An image paired with itself would count as too alike. Leave those pairs out, and the estimate is **unbiased**: right
# on average, at every size.

# %%
print(f"{'images':>8}{'KID of real digits':>24}{'a little blurred':>22}")


def kid(cloud):
    return kernel_distance(cloud, sample)


for size in sizes[::2]:
    row = f"{size:8,}"
    for cloud in pool.values():
        mean, spread = mean_and_spread(kid, cloud, size)
        row += f"{mean:+14.3f} ± {spread:.3f}"
    print(row)

# %% [markdown]
# Small samples make KID noisier, not higher. For two samples of one distribution it lies around 0, on either side: a
# KID below 0 is no mistake.
#
# Published KIDs are often means over 100 subsets of 1,000 images (`kernel_distance_of_subsets`). Their scale depends
# on the features, as FID's does.

# %% [markdown]
# ## One number, two faults
#
# "Blurred" and "no 7, 8, 9" have nearly one FID: bad digits of ten kinds, and good digits of seven. Two numbers tell
# them apart. Around each real image, draw a ball that reaches to its third-nearest real neighbour; around each fake,
# one that reaches to its third-nearest fake.
#
# - **precision**: the share of fakes in some real's ball. *Do fakes look real?*
# - **recall**: the share of reals in some fake's ball. *Is every real within reach?*

# %%
two = ["blurred", "no 7, 8, 9"]
precision, recall = zip(*(precision_recall(sample, features[name]) for name in two))
for name, p, r in zip(two, precision, recall):
    print(f"{name:12} FID {fid(features[name]):.1f}  precision {p:.2f}  recall {r:.2f}")

# %% tags=["claim"]
assert precision[0] < precision[1], (
    f"expected less precision of blurred digits; found {precision}"
)
assert recall[0] < recall[1], f"expected less recall of blurred digits; found {recall}"

# %%
bars = {"precision": precision, "recall": recall}
charts.bars(bars, two, "Precision and recall", labels=("", "share"))

# %% [markdown]
# The generator without 7, 8 and 9 is as precise as real digits are, with less recall. Blurring costs both: blurred
# digits lie away from the reals and closer to each other, so their balls are smaller and hold few reals.

# %% [markdown]
# ## Balls can be fooled
#
# One stray sample has no near neighbours, so its ball is huge. On the left six of 500 reals are strays; the fakes sit
# where no real is. On the right all but six fakes are collapsed to one spot; the six lie around the reals. What will
# precision say on the left, and recall on the right?

# %%
angles = 2 * np.pi * np.arange(6) / 6 + 0.3
ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
bell = rng.normal(size=(500, 2))
beside = [5, 4] + 0.5 * rng.normal(size=(500, 2))
collapsed = [1, 0] + 0.1 * rng.normal(size=(500, 2))
with_strays = np.concatenate([collapsed[6:], 4.5 * ring])
cases = {
    "beside the reals": (bell, beside),
    "beside, with 6 stray reals": (np.concatenate([bell[6:], 9 * ring]), beside),
    "collapsed": (bell, collapsed),
    "collapsed, with 6 stray fakes": (bell, with_strays),
}

# %%
panels = {
    name: {"real": reals, "fake": points}
    for name, (reals, points) in cases.items()
    if "stray" in name
}
charts.clouds(
    panels, "Six strays, among the reals and among the fakes", reach=10, size=3
)

# %%
print(f"{'':30}precision  recall  density  coverage")
for name, (reals, points) in cases.items():
    scores = (*precision_recall(reals, points), *density_coverage(reals, points))
    print(f"{name:30}{scores[0]:9.2f}{scores[1]:8.2f}{scores[2]:9.2f}{scores[3]:10.2f}")

# %% [markdown]
# Six stray reals take precision from 0 to 1, and six stray fakes take recall from almost nothing to 1.
#
# **Density** counts in *how many* balls of reals a fake lies, and divides by 5, since these balls reach to the fifth
# neighbour: a few huge ones add less. **Coverage** is the share of reals' balls with a fake inside. Only reals have
# balls, so stray fakes change nothing. Density is still fooled by the stray reals, though less; coverage is not.

# %% [markdown]
# ## Which digits are there?
#
# With classes, you can ask more directly: let the classifier name each fake, and compare the shares with the true
# ones. The **KL divergence** puts the comparison into one number: 0 if the shares agree.

# %%
shown = "all real", "no 7, 8, 9"
plots.shares({name: metrics.class_histogram(fakes[name]) for name in shown})

# %% tags=["nbval-check-output"]
true_shares = np.bincount(mnist.y_test, minlength=10) / len(mnist.y_test)
first_seven = np.where(np.arange(10) < 7, true_shares, 0)
first_seven /= first_seven.sum()
for name, shares in {
    f"one digit only, the 1 (-ln {true_shares[1]})": np.eye(10)[1],
    "no 7, 8, 9": first_seven,
    "all ten, as in MNIST": true_shares,
}.items():
    print(f"{name:36}{metrics.kl_divergence(shares, true_shares):.3f}")

# %% [markdown]
# It says nothing about quality: in the table near the end, blurred digits score close to 0. Noise scores badly only
# because the classifier, which has to answer something, gives nearly all of it one name.

# %% [markdown]
# ## What are the fakes good for?
#
# If a generator makes fakes to order ("a 7, please"), somebody may train on them. **Train on synthetic, test on real**:
# train a small classifier on labelled fakes alone, and look at its accuracy on real test images. The anchor is the
# same classifier, trained on as many real images.
#
# This score sees a fault that all others miss: wrong labels.

# %%
wrong = labels.copy()
wrong[::2] = rng.integers(10, size=n_images // 2)  # every second one at random
labelled = {
    "blurred": (fakes["blurred"], labels),
    "200 copies": (fakes["200 copies"], labels[which]),
    "real, wrong labels": (real, wrong),
}
accuracy = {
    name: train_on_synthetic(*pair, seed)
    for name, pair in progress.each(labelled.items(), "trainings")
}
print(f"{'real images, the anchor':24}{train_on_real(n_images, seed):.3f}")
for name, value in accuracy.items():
    print(f"{name:24}{value:.3f}")

# %% [markdown]
# Blurred digits teach nearly as well as real ones, though precision calls many of them unreal. 200 copies teach
# what 200 digits can. Wrong labels cost most, and no score of the images alone would notice. A low FID and a useful
# generator are two things, which is what Ravuri and Vinyals found with ImageNet.

# %% [markdown]
# ## In the plane, count
#
# On the ring of lesson 01 the truth is known, and modes are counted: a fake is **good** within 3 standard deviations
# of a centre, and a mode is **found** if it has one good fake. What does a perfect generator score?

# %% tags=["nbval-check-output"]
print(f"within 3 deviations, on a line:    {100 * math.erf(3 / math.sqrt(2)):.1f} %")
print(f"within 3 deviations, in the plane: {100 * PERFECT:.1f} % = 1 - exp(-9/2)")

# %%
points = data.ring(np.random.default_rng(seed), 10_000)
right_half = points[points[:, 0] > 1]
lopsided = np.concatenate([right_half, points[points[:, 0] <= 1][:50]])
clouds = {"perfect": points, "three modes": right_half, "and 50 more": lopsided}
for name, cloud in clouds.items():
    found, good, reverse_kl = mode_scores(cloud, data.ring_centres(), std=0.02)
    told = f"{found} of 8 modes, {100 * good:.1f} % good"
    print(f"{name:14}{told}, reverse KL {reverse_kl:.2f}")

# %% [markdown]
# The 99.7 % that many remember belongs to a line. In the plane a perfect generator scores 98.9 %, and 100 % would mean
# fakes that keep too close to the centres.
#
# All eight modes can be found with nearly all fakes in three of them. The **reverse KL divergence** sees that: KL of
# the fakes' shares of the modes from equal shares. (Papers call this direction reverse. The class KL has it too.) For
# points the scoreboard takes one number more, the energy distance: lesson 05.

# %% [markdown]
# ## All of it at once

# %%
print(metrics.full_report(fakes))

# %% [markdown]
# Take your list from the beginning. Which score would agree with it? Find in the table:
#
# - a set with high precision and next to no recall;
# - the scores that hardly see that there are only 200 different images;
# - the score that one digit alone wins.

# %% [markdown]
# ## The best generator is a copier
#
# One wish is left: *new*. "All real" consists of training images: it is a generator that learnt its training set by
# heart, and it scores as perfect digits do. Our anchor "real against real" is one too.
#
# No score above compares fakes with the *training* images. Do it: how far is the nearest one?

# %% tags=["nbval-check-output"]
training = pool["real"]  # features of the 10,000 images that the generators know
for name, cloud in {"real test images": reference[:n_images], **features}.items():
    copies = np.mean(nearest_distances(cloud, training) == 0)
    print(f"{name:18}{100 * copies:4.0f} % are copies of training images")

# %% [markdown]
# A careful copier changes a pixel and has no exact copies. So look at the distances too: new images should be as far
# from the training images as *test* images are, and not nearer. And look at the nearest pairs with your own eyes.

# %% [markdown]
# ## Which score for which question?
#
# | you ask | look at | blind to |
# |---|---|---|
# | better overall, at equal n? | FID, or KID for few images | which fault; copying |
# | do fakes look real? | precision, density | variety; copying |
# | is all of it there? | recall, coverage, class KL | quality, for the last |
# | what are labelled fakes worth? | train on synthetic | looks |
# | new? | nearest training images | all else |

# %% [markdown]
# ## Key points
#
# - Read a score next to anchors, on the same features and at the same number of images.
# - One number mixes faults up; precision with recall, or density with coverage, tell quality from variety.
# - A copy of all training images scores as perfect, except where you look for copies.

# %% [markdown]
# ## References
#
# Theis, van den Oord and Bethge, *A Note on the Evaluation of Generative Models*,
# [arXiv:1511.01844](https://arxiv.org/abs/1511.01844) · Heusel et al. (FID),
# [arXiv:1706.08500](https://arxiv.org/abs/1706.08500) · Bińkowski et al. (KID),
# [arXiv:1801.01401](https://arxiv.org/abs/1801.01401) · Kynkäänniemi et al. (precision and recall),
# [arXiv:1904.06991](https://arxiv.org/abs/1904.06991) · Naeem et al. (density and coverage),
# [arXiv:2002.09797](https://arxiv.org/abs/2002.09797) · Ravuri and Vinyals (train on synthetic),
# [arXiv:1905.10887](https://arxiv.org/abs/1905.10887) · Srivastava et al. (counting modes),
# [arXiv:1705.07761](https://arxiv.org/abs/1705.07761).
