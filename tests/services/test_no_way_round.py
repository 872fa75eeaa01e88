"""Ways that somebody found round the second person, the stop and the retraction; all are closed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from crisisdesk.channels.base import Channel
from crisisdesk.model.alert import Alert
from crisisdesk.model.approval import Request
from crisisdesk.model.cap import Severity
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.errors import Refused, StoreError
from crisisdesk.model.operator import Role
from crisisdesk.model.template import Step
from crisisdesk.services.approving import Approving
from crisisdesk.simnet.faults import Fault
from crisisdesk.store.taking import LOST
from crisisdesk.store.unit import Unit
from tests.office import PHRASE, Office, hire
from tests.services.test_dispatch import POST, PUT, on_mastodon
from tests.services.test_handing_over import hand
from tests.timed import TimedTown
from tests.town import SENDER, VIEWER, Town

S = DeliveryState
EVIL = "https://evil.example/pay"


def said(office: Office, *accounts: str) -> tuple[Alert, Request]:
    """A severe alert that was approved and sent."""
    alert = office.town.composing.compose(office.draft(*accounts), office.sam)
    request = office.ask(alert)
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    office.send(alert)
    return alert, request


def during(monkeypatch: pytest.MonkeyPatch, method: str, act: Callable[[], object]) -> None:
    """Have something happen once, while a channel is at work."""
    real, done = getattr(Channel, method), []

    def wrapped(self: Channel, *args: object) -> object:
        if not done:
            done.append(True)
            act()
        return real(self, *args)

    monkeypatch.setattr(Channel, method, wrapped)


@pytest.mark.parametrize("step", [Step.CANCEL, Step.ALL_CLEAR])
def test_another_link_in_cap_is_not_what_was_approved(office: Office, step: Step) -> None:
    alert, _ = said(office, "cap")
    with pytest.raises(Refused, match="Nobody has approved"):
        office.send(office.follow(alert, step, more_info_url=EVIL))


def test_a_follow_up_keeps_the_template_and_the_need_of_its_alert(office: Office) -> None:
    alert, _ = said(office, "masto")
    draft = office.town.draft("masto", step=Step.ALL_CLEAR, follows=alert.id)
    with pytest.raises(Refused, match="its alert's template"):
        office.town.composing.compose(draft, office.sam)


def test_a_milder_template_later_makes_nothing_milder(office: Office) -> None:
    alert, _ = said(office, "masto")
    composing = office.town.composing
    template = composing.templates["flood-severe"]
    codes = {step: replace(c, severity=Severity.MINOR) for step, c in template.codes.items()}
    composing.templates["flood-severe"] = replace(template, codes=codes)
    follow = office.follow(alert, Step.CANCEL, true_position="the river is falling")
    assert follow.second_person
    with pytest.raises(Refused, match="was changed meanwhile"):
        composing.compose_again(alert.id, office.sam)


def test_what_was_never_sent_is_followed_by_nothing(office: Office) -> None:
    alert, request = office.asked()
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    values = office.town.composing.follow_up_values(alert, Step.ALL_CLEAR)
    draft = replace(office.draft("masto", step=Step.ALL_CLEAR, follows=alert.id), values=values)
    with pytest.raises(Refused, match="Nobody has approved"):
        office.send(office.town.composing.compose(draft, office.sam))


def test_an_all_clear_clears_only_its_own_alert(office: Office) -> None:
    first, _ = said(office, "masto")
    draft = office.draft("masto")
    draft.values["area_name"] = "Upper Town"
    other = office.town.composing.compose(draft, office.sam)
    office.town.approving.sign(office.ask(other).id, office.ann.id, PHRASE)
    office.send(other)
    values = office.town.composing.follow_up_values(first, Step.ALL_CLEAR)
    wrong = replace(office.draft("masto", step=Step.ALL_CLEAR, follows=other.id), values=values)
    with pytest.raises(Refused, match="Nobody has approved"):
        office.send(office.town.composing.compose(wrong, office.sam))


def test_an_approval_is_not_withdrawn_once_the_alert_is_out(office: Office) -> None:
    alert, request = said(office, "masto")
    with pytest.raises(Refused, match="decided meanwhile"):
        office.town.approving.withdraw(request.id, office.sam, "a stale card")
    withdrawn = "UPDATE approval_request SET state = 'withdrawn'"
    with pytest.raises(StoreError, match="final"):
        office.town.database.write(lambda unit: unit.connection.execute(text(withdrawn)).close())
    office.send(office.follow(alert, Step.CANCEL))


def test_no_words_are_added_to_what_was_asked(office: Office) -> None:
    said(office, "masto")
    statement = (
        "INSERT INTO wording SELECT alert_id, 'update', 'elsewhere', 'en', 0, words_hash "
        "FROM wording LIMIT 1"
    )

    def add(unit: Unit) -> None:
        unit.connection.execute(text(statement))

    with pytest.raises(StoreError, match="frozen"):
        office.town.database.write(add)


def test_guessing_a_passphrase_is_slow_and_leaves_traces(office: Office) -> None:
    _, request = office.asked()
    sign = office.town.approving.sign
    with pytest.raises(Refused, match="does not open"):
        sign(request.id, office.ann.id, "a guess at it")
    with pytest.raises(Refused, match="Wait 1 seconds"):
        sign(request.id, office.ann.id, PHRASE)
    office.town.clock.go_on(seconds=1)
    sign(request.id, office.ann.id, PHRASE)
    assert office.town.actions().count("approval.refused") == 1


def test_wrong_codes_count_on_every_desk_and_after_a_restart(office: Office) -> None:
    town = office.town
    town.approving.new_codes(office.ann.id, PHRASE)
    _, request = office.asked()
    for _ in range(4):
        with pytest.raises(Refused, match="not the one"):
            town.approving.read_back(request.id, office.ann.id, "222222", office.sam)
    fresh = Approving(town.database, town.bus, town.clock.now)
    with pytest.raises(Refused, match="Too many"):
        fresh.read_back(request.id, office.ann.id, "222222", office.sam)


def test_a_notice_is_seen_by_whom_it_is_for(office: Office) -> None:
    _, request = office.asked()
    office.town.approving.break_glass(request.id, office.sam, "nobody can be reached")
    (notice,) = office.town.approving.notices(office.ann)
    office.town.approving.seen(notice.id, VIEWER)
    assert office.town.approving.notices(office.ann) == [notice]


def test_who_left_sends_no_more_from_an_open_desk(office: Office) -> None:
    boss = hire(office.town, "Boss", Role.ADMINISTRATOR)
    alert = office.town.compose("masto")
    office.town.people.remove(office.sam.id, boss)
    with pytest.raises(Refused, match="may not send any more"):
        office.town.dispatch.broadcast(alert.id, office.sam)
    _, request = office.asked()
    with pytest.raises(Refused, match="may not send any more"):
        office.town.approving.break_glass(request.id, office.sam, "nobody can be reached")


@pytest.mark.parametrize("what", ["stop", "retract"])
def test_a_stop_during_the_look_before_sending_again_counts(
    town: Town, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    town.mastodon.faults.add(Fault("timeout", POST))
    alert = town.send("masto")
    acts = {
        "stop": lambda: town.settling.stop_all(SENDER),
        "retract": lambda: town.settling.retract(alert.id, SENDER, "wrong"),
    }
    during(monkeypatch, "find", acts[what])
    town.dispatch.send_again(town.delivery(alert).id, SENDER, "again")
    town.settle()
    assert (town.states(alert), on_mastodon(town)) == ({"masto": S.UNKNOWN}, [])


def test_what_somebody_has_in_hand_is_not_sent_again(town: Town) -> None:
    town.mastodon.faults.add(Fault("timeout", POST))
    alert = town.send("masto")
    hand(town, alert, "masto", although_unknown=True, reason="the page is empty")
    with pytest.raises(Refused, match="in hand"):
        town.dispatch.send_again(town.delivery(alert).id, SENDER, "again")


def test_what_comes_out_after_its_retraction_is_deleted_too(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = town.compose("masto")
    during(monkeypatch, "send", lambda: town.settling.retract(alert.id, SENDER, "wrong"))
    town.dispatch.broadcast(alert.id, SENDER)
    town.settle()
    assert (town.states(alert), on_mastodon(town)) == ({"masto": S.WITHDRAWN}, [])


def test_what_was_retracted_is_not_repeated(timed: TimedTown) -> None:
    alert = timed.say(timed.compose("mail"))
    timed.settling.retract(alert.id, SENDER, "wrong")
    timed.settle()
    with pytest.raises(Refused, match="retracted"):
        timed.planning.plan_repeat(alert.id, 5, SENDER)
    again = timed.composing.compose_again(alert.id, SENDER)
    with pytest.raises(Refused, match="retracted"):
        timed.dispatch.broadcast(again.id, SENDER)


def test_the_newest_pack_is_never_of_what_was_corrected_or_retracted(office: Office) -> None:
    town = office.town
    alert, _ = said(office, "mail")
    town.clock.go_on(minutes=1)
    correction = office.follow(alert, Step.CANCEL)
    assert town.handing_over.newest() == correction.id
    town.settling.retract(correction.id, office.sam, "not needed")
    town.settling.retract(alert.id, office.sam, "wrong")
    town.settle()
    assert town.handing_over.newest() == ""


@pytest.mark.parametrize("when", ["the claim", "the outcome", "the retry"])
def test_a_commit_whose_answer_is_lost_stops_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    if when != "the claim":
        town.mastodon.faults.add(Fault("refuse", POST))
    alert = town.compose("masto")
    real, lost = town.database._transaction, []

    def transaction(group: list[object]) -> object:
        before = town.states(alert).get("masto")
        kept = real(group)  # type: ignore[arg-type]
        now = town.states(alert).get("masto")
        moment = {
            "the claim": now is S.SENDING,
            "the outcome": now is S.RETRYING,
            "the retry": before is S.RETRYING and now is S.SENDING,
        }
        if moment[when] and not lost:
            lost.append(now)
            raise OperationalError("COMMIT", {}, Exception("the server closed the connection"))
        return kept

    monkeypatch.setattr(town.database, "_transaction", transaction)
    town.dispatch.broadcast(alert.id, SENDER)
    town.settle()
    while town.run_planned():
        pass
    assert lost
    assert (town.states(alert), len(on_mastodon(town))) == ({"masto": S.CONFIRMED}, 1)


def test_a_retry_whose_commit_was_lost_goes_on_however_many_others_do_meanwhile(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.mastodon.faults.add(Fault("refuse", POST))
    town.bluesky.faults.add(Fault("refuse", PUT))
    alert = town.compose("masto", "bsky")
    real, lost = town.database._transaction, []

    def transaction(group: list[object]) -> object:
        before = town.states(alert)
        kept = real(group)  # type: ignore[arg-type]
        now = town.states(alert)
        gone_on = [each for each in now if (before.get(each), now[each]) == (S.RETRYING, S.SENDING)]
        if gone_on and not lost:
            lost.extend(gone_on)
            raise OperationalError("COMMIT", {}, Exception("the server closed the connection"))
        return kept

    monkeypatch.setattr(town.database, "_transaction", transaction)
    town.dispatch.broadcast(alert.id, SENDER)
    town.settle()
    while town.run_planned():
        pass
    assert lost
    assert set(town.states(alert).values()) == {S.CONFIRMED}
    assert len(on_mastodon(town)) == 1


@pytest.mark.parametrize("deed", ["release", "send_again"])
def test_what_a_person_lets_go_leaves_though_the_answer_to_its_commit_was_lost(
    town: Town, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    if deed == "release":
        town.dispatch.posts_per_hour = 0
    else:
        town.mastodon.faults.add(Fault("timeout", POST))
    alert = town.send("masto")
    delivery, real = town.delivery(alert), town.database._transaction
    lost: list[S] = []

    def transaction(group: list[object]) -> object:
        before = town.delivery(alert).state
        kept = real(group)  # type: ignore[arg-type]
        if not lost and before is delivery.state and town.delivery(alert).state is S.SENDING:
            lost.append(before)
            raise OperationalError("COMMIT", {}, Exception("the server closed the connection"))
        return kept

    monkeypatch.setattr(town.database, "_transaction", transaction)
    getattr(town.dispatch, deed)(delivery.id, SENDER, "It is right").result(30)
    town.settle()
    assert lost == [S.HELD if deed == "release" else S.UNKNOWN]
    assert town.states(alert) == {"masto": S.CONFIRMED}
    assert len(on_mastodon(town)) == 1


@pytest.mark.parametrize(
    ("deed", "after"),
    [("broadcast", S.FAILED), ("release", S.FAILED), ("send_again", S.UNKNOWN)],
)
def test_what_a_lost_database_kept_is_never_sending_for_ever(
    town: Town, monkeypatch: pytest.MonkeyPatch, deed: str, after: S
) -> None:
    """The answer to the commit is lost, and nobody can ask afterwards whether it was kept."""
    if deed == "release":
        town.dispatch.posts_per_hour = 0
    if deed == "send_again":
        town.mastodon.faults.add(Fault("timeout", POST))
    alert = town.compose("masto") if deed == "broadcast" else town.send("masto")
    about = alert.id if deed == "broadcast" else town.delivery(alert).id
    words = () if deed == "broadcast" else ("It is right",)
    posts = len(on_mastodon(town))
    real, read = town.database._transaction, town.database.read
    gone: list[bool] = []

    def transaction(group: list[object]) -> object:
        made = real(group)  # type: ignore[arg-type]
        if not gone:
            gone.append(True)
            raise OperationalError("COMMIT", {}, Exception("the server closed the connection"))
        return made

    def reading() -> object:
        if gone == [True]:
            raise StoreError("The database cannot be reached.", "Wait.")
        return read()

    monkeypatch.setattr(town.database, "_transaction", transaction)
    monkeypatch.setattr(town.database, "read", reading)
    with pytest.raises(StoreError):
        getattr(town.dispatch, deed)(about, SENDER, *words)
    town.run_planned()
    town.settle()
    gone.append(False)  # it is back
    assert town.delivery(alert).state is S.SENDING
    town.run_planned()
    town.settle()
    assert town.states(alert) == {"masto": after}
    assert town.delivery(alert).evidence == LOST
    assert len(on_mastodon(town)) == posts
    assert town.log()[-1]["action"] == f"delivery.{after}"
