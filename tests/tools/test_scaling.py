"""Scaling: the points and their rows, what is left to measure, fits and bends, the tables and the picture."""

import sys

import numpy as np
import pytest
from matplotlib import image

from tools import scaling
from tools.scaling import Point

ANSWER = {"start_mb": 800.0, "peak_mb": 900.0, "compile_s": 2.0, "python": "3", "tensorflow": "2", "keras": "3"}


def row(point, median, **more):
    values = [0.9 * median, median, 1.1 * median]
    return {**scaling.make_row(point, values, [ANSWER], load_before=0.1), "cores": 2, "processor": "A", **more}


def all_rows():
    """Return a row for every point of two cores: 1 ms, then proportional; 3 s and 1 ms a step; 100 steps/s a core."""
    heights = {
        "batch": lambda value: max(1, value / 64),
        "width": lambda value: max(1, value / 64),
        "steps": lambda value: 3 + value / 1000,
        "processes": lambda value: 100 * min(value, 2),
    }
    return [row(point, heights[point.question](point.value)) for point in scaling.points(2)]


def test_there_are_at_most_twice_as_many_processes_as_cores():
    def counts(cores):
        return [p.value for p in scaling.points(cores) if (p.question, p.threads) == ("processes", "1")]

    assert [counts(cores) for cores in (1, 2, 8)] == [[1, 2], [1, 2, 3, 4], [1, 2, 3, 4, 8, 16]]


def test_a_row_comes_back_from_the_file_as_it_was_written(tmp_path):
    path = tmp_path / "speed" / "rows.csv"
    rows = [row(Point("batch", "dense", 64), 0.5), row(Point("steps", "dense", 200), 3.0, compile_s=None)]
    for one in rows:
        scaling.append(one, path)
    assert scaling.read_rows(path) == rows
    assert [file.name for file in path.parent.iterdir()] == ["rows.csv"]


def test_a_second_row_of_a_point_takes_the_place_of_the_first(tmp_path):
    for median in (1.0, 2.0):
        scaling.append(row(Point("batch", "dense", 64), median), tmp_path / "rows.csv")
    assert [found["median"] for found in scaling.read_rows(tmp_path / "rows.csv")] == [2.0]


def test_a_file_with_other_columns_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "rows.csv").write_text("batch,ms\n64,1\n")
    with pytest.raises(SystemExit, match="has the columns batch, ms; wanted question"):
        scaling.read_rows(tmp_path / "rows.csv")


def test_points_with_a_row_are_not_measured_again():
    done = [Point("batch", "small", 16), Point("processes", "dense", 1, "1")]
    left = scaling.missing([row(point, 1.0) for point in done], cores=2)
    assert left == [point for point in scaling.points(2) if point not in done]


def test_a_stopped_run_keeps_its_rows_and_goes_on_with_the_rest(tmp_path, monkeypatch):
    path, asked = tmp_path / "rows.csv", []
    monkeypatch.setattr(scaling.append, "__defaults__", (path,))
    monkeypatch.setattr(scaling.read_rows, "__defaults__", (path,))
    monkeypatch.setattr(scaling, "points", lambda cores: [Point("batch", "dense", size) for size in (16, 32, 64)])

    def measured(point):
        asked.append(point.value)
        if asked == [16, 32]:
            raise KeyboardInterrupt
        return [1.0], [ANSWER]

    monkeypatch.setattr(scaling, "measured", measured)
    with pytest.raises(KeyboardInterrupt):
        scaling.measure_missing()
    scaling.measure_missing()
    assert asked == [16, 32, 32, 64]
    assert [found["value"] for found in scaling.read_rows()] == [16, 32, 64]


def test_the_line_finds_its_constant_its_slope_and_what_is_off_it():
    steps = np.array([200, 1000, 5000])
    assert scaling.line(steps, 3 + steps / 1000) == pytest.approx((3, 0.001, 0))
    assert scaling.line(steps, [3, 9, 8])[2] > 0.1


@pytest.mark.parametrize(("times", "power"), [([5, 1, 1], 0), ([5, 1, 2], 1), ([5, 1, 4], 2)])
def test_the_exponent_is_that_of_the_last_doubling(times, power):
    assert scaling.exponent([16, 32, 64], times) == pytest.approx(power)


def test_the_bend_is_the_first_doubling_that_takes_nearly_twice_as_long():
    assert scaling.bend([16, 32, 64, 128], [1, 1.1, 2.1, 4.2]) == (32, 64)
    assert scaling.bend([16, 32], [1, 1.8]) is None


def test_a_gap_in_the_rows_is_no_doubling():
    assert scaling.bend([16, 64], [1, 4]) is None


def test_rates_are_counted_where_all_processes_train_and_not_in_their_first_call():
    steady = [(10.0 + t, 100 * t) for t in range(11)]
    late = [(11.0 + t, 50 * t) for t in range(11)]
    assert scaling.window_rates([steady, late]) == pytest.approx([150] * scaling.STRETCHES)
    assert scaling.window_rates([[(0.0, 0), (5.0, 10), (6.0, 110), (7.0, 210)]]) == pytest.approx(
        [100] * scaling.STRETCHES
    )


def test_processes_that_never_trained_together_are_no_measurement():
    with pytest.raises(SystemExit, match="same time"):
        scaling.window_rates([[(0, 0), (1, 10), (2, 20)], [(5, 0), (6, 10), (7, 20)]])


def test_the_row_of_several_processes_has_the_memory_of_the_largest():
    found = scaling.make_row(Point("processes", "dense", 2, "1"), [1, 2, 3], [ANSWER, {**ANSWER, "peak_mb": 950}], 0.1)
    assert (found["peak_mb"], found["median"], found["min"], found["max"], found["unit"]) == (950, 2, 1, 3, "steps/s")


@pytest.mark.parametrize(
    ("change", "words"),
    [({"cores": 1}, "one core"), ({"load_before": 0.7}, "load average of up to 0.70"), ({"keras": "4"}, "2 machines")],
)
def test_the_report_says_what_is_wrong_with_the_measurement(change, words):
    rows = all_rows()
    assert scaling.cautions(rows) == []
    rows[0].update(change)
    assert words in "\n".join(scaling.report(rows))


def test_the_report_has_a_table_for_each_question_and_what_follows_from_it():
    text = "\n".join(scaling.report(all_rows()))
    assert "exponent from 512 to 1024: 1.00; bends from 64 to 128" in text
    assert "3.00 s and 1.000 ms for each step; at most 0.0% off that line" in text
    assert text.count("compile\n") == 5  # batch has two workloads


@pytest.mark.parametrize("kept", [slice(None), slice(1), slice(14, 15), slice(-1, None)])
def test_the_picture_is_drawn_from_any_rows(tmp_path, kept):
    rows = all_rows()[kept]
    assert scaling.report(rows)
    scaling.draw(rows, tmp_path / "images" / "scaling.png")
    assert image.imread(tmp_path / "images" / "scaling.png").shape[:2] == (896, 1600)


@pytest.mark.parametrize(("question", "batch_size", "hidden"), [("batch", 32, 128), ("width", 64, 32)])
def test_a_point_changes_one_thing(question, batch_size, hidden):
    workload = scaling.workload_of(Point(question, "dense", 32))
    units = [net[0].units for net in (workload.generator, workload.discriminator)]
    assert (workload.batch_size, units) == (batch_size, [hidden, hidden])


def test_the_images_are_the_workloads_own():
    ours = scaling.workload_of(Point("batch", "small", 16))
    images = ours.real(3)
    assert (images.shape, images.dtype) == ((60_000, 28, 28, 1), "float32")
    np.testing.assert_allclose(images[:50], scaling.WORKLOADS["small"].real(50), atol=1e-6)


def test_the_process_that_starts_the_others_stays_small():
    code = "import sys; sys.path.insert(0, '.'); from tools import scaling; assert 'tensorflow' not in sys.modules"
    assert scaling.subprocess.run([sys.executable, "-c", code], cwd=scaling.ROOT).returncode == 0
