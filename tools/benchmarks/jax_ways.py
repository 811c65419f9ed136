"""JAX: a jitted step a call, and many steps in one `lax.scan`. Networks and Adam are written out: nothing is faster."""

import functools
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
from jax import lax

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tools.benchmarks.workloads import (  # noqa: E402
    CHUNK,
    REAL_LABEL,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Leaky,
    Reshape,
    Tanh,
    initial_weights,
)

VERSION = f"JAX {jax.__version__}"


def apply(layers, weights, x, key):
    """Run a batch forward through a workload's network, as in training."""
    for number, (layer, arrays) in enumerate(zip(layers, weights, strict=True)):
        match layer:
            case Dense():
                x = x @ arrays[0]
            case Conv(stride=stride, up=up):
                if up:
                    x = lax.conv_transpose(x, arrays[0], (stride, stride), "SAME", transpose_kernel=True)
                else:
                    numbers = ("NHWC", "HWIO", "NHWC")
                    x = lax.conv_general_dilated(x, arrays[0], (stride, stride), "SAME", dimension_numbers=numbers)
            case BatchNorm(_, epsilon):
                axes = tuple(range(x.ndim - 1))
                mean, variance = x.mean(axes), x.var(axes)
                x = (x - mean) * lax.rsqrt(variance + epsilon) * arrays[0] + arrays[1]
            case Leaky(slope):
                x = jnp.where(x > 0, x, slope * x)
            case Tanh():
                x = jnp.tanh(x)
            case Dropout(rate):
                kept = jax.random.bernoulli(jax.random.fold_in(key, number), 1 - rate, x.shape)
                x = jnp.where(kept, x / (1 - rate), 0)
            case Reshape(shape):
                x = x.reshape(-1, *shape)
            case Flatten():
                x = x.reshape(len(x), -1)
        if isinstance(layer, (Dense, Conv)) and layer.bias:
            x = x + arrays[1]
    return x


def _loss(logits, label):
    return jnp.mean(jax.nn.softplus(logits) - label * logits)


def _adam(weights, gradients, state, rate, beta_1):
    count, m, v = state
    count += 1
    m = jax.tree.map(lambda m, g: beta_1 * m + (1 - beta_1) * g, m, gradients)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradients)
    scale = rate * jnp.sqrt(1 - 0.999**count) / (1 - beta_1**count)
    weights = jax.tree.map(lambda w, m, v: w - scale * m / (jnp.sqrt(v) + 1e-7), weights, m, v)
    return weights, (count, m, v)


def _step(workload, state, batch):
    """Update both networks once. Fakes are made once and used by both updates."""
    (g, d, g_state, d_state, key), (real, latents) = state, batch
    key, *keys = jax.random.split(key, 4)
    fake, back = jax.vjp(lambda g: apply(workload.generator, g, latents, keys[0]), g)

    def d_loss(d):
        on_real, on_fake = (
            apply(workload.discriminator, d, x, k) for x, k in zip((real, lax.stop_gradient(fake)), keys)
        )
        return _loss(on_real, REAL_LABEL) + _loss(on_fake, 0.0)

    d_value, gradients = jax.value_and_grad(d_loss)(d)
    d, d_state = _adam(d, gradients, d_state, workload.d_rate, workload.beta_1)
    g_value, to_fake = jax.value_and_grad(lambda x: _loss(apply(workload.discriminator, d, x, keys[2]), 1.0))(fake)
    g, g_state = _adam(g, back(to_fake)[0], g_state, workload.g_rate, workload.beta_1)
    return (g, d, g_state, d_state, key), (d_value, g_value)


class Loop:
    """scan: steps of one `lax.scan` a call; without it, a jitted step a call."""

    def __init__(self, workload, scan=False):
        size = workload.batch_size
        self.scan, self.count = scan, 0
        self.real = jnp.array(workload.real(CHUNK * size)).reshape(CHUNK, size, *workload.sample_shape)
        self.latents = jnp.array(workload.latents(CHUNK * size)).reshape(CHUNK, size, -1)
        g = initial_weights(workload.generator, (workload.latent_dim,), 0)
        d = initial_weights(workload.discriminator, workload.sample_shape, 1)
        g, d = jax.tree.map(jnp.array, g), jax.tree.map(jnp.array, d)
        adams = [(jnp.float32(0), jax.tree.map(jnp.zeros_like, w), jax.tree.map(jnp.zeros_like, w)) for w in (g, d)]
        self.state = (g, d, *adams, jax.random.key(0))
        step = functools.partial(_step, workload)
        self.step = jax.jit(step, donate_argnums=0)
        # The whole of the data goes in, and each turn of the scan takes its batch: that is faster than handing slices.
        self.steps = jax.jit(lambda state, batches: lax.scan(step, state, batches), donate_argnums=0)

    def run(self, steps):
        if self.scan:
            for first in range(0, steps, CHUNK):
                n = min(CHUNK, steps - first)
                self.state, losses = self.steps(self.state, (self.real[:n], self.latents[:n]))
            d_loss, g_loss = losses[0][-1], losses[1][-1]
        else:
            for _ in range(steps):
                i = self.count % CHUNK
                self.state, (d_loss, g_loss) = self.step(self.state, (self.real[i], self.latents[i]))
                self.count += 1
        return float(d_loss), float(g_loss)


WAYS = {"JAX jitted step": Loop, "JAX scan": functools.partial(Loop, scan=True)}
