"""What a run trains on, chunk by chunk: real samples, latents and labels, drawn beside the training."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import tensorflow as tf

from ganhacks import blame
from ganhacks.errors import BadInput, require
from ganhacks.training.streams import CHUNK, Stream, generator_for

ALIGNMENT = 64  # bytes: over memory that begins elsewhere TensorFlow ends the process


class Chunks:
    """The arrays for each chunk of steps, a function of the seed and the chunk's number alone.

    While a chunk is trained on, the next one is drawn in a second thread. last: the number of the last chunk.
    """

    def __init__(self, recipe, data, seed, last):
        self.recipe, self.data, self.seed, self.last = recipe, data, seed, last
        self.n_data = len(tf.nest.flatten(data)[0])
        self.batches_per_epoch = self.n_data // recipe.batch_size
        self.drawn = {}  # number -> future of the arrays: the present chunk and the next
        self.reals = {}  # of even and of odd chunks: (arrays, tensors over the same memory)
        self.pool = ThreadPoolExecutor(1)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.pool.shutdown(cancel_futures=True)

    def __getitem__(self, number):
        for wanted in range(number, min(number + 1, self.last) + 1):
            if wanted not in self.drawn:
                self.drawn[wanted] = self.pool.submit(self.arrays, wanted)
        self.drawn = {kept: future for kept, future in self.drawn.items() if kept >= number}
        return self.drawn[number].result()

    def arrays(self, number):
        """Return (real, latents, real_labels, fake_labels) of a chunk, as tensors of CHUNK x batch_size rows.

        The real samples of the chunk before the last one are overwritten.
        """
        recipe, n_samples = self.recipe, CHUNK * self.recipe.batch_size
        arrays = (
            drawn(recipe, "latent_samples", generator_for(self.seed, Stream.LATENTS, number), n_samples),
            drawn(recipe, "real_labels", generator_for(self.seed, Stream.REAL_LABELS, number), n_samples),
            drawn(recipe, "fake_labels", generator_for(self.seed, Stream.FAKE_LABELS, number), n_samples),
        )
        return self._real(number), *tf.nest.map_structure(tf.constant, arrays)

    def _real(self, number):
        # Images are most of what a chunk holds. New arrays for each chunk, and copies of them as tensors, took longer
        # than gathering the images does.
        picked, parts = self._indices(number), tf.nest.flatten(self.data)
        if number % 2 not in self.reals:
            shared = [shared_memory((len(picked), *part.shape[1:]), part.dtype) for part in parts]
            self.reals[number % 2] = tuple(zip(*shared))
        arrays, tensors = self.reals[number % 2]
        for part, array in zip(parts, arrays):
            np.take(part, picked, axis=0, out=array, mode="clip")  # "raise" would gather into a buffer first
        return tf.nest.pack_sequence_as(self.data, tensors)

    def _indices(self, number):
        # Each epoch is a permutation of its own, cut into batches; what is left over at its end waits for another.
        steps = np.arange(number * CHUNK, (number + 1) * CHUNK)
        epochs, batches = np.divmod(steps, self.batches_per_epoch)
        size = self.recipe.batch_size
        picked = np.empty((CHUNK, size), "int64")
        for epoch in np.unique(epochs):
            permutation = generator_for(self.seed, Stream.PERMUTATION, int(epoch)).permutation(self.n_data)
            rows = epochs == epoch
            picked[rows] = permutation[: self.batches_per_epoch * size].reshape(-1, size)[batches[rows]]
        return picked.ravel()


def shared_memory(shape, dtype):
    """Return (array, tensor) over the same memory: what is written into the one stands in the other."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    memory = np.empty(size + ALIGNMENT, "uint8")
    begin = -memory.ctypes.data % ALIGNMENT
    array = memory[begin : begin + size].view(dtype).reshape(shape)
    return array, tf.experimental.dlpack.from_dlpack(array.__dlpack__())


def drawn(recipe, name, rng, n_samples):
    """Draw with the recipe's function of this name, latents or labels, and make sure of their shape.

    Latents may have more parts beside the samples from the latent space: whole numbers stay such ones, as int32. All
    the rest becomes float32. Raises BadInput, and RecipeFailed.
    """
    width = (recipe.latent_dim,) if name == "latent_samples" else ()
    result = recipe.call(name, rng, n_samples, *width)
    first, *others = result if isinstance(result, tuple) and width else (result,)
    name = blame.name_of(getattr(recipe, name))
    try:
        first, others = np.asarray(first, "float32"), [np.asarray(part) for part in others]
    except (TypeError, ValueError):
        raise BadInput(f"{name} returned {type(first).__name__}; wanted an array of numbers.") from None
    others = [part.astype("int32" if part.dtype.kind in "iu" else "float32") for part in others]
    wanted = (n_samples, *(width or (1,)))
    require(
        first.shape == wanted,
        f"{name} returned the shape {first.shape} when asked for {n_samples} samples; wanted {wanted}.",
    )
    for part in others:
        require(
            part.ndim >= 2 and len(part) == n_samples,
            f"{name} returned a part of shape {part.shape} when asked for {n_samples} samples; wanted ({n_samples}, "
            "...).",
        )
    return (first, *others) if others else first
