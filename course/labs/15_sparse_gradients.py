# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 15 · Sparse gradients
#
# > **Claim.** Avoid sparse gradients, and so ReLU and max-pooling: they make the game unstable. *Chintala's talk, 2016,
# > trick 5.*
#
# | At a glance | in this lab |
# |---|---|
# | You'll do | follow a gradient through max-pooling, build the two blocks that the talk proposes, mend a translation |
# | You'll learn | where a GAN's gradients are zero, where they are not, and what that does to the digits |
# | You need | labs 01 and 03 help · 45 minutes · about a minute of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from ganhacks import checks, data, metrics
from ganhacks.pictures import charts, plots, progress
from ganhacks.training import Recipe, ones, train

lab = checks.Lab("sparse_gradients")

# %% tags=["parameters"]
steps = 200
depth = 4
seed = 0
n_seeds = 3

# %%
lab.parameters()  # are all values allowed?
steps = ganhacks.length(steps, 10)
seeds = range(seed, seed + ganhacks.length(n_seeds, 1))
x_train = data.mnist().x_train[..., None].astype("float32") / 127.5 - 1

# %% [markdown]
# ## Predict
#
# Independent numbers from N(0, 1) go through a ReLU, then through 2 × 2 max-pooling. A gradient comes back. The ReLU
# stops it where the number was negative, which is half of them. The pooling hands it to one number of four. At what
# share of the numbers is it exactly 0?
#
# (a) 50 % · (b) 77 % · (c) 87.5 %, since 1/2 · 1/4 is left

# %% tags=["predict"]
lab.predict()  # click, or put "a", "b" or "c" into the brackets

# %% [markdown]
# ## Do: back through max-pooling
#
# A gradient says how much the loss changes when you move a number a little. Each cell of 2 × 2 became its largest
# number. Move the largest, and the pooled number moves along. Move one of the other three: nothing happens. So who gets
# the gradient that comes from above?

# %% tags=["exercise"] exercise="sparse_gradients.max_pool_gradient"

# %% tags=["check"]
lab.check("max_pool_gradient")

# %% [markdown]
# Does TensorFlow do the same? A `GradientTape` records what is computed inside its `with`; `watch` makes it follow x.
# Then your gradient goes on through the activation, whose derivative is 1 or the slope (lab 03).

# %% tags=["nbval-check-output"]
if lab.ready("max_pool_gradient"):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((64, 28, 28, 8))
    upstream = rng.standard_normal((64, 14, 14, 8))
    with tf.GradientTape() as tape:
        tape.watch(inputs := tf.constant(x))
        pooled = tf.nn.max_pool2d(inputs, 2, 2, "VALID")
    wanted = tape.gradient(pooled, inputs, upstream)
    print("yours is TensorFlow's:", np.allclose(wanted, max_pool_gradient(x, upstream)))
    for name, slope in (("leaky ReLU", 0.2), ("plain ReLU", 0.0)):
        derivative = np.where(x > 0, 1.0, slope)
        gradient = max_pool_gradient(x * derivative, upstream) * derivative
        share = np.mean(gradient == 0)
        print(f"{name}, max-pooling: exactly 0 at {share:.1%}; 49/64 is {49 / 64:.1%}")
    lab.reveal()

# %% [markdown]
# A number that wins its cell is seldom negative. Average pooling hands a quarter of the gradient to each of the four.
# With a leaky ReLU there are then no zeros; with a plain ReLU half of the numbers get 0.

# %% [markdown]
# ## See: the holes, and one layer further back
#
# So the talk is right about this place, the outputs of the convolution. But the generator doesn't sit there. It gets
# the gradient at the **pixels**, on the other side of the convolution (lab 01). Here are both for one digit.


# %%
def pieces(pool, slope, filters):
    """Return the layers of one block of a discriminator: convolve, bend, halve."""
    convolution = layers.Conv2D(filters, kernel_size=3, padding="same")
    return [convolution, layers.LeakyReLU(negative_slope=slope), pool(2)]


# %%
def gradients(stack, images):
    """Return the logit's gradient at pixels and convolutions, and of kernels."""
    places = [tf.constant(images)]
    head = keras.Sequential([layers.Flatten(), layers.Dense(1)])
    with tf.GradientTape() as tape:
        tape.watch(places)
        x = places[0]
        for layer in stack:
            x = layer(x)
            places += [x] if isinstance(layer, layers.Conv2D) else []
        logits = head(x)
    kernels = [layer.kernel for layer in stack if isinstance(layer, layers.Conv2D)]
    found = [np.asarray(g) for g in tape.gradient(logits, places + kernels)]
    return found[: len(places)], found[len(places) :]


# %%
arms = {
    "max-pool, ReLU": (layers.MaxPooling2D, 0.0),
    "average, leaky": (layers.AveragePooling2D, 0.2),
}
maps = {}
for name, arm in arms.items():
    keras.utils.set_random_seed(seed)
    (pixels, outputs), _ = gradients(pieces(*arm, filters=8), x_train[:1])
    for place, values in (("outputs", outputs), ("pixels", pixels)):
        sizes = np.abs(values[..., 0])
        maps[f"{name}: {place}"] = np.sqrt(sizes[0] / sizes.max())

# %% alt="Only the outputs under max-pooling and ReLU have holes."
label = "√ of share of the largest"
charts.heat_maps(maps, "Size of the gradient", label, limits=(0, 1), size=1.9)

# %% [markdown]
# Only the first map has holes. (Its even grid is the black background, where a cell's four numbers are equal and the
# first one wins.) On the way to the pixels the kernel spreads each number over 3 × 3 places, from eight filters, and
# the holes are filled.

# %% [markdown]
# ## See: does it add up?
#
# One block has one layer of holes. And four blocks, one after another? We count zeros at the pixels, at the outputs of
# each convolution, and in the gradient of the discriminator's own weights: 32 digits, 16 filters, three draws of the
# weights.

# %%
arms = {}
for name, pool in (
    ("max-pool", layers.MaxPooling2D),
    ("average", layers.AveragePooling2D),
):
    arms |= {f"{name}, ReLU": (pool, 0.0), f"{name}, leaky": (pool, 0.2)}
border = (0, 0), (2, 2), (2, 2), (0, 0)
digits = np.pad(x_train[:32], border, constant_values=-1)  # 32 × 32 halve four times
zeros = {name: [] for name in arms}
for name, s in progress.each([(name, s) for name in arms for s in seeds], "networks"):
    keras.utils.set_random_seed(s)
    stack = [layer for _ in range(depth) for layer in pieces(*arms[name], filters=16)]
    places, weights = gradients(stack, digits)
    everything = np.concatenate([w.ravel() for w in weights])
    zeros[name].append([100 * np.mean(g == 0) for g in (*places, everything)])

# %%
heights = {name: np.mean(found, axis=0) for name, found in zeros.items()}
names = ["pixels", *(f"conv {i + 1}" for i in range(depth)), "weights"]
labels = "gradient at", "exactly 0, in %"
charts.bars(heights, names, "Share of zeros in the gradient", labels=labels)

# %% tags=["claim"]
most, held = (
    max(several[0] for several in heights.values()),
    heights["max-pool, leaky"][1:-1],
)
assert most < 1, f"expected less than 1 % of zeros at the pixels; found {most:.2f} %"
assert np.allclose(held, 75), (
    f"expected 75 % of zeros under max-pooling with a leaky ReLU; found {held}"
)
assert heights["average, leaky"].max() < 0.1, (
    f"expected no zeros; found {heights['average, leaky']}"
)

# %% [markdown]
# **It does not add up.** Otherwise a quarter of a quarter of a quarter of a quarter, 0.4 %, would be left at the first
# convolution. Max-pooling with the leaky ReLU leaves a quarter, at each: the layers in between fill the holes. (Digits
# have more than your 77 %: neighbours are alike, and a cell is often negative as a whole.)
#
# At the pixels there are none. Among the weights there are none from max-pooling, and a few from the plain ReLU, in
# filters that return 0 for all 32 digits (lab 03).

# %% [markdown]
# ## Do: a block of averages
#
# The talk proposes a block for each network in place of these. You'll write both. First the discriminator's:
# [AveragePooling2D](https://keras.io/api/layers/pooling_layers/average_pooling2d/) in place of max-pooling, a leaky
# ReLU in place of the plain one.

# %% tags=["exercise"] exercise="sparse_gradients.make_pooling_block"

# %% tags=["check"]
lab.check("make_pooling_block")

# %% tags=["nbval-check-output"]
if lab.ready("make_pooling_block"):
    block = make_pooling_block()
    print("a batch of 5:", tuple(block(np.zeros((5, 64, 64, 3), "float32")).shape))
    print(f"parameters: {block.count_params():,} = 3 · 3 · 3 · 64 weights + 64 biases")

# %% [markdown]
# ## Do: a block of PixelShuffle
#
# For the generator the talk names **PixelShuffle**: an ordinary convolution makes four channels for each one that is
# wanted, and these move into space, a square of 2 × 2 for each pixel. In TensorFlow that is `tf.nn.depth_to_space`:

# %% tags=["nbval-check-output"]
pixel = np.arange(1, 9, dtype="float32").reshape(1, 1, 1, 8)
square = tf.nn.depth_to_space(pixel, 2).numpy()
print("one pixel with the channels", pixel.ravel().tolist(), "becomes", square.shape)
print("first channel: ", square[0, :, :, 0].tolist())
print("second channel:", square[0, :, :, 1].tolist())

# %% [markdown]
# Keras builds models from layers, and this is a function. `layers.Lambda(function)` makes a layer of it.

# %% tags=["exercise"] exercise="sparse_gradients.make_shuffle_block"

# %% tags=["check"]
lab.check("make_shuffle_block")

# %% tags=["nbval-check-output"]
if lab.ready("make_shuffle_block"):
    block = make_shuffle_block()
    print("a batch of 5:", tuple(block(np.zeros((5, 64, 64, 3), "float32")).shape))
    print(
        f"parameters: {block.count_params():,} = 3 · 3 · 3 · 256 weights + 256 biases"
    )

# %% [markdown]
# ## See: four GANs
#
# Zeros nowhere, in the generator, in the discriminator, in both: *your* blocks against ReLU and max-pooling. Same
# parameters, same digits, same seeds. First what the talk avoids, then the networks.


# %%
def sparse_pooling_block(filters, shape):
    return keras.Sequential(
        [keras.Input(shape), *pieces(layers.MaxPooling2D, 0.0, filters)]
    )


def sparse_shuffle_block(filters, shape):
    convolution = layers.Conv2D(4 * filters, kernel_size=3, padding="same")
    shuffle = layers.Lambda(partial(tf.nn.depth_to_space, block_size=2))
    return keras.Sequential([keras.Input(shape), convolution, shuffle, layers.ReLU()])


# %%
def make_generator(block):
    begin = [keras.Input((50,)), layers.Dense(7 * 7 * 16), layers.Reshape((7, 7, 16))]
    blocks = [block(16, (7, 7, 16)), block(8, (14, 14, 16))]
    last = layers.Conv2D(1, 3, padding="same", activation="tanh")
    blocks = [keras.Sequential([block]) for block in blocks]  # two may have one name
    return keras.Sequential([*begin, *blocks, last])


def make_discriminator(block):
    blocks = [block(8, (28, 28, 1)), block(16, (14, 14, 8))]
    blocks = [keras.Sequential([block]) for block in blocks]
    last = [layers.Flatten(), layers.Dense(1)]
    return keras.Sequential([keras.Input((28, 28, 1)), *blocks, *last])


# %% tags=["experiment"]
if lab.ready("make_pooling_block", "make_shuffle_block"):
    up, down = make_shuffle_block, make_pooling_block
    arms = {
        "nowhere": (up, down),
        "in G": (sparse_shuffle_block, down),
        "in D": (up, sparse_pooling_block),
        "in both": (sparse_shuffle_block, sparse_pooling_block),
    }
    adam = partial(keras.optimizers.Adam, learning_rate=1e-3, beta_1=0.5)
    gan = partial(Recipe, latent_dim=50, batch_size=16, real_labels=ones)
    runs = {name: [] for name in arms}
    for s, name in progress.each([(s, n) for s in seeds for n in arms], "trainings"):
        up, down = arms[name]
        networks = partial(make_generator, up), partial(make_discriminator, down)
        recipe = gan(*networks, g_optimizer=adam, d_optimizer=adam)
        runs[name].append(train(recipe, x_train, steps, s, progress=False))

# %% [markdown]
# It is not enough to look at the generator's own layers: its gradients come *through the discriminator* first. So take
# the generator's loss and follow the gradient to the pixels of 64 fakes, and on to the generator's weights. How much of
# it is exactly 0, with the zeros in either network?


# %%
def silent(run):
    """Return how much of the gradient is 0, in %: at pixels, in G's weights."""
    latents = np.random.default_rng(run.seed).standard_normal((64, 50), "float32")
    with tf.GradientTape() as tape:
        fakes = run.generator(latents, training=True)
        logits = run.discriminator(fakes, training=True)
        loss = tf.reduce_mean(tf.nn.softplus(-logits))  # of "real", as in lab 12
    at_pixels, *weights = tape.gradient(
        loss, [fakes, *run.generator.trainable_variables]
    )
    weights = np.concatenate([np.ravel(w) for w in weights])
    return 100 * np.mean(at_pixels == 0), 100 * np.mean(weights == 0)


# %% tags=["experiment"]
if lab.ready("make_pooling_block", "make_shuffle_block"):
    shares = {}
    for name, several in runs.items():
        shares[name] = np.transpose([silent(run) for run in several])
        pixels, weights = (", ".join(f"{x:.1f}" for x in row) for row in shares[name])
        print(f"zeros {name:8} % at the pixels: {pixels}   % in G's weights: {weights}")

# %% tags=["claim"]
for name, (pixels, _) in shares.items():
    assert pixels.max() < 5, (
        f"zeros {name}: expected less than 5 % at the pixels; found {pixels}"
    )

# %% [markdown]
# None at the pixels, in any row. A ReLU in the generator can leave out a few of its own weights.
#
# And the digits? FID compares fakes with real ones, lower is better (lab 12 and lesson 02). A number for each seed:

# %% tags=["experiment"]
if lab.ready("make_pooling_block", "make_shuffle_block"):
    n_scored = ganhacks.length(
        n_seeds, 0
    )  # scoring takes long, so not where the course tests itself
    scores = {}
    for name, several in progress.each(runs.items(), "scores"):
        scores[name] = [
            metrics.mnist_fid(run.samples(2000)) for run in several[:n_scored]
        ]
        print(
            f"zeros {name:8} FID", " ".join(f"{score:5.0f}" for score in scores[name])
        )

# %% tags=["claim"]
worst = max(map(np.median, scores.values()))
assert worst < 100, f"expected a median FID below 100 in every row; found {worst:.0f}"

# %% tags=["experiment"]
if lab.ready("make_pooling_block", "make_shuffle_block"):
    rows = [run.samples(4) for several in runs.values() for run in several[:3]]
    names, columns = [f"zeros {name}" for name in runs], 4 * min(len(seeds), 3)
    title = "Four fakes for each seed"
    display(plots.digits(np.concatenate(rows), title, columns, row_labels=names))

# %% [markdown]
# One bad run is no verdict. Twelve seeds for each row (`n_seeds = 12`, about two minutes) have medians of 23.5, 25.5,
# 24 and 24. Three of these 48 runs end near 100 or above it: two with zeros in both networks, one with zeros *nowhere*.
#
# So these seeds show no difference between usual runs, which is no proof that there is none. Whether bad runs come more
# often, 48 cannot tell. Larger images and longer training we did not try.

# %% [markdown]
# ## Find the bug
#
# PyTorch's PixelShuffle reads the channels of a pixel in another order than TensorFlow's `depth_to_space`. If you train
# from scratch, either will do. If the weights come from elsewhere, use their order. In 2026 a program that exports
# models was reported to take one order for the other, on the way back from pixels to channels. With one channel nobody
# notices. Here is the same mistake, from channels to pixels. Mend it, so that it agrees with `depth_to_space` for any
# channels.

# %% tags=["exercise"] exercise="sparse_gradients.pixel_shuffle"

# %% tags=["check"]
lab.check("pixel_shuffle")

# %% [markdown]
# Three digits as three channels of one image. TensorFlow packs each square of 2 × 2 into one pixel, and your function
# unpacks it. The first channel, unpacked as found and as mended:

# %% tags=["experiment"] alt="A clean 5; as found, a 5, a 0 and a 4 woven into each other; as mended, the 5."
if lab.ready("pixel_shuffle"):
    image = x_train[:3, ..., 0].transpose(1, 2, 0)[None]
    packed = tf.nn.space_to_depth(image, 2).numpy()
    unpacked = {
        "before packing": image,
        "as found": lab.exercises["pixel_shuffle"].given(packed),
        "as mended": np.asarray(pixel_shuffle(packed)),
    }
    maps = {name: values[0, ..., 0] for name, values in unpacked.items()}
    limits = -1, 1
    display(charts.heat_maps(maps, "First channel", "brightness", limits, size=1.9))

# %% tags=["nbval-check-output"]
if lab.ready("pixel_shuffle"):
    given = lab.exercises["pixel_shuffle"].given
    ways = {"as found": given, "as mended": pixel_shuffle}
    for channels in (1, 3):
        x = np.random.default_rng(seed).random((2, 5, 4, 4 * channels), "float32")
        wanted = tf.nn.depth_to_space(x, 2).numpy()
        told = [
            f"{name} {np.array_equal(way(x, 2), wanted)}" for name, way in ways.items()
        ]
        print(f"{channels} channel(s), equal to TensorFlow's:", ", ".join(told))

# %% [markdown]
# ## Evidence

# %% tags=["evidence"]
lab.card()

# %% [markdown]
# ## When not
#
# **In small GANs.** The card is no praise for averages. In the poor recipe, where nearly all runs fail, they are
# better. In the good one they are worse, on both data sets. Why, this lab cannot say.
#
# Yet averages have lasted. SN-GAN's and BigGAN's discriminators average, and keep the *plain* ReLU. StyleGAN2 blurs
# before it drops pixels, R3GAN interpolates bilinearly. Zhang showed for classifiers what happens otherwise: skip
# places without smoothing (*aliasing*), and the answer may change when the image moves by one pixel.
#
# PixelShuffle draws a checkerboard at first (lab 02); most generators today enlarge and convolve.

# %% [markdown]
# ## Key points
#
# - Max-pooling stops the gradient at exactly three of four outputs of a convolution. With a plain ReLU it is 77 % of
#   independent numbers, and more for digits.
# - Zeros do not add up with depth, and here do not reach the pixels: the convolution before fills them.
# - In a small GAN's usual runs, twelve seeds show no harm from them. Whether bad runs come more often is open.

# %%
lab.summary()

# %% [markdown]
# ## References
#
# Chintala et al., *How to Train a GAN?*, [ganhacks](https://github.com/soumith/ganhacks), trick 5 · Shi et al.,
# *Real-Time Single Image and Video Super-Resolution* (PixelShuffle), [arXiv:1609.05158](https://arxiv.org/abs/1609.05158)
# · Miyato et al. (SN-GAN), [arXiv:1802.05957](https://arxiv.org/abs/1802.05957) · Brock et al. (BigGAN),
# [arXiv:1809.11096](https://arxiv.org/abs/1809.11096) · Zhang, *Making Convolutional Networks Shift-Invariant Again*,
# [arXiv:1904.11486](https://arxiv.org/abs/1904.11486) · Karras et al. (StyleGAN2),
# [arXiv:1912.04958](https://arxiv.org/abs/1912.04958) · Huang et al. (R3GAN),
# [arXiv:2501.05441](https://arxiv.org/abs/2501.05441) · the bug: onnxscript,
# [issue 2891](https://github.com/microsoft/onnxscript/issues/2891), and the two orders: ONNX,
# [pull request 2163](https://github.com/onnx/onnx/pull/2163).
