"""What is disclosed, for readers: every entry in order, and what is kept back, on which ground."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

from crisisdesk.model.disclosure import Disclosure, Ruling, Show
from crisisdesk.rules.composing import EXERCISE_PREFIX
from crisisdesk.rules.jsonl import readable
from crisisdesk.rules.plain_words import counted
from crisisdesk.rules.printed_page import Cell, whole_page
from crisisdesk.rules.recording import lines_of
from crisisdesk.rules.showing import shown

STYLE = """
h2, dd { overflow-wrap: anywhere; }
h2 { font-size: 11pt; margin: 4mm 0 1mm 0; border-bottom-width: 0.5pt; }
section { break-inside: auto; }
dl { margin: 0 0 2mm 0; display: grid; grid-template-columns: 38mm auto; }
dt { font-weight: bold; font-size: 9pt; }
dd { margin: 0 0 1mm 2mm; font-size: 9pt; white-space: pre-wrap; }
.kept { border-left: 6pt solid #000000; padding: 1mm 3mm; margin: 0 0 3mm 0; }
"""
LONGEST = 6_000
"""Characters of one line; a field of the record has at most 5,000."""

COLUMNS = ("entry", "what is kept back", "ground")


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry as it is disclosed: how, how many texts are kept back, and its body for reading;
    nothing of one that is kept back whole."""

    seq: int
    ruling: Ruling
    held: int
    body: bytes = b""


def held_words(ground: str) -> str:
    """What stands in the place of words that are kept back."""
    return f"[kept back: {ground}]"


def kept_back(found: Iterable[Shown]) -> Iterator[tuple[str, str, str]]:
    """The rows of the schedule of what is kept back, in the order of COLUMNS."""
    for each in found:
        if each.ruling.show is Show.NOTHING:
            yield str(each.seq), "the whole entry", each.ruling.ground
        elif each.held:
            texts = "one text" if each.held == 1 else f"{each.held} texts"
            yield str(each.seq), texts, each.ruling.ground


def page(plan: Disclosure, found: list[Shown], origin: str, *, exercise: bool) -> str:
    """The entries in order, as one HTML page."""
    title = f"Disclosure {plan.reference}"
    grouped = groupby(found, lambda each: each.ruling.show is Show.NOTHING and each.ruling.ground)
    parts = (_kept(list(group)) if ground else _all(group) for ground, group in grouped)
    body = f"<h1>{_safe(title)}</h1>{_head(plan, found, origin)}{''.join(parts)}"
    return whole_page(title, body, exercise=exercise, style=STYLE)


def in_words(found: list[Shown]) -> str:
    """How much is shown and how much is kept back."""
    whole = sum(each.ruling.show is Show.NOTHING for each in found)
    texts, shown = sum(each.held for each in found), len(found) - whole
    first = "1 entry is" if shown == 1 else f"{shown:,} entries are"
    kept = "1 is" if whole == 1 else f"{whole:,} are"
    return f"{first} shown, {kept} kept back whole, and {counted(texts, 'text')} of what is shown."


def _head(plan: Disclosure, found: list[Shown], origin: str) -> Cell:
    to = f" to {_safe(plan.to)}" if plan.to else ""
    return (
        f"<p>From the log of {_safe(origin)}{to}: {in_words(found)}</p>"
        "<p>Each entry that is shown can be proven: it stood in the log, with this number and in "
        "these words, when a checkpoint was signed. README.txt says how. Words that are kept back "
        "cannot be found out from the proof, and could be shown later by the same proof.</p>"
    )


def _all(group: Iterable[Shown]) -> Cell:
    return "".join(map(_entry, group))


def _entry(each: Shown) -> Cell:
    entry = readable(each.seq, each.body)
    what = [("What", str(entry.get("action", ""))), ("About", str(entry.get("subject", "")))]
    lines = "".join(
        f"<dt>{_safe(name)}</dt><dd>{_safe(words)}</dd>"
        for name, words in (*what, *lines_of(entry))
        if words
    )
    return f"<section><h2>Entry {each.seq}</h2><dl>{lines}</dl></section>"


def _kept(group: list[Shown]) -> Cell:
    first, last = group[0].seq, group[-1].seq
    which = f"Entry {first} is" if first == last else f"Entries {first} to {last} are"
    return f'<p class="kept">{which} kept back: {_safe(group[0].ruling.ground)}</p>'


def _safe(text: str) -> Cell:
    return escape("\n".join(shown(line, LONGEST) for line in text.splitlines()))


def folder_name(*, exercise: bool) -> str:
    """The one folder in the zip."""
    return "EXERCISE-disclosure" if exercise else "disclosure"


def readme(plan: Disclosure, keys: Iterable[str], *, exercise: bool) -> str:
    """What lies in the disclosure and how to check it."""
    banner = f"{EXERCISE_PREFIX}\nThis log is from an exercise: nothing in it happened.\n\n"
    listed = "\n".join(f"    {each}" for each in keys)
    return f"""{banner if exercise else ""}DISCLOSURE {plan.reference}

  disclosure.html    what is disclosed, to read
  entries/           the proof of each entry that is shown, with those of its words that are
  kept-back.csv      what is kept back, and on which ground
  keys.txt           the keys that signed
  verify.py          checks the proofs; some 500 lines of Python that an expert can read

TO CHECK IT, without CrisisDesk: install Python, then in this folder

    pip install cryptography
    python verify.py --key KEY

KEY is the desk's public key. Those who signed name

{listed}

but a forger would name a key of their own: take it from whoever knows the desk. What is proven is
that each entry stood in the log with its number and these words. Entries that are kept back are
not proven, nor that anything else is missing between them: their numbers say how many there are.
"""
