"""Evidence: what a card tells of the scoreboard and of studies, and studies that go on where they were."""

import html
import json
import typing
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from ganhacks import data, evidence
from ganhacks.checks.engine.exercise import slugs
from ganhacks.errors import BadFile
from ganhacks.evidence import board, cards
from ganhacks.hacks import mnist_gan
from ganhacks.training import Recipe
from tools import recipe_studies as study
from tools import tables, workloads


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(cards, "EVIDENCE", tmp_path)
    monkeypatch.setattr(study, "EVIDENCE", tmp_path)
    return tmp_path


def row(arm, seed, fid):
    return {"arm": arm, "seed": seed, "fid": fid}


def test_a_card_without_rows_says_that_nothing_was_measured_and_what_the_lab_rests_on(folder, monkeypatch):
    monkeypatch.setattr(board, "effects", lambda: ())
    text = evidence.Card("label_smoothing")._repr_mimebundle_()["text/plain"]
    assert text == "Evidence\nNot measured yet.\nWhat you see in this lab rests on its own few seeds."


def study_of(slug, scores, monkeypatch):
    """Write a study's rows, arm -> one score a seed, and return its card's lines, split into words."""
    monkeypatch.setattr(board, "effects", lambda: ())
    study.describe(slug)
    for arm, found in scores.items():
        for seed, fid in enumerate(found):
            study.append(slug, row(arm, seed, fid))
    shown = evidence.Card(slug)._repr_mimebundle_()
    for words in ("MNIST-FID, less is better", f"python tools/recipe_studies.py {slug}"):
        assert words in shown["text/plain"] and words in shown["text/html"]
    return shown["text/plain"].splitlines()


def test_a_study_with_pairs_enough_has_a_verdict_by_the_exact_test(folder, monkeypatch):
    scores = {"two updates": [20.0 + seed for seed in range(8)], "one summed update": [40.0 + 2 * s for s in range(8)]}
    lines = study_of("mnist_gan", scores, monkeypatch)
    assert "two updates        23.5" in lines
    assert "one summed update  47      × 2      2 to 2         0 of 8     ▼ worse" in lines
    assert "▼ worse: higher scores with it than chance explains." in lines
    assert not [line for line in lines if "at best" in line]


def test_five_pairs_cannot_decide_however_far_apart_they_are_and_the_card_says_why(folder, monkeypatch):
    scores = {"two updates": [20.0, 21, 22, 23, 24], "one summed update": [200.0, 210, 220, 230, 240]}
    lines = study_of("mnist_gan", scores, monkeypatch)
    assert "one summed update  220     × 10     any            0 of 5     ? can't tell" in lines
    assert "5 pairs give a p of 0.062 at best." in lines


def test_verdicts_of_a_study_of_several_arms_are_corrected_for_their_number(folder, monkeypatch):
    """Six pairs that all agree have p = 2 / 64: enough alone, and not beside two arms that show nothing."""
    base = [10.0, 11, 12, 13, 14, 15]
    chance = [1.1, 0.9, 1.2, 0.8, 1.05, 0.97]
    arms = list(study.STUDIES["dcgan_mnist"].arms)
    better, *nothing = [b / 2 for b in base], *[[b * c for b, c in zip(base, chance)]] * 2
    lines = study_of("dcgan_mnist", dict(zip(arms, (base, better, *nothing))), monkeypatch)
    assert [line.split("of 6")[1].strip()[:1] for line in lines if "of 6" in line] == ["?", "?", "?"]
    lines = study_of("dcgan_mnist", dict(zip(arms, (base, better, better, better))), monkeypatch)
    assert [line.split("of 6")[1].strip() for line in lines if "of 6" in line] == ["▲ better"] * 3


# ---- the scoreboard, as readers see it


def an_effect(**changed):
    """An Effect of lab 10 with figures that are easy to find again."""
    figures = {kind: {str: "", bool: False, int: 0, float: 0.0}[kind] for kind in (str, bool, int, float)}
    fields = {name: figures[kind] for name, kind in typing.get_type_hints(evidence.Effect).items()}
    about = {"workload": "ring", "data": "ring of 8", "context": "good", "hack": "label_smoothing", "main": True}
    about |= {"lab": "10_label_smoothing", "title": "real labels 0.9", "score": "energy distance", "n": 12}
    scores = {"ratio": 1.234, "low": 0.567, "high": 2.345, "better_in": 3, "smallest": 1.876, "verdict": "can't tell"}
    runs = {"failed_without": 1, "runs_without": 36, "failed_with": 14, "runs_with": 36, "cost": 1.52, "minutes": 6.0}
    return evidence.Effect(**{**fields, **about, **scores, **runs, **changed})


def card_of(monkeypatch, *effects, slug="label_smoothing"):
    monkeypatch.setattr(board, "effects", lambda: effects)
    monkeypatch.setattr(board, "alarms", lambda: ())
    return evidence.Card(slug)._repr_mimebundle_()


def test_a_card_tells_each_figure_of_its_comparison_and_the_command_with_its_seconds(monkeypatch):
    shown = card_of(monkeypatch, an_effect())
    figures = "× 1.23", "0.57 to 2.3", "3 of 12", "1 → 14 of 36", "× 1.52", "? can't tell below × 1.88"
    line = "  ".join(("ring of 8", "good  ", "× 1.23        ", "0.57 to 2.3  ", "3 of 12  ", *figures[3:]))
    assert line in shown["text/plain"].splitlines()
    for text in ("ring of 8", "good", *figures):
        assert f">{html.escape(text)}</td>" in shown["text/html"]
    assert "Switched: real labels 0.9." in shown["text/plain"]
    assert "Score: energy distance (ring of 8); less is better" in shown["text/plain"]
    assert "study.py cell RING/LABEL-SMOOTHING/GOOD/0 (about 30 s)" in shown["text/plain"]
    assert "Interim" not in shown["text/plain"]


def test_a_card_tells_an_interim_board_failures_and_only_the_verdicts_that_it_has(monkeypatch):
    effects = an_effect(verdict="worse", fails="more often", interim=True), an_effect(context="bare", verdict="better")
    text = card_of(monkeypatch, *effects)["text/plain"]
    assert "Interim: runs of the board are missing" in text
    assert "▼ worse, fails more often" in text and "▲ better" in text
    assert [icon for icon, _ in board.VERDICTS.values() if f"\n{icon} " in text] == ["▲", "▼"]


def test_variants_stand_apart_one_in_a_row_with_a_place_for_each_workload_and_context(monkeypatch):
    of_soft = {"hack": "soft_labels", "title": "soft labels", "main": False}
    soft = an_effect(**of_soft, ratio=0.5, verdict="better"), an_effect(**of_soft, context="bare", ratio=3.0)
    lines = card_of(monkeypatch, an_effect(), *soft)["text/plain"].splitlines()
    table = lines[lines.index("Variants, with / without:") + 1 :]
    assert [line.split() for line in table] == [
        "variant ring of 8, good ring of 8, bare".split(),
        "soft labels ▲ × 0.5 ? × 3".split(),
    ]
    assert sum("3 of 12" in line for line in lines) == 1
    assert sum(line.startswith("▲ better:") for line in lines) == 1, "a sign that a variant alone has is explained too"


def test_what_a_labs_own_runs_show_stands_beside_the_counts_of_the_board(monkeypatch):
    assert set(cards.OWN) <= set(slugs())
    monkeypatch.setitem(cards.OWN, "label_smoothing", "smoothing makes D less sure")
    effects = [an_effect(workload=name, verdict=verdict) for name, verdict in zip("abcd", ("better", *["worse"] * 3))]
    (line,) = [
        one for one in card_of(monkeypatch, *effects)["text/plain"].splitlines() if one.startswith("This lab's own")
    ]
    assert "smoothing makes D less sure" in line and "better in 1 of 4 rows of this table, and worse in 3" in line
    assert f"with {an_effect().n} seeds a row" in line
    another = card_of(monkeypatch, an_effect(lab="09 separate_batches"), slug="separate_batches")["text/plain"]
    assert "own runs" not in another


def test_another_labs_effects_are_not_on_a_card(monkeypatch):
    other = an_effect(lab="06_adam", hack="adam", title="Adam")
    assert "Adam" not in card_of(monkeypatch, an_effect(), other)["text/plain"]
    assert card_of(monkeypatch, other)["text/plain"].endswith("its own few seeds.")


def test_lab_27s_card_has_every_hack_in_the_good_recipe_of_the_small_dcgan(monkeypatch, folder):
    own = {"workload": "dcgan", "data": "small DCGAN"}
    effects = [an_effect(**own), an_effect(**own, context="bare", title="bare one"), an_effect(title="of points")]
    effects += [an_effect(**own, title="a variant", main=False), an_effect(**own, title="R1", lab="")]
    text = card_of(monkeypatch, *effects, slug="dcgan_mnist")["text/plain"]
    assert all(title in text for title in ("real labels 0.9", "R1", "good recipe of the small DCGAN"))
    assert not any(title in text for title in ("bare one", "of points", "a variant"))


def test_lab_19s_card_tells_in_how_many_runs_its_monitor_raised_an_alarm(monkeypatch):
    monkeypatch.setattr(board, "effects", lambda: ())
    monkeypatch.setattr(board, "alarms", lambda: (board.Alarms("ring of 8", "collapsed", 1117, 95),))
    assert "ring of 8  collapsed  95 of 1,117" in evidence.Card("track_failures").lines


def written(path, rows, columns):
    tables.write(path, rows, columns)
    return path


def test_the_scoreboard_is_read_with_its_kinds_and_the_pairs_as_ratios(tmp_path):
    row = {name: str(value) for name, value in vars(an_effect()).items()} | {"main": "yes", "interim": ""}
    (found,) = board.effects(written(tmp_path / "verdicts.csv", [row], board.COLUMNS))
    assert found == an_effect()
    pair = dict(zip(board.PAIR_COLUMNS, ("ring", "good", "adam", "3", "0.5", "0.2", "1", "2")))
    path = written(tmp_path / "pairs.csv", [pair, {**pair, "seed": "4", "with": "1"}], board.PAIR_COLUMNS)
    assert board.ratios(path) == {("ring", "good", "adam"): {3: 0.4, 4: 2.0}}
    assert board.effects(tmp_path / "none.csv") == ()


@pytest.mark.parametrize("damage", [{"n": "twelve"}, {"ratio": ""}, {"low": None}])
def test_a_damaged_scoreboard_is_told_in_a_sentence(tmp_path, damage):
    row = {name: str(value) for name, value in vars(an_effect()).items()} | damage
    path = written(tmp_path / "verdicts.csv", [row], board.COLUMNS)
    with pytest.raises(BadFile, match="verdicts.csv in evidence/board is damaged .*study.py tables"):
        board.effects(path)
    (tmp_path / "verdicts.csv").write_text("other,columns\n1,2\n")
    with pytest.raises(BadFile, match="columns"):
        board.effects(path)


def test_a_study_that_is_no_text_is_told_in_a_sentence(folder):
    (folder / "adam.csv").write_bytes(b"arm,seed\n\xff\xfe")
    with pytest.raises(BadFile, match="adam.csv in evidence/ is damaged .*git checkout -- evidence"):
        evidence.rows("adam")


def test_a_damaged_study_is_told_in_a_sentence(folder):
    study.append("mnist_gan", row("two updates", 0, "not a number"))
    (folder / "mnist_gan.json").write_text(json.dumps({"arms": ["two updates", "x"], "metric": "fid"}))
    with pytest.raises(BadFile, match="evidence/ is damaged .*git checkout -- evidence"):
        evidence.Card("mnist_gan")


def test_a_row_with_other_fields_stands_beside_older_ones(folder):
    study.append("mnist_gan", {**row("two updates", 0, 20.0), "workload": "dense MNIST GAN"})
    study.append("mnist_gan", {**row("two updates", 1, 21.0), "tstr": 0.9})
    older, newer = evidence.rows("mnist_gan")
    assert (older["workload"], older["tstr"], newer["workload"], newer["tstr"]) == ("dense MNIST GAN", "", "", "0.9")


def test_a_study_runs_only_what_has_no_row_yet(folder):
    everything = study.missing("mnist_gan")
    assert len(everything) == len(set(everything)) == 16
    study.append("mnist_gan", row("two updates", 1, 20.0))
    assert set(everything) - set(study.missing("mnist_gan")) == {("two updates", 1)}
    assert not list(folder.glob("*.part"))


# ---- the arms of the studies, which no exercise asks for


def layers_of(model):
    """Return each layer's kind with what decides it."""
    telling = "units filters kernel_size strides padding rate negative_slope use_bias activation".split()
    return [
        (
            type(layer).__name__,
            {name: getattr(layer, name) for name in telling if hasattr(layer, name)},
        )
        for layer in model.layers
    ]


def optimizer_of(make):
    """Return beta_1 and the rates at the first step, after 65 % and at the end."""
    optimizer = make()
    rates = []
    for step in (0, 520, 800):
        optimizer.iterations.assign(step)
        rates.append(round(float(optimizer.learning_rate), 8))
    return optimizer.beta_1, rates


def arms():
    """Return the recipe of each arm of the study of practices: name -> Recipe."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workloads, "_images", lambda: None)
        return {name: make()[0] for name, make in study.STUDIES["dcgan_practices"].arms.items()}


def told(recipe):
    """Return all that decides a run of it."""
    fields = {name: getattr(recipe, name) for name in ("latent_dim", "batch_size", "latent_samples", "fake_labels")}
    return {
        **fields,
        "steps": (recipe.discriminator_step, recipe.generator_step),
        "real_labels": float(recipe.real_labels(None, 1)[0, 0]),
        "generator": layers_of(recipe.make_generator()),
        "discriminator": layers_of(recipe.make_discriminator()),
        "optimizers": [optimizer_of(make) for make in (recipe.g_optimizer, recipe.d_optimizer)],
    }


def test_the_arm_of_practices_that_is_changed_by_nothing_is_lab_27s_recipe():
    as_it_is, usual = told(arms()["as it is"]), Recipe()
    assert (as_it_is["latent_dim"], as_it_is["batch_size"], as_it_is["real_labels"]) == (64, 64, 1)
    assert as_it_is["steps"] == (usual.discriminator_step, usual.generator_step)
    assert (as_it_is["latent_samples"], as_it_is["fake_labels"]) == (usual.latent_samples, usual.fake_labels)
    assert as_it_is["optimizers"] == 2 * [(0.5, pytest.approx([1e-3, 0.505e-3, 1e-5]))]
    assert [kind for kind, _ in as_it_is["discriminator"]] == 3 * ["Conv2D", "LeakyReLU"] + ["Flatten", "Dense"]
    assert [kind for kind, _ in as_it_is["generator"]].count("BatchNormalization") == 3


def practice(name):
    """Return what a practice is to change of the recipe as it is: field -> function from the old value to the new."""

    def each(change):
        return lambda layers: [other for layer in layers for other in change(*layer)]

    def with_dropout(kind, how):
        return [(kind, how), ("Dropout", {"rate": 0.3})] if kind == "LeakyReLU" else [(kind, how)]

    def with_batch_norm(kind, how):
        return [(kind, how), ("BatchNormalization", {})] if how.get("filters", 0) > 16 else [(kind, how)]

    def without_batch_norm(kind, how):
        biased = {**how, "use_bias": True} if "use_bias" in how else how
        return [] if kind == "BatchNormalization" else [(kind, biased)]

    return {
        "as it is": {},
        "real labels 0.9 (lab 10)": {"real_labels": lambda label: pytest.approx(0.9)},
        "dropout 0.3 in D": {"discriminator": each(with_dropout)},
        "batch norm in D (lab 04)": {"discriminator": each(with_batch_norm)},
        "no batch norm in G (lab 04)": {"generator": each(without_batch_norm)},
        "beta_1 0.9 (lab 06)": {"optimizers": lambda both: [(0.9, rates) for _, rates in both]},
        "a constant rate": {"optimizers": lambda both: [(beta_1, 3 * [1e-3]) for beta_1, _ in both]},
    }[name]


def test_every_practice_changes_what_its_name_says_and_nothing_else():
    found = {name: told(recipe) for name, recipe in arms().items()}
    for name, one in found.items():
        expected = practice(name)
        for field, value in found["as it is"].items():
            assert one[field] == expected.get(field, lambda same: same)(value), f"{name}: {field}"


def test_the_arms_of_lab_12s_study_differ_in_the_discriminators_step_alone(monkeypatch):
    digits = np.zeros((128, 28, 28), "uint8")
    monkeypatch.setattr(data, "mnist", lambda: SimpleNamespace(x_train=digits))
    (of_2018, images, steps), (plain, *_) = (make() for make in study.STUDIES["mnist_gan"].arms.values())
    assert list(study.STUDIES["mnist_gan"].arms) == ["two updates", "one summed update"]
    assert plain == Recipe()
    assert of_2018 == replace(plain, discriminator_step=mnist_gan.discriminator_step_2018)
    assert (images.shape, steps) == ((128, 784), 30 * 2)


# ---- the committed rows

COMMITTED = pytest.mark.parametrize("slug", study.STUDIES)
SCORES = ("fid", "class_kl", "worst_share", "as_asked", "tstr")


@COMMITTED
def test_a_committed_study_has_a_finished_run_for_every_arm_and_seed(slug):
    assert study.missing(slug) == []
    assert {run["outcome"] for run in evidence.rows(slug)} == {"finished"}


@COMMITTED
def test_a_committed_study_is_described_as_it_would_be_measured_again(slug, tmp_path, monkeypatch):
    committed = (cards.EVIDENCE / f"{slug}.json").read_text(encoding="utf-8")
    monkeypatch.setattr(study, "EVIDENCE", tmp_path)
    study.describe(slug)
    assert (tmp_path / f"{slug}.json").read_text(encoding="utf-8") == committed


@COMMITTED
def test_a_committed_score_is_near_those_of_its_arms_other_seeds(slug):
    runs = evidence.rows(slug)
    for arm in study.STUDIES[slug].arms:
        for score in SCORES:
            found = [float(run[score]) for run in runs if run["arm"] == arm and run.get(score)]
            assert found or score != "fid"
            assert all(1 / 3 < value / np.median(found) < 3 for value in found), f"{arm}: {score} {found}"
