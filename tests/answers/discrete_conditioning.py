"""Answers to lab 22, after tutorials of conditional GANs, published code and usual slips."""

import functools

import keras
import numpy as np
from keras import layers, ops

from ganhacks.checks.labs.discrete_conditioning import embedded, mapped, maps_of, with_channel, with_class
from tests.answers import answers

ANSWERS, right, wrong, raises = answers("discrete_conditioning")
BOTH = {"class_as_channel": with_channel, "latents_with_class": with_class}


def named(answer, name):
    answer.__name__ = name
    return answer


def class_input():
    return keras.Input((1,), dtype="int32")


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
    return with_channel(join=lambda image, plane: ops.concatenate([plane, image], -1))(n_classes, embedding_dim)


@right("class_as_channel")
def a_plane_by_columns(n_classes=10, embedding_dim=50):
    def turned(*sizes):
        return ops.transpose(embedded(*sizes), (0, 2, 1, 3))

    return with_channel(way=turned)(n_classes, embedding_dim)


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
def maps_one_after_the_other(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
    def z_way(z, channels):
        return layers.Permute((2, 3, 1))(layers.Reshape((channels, 7, 7))(layers.Dense(49 * channels)(z)))

    return with_class(z_way=z_way)(latent_dim, channels, n_classes, embedding_dim)


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


def fixed_random_maps(classes, n_classes, dim, side):
    table = np.random.default_rng(0).normal(size=(n_classes, side * side)).astype("float32")
    return layers.Reshape((side, side, 1))(ops.take(ops.convert_to_tensor(table), classes, axis=0))


def divided_by_10(classes, n_classes, dim, side):
    return ops.ones((1, side, side, 1)) * (ops.cast(classes, "float32") / n_classes)[:, :, None, None]


def one_learned_number_scaled(classes, n_classes, dim, side):
    value = layers.Dense(1)(layers.Embedding(n_classes, dim)(classes))
    return layers.UpSampling2D(side)(layers.Reshape((1, 1, 1))(value))


def one_hot_on_every_pixel(classes, n_classes, dim, side):
    return ops.ones((1, side, side, 1)) * ops.one_hot(classes, n_classes)[:, None]


def every_number_of_the_embedding(classes, n_classes, dim, side):
    return layers.UpSampling2D(side)(layers.Reshape((1, 1, dim))(layers.Embedding(n_classes, dim)(classes)))


def swish(classes, n_classes, dim, side):
    numbers = layers.Dense(side * side, activation="swish")(layers.Embedding(n_classes, dim)(classes))
    return layers.Reshape((side, side, 1))(numbers)


def two_dense_layers(classes, n_classes, dim, side):
    return mapped(layers.Dense(32)(layers.Embedding(n_classes, dim)(classes)), side)


#: What is wrong with a way from the class to a map, in either network.
WAYS = {
    "fresh_in_each_call": ("fresh", lambda classes, *sizes: FreshEmbedding(*sizes)(classes)),
    "dropout": ("not_asked", lambda *sizes: layers.Dropout(0.5)(embedded(*sizes))),
    "by_place_in_the_batch": ("not_shared", lambda classes, k, dim, side: NoiseOfTheRow(side)(classes)),
    "scaled_to_nothing": (
        "ignores_class",
        lambda classes, *sizes: mapped(0 * layers.Embedding(9, 5)(0 * classes), sizes[2]),
    ),
    "divided_by_10": ("label_as_number", divided_by_10),
    "no_embedding_at_all": (
        "label_as_number",
        lambda classes, k, dim, side: mapped(ops.cast(classes, "float32"), side),
    ),
    "one_learned_number_scaled": ("one_number", one_learned_number_scaled),
    "fixed_random_maps": ("fixed_map", fixed_random_maps),
    "dim_not_used": ("ignores_argument", lambda classes, k, dim, side: embedded(classes, k, 50, side)),
    "one_class_too_few": ("too_few_classes", lambda classes, k, *sizes: embedded(classes, k - 1, *sizes)),
    "classes_from_one": ("shared_map", lambda classes, *sizes: embedded(ops.maximum(classes - 1, 0), *sizes)),
    "the_last_cut_off": ("shared_map", lambda classes, k, *sizes: embedded(ops.minimum(classes, k - 2), k, *sizes)),
    "swish": ("activation", swish),
    "tanh_on_the_embedding": (
        "activation",
        lambda classes, k, dim, side: mapped(ops.tanh(layers.Embedding(k, dim)(classes)), side),
    ),
    "leaky": ("activation", lambda *sizes: layers.LeakyReLU(negative_slope=0.1)(embedded(*sizes))),
    "normalized": ("not_asked", lambda *sizes: layers.LayerNormalization(axis=(1, 2))(embedded(*sizes))),
    "two_dense_layers": ("wrong_size", two_dense_layers),
    "one_hot_on_every_pixel": ("one_hot_maps", one_hot_on_every_pixel),
    "every_number_of_the_embedding": ("map_per_number", every_number_of_the_embedding),
    "not_reshaped": (
        "shapes_differ",
        lambda classes, k, dim, side: layers.Dense(side * side)(layers.Embedding(k, dim)(classes)),
    ),
    "dense_forgotten": (
        "wrong_number",
        lambda classes, k, dim, side: layers.Reshape((side, side, 1))(layers.Embedding(k, dim)(classes)),
    ),
}
#: What is wrong with how the two meet, in either network.
JOINS = {
    "added": ("no_channel", lambda maps, class_map: layers.Add()([maps, class_map])),
    "multiplied": ("no_channel", lambda maps, class_map: maps * class_map),
    "along_the_width": ("wrong_axis", lambda maps, class_map: ops.concatenate([maps, 0 * maps + class_map], axis=2)),
    "times_the_mean_and_joined": (
        "mixed",
        lambda maps, class_map: ops.concatenate([maps, class_map * ops.mean(maps, -1, keepdims=True)], axis=-1),
    ),
    "class_twice": (
        "wrong_output",
        lambda maps, class_map: ops.concatenate([maps, class_map, class_map, class_map], -1),
    ),
    "channels_first": (
        "reshaped",
        lambda maps, class_map: ops.transpose(ops.concatenate([maps, class_map], -1), (0, 3, 1, 2)),
    ),
    "flattened": (
        "flat",
        lambda maps, class_map: ops.concatenate([layers.Flatten()(maps), layers.Flatten()(class_map)], 1),
    ),
}


def swapped(answer):
    def inputs_swapped(*args):
        first, classes = answer(*args).inputs
        return keras.Model([classes, first], answer(*args)([first, classes]))

    return inputs_swapped


for exercise, build in BOTH.items():
    for name, (misconception, way) in WAYS.items():
        wrong(exercise, misconception)(named(build(way=way), name))
    for name, (misconception, join) in JOINS.items():
        wrong(exercise, misconception)(named(build(join=join), name))
    wrong(exercise, "inputs_swapped")(swapped(build()))
    wrong(exercise, "not_a_model")(named(lambda *args, build=build: build()(*args).layers, "a_list_of_layers"))
    wrong(exercise, "returns_nothing")(named(lambda *args, build=build: print(end=""), "nothing"))
    wrong(exercise, "one_network")(functools.cache(build()))


@wrong("class_as_channel", "wrong_input")
def flat_images(n_classes=10, embedding_dim=50):
    images, classes = keras.Input((784,)), class_input()
    image = layers.Reshape((28, 28, 1))(images)
    return keras.Model([images, classes], ops.concatenate([image, embedded(classes, n_classes, embedding_dim, 28)], -1))


@wrong("class_as_channel", "flat")
def one_hot_joined_to_flat_pixels(n_classes=10, embedding_dim=50):
    images, classes = keras.Input((28, 28, 1)), class_input()
    one_hot = ops.one_hot(classes[:, 0], n_classes)
    return keras.Model([images, classes], layers.Concatenate()([layers.Flatten()(images), one_hot]))


wrong("class_as_channel", "image_changed")(named(with_channel(image_way=lambda x: (x + 1) / 2), "scaled"))


@wrong("latents_with_class", "wrong_input")
def maps_in_place_of_z(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
    maps, classes = keras.Input((7, 7, channels)), class_input()
    return keras.Model([maps, classes], ops.concatenate([maps, embedded(classes, n_classes, embedding_dim, 7)], -1))


@wrong("latents_with_class", "shapes_differ")
def joined_along_the_first_axis(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
    return with_class(join=lambda maps, class_map: ops.concatenate([maps, class_map]))()


@wrong("latents_with_class", "flat")
def class_joined_to_z(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
    z, classes = keras.Input((latent_dim,)), class_input()
    numbers = layers.Flatten()(layers.Embedding(n_classes, embedding_dim)(classes))
    return keras.Model([z, classes], layers.Concatenate()([z, numbers]))


@wrong("latents_with_class", "mixed")
def joined_before_the_dense_layer(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
    z, classes = keras.Input((latent_dim,)), class_input()
    numbers = layers.Flatten()(layers.Embedding(n_classes, embedding_dim)(classes))
    return keras.Model([z, classes], maps_of(layers.Concatenate()([z, numbers]), channels + 1))


def nothing_of_z(z, channels):
    return maps_of(0 * z, channels)


def elu_of_z(z, channels):
    return maps_of(ops.elu(z), channels)


wrong("latents_with_class", "activation")(named(with_class(z_way=elu_of_z), "elu_of_z"))
wrong("latents_with_class", "ignores_z")(named(with_class(z_way=nothing_of_z), "nothing_of_z"))


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


@right("class_grid")
def by_meshgrid(rng, latent_dim, n_classes, n):
    columns, classes = np.meshgrid(np.arange(n), np.arange(n_classes))
    return rng.normal(size=(n, latent_dim))[columns.ravel()], classes.ravel()[:, None]


def in_rows(n_classes, n):
    return np.repeat(np.arange(n_classes), n)[:, None]


GRIDS = {
    "divided_in_float": ("classes_not_whole", lambda z, c, k, n: (np.tile(z, (k, 1)), c.astype("float32"))),
    "every_other": ("differs", lambda z, c, k, n: (np.tile(z, (k, 1)), 0 * c + np.arange(len(c))[:, None] % 2)),
    "only_z": ("wrong_type", lambda z, c, k, n: np.tile(z, (k, 1))),
    "classes_in_a_row": ("wrong_shape", lambda z, c, k, n: (np.tile(z, (k, 1)), c.T)),
    "in_a_cube": ("wrong_shape", lambda z, c, k, n: (np.tile(z, (k, 1, 1)), c.reshape(k, n, 1))),
    "not_a_number": ("not_finite", lambda z, c, k, n: (np.tile(np.log(z - 9), (k, 1)), c)),
    "clipped": ("clipped", lambda z, c, k, n: (np.tile(np.clip(z, -1, 1), (k, 1)), c)),
    "sorted": ("dependent_draws", lambda z, c, k, n: (np.tile(z[z[:, 0].argsort()], (k, 1)), c)),
    "nothing": ("returns_nothing", lambda z, c, k, n: None),
}
for name, (misconception, change) in GRIDS.items():

    def class_grid(rng, latent_dim, n_classes, n, change=change):
        with np.errstate(invalid="ignore"):
            return change(rng.standard_normal((n, latent_dim)), in_rows(n_classes, n), n_classes, n)

    wrong("class_grid", misconception)(named(class_grid, name))


@wrong("class_grid", "classes_drawn")
def classes_at_random(rng, latent_dim, n_classes, n):
    z = np.tile(rng.standard_normal((n, latent_dim)), (n_classes, 1))
    return z, rng.integers(n_classes, size=(n_classes * n, 1))


@wrong("class_grid", "uniform")
def uniform(rng, latent_dim, n_classes, n):
    return np.tile(rng.uniform(-1, 1, (n, latent_dim)), (n_classes, 1)), in_rows(n_classes, n)


@wrong("class_grid", "reseeds")
def its_own_generator(rng, latent_dim, n_classes, n):
    z = np.random.default_rng(0).standard_normal((n, latent_dim))
    return np.tile(z, (n_classes, 1)), in_rows(n_classes, n)


@wrong("class_grid", "ignores_rng")
def numpys_global_generator(rng, latent_dim, n_classes, n):
    return np.tile(np.random.randn(n, latent_dim), (n_classes, 1)), in_rows(n_classes, n)


@raises("class_grid", "np.repeat(range(n_classes), z)")
def repeats_by_an_array(rng, latent_dim, n_classes, n):
    z = rng.standard_normal((n, latent_dim))
    return z, np.repeat(range(n_classes), z)


# ---- slightly wrong: by more than a tolerance, and less than a hundred times as much


@wrong("class_as_channel", "image_changed")
def an_image_a_hair_brighter(n_classes=10, embedding_dim=50):
    return with_channel(image_way=lambda images: images + 5e-4)(n_classes, embedding_dim)


@wrong("latents_with_class", "activation")
def bent_a_little(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
    def bent(z, channels):
        maps = maps_of(z, channels)
        return maps + 0.02 * ops.relu(maps)

    return with_class(z_way=bent)(latent_dim, channels, n_classes, embedding_dim)
