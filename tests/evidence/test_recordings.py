"""The recorded runs: every one can be read, is small, says what made it, and can be made again."""

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import keras
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
    assert len(run.reals) == 200


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


def test_what_is_held_out_is_never_shown():
    for shown, found in ((True, recordings.load_all()), (False, recordings.load_all(shown=False))):
        planned = [name for name, (*_, show) in record_failures.runs().items() if show == shown]
        assert sorted(recording.name for recording in found) == sorted(planned)


def test_curves_carry_the_names_of_what_was_recorded():
    won = recordings.load("d-has-won-dense-mnist-0").run
    assert np.median(won.d_loss) < 0.1 < 3 < np.median(won.g_loss)
    assert np.median(won.d_gradient_norm) < 0.1 < 3 < np.median(won.g_gradient_norm)
    frozen = recordings.load("not-training-dense-mnist-0").run  # D never moved, and G learnt to please it
    assert (frozen.d_gradient_norm == 0).all() and (frozen.g_gradient_norm > 0).all()
    assert (frozen.d_moved == 0).all() and (frozen.g_moved > 0).all()
    assert frozen.g_loss[-1] < 0.01 < 1 < frozen.d_loss[-1]


# ---- what was recorded, which no exercise asks for

#: what a plan says in words -> (rate, beta_1) of the generator's Adam and of the discriminator's
ADAMS = {
    "dropout of 0.5 in the generator": ((1e-3, 0.5), (1e-3, 0.5)),
    "Adam(1e-3, beta_1=0.9) for both": ((1e-3, 0.9), (1e-3, 0.9)),
    "Adam(beta_1=0.9) for both, 5e-3 for the generator, 1e-3 for the other": ((5e-3, 0.9), (1e-3, 0.9)),
    "Adam(1e-5) for the generator, 1e-3 for the discriminator": ((1e-5, 0.5), (1e-3, 0.5)),
    "the saturating loss, and Adam(1e-4) for the generator": ((1e-4, 0.5), (1e-3, 0.5)),
    "the saturating loss, and Adam(1e-5) for the generator": ((1e-5, 0.5), (1e-3, 0.5)),
    "weights from N(0, 1)": ((1e-3, 0.5), (1e-3, 0.5)),
    "transposed convolutions of kernel 3 and stride 2": ((1e-3, 0.5), (1e-3, 0.5)),
    "Keras' trainable trap: the discriminator was frozen before its first update": ((1e-3, 0.5), (1e-3, 0.5)),
    "a decay over 20 epochs, handed to Keras as 20 updates": ((1e-3, 0.5), (1e-3, 0.5)),
    "Adam(2.5e-4) for the generator, 1e-3 for the discriminator": ((2.5e-4, 0.5), (1e-3, 0.5)),
    "Adam(1e-3, beta_1=0.5) for both": ((1e-3, 0.5), (1e-3, 0.5)),
    "transposed convolutions of kernel 4 and stride 2": ((1e-3, 0.5), (1e-3, 0.5)),
}
PLANS = pytest.mark.parametrize("plan", record_failures.PLANS, ids=lambda plan: f"{plan.workload}-{plan.recipe}"[:40])


@PLANS
def test_a_plans_recipe_does_what_its_words_say(plan):
    recipe = plan.make()
    optimizers = recipe.g_optimizer(), recipe.d_optimizer()
    found = [(float(optimizer.learning_rate), optimizer.beta_1) for optimizer in optimizers]
    assert found == [pytest.approx(wanted) for wanted in ADAMS[plan.recipe]]
    for optimizer in optimizers:
        optimizer.iterations.assign(20)
        assert (float(optimizer.learning_rate) < 1e-9) == ("decay" in plan.recipe)
    assert (recipe.generator_step is record_failures.saturating_step) == ("saturating" in plan.recipe)
    assert plan.frozen_d == ("frozen" in plan.recipe)
    network = recipe.make_generator()
    rates = [layer.rate for layer in network.layers if hasattr(layer, "rate")]
    assert rates == (2 * [0.5] if "dropout" in plan.recipe else [])
    kernels = {layer.kernel_size for layer in network.layers if hasattr(layer, "kernel_size")}
    usual = {(4, 4)} if plan.workload == "small DCGAN" else set()
    assert kernels == ({(3, 3)} if "kernel 3" in plan.recipe else usual)
    if "N(0, 1)" in plan.recipe:
        for weights in (*network.get_weights(), *recipe.make_discriminator().get_weights()):
            assert np.std(weights) == (0 if weights.ndim == 1 else pytest.approx(1, abs=0.2))


def test_by_the_idiom_that_freezes_d_only_the_generator_learns():
    (plan,) = (plan for plan in record_failures.PLANS if plan.frozen_d)
    moments = record_failures.frozen_by_keras(plan, 0, [2])
    (g_1, d_1), (g_2, d_2) = [[record_failures.weights(player) for player in players[:2]] for players in moments]
    np.testing.assert_array_equal(d_1, d_2)
    assert (g_1 != g_2).any()


def test_a_saturating_step_lowers_the_loss_of_the_minimax_game():
    """D(G(z)) = v w z with v = 2, w = 0.5, z = 1: the loss is log(1 - sigmoid(1)), its slope by w -2 sigmoid(1)."""

    def line(weight):
        dense = keras.layers.Dense(1, use_bias=False, kernel_initializer=keras.initializers.Constant(weight))
        return keras.Sequential([keras.Input((1,)), dense])

    generator, discriminator = line(0.5), line(2.0)
    loss = record_failures.saturating_step(generator, discriminator, keras.optimizers.SGD(0.1), np.ones((1, 1)))
    sigmoid = 1 / (1 + np.exp(-1))
    assert float(loss) == pytest.approx(np.log(1 - sigmoid), rel=1e-5)
    assert float(generator.get_weights()[0][0, 0]) == pytest.approx(0.5 + 0.1 * 2 * sigmoid, rel=1e-5)
    assert float(discriminator.get_weights()[0][0, 0]) == 2


def test_a_run_tells_nothing_of_what_became_of_it():
    told = {field.name for field in fields(recordings.Run)}
    assert not told & {"kind", "name", "failing", "shown", "recipe", "seed"}


def test_a_recording_cannot_be_written_to():
    recording = recordings.load(recordings.names()[0])
    arrays = [recording.at, *vars(recording.run).values()]
    assert len(arrays) > 5 and not any(array.flags.writeable for array in arrays)


def test_a_wrong_name_gets_the_right_ones():
    with pytest.raises(BadInput, match="healthy-ring-0"):
        recordings.load("no-such-run")


def test_a_damaged_file_is_told_with_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr(recordings, "FAILURES", tmp_path)
    (tmp_path / "damaged.npz").write_bytes(b"half a file")
    with pytest.raises(BadFile, match="tools/record_failures.py --again damaged"):
        recordings.load("damaged")


@pytest.mark.everywhere
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
