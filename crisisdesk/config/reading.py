"""Reading `settings.toml`: what is good is used, what is not is named; it never stops the desk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from crisisdesk.config.declared import SETTINGS, Settings
from crisisdesk.config.statements import lines_of, parted
from crisisdesk.model.setting import Kind, Setting

DATABASES = ("sqlite:///", "postgresql+psycopg://")
FIRST_PRINTED = ord(" ")
_SPOILT = "\ufffd"
_KINDS = {Kind.BOOL: "true or false", Kind.INT: "a whole number"}


class Problem(NamedTuple):
    """One thing wrong with the file; `key` is the setting whose default is used, if it is one."""

    words: str
    to_do: str
    key: str = ""

    def __str__(self) -> str:
        return f"{self.words} {self.to_do}"


class Loaded(NamedTuple):
    """What a settings file says; `given` are the keys it sets."""

    settings: Settings
    problems: tuple[Problem, ...] = ()
    given: frozenset[str] = frozenset()


def load_settings(file: Path) -> Loaded:
    """Read the settings. Never raises: defaults stand in for what cannot be read or used."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return Loaded(Settings())
    except OSError as error:
        words = f"{file} cannot be read: {error.strerror or error}. The defaults are used."
        return Loaded(Settings(), (Problem(words, "Correct its permissions."),))
    return read_settings(content, file)


def read_settings(content: bytes, file: Path) -> Loaded:
    """The same for the bytes of a file, which is only named in problems."""
    problems: list[Problem] = []
    text = content.decode("utf-8-sig", errors="replace")
    if _SPOILT in text:
        words = f"{file} cannot be read as a whole: it is no UTF-8 text."
        problems.append(Problem(words, "Save it as UTF-8 in your editor."))
    good: dict[str, Any] = {}
    for line, key, value, trouble in _values(text):
        where = f"{file}, line {line}"
        if trouble and _SPOILT not in trouble:
            lost = " Its default is used." if key in SETTINGS else ""
            words = f"{where} cannot be read: {trouble}.{lost}"
            problems.append(Problem(words, "Correct the line.", key if key in SETTINGS else ""))
        elif not trouble and (problem := _checked(where, key, value, again=key in good)):
            problems.append(problem)
        elif not trouble:
            good[key] = tuple(value) if isinstance(value, list) else value
    return Loaded(Settings(**good), tuple(problems), frozenset(good))


def _values(text: str) -> Iterator[tuple[int, str, Any, str]]:
    """(line, key, value, fault) of everything the file sets."""
    lines = lines_of(text)
    for each in parted(text):
        if each.fault:
            spoilt = _SPOILT if _SPOILT in "".join(lines[each.first : each.end]) else ""
            yield each.first + 1, each.key, None, each.fault + spoilt
        for key, value in each.values.items():
            yield each.first + 1, key, value, _SPOILT if _SPOILT in str(value) else ""


def _checked(where: str, key: str, value: Any, *, again: bool) -> Problem | None:
    declared = SETTINGS.get(key)
    if declared is None:
        words = f"{where}: {key!r} is no setting. The line is left out."
        return Problem(words, "Remove it, or correct its name.")
    if again:
        return Problem(f"{where}: {key!r} is set before. The first counts.", "Remove one.", key)
    if trouble := fault(declared, value):
        words = f"{where}: {key!r} {trouble}. Its default is used."
        return Problem(words, "Correct the line.", key)
    return None


def fault(setting: Setting, value: Any) -> str:
    """What is wrong with a value, as in "must be 1 or more"; empty when nothing is."""
    if setting.kind is Kind.LIST:
        whole = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
        return "" if whole else 'must be a list of texts, as in ["a", "b"]'
    if type(value) is not type(setting.default):
        return f"must be {_KINDS.get(setting.kind, 'a text in quotes')}"
    if setting.kind is Kind.INT:
        return _bounds(setting, value)
    if setting.choices and value not in setting.choices:
        return f"must be one of {', '.join(setting.choices)}"
    return _text_fault(setting, value) if isinstance(value, str) else ""


def _bounds(setting: Setting, value: int) -> str:
    if setting.least <= value <= setting.most:
        return ""
    return f"must be from {setting.least} to {setting.most}"


def _text_fault(setting: Setting, value: str) -> str:
    if setting.key == "database_url" and value and not value.startswith(DATABASES):
        return f"must begin with {' or '.join(DATABASES)}"
    if setting.kind is Kind.FILE and value and not _holds_certificates(Path(value)):
        return f"names no PEM file of certificates: {value}"
    if any(ord(sign) < FIRST_PRINTED or sign == "\x7f" for sign in value):
        return "must be one line of plain text"
    return ""


def _holds_certificates(file: Path) -> bool:
    try:
        return b"-----BEGIN CERTIFICATE-----" in file.expanduser().read_bytes()
    except OSError:
        return False
