"""What editors write on saving: a function each, from a notebook as it is in memory to the bytes of the file.

README.md says where each fact comes from. Where a program could be run, its own file lies here instead (`save.py`).
"""

import copy
import json
import random
import string
from functools import partial
from pathlib import Path

import jupytext
import nbformat

HERE = Path(__file__).resolve().parent
LAB = "labs/11_noisy_labels.ipynb"
RIGHT, WRONG = "noisy-labels--flip-labels", "noisy-labels--expected-labels"
#: a right answer, and one that takes p for the share that stays, which the lab calls "flipped": id -> what is typed
ANSWERS = {
    RIGHT: "def flip_labels(rng, y, p):\n"
    "    flipped = y.copy()\n"
    "    # Exactly round(p · n) of them — no place twice.\n"
    "    places = rng.permutation(len(y))[: round(p * len(y))]\n"
    "    flipped[places] = 1 - flipped[places]\n"
    "    return flipped",
    WRONG: "def expected_labels(y, p):\n    return p * y + (1 - p) * (1 - y)",
}


def given():
    """Return the lab as it was given when the stored files were saved: a notebook as JSON."""
    return json.loads((HERE / "given.ipynb").read_bytes())


def answered(notebook, answers):
    """Return a lab with answers in it, which have been run: a notebook as JSON. answers: id -> source."""
    mine = copy.deepcopy(notebook)
    for count, cell in enumerate((cell for cell in mine["cells"] if cell["id"] in answers), 1):
        cell["source"] = answers[cell["id"]].splitlines(keepends=True)
        cell["execution_count"] = count
    return mine


def _bytes(notebook, **layout):
    return (json.dumps(notebook, ensure_ascii=False, **{"indent": 1, **layout}) + "\n").encode()


def _without_ids(notebook, minor=None):
    for cell in notebook["cells"]:
        cell.pop("id", None)
    notebook["nbformat_minor"] = notebook["nbformat_minor"] if minor is None else minor


def _in_one_string(notebook):
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])


def _new_ids(length, letters="0123456789abcdef"):
    """Yield ids as programs make them; the same ones in every run of the tests."""
    chance = random.Random(length)
    while True:
        yield "".join(chance.choice(letters) for _ in range(length))


# ---- one function for each editor


def colab(notebook):
    """A notebook of version 4.5 keeps its ids, and has them in the metadata too; JSON is indented by two."""
    for cell in notebook["cells"]:
        cell["metadata"]["id"] = cell["id"]
        if cell.get("execution_count"):
            cell["metadata"] |= {"colab": {"base_uri": "https://localhost:8080/"}, "outputId": "c039a459-4277-4bdd"}
    notebook["metadata"] |= {"colab": {"provenance": [], "toc_visible": True}}
    notebook["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    return _bytes(notebook, indent=2)


def colab_new(notebook):
    """What was pasted into a new notebook is of version 4.0: Colab's own ids, in the metadata alone, and no more."""
    ids = _new_ids(12, string.ascii_letters + string.digits + "_")
    for cell in notebook["cells"]:
        cell["metadata"] = {"id": next(ids)}
    notebook["metadata"].pop("ganhacks")
    notebook["metadata"]["colab"] = {"provenance": []}
    _without_ids(notebook, minor=0)
    return _bytes(notebook, indent=2)


def vscode(notebook):
    """VS Code keeps ids and tags, sorts keys, and tells the version of Python."""
    notebook["metadata"]["language_info"] |= {"version": "3.12.3", "pygments_lexer": "ipython3"}
    return _bytes(notebook, sort_keys=True)


def vscode_2021(notebook, line_end="\r\n"):
    """VS Code before October 2021: no ids, though the version says 4.5; on Windows, its line ends in the texts."""
    for cell in notebook["cells"]:
        cell["source"] = [line.replace("\n", line_end) for line in cell["source"]]
    notebook["metadata"]["orig_nbformat"] = 4
    _without_ids(notebook)
    return _bytes(notebook)


def windows(notebook):
    """A file that some Windows program has written once more: a mark at its begin, two characters at a line's end."""
    return b"\xef\xbb\xbf" + _bytes(notebook).replace(b"\n", b"\r\n")


def classic_61(notebook):
    """Classic Notebook before 6.2: new ids at each saving."""
    ids = _new_ids(8)
    for cell in notebook["cells"]:
        cell["id"] = next(ids)
        if cell.get("execution_count"):
            cell["metadata"] |= {"collapsed": False, "scrolled": True}
    return _bytes(notebook)


def pycharm(notebook):
    """PyCharm and DataSpell: their marks in the metadata, times of runs, empty lines around a text."""
    for cell in notebook["cells"]:
        code = cell["cell_type"] == "code"
        cell["metadata"]["pycharm"] = {"name": "#%%\n" if code else "#%% md\n"}
        if code:
            cell["metadata"] |= {"collapsed": False, "jupyter": {"outputs_hidden": False}}
            cell["metadata"]["ExecuteTime"] = {"start_time": "2024-11-26T19:36:52.9Z", "end_time": "2024-11-26T19:37Z"}
        else:
            cell["source"] = ["\n", *cell["source"], "\n"]
    return _bytes(notebook)[:-1]


def kaggle(notebook):
    """Kaggle's editor: version 4.4 without ids, a text in one string, everything in one line."""
    for cell in notebook["cells"]:
        cell["metadata"] |= {"_uuid": "8f2839f2-5d08", "_cell_guid": "b1076dfc-b9ad", "trusted": True}
    notebook["metadata"].pop("ganhacks")
    notebook["metadata"]["kaggle"] = {"accelerator": "none", "dataSources": [], "isInternetEnabled": True}
    _in_one_string(notebook)
    _without_ids(notebook, minor=4)
    return _bytes(notebook, indent=None, separators=(",", ":"))


def kaggle_run(notebook):
    """A version that Kaggle has run from top to bottom: papermill's ids, tags and times."""
    ids = _new_ids(8)
    for cell in notebook["cells"]:
        times = {"duration": 0.02, "start_time": "2025-04-10T12:39:38", "status": "completed"}
        cell["id"] = next(ids)
        cell["metadata"] = {"papermill": times, "tags": cell["metadata"].get("tags", [])}
    notebook["metadata"]["papermill"] = {"input_path": "__notebook__.ipynb", "version": "2.6.0"}
    return _bytes(notebook)


def deepnote(notebook):
    """Deepnote: ids of its own in the metadata, no tags, a text in one string that may end in an empty line."""
    ids = _new_ids(32)
    for cell in notebook["cells"]:
        cell["metadata"] = {"cell_id": next(ids), "deepnote_cell_type": cell["cell_type"], "tags": []}
        cell["source"].append("\n")
    notebook["metadata"] = {"deepnote_execution_queue": [], "deepnote_notebook_id": "24aa"}
    _in_one_string(notebook)
    _without_ids(notebook, minor=2)
    return _bytes(notebook)


def paired(notebook):
    """A script that jupytext has made, and made a notebook again: no outputs, new ids. The program itself runs here."""
    script = jupytext.writes(nbformat.reads(json.dumps(notebook), 4), "py:percent")
    return jupytext.writes(jupytext.reads(script, "py:percent"), "ipynb").encode()


WRITERS = {
    **{one.__name__: one for one in (colab, colab_new, vscode, vscode_2021, windows, classic_61, pycharm)},
    **{one.__name__: one for one in (kaggle, kaggle_run, deepnote, paired)},
    "old_mac_line_ends": partial(vscode_2021, line_end="\r"),
}
STORED = ("jupyterlab", "nbstripout")
EDITORS = (*WRITERS, *STORED)


def saved(editor, answers=ANSWERS):
    """Return the lab as an editor writes it, with these answers or with none, as bytes."""
    if editor in WRITERS:
        return WRITERS[editor](answered(given(), answers))
    content = (HERE / f"{editor}.ipynb").read_bytes()
    return content if answers else _unanswered(content)


def _unanswered(content):
    """Take back what was typed and run before a file was saved; the editor's own marks stay."""
    notebook = json.loads(content)
    for cell, blank in zip(notebook["cells"], given()["cells"], strict=True):
        cell["source"] = blank["source"]
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return _bytes(notebook)
