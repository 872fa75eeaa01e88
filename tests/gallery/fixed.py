"""The same moment, the same chance and the same order of work, each time something is drawn."""

import random
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crisisdesk.system.chance import SystemChance
from crisisdesk.system.clock import Clock
from crisisdesk.system.workers import Workers

T = TypeVar("T")

MOMENT = datetime(2026, 1, 24, 3, 12, tzinfo=UTC)
"""When every story begins: a Saturday night in winter."""

DEADLINE = 30.0


class StillClock(Clock):
    """Stands still until a story moves it."""

    def __init__(self) -> None:
        self.time = MOMENT
        super().__init__(lambda: self.time, lambda: self.now().timestamp())

    def go_on(self, **length: float) -> None:
        """Move by a timedelta's arguments."""
        self.time += timedelta(**length)

    def monotonic_ms(self) -> int:
        """Milliseconds since 1970."""
        return int(self.time.timestamp() * 1000)


class OneAfterAnother(Workers):
    """A single thread for everything, so that things happen in a fixed order.

    `reading` can be cleared, to see the screen while it waits for the disk. While `apart` is set,
    what is given to the network has a thread of its own, which an answer can keep waiting.
    """

    def __init__(self, line: ThreadPoolExecutor, apart: threading.Event) -> None:
        super().__init__()
        self.running = {"network": 0, "read": 0}
        self.reading = threading.Event()
        self.reading.set()
        self._line, self._apart = line, apart
        self._network.shutdown()
        self._network = ThreadPoolExecutor(1, thread_name_prefix="network")
        self._lock = threading.Lock()
        self._given: set[Future[Any]] = set()

    def network(self, act: Callable[[], T]) -> "Future[T]":
        """Run something that waits for a network."""
        pool = self._network if self._apart.is_set() else self._line
        return self._counted("network", pool, act)

    def read(self, act: Callable[[], T]) -> "Future[T]":
        """Run something that waits for the disk."""

        def when_allowed() -> T:
            assert self.reading.wait(DEADLINE), "nobody let the reading go on"
            return act()

        return self._counted("read", self._line, when_allowed)

    def close(self) -> None:
        """Wait for what runs; drop what has not begun."""
        for each in list(self._given):
            each.cancel()
        wait(self._given, DEADLINE)
        super().close()

    def _counted(self, kind: str, pool: ThreadPoolExecutor, act: Callable[[], T]) -> "Future[T]":
        with self._lock:
            self.running[kind] += 1
            future = pool.submit(act)
            self._given.add(future)
        future.add_done_callback(lambda _: self._ended_of(kind, future))
        return future

    def _ended_of(self, kind: str, future: "Future[Any]") -> None:
        with self._lock:
            self.running[kind] -= 1
            self._given.discard(future)
        if not future.cancelled() and (error := future.exception()):
            raise error


class StillSchedule:
    """Runs repeated work once, where it is planned; what is planned for later waits in `later`."""

    def __init__(self) -> None:
        self.later: list[tuple[float, Callable[[], object]]] = []
        self._repeated: dict[str, Callable[[], object]] = {}

    def every(self, seconds: int, name: str, act: Callable[[], object]) -> None:
        """Run `act` now; `again` runs it once more."""
        self._repeated[name] = act
        act()

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        """Keep it for later."""
        self.later.append((seconds, act))

    def again(self) -> None:
        """Everything repeated comes round once more."""
        for act in list(self._repeated.values()):
            act()

    def drop(self, prefix: str) -> None:
        """Forget every repeated job whose name begins so."""
        self._repeated = {k: v for k, v in self._repeated.items() if not k.startswith(prefix)}

    def clock_jumped(self, length: timedelta) -> None:
        """The clock stands still."""

    def close(self) -> None:
        """Nothing runs."""


class StillThread:
    """In place of the threads that play an exercise and watch the clock: nothing does here."""

    def __init__(self, *_: object) -> None:
        self.start = self.wake = self.stop = lambda: None


class _FixedKey:
    """In place of Ed25519PrivateKey where keys are made."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.from_private_bytes = Ed25519PrivateKey.from_private_bytes

    def generate(self) -> Ed25519PrivateKey:
        """The next key."""
        return Ed25519PrivateKey.from_private_bytes(self._chance.randbytes(32))


@contextmanager
def fixed_chance() -> Iterator[None]:
    """Everything drawn by chance comes in the same order each time; each kind has its own."""
    ids, words, keys = (random.Random(each) for each in (7, 13, 17))
    with ExitStack() as stack:
        for target, name, stand_in in (
            (uuid, "uuid4", lambda: uuid.UUID(int=ids.getrandbits(128), version=4)),
            (SystemChance, "raw", lambda _, size: words.randbytes(size)),
        ):
            stack.enter_context(patch.object(target, name, stand_in))
        stack.enter_context(patch("crisisdesk.system.keys.Ed25519PrivateKey", _FixedKey(keys)))
        stack.enter_context(patch("crisisdesk.system.keys._stretched", _quickly_stretched))
        yield


def _quickly_stretched(passphrase: str, salt: bytes) -> bytes:
    """In place of the slow part of opening a person's key, which is slow on purpose."""
    return sha256(salt + passphrase.encode()).digest()
