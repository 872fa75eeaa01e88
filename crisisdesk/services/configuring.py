"""Configuring: a setting is checked, written to the file, logged, and told to everybody."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from crisisdesk.config import SETTINGS, Problem, Settings, fault, write_setting
from crisisdesk.config.writing import restore
from crisisdesk.model.errors import BadInput, Refused
from crisisdesk.model.events import SettingsChanged
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator
from crisisdesk.model.setting import Kind, Reach, Section, Setting
from crisisdesk.rules.terms import joined
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus

NOT_HERE = "An exercise changes only how this computer looks and calls."
WEIGHTY = (Section.SAFETY, Section.RECORD)
MOST_LOGGED = 20


class Configuring:
    """The settings in use and the file they come from. `change` may be called from any thread."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        mode: Mode,
        settings: Settings,
        file: Path | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> None:
        self._database = database
        self._bus = bus
        self._mode = mode
        self._file = file
        self._lock = threading.Lock()
        self._settings = self._started_with = settings
        self._problems = problems

    def note_found(self) -> list[str]:
        """At start: log what somebody changed in the file since this desk last looked, and what
        cannot be used. Returns the keys changed; what was changed on the page is known already.
        """

        def note(unit: Unit) -> list[str]:
            known = _remembered(unit)
            found = [each for each in SETTINGS.values() if self._differs(each, known)]
            for setting in found:
                old = _back(setting, known.get(setting.key))
                self._append(unit, "setting.found", setting, old, self.value(setting.key), "desk")
            if found:
                self._remember(unit)
            for problem in self._problems:
                detail = {"words": str(problem)}
                unit.log.append("setting.unusable", actor="desk", detail=detail, weighty=True)
            return [each.key for each in found]

        return self._database.write(note)

    @property
    def settings(self) -> Settings:
        """The settings as they are in the file now."""
        return self._settings

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the file and was not changed since."""
        return self._problems

    @property
    def file(self) -> Path | None:
        """Where the settings are kept; None when they are not."""
        return self._file

    def value(self, key: str) -> Any:
        """One setting as it is in the file now."""
        return getattr(self._settings, key)

    def waits(self, key: str) -> bool:
        """Whether a change of this setting counts from the next start only."""
        return not SETTINGS[key].at_once and self.value(key) != getattr(self._started_with, key)

    def refusal(self, key: str, by: Operator) -> str:
        """Why this person may not change a setting here; empty when they may."""
        desk_wide = SETTINGS[key].reach is Reach.DESK
        if desk_wide and self._mode is Mode.EXERCISE:
            return NOT_HERE
        if desk_wide and not by.role.may_configure:
            return "Only an administrator changes this."
        return "" if self._file else "This desk keeps no settings."

    def trouble_with(self, key: str, value: Any) -> str:
        """What is wrong with a new value, in words; empty when nothing is. Looks at the disk."""
        setting = SETTINGS[key]
        if trouble := fault(setting, value):
            return trouble
        if setting.kind is Kind.FOLDER and value and not Path(value).expanduser().is_dir():
            return f"names no folder that is there: {value}"
        if setting.kind is Kind.LIST:
            old = [each for each in value if each in self.value(key)]
            troubles = joined(old, [each for each in value if each not in old])[1]
            return "; ".join(troubles)
        return ""

    def change(self, key: str, value: Any, by: Operator) -> None:
        """Set one setting. Raises Refused, BadInput or StoreError; then nothing was changed."""
        setting = self._setting(key, by)
        value = tuple(value) if setting.kind is Kind.LIST else value
        if trouble := self.trouble_with(key, value):
            raise BadInput(
                f"{setting.words} {trouble}.",
                "Correct it and save it again.",
                "It stays as it was.",
            )
        self._put(setting, None if value == setting.default else value, by)

    def reset(self, key: str, by: Operator) -> None:
        """Go back to the default. Raises as `change` does."""
        self._put(self._setting(key, by), None, by)

    def _setting(self, key: str, by: Operator) -> Setting:
        if key not in SETTINGS:
            raise BadInput(f"{key!r} is no setting.", "Choose one on the settings page.")
        if words := self.refusal(key, by):
            raise Refused(words, "Ask an administrator, at a live desk.", "Nothing was changed.")
        return SETTINGS[key]

    def _put(self, setting: Setting, value: Any, by: Operator) -> None:
        """The file first, then the log; a file whose change cannot be logged is put back."""
        key = setting.key
        new = setting.default if value is None else value
        with self._lock:
            old = self.value(key)
            file = self._place()
            before = write_setting(file, key, value)
            try:
                self._note(setting, old, new, by)
            except Exception:
                restore(file, before)
                raise
            self._settings = replace(self._settings, **{key: new})
            self._problems = tuple(each for each in self._problems if each.key != key)
        if new != old:
            self._bus.publish(SettingsChanged(key))

    def _place(self) -> Path:
        if self._file is None:
            raise Refused("This desk keeps no settings.", "Change them at a live desk.")
        return self._file

    def _note(self, setting: Setting, old: Any, new: Any, by: Operator) -> None:
        if old == new:
            return
        after = replace(self._settings, **{setting.key: new})

        def note(unit: Unit) -> None:
            self._append(unit, "setting.changed", setting, old, new, by.name)
            if setting.reach is Reach.DESK:
                self._remember(unit, after)

        self._database.write(note)

    def _append(
        self, unit: Unit, action: str, setting: Setting, old: Any, new: Any, actor: str
    ) -> None:
        unit.log.append(
            action,
            actor=actor,
            subject=f"setting {setting.key}",
            detail={"setting": setting.key, **_described(setting, old, new)},
            weighty=setting.section in WEIGHTY,
        )

    def _differs(self, setting: Setting, known: dict[str, Any]) -> bool:
        kept = _kept(setting, self.value(setting.key))
        return setting.reach is Reach.DESK and kept != known.get(
            setting.key, _kept(setting, setting.default)
        )

    def _remember(self, unit: Unit, settings: Settings | None = None) -> None:
        """What the file says goes into the database, in the transaction that logs the change."""
        values = settings or self._settings
        kept = {
            each.key: _kept(each, getattr(values, each.key))
            for each in SETTINGS.values()
            if each.reach is Reach.DESK
        }
        unit.accounts.set_value(_place_of(unit), orjson.dumps(kept).decode())


def _place_of(unit: Unit) -> str:
    return f"settings of {unit.stamp.desk}"


def _remembered(unit: Unit) -> dict[str, Any]:
    value: dict[str, Any] = orjson.loads(unit.accounts.value(_place_of(unit)) or "{}")
    return value


def _kept(setting: Setting, value: Any) -> Any:
    """A value as the database may hold it: no password, and lists as JSON knows them."""
    return list(value) if setting.kind is Kind.LIST else setting.shown(value)


def _back(setting: Setting, kept: Any) -> Any:
    if kept is None:
        return setting.default
    return tuple(kept) if setting.kind is Kind.LIST else kept


def _described(setting: Setting, old: Any, new: Any) -> dict[str, Any]:
    """Old and new for the log: of a list what came and went, of an address no password."""
    if setting.kind is Kind.LIST:
        came = [each for each in new if each not in old]
        went = [each for each in old if each not in new]
        return {
            "added": came[:MOST_LOGGED],
            "removed": went[:MOST_LOGGED],
            "words": f"{setting.words}: {len(came)} added, {len(went)} removed, {len(new)} now",
        }
    before, after = (_shown(setting, each) for each in (old, new))
    return {"old": before, "new": after, "words": f"{setting.words}: {before} → {after}"}


def _shown(setting: Setting, value: Any) -> str:
    return setting.words_of(setting.shown(value))
