"""Nobody knows whether it is out: the evidence is shown, and a person decides."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from crisisdesk.simnet.faults import Fault
from tests.ui.seat import Seat
from ui.console.alert_card import AlertCard

POST = "POST /api/v1/statuses"
UNKNOWN, CONFIRMED, FAILED = "? unknown", "✓ confirmed", "✕ failed"


def lost(seat: Seat, *, published: bool) -> AlertCard:
    """An alert on Mastodon whose answer never came."""
    seat.world.mastodon.faults.add(Fault("timeout", POST, processed=published))
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("mastodon")
    card = seat.broadcast()
    seat.until_state(card.alert, "mastodon", UNKNOWN)
    return seat.page.broadcast.cards[card.alert.id]


def decide(seat: Seat, card: AlertCard, words: str) -> None:
    """Press one of the buttons below an unknown delivery."""

    def offered() -> list[QPushButton]:
        found = seat.page.broadcast.cards[card.alert.id].findChildren(QPushButton)
        return [each for each in found if each.text() == words and each.isVisible()]

    seat.until(offered, words)
    seat.click(offered()[0])


def published(seat: Seat) -> int:
    """How often it stands on the network."""
    return len(seat.world.mastodon.statuses)


@pytest.mark.parametrize("really", [True, False])
def test_the_screen_claims_neither(seat: Seat, really: bool) -> None:
    card = lost(seat, published=really)
    words = " ".join(each.accessibleDescription() for each in card.states.values())
    assert words
    assert published(seat) == really
    assert any(each.text() == "Send again…" for each in card.findChildren(QPushButton))


def test_looking_again_finds_it(seat: Seat) -> None:
    card = lost(seat, published=True)
    decide(seat, card, "Look again")
    seat.until_state(card.alert, "mastodon", CONFIRMED)
    assert published(seat) == 1


def test_looking_again_and_finding_nothing_proves_nothing(seat: Seat) -> None:
    card = lost(seat, published=False)
    before = seat.world.mastodon.requests.count("GET /api/v1/accounts/verify_credentials")
    decide(seat, card, "Look again")
    seat.until(
        lambda: any("Not among" in each.accessibleDescription() for each in shown(seat, card)),
        "the new evidence",
    )
    assert seat.state(card.alert, "mastodon") == UNKNOWN
    after = seat.world.mastodon.requests.count("GET /api/v1/accounts/verify_credentials")
    assert after > before


def shown(seat: Seat, card: AlertCard) -> list[QLabel]:
    """The states on the card as it is now."""
    return list(seat.page.broadcast.cards[card.alert.id].states.values())


def test_the_planned_look_finds_it_by_itself(seat: Seat) -> None:
    card = lost(seat, published=True)
    assert seat.run_later() >= 1
    seat.until_state(card.alert, "mastodon", CONFIRMED)


def test_somebody_sees_it(seat: Seat) -> None:
    card = lost(seat, published=True)
    decide(seat, card, "I see it")
    seat.until_state(card.alert, "mastodon", CONFIRMED)
    (state,) = shown(seat, card)
    assert "Seen" in state.accessibleDescription()
    assert "Jo Officer" in state.accessibleDescription()


def test_somebody_sees_that_it_is_not_there(seat: Seat) -> None:
    card = lost(seat, published=False)
    decide(seat, card, "Not there")
    seat.until_state(card.alert, "mastodon", FAILED)
    (state,) = shown(seat, card)
    assert "Jo Officer" in state.accessibleDescription()
    assert published(seat) == 0


def test_sending_again_needs_a_reason(seat: Seat) -> None:
    card = lost(seat, published=False)
    decide(seat, card, "Send again…")
    seat.answer(seat.page, "the page is empty, checked twice")
    seat.until_state(card.alert, "mastodon", CONFIRMED)
    assert published(seat) == 1
    actions = seat.desk.reviewing.entries()
    assert any("checked twice" in str(each["detail"]) for each in actions)


def test_turning_back_before_sending_again_sends_nothing(seat: Seat) -> None:
    card = lost(seat, published=False)
    decide(seat, card, "Send again…")
    seat.press("Escape")
    assert seat.state(card.alert, "mastodon") == UNKNOWN
    assert published(seat) == 0


def test_an_unknown_is_followed_up_too(seat: Seat) -> None:
    """Perhaps the public has read it: a correction must reach the same place."""
    card = lost(seat, published=True)
    seat.click(seat.page.broadcast.cards[card.alert.id].correct)
    seat.until(lambda: seat.page.message.follows, "the correction")
    assert [row.account.kind for row in seat.page.broadcast.rows if row.chosen] == ["mastodon"]


def test_a_refusal_is_no_riddle(seat: Seat) -> None:
    seat.world.mastodon.faults.add(Fault("status", POST, status=422, body='{"error": "no"}'))
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("mastodon", "cap")
    card = seat.broadcast()
    seat.until_state(card.alert, "mastodon", FAILED)
    seat.until_state(card.alert, "cap", CONFIRMED)
    shown_card = seat.page.broadcast.cards[card.alert.id]
    assert not any(each.text() == "Send again…" for each in shown_card.findChildren(QPushButton))


def test_what_did_not_leave_is_tried_again_by_itself(seat: Seat) -> None:
    seat.world.mastodon.faults.add(Fault("refuse", POST))
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("mastodon")
    card = seat.broadcast()
    seat.until_state(card.alert, "mastodon", "⟳ retrying")
    seat.run_later()
    seat.until_state(card.alert, "mastodon", CONFIRMED)
    assert published(seat) == 1


def test_a_retraction_needs_a_reason_and_shows_what_remains(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    card = seat.broadcast()
    for kind in ("mastodon", "bluesky", "cap"):
        seat.until_state(card.alert, kind, CONFIRMED)
    seat.until_state(card.alert, "email", "● accepted")
    seat.click(seat.page.broadcast.cards[card.alert.id].retract)
    seat.answer(seat.page, "wrong road")
    seat.until_state(card.alert, "mastodon", "↩ withdrawn")
    seat.until_state(card.alert, "bluesky", "↩ withdrawn")
    mail = next(row for row in seat.page.broadcast.rows if row.account.kind == "email")
    seat.until(
        lambda: "recalled" in state_of(seat, card, mail.account.id), "what mail says to that"
    )
    assert seat.state(card.alert, "email") == "● accepted"


def state_of(seat: Seat, card: AlertCard, account_id: str) -> str:
    """The evidence beside one channel."""
    state = seat.page.broadcast.cards[card.alert.id].states[account_id]
    return state.accessibleDescription()
