"""Writing the papers of a pack: private, whole or not at all, and never over another file."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from crisisdesk.config import refuse_ours
from crisisdesk.model.errors import BadInput
from crisisdesk.store.places import private

MOST_OF_A_NAME = 99
_ADVICE = "Choose another place. Copying and printing still work."


def write_folder(parent: Path, name: str, files: Mapping[str, bytes]) -> list[Path]:
    """Write files into a new folder in `parent`, called `name` or, where taken, "name-2" and on.

    They are written aside and appear under the name together, each synced to the disk: a memory
    stick is pulled out at once. Raises BadInput; then nothing is left behind.
    """
    try:
        aside = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=parent))
    except OSError as error:
        raise _unwritable(parent, error) from error
    try:
        for each, content in files.items():
            _write(aside / each, content)
        folder = _moved(aside, parent, name)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise _unwritable(parent, error) from error
    return [folder / each for each in files]


def write_file(file: Path, content: bytes, to_do: str = _ADVICE) -> None:
    """Write one file that the person chose by name. Raises BadInput."""
    refuse_ours(file)
    try:
        with open(file, "wb", opener=private) as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise _unwritable(file, error, to_do) from error


def _write(file: Path, content: bytes) -> None:
    with open(file, "xb", opener=private) as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _moved(aside: Path, parent: Path, name: str) -> Path:
    for number in range(1, MOST_OF_A_NAME + 1):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        if not os.path.lexists(folder):
            return aside.rename(folder)
    raise FileExistsError(f"{name} and {MOST_OF_A_NAME - 1} more of it are there already")


def _unwritable(place: Path, error: OSError, to_do: str = _ADVICE) -> BadInput:
    return BadInput(f"{place} cannot be written: {error.strerror or error}.", to_do)
