"""Small logs written by hand, for whatever is measured by a log."""

from datetime import UTC, datetime, timedelta
from typing import Any

from crisisdesk.model.moment import iso

START = datetime(2026, 2, 3, 2, 0, tzinfo=UTC)
OFFICER = "Duty officer"
CHANNELS = ("m1", "b1", "e1")
ALL = ("source", "hazard", "place", "time", "action", "next update")


class SmallLog:
    """Entries in order. `at` are minutes from STARTEX."""

    def __init__(self, *, live: bool = False) -> None:
        self.entries: list[dict[str, Any]] = []
        self.mode = "live" if live else "exercise"
        self._at = 0.0
        if not live:
            self.add(0, "exercise.started", "Exercise control", scenario="small")
        for account, kind in zip(CHANNELS, ("mastodon", "bluesky", "email"), strict=True):
            self.add(0, "account.added", "desk", f"account {account}", kind=kind, name=kind.title())
        self.add(0, "incident.opened", OFFICER, "incident i1", name="Small flood", ref="K7Q3")

    def add(self, at: float, action: str, actor: str, subject: str = "", **detail: Any) -> int:
        """One entry; returns its number."""
        self._at = max(self._at, at)
        moment = iso(START + timedelta(minutes=at))
        self.entries.append(
            {
                "seq": len(self.entries) + 1,
                "action": action,
                "actor": actor,
                "subject": subject,
                "at": moment,
                "occurred": moment,
                "mono": int(at * 60_000),
                "mode": self.mode,
                "detail": detail,
            }
        )
        return len(self.entries)

    def say(
        self,
        at: float,
        alert: str,
        step: str = "alert",
        *,
        follows: str = "",
        channels: tuple[str, ...] = CHANNELS,
        elements: tuple[str, ...] = ALL,
        text: str = "Flood in Mill Lane.",
        out: bool = True,
        template: str = "flood-severe",
    ) -> int:
        """A message composed and broadcast, and accepted by its first network if `out`."""
        self.add(
            at,
            "alert.composed",
            OFFICER,
            f"alert {alert}",
            follows=follows,
            texts=[[each, "en", text] for each in channels],
            elements={"asked": ALL, "said": [[each, "en", elements] for each in channels]},
        )
        seq = self.add(
            at,
            "broadcast.started",
            OFFICER,
            f"alert {alert}",
            headline=f"EXERCISE: {text}",
            marker=f"Ref K7Q3-{alert}",
            template=template,
            step=step,
            channels=list(channels),
            approved_by="",
            approved_how="not needed",
        )
        if out:
            self.deliver(at, alert, "accepted")
        return seq

    def deliver(self, at: float, alert: str, state: str, actor: str = "desk") -> int:
        """The first delivery of a message moves."""
        return self.add(
            *(at, f"delivery.{state}", actor, f"delivery d-{alert}"),
            alert=alert,
            channel="m1",
            channel_name="Mastodon",
        )

    def promise(self, at: float, alert: str, due: float, kept: float | None = None) -> None:
        """A promised update, and when it was kept."""
        detail = {"alert": alert, "due": iso(START + timedelta(minutes=due)), "kind": "promise"}
        self.add(at, "promise.made", "desk", f"plan promise-{alert}", **detail)
        if kept is not None:
            self.add(kept, "promise.kept", "desk", f"plan promise-{alert}", **detail)

    def end(self, at: float) -> list[dict[str, Any]]:
        """ENDEX, or just later; the entries in the order of time."""
        if self.mode == "live":
            self.add(at, "desk.closed", "desk")
        else:
            self.add(at, "exercise.ended", "Exercise control", scenario="small")
        return sorted(self.entries, key=lambda entry: entry["mono"])
