"""The program's own log: one file in the data folder, for whoever mends the program.

It holds no secret, and nothing that the public or an officer wrote: of an error it keeps the kind
and the places in the source, and its text only where that text is ours or the system's.
"""

import copy
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from crisisdesk.model.errors import CrisisDeskError, NetworkError, StoreError, Unexpected

NAME = "program.log"
BYTES = 1_000_000
KEPT = 3
"""How many full files are kept beside the one that is being written."""

_LINE = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"

log = logging.getLogger(__name__)


class _Formatter(logging.Formatter):
    """Says where it failed, not what was being handled there."""

    def format(self, record: logging.LogRecord) -> str:
        own = copy.copy(record)
        own.exc_text = None  # another handler may have written the full text into it
        from crisisdesk.net.redact import redacted  # it brings all that networks need

        return redacted(super().format(own))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name logging gives it
        return f"{_words(ei[1])}; {_places(ei[2])}"


class _Handler(logging.Handler):
    """Makes its folder and file when there is something to say, for this user alone.

    What writes the file is loaded only then too: it would hold up the first picture.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file
        self._writer: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if self._writer is None:
            from crisisdesk.system.program_file import ProgramFile

            self._writer = ProgramFile(self.file, maxBytes=BYTES, backupCount=KEPT, delay=True)
            self._writer.setFormatter(_Formatter(_LINE))
        self._writer.emit(record)

    def close(self) -> None:
        if self._writer:
            self._writer.close()
        super().close()


def start(folder: Path, told: Callable[[Exception], None] = lambda _: None) -> None:
    """Keep the log in `folder` from now on. `told` hears of what failed with nobody to catch it."""
    handler = _Handler(folder.absolute() / NAME)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)

    def uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        if not isinstance(error, Exception):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("nobody caught this", exc_info=(kind, error, trace))
        told(error)

    sys.excepthook = uncaught
    threading.excepthook = lambda failed: log.error(
        "a thread failed", exc_info=failed.exc_value or True
    )


def stop() -> None:
    """Let the file go."""
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _Handler)]:
        root.removeHandler(handler)
        handler.close()
    sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__


def place() -> str:
    """Where the log lies; "" while none is kept."""
    kept = [each for each in logging.getLogger().handlers if isinstance(each, _Handler)]
    return str(kept[0].file) if kept else ""


def explained(error: Exception) -> CrisisDeskError:
    """Any error as one that says what to do."""
    if isinstance(error, CrisisDeskError):
        return error
    kind = str(error) if isinstance(error, OSError) else type(error).__name__
    return Unexpected(
        "The program made a mistake and could not finish this.",
        "Look at the log and at each channel before you do it again.",
        "It may have been done, in part or not at all.",
        f"{kind}; more for whoever mends the program: {place()}" if place() else kind,
    )


def _words(error: BaseException | None) -> str:
    """The kind of an error; its text only where no words of a person can be in it."""
    name = type(error).__name__
    if isinstance(error, StoreError | NetworkError):
        return f"{name}: {error.problem}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror}"
    return name


def _places(trace: TracebackType | None) -> str:
    """Where it was, innermost first."""
    frames = reversed(traceback.extract_tb(trace))
    return " < ".join(f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in frames)
