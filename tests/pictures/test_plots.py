"""Pictures: what they need, what they say in words, and that they are the same each time."""

import numpy as np
import pytest

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


def test_the_same_run_gives_the_same_bytes(history):
    assert plots.curves(history).png == plots.curves(history).png
    assert plots.over_time(history).png == plots.over_time(history).png
