"""One HTTP session for each account: warm, bounded, honest about what was sent."""

import logging
import re
import ssl
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from crisisdesk import __version__
from crisisdesk.model.errors import (
    AnswerLost,
    CrisisDeskError,
    NetworkError,
    NotSent,
    Untrusted,
)
from crisisdesk.net import gate
from crisisdesk.net.deadline import CALL, POOLS
from crisisdesk.net.redact import redacted

log = logging.getLogger(__name__)

USER_AGENT = f"CrisisDesk/{__version__}"
CONNECT_SECONDS = 10.0
TOTAL_SECONDS = 30.0
MAX_BYTES = 1 << 20
MAX_REDIRECTS = 3
_CHUNK = 1 << 16
_FRAME = 1 << 19
"""Bytes of an answer beside its body: the most headers Python reads, and the heads of chunks."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class DirectAdapter(HTTPAdapter):
    """Real connections: the machine's own certificates, zero retries, deadlines on every socket.

    An exercise's process cannot make one.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        gate.refuse_if_closed(f"{__name__}.DirectAdapter")
        self._context = context
        super().__init__(max_retries=0, pool_connections=4, pool_maxsize=4)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Use our certificates and our sockets."""
        super().init_poolmanager(*args, ssl_context=self._context, **more)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        """The same behind a proxy."""
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **more)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ARG002
        """Certificates are always checked, against the machine's own store; there is no switch."""
        conn.cert_reqs = "CERT_REQUIRED"
        conn.ca_certs = None
        conn.ca_cert_dir = None


class Session:
    """Requests to one service. Use it from one thread at a time."""

    def __init__(self, adapter: BaseAdapter, total: float = TOTAL_SECONDS) -> None:
        """`total` is the seconds that one request may take where it does not say otherwise."""
        self._total = total
        self._session = requests.Session()
        # Of the environment only the proxies count, looked up once a host: a password that lies in
        # ~/.netrc or another certificate bundle named there must not reach a request.
        self._session.trust_env = False
        self._proxies: dict[str, Any] = {}
        self._session.headers["User-Agent"] = USER_AGENT
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)

    def request(
        self,
        method: str,
        url: str,
        *,
        total: float | None = None,
        max_bytes: int = MAX_BYTES,
        public_only: bool = False,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> requests.Response:
        """One request, one attempt; the body is read before this returns.

        `total` is the seconds for everything together. `content` is what `requests` takes: params,
        json, data. GET follows up to three redirects on the same host; nothing else is followed.
        Raises NotSent when no byte of the request left, AnswerLost when its outcome is unknown.
        """
        CALL.ends_at = time.monotonic() + (self._total if total is None else total)
        CALL.public_only = public_only
        started = time.monotonic()
        try:
            response = self._follow(method, url, max_bytes, headers=headers, **content)
        finally:
            CALL.ends_at = CALL.may_read = float("inf")
            CALL.public_only = False
        took = int((time.monotonic() - started) * 1000)
        log.info("%s %s → %s in %d ms", method, _place(url), response.status_code, took)
        return response

    def close(self) -> None:
        """Let the connections go."""
        self._session.close()

    def _follow(self, method: str, url: str, max_bytes: int, **more: Any) -> requests.Response:
        for _ in range(MAX_REDIRECTS + 1):
            response = self._once(method, url, max_bytes, **more)
            target = response.headers.get("Location", "")
            if response.status_code not in _REDIRECTS or method != "GET" or not target:
                return response
            url = _same_host(url, target)
            more.pop("params", None)
        raise NetworkError(
            f"{_place(url)} redirects without end.", "Check its address under Channels and sources."
        )

    def _proxies_for(self, url: str) -> Any:
        host = urlsplit(url).netloc
        if host not in self._proxies:
            self._proxies[host] = get_environ_proxies(url)
        return self._proxies[host]

    def _once(self, method: str, url: str, max_bytes: int, **more: Any) -> requests.Response:
        CALL.sent = False
        CALL.may_read = max_bytes + _FRAME
        try:
            response = self._session.request(
                method,
                url,
                timeout=(min(CONNECT_SECONDS, CALL.remaining()), CALL.remaining()),
                allow_redirects=False,
                stream=True,
                proxies=self._proxies_for(url),
                **more,
            )
            _read_body(response, max_bytes)
        except CrisisDeskError:
            raise
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise _explained(error, url) from error
        return response


def _read_body(response: requests.Response, max_bytes: int) -> None:
    """Read at most `max_bytes`, counted after decompression, into the response."""
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > max_bytes:
            response.close()
            raise AnswerLost(
                f"{_place(response.url)} answered with more than {max_bytes:,} bytes.",
                "Look at the account yourself.",
            )
    response._content = bytes(body)  # noqa: SLF001 - how requests keeps a body it has read


def _same_host(url: str, target: str) -> str:
    try:
        joined = urljoin(url, target)
        old, new = urlsplit(url), urlsplit(joined)
    except ValueError as error:
        raise NetworkError(
            f"{_place(url)} redirects to no address ({error}).",
            "Check its address under Channels and sources.",
        ) from error
    if old.hostname != new.hostname or (old.scheme == "https" and new.scheme != "https"):
        raise NetworkError(
            f"{_place(url)} redirects to another place ({new.hostname}); it was not followed.",
            "If the new address is right, set it under Channels and sources.",
        )
    return joined


def _place(url: str) -> str:
    """Host and path only: queries can hold secrets."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "that address"
    return redacted(f"{parts.hostname}{parts.path}")


_ADVICE: dict[type[NotSent], str] = {
    NotSent: "Check this computer's network; use another channel meanwhile.",
    Untrusted: "Use another channel, and have your IT team look at its certificate.",
}


def _explained(error: Exception, url: str) -> NetworkError:
    cause = redacted(re.sub(r"\?\S+", "?…", _innermost(error)))
    if CALL.sent:
        return AnswerLost(
            f"{_place(url)} did not answer after the request had left ({cause}).",
            "Look at the account yourself, or let the desk look it up.",
        )
    kind = Untrusted if isinstance(_root(error), ssl.SSLCertVerificationError) else NotSent
    return kind(f"{_place(url)} could not be reached ({cause}).", _ADVICE[kind])


def _innermost(error: BaseException) -> str:
    root = _root(error)
    words = str(root).strip() or type(root).__name__
    return words.splitlines()[0][:200]


def _root(error: BaseException) -> BaseException:
    seen = [error]
    while following := (seen[-1].__cause__ or seen[-1].__context__):
        if following in seen:
            break
        seen.append(following)
    return seen[-1]
