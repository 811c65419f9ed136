"""Answers to the small exercise of lesson 00."""

import numpy as np
import tensorflow as tf

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("start_here")


@right("invert")
def by_bitwise_not(images):
    return ~images


@right("invert")
def by_numpy_calls(images, white=255):
    return np.subtract(white, images, dtype="uint8")


@right("invert")
def by_way_of_floats(images):
    return (-(images.astype("float64") - 255)).astype("uint8")


@right("invert")
def by_a_loop(images):
    inverted = images.copy()
    for place, value in np.ndenumerate(images):
        inverted[place] = 255 - value
    return inverted


@right("invert")
def by_a_table(images):
    return np.arange(256, dtype="uint8")[::-1][images]


@right("invert")
def by_tensorflow(images):
    return (255 - tf.constant(images)).numpy()


@wrong("invert", "wraps_around")
def negated(images):
    return -images


@wrong("invert", "wraps_around")
def from_256(images):
    return (256 - images.astype("int32")).astype("uint8")


@wrong("invert", "unchanged")
def returned_as_it_came(images):
    return images


@wrong("invert", "unchanged")
def inverted_twice(images):
    return 255 - (255 - images)


@wrong("invert", "other_dtype")
def wider_integers(images):
    return 255 - images.astype("int64")


@wrong("invert", "other_dtype")
def floats(images):
    return 255.0 - images


@wrong("invert", "other_values")
def in_unit_range(images):
    return 1 - images / 255


@wrong("invert", "other_values")
def thresholded(images):
    return np.where(images > 127, 0, 255).astype("uint8")


@wrong("invert", "other_values")
def upside_down(images):
    return images[::-1]


@wrong("invert", "changes_its_arguments")
def in_place(images):
    images[...] = 255 - images
    return images


@wrong("invert", "returns_nothing")
def without_return(images):
    255 - images


@wrong("invert", "wrong_shape")
def flattened(images):
    return 255 - images.ravel()


@raises("invert", "(255 - images).reshape(-1, 8, 8)")
def only_four_dimensions(images):
    return (255 - images).reshape(-1, 8, 8)


@wrong("invert", "wrong_type")
def as_a_list(images):
    return (255 - images).tolist()


@wrong("invert", "wrong_arguments")
def without_argument():
    return 255


@raises("invert", "return 255 - image")
def misspelt(images):
    return 255 - image  # noqa: F821


@raises("invert", "images.invert()")
def invented_method(images):
    return images.invert()
