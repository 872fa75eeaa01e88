"""Children by the hundred: a process that has imported everything forks one in milliseconds.

`Zygote` and `Child` are the parent's side. A job is a function `module:name` that is called in the
child with a `Link` to the parent and the arguments it was given.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping
from typing import Any, Self

DEADLINE = 60.0
"""Seconds a child may keep silent before it counts as stuck."""

PRELOAD = ("tests.rigs.story", "tests.rigs.race", "alembic.command", "alembic.runtime.migration")


class Link:
    """One JSON object a line, both ways. Any thread may tell; one hears."""

    def __init__(self, end: socket.socket) -> None:
        end.settimeout(None)
        self._end = end
        self._lines = end.makefile("rb")
        self._lock = threading.Lock()

    def tell(self, **words: Any) -> None:
        """Say something; what was said before a kill still arrives."""
        with self._lock:
            self._end.sendall(json.dumps(words).encode() + b"\n")

    def hear(self) -> dict[str, Any] | None:
        """What the other side says next; None when it is gone."""
        try:
            line = self._lines.readline()
        except ConnectionError:
            line = b""
        return json.loads(line) if line.endswith(b"\n") else None

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._end.close()


class Child:
    """A running job. `pid` is its own; it starts with `go`."""

    def __init__(self, pid: int, end: socket.socket) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)
        self._end = end
        self._link = Link(end)
        end.settimeout(DEADLINE)
        self.tell = self._link.tell

    def hear(self) -> dict[str, Any] | None:
        """What it says next; None when it is dead. Raises AssertionError for its own error."""
        said = self._link.hear()
        if said and "died" in said:
            raise AssertionError(f"the child failed:\n{said['died']}")
        return said

    def expect(self, word: str) -> Any:
        """What it says of `word`; whatever it says before is passed over."""
        while (said := self.hear()) is not None:
            if word in said:
                return said[word]
        raise AssertionError(f"the child ended before it said {word!r}")

    def kill(self) -> None:
        """SIGKILL, and wait until nothing is left of it: locks and sockets too."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        self.wait()

    def wait(self, seconds: float = DEADLINE) -> bool:
        """Wait for its end; False when it still lives after so many seconds."""
        return bool(select.select([self._handle], [], [], seconds)[0])

    def last_words(self) -> list[dict[str, Any]]:
        """Everything it said and nobody has heard yet; it is dead."""
        words = []
        while (said := self.hear()) is not None:
            words.append(said)
        return words

    def close(self) -> None:
        """Kill it if it lives, and let go of it."""
        self.kill()
        self._link.close()
        os.close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Zygote:
    """Forks children. `environment` is added to this process's own."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._control, theirs = socket.socketpair()
        self._control.settimeout(DEADLINE)
        command = [sys.executable, "-m", "tests.rigs.zygote", str(theirs.fileno())]
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], env={**os.environ, **(environment or {})}
        )
        theirs.close()

    def child(self, job: str, **arguments: Any) -> Child:
        """A new child for a job."""
        ours, theirs = socket.socketpair()
        order = json.dumps({"job": job, "arguments": arguments}).encode()
        with theirs:
            socket.send_fds(
                self._control, [len(order).to_bytes(4, "big") + order], [theirs.fileno()]
            )
        pid = int.from_bytes(_exactly(self._control, 4), "big")
        born = Child(pid, ours)
        born.tell(go=True)
        return born

    def close(self) -> None:
        """No more children; those that live go on until their parent hangs up."""
        self._control.close()
        self._process.wait(DEADLINE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _exactly(end: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count and (more := end.recv(count - len(found))):
        found += more
    return found


def _serve(control: socket.socket) -> None:
    """The zygote's whole life: one order, one child. It must never start a thread."""

    signal.signal(signal.SIGCHLD, _bury)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        head, handles, _, _ = socket.recv_fds(control, 4, 1)
        if not head:
            return
        order = json.loads(_exactly(control, int.from_bytes(head, "big")))
        end = socket.socket(fileno=handles[0])
        pid = os.fork()
        if not pid:
            control.close()
            _live(Link(end), order)
        end.close()
        control.sendall(pid.to_bytes(4, "big"))


def _bury(*_: object) -> None:
    """Take leave of the dead, and tell of those that neither ended well nor were killed."""
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            status = os.waitstatus_to_exitcode(found[1])
            if status not in (0, -signal.SIGKILL):
                sys.stderr.write(f"child {found[0]} ended with {status}\n")


def _live(link: Link, order: Mapping[str, Any]) -> None:
    import faulthandler

    faulthandler.enable()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        if link.hear():
            module, _, name = order["job"].partition(":")
            getattr(importlib.import_module(module), name)(link, **order["arguments"])
    except BaseException:  # noqa: BLE001 - the parent shall hear of everything
        link.tell(died=traceback.format_exc())
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    faulthandler.enable()
    for each in PRELOAD:
        importlib.import_module(each)
    _serve(socket.socket(fileno=int(sys.argv[1])))
