"""What the simulated HTTP networks share: reading a request, routing it, answering, failing."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from sys import intern
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

import orjson

from crisisdesk.simnet.faults import CAPTIVE_PORTAL, Fault, Faults
from crisisdesk.simnet.timing import Clock

JSON = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; the length header is added when it is sent."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedError(ValueError):
    """Raised by a handler to end the request with an error answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status} {answer.body.decode()}")
        self.answer = answer


def json_answer(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, orjson.dumps(content), {**JSON, **(headers or {})})


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request: header names in lower case, `params` taken from the route's braces."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    params: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, environ: WSGIEnvironment) -> Request:
        """Takes the whole body off the wire, so that an error answer is never cut off."""
        headers = {
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        headers["content-type"] = environ.get("CONTENT_TYPE") or ""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        return cls(
            method=environ["REQUEST_METHOD"],
            path=_utf8(environ.get("PATH_INFO") or "/"),
            query=parse_qs(environ.get("QUERY_STRING") or "", keep_blank_values=True),
            headers=headers,
            body=environ["wsgi.input"].read(length) if length else b"",
        )

    @property
    def line(self) -> str:
        """ "METHOD path", as faults match it."""
        return f"{self.method} {self.path}"

    def one(self, name: str, default: str = "") -> str:
        """The last value of a query parameter."""
        return self.query.get(name, [default])[-1]

    def bearer(self) -> str | None:
        """The token of the Authorization header, None without one."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    def fields(self) -> dict[str, Any]:
        """The body as a JSON object or a form (`name[]` gives a list). Refuses a broken body."""
        if self.headers["content-type"].startswith("application/json"):
            return self._json_object()
        form = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: all_ if name.endswith("[]") else all_[-1] for name, all_ in form.items()}

    def _json_object(self) -> dict[str, Any]:
        try:
            content = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            content = None
        if not isinstance(content, dict):
            message = "The request body is not a JSON object"
            raise RefusedError(json_answer({"error": "InvalidRequest", "message": message}, 400))
        return content


def _utf8(path: str) -> str:
    # PEP 3333 hands the path's bytes over as if they were Latin-1.
    try:
        return path.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return path


Handler = Callable[[Request], Answer]


class App:
    """A WSGI app over a table of routes such as "GET /api/v1/statuses/{id}".

    `faults` is what to show, `requests` every "METHOD path" that came in, refused ones included.
    """

    def __init__(self, host: str, now: Clock, routes: Mapping[str, Handler]) -> None:
        self.host = host
        self.now = now
        self.faults = Faults()
        self.requests: list[str] = []
        self.lock = threading.RLock()
        self._table = [(_pattern(route), handler) for route, handler in routes.items()]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers one request; a planned fault may raise an OSError in its place."""
        answer = self._answer(Request.read(environ))
        headers = dict(answer.headers)
        if answer.status not in (204, 304):
            headers = {**JSON, **headers, "Content-Length": str(len(answer.body))}
        start_response(f"{answer.status} {_phrase(answer.status)}", list(headers.items()))
        return [answer.body]

    def not_found(self) -> Answer:
        """The answer where no route fits."""
        return json_answer({"error": "Not Found"}, 404)

    def stamp(self, _request: Request, /) -> Mapping[str, str]:
        """Headers the network puts on every answer it works out itself."""
        return {}

    def _answer(self, request: Request) -> Answer:
        with self.lock:
            self.requests.append(intern(request.line))  # a day has few different ones
        process = partial(self._process, request)
        fault = self.faults.take(request.line)
        return process() if fault is None else _show(fault, process)

    def _process(self, request: Request) -> Answer:
        with self.lock:
            try:
                answer = self._handle(request)
            except RefusedError as refusal:
                answer = refusal.answer
            return replace(answer, headers={**answer.headers, **self.stamp(request)})

    def _handle(self, request: Request) -> Answer:
        for pattern, handler in self._table:
            if found := pattern.fullmatch(request.line):
                return handler(replace(request, params=found.groupdict()))
        return self.not_found()


def _show(fault: Fault, process: Callable[[], Answer]) -> Answer:
    match fault.kind:
        case "refuse":
            raise ConnectionRefusedError("simulated: connection refused")
        case "status":
            return Answer(fault.status, fault.body.encode(), fault.headers)
        case "html":
            return Answer(200, CAPTIVE_PORTAL, {"Content-Type": "text/html; charset=utf-8"})
        case "timeout":
            if fault.processed:
                process()
            raise TimeoutError("simulated: no answer in time")
    answer = process()
    if fault.kind == "lost_answer":
        raise ConnectionResetError("simulated: connection lost before the answer")
    if fault.kind == "empty":
        return Answer(200)
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def _pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(route)))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
