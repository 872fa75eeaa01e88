"""Which alerts follow which, and which only repeat the words of another."""

from datetime import datetime

from crisisdesk.model.alert import Alert
from crisisdesk.rules.timing import same_words
from crisisdesk.store.unit import Unit


def follows(unit: Unit, later_id: str, alert: Alert) -> bool:
    """Whether one alert updates, corrects or clears another one, or a repetition of it."""
    later = unit.alerts.get(later_id)
    if later is None or later.id == alert.id or same_words(later, alert):
        return False
    chain = [unit.alerts.get(each) for each in unit.alerts.chain(later_id)[1:]]
    return any(each and repeats(each, alert) for each in chain)


def followed(unit: Unit, alert: Alert) -> bool:
    """Whether anything that was broadcast follows an alert."""
    said = unit.plans.said_in(alert.incident_id)
    return any(follows(unit, alert_id, alert) for alert_id, _ in said)


def repeats(one: Alert, other: Alert) -> bool:
    """Whether two alerts are the same message, sent once or several times."""
    return one.incident_id == other.incident_id and (one.id == other.id or same_words(one, other))


def repeated_since(unit: Unit, alert: Alert, since: datetime) -> bool:
    """Whether an alert's words went out again, at or after a moment."""
    said = unit.plans.said_in(alert.incident_id)
    later = [unit.alerts.get(each) for each, moment in said if moment >= since]
    return any(each and each.id != alert.id and same_words(each, alert) for each in later)
