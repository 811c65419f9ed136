"""What the pages say of the board: every figure in its place, and on the front page only what Holm leaves."""

from dataclasses import replace

import numpy as np
from scipy.stats import mannwhitneyu

from tests.evidence.test_evidence import an_effect
from tools.board import pages, rows
from tools.board.hacks import HACKS
from tools.board.workloads import WORKLOADS


def test_a_workloads_table_has_a_row_for_each_hack_and_a_column_for_each_context():
    effects = [
        an_effect(verdict="better", ratio=0.61, low=0.44, high=0.86, better_in=10),
        an_effect(context="bare", verdict="worse", ratio=3.43, low=2.41, high=4.32, better_in=0, fails="more often"),
        an_effect(title="R1", lab="", context="bare"),
        an_effect(hack="A/A 1", title="the same recipe, other seeds", lab=""),
    ]
    effects = [replace(one, margin=1.3) for one in effects]
    lines = pages.of_workload(effects, "ring").splitlines()
    n_hacks = sum("ring" in hack.workloads for hack in HACKS)
    so_far = f"2 of {n_hacks} hacks and variants so far."
    assert lines[0] == f"**Ring of 8**: energy distance, 12 seeds, three rates at each. {so_far}"
    assert lines[2:] == [
        "| lab | switched | bare, margin × 1.3 | good, margin × 1.3 |",
        "|---|---|---|---|",
        "| 10 | real labels 0.9 | ▼ × 3.4 (2.4 to 4.3), 0 of 12, fails more often "
        "| ▲ × 0.61 (0.44 to 0.86), 10 of 12 |",
        "| – | R1 | ? × 1.23 (0.57 to 2.3), 3 of 12 |  |",
    ]
    assert pages.of_workload(effects, "dcgan") == ""


def test_a_cell_tells_how_many_runs_failed_where_half_of_all_did():
    many = an_effect(failed_without=36, runs_without=36, failed_with=0, runs_with=36)
    few = replace(many, failed_without=35)
    text = pages.of_workload([replace(many, title="many"), replace(few, title="few")], "ring")
    assert text.count("(36 → 0 of 36 runs)") == 1 and "35 →" not in text


def test_how_often_the_best_rate_was_at_an_edge_counts_each_run_once():
    usual = WORKLOADS["ring"].rates["good"]
    pair = {"workload": "ring", "context": "good", "seed": "0", "without": "1", "rate_without": str(2 * usual)}
    pairs = [{**pair, "with": "2", "rate_with": str(usual)}, {**pair, "with": "3", "rate_with": str(usual)}]
    assert pages.edges([an_effect()], pairs).splitlines()[2:] == ["| ring of 8 | good | 0% | 67% | 33% |"]


def test_slerp_is_compared_with_lerp_at_each_rate_of_one_gan(monkeypatch):
    runs = rows.Runs()
    for factor, ratio in (("0.5", 0.5), ("1", 1.5), ("2", 4.0)):
        for seed in range(12):
            lerp = 1.01**seed / float(factor)
            for arm, score in (("without", lerp), ("with", lerp * ratio)):
                name = f"good {arm} spherical_interpolation"
                key = {"machine": "here", "arm": name, "factor": factor, "seed": str(seed)}
                runs.add({**key, "score": str(score)})
    monkeypatch.setattr(rows, "read", lambda name: runs if name == "ring" else rows.Runs())
    (told,) = pages.midpoints().splitlines()[2:]
    cells = "× 0.5 (0.5 to 0.5), 12 of 12 | × 1.5 (1.5 to 1.5), 0 of 12 | × 4 (4 to 4), 0 of 12"
    assert told == f"| ring of 8 | good | {cells} |"


def test_only_a_hack_whose_effects_differ_is_listed_as_one_that_depends_on_the_recipe():
    effects = [
        an_effect(context=context, hack=hack, ratio=ratio, title=hack, verdict="worse")
        for context, hack, ratio in (
            ("bare", "rescues", 0.25),
            ("good", "rescues", 1.0),
            ("bare", "helps", 0.5),
            ("good", "helps", 0.5),
        )
    ]
    scatter = [1.01**seed for seed in range(12)]
    ratios = {("ring", one.context, one.hack): dict(enumerate(one.ratio * s for s in scatter)) for one in effects}
    ratios |= {("ring", context, "A/A 1"): dict(enumerate(scatter)) for context in ("bare", "good")}
    lines = pages.between(effects, ratios).splitlines()
    assert (
        lines[0] == "Of 2 pairs of effects 1 differ. As a control, of the 1 pairs of recipes against themselves 0 do."
    )
    assert lines[4:] == [
        "| ring of 8 | rescues | ▼ × 0.25 (0.57 to 2.3), 3 of 12 | ▼ × 1 (0.57 to 2.3), 3 of 12 | × 4 (4 to 4) |"
    ]


def test_what_is_short_counts_the_verdicts_without_the_recipes_against_themselves():
    effects = [an_effect(verdict="better"), an_effect(verdict="worse"), an_effect(verdict="worse")]
    effects.append(an_effect(hack="A/A 1", verdict="practically equal"))
    told = "3 comparisons on ring of 8: better in 1, worse in 2, practically equal in 0, can't tell in 0."
    none = "In 0, 0 of them *better* or *worse*, half of the runs or more fail both without the hack and with it"
    assert pages.short(effects) == f"{told} {none}: they compare failures."
    half = {"runs_without": 36, "failed_with": 18, "runs_with": 36}
    failing = [replace(effects[0], failed_without=n, **half) for n in (17, 18, 36)]
    failing.append(replace(failing[-1], verdict="can't tell"))
    assert "In 3, 2 of them *better* or *worse*, half" in pages.short(failing)
    interim = [replace(one, interim=True) for one in effects]
    assert pages.short(interim).endswith("**Interim: runs are missing, so verdicts may change.**")


def test_the_recipes_against_themselves_stand_with_the_correlation_of_all_others():
    effects = [an_effect(hack="A/A 1", ratio=1.05, margin=1.4), an_effect(correlation=0.2), an_effect(correlation=0.4)]
    shares = {("ring", "good"): 0.5}
    text = pages.alike(effects, shares)
    assert "| ring of 8 | good | × 1.05 | 0.57 to 2.3 | 3 of 12 | × 1.4 | 50% | can't tell |" in text
    assert "has the median 0.30:" in text
    assert "Of these 1 comparisons none got *better* or *worse*" in text
    effects = [replace(one, verdict="better") if one.hack.startswith("A/A") else one for one in effects]
    false = pages.alike(effects, shares)
    assert "Of these 1 comparisons 1 got *better* or *worse*, which is false." in false


def test_recipes_that_were_trained_whole_on_two_kinds_of_processor_are_compared(monkeypatch):
    work, runs = WORKLOADS["fashion"], rows.Runs()
    scores = {"one kind": (10, 20, 30, 40, 50, 60, 70, 80), "two": (20, 40, 60, 80, 100, 120, 140, 160)}
    for kind, some in scores.items():
        for arm, n in (("bare", 8), ("good", 7)):  # one run of the second is missing
            for seed, score in list(enumerate(some))[:n]:
                runs.add({"machine": kind, "arm": arm, "factor": "1", "seed": str(seed), "score": str(score)})
    monkeypatch.setattr(rows, "read", lambda name: runs if name == "fashion" else rows.Runs())
    (told,) = pages.kinds().splitlines()[2:]
    p = mannwhitneyu(*scores.values()).pvalue
    assert told == f"| {work.title} | bare | one kind: 45 | two: 90 | × 2 | {p:.2f} | 1.00 |"


def test_what_the_page_says_of_twelve_runs_against_twelve_is_so():
    drawn = np.random.default_rng(0).normal(size=(2, 4000, 12))

    def found(shift):
        return (mannwhitneyu(drawn[0], drawn[1] + shift, axis=1).pvalue <= 0.05).mean()

    assert found(0) < 0.05 and 0.35 < found(0.8) < 0.5 and 0.7 < found(1.2) < 0.8
    page = " ".join(pages.PAGE.read_text(encoding="utf-8").split())
    assert "a shift of 1.2 deviations in about three of four studies; one of 0.8 they find less often than not" in page


def test_where_each_hack_is_tried_has_a_tick_for_each_of_its_workloads_and_the_reason_for_the_others():
    rows = pages.tried().splitlines()[2:]
    for row, hack in zip(rows, HACKS, strict=True):
        assert row.count("✔") == len(hack.workloads)
        assert row.endswith(f"{hack.why_not} |")
        usual = set(WORKLOADS) - {"fashion"}  # which is for hacks that have no second workload otherwise
        assert hack.why_not or usual <= set(hack.workloads), f"{hack.name}: why not everywhere?"


def listed(p):
    """An effect for each comparison that the front page may speak of. p: (workload, hack) -> p value."""
    return [
        an_effect(
            workload=name, hack=hack.name, lab=f"{hack.lab}_{hack.name}", p=p.get((name, hack.name), 0.5), ratio=2.0
        )
        for name in pages.FRONT_WORKLOADS
        for hack in HACKS
        if hack.main and name in hack.workloads
    ]


def test_the_front_page_is_silent_until_its_whole_list_is_measured():
    effects = listed({})
    told = pages.front_page(effects[1:])
    assert f"once all {len(effects)} comparisons that count for it are measured. {len(effects) - 1} are." in told


def test_the_front_page_names_what_holm_leaves_and_only_that():
    n = len(listed({}))
    effects = listed({("ring", "adam"): 0.04 / n, ("grid", "r1"): 0.06 / (n - 1)})
    effects = [replace(one, ratio=0.5) if one.hack == "adam" else one for one in effects]
    told = pages.front_page(effects)
    _, _, *rows = told.split("\n\n")[0].splitlines()
    assert rows == ["| [06](labs/06_adam.ipynb) | Adam's β1 0.5, not 0.9 | ▲ × 0.5 |  |  |"]
    assert f"Corrected for {n} comparisons" in told


def test_the_front_page_has_those_first_that_helped_on_more_problems_than_they_did_harm_on():
    low = 1e-9
    effects = listed({("grid", "leaky_relu"): low, ("ring", "r1"): low, ("grid", "r1"): low, ("dense", "average"): low})
    effects = [
        replace(one, ratio=0.5) if (one.workload, one.hack) == ("ring", "r1") or one.hack == "average" else one
        for one in effects
    ]
    _, _, *rows = pages.front_page(effects).split("\n\n")[0].splitlines()
    cells = [row.split(" | ")[2:] for row in rows]
    assert cells == [["", "", "▲ × 0.5 |"], ["▲ × 0.5", "▼ × 2", " |"], ["", "▼ × 2", " |"]]


def test_the_front_page_tells_where_a_hack_was_not_tried():
    told = pages.front_page(listed({("dense", "scale_images"): 1e-9}))
    assert "| – | – | ▼ × 2 |" in told
