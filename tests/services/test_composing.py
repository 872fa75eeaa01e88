"""From a draft to frozen bytes."""

import dataclasses
from pathlib import Path

import pytest

from crisisdesk.model.draft import Draft
from crisisdesk.model.errors import BadInput, Refused
from crisisdesk.model.events import AlertComposed
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step
from crisisdesk.rules.composing import content_hash
from crisisdesk.rules.pictures import read_picture
from crisisdesk.system.template_files import load_templates
from tests.pictures import photo
from tests.town import SENDER, VIEWER, Town


def changed(draft: Draft, **values: str) -> Draft:
    return dataclasses.replace(draft, values={**draft.values, **values})


def test_freezes_every_text_with_its_hash(town: Town) -> None:
    alert = town.compose()
    assert [part.account_id for part in alert.rendered] == ["bsky", "cap", "masto", "mail"]
    assert alert.content_hash == content_hash(alert)
    with town.database.read() as unit:
        assert unit.alerts.get(alert.id) == alert


def test_what_was_shown_is_what_is_frozen(town: Town) -> None:
    draft = town.draft("masto", "bsky", "mail")
    shown = [part.rendered.text for part in town.composing.previews(draft, {})]
    alert = town.composing.compose(draft, SENDER)
    assert [part.text.replace(alert.marker, "Ref 0000-0") for part in alert.rendered] == shown


def just_fitting(town: Town) -> Draft:
    """A post of exactly as many characters as Bluesky takes, with a reference of one digit."""
    draft = changed(town.draft("bsky"), diversion="Hill Road")
    (preview,) = town.composing.previews(draft, {})
    room = 300 - preview.count.length
    fits = changed(draft, diversion="Hill Road" + "x" * room)
    assert town.composing.previews(fits, {})[0].count.length == 300
    assert town.composing.problems(fits, {}) == []
    return fits


def test_a_longer_reference_does_not_make_a_message_that_its_network_refuses(town: Town) -> None:
    draft = just_fitting(town)
    for _ in range(9):
        assert len(town.composing.compose(draft, SENDER).rendered[0].text) == 300
    with pytest.raises(Refused, match="too long for Bluesky: 301/300"):
        town.composing.compose(draft, SENDER)


def test_nor_does_it_when_a_message_is_repeated(town: Town) -> None:
    draft = just_fitting(town)
    alert = [town.composing.compose(draft, SENDER) for _ in range(9)][-1]
    with pytest.raises(Refused, match="too long for Bluesky: 301/300"):
        town.composing.compose_again(alert.id, SENDER)


def test_references_count_up_within_an_incident(town: Town) -> None:
    first, second = town.compose("masto"), town.compose("masto")
    assert first.marker == f"Ref {town.incident.ref}-1"
    assert second.marker == f"Ref {town.incident.ref}-2"


def test_the_log_holds_the_exact_texts(town: Town) -> None:
    alert = town.compose("masto", "bsky")
    entry = town.log()[-1]
    assert entry["action"] == "alert.composed"
    assert entry["subject"] == f"alert {alert.id}"
    texts = [[part.account_id, part.language, part.text] for part in alert.rendered]
    assert entry["detail"]["texts"] == texts


def test_the_log_holds_what_each_text_says_of_what_it_has_to(town: Town) -> None:
    town.compose("masto", "bsky")
    noted = town.log()[-1]["detail"]["elements"]
    assert {account for account, _, _ in noted["said"]} == {"masto", "bsky"}
    for _, language, found in noted["said"]:
        assert language == "en"
        assert set(noted["asked"]) <= set(found)


def test_composing_is_announced_after_it_is_stored(town: Town) -> None:
    heard: list[tuple[str, bool]] = []

    def listen(event: AlertComposed) -> None:
        with town.database.read() as unit:
            heard.append((event.alert_id, unit.alerts.get(event.alert_id) is not None))

    town.bus.subscribe(AlertComposed, listen)
    alert = town.compose("masto")
    assert heard == [(alert.id, True)]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"road_name": " "}, "“Road or bridge” is empty"),
        ({"since_time": "noon"}, "write a clock time"),
        ({"more_info_url": "council"}, "write a full web address"),
        ({"road_name": "x" * 61}, "1 characters too long"),
    ],
)
def test_refuses_values_that_do_not_fit(town: Town, values: dict[str, str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        town.composing.compose(changed(town.draft("masto"), **values), SENDER)
    assert "alert.composed" not in town.actions()


def test_refuses_a_text_longer_than_the_network_takes(town: Town) -> None:
    draft = changed(town.draft("bsky"), area_name="y" * 80, reason="z" * 60, diversion="w" * 80)
    (preview,) = town.composing.previews(draft, {})
    assert not preview.count.fits
    with pytest.raises(Refused, match="too long for Bluesky"):
        town.composing.compose(draft, SENDER)


def test_heeds_the_limit_a_network_announced(town: Town) -> None:
    town.database.write(lambda unit: [unit.accounts.put(each) for each in town.accounts])
    town.database.write(lambda unit: unit.accounts.set_limit("masto", 50))
    with pytest.raises(Refused, match=r"too long for Mastodon: [0-9]+/50"):
        town.compose("masto")


def test_refuses_without_a_channel(town: Town) -> None:
    draft = dataclasses.replace(town.draft("masto"), account_ids=())
    with pytest.raises(Refused, match="no channel"):
        town.composing.compose(draft, SENDER)


def test_refuses_when_no_chosen_channel_is_set_up_any_more(town: Town) -> None:
    draft = dataclasses.replace(town.draft("masto"), account_ids=("gone",))
    with pytest.raises(Refused, match="no channel"):
        town.composing.compose(draft, SENDER)


def test_refuses_without_an_incident(town: Town) -> None:
    draft = dataclasses.replace(town.draft("masto"), incident_id="nowhere")
    with pytest.raises(Refused, match="no open incident"):
        town.composing.compose(draft, SENDER)


def test_a_correction_must_say_what_it_corrects(town: Town) -> None:
    with pytest.raises(Refused, match="must follow an alert"):
        town.compose("masto", step=Step.CANCEL)


def test_a_correction_says_what_was_wrong(town: Town) -> None:
    alert = town.send("masto")
    correction = town.send("masto", step=Step.CANCEL, follows=alert.id)
    assert "we named Mill Bridge, which is open" in correction.rendered[0].text
    assert correction.references == alert.id


def test_a_viewer_may_not_compose(town: Town) -> None:
    with pytest.raises(Refused, match="viewer may not"):
        town.composing.compose(town.draft("masto"), VIEWER)


def test_a_live_text_carries_no_word_of_exercise(town: Town) -> None:
    town.restart(Mode.LIVE)
    alert = town.compose()
    texts = [alert.headline, *(part.text + part.subject for part in alert.rendered)]
    assert not any("EXERCISE" in text.upper() for text in texts)


def test_incidents_need_a_name_and_get_a_reference(town: Town) -> None:
    with pytest.raises(BadInput, match="needs a name"):
        town.composing.open_incident("  ", SENDER)
    opened = town.composing.open_incident(" Fire at the mill ", SENDER)
    assert (opened.name, len(opened.ref)) == ("Fire at the mill", 4)
    assert town.composing.incidents() == [opened]
    assert town.log()[-1]["action"] == "incident.opened"


def test_notes_are_logged_and_must_not_be_empty(town: Town) -> None:
    with pytest.raises(BadInput, match="empty"):
        town.composing.note(" ", SENDER)
    town.composing.note(" We say nothing yet. ", SENDER)
    entry = town.log()[-1]
    assert entry["action"] == "decision.noted"
    assert entry["detail"] == {"words": "We say nothing yet."}


def test_own_templates_win_and_bad_ones_are_named(tmp_path: Path) -> None:
    shipped, problems = load_templates(None)
    assert problems == []
    own = Path("resources/templates/road-closure.toml").read_text(encoding="utf-8")
    (tmp_path / "roads.toml").write_text(own.replace('"Road closure"', '"Our roads"', 1), "utf-8")
    (tmp_path / "bad.toml").write_text("id = ", "utf-8")
    (tmp_path / "latin.toml").write_bytes(b'id = "\xe9"')
    (tmp_path / "empty.toml").write_text("", "utf-8")
    found, problems = load_templates(tmp_path)
    assert found["road-closure"].name == "Our roads"
    assert set(found) == set(shipped)
    assert [any(name in problem for problem in problems) for name in ("bad", "latin", "empty")] == [
        True,
        True,
        True,
    ]


def test_pictures_go_out_with_their_words_and_are_covered_by_the_hash(town: Town) -> None:
    picture = read_picture(photo(), "Map of the closed bridge")
    alert = town.composing.compose(
        dataclasses.replace(town.draft("masto", "bsky"), pictures=(picture,)), SENDER
    )
    assert alert.images == (picture.image,)
    assert alert.content_hash != content_hash(dataclasses.replace(alert, images=()))
    town.dispatch.broadcast(alert.id, SENDER)
    town.settle()
    (status,) = town.mastodon.statuses
    assert [each.description for each in status.media] == ["Map of the closed bridge"]
    assert town.states(alert) == {"masto": "confirmed", "bsky": "confirmed"}
    assert town.composing.draft_of(alert).pictures == (picture,)


def test_a_picture_without_words_cannot_go_out(town: Town) -> None:
    picture = read_picture(photo(), "")
    with pytest.raises(Refused, match="say what it shows"):
        town.composing.compose(
            dataclasses.replace(town.draft("masto"), pictures=(picture,)), SENDER
        )


HIDDEN = ["\x00", "\x07", "\x1b", "\x7f", "\x9f", "\ud800", "\ufffe"]


@pytest.mark.parametrize("sign", HIDDEN)
def test_what_a_channel_could_not_carry_is_refused_before_it_is_frozen(
    town: Town, sign: str
) -> None:
    """It comes with what is pasted, and a CAP message cannot hold it."""
    draft = changed(town.draft(), reason=f"deep{sign} water")
    (problem,) = town.composing.problems(draft, {})
    assert "Why it is closed" in problem
    assert problem.endswith("holds hidden characters, type it anew")
    with pytest.raises(Refused, match="hidden characters"):
        town.composing.compose(draft, SENDER)


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\t", "\x0b", "\x0c", "\x85", "\u2028", "\u200d"])
def test_what_is_only_space_or_joins_letters_goes_out_everywhere(town: Town, sign: str) -> None:
    draft = changed(town.draft(), reason=f"deep{sign}water")
    assert town.composing.problems(draft, {}) == []
    alert = town.composing.compose(draft, SENDER)
    town.dispatch.broadcast(alert.id, SENDER)
    town.settle()
    assert {each.value for each in town.states(alert).values()} <= {"accepted", "confirmed"}
