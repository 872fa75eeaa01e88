"""A CAP 1.2 file for each message, never rewritten, and an Atom feed that lists them.

Both lie in a folder that a web server publishes. Files are written beside their place, synced and
renamed, so a reader sees the old or the new, never half of one.
"""

import os
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lxml import etree

from crisisdesk.channels.base import Channel
from crisisdesk.config import resource
from crisisdesk.model.account import AccountKind, CheckResult, SettingField
from crisisdesk.model.cap import CapAlert
from crisisdesk.model.delivery import Message, Outcome, Publication, Verdict
from crisisdesk.rules.cap import compile_schema, findings
from crisisdesk.rules.cap_read import CapError, parse

ATOM = "http://www.w3.org/2005/Atom"
DEFAULT_NAMESPACE: dict[Any, str] = {None: ATOM}
FEED_NAME = "feed.atom"
FEED_ENTRIES = 50
SUFFIX = ".cap.xml"


class Cap(Channel):
    """A folder of CAP files with its feed."""

    repeatable = True
    about = AccountKind(
        kind="cap",
        title="CAP feed",
        publishes=True,
        listens=False,
        advice="Choose a folder that your web server publishes; other warning systems read it.",
        fields=(
            SettingField("folder", "Folder", hint="/var/www/alerts"),
            SettingField(
                "base_url",
                "Public address of that folder",
                hint="https://council.example.org/alerts",
            ),
            SettingField("title", "Title of the feed", default="Public alerts"),
            SettingField("sender", "Sender", "alerts@council.example.org", required=False),
        ),
    )

    @cached_property
    def _schema(self) -> etree.RelaxNG:
        return compile_schema(resource("schemas", "cap-1.2.rng"))

    @property
    def _folder(self) -> Path:
        return Path(self.settings["folder"]).expanduser()

    def _send(self, message: Message) -> Outcome:
        errors = [
            each for each in findings(message.cap_xml, self._schema) if each.severity == "error"
        ]
        if errors:
            return Outcome(
                Verdict.REFUSED, f"Not valid CAP: {errors[0].problem} at {errors[0].where}."
            )
        name = message.key + SUFFIX
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write_whole(self._folder / name, message.cap_xml)
            _write_whole(self._folder / FEED_NAME, self._feed())
        except OSError as error:
            if os.path.isfile(self._folder / name):  # noqa: PTH113 - false where it cannot be seen
                words = f"The file is written, but the feed is not known to list it: {error}."
                return Outcome(Verdict.UNKNOWN, words)
            return Outcome(Verdict.NOT_SENT, f"The folder cannot be written: {error}.")
        return Outcome(Verdict.ACCEPTED, "File and feed are written.", name, self._url(name))

    def _find(self, message: Message, external_id: str) -> Outcome:
        name = external_id or message.key + SUFFIX
        try:
            written = (self._folder / name).read_bytes()
        except OSError:
            return Outcome(Verdict.ABSENT, "The file is not in the folder.")
        if written != message.cap_xml or not self._is_listed(name):
            return Outcome(Verdict.UNKNOWN, "File or feed are not as we wrote them.")
        words = "Read back from the folder: file and feed hold it byte for byte."
        return Outcome(Verdict.CONFIRMED, words, name, self._url(name))

    def _is_listed(self, name: str) -> bool:
        try:
            return quote(name).encode() in (self._folder / FEED_NAME).read_bytes()
        except OSError:
            return False

    def _delete(self, publication: Publication) -> Outcome:  # noqa: ARG002
        return Outcome(
            Verdict.REFUSED, "CAP messages are not deleted: send the correction (Cancel)."
        )

    def _check(self) -> CheckResult:
        folder = self._folder
        if not folder.is_dir():
            return CheckResult(False, f"The folder {folder} does not exist.")
        if not os.access(folder, os.W_OK):
            return CheckResult(False, f"The folder {folder} may not be written.")
        return CheckResult(True, f"{folder} can be written. Nothing was published.", str(folder))

    def _url(self, name: str) -> str:
        return f"{self.settings['base_url'].rstrip('/')}/{quote(name, errors='surrogateescape')}"

    def _feed(self) -> bytes:
        root = etree.Element(_atom("feed"), nsmap=DEFAULT_NAMESPACE)
        entries = self._messages()
        _add(root, "id", self._url(FEED_NAME))
        _add(root, "title", self.settings.get("title") or "Public alerts")
        _add(root, "updated", _stamp(entries[0][1].sent if entries else self.now()))
        _add(_add(root, "author"), "name", self.settings.get("title") or "Public alerts")
        _add(root, "link", rel="self", type="application/atom+xml", href=self._url(FEED_NAME))
        for name, alert in entries:
            self._entry(root, name, alert)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)

    def _messages(self) -> list[tuple[str, CapAlert]]:
        """The newest messages in the folder; files that are no CAP are passed over."""
        found = []
        for file in self._folder.glob("*" + SUFFIX):
            try:
                found.append((file.name, parse(file.read_bytes())))
            except (CapError, OSError):
                continue
        found.sort(key=lambda each: (each[1].sent, each[0]), reverse=True)
        return found[:FEED_ENTRIES]

    def _entry(self, root: etree._Element, name: str, alert: CapAlert) -> None:
        info = alert.infos[0] if alert.infos else None
        entry = _add(root, "entry")
        _add(entry, "id", self._url(name))
        _add(entry, "title", info.headline if info else f"{alert.msg_type}: {alert.identifier}")
        _add(entry, "updated", _stamp(alert.sent))
        _add(entry, "summary", info.description if info else str(alert.msg_type))
        _add(entry, "link", rel="alternate", type="application/cap+xml", href=self._url(name))


def _atom(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _add(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    element = etree.SubElement(parent, _atom(name), attributes)
    element.text = text
    return element


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _write_whole(target: Path, content: bytes) -> None:
    """Write beside the target, sync, rename: never half a file, also after a power cut."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(target)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
