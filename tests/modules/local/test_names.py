"""Names of local accounts: one spelling for one person."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.local.names import AccountName, Address, is_name, spelled


@pytest.mark.parametrize(
    "typed", ["Eve", "EVE", " eve ", "\N{FULLWIDTH LATIN SMALL LETTER E}ve", "eve\N{NO-BREAK SPACE}"]
)
def test_however_a_name_is_typed_it_is_one(typed: str) -> None:
    assert spelled(typed) == "eve"


@given(st.text(max_size=40))
def test_a_spelling_is_spelled_as_itself(text: str) -> None:
    assert spelled(spelled(text)) == spelled(text)


def test_every_letter_there_is_has_one_spelling() -> None:
    for number in range(sys.maxunicode):
        if not 0xD800 <= number <= 0xDFFF:
            once = spelled(chr(number))
            assert spelled(once) == once and unicodedata.is_normalized("NFKC", once)


@pytest.mark.parametrize("name", ["eve", "eve.garden", "eve@example.org", "d'arcy", "jürgen", "李雷", "नमस्ते", "7of9"])
def test_names_of_all_writings_are_taken(name: str) -> None:
    assert AccountName.parse(name) == spelled(name) and is_name(AccountName.parse(name))


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "@",
        "-rf",
        "eve garden",
        "eve\N{ZERO WIDTH JOINER}",
        "eve/../x",
        "a" * 201,
        "eve\N{RIGHT-TO-LEFT OVERRIDE}",
        "<b>",
        "eve;",
        "eve\x00",
        "e\N{SOFT HYPHEN}ve",
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"is no name|control characters|longer"):
        AccountName.parse(name)


@given(st.text(max_size=60))
def test_a_parsed_name_is_in_its_one_spelling(text: str) -> None:
    try:
        name = AccountName.parse(text)
    except ValueError:
        return
    assert spelled(name) == name and is_name(name) and name.split() == [name]


@pytest.mark.parametrize("address", ["eve", "@example.org", "eve@", "a b@c", "a@b@c", "a<b@c", "a@b\nc"])
def test_an_address_has_two_parts(address: str) -> None:
    with pytest.raises(ValueError, match="is no mail address"):
        Address.parse(address)
    assert Address.parse("eve@example.org") == "eve@example.org"
