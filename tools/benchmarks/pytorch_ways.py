"""PyTorch: eager, with what its users do for speed, and compiled."""

import functools
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

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
    shapes,
)

VERSION = f"PyTorch {torch.__version__}"


class _ToImages(nn.Module):
    """Flat rows to images whose memory is in Keras' order, which PyTorch calls channels_last."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.reshape(-1, *self.shape).permute(0, 3, 1, 2)


class _ToRows(nn.Module):
    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


def build(layers, shape, seed):
    """Build a workload's network as an nn.Sequential with the weights that all ways begin with."""
    modules = [_module(layer, before) for layer, before, _ in shapes(layers, shape)]
    for module, arrays in zip(modules, initial_weights(layers, shape, seed), strict=True):
        for parameter, array in zip(module.parameters(), arrays, strict=True):
            # Keras: (in, out) and (height, width, in, out), or (…, out, in) when transposed. PyTorch: the reverse.
            order = {1: (0,), 2: (1, 0), 4: (3, 2, 0, 1)}[array.ndim]
            parameter.data.copy_(torch.from_numpy(array.transpose(order).copy()))
    return nn.Sequential(*modules)


def _module(layer, shape):
    match layer:
        case Dense(units, bias):
            return nn.Linear(shape[0], units, bias=bias)
        case Conv(filters, kernel, stride, bias, up):
            more = {"stride": stride, "padding": (kernel - 1) // 2, "bias": bias}
            if not up:
                return nn.Conv2d(shape[-1], filters, kernel, **more)
            more["output_padding"] = stride - 1 - (kernel + 1) % 2 if stride > 1 else 0
            return nn.ConvTranspose2d(shape[-1], filters, kernel, **more)
        case BatchNorm(momentum, epsilon):
            kind = nn.BatchNorm1d if len(shape) == 1 else nn.BatchNorm2d
            return kind(shape[-1], eps=epsilon, momentum=1 - momentum)
        case Leaky(slope):
            return nn.LeakyReLU(slope) if slope else nn.ReLU()
        case Tanh():
            return nn.Tanh()
        case Dropout(rate):
            return nn.Dropout(rate)
        case Reshape(shape_):
            return _ToImages(shape_)
        case Flatten():
            return _ToRows()


class Loop:
    """The usual loop, with data in memory. Fakes are made once a step and used by both updates, as PyTorch's own
    DCGAN example does.

    fused: the fused Adam and, for images, channels_last. compiled: the whole step through torch.compile.
    bfloat16: forward passes under autocast.
    """

    def __init__(self, workload, fused=False, compiled=False, bfloat16=False):
        size = workload.batch_size
        self.step, self.size = 0, size
        self.real = torch.from_numpy(workload.real(CHUNK * size))
        self.latents = torch.from_numpy(workload.latents(CHUNK * size))
        self.generator = build(workload.generator, (workload.latent_dim,), seed=0)
        self.discriminator = build(workload.discriminator, workload.sample_shape, seed=1)
        if self.real.ndim == 4:
            self.real = self.real.permute(0, 3, 1, 2).contiguous()
            if fused or compiled:
                self.real = self.real.contiguous(memory_format=torch.channels_last)
                for model in (self.generator, self.discriminator):
                    model.to(memory_format=torch.channels_last)
        adam = functools.partial(torch.optim.Adam, betas=(workload.beta_1, 0.999), eps=1e-7, fused=fused or None)
        self.g_adam = adam(self.generator.parameters(), lr=workload.g_rate)
        self.d_adam = adam(self.discriminator.parameters(), lr=workload.d_rate)
        self.real_labels = torch.full((size, 1), REAL_LABEL)
        self.ones, self.zeros = torch.ones(size, 1), torch.zeros(size, 1)
        self.autocast = functools.partial(torch.autocast, "cpu", torch.bfloat16, enabled=bfloat16)
        self.d_losses = torch.compile(self._d_losses) if compiled else self._d_losses
        self.g_losses = torch.compile(self._g_losses) if compiled else self._g_losses
        self.make = torch.compile(self.generator) if compiled else self.generator

    def _d_losses(self, real, fake):
        loss = functional.binary_cross_entropy_with_logits
        with self.autocast():
            real_logits, fake_logits = self.discriminator(real), self.discriminator(fake)
        return loss(real_logits.float(), self.real_labels) + loss(fake_logits.float(), self.zeros)

    def _g_losses(self, fake):
        with self.autocast():
            logits = self.discriminator(fake)
        return functional.binary_cross_entropy_with_logits(logits.float(), self.ones)

    def run(self, steps):
        for _ in range(steps):
            rows = slice(self.step % CHUNK * self.size, (self.step % CHUNK + 1) * self.size)
            with self.autocast():
                fake = self.make(self.latents[rows])
            self.d_adam.zero_grad()
            d_loss = self.d_losses(self.real[rows], fake.detach())
            d_loss.backward()
            self.d_adam.step()
            self.g_adam.zero_grad()
            for parameter in self.discriminator.parameters():
                parameter.requires_grad_(False)  # saves the way back to the discriminator's weights
            g_loss = self.g_losses(fake)
            g_loss.backward()
            for parameter in self.discriminator.parameters():
                parameter.requires_grad_(True)
            self.g_adam.step()
            self.step += 1
        return d_loss.item(), g_loss.item()


WAYS = {
    "PyTorch eager": Loop,
    "PyTorch fused": functools.partial(Loop, fused=True),
    "PyTorch compiled": functools.partial(Loop, fused=True, compiled=True),
    "PyTorch fused, bfloat16": functools.partial(Loop, fused=True, bfloat16=True),
}
