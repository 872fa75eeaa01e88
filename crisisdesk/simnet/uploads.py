"""Files as clients upload them: forms with parts (RFC 7578), and what the bytes say they are."""

from __future__ import annotations

import re

from crisisdesk.simnet.wsgi import Request

_BOUNDARY = re.compile(r'boundary="?([^";]+)')
_NAME = re.compile(rb'\bname="([^"]*)"')
_SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
}


def picture_type(content: bytes) -> str:
    """The MIME type by the first bytes, as servers tell it; "" for what is no picture."""
    return next((mime for start, mime in _SIGNATURES.items() if content.startswith(start)), "")


def read_form(request: Request) -> tuple[dict[str, str], dict[str, bytes]]:
    """(fields, files) of a multipart form by their names; both empty for any other body."""
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    boundary = _BOUNDARY.search(request.headers["content-type"])
    parts = request.body.split(f"--{boundary[1]}".encode()) if boundary else []
    for part in parts[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        found = _NAME.search(head)
        name = found[1].decode() if found else ""
        if b"filename" in head:
            files[name] = data.removesuffix(b"\r\n")
        else:
            fields[name] = data.removesuffix(b"\r\n").decode("utf-8", "replace")
    return fields, files
