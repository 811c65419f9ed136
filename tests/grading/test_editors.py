"""Files as editors write them are graded like any other. How they are read is in tests/notebooks/test_editors.py."""

import pytest

from tests.grading.handed_in import needs_a_jail, rows_of
from tests.notebooks.editors.writers import EDITORS, saved
from tools import grade

needs_a_jail()
RIGHT, WRONG = ("flip_labels", "passed", "", "graded"), ("expected_labels", "failed", "flipped", "graded")


@pytest.mark.everywhere
def test_with_every_editor_the_right_answer_passes_and_the_wrong_one_is_told(tmp_path):
    (tmp_path / "class").mkdir()
    for editor in EDITORS:
        (tmp_path / "class" / f"{editor}.ipynb").write_bytes(saved(editor))
    grade.grade(tmp_path / "class", tmp_path / "out", told=lambda text: None)
    columns = ("submission", "exercise", "outcome", "misconception", "status")
    found = [tuple(row[column] for column in columns) for row in rows_of(tmp_path / "out")]
    assert sorted(found) == sorted((f"{editor}.ipynb", *row) for editor in EDITORS for row in (RIGHT, WRONG))
