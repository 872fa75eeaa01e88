"""Replaying: any moment of the whole log is what the log alone told at that moment."""

from datetime import UTC, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crisisdesk.model.heard import HeardThen
from crisisdesk.model.moment import from_iso, iso
from crisisdesk.rules.incident.page_messages import MOVES, STATES
from crisisdesk.rules.replay import Replay
from crisisdesk.rules.replay_words import moment_in_words
from crisisdesk.services.logbooks import read_entries
from tests.cli.calling import crisisdesk
from tests.rules.incident_logs import composed, state
from tests.rules.small_logs import OFFICER, SmallLog

START = from_iso("2026-02-03T02:00:00Z")


@cache
def night() -> list[tuple[int, bytes]]:
    """The log of a whole exercise."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        words = ("night-flood", "--speed", "max", "--autopilot", "--out", out)
        assert crisisdesk("exercise", "run", *words).code == 0
        return [(each["seq"], orjson.dumps(each)) for each in read_entries(out)]


@cache
def whole() -> Replay:
    replay = Replay()
    replay.read(night())
    return replay


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_moment_of_the_whole_log_is_the_end_of_the_log_until_then(data: st.DataObject) -> None:
    seq = data.draw(st.integers(1, len(night())))
    until_then = Replay()
    until_then.read(night()[:seq])
    assert whole().moment(seq) == until_then.moment(seq)


def test_the_night_is_told() -> None:
    moment = whole().moment(len(night()))
    assert moment.incident == "Night flood, Riverside"
    assert len(moment.messages) >= 8
    assert {state for each in moment.messages for _, state in each.channels} >= {"confirmed"}
    assert moment.notes[0].at_ms >= moment.notes[-1].at_ms
    assert {each.kind for each in whole().marks} >= {"alert", "decision", "promise", "inject"}


@given(st.integers(0, 5 * 3600))
def test_a_time_leads_to_the_last_entry_before_it(seconds: int) -> None:
    replay = whole()
    at_ms = replay.at_ms(1) + seconds * 1000
    seq = replay.seq_at(at_ms)
    assert replay.at_ms(seq) <= at_ms
    assert seq == replay.last or replay.at_ms(seq + 1) > at_ms


def entry(seq: int, action: str, minute: float, **more: Any) -> tuple[int, bytes]:
    at = iso(START + timedelta(minutes=minute))
    body = {"action": action, "actor": "Jo", "at": at, "subject": "", "detail": {}}
    return seq, orjson.dumps(body | more)


def replayed(*rows: tuple[int, bytes]) -> Replay:
    replay = Replay()
    replay.read(rows)
    return replay


def test_what_was_put_right_later_was_not_known_to_be_wrong_yet() -> None:
    replay = replayed(
        entry(1, "decision.noted", 0, detail={"words": "Open Hill Road."}),
        entry(2, "decision.noted", 1, detail={"words": "Open School Lane.", "corrects": 1}),
    )
    assert [each.corrected_by for each in replay.moment(1).notes] == [0]
    assert [each.corrected_by for each in replay.moment(2).notes] == [0, 2]


def test_who_is_on_duty_and_who_stopped_everything() -> None:
    replay = replayed(
        entry(1, "operator.signed_in", 0),
        entry(2, "desk.stopped", 1),
        entry(3, "handover.signed", 2, actor="Day", detail={"from": "Jo"}),
        entry(4, "desk.went_on", 3, actor="Day"),
    )
    assert [replay.moment(seq).on_duty for seq in (1, 3)] == [("Jo",), ("Day",)]
    assert [replay.moment(seq).stopped_by for seq in (1, 2, 3, 4)] == ["", "Jo", "Jo", ""]


def test_silence_counts_from_what_was_last_accepted() -> None:
    said = {"alert": "a", "channel_name": "Mastodon"}
    replay = replayed(
        entry(1, "desk.opened", 0),
        entry(2, "delivery.accepted", 5, subject="delivery d", detail=said),
        entry(3, "mention.handled", 12),
    )
    assert [replay.moment(seq).silence_ms for seq in (1, 2, 3)] == [None, 0, 7 * 60_000]


def test_a_clock_set_back_and_a_torn_entry_do_not_stop_it() -> None:
    replay = replayed(entry(1, "desk.opened", 10), (2, b"{torn"), entry(3, "desk.opened", 4))
    assert replay.last == 3
    assert [replay.at_ms(seq) for seq in (1, 2, 3)] == [replay.at_ms(1)] * 3
    assert replay.moment(99).seq == 3
    assert replay.moment(0).seq == 1


def test_a_log_read_in_parts_is_the_same_log() -> None:
    half = len(night()) // 2
    parts = Replay()
    parts.read(night()[:half])
    parts.read(night()[half:])
    assert parts.moment(parts.last) == whole().moment(whole().last)
    assert parts.marks == whole().marks


def test_a_forged_number_takes_no_memory_and_hides_nothing_after_it() -> None:
    replay = Replay()
    rows = [
        entry(1, "desk.opened", 0),
        entry(1 << 60, "desk.opened", 1),
        entry(2, "desk.opened", 2),
    ]
    replay.read(rows)
    assert replay.last == 2


def test_a_moment_is_told_in_words_that_officers_use() -> None:
    counts = {"need": 1, "rumour": 2, "media": 0, "something newer": 3}
    said = moment_in_words(whole().moment(len(night())), HeardThen(6, counts, ()), UTC)
    assert "6 mentions, of them 1 call for help, 2 rumours, 3 something newer" in said
    assert " correction Ref " in said
    assert " all clear Ref " in said
    assert "cancel" not in said


def by_hand(*states: str) -> Replay:
    """A message that people post while the networks are blocked, and what became of it."""
    log = SmallLog(live=True)
    composed(log, 1, "1", {"m1": ("en", "Flood.")})
    intent = {"headline": "Flood 1", "marker": "Ref K7Q3-1", "step": "alert", "channels": ["m1"]}
    log.add(2, "alert.claimed_by_hand", OFFICER, "alert 1", **intent)
    for each in states:
        state(log, 3, "1", "m1", each, OFFICER)
    replay = Replay()
    replay.read((each["seq"], orjson.dumps(each)) for each in log.end(9))
    return replay


def test_what_people_posted_by_hand_is_told_too() -> None:
    replay = by_hand("held", "confirmed")
    moment = replay.moment(replay.last)
    assert [(each.headline, each.channels) for each in moment.messages] == [
        ("Flood 1", (("M1", "confirmed"),))
    ]
    assert "alert" in {each.kind for each in replay.marks}
    assert "Flood 1" in moment_in_words(moment, HeardThen(0, {}, ()), UTC)


@pytest.mark.parametrize("what", sorted({*STATES} - MOVES))
def test_what_was_found_beside_a_state_is_told_in_plain_words(what: str) -> None:
    replay = by_hand("confirmed", what)
    told = moment_in_words(replay.moment(replay.last), HeardThen(0, {}, ()), UTC)
    assert "M1 " in told
    assert "_" not in told
