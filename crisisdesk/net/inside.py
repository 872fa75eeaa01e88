"""Requests and mail that stay inside this process, for exercises and tests."""

import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3.response import HTTPResponse

from crisisdesk.model.errors import GateClosed
from crisisdesk.net.deadline import CALL

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class MailSession(Protocol):
    """The server's side of one SMTP conversation, without a socket."""

    def greeting(self) -> bytes:
        """What the server says first."""

    def feed(self, data: bytes) -> bytes:
        """Take bytes from the client; give back what to answer now."""


class InsideAdapter(BaseAdapter):
    """Calls simulated networks by host name; every other host is refused.

    An app that raises ConnectionRefusedError was never reached; one that raises
    ConnectionResetError or TimeoutError may have done what it was asked.
    """

    def __init__(self, apps: Mapping[str, WsgiApp]) -> None:
        super().__init__()
        self._apps = apps

    def send(self, request: requests.PreparedRequest, **_more: Any) -> requests.Response:  # type: ignore[override]
        """Run the app for this request's host and wrap what it answers."""
        parts = urlsplit(request.url or "")
        app = self._apps.get(parts.hostname or "")
        if app is None:
            raise GateClosed(
                f"This is an exercise: {parts.hostname} is not a simulated network.",
                "Start CrisisDesk live for real work.",
            )
        try:
            status, headers, body = _run(app, request)
        except ConnectionRefusedError:
            raise
        except OSError:
            CALL.sent = True
            raise
        CALL.sent = True
        return _wrapped(request, status, headers, body)

    def close(self) -> None:
        """Nothing is held."""


def _run(
    app: WsgiApp, request: requests.PreparedRequest
) -> tuple[int, list[tuple[str, str]], bytes]:
    answer: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *_exc: Any) -> None:
        answer.update(status=int(status.split(maxsplit=1)[0]), headers=headers)

    body = b"".join(app(_environ(request), start_response))
    return answer["status"], answer["headers"], body


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    parts = urlsplit(request.url or "")
    body = request.body or b""
    data = body.encode() if isinstance(body, str) else bytes(body)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote(parts.path or "/"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or 443),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        plain = key in ("CONTENT_TYPE", "CONTENT_LENGTH")
        environ[key if plain else f"HTTP_{key}"] = value
    return environ


def _wrapped(
    request: requests.PreparedRequest, status: int, headers: list[tuple[str, str]], body: bytes
) -> requests.Response:
    raw = HTTPResponse(
        io.BytesIO(body), headers=dict(headers), status=status, preload_content=False
    )
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    response.raw = raw
    response.url = request.url or ""
    response.request = request
    response.encoding = requests.utils.get_encoding_from_headers(response.headers)
    return response


class InsideSocket:
    """Looks like a socket to smtplib and talks to a mail session in this process."""

    def __init__(self, session: MailSession) -> None:
        self._session = session
        self._answers = io.BytesIO()
        self._push(session.greeting())

    def sendall(self, data: bytes) -> None:
        """Hand bytes to the server and keep its answer for reading."""
        CALL.sent = True
        self._push(self._session.feed(bytes(data)))

    def makefile(self, _mode: str = "rb") -> io.BytesIO:
        """Where answers are read from."""
        return self._answers

    def close(self) -> None:
        """Nothing is held."""

    def settimeout(self, _seconds: float | None) -> None:
        """There is nothing to wait for."""

    def _push(self, answer: bytes) -> None:
        at = self._answers.tell()
        self._answers.seek(0, io.SEEK_END)
        self._answers.write(answer)
        self._answers.seek(at)
