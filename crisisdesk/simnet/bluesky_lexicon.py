"""What a Bluesky server checks and works out about records: limits, facets, keys, content ids."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
import regex

POST = "app.bsky.feed.post"
MAX_GRAPHEMES = 300
MAX_BYTES = 3000
"""Both limits hold for a post's text (lexicon app.bsky.feed.post)."""

IMAGES = "app.bsky.embed.images"
MAX_IMAGES = 4
MAX_IMAGE_BYTES = 1_000_000
"""For each picture (lexicon app.bsky.embed.images; servers of 2026 take twice that)."""
SIDES = ("width", "height")

_GRAPHEME = regex.compile(r"\X")
_HANDLE = regex.compile(r"(?<![\w@])@([a-zA-Z0-9][a-zA-Z0-9-]*(?:\.[a-zA-Z0-9-]+)+)")
_TID_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_TID = regex.compile(f"[234567a-j][{_TID_DIGITS}]{{12}}")
_RECORD_KEY = regex.compile(r"(?!\.\.?$)[A-Za-z0-9._:~-]{1,512}")


def fake_cid(record: Mapping[str, Any]) -> str:
    """A content id of the real length and prefix, the same for the same record.

    A real one hashes the record's DAG-CBOR form; this one hashes JSON with sorted keys.
    """
    digest = hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).digest()
    return "bafyrei" + base64.b32encode(digest).decode().lower().rstrip("=")


def blob_cid(content: bytes) -> str:
    """The real content id of a file: CID version 1, raw, SHA-256."""
    digest = hashlib.sha256(content).digest()
    named = base64.b32encode(b"\x01\x55\x12\x20" + digest).decode()
    return "b" + named.lower().rstrip("=")


def blob_refs(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files a checked record names, in order."""
    embed = record.get("embed")
    images = embed.get("images", []) if isinstance(embed, dict) else []
    return [image["image"] for image in images if isinstance(image, dict) and "image" in image]


def tid(microseconds: int, clock_id: int = 0) -> str:
    """A record key of 13 characters that sorts by time (AT Protocol, TID syntax)."""
    number = (microseconds << 10) | (clock_id & 1023)
    return "".join(_TID_DIGITS[(number >> shift) & 31] for shift in range(60, -1, -5))


def microseconds(key: str) -> int:
    """What `tid` made a record key of; -1 for a key of another kind."""
    if not _TID.fullmatch(key):
        return -1
    number = 0
    for digit in key:
        number = (number << 5) | _TID_DIGITS.index(digit)
    return number >> 10


def check_key(collection: str, rkey: str) -> None:
    """Raises ValueError unless the record key is legal; a post's has to be a TID."""
    pattern = _TID if collection == POST else _RECORD_KEY
    if not pattern.fullmatch(rkey):
        raise ValueError(f"Invalid record key for {collection}: {rkey!r}")


def check_post(record: Mapping[str, Any]) -> None:
    """Raises ValueError, worded as the server would, for a record that is no valid post."""
    text = record.get("text")
    if not isinstance(text, str):
        raise _invalid("Record must have a string property 'text'")
    if len(text.encode()) > MAX_BYTES:
        raise _invalid(f"Record/text must not be longer than {MAX_BYTES} characters")
    if len(_GRAPHEME.findall(text)) > MAX_GRAPHEMES:
        raise _invalid(f"Record/text must not be longer than {MAX_GRAPHEMES} graphemes")
    if not _is_datetime(record.get("createdAt")):
        raise _invalid("Record/createdAt must be an valid atproto datetime")
    for name, most in (("langs", 3), ("tags", 8)):
        if len(_array(record, name)) > most:
            raise _invalid(f"Record/{name} must not have more than {most} elements")
    _check_reply(record.get("reply"))
    for facet in _array(record, "facets"):
        _check_facet(facet, len(text.encode()))
    _check_images(record.get("embed"))


def mentioned_dids(record: Mapping[str, Any]) -> list[str]:
    """The DIDs named by the post's mention facets, in order."""
    features = [each for facet in record.get("facets") or [] for each in facet["features"]]
    return [
        str(each.get("did"))
        for each in features
        if each.get("$type") == "app.bsky.richtext.facet#mention"
    ]


def mentioned_handles(text: str) -> list[str]:
    """The handles written as @handle in the text, in lower case, in order."""
    return [handle.lower() for handle in _HANDLE.findall(text)]


def _array(record: Mapping[str, Any], name: str) -> list[Any]:
    value = record.get(name, [])
    if not isinstance(value, list):
        raise _invalid(f"Record/{name} must be an array")
    return value


def _check_reply(reply: object) -> None:
    if reply is None:
        return
    for end in ("root", "parent"):
        ref = reply.get(end) if isinstance(reply, dict) else None
        if not isinstance(ref, dict) or not ref.get("uri") or not ref.get("cid"):
            raise _invalid(f"Record/reply must have the property '{end}' with uri and cid")


def _check_facet(facet: object, size: int) -> None:
    index = facet.get("index") if isinstance(facet, dict) else None
    features = facet.get("features") if isinstance(facet, dict) else None
    if not isinstance(index, dict) or not isinstance(features, list):
        raise _invalid("Record/facets must have the properties 'index' and 'features'")
    if not all(isinstance(feature, dict) for feature in features):
        raise _invalid("Record/facets/features must hold objects")
    start, end = index.get("byteStart"), index.get("byteEnd")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= size:
        raise _invalid(f"Record/facets byte range {start}..{end} is outside 0..{size}")


def _check_images(embed: object) -> None:
    if not isinstance(embed, dict) or embed.get("$type") != IMAGES:
        return
    images = _array(embed, "images")
    if len(images) > MAX_IMAGES:
        raise _invalid(f"Record/embed/images must not have more than {MAX_IMAGES} elements")
    for place, image in enumerate(images):
        where = f"Record/embed/images/{place}"
        if not isinstance(image, dict) or not isinstance(image.get("alt"), str):
            raise _invalid(f'{where} must have the property "alt"')
        blob, ratio = image.get("image"), image.get("aspectRatio", {"width": 1, "height": 1})
        if not isinstance(blob, dict) or blob.get("$type") != "blob":
            raise _invalid(f"{where}/image should be a blob ref")
        if not str(blob.get("mimeType")).startswith("image/"):
            raise _invalid(f"{where}/image must be of type image/*")
        if not isinstance(blob.get("size"), int) or blob["size"] > MAX_IMAGE_BYTES:
            raise _invalid(f"{where}/image must not be larger than {MAX_IMAGE_BYTES} bytes")
        if not all(isinstance(ratio.get(side), int) and ratio[side] > 0 for side in SIDES):
            raise _invalid(f"{where}/aspectRatio must have a width and a height of 1 or more")


def _is_datetime(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _invalid(message: str) -> ValueError:
    return ValueError(f"Invalid {POST} record: {message}")
