"""A run in a folder goes on in another process as if it had never been stopped, and what is wrong with it is told."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
import warnings
from dataclasses import replace
from functools import partial
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ganhacks import data
from ganhacks.errors import BadFile, BadInput
from ganhacks.hacks import mnist_gan
from ganhacks.training import CHUNK, Recipe, checkpoints, load, train

STEPS, SEED = 3 * CHUNK + 50, 4
noise = keras.random.SeedGenerator(7)  # kept beside the models, as a notebook would


def make_generator():
    return keras.Sequential([keras.Input((2,)), layers.Dense(8, "relu"), layers.Dropout(0.2), layers.Dense(2)])


def make_discriminator():
    return keras.Sequential([keras.Input((2,)), layers.Dense(8, "relu"), layers.BatchNormalization(), layers.Dense(1)])


def noisy_step(discriminator, optimizer, real, fake, real_labels, fake_labels):
    real = real + keras.random.normal(real.shape, stddev=0.1)
    fake = fake + keras.random.normal(fake.shape, stddev=0.1, seed=noise)
    return mnist_gan.discriminator_step(discriminator, optimizer, real, fake, real_labels, fake_labels)


RECIPE = Recipe(
    make_generator,
    make_discriminator,
    latent_dim=2,
    batch_size=16,
    g_optimizer=partial(keras.optimizers.Adam, 1e-3),
    discriminator_step=noisy_step,
)
POINTS = data.ring(np.random.default_rng(0), 500)


def mark_of(history):
    """Return a fingerprint of everything that a run is."""
    arrays = [history.curves, *history.variables, *(history.snapshots[step] for step in (0, STEPS))]
    return hashlib.sha256(b"".join(np.asarray(array).tobytes() for array in arrays)).hexdigest()


def trained(steps=STEPS, recipe=RECIPE, seed=SEED, **more):
    return train(recipe, POINTS, steps, seed, progress=False, **more)


def in_another_process(folder):
    """Train to the end from what the folder holds, and save at every chance; the fingerprint is what it prints."""
    place = folder and str(folder)
    code = (
        "from tests.training import test_checkpoints as here; here.checkpoints.INTERVAL = 0\n"
        f"print(here.mark_of(here.trained(save_to={place!r})), flush=True)"
    )
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "GANHACKS_FAST": "1"}
    return subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


@pytest.fixture(autouse=True)
def as_in_a_lab(monkeypatch):
    """In place of this folder's fixture: without XLA, so that a process more takes little time."""
    monkeypatch.setenv("GANHACKS_FAST", "1")


@pytest.fixture(scope="module")
def whole():
    """The fingerprint of a run in a process of its own that was never stopped."""
    return in_another_process(None).communicate()[0].strip()


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """What the file of a run of 5 steps holds."""
    folder = tmp_path_factory.mktemp("run")
    trained(5, save_to=folder)
    return (folder / checkpoints.FILE).read_bytes()


@pytest.fixture
def saved(tmp_path, content):
    """A folder with a run of 5 steps."""
    (tmp_path / checkpoints.FILE).write_bytes(content)
    return tmp_path


# ---- going on


def test_a_run_that_goes_on_from_its_folder_equals_one_that_was_never_stopped(tmp_path, whole):
    part = trained(CHUNK + 30, save_to=tmp_path / "run")
    assert len(part.others) == 2, "the SeedGenerator of the step, and the one of keras.random"
    assert in_another_process(tmp_path / "run").communicate()[0].strip() == whole


@pytest.mark.everywhere
@pytest.mark.timeout(3600)
def test_killed_at_fifty_random_moments_it_ends_as_one_that_was_never_stopped(tmp_path, whole, kills=50):
    rng, hit, printed = random.Random(kills), 0, ""
    for _ in range(kills):
        folder = tmp_path / f"run{hit}"
        process = in_another_process(folder)
        # Until its first save there is nothing to lose; from then on it writes after every chunk.
        while process.poll() is None and not checkpoints.is_there(folder):
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.1))
        hit += process.poll() is None
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert len(list(folder.glob("*"))) <= 2, "the file, and what was being written"
        printed = in_another_process(folder).communicate()[0].strip()
        assert printed == whole
    print(f"{kills} kills, {hit} of them while it trained or saved; every run ended as one that was never stopped")
    assert hit >= kills / 2


def test_a_saved_run_can_be_looked_at_without_training(tmp_path):
    begun = np.asarray(noise.state)  # which all runs of this process share
    whole = trained(40)
    noise.state.assign(begun)
    run = trained(20)
    run.save(tmp_path)
    again = load(tmp_path, RECIPE, POINTS, SEED)
    assert (again.step, again.outcome, again.seconds) == (20, "finished", run.seconds)
    assert np.array_equal(again.samples(50), run.samples(50)) and np.array_equal(again.g_loss, run.g_loss)
    again.save(tmp_path / "copy")  # its loop is not compiled yet, and nothing of it is lost
    assert [list(np.asarray(one)) for one in again.others] == [list(np.asarray(one)) for one in run.others]
    rest = trained(40, resume_from=load(tmp_path / "copy", RECIPE, POINTS, SEED))
    assert np.array_equal(rest.curves, whole.curves)


# ---- what cannot go on


def cut(content):
    return content[: len(content) // 2]


@pytest.mark.parametrize("damage", [cut, lambda content: b"", lambda content: b"no archive"])
def test_a_damaged_file_is_told_and_left(saved, damage):
    path = saved / checkpoints.FILE
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(BadFile, match=r"is damaged \(\w+\), so its run cannot go on: delete it to begin anew\.$"):
        trained(10, save_to=saved)
    assert path.read_bytes() == before


def test_a_folder_without_a_run_is_told_by_load_and_begun_by_train(tmp_path):
    with pytest.raises(BadFile, match="holds no saved run: name the folder that it was saved to"):
        load(tmp_path, RECIPE, POINTS)
    assert trained(5, save_to=tmp_path / "new" / "er").step == 5
    assert checkpoints.is_there(tmp_path / "new" / "er")


def other_generator():
    return keras.Sequential([keras.Input((2,)), layers.Dense(9), layers.Dense(2)])


@pytest.mark.parametrize(
    "change, told",
    [
        ({"seed": 5}, "of seed 4, and yours is 5"),
        ({"recipe": replace(RECIPE, batch_size=32)}, "whose batch_size is 16, and yours is 32"),
        ({"recipe": replace(RECIPE, make_generator=other_generator)}, "whose make_generator is make_generator"),
        (
            {"recipe": replace(RECIPE, g_optimizer=partial(keras.optimizers.Adam, 2e-3))},
            "whose g_optimizer is Adam, 0=0.001, and yours is Adam, 0=0.002",
        ),
    ],
)
def test_a_run_of_another_recipe_or_seed_is_not_gone_on_with(saved, change, told):
    with pytest.raises(BadInput, match=told):
        trained(10, save_to=saved, **change)


def test_networks_of_other_shapes_are_told(tmp_path):
    make = lambda width: partial(_make, [width])  # noqa: E731  (two functions of one name)
    trained(5, replace(RECIPE, make_generator=make(8)), save_to=tmp_path)
    recipe = replace(RECIPE, make_generator=make(8))
    _make.extra = 1
    try:
        with pytest.raises(BadInput, match="whose networks have other shapes than yours"):
            trained(10, recipe, save_to=tmp_path)
    finally:
        _make.extra = 0


def _make(widths):
    return keras.Sequential([keras.Input((2,)), layers.Dense(widths[0] + _make.extra), layers.Dense(2)])


_make.extra = 0


def test_more_steps_than_asked_for_are_told(saved):
    with pytest.raises(BadInput, match=r"^The run in .* has done 5 steps and steps is 3; steps is the total"):
        trained(3, save_to=saved)


# ---- saving


def test_a_file_that_could_not_be_written_whole_leaves_the_one_before(tmp_path, monkeypatch):
    run = trained(5, save_to=tmp_path)
    before = (tmp_path / checkpoints.FILE).read_bytes()

    def full(file, **arrays):
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(BadFile, match=r"cannot be saved in .* \(No space left on device\): make room there"):
        run.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [checkpoints.FILE]
    assert (tmp_path / checkpoints.FILE).read_bytes() == before


def test_a_run_whose_folder_cannot_be_written_goes_on_and_says_so_once(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "INTERVAL", 0)
    (tmp_path / "file").write_text("mine")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run = trained(2 * CHUNK + 1, save_to=tmp_path / "file")
    told = [str(one.message) for one in caught if "cannot be saved" in str(one.message)]
    assert len(told) == 1 and told[0].endswith("name another folder. The run goes on without.")
    assert run.outcome == "finished" and (tmp_path / "file").read_text() == "mine"


def test_it_is_saved_when_ten_seconds_have_gone_by_and_at_the_end(tmp_path, monkeypatch):
    saved, now = [], [0.0]
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(checkpoints, "save", lambda history, folder: saved.append(now[0]))
    keeper = checkpoints.Checkpoints(tmp_path)
    for now[0] in (4.0, 9.9, 10.0, 12.0, 19.9, 20.5):
        keeper.keep(type("Run", (), {"loop": None}))
    assert saved == [10.0, 20.5]
    keeper.keep(type("Run", (), {"loop": None}), now=True)
    assert saved == [10.0, 20.5, 20.5]


def test_a_run_is_offered_to_be_saved_after_every_chunk(tmp_path, monkeypatch):
    saved = []
    monkeypatch.setattr(checkpoints, "INTERVAL", 0)
    monkeypatch.setattr(checkpoints, "save", lambda history, folder: saved.append(history.step))
    trained(2 * CHUNK + 1, save_to=tmp_path)
    assert list(dict.fromkeys(saved)) == [CHUNK, 2 * CHUNK, 2 * CHUNK + 1]


def test_draws_whose_state_cannot_be_saved_are_told(tmp_path):
    def step(discriminator, optimizer, real, *others):
        return mnist_gan.discriminator_step(discriminator, optimizer, real + tf.random.normal(real.shape), *others)

    with pytest.warns(RuntimeWarning, match="use RandomStandardNormal, whose state cannot be saved"):
        trained(5, replace(RECIPE, discriminator_step=step), save_to=tmp_path)
