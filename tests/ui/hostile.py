"""Texts that the public, or a server, may send to break the screen."""

HOSTILE = {
    "html": "<img src='file:///etc/passwd'><b>bold</b> <script>alert(1)</script>",
    "link": "<a href='https://evil.example'>https://council.example</a>",
    "turning": "safe \u202egnp.exe\u2066 hidden \u2069\u200f",
    "marks": "Z" + "\u0301" * 100_000,
    "invisible": "a\u200bb\u2060c\ufeffd",
    "long line": "word" * 2_621_440,
    "long words": "word " * 200_000,
    "lines": "\n".join(["line"] * 50_000),
    "emoji": "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿🚒" * 500,
    "control": "bell \x07 null \x00 escape \x1b[31m",
    "halves": "half \ud83d of a pair",
    "empty": "",
    "format": "%s %d {0} %n &amp; & && \\n",
    "scripts": "مرحبا שלום こんにちは नमस्ते",
}
"""By what is nasty about them."""

MARKUP = "<b>Fire</b> & <i>flood</i> <img src='file:///etc/hostname'>"
"""Would be formatted, and lose its ampersand, wherever somebody forgot that text is text."""
