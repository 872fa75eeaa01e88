"""Keeping secrets out of the program's own log lines."""

import logging
import re
import threading

MASK = "***"

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_secrets: set[str] = set()
_lock = threading.Lock()


def keep_out_of_logs(secret: str) -> None:
    """From now on this text appears as *** in every log line. Very short texts are ignored."""
    if len(secret) >= 4:
        with _lock:
            _secrets.add(secret)


def redacted(text: str) -> str:
    """The text with every known secret masked, line breaks and other controls made visible."""
    with _lock:
        known = sorted(_secrets, key=len, reverse=True)
    for secret in known:
        text = text.replace(secret, MASK)
    return _UNSEEN.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


class RedactingFormatter(logging.Formatter):
    """Formats a record, then masks secrets in all of it, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """One line for each record; a traceback's lines are joined by visible breaks."""
        return redacted(super().format(record))
