"""Rows that take the place of others in a CSV file."""

import pytest

from tools import tables

FIELDS = ("arm", "seed", "score")
KEY = ("arm", "seed")


def row(arm, seed, score=""):
    return {"arm": arm, "seed": seed, "score": score}


@pytest.fixture
def path(tmp_path):
    yield tmp_path / "rows.csv"
    assert [file.name for file in tmp_path.iterdir()] in ([], ["rows.csv"]), "nothing half-written lies beside it"


def there(path):
    return [tuple(found.values()) for found in tables.read(path)]


def test_rows_are_sorted_by_their_key_and_numbers_as_numbers(path):
    for arm, seed in (("b", 10), ("b", 9), ("a", 0.5), ("a", 10)):
        tables.put(path, [row(arm, seed)], KEY, FIELDS)
    assert path.read_text() == "arm,seed,score\na,0.5,\na,10,\nb,9,\nb,10,\n"


def test_a_column_may_have_an_order_of_its_own(path):
    for arm, seed in (("a", 1), ("b", 2), ("a", 0), ("c", 0)):
        tables.put(path, [row(arm, seed)], KEY, FIELDS, {"arm": ("c", "b", "a")})
    assert there(path) == [("c", "0", ""), ("b", "2", ""), ("a", "0", ""), ("a", "1", "")]


def test_rows_take_the_place_of_all_that_have_their_key(path):
    tables.put(path, [row("a", 1, score) for score in "abc"], KEY, FIELDS)
    tables.put(path, [row("a", 0, "x")], KEY, FIELDS)
    tables.put(path, [row("a", 1, "d")], KEY, FIELDS)
    assert there(path) == [("a", "0", "x"), ("a", "1", "d")]


def test_a_file_of_other_columns_is_told_and_left_alone(path):
    path.write_text("arm,seconds\na,3\n")
    with pytest.raises(SystemExit, match=r"other columns than this program writes \(arm, seed, score\): move it away"):
        tables.put(path, [row("a", 1)], KEY, FIELDS)
    assert path.read_text() == "arm,seconds\na,3\n"


def test_a_file_that_lacks_a_column_gets_it(path):
    path.write_text("arm,seed\na,3\n")
    tables.put(path, [row("a", 4, "0.5")], KEY, FIELDS)
    assert there(path) == [("a", "3", ""), ("a", "4", "0.5")]


def test_a_table_in_markdown_has_a_rule_as_wide_as_its_heads():
    assert tables.markdown(("a", "b"), [(1, "x"), ("", "y")]).splitlines() == [
        "| a | b |",
        "|---|---|",
        "| 1 | x |",
        "|  | y |",
    ]
