"""Incidents: what holds mentions, alerts and decisions together."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """`ref` is the short public reference, as in "Ref K7Q3"; `alerts` counts what was composed."""

    id: str
    ref: str
    name: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None = None
    alerts: int = 0
