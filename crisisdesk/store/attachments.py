"""Files that belong to the record: copied beside the log under their hash, never changed."""

import hashlib
import os
import tempfile
from pathlib import Path

from crisisdesk.model.errors import BadInput, StoreError
from crisisdesk.model.record import Attachment
from crisisdesk.store.places import prepare_folder

LARGEST = 50 * 1024 * 1024


class Attachments:
    """A folder with one file for each content, named by its SHA-256 in hex."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, file: Path) -> Attachment:
        """Copy a file in, durably. Raises BadInput when it cannot be read or is too large."""
        try:
            size = file.stat().st_size
            if size > LARGEST:
                raise BadInput(
                    f"{file.name} is larger than {LARGEST // 1_000_000} MB.",
                    "Attach a smaller file, or write down where it is kept.",
                )
            content = file.read_bytes()
        except OSError as error:
            words = f"{file.name} cannot be read: {error.strerror}."
            raise BadInput(words, "Check the file, or choose another.") from error
        digest = hashlib.sha256(content).hexdigest()
        self._keep(digest, content)
        return Attachment(file.name, digest, len(content))

    def _keep(self, digest: str, content: bytes) -> None:
        if self.holds(digest):
            return
        try:
            prepare_folder(self._folder)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as draft:
                draft.write(content)
                draft.flush()
                os.fsync(draft.fileno())
            Path(draft.name).replace(self._folder / digest)
        except OSError as error:
            words = f"The file could not be kept: {error.strerror}."
            raise StoreError(words, "Make room on the disk, then attach it again.") from error

    def holds(self, digest: str) -> bool:
        """Whether that content is here, unchanged."""
        try:
            with (self._folder / digest).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return False
        return found == digest

    def remove(self, digest: str) -> None:
        """Erase that content. What is not here stays away."""
        try:
            (self._folder / digest).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"The attached file could not be erased: {error.strerror}.",
                f"Erase {self._folder / digest} by hand.",
                "The entry no longer names it.",
            ) from error

    def path(self, digest: str) -> Path:
        """Where that content lies. Raises StoreError when it is gone or was changed."""
        if not self.holds(digest):
            raise StoreError(
                "The attached file is missing or was changed since.",
                "Look for it in a backup of the data folder.",
                "The record still proves what it was by its hash.",
            )
        return self._folder / digest
