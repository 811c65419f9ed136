"""Train a GAN: many steps inside one compiled function, and between two such chunks everything that people look at.

A step is one discriminator update on a real and a fake batch, then one generator update from the same latent samples:
`loop.Loop.step`.
"""

import contextlib
import signal
import threading
import time
import warnings

import numpy as np
import tensorflow as tf

from ganhacks.pictures.progress import Progress, in_a_loop
from ganhacks.training.batches import Chunks
from ganhacks.training.begin import built, check_arguments, check_kept, go_on, load, start
from ganhacks.training.checkpoints import Checkpoints, is_there
from ganhacks.training.history import CURVES
from ganhacks.training.loop import Loop, state_kept
from ganhacks.training.streams import CHUNK


def train(recipe, data, steps, seed=0, *, resume_from=None, save_to=None, snapshot_steps=(), progress=True):
    """Train a GAN for `steps` steps in all and return its `History`.

    recipe: a Recipe. data: float32 array (n, ...) of real samples in the range that the generator makes, [-1, 1] for
    images; or a tuple of arrays with n rows each, such as (images, classes), if the generator makes such tuples and
    the discriminator reads them. steps: the total, also when going on. seed: a whole number from 0. resume_from: the
    History of a run that was interrupted, or of a shorter one; same recipe and seed. save_to: a folder to which the run
    is saved every ten seconds and at its end; if it is there already, it goes on from there, and the result is the same
    to the last bit. snapshot_steps: steps at which to keep the pictures at fixed latents; the first and the last are
    always kept. progress: show a live bar where there is a reader.

    Interrupting the kernel ends the run after the current chunk and returns what there is. A loss that is not finite
    ends it too: the message names the step, and models and curves are as they were before that chunk.
    Raises BadInput, in one sentence, for arguments that do not fit, and RecipeFailed where a function of the recipe
    fails: whose, at which line, and what to do.
    """
    check_arguments(recipe, data, steps, seed)
    steps, snapshot_steps = int(steps), check_kept(save_to, snapshot_steps)
    saved = Checkpoints(save_to)
    if resume_from is None and is_there(save_to):
        history = go_on(load(save_to, recipe, data, seed), recipe, seed, steps, told=f"The run in {save_to}")
    else:
        history = start(recipe, seed, data) if resume_from is None else go_on(resume_from, recipe, seed, steps)
    wanted = {step for step in snapshot_steps if history.step <= step <= steps} | {steps}
    ends = sorted((set(range(0, steps, CHUNK)) | wanted) - set(range(history.step + 1)))

    with (
        Progress(steps, enabled=progress) as bar,
        Chunks(recipe, data, seed, last=(steps - 1) // CHUNK) as chunks,
        interrupts_held_back() as interrupted,
    ):
        bar.update(history)
        for end in ends:
            run_until(end, history, chunks)
            if history.outcome == "diverged":
                break
            if end in wanted:
                history.keep_snapshot()
            if interrupted() and end < steps:
                with state_kept(history.generator):  # a dropout that is never off would draw once more than without
                    history.keep_snapshot()
                history.outcome = "interrupted"
                history.message = (
                    f"Interrupted after step {history.step:,} of {steps:,}. Nothing is lost: "
                    "train(..., resume_from=history) goes on from here."
                )
                break
            bar.update(history)
            saved.keep(history)
        else:
            history.outcome, history.message = "finished", f"{steps:,} steps done."
        saved.keep(history, now=True)
        bar.close(history)
        if interrupted() and in_a_loop():  # over runs, say: an interrupt is for all of it
            raise KeyboardInterrupt
    return history


def rehearse(recipe, data):
    """Trace the loop that `train` would compile, with new models, and run none of it: does it take these functions?

    recipe, data: as for `train`. Takes about a third of a second with small dense networks. Raises as `train` does.
    Seeds nothing: the models' first weights are drawn from the random state as it is.
    """
    check_arguments(recipe, data, 1, 0)
    history = built(recipe, 0, data)
    with Chunks(recipe, data, 0, last=0) as chunks:
        Loop(history).trace(*chunks[0], tf.constant(0), tf.constant(1))


def steps_up_to(end, history, chunks):
    """Do the steps up to `end`, chunk by chunk, and nothing beside them: no snapshot, no bar, no file."""
    while history.step < end and history.outcome != "diverged":
        run_until(min(end, (history.step // CHUNK + 1) * CHUNK), history, chunks)


def run_until(end, history, chunks):
    """Do the steps up to `end`, which lies in the chunk of the next step, and append their values to the curves."""
    number, first = divmod(history.step, CHUNK)
    last = end - number * CHUNK
    history.loop = history.loop or Loop(history)
    arrays = chunks[number]
    started = time.perf_counter()
    values, before = history.loop(*arrays, tf.constant(first), tf.constant(last))
    values = values.numpy()[first:last]
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
        f"{CURVES[column]} became {values[row, column]} at step {history.step + row + 1:,}, so training stopped. "
        f"Models and curves are as they were after step {history.step:,}. Try a lower learning rate, and look for a "
        "log or a division of zero in your loss."
    )
    warnings.warn(history.message, RuntimeWarning, stacklevel=3)


@contextlib.contextmanager
def interrupts_held_back():
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
