# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 04 · A DCGAN, step by step
#
# > **Claim.** Seven choices, taken together, make convolutional GANs train. *Radford, Metz and Chintala, 2015.*
#
# | At a glance | in this lesson |
# |---|---|
# | You'll do | put the seven practices together one at a time, with shapes and parameters printed at each step |
# | You'll learn | where each layer's numbers come from, and which choices belong to which network |
# | You need | labs 01 to 07 help · 25 minutes · about a minute of CPU |

# %%
import ganhacks  # first, because it keeps TensorFlow quiet

from functools import partial

import keras
import numpy as np
from keras import layers

from ganhacks import data
from ganhacks.pictures import plots
from ganhacks.training import Recipe, ones, train

# %% tags=["parameters"]
steps = 1200
filters = 16
batch_size = 32
seed = 0

# %%
steps = ganhacks.length(steps, 10)

# %% [markdown]
# ## Where we are going
#
# ![Two rows of boxes. Generator: 100 numbers, 7 by 7 by 128, 14 by 14 by 64, 28 by 28 by 1. Discriminator: 28 by 28 by 1, 14 by 14 by 64, 7 by 7 by 128, one logit.](../images/dcgan_architecture.png)
#
# The generator doubles height and width twice, the discriminator halves them twice. Neither has a pooling layer. One
# hidden layer is dense: it turns the latent sample into a first small image.

# %% [markdown]
# ![A table of seven practices: what was usual before, and what DCGAN does in the generator and in the discriminator](../images/dcgan_practices.png)

# %% [markdown]
# ## 1 · Halve with a stride
#
# Where a classifier would pool, the discriminator lets the convolution itself skip every second place (lab 01). A
# kernel of 3 × 3 over 3 channels, 64 times, and 64 biases: 3 · 3 · 3 · 64 + 64.


# %% tags=["nbval-check-output"]
def shape_and_size(*stack):
    model = keras.Sequential([keras.Input((64, 64, 3)), *stack])
    return f"{model.output_shape}  {model.count_params():,} parameters"


halving = layers.Conv2D(64, 3, strides=2, padding="same")
print(shape_and_size(halving))

# %% [markdown]
# ## 2 · Double with a stride
#
# A transposed convolution writes each input pixel into a patch of the output, patches two apart (lab 02). The kernel is
# 4, a **multiple** of the stride, so that every output pixel away from the border is written equally often: 4 · 4 · 3 ·
# 64 + 64.

# %% tags=["nbval-check-output"]
print(shape_and_size(layers.Conv2DTranspose(64, 4, strides=2, padding="same")))

# %% [markdown]
# ## 3 · Leak
#
# The paper has ReLU in the generator and a leaky ReLU with slope 0.2 in the discriminator (lab 03). It has no
# parameters. Keras' own default is 0.3, so say 0.2.

# %% tags=["nbval-check-output"]
leaky = layers.LeakyReLU(negative_slope=0.2)
print(shape_and_size(layers.Conv2D(64, 3, strides=2, padding="same"), leaky))

# %% [markdown]
# ## 4 · Normalize, before the activation
#
# Batch normalization has four numbers a channel (lab 04): two learned, γ and β, and two moving averages. Of the 2,048
# here, 1,920 are trained. The layer subtracts each channel's mean, and any bias with it. So the convolution's 64 biases
# do nothing, and β shifts in their place: leave them out.

# %% tags=["nbval-check-output"]
for use_bias in (True, False):
    stack = [
        layers.Conv2D(64, 3, strides=2, padding="same", use_bias=use_bias),
        layers.BatchNormalization(),
        layers.LeakyReLU(negative_slope=0.2),
    ]
    model = keras.Sequential([keras.Input((64, 64, 3)), *stack])
    trained = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    total = model.count_params()
    rest = total - trained
    print(f"bias {use_bias!s:5}  {total:,} = {trained:,} + {rest} not trained")

# %% [markdown]
# Two places are not normalized: the generator's **output**, whose range the reals share, and the discriminator's
# **input**, whose first layer must see where the data lie.

# %% [markdown]
# ## 5 · Start small
#
# Every kernel starts from N(0, 0.02): 0.02 is the standard deviation, not the variance (lab 05). Give each layer an
# initializer of its own, or layers of one shape start out equal.


# %% tags=["nbval-check-output"]
def small(number):
    return keras.initializers.RandomNormal(0.0, 0.02, seed=number)


kernel = small(1)((4, 4, 64, 64))
print("0.02 within a hundredth of itself:", bool(abs(np.std(kernel) / 0.02 - 1) < 0.01))
other = small(2)((4, 4, 64, 64))
print("another seed, another kernel:", not np.allclose(kernel, other))

# %% [markdown]
# ## 6 · Adam, with less memory
#
# Rate 2e-4 and β₁ 0.5 instead of the default 0.9, for both networks, and an optimizer for each (lab 06).

# %%
adam = partial(keras.optimizers.Adam, learning_rate=2e-4, beta_1=0.5)

# %% [markdown]
# ## 7 · Reals in [-1, 1]
#
# The generator ends in tanh, so real images are brought to the same range (lab 07).

# %% tags=["nbval-check-output"]
mnist = data.mnist()
x_train = (mnist.x_train[..., None].astype("float32") - 127.5) / 127.5
print(x_train.shape, x_train.min(), x_train.max())

# %% [markdown]
# ## Put together: the generator
#
# Read the shapes from the top: 100 numbers become a 7 × 7 image of many channels, and end as 28 × 28 of one.


# %%
def make_generator(filters=64):
    double = partial(layers.Conv2DTranspose, kernel_size=4, strides=2, padding="same")
    size = 7 * 7 * 2 * filters
    model = keras.Sequential([keras.Input((100,))], name="generator")
    model.add(layers.Dense(size, use_bias=False, kernel_initializer=small(seed)))
    model.add(layers.Reshape((7, 7, 2 * filters)))
    model.add(layers.BatchNormalization())
    model.add(layers.ReLU())
    model.add(double(filters, use_bias=False, kernel_initializer=small(seed + 1)))
    model.add(layers.BatchNormalization())
    model.add(layers.ReLU())
    model.add(double(1, kernel_initializer=small(seed + 2)))
    model.add(layers.Activation("tanh"))
    return model


# %% tags=["nbval-check-output"]
generator = make_generator()
for layer in generator.layers:
    name, shape = layer.__class__.__name__, str(layer.output.shape)
    print(f"{name:20} {shape:22} {layer.count_params():>9,}")
print(f"{generator.count_params():,} parameters")

# %% [markdown]
# ## Put together: the discriminator


# %%
def make_discriminator(filters=64):
    halve = partial(layers.Conv2D, kernel_size=4, strides=2, padding="same")
    model = keras.Sequential([keras.Input((28, 28, 1))], name="discriminator")
    model.add(halve(filters, kernel_initializer=small(seed + 3)))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(halve(2 * filters, use_bias=False, kernel_initializer=small(seed + 4)))
    model.add(layers.BatchNormalization())
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Flatten())
    # A logit: the loss takes the sigmoid.
    model.add(layers.Dense(1, kernel_initializer=small(seed + 5)))
    return model


# %% tags=["nbval-check-output"]
discriminator = make_discriminator()
for layer in discriminator.layers:
    name, shape = layer.__class__.__name__, str(layer.output.shape)
    print(f"{name:20} {shape:22} {layer.count_params():>9,}")
print(f"{discriminator.count_params():,} parameters")

# %% [markdown]
# ## Let it play
#
# A quarter of the width, so that a laptop can do it in under a minute. Each column is a fixed latent sample, before and
# while the two networks train. It is the beginning of a training, not its end.

# %%
recipe = Recipe(
    make_generator=partial(make_generator, filters),
    make_discriminator=partial(make_discriminator, filters),
    batch_size=batch_size,
    g_optimizer=adam,
    d_optimizer=adam,
    real_labels=ones,
)
history = train(recipe, x_train, steps, seed, snapshot_steps=[steps // 4, steps // 2])

# %%
plots.over_time(history)

# %% [markdown]
# ## What the pictures don't say
#
# Whether each of the seven helps. They were published together, and nobody knows from the paper what one of them does
# alone: that is what labs 01 to 07 are about, and why each has its own measured card.

# %% [markdown]
# ## What you may have read
#
# - *Normalization after the activation, or before?* Both can be read in one paragraph of a popular tutorial. The
#   paper's code and most others: before.
# - *The leaky ReLU "learns the cut-off"*? It has no parameter; PReLU learns a slope.
# - *The kernel "a factor of the stride"*? A multiple.

# %% [markdown]
# ## Key points
#
# - Strides change the size; in a transposed convolution the kernel is a multiple of the stride.
# - Conv → batch normalization → activation, without a bias; no normalization at G's output and D's input.
# - The seven came together; evidence for each alone has to be measured.

# %% [markdown]
# ## References
#
# Radford, Metz and Chintala, *Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
# Networks*, [arXiv:1511.06434](https://arxiv.org/abs/1511.06434) · Odena, Dumoulin and Olah, *Deconvolution and
# Checkerboard Artifacts*, [Distill 2016](https://distill.pub/2016/deconv-checkerboard/).
