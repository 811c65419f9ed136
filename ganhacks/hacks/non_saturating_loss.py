"""The generator's two losses: that of the theory, and that of practice."""

import keras
import numpy as np
from keras import ops

binary_crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)


def saturating_loss(logits):
    """Compute the generator's loss in the minimax game, the mean of log(1 - D).

    logits: float tensor (n, 1), what the discriminator answers to the fakes;
    D = sigmoid(logit).
    Returns a tensor with one number, a mean over the fakes. It is right for logits of
    -1000 and 1000 too, and so is its gradient.
    Source: Goodfellow et al. 2014, equation 1.

    >>> round(float(saturating_loss(ops.array([[0.0], [2.0]]))), 3)
    -1.41
    >>> round(float(saturating_loss(ops.array([[1000.0]]))), 3)
    -1000.0
    """
    return -ops.mean(ops.softplus(logits))


def non_saturating_loss(logits):
    """Compute the loss that generators minimise in practice, the mean of -log D.

    logits: float tensor (n, 1), what the discriminator answers to the fakes;
    D = sigmoid(logit).
    Returns a tensor with one number, a mean over the fakes. It is right for logits of
    -1000 and 1000 too, and so is its gradient.
    Source: Goodfellow et al. 2014, section 3; Chintala et al. 2016, trick 2.

    >>> round(float(non_saturating_loss(ops.array([[0.0], [2.0]]))), 3)
    0.41
    >>> round(float(non_saturating_loss(ops.array([[-1000.0]]))), 3)
    1000.0
    """
    return ops.mean(ops.softplus(-logits))


def loss_gradients(logits):
    """Compute how the loss of each fake changes with its own logit, for both losses.

    logits: float NumPy array (n, 1); D = sigmoid(logit).
    Returns (saturating, non_saturating), two float NumPy arrays (n, 1): for each fake
    the derivative of log(1 - D) and that of -log D by its logit. No mean, no division
    by n.
    Finite for logits of -1000 and 1000 too.

    >>> saturating, non_saturating = loss_gradients(np.array([[-3.0], [0.0]]))
    >>> np.round(saturating, 3).tolist(), np.round(non_saturating, 3).tolist()
    ([[-0.047], [-0.5]], [[-0.953], [-0.5]])
    """
    probability = np.exp(
        -np.logaddexp(0, -logits)
    )  # exp(log D), in which nothing overflows
    return -probability, probability - 1


def step_losses(real_logits, fake_logits):
    """Compute both losses of one training step, the generator's with flipped labels.

    real_logits, fake_logits: float tensors (n, 1), what the discriminator answers to
    reals and to fakes; above 0 it says "real". Any numbers: -200 and 200 too.
    Returns (d_loss, g_loss), two tensors with one number each. The first is the mean
    cross-entropy of the reals plus that of the fakes, with the true labels. The second
    is that of the fakes, with the label that the generator wants them to have.
    Source: Chintala et al. 2016, trick 2.

    >>> d_loss, g_loss = step_losses(ops.array([[2.0]]), ops.array([[1.0]]))
    >>> round(float(d_loss), 3), round(float(g_loss), 3)
    (1.44, 0.313)
    """
    real_labels = ops.ones_like(real_logits)
    fake_labels = ops.zeros_like(fake_logits)
    d_loss = binary_crossentropy(real_labels, real_logits)
    d_loss += binary_crossentropy(fake_labels, fake_logits)
    flipped = 1 - fake_labels  # for the generator alone
    g_loss = binary_crossentropy(flipped, fake_logits)
    return d_loss, g_loss
