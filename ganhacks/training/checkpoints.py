"""A run in a folder: written whole or not at all, and gone on with as if it had never been stopped.

A checkpoint holds all that decides how a run goes on but for its recipe's functions and its data, which are handed
again: the variables of both models, of both optimizers, and those that the recipe's steps keep beside them.
"""

import json
import os
import time
import warnings
from dataclasses import fields
from pathlib import Path

import numpy as np

from ganhacks import blame
from ganhacks.errors import BadFile, BadInput
from ganhacks.files import replacing

FILE = "history.npz"
INTERVAL = 10.0  # seconds of a run that may be lost
NUMBERED = ("variable", "other")  # the arrays of a file of which there are many


class Checkpoints:
    """Saves a run to a folder from time to time. What cannot be written is told once, and the run goes on."""

    def __init__(self, folder):
        self.folder, self.last, self.told = folder, time.monotonic(), set()

    def keep(self, history, now=False):
        """Save the run if that is due, or `now`."""
        if self.folder is None or not (now or time.monotonic() - self.last >= INTERVAL):
            return
        try:
            save(history, self.folder)
            if "state" not in self.told:
                self._tell_once("state", _cannot_be_saved(history))
        except BadFile as error:
            self._tell_once("file", f"{error} The run goes on without.")
        self.last = time.monotonic()

    def _tell_once(self, about, sentence):
        if sentence and about not in self.told:
            warnings.warn(sentence, RuntimeWarning, stacklevel=4)
        self.told.add(about)


def save(history, folder, more=None):
    """Write a History into a folder, in the place of the one there. Raises BadFile where that cannot be done.

    more: what else belongs to the run, as JSON can hold it; `fill` gives it back.
    """
    about = {"recipe": described(history.recipe), "seed": history.seed, "more": more}
    about |= {name: getattr(history, name) for name in ("outcome", "message", "seconds")}
    arrays = {"about": json.dumps(about), "curves": history.curves}
    arrays |= {f"snapshot_{step}": array for step, array in history.snapshots.items()}
    for name, values in zip(NUMBERED, (history.variables, history.others)):
        arrays |= {f"{name}_{number}": np.asarray(value) for number, value in enumerate(values)}
    path = Path(folder) / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as unfinished, unfinished.open("wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BadFile(
            f"The run cannot be saved in {folder} ({error.strerror or error}): make room there, or name another folder."
        ) from None


def fill(history, folder):
    """Make a History of no steps what the folder holds. Returns what was saved as `more`.

    Raises BadInput if that is a run of another recipe, seed or networks, and BadFile if it is missing or damaged; the
    History is as it was then.
    """
    path = Path(folder) / FILE
    try:
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(str(arrays["about"]))
        values, others = (
            [arrays[f"{name}_{number}"] for number in range(sum(one.startswith(f"{name}_") for one in arrays))]
            for name in NUMBERED
        )
        curves, found = arrays["curves"], (about["recipe"], about["seed"])
    except FileNotFoundError:
        raise BadFile(f"{folder} holds no saved run: name the folder that it was saved to.") from None
    except Exception as error:  # a damaged archive raises whatever its bytes lead to
        raise BadFile(
            f"{path} is damaged ({type(error).__name__}), so its run cannot go on: delete it to begin anew."
        ) from None
    other = _difference(history, values, *found)
    if other:
        raise BadInput(f"{folder} holds a run {other}: hand the same recipe and seed, or name another folder.")
    for variable, value in zip(history.variables, values):
        variable.assign(value)
    history.curves, history.saved_others = curves, others
    history.snapshots = {int(name.split("_")[1]): arrays[name] for name in arrays if name.startswith("snapshot_")}
    history.outcome, history.message, history.seconds = (about[name] for name in ("outcome", "message", "seconds"))
    return about["more"]


def is_there(folder):
    """Tell whether a run was saved to this folder, damaged or not."""
    return folder is not None and (Path(folder) / FILE).exists()


def described(recipe):
    """Return what is compared of a recipe: its numbers, and the names of its functions with what they are bound to."""

    def told(value):
        if isinstance(value, int):
            return str(value)
        bound = {**{str(i): one for i, one in enumerate(getattr(value, "args", ()))}, **getattr(value, "keywords", {})}
        # What prints where it lies in memory prints something else in another process.
        plain = {name: repr(one) for name, one in bound.items() if " at 0x" not in repr(one)}
        return blame.name_of(value) + "".join(f", {name}={one}" for name, one in plain.items())

    return {field.name: told(getattr(recipe, field.name)) for field in fields(recipe)}


def _cannot_be_saved(history):
    """Return a sentence about what of the recipe's functions no checkpoint holds, or ""."""
    found = history.loop.out_of_reach if history.loop else []
    return found and (
        f"The recipe's functions use {', '.join(found)}, whose state cannot be saved, so a run that goes on from its "
        "folder will differ: keras.random with a SeedGenerator can be saved."
    )


def _difference(history, values, recipe, seed):
    """Return in what a saved run differs from this one, or ""."""
    own = described(history.recipe)
    changed = [name for name in own if own[name] != recipe.get(name)]
    if changed:
        return f"whose {changed[0]} is {recipe.get(changed[0])}, and yours is {own[changed[0]]}"
    if seed != history.seed:
        return f"of seed {seed}, and yours is {history.seed}"
    if [value.shape for value in values] != [tuple(variable.shape) for variable in history.variables]:
        return "whose networks have other shapes than yours"
    return ""
