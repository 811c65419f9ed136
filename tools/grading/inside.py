"""The student's side of the border: runs their cells in the jail, then calls their functions when it is asked to.

It reads questions from its standard input and writes answers to its standard output, in turns. Nothing that it says is
trusted: it can only return values, and whoever asked decides what they are worth.
"""

import ast
import contextlib
import io
import json
import os
import resource
import sys
import traceback
import warnings

import numpy as np

from tools.grading import wire

PRINTED = 300  # characters of printing that a verdict repeats


class Elsewhere(BaseException):
    """A function on the other side raised. number: of the exception, which is there."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


class Uncrossed(BaseException):
    """Something was handed to a function on the other side that cannot be sent there."""


class Student:
    """The student's names, and what was returned before. channel: (read, stream), to the other side."""

    def __init__(self, read, stream):
        self.read, self.stream = read, stream
        self.names = {"__name__": "__main__", "display": lambda *things: None}
        self.results, self.networks, self.tapes = [], [], []

    def serve(self):
        """Answer questions until there are no more."""
        answers = {"run": self.run, "has": self.has, "call": self.call, "judge": self.judge}
        answers |= {"gradient": self.gradient, "trace": self.trace}
        while True:
            question = wire.receive(self.read)
            wire.send(self.stream, answers[question["ask"]](question))

    # ---- cells

    def run(self, question):
        """Run a cell, and return what was raised, in one line, or "".

        imports: whether it is one of the course's: its statements run one by one, and those that fail are left out.
        """
        number, source = question["number"], question["source"]
        name = f"<cell {number}>"
        _remember(name, source)
        try:
            tree = ast.parse(source, name)
            parts = [ast.Module([statement], []) for statement in tree.body] if question["imports"] else [tree]
        except SyntaxError as error:
            return {"raised": f"SyntaxError: {error.msg} (line {error.lineno} of your cell)"}
        raised = ""
        for part in parts:
            try:
                exec(compile(part, name, "exec"), self.names)
            except (Exception, SystemExit, KeyboardInterrupt) as error:
                raised = _told_error(error)[0] + _told_error(error)[1]
                if not question["imports"]:
                    break
        return {"raised": raised}

    def has(self, question):
        """Say what stands under a name: whether it is there, whether it is no function, and what it is."""
        from ganhacks.checks.engine.sandbox import misfit
        from ganhacks.checks.engine.values import told

        if question["name"] not in self.names:
            return {"there": False}
        value = self.names[question["name"]]
        blank = value is None or value is ...
        return {"there": True, "misfit": misfit(value), "blank": blank, "told": str(told(value))[:200]}

    def judge(self, question):
        """Judge an answer here, where it can tamper with its judge; without a name, only load what judging takes."""
        from ganhacks.checks.engine.exercise import exercises_of
        from ganhacks.checks.engine.lab import MISSING, verdict_on

        exercises = exercises_of(question["lab"])
        if question["name"] is None:
            return {}
        verdict = verdict_on(exercises[question["name"]], self.names.get(question["name"], MISSING))
        return {name: getattr(verdict, name) for name in ("outcome", "message", "misconception")}

    # ---- calls

    def call(self, question):
        """Call a function with arguments, and tell what came of it: a value, or what was raised.

        first: whether it is the first call for an answer, to which nothing was returned before. taped: whether somebody
        may ask for gradients afterwards.
        """
        if question["first"]:
            self.results, self.networks, self.tapes = [], [], []
        hearer = wire.Hearer(self._stub)
        args = [hearer.heard(one) for one in question["args"]]
        before = [array.copy() for array in hearer.arrays]
        tape = _tape(hearer.tensors) if question["taped"] else contextlib.nullcontext()
        told, result = self._called(question["name"], args, tape)
        if told["outcome"] != "returned":
            return told
        told["states"] = [wire.state_of(state) for state in hearer.states]
        told["changed"] = [
            [number, array]
            for number, (array, old) in enumerate(zip(hearer.arrays, before))
            if not np.array_equal(array, old, equal_nan=array.dtype.kind in "fc")
        ]
        try:
            told["value"], tensors = self._told_result(result, hearer)
        except wire.Untold as why:
            return {**told, "outcome": "untold", "said": str(why)}
        if question["taped"]:
            self.tapes.append((tape, hearer.tensors, tensors))
        return told

    def gradient(self, question):
        """Return the gradients of a result of a taped call by each of its tensors. upstream: by that result."""
        import tensorflow as tf

        tape, inputs, outputs = self.tapes[question["number"]]
        output, upstream = outputs[question["output"]], tf.constant(question["upstream"])
        found = tape.gradient(output, inputs, output_gradients=upstream)
        return {"gradients": [None if one is None else np.asarray(tf.convert_to_tensor(one)) for one in found]}

    def trace(self, question):
        """Return the graph of a function, for arguments of which some are known by shape and type alone."""
        import tensorflow as tf

        hearer = wire.Hearer(others={"symbol": lambda told: tf.TensorSpec(told["shape"], told["dtype"])})
        args = [hearer.heard(one) for one in question["args"]]
        compiled = tf.function(self.names[question["name"]], autograph=False).get_concrete_function
        told, concrete = self._called(None, args, contextlib.nullcontext(), compiled)
        if told["outcome"] != "returned":
            return told
        try:
            if any(tensor.dtype in (tf.resource, tf.variant) for tensor in concrete.captured_inputs):
                raise wire.Untold("a function that keeps variables")
            told["captured"] = [np.asarray(tensor) for tensor in concrete.captured_inputs]
            told["value"] = _Outputs().told(concrete.structured_outputs)
        except wire.Untold as why:
            return {**told, "outcome": "untold", "said": str(why)}
        told["graph"] = np.frombuffer(concrete.graph.as_graph_def().SerializeToString(), "uint8")
        told["inputs"] = [tensor.name for tensor in concrete.inputs]
        return told

    def _called(self, name, args, tape, function=None):
        """Call a function, and return what to tell of it, and its result if it has one."""
        function, printed = function or self.names[name], io.StringIO()
        out, err = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = printed, io.StringIO()
        try:
            with warnings.catch_warnings(record=True) as warned, tape:
                warnings.simplefilter("always")
                result = function(*args)
        except Elsewhere as away:
            return {"outcome": "elsewhere", "number": away.number}, None
        except Uncrossed as why:
            return {"outcome": "uncrossed", "said": str(why)}, None
        except BaseException as error:
            from ganhacks.checks.engine.sandbox import refuses

            if isinstance(error, TypeError) and error.__traceback__.tb_next is None and refuses(function, args):
                return {"outcome": "refused", "said": _one_line(error)}, None
            said, where = _told_error(error, function)
            kind = "memory" if isinstance(error, MemoryError) else "raised"
            names = [one.__name__ for one in type(error).__mro__]
            return {"outcome": kind, "said": said, "where": where, "names": names}, None
        finally:
            sys.stdout, sys.stderr = out, err
        told = [[one.category.__name__, str(one.message)[:1000]] for one in warned[:PRINTED]]
        return {"outcome": "returned", "printed": printed.getvalue()[:PRINTED], "warned": told}, result

    def _told_result(self, result, hearer):
        """Tell a result, and return its tensors too.

        What is an argument, or a former result, or lies in the memory of one, is told as such, with its place there.
        """
        for number, state in enumerate(hearer.states):
            if result is state:
                return {"is": "argument", "state": number}, []
        teller = _Sharing(hearer.arrays, self.results, self.networks)
        told = teller.told(result)
        self.results = (self.results + teller.fresh)[-wire.KEPT :]
        return told, teller.tensors

    def _stub(self, told):
        """Return a function whose every call is made on the other side."""

        def stub(*args, **named):
            teller = wire.Teller()
            try:
                question = {"args": [teller.told(arg) for arg in args]}
                question["named"] = {name: teller.told(arg) for name, arg in named.items()}
            except wire.Untold as why:
                raise Uncrossed(str(why)) from None
            wire.send(self.stream, {"outcome": "call", "function": told["number"], **question})
            reply = wire.receive(self.read)
            if "raised" in reply:
                raise Elsewhere(reply["raised"])
            return wire.Hearer(self._stub).heard(reply["value"])

        stub.__name__ = stub.__qualname__ = told["name"]
        return stub


class _Sharing(wire.Teller):
    """Tells of arrays whether they share their memory with an argument, or with what was returned before.

    networks: the networks and optimizers that were returned before, to which new ones are added.
    """

    def __init__(self, arguments, results, networks):
        super().__init__()
        self.arguments, self.results, self.networks, self.fresh = arguments, results, networks, []

    def told(self, value, depth=0):
        for number, former in enumerate(self.networks):
            if value is former:
                return {"is": "network", "number": number, "value": wire.state_of(value)}
        told = super().told(value, depth)
        if isinstance(told, dict) and told.get("is") in ("model", "optimizer"):
            own = {id(variable) for variable in value.variables}
            if any(own & {id(variable) for variable in former.variables} for former in self.networks):
                raise wire.Untold("a network that shares layers with another one")
            self.networks.append(value)
        if isinstance(told, dict) and told.get("is") == "array":
            for number, array in enumerate(self.arguments):
                if np.shares_memory(value, array):
                    place = {"shape": list(value.shape), "strides": list(value.strides), "dtype": value.dtype.str}
                    return {"is": "shared", "argument": number, "offset": _address(value) - _address(array), **place}
            for number, array in enumerate(self.results):
                if np.may_share_memory(value, array) and np.shares_memory(value, array):
                    return {"is": "again", "result": number - len(self.results), "value": value}
            self.fresh.append(value)
        return told


def _address(array):
    return array.__array_interface__["data"][0]


class _Outputs(wire.Teller):
    """Tells the results of a traced function by their names in its graph."""

    def told(self, value, depth=0):
        if type(value).__module__.startswith("tensorflow") and hasattr(value, "graph") and not hasattr(value, "numpy"):
            return {"is": "output", "name": value.name}
        return super().told(value, depth)


def _tape(tensors):
    """Return a tape that can be asked more than once, and watches these tensors."""
    import tensorflow as tf

    tape = tf.GradientTape(persistent=True)
    tape.__enter__()
    tape.watch([tensor for tensor in tensors if tensor.dtype.is_floating])
    tape.__exit__(None, None, None)
    return tape


def _one_line(error):
    from ganhacks import blame

    return blame.one_line(error)


def _told_error(error, function=None):
    """Return what was raised in one line, and where, as ` (line 2 of your cell, ...)` or ""."""
    from ganhacks import blame

    try:
        where = blame.place(error, function)
        return blame.said(error)[:1000], f" ({where})" if where else ""
    except BaseException:
        return type(error).__name__, ""


def _remember(name, source):
    """Let tracebacks show the lines of a cell."""
    import linecache

    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)


def _limit(limits):
    """Set this process' own limits, and those of all that it starts. Hard ones, which cannot be raised again."""
    for name, value in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def main():
    limits = json.loads(sys.argv[1])
    # The channel gets numbers of its own; what the student prints goes nowhere.
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)

    def read(n):
        data = incoming.read(n)
        if len(data) < n:
            raise SystemExit
        return data

    _limit(limits)
    sys.argv = [""]
    try:
        Student(read, outgoing).serve()
    except SystemExit:
        raise
    except BaseException:
        traceback.print_exc()
        os._exit(70)


if __name__ == "__main__":
    main()
