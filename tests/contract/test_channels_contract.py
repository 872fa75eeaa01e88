"""What every channel promises, over every fault its network can show."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crisisdesk.channels.registry import CHANNELS
from crisisdesk.model.delivery import Publication, Verdict
from crisisdesk.net import Net
from crisisdesk.simnet.faults import Fault, FaultKind
from tests.channels.rig import Rig

V = Verdict
PUBLISH = {
    "mastodon": "POST /api/v1/statuses",
    "bluesky": "POST /xrpc/com.atproto.repo.putRecord",
    "email": "DATA",
}
ENTRY = {"mastodon": "POST", "bluesky": "POST", "email": "CONNECT"}
FAULTS: dict[str, tuple[Fault, Verdict, bool]] = {
    "refused": (Fault("refuse"), V.NOT_SENT, False),
    "answer lost": (Fault("lost_answer"), V.UNKNOWN, True),
    "silence": (Fault("timeout"), V.UNKNOWN, False),
    "silence after doing it": (Fault("timeout", processed=True), V.UNKNOWN, True),
    "captive portal": (Fault("html"), V.UNKNOWN, False),
    "empty": (Fault("empty"), V.UNKNOWN, True),
    "cut in half": (Fault("truncate"), V.UNKNOWN, True),
    "500": (Fault("status", status=500), V.UNKNOWN, False),
    "502": (Fault("status", status=502), V.UNKNOWN, False),
    "503": (Fault("status", status=503), V.UNKNOWN, False),
    "504": (Fault("status", status=504), V.UNKNOWN, False),
    "429": (Fault("status", status=429), V.NOT_SENT, False),
    "401": (Fault("status", status=401), V.LOCKED, False),
    "403": (Fault("status", status=403), V.REFUSED, False),
    "404": (Fault("status", status=404), V.REFUSED, False),
    "422": (Fault("status", status=422, body='{"error": "no"}'), V.REFUSED, False),
    "redirect": (Fault("status", status=302, headers={"Location": "/"}), V.UNKNOWN, False),
}
MAIL_FAULTS: dict[str, tuple[Fault, Verdict, bool]] = {
    **{name: FAULTS[name] for name in ("answer lost", "silence after doing it", "empty")},
    "silence": (Fault("timeout"), V.UNKNOWN, False),
    "cut in half": (Fault("truncate"), V.ACCEPTED, True),  # "250 2.0.0 O" is still a 250
    "421": (Fault("status", status=421), V.NOT_SENT, False),
    "451": (Fault("status", status=451), V.NOT_SENT, False),
    "554": (Fault("status", status=554), V.REFUSED, False),
    "no SMTP": (Fault("html"), V.NOT_SENT, False),
}
CASES = [(kind, name, *FAULTS[name]) for kind in ("mastodon", "bluesky") for name in FAULTS]
CASES += [("email", name, *MAIL_FAULTS[name]) for name in MAIL_FAULTS]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path / "alerts")
    yield made
    for channel in made.made:
        channel.close()


def plan(rig: Rig, kind: str, fault: Fault, match: str) -> None:
    sims = {"mastodon": rig.mastodon, "bluesky": rig.bluesky, "email": rig.mail}
    sims[kind].faults.add(
        Fault(fault.kind, match, 1, fault.status, fault.headers, fault.body, fault.processed)
    )


@pytest.mark.parametrize("kind", CHANNELS)
def test_send_find_delete(rig: Rig, kind: str) -> None:
    channel, message = rig.channel(kind), rig.message(kind)
    assert channel.check().ok or kind == "cap"  # its folder comes with the first file
    assert rig.public(kind) == []
    if kind != "email":
        assert channel.find(message).verdict is V.ABSENT
    sent = channel.send(message)
    assert sent.verdict is V.ACCEPTED, sent
    assert sent.evidence
    assert len(rig.public(kind)) == (3 if kind == "email" else 1)
    found = channel.find(message, sent.external_id)
    assert found.verdict is (V.UNKNOWN if kind == "email" else V.CONFIRMED)
    if kind != "email":
        assert channel.find(message) == found
        assert (found.external_id, found.url) == (sent.external_id, sent.url)
    gone = channel.delete(Publication(sent.external_id, sent.url, message.key))
    if kind in ("email", "cap"):
        assert gone.verdict is V.REFUSED
        assert "correction" in gone.evidence
    else:
        assert gone.verdict is V.WITHDRAWN
        assert rig.public(kind) == []
        assert channel.find(message, sent.external_id).verdict is V.ABSENT
    assert channel.check().ok


@pytest.mark.parametrize(("kind", "name", "fault", "verdict", "out"), CASES)
def test_every_fault_while_publishing(
    rig: Rig, kind: str, name: str, fault: Fault, verdict: Verdict, out: bool
) -> None:
    channel, message = rig.channel(kind), rig.message(kind)
    plan(rig, kind, fault, PUBLISH[kind])
    outcome = channel.send(message)
    assert outcome.verdict is verdict, outcome
    assert len(outcome.evidence.split()) >= 3
    assert bool(rig.public(kind)) is out
    if kind == "email":
        return
    found = channel.find(message)
    assert found.verdict is (V.CONFIRMED if out else V.ABSENT)
    assert channel.send(message).verdict is V.ACCEPTED  # with the same key
    assert len(rig.public(kind)) == 1


@pytest.mark.parametrize("kind", ENTRY)
@pytest.mark.parametrize("fault", ["refuse", "timeout", "lost_answer", "html", "empty", "truncate"])
def test_faults_at_the_first_word_never_look_like_success(
    rig: Rig, kind: str, fault: FaultKind
) -> None:
    channel = rig.channel(kind)
    plan(rig, kind, Fault(fault), ENTRY[kind])
    outcome = channel.send(rig.message(kind))
    expected = {V.NOT_SENT} if kind != "mastodon" else {V.NOT_SENT, V.UNKNOWN}
    if kind == "email" and fault == "truncate":
        expected = {V.ACCEPTED}  # half a greeting still says 220
    assert outcome.verdict in expected, outcome


@pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
@pytest.mark.parametrize("name", FAULTS)
def test_looking_never_claims_presence_or_absence_it_has_not_seen(
    rig: Rig, kind: str, name: str
) -> None:
    for known in (False, True):
        channel, message = rig.channel(kind), rig.message(kind)
        sent = channel.send(message)
        sims = {"mastodon": rig.mastodon, "bluesky": rig.bluesky}
        channel.find(message)  # signed in, own number known
        plan(rig, kind, FAULTS[name][0], "GET")
        outcome = channel.find(message, sent.external_id if known else "")
        assert outcome.verdict in (V.UNKNOWN, V.ABSENT)
        if outcome.verdict is V.ABSENT:
            assert (kind, known) == ("mastodon", True)
            assert name in ("404", "redirect")  # which leads to a page that is not there
        sims[kind].faults.clear()
        assert channel.find(message).verdict is V.CONFIRMED


@pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
@pytest.mark.parametrize("name", FAULTS)
def test_a_withdrawal_is_only_claimed_when_the_network_says_so(
    rig: Rig, kind: str, name: str
) -> None:
    channel, message = rig.channel(kind), rig.message(kind)
    sent = channel.send(message)
    match = {"mastodon": "DELETE", "bluesky": "POST /xrpc/com.atproto.repo.deleteRecord"}[kind]
    plan(rig, kind, FAULTS[name][0], match)
    outcome = channel.delete(Publication(sent.external_id, sent.url, message.key))
    if outcome.verdict is V.WITHDRAWN:
        assert rig.public(kind) == [] or (kind, name) == ("mastodon", "404")
    else:
        assert outcome.verdict in (V.UNKNOWN, V.NOT_SENT, V.LOCKED, V.REFUSED)


@pytest.mark.parametrize("kind", ["mastodon", "bluesky", "email"])
def test_hosts_outside_the_exercise_are_refused(rig: Rig, kind: str) -> None:
    from crisisdesk.model.mode import Mode

    channel = rig.channel(kind, Net(Mode.EXERCISE))
    outcome = channel.send(rig.message(kind))
    assert outcome.verdict in (V.REFUSED, V.NOT_SENT)
    assert "exercise" in outcome.evidence
    assert not channel.check().ok


@pytest.mark.parametrize("kind", CHANNELS)
def test_nonsense_in_the_settings_is_told_not_raised(rig: Rig, kind: str) -> None:
    wrong = {
        "mastodon": {"server": "http://[bad"},
        "bluesky": {"server": "nothing"},
        "email": {"sender": "nobody", "recipients": "x"},
        "cap": {"folder": str(Path(__file__) / "alerts")},
    }[kind]
    channel, message = rig.channel(kind, **wrong), rig.message(kind)
    assert channel.send(message).verdict in (V.NOT_SENT, V.REFUSED)
    assert channel.find(message).verdict in (V.UNKNOWN, V.ABSENT)
    assert channel.delete(Publication("x")).verdict in (V.NOT_SENT, V.REFUSED)
    assert not channel.check().ok
