"""What stands in for a student's function where it is judged: a call goes to the jail, and a value comes back.

`checks.engine.sandbox` calls every answer through one door, so the checks do not know that the answer is elsewhere.
"""

import builtins
import warnings

from ganhacks.checks.engine.exercise import Wrong
from ganhacks.checks.engine.sandbox import AnswerRaised, CannotCross
from tools.grading import wire
from tools.grading.jail import Ended

WARNINGS = (UserWarning, DeprecationWarning, FutureWarning, RuntimeWarning, SyntaxWarning)


class Raised(Exception):
    """What a student's code raised, where Python itself has no such exception."""


def _exception(names, said):
    """Return an exception of the first of these classes that is one of Python's own. names: as the jail tells them."""
    for name in names if isinstance(names, list) else ():
        kind = getattr(builtins, name, None) if isinstance(name, str) else None
        if isinstance(kind, type) and issubclass(kind, Exception) and kind is not Exception:
            try:
                return kind(said)
            except TypeError:  # UnicodeDecodeError wants more than a text
                break
    return Raised(said)


class Outside:
    """A function of the student's, in a jail. name: its name there. seconds: that a call may take.

    ended: the `Ended` that a call met, if one did. lacked_memory: whether a call raised a MemoryError.
    """

    def __init__(self, jail, name, seconds):
        self.jail, self.name, self.seconds, self.ended = jail, name, seconds, None
        self.__name__, self.lacked_memory = name, False
        self.first = True
        self.raised, self.results, self.networks = [], [], []

    def __call__(self, *args):
        if self.ended:
            raise CannotCross(self.ended.said)
        _require_values(args)
        functions = []
        teller = wire.Teller(lambda function: _told_function(function, functions))
        try:
            told = [teller.told(arg) for arg in args]
        except wire.Untold as why:
            raise CannotCross(f"{why} cannot be sent") from None

        def called(message):
            return self._called_back(functions, message)

        try:
            question = {"ask": "call", "name": self.name, "args": told, "first": self.first}
            answer = self.jail.ask(question, self.seconds, called)
            self.first = False
        except Ended as ended:
            self.ended = ended
            raise CannotCross(ended.said) from None
        return self._result(answer, teller)

    def _result(self, answer, teller):
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
            for state, value in zip(teller.states, answer["states"], strict=True):
                wire.put_state(state, value)
            for number, array in answer["changed"]:
                teller.arrays[number][...] = array
            if outcome == "untold":
                raise CannotCross(f"{_text(answer.get('said'))} cannot come back")
            return self._value(answer["value"], teller)
        except wire.Untold as why:
            raise CannotCross(f"{why} cannot come back") from None
        except (wire.BadMessage, KeyError, TypeError, ValueError, IndexError, AttributeError) as bad:
            self.jail.end("tampered")
            self.ended = Ended("tampered", f"It wrote to the judge's own channel ({type(bad).__name__}).")
            raise CannotCross(self.ended.said) from None

    def _value(self, told, teller):
        if isinstance(told, dict) and told.get("is") == "argument":
            return teller.states[told["state"]]

        def network(told):
            former = self.networks[told["number"]]
            wire.put_state(former, told["value"])
            return former

        def shared(told):
            # Where it lies in the argument is no matter: that it does is what a check looks for.
            array, argument = told["value"], teller.arrays[told["argument"]]
            if array.nbytes > argument.nbytes:
                return array
            same = array.shape == argument.shape and array.dtype == argument.dtype
            view = (
                argument
                if same
                else argument.reshape(-1).view("uint8")[: array.nbytes].view(array.dtype).reshape(array.shape)
            )
            view[...] = array
            return view

        def again(told):
            former = self.results[told["result"]]
            if former.shape != told["value"].shape or former.dtype != told["value"].dtype:
                return told["value"]
            former[...] = told["value"]
            return former

        hearer = wire.Hearer(others={"shared": shared, "again": again, "network": network})
        value = hearer.heard(told)
        self.results = [*self.results, *hearer.arrays][-256:]
        self.networks += hearer.made
        return value

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


def _require_values(args):
    """Raise CannotCross where a call wants more than a value: a gradient through it, or a place in a compiled loop."""
    if not any(_is_tensor(arg) for arg in args):
        return
    import tensorflow as tf
    from tensorflow.python.eager import record

    if not tf.executing_eagerly() or record.could_possibly_record():
        raise CannotCross("a gradient, or a compiled loop, goes through the answer")


def _is_tensor(arg):
    parts = arg if isinstance(arg, (tuple, list)) else [arg]
    return any(type(part).__module__.split(".")[0] in ("tensorflow", "keras") for part in parts)


def _told_function(function, functions):
    functions.append(function)
    return {"is": "function", "number": len(functions) - 1, "name": getattr(function, "__name__", "function")}


def _text(value):
    return str(value)[:2000] if value is not None else ""
