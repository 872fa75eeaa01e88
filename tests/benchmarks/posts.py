"""Posts to measure with: real ones from the reference data where it is there, else made up."""

import gzip
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

_FALLBACK = Path(__file__).resolve().parents[3] / "shared"
_REAL = Path("data", "crisislex", "t6_stream.jsonl.gz")
_VOCABULARY = (
    "water road closed flood bridge help need street power out safe update river rising fast "
    "please share photo near school hospital station train delayed evacuate centre open tonight "
    "rain storm wind damage house roof tree down crew fire smoke police council say people stuck "
    "car wet cold warm food blankets volunteers thanks news live watch morning evening lol game"
)


class Post(msgspec.Struct):
    """One line of the file as it is read and written here."""

    id: str
    text: str
    created_at: str


def posts(number: int) -> list[bytes]:
    """So many JSON lines with ids of their own. Real texts repeat when there are too few."""
    return [msgspec.json.encode(each) for each in said(number)]


def said(number: int) -> Iterator[Post]:
    """The same, not yet encoded."""
    real = _real_posts()
    for place in range(number):
        turn, index = divmod(place, len(real))
        each = real[index]
        if turn:
            yield Post(f"{each.id}-{turn}", f"{each.text} ({turn})", each.created_at)
        else:
            yield each


def are_real() -> bool:
    """Whether the reference data is there."""
    return _file().is_file()


def _file() -> Path:
    return Path(os.environ.get("CRISISDESK_SHARED") or _FALLBACK) / _REAL


def _real_posts() -> list[Post]:
    if not are_real():
        return _made_up(50_000)
    decoder = msgspec.json.Decoder(Post)
    with gzip.open(_file()) as lines:
        return [decoder.decode(line) for line in lines]


def _made_up(number: int) -> list[Post]:
    chance = random.Random(1)
    words = _VOCABULARY.split()
    began = datetime(2026, 8, 20, tzinfo=UTC)
    return [
        Post(
            str(10**17 + place),
            " ".join(chance.choices(words, k=chance.randint(6, 22))),
            (began + timedelta(seconds=place)).isoformat(),
        )
        for place in range(number)
    ]


def watch_terms(number: int) -> list[str]:
    """So many watch terms as an office might list: pairs of words, few of which ever match."""
    chance = random.Random(2)
    words = _VOCABULARY.split()
    return [f"{chance.choice(words)} {chance.choice(words)} {place}" for place in range(number)]
