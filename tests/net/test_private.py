"""What must stay on the public internet does not reach this machine or its network."""

import ipaddress
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.errors import NotSent
from crisisdesk.net import Session
from crisisdesk.net.deadline import CALL, refuse_private
from tests.net.wire import answering, http, wire


@pytest.mark.parametrize(
    ("bound", "asked"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "localhost"),
        ("127.0.0.1", "127.1"),
        ("127.0.0.1", "2130706433"),
        ("127.0.0.1", "0.0.0.0"),
        ("127.0.0.1", "[::ffff:127.0.0.1]"),
        ("::1", "[::1]"),
    ],
)
def test_this_machine_is_refused_under_every_name(session: Session, bound: str, asked: str) -> None:
    with wire(answering(http("200 OK", b"ok")), host=bound) as server:
        url = f"http://{asked}:{server.port}/"
        with pytest.raises(NotSent, match="private address"):
            session.request("GET", url, public_only=True)
        assert server.heard == []
        assert session.request("GET", url).content == b"ok"


def test_a_warm_connection_is_no_way_round(session: Session) -> None:
    with wire(answering(http("200 OK", b"ok"))) as server:
        session.request("GET", server.url + "/")
        with pytest.raises(NotSent, match="private address"):
            session.request("GET", server.url + "/", public_only=True)
        assert len(server.heard) == 1


def test_not_even_tls_begins(trusting_session: Session, server_tls: ssl.SSLContext) -> None:
    with wire(answering(http("200 OK")), server_tls) as server:
        with pytest.raises(NotSent, match="private address"):
            trusting_session.request("GET", server.url + "/", public_only=True)
        assert server.heard == []
        assert server.hung_up.wait(5)  # the handshake met a closed connection


class Peer:
    """A socket as far as the rule looks at it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.closed = False

    def getpeername(self) -> tuple[str, int]:
        return self.address, 80

    def close(self) -> None:
        self.closed = True


def refused(address: str) -> bool:
    peer = Peer(address)
    CALL.public_only = True
    try:
        refuse_private(peer)  # type: ignore[arg-type]
    except NotSent:
        assert peer.closed
        return True
    finally:
        CALL.public_only = False
    return False


PRIVATE = [
    *("10.1.2.3", "172.16.0.1", "192.168.1.1", "127.8.8.8", "169.254.169.254", "0.0.0.0"),
    *("100.64.0.1", "198.18.0.1", "192.0.2.1", "240.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert refused(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert not refused(address)


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_like_the_one_it_maps(address: ipaddress.IPv4Address) -> None:
    assert refused(f"::ffff:{address}") == refused(str(address)) == (not address.is_global)
