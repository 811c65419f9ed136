"""Work that is cut into cells, such as (arm, seed): what has no row is done in processes, and each row written at once.

`run` is the loop of every study in tools/. Whatever stopped it, it goes on where it was when it is started again, since
what is to do follows from the rows that there are.
"""

import multiprocessing
import multiprocessing.connection
import os
import platform
import threading
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing

from tools import board  # noqa: F401  (it sets one thread a run, before TensorFlow starts)

TRIES = 3  # of a cell that fails, or whose process dies
LIFE = 150  # cells of a process: TensorFlow keeps what it compiles, some megabytes for each kind of cell


class Processes:
    """An executor of processes on this machine, made anew when one of them dies, and from time to time."""

    def __init__(self, jobs):
        if jobs < 1:
            raise SystemExit(f"--jobs is {jobs}: it must be 1 or more.")
        self.width = jobs
        self._start()

    def _start(self):
        self.n_submitted = 0
        # Spawned: TensorFlow's threads do not survive a fork.
        context = multiprocessing.get_context("spawn")
        self.pool = ProcessPoolExecutor(self.width, mp_context=context, initializer=_end_with_parent)

    def submit(self, *task):
        if self.n_submitted == LIFE * self.width:
            self.pool.shutdown(wait=False)  # it ends when it has done what it was given
            self._start()
        self.n_submitted += 1
        try:
            return self.pool.submit(*task)
        except BrokenProcessPool:
            self._start()
            return self.pool.submit(*task)

    def close(self):
        self.pool.shutdown(wait=False, cancel_futures=True)


def _end_with_parent():
    """End this process as soon as the one that started it is gone, killed without a word to its pool perhaps."""

    def watch():
        multiprocessing.connection.wait([multiprocessing.parent_process().sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _name(cell):
    return " / ".join(str(part) for part in cell if part != "")


def run(executor, todo, play, keep, named=_name, told=print):
    """Call play(*cell) in the executor for every cell that is to do, and keep(cell, result) here as each one is done.

    executor: has `submit` and `width`, how many can run at once. todo: () -> the cells that have no row yet, tuples in
    the order in which they are wanted; asked again after each that was kept. keep: writes the rows, and returns what
    came out, for a line of progress. named: cell -> its name in a sentence. told: prints.

    Returns the sentences of the cells that failed in every try. A KeyboardInterrupt leaves the rows that there are.
    """
    running, tries, suspects, lost, failures = {}, Counter(), set(), set(), []
    begun, n_done = time.perf_counter(), 0
    while True:
        for cell in todo():
            if cell in lost or cell in running.values():
                continue
            # A process that dies takes its neighbours' work along, so all of them are tried again one by one.
            alone = suspects & {cell, *running.values()}
            if len(running) > (0 if alone else executor.width):  # one more than can run, so that nobody waits
                break
            running[executor.submit(play, *cell)] = cell
        if not running:
            return failures
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            cell = running.pop(future)
            try:
                result = future.result()
            except Exception as error:
                tries[cell] += 1
                if isinstance(error, BrokenProcessPool):
                    suspects.add(cell)
                if tries[cell] == TRIES:
                    lost.add(cell)
                    why = str(error).splitlines()[0][:200] if str(error) else ""
                    failures.append(f"{named(cell)}: {type(error).__name__} {why}".rstrip())
                    told(f"Left out after {TRIES} tries: {failures[-1]}")
                continue
            suspects.discard(cell)
            n_done += 1
            came_out = keep(cell, result)
            told(f"{n_done}  {named(cell)}: {came_out}  ({(time.perf_counter() - begun) / n_done:.1f} s each)")


def run_here(jobs, todo, play, keep):
    """`run` in processes of this machine, as a command does it. Raises SystemExit as `as_a_command` does."""
    as_a_command(Processes(jobs), lambda executor: run(executor, todo, play, keep))


def as_a_command(executor, work):
    """Call work(executor), and close it. work: returns the sentences of cells that failed.

    Raises SystemExit with a sentence where there are any, where a row cannot be written, and at Ctrl-C.
    """
    try:
        with closing(executor):
            failures = work(executor)
    except KeyboardInterrupt:
        print("\nInterrupted: what is done has its rows. Run it again to go on.")
        raise SystemExit(130) from None
    except OSError as error:
        raise SystemExit(
            f"{error.filename or 'A row'} cannot be written ({error.strerror}): what is done has its rows, so make "
            "room, or get the right to write, and run it again to go on."
        ) from None
    if failures:
        raise SystemExit("Could not be done:\n" + "\n".join(failures))


def made_by():
    """Return the columns of a row that say what made it: the processor, and the versions of what ran on it."""
    import keras
    import tensorflow as tf

    from ganhacks.startup import processor

    versions = {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__}
    return {"machine": processor.kind(), **versions}
