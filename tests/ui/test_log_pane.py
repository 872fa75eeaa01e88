"""Recording: decisions are noted by keyboard, and the chain is verified on screen."""

import sqlite3
from contextlib import closing

from tests.ui.hands import says_intact
from tests.ui.seat import NAME, Seat


def lines(seat: Seat) -> list[str]:
    """What the pane shows, newest first."""
    model = seat.page.log.model
    return [
        " ".join(str(model.index(row, column).data()) for column in (2, 3))
        for row in range(model.rowCount())
    ]


def test_a_decision_is_noted_by_key_alone(seat: Seat) -> None:
    seat.press("F6")
    seat.write("We do not close Mill Bridge: police advise against it")
    seat.press("Return")
    wanted = f"{NAME} decided: We do not close Mill Bridge: police advise against it"
    seat.until(lambda: wanted in lines(seat), "the decision in the log")
    assert seat.page.log.note.text() == ""


def test_an_empty_note_is_none(seat: Seat) -> None:
    seat.press("F6")
    seat.write("   ")
    seat.press("Return")
    seat.click(seat.page.log.verify)
    seat.until(lambda: says_intact(seat.page.log.chain), "the verdict")
    assert "decision.noted" not in {each["action"] for each in seat.desk.reviewing.entries()}


def test_everything_that_happens_stands_there(seat: Seat) -> None:
    seat.open_incident("Flood at the weir")
    seat.write_road_closure()
    seat.choose("mastodon")
    card = seat.broadcast()
    seat.until_state(card.alert, "mastodon", "✓ confirmed")
    seat.until(
        lambda: all(
            any(part in line for line in lines(seat))
            for part in (
                "signed in",
                "opened incident: Flood at the weir",
                f"broadcast to 1 channel: {card.alert.headline}",
                "Mastodon confirmed",
            )
        ),
        f"the story in {lines(seat)}",
    )


def change_an_entry(seat: Seat) -> None:
    """As somebody would who has the file in their hands."""
    with closing(sqlite3.connect(seat.console.paths.database)) as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute(
            "UPDATE log_entry SET body = replace(CAST(body AS TEXT), 'signed_in', 'signed_it')"
        )
        database.commit()


def test_what_was_changed_while_it_was_closed_is_said_at_the_start(seat: Seat) -> None:
    seat.desk.check_log()
    seat.until(lambda: says_intact(seat.page.log.chain), "the verdict")
    assert not seat.page.notice.isVisible()
    change_an_entry(seat)
    seat.desk.check_log()
    seat.until(seat.page.notice.isVisible, "the warning")
    assert "The log was changed from outside, at entry" in seat.page.notice.words
    assert "LOG BROKEN" in seat.page.log.chain.text()


def test_the_chain_is_verified_and_a_break_is_not_forgotten(seat: Seat) -> None:
    log = seat.page.log
    seat.click(log.verify)
    seat.until(lambda: says_intact(log.chain), "the verdict")
    assert log.chain.property("role") != "problem"
    seat.until(log.verify.isEnabled, "the verdict that was asked for")
    change_an_entry(seat)
    seat.click(log.verify)
    seat.until(lambda: "LOG BROKEN at entry" in log.chain.text(), "the finding")
    assert log.chain.property("role") == "problem"
    seat.desk.composing.note("something else", seat.page.operator)
    seat.until(lambda: any("something else" in line for line in lines(seat)), "a new entry")
    assert "LOG BROKEN" in log.chain.text()
