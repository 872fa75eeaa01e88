"""The pack on paper and as files: the phone script, the sheet to print, the texts."""

import re
import unicodedata
from html import escape

from crisisdesk.rules import by_hand
from crisisdesk.rules.composing import EXERCISE_PREFIX
from crisisdesk.rules.packing import Pack, PackPart, moment_words
from crisisdesk.rules.showing import one_line

TYPE_SIZES = ((400, 16), (900, 13))
"""Up to so many characters, so many points: a short text is read across a room, a long one has to
stay on its page. Beyond these it is `SMALLEST_TYPE`."""
SMALLEST_TYPE = 11

_LINE = "-" * 60
_LONGEST_NAME = 40
_LONGEST_HEADLINE = 200
_DRILL = "This is an exercise: nothing of it may reach the public."


def safe_name(text: str) -> str:
    """Plain letters, digits and hyphens, for every file system; "channel" where none is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain)[:_LONGEST_NAME].strip("-") or "channel"


def folder_name(pack: Pack) -> str:
    """As in "Ref-K7Q3-2-20260820-0410", marked when it is an exercise."""
    return f"{_mark(pack)}{safe_name(pack.marker)}-{pack.made_at:%Y%m%d-%H%M}"


def _mark(pack: Pack) -> str:
    return "EXERCISE-" if pack.exercise else ""


def files(pack: Pack) -> dict[str, bytes]:
    """Every file of the pack by its name. A channel's text file holds its exact text alone."""
    mark = _mark(pack)
    made = {f"{mark}{name}": text for name, (_, text) in _texts(pack).items()}
    made[f"{mark}README.txt"] = readme(pack)
    made[f"{mark}phone-script.txt"] = phone_script(pack)
    made[f"{mark}sheet.html"] = sheet(pack)
    return {name: text.encode() for name, text in made.items()}


def _texts(pack: Pack) -> dict[str, tuple[PackPart, str]]:
    """File names without the mark of an exercise, each with its channel and content."""
    found: dict[str, tuple[PackPart, str]] = {}
    for number, part in enumerate(pack.parts, 1):
        name = f"{number:02d}-{safe_name(part.name)}-{safe_name(part.language)}"
        found[f"{name}.txt"] = (part, part.text)
        if part.subject:
            found[f"{name}-subject.txt"] = (part, part.subject)
        if part.addresses:
            found[f"{name}-addresses.txt"] = (part, "\n".join(part.addresses) + "\n")
    return found


def readme(pack: Pack) -> str:
    """What lies in the folder and what to do with it, for somebody who never saw this desk."""
    lines = [*_head(pack, "DISPATCH PACK: post this message by hand"), *_instructions()]
    names = _texts(pack)
    for number, part in enumerate(pack.parts, 1):
        own = [f"{_mark(pack)}{name}" for name, (of, _) in names.items() if of is part]
        lines += ["", f"{number}. {part.heading}", f"   Files: {', '.join(own)}"]
        lines += [f"   State at {pack.made_at:%H:%M}: {part.state_words}"]
        lines += [f"   WARNING: {part.warning}"] if part.warning else []
        lines += [f"   Subject: {part.subject}"] if part.subject else []
        lines += [f"   - {step}" for step in part.steps]
    return "\n".join([*lines, "", *_foot(pack)])


def _instructions() -> list[str]:
    return [
        "Open one text file for each channel, copy all of it, paste it, check it, post it once.",
        "Change nothing: these words were agreed. Tell the desk when each channel is done.",
        "sheet.html is for printing; phone-script.txt is for reading the message out by phone.",
    ]


def _head(pack: Pack, title: str) -> list[str]:
    banner = [EXERCISE_PREFIX, _DRILL, ""] if pack.exercise else []
    lines = [*banner, title, _LINE, f"{pack.step}: {pack.headline}"]
    lines += [f"Reference: {pack.marker}", f"Post it only until {pack.until}."]
    lines += [f"Made at {moment_words(pack.made_at)}."]
    return [*lines, *(f"WARNING: {each}" for each in pack.warnings), ""]


def _foot(pack: Pack) -> list[str]:
    return [EXERCISE_PREFIX, ""] if pack.exercise else [""]


def phone_script(pack: Pack) -> str:
    """How to read the message to a radio station, a control room or a partner."""
    who = pack.organisation or "[our organisation]"
    lines = [
        *_head(pack, "PHONE SCRIPT"),
        "Ring a number you know, not one that somebody just gave you.",
        "",
        f"1. SAY: “This is [your name] at {who}. I have a message to the public for you.",
        "   Please write it down word for word, and read it back to me at the end.”",
        *([f"   SAY: “{EXERCISE_PREFIX}. {_DRILL}”"] if pack.exercise else []),
        "",
        f"2. SAY: “The reference is {pack.marker}: {by_hand.spelled(pack.marker)}.”",
        "",
        "3. READ slowly. Stop after every line until they have it. Spell names of places.",
    ]
    for each in pack.read_aloud:
        lines += ["", f"   In {by_hand.language(each.language)}:", _LINE, each.text, _LINE]
        lines += [f"   Web address: {spoken}" for spoken in by_hand.spoken_links(each.text)]
    return "\n".join([*lines, "", *_last_words(pack), "", *_foot(pack)])


def _last_words(pack: Pack) -> list[str]:
    return [
        f"4. SAY: “Use it until {pack.until}. After that, ask us first.”",
        "",
        "5. SAY: “Please read it back to me.” Compare every word. Tick off:",
        "   [ ] place   [ ] times   [ ] what people must do   [ ] reference",
        "",
        "6. ASK: “Who am I speaking to, and when will you use it?”",
        "   Name ______________________________   Time ______________",
        "",
        "7. Log it at the desk: whom you told, how and when.",
    ]


def sheet(pack: Pack) -> str:
    """One page to print with large type and boxes to tick; the exact texts follow, one each page.

    Self-contained HTML: no script, no link, no picture, every word of the alert escaped.
    """
    body = [_banner(pack), _title(pack), _message(pack), _check_list(pack), _notes(pack)]
    body += [_text_page(pack, part) for part in pack.parts]
    return _PAGE.format(title=escape(f"{_mark(pack)}{pack.marker}"), body="\n".join(body))


_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font-family: Arial, "DejaVu Sans", sans-serif; font-size: 11pt; color: #000000;
  background-color: #ffffff; margin: 10mm; }}
p {{ margin: 2px 0px 2px 0px; }}
.ref {{ font-size: 26pt; font-weight: bold; }}
.head {{ font-size: 15pt; font-weight: bold; }}
.small {{ font-size: 9pt; }}
.warn {{ font-weight: bold; }}
.text {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
table {{ border-collapse: collapse; width: 100%; }}
table.list th, table.list td {{ border: 1px solid #000000; padding: 5px; text-align: left; }}
@page {{ size: A4; margin: 12mm; }}
</style></head>
<body>
{body}
</body></html>
"""


def _points(length: int) -> int:
    return next((size for most, size in TYPE_SIZES if length <= most), SMALLEST_TYPE)


def _banner(pack: Pack) -> str:
    if not pack.exercise:
        return ""
    return (
        '<table width="100%" border="1" cellpadding="6" style="border: 3px solid #000000;"><tr>'
        '<td align="center" style="background-color: #ffb81c;">'
        f'<span style="font-size: 20pt; font-weight: bold;">{EXERCISE_PREFIX}</span><br>'
        f'<span style="font-size: 13pt;">{_DRILL}</span></td></tr></table>'
    )


def _title(pack: Pack) -> str:
    warnings = "".join(f'<p class="warn">! {escape(each)}</p>' for each in pack.warnings)
    headline = escape(one_line(pack.headline, _LONGEST_HEADLINE))
    return (
        f'<p class="ref">{escape(pack.marker)}</p>'
        f"<p>{escape(by_hand.spelled(pack.marker))}</p>"
        f'<p class="head">{escape(pack.step)}: {headline}</p>'
        f"<p>{escape(pack.organisation)} · post it only until <b>{pack.until}</b></p>{warnings}"
    )


def _message(pack: Pack) -> str:
    points = _points(sum(len(each.text) for each in pack.read_aloud))
    boxes = [
        f'<p class="small">The message in {escape(by_hand.language(each.language))}, to read '
        "out; the exact text of each channel is on the next pages:</p>" + _boxed(each.text, points)
        for each in pack.read_aloud
    ]
    return "".join(boxes)


def _boxed(text: str, points: int) -> str:
    """A framed text; every line break of it is kept in print as on screen."""
    return (
        '<table width="100%" border="1" cellpadding="8" style="border: 2px solid #000000;"><tr>'
        f'<td class="text" style="font-size: {points}pt;">{_lines(text)}</td></tr></table>'
    )


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("\n"))


def _check_list(pack: Pack) -> str:
    head = "".join(f"<th>{each}</th>" for each in ("Done", "Channel", "Who", "Time", "Initials"))
    rows = "".join(_row(part) for part in pack.parts)
    return (
        '<p class="head">Who posts what</p><table class="list" width="100%" border="1" '
        f'cellpadding="8" style="border-collapse: collapse;"><tr>{head}</tr>{rows}</table>'
    )


def _row(part: PackPart) -> str:
    state = f"<b>{escape(part.warning)}</b>" if part.warning else escape(_short(part))
    return (
        f'<tr><td width="9%"></td><td width="45%"><b>{escape(part.heading)}</b><br>'
        f'<span class="small">{state}</span></td><td width="22%"></td>'
        '<td width="11%"></td><td width="13%"></td></tr>'
    )


def _short(part: PackPart) -> str:
    """The first sentence of the state: the rest is for the desk."""
    return part.state_words.split(". ")[0].rstrip(".") + "."


def _notes(pack: Pack) -> str:
    return (
        '<p class="small">Post each text once, change nothing, look at it as the public does, then '
        "tell the desk: channel, time, where it stands, your name. "
        f"Printed from the state at {moment_words(pack.made_at)}.</p>"
    )


def _text_page(pack: Pack, part: PackPart) -> str:
    steps = "".join(f"<p>{number}. {escape(step)}</p>" for number, step in enumerate(part.steps, 1))
    warning = f'<p class="warn">! {escape(part.warning)}</p>' if part.warning else ""
    subject = f"<p>Subject: <b>{escape(part.subject)}</b></p>" if part.subject else ""
    size = _points(len(part.text))
    people = (
        f"<p>To {len(part.addresses)} addresses, which are in a file of the pack.</p>"
        if part.addresses
        else ""
    )
    return (
        f'<div style="page-break-before: always;">{_banner(pack)}'
        f'<p class="head">{escape(part.heading)} · {escape(pack.marker)}</p>{warning}'
        f"<p>{escape(part.state_words)}</p>{steps}{people}{subject}{_boxed(part.text, size)}</div>"
    )
