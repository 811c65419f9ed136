"""Lab 07, scale images: what a right answer must show, how people get it wrong, and the hints."""

import numpy as np
import tensorflow as tf

from ganhacks.blame import one_line
from ganhacks.checks import images
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.values import array, told
from ganhacks.hacks import scale_images as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "scale_images")

PREDICTION = {
    "choices": {
        "a": "digits, a little pale.",
        "b": "digits on a background full of specks.",
        "c": "plain grey squares.",
    },
    "answer": "c",
    "why": (
        "Four in five pixels of MNIST are black, -1, and a sigmoid never goes below 0. The discriminator reads that "
        "off at once and has won. The best that is left is to press every pixel down to 0, which is mid-grey. Where "
        "the generator reaches too far (tanh, reals in [0, 1]) it can still learn: there you see the specks."
    ),
}

# Every grey value, in shapes that have nothing in common: images with a channel, a flat list, colour images.
GREYS = np.arange(256, dtype="uint8")
ALL_VALUES = np.resize(GREYS, (2, 28, 28, 1))
OTHER_SHAPES = (GREYS, np.resize(GREYS, (2, 8, 8, 3)))


# ---- there and back


@exercise(
    hack.scale_images,
    praise="0 becomes -1.0, 255 becomes 1.0, in float32 and in the shape that came in.",
    misconceptions={
        **images.SCALING_MISCONCEPTIONS,
        "integers": (
            "Your result is {found}: whole numbers, and between -1 and 1 there are hardly any. Turn the images into "
            "float32 before you calculate, and leave them so."
        ),
        "reshaped": "Images of the shape {wanted} come out as {found}. Change the values and keep the shape.",
    },
    hints=(
        "Which grey value should become 0, and how far from it are black and white?",
        "Halfway between 0 and 255 is 127.5. Make float32 of the images first, then divide by that; where did 0 and "
        "255 go?",
        "images.astype('float32') / ... - ...",
    ),
)
def check_scale_images(answer):
    def scale(images):
        found = _in_shape(answer(images), images.shape)
        if found.dtype.kind != "f":
            raise Wrong("integers", found=found.dtype)
        return found

    for grey in (ALL_VALUES, *OTHER_SHAPES):
        images.judge_scaling(scale, grey)


def _in_shape(value, wanted):
    found = array(value)
    if found.shape != wanted:
        raise Wrong("reshaped" if found.size == np.prod(wanted) else "wrong_shape", found=found.shape, wanted=wanted)
    return found


def published_inverse(scaled):
    values = np.clip((scaled / 2 + 1) * 255, 0, 255)
    return values.astype("uint8")


@exercise(
    hack.unscale_images,
    given=published_inverse,
    praise="It undoes `scale_images` exactly, for all 256 grey values, and stays in bounds for what lies outside.",
    misconceptions={
        **images.RESTORING_MISCONCEPTIONS,
        "reshaped": "Images of the shape {wanted} come out as {found}. Change the values and keep the shape.",
        "depends_on_data": (
            "The same number becomes another grey value in a darker batch: you stretch each batch by its own extremes. "
            "Use the constants with which `scale_images` worked."
        ),
        "not_nearest": (
            "Every grey value comes back, and {between:g}, which lies between two of them, comes out as {found}; the "
            "nearer one is {wanted}. A generator makes all values, so round to the nearest: np.round."
        ),
        "not_clipped": (
            "{scaled:+.3f}, a hair outside [-1, 1], comes out as {found}; wanted {wanted}. uint8 has nothing below 0 "
            "or above 255 and starts again from the other end, so np.clip before you turn it into uint8."
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
    def restore(grey):
        return _in_shape(answer(hack.scale_images(grey)), grey.shape)

    for grey in (ALL_VALUES, *OTHER_SHAPES):
        images.judge_restored(restore(grey), grey)
    dark = np.minimum(ALL_VALUES, 100)
    if not np.array_equal(restore(dark), dark):
        raise Wrong("depends_on_data")
    between = np.float32([0.4, 50.4, 50.6, 200.3, 200.7])
    for value, level in zip(array(answer(between / np.float32(127.5) - 1), (5,), " for five values"), between):
        if value != np.round(level):
            raise Wrong("not_nearest", between=level / 127.5 - 1, found=value, wanted=int(np.round(level)))
    outside = np.float32([-1.02, -1.006, 1.006, 1.02])
    found = array(answer(outside), (4,), " for four values")
    for scaled, value, wanted in zip(outside, found, (0, 0, 255, 255), strict=True):
        if value != wanted:
            raise Wrong("not_clipped", scaled=scaled, found=value, wanted=wanted)


# ---- the generator's last layer

# The first two are tanh itself and a sigmoid; the others tell the formulas apart that agree on those.
RANGES = ((-1.0, 1.0), (0.0, 1.0), (0.0, 255.0), (-0.5, 0.5), (2.0, 6.0))


@exercise(
    hack.stretched_tanh,
    praise="tanh for (-1, 1), a sigmoid for (0, 1), and whatever else the reals should need.",
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
            "Your output is the same for every range that is asked for: from {found_low:.3g} to {found_high:.3g}. "
            "Stretch and shift it with `low` and `high`."
        ),
        "too_wide": (
            "For ({low:g}, {high:g}) your output goes from {found_low:.3g} to {found_high:.3g}, twice as wide as it "
            "should be. tanh itself is 2 wide, from -1 to 1."
        ),
        "not_shifted": (
            "For ({low:g}, {high:g}) your output goes from {found_low:.3g} to {found_high:.3g}: as wide as it should "
            "be, and in another place. Move its lower end to `low`."
        ),
        "unbounded": (
            "For ({low:g}, {high:g}) your output goes from {found_low:.3g} to {found_high:.3g} as x goes from -30 to "
            "30: nothing holds it. Where is the tanh?"
        ),
        "wrong_range": "For ({low:g}, {high:g}) your output goes from {found_low:.3g} to {found_high:.3g}.",
        "clipped": (
            "Your output is flat from low on and from high on, so a pixel that is out there has no gradient and never "
            "comes back. tanh bends and never quite stops: use it in place of the clip."
        ),
        "falls": "Your output falls as x rises: you have low and high the wrong way round.",
        "plain_sigmoid": (
            "The ends are right, and in between your output rises half as fast as wanted: a sigmoid of x is a tanh of "
            "x / 2. Use tanh, or a sigmoid of 2 * x."
        ),
        "by_the_batch": (
            "The same x becomes another number when the rest of x differs: you scale by the batch's own extremes or "
            "sum. Each pixel has to depend on its own x alone."
        ),
        "wrong_between": (
            "The ends are right for ({low:g}, {high:g}), and x = {x:g} becomes {found:.4g}; wanted {wanted:.4g}, which "
            "is tanh(x) stretched evenly."
        ),
    },
    hints=(
        "You know how to take [0, 255] to [-1, 1]. What takes [-1, 1] to [low, high]?",
        "First make 0 to 1 of tanh's -1 to 1: add 1 and halve. Then make it as wide as the range, and begin at `low`.",
        "low + (... - ...) * (keras.ops.tanh(x) + ...) / ...",
    ),
)
def check_stretched_tanh(answer):
    x = np.linspace(-3.5, 3.5, 21, dtype="float32").reshape(7, 3)
    ends = np.float32([-30, 30])
    reached = [(*ends_of, *_stretched(answer, ends, *ends_of)) for ends_of in RANGES]
    _survives_a_model(answer)
    if np.ptp(np.array(reached)[:, 2:], axis=0).max() < 1e-3 and np.abs(reached[0][2:]).max() < 29:
        middles = [_stretched(answer, np.float32([0.5, 0.5]), *ends_of)[0] for ends_of in RANGES]
        if np.ptp(middles) > 1e-3:
            raise Wrong("stretched_before")
        raise Wrong("ignores_range", found_low=reached[0][2], found_high=reached[0][3])
    for low, high, found_low, found_high in reached:
        found, width = _stretched(answer, x, low, high), high - low
        others_moved = _stretched(answer, np.where(x > 1, np.float32(3), x), low, high)
        if not np.allclose(others_moved[x <= 1], found[x <= 1], atol=1e-4 * width):
            raise Wrong("by_the_batch")
        if (np.diff(found.ravel()) < 0).all():
            raise Wrong("falls")
        _judge_ends(low, high, found_low, found_high)
        wanted = low + width * (np.tanh(x) + 1) / 2
        if np.allclose(found, wanted, atol=1e-4 * width):
            continue
        if np.allclose(found, low + width * (np.tanh(x / 2) + 1) / 2, atol=1e-4 * width):
            raise Wrong("plain_sigmoid")
        if (np.diff(found.ravel()) == 0).any():
            raise Wrong("clipped")
        worst = np.argmax(np.abs(found - wanted))
        raise Wrong(
            "wrong_between", low=low, high=high, x=x.flat[worst], found=found.flat[worst], wanted=wanted.flat[worst]
        )
    array(np.asarray(answer(tf.zeros((2, 4, 4, 3)), 0.0, 1.0)), (2, 4, 4, 3), " for images with channels")


def _stretched(answer, x, low, high):
    """Return what the answer makes of a tensor, as an array, or raise Wrong."""
    found = answer(tf.constant(x), low, high)
    if found is None:
        raise Wrong("returns_nothing")
    if callable(found):
        raise Wrong("a_layer", found=told(found))
    if not tf.is_tensor(found) and not isinstance(found, np.ndarray):
        raise Wrong("wrong_type", found=told(found), wanted="a tensor")
    return array(np.asarray(found), x.shape).astype("float64")


def _judge_ends(low, high, found_low, found_high):
    """Look at where very negative and very positive x lead."""
    width, found = high - low, found_high - found_low
    details = {"low": low, "high": high, "found_low": found_low, "found_high": found_high}
    if np.allclose((found_low, found_high), (low, high), atol=1e-3 * width):
        return
    if abs(found) > 10 * width:
        raise Wrong("unbounded", **details)
    for times, misconception in ((1, "not_shifted"), (2, "too_wide")):
        if np.isclose(found, times * width, rtol=1e-2):
            raise Wrong(misconception, **details)
    raise Wrong("wrong_range", **details)


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
    if tape.gradient(y, x) is None:
        raise Wrong("leaves_keras", reason="no gradient comes back through it, so a generator would learn nothing")
