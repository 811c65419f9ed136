"""What is trained: four pairs of networks written down without a framework, with their data and their arithmetic.

Each framework builds the same networks from these lists, so that a difference in speed is one of frameworks.
"""

import math
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ganhacks import data  # noqa: E402  (the path comes first)

CHUNK = 200  # batches that are handed to a way at a time; it goes through them again and again
REAL_LABEL = 0.9


@dataclass(frozen=True)
class Dense:
    units: int
    bias: bool = True


@dataclass(frozen=True)
class Conv:
    """A convolution with padding "same"; with `up`, the transposed one, which makes images `stride` times larger."""

    filters: int
    kernel: int
    stride: int
    bias: bool = True
    up: bool = False


@dataclass(frozen=True)
class BatchNorm:
    momentum: float = 0.99
    epsilon: float = 1e-3


@dataclass(frozen=True)
class Leaky:
    """max(x, slope x); slope 0 is ReLU."""

    slope: float


@dataclass(frozen=True)
class Tanh:
    pass


@dataclass(frozen=True)
class Dropout:
    rate: float


@dataclass(frozen=True)
class Reshape:
    """To (height, width, channels), in Keras' order."""

    shape: tuple


@dataclass(frozen=True)
class Flatten:
    pass


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    generator: tuple
    discriminator: tuple
    sample_shape: tuple
    latent_dim: int
    batch_size: int
    g_rate: float
    d_rate: float
    beta_1: float

    def real(self, n_samples):
        """Return float32 samples (n, ...), in [-1, 1] for images: the course's data, from the start."""
        if self.sample_shape == (2,):
            return data.ring(np.random.default_rng(0), n_samples, std=0.02).astype("float32")
        images = data.mnist().x_train[np.arange(n_samples) % 60_000]
        return (images.reshape(-1, *self.sample_shape) / np.float32(127.5) - 1).astype("float32")

    def latents(self, n_samples):
        """Return float32 (n, latent_dim) from N(0, 1), always the same."""
        return np.random.default_rng(1).standard_normal((n_samples, self.latent_dim)).astype("float32")

    def without_dropout(self):
        """Return the same workload without its only randomness, to compare ways number by number."""
        kept = [layer for layer in self.discriminator if not isinstance(layer, Dropout)]
        return replace(self, discriminator=tuple(kept))


def shapes(layers, shape):
    """Yield (layer, shape it reads, shape it makes), without the batch."""
    for layer in layers:
        before = shape
        match layer:
            case Dense(units):
                shape = (units,)
            case Conv(filters, _, stride, up=up):
                height, width = (side * stride if up else math.ceil(side / stride) for side in shape[:2])
                shape = (height, width, filters)
            case Reshape(shape_):
                shape = shape_
            case Flatten():
                shape = (math.prod(shape),)
        yield layer, before, shape


def products(layers, shape, batch_size):
    """Return for each layer with weights the matrix product that it amounts to for a batch, as (rows, inner, columns).

    A convolution is one product over all positions, a row each; a transposed one is the same with its input and
    output exchanged.
    """
    found = []
    for layer, before, after in shapes(layers, shape):
        match layer:
            case Dense(units):
                found.append((batch_size, before[0], units))
            case Conv(filters, kernel, up=False):
                found.append((batch_size * after[0] * after[1], kernel**2 * before[2], filters))
            case Conv(filters, kernel, up=True):
                found.append((batch_size * before[0] * before[1], before[2], kernel**2 * filters))
    return found


def step_products(workload):
    """Return every matrix product of one training step, each as (rows, inner, columns).

    The discriminator: forward on reals and fakes and back to its weights, then forward once more and back to the
    images. The generator: forward once, because both updates use the same fakes, and back to its weights. The way
    back through a layer is one product for its weights and one for its input; where nothing before the layer learns,
    the second is not needed. Everything that is not a matrix product is left out.
    """
    g = products(workload.generator, (workload.latent_dim,), workload.batch_size)
    d = products(workload.discriminator, workload.sample_shape, workload.batch_size)
    to_weights = lambda product: (product[1], product[0], product[2])  # noqa: E731
    to_input = lambda product: (product[0], product[2], product[1])  # noqa: E731
    one_batch = d + [to_weights(product) for product in d] + [to_input(product) for product in d[1:]]
    through_d = d + [to_input(product) for product in d]
    g_update = g + [to_weights(product) for product in g] + [to_input(product) for product in g[1:]]
    return 2 * one_batch + through_d + g_update


def flop(product):
    """Return the multiplications and additions of a product (rows, inner, columns)."""
    return 2 * math.prod(product)


def step_flop(workload):
    """Return the multiplications and additions of one training step, matrix products only."""
    return sum(map(flop, step_products(workload)))


def initial_weights(layers, shape, seed):
    """Return for each layer the float32 arrays that it learns, in Keras' layout: Glorot's uniform kernels, zero biases.

    A batch normalization has (gamma, beta), a layer without weights ().
    """
    rng = np.random.default_rng(seed)
    weights = []
    for layer, before, after in shapes(layers, shape):
        match layer:
            case Dense(units, bias):
                kernel, fans = (before[0], units), (before[0], units)
            case Conv(filters, size, _, bias, up):
                ends = (filters, before[2]) if up else (before[2], filters)
                kernel, fans = (size, size, *ends), (size**2 * before[2], size**2 * filters)
            case BatchNorm():
                weights.append((np.ones(after[-1], "float32"), np.zeros(after[-1], "float32")))
                continue
            case _:
                weights.append(())
                continue
        limit = math.sqrt(6 / sum(fans))
        arrays = (rng.uniform(-limit, limit, kernel).astype("float32"), np.zeros(after[-1], "float32"))
        weights.append(arrays if bias else arrays[:1])
    return weights


def _dcgan(widths, kernel, slope_g, slope_d, first_stride):
    """A DCGAN for 28x28 images: a dense layer to 7x7 and transposed convolutions; convolutions the other way."""
    first, *middle = widths
    generator = [Dense(49 * first, bias=False), BatchNorm(), Leaky(slope_g), Reshape((7, 7, first))]
    strides = [first_stride] * (len(middle) - 1) + [2] if middle else []
    for filters, stride in zip(middle, strides):
        generator += [Conv(filters, kernel, stride, bias=False, up=True), BatchNorm(), Leaky(slope_g)]
    generator += [Conv(1, kernel, 2, up=True), Tanh()]
    discriminator = []
    for filters in reversed(widths[-2:]):
        discriminator += [Conv(filters, kernel, 2), Leaky(slope_d), Dropout(0.3)]
    return tuple(generator), tuple([*discriminator, Flatten(), Dense(1)])


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload(
            "dense",
            "dense MNIST GAN of lab 12",
            (Dense(128), Leaky(0.01), Dense(784), Tanh()),
            (Dense(128), Leaky(0.01), Dense(1)),
            (784,),
            latent_dim=100,
            batch_size=64,
            g_rate=1e-4,
            d_rate=1e-3,
            beta_1=0.9,
        ),
        Workload(
            "small",
            "small DCGAN, 32 and 64 filters",
            *_dcgan((64, 32), 4, 0.0, 0.2, 2),
            (28, 28, 1),
            latent_dim=100,
            batch_size=64,
            g_rate=1e-3,
            d_rate=1e-3,
            beta_1=0.5,
        ),
        Workload(
            "tutorial",
            "tutorial-sized DCGAN, 64, 128 and 256 filters",
            *_dcgan((256, 128, 64), 5, 0.3, 0.3, 1),
            (28, 28, 1),
            latent_dim=100,
            batch_size=256,
            g_rate=1e-4,
            d_rate=1e-4,
            beta_1=0.9,
        ),
        Workload(
            "ring",
            "ring of eight Gaussians",
            (Dense(64), Leaky(0.0), Dense(64), Leaky(0.0), Dense(2)),
            (Dense(64), Leaky(0.0), Dense(64), Leaky(0.0), Dense(1)),
            (2,),
            latent_dim=2,
            batch_size=128,
            g_rate=1e-3,
            d_rate=1e-3,
            beta_1=0.5,
        ),
    )
}
