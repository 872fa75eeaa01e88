"""Administering: who we are, and which accounts the desk uses."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crisisdesk.channels.base import unanswered
from crisisdesk.channels.registry import CHANNELS, make_channel
from crisisdesk.model.account import Account, AccountKind, CheckResult
from crisisdesk.model.chance import Chance
from crisisdesk.model.errors import BadInput, NetworkError, Refused
from crisisdesk.model.events import AccountsChanged, SourceState
from crisisdesk.model.mode import EXERCISE_DOMAIN, Mode
from crisisdesk.model.operator import Operator
from crisisdesk.net import Net
from crisisdesk.net.redact import keep_out_of_logs
from crisisdesk.rules.templating import UNWRITABLE
from crisisdesk.sources.registry import SOURCE_KINDS, make_sources
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.chance import SYSTEM_CHANCE
from crisisdesk.system.secrets import Secrets

LOCAL = ("localhost", "127.0.0.1", "::1")

ORGANISATION = "organisation"
UNCHECKED = "unchecked accounts"


class Administering:
    """The organisation and its accounts."""

    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        net: Net,
        bus: Bus,
        now: Callable[[], datetime],
        chance: Chance = SYSTEM_CHANCE,
        home: Path | None = None,
    ) -> None:
        """`home` is the desk's own folder: the log names places in it from there on."""
        self._database = database
        self._secrets = secrets
        self._net = net
        self._bus = bus
        self._now = now
        self._chance = chance
        self._home = home

    @property
    def secrets_last(self) -> bool:
        """Whether secrets outlive this run."""
        return self._secrets.lasting

    @property
    def secrets_place(self) -> str:
        """Where secrets are kept, in words."""
        return self._secrets.where

    def organisation(self) -> str:
        """Who we are to the public; "" until somebody has said it."""
        with self._database.read() as unit:
            return unit.accounts.value(ORGANISATION)

    def name_organisation(self, name: str, by: Operator) -> None:
        """Say who we are: the name stands in every message."""
        name = " ".join(name.split())
        if not by.role.may_configure:
            raise Refused(
                "Only an administrator names the organisation.",
                "Ask an administrator to sign in.",
                "Nothing was changed.",
            )
        if not name:
            raise BadInput("The organisation's name is empty.", "Type it as the public knows it.")
        if UNWRITABLE.search(name):
            raise BadInput("The name holds hidden characters.", "Type it anew.")

        def put(unit: Unit) -> None:
            unit.accounts.set_value(ORGANISATION, name)
            unit.log.append("organisation.named", actor=by.name, detail={"name": name})

        self._database.write(put)
        self._bus.publish(AccountsChanged())

    def kinds(self) -> list[AccountKind]:
        """What can be added, with the fields to fill in."""
        return [channel.about for channel in CHANNELS.values()] + list(SOURCE_KINDS.values())

    def kind(self, name: str) -> AccountKind:
        """One kind by its name. Raises BadInput."""
        for about in self.kinds():
            if about.kind == name:
                return about
        raise BadInput(f"{name!r} is no kind of account.", "Choose one of those below Add.")

    def accounts(self) -> list[Account]:
        """All accounts in order of name."""
        with self._database.read() as unit:
            return unit.accounts.all()

    def secrets_of(self, account: Account) -> dict[str, str]:
        """The secrets of an account, from the keyring; each is masked in logs from now on."""
        names = [field.name for field in self.kind(account.kind).fields if field.secret]
        values = {name: self._secrets.get(f"{account.id}/{name}") for name in names}
        for value in values.values():
            keep_out_of_logs(value)
        return values

    def check(self, kind: str, values: Mapping[str, str]) -> CheckResult:
        """Try the settings without keeping or publishing anything. Waits for the network."""
        try:
            account, secrets = self._from_form(self._chance.id(), kind, kind, values)
        except BadInput as error:
            return CheckResult(False, str(error))
        return self._check(account, secrets)

    def check_account(self, account: Account) -> CheckResult:
        """Try an account that is set up and tell how it is doing.

        Remembers the text limit that its network announces.
        """
        secrets = self.secrets_of(account)
        missing = self._missing_secret(account, secrets)
        result = CheckResult(False, missing) if missing else self._check(account, secrets)
        limit = result.text_limit
        if limit:
            self._database.write(lambda unit: unit.accounts.set_limit(account.id, limit))
        if result.ok:
            self._was_checked(account)
        self._bus.publish(
            SourceState(account.id, result.ok, f"{account.name}: {result.words}", "sign-in")
        )
        return result

    def unchecked(self) -> frozenset[str]:
        """The ids of accounts that were kept although nobody answered when they were tried."""
        with self._database.read() as unit:
            return _unchecked(unit)

    def _was_checked(self, account: Account) -> None:
        if account.id not in self.unchecked():
            return
        self._database.write(lambda unit: _mark(unit, account.id, unchecked=False))
        self._bus.publish(AccountsChanged())

    def _missing_secret(self, account: Account, secrets: Mapping[str, str]) -> str:
        for field in self.kind(account.kind).fields:
            if field.secret and field.required and not secrets.get(field.name):
                return f"The {field.label.lower()} is not in the keyring: enter it again."
        return ""

    def _check(self, account: Account, secrets: Mapping[str, str]) -> CheckResult:
        if account.kind in CHANNELS:
            channel = make_channel(account, secrets, self._net, self._now)
            try:
                return channel.check()
            finally:
                channel.close()
        source = make_sources(account, secrets, self._net, self._now)[0]
        try:
            found = len(source.fetch("").items)
        except NetworkError as error:
            return unanswered(error)
        finally:
            source.close()
        return CheckResult(True, f"The feed can be read; it holds {found} items.")

    def save_account(
        self,
        kind: str,
        name: str,
        values: Mapping[str, str],
        by: Operator,
        account_id: str = "",
        *,
        unchecked: bool = False,
    ) -> Account:
        """Add or change an account. Secrets go to the keyring; an empty one leaves the old one.

        `unchecked`: nobody answered when it was tried. It is marked until its network says yes.
        """
        if not by.role.may_configure:
            raise Refused(
                "Only an administrator changes channels.",
                "Ask an administrator to sign in.",
                "Nothing was changed.",
            )
        account, secrets = self._from_form(account_id or self._chance.id(), kind, name, values)
        for field_name, value in secrets.items():
            if value:
                keep_out_of_logs(value)
                self._secrets.set(f"{account.id}/{field_name}", value)

        def put(unit: Unit) -> None:
            unit.accounts.put(account)
            _mark(unit, account.id, unchecked=unchecked)
            unit.log.append(
                "account.changed" if account_id else "account.added",
                actor=by.name,
                subject=f"account {account.id}",
                detail=self._told(account) | ({"checked": False} if unchecked else {}),
            )

        self._database.write(put)
        self._bus.publish(AccountsChanged(account.id))
        return account

    def _told(self, account: Account) -> dict[str, Any]:
        """As the log tells of it: where this desk keeps its own files is not for every reader."""
        own = f"{self._home}{os.sep}" if self._home else ""
        settings = {name: value.removeprefix(own) for name, value in account.settings.items()}
        return {"kind": account.kind, "name": account.name, "settings": settings}

    def remove_account(self, account: Account, by: Operator) -> None:
        """Remove an account with its secrets."""
        if not by.role.may_configure:
            raise Refused(
                "Only an administrator changes channels.",
                "Ask an administrator to sign in.",
                "Nothing was changed.",
            )
        for field in self.kind(account.kind).fields:
            if field.secret:
                self._secrets.forget(f"{account.id}/{field.name}")

        def remove(unit: Unit) -> None:
            unit.accounts.remove(account.id)
            _mark(unit, account.id, unchecked=False)
            unit.log.append(
                "account.removed",
                actor=by.name,
                subject=f"account {account.id}",
                detail={"kind": account.kind, "name": account.name},
            )

        self._database.write(remove)
        self._bus.publish(AccountsChanged())

    def _from_form(
        self, account_id: str, kind: str, name: str, values: Mapping[str, str]
    ) -> tuple[Account, dict[str, str]]:
        about = self.kind(kind)
        settings = {
            field.name: values.get(field.name, "").strip() or field.default
            for field in about.fields
            if not field.secret
        }
        for field in about.fields:
            if field.required and not field.secret and not settings[field.name]:
                raise BadInput(f"{field.label} is empty.", "Fill it in.")
            if field.choices and settings[field.name] not in field.choices:
                raise BadInput(
                    f"{field.label} must be one of {', '.join(field.choices)}.",
                    "Choose one of these.",
                )
        _check_addresses(settings)
        if self._net.mode is Mode.LIVE:
            _refuse_of_exercise(settings)
        secrets = {f.name: values.get(f.name, "").strip() for f in about.fields if f.secret}
        return Account(account_id, kind, name.strip() or about.title, settings), secrets


def _unchecked(unit: Unit) -> frozenset[str]:
    return frozenset(unit.accounts.value(UNCHECKED).split())


def _mark(unit: Unit, account_id: str, *, unchecked: bool) -> None:
    before = _unchecked(unit)
    after = before | {account_id} if unchecked else before - {account_id}
    if after != before:
        unit.accounts.set_value(UNCHECKED, " ".join(sorted(after)))


def _refuse_of_exercise(settings: Mapping[str, str]) -> None:
    if any(EXERCISE_DOMAIN in value for value in settings.values()):
        raise BadInput(
            f"{EXERCISE_DOMAIN} is where exercises are, and this desk is live.",
            "Give the account's real address.",
            "Nothing was changed.",
        )


def _check_addresses(settings: dict[str, str]) -> None:
    """Web addresses need a scheme; secrets must not travel unencrypted beyond this computer."""
    open_mail = settings.get("security") == "none" and settings.get("user")
    if open_mail and settings.get("host") not in LOCAL:
        raise BadInput(
            "The password would travel unencrypted.",
            "Choose starttls or tls.",
            "Anybody on the way could read it.",
        )
    for name in ("server", "url", "base_url"):
        address = settings.get(name, "")
        if not address:
            continue
        if "://" not in address:
            settings[name] = f"https://{address}"
        elif not address.startswith(("https://", "http://")):
            raise BadInput(f"{address!r} is no web address.", "Write it from https:// on.")
        elif name == "server" and address.startswith("http://") and not _is_local(address):
            raise BadInput(
                f"{address} is not encrypted.",
                "Use its https:// address.",
                "Anybody on the way could read and change it.",
            )


def _is_local(address: str) -> bool:
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return False
    return host in LOCAL
