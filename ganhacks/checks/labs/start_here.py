"""Lesson 00: one small exercise, to meet a check before anything depends on it."""

import numpy as np

from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.values import array

EXERCISES = {}
exercise = exercise_in(EXERCISES, "start_here")


def invert(images):
    """Turn white digits on black into black digits on white.

    images: uint8 array of any shape, 0 for black to 255 for white.
    Returns a uint8 array of the same shape.
    """
    return 255 - images


@exercise(
    invert,
    praise="0 became 255, 255 became 0, and your caller's images are as they were.",
    misconceptions={
        "wraps_around": (
            "Black, 0, stays 0, and everything else is one off. In uint8 there is no -1: it wraps around to 255. Which "
            "number do you have to subtract an image from?"
        ),
        "unchanged": "Your function returns the images as they came.",
        "other_dtype": "Your result is {found}; wanted uint8, like the images.",
        "other_values": "Black becomes {black} and white {white}; wanted 255 and 0.",
    },
    hints=(
        "What should become of 0, and what of 255? Which subtraction does both?",
        "The new value and the old one always add up to 255.",
        "return 255 - ...",
    ),
)
def check_invert(answer):
    values = np.arange(256, dtype="uint8").reshape(4, 8, 8)
    found = array(answer(values), values.shape)
    grey, became = values.astype(float), found.astype(float)
    if np.array_equal(became, grey):
        raise Wrong("unchanged")
    if np.array_equal(became % 256, -grey % 256):
        raise Wrong("wraps_around")
    if not np.array_equal(became, 255 - grey):
        raise Wrong("other_values", black=found.flat[0], white=found.flat[255])
    if found.dtype != np.uint8:
        raise Wrong("other_dtype", found=found.dtype)
    array(answer(values[0, 0]), (8,), " for a row of 8")
