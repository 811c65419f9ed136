"""Lab 22, a class as one more channel: what a right answer must show, how people get it wrong, and the hints."""

import copy
import itertools
import re
from functools import partial

import keras
import numpy as np
from keras import layers, ops

from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine import properties
from ganhacks.checks.judges import latents, networks
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import Example, compare
from ganhacks.checks.engine.sandbox import AnswerRaised
from ganhacks.checks.engine.values import array, pair
from ganhacks.hacks import discrete_conditioning as hack

PARAMETERS = {
    "batches": Parameter("of 64 pairs to learn from", 1, 10_000),
    "steps": training_steps(),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "discrete_conditioning")

PREDICTION = {
    "choices": {
        "a": "all ten.",
        "b": "only 0 and 9.",
        "c": "none.",
    },
    "answer": "b",
    "remarks": {
        "a": "That would be so if the unit had a free value for each class. It has one weight and one bias.",
        "c": "That would be so if the line were level. A rising one is highest at one end, a falling one at the other.",
    },
    "why": (
        "A weighted sum of one number goes up or down with it, so it is highest at an end: at 0 or at 9. Every class "
        "in between has a neighbour that gets more. The number brings an order that classes do not have."
    ),
}


# ---- networks as people build them: a class's way to a map, and how it meets the others


def embedded(classes, n_classes, dim, side, n_rows=None, bias=True, frozen=False):
    """Return the map of a class, by an embedding and a Dense layer, with what people change in it."""
    numbers = layers.Embedding(n_rows or n_classes, dim, trainable=not frozen)(classes)
    return mapped(numbers, side, bias)


def mapped(numbers, side, bias=True):
    """Return the map that a Dense layer makes of numbers."""
    return layers.Reshape((side, side, 1))(layers.Dense(side * side, use_bias=bias)(numbers))


#: (misconception, way from the class to a map), the ways being functions of (classes, n_classes, dim, side).
WRONG_WAYS = [
    ("frozen", partial(embedded, frozen=True)),
    ("not_low", lambda classes, k, dim, side: layers.Reshape((side, side, 1))(layers.Embedding(k, side**2)(classes))),
    ("not_low", lambda classes, k, dim, side: embedded(classes, k, side * side, side)),
    ("not_low", lambda classes, k, dim, side: mapped(ops.one_hot(classes[:, 0], k), side)),
    ("ignores_arguments", lambda classes, k, dim, side: embedded(classes, 10, 50, side)),
    ("one_row_more", lambda classes, k, dim, side: embedded(classes, k, dim, side, n_rows=k + 1)),
    ("sizes_swapped", lambda classes, k, dim, side: embedded(classes, dim, k, side)),
    ("no_bias", partial(embedded, bias=False)),
]


def _side_by_side(maps, class_map):
    return layers.Concatenate()([maps, class_map])


def _in_one_batch(maps, class_map):
    return ops.concatenate([maps, 0 * maps + class_map], axis=0)


def with_channel(way=embedded, join=_side_by_side, image_way=lambda images: images):
    """Return an answer to class_as_channel that goes one of its ways, or joins them, in its own manner."""

    def class_as_channel(n_classes=10, embedding_dim=50):
        images, classes = keras.Input((28, 28, 1)), keras.Input((1,), dtype="int32")
        class_map = way(classes, n_classes, embedding_dim, 28)
        return keras.Model([images, classes], join(image_way(images), class_map))

    return class_as_channel


def maps_of(z, channels, bias=True):
    """Return the maps that one Dense layer makes of z."""
    return layers.Reshape((7, 7, channels))(layers.Dense(49 * channels, use_bias=bias)(z))


def with_class(way=embedded, join=_side_by_side, z_way=maps_of):
    """Return an answer to latents_with_class that goes one of its ways, or joins them, in its own manner."""

    def latents_with_class(latent_dim=100, channels=128, n_classes=10, embedding_dim=50):
        z, classes = keras.Input((latent_dim,)), keras.Input((1,), dtype="int32")
        return keras.Model([z, classes], join(z_way(z, channels), way(classes, n_classes, embedding_dim, 7)))

    return latents_with_class


def _slips(build):
    return [("wrong_axis", build(join=_in_one_batch)), *((name, build(way=way)) for name, way in WRONG_WAYS)]


#: What can be wrong with a class that should become one more channel, in either network.
CHANNEL = {
    **{name: text for name, text in networks.NETWORK_MISCONCEPTIONS.items() if name != "other_activation"},
    "inputs_swapped": "Your model takes the classes first. The order is that of the docstring, the classes second.",
    "shapes_differ": (
        "Keras cannot join your two parts ({reason}). All but the last axis must agree: give the class as many numbers "
        "as a map has pixels, by a Dense layer, and a Reshape to that height and width. (`ops.concatenate` joins along "
        "the first axis unless you say axis=-1.)"
    ),
    "wrong_number": (
        "Your Reshape does not come out even ({reason}). After the embedding a class has `embedding_dim` numbers, and "
        "a map has as many as pixels: a Dense layer goes in between."
    ),
    "too_few_classes": (
        "A class has no row in your embedding ({reason}). Classes count from 0 to n_classes - 1, and the first argument "
        "of Embedding is how many there are. Is yours one less, or do you add to the classes?"
    ),
    "sizes_swapped": (
        "Your embedding has `embedding_dim` rows of `n_classes` numbers. Embedding takes the number of rows first, a "
        "row for each class, and then how many numbers a row has."
    ),
    "one_row_more": "Your embedding has a row too many: classes count from 0, so there are n_classes of them.",
    "flat": (
        "Your model returns {found}, flat numbers. A convolution could not look at class and neighbours together "
        "there. Keep the maps, and give the class one of its own: wanted is {wanted}."
    ),
    "no_channel": (
        "Your model returns as many channels as there would be without the class. Is it added, multiplied or left out? "
        "Then it can no longer be told from what it met. Put it beside the others as one more."
    ),
    "one_hot_maps": (
        "Your model returns a map for each of the classes. It works, and costs a channel a class. Here an embedding "
        "brings it down to one map."
    ),
    "map_per_number": (
        "Your model returns a map for each of the embedding's numbers. Wanted is one map whose pixels a Dense layer "
        "makes of those numbers."
    ),
    "wrong_axis": "You joined along the batch, the height or the width. Channels are the last axis.",
    "fresh": (
        "The same input gives another output at the second call, in training. Is an embedding made anew in each call, "
        "or is there noise or dropout? Make layers once; leave the others out."
    ),
    "not_shared": (
        "Rows of one batch with the same class get different maps. A class has one map, shared by all of the batch: "
        "take it from an embedding by its class, not by its place in the batch."
    ),
    "ignores_class": "Your model returns the same whatever the class. Join the class's map to the others.",
    "mixed": (
        "The class and the other input are mixed. Each goes its own way, and they stand side by side; mixing them is "
        "the work of the layers that follow."
    ),
    "label_as_number": (
        "Your map grows evenly with the number of the class: that of 4 lies exactly between those of 3 and 5. This is "
        "an order that classes do not have. An embedding gives each class numbers of its own, learned."
    ),
    "one_number": (
        "Your map has one value in all of its pixels. So each class is one number on a line, if a learned one. Let a "
        "Dense layer make every pixel from all of the embedding's numbers."
    ),
    "fixed_map": "The class's map is the same whatever the weights are: it cannot learn. Use an Embedding layer.",
    "shared_map": (
        "The classes {one} and {other} have the same map. Each has a row of its own in the embedding: look it up by "
        "the class as it comes, from 0 up."
    ),
    "frozen": (
        "The class's map cannot learn all that it should: some of its numbers are fixed. Use an Embedding layer that "
        "may be trained, and do not touch `trainable`."
    ),
    "not_low": (
        "A class has as many numbers as the map has pixels, each of them learned. The list says: keep it low, then "
        "enlarge. So `embedding_dim` numbers a class, and a Dense layer from these to the pixels."
    ),
    "ignores_arguments": (
        "Whatever the number of classes and `embedding_dim`, your embedding has 10 rows of 50 numbers. Use the "
        "arguments in place of fixed numbers."
    ),
    "no_bias": "A bias is missing in your model: leave use_bias alone.",
    "activation": (
        "There is an activation on the way. An embedding and a Dense layer alone are linear, and so is the Dense layer "
        "from z; leave bending to the layers that follow."
    ),
    "not_asked": (
        "Your model has a {found} in it. Embedding, Dense and Reshape are enough here; the rest is for the layers that "
        "follow."
    ),
}

#: Words of Keras -> the mistake that they tell of.
WORDS = {
    "matching shapes except for the concat|must have the same shape except on": "shapes_differ",
    "total size of the tensor must be unchanged": "wrong_number",
    r"= \d+ is not in \[0, \d+\)": "too_few_classes",
}

#: Parts of the names of layers that neither network has.
SURPLUS = [
    *((part, "activation") for part in ("LU", "Activation")),
    *((part, "not_asked") for part in ("Normalization", "Dropout", "GaussianNoise", "Conv", "Pool")),
]


def _side_sizes(side, channels, sizes):
    """Return the shapes that mistakes give to an output. channels, sizes: functions of the arguments, see `sized`."""

    def sized(shape):
        return lambda *args: shape(channels(*args), *sizes(*args))

    return [
        ("no_channel", sized(lambda c, k, dim: (side, side, c))),
        ("one_hot_maps", sized(lambda c, k, dim: (side, side, c + k))),
        ("map_per_number", sized(lambda c, k, dim: (side, side, c + dim))),
        ("wrong_axis", sized(lambda c, k, dim: (2 * side, side, c))),
        ("wrong_axis", sized(lambda c, k, dim: (side, 2 * side, c))),
    ]


def _judge_front(answer, call, batches, sizes, whole):
    """Judge a network with a class as its second input. call: arguments. Raises Wrong.

    sizes: as for `networks.judge_network`. whole(others, firsts): judges what the network makes of its first input
    alone, where no slip explains it.
    """
    try:
        networks.judge_network(answer, [call], batches, layers=SURPLUS, sizes=sizes)
    except AnswerRaised as raised:
        _judge_words(raised.error)
        raise
    except Wrong as wrong:
        if wrong.misconception == "wrong_input":
            _judge_words(wrong.details["reason"])
            _judge_order(networks.built(answer, *call), batches(*call)[0])
        if wrong.misconception in ("wrong_output", "reshaped") and len(wrong.details["found"]) == 2:
            raise Wrong("flat", **wrong.details) from None
        if wrong.misconception in VAGUE:
            _judge_behaviour(networks.built(answer, *call), batches(*call)[0], whole)
        if wrong.misconception != "differs":
            raise
        properties.two_networks(answer, *call)  # right, with channels or pixels in another order


#: Verdicts that say less of a network than what it does with its inputs.
VAGUE = {"differs", "wrong_size", "other_layers", "noisy", "no_bias"}


def _judge_words(error):
    for words, misconception in WORDS.items():
        if re.search(words, error):
            raise Wrong(misconception, reason=error.split(": ", 1)[-1][:160].rstrip(". ")) from None


def _judge_order(model, batch):
    try:
        model(batch[::-1])
    except Exception:
        return
    raise Wrong("inputs_swapped") from None


def _judge_behaviour(model, batch, whole):
    """Raise Wrong for what a network does with class and first input, whatever its layers. batch: one of each class."""
    firsts, classes = batch
    one, zeros = np.repeat(firsts[:1], len(firsts), axis=0), 0 * classes

    def call(first, classes):
        return networks.output(model, [first, classes], training=True)

    before = call(one, classes)
    if before.ndim != 4 or len(before) != len(firsts):
        return
    draw = np.random.default_rng(1)
    for weight in model.trainable_variables:  # biases start at 0 and would hide a mistake
        weight.assign(draw.standard_normal(weight.shape))
    by_class, by_first = call(one, classes), call(firsts, zeros)
    if not np.allclose(by_class, call(one, classes), atol=1e-4):
        raise Wrong("fresh")
    if _differ(call(one, zeros)).any():
        raise Wrong("not_shared")
    decided = _differ(by_class)
    if not decided.any():
        raise Wrong("ignores_class")
    if decided.sum() > 1 or _differ(by_first)[decided].any():
        raise Wrong("mixed")
    maps = by_class[..., decided][..., 0]
    if np.abs(np.diff(maps, 2, axis=0)).max() < 1e-4 * np.abs(maps).max():
        raise Wrong("label_as_number")
    if np.ptp(maps, axis=(1, 2)).max() < 1e-5 * np.abs(maps).max():
        raise Wrong("one_number")
    if np.allclose(maps, before[..., decided][..., 0]):
        raise Wrong("fixed_map")
    for i, j in itertools.combinations(range(len(maps)), 2):
        if np.allclose(maps[i], maps[j], atol=1e-4):
            raise Wrong("shared_map", one=i, other=j)
    whole(by_first[..., ~decided], firsts)
    if _bends(lambda factor: call(factor * firsts, zeros)):
        raise Wrong("activation")
    for table in [weight for weight in model.trainable_variables if weight.shape[0] == len(firsts)][:1]:
        numbers = table.numpy()

        def of_table(factor, table=table, numbers=numbers):
            table.assign(factor * numbers)
            return call(one, classes)

        if _bends(of_table):
            raise Wrong("activation")


def _bends(output):
    """Tell whether an activation is on the way: 2 shows a tanh, which is odd, -1 a ReLU. output: of a factor."""
    nothing, double, back = map(output, (0, 2, -1))
    return np.abs(double + 2 * back - 3 * nothing).max() > 1e-3 * np.abs(double).max()


def _differ(outputs):
    """Tell for each channel whether it differs between the rows of a batch."""
    return np.ptp(outputs, axis=0).max(axis=(0, 1)) > 1e-4 * max(np.abs(outputs).max(), 1e-6)


def _batches(shape, n_classes):
    """Return two batches of first inputs and classes: one of each class, and a single one far from 0."""
    firsts = np.random.default_rng(0).uniform(-1, 1, (n_classes, *shape)).astype("float32")
    classes = np.arange(n_classes)[:, None]
    return [[firsts, classes.astype("int32")], [3 * firsts[:1], classes[-1:]]]


# ---- the discriminator's side


@exercise(
    hack.class_as_channel,
    praise="The image is as it was, and beside it stands a plane of its class alone: 40,484 numbers that learn.",
    slips=[
        *_slips(with_channel),
        *(
            (
                "enlarged",
                with_channel(lambda *sizes, side=side: layers.UpSampling2D(28 // side)(embedded(*sizes[:-1], side))),
            )
            for side in (7, 14)
        ),
    ],
    misconceptions={
        **CHANNEL,
        "image_changed": (
            "The image comes out changed, by {change:.2f} at most. Join it as it is; only the class goes through "
            "layers here."
        ),
        "enlarged": (
            "You make a small map and enlarge it. The list can be read like that, and it saves weights; here each "
            "pixel of the plane is an output of the Dense layer."
        ),
    },
    hints=(
        "How many numbers does the plane have, and which layer makes so many of the embedding's few?",
        "Classes → Embedding → Dense to 28 · 28 → Reshape to an image of one channel. Then join the image and this "
        "plane along the last axis.",
        "layers.Concatenate()([images, layers.Reshape(...)(layers.Dense(...)(layers.Embedding(..., ...)(classes)))])",
    ),
)
def check_class_as_channel(answer):
    sizes = _side_sizes(28, lambda *args: 1, lambda n_classes=10, dim=50: (n_classes, dim))
    _judge_front(answer, (7, 3), lambda k=10, dim=50: _batches((28, 28, 1), k), sizes, _judge_image)


def _judge_image(found, images):
    change = np.abs(found - images).max()
    if change > 1e-5:
        raise Wrong("image_changed", change=change)


# ---- the generator's side


@exercise(
    hack.latents_with_class,
    praise="The maps of z and the class's one stand side by side, (7, 7, 129), and neither knows of the other.",
    slips=[
        *_slips(with_class),
        ("no_bias", with_class(z_way=partial(maps_of, bias=False))),
        ("no_bias", with_class(partial(embedded, bias=False), z_way=partial(maps_of, bias=False))),
    ],
    misconceptions={
        **CHANNEL,
        "ignores_z": "Your maps are the same whatever z: all fakes of a class would be one. Make them from z.",
    },
    hints=(
        "Two ways, one from z and one from the class. What shape must each have, so that they can be joined along the "
        "last axis?",
        "z → Dense → Reshape to (7, 7, channels). Classes → Embedding → Dense to 7 · 7 → Reshape to one channel. Then "
        "Concatenate.",
        "maps = layers.Reshape((7, 7, ...))(layers.Dense(7 * 7 * ...)(z)), and the class as in the exercise before",
    ),
)
def check_latents_with_class(answer):
    def batches(latent_dim=100, channels=128, n_classes=10, dim=50):
        return _batches((latent_dim,), n_classes)

    def whole(maps, z):
        if not _differ(maps).any():
            raise Wrong("ignores_z")

    sizes = _side_sizes(
        7,
        lambda latent_dim=100, channels=128, *rest: channels,
        lambda latent_dim=100, channels=128, k=10, dim=50: (k, dim),
    )
    _judge_front(answer, (5, 6, 7, 3), batches, sizes, whole)


# ---- the picture of all classes


def _grid(change):
    """Return a wrong grid, made of n latent samples, the right classes, and the numbers of classes and of columns."""

    def class_grid(rng, latent_dim, n_classes, n):
        z, classes = rng.standard_normal((n, latent_dim)), np.repeat(np.arange(n_classes), n)[:, None]
        return change(z, classes, n_classes, n)

    return class_grid


def _tiled(z, k):
    return np.tile(z, (k, 1))


GRIDS = [(4, 2, 3), (8, 4, 3), (5, 10, 6), (3, 2, 7), (6, 3, 3), (1, 3, 4), (64, 10, 12)]


@exercise(
    hack.class_grid,
    praise="A row for each class in order, and down every column the same latent sample.",
    slips=[
        ("arrays_swapped", _grid(lambda z, c, k, n: (c, _tiled(z, k)))),
        ("one_hot", _grid(lambda z, c, k, n: (_tiled(z, k), np.eye(k)[c[:, 0]]))),
        ("flat_classes", _grid(lambda z, c, k, n: (_tiled(z, k), c[:, 0]))),
        ("not_repeated", _grid(lambda z, c, k, n: (z, c))),
        ("not_repeated", _grid(lambda z, c, k, n: (z, np.arange(k)[:, None]))),
        ("one_latent", _grid(lambda z, c, k, n: (np.repeat(z[:1], k * n, axis=0), c))),
        ("latents_repeated", _grid(lambda z, c, k, n: (np.repeat(z, k, axis=0), c))),
        (
            "latents_by_row",
            lambda rng, dim, k, n: (np.repeat(rng.normal(size=(k, dim)), n, 0), np.arange(k * n)[:, None] // n),
        ),
        (
            "latents_by_row",
            lambda rng, dim, k, n: (np.tile(rng.normal(size=(k, dim)), (n, 1)), np.arange(k * n)[:, None] // n),
        ),
        ("latents_differ", lambda rng, dim, k, n: (rng.normal(size=(k * n, dim)), np.arange(k * n)[:, None] // n)),
        ("latents_differ", _grid(lambda z, c, k, n: (np.concatenate([z[:: (-1) ** row] for row in range(k)]), c))),
        ("classes_tiled", _grid(lambda z, c, k, n: (_tiled(z, k), np.tile(np.arange(k), n)[:, None]))),
        ("classes_tiled", _grid(lambda z, c, k, n: (_tiled(z, k), np.tile(np.arange(n), k)[:, None]))),
        ("rows_and_columns", _grid(lambda z, c, k, n: (_tiled(z, k), np.repeat(np.arange(n), k)[:, None]))),
        ("turned", _grid(lambda z, c, k, n: (np.repeat(z, k, axis=0), np.tile(np.arange(k), n)[:, None]))),
        ("classes_from_one", _grid(lambda z, c, k, n: (_tiled(z, k), c + 1))),
        ("classes_downwards", _grid(lambda z, c, k, n: (_tiled(z, k), c[::-1]))),
    ],
    misconceptions={
        **latents.MISCONCEPTIONS,
        "arrays_swapped": "Your first array holds the classes. The order is (z, classes), as the generator takes them.",
        "one_hot": "Your classes are one-hot. An embedding looks up numbers: wanted is a column of whole ones.",
        "flat_classes": "Your classes are a row of numbers. Wanted is a column, (…, 1): add an axis with [:, None].",
        "not_repeated": (
            "Your z has fewer rows than there are images. The n latent samples are used again for each class: repeat "
            "them as often as there are classes."
        ),
        "one_latent": "All of your images have one and the same latent sample. Wanted are n, one a column.",
        "latents_differ": (
            "Down a column z changes, so that you could not tell what the class does and what z does. Draw n latent "
            "samples once, and use these in every row, in the same order."
        ),
        "latents_by_row": (
            "You draw as many latent samples as there are classes. Wanted is one for each *column*, n in all, and the "
            "same ones in every row."
        ),
        "latents_repeated": (
            "z stays the same from left to right, and should do so from top to bottom. np.repeat gives a, a, b, b; "
            "np.tile gives a, b, a, b. Which one does a picture that is filled row by row need?"
        ),
        "classes_not_whole": "Your classes are {found}; an embedding is looked up by whole numbers. Use integers.",
        "classes_drawn": "Your classes are drawn at random. In the picture each row has one class, from 0 up.",
        "classes_tiled": (
            "Your classes go 0, 1, 2, … from image to image, so the rows are not of one class. np.tile gives 0, 1, 0, "
            "1; np.repeat gives 0, 0, 1, 1. Which one does a row of one class need?"
        ),
        "rows_and_columns": (
            "You have a row for each of the n columns, and as many images in it as there are classes: the two are "
            "swapped. There are n_classes rows with n images each."
        ),
        "turned": (
            "Your picture is turned: as it is filled row by row, a class stands in a column and a latent sample in a "
            "row. Both arrays need the other of np.repeat and np.tile."
        ),
        "classes_from_one": "Your first class is 1. Classes count from 0, and the embedding has no row for the last.",
        "classes_downwards": "Your rows go from the last class to the first. Wanted is class 0 in the first row.",
    },
    hints=(
        "Write down z and classes for 2 classes and 3 columns, image by image from left to right. Which of the two "
        "lists goes a, b, c, a, b, c?",
        "The latent samples are the list that starts over, so np.tile; the classes stay for n images, so np.repeat. "
        "Both need two axes in the end.",
        "np.tile(..., (n_classes, 1)) and np.repeat(np.arange(...), ...)[:, None]",
    ),
)
def check_class_grid(answer):
    calls = [(np.random.default_rng(seed), *sizes) for seed, sizes in enumerate(GRIDS)]
    try:
        compare(answer, calls, _seen, _alike, fits=_fits, describe=_example)
    except Wrong as wrong:
        drawn = (_seen(answer, (np.random.default_rng(seed), *GRIDS[-1]))[1] for seed in (0, 1))
        if wrong.misconception == "differs" and not np.array_equal(*drawn):
            raise Wrong("classes_drawn", wrong.example) from None
        raise
    latents.judge_latents(lambda rng, n, latent_dim: pair(answer(rng, latent_dim, 2, n), "")[0][:n])
    dtype = pair(answer(np.random.default_rng(0), *GRIDS[0]), "")[1].dtype
    if dtype.kind not in "iu":
        raise Wrong("classes_not_whole", found=dtype)


def _seen(function, args):
    """Return which latent sample each image has, its class, and the two shapes. Samples count as they first come."""
    z, classes = map(array, pair(function(copy.deepcopy(args[0]), *args[1:]), "a tuple of two arrays, (z, classes)"))
    if z.ndim == 0:
        raise Wrong("wrong_shape", found=z.shape, wanted=(args[2] * args[3], args[1]), case=" for z")
    _, firsts, which = np.unique(z, axis=0, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(firsts))[which.reshape(-1)], classes, (z.shape, classes.shape)


def _alike(found, wanted):
    return all(map(np.array_equal, found[:2], wanted[:2])) and found[2] == wanted[2]


def _fits(found, wanted, case):
    """Raise Wrong for arrays of other shapes, after no slip has explained them."""
    for which, yours, right in zip(("z", "the classes"), found[2], wanted[2]):
        if yours != right:
            raise Wrong(
                "wrong_shape", found=yours, wanted=right, case=f" for {which}{case.replace(' for', ', with', 1)}"
            )


def _example(run):
    """Show z and class of each image, in letters and numbers, or the shapes where these are others."""
    (*found, yours), (*wanted, right) = run.found, run.wanted
    if yours != right:
        shown = [f"z {z} and classes {classes}" for z, classes in (yours, right)]
    else:
        shown = [
            " ".join(f"{chr(97 + i)}{c:g}" for i, c in zip(which, column[:, 0])) for which, column in (found, wanted)
        ]
    said = "the shapes" if yours != right else "a letter for z and a number for the class"
    sizes = f"{run.args[2]} classes and {run.args[3]} columns, told by {said}"
    return Example(f"For {sizes}: yours {shown[0]}; wanted {shown[1]}.")
