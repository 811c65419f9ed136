"""The package as a whole: cheap to import, quiet, and never a traceback for its own errors."""

import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

import ganhacks
from ganhacks.errors import BadFile, require


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)


def test_importing_the_package_takes_less_than_half_a_second_and_no_tensorflow():
    times = []
    for _ in range(3):
        done = python("import time; t = time.perf_counter(); import ganhacks; print(time.perf_counter() - t)")
        times.append(float(done.stdout))
    assert min(times) < 0.5
    assert python("import ganhacks, sys; print('tensorflow' in sys.modules)").stdout.strip() == "False"


def test_tensorflow_starts_compiles_and_computes_the_gradient_of_a_tile_without_a_word():
    done = python(
        "import ganhacks, tensorflow as tf\nw = tf.Variable([[1.0, 2.0]])\n"
        "with tf.GradientTape() as tape:\n    loss = tf.reduce_sum(tf.tile(w, [3, 1]))\n"
        "print(tape.gradient(loss, w).numpy().tolist())\n"
        "print(float(tf.function(lambda x: x @ x, jit_compile=True)(tf.ones((2, 2)))[0, 0]))"
    )
    assert (done.stdout.splitlines(), done.stderr) == (["[[3.0, 3.0]]", "2.0"], "")


@pytest.mark.everywhere
def test_many_short_runs_train_without_a_word():
    # TensorFlow warns from the fifth function on that is traced alike and hardly called.
    done = python(
        "from ganhacks import toys\nfrom ganhacks.training import train\n"
        "for seed in range(6):\n    train(toys.ring_recipe(), toys.ring_data(1000), 2, seed, progress=False)"
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_tensorflow_said_is_shown_if_its_import_fails(tmp_path):
    (tmp_path / "tensorflow.py").write_text("import os\nos.write(2, b'the reason')\nraise ImportError('broken')\n")
    done = python(f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nimport ganhacks, tensorflow")
    assert done.returncode == 1
    assert "the reason" in done.stderr and "ImportError: broken" in done.stderr


def test_an_error_of_ours_is_one_sentence_and_of_a_familiar_kind():
    with pytest.raises(ValueError, match="found this, wanted that"):
        require(False, "found this, wanted that")
    assert issubclass(BadFile, OSError)
    assert str(BadFile("data.npz is missing")) == "data.npz is missing"


@pytest.mark.parametrize(("value", "length"), [(None, 9000), ("", 9000), ("0", 9000), ("1", 40), ("yes", 40)])
def test_a_run_has_its_full_length_for_everybody_but_a_regression_run(monkeypatch, value, length):
    if value is None:
        monkeypatch.delenv("GANHACKS_FAST", raising=False)
    else:
        monkeypatch.setenv("GANHACKS_FAST", value)
    assert ganhacks.length(9000, 40) == length
    assert ganhacks.length(9, 40) == 9, "short ones stay as they are"
    assert ganhacks.fast() == (length == 40)


def run_notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True).execute()
    return [cell.outputs for cell in notebook.cells]


def test_in_a_notebook_our_errors_show_no_traceback_and_training_redraws_one_picture():
    error, training = run_notebook(
        "from ganhacks.errors import BadInput\nraise BadInput('found this, wanted that')",
        "import numpy as np\nfrom ganhacks.training import Recipe, train\n"
        "history = train(Recipe(), np.zeros((640, 784), 'float32'), 450)",
    )
    assert error[0].traceback == ["BadInput: found this, wanted that"]
    assert len(training) == 1, "one display, redrawn in place"
    shown = training[0].data["text/html"]
    assert '<progress value="450" max="450"' in shown
    assert "step 450 of 450 · d_loss" in shown and "450 steps done." in shown
    assert 'alt="20 generated images after step 450' in shown
    assert training[0].data["text/plain"].startswith("step 450 of 450")
