"""Compare the course's training loop with the notebook's of 2018, ported to Keras 3: same networks, batch and data.

    python tools/speed_2018.py               steps per second of both in turn, the ratio, and the processor's limit
    python tools/speed_2018.py --epochs 100  train lab 12 for that long as well, and say how long it took

The port changes only what Keras 3 demands (`learning_rate=`, `negative_slope=`, an Input layer). The two take turns,
so that other load on the machine meets both alike; the figures are medians over the rounds.
"""

import argparse
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import ganhacks  # noqa: E402, F401, I001  (first, because it keeps TensorFlow quiet)

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402

from ganhacks import data  # noqa: E402
from ganhacks.hacks.mnist_gan import preprocess  # noqa: E402
from ganhacks.recipe import Recipe  # noqa: E402
from ganhacks.training import CHUNK, train  # noqa: E402

BATCH = 64
STEPS_OLD, STEPS_NEW = 300, 10 * CHUNK  # a round of each takes about as long

# Multiplications and additions of one step of the course's loop, matrix products only: the discriminator forward on
# two batches and backward to its weights, forward once more and back to its input, the generator forward and backward.
D, G = 2 * BATCH * (784 * 128 + 128), 2 * BATCH * (100 * 128 + 128 * 784)
FLOP = 2 * D + 2 * D + 2 * D + 3 * G - 2 * BATCH * 100 * 128


class Loop2018:
    """The notebook's networks, optimisers and loop, one call of `train_on_batch` after the other."""

    def __init__(self, images):
        self.images = images.astype("float64")  # as there
        self.generator = keras.Sequential(
            [
                keras.Input((100,)),
                layers.Dense(128),
                layers.LeakyReLU(negative_slope=0.01),
                layers.Dense(784),
                layers.Activation("tanh"),
            ]
        )
        self.discriminator = keras.Sequential(
            [
                keras.Input((784,)),
                layers.Dense(128),
                layers.LeakyReLU(negative_slope=0.01),
                layers.Dense(1),
                layers.Activation("sigmoid"),
            ]
        )
        self.gan = keras.Sequential([self.generator, self.discriminator])
        self.discriminator.compile(keras.optimizers.Adam(learning_rate=1e-3), "binary_crossentropy")
        self.gan.compile(keras.optimizers.Adam(learning_rate=1e-4), "binary_crossentropy")
        self.step = 0

    def run(self, steps):
        real_labels, fake_labels = np.ones((BATCH, 1)), np.zeros((BATCH, 1))
        for _ in range(steps):
            first = self.step * BATCH % (len(self.images) - BATCH)
            latents = np.random.normal(size=(BATCH, 100))
            fake = self.generator.predict_on_batch(latents)
            self.switch(True)
            self.discriminator.train_on_batch(self.images[first : first + BATCH], real_labels * 0.9)
            self.discriminator.train_on_batch(fake, fake_labels)
            self.switch(False)
            self.gan.train_on_batch(latents, real_labels)
            self.step += 1

    def switch(self, trainable):
        for layer in self.discriminator.layers:
            layer.trainable = trainable


class CourseLoop:
    """`train` as lab 12 calls it, everything that it does between chunks included."""

    def __init__(self, images):
        self.images, self.history = images, None

    def run(self, steps):
        done = self.history.step if self.history else 0
        self.history = train(Recipe(), self.images, done + steps, progress=False, resume_from=self.history)


def matrix_product_speed(size=2048, repeats=5):
    """Return the processor's float32 multiplications and additions per second in one large product."""
    matrix = tf.random.normal((size, size))
    tf.matmul(matrix, matrix).numpy()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        tf.matmul(matrix, matrix).numpy()
        times.append(time.perf_counter() - started)
    return 2 * size**3 / min(times)


def steps_per_second(loop, steps):
    started = time.perf_counter()
    loop.run(steps)
    return steps / (time.perf_counter() - started)


def main():
    parser = argparse.ArgumentParser(description="Compare the course's loop with the notebook's of 2018.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--epochs", type=int, help="also train lab 12 for this many epochs")
    arguments = parser.parse_args()

    images = preprocess(data.mnist().x_train)
    old, new = Loop2018(images), CourseLoop(images)
    old.run(20)
    new.run(CHUNK)  # both have compiled now
    print(f"{os.cpu_count()} cores · TensorFlow {tf.__version__} · Keras {keras.__version__}")
    rates = []
    for number in range(arguments.rounds):
        rates.append([steps_per_second(old, STEPS_OLD), steps_per_second(new, STEPS_NEW)])
        print(f"round {number + 1}: 2018 {rates[-1][0]:.0f}, course {rates[-1][1]:.0f} steps/s", flush=True)
    rates = np.array(rates)
    ratios = rates[:, 1] / rates[:, 0]
    speed = matrix_product_speed()
    rate = np.median(rates[:, 1])
    print(f"median: 2018 {np.median(rates[:, 0]):.0f}, course {rate:.0f} steps/s")
    print(f"ratio: {np.median(ratios):.1f} times (from {ratios.min():.1f} to {ratios.max():.1f})")
    used, limit = rate * FLOP / 1e9, speed / 1e9
    print(f"a step is {FLOP / 1e6:.0f} MFLOP: {used:.0f} GFLOP/s; one large matrix product: {limit:.0f} GFLOP/s,")
    print(f"so 100 epochs could not take less than {93_700 * FLOP / speed:.0f} s on this machine")
    if arguments.epochs:
        started = time.perf_counter()
        steps = arguments.epochs * (len(images) // BATCH)
        train(Recipe(), images, steps, progress=False)
        print(f"{arguments.epochs} epochs of lab 12: {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nInterrupted.")
        sys.exit(130)
