"""Run a student's code so that nothing it does can hurt: not the caller's arrays, not the screen, not the clock."""

import contextlib
import ctypes
import inspect
import io
import linecache
import threading
import traceback

import numpy as np

from ganhacks.checks.exercise import Wrong, _told

LIMIT = 20.0  # seconds for one check
PRINTED = 300  # characters of the student's own printing that a verdict repeats


class AnswerRaised(Exception):
    """The student's code raised an exception; `problem` says which and at which of its lines."""

    def __init__(self, problem):
        super().__init__(problem)
        self.problem = problem


class Stopped(BaseException):
    """Thrown into a student's code when its time is up. Not an Exception, so `except Exception` does not catch it."""


class TimeIsUp(Exception):
    """The check did not end within its limit."""


def guarded(answer, exercise):
    """Return a function that calls the student's `answer` with copies of the arrays that it is given.

    It raises Wrong if the answer changes one of them, and AnswerRaised if the answer raises.
    """
    try:
        parameters = inspect.signature(answer)
    except (TypeError, ValueError):
        parameters = None

    def call(*args):
        if parameters is not None:
            try:
                parameters.bind(*args)
            except TypeError as error:
                raise Wrong("wrong_arguments", reason=error) from None
        copies = [arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args]
        try:
            result = answer(*copies)
        except (Stopped, Wrong):
            raise
        except BaseException as error:  # SystemExit too: nothing that a student writes may end the kernel
            raise AnswerRaised(_problem(error, answer)) from None
        names = list(inspect.signature(exercise.reference).parameters)
        for name, arg, copy in zip(names, args, copies):
            if isinstance(arg, np.ndarray) and not np.array_equal(arg, copy, equal_nan=arg.dtype.kind == "f"):
                raise Wrong("changes_its_arguments", argument=name)
        return result

    return call


def judge(answer, exercise, limit=LIMIT):
    """Run the check of `exercise` on `answer` in a thread of its own. Returns what the answer printed.

    Raises Wrong, AnswerRaised or TimeIsUp.
    """
    if not callable(answer):
        kind = "called_already" if isinstance(answer, (np.ndarray, tuple, float)) else "not_a_function"
        raise Wrong(kind, found=_told(answer))
    printed = _Capped()
    failure = []

    def work():
        try:
            exercise.check(guarded(answer, exercise))
        except BaseException as error:
            failure.append(error)

    worker = threading.Thread(target=work, daemon=True)
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        worker.start()
        try:
            worker.join(limit)
        finally:
            alive = worker.is_alive()
            _stop(worker)
    if alive:
        raise TimeIsUp
    if failure:
        raise failure[0]
    return printed.getvalue()


def _stop(worker, tries=100):
    """End a thread by throwing `Stopped` into it, again and again for code that catches everything."""
    for _ in range(tries):
        if not worker.is_alive():
            return
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident), ctypes.py_object(Stopped))
        worker.join(0.02)


class _Capped(io.StringIO):
    """A text file that keeps the first characters and forgets the rest."""

    def write(self, text):
        super().write(str(text)[: max(PRINTED - self.tell(), 0)])
        return len(text)


def _problem(error, answer):
    """Say what was raised, and at which line of the student's own code."""
    own_file = getattr(getattr(inspect.unwrap(answer), "__code__", None), "co_filename", None)
    kind, text = type(error).__name__, " ".join(str(error).split())
    said = f"{kind}: {text[:300]}" if text else kind
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == own_file]
    if not frames:
        return said
    line = frames[-1].line or linecache.getline(own_file, frames[-1].lineno).strip()
    return f"{said} (line {frames[-1].lineno} of your cell: {line})" if line else f"{said} (line {frames[-1].lineno})"
