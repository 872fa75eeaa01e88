"""The pages of the gallery: all pictures, and those of one screen, theme or size; and a list."""

import json
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

Entry = dict[str, Any]

LIST = "gallery.json"
FIRST_SHOWN = {"theme": "light", "size": "100"}
"""What the front page shows; everything else is one link away."""

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 16px/1.5 sans-serif; margin: 2rem; background: #f4f5f7; color: #14181f }}
nav p {{ margin: .2rem 0 }} a {{ color: #174ea6 }} nav b {{ margin-right: .5rem }}
main {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(40rem, 1fr)); gap: 2rem }}
figure {{ margin: 0 }} img {{ max-width: 100%; border: 1px solid #8a93a0 }}
</style>
<h1>{title}</h1>
<nav>{links}</nav>
<main>{figures}</main>
</html>
"""


def write(folder: Path) -> tuple[int, int]:
    """Write the list and the pages; returns how many pictures were drawn just now, and changed."""
    known = {each["file"]: each for each in _read(folder / LIST)}
    drawn = [_told(folder, each) for file in _reports(folder) for each in _read(file)]
    changed = [each for each in drawn if known.get(each["file"]) != each]
    known |= {each["file"]: each for each in drawn}
    entries = sorted(
        (each for each in known.values() if (folder / each["file"]).exists()), key=_order
    )
    (folder / LIST).write_text(json.dumps(entries, indent=1), encoding="utf-8")
    for file in _reports(folder):
        file.unlink()
    _write_pages(folder, entries)
    return len(drawn), len(changed)


def _reports(folder: Path) -> list[Path]:
    return [each for each in folder.glob("*.json") if each.name != LIST]


def _read(file: Path) -> list[Entry]:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else []


def _told(folder: Path, entry: Entry) -> Entry:
    content = (folder / entry["file"]).read_bytes()
    screen, _, state = entry["name"].partition("-")
    return entry | {"screen": screen, "state": state, "sha256": sha256(content).hexdigest()}


def _order(entry: Entry) -> tuple[str, str, str]:
    return entry["name"], entry["theme"], entry["size"]


def _write_pages(folder: Path, entries: list[Entry]) -> None:
    for page in folder.glob("*.html"):
        page.unlink()
    links = "".join(_links(kind, entries) for kind in ("screen", "theme", "size"))
    first = [each for each in entries if each.items() >= FIRST_SHOWN.items()]
    _write_page(folder / "index.html", "CrisisDesk: every screen", links, first)
    for kind in ("screen", "theme", "size"):
        for value in _values(kind, entries):
            shown = [each for each in entries if each[kind] == value]
            _write_page(folder / _page(kind, value), f"{kind}: {value}", links, shown)


def _links(kind: str, entries: list[Entry]) -> str:
    links = " · ".join(
        f'<a href="{_page(kind, each)}">{each}</a>' for each in _values(kind, entries)
    )
    return f'<p><b>{kind}</b> <a href="index.html">light, 100 %</a> · {links}</p>'


def _values(kind: str, entries: list[Entry]) -> list[str]:
    return sorted({each[kind] for each in entries})


def _page(kind: str, value: str) -> str:
    return f"{kind}-{value}.html"


def _write_page(file: Path, title: str, links: str, entries: Iterable[Entry]) -> None:
    figures = "".join(
        f'<figure><figcaption>{escape(each["file"])}</figcaption><a href="{each["file"]}">'
        f'<img loading="lazy" src="{each["file"]}" alt="{escape(each["name"])}"></a></figure>'
        for each in entries
    )
    file.write_text(PAGE.format(title=escape(title), links=links, figures=figures), "utf-8")
