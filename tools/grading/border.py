"""What stands in for a student's function where it is judged: a call goes to the jail, and a value comes back.

`checks.engine.sandbox` calls every answer through one door, so the checks do not know that the answer is elsewhere.
"""

import builtins
import functools
import math
import warnings

import numpy as np

from ganhacks.checks.engine.exercise import Wrong
from ganhacks.checks.engine.sandbox import AnswerRaised, CannotCross, Elsewhere
from tools.grading import graphs, wire
from tools.grading.jail import Ended

WARNINGS = (UserWarning, DeprecationWarning, FutureWarning, RuntimeWarning, SyntaxWarning)


class Raised(Exception):
    """What a student's code raised: of each name a class, derived from that of Python which is among its bases."""


@functools.cache
def _kind(names):
    """Return a class of exceptions. names: of it and of its bases, as the jail tells them."""
    for name in names:
        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception) and kind is not Exception:
            return type(names[0], (kind, Raised), {})
    return type(names[0] if names else "Raised", (Raised,), {})


def _exception(names, said):
    """Return an exception of this name, with this text."""
    try:
        return _kind(tuple(str(name)[:80] for name in names))(said)
    except TypeError:  # of UnicodeDecodeError, say, a text alone makes none
        return Raised(said)


class Outside(Elsewhere):
    """A function of the student's, in a jail. name: its name there. seconds: that a call may take.

    ended: the `Ended` that a call met, if one did. lacked_memory: whether a call raised a MemoryError.
    """

    def __init__(self, jail, name, seconds):
        self.jail, self.name, self.seconds, self.ended = jail, name, seconds, None
        self.__name__, self.lacked_memory = name, False
        self.first, self.n_taped = True, 0
        self.raised, self.results, self.networks = [], [], []

    def in_line(self):
        return self.jail.in_line()

    def __call__(self, *args):
        if self.ended:
            raise CannotCross(self.ended.said)
        taped, traced = _asked_of(args)
        if traced:
            return self._traced(args)
        functions = []
        teller = wire.Teller(lambda function: _told_function(function, functions))
        try:
            told = [teller.told(arg) for arg in args]
        except wire.Untold as why:
            raise CannotCross(f"{why} cannot be sent") from None

        def called(message):
            return self._called_back(functions, message)

        try:
            question = {"ask": "call", "name": self.name, "args": told, "first": self.first, "taped": taped}
            answer = self._ask(question, called)
        finally:
            self.first = False
        if taped and answer.get("outcome") == "returned":
            self.n_taped += 1
            return self._result(answer, teller, self._joined(self.n_taped - 1, teller.tensors))
        return self._result(answer, teller)

    def _ask(self, question, called=None):
        """Return the jail's answer. Raises CannotCross where it ended."""
        try:
            return self.jail.ask(question, self.seconds, called)
        except Ended as ended:
            self.ended = ended
            raise CannotCross(ended.said) from None

    def _joined(self, number, inputs):
        """Return a function (tensor, its number) that makes of one of a taped call's results one with a gradient."""
        import tensorflow as tf

        def joined(output, which):
            @tf.custom_gradient
            def join(*inputs):
                def gradient(upstream):
                    asked = {"number": number, "output": which, "upstream": np.asarray(upstream)}
                    found = self._ask({"ask": "gradient", **asked}).get("gradients")
                    self._require(isinstance(found, list) and len(found) == len(inputs))
                    return [self._gradient(one, tensor) for one, tensor in zip(found, inputs)]

                return tf.identity(output), gradient

            return join(*inputs) if inputs else output

        return joined

    def _gradient(self, found, tensor):
        import tensorflow as tf

        self._require(found is None or isinstance(found, np.ndarray) and found.shape == tuple(tensor.shape))
        return None if found is None else tf.constant(found, tensor.dtype)

    def _require(self, fits, why=""):
        """Raise CannotCross where what came over the border is not of the kind that was asked for."""
        if not fits:
            self.jail.end("tampered")
            self.ended = Ended("tampered", f"It wrote to the judge's own channel{why}.")
            raise CannotCross(self.ended.said) from None

    def _traced(self, args):
        """Put the graph of the function, as the jail traced it, into the one that is being traced here."""
        teller = graphs.Symbols()
        try:
            told = [teller.told(arg) for arg in args]
        except wire.Untold as why:
            raise CannotCross(f"{why} cannot be sent") from None
        answer = self._ask({"ask": "trace", "name": self.name, "args": told})
        if answer.get("outcome") == "returned":
            try:
                return graphs.put(answer, teller.tensors)
            except graphs.Foreign as why:
                raise CannotCross(str(why)) from None
            except (wire.BadMessage, KeyError, TypeError, ValueError, AttributeError):
                self._require(False)
        return self._result(answer, teller)

    def _result(self, answer, teller, joined=None):
        outcome = answer.get("outcome")
        if outcome == "elsewhere" and answer.get("number") in range(len(self.raised)):
            raise self.raised[answer["number"]]
        if outcome == "uncrossed":
            raise CannotCross(f"{_text(answer.get('said'))} cannot be sent")
        if outcome == "refused":
            raise Wrong("wrong_arguments", reason=_text(answer.get("said")))
        if outcome in ("raised", "memory"):
            self.lacked_memory |= outcome == "memory"
            said = _text(answer.get("said"))
            raise AnswerRaised(_exception(answer.get("names"), said), said, _text(answer.get("where")))
        try:
            if answer.get("printed"):
                print(_text(answer["printed"]), end="")
            for name, text in answer["warned"]:
                kind = getattr(builtins, str(name), UserWarning)
                warnings.warn(_text(text), kind if kind in WARNINGS else UserWarning, stacklevel=2)
            if outcome == "untold":
                raise CannotCross(f"{_text(answer.get('said'))} cannot come back")
            for state, value in zip(teller.states, answer["states"], strict=True):
                wire.put_state(state, value)
            for number, array in answer["changed"]:
                _become(teller.arrays[number], array)
            return self._value(answer["value"], teller, joined)
        except wire.Untold as why:
            raise CannotCross(f"{why} cannot come back") from None
        except (wire.BadMessage, KeyError, TypeError, ValueError, IndexError, AttributeError) as bad:
            self._require(False, f" ({type(bad).__name__})")

    def _value(self, told, teller, joined):
        if isinstance(told, dict) and told.get("is") == "argument":
            return teller.states[told["state"]]

        def network(told):
            former = [*self.networks, *hearer.made][told["number"]]
            wire.put_state(former, told["value"])
            return former

        def shared(told):
            argument = teller.arrays[told["argument"]]
            if not argument.flags.c_contiguous:  # as it is over there, so that places are the same
                raise wire.Untold("a view of an array that is not contiguous")
            dtype = np.dtype(told["dtype"])
            # NumPy sees to it that the view stays within the argument; one that repeats a value could still be endless.
            fits = math.prod(told["shape"]) * dtype.itemsize <= wire.MOST_ARRAYS
            self._require(fits and dtype.kind in wire.NUMBERS + "US")
            return np.ndarray(told["shape"], dtype, argument, told["offset"], told["strides"])

        def again(told):
            former = self.results[told["result"]]
            if former.shape != told["value"].shape or former.dtype != told["value"].dtype:
                return told["value"]
            former[...] = told["value"]
            return former

        hearer = wire.Hearer(others={"shared": shared, "again": again, "network": network})
        value = hearer.heard(told)
        self.results = [*self.results, *hearer.arrays][-wire.KEPT :]
        self.networks += hearer.made
        if joined is None or not hearer.tensors:
            return value
        tensors = iter([joined(tensor, which) for which, tensor in enumerate(hearer.tensors)])
        return wire.Hearer(others={"tensor": lambda told: next(tensors)}).heard(told)

    def _called_back(self, functions, message):
        """Call a function of ours for the student's code, and return the reply."""
        function = functions[message["function"]]
        hearer = wire.Hearer()
        try:
            args = [hearer.heard(arg) for arg in message["args"]]
            named = {name: hearer.heard(arg) for name, arg in message["named"].items()}
            return {"value": wire.Teller().told(function(*args, **named))}
        except wire.Untold:
            raise CannotCross("what a function of the check returns cannot be sent") from None
        except (CannotCross, wire.BadMessage):
            raise
        except BaseException as raised:  # goes through the student's code, and comes out again where it was called
            self.raised.append(raised)
            return {"raised": len(self.raised) - 1}


def _become(array, other):
    """Give an array another one's values, and its shape and type, which code can change in place too."""
    if (array.shape, array.dtype) != (other.shape, other.dtype):
        if not array.flags.c_contiguous:
            raise wire.Untold("an array that has another shape or type now, and is not contiguous here")
        array.dtype = other.dtype
        array.shape = other.shape
    array[...] = other


def _asked_of(args):
    """Tell whether gradients may be asked for of a call, and whether it is part of a graph that is being traced."""
    if not any(_is_tensor(arg) for arg in args):
        return False, False
    import tensorflow as tf
    from tensorflow.python.eager import record

    return record.could_possibly_record(), not tf.executing_eagerly()


def _is_tensor(arg):
    parts = arg if isinstance(arg, (tuple, list)) else [arg]
    return any(type(part).__module__.split(".")[0] in ("tensorflow", "keras") for part in parts)


def _told_function(function, functions):
    functions.append(function)
    return {"is": "function", "number": len(functions) - 1, "name": getattr(function, "__name__", "function")}


def _text(value):
    return str(value)[:2000] if value is not None else ""
