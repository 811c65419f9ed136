"""Pictures: what they need, what they say in words, and that they are the same each time."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import ImageFont

from ganhacks.errors import BadInput
from ganhacks.pictures import plots
from ganhacks.training import Recipe, train


@pytest.fixture(scope="module")
def history():
    return train(Recipe(), np.zeros((640, 784), "float32"), 12, snapshot_steps=(5,), progress=False)


def pixels(picture):
    import io

    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(picture.png)))


@pytest.mark.parametrize("shape", [(3, 28, 28), (3, 28, 28, 1), (3, 784)])
def test_digits_takes_images_in_every_shape_that_the_course_uses(shape):
    white = plots.digits(np.ones(shape, "float32"), "three white squares", scale=1)
    assert pixels(white).shape == (30, 90)
    assert (pixels(white)[1:29, 1:29] == 255).all()


def test_bytes_and_floats_of_the_same_image_give_the_same_picture():
    grey = np.arange(784, dtype="uint8").reshape(1, 28, 28)
    assert plots.digits(grey, "grey values").png == plots.digits(grey / np.float32(127.5) - 1, "grey values").png


@pytest.mark.parametrize(
    ("images", "sentence"), [(np.zeros((3, 5)), r"shape \(3, 5\)"), (np.zeros((3, 784), int), "int64")]
)
def test_what_is_no_image_is_told_in_a_sentence(images, sentence):
    with pytest.raises(BadInput, match=sentence):
        plots.digits(images, "no images")


def test_alt_text_is_escaped_and_stands_in_for_the_picture():
    picture = plots.digits(-np.ones((1, 784)), 'a "black" <square>')
    shown = picture._repr_mimebundle_()
    assert 'alt="a &quot;black&quot; &lt;square&gt;. 1 image.' in shown["text/html"]
    assert shown["text/plain"] == 'Picture: a "black" <square>. 1 image. Pixels: 100 % black, 0 % white.'


def test_pictures_of_a_run_say_in_words_what_they_show(history):
    assert "3 rows of 10 images" in plots.over_time(history).alt
    assert "0, 5, 12 steps" in plots.over_time(history).alt
    assert f"d_loss goes from {history.d_loss[0]:.2g} to {history.d_loss[-1]:.2g}" in plots.curves(history).alt
    assert "most 1s, 70 %, fewest 2s, 0 %" in plots.shares({"fakes": [0.3, 0.7] + [0] * 8}).alt
    assert "points" in plots.snapshot(np.zeros((7, 2)), "after step 3").alt


# ---- what is drawn, read back from the axes and the pixels


@pytest.fixture
def short_run():
    """Six steps whose curves are known."""
    curves = {"d_loss": [1, 3, 5, 7, 9, 11], "g_loss": [6, 4, 2, 4, 6, 8], "d_gradient_norm": 6 * [20]}
    return SimpleNamespace(step=6, **{name: np.array(values, float) for name, values in curves.items()})


def data_of(line):
    return np.stack(line.get_data(), axis=1).round(6).tolist()


def test_a_curve_is_shown_step_by_step_and_its_running_mean_at_the_last_of_the_steps_it_is_of(drawn, short_run):
    picture = plots.curves(short_run, window=3)
    (axes,) = drawn[0].axes
    d_each, d_mean, g_each, g_mean = axes.lines
    assert data_of(d_each) == [[1, 1], [2, 3], [3, 5], [4, 7], [5, 9], [6, 11]]
    assert data_of(d_mean) == [[3, 3], [4, 5], [5, 7], [6, 9]]
    assert data_of(g_each) == [[1, 6], [2, 4], [3, 2], [4, 4], [5, 6], [6, 8]]
    assert data_of(g_mean) == [[3, 4], [4, 3.333333], [5, 4], [6, 6]]
    assert (d_mean.get_label(), g_mean.get_label()) == ("d_loss", "g_loss")
    assert d_each.get_alpha() < 0.5 and d_mean.get_alpha() is None, "single steps are faint"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "loss")
    assert picture.alt == (
        "Curves over 6 steps, running means over 3: d_loss goes from 3 to 9; g_loss goes from 4 to 6."
    )


def test_marks_of_curves_lie_at_their_heights_and_inside_the_picture(drawn, short_run):
    plots.curves(short_run, ("d_gradient_norm",), window=1, marks={"limit": 50}, labels=("norm", "update"))
    (axes,) = drawn[0].axes
    *_, mark = axes.lines
    assert list(mark.get_ydata()) == [50, 50]
    assert axes.get_ylim() == (0, pytest.approx(55))
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("norm", "update")
    assert [(text.get_text(), text.get_position()[1]) for text in axes.texts] == [("limit", 50)]


def test_with_an_older_pillow_rows_are_labelled_in_another_font(monkeypatch):
    monkeypatch.setattr(ImageFont, "load_default", lambda: None)
    labelled, plain = (plots.digits(np.zeros((4, 784)), "Two rows", 2, row_labels=labels) for labels in ("ab", ""))
    assert labelled.width > plain.width


def test_marks_that_are_not_finite_are_left_out(drawn, short_run):
    plots.curves(short_run, marks={"limit": 50, "never": np.inf, "nowhere": np.nan})
    assert [text.get_text() for text in drawn[0].axes[0].texts] == ["limit"]


def test_a_run_without_steps_has_no_curves(drawn):
    nothing = SimpleNamespace(step=0, d_loss=np.empty(0), g_loss=np.empty(0))
    assert plots.curves(nothing).alt == "Curves over 0 steps: there are none."


def test_shares_are_shown_in_percent_above_their_own_digit(drawn):
    groups = {"fakes": np.arange(10) / 45, "reals": np.full(10, 0.1)}
    plots.shares(groups)
    (axes,) = drawn[0].axes
    assert axes.get_xticks().tolist() == list(range(10))
    for bars, (name, shares), side in zip(axes.containers, groups.items(), (-0.2, 0.2), strict=True):
        assert bars.get_label() == name
        np.testing.assert_allclose([bar.get_height() for bar in bars], 100 * shares)
        np.testing.assert_allclose([bar.get_x() + bar.get_width() / 2 - side for bar in bars], range(10), atol=1e-9)


def greys(n):
    """Images (n, 784) that are grey all over, the first black, the last white."""
    return np.linspace(-1, 1, n, dtype="float32")[:, None].repeat(784, axis=1)


def middles(picture, rows, columns, margin=0):
    """Return the grey value in the middle of each image of a picture of digits."""
    found = pixels(picture)[:, margin:]
    return found.reshape(rows, len(found) // rows, columns, -1)[:, len(found) // rows // 2, :, 30]


def test_images_are_laid_out_row_by_row_from_the_left():
    shown = middles(plots.digits(greys(6), "six greys", columns=3), 2, 3)
    assert shown.tolist() == [[0, 51, 102], [153, 204, 255]]


def test_over_time_has_the_first_snapshot_at_the_top_and_a_column_for_each_latent_sample():
    snapshots = {1000: greys(4)[2:], 0: greys(4)[:2]}
    picture = plots.over_time(SimpleNamespace(snapshots=snapshots), columns=2)
    width = pixels(picture).shape[1] - 2 * 60
    assert middles(picture, 2, 2, margin=width).tolist() == [[0, 85], [170, 255]]
    assert picture.alt.startswith("Each column is one latent sample; the rows are after 0, 1,000 steps.")


@pytest.mark.parametrize(("samples", "kind"), [(np.zeros((7, 2)), "points"), (np.zeros((7, 784)), "images")])
def test_a_snapshot_says_how_many_of_what_it_shows_and_when(samples, kind):
    assert plots.snapshot(samples, "after step 3").alt.startswith(f"7 generated {kind} after step 3")


def test_the_same_run_gives_the_same_bytes(history):
    assert plots.curves(history).png == plots.curves(history).png
    assert plots.over_time(history).png == plots.over_time(history).png
