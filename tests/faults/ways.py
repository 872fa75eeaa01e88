"""Ways to go wrong, by the moment at which they strike.

Before the request has been heard, while it is on its way, and after the server has done what it
was asked. Source of the list: the faults of real networks, F1 to F25.
"""

import gzip
from collections.abc import Mapping

import orjson

from crisisdesk.simnet.faults import CAPTIVE_PORTAL
from tests.faults.proxy import PATIENCE, Exchange, HungUpError, Proxy, Way

DRIP_SECONDS = 0.02
"""Between two bytes of a server that keeps a call alive without ever answering."""


def _until_gone(exchange: Exchange) -> None:
    exchange.client.sock.settimeout(PATIENCE)
    while exchange.client.sock.recv(4096):
        pass


def http(status: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


JSON = {"Content-Type": "application/json"}


# While the request is on its way


def closed_before(_proxy: Proxy, exchange: Exchange) -> None:
    """The connection is closed as soon as the first words have come."""


def reset_before(_proxy: Proxy, exchange: Exchange) -> None:
    """The same, without goodbye."""
    exchange.client.reset()


def reset_during(_proxy: Proxy, exchange: Exchange) -> None:
    """Half of the body reaches the server; then both ends are torn off."""
    exchange.deliver_part()
    exchange.client.reset()


def silent_before(_proxy: Proxy, exchange: Exchange) -> None:
    """The request goes nowhere, and nobody says so."""
    exchange.skip()
    _until_gone(exchange)


# Instead of the server


def saying(answer: bytes) -> Way:
    """Somebody on the way answers; the server hears nothing."""

    def way(_proxy: Proxy, exchange: Exchange) -> None:
        exchange.skip()
        exchange.say(answer)

    return way


def status(code: int, headers: Mapping[str, str] | None = None, error: str = "no") -> Way:
    """An error of this status, in the form all our networks use."""
    body = orjson.dumps({"error": error, "message": error})
    return saying(http(f"{code} Simulated", body, JSON | dict(headers or {})))


portal = saying(http("200 OK", CAPTIVE_PORTAL, {"Content-Type": "text/html"}))
"""A guest network that wants its terms accepted."""


# After the server has done it


def closed_after(_proxy: Proxy, exchange: Exchange) -> None:
    """The answer is lost: the connection ends where it should have come."""
    exchange.deliver()


def reset_after(_proxy: Proxy, exchange: Exchange) -> None:
    """The same, without goodbye."""
    exchange.deliver()
    exchange.client.reset()


def silent_after(_proxy: Proxy, exchange: Exchange) -> None:
    """The answer never comes, and the connection stays."""
    exchange.deliver()
    _until_gone(exchange)


def dripping_after(proxy: Proxy, exchange: Exchange) -> None:
    """The answer comes a byte at a time, for as long as anybody listens."""
    answer = exchange.deliver()
    for place in range(len(answer) - 1):
        exchange.say(answer[place : place + 1])
        if proxy.stop.wait(DRIP_SECONDS * 20):
            raise HungUpError


def cut_after(_proxy: Proxy, exchange: Exchange) -> None:
    """Half of the answer comes through."""
    answer = exchange.deliver()
    head, _, body = answer.partition(b"\r\n\r\n")
    exchange.say(answer[: len(head) + 4 + len(body) // 2] if body else answer[:2])


def saying_after(answer: bytes) -> Way:
    """Something else is answered than what the server said."""

    def way(_proxy: Proxy, exchange: Exchange) -> None:
        exchange.deliver()
        exchange.say(answer)

    return way


portal_after = saying_after(http("200 OK", CAPTIVE_PORTAL, {"Content-Type": "text/html"}))
empty_after = saying_after(http("200 OK", b"", JSON))
half_json_after = saying_after(http("200 OK", b'{"id": "1", "uri": "at:', JSON))
other_json_after = saying_after(http("200 OK", b'["yes", "published"]', JSON))
no_id_after = saying_after(http("200 OK", b'{"id": 7, "uri": null, "ok": true}', JSON))
noise_after = saying_after(b"\x16\x03\x00\xff" * 64 + b"\r\n\r\n")
huge_after = saying_after(http("200 OK", b'{"id": "' + b"9" * 2_000_000 + b'"}', JSON))
bomb_after = saying_after(
    http("200 OK", gzip.compress(b" " * 50_000_000, 6), JSON | {"Content-Encoding": "gzip"})
)
bad_gateway_after = saying_after(http("502 Bad Gateway", b"{}", JSON))


def flooding_after(proxy: Proxy, exchange: Exchange) -> None:
    """A reply of which every line promises one more."""
    exchange.deliver()
    while not proxy.stop.is_set():
        exchange.say(b"250-and another thing\r\n" * 1000)
