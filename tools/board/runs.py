"""One run of the board, from its Setup to its scores."""

import contextlib
import multiprocessing
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

import numpy as np

from ganhacks.hacks import spherical_interpolation
from ganhacks.startup import processor
from tools import cells
from tools.board import rows
from tools.board.arms import PROTOCOL
from tools.board.workloads import WORKLOADS

N_CURVE = 1_000  # values of each curve that the monitor of lab 19 looks at
N_SHOWN = 200  # samples of each moment that it looks at
LOOKED = 1_000  # the latent samples of looks, numbered as those of moments are
SETTLED = 2_000  # and those that batch normalization takes its statistics from

#: the last arm of this process: (workload, steps, Setup) -> History, whose compiled loop the next seed takes over
_KEPT = {}


#: the process in which a cluster's worker trains, once it has one
_OWN = []


def apart(function, *task):
    """Call a function in a process of its own, which is kept for the next call, and return what it returns.

    A cluster's worker has threads that draw random numbers as well, from the same generator as Keras draws the seeds of
    first weights. Raises BrokenProcessPool if the process dies, and RuntimeError where none may be started.
    """
    if multiprocessing.current_process().daemon:
        raise RuntimeError("a worker may not start a process: set DASK_DISTRIBUTED__WORKER__DAEMON=False for workers")
    if not _OWN:
        _OWN.append(ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")))
    try:
        return _OWN[0].submit(function, *task).result()
    except BrokenProcessPool:
        _OWN.clear()
        raise


def trained(workload, arm, factor, seed, shares=(), look=None):
    """Train one run of the board in whatever process this is, and return its sealed row. shares, look: as in `play`."""
    rate = float(factor) * WORKLOADS[workload].rates[arm.context]
    found = play(workload, arm.setup, rate, arm.seed(seed), shares, look)
    about = {"protocol": PROTOCOL, "workload": workload, "arm": arm.name, "factor": factor, "seed": seed}
    return rows.sealed({**about, "rate": f"{rate:g}", **found})


def play(workload, setup, rate, seed, shares=(), look=None, steps=None):
    """Train once and return the columns of its row. workload: a name. rate: the learning rate itself.

    shares, look: after these shares of the steps, from 0 on, look(step, made) is given what the generator makes of the
    same latent samples each time. That leaves no trace in the run. steps: in place of the workload's own.
    """
    from ganhacks.training import begin, train
    from tools.board import networks

    work = WORKLOADS[workload] if steps is None else replace(WORKLOADS[workload], steps=steps)
    recipe, data, n_steps = work.recipe(setup, rate), work.samples(setup), work.n_steps(setup)
    begun = time.perf_counter()
    key = workload, work.steps, setup
    history = begin.anew(_KEPT[key], recipe, seed, data) if key in _KEPT else begin.start(recipe, seed, data)
    looks = {round(n_steps * share) for share in shares}
    moments = {round(n_steps * moment): number for number, moment in enumerate(work.moments)}
    watched, scores = Watched(), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a run that becomes NaN says so in its row
        for end in sorted({*looks, *moments}):
            if end in moments:
                history = train(recipe, data, end, seed, resume_from=history, progress=False)
            else:
                _without_snapshot(history, recipe, data, end)
            if history.outcome == "diverged":
                break
            if end in looks:
                with networks.undisturbed(history.generator), averaged(history), normalized(work, setup, history):
                    look(end, samples(work, setup, history, work.n_samples, LOOKED))
            if end not in moments:
                continue
            number = moments[end]
            with averaged(history), normalized(work, setup, history):
                last = number >= len(work.moments) - work.scored
                n = work.n_samples if last else N_SHOWN
                made = samples(work, setup, history, n, number)
            if not np.isfinite(made).all():
                history.outcome = "diverged"
                break
            watched.look(history, made[:N_SHOWN])
            if last:
                scores.append(work.measure(made))
    _KEPT.clear()  # compiled loops are large
    _KEPT[key] = history
    outcome, found, n_alarms = _judged(work, history, watched, scores)
    return {
        "outcome": outcome,
        "steps": history.step,
        "seconds": round(history.seconds, 2),
        "wall": round(time.perf_counter() - begun, 2),
        **{name: f"{value:.6g}" for name, value in found.items()},
        "alarms": n_alarms,
        **cells.made_by(),
        "machine": kind(workload),
    }


def _judged(work, history, watched, scores):
    """Return the outcome of a run, its scores, {column: value}, and how many alarms the monitor raises."""
    if history.outcome == "diverged":
        return "diverged", {"score": work.worst}, 1
    found = work.mean(scores)
    outcome = "collapsed" if found.pop("failed") >= 0.5 else "finished"
    return outcome, found, len(watched.alarms(work, history))


def kind(workload):
    """Return the kind of processor that this is, as rows of a workload name it. workload: a name.

    Convolutions are trained in bfloat16 where the processor can.
    """
    in_bfloat16 = WORKLOADS[workload].is_convolutional and processor.has_bfloat16()
    return processor.kind() + (", bfloat16" if in_bfloat16 else "")


@contextlib.contextmanager
def averaged(history):
    """Let the generator have the average of its weights inside the block, if its optimizer keeps one."""
    if not history.g_optimizer.use_ema:
        yield
        return
    weights = history.generator.trainable_variables
    present = [weight.numpy() for weight in weights]
    history.g_optimizer.finalize_variable_values(weights)
    try:
        yield
    finally:
        for weight, value in zip(weights, present):
            weight.assign(value)


def normalized(work, setup, history):
    """Return a block in which a generator with convolutions and batch normalization is `settled`, others as they are.

    On the other workloads batch normalization keeps the averages of the training: docs/evidence.md tells what that may
    do to its verdicts. No batch normalization meets averaged weights there.
    """
    if not (setup.g_norm and work.is_convolutional):
        return contextlib.nullcontext()
    from tools.board import networks

    return networks.settled(history.generator, networks.latents_to_settle(history, SETTLED, work.batch_size))


def _without_snapshot(history, recipe, data, end):
    """Train up to a step, but keep no snapshot there, as `train` does: some generators draw whenever they are asked."""
    from ganhacks.training.batches import Chunks
    from ganhacks.training.run import steps_up_to
    from ganhacks.training.streams import CHUNK

    with Chunks(recipe, data, history.seed, last=(end - 1) // CHUNK) as chunks:
        steps_up_to(end, history, chunks)


def samples(work, setup, history, n_samples, moment):
    """Return what the generator makes, (n_samples, ...): images in [-1, 1], points as they are.

    moment: a number; at another one it is asked for other latent samples, whose chance is not in every score then.
    """
    from ganhacks.training.batches import drawn
    from ganhacks.training.history import generate
    from ganhacks.training.streams import Stream, generator_for

    rng = generator_for(history.seed, Stream.SAMPLES, moment)
    latents = drawn(history.recipe, "latent_samples", rng, n_samples)
    if setup.between:
        halfway = {"lerp": _lerp_halfway, "slerp": _slerp_halfway}[setup.between]
        latents = halfway(latents, drawn(history.recipe, "latent_samples", rng, n_samples)).astype("float32")
    made = generate(history.generator, latents)
    made = made[0] if isinstance(made, tuple) else made
    if work.shape != (2,) and not setup.scaled:
        return 2 * made - 1
    return made


def _lerp_halfway(a, b):
    return (a + b) / 2


def _slerp_halfway(a, b):
    """The middle of the great circle for each pair of points, (n, dim), in float64: float32 is too coarse for angles.

    Where two of many points of the plane have one direction, or opposite ones, their middle is lerp's.
    """
    a, b = np.asarray(a, "float64"), np.asarray(b, "float64")
    cosine = np.sum(a * b, axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    aligned = np.abs(cosine) > 1 - 1e-9
    middle = _lerp_halfway(a, b)
    middle[~aligned] = spherical_interpolation.slerp_pairs(0.5, a[~aligned], b[~aligned])
    return middle


class Watched:
    """What a run shows while it goes on, for the monitor of lab 19."""

    def __init__(self):
        self.fakes, self.moved, self.before = [], [], None

    def look(self, history, fakes):
        """Keep some fakes of now, and how far the weights have moved since the last look, the first time from 0."""
        weights = [
            np.concatenate([weight.numpy().ravel() for weight in model.trainable_variables])
            for model in (history.discriminator, history.generator)
        ]
        before = self.before or [np.zeros_like(one) for one in weights]
        self.moved.append([np.linalg.norm(now - then) / np.linalg.norm(now) for now, then in zip(weights, before)])
        self.before = weights
        self.fakes.append(fakes)

    def alarms(self, work, history):
        """Return the alarms that the monitor raises on this run."""
        from ganhacks.evidence.recordings import Run
        from ganhacks.hacks import track_failures

        picked = np.linspace(0, history.step - 1, min(N_CURVE, history.step)).astype(int)
        reals = work.data()[0][:N_SHOWN]
        fakes = np.array(self.fakes)
        if work.shape != (2,):
            reals, fakes = reals.reshape(-1, 28, 28), fakes.reshape(*fakes.shape[:2], 28, 28)
        moved = np.array(self.moved)
        curves = history.curves[picked]
        return track_failures.monitor(
            Run(*curves.T, fakes=fakes, d_moved=moved[:, 0], g_moved=moved[:, 1], reals=reals)
        )
