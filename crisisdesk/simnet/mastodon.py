"""A simulated Mastodon server: the part of API 4.6 that a publishing and listening client uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from crisisdesk.simnet import mastodon_text
from crisisdesk.simnet.applause import applause
from crisisdesk.simnet.mastodon_records import (
    Account,
    Media,
    Notification,
    Records,
    Status,
)
from crisisdesk.simnet.mastodon_views import (
    DESCRIPTION_LIMIT,
    IMAGE_BYTES,
    MOST_MEDIA,
    PICTURE_TYPES,
    account_json,
    instance_json,
    link_header,
    media_json,
    page,
    status_json,
)
from crisisdesk.simnet.shelf import Listing
from crisisdesk.simnet.timing import Clock, Quota, iso_millis
from crisisdesk.simnet.uploads import picture_type, read_form
from crisisdesk.simnet.wsgi import Answer, App, Handler, RefusedError, Request, json_answer

VISIBILITIES = ("public", "unlisted", "private", "direct")


class MastodonSim(App):
    """One server. `statuses` holds every post in order of arrival, deleted ones included.

    With `honours_idempotency` off it ignores Idempotency-Key, as some compatible servers do.
    A new picture is found unfinished `media_looks` times; `media_fails` lets its processing fail.
    Rate-limit headers count down from 300 in five minutes; a 429 comes only from a planned fault.
    """

    def __init__(
        self,
        host: str,
        now: Clock,
        *,
        max_characters: int = 500,
        honours_idempotency: bool = True,
    ) -> None:
        super().__init__(host, now, self._routes())
        self.max_characters = max_characters
        self.honours_idempotency = honours_idempotency
        self._records = Records(host)
        self.statuses: Sequence[Status] = self._records.statuses
        self.media: Sequence[Media] = self._records.media
        self.media_looks = 0
        self.media_fails = False
        self._quota = Quota(300, timedelta(minutes=5))

    def _routes(self) -> dict[str, Handler]:
        return {
            "GET /api/v2/instance": self._instance,
            "GET /api/v1/instance": self._instance_v1,
            "GET /api/v1/accounts/verify_credentials": self._verify_credentials,
            "GET /api/v1/accounts/lookup": self._lookup,
            "GET /api/v1/accounts/{id}/statuses": self._account_statuses,
            "POST /api/v1/statuses": self._publish,
            "GET /api/v1/statuses/{id}": self._show,
            "DELETE /api/v1/statuses/{id}": self._delete,
            "POST /api/v2/media": self._upload,
            "GET /api/v1/media/{id}": self._show_media,
            "GET /api/v1/statuses/{id}/context": self._context,
            "GET /api/v1/notifications": self._list_notifications,
            "GET /api/v1/timelines/tag/{tag}": self._tag_timeline,
        }

    # The side the exercise and the tests use

    def add_account(
        self, username: str, token: str | None = None, display_name: str = "", bot: bool = False
    ) -> Account:
        """Add an account or, where the name is taken, give it these details."""
        with self.lock:
            return self._records.add_account(username, token, display_name, bot)

    def know(self, username: str, display_name: str, followers: int) -> None:
        """An account with so many followers, unless the name is taken."""
        with self.lock:
            if self._records.account(username) is None:
                account = self._records.add_account(username, None, display_name, bot=False)
                account.followers = followers

    def newest_of(self, username: str) -> str | None:
        """The id of the newest post of this account that still stands."""
        with self.lock:
            own = reversed(self._records.own(username))
            return next((each.id for each in own if not each.deleted), None)

    def post(
        self,
        username: str,
        text: str,
        in_reply_to_id: str | None = None,
        created_at: datetime | None = None,
    ) -> Status:
        """Post as a member of the public; an unknown name gets an account first.

        Whoever is named in the text or answered gets a mention. Raises KeyError when
        `in_reply_to_id` is no status here.
        """
        with self.lock:
            parent = self._records.status(in_reply_to_id)
            if in_reply_to_id and (parent is None or parent.deleted):
                raise KeyError(in_reply_to_id)
            author = self._records.account(username) or self.add_account(username)
            return self._records.store(author, text, created_at or self.now(), in_reply_to_id)

    # The HTTP side

    def _instance(self, _request: Request) -> Answer:
        return json_answer(instance_json(self.host, self.max_characters))

    def _instance_v1(self, _request: Request) -> Answer:
        v2 = instance_json(self.host, self.max_characters)
        streaming = {"streaming_api": f"wss://{self.host}"}
        return json_answer({**v2, "uri": self.host, "urls": streaming, "registrations": False})

    def _verify_credentials(self, request: Request) -> Answer:
        return json_answer({**account_json(self._user(request), self.host), "source": {}})

    def _lookup(self, request: Request) -> Answer:
        account = self._records.account(request.one("acct").removeprefix("@"))
        if account is None:
            raise _not_found()
        return json_answer(account_json(account, self.host))

    def _account_statuses(self, request: Request) -> Answer:
        viewer = self._viewer(request)
        author = self._records.account_numbered(request.params["id"])
        if author is None:
            raise _not_found()
        own = self._records.own(author.username)
        return self._timeline(request, own, lambda each: each.visible_to(viewer))

    def _publish(self, request: Request) -> Answer:
        author = self._user(request)
        key = request.headers.get("idempotency-key")
        first = self._records.keyed(author, key, self.now()) if self.honours_idempotency else None
        if first is not None:
            return json_answer(self._json(self._find(first.id, author)))
        status = self._accept(author, request.fields())
        status.idempotency_key = key
        self._records.remember_key(status, self.now())
        return json_answer(self._json(status))

    def _accept(self, author: Account, fields: dict[str, Any]) -> Status:
        text = str(fields.get("status") or "")
        spoiler = str(fields.get("spoiler_text") or "")
        if not text.strip():  # a content warning alone becomes the post itself
            text, spoiler = spoiler, ""
        media = self._attached(author, fields)
        self._check_length(text, spoiler, needed=not media)
        visibility = str(fields.get("visibility") or "public")
        if visibility not in VISIBILITIES:
            raise _invalid("Visibility is not included in the list")
        parent = str(fields.get("in_reply_to_id") or "") or None
        if parent:
            self._find(parent, author)
        status = self._records.store(author, text, self.now(), parent)
        status.visibility, status.spoiler_text = visibility, spoiler
        status.language = str(fields.get("language") or "en")
        status.media = media
        for each in media:
            each.status_id = status.id
        return status

    def _attached(self, author: Account, fields: dict[str, Any]) -> list[Media]:
        ids = [str(each) for each in fields.get("media_ids") or fields.get("media_ids[]") or []]
        if len(ids) > MOST_MEDIA:
            raise _invalid("Cannot attach more than 4 files")
        found = [self._records.loose_media(each, author) for each in ids]
        media = [each for each in found if each]
        if len(media) != len(ids):
            raise _invalid("Media not found or already attached to another post")
        if any(each.looks_left for each in media):
            words = "Cannot attach files that have not finished processing. Try again in a moment!"
            raise RefusedError(json_answer({"error": words}, 422))
        return media

    def _upload(self, request: Request) -> Answer:
        owner = self._user(request)
        words, files = read_form(request)
        mime = picture_type(files.get("file", b""))
        if mime not in PICTURE_TYPES:
            words_of_it = "File type of uploaded media could not be verified"
            raise RefusedError(json_answer({"error": words_of_it}, 422))
        if len(files["file"]) > IMAGE_BYTES:
            raise _invalid("File file size must be less than 16 MB")
        if len(words.get("description", "")) > DESCRIPTION_LIMIT:
            limit = f"maximum is {DESCRIPTION_LIMIT} characters"
            raise _invalid(f"Description is too long ({limit})")
        media = self._records.keep(owner, files["file"], mime, words.get("description"))
        media.looks_left = self.media_looks
        return json_answer(media_json(media, self.host), 202 if media.looks_left else 200)

    def _show_media(self, request: Request) -> Answer:
        media = self._records.loose_media(request.params["id"], self._user(request))
        if media is None:
            raise _not_found()
        if self.media_fails:
            words = "Error processing thumbnail for uploaded media"
            raise RefusedError(json_answer({"error": words}, 422))
        media.looks_left = max(0, media.looks_left - 1)
        return json_answer(media_json(media, self.host), 206 if media.looks_left else 200)

    def _check_length(self, text: str, spoiler: str, *, needed: bool) -> None:
        if needed and not text.strip():
            raise _invalid("Text can't be blank")
        if mastodon_text.length(text, spoiler) > self.max_characters:
            raise _invalid(f"Text character limit of {self.max_characters} exceeded")

    def _show(self, request: Request) -> Answer:
        return json_answer(self._json(self._find(request.params["id"], self._viewer(request))))

    def _delete(self, request: Request) -> Answer:
        user = self._user(request)
        status = self._find(request.params["id"], user)
        if status.author != user.username:
            raise _not_found()
        self._records.delete(status)
        for media in status.media:
            media.gone = request.one("delete_media") == "true"
        return json_answer({**self._json(status), "text": status.text})

    def _context(self, request: Request) -> Answer:
        viewer = self._viewer(request)
        status = self._find(request.params["id"], viewer)

        def shown(statuses: list[Status]) -> list[dict[str, Any]]:
            return [self._json(each) for each in statuses if each.visible_to(viewer)]

        ancestors = shown(self._records.ancestors(status))
        descendants = shown(self._records.descendants(status))
        return json_answer({"ancestors": ancestors, "descendants": descendants})

    def _list_notifications(self, request: Request) -> Answer:
        user = self._user(request)
        types, without = request.query.get("types[]"), request.query.get("exclude_types[]", [])
        wanted = (types is None or "mention" in types) and "mention" not in without
        own = self._records.notifications(user.username if wanted else "")
        shown = page(own, request, 40, lambda each: not each.status.deleted)
        found = [self._notification_json(each) for each in shown]
        return json_answer(found, headers=link_header(shown, request, self.host))

    def _tag_timeline(self, request: Request) -> Answer:
        self._viewer(request)

        def named(kind: str) -> set[str]:
            return {tag.casefold() for tag in request.query.get(kind, [])}

        any_of = named("any[]") | {request.params["tag"].casefold()}
        all_of, none_of = named("all[]"), named("none[]")

        def shown(each: Status) -> bool:
            public = each.visibility == "public" and not each.deleted
            return public and all_of.issubset(each.tags) and none_of.isdisjoint(each.tags)

        return self._timeline(request, self._records.tagged(any_of), shown)

    def not_found(self) -> Answer:
        """Mastodon's answer to an unknown path."""
        return _not_found().answer

    def stamp(self, request: Request, /) -> Mapping[str, str]:
        """The rate-limit headers; the reset is an ISO time stamp, unlike elsewhere."""
        left, ends = self._quota.spend(request.bearer() or "", self.now())
        return {
            "X-RateLimit-Limit": str(self._quota.limit),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": iso_millis(ends),
        }

    def _viewer(self, request: Request) -> Account | None:
        token = request.bearer()
        account = self._records.account_with(token) if token else None
        if token is not None and account is None:
            raise _unauthorised()
        return account

    def _user(self, request: Request) -> Account:
        viewer = self._viewer(request)
        if viewer is None:
            raise _unauthorised()
        return viewer

    def _find(self, status_id: str, viewer: Account | None) -> Status:
        status = self._records.status(status_id)
        if status is None or not status.visible_to(viewer):
            raise _not_found()
        return status

    def _timeline(
        self, request: Request, statuses: Listing[Status], keep: Callable[[Status], bool]
    ) -> Answer:
        shown = page(statuses, request, 20, keep)
        found = [self._json(each) for each in shown]
        return json_answer(found, headers=link_header(shown, request, self.host))

    def _json(self, status: Status) -> dict[str, Any]:
        parent = self._records.status(status.in_reply_to_id)
        replied_to = self._records.author(parent) if parent else None
        replies = self._records.replies(status)
        author = self._records.author(status)
        heard = applause(status.id, author.followers, status.created_at, self.now())
        return status_json(status, author, self.host, replies, replied_to, heard)

    def _notification_json(self, notification: Notification) -> dict[str, Any]:
        status = self._json(notification.status)
        return {
            "id": notification.id,
            "type": "mention",
            "created_at": status["created_at"],
            "account": status["account"],
            "status": status,
        }


def _unauthorised() -> RefusedError:
    return RefusedError(json_answer({"error": "The access token is invalid"}, 401))


def _not_found() -> RefusedError:
    return RefusedError(json_answer({"error": "Record not found"}, 404))


def _invalid(message: str) -> RefusedError:
    return RefusedError(json_answer({"error": f"Validation failed: {message}"}, 422))
