"""What moves while a reader waits: one bar for a loop, moved by what runs in it, and calm when it is over."""

import re
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from ganhacks import toys
from ganhacks.errors import RecipeFailed
from ganhacks.pictures import progress
from ganhacks.pictures.progress import each
from ganhacks.training import CHUNK, train


@pytest.fixture
def screen(monkeypatch):
    """The texts that a notebook would show, one after the other; none is left out for the sake of speed."""
    drawn = []

    class Display:
        def __init__(self, page, **how):
            self.update(page)

        def update(self, page, **how):
            drawn.append(page["text/plain"])

    monkeypatch.setattr(progress, "_in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", Display)
    monkeypatch.setattr(progress, "SECONDS", 0)
    return drawn


def test_a_loop_gets_every_item_and_says_how_many_are_done(screen):
    assert list(each("abc", "runs")) == ["a", "b", "c"]
    assert screen[0] == "0 of 3 runs"
    assert screen[1].startswith("1 of 3 runs · 0:00 left")
    assert screen[-1] == "3 runs done"


def test_a_loop_over_nothing_is_done_at_once(screen):
    assert list(each([], "runs")) == []
    assert screen == ["0 runs done"]


def test_a_loop_that_is_left_says_after_how_many(screen):
    for item in each(range(5), "runs"):
        if item == 2:
            break
    assert screen[-1] == "stopped after 2 of 5 runs"
    assert progress._running() == []


def test_a_training_in_the_loop_moves_its_bar(screen):
    for seed in each(range(2), "runs"):
        train(toys.ring_recipe(), toys.ring_data(2000), 3 * CHUNK, seed, progress=False)
    assert sum(line.startswith("0 of 2 runs · ") for line in screen) == 3
    assert sum(line.startswith("1 of 2 runs · ") for line in screen) == 5


def test_a_training_in_the_loop_tells_which_share_of_it_is_done(monkeypatch):
    shares = []
    monkeypatch.setattr(progress, "_inside", shares.append)
    train(toys.ring_recipe(), toys.ring_data(2000), 4 * CHUNK, progress=False)
    assert shares == [0, 0.25, 0.5, 0.75, 1.0]


def test_a_loop_in_a_loop_moves_the_outer_bar_alone(screen, monkeypatch):
    shares = []
    monkeypatch.setattr(progress, "_bar", lambda done, *more: shares.append(done) or "")
    for _ in each(range(2), "seeds"):
        for _ in each(range(4), "rounds"):
            pass
    assert all("seeds" in line for line in screen)
    assert shares == [0, 0, 0.125, 0.25, 0.375, 0.5, 0.5, 0.625, 0.75, 0.875]
    assert screen[-1] == "2 seeds done"


def test_the_time_left_goes_by_the_share_that_is_done(screen, monkeypatch):
    now = iter(np.arange(0.0, 1000, 10))
    monkeypatch.setattr(progress.time, "perf_counter", lambda: next(now))
    list(each("abcd", "runs"))
    assert screen[1:4] == ["1 of 4 runs · 1:00 left", "2 of 4 runs · 0:30 left", "3 of 4 runs · 0:13 left"]


def test_a_stored_notebook_holds_one_line_without_a_bar_or_a_time():
    ended_early = "for _ in each(range(3), 'trials'):\n    1 / 0"
    cells = ["from ganhacks.pictures.progress import each", "for _ in each(range(3), 'runs'):\n    pass", ended_early]
    cells.append("for _ in each(range(2), 'scores'):\n    pass")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    for number, text in ((1, "3 runs done"), (3, "2 scores done")):
        (output,) = notebook.cells[number].outputs
        assert dict(output.data) == {"text/plain": text, "text/html": text}
    assert notebook.cells[2].outputs[-1].ename == "ZeroDivisionError"


def test_outside_a_notebook_and_a_terminal_nothing_is_written(capsys):
    list(each("abc", "runs"))
    assert capsys.readouterr() == ("", "")


def test_a_run_that_fails_leaves_no_bar_that_seems_to_move(screen):
    with pytest.raises(RecipeFailed):
        train(toys.ring_recipe(generator_step=lambda *args: 1 / 0), toys.ring_data(2000), 3)
    assert screen == ["step 0 of 3 · compiling the loop, some seconds", "step 0 of 3 · stopped"]


def test_a_run_shows_its_steps_its_losses_and_at_last_no_time(screen):
    train(toys.ring_recipe(), toys.ring_data(2000), 2 * CHUNK)
    assert screen[0] == "step 0 of 400 · compiling the loop, some seconds"
    assert re.fullmatch(r"step 200 of 400 · d_loss [\d.]+ · g_loss [\d.]+ · 0:\d\d left", screen[1])
    assert screen[-1].endswith("400 steps done.")


def test_a_run_that_goes_on_tells_each_of_its_last_losses_and_the_time_left_by_its_own_pace(screen, monkeypatch):
    clock = {250: 0.0, 400: 10.0, 700: 40.0}  # 150 steps in 10 s, 450 in 40 s
    done = [250]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: clock[done[-1]])
    monkeypatch.setattr(progress, "_page", lambda *arguments: "")
    with progress.Progress(1000) as bar:
        for step in clock:
            done.append(step)
            counted = np.arange(1, step + 1)
            bar.update(SimpleNamespace(step=step, d_loss=counted / 100, g_loss=counted / 10))
    assert screen == [
        "step 250 of 1,000 · d_loss 2.500 · g_loss 25.000 · compiling the loop, some seconds",
        "step 400 of 1,000 · d_loss 4.000 · g_loss 40.000 · 0:40 left",
        "step 700 of 1,000 · d_loss 7.000 · g_loss 70.000 · 0:27 left",
    ]
