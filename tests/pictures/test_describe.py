"""The words that stand in for a picture: what holds for these very data, in few numbers."""

import re

import numpy as np
import pytest

from ganhacks.pictures import charts, describe, playground, plots

STEPS = np.arange(1, 101)


@pytest.mark.parametrize(
    "value, text",
    [
        (0.1 + 0.2, "0.3"),
        (np.float64(7), "7"),
        (np.float32(0.3), "0.3"),
        (-0.0, "0"),
        (1234.5678, "1,230"),
        (60_000, "60,000"),
        (0.0000123456, "1.23e-5"),
        (-2.5e9, "-2.5e9"),
        (999.9, "1,000"),
    ],
)
def test_a_number_has_at_most_three_digits_that_matter_unless_it_is_whole(value, text):
    assert describe.number(value) == text


def test_a_ratio_near_1_shows_on_which_side_it_is():
    found = [describe.ratio(value) for value in (0.123, 0.949, 0.974, 0.996, 1.0, 1.03, 1.236, 1.96, 2.04, 31.4)]
    assert found == ["0.12", "0.95", "0.97", "0.996", "1", "1.03", "1.24", "1.96", "2", "31"]


def test_a_curve_is_told_by_its_ends_where_it_never_leaves_what_lies_between():
    said = describe.lines({"yours": (STEPS, 1 / STEPS)}, ("step", "distance"), log=("y",))
    assert said == "Across: step, 1 to 100. Up: distance, logarithmic. yours: from 1 to 0.01."


def test_a_curve_is_told_by_its_extremes_where_these_lie_between_its_ends():
    assert describe.lines({"up": ([0, 1, 2], [3, 9, 4])}) == "Across: 0 to 2. up: from 3 to 4, highest 9 at 1."
    assert describe.lines({"down": ([0, 1, 2], [3, 1, 4])}).endswith("down: from 3 to 4, lowest 1 at 1.")
    assert describe.lines({"flat": (STEPS, np.ones(100))}).endswith("flat: 1 throughout.")


def test_curves_over_different_stretches_say_where_each_begins_and_ends():
    said = describe.lines({"short": ([0, 1], [1, 2]), "long": ([0, 9], [1, 3])})
    assert said == "short: from 1 at 0 to 2 at 1. long: from 1 at 0 to 3 at 9."


def test_dotted_lines_are_told_with_their_heights():
    assert describe.lines({"a": ([0, 1], [0, 1])}, marks={"coin toss": 0.5}).endswith("Dotted line: coin toss at 0.5.")


def test_values_that_are_not_finite_are_left_out():
    assert describe.lines({"a": ([0, 1, 2], [1, 2, np.inf])}).endswith("a: from 1 to 2.")
    assert "a: no finite values." in describe.lines({"a": ([0, 1], [np.nan, np.nan])})
    assert describe.histograms({"a": [np.nan]}) == "a: no finite values."
    assert describe.heat_maps({"a": np.full((2, 2), np.nan)}) == "a (2 × 2): no finite values."
    assert describe.bars({"a": [np.nan, 2]}, ["x", "y"]) == "a: 2 at y."
    assert describe.clouds({"": {"a": np.full((3, 2), np.nan)}}) == "a: no points."


def test_few_bars_are_told_one_by_one_and_many_by_the_highest_and_the_lowest():
    assert describe.bars({"yours": [0.1, 0.3]}, ["1 : 1", "3 : 1"]) == "yours: 0.1 at 1 : 1, 0.3 at 3 : 1."
    many = describe.bars({"fakes": np.arange(10), "reals": np.ones(10)}, range(10))
    assert many == "fakes: highest 9 at 9, lowest 0 at 0. reals: 1 everywhere."


def test_histograms_and_maps_are_told_by_their_middle_and_their_range():
    assert describe.histograms({"D": [1, 2, 6]}, ("logit", "share")) == (
        "Across: logit. D: median 2, standard deviation 2.16, from 1 to 6."
    )
    assert describe.heat_maps({"kernel 3": np.array([[1, 2], [2, 4]])}, "writes") == (
        "Colours, dark to light: writes. kernel 3 (2 × 2): mean 2.25, from 1 to 4."
    )


def test_a_cloud_is_told_by_its_centre_and_how_far_from_it_its_points_are():
    square = np.array([[2, 1], [2, -1], [4, 1], [4, -1]])
    assert describe.clouds({"": {"fake": square}}) == "fake: 4 points around (3, 0), 1.4 from it on average."
    assert describe.clouds({"": {"fake": np.ones((5, 2))}}) == "fake: 5 points at (1, 1)."


def test_what_all_panels_share_is_told_once():
    real, fakes = np.eye(2), [np.zeros((3, 2)), np.ones((3, 2))]
    said = describe.clouds({"1 : 1": {"real": real, "fake": fakes[0]}, "3 : 1": {"real": real, "fake": fakes[1]}})
    assert said.startswith("In every panel real: 2 points around (0.5, 0.5)") and said.count("real") == 1
    assert said.endswith("1 : 1, fake: 3 points at (0, 0). 3 : 1, fake: 3 points at (1, 1).")


def test_a_path_is_told_by_its_first_and_its_last_distance():
    assert describe.path(np.array([[3, 4], [1, 1], [0, 2]])) == (
        "Distance from the middle: 5.00 at the start, 2.00 after 2 steps."
    )


def test_digits_are_told_by_their_number_and_their_ink():
    black, white = np.zeros((2, 28, 28), "uint8"), np.full((2, 28, 28), 255, "uint8")
    both = np.concatenate([black, white])
    assert describe.digits(both, 2, ["a", "b"]) == (
        "2 rows of 2 images. Pixels in the row a: 100 % black, 0 % white; b: 0 % black, 100 % white."
    )
    assert describe.digits(both, 3) == "4 images, 3 in a row. Pixels: 50 % black, 50 % white."
    assert describe.digits(both, 10) == "4 images. Pixels: 50 % black, 50 % white."


def test_digits_with_many_rows_name_the_first_and_the_last():
    said = describe.digits(np.zeros((10, 28, 28), "uint8"), 1, [f"asked: {c}" for c in range(10)])
    assert said == "10 rows of 1 image, labelled from asked: 0 to asked: 9. Pixels: 100 % black, 0 % white."


RNG = np.random.default_rng(0)
NOISE = {name: (STEPS, RNG.normal(size=100)) for name in ("one", "two", "three", "four")}
CLOUD = RNG.normal(size=(50, 2))
MAPS = {str(k): RNG.random((9, 9)) for k in range(5)}
PICTURES = {
    "lines": lambda title: charts.lines(NOISE, title, ("step", "distance")),
    "bars": lambda title: charts.bars({name: y[:10] for name, (_, y) in NOISE.items()}, list(range(10)), title),
    "histograms": lambda title: charts.histograms({name: y for name, (_, y) in NOISE.items()}, title),
    "heat_maps": lambda title: charts.heat_maps(MAPS, title, "share"),
    "clouds": lambda title: charts.clouds({str(k): {"real": CLOUD, "fake": CLOUD + k} for k in range(4)}, title),
    "points": lambda title: plots.points({"real": CLOUD, "fake": CLOUD / 2}, title),
    "digits": lambda title: plots.digits(RNG.normal(size=(60, 784)), title, row_labels=list("abcdef")),
    "portrait": lambda title: playground.portrait(CLOUD, title),
}


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_every_picture_begins_with_its_title_and_is_short_even_for_wild_data(draw):
    alt = draw("What is shown").alt
    assert alt.startswith("What is shown. ")
    assert len(alt.split()) <= 75
    assert not re.search(r"\d\.0*[1-9]\d{3}|np\.|nan|\.\.", alt)


@pytest.mark.parametrize("name", ["lines", "bars", "histograms", "heat_maps", "clouds", "points", "portrait"])
def test_the_title_is_drawn_above_a_chart(name):
    assert PICTURES[name]("One title").png != PICTURES[name]("Another").png


def test_the_title_is_not_drawn_on_digits():
    images = np.zeros((3, 784))
    assert plots.digits(images, "One title").png == plots.digits(images, "Another").png
