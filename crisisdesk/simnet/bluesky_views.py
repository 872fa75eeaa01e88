"""Bluesky's answers: the views of records and sessions, paging, and errors."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice
from typing import Any, ParamSpec, TypeVar

from crisisdesk.simnet.bluesky_records import Account, Notification, Record
from crisisdesk.simnet.bluesky_sessions import TokenError
from crisisdesk.simnet.shelf import Listing
from crisisdesk.simnet.timing import iso_millis
from crisisdesk.simnet.wsgi import RefusedError, Request, json_answer

Item = TypeVar("Item", Record, Notification)
Given = ParamSpec("Given")
Result = TypeVar("Result")


def error(name: str, message: str, status: int = 400) -> RefusedError:
    """An XRPC error, ready to raise."""
    return RefusedError(json_answer({"error": name, "message": message}, status))


def checked(check: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """Call a check of the session store; what it refuses becomes the XRPC error for it.

    A missing token is 401, an expired or unknown one 400, as on the reference server.
    """
    try:
        return check(*args, **kwargs)
    except TokenError as wrong:
        status = 401 if wrong.name == "AuthMissing" else 400
        raise error(wrong.name, str(wrong), status) from wrong


def limit(request: Request, default: int) -> int:
    """The `limit` parameter, 1 to 100."""
    text = request.one("limit", str(default))
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise error("InvalidRequest", "Error: limit must be an integer from 1 to 100")
    return int(text)


def moment(request: Request, name: str) -> datetime | None:
    """A time given as a parameter; None without one."""
    text = request.one(name)
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise error("InvalidRequest", f"Error: {name} must be a datetime") from wrong
    return found.astimezone() if found else None


def page(
    items: Iterable[Item], request: Request, default: int
) -> tuple[list[Item], dict[str, str]]:
    """(one page; {"cursor": …} if the page is full) of items, newest first.

    What comes after the page is not looked at.
    """
    cursor, size = request.one("cursor"), limit(request, default)
    if cursor and not cursor.isdecimal():
        raise error("InvalidRequest", "Malformed cursor")
    fits = (each for each in items if not cursor or each.number < int(cursor))
    shown = list(islice(fits, size))
    return shown, {"cursor": str(shown[-1].number)} if len(shown) == size else {}


def before(told: Listing[Notification], request: Request) -> Listing[Notification]:
    """Those older than the request's cursor: what was paged through is not looked at again."""
    cursor = request.one("cursor")
    return told.until(bisect_left(told.ids, int(cursor))) if cursor.isdecimal() else told


def session_json(account: Account, access: str, refresh: str, endpoint: str) -> dict[str, Any]:
    """What createSession and refreshSession answer."""
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer"}
    return {
        "accessJwt": access,
        "refreshJwt": refresh,
        "handle": account.handle,
        "did": account.did,
        "didDoc": {
            "id": account.did,
            "alsoKnownAs": [f"at://{account.handle}"],
            "service": [{**service, "serviceEndpoint": endpoint}],
        },
        "active": True,
    }


def record_json(record: Record) -> dict[str, Any]:
    """A record as the repository shows it."""
    return {"uri": record.uri, "cid": record.cid, "value": record.value}


def post_json(record: Record, author: Account) -> dict[str, Any]:
    """A post as the app view shows it, without the optional counters."""
    return {
        "uri": record.uri,
        "cid": record.cid,
        "author": _author(author),
        "record": record.value,
        "indexedAt": iso_millis(record.indexed_at),
        "labels": [],
    }


def profile_json(account: Account) -> dict[str, Any]:
    """An account as the app view shows it."""
    return {**_author(account), "followersCount": account.followers}


def notification_json(notification: Notification, author: Account) -> dict[str, Any]:
    """One item of listNotifications."""
    subject = {"reasonSubject": notification.subject} if notification.subject else {}
    told = {"reason": notification.reason, "isRead": False}
    return {**post_json(notification.record, author), **told, **subject}


def _author(account: Account) -> dict[str, str]:
    shown = {"displayName": account.display_name} if account.display_name else {}
    return {"did": account.did, "handle": account.handle, **shown}
