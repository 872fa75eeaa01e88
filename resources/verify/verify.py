#!/usr/bin/env python3
"""Verifies a log of CrisisDesk without CrisisDesk, and changes no file.

Written from docs/log-format.md alone; needs Python 3.9 or newer and the package "cryptography".
  - entry hash = SHA-256(label, hash of the entry before, number, length, body)
  - the entry hashes are the leaves of a Merkle tree (RFC 6962)
  - a checkpoint is a note, signed with Ed25519, of the number of entries and the tree's root
  - words that people typed are not in the entries: those hold HMAC-SHA256(key, label, words)

    python verify.py                          everything in the folder where this file lies
    python verify.py log.jsonl --anchor F     an export, against checkpoints kept elsewhere
    python verify.py 57.tlog-proof --key HEX  one entry, signed by a key that you trust

Answers with 0 when nothing is wrong, with 1 when something is or cannot be read.
"""

import argparse
import base64
import hashlib
import hmac
import json
import re
import struct
import sys
import zipfile
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ENTRY_LABEL = b"crisisdesk/log/entry/1\x00"
REDACTION_LABEL = b"crisisdesk/redaction/1\x00"
WORDS_LABEL = b"crisisdesk/log/words/1\x00"
KEY_LINE = re.compile(r"(?m)^(\S+\+[0-9a-f]{8}\+)(\S+)$")
COMMITMENT = re.compile(rb'\{"commitment":"([0-9a-f]{64})"\}')
ORIGIN = "crisisdesk/"
PROOF_LABEL = "c2sp.org/tlog-proof@v1"


class Wrong(Exception):
    """Something does not hold; the words say what."""


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def read_json(line):
    """One line of JSON; Wrong when it is written in another way, or has a field twice."""
    try:
        value = json.loads(line.decode("utf-8"), parse_float=str, parse_constant=str)
        if not isinstance(value, dict) or canonical(value) != line:
            raise Wrong("it is not written in canonical form")
    except (ValueError, RecursionError) as error:
        raise Wrong(f"it is no JSON: {error}") from None
    return value


def fields(value, *names):
    """The fields of an object that has these and no others."""
    if not isinstance(value, dict) or sorted(value) != sorted(names):
        raise Wrong(f"it does not have the fields {', '.join(names)}")
    return [value[name] for name in names]


def from_hex(text, length):
    if not isinstance(text, str) or not re.fullmatch(f"[0-9a-f]{{{2 * length}}}", text):
        raise Wrong(f"{text!r} is not {length} bytes in hex")
    return bytes.fromhex(text)


def from_base64(text, length=None):
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong(f"{text[:40]!r} is no Base64") from None
    if base64.b64encode(content).decode() != text or length not in (None, len(content)):
        raise Wrong(f"{text[:40]!r} is not Base64 in its one form, or of another length")
    return content


class Entry:
    """One line of an export: number, hashes and body as they are claimed."""

    def __init__(self, line):
        body, claimed, before, self.seq = fields(read_json(line), "entry", "hash", "prev", "seq")
        if type(self.seq) is not int or not 0 < self.seq < 2**63:
            raise Wrong(f"{self.seq!r} is no number of an entry")
        if not isinstance(body, dict):
            raise Wrong("the entry is no object")
        self.body, self.claimed, self.before = body, from_hex(claimed, 32), from_hex(before, 32)
        content = canonical(body)
        sizes = struct.pack(">QQ", self.seq, len(content))
        self.hash = sha256(ENTRY_LABEL, self.before, sizes, content)
        self.commitments = [each.decode() for each in COMMITMENT.findall(content)]

    def takes_away(self, seq, commitment, people):
        """Whether this entry says who took these words of another away, signed by one of them."""
        try:
            detail = self.body["detail"]
            said = {name: detail[name] for name in ("basis", "commitments", "entry", "operator")}
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(detail["key"]))
            key.verify(bytes.fromhex(detail["signature"]), REDACTION_LABEL + canonical(said))
            named = detail["entry"] == seq and commitment in detail["commitments"]
            return self.body["action"] == "entry.redacted" and named and detail["key"] in people
        except (InvalidSignature, KeyError, TypeError, ValueError):
            return False

    def person(self):
        """The key of the person whom this entry is about; none where it is about nobody."""
        detail, action = self.body.get("detail"), self.body.get("action")
        about = isinstance(detail, dict) and isinstance(action, str)
        return detail.get("key") if about and action.startswith("operator.") else None


class Words:
    """The words beside entries: which are those committed to, which were taken away or left out."""

    def __init__(self):
        self.entries, self.closed, self.read, self.stubs = {}, set(), [], []

    def add(self, entry):
        self.entries[entry.seq] = entry
        self.closed |= {(entry.seq, each) for each in entry.commitments}

    def open(self, value):
        gone = isinstance(value, dict) and "redacted" in value
        names = ("redacted",) if gone else ("key", "words")
        commitment, seq, *rest = fields(value, "commitment", "seq", *names)
        from_hex(commitment, 32)
        for number in (seq, *rest) if gone else (seq,):
            if type(number) is not int or not 0 < number < 2**63:
                raise Wrong(f"{number!r} is no number of an entry")
        if (seq, commitment) not in self.closed:
            raise Wrong("no entry commits to these words")
        self.closed.remove((seq, commitment))
        if gone:
            self.stubs.append((seq, commitment, *rest))
            return
        key, words = rest
        if not isinstance(words, str):
            raise Wrong("the words are no text")
        content = WORDS_LABEL + words.encode("utf-8")
        if hmac.new(from_hex(key, 32), content, hashlib.sha256).hexdigest() != commitment:
            raise Wrong(f"these are not the words that entry {seq} commits to")
        self.read.append((seq, commitment, words))

    def shown(self, value):
        """An entry, or a part of one, with the words that are here put back in."""
        sealed = isinstance(value, dict) and list(value) == ["commitment"]
        if sealed and isinstance(value["commitment"], str):
            said = {commitment: words for _, commitment, words in self.read}
            gone = {
                commitment: f"[said to be redacted: see entry {by}]"
                for _, commitment, by in self.stubs
            }
            return {**said, **gone}.get(value["commitment"], "[not in this copy]")
        if isinstance(value, dict):
            return {name: self.shown(each) for name, each in value.items()}
        return [self.shown(each) for each in value] if isinstance(value, list) else value

    def problems(self):
        """Words that are gone without an entry among these that says why."""
        for seq, commitment, redacted in self.stubs:
            entry = self.entries.get(redacted)
            before = [each for number, each in self.entries.items() if number < redacted]
            people = [each.person() for each in before]
            if entry is None or not entry.takes_away(seq, commitment, people):
                yield f"words of entry {seq} are gone, and no entry that was signed says by whom"

    def __str__(self):
        counts = f"{len(self.read)} are those that were written, {len(self.stubs)} were taken"
        return f"Words beside the entries: {counts} away, {len(self.closed)} are not in this copy."


def add_leaf(subtrees, data):
    """Add to the roots of whole subtrees, the largest first, each with its number of leaves."""
    size, node = 1, sha256(b"\x00", data)
    while subtrees and subtrees[-1][0] == size:
        node = sha256(b"\x01", subtrees.pop()[1], node)
        size *= 2
    subtrees.append((size, node))


def root_of(subtrees):
    root = subtrees[-1][1]
    for _size, node in reversed(subtrees[:-1]):
        root = sha256(b"\x01", node, root)
    return root


def split(size):
    """The largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)


def root_from_path(leaf, index, size, path):
    """The root to which a path leads up from a leaf; `path` is used up from its end."""
    if size == 1:
        return leaf
    if not path:
        raise Wrong("the path is too short")
    beside, middle = path.pop(), split(size)
    if index < middle:
        return sha256(b"\x01", root_from_path(leaf, index, middle, path), beside)
    return sha256(b"\x01", beside, root_from_path(leaf, index - middle, size - middle, path))


def roots_from_growth(old, new, proof, old_root, known=True):
    """Both roots that a proof of growth leads to; `proof` is used up from its end."""
    if old == new and known:
        return old_root, old_root
    if not proof:
        raise Wrong("the proof of growth is too short")
    node = proof.pop()
    if old == new:
        return node, node
    middle = split(new)
    if old <= middle:
        first, second = roots_from_growth(old, middle, proof, old_root, known)
        return first, sha256(b"\x01", second, node)
    first, second = roots_from_growth(old - middle, new - middle, proof, old_root, False)
    return sha256(b"\x01", node, first), sha256(b"\x01", node, second)


CHECKPOINT = re.compile(
    r"crisisdesk/(?P<desk>[^\s+]+)\n(?P<size>[1-9][0-9]{0,18})\n(?P<root>[^\n]+)\n"
    r"head (?P<head>[^\n]+)\nat (?P<at>[^\n]+)\nmode (?P<mode>live|exercise)\n"
)


class Checkpoint:
    """A signed note, or a signature of the first form, which has no root."""

    def __init__(self, note, place, key=None):
        text, blank, rest = note.rpartition("\n\n")
        found = CHECKPOINT.fullmatch(text + "\n")
        lines = rest.split("\n")
        if not blank or not found or lines.pop() != "" or not 1 <= len(lines) <= 16:
            raise Wrong("this is no checkpoint")
        self.note, self.place, self.key = note, place, key
        self.name, self.size, self.at = ORIGIN + found["desk"], int(found["size"]), found["at"]
        self.root, self.head = from_base64(found["root"], 32), from_base64(found["head"], 32)
        self.signed = (text + "\n").encode("utf-8")
        self.signatures = []
        for line in lines:
            found = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
            content = from_base64(found[2]) if found else b""
            if len(content) < 5:
                raise Wrong(f"{line!r} is no signature")
            self.signatures.append((found[1], content[:4], content[4:]))

    @classmethod
    def of_first_form(cls, value, place):
        made = cls.__new__(cls)
        names = ("hash", "key", "origin", "seq", "signature")
        head, key, desk, size, signature = fields(value, *names)
        if type(size) is not int:
            raise Wrong(f"{size!r} is no number of an entry")
        made.note, made.place, made.root, made.at, made.size = "", place, None, "", size
        made.head, made.key = from_hex(head, 32), from_hex(key, 32)
        text = f"crisisdesk/log/checkpoint/1\norigin: {desk}\nseq: {size}\nhash: {head}\n"
        made.signed, made.signatures = text.encode("utf-8"), [("", b"", from_hex(signature, 64))]
        return made

    def check_signature(self, trusted):
        """Wrong unless one of the trusted keys signed this, and no signature of it is bad."""
        for key in trusted:
            if self.key not in (None, key):
                continue
            key_id = sha256(self.name.encode("utf-8"), b"\n\x01", key)[:4] if self.note else b""
            named = (self.name, key_id) if self.note else ("", b"")
            own = [signature for *whose, signature in self.signatures if tuple(whose) == named]
            try:
                for signature in own:
                    Ed25519PublicKey.from_public_bytes(key).verify(signature, self.signed)
            except (InvalidSignature, ValueError):
                raise Wrong(f"{self} carries a bad signature") from None
            if own:
                return
        raise Wrong(f"{self} was signed by a key that is not trusted")

    def __str__(self):
        return f"the checkpoint of entry {self.size} in {self.place}"


def read_notes(content, place):
    """The checkpoints of a file of notes, each with an empty line behind it. One that was mailed
    may have lost its last line breaks, or have others."""
    try:
        text = content.decode("utf-8").replace("\r\n", "\n").strip("\n")
    except UnicodeDecodeError:
        text = ""
    if not text.strip():
        raise Wrong(f"{place} holds no checkpoint")
    parts = f"{text}\n\n".split("\n\n")
    if parts.pop() or len(parts) % 2:
        raise Wrong(f"{place} is not whole")
    starts = range(0, len(parts), 2)
    return [Checkpoint(f"{parts[at]}\n\n{parts[at + 1]}\n", place) for at in starts]


class Log:
    """An export read once, with everything that is wrong in it."""

    def __init__(self, content, place):
        self.problems, self.checkpoints, self.entries, self.keys = [], [], [], set()
        self.place, self.words = place, Words()
        for number, line in enumerate(content.split(b"\n")[:-1], 1):
            try:
                self.read(line)
            except (Wrong, TypeError, ValueError, AttributeError) as wrong:
                self.problems.append(f"line {number} of {place}: {wrong}")
        if not content.endswith(b"\n"):
            self.problems.append(f"the last line of {place} is not whole")

    def read(self, line):
        value = read_json(line)
        if "crisisdesk_log" in value:
            old = ("keys", "origin") if value["crisisdesk_log"] == 1 else ()
            if fields(value, "crisisdesk_log", *old)[0] not in (1, 2, 3):
                raise Wrong("this format is newer than this verifier")
        elif "checkpoint" in value and "signature" in value["checkpoint"]:
            (inner,) = fields(value, "checkpoint")
            self.checkpoints.append(Checkpoint.of_first_form(inner, self.place))
        elif "checkpoint" in value:
            key, note = fields(*fields(value, "checkpoint"), "key", "note")
            self.checkpoints.append(Checkpoint(note, self.place, from_hex(key, 32)))
        elif "opening" in value:
            self.words.open(*fields(value, "opening"))
        else:
            self.entries.append(Entry(line))
            self.words.add(self.entries[-1])

    def check(self, checkpoints, trusted):
        """Walk the chain; the good ones of these checkpoints, in order of size."""
        subtrees, roots, head = [], {}, bytes(32)
        wanted = {each.size for each in checkpoints}
        for expected, entry in enumerate(self.entries, 1):
            if entry.seq != expected:
                self.problems.append(f"where entry {expected} should be stands entry {entry.seq}")
                break
            if entry.hash != entry.claimed:
                self.problems.append(f"entry {expected} was changed")
            elif entry.before != head:
                self.problems.append(f"entry {expected} does not follow the entry before it")
            head = entry.claimed
            add_leaf(subtrees, head)
            if expected in wanted:
                roots[expected] = (head, root_of(subtrees))
            detail = entry.body.get("detail")
            key = detail.get("desk_key") if isinstance(detail, dict) else None
            if isinstance(key, str) and re.fullmatch("[0-9a-f]{64}", key):
                self.keys.add(bytes.fromhex(key))
        good = []
        for each in sorted(checkpoints, key=lambda found: found.size):
            try:
                each.check_signature(sorted(trusted or self.keys))
                head, root = roots.get(each.size, (None, None))
                if each.size > len(self.entries):
                    raise Wrong(f"the log ends at entry {len(self.entries)}; {each} proves more")
                if head != each.head or each.root not in (None, root):
                    raise Wrong(f"{each} was not signed over these entries")
                good.append(each)
            except Wrong as wrong:
                self.problems.append(str(wrong))
        return good


def check_log(content, place, outside, trusted):
    """An export: what was read, the good checkpoints in it, and what is proven, in words."""
    log = Log(content, place)
    good = log.check([*log.checkpoints, *outside], trusted)
    log.problems += log.words.problems()
    anchors = [each for each in good if any(each is one for one in outside)]
    proven = [f"{len(log.entries)} entries in {place}."]
    size = anchors[-1].size if anchors else 0
    if anchors:
        where = f"{anchors[-1].place}, made {anchors[-1].at or 'at a time it does not say'}"
        proven.append(f"Complete up to entry {size}, by the checkpoint in {where}.")
    else:
        proven.append("No checkpoint kept elsewhere was given: the key's holder could have written")
        proven.append("all of it anew.")
    proven.append(str(log.words))
    if size < len(log.entries):
        proven.append(f"The last {len(log.entries) - size} entries are only self-consistent.")
    if good:
        proven.append(f"Signed up to entry {good[-1].size} by {len(good)} checkpoints.")
    if not trusted:
        names = ", ".join(key.hex() for key in sorted(log.keys)) or "none"
        proven.append(f"Keys that the log itself names, worth what names them elsewhere: {names}")
    return log, [each for each in good if each not in anchors], proven


def check_all_growth(content, checkpoints):
    """Problems of the proofs between checkpoints that were found good before."""
    problems, sizes = [], {each.size: each.root for each in checkpoints if each.root}
    steps = set(zip(sorted(sizes), sorted(sizes)[1:]))
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        try:
            new, old, proof = fields(read_json(line), "new", "old", "proof")
            if (old, new) not in steps:
                raise Wrong("there are no such checkpoints, or it stands twice")
            steps.remove((old, new))
            hashes = [from_base64(each, 32) for each in proof]
            found = roots_from_growth(old, new, hashes, sizes[old])
            if hashes or found != (sizes[old], sizes[new]):
                raise Wrong(f"the tree of {new} does not begin with that of {old}")
        except (Wrong, TypeError) as wrong:
            problems.append(f"proof of growth {number}: {wrong}")
    problems += [f"no proof of growth from {old} to {new}" for old, new in sorted(steps)]
    return problems


def check_proof(content, place, trusted):
    """What one proof of one entry shows, in words. Raises Wrong."""
    head, blank, note = content.decode("utf-8").partition("\n\n")
    lines = head.split("\n")
    if not blank or len(lines) < 3 or lines[0] != PROOF_LABEL:
        raise Wrong(f"{place} is no proof of an entry")
    line, *beside = from_base64(lines[1].partition(" ")[2]).split(b"\n")
    entry, words = Entry(line), Words()
    words.add(entry)
    for each in beside:
        words.open(*fields(read_json(each), "opening"))
    if not lines[1].startswith("extra ") or lines[2] != f"index {entry.seq - 1}":
        raise Wrong(f"{place} does not say which entry it proves")
    checkpoint = Checkpoint(note, place)
    checkpoint.check_signature(trusted)
    if entry.hash != entry.claimed or entry.seq > checkpoint.size:
        raise Wrong(f"{place}: the entry was changed, or is younger than the checkpoint")
    path = [from_base64(each, 32) for each in lines[3:]]
    leaf = sha256(b"\x00", entry.hash)
    if root_from_path(leaf, entry.seq - 1, checkpoint.size, path) != checkpoint.root or path:
        raise Wrong(f"{place}: the path does not lead to the root that was signed")
    what = json.dumps(words.shown(entry.body), ensure_ascii=False, indent=2)
    return f"Entry {entry.seq} stood in the log when {checkpoint} was signed:\n{what}"


def check_disclosure(files, trusted):
    """The proofs of single entries, without the log they are from."""
    problems, shown, proofs = [], [], sorted(each for each in files if each.endswith(".tlog-proof"))
    lines = KEY_LINE.finditer(files.get("keys.txt", b"").decode("utf-8"))
    named = [from_base64(each[2])[1:] for each in lines]
    for name in proofs:
        try:
            shown.append(check_proof(files[name], name, trusted or named))
        except (Wrong, UnicodeDecodeError) as wrong:
            problems.append(f"{name}: {wrong}")
    problems += [] if proofs else ["no entry is shown"]
    proven = [f"{len(shown)} entries stood in the log with these numbers and words."]
    if not trusted:
        names = ", ".join(key.hex() for key in named) or "none"
        proven.append(f"Keys that only this folder names, worth what else names them: {names}")
    proven.append("What is kept back is not proven, nor that nothing else is missing. The page and")
    proven.append("the schedule prove nothing by themselves. This is what is proven:")
    return problems, [*proven, *shown]


def check_bundle(files, outside, trusted):
    """Everything in a bundle: problems and what is proven. `files` are contents by name."""
    if "log.jsonl" not in files and "disclosure.html" in files:
        return check_disclosure(files, trusted)
    if "log.jsonl" not in files:
        raise Wrong("there is no log.jsonl")
    log, good, proven = check_log(files["log.jsonl"], "log.jsonl", outside, trusted)
    keys = sorted(trusted or log.keys)
    problems = log.problems + check_all_growth(files.get("growth.jsonl", b""), good)
    notes = "".join(f"{each.note}\n" for each in log.checkpoints if each.note)
    if files.get("checkpoints.txt", b"") != notes.encode("utf-8"):
        problems.append("checkpoints.txt holds other checkpoints than log.jsonl")
    for name in sorted(files):
        if name.endswith(".tlog-proof"):
            try:
                proven.append(check_proof(files[name], name, keys))
            except (Wrong, UnicodeDecodeError) as wrong:
                problems.append(f"{name}: {wrong}")
    return problems, proven


CHECKED = ("log.jsonl", "checkpoints.txt", "growth.jsonl", "keys.txt", "disclosure.html")


def unzipped(path):
    """Contents by name. A damaged zip fails in as many ways as there are to pack one."""
    try:
        with zipfile.ZipFile(path) as bundle:
            return {name.partition("/")[2]: bundle.read(name) for name in bundle.namelist()}
    except Exception as error:  # noqa: BLE001 - as said above
        raise Wrong(f"{path.name} is damaged: {error}") from None


def unfolded(path):
    """Contents by name, of what is checked only: the folder may be somebody's whole home."""
    proofs = [*path.glob("*.tlog-proof"), *path.glob("*/*.tlog-proof")]
    found = [each for each in (*(path / name for name in CHECKED), *proofs) if each.is_file()]
    return {each.relative_to(path).as_posix(): each.read_bytes() for each in found}


def check(path, outside, trusted):
    """Problems and what is proven about whatever lies at a path."""
    if path.is_dir():
        return check_bundle(unfolded(path), outside, trusted)
    if zipfile.is_zipfile(path):
        return check_bundle(unzipped(path), outside, trusted)
    content = path.read_bytes()
    if path.suffix == ".tlog-proof" or content.startswith(PROOF_LABEL.encode("utf-8")):
        return [], [check_proof(content, path.name, trusted)]
    log, _good, proven = check_log(content, path.name, outside, trusted)
    return log.problems, proven


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("path", type=Path, nargs="?", default=Path(__file__).resolve().parent)
    parser.add_argument("--anchor", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--key", action="append", default=[], metavar="HEX")
    asked = parser.parse_args(arguments)
    try:
        trusted = [from_hex(key, 32) for key in asked.key]
        outside = [note for each in asked.anchor for note in read_notes(each.read_bytes(), each)]
        problems, proven = check(asked.path, outside, trusted)
    except (Wrong, OSError, ValueError) as error:
        problems, proven = [error], []
    words = [f"BROKEN: {each}" for each in problems] or ["Nothing is wrong.", *proven]
    print(*words, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
