"""Lab 21, using labels: what a right answer must show, how people get it wrong, and the hints."""

import numpy as np
import tensorflow as tf
from keras import ops

from ganhacks.checks.exercise import Wrong, exercise_in
from ganhacks.checks.values import number, numbers, pair, told
from ganhacks.hacks import use_labels as hack

EXERCISES = {}
exercise = exercise_in(EXERCISES, "use_labels")

PREDICTION = {
    "choices": {
        "a": "the generator has to draw digits of each class as asked.",
        "b": "the generator may draw any good digit, whatever was asked.",
        "c": "the generator can't learn at all.",
    },
    "answer": "b",
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
        "joined": (
            "You return one array of shape {found}: z and the classes side by side. Return the two apart, `z, asked`: "
            "the discriminator needs the classes too, and without z."
        ),
        "swapped": "Your first array is {found}, the classes. The order is z, then the classes.",
        "wrong_z": "Your z has the shape {found}; wanted {wanted}: a row for each sample.",
        "a_list": "You return {found}. Return a tuple, `z, asked`: `train` takes a list for one array.",
        "repeated": (
            "Your z has {size:,} numbers, and only {found:,} different ones. Draw each of them by itself: "
            "(n_samples, latent_dim)."
        ),
        "not_normal": "Your z has mean {mean:.2f} and standard deviation {std:.2f}; N(0, 1) has 0 and 1.",
        "uniform": "Your z ends at {most:.2f}: that is no N(0, 1), which has no ends. `rng.standard_normal` draws it.",
        "whole_numbers": (
            "Your classes have the shape {found}: one number for each sample. A network would read a 9 as nine times a "
            "1, though no class is more than another. One-hot gives each class a column: {wanted}."
        ),
        "wrong_asked": "Your classes have the shape {found}; wanted {wanted}: a column for each class.",
        "fixed_classes": "Asked for {wanted} classes, you return {found} columns. Use `n_classes`.",
        "not_one_hot": (
            "A row of your classes is {row}. One-hot is a single 1 in the column of the class, and 0 in all others."
        ),
        "several_classes": "A row of your classes has {found} ones. Each sample is asked to be of *one* class.",
        "one_class": "All of your {n:,} samples ask for class {found}. Draw a class for each sample by itself.",
        "left_out": (
            "Class {missing} never comes up in {n:,} samples. `rng.integers(k)` draws from 0 to k - 1, without k: "
            "what is your k?"
        ),
        "uneven": "Among {n:,} samples class {most} comes up {high} times and class {least} {low} times. Draw evenly.",
        "not_drawn": (
            "Your {which} the same at each call, whatever `rng` is. Draw both from it: in training this "
            "function is called for hundreds of batches in one go, and batches should differ."
        ),
        "tied_to_z": (
            "Your classes can be told from z: your function draws one and makes it from the other, or starts `rng` "
            "anew in between. Draw them one after the other from the same `rng`."
        ),
        "ignores_rng": (
            "Two generators started from the same seed gave different results, so your numbers come from elsewhere "
            "(np.random?). Draw all of them from `rng`: then a run can be repeated."
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
    for seed, (n, latent_dim, k) in enumerate(((6, 100, 10), (5, 3, 4), (2000, 2, 10), (1000, 4, 3))):
        result = answer(rng(seed), n, latent_dim, k)
        if getattr(result, "shape", ())[-1:] == (latent_dim + k,):
            raise Wrong("joined", found=tuple(result.shape))
        parts = pair(result, "two arrays, z and the classes")
        if isinstance(result, list):
            raise Wrong("a_list", found=told(result))
        z, asked = (numbers(part, wanted="an array of numbers in each place") for part in parts)
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
        _judge_asked(asked)
        if n >= 1000:
            _judge_spread(z, asked)
    first, again, other = (answer(rng(seed), 50, 5) for seed in (7, 7, 8))  # as `train` calls it
    if not all(np.array_equal(a, b) for a, b in zip(first, again)):
        raise Wrong("ignores_rng")
    for which, before, after in zip(("z is", "classes are"), first, other):
        if np.array_equal(before, after):
            raise Wrong("not_drawn", which=which)


def _judge_asked(asked):
    """Raise Wrong for classes that are no one-hot rows."""
    for row in asked:
        ones, zeros = (row == 1).sum(), (row == 0).sum()
        if ones > 1 and ones + zeros == len(row):
            raise Wrong("several_classes", found=int(ones))
        if ones != 1 or ones + zeros != len(row):
            raise Wrong("not_one_hot", row=np.round(row[:10], 2).tolist())


def _judge_spread(z, asked):
    """Raise Wrong for many latent samples that are not N(0, 1), or classes that are not evenly drawn."""
    n, k = asked.shape
    if len(np.unique(z)) < 0.9 * z.size:
        raise Wrong("repeated", size=z.size, found=len(np.unique(z)))
    if abs(z.mean()) > 0.06 or abs(z.std() - 1) > 0.06:
        raise Wrong("not_normal", mean=z.mean(), std=z.std())
    if abs(z).max() < 2.5:
        raise Wrong("uniform", most=abs(z).max())
    counts = asked.sum(axis=0).astype(int)
    if counts.max() == n:
        raise Wrong("one_class", n=n, found=int(counts.argmax()))
    if counts.min() == 0:
        raise Wrong("left_out", n=n, missing=int(counts.argmin()))
    if abs(counts - n / k).max() > 6 * np.sqrt(n / k):
        details = {"most": counts.argmax(), "high": counts.max(), "least": counts.argmin(), "low": counts.min()}
        raise Wrong("uneven", n=n, **details)
    classes = asked.argmax(axis=1)
    means = np.array([z[classes == c].mean(axis=0) for c in range(k)])
    if abs(means).max() > 0.6:
        raise Wrong("tied_to_z")


# ---- the conditional discriminator


def _answered(model, batch, k):
    try:
        return model(batch, training=False)
    except Exception as error:
        raise Wrong("two_inputs", reason=" ".join(str(error).split())[:120], k=k) from None


def _logit_table(model, images, k):
    """Return the logits of each image (down) with each of the k labels (across), as float64."""
    n = len(images)
    batch = [np.repeat(images, k, axis=0), np.tile(np.eye(k, dtype="float32"), (n, 1))]
    logits = np.asarray(_answered(model, batch, k))
    if logits.shape != (n * k, 1):
        raise Wrong("wrong_output", found=tuple(np.shape(logits)), wanted=(n * k, 1), n=n * k)
    if not np.isfinite(logits).all():
        raise Wrong("not_finite")
    return logits.reshape(n, k).astype("float64")


def _interaction(table):
    """Return what is left of a table of logits without the part of its rows and the part of its columns."""
    return table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()


@exercise(
    hack.make_conditional_discriminator,
    praise="The same image gets another logit with another label, and how much so depends on the image.",
    misconceptions={
        "not_a_model": "Your function returns {found}. Build a keras.Model of two inputs and return it.",
        "two_inputs": (
            "Your model does not take [images, labels] of shapes (n, 784) and (n, {k}) ({reason}). It has two inputs, "
            "in this order: keras.Model([images, labels], logits)."
        ),
        "wrong_output": "For {n} pairs your model returns the shape {found}; wanted {wanted}, a logit each.",
        "several_outputs": (
            "Your model returns {found}. Here one logit says both: real, and of this class. Naming the class is the "
            "other way to use labels, AC-GAN's."
        ),
        "label_ignored": (
            "Your logit is the same with every label: the label never reaches it. Is it joined to the image before the "
            "first hidden layer?"
        ),
        "image_ignored": "Your logit is the same for every image. Join the image with the label's Dense layer.",
        "label_at_the_end": (
            "Your logit is f(image) + g(label): a label adds the same to every image's logit, so which image suits a "
            "label best can't be told. Image and label have to meet *before* a hidden layer with its ReLU."
        ),
        "linear": (
            "Nothing bends between your layers, so all of them together are one linear layer, and its logit is "
            "f(image) + g(label): it can't tell whether the two fit. Put a LeakyReLU after each hidden layer."
        ),
        "bounded": (
            "Your logits stay between {low:.2g} and {high:.2g} however large the weights: your model ends in "
            "{activation}. A logit may be any number: let the last Dense end bare."
        ),
        "one_hidden": (
            "Image and label meet before one hidden layer, and there have to be two ({hidden} to {hidden} units is "
            "missing). The first can mix the two, the second can ask whether they fit. The picture below shows it."
        ),
        "other_depth": (
            "A negative input counts {found:.3f} of a positive one, as with {n} leaky ReLU on its way. Two are wanted, "
            "one behind each of two hidden layers; the last Dense has none."
        ),
        "ignores_arguments": "Asked for hidden={hidden}, your model is the same as without asking. Use the argument.",
        "other_slope": (
            "Your hidden layers let {found:.2g} of a negative input through; wanted 0.2. Keras takes 0.3 unless told, "
            "and a plain ReLU lets nothing through: `layers.LeakyReLU(negative_slope=0.2)`."
        ),
        "frozen": "Your model has nothing to train. Leave `trainable` alone: the updates say whose weights change.",
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
    for seed, (k, hidden) in enumerate(((10, 128), (4, 128), (10, 32))):
        model = answer(k, hidden)
        if model is None:
            raise Wrong("returns_nothing")
        if not hasattr(model, "trainable_variables"):
            raise Wrong("not_a_model", found=told(model))
        images = rng(seed).uniform(-1, 1, (6, 784)).astype("float32")
        result = _answered(model, [images, one_hot(np.arange(6) % k, k)], k)
        if isinstance(result, (tuple, list, dict)):
            raise Wrong("several_outputs", found=told(result))
        if not model.trainable_variables:
            raise Wrong("frozen")
        for weight in model.trainable_variables:  # small or zero at the start, they would hide what is joined
            weight.assign(rng(seed + 5).normal(0, 2 / np.sqrt((*weight.shape, 1)[0]), weight.shape))
        _judge_table(model, images, k)
        kernels = [tuple(weight.shape) for weight in model.trainable_variables if len(weight.shape) == 2]
        if hidden != 128 and (128, 128) in kernels:
            raise Wrong("ignores_arguments", hidden=hidden)
        if (hidden, hidden) not in kernels:
            raise Wrong("one_hidden", hidden=hidden)
        _judge_slope(model, k)


def _judge_table(model, images, k):
    table = _logit_table(model, images, k)
    scale = max(table.std(), 1e-12)
    large = _logit_table(model, 1e4 * images, k)
    for activation, low, high in (("a sigmoid", 0, 1), ("tanh", -1, 1)):
        if large.min() >= low and large.max() <= high and large.max() > 0:
            raise Wrong("bounded", low=large.min(), high=large.max(), activation=activation)
    if np.ptp(table, axis=1).max() < 1e-5 * scale:
        raise Wrong("label_ignored")
    if np.ptp(table, axis=0).max() < 1e-5 * scale:
        raise Wrong("image_ignored")
    if abs(_interaction(table)).max() < 1e-3 * scale:
        halfway = _logit_table(model, (images[:1] + images[1:2]) / 2, k)
        bends = abs(halfway - (table[:1] + table[1:2]) / 2).max() > 1e-3 * scale
        raise Wrong("label_at_the_end" if bends else "linear")


def _judge_slope(model, k):
    """Raise Wrong if hidden layers pass on another part of negative inputs than 0.2. All weights are set to do so."""
    for weight in model.trainable_variables:
        weight.assign(np.zeros(weight.shape) if len(weight.shape) < 2 else np.full(weight.shape, 1e-3))
    white, black = (np.full((1, 784), value, "float32") for value in (50, -50))
    label = one_hot([0], k)
    up, down = (float(np.asarray(model([image, label], training=False))[0, 0]) for image in (white, black))
    passed = max(-down / up, 0) if up else 0.0
    for n in (1, 3, 4):
        if abs(passed - 0.2**n) < 0.02 * 0.2**n:
            raise Wrong("other_depth", found=passed, n=n)
    found = np.sqrt(passed)  # two such layers, one after the other
    if abs(found - 0.2) > 0.02:
        raise Wrong("other_slope", found=found)


# ---- losses


def tensor(values):
    return tf.constant(values, "float32")


def scalar(value):
    """Return a loss as a float, or raise Wrong."""
    if getattr(value, "shape", ()) != ():
        raise Wrong("not_averaged", found=tuple(value.shape))
    return number(value)


def _log_softmax(logits):
    logits = logits - logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def _cross_entropy(logits, labels):
    return -(labels * _log_softmax(logits)).sum(axis=1).mean()


def _mistaken_class_losses(logits, labels):
    """Yield (misconception, value) for what people compute instead of the class loss."""
    p = np.exp(_log_softmax(logits))
    right = _cross_entropy(logits, labels)
    yield "softmax_twice", _cross_entropy(p, labels)
    yield "softmax_twice", _cross_entropy(_log_softmax(p), labels)
    yield "as_probabilities", -(labels * np.log(np.clip(logits, 1e-7, 1 - 1e-7))).sum(axis=1).mean()
    scaled = np.clip(logits / logits.sum(axis=1, keepdims=True), 1e-7, 1 - 1e-7)
    yield "as_probabilities", -(labels * np.log(scaled)).sum(axis=1).mean()
    each = np.logaddexp(0, logits) - labels * logits
    yield "binary", each.mean()
    yield "binary", each.sum(axis=1).mean()
    binary = -(labels * np.log(p) + (1 - labels) * np.log(1 - p))
    yield "binary", binary.mean()
    yield "binary", binary.sum(axis=1).mean()
    yield "negative", -right
    yield "summed", right * len(logits)
    yield "over_classes_too", right / logits.shape[1]
    yield "not_log", 1 - (labels * p).sum(axis=1).mean()
    yield "not_log", -(labels * p).sum(axis=1).mean()
    yield "not_log", (labels * p).sum(axis=1).mean()
    down = np.exp(_log_softmax(logits.T)).T
    yield "along_the_batch", -(labels * np.log(down)).sum(axis=1).mean()


def published_class_loss(class_logits, labels):
    probabilities = tf.nn.softmax(class_logits)
    return ops.mean(ops.categorical_crossentropy(labels, probabilities, from_logits=True))


@exercise(
    hack.class_loss,
    given=published_class_loss,
    praise="One softmax. Sure and right costs next to nothing, sure and wrong costs as much as it is wrong.",
    misconceptions={
        "softmax_twice": (
            "You return {found:.3f}; wanted {wanted:.3f}. Softmax is taken twice: one gives probabilities, and then a "
            "cross-entropy that expects logits takes another of them. Hand the logits on as they are, or say that "
            "they are probabilities."
        ),
        "as_probabilities": (
            "You return {found:.3f}; wanted {wanted:.3f}. Logits are taken for probabilities here, and none is: they "
            "are negative and don't add up to 1. Say `from_logits=True`, or take one softmax first."
        ),
        "binary": (
            "You return {found:.3f}; wanted {wanted:.3f}. That is a binary cross-entropy, ten separate yes-or-no "
            "questions. An image has one class: a *categorical* cross-entropy over all of them."
        ),
        "negative": "You return {found:.3f}; wanted {wanted:.3f}. Log of a probability is below 0: add a minus.",
        "summed": "You return {found:.3f}, the sum over the batch; wanted the mean, {wanted:.3f}.",
        "over_classes_too": (
            "You return {found:.3f}, {k} times less than {wanted:.3f}: your mean is over the classes too. Sum over "
            "the classes (all but one are 0), then average over the batch."
        ),
        "not_log": "You return {found:.3f}; wanted {wanted:.3f}. The loss is the mean of -log p, not of p.",
        "along_the_batch": "Your softmax goes down the columns, over the batch. It belongs along a row: axis -1.",
        "not_averaged": "You return the shape {found}. One number is wanted: average over the batch.",
        "no_gradient": (
            "Your number is right and no gradient comes back to the logits, so nobody could learn from it. Is there "
            "NumPy, an argmax or a `stop_gradient` on the way?"
        ),
        "underflows": (
            "For logits 200 apart you return NaN or infinity: a probability rounds to 0 before its logarithm. Let "
            "Keras take softmax and log together, from the logits."
        ),
        "differs": "For {n} images of {k} classes you return {found:.3f}; wanted {wanted:.3f}.",
    },
    hints=(
        "Give it an image that is classified as surely and rightly as can be: logits of 50, 0, 0, … What should the "
        "loss be, and what is it?",
        "What does `from_logits=True` say about the numbers that are handed over? And what are they here?",
        "Either no `ops.softmax` at all, or from_logits=... the other way",
    ),
)
def check_class_loss(answer):
    for seed, (n, k) in enumerate(((8, 10), (5, 3), (1, 4), (30, 6))):
        logits = rng(seed).normal(0, 2, (n, k)).astype("float32")
        labels = one_hot(rng(seed + 9).integers(k, size=n), k)
        found, wanted = scalar(answer(tensor(logits), tensor(labels))), _cross_entropy(logits, labels)
        if np.isclose(found, wanted, atol=1e-3):
            continue
        for misconception, value in _mistaken_class_losses(logits.astype("float64"), labels):
            if np.isclose(found, value, atol=2e-3):
                raise Wrong(misconception, found=found, wanted=wanted, k=k)
        raise Wrong("differs", n=n, k=k, found=found, wanted=wanted)
    try:
        scalar(answer(tensor([[200, 0, 0], [0, 200, 0]]), tensor([[1, 0, 0], [1, 0, 0]])))
    except Wrong:
        raise Wrong("underflows") from None
    if not _has_gradient(lambda logits: answer(logits, tensor(labels)), logits):
        raise Wrong("no_gradient")


def _has_gradient(function, x):
    x = tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = function(x)
    gradient = tape.gradient(loss, x) if tf.is_tensor(loss) else None
    return gradient is not None and np.asarray(gradient).any()


def _ac_parts(real, fake, labels, asked):
    """Return the parts that AC-GAN's losses are made of, by name, from float64 arrays."""
    (real_source, real_class), (fake_source, fake_class) = real, fake
    first = np.eye(labels.shape[1])[np.zeros(len(asked), int)]
    return {
        "real is 1": np.logaddexp(0, -real_source).mean(),
        "fake is 0": np.logaddexp(0, fake_source).mean(),
        "fake is 1": np.logaddexp(0, -fake_source).mean(),
        "reals": _cross_entropy(real_class, labels),
        "fakes": _cross_entropy(fake_class, asked),
        "fakes, labels of reals": _cross_entropy(fake_class, labels),
        "reals, asked": _cross_entropy(real_class, asked),
        "fakes, class 0": _cross_entropy(fake_class, first),
    }


def _mistaken_ac_losses(p):
    """Yield (misconception, d_loss, g_loss) for what people compute; None where that one does not matter."""
    source, d, g = p["real is 1"] + p["fake is 0"], p["reals"] + p["fakes"], p["fakes"]
    yield "swapped", p["fake is 1"] + g, source + d
    yield "labels_exchanged", source + p["reals, asked"] + p["fakes, labels of reals"], None
    yield "borrowed_labels", source + p["reals"] + p["fakes, labels of reals"], None
    yield "borrowed_labels", None, p["fake is 1"] + p["fakes, labels of reals"]
    yield "fake_is_class_0", source + p["reals"] + p["fakes, class 0"], None
    yield "fake_is_class_0", None, p["fake is 1"] + p["fakes, class 0"]
    yield "fakes_unclassified", source + p["reals"], None
    yield "reals_unclassified", source + p["fakes"], None
    yield "no_class_loss", source, None
    yield "no_class_loss", None, p["fake is 1"]
    yield "no_source_loss", d, None
    yield "no_source_loss", None, g
    yield "class_as_enemy", source + p["reals"] - p["fakes"], None
    yield "class_as_enemy", None, p["fake is 1"] - g
    yield "g_called_fake", None, p["fake is 0"] + g
    yield "g_saturates", None, g - p["fake is 0"]
    for wanted in ((source + d) / 2, source / 2 + d, source + d / 2):
        yield "halved", wanted, None
    yield "halved", None, (p["fake is 1"] + g) / 2


@exercise(
    hack.ac_losses,
    praise="Both networks want every image to be classified right, and only about the source do they disagree.",
    misconceptions={
        "swapped": "You return G's loss first. The order is d_loss, g_loss.",
        "borrowed_labels": (
            "In {which} your fakes are classified against `labels`, which belong to the real images. A fake's class is "
            "what it was asked to be: `asked`."
        ),
        "labels_exchanged": "In d_loss you judge reals by `asked` and fakes by `labels`. It is the other way round.",
        "fake_is_class_0": (
            "In {which} your fakes are to be of class 0. 0 is the *source* label of a fake; its class is the one that "
            "it was asked to be. Like this a good 7 counts as a bad 0."
        ),
        "fakes_unclassified": (
            "Your d_loss classifies the reals alone. There are implementations that do so; the paper's, and this "
            "exercise's, counts the fakes as well."
        ),
        "reals_unclassified": "Your d_loss classifies the fakes alone. What a 7 is, D can only learn from real ones.",
        "no_class_loss": "Your {which} has no class loss: {found:.3f} is the source part alone.",
        "no_source_loss": "Your {which} has no source loss: {found:.3f} is the class part alone. No one asks if real.",
        "class_as_enemy": (
            "Your {which} subtracts the fakes' class loss. About the class the two are no opponents: both D and G want "
            "a fake to be recognised as what was asked. Add it."
        ),
        "g_called_fake": "In g_loss your fakes' source target is 0, D's. G wants its fakes to be called real: 1.",
        "g_saturates": (
            "Your g_loss subtracts D's loss on the fakes. That is the loss which saturates where D is sure (lab 13). "
            "Take the cross-entropy with target 1."
        ),
        "halved": "Your {which} is {found:.3f}; wanted {wanted:.3f}. You halve what is here the *sum* of its means.",
        "not_averaged": "One of your losses has the shape {found}. Each is one number: average over the batch.",
        "no_gradient": (
            "Your numbers are right, and in {which} no gradient comes back to what D says of the {whose}: that part "
            "teaches nobody. Is there NumPy or a `stop_gradient` on the way?"
        ),
        "differs": "Your {which} is {found:.3f}; wanted {wanted:.3f}.",
    },
    hints=(
        "Each image has two right answers, a source and a class. Which are they for a real, and for a fake, in D's "
        "loss? And which of the two does G want to be different?",
        "d_loss has four means: two sources, two classes. g_loss has two: the fakes' source with target 1, and their "
        "class, which is `asked` in both losses.",
        "binary cross-entropies from logits for the two sources, and categorical ones with (labels, real[1]) and with "
        "(asked, fake[...])",
    ),
)
def check_ac_losses(answer):
    for seed, (n, k) in enumerate(((8, 10), (6, 3), (12, 5))):
        draw = rng(seed)
        real, fake = ([draw.normal(0, 1.5, (n, width)) for width in (1, k)] for _ in range(2))
        labels, asked = (one_hot(draw.integers(1, k, size=n), k) for _ in range(2))
        tensors = [tuple(map(tensor, real)), tuple(map(tensor, fake)), tensor(labels), tensor(asked)]
        found = [scalar(loss) for loss in pair(answer(*tensors), "two losses, d_loss and g_loss")]
        parts = _ac_parts(real, fake, labels, asked)
        d_wanted = parts["real is 1"] + parts["fake is 0"] + parts["reals"] + parts["fakes"]
        wanted = [d_wanted, parts["fake is 1"] + parts["fakes"]]
        _judge_ac(found, wanted, parts)
    for whose, batch in (("reals", 0), ("fakes", 1)):
        for part, said in enumerate(("source", "class")):
            for i, which in list(enumerate(("d_loss", "g_loss")))[: batch + 1]:  # the reals are D's alone

                def loss(logits, batch=batch, part=part, i=i):
                    args = list(tensors)
                    args[batch] = (*args[batch][:part], logits, *args[batch][part + 1 :])
                    return answer(*args)[i]

                if not _has_gradient(loss, (real, fake)[batch][part]):
                    raise Wrong("no_gradient", which=which, whose=f"{whose}' {said}")


def _judge_ac(found, wanted, parts):
    fits = np.isclose(found, wanted, atol=1e-3)
    if fits.all():
        return
    for misconception, *values in _mistaken_ac_losses(parts):
        judged = [i for i, value in enumerate(values) if value is not None]
        if all(np.isclose(found[i], values[i], atol=1e-3) and not fits[i] for i in judged):
            i = judged[0]
            raise Wrong(misconception, which=("d_loss", "g_loss")[i], found=found[i], wanted=wanted[i])
    i = int(np.argmin(fits))
    raise Wrong("differs", which=("d_loss", "g_loss")[i], found=found[i], wanted=wanted[i])
