"""Which addresses of images are believed, and in which spelling."""

import pytest

from modules.images.addresses import ImageAddress
from modules.images.errors import NotShown


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("http://example.org", "http://example.org/"),
        ("HTTPS://EXAMPLE.org:443/a?b=c#d", "https://example.org/a?b=c"),
        ("http://example.org.:80/", "http://example.org/"),
        ("http://example.org?x", "http://example.org/?x"),
        ("https://example.org:8443/", "https://example.org:8443/"),
        ("http://bücher.example/ä", "http://xn--bcher-kva.example/%C3%A4"),
        ("http://9.9.9.9/", "http://9.9.9.9/"),
        ("http://[2620:FE::fe]/", "http://[2620:fe::fe]/"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
        ("http://a_b.example.org/x%0d%0aHost:y", "http://a_b.example.org/x%0d%0aHost:y"),
    ],
)
def test_an_address_has_one_spelling(text: str, read: str) -> None:
    assert str(ImageAddress.parse(text)) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/a.png",
        "//example.org/a.png",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:25/",
        "javascript:alert(1)",
        "http:/example.org",
        "http://",
        "http://user@127.0.0.1/",
        "http://user:word@example.org/",
        "http://example.test\\@127.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://127.0.0.01/",
        "http://[::1",
        "http://[fe80::1%25lo]/",
        "http://[1.2.3.4]/",
        "http://example.org:x/",
        "http://example.org:123456/",
        "http://exa mple.org/",
        "http://example.org/a b",
        "http://example.org/\r\nHost: x",
        "http://-.example/",
        "http://..example/",
        "http://\u2603\u200b.\ud800/",
        f"http://{'a' * 64}.example/",
        "http://" + ".".join(["abcdefgh"] * 40) + "/",
        "http://example.org/" + "a" * 4000,
    ],
)
def test_what_is_not_plainly_an_address_of_the_web_is_none(text: str) -> None:
    with pytest.raises(NotShown):
        ImageAddress.parse(text)


def test_numbers_in_disguise_are_seen_for_what_they_are() -> None:
    assert ImageAddress.parse("http://①②⑦.0.0.1/").host == "127.0.0.1"


def test_what_stands_after_a_hash_is_no_host() -> None:
    assert ImageAddress.parse("http://example.test#@127.0.0.1/").host == "example.test"


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("b.png", "https://example.org/x/b.png"),
        ("/b.png", "https://example.org/b.png"),
        ("//other.example/", "https://other.example/"),
        (" https://other.example/c ", "https://other.example/c"),
    ],
)
def test_a_redirect_may_be_relative(location: str, there: str) -> None:
    assert str(ImageAddress.parse("https://example.org/x/a.png").follow(location)) == there


@pytest.mark.parametrize(
    "location", ["http://example.org/", "file:///etc/passwd", "http://[::1", "https://[x]/", "//u@h/"]
)
def test_a_redirect_never_leads_to_less_safety(location: str) -> None:
    with pytest.raises(NotShown):
        ImageAddress.parse("https://example.org/").follow(location)
