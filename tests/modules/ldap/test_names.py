"""What people type on its way into filters and DNs."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ldap3.operation.search import parse_filter
from ldap3.protocol.convert import prepare_filter_for_sending
from ldap3.utils.dn import parse_dn

from modules.ldap.names import check_dn, check_filter, escape_dn, escape_filter, fill, is_typable, one_spelling

ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), min_size=1) | st.text('*()\\\0,+=#;<>" a', min_size=1)


@given(ANYTHING)
def test_a_filter_holds_exactly_what_was_typed(value: str) -> None:
    root = parse_filter(
        fill("(&(uid={username})(cn=x))", {"username": escape_filter(value)}), None, False, False, None, False
    )  # type: ignore[no-untyped-call]  # the stubs say nothing of it
    both = root.elements[0].elements
    assert len(both) == 2
    assert prepare_filter_for_sending(both[0].assertion["value"]) == value.encode()  # type: ignore[no-untyped-call]  # as above


@given(ANYTHING)
def test_a_dn_holds_exactly_what_was_typed(value: str) -> None:
    first, second = parse_dn(fill("uid={username},dc=x", {"username": escape_dn(value)}))
    assert second[:2] == ("dc", "x") and first[0] == "uid"
    assert _octets(first[1]) == value.encode()


@given(ANYTHING)
def test_what_is_filled_in_is_not_filled_again(value: str) -> None:
    assert fill("{a}{b}", {"a": "{b}", "b": escape_filter(value)}) == "{b}" + escape_filter(value)


@pytest.mark.parametrize("name", ["ada", "ada@example.test", "Zoë Ångström", "o, brien", "山田", "*)(uid=*"])
def test_names_that_can_be_seen_can_be_typed(name: str) -> None:
    assert is_typable(name)


@pytest.mark.parametrize("name", ["", "a\0", "a\tb", "a\u200bb", "\ud800", "a\u2028b", "\ue000", "x" * 257])
def test_names_that_cannot_be_seen_cannot_be_typed(name: str) -> None:
    assert not is_typable(name)


def test_a_name_has_one_spelling() -> None:
    assert one_spelling(" Zoe\u0308 ") == one_spelling("zoë") == "zoë"


@pytest.mark.parametrize("filter_", ["uid={username}", "(uid={username}", "(uid={username}))", "(&)(x)", "", "(uid)"])
def test_what_is_no_filter_is_refused(filter_: str) -> None:
    with pytest.raises(ValueError, match="is not a filter"):
        check_filter(filter_)


@pytest.mark.parametrize("dn", ["", "people", "ou=people,", "ou=people,dc", "=x", "o{u}=x=,"])
def test_what_is_no_dn_is_refused(dn: str) -> None:
    with pytest.raises(ValueError, match="is not a DN"):
        check_dn(dn)


def _octets(escaped: str) -> bytes:
    """The octets of a value of a DN in which only letters and digits stand for themselves."""
    made, rest = b"", escaped
    while rest:
        if rest[0] == "\\":
            made, rest = made + bytes.fromhex(rest[1:3]), rest[3:]
        else:
            assert rest[0] in string.ascii_letters + string.digits
            made, rest = made + rest[0].encode(), rest[1:]
    return made
