"""Lab 03, leaky ReLU: what a right answer must show, how people get it wrong, and the hints."""

import warnings
from functools import partial

import keras
import numpy as np
from keras import layers

from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine import properties
from ganhacks.checks.judges import blocks, networks
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import judge
from ganhacks.checks.engine.sandbox import AnswerRaised
from ganhacks.checks.engine.values import array
from ganhacks.hacks import leaky_relu as hack

PARAMETERS = {
    "usual_steps": training_steps("at the usual rate"),
    "raised_steps": training_steps("at the raised rate"),
    "raised_rate": Parameter("of the discriminator", 1e-6, 10.0),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "leaky_relu")

PREDICTION = {
    "choices": {
        "a": "it creeps back, slowly.",
        "b": "it never moves again.",
        "c": "it comes back fast, because it is so far off.",
    },
    "answer": "b",
    "remarks": {
        "a": "That would be so with a small gradient. Small steps add up; steps of 0 do not.",
        "c": (
            "That would be so if the gradient were the error. The error is multiplied by the ReLU's slope, and that "
            "is 0."
        ),
    },
    "why": (
        "A ReLU has the derivative 0 wherever its input is negative. The unit's weights get a gradient of exactly 0, "
        "however large its error is. A leaky ReLU has the derivative 0.2 there, and 0.2 of a gradient is enough."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


# ---- in NumPy

CURVES = [getattr(keras.activations, name) for name in ("tanh", "sigmoid", "softplus", "silu", "gelu")]
SLOPES = 0.2, 0.0, 0.01, 0.3, 0.7, 1.0
FEW = np.array([-2.5, -0.5, 0.4, 3.0])


def _inputs(few):
    """Return inputs of both exercises: none is close to 0, so that a numerical derivative stays on one side."""
    many = rng(0).uniform(0.05, 3, 240) * rng(1).choice([-1.0, 1.0], 240)
    return [*((few, slope) for slope in SLOPES), (many, 0.2), (many.reshape(3, 80), 0.7), (FEW[2:], 0.2), (FEW[:2], 0.2)]


def _judge_numbers(answer, inputs, **tolerances):
    """Judge a function of numbers that it decides about one by one, or raise Wrong."""
    try:
        judge(answer, inputs, **tolerances)
    except AnswerRaised as raised:
        if "is ambiguous" in raised.error:  # of the truth of an array
            raise Wrong("one_decision") from None
        raise
    properties.new_array(answer, FEW[2:], 0.2)  # where nothing is to be changed, a new array too
    properties.new_array(answer, FEW, 1.0)


def _pieces(above, below):
    """Return a function of two pieces, each of them a function of (x, slope)."""

    def slip(x, slope=0.2):
        with np.errstate(all="ignore"):
            return np.where(x > 0, above(x, slope), below(x, slope))

    return slip


def _bent(below):
    """Return a function that passes positive numbers."""
    return _pieces(lambda x, slope: x, below)


def _by_rows(x, slope=0.2):
    """Pass negative numbers too where their row is positive on average, if there are rows."""
    rows = x.mean(-1, keepdims=True) if x.ndim > 1 else x
    return np.where(np.maximum(x, rows) > 0, x, slope * x)


def _fixed(function, slope):
    """Return the slip of a slope written in, whatever `slope` is."""
    details = {"argument": "slope", "value": slope}
    return "ignores_argument", lambda x, _=0.2: function(x, slope), details


ONE_DECISION = (
    "An `if`, or Python's own `max`, decides once, and here an array of many numbers waits for many decisions. "
    "`np.where` and `np.maximum` decide for each number by itself."
)


@exercise(
    hack.leaky_relu,
    praise="Positive numbers as they were, negative ones times `slope`, for every shape and slope that was tried, in a new array.",
    slips=[
        *(("one_decision", lambda x, slope=0.2, of=of: x if of(x > 0) else slope * x) for of in (np.any, np.all)),
        ("one_decision", lambda x, slope=0.2: x if x.mean() > 0 else slope * x),
        ("unchanged", lambda x, slope=0.2: x),
        ("plain_relu", _bent(lambda x, slope: 0 * x)),
        ("divided", _bent(lambda x, slope: x / np.float64(slope))),
        ("divided", _bent(lambda x, slope: x / (slope or 1))),
        ("added_to_positives", lambda x, slope=0.2: np.maximum(x, 0) + slope * x),
        ("slope_everywhere", lambda x, slope=0.2: slope * x),
        ("slope_on_positives", _pieces(lambda x, slope: slope * x, lambda x, slope: x)),
        ("sign_lost", _bent(lambda x, slope: -slope * x)),
        ("sign_lost", lambda x, slope=0.2: np.abs(x)),
        ("slope_as_cut_off", _bent(lambda x, slope: slope + 0 * x)),
        ("slope_as_cut_off", _bent(lambda x, slope: -slope + 0 * x)),
        ("slope_as_cut_off", lambda x, slope=0.2: np.maximum(x, slope)),
        ("slope_as_cut_off", lambda x, slope=0.2: np.maximum(x, -slope)),
        ("slope_as_cut_off", lambda x, slope=0.2: np.where(x > slope, x, 0)),
        ("slope_as_cut_off", lambda x, slope=0.2: np.where(x > slope, x, slope * x)),
        ("subtracted", _bent(lambda x, slope: x - slope)),
        ("subtracted", _bent(lambda x, slope: x + slope)),
        ("derivative", _pieces(lambda x, slope: 1, lambda x, slope: slope)),
        ("elu", _bent(lambda x, slope: slope * np.expm1(x))),
        ("elu", _bent(lambda x, slope: np.expm1(x))),
        ("other_slope", _bent(lambda x, slope: (1 - slope) * x), {"factor": "1 - slope"}),
        ("other_slope", _bent(lambda x, slope: slope**2 * x), {"factor": "slope squared"}),
        ("other_slope", _bent(lambda x, slope: slope / 2 * x), {"factor": "half the slope"}),
        ("other_slope", _bent(lambda x, slope: min(slope, 0.5) * x), {"factor": "at most a half"}),
        *(
            ("at_most_1", lambda x, slope=0.2, most=most: np.minimum(hack.leaky_relu(x, slope), most), {"most": most})
            for most in (1, 6)
        ),
        *(_fixed(hack.leaky_relu, slope) for slope in (0.01, 0.1, 0.3)),
        ("whole_rows", _by_rows),
        ("whole_rows", lambda x, slope=0.2: np.where(x.mean(-1, keepdims=True) > 0, x, slope * x)),
        *(("smooth", lambda x, _=0.2, f=f: np.array(f(x)), {"curve": f.__name__}) for f in CURVES),
        ("not_zero_at_0", lambda x, slope=0.2: np.where(x == 0, slope, hack.leaky_relu(x, slope))),
        ("not_zero_at_0", lambda x, slope=0.2: np.where(x == 0, 1, hack.leaky_relu(x, slope))),
    ],
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
        "subtracted": "Your function moves negative numbers by the slope. Multiply them by it.",
        "derivative": (
            "Your function returns 1 for positive numbers and the slope for negative ones. That is the derivative, "
            "the next exercise. Here the number itself is wanted, times 1 or times the slope."
        ),
        "elu": (
            "Your function bends negative numbers along an exponential curve: that is an ELU. Leaky ReLU is straight "
            "on both sides of 0."
        ),
        "smooth": "Your function is {curve}, a smooth curve. Leaky ReLU is two straight lines that meet at 0.",
        "one_decision": ONE_DECISION,
        "whole_rows": (
            "Your function passes negative numbers whole where the mean of their row is positive. Decide for each "
            "number by itself."
        ),
        "divided": "Your function divides negative numbers by the slope, so they grow. Multiply them.",
        "added_to_positives": (
            "Positive numbers get their share of the slope *on top*: a ReLU plus slope times x. They should pass as "
            "they are; the share is for negative ones alone."
        ),
        "unchanged": "Your function returns x as it is. Negative numbers should become `slope` times as large.",
        "other_slope": "Your function multiplies negative numbers by another number than `slope`: {factor}.",
        "at_most_1": "Your function cuts positive numbers off at {most}. They pass as they are, however large.",
        "not_zero_at_0": "Your function returns {found} for 0. There both sides meet, and 0 stays 0.",
    },
    hints=(
        "Of x and `slope` times x, which is the larger for a positive number, and which for a negative one?",
        "`np.where(condition, a, b)` takes a where the condition holds and b elsewhere, for all numbers at once. "
        "`np.maximum(a, b)` takes the larger of the two, number by number.",
        "np.maximum(x, ...)  # the second is x after the slope",
    ),
)
def check_leaky_relu(answer):
    few = np.append(FEW, 0.0)
    images = rng(2).normal(0, 1, (2, 4, 4, 3)).astype("float32")
    _judge_numbers(answer, [*_inputs(few), (images, 0.2), (1000 * images, 0.3)])


@exercise(
    hack.leaky_relu_derivative,
    praise="1 above 0, `slope` below, and nothing in between: no gradient is ever 0, unless the slope is.",
    slips=[
        ("the_function", hack.leaky_relu),
        (
            "still_times_x",
            _pieces(lambda x, _: 1, lambda x, slope: slope * x),
            {"where": "below 0 it is slope times x"},
        ),
        ("still_times_x", _pieces(lambda x, _: x, lambda x, slope: slope), {"where": "above 0 it is x"}),
        *(("one_decision", lambda x, slope=0.2, of=of: np.full_like(x, 1 if of(x > 0) else slope)) for of in (np.any, np.all)),
        ("one_everywhere", lambda x, slope=0.2: np.ones_like(x)),
        ("zero_below", _pieces(lambda x, slope: 1, lambda x, slope: 0)),
        ("zero_below", _pieces(lambda x, slope: 1, lambda x, slope: int(slope))),
        ("slope_everywhere", lambda x, slope=0.2: np.full_like(x, slope)),
        ("sides_swapped", _pieces(lambda x, slope: slope, lambda x, slope: 1)),
        ("the_sign", lambda x, slope=0.2: np.sign(x)),
        ("the_sign", lambda x, slope=0.2: np.sign(hack.leaky_relu(x, slope))),
        ("one_minus_slope", _pieces(lambda x, slope: 1, lambda x, slope: 1 - slope)),
        ("sign_lost", _pieces(lambda x, slope: 1, lambda x, slope: -slope)),
        ("one_over_slope", _pieces(lambda x, slope: 1, lambda x, slope: 1 / np.float64(slope))),
        ("one_over_slope", _pieces(lambda x, slope: 1, lambda x, slope: 1 / (slope or 1))),
        ("one_plus_slope", _pieces(lambda x, slope: 1 + slope, lambda x, slope: slope)),
        ("one_plus_slope", lambda x, slope=0.2: np.where(x > 0, 1, 0) + slope),
        ("slope_as_cut_off", lambda x, slope=0.2: np.where(x > slope, 1, slope)),
        ("other_slope", _pieces(lambda x, _: 1, lambda x, slope: slope**2), {"factor": "slope squared"}),
        ("other_slope", _pieces(lambda x, _: 1, lambda x, slope: slope / 2), {"factor": "half the slope"}),
        ("other_slope", _pieces(lambda x, _: 1, lambda x, slope: min(slope, 0.5)), {"factor": "at most a half"}),
        *(_fixed(hack.leaky_relu_derivative, slope) for slope in (0.01, 0.1, 0.3)),
    ],
    misconceptions={
        "one_decision": ONE_DECISION,
        "one_minus_slope": "Your derivative is 1 - slope below 0. The line there rises by the slope itself.",
        "one_plus_slope": "Your derivative is 1 + slope above 0. The slope belongs below 0 alone: above, it is 1.",
        "one_over_slope": "Your derivative is 1 / slope below 0. The line there rises by the slope itself.",
        "slope_as_cut_off": "Your derivative changes at x = slope. The line bends at 0, whatever its slope is.",
        "the_sign": "Your derivative is a sign: -1 below 0. The line of leaky ReLU rises there, by `slope`.",
        "zero_at_0": (
            "At exactly 0 your derivative is {found:.3g}, with the slope {slope:g}. Where the line bends, 1 will do, "
            "and so will the slope, or a number between them. Let exactly one of the two "
            "cases include 0."
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
        "other_slope": "Below 0 your derivative is another number than `slope`: {factor}.",
    },
    hints=(
        "Draw leaky ReLU: two straight lines that meet at 0. How steep is each of them?",
        "The result holds two different numbers, and the sign of x decides which. `np.where` picks by a condition.",
        "np.where(x > 0, ..., ...)  # how steep it is above 0, then below",
    ),
)
def check_leaky_relu_derivative(answer):
    _judge_numbers(answer, _inputs(FEW), atol=1e-4)
    for slope in (0.2, 0.7, 0.0):
        x = np.array([-1.0, 0.0, 2.0])
        _, at_zero, _ = array(answer(x, slope), (3,), " where one number of x is 0")
        if not slope - 1e-3 <= at_zero <= 1 + 1e-3:
            raise Wrong("zero_at_0", found=float(at_zero), slope=slope)


# ---- the block


def _leaky(slope=0.2):
    return partial(layers.LeakyReLU, negative_slope=slope)


def _activation(function):
    return partial(layers.Activation, function)


def _block(*after, before=(), **changes):
    """Return a function that builds the block with other layers. after, before: functions that make layers."""

    def block(filters=64):
        convolution = {"kernel_size": 3, "strides": 2, "padding": "same", **changes}
        stack = [*(make() for make in before), layers.Conv2D(filters, **convolution), *(make() for make in after)]
        return keras.Sequential([keras.Input((64, 64, 3)), *stack])

    return block


def _for_torch(**layout):
    """Return a function that builds the block for images whose channels come first."""

    def block(filters=64):
        convolution = layers.Conv2D(filters, 3, 2, "same", **layout)
        return keras.Sequential([keras.Input((3, 64, 64)), convolution, layers.LeakyReLU(negative_slope=0.2)])

    return block


BENDS = "elu", "gelu", "silu", "selu", "tanh", "sigmoid", "softplus", "mish"
MEANS = partial(layers.AveragePooling2D, 2)
POOLS = layers.MaxPooling2D, MEANS


@exercise(
    hack.make_leaky_block,
    praise="1,792 parameters, all of them the convolution's, half the height and width, and the slope 0.2.",
    slips=[
        ("no_activation", _block()),
        ("plain_relu", _block(layers.ReLU)),
        ("default_slope", _block(_leaky(0.3))),
        ("torch_slope", _block(_leaky(0.01))),
        ("applied_twice", _block(_leaky(), _leaky())),
        *(("other_slope", _block(_leaky(s)), {"slope": s}) for s in (0.02, 0.05, 0.1, 0.15, 0.25, 0.4, 0.5, 0.8)),
        ("slope_on_positives", _block(_activation(lambda x: keras.ops.minimum(x, 0.2 * x)))),
        ("slope_everywhere", _block(partial(layers.Rescaling, 0.2))),
        *(("activation_first", _block(before=[_leaky(slope)])) for slope in (0.2, 0.3, 0.01, 0.0)),
        *(("pooling", _block(_leaky(slope), pool, strides=1)) for slope in (0.2, 0.3, 0.0, 1.0) for pool in POOLS),
        *(("pooling", _block(MEANS, _leaky(slope), strides=1)) for slope in (0.2, 0.3, 0.0)),
        *(("curved", _block(_activation(curve)), {"curve": curve}) for curve in BENDS),
        *(("activation_too", _block(_leaky(), _activation(curve)), {"curve": curve}) for curve in ("tanh", "sigmoid")),
        ("torch_padding", _block(_leaky(), before=[layers.ZeroPadding2D], padding="valid")),
        ("channels_first", _block(_leaky(), data_format="channels_first")),
        ("channels_first", _for_torch()),
        ("channels_first", _for_torch(data_format="channels_first")),
    ],
    misconceptions={
        **networks.NETWORK_MISCONCEPTIONS,
        "old_name": (
            "Your block works, and Keras warned as it was built: `alpha` is the old name of the slope, and a later "
            "release may refuse it. It is called `negative_slope` now."
        ),
        "default_slope": (
            "Your leaky ReLU has the slope 0.3, which is what the Keras layer has when it isn't told. Ask for "
            "0.2: the layer's argument is `negative_slope`."
        ),
        "torch_slope": (
            "Your leaky ReLU has the slope 0.01. That is PyTorch's default and the one of the 2013 paper; DCGANs take "
            "0.2."
        ),
        "other_slope": "Your block multiplies negative numbers by {slope:g}; wanted 0.2.",
        "learned_slope": (
            "There is a {found} in your block: it has parameters, and learns its slopes. A leaky ReLU has none: its "
            "slope is a number that you choose."
        ),
        "batch_norm": "Your block normalizes, with a {found}. Here it is the convolution, then leaky ReLU.",
        "plain_relu": (
            "Your block lets nothing of a negative number through: that is a plain ReLU. (If there is a leaky one too, "
            "look for an `activation` inside the convolution: what it cuts off, no later layer brings back.)"
        ),
        "no_activation": "Your block ends with the convolution: nothing bends. Put a leaky ReLU after it.",
        "applied_twice": (
            "Your block multiplies negative numbers by 0.04, which is 0.2 · 0.2. Is the leaky ReLU there twice, in the "
            "convolution and after it? Keep one."
        ),
        "slope_on_positives": "Your block shrinks positive numbers and passes negative ones whole. Swap the sides.",
        "slope_everywhere": "Your block multiplies positive numbers by 0.2 too. They should pass as they are.",
        "activation_first": (
            "Your leaky ReLU stands before the convolution, where it bends the pixels. It belongs after: it bends what "
            "the convolution has found."
        ),
        "pooling": "Your block halves its images by pooling. Let the convolution do it, with a stride of 2.",
        "curved": (
            "Your block bends numbers along a curve, {curve}. A leaky ReLU multiplies all negative ones by one number, "
            "0.2, and passes the others."
        ),
        "activation_too": "After your leaky ReLU comes a second activation, {curve}. Leave it out here.",
        **blocks.HALVING_MISCONCEPTIONS,
        "flattened": "Your block returns one long row for each image. The next block needs images: leave out Flatten.",
        "noisy": (
            "In training your block does something else than at test time: is there a Dropout, or noise? Leave it out "
            "here."
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
    batches = [scale * rng(n).normal(0, 1, (n, 64, 64, 3)).astype("float32") for n, scale in ((2, 1), (1, 5))]
    with warnings.catch_warnings(record=True) as told_of:
        warnings.simplefilter("always")
        networks.judge_network(
            answer,
            [(5,), ()],
            lambda *_: batches,
            layers=[
                ("Pool", "pooling"),
                ("PReLU", "learned_slope"),
                ("Normalization", "batch_norm"),
                ("Dropout", "noisy"),
                ("Noise", "noisy"),
            ],
            sizes=[
                *blocks.HALVING_SIZES,
                ("flattened", lambda filters=64: (32 * 32 * filters,)),
            ],
        )
    if any("alpha" in str(warning.message) for warning in told_of):
        raise Wrong("old_name")
