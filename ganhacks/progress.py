"""A live view of a run: how far it is, the time left, the losses, and what the generator makes at fixed latents."""

import html
import sys
import time

from ganhacks import plots

SECONDS = 0.9  # between two redraws, which take time from the training


class Progress:
    """Show a History while it grows: in a notebook as one display that is redrawn in place, on a terminal as a line.

    The last state holds no times, so that a stored notebook is the same in every build.
    """

    def __init__(self, steps, enabled=True):
        self.steps = steps
        self.handle = None
        self.notebook = enabled and _in_notebook()
        self.terminal = enabled and not self.notebook and sys.stderr.isatty()

    def __enter__(self):
        self.started, self.first_step, self.drawn = time.perf_counter(), None, -SECONDS
        return self

    def __exit__(self, *exc):
        if self.terminal:
            print(file=sys.stderr)

    def update(self, history):
        """Redraw for the present step, unless that was done a moment ago."""
        now = time.perf_counter()
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
            return "compiling the loop"
        seconds = round((time.perf_counter() - self.started) / done * (self.steps - step))
        return f"{seconds // 60}:{seconds % 60:02d} left"

    def _show(self, history, status, with_picture=True):
        if self.terminal:
            print(f"\r\033[K{_line(history, self.steps)} · {status}", end="", file=sys.stderr, flush=True)
        if not self.notebook:
            return
        from IPython.display import display

        page = {
            "text/plain": f"{_line(history, self.steps)} · {status}",
            "text/html": _page(history, self.steps, status, with_picture),
        }
        if self.handle is None:
            self.handle = display(page, raw=True, display_id=True)
        else:
            self.handle.update(page, raw=True)


def _line(history, steps):
    text = f"step {history.step:,} of {steps:,}"
    if history.step:
        text += f" · d_loss {history.d_loss[-1]:.3f} · g_loss {history.g_loss[-1]:.3f}"
    return text


def _page(history, steps, status, with_picture):
    bar = (
        f'<progress value="{history.step}" max="{steps}" aria-label="training steps done" style="width: 20em">'
        f"</progress> {html.escape(_line(history, steps))} · {html.escape(status)}"
    )
    if not with_picture:
        return bar
    picture = plots.snapshot(history.at_fixed_latents(), f"after step {history.step:,}")
    return f"{bar}<br>{picture.html()}"


def _in_notebook():
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")
