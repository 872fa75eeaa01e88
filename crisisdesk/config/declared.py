"""Every setting, declared once: the file, its checks, the command line and the page follow it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from crisisdesk.model.setting import Kind, Reach, Section, Setting

_KINDS = {bool: Kind.BOOL, int: Kind.INT, tuple: Kind.LIST, str: Kind.TEXT}


def _setting(
    default: Any,
    section: Section,
    words: str,
    help_: str,
    *,
    reach: Reach = Reach.DESK,
    kind: Kind | None = None,
    meanings: Mapping[str, str] | None = None,
    **more: Any,
) -> Any:
    """A field of Settings with all that is declared of it; choices are the keys of `meanings`."""
    usual = Kind.CHOICE if meanings else _KINDS[type(default)]
    declared = {
        "kind": kind or usual,
        "words": words,
        "help": help_,
        "section": section,
        "reach": reach,
        "default": default,
        "meanings": meanings or {},
        "choices": tuple(meanings or ()),
        **more,
    }
    return field(default=default, metadata=declared)


@dataclass(frozen=True, slots=True)
class Settings:
    """Read from `settings.toml` in the data folder; every key has a default."""

    organisation: str = _setting(
        "",
        Section.DESK,
        "Organisation on this computer",
        "Stands in every message instead of the name given under Channels and sources. Leave it "
        "empty unless this computer speaks for somebody else.",
        example="Riverside Council",
    )
    sender: str = _setting(
        "",
        Section.DESK,
        "Sender in CAP messages",
        "An address that identifies you to warning systems. Empty: the one of your mail account.",
        example="alerts@council.example",
    )
    poll_seconds: int = _setting(
        60,
        Section.DESK,
        "Ask every source again after",
        "Shorter shows mentions sooner. Networks slow down who asks too often.",
        least=1,
        most=3600,
        unit="seconds",
    )
    extra_ca_file: str = _setting(
        "",
        Section.DESK,
        "Extra certificates",
        "A PEM file of certificates to trust beside the system's, such as your own gateway's.",
        kind=Kind.FILE,
        at_once=False,
    )
    watch_terms: tuple[str, ...] = _setting(
        (),
        Section.WATCH,
        "Watch terms",
        "A mention with one of these words or phrases is more urgent: names of sites, rivers, "
        "hashtags.",
    )
    places: tuple[str, ...] = _setting(
        (),
        Section.WATCH,
        "Places",
        "A mention that names one of your places is more urgent: streets, districts, villages.",
    )
    second_person_from: str = _setting(
        "Severe",
        Section.SAFETY,
        "A second person approves from",
        "Messages of this severity and above need a second person before they leave.",
        meanings={
            "Never": "Never: nobody is asked",
            "Extreme": "Extreme",
            "Severe": "Severe and above",
            "Moderate": "Moderate and above",
            "Minor": "Minor and above",
            "Unknown": "Every message",
        },
        warning="Messages leave with fewer or other people agreeing than is usual.",
    )
    break_glass: bool = _setting(
        True,
        Section.SAFETY,
        "One person may break the glass",
        "In need, one person alone may send a severe message. It is loud, and stands in the log.",
        warning="At night nobody can send a severe message alone, whatever happens.",
    )
    posts_per_hour: int = _setting(
        30,
        Section.SAFETY,
        "Hold a channel after",
        "What comes beyond that is held until a person looks at it.",
        least=1,
        most=10_000,
        unit="messages an hour",
    )
    retention_days: int = _setting(
        0,
        Section.RECORD,
        "Keep mentions for",
        "Older mentions are removed for good, except those that the log names. 0 keeps all for "
        "ever. Of several desks on one database the shortest time counts.",
        most=36_500,
        unit="days",
    )
    practice_days: int = _setting(
        30,
        Section.RECORD,
        "Practise at least every",
        "Whoever has not played an exercise for longer is named as overdue on the start page. "
        "FEMA asks for a demonstration every month.",
        least=1,
        most=3650,
        unit="days",
    )
    anchor_folder: str = _setting(
        "",
        Section.RECORD,
        "Second place for checkpoints",
        "A folder on another disk or share. Signed heads of the log are copied there, so that "
        "nobody can rewrite the log unseen.",
        kind=Kind.FOLDER,
        at_once=False,
    )
    archive_mailbox: str = _setting(
        "",
        Section.RECORD,
        "Archive mailbox",
        "Signed heads of the log are mailed there now and then through your mail account. Best is "
        "a mailbox that nobody at this desk can empty.",
        example="archive@partner.example",
    )
    timestamp_url: str = _setting(
        "",
        Section.RECORD,
        "Time-stamp authority",
        "The web address of an RFC 3161 service. It puts its time and signature on heads of the "
        "log; it never sees a word of it.",
        example="http://timestamp.example/tsr",
    )
    timestamp_ca_file: str = _setting(
        "",
        Section.RECORD,
        "Certificates of the time-stamp authority",
        "A PEM file. With it every token is checked as it comes; without it, later, by others.",
        kind=Kind.FILE,
    )
    backup_folder: str = _setting(
        "",
        Section.RECORD,
        "Folder for backups",
        "Copies of the desk go there while it works; the newest 14 stay. Best is another disk.",
        kind=Kind.FOLDER,
    )
    backup_hours: int = _setting(
        24,
        Section.RECORD,
        "Back up every",
        "0 makes no copies by itself. A shared database is backed up by its own server.",
        most=24 * 31,
        unit="hours",
    )
    database_url: str = _setting(
        "",
        Section.RECORD,
        "Shared database",
        "The address of a PostgreSQL server, where several desks work together. Empty: a file on "
        "this computer. Nothing is moved from one to the other.",
        at_once=False,
        example="postgresql+psycopg://desk@server/desk",
        warning="The desk opens another database: other people, channels and log.",
    )
    theme: str = _setting(
        "auto",
        Section.LOOKS,
        "Theme",
        "Colours of the console.",
        reach=Reach.COMPUTER,
        meanings={
            "auto": "As the system",
            "light": "Light",
            "dark": "Dark",
            "contrast": "High contrast",
        },
    )
    text_percent: int = _setting(
        100,
        Section.LOOKS,
        "Text size",
        "Enlarges all text of the console.",
        reach=Reach.COMPUTER,
        least=100,
        most=200,
        unit="%",
    )
    reduce_motion: bool = _setting(
        False,
        Section.LOOKS,
        "Keep the screen still",
        "Nothing moves or fades.",
        reach=Reach.COMPUTER,
    )
    sounds: bool = _setting(
        True,
        Section.CALLING,
        "Sounds",
        "A sound for needs, approvals and failures. All of it stands on the screen too.",
        reach=Reach.COMPUTER,
    )
    desktop_notices: bool = _setting(
        True,
        Section.CALLING,
        "Desktop notices",
        "A notice of the system when you look at another window.",
        reach=Reach.COMPUTER,
    )
    broadcast_by: str = _setting(
        "hold",
        Section.CALLING,
        "Broadcast by",
        "How the broadcast button is worked. Two presses suit a switch, or a hand that tires.",
        reach=Reach.COMPUTER,
        meanings={"hold": "Holding it down", "two presses": "Two presses"},
    )


SETTINGS: dict[str, Setting] = {
    each.name: Setting(key=each.name, **each.metadata) for each in fields(Settings)
}
THEMES = SETTINGS["theme"].choices
BROADCAST_BY = SETTINGS["broadcast_by"].choices
SECOND_PERSON_FROM = SETTINGS["second_person_from"].choices


def found_by(query: str) -> list[Setting]:
    """The settings with every word of a query, those that have them in their name first."""
    words = tuple(query.lower().split())
    if not words:
        return []
    found = [each for each in SETTINGS.values() if each.matches(words)]
    return sorted(found, key=lambda each: not all(word in each.words.lower() for word in words))
