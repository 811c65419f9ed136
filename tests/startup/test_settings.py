"""Keras' settings: those of the course, whatever stands in the student's home and environment."""

import importlib.util
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from ganhacks.errors import WrongSetup
from ganhacks.startup import settings

ELSEWHERE = {"backend": "jax", "floatx": "float16", "epsilon": 1e-3, "image_data_format": "channels_first"}
TELL = """
from keras import config, layers
print(config.backend(), config.floatx(), config.epsilon(), config.image_data_format(), config.dtype_policy().name)
print(layers.Conv2D(1, 1).data_format, layers.Dense(1).compute_dtype)
"""
OURS = ["tensorflow float32 1e-07 channels_last float32", "channels_last float32"]


@pytest.fixture
def python(tmp_path):
    """Run code in a new Python. keras_json: what is in the home's keras.json; more: environment variables."""

    def run(code, keras_json=None, **more):
        if keras_json is not None:
            (tmp_path / "keras.json").write_text(json.dumps(keras_json), encoding="utf-8")
        environment = {**os.environ, "KERAS_HOME": str(tmp_path), **more}
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)

    return run


def test_settings_from_the_home_give_way_to_those_of_the_course_and_the_file_stays(python, tmp_path):
    assert python("import ganhacks" + TELL, ELSEWHERE).stdout.splitlines() == OURS
    assert json.loads((tmp_path / "keras.json").read_text(encoding="utf-8")) == ELSEWHERE


def test_another_backend_asked_for_in_the_environment_gives_way(python):
    done = python("import ganhacks" + TELL, KERAS_BACKEND="torch")
    assert (done.stdout.splitlines(), done.stderr) == (OURS, "")


def test_a_keras_that_was_imported_before_is_given_the_settings_too(python):
    done = python("import keras, ganhacks" + TELL, ELSEWHERE, KERAS_BACKEND="tensorflow")
    assert done.stdout.splitlines() == OURS


def test_impossible_settings_are_told_in_a_sentence_that_names_the_file(python, tmp_path):
    last = python("import ganhacks, keras", {"epsilon": "small"}).stderr.splitlines()[-1]
    assert "Keras does not start (Invalid `epsilon`" in last
    assert f"delete {tmp_path / 'keras.json'}" in last


def test_a_module_that_is_missing_is_named_and_no_file_is_blamed(python):
    code = "import sys; sys.modules['tensorflow'] = None\nimport ganhacks, keras"
    last = python(code).stderr.splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: ") and "tensorflow" in last


def test_a_keras_that_failed_on_another_backend_before_is_told_in_a_sentence(python):
    (code, says) = ("try:\n    import keras\nexcept ImportError:\n    import ganhacks, keras", "import ganhacks first")
    done = python(code, KERAS_BACKEND="jax")
    if importlib.util.find_spec("jax"):
        pytest.skip("this Python has jax")
    assert says in done.stderr.splitlines()[-1]


def test_a_keras_that_runs_on_another_backend_is_told_in_a_sentence(monkeypatch):
    other = SimpleNamespace(config=SimpleNamespace(backend=lambda: "torch"))
    monkeypatch.setitem(sys.modules, "keras", other)
    with pytest.raises(
        WrongSetup, match="^Keras runs on torch here, .* restart the kernel, and import ganhacks before"
    ):
        settings.settle_keras()
