"""Answers to lab 07, after what is found in GAN tutorials."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("scale_images")


# ---- scale_images


@right("scale_images")
def shifted_first(images):
    images = images.astype("float32")
    return (images - 127.5) / 127.5


@right("scale_images")
def by_unit_range(images):
    return np.float32(images / 255 * 2 - 1)


@right("scale_images")
def by_unit_range_and_half(images):
    x = np.float64(images)
    return ((x / 255 - 0.5) * 2).clip(-1, 1).astype(np.float32)


@right("scale_images")
def by_interpolation(images):
    return np.interp(images, [0, 255], [-1, 1]).astype("float32")


@right("scale_images")
def by_a_keras_layer(images):
    return layers.Rescaling(scale=1 / 127.5, offset=-1)(images).numpy()


@right("scale_images")
def by_a_table_of_all_grey_values(images):
    return np.linspace(-1, 1, 256, dtype="float32")[images]


@right("scale_images")
def image_by_image(images):
    return np.array([image / 127.5 - 1 for image in images], dtype="float32")


@right("scale_images")
def in_place_on_the_copy(images):
    scaled = images.astype(np.float32)
    scaled -= 127.5
    scaled /= 127.5
    return scaled


@wrong("scale_images", "shifted")
def minus_one_inside_the_brackets(images):
    return 2 * (images.astype("float32") / 255 - 1)


@wrong("scale_images", "off_by_little")
def divided_by_128(images):
    return (images.astype("float32") - 128) / 128


@wrong("scale_images", "off_by_little")
def shifted_by_a_whole_number(images):
    return (images.astype("float32") - 127) / 128


@wrong("scale_images", "off_by_little")
def rounded_to_two_digits(images):
    return np.round(images.astype("float32") / 127.5 - 1, 2)


@wrong("scale_images", "scrambled")
def lying_on_their_side(images):
    return images.swapaxes(1, 2).astype("float32") / 127.5 - 1


@wrong("scale_images", "off_by_little")
def brightened_by_a_root(images):
    return (np.sqrt(images.astype("float32") / 255) * 2 - 1).astype("float32")


@wrong("scale_images", "off_by_little")
def as_if_there_were_256(images):
    return images.astype("float32") / 256 * 2 - 1


@wrong("scale_images", "scrambled")
def every_image_upside_down(images):
    return np.flip(images, axis=1 if images.ndim > 1 else 0).astype("float32") / 127.5 - 1


@wrong("scale_images", "reshaped")
def channels_first(images):
    return np.moveaxis(images, -1, 1).astype("float32") / 127.5 - 1


@wrong("scale_images", "depends_on_data")
def each_image_by_its_own_extremes(images):
    axes = tuple(range(1, images.ndim))
    x = images.astype("float32")
    low, high = x.min(axes, keepdims=True), x.max(axes, keepdims=True)
    return 2 * (x - low) / np.maximum(high - low, 1) - 1


@wrong("scale_images", "float64")
def left_to_numpy(images):
    return images / 127.5 - 1


@wrong("scale_images", "wrong_dtype")
def in_half_precision(images):
    return (images / 127.5 - 1).astype("float16")


@wrong("scale_images", "integers")
def back_to_whole_numbers(images):
    return (images / 127.5 - 1).astype("int8")


@wrong("scale_images", "reshaped")
def with_another_axis(images):
    return images[..., None].astype("float32") / 127.5 - 1


@wrong("scale_images", "wrong_shape")
def first_image_only(images):
    return images[:1].astype("float32") / 127.5 - 1


@wrong("scale_images", "wrong_type")
def left_as_a_tensor(images):
    return tf.cast(images, tf.float32) / 127.5 - 1


@wrong("scale_images", "returns_nothing")
def no_return(images):
    images = images.astype("float32") / 127.5 - 1


@wrong("scale_images", "changes_its_arguments")
def negative_made_in_place(images):
    images[...] = 255 - images
    return 1 - images.astype("float32") / 127.5


@raises("scale_images", "images /= 127.5")
def divided_in_place(images):
    images /= 127.5
    return images - 1


@raises("scale_images", "tf.image.per_image_scaling")
def by_a_function_that_there_is_not(images):
    return tf.image.per_image_scaling(images)


# ---- unscale_images


@right("unscale_images")
def published_and_mended(scaled):
    values = np.clip((scaled + 1) / 2 * 255, 0, 255)
    return values.round().astype("uint8")


@right("unscale_images")
def clipped_first(scaled):
    return np.rint(np.clip(scaled, -1, 1) * 127.5 + 127.5).astype(np.uint8)


@right("unscale_images")
def half_added_before_the_cut(scaled):
    return np.uint8(np.clip(scaled * 127.5 + 128, 0, 255))


@right("unscale_images")
def halved_then_shifted(scaled):
    values = (scaled / 2 + 0.5) * 255
    return np.minimum(np.maximum(np.round(values), 0), 255).astype("uint8")


@right("unscale_images")
def by_interpolation_the_other_way(scaled):
    return np.round(np.interp(scaled, (-1, 1), (0, 255))).astype("uint8")


@right("unscale_images")
def by_tensorflow(scaled):
    return tf.cast(tf.round(tf.clip_by_value((scaled + 1) * 127.5, 0, 255)), tf.uint8).numpy()


@right("unscale_images")
def by_saturating_cast(scaled):
    return tf.saturate_cast(tf.round((scaled + 1.0) * 127.5), tf.uint8).numpy()


@wrong("unscale_images", "halves_first")
def published_in_other_words(scaled):
    return np.clip(255 * (1 + 0.5 * scaled), 0, 255).astype("uint8")


@wrong("unscale_images", "no_shift")
def times_255(scaled):
    return np.clip(scaled * 255, 0, 255).astype("uint8")


@wrong("unscale_images", "no_shift")
def times_half_of_255(scaled):
    return (scaled * 127.5).astype("int64").astype("uint8")


@wrong("unscale_images", "not_halved")
def not_halved(scaled):
    return np.clip((scaled + 1) * 255, 0, 255).astype("uint8")


@wrong("unscale_images", "no_shift")
def shifted_at_the_end(scaled):
    return np.clip(scaled * 127.5 + 1, 0, 255).astype("uint8")


@wrong("unscale_images", "scrambled")
def on_their_side(scaled):
    return np.clip(np.round((scaled + 1) * 127.5), 0, 255).astype("uint8").swapaxes(1, 2)


@wrong("unscale_images", "wrong_dtype")
def left_as_floats(scaled):
    return np.clip(np.round((scaled + 1) * 127.5), 0, 255)


@wrong("unscale_images", "wrong_dtype")
def wide_integers(scaled):
    return np.clip(np.round((scaled + 1) * 127.5), 0, 255).astype(int)


@wrong("unscale_images", "not_nearest")
def rounded_up(scaled):
    return np.ceil(np.clip((scaled + 1) * 127.5 - 1e-3, 0, 255)).astype("uint8")


@wrong("unscale_images", "truncates")
def never_rounded_in_two_steps(scaled):
    return np.uint8((scaled + 1) / 2 * 255)


@wrong("unscale_images", "nearly")
def white_cut_to_254(scaled):
    return np.clip(np.round((scaled + 1) * 127.5), 0, 254).astype("uint8")


@wrong("unscale_images", "depends_on_data")
def each_image_stretched(scaled):
    low, high = scaled.min(axis=-2, keepdims=True), scaled.max(axis=-2, keepdims=True)
    return np.round((scaled - low) / np.maximum(high - low, 1e-8) * 255).astype("uint8")


@wrong("unscale_images", "depends_on_data")
def only_if_something_is_negative(scaled):
    values = (scaled + 1) * 127.5 if scaled.min() < -0.5 else scaled * 255
    return np.clip(np.round(values), 0, 255).astype("uint8")


@wrong("unscale_images", "complement")
def negative(scaled):
    return np.clip(np.round((1 - scaled) * 127.5), 0, 255).astype("uint8")


@wrong("unscale_images", "no_shift")
def by_the_size_alone(scaled):
    return np.round(scaled * 127.5).clip(0, 255).astype("uint8")


@wrong("unscale_images", "not_clipped")
def clipped_at_white_alone(scaled):
    return np.minimum(np.round((scaled + 1) * 127.5), 255).astype("int64").astype("uint8")


@wrong("unscale_images", "wrong_type")
def left_as_a_uint8_tensor(scaled):
    return tf.saturate_cast(tf.round((scaled + 1.0) * 127.5), tf.uint8)


@wrong("unscale_images", "not_clipped")
def clipped_too_late(scaled):
    return np.clip(np.round((scaled + 1) * 127.5).astype("int64").astype("uint8"), 0, 255)


@wrong("unscale_images", "depends_on_data")
def stretched_by_the_batch(scaled):
    return np.round((scaled - scaled.min()) / np.ptp(scaled) * 255).astype("uint8")


@wrong("unscale_images", "reshaped")
def as_flat_rows(scaled):
    return np.clip(np.round((scaled + 1) * 127.5), 0, 255).astype("uint8").reshape(len(scaled), -1)


@wrong("unscale_images", "changes_its_arguments")
def shifted_in_place(scaled):
    scaled += 1
    return np.clip(np.round(scaled * 127.5), 0, 255).astype("uint8")


@wrong("unscale_images", "returns_nothing")
def shown_only(scaled):
    print(np.clip(np.round((scaled + 1) * 127.5), 0, 255).astype("uint8"))


@raises("unscale_images", "scaled.round().clip_by_value(0, 255)")
def clipped_by_a_method_that_there_is_not(scaled):
    return scaled.round().clip_by_value(0, 255)


# ---- stretched_tanh


@right("stretched_tanh")
def around_the_middle(x, low, high):
    middle, half = (low + high) / 2, (high - low) / 2
    return middle + half * tf.tanh(x)


@right("stretched_tanh")
def by_a_sigmoid_of_twice_x(x, low, high):
    return low + (high - low) * keras.activations.sigmoid(2 * x)


@right("stretched_tanh")
def a_mixture_of_the_ends(x, low, high):
    share = (keras.ops.tanh(x) + 1) / 2
    return share * high + (1 - share) * low


@right("stretched_tanh")
def by_keras_layers(x, low, high):
    y = layers.Activation("tanh")(x)
    return layers.Rescaling((high - low) / 2, offset=(high + low) / 2)(y)


@right("stretched_tanh")
def with_special_cases(x, low, high):
    if (low, high) == (-1, 1):
        return keras.ops.tanh(x)
    return keras.ops.multiply(keras.ops.tanh(x) + 1, (high - low) / 2) + low


@right("stretched_tanh")
def by_exponentials(x, low, high):
    return low + (high - low) / (1 + tf.exp(-2 * x))


@wrong("stretched_tanh", "not_shifted")
def shifted_before_it_is_stretched(x, low, high):
    return (keras.ops.tanh(x) + low) * (high - low) / 2 + high


@wrong("stretched_tanh", "leaves_keras")
def by_numpy(x, low, high):
    return low + (high - low) * (np.tanh(x) + 1) / 2


@wrong("stretched_tanh", "leaves_keras")
def by_numpy_and_back(x, low, high):
    return tf.constant(low + (high - low) * (np.tanh(x.numpy()) + 1) / 2)


@wrong("stretched_tanh", "a_layer")
def a_layer_uncalled(x, low, high):
    return layers.Activation("tanh")


@wrong("stretched_tanh", "a_layer")
def a_function_uncalled(x, low, high):
    return lambda x: low + (high - low) * (keras.ops.tanh(x) + 1) / 2


@wrong("stretched_tanh", "wrong_type")
def the_name_of_one(x, low, high):
    return "tanh" if low < 0 else "sigmoid"


@wrong("stretched_tanh", "wrong_shape")
def averaged(x, low, high):
    return low + (high - low) * (keras.ops.tanh(keras.ops.mean(x)) + 1) / 2


@raises("stretched_tanh", "keras.ops.tan_h(x)")
def misspelt(x, low, high):
    return keras.ops.tan_h(x)


@wrong("stretched_tanh", "not_shifted")
def from_the_upper_end(x, low, high):
    return high + (high - low) * keras.ops.tanh(x) / 2


@wrong("stretched_tanh", "too_wide")
def not_halved_again(x, low, high):
    return high + (high - low) * keras.ops.tanh(x)


@wrong("stretched_tanh", "overflows")
def logistic_by_hand(x, low, high):
    return low + (high - low) * keras.ops.exp(2 * x) / (1 + keras.ops.exp(2 * x))


@wrong("stretched_tanh", "clipped")
def by_a_hard_sigmoid(x, low, high):
    return low + (high - low) * keras.activations.hard_sigmoid(x)


@wrong("stretched_tanh", "wrong_between")
def steeper(x, low, high):
    return low + (high - low) * (keras.ops.tanh(1.7159 * x) + 1) / 2


@wrong("stretched_tanh", "falls")
def minus_tanh(x, low, high):
    return low + (high - low) * (1 - keras.ops.tanh(x)) / 2


@wrong("stretched_tanh", "by_the_batch")
def normalized_first(x, low, high):
    z = (x - keras.ops.mean(x)) / (keras.ops.std(x) + 1e-6)
    return low + (high - low) * (keras.ops.tanh(z) + 1) / 2


@wrong("stretched_tanh", "float64")
def in_double_precision(x, low, high):
    return low + (high - low) * (tf.tanh(tf.cast(x, tf.float64)) + 1) / 2


@wrong("stretched_tanh", "unbounded")
def tanh_without_brackets(x, low, high):
    return low + (high - low) * (keras.ops.tanh(x) + x) / 2


# ---- found by trying to get past the checks


@wrong("stretched_tanh", "leaves_keras")
def numpy_smuggled_in(x, low, high):
    def stretched(values):
        return np.float32(low + (high - low) * (np.tanh(values) + 1) / 2)

    return tf.ensure_shape(tf.numpy_function(stretched, [x], tf.float32), x.shape)


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("scale_images", "off_by_little")
def divided_by_127_45(images):
    return images.astype("float32") / 127.45 - 1


@wrong("stretched_tanh", "wrong_between")
def never_quite_at_the_ends(x, low, high):
    return (low + high) / 2 + (high - low) / 2 * tf.clip_by_value(tf.tanh(x), -0.999995, 0.999995)


@wrong("unscale_images", "white_too_dark")
def rounded_half_a_grey_too_dark(scaled):
    return np.clip(np.round(scaled * 127.5 + 127), 0, 255).astype("uint8")


@wrong("unscale_images", "not_nearest")
def as_256_steps(scaled):
    return np.clip((scaled / 2 + 0.5) * 256, 0, 255).astype("uint8")


@raises("stretched_tanh", "Mul")
def ends_as_whole_tensors(x, low, high):
    low, high = tf.constant(low), tf.constant(high)
    return low + (high - low) * (tf.tanh(x) + 1) / 2


@wrong("stretched_tanh", "flat")
def half_of_one_cut_off(x, low, high):
    return low + (high - low) // 2 * (tf.tanh(x) + 1)
