"""Watch terms: what may join a list, and how many texts have them."""

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.rules.terms import MOST, hits, joined, trouble_with
from crisisdesk.rules.triage import Rules


def test_what_cannot_join_is_named() -> None:
    assert trouble_with("weir", []) == ""
    assert "too short" in trouble_with("a1", [])
    assert "no letter" in trouble_with("…", [])
    assert "longer than" in trouble_with("x" * 81, [])
    assert trouble_with("weir", ["weir"]) == "“weir” is in the list already"
    assert trouble_with("#Weir", ["weir"]).endswith("as “weir”")


def test_pasted_lines_join_what_is_there() -> None:
    pasted = ["  Mill   Lane ", "", "mill lane", "x", "River Wend"]
    together, troubles = joined(["weir"], pasted)
    assert together == ["weir", "Mill Lane", "River Wend"]
    assert len(troubles) == 2
    assert joined(["weir"], [f"term {n}" for n in range(MOST)])[0] == ["weir"]


def test_texts_are_counted_once_and_by_term() -> None:
    texts = ["Weir and mill lane!", "the weir", "nothing", "weird"]
    assert hits(["weir", "Mill Lane", "river"], texts) == (
        2,
        {"weir": 2, "Mill Lane": 1, "river": 0},
    )
    assert hits([], texts) == (0, {})
    assert hits(["!"], texts) == (0, {"!": 0})


@given(
    st.lists(st.text(max_size=8), max_size=6),
    st.lists(st.text(alphabet="ab c'é#"), max_size=6),
)
def test_a_term_is_found_exactly_where_triage_finds_it(terms: list[str], texts: list[str]) -> None:
    terms = joined([], terms)[0]
    rules = Rules(terms)
    judged = sum(any("watch term" in why for why in rules.judge(each).reasons) for each in texts)
    assert hits(terms, texts)[0] == judged
