"""Looking names up, with a name server of the test."""

from collections.abc import Iterator

import dns.resolver
import pytest

from core import lookup
from tests.servers.dns import HOST, NameServer, start_name_server


@pytest.fixture
def names() -> Iterator[NameServer]:
    """A name server that knows nothing yet."""
    with start_name_server() as names:
        yield names


@pytest.fixture
def asking(names: NameServer) -> lookup.Lookup:
    """Asks that one."""
    return lookup.Lookup((lookup.NameServer(HOST),), names.port)


def test_texts_in_pieces_are_one_and_asked_for_once(names: NameServer, asking: lookup.Lookup) -> None:
    names.says("a.test", "TXT", '"one " "two"', '"other"')
    assert set(asking.texts("a.test", 2)) == {b"one two", b"other"}
    asking.texts("a.test", 2)
    assert len(names.asked) == 1


def test_what_is_longer_than_any_record_is_left_out(names: NameServer, asking: lookup.Lookup) -> None:
    names.says("a.test", "TXT", " ".join(['"' + "x" * 250 + '"'] * 40), '"short"')
    assert asking.texts("a.test", 5) == (b"short",)


def test_addresses_of_both_kinds_are_found(names: NameServer, asking: lookup.Lookup) -> None:
    names.says("a.test", "A", "192.0.2.1")
    names.says("a.test", "AAAA", "2001:db8::1")
    assert asking.addresses("a.test", 4) == ("192.0.2.1", "2001:db8::1")


def test_a_name_that_is_not_there_has_no_records(asking: lookup.Lookup) -> None:
    assert asking.texts("nowhere.test", 2) == ()


@pytest.mark.parametrize("name", ["a" * 64 + ".test", "..", "ü" * 70, "silent.test"])
def test_what_cannot_be_looked_up_is_told(names: NameServer, asking: lookup.Lookup, name: str) -> None:
    names.silent.add("silent.test")
    with pytest.raises(lookup.NotLookedUp):
        asking.texts(name, 0.3)


def test_a_machine_without_name_servers_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(self: dns.resolver.Resolver, *arguments: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", none)
    with pytest.raises(lookup.NotLookedUp):
        lookup.Lookup().texts("a.test", 0.3)


def test_a_name_server_is_an_address() -> None:
    assert lookup.NameServer.parse(" ::1 ") == "::1"
    with pytest.raises(ValueError, match="has no name of its own"):
        lookup.NameServer.parse("dns.example.org")
