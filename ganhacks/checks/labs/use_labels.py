"""Lab 21, using labels: what a right answer must show, how people get it wrong, and the hints."""

import functools

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ganhacks.checks.engine.parameters import SEED, Parameter, training_steps
from ganhacks.checks.engine import properties
from ganhacks.checks.judges import latents, losses, networks
from ganhacks.checks.engine.exercise import Wrong, exercise_in
from ganhacks.checks.engine.judging import Example, apart, compare, furthest, same, short
from ganhacks.checks.engine.sandbox import Answer
from ganhacks.checks.engine.values import array, number, pair, told
from ganhacks.hacks import use_labels as hack

PARAMETERS = {
    "steps": training_steps(),
    "learning_rate": Parameter("of both networks", 1e-6, 1.0),
    "seed": SEED,
}
EXERCISES = {}
exercise = exercise_in(EXERCISES, "use_labels")

PREDICTION = {
    "choices": {
        "a": "the generator has to draw digits of each class as asked.",
        "b": "the generator learns to draw digits, but not those asked for.",
        "c": "the generator can't learn at all.",
    },
    "answer": "b",
    "remarks": {
        "a": "That would be so if the label met the image before the last layer. Here it only comes in at the end.",
        "c": "That would be so if a label without use spoiled the rest. D still tells good images from bad ones.",
    },
    "why": (
        "This discriminator's logit is f(image) + g(label). At a given label, which image it likes best depends on f "
        "alone, and f never sees the label. So nothing ever tells the generator that a good 3 is wrong where a 7 was "
        "asked."
    ),
}


def rng(seed):
    return np.random.default_rng(seed)


def one_hot(classes, n_classes):
    return np.eye(n_classes, dtype="float32")[classes]


# ---- latent samples with classes


@exercise(
    hack.labelled_latents,
    praise="z is N(0, 1), each row asks for one class, all classes come up equally often, and all of it from `rng`.",
    misconceptions={
        **latents.MISCONCEPTIONS,
        "joined": (
            "You return one array of shape {found}: z and the classes side by side. Return the two apart, `z, asked`: "
            "the discriminator needs the classes too, and without z."
        ),
        "swapped": "Your first array is {found}, the classes. The order is z, then the classes.",
        "wrong_z": "Your z has the shape {found}; wanted {wanted}: a row for each sample.",
        "a_list": "You return {found}. Return a tuple, `z, asked`: `train` takes a list for one array.",
        "whole_numbers": (
            "Your classes have the shape {found}: one number for each sample. A network would read a 9 as nine times a "
            "1, though no class is more than another. One-hot gives each class a column: {wanted}."
        ),
        "counts_what_it_sees": (
            "Your classes have as many columns as the largest class that was drawn needs: asked for {wanted}, you return "
            "{found}. `to_categorical` counts up to the classes that it sees: tell it n_classes."
        ),
        "wrong_asked": "Your classes have the shape {found}; wanted {wanted}: a column for each class.",
        "fixed_classes": "Asked for {wanted} classes, you return {found} columns. Use `n_classes`.",
        "not_one_hot": (
            "A row of your classes is {row}. One-hot is a single 1 in the column of the class, and 0 in all others."
        ),
        "several_classes": "A row of your classes has {found} ones. Each sample is asked to be of *one* class.",
        "one_class": "All of your {n:,} samples ask for class {found}. Draw a class for each sample.",
        "left_out": (
            "Class {missing} never comes up in {n:,} samples. `rng.integers(k)` draws from 0 to k - 1, without k: "
            "what is your k?"
        ),
        "uneven": "Among {n:,} samples class {most} comes up {high} times and class {least} {low} times. Draw evenly.",
        "balanced": (
            "In draws of 50 samples your ten classes come up {some} times, nearly as often in each draw. Drawn one by "
            "one they vary by chance: each class is drawn independently."
        ),
        "not_drawn": "Your classes are the same at each call, whatever `rng` is. Draw them from it.",
        "in_order": (
            "Your classes come in an order: in {share:.0%} of your samples the class is that of the sample before plus "
            "{step}. Draw each class independently."
        ),
        "tied_to_z": (
            "Your classes can be told from z: your function draws one and makes it from the other, or starts `rng` "
            "anew in between. Draw them one after the other from the same `rng`."
        ),
    },
    hints=(
        "A class is drawn as a whole number. How does a whole number become a row with a single 1?",
        "`rng.standard_normal` draws z, `rng.integers` the classes. And the rows of the identity matrix, `np.eye`, are "
        "the ten one-hot vectors: pick one for each sample.",
        "np.eye(...)[rng.integers(..., size=...)]",
    ),
)
def check_labelled_latents(answer):
    drawn = []
    alone = [(1, 7, 10)] * 3  # few classes are drawn, and all have a column
    for seed, (n, latent_dim, k) in enumerate(((6, 100, 10), (5, 3, 4), *alone, (2000, 2, 10), (6000, 4, 3))):
        try:
            drawn.append(_judge_parts(answer(rng(seed), n, latent_dim, k), n, latent_dim, k))
        except Wrong as wrong:
            if wrong.misconception != "wrong_asked" or len({answer(rng(s), 1, 7, 10)[1].shape for s in range(9)}) == 1:
                raise
            raise Wrong("counts_what_it_sees", **wrong.details) from None
        _judge_asked(drawn[-1][1])
    latents.judge_latents(lambda rng, n, latent_dim: answer(rng, n, latent_dim, 10)[0])
    for parts in drawn[-2:]:
        _judge_classes(*parts)

    def classes(rng, n):
        return np.asarray(answer(rng, n, 5)[1])  # as `train` calls it

    if np.array_equal(classes(rng(7), 50), classes(rng(8), 50)):
        raise Wrong("not_drawn")
    properties.draws_from_rng(classes, 50)
    counts = np.array([classes(rng(seed), 50).sum(axis=0) for seed in range(40)])
    if ((counts - 5) ** 2).mean() < 4.5 / 3:  # a third of the variance of 50 draws with a chance of 1/10
        raise Wrong("balanced", some=", ".join(map(str, counts[0].astype(int))))


def _judge_parts(result, n, latent_dim, k):
    """Return z and the classes as arrays, or raise Wrong for other things, or other shapes."""
    if getattr(result, "shape", ())[-1:] == (latent_dim + k,):
        raise Wrong("joined", found=tuple(result.shape))
    parts = pair(result, "two arrays, z and the classes")
    if isinstance(result, list):
        raise Wrong("a_list", found=told(result))
    z, asked = map(array, parts)
    if z.shape == (n, k) and asked.shape == (n, latent_dim):
        raise Wrong("swapped", found=z.shape)
    if z.shape != (n, latent_dim):
        raise Wrong("wrong_z", found=z.shape, wanted=(n, latent_dim))
    if asked.shape in ((n,), (n, 1)):
        raise Wrong("whole_numbers", found=asked.shape, wanted=(n, k))
    if asked.shape == (n, 10) != (n, k):
        raise Wrong("fixed_classes", found=10, wanted=k)
    if asked.shape != (n, k):
        raise Wrong("wrong_asked", found=asked.shape, wanted=(n, k))
    if asked.dtype == bool:  # a network joins numbers
        raise Wrong("wrong_dtype", found="an array of True and False", wanted="one of 1 and 0")
    return z, asked


def _judge_asked(asked):
    """Raise Wrong for classes that are no one-hot rows."""
    for row in asked:
        ones, zeros = (row == 1).sum(), (row == 0).sum()
        if ones > 1 and ones + zeros == len(row):
            raise Wrong("several_classes", found=int(ones))
        if ones != 1 or ones + zeros != len(row):
            raise Wrong("not_one_hot", row="[" + ", ".join(f"{value:.4g}" for value in row[:10]) + "]")


def _judge_classes(z, asked):
    """Raise Wrong for many classes that are not drawn evenly, one by one, and apart from z."""
    n, k = asked.shape
    counts, drawn = asked.sum(axis=0).astype(int), asked.argmax(axis=1)
    if counts.max() == n:
        raise Wrong("one_class", n=n, found=int(counts.argmax()))
    if counts.min() == 0:
        raise Wrong("left_out", n=n, missing=int(counts.argmin()))
    if abs(counts - n / k).max() > 6 * np.sqrt(n / k):
        details = {"most": counts.argmax(), "high": counts.max(), "least": counts.argmin(), "low": counts.min()}
        raise Wrong("uneven", n=n, **details)
    steps = np.bincount(np.diff(drawn) % k) / (n - 1)
    if steps.max() > 0.6:
        raise Wrong("in_order", share=steps.max(), step=int(steps.argmax()))
    for values in (z, z**2 - 1):  # N(0, 1), as the judge of z has seen
        means = np.array([values[drawn == c].mean(axis=0) for c in range(k)])
        if abs(means).max() > 0.6:  # of 200 numbers: six standard errors
            raise Wrong("tied_to_z")


# ---- the conditional discriminator


def _network(
    n_classes=10, hidden=128, *, told="dense", join="concatenate", bends=(0.2, 0.2), last=None, at=0, units=None
):
    """Return a discriminator as people build it. told: what becomes of the label. bends: of each hidden layer, its
    leaky slope or its activation. at: before which layer the two are joined, the last one being len(bends).
    """
    images, labels = keras.Input((784,)), keras.Input((n_classes,))
    label, x = TOLD[told](labels, n_classes, hidden), images
    for i, bend in enumerate([*bends, None]):
        if i == at:
            x = JOINED[join](x, label)
        if bend is not None:
            x = layers.Dense(units or hidden)(x)
            x = layers.LeakyReLU(negative_slope=bend)(x) if isinstance(bend, float) else layers.Activation(bend)(x)
    return keras.Model([images, labels], layers.Dense(1, activation=last)(x))


#: What becomes of the labels: name -> function of (labels, n_classes, hidden).
TOLD = {
    "dense": lambda labels, n_classes, hidden: layers.Dense(hidden)(labels),
    "as it is": lambda labels, n_classes, hidden: labels,
    "tiled": lambda labels, n_classes, hidden: ops.tile(labels, (1, 3)),
    "whole number": lambda labels, n_classes, hidden: ops.cast(ops.argmax(labels, axis=1)[:, None], "float32"),
    "leaky, 0.3": lambda labels, n_classes, hidden: layers.LeakyReLU()(layers.Dense(hidden)(labels)),
    **{
        bend: lambda labels, n_classes, hidden, bend=bend: layers.Dense(hidden, activation=bend)(labels)
        for bend in ("leaky_relu", "relu", "tanh")
    },
    **{
        f"dense {width}": lambda labels, n_classes, hidden, width=width: layers.Dense(width)(labels)
        for width in (10, 50, 64, 128, 784)
    },
    **{
        f"embedding {width}": lambda labels, n_classes, hidden, width=width: layers.Flatten()(
            layers.Embedding(n_classes, width)(labels)
        )
        for width in (10, 50)
    },
}

#: How image and label are joined.
JOINED = {
    "concatenate": lambda x, label: layers.Concatenate()([x, label]),
    "label first": lambda x, label: layers.Concatenate()([label, x]),
    "multiply": lambda x, label: layers.Dense(784)(label) * x,
    "add": lambda x, label: layers.Dense(784)(label) + x,
    "image alone": lambda x, label: x + 0 * ops.sum(label, axis=1, keepdims=True),
    "label alone": lambda x, label: label + 0 * ops.sum(x, axis=1, keepdims=True),
}


def _two_judges(n_classes=10, hidden=128):
    images, labels = keras.Input((784,)), keras.Input((n_classes,))
    logits = []
    for x in (images, labels):
        for _ in range(2):
            x = layers.LeakyReLU(negative_slope=0.2)(layers.Dense(hidden)(x))
        logits.append(layers.Dense(1)(x))
    return keras.Model([images, labels], logits[0] + logits[1])


def _labels_first(n_classes=10, hidden=128):
    model = _network(n_classes, hidden)
    return keras.Model(model.inputs[::-1], model.outputs[0])


def _slip(**different):
    return functools.partial(_network, **different)


@exercise(
    hack.make_conditional_discriminator,
    praise="The same image gets another logit with another label, and how much so depends on the image.",
    slips=[
        *(
            ("no_label_layer", _slip(told=told), {"what": what})
            for told, what in (
                ("as it is", "as it comes"),
                ("tiled", "repeated, and through no layer"),
                ("whole number", "as one whole number"),
                ("embedding 50", "through an Embedding, which takes whole numbers and not one-hot rows"),
                ("embedding 10", "through an Embedding, which takes whole numbers and not one-hot rows"),
            )
        ),
        ("no_label_layer", _slip(told="as it is", join="label first"), {"what": "as it comes"}),
        *(("label_width", _slip(told=f"dense {width}"), {"width": width}) for width in (10, 50, 64, 128, 784)),
        *(("label_bends", _slip(told=bend)) for bend in ("leaky_relu", "relu", "tanh", "leaky, 0.3")),
        ("label_ignored", _slip(told="as it is", join="image alone")),
        ("image_ignored", _slip(told="as it is", join="label alone")),
        ("image_ignored", _slip(join="label alone")),
        ("label_at_the_end", _slip(at=2)),
        ("label_at_the_end", _slip(told="as it is", at=2)),
        ("label_at_the_end", _two_judges),
        ("inputs_swapped", _labels_first),
        ("ignores_argument", _slip(units=128), {"argument": "hidden", "value": 128}),
        ("label_late", _slip(at=1)),
        ("joined_otherwise", _slip(join="multiply", told="as it is")),
        ("joined_otherwise", _slip(join="add", told="as it is")),
        ("joined_otherwise", _slip(join="multiply")),
        ("joined_otherwise", _slip(join="add")),
        ("linear", _slip(bends=("linear", "linear"))),
        ("one_hidden", _slip(bends=(0.2,))),
        ("other_depth", _slip(bends=(0.2, 0.2, 0.2)), {"n": 3}),
        ("other_depth", _slip(bends=(0.2, "linear")), {"n": 1}),
        ("other_depth", _slip(bends=("linear", 0.2)), {"n": 1}),
        *(
            ("bounded", _slip(last=last, bends=bends), {"activation": last})
            for last in ("sigmoid", "tanh", "relu", "leaky_relu")
            for bends in ((0.2, 0.2), (0.3, 0.3))
        ),
        *(
            ("other_slope", _slip(bends=(bend, bend)), {"bend": told})
            for bend, told in (
                *((slope, f"a leaky ReLU of slope {slope:g}") for slope in (0.3, 0.01, 0.1)),
                *((name, name) for name in ("relu", "tanh")),
            )
        ),
    ],
    misconceptions={
        **networks.NETWORK_MISCONCEPTIONS,
        "wrong_input": (
            "Your model does not take [images, labels] of shapes {shape} ({reason}). It has two inputs, in this order: "
            "keras.Model([images, labels], logits)."
        ),
        "inputs_swapped": "Your model takes [labels, images]. The order of its inputs is [images, labels].",
        "several_outputs": (
            "Your model has {found} outputs. Here one logit says both: real, and of this class. Naming the class is "
            "the other way to use labels, AC-GAN's."
        ),
        "no_label_layer": (
            "Your label is joined to the image {what}. It goes through a Dense layer of its own first: then its part "
            "of the input is as wide as that layer, and can be learned."
        ),
        "label_width": "Your label's Dense layer has {width} units; wanted are as many as `hidden` says.",
        "label_bends": "The label's Dense layer has an activation in your model. It has none: see the table.",
        "label_ignored": (
            "Your logit is the same with every label: the label never reaches it. Is it joined to the image before the "
            "first hidden layer?"
        ),
        "image_ignored": "Your logit is the same for every image. Join the image with the label's Dense layer.",
        "label_at_the_end": (
            "Your logit is f(image) + g(label): a label adds the same to every image's logit, so which image suits a "
            "label best can't be told. Image and label have to meet *before* a hidden layer with its ReLU."
        ),
        "label_late": "Your label comes in after the first hidden layer. The table has it before: both layers see it.",
        "joined_otherwise": "You add or multiply image and label. Here they are put side by side: Concatenate.",
        "linear": (
            "Nothing bends between your layers, so all of them together are one linear layer, and its logit is "
            "f(image) + g(label): it can't tell whether the two fit. Put a LeakyReLU after each hidden layer."
        ),
        "bounded": (
            "Your model ends in {activation}. A logit may be any number, large or small: let the last Dense end bare."
        ),
        "one_hidden": (
            "Image and label meet before one hidden layer, and there have to be two. The first can mix the two, the "
            "second can ask whether they fit."
        ),
        "other_depth": (
            "Your model has {n} leaky ReLU on its way. Two are wanted, one behind each of two hidden layers; the last "
            "Dense has none."
        ),
        "other_slope": (
            "Your hidden layers bend by {bend}; wanted is layers.LeakyReLU(negative_slope=0.2). (Keras takes 0.3 "
            "unless told.)"
        ),
    },
    hints=(
        "A good 3 comes with the label 7. Where in your network could that show: where are image and label in the same "
        "layer, with a ReLU behind it?",
        "Two Inputs; a Dense for the label; Concatenate with the image; then twice Dense and LeakyReLU; Dense(1). The "
        "model has a list of two inputs.",
        "x = layers.Concatenate()([images, layers.Dense(...)(labels)]), and then two hidden layers on x",
    ),
)
def check_make_conditional_discriminator(answer):
    either_order = [_slip(join="label first")]
    try:
        networks.judge_network(answer, [(4, 5), (10, 24)], _pairs_of, also=either_order)
    except Wrong as wrong:
        n_outputs = len(getattr(answer(), "outputs", None) or [None])
        if wrong.misconception == "wrong_input" and n_outputs > 1:
            raise Wrong("several_outputs", found=n_outputs) from None
        raise


def _pairs_of(n_classes=10, *_):
    """Return two batches of images and labels: several pairs, and a single one far from 0."""
    several = rng(1).uniform(-1, 1, (6, 784)).astype("float32"), one_hot(np.arange(6) % n_classes, n_classes)
    return [list(several), [3 * several[0][:1], several[1][1:2]]]


# ---- losses


def tensor(values):
    return tf.constant(values, "float32")


def _scalar(value):
    """Return a loss as a float, which need not be finite, or raise Wrong."""
    if getattr(value, "shape", ()) != ():
        raise Wrong("not_averaged", found=tuple(value.shape))
    return float(value) if hasattr(value, "shape") else number(value)


def _fits(found, wanted, case):
    """Raise Wrong for losses that are no numbers, after no slip has explained them."""
    if not np.isfinite(found).all():
        raise Wrong("not_finite", case=case)


def _gradient(function, x, *args):
    """Return the gradient of a loss by its first argument as an array, of zeros if none comes back."""
    x = tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = function(x, *args)
    gradient = tape.gradient(loss, x) if tf.is_tensor(loss) else None
    return np.zeros(x.shape) if gradient is None else np.asarray(gradient)


def _close(found, wanted):
    return same(found, wanted, 1e-3, 1e-4)


def published_class_loss(class_logits, labels):
    probabilities = tf.nn.softmax(class_logits)
    loss = ops.categorical_crossentropy(labels, probabilities, from_logits=True)
    return ops.mean(loss)


def _class_batches():
    batches = [(tensor([[2, 0, 0]]), tensor([[1, 0, 0]]))]
    for seed, (n, k) in enumerate(((1, 4), (5, 3), (8, 10), (30, 6))):
        logits, classes = rng(seed).normal(0, 2, (n, k)), rng(seed + 9).integers(k, size=n)
        batches.append((tensor(logits), tensor(one_hot(classes, k))))
    labels = one_hot(np.arange(10), 10)
    batches += [(tensor(sure * labels), labels) for sure in (0, 50)]  # as the lab calls it
    return [*batches, *((tensor([sure]), tensor([[1, 0, 0]])) for sure in ([200, 0, 0], [0, 200, 0]))]


CLASS_BATCHES = _class_batches()


@exercise(
    hack.class_loss,
    given=published_class_loss,
    praise="One softmax. Sure and right costs next to nothing, sure and wrong costs as much as it is wrong.",
    slips=losses.WRONG_CLASS_LOSSES,
    misconceptions={
        **losses.CLASS_MISCONCEPTIONS,
        "not_averaged": "You return the shape {found}. One number is wanted: average over the batch.",
        "no_gradient": (
            "Your number is right and no gradient comes back to the logits, so nobody could learn from it. Is there "
            "NumPy, an argmax or a `stop_gradient` on the way?"
        ),
        "other_gradient": (
            "Your number is right and its gradient is not: for a row of logits {logits} with the label {labels} it is "
            "{found}; wanted {wanted}. Something bends it on its way: a `stop_gradient`, or a branch that isn't taken?"
        ),
    },
    hints=(
        "Give it an image that is classified as surely and rightly as can be: logits of 50, 0, 0, … What should the "
        "loss be, and what is it?",
        "What does `from_logits=True` say about the numbers that are handed over? And what are they here?",
        "No softmax of your own: categorical_crossentropy(labels, ..., from_logits=True), and its mean",
    ),
)
def check_class_loss(answer):
    compare(answer, CLASS_BATCHES, _class_loss, _close, fits=_fits)
    for logits, labels in (CLASS_BATCHES[2], *CLASS_BATCHES[-2:]):
        found, wanted = (_gradient(f, logits, labels) for f in (answer, answer.reference))
        if not _close(found, wanted):
            row = np.abs(found - wanted).max(axis=1).argmax()
            parts = {"logits": logits, "labels": labels, "found": found, "wanted": wanted}
            told_of = {name: short(np.asarray(part)[row]) for name, part in parts.items()}
            raise Wrong("other_gradient" if found.any() or np.isnan(found).any() else "no_gradient", **told_of)


def _class_loss(loss, args):
    if isinstance(loss, Answer):
        return _scalar(loss(*args))
    return _known_class_loss(loss, next(i for i, batch in enumerate(CLASS_BATCHES) if batch[0] is args[0]))


@functools.cache
def _known_class_loss(loss, i):
    return float(loss(*CLASS_BATCHES[i]))


# ---- AC-GAN's losses


class Parts:
    """What AC-GAN's losses are made of: of the source with label 1 or 0, and of the class, reals and fakes."""

    def __init__(self, batch, source, named, of_fakes):
        (real, fake, labels, asked), first = batch, one_hot([0] * len(batch[3]), batch[3].shape[1])
        self.parts = {
            **{f"{whose}_is_1": (source, tf.ones_like(x[0]), x[0]) for whose, x in (("real", real), ("fake", fake))},
            **{f"{whose}_is_0": (source, tf.zeros_like(x[0]), x[0]) for whose, x in (("real", real), ("fake", fake))},
            "reals": (named, real[1], labels),
            "reals_asked": (named, real[1], asked),
            "fakes": (of_fakes, fake[1], asked),
            "fakes_labels": (of_fakes, fake[1], labels),
            "fakes_class_0": (of_fakes, fake[1], first),
            "fakes_own": (of_fakes, fake[1], one_hot(np.argmax(fake[1], axis=1), fake[1].shape[1])),
        }

    def __getattr__(self, name):
        loss, *args = self.parts[name]
        return loss(*args)


def _losses(d=None, g=None, source=losses.cross_entropy, named=losses.class_cross_entropy, of_fakes=None):
    """Return a pair of losses as people make them: d and g of the Parts, where they are not what is asked for.

    source, named: the cross-entropies; of_fakes: that of the fakes' class, if it is another one.
    """
    d = d or _d
    g = g or (lambda p: p.fake_is_1 + p.fakes)

    def pair_of(*batch):
        parts = Parts(batch, source, named, of_fakes or named)
        return d(parts), g(parts)

    return pair_of


def _source_and(p):
    return p.real_is_1 + p.fake_is_0


def _d(p):
    return _source_and(p) + p.reals + p.fakes


#: (misconception, d_loss, g_loss), made of the Parts; None where that one is right.
WRONG_AC_LOSSES = [
    ("borrowed_labels", lambda p: _source_and(p) + p.reals + p.fakes_labels, lambda p: p.fake_is_1 + p.fakes_labels),
    ("labels_exchanged", lambda p: _source_and(p) + p.reals_asked + p.fakes_labels, None),
    ("reals_asked", lambda p: _source_and(p) + p.reals_asked + p.fakes, None),
    ("own_class", lambda p: _source_and(p) + p.reals + p.fakes_own, lambda p: p.fake_is_1 + p.fakes_own),
    ("fake_is_class_0", lambda p: _source_and(p) + p.reals + p.fakes_class_0, lambda p: p.fake_is_1 + p.fakes_class_0),
    ("fakes_unclassified", lambda p: _source_and(p) + p.reals, None),
    ("reals_unclassified", lambda p: _source_and(p) + p.fakes, None),
    ("no_class_loss", _source_and, lambda p: p.fake_is_1),
    ("no_source_loss", lambda p: p.reals + p.fakes, lambda p: p.fakes),
    ("class_as_enemy", lambda p: _source_and(p) + p.reals - p.fakes, lambda p: p.fake_is_1 - p.fakes),
    ("g_called_fake", None, lambda p: p.fake_is_0 + p.fakes),
    ("g_saturates", None, lambda p: p.fakes - p.fake_is_0),
    ("sources_exchanged", lambda p: p.real_is_0 + p.fake_is_1 + p.reals + p.fakes, None),
    ("one_source", lambda p: p.real_is_1 + p.reals + p.fakes, None),
    ("one_source", lambda p: p.fake_is_0 + p.reals + p.fakes, None),
    ("label_smoothed", lambda p: 0.1 * (p.real_is_0 - p.real_is_1) + _d(p), None),
    *(
        ("reals_in_g_loss", None, g)
        for g in (
            _d,
            lambda p: -_d(p),
            lambda p: p.fake_is_1 + p.reals + p.fakes,
            lambda p: p.fake_is_1 + p.fakes - p.reals,
            lambda p: p.fake_is_1 + p.reals,
            lambda p: p.real_is_0 + p.fake_is_1 + p.reals + p.fakes,
        )
    ),
    *(
        ("halved", lambda p, s=s, c=c: s * _source_and(p) + c * (p.reals + p.fakes), None)
        for s, c in ((0.5, 0.5), (0.5, 1), (1, 0.5))
    ),
    *(("halved", None, lambda p, s=s, c=c: s * p.fake_is_1 + c * p.fakes) for s, c in ((0.5, 0.5), (0.5, 1), (1, 0.5))),
]


def _ac_batches():
    batches = {}
    for seed, (n, k) in enumerate(((1, 4), (8, 10), (6, 3), (12, 5))):
        draw = rng(seed)
        real, fake = (tuple(tensor(draw.normal(0, 1.5, (n, width))) for width in (1, k)) for _ in range(2))
        labels, asked = (tensor(one_hot(draw.integers(1, k, size=n), k)) for _ in range(2))
        batches[f"{n} reals, {n} fakes and {k} classes" if n > 1 else f"a real, a fake and {k} classes"] = real, fake, labels, asked
    seven, zero, source = tensor(one_hot([7] * 4, 10)), tensor(one_hot([0] * 4, 10)), tf.zeros((4, 1))
    batches["fakes of a 7 that are read as a 0"] = (source, 5 * seven), (source, 5 * zero), seven, seven
    for said, sign in (("right", 1), ("wrong", -1)):
        sure = tensor([[120 * sign]] * 4)
        batches[f"a source that D is sure of, and {said}"] = (sure, seven), (-sure, zero), seven, zero
        batches[f"a class that D is sure of, and {said}"] = (
            (source, 2 * sure * seven),
            (source, 2 * sure * zero),
            seven,
            zero,
        )
    return batches


AC_BATCHES = _ac_batches()


@exercise(
    hack.ac_losses,
    praise="Both networks want every image to be classified right, and only about the source do they disagree.",
    slips=[
        *((name, _losses(d, g)) for name, d, g in WRONG_AC_LOSSES),
        *((name, _losses(source=loss)) for name, loss in losses.WRONG_LOSSES if name != "one_term"),
        *(
            (name.replace("swapped_arguments", "class_swapped"), _losses(named=named, of_fakes=of_fakes))
            for name, loss in losses.WRONG_CLASS_LOSSES
            for named, of_fakes in (
                (loss, loss),
                (loss, losses.class_cross_entropy),
                (losses.class_cross_entropy, loss),
            )
            if name != "factor" and (named is of_fakes or name in ("softmax_twice", "swapped_arguments", "clipped"))
        ),
        ("clipped", _losses(source=losses.of_probabilities, named=losses.of_class_probabilities)),
        *(
            ("as_probabilities", _losses(source=losses.of_logits_as_probabilities, named=loss))
            for name, loss in losses.WRONG_CLASS_LOSSES
            if name == "as_probabilities"
        ),
    ],
    misconceptions={
        **{name: text for name, text in losses.MISCONCEPTIONS.items() if name != "one_term"},
        **{
            name: f"In the class loss of your {{which}}: {text[0].lower()}{text[1:]}"
            for name, text in losses.CLASS_MISCONCEPTIONS.items()
        },
        **{name: losses.MISCONCEPTIONS[name] for name in ("summed", "swapped_arguments", "smoothed")},
        "class_swapped": (
            "In your {which} a class loss gets its arguments the wrong way round. `class_loss` takes the logits first, "
            "class_loss(real[1], labels); Keras' losses take the labels first."
        ),
        "wrong_sign": "In your {which} the source's cross-entropy has the wrong sign: log of a probability is below 0.",
        "borrowed_labels": (
            "In {which} your fakes are classified against `labels`, which belong to the real images. A fake's class is "
            "what it was asked to be: `asked`."
        ),
        "labels_exchanged": "In d_loss you judge reals by `asked` and fakes by `labels`. It is the other way round.",
        "reals_asked": (
            "In d_loss your reals are classified against `asked`, which belongs to the fakes. A real's class is in "
            "`labels`."
        ),
        "own_class": (
            "In {which} your fakes are classified against the class that D itself finds likeliest. Wanted is the one "
            "that they were asked to be: `asked`."
        ),
        "fake_is_class_0": (
            "In {which} your fakes are to be of class 0. 0 is the *source* label of a fake; its class is the one that "
            "it was asked to be. Like this a good 7 counts as a bad 0."
        ),
        "fakes_unclassified": (
            "Your d_loss classifies the reals alone. There are implementations that do so; the paper's, and this "
            "exercise's, counts the fakes as well."
        ),
        "reals_unclassified": "Your d_loss classifies the fakes alone. What a 7 is, D can only learn from real ones.",
        "no_class_loss": "Your {which} has no class loss: the source part alone.",
        "no_source_loss": "Your {which} has no source loss: the class part alone. Nothing asks if an image is real.",
        "class_as_enemy": (
            "Your {which} subtracts the fakes' class loss. About the class the two are no opponents: both D and G want "
            "a fake to be recognised as what was asked. Add it."
        ),
        "g_called_fake": "In g_loss your fakes' source target is 0, D's. G wants its fakes to be called real: 1.",
        "g_saturates": (
            "Your g_loss subtracts D's loss on the fakes. That is the loss which saturates where D is sure (lab 13). "
            "Take the cross-entropy with target 1."
        ),
        "factor": "In your {which} the source's cross-entropies are twice what is wanted. Take their plain means.",
        "other_base": "In your {which} a logarithm has another base. A cross-entropy takes the natural one, `log`.",
        "halved": "In your {which} a part is halved, or all of it. Here it is the *sum* of its means.",
        "reals_in_g_loss": (
            "Your g_loss has the reals in it. The generator did not make them: its loss is that of the fakes alone."
        ),
        "sources_exchanged": "Your D learns that reals are 0 and fakes are 1. Here a real's source is 1, a fake's 0.",
        "label_smoothed": "In your d_loss the reals' source is 0.9. Smoothing is another hack: here it is 1.",
        "one_source": "Your d_loss knows the source of one kind only. Add that of the reals and that of the fakes.",
        "not_averaged": "One of your losses has the shape {found}. Each is one number: average over the batch.",
        "no_gradient": (
            "Your numbers are right, and in {which} no gradient comes back to what D says of the {whose}: that part "
            "teaches nobody. Is there NumPy or a `stop_gradient` on the way?"
        ),
        "other_gradient": (
            "Your numbers are right, and in {which} a gradient is not, by what D says of the {whose}: it is {found}; "
            "wanted {wanted}. Is there a `stop_gradient`, or a `where` one side of which overflows?"
        ),
    },
    hints=(
        "Each image has two right answers, a source and a class. Which are they for a real, and for a fake, in D's "
        "loss? And which of the two does G want to be different?",
        "d_loss has four means: two sources, two classes. g_loss has two: the fakes' source with target 1, and their "
        "class, which is `asked` in both losses.",
        "binary cross-entropies from logits for the two sources, and your class_loss(real[1], labels) and "
        "class_loss(fake[...], ...): logits first",
    ),
)
def check_ac_losses(answer):
    calls = [(told_of,) for told_of in AC_BATCHES]
    if all(_close(_ac_losses(answer, args), _ac_losses(answer.reference, args)[::-1]) for args in calls):
        raise Wrong("swapped_results")
    for i, which in enumerate(("d_loss", "g_loss")):  # one by one: each may have a mistake of its own
        compare(
            answer,
            calls,
            lambda function, args, i=i: _ac_losses(function, args)[i],
            _close,
            fits=_fits,
            describe=lambda run, which=which: _ac_example(run, which),
            case=lambda args: args[0],
            details={"which": which},
            also=[_losses(source=losses.of_probabilities)],
        )
    mild = [*AC_BATCHES.values()][1]
    for batch in AC_BATCHES.values():
        for whose, i in (("reals", 0), ("fakes", 1)):
            for part, said in enumerate(("source", "class")):
                for j, which in list(enumerate(("d_loss", "g_loss")))[: i + 1]:  # the reals are D's alone

                    def loss(function, logits, batch=batch, i=i, part=part, j=j):
                        args = list(batch)
                        args[i] = (*args[i][:part], logits, *args[i][part + 1 :])
                        return function(*args)[j]

                    found = _gradient(functools.partial(loss, answer), batch[i][part])
                    told_of = {"which": which, "whose": f"{whose}' {said}"}
                    if batch is mild and not found.any():
                        raise Wrong("no_gradient", **told_of)
                    wanted = _gradient(functools.partial(loss, answer.reference), batch[i][part])
                    # Keras' cross-entropy of probabilities is as right, and flat where they are very sure.
                    right = _close(found, wanted) if batch is mild else np.isfinite(found).all()
                    if not right:
                        yours, best, _ = furthest(found, wanted)
                        raise Wrong("other_gradient", found=short(yours), wanted=short(best), **told_of)


def _ac_losses(function, args):
    if not isinstance(function, Answer):
        return _known_ac_losses(function, *args)
    return tuple(map(_scalar, pair(function(*AC_BATCHES[args[0]]), "two losses, d_loss and g_loss")))


@functools.cache
def _known_ac_losses(function, told_of):
    return tuple(float(loss) for loss in function(*AC_BATCHES[told_of]))


def _ac_example(run, which):
    yours, wanted = apart(run.found, run.wanted)
    return Example(f"For {run.args[0]} your {which} is {yours}; wanted {wanted}.")
