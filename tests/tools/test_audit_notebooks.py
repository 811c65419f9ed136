"""The audit of the notebooks finds a fault in a text and in an output, and tells JupyterLab's own apart."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.web.playground import require_chromium
from tools import audit_notebooks

PICTURE = '<img alt="a dot" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">'
PALE = '<p style="color: #ccc; background: #fff">pale</p>'


def write(path, text, shown):
    output = new_output("display_data", {"text/html": shown})
    cells = [new_markdown_cell(text), new_code_cell("1", outputs=[output], execution_count=1)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}  # without, it is asked for
    nbformat.write(new_notebook(cells=cells, metadata=kernel), path)


@pytest.mark.everywhere
def test_what_is_wrong_in_a_text_or_in_an_output_is_a_fault_and_what_is_jupyterlabs_is_not(tmp_path, capsys):
    pytest.importorskip("axe_playwright_python", reason="requirements-site.txt is not installed")
    require_chromium()
    write(tmp_path / "clean.ipynb", "# A title\n\nA text.", PICTURE)
    write(tmp_path / "faulty.ipynb", '<a href="#nowhere"></a>', PALE)
    assert audit_notebooks.main(["--folder", str(tmp_path), "clean"]) == 0
    told = capsys.readouterr().out
    assert "1/1 clean.ipynb: no faults" in told and "Violations in what they hold: 0." in told
    assert "aria-input-field-name" in told.partition("In what JupyterLab draws around it: ")[2]
    assert audit_notebooks.main(["--folder", str(tmp_path), "faulty"]) == 1
    told = capsys.readouterr().out
    assert "Violations in what they hold: " in told and "link-name 2" in told and "color-contrast 2" in told


def test_a_folder_without_the_notebook_that_is_named_is_told(tmp_path, capsys):
    assert audit_notebooks.main(["--folder", str(tmp_path), "labs/99"]) == 1
    assert "has a path that holds labs/99" in capsys.readouterr().err
