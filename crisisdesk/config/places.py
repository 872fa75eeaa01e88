"""Where everything is kept, and the files that come with the program."""

import os
from dataclasses import dataclass
from pathlib import Path

import resources
from crisisdesk.model.errors import BadInput

DATABASE_NAME = "desk.db"
CHECKPOINTS_NAME = "checkpoints.txt"
FIRST_CHECKPOINTS_NAME = "checkpoints.jsonl"
"""What desks wrote before checkpoints were notes; still read."""

DESK_ID_NAME = "desk.id"
TOKENS_NAME = "tokens"
SETTINGS_NAME = "settings.toml"
EXERCISES_NAME = "exercises"
_BESIDE = {CHECKPOINTS_NAME, FIRST_CHECKPOINTS_NAME, DESK_ID_NAME, SETTINGS_NAME}
_SQLITE = b"SQLite format 3\x00"
RESOURCES = Path(resources.__path__[0])
"""Read as plain files: importlib.resources would cost the start more than Qt's first window."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Everything this program keeps, below one folder."""

    home: Path

    @property
    def database(self) -> Path:
        """The SQLite file of the live desk."""
        return self.home / DATABASE_NAME

    @property
    def untouched(self) -> bool:
        """Whether nothing was ever opened here: neither a live desk nor an exercise."""
        traces = (self.database, self.home / DESK_ID_NAME, self.exercises)
        return not any(each.exists() for each in traces)

    @property
    def settings(self) -> Path:
        """The settings file; it need not exist."""
        return self.home / SETTINGS_NAME

    @property
    def exercises(self) -> Path:
        """One folder for each exercise that was played on screen."""
        return self.home / EXERCISES_NAME

    @property
    def attachments(self) -> Path:
        """Files that entries of the record name by their hash."""
        return self.home / "attachments"

    @property
    def scenarios(self) -> Path:
        """The scenarios that were added on this computer, one folder each."""
        return self.home / "scenarios"

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


def refuse_ours(out: Path) -> None:
    """Raise BadInput where a database lies, or what a desk keeps beside its own: what is written
    for others never takes its place."""
    if not out.is_file():
        return
    if out.name in _BESIDE and out.with_name(DATABASE_NAME).exists():
        raise BadInput(
            f"{out} belongs to the desk in that folder.",
            "Choose another name.",
            "Nothing was written.",
        )
    try:
        with out.open("rb") as file:
            found = file.read(len(_SQLITE))
    except OSError:
        return  # whoever writes there says why it cannot be
    if found == _SQLITE:
        raise BadInput(
            f"{out} is a database: what is written there would destroy it.",
            "Choose another name.",
            "Nothing was written.",
        )


def resource(*parts: str) -> bytes:
    """A file that comes with the program."""
    return RESOURCES.joinpath(*parts).read_bytes()


def resource_names(folder: str, suffix: str = "") -> list[str]:
    """The names of the files or folders in one of the program's resource folders."""
    return sorted(
        entry.name for entry in RESOURCES.joinpath(folder).iterdir() if entry.name.endswith(suffix)
    )
