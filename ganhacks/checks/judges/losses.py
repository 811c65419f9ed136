"""The cross-entropies of logits, and what people write in their place: one shelf for every lab that takes them."""

import math

import keras
import tensorflow as tf

#: What the losses below are called. `steps` speaks of them too.
MISCONCEPTIONS = {
    "probabilities": (
        "Your loss reads the outputs as probabilities; they are logits. Use BinaryCrossentropy(from_logits=True)."
    ),
    "double_sigmoid": (
        "Your loss takes the sigmoid twice: you apply one, and from_logits=True means that the loss applies its own. "
        "Hand it the logits as they are."
    ),
    "log_of_sigmoid": (
        "Your loss takes the logarithm of a sigmoid. Where the discriminator is very sure, the sigmoid rounds to 0 or "
        "1, and the step is lost or NaN. BinaryCrossentropy(from_logits=True) takes both in one, exactly."
    ),
    "swapped_arguments": (
        "Your loss is a straight line in the logits. Keras' losses take the labels first: binary_crossentropy(labels, "
        "logits). (Or is it a Wasserstein loss? Here it is the cross-entropy.)"
    ),
    "summed": (
        "Your loss is the sum over the batch, or a number for each sample, which the tape adds up: a batch twice as "
        "big makes steps twice as long. Take the mean."
    ),
    "wasserstein": (
        "Your loss is the plain mean of the logits with a sign, as in a Wasserstein GAN. Here it is the cross-entropy."
    ),
    "hinge": "Your loss is a hinge, max(0, 1 - logit) or so. Here it is the cross-entropy of the logits.",
    "least_squares": "Your loss is a mean of squares, as in LSGAN. Here it is the cross-entropy of the logits.",
    "one_term": (
        "Your loss has -label · log D alone. A cross-entropy has a second term, -(1 - label) · log(1 - D): without it, "
        "a label of 0 costs nothing."
    ),
    "smoothed": (
        "Your loss softens the labels by itself (`label_smoothing`?). Use them as they are handed in: whoever made "
        "them has smoothed them, or not."
    ),
    "other_base": "Your logarithm has another base. The cross-entropy takes the natural one, `log`.",
    "factor": "Your loss is right but for a factor of 2. Take the plain mean of the cross-entropies.",
}


def cross_entropy(labels, logits, smoothing=0.0):
    """Return the mean cross-entropy, a scalar tensor. labels, logits: float tensors (n, 1)."""
    labels = (1 - smoothing) * labels + smoothing / 2
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits))


def of_logits_as_probabilities(labels, logits):
    """Return what Keras makes of logits that it takes for probabilities, if nobody says from_logits."""
    return keras.losses.BinaryCrossentropy()(labels, logits)


def of_probabilities(labels, logits):
    """Return Keras' cross-entropy of the logits' sigmoids: right, until it clips what is very sure at 1e-7."""
    return of_logits_as_probabilities(labels, tf.sigmoid(logits))


def log_of_sigmoid(epsilon=0.0):
    """Return the cross-entropy as its formula is written, with an epsilon inside the logarithms."""

    def loss(labels, logits):
        p = tf.sigmoid(logits)
        return -tf.reduce_mean(labels * tf.math.log(p + epsilon) + (1 - labels) * tf.math.log(1 - p + epsilon))

    return loss


def _side(labels):
    """Return 1 for a real and -1 for a fake."""
    return 2 * tf.round(labels) - 1


#: (misconception, loss(labels, logits)), in the order in which they are tried.
WRONG_LOSSES = [
    ("wrong_sign", lambda labels, logits: -cross_entropy(labels, logits)),
    ("summed", lambda labels, logits: logits.shape[0] * cross_entropy(labels, logits)),
    ("probabilities", of_logits_as_probabilities),
    ("double_sigmoid", lambda labels, logits: cross_entropy(labels, tf.sigmoid(logits))),
    ("swapped_arguments", lambda labels, logits: cross_entropy(logits, labels)),
    ("swapped_arguments", lambda labels, logits: of_probabilities(logits, labels)),
    *(("log_of_sigmoid", log_of_sigmoid(epsilon)) for epsilon in (0.0, 1e-12, 1e-8, 1e-6, 1e-3)),
    ("one_term", lambda labels, logits: -tf.reduce_mean(labels * tf.math.log_sigmoid(logits))),
    ("wasserstein", lambda labels, logits: -tf.reduce_mean(_side(labels) * logits)),
    ("hinge", lambda labels, logits: tf.reduce_mean(tf.nn.relu(1 - _side(labels) * logits))),
    ("least_squares", lambda labels, logits: tf.reduce_mean((logits - labels) ** 2)),
    ("least_squares", lambda labels, logits: tf.reduce_mean((tf.sigmoid(logits) - labels) ** 2)),
    *(
        ("smoothed", lambda labels, logits, smooth=smooth: cross_entropy(labels, logits, smooth))
        for smooth in (0.1, 0.2)
    ),
    *(
        ("other_base", lambda labels, logits, base=base: cross_entropy(labels, logits) / tf.math.log(base))
        for base in (2.0, 10.0)
    ),
    ("factor", lambda labels, logits: 2 * cross_entropy(labels, logits)),
]


# ---- the cross-entropy of classes


def class_cross_entropy(class_logits, labels):
    """Return the mean cross-entropy of classes, a scalar. class_logits, labels: (n, n_classes), labels one-hot."""
    return keras.losses.CategoricalCrossentropy(from_logits=True)(labels, class_logits)


def of_class_probabilities(class_logits, labels):
    """Return Keras' cross-entropy of the softmax: right, until it clips what is very sure at 1e-7."""
    return keras.losses.CategoricalCrossentropy()(labels, tf.nn.softmax(class_logits))


def _of_softmax(formula, axis=-1):
    """Return a loss made of the softmax p and the labels y."""
    return lambda class_logits, labels: formula(tf.nn.softmax(class_logits, axis), tf.cast(labels, tf.float32))


def _each_class(p, y):
    return -(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


def _n_classes(x):
    return x.shape[1]


def _by_row(x, y):
    return tf.nn.softmax_cross_entropy_with_logits(y, x)


def _missed(x, y):
    return tf.argmax(x, 1) != tf.argmax(y, 1)


def _log_of_mean(log_p):
    return tf.math.log(float(len(log_p))) - tf.reduce_logsumexp(log_p)


def _floor(n_classes):
    """Return what a doubled softmax costs where a row is surely right."""
    return math.log(math.e + n_classes - 1) - 1


def _sum_then_mean(x):
    return tf.reduce_mean(tf.reduce_sum(x, 1))


#: (misconception, loss(class_logits, labels)): what people take for the class loss.
WRONG_CLASS_LOSSES = [
    ("softmax_twice", _of_softmax(lambda p, y: class_cross_entropy(p, y))),
    ("softmax_twice", _of_softmax(lambda p, y: class_cross_entropy(tf.nn.softmax(p), y))),
    ("as_probabilities", lambda x, y: keras.losses.CategoricalCrossentropy()(y, x)),
    ("as_probabilities", lambda x, y: -_sum_then_mean(y * tf.math.log(tf.clip_by_value(x, 1e-7, 1 - 1e-7)))),
    ("as_probabilities", lambda x, y: -_sum_then_mean(y * tf.math.log(x))),
    ("swapped_arguments", lambda x, y: class_cross_entropy(tf.cast(y, tf.float32), x)),
    ("swapped_arguments", lambda x, y: keras.losses.CategoricalCrossentropy()(x, y)),
    ("binary", lambda x, y: cross_entropy(y, x)),
    ("binary", lambda x, y: _n_classes(x) * cross_entropy(y, x)),
    ("binary", _of_softmax(lambda p, y: tf.reduce_mean(_each_class(p, y)))),
    ("binary", _of_softmax(lambda p, y: _sum_then_mean(_each_class(p, y)))),
    ("binary", lambda x, y: of_probabilities(y, x)),
    ("binary", _of_softmax(lambda p, y: of_logits_as_probabilities(y, p))),
    ("negative", lambda x, y: -class_cross_entropy(x, y)),
    ("summed", lambda x, y: x.shape[0] * class_cross_entropy(x, y)),
    ("over_classes_too", lambda x, y: class_cross_entropy(x, y) / _n_classes(x)),
    ("not_log", _of_softmax(lambda p, y: 1 - _sum_then_mean(y * p))),
    ("not_log", _of_softmax(lambda p, y: -_sum_then_mean(y * p))),
    ("not_log", _of_softmax(lambda p, y: _sum_then_mean(y * p))),
    ("squares", _of_softmax(lambda p, y: tf.reduce_mean((p - y) ** 2))),
    ("squares", _of_softmax(lambda p, y: _sum_then_mean((p - y) ** 2))),
    ("squares", lambda x, y: tf.reduce_mean((x - y) ** 2)),
    ("own_guess", _of_softmax(lambda p, y: -tf.reduce_mean(tf.math.log(tf.reduce_max(p, 1))))),
    ("own_guess", lambda x, y: 1 - tf.reduce_mean(tf.cast(tf.argmax(x, 1) == tf.argmax(y, 1), tf.float32))),
    ("along_the_batch", _of_softmax(lambda p, y: -_sum_then_mean(y * tf.math.log(p)), axis=0)),
    ("along_the_batch", lambda x, y: -_sum_then_mean(y * tf.nn.log_softmax(x, axis=0))),
    ("along_the_batch", lambda x, y: tf.reduce_mean(keras.ops.categorical_crossentropy(y, x, True, axis=0))),
    ("mean_first", lambda x, y: _log_of_mean(tf.reduce_sum(y * tf.nn.log_softmax(x), 1))),
    ("mistakes_only", lambda x, y: tf.reduce_mean(_by_row(x, y) * tf.cast(_missed(x, y), tf.float32))),
    *(
        ("clipped_logits", lambda x, y, c=c: class_cross_entropy(tf.clip_by_value(x, -c, c), y))
        for c in (10, 20, 50, 100)
    ),
    ("floor_taken_off", _of_softmax(lambda p, y: class_cross_entropy(p, y) - _floor(p.shape[1]))),
    (
        "half_shifted",
        lambda x, y: class_cross_entropy(x, y) - tf.reduce_mean(tf.reduce_max(x, 1)),
    ),
    (
        "ten_classes",
        lambda x, y: class_cross_entropy(*(tf.pad(v, [[0, 0], [0, max(10 - v.shape[1], 0)]]) for v in (x, y))),
    ),
    *(
        ("smoothed", lambda x, y, s=s: keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=s)(y, x))
        for s in (0.1, 0.2)
    ),
    *(("other_base", lambda x, y, base=base: class_cross_entropy(x, y) / tf.math.log(base)) for base in (2.0, 10.0)),
    *(("factor", lambda x, y, c=c: c * class_cross_entropy(x, y)) for c in (2, 0.5)),
    *(
        (
            "log_of_softmax",
            _of_softmax(lambda p, y, epsilon=epsilon: -_sum_then_mean(y * tf.math.log(p + epsilon))),
        )
        for epsilon in (0.0, 1e-12, 1e-10, 1e-8, 1e-6, 1e-3)
    ),
    ("log_of_softmax", _of_softmax(lambda p, y: -tf.reduce_mean(tf.math.log(tf.reduce_sum(y * p, 1))))),
    ("log_of_softmax", _of_softmax(lambda p, y: -tf.reduce_mean(y * tf.math.log(p)))),  # the mean shows later
    ("clipped", of_class_probabilities),
]

#: Their messages.
CLASS_MISCONCEPTIONS = {
    "softmax_twice": (
        "Softmax is taken twice: one gives probabilities, and then a cross-entropy that expects logits takes another "
        "of them. Hand the logits on as they are."
    ),
    "as_probabilities": (
        "Logits are taken for probabilities here, and none is: they are negative and don't add up to 1. Say "
        "`from_logits=True`."
    ),
    "swapped_arguments": "Labels and logits are exchanged in your cross-entropy. Keras' take the labels first.",
    "binary": (
        "That is a binary cross-entropy, ten separate yes-or-no questions. An image has one class: a *categorical* "
        "cross-entropy over all of them."
    ),
    "negative": "Log of a probability is below 0: add a minus.",
    "summed": "You return the sum over the batch; wanted is the mean.",
    "over_classes_too": (
        "Your mean is over the classes too. Sum over the classes (all but one are 0), then average over the batch."
    ),
    "not_log": "The loss is the mean of -log p, not of p.",
    "squares": "You average squares. The loss is the mean of -log p.",
    "own_guess": (
        "You look for the class that is likeliest in the logits. The loss asks for the probability of the class that "
        "the label names."
    ),
    "along_the_batch": "Your softmax goes down the columns, over the batch. It belongs along a row: axis -1.",
    "mean_first": "You average the probabilities and take the logarithm then. Take the logarithm first, row by row.",
    "mistakes_only": "You count only the rows that are classified wrongly. A right row that is not sure costs as well.",
    "clipped_logits": "You clip the logits. Leave them as they are: Keras takes softmax and logarithm in one.",
    "floor_taken_off": (
        "Softmax is still taken twice, and you subtract what that costs where a row is surely right. Take one softmax."
    ),
    "half_shifted": (
        "You subtract a row's largest logit in the sum of exponentials and not from the label's logit. Both have to be "
        "shifted, or the log of the sum shifted back. Or let Keras do it, with from_logits=True."
    ),
    "ten_classes": "Your loss is that of ten classes, whatever the logits have. Take as many as there are columns.",
    "smoothed": "Your loss softens the labels (`label_smoothing`?). Take them as they are.",
    **{name: MISCONCEPTIONS[name] for name in ("other_base", "factor")},
    "log_of_softmax": (
        "You take the logarithm of a softmax. Where one logit is far above the others, a probability rounds to 0, and "
        "its logarithm is infinite, or what an epsilon makes of it. Let Keras take softmax and log together, from the "
        "logits."
    ),
    "clipped": (
        "Your loss takes probabilities, and is right until a row is surely wrong. Then Keras clips at 1e-7 (or an "
        "epsilon does the same): your loss stays at 16.1, and no gradient comes back. Hand over the logits, with "
        "`from_logits=True`."
    ),
}
