"""The values of the core's own sections."""

from typing import Any

import pytest

from core.ini.app import Bind, HostName, SiteAddress


@pytest.mark.parametrize(
    "text", ["localhost", "mail.example.org", "Mail.Example.ORG", "10.0.0.1", "::1", "xn--bcher-kva.example"]
)
def test_a_host_is_a_name_or_an_ip_address(text: str) -> None:
    assert HostName.parse(text) == text.lower()


@pytest.mark.parametrize(
    ("text", "host", "port", "loopback"),
    [
        ("127.0.0.1:8300", "127.0.0.1", 8300, True),
        ("[::1]:80", "::1", 80, True),
        ("localhost:0", "localhost", 0, True),
        ("0.0.0.0:8300", "0.0.0.0", 8300, False),
        ("[::]:8300", "::", 8300, False),
        ("mail.example.org:443", "mail.example.org", 443, False),
    ],
)
def test_where_to_listen_is_an_address_and_a_port(text: str, host: str, port: int, loopback: bool) -> None:
    bind = Bind.parse(text)
    assert (bind.host, bind.port, bind.is_loopback) == (host, port, loopback)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://mail.example.org", "https://mail.example.org"),
        ("https://Mail.Example.org/", "https://mail.example.org"),
        ("http://127.0.0.1:8300", "http://127.0.0.1:8300"),
        ("http://[::1]:8300", "http://[::1]:8300"),
    ],
)
def test_the_site_has_an_address_without_a_path(text: str, address: str) -> None:
    assert SiteAddress.parse(text) == address


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (HostName, "mail example", "is not a host name like mail.example.org"),
        (HostName, "-mail.example.org", "is not a host name"),
        (HostName, "mail.example.org:993", "is not a host name"),
        (HostName, "mail.example.org\n", "is not a host name"),
        (Bind, "127.0.0.1", "is not an address with a port, like 127.0.0.1:8300"),
        (Bind, "127.0.0.1:", "is not an address with a port"),
        (Bind, ":8300", "is not an address with a port"),
        (Bind, "127.0.0.1:99999", "is not an address with a port"),
        (Bind, "127.0.0.1:८३", "is not an address with a port"),
        (Bind, "::1:8300", "is not an address with a port"),
        (Bind, "[localhost]:8300", "is not an address with a port"),
        (SiteAddress, "mail.example.org", "is not an address like https://mail.example.org"),
        (SiteAddress, "ftp://mail.example.org", "is not an address"),
        (SiteAddress, "https://", "is not an address"),
        (SiteAddress, "https://a b", "is not an address"),
        (SiteAddress, "https://ann@mail.example.org", "is not an address"),
        (SiteAddress, "https://mail.example.org:port", "is not an address"),
        (SiteAddress, "https://mail.example.org:0", "is not an address"),
        (SiteAddress, "https://mail.example.org/mail", "holds more than a host"),
        (SiteAddress, "https://mail.example.org/?a", "holds more than a host"),
    ],
)
def test_what_is_none_of_these_is_refused_with_the_reason(
    kind: Any, text: str, reason: str
) -> None:  # Any: three types
    with pytest.raises(ValueError, match=reason):
        kind.parse(text)
