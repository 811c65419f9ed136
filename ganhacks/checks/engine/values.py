"""Take what an answer returned as arrays, numbers or pairs, and say what it is where it is something else."""

import numpy as np

from ganhacks.checks.engine.exercise import Wrong


def array(value, shape=None, case=""):
    """Return `value` as a NumPy array of real, finite numbers, or raise Wrong. shape: what it has to be, if given.

    Tensors, numbers and lists do not pass: the cells of a lab use what NumPy arrays can and those cannot.
    """
    if value is None:
        raise Wrong("returns_nothing")
    if not isinstance(value, np.ndarray):
        raise Wrong("wrong_type", found=told(value), wanted="a NumPy array")
    found = np.asarray(value)
    if found.dtype.kind not in "fiub":
        raise Wrong("wrong_type", found=told(value), wanted="an array of numbers")
    if shape is not None and found.shape != tuple(shape):
        raise Wrong("wrong_shape", found=found.shape, wanted=tuple(shape), case=case)
    if not np.isfinite(found).all():
        raise Wrong("not_finite", case=case)
    return found


def numbers(value, shape=None, case="", wanted="one tensor"):
    """Return a tensor, or an array, as a float64 array of finite numbers, or raise Wrong. wanted: for the message."""
    if value is None:
        raise Wrong("returns_nothing")
    if not hasattr(value, "shape"):
        raise Wrong("wrong_type", found=told(value), wanted=wanted)
    return array(np.asarray(value), shape, case).astype("float64")


def number(value, wanted="one number", otherwise="wrong_type"):
    """Return one finite number as a float, or raise Wrong. NumPy's numbers and scalar tensors pass too.

    otherwise: the misconception to raise for anything else; {found} and {wanted} are for its message.
    """
    if value is None:
        raise Wrong("returns_nothing")
    try:
        if np.shape(value) != () or isinstance(value, (str, bytes, bool)):
            raise TypeError
        found = float(value)
    except Exception:
        raise Wrong(otherwise, found=told(value), wanted=wanted) from None
    if not np.isfinite(found):
        raise Wrong("not_finite")
    return found


def pair(value, wanted):
    """Return `value` as a tuple of two, or raise Wrong. wanted: what the two are, for the message."""
    if value is None:
        raise Wrong("returns_nothing")
    stacked = len(getattr(value, "shape", ())) > 2  # two arrays in one come apart like a tuple
    if not (isinstance(value, (tuple, list)) or stacked) or len(value) != 2:
        raise Wrong("wrong_type", found=told(value), wanted=wanted)
    return tuple(value)


def told(value):
    """Describe a value for a message: its type, and its shape or length if it has one."""
    kind = "NumPy array" if isinstance(value, np.ndarray) else type(value).__name__
    article = "an" if kind[:1].lower() in tuple("aeiou") else "a"
    if isinstance(value, (tuple, list)):
        return f"{article} {kind} of {len(value)}"
    try:
        return f"{article} {kind} of shape {tuple(value.shape)}"
    except Exception:
        return f"{article} {kind}"
