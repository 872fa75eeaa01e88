"""From a filled template to frozen bytes: the text for each channel, and the hash over all."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from crisisdesk.model.account import Account
from crisisdesk.model.alert import Rendered
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step, Template
from crisisdesk.rules.chain import canonical
from crisisdesk.rules.counting import CHECKS, Count
from crisisdesk.rules.templating import fill, variant

EXERCISE_PREFIX = "EXERCISE EXERCISE EXERCISE"
CONTENT_DOMAIN = b"crisisdesk/alert/content/1\x00"


@dataclass(frozen=True, slots=True)
class Preview:
    """What one channel would get, and whether it fits."""

    rendered: Rendered
    count: Count


def headline(template: Template, step: Step, values: Mapping[str, str], mode: Mode) -> str:
    """The headline in the first language, marked when this is an exercise."""
    text = fill(template.wordings[step][template.languages[0]].headline, values)
    return f"EXERCISE: {text}" if mode is Mode.EXERCISE else text


def render(
    template: Template,
    step: Step,
    values: Mapping[str, str],
    accounts: Iterable[Account],
    mode: Mode,
) -> tuple[Rendered, ...]:
    """The exact text for every account in every language of the template."""
    return tuple(
        _render_one(template, step, values, account, language, mode)
        for account in accounts
        for language in template.languages
    )


def _render_one(
    template: Template,
    step: Step,
    values: Mapping[str, str],
    account: Account,
    language: str,
    mode: Mode,
) -> Rendered:
    wording = template.wordings[step][language]
    text = with_marker(fill(variant(wording, account.kind), values), values.get("ref", ""))
    subject = fill(wording.headline, values)
    if mode is Mode.EXERCISE:
        text = f"{EXERCISE_PREFIX}\n{text}"
        subject = f"EXERCISE: {subject}"
    return Rendered(account.id, account.kind, language, text, subject)


def with_marker(text: str, marker: str) -> str:
    """The text carrying its public reference; added at the end where the wording has none.

    The reference makes reading back exact and lets the public match a correction to its alert.
    """
    if not marker or re.search(rf"{re.escape(marker)}(?!\d)", text):
        return text
    return f"{text}\n{marker}"


def previews(rendered: Iterable[Rendered], limits: Mapping[str, int | None]) -> list[Preview]:
    """Each text with its count. `limits` maps account ids to what the network announced."""
    return [
        Preview(each, CHECKS[each.kind](each.text, limits.get(each.account_id)))
        for each in rendered
    ]


def content_hash(rendered: Iterable[Rendered], mode: Mode, step: Step, marker: str) -> str:
    """Hex SHA-256 over every text, subject and language, the channel list, mode and step."""
    body = canonical(
        {
            "mode": mode.value,
            "step": step.value,
            "marker": marker,
            "texts": [
                [each.account_id, each.kind, each.language, each.subject, each.text]
                for each in rendered
            ],
        }
    )
    return sha256(CONTENT_DOMAIN + body).hexdigest()
