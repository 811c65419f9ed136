"""The helper package of the course: hacks, training, metrics, pictures and the checks of the labs.

Importing it is cheap. TensorFlow is loaded by the first module that needs it, without its chatter.
"""

import os

from ganhacks import moved
from ganhacks.startup import quiet, settings

__version__ = "0.2.0"

# Thread counts, devices and log levels are read once, when TensorFlow starts, so they are settled here. The course is
# made for the CPU: on a GPU the same seed would give other pictures.
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

quiet.hush_tensorflow()
settings.settle_keras()
moved.keep_old_paths()


def fast():
    """Tell whether this is a regression run (`GANHACKS_FAST=1`), in which everything that trains is kept short."""
    return os.environ.get("GANHACKS_FAST", "") not in ("", "0")


def length(full, short):
    """Return `full`, or at most `short` in a regression run: the one place where a lab's length is cut."""
    return min(full, short) if fast() else full
