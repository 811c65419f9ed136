"""Keep what a student's code shows and sets apart from the notebook: printing, displays, figures, warnings, settings.

What is set by hand is put back after a check: random states, Keras' settings, warning filters. NumPy's print options
and error state belong to a thread, and a check runs in a thread of its own.
"""

import contextlib
import io
import random
import sys
import threading
import warnings

import numpy as np

PRINTED = 300  # characters of the student's own printing that a verdict repeats


@contextlib.contextmanager
def kept_apart(worker):
    """Collect what one thread prints, throw away what it displays, and put back what it sets.

    Yields the text. Threads that the student's code starts are treated alike. If the thread outlives the block, the
    rest of its printing is thrown away, until it ends.
    """
    known = {thread.ident for thread in threading.enumerate()}  # not the worker's: it has not been started

    def ours():
        return threading.get_ident() in known

    with _settings_kept(), _nothing_displayed(ours), _printing_aside(worker, ours) as printed:
        yield printed


# ---- printing


@contextlib.contextmanager
def _printing_aside(worker, ours):
    printed, over = io.StringIO(), []
    streams = {name: getattr(sys, name) for name in ("stdout", "stderr")}
    # Warnings go to stderr; they are no part of what the student wanted to see.
    for name, kept in (("stdout", printed), ("stderr", io.StringIO())):
        setattr(sys, name, _Aside(streams[name], kept, lambda: ours() or (over and not worker.is_alive())))
    try:
        yield printed
    finally:
        over.append(True)
        for name, stream in streams.items():
            if not worker.is_alive():
                setattr(sys, name, stream)


class _Aside:
    """A stream that keeps the first characters of a student's printing to itself and passes on everybody else's."""

    def __init__(self, stream, kept, ours):
        self._stream, self._kept, self._ours = stream, kept, ours

    def write(self, text):
        if self._ours():
            return self._stream.write(text)
        self._kept.write(str(text)[: max(PRINTED - self._kept.tell(), 0)])
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def __getattr__(self, name):
        return getattr(self._stream, name)


# ---- displays and figures


@contextlib.contextmanager
def _nothing_displayed(ours):
    """Let nothing be drawn or sent to the notebook but by our own threads, and close the figures that were opened."""
    from IPython import get_ipython

    with contextlib.ExitStack() as stack:
        if (shell := get_ipython()) is not None:
            # Before the formatting: drawing a figure takes longer than the answer itself.
            stack.enter_context(_only_for(ours, shell.display_formatter, "format", otherwise=({}, {})))
            stack.enter_context(_only_for(ours, shell.display_pub, "publish", otherwise=None))
        pyplot = sys.modules.get("matplotlib.pyplot")
        before = pyplot.get_fignums() if pyplot else []
        yield
        pyplot = sys.modules.get("matplotlib.pyplot")
        for number in set(pyplot.get_fignums()) - set(before) if pyplot else ():
            pyplot.close(number)


@contextlib.contextmanager
def _only_for(ours, thing, name, otherwise):
    """Replace a method of `thing` so that calls from other threads than ours do nothing."""
    method = getattr(thing, name)

    def guarded(*args, **more):
        return method(*args, **more) if ours() else otherwise

    setattr(thing, name, guarded)
    try:
        yield
    finally:
        delattr(thing, name)  # the method of its class shows again


# ---- settings


@contextlib.contextmanager
def _settings_kept():
    import keras

    config = keras.config
    kept = [
        (random.setstate, random.getstate()),
        (np.random.set_state, np.random.get_state()),
        (config.set_floatx, config.floatx()),
        (config.set_epsilon, config.epsilon()),
        (config.set_image_data_format, config.image_data_format()),
        (config.set_dtype_policy, config.dtype_policy()),
    ]
    try:
        with warnings.catch_warnings():
            yield
    finally:
        for put_back, value in kept:
            put_back(value)
