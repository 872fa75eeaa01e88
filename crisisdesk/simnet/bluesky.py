"""A simulated Bluesky network: one PDS, with the app view calls it passes on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from crisisdesk.simnet.applause import applause
from crisisdesk.simnet.bluesky_lexicon import POST
from crisisdesk.simnet.bluesky_records import (
    Account,
    MissingBlobError,
    Notification,
    Record,
    Records,
)
from crisisdesk.simnet.bluesky_sessions import ACCESS, REFRESH, Sessions
from crisisdesk.simnet.bluesky_views import (
    before,
    checked,
    error,
    limit,
    moment,
    notification_json,
    page,
    post_json,
    profile_json,
    record_json,
    session_json,
)
from crisisdesk.simnet.timing import Clock, Quota, iso_millis
from crisisdesk.simnet.uploads import picture_type
from crisisdesk.simnet.wsgi import Answer, App, Handler, Request, json_answer

WRITE_POINTS = {"createRecord": 3, "putRecord": 2, "deleteRecord": 1}
"""What a write costs of the 5,000 points an hour (Bluesky documentation, rate limits)."""
MAX_URIS = 25
MAX_BLOB_BYTES = 5 << 20
"""What a server takes as one file (reference server, PDS_BLOB_UPLOAD_LIMIT's default)."""


class BlueskySim(App):
    """One network. `records` holds every record in order of arrival, deleted ones included.

    Rate-limit headers count points per account; a 429 comes only from a planned fault.
    """

    def __init__(self, host: str, now: Clock) -> None:
        super().__init__(
            host, now, {f"{verb} /xrpc/{nsid}": do for verb, nsid, do in self._calls()}
        )
        self.service_endpoint = f"https://{host}"
        self._records = Records()
        self.records: Sequence[Record] = self._records.all
        self.blobs: Mapping[tuple[str, str], tuple[bytes, str]] = self._records.blobs
        self._sessions = Sessions()
        self._quota = Quota(5000, timedelta(hours=1))

    def _calls(self) -> list[tuple[str, str, Handler]]:
        return [
            ("GET", "com.atproto.server.describeServer", self._describe_server),
            ("POST", "com.atproto.server.createSession", self._create_session),
            ("POST", "com.atproto.server.refreshSession", self._refresh_session),
            ("GET", "com.atproto.identity.resolveHandle", self._resolve_handle),
            ("POST", "com.atproto.repo.createRecord", self._create_record),
            ("POST", "com.atproto.repo.putRecord", self._put_record),
            ("POST", "com.atproto.repo.uploadBlob", self._upload_blob),
            ("POST", "com.atproto.repo.deleteRecord", self._delete_record),
            ("GET", "com.atproto.repo.getRecord", self._get_record),
            ("GET", "com.atproto.repo.listRecords", self._list_records),
            ("GET", "app.bsky.notification.listNotifications", self._list_notifications),
            ("GET", "app.bsky.feed.searchPosts", self._search_posts),
            ("GET", "app.bsky.feed.getPosts", self._get_posts),
            ("GET", "app.bsky.actor.getProfile", self._get_profile),
        ]

    # The side the exercise and the tests use

    def add_account(self, handle: str, password: str = "", display_name: str = "") -> Account:
        """Add an account or, where the handle is taken, give it these details."""
        with self.lock:
            return self._records.add_account(handle, password, display_name)

    def know(self, handle: str, display_name: str) -> None:
        """An account, unless the handle is taken."""
        with self.lock:
            if self._records.account(handle) is None:
                self._records.add_account(handle, "", display_name)

    def newest_of(self, handle: str) -> str | None:
        """The at:// address of the newest post of this account that still stands."""
        with self.lock:
            account = self._records.account(handle)
            own = self._records.of(account.did, POST) if account else []
            return own[-1].uri if own else None

    def post(
        self,
        handle: str,
        text: str,
        reply_to: str | None = None,
        created_at: datetime | None = None,
    ) -> Record:
        """Post as a member of the public; an unknown handle gets an account first.

        `reply_to` is the at:// address of a post: KeyError when it is not there. ValueError when
        the text is too long. The post is indexed at the time it arrives, whatever `created_at`.
        """
        with self.lock:
            now = self.now()
            value: dict[str, Any] = {"text": text, "createdAt": iso_millis(created_at or now)}
            if reply_to is not None:
                parent = self._records.live(reply_to)
                if parent is None:
                    raise KeyError(reply_to)
                value["reply"] = self._records.reply_refs(parent)
            author = self._records.account(handle) or self.add_account(handle)
            return self._records.put(author.did, POST, self._records.next_tid(now), value, now)

    def expire_tokens(self, *, refresh: bool = False) -> None:
        """Let every access token run out now, and with `refresh` every refresh token too."""
        with self.lock:
            self._sessions.expire(self.now(), (ACCESS, REFRESH) if refresh else (ACCESS,))

    # Server and identity

    def _describe_server(self, _request: Request) -> Answer:
        domains = [f".{self.host}"]
        return json_answer({"did": f"did:web:{self.host}", "availableUserDomains": domains})

    def _create_session(self, request: Request) -> Answer:
        fields = request.fields()
        account = self._records.account(str(fields.get("identifier", "")).removeprefix("@"))
        if account is None or not account.password or account.password != fields.get("password"):
            raise error("AuthenticationRequired", "Invalid identifier or password", 401)
        return self._session(account, *self._sessions.open(account.did, self.now()))

    def _refresh_session(self, request: Request) -> Answer:
        tokens = checked(self._sessions.refresh, request.bearer(), self.now())
        did, access, refresh = tokens
        return self._session(self._repo(did), access, refresh)

    def _session(self, account: Account, access: str, refresh: str) -> Answer:
        return json_answer(session_json(account, access, refresh, self.service_endpoint))

    def _resolve_handle(self, request: Request) -> Answer:
        account = self._records.account(request.one("handle"))
        if account is None:
            raise error("InvalidRequest", "Unable to resolve handle")
        return json_answer({"did": account.did})

    # Repository

    def _create_record(self, request: Request) -> Answer:
        did, fields = self._own_repo(request)
        rkey = str(fields.get("rkey") or self._records.next_tid(self.now()))
        if self._records.live(_uri(did, fields, rkey)):
            # The reference server does not catch this one: it surfaces as an internal error.
            raise error("InternalServerError", "Internal Server Error", 500)
        return self._write(did, fields, rkey)

    def _put_record(self, request: Request) -> Answer:
        did, fields = self._own_repo(request)
        rkey = str(fields.get("rkey", ""))
        self._check_swap(fields, self._records.live(_uri(did, fields, rkey)))
        return self._write(did, fields, rkey)

    def _write(self, did: str, fields: dict[str, Any], rkey: str) -> Answer:
        collection, value = fields.get("collection"), fields.get("record")
        if not isinstance(collection, str) or not isinstance(value, dict):
            raise error("InvalidRequest", "Input must have the properties collection and record")
        try:
            record = self._records.put(did, collection, rkey, value, self.now())
        except MissingBlobError as wrong:
            raise error("BlobNotFound", str(wrong)) from wrong
        except ValueError as wrong:
            raise error("InvalidRequest", str(wrong)) from wrong
        return json_answer({"uri": record.uri, "cid": record.cid, "validationStatus": "valid"})

    def _upload_blob(self, request: Request) -> Answer:
        did = self._did(request)
        if not request.body:
            raise error(
                "InvalidRequest", "Request encoding (Content-Type) required but not provided"
            )
        if len(request.body) > MAX_BLOB_BYTES:
            raise error("PayloadTooLarge", "request entity too large", 413)
        # The bytes outweigh what the client calls them.
        mime = picture_type(request.body) or request.headers["content-type"]
        return json_answer({"blob": self._records.keep_blob(did, request.body, mime)})

    def _delete_record(self, request: Request) -> Answer:
        did, fields = self._own_repo(request)
        uri = _uri(did, fields, str(fields.get("rkey", "")))
        self._check_swap(fields, self._records.live(uri))
        self._records.delete(uri)
        return json_answer({})

    def _get_record(self, request: Request) -> Answer:
        account = self._repo(request.one("repo"))
        uri = f"at://{account.did}/{request.one('collection')}/{request.one('rkey')}"
        record = self._records.live(uri)
        if record is None or request.one("cid", record.cid) != record.cid:
            raise error("RecordNotFound", f"Could not locate record: {uri}")
        return json_answer(record_json(record))

    def _list_records(self, request: Request) -> Answer:
        account, collection = self._repo(request.one("repo")), request.one("collection")
        rising, cursor = request.one("reverse") == "true", request.one("cursor")
        size = limit(request, 50)
        own = [
            each
            for each in self._records.of(account.did, collection)
            if not cursor or (each.rkey > cursor if rising else each.rkey < cursor)
        ]
        shown = sorted(own, key=lambda each: each.rkey, reverse=not rising)[:size]
        more = {"cursor": shown[-1].rkey} if len(shown) == size else {}
        return json_answer({"records": [record_json(each) for each in shown], **more})

    def _repo(self, name: str) -> Account:
        account = self._records.account(name)
        if account is None:
            raise error("InvalidRequest", f"Could not find repo: {name}")
        return account

    def _own_repo(self, request: Request) -> tuple[str, dict[str, Any]]:
        did, fields = self._did(request), request.fields()
        if self._repo(str(fields.get("repo", ""))).did != did:
            raise error("AuthenticationRequired", "Authentication Required", 401)
        return did, fields

    def _check_swap(self, fields: dict[str, Any], record: Record | None) -> None:
        current = record.cid if record else None
        if "swapRecord" in fields and fields["swapRecord"] != current:
            raise error("InvalidSwap", f"Record was at {current}")

    # App view

    def _list_notifications(self, request: Request) -> Answer:
        did = self._did(request)
        reasons = request.query.get("reasons")
        own = (
            each
            for each in reversed(before(self._records.notifications(did), request))
            if not each.record.deleted and (reasons is None or each.reason in reasons)
        )
        shown, more = page(own, request, 50)
        return json_answer({"notifications": [self._notified(each) for each in shown], **more})

    def _search_posts(self, request: Request) -> Answer:
        self._did(request)
        words = [a or b for a, b in re.findall(r'"([^"]+)"|(\S+)', request.one("q").casefold())]
        if not words:
            raise error("InvalidRequest", 'Error: Params must have the property "q"')
        since, until = moment(request, "since"), moment(request, "until")
        found = (
            each
            for each in self._records.newest_first()
            if all(word in each.value["text"].casefold() for word in words)
            and (since is None or each.indexed_at >= since)
            and (until is None or each.indexed_at < until)
        )
        shown, more = page(found, request, 25)
        return json_answer({"posts": [self._post(each) for each in shown], **more})

    def _get_posts(self, request: Request) -> Answer:
        self._did(request)
        uris = request.query.get("uris", [])
        if not 1 <= len(uris) <= MAX_URIS:
            raise error("InvalidRequest", f"Error: uris must have 1 to {MAX_URIS} elements")
        found = [record for uri in uris if (record := self._records.live(uri))]
        return json_answer({"posts": [self._post(each) | self._counts(each) for each in found]})

    def _counts(self, record: Record) -> dict[str, int]:
        author = self._repo(record.did)
        likes, shares = applause(record.uri, author.followers, record.indexed_at, self.now())
        replies = self._records.replies(record.uri)
        return {
            "likeCount": likes,
            "repostCount": shares,
            "replyCount": replies,
            "quoteCount": 0,
        }

    def _get_profile(self, request: Request) -> Answer:
        self._did(request)
        account = self._records.account(request.one("actor"))
        if account is None:
            raise error("InvalidRequest", "Profile not found")
        return json_answer(profile_json(account))

    def _notified(self, notification: Notification) -> dict[str, Any]:
        return notification_json(notification, self._repo(notification.record.did))

    def _post(self, record: Record) -> dict[str, Any]:
        return post_json(record, self._repo(record.did))

    def stamp(self, request: Request, /) -> Mapping[str, str]:
        """The rate-limit headers of the writing calls; the reset is in Unix seconds."""
        points = WRITE_POINTS.get(request.path.rpartition(".")[2])
        if points is None:
            return {}
        now = self.now()
        left, ends = self._quota.spend(self._sessions.owner(request.bearer()), now, points)
        return {
            "RateLimit-Limit": str(self._quota.limit),
            "RateLimit-Remaining": str(left),
            "RateLimit-Reset": str(int(ends.timestamp())),
            "RateLimit-Policy": f"{self._quota.limit};w=3600",
        }

    def _did(self, request: Request) -> str:
        return checked(self._sessions.did, request.bearer(), self.now())


def _uri(did: str, fields: Mapping[str, Any], rkey: str) -> str:
    return f"at://{did}/{fields.get('collection')}/{rkey}"
