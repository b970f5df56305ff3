"""Addresses, domains and hosts: one spelling each, and nothing that could be something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.discovery.values import Domain, HostName, MailAddress, NameServer


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Ada.Lovelace@Example.ORG ", "ada.lovelace@example.org"),
        ("ada@example.org.", "ada@example.org"),
        ("ada+lists@bücher.example", "ada+lists@xn--bcher-kva.example"),
    ],
)
def test_an_address_has_one_spelling(typed: str, address: str) -> None:
    assert MailAddress.parse(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "ada",
        "@example.org",
        "ada@",
        "ada@localhost",
        "ada@127.0.0.1",
        "ada@[127.0.0.1]",
        "a da@example.org",
        "a..da@example.org",
        '"ada"@example.org',
        "ada@exam_ple.org",
        "ada@-example.org",
        "ada@example..org",
        "ada@\ud800.example",
        f"{'a' * 65}@example.org",
        f"ada@{'a' * 64}.org",
        "ada\r\n@example.org",
        "ada/x@example.org/evil.test:993",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        MailAddress.parse(typed)


def test_an_address_has_two_parts() -> None:
    address = MailAddress.parse("Ada@Example.org")
    assert (address.local_part, address.domain) == ("ada", "example.org")


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "mail",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.0x1",
        "0177.0.0.1",
        "[::1]",
        "::1",
        "fe80::1%lo",
        "①②⑦.0.0.1",
        "127。0。0。1",
        "user@mail.example.org",
        "mail.example.org:25",
        "mail.example.org/x",
        "mail.exa\tmple.org",
        "mail.exa\0mple.org",
        "mail.example.org\r\nX: y",
        "-mail.example.org",
        "ma\\010il.example.org",
        f"{'a.' * 130}org",
    ],
)
def test_what_is_no_name_of_a_server_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        HostName.parse(name)


def test_localhost_is_a_name_too() -> None:
    assert HostName.parse("LocalHost.") == "localhost"


def test_a_host_is_within_its_own_domain_alone() -> None:
    host = HostName("mail.found.test")
    assert host.is_within("found.test") and host.is_within("mail.found.test")
    assert not host.is_within("und.test") and not host.is_within("imap.mail.found.test")


@given(st.text(max_size=60))
def test_whatever_parses_is_its_own_only_spelling(text: str) -> None:
    for kind in (Domain, HostName, MailAddress):
        try:
            parsed = kind.parse(text)
        except ValueError:
            continue
        assert kind.parse(parsed) == parsed and parsed.isascii() and parsed == parsed.lower()


def test_a_name_server_is_an_address() -> None:
    assert (NameServer.parse(" 192.0.2.53"), NameServer.parse("2001:DB8::53")) == ("192.0.2.53", "2001:db8::53")
    with pytest.raises(ValueError, match="no name of its own"):
        NameServer.parse("ns.example.org")
