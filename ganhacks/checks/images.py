"""Judge images that were scaled to [-1, 1], and brought back: the same question in labs 07 and 12."""

import numpy as np

from ganhacks.checks.exercise import Wrong

#: What can be wrong with images that should go from -1 for black to 1 for white: see `judge_scaling`.
SCALING_MISCONCEPTIONS = {
    "unit_range": "Your values lie in [0, 1]. The generator's tanh makes [-1, 1]: stretch by 2 and shift by 1.",
    "half_range": "Your values lie in [-0.5, 0.5]: centred, and half as wide as the generator's tanh.",
    "not_centred": "Your values lie in [0, 2]: as wide as the generator's tanh, and shifted. Subtract 1.",
    "unscaled": "Your values still go from {low:.4g} to {high:.4g}. Divide, so that they lie in [-1, 1].",
    "inverted": "Your scaling turns black into 1 and white into -1: the digits would be negatives.",
    "wraps_around": (
        "Some of your values jump: uint8 arithmetic starts again at 0 after 255. Turn the images into float32 "
        "before you calculate."
    ),
    "off_by_little": "{grey} becomes {found:.4f}; wanted {wanted:.4f}: 0 goes to -1, 255 to 1, evenly in between.",
    "scrambled": "Your numbers are right and stand in other places. Keep each image's pixels together, row by row.",
    "depends_on_data": (
        "The same grey value becomes something else in another batch: you scale by the batch's own minimum, "
        "maximum or mean. Use the constants of uint8, so that every batch is treated alike."
    ),
    "float64": "Your result is float64: twice the memory, and slower. Keras works in float32; ask for it.",
    "wrong_dtype": "Your result is {found}; wanted float32.",
}

#: What can be wrong with images that should have come back as uint8: see `judge_restored`.
RESTORING_MISCONCEPTIONS = {
    "halves_first": (
        "Black, -1, still becomes {black}, and everything from 0 up is white. `x / 2 + 1` halves before it shifts: -1 "
        "becomes 0.5. Which of the two comes first?"
    ),
    "no_shift": "-1, which is black, comes out as {black}: multiplying alone never moves -1 to 0. Add 1 first.",
    "unit_range": "Your values lie in [0, 1] now. Matplotlib takes that too; here an image goes from 0 to 255.",
    "wrong_values": "{wrong} of the 256 grey values come back wrong: {wanted} comes back as {found}, for instance.",
    "scrambled": "Your pixels are right and stand in other places. Keep each image's pixels together, row by row.",
    "float_result": "Your result is {found}. For a picture, turn it into uint8 at the end.",
    "white_too_dark": "White, 1, comes out as 254: half of 255 is 127.5, not 127.",
    "truncates": (
        "{lost} of the 256 grey values come back one too dark. astype('uint8') cuts the fraction off, and "
        "50.99999 becomes 50. Round first: np.round."
    ),
}


def judge_scaling(scale, grey):
    """Judge a function that should take uint8 images to float32 in [-1, 1], or raise Wrong.

    scale: the function; its result has the shape of its argument. grey: an array with all 256 values.
    """
    found, grey_values = scale(grey), grey.astype("float64")
    values, wanted = found.astype("float64"), grey_values / 127.5 - 1
    in_order = np.allclose(values, wanted, atol=1e-5)
    if not in_order and np.allclose(np.sort(values, axis=None), np.sort(wanted, axis=None), atol=1e-5):
        raise Wrong("scrambled")
    if not np.allclose(scale(np.minimum(grey, 100))[grey <= 100], values[grey <= 100], atol=1e-5):
        raise Wrong("depends_on_data")
    if not in_order:
        for formula, misconception in (
            (grey_values / 255, "unit_range"),
            (grey_values / 255 - 0.5, "half_range"),
            (grey_values / 127.5, "not_centred"),
            (-wanted, "inverted"),
        ):
            if np.allclose(values, formula, atol=1e-2):
                raise Wrong(misconception)
        steps = np.diff(values.flat[np.unique(grey, return_index=True)[1]])  # from one grey value to the next
        if (steps < 0).any() and (steps > 0).any():
            raise Wrong("wraps_around")
        if np.abs(values).max() > 1.5:
            raise Wrong("unscaled", low=values.min(), high=values.max())
        if found.dtype == np.float16:  # its rounding, and nothing else, may be what is off
            raise Wrong("wrong_dtype", found=found.dtype)
        worst = np.argmax(np.abs(values - wanted))
        raise Wrong("off_by_little", grey=grey.flat[worst], found=values.flat[worst], wanted=wanted.flat[worst])
    if found.dtype == np.float64:
        raise Wrong("float64")
    if found.dtype != np.float32:
        raise Wrong("wrong_dtype", found=found.dtype)


def judge_restored(found, grey):
    """Judge what came back from images in [-1, 1], or raise Wrong. grey: the uint8 images that should have come back.

    found: an array of the shape of `grey`, which has all 256 values.
    """
    back, grey = found.astype("float64"), grey.astype("float64")
    scaled, black = grey / 127.5 - 1, grey == 0

    def is_like(values):
        # Beyond 0 to 255, uint8 starts again from the other end, unless the values were clipped.
        around = (back - values + 128) % 256 - 128
        return np.abs(around).max() < 1.01 or np.allclose(back, np.clip(values, 0, 255), atol=1.01)

    if is_like((scaled / 2 + 1) * 255):
        raise Wrong("halves_first", black=int(back[black][0]))
    if is_like(scaled * 255) or is_like(scaled * 127.5):
        raise Wrong("no_shift", black=int(back[black][0]))
    if np.allclose(back, grey / 255, atol=5e-3) or np.array_equal(back, grey // 255):
        raise Wrong("unit_range")
    if np.allclose(back, grey, atol=1.01):
        if found.dtype != np.uint8:
            raise Wrong("float_result", found=found.dtype)
        if np.array_equal(back, np.round(scaled * 127 + 127)) or np.array_equal(back, np.floor(scaled * 127 + 127)):
            raise Wrong("white_too_dark")
        if (back < grey).any():
            raise Wrong("truncates", lost=len(np.unique(grey[back < grey])))
    if np.array_equal(np.sort(back, axis=None), np.sort(grey, axis=None)) and not np.array_equal(back, grey):
        raise Wrong("scrambled")
    if not np.array_equal(back, grey):
        wrong = np.argmax(np.abs(back - grey))
        many = len(np.unique(grey[back != grey]))
        raise Wrong("wrong_values", wrong=many, wanted=int(grey.flat[wrong]), found=float(back.flat[wrong]))
