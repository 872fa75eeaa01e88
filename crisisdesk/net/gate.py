"""The gate of an exercise: once closed, this process opens no socket, starts no program, calls no
C library and loads no keyring.

It is a Python audit hook, so it also stops code that never heard of `crisisdesk.net`. Audit hooks
cannot be removed again, which is what is wanted: an exercise process never becomes a live one.
C code that calls the system past the interpreter is out of its reach; what can lead there by
itself, `ctypes` and the parts of Qt that speak to networks, is not loaded and cannot be.
"""

import importlib.util
import logging
import os
import sys
import threading
from collections.abc import Callable, Collection, Iterable
from functools import partial
from pathlib import Path

from crisisdesk.model.errors import GateClosed

log = logging.getLogger(__name__)

WAY_OUT = "crisisdesk.way_out"
"""Our own audit event, with a name: for what goes out without telling Python."""

SPAWN = "multiprocessing.spawn"
"""What `multiprocessing` does on POSIX without telling the audit hooks."""

BARRED = frozenset(
    {
        "socket.__new__", "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg",
        "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr",
        "socket.getnameinfo", "syslog.openlog", "syslog.syslog",
        "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile",
        "os.fork", "os.forkpty", "webbrowser.open", "_winapi.CreateProcess",
        "ctypes.dlopen", "ctypes.dlsym", "ctypes.dlsym/handle", "ctypes.call_function",
        "sqlite3.enable_load_extension", "sqlite3.load_extension",
    }
)  # fmt: skip

KEYRINGS = (
    "keyring", "keyrings", "secretstorage", "jeepney", "dbus", "dbus_next", "dbus_fast", "gi",
    "win32cred", "win32ctypes",
)  # fmt: skip
"""The keyring, and what leads to one behind its back."""

SCREEN = frozenset(
    f"PySide6.Qt{part}" for part in ("Core", "Gui", "Widgets", "Svg", "PrintSupport")
)
"""What the console is made of. The rest of Qt speaks to networks, buses and web pages."""

_state = threading.local()
_closed = threading.Event()


def close_for_good(on_attempt: Callable[[str], None] = lambda _: None) -> None:
    """Bar the network, other programs and every keyring for the rest of this process.

    `on_attempt` gets the name of each barred event, for the log. Every attempt raises GateClosed,
    and so does this where a keyring or a network's part of Qt was loaded already, or a connection
    stands.
    """
    if _closed.is_set():
        return
    _refuse_what_is_loaded()
    _refuse_what_is_connected()
    _closed.set()
    screen = SCREEN if "PySide6" in sys.modules else frozenset()
    sys.addaudithook(_hook(on_attempt, partial(_unwanted, keyrings=KEYRINGS, screen=screen)))
    if os.name == "posix":
        import _posixsubprocess

        vars(_posixsubprocess)["fork_exec"] = lambda *_: sys.audit(WAY_OUT, SPAWN)


def is_closed() -> bool:
    """Whether this process is an exercise for good."""
    return _closed.is_set()


def refuse_if_closed(what: str) -> None:
    """For ways out that tell Python nothing: once the gate is closed, log this one and raise."""
    sys.audit(WAY_OUT, what)


def _refuse_what_is_loaded() -> None:
    loaded = sorted(each for each in [*sys.modules] if _unwanted(each, KEYRINGS, SCREEN))
    if loaded:
        raise GateClosed(
            f"This process has loaded {loaded[0]}, so no exercise can be played in it.",
            "Start the exercise in a process of its own.",
        )


def _refuse_what_is_connected() -> None:
    """Sending on a connection that stands already tells no hook anything."""
    import psutil

    if any(each.raddr for each in psutil.Process().net_connections("inet")):
        raise GateClosed(
            "This process is connected to a network, so no exercise can be played in it.",
            "Start the exercise in a process of its own.",
        )


def _hook(
    on_attempt: Callable[[str], None], unwanted: Callable[[str], bool]
) -> Callable[[str, tuple[object, ...]], None]:
    # All that decides is bound here: a name in this module could be changed.
    barred, folders = BARRED, _folders(KEYRINGS)

    def name(event: str, args: tuple[object, ...]) -> str:
        """What is attempted, if that is barred; else ""."""
        if event in barred:
            return event
        if event == WAY_OUT:
            return str(args[0])
        if event == "import" and unwanted(str(args[0])):
            return f"import {args[0]}"
        if event == "exec":  # `importlib` imports without telling, but runs what it read
            file = getattr(args[0], "co_filename", "")
            return f"import {file}" if file.startswith(folders) else ""
        return ""

    def bar(event: str, args: tuple[object, ...]) -> None:
        if what := name(event, args):
            _tell(on_attempt, what)
            raise GateClosed(
                f"This is an exercise: {what} was refused.", "Start CrisisDesk live for real work."
            )

    return bar


def _tell(on_attempt: Callable[[str], None], what: str) -> None:
    """Logging may itself do what is barred; it is told of once, and refused all the same."""
    if getattr(_state, "telling", False):
        return
    _state.telling = True
    try:
        on_attempt(what)
    except Exception:
        log.exception("%s was refused, but could not be logged", what)
    finally:
        _state.telling = False


def _unwanted(module: str, keyrings: Collection[str], screen: Collection[str]) -> bool:
    package = module.partition(".")[0]
    if package == "PySide6":
        return not screen or (module.startswith("PySide6.Qt") and module not in screen)
    return package in keyrings


def _folders(packages: Iterable[str]) -> tuple[str, ...]:
    """Where these lie, whether or not they are installed; nothing is imported by asking."""
    specs = [spec for each in packages if (spec := importlib.util.find_spec(each))]
    found = [place for spec in specs for place in spec.submodule_search_locations or ()]
    return tuple(f"{Path(place)}{os.sep}" for place in found)
