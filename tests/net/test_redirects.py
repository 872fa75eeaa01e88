"""A redirect is followed on the same host only, for GET only, three times at most."""

import socket
import ssl

import pytest

from crisisdesk.model.errors import NetworkError, NotSent
from crisisdesk.net import Session
from tests.net.wire import Wire, answering, http, wire

TOKEN = {"Authorization": "Bearer token-1"}


def to(place: str, status: str = "302 Found") -> bytes:
    return http(status, b"moved", f"Location: {place}")


def paths(server: Wire) -> list[str]:
    return [heard.split()[1].decode() for heard in server.heard]


@pytest.mark.parametrize(
    "status",
    ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"],
)
def test_get_follows_on_the_same_host(session: Session, status: str) -> None:
    with wire(answering(to("/new?a=1", status), http("200 OK", b"here"))) as server:
        response = session.request("GET", server.url + "/old", params={"q": "x"}, headers=TOKEN)
        assert response.content == b"here"
        assert paths(server) == ["/old?q=x", "/new?a=1"]
        assert b"token-1" in server.heard[1]


def test_three_redirects_and_no_fourth(session: Session) -> None:
    with wire(answering(to("/1"), to("/2"), to("/3"), http("200 OK", b"here"))) as server:
        assert session.request("GET", server.url + "/0").content == b"here"
    with wire(answering(to("/again"))) as server:
        with pytest.raises(NetworkError, match="without end"):
            session.request("GET", server.url + "/0")
        assert len(server.heard) == 4


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
def test_nothing_but_get_is_followed(session: Session, method: str) -> None:
    with wire(answering(to("/new", "307 Temporary"))) as server:
        assert session.request(method, server.url + "/", data=b"x").status_code == 307
        assert len(server.heard) == 1


def test_credentials_never_reach_another_host(session: Session) -> None:
    with wire(answering(http("200 OK")), host="127.0.0.2") as other:
        for place in (other.url + "/", f"//127.0.0.2:{other.port}/"):
            with wire(answering(to(place))) as server:
                with pytest.raises(NetworkError, match="another place"):
                    session.request("GET", server.url + "/", headers=TOKEN)
                assert len(server.heard) == 1
        assert other.connections == 0


def test_never_from_https_to_http(trusting_session: Session, server_tls: ssl.SSLContext) -> None:
    with wire(answering(http("200 OK"))) as plain:
        place = f"http://127.0.0.1:{plain.port}/"
        with wire(answering(to(place)), context=server_tls) as server:
            with pytest.raises(NetworkError, match="another place"):
                trusting_session.request("GET", server.url + "/", headers=TOKEN)
            assert len(server.heard) == 1
        assert plain.connections == 0


@pytest.mark.parametrize(
    "place", ["http://[bad", "javascript:alert(1)", "file:///etc/passwd", "http://"]
)
def test_redirects_to_nonsense(session: Session, place: str) -> None:
    with wire(answering(to(place))) as server, pytest.raises(NetworkError):
        session.request("GET", server.url + "/")


def test_redirect_without_a_place_is_the_answer(session: Session) -> None:
    with wire(answering(http("302 Found", b"where?"))) as server:
        assert session.request("GET", server.url + "/").status_code == 302


def test_each_hop_is_checked_for_private_addresses(session: Session) -> None:
    def talk(server: Wire, connection: socket.socket) -> None:
        connection.sendall(to("/secret"))

    with wire(talk) as server:
        with pytest.raises(NotSent, match="private address"):
            session.request("GET", server.url + "/", public_only=True)
        assert server.heard == []
