"""Files are written whole or not at all."""

import pytest

from ganhacks import files


def test_a_file_takes_the_place_of_another_once_it_is_whole(tmp_path):
    path = tmp_path / "a.txt"
    files.write(path, b"old")
    with files.replacing(path) as unfinished, unfinished.open("wb") as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("end", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_where_writing_ends_early_the_old_file_stays_and_nothing_else(tmp_path, end):
    path = tmp_path / "a.txt"
    files.write(path, b"old")
    with pytest.raises(type(end)), files.replacing(path) as unfinished:
        unfinished.write_bytes(b"ne")
        raise end
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_the_error_that_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        files.write(tmp_path / "missing" / "a.txt", b"new")
