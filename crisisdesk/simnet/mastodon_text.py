"""How Mastodon reads a post's text: its length, its mentions and tags, and the HTML it serves."""

from __future__ import annotations

from html import escape

import regex

RESERVED_PER_URL = 23
"""Characters each link counts as (Mastodon, `characters_reserved_per_url`)."""

_URL = r"(?P<url>https?://(?:\([^\s()<>]*\)|[^\s()<>\"])*(?:\([^\s()<>]*\)|[^\s()<>\".,;:!?']))"
# User names and domains as Mastodon's own account pattern has them.
_MENTION = (
    r"(?<![=/\w])@(?P<name>[a-zA-Z0-9_]+(?:[a-zA-Z0-9_.-]+[a-zA-Z0-9_]+)?)"
    r"(?:@(?P<domain>\w+(?:[.-]+\w+)*))?"
)
_TAG = r"(?<![/\w&#])[#＃](?P<tag>\w*[^\W\d_]\w*)"
_ENTITY = regex.compile(f"{_URL}|{_MENTION}|{_TAG}")
_GRAPHEME = regex.compile(r"\X")


def length(text: str, spoiler_text: str = "") -> int:
    """Grapheme clusters as Mastodon 4.6 counts them.

    Each http(s) link counts 23, a mention counts without its domain, the spoiler counts in full.
    """
    return len(_GRAPHEME.findall(spoiler_text + _ENTITY.sub(_counted, text)))


def mentions(text: str) -> list[tuple[str, str]]:
    """(user name, domain or "") of each account named in the text, in order."""
    found = _ENTITY.finditer(text)
    return [(each["name"], each["domain"] or "") for each in found if each["name"]]


def tags(text: str) -> list[str]:
    """The text's hashtags without their sign, folded to one case, each once, in order."""
    found = (each["tag"] for each in _ENTITY.finditer(text))
    return list(dict.fromkeys(tag.casefold() for tag in found if tag))


def to_html(text: str, host: str) -> str:
    """The text as the API's `content`: paragraphs, line breaks and anchors, all else escaped."""
    paragraphs = regex.split(r"\n{2,}", text.replace("\r\n", "\n").strip("\n"))
    return "".join(f"<p>{_inline(paragraph, host)}</p>" for paragraph in paragraphs if paragraph)


def _counted(entity: regex.Match[str]) -> str:
    if entity["url"]:
        return "x" * RESERVED_PER_URL
    return f"@{entity['name']}" if entity["name"] else entity[0]


def _inline(paragraph: str, host: str) -> str:
    parts, end = [], 0
    for entity in _ENTITY.finditer(paragraph):
        parts += [escape(paragraph[end : entity.start()]), _anchor(entity, host)]
        end = entity.end()
    return "".join([*parts, escape(paragraph[end:])]).replace("\n", "<br>")


def _anchor(entity: regex.Match[str], host: str) -> str:
    if url := entity["url"]:
        scheme, _, rest = url.partition("://")
        return (
            f'<a href="{escape(url)}" target="_blank" rel="nofollow noopener" translate="no">'
            f'<span class="invisible">{scheme}://</span><span>{escape(rest)}</span></a>'
        )
    if name := entity["name"]:
        href = f"https://{entity['domain'] or host}/@{name}"
        return (
            f'<span class="h-card" translate="no"><a href="{escape(href)}" class="u-url mention">'
            f"@<span>{escape(name)}</span></a></span>"
        )
    tag = entity["tag"]
    return (
        f'<a href="https://{host}/tags/{escape(tag)}" class="mention hashtag" rel="tag">'
        f"#<span>{escape(tag)}</span></a>"
    )
