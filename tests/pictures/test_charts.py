"""Charts, read back from their axes: each shows the numbers that it was given, under their own names."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer

from ganhacks.pictures import charts, plots

TITLE, LABELS = "Shown", ("across", "up")


def named(artists):
    return {artist.get_label(): artist for artist in artists if not artist.get_label().startswith("_")}


def points_of(lines):
    return {name: np.stack(line.get_data(), axis=1).tolist() for name, line in named(lines).items()}


def heights_of(axes):
    """Return the bars of each group: name -> (middles, heights)."""
    bars = [container for container in axes.containers if isinstance(container, BarContainer)]
    return {
        bar.get_label(): tuple(
            np.array([[part.get_x() + part.get_width() / 2, part.get_height()] for part in bar]).T.round(6).tolist()
        )
        for bar in bars
    }


def test_lines_go_through_their_own_points_and_marks_lie_at_their_heights(drawn):
    curves = {"one": ([1, 2, 3], [5, 4, 6]), "two": ([1, 10], [100, 1000])}
    charts.lines(curves, TITLE, LABELS, marks={"coin toss": 0.7})
    (axes,) = drawn[0].axes
    assert points_of(axes.lines) == {"one": [[1, 5], [2, 4], [3, 6]], "two": [[1, 100], [10, 1000]]}
    (mark,) = [line for line in axes.lines if line.get_label().startswith("_")]
    assert list(mark.get_ydata()) == [0.7, 0.7]
    (told,) = axes.texts
    assert (told.get_text(), told.get_position()[1]) == ("coin toss", 0.7)


@pytest.mark.parametrize(("log", "scales"), [((), "linear linear"), (("y",), "linear log"), ("x", "log linear")])
def test_axes_carry_their_labels_the_title_and_their_scales(drawn, log, scales):
    charts.lines({"one": ([1, 2], [3, 4])}, TITLE, LABELS, log)
    charts.bars({"one": [3, 4]}, ["a", "b"], TITLE, LABELS, log)
    for figure in drawn:
        (axes,) = figure.axes
        assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title()) == (*LABELS, TITLE)
        assert f"{axes.get_xscale()} {axes.get_yscale()}" == scales


def test_bars_have_their_own_heights_and_stand_side_by_side_above_their_name(drawn):
    charts.bars({"one": [3, 1], "two": [4, 2]}, ["a", "b"], TITLE)
    (axes,) = drawn[0].axes
    assert heights_of(axes) == {"one": ([-0.2, 0.8], [3, 1]), "two": ([0.2, 1.2], [4, 2])}
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b"]
    assert axes.get_xticks().tolist() == [0, 1]


def test_a_histogram_shows_its_own_groups_shares_in_percent_over_common_bins(drawn):
    charts.histograms({"one": [0, 0, 0, 4], "two": [[1, 3], [3, 3], [3, 3], [3, 2]]}, TITLE, bins=4)
    (axes,) = drawn[0].axes
    stairs = {name: patch.get_data() for name, patch in named(axes.patches).items()}
    assert stairs["one"].values.tolist() == [75, 0, 0, 25]
    assert stairs["two"].values.tolist() == [0, 12.5, 12.5, 75]
    for data in stairs.values():
        assert data.edges.tolist() == [0, 1, 2, 3, 4]


def test_a_histogram_leaves_out_what_is_not_finite_and_counts_it(drawn):
    picture = charts.histograms({"one": [0, 4, np.inf, np.nan], "none": [np.nan]}, TITLE, bins=4)
    one, none = (patch.get_data().values.tolist() for patch in drawn[0].axes[0].patches)
    assert one == [25, 0, 0, 25] and none == [0, 0, 0, 0] and "none: no finite values" in picture.alt


def test_maps_show_their_own_values_the_right_way_up_on_one_scale(drawn):
    maps = {"one": np.array([[1, 2, 3], [4, 5, 6]]), "two": np.array([[0, 9]])}
    charts.heat_maps(maps, TITLE, "writes")
    charts.heat_maps(maps, TITLE, limits=(-1, 20))
    for figure, limits in zip(drawn, [(0, 9), (-1, 20)]):
        for axes, (name, values) in zip(figure.axes, maps.items()):
            (image,) = axes.images
            assert axes.get_title() == name
            np.testing.assert_array_equal(image.get_array(), values)
            assert image.origin == "upper"
            assert image.get_clim() == limits
    assert drawn[0].axes[-1].get_ylabel() == "writes"


def test_clouds_lie_where_their_points_do_on_axes_of_one_reach(drawn):
    panels = {"left": {"real": [[1, 2]], "fake": [[3, 4], [5, 6]]}, "right": {"real": [[7, 8]]}}
    charts.clouds(panels, TITLE, reach=9)
    for axes, (name, groups) in zip(drawn[0].axes, panels.items(), strict=True):
        assert axes.get_title() == name
        assert points_of(axes.lines) == groups
        assert (axes.get_xlim(), axes.get_ylim(), axes.get_aspect()) == ((-9, 9), (-9, 9), 1)


def test_points_lie_where_they_are(drawn):
    groups = {"real": [[1, 2], [0, 5]], "fake": [[3, 4]]}
    plots.points(groups, TITLE)
    (axes,) = drawn[0].axes
    assert points_of(axes.lines) == groups
    assert (axes.get_title(), axes.get_aspect()) == (TITLE, 1)


LINE = {"one": ([1, 10], [3, 400])}


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (
            lambda: charts.lines(LINE, TITLE, LABELS, ("x", "y"), {"limit": 50}),
            "Across: across, 1 to 10, logarithmic. Up: up, logarithmic. one: from 3 to 400. Dotted line: limit at 50.",
        ),
        (
            lambda: charts.bars({"one": [3, 4]}, ["a", "b"], TITLE, LABELS, ("y",)),
            "Across: across. Up: up, logarithmic. one: 3 at a, 4 at b.",
        ),
        (
            lambda: charts.histograms({"one": [0, 0, 3, 3]}, TITLE, LABELS),
            "Across: across. one: median 1.5, standard deviation 1.5, from 0 to 3.",
        ),
        (
            lambda: charts.heat_maps({"one": np.array([[1, 2], [2, 4]])}, TITLE, "writes"),
            "Colours, dark to light: writes. one (2 × 2): mean 2.25, from 1 to 4.",
        ),
        (
            lambda: charts.clouds({"left": {"real": [[1, 2]]}}, TITLE),
            "real: 1 point at (1, 2).",
        ),
    ],
    ids=["lines", "bars", "histograms", "heat maps", "clouds"],
)
def test_the_alt_text_says_what_stands_on_the_axes_and_between_them(drawn, draw, said):
    assert draw().alt == f"{TITLE}. {said}"


FOUR = ["one", "two", "three", "four"]


def test_colour_is_never_all_that_tells_groups_apart(drawn):
    charts.lines({name: ([0, 1], [0, 1]) for name in FOUR}, TITLE)
    charts.histograms({name: [0, 1] for name in FOUR}, TITLE)
    charts.bars({name: [1] for name in FOUR}, ["a"], TITLE)
    charts.clouds({"": {name: [[0, 1]] for name in FOUR}}, TITLE)
    lines, histograms, bars, clouds = (figure.axes[0] for figure in drawn)
    looks = [
        [(line.get_linestyle(), line.get_color()) for line in lines.lines],
        [(str(patch.get_linestyle()), to_hex(patch.get_edgecolor())) for patch in histograms.patches],
        [(bar[0].get_hatch(), to_hex(bar[0].get_facecolor())) for bar in bars.containers],
        [(line.get_marker(), line.get_color()) for line in clouds.lines],
    ]
    for of_a_chart in looks:
        forms, colours = zip(*of_a_chart)
        assert len(set(forms)) == len(set(colours)) == 4
    for axes in (lines, histograms, bars, clouds):
        assert [text.get_text() for text in axes.get_legend().get_texts()] == FOUR


def test_every_chart_has_its_title_above_and_its_labels_at_the_axes(drawn):
    charts.lines({"a": [0, 1]}, TITLE, labels=("step", "loss"))
    charts.histograms({"a": [0, 1]}, TITLE, labels=("length", "share in %"))
    for figure, labels in zip(drawn, (("step", "loss"), ("length", "share in %"))):
        axes = figure.axes[0]
        assert (axes.get_title(), axes.get_xlabel(), axes.get_ylabel()) == (TITLE, *labels)


def test_one_curve_alone_has_no_legend(drawn):
    charts.lines({"only": [0, 1]}, TITLE)
    assert drawn[0].axes[0].get_legend() is None
