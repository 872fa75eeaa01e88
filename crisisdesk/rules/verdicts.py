"""What a person's verdict makes of a mention, whatever the first triage had made of it."""

from crisisdesk.model.mention import Judgement, Label, Verdict

_BY_A_PERSON = "judged by "
_WORDS = {Verdict.NOISE: "not for us"}


def judged(before: Judgement, verdict: Verdict, by: str) -> Judgement:
    """The judgement after somebody named `by` gave a verdict.

    A lane replaces every label and opens the mention again; noise takes all labels and closes it;
    handled only closes it, and leaves the name of who was first. The rules' own reasons stay
    readable behind the person's word.
    """
    if verdict is Verdict.HANDLED:
        return Judgement(before.labels, before.reasons, before.handled_by or by)
    because = f"{_BY_A_PERSON}{by}: {_WORDS.get(verdict, verdict.value)}"
    rules = tuple(each for each in before.reasons if not each.startswith(_BY_A_PERSON))
    if verdict is Verdict.NOISE:
        return Judgement(Label.NONE, (because, *rules), by)
    return Judgement(Label[verdict.name], (because, *rules))
