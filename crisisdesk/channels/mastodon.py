"""Mastodon and servers with its API.

The idempotency key covers an hour on Mastodon itself; some compatible servers ignore it, so a
message whose outcome is unknown is always looked for before it is sent again.
"""

from typing import Any

from crisisdesk.channels.base import Channel, refusal
from crisisdesk.model.account import AccountKind, CheckResult, SettingField
from crisisdesk.model.delivery import Message, Outcome, Publication, Verdict
from crisisdesk.net.answers import answer_list, answer_object, error_words, need_success
from crisisdesk.rules.counting import REMOTE_MENTION
from crisisdesk.rules.html import text_of_html

LOOK_BACK = 40
"""How many of our own newest posts are read when looking for one; the most a page holds."""


class Mastodon(Channel):
    """One Mastodon account."""

    about = AccountKind(
        kind="mastodon",
        title="Mastodon",
        publishes=True,
        listens=True,
        advice="On your server: Preferences, Development, New application; copy the access token.",
        fields=(
            SettingField("server", "Server", hint="https://social.example"),
            SettingField("token", "Access token", secret=True),
            SettingField("hashtags", "Hashtags to listen to", "flood, riverside", required=False),
        ),
    )

    _account_id = ""

    def _send(self, message: Message) -> Outcome:
        body = {"status": message.text, "visibility": "public", "language": message.language}
        if message.reply_to:
            body["in_reply_to_id"] = message.reply_to.external_id
        headers = {"Idempotency-Key": message.key}
        response = self._call("POST", "/api/v1/statuses", json=body, headers=headers)
        if response.status_code == 404 and body.pop("in_reply_to_id", ""):
            # The earlier post is gone. Nothing was published; a correction goes out all the same.
            response = self._call("POST", "/api/v1/statuses", json=body, headers=headers)
        if response.status_code != 200:
            return refusal(response, error_words(response, "error"), self.now())
        status = answer_object(response, "id")
        return Outcome(
            Verdict.ACCEPTED,
            "The server answered with the post's number.",
            external_id=status["id"],
            url=str(status.get("url") or status.get("uri") or ""),
        )

    def _find(self, message: Message, external_id: str) -> Outcome:
        if external_id:
            response = self._call("GET", f"/api/v1/statuses/{external_id}")
            if response.status_code == 404:
                return Outcome(Verdict.ABSENT, "The server no longer has the post.")
            need_success(response)
            found = [answer_object(response, "id")]
        else:
            path = f"/api/v1/accounts/{self._own_id()}/statuses"
            response = self._call("GET", path, params={"limit": str(LOOK_BACK)})
            need_success(response)
            found = answer_list(response)
        for status in found:
            if status.get("id") and _says(status, message.text):
                return Outcome(
                    Verdict.CONFIRMED,
                    "Read back from the server: the post stands there word for word.",
                    external_id=str(status["id"]),
                    url=str(status.get("url") or ""),
                )
        if external_id:
            return Outcome(Verdict.UNKNOWN, "The post is there with other words. Look at it.")
        return Outcome(Verdict.ABSENT, f"Not among the newest {LOOK_BACK} posts of this account.")

    def _delete(self, publication: Publication) -> Outcome:
        if not publication.external_id:  # the server would say 404, as if it were gone
            return Outcome(Verdict.REFUSED, "It is not known which post it is. Delete it yourself.")
        response = self._call("DELETE", f"/api/v1/statuses/{publication.external_id}")
        if response.status_code == 200:
            answer_object(response, "id")
        if response.status_code in (200, 404):
            return Outcome(Verdict.WITHDRAWN, "The server deleted it; copies elsewhere may remain.")
        return refusal(response, error_words(response, "error"), self.now())

    def _check(self) -> CheckResult:
        response = self._call("GET", "/api/v1/accounts/verify_credentials")
        if response.status_code != 200:
            words = error_words(response, "error") or f"status {response.status_code}"
            return CheckResult(False, f"The server refused the token: {words}.")
        name = str(answer_object(response, "id").get("acct", ""))
        limit = self._announced_limit()
        words = f"Signed in as @{name}. Nothing was published."
        return CheckResult(True, words, identity=name, text_limit=limit)

    def _announced_limit(self) -> int | None:
        for path in ("/api/v2/instance", "/api/v1/instance"):
            response = self._call("GET", path)
            if response.status_code == 200:
                found: Any = answer_object(response)
                for key in ("configuration", "statuses", "max_characters"):
                    found = found.get(key) if isinstance(found, dict) else None
                return found if isinstance(found, int) else None
        return None

    def _own_id(self) -> str:
        if not self._account_id:
            response = self._call("GET", "/api/v1/accounts/verify_credentials")
            need_success(response)
            self._account_id = answer_object(response, "id")["id"]
        return self._account_id

    def _call(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.secrets.get('token', '')}"}
        headers.update(more.pop("headers", {}))
        url = self.settings["server"].rstrip("/") + path
        return self.session.request(method, url, headers=headers, **more)


def _says(status: dict[str, Any], text: str) -> bool:
    return _squeezed(text_of_html(str(status.get("content", "")))) == _squeezed(text)


def _squeezed(text: str) -> str:
    """Servers rearrange white space, drop a link's scheme on display and the server from the
    mention of somebody elsewhere; all three are ignored."""
    return (
        "".join(REMOTE_MENTION.sub(r"@\1", text).split())
        .replace("https://", "")
        .replace("http://", "")
    )
