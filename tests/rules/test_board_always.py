"""What holds of the board whatever happened before."""

from datetime import UTC, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.delivery import (
    PUBLISHED,
    Found,
)
from crisisdesk.model.standing import CONTRADICTIONS, Kind
from crisisdesk.model.template import Step
from crisisdesk.rules.board import Said, board, on_board, stands
from tests.rules.test_board import NAMES, NIGHT, S, alert, delivery, kinds

STATES = st.sampled_from(list(S))


@st.composite
def histories(draw: st.DrawFn) -> list[Said]:
    """Up to seven alerts; each may follow any earlier one, on any of four accounts."""
    said: list[Said] = []
    minute = 0
    for number in range(draw(st.integers(0, 7))):
        minute += draw(st.integers(0, 40))
        follows = draw(st.sampled_from(["", *(each.id for each, _ in said)]))
        made = alert(
            str(number),
            draw(st.sampled_from(list(Step))) if follows else Step.ALERT,
            follows=follows,
            minute=minute,
            lasts=draw(st.integers(1, 90)),
            promise=draw(st.sampled_from(["", "04:30", "x"])),
            template=draw(st.sampled_from(["road", "fire"])),
        )
        accounts = draw(st.sets(st.sampled_from(sorted(NAMES)), min_size=1))
        said.append(
            (
                made,
                [
                    delivery(made, each, draw(STATES), found=draw(st.sampled_from(list(Found))))
                    for each in sorted(accounts)
                ],
            )
        )
    return said


@given(histories(), st.integers(0, 400), st.randoms())
def test_each_message_that_stands_is_there_once(
    said: list[Said], minute: int, chance: object
) -> None:
    rows = board(said, NIGHT + timedelta(minutes=minute), NAMES, zone=UTC)
    shown = [row.delivery.id for row in rows]
    deliveries = [each for _, some in said for each in some]
    assert len(set(shown)) == len(shown)
    assert set(shown) == {each.id for each in deliveries if on_board(each)}
    assert {each.id for each in deliveries if each.state in PUBLISHED} <= set(shown)
    assert all(row.delivery.state is not S.WITHDRAWN for row in rows)
    shuffled = list(said)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert board(shuffled, NIGHT + timedelta(minutes=minute), NAMES, zone=UTC) == rows


@given(histories(), st.integers(0, 400))
def test_what_needs_a_person_comes_first(said: list[Said], minute: int) -> None:
    rows = board(said, NIGHT + timedelta(minutes=minute), NAMES, zone=UTC)
    ranks = [row.rank for row in rows]
    assert ranks == sorted(ranks)
    for row in rows:
        contradicted = any(kind in CONTRADICTIONS for kind in kinds(row))
        assert contradicted == (row.rank == 0)
        if row.answered_by:
            assert set(kinds(row)) <= {Kind.ALTERED}


@given(histories(), st.integers(0, 400))
def test_a_chain_whose_last_word_stands_everywhere_is_no_contradiction(
    said: list[Said], minute: int
) -> None:
    """Whatever happened before: once everything got a last word, nobody is told two things."""
    roots: dict[str, str] = {}
    for each, _ in said:
        roots[each.id] = roots.get(each.references, each.id)
    for number, root in enumerate(dict.fromkeys(roots.values())):
        last = alert(f"last-{number}", Step.CANCEL, follows=root, minute=400, lasts=900)
        said.append((last, [delivery(last, account) for account in NAMES]))
    rows = board(said, NIGHT + timedelta(minutes=401 + minute), NAMES, zone=UTC)
    assert {kind for row in rows for kind in kinds(row)} <= {Kind.ALTERED}
    assert {row.alert.id for row in rows if not row.quiet and not row.findings} <= {
        each.id for each, _ in said if each.id.startswith("last-")
    }


@given(histories(), st.integers(0, 400))
def test_a_contradiction_always_has_another_side(said: list[Said], minute: int) -> None:
    """What is called contradicted stands (perhaps), and something else was meant to replace it."""
    for row in board(said, NIGHT + timedelta(minutes=minute), NAMES, zone=UTC):
        if Kind.CONTRADICTED not in kinds(row):
            continue
        assert row.answered_by is None
        assert stands(row.delivery) or row.delivery.state not in PUBLISHED
        assert any(other.references for other, _ in said if other.id != row.alert.id)
