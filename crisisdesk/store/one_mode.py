"""A database is live or of an exercise, for good: nothing in it goes from one to the other."""

import orjson

from crisisdesk.model.errors import StoreError
from crisisdesk.model.mode import Mode
from crisisdesk.store.database import Database

_WORDS = {
    Mode.LIVE: "This database is from an exercise; a live desk does not open it.",
    Mode.EXERCISE: "This database is of a live desk; no exercise is played in it.",
}


def refuse_another_mode(database: Database) -> None:
    """Raise StoreError where the log was written in the other mode. To be asked before a write."""
    with database.read() as unit:
        newest = [_mode_of(each.body) for each in unit.log.newest(1)]
    mode = database.stamp.mode
    if any(each not in ("", mode) for each in newest):
        raise StoreError(
            _WORDS[mode],
            "Choose another folder with --data DIR; this log can be read under Review.",
            "Nothing was changed in it.",
        )


def _mode_of(body: bytes) -> str:
    """ "" where an entry is damaged: a broken log is told of, and keeps no desk from opening."""
    try:
        return str(orjson.loads(body).get("mode", ""))
    except (ValueError, AttributeError):
        return ""
