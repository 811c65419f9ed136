"""The cross-entropy of logits, and what people write in its place: one shelf for every lab that takes this loss."""

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
}


def cross_entropy(labels, logits, from_logits=True, label_smoothing=0.0):
    """Return the mean cross-entropy, a scalar tensor. labels, logits: float tensors (n, 1)."""
    return keras.losses.BinaryCrossentropy(from_logits, label_smoothing)(labels, logits)


def of_probabilities(labels, logits):
    """Return Keras' cross-entropy of the logits' sigmoids: right, until it clips what is very sure at 1e-7."""
    return cross_entropy(labels, tf.sigmoid(logits), from_logits=False)


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
    ("probabilities", lambda labels, logits: cross_entropy(labels, logits, from_logits=False)),
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
        ("smoothed", lambda labels, logits, smooth=smooth: cross_entropy(labels, logits, label_smoothing=smooth))
        for smooth in (0.1, 0.2)
    ),
    *(
        ("other_base", lambda labels, logits, base=base: cross_entropy(labels, logits) / tf.math.log(base))
        for base in (2.0, 10.0)
    ),
]
