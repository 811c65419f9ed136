"""Give Keras the settings that the course is written for, whatever ~/.keras/keras.json and KERAS_BACKEND say.

Keras reads both when it is imported, so that is when the course's settings are put in their place.
"""

import os
import sys

from ganhacks.errors import WrongSetup
from ganhacks.startup.importing import when_imported

#: What every lab, check and measured run takes for granted. Keras' backend is chosen before it starts, the rest after.
WANTED = {
    "backend": "tensorflow",
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "dtype_policy": "float32",
}


def settle_keras():
    """Set Keras' settings, at once or when it is imported. Raises WrongSetup if it runs on another backend already."""
    if "keras" in sys.modules:
        _settle(sys.modules["keras"])
    else:
        when_imported("keras", _import_settled)


def changed(keras):
    """Return the settings of Keras that are not the course's, name -> what it is."""
    found = {name: getattr(keras.config, name)() for name in WANTED}
    found["dtype_policy"] = found["dtype_policy"].name
    return {name: value for name, value in found.items() if value != WANTED[name]}


def _import_settled(execute, keras):
    os.environ["KERAS_BACKEND"] = WANTED["backend"]  # Keras takes this before what keras.json says
    try:
        execute(keras)
    except (ImportError, ValueError) as error:  # what was asked for before, or a keras.json with impossible values
        if str(getattr(error, "name", None)).startswith("tensorflow"):  # it is missing: that says all
            raise
        raise WrongSetup(
            f"Keras does not start ({error}): restart the kernel and import ganhacks first; if that does not help, "
            f"delete {os.path.join(os.environ.get('KERAS_HOME', '~/.keras'), 'keras.json')}."
        ) from error
    _settle(keras)


def _settle(keras):
    backend = keras.config.backend()
    if backend != WANTED["backend"]:
        raise WrongSetup(
            f"Keras runs on {backend} here, and the course needs TensorFlow: restart the kernel, and import ganhacks "
            "before keras."
        )
    for name in changed(keras):
        getattr(keras.config, f"set_{name}")(WANTED[name])
