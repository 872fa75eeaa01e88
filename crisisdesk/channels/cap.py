"""A CAP 1.2 file for each message, never rewritten, and an Atom feed that lists them.

Both lie in a folder that a web server publishes. Files are written beside their place, synced and
renamed, so a reader sees the old or the new, never half of one.
"""

import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lxml import etree

from crisisdesk.channels.base import Channel
from crisisdesk.config import resource
from crisisdesk.model.account import AccountKind, CheckResult, SettingField
from crisisdesk.model.cap import CapAlert
from crisisdesk.model.delivery import Message, Outcome, OwnPost, Publication, Verdict
from crisisdesk.model.errors import NetworkError
from crisisdesk.model.media import Picture
from crisisdesk.rules.cap import compile_schema, findings
from crisisdesk.rules.cap_read import MAX_BYTES, CapError, parse
from crisisdesk.rules.pictures import file_name

ATOM = "http://www.w3.org/2005/Atom"
DEFAULT_NAMESPACE: dict[Any, str] = {None: ATOM}
FEED_NAME = "feed.atom"
FEED_ENTRIES = 50
SUFFIX = ".cap.xml"

_Edition = tuple[str, int, int]
"""A file's name, when it was last written (ns since 1970), and its size."""


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
    def _posts(self) -> dict[_Edition, OwnPost]:
        return {}

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
            for picture in message.pictures:  # first, so that the message never names a gap
                _write_whole(self._folder / file_name(picture.image), picture.content)
            _write_whole(self._folder / name, message.cap_xml)
            _write_whole(self._folder / FEED_NAME, self._feed())
        except OSError as error:
            if os.path.isfile(self._folder / name):  # noqa: PTH113 - false where it cannot be seen
                # The next message's feed would list it.
                words = f"The file is written, but the feed is not known to list it: {error}."
                return Outcome(Verdict.UNKNOWN, words)
            return Outcome(Verdict.NOT_SENT, f"The folder cannot be written: {error}.")
        return Outcome(Verdict.ACCEPTED, "File and feed are written.", name, self._url(name))

    def _find(self, message: Message, external_id: str) -> Outcome:
        name = external_id or message.key + SUFFIX
        try:
            written = (self._folder / name).read_bytes()
        except OSError:
            if external_id and not self._folder.is_dir():
                return Outcome(Verdict.UNKNOWN, "The folder is away. Is its drive connected?")
            return Outcome(Verdict.ABSENT, "The file is not in the folder.")
        if written != message.cap_xml:
            return _differing(written, message.cap_xml)
        if not self._is_listed(name):
            return Outcome(Verdict.UNKNOWN, "The file is there, but the feed does not list it.")
        if not all(self._is_there(each) for each in message.pictures):
            return Outcome(Verdict.ALTERED, "A picture in the folder is not as we wrote it.")
        words = "Read back from the folder: file and feed hold it byte for byte."
        return Outcome(Verdict.CONFIRMED, words, name, self._url(name))

    def _is_listed(self, name: str) -> bool:
        try:
            return quote(name).encode() in (self._folder / FEED_NAME).read_bytes()
        except OSError:
            return False

    def _is_there(self, picture: Picture) -> bool:
        try:
            return (self._folder / file_name(picture.image)).read_bytes() == picture.content
        except OSError:
            return False

    def _delete(self, publication: Publication) -> Outcome:  # noqa: ARG002
        return Outcome(
            Verdict.REFUSED, "CAP messages are not deleted: send the correction (Cancel)."
        )

    def own_posts(self) -> list[OwnPost]:
        """Every message in the folder, whatever the feed lists, newest first; each is read once.

        Raises NetworkError when the folder cannot be read.
        """
        try:
            files = _editions(self._folder)
            self._posts = {each: self._posts.get(each) or self._own_post(each) for each in files}
        except OSError as error:
            raise NetworkError(
                f"The folder cannot be read: {error}.",
                "Check that its drive is connected, and that you may read it.",
                "What stands in it is not known.",
            ) from error
        return sorted(self._posts.values(), key=lambda each: each.posted_at, reverse=True)

    def _own_post(self, file: _Edition) -> OwnPost:
        """Posted when it was written: the time inside may be invented by whoever put it there."""
        name, written_ns, _size = file
        try:
            words = _words(parse(_beginning(self._folder / name)))
        except CapError:
            words = "A file that is no CAP message."
        except PermissionError:
            words = "A file that may not be read."
        written = datetime.fromtimestamp(written_ns / 1e9, UTC)
        return OwnPost(name, words, self._url(name), written)

    def _check(self) -> CheckResult:
        folder = self._folder
        if not folder.is_dir():
            return CheckResult(False, f"The folder {folder} does not exist.")
        if not os.access(folder, os.W_OK):
            return CheckResult(False, f"The folder {folder} may not be written.")
        return CheckResult(True, f"{folder} can be written to. Nothing was published.", str(folder))

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
        """The newest messages in the folder, and every older one in force: systems that read the
        feed may be new to it. Files that are no CAP are passed over."""
        found = []
        for file in self._folder.glob("*" + SUFFIX):
            try:
                found.append((file.name, parse(file.read_bytes())))
            except (CapError, OSError):
                continue
        found.sort(key=lambda each: (each[1].sent, each[0]), reverse=True)
        older = [each for each in found[FEED_ENTRIES:] if _in_force(each[1], self.now())]
        return found[:FEED_ENTRIES] + older

    def _entry(self, root: etree._Element, name: str, alert: CapAlert) -> None:
        info = alert.infos[0] if alert.infos else None
        entry = _add(root, "entry")
        _add(entry, "id", self._url(name))
        _add(entry, "title", info.headline if info else f"{alert.msg_type}: {alert.identifier}")
        _add(entry, "updated", _stamp(alert.sent))
        _add(entry, "summary", info.description if info else str(alert.msg_type))
        _add(entry, "link", rel="alternate", type="application/cap+xml", href=self._url(name))


def _in_force(alert: CapAlert, now: datetime) -> bool:
    return any(each.expires and each.expires > now for each in alert.infos)


def _differing(written: bytes, ours: bytes) -> Outcome:
    """Bytes may differ by settings changed since: our sender, or what a message refers to."""
    if _content(written) == _content(ours):
        words = "The file says the same, in other bytes than we would write now."
        return Outcome(Verdict.UNKNOWN, words)
    return Outcome(Verdict.ALTERED, "The file is not as we wrote it. Look at it.")


def _content(xml: bytes) -> CapAlert | None:
    try:
        return replace(parse(xml), sender="", references=())
    except CapError:
        return None


def _editions(folder: Path) -> list[_Edition]:
    """The CAP files of a folder; none while it does not exist, for it comes with the first."""
    found: list[_Edition] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(SUFFIX):
                    now = entry.stat(follow_symlinks=False)
                    written_ns = max(now.st_mtime_ns, now.st_ctime_ns)
                    found.append((entry.name, written_ns, now.st_size))
    except FileNotFoundError:
        return found
    return found


def _beginning(file: Path) -> bytes:
    """As much of a file as a CAP message may hold, and one byte more."""
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def _words(alert: CapAlert) -> str:
    """What a message tells the public, so that a change to it shows."""
    lines = [f"{alert.msg_type} {alert.identifier}", alert.note]
    for info in alert.infos:
        lines += [info.headline, info.description, info.instruction]
        lines += [" ".join((each.desc, *each.polygons, *each.circles)) for each in info.areas]
    return "\n".join(line for line in lines if line)


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
