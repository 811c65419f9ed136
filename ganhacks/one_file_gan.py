"""A whole GAN in one file, from top to bottom: the data, two networks, their two updates, the loop, a picture.

    python ganhacks/one_file_gan.py     under a minute; writes one_file_gan.png to the folder that you are in

It needs nothing else of the course. `ganhacks.training.train` does the same, with anything in it exchanged, faster, and
so that it can be interrupted; a test holds the two against each other, number by number. Where to read more about a
line stands at its end: "lab 05" is labs/05_gaussian_init.ipynb, "lesson 01" is notebooks/01_the_gan_game.ipynb.
"""

import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"  # TensorFlow has much to say, and none of it about GANs
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # two cores are enough

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers

# ---- What you may change

steps = 15_000
batch_size = 64
latent_dim = 100  # how many random numbers the generator makes an image from: lab 08
hidden = 128
smooth = 0.1  # a real image counts as 0.9, not 1: lab 10
g_learning_rate, d_learning_rate = 1e-4, 1e-3  # lab 18
seed = 0

# ---- The data: 60,000 digits of 28 x 28 pixels, as rows of 784 numbers from -1, black, to 1, white: lab 07

here = Path(__file__).parent
data = next(
    path for path in (here / "course" / "data", here.parent / "data") if path.exists()
)  # as pip, or git, put it
images = np.load(data / "mnist.npz")["x_train"]  # uint8 (60000, 28, 28)
x_train = images.reshape(-1, 784).astype("float32") / 127.5 - 1  # float32 (60000, 784)

# ---- The two networks: lab 12

keras.utils.set_random_seed(seed)
generator = keras.Sequential(
    [
        keras.Input((latent_dim,)),  # (batch, 100) latent samples
        layers.Dense(hidden),  # (batch, 128)
        layers.LeakyReLU(negative_slope=0.01),  # lab 03
        layers.Dense(784),  # (batch, 784)
        layers.Activation("tanh"),  # pixels in [-1, 1], as the real ones: lab 07
    ]
)
discriminator = keras.Sequential(
    [
        keras.Input((784,)),  # (batch, 784) pixels, real or fake
        layers.Dense(hidden),  # (batch, 128)
        layers.LeakyReLU(negative_slope=0.01),
        layers.Dense(1),  # (batch, 1) logits: above 0 for "real", below 0 for "fake"
    ]
)
g_optimizer = keras.optimizers.Adam(g_learning_rate)  # one for each network: lab 06
d_optimizer = keras.optimizers.Adam(d_learning_rate)
g_optimizer.build(generator.trainable_variables)
d_optimizer.build(discriminator.trainable_variables)
loss_of = keras.losses.BinaryCrossentropy(from_logits=True)


# ---- One step: first the discriminator learns, then the generator: lesson 01


@tf.function(jit_compile=True)  # compiled, since it is called thousands of times
def step(real, latents):  # (batch, 784), (batch, 100)
    real_labels, fake_labels = tf.fill((batch_size, 1), 1 - smooth), tf.zeros((batch_size, 1))

    fake = generator(latents, training=True)  # (batch, 784)
    with tf.GradientTape() as tape:
        real_logits = discriminator(real, training=True)  # (batch, 1), a batch of its own: lab 09
        fake_logits = discriminator(fake, training=True)  # (batch, 1)
        d_loss = loss_of(real_labels, real_logits) + loss_of(fake_labels, fake_logits)
    gradients = tape.gradient(d_loss, discriminator.trainable_variables)  # the generator is not asked
    d_optimizer.apply(gradients, discriminator.trainable_variables)

    with tf.GradientTape() as tape:
        fake_logits = discriminator(generator(latents, training=True), training=True)  # it has just learnt
        g_loss = loss_of(tf.ones((batch_size, 1)), fake_logits)  # the fakes shall pass for real: lab 13
    gradients = tape.gradient(g_loss, generator.trainable_variables)  # the discriminator stays as it is
    g_optimizer.apply(gradients, generator.trainable_variables)
    return d_loss, g_loss


# ---- The loop: every epoch goes through all images in a new order

rng = np.random.default_rng(seed)
batches = len(x_train) // batch_size  # in an epoch: 937
losses = []
for i in range(steps):
    if i % batches == 0:
        order = rng.permutation(len(x_train))  # (60000,)
    picked = order[i % batches * batch_size :][:batch_size]  # (batch,)
    latents = rng.standard_normal((batch_size, latent_dim)).astype("float32")  # (batch, 100): lab 08
    losses.append(step(x_train[picked], latents))
    if (i + 1) % 1_000 == 0:
        print(f"step {i + 1:6,} of {steps:,}   d_loss {losses[-1][0]:.3f}   g_loss {losses[-1][1]:.3f}")

# ---- A picture of 50 fakes; what losses can't tell, scores can: lesson 02

latents = rng.standard_normal((50, latent_dim)).astype("float32")
fakes = generator(latents).numpy().reshape(5, 10, 28, 28)  # five rows of ten
page = fakes.swapaxes(1, 2).reshape(5 * 28, 10 * 28)
plt.imsave("one_file_gan.png", page.repeat(3, axis=0).repeat(3, axis=1), cmap="gray", vmin=-1, vmax=1)
print("The picture is in one_file_gan.png.")
