"""Accounts: where we may publish or listen, described as data so that forms make themselves."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SettingField:
    """One setting of an account. Secret ones live in the keyring, never in the database."""

    name: str
    label: str
    hint: str = ""
    secret: bool = False
    required: bool = True
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A configured channel or source. `settings` holds no secret."""

    id: str
    kind: str
    name: str
    settings: dict[str, str] = field(default_factory=dict)
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class AccountKind:
    """What can be added: its fields, and whether it publishes, listens or both."""

    kind: str
    title: str
    publishes: bool
    listens: bool
    fields: tuple[SettingField, ...]
    advice: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer to "does this account work?", got without publishing anything.

    `reached` is False when nobody answered: then this says nothing about the account.
    """

    ok: bool
    words: str
    identity: str = ""
    text_limit: int | None = None
    reached: bool = True
