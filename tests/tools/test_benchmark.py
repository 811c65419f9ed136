"""The benchmark compares like with like, says what is missing, and its page says what its rows say."""

import ast
import importlib.util
import json
import subprocess
import sys

import numpy as np
import pytest

from tools import benchmark, clock, quality, scaling, tables
from tools.benchmarks import worker, workloads
from tools.benchmarks.workloads import WORKLOADS, initial_weights, step_flop

ROOT = benchmark.ROOT
FRAMEWORKS = {"pytorch_ways": "torch", "jax_ways": "jax"}  # in no test's requirements; CONTRIBUTING.md says how to run
DENSE, RING, SMALL = (WORKLOADS[name] for name in ("dense", "ring", "small"))


def row(way, number, steps, seconds, workload="dense", **more):
    limits = json.dumps({"large": 200e9, "large_bfloat16": None, "shapes": 90e9})
    common = {"first": "2.0", "version": "Some 1.0", "note": "", "load": "0.10", "machine": "A processor, 2 cores"}
    values = {"workload": workload, "way": way, "round": number, "steps": steps, "seconds": seconds}
    return {name: str(value) for name, value in {**common, "limits": limits, **values, **more}.items()}


ROWS = [
    row("fit", 1, 200, 1.0),
    row("fit", 2, 200, 2.0),
    row("JAX scan", "", "", "", note="jax is not installed: pip install -r requirements-bench.txt"),
    row("course", 1, 800, 1.0),
    row("course", 2, 1000, 1.0),
]


# ---- workloads


def test_the_dense_workload_is_lab_12():
    from ganhacks.hacks import mnist_gan

    def count(layers, shape):
        return sum(array.size for arrays in initial_weights(layers, shape, 0) for array in arrays)

    assert count(DENSE.generator, (100,)) == mnist_gan.make_generator().count_params() == 114_064
    assert count(DENSE.discriminator, (784,)) == mnist_gan.make_discriminator().count_params() == 100_609


def test_a_step_of_the_dense_gan_counted_by_hand():
    g, d = 2 * 64 * (100 * 128 + 128 * 784), 2 * 64 * (784 * 128 + 128)
    by_hand = 2 * (2 * d - 2 * 64 * 784 * 128 + 2 * 64 * 784 * 128) + 2 * d + 3 * g - 2 * 64 * 100 * 128
    # The discriminator's first layer needs no way back to the images in its own update, its second one does.
    by_hand += 2 * 2 * 64 * 128
    assert step_flop(DENSE) == by_hand


def test_convolutions_are_counted_position_by_position():
    layers = (workloads.Conv(32, 4, 2),)
    assert workloads.products(layers, (28, 28, 1), 64) == [(64 * 14 * 14, 16, 32)]
    layers = (workloads.Conv(1, 4, 2, up=True),)
    assert workloads.products(layers, (14, 14, 32), 64) == [(64 * 14 * 14, 32, 16)]


# ---- ways


@pytest.mark.parametrize("way", ["loop of 2018", "fit", "course"])
def test_every_way_of_keras_trains_both_networks_from_the_same_weights(way):
    from tools.benchmarks import keras_ways

    contestant = keras_ways.WAYS[way](RING)
    part = contestant.model if way == "fit" else contestant.history if way == "course" else contestant
    for model, layers in ((part.generator, RING.generator), (part.discriminator, RING.discriminator)):
        arrays = [array for arrays in initial_weights(layers, (2,), model is part.discriminator) for array in arrays]
        before = [variable.numpy() for variable in model.weights]
        assert all(np.array_equal(a, b) for a, b in zip(arrays, before, strict=True))
    contestant.run(3)
    for model in (part.generator, part.discriminator):
        trained = [variable.numpy() for variable in model.weights]
        layers = RING.generator if model is part.generator else RING.discriminator
        first = [a for arrays in initial_weights(layers, (2,), model is part.discriminator) for a in arrays]
        assert not any(np.array_equal(a, b) for a, b in zip(first, trained, strict=True))


@pytest.mark.parametrize("name", ["ring", "small"])
@pytest.mark.parametrize("module, way", [("pytorch_ways", "PyTorch fused"), ("jax_ways", "JAX jitted step")])
def test_other_frameworks_compute_the_same_losses(name, module, way):
    pytest.importorskip(FRAMEWORKS[module])
    from tools.benchmarks import keras_ways

    workload = WORKLOADS[name].without_dropout()
    other = importlib.import_module(f"tools.benchmarks.{module}").WAYS[way](workload)
    # In one call: `fit` begins with the first batch again at each.
    np.testing.assert_allclose(keras_ways.Fit(workload).run(5), other.run(5), rtol=2e-3)


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="PyTorch is installed here")
def test_a_peer_that_is_not_installed_is_a_sentence():
    command = [sys.executable, str(ROOT / "tools" / "benchmarks" / "worker.py"), "PyTorch eager", "ring"]
    answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert answer == {"error": "torch is not installed: pip install -r requirements-bench.txt"}


@pytest.mark.everywhere
def test_a_worker_answers_for_each_number_of_steps():
    contestant = benchmark.Worker("course", "ring")
    try:
        assert contestant.error == ""
        assert contestant.first > 0
        assert contestant.run(200) > 0
        assert contestant.run("many") is None
        assert "ValueError" in contestant.error
    finally:
        contestant.stop()


# ---- rows and what is said of them


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "ROWS", tmp_path / "benchmark.csv")
    return tmp_path


def test_rows_of_a_workload_take_the_place_of_its_old_ones(files):
    benchmark.save("dense", ROWS)
    benchmark.save("ring", [row("course", 1, 5, 1.0, workload="ring")])
    benchmark.save("dense", ROWS[:1])
    rows = [(found["workload"], found["way"]) for found in tables.read(benchmark.ROWS)]
    assert rows == [("dense", "fit"), ("ring", "course")]


def test_the_table_has_medians_ratios_of_the_same_round_and_what_is_missing():
    table = benchmark.report(ROWS)
    assert "| fit | 150 (100 – 200) | 7.00 times as fast |" in table
    assert "| **course** | 900 (800 – 1,000) |  | 54% | 2.0 s |" in table
    assert "| JAX scan | jax is not installed: pip install -r requirements-bench.txt | | | |" in table
    assert "Other work" not in table
    assert "Other work ran beside it: load 1.70" in benchmark.report([{**one, "load": "1.70"} for one in ROWS])


def test_the_page_is_changed_between_its_marks_alone(tmp_path):
    page = tmp_path / "speed.md"
    page.write_text("before\n<!-- benchmark -->\nold\n<!-- /benchmark -->\nafter\n", encoding="utf-8")
    tables.put_on_page("benchmark", "new", page)
    assert page.read_text(encoding="utf-8") == "before\n<!-- benchmark -->\nnew\n<!-- /benchmark -->\nafter\n"
    with pytest.raises(SystemExit, match="no place for clock"):
        tables.put_on_page("clock", "new", page)


def test_rows_are_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "rows.csv"
    tables.write(path, [{"a": 1}], ["a", "b"])
    with pytest.raises(ValueError, match="fields not in"):
        tables.write(path, [{"a": 2}, {"unknown": 3}], ["a", "b"])
    assert tables.read(path) == [{"a": "1", "b": ""}]


def test_the_picture_is_drawn(files):
    benchmark.draw(ROWS, files / "speed.png")
    assert (files / "speed.png").stat().st_size > 5000


def test_the_committed_page_says_what_the_committed_rows_say():
    text = tables.SPEED_PAGE.read_text(encoding="utf-8")
    assert benchmark.report(tables.read(benchmark.ROWS)) in text
    assert quality.report(tables.read(quality.ROWS)) in text
    assert scaling.on_page(scaling.read_rows()) in text
    assert clock.on_page(clock.read_rows()) in text


@pytest.mark.parametrize("arguments, said", [(["denser"], "there is no workload 'denser'"), (["--rounds", "0"], "0")])
def test_wrong_arguments_get_a_sentence(arguments, said, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["benchmark.py", *arguments])
    with pytest.raises(SystemExit):
        benchmark.main()
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("module", dict.fromkeys(worker.WAYS.values()))
def test_a_module_offers_the_ways_that_are_told_of_it_and_no_others(module):
    # Read and not imported, since its framework may not be here.
    tree = ast.parse((ROOT / "tools" / "benchmarks" / f"{module}.py").read_text(encoding="utf-8"))
    (ways,) = [node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "WAYS"]
    assert [key.value for key in ways.keys] == [way for way, of in worker.WAYS.items() if of == module]


# ---- quality


def test_same_quality_is_a_median_within_the_spread():
    assert quality.same([1.0, 2.0, 3.0], [0.5, 2.5, 9.0])
    assert not quality.same([1.0, 2.0, 3.0], [3.5, 2.5, 9.0])
