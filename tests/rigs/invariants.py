"""What must hold whatever happened: read from a copy of the files, as they lie on the disk."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from crisisdesk.model.alert import Alert
from crisisdesk.model.audit import Stamp
from crisisdesk.model.delivery import PUBLISHED, Delivery, DeliveryState, Verdict
from crisisdesk.model.mode import Mode
from crisisdesk.rules.chain import verify
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.clock import Clock
from tests.rigs.desk import SIGNER
from tests.rigs.networks import Published
from tests.town import PEOPLE, _last_logged_states

S = DeliveryState
MAY_BE_OUT = frozenset({S.SENDING, S.UNKNOWN, S.ACCEPTED, S.CONFIRMED, S.WITHDRAWN})


@dataclass(frozen=True)
class Kept:
    """What the database says. `claimed` are the alerts that somebody has pressed Send on."""

    alerts: dict[str, Alert]
    claimed: frozenset[str]
    approved: frozenset[str]
    deliveries: tuple[Delivery, ...]
    words: frozenset[str]
    problems: tuple[str, ...]

    def of(self, alert_id: str) -> dict[str, Delivery]:
        """The deliveries of an alert by account."""
        return {each.account_id: each for each in self.deliveries if each.alert_id == alert_id}


def read_copy(home: Path, scratch: Path) -> Kept:
    """Open a copy of the desk's database: looking at it must not repair the original."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    for name in ("desk.db", "desk.db-wal"):
        if (home / "desk" / name).exists():
            shutil.copyfile(home / "desk" / name, scratch / name)
    return read_kept(scratch / "desk.db")


def read_kept(file: Path) -> Kept:
    """What a database holds, and where it contradicts itself."""
    clock = Clock()
    stamp = Stamp("checker", "checker", Mode.LIVE, clock.now, clock.monotonic_ms)
    whole = integrity(file)
    with closing(Database(f"sqlite:///{file}", stamp)) as database, database.read() as unit:
        rows = unit.connection.exec_driver_sql("SELECT id, broadcast_at FROM alert").all()
        alerts = [unit.alerts.get(row.id) for row in rows]
        entries = [*unit.log.read()]
        return Kept(
            alerts={each.id: each for each in alerts if each},
            claimed=frozenset(row.id for row in rows if row.broadcast_at is not None),
            approved=frozenset(
                row.alert_id
                for row in unit.connection.exec_driver_sql("SELECT alert_id FROM approval")
            ),
            deliveries=tuple(each for state in S for each in unit.alerts.in_state(state)),
            words=frozenset(each["detail"].get("words", "") for each in entries),
            problems=(*whole, *contradictions(unit)),
        )


def integrity(file: Path) -> list[str]:
    """What SQLite itself finds wrong."""
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchall()
        return [row[0] for row in found if row[0] != "ok"]


def contradictions(unit: Unit) -> list[str]:
    """Where the log does not verify, or says something else than the tables."""
    report = verify(unit.log.rows(), unit.log.checkpoints(), trusted_key=SIGNER.public_key)
    logged = _last_logged_states([*unit.log.read()])
    return [finding.words for finding in report.findings] + [
        f"delivery {each.id} is {state}, the log says {logged.get(each.id, 'sending')}"
        for state in S
        for each in unit.alerts.in_state(state)
        if logged.get(each.id, "sending") != state
    ]


def broken(
    kept: Kept,
    published: Mapping[str, Published],
    composed: Iterable[str] = (),
    claimed: Iterable[str] = (),
    approved: Iterable[str] = (),
) -> list[str]:
    """Every promise that does not hold, in words.

    `published` by alert; the others are what the desk acknowledged before it died.
    """
    found = list(kept.problems)
    found += [f"{each} was composed and is gone" for each in set(composed) - set(kept.alerts)]
    found += [f"{each} was approved and is not" for each in set(approved) - kept.approved]
    found += [f"{each} was sent unapproved" for each in kept.claimed - kept.approved]
    found += [f"{each} was claimed and is not" for each in set(claimed) - kept.claimed]
    for alert_id, alert in kept.alerts.items():
        found += _of_alert(kept, alert, published[alert_id])
    return found


def _of_alert(kept: Kept, alert: Alert, published: Published) -> list[str]:
    deliveries = kept.of(alert.id)
    expected = {each.account_id for each in alert.rendered} if alert.id in kept.claimed else set()
    found = []
    if set(deliveries) != expected:
        found.append(f"{alert.marker}: deliveries are {sorted(deliveries)}, not {sorted(expected)}")
    for account, times in published.items():
        if twice := [name for name, number in times.items() if number > 1]:
            found.append(f"{alert.marker}: {account} published twice: {twice}")
        delivery = deliveries.get(account)
        out = any(times.values())
        if out and (delivery is None or not _may_be_out(delivery)):
            state = delivery.state if delivery else "not there"
            found.append(f"{alert.marker}: {account} is out, its delivery is {state}")
        if delivery:
            found += _claimed_too_much(alert, delivery, times)
    return found


def _may_be_out(delivery: Delivery) -> bool:
    part_of_a_list = delivery.state is S.RETRYING and bool(delivery.recipients)
    return delivery.state in MAY_BE_OUT or part_of_a_list


def _claimed_too_much(alert: Alert, delivery: Delivery, times: Counter[str]) -> list[str]:
    """Where the desk says "published" and nobody got it."""
    if delivery.account_id == "mail":
        said = [each.address for each in delivery.recipients if each.verdict is Verdict.ACCEPTED]
        if delivery.state in PUBLISHED and not delivery.recipients:
            said = list(PEOPLE)
    else:
        said = ["all"] if delivery.state in PUBLISHED else []
    return [
        f"{alert.marker}: {delivery.account_id} says {delivery.state}, {name} got nothing"
        for name in said
        if not times[name]
    ]
