"""A crowd that says the same: one inject for each of its people."""

from dataclasses import replace

from crisisdesk.model.exercise import Inject, Scenario


def expand(scenario: Scenario) -> tuple[Inject, ...]:
    """Every inject by itself, in time order: a crowd of `copies` becomes so many single injects.

    The copies lie evenly over `spread` seconds. Their senders are numbered from 1, before the
    first dot of a handle; the first copy keeps the inject's id, the others are "id-2", "id-3", ….
    """
    every = [single for inject in scenario.injects for single in singles(inject)]
    return tuple(sorted(every, key=lambda inject: inject.at))


def singles(inject: Inject) -> list[Inject]:
    """One inject for each of its people, itself when there is only one."""
    if inject.copies == 1:
        return [inject]
    name, dot, domain = inject.sender.partition(".")
    return [
        replace(
            inject,
            id=inject.id if number == 1 else f"{inject.id}-{number}",
            at=inject.at + inject.spread * (number - 1) // (inject.copies - 1),
            sender=f"{name}{number}{dot}{domain}",
            copies=1,
            spread=0,
        )
        for number in range(1, inject.copies + 1)
    ]
