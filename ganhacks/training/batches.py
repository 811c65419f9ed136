"""What a run trains on, chunk by chunk: real samples, latents and labels, drawn beside the training."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import tensorflow as tf

from ganhacks import blame
from ganhacks.errors import BadInput, require
from ganhacks.training.streams import CHUNK, Stream, generator_for


class Chunks:
    """The arrays for each chunk of steps, a function of the seed and the chunk's number alone.

    While a chunk is trained on, the next one is drawn in a second thread. last: the number of the last chunk.
    """

    def __init__(self, recipe, data, seed, last):
        self.recipe, self.data, self.seed, self.last = recipe, data, seed, last
        self.n_data = len(tf.nest.flatten(data)[0])
        self.batches_per_epoch = self.n_data // recipe.batch_size
        self.drawn = {}  # number -> future of the arrays: the present chunk and the next
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
        """Return (real, latents, real_labels, fake_labels) of a chunk, as tensors of CHUNK x batch_size rows."""
        recipe, n_samples = self.recipe, CHUNK * self.recipe.batch_size
        picked = self._indices(number)
        arrays = (
            tf.nest.map_structure(lambda part: part[picked], self.data),
            drawn(recipe, "latent_samples", generator_for(self.seed, Stream.LATENTS, number), n_samples),
            drawn(recipe, "real_labels", generator_for(self.seed, Stream.REAL_LABELS, number), n_samples),
            drawn(recipe, "fake_labels", generator_for(self.seed, Stream.FAKE_LABELS, number), n_samples),
        )
        return tf.nest.map_structure(tf.constant, arrays)

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
