"""The fault matrix: what goes wrong, on which channel, at which moment, and what must come of it.

Every row sends one alert on all four channels and breaks one of them. `first` is what the desk
shows after the first attempt, `end` once everything planned has been done; beside each stands how
often the message is public then, as the server counts it. Faults that are no single request stand
in elsewhere.py, with the tests that show them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

from tests.faults import ways
from tests.faults.harbour import Harbour
from tests.faults.row import (
    LEFT,
    NETWORKS,
    SIGN_IN,
    SOCIAL,
    Moment,
    Row,
    S,
    armed,
    done,
    lost,
    nothing,
)
from tests.net.wire import answering, full_backlog, wire

# F1 to F3: nothing has left


def unreachable() -> Iterator[Row]:
    for account in NETWORKS:
        refused = Row(
            "F1",
            "refused",
            account,
            Moment.BEFORE,
            lambda harbour, name=account: harbour.proxies[name].refuse(),
            "refused",
            (S.RETRYING, 0),
            (done(account), 1),
            lambda harbour, name=account: harbour.proxies[name].listen(),
        )
        yield refused
        yield replace(refused, name="refused for good", end=(S.FAILED, 0), heal=nothing)
        yield replace(
            refused,
            name="no such name",
            strike=lambda harbour, name=account: harbour.point(name, "no-such-host.invalid", 9),
            words="could not be reached|refused",
            heal=lambda harbour, name=account: harbour.lead(name),
        )
        yield replace(
            refused,
            fault="F3",
            name="connection never taken",
            strike=lambda harbour, name=account: harbour.point(
                name, "127.0.0.1", harbour.stay(full_backlog())
            ),
            words="timed out",
            heal=lambda harbour, name=account: harbour.lead(name),
            hurry=True,
        )
    yield Row(
        "F1",
        "folder away",
        "cap",
        Moment.BEFORE,
        lambda harbour: harbour.cap.write_text("a file where the folder should be"),
        "folder cannot be written",
        (S.RETRYING, 0),
        (S.CONFIRMED, 1),
        lambda harbour: harbour.cap.unlink(),
    )


def untrusted() -> Iterator[Row]:
    cases = {
        "certificate of nobody known": ("unknown", "127.0.0.1"),
        "certificate for another host": ("good", "127.0.0.2"),
        "certificate run out": ("expired", "127.0.0.1"),
    }
    for account in NETWORKS:
        for name, (certificate, host) in cases.items():
            yield Row(
                "F2",
                name,
                account,
                Moment.BEFORE,
                lambda harbour, a=account, c=certificate, h=host: harbour.lead(
                    a, harbour.proxy(a, c, h)
                ),
                {"unknown": "verify failed", "good": host, "expired": "expired"}[certificate],
                (S.FAILED, 0),
                (S.FAILED, 0),
                asked=0,
            )
    yield Row(
        "F2",
        "encryption not offered",
        "mail",
        Moment.BEFORE,
        lambda harbour: harbour.set("mail", security="starttls"),
        "does not offer STARTTLS",
        (S.RETRYING, 0),
        (S.FAILED, 0),
        asked=0,
    )


# F4, F5, F7, F10, F11: something has left


def answer_lost() -> Iterator[Row]:
    for account in NETWORKS:
        for name, way in (
            ("closed after request bytes", ways.closed_before),
            ("reset after request bytes", ways.reset_before),
            ("reset in the middle of the body", ways.reset_during),
        ):
            yield lost("F4", name, account, way, 0, LEFT, Moment.DURING)
        slow = {"hurry": True}
        silent = lost("F4", "silence after request bytes", account, ways.silent_before, 0, LEFT)
        yield replace(silent, moment=Moment.DURING, hurry=True)
        yield lost("F5", "closed instead of the answer", account, ways.closed_after, 1, LEFT)
        yield lost("F5", "reset instead of the answer", account, ways.reset_after, 1, LEFT)
        yield lost("F5", "no answer", account, ways.silent_after, 1, LEFT, **slow)
        yield lost(
            "F5", "half of the answer", account, ways.cut_after, 1, "answer|total|3 unknown", **slow
        )
        yield lost("F11", "a byte at a time", account, ways.dripping_after, 1, LEFT, **slow)
    yield Row(
        "F4",
        "reset at the word DATA",
        "mail",
        Moment.BEFORE,
        armed("mail", ways.reset_before, "DATA"),
        "reset|closed",
        (S.RETRYING, 0),
        (S.ACCEPTED, 1),
    )
    yield Row(
        "F11",
        "greeting a byte at a time",
        "mail",
        Moment.BEFORE,
        armed("mail", ways.dripping_after, "CONNECT"),
        "timed out|total time",
        (S.RETRYING, 0),
        (S.ACCEPTED, 1),
        hurry=True,
    )
    for fault, name in (("F4", "file written, feed not"), ("F5", "file written, then no word")):
        yield Row(
            fault,
            name,
            "cap",
            Moment.DURING if fault == "F4" else Moment.AFTER,
            _feed_blocked if fault == "F4" else _dies_after_writing,
            "file is written|program failed",
            (S.UNKNOWN, 1),
            (S.CONFIRMED, 1),
            _feed_free if fault == "F4" else nothing,
        )


def _feed_blocked(harbour: Harbour) -> None:
    (harbour.cap / "feed.atom").mkdir(parents=True)


def _feed_free(harbour: Harbour) -> None:
    (harbour.cap / "feed.atom").rmdir()


def _dies_after_writing(harbour: Harbour) -> None:
    channel, _ = harbour.channels.get("cap")
    whole = channel._send

    def once(message: object) -> None:
        whole(message)  # type: ignore[arg-type]
        channel._send = whole  # type: ignore[method-assign]
        raise RuntimeError("the thread ended here")

    channel._send = once  # type: ignore[assignment,method-assign]


def gateways() -> Iterator[Row]:
    for account in SOCIAL:
        for code in (500, 502, 503, 504, 511):
            words = rf"failed while handling it \({code}"
            yield lost("F7", str(code), account, ways.status(code), 0, words, Moment.DURING)
        after = ways.bad_gateway_after
        yield lost("F7", "502 instead of the answer", account, after, 1, "502")
    temporary = ways.saying(b"451 4.3.0 Try again later\r\n")
    for name, match in (("451 to the sender", "MAIL"), ("451 to the letter", ".")):
        strike = armed("mail", temporary, match)
        row = Row(
            "F7", name, "mail", Moment.DURING, strike, "4.3.0", (S.RETRYING, 0), (S.ACCEPTED, 1)
        )
        yield row
    goodbye = armed("mail", ways.saying(b"421 4.3.2 Shutting down\r\n"), "CONNECT")
    yield Row(
        "F7",
        "421 as greeting",
        "mail",
        Moment.BEFORE,
        goodbye,
        "421",
        (S.RETRYING, 0),
        (S.ACCEPTED, 1),
    )


GARBAGE = {
    "captive portal instead of the answer": ways.portal_after,
    "empty 200": ways.empty_after,
    "JSON cut off": ways.half_json_after,
    "a JSON list": ways.other_json_after,
    "JSON without an id": ways.no_id_after,
    "noise": ways.noise_after,
    "two million bytes": ways.huge_after,
    "gzip bomb": ways.bomb_after,
}


def garbage() -> Iterator[Row]:
    for account in SOCIAL:
        portal = lost("F10", "captive portal", account, ways.portal, 0, "text/html, not JSON")
        yield replace(portal, moment=Moment.DURING)
        for name, way in GARBAGE.items():
            yield lost("F10", name, account, way, 1, "answer")
    yield lost("F10", "noise", "mail", ways.noise_after, 1, "unknown")
    flood = lost(
        "F10", "a reply without end", "mail", ways.flooding_after, 1, "longer than we read"
    )
    yield flood
    yield Row(
        "F10",
        "captive portal",
        "mail",
        Moment.BEFORE,
        armed("mail", ways.portal, "CONNECT"),
        "not sent",
        (S.RETRYING, 0),
        (S.ACCEPTED, 1),
    )


# F6, F8, F9, F12: an answer that says something


def refusals() -> Iterator[Row]:
    for account in SOCIAL:
        limited = Row(
            "F6",
            "429",
            account,
            Moment.DURING,
            armed(account, ways.status(429, {"Retry-After": "7"})),
            "Too many requests",
            (S.RETRYING, 0),
            (S.CONFIRMED, 1),
        )
        yield limited
        yield replace(
            limited, name="429 for ever", strike=armed(account, ways.status(429), times=-1),
            end=(S.FAILED, 0),
        )  # fmt: skip
        for code in (401, 403):
            words = "refused our sign-in" if code == 401 else "refused it"
            yield replace(
                limited,
                fault="F8",
                name=str(code),
                strike=armed(account, ways.status(code), times=-1),
                words=rf"{words} \({code}",
                first=(S.FAILED, 0),
                end=(S.FAILED, 0),
                asked=1,
            )
        for code in (403, 409, 422):
            twice = ways.status(code, error="Duplicate: this was published already")
            name = f"{code} duplicate, and it is not there"
            row = lost("F9", name, account, twice, 0, "has it already", Moment.DURING)
            yield row
            said = ways.http(f"{code} Duplicate", b'{"error": "Duplicate"}', ways.JSON)
            name = f"{code} duplicate, and it is there"
            yield lost("F9", name, account, ways.saying_after(said), 1, "has it already")
    yield Row(
        "F8",
        "password refused",
        "bsky",
        Moment.BEFORE,
        armed("bsky", ways.status(401), SIGN_IN, times=-1),
        "refused the sign-in",
        (S.FAILED, 0),
        (S.FAILED, 0),
        asked=0,
    )
    yield Row(
        "F8",
        "password refused",
        "mail",
        Moment.BEFORE,
        _other_password,
        "535",
        (S.FAILED, 0),
        (S.FAILED, 0),
        asked=0,
    )
    yield Row(
        "F6",
        "450 to every address",
        "mail",
        Moment.DURING,
        armed("mail", ways.saying(b"450 4.7.1 Too much mail from you\r\n"), "MAIL"),
        "4.7.1",
        (S.RETRYING, 0),
        (S.ACCEPTED, 1),
    )


def _other_password(harbour: Harbour) -> None:
    harbour.mail.add_account("desk", "another one")
    harbour.set("mail", user="desk")


def redirects() -> Iterator[Row]:
    for account in SOCIAL:
        for code in (301, 302, 307, 308):
            row = lost("F12", f"{code} to another host", account, ways.portal, 0, f"{code}")
            strike = lambda harbour, a=account, c=code: _redirected(harbour, a, c)  # noqa: E731
            yield replace(row, strike=strike, moment=Moment.DURING)


def _redirected(harbour: Harbour, account: str, code: int) -> None:
    elsewhere = harbour.stay(
        wire(answering(ways.http("200 OK", b"{}", ways.JSON)), host="127.0.0.2")
    )
    harbour.strangers.append(elsewhere)
    there = {"Location": f"{elsewhere.url}/api/v1/statuses"}
    armed(account, ways.status(code, there))(harbour)


ROWS = [
    row
    for rows in (unreachable, untrusted, answer_lost, gateways, garbage, refusals, redirects)
    for row in rows()
]

WAITS: dict[str, tuple[Callable[[Harbour], str | None], float]] = {
    "seconds": (lambda _: "7", 7.0),
    "a date": (
        lambda harbour: format_datetime(harbour.clock.now() + timedelta(seconds=40), usegmt=True),
        40.0,
    ),
    "absurd": (lambda _: "999999999", 300.0),
    "negative": (lambda _: "-30", 1.0),
    "no number": (lambda _: "soon", 30.0),
    "absent": (lambda _: None, 30.0),
}
"""F6: what the network says about waiting, and the seconds that the desk then waits."""
