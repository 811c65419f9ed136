"""The recorded runs: every one can be read, is small, says what made it, and can be made again."""

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from ganhacks.errors import BadFile, BadInput
from ganhacks.evidence import recordings
from tools import record_failures

ROOT = Path(__file__).resolve().parents[2]
EVERY = pytest.mark.parametrize("name", recordings.names())


def test_there_is_a_recording_of_every_planned_run_and_no_other():
    assert recordings.names() == sorted(record_failures.runs())


@EVERY
def test_a_recording_is_complete(name):
    recording = recordings.load(name)
    run = recording.run
    assert recording.kind in (*recordings.KINDS, "healthy")
    assert all(np.isfinite(getattr(run, field.name)).all() for field in fields(run))
    assert len(recording.at) == len(run.d_loss) == min(recording.steps, record_failures.VALUES)
    assert (recording.at[0], recording.at[-1]) == (0, recording.steps - 1)
    assert len(run.fakes) == len(run.d_moved) == len(run.g_moved) == record_failures.MOMENTS[recording.workload]
    assert run.fakes.shape[2:] == run.reals.shape[1:]


@EVERY
def test_a_recording_says_what_makes_it_again(name):
    recording, (plan, seed, shown) = recordings.load(name), record_failures.runs()[name]
    assert recording.command == f"python tools/record_failures.py --again {name}"
    assert (recording.kind, recording.workload, recording.recipe) == (plan.kind, plan.workload, plan.recipe)
    assert (recording.seed, recording.shown) == (seed, shown)


@EVERY
def test_a_recording_is_at_most_60_kb(name):
    assert (recordings.FAILURES / f"{name}.npz").stat().st_size <= 60_000


@pytest.mark.parametrize("shown", [True, False])
def test_every_kind_is_shown_and_held_out(shown):
    kinds = [recording.kind for recording in recordings.load_all(shown)]
    assert set(kinds) == {*recordings.KINDS, "healthy"}
    assert kinds.count("healthy") >= 3
    assert kinds[-1] == "healthy", "the failing ones come first"


def test_a_run_tells_nothing_of_what_became_of_it():
    told = {field.name for field in fields(recordings.Run)}
    assert not told & {"kind", "name", "failing", "shown", "recipe", "seed"}


def test_a_recording_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        recordings.load(recordings.names()[0]).run.d_loss[0] = 1


def test_a_wrong_name_gets_the_right_ones():
    with pytest.raises(BadInput, match="healthy-ring-0"):
        recordings.load("no-such-run")


def test_a_damaged_file_is_told_with_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr(recordings, "FAILURES", tmp_path)
    (tmp_path / "damaged.npz").write_bytes(b"half a file")
    with pytest.raises(BadFile, match="tools/record_failures.py --again damaged"):
        recordings.load("damaged")


def test_a_run_is_made_again_by_its_command(tmp_path):
    name = "not-training-ring-0"
    command = recordings.load(name).command.split()[1:]
    done = subprocess.run(
        [sys.executable, *command, "--to", tmp_path], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / f"{name}.npz") as new, np.load(recordings.FAILURES / f"{name}.npz") as old:
        assert str(new["about"]) == str(old["about"])
        for array in ("curves", "fakes", "d_moved", "g_moved"):
            np.testing.assert_allclose(new[array], old[array], rtol=0.01, atol=0.001)


def test_a_finished_run_is_not_repeated(capsys):
    record_failures.main(["not-training-ring-0"])
    assert capsys.readouterr().out.startswith("0 recorded")
