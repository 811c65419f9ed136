"""Evidence: paired effects, the rule for verdicts, the card, and studies that go on where they were."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from ganhacks import data, evidence
from ganhacks.errors import BadFile
from ganhacks.evidence import cards
from ganhacks.hacks import mnist_gan
from ganhacks.training import Recipe
from tools import recipe_studies as study
from tools import workloads

BASELINE = dict(enumerate([10.0, 12.0, 11.0, 13.0, 10.5, 12.5]))


def shifted(by, noise=0.0):
    wobble = np.random.default_rng(0).normal(0, noise, len(BASELINE)) if noise else np.zeros(len(BASELINE))
    return {seed: value + by + wobble[seed] for seed, value in BASELINE.items()}


def test_an_effect_is_the_median_of_the_paired_differences():
    effect = evidence.paired_effect(BASELINE, shifted(-2.0))
    assert (effect.median, effect.low, effect.high, effect.seeds) == (-2.0, -2.0, -2.0, 6)
    assert effect.verdict == "better"


@pytest.mark.parametrize(
    ("by", "noise", "lower_is_better", "verdict"),
    [
        (-2, 0.1, True, "better"),
        (-2, 0.1, False, "worse"),
        (2, 0.1, True, "worse"),
        (0, 1, True, "no difference detected"),
    ],
)
def test_the_verdict_follows_from_the_side_of_zero_on_which_the_interval_lies(by, noise, lower_is_better, verdict):
    assert evidence.paired_effect(BASELINE, shifted(by, noise), lower_is_better).verdict == verdict


def test_fewer_than_five_seeds_give_no_verdict_and_only_pairs_count():
    few = {seed: BASELINE[seed] - 2 for seed in (0, 1, 2, 3)}
    effect = evidence.paired_effect(BASELINE, {**few, 99: 0.0})
    assert (effect.seeds, effect.verdict) == (4, "too few seeds")


def pairs(differences, rng):
    """Two arms that differ by these amounts, seed by seed, and each from seed to seed by far more."""
    baseline = {seed: float(value) for seed, value in enumerate(rng.integers(100, 900, len(differences)))}
    changed = {seed: baseline[seed] + difference for seed, difference in enumerate(rng.permutation(differences))}
    return baseline, dict(sorted(changed.items(), key=lambda item: item[1]))


# The median of n draws from n numbers is at most the k-th with the probability P(B(n, k / n) > n / 2).
# Of 17: 0.008 for k = 4, 0.036 for 5, 0.104 for 6. So the 2.5th percentile is the 5th, and the 5th percentile the 6th.
# Of 13: 0.002 for k = 2, 0.016 for 3, 0.071 for 4. So the 2.5th percentile is the 4th, and the 1st percentile the 3rd.
@pytest.mark.parametrize(("n", "k"), [(17, 5), (13, 4)])
def test_the_interval_holds_95_percent_of_the_medians_of_bootstrap_samples_worked_out_by_hand(n, k):
    differences = 2.0 ** np.arange(n) - 40  # the mean is far above the median
    baseline, changed = pairs(differences, np.random.default_rng(1))
    effect = evidence.paired_effect(baseline, changed)
    assert (effect.low, effect.high) == (differences[k - 1], differences[n - k])
    assert effect.median == differences[n // 2]
    assert effect.baseline == sorted(baseline.values())[n // 2]
    assert effect.changed == sorted(changed.values())[n // 2]


def test_the_same_rows_have_the_same_interval_each_time():
    arms = pairs(np.random.default_rng(2).normal(size=100), np.random.default_rng(3))
    assert len({evidence.paired_effect(*arms) for _ in range(5)}) == 1


@pytest.mark.parametrize("edge", [(0, 0, 0, 0, 0, 2, 2), (0, 0, 0, 0, 0, -2, -2), (0, 1, 2, 3, 4), (0, -1, -2, -3, -4)])
def test_an_interval_that_ends_at_0_holds_it(edge):
    baseline, changed = pairs(np.array(edge), np.random.default_rng(0))
    assert evidence.paired_effect(baseline, changed).verdict == "no difference detected"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(cards, "EVIDENCE", tmp_path)
    monkeypatch.setattr(study, "EVIDENCE", tmp_path)
    return tmp_path


def row(arm, seed, fid):
    return {"arm": arm, "seed": seed, "fid": fid}


def test_a_card_without_rows_says_that_nothing_was_measured_and_what_the_lab_rests_on(folder):
    text = evidence.Card("label_smoothing")._repr_mimebundle_()["text/plain"]
    assert text == "Evidence\nNot measured yet.\nWhat you see in this lab rests on its own few seeds."


def test_a_card_tells_the_effect_the_interval_the_seeds_and_the_verdict(folder):
    study.describe("mnist_gan")
    for seed in range(5):
        study.append("mnist_gan", row("two updates", seed, 20.0 + seed))
        study.append("mnist_gan", row("one summed update", seed, 30.0 + seed))
    shown = evidence.Card("mnist_gan")._repr_mimebundle_()
    assert "MNIST-FID, lower is better" in shown["text/plain"]
    lines = [line.split() for line in shown["text/plain"].splitlines()]
    assert "median effect 95 % interval seeds verdict".split() in lines
    assert "two updates 22".split() in lines
    assert "one summed update 32 +10 +10 to +10 5 ▼ worse".split() in lines
    for text in ("two updates", "22", "+10 to +10", "▼ worse"):
        assert f"<td>{text}</td>" in shown["text/html"]


def test_a_card_gives_the_reason_of_each_verdict_that_it_has_once(folder):
    study.describe("dcgan_mnist")
    for seed in range(5):
        for arm, fid in zip(study.STUDIES["dcgan_mnist"].arms, (20.0, 1.0, 0.5, (19.0, 21.0)[seed % 2])):
            study.append("dcgan_mnist", row(arm, seed, fid))
    text = evidence.Card("dcgan_mnist")._repr_mimebundle_()["text/plain"]
    assert text.count("▲ better: the whole interval is on the better side of 0.") == 1
    assert text.count("＝ no difference detected: the interval holds 0.") == 1
    assert "worse side" not in text


def test_damaged_evidence_is_told_in_a_sentence(folder):
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
    assert len(everything) == len(set(everything)) == 10
    study.append("mnist_gan", row("two updates", 1, 20.0))
    assert set(everything) - set(study.missing("mnist_gan")) == {("two updates", 1)}
    assert not list(folder.glob("*.part"))


# ---- the arms of the studies, which no exercise asks for


def layers_of(model):
    """Return each layer's kind with what decides it."""
    telling = "units", "filters", "kernel_size", "strides", "padding", "rate", "negative_slope", "use_bias"
    return [
        (type(layer).__name__, {name: getattr(layer, name) for name in telling if hasattr(layer, name)})
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
    as_it_is = told(arms()["as it is"])
    assert as_it_is["real_labels"] == 1
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
