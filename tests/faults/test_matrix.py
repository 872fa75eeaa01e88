"""F1 to F12 on every channel, over real sockets: the server counts, the desk tells the truth."""

import re
from collections.abc import Callable

import pytest

from tests.faults.harbour import Harbour
from tests.faults.table import NAMES, ROWS, Row, done


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
    for other in NAMES.keys() - {row.account}:
        assert harbour.state(alert, other) is done(other), harbour.evidence(alert, other)
        assert harbour.public(other, alert.marker) == 1
    row.heal(harbour)
    harbour.drain()
    assert harbour.state(alert, row.account) is row.end[0], harbour.evidence(alert, row.account)
    assert harbour.public(row.account, alert.marker) == row.end[1]
    assert row.asked is None or harbour.asked(row.account) == row.asked
    assert [each.connections for each in harbour.strangers] in ([], [0])
