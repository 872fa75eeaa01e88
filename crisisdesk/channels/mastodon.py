"""Mastodon and servers with its API.

The idempotency key covers an hour on Mastodon itself; some compatible servers ignore it, so a
message whose outcome is unknown is always looked for before it is sent again.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from requests import Response

from crisisdesk.channels.base import (
    UPLOAD_SECONDS,
    Channel,
    before_publishing,
    counted,
    moment_of,
    refusal,
    stop_on_refusal,
    word_for_word,
)
from crisisdesk.model.account import AccountKind, CheckResult, SettingField
from crisisdesk.model.delivery import Message, Outcome, OwnPost, Publication, Verdict
from crisisdesk.model.engagement import Engagement, PostCounts
from crisisdesk.model.errors import NotSent
from crisisdesk.model.media import Picture
from crisisdesk.net.answers import (
    BadAnswer,
    answer_list,
    answer_object,
    error_words,
    need_success,
)
from crisisdesk.net.xrpc import SignInRefused
from crisisdesk.rules.html import text_of_html
from crisisdesk.rules.normal import squeezed
from crisisdesk.rules.pictures import file_name

PROCESSING_PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds between looks at a picture the server has not finished. A photo is mostly ready at once;
after these the attempt ends, and the next one comes by the usual rules."""
LOOK_BACK = 40
"""How many of our own newest posts are read when looking for one; the most a page holds."""
MOST_PAGES = 5
"""How many pages are read for counts: 200 posts, in five requests of the 300 that five minutes
allow."""


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
    wait = staticmethod(time.sleep)

    def _send(self, message: Message) -> Outcome:
        body: dict[str, Any] = {
            "status": message.text,
            "visibility": "public",
            "language": message.language,
        }
        if message.pictures:
            # Uploaded anew each time: what no post names is forgotten by the server after a day.
            with before_publishing():
                body["media_ids"] = [self._upload(each) for each in message.pictures]
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

    def _upload(self, picture: Picture) -> str:
        """The number of a picture that is ready to be shown with a post."""
        image = picture.image
        number, ready = self._told(
            self._call(
                "POST",
                "/api/v2/media",
                files={"file": (file_name(image), picture.content, image.mime)},
                data={"description": image.alt},
                total=UPLOAD_SECONDS,
            )
        )
        for pause in PROCESSING_PAUSES:
            if ready:
                break
            self.wait(pause)
            number, ready = self._told(self._call("GET", f"/api/v1/media/{number}"))
        if not ready:
            raise NotSent(
                "The server is still working on a picture.",
                "Wait a minute and send it again, or send it without the picture.",
                "Nothing was published.",
            )
        return number

    def _told(self, response: Any) -> tuple[str, bool]:
        """A picture's number, and whether the server is done with it."""
        if response.status_code not in (200, 202, 206):
            stop_on_refusal(response, error_words(response, "error"), self.now())
        return answer_object(response, "id")["id"], response.status_code == 200

    def _find(self, message: Message, external_id: str) -> Outcome:
        if external_id:
            response = self._call("GET", f"/api/v1/statuses/{external_id}")
            if response.status_code == 404:
                answer_object(response)  # a proxy's own "not found" says nothing about the post
                return Outcome(Verdict.ABSENT, "The server no longer has the post.")
            need_success(response)
            found = [answer_object(response, "id")]
        else:
            found = self._newest()
        for status in found:
            if status.get("id") and _says(status, message.text):
                return _read_back(status, message)
        if external_id:
            return Outcome(Verdict.ALTERED, "The post is there with other words. Look at it.")
        return Outcome(Verdict.ABSENT, f"Not among the newest {LOOK_BACK} posts of this account.")

    def _delete(self, publication: Publication) -> Outcome:
        # The pictures too: otherwise the server keeps them for a post to be written anew.
        params = {"delete_media": "true"}
        path = f"/api/v1/statuses/{publication.external_id}"
        response = self._call("DELETE", path, params=params)
        if response.status_code == 200:
            answer_object(response, "id")
        if response.status_code in (200, 404):
            return Outcome(Verdict.WITHDRAWN, "The server deleted it; copies elsewhere may remain.")
        return refusal(response, error_words(response, "error"), self.now())

    def own_posts(self) -> list[OwnPost]:
        """Letters to single people are left out: they are no publication, and must not be logged.

        Raises SignInRefused when the token is no longer good, else NetworkError.
        """
        found = self._newest()
        if not all(each.get("id") for each in found):
            raise BadAnswer(
                "The server's answer lacks the posts' numbers.",
                "Try again in a minute; meanwhile look at the account yourself.",
            )
        return [_own_post(each) for each in found if each.get("visibility") != "direct"]

    def engagement(self, external_ids: Sequence[str]) -> Engagement:
        """From the list of our own posts, which names our followers too: one request for 40 posts.

        Raises SignInRefused when the token is no longer good, else NetworkError.
        """
        missing, found, followers = set(external_ids), [], None
        for page in self._pages():
            for status in page:
                account = status.get("account")
                if isinstance(account, dict):
                    followers = counted(account.get("followers_count"))
                if status.get("id") in missing:
                    missing.discard(status["id"])
                    found.append(_counts(status))
            if not missing:
                break
        return Engagement(followers, tuple(found))

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        older = ""
        for _ in range(MOST_PAGES):
            page = self._newest(older)
            if not page:
                return
            yield page
            older = str(page[-1].get("id", ""))

    def _newest(self, older_than: str = "") -> list[dict[str, Any]]:
        path = f"/api/v1/accounts/{self._own_id()}/statuses"
        params = {"limit": str(LOOK_BACK)} | ({"max_id": older_than} if older_than else {})
        return answer_list(_accepted(self._call("GET", path, params=params)))

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
            response = _accepted(self._call("GET", "/api/v1/accounts/verify_credentials"))
            self._account_id = answer_object(response, "id")["id"]
        return self._account_id

    def _call(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.secrets.get('token', '')}"}
        headers.update(more.pop("headers", {}))
        url = self.settings["server"].rstrip("/") + path
        return self.session.request(method, url, headers=headers, **more)


def _read_back(status: dict[str, Any], message: Message) -> Outcome:
    """A post with our words: ours if it has as many pictures, where the server tells."""
    number, url = str(status["id"]), str(status.get("url") or "")
    shown = status.get("media_attachments")
    if isinstance(shown, list) and len(shown) != len(message.pictures):
        words = f"The post stands there with {len(shown)} of {len(message.pictures)} pictures."
        return Outcome(Verdict.ALTERED, f"{words} Look at it.", number, url)
    words = f"Read back from the server: the post stands there {word_for_word(message)}."
    return Outcome(Verdict.CONFIRMED, words, number, url)


def _accepted(response: Response) -> Response:
    if response.status_code == 401:
        words = error_words(response, "error") or "status 401"
        raise SignInRefused(
            f"The server refused the token: {words}.",
            "Make a new token and enter it under Channels and sources.",
            "Nothing can be said there until then.",
        )
    return need_success(response)


def _says(status: dict[str, Any], text: str) -> bool:
    return squeezed(text_of_html(str(status.get("content", "")))) == squeezed(text)


def _counts(status: dict[str, Any]) -> PostCounts:
    return PostCounts(
        str(status["id"]),
        likes=counted(status.get("favourites_count")),
        shares=counted(status.get("reblogs_count")),
        replies=counted(status.get("replies_count")),
        quotes=counted(status.get("quotes_count")),  # servers of 4.5 and later
    )


def _own_post(status: dict[str, Any]) -> OwnPost:
    """A share has an id and a time of its own, but somebody else's words."""
    shared = status.get("reblog")
    words = _words(shared if isinstance(shared, dict) else status)
    return OwnPost(
        external_id=str(status.get("id", "")),
        text=f"Shared from somebody else: {words}" if isinstance(shared, dict) else words,
        url=str(status.get("url") or status.get("uri") or ""),
        posted_at=moment_of(status.get("created_at")),
    )


def _words(status: dict[str, Any]) -> str:
    warning = str(status.get("spoiler_text") or "")
    return f"{warning}\n{text_of_html(str(status.get('content') or ''))}".strip()
