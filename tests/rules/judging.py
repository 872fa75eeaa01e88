"""The two verifiers asked about one export, and whether what each claims is the truth."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from crisisdesk.model.audit import Checkpoint, Entry, Opening
from crisisdesk.model.errors import BadInput
from crisisdesk.rules.chain import verify
from crisisdesk.rules.checkpoints import read_note
from crisisdesk.rules.jsonl import Line, read_lines
from crisisdesk.rules.word_check import WordCheck
from tests.rules.verifier import shipped

VERIFIER: Any = shipped()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verifier found. `claimed` is up to where it calls the log complete, where `intact`;
    `hashes` are the entries as it read them."""

    intact: bool
    claimed: int
    hashes: tuple[bytes, ...]
    words: str
    said: frozenset[tuple[int, str]]
    """The words beside entries, as it read them, each with the number of its entry."""


def ours(content: bytes, anchors: list[Checkpoint], key: bytes) -> Verdict:
    """CrisisDesk's own."""
    read: list[Line] = []
    words = ""
    try:
        read.extend(read_lines(BytesIO(content)))  # keeps what came before an error
    except BadInput as error:
        words = error.problem
    entries = [each for each in read if isinstance(each, Entry)]
    kept = [each for each in read if isinstance(each, Checkpoint)]
    outside = [read_note(each.note, place="elsewhere") for each in anchors]
    beside = WordCheck()
    for each in read:
        beside.take(each)
    report = beside.judged(verify(entries, kept, outside, key), complete=False)
    words = words or "; ".join(each.words for each in report.findings)
    hashes = tuple(each.hash for each in entries)
    said = frozenset((each.seq, each.words) for each in read if isinstance(each, Opening))
    return Verdict(report.intact and not words, report.anchored_to, hashes, words, said)


def theirs(content: bytes, anchors: list[Checkpoint], key: bytes) -> Verdict:
    """The one in the bundle."""
    outside = [VERIFIER.Checkpoint(each.note, "elsewhere") for each in anchors]
    log, good, _ = VERIFIER.check_log(content, "log.jsonl", outside, [key])
    claimed = max((each.size for each in [*good, *outside]), default=0)
    hashes = tuple(each.hash for each in log.entries)
    said = frozenset((seq, words) for seq, _, words in log.words.read)
    return Verdict(not log.problems, claimed, hashes, "; ".join(log.problems), said)


def lie(
    verdict: Verdict,
    truth: tuple[bytes, ...],
    anchored: int,
    said: frozenset[tuple[int, str]] = frozenset(),
) -> str:
    """What is untrue in a verdict; empty when it found a flaw, or claims only what is so.

    A hash stands for the entry: each verifier has worked it out anew from the body.
    """
    if not verdict.intact:
        return "" if verdict.words else "it is broken without a word"
    if verdict.claimed < anchored:
        return f"it claims {verdict.claimed} though a checkpoint of {anchored} was given"
    if verdict.hashes[: verdict.claimed] != truth[: verdict.claimed]:
        return f"it claims {verdict.claimed} entries that are others"
    if others := {each for each in verdict.said - said if each[0] <= verdict.claimed}:
        return f"it takes other words for those that were written: {others}"
    return ""
