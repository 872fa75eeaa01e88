"""A changed setting is in the file, in the log and in use; or nowhere at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crisisdesk.config import Settings, load_settings
from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.model.errors import BadInput, Refused, StoreError
from crisisdesk.model.events import Event, SettingsChanged
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.services.configuring import Configuring
from crisisdesk.store.database import Database
from crisisdesk.system.bus import Bus

ADA = Operator("a", "Ada", Role.ADMINISTRATOR)
SAM = Operator("s", "Sam", Role.SENDER)


class Office:
    """The service over a real file and a real database."""

    def __init__(self, folder: Path, stamp: Stamp, signer: Signer) -> None:
        self.file = folder / "settings.toml"
        self.database = Database(f"sqlite:///{folder / 'desk.db'}", stamp, signer)
        self.events: list[Event] = []
        self.bus = Bus()
        self.bus.subscribe(SettingsChanged, self.events.append)
        self.configuring = self.opened()

    def opened(self, mode: Mode = Mode.LIVE) -> Configuring:
        loaded = load_settings(self.file)
        return Configuring(
            self.database, self.bus, mode, loaded.settings, self.file, loaded.problems
        )

    def logged(self) -> list[dict[str, object]]:
        with self.database.read() as unit:
            return unit.log.read_newest(50)[::-1]


@pytest.fixture
def office(tmp_path: Path, stamp: Stamp, signer: Signer) -> Iterator[Office]:
    made = Office(tmp_path, stamp, signer)
    yield made
    made.database.close()


def test_a_change_is_written_logged_and_told(office: Office) -> None:
    office.configuring.change("posts_per_hour", 12, ADA)
    assert load_settings(office.file).settings.posts_per_hour == 12
    assert office.configuring.settings.posts_per_hour == 12
    (entry,) = office.logged()
    assert (entry["action"], entry["actor"]) == ("setting.changed", "Ada")
    assert entry["detail"] == {
        "setting": "posts_per_hour",
        "old": "30 messages an hour",
        "new": "12 messages an hour",
        "words": "Hold a channel after: 30 messages an hour → 12 messages an hour",
    }
    assert office.events == [SettingsChanged("posts_per_hour")]


def test_going_back_to_the_default_leaves_no_line(office: Office) -> None:
    office.file.write_text("# ours\n")
    office.configuring.change("sounds", False, SAM)
    office.configuring.reset("sounds", SAM)
    office.configuring.change("theme", "dark", SAM)
    office.configuring.change("theme", "auto", SAM)
    assert office.file.read_text() == "# ours\n"
    assert office.configuring.settings == Settings()
    assert len(office.logged()) == 4


def test_nothing_is_logged_where_nothing_changed(office: Office) -> None:
    office.configuring.change("theme", "auto", SAM)
    assert office.logged() == []
    assert office.events == []


def test_safety_is_an_administrators_and_looks_are_anybodys(office: Office) -> None:
    with pytest.raises(Refused, match="administrator"):
        office.configuring.change("second_person_from", "Never", SAM)
    office.configuring.change("text_percent", 150, SAM)
    assert not office.configuring.refusal("sounds", SAM)
    exercise = office.opened(Mode.EXERCISE)
    with pytest.raises(Refused, match="An exercise changes only"):
        exercise.change("second_person_from", "Never", ADA)
    exercise.change("theme", "dark", SAM)
    assert load_settings(office.file).settings == Settings(text_percent=150, theme="dark")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("text_percent", 250, "from 100 to 200"),
        ("text_percent", "150", "a whole number"),
        ("theme", "pink", "one of auto"),
        ("anchor_folder", "/nowhere/at/all", "no folder that is there"),
        ("watch_terms", ["weir", "x"], "too short"),
        ("watch_terms", ["weir", "Weir"], "already as “weir”"),
        ("places", ["!?"], "no letter"),
    ],
)
def test_what_cannot_be_used_is_refused_with_words(
    key: str, value: object, words: str, office: Office
) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        office.configuring.change(key, value, ADA)
    assert caught.value.to_do
    assert not office.file.exists()
    assert office.logged() == []


def test_an_old_list_with_a_short_term_can_still_be_added_to(office: Office) -> None:
    office.file.write_text("watch_terms = ['A1']\n")
    configuring = office.opened()
    configuring.change("watch_terms", ["A1", "weir"], ADA)
    assert configuring.settings.watch_terms == ("A1", "weir")
    assert office.logged()[-1]["detail"]["added"] == ["weir"]  # type: ignore[index]


def test_a_change_that_cannot_be_logged_does_not_stay_in_the_file(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for before in (None, b"theme = 'dark'  # at night\n"):
        if before:
            office.file.write_bytes(before)
        configuring = office.opened()

        def full(_: object) -> None:
            raise StoreError("The disk is full.", "Free some space.")

        with monkeypatch.context() as patch:
            patch.setattr(office.database, "write", full)
            with pytest.raises(StoreError):
                configuring.change("theme", "light", ADA)
        assert (office.file.read_bytes() if office.file.exists() else None) == before
        assert configuring.settings.theme == ("dark" if before else "auto")
    assert office.events == []


def test_what_somebody_changed_in_the_file_is_logged_at_the_next_start(office: Office) -> None:
    office.configuring.change("posts_per_hour", 12, ADA)
    assert office.opened().note_found() == []
    office.file.write_text("posts_per_hour = 5000\ntheme = 'dark'\nplaces = ['Mill Lane']\n")
    assert office.opened().note_found() == ["places", "posts_per_hour"]
    assert office.opened().note_found() == []
    entry = office.logged()[-1]
    assert (entry["action"], entry["actor"]) == ("setting.found", "desk")
    assert entry["detail"]["words"].endswith("12 messages an hour → 5000 messages an hour")  # type: ignore[index]


def test_no_password_reaches_the_log(office: Office) -> None:
    url = "postgresql+psycopg://desk:hunter2@db.example/desk?sslpassword=hunter2"
    office.configuring.change("database_url", url, ADA)
    office.opened().note_found()
    with office.database.read() as unit:
        everything = b"".join(row[3] for row in unit.log.rows())
        kept = unit.accounts.value(f"settings of {unit.stamp.desk}")
    assert b"db.example/desk" in everything
    assert b"hunter2" not in everything
    assert "hunter2" not in kept
    assert office.configuring.waits("database_url")
    assert not office.configuring.waits("theme")


def test_a_mended_setting_is_no_problem_any_more(office: Office) -> None:
    office.file.write_text("theme = pink\nsounds = 3\n")
    configuring = office.opened()
    assert [each.key for each in configuring.problems] == ["theme", "sounds"]
    configuring.change("theme", "dark", SAM)
    assert [each.key for each in configuring.problems] == ["sounds"]
    configuring.reset("sounds", SAM)
    assert not configuring.problems
    assert not load_settings(office.file).problems
