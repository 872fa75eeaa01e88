"""Pictures are read from files, whatever lies there."""

from pathlib import Path

import pytest

from crisisdesk.model.errors import BadInput
from crisisdesk.rules.pictures import MAX_FILE_BYTES, read_picture
from crisisdesk.services.picturing import load
from tests.pictures import encoded, halves, photo


def test_a_file_becomes_a_picture_without_words(tmp_path: Path) -> None:
    file = tmp_path / "from the bridge.png"  # a JPEG under another name
    file.write_bytes(photo(6))
    made = load(file)
    assert made == read_picture(photo(6), "")
    assert (made.image.mime, made.image.alt) == ("image/jpeg", "")


@pytest.mark.parametrize("name", ["nowhere.jpg", "folder"])
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadInput, match="cannot be read") as caught:
        load(tmp_path / name)
    assert caught.value.to_do == "Choose another file."


def test_a_file_too_long_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "long.png"
    with file.open("wb") as out:
        out.write(encoded(halves(), "PNG"))
        out.truncate(MAX_FILE_BYTES * 1000)  # sparse: 20 GB that take no room
    with pytest.raises(BadInput, match="20 MB"):
        load(file)
