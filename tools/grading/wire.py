"""Values as bytes, for both sides of the border: JSON, and the plain memory of arrays. Nothing is ever unpickled.

A message is a dict; on its way its arrays lie behind the JSON, one after the other. Networks and optimizers travel as
Keras' configuration and arrays, and only if all of their parts are Keras' own.
"""

import inspect
import json
import struct

import numpy as np

HEAD = struct.Struct("<QQ")  # lengths of the JSON and of the arrays behind it, in bytes
MOST_TEXT, MOST_ARRAYS = 64_000_000, 512_000_000
KEPT = 256  # results that both sides remember, to see whether a later one shares their memory
DEEPEST = 20  # lists in lists
NUMBERS = "biufc"
GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")

#: from which of Keras' modules parts of a network may come, and which of them hold code of somebody's own
KERAS = ("keras", "keras.layers", "keras.initializers", "keras.activations", "keras.regularizers", "keras.constraints")
KERAS += ("keras.optimizers", "keras.optimizers.schedules", "keras.src.models.functional", "keras.random", "builtins")
OF_SOMEBODY = {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "function"}


class Untold(Exception):
    """A value that cannot be told in bytes. It says what it is."""


class BadMessage(Exception):
    """What came over the border is no message."""


# ---- messages


def send(stream, message):
    """Write a message, a dict of plain values and NumPy arrays, to a binary stream."""
    blobs = []

    def plain(value):
        if isinstance(value, np.ndarray):
            array = np.ascontiguousarray(value)
            blobs.append(array.tobytes())
            return {"$array": [array.dtype.str, list(value.shape)]}
        if isinstance(value, dict):
            return {name: plain(part) for name, part in value.items()}
        return [plain(part) for part in value] if isinstance(value, list) else value

    text = json.dumps(plain(message)).encode()
    stream.write(HEAD.pack(len(text), sum(map(len, blobs))))
    stream.write(text)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def receive(read):
    """Return the next message. read(n): exactly n bytes, or raises. Raises BadMessage for anything else."""
    n_text, n_arrays = HEAD.unpack(read(HEAD.size))
    if n_text > MOST_TEXT or n_arrays > MOST_ARRAYS:
        raise BadMessage(f"a message of {n_text + n_arrays:,} bytes")
    text, arrays = read(n_text), read(n_arrays)
    at = 0

    def whole(value):
        nonlocal at
        if isinstance(value, list):
            return [whole(part) for part in value]
        if not isinstance(value, dict):
            return value
        if "$array" not in value:
            return {name: whole(part) for name, part in value.items()}
        kind, shape = value["$array"]
        dtype = np.dtype(kind)
        if dtype.kind not in NUMBERS + "US":
            raise BadMessage(f"an array of {dtype}")
        count = int(np.prod(shape, dtype="int64"))
        array = np.frombuffer(arrays, dtype, count, at).reshape(shape).copy()
        at += array.nbytes
        return array

    try:
        return whole(json.loads(text))
    except BadMessage:
        raise
    except Exception as error:
        raise BadMessage(f"{type(error).__name__}: {error}"[:200]) from None


# ---- values


class Teller:
    """Turns values into what a message may hold, and notes what the other side has to know by a number.

    arrays, states, tensors: the arrays, the generators and networks, and the tensors that were told. function(value):
    how to tell a function; raises Untold where none may cross.
    """

    def __init__(self, function=None):
        self.arrays, self.states, self.tensors, self.function = [], [], [], function

    def told(self, value, depth=0):
        """Return a value as a message may hold it. Raises Untold."""
        if depth > DEEPEST:
            raise Untold("something nested very deeply")
        if value is None or type(value) in (bool, int, float, str):
            return value
        if isinstance(value, np.ndarray) and value.dtype.kind in NUMBERS + "US" and type(value) is np.ndarray:
            self.arrays.append(value)
            return {"is": "array", "value": value}
        if isinstance(value, np.generic) and value.dtype.kind in NUMBERS + "US":
            return {"is": "scalar", "value": np.asarray(value)}
        if type(value) in (tuple, list, set):
            parts = sorted(value, key=repr) if type(value) is set else value
            return {"is": type(value).__name__, "value": [self.told(part, depth + 1) for part in parts]}
        if type(value) is dict:
            pairs = [[self.told(part, depth + 1) for part in pair] for pair in value.items()]
            return {"is": "dict", "value": pairs}
        if isinstance(value, np.random.Generator):
            return self._state({"is": "rng", "value": state_of(value)}, value)
        return self._of_libraries(value, depth)

    def _state(self, told, value):
        self.states.append(value)
        return told

    def _of_libraries(self, value, depth):
        kind = type(value).__module__.split(".")[0]
        if kind in ("tensorflow", "keras"):
            import keras
            import tensorflow as tf

            if isinstance(value, tf.Tensor) and hasattr(value, "numpy"):
                self.tensors.append(value)
                return {"is": "tensor", "value": _numbers(np.asarray(value.numpy()))}
            if isinstance(value, keras.Model):
                return self._state({"is": "model", "config": config_of(value), "value": state_of(value)}, value)
            if isinstance(value, keras.optimizers.Optimizer) and not value.built:
                return {"is": "optimizer", "config": config_of(value)}
        if kind == "ganhacks" and type(value).__name__ == "Run":
            parts = {name: self.told(part, depth + 1) for name, part in vars(value).items()}
            return {"is": "run", "value": parts}
        if self.function is not None and inspect.isroutine(value):
            return self.function(value)
        raise Untold(f"a {type(value).__name__}")


class Hearer:
    """Makes values of what a Teller told. arrays, states, tensors: as in `Teller`, in the same order.

    made: the networks and optimizers among them. function(told): makes a function. others: kind -> what makes a value.
    """

    def __init__(self, function=None, others=None):
        self.arrays, self.states, self.tensors, self.made = [], [], [], []
        self.function, self.others = function, others or {}

    def heard(self, told):
        """Return the value. Raises BadMessage, and Untold for a network that its configuration does not make."""
        if not isinstance(told, dict):
            return told
        kind, value = told.get("is"), told.get("value")
        if kind in self.others:
            return self.others[kind](told)
        if kind == "array":
            self.arrays.append(value)
            return value
        if kind == "scalar":
            return value[()]
        if kind in ("tuple", "list", "set"):
            return {"tuple": tuple, "list": list, "set": set}[kind](map(self.heard, value))
        if kind == "dict":
            return {self.heard(name): self.heard(part) for name, part in value}
        if kind == "rng":
            return self._state(_generator(value))
        if kind == "tensor":
            import tensorflow as tf

            self.tensors.append(tf.constant(value))
            return self.tensors[-1]
        if kind in ("optimizer", "model"):
            self.made.append(_made(told))
            return self._state(self.made[-1]) if kind == "model" else self.made[-1]
        if kind == "run":
            from ganhacks.evidence.recordings import Run

            return Run(**{name: self.heard(part) for name, part in value.items()})
        if kind == "function" and self.function is not None:
            return self.function(told)
        raise BadMessage(f"a value of kind {kind!r}")

    def _state(self, value):
        self.states.append(value)
        return value


def _numbers(array):
    if array.dtype.kind not in NUMBERS:
        raise Untold(f"a tensor of {array.dtype}")
    return array


# ---- what changes under a call: generators, networks


def state_of(value):
    """Return what a call may change of a generator or a network, as a message may hold it."""
    if isinstance(value, np.random.Generator):
        state = value.bit_generator.state
        return json.loads(json.dumps(state, default=lambda array: {"words": array.tolist()}))
    variables = [np.asarray(variable) for variable in value.variables]
    trainable = [layer.trainable for layer in value.layers] if hasattr(value, "layers") else []
    return {"variables": variables, "trainable": trainable}


def put_state(value, state):
    """Give a generator or a network the state that the other side tells of it. Raises BadMessage."""
    try:
        if isinstance(value, np.random.Generator):
            value.bit_generator.state = _words(state)
            return
        for layer, trainable in zip(getattr(value, "layers", ()), state["trainable"]):
            if layer.trainable != trainable:
                layer.trainable = bool(trainable)
        for variable, array in zip(value.variables, state["variables"], strict=True):
            variable.assign(array)
    except Exception as error:
        raise BadMessage(f"a state that does not fit ({type(error).__name__})") from None


def _words(state):
    if isinstance(state, dict):
        return (
            np.array(state["words"], "uint64") if set(state) == {"words"} else {n: _words(p) for n, p in state.items()}
        )
    return state


def _generator(state):
    name = state.get("bit_generator")
    if name not in GENERATORS:
        raise BadMessage(f"a generator of kind {name!r}")
    rng = np.random.Generator(getattr(np.random, name)())
    put_state(rng, state)
    return rng


def config_of(value):
    """Return Keras' configuration of a network or an optimizer. Raises Untold if a part of it is not Keras' own."""
    import keras

    try:
        config = json.loads(json.dumps(keras.saving.serialize_keras_object(value)))
    except Exception as error:
        raise Untold(f"a {type(value).__name__} without a configuration ({type(error).__name__})") from None
    config.pop("compile_config", None)
    foreign = next(_foreign(config), None)
    if foreign:
        raise Untold(f"a {type(value).__name__} with {foreign} in it")
    return config


def _foreign(config):
    """Yield the names of the parts of a configuration that are not Keras' own, or that hold code."""
    if isinstance(config, list):
        for part in config:
            yield from _foreign(part)
    elif isinstance(config, dict):
        if "class_name" in config and "config" in config:
            name, module = config["class_name"], config.get("module")
            own = config.get("registered_name") in (None, name, *([] if module is None else [f"keras>{name}"]))
            known = module in (*KERAS, None) or str(module).startswith("keras.src.ops.")
            if not known or not isinstance(name, str) or name in OF_SOMEBODY or not own:
                yield f"{module}.{name}"
        for part in config.values():
            yield from _foreign(part)


def _made(told):
    import keras

    config = told["config"]
    foreign = next(_foreign(config), None)
    if foreign:
        raise BadMessage(f"a network with {foreign} in it")
    try:
        made = keras.saving.deserialize_keras_object(config, safe_mode=True)
    except Exception as error:
        raise Untold(f"a {told['is']} that cannot be made anew ({type(error).__name__})") from None
    if told["is"] == "model" and made.variables:
        put_state(made, told["value"])
    return made
