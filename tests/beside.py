"""Which tests run side by side: `make test` has a process for each core, and each takes groups.

A group is a file; or all tests, wherever they lie, that look at the same played exercises or the
same servers, so that these are played or started once. What takes longest comes first.
"""

import pytest

SHARED = {
    "nights": ("good_night", "poor_night", "packs"),
    "servers": ("pds", "mastodon", "mitm", "postfix", "secret_service_environment"),
    "postgres": ("postgres",),
}
"""Fixtures of the whole session, by their group."""

LONGEST = ("nights", "tests/rigs/", "tests/atspi/", "tests/soak/", "tests/cli/", "tests/ui/")
"""Groups, or the folders of their files. Begun late, one of them would be waited for alone."""


def put_in_groups(items: list[pytest.Item]) -> None:
    """Name the group of each test, and bring the longest to the front."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group_of(item)))
    items.sort(key=_turn)


def group_of(item: pytest.Item) -> str:
    """With whom it shares a process."""
    fixtures = getattr(item, "fixturenames", ())
    for group, shared in SHARED.items():
        if not set(shared).isdisjoint(fixtures):
            return group
    return item.nodeid.partition("::")[0]


def _turn(item: pytest.Item) -> int:
    group = group_of(item)
    turns = (place for place, each in enumerate(LONGEST) if group.startswith(each))
    return next(turns, len(LONGEST))
