"""A second person on the telephone, and none at all: a printed code, and the broken glass."""

import pytest

from crisisdesk.model.errors import BadInput, Refused
from crisisdesk.rules import approving as rules
from tests.office import PHRASE, Office

# By telephone


def test_a_code_from_the_printed_list_approves_once(office: Office) -> None:
    town = office.town
    codes = town.approving.new_codes(office.ann.id, PHRASE).codes
    alert, request = office.asked()
    line = town.approving.line(request.id, office.ann.id)
    (waiting,) = town.approving.queue()
    assert line == waiting.code[0]
    with pytest.raises(Refused, match="not the one"):
        town.approving.read_back(request.id, office.ann.id, "AAAAAA", office.sam)
    spoken = f"{codes[line][:3].lower()}-{codes[line][3:]} "
    town.approving.read_back(request.id, office.ann.id, spoken, office.sam)
    office.send(alert)
    assert town.approving.approvers()[0] == (office.ann, 29)
    entry = next(e for e in town.log() if e["action"] == "approval.given")
    assert (entry["actor"], entry["detail"]["by"]) == ("Sam", "Ann")
    assert entry["detail"]["way"] == "read back"
    assert not any(code in str(town.log()) for code in codes.values())


def test_a_used_line_moves_on_to_the_next_letter_of_the_code(office: Office) -> None:
    assert rules.line_for("7KQ3AB", frozenset("7KQ3AB")) == "7"
    assert rules.line_for("7KQ3AB", frozenset("KQ3AB")) == "K"
    assert rules.line_for("7KQ3AB", frozenset("Z")) == ""


def test_guessing_codes_ends_after_five(office: Office) -> None:
    town = office.town
    codes = town.approving.new_codes(office.ann.id, PHRASE).codes
    _, request = office.asked()
    for _ in range(4):
        with pytest.raises(Refused, match="not the one"):
            town.approving.read_back(request.id, office.ann.id, "222222", office.sam)
    line = town.approving.line(request.id, office.ann.id)
    with pytest.raises(Refused, match="Too many"):
        town.approving.read_back(request.id, office.ann.id, "222222", office.sam)
    with pytest.raises(Refused, match="Too many"):
        town.approving.read_back(request.id, office.ann.id, codes[line], office.sam)
    town.approving.sign(request.id, office.bob.id, PHRASE)


def test_without_a_list_there_is_no_line(office: Office) -> None:
    _, request = office.asked()
    assert office.town.approving.line(request.id, office.ann.id) == ""
    with pytest.raises(Refused, match="No line"):
        office.town.approving.read_back(request.id, office.ann.id, "222222", office.sam)


def test_a_list_is_printed_only_with_ones_own_passphrase(office: Office) -> None:
    with pytest.raises(Refused, match="does not open"):
        office.town.approving.new_codes(office.ann.id, "not the passphrase")


# Breaking the glass


def test_breaking_the_glass_is_loud(office: Office) -> None:
    alert, request = office.asked()
    with pytest.raises(BadInput, match="too short"):
        office.town.approving.break_glass(request.id, office.sam, "urgent")
    reason = "water is rising, Ann and Bob do not answer"
    office.town.approving.break_glass(request.id, office.sam, reason)
    office.send(alert)
    assert "approval.glass_broken" in office.town.actions()
    for approver in (office.ann, office.bob):
        (notice,) = office.town.approving.notices(approver)
        assert reason in notice.words
        office.town.approving.seen(notice.id, approver)
        assert office.town.approving.notices(approver) == []
    assert office.town.actions().count("notice.seen") == 2
    assert office.town.approving.notices(office.admin) == []


def test_breaking_the_glass_can_be_forbidden(office: Office) -> None:
    _, request = office.asked()
    office.town.approving.break_glass_allowed = False
    with pytest.raises(Refused, match="does not allow"):
        office.town.approving.break_glass(request.id, office.sam, "nobody answers the phone")
