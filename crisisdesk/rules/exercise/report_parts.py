"""The parts of the report's page that are tables and lists."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

from crisisdesk.model.measure import Measure, Unit
from crisisdesk.rules.exercise.comparing import Beside, Comparison
from crisisdesk.rules.exercise.improving import Improvement
from crisisdesk.rules.exercise.report import Report, measures_of
from crisisdesk.rules.exercise.report_words import ASSUMPTIONS
from crisisdesk.rules.exercise.timeline import day_clock
from crisisdesk.rules.plain_words import minutes
from crisisdesk.rules.printed_page import table

_STEPS = {"alert": "Alert", "update": "Update", "cancel": "Correction", "all_clear": "All clear"}


def clock(report: Report, second: int) -> str:
    """The story's time of day, as in 02:14."""
    return day_clock(report["begins"], second)


def entry_links(entries: Iterable[int]) -> str:
    """Links to log entries by number, the first few; they lead to the list at the end."""
    named = [each for each in entries if each][:8]
    links = ", ".join(f'<a href="#entry-{each}">{each}</a>' for each in named)
    return f' <span class="small">(log {links})</span>' if named else ""


def objectives(report: Report) -> str:
    """Each objective with its goals, then the goals that belong to none."""
    goals = {each["id"]: each for each in report["goals"]}
    parts = ["<h2>Objectives and goals</h2>"]
    for each in report["objectives"]:
        parts.append(f"<h3>{escape(each['words'])} – {escape(each['state'])}</h3>")
        if each["goals"]:
            own = [goals.pop(name) for name in each["goals"] if name in goals]
            parts.append(_goals("Goals that show it", own))
    if goals:
        words = "Other goals" if report["objectives"] else "Goals"
        parts.append(_goals(words, list(goals.values())))
    return "".join(parts) if len(parts) > 1 else ""


def _goals(caption: str, goals: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            escape(each["words"]),
            "met" if each["met"] else f"<b>{_close('not met')}</b>",
            "not done" if each["seconds"] is None else _close(minutes(each["seconds"])),
            _close(minutes(each["allowed"])),
            entry_links([each["entry"]]) or "–",
        )
        for each in sorted(goals, key=lambda each: bool(each["met"]))
    ]
    return table(caption, ("Goal", "Met", "Took", "Allowed", "Evidence"), rows)


def _close(words: str) -> str:
    """A length that is not broken over two lines."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def messages(report: Report) -> str:
    """Each message as the public saw it, and what it did not say."""
    if not report["messages"]:
        return "<h2>What the public was told</h2><p>No message was sent.</p>"
    parts = ["<h2>What the public was told</h2>"]
    markers = {each["alert"]: each["marker"] for each in report["messages"]}
    for each in report["messages"]:
        follows = markers.get(each["follows"], "")
        to = f", follows {escape(follows)}" if follows else ""
        parts.append(
            f"<section><h3>{clock(report, each['at'])} {_STEPS.get(each['step'], '')} "
            f"{escape(each['marker'])}{to}</h3><p class='small'>{_sent(report, each)}</p>"
            f'<p class="said">{escape(each["shown"][1])}</p>'
            f'<p class="small">As on {escape(each["shown"][0])}. {_said(each)}</p></section>'
        )
    return "".join(parts)


def _sent(report: Report, each: Mapping[str, Any]) -> str:
    public = each["public_at"]
    words = (
        "<b>Never certainly in public</b>"
        if public is None
        else f"in public from {clock(report, public)}"
    )
    approved = each["approved_how"]
    if each["approved_by"]:
        approved = f"{approved} by {each['approved_by']}"
    return (
        f"To {escape(', '.join(each['channels']))}; {words}; approval: {escape(approved)}."
        f"{entry_links([each['entry']])}"
    )


def _said(each: Mapping[str, Any]) -> str:
    if not each["asked"]:
        return "What it had to say was not noted."
    if not each["missing"]:
        return f"Says {escape(', '.join(each['asked']))} on every channel."
    gone = "; ".join(f"{channel}: no {', no '.join(what)}" for channel, what in each["missing"])
    return f"<b>Missing</b> – {escape(gone)}."


def needs_and_rumours(report: Report) -> str:
    """What was asked of us and claimed, and when it was answered."""
    parts = _needs(report) + _rumours(report)
    return f"<h2>Calls for help and rumours</h2>{parts}" if parts else ""


def _needs(report: Report) -> str:
    rows = [
        (escape(each["words"]), clock(report, each["at"]), *_answered(report, each, "at"))
        for each in report["needs"]
    ]
    heads = ("Call for help", "Came", "Acknowledged", "After")
    return table("Calls for help", heads, rows) if rows else ""


def _rumours(report: Report) -> str:
    rows = [
        (
            escape(each["claim"]),
            escape(each["harm"]),
            clock(report, each["began"]),
            clock(report, each["peak"]),
            *_answered(report, each, "began"),
            f"{each['heard_by']:,}",
        )
        for each in report["rumours"]
    ]
    heads = ("Claim", "Harm", "Began", "Height", "Answered", "After", "Believed by (model)")
    return table("Rumours", heads, rows) if rows else ""


def _answered(report: Report, each: Mapping[str, Any], since: str) -> tuple[str, str]:
    if each["answered"] is None:
        return "<b>never</b>", "–"
    return clock(report, each["answered"]), minutes(each["answered"] - each[since])


def people_said(report: Report, debrief: Sequence[Mapping[str, str]]) -> str:
    """What observers noted, and what was answered in the hot debrief."""
    parts = []
    if report["observations"]:
        rows = [
            (
                clock(report, each["at"]),
                escape(each["words"]),
                escape(each["about"]),
                escape(each["rating"]),
                entry_links([each["entry"]]),
            )
            for each in report["observations"]
        ]
        parts.append(table("Observers", ("Time", "Note", "About", "Opinion", "Log"), rows))
    answers = [each for each in debrief if each.get("answer", "").strip()]
    if answers:
        parts.append("<h3>Hot debrief</h3>")
        parts += [
            f"<p><b>{escape(each['question'])}</b><br>{escape(each['answer'])}</p>"
            for each in answers
        ]
    return f"<h2>What people said of it</h2>{''.join(parts)}" if parts else ""


def compared(report: Report, comparison: Comparison | None) -> str:
    """This run beside earlier ones."""
    if comparison is None:
        return ""
    names = {each["id"]: each["name"] for each in report["measures"]}
    skipped = "".join(f"<li>{escape(each)}</li>" for each in comparison.left_out)
    skipped = f"<p>Left out:</p><ul>{skipped}</ul>" if skipped else ""
    if not comparison.every:
        return f"<h2>Beside earlier runs</h2>{skipped}"
    rows = [_beside("Score", comparison.total, strong=True)]
    rows += [_beside(names.get(each.id, each.id), each) for each in comparison.lines]
    heads = ("Measure", "Now", "Own last run", "Own middle", "Middle of all runs here")
    caption = f"Scores beside {comparison.own} own and {comparison.every} earlier runs"
    return f"<h2>Beside earlier runs</h2>{table(caption, heads, rows)}{skipped}"


def _beside(name: str, each: Beside, *, strong: bool = False) -> tuple[str, ...]:
    shown = [str(each.now)]
    shown += ["–" if n is None else str(n) for n in (each.last, each.own_middle, each.all_middle)]
    if each.last is not None and each.last != each.now:
        shown[0] += f" ({each.now - each.last:+d})"
    return (f"<b>{escape(name)}</b>" if strong else escape(name), *shown)


def improvements(listed: Sequence[Improvement]) -> str:
    """Who does what by when."""
    head = "<h2>Improvement actions</h2>"
    if not listed:
        return f"{head}<p>None was agreed yet.</p>"
    rows = [
        (escape(each.action), escape(each.owner), each.due, "done" if each.done else "open")
        for each in listed
    ]
    return head + table("Actions", ("Action", "Owner", "By", "State"), rows)


def measures(report: Report) -> str:
    """Every measure with its value, its score and what it counts for."""
    rows = [
        (
            escape(each.name),
            f"{escape(each.words)}{entry_links(each.evidence)}",
            _value(each),
            f'{each.score} <span class="bar" style="width: {each.score // 8}mm"></span>',
            str(each.weight),
        )
        for each in measures_of(report)
    ]
    heads = ("Measure", "In words", "Value", "Score", "Weight")
    return "<h2>Measures</h2>" + table("Scores from 0 to 100", heads, rows)


def _value(each: Measure) -> str:
    if each.value is None:
        return "–"
    shown: dict[Unit, Callable[[int], str]] = {
        Unit.SECONDS: minutes,
        Unit.PERCENT: lambda value: f"{value} %",
        Unit.WORDS: lambda value: f"{value} words",
    }
    return shown[Unit(each.unit)](each.value)


def how_measured(report: Report) -> str:
    """The formula of each score."""
    lines = "".join(
        f"<li><b>{escape(each.name)}</b>: {escape(each.formula)}</li>"
        for each in measures_of(report)
    )
    words = (
        "Everything is measured by the log alone. The total is the mean of all scores by their "
        "weights; what was not due in this run is left out."
    )
    return f"<h2>How it was measured</h2><p>{words}</p><ul>{lines}</ul>"


def assumptions() -> str:
    """What the figures rest on."""
    return f"<h2>Assumptions</h2><ul>{''.join(f'<li>{each}</li>' for each in ASSUMPTIONS)}</ul>"


def appendix(report: Report) -> str:
    """The log entries that matter, by number: every link in the page leads here."""
    rows = [
        (
            f'<a id="entry-{number}">{number}</a>',
            clock(report, at),
            escape(who),
            escape(words),
        )
        for number, at, who, words in report["record"]
    ]
    return "<h2>From the log</h2>" + table(
        "Entries that this report refers to, and those needed to follow it",
        ("Entry", "Time", "Who", "What"),
        rows,
    )
