"""An exercise's public posts into the simulated networks, and the desk hears it as it hears all."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.model.events import CallCame
from crisisdesk.model.exercise import POSTS, Method, Scenario
from crisisdesk.model.mode import Mode
from crisisdesk.rules.exercise.speaking import Post
from crisisdesk.services.exercising import PULSE_SECONDS, Exercising
from crisisdesk.simnet.faults import Fault
from crisisdesk.simnet.world import COUNCIL, World
from crisisdesk.store.database import Database
from crisisdesk.store.deeds import Deeds
from crisisdesk.system.bus import Bus
from crisisdesk.system.clock import StoryClock
from crisisdesk.system.workers import Agenda
from tests.rules.public_town import ESCALATES, town
from tests.timed import TimedTown

STARTEX = datetime(2026, 8, 20, 2, 0, tzinfo=UTC)


class Stage:
    """A town's story over a real database, moved by hand."""

    def __init__(self, folder: Path, signer: Signer, scenario: Scenario) -> None:
        self.clock = StoryClock(STARTEX, 0.0)
        now, ms = self.clock.now, self.clock.monotonic_ms
        stamp = Stamp("desk-1", "boot-1", Mode.EXERCISE, now, ms)
        self.database = Database(f"sqlite:///{folder / 'town.db'}", stamp, signer)
        self.agenda, self.bus, self.world = Agenda(), Bus(), World(now)
        self.polled: list[tuple[int, str]] = []
        self.calls: list[CallCame] = []
        self.bus.subscribe(CallCame, self.calls.append)
        self.exercising = Exercising(
            scenario, self.world, self.agenda, self.clock, self.database, self.bus, self.poll
        )

    def poll(self, via: str) -> None:
        self.polled.append((int(self.clock.uptime()), via))

    def play(self) -> None:
        self.exercising.plan()
        while (due := self.agenda.next_due()) is not None:
            self.clock.move_to(timedelta(seconds=due))
            act = self.agenda.take_due(due)
            assert act is not None
            act()

    def texts(self) -> list[str]:
        """What stands on both networks."""
        posts = [str(each.value["text"]) for each in self.world.bluesky.records]
        return posts + [each.text for each in self.world.mastodon.statuses]


@pytest.fixture
def played(tmp_path: Path, signer: Signer) -> Iterator[Stage]:
    stage = Stage(tmp_path, signer, town(1200, 1))
    stage.play()
    yield stage
    stage.database.close()


def test_the_public_posts_between_the_injects(played: Stage) -> None:
    scenario = played.exercising.scenario
    injects = [each for each in scenario.injects if each.method in POSTS]
    assert len(played.texts()) > 300
    assert {each.text for each in injects} <= set(played.texts())
    assert len(set(played.texts())) == len(played.texts())


def test_a_post_has_the_time_it_was_said_at(played: Stage) -> None:
    times = [each.created_at for each in played.world.mastodon.statuses]
    assert all(STARTEX < each <= STARTEX + timedelta(hours=1) for each in times[3:])
    assert len({each.second for each in times}) > 30, "not all in the same second"


def test_each_network_is_looked_at_once_for_each_look_at_the_story(played: Stage) -> None:
    assert max(Counter(played.polled).values()) == 1
    assert {via for _, via in played.polled} == {"feed", "mastodon", "bluesky"}
    assert len(played.polled) < 2 * 3600 / (2 * PULSE_SECONDS) + 10


def test_only_injects_stand_in_the_log(played: Stage) -> None:
    with played.database.read() as unit:
        actions = Counter(orjson.loads(body)["action"] for *_, body in unit.log.rows())
    assert actions["exercise.inject"] == len(played.exercising.scenario.injects)
    assert sum(actions.values()) < 20


def test_rumours_and_silence_can_be_asked_for(played: Stage) -> None:
    (curve,) = played.exercising.curves
    assert curve.answered_at is None
    assert curve.peak > 1_000
    assert 59 < played.exercising.silence <= 60


def test_a_need_by_telephone_rings_again_and_each_call_is_logged(
    tmp_path: Path, signer: Signer
) -> None:
    quiet = town(0, 1)
    injects = tuple(
        replace(each, method=Method.TELEPHONE) if each.id == "call" else each
        for each in quiet.injects
    )
    stage = Stage(tmp_path, signer, replace(quiet, injects=injects, rumours=(), questions=()))
    stage.play()
    stage.database.close()
    assert [each.inject.text for each in stage.calls[1:]] == list(ESCALATES)
    assert len({each.inject.id for each in stage.calls}) == 3


def test_an_answer_stands_under_our_newest_message() -> None:
    world = World(lambda: STARTEX)
    world.mastodon.post(COUNCIL, "Road closed")
    newest = world.mastodon.post(COUNCIL, "Road open")
    uri = world.bluesky.post(f"{COUNCIL}.test", "Road open").uri
    world.hear(post(Method.MASTODON, "jo", "@riverside thanks"), STARTEX)
    world.hear(post(Method.BLUESKY, "jo.test", "thanks"), STARTEX)
    assert world.mastodon.statuses[-1].in_reply_to_id == newest.id
    assert world.bluesky.records[-1].value["reply"]["parent"]["uri"] == uri


def test_where_we_said_nothing_an_answer_names_us() -> None:
    world = World(lambda: STARTEX)
    world.hear(post(Method.MASTODON, "jo", "@riverside hello"), STARTEX)
    world.hear(post(Method.BLUESKY, "jo.test", "hello"), STARTEX)
    assert world.mastodon.statuses[-1].in_reply_to_id is None
    assert world.bluesky.records[-1].value["text"] == "@riverside.test hello"


def post(method: Method, handle: str, text: str) -> Post:
    return Post(0, method, handle, "Jo", 42, text, answers=True)


# ---- What the public can know of what was done --------------------------------------------------


def heard(timed: TimedTown) -> list[tuple[str, str]]:
    deeds = Deeds(timed.database).so_far()
    return [(each.do, each.text) for each in deeds if each.do != "open_incident"]


def test_a_message_is_heard_where_a_network_took_it(timed: TimedTown) -> None:
    timed.mastodon.faults.add(Fault("status", "POST /api/v1/statuses", -1, 422))
    alert = timed.say(timed.promise("11:15", "masto", "bsky"))
    assert ("broadcast", "alert") in heard(timed)
    assert {text for do, text in heard(timed) if do == "heard"} == {"bluesky"}
    (sent,) = [each for each in Deeds(timed.database).so_far() if each.do == "broadcast"]
    assert (sent.template, sent.about) == (alert.template_id, alert.headline)


def test_a_promise_that_was_broken_is_known(timed: TimedTown) -> None:
    timed.say(timed.promise("11:15", "cap"))
    assert ("promise_missed", "") not in heard(timed)
    while timed.clock.now() < timed.at(11, 20):
        timed.clock.go_on(minutes=1)
        timed.wake()
    assert ("promise_missed", "") in heard(timed)
