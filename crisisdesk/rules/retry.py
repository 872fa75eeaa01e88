"""What may be tried again by itself, and when. Everything else waits for a person."""

from collections.abc import Iterable
from dataclasses import replace

from crisisdesk.model.delivery import DeliveryState, Outcome, RecipientResult, Verdict

ATTEMPTS = 5
PAUSES = (2.0, 5.0, 15.0, 45.0)
"""Seconds between attempts when the network did not ask for another time."""

LOOK_AGAIN = (2.0, 10.0, 30.0, 60.0)
"""Seconds after which an unknown outcome is looked up; absence before the last proves nothing."""


def state_after(outcome: Outcome, attempt: int, doubtful: bool = False) -> DeliveryState:
    """The state a send leads to. Only what certainly was not sent is tried again.

    A list where some addresses were put off (4xx) is tried again for those alone. When it is
    `doubtful` whether an earlier attempt was published, no later refusal makes it a failure.
    """
    verdict = outcome.verdict
    if verdict is Verdict.CONFIRMED:
        return DeliveryState.CONFIRMED
    if verdict is Verdict.UNKNOWN or (doubtful and verdict is not Verdict.ACCEPTED):
        return DeliveryState.UNKNOWN
    if wants_retry(outcome) and attempt < ATTEMPTS:
        return DeliveryState.RETRYING
    return DeliveryState.ACCEPTED if verdict is Verdict.ACCEPTED else DeliveryState.FAILED


def wants_retry(outcome: Outcome) -> bool:
    """Whether something of it certainly did not leave and may go later."""
    put_off = any(each.verdict is Verdict.NOT_SENT for each in outcome.recipients)
    return outcome.verdict is Verdict.NOT_SENT or (outcome.verdict is Verdict.ACCEPTED and put_off)


def pause_before(attempt: int, outcome: Outcome, jitter: float) -> float:
    """Seconds to wait before attempt number `attempt` (from 2); `jitter` is between 0 and 1."""
    if outcome.retry_after is not None:
        return outcome.retry_after
    base = PAUSES[min(attempt - 2, len(PAUSES) - 1)]
    return base * (0.8 + 0.4 * jitter)


def merged(
    earlier: Iterable[RecipientResult], later: Iterable[RecipientResult]
) -> tuple[RecipientResult, ...]:
    """Each address once, with its latest result, in the order of the first attempt.

    Who may have had an earlier letter still may, whatever a later attempt was refused with.
    """
    results = {each.address: each for each in earlier}
    doubtful = {name for name, each in results.items() if each.verdict is Verdict.UNKNOWN}
    for each in later:
        open_still = each.address in doubtful and each.verdict is not Verdict.ACCEPTED
        results[each.address] = replace(each, verdict=Verdict.UNKNOWN) if open_still else each
    return tuple(results.values())


def in_doubt(results: Iterable[RecipientResult]) -> tuple[RecipientResult, ...]:
    """A list whose sending was interrupted: who was still to get it may have got it."""
    still = (Verdict.NOT_SENT, Verdict.UNKNOWN)
    return tuple(
        replace(each, verdict=Verdict.UNKNOWN) if each.verdict in still else each
        for each in results
    )


def summed_up(
    earlier: Iterable[RecipientResult], outcome: Outcome, doubtful: bool = False
) -> Outcome:
    """The outcome for a whole list: a later attempt at some addresses takes nothing back.

    Where an earlier attempt is `doubtful` and nothing is known of it, everybody may have had it.
    """
    before = tuple(earlier)
    if doubtful and not before:
        before = tuple(replace(each, verdict=Verdict.UNKNOWN) for each in outcome.recipients)
    everybody = merged(before, outcome.recipients)
    open_still = sum(each.verdict is Verdict.UNKNOWN for each in everybody)
    if open_still and outcome.verdict is not Verdict.UNKNOWN:
        evidence = f"{outcome.evidence} {open_still} may have had it from an earlier attempt."
        return replace(outcome, verdict=Verdict.UNKNOWN, evidence=evidence, recipients=everybody)
    reached = any(each.verdict is Verdict.ACCEPTED for each in everybody)
    taken_back = outcome.verdict in (Verdict.NOT_SENT, Verdict.REFUSED, Verdict.LOCKED)
    verdict = Verdict.ACCEPTED if reached and taken_back else outcome.verdict
    return replace(outcome, verdict=verdict, recipients=everybody)


def why_not_again(found: Outcome, blindly: bool) -> str:
    """Why a person's "send again" must not be carried out after this look; "" when it may.

    `blindly`: that network cannot be looked at, or a repeat leaves one message there.
    """
    if found.verdict is Verdict.ABSENT or blindly:
        return ""
    return "It may be there, so it was not sent again: look at the account yourself."


def still_open(results: Iterable[RecipientResult]) -> tuple[str, ...]:
    """The addresses to try when a list is sent again: put off, or of unknown fate."""
    open_verdicts = (Verdict.NOT_SENT, Verdict.UNKNOWN)
    return tuple(each.address for each in results if each.verdict in open_verdicts)


def state_when_dropped(results: Iterable[RecipientResult]) -> DeliveryState:
    """What a delivery becomes that will not be tried again: some of a list may have it."""
    reached = any(each.verdict is Verdict.ACCEPTED for each in results)
    return DeliveryState.ACCEPTED if reached else DeliveryState.FAILED
