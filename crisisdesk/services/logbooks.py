"""Logbooks: verifying and exporting a log wherever it lies, without opening it as a desk."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any
from zipfile import ZipFile, is_zipfile

from crisisdesk.config import (
    CHECKPOINTS_NAME,
    DATABASE_NAME,
    FIRST_CHECKPOINTS_NAME,
    refuse_ours,
)
from crisisdesk.model.audit import Checkpoint, Entry, Fault, Finding, Opening, VerifyReport
from crisisdesk.model.errors import BadInput, LogBroken
from crisisdesk.rules.chain import verify
from crisisdesk.rules.checkpoints import read_notes
from crisisdesk.rules.commitments import read_with
from crisisdesk.rules.jsonl import Line, checkpoints_in, log_lines, read_lines, readable
from crisisdesk.rules.proofs import bundle_faults
from crisisdesk.rules.word_check import WordCheck, interleaved
from crisisdesk.store.places import private
from crisisdesk.store.reading import open_log_file
from crisisdesk.system.damaged_zips import whole_zip


def locate(path: Path) -> Path:
    """The log meant by a path: a database, an export, or a folder that holds a desk.

    Raises BadInput when there is none.
    """
    try:
        return _located(path)
    except OSError as error:  # a folder of another user's desk may not even be asked
        raise BadInput(
            f"{path} cannot be read: {error.strerror}.", "Check its name, and that you may read it."
        ) from error


def _located(path: Path) -> Path:
    if path.is_dir():
        database = path / DATABASE_NAME
        if database.is_file():
            return database
        raise BadInput(
            f"The folder {path} holds no log ({DATABASE_NAME}).",
            "Choose the folder of a desk, its database, or an export.",
        )
    if not path.is_file():
        raise BadInput(f"There is no file or folder {path}.", "Check its name.")
    return path


def refuse_itself(path: Path, out: Path) -> None:
    """Raise BadInput where what is made of a log would be written over that log."""
    if out.exists() and out.samefile(locate(path)):
        raise BadInput(
            f"{out} is the log itself.", "Choose another name.", "Nothing was written over it."
        )


def verify_logbook(
    path: Path, anchors: Sequence[Path] = (), trusted_key: bytes | None = None
) -> VerifyReport:
    """Verify a database or an export, against checkpoints kept outside it.

    The files of checkpoints beside a database are compared too, but anchor nothing: they lie where
    whoever rewrites the log can rewrite them. Raises BadInput or StoreError when there is nothing
    to verify.
    """
    file = locate(path)
    is_export = _is_export(file)
    outside = [found for each in anchors for found in _outside(each)]
    if is_export:
        export = _Export(file)
        checkpoints = export.checkpoints()
        words = WordCheck()
        report = verify(_entries(export.lines(), words), checkpoints, outside, trusted_key)
        report = words.judged(report, complete=False)
        if is_zipfile(file):
            keys = [trusted_key] if trusted_key else report.keys
            report = _with(report, bundle_faults(_members(file), checkpoints, keys))
        return _with_damage(report, export.damage)
    with open_log_file(file) as log:
        kept = log.checkpoints()
        kept += _beside(file, kept)
        report = log.verified(kept, outside, trusted_key)
        return _with_damage(log.with_words_judged(report), log.damage)


def _entries(lines: Iterable[Line], words: WordCheck) -> Iterator[Entry]:
    for each in lines:
        words.take(each)
        if isinstance(each, Entry):
            yield each


def _beside(database: Path, kept: Sequence[Checkpoint]) -> list[Checkpoint]:
    """They show what was changed by somebody without the desk's key. Those that the log has too,
    to the letter, say nothing more."""
    known = {(each.seq, each.note, each.hash, each.signature) for each in kept}
    return [
        found
        for name in (FIRST_CHECKPOINTS_NAME, CHECKPOINTS_NAME)
        if (file := database.parent / name).is_file()
        for found in _checkpoints(file, f"{name} beside it")
        if (found.seq, found.note, found.hash, found.signature) not in known
    ]


def _outside(file: Path) -> list[Checkpoint]:
    """Raises BadInput where there is none: the log would be held against nothing, unnoticed."""
    if found := _checkpoints(file, str(file)):
        return found
    raise BadInput(f"{file} holds no checkpoint.", "Use the copy that is kept elsewhere.")


class _Export:
    """An export that is read as far as it can be; `damage` says where it stopped."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.damage = ""

    def lines(self) -> Iterator[Line]:
        try:
            yield from _lines(self._file)
        except BadInput as error:
            self.damage = error.problem

    def checkpoints(self) -> list[Checkpoint]:
        """Those that can be read. `lines` says what is wrong, with them and with all the rest."""
        found: list[Checkpoint] = []
        with suppress(BadInput), _opened(self._file) as lines:
            for line in lines:
                found += checkpoints_in(line)
        return found


def _with_damage(report: VerifyReport, damage: str) -> VerifyReport:
    if not damage:
        return report
    return _with(report, [Finding(report.entries + 1, Fault.MALFORMED, damage)])


def _with(report: VerifyReport, more: Iterable[Finding]) -> VerifyReport:
    findings = sorted((*report.findings, *more), key=lambda each: each.seq)
    return replace(report, findings=tuple(findings))


def export_jsonl(path: Path, out: Path) -> VerifyReport:
    """Write the log with its checkpoints and keys as JSON lines, and verify what was written.

    Raises LogBroken, leaving the file for inspection, when the copy does not verify.
    """
    refuse_ours(out)
    with open_log_file(locate(path)) as log:
        checkpoints = log.checkpoints()
        try:
            with open(out, "wb", opener=private) as file:
                file.writelines(log_lines(checkpoints, log.rows(), log.openings()))
        except OSError as error:
            words = f"{out} cannot be written: {error.strerror}."
            raise BadInput(words, "Choose another place.") from error
        if log.damage:
            raise LogBroken(
                f"Only a part was exported: {log.damage}.",
                "Keep both files, and export from a backup of the database.",
                "This export does not hold the whole record.",
            )
    report = verify_logbook(out)
    if not report.intact:
        words = f"The export does not verify: {report.findings[0].words}."
        raise LogBroken(words, "Run crisisdesk log verify on the desk itself.")
    return report


def read_entries(path: Path, after: int = 0, limit: int = 5000) -> list[dict[str, Any]]:
    """Entries of any log as dicts with their number under "seq", in order, for looking at."""
    file = locate(path)
    found: list[dict[str, Any]] = []
    for seq, body in _bodies(file):
        if seq > after:
            found.append(readable(seq, body))
        if len(found) >= limit:
            break
    return found


def _bodies(file: Path) -> Iterator[tuple[int, bytes]]:
    if _is_export(file):
        yield from _read_with_words(_lines(file))
        return
    with open_log_file(file) as log:
        yield from _read_with_words(interleaved(log.rows(), log.openings()))


def _read_with_words(lines: Iterable[Line]) -> Iterator[tuple[int, bytes]]:
    """Entries for reading: the words beside each stand behind it."""
    entry: Entry | None = None
    words: dict[bytes, str] = {}
    for each in lines:
        if isinstance(each, Opening):
            words[each.commitment] = each.words
        elif isinstance(each, Entry):
            if entry:
                yield entry.seq, read_with(entry.body, words)
            entry, words = each, {}
    if entry:
        yield entry.seq, read_with(entry.body, words)


def _is_export(file: Path) -> bool:
    if is_zipfile(file):
        return True
    with _opened(file) as content:
        return content.read(1) == b"{"


def _checkpoints(file: Path, place: str) -> list[Checkpoint]:
    """Checkpoints kept outside a log: notes, or the lines that desks wrote before."""
    try:
        if _is_export(file):
            found = [each for each in _lines(file) if isinstance(each, Checkpoint)]
            return [replace(each, place=place) for each in found]
        with _opened(file) as content:
            return [*read_notes(_as_kept(content.read().decode()), place)]
    except UnicodeDecodeError as error:
        words = f"{file} holds no checkpoint."
        raise BadInput(words, "Use the copy that is kept elsewhere.") from error
    except (BadInput, ValueError) as error:
        problem = error.problem if isinstance(error, BadInput) else f"{error}."
        raise BadInput(f"{file}: {problem}", "Use the copy that is kept elsewhere.") from error


def _as_kept(text: str) -> str:
    """A note that was mailed or scanned may have lost its last line breaks, or have others."""
    return text.replace("\r\n", "\n").strip("\n") + "\n\n" if text.strip() else ""


def _lines(file: Path) -> Iterator[Line]:
    with _opened(file) as lines:
        yield from read_lines(lines)


def _log_in(bundle: ZipFile) -> str:
    found = [each for each in bundle.namelist() if each.endswith("/log.jsonl")]
    if len(found) != 1:
        raise BadInput("This zip is no bundle of a log.", "Choose another file.")
    return found[0]


def _members(file: Path) -> dict[str, bytes]:
    """What lies in a bundle beside its log, by the names within its folder."""
    with whole_zip(file) as bundle:
        log = _log_in(bundle)
        names = [each for each in bundle.namelist() if each != log]
        return {each.partition("/")[2]: bundle.read(each) for each in names}


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    """A file, or the log that lies in a bundle."""
    try:
        if is_zipfile(file):
            with whole_zip(file) as packed, packed.open(_log_in(packed)) as content:
                yield content
            return
        with file.open("rb") as content:
            yield content
    except OSError as error:
        raise BadInput(
            f"{file} cannot be read: {error.strerror}.", "Check its name, and that you may read it."
        ) from error
