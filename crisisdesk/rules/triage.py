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

# Plain numbers and texts: an enum's members cost many times more to compare and to hash.
_Lane = tuple[int, str]
_NAMES = {label: label.name.lower() for label in LABELS if label.name}
_LANES: list[_Lane] = [(label.value, name) for label, name in _NAMES.items()]
_URGENCY = {_NAMES[label]: urgency for label, urgency in URGENCY.items()}
_TOGETHER = [Label(bits) for bits in range(2 * max(LABELS))]
_NEED, _QUESTION, _EYEWITNESS = "need", "question", "eyewitness"
_CALM = "calm"
_WATCH = "watch"
_PLACE = "place"
_Meaning = tuple[str, int, str]
"""(lane, or one of the kinds above; weight; phrase)."""


class Rules:
    """The cue lists with an office's own watch terms and places, compiled into one automaton.

    Cost is linear in the text and independent of the number of terms.
    """

    def __init__(self, watch_terms: Iterable[str] = (), places: Iterable[str] = ()) -> None:
        meanings: dict[str, list[_Meaning]] = {}
        for label, weights in cues.LISTS.items():
            for weight, phrases in weights.items():
                for phrase in phrases:
                    meaning = (_NAMES[label], weight, phrase)
                    meanings.setdefault(words_of(phrase), []).append(meaning)
        for phrase in cues.CALM:
            meanings.setdefault(words_of(phrase), []).append((_CALM, 0, phrase))
        for kind, terms in ((_WATCH, watch_terms), (_PLACE, places)):
            for term in terms:
                if words_of(term).strip():
                    meanings.setdefault(words_of(term), []).append((kind, 0, term))
        # Heaviest first, so that a text's hits are put in order as plain numbers.
        every = {meaning for several in meanings.values() for meaning in several}
        self._ranked = sorted(every, key=lambda each: (-each[1], each[2], each[0]))
        ranks = {meaning: rank for rank, meaning in enumerate(self._ranked)}
        self._ranks = [tuple(ranks[each] for each in several) for several in meanings.values()]
        self._automaton = AhoCorasick(list(meanings), implementation=Implementation.DFA)

    def judge(self, text: str, words: str = "") -> Triage:
        """Labels, urgency 0–100 and reasons of a text. `words` is its normal form, if at hand."""
        words = words or words_of(text)
        found = self._automaton.find_matches_as_indexes(words, overlapping=True)
        if not found and "?" not in text:
            return _NOTHING
        hits = {rank for index, _, _ in found for rank in self._ranks[index]}
        return _weigh([self._ranked[rank] for rank in sorted(hits)], text)


_NOTHING = Triage(Label.NONE, 0, {}, ())


def _weigh(hits: Iterable[_Meaning], text: str) -> Triage:
    """Add up what was found; `hits` come heaviest first."""
    scores: dict[str, int] = {}
    because: dict[str, list[str]] = {}
    for kind, weight, phrase in hits:
        because.setdefault(kind, []).append(phrase)
        if weight:
            scores[kind] = min(100, scores.get(kind, 0) + weight)
    if "?" in text:
        scores[_QUESTION] = min(100, scores.get(_QUESTION, 0) + 40)
        because.setdefault(_QUESTION, []).append("a question mark")
    _discount(scores, because, text)
    lanes = [lane for lane in _LANES if scores.get(lane[1], 0) >= cues.THRESHOLD]
    return Triage(
        labels=_TOGETHER[sum(bit for bit, _ in lanes)],
        urgency=_urgency(lanes, scores, because),
        scores=scores,
        reasons=_reasons(lanes, because),
    )


def _discount(scores: dict[str, int], because: dict[str, list[str]], text: str) -> None:
    """Words of calm and second-hand words weaken a need and an eyewitness."""
    if _CALM in because and _NEED in scores:
        scores[_NEED] = max(0, scores[_NEED] - CALM_TAKES)
    if text[:3].lower() == "rt ":
        for kind in (_NEED, _EYEWITNESS):
            if kind in scores:
                scores[kind] = max(0, scores[kind] - REPOST_TAKES)


def _urgency(lanes: list[_Lane], scores: dict[str, int], because: dict[str, list[str]]) -> int:
    strongest = max([_URGENCY[lane] for _, lane in lanes], default=0)
    extra = scores[_NEED] // 5 if lanes and lanes[0][1] == _NEED else 0
    near = 10 * (_PLACE in because) + 10 * (_WATCH in because)
    return min(100, strongest + extra + near)


def _reasons(lanes: list[_Lane], because: dict[str, list[str]]) -> tuple[str, ...]:
    reasons = [f"{lane}: {', '.join(because[lane][:3])}" for _, lane in lanes if lane in because]
    for kind, words in ((_WATCH, "watch term"), (_PLACE, "place")):
        if kind in because:
            reasons += [f"{words}: {term}" for term in because[kind][:3]]
    if _CALM in because:
        reasons.append(f"calmer because: {because[_CALM][0]}")
    return tuple(reasons)
