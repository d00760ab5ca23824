import os
from pathlib import Path

import pytest

from utils.places import check_place


def test_a_new_folder_below_a_new_one_and_an_older_folder_are_places(tmp_path):
    check_place(tmp_path / "new" / "site")
    check_place(tmp_path)
    assert os.listdir(tmp_path) == []


def test_the_root_folder_gets_a_sentence_at_most():
    root = Path(os.sep)
    if os.access(root, os.W_OK):
        check_place(root)
    else:
        with pytest.raises(ValueError, match="cannot be made"):
            check_place(root)


def test_a_file_and_what_would_stand_in_a_file_are_no_places(tmp_path):
    (tmp_path / "letter.txt").touch()
    with pytest.raises(ValueError, match=r"letter\.txt is a file"):
        check_place(tmp_path / "letter.txt")
    with pytest.raises(ValueError, match="cannot be made"):
        check_place(tmp_path / "letter.txt" / "site")


def test_where_nothing_may_be_written_is_no_place(tmp_path):
    tmp_path.chmod(0o500)
    try:
        if os.access(tmp_path, os.W_OK):
            pytest.skip("this user may write everywhere, or modes mean nothing here")
        with pytest.raises(ValueError, match="cannot be made"):
            check_place(tmp_path / "site")
    finally:
        tmp_path.chmod(0o700)
