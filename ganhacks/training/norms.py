"""The norms of the gradients of every update, noted while an optimizer applies them."""

import contextlib

import tensorflow as tf

from ganhacks.errors import require
from ganhacks.training.shortcuts import replaced


class Norm:
    """The norm of the gradients of an optimizer's last update.

    A variable, because a step that is a `tf.function` has tensors of its own, which nobody outside may look at.
    """

    def __init__(self):
        self.variable, self.noted = tf.Variable(0.0, trainable=False), False

    @contextlib.contextmanager
    def of_updates(self, optimizer):
        """Note the norm of the gradients of every update that `optimizer` makes in the block, one after the other."""
        apply = optimizer.apply

        def noting(grads, trainable_variables=None):
            found = [tf.convert_to_tensor(gradient) for gradient in grads if gradient is not None]
            if found:  # without any the optimizer says what is wrong
                self.variable.assign(norm(found))
            self.noted = True
            return apply(grads, trainable_variables)

        with replaced(optimizer, "apply", noting):
            yield

    def value(self, name):
        """Return the norm now, or raise BadInput if the recipe's step of this name made no update."""
        require(
            self.noted,
            f"recipe.{name} made no update with the optimizer that it was given; call optimizer.apply(gradients, "
            "variables) in it, of that optimizer.",
        )
        return tf.identity(self.variable)


def norm(gradients):
    """Return the norm of all gradients together: columns first, which XLA shares out between the cores."""
    # A weight without axes, such as a gain of a layer of one's own, is a column of one number.
    rows = [tf.reshape(gradient, (-1, gradient.shape[-1] if gradient.ndim else 1)) for gradient in gradients]
    columns = [tf.reduce_sum(tf.square(row), axis=0, keepdims=True) for row in rows]
    return tf.sqrt(tf.add_n([tf.squeeze(column @ tf.ones((column.shape[1], 1))) for column in columns]))
