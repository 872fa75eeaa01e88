"""What a verification found, in words: for the command line, and for whoever reads a report."""

from crisisdesk.model.audit import VerifyReport
from crisisdesk.rules.plain_words import counted


def describe(report: VerifyReport) -> str:
    """The report in words: what is proven, by what, and what is not."""
    if report.intact:
        keys = ", ".join(key.hex() for key in report.keys) or "none"
        lines = [f"intact: {report.entries} entries, {_signed(report)}.", *_proven(report)]
        return "\n".join([*lines, f"Keys named in the log: {keys}"])
    first = report.findings[0]
    many = counted(len(report.findings), "finding")
    lines = [f"BROKEN: {many}, the first at entry {first.seq}."]
    lines += [f"  entry {each.seq}: {each.fault} – {each.words}" for each in report.findings]
    return "\n".join(lines)


def _signed(report: VerifyReport) -> str:
    return f"signed up to entry {report.anchored_to}" if report.anchored_to else "not signed"


def _proven(report: VerifyReport) -> list[str]:
    anchor = report.anchor
    after = report.entries - (anchor.seq if anchor else 0)
    lines = [
        f"Complete up to entry {anchor.seq}, by a signed checkpoint in {anchor.place}"
        f"{f', made {anchor.at}' if anchor.at else ''}."
        if anchor
        else "No checkpoint kept outside the log was given: whoever holds the desk's key could "
        "have written all of it anew."
    ]
    if after:
        lines += [f"The last {_entries(after)} only self-consistent."]
    if report.roots:
        lines += [f"The Merkle roots of {report.roots} checkpoints are those of the entries."]
    if report.first_form:
        lines += [f"{report.first_form} older checkpoints sign the chain alone, without a root."]
    return lines + _words(report)


def _words(report: VerifyReport) -> list[str]:
    counts = (
        (report.words, "are those that the entries commit to"),
        (report.redacted, "were taken away, each by an entry that says why"),
        (report.absent, "are not in this copy"),
    )
    told = [f"{number} {words}" for number, words in counts if number]
    return [f"Of the texts that people typed, {', '.join(told)}."] if told else []


def _entries(number: int) -> str:
    return "entry is" if number == 1 else f"{number} entries are"
