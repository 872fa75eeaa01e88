"""The templates that come with the desk, and the example in docs/templates.md."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from crisisdesk.model.cap import ResponseType, Urgency
from crisisdesk.model.template import FieldType, Step, Template
from crisisdesk.rules import counting
from crisisdesk.rules.composing import EXERCISE_PREFIX
from crisisdesk.rules.templating import (
    GIVEN,
    fill,
    placeholders,
    problem_with,
    read_template,
    used_fields,
    variant,
)

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "resources" / "templates").glob("*.toml"))
VARIANTS = {"default", "bluesky", "email", "cap_description", "cap_instruction"}
POSTS = ("default", "bluesky", "email")
GIVEN_VALUES = {"sender_name": "Riverside Council", "sent_time": "02:24", "ref": "Ref K7Q3-12"}

HAZARD = {
    "flood-severe": "flood",
    "large-fire": "fire",
    "power-cut": "power",
    "road-closure": "{road_name}",
    "holding-statement": "{incident_type}",
    "rumour-correction": "{claim_in_brief}",
    "account-lost": "{account_name}",
    "police-incident": "police",
    "police-cordon": "police",
    "school-closures": "{school_state}",
    "water-off": "water",
    "boil-water": "boil",
    "rest-centre": "rest centre",
    "phones-down": "in an emergency",
    "you-told-us": "{topic}",
    "service-changes": "{service_state}",
    "wrong-message": "{wrong_topic}",
}
PURPOSE = {
    "flood-severe": (["Met"], ["Evacuate"]),
    "large-fire": (["Fire"], ["Shelter"]),
    "power-cut": (["Infra"], ["Monitor"]),
    "road-closure": (["Transport"], ["Avoid"]),
    "holding-statement": (["Safety"], ["Monitor"]),
    "rumour-correction": (["Safety"], ["None"]),
    "account-lost": (["Security"], ["Monitor"]),
    "police-incident": (["Security"], ["Shelter"]),
    "police-cordon": (["Security"], ["Avoid"]),
    "school-closures": (["Safety"], ["Execute"]),
    "water-off": (["Infra"], ["Prepare"]),
    "boil-water": (["Health"], ["Execute"]),
    "rest-centre": (["Safety"], ["Evacuate"]),
    "phones-down": (["Infra"], ["Execute"]),
    "you-told-us": (["Safety"], ["None"]),
    "service-changes": (["Safety"], ["Monitor"]),
    "wrong-message": (["Safety"], ["None"]),
}


def load(path: Path) -> Template:
    return read_template(tomllib.loads(path.read_text(encoding="utf-8")), path.name)


TEMPLATES = [load(path) for path in FILES]
each_template = pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.id)
each_step = pytest.mark.parametrize("step", Step)


def examples(template: Template) -> dict[str, str]:
    return {field.name: field.example for field in template.fields} | GIVEN_VALUES


def bare_values(template: Template) -> dict[str, str]:
    """The example values with everything optional left empty."""
    optional = {field.name for field in template.fields if not field.required}
    return {name: text for name, text in examples(template).items() if name not in optional}


def texts(template: Template, step: Step) -> dict[str, str]:
    wording = template.wordings[step]["en"]
    return {"headline": wording.headline, **wording.variants}


def posted(template: Template, step: Step, kind: str) -> str:
    text = fill(variant(template.wordings[step]["en"], kind), examples(template))
    return f"{EXERCISE_PREFIX}\n{text}\nRef K7Q3-12"


def test_the_templates_are_there_under_their_own_names() -> None:
    assert [template.id for template in TEMPLATES] == sorted(PURPOSE)
    assert [path.stem for path in FILES] == sorted(PURPOSE)


@each_template
def test_every_step_has_all_its_texts(template: Template) -> None:
    assert template.languages == ("en",)
    for step in Step:
        assert set(template.wordings[step]["en"].variants) == VARIANTS
    assert "\n" not in template.summary
    assert template.keywords


@each_template
@each_step
def test_posts_fit_even_in_an_exercise(template: Template, step: Step) -> None:
    assert counting.bluesky(posted(template, step, "bluesky")) <= counting.BLUESKY_GRAPHEMES
    assert counting.mastodon(posted(template, step, "mastodon")) <= counting.MASTODON_DEFAULT_LIMIT


@each_template
@pytest.mark.parametrize("kind", POSTS)
@pytest.mark.parametrize("step", [Step.ALERT, Step.UPDATE])
def test_alert_and_update_hold_the_five_elements(template: Template, step: Step, kind: str) -> None:
    text = texts(template, step)[kind]
    assert HAZARD[template.id] in text.casefold()
    assert {"sender_name", "area_name", "sent_time", "action_now"} <= placeholders(text)
    assert {"next_update_at", "more_info_url"} <= placeholders(text)
    assert placeholders(text) & {"since_time", "checked_at", "sent_time"}


@each_template
@pytest.mark.parametrize("kind", POSTS)
def test_a_correction_says_who_what_was_wrong_and_what_is_true(
    template: Template, kind: str
) -> None:
    text = texts(template, Step.CANCEL)[kind]
    needed = {"sender_name", "sent_time", "area_name", "what_was_wrong", "true_position"}
    assert needed <= placeholders(text)
    assert "sorry" in text


@each_template
@pytest.mark.parametrize("kind", POSTS)
def test_the_all_clear_says_who_where_and_when(template: Template, kind: str) -> None:
    text = texts(template, Step.ALL_CLEAR)[kind]
    assert {"sender_name", "sent_time", "area_name", "more_info_url"} <= placeholders(text)


@each_template
def test_cap_codes_say_what_each_step_is(template: Template) -> None:
    alert, clear = template.codes[Step.ALERT], template.codes[Step.ALL_CLEAR]
    assert (list(alert.categories), list(alert.responses)) == PURPOSE[template.id]
    assert clear.responses == (ResponseType.ALL_CLEAR,)
    assert clear.urgency is Urgency.PAST
    assert template.codes[Step.CANCEL].responses == (ResponseType.NONE,)
    assert {codes.event for codes in template.codes.values()} == {alert.event}


@each_template
def test_every_field_is_used_and_siblings_ask_for_little(template: Template) -> None:
    used = {step: used_fields(template, step) for step in Step}
    required = {field.name for field in template.fields if field.required}
    assert {field.name for field in template.fields} == set().union(*used.values())
    assert not used[Step.ALERT] & {"what_changed", "what_was_wrong", "true_position"}
    assert used[Step.UPDATE] - used[Step.ALERT] == {"what_changed"}
    assert used[Step.CANCEL] - used[Step.ALERT] == {"what_was_wrong", "true_position"}
    assert not (used[Step.ALL_CLEAR] - used[Step.ALERT]) & required


@each_template
def test_examples_and_defaults_are_good_values(template: Template) -> None:
    for field in template.fields:
        assert field.example, field.name
        for value in (field.example, field.default):
            assert not problem_with(field, value), field.name
            assert not value.endswith("."), field.name
        assert field.type not in (FieldType.TIME, FieldType.URL) or not field.default, field.name


@each_template
@each_step
@pytest.mark.parametrize("values", [examples, bare_values], ids=["all", "required only"])
def test_nothing_of_the_template_shows_through(
    template: Template, step: Step, values: Callable[[Template], dict[str, str]]
) -> None:
    for kind, text in texts(template, step).items():
        filled = fill(text, values(template))
        assert not re.search(r"[{}\[\]]", filled), kind
        assert not re.search(r"\.\.|  |\n\n\n| [.,:;]|: *\.", filled), kind
        assert filled, kind


@each_template
def test_names_are_the_same_thing_everywhere(template: Template) -> None:
    for other in TEMPLATES:
        mine = {field.name: field.type for field in template.fields}
        theirs = {field.name: field.type for field in other.fields}
        shared = mine.keys() & theirs.keys()
        assert {name: mine[name] for name in shared} == {name: theirs[name] for name in shared}
        assert {"area_name", "action_now", "next_update_at", "more_info_url"} <= shared


@each_template
@each_step
def test_the_words_are_calm_and_plain(template: Template, step: Step) -> None:
    for kind, text in texts(template, step).items():
        words = re.sub(r"\{[a-z_]+\}", "", text)
        assert not re.search(r"\b(?!NHS\b)[A-Z]{2,}\b", words), kind
        assert not re.search(
            r"casualt|injured|dead|killed|incident room|ongoing", words, re.IGNORECASE
        ), kind
        assert "!" not in words, kind
        if "999" in words:
            assert "Call 999 only if life is in danger" in words, kind


@each_template
@each_step
def test_headlines_stay_short_and_emails_carry_the_reference(
    template: Template, step: Step
) -> None:
    wording = template.wordings[step]["en"]
    # CAP 1.2 advises that headlines fit displays of 160 characters.
    assert len(f"EXERCISE: {fill(wording.headline, examples(template))}") <= 160
    assert placeholders(wording.variants["email"]) >= GIVEN


def test_the_example_in_the_docs_is_a_template() -> None:
    page = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    whole = [block for block in blocks if "[alert.en]" in block]
    assert len(whole) == 1
    template = read_template(tomllib.loads(whole[0]), "docs/templates.md")
    assert {field.name for field in template.fields} == set().union(
        *(used_fields(template, step) for step in Step)
    )
    for step in Step:
        assert counting.bluesky(posted(template, step, "bluesky")) <= counting.BLUESKY_GRAPHEMES
