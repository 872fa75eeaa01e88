"""A slice of each long run; `make soak` runs the whole."""

from argparse import ArgumentParser, Namespace

from tests.soak import broadcasts, day, mutations
from tests.soak.day import slope


def asked(*words: str) -> Namespace:
    parser = ArgumentParser()
    parser.add_argument("--seed", type=int, default=7)
    for part in (broadcasts, day, mutations):
        part.add_options(parser)
    return parser.parse_args(words)


def test_hostile_broadcasts_beside_live_credentials_never_try_to_leave() -> None:
    found = broadcasts.run(asked("--broadcasts", "200", "--processes", "2"))
    assert found["problems"] == []
    assert (found["broadcasts"], found["sends"]) == (200, 800)
    assert (found["attempts"], found["connections"]) == (0, 0)


def test_on_networks_that_fail_every_delivery_comes_to_rest() -> None:
    found = day.run(asked("--hours", "4", "--speed", "3600"))
    assert found["problems"] == []
    assert found["faults"] > 5
    assert sum(found["deliveries"].values()) > 50


def test_every_change_of_a_log_is_found_or_is_nothing_that_was_claimed() -> None:
    found = mutations.run(asked("--mutations", "1500"))
    assert found["problems"] == []
    assert sum(found["outcomes"].values()) > 2000


def test_a_straight_line_is_fitted() -> None:
    assert slope([(2, 10.0), (3, 10.5), (4, 11.0)]) == 0.5
    assert slope([(2, 10.0)]) == 0.0
