"""The file behind the program's own log: it goes round when it is full."""

import os
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any


class ProgramFile(RotatingFileHandler):
    """Makes its folder and file for this user alone."""

    def _open(self) -> Any:
        file = Path(self.baseFilename)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return open(file, "a", encoding="utf-8", opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
