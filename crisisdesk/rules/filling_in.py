"""Filling in an account's settings: what is wrong with each field, before any network is asked."""

from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath

from crisisdesk.model.account import AccountKind, SettingField

_WEB = frozenset({"server", "url", "base_url"})


def field_problems(about: AccountKind, values: Mapping[str, str]) -> dict[str, str]:
    """A sentence for each field that cannot be right as it is; empty when all may be."""
    found = {each.name: _problem(each, values.get(each.name, "").strip()) for each in about.fields}
    return {name: problem for name, problem in found.items() if problem}


def _problem(field: SettingField, typed: str) -> str:
    value = typed or field.default
    if not value:
        return f"{field.label} is empty." if field.required else ""
    if field.name in _WEB and _is_no_address(value):
        return "This is no web address: it looks like https://example.org."
    if field.name == "port" and not (value.isascii() and value.isdigit() and int(value) < 65536):
        return "A port is a number, mostly 587 or 465."
    if field.name == "handle" and value.startswith("@"):
        return "Leave out the @ at the front."
    if field.name == "handle" and ("." not in value or " " in value):
        return "A handle has a dot in it, as in council.bsky.social."
    if field.name == "sender" and "@" not in value:
        return "This is no e-mail address."
    if field.name == "recipients" and "@" not in value:
        return "There is no e-mail address among these."
    if field.name == "folder" and not _is_whole_path(value):
        return "Give the whole path of the folder, from the top."
    return ""


def _is_no_address(value: str) -> bool:
    host = value.split("://", 1)[-1].split("/", 1)[0]
    scheme = value.split("://", 1)[0] if "://" in value else "https"
    return scheme not in ("http", "https") or not host or " " in value


def _is_whole_path(value: str) -> bool:
    home = value.startswith("~")
    return home or PurePosixPath(value).is_absolute() or PureWindowsPath(value).is_absolute()
