"""Whether the words beside a log are those that its entries commit to, and who took which away."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

from crisisdesk.model.audit import Entry, Fault, Finding, Opening, VerifyReport
from crisisdesk.rules.commitments import commitments_in, has_commitments, opens
from crisisdesk.rules.redacting import signature_holds

REDACTED = "entry.redacted"
"""The action of the entry that takes words away; its detail names the entry and commitments."""

_REDACTS = b'"action":"entry.redacted"'
_PEOPLE = b'"action":"operator.'

Row = tuple[int, bytes, bytes, bytes]


def concerns_words(body: object) -> bool:
    """Whether words may lie beside an entry, or it says who may take them away. A damaged row may
    hold anything."""
    return isinstance(body, bytes) and (b'"commitment' in body or _PEOPLE in body)


def interleaved(rows: Iterable[Row], openings: Iterable[Opening]) -> Iterator[Entry | Opening]:
    """Entries in order, each with what lies beside it behind it."""
    waiting = iter(openings)
    opening = next(waiting, None)
    for row in rows:
        yield Entry(*row)
        while opening and opening.seq <= row[0]:
            yield opening
            opening = next(waiting, None)
    while opening:
        yield opening
        opening = next(waiting, None)


@dataclass(frozen=True, slots=True)
class _Stub:
    seq: int
    commitment: bytes
    redacted: int


class WordCheck:
    """Takes entries and openings in the order of a log, and keeps only what is not settled yet."""

    def __init__(self) -> None:
        self.opened = 0
        self._findings: list[Finding] = []
        self._unopened: dict[tuple[int, bytes], None] = {}
        self._stubs: list[_Stub] = []
        self._keys: set[str] = set()
        self._redacted: dict[int, set[tuple[int, str]]] = {}

    def take(self, found: object) -> None:
        """The next line; others than entries and openings are none of its business."""
        if isinstance(found, Entry):
            self._entry(found)
        elif isinstance(found, Opening):
            self._opening(found)

    def _entry(self, entry: Entry) -> None:
        if has_commitments(entry.body):
            self._unopened |= {(entry.seq, each): None for each in commitments_in(entry.body)}
        if _PEOPLE in entry.body:
            self._keys.add(_key_in(entry.body))
        if _REDACTS in entry.body:
            self._redacted[entry.seq] = _named_by(entry.body, self._keys)

    def _opening(self, opening: Opening) -> None:
        place = opening.seq, opening.commitment
        if place not in self._unopened:
            words = f"words stand beside entry {opening.seq} that it does not commit to"
            self._findings.append(Finding(opening.seq, Fault.WORDS_CHANGED, words))
            return
        del self._unopened[place]
        if not opens(opening):
            words = f"the words beside entry {opening.seq} are not those that were written"
            self._findings.append(Finding(opening.seq, Fault.WORDS_CHANGED, words))
        elif opening.redacted:
            self._stubs.append(_Stub(*place, opening.redacted))
        else:
            self.opened += 1

    def judged(self, report: VerifyReport, *, complete: bool) -> VerifyReport:
        """The report with what was found. Words may be left out of a copy, never of a desk's own
        log, which is `complete`."""
        findings = [*report.findings, *self._findings, *self._unaccounted()]
        absent = len(self._unopened)
        if complete:
            findings += [_gone(seq) for seq, _ in self._unopened]
            absent = 0
        return replace(
            report,
            findings=tuple(sorted(findings, key=lambda each: each.seq)),
            words=self.opened,
            redacted=len(self._stubs),
            absent=absent,
        )

    def _unaccounted(self) -> Iterator[Finding]:
        for stub in self._stubs:
            if (stub.seq, stub.commitment.hex()) not in self._redacted.get(stub.redacted, ()):
                words = (
                    f"words of entry {stub.seq} were taken away, and no entry that was signed says "
                    "by whom"
                )
                yield Finding(stub.seq, Fault.WORDS_GONE, words)


def _gone(seq: int) -> Finding:
    words = f"words of entry {seq} are gone, and no entry says why"
    return Finding(seq, Fault.WORDS_GONE, words)


def _key_in(body: bytes) -> str:
    """The key in hex with which a person signs, as the entry about them names it; "" for none."""
    try:
        return str(orjson.loads(body)["detail"].get("key", ""))
    except (AttributeError, KeyError, TypeError, ValueError):
        return ""


def _named_by(body: bytes, keys: set[str]) -> set[tuple[int, str]]:
    """(entry, commitment in hex) of everything that a redaction takes away. Nothing where it was
    not signed by a person whom the log named before."""
    try:
        entry: dict[str, Any] = orjson.loads(body)
        detail = entry["detail"]
        signed = detail["key"] in keys and signature_holds(detail)
        if entry["action"] != REDACTED or not signed:
            return set()
        return {(detail["entry"], each) for each in detail["commitments"]}
    except (KeyError, TypeError, ValueError):
        return set()
