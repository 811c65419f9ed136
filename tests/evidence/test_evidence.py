"""Evidence: paired effects, the rule for verdicts, the card, and studies that go on where they were."""

import json

import numpy as np
import pytest

from ganhacks import evidence
from ganhacks.errors import BadFile
from ganhacks.evidence import cards
from tools import study

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


def test_every_committed_study_has_its_rows_and_a_finished_run_in_each():
    for slug in study.STUDIES:
        for run in evidence.rows(slug):
            assert run["outcome"] == "finished"
            assert float(run["fid"]) > 0
