"""Values cross the border as they are, and nothing crosses that could run code where answers are judged."""

import io

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tools.grading import wire


def across(value):
    """Send a value through bytes, and return what arrives."""
    stream = io.BytesIO()
    wire.send(stream, {"value": wire.Teller().told(value)})
    stream.seek(0)
    return wire.Hearer().heard(wire.receive(stream.read)["value"])


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 7, -(2**70), 0.1, float("inf"), "ä😀", np.float32(0.1), np.int64(3), np.bool_(True)),
        *((1, "a", [2.5, None]), {"a": (1, 2), 3: []}, {1, 2}),
        *(np.arange(6, dtype="uint8").reshape(2, 3), np.zeros((0, 4)), np.array(2.5), np.array(["x", "yz"])),
        (np.arange(12.0).reshape(3, 4).T, [np.eye(2, dtype="float32")]),
    ],
    ids=repr,
)
def test_a_value_arrives_as_it_was(value):
    arrived = across(value)

    def same(one, other):
        assert type(one) is type(other)
        if isinstance(one, (np.ndarray, np.generic)):
            assert one.dtype == other.dtype and one.shape == other.shape and np.array_equal(one, other)
        elif isinstance(one, (tuple, list)):
            assert len(one) == len(other)
            for a, b in zip(one, other):
                same(a, b)
        else:
            assert one == other

    same(arrived, value)


def test_nan_and_tensors_arrive():
    assert np.isnan(across(float("nan")))
    arrived = across(tf.constant([[1.5], [2]]))
    assert tf.is_tensor(arrived) and arrived.dtype == tf.float32 and arrived.numpy().tolist() == [[1.5], [2]]
    assert across(tf.constant(3)).shape == ()


@pytest.mark.parametrize("bits", [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64])
def test_a_generator_goes_on_where_it_was_there_and_then_here(bits):
    rng = np.random.Generator(bits(3))
    rng.random(5)
    there = across(rng)
    there.standard_normal(7)
    wire.put_state(rng, wire.state_of(there))
    assert rng.random() == there.random()


def networks():
    inputs = keras.Input((4,))
    both = layers.Concatenate()([layers.Dense(3)(inputs), inputs])
    yield keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="relu"), layers.BatchNormalization()])
    yield keras.Sequential([layers.Dense(3, kernel_initializer=keras.initializers.RandomNormal(stddev=0.02))])
    yield keras.Model(inputs, layers.LeakyReLU(negative_slope=0.2)(both) * 2)
    yield keras.Sequential(
        [keras.Input((4,)), layers.Dropout(0.5), keras.Sequential([keras.Input((4,)), layers.Dense(2)])]
    )


@pytest.mark.parametrize("model", [*networks()], ids=["sequential", "not built", "functional", "nested"])
def test_a_network_of_kerass_own_layers_computes_the_same(model):
    arrived = across(model)
    x = np.random.default_rng(0).standard_normal((5, 4), "float32")
    if not model.built:
        assert not arrived.built
        model(x), arrived(x)
        arrived.set_weights(model.get_weights())
    assert [weight.shape for weight in arrived.weights] == [weight.shape for weight in model.weights]
    np.testing.assert_allclose(arrived(x), model(x), rtol=1e-6)
    assert arrived.count_params() == model.count_params()


def test_an_optimizer_arrives_with_its_settings():
    schedule = keras.optimizers.schedules.CosineDecay(1e-3, 100)
    assert across(keras.optimizers.Adam(2e-4, beta_1=0.5)).get_config()["beta_1"] == 0.5
    assert float(across(keras.optimizers.SGD(schedule)).learning_rate) == pytest.approx(1e-3)


class Own(layers.Layer):
    def call(self, inputs):
        return inputs


@pytest.mark.parametrize(
    "value",
    [
        *(object(), lambda: 1, open, np.array([object()]), np.ma.masked_array([1], [True]), type("T", (tuple,), {})()),
        *(keras.Sequential([keras.Input((2,)), layer]) for layer in (Own(), layers.Lambda(lambda x: x))),
        *(tf.Variable(1.0), tf.constant("text"), keras.Input((2,)), layers.Dense(2)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_value_or_not_kerass_own_does_not_leave(value):
    with pytest.raises(wire.Untold):
        wire.Teller().told(value)


EVIL = {
    "a module of Python": {"module": "os", "class_name": "system", "config": {}, "registered_name": None},
    "a function": {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"},
    "a lambda layer": {"module": "keras.layers", "class_name": "Lambda", "config": {}, "registered_name": None},
    "a registered class": {"module": "keras.layers", "class_name": "Dense", "config": {}, "registered_name": "x>Evil"},
    "inside of a list": {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"layers": [{"module": "subprocess", "class_name": "Popen", "config": {"args": "true"}}]},
        "registered_name": None,
    },
}


@pytest.mark.parametrize("config", EVIL.values(), ids=EVIL)
def test_a_configuration_that_names_something_else_than_keras_is_not_made(config):
    with pytest.raises(wire.BadMessage, match="in it"):
        wire.Hearer().heard({"is": "model", "config": config, "value": {"variables": [], "trainable": []}})


@pytest.mark.parametrize(
    "told",
    [
        {"is": "pickle", "value": 1},
        {"is": "function", "number": 0, "name": "f"},
        {"is": "rng", "value": {"bit_generator": "os"}},
        {"is": "rng", "value": {"bit_generator": "PCG64", "state": "none"}},
    ],
    ids=lambda told: told["is"],
)
def test_what_nobody_told_is_a_bad_message(told):
    with pytest.raises(wire.BadMessage):
        wire.Hearer().heard(told)


def test_an_optimizer_that_cannot_be_made_stays_where_it_is():
    config = {"class_name": "Adam", "module": "keras.optimizers", "config": {"x": 1}}
    with pytest.raises(wire.Untold, match="cannot be made anew"):
        wire.Hearer().heard({"is": "optimizer", "config": config})


@pytest.mark.parametrize(
    "data",
    [
        wire.HEAD.pack(2**40, 0),
        wire.HEAD.pack(0, 2**40),
        wire.HEAD.pack(3, 0) + b"{x}",
        wire.HEAD.pack(35, 0) + b'{"value": {"$array": ["|O", [100]]}}'[:35],
        wire.HEAD.pack(len(b'{"v": {"$array": ["<f8", [9]]}}'), 8) + b'{"v": {"$array": ["<f8", [9]]}}' + bytes(8),
    ],
    ids=["long text", "long arrays", "no JSON", "objects", "more numbers than there are"],
)
def test_bytes_that_are_no_message_are_told(data):
    with pytest.raises(wire.BadMessage):
        wire.receive(io.BytesIO(data).read)
