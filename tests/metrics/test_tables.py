"""The tables of scores: every value stands under its own heading and beside its own name."""

import numpy as np
import pytest

from ganhacks.metrics import tables
from ganhacks.metrics.digits import FullScores, Scores

NAMES = ["real against real", "one digit only", "noise"]


def scores(n, first):
    """Scores that all differ, and from those of another `first` as well."""
    shares = tuple(np.arange(10, 0, -1) / 55)
    more = {"kid": first / 1000 + 0.5, "precision": first / 100 + 0.01, "recall": first / 100 + 0.02}
    more |= {"density": first / 100 + 0.03, "coverage": first / 100 + 0.04}
    return FullScores(fid=first + 0.25, class_kl=first / 100 + 0.005, shares=shares, n=n, **more)


@pytest.fixture
def known(monkeypatch):
    """Sets of images and the scores that the tables are to show for them: name -> FullScores."""
    wanted = {name: scores(2000, first) for first, name in enumerate(["mine", "yours", *NAMES], 3)}
    anchors = {name: wanted[name] for name in NAMES}
    sets = {name: np.full((2000, 784), value) for value, name in ((0.1, "mine"), (0.2, "yours"))}
    by_value = {0.1: wanted["mine"], 0.2: wanted["yours"]}
    for score in ("mnist_scores", "full_scores"):
        monkeypatch.setattr(tables, score, lambda images: by_value[images[0, 0]])
    monkeypatch.setattr(tables, "anchors", lambda: anchors)
    monkeypatch.setattr(tables, "full_anchors", lambda n: anchors if n == 2000 else None)
    return sets, wanted


def under(heading, table):
    """Return what ends below the end of a heading in each row: name -> text."""
    first, *rows = table.splitlines()
    end = first.index(heading) + len(heading)
    return {row[:19].strip(): row[:end].split()[-1] for row in rows if row[end - 1 : end + 1].strip()}


def test_a_report_has_each_score_under_its_heading_beside_its_name(known):
    sets, wanted = known
    report = tables.report(sets["yours"])
    names = ["yours", *NAMES]
    table = "\n".join(report.splitlines()[:-1])
    assert under("images", table) == {name: "2,000" for name in names}
    assert under("MNIST-FID", table) == {name: f"{wanted[name].fid:.2f}" for name in names}
    assert under("class KL", table) == {name: f"{wanted[name].class_kl:.3f}" for name in names}


def test_a_report_ends_with_the_share_of_each_digit_in_percent(known):
    sets, _ = known
    shares = [f"{digit}:{(10 - digit) / 55 * 100:.1f}" for digit in range(10)]
    assert tables.report(sets["yours"]).splitlines()[-1] == f"yours, %: {' '.join(shares)}"


@pytest.mark.parametrize(
    ("heading", "field", "digits"),
    [
        ("FID", "fid", 2),
        ("KID", "kid", 3),
        ("precision", "precision", 2),
        ("recall", "recall", 2),
        ("density", "density", 2),
        ("coverage", "coverage", 2),
        ("class KL", "class_kl", 3),
    ],
)
def test_a_full_report_has_each_score_under_its_heading_beside_its_name(known, heading, field, digits):
    sets, wanted = known
    found = under(heading, tables.full_report(sets))
    assert found == {name: f"{getattr(score, field):.{digits}f}" for name, score in wanted.items()}


def test_a_full_report_has_a_heading_for_every_score(known):
    sets, _ = known
    heading = tables.full_report(sets).splitlines()[0]
    assert heading.split() == "2,000 images each FID KID precision recall density coverage class KL".split()


@pytest.mark.parametrize(
    ("fid", "shown"), [(0.12345, "0.12"), (9.994, "9.99"), (12.345, "12.3"), (345.67, "345.7"), (1234.5, "1234.5")]
)
def test_a_report_gives_a_fid_below_10_two_decimals_and_others_one(known, monkeypatch, fid, shown):
    sets, _ = known
    monkeypatch.setattr(tables, "mnist_scores", lambda images: Scores(fid, 0.0, tuple([0.1] * 10), 2000))
    assert under("MNIST-FID", tables.report(sets["yours"]))["yours"] == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0004, "0.000"), (-0.0126, "-0.013"), (0.999, "0.999"), (1.234, "1.23"), (12.34, "12.3"), (1234.5, "1,234")],
)
def test_a_full_report_has_fewer_decimals_the_larger_a_value_is(known, monkeypatch, value, shown):
    sets, wanted = known
    changed = FullScores(**{**vars(wanted["mine"]), "kid": value})
    monkeypatch.setattr(tables, "full_scores", lambda images: changed)
    assert under("KID", tables.full_report(sets))["mine"] == shown
