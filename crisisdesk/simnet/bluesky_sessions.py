"""Log-ins of a simulated Bluesky server: short access tokens, long refresh tokens."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import orjson

ACCESS = "com.atproto.access"
REFRESH = "com.atproto.refresh"
LIFETIMES = {ACCESS: timedelta(minutes=120), REFRESH: timedelta(days=90)}
"""Token lifetimes in the reference server."""
REFRESH_GRACE = timedelta(hours=2)
"""How long a used refresh token still works, for a client that lost the answer."""


class TokenError(Exception):
    """A token the server does not take; `name` is the error's name on the wire."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(slots=True)
class Token:
    """What the server remembers of one token."""

    did: str
    scope: str
    expires_at: datetime


class Sessions:
    """The tokens given out. The app that owns it holds its lock around every call."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._numbers = count(1)

    def open(self, did: str, now: datetime) -> tuple[str, str]:
        """A new (access token, refresh token)."""
        return self._issue(did, ACCESS, now), self._issue(did, REFRESH, now)

    def refresh(self, refresh_token: str | None, now: datetime) -> tuple[str, str, str]:
        """(did, access token, refresh token) for a refresh token. Raises TokenError."""
        token = self._check(refresh_token, REFRESH, now)
        token.expires_at = min(token.expires_at, now + REFRESH_GRACE)
        return (token.did, *self.open(token.did, now))

    def did(self, access_token: str | None, now: datetime) -> str:
        """Whose access token this is. Raises TokenError."""
        return self._check(access_token, ACCESS, now).did

    def owner(self, text: str | None) -> str:
        """Whose token this is, expired or not; "" for an unknown one."""
        token = self._tokens.get(text or "")
        return token.did if token else ""

    def expire(self, now: datetime, scopes: tuple[str, ...]) -> None:
        """Let every token of these scopes run out now."""
        for token in self._tokens.values():
            if token.scope in scopes:
                token.expires_at = now

    def _check(self, text: str | None, scope: str, now: datetime) -> Token:
        if not text:
            raise TokenError("AuthMissing", "Authentication Required")
        token = self._tokens.get(text)
        if token is None:
            raise TokenError("InvalidToken", "Token could not be verified")
        if token.scope != scope:
            raise TokenError("InvalidToken", "Bad token scope")
        if now >= token.expires_at:
            raise TokenError("ExpiredToken", "Token has expired")
        return token

    def _issue(self, did: str, scope: str, now: datetime) -> str:
        ends = now + LIFETIMES[scope]
        claims = {"scope": scope, "sub": did, "jti": str(next(self._numbers))}
        times = {"iat": int(now.timestamp()), "exp": int(ends.timestamp())}
        text = _token_text(claims | times)
        self._tokens[text] = Token(did, scope, ends)
        return text


def _token_text(claims: dict[str, str | int]) -> str:
    # Shaped like a JWT, because clients may read `exp`; the signature is only a checksum.
    head, body = (
        _base64url(orjson.dumps(part)) for part in ({"typ": "JWT", "alg": "none"}, claims)
    )
    check = hashlib.sha256(f"{head}.{body}".encode()).digest()
    return f"{head}.{body}.{_base64url(check)}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
