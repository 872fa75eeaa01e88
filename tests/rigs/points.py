"""Names for the moments of a broadcast, put around the program from outside.

Nothing in the program knows of them: its own methods are wrapped in the child that shall die.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from crisisdesk.channels import cap
from crisisdesk.channels.base import Channel
from crisisdesk.services.anchoring import Anchoring
from crisisdesk.services.composing import Composing
from crisisdesk.services.dispatch import Dispatch
from crisisdesk.services.drafting import Drafting
from crisisdesk.store.database import Database


class Points:
    """Every point reached, in order; the process dies at the one called `at`."""

    def __init__(self, at: str = "") -> None:
        self._at = at
        self._lock = threading.Lock()
        self.reached: dict[str, None] = {}
        self.step = ""
        """What the story is telling now; stands before each name."""

    def reach(self, name: str) -> None:
        """Here we are."""
        if not self.step:
            return
        full = f"{self.step}: {name}"
        with self._lock:
            self.reached[full] = None
            if full == self._at:
                os.kill(os.getpid(), signal.SIGKILL)


class _Doing(threading.local):
    """What this thread is about, so that its writes have a name."""

    name = ""
    committing: tuple[str, ...] = ()


_doing = _Doing()


def label(points: Points) -> None:
    """Wrap the program's methods for the rest of this process."""
    _name_what_is_done(points)
    _around_writes(points)
    _around_commits(points)
    _around_files(points)


def _name_what_is_done(points: Points) -> None:
    def named(owner: Any, method: str, name: str) -> None:
        real = getattr(owner, method)

        def wrapped(self: Any, *args: Any, **more: Any) -> Any:
            _doing.name = name
            return real(self, *args, **more)

        setattr(owner, method, wrapped)

    def on_the_wire(method: str, before: str, after: str) -> None:
        real = getattr(Channel, method)

        def wrapped(self: Channel, *args: Any) -> Any:
            points.reach(f"{self.account.id}: before {before}")
            outcome = real(self, *args)
            points.reach(f"{self.account.id}: after {before}")
            _doing.name = f"{self.account.id}: {after}"
            return outcome

        setattr(Channel, method, wrapped)

    named(Drafting, "keep", "keep draft")
    named(Composing, "compose", "compose")
    named(Dispatch, "broadcast", "claim")
    on_the_wire("send", "send", "record")
    on_the_wire("find", "look", "keep what was seen")


def _around_writes(points: Points) -> None:
    real = Database.write

    def write(self: Database, job: Callable[[Any], Any]) -> Any:
        name = _doing.name or "other"
        tagged = partial(job)
        tagged.label = name  # type: ignore[attr-defined]
        points.reach(f"{name}: before write")
        result = real(self, tagged)
        points.reach(f"{name}: after write")
        return result

    Database.write = write  # type: ignore[method-assign]


def _around_commits(points: Points) -> None:
    real = Database._transaction

    def transaction(self: Database, group: list[Any]) -> Any:
        _doing.committing = tuple(getattr(each.job, "label", "other") for each in group)
        committed = real(self, group)
        for name in _doing.committing:
            points.reach(f"{name}: after COMMIT")
        _doing.committing = ()
        return committed

    def before_commit(_connection: Any) -> None:
        for name in _doing.committing:
            points.reach(f"{name}: before COMMIT")

    Database._transaction = transaction  # type: ignore[method-assign]
    event.listen(Engine, "commit", before_commit)


def _around_files(points: Points) -> None:
    real, keep = cap._write_whole, Anchoring.keep

    def write_whole(target: Path, content: bytes) -> None:
        name = "feed" if target.name == cap.FEED_NAME else "file"
        points.reach(f"cap: before {name}")
        real(target, content)
        points.reach(f"cap: after {name}")

    def keeping(self: Anchoring, checkpoint: Any) -> None:
        points.reach("checkpoint: before copy")
        keep(self, checkpoint)
        points.reach("checkpoint: after copy")

    cap._write_whole = write_whole
    Anchoring.keep = keeping  # type: ignore[method-assign]
