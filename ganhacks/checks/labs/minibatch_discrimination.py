"""Lab 25, minibatch discrimination: what a right answer must show, how people get it wrong, and the hints."""

import re

import numpy as np
import tensorflow as tf
from keras import ops

from ganhacks.checks.judges import tape
from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import Example, compare, judge, told_call
from ganhacks.checks.engine.sandbox import AnswerRaised, Through
from ganhacks.checks.engine.values import numbers, told
from ganhacks.hacks import minibatch_discrimination as hack

PARAMETERS = {
    "steps": training_steps(),
    "fast_rate": Parameter("of the faster trainings", 1e-6, 1.0),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "minibatch_discrimination")

PREDICTION = {
    "choices": {
        "a": "1/9 still.",
        "b": "1/17.",
        "c": "1/65.",
    },
    "answer": "c",
    "remarks": {
        "a": (
            "That would be so if a second point from the same cluster said nothing new. That both lie there gives "
            "them away."
        ),
        "b": "That would be so if the second point added as much as the first. Independent points multiply: 8 · 8.",
    },
    "why": (
        "A pair of reals lies in this one cluster once in 8 · 8 = 64 times, a pair of fakes always: (1/64) / (1/64 + "
        "1) = 1/65. What a single point hints at, two together say aloud."
    ),
}

#: What can be wrong with a function that the training loop compiles, and through which a generator learns.
COMPILED = {
    **tape.MISCONCEPTIONS,
    "numpy": (
        "Your code treats a tensor as a NumPy array ({reason}). Inside the compiled training loop there are no numbers "
        "yet, and NumPy cannot work on them. The functions of `keras.ops` and TensorFlow can; most have NumPy's names."
    ),
    "size_as_tensor": (
        "Inside the compiled training loop Python's `if`, `for`, `len` and `int` cannot read a tensor ({reason}). The "
        "size of a batch is an ordinary number even there: `.shape[0]`."
    ),
    "breaks_tape": (
        "No gradient comes back through your function, so a generator could learn nothing from it. Is there a "
        "`stop_gradient`, a rounding, a comparison, or NumPy on the way?"
    ),
}
#: words of an error -> the misconception that it shows, where the exercise has it
WORDS = {
    r"Tensor'? object has no attribute|symbolic \S+(?: \(.*\))? to a numpy array|EagerPyFunc|PyFunc": "numpy",
    r"Python `bool`|Iterating over a symbolic|len is not well defined|interpreted as an integer|int\(\) argument": (
        "size_as_tensor"
    ),
    "size-incompatible|not compatible|Dimensions must be equal": "three_axes",
}


def rng(seed):
    return np.random.default_rng(seed)


def tensor(values):
    return tf.constant(values, "float32")


def named(answer):
    """Return the answer, which then names the slips that make TensorFlow raise."""

    def call(*args):
        try:
            return answer(*args)
        except AnswerRaised as raised:
            for words, misconception in WORDS.items():
                if misconception in answer.exercise.misconceptions and re.search(words, raised.error):
                    reason = re.sub(r"\{\{.*?\}\}", "", raised.error)
                    raise Wrong(misconception, reason=" ".join(reason.split())[:90].rstrip(". ")) from None
            raise

    return Through(answer, call)


def operations(answer, *args):
    """Return of how many operations an answer consists, traced as for the loop. Tensors have no numbers there."""
    return len(tf.function(answer, autograph=False).get_concrete_function(*args).graph.get_operations())


def judge_learning(answer, *args, what="", atol=1e-4):
    """Raise Wrong unless the loop can learn through an answer, with gradients that are finite, compiled or not."""
    found = tape.gradients(answer, *args)
    if np.isfinite(np.concatenate([*map(np.ravel, found)])).all():
        found = tape.judge_in_a_loop(answer, *args, atol=atol)
    if not np.isfinite(np.concatenate([*map(np.ravel, found)])).all():
        raise Wrong("nan_gradient", what=what)


# ---- minibatch discrimination


def features(
    points=lambda x, kernel: np.tensordot(x, kernel, 1),
    distance=lambda differences: np.abs(differences).sum(-1),
    closeness=lambda distances: np.exp(-distances),
    total=lambda closeness: closeness.sum(1),
    finish=lambda sums, x: sums,
    itself=True,
):
    """Return the features with parts replaced. itself: whether a sample counts itself."""

    def slip(x, kernel):
        x, kernel = np.asarray(x), np.asarray(kernel)
        placed = points(x, kernel)
        close = closeness(distance(placed[:, None] - placed[None]))
        others = 1 - np.eye(len(x)).reshape(len(x), len(x), *[1] * (close.ndim - 2))
        return finish(total(close if itself else close * others), x)

    return slip


def _cut_across(x, kernel):
    """Return the points as (n, c, b), cut from the rows that hold them."""
    return np.tensordot(x, kernel, 1).reshape(len(x), kernel.shape[2], kernel.shape[1])


def _to_the_mean(points):
    return np.exp(-np.abs(points - points.mean(0)).sum(-1))


def _standardized(points):
    return points / (points.std(0, keepdims=True) + 1e-6)


#: What people put in the place of one part of the features, whether or not a sample counts itself.
WRONG_PARTS = {
    "points": [
        ("standardized", lambda x, kernel: _standardized(np.tensordot(x, kernel, 1))),
        ("no_kernel", lambda x, kernel: x),
        ("no_kernel", lambda x, kernel: x[:, None]),
        ("no_kernel", lambda x, kernel: x[:, :, None]),
        ("reshaped", _cut_across),
        ("reshaped", lambda x, kernel: _cut_across(x, kernel).transpose(0, 2, 1)),
        (
            "reshaped",
            lambda x, kernel: np.tensordot(x, kernel, 1).transpose(0, 2, 1).reshape(len(x), *kernel.shape[1:]),
        ),
    ],
    "distance": [
        ("average_distance", lambda differences: np.abs(differences).mean(-1)),
        ("no_absolute_value", lambda differences: differences.sum(-1)),
        ("no_absolute_value", lambda differences: -differences.sum(-1)),
        ("no_absolute_value", lambda differences: np.abs(differences.sum(-1))),
        ("euclidean", lambda differences: np.sqrt((differences**2).sum(-1))),
        ("euclidean", lambda differences: (differences**2).sum(-1)),
        ("kernels_together", lambda differences: np.abs(differences).sum(2)),
        ("kernels_together", lambda differences: np.abs(differences).sum((2, 3))),
        ("kernels_together", lambda differences: np.abs(differences).sum((2, 3))[..., None]),
        ("exponential_first", np.abs),
    ],
    "closeness": [
        ("grows_with_distance", np.exp),
        ("other_closeness", lambda distances: 1 / (1 + distances)),
        ("other_closeness", lambda distances: 1 / (1 + np.exp(distances))),
        ("other_closeness", lambda distances: np.exp(-distances / 2)),
        ("other_closeness", lambda distances: np.exp(-(distances**2))),
    ],
    "total": [
        ("pairs_not_summed", lambda closeness: closeness),
        ("one_neighbour", lambda closeness: closeness[np.arange(len(closeness)), np.arange(len(closeness)) - 1]),
        ("each_pair_once", lambda closeness: np.einsum("ijb,ij->ib", closeness, np.tri(len(closeness)))),
        ("each_pair_once", lambda closeness: np.einsum("ijb,ij->jb", closeness, np.tri(len(closeness)))),
    ],
    "finish": [
        ("attached", lambda sums, x: np.concatenate([x, sums], 1)),
        ("attached", lambda sums, x: np.concatenate([sums, x], 1)),
        ("averaged", lambda sums, x: sums / len(x)),
        ("averaged", lambda sums, x: sums / max(len(x) - 1, 1)),
        ("transposed", lambda sums, x: sums.T),
        *(("whole_batch", lambda sums, x, of=of: of(sums, 0)) for of in (np.sum, np.mean)),
        *(("whole_batch", lambda sums, x, of=of: of(sums, 0, keepdims=True)) for of in (np.sum, np.mean)),
        *(("whole_batch", lambda sums, x, of=of: 0 * sums + of(sums, 0)) for of in (np.sum, np.mean)),
        *(("kernels_together", lambda sums, x, of=of: of(sums, 1)) for of in (np.sum, np.mean)),
        *(("kernels_together", lambda sums, x, of=of: of(sums, 1, keepdims=True)) for of in (np.sum, np.mean)),
    ],
}


@exercise(
    hack.minibatch_features,
    praise="Each sample has its b sums, whatever the sizes, in the order of the batch; gradients come back, compiled.",
    slips=[
        *(
            (name, features(itself=itself, **{part: wrong}))
            for part, slips in WRONG_PARTS.items()
            for name, wrong in slips
            for itself in (True, False)
        ),
        *(
            ("exponential_first", features(distance=np.abs, finish=join, itself=itself))
            for join in (
                lambda sums, x: sums.sum(2),
                lambda sums, x: sums.mean(2),
                lambda sums, x: sums.reshape(len(x), -1),
            )
            for itself in (True, False)
        ),
        *(
            (name, features(closeness=np.positive, finish=finish))
            for name, finish in (
                ("no_exponential", lambda sums, x: sums),
                ("no_exponential", lambda sums, x: -sums),
                ("no_exponential", lambda sums, x: sums / len(x)),
                ("no_exponential", lambda sums, x: -sums / len(x)),
                ("exponential_last", lambda sums, x: np.exp(-sums)),
                ("exponential_last", lambda sums, x: np.exp(-sums / len(x))),
            )
        ),
        ("axes_swapped", features(distance=lambda apart: np.abs(apart).sum(1), total=lambda close: close.sum(-1))),
        ("to_the_mean", lambda x, kernel: _to_the_mean(np.tensordot(x, kernel, 1))),
        ("nearest_alone", features(total=lambda closeness: closeness.max(1), itself=False)),
        ("twins_left_out", features(closeness=lambda distances: np.exp(-distances) * (distances > 0))),
        ("normalized", features(finish=lambda sums, x: np.ones_like(sums))),
    ],
    misconceptions={
        **COMPILED,
        "nan_gradient": (
            "Your numbers are right, and the gradient is NaN. Is an absolute value written as the root of a square? "
            "Each sample is at distance 0 from itself, where a root has an infinite slope: `ops.abs` has none."
        ),
        "three_axes": (
            "TensorFlow cannot multiply x with a kernel of three axes this way ({reason}). `ops.tensordot` with "
            "axes=1, `ops.einsum`, or a kernel reshaped to (d, b * c) first: each gives the points (n, b, c)."
        ),
        "averaged": "You average the closeness; the paper sums it. Keep your idea for later in this lab.",
        "attached": "You attach the features to x. Return the features alone, (n, b): the layer below attaches them.",
        "pairs_not_summed": "You return the closeness of each pair. Sum over the partners: b numbers for each sample.",
        "whole_batch": "Your whole batch shares its numbers. Each sample keeps sums of its own, over its partners.",
        "kernels_together": "You sum over the b. Each of them has a distance and a feature of its own, (n, b): sum over the c alone.",
        "no_exponential": (
            "You sum the distances themselves. Far is then large, without end; the exponential of minus the distance "
            "makes it a closeness, 1 for the same place and almost 0 for far away."
        ),
        "grows_with_distance": "Your closeness grows with the distance. It is the exponential of *minus* the distance.",
        "exponential_last": (
            "You sum the distances over the partners and take the exponential then: one far partner drowns all close "
            "ones. Exponential first, pair by pair; then the sum over partners."
        ),
        "exponential_first": "You take the exponential of each of the c differences. First sum all c: the distance.",
        "average_distance": "Your distance is the average of the c absolute differences; wanted is their sum.",
        "no_absolute_value": "Differences of opposite signs cancel in your distance. Sum their absolute values.",
        "euclidean": "Your distance squares the differences. The paper's is the sum of their absolute values (L1).",
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
        "transposed": "Your table is turned over: wanted a row for each sample, with its b sums.",
        "one_neighbour": "You compare each sample with one neighbour in the batch. Its partners are all samples.",
        "axes_swapped": "You sum the differences over partners, the exponentials over c. It is the other way round.",
        "to_the_mean": "You compare each sample with the mean of the batch. Compare it with every sample, and sum.",
        "nearest_alone": "You keep the closest partner alone. The feature is a sum over all partners.",
        "each_pair_once": (
            "You count each pair once, so that only some of its partners count for a sample. Each has all of them: the "
            "whole table of pairs, not half of it."
        ),
        "twins_left_out": (
            "You leave out every partner at distance 0. A twin is what a collapse makes: leave out the sample itself, "
            "if you like, and nobody else."
        ),
        "standardized": (
            "You divide the points by the batch's deviation, so all batches are as wide. How close the samples lie is "
            "what the features should show."
        ),
        "other_closeness": "Your closeness falls with the distance along another curve. Wanted is exp(-distance).",
        "differs": "Your sums are not those of the paper, neither with the sample itself nor without it (1 less).",
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
    answer, inputs = named(answer), []
    for seed, (n, d, b, c) in enumerate(((7, 5, 3, 2), (5, 3, 2, 4), (6, 2, 4, 1), (4, 3, 1, 3), (1, 4, 2, 3))):
        kernel = rng(seed + 10).normal(0, 0.7, (d, b, c)) / np.sqrt(d)
        inputs.append((tensor(rng(seed).normal(0, 1, (n, d))), tensor(kernel)))
    # As in the lab: in one place and far away, and 64 points.
    inputs.append((tensor([[0, 0], [0, 0], [1000, 0]]), tf.ones((2, 1, 2))))
    inputs.append((tensor(rng(6).normal(0, 1, (64, 2))), tensor(rng(7).normal(0, 1, (2, 1, 2)))))
    judge(answer, inputs, atol=2e-3, also=[features(itself=False)])
    small, large = (operations(answer, tf.ones((n, 3)), tf.ones((3, 4, 2))) for n in (4, 16))
    if large > 2 * small:
        raise Wrong("written_out", small=small, large=large)
    batch = tensor(rng(5).normal(0, 1, (6, 3))), tensor(rng(6).normal(0, 0.5, (3, 4, 2)))
    judge_learning(answer, *batch)


# ---- packing


def of_shape(shape):
    """Return a function whose packs have another shape: shape(n, d, m)."""
    return lambda samples, m: np.resize(np.asarray(samples), shape(*samples.shape, m))


def _samples(n, d):
    """Return n samples whose numbers tell where they come from: sample i holds i * d, -(i * d + 1), i * d + 2, ..."""
    return tensor(np.arange(n * d).reshape(n, d) * (-1) ** np.arange(d))


def _judge_packs(found, n, d, m):
    """Judge rows of m * d numbers, packs of the samples that `_samples` makes; or raise Wrong."""
    held = np.round(np.abs(found)).astype(int)
    if np.abs(found - held * (-1) ** (held % d)).max() > 1e-3 or held.max() >= n * d:
        raise Wrong("other_numbers")
    if any(len(np.unique(row)) < m * d for row in held):
        raise Wrong("repeats", m=m)
    samples = np.sort(held).reshape(-1, d)
    if (samples != samples[:, :1] + np.arange(d)).any() or (samples[:, 0] % d).any():
        raise Wrong("torn")
    if len(np.unique(samples[:, 0])) < len(samples):
        raise Wrong("overlapping")
    owners = [list(dict.fromkeys(row // d)) for row in held]
    layouts = {tuple(order.index(i // d) * d + i % d for i in row) for order, row in zip(owners, held)}
    if len(layouts) > 1:
        raise Wrong("columns_differ")
    if layouts != {tuple(range(m * d))}:
        raise Wrong("not_side_by_side")


@exercise(
    hack.pack,
    praise="Each sample is in exactly one pack, whole, for every m, and what does not come out even is refused.",
    slips=[
        ("stacked", of_shape(lambda n, d, m: (n // m, m, d))),
        ("stacked", of_shape(lambda n, d, m: (n // m, d, m))),
        ("stacked", of_shape(lambda n, d, m: (m, n // m, d))),
        ("m_packs", of_shape(lambda n, d, m: (m, n // m * d))),
        ("one_for_the_pack", of_shape(lambda n, d, m: (n // m, d))),
        ("m_numbers", of_shape(lambda n, d, m: (n * d // m, m))),
        ("m_numbers", of_shape(lambda n, d, m: (n // m, m))),
    ],
    misconceptions={
        **COMPILED,
        "stacked": "A third axis keeps the samples of your packs apart. Lay them side by side: rows of m * d numbers.",
        "m_packs": (
            "Asked for packs of {m}, you make {m} packs. m is how many samples are in a pack; there are n // m packs."
        ),
        "m_numbers": "Your rows hold m numbers; a pack holds m *samples*, which makes m * d numbers.",
        "one_for_the_pack": (
            "A pack of yours has become as long as one sample: by an average, a sum, or by leaving the others out? The "
            "discriminator needs all m of them."
        ),
        "repeats": (
            "A pack of yours holds the same sample more than once. A sample has nothing to say about itself: each pack "
            "needs {m} different ones."
        ),
        "overlapping": (
            "Some of your samples are in several packs, like in a sliding window. Each is in one pack only."
        ),
        "torn": (
            "Your rows have the right length, and hold parts of samples: a reshape or transpose went across them. A "
            "pack holds m samples *whole*, each with all of its numbers."
        ),
        "columns_differ": (
            "The order of the numbers differs from pack to pack. The first weights of a discriminator belong to "
            "columns, so a column has to mean the same in all packs."
        ),
        "not_side_by_side": (
            "Your packs hold whole samples, and mix their numbers. Lay the samples side by side, each with its numbers "
            "in their own order."
        ),
        "other_numbers": "Your packs hold numbers that no sample has. Packing moves samples and changes none.",
        "accepts_a_rest": (
            "{n} samples in packs of {m} leave a rest, and your function returns {found}. A sample dropped "
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
    answer, calls = named(answer), []
    for n, d, m in ((6, 2, 3), (8, 3, 2), (30, 2, 1), (5, 3, 5), (15, 1, 3), (128, 2, 2)):
        calls.append((_samples(n, d), m))
        found = numbers(answer(*calls[-1]))
        if found.shape[1:] == (m * d,):
            _judge_packs(found, n, d, m)
    # Who shares a row is free, so from here on the shapes say all.
    compare(
        answer,
        calls,
        lambda function, args: numbers(function(*args)).shape,
        lambda found, wanted: found == wanted,
        fits=_other_shape,
        describe=lambda run: Example(f"For {told_call(answer, run.args)}: yours {run.found}, wanted {run.wanted}."),
    )
    for n, d, m in ((7, 2, 2), (5, 3, 4), (2, 2, 3), (10, 2, 4)):
        try:
            found = answer(_samples(n, d), m)
        except AnswerRaised as raised:
            if not isinstance(raised.exception, ValueError):
                raise Wrong("other_error", n=n, m=m, found=type(raised.exception).__name__) from None
        else:
            raise Wrong("accepts_a_rest", n=n, m=m, found=told(found))
    operations(answer, _samples(12, 2), 3)
    tape.judge_in_a_loop(answer, _samples(12, 2), 3)


def _other_shape(found, wanted, case):
    raise Wrong("wrong_shape", found=found, wanted=wanted, case=case)


# ---- the deviation of a batch


def column(number):
    """Return a function that gives each sample the same number(x)."""
    return lambda x: np.full((len(x), 1), number(np.asarray(x)))


def each(x):
    return np.asarray(x).std(0)


def _starter(x):
    deviations = ops.std(x, axis=0)
    return ops.ones_like(x[:, :1]) * ops.mean(deviations)


@exercise(
    hack.minibatch_stddev,
    given=_starter,
    praise="The same number as before, and a gradient that is finite even where all samples agree.",
    slips=[
        ("attached", lambda x: np.concatenate([x, column(lambda x: each(x).mean())(x)], 1)),
        ("not_averaged", each),
        ("not_averaged", lambda x: each(x)[None]),
        ("not_averaged", lambda x: np.tile(each(x), (len(x), 1))),
        *(("one_number", lambda x, shape=shape: np.full(shape, each(x).mean())) for shape in ((), (1,), (1, 1))),
        ("flat", lambda x: np.full(len(x), each(x).mean())),
        ("transposed", lambda x: np.full((1, len(x)), each(x).mean())),
        ("along_the_row", lambda x: np.std(x, 1)),
        ("along_the_row", lambda x: np.std(x, 1, keepdims=True)),
        ("along_the_row", column(lambda x: x.std(1).mean())),
        ("all_together", column(np.std)),
        ("averaged_first", column(lambda x: x.mean(1).std())),
        ("variance", column(lambda x: x.var(0).mean())),
        ("root_last", column(lambda x: np.sqrt(x.var(0).mean()))),
        ("summed", column(lambda x: each(x).sum())),
        ("not_centred", column(lambda x: np.sqrt((x**2).mean(0)).mean())),
        ("from_end_to_end", column(lambda x: np.ptp(x, 0).mean())),
        ("median", column(lambda x: np.median(each(x)))),
        ("mean_distance", column(lambda x: np.abs(x - x.mean(0)).mean())),
        ("one_less", column(lambda x: each(x).mean() * np.sqrt(len(x) / max(len(x) - 1, 1)))),
        ("one_less", column(lambda x: each(x).mean() * np.sqrt(np.divide(len(x), len(x) - 1)))),
        *(
            ("small_number_too_large", column(lambda x, eps=eps: np.sqrt(x.var(0) + eps).mean()))
            for eps in (1, 0.1, 1e-2, 1e-3)
        ),
    ],
    misconceptions={
        **COMPILED,
        "nan_gradient": (
            "Your numbers are right, and for {what} the gradient is NaN. A deviation is a square root, and a root "
            "has an infinite slope at 0. What is added, cut or replaced *after* the root comes too late: keep its "
            "argument, the variance, away from 0."
        ),
        "small_number_too_large": (
            "Where all samples agree you return {found}. The small number under the root has grown too large: its "
            "own root is what you see. Take 1e-8, which shows as 0.0001."
        ),
        "attached": "You attach the number to x. Return the one column, (n, 1); a layer can attach it.",
        "not_averaged": "You return the deviation of each column. Average them: one number for the whole batch.",
        "one_number": "You return one number. Each sample should get it: repeat it, shape (n, 1).",
        "flat": "Your result is a row of numbers. A column attaches to x: (n, 1).",
        "along_the_row": (
            "Your deviation is taken along each row, over the numbers of one sample. How much the *samples* differ "
            "shows down a column: axis 0."
        ),
        "all_together": (
            "Your deviation is that of all numbers together. Columns with different averages then look diverse even if "
            "all samples agree: one deviation for each column first, then their average."
        ),
        "averaged_first": "You average each sample's numbers first. First take each column's deviation, then average.",
        "variance": "You average the variances. Take the root of each: deviations.",
        "root_last": "You take the root of the average variance. Take the root of each variance, then average.",
        "one_less": (
            "Your deviation divides by n - 1 (as PyTorch's does). Here it divides by n, and a batch of one is not "
            "a division by 0."
        ),
        "transposed": "Your result is one row of n. Turn it round: a row for each sample, (n, 1).",
        "summed": "You add up the deviations of the columns. Average them.",
        "not_centred": "You take the root of the mean square. A deviation is from the mean of its column: take it off.",
        "from_end_to_end": "You take the largest number less the smallest. Wanted is the standard deviation.",
        "median": "You take the median of the columns' deviations. Wanted is their mean.",
        "mean_distance": (
            "You average how far each number is from its column's mean. A deviation is the root of the average "
            "*square*."
        ),
    },
    hints=(
        "How steep is a square root at 1, at 0.01, at 0? And which numbers get there if a unit returns 0 for every "
        "sample?",
        "`ops.std` is the root of `ops.var`. Write the two apart, and put something tiny between them.",
        "ops.sqrt(... + 1e-8), with the variance over axis 0",
    ),
)
def check_minibatch_stddev(answer):
    answer, inputs = named(answer), []
    for seed, (n, d) in enumerate(((8, 5), (3, 2), (20, 1), (1, 4))):
        inputs.append((tensor(rng(seed).normal(2 * np.arange(d), 1 + np.arange(d), (n, d))),))
    judge(answer, inputs, atol=0.011)
    operations(answer, *inputs[0])
    varied = rng(7).normal(0, 1, (6, 4))
    for what, x in (
        ("a batch in which one column is 0 for all samples", varied * [1, 1, 0, 1]),
        ("a batch of equal samples", np.repeat(varied[:1], 6, axis=0)),
        ("a single sample", varied[:1]),
        ("a batch of random numbers", varied),
    ):
        # Where samples agree, a mean's own rounding, 1e-8, counts beside what stands under the root.
        judge_learning(answer, tensor(x), what=what, atol=1e-3)
