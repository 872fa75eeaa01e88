"""Where things are kept, and the few settings that are no secret and no account."""

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import resources
from crisisdesk.model.errors import BadInput

DATABASE_NAME = "desk.db"
CHECKPOINTS_NAME = "checkpoints.jsonl"
RESOURCES = Path(resources.__path__[0])
"""Read as plain files: importlib.resources would cost the start more than Qt's first window."""
SECOND_PERSON_FROM = ("Never", "Extreme", "Severe", "Moderate", "Minor", "Unknown")
THEMES = ("auto", "light", "dark", "contrast")
BROADCAST_BY = ("hold", "two presses")
DATABASES = ("sqlite:///", "postgresql+psycopg://")


@dataclass(frozen=True, slots=True)
class Settings:
    """Read from `settings.toml` in the data folder; every key has a default.

    `organisation` is how the public knows us and `sender` our name in CAP messages; both go before
    what was typed in the console. `database_url` empty means SQLite in the data folder.
    `anchor_folder` is a second place, on another disk or share, where checkpoints of the log are
    copied. `extra_ca_file` names a PEM file of certificates trusted beside the system's.
    `second_person_from` is the least CAP severity that a second person has to approve, or Never;
    `break_glass` allows one person alone to send it in need, loudly. `posts_per_hour` is how much
    one channel may say before the next message is held for a person to look at.

    `theme` is one of THEMES and `text_percent` enlarges all text, 100 to 200. `reduce_motion` keeps
    the screen still. `sounds` and `desktop_notices` call an officer who looks elsewhere.
    `broadcast_by` is how the button is worked: one of BROADCAST_BY. `retention_days` is for how
    long mentions are kept, 0 for ever.
    """

    organisation: str = ""
    sender: str = ""
    database_url: str = ""
    anchor_folder: str = ""
    poll_seconds: int = 60
    watch_terms: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    theme: str = "auto"
    extra_ca_file: str = ""
    second_person_from: str = "Severe"
    break_glass: bool = True
    posts_per_hour: int = 30
    text_percent: int = 100
    reduce_motion: bool = False
    sounds: bool = True
    desktop_notices: bool = True
    broadcast_by: str = "hold"
    retention_days: int = 0


@dataclass(frozen=True, slots=True)
class Paths:
    """Everything this program keeps, below one folder."""

    home: Path

    @property
    def database(self) -> Path:
        """The SQLite file of the live desk."""
        return self.home / DATABASE_NAME

    @property
    def settings(self) -> Path:
        """The settings file; it need not exist."""
        return self.home / "settings.toml"

    @property
    def exercises(self) -> Path:
        """One folder for each exercise that was played on screen."""
        return self.home / "exercises"

    @property
    def templates(self) -> Path:
        """The organisation's own templates, read after the ones that come with the program."""
        return self.home / "templates"


def paths(data: str | None = None) -> Paths:
    """The folder from `--data`, else CRISISDESK_HOME, else the system's place for user data."""
    chosen = data or os.environ.get("CRISISDESK_HOME")
    return Paths(Path(chosen).expanduser().absolute() if chosen else _usual_home())


def _usual_home() -> Path:
    import platformdirs

    return platformdirs.user_data_path("CrisisDesk", appauthor=False).absolute()


def load_settings(file: Path) -> Settings:
    """Read the settings. Raises BadInput naming the file and the key."""
    if not file.exists():
        return Settings()
    import tomllib

    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadInput(f"{file} cannot be read: {error}.", "Correct or remove the file.") from error
    return Settings(**{key: _checked(file, key, value) for key, value in data.items()})


def _checked(file: Path, key: str, value: Any) -> Any:
    default = {each.name: each.default for each in fields(Settings)}.get(key)
    if default is None:
        raise BadInput(f"{file}: {key!r} is no setting.", "Remove the line or correct its name.")
    if isinstance(default, tuple):
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise BadInput(f"{file}: {key!r} must be a list of texts.", 'Write it as ["a", "b"].')
        return tuple(value)
    if type(value) is not type(default):
        kinds = {bool: "true or false", int: "a whole number"}
        kind = kinds.get(type(default), "a text in quotes")
        raise BadInput(f"{file}: {key!r} must be {kind}.", "Correct the line.")
    fault = _fault(key, value)
    if fault:
        raise BadInput(f"{file}: {key!r} {fault}.", "Correct the line.")
    return value


_CHOICES = {
    "second_person_from": SECOND_PERSON_FROM,
    "theme": THEMES,
    "broadcast_by": BROADCAST_BY,
}


def _fault(key: str, value: Any) -> str:
    """What is wrong with a value of the right type; "" when nothing is."""
    if key in ("poll_seconds", "posts_per_hour") and value < 1:
        return "must be 1 or more"
    if key in _CHOICES and value not in _CHOICES[key]:
        return f"must be one of {', '.join(_CHOICES[key])}"
    if key == "text_percent" and not 100 <= value <= 200:
        return "must be from 100 to 200"
    if key == "retention_days" and value < 0:
        return "must be 0 or more"
    if key == "database_url" and value and not value.startswith(DATABASES):
        return f"must begin with {' or '.join(DATABASES)}"
    if key == "extra_ca_file" and value and not _holds_certificates(Path(value)):
        return f"names no PEM file of certificates: {value}"
    return ""


def _holds_certificates(file: Path) -> bool:
    try:
        return b"-----BEGIN CERTIFICATE-----" in file.read_bytes()
    except OSError:
        return False


def resource(*parts: str) -> bytes:
    """A file that comes with the program."""
    return RESOURCES.joinpath(*parts).read_bytes()


def resource_names(folder: str, suffix: str = "") -> list[str]:
    """The names of the files or folders in one of the program's resource folders."""
    return sorted(
        entry.name for entry in RESOURCES.joinpath(folder).iterdir() if entry.name.endswith(suffix)
    )
