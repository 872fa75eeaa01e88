"""What mitmproxy runs: it spoils answers that the server behind has already given, when told to.

Told by requests to /__faults__: POST plans one, GET lists what reached the server, DELETE forgets.
"""

import asyncio
import json

from mitmproxy.http import HTTPFlow, Response

CONTROL = "/__faults__"
PORTAL = b"<!DOCTYPE html><title>Guest Wi-Fi</title><p>Accept the terms of use to go online.</p>"


class Spoiler:
    """The planned faults, oldest first, and every request that went on to a server."""

    def __init__(self) -> None:
        self.planned: list[dict[str, object]] = []
        self.delivered: list[str] = []
        self.without_keys = False

    async def request(self, flow: HTTPFlow) -> None:
        """Before the server hears of it."""
        if flow.request.path == CONTROL:
            flow.response = self._control(flow)
            return
        line = f"{flow.request.method} {flow.request.path}"
        fault = next((each for each in self.planned if line.startswith(str(each["match"]))), None)
        if fault:
            fault["times"] = int(str(fault["times"])) - 1
            if not fault["times"]:
                self.planned.remove(fault)
        if self.without_keys:
            flow.request.headers.pop("Idempotency-Key", None)
        kind = fault["kind"] if fault else ""
        if kind == "swallow":
            flow.kill()
        elif kind == "limit":
            headers = {"Retry-After": str(fault["seconds"]), "Content-Type": "application/json"}
            flow.response = Response.make(429, b'{"error": "Too many"}', headers)
        else:
            self.delivered.append(line)
            flow.metadata["fault"] = fault

    async def response(self, flow: HTTPFlow) -> None:
        """After the server has done it, before the client hears of it."""
        fault = flow.metadata.get("fault")
        if not fault or flow.response is None:
            return
        if fault["kind"] == "close":
            flow.kill()
        elif fault["kind"] == "delay":
            await asyncio.sleep(float(fault["seconds"]))
        elif fault["kind"] == "cut":
            _cut(flow.response)
        elif fault["kind"] == "gateway":
            flow.response = Response.make(
                502, b"<h1>Bad Gateway</h1>", {"Content-Type": "text/html"}
            )
        elif fault["kind"] == "portal":
            flow.response = Response.make(200, PORTAL, {"Content-Type": "text/html"})

    def _control(self, flow: HTTPFlow) -> Response:
        if flow.request.method == "POST":
            told = json.loads(flow.request.get_text() or "{}")
            self.without_keys = told.pop("without_keys", self.without_keys)
            if told:
                self.planned.append(told)
        elif flow.request.method == "DELETE":
            self.planned.clear()
            self.delivered.clear()
            self.without_keys = False
        return Response.make(
            200, json.dumps(self.delivered).encode(), {"Content-Type": "application/json"}
        )


def _cut(response: Response) -> None:
    """Half of the body under the length of the whole, and then the end of the connection."""
    whole = response.raw_content or b""
    response.raw_content = whole[: len(whole) // 2]
    response.headers["Content-Length"] = str(len(whole))
    response.headers["Connection"] = "close"


addons = [Spoiler()]
