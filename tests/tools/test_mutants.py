"""The mutants: what is changed, that a draw can be repeated, and that what was tried is kept."""

import subprocess

import pytest

from tools import mutants, tables

LESSON = """# %% [markdown]
# The mean is 0.95, not more: [lab 10](../labs/10_label_smoothing.ipynb).
#
# (a) first · (b) last

# %% tags=["nbval-check-output"]
print(np.mean(real_labels, axis=0), f(one, other))
"""


def changed(text, found):
    """Return (kind, what stood there, what stands there) of every change that touches one line."""
    said = []
    for kind, change in found:
        pairs = zip(text.splitlines(), change().splitlines())
        said += [(kind, before, after) for before, after in pairs if before != after][:1]
    return said


def test_prose_is_changed_in_its_figures_words_choices_and_links():
    said = changed(LESSON, mutants._in_lines(LESSON, "course"))
    assert {kind for kind, *_ in said} == {"figure", "word", "choice", "link", "name"}
    afters = [after for _, _, after in said]
    assert any("0.94" in after for after in afters)
    assert any(after == "# (b) first · (a) last" for after in afters)
    assert any("../labs/x10_label" in after for after in afters)
    assert any("The mean is 0.95, more" in after for after in afters)


def test_code_is_changed_in_its_names_and_arguments_and_not_in_its_comments():
    code = "# keep real here\nmean = np.mean(real_labels, axis=0)\nf(one, other)\n"
    afters = [after for _, _, after in changed(code, mutants._in_lines(code, "core"))]
    assert "mean = np.mean(fake_labels, axis=0)" in afters and "mean = np.mean(real_labels, axis=1)" in afters
    assert not any(after.startswith("#") for after in afters)
    assert changed(code, mutants._exchanged_arguments(code)) == [("arguments", "f(one, other)", "f(other, one)")]


def test_a_cell_loses_its_tag_or_goes_whole():
    texts = [change() for _, change in mutants._of_cells(LESSON)]
    assert any("tags=" not in text and "print" in text for text in texts)
    assert any("print" not in text for text in texts)
    assert any("The mean" not in text and "print" in text for text in texts)


def test_a_docstring_of_a_hack_is_the_text_of_an_exercise():
    hack = 'def f(x):\n    """Return 0.7 of x."""\n    return 0.7 * x\n'
    assert changed(hack, mutants._in_lines(hack, "hacks")) == [
        ("docstring", '    """Return 0.7 of x."""', '    """Return 0.6 of x."""')
    ]


@pytest.mark.parametrize(
    "file, group",
    [
        ("course/labs/06_adam.py", "course"),
        ("ganhacks/hacks/adam.py", "hacks"),
        ("ganhacks/checks/labs/adam.py", "checks"),
        ("ganhacks/toys.py", "core"),
        ("ganhacks/__init__.py", None),
        ("tools/build.py", None),
    ],
)
def test_a_file_belongs_to_a_group_or_is_left_alone(file, group):
    assert mutants.group_of(file) == group


def test_what_was_tried_is_kept_in_order_and_told(tmp_path):
    rows = [
        {"number": n, "group": "core", "kind": "sign", "file": "x.py", "line": 3, "before": "-1", "after": "1"}
        | {"outcome": outcome, "by": "", "seconds": 1}
        for n, outcome in ((2, "survived"), (1, "killed"))
    ]
    mutants.keep(tmp_path / "rows.csv", rows)
    found = tables.read(tmp_path / "rows.csv")
    assert [row["number"] for row in found] == ["1", "2"]
    told = mutants.table(found)
    assert "all                            1     2    50%" in told
    assert "   2 x.py:3 sign\n     - -1\n     + 1" in told


def test_a_row_counts_only_for_the_mutant_that_its_number_still_stands_for():
    def one(before, after):
        return mutants.Mutant("core", "sign", "x.py", 3, "", before, after)

    rows = [{"number": str(n), "file": "x.py", "before": before, "after": "1"} for n, before in enumerate(("-1", "-2"))]
    assert mutants.still(rows, [one("-1", "1"), one("-2", "1")]) == rows
    assert mutants.still(rows, [one("-1", "1"), one("-3", "1")]) == rows[:1], "the source is another one"
    assert mutants.still(rows, [one("-1", "1")]) == rows[:1], "fewer are asked for"


@pytest.fixture
def tree(tmp_path):
    """A small repository with one file of the package and one that asks."""
    (tmp_path / "ganhacks").mkdir()
    (tmp_path / "ganhacks" / "toys.py").write_text("def half(x):\n    return x / 2\n")
    (tmp_path / "asks.py").write_text("from ganhacks.toys import half\n\nassert half(4) == 2\n")
    subprocess.run(
        "git init -q && git add -A && git -c user.name=a -c user.email=a@b commit -qm x", shell=True, cwd=tmp_path
    )
    return tmp_path


@pytest.mark.parametrize("value, outcome", [("x / 2", "survived"), ("x / 3", "killed")])
def test_a_mutant_is_killed_where_a_command_fails_and_the_tree_is_put_back(tree, monkeypatch, value, outcome):
    monkeypatch.setattr(mutants, "stages", lambda mutant: [["asks.py"]])
    mutant = mutants.Mutant("core", "constant", "ganhacks/toys.py", 2, f"def half(x):\n    return {value}\n", "", "")
    row = mutants.tried(5, mutant, tree)
    assert (row["number"], row["outcome"]) == (5, outcome)
    assert (tree / "ganhacks" / "toys.py").read_text() == "def half(x):\n    return x / 2\n"
