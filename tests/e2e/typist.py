"""`python -m tests.e2e.typist HOME [keys]`: an officer who types at the real window without end.

Everything is told on standard output, one JSON object a line: `back` is what a new start brought
back, `kept` what the program says is saved, after every write. Without `keys` nothing is typed.
"""

import json
import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import keyring
from keyring.backends.null import Keyring as NoKeyring
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from crisisdesk import config
from crisisdesk.desk import open_live
from crisisdesk.model.draft import Draft, Unfinished
from crisisdesk.model.operator import Role
from ui.app import Console
from ui.console.console_page import ConsolePage
from ui.dialogs.sign_in import SignIn

NAME, PASSPHRASE = "Jo Officer", "four plain words here"
LETTERS = "abcdefghijklmnopqrstuvwxyz "
FIELD = "road_name"
PATIENCE = 60.0


def prepare(home: Path) -> None:
    """An officer, a channel and an incident, as on an earlier day."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    desk = open_live(config.paths(str(home)))
    try:
        operator = desk.people.add_operator(NAME, Role.ADMINISTRATOR, PASSPHRASE)
        cap = {"folder": str(home / "cap"), "base_url": "https://riverside.example/alerts"}
        desk.administering.save_account("cap", "CAP feed", cap, operator)
        desk.composing.open_incident("Flood at the weir", operator)
    finally:
        desk.close()
        keyring.set_keyring(before)


def tell(**words: Any) -> None:
    """Say something to whoever started this."""
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def until(condition: Callable[[], Any], what: str) -> None:
    """Let the window live until something holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        QApplication.processEvents()
        if time.monotonic() > end:
            raise AssertionError(f"still waiting for {what}")


def sign_in(console: Console) -> ConsolePage:
    """From the start screen to the console, by keyboard."""
    console.window.show()
    console.open_live()
    pages = console.window.pages
    until(lambda: isinstance(pages.currentWidget(), SignIn), "the sign-in card")
    card = pages.currentWidget()
    assert isinstance(card, SignIn)
    QTest.keyClicks(card.passphrase, f"{PASSPHRASE}\r")
    until(lambda: console.page and console.page.drafts._ready, "the console")
    assert console.page is not None
    return console.page


def described(what: Unfinished) -> dict[str, Any]:
    """The parts that this test types or chooses."""
    message: Draft | None = what.message
    return {
        "value": message.values.get(FIELD, "") if message else "",
        "note": what.note,
        "key": message.key if message else "",
    }


def work(page: ConsolePage) -> None:
    """Type into the message and into the decision line, in turns, and never stop."""
    if page.message.template is None:
        page.message.start("road-closure")
    heard = None
    for letter in cycle(LETTERS):
        for editor in (page.message.form.editors()[FIELD], page.log.note):
            assert isinstance(editor, QLineEdit)
            editor.end(False)
            QTest.keyClicks(editor, letter)
            QApplication.processEvents()
            if page.drafts.keeping.kept is not heard:
                heard = page.drafts.keeping.kept
                assert heard is not None
                tell(kept=described(heard))


def main(home: str, *what: str) -> None:
    """Start, say what came back, and type."""
    keyring.set_keyring(NoKeyring())
    app = QApplication([])
    console = Console(config.paths(home))
    page = sign_in(console)
    found = page.drafts._unfinished()
    tell(back=described(found), notice=page.notice.words)
    if "keys" in what:
        work(page)
    console.window.leave()
    console.close()
    app.quit()


if __name__ == "__main__":
    main(*sys.argv[1:])
