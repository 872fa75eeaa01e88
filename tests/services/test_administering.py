"""Which accounts the desk has; secrets stay out of everything."""

from pathlib import Path

import pytest

from crisisdesk.model.account import Account
from crisisdesk.model.errors import BadInput, Refused
from crisisdesk.model.events import AccountsChanged, Event
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.net import Net
from crisisdesk.services.administering import Administering
from crisisdesk.simnet.faults import Fault
from crisisdesk.simnet.feed import FeedSim
from crisisdesk.simnet.mastodon import MastodonSim
from crisisdesk.store.database import Database
from crisisdesk.system.bus import Bus
from crisisdesk.system.secrets import MemorySecrets
from tests.town import HandClock

SECRET = "s3cret-token-of-ours"
ADA = Operator("1", "Ada", Role.ADMINISTRATOR)
NOT_ALLOWED = [role for role in Role if role is not Role.ADMINISTRATOR]
FORM = {"server": "https://social.example", "token": SECRET}


class Office:
    """Administering over a real database and a simulated network."""

    def __init__(self, database: Database, clock: HandClock) -> None:
        self.database = database
        self.secrets = MemorySecrets()
        self.network = MastodonSim("social.example", clock.now)
        self.network.add_account("council", SECRET)
        self.feed = FeedSim("roads.example", "Roads", clock.now)
        apps = {"social.example": self.network, "roads.example": self.feed}
        bus = Bus()
        self.events: list[Event] = []
        bus.subscribe(AccountsChanged, self.events.append)
        net = Net(Mode.EXERCISE, apps=apps)
        self.desk = Administering(database, self.secrets, net, bus, clock.now)

    def log(self) -> list[bytes]:
        with self.database.read() as unit:
            return [row[3] for row in unit.log.rows()]


@pytest.fixture
def office(database: Database, clock: HandClock) -> Office:
    return Office(database, clock)


def stored_bytes(file: Path) -> bytes:
    """Everything SQLite holds of the database on disk."""
    return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))


def test_a_secret_goes_to_the_keyring_and_nowhere_else(office: Office, database_file: Path) -> None:
    account = office.desk.save_account("mastodon", " Town ", FORM, ADA)
    assert office.desk.secrets_of(account) == {"token": SECRET}
    assert office.secrets.get(f"{account.id}/token") == SECRET
    assert office.desk.accounts() == [account]
    assert account.name == "Town"
    assert "token" not in account.settings
    assert SECRET.encode() not in stored_bytes(database_file)
    assert not any(SECRET.encode() in entry for entry in office.log())
    assert len(office.events) == 1


def test_the_addresses_of_a_mailing_list_lie_beside_the_log(
    office: Office, database: Database
) -> None:
    """They are of people, and a log is shown to others."""
    fields = {"host": "localhost", "port": "25", "security": "none", "sender": "us@example.org"}
    fields["recipients"] = "ann@example.org, bob@example.org"
    office.desk.save_account("email", "Press", fields, ADA)
    with database.read() as unit:
        (entry,) = unit.log.newest(1)
        (readable,) = unit.log.read_newest(1)
        beside = unit.log.openings.of(entry.seq)
    assert b"ann@" not in entry.body
    assert readable["detail"]["settings"]["recipients"] == fields["recipients"]
    assert fields["recipients"] in {each.words for each in beside}


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\ufffe"])
def test_a_name_that_no_message_could_carry_is_refused(office: Office, sign: str) -> None:
    with pytest.raises(BadInput, match="hidden characters"):
        office.desk.name_organisation(f"River{sign}side", ADA)
    office.desk.name_organisation("River\nside", ADA)
    assert office.desk.organisation() == "River side"


def test_an_empty_secret_keeps_the_old_one(office: Office) -> None:
    account = office.desk.save_account("mastodon", "Town", FORM, ADA)
    changed = {"server": "https://other.example", "token": "  "}
    again = office.desk.save_account("mastodon", "Town hall", changed, ADA, account.id)
    assert office.desk.accounts() == [again]
    assert again.settings["server"] == "https://other.example"
    assert office.desk.secrets_of(again) == {"token": SECRET}
    office.desk.save_account("mastodon", "Town", {**FORM, "token": "new-token"}, ADA, account.id)
    assert office.desk.secrets_of(again) == {"token": "new-token"}


def test_a_removed_account_takes_its_secrets_along(office: Office) -> None:
    account = office.desk.save_account("mastodon", "Town", FORM, ADA)
    office.desk.remove_account(account, ADA)
    assert office.desk.accounts() == []
    assert office.desk.secrets_of(account) == {"token": ""}
    assert b"account.removed" in office.log()[-1]


@pytest.mark.parametrize("role", NOT_ALLOWED)
def test_only_administrators_change_accounts(office: Office, role: Role) -> None:
    account = office.desk.save_account("mastodon", "Town", FORM, ADA)
    sam = Operator("2", "Sam", role)
    with pytest.raises(Refused):
        office.desk.save_account("mastodon", "Mine", FORM, sam)
    with pytest.raises(Refused):
        office.desk.remove_account(account, sam)
    assert office.desk.accounts() == [account]
    assert office.desk.secrets_of(account) == {"token": SECRET}


@pytest.mark.parametrize(
    "server",
    [
        "http://social.example",
        "http://localhost.example:3000",
        "http://127.0.0.1:80@social.example",
        "http://localhost@social.example",
        "http://[social",
        "ftp://social.example",
        "javascript://localhost/",
    ],
)
def test_a_server_without_encryption_is_refused(office: Office, server: str) -> None:
    with pytest.raises(BadInput, match=r"is not encrypted|is no web address"):
        office.desk.save_account("mastodon", "Town", {**FORM, "server": server}, ADA)
    assert office.desk.accounts() == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("social.example", "https://social.example"),
        (" https://social.example ", "https://social.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1:3000/x", "http://127.0.0.1:3000/x"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_a_server_with_encryption_or_on_this_computer(
    office: Office, typed: str, kept: str
) -> None:
    account = office.desk.save_account("mastodon", "Town", {**FORM, "server": typed}, ADA)
    assert account.settings["server"] == kept


def test_a_mail_password_never_travels_unencrypted(office: Office) -> None:
    form = {"host": "mail.example", "security": "none", "sender": "a@b.example"}
    form["recipients"] = "c@d.example"
    account = office.desk.save_account("email", "List", form, ADA)
    assert account.settings["port"] == "587"
    with pytest.raises(BadInput, match="unencrypted"):
        office.desk.save_account("email", "List", {**form, "user": "desk"}, ADA)
    local = {**form, "user": "desk", "host": "127.0.0.1"}
    assert office.desk.save_account("email", "List", local, ADA).settings["user"] == "desk"


@pytest.mark.parametrize(
    ("kind", "form", "words"),
    [
        ("fax", {}, "no kind of account"),
        ("mastodon", {"token": SECRET}, "Server is empty"),
        ("email", {"host": "h", "security": "rot13"}, "Encryption must be one of"),
    ],
)
def test_an_unfit_form_is_refused_by_name(
    office: Office, kind: str, form: dict[str, str], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        office.desk.save_account(kind, "x", form, ADA)
    result = office.desk.check("mastodon", {"token": SECRET})
    assert (result.ok, result.words) == (False, "Server is empty. Fill it in.")


def test_checking_says_what_works_and_keeps_nothing(office: Office) -> None:
    good = office.desk.check("mastodon", FORM)
    bad = office.desk.check("mastodon", {**FORM, "token": "wrong"})
    assert (good.ok, good.identity) == (True, "council")
    assert not bad.ok
    assert office.desk.accounts() == []
    assert office.log() == []


def test_checking_an_account_remembers_its_limit(office: Office) -> None:
    account = office.desk.save_account("mastodon", "Town", FORM, ADA)
    result = office.desk.check_account(account)
    assert result.ok
    with office.database.read() as unit:
        assert unit.accounts.limits() == {account.id: result.text_limit}
    assert result.text_limit == 500


def test_a_feed_is_checked_by_reading_it(office: Office) -> None:
    office.feed.publish("1", "Bridge closed", "Weir Bridge is closed.")
    good = office.desk.check("feed", {"url": "https://roads.example/feed.atom"})
    assert (good.ok, good.words) == (True, "The feed can be read; it holds 1 items.")
    assert not office.desk.check("feed", {"url": "https://roads.example/none"}).ok
    assert not office.desk.check("feed", {"url": "https://elsewhere.example/"}).ok


def test_every_kind_of_account_can_be_looked_up(office: Office) -> None:
    kinds = [about.kind for about in office.desk.kinds()]
    assert kinds == ["mastodon", "bluesky", "email", "cap", "feed"]
    assert [office.desk.kind(name).kind for name in kinds] == kinds
    assert not office.desk.secrets_last
    assert office.desk.secrets_place.startswith("memory")


@pytest.fixture
def unknown_kind(office: Office) -> Account:
    """An account of a newer program's kind."""
    account = Account("9", "carrier-pigeon", "Coop", {})
    office.database.write(lambda unit: unit.accounts.put(account))
    return account


def test_an_account_of_an_unknown_kind_is_named(office: Office, unknown_kind: Account) -> None:
    with pytest.raises(BadInput, match="carrier-pigeon"):
        office.desk.secrets_of(unknown_kind)


def test_what_was_kept_unchecked_is_marked_until_its_network_says_yes(office: Office) -> None:
    office.network.faults.add(Fault("refuse", times=1))
    tried = office.desk.check("mastodon", FORM)
    assert (tried.ok, tried.reached) == (False, False)
    account = office.desk.save_account("mastodon", "Town", FORM, ADA, unchecked=True)
    assert office.desk.unchecked() == {account.id}
    assert any(b'"checked":false' in entry for entry in office.log())
    office.network.faults.add(Fault("refuse", times=1))
    assert not office.desk.check_account(account).ok
    assert office.desk.unchecked() == {account.id}
    told = len(office.events)
    assert office.desk.check_account(account).ok
    assert office.desk.unchecked() == frozenset()
    assert len(office.events) == told + 1
    assert office.desk.check_account(account).ok
    assert len(office.events) == told + 1


def test_an_account_that_is_removed_or_saved_anew_has_no_mark(office: Office) -> None:
    first, second = (
        office.desk.save_account("mastodon", name, FORM, ADA, unchecked=True) for name in "ab"
    )
    office.desk.remove_account(first, ADA)
    assert office.desk.unchecked() == {second.id}
    office.desk.save_account("mastodon", "b", FORM, ADA, second.id)
    assert office.desk.unchecked() == frozenset()


def test_a_network_that_says_no_was_reached(office: Office) -> None:
    refused = office.desk.check("mastodon", FORM | {"token": "wrong"})
    assert (refused.ok, refused.reached) == (False, True)
    office.network.faults.add(Fault("html", times=1))
    elsewhere = office.desk.check("mastodon", FORM)
    assert (elsewhere.ok, elsewhere.reached) == (False, True)
    office.feed.faults.add(Fault("timeout", times=-1))
    silent = office.desk.check("feed", {"url": "https://roads.example/feed.atom"})
    assert (silent.ok, silent.reached) == (False, False)
