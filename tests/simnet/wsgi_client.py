"""Calls a WSGI app without a socket, holding it to the WSGI standard while doing so."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlencode
from wsgiref.types import WSGIApplication
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import orjson


@dataclass(frozen=True)
class Reply:
    """What the app answered, header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


def call(
    app: WSGIApplication,
    line: str,
    query: Mapping[str, object] | None = None,
    *,
    json: object = None,
    form: Mapping[str, object] | None = None,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Send "METHOD path", as a client would put it on the wire, and return the answer."""
    method, _, path = line.partition(" ")
    body = urlencode(form, doseq=True).encode() if form is not None else b""
    body = orjson.dumps(json) if json is not None else body
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": urlencode(query or {}, doseq=True),
        "CONTENT_TYPE": _content_type(json),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    sent = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in sent.items()}
    setup_testing_defaults(environ)
    return _collect(app, environ)


def _content_type(json: object) -> str:
    return "application/x-www-form-urlencoded" if json is None else "application/json"


def _collect(app: WSGIApplication, environ: dict[str, Any]) -> Reply:
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
        started.append((status, headers))
        return lambda _: None

    answer: Any = validator(app)(environ, start_response)
    with closing(answer):
        body = b"".join(answer)
    (status, headers) = started[0]
    return Reply(int(status[:3]), {name.lower(): value for name, value in headers}, body)
