"""Bluesky's rich text: links and hashtags marked by offsets into the UTF-8 bytes."""

from typing import Any

import regex

from crisisdesk.rules.counting import LINK

_TAG = regex.compile(
    r"(?:^|(?<=[\s(]))[#＃]([^\s\p{P}\p{Nd}][^\s\p{P}]{0,63}|[^\s\p{P}]*[^\s\p{P}\p{Nd}][^\s\p{P}]*)"
)


def facets(text: str) -> list[dict[str, Any]]:
    """Link and tag facets in order; start is inclusive, end exclusive, both in bytes.

    Source: lexicon app.bsky.richtext.facet. The network marks nothing by itself.
    """
    found = [
        (
            match.start(),
            match.end(),
            {"$type": "app.bsky.richtext.facet#link", "uri": match.group()},
        )
        for match in LINK.finditer(text)
    ]
    linked = [(start, end) for start, end, _ in found]
    for match in _TAG.finditer(text):
        if not any(start <= match.start() < end for start, end in linked):
            feature = {"$type": "app.bsky.richtext.facet#tag", "tag": match.group(1)}
            found.append((match.start(), match.end(), feature))
    return [
        {
            "index": {
                "byteStart": len(text[:start].encode()),
                "byteEnd": len(text[:end].encode()),
            },
            "features": [feature],
        }
        for start, end, feature in sorted(found, key=lambda each: each[0])
    ]
