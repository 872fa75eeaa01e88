"""Composing: incidents, templates, drafts, previews; and freezing a message into an alert."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from crisisdesk.channels.registry import ChannelSet
from crisisdesk.model.account import Account
from crisisdesk.model.alert import Alert, Rendered
from crisisdesk.model.cap import Severity
from crisisdesk.model.chance import Chance
from crisisdesk.model.delivery import NEVER_OUT, DeliveryState
from crisisdesk.model.draft import SAMPLE_MARKER, Draft
from crisisdesk.model.errors import AlreadyComposed, BadInput, NothingSent, Refused
from crisisdesk.model.events import AlertComposed, IncidentOpened
from crisisdesk.model.incident import Incident
from crisisdesk.model.mode import Mode
from crisisdesk.model.moment import iso
from crisisdesk.model.operator import Operator
from crisisdesk.model.template import Step
from crisisdesk.rules import composing as rules
from crisisdesk.rules.approving import needs_second_person
from crisisdesk.rules.elements import told
from crisisdesk.rules.handing import handed_to
from crisisdesk.rules.pictures import all_problems
from crisisdesk.rules.references import marker, reference
from crisisdesk.rules.templating import missing, problem_with, with_prepared
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.chance import SYSTEM_CHANCE
from crisisdesk.system.template_files import load_templates

LONGEST_GIVEN = {"ref": "Ref 0000-000", "sent_time": "00:00", "next_update_at": "00:00"}
ALREADY = "Look at what is in public and what waits; write it anew if it has to go out again."
SIBLINGS = (Step.UPDATE, Step.CANCEL, Step.ALL_CLEAR)


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
        second_person_from: str = Severity.SEVERE,
        chance: Chance = SYSTEM_CHANCE,
    ) -> None:
        self._database = database
        self._channels = channels
        self._bus = bus
        self._mode = mode
        self._now = now
        self._chance = chance
        self.organisation = organisation
        self.second_person_from = second_person_from
        self.templates, self.template_problems = load_templates(own_templates)

    def open_incident(self, name: str, operator: Operator) -> Incident:
        """Open an incident with a public reference of its own."""
        _refuse_reader(operator)
        if not name.strip():
            raise BadInput("An incident needs a name.", "Say what happened and where.")

        def add(unit: Unit) -> Incident:
            ref = reference(self._chance.bits(40))
            while unit.incidents.ref_taken(ref):
                ref = reference(self._chance.bits(40))
            new = Incident(self._chance.id(), ref, name.strip(), self._now(), operator.name)
            unit.incidents.add(new, self._mode)
            unit.log.append(
                "incident.opened",
                actor=operator.name,
                subject=f"incident {new.id}",
                detail={"name": new.name, "ref": ref},
            )
            return new

        opened = self._database.write(add)
        self._bus.publish(IncidentOpened(opened.id, opened.name, operator.name))
        return opened

    def incidents(self) -> list[Incident]:
        """The last incidents, open ones first."""
        with self._database.read() as unit:
            return unit.incidents.recent()

    def note(self, words: str, operator: Operator, action: str = "decision.noted") -> None:
        """Log a decision, one not to act included, or a hand-over ("handover.noted")."""
        _refuse_reader(operator)
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
        words = self._words(draft, draft.step, values)
        return rules.previews([rules.filled(part, values) for part in words], limits)

    def problems(self, draft: Draft, limits: Mapping[str, int | None]) -> list[str]:
        """Why this cannot be sent yet, in words; empty when it can."""
        template = self.templates[draft.template_id]
        empty = missing(template, draft.step, draft.values)
        found = [f"“{field.label}” is empty" for field in empty]
        found += [
            f"“{field.label}”: {problem}"
            for field in template.fields
            if (problem := problem_with(field, draft.values.get(field.name, "")))
        ]
        if not self.organisation:
            found.append("your organisation has no name yet (see Channels and sources)")
        if not self._chosen(draft.account_ids):
            found.append("no channel is chosen")
        previews = self.previews(draft, limits)
        found += self._too_long(previews, "")
        if self._mode is Mode.LIVE and any(rules.says_exercise(each.rendered) for each in previews):
            found.append("the words say EXERCISE, and this desk is live")
        kinds = {account.kind for account in self._chosen(draft.account_ids)}
        found += all_problems([each.image for each in draft.pictures], sorted(kinds))
        if not empty:
            for step in SIBLINGS:
                found += self._too_long(self._prepared_counts(draft, step, limits), step.words)
        return found

    def needs_second_person(self, draft: Draft) -> bool:
        """Whether somebody else has to approve this before it may be sent.

        Follow-ups are as weighty as the alert: a false all clear can kill too.
        """
        codes = self.templates[draft.template_id].codes
        return any(
            needs_second_person(codes[step].severity, self.second_person_from)
            for step in (Step.ALERT, draft.step)
        )

    def compose(self, draft: Draft, operator: Operator, at: datetime | None = None) -> Alert:
        """Freeze a draft into an alert with its reference. Raises Refused saying what is wrong.

        `at` is when it is to be sent, if not now: its time and its expiry count from then.
        """
        if not operator.role.may_compose:
            raise NothingSent(f"A {operator.role} may not compose alerts.", "Ask a sender.")
        problems = self.problems(draft, self.limits())
        if problems:
            raise NothingSent(f"This cannot be sent: {'; '.join(problems)}.", "Correct that first.")
        if draft.step is not Step.ALERT and not draft.references:
            raise NothingSent(f"An {draft.step.words} must follow an alert.", "Begin it at one.")
        if draft.step is Step.ALERT and draft.references:
            raise NothingSent("A first alert follows nothing.", "Begin it with a template.")

        alert = self._database.write(lambda unit: self._freeze(unit, draft, operator, at))
        self._bus.publish(AlertComposed(alert.id))
        return alert

    def compose_again(self, alert_id: str, operator: Operator) -> Alert:
        """The same words once more, as a new message with the time of now: a reminder."""
        alert = self.alert(alert_id)
        if alert is None or alert.template_id not in self.templates:
            raise NothingSent("There is no such alert any more.", "Write it anew.")
        draft = replace(self.draft_of(alert), repeats=alert.repeats or alert.id)
        return self.compose(draft, operator)

    def draft_of(self, alert: Alert) -> Draft:
        """What an alert was made from, to be changed and composed anew."""
        accounts = tuple(dict.fromkeys(part.account_id for part in alert.rendered))
        with self._database.read() as unit:
            pictures = tuple(unit.media.get(image) for image in alert.images)
        return Draft(
            alert.incident_id,
            alert.template_id,
            alert.step,
            alert.values,
            accounts,
            alert.references,
            pictures=pictures,
        )

    def follow_up_values(self, alert: Alert, step: Step) -> dict[str, str]:
        """What a follow-up says unless somebody changes it: the words approved with the alert."""
        template = self.templates.get(alert.template_id)
        values = with_prepared(template, step, alert.values) if template else alert.values
        # An old promise must not be made again by oversight.
        return {**values, "next_update_at": ""} if step is Step.UPDATE else values

    def is_prepared(self, draft: Draft, alert: Alert) -> bool:
        """Whether a follow-up says exactly what was prepared with the alert it follows."""
        values = self._with_given(draft.values, draft.expected_marker)
        words = set(self._words(draft, draft.step, values))
        return bool(words) and words <= set(alert.prepared.get(draft.step, ()))

    def alert(self, alert_id: str) -> Alert | None:
        """One composed alert by its id."""
        with self._database.read() as unit:
            return unit.alerts.get(alert_id)

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
                if delivery.state in reaching or handed_to(delivery.evidence)
            ]
        return tuple(dict.fromkeys(reached))

    def _freeze(self, unit: Unit, draft: Draft, operator: Operator, at: datetime | None) -> Alert:
        incident = unit.incidents.get(draft.incident_id)
        if incident is None:
            raise NothingSent("There is no open incident.", "Open one first.")
        if draft.key and unit.alerts.get(draft.key):
            raise AlreadyComposed("This message was composed already.", ALREADY)
        chain = [unit.alerts.get(each) for each in unit.alerts.chain(draft.references)]
        earlier = [each for each in (*chain, unit.alerts.get(draft.repeats)) if each]
        if any(each.template_id != draft.template_id for each in earlier):
            raise NothingSent("A follow-up has its alert's template.", "Begin it at the alert.")
        if any(each.mode is not self._mode for each in earlier):
            raise NothingSent(
                f"What this follows is not {self._mode}.", "Begin it with a template."
            )
        template = self.templates[draft.template_id]
        ref = marker(incident.ref, unit.incidents.next_serial(incident.id))
        moment = at or self._now()
        values = self._with_given(draft.values, ref, moment)
        words = self._words(draft, draft.step, values)
        codes = template.codes[draft.step]
        now = self._now()
        alert = Alert(
            id=draft.key or self._chance.id(),
            incident_id=incident.id,
            marker=ref,
            template_id=template.id,
            step=draft.step,
            mode=self._mode,
            headline=rules.headline(template, draft.step, values, self._mode),
            codes=codes,
            values=values,
            rendered=tuple(rules.filled(part, values) for part in words),
            content_hash="",
            created_at=now,
            created_by=operator.name,
            expires_at=moment + timedelta(minutes=codes.expires_minutes),
            references=draft.references,
            author_id=operator.id,
            second_person=self.needs_second_person(draft)
            or any(each.second_person for each in earlier),
            words=words,
            prepared={step: self._prepared(draft, step, values) for step in SIBLINGS},
            images=tuple(each.image for each in draft.pictures),
            repeats=draft.repeats,
        )
        if draft.repeats and not _says_the_same(alert, earlier[-1]):
            raise NothingSent("The template was changed meanwhile.", "Choose it again and read it.")
        # The reference that was expected may have been a letter shorter than the one it got.
        self._refuse_too_long(rules.previews(alert.rendered, unit.accounts.limits()))
        alert = replace(alert, content_hash=rules.content_hash(alert))
        for picture in draft.pictures:
            unit.media.add(picture)
        unit.alerts.add(alert)
        unit.log.append(
            "alert.composed",
            actor=operator.name,
            subject=f"alert {alert.id}",
            detail=_described(alert) | {"elements": told(template, alert)},
        )
        return alert

    def _words(self, draft: Draft, step: Step, values: Mapping[str, str]) -> tuple[Rendered, ...]:
        """Every channel's words for a step, with the reference and the times left open."""
        template = self.templates[draft.template_id]
        chosen = self._chosen(draft.account_ids)
        return rules.render(template, step, rules.left_open(values), chosen, self._mode)

    def _prepared(
        self, draft: Draft, step: Step, values: Mapping[str, str]
    ) -> tuple[Rendered, ...]:
        template = self.templates[draft.template_id]
        alert_values = with_prepared(template, step, {**values, "next_update_at": "00:00"})
        return self._words(draft, step, alert_values)

    def _prepared_counts(
        self, draft: Draft, step: Step, limits: Mapping[str, int | None]
    ) -> list[rules.Preview]:
        parts = self._prepared(draft, step, self._with_given(draft.values, SAMPLE_MARKER))
        return rules.previews([rules.filled(part, LONGEST_GIVEN) for part in parts], limits)

    def _too_long(self, previews: Sequence[rules.Preview], what: str) -> list[str]:
        names = {account.id: account.name for account in self._channels.accounts()}
        which = f"the {what.lower()} prepared with it would be " if what else ""
        return [
            f"{which}too long for {names[each.rendered.account_id]}: {each.count.words}"
            for each in previews
            if not each.count.fits
        ]

    def _refuse_too_long(self, previews: Sequence[rules.Preview]) -> None:
        if found := self._too_long(previews, ""):
            raise NothingSent(f"This cannot be sent: {'; '.join(found)}.", "Correct that first.")

    def _chosen(self, account_ids: Sequence[str]) -> list[Account]:
        return [account for account in self._channels.accounts() if account.id in account_ids]

    def _with_given(
        self, values: Mapping[str, str], ref: str, moment: datetime | None = None
    ) -> dict[str, str]:
        local = (moment or self._now()).astimezone()
        return {
            **values,
            "ref": ref,
            "sent_time": f"{local:%H:%M}",
            "sender_name": values.get("sender_name") or self.organisation,
        }


def _says_the_same(alert: Alert, earlier: Alert) -> bool:
    return (alert.words, alert.codes, alert.images) == (
        earlier.words,
        earlier.codes,
        earlier.images,
    )


def _refuse_reader(operator: Operator) -> None:
    if not operator.role.may_record:
        raise Refused(f"A {operator.role} changes nothing here.", "Ask somebody who may write.")


def _described(alert: Alert) -> dict[str, object]:
    return {
        "headline": alert.headline,
        "marker": alert.marker,
        "template": alert.template_id,
        "step": alert.step.value,
        "content": alert.content_hash,
        "expires": iso(alert.expires_at),
        "follows": alert.references,
        "second_person": alert.second_person,
        "texts": [[each.account_id, each.language, each.text] for each in alert.rendered],
        "images": [[each.sha256, each.alt] for each in alert.images],
    }
