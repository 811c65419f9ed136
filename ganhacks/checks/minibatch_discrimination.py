"""Lab 25, minibatch discrimination: what a right answer must show, how people get it wrong, and the hints."""

import re

import numpy as np
import tensorflow as tf
from keras import ops

from ganhacks.blame import one_line
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import numbers
from ganhacks.hacks import minibatch_discrimination as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "minibatch_discrimination")

PREDICTION = {
    "choices": {
        "a": "1/9 still.",
        "b": "1/17.",
        "c": "1/65.",
    },
    "answer": "c",
    "why": (
        "A pair of reals lies in this one cluster once in 8 · 8 = 64 times, a pair of fakes always: (1/64) / (1/64 + "
        "1) = 1/65. What a single point hints at, two together say aloud."
    ),
}

#: What can be wrong with any function that the training loop is going to compile.
COMPILED = {
    "numpy": (
        "Your code treats a tensor as a NumPy array ({reason}). Inside the compiled training loop there are no numbers "
        "yet, and NumPy cannot work on them. The functions of `keras.ops` and TensorFlow can; most have NumPy's names."
    ),
    "size_as_tensor": (
        "Inside the compiled training loop Python's `if`, `for`, `len` and `int` cannot read a tensor ({reason}). The "
        "size of a batch is an ordinary number even there: `.shape[0]`."
    ),
    "not_compiled": "Your function works on a tensor at hand, but the training loop cannot compile it: {reason}.",
}
#: The same for a function through which a generator learns.
NO_GRADIENT = {
    "no_gradient": (
        "No gradient comes back through your function, so a generator could learn nothing from it. Is there a "
        "`stop_gradient`, a rounding or a comparison on the way?"
    ),
}
#: words of an error -> the misconception that it shows
WORDS = {
    r"Tensor'? object has no attribute|symbolic \S+(?: \(.*\))? to a numpy array|EagerPyFunc|PyFunc": "numpy",
    r"Python `bool`|Iterating over a symbolic|len is not well defined|interpreted as an integer|int\(\) argument": (
        "size_as_tensor"
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


def tensor(values):
    return tf.constant(values, "float32")


def called(answer, *args, also=None):
    """Call the answer, and name the slips that make TensorFlow raise. also: more words and their misconceptions."""
    try:
        return answer(*args)
    except AnswerRaised as raised:
        for words, misconception in {**WORDS, **(also or {})}.items():
            if re.search(words, raised.error):
                reason = re.sub(r"\{\{.*?\}\}", "", raised.error)
                raise Wrong(misconception, reason=" ".join(reason.split())[:90].rstrip(". ")) from None
        raise


def compiled(answer, *args):
    """Run the answer as the training loop does, compiled. Returns its result and the gradient at its first argument.

    The gradient is that of a sum in which every number of the result has another weight.
    """
    tensors, rest = [arg for arg in args if tf.is_tensor(arg)], [arg for arg in args if not tf.is_tensor(arg)]

    def run(*tensors):
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            result = called(answer, *tensors, *rest)
            weights = 1 + 0.1 * np.arange(np.prod(result.shape)).reshape(result.shape) % 7
            loss = tf.reduce_sum(tf.cast(result, tf.float32) * tensor(weights))
        gradient = tape.gradient(loss, tensors[0])
        return result, tf.zeros_like(tensors[0]) if gradient is None else tf.convert_to_tensor(gradient)

    try:
        # Concrete, because TensorFlow warns of functions that are traced again and again.
        traced = tf.function(run, jit_compile=True, autograph=False).get_concrete_function(*tensors)
        result, gradient = traced(*tensors)
    except (AnswerRaised, Wrong):
        raise
    except Exception as error:
        if re.search("PyFunc", str(error)):
            raise Wrong("numpy", reason="a function of Python or NumPy in the middle") from None
        raise Wrong("not_compiled", reason=one_line(error)[:120]) from None
    return np.asarray(result, "float64"), np.asarray(gradient, "float64")


# ---- minibatch discrimination


def _mistaken_features(x, kernel):
    """Yield (misconception, values) for what people compute instead of the features. float64 arrays."""
    (n, d), (_, b, c) = x.shape, kernel.shape
    points = np.tensordot(x, kernel, 1)
    differences = points[:, None] - points[None]
    apart = np.abs(differences)
    distances = apart.sum(-1)
    closeness = np.exp(-distances)
    right = closeness.sum(1)
    among_rows = np.abs(x[:, None] - x[None])
    for features in (right, right - 1):
        yield "attached", np.concatenate([x, features], 1)
        yield "attached", np.concatenate([features, x], 1)
        yield "averaged", features / n
        yield "averaged", features / max(n - 1, 1)
        for total in (features.sum(0), features.mean(0)):
            yield from (("whole_batch", np.broadcast_to(total, shape)) for shape in ((b,), (1, b), (n, b)))
        for total in (features.sum(1), features.mean(1)):
            yield from (("kernels_together", total.reshape(shape)) for shape in ((n,), (n, 1)))
    yield "pairs_not_summed", closeness
    yield "pairs_not_summed", closeness - np.eye(n)[..., None]
    for distance in (distances, -distances):
        yield "no_exponential", distance.sum(1)
        yield "no_exponential", distance.mean(1)
    yield "exponential_last", np.exp(-distances.sum(1))
    yield "exponential_last", np.exp(-distances.mean(1))
    for itself in (0, 1):
        yield "grows_with_distance", np.exp(distances).sum(1) - itself
        yield "exponential_first", np.exp(-apart).sum((1, 3)) - itself * c
        yield "exponential_first", np.exp(-apart).mean(3).sum(1) - itself
        yield "exponential_first", np.exp(-apart).sum(1) - itself
        yield "exponential_first", (np.exp(-apart).sum(1) - itself).reshape(n, -1)
        yield "average_distance", np.exp(-apart.mean(-1)).sum(1) - itself
        yield "no_absolute_value", np.exp(-differences.sum(-1)).sum(1) - itself
        yield "no_absolute_value", np.exp(differences.sum(-1)).sum(1) - itself
        yield "no_absolute_value", np.exp(-np.abs(differences.sum(-1))).sum(1) - itself
        yield "euclidean", np.exp(-np.sqrt((differences**2).sum(-1))).sum(1) - itself
        yield "euclidean", np.exp(-((differences**2).sum(-1))).sum(1) - itself
        yield "kernels_together", np.exp(-apart.sum(2)).sum(1) - itself
        yield "no_kernel", np.exp(-among_rows).sum(1) - itself
        for misconception, distance in (("kernels_together", apart.sum((2, 3))), ("no_kernel", among_rows.sum(2))):
            total = np.exp(-distance).sum(1) - itself
            yield from ((misconception, total.reshape(shape)) for shape in ((n,), (n, 1)))
    swapped = points.reshape(n, c, b)
    by_columns = (x @ kernel.transpose(0, 2, 1).reshape(d, -1)).reshape(n, b, c)
    for other in (swapped, swapped.transpose(0, 2, 1), by_columns):
        features = np.exp(-np.abs(other[:, None] - other[None]).sum(-1)).sum(1)
        yield "reshaped", features
        yield "reshaped", features - 1
    if n > 1:
        yield "normalized", np.ones((n, b))


@exercise(
    hack.minibatch_features,
    praise="Each sample has its b sums, whatever the sizes, in the order of the batch; gradients come back, compiled.",
    misconceptions={
        **COMPILED,
        **NO_GRADIENT,
        "nan_gradient": (
            "Your numbers are right, and the gradient is NaN. Is an absolute value written as the root of a square? "
            "Each sample is at distance 0 from itself, where a root has an infinite slope: `ops.abs` has none."
        ),
        "part_of_the_gradient": (
            "Your numbers are right, and only a part of the gradient comes back, as with a `stop_gradient` on one side "
            "of the difference. A fake learns from its own place and from those of its partners."
        ),
        "three_axes": (
            "TensorFlow cannot multiply x with a kernel of three axes this way ({reason}). `ops.tensordot` with "
            "axes=1, `ops.einsum`, or a kernel reshaped to (d, b * c) first: each gives the points (n, b, c)."
        ),
        "averaged": (
            "You average the closeness; the paper sums it. Keep your idea for later in this lab. Here: the sum."
        ),
        "attached": (
            "You attach the features to x, as the finished layer does. Return the features alone, (n, b): the layer "
            "below attaches them."
        ),
        "pairs_not_summed": (
            "You return the closeness of each pair, {found}. A sample needs one number for each of the b: sum over its "
            "partners."
        ),
        "whole_batch": (
            "You sum over all samples twice, so the whole batch shares its numbers. Each sample keeps sums of its own, "
            "over its partners only."
        ),
        "kernels_together": (
            "You sum over the b as well. Each of the b has its own distance, over its c numbers, and its own feature: "
            "the result is (n, b)."
        ),
        "no_exponential": (
            "You sum the distances themselves. Far is then large, without end; the exponential of minus the distance "
            "makes it a closeness, 1 for the same place and almost 0 for far away."
        ),
        "grows_with_distance": "Your closeness grows with the distance. It is the exponential of *minus* the distance.",
        "exponential_last": (
            "You sum the distances over the partners and take the exponential then: one far partner drowns all close "
            "ones. Exponential first, pair by pair; then the sum over partners."
        ),
        "exponential_first": (
            "You take the exponential of each of the c differences. A distance is the sum of all c first; the "
            "exponential comes after."
        ),
        "average_distance": "Your distance is the average of the c absolute differences; wanted is their sum.",
        "no_absolute_value": (
            "Your distance lets differences of opposite signs cancel. Take the absolute value of each difference, then "
            "sum."
        ),
        "euclidean": (
            "Your distance squares the differences. The paper's is the sum of their absolute values (L1): its slope "
            "does not change with the distance."
        ),
        "no_kernel": "You compare the rows of x as they are. Compare the points that x and the kernel make together.",
        "reshaped": (
            "Your features have the right shape from the wrong numbers, or the last two axes swapped: a reshape does "
            "not move numbers, it cuts the same row of them elsewhere. Keep the kernel's order, (d, b, c), so that the "
            "points come out as (n, b, c)."
        ),
        "normalized": (
            "Each of your features is 1, whatever the batch. Did something like a softmax divide by the sum? That sum "
            "is what the discriminator should see. Or does each sample meet only itself in your subtraction?"
        ),
        "written_out": (
            "Your function is right, and grows with the batch: {small} operations for 4 samples, {large} for 16. "
            "Python's loops over samples are written out when the training loop is compiled, which takes ten times as "
            "long with a batch of 64. `points[:, None] - points[None]` has all pairs at once."
        ),
        "differs": (
            "For {n} samples and a kernel of {sizes}, feature {k} of sample {i} is {found:.3f}; wanted {wanted:.3f}, "
            "or 1 less if a sample does not count itself."
        ),
    },
    hints=(
        "Which shape do the points have? And which axis do you have to add on which side, so that a subtraction gives "
        "every pair?",
        "Points (n, b, c) by a tensordot; with [:, None] and [None] a subtraction gives (n, n, b, c). Sum the absolute "
        "values over c, then the exponential of minus that, then sum over one of the two n.",
        "ops.sum(ops.exp(-ops.sum(ops.abs(...), axis=...)), axis=...)",
    ),
)
def check_minibatch_features(answer):
    for seed, (n, d, b, c) in enumerate(((7, 5, 3, 2), (5, 3, 2, 4), (6, 2, 4, 1), (4, 3, 1, 3), (1, 4, 2, 3))):
        x = rng(seed).normal(0, 1, (n, d)).astype("float32")
        kernel = (rng(seed + 10).normal(0, 0.7, (d, b, c)) / np.sqrt(d)).astype("float32")
        raised = {"size-incompatible|not compatible|Dimensions must be equal": "three_axes"}
        found = numbers(called(answer, tensor(x), tensor(kernel), also=raised))
        wanted = np.asarray(hack.minibatch_features(tensor(x), tensor(kernel)), "float64")

        def is_like(values, found=found):
            return found.shape == values.shape and np.allclose(found, values, atol=2e-3)

        if is_like(wanted) or is_like(wanted - 1):
            continue
        for misconception, values in _mistaken_features(x.astype("float64"), kernel.astype("float64")):
            if is_like(values):
                raise Wrong(misconception, found=found.shape)
        if found.shape != (n, b):
            case = f" for x of shape {(n, d)} and a kernel of shape {(d, b, c)}"
            raise Wrong("wrong_shape", found=found.shape, wanted=(n, b), case=case)
        i, k = np.unravel_index(np.argmax(np.abs(found - wanted)), found.shape)
        raise Wrong("differs", n=n, sizes=(d, b, c), i=int(i), k=int(k), found=found[i, k], wanted=float(wanted[i, k]))
    small, large = (_operations(answer, n) for n in (4, 16))
    if large > 2 * small:
        raise Wrong("written_out", small=small, large=large)
    batch = tensor(rng(5).normal(0, 1, (6, 3))), tensor(rng(6).normal(0, 0.5, (3, 4, 2)))
    (_, gradient), (_, wanted) = (compiled(function, *batch) for function in (answer, hack.minibatch_features))
    if not np.isfinite(gradient).all():
        raise Wrong("nan_gradient")
    if not gradient.any():
        raise Wrong("no_gradient")
    if not np.allclose(gradient, wanted, atol=2e-3):
        raise Wrong("part_of_the_gradient")


def _operations(answer, n):
    """Return of how many operations the answer consists when it is traced for a batch of n samples."""
    shapes = [tf.TensorSpec(shape, tf.float32) for shape in ((n, 3), (3, 4, 2))]
    traced = tf.function(lambda *tensors: called(answer, *tensors), autograph=False).get_concrete_function(*shapes)
    return len(traced.graph.get_operations())


# ---- packing


def _judge_too_many(found, d, sizes):
    """Name what is wrong with rows of the right length, of which there are too many or too few."""
    owners = np.round(found).astype(int) // d
    alone = all(len(np.unique(row)) == 1 for row in owners)
    raise Wrong("repeats" if alone else "overlapping", **sizes)


def _judge_packs(found, n, d, m):
    """Judge packs of the samples that `_samples` makes: found, an array of the right shape; or raise Wrong."""
    owner, place = np.divmod(np.round(found).astype(int), d)
    if np.abs(found - np.round(found)).max() > 1e-3 or owner.min() < 0 or owner.max() >= n:
        raise Wrong("other_numbers")
    layouts = set()
    for owners, places in zip(owner, place):
        together = {(i, tuple(sorted(places[owners == i]))) for i in owners}
        if any(held != tuple(range(d)) for _, held in together):
            repeated = len({*zip(owners, places)}) < len(owners) and len(together) < m
            raise Wrong("repeats" if repeated else "torn", m=m)
        first_seen = {i: k for k, i in enumerate(dict.fromkeys(owners))}
        layouts.add(tuple((first_seen[i], j) for i, j in zip(owners, places)))
    if len(np.unique(owner)) < n:
        raise Wrong("overlapping", wanted=(n // m, m * d))
    if len(layouts) > 1:
        raise Wrong("columns_differ")


def _samples(n, d):
    """Return n samples whose numbers tell where they come from: sample i holds i * d, i * d + 1, ..."""
    return tensor(np.arange(n * d).reshape(n, d))


@exercise(
    hack.pack,
    praise="Each sample is in exactly one pack, whole, for every m, and what does not come out even is refused.",
    misconceptions={
        **COMPILED,
        **NO_GRADIENT,
        "stacked": (
            "Your packs have the shape {found}: a third axis keeps the samples of a pack apart. Lay them side by side "
            "in one row of m * d numbers."
        ),
        "m_packs": (
            "Asked for packs of {m}, you make {m} packs: {found}. m is how many samples are in a pack; there are n // "
            "m packs, {wanted}."
        ),
        "m_numbers": "Your rows hold m numbers; a pack holds m *samples*, which makes m * d numbers: {wanted}.",
        "one_for_the_pack": (
            "Your result has the shape {found}: a pack has become one sample, by an average, a sum, or by leaving the "
            "others out. The discriminator needs all m of them: {wanted}."
        ),
        "repeats": (
            "A pack of yours holds the same sample more than once. A sample has nothing to say about itself: each pack "
            "needs {m} different ones."
        ),
        "overlapping": (
            "Some of your samples are in several packs, like in a sliding window. Each is in one pack only: {wanted}."
        ),
        "torn": (
            "Your rows have the right length, and hold parts of samples: a reshape or transpose went across them. A "
            "pack holds m samples *whole*, each with all of its numbers."
        ),
        "columns_differ": (
            "The order of the numbers differs from pack to pack. The first weights of a discriminator belong to "
            "columns, so a column has to mean the same in all packs."
        ),
        "other_numbers": "Your packs hold numbers that no sample has. Packing moves samples and changes none.",
        "accepts_a_rest": (
            "{n} samples in packs of {m} leave a rest, and your function returns the shape {found}. A sample dropped "
            "or made up without a word is a bug that nobody notices: raise a ValueError."
        ),
        "other_error": (
            "{n} samples in packs of {m} leave a rest, and your function raises {found}; wanted a ValueError. Look at "
            "the sizes before anything else, and raise one that names both."
        ),
    },
    hints=(
        "The samples stand row after row in memory. What has to change for two rows to become one: the numbers, or "
        "only where a row ends?",
        "A reshape does it, to rows of m * d numbers. Before it, `%` tells whether n is a multiple of m.",
        "if n % m: raise ValueError(...), then ops.reshape(samples, (..., ...))",
    ),
)
def check_pack(answer):
    for n, d, m in ((12, 2, 3), (8, 3, 2), (6, 2, 1), (5, 3, 5), (9, 1, 3), (128, 2, 2)):
        result = called(answer, _samples(n, d), m)
        found, wanted = numbers(result), (n // m, m * d)
        sizes = {"found": found.shape, "wanted": wanted, "m": m}
        if found.shape != wanted:
            if found.ndim == 2 and found.shape[0] > 1 and found.shape[1] == m * d:
                _judge_too_many(found, d, sizes)
            for misconception, shapes in {
                "stacked": [(n // m, m, d), (n // m, d, m), (m, n // m, d)],
                "m_packs": [(m, n // m * d)],
                "one_for_the_pack": [(n // m, d)],
                "m_numbers": [(n * d // m, m), (n // m, m)],
            }.items():
                if found.shape in shapes:
                    raise Wrong(misconception, **sizes)
            raise Wrong("wrong_shape", case=f" for samples of shape {(n, d)} and m = {m}", **sizes)
        _judge_packs(found, n, d, m)
    for n, d, m in ((7, 2, 2), (5, 3, 4), (2, 2, 3), (10, 2, 4)):
        try:
            found = answer(_samples(n, d), m)
        except AnswerRaised as raised:
            if not isinstance(raised.exception, ValueError):
                raise Wrong("other_error", n=n, m=m, found=type(raised.exception).__name__) from None
        else:
            raise Wrong("accepts_a_rest", n=n, m=m, found=tuple(getattr(found, "shape", ())))
    result, gradient = compiled(answer, _samples(12, 2), 3)
    _judge_packs(result, 12, 2, 3)
    if not gradient.all():
        raise Wrong("no_gradient")


# ---- the deviation of a batch


def _mistaken_deviations(x):
    """Yield (misconception, values) for what people compute instead of the batch's deviation. x: a float64 array."""
    n, d = x.shape
    each, right = x.std(0), x.std(0).mean()
    column = np.ones((n, 1))
    yield "attached", np.concatenate([x, right * column], 1)
    yield from (("not_averaged", each.reshape(shape)) for shape in ((d,), (1, d)))
    yield "not_averaged", np.broadcast_to(each, (n, d))
    yield from (("one_number", np.full(shape, right)) for shape in ((), (1,), (1, 1)))
    yield "flat", np.full(n, right)
    yield "along_the_row", x.std(1)
    yield "along_the_row", x.std(1)[:, None]
    yield "along_the_row", x.std(1).mean() * column
    yield "all_together", x.std() * column
    yield "averaged_first", x.mean(1).std() * column
    yield "variance", x.var(0).mean() * column
    yield "root_last", np.sqrt(x.var(0).mean()) * column
    if n > 1:
        yield "one_less", right * np.sqrt(n / (n - 1)) * column


def _starter(x):
    deviations = ops.std(x, axis=0)
    return ops.ones_like(x[:, :1]) * ops.mean(deviations)


@exercise(
    hack.minibatch_stddev,
    given=_starter,
    praise="The same number as before, and a gradient that is finite even where all samples agree.",
    misconceptions={
        **COMPILED,
        "nan_gradient": (
            "Your numbers are right, and for {what} the gradient is NaN. A deviation is a square root, and a root "
            "has an infinite slope at 0. What is added, cut or replaced *after* the root comes too late: keep its "
            "argument, the variance, away from 0."
        ),
        "small_number_too_large": (
            "Where all samples agree you return {found:.3f}. The small number under the root has grown too large: its "
            "own root is what you see. Take 1e-8, which shows as 0.0001."
        ),
        "lost_gradient": (
            "Your numbers are right, and the gradient is not that of the deviation: something on the way holds it "
            "back, such as a `stop_gradient`. The layer is there for the gradient: only NaN has to go."
        ),
        "attached": "You attach the number to x. Return the one column, (n, 1); a layer can attach it.",
        "not_averaged": "You return the deviation of each column. Average them: one number for the whole batch.",
        "one_number": "You return one number. Each sample should get it: repeat it, shape (n, 1).",
        "flat": "Your result has the shape {found}: a row of numbers. A column attaches to x: (n, 1).",
        "along_the_row": (
            "Your deviation is taken along each row, over the numbers of one sample. How much the *samples* differ "
            "shows down a column: axis 0."
        ),
        "all_together": (
            "Your deviation is that of all numbers together. Columns with different averages then look diverse even if "
            "all samples agree: one deviation for each column first, then their average."
        ),
        "averaged_first": (
            "You average each sample's numbers first, where differences cancel. First the deviation of each column, "
            "then the average of these."
        ),
        "variance": "You average the variances. Take the root of each: deviations.",
        "root_last": "You take the root of the average variance. Take the root of each variance, then average.",
        "one_less": (
            "Your deviation divides by n - 1 (as PyTorch's does). Here it divides by n, and a batch of one is not "
            "a division by 0."
        ),
        "differs": "For a batch of shape {shape} you return {found:.4f}; wanted {wanted:.4f}.",
    },
    hints=(
        "How steep is a square root at 1, at 0.01, at 0? And which numbers get there if a unit returns 0 for every "
        "sample?",
        "`ops.std` is the root of `ops.var`. Write the two apart, and put something tiny between them.",
        "ops.sqrt(... + 1e-8), with the variance over axis 0",
    ),
)
def check_minibatch_stddev(answer):
    for seed, (n, d) in enumerate(((8, 5), (3, 2), (20, 1), (1, 4))):
        x = rng(seed).normal(2 * np.arange(d), 1 + np.arange(d), (n, d)).astype("float32")
        found, wanted = numbers(called(answer, tensor(x))), x.astype("float64").std(0).mean()
        if found.shape == (n, 1) and np.allclose(found, wanted, atol=0.011):
            continue
        for misconception, values in _mistaken_deviations(x.astype("float64")):
            if found.shape == values.shape and np.allclose(found, values, atol=2e-3):
                raise Wrong(misconception, found=found.shape)
        if found.shape != (n, 1):
            raise Wrong("wrong_shape", found=found.shape, wanted=(n, 1), case=f" for x of shape {(n, d)}")
        if n == 1 and np.ptp(found) == 0:
            raise Wrong("small_number_too_large", found=found[0, 0])
        raise Wrong("differs", shape=(n, d), found=found.flat[np.argmax(np.abs(found - wanted))], wanted=wanted)
    varied = rng(7).normal(0, 1, (6, 4)).astype("float32")
    one_dead = varied * np.array([1, 1, 0, 1], "float32")
    for what, x in (
        ("a batch in which one column is 0 for all samples", one_dead),
        ("a batch of equal samples", np.repeat(varied[:1], 6, axis=0)),
        ("a single sample", varied[:1]),
        (None, varied),
    ):
        _, gradient = compiled(answer, tensor(x))
        if not (np.isfinite(gradient).all() and np.isfinite(_gradient(answer, x)).all()):
            raise Wrong("nan_gradient", what=what)
    if not np.allclose(_gradient(answer, varied), _gradient(hack.minibatch_stddev, varied), atol=2e-3):
        raise Wrong("lost_gradient")


def _gradient(function, x):
    """Return the gradient of the sum of what a function returns at x, as an array."""
    x = tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(tf.cast(called(function, x), tf.float32))
    gradient = tape.gradient(total, x)
    return np.zeros(x.shape) if gradient is None else np.asarray(tf.convert_to_tensor(gradient))
