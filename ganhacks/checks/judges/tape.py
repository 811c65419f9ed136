"""Functions of tensors that a network learns through: their gradients, and their life inside a compiled loop."""

import numpy as np
import tensorflow as tf

from ganhacks import blame
from ganhacks.checks.engine.exercise import Wrong
from ganhacks.checks.engine.judging import furthest, named_arguments, same, short
from ganhacks.checks.engine.sandbox import AnswerRaised
from ganhacks.checks.engine.values import told

#: What can be wrong with any such function. A lab adds these to its own misconceptions, or words of its own.
MISCONCEPTIONS = {
    "array_method": (
        "A tensor has no .{wanted}; NumPy arrays do. Call a function of keras.ops on it instead, such as ops.mean(…)."
    ),
    "breaks_tape": (
        "The gradient does not get through your function: it returns {found}. NumPy and float() leave TensorFlow's "
        "tape, and nothing could learn from the result. Use keras.ops."
    ),
    "other_gradient": (
        "Your values are right and the gradient is not: by `{by}` it is {found} where {wanted} is wanted. Something "
        "keeps it from passing, or bends it: NumPy, or a stop_gradient?"
    ),
    "far_gradient": (
        "Your values are right, and far out a gradient is not: by `{by}` it is {found} where {wanted} is wanted. Is "
        "there a `where`? Both of its sides are computed, and one that overflows spoils the gradient, chosen or not."
    ),
    "eager_only": "Your function works by hand and fails inside a compiled loop ({reason}). {advice}",
    "wrong_dtype": "Your result is {found}. The networks work in float32, and TensorFlow mixes no types: cast nothing.",
}

ADVICE = "There tensors have no values yet: use keras.ops, and no NumPy, float() or `if` on a value."


def called(answer, *args):
    """Call an answer, and name the mistake of calling a tensor's methods as if it were a NumPy array."""
    try:
        return answer(*args)
    except AnswerRaised as raised:
        if "Tensor' object has no attribute" in raised.error or "Tensor object has no attribute" in raised.error:
            raise Wrong("array_method", wanted=raised.error.split("attribute ")[1].split("'")[1]) from None
        raise


def _inputs(args):
    """Return the tensors by which a gradient is taken: single numbers are weights and the like."""
    return [arg for arg in args if tf.is_tensor(arg) and arg.shape.rank]


def _taped(function, args):
    """Return a function's result, and its gradients by its inputs, None where there is none."""
    with tf.GradientTape() as tape:
        tape.watch(_inputs(args))
        result = function(*args)
    return result, tape.gradient(result, _inputs(args)) if tf.is_tensor(result) else [None]


def gradients(function, *args):
    """Return the gradients of a function's result, summed up, by every tensor of more than one number, as arrays.

    Raises Wrong if no gradient comes back at all.
    """
    result, found = _taped(function, args)
    if isinstance(result, (list, tuple)) and any(map(tf.is_tensor, result)):
        raise Wrong("wrong_type", found=told(result), wanted="one tensor: ops.stack makes one of several")
    if all(gradient is None for gradient in found):
        raise Wrong("breaks_tape", found=told(result))
    return _arrays(found, args)


def _arrays(found, args):
    arrays = zip(found, _inputs(args))
    return [np.zeros(x.shape) if g is None else np.asarray(tf.convert_to_tensor(g)) for g, x in arrays]


def judge_gradients(answer, *args, atol=1e-4, rtol=1e-3):
    """Raise Wrong unless an answer's gradients are its reference's."""
    names = [name for name, arg in named_arguments(answer, args).items() if _inputs([arg])]
    for by, found, wanted in zip(names, gradients(answer, *args), gradients(answer.reference, *args)):
        if not same(found, wanted, atol, rtol):
            yours, right, _ = furthest(found, wanted)
            raise Wrong("other_gradient", by=by, found=short(yours), wanted=short(right))


def judge_far_gradients(answer, *args):
    """Raise Wrong if an answer's gradients are not finite where its reference's are."""
    names = [name for name, arg in named_arguments(answer, args).items() if _inputs([arg])]
    for by, found, wanted in zip(names, gradients(answer, *args), gradients(answer.reference, *args)):
        lost = ~np.isfinite(found) & np.isfinite(wanted)
        if lost.any():
            raise Wrong("far_gradient", by=by, found=short(found[lost][0]), wanted=short(wanted[lost][0]))


def judge_compiled(answer, *args):
    """Return an answer as the course's loops compile it, or raise Wrong."""
    try:
        # Concrete, because TensorFlow warns of functions that are traced again and again.
        compiled = tf.function(answer, jit_compile=True, autograph=False).get_concrete_function(*args)
        compiled(*args)
    except Wrong:
        raise
    except Exception as error:
        reason = blame.one_line(error).split(" (line ")[0].split(" You can attempt")[0]
        reason = reason.split(" when trying to compile")[0].rstrip(".")
        advice = blame.advice(error) or ADVICE
        raise Wrong("eager_only", reason=reason[:140] or type(error).__name__, advice=advice) from None
    return compiled


def judge_in_a_loop(answer, *args, atol=1e-4):
    """Return the gradients in a compiled loop, or raise Wrong unless it can learn through an answer, in float32."""
    judge_gradients(answer, *args, atol=atol)
    dtype = answer(*args).dtype
    if dtype != tf.float32:
        raise Wrong("wrong_dtype", found=dtype.name)
    compiled = judge_compiled(lambda *args: _taped(answer, args), *args)
    return _arrays(compiled(*args)[1], args)
