"""Lab 07, scale images: what a right answer must show, how people get it wrong, and the hints."""

import numpy as np
import tensorflow as tf

from ganhacks.blame import one_line
from ganhacks.checks.judges import images
from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import Example, fitting, judge, short
from ganhacks.checks.engine.values import array, told
from ganhacks.hacks import scale_images as hack

PARAMETERS = {
    "steps": training_steps(),
    "hidden": Parameter("units of a hidden layer", 1, 2_000),
    "learning_rate": Parameter("of both networks", 1e-6, 1.0),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "scale_images")

PREDICTION = {
    "choices": {
        "a": "digits, a little pale.",
        "b": "digits on a background full of specks.",
        "c": "plain grey squares.",
    },
    "answer": "c",
    "remarks": {
        "a": (
            "That would be so if half of the range only cost contrast. D uses the missing half to tell fakes from "
            "reals."
        ),
        "b": "That is what you see where the generator reaches too *far*. A sigmoid does not reach far enough.",
    },
    "why": (
        "Four in five pixels of MNIST are black, -1, and a sigmoid never goes below 0. The discriminator reads that "
        "off at once and has won. The best that is left is to press every pixel down to 0, which is mid-grey. Where "
        "the generator reaches too far (tanh, reals in [0, 1]) it can still learn: there you see the specks."
    ),
}

#: Every grey value: images with a channel, colour images that are not square, a few pixels; and last a flat list.
BATCHES = [*images.batches((2, 28, 28, 1), (2, 9, 8, 3)), np.uint8([[[0, 51], [204, 255]]])]
FLAT = [images.GREYS]
RESHAPED = "Images of the shape {wanted} come out as {found}. Change the values and keep the shape."


# ---- there and back


@exercise(
    hack.scale_images,
    praise="0 becomes -1.0, 255 becomes 1.0, in float32 and in the shape that came in.",
    slips=[*images.SCALING_SLIPS, ("scrambled", lambda x: hack.scale_images(x[::-1]))],
    misconceptions={**images.SCALING_MISCONCEPTIONS, "reshaped": RESHAPED},
    hints=(
        "Which grey value should become 0, and how far from it are black and white?",
        "Halfway between 0 and 255 is 127.5. Make float32 of the images first, then divide by that; where did 0 and "
        "255 go?",
        "images.astype('float32') / ... - ...",
    ),
)
def check_scale_images(answer):
    images.judge_scaled(answer, BATCHES, "reshaped")
    images.judge_scaled(answer, FLAT, "reshaped")


def published_inverse(scaled):
    values = np.clip((scaled / 2 + 1) * 255, 0, 255)
    return values.astype("uint8")


@exercise(
    hack.unscale_images,
    given=published_inverse,
    praise="It undoes `scale_images` exactly, for all 256 grey values, and stays in bounds for what lies outside.",
    slips=[
        *images.RESTORING_SLIPS,
        ("scrambled", lambda x: hack.unscale_images(x[::-1])),
        ("not_clipped", lambda x: np.round((x + 1) * 127.5).astype("int64").astype("uint8")),
    ],
    misconceptions={
        **images.RESTORING_MISCONCEPTIONS,
        "reshaped": RESHAPED,
        "not_clipped": (
            "What lies outside [-1, 1], even by a hair, does not come out as 0 or as 255. uint8 has nothing below 0 or "
            "above 255 and starts again from the other end, so np.clip before you turn it into uint8."
        ),
    },
    hints=(
        "Put -1, 0 and 1 into the formula by hand. What should come out, and what does?",
        "`scale_images` divided by 127.5 and then subtracted 1. Undo the two, the last one first. And how does "
        "50.99999 become 51 in uint8?",
        "np.clip(np.round((scaled + ...) * ...), 0, 255).astype(...)",
    ),
)
def check_unscale_images(answer):
    def fits(found, wanted, case):
        found, at = array(found, wanted.shape, case), np.argmax(np.abs(found.astype("float64") - wanted))
        said = f"{outside[at]:+.3f} comes out as {found[at]:g}; wanted {wanted[at]}."
        raise Wrong("not_clipped", Example(said))

    images.judge_restored(answer, hack.scale_images, BATCHES, "reshaped")
    images.judge_restored(answer, hack.scale_images, FLAT, "reshaped")
    outside, scaled = np.float32([-1.006, 1.006, -1.02, 1.02, -3, 3, -300, 300]), hack.scale_images(images.GREYS)
    judge(answer, [(outside,), (outside.astype("float64"),), (scaled,)], dtype="uint8", fits=fits)


# ---- the generator's last layer

# The first two are tanh itself and a sigmoid; the others tell the formulas apart that agree on those. The lab calls it
# with whole numbers, a student maybe with others.
RANGES = ((-1, 1), (0, 1), (0.0, 255.0), (-0.5, 0.5), (2.0, 6.0))

#: From far out to far out: exp(100) is infinite in float32.
X = np.concatenate([[-100], np.linspace(-3.5, 3.5, 19), [100]]).astype("float32").reshape(7, 3)


def _stretched(curve):
    """Return the function that stretches a curve from [-1, 1] to [low, high]."""
    return lambda x, low, high: low + (high - low) * (curve(x) + 1) / 2


def _minmax(y):
    return 2 * (y - tf.reduce_min(y)) / (tf.reduce_max(y) - tf.reduce_min(y)) - 1


@exercise(
    hack.stretched_tanh,
    praise="tanh for (-1, 1), a sigmoid for (0, 1), and whatever else the reals should need.",
    slips=[
        ("stretched_before", lambda x, low, high: tf.tanh(low + (high - low) * (x + 1) / 2)),
        ("stretched_before", lambda x, low, high: tf.tanh((high - low) * x + low)),
        ("stretched_before", lambda x, low, high: tf.tanh((high - low) * x / 2) + (low + high) / 2),
        ("ignores_range", lambda x, low, high: tf.tanh(x)),
        ("ignores_range", lambda x, low, high: tf.sigmoid(x)),
        ("ignores_range", lambda x, low, high: tf.sigmoid(2 * x)),
        ("too_wide", lambda x, low, high: low + (high - low) * tf.tanh(x)),
        ("too_wide", lambda x, low, high: (low + high) / 2 + (high - low) * tf.tanh(x)),
        ("too_wide", lambda x, low, high: low + (high - low) * (tf.tanh(x) + 1)),
        ("too_wide", lambda x, low, high: high * tf.tanh(x)),
        ("not_shifted", lambda x, low, high: (high - low) / 2 * tf.tanh(x)),
        ("not_shifted", lambda x, low, high: (high - low) / 2 * (tf.tanh(x) + 1)),
        ("not_shifted", lambda x, low, high: low + (high - low) / 2 * tf.tanh(x)),
        ("unbounded", lambda x, low, high: low + (high - low) * (x + 1) / 2),
        ("unbounded", lambda x, low, high: low + (high - low) * x),
        ("unbounded", lambda x, low, high: tf.nn.relu(x)),
        ("wrong_range", lambda x, low, high: tf.sigmoid(2 * x) if low == 0 else tf.tanh(x)),
        ("clipped", lambda x, low, high: tf.clip_by_value(x, low, high)),
        ("clipped", _stretched(lambda x: tf.clip_by_value(x, -1, 1))),
        ("clipped", lambda x, low, high: tf.clip_by_value(tf.tanh(x), low, high)),
        ("falls", lambda x, low, high: hack.stretched_tanh(x, high, low)),
        ("plain_sigmoid", _stretched(lambda x: tf.tanh(x / 2))),
        ("by_the_batch", _stretched(lambda x: _minmax(tf.tanh(x)))),
        ("by_the_batch", _stretched(_minmax)),
        ("by_the_batch", _stretched(lambda x: 2 * tf.nn.softmax(x) - 1)),
        ("overflows", _stretched(lambda x: (tf.exp(x) - tf.exp(-x)) / (tf.exp(x) + tf.exp(-x)))),
        ("overflows", _stretched(lambda x: (tf.exp(2 * x) - 1) / (tf.exp(2 * x) + 1))),
        ("other_curve", _stretched(tf.math.erf), {"curve": "the error function"}),
        ("other_curve", _stretched(tf.nn.softsign), {"curve": "a softsign"}),
        ("other_curve", _stretched(lambda x: 2 / np.pi * tf.atan(x)), {"curve": "an arctangent"}),
        ("other_curve", _stretched(tf.sin), {"curve": "a sine"}),
    ],
    misconceptions={
        "a_layer": "Your function returns {found}. Call it on x and return the numbers that come out.",
        "leaves_keras": (
            "Your function does not survive inside a model ({reason}). NumPy works on finished numbers; a model is "
            "built from tensors that have none yet. Use keras.ops, which has the same names."
        ),
        "stretched_before": (
            "You stretch x before tanh, and tanh presses everything back between -1 and 1. Take tanh first, then "
            "stretch and shift what comes out."
        ),
        "ignores_range": (
            "Your output is the same for every range that is asked for. Stretch and shift it with `low` and `high`."
        ),
        "too_wide": ("Your output is twice as wide as it should be. tanh itself is 2 wide, from -1 to 1."),
        "not_shifted": ("Your output is as wide as it should be, and in another place. Move its lower end to `low`."),
        "unbounded": "Nothing holds your output: it grows as x grows. Where is the tanh?",
        "wrong_range": "The ends of your output are not `low` and `high` for every range that is asked for.",
        "clipped": (
            "Your output is flat from low on and from high on, so a pixel that is out there has no gradient and never "
            "comes back. tanh bends and never quite stops: use it in place of the clip."
        ),
        "flat": "Your output is flat, {found} for every x{case}. Does x count? (`//` cuts fractions off: half of 1 becomes 0.)",
        "falls": "Your output falls as x rises: you have low and high the wrong way round.",
        "plain_sigmoid": (
            "The ends are right, and in between your output rises half as fast as wanted: a sigmoid of x is a tanh of "
            "x / 2. Use tanh, or a sigmoid of 2 * x."
        ),
        "by_the_batch": (
            "The same x becomes another number when the rest of x differs: you scale by the batch's own extremes or "
            "sum. Each pixel has to depend on its own x alone."
        ),
        "overflows": (
            "Your formula is tanh, and for large x it gives NaN: exp(x) is infinite in float32 from x = 89 on, and "
            "infinity / infinity is no number. keras.ops.tanh has no such limit."
        ),
        "other_curve": "Your curve is {curve}: it has the right ends and another bend. Use tanh.",
        "wrong_between": "The ends are right, and in between your output is not tanh(x), stretched evenly.",
    },
    hints=(
        "You know how to take [0, 255] to [-1, 1]. What takes [-1, 1] to [low, high]?",
        "First make 0 to 1 of tanh's -1 to 1: add 1 and halve. Then make it as wide as the range, and begin at `low`.",
        "low + (... - ...) * (keras.ops.tanh(x) + ...) / ...",
    ),
)
def check_stretched_tanh(answer):
    def fits(found, wanted, case):
        if callable(found):
            raise Wrong("a_layer", found=told(found))
        fitting(found, wanted, case)
        _judge_by_itself(answer)
        found, wanted = (np.asarray(part, "float64").ravel() for part in (found, wanted))
        if np.ptp(found) == 0:
            raise Wrong("flat", found=short(found[0]), case=case)
        if (np.diff(found) <= 0).all():
            raise Wrong("falls")
        _judge_ends(wanted[0], wanted[-1], found)
        at = np.argmax(np.abs(found - wanted))
        at_x = f"For x = {X.ravel()[at]:.3g}: yours {found[at]:.4g}, wanted {wanted[at]:.4g}."
        raise Wrong("clipped" if (np.diff(found[1:-1]) == 0).any() else "wrong_between", Example(at_x))

    judge(answer, [(tf.constant(X), *ends) for ends in RANGES], dtype="float32", fits=fits)
    judge(answer, [(tf.constant(x), 0.0, 1.0) for x in (X.reshape(1, 7, 3, 1), X[0, 0])], dtype="float32")
    _survives_a_model(answer)


def _judge_by_itself(answer):
    """Raise Wrong if a pixel's result changes with the others."""
    for ends in RANGES:
        one, other = (np.asarray(answer(tf.constant(x), *ends)) for x in (X, np.where(X > 1, np.float32(3), X)))
        if not np.allclose(one[X <= 1], other[X <= 1], atol=1e-4 * (ends[1] - ends[0])):
            raise Wrong("by_the_batch")


def _judge_ends(low, high, found):
    """Look at where very negative and very positive x lead."""
    width, ends = high - low, (found[0], found[-1])
    if np.allclose(ends, (low, high), atol=1e-3 * width):
        return
    example = Example(
        f"For ({low:g}, {high:g}) it goes from {ends[0]:.3g} to {ends[1]:.3g} as x goes from -100 to 100."
    )
    if abs(ends[1] - ends[0]) > 10 * width:
        raise Wrong("unbounded", example)
    for times, misconception in ((1, "not_shifted"), (2, "too_wide")):
        if np.isclose(ends[1] - ends[0], times * width, rtol=1e-2):
            raise Wrong(misconception, example)
    raise Wrong("wrong_range", example)


def _survives_a_model(answer):
    """Trace the answer as a model does, when tensors have no values and batches no size yet, or raise Wrong."""
    unknown = tf.TensorSpec((None, 3), tf.float32)
    try:
        tf.function(lambda x: answer(x, -1.0, 1.0), autograph=False).get_concrete_function(unknown)
    except Wrong:
        raise
    except Exception as error:
        reason = one_line(error).split(" (line ")[0].split(". ")[0]
        raise Wrong("leaves_keras", reason=reason[:160] or type(error).__name__) from None
    x = tf.constant([[-0.5, 0.0, 0.5]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = answer(x, -1.0, 1.0)
    gradient = tape.gradient(y, x)
    if gradient is None or not np.any(gradient):
        raise Wrong("leaves_keras", reason="no gradient comes back through it, so a generator would learn nothing")
