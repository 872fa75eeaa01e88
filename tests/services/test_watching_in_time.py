"""An alarm within 60 seconds, at the worst moment, on the slowest network that still answers."""

from collections.abc import Callable
from typing import Any

import pytest

from crisisdesk.model.events import ForeignPost
from crisisdesk.services.watching import EVERY_SECONDS, REQUEST_SECONDS, SECOND_LOOK
from crisisdesk.simnet.wsgi import App
from crisisdesk.system.schedule import JITTER
from tests.town import SENDER, HandClock, Town

ALLOWED = 60.0
LONGEST_PAUSE = EVERY_SECONDS * (1 + JITTER)
FALSE = "The dam has burst. Run for your lives"


class Slow:
    """A network in front of another: each answer takes so many seconds, and at its first moment
    after the page was made, something may happen."""

    def __init__(self, app: App, clock: HandClock, seconds: float) -> None:
        self._app = app
        self._clock = clock
        self._seconds = seconds
        self.then: Callable[[], None] = lambda: None

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        answer = self._app(environ, start)
        self.then()
        self._clock.go_on(seconds=self._seconds)
        return answer


def until_alarm(town: Town, account: str, posted_after: Callable[[], bool]) -> float:
    """Let the schedule run, by a hand clock, until the alarm; returns the seconds it took."""
    posted = 0.0
    for _ in range(10):
        began = town.clock.now().timestamp()
        if town.watching.visit(account):
            return town.clock.now().timestamp() - posted
        if posted_after() and not posted:
            posted = began
        if SECOND_LOOK in town.later.pauses:
            town.later.pauses.clear()
            town.clock.go_on(seconds=SECOND_LOOK)
            town.run_planned()
            if any(isinstance(each, ForeignPost) for each in town.events):
                return town.clock.now().timestamp() - posted
        due = began + LONGEST_PAUSE
        town.clock.go_on(seconds=max(0.0, due - town.clock.now().timestamp()))
    raise AssertionError("no alarm ever came")


@pytest.mark.parametrize("account", ["masto", "bsky"])
@pytest.mark.parametrize("sending", [False, True])
def test_the_worst_moment_is_in_time(town: Town, account: str, sending: bool) -> None:
    app, host = (
        (town.mastodon, "social.example") if account == "masto" else (town.bluesky, "pds.example")
    )
    town.watching.visit(account)
    slow = Slow(app, town.clock, REQUEST_SECONDS)
    town.net._apps[host] = slow  # type: ignore[index]
    done: list[bool] = []

    def post() -> None:
        slow.then = lambda: None
        done.append(True)
        if account == "masto":
            town.mastodon.post("council", FALSE)
        else:
            town.bluesky.post("council.example", FALSE)

    if sending:
        town.workers.dead = True
        town.dispatch.broadcast(town.compose(account).id, SENDER)
        town.workers.dead = False
    slow.then = post
    took = until_alarm(town, account, lambda: bool(done))
    assert took <= ALLOWED
    assert took > EVERY_SECONDS  # the page was made a moment too early, as it was meant to be


def test_even_with_a_token_renewed_on_the_way_it_is_less_than_a_minute() -> None:
    """The longest pause, a look, a second look, and two requests more for the token."""
    requests = 2 + 2
    assert LONGEST_PAUSE + SECOND_LOOK + requests * REQUEST_SECONDS <= ALLOWED
