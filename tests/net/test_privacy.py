"""Passwords lying about are not used, proxies are, and logs hold no secrets."""

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.errors import AnswerLost, NetworkError, NotSent
from crisisdesk.net import Session
from crisisdesk.net.redact import MASK, RedactingFormatter, keep_out_of_logs, redacted
from tests.net.wire import answering, http, reset, wire
from tests.servers.launching import free_port


@pytest.mark.usefixtures("netrc")
def test_passwords_of_netrc_are_not_sent(session: Session) -> None:
    with wire(answering(http("200 OK"))) as server:
        session.request("GET", server.url + "/")
        session.request("GET", server.url + "/", headers={"Authorization": "Bearer mine"})
        assert b"authorization" not in server.heard[0].lower()
        assert b"Authorization: Bearer mine" in server.heard[1]


def test_proxy_of_the_environment_is_used(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wire(answering(http("200 OK", b"through"))) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("NO_PROXY", "direct.invalid")
        assert session.request("GET", "http://social.example/a").content == b"through"
        assert proxy.heard[0].startswith(b"GET http://social.example/a ")
        with pytest.raises(NotSent):
            session.request("GET", "http://direct.invalid/")
        assert len(proxy.heard) == 1


def test_we_name_ourselves(session: Session) -> None:
    with wire(answering(http("200 OK"))) as server:
        session.request("GET", server.url + "/")
        assert b"User-Agent: CrisisDesk/" in server.heard[0]


def test_log_line_tells_what_happened_without_the_query(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    keep_out_of_logs("token-in-the-path")
    caplog.set_level(logging.INFO, logger="crisisdesk")
    with wire(answering(http("200 OK"))) as server:
        url = server.url + "/feed/token-in-the-path?key=hidden-1"
        session.request("GET", url, params={"more": "hidden-2"}, headers={"X": "hidden-3"})
    assert "GET 127.0.0.1/feed/***" in caplog.text
    assert "200" in caplog.text
    for secret in ("token-in-the-path", "hidden-1", "hidden-2", "hidden-3"):
        assert secret not in caplog.text


def test_a_server_cannot_write_log_lines(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="crisisdesk")
    with wire(answering(http("200 OK"))) as server:
        session.request("GET", server.url + "/a%0d%0aINFO forged")
        session.request("GET", server.url + "/a\u2028INFO forged")
    assert len(caplog.records) == 2
    assert len(caplog.text.splitlines()) == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/a?token=hidden",
        "http://user:hidden@127.0.0.1:{port}/a",
        "ftp://127.0.0.1/a?token=hidden",
        "nothing?token=hidden",
        "http://no-such-host.invalid/a?token=hidden",
        "http://[bad/?token=hidden",
        "http://127.0.0.1:99999/?token=hidden",
    ],
)
def test_error_words_hold_no_query(session: Session, url: str) -> None:
    with pytest.raises(NetworkError) as caught:
        session.request("GET", url.format(port=free_port()), params={"more": "hidden"})
    assert "hidden" not in str(caught.value)


def test_lost_answers_hold_no_query_and_redirects_neither(session: Session) -> None:
    with wire(reset) as server, pytest.raises(AnswerLost) as lost:
        session.request("GET", server.url + "/?token=hidden")
    assert "hidden" not in str(lost.value)
    away = http("302 Found", b"", "Location: http://other.example/?token=hidden")
    with wire(answering(away)) as server, pytest.raises(NetworkError) as refused:
        session.request("GET", server.url + "/")
    assert "hidden" not in str(refused.value)


@given(st.text(), st.text(min_size=4))
def test_redacted_is_one_line_without_the_secret(text: str, secret: str) -> None:
    keep_out_of_logs(secret)
    shown = redacted(f"{text}{secret}\r\n{text}")
    assert secret in MASK or secret not in shown.replace(MASK, "")
    assert len(shown.splitlines()) == 1
    assert shown.isascii() or "\x1b" not in shown


def test_longer_secrets_go_first_and_short_ones_stay() -> None:
    keep_out_of_logs("abcd1234")
    keep_out_of_logs("abcd1234-and-more")
    keep_out_of_logs("of")
    assert redacted("x abcd1234-and-more of abcd1234") == f"x {MASK} of {MASK}"


def test_formatter_masks_tracebacks_too(tmp_path: Path) -> None:
    keep_out_of_logs("in-the-traceback")
    handler = logging.FileHandler(tmp_path / "log")
    handler.setFormatter(RedactingFormatter("%(levelname)s %(message)s"))
    logger = logging.getLogger("apart")
    logger.propagate = False
    logger.addHandler(handler)
    try:
        raise ValueError("in-the-traceback\nsecond line")
    except ValueError:
        logger.exception("failed for %s", "in-the-traceback")
    logger.removeHandler(handler)
    handler.close()
    lines = (tmp_path / "log").read_text().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"ERROR failed for {MASK}\\nTraceback")
    assert "in-the-traceback" not in lines[0]
