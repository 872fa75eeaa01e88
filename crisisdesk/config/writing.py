"""Changing one line of `settings.toml`: everything else in the file stays as a person wrote it."""

import os
import tempfile
from pathlib import Path
from typing import Any

from crisisdesk.config.declared import SETTINGS
from crisisdesk.config.reading import read_settings
from crisisdesk.config.statements import Statement, lines_of, parted
from crisisdesk.model.errors import BadInput, StoreError

SHORT = 88
"""A list that takes more characters gets a line for each of its texts."""


def write_setting(file: Path, key: str, value: Any) -> bytes | None:
    """Set one key, or with None go back to its default. Returns the bytes before; None for no file.

    The file is replaced whole, so that no crash leaves half of it. A line of the key that could
    not be read is kept as a comment. Raises BadInput or StoreError; then nothing was changed.
    """
    before = _bytes(file)
    content = changed(before or b"", key, value)
    read = read_settings(content, file)
    wanted = SETTINGS[key].default if value is None else value
    if getattr(read.settings, key) != wanted:
        raise BadInput(f"{file} cannot be changed safely.", f"Set {key} in it with an editor.")
    replace_file(file, content)
    return before


def restore(file: Path, content: bytes | None) -> None:
    """Put back what `write_setting` returned."""
    if content is None:
        file.unlink(missing_ok=True)
    else:
        replace_file(file, content)


def changed(content: bytes, key: str, value: Any) -> bytes:
    """A settings file with one key set, or with None without it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            "The settings file is no UTF-8 text.", "Save it as UTF-8 in an editor first."
        ) from error
    lines = lines_of(text)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    statements = parted("".join(lines))
    new = [] if value is None else [f"{key} = {toml(value)}"]
    own = [each for each in statements if each.key == key and not _is_table(lines, each)]
    for each in reversed(own):
        put = new if each is own[0] else []
        lines[each.first : each.end] = _instead(lines, each, put)
    if not own and new:
        end = next((each.first for each in statements if _is_table(lines, each)), len(lines))
        lines[end:end] = [f"{new[0]}\n"]
    whole = "".join(lines)
    return (whole.replace("\r", "").replace("\n", "\r\n") if "\r\n" in text else whole).encode()


def _is_table(lines: list[str], statement: Statement) -> bool:
    return lines[statement.first].lstrip().startswith("[")


def _instead(lines: list[str], statement: Statement, new: list[str]) -> list[str]:
    """The new lines; what could not be read is kept as a comment, and so is a person's remark."""
    old = lines[statement.first : statement.end]
    if statement.fault:
        return [f"# {each}" for each in old] + [f"{each}\n" for each in new]
    if not new:
        return []
    return [f"{new[0]}{_remark(old, statement)}\n"]


def _remark(old: list[str], statement: Statement) -> str:
    """The comment behind a statement on one line."""
    line = old[0].rstrip()
    if len(old) > 1:
        return ""
    for at, sign in enumerate(line):
        if sign == "#" and [each.values for each in parted(line[:at])] == [statement.values]:
            return f"  {line[at:]}"
    return ""


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    texts = [_quoted(each) for each in value]
    line = f"[{', '.join(texts)}]"
    return line if len(line) <= SHORT else "".join(("[\n", *(f"    {t},\n" for t in texts), "]"))


def _quoted(text: str) -> str:
    """JSON's escapes are TOML's too; DEL has to be escaped in TOML alone."""
    import json  # the console's first picture reads settings, and writes none

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _bytes(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unwritable(file, error) from error


def replace_file(file: Path, content: bytes) -> None:
    """Write aside, sync, and put it in place of the old one in a single step."""
    target = file.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=".settings-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            Path(aside).replace(target)
        except OSError:
            Path(aside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unwritable(file, error) from error


def _unwritable(file: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{file} cannot be written: {error.strerror or error}.",
        "Free some space, or correct its permissions, then try again.",
        "Nothing was changed.",
    )
