"""Which addresses are of the open net, and that a connection for users goes nowhere else."""

import socket
from collections.abc import Iterator

import pytest

from core.security.outside import NotOutside, connect, is_outside


@pytest.fixture
def server() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2001:db8::1",
        "3fff::1",
        "192.88.99.1",
        "::127.0.0.1",
        "5f00::1",
        "::ffff:0:7f00:1",
        "100::1",
        "2001:4860::5efe:7f00:1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "localhost",
        "",
    ],
)
def test_addresses_of_inner_networks_are_not_outside(address: str) -> None:
    assert not is_outside(address)


@pytest.mark.parametrize("address", ["9.9.9.9", "193.0.6.139", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909"])
def test_addresses_of_the_open_net_are_outside(address: str) -> None:
    assert is_outside(address)


def test_a_server_beside_this_one_is_not_connected_to_for_users(server: int) -> None:
    for host in ("127.0.0.1", "localhost", "0.0.0.0"):
        with pytest.raises(NotOutside, match="inner network"):
            connect(host, server, 2, outside=True)


def test_a_server_that_the_admin_named_may_stand_anywhere(server: int) -> None:
    with connect("127.0.0.1", server, 2) as connection:
        assert connection.getpeername()[1] == server


def test_one_inner_address_among_others_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", ("9.9.9.9", 993)), (2, 1, 6, "", ("127.0.0.1", 993))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(NotOutside):
        connect("mail.example", 993, 2, outside=True)


def test_what_was_checked_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []

    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(10, 1, 6, "", ("2620:fe::fe", 993, 0, 0)), (2, 1, 6, "", ("9.9.9.9", 993))]

    def create(place: object, timeout: float) -> socket.socket:
        tried.append(place)
        raise OSError("no way there")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", create)
    with pytest.raises(OSError, match="no way there"):
        connect("mail.example", 993, 2, outside=True)
    assert tried == [("2620:fe::fe", 993), ("9.9.9.9", 993)]
