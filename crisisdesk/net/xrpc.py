"""A signed-in AT Protocol session: tokens in memory only, refreshed once when they run out."""

from collections.abc import Mapping
from typing import Any

from requests import Response

from crisisdesk.model.errors import NetworkError
from crisisdesk.net.answers import answer_object, error_words, need_success
from crisisdesk.net.session import Session


class SignInRefused(NetworkError):
    """The server does not accept the handle and app password."""


class Xrpc:
    """Calls to one server as one account. Sign-ins are scarce (300 a day), so tokens are kept."""

    def __init__(self, session: Session, server: str, identifier: str, password: str) -> None:
        self._session = session
        self._base = server.rstrip("/") + "/xrpc/"
        self._identifier = identifier
        self._password = password
        self._access = ""
        self._refresh = ""
        self.did = ""
        self.handle = ""

    def sign_in(self) -> None:
        """Sign in unless that is done. Raises SignInRefused or another NetworkError."""
        if self._access:
            return
        login = {"identifier": self._identifier, "password": self._password}
        url = self._base + "com.atproto.server.createSession"
        self._keep(self._session.request("POST", url, json=login))

    def get(self, method: str, params: Mapping[str, str | list[str]]) -> Response:
        """One query, signed in."""
        return self._signed("GET", method, params=params)

    def post(self, method: str, body: dict[str, Any]) -> Response:
        """One procedure, signed in."""
        return self._signed("POST", method, json=body)

    def upload(self, content: bytes, mime: str, seconds: float) -> Response:
        """Keep a file on the server, where a record can name it; nobody sees it before that."""
        headers = {"Content-Type": mime}
        method = "com.atproto.repo.uploadBlob"
        return self._signed("POST", method, data=content, headers=headers, total=seconds)

    def _signed(self, verb: str, method: str, **content: Any) -> Response:
        self.sign_in()
        response = self._once(verb, method, **content)
        if response.status_code in (400, 401) and _names_the_token(response):
            self._renew()
            response = self._once(verb, method, **content)
        if response.status_code == 401:
            self._access = ""  # the next call signs in anew, perhaps with another password
        return response

    def _once(self, verb: str, method: str, **content: Any) -> Response:
        own = {"Authorization": f"Bearer {self._access}"}
        headers = {**content.pop("headers", {}), **own}
        return self._session.request(verb, self._base + method, headers=headers, **content)

    def _renew(self) -> None:
        """A bad token is refused before anything is done, so repeating is safe."""
        headers = {"Authorization": f"Bearer {self._refresh}"}
        url = self._base + "com.atproto.server.refreshSession"
        response = self._session.request("POST", url, headers=headers)
        if response.status_code == 200:
            self._keep(response)
        else:
            self._access = ""
            self.sign_in()

    def _keep(self, response: Response) -> None:
        if response.status_code in (400, 401, 403):
            words = error_words(response, "error", "message") or f"status {response.status_code}"
            raise SignInRefused(
                f"The server refused the sign-in: {words}.",
                "Make a new app password and enter it under Channels and sources.",
                "Nothing can be said there until then.",
            )
        answer = answer_object(need_success(response), "accessJwt", "refreshJwt", "did", "handle")
        self._access, self._refresh = answer["accessJwt"], answer["refreshJwt"]
        self.did, self.handle = answer["did"], answer["handle"]


def _names_the_token(response: Response) -> bool:
    """Expired, or no longer known, as after the server got new keys."""
    words = error_words(response, "error")
    return "ExpiredToken" in words or "InvalidToken" in words
