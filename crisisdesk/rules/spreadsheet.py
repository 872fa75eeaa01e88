"""The log as rows for a spreadsheet program, in which no cell is ever a formula."""

from typing import Any

import orjson

COLUMNS = ("seq", "mode", "at", "occurred", "actor", "action", "subject", "detail", "desk", "hash")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What spreadsheet programs take for the start of a formula (OWASP, CSV injection); the last four
are the wide forms that some of them read alike."""


def safe_cell(value: object) -> str:
    """A cell's text; an apostrophe keeps what would be a formula from being one."""
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) else text


def row_of(seq: int, digest: bytes, entry: dict[str, Any]) -> list[str]:
    """One entry's cells, in the order of COLUMNS. What it does not say stays empty."""
    detail = orjson.dumps(entry.get("detail", {}), option=orjson.OPT_SORT_KEYS).decode()
    mode = str(entry.get("mode", ""))
    cells = {
        **entry,
        "seq": seq,
        "mode": mode.upper() if mode == "exercise" else mode,
        "detail": detail,
        "hash": digest.hex(),
    }
    return [safe_cell(cells.get(name, "")) for name in COLUMNS]
