"""The latent explorer: paths between places, its sliders, and the picture that is kept where no kernel runs."""

import keras
import numpy as np
import pytest

from ganhacks.errors import BadInput
from ganhacks.hacks import dcgan_mnist
from ganhacks.pictures import plots
from ganhacks.pictures.explorer import Explorer


@pytest.fixture(scope="module")
def explorer():
    keras.utils.set_random_seed(0)
    return Explorer(dcgan_mnist.make_conditional_generator(latent_dim=8), seed=3)


def made(explorer, latents, digit):
    return np.asarray(explorer.generator([latents[None], np.array([[digit]], "int32")], training=False)[0])[0]


def test_a_path_begins_at_one_place_and_ends_at_the_other(explorer):
    first, last = explorer.images([0, 1], [4, 4], start=2, end=5)
    np.testing.assert_allclose(first, made(explorer, explorer.place(2), 4), atol=1e-5)
    np.testing.assert_allclose(last, made(explorer, explorer.place(5), 4), atol=1e-5)


def test_truncation_brings_the_latent_sample_closer_to_the_middle(explorer):
    image = explorer.images([0], [7], truncation=0.5)[0]
    np.testing.assert_allclose(image, made(explorer, 0.5 * explorer.place(0), 7), atol=1e-5)


def test_places_depend_on_the_seed_and_on_nothing_else(explorer):
    other = Explorer(explorer.generator, seed=4)
    assert np.array_equal(explorer.place(1), Explorer(explorer.generator, seed=3).place(1))
    assert not np.array_equal(explorer.place(1), other.place(1))
    assert not np.array_equal(explorer.place(1), explorer.place(2))


def test_from_a_place_to_itself_nothing_moves(explorer):
    images = explorer.images([0, 0.5, 1], [1, 1, 1], start=6, end=6)
    assert np.ptp(images, axis=0).max() < 1e-5


def test_each_slider_changes_the_digit_and_its_words(explorer):
    way, digit, truncation, places, shown = explorer.widget().children
    start, end = places.children
    seen = [shown.value]
    for control, value in ((way, 0.5), (digit, 8), (truncation, 0.5), (start, 3), (end, 9)):
        control.value = value
        seen.append(shown.value)
    assert len(set(seen)) == len(seen)
    assert "A generated 8, 50% of the way from place 3 to 9, truncation 0.50" in shown.value


def test_the_stored_picture_has_a_row_for_each_class_and_each_truncation_and_says_so(explorer, monkeypatch):
    shown, drawn = [], plots.digits
    monkeypatch.setattr(
        plots, "digits", lambda images, *more, **named: shown.append(images) or drawn(images, *more, **named)
    )
    picture = explorer.sheet()
    assert "Ten rows" in picture.alt and "0.2, 0.6, 1.0, 1.4" in picture.alt
    assert picture.png.startswith(b"\x89PNG")
    rows = shown[0].reshape(14, -1, 28, 28, 1)
    for row, (factor, digit) in zip(rows, [*((1, d) for d in range(10)), *((t, 3) for t in (0.2, 0.6, 1.0, 1.4))]):
        np.testing.assert_allclose(row[0], made(explorer, np.float32(factor) * explorer.place(0), digit), atol=1e-5)


def test_a_notebook_is_offered_sliders_and_picture_and_keeps_the_picture(explorer):
    bundle = explorer._repr_mimebundle_()
    assert plots.WIDGET in bundle and "Ten rows" in bundle["text/html"]


def test_a_generator_without_classes_is_refused_in_a_sentence():
    with pytest.raises(BadInput, match="with 1 inputs; wanted a keras.Model from .latents, classes."):
        Explorer(dcgan_mnist.make_generator(8))
    with pytest.raises(BadInput, match="generator is str with 0 inputs"):
        Explorer("generator")
