"""News of what was committed, from any thread to whoever asked for it."""

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from crisisdesk.model.events import Event

log = logging.getLogger(__name__)

E = TypeVar("E", bound=Event)


class Bus:
    """Calls subscribers in the publisher's thread. Subscribe before anything is published."""

    def __init__(self) -> None:
        self._subscribers: defaultdict[type, list[Callable[[Any], None]]] = defaultdict(list)

    def subscribe(self, kind: type[E], handler: Callable[[E], None]) -> None:
        """Have `handler` called with every event of this kind."""
        self._subscribers[kind].append(handler)

    def publish(self, event: Event) -> None:
        """Tell everybody. What is committed is committed: a failing listener stops nobody."""
        for handler in self._subscribers[type(event)]:
            try:
                handler(event)
            except Exception:
                log.exception("a listener failed on %s", type(event).__name__)
