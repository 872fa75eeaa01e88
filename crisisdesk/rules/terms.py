"""Watch terms and places: what may stand in the lists, and which texts have them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ahocorasick_rs import AhoCorasick, Implementation

from crisisdesk.rules.normal import words_of

SHORTEST = 3
LONGEST = 80
MOST = 5_000


def trouble_with(term: str, others: Iterable[str]) -> str:
    """Why a term cannot join the others, in words; empty when it can."""
    plain = words_of(term).strip()
    if not plain:
        return f"“{term}” holds no letter or digit"
    if len(plain) < SHORTEST:
        return f"“{term}” is too short: it would be found nearly everywhere"
    if len(term) > LONGEST:
        return f"“{term[:20]}…” is longer than {LONGEST} characters"
    same = next((each for each in others if words_of(each).strip() == plain), None)
    if same is None:
        return ""
    return f"“{term}” is in the list already" + (f" as “{same}”" if same != term else "")


def joined(terms: Sequence[str], pasted: Iterable[str]) -> tuple[list[str], list[str]]:
    """The terms with the pasted lines that can join them, and why the others cannot."""
    together, troubles = list(terms), list[str]()
    for line in pasted:
        term = " ".join(line.split())
        if not term:
            continue
        trouble = trouble_with(term, together)
        if trouble:
            troubles.append(trouble)
        else:
            together.append(term)
    if len(together) > MOST:
        return list(terms), [f"more than {MOST:,} terms are too many"]
    return together, troubles


def hits(terms: Sequence[str], texts: Iterable[str]) -> tuple[int, dict[str, int]]:
    """How many texts have any of the terms, and how many have each."""
    plain = {term: words_of(term) for term in terms if words_of(term).strip()}
    each: Counter[str] = Counter(dict.fromkeys(terms, 0))
    if not plain:
        return 0, dict(each)
    known = list(plain)
    automaton = AhoCorasick([plain[term] for term in known], implementation=Implementation.DFA)
    any_of_them = 0
    for text in texts:
        found = {
            known[index]
            for index, _, _ in automaton.find_matches_as_indexes(words_of(text), overlapping=True)
        }
        any_of_them += bool(found)
        each.update(found)
    return any_of_them, dict(each)
