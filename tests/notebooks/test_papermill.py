"""A notebook run by papermill with parameters of one's own, as in a workshop or a sweep."""

import papermill
import pytest

from tools import build

LAB_12 = build.ROOT / "solutions" / "12_mnist_gan.ipynb"


def outputs_of(notebook):
    return "".join(o.get("text", "") for cell in notebook.cells for o in cell.get("outputs", []))


def test_lab_12_runs_with_another_hidden_size_and_shorter_training(tmp_path, monkeypatch):
    monkeypatch.setenv("GANHACKS_FAST", "1")
    monkeypatch.setenv("GANHACKS_STRICT", "1")
    notebook = papermill.execute_notebook(
        LAB_12, tmp_path / "out.ipynb", {"hidden": 32, "epochs": 1, "seed": 7}, cwd=str(tmp_path), progress_bar=False
    )
    text = outputs_of(notebook)
    # 100·32 + 32 + 32·784 + 784 and 784·32 + 32 + 32 + 1
    assert "29,104" in text
    assert "25,153" in text


@pytest.mark.parametrize("path", [path for _, _, path in build.targets()], ids=lambda path: path.name)
def test_the_parameters_that_a_notebook_takes_are_plain_values_in_one_cell(path):
    inferred = papermill.inspect_notebook(str(path))
    import nbformat

    cells = [c for c in nbformat.read(path, 4).cells if "parameters" in c.metadata.get("tags", [])]
    assert len(cells) == 1
    assert set(inferred) == {line.split(" =")[0] for line in cells[0].source.splitlines()}
    assert all(parameter["default"] for parameter in inferred.values())
