"""Anchoring: copies of every checkpoint outside the database, where a forger does not reach."""

import logging
import os
import threading
from pathlib import Path

from crisisdesk.config import CHECKPOINTS_NAME
from crisisdesk.model.audit import Checkpoint
from crisisdesk.rules.checkpoints import read_notes
from crisisdesk.store.places import private

log = logging.getLogger(__name__)

LONGEST = 4_096
"""Bytes; a note has a tenth of it. Where more than that cannot be read, or lines end as on Windows,
it was not torn in writing: somebody changed the file, and it is not for us to take that away."""

BETWEEN = b"\n"
"""The empty line behind each note, so that the next one begins where it should."""


class Anchoring:
    """Writes notes beside the database, and into the folder that the settings name."""

    def __init__(self, home: Path, desk: str, folder: str) -> None:
        self._lock = threading.Lock()
        self._files = [home / CHECKPOINTS_NAME]
        if folder:
            self._files.append(Path(folder).expanduser() / f"{desk}.{CHECKPOINTS_NAME}")
        for file in self._files:
            _drop_torn_note(file)

    def keep(self, checkpoint: Checkpoint) -> None:
        """A place that cannot be written, such as a share that is away, stops no work."""
        content = checkpoint.note.encode() + BETWEEN
        with self._lock:
            for file in self._files:
                try:
                    with open(file, "ab", opener=private) as out:
                        out.write(content)
                        out.flush()
                        os.fsync(out.fileno())
                except OSError as error:
                    _drop_torn_note(file)
                    log.warning("a checkpoint could not be copied to %s: %s", file, error.strerror)


def _drop_torn_note(file: Path) -> None:
    """A power cut or a full disk can leave a part of a note, which would spoil the whole file."""
    try:
        content = file.read_bytes()
        kept = _whole_notes(content)
        if 0 < len(content) - len(kept) <= LONGEST and b"\r" not in content:
            os.truncate(file, len(kept))
    except OSError:
        return  # not there yet, or not reachable: `keep` says so


def _whole_notes(content: bytes) -> bytes:
    """Without what cannot be read at the end. A note is two parts: its text, and its signatures."""
    parts = content.split(b"\n\n")[:-1]
    whole = len(parts) // 2 * 2
    while whole and not _is_note(b"\n\n".join([*parts[whole - 2 : whole], b""])):
        whole -= 2
    return b"\n\n".join([*parts[:whole], b""])


def _is_note(content: bytes) -> bool:
    try:
        return any(read_notes(content.decode()))
    except ValueError:
        return False
