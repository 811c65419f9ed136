"""What moves while a reader waits: a live view of a run, and a bar for a loop over runs, scores or rounds."""

import html
import sys
import time

from ganhacks.pictures import plots

SECONDS = 0.9  # between two redraws, which take time from the training


def each(items, told):
    """Yield the items of a loop one by one, and show how many are done and the time left.

    items: anything with an end, also a `product(seeds, arms)`. told: what they are, in the plural, such as "runs".
    A run of `train` in the loop moves the bar with its steps; an `each` inside another moves the outer one's bar. The
    last state says how many are done and holds no times, so that a stored notebook is the same in every build.
    """
    items = list(items)
    bar = _Bar(len(items), told)
    try:
        for item in items:
            bar.update()
            yield item
            bar.done += 1
    finally:
        bar.close()


def in_a_loop():
    """Tell whether an `each` is running."""
    return bool(_running())


def _inside(share):
    """Tell the `each` that is running, if there is one, which share of its present item is done: from 0 to 1."""
    if bars := _running():
        bars[-1].update(share)


_bars = []


def _running():
    """Return the bars of the loops that are running, the outermost first.

    A loop that an interrupt or an error has ended says so late, when Python clears it away: those of an earlier cell
    do not count.
    """
    _bars[:] = [bar for bar in _bars if bar.cell == _cell()]
    return _bars


class _Bar:
    """How far an `each` is. Only the outermost is drawn; the others tell it how far they are in its present item."""

    def __init__(self, total, told):
        self.total, self.told, self.done = total, told, 0
        self.cell, self.outer = _cell(), _running()[-1] if _running() else None
        self.started, self.drawn = time.perf_counter(), -SECONDS
        self.line = _Line(enabled=self.outer is None)
        _bars.append(self)

    def update(self, share=0.0):
        """Redraw with this share of the present item done, unless that was done a moment ago."""
        done, now = (self.done + share) / self.total, time.perf_counter()
        if self.outer:
            self.outer.update(done)
        elif now - self.drawn >= SECONDS:
            left = f" · {_clock((now - self.started) * (1 - done) / done)} left" if done else ""
            text = f"{self.done:,} of {self.total:,} {self.told}{left}"
            self.line.show(text, f"{_bar(done, 1, self.told)} {html.escape(text)}")
            self.drawn = now

    def close(self):
        """Say how many items are done, for good."""
        if self in _bars:
            _bars.remove(self)
        text = f"{self.total:,} {self.told} done"
        if self.done < self.total:
            text = f"stopped after {self.done:,} of {self.total:,} {self.told}"
        self.line.show(text, html.escape(text))
        self.line.end()


class Progress:
    """Show a History while it grows: how far it is, the time left, the losses, and what the generator makes.

    The last state holds no times, so that a stored notebook is the same in every build.
    """

    def __init__(self, steps, enabled=True):
        self.steps = steps
        self.line = _Line(enabled)

    def __enter__(self):
        self.started, self.first_step, self.drawn, self.history = time.perf_counter(), None, -SECONDS, None
        return self

    def __exit__(self, error, *_):
        if error and self.history:
            self._show(self.history, "stopped", with_picture=False)
        self.line.end()

    def update(self, history):
        """Redraw for the present step, unless that was done a moment ago."""
        now, self.history = time.perf_counter(), history
        _inside(history.step / self.steps)
        if self.first_step is None:
            self.first_step, self.started = history.step, now
        if now - self.drawn >= SECONDS:
            self._show(history, self._time_left(history.step))
            self.drawn = time.perf_counter()

    def close(self, history):
        """Redraw for the last time, with the run's message."""
        self._show(history, history.message, with_picture=bool(history.step))

    def _time_left(self, step):
        done = step - self.first_step
        if not done:
            return "compiling the loop, some seconds"
        return f"{_clock((time.perf_counter() - self.started) / done * (self.steps - step))} left"

    def _show(self, history, status, with_picture=True):
        if self.line.seen:
            text = f"{_line(history, self.steps)} · {status}"
            self.line.show(text, lambda: _page(history, self.steps, status, with_picture))


class _Line:
    """A line that is redrawn in place: in a notebook one display, on a terminal the last line, elsewhere nothing."""

    def __init__(self, enabled=True):
        self.handle = None
        self.notebook = enabled and _in_notebook()
        self.terminal = enabled and not self.notebook and sys.stderr.isatty()

    @property
    def seen(self):
        """Whether anybody looks at it."""
        return self.notebook or self.terminal

    def show(self, text, page):
        """Show a text, and in a notebook a page: html, or a function that returns it."""
        if self.terminal:
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
        if not self.notebook:
            return
        from IPython.display import display

        both = {"text/plain": text, "text/html": page() if callable(page) else page}
        if self.handle is None:
            self.handle = display(both, raw=True, display_id=True)
        else:
            self.handle.update(both, raw=True)

    def end(self):
        """Leave the line as it is."""
        if self.terminal:
            print(file=sys.stderr)


def _line(history, steps):
    text = f"step {history.step:,} of {steps:,}"
    if history.step:
        text += f" · d_loss {history.d_loss[-1]:.3f} · g_loss {history.g_loss[-1]:.3f}"
    return text


def _page(history, steps, status, with_picture):
    bar = _bar(history.step, steps, "training steps")
    page = f"{bar} {html.escape(_line(history, steps))} · {html.escape(status)}"
    if not with_picture:
        return page
    picture = plots.snapshot(history.at_fixed_latents(), f"after step {history.step:,}")
    return f"{page}<br>{picture.html()}"


def _bar(done, total, told):
    label = html.escape(f"{told} done", quote=True)
    return f'<progress value="{done:.4g}" max="{total}" aria-label="{label}" style="width: 20em"></progress>'


def _clock(seconds):
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"


def _shell():
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _in_notebook():
    return hasattr(_shell(), "kernel")


def _cell():
    return getattr(_shell(), "execution_count", None)
