"""The ways out of a list, as headers name them."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from modules.mail.api import EmailAddress
from modules.unsubscribe.model import Letter, read_ways

POST = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
SAFE = b"List-Unsubscribe: <https://a.example/x>\r\n"


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/x y\x00",
        "https://user@a.example/",
        "https://a.example:99999/",
        "https://ex\u00e4mple.test/",
        "https://[::1/",
        "https:///x",
        "ftp://a.example/",
        "javascript:alert(1)",
        "mailto:",
        "mailto:%ff@a.example",
        "mailto:a@b.example?" + "&".join(["x=1"] * 20),
        "https://a.example/" + "x" * 2000,
    ],
)
def test_what_is_no_plain_way_is_none(address: str) -> None:
    found = read_ways(f"List-Unsubscribe: <{address}>\r\n".encode())
    assert not found or found.pages[0].address == "https://a.example/xy\x00"


def test_a_way_may_be_folded_and_stand_among_comments() -> None:
    ways = read_ways(b"List-Unsubscribe: (first) <https://a.example/\r\n  x>,\r\n <mailto:l@a.example>\r\n")
    assert ways.pages[0].address == "https://a.example/x" and ways.letters == (Letter(EmailAddress("l@a.example")),)


def test_one_click_needs_both_fields_once_and_an_encrypted_address() -> None:
    assert read_ways(SAFE + POST).one_click is not None
    for header in (SAFE, SAFE + POST + POST, SAFE + SAFE + POST, SAFE.replace(b"https", b"http") + POST, POST):
        assert read_ways(header).one_click is None
    assert read_ways(SAFE + b"List-Unsubscribe-Post: yes\r\n").one_click is None


def test_a_letter_is_filled_in_as_the_link_says() -> None:
    header = b"List-Unsubscribe: <mailto:l@a.example?SUBJECT=a+b%0D%0Ac&body=one%0D%0Atwo&to=eve@evil.test>\r\n"
    (letter,) = read_ways(header).letters
    assert letter == Letter(EmailAddress("l@a.example"), "a+b c", "one\ntwo")
    assert letter.compose_path("main").startswith("/compose?account=main&to=l%40a.example&subject=")
    assert read_ways(b"List-Unsubscribe: <mailto:?to=l@a.example>\r\n").letters == (
        Letter(EmailAddress("l@a.example")),
    )


@pytest.mark.parametrize(
    ("field", "name"),
    [('"Garden News" <news.garden.example>', "Garden News"), ("<news.garden.example>", "news.garden.example")],
)
def test_a_list_has_a_name(field: str, name: str) -> None:
    assert read_ways(SAFE + f"List-Id: {field}\r\n".encode()).name == name


def test_who_is_asked_is_named() -> None:
    assert read_ways(SAFE).where == read_ways(SAFE + POST).where == "a.example"
    assert read_ways(b"List-Unsubscribe: <mailto:l@b.example>\r\n").where == "l@b.example"


@given(some.text(), some.text())
def test_nothing_in_a_header_makes_reading_fail(first: str, second: str) -> None:
    header = f"List-Unsubscribe: <{first}>, <mailto:{second}>\r\nList-Id: {second}\r\n".encode("utf-8", "replace")
    assert all(page.address.startswith(("http", "HTTP")) for page in read_ways(header).pages if page.address[0] == "h")
