"""Run a student's code so that nothing it does can hurt: not the caller's arrays, not the screen, not the clock.

A thread can be stopped only between two steps of Python. One that never comes back from C (a loop inside a library that
keeps the interpreter's lock) cannot: it holds up the check, and the kernel with it, until the kernel is restarted. One
that sleeps or catches everything may outlive its check; it goes on unseen, since what it prints is thrown away.
"""

import contextlib
import ctypes
import functools
import inspect
import io
import linecache
import re
import sys
import threading
import time
import traceback

import numpy as np

from ganhacks.checks.exercise import Wrong, told

LIMIT = 20.0  # seconds for one check
PATIENCE = 2.0  # seconds for stopping what has not ended by then
PRINTED = 300  # characters of the student's own printing that a verdict repeats


class AnswerRaised(Exception):
    """The student's code raised `exception`. error: its name and text; problem: the same, and the line of the cell.

    A check that looks for words looks in `error`: it must not find them in the student's line.
    """

    def __init__(self, exception, error, line):
        super().__init__(error)
        self.exception, self.error, self.problem = exception, error, error + line


class Stopped(SystemExit):
    """Thrown into a student's code when its time is up.

    Not an Exception, so `except Exception` does not catch it; a SystemExit, because that ends a thread without a word.
    Code that catches everything meets it again at its next line, which is in the `except` and not in the `try`.
    """

    def __init__(self):
        super().__init__()

        def again(*_):
            raise Stopped

        frame = sys._getframe(1)
        while frame is not None and frame.f_globals is not globals():  # the student's frames, not ours below them
            frame.f_trace, frame = again, frame.f_back
        sys.settrace(again)


class TimeIsUp(Exception):
    """The check did not end within its limit, in seconds."""

    def __init__(self, limit):
        super().__init__(limit)
        self.limit = limit


def guarded(answer, exercise):
    """Return a function that calls the student's `answer` with copies of the arrays that it is given.

    It raises Wrong if the answer changes one of them, and AnswerRaised if the answer raises.
    """
    try:
        parameters = inspect.signature(answer)
    except Exception:  # some built-in functions have none
        parameters = None
    names = list(inspect.signature(exercise.reference).parameters)

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
            raise AnswerRaised(error, _said(error), _line(error, answer)) from None
        for name, arg, copy in zip(names, args, copies, strict=False):
            if isinstance(arg, np.ndarray) and not np.array_equal(arg, copy, equal_nan=arg.dtype.kind == "f"):
                raise Wrong("changes_its_arguments", argument=name)
        return result

    return call


def judge(answer, exercise):
    """Run the check of `exercise` on `answer` in a thread of its own. Returns what the answer printed.

    Raises Wrong, AnswerRaised or TimeIsUp.
    """
    # A model can be called too, but not to make one.
    if not callable(answer) or hasattr(answer, "count_params") and not inspect.isclass(answer):
        made = isinstance(answer, (tuple, list, float)) or hasattr(answer, "shape") or hasattr(answer, "count_params")
        raise Wrong("called_already" if made else "not_a_function", found=told(answer))
    ended = []

    def work():
        try:
            exercise.check(guarded(answer, exercise))
            ended.append(None)
        except BaseException as error:
            sys.settrace(None)  # `Stopped` has set it, and it would hit the thread's own end
            ended.append(error)

    worker = threading.Thread(target=work, daemon=True)
    with _printing_of(worker) as printed:
        worker.start()
        try:
            worker.join(LIMIT)
        finally:
            late = worker.is_alive()
            _stop(worker, ended)
    if late:
        raise TimeIsUp(LIMIT)
    if ended[0] is not None:
        raise ended[0]
    return printed.getvalue()


def _stop(worker, ended):
    """End a thread by throwing `Stopped` into it, again and again. ended: filled when the student's code is left."""
    patience = time.monotonic() + PATIENCE
    while worker.is_alive() and not ended and time.monotonic() < patience:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident), ctypes.py_object(Stopped))
        worker.join(0.02)
    if ended:
        worker.join(0.1)


# ---- what the student's code prints


@contextlib.contextmanager
def _printing_of(worker):
    """Collect what one thread prints. If it outlives the block, the rest of its printing is thrown away."""
    printed = io.StringIO()
    streams = {name: getattr(sys, name) for name in ("stdout", "stderr")}
    # Warnings go to stderr; they are no part of what the student wanted to see.
    for name, kept in (("stdout", printed), ("stderr", io.StringIO())):
        setattr(sys, name, _OneThreadAside(streams[name], kept, worker))
    try:
        yield printed
    finally:
        for name, stream in streams.items():
            if not worker.is_alive():
                setattr(sys, name, stream)


class _OneThreadAside:
    """A stream that keeps the first characters of one thread's printing to itself and passes on everybody else's."""

    def __init__(self, stream, kept, thread):
        self._stream, self._kept, self._thread = stream, kept, thread

    def write(self, text):
        if threading.current_thread() is not self._thread:
            return self._stream.write(text)
        self._kept.write(str(text)[: max(PRINTED - self._kept.tell(), 0)])
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def __getattr__(self, name):
        return getattr(self._stream, name)


# ---- what the student's code raises


def one_line(value):
    """Return `str(value)` in one line, without the colour codes that Keras and TensorFlow put in their messages."""
    try:
        text = str(value)
    except Exception:
        return ""
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", text).split())


def _said(error):
    """Return what was raised as text: its name and its message."""
    kind, text = type(error).__name__, one_line(error)
    return f"{kind}: {text[:300]}" if text else kind


def _line(error, answer):
    """Say in brackets at which line of the student's own code it was raised, or nothing where that is not known."""
    file = _file_of(answer)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    if not frames:
        return ""
    line = frames[-1].line or linecache.getline(file, frames[-1].lineno).strip()
    return f" (line {frames[-1].lineno} of your cell: {line})" if line else f" (line {frames[-1].lineno})"


def _file_of(answer):
    """Return the file, or cell, in which an answer was written, or None."""
    try:
        if isinstance(answer, functools.partial):
            answer = answer.func
        answer = inspect.unwrap(answer)
        written = answer if hasattr(answer, "__code__") else type(answer).__call__
        return (answer.__init__ if inspect.isclass(answer) else written).__code__.co_filename
    except Exception:
        return None
