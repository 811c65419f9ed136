"""Pictures of effects, read back from their axes and from their alt texts."""

from itertools import combinations

import numpy as np
import pytest

from ganhacks import evidence
from ganhacks.pictures import effects

ROWS = {
    "helps": (0.5, 0.4, 0.7, [0.3, 0.5, 1.1], "▲"),
    "harms": (3.0, 2.0, 4.0, [2.0, 3.0, 5.0], "▼"),
    "any": (1.0, 0.0, np.inf, [0.9, 1.2], "?"),
}


def test_a_row_of_the_forest_has_a_dot_for_each_pair_its_interval_its_ratio_and_its_sign(drawn):
    effects.forest(ROWS, "Shown")
    (axes,) = drawn[0].axes
    assert [label.get_text() for label in axes.get_yticklabels()] == list(ROWS)
    pairs, intervals, diamonds = axes.lines[0:9:3], axes.lines[1:9:3], axes.lines[2:9:3]
    low, high = axes.get_xlim()
    for place, (ratio, begin, end, ratios, sign) in enumerate(ROWS.values()):
        assert pairs[place].get_xdata().tolist() == ratios
        assert set(pairs[place].get_ydata()) == {place}
        assert intervals[place].get_xdata().tolist() == [max(begin, low), min(end, high)]
        assert (diamonds[place].get_xdata(), diamonds[place].get_ydata()) == ([ratio], [place])
        assert (axes.texts[place].get_text(), axes.texts[place].get_position()[1]) == (sign, place)
    assert axes.get_xscale() == "log"
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first row is at the top


def test_one_is_marked_and_every_pair_is_inside_the_picture(drawn):
    effects.forest(ROWS, "Shown")
    (axes,) = drawn[0].axes
    assert list(axes.lines[-1].get_xdata()) == [1, 1]
    low, high = axes.get_xlim()
    assert low < 0.3 and high > 5


@pytest.mark.parametrize(("farthest", "wanted"), [(3.0, {"0.5", "1", "2"}), (1000.0, {"1", "10", "100"})])
def test_the_axis_has_plain_numbers_and_not_too_many(drawn, farthest, wanted):
    effects.forest({"one": (farthest, 0.5, farthest, [0.5, farthest], "?")}, "Shown")
    (axes,) = drawn[0].axes
    drawn[0].canvas.draw()
    shown = [label.get_text() for label in axes.get_xticklabels(which="both") if label.get_text()]
    assert wanted <= set(shown) and len(shown) < 16
    assert not any("$" in text for text in shown)


def test_what_the_forest_says_in_words():
    alt = effects.forest(ROWS, "Shown").alt
    assert "helps: 0.5 (0.4 to 0.7), below 1 in 2 of 3, ▲." in alt
    assert "harms: 3 (2 to 4), below 1 in 0 of 3, ▼." in alt


CELLS = {("r", "a"): (0.5, "▲"), ("r", "b"): (2.0, "▼"), ("s", "b"): (100.0, "?")}


def test_a_cell_has_its_sign_and_ratio_at_its_place_and_gaps_stay_empty(drawn):
    effects.effect_map(CELLS, "Shown", columns=["b", "a", "c"])
    (axes,) = drawn[0].axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["b", "a", "c"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["r", "s"]
    found = {text.get_position(): text.get_text() for text in axes.texts}
    assert found == {(1, 0): "▲ 0.5", (0, 0): "▼ 2", (0, 1): "? 100"}


def test_colours_are_symmetric_about_one_and_end_at_the_farthest(drawn):
    effects.effect_map(CELLS, "Shown")
    (image,) = drawn[0].axes[0].images
    shades = np.ma.filled(image.get_array(), np.nan)
    assert shades[0].tolist() == pytest.approx([-np.log(2), np.log(2)])
    assert shades[1, 1] == pytest.approx(np.log(effects.FARTHEST)) and np.isnan(shades[1, 0])
    low, high = image.get_clim()
    assert low == -high
    red, _, blue, _ = image.cmap(image.norm(np.log(8)))
    assert red > blue, "harm is orange"


def test_what_the_map_says_in_words():
    alt = effects.effect_map({("r", "ring\ngood"): (0.5, "▲"), ("r", "b"): (2.0, "▼")}, "Shown").alt
    assert alt.endswith("r: ring good ▲ 0.5, b ▼ 2.")


def test_no_text_of_the_map_of_the_whole_board_runs_into_another(drawn):
    shown = [one for one in evidence.effects() if one.main]
    cells = {(one.title, f"{one.workload}\n{one.context}"): (one.ratio, one.icon) for one in shown}
    effects.effect_map(cells, "Shown")
    (axes,) = drawn[0].axes
    drawn[0].draw_without_rendering()
    for texts in (axes.texts, axes.get_xticklabels(), axes.get_yticklabels()):
        boxes = [text.get_window_extent() for text in texts]
        assert len(boxes) > 5 and not [(a, b) for a, b in combinations(boxes, 2) if a.overlaps(b)]


@pytest.mark.parametrize("n", [1, 2, 40])
@pytest.mark.filterwarnings("error")
def test_one_row_and_many_fit_between_the_title_and_the_labels(n):
    names = [f"{i}: real labels from 0.7 to 1.2, fake ones from 0 to 0.3" for i in range(n)]
    places = [f"small DCGAN on MNIST {i}\ngood" for i in range(4)]
    title = "What was measured of hacks, and of what came after them"
    assert effects.effect_map({(name, place): (1.0, "≈") for name in names for place in places}, title).png
    assert effects.forest({name: (1.0, 0.5, 2.0, [1.0], "≈") for name in names}, title).png
