"""Functions as TensorFlow's graphs: what an answer computes inside of a compiled loop, and nothing that could do harm.

A graph can read files and call back into Python, so only operations that compute are let in, by their names.
"""

from tools.grading import wire

#: operations that make numbers of numbers
OPERATIONS = set(
    """
    Abs Acos Acosh Add AddN AddV2 All Any ArgMax ArgMin Asin Asinh Atan Atan2 Atanh BatchMatMul BatchMatMulV2
    BiasAdd BroadcastArgs BroadcastTo Cast Ceil ClipByValue ConcatV2 Const Conv2D Cos Cosh Cumsum DepthToSpace Div
    DivNoNan Einsum Elu EnsureShape Equal Erf Erfc Exp ExpandDims Expm1 Fill Floor FloorDiv FloorMod Gather GatherNd
    GatherV2 Greater GreaterEqual Identity IdentityN InvertPermutation IsFinite IsInf IsNan L2Loss LeakyRelu Less
    LessEqual Lgamma LinSpace Log Log1p LogSoftmax LogicalAnd LogicalNot LogicalOr MatMul Max MaxPool Maximum Mean
    Min Minimum Mod Mul MulNoNan Neg NextAfter NoOp NotEqual OneHot OnesLike Pack Pad PadV2 Placeholder
    PlaceholderWithDefault Pow PreventGradient Prod RandomStandardNormal RandomUniform RandomUniformInt Range Rank
    RealDiv Reciprocal Relu Relu6 Reshape ReverseV2 Rint Round Rsqrt Select SelectV2 Selu Shape ShapeN Sigmoid Sign
    Sin Sinh Size Slice Softmax SoftmaxCrossEntropyWithLogits Softplus Softsign SpaceToDepth
    SparseSoftmaxCrossEntropyWithLogits Split SplitV Sqrt Square SquaredDifference Squeeze StatelessRandomGetAlg
    StatelessRandomGetKeyCounter StatelessRandomNormalV2 StatelessRandomUniformV2 StopGradient StridedSlice Sub Sum
    Tan Tanh TensorScatterUpdate Tile TopKV2 Transpose TruncateDiv TruncatedNormal Unpack UnsortedSegmentSum Where
    Xdivy Xlogy ZerosLike
    """.split()
)
CALLS = {"PartitionedCall", "StatefulPartitionedCall"}  # of functions that lie in the graph itself


class Foreign(Exception):
    """A graph with an operation that does more than compute: one sentence."""


class Symbols(wire.Teller):
    """Tells tensors that have no value yet by shape and type. tensors: these, and those with one, in their order."""

    def told(self, value, depth=0):
        if type(value).__module__.startswith("tensorflow") and hasattr(value, "graph") and not hasattr(value, "numpy"):
            self.tensors.append(value)
            return {"is": "symbol", "shape": value.shape.as_list(), "dtype": value.dtype.name}
        return super().told(value, depth)


def put(answer, inputs):
    """Put a graph that the jail tells of into the one that is traced here, and return what its function returns.

    inputs: the tensors that it was traced for. Raises Foreign, and whatever a message that is none leads to.
    """
    import tensorflow as tf

    graph = tf.compat.v1.GraphDef.FromString(answer["graph"].tobytes())
    _require_numbers_only(graph)
    captured = [tf.constant(array) for array in answer["captured"]]
    given = dict(zip(answer["inputs"], [*inputs, *captured], strict=True))
    nodes = {node.name: node for node in graph.node}
    # What only belongs to the jail's own function stays there: its placeholders, which XLA does not compile, and the
    # copies of its results.
    outputs, left = {}, {name.partition(":")[0] for name in given}
    wire.Hearer(others={"output": lambda told: outputs.setdefault(told["name"])}).heard(answer["value"])
    for name in outputs:
        node = nodes[name.partition(":")[0]]
        outputs[name] = name
        if node.op == "Identity":
            left.add(node.name)
            outputs[name] = node.input[0] if ":" in node.input[0] else f"{node.input[0]}:0"
    inner = tf.compat.v1.GraphDef(versions=graph.versions, library=graph.library)
    inner.node.extend(node for node in graph.node if node.name not in left)
    used = {name.split(":")[0] for node in inner.node for name in node.input}
    mapped = {name: tensor for name, tensor in given.items() if name.partition(":")[0] in used}
    wanted = sorted(set(outputs.values()) - set(given))
    made = dict(zip(wanted, tf.graph_util.import_graph_def(inner, mapped, wanted, name="answer") or []))
    found = {name: _with_gradient({**given, **made}[of], inputs) for name, of in outputs.items()}
    return wire.Hearer(others={"output": lambda told: found[told["name"]]}).heard(answer["value"])


def _with_gradient(output, inputs):
    """Return a result through which a tape, if there is one, finds its way: it does not see what was put in whole."""
    import tensorflow as tf
    from tensorflow.python.eager import record

    if not record.could_possibly_record() or any(output is tensor for tensor in inputs):
        return output

    @tf.custom_gradient
    def seen(*_):
        return tf.identity(output), lambda upstream: tf.gradients([output], list(inputs), [upstream])

    return seen(*inputs)


def _require_numbers_only(graph):
    own = {function.signature.name for function in graph.library.function}
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    for node in nodes:
        called = node.op in CALLS and node.attr["f"].func.name in own
        if node.op not in OPERATIONS and not called:
            raise Foreign(f"an operation of kind {node.op} cannot cross")
