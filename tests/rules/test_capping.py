"""An alert as a CAP message: same words, codes of the template, valid by the rules of CAP."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crisisdesk.config import resource
from crisisdesk.model.account import Account
from crisisdesk.model.alert import Alert
from crisisdesk.model.cap import CapAlert, MsgType, Reference, ResponseType, Status
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step
from crisisdesk.rules.cap import compile_schema, findings
from crisisdesk.rules.cap_read import parse
from crisisdesk.rules.cap_write import build
from crisisdesk.rules.capping import to_cap
from crisisdesk.rules.composing import EXERCISE_PREFIX, content_hash, headline, render
from tests.rules.test_composing import VALUES
from tests.rules.test_templating import TEMPLATE

NOW = datetime(2026, 8, 20, 9, 0, 0, 123_000, UTC)
EARLIER = Reference("desk@council.example.org", "cd-1-2", datetime(2026, 8, 20, 8, 0, tzinfo=UTC))


def alert(step: Step, mode: Mode = Mode.LIVE, **values: str) -> Alert:
    merged = {**VALUES, **values}
    parts = render(TEMPLATE, step, merged, [Account("c", "cap", "C")], mode)
    made = Alert(
        id="alert-1",
        incident_id="incident-1",
        marker="Ref K7Q3-1",
        template_id=TEMPLATE.id,
        step=step,
        mode=mode,
        headline=headline(TEMPLATE, step, merged, mode),
        codes=TEMPLATE.codes[step],
        values=merged,
        rendered=parts,
        content_hash="",
        created_at=NOW,
        created_by="Sam",
        expires_at=NOW + timedelta(hours=1),
    )
    return replace(made, content_hash=content_hash(made))


def cap(composed: Alert, *references: Reference) -> CapAlert:
    return to_cap(composed, "c", "cd-5-6", "desk@council.example.org", NOW, references)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    ("step", "msg_type"),
    [
        (Step.ALERT, MsgType.ALERT),
        (Step.UPDATE, MsgType.UPDATE),
        (Step.CANCEL, MsgType.CANCEL),
        (Step.ALL_CLEAR, MsgType.UPDATE),
    ],
)
def test_every_step_is_valid_cap(step: Step, msg_type: MsgType, mode: Mode) -> None:
    references = () if step is Step.ALERT else (EARLIER,)
    made = cap(alert(step, mode), *references)
    document = build(made)
    schema = compile_schema(resource("schemas", "cap-1.2.rng"))
    assert [each for each in findings(document, schema) if each.severity == "error"] == []
    read = parse(document)
    assert (read.msg_type, read.references) == (msg_type, references)
    assert read.status is (Status.ACTUAL if mode is Mode.LIVE else Status.EXERCISE)
    assert bool(read.note) == (mode is Mode.EXERCISE)


def test_an_exercise_says_so_in_every_text() -> None:
    (info,) = cap(alert(Step.ALERT, Mode.EXERCISE)).infos
    assert info.headline.startswith("EXERCISE: ")
    assert info.description.startswith(EXERCISE_PREFIX)
    (live,) = cap(alert(Step.ALERT)).infos
    assert "EXERCISE" not in live.headline + live.description


def test_the_words_come_from_the_template_and_the_values() -> None:
    (info,) = cap(alert(Step.ALERT, area_name="Lower Town")).infos
    assert "Weir Bridge in Lower Town has been closed since 03:40" in info.description
    assert info.description.endswith("\nRef K7Q3-1")
    assert info.instruction.startswith("Use another route.")
    assert (info.language, info.sender_name) == ("en-GB", "Riverside Council")
    assert [area.desc for area in info.areas] == ["Lower Town"]
    assert info.expires == NOW + timedelta(hours=1)


def test_an_area_without_a_name_is_still_an_area() -> None:
    (info,) = cap(alert(Step.ALERT, area_name="")).infos
    assert [area.desc for area in info.areas] == ["As described"]


def test_an_all_clear_asks_for_nothing_more() -> None:
    (info,) = cap(alert(Step.ALL_CLEAR), EARLIER).infos
    assert info.response_types == (ResponseType.ALL_CLEAR,)


def test_messages_of_one_incident_name_it() -> None:
    assert cap(alert(Step.ALERT)).incidents == ("K7Q3",)
