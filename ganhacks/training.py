"""Train a GAN: many steps inside one compiled function, and between two such chunks everything that people look at.

A step is one discriminator update on a real and a fake batch, then one generator update from the same latent samples.
All randomness comes from (seed, purpose, index), so a run that was interrupted goes on as if nothing had happened.
"""

import contextlib
import signal
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import IntEnum

import keras
import numpy as np
import tensorflow as tf

from ganhacks import blame, shortcuts
from ganhacks.errors import BadInput, RecipeFailed, require
from ganhacks.progress import Progress
from ganhacks.quiet import stderr_turned_aside
from ganhacks.recipe import Recipe

CHUNK = 200  # steps per call of the compiled loop: about half a second of the dense MNIST GAN
N_FIXED = 20  # fixed latent samples, drawn again at every snapshot
CURVES = ("d_loss", "g_loss", "d_gradient_norm", "g_gradient_norm")


class Stream(IntEnum):
    """What a random number is for: one independent generator for each purpose and index."""

    PERMUTATION = 0
    LATENTS = 1
    REAL_LABELS = 2
    FAKE_LABELS = 3
    FIXED = 4
    SAMPLES = 5


def generator_for(seed, stream, index=0):
    """Return the numpy.random.Generator that belongs to this seed, purpose and index."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(stream, index)))


@dataclass
class History:
    """A run as far as it got: the models, a value of every curve for every step, and snapshots at fixed latents.

    outcome is "running", "finished", "interrupted" or "diverged"; message says in one sentence what that means.
    curves: float32 (step, 4), columns as in `CURVES`, each also an attribute: d_loss, g_loss, d_gradient_norm,
    g_gradient_norm. snapshots: step -> generator output for fixed_latents, its first part if it has several.
    """

    recipe: Recipe
    seed: int
    generator: keras.Model
    discriminator: keras.Model
    g_optimizer: keras.optimizers.Optimizer
    d_optimizer: keras.optimizers.Optimizer
    fixed_latents: np.ndarray | tuple
    curves: np.ndarray = field(default_factory=lambda: np.empty((0, len(CURVES)), "float32"))
    snapshots: dict = field(default_factory=dict)
    seconds: float = 0.0
    outcome: str = "running"
    message: str = ""
    loop: object = field(default=None, repr=False)  # the compiled function, kept so that going on compiles nothing
    d_norm: object = field(default_factory=lambda: _Norm(), repr=False)  # of the gradients, inside the loop
    g_norm: object = field(default_factory=lambda: _Norm(), repr=False)

    @property
    def step(self):
        """The number of steps done."""
        return len(self.curves)

    @property
    def variables(self):
        """Every variable of both models and both optimisers."""
        parts = (self.generator, self.discriminator, self.g_optimizer, self.d_optimizer)
        return [variable for part in parts for variable in part.variables]

    def __getattr__(self, name):
        if name in CURVES:
            return self.curves[:, CURVES.index(name)]
        raise AttributeError(f"a History has no {name!r}; its curves are {', '.join(CURVES)}")

    def at_fixed_latents(self):
        """Return what the generator makes of `fixed_latents` now, (20, ...), the first part of it if there are more."""
        made = generate(self.generator, self.fixed_latents)
        return made[0] if isinstance(made, tuple) else made

    def samples(self, n_samples=10_000):
        """Return `n_samples` outputs of the generator, (n_samples, ...) in each part, always the same ones."""
        require(n_samples >= 1, f"n_samples is {n_samples}; ask for 1 or more.")
        latents = _drawn(self.recipe, "latent_samples", self.seed, Stream.SAMPLES, 0, n_samples)
        return generate(self.generator, latents)


def generate(generator, latents, batch_size=1000):
    """Return what the generator makes of `latents` as at test time: an array, or a tuple if it makes several parts.

    latents: (n, latent_dim), or a tuple of arrays with n rows each.
    """
    n_samples = len(tf.nest.flatten(latents)[0])
    outputs = []
    for begin in range(0, n_samples, batch_size):
        part = tf.nest.map_structure(lambda array, begin=begin: array[begin : begin + batch_size], latents)
        outputs.append(tf.nest.map_structure(np.asarray, _as_tuple(generator(part, training=False))))
    return tf.nest.map_structure(lambda *arrays: np.concatenate(arrays), *outputs)


def _as_tuple(output):
    """Return what a model puts out, a tuple where it puts out a list: Keras gives back either, by how it was built."""
    return tuple(output) if isinstance(output, list) else output


def train(recipe, data, steps, seed=0, *, resume_from=None, snapshot_steps=(), progress=True):
    """Train a GAN for `steps` steps in all and return its `History`.

    recipe: a Recipe. data: float32 array (n, ...) of real samples in the range that the generator makes, [-1, 1] for
    images; or a tuple of arrays with n rows each, such as (images, classes), if the generator makes such tuples and
    the discriminator reads them. steps: the total, also when going on. seed: a whole number from 0. resume_from: the
    History of a run that was interrupted, or of a shorter one; same recipe and seed. snapshot_steps: steps at which to
    keep the pictures at fixed latents; the first and the last are always kept. progress: show a live bar where there
    is a reader.

    Interrupting the kernel ends the run after the current chunk and returns what there is. A loss that is not finite
    ends it too: the message names the step, and models and curves are as they were before that chunk.
    Raises BadInput, in one sentence, for arguments that do not fit, and RecipeFailed where a function of the recipe
    fails: whose, at which line, and what to do.
    """
    check_arguments(recipe, data, steps, seed)
    history = start(recipe, seed, data) if resume_from is None else _go_on(resume_from, recipe, seed, steps)
    wanted = {step for step in snapshot_steps if history.step <= step <= steps} | {steps}
    ends = sorted((set(range(0, steps, CHUNK)) | wanted) - set(range(history.step + 1)))

    with (
        Progress(steps, enabled=progress) as bar,
        _Chunks(recipe, data, seed, last=(steps - 1) // CHUNK) as chunks,
        _interrupts_held_back() as interrupted,
    ):
        bar.update(history)
        for end in ends:
            _run_until(end, history, chunks)
            if history.outcome == "diverged":
                break
            if end in wanted:
                _snapshot(history)
            if interrupted() and end < steps:
                _snapshot(history)
                history.outcome = "interrupted"
                history.message = (
                    f"Interrupted after step {history.step:,} of {steps:,}. Nothing is lost: "
                    "train(..., resume_from=history) goes on from here."
                )
                break
            bar.update(history)
        else:
            history.outcome, history.message = "finished", f"{steps:,} steps done."
        bar.close(history)
    return history


def rehearse(recipe, data):
    """Trace the loop that `train` would compile, with new models, and run none of it: does it take these functions?

    recipe, data: as for `train`. Takes about a third of a second with small dense networks. Raises as `train` does.
    Leaves the random state alone.
    """
    check_arguments(recipe, data, 1, 0)
    history = _built(recipe, 0, data)
    with _Chunks(recipe, data, 0, last=0) as chunks:
        _concrete(history, _arguments(chunks, 0, 0, 1))


def check_arguments(recipe, data, steps, seed):
    """Raise BadInput for what `train` cannot begin with."""
    require(isinstance(recipe, Recipe), f"recipe is {type(recipe).__name__}; hand a ganhacks.recipe.Recipe.")
    for name, value, least in (("steps", steps, 1), ("seed", seed, 0)):
        require(
            isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= least,
            f"{name} is {value!r}; it must be a whole number, {least} or more.",
        )
    several = isinstance(data, tuple)
    parts = data if several else (data,)
    for number, part in enumerate(parts):
        name = f"data[{number}]" if several else "data"
        require(isinstance(part, np.ndarray), f"{name} is {type(part).__name__}; hand a float32 NumPy array.")
        require(
            part.dtype == np.float32 or number and part.dtype == np.int32,
            f"{name} is {part.dtype}; the networks read float32 in [-1, 1]: scale it and use .astype('float32')."
            + (" Classes as whole numbers are int32." if number else ""),
        )
        require(
            part.ndim >= 2 and len(part) >= recipe.batch_size,
            f"{name} has the shape {part.shape}; wanted (n, ...) with n at least the batch size, {recipe.batch_size}.",
        )
        require(
            len(part) == len(parts[0]),
            f"data[0] has {len(parts[0]):,} rows and {name} has {len(part):,}; every part needs a row for each sample.",
        )
        # One NaN or infinite value makes the sum such a one too, and a sum takes no memory.
        require(bool(np.isfinite(part.sum())), f"{name} holds NaN or infinite values; remove them before training.")


def start(recipe, seed, data):
    """Build what a run needs and return it as a History of no steps. Raises BadInput for models that do not fit."""
    keras.utils.set_random_seed(seed)
    return _built(recipe, seed, data)


def _built(recipe, seed, data):
    generator, discriminator = recipe.call("make_generator"), recipe.call("make_discriminator")
    for name, model in (("make_generator", generator), ("make_discriminator", discriminator)):
        require(
            isinstance(model, keras.Model), f"recipe.{name}() returned {type(model).__name__}; wanted a keras.Model."
        )
    latents = _drawn(recipe, "latent_samples", seed, Stream.FIXED, 0, N_FIXED)
    fakes = _output(recipe, "generator", generator, latents, "latent samples")
    first_two = tf.nest.map_structure(lambda part: part[:2], data)
    logits = tf.nest.flatten(_output(recipe, "discriminator", discriminator, first_two, "samples of the data"))[0]
    require(
        _shapes(fakes) == _shapes(data),
        f"The generator makes samples of shape {_shapes(fakes)} and the data's are {_shapes(data)}; "
        "give both the same shape.",
    )
    require(
        tuple(logits.shape) == (2, 1),
        f"The discriminator returns shape {tuple(logits.shape)} for 2 samples; wanted one logit each, (2, 1).",
    )
    optimizers = recipe.call("g_optimizer"), recipe.call("d_optimizer")
    for optimizer, model in zip(optimizers, (generator, discriminator)):
        optimizer.build(model.trainable_variables)
    history = History(recipe, seed, generator, discriminator, *optimizers, fixed_latents=latents)
    _snapshot(history)
    return history


def _output(recipe, player, model, batch, told):
    try:
        return _as_tuple(model(batch))
    except Exception as error:
        if blame.own_line(error, getattr(recipe, f"make_{player}")):  # a layer or model of the reader's own
            with recipe.blamed(f"make_{player}"):
                raise
        raise BadInput(
            f"The {player} does not take {told}, which have the shape {_shapes(batch)} ({type(error).__name__}); give "
            "its keras.Input that shape."
        ) from None


def _shapes(samples):
    """Return the shape of one sample, or a tuple of its parts' shapes."""
    if isinstance(samples, tuple):
        return tuple(_shapes(part) for part in samples)
    return tuple(samples.shape[1:])


def _go_on(history, recipe, seed, steps):
    require(
        isinstance(history, History), f"resume_from is {type(history).__name__}; hand the History that train returned."
    )
    require(
        history.recipe == recipe and history.seed == seed,
        "resume_from comes from another recipe or seed; hand the same ones, or leave resume_from out to start anew.",
    )
    require(
        steps >= history.step,
        f"resume_from has done {history.step:,} steps and steps is {steps:,}; steps is the total, so ask for more.",
    )
    history.outcome, history.message = "running", ""
    return history


class _Chunks:
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
                self.drawn[wanted] = self.pool.submit(self._arrays, wanted)
        self.drawn = {kept: future for kept, future in self.drawn.items() if kept >= number}
        return self.drawn[number].result()

    def _arrays(self, number):
        recipe, n_samples = self.recipe, CHUNK * self.recipe.batch_size
        picked = self._indices(number)
        arrays = (
            tf.nest.map_structure(lambda part: part[picked], self.data),
            _drawn(recipe, "latent_samples", self.seed, Stream.LATENTS, number, n_samples),
            _drawn(recipe, "real_labels", self.seed, Stream.REAL_LABELS, number, n_samples),
            _drawn(recipe, "fake_labels", self.seed, Stream.FAKE_LABELS, number, n_samples),
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


def _drawn(recipe, name, seed, stream, index, n_samples):
    """Draw with the recipe's function of this name, latents or labels, from the generator that belongs to the index."""
    return drawn(recipe, name, generator_for(seed, stream, index), n_samples)


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


def _run_until(end, history, chunks):
    """Do the steps up to `end`, which lies in the chunk of the next step, and append their values to the curves."""
    first = history.step
    number = first // CHUNK
    arguments = _arguments(chunks, number, first, end)
    started = time.perf_counter()
    values, before = _called(history, arguments)
    values = values.numpy()[first - number * CHUNK : end - number * CHUNK]
    history.seconds += time.perf_counter() - started

    bad = np.argwhere(~np.isfinite(values))
    if len(bad) == 0:
        history.curves = np.concatenate([history.curves, values])
        return
    for variable, value in zip(history.variables, before):
        variable.assign(value)
    row, column = bad[0]
    history.outcome = "diverged"
    history.message = (
        f"{CURVES[column]} became {values[row, column]} at step {first + row + 1:,}, so training stopped. Models and "
        f"curves are as they were after step {first:,}. Try a lower learning rate, and look for a log or a division "
        "of zero in your loss."
    )
    warnings.warn(history.message, RuntimeWarning, stacklevel=3)


def _arguments(chunks, number, first, end):
    """Return what the compiled loop is called with for the steps from `first` to `end`, which lie in this chunk."""
    return *chunks[number], tf.constant(first - number * CHUNK), tf.constant(end - number * CHUNK)


@contextlib.contextmanager
def failures_told():
    """Raise RecipeFailed where something compiled fails, while it runs, in an operation of a reader's line."""
    try:
        yield
    except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, tf.errors.UnknownError) as error:
        place = blame.place(error)
        if not place:
            raise
        sentence = f"A function of the recipe failed at {place}: {blame.said(error).rstrip('.')}."
        raise RecipeFailed(f"{sentence} {blame.advice(error)}".rstrip()) from error


def _called(history, arguments):
    """Call the compiled loop, and make it first if there is none."""
    with failures_told():
        if history.loop is None:
            history.loop = _concrete(history, arguments)
            with stderr_turned_aside():  # the first call talks about shortcuts that it does not take
                if (values := _unless_unsupported(history.loop, arguments)) is not None:
                    return values
            history.loop = _traced(history, arguments)
        return history.loop(*arguments)


def _unless_unsupported(loop, arguments):
    """Call the loop, or return None if XLA refuses it before it begins: it does not know tf.print, for one."""
    try:
        return loop(*arguments)
    except tf.errors.InvalidArgumentError as error:
        if "unsupported operations" not in str(error):
            raise
        return None


def _concrete(history, arguments):
    """Trace the compiled loop: with shortcuts through convolutions, or as written if a step cannot do with them."""
    # XLA makes small dense networks several times faster, and its convolutions on a CPU are slow.
    layers = shortcuts.layers_of(history.generator) + shortcuts.layers_of(history.discriminator)
    if not any(isinstance(layer, _CONVOLUTIONS) for layer in layers):
        return _traced(history, arguments, xla=True)
    # A failure with shortcuts may be theirs alone: they offer less, and mix half-width numbers with others. So what
    # is told is how the functions fail as they were written, or nothing if they do not.
    with contextlib.suppress(Exception):
        return _traced(history, arguments, shorter=True)
    return _traced(history, arguments)


def _traced(history, arguments, **how):
    # Concrete, because TensorFlow warns of many functions that are traced alike, and every run of a sweep has one.
    return _compile(history, **how).get_concrete_function(*arguments)


def _compile(history, xla=False, shorter=False):
    """Return one function that runs steps `first` to `last` of a chunk.

    xla, shorter: whether to compile it with XLA, and whether to take `shortcuts`. Returns the curves, (CHUNK, 4), and
    the value that every variable of the history had before.
    """
    recipe, generator, discriminator = history.recipe, history.generator, history.discriminator
    d_optimizer, g_optimizer = history.d_optimizer, history.g_optimizer
    as_written = contextlib.nullcontext

    def step(i, record, real, latents, real_labels, fake_labels):
        def rows(array):
            begin = [i * recipe.batch_size] + [0] * (array.ndim - 1)
            return tf.slice(array, begin, [recipe.batch_size, *array.shape[1:]])

        def batch(arrays):
            return tf.nest.map_structure(rows, arrays)

        z = batch(latents)
        with _state_kept(generator), tf.GradientTape(persistent=True) as tape:
            with recipe.blamed("make_generator"):
                output = generator(z, training=True)
            made = tf.nest.map_structure(_not_half, _as_tuple(output))
            state = [(variable, tf.identity(variable.value)) for variable in generator.non_trainable_variables]
        with _norm_noted(history.d_norm, d_optimizer):
            d_loss = recipe.call(
                "discriminator_step",
                discriminator,
                d_optimizer,
                batch(real),
                tf.nest.map_structure(tf.stop_gradient, made),
                batch(real_labels),
                batch(fake_labels),
            )
        # XLA sees by itself that the generator's second pass repeats the first.
        reused = shortcuts.fakes_reused(generator, z, made, tape, state) if shorter else as_written()
        with _state_kept(discriminator), _norm_noted(history.g_norm, g_optimizer), reused:
            g_loss = recipe.call("generator_step", generator, discriminator, g_optimizer, z)
        losses = scalar(d_loss, "discriminator_step"), scalar(g_loss, "generator_step")
        norms = history.d_norm.of("discriminator_step"), history.g_norm.of("generator_step")
        return i + 1, record.write(i, tf.stack([*losses, *norms]))

    @tf.function(jit_compile=xla, autograph=False)
    def loop(real, latents, real_labels, fake_labels, first, last):
        before = [tf.identity(variable.value) for variable in history.variables]
        record = tf.TensorArray(tf.float32, size=CHUNK, element_shape=(len(CURVES),))
        with shortcuts.taken(generator, discriminator) if shorter else as_written():
            _, record = tf.while_loop(
                lambda i, record: i < last,
                lambda i, record: step(i, record, real, latents, real_labels, fake_labels),
                (first, record),
                parallel_iterations=1,
            )
        return record.stack(), before

    return loop


_CONVOLUTIONS = (
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
)


def _not_half(array):
    """Return fractions, which may come in half the width, as float32; whole numbers stay what they are."""
    return tf.cast(array, tf.float32) if array.dtype.is_floating else array


def scalar(loss, name):
    """Return the loss that the recipe's step of this name returned as float32 (). Raises BadInput if it is none."""
    try:
        value = tf.cast(loss, tf.float32)
        found = f"shape {value.shape}"
    except (TypeError, ValueError):
        value, found = None, "nothing" if loss is None else type(loss).__name__
    require(value is not None and value.shape == (), f"recipe.{name} returned {found}; wanted its loss, one number.")
    return value


@contextlib.contextmanager
def _state_kept(model):
    """Undo what a forward pass does to moving averages and the like: this pass may look at the model, not change it."""
    before = [(variable, tf.identity(variable.value)) for variable in model.non_trainable_variables]
    yield
    for variable, value in before:
        variable.assign(value)


class _Norm:
    """The norm of the gradients of an optimizer's last update.

    A variable, because a step that is a `tf.function` has tensors of its own, which nobody outside may look at.
    """

    def __init__(self):
        self.variable, self.noted = tf.Variable(0.0, trainable=False), False

    def of(self, name):
        """Return the norm now, or raise BadInput if the recipe's step of this name made no update."""
        require(
            self.noted,
            f"recipe.{name} made no update with the optimizer that it was given; call optimizer.apply(gradients, "
            "variables) in it, of that optimizer.",
        )
        return tf.identity(self.variable)


@contextlib.contextmanager
def _norm_noted(norm, optimizer):
    """Keep the norm of the gradients of every update that `optimizer` makes in the block, one after the other."""
    apply = optimizer.apply

    def noting(grads, trainable_variables=None):
        norm.variable.assign(_norm([tf.convert_to_tensor(gradient) for gradient in grads if gradient is not None]))
        norm.noted = True
        return apply(grads, trainable_variables)

    with shortcuts.replaced(optimizer, "apply", noting):
        yield


def _norm(gradients):
    """Return the norm of all gradients together: columns first, which XLA shares out between the cores."""
    rows = [tf.reshape(gradient, (-1, gradient.shape[-1])) for gradient in gradients]
    columns = [tf.reduce_sum(tf.square(row), axis=0, keepdims=True) for row in rows]
    return tf.sqrt(tf.add_n([tf.squeeze(column @ tf.ones((column.shape[1], 1))) for column in columns]))


@contextlib.contextmanager
def _interrupts_held_back():
    """Hold a Ctrl-C or a kernel interrupt back until the caller asks whether there was one.

    In the middle of a chunk it would leave models that are ahead of their curves. A second one is not held back: it is
    for a function of the recipe that never ends. Only the main thread receives interrupts.
    """
    seen = []

    def hold_back(*_):
        if seen:
            raise KeyboardInterrupt
        seen.append(True)

    if threading.current_thread() is not threading.main_thread():
        yield lambda: bool(seen)
        return
    previous = signal.signal(signal.SIGINT, hold_back)
    try:
        yield lambda: bool(seen)
    finally:
        signal.signal(signal.SIGINT, previous)


def _snapshot(history):
    history.snapshots[history.step] = history.at_fixed_latents()
