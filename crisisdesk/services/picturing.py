"""Pictures from files of this computer."""

from pathlib import Path

from crisisdesk.model.errors import BadInput
from crisisdesk.model.media import Picture
from crisisdesk.rules.pictures import MAX_FILE_BYTES, read_picture


def load(path: Path) -> Picture:
    """The picture in a file, ready to go out and still without words. Takes up to seconds.

    Raises BadInput when the file cannot be read or is no picture that may go out. Of a longer
    file no more is read than shows that it is too long.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        words = f"{path.name} cannot be read: {error.strerror or error}."
        raise BadInput(words, "Choose another file.") from error
    return read_picture(content, "")
