"""Judge images that were scaled to [-1, 1], and brought back: the same questions in labs 07 and 12."""

import numpy as np

from ganhacks.checks.engine.exercise import Wrong
from ganhacks.checks.engine.judging import Example, judge
from ganhacks.checks.engine.values import array

#: What can be wrong with images that should go from -1 for black to 1 for white: see `judge_scaled`.
SCALING_MISCONCEPTIONS = {
    "unit_range": "Your values lie in [0, 1]. The generator's tanh makes [-1, 1]: stretch by 2 and shift by 1.",
    "half_range": "Your values lie in [-0.5, 0.5]: centred, and half as wide as the generator's tanh.",
    "not_centred": "Your values lie in [0, 2]: as wide as the generator's tanh, and shifted. Subtract 1.",
    "unscaled": "Your values still go from {low:.4g} to {high:.4g}. Divide, so that they lie in [-1, 1].",
    "shifted": (
        "Your values go from {low:.4g} to {high:.4g}: as wide as wanted, and in another place. Look at what you "
        "subtract, and at the brackets."
    ),
    "inverted": "Your scaling turns black into 1 and white into -1: the digits would be negatives.",
    "for_classifiers": (
        "You subtract MNIST's mean and divide by its deviation, as for a classifier: black becomes -0.42 and white "
        "2.82. The generator's tanh makes [-1, 1]."
    ),
    "integers": (
        "Your result is {found}: whole numbers, and between -1 and 1 there are hardly any. Turn the images into "
        "float32 before you calculate, leave them so, and divide with `/` (`//` cuts fractions off)."
    ),
    "wraps_around": (
        "Some of your values jump: uint8 arithmetic starts again at 0 after 255. Turn the images into float32 "
        "before you calculate."
    ),
    "off_by_little": "{grey} becomes {found:.4f}; wanted {wanted:.4f}: 0 goes to -1, 255 to 1, evenly in between.",
    "scrambled": "Your numbers are right and stand in other places. Keep each image's pixels together, row by row.",
    "depends_on_data": (
        "The same grey value becomes something else in another batch: you look at the batch's own minimum, maximum "
        "or mean. Use the constants of uint8, so that every batch is treated alike."
    ),
}

#: What can be wrong with images that should have come back as uint8: see `judge_restored`.
RESTORING_MISCONCEPTIONS = {
    "halves_first": (
        "Your formula halves before it shifts, as in `x / 2 + 1`: -1, which is black, becomes 0.5, a mid-grey. Which "
        "of the two comes first?"
    ),
    "no_brackets": (
        "Only the last part is multiplied in yours: `*` and `/` come before `+`. Put brackets around the sum."
    ),
    "no_shift": "Multiplying alone never moves -1, which is black, to 0. Add 1 first.",
    "not_halved": "x + 1 goes from 0 to 2, and you multiply it by 255: twice too much. Halve it, or take 127.5.",
    "unit_range": "Your values lie in [0, 1] now. Matplotlib takes that too; here an image goes from 0 to 255.",
    "scrambled": "Your pixels are right and stand in other places. Keep each image's pixels together, row by row.",
    "wrong_dtype": "Your result is {found}. For a picture, turn it into uint8 at the end.",
    "white_too_dark": "White, 1, comes out as 254: half of 255 is 127.5, not 127.",
    "by_128": (
        "You multiply by 128 or shift by it. Half of 255 is 127.5: with 128 some come back as a neighbour, or white as "
        "black, since 256 does not fit into uint8."
    ),
    "truncates": (
        "Some of the 256 grey values come back one too dark: 50.99999 becomes 50. astype('uint8') cuts the fraction "
        "off, and to subtract before rounding does the same. Take the nearest whole number: np.round alone."
    ),
    "rounds_up": "Some of the 256 grey values come back one too bright. Do you round up? Take the nearest: np.round.",
    "depends_on_data": (
        "The same number becomes another grey value in another batch: you look at the batch's own minimum, maximum or "
        "mean. Use the constants of the scaling, so that every batch is treated alike."
    ),
    "not_nearest": (
        "Every grey value comes back, and what lies between two of them does not always become the nearer one. A "
        "generator makes all values, so round to the nearest: np.round."
    ),
    "few_greys": "You round before you multiply, to one or two decimals: few grey values are left. Round at the end.",
    "wrong_values": "Yours gives back a wrong value for {lost} of the 256 greys.",
}

GREYS = np.arange(256, dtype="uint8")


def batches(*shapes):
    """Return uint8 batches for a check: all grey values in each shape, and in the first also dark, bright and flat.

    The first shape has to have room for all values.
    """
    whole = [np.resize(GREYS, shape) for shape in shapes]
    dark, bright = np.minimum(whole[0], 100), np.maximum(whole[0], 150)
    return [*whole, dark, bright, np.minimum(whole[0], 1), np.zeros_like(whole[0][:1])]


def _stretched(x, axis=None):
    low, high = x.min(axis, keepdims=True), x.max(axis, keepdims=True)
    with np.errstate(all="ignore"):
        return 2 * ((x - low) / (high - low)) - 1


def _standardized(x):
    with np.errstate(all="ignore"):
        return (x - x.mean()) / x.std()


#: How people scale wrongly: functions of uint8 images that return values in the same shape.
SCALING_SLIPS = [
    ("unit_range", lambda x: x / 255),
    ("half_range", lambda x: x / 255 - 0.5),
    ("not_centred", lambda x: x / 127.5),
    ("inverted", lambda x: 1 - x / 127.5),
    ("unscaled", lambda x: x.astype("float32"), {"low": 0, "high": 255}),
    ("unscaled", lambda x: x - 127.5, {"low": -127.5, "high": 127.5}),
    ("unscaled", lambda x: x - 128.0, {"low": -128, "high": 127}),
    ("unscaled", lambda x: 2.0 * x - 1, {"low": -1, "high": 509}),
    ("for_classifiers", lambda x: (x / 255 - 0.1307) / 0.3081),
    ("integers", lambda x: np.floor(x / 127.5) - 1, {"found": "rounded"}),
    ("integers", lambda x: np.trunc(x / 127.5 - 1), {"found": "rounded"}),
    ("wraps_around", lambda x: (x * 2 - 255) / 255),
    ("wraps_around", lambda x: (x - 127) / 127.5),
    ("wraps_around", lambda x: (x - 127) / 128),
    ("wraps_around", lambda x: (x - 128) / 127.5),
    ("wraps_around", lambda x: (x - 128) / 128),
    ("depends_on_data", _stretched),
    ("depends_on_data", _standardized),
    ("depends_on_data", lambda x: x / (max(x.max(), 1) / 2) - 1),
    ("depends_on_data", lambda x: (x / 255 if x.max() > 1 else x) * 2.0 - 1),
]


def judge_scaled(answer, inputs, reshaped):
    """Judge a function that should take uint8 images to float32 in [-1, 1], pixel by pixel, or raise Wrong.

    inputs: uint8 batches, the first with all grey values. reshaped: the misconception for all pixels in another shape.
    The exercise has SCALING_SLIPS among its slips, see `into`.
    """

    def fits(found, wanted, case):
        found = _in_shape(found, wanted, reshaped, case)
        values, grey = found.astype("float64"), np.round((wanted.astype("float64") + 1) * 127.5)
        if np.allclose(np.sort(values, axis=None), np.sort(wanted, axis=None), atol=1e-5):
            raise Wrong("scrambled")
        _judge_dependence(answer, inputs)
        if found.dtype.kind != "f":
            raise Wrong("integers", found=found.dtype)
        steps = np.diff(values.flat[np.unique(grey, return_index=True)[1]])  # from one grey value to the next
        if (steps < 0).any() and (steps > 0).any():
            raise Wrong("wraps_around")
        off = values - wanted
        if np.ptp(off) < 0.05 < abs(off.mean()):
            raise Wrong("shifted", low=values.min(), high=values.max())
        if np.abs(values).max() > 1.5:
            raise Wrong("unscaled", low=values.min(), high=values.max())
        if found.dtype == np.float16 and np.allclose(values, wanted, atol=1e-3):  # its rounding, and nothing else
            raise Wrong("wrong_dtype", found=found.dtype, wanted="float32")
        at = np.argmax(np.abs(values - wanted))
        raise Wrong("off_by_little", grey=int(grey.flat[at]), found=values.flat[at], wanted=wanted.flat[at])

    judge(answer, [(batch,) for batch in inputs], dtype="float32", fits=fits)


#: How people undo the scaling wrongly, but for the way in which they make whole numbers of it.
RESTORING_FORMULAS = [
    ("halves_first", lambda x: (x / 2 + 1) * 255),
    ("no_shift", lambda x: x * 255),
    ("no_shift", lambda x: x * 127.5),
    ("no_brackets", lambda x: x + 1 * 127.5),
    ("no_brackets", lambda x: x / 2 + 1 * 127.5),
    ("no_brackets", lambda x: x + 1 / 2 * 255),
    ("not_halved", lambda x: (x + 1) * 255),
]


def as_uint8(values):
    """Return the nearest whole numbers from 0 to 255."""
    return np.clip(np.round(values), 0, 255).astype("uint8")


#: The same, as functions of images in [-1, 1] that return whole numbers in the same shape, and some more.
RESTORING_SLIPS = [
    *((name, lambda x, formula=formula: as_uint8(formula(x))) for name, formula in RESTORING_FORMULAS),
    ("no_shift", lambda x: as_uint8(x * 127.5 + 1)),
    ("unit_range", lambda x: (x + 1) / 2),
    ("unit_range", lambda x: np.trunc((x + 1) / 2)),
    ("white_too_dark", lambda x: as_uint8(x * 127 + 127)),
    ("white_too_dark", lambda x: as_uint8(np.floor(x * 127 + 127))),
    ("white_too_dark", lambda x: as_uint8(x * 127.5 + 127)),
    ("by_128", lambda x: as_uint8((x + 1) * 128)),
    ("by_128", lambda x: np.round((x + 1) * 128).astype("int64").astype("uint8")),
    ("by_128", lambda x: ((x + 1) * 128).astype("int64").astype("uint8")),
    ("by_128", lambda x: as_uint8(x * 128 + 127)),
    *(("by_128", lambda x, width=width: as_uint8(x * width + 128)) for width in (127, 127.5, 128)),
    ("depends_on_data", lambda x: as_uint8((_stretched(x) + 1) * 127.5)),
    ("depends_on_data", lambda x: as_uint8((x + 1) * 127.5 if x.min() < 0 else x * 255)),
    *(("few_greys", lambda x, n=n: as_uint8(np.round((x + 1) / 2, n) * 255)) for n in (1, 2)),
    *(("few_greys", lambda x, n=n: as_uint8((np.round(x, n) + 1) * 127.5)) for n in (1, 2)),
    ("truncates", lambda x: np.clip((x + 1) * 127.5, 0, 255).astype("uint8")),
    ("rounds_up", lambda x: as_uint8(np.ceil((x + 1) * 127.5 + 0.01))),
    ("not_nearest", lambda x: as_uint8(np.floor((x + 1) * 127.5 + 1e-3))),
]


def judge_restored(answer, scale, inputs, reshaped):
    """Judge a function that should undo a scaling to [-1, 1], and round to the nearest between, or raise Wrong.

    scale: the right scaling. inputs: uint8 batches, the first with all grey values. reshaped: as in `judge_scaled`.
    The exercise has RESTORING_SLIPS among its slips, see `into`.
    """

    def undone(found, wanted, case):
        found = _in_shape(found, wanted, reshaped, case)
        back, grey = found.astype("float64"), wanted.astype("float64")
        if found.dtype != np.uint8 and np.abs(back - grey).max() < 1:
            raise Wrong("wrong_dtype", found=found.dtype)
        if np.array_equal(np.sort(back, axis=None), np.sort(grey, axis=None)):
            raise Wrong("scrambled")
        _judge_dependence(answer, [scale(batch) for batch in inputs])
        at = np.argmax(np.abs(back - grey))
        example = Example(f"{grey.flat[at]:g} comes back as {back.flat[at]:g}, for instance.")
        for misconception, formula in RESTORING_FORMULAS:
            if _is_like(back, formula(grey / 127.5 - 1)):
                raise Wrong(misconception, example)
        lost = len(np.unique(grey[back != grey]))
        # One grey alone is an end that was clipped, say; a fraction that is cut off costs many.
        if lost > 1 and np.abs(back - grey).max() <= 1 and ((back <= grey).all() or (back >= grey).all()):
            raise Wrong("truncates" if (back <= grey).all() else "rounds_up", example)
        raise Wrong("wrong_values", example, lost=lost)

    def nearest(found, wanted, case):
        found = _in_shape(found, wanted, reshaped, case)
        at = np.argmax(np.abs(found.astype("float64") - wanted))
        said = f"{between.flat[at]:.4f} comes out as {found.flat[at]:g}; the nearer one is {wanted.flat[at]}."
        raise Wrong("not_nearest", Example(said))

    calls = [(scale(batch),) for batch in inputs]
    judge(answer, calls, dtype="uint8", pictured="images", fits=undone)
    levels = np.float32([0.4, 50.4, 50.6, 200.3, 200.7])
    between = np.resize(levels / np.float32(127.5) - 1, calls[0][0][:1].shape)
    judge(answer, [(between,), *calls], dtype="uint8", fits=nearest)


def into(shape, slips):
    """Return slips whose results have this shape after the first axis: for functions that flatten, or unflatten."""
    return [(name, lambda x, slip=slip: slip(x).reshape(len(x), *shape), *more) for name, slip, *more in slips]


def _in_shape(found, wanted, reshaped, case):
    """Return what an answer returned as an array, or raise Wrong: `reshaped` if it has as many pixels as wanted."""
    found = array(found)
    if found.size == wanted.size and found.shape != wanted.shape:
        raise Wrong(reshaped, found=found.shape, wanted=wanted.shape)
    return array(found, wanted.shape, case)


def _judge_dependence(answer, inputs):
    """Raise Wrong if a pixel becomes something else where others get darker, or brighter."""
    for batch in inputs:
        middle = np.sort(batch, axis=None)[batch.size // 2]
        for other in (np.minimum(batch, middle), np.maximum(batch, middle)):
            kept = (other == batch).ravel()
            one, changed = (np.asarray(answer(x), "float64").ravel() for x in (batch, other))
            if one.size == changed.size == kept.size and np.abs(one - changed)[kept].max(initial=0) > 1e-3:
                raise Wrong("depends_on_data")


def _is_like(back, values):
    """Tell whether whole numbers are these values, rounded or cut off, and clipped or wrapped around."""
    # Beyond 0 to 255, uint8 starts again from the other end, unless the values were clipped.
    around = (back - values + 128) % 256 - 128
    return np.abs(around).max() < 1.01 or np.allclose(back, np.clip(values, 0, 255), atol=1.01)
