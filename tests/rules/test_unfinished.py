"""What an officer has begun goes to JSON and comes back the same."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.draft import Draft, Unfinished
from crisisdesk.model.errors import BadInput
from crisisdesk.model.media import Image, Picture
from crisisdesk.model.template import Step, Template, TemplateField
from crisisdesk.rules.unfinished import left_over, packed, plain, unpacked

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
images = st.builds(
    Image,
    words,
    st.sampled_from(("image/png", "image/jpeg")),
    st.integers(1, 9000),
    st.integers(1, 9000),
    st.integers(0, 10**6),
    words,
)
drafts = st.builds(
    Draft,
    incident_id=words,
    template_id=words,
    step=st.sampled_from(Step),
    values=st.dictionaries(words, words, max_size=4),
    account_ids=st.lists(words, max_size=4).map(tuple),
    references=words,
    pictures=st.lists(images.map(lambda image: Picture(image, b"")), max_size=2).map(tuple),
    key=words,
)
unfinished = st.builds(Unfinished, message=st.none() | drafts, note=words, incident_id=words)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@given(unfinished)
def test_it_comes_back_as_it_was(what: Unfinished) -> None:
    assert unpacked(orjson.loads(orjson.dumps(packed(what)))) == what


@given(st.text())
def test_half_a_letter_stops_nothing(note: str) -> None:
    kept = unpacked(orjson.loads(orjson.dumps(packed(Unfinished(note=note)))))
    assert kept.note == note.encode(errors="replace").decode()


def test_what_an_earlier_version_kept_is_understood() -> None:
    earlier = {
        "incident_id": "i1",
        "template_id": "road-closure",
        "step": "update",
        "values": {"road_name": "Weir Bridge"},
        "account_ids": ["masto"],
        "references": "a1",
    }
    kept = unpacked(earlier)
    expected = Draft("i1", "road-closure", Step.UPDATE, {"road_name": "Weir Bridge"}, ("masto",))
    assert kept.message is not None
    assert kept.message.references == "a1"
    assert kept.message.values == expected.values
    assert kept.incident_id == "i1"


@given(st.dictionaries(st.sampled_from(("message", "note", "template_id", "x")), json_values))
def test_what_is_damaged_is_said_and_its_words_are_found(body: dict[str, object]) -> None:
    try:
        unpacked(body)
    except BadInput:
        found = left_over(body)
        assert all(
            each in found for each in body.values() if isinstance(each, str) and each.strip()
        )


def test_an_unknown_step_is_damage() -> None:
    body = packed(Unfinished(Draft("i1", "t", Step.ALERT, {"a": "words"}, ())))
    body["message"]["step"] = "sideways"
    with pytest.raises(BadInput, match="damaged"):
        unpacked(body)
    assert "words" in left_over(body)


def test_the_words_alone_carry_the_names_of_their_fields() -> None:
    fields = (TemplateField("road_name", "Which road"),)
    template = Template("t", "Road", "", 1, (), ("en",), fields, {}, {})
    draft = Draft("i1", "t", Step.ALERT, {"road_name": "Weir Bridge", "x_y": "more", "no": " "}, ())
    assert plain(draft, template) == "Which road: Weir Bridge\nx y: more"
    assert plain(draft, None) == "road name: Weir Bridge\nx y: more"
    assert plain(draft, template, frozenset({"x_y"})) == "x y: more"
