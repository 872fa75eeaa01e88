"""Composing: incidents, templates, drafts, previews; and freezing a message into an alert."""

import secrets
import tomllib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from crisisdesk.channels.registry import ChannelSet
from crisisdesk.config import resource, resource_names
from crisisdesk.model.account import Account
from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import NEVER_OUT, DeliveryState
from crisisdesk.model.errors import BadInput, Refused
from crisisdesk.model.events import AlertComposed
from crisisdesk.model.incident import Incident
from crisisdesk.model.mode import Mode
from crisisdesk.model.moment import iso, to_ms
from crisisdesk.model.operator import Operator
from crisisdesk.model.template import Step, Template
from crisisdesk.rules import composing as rules
from crisisdesk.rules.references import marker, reference
from crisisdesk.rules.templating import missing, problem_with, read_template
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus

SAMPLE_MARKER = "Ref 0000-0"


@dataclass(frozen=True, slots=True)
class Draft:
    """What an officer has so far: a template's step, the values, the channels, what it follows.

    `expected_marker` is only for previews; the real reference is given when it is composed.
    """

    incident_id: str
    template_id: str
    step: Step
    values: dict[str, str]
    account_ids: tuple[str, ...]
    references: str = ""
    expected_marker: str = SAMPLE_MARKER


class Composing:
    """Everything up to the moment before sending."""

    def __init__(
        self,
        database: Database,
        channels: ChannelSet,
        bus: Bus,
        mode: Mode,
        now: Callable[[], datetime],
        organisation: str,
        own_templates: Path | None = None,
    ) -> None:
        self._database = database
        self._channels = channels
        self._bus = bus
        self._mode = mode
        self._now = now
        self.organisation = organisation
        self.templates, self.template_problems = load_templates(own_templates)

    def open_incident(self, name: str, operator: Operator) -> Incident:
        """Open an incident with a public reference of its own."""
        if not name.strip():
            raise BadInput("An incident needs a name.", "Say what happened and where.")

        def add(unit: Unit) -> Incident:
            ref = reference(secrets.randbits(40))
            while unit.incidents.ref_taken(ref):
                ref = reference(secrets.randbits(40))
            new = Incident(str(uuid.uuid4()), ref, name.strip(), self._now(), operator.name)
            unit.incidents.add(new, self._mode)
            unit.log.append(
                "incident.opened",
                actor=operator.name,
                subject=f"incident {new.id}",
                detail={"name": new.name, "ref": ref},
            )
            return new

        return self._database.write(add)

    def incidents(self) -> list[Incident]:
        """The last incidents, open ones first."""
        with self._database.read() as unit:
            return unit.incidents.recent()

    def note(self, words: str, operator: Operator, action: str = "decision.noted") -> None:
        """Log a decision, one not to act included, or a hand-over ("handover.noted")."""
        if not words.strip():
            raise BadInput("The note is empty.", "Write what was decided and why.")
        self._database.write(
            lambda unit: unit.log.append(
                action, actor=operator.name, detail={"words": words.strip()}
            )
        )

    def accounts(self) -> list[Account]:
        """The channels that can be chosen."""
        return self._channels.accounts()

    def limits(self) -> dict[str, int | None]:
        """The text limit each network announced; None where it did not."""
        with self._database.read() as unit:
            return unit.accounts.limits()

    def previews(self, draft: Draft, limits: Mapping[str, int | None]) -> list[rules.Preview]:
        """Each channel's text and count. Quick and pure: meant for every keystroke.

        Once nothing is missing, the text is exactly what would be sent; until then the gaps show
        what belongs there.
        """
        template = self.templates[draft.template_id]
        gaps = {
            field.name: f"[{field.label}]" for field in missing(template, draft.step, draft.values)
        }
        values = self._with_given(draft.values | gaps, draft.expected_marker)
        chosen = self._chosen(draft.account_ids)
        rendered = rules.render(template, draft.step, values, chosen, self._mode)
        return rules.previews(rendered, limits)

    def problems(self, draft: Draft, limits: Mapping[str, int | None]) -> list[str]:
        """Why this cannot be sent yet, in words; empty when it can."""
        template = self.templates[draft.template_id]
        empty = missing(template, draft.step, draft.values)
        found = [f"{field.label} is empty" for field in empty]
        found += [
            f"{field.label}: {problem}"
            for field in template.fields
            if (problem := problem_with(field, draft.values.get(field.name, "")))
        ]
        if not self.organisation:
            found.append("your organisation has no name yet (see Channels and sources)")
        if not self._chosen(draft.account_ids):
            found.append("no channel is chosen")
        names = {account.id: account.name for account in self._channels.accounts()}
        return found + [
            f"too long for {names[preview.rendered.account_id]}: {preview.count.words}"
            for preview in self.previews(draft, limits)
            if not preview.count.fits
        ]

    def compose(self, draft: Draft, operator: Operator) -> Alert:
        """Freeze a draft into an alert with its reference. Raises Refused saying what is wrong."""
        if not operator.role.may_broadcast:
            raise Refused(f"A {operator.role} may not compose alerts.", "Ask a sender.")
        problems = self.problems(draft, self.limits())
        if problems:
            raise Refused(f"This cannot be sent: {'; '.join(problems)}.", "Correct it first.")
        if draft.step is not Step.ALERT and not draft.references:
            raise Refused(f"An {draft.step.words} must follow an alert.", "Choose which.")
        if draft.step is Step.ALERT and draft.references:
            raise Refused("A first alert follows nothing.", "Choose another step.")
        alert = self._database.write(lambda unit: self._freeze(unit, draft, operator))
        self._bus.publish(AlertComposed(alert.id))
        return alert

    def followers(self, alert_id: str) -> tuple[str, ...]:
        """The accounts that a follow-up goes to: exactly those that got (or may have got) it.

        What was withdrawn since is among them: people have read it.
        """
        reaching = frozenset(DeliveryState) - NEVER_OUT
        with self._database.read() as unit:
            reached = [
                delivery.account_id
                for earlier in unit.alerts.chain(alert_id)
                for delivery in unit.alerts.deliveries(earlier)
                if delivery.state in reaching
            ]
        return tuple(dict.fromkeys(reached))

    def save_draft(self, draft: Draft, operator: Operator) -> None:
        """Keep what is being typed, so that a crash loses no word."""
        body = {
            "incident_id": draft.incident_id,
            "template_id": draft.template_id,
            "step": draft.step.value,
            "values": draft.values,
            "account_ids": list(draft.account_ids),
            "references": draft.references,
        }
        now_ms = to_ms(self._now())
        self._database.write(lambda unit: unit.incidents.save_draft(operator.id, body, now_ms))

    def load_draft(self, operator: Operator) -> Draft | None:
        """What this person was typing; None when nothing, or its template is gone."""
        with self._database.read() as unit:
            body = unit.incidents.load_draft(operator.id)
        if not body or body["template_id"] not in self.templates:
            return None
        return Draft(
            incident_id=body["incident_id"],
            template_id=body["template_id"],
            step=Step(body["step"]),
            values=body["values"],
            account_ids=tuple(body["account_ids"]),
            references=body["references"],
        )

    def _freeze(self, unit: Unit, draft: Draft, operator: Operator) -> Alert:
        incident = unit.incidents.get(draft.incident_id)
        if incident is None:
            raise Refused("There is no open incident.", "Open one first.")
        template = self.templates[draft.template_id]
        ref = marker(incident.ref, unit.incidents.next_serial(incident.id))
        values = self._with_given(draft.values, ref)
        chosen = self._chosen(draft.account_ids)
        rendered = rules.render(template, draft.step, values, chosen, self._mode)
        codes = template.codes[draft.step]
        now = self._now()
        alert = Alert(
            id=str(uuid.uuid4()),
            incident_id=incident.id,
            marker=ref,
            template_id=template.id,
            step=draft.step,
            mode=self._mode,
            headline=rules.headline(template, draft.step, values, self._mode),
            codes=codes,
            values=values,
            rendered=rendered,
            content_hash=rules.content_hash(rendered, self._mode, draft.step, ref),
            created_at=now,
            created_by=operator.name,
            expires_at=now + timedelta(minutes=codes.expires_minutes),
            references=draft.references,
        )
        unit.alerts.add(alert)
        unit.incidents.drop_draft(operator.id)
        unit.log.append(
            "alert.composed",
            actor=operator.name,
            subject=f"alert {alert.id}",
            detail=_described(alert),
        )
        return alert

    def _chosen(self, account_ids: Sequence[str]) -> list[Account]:
        return [account for account in self._channels.accounts() if account.id in account_ids]

    def _with_given(self, values: Mapping[str, str], ref: str) -> dict[str, str]:
        local = self._now().astimezone()
        return {
            **values,
            "ref": ref,
            "sent_time": f"{local:%H:%M}",
            "sender_name": values.get("sender_name") or self.organisation,
        }


def _described(alert: Alert) -> dict[str, object]:
    return {
        "headline": alert.headline,
        "marker": alert.marker,
        "template": alert.template_id,
        "step": alert.step.value,
        "content": alert.content_hash,
        "expires": iso(alert.expires_at),
        "follows": alert.references,
        "texts": [[each.account_id, each.language, each.text] for each in alert.rendered],
    }


def load_templates(own: Path | None) -> tuple[dict[str, Template], list[str]]:
    """The program's templates and the organisation's own, which win by id; and what is wrong.

    A bad file is named and left out; it never stops the desk.
    """
    contents = [
        (name, resource("templates", name)) for name in resource_names("templates", ".toml")
    ]
    if own and own.is_dir():
        contents += [(str(file), file.read_bytes()) for file in sorted(own.glob("*.toml"))]
    found: dict[str, Template] = {}
    problems: list[str] = []
    for name, content in contents:
        try:
            template = read_template(tomllib.loads(content.decode()), name)
        except BadInput as error:
            problems.append(str(error))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(f"The template {name} is no TOML file: {error}.")
        else:
            found[template.id] = template
    return dict(sorted(found.items(), key=lambda pair: pair[1].name)), problems
