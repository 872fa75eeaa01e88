"""First triage: which mentions need a person, and why, by rules anyone can read."""

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, Implementation

from crisisdesk.model.mention import LABELS, Label, Triage
from crisisdesk.rules import cues
from crisisdesk.rules.normal import words_of

CALM_TAKES = 50
REPOST_TAKES = 30
URGENCY = {
    Label.NEED: 60,
    Label.RUMOUR: 25,
    Label.QUESTION: 15,
    Label.EYEWITNESS: 20,
    Label.MEDIA: 15,
}

_CALM = "calm"
_WATCH = "watch"
_PLACE = "place"
_Meaning = tuple[Label | str, int, str]


class Rules:
    """The cue lists with an office's own watch terms and places, compiled into one automaton.

    Cost is linear in the text and independent of the number of terms.
    """

    def __init__(self, watch_terms: Iterable[str] = (), places: Iterable[str] = ()) -> None:
        meanings: dict[str, list[_Meaning]] = {}
        for label, weights in cues.LISTS.items():
            for weight, phrases in weights.items():
                for phrase in phrases:
                    meanings.setdefault(words_of(phrase), []).append((label, weight, phrase))
        for phrase in cues.CALM:
            meanings.setdefault(words_of(phrase), []).append((_CALM, 0, phrase))
        for kind, terms in ((_WATCH, watch_terms), (_PLACE, places)):
            for term in terms:
                if words_of(term).strip():
                    meanings.setdefault(words_of(term), []).append((kind, 0, term))
        self._meanings = list(meanings.values())
        self._automaton = AhoCorasick(list(meanings), implementation=Implementation.DFA)

    def judge(self, text: str, words: str = "") -> Triage:
        """Labels, urgency 0–100 and reasons of a text. `words` is its normal form, if at hand."""
        words = words or words_of(text)
        found = self._automaton.find_matches_as_indexes(words, overlapping=True)
        hits = (
            {meaning for index, _, _ in found for meaning in self._meanings[index]} if found else ()
        )
        if not hits and "?" not in text:
            return _NOTHING
        return _weigh(hits, text)


_NOTHING = Triage(Label.NONE, 0, {}, ())


def _weigh(hits: Iterable[_Meaning], text: str) -> Triage:
    scores: dict[Label, int] = {}
    because: dict[Label | str, list[str]] = {}
    for kind, weight, phrase in sorted(hits, key=lambda hit: (-hit[1], hit[2])):
        because.setdefault(kind, []).append(phrase)
        if isinstance(kind, Label):
            scores[kind] = min(100, scores.get(kind, 0) + weight)
    if "?" in text:
        scores[Label.QUESTION] = min(100, scores.get(Label.QUESTION, 0) + 40)
        because.setdefault(Label.QUESTION, []).append("a question mark")
    _discount(scores, because, text)
    labels = Label.NONE
    for label in LABELS:
        if scores.get(label, 0) >= cues.THRESHOLD:
            labels |= label
    return Triage(
        labels=labels,
        urgency=_urgency(labels, scores, because),
        scores={
            label.name.lower(): scores[label] for label in LABELS if label in scores and label.name
        },
        reasons=_reasons(labels, because),
    )


def _discount(scores: dict[Label, int], because: dict[Label | str, list[str]], text: str) -> None:
    """Words of calm and second-hand words weaken a need and an eyewitness."""
    if _CALM in because and Label.NEED in scores:
        scores[Label.NEED] = max(0, scores[Label.NEED] - CALM_TAKES)
    if text[:3].lower() == "rt ":
        for label in (Label.NEED, Label.EYEWITNESS):
            if label in scores:
                scores[label] = max(0, scores[label] - REPOST_TAKES)


def _urgency(labels: Label, scores: dict[Label, int], because: dict[Label | str, list[str]]) -> int:
    strongest = max((URGENCY[label] for label in LABELS if label in labels), default=0)
    extra = scores.get(Label.NEED, 0) // 5 if Label.NEED in labels else 0
    near = 10 * (_PLACE in because) + 10 * (_WATCH in because)
    return min(100, strongest + extra + near)


def _reasons(labels: Label, because: dict[Label | str, list[str]]) -> tuple[str, ...]:
    reasons = [
        f"{label.name.lower()}: {', '.join(because[label][:3])}"
        for label in LABELS
        if label in labels and label in because and label.name
    ]
    for kind, words in ((_WATCH, "watch term"), (_PLACE, "place")):
        reasons += [f"{words}: {term}" for term in because.get(kind, [])[:3]]
    if _CALM in because:
        reasons.append(f"calmer because: {because[_CALM][0]}")
    return tuple(reasons)
