"""Papers that are saved to be printed elsewhere."""

from pathlib import Path

from crisisdesk.store import pack_folder


def write_paper(file: Path, content: bytes) -> Path:
    """Write a file that a person chose by name. Raises BadInput."""
    pack_folder.write_file(file, content)
    return file
