"""The main job through the real window, against real servers: heard, said, corrected, proved."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.SecretService import Keyring
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crisisdesk.model.cap import MsgType
from crisisdesk.store.reading import open_log_file
from tests.e2e.officer import Officer
from tests.e2e.outside import PASSWORD, READERS, Outside, running_outside
from tests.servers.mastodon import MastodonServer
from tests.servers.pds import Pds
from tests.servers.postfix import Postfix
from tests.ui.hands import says_intact
from ui.models.mentions_model import MENTION
from ui.settings.accounts_page import AccountsPage

pytestmark = pytest.mark.server

SECOND, SECOND_PASSPHRASE = "Ann Second", "four words of slate"
FIRE = {
    "fire_site": "Wend Mill, Mill Lane",
    "area_name": "Lower Town, Riverside",
    "since_time": "14:05",
    "next_update_at": "14:45",
    "more_info_url": "https://riverside.example/fire",
}
EVERYWHERE = {
    "Bluesky": "✓ confirmed",
    "Mastodon": "✓ confirmed",
    "E-mail list": "● accepted",
    "CAP feed": "✓ confirmed",
}


@pytest.fixture
def own_keyring(secret_service: None) -> Iterator[None]:
    """The real Secret Service of this test is the computer's keyring."""
    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def outside(
    pds: Pds, mastodon: MastodonServer, postfix: Postfix, tmp_path: Path
) -> Iterator[Outside]:
    """Every real server, with nothing of ours on it."""
    with running_outside(pds, mastodon, postfix, tmp_path) as servers:
        yield servers


@pytest.fixture
def home(tmp_path: Path, outside: Outside) -> Path:
    """A data folder with settings alone."""
    folder = tmp_path / "data"
    folder.mkdir()
    lines = [
        'organisation = "Riverside Council"',
        'sender = "desk@example.org"',
        "poll_seconds = 1",
        'watch_terms = ["mill"]',
        f'extra_ca_file = "{outside.postfix.ca_file}"',
    ]
    (folder / "settings.toml").write_text("\n".join(lines))
    return folder


def test_the_main_job(qtbot: QtBot, own_keyring: None, home: Path, outside: Outside) -> None:
    officer = Officer(qtbot, home)
    try:
        add_accounts(officer, outside)
        officer.hire(SECOND, SECOND_PASSPHRASE)
        hear_and_handle(officer, outside)
        alert = broadcast(officer, outside)
        follow_up(officer, outside, alert)
        retract(officer, outside)
        verify_on_screen(officer)
        officer.leave()
    finally:
        officer.gone()
    assert verify(home) == (0, "intact")
    restart(qtbot, home)
    assert verify(home) == (0, "intact")
    report_a_flipped_byte(home)


def add_accounts(officer: Officer, outside: Outside) -> None:
    """Every account is typed in, checked and kept; checking publishes nothing anywhere."""
    accounts = officer.first_run()
    pds, mastodon, postfix = outside.pds, outside.mastodon, outside.postfix
    recipients = ", ".join((*READERS, postfix.refused))
    forms = {
        "bluesky": {
            "server": pds.base_url,
            "handle": outside.desk.handle,
            "password": PASSWORD,
            "search": "quayside",
        },
        "mastodon": {"server": mastodon.base_url, "token": mastodon.desk_token},
        "email": {
            "host": postfix.host,
            "port": str(postfix.port),
            "sender": "alerts@example.org",
            "recipients": recipients,
        },
        "cap": {
            "folder": str(outside.cap_folder),
            "base_url": "https://riverside.example/alerts",
        },
        "feed": {"url": outside.feed_url},
    }
    outside.feed.publish("first", "River watch", "Nothing to report")
    for number, (kind, values) in enumerate(forms.items(), 1):
        form = officer.open_form(accounts, kind, values)
        assert officer.check(form).startswith("✓ "), form.notice.words
        assert outside.silent()
        officer.save(form)
        kept = officer.page.desk.administering.accounts
        officer.until(lambda number=number, kept=kept: len(kept()) == number, "the account")
    refuse_a_wrong_password(officer, outside)
    assert outside.silent()
    officer.click(accounts.continue_button)
    officer.until(lambda: officer.shown is officer.page, "the console")


def refuse_a_wrong_password(officer: Officer, outside: Outside) -> None:
    """A check that fails says so, and the form can be left."""
    accounts = officer.shown
    assert isinstance(accounts, AccountsPage)
    values = {"server": outside.pds.base_url, "handle": outside.desk.handle, "password": "wrong"}
    form = officer.open_form(accounts, "bluesky", values)
    assert officer.check(form).startswith("! ")
    officer.press("Escape")
    officer.until(lambda: not form.isVisible(), "the form to go")


def hear_and_handle(officer: Officer, outside: Outside) -> None:
    """What the public says on three networks comes in by itself; one is handled by keyboard."""
    outside.citizen.post(
        f"Smoke over Mill Lane, is it safe to stay @{outside.desk.handle}?",
        mentioning=[outside.desk],
    )
    outside.mastodon.post_as_citizen("@desk which roads are closed round the mill?")
    outside.feed.publish("second", "Air quality warning", "Smoke plume moving east")
    pane = officer.page.mentions
    wanted = ("Smoke over Mill Lane", "which roads are closed", "Smoke plume moving east")
    officer.until(
        lambda: all(any(part in text for text in texts(officer)) for part in wanted),
        f"{wanted} among {texts(officer)}",
    )
    officer.press("F2")
    officer.until(lambda: pane.detail.mention, "a mention to be chosen")
    while "Smoke over Mill Lane" not in pane.table.currentIndex().data(MENTION).text:
        before = pane.table.currentIndex().row()
        officer.press("Down")
        assert pane.table.currentIndex().row() != before, "the mention is not in the list"
    chosen = pane.detail.mention
    assert chosen is not None
    assert "question" in chosen.labels.words
    officer.press("Ctrl+H")
    row = pane.model.row_of(chosen.id)
    officer.until(
        lambda: pane.model.index(row, 0).data(MENTION).handled_by == "Jo Officer", "it is handled"
    )
    officer.until(lambda: any("handled" in line for line in log_lines(officer)), "its log entry")


def broadcast(officer: Officer, outside: Outside) -> str:
    """An incident, a template, its fields, and the button held: then every server is asked."""
    officer.press("Ctrl+I")
    officer.answer(officer.page, "Wend Mill fire")
    officer.until(lambda: officer.page.incident, "the incident")
    message = officer.page.message
    officer.until(lambda: QApplication.focusWidget() is message.search, "the template search")
    officer.write("smoke windows")
    officer.press("Return")
    assert message.template is not None
    assert message.template.id == "large-fire"
    officer.fill(FIRE)
    hold = officer.page.broadcast.hold
    officer.until(hold.isEnabled, officer.page.broadcast.problems.text())
    sentence = officer.page.broadcast.sentence.text()
    assert all(part in sentence for part in ("second person", *EVERYWHERE, "3 addresses"))
    let_go_early(officer, outside)
    officer.ask()
    assert outside.silent()
    officer.agree(SECOND_PASSPHRASE)
    assert outside.silent()
    card = officer.send_approved()
    alert_id: str = card.alert.id
    officer.until(lambda: officer.states(alert_id) == EVERYWHERE, "every channel's truth")
    check_alert(officer, outside, alert_id)
    return alert_id


def let_go_early(officer: Officer, outside: Outside) -> None:
    """Half a hold, by key and by mouse, is nothing."""
    officer.press("F4")
    hold = officer.page.broadcast.hold
    held: list[bool] = []
    hold.held.connect(lambda: held.append(True))
    officer.qtbot.keyPress(hold, Qt.Key.Key_Space)
    officer.until(lambda: hold.progress > 0.2, "the hold to begin")
    officer.qtbot.keyRelease(hold, Qt.Key.Key_Space)
    assert hold.progress == 0.0
    officer.qtbot.mousePress(hold, Qt.MouseButton.LeftButton)
    officer.until(lambda: hold.progress > 0.2, "the hold to begin")
    officer.qtbot.mouseRelease(hold, Qt.MouseButton.LeftButton)
    assert hold.progress == 0.0
    assert held == []
    assert officer.page.desk.dispatch.recent() == []
    assert outside.silent()


def check_alert(officer: Officer, outside: Outside, alert_id: str) -> None:
    """Each server, asked past the desk, holds what the officer was shown."""
    (alert, deliveries) = next(
        each for each in officer.page.desk.dispatch.recent() if each[0].id == alert_id
    )
    texts_by_kind = {part.kind: part.text for part in alert.rendered}
    (post,) = outside.posts()
    assert post["value"]["text"] == texts_by_kind["bluesky"]
    (link,) = post["value"]["facets"]
    encoded = post["value"]["text"].encode()
    index = link["index"]
    assert encoded[index["byteStart"] : index["byteEnd"]].decode() == FIRE["more_info_url"]
    assert link["features"][0]["uri"] == FIRE["more_info_url"]
    (toot,) = outside.toots()
    assert toot.text == texts_by_kind["mastodon"]
    for reader in READERS:
        officer.until(lambda reader=reader: outside.letters(reader), f"the letter to {reader}")
    (letter,) = outside.letters()
    assert letter["Subject"].strip() == alert.headline
    assert FIRE["fire_site"] in letter.get_content()
    mail = next(each for each in deliveries if each.recipients)
    refused = {each.address: each.answer for each in mail.recipients if "550" in each.answer}
    assert list(refused) == [outside.postfix.refused]
    shown = officer.page.broadcast.cards[alert_id].states[mail.account_id]
    assert "2 accepted, 1 refused" in shown.toolTip()
    (cap,) = outside.caps()
    assert (cap.msg_type, cap.infos[0].headline) == (MsgType.ALERT, alert.headline)
    (entry,) = outside.cap_feed()
    assert entry.title == alert.headline


def follow_up(officer: Officer, outside: Outside, alert_id: str) -> None:
    """An update and a correction go to the same channels, each threaded in its network's way."""
    pane = officer.page.broadcast
    officer.click(pane.cards[alert_id].update_button)
    officer.until(lambda: officer.page.message.follows, "the update to begin")
    assert not any(row.box.isEnabled() for row in pane.rows)
    officer.fill({"what_changed": "smoke now reaches Station Road", "next_update_at": "15:30"})
    officer.ask()
    officer.agree(SECOND_PASSPHRASE)
    update = officer.send_approved().alert.id
    officer.until(lambda: officer.states(update) == EVERYWHERE, "the update everywhere")
    check_threads(officer, outside, 2, MsgType.UPDATE)
    # The correction was approved with the alert: two actions, and no second person.
    officer.click(pane.cards[alert_id].correct)
    officer.until(lambda: officer.page.message.follows, "the correction to begin")
    correction = officer.hold_to_broadcast().alert.id
    officer.until(lambda: officer.states(correction) == EVERYWHERE, "the correction everywhere")
    check_threads(officer, outside, 3, MsgType.CANCEL)


def check_threads(officer: Officer, outside: Outside, number: int, kind: MsgType) -> None:
    """The newest message points at the first one on every network that can do so."""
    posts, toots, caps = outside.posts(), outside.toots(), outside.caps()
    officer.until(lambda: len(outside.letters()) == number, "the letter")
    letters = outside.letters()
    assert (len(posts), len(toots), len(caps)) == (number,) * 3
    first = {"uri": posts[0]["uri"], "cid": posts[0]["cid"]}
    assert posts[-1]["value"]["reply"]["root"] == first
    assert posts[-1]["value"]["reply"]["parent"] == first
    assert toots[-1].in_reply_to_id == toots[0].id
    assert letters[-1]["References"] == letters[-1]["In-Reply-To"] == letters[0]["Message-ID"]
    assert caps[-1].msg_type is kind
    told = {each.identifier for each in caps[-1].references}
    assert caps[0].identifier in told
    assert len(outside.cap_feed()) == number


def retract(officer: Officer, outside: Outside) -> None:
    """The first alert is deleted where that is possible, and nowhere is that only claimed."""
    pane = officer.page.broadcast
    first = list(pane.cards)[-1]
    gone = outside.posts()[0]["uri"]
    officer.click(pane.cards[first].retract)
    officer.answer(officer.page, "wrong street")
    wanted = {**EVERYWHERE, "Bluesky": "↩ withdrawn", "Mastodon": "↩ withdrawn"}
    officer.until(lambda: officer.states(first) == wanted, "the retraction")
    assert gone not in [each["uri"] for each in outside.posts()]
    assert (len(outside.posts()), len(outside.toots()), len(outside.caps())) == (2, 2, 3)


def verify_on_screen(officer: Officer) -> None:
    """The log pane verifies the whole chain."""
    log = officer.page.log
    officer.click(log.verify)
    officer.until(lambda: says_intact(log.chain), "the verdict")


def restart(qtbot: QtBot, home: Path) -> None:
    """A desk opened again asks who is there, and shows what was said, with its truth."""
    officer = Officer(qtbot, home)
    try:
        officer.sign_in()
        officer.until(lambda: len(officer.page.broadcast.cards) == 3, "what was broadcast")
        update = list(officer.page.broadcast.cards)[1]
        officer.until(lambda: officer.states(update) == EVERYWHERE, "its states")
        assert officer.page.incident is None or officer.page.incident.name == "Wend Mill fire"
        officer.until(lambda: texts(officer), "what was heard")
        officer.leave()
    finally:
        officer.gone()


def report_a_flipped_byte(home: Path) -> None:
    """One changed byte in one entry of the file is found, and named."""
    copy = home.with_name("copy")
    shutil.copytree(home, copy)
    database = copy / "desk.db"
    with open_log_file(database) as log:
        seq, body = next((row[0], row[3]) for row in log.rows() if b"broadcast.started" in row[3])
    content = database.read_bytes()
    at = content.index(body) + body.index(b"broadcast.started")
    database.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    code, words = verify(copy)
    assert code == 1
    assert f"the first at entry {seq}." in words


def verify(home: Path) -> tuple[int, str]:
    """The exit code of `crisisdesk log verify`, and what it says; only the first word if well."""
    done = subprocess.run(
        [sys.executable, "-m", "crisisdesk", "log", "verify", str(home)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    said = done.stdout.strip()
    return done.returncode, said.partition(":")[0] if done.returncode == 0 else said


def texts(officer: Officer) -> list[str]:
    """What the list of mentions holds."""
    model = officer.page.mentions.model
    return [model.index(row, 0).data(MENTION).text for row in range(model.rowCount())]


def log_lines(officer: Officer) -> list[str]:
    """What the log pane shows."""
    model = officer.page.log.model
    return [str(model.index(row, 3).data()) for row in range(model.rowCount())]
