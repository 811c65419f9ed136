"""The course's data: MNIST from a file in this repository, Fashion-MNIST if the machine has it, and two toy densities.

Nothing here touches the network, and nothing scales the images: scaling is a hack that the labs teach.
"""

import gzip
import hashlib
import io
import os
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ganhacks import files
from ganhacks.errors import BadFile, require
from ganhacks.places import DATA, remedy

DEBIAN_FASHION_MNIST = Path("/usr/share/datasets/fashion-mnist")

# What makes each file of data/ again, for the sentences below.
MAKERS = {
    "mnist.npz": "tools/make_mnist.py",
    "classifier.npz": "tools/train_classifier.py",
    "fashion_classifier.npz": "tools/train_classifier.py --fashion",
}

# Both MNIST and Fashion-MNIST come as these four files, in the order of the fields of `Images`.
IDX_FILES = {
    "train-images-idx3-ubyte": (60_000, 28, 28),
    "train-labels-idx1-ubyte": (60_000,),
    "t10k-images-idx3-ubyte": (10_000, 28, 28),
    "t10k-labels-idx1-ubyte": (10_000,),
}


class Images(NamedTuple):
    """A labelled set of images: images uint8 (n, 28, 28) in [0, 255], labels uint8 (n,) in 0..9."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


# ---- MNIST and the other files of data/


def mnist():
    """MNIST's 60,000 training and 10,000 test digits as `Images`, from data/mnist.npz.

    Raises BadFile if the file is missing or is not, byte for byte, the one that data/SHA256SUMS lists.
    Source: LeCun, Cortes and Burges, The MNIST database of handwritten digits (licence: CC BY-SA 3.0).
    """
    arrays = load_npz("mnist.npz")
    return Images(*(arrays[field] for field in Images._fields))


def load_npz(name):
    """The arrays of the file `name` in data/, as a dict, once its sha256 agrees with data/SHA256SUMS.

    Raises BadFile if the file or its checksum is missing or if they disagree.
    """
    path = DATA / name
    mend = remedy(f"data/{name}", "data/SHA256SUMS", maker=MAKERS.get(name, ""))
    wanted = _checksums().get(name)
    if wanted is None:
        sums = DATA / "SHA256SUMS"
        raise BadFile(f"{sums} is missing or has no line for {name}, so the file cannot be checked: {mend}.")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadFile(f"{path} is missing: {mend}.") from None
    except OSError as error:
        raise BadFile(f"{path} cannot be read ({error.strerror}): {mend}.") from None
    found = hashlib.sha256(content).hexdigest()
    if found != wanted:
        raise BadFile(
            f"{path} is damaged or half-written (its {len(content):,} bytes have the sha256 {found[:12]}…, "
            f"data/SHA256SUMS wants {wanted[:12]}…): {mend}."
        )
    # The bytes that were checked are the bytes that are used.
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return dict(archive)


def save_npz(name, **arrays):
    """Write `arrays` to the file `name` in data/ and its line in data/SHA256SUMS; returns the file's path.

    An interrupted call leaves the old file as it was: each file is written beside its place, then moved there.
    """
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    content = buffer.getvalue()
    DATA.mkdir(exist_ok=True)
    files.write(DATA / name, content)
    sums = _checksums() | {name: hashlib.sha256(content).hexdigest()}
    lines = [f"{sums[name]}  {name}\n" for name in sorted(sums)]
    files.write(DATA / "SHA256SUMS", "".join(lines).encode())
    return DATA / name


def _checksums():
    """{file name: sha256} from data/SHA256SUMS, in the format of `sha256sum`; empty if there is no such file."""
    try:
        lines = (DATA / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.split(maxsplit=1) for line in lines if len(line.split(maxsplit=1)) == 2)
    return {name.lstrip("*").strip(): digest for digest, name in pairs}


def scaled(images):
    """Grey values, uint8 of any shape, as tanh generators and the classifiers have them: float32 in [-1, 1]."""
    return images.astype("float32") / 127.5 - 1


def labels_in_shares(rng, labels, n):
    """`n` labels in random order, (n, 1), each class as often as its share of `labels` asks, to within one.

    labels: whole numbers from 0 up, (m,) or (m, 1); the result has their dtype. Drawn freely instead, one class of ten
    is off by 4 points in a batch of 64, one standard deviation, and by 0.3 points in 10,000.
    Raises BadInput for an `rng` that is no Generator or a size below 1.
    Source: systematic sampling, as in Cochran 1977, Sampling Techniques, chapter 8.
    """
    _require_generator(rng)
    _require_size("n", n)
    edges = np.cumsum(np.bincount(np.ravel(labels)))  # in sorted order, class c ends at edges[c]
    every = (np.arange(n) + rng.random()) * (edges[-1] / n)  # evenly spaced, from a random start
    return rng.permutation(np.searchsorted(edges, every, side="right")).astype(labels.dtype)[:, None]


# ---- Fashion-MNIST, which is not in this repository


def fashion_mnist():
    """Fashion-MNIST's 60,000 training and 10,000 test images as `Images`, from Keras' cache or Debian's package.

    Raises BadFile if neither is on this machine (the sentence says how to get one) or if a file is damaged.
    Source: Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747 (licence: MIT).
    """
    keras_home = Path(os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras"))
    folders = [keras_home / "datasets" / "fashion-mnist", DEBIAN_FASHION_MNIST]
    for folder in folders:
        paths = [folder / f"{name}.gz" for name in IDX_FILES]
        if all(path.is_file() for path in paths):
            return Images(*map(_read_idx_gz, paths, IDX_FILES.values()))
    raise BadFile(
        f"Fashion-MNIST's four files are neither in {folders[0]} nor in {folders[1]}: "
        "run `keras.datasets.fashion_mnist.load_data()` once while online, "
        "or on Debian `apt install dataset-fashion-mnist`."
    )


def _read_idx_gz(path, shape):
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile(f"{path} is damaged or half-written ({error}): delete it and get Fashion-MNIST again.") from None
    return parse_idx(content, shape, path)


def parse_idx(content, shape, name):
    """The uint8 array of `shape` in the bytes of an IDX file; `name` is for the error's sentence.

    Raises BadFile if the header or the length says anything else.
    Source: the format's description on MNIST's site: two zero bytes, 8 for uint8, the rank, the sizes as big-endian
    int32.
    """
    header = bytes([0, 0, 8, len(shape)]) + np.array(shape, ">i4").tobytes()
    if not content.startswith(header) or len(content) != len(header) + np.prod(shape):
        raise BadFile(f"{name} is not an IDX file of {shape} unsigned bytes: delete it and get it again.")
    # A copy, since an array over bytes could not be written to.
    return np.frombuffer(content, np.uint8, offset=len(header)).reshape(shape).copy()


# ---- Toy densities in the plane, whose modes can be counted


def ring(rng, n, modes=8, radius=2.0, std=0.02):
    """`n` points from a ring of `modes` Gaussians of deviation `std`, float32 (n, 2); `rng` is a numpy Generator.

    Raises BadInput for an `rng` that is no Generator or a size below 1.
    Source: Metz et al. 2017, Unrolled Generative Adversarial Networks, arXiv:1611.02163.
    """
    return _mixture(rng, n, ring_centres(modes, radius), std)


def ring_centres(modes=8, radius=2.0):
    """The centres of `ring`, float32 (modes, 2): evenly spaced on a circle, the first at (radius, 0)."""
    _require_size("modes", modes)
    # arange, not linspace: linspace(0, 2π, modes) has both ends, so its last centre is its first.
    angles = 2 * np.pi * np.arange(modes) / modes
    return (radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)).astype("float32")


def grid(rng, n, side=5, spacing=2.0, std=0.05):
    """`n` points from side × side Gaussians of deviation `std`, float32 (n, 2); `rng` is a numpy Generator.

    Raises BadInput for an `rng` that is no Generator or a size below 1.
    Source: Srivastava et al. 2017, VEEGAN, arXiv:1705.07761.
    """
    return _mixture(rng, n, grid_centres(side, spacing), std)


def grid_centres(side=5, spacing=2.0):
    """The centres of `grid`, float32 (side², 2): `spacing` apart, row by row, their middle at the origin."""
    _require_size("side", side)
    steps = spacing * (np.arange(side) - (side - 1) / 2)
    return np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2).astype("float32")


def _mixture(rng, n, centres, std):
    _require_generator(rng)
    _require_size("n", n)
    which = rng.integers(len(centres), size=n)
    return centres[which] + (std * rng.standard_normal((n, 2))).astype("float32")


def _require_generator(rng):
    require(
        isinstance(rng, np.random.Generator),
        f"rng is a {type(rng).__name__}, wanted a numpy Generator: pass np.random.default_rng(seed).",
    )


def _require_size(name, value):
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    require(whole and value >= 1, f"{name} is {value!r}, wanted a whole number from 1 up: pass how many you want.")
