"""Lab 22, a class as one more channel: what a right answer must show, how people get it wrong, and the hints."""

import re

import numpy as np

from ganhacks.blame import one_line
from ganhacks.checks import networks
from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.sandbox import AnswerRaised
from ganhacks.checks.values import array, pair
from ganhacks.hacks import discrete_conditioning as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "discrete_conditioning")

PREDICTION = {
    "choices": {
        "a": "all ten.",
        "b": "only 0 and 9.",
        "c": "none.",
    },
    "answer": "b",
    "why": (
        "A weighted sum of one number goes up or down with it, so it is highest at an end: at 0 or at 9. Every class "
        "in between has a neighbour that gets more. The number brings an order that classes do not have."
    ),
}

#: What can be wrong with a class that should become one more channel, in either network.
CHANNEL = {
    "not_a_model": networks.MISCONCEPTIONS["not_a_model"],
    "wrong_input": "Your model does not take a list of {first} and whole numbers (batch, 1) ({reason}).",
    "inputs_swapped": "Your model takes the classes first. The order is [{first_name}, classes].",
    "shapes_differ": (
        "Keras cannot join your two parts ({reason}). All but the last axis must agree: give the class as many numbers "
        "as a map has pixels, by a Dense layer, and a Reshape to that height and width. (`ops.concatenate` joins along "
        "the first axis unless you say axis=-1.)"
    ),
    "wrong_number": (
        "Your Reshape does not come out even ({reason}). A class has {dim} numbers after the embedding and the map has "
        "{side} · {side} pixels: a Dense layer goes in between."
    ),
    "too_few_classes": (
        "Class {last} has no row in your embedding ({reason}). The first argument of Embedding is how many classes "
        "there are, {n_classes}, and not the largest of them."
    ),
    "flat": (
        "Your model returns {found}: the class was joined to flat numbers. There a convolution could not look at "
        "class and neighbours together. Give it a map of its own: wanted is {wanted}."
    ),
    "no_channel": (
        "Your model returns {found}, no channel more than before. Added, multiplied or left out, the class can no "
        "longer be told from what it met. Put it behind the others as one more: {wanted}."
    ),
    "one_hot_maps": (
        "Your model returns {found}, a map for each of the {n_classes} classes. It works, and costs a channel a "
        "class. Here an embedding brings it down to one map: {wanted}."
    ),
    "map_per_number": (
        "Your model returns {found}, a map for each of the embedding's {dim} numbers. Wanted is one map whose pixels "
        "a Dense layer makes of those numbers: {wanted}."
    ),
    "wrong_axis": (
        "Your model returns {found}: joined along the batch, the height or the width. Channels are the last axis; "
        "wanted is {wanted}."
    ),
    "wrong_output": "Your model returns the shape {found}; wanted {wanted}.",
    "fresh": (
        "The same input gives another output at the second call, in training. Is an embedding made anew in each call, "
        "or is there noise, dropout or a normalization? Make layers once; leave the others out."
    ),
    "not_shared": (
        "Rows of one batch with the same class get different maps. A class has one map, shared by all of the batch: "
        "take it from an embedding by its class, not by its place in the batch."
    ),
    "ignores_class": "Your model returns the same whatever the class. Join the class's map to the others.",
    "mixed": (
        "Class and {first_name} are mixed: {changed}. Each goes its own way, and they stand side by side; mixing them "
        "is the work of the layers that follow."
    ),
    "label_as_number": (
        "Your map grows evenly with the number of the class: that of 4 lies exactly between those of 3 and 5. This is "
        "an order that classes do not have. An embedding gives each class numbers of its own, learned."
    ),
    "one_number": (
        "Your map has one value in all of its pixels. So each class is one number on a line, if a learned one. Let a "
        "Dense layer make every pixel from the embedding's {dim} numbers."
    ),
    "frozen": (
        "The class's map cannot learn all that it should: some of its numbers are fixed. Use an Embedding layer that "
        "may be trained, and do not touch `trainable`."
    ),
    "not_low": (
        "Your embedding is as wide as the map, {pixels} numbers a class. The list says: keep it low, then enlarge. So "
        "{dim} numbers a class, and a Dense layer from these to the {pixels} pixels."
    ),
    "ignores_arguments": (
        "Asked for {n_classes} classes with {dim} numbers each, your model has {found:,} parameters: as with the "
        "50 of the default. Use the arguments in place of fixed numbers."
    ),
    "no_bias": "Your model has {found:,} parameters; wanted {wanted:,}. A bias is missing: leave use_bias alone.",
    "activation": (
        "There is an activation on the way. An embedding and a Dense layer alone are linear, and so is the Dense layer "
        "from z; leave bending to the layers that follow."
    ),
    "wrong_size": (
        "Your model has {found:,} parameters; wanted {wanted:,}: an embedding of {n_classes} · {dim} numbers, and "
        "Dense layers with their biases, one each way."
    ),
}


def _built(answer, args, side, n_classes, dim):
    """Build the student's model, and name the slips that make Keras raise."""
    try:
        return networks.built(answer, *args)
    except AnswerRaised as raised:
        reason = raised.error.split(": ", 1)[-1][:160].rstrip(". ")
        if re.search("matching shapes except for the concat|must have the same shape except on", raised.error):
            shapes = re.search(r"input_shape=(.*?\])", raised.error)
            raise Wrong("shapes_differ", reason=shapes[1] if shapes else reason) from None
        if "total size of the tensor must be unchanged" in raised.error:
            raise Wrong("wrong_number", reason=reason, dim=dim, side=side) from None
        raise


def _called(model, first, classes, n_classes, names, training=False):
    """Return the model's output as an array, or raise Wrong. names: of the first input, in short and in full."""
    classes = np.asarray(classes, "int32").reshape(-1, 1)
    try:
        return np.asarray(model([first, classes], training=training), "float64")
    except Exception as error:
        reason = one_line(error)
    # First, since a row that is missing says so in the other order of the inputs as well.
    if few := re.search(r"= \d+ is not in \[0, \d+\)", reason):
        raise Wrong("too_few_classes", last=n_classes - 1, n_classes=n_classes, reason=few[0].removeprefix("= "))
    try:
        model([classes, first])
    except Exception:
        reason = reason.split(".call(). ")[-1].split(" Arguments received")[0][:200] or "no reason given"
        raise Wrong("wrong_input", first=names[1], reason=reason.rstrip(". ")) from None
    raise Wrong("inputs_swapped", first_name=names[0])


def _judge_shape(found, n, side, channels, n_classes, dim):
    wanted = (n, side, side, channels + 1)
    if found == wanted:
        return
    said = {"found": found, "wanted": wanted, "n_classes": n_classes, "dim": dim}
    if len(found) < 4:
        raise Wrong("flat" if len(found) == 2 else "wrong_output", **said)
    if found[:3] == wanted[:3]:
        by_channels = {channels: "no_channel", channels + n_classes: "one_hot_maps", channels + dim: "map_per_number"}
        raise Wrong(by_channels.get(found[3], "wrong_output"), **said)
    raise Wrong("wrong_axis" if found[0] == 2 * n or 2 * side in found[1:3] else "wrong_output", **said)


def _differ(outputs):
    """Tell for each channel whether it differs between the rows of a batch."""
    return np.ptp(outputs, axis=0).max(axis=(0, 1)) > 1e-4 * max(np.abs(outputs).max(), 1e-6)


def _class_maps(call, firsts, n_classes, first_name):
    """Return the class's maps (n_classes, side, side), and all other channels for `firsts`, or raise Wrong.

    call: (first, classes) -> output. firsts: as many different images or latent samples as there are classes.
    """
    same, zeros = np.repeat(firsts[:1], n_classes, axis=0), np.zeros(n_classes)
    if _differ(call(same, zeros)).any():
        raise Wrong("not_shared")
    by_class = call(same, np.arange(n_classes))
    decided = _differ(by_class)
    if not decided.any():
        raise Wrong("ignores_class")
    if decided.sum() > 1:
        raise Wrong("mixed", first_name=first_name, changed=f"{decided.sum()} channels change with the class, not one")
    by_first = call(firsts, zeros)
    if _differ(by_first)[decided].any():
        raise Wrong("mixed", first_name=first_name, changed=f"the class's channel changes with the {first_name}")
    return by_class[..., decided][..., 0], by_first[..., ~decided]


def _judge_class_maps(maps, dim):
    """Judge the maps of all classes, (n_classes, side, side), once every weight that learns is random."""
    if np.abs(np.diff(maps, 2, axis=0)).max() < 1e-4 * np.abs(maps).max():
        raise Wrong("label_as_number")
    if np.ptp(maps, axis=(1, 2)).max() < 1e-5 * np.abs(maps).max():
        raise Wrong("one_number", dim=dim)


def _judge_size(model, pixels, n_classes, dim, others, biases):
    """Judge how many numbers learn. others: how many have nothing to do with the class. biases: those of z's layer."""
    found, wanted = model.count_params(), others + n_classes * dim + (dim + 1) * pixels
    unasked = [others + n * 50 + 51 * pixels for n in (10, n_classes)]
    values = {"found": found, "wanted": wanted, "n_classes": n_classes, "dim": dim}
    if found < wanted and wanted - found in (pixels, biases, pixels + biases):
        raise Wrong("no_bias", **values)
    learning = sum(int(np.prod(weight.shape)) for weight in model.trainable_variables)
    if learning < found or found == others:
        raise Wrong("frozen")
    if found - others in (n_classes * pixels + more for more in (0, pixels, (pixels + 1) * pixels)):
        raise Wrong("not_low", pixels=pixels, dim=dim)
    if found != wanted:
        raise Wrong("ignores_arguments" if found in unasked else "wrong_size", **values)


#: By what to multiply z, or the embedding, to see an activation behind it: 2 shows a tanh, which is odd, -1 a ReLU.
FACTORS = (0, 2, -1)


def _bends(nothing, double, back):
    """Tell whether an activation is on the way. All: what the network makes of its input at one of the FACTORS."""
    return bool(np.abs(double + 2 * back - 3 * nothing).max() > 1e-3 * np.abs(double).max())


def _bends_class(model, call, firsts, n_classes, dim):
    """Tell whether an activation is on the class's way, before its Dense layer or after it."""
    outputs = []
    for table in [weight for weight in model.trainable_variables if tuple(weight.shape) == (n_classes, dim)][:1]:
        numbers = table.numpy()
        for factor in FACTORS:
            table.assign(factor * numbers)
            outputs.append(call(firsts, np.arange(n_classes)))
    return bool(outputs) and _bends(*outputs)


def _judge_network(answer, args, first_shape, side, channels, n_classes, dim, names, others=0, biases=0):
    """Judge the network that the answer builds with `args`, or raise Wrong. others, biases: as for `_judge_size`.

    first_shape: of one image, or of one latent sample. channels: those without the class's. names: of the first
    input, in short and in full. Returns a function that calls the network, some first input, and the channels that the
    network makes of that.
    """
    model = _built(answer, args, side, n_classes, dim)
    firsts = np.random.default_rng(0).uniform(-1, 1, (n_classes, *first_shape)).astype("float32")

    def call(first, classes, training=False):
        return _called(model, first, classes, n_classes, names, training)

    output = call(firsts, np.arange(n_classes))
    _judge_shape(output.shape, n_classes, side, channels, n_classes, dim)
    if not np.isfinite(output).all():
        raise Wrong("not_finite")
    draw = np.random.default_rng(1)
    for weight in model.trainable_variables:  # biases start at 0 and would hide a mistake
        weight.assign(draw.standard_normal(weight.shape))
    if not np.allclose(call(firsts, np.arange(n_classes)), call(firsts, np.arange(n_classes), True), atol=1e-4):
        raise Wrong("fresh")
    maps, rest = _class_maps(call, firsts, n_classes, names[0])
    _judge_class_maps(maps, dim)
    _judge_size(model, side * side, n_classes, dim, others, biases)
    if _bends_class(model, call, firsts, n_classes, dim):
        raise Wrong("activation")
    return call, firsts, rest


# ---- the discriminator's side


@exercise(
    hack.class_as_channel,
    praise="The image is as it was, and behind it stands a plane of its class alone: 40,484 numbers that learn.",
    misconceptions={
        **CHANNEL,
        "image_changed": (
            "The image comes out changed, by {change:.2f} at most. Join it as it is; only the class goes through "
            "layers here."
        ),
        "enlarged": (
            "You make a small map and enlarge it. The list can be read like that, and it saves weights; here each "
            "pixel of the plane is an output of the Dense layer: {found:,} parameters, wanted {wanted:,}."
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
    names = ("image", "images (batch, 28, 28, 1)")
    for args in ((), (7, 3)):
        n_classes, dim = args or (10, 50)
        try:
            _, images, rest = _judge_network(answer, args, (28, 28, 1), 28, 1, n_classes, dim, names)
        except Wrong as wrong:
            small = [n_classes * dim + (dim + 1) * side**2 for side in (7, 14)]
            if wrong.misconception == "wrong_size" and wrong.details["found"] in small:
                raise Wrong("enlarged", **wrong.details) from None
            raise
        change = np.abs(rest - images).max()
        if change > 1e-5:
            raise Wrong("image_changed", change=change)


# ---- the generator's side


@exercise(
    hack.latents_with_class,
    praise="The maps of z and the class's one stand side by side, (7, 7, 129), and neither knows of the other.",
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
    for args in ((), (5, 6, 7, 3)):
        latent_dim, channels, n_classes, dim = args or (100, 128, 10, 50)
        names = ("z", f"z (batch, {latent_dim})")
        biases = 49 * channels
        others = (latent_dim + 1) * biases
        call, z, rest = _judge_network(answer, args, (latent_dim,), 7, channels, n_classes, dim, names, others, biases)
        if not _differ(rest).any():
            raise Wrong("ignores_z")
        zeros = np.zeros(n_classes)
        if _bends(*(call(factor * z, zeros) for factor in FACTORS)):
            raise Wrong("activation")


# ---- the picture of all classes


def _judge_latents(z, n_classes, n):
    """Judge latent samples, (n_classes * n, latent_dim): the same down each column, or raise Wrong."""
    grid = z.reshape(n_classes, n, -1)
    if np.ptp(z, axis=0).max() == 0:
        raise Wrong("one_latent")
    if not np.ptp(grid, axis=0).any():
        return
    if not np.ptp(grid, axis=1).any() or not np.ptp(z.reshape(n, n_classes, -1), axis=1).any():
        raise Wrong("latents_repeated")
    raise Wrong("latents_differ")


def _judge_classes(classes, n_classes, n):
    """Judge classes, (n_classes * n, 1): a row of n for each class in order, or raise Wrong."""
    wanted, found = np.repeat(np.arange(n_classes), n), classes[:, 0]
    if classes.dtype.kind not in "iu":
        raise Wrong("classes_not_whole", found=classes.dtype)
    if np.array_equal(found, wanted):
        return
    for values, misconception in (
        (wanted + 1, "classes_from_one"),
        (wanted[::-1], "classes_downwards"),
        (np.tile(np.arange(n_classes), n), "classes_tiled"),
        (np.repeat(np.arange(n), n_classes), "rows_and_columns"),
    ):
        if np.array_equal(found, values):
            raise Wrong(misconception)
    raise Wrong("wrong_classes", row=found[:n].tolist())


@exercise(
    hack.class_grid,
    praise="A row for each class in order, and down every column the same latent sample.",
    misconceptions={
        "arrays_swapped": "Your first array holds the classes. The order is (z, classes), as the generator takes them.",
        "one_hot": "Your classes are one-hot, {found}. An embedding looks up numbers: wanted is {wanted}, whole ones.",
        "flat_classes": "Your classes have the shape {found}; wanted {wanted}, a column: add an axis with [:, None].",
        "not_repeated": (
            "You return {found} rows of z for {wanted} images. The n latent samples are used again for each class: "
            "repeat them as often as there are classes."
        ),
        "one_latent": "All of your images have one and the same latent sample. Wanted are n, one a column.",
        "latents_differ": (
            "Down a column z changes, so that you could not tell what the class does and what z does. Draw n latent "
            "samples once, and use these in every row."
        ),
        "latents_repeated": (
            "z stays the same from left to right, and should do so from top to bottom. np.repeat gives a, a, b, b; "
            "np.tile gives a, b, a, b. Which one does a picture that is filled row by row need?"
        ),
        "classes_not_whole": "Your classes are {found}; an embedding is looked up by whole numbers. Use integers.",
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
        "wrong_classes": "The first row of your picture has the classes {row}; wanted is class 0 in all of it.",
        "not_normal": (
            "Your z has mean {mean:.2f}, deviation {std:.2f} and {far:.1%} of its numbers beyond 2; N(0, 1) has 0, 1 "
            "and 4.6 %. Use rng.standard_normal or rng.normal."
        ),
        "own_rng": (
            "Your z does not come from `rng`: {how}. Draw from the generator that is passed in, and from no other."
        ),
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
    for seed, (latent_dim, n_classes, n) in enumerate(((8, 4, 3), (5, 10, 6), (3, 2, 7), (6, 3, 3), (200, 2, 50))):
        z, classes = _grid(answer, seed, latent_dim, n_classes, n)
        turned = np.array_equal(classes[:, 0], np.tile(np.arange(n_classes), n))
        if turned and not np.ptp(z.reshape(n, n_classes, -1), axis=1).any() and np.ptp(z):
            raise Wrong("turned")
        _judge_classes(classes, n_classes, n)
        _judge_latents(z, n_classes, n)
        if not np.array_equal(z, _grid(answer, seed, latent_dim, n_classes, n)[0]):
            raise Wrong("own_rng", how="the same seed gave another z")
        if np.array_equal(z, _grid(answer, seed + 100, latent_dim, n_classes, n)[0]):
            raise Wrong("own_rng", how="another seed gave the same z")
    far = np.mean(np.abs(z) > 2)
    if abs(z.mean()) > 0.05 or abs(z.std() - 1) > 0.05 or not 0.035 < far < 0.056:
        raise Wrong("not_normal", mean=z.mean(), std=z.std(), far=far)


def _grid(answer, seed, latent_dim, n_classes, n):
    """Return the answer's (z, classes) with the shapes that they should have, or raise Wrong."""
    rows, returned = n_classes * n, answer(np.random.default_rng(seed), latent_dim, n_classes, n)
    z, classes = map(array, pair(returned, "a tuple of two arrays, (z, classes)"))
    if z.shape in ((rows, 1), (rows,)) and latent_dim > 1:
        raise Wrong("arrays_swapped")
    if z.shape == (n, latent_dim):
        raise Wrong("not_repeated", found=n, wanted=rows)
    if z.shape != (rows, latent_dim):
        raise Wrong("wrong_shape", found=z.shape, wanted=(rows, latent_dim), case=" for z")
    if classes.shape == (rows, n_classes):
        raise Wrong("one_hot", found=classes.shape, wanted=(rows, 1))
    if classes.shape == (rows,):
        raise Wrong("flat_classes", found=classes.shape, wanted=(rows, 1))
    if classes.shape != (rows, 1):
        raise Wrong("wrong_shape", found=classes.shape, wanted=(rows, 1), case=" for the classes")
    return z, classes
