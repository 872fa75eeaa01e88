"""A template with its own examples: what every channel would say, and whether it fits."""

import pytest

from crisisdesk.model.template import Step, Template
from crisisdesk.rules.template_samples import examples, samples
from crisisdesk.rules.templating import placeholders
from crisisdesk.system.template_files import load_templates

KINDS = ("mastodon", "bluesky", "email", "cap")
TEMPLATES = load_templates(None)[0]


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda each: each.id)
def test_every_step_fits_every_channel_and_has_no_gap_left(template: Template) -> None:
    found = samples(template, KINDS, "Riverside Council")
    assert [each.step for each in found] == list(Step)
    for sample in found:
        assert sample.too_long == 0
        assert template.codes[sample.step].event in sample.codes
        assert [each.rendered.kind for each in sample.previews] == list(KINDS)
        for each in sample.previews:
            assert not placeholders(each.rendered.text)
            assert "⟦" not in each.rendered.text


def test_what_has_no_example_shows_what_belongs_there() -> None:
    template = next(iter(TEMPLATES.values()))
    values = examples(template, "")
    assert set(values) >= {each.name for each in template.fields}
    assert all(values.values())
    assert values["sender_name"] == "[Your organisation]"
