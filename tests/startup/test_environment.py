"""The readiness report: it ticks what is fit for the course, and each cross says what to do."""

import builtins
import importlib.metadata
import platform
import shutil
import sys
from types import SimpleNamespace

import keras
import psutil
import pytest

from ganhacks import data
from ganhacks.errors import WrongSetup
from ganhacks.places import COURSE
from ganhacks.startup import environment


def crosses():
    return [line for line in environment.report().splitlines() if line.startswith("✘")]


@pytest.fixture(autouse=True)
def roomy(monkeypatch):
    """A machine with enough memory and disk, so that only what a test spoils has a cross."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=8e9))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=8e9))


@pytest.fixture
def files_fit(monkeypatch):
    """Files that are as they should be, without reading them."""
    monkeypatch.setattr(data, "load_npz", lambda name: {})


@pytest.fixture
def versions(monkeypatch):
    """Pretend that a package is installed in another version, or with None that it is not installed."""
    real = importlib.metadata.version

    def pretend(package, version):
        def find(name):
            if name == package and version is None:
                raise importlib.metadata.PackageNotFoundError(name)
            return version if name == package else real(name)

        monkeypatch.setattr(importlib.metadata, "version", find)

    return pretend


def test_an_installed_course_has_a_tick_at_every_line():
    lines = environment.report().splitlines()
    assert all(line.startswith("✔ ") for line in lines), lines
    for part in ("Python 3.", "tensorflow 2.", "keras 3.", "float32", "channels_last", "mnist.npz", "memory", "disk"):
        assert any(part in line for line in lines), part


@pytest.mark.parametrize("version", ["2.15.0", "4.0.1"])
def test_a_version_out_of_range_has_a_cross_with_the_range(versions, version, files_fit):
    versions("keras", version)
    (line,) = crosses()
    assert line.startswith(f"✘ keras {version}, and the course needs") and ">=3.8" in line and "<4" in line
    assert "run.py lab" in line


def test_a_missing_package_has_a_cross(versions, files_fit):
    versions("matplotlib", None)
    assert crosses() == [f"✘ matplotlib is missing: {environment.INSTALL}"]


def test_a_package_that_only_an_extra_asks_for_is_not_missed(versions, files_fit):
    extras = [one for one in importlib.metadata.metadata("ganhacks").get_all("Requires-Dist") if "extra ==" in one]
    assert any(one.startswith("jupyterlab") for one in extras)
    versions("jupyterlab", None)
    assert crosses() == []


def test_a_course_that_is_not_installed_has_a_cross(files_fit, monkeypatch):
    def unknown(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "metadata", unknown)
    assert crosses() == [f"✘ the package ganhacks is not installed: {environment.INSTALL}"]


@pytest.mark.parametrize("package", ["keras", "psutil", "ganhacks.data"])
def test_a_package_that_cannot_be_imported_ends_no_report(package, versions, files_fit, monkeypatch):
    """The list of packages has its cross; what would have been asked of it has no line."""
    before = environment.report().splitlines()
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delattr("ganhacks.data", raising=False)
    versions(package, None)
    after = environment.report().splitlines()
    told = {"keras": "Keras computes", "psutil": "memory free", "ganhacks.data": "data/"}[package]
    assert any(told in line for line in before) and not any(told in line for line in after)


def test_a_keras_that_does_not_start_has_a_cross_and_its_own_sentence(files_fit, monkeypatch):
    plain = builtins.__import__

    def refusing(name, *arguments):
        if name == "keras":
            raise WrongSetup("Keras runs on torch here.")
        return plain(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", refusing)
    assert crosses() == ["✘ Keras runs on torch here."]


def test_a_python_out_of_range_has_a_cross(monkeypatch, files_fit):
    monkeypatch.setattr(platform, "python_version", lambda: "3.9.2")
    (line,) = crosses()
    assert "Python 3.9.2" in line and ">=3.10" in line and "install Python 3.12" in line


@pytest.mark.parametrize(
    ("name", "value"),
    [("image_data_format", "channels_first"), ("dtype_policy", "mixed_float16"), ("epsilon", 1e-3)],
)
def test_a_setting_of_keras_that_was_changed_has_a_cross(name, value, monkeypatch, files_fit):
    change = getattr(keras.config, f"set_{name}")
    wanted = environment.settings.WANTED[name]
    change(value)
    try:
        assert crosses() == [
            f"✘ Keras' {name} is {value}, and the course needs {wanted}: restart the kernel, and import ganhacks first"
        ]
    finally:
        change(wanted)


def test_a_damaged_file_has_a_cross_and_the_command_that_restores_it(monkeypatch, tmp_path):
    (tmp_path / "SHA256SUMS").write_bytes((data.DATA / "SHA256SUMS").read_bytes())
    (tmp_path / "mnist.npz").write_bytes(b"half")
    shutil.copy(data.DATA / "classifier.npz", tmp_path)
    monkeypatch.setattr(data, "DATA", tmp_path)
    (line,) = crosses()
    assert "mnist.npz is damaged" in line and "git checkout -- data/mnist.npz" in line


def test_too_little_memory_has_a_cross(monkeypatch, files_fit):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1.04e9))
    assert crosses() == [
        "✘ 1.0 GB of memory free, and the largest lab takes 2.3 GB: close other programs and other notebooks"
    ]


def test_a_full_disk_and_a_folder_that_cannot_be_written_have_a_cross(monkeypatch, files_fit):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1e8))
    assert crosses() == ["✘ 0.1 GB of disk free, and your work needs 0.5 GB: make room on it"]
    monkeypatch.setattr(environment.os, "access", lambda path, mode: False)
    (line,) = crosses()
    assert "cannot be written" in line and "copy the course to a folder of your own" in line


def test_the_largest_lab_is_the_one_that_was_measured():
    rows = (COURSE / "docs/speed.md").read_text(encoding="utf-8")
    largest = float(rows.partition(", the largest peak of")[0].rpartition("(")[2])
    assert round(largest, 1) == environment.MEMORY_GB
