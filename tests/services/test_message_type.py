"""What kind of message it is reaches every network: a correction never goes out as a new alert.

A public alerting service once passed its messages on without their type, so a cancel would have
been broadcast as a fresh alert (alphagov/notifications-api, pull request 3138).
"""

import email.policy
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from functools import partial
from typing import Any

import pytest

from crisisdesk.channels.bluesky import Bluesky
from crisisdesk.channels.email import Email
from crisisdesk.channels.mastodon import Mastodon
from crisisdesk.channels.registry import CHANNELS
from crisisdesk.model.alert import Alert
from crisisdesk.model.cap import CapAlert, MsgType, ResponseType
from crisisdesk.model.delivery import Message
from crisisdesk.model.errors import Refused
from crisisdesk.model.template import Step
from crisisdesk.rules import capping
from crisisdesk.rules import composing as rules
from crisisdesk.rules.cap_read import parse
from crisisdesk.services import composing
from crisisdesk.store.messages import Messages
from tests.town import SENDER, Town

ACCOUNTS = {"masto": "mastodon", "bsky": "bluesky", "mail": "email", "cap": "cap"}
FOLLOWING = (Step.UPDATE, Step.CANCEL, Step.ALL_CLEAR)
WORDS = {
    Step.ALERT: ("has been closed since",),
    Step.UPDATE: ("Road update", "an update on", "Update at", "still closed"),
    Step.CANCEL: ("orrection", "was wrong"),
    Step.ALL_CLEAR: ("is open again", "Road open"),
}
"""What only the wording of that step says; one of them stands in each channel's text."""
SUBJECTS = {
    Step.ALERT: "closed: ",
    Step.UPDATE: "still closed",
    Step.CANCEL: "Correction",
    Step.ALL_CLEAR: "open again",
}
CAP = {
    Step.ALERT: (MsgType.ALERT, ResponseType.AVOID),
    Step.UPDATE: (MsgType.UPDATE, ResponseType.AVOID),
    Step.CANCEL: (MsgType.CANCEL, ResponseType.NONE),
    Step.ALL_CLEAR: (MsgType.UPDATE, ResponseType.ALL_CLEAR),
}


# What stands outside


def threads(town: Town, account: str) -> list[tuple[str, str]]:
    """(text, what it answers) of each publication on a network, oldest first."""
    if account == "masto":
        ids = {each.id: str(place) for place, each in enumerate(town.mastodon.statuses)}
        return [
            (each.text, ids.get(each.in_reply_to_id or "", "")) for each in town.mastodon.statuses
        ]
    if account == "bsky":
        values = [each.value for each in town.bluesky.records]
        uris = {each.uri: str(place) for place, each in enumerate(town.bluesky.records)}
        parents = [each.get("reply", {}).get("parent", {}).get("uri", "") for each in values]
        return [
            (each["text"], uris.get(parent, ""))
            for each, parent in zip(values, parents, strict=True)
        ]
    parser = partial(message_from_bytes, policy=email.policy.default)
    letters = [parser(each.data) for each in town.mail.messages]
    known = {each["Message-ID"]: str(place) for place, each in enumerate(letters)}
    return [
        (f"{each['Subject']}\n{each.get_content()}", known.get(each["In-Reply-To"], ""))
        for each in letters
        if each["In-Reply-To"] == each["References"]
    ]


def caps(town: Town) -> list[CapAlert]:
    files = (town.folder / "cap").glob("*.cap.xml")
    return sorted((parse(each.read_bytes()) for each in files), key=lambda each: each.sent)


def problems(town: Town, account: str, step: Step) -> list[str]:
    """What is wrong with the newest publication, were it of this step, after a first alert."""
    return _cap_problems(town, step) if account == "cap" else _post_problems(town, account, step)


def _post_problems(town: Town, account: str, step: Step) -> list[str]:
    published = threads(town, account)
    if len(published) != (1 if step is Step.ALERT else 2):
        return [f"{len(published)} publications"]
    text, answers = published[-1]
    found = [] if answers == ("" if step is Step.ALERT else "0") else ["not in its thread"]
    if not any(words in text for words in WORDS[step]):
        found.append(f"does not say it is {step}")
    others = {words for other in WORDS if other is not step for words in WORDS[other]}
    if step is not Step.ALERT and WORDS[Step.ALERT][0] in text:
        found.append("reads like a new alert")
    if step is Step.ALERT and any(words in text for words in others):
        found.append("a first alert that reads like a later one")
    if account == "mail" and SUBJECTS[step] not in text.split("\n")[0]:
        found.append("the subject does not say it")
    return found


def _cap_problems(town: Town, step: Step) -> list[str]:
    published = caps(town)
    newest = published[-1]
    kind, response = CAP[step]
    found = [] if newest.msg_type is kind else [f"msgType is {newest.msg_type}"]
    if newest.infos[0].response_types != (response,):
        found.append(f"responseType is {newest.infos[0].response_types}")
    named = [(each.sender, each.identifier, each.sent) for each in newest.references]
    first = published[0]
    expected = [] if step is Step.ALERT else [(first.sender, first.identifier, first.sent)]
    if named != expected:
        found.append(f"references are {named}")
    info = newest.infos[0]
    if not any(words in f"{info.headline} {info.description}" for words in WORDS[step]):
        found.append(f"does not say it is {step}")
    return found


def first_and(town: Town, step: Step) -> Alert:
    """The alert and, a while later, what follows it; what went last."""
    first = town.send()
    if step is Step.ALERT:
        return first
    town.clock.go_on(minutes=20)
    return town.send(step=step, follows=first.id)


# The rule


def test_every_channel_is_asked() -> None:
    assert set(ACCOUNTS.values()) == set(CHANNELS)


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("account", ACCOUNTS)
def test_what_leaves_carries_its_message_type(town: Town, account: str, step: Step) -> None:
    first_and(town, step)
    assert problems(town, account, step) == []


@pytest.mark.parametrize("step", FOLLOWING)
def test_the_whole_chain_hangs_together(town: Town, step: Step) -> None:
    first = town.send()
    town.clock.go_on(minutes=20)
    second = town.send(step=Step.UPDATE, follows=first.id)
    town.clock.go_on(minutes=20)
    town.send(step=step, follows=second.id)
    for account in ("masto", "bsky", "mail"):
        assert [answers for _, answers in threads(town, account)] == ["", "0", "1"]
    newest = caps(town)[-1]
    named = {each.identifier for each in newest.references}
    assert named == {each.identifier for each in caps(town)[:2]}


# Every layer that could drop it


def _rendered_as_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    render = rules.render

    def careless(template: Any, _step: Step, *more: Any) -> Any:
        return render(template, Step.ALERT, *more)

    monkeypatch.setattr(composing.rules, "render", careless)


def _cap_always_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capping, "MSG_TYPES", dict.fromkeys(Step, MsgType.ALERT))


def _cap_without_references(monkeypatch: pytest.MonkeyPatch) -> None:
    to_cap = capping.to_cap
    monkeypatch.setattr(
        "crisisdesk.store.messages.to_cap", lambda *given: replace(to_cap(*given), references=())
    )


def _no_thread(kind: type[Any]) -> Callable[[pytest.MonkeyPatch], None]:
    def drop(monkeypatch: pytest.MonkeyPatch) -> None:
        send = kind._send
        monkeypatch.setattr(
            kind, "_send", lambda self, message: send(self, replace(message, reply_to=None))
        )

    return drop


def _message_without_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    of = Messages.of

    def careless(self: Messages, *given: Any) -> Message:
        return replace(of(self, *given), reply_to=None)

    monkeypatch.setattr(Messages, "of", careless)


LAYERS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], tuple[str, ...]]] = {
    "rendering": (_rendered_as_alert, ("masto", "bsky", "mail", "cap")),
    "CAP's msgType": (_cap_always_alert, ("cap",)),
    "CAP's references": (_cap_without_references, ("cap",)),
    "the message": (_message_without_parent, ("masto", "bsky", "mail")),
    "the Mastodon channel": (_no_thread(Mastodon), ("masto",)),
    "the Bluesky channel": (_no_thread(Bluesky), ("bsky",)),
    "the e-mail channel": (_no_thread(Email), ("mail",)),
}


@pytest.mark.parametrize("step", FOLLOWING)
@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_that_drops_the_type_would_be_noticed(
    town: Town, monkeypatch: pytest.MonkeyPatch, layer: str, step: Step
) -> None:
    """The rule above can fail: each layer in turn forgets what kind of message it carries."""
    forget, accounts = LAYERS[layer]
    forget(monkeypatch)
    first_and(town, step)
    for account in accounts:
        assert problems(town, account, step) != []
    for account in ACCOUNTS.keys() - set(accounts):
        assert problems(town, account, step) == []


@pytest.mark.parametrize("step", FOLLOWING)
def test_a_draft_that_lost_its_step_is_refused(town: Town, step: Step) -> None:
    first = town.send("masto")
    draft = town.draft("masto", step=step, follows=first.id)
    with pytest.raises(Refused, match="first alert follows nothing"):
        town.composing.compose(replace(draft, step=Step.ALERT), SENDER)
    with pytest.raises(Refused, match="must follow"):
        town.composing.compose(replace(draft, references=""), SENDER)
    assert len(town.mastodon.statuses) == 1


def test_no_two_steps_have_the_same_hash(town: Town) -> None:
    """The approval and the broadcast are bound to it, so a changed step voids both."""
    alert = town.compose()
    hashes = {rules.content_hash(replace(alert, step=step)) for step in Step}
    assert len(hashes) == len(Step)
    assert alert.content_hash in hashes
