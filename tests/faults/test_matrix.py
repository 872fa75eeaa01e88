"""F1 to F12 on every channel, over real sockets: the server counts, the desk tells the truth."""

import re
from collections.abc import Callable

import pytest

from crisisdesk.channels.registry import CHANNELS
from tests.faults.elsewhere import ELSEWHERE, EVERY_FAULT, NOT_APPLICABLE, RIGS
from tests.faults.harbour import Harbour
from tests.faults.row import KINDS, Moment, Row, done
from tests.faults.table import ROWS
from tests.servers.launching import ROOT


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_what_goes_wrong_is_told_and_never_doubled(
    harbour: Harbour, row: Row, hurry: Callable[[], None]
) -> None:
    if row.hurry:
        hurry()
    row.strike(harbour)
    alert = harbour.send()
    assert harbour.state(alert, row.account) is row.first[0], harbour.evidence(alert, row.account)
    assert harbour.public(row.account, alert.marker) == row.first[1]
    evidence = harbour.evidence(alert, row.account)
    assert re.search(row.words, evidence), evidence
    assert len(evidence.split()) >= 4
    for other in KINDS.keys() - {row.account}:
        assert harbour.state(alert, other) is done(other), harbour.evidence(alert, other)
        assert harbour.public(other, alert.marker) == 1
    row.heal(harbour)
    harbour.drain()
    assert harbour.state(alert, row.account) is row.end[0], harbour.evidence(alert, row.account)
    assert harbour.public(row.account, alert.marker) == row.end[1]
    assert row.asked is None or harbour.asked(row.account) == row.asked
    assert [each.connections for each in harbour.strangers] in ([], [0])


def test_every_fault_is_shown_somewhere() -> None:
    shown = {row.fault for row in ROWS} | ELSEWHERE.keys() | RIGS
    assert shown == set(EVERY_FAULT)
    for file, name in (test for tests in ELSEWHERE.values() for test in tests):
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), (file, name)


def test_every_channel_has_a_row_for_every_fault_that_can_strike_it() -> None:
    assert {CHANNELS[kind].about.kind for kind in KINDS.values()} == set(CHANNELS)
    for fault in {row.fault for row in ROWS}:
        struck = {row.account for row in ROWS if row.fault == fault}
        assert struck == KINDS.keys() - NOT_APPLICABLE.get(fault, set()), fault


def test_every_network_is_struck_at_every_moment() -> None:
    moments = {(row.account, row.moment) for row in ROWS}
    assert moments >= {(name, moment) for name in KINDS for moment in Moment}


def test_no_row_stands_twice() -> None:
    assert len({row.id for row in ROWS}) == len(ROWS)
