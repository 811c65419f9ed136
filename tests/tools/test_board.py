"""The scoreboard: what is switched, what a run's score sees, and that a run is the same whatever ran before it."""

import contextlib
import dataclasses
from dataclasses import replace
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from ganhacks import data
from ganhacks.hacks import generator_dropout
from tools.board import arms, networks, runs, workloads
from tools.board.hacks import HACKS
from tools.board.setups import Setup
from tools.board.workloads import WORKLOADS

HACK = {hack.name: hack for hack in HACKS}


# ---- what is switched


@pytest.mark.parametrize("hack", HACKS, ids=lambda hack: hack.name)
def test_a_hack_switches_fields_of_a_setup_and_nothing_else(hack):
    assert set(hack.on) == set(hack.off)
    for context in WORKLOADS["dcgan"].contexts.values():
        without, with_it = hack.arms(context)
        differing = {f.name for f in dataclasses.fields(Setup) if getattr(without, f.name) != getattr(with_it, f.name)}
        assert differing == set(hack.on)
        assert {name: getattr(with_it, name) for name in hack.on} == hack.on


@pytest.mark.parametrize("hack", HACKS, ids=lambda hack: hack.name)
def test_a_hack_is_tried_on_two_workloads_or_more_and_it_is_said_why_not_on_all(hack):
    assert set(hack.workloads) <= set(WORKLOADS)
    assert len(hack.workloads) >= 2
    assert hack.why_not or set(hack.workloads) == set(WORKLOADS) - {"fashion"}


def test_every_lab_of_a_hack_that_can_be_switched_is_on_the_board():
    """Lab 19 is a monitor, which every row has a column for; lab 27 is a recipe of its own."""
    labs = {hack.lab for hack in HACKS if hack.main}
    assert labs - {""} == {f"{number:02}" for number in range(1, 27)} - {"19"}


@pytest.mark.parametrize("work", WORKLOADS.values(), ids=lambda work: work.name)
def test_each_arm_has_one_name_and_no_two_of_a_context_are_the_same_setup(work):
    everything = arms.arms_of(work)
    assert len({arm.name for arm in everything}) == len(everything)
    setups = [(arm.context, arm.setup, arm.again) for arm in everything]
    assert len(set(setups)) == len(setups)


@pytest.mark.parametrize("work", WORKLOADS.values(), ids=lambda work: work.name)
def test_each_context_is_compared_with_itself_on_other_seeds(work):
    pairs = [pair for pair in arms.pairs_of(work) if pair.hack == "A/A"]
    assert [pair.context for pair in pairs] == [context for context in work.contexts for _ in range(2)]
    for pair in pairs:
        assert pair.without.setup == pair.with_it.setup == work.contexts[pair.context]
        seeds = [{arm.seed(seed) for seed in range(work.seeds)} for arm in (pair.without, pair.with_it)]
        assert not set.intersection(*setups_of(seeds))


def setups_of(seeds):
    return [set(some) for some in seeds]


# ---- what the score of points sees


def ten(kind, make):
    """The mean of ten scores, as a run has it."""
    rng = np.random.default_rng(3)
    return np.mean([workloads.planar_scores(kind, make(rng))["score"] for _ in range(10)])


def with_modes(kind, first, spread=1.0, shift=0.0):
    """Points of all modes from the `first` on, `spread` times as wide as they should be, and shifted."""
    centres, std = workloads.PLANAR[kind]

    def make(rng):
        which = rng.integers(first, len(centres), size=workloads.N_POINTS)
        return centres[which] + spread * std * rng.standard_normal((workloads.N_POINTS, 2)) + shift

    return make


@pytest.mark.parametrize("kind", ["ring", "grid"])
def test_the_score_of_points_grows_with_each_planted_fault(kind):
    perfect = ten(kind, lambda rng: getattr(data, kind)(rng, workloads.N_POINTS))
    assert abs(perfect) < WORKLOADS[kind].best
    doses = {
        "modes dropped": [with_modes(kind, first) for first in (1, 2, 4)],
        "blurred": [with_modes(kind, 0, spread=spread) for spread in (4, 8, 16)],
        "shifted": [with_modes(kind, 0, shift=shift) for shift in (0.1, 0.2, 0.4)],
    }
    for fault, makes in doses.items():
        scores = [ten(kind, make) for make in makes]
        assert perfect < WORKLOADS[kind].best < scores[0] < scores[1] < scores[2] < WORKLOADS[kind].worst, fault


def test_a_generator_that_makes_one_point_or_no_number_is_among_the_worst():
    everything_there = np.tile(data.ring_centres()[:1], (workloads.N_POINTS, 1))
    assert workloads.planar_scores("ring", everything_there)["score"] > 2
    assert workloads.planar_scores("ring", np.full((workloads.N_POINTS, 2), np.nan))["score"] == np.inf


# ---- a run

SHORT = {"steps": 400, "moments": (0.5, 1.0), "scored": 1}
#: setups that keep something between their steps: averages, seeds of their own, a memory, a running estimate
WITH_STATE = {
    "bare": {},
    "average": {"average": 0.9},
    "memory": {"memory": 2},
    "noise": {"d_noise": 0.5, "g_dropout": 0.5, "g_noise": 0.1},
    "norms": {"g_norm": True, "d_norm": True, "spectral": True},
    "targets": {"targets": (0.8, 1.5), "loss": "non-saturating"},
    "classes": {"classes": "one-hot"},
    "packs": {"pack": 2, "batch_feature": "mean discrimination"},
    "SGD": {"d_sgd": True, "init_std": 0.02},
}
FEW = ("average", "memory", "noise")  # of every kind of state one: averages, what is kept, random numbers
COLUMNS = ("outcome", "steps", "score", "modes", "good", "alarms")


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setitem(WORKLOADS, "ring", replace(WORKLOADS["ring"], **SHORT))
    runs._KEPT.clear()
    yield
    runs._KEPT.clear()


@pytest.mark.parametrize(
    "name", [name if name in FEW else pytest.param(name, marks=pytest.mark.everywhere) for name in WITH_STATE]
)
def test_a_run_is_the_same_whether_its_loop_is_new_or_that_of_another_seed_and_rate(short, name):
    setup = Setup(**WITH_STATE[name])
    alone = runs.play("ring", setup, 1e-3, 5)
    runs._KEPT.clear()
    runs.play("ring", setup, 2e-3, 4)
    after = runs.play("ring", setup, 1e-3, 5)
    assert [after[column] for column in COLUMNS] == [alone[column] for column in COLUMNS]


def test_another_rate_and_another_seed_are_other_runs(short):
    scores = {runs.play("ring", Setup(), rate, seed)["score"] for rate, seed in ((1e-3, 0), (2e-3, 0), (1e-3, 1))}
    assert len(scores) == 3


def test_looking_at_a_run_leaves_no_trace_even_where_the_generator_draws_at_every_time(short):
    setup, seen = Setup(g_dropout=0.5, average=0.9, g_norm=True, d_norm=True), []
    looked_at = runs.play("ring", setup, 1e-3, 5, (0, 0.3, 0.5, 1), lambda step, made: seen.append((step, made)))
    alone = runs.play("ring", setup, 1e-3, 5)
    assert [looked_at[column] for column in COLUMNS] == [alone[column] for column in COLUMNS]
    assert [step for step, _ in seen] == [0, 120, 200, 400]
    assert {made.shape for _, made in seen} == {(workloads.N_POINTS, 2)}
    assert not np.array_equal(seen[0][1], seen[-1][1])


def test_settled_batch_normalization_has_the_mean_statistics_of_its_batches_and_then_its_own_again():
    dense, norm = keras.layers.Dense(3), keras.layers.BatchNormalization()
    model = keras.Sequential([keras.Input((2,)), dense, norm, generator_dropout.AlwaysDropout(0.5)])
    batches = [np.random.default_rng(k).standard_normal((8, 2)).astype("float32") + k for k in range(3)]
    outputs = [dense(batch).numpy() for batch in batches]
    before = [variable.numpy() for variable in model.variables]
    with networks.settled(model, batches):
        np.testing.assert_allclose(norm.moving_mean, np.mean([x.mean(axis=0) for x in outputs], axis=0), rtol=1e-5)
        np.testing.assert_allclose(norm.moving_variance, np.mean([x.var(axis=0) for x in outputs], axis=0), rtol=1e-5)
    assert norm.momentum == 0.99
    for variable, value in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(variable, value)


@pytest.mark.parametrize(("name", "settled"), [("dcgan", True), ("fashion", True), ("dense", False)])
def test_a_generator_with_convolutions_makes_its_samples_with_settled_batch_normalization(name, settled):
    work, setup = WORKLOADS[name], Setup(g_norm=True)
    generator = networks.make_generator(setup, work.shape, work.latent_dim, 16, work.n_classes)
    history = SimpleNamespace(generator=generator, seed=0, recipe=work.recipe(setup, 1e-3))
    norm = next(layer for layer in networks.every_layer(generator) if hasattr(layer, "moving_variance"))
    with runs.normalized(work, setup, history):
        assert (norm.moving_variance.numpy() != 1).all() == settled


def test_what_is_scored_and_what_is_looked_at_is_made_by_the_averaged_and_settled_generator(short, monkeypatch):
    inside, made, really = set(), [], runs.samples

    @contextlib.contextmanager
    def entered(name):
        inside.add(name)
        yield
        inside.discard(name)

    def watched(*args):
        made.append(set(inside))
        return really(*args)

    for name in ("averaged", "normalized"):
        monkeypatch.setattr(runs, name, lambda *args, name=name: entered(name))
    monkeypatch.setattr(runs, "samples", watched)
    runs.play("ring", Setup(), 1e-3, 5, (0.5,), lambda step, samples: None)
    assert made == [{"averaged", "normalized"}] * (1 + len(WORKLOADS["ring"].moments))
