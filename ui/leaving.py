"""The ways out that Qt has and no audit hook sees: other programs, and what opens links."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices

from crisisdesk.system.leaving import leave

WAYS: tuple[tuple[type, str], ...] = (
    (QDesktopServices, "openUrl"),
    (QProcess, "__init__"),
    (QProcess, "start"),
    (QProcess, "startCommand"),
    (QProcess, "startDetached"),
)
_sealed = False


def open_address(url: str | QUrl) -> None:
    """Have the system open a link or a folder. Raises GateClosed in an exercise."""
    leave("QDesktopServices.openUrl")
    QDesktopServices.openUrl(QUrl(url))


def seal() -> None:
    """Before an exercise opens: have Qt's own calls ask too, whoever makes them."""
    global _sealed  # noqa: PLW0603 - the calls stay as they are for as long as the process lives
    if not _sealed:
        _sealed = True
        for owner, name in WAYS:
            setattr(owner, name, _asking(f"{owner.__name__}.{name}", getattr(owner, name)))


def _asking(what: str, act: Callable[..., Any]) -> Callable[..., Any]:
    def asked(*words: Any, **more: Any) -> Any:
        leave(what)
        return act(*words, **more)

    return asked
