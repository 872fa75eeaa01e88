"""What a bundle says of itself, for readers who never saw CrisisDesk."""

from collections.abc import Iterable

from crisisdesk.model.audit import Checkpoint, VerifyReport
from crisisdesk.rules.checkpoints import ORIGIN
from crisisdesk.rules.composing import EXERCISE_PREFIX
from crisisdesk.rules.note import verifier_key

_DRILL = "This log is from an exercise: nothing in it happened."


def folder_name(*, exercise: bool) -> str:
    """The one folder in the zip."""
    return "EXERCISE-log" if exercise else "log"


def key_lines(checkpoints: Iterable[Checkpoint]) -> str:
    """The keys that signed, as other programs take them, one a line."""
    keys = {verifier_key(ORIGIN + each.origin, each.public_key) for each in checkpoints}
    return "".join(f"{each}\n" for each in sorted(keys))


def readme(report: VerifyReport, proven: Iterable[int], *, exercise: bool) -> str:
    """What lies in the bundle, how to check it, and what a good answer means."""
    keys = "\n".join(f"    {key.hex()}" for key in report.keys) or "    none"
    numbers = ", ".join(map(str, proven))
    banner = f"{EXERCISE_PREFIX}\n{_DRILL}\n\n" if exercise else ""
    entries = (
        f"  entries/        proofs of entries {numbers}, to be shown alone\n" if numbers else ""
    )
    size = f"{report.entries} entries, signed up to {report.anchored_to}"
    return f"""{banner}A LOG OF CRISISDESK: {size}

  report.html     what the log tells, for readers; made from log.jsonl, and no proof by itself
  log.jsonl       the log, one entry a line, with the checkpoints that sign it
  checkpoints.txt the same checkpoints as notes, as other programs read them
  growth.jsonl    proofs that each checkpoint's log begins with that of the one before
  keys.txt        the keys that signed
{entries}  verify.py       checks all this; some 500 lines of Python that an expert can read

TO CHECK IT, without CrisisDesk: install Python, then in this folder

    pip install cryptography
    python verify.py --key KEY --anchor CHECKPOINTS

KEY is the desk's public key. The log itself names

{keys}

but a forger would name a key of their own: take it from whoever knows the desk. CHECKPOINTS is a
file of checkpoints that was kept outside the desk: in an archive, by another organisation. Without
it the answer can only be that everything fits together; the holder of the key could still have
written all of it anew. With it, everything up to that checkpoint is as it was then.
"""
