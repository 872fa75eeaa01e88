"""What a warning says: recognised in each channel's own text, and only when it has a name."""

import pytest

from crisisdesk.model.account import Account
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step
from crisisdesk.rules.composing import render
from crisisdesk.rules.elements import Element, asked, said
from crisisdesk.rules.template_samples import examples
from crisisdesk.system.template_files import load_templates

TEMPLATES, _ = load_templates(None)
KINDS = ("mastodon", "bluesky", "email", "cap")
FLOOD = TEMPLATES["flood-severe"]


def elements(step: Step = Step.ALERT, kind: str = "mastodon", **values: str) -> set[Element]:
    given = {**examples(FLOOD, "Riverside Council"), **values}
    accounts = [Account("a", kind, kind.title())]
    (part,) = render(FLOOD, step, given, accounts, Mode.EXERCISE)
    return set(said(FLOOD, step, given, part))


def test_an_alert_has_to_say_six_things_and_what_ends_it_four() -> None:
    assert len(asked(FLOOD, Step.ALERT)) == len(asked(FLOOD, Step.UPDATE)) == 6
    assert len(asked(FLOOD, Step.CANCEL)) == len(asked(FLOOD, Step.ALL_CLEAR)) == 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_well_filled_flood_warning_says_everything(kind: str) -> None:
    for step in Step:
        assert set(asked(FLOOD, step)) <= elements(step, kind)


def test_a_place_without_a_name_is_none() -> None:
    assert Element.PLACE in elements(area_name="Lower Town", rest_centre="")
    assert Element.PLACE not in elements(area_name="the area by the river", rest_centre="")


def test_a_time_is_not_that_of_the_next_update() -> None:
    values = {"since_time": "", "sent_time": ""}
    assert Element.TIME not in elements(**values, next_update_at="03:00")
    assert Element.NEXT_UPDATE not in elements(next_update_at="soon")


def test_one_word_is_no_order_and_nobody_is_no_source() -> None:
    assert Element.ACTION not in elements(action_now="Careful")
    assert Element.SOURCE not in elements(sender_name="")


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_template_that_is_well_filled_says_what_it_has_to(name: str) -> None:
    template = TEMPLATES[name]
    for step in Step:
        values = examples(template, "Riverside Council")
        accounts = [Account(kind, kind, kind) for kind in KINDS]
        for part in render(template, step, values, accounts, Mode.LIVE):
            missing = set(asked(template, step)) - set(said(template, step, values, part))
            assert not missing, (step, part.kind, part.text)
