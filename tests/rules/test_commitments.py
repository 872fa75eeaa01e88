"""What the chain holds of personal words, and what it takes to show them again."""

import hmac
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.audit import Entry, Fault, Opening, VerifyReport
from crisisdesk.rules.chain import canonical
from crisisdesk.rules.commitments import (
    HEARD,
    NOT_HERE,
    TYPED,
    commitment,
    commitments_in,
    committed,
    opens,
    paths_in,
    read_with,
    stub,
)
from crisisdesk.rules.redacting import name_of
from crisisdesk.rules.word_check import WordCheck, interleaved
from tests.rules.flaws import PERSON, redaction

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
DETAILS = st.dictionaries(
    st.sampled_from(["words", "reason", "methane", "attachments", "text", "marker", "late"]),
    TEXTS
    | st.booleans()
    | st.dictionaries(TEXTS, TEXTS, max_size=3)
    | st.lists(st.fixed_dictionaries({"name": TEXTS, "size": st.integers(0, 9)}), max_size=2),
    max_size=5,
)


def numbered_keys() -> Iterator[bytes]:
    return (each.to_bytes(32, "big") for each in count(1))


def apart(actor: str, detail: dict[str, Any]) -> tuple[dict[str, Any], list[Opening]]:
    keys = numbered_keys()
    kept, found = committed(actor, detail, lambda: next(keys))
    return kept, [Opening(1, *each) for each in found]


@given(DETAILS)
def test_words_come_back_as_they_were_and_only_with_their_openings(detail: dict[str, Any]) -> None:
    kept, openings = apart("Sam Lee", detail)
    body = canonical({"actor": "Sam Lee", "detail": kept})
    assert commitments_in(body) == [each.commitment for each in sorted_by_place(body, openings)]
    words = {each.commitment: each.words for each in openings}
    assert orjson.loads(read_with(body, words))["detail"] == detail
    assert all(opens(each) for each in openings)
    typed = [kept[name] for name in ("words", "reason", "text") if detail.get(name)]
    assert not any(isinstance(each, str) for each in typed)


def sorted_by_place(body: bytes, openings: list[Opening]) -> list[Opening]:
    return sorted(openings, key=lambda each: body.index(each.commitment.hex().encode()))


def test_a_commitment_is_the_hmac_that_the_format_says() -> None:
    key, words = bytes(range(32)), "Mrs Ellis, 4 Weir Street – ocsigen 🌊"
    expected = hmac.new(key, b"crisisdesk/log/words/1\x00" + words.encode(), sha256).digest()
    assert commitment(key, words) == expected


def test_what_the_program_writes_by_itself_stays_in_the_chain_but_not_the_words_of_strangers() -> (
    None
):
    detail = {"words": "Kept by Ref TAMR-3", "text": "I live at 4 Weir Street"}
    kept, openings = apart("desk", detail)
    assert kept["words"] == "Kept by Ref TAMR-3"
    assert [each.words for each in openings] == ["I live at 4 Weir Street"]


def test_typed_words_cannot_pass_for_a_commitment() -> None:
    fake = '{"commitment":"' + "0" * 64 + '"}'
    body = canonical({"detail": {"marker": fake}})
    assert commitments_in(body) == []
    assert read_with(body, {bytes(32): "forged"}) == body


def test_words_that_are_not_here_are_said_to_be() -> None:
    kept, _ = apart("Sam", {"words": "gone"})
    assert orjson.loads(read_with(canonical({"detail": kept}), {}))["detail"]["words"] == NOT_HERE


@given(st.binary(max_size=40).filter(lambda key: len(key) != 32))
def test_a_key_of_another_length_opens_nothing(key: bytes) -> None:
    """HMAC fills short keys up with zeros, so a second key would open the same."""
    assert not opens(Opening(1, commitment(key, "words"), key, "words"))


def test_each_place_has_a_name() -> None:
    detail = {"words": "a", "methane": {"hazards": "b"}, "attachments": [{"name": "c", "size": 1}]}
    kept, openings = apart("Sam", detail)
    words = {each.commitment: each.words for each in openings}
    assert {path: words[each] for path, each in paths_in(kept)} == {
        "words": "a",
        "methane.hazards": "b",
        "attachments.1.name": "c",
    }


def entry(seq: int, body: bytes) -> Entry:
    return Entry(seq, b"", b"", body)


def judged(*lines: Entry | Opening, complete: bool) -> VerifyReport:
    check = WordCheck()
    for each in lines:
        check.take(each)
    return check.judged(VerifyReport(0, b"", 0, 0, (), ()), complete=complete)


KEPT, (SAID,) = apart("Sam", {"words": "Mrs Ellis is on oxygen."})
SAYS = entry(1, canonical({"action": "decision.noted", "detail": KEPT}))
TAKES = entry(
    2,
    canonical(
        {
            "action": "entry.redacted",
            "detail": redaction(1, SAID.commitment),
        }
    ),
)
PERSON_ADDED = entry(
    0, canonical({"action": "operator.added", "detail": {"key": PERSON.public_key.hex()}})
)
STUB = Opening(1, SAID.commitment, b"", stub(2), 2)


def test_words_may_be_left_out_of_a_copy_but_never_vanish_from_the_log() -> None:
    copy = judged(SAYS, complete=False)
    assert (copy.intact, copy.absent) == (True, 1)
    (finding,) = judged(SAYS, complete=True).findings
    assert (finding.seq, finding.fault) == (1, Fault.WORDS_GONE)


def test_words_taken_away_are_accounted_for() -> None:
    report = judged(PERSON_ADDED, SAYS, STUB, TAKES, complete=True)
    assert (report.intact, report.redacted, report.words) == (True, 1, 0)
    (finding,) = judged(PERSON_ADDED, SAYS, STUB, complete=True).findings
    assert "no entry that was signed says by whom" in finding.words


def test_nobody_takes_words_away_without_a_signature_of_a_person_whom_the_log_names() -> None:
    (finding,) = judged(SAYS, STUB, TAKES, complete=True).findings
    assert finding.fault is Fault.WORDS_GONE


def test_a_stub_says_nothing_but_that_it_is_one() -> None:
    spoken = Opening(1, SAID.commitment, b"", "She confessed.", 2)
    (finding,) = judged(PERSON_ADDED, SAYS, spoken, TAKES, complete=True).findings
    assert finding.fault is Fault.WORDS_CHANGED


def test_each_entry_is_followed_by_its_words_and_none_are_lost() -> None:
    rows = [(seq, b"", b"", b"") for seq in (1, 2, 4)]
    beside = [Opening(seq, b"", b"", "") for seq in (1, 1, 3, 9)]
    found = [(type(each).__name__, each.seq) for each in interleaved(rows, beside)]
    assert found == [
        *[("Entry", 1), ("Opening", 1), ("Opening", 1), ("Entry", 2), ("Entry", 4)],
        *[("Opening", 3), ("Opening", 9)],
    ]


def test_everything_that_can_be_taken_out_has_a_name_for_people() -> None:
    inside = {"methane": "methane.hazards", "attachments": "attachments.1.name"}
    inside |= {"left": "left.words", "settings": "settings.base_url"}
    for field in TYPED | HEARD:
        path = inside.get(field, field)
        assert name_of(path) != path
        assert "_" not in name_of(path)
