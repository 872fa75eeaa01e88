"""A changed setting counts from now on, in the desk as in the file; an exercise is left alone."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crisisdesk.config import Paths, load_settings
from crisisdesk.desk import Desk, open_live
from crisisdesk.desk.live import LiveDesk
from crisisdesk.model.events import MentionsRemoved
from crisisdesk.model.mention import Item
from crisisdesk.model.moment import to_ms
from crisisdesk.model.operator import Operator, Role
from crisisdesk.services import retaining
from crisisdesk.system.secrets import MemorySecrets

ADA = Operator("1", "Ada", Role.ADMINISTRATOR)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LiveDesk]:
    opened = open_live(Paths(tmp_path / "desk"), MemorySecrets())
    yield opened
    opened.close()


def hear(desk: Desk, text: str, number: int, posted: int = 1) -> None:
    desk.intake.accept([Item("s", str(number), text, posted, "@a", "Ann", "")])


def test_everything_that_can_counts_at_once(desk: LiveDesk) -> None:
    for key, value in (
        ("posts_per_hour", 3),
        ("second_person_from", "Minor"),
        ("break_glass", False),
        ("sender", "desk@riverside.example"),
        ("organisation", "Riverside Council"),
        ("places", ("Mill Lane",)),
        ("watch_terms", ["weir"]),
    ):
        desk.configuring.change(key, value, ADA)
    assert desk.dispatch.posts_per_hour == 3
    assert desk.dispatch.usual_sender == "desk@riverside.example"
    assert desk.composing.second_person_from == "Minor"
    assert desk.composing.organisation == "Riverside Council"
    assert not desk.approving.break_glass_allowed
    hear(desk, "The weir in Mill Lane is flooded", 1)
    (mention,) = desk.reviewing.page()
    assert {"watch term: weir", "place: Mill Lane"} <= set(mention.reasons)
    desk.configuring.reset("organisation", ADA)
    desk.administering.name_organisation("Mill Town", ADA)
    assert desk.composing.organisation == "Mill Town"


def test_mentions_go_soon_after_a_shorter_time_is_set(
    desk: LiveDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = threading.Event()
    desk.bus.subscribe(MentionsRemoved, lambda _: gone.set())
    earlier = desk.clock.now() - timedelta(days=40)
    with monkeypatch.context() as patch:
        patch.setattr(desk.intake, "_now", lambda: earlier)
        for number in range(5):
            hear(desk, "long ago", number)
    hear(desk, "today", 9)
    desk.start()
    desk.configuring.change("retention_days", 30, ADA)
    assert gone.wait(30)
    assert [each.text for each in desk.reviewing.page()] == ["today"]


def test_a_desk_that_is_removing_mentions_closes_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_live(Paths(tmp_path / "desk"), MemorySecrets())
    earlier = desk.clock.now() - timedelta(days=40)
    with monkeypatch.context() as patch:
        patch.setattr(desk.intake, "_now", lambda: earlier)
        desk.intake.accept(
            [Item("s", str(number), "x", to_ms(earlier), "@a", "Ann", "") for number in range(50)]
        )
    under_way = threading.Event()
    monkeypatch.setattr(retaining, "BATCH", 1)
    monkeypatch.setattr(retaining, "PAUSE_SECONDS", 600)
    whole = desk.database.write

    def write(job: object) -> object:
        done = whole(job)  # type: ignore[arg-type]
        under_way.set()
        return done

    desk.start()
    desk.configuring.change("retention_days", 30, ADA)
    monkeypatch.setattr(desk.database, "write", write)
    assert under_way.wait(30)
    desk.close()
    again = open_live(Paths(tmp_path / "desk"), MemorySecrets())
    assert again.reviewing.counts()["all"][0] > 1
    again.close()


EXERCISE = """
import sys
from pathlib import Path
from crisisdesk.desk import open_exercise
from crisisdesk.model.errors import Refused
home = Path(sys.argv[1])
desk = open_exercise("night-flood", home / "played", 0, settings_file=home / "settings.toml")
assert (desk.settings.theme, desk.settings.organisation) == ("dark", "Riverside Council")
assert desk.settings.posts_per_hour == 30
desk.configuring.change("text_percent", 150, desk.player)
try:
    desk.configuring.change("posts_per_hour", 1, desk.player)
except Refused as error:
    print(error)
desk.close()
"""


def test_an_exercise_takes_and_changes_looks_alone(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("theme = 'dark'\nposts_per_hour = 7\norganisation = 'Real Council'\n")
    done = subprocess.run(
        [sys.executable, "-c", EXERCISE, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "An exercise changes only how this computer looks" in done.stdout
    settings = load_settings(file).settings
    assert (settings.text_percent, settings.posts_per_hour) == (150, 7)
    assert settings.organisation == "Real Council"
