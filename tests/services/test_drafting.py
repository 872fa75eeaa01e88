"""Drafting: what was typed comes back, what was sent does not, and what changed is explained."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from crisisdesk.model.approval import RequestState
from crisisdesk.model.draft import Draft, Restored, Unfinished
from crisisdesk.model.errors import AlreadyComposed
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.template import Step
from tests.pictures import picture, two_pictures
from tests.timed import TimedTown
from tests.town import SENDER, VIEWER, Town

KEY = "0b54a2a4-5d8b-4d62-9d4b-2a6a0a2b7a01"


def restored(town: Town, operator: Operator = SENDER) -> Restored:
    """What comes back; there must be something."""
    found = town.drafting.restore(operator)
    assert found is not None
    return found


def begun(town: Town, *accounts: str, **changes: object) -> Draft:
    """A message with a key of its own."""
    return replace(town.draft(*accounts), key=KEY, **changes)  # type: ignore[arg-type]


def test_everything_comes_back_after_a_crash(town: Town) -> None:
    draft = begun(town, "masto", "mail", pictures=two_pictures())
    what = Unfinished(draft, "Not evacuating yet: the dam holds", town.incident.id)
    assert town.drafting.keep(what, SENDER) == town.clock.now()
    town.restart()
    found = restored(town)
    assert found == Restored(what, town.clock.now())


def test_drafts_are_each_operators_own(town: Town) -> None:
    town.drafting.keep(Unfinished(begun(town, "masto")), SENDER)
    town.drafting.keep(Unfinished(note="mine"), VIEWER)
    assert restored(town).what.note == ""
    assert restored(town, VIEWER).what == Unfinished(note="mine")
    assert town.drafting.restore(Operator("op-9", "Nobody", Role.SENDER)) is None


def test_the_last_one_kept_counts(town: Town) -> None:
    for words in ("a", "ab", "abc"):
        town.drafting.keep(Unfinished(note=words), SENDER)
    assert restored(town).what.note == "abc"


def gone_by_sending(town: Town, draft: Draft) -> None:
    town.dispatch.broadcast(town.composing.compose(draft, SENDER).id, SENDER)
    town.settle()


def gone_by_asking(town: Town, draft: Draft) -> None:
    town.approving.ask(town.composing.compose(draft, SENDER).id, SENDER)


def gone_and_back(town: Town, draft: Draft) -> None:
    request = town.approving.ask(town.composing.compose(draft, SENDER).id, SENDER)
    town.approving.withdraw(request.id, SENDER, "to be changed")
    with town.database.read() as unit:
        found = unit.approvals.request_for(KEY)
    assert found is not None
    assert found.state is RequestState.WITHDRAWN


@pytest.mark.parametrize("go", [gone_by_sending, gone_by_asking, gone_and_back])
@pytest.mark.parametrize("late", [False, True], ids=["kept before", "kept after too"])
def test_what_went_its_way_is_not_offered_again(
    town: Town, go: Callable[[Town, Draft], None], late: bool
) -> None:
    """Whatever the order of writes: a keystroke's write may come in after the sending."""
    what = Unfinished(begun(town, "cap"), "a note", town.incident.id)
    town.drafting.keep(what, SENDER)
    go(town, begun(town, "cap"))
    if late:
        town.drafting.keep(what, SENDER)
    town.restart()
    assert restored(town).what == replace(what, message=None)


def test_what_is_planned_is_not_offered_again(timed: TimedTown) -> None:
    draft = begun(timed, "cap")
    timed.drafting.keep(Unfinished(draft), SENDER)
    alert = timed.composing.compose(draft, SENDER, timed.at(11, 30))
    timed.planning.plan_send(alert.id, timed.at(10, 30), SENDER)
    assert restored(timed).what.message is None


def test_what_was_composed_and_not_sent_is_offered_as_another_message(town: Town) -> None:
    draft = begun(town, "cap")
    town.drafting.keep(Unfinished(draft), SENDER)
    frozen = town.composing.compose(draft, SENDER)
    town.restart()
    found = restored(town)
    assert found.what.message is not None
    assert found.what.message.key not in ("", KEY)
    assert replace(found.what.message, key=KEY) == draft
    assert found.remarks == (f"It was about to go out ({frozen.marker}) and did not.",)
    town.composing.compose(found.what.message, SENDER)


def test_no_message_is_composed_twice(town: Town) -> None:
    """The same draft came back at two desks of one operator."""
    alert = town.composing.compose(begun(town, "cap"), SENDER)
    assert alert.id == KEY
    before = town.log()
    with pytest.raises(AlreadyComposed, match="composed already"):
        town.composing.compose(begun(town, "cap"), SENDER)
    assert town.log() == before


def test_the_words_of_a_vanished_template_are_not_lost(town: Town) -> None:
    town.drafting.keep(Unfinished(begun(town, "masto", template_id="gone"), "a note"), SENDER)
    found = restored(town)
    assert found.what == Unfinished(None, "a note")
    assert "road name: Weir Bridge" in found.lost
    assert found.remarks == ("Its template is gone: copy your words.",)


def test_words_of_a_vanished_field_are_not_lost(town: Town) -> None:
    draft = begun(town, "masto")
    draft.values["old_field"] = "the ford is open"
    draft.values["sent_time"] = "09:00"
    town.drafting.keep(Unfinished(draft), SENDER)
    found = restored(town)
    assert found.what.message == draft
    assert found.lost == "old field: the ford is open"
    assert "has changed" in found.remarks[0]


def test_the_words_about_a_vanished_alert_are_not_lost(town: Town) -> None:
    draft = begun(town, "masto", step=Step.UPDATE, references="a-0")
    town.drafting.keep(Unfinished(draft), SENDER)
    found = restored(town)
    assert found.what.message is None
    assert "deep flood water" in found.lost
    assert "alert that it follows is gone" in found.remarks[0]


def test_a_follow_up_comes_back_with_its_alert(town: Town) -> None:
    alert = town.send("cap")
    draft = begun(town, "cap", step=Step.UPDATE, references=alert.id)
    town.drafting.keep(Unfinished(draft), SENDER)
    found = restored(town)
    assert (found.what.message, found.follows, found.remarks) == (draft, alert, ())


def test_what_happened_to_the_followed_alert_is_told(town: Town) -> None:
    alert = town.send("cap")
    draft = begun(town, "cap", step=Step.UPDATE, references=alert.id)
    town.drafting.keep(Unfinished(draft), SENDER)
    town.send("cap", step=Step.CANCEL, follows=alert.id)
    town.settling.retract(alert.id, SENDER, "wrong bridge")
    town.settle()
    town.clock.time = alert.expires_at
    told = " ".join(restored(town).remarks)
    assert "was retracted" in told
    assert "Something else was sent" in told
    assert "has expired" in told


def test_a_note_that_was_logged_is_not_offered_again(town: Town) -> None:
    town.drafting.keep(Unfinished(note=" Schools stay open "), SENDER)
    town.composing.note("Schools stay open", SENDER)
    assert restored(town).what.note == ""


def test_the_same_note_on_another_day_is(town: Town) -> None:
    town.composing.note("Schools stay open", SENDER)
    town.clock.go_on(hours=24)
    town.drafting.keep(Unfinished(note="Schools stay open"), SENDER)
    town.composing.note("Something else", SENDER)
    assert restored(town).what.note == "Schools stay open"


def test_another_persons_note_says_nothing_of_mine(town: Town) -> None:
    town.drafting.keep(Unfinished(note="Schools stay open"), SENDER)
    town.composing.note("Schools stay open", replace(SENDER, name="Kim"))
    assert restored(town).what.note == "Schools stay open"


def stored_pictures(town: Town) -> int:
    with town.database.read() as unit:
        return int(unit.connection.exec_driver_sql("SELECT count(*) FROM media").scalar_one())


def test_pictures_taken_out_again_are_forgotten(town: Town) -> None:
    red, blue = picture(), picture(colour="blue")
    town.drafting.keep(Unfinished(begun(town, "cap", pictures=(red, blue))), SENDER)
    assert stored_pictures(town) == 2
    town.drafting.keep(Unfinished(begun(town, "cap", pictures=(red,))), SENDER)
    assert stored_pictures(town) == 1
    town.restart()
    assert restored(town).what.message is not None
    town.drafting.keep(Unfinished(), SENDER)
    assert stored_pictures(town) == 0


def test_pictures_that_went_out_or_that_others_use_stay(town: Town) -> None:
    red, blue = picture(), picture(colour="blue")
    town.drafting.keep(Unfinished(begun(town, "cap", pictures=(red, blue))), SENDER)
    town.drafting.keep(Unfinished(begun(town, "cap", pictures=(blue,))), VIEWER)
    gone_by_sending(town, begun(town, "cap", pictures=(red,)))
    town.drafting.keep(Unfinished(), SENDER)
    assert stored_pictures(town) == 2


def test_a_picture_that_is_gone_is_told(town: Town) -> None:
    draft = begun(town, "cap", pictures=(picture(),))
    town.drafting.keep(Unfinished(draft), SENDER)
    town.database.write(lambda unit: unit.connection.exec_driver_sql("DELETE FROM media").close())
    found = restored(town)
    assert found.what.message == replace(draft, pictures=())
    assert found.remarks == ("A picture of it is gone: add it again.",)
    town.drafting.keep(Unfinished(draft), SENDER)
    assert restored(town).what.message == draft


def test_what_is_damaged_is_told_with_all_its_words(town: Town) -> None:
    body = {"message": {"step": "sideways", "values": {"a": "deep water"}}, "note": "stay"}
    town.database.write(lambda unit: unit.incidents.save_draft(SENDER.id, body, 1))
    found = restored(town)
    assert found.what == Unfinished()
    assert "damaged" in found.remarks[0]
    assert {"deep water", "stay"} <= set(found.lost.split("\n"))
