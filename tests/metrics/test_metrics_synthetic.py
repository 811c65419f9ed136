"""Train on synthetic, test on real: in the right order, the same again, and clear about bad input."""

import numpy as np
import pytest

from ganhacks import data
from ganhacks.errors import BadInput
from ganhacks.metrics import synthetic
from ganhacks.metrics.synthetic import train_on_real, train_on_synthetic

N = 1_000


@pytest.fixture(autouse=True)
def as_in_a_lab(monkeypatch):
    """Not as in a regression run, which keeps everything that trains short."""
    monkeypatch.delenv("GANHACKS_FAST", raising=False)


@pytest.fixture(scope="module")
def mnist():
    return data.mnist()


@pytest.fixture(scope="module")
def real(mnist):
    return mnist.x_train[:N].astype("float32") / 127.5 - 1


@pytest.mark.everywhere
def test_real_images_teach_most_one_digit_one_class_and_noise_nothing(mnist, real):
    ones = mnist.x_train[mnist.y_train == 1][:N].astype("float32") / 127.5 - 1
    rng = np.random.default_rng(0)
    best = train_on_real(N)
    one = train_on_synthetic(ones, np.ones(N, int))
    noise = train_on_synthetic(rng.uniform(-1, 1, real.shape), rng.integers(10, size=N))
    assert best > 0.85
    assert one == 0.1135  # the share of ones among the test images
    assert noise < 0.2


def test_the_same_images_labels_and_seed_give_the_same_accuracy_in_every_shape(mnist, real, monkeypatch):
    monkeypatch.setattr(synthetic, "STEPS", 50)
    labels = mnist.y_train[:N]
    first = train_on_synthetic(real, labels)
    assert first > 0.4
    assert train_on_synthetic(real.reshape(N, 784), list(labels)) == first
    assert train_on_synthetic(real, labels, seed=1) != first


def test_wrong_labels_are_seen(mnist, real, monkeypatch):
    monkeypatch.setattr(synthetic, "STEPS", 100)
    assert train_on_synthetic(real, (mnist.y_train[:N] + 1) % 10, seed=1) < 0.1


def test_training_leaves_a_readers_seeds_and_layer_names_alone(real, monkeypatch):
    import keras

    monkeypatch.setattr(synthetic, "STEPS", 1)

    def readers_layer(before):
        keras.utils.clear_session()
        keras.utils.set_random_seed(3)
        before()
        layer = keras.layers.Dense(2)
        layer.build((None, 3))
        return layer.name, keras.optimizers.Adam().name, layer.get_weights()[0].tolist()

    assert readers_layer(lambda: None) == readers_layer(lambda: train_on_synthetic(real[:64], np.zeros(64, int)))


def test_images_and_labels_are_not_changed(real, monkeypatch):
    monkeypatch.setattr(synthetic, "STEPS", 1)
    images, labels = real[:64].copy(), np.arange(64) % 10
    train_on_synthetic(images, labels)
    np.testing.assert_array_equal(images, real[:64])
    np.testing.assert_array_equal(labels, np.arange(64) % 10)


@pytest.mark.parametrize(
    "spoil, sentence",
    [
        (lambda x, y: (x, y[:-1]), r"labels has the shape \(99,\) for 100 images, wanted one digit"),
        (lambda x, y: (x, np.eye(10)[y]), r"labels has the shape \(100, 10\), which looks like one-hot, .*argmax"),
        (lambda x, y: (x, y.astype("float32")), r"labels has the type float32, .* labels.astype\(int\)"),
        (lambda x, y: (x, y.astype(str)), "labels has the type <U"),
        (lambda x, y: (x, y - 1), r"labels lie in \[-1, 8\]"),
        (lambda x, y: (x, y + 1), r"labels lie in \[1, 10\]"),
        (lambda x, y: (x[:63], y[:63]), "images has 63 images, wanted at least 64"),
        (lambda x, y: (np.uint8(x), y), "images is uint8"),
        (lambda x, y: (x + np.nan, y), "images has values that are NaN or infinite"),
        (lambda x, y: (x[:, :14], y), r"images has the shape \(100, 14, 28\)"),
    ],
)
def test_what_does_not_fit_is_named(real, spoil, sentence):
    with pytest.raises(BadInput, match=sentence):
        train_on_synthetic(*spoil(real[:100], np.arange(100) % 10))


@pytest.mark.parametrize(
    "n, sentence", [(63, "n is 63, wanted a whole number from 64 up"), (60_001, "n is 60,001, wanted at most 60,000")]
)
def test_an_anchor_that_cannot_be_had_is_named(n, sentence):
    with pytest.raises(BadInput, match=sentence):
        train_on_real(n)
