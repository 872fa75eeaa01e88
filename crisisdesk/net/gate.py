"""The gate of an exercise: once closed, this process opens no socket and starts no program.

It is a Python audit hook, so it also stops code that never heard of `crisisdesk.net`. Audit hooks
cannot be removed again, which is what is wanted: an exercise process never becomes a live one.
Code that calls the system past the interpreter is out of its reach.
"""

import os
import sys
import threading
from collections.abc import Callable

from crisisdesk.model.errors import GateClosed

SPAWN = "multiprocessing.spawn"
"""Our own name for what `multiprocessing` does on POSIX without telling the audit hooks."""

BARRED = frozenset(
    {
        "socket.__new__", "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg",
        "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr",
        "socket.getnameinfo",
        "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile",
        "os.fork", "os.forkpty", "webbrowser.open", "_winapi.CreateProcess", SPAWN,
    }
)  # fmt: skip

_state = threading.local()
_closed = threading.Event()


def close_for_good(on_attempt: Callable[[str], None] = lambda _: None) -> None:
    """Bar the network and other programs for the rest of this process.

    `on_attempt` gets the name of each barred event, for the log. Every attempt raises GateClosed.
    """
    if not _closed.is_set():
        _closed.set()
        bar = _hook(on_attempt)
        sys.addaudithook(bar)
        _bar_spawning(bar)


def is_closed() -> bool:
    """Whether this process is an exercise for good."""
    return _closed.is_set()


def _bar_spawning(bar: Callable[[str, tuple[object, ...]], None]) -> None:
    if os.name == "posix":
        import _posixsubprocess

        vars(_posixsubprocess)["fork_exec"] = lambda *_: bar(SPAWN, ())


def _hook(on_attempt: Callable[[str], None]) -> Callable[[str, tuple[object, ...]], None]:
    def bar(event: str, _args: tuple[object, ...]) -> None:
        if event not in BARRED:
            return
        if not getattr(_state, "telling", False):
            _state.telling = True
            try:
                on_attempt(event)
            finally:
                _state.telling = False
        raise GateClosed(
            f"This is an exercise: {event} was refused.",
            "Start CrisisDesk live for real work.",
        )

    return bar
