"""Ask a student's network what it does: what the checks of layers and blocks have in common."""

import keras
import numpy as np

from ganhacks.checks.exercise import Wrong, told
from ganhacks.checks.sandbox import one_line

#: What can be wrong with any network. A check adds these to its own misconceptions where it uses this module.
MISCONCEPTIONS = {
    "not_a_model": "Your function returns {found}. Build a keras.Sequential (or any keras.Model) and return it.",
    "wrong_input": "Your model does not take a batch of shape {shape} ({reason}).",
}


def built(answer, *args):
    """Call a student's function and return the keras.Model that it builds, or raise Wrong."""
    model = answer(*args)
    if model is None:
        raise Wrong("returns_nothing")
    if not isinstance(model, keras.Model):
        raise Wrong("not_a_model", found=told(model))
    return model


def output(model, x, training=False):
    """Return the model's output for `x` as an array, or raise Wrong if it does not take this input."""
    try:
        return np.asarray(model(x, training=training))
    except Exception as error:
        # Before: that Keras met an exception. After: all the numbers of the batch.
        reason = one_line(error).split(".call(). ")[-1].split(" Arguments received")[0]
        raise Wrong("wrong_input", shape=x.shape, reason=reason[:200] or type(error).__name__) from None


def inner_layers(model):
    """Return every layer of a model in order, those of models inside it in place of these."""
    return [inner for layer in model.layers for inner in (inner_layers(layer) if hasattr(layer, "layers") else [layer])]
