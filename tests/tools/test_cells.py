"""Cells without a row are done, each row is written at once, and no failure or interrupt costs the others."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tools import cells, tables
from tools.build import ROOT

KEY, FIELDS = ("seed",), ("seed", "score")


class Threads(ThreadPoolExecutor):
    """An executor as `cells.run` wants it, of one thread, which is given one cell at a time."""

    width = 0

    def __init__(self, jobs=1):
        super().__init__(1)

    close = ThreadPoolExecutor.shutdown


class Study:
    """Ten seeds, and the file of their rows."""

    def __init__(self, path, play):
        self.path, self.play, self.played, self.said = path, play, [], []

    def todo(self):
        done = {row["seed"] for row in tables.read(self.path)}
        return [(seed,) for seed in range(10) if str(seed) not in done]

    def keep(self, cell, score):
        self.played.append(cell)
        tables.put(self.path, [{"seed": cell[0], "score": score}], KEY, FIELDS)
        return f"score {score}"

    def run(self, executor=None):
        return cells.run(executor or Threads(), self.todo, self.play, self.keep, told=self.said.append)

    def scores(self):
        return {int(row["seed"]): row["score"] for row in tables.read(self.path)}


@pytest.fixture
def study(tmp_path):
    return lambda play: Study(tmp_path / "rows.csv", play)


def square(seed):
    return seed**2


SQUARES = {seed: str(seed**2) for seed in range(10)}


def test_no_process_at_all_is_refused_in_a_sentence():
    with pytest.raises(SystemExit, match="--jobs is 0: it must be 1 or more"):
        cells.Processes(0)


def process_of(seed):
    return os.getpid()


def interrupted_at_4(seed):
    if seed == 4:
        raise KeyboardInterrupt
    return square(seed)


def dies_at_4(seed):
    """As `square`, but one seed ends its process, as for want of memory."""
    if seed == 4:
        os._exit(1)
    return square(seed)


def dies_at_4_once(seed):
    mark = Path(os.environ["STANDIN_MARK"])
    if seed == 4 and not mark.exists():
        mark.touch()
        os._exit(1)
    return square(seed)


# ---- the loop


def test_each_cell_is_done_once_in_order_and_has_its_row_before_the_next_is_told(study):
    one = study(square)
    assert one.run() == []
    assert one.played == [(seed,) for seed in range(10)]
    assert one.scores() == SQUARES
    assert one.said[3].startswith("4  3: score 9  (")


def test_what_has_a_row_is_not_done_again(study):
    study(square).run()
    again = study(square)
    assert again.run() == [] and again.played == []


def test_an_interrupt_leaves_the_rows_that_there_are_and_the_next_run_does_the_rest(study):
    with pytest.raises(KeyboardInterrupt):
        study(interrupted_at_4).run()
    rest = study(square)
    assert set(rest.scores()) == {0, 1, 2, 3}
    rest.run()
    assert rest.played == [(seed,) for seed in range(4, 10)]
    assert rest.scores() == SQUARES


def test_a_cell_that_fails_is_tried_three_times_and_told_in_a_sentence_and_all_others_are_done(study):
    tries = []

    def fails_at_4(seed):
        tries.append(seed)
        if seed == 4:
            raise MemoryError("out of memory")
        return square(seed)

    one = study(fails_at_4)
    assert one.run() == ["4: MemoryError out of memory"]
    assert tries.count(4) == cells.TRIES and len(tries) == 9 + cells.TRIES
    assert set(one.scores()) == set(range(10)) - {4}


def test_a_process_that_dies_once_costs_nothing(study, tmp_path, monkeypatch):
    monkeypatch.setenv("STANDIN_MARK", str(tmp_path / "died"))
    one, executor = study(dies_at_4_once), cells.Processes(2)
    try:
        assert one.run(executor) == []
    finally:
        executor.close()
    assert (tmp_path / "died").exists() and one.scores() == SQUARES


@pytest.mark.everywhere
def test_a_cell_that_ends_every_process_takes_no_other_cell_along(study):
    one, executor = study(dies_at_4), cells.Processes(2)
    try:
        (failure,) = one.run(executor)
    finally:
        executor.close()
    assert failure.startswith("4: BrokenProcessPool")
    assert set(one.scores()) == set(range(10)) - {4}


@pytest.mark.everywhere
def test_processes_are_new_ones_from_time_to_time_and_no_cell_is_lost_by_it(study, monkeypatch):
    monkeypatch.setattr(cells, "LIFE", 2)
    one, executor = study(process_of), cells.Processes(1)
    try:
        assert one.run(executor) == []
    finally:
        executor.close()
    assert set(one.scores()) == set(range(10))
    assert len(set(one.scores().values())) == 5


def test_a_command_ends_with_what_could_not_be_done(study, monkeypatch):
    monkeypatch.setattr(cells, "Processes", Threads)
    one = study(lambda seed: 1 / (seed - 4))
    with pytest.raises(SystemExit, match="Could not be done:\n4: ZeroDivisionError"):
        cells.run_here(1, one.todo, one.play, one.keep)


def test_a_command_that_is_interrupted_says_that_nothing_is_lost(study, monkeypatch, capsys):
    monkeypatch.setattr(cells, "Processes", Threads)
    one = study(interrupted_at_4)
    with pytest.raises(SystemExit) as ended:
        cells.run_here(1, one.todo, one.play, one.keep)
    assert ended.value.code == 130
    assert "Interrupted: what is done has its rows." in capsys.readouterr().out


OWNER = """
import time
from tests.tools import test_cells
from tools import cells

if __name__ == "__main__":
    processes = cells.Processes(2)
    found = {processes.submit(test_cells.slow_process, seed).result() for seed in range(4)}
    print(*found, flush=True)
    processes.submit(time.sleep, 600)
    time.sleep(600)
"""


def slow_process(seed):
    time.sleep(0.3)
    return os.getpid()


@pytest.mark.everywhere
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_no_process_outlives_an_owner_that_is_killed(tmp_path):
    """Each holds TensorFlow: some that were left behind would take the memory of what goes on."""
    (tmp_path / "owner.py").write_text(OWNER)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    owner = subprocess.Popen(
        [sys.executable, tmp_path / "owner.py"], env=environment, stdout=subprocess.PIPE, text=True
    )
    left = [int(pid) for pid in owner.stdout.readline().split()]
    assert left
    owner.kill()
    owner.wait()
    deadline = time.monotonic() + 30
    while left and time.monotonic() < deadline:
        left = [pid for pid in left if Path(f"/proc/{pid}").exists()]
        time.sleep(0.1)
    assert left == []
