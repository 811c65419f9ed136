"""Answers to lab 22, after tutorials of conditional GANs, published code and usual slips."""

import keras
import numpy as np
from keras import layers, ops

from tests.answers import answers

ANSWERS, right, wrong, raises = answers("discrete_conditioning")
BOTH = ("class_as_channel", "latents_with_class")


def class_input():
    return keras.Input((1,), dtype="int32")


def embedded(classes, n_classes, embedding_dim, side=28):
    numbers = layers.Embedding(n_classes, embedding_dim)(classes)
    return layers.Reshape((side, side, 1))(layers.Dense(side * side)(numbers))


def joined(image_way=None, class_way=embedded, join=lambda image, plane: layers.Concatenate()([image, plane])):
    """Return an answer to class_as_channel that goes one of its ways, or joins them, in its own manner."""

    def class_as_channel(n_classes=10, embedding_dim=50):
        images, classes = keras.Input((28, 28, 1)), class_input()
        image = image_way(images) if image_way else images
        return keras.Model([images, classes], join(image, class_way(classes, n_classes, embedding_dim)))

    return class_as_channel


def seeded(z_way=None, class_way=embedded, join=lambda maps, class_map: layers.Concatenate()([maps, class_map])):
    """Return an answer to latents_with_class that goes one of its ways, or joins them, in its own manner."""

    def latents_with_class(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
        z, classes = keras.Input((latent_dim,)), class_input()
        maps = (z_way or z_maps)(z, channels)
        return keras.Model([z, classes], join(maps, class_way(classes, n_classes, embedding_dim, 7)))

    return latents_with_class


def z_maps(z, channels):
    return layers.Reshape((7, 7, channels))(layers.Dense(49 * channels)(z))


def named(answer, name):
    answer.__name__ = name
    return answer


# ---- right answers to the networks


@right("class_as_channel")
def step_by_step_as_in_the_tutorials(n_classes=10, embedding_dim=50):
    in_label = keras.Input(shape=(1,))
    li = layers.Embedding(n_classes, embedding_dim)(in_label)
    li = layers.Dense(28 * 28)(li)
    li = layers.Reshape((28, 28, 1))(li)
    in_image = keras.Input(shape=(28, 28, 1))
    merge = layers.Concatenate(axis=-1)([in_image, li])
    return keras.Model([in_image, in_label], merge)


@right("class_as_channel")
class Subclassed(keras.Model):
    def __init__(self, n_classes=10, embedding_dim=50):
        super().__init__()
        self.embedding = layers.Embedding(n_classes, embedding_dim)
        self.dense = layers.Dense(784)

    def call(self, inputs):
        images, classes = inputs
        plane = self.dense(self.embedding(classes[:, 0]))
        return ops.concatenate([images, ops.reshape(plane, (-1, 28, 28, 1))], axis=-1)


@right("class_as_channel")
def plane_first(n_classes=10, embedding_dim=50):
    return joined(join=lambda image, plane: ops.concatenate([plane, image], -1))(n_classes, embedding_dim)


@right("class_as_channel")
def flat_classes_and_a_small_model_inside(n_classes=10, embedding_dim=50):
    images, classes = keras.Input((28, 28, 1)), keras.Input((), dtype="int32")
    to_plane = keras.Sequential(
        [layers.Embedding(n_classes, embedding_dim), layers.Dense(784), layers.Reshape((28, 28, 1))]
    )
    return keras.Model([images, classes], layers.concatenate([images, to_plane(classes)]))


@right("class_as_channel")
def one_hot_and_a_dense_layer_are_an_embedding(n_classes=10, embedding_dim=50):
    images, classes = keras.Input((28, 28, 1)), class_input()
    numbers = layers.Dense(embedding_dim, use_bias=False)(ops.one_hot(classes[:, 0], n_classes))
    return keras.Model(
        [images, classes], layers.Concatenate()([images, layers.Reshape((28, 28, 1))(layers.Dense(784)(numbers))])
    )


@right("latents_with_class")
def as_in_the_tutorials(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
    in_label = keras.Input(shape=(1,))
    li = layers.Embedding(n_classes, embedding_dim)(in_label)
    li = layers.Reshape((7, 7, 1))(layers.Dense(7 * 7)(li))
    in_lat = keras.Input(shape=(latent_dim,))
    gen = layers.Reshape((7, 7, channels))(layers.Dense(channels * 7 * 7)(in_lat))
    return keras.Model([in_lat, in_label], layers.Concatenate()([gen, li]))


@right("latents_with_class")
class SubclassedToo(keras.Model):
    def __init__(self, latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
        super().__init__()
        self.from_z = keras.Sequential([layers.Dense(49 * channels), layers.Reshape((7, 7, channels))])
        self.from_class = keras.Sequential(
            [layers.Embedding(n_classes, embedding_dim), layers.Flatten(), layers.Dense(49), layers.Reshape((7, 7, 1))]
        )

    def call(self, inputs):
        return ops.concatenate([self.from_z(inputs[0]), self.from_class(inputs[1])], axis=3)


@right("latents_with_class")
def joined_flat_and_taken_apart(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
    z, classes = keras.Input((latent_dim,)), class_input()
    class_map = layers.Dense(49)(layers.Flatten()(layers.Embedding(n_classes, embedding_dim)(classes)))
    maps = ops.reshape(layers.Dense(49 * channels)(z), (-1, 49, channels))
    both = ops.concatenate([class_map[:, :, None], maps], axis=-1)
    return keras.Model([z, classes], layers.Reshape((7, 7, channels + 1))(both))


# ---- ways from the class to a map that are wrong on both sides


class FreshEmbedding(layers.Layer):
    def __init__(self, n_classes, dim, side):
        super().__init__()
        self.sizes = n_classes, dim, side

    def call(self, classes):
        n_classes, dim, side = self.sizes
        table = keras.random.normal((n_classes, side * side))
        return ops.reshape(ops.take(table, classes[:, 0], axis=0), (-1, side, side, 1))


class NoiseOfTheRow(layers.Layer):
    def __init__(self, side):
        super().__init__()
        self.side = side

    def call(self, classes):
        noise = keras.random.normal((64, self.side, self.side, 1), seed=1)
        return noise[: ops.shape(classes)[0]]


def fresh_in_each_call(classes, n_classes, dim, side=28):
    return FreshEmbedding(n_classes, dim, side)(classes)


def dropout(classes, n_classes, dim, side=28):
    return layers.Dropout(0.5)(embedded(classes, n_classes, dim, side))


def by_place_in_the_batch(classes, n_classes, dim, side=28):
    return NoiseOfTheRow(side)(classes)


def all_classes_are_0(classes, n_classes, dim, side=28):
    return embedded(ops.zeros_like(classes), n_classes, dim, side)


def divided_by_10(classes, n_classes, dim, side=28):
    return ops.ones((1, side, side, 1)) * (ops.cast(classes, "float32") / n_classes)[:, :, None, None]


def no_embedding_at_all(classes, n_classes, dim, side=28):
    return layers.Reshape((side, side, 1))(layers.Dense(side * side)(ops.cast(classes, "float32")))


def an_embedding_of_one_number(classes, n_classes, dim, side=28):
    value = layers.Embedding(n_classes, 1)(classes)
    return layers.UpSampling2D(side)(layers.Reshape((1, 1, 1))(value))


def never_trained(classes, n_classes, dim, side=28):
    frozen = layers.Embedding(n_classes, dim, trainable=False)(classes)
    return layers.Reshape((side, side, 1))(layers.Dense(side * side)(frozen))


def fixed_random_maps(classes, n_classes, dim, side=28):
    table = np.random.default_rng(0).normal(size=(n_classes, side * side)).astype("float32")
    return layers.Reshape((side, side, 1))(ops.take(ops.convert_to_tensor(table), classes, axis=0))


def wide_and_no_dense(classes, n_classes, dim, side=28):
    return layers.Reshape((side, side, 1))(layers.Embedding(n_classes, side * side)(classes))


def one_hot_and_a_dense_layer(classes, n_classes, dim, side=28):
    one_hot = ops.one_hot(classes[:, 0], n_classes)
    return layers.Reshape((side, side, 1))(layers.Dense(side * side)(one_hot))


def fixed_sizes(classes, n_classes, dim, side=28):
    return embedded(classes, 10, 50, side)


def dim_not_used(classes, n_classes, dim, side=28):
    return embedded(classes, n_classes, 50, side)


def one_class_too_few(classes, n_classes, dim, side=28):
    return embedded(classes, n_classes - 1, dim, side)


def without_bias(classes, n_classes, dim, side=28):
    numbers = layers.Dense(side * side, use_bias=False)(layers.Embedding(n_classes, dim)(classes))
    return layers.Reshape((side, side, 1))(numbers)


def relu(classes, n_classes, dim, side=28):
    numbers = layers.Dense(side * side, activation="relu")(layers.Embedding(n_classes, dim)(classes))
    return layers.Reshape((side, side, 1))(numbers)


def relu_on_the_embedding(classes, n_classes, dim, side=28):
    numbers = layers.ReLU()(layers.Embedding(n_classes, dim)(classes))
    return layers.Reshape((side, side, 1))(layers.Dense(side * side)(numbers))


def tanh_on_the_embedding(classes, n_classes, dim, side=28):
    numbers = ops.tanh(layers.Embedding(n_classes, dim)(classes))
    return layers.Reshape((side, side, 1))(layers.Dense(side * side)(numbers))


def two_dense_layers(classes, n_classes, dim, side=28):
    numbers = layers.Dense(32)(layers.Embedding(n_classes, dim)(classes))
    return layers.Reshape((side, side, 1))(layers.Dense(side * side)(numbers))


def one_hot_on_every_pixel(classes, n_classes, dim, side=28):
    return ops.ones((1, side, side, 1)) * ops.one_hot(classes, n_classes)[:, None]


def every_number_of_the_embedding(classes, n_classes, dim, side=28):
    return layers.UpSampling2D(side)(layers.Reshape((1, 1, dim))(layers.Embedding(n_classes, dim)(classes)))


def not_reshaped(classes, n_classes, dim, side=28):
    return layers.Dense(side * side)(layers.Embedding(n_classes, dim)(classes))


def dense_forgotten(classes, n_classes, dim, side=28):
    return layers.Reshape((side, side, 1))(layers.Embedding(n_classes, dim)(classes))


CLASS_WAYS = {
    fresh_in_each_call: "fresh",
    dropout: "fresh",
    by_place_in_the_batch: "not_shared",
    all_classes_are_0: "ignores_class",
    divided_by_10: "label_as_number",
    no_embedding_at_all: "label_as_number",
    an_embedding_of_one_number: "one_number",
    never_trained: "frozen",
    fixed_random_maps: "frozen",
    wide_and_no_dense: "not_low",
    one_hot_and_a_dense_layer: "not_low",
    fixed_sizes: "ignores_arguments",
    dim_not_used: "ignores_arguments",
    one_class_too_few: "too_few_classes",
    without_bias: "no_bias",
    relu: "activation",
    relu_on_the_embedding: "activation",
    tanh_on_the_embedding: "activation",
    two_dense_layers: "wrong_size",
    one_hot_on_every_pixel: "one_hot_maps",
    every_number_of_the_embedding: "map_per_number",
    not_reshaped: "shapes_differ",
    dense_forgotten: "wrong_number",
}
for way, misconception in CLASS_WAYS.items():
    wrong("class_as_channel", misconception)(named(joined(class_way=way), way.__name__))
    wrong("latents_with_class", misconception)(named(seeded(class_way=way), way.__name__))


# ---- joins that are wrong on both sides

JOINS = {
    "added": ("no_channel", lambda maps, class_map: layers.Add()([maps, class_map])),
    "multiplied": ("no_channel", lambda maps, class_map: maps * class_map),
    "along_the_width": ("wrong_axis", lambda maps, class_map: ops.concatenate([maps, 0 * maps + class_map], axis=2)),
    "along_the_batch": ("wrong_axis", lambda maps, class_map: ops.concatenate([maps, 0 * maps + class_map], axis=0)),
    "added_and_joined": ("mixed", lambda maps, class_map: ops.concatenate([maps + class_map, class_map], axis=-1)),
    "times_the_mean_and_joined": (
        "mixed",
        lambda maps, class_map: ops.concatenate([maps, class_map * ops.mean(maps, -1, keepdims=True)], axis=-1),
    ),
    "class_twice": (
        "wrong_output",
        lambda maps, class_map: ops.concatenate([maps, class_map, class_map, class_map], -1),
    ),
    "flattened": (
        "flat",
        lambda maps, class_map: ops.concatenate([layers.Flatten()(maps), layers.Flatten()(class_map)], 1),
    ),
}
for name, (misconception, join) in JOINS.items():
    wrong("class_as_channel", misconception)(named(joined(join=join), name))
    wrong("latents_with_class", misconception)(named(seeded(join=join), name))


def swapped(answer):
    def inputs_swapped(*args):
        first, classes = answer(*args).inputs
        return keras.Model([classes, first], answer(*args)([first, classes]))

    return inputs_swapped


for exercise, answer in zip(BOTH, (joined(), seeded())):
    wrong(exercise, "inputs_swapped")(swapped(answer))
    wrong(exercise, "not_a_model")(named(lambda *args, answer=answer: answer(*args).layers, "a_list_of_layers"))
    wrong(exercise, "returns_nothing")(named(lambda *args, answer=answer: print(end=""), "nothing"))


@wrong("class_as_channel", "wrong_input")
def flat_images(n_classes=10, embedding_dim=50):
    images, classes = keras.Input((784,)), class_input()
    image = layers.Reshape((28, 28, 1))(images)
    return keras.Model([images, classes], ops.concatenate([image, embedded(classes, n_classes, embedding_dim)], -1))


@wrong("class_as_channel", "flat")
def one_hot_joined_to_flat_pixels(n_classes=10, embedding_dim=50):
    images, classes = keras.Input((28, 28, 1)), class_input()
    one_hot = ops.one_hot(classes[:, 0], n_classes)
    return keras.Model([images, classes], layers.Concatenate()([layers.Flatten()(images), one_hot]))


wrong("class_as_channel", "image_changed")(named(joined(lambda images: (images + 1) / 2), "image_scaled"))
wrong("class_as_channel", "wrong_size")(named(joined(layers.Conv2D(1, 3, padding="same")), "image_convolved"))


@wrong("class_as_channel", "enlarged")
def small_map_enlarged(n_classes=10, embedding_dim=50):
    def class_way(classes, n_classes, dim):
        return layers.UpSampling2D(4)(embedded(classes, n_classes, dim, 7))

    return joined(class_way=class_way)(n_classes, embedding_dim)


@wrong("latents_with_class", "wrong_input")
def maps_in_place_of_z(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
    maps, classes = keras.Input((7, 7, channels)), class_input()
    return keras.Model([maps, classes], ops.concatenate([maps, embedded(classes, n_classes, embedding_dim, 7)], -1))


@wrong("latents_with_class", "shapes_differ")
def joined_along_the_first_axis(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
    return seeded(join=lambda maps, class_map: ops.concatenate([maps, class_map]))()


@wrong("latents_with_class", "flat")
def class_joined_to_z(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
    z, classes = keras.Input((latent_dim,)), class_input()
    numbers = layers.Flatten()(layers.Embedding(n_classes, embedding_dim)(classes))
    return keras.Model([z, classes], layers.Concatenate()([z, numbers]))


@wrong("latents_with_class", "mixed")
def joined_before_the_dense_layer(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
    z, classes = keras.Input((latent_dim,)), class_input()
    numbers = layers.Flatten()(layers.Embedding(n_classes, embedding_dim)(classes))
    both = layers.Concatenate()([z, numbers])
    return keras.Model([z, classes], z_maps(both, channels + 1))


wrong("latents_with_class", "activation")(
    named(seeded(lambda z, channels: layers.LeakyReLU(0.2)(z_maps(z, channels))), "leaky_after_z")
)
wrong("latents_with_class", "activation")(named(seeded(lambda z, channels: z_maps(ops.tanh(z), channels)), "tanh_of_z"))
wrong("latents_with_class", "ignores_z")(
    named(seeded(lambda z, channels: z_maps(ops.zeros_like(z), channels)), "z_is_0")
)
wrong("latents_with_class", "fresh")(
    named(seeded(lambda z, channels: layers.BatchNormalization()(z_maps(z, channels))), "normalized")
)


# ---- class_grid


@right("class_grid")
def repeated_and_tiled(rng, latent_dim, n_classes, n):
    z = rng.normal(0, 1, (n, latent_dim)).astype("float32")
    return np.tile(z, (n_classes, 1)), np.repeat(np.arange(n_classes, dtype="int32"), n).reshape(-1, 1)


@right("class_grid")
def row_by_row(rng, latent_dim, n_classes, n):
    z, rows, classes = rng.standard_normal((n, latent_dim)), [], []
    for c in range(n_classes):
        for column in range(n):
            rows.append(z[column])
            classes.append([c])
    return np.array(rows), np.array(classes)


@right("class_grid")
def broadcast(rng, latent_dim, n_classes, n):
    z = np.broadcast_to(rng.standard_normal((1, n, latent_dim), "float32"), (n_classes, n, latent_dim))
    classes = np.broadcast_to(np.arange(n_classes)[:, None], (n_classes, n))
    return z.reshape(-1, latent_dim), classes.reshape(-1, 1)


@right("class_grid")
def with_divmod(rng, latent_dim, n_classes, n):
    rows, columns = np.divmod(np.arange(n_classes * n), n)
    return [rng.standard_normal((n, latent_dim))[columns], rows[:, None]]


def draw(rng, n, latent_dim):
    return rng.standard_normal((n, latent_dim)).astype("float32")


def in_rows(n_classes, n):
    return np.repeat(np.arange(n_classes), n)[:, None]


GRIDS = {
    "swapped": ("arrays_swapped", lambda z, c, k, n: (c, np.tile(z, (k, 1)))),
    "one_hot_classes": ("one_hot", lambda z, c, k, n: (np.tile(z, (k, 1)), np.eye(k)[c[:, 0]])),
    "no_axis_added": ("flat_classes", lambda z, c, k, n: (np.tile(z, (k, 1)), c[:, 0])),
    "n_latents_only": ("not_repeated", lambda z, c, k, n: (z, c)),
    "the_same_latent_everywhere": ("one_latent", lambda z, c, k, n: (np.tile(z[:1], (k * n, 1)), c)),
    "a_latent_each_row": ("latents_repeated", lambda z, c, k, n: (np.repeat(z, k, axis=0), c)),
    "divided_in_float": ("classes_not_whole", lambda z, c, k, n: (np.tile(z, (k, 1)), c.astype("float32"))),
    "tiled_classes": ("classes_tiled", lambda z, c, k, n: (np.tile(z, (k, 1)), np.tile(np.arange(k), n)[:, None])),
    "n_rows": ("rows_and_columns", lambda z, c, k, n: (np.tile(z, (k, 1)), np.repeat(np.arange(n), k)[:, None])),
    "a_column_each_class": (
        "turned",
        lambda z, c, k, n: (np.repeat(z, k, axis=0), np.tile(np.arange(k), n)[:, None]),
    ),
    "from_one": ("classes_from_one", lambda z, c, k, n: (np.tile(z, (k, 1)), c + 1)),
    "from_the_last": ("classes_downwards", lambda z, c, k, n: (np.tile(z, (k, 1)), c[::-1])),
    "all_zeros": ("wrong_classes", lambda z, c, k, n: (np.tile(z, (k, 1)), 0 * c + np.arange(len(c))[:, None] % 2)),
    "only_z": ("wrong_type", lambda z, c, k, n: np.tile(z, (k, 1))),
    "classes_in_a_row": ("wrong_shape", lambda z, c, k, n: (np.tile(z, (k, 1)), c.T)),
    "not_a_number": ("not_finite", lambda z, c, k, n: (np.tile(np.log(z - 9), (k, 1)), c)),
}
for name, (misconception, change) in GRIDS.items():

    def class_grid(rng, latent_dim, n_classes, n, change=change):
        with np.errstate(invalid="ignore"):
            return change(draw(rng, n, latent_dim), in_rows(n_classes, n), n_classes, n)

    wrong("class_grid", misconception)(named(class_grid, name))


@wrong("class_grid", "latents_differ")
def drawn_for_every_image(rng, latent_dim, n_classes, n):
    return draw(rng, n_classes * n, latent_dim), in_rows(n_classes, n)


@wrong("class_grid", "not_normal")
def uniform(rng, latent_dim, n_classes, n):
    return np.tile(rng.uniform(-1, 1, (n, latent_dim)), (n_classes, 1)), in_rows(n_classes, n)


@wrong("class_grid", "own_rng")
def its_own_generator(rng, latent_dim, n_classes, n):
    return np.tile(draw(np.random.default_rng(0), n, latent_dim), (n_classes, 1)), in_rows(n_classes, n)


@wrong("class_grid", "own_rng")
def numpys_global_generator(rng, latent_dim, n_classes, n):
    return np.tile(np.random.randn(n, latent_dim), (n_classes, 1)), in_rows(n_classes, n)


@wrong("class_grid", "returns_nothing")
def forgets_to_return(rng, latent_dim, n_classes, n):
    draw(rng, n, latent_dim), in_rows(n_classes, n)


@raises("class_grid", "np.repeat(range(n_classes), z)")
def repeats_by_an_array(rng, latent_dim, n_classes, n):
    z = draw(rng, n, latent_dim)
    return z, np.repeat(range(n_classes), z)
