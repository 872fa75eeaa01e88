"""Sockets that keep a deadline for the whole call, and that know whether a byte has left.

A read timeout alone lets a server hold a call for ever with a byte now and then. Here each receive
gets what is left of the call's total time. A cap on the body alone lets it fill the memory with
lines that never end; here every byte of the call counts.
"""

import io
import ipaddress
import socket
import threading
import time
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from crisisdesk.model.errors import NotSent


class Call(threading.local):
    """What the call running in this thread may and has done."""

    ends_at = float("inf")
    may_read = float("inf")
    """Bytes that may still come in, those that are no body included."""
    sent = False
    public_only = False

    def remaining(self) -> float:
        """Seconds left. Raises TimeoutError when the time is over."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the total time allowed for this call is over")
        return left

    def count(self, received: int) -> None:
        """Raises OSError when more has come in than was allowed."""
        self.may_read -= received
        if self.may_read < 0:
            raise OSError("the answer was longer than we read")


CALL = Call()


class _Reader(io.RawIOBase):
    def __init__(self, sock: Any) -> None:
        self._sock = sock
        # An HTTP client closes its socket before it has read the last answer on it; the socket
        # itself only goes when its files have gone too.
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_patience(self._sock))
        received = int(self._file.readinto(buffer))
        CALL.count(received)
        return received

    def close(self) -> None:
        self._file.close()
        super().close()


def _patience(sock: Any) -> float | None:
    left = CALL.remaining()
    if left == float("inf"):
        return sock.gettimeout()  # type: ignore[no-any-return]
    return left


class DeadlineSocket:
    """A connected socket (plain or TLS) whose reads and writes end with the call's deadline."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: Any, *flags: int) -> None:
        """Send everything or raise; from the first byte on the outcome can be unknown."""
        refuse_private(self._sock)  # again, because a warm connection may serve many calls
        self._sock.settimeout(_patience(self._sock))
        CALL.sent = True
        self._sock.sendall(data, *flags)

    def makefile(self, mode: str = "rb", *_args: Any, **_more: Any) -> io.BufferedReader:
        """A buffered reader, all that an HTTP or SMTP client asks for."""
        if mode != "rb":
            raise ValueError(f"only reading is wanted here, not {mode!r}")
        return io.BufferedReader(_Reader(self._sock))


def refuse_private(sock: socket.socket) -> None:
    """Raise NotSent when this call must stay on the public internet and the peer is not on it.

    Checked on the connected address itself, so no name server can answer one thing and mean
    another.
    """
    if not CALL.public_only:
        return
    address = ipaddress.ip_address(sock.getpeername()[0].split("%")[0])
    mapped = getattr(address, "ipv4_mapped", None) or address
    if not mapped.is_global:
        sock.close()
        raise NotSent(
            f"A link led to the private address {address}; it was not followed.",
            "Add the feed's own address if it belongs to your network.",
        )


class _Checked(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        # Before TLS, whose first message would already tell the peer something.
        sock = super()._new_conn()
        refuse_private(sock)
        return sock


class _Plain(_Checked):
    def connect(self) -> None:
        super().connect()
        self.sock = DeadlineSocket(self.sock)


class _Secure(_Checked, HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        self.sock = DeadlineSocket(self.sock)


class PlainPool(HTTPConnectionPool):
    """http:// with deadlines."""

    ConnectionCls = _Plain


class SecurePool(HTTPSConnectionPool):
    """https:// with deadlines."""

    ConnectionCls = _Secure


POOLS = {"http": PlainPool, "https": SecurePool}
