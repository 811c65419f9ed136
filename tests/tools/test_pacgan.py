"""A run of PacGAN's setting goes on from its file as if it had never been stopped, or begins anew and says so."""

import dataclasses
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import ttest_ind

from ganhacks.metrics import mode_scores
from ganhacks.training import checkpoints, train
from ganhacks.training.begin import start
from tools import cells, pacgan, tables

SMALL = {"g_layers": 1, "g_width": 8, "d_layers": 1, "d_width": 4, "maxout": 2, "rate": 1e-2}
RUN = ("ring", "PacGAN2", "small", 9, 900)  # 9 steps, so 3 to a moment


def make_small(folder):
    """Let runs be short and small, their files and rows in a folder; in whatever process this is."""
    pacgan.CHANGES["small"] = SMALL
    pacgan.MOMENTS, pacgan.N_SAMPLES = 3, 200
    pacgan.STATES, pacgan.PATH = folder / "states", folder / "pacgan.csv"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GANHACKS_FAST", "1")
    for name in ("MOMENTS", "N_SAMPLES", "STATES", "PATH"):
        monkeypatch.setattr(pacgan, name, getattr(pacgan, name))
    monkeypatch.setattr(pacgan, "CHANGES", dict(pacgan.CHANGES))
    make_small(tmp_path)
    return tmp_path


def goes_on(folder, *cell):
    """Do the next moment of a run in a process that has seen nothing of it."""
    make_small(folder)
    return pacgan.play(*cell)


def row(steps, outcome="finished", change="small"):
    about = {"data": "ring", "model": "PacGAN2", "change": change, "seed": 900, "steps": steps, "of": 9}
    return {**about, "outcome": outcome, "seconds": 1.0, "modes": 8, "good": "0.5", "reverse_kl": "0.1"}


# ---- going on


@pytest.mark.everywhere
def test_a_run_that_goes_on_in_another_process_has_the_rows_of_one_that_never_stopped(folder):
    points, centres, std = pacgan.problem("ring", RUN[-1])
    history, expected = None, []
    recipe = pacgan.recipe(*RUN[1:3])
    for steps in (3, 6, 9):
        history = train(recipe, points, steps, RUN[-1], resume_from=history, progress=False)
        found = mode_scores(pacgan.settled_samples(history), centres, std)
        expected.append((steps, found.found, f"{found.good:.4f}", f"{found.reverse_kl:.4f}"))

    pacgan.play(*RUN, 0)
    executor = cells.Processes(1)
    try:
        executor.submit(goes_on, folder, *RUN, 1).result()
    finally:
        executor.close()
    rows = pacgan.play(*RUN, 2)
    assert [(r["steps"], r["modes"], r["good"], r["reverse_kl"]) for r in rows] == expected
    again = start(recipe, RUN[-1], points)
    pacgan.load(RUN, again)
    for one, other in zip(history.variables, again.variables, strict=True):
        np.testing.assert_array_equal(one, other)
    assert pacgan.play(*RUN, 3) == rows, "a run that is done is not trained on"


# ---- the file between two moments


@pytest.fixture
def history(folder):
    return start(pacgan.recipe(*RUN[1:3]), 900, pacgan.problem("ring", 900)[0][:1000])


def test_a_file_holds_a_run_as_far_as_it_got(history):
    for variable in history.variables:
        variable.assign(variable + 1)
    values = [variable.numpy() for variable in history.variables]
    history.curves, history.seconds = np.ones((3, 4), "float32"), 1.5
    pacgan.save(RUN, history, [row(3)])
    for variable in history.variables:
        variable.assign(variable - 1)
    history.curves = history.curves[:0]
    assert pacgan.load(RUN, history) == [row(3)]
    assert (history.step, history.seconds) == (3, 1.5)
    for variable, value in zip(history.variables, values, strict=True):
        np.testing.assert_array_equal(variable, value)


def cut(content):
    return content[: len(content) // 2]


def flipped(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]


@pytest.mark.parametrize("damage", [cut, flipped, lambda content: b"", lambda content: b"no archive"])
def test_a_damaged_file_leaves_the_run_at_its_beginning_and_is_told(history, capsys, damage):
    pacgan.save(RUN, history, [row(3)])
    path = pacgan.state_folder(RUN) / checkpoints.FILE
    path.write_bytes(damage(path.read_bytes()))
    values = [variable.numpy() for variable in history.variables]
    assert pacgan.load(RUN, history, n_rows=1) == []
    (line,) = capsys.readouterr().out.splitlines()
    assert "is damaged" in line and line.endswith(" ring / PacGAN2 / small / 9 / 900 begins anew.")
    assert history.step == 0
    for variable, value in zip(history.variables, values, strict=True):
        np.testing.assert_array_equal(variable, value)


def test_a_missing_file_is_told_only_where_there_are_rows_already(history, capsys):
    assert pacgan.load(RUN, history, n_rows=0) == []
    assert capsys.readouterr().out == ""
    assert pacgan.load(RUN, history, n_rows=2) == []
    told = capsys.readouterr().out
    assert "holds no saved run" in told and told.endswith(" ring / PacGAN2 / small / 9 / 900 begins anew.\n")


def test_a_file_of_another_setting_is_not_gone_on_with(history, capsys):
    pacgan.save(RUN, history, [row(3)])
    pacgan.CHANGES["small"] = {**SMALL, "rate": 0.5}
    other = start(pacgan.recipe(*RUN[1:3]), 900, pacgan.problem("ring", 900)[0][:1000])
    assert pacgan.load(RUN, other, n_rows=1) == []
    assert "holds a run whose make_generator is " in capsys.readouterr().out


def test_every_run_has_a_folder_of_its_own(folder):
    runs = pacgan.runs(100) + pacgan.runs(200)
    assert len({pacgan.state_folder(run) for run in runs}) == len(runs)


# ---- rows


def test_a_run_that_begins_anew_replaces_all_of_its_rows_and_no_others(folder):
    other = row(9, change="")
    tables.put(pacgan.PATH, [other], pacgan.RUN, pacgan.FIELDS)
    pacgan.keep((*RUN, 1), [row(3), row(6)])
    pacgan.keep((*RUN, 2), [row(3)])
    assert [(r["change"], r["steps"]) for r in tables.read(pacgan.PATH)] == [("", "9"), ("small", "3")]


def test_a_run_that_is_done_needs_its_folder_no_more(history):
    pacgan.save(RUN, history, [row(3)])
    pacgan.keep((*RUN, 0), [row(3)])
    assert pacgan.state_folder(RUN).exists()
    pacgan.keep((*RUN, 2), [row(3), row(6), row(9)])
    assert not pacgan.state_folder(RUN).exists()


def test_what_is_missing_are_the_runs_that_neither_got_to_their_end_nor_diverged(folder, monkeypatch):
    monkeypatch.setattr(pacgan, "runs", lambda steps: [("ring", "PacGAN2", change, steps, 900) for change in "abcd"])
    for change, rows in {"a": [3, 6], "b": [], "c": [3, 6, 9], "d": [3]}.items():
        outcome = "diverged" if change == "d" else "finished"
        tables.put(pacgan.PATH, [row(steps, outcome, change) for steps in rows], pacgan.RUN, pacgan.FIELDS)
    assert [(cell[2], cell[-1]) for cell in pacgan.missing(9)] == [("b", 0), ("a", 2)], "first what is behind"
    assert len(pacgan.missing(18)) == 4, "runs of another length are other runs"
    assert [cell[2] for cell in pacgan.missing(9, until=6)] == ["b"], "the others are as far as they have to be"
    monkeypatch.setattr(pacgan, "runs", lambda steps: [("ring", "PacGAN2", change, steps, 900) for change in ("b", "")])
    tables.put(pacgan.PATH, [row(3, change="")], pacgan.RUN, pacgan.FIELDS)
    assert [(cell[2], cell[-1]) for cell in pacgan.missing(9)] == [("", 1), ("b", 0)], "the paper's own before a change"


def test_a_step_before_the_first_moment_is_no_end(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["pacgan.py", "plan", "--until", "39999"])
    with pytest.raises(SystemExit):
        pacgan.main()
    assert "--until 39999 lies before the first moment, step 40,000" in capsys.readouterr().err


def test_three_trials_beside_ten_see_large_differences_alone():
    rng = np.random.default_rng(0)
    for deviations, seen in ((5, 0.64), (2, 0.25)):  # as docs/evidence.md tells
        ours, theirs = rng.normal(deviations, 1, (3, 4000)), rng.normal(0, 1, (pacgan.PUBLISHED_TRIALS, 4000))
        ps = ttest_ind(ours, theirs, equal_var=False).pvalue
        assert np.mean(ps < pacgan.LEVEL / 12) == pytest.approx(seen, abs=0.03)


# ---- what the rows say


def trials(cell, steps, outcome="finished", **scores):
    """Make rows of three trials of a cell, at each of these steps. scores: of trial 0; the next ones have 1 more."""
    about = {"data": cell[0], "model": cell[1], "change": ""}
    return [
        {**row(step, outcome), **about, "seed": seed, **{name: value + seed for name, value in scores.items()}}
        for step in steps
        for seed in range(3)
    ]


def made(rows):
    """Return rows as they are read from a file."""
    return [{name: str(value) for name, value in one.items()} for one in rows]


def test_all_cells_are_compared_at_the_last_step_that_every_trial_reached():
    cells_of_paper = list(pacgan.PUBLISHED)
    rows = [one for cell in cells_of_paper for one in trials(cell, (3, 6, 9), modes=6)]
    assert pacgan.compared([], 9) == [] and pacgan.compared(made(rows[1:]), 900) == []
    behind = [one for one in rows if (one["data"], one["seed"], one["steps"]) != ("grid", 1, 9)]
    found = pacgan.compared(made(behind), 9)
    assert len(found) == 12 and {one["steps"] for one in found} == {6} and not any("p" in one for one in found)
    assert "So far:** all runs have come to step 6 of 9" in pacgan.judged(found)
    found = pacgan.compared(made(rows), 9)
    ring = found[0]
    assert (ring["data"], ring["model"], ring["score"], ring["steps"]) == ("ring", "GAN", "modes", 9)
    assert (ring["ours"], ring["error"], ring["each"]) == ("7.00", "0.58", "6 7 8")
    assert float(ring["p"]) == pytest.approx(pacgan.difference(np.array([6, 7, 8]), 6.3, 0.5), abs=1e-4)
    assert (found[1]["score"], found[1]["ours"]) == ("good", "50.00"), "a share is told in %"


def test_a_trial_that_diverged_is_counted_and_has_no_score():
    rows = [one for cell in pacgan.PUBLISHED for one in trials(cell, (3, 6, 9), modes=6)]
    died = [one for one in rows if (one["data"], one["model"], one["seed"]) == ("ring", "GAN", 2) and one["steps"] < 9]
    rest = [one for one in rows if (one["data"], one["model"], one["seed"]) != ("ring", "GAN", 2)]
    # Taken back to its last moment, it has a second row there.
    found = pacgan.compared(made([*rest, *died, {**died[-1], "outcome": "diverged"}]), 9)
    assert (found[0]["trials"], found[0]["diverged"], found[0]["each"]) == (2, 1, "6 7")
    assert "1 of our 12 runs diverged." in pacgan.judged(found)


def test_a_score_differs_where_its_p_is_below_its_share_of_the_level():
    rows = [one for cell in pacgan.PUBLISHED for one in trials(cell, (9,), modes=6)]
    alike = [{**one, "p": "0.0043"} for one in pacgan.compared(made(rows), 9)]
    assert pacgan.judged(alike) == "No score differs from the paper's by the rule."
    alike[3]["p"] = "0.0041"
    assert pacgan.judged(alike) == "1 of 12 scores differ from the paper's by the rule: modes of ring PacGAN2."


def test_the_page_and_the_file_have_what_the_rows_say(tmp_path, monkeypatch):
    page, file = tmp_path / "evidence.md", tmp_path / "table.csv"
    if not pacgan.compared(tables.read(pacgan.PATH), pacgan.STEPS):
        assert "<!-- pacgan -->\n<!-- /pacgan -->" in pacgan.PAGE.read_text() and not pacgan.TABLE.exists()
        return
    shutil.copy(pacgan.PAGE, page)
    monkeypatch.setattr(pacgan, "TABLE", file)
    pacgan.table(pacgan.STEPS, page)
    assert page.read_text() == pacgan.PAGE.read_text(), "run `python tools/pacgan.py table`"
    assert file.read_text() == (pacgan.EVIDENCE / "pacgan_table.csv").read_text(), "run `python tools/pacgan.py table`"


def test_there_is_no_table_before_all_cells_have_rows(folder):
    with pytest.raises(SystemExit, match="needs rows of 3 trials: python tools/pacgan.py run"):
        pacgan.table(9)


def test_agreement_is_asked_by_welchs_test_of_the_trials_themselves():
    rng = np.random.default_rng(0)
    ours, theirs = rng.normal(7, 1, 3), rng.normal(8, 0.3, pacgan.PUBLISHED_TRIALS)
    error = theirs.std(ddof=1) / len(theirs) ** 0.5
    wanted = ttest_ind(ours, theirs, equal_var=False).pvalue
    assert pacgan.difference(ours, theirs.mean(), error) == pytest.approx(wanted)


# ---- the setting


def test_both_networks_are_updated_at_once_from_the_weights_that_they_had():
    generator, discriminator = (make(pacgan.setting_of("")) for make in (pacgan.make_generator, with_no_packs))
    steps, rng = pacgan.AtOnce(), np.random.default_rng(0)
    latents, real = (tf.constant(rng.standard_normal((100, 2)), tf.float32) for _ in range(2))
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake = generator(latents, training=True)
        real_logits, fake_logits = discriminator(real), discriminator(fake)
        d_loss = tf.reduce_mean(tf.math.softplus(-real_logits)) + tf.reduce_mean(tf.math.softplus(fake_logits))
        g_loss = tf.reduce_mean(tf.math.softplus(-fake_logits))
    expected = []
    for model, tape, loss in ((generator, g_tape, g_loss), (discriminator, d_tape, d_loss)):
        weights = model.trainable_variables
        gradients = tape.gradient(loss, [weight.value for weight in weights])
        expected += [weight.numpy() - gradient.numpy() for weight, gradient in zip(weights, gradients)]
    batches = real, tf.stop_gradient(fake), None, None
    d_step = steps.discriminator_step(discriminator, keras.optimizers.SGD(1.0), *batches)
    g_step = steps.generator_step(generator, discriminator, keras.optimizers.SGD(1.0), latents)
    np.testing.assert_allclose([d_step, g_step], [d_loss, g_loss], rtol=1e-6)
    moved = [weight.numpy() for weight in generator.trainable_variables + discriminator.trainable_variables]
    for weight, wanted in zip(moved, expected, strict=True):
        np.testing.assert_allclose(weight, wanted, rtol=1e-4, atol=1e-7)


def with_no_packs(setting):
    return pacgan.make_discriminator(setting, 1)


@pytest.mark.parametrize("change", pacgan.CHANGES)
def test_networks_of_every_setting_take_latents_and_judge_points(change):
    setting = pacgan.setting_of(change)
    latents = np.random.default_rng(0).standard_normal((4, setting.latent_dim)).astype("float32")
    points = pacgan.make_generator(setting)(latents)
    assert points.shape == (4, 2)
    logits = pacgan.make_discriminator(setting, 2)(points)
    assert logits.shape == (4, 1) and logits[0] == logits[1] != logits[2] == logits[3]


@pytest.mark.parametrize(("model", "pack"), [("GAN", 1), ("PacGAN2", 2)])
def test_the_discriminator_of_a_model_judges_its_packs_and_its_batches_hold_as_many_of_them(model, pack):
    recipe = pacgan.recipe(model, "")
    assert recipe.batch_size == 100 * pack
    points = np.random.default_rng(0).standard_normal((4, 2)).astype("float32")
    logits = recipe.make_discriminator()(points).numpy().ravel()
    assert len(set(logits)) == 4 / pack


def test_every_change_is_one_of_fields_that_a_setting_has():
    fields = {field.name for field in dataclasses.fields(pacgan.Setting)}
    assert all(set(change) <= fields for change in pacgan.CHANGES.values())
