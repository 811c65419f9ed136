"""Notebooks run by papermill with parameters of one's own, as in a workshop or a sweep."""

import ast

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from ganhacks.checks.engine.exercise import module_of
from ganhacks.errors import BadInput
from tools import build

LABS, SOLUTIONS = (
    {path.stem: path for _, kind, path in build.targets() if kind == wanted} for wanted in ("lab", "solution")
)

#: What each lab is run with, and what an output has to say then.
CHANGED = {
    "01_strided_downsampling": ({"draws": 3}, ""),
    "02_strided_upsampling": ({"filters": 8}, ""),
    "03_leaky_relu": ({"raised_rate": 0.01}, ""),
    "04_batch_norm": ({"depth": 3}, ""),
    "05_gaussian_init": ({"width": 32}, ""),
    "06_adam": ({"steps": 30}, ""),
    "07_scale_images": ({"hidden": 16}, ""),
    "08_gaussian_latent": ({"n_points": 500}, "500"),
    "09_separate_batches": ({"seed": 5}, ""),
    "10_label_smoothing": ({"steps": 20}, ""),
    "11_noisy_labels": ({"p": 0.2}, "200"),
    "12_mnist_gan": ({"hidden": 32}, "29,104"),  # 100·32 + 32 + 32·784 + 784
    "13_non_saturating_loss": ({"steps": 20}, ""),
    "14_spherical_interpolation": ({"n_pairs": 2500}, ""),
    "15_sparse_gradients": ({"depth": 3}, ""),
    "16_hybrid_models": ({"steps": 20}, ""),
    "17_experience_replay": ({"rounds": 55}, ""),
    "18_optimizer_pairing": ({"ring_steps": 20}, ""),
    "19_track_failures": ({"window": 50}, "mean of the last 50"),
    "20_balance_by_loss": ({"updates": 55}, ""),
    "21_use_labels": ({"learning_rate": 2e-3}, ""),
    "22_discrete_conditioning": ({"batches": 2}, ""),
    "23_instance_noise": ({"start": 1.0}, ""),
    "24_train_d_more": ({"long_run": 300}, ""),
    "25_minibatch_discrimination": ({"fast_rate": 1e-3}, ""),
    "26_generator_dropout": ({"mnist_steps": 5}, ""),
    "27_dcgan_mnist": ({"steps": 12}, ""),
}

#: Nonsense, and what is said to it.
REFUSED = [
    ({"epochs": 0}, "epochs is 0; wanted a whole number from 1 to 1,000: passes over the data."),
    ({"epochs": -1}, "epochs is -1; wanted a whole number from 1 to 1,000: passes over the data."),
    ({"epochs": "ten"}, "epochs is 'ten'; wanted a whole number from 1 to 1,000: passes over the data."),
    ({"epochs": 2.5}, "epochs is 2.5; wanted a whole number from 1 to 1,000: passes over the data."),
    ({"latent_dim": 0}, "latent_dim is 0; wanted a whole number from 1 to 1,000: numbers in a latent sample."),
    ({"batch_size": 0}, "batch_size is 0; wanted a whole number from 1 to 1,000: images in a batch."),
    ({"smooth": 2}, "smooth is 2; wanted a number from 0 to 1: taken from a real's label."),
    (
        {"d_learning_rate": float("nan")},
        "d_learning_rate is nan; wanted a number from 1e-06 to 1: of the discriminator.",
    ),
    ({"seed": True}, "seed is True; wanted a whole number from 0 to 1,000,000: of the first run."),
    ({"hidden": None}, "hidden is None; wanted a whole number from 1 to 2,000: units of a hidden layer."),
    ({"slope": [0.1]}, "slope is [0.1]; wanted a number from 0 to 1: of the leaky ReLU below 0."),
    (
        {"epoch": 5},
        "This lab has no parameter 'epoch'; it has epochs, batch_size, latent_dim, hidden, slope, smooth, "
        "g_learning_rate, d_learning_rate, seed. Did you mean 'epochs'?",
    ),
]


@pytest.fixture(autouse=True)
def short_and_strict(monkeypatch):
    monkeypatch.setenv("GANHACKS_FAST", "1")
    monkeypatch.setenv("GANHACKS_STRICT", "1")


def run(path, changed, folder):
    """Run a notebook with some parameters changed, and return it with its outputs."""
    there = {"cwd": path.parent, "progress_bar": False, "log_output": False}
    there["request_save_on_cell_execute"] = False  # it would write the file twice for every cell
    return papermill.execute_notebook(path, folder / "out.ipynb", changed, **there)


def outputs_of(notebook):
    data = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    streams = [output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join([*streams, *(part.get("text/plain", "") for part in data)])


def test_every_lab_is_run_with_something_changed():
    assert list(CHANGED) == list(SOLUTIONS) == list(LABS)


@pytest.mark.parametrize("stem", CHANGED)
def test_a_lab_without_answers_runs_with_a_changed_parameter(stem, tmp_path, monkeypatch):
    monkeypatch.setenv("GANHACKS_STRICT", "0")
    changed, _ = CHANGED[stem]
    notebook = run(LABS[stem], changed, tmp_path)
    (injected,) = [cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", [])]
    assert injected.execution_count and all(f"{name} = {value}" in injected.source for name, value in changed.items())
    assert "waits for" in outputs_of(notebook)


@pytest.mark.parametrize(
    "stem",
    [pytest.param(stem, marks=[] if shown else pytest.mark.everywhere) for stem, (_, shown) in CHANGED.items()],
)
def test_a_solution_trains_with_a_changed_parameter_and_shows_it(stem, tmp_path):
    changed, shown = CHANGED[stem]
    assert shown in outputs_of(run(SOLUTIONS[stem], changed, tmp_path))


@pytest.mark.parametrize("changed, sentence", REFUSED[:-1])
def test_a_parameter_that_is_nonsense_is_told_in_one_sentence(changed, sentence):
    ((name, value),) = changed.items()
    with pytest.raises(BadInput) as caught:
        module_of("mnist_gan").PARAMETERS[name].require(name, value)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("changed, sentence", (REFUSED[0], REFUSED[-1]), ids=["a bad value", "an unknown name"])
def test_nonsense_is_refused_in_one_sentence_before_anything_trains(changed, sentence, tmp_path):
    with pytest.raises(PapermillExecutionError) as caught:
        run(SOLUTIONS["12_mnist_gan"], changed, tmp_path)
    assert (caught.value.ename, caught.value.evalue) == ("BadInput", sentence)
    assert caught.value.traceback == [f"BadInput: {sentence}"]
    executed = [c for c in nbformat.read(tmp_path / "out.ipynb", 4).cells if c.get("execution_count")]
    assert executed[-1].source.startswith("lab.parameters()")


@pytest.mark.parametrize("stem", SOLUTIONS)
def test_what_a_lab_declares_of_its_parameters_is_what_papermill_tells_of_them(stem):
    told = papermill.inspect_notebook(str(SOLUTIONS[stem]))
    declared = module_of(stem.partition("_")[2]).PARAMETERS
    assert {name: parameter["help"] for name, parameter in told.items()} == {n: str(p) for n, p in declared.items()}
    for name, parameter in told.items():
        declared[name].require(name, eval(parameter["default"]))


@pytest.mark.parametrize("path", [path for _, _, path in build.targets()], ids=lambda path: path.name)
def test_the_parameters_that_a_notebook_takes_are_plain_values_in_one_cell(path):
    inferred = papermill.inspect_notebook(str(path))
    (cell,) = [c for c in nbformat.read(path, 4).cells if "parameters" in c.metadata.get("tags", [])]
    lines = [line.partition("  #")[0].split(" = ") for line in cell.source.splitlines()]
    assert {name: parameter["default"] for name, parameter in inferred.items()} == dict(lines)
    for _, value in lines:
        assert isinstance(ast.literal_eval(value), (int, float, str)), f"{value} is computed, not a plain value"
