"""Redacting: personal words go for good, the entry and the chain stay, and the log says why."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from crisisdesk.model.audit import Signer
from crisisdesk.model.errors import BadInput, Refused, StoreError
from crisisdesk.model.operator import Operator
from crisisdesk.model.redaction import Part, Redacted, Redaction
from crisisdesk.rules.commitments import paths_in, stub
from crisisdesk.rules.redacting import check, chosen, detail_of, signed_bytes
from crisisdesk.rules.word_check import REDACTED
from crisisdesk.store.attachments import Attachments
from crisisdesk.store.backup import ATTACHMENTS, backups
from crisisdesk.store.database import Database
from crisisdesk.store.repeated import blank
from crisisdesk.store.unit import Unit
from crisisdesk.system.keys import person_key


class Redacting:
    """Takes words away that lie beside the log. Nobody can bring them back."""

    def __init__(
        self, database: Database, attachments: Attachments, backup_folder: Callable[[], str]
    ) -> None:
        self._database = database
        self._attachments = attachments
        self._backup_folder = backup_folder

    def parts(self, seq: int) -> list[Part]:
        """The texts of an entry that can be taken away; none of an entry from before version 0.2,
        whose words are in the chain itself. Raises BadInput when there is no such entry."""
        with self._database.read() as unit:
            return _parts(unit, seq)

    def redact(self, asked: Redaction, by: Operator, passphrase: str) -> Redacted:
        """Take words away, and log who did it, why, and on which legal basis, signed by them.

        Raises Refused, as for a wrong passphrase, or BadInput; then everything is as before.
        """
        if not by.role.may_configure:
            raise Refused(
                f"A {by.role} takes nothing out of the record.", "Ask an administrator to do it."
            )
        check(asked)
        key = self._key_of(by, passphrase)

        def take(unit: Unit) -> tuple[int, list[Part], list[int]]:
            _refuse_departed(unit, by)
            gone = chosen(_parts(unit, asked.seq), asked)
            seq = unit.log.append(
                REDACTED,
                actor=by.name,
                subject=f"entry {asked.seq}",
                detail=_signed(detail_of(asked, gone), by, key),
                weighty=True,
            )
            for each in gone:
                unit.log.openings.redact(asked.seq, each.commitment, seq)
                blank(unit.connection, each.words, stub(seq))
            return seq, gone, unit.log.openings.repeating([each.words for each in gone])

        seq, gone, repeated = self._database.write(take)
        scrubbed = self._database.scrub()
        folder = self._backup_folder()
        desk = self._database.stamp.desk
        kept = backups(Path(folder).expanduser(), desk) if folder else []
        return Redacted(seq, scrubbed, len(kept), tuple(repeated), self._drop_files(gone))

    def _key_of(self, by: Operator, passphrase: str) -> Signer:
        with self._database.read() as unit:
            sealed = unit.operators.sealed_key(by.id)
        if not sealed:
            raise Refused(
                f"{by.name} has no key yet.", "Sign in again at this desk, then do it once more."
            )
        return person_key(sealed, passphrase)

    def _drop_files(self, gone: list[Part]) -> str:
        """Attached files go with the hash that names them, from the folder of backups too, unless
        another entry has them. What could not be erased, in words."""
        hashes = [each.words for each in gone if each.path.endswith(".sha256")]
        with self._database.read() as unit:
            left = [each for each in hashes if not unit.log.openings.holds(each)]
        try:
            for each in left:
                for files in self._places():
                    files.remove(each)
        except StoreError as error:
            return f"{error.problem} {error.to_do}"
        return ""

    def _places(self) -> list[Attachments]:
        folder = self._backup_folder()
        copies = Attachments(Path(folder).expanduser() / ATTACHMENTS) if folder else None
        return [self._attachments, *([copies] if copies else [])]


def _refuse_departed(unit: Unit, by: Operator) -> None:
    """Who was an administrator when they signed in may be none any more."""
    now = unit.operators.get(by.id)
    if now is None or not now.role.may_configure:
        raise Refused("You are no administrator any more.", "Ask one to do it.")


def _signed(detail: dict[str, Any], by: Operator, key: Signer) -> dict[str, Any]:
    signature = key.sign(signed_bytes(detail, by.id))
    return detail | {
        "operator": by.id,
        "key": key.public_key.hex(),
        "signature": signature.hex(),
    }


def _parts(unit: Unit, seq: int) -> list[Part]:
    found = unit.log.newest(1, before=seq + 1)
    if not found or found[0].seq != seq:
        raise BadInput(f"There is no entry {seq}.", "Choose one in the list.")
    words = {each.commitment: each for each in unit.log.openings.of(seq) if not each.redacted}
    paths = paths_in(orjson.loads(found[0].body)["detail"])
    parts = [Part(path, words[each].words, each) for path, each in paths if each in words]
    return sorted(parts, key=lambda each: each.path != "words")
