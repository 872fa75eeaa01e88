"""What a simulated Bluesky network knows: accounts, their records, and who was told of them."""

from __future__ import annotations

import base64
import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crisisdesk.simnet.bluesky_lexicon import (
    POST,
    blob_cid,
    blob_refs,
    check_key,
    check_post,
    fake_cid,
    mentioned_dids,
    mentioned_handles,
    microseconds,
    tid,
)
from crisisdesk.simnet.shelf import Listing, Row, Shelf

ENDS = ("", "parent", "root")
"""Of a reply: which end was the recipient's; none for a mention."""


@dataclass(slots=True)
class Account:
    """An account; one without a password cannot log in."""

    did: str
    handle: str
    password: str = ""
    display_name: str = ""
    followers: int = 0


@dataclass(slots=True)
class Record:
    """One record of a repository. `number` grows with arrival; a deleted one is kept, marked."""

    number: int
    did: str
    collection: str
    rkey: str
    value: dict[str, Any]
    cid: str
    indexed_at: datetime
    deleted: bool = False

    @property
    def uri(self) -> str:
        """at://did/collection/rkey"""
        return f"at://{self.did}/{self.collection}/{self.rkey}"


@dataclass(frozen=True, slots=True)
class Notification:
    """`recipient` (a DID) was mentioned or answered in `record`; `subject` is what was answered."""

    number: int
    recipient: str
    reason: str
    record: Record
    subject: str | None


class MissingBlobError(ValueError):
    """A record names a file that was never uploaded by its account."""


class _Told:
    """Of one account's notifications: number, number of the record, and which of `ENDS`."""

    def __init__(self) -> None:
        self.numbers = array("Q")
        self.records = array("L")
        self.ends = array("B")


class Records:
    """The network's memory. The app that owns it holds its lock around every call."""

    def __init__(self) -> None:
        self.all: Shelf[Record] = Shelf(self._row, _record)
        self._accounts: dict[str, Account] = {}
        self._told: dict[str, _Told] = {}
        self._notified = 0
        self._live: dict[str, Record] = {}
        """By at:// address, what accounts wrote that somebody can sign in to."""
        self._own: dict[str, list[Record]] = {}
        """The same by account: they look at it again and again."""
        self._tids, self._numbers = array("Q"), array("L")
        """Keys and numbers of what everybody else wrote; both rise."""
        self._answers: dict[str, list[str]] = {}
        """The addresses of the answers to each post, those of deleted ones too."""
        self._last_tid = 0
        self.blobs: dict[tuple[str, str], tuple[bytes, str]] = {}
        """(bytes, MIME type) of uploaded files by account and content id."""

    def add_account(self, handle: str, password: str, display_name: str) -> Account:
        """Add an account or, where the handle is taken, give it these details."""
        digest = base64.b32encode(hashlib.sha256(handle.lower().encode()).digest()).decode().lower()
        account = Account(f"did:plc:{digest[:24]}", handle.lower(), password, display_name)
        self._accounts[account.handle] = self._accounts[account.did] = account
        if password:
            self._take_over(account.did)
        return account

    def _take_over(self, did: str) -> None:
        """From now on somebody can sign in and change what stands there."""
        self._own[did] = [each for each in self.all if each.did == did]
        for record in self._own[did]:
            self.all.hold(record.number - 1, record)
            if not record.deleted:
                self._live[record.uri] = record

    def account(self, name: str) -> Account | None:
        """The account with this handle or DID."""
        return self._accounts.get(name if name.startswith("did:") else name.lower())

    def live(self, uri: str) -> Record | None:
        """The record at this at:// address, None when there is none or it was deleted."""
        record = self._live.get(uri) or self._strangers(uri)
        return None if record is None or record.deleted else record

    def _strangers(self, uri: str) -> Record | None:
        """What was written by somebody who cannot sign in."""
        key = microseconds(uri.rpartition("/")[2])
        place = bisect_left(self._tids, key)
        if place == len(self._tids) or self._tids[place] != key:
            return None
        record = self.all[self._numbers[place]]
        return record if record.uri == uri else None

    def of(self, did: str, collection: str) -> list[Record]:
        """One account's records in a collection, oldest first."""
        live = (each for each in self._own.get(did, self.all) if not each.deleted)
        return [each for each in live if (each.did, each.collection) == (did, collection)]

    def newest_first(self) -> Iterator[Record]:
        """The posts of everybody."""
        return (each for each in reversed(self.all) if each.collection == POST and not each.deleted)

    def notifications(self, did: str) -> Listing[Notification]:
        """What an account was told, oldest first; `ids` are the numbers of the notifications."""
        told = self._told.get(did) or _Told()

        def make(place: int) -> Notification:
            record, end = self.all[told.records[place]], ENDS[told.ends[place]]
            subject = record.value["reply"][end]["uri"] if end else None
            reason = "reply" if end else "mention"
            return Notification(told.numbers[place], did, reason, record, subject)

        return Listing(told.numbers, make)

    def next_tid(self, now: datetime) -> str:
        """A fresh record key, later than every one given out before."""
        self._last_tid = max(self._last_tid + 1, int(now.timestamp() * 1_000_000))
        return tid(self._last_tid)

    def put(
        self, did: str, collection: str, rkey: str, value: dict[str, Any], now: datetime
    ) -> Record:
        """Write a record; the same content again changes nothing. Raises ValueError if invalid."""
        value = {"$type": collection, **value}
        if value["$type"] != collection:
            raise ValueError(f"Invalid $type: expected {collection}, got {value['$type']}")
        check_key(collection, rkey)
        if collection == POST:
            check_post(value)
        for blob in blob_refs(value):
            self._check_blob(did, blob)
        record = self.live(f"at://{did}/{collection}/{rkey}")
        if record is None:
            return self._add(did, collection, rkey, value, now)
        record.value, record.cid = value, fake_cid(value)
        self.all.hold(record.number - 1, record)
        return record

    def keep_blob(self, did: str, content: bytes, mime: str) -> dict[str, Any]:
        """Keep an uploaded file; returns the reference a record names it by."""
        cid = blob_cid(content)
        self.blobs[did, cid] = (content, mime)
        return {"$type": "blob", "ref": {"$link": cid}, "mimeType": mime, "size": len(content)}

    def _check_blob(self, did: str, blob: dict[str, Any]) -> None:
        cid = str((blob.get("ref") or {}).get("$link"))
        if (did, cid) not in self.blobs:
            raise MissingBlobError(f"Could not find blob: {cid}")
        content, mime = self.blobs[did, cid]
        if (blob["mimeType"], blob["size"]) != (mime, len(content)):
            raise ValueError(f"Referenced Mimetype or size does not match stored blob {cid}")

    def delete(self, uri: str) -> None:
        """Mark the record deleted; none there is fine."""
        if record := self.live(uri):
            record.deleted = True
            self._live.pop(uri, None)
            self.all.hold(record.number - 1, record)

    def replies(self, uri: str) -> int:
        """How many posts answer this one, without deleted ones."""
        answered = (self.live(each) for each in self._answers.get(uri, ()))
        return sum(each is not None for each in answered)

    def reply_refs(self, parent: Record) -> dict[str, dict[str, str]]:
        """The `reply` field of an answer to `parent`."""
        ref = {"uri": parent.uri, "cid": parent.cid}
        return {"root": parent.value.get("reply", {}).get("root", ref), "parent": ref}

    def _add(
        self, did: str, collection: str, rkey: str, value: dict[str, Any], now: datetime
    ) -> Record:
        number = len(self.all) + 1
        record = Record(number, did, collection, rkey, value, fake_cid(value), now)
        self.all.append(record)
        if did in self._own:
            self._own[did].append(record)
            self._live[record.uri] = record
        else:
            self._tids.append(microseconds(rkey))
            self._numbers.append(number - 1)
        parent = (value.get("reply") or {}).get("parent", {}).get("uri", "")
        if parent:
            self._answers.setdefault(parent, []).append(record.uri)
        if collection == POST:
            self._notify(record)
        return record

    def _notify(self, record: Record) -> None:
        reply = record.value.get("reply") or {}
        told: dict[str, int] = {}
        for end in (1, 2) if reply else ():
            if answered := self.live(reply[ENDS[end]]["uri"]):
                told.setdefault(answered.did, end)
        for name in mentioned_dids(record.value) + mentioned_handles(record.value["text"]):
            if account := self.account(name):
                told.setdefault(account.did, 0)
        told.pop(record.did, None)
        for did, end in told.items():
            self._tell(did, record, end)

    def _tell(self, did: str, record: Record, end: int) -> None:
        self._notified += 1
        told = self._told.setdefault(did, _Told())
        told.numbers.append(self._notified)
        told.records.append(record.number - 1)
        told.ends.append(end)

    def _row(self, record: Record) -> Row | None:
        """A post of the public; its author cannot sign in to change it."""
        if record.did in self._own or record.deleted or record.collection != POST:
            return None
        return record.did, record.rkey, record.value, record.indexed_at


def _record(number: int, row: Row) -> Record:
    did, rkey, value, indexed_at = row
    return Record(number + 1, did, POST, rkey, value, fake_cid(value), indexed_at)
