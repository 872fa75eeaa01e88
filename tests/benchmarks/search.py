"""Search: the first page for the words people type, over a store of a busy week."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import msgspec

from crisisdesk.rules.normal import words_of
from crisisdesk.services.reviewing import Reviewing
from tests.benchmarks.ingest import fill
from tests.benchmarks.measuring import Measure, Size, open_database, seconds, settled_memory
from tests.benchmarks.posts import Post, are_real, posts

T = TypeVar("T")

STORED = 200_000
QUERIES = 25
"""Words of each sort; a run asks for all of them once."""


def measure_search(size: Size) -> Iterator[Measure]:
    """search_first_page_p95_ms over rare, common, half-typed and paired words."""
    lines = posts(size.of(STORED))
    queries = _queries(lines)
    with TemporaryDirectory(prefix="crisisdesk-bench-") as name:
        file = Path(name) / "posts.jsonl"
        file.write_bytes(b"\n".join(lines))
        with settled_memory(), closing(open_database(Path(name))) as database:
            fill(database, file)
            reviewing = Reviewing(database)
            stored = reviewing.counts()["all"][0]
            _p95(reviewing, queries)
            figures = [_p95(reviewing, queries) for _ in range(size.runs)]
    notes = {"stored": stored, "queries": len(queries), "real_posts": are_real()}
    yield Measure("search_first_page_p95_ms", figures, "<=", 5.0, notes)


def _p95(reviewing: Reviewing, queries: list[str]) -> float:
    took = sorted(seconds(lambda each=words: reviewing.search(each)) for words in queries)  # type: ignore[misc]
    return took[int(len(took) * 0.95)] * 1000


def _queries(lines: list[bytes]) -> list[str]:
    """The same number of each sort, taken evenly from the words of the posts themselves."""
    decoder = msgspec.json.Decoder(Post)
    texts = [words_of(decoder.decode(line).text).split() for line in lines[::20]]
    ranked = [word for word, _ in Counter(word for text in texts for word in text).most_common()]
    common = ranked[:QUERIES]
    rare = _spread([word for word in ranked[len(ranked) // 2 :] if len(word) > 3])
    begun = [word[:3] for word in _spread([word for word in ranked[:3000] if len(word) > 5])]
    pairs = [" ".join(text[1:3]) for text in _spread([text for text in texts if len(text) > 3])]
    return [*common, *rare, *begun, *pairs]


def _spread(many: list[T]) -> list[T]:
    return many[:: max(1, len(many) // QUERIES)][:QUERIES]
