"""Run a student's code so that nothing it does can hurt: not the caller's arrays, not the screen, not the clock.

A thread can be stopped only between two steps of Python. One that never comes back from C (a loop inside a library that
keeps the interpreter's lock) cannot: it holds up the check, and the kernel with it, until the kernel is restarted. One
that sleeps or catches everything may outlive its check; it goes on unseen, since what it prints is thrown away.
"""

import ctypes
import inspect
import sys
import threading
import time

import numpy as np

from ganhacks import blame
from ganhacks.checks.engine.clock import Clock, in_line
from ganhacks.checks.engine.exercise import Wrong
from ganhacks.checks.engine.isolation import kept_apart
from ganhacks.checks.engine.values import told

LIMIT = 20.0  # seconds for one check
PATIENCE = 2.0  # seconds for stopping what has not ended by then


class AnswerRaised(Exception):
    """The student's code raised `exception`. error: its name and text. call: with what it was called, if that is told.

    A check that looks for words looks in `error`: it must not find them in the student's line.
    """

    def __init__(self, exception, error, line):
        super().__init__(error)
        self.exception, self.error = exception, error
        self.line, self.call, self.meaning = line, "", blame.meaning(error)

    @property
    def problem(self):
        """Return what was raised, where, in which call, and what it means."""
        said = f"{self.error}{self.line}{self.call}"
        return f"{said}. {self.meaning}" if self.meaning else said


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


class CannotCross(BaseException):
    """Raised by what stands in for a function that runs elsewhere: a value cannot be sent there, or back.

    No Exception, so that no check takes it for something that the answer did.
    """


class Elsewhere:
    """What stands in for a function that runs in another process. in_line(): as `clock.in_line`, of that process."""


class TimeIsUp(Exception):
    """The check did not end within its limit, in seconds."""

    def __init__(self, limit):
        super().__init__(limit)
        self.limit = limit


class Answer:
    """A student's function as a check calls it: with copies of the arrays, and what goes wrong told apart.

    exercise: the Exercise that it answers; reference: the exercise's right answer.
    """

    def __init__(self, function, exercise):
        self.function, self.exercise, self.reference = function, exercise, exercise.reference
        self.names = list(inspect.signature(exercise.reference).parameters)

    def __call__(self, *args):
        """Call the function. Raises Wrong if it changes an array that it is given, AnswerRaised if it raises."""
        copies = [arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args]
        result = self.raw(*copies)
        for name, arg, copy in zip(self.names, args, copies, strict=False):
            if isinstance(arg, np.ndarray) and not np.array_equal(arg, copy, equal_nan=arg.dtype.kind == "f"):
                raise Wrong("changes_its_arguments", argument=name)
        return result

    def raw(self, *args):
        """Call the function with the arguments themselves, so that one can see what it does with them."""
        try:
            return self.function(*args)
        except (Stopped, Wrong, AnswerRaised, CannotCross):  # the last two by what stands in for a function
            raise
        except BaseException as error:  # SystemExit too: nothing that a student writes may end the kernel
            # A call that did not fit its arguments never came into the student's code, nor into any other.
            if isinstance(error, TypeError) and error.__traceback__.tb_next is None and refuses(self.function, args):
                raise Wrong("wrong_arguments", reason=blame.one_line(error)) from None
            where = blame.place(error, self.function)
            raise AnswerRaised(error, blame.said(error), f" ({where})" if where else "") from None


class Through:
    """An answer that is called through `call`, which may take its result for another or name what it raises."""

    def __init__(self, answer, call):
        self.call, self.function, self.raw = call, answer.function, answer.raw
        self.exercise, self.reference = answer.exercise, answer.reference

    def __call__(self, *args):
        return self.call(*args)


def refuses(function, args):
    """Tell whether a function cannot be called with so many arguments, as far as it says what it takes."""
    try:
        inspect.signature(function, follow_wrapped=False).bind(*args)
    except TypeError:
        return True
    except Exception:  # some built-in functions have no signature
        pass
    return False


def misfit(answer):
    """Return the misconception of an answer that is no function, such as the result of one; None for a function."""
    is_model = hasattr(answer, "count_params") and not inspect.isclass(answer)
    if callable(answer) and not is_model:  # a model can be called too, but not to make one
        return None
    made = isinstance(answer, (tuple, list, float)) or hasattr(answer, "shape") or is_model
    return "called_already" if made else "not_a_function"


def judge(answer, exercise, limit=None):
    """Run the check of `exercise` on `answer` in a thread of its own. Returns what the answer printed.

    limit: in seconds; LIMIT, if none is given. Raises Wrong, AnswerRaised or TimeIsUp.
    """
    limit = limit or LIMIT
    if misconception := misfit(answer):
        raise Wrong(misconception, found=told(answer))
    ended = []

    def work():
        try:
            exercise.check(Answer(answer, exercise))
            ended.append(None)
        except BaseException as error:
            sys.settrace(None)  # `Stopped` has set it, and it would hit the thread's own end
            ended.append(error)

    worker = threading.Thread(target=work, daemon=True)
    with kept_apart(worker) as printed:
        worker.start()
        try:
            _wait(worker, answer, limit)
        finally:
            late = worker.is_alive()
            _stop(worker, ended)
    if late:
        raise TimeIsUp(limit)
    if ended[0] is not None:
        raise ended[0]
    return printed.getvalue()


def _wait(worker, answer, limit):
    """Wait until a check has ended or has had its time; what it stands in line for a processor does not count."""
    elsewhere = issubclass(type(answer), Elsewhere)  # of the answer itself nothing is asked: it may be anything
    clock = Clock(limit, in_line, *([answer.in_line] if elsewhere else []))
    worker.join(limit)
    while worker.is_alive() and clock.left() > 0:
        worker.join(limit / 20)


def _stop(worker, ended):
    """End a thread by throwing `Stopped` into it, again and again. ended: filled when the student's code is left."""
    patience = time.monotonic() + PATIENCE
    while worker.is_alive() and not ended and time.monotonic() < patience:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident), ctypes.py_object(Stopped))
        worker.join(0.02)
    if ended:
        worker.join(0.1)
