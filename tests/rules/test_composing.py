"""From values to frozen bytes, and the hash that covers all of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.account import Account
from crisisdesk.model.alert import Alert, Rendered
from crisisdesk.model.cap import Severity
from crisisdesk.model.media import Image
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step
from crisisdesk.rules.composing import (
    EXERCISE_PREFIX,
    LEFT_OPEN,
    content_hash,
    filled,
    headline,
    left_open,
    previews,
    render,
    with_marker,
)
from tests.rules.test_templating import TEMPLATE

MOMENT = datetime(2026, 8, 20, 9, tzinfo=UTC)
ACCOUNTS = [Account("m", "mastodon", "M"), Account("b", "bluesky", "B"), Account("e", "email", "E")]
VALUES = {field.name: field.example for field in TEMPLATE.fields} | {
    "ref": "Ref K7Q3-1",
    "sent_time": "09:00",
    "sender_name": "Riverside Council",
}


def frozen(parts: tuple[Rendered, ...], mode: Mode = Mode.LIVE, step: Step = Step.ALERT) -> Alert:
    return Alert(
        id="alert-1",
        incident_id="incident-1",
        marker="Ref K7Q3-1",
        template_id=TEMPLATE.id,
        step=step,
        mode=mode,
        headline="",
        codes=TEMPLATE.codes[Step.ALERT],
        values={},
        rendered=parts,
        content_hash="",
        created_at=MOMENT,
        created_by="Sam",
        expires_at=MOMENT,
    )


def hashed(parts: tuple[Rendered, ...], mode: Mode = Mode.LIVE, step: Step = Step.ALERT) -> str:
    return content_hash(frozen(parts, mode, step))


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("mode", list(Mode))
def test_every_text_carries_its_reference_and_no_gap(step: Step, mode: Mode) -> None:
    parts = render(TEMPLATE, step, VALUES, ACCOUNTS, mode)
    assert [part.account_id for part in parts] == ["m", "b", "e"]
    for part in parts:
        assert part.text.count("Ref K7Q3-1") == 1
        assert not set("{}") & set(part.text + part.subject)
        assert part.text.startswith(EXERCISE_PREFIX) == (mode is Mode.EXERCISE)
        assert part.subject.startswith("EXERCISE: ") == (mode is Mode.EXERCISE)


def test_every_language_is_rendered() -> None:
    wordings = {
        step: {"en": each["en"], "cy": each["en"]} for step, each in TEMPLATE.wordings.items()
    }
    both = replace(TEMPLATE, languages=("en", "cy"), wordings=wordings)
    parts = render(both, Step.ALERT, VALUES, ACCOUNTS[:1], Mode.LIVE)
    assert [(part.account_id, part.language) for part in parts] == [("m", "en"), ("m", "cy")]


def test_the_headline_says_when_it_is_an_exercise() -> None:
    live = headline(TEMPLATE, Step.ALERT, VALUES, Mode.LIVE)
    assert live == "Weir Bridge closed: Lower Town, Riverside"
    assert headline(TEMPLATE, Step.ALERT, VALUES, Mode.EXERCISE) == f"EXERCISE: {live}"


@pytest.mark.parametrize(
    ("text", "marker", "whole"),
    [
        ("Hello", "Ref A-1", "Hello\nRef A-1"),
        ("Hello Ref A-1.", "Ref A-1", "Hello Ref A-1."),
        ("Hello", "", "Hello"),
    ],
)
def test_the_reference_is_added_once(text: str, marker: str, whole: str) -> None:
    assert with_marker(text, marker) == whole
    assert with_marker(whole, marker) == whole


def test_a_longer_reference_is_not_mistaken_for_ours() -> None:
    assert with_marker("See Ref A-12", "Ref A-1").endswith("\nRef A-1")


def test_previews_count_by_each_networks_rule() -> None:
    parts = render(TEMPLATE, Step.ALERT, VALUES, ACCOUNTS, Mode.LIVE)
    shown = previews(parts, {"m": 1000})
    assert [each.rendered for each in shown] == list(parts)
    assert [each.count.limit for each in shown] == [1000, 300, None]
    assert all(each.count.fits for each in shown)


words = st.text(max_size=8)
rendered = st.builds(
    Rendered,
    account_id=words,
    kind=st.sampled_from(["mastodon", "bluesky"]),
    language=st.sampled_from(["en", "cy"]),
    text=words,
    subject=words,
)


@given(st.tuples(rendered, rendered), st.data())
def test_the_hash_changes_with_anything_the_public_would_see(
    parts: tuple[Rendered, ...], data: st.DataObject
) -> None:
    names = ["account_id", "kind", "language", "text", "subject", "instruction"]
    name = data.draw(st.sampled_from(names))
    old = getattr(parts[0], name)
    changed = replace(parts[0], **{name: data.draw(words.filter(lambda new: new != old))})
    assert hashed((changed, parts[1])) != hashed(parts)
    assert hashed(parts[:1]) != hashed(parts)
    assert (hashed(parts[::-1]) == hashed(parts)) == (parts[0] == parts[1])


def test_the_hash_covers_mode_step_and_reference() -> None:
    parts = render(TEMPLATE, Step.ALERT, VALUES, ACCOUNTS, Mode.LIVE)
    hashes = {hashed(parts, mode, step) for mode in Mode for step in Step}
    assert len(hashes) == len(Mode) * len(Step)
    whole = frozen(parts)
    codes = replace(whole.codes, severity=Severity.EXTREME)
    changed = [
        replace(whole, marker="Ref K7Q3-2"),
        replace(whole, references="alert-0"),
        replace(whole, expires_at=MOMENT + timedelta(minutes=1)),
        replace(whole, codes=codes),
        replace(whole, values={"area_name": "Upper Town"}),
        replace(whole, values={"more_info_url": "https://elsewhere.example"}),
        replace(whole, images=(Image("ab" * 32, "image/png", 1, 1, 1, "A map"),)),
        replace(whole, images=(Image("ab" * 32, "image/png", 1, 1, 1, "Another map"),)),
    ]
    hashes |= {content_hash(each) for each in changed}
    assert len(hashes) == len(Mode) * len(Step) + len(changed)
    assert all(len(each) == 64 for each in hashes)


@given(words, words)
def test_moving_letters_between_fields_changes_the_hash(subject: str, text: str) -> None:
    one = Rendered("m", "mastodon", "en", text=subject + text, subject="")
    other = Rendered("m", "mastodon", "en", text=text, subject=subject)
    assert (hashed((one,)) == hashed((other,))) == (subject == "")


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("mode", list(Mode))
def test_open_words_filled_are_the_rendered_ones(step: Step, mode: Mode) -> None:
    accounts = [*ACCOUNTS, Account("c", "cap", "C")]
    words = render(TEMPLATE, step, left_open(VALUES), accounts, mode)
    assert tuple(filled(part, VALUES) for part in words) == render(
        TEMPLATE, step, VALUES, accounts, mode
    )
    for part in words:
        assert part.text.count(LEFT_OPEN["ref"]) == 1
        assert VALUES["ref"] not in part.text


@pytest.mark.parametrize("time", ["05:00", "23:59"])
def test_a_bare_clock_time_of_the_next_update_stays_open(time: str) -> None:
    assert left_open({"next_update_at": time})["next_update_at"] == LEFT_OPEN["next_update_at"]


@pytest.mark.parametrize("time", ["about 05:00", "24:00", "5:00", "05:00 if all goes well", ""])
def test_other_words_for_the_next_update_are_approved_as_they_are(time: str) -> None:
    assert left_open({"next_update_at": time})["next_update_at"] == time
