"""Training runs that were recorded once, failing and healthy ones, to look at without training them again.

They are in evidence/failures/, one .npz file each. tools/record_failures.py makes every one of them again.
"""

import functools
import json
from dataclasses import dataclass

import numpy as np

from ganhacks import data, toys
from ganhacks.errors import BadFile, BadInput
from ganhacks.places import EVIDENCE, remedy

FAILURES = EVIDENCE / "failures"
N_REALS = 200

#: The kinds of failure, in the order of the lesson that shows them.
KINDS = (
    "collapse",
    "oscillation",
    "D has won",
    "vanishing gradients",
    "exploding gradients",
    "checkerboard",
    "not training",
)


@dataclass(frozen=True)
class Run:
    """What somebody who watches a run can see, and nothing of what the run turned out to be.

    d_loss, g_loss, d_gradient_norm, g_gradient_norm: float32 (n,), the values of n single steps, evenly spread over
    the run. d_loss is the sum of both halves, for the reals and for the fakes. fakes: (k, m, ...), what the generator
    made for the same m latent samples at k moments, evenly spread, the last at the end: float32 images in [-1, 1],
    (28, 28) each, or points of the plane. d_moved, g_moved: float32 (k,), how far each network's weights moved in each
    of the k stretches, as a share of their own size. reals: (200, ...), real samples.
    """

    d_loss: np.ndarray
    g_loss: np.ndarray
    d_gradient_norm: np.ndarray
    g_gradient_norm: np.ndarray
    fakes: np.ndarray
    d_moved: np.ndarray
    g_moved: np.ndarray
    reals: np.ndarray


@dataclass(frozen=True)
class Recording:
    """A recorded run, and what is known about it.

    name: of its file. kind: one of `KINDS`, or "healthy". shown: whether lessons show it; the others are held out, to
    judge a monitor by. workload: "ring", "dense MNIST" or "small DCGAN". recipe: what was done, in words. steps: how
    many. at: (n,), the steps of the curves' values. command: what makes the recording again.
    """

    name: str
    kind: str
    shown: bool
    workload: str
    recipe: str
    seed: int
    steps: int
    at: np.ndarray
    command: str
    run: Run

    @property
    def failing(self):
        """Whether the run failed."""
        return self.kind != "healthy"


def names():
    """Return the names of all recordings, in alphabetical order."""
    return sorted(path.stem for path in FAILURES.glob("*.npz"))


@functools.cache
def load(name):
    """Return the recording of this name. Raises BadInput if there is none, BadFile if its file cannot be read."""
    if name not in names():
        raise BadInput(f"There is no recording {name!r}. There are {', '.join(names())}.")
    try:
        with np.load(FAILURES / f"{name}.npz") as file:
            arrays, about = dict(file), json.loads(str(file["about"]))
    except Exception:
        raise BadFile(
            f"evidence/failures/{name}.npz is damaged: "
            + remedy("evidence/failures", maker=f"tools/record_failures.py --again {name}")
            + "."
        ) from None
    fakes = arrays["fakes"]
    fakes = data.scaled(fakes) if fakes.dtype == np.uint8 else fakes.astype("float32")
    reals = real_points() if about["workload"] == "ring" else real_images()
    moved = {field: arrays[field] for field in ("d_moved", "g_moved")}
    run = Run(*arrays["curves"].T, fakes=fakes, **moved, reals=reals)
    for array in (arrays["at"], *vars(run).values()):
        array.setflags(write=False)  # it is handed out again and again
    return Recording(name=name, at=arrays["at"], run=run, **about)


def load_all(shown=True):
    """Return the recordings that lessons show, or those that are held out: a list, the failing ones first."""
    found = [recording for recording in map(load, names()) if recording.shown == shown]
    return sorted(found, key=lambda recording: (*KINDS, "healthy").index(recording.kind))


def real_points():
    """Return points of the ring, float32 (200, 2)."""
    return toys.ring_data(N_REALS)


@functools.cache
def real_images():
    """Return test digits, float32 (200, 28, 28) in [-1, 1]."""
    return data.scaled(data.mnist().x_test[:N_REALS])
