"""Lab 03, leaky ReLU: what a right answer must show, how people get it wrong, and the hints."""

import math
import warnings

import keras
import numpy as np

from ganhacks.checks import networks
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import array
from ganhacks.hacks import leaky_relu as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "leaky_relu")

PREDICTION = {
    "choices": {
        "a": "it creeps back, slowly.",
        "b": "it never moves again.",
        "c": "it comes back fast, because it is so far off.",
    },
    "answer": "b",
    "why": (
        "A ReLU has the derivative 0 wherever its input is negative. The unit's weights get a gradient of exactly 0, "
        "however large its error is. A leaky ReLU has the derivative 0.2 there, and 0.2 of a gradient is enough."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


def _numbers(seed, shape):
    """Return numbers of both signs, none of them close to 0, so that a numerical derivative stays on one side."""
    draw = rng(seed)
    return draw.uniform(0.05, 3, shape) * draw.choice([-1.0, 1.0], shape)


#: shape of the input, its type, and the arguments after it: the defaults first
CASES = (
    ((200,), "float64", ()),
    ((3, 40), "float64", (0.2,)),
    ((2, 4, 4, 3), "float32", ()),
    ((50,), "float64", (0.01,)),
    ((50,), "float64", (0.7,)),
    ((50,), "float64", (0.0,)),
    ((50,), "float64", (1.0,)),
)


def _judge(answer, right, formulas, per_number, cases=CASES):
    """Compare an answer with the right one, number by number.

    right: (x, slope) -> what is wanted. formulas: misconception -> one function or several of (x, slope), the most
    specific first. per_number: what a negative x is worth, (x, y) -> a number that is the same for all if only the
    slope is wrong. Returns what the answer gives for 0, a finite number.
    """
    for seed, (shape, dtype, more) in enumerate(cases):
        x = _numbers(seed, shape).astype(dtype)
        slope = more[0] if more else 0.2
        case = f" for x of shape {shape}"
        y = array(_decided(answer, x, *more), shape, case).astype("float64")
        given = x.astype("float64")

        def is_like(formula, y=y, given=given, slope=slope):
            return np.allclose(y, formula(given, slope), atol=1e-4)

        if is_like(right):
            continue
        if more and slope != 0.2 and is_like(lambda x, slope: right(x, 0.2)):
            raise Wrong("ignores_slope", slope=slope)
        for misconception, several in formulas.items():
            for formula in several if isinstance(several, tuple) else (several,):
                if is_like(formula):
                    raise Wrong(misconception, slope=slope)
        negative = given < 0
        worth = per_number(given[negative], y[negative])
        above = np.allclose(y[~negative], right(given, slope)[~negative], atol=1e-4)
        if above and np.ptp(worth) < 1e-3:
            if more:
                raise Wrong("other_slope", found=float(worth.mean()), slope=slope)
            raise Wrong("other_default", found=float(worth.mean()))
        worst = np.unravel_index(np.argmax(np.abs(y - right(given, slope))), shape)
        raise Wrong("wrong_values", x=given[worst], slope=slope, found=y[worst], wanted=right(given, slope)[worst])
    zero = array(answer(np.array([0.0, -1.0, 2.0]), 0.2), (3,), " where one number of x is 0")
    return zero[0]


def _decided(answer, *args):
    """Call the answer, and name the mistake of an `if` on a whole array."""
    try:
        return answer(*args)
    except AnswerRaised as raised:
        if "is ambiguous" in raised.error:
            raise Wrong("one_decision") from None
        raise


def _leaky(x, slope):
    return np.where(x > 0, x, slope * x)


@exercise(
    hack.leaky_relu,
    praise="Positive numbers as they were, negative ones times `slope`, for every shape and slope, in a new array.",
    misconceptions={
        "plain_relu": (
            "Your function turns every negative number into 0: that is a plain ReLU, the one that this lab replaces. "
            "Keep `slope` times the number instead."
        ),
        "slope_everywhere": (
            "Your function multiplies positive numbers by the slope too, so it is a straight line and bends nowhere. "
            "Positive numbers pass as they are."
        ),
        "slope_on_positives": (
            "Your function has its sides swapped: negative numbers pass whole and positive ones shrink. It should be "
            "the negative ones that shrink. Look at the comparison, or at maximum against minimum."
        ),
        "sign_lost": (
            "Your function turns negative numbers into positive ones. They shrink and keep their sign: with the slope "
            "0.2, -1 becomes -0.2."
        ),
        "slope_as_cut_off": (
            "Your function returns the slope itself for negative numbers, or cuts off there. The slope is no "
            "place: the line bends at 0, always. It is what a negative number is multiplied by."
        ),
        "derivative": (
            "Your function returns 1 for positive numbers and the slope for negative ones. That is the derivative, "
            "the next exercise. Here the number itself is wanted, times 1 or times the slope."
        ),
        "elu": (
            "Your function bends negative numbers along an exponential curve: that is an ELU. Leaky ReLU is straight "
            "on both sides of 0."
        ),
        "one_decision": (
            "An `if`, or Python's own `max`, decides once, and here an array of many numbers waits for many decisions. "
            "`np.where` and `np.maximum` decide for each number by itself."
        ),
        "divided": "Your function divides negative numbers by the slope, so they grow. Multiply them.",
        "added_to_positives": (
            "Positive numbers get their share of the slope *on top*: a ReLU plus slope times x. They should pass as "
            "they are; the share is for negative ones alone."
        ),
        "unchanged": "Your function returns x as it is. Negative numbers should become `slope` times as large.",
        "other_default": (
            "Called without a slope, your function multiplies negative numbers by {found:.3g}. Give the argument "
            "`slope` the default 0.2, and use it."
        ),
        "ignores_slope": (
            "Asked for the slope {slope:g}, your function still uses 0.2. Use the argument `slope`, not a number."
        ),
        "other_slope": (
            "Asked for the slope {slope:g}, your function multiplies negative numbers by {found:.3g}. Use the argument "
            "`slope` as it comes in."
        ),
        "wrong_values": "For x = {x:.3f} and slope {slope:g} your function returns {found:.3f}; wanted {wanted:.3f}.",
        "not_zero_at_0": "Your function returns {found:.3g} for 0. There both sides meet, and 0 stays 0.",
    },
    hints=(
        "Of x and `slope` times x, which is the larger for a positive number, and which for a negative one?",
        "`np.where(condition, a, b)` takes a where the condition holds and b elsewhere, for all numbers at once. "
        "`np.maximum(a, b)` takes the larger of the two, number by number.",
        "np.maximum(x, ...)  # the second is x after the slope",
    ),
)
def check_leaky_relu(answer):
    at_zero = _judge(
        answer,
        _leaky,
        {
            "unchanged": lambda x, slope: x,
            "divided": lambda x, slope: np.where(x > 0, x, x / (slope or 1)),
            "added_to_positives": lambda x, slope: np.maximum(x, 0) + slope * x,
            "plain_relu": lambda x, slope: np.maximum(x, 0),
            "slope_everywhere": lambda x, slope: slope * x,
            "slope_on_positives": lambda x, slope: np.where(x > 0, slope * x, x),
            "sign_lost": (
                lambda x, slope: np.where(x > 0, x, -slope * x),
                lambda x, slope: np.abs(x),
            ),
            "slope_as_cut_off": (
                lambda x, slope: np.where(x > 0, x, slope),
                lambda x, slope: np.where(x > 0, x, -slope),
                lambda x, slope: np.maximum(x, slope),
                lambda x, slope: np.maximum(x, -slope),
                lambda x, slope: np.where(x > slope, x, 0),
                lambda x, slope: np.where(x > slope, x, slope * x),
            ),
            "derivative": lambda x, slope: np.where(x > 0, 1, slope),
            "elu": (
                lambda x, slope: np.where(x > 0, x, slope * np.expm1(x)),
                lambda x, slope: np.where(x > 0, x, np.expm1(x)),
            ),
        },
        per_number=lambda x, y: y / x,
    )
    if abs(at_zero) > 1e-6:
        raise Wrong("not_zero_at_0", found=float(at_zero))


@exercise(
    hack.leaky_relu_derivative,
    praise="1 above 0, `slope` below, and nothing in between: no gradient is ever 0, unless the slope is.",
    misconceptions={
        "one_decision": (
            "An `if`, or Python's own `max`, decides once, and here an array of many numbers waits for many decisions. "
            "`np.where` and `np.maximum` decide for each number by itself."
        ),
        "one_minus_slope": "Your derivative is 1 - slope below 0. The line there rises by the slope itself.",
        "the_sign": "Your derivative is -1 below 0, as that of abs(x). The line of leaky ReLU rises there: +slope.",
        "zero_at_0": (
            "At exactly 0 your derivative is {found:.3g}. Where the line bends, 1 will do and so will the slope, but "
            "not less: a 0 there would stop the gradient. Let one of the two cases include 0."
        ),
        "zero_below": (
            "Your derivative is 0 for negative numbers: that is a plain ReLU's, and a unit that gets there is stuck. "
            "The line below 0 rises by `slope`. (An array of integers would cut 0.2 down to 0, too.)"
        ),
        "the_function": (
            "Your function returns the height of leaky ReLU at x. Wanted is how steep it is there: by how much the "
            "result changes when x changes by a little, divided by that little."
        ),
        "still_times_x": (
            "Your derivative still has x in it: {where}. The derivative of a number times x is that number alone."
        ),
        "sides_swapped": "Your derivative has its sides swapped: 1 belongs above 0, the slope below.",
        "sign_lost": "Your derivative is negative below 0. The line rises there too, only less steeply: +slope.",
        "one_everywhere": "Your derivative is 1 everywhere, as if the line did not bend. Below 0 it is `slope`.",
        "slope_everywhere": "Your derivative is the slope everywhere. Above 0 numbers pass as they are, so it is 1.",
        "other_default": (
            "Called without a slope, your derivative is {found:.3g} for negative numbers. Give the argument `slope` "
            "the default 0.2, and use it."
        ),
        "ignores_slope": (
            "Asked for the slope {slope:g}, your derivative still uses 0.2. Use the argument `slope`, not a number."
        ),
        "other_slope": "Asked for the slope {slope:g}, your derivative is {found:.3g} for negative numbers.",
        "wrong_values": "For x = {x:.3f} and slope {slope:g} your derivative is {found:.3f}; wanted {wanted:.3f}.",
    },
    hints=(
        "Draw leaky ReLU: two straight lines that meet at 0. How steep is each of them?",
        "The result holds two different numbers, and the sign of x decides which. `np.where` picks by a condition.",
        "np.where(x > 0, ..., ...)  # how steep it is above 0, then below",
    ),
)
def check_leaky_relu_derivative(answer):
    def steepness(x, slope):
        return np.where(x > 0, 1.0, slope)

    for misconception, formula, details in (
        ("the_function", _leaky, {}),
        ("still_times_x", lambda x, slope: np.where(x > 0, 1, slope * x), {"where": "below 0 it is slope times x"}),
        ("still_times_x", lambda x, slope: np.where(x > 0, x, slope), {"where": "above 0 it is x"}),
    ):
        x = _numbers(9, (30,))
        if np.allclose(array(_decided(answer, x, 0.3), (30,), " for x of shape (30,)"), formula(x, 0.3), atol=1e-4):
            raise Wrong(misconception, **details)
    at_zero = _judge(
        answer,
        steepness,
        {
            "one_everywhere": lambda x, slope: np.ones_like(x),
            "zero_below": lambda x, slope: np.where(x > 0, 1, 0),
            "slope_everywhere": lambda x, slope: np.full_like(x, slope),
            "sides_swapped": lambda x, slope: np.where(x > 0, slope, 1),
            "the_sign": lambda x, slope: np.sign(x),
            "one_minus_slope": lambda x, slope: np.where(x > 0, 1, 1 - slope),
            "sign_lost": lambda x, slope: np.where(x > 0, 1, -slope),
        },
        per_number=lambda x, y: y,
        cases=[case for case in CASES if case[1] == "float64"],  # small differences are lost in float32
    )
    if not 0.2 - 1e-3 <= at_zero <= 1 + 1e-3:
        raise Wrong("zero_at_0", found=float(at_zero))


# ---- the block


def _convolved(x, weights, stride=2):
    kernel, bias = weights
    return np.asarray(keras.ops.conv(x, kernel, strides=stride, padding="same")) + bias


def _weights(model, filters):
    """Return the model's kernel and bias, after giving both random values, or raise Wrong."""
    wanted = [(filters,), (3, 3, 3, filters)]
    found = sorted((tuple(weight.shape) for weight in model.weights), key=len)
    counts = {"found": sum(map(math.prod, found)), "wanted": sum(map(math.prod, wanted)), "filters": filters}
    if found == [(64,), (3, 3, 3, 64)] != wanted:
        raise Wrong("ignores_filters", filters=filters)
    if found == wanted[1:]:
        raise Wrong("no_bias", **counts)
    if len(found) == 3 and (3, 3, 3, filters) in found:
        raise Wrong("learned_slope", extra=counts["found"] - counts["wanted"], **counts)
    if found.count((filters,)) > 2:
        raise Wrong("batch_norm", extra=counts["found"] - counts["wanted"], **counts)
    if found != wanted:
        raise Wrong("wrong_size", **counts)
    by_rank = {len(weight.shape): weight for weight in model.weights}
    for weight in by_rank.values():  # the biases start at 0 and would hide a mistake
        weight.assign(rng(len(weight.shape)).normal(0, 0.5, weight.shape))
    return by_rank[4].numpy(), by_rank[1].numpy()


def _name_the_activation(y, x, weights):
    """Raise Wrong for what the block does instead of a leaky ReLU of slope 0.2 after its convolution."""
    z = _convolved(x, weights)

    def is_like(values):
        return values.shape == y.shape and np.allclose(y, values, atol=1e-3)

    below, above = (y[side] / z[side] for side in (z < -0.1, z > 0.1))
    if max(np.ptp(below), np.ptp(above)) < 1e-2:
        found, high = float(np.median(below)), float(np.median(above))
        for misconception, low, top in (
            ("no_activation", 1, 1),
            ("plain_relu", 0, 1),
            ("default_slope", 0.3, 1),
            ("torch_slope", 0.01, 1),
            ("applied_twice", 0.04, 1),
            ("slope_on_positives", 1, 0.2),
            ("slope_everywhere", 0.2, 0.2),
        ):
            if abs(found - low) < 2e-3 and abs(high - top) < 2e-3:
                raise Wrong(misconception)
        if abs(high - 1) < 2e-3:
            raise Wrong("other_slope", found=found)
    for slope in (0.2, 0.3, 0.01, 0.0):
        if is_like(_convolved(_leaky(x, slope), weights)):
            raise Wrong("activation_first")
    whole = _convolved(x, weights, stride=1)
    for slope in (0.2, 0.3, 0.0, 1.0):
        fields = _leaky(whole, slope).reshape(len(x), 32, 2, 32, 2, -1)
        pooled_first = _leaky(whole.reshape(fields.shape).mean((2, 4)), slope)
        if is_like(fields.max((2, 4))) or is_like(fields.mean((2, 4))) or is_like(pooled_first):
            raise Wrong("pooling")
    if max(np.ptp(above), abs(np.median(above) - 1)) < 1e-2:
        raise Wrong("curved")
    raise Wrong("wrong_function")


@exercise(
    hack.make_leaky_block,
    praise="1,792 parameters, all of them the convolution's, half the height and width, and the slope 0.2.",
    misconceptions={
        **networks.MISCONCEPTIONS,
        "old_name": (
            "Your block works, and Keras warned as it was built: `alpha` is the old name of the slope, and a later "
            "release may refuse it. It is called `negative_slope` now."
        ),
        "default_slope": (
            "Your leaky ReLU has the slope 0.3, which the Keras layer takes when it isn't told. Ask for "
            "0.2: the layer's argument is `negative_slope`."
        ),
        "torch_slope": (
            "Your leaky ReLU has the slope 0.01. That is PyTorch's default and the one of the 2013 paper; DCGANs take "
            "0.2."
        ),
        "other_slope": "Your block multiplies negative numbers by {found:.3g}; wanted 0.2.",
        "learned_slope": (
            "Your block has {extra:,} parameters beside the convolution's, so it learns its slopes: that is a PReLU. A "
            "leaky ReLU has none: its slope is a number that you choose."
        ),
        "batch_norm": (
            "Your block has {extra:,} parameters beside the convolution's: batch normalization? That is lab 04. Here: "
            "the convolution, then leaky ReLU."
        ),
        "plain_relu": (
            "Your block lets nothing of a negative number through: that is a plain ReLU. (If there is a leaky one too, "
            "look for an `activation` inside the convolution: what it cuts off, no later layer brings back.)"
        ),
        "no_activation": "Your block ends with the convolution: nothing bends. Put a leaky ReLU after it.",
        "applied_twice": (
            "Your block multiplies negative numbers by 0.04, which is 0.2 · 0.2: the leaky ReLU is there twice, in the "
            "convolution and after it. Keep one."
        ),
        "slope_on_positives": "Your block shrinks positive numbers and passes negative ones whole. Swap the sides.",
        "slope_everywhere": "Your block multiplies positive numbers by 0.2 too. They should pass as they are.",
        "activation_first": (
            "Your leaky ReLU stands before the convolution, where it bends the pixels. It belongs after: it bends what "
            "the convolution has found."
        ),
        "pooling": "Your block halves its images by pooling. Let the convolution do it, with a stride of 2.",
        "curved": (
            "Your block bends negative numbers along a curve (ELU, GELU, SiLU?). A leaky ReLU multiplies all of them "
            "by one number, 0.2."
        ),
        "wrong_output": "For {n} images your block returns the shape {found}; wanted {wanted}. {help}",
        "ignores_filters": "Asked for {filters} filters, your block still has 64. Use the argument.",
        "no_bias": "Your block has {found:,} parameters; wanted {wanted:,}. The convolution keeps its biases here.",
        "wrong_size": (
            "With {filters} filters your block has {found:,} parameters; wanted {wanted:,}: kernels of 3×3 over 3 "
            "channels, a bias for each, and no other weights."
        ),
        "frozen": "Your block has weights that training may not change. Leave `trainable` as it is.",
        "noisy": (
            "In training your block does something else than at test time: is there a Dropout, or noise? Leave it out "
            "here."
        ),
        "wrong_function": (
            "Your block has the right shape and size, and computes something else: a 3×3 convolution with stride 2 and "
            'padding "same", then leaky ReLU with slope 0.2. Is there another layer?'
        ),
    },
    hints=(
        "Which layer has weights here, and which only bends what comes out of it?",
        "Two layers after the input: `Conv2D`, whose `strides` halve the image, and `LeakyReLU`. Look up the "
        "latter's argument and what it is when nobody sets it.",
        "keras.Sequential([keras.Input((64, 64, 3)), layers.Conv2D(filters, 3, strides=..., padding=...), "
        "layers.LeakyReLU(negative_slope=...)])",
    ),
)
def check_make_leaky_block(answer):
    old_name = False
    for args in ((), (64,), (5,)):
        filters = args[0] if args else 64
        with warnings.catch_warnings(record=True) as told_of:
            warnings.simplefilter("always")
            model = networks.built(answer, *args)
        old_name = old_name or any("alpha" in str(warning.message) for warning in told_of)
        x = rng(3).normal(0, 1, (4, 64, 64, 3)).astype("float32")
        y = networks.output(model, x)
        if len(y.shape) == 4 and y.shape[-1] == 64 != filters:
            raise Wrong("ignores_filters", filters=filters)
        if y.shape != (4, 32, 32, filters):
            heights = {31: 'Padding "valid" loses a row: take "same".', 64: "A stride of 2 halves height and width."}
            heights[16] = "That is halved twice: a stride and a pooling? Keep the stride."
            clue = heights.get(y.shape[1] if len(y.shape) == 4 else None, "Stride 2 halves height and width.")
            raise Wrong("wrong_output", n=4, found=y.shape, wanted=(4, 32, 32, filters), help=clue)
        weights = _weights(model, filters)
        if len(model.trainable_variables) != len(model.weights):
            raise Wrong("frozen")
        y = networks.output(model, x)
        if not np.isfinite(y).all():
            raise Wrong("not_finite")
        if not np.allclose(y, networks.output(model, x, training=True), atol=1e-4):
            raise Wrong("noisy")
        if not np.allclose(y, _leaky(_convolved(x, weights), 0.2), atol=1e-3):
            _name_the_activation(y, x, weights)
    if old_name:
        raise Wrong("old_name")
