"""Certificates are always checked; nothing in the environment or a call can switch that off."""

import ssl

import pytest

from crisisdesk.model.errors import NotSent
from crisisdesk.net import Net, Session
from tests.net.wire import answering, http, tunnel, wire
from tests.servers.certificates import Certificates


def test_extra_authority_is_accepted(trusting_session: Session, server_tls: ssl.SSLContext) -> None:
    with wire(answering(http("200 OK", b"safe")), server_tls) as server:
        assert trusting_session.request("GET", server.url + "/").content == b"safe"
        assert len(server.heard) == 1


def test_unknown_authority_gets_no_byte(session: Session, server_tls: ssl.SSLContext) -> None:
    with wire(answering(http("200 OK")), server_tls) as server:
        with pytest.raises(NotSent, match="certificate verify failed"):
            session.request("POST", server.url + "/", data=b"secret")
        assert server.heard == []


def test_wrong_host_gets_no_byte(trusting_session: Session, server_tls: ssl.SSLContext) -> None:
    with wire(answering(http("200 OK")), server_tls, host="127.0.0.2") as server:
        with pytest.raises(NotSent, match=r"127\.0\.0\.2"):
            trusting_session.request("POST", server.url + "/", data=b"secret")
        assert server.heard == []


def test_no_tls_at_all_gets_no_byte(trusting_session: Session) -> None:
    with wire(answering(http("200 OK"))) as server:
        with pytest.raises(NotSent):
            trusting_session.request("POST", server.url.replace("http:", "https:") + "/", total=0.5)
        assert b"POST" not in b"".join(server.heard)


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_environment_adds_no_authority(
    session: Session,
    server_tls: ssl.SSLContext,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setenv(name, str(certificates.ca_file))
    with wire(answering(http("200 OK")), server_tls) as server:
        with pytest.raises(NotSent, match="certificate verify failed"):
            session.request("GET", server.url + "/")
        assert server.heard == []


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("value", ["", "/no/such/file", "False"])
def test_environment_takes_no_authority_away(
    trusting_session: Session,
    server_tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
) -> None:
    monkeypatch.setenv(name, value)
    with wire(answering(http("200 OK", b"safe")), server_tls) as server:
        assert trusting_session.request("GET", server.url + "/").content == b"safe"


def test_a_call_cannot_switch_checking_off(session: Session, server_tls: ssl.SSLContext) -> None:
    with wire(answering(http("200 OK")), server_tls) as server:
        with pytest.raises(NotSent, match="certificate verify failed"):
            session.request("GET", server.url + "/", verify=False)
        assert server.heard == []


def test_checking_holds_behind_a_proxy(
    session: Session,
    trusting: Net,
    server_tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    safe = wire(answering(http("200 OK", b"safe")), server_tls)
    with safe as server, wire(tunnel(server.port)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(NotSent, match="certificate verify failed"):
            session.request("GET", server.url + "/")
        assert server.heard == []
        behind = trusting.session()
        assert behind.request("GET", server.url + "/").content == b"safe"
        behind.close()
        assert all(heard.startswith(b"CONNECT 127.0.0.1:") for heard in proxy.heard)
        assert len(proxy.heard) == 2


def test_proxy_that_refuses_means_not_sent(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wire(answering(http("407 Proxy Authentication Required"))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(NotSent, match="407"):
            session.request("POST", "https://social.example/", data=b"secret")
        assert b"secret" not in b"".join(proxy.heard)
