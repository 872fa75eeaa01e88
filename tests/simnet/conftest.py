"""A clock the tests move by hand, and one of each simulated network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crisisdesk.simnet.bluesky import BlueskySim
from crisisdesk.simnet.feed import FeedSim
from crisisdesk.simnet.mail import MailSim
from crisisdesk.simnet.mastodon import MastodonSim


class HandClock:
    """Stands still until told to go on."""

    def __init__(self) -> None:
        self.time = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def go_on(self, **length: float) -> None:
        """Move by a timedelta's arguments."""
        self.time += timedelta(**length)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def mastodon(clock: HandClock) -> MastodonSim:
    sim = MastodonSim("social.example", clock)
    sim.add_account("council", token="token-1", display_name="Example Council")
    return sim


@pytest.fixture
def bluesky(clock: HandClock) -> BlueskySim:
    sim = BlueskySim("pds.example", clock)
    sim.add_account("council.example", password="app-pass", display_name="Example Council")
    return sim


@pytest.fixture
def feed(clock: HandClock) -> FeedSim:
    return FeedSim("roads.example", "Roads", clock)


@pytest.fixture
def mail(clock: HandClock) -> MailSim:
    return MailSim(clock)
