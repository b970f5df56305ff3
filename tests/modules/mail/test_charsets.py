"""Octets to text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.mail.api import decode
from modules.mail.charsets import known_codec


@pytest.mark.parametrize(
    ("text", "charset", "declared"),
    [
        ("Grüße", "utf-8", "utf-8"),
        ("Grüße", "utf-8", "us-ascii"),
        ("“Zitat” – 5 €", "cp1252", "iso-8859-1"),
        ("Привет, мир", "koi8-r", "KOI8-R"),
        ("こんにちは", "iso-2022-jp", "iso-2022-jp"),
        ("您好世界", "gb18030", "gb2312"),
        ("안녕하세요", "cp949", "ks_c_5601-1987"),
        ("שלום עולם", "cp1255", "windows-1255"),
        ("Grüße", "utf-8", ""),
        ("Grüße", "utf-8", "no-such-charset"),
        ("Grüße", "utf-8", "\x00; utf-8"),
        ("日本", "utf-16", "utf-16"),
    ],
)
def test_text_is_read_by_what_was_declared_or_meant(text: str, charset: str, declared: str) -> None:
    assert decode(text.encode(charset), declared) == text


@pytest.mark.parametrize(
    ("octets", "declared"), [(b"a\x00b", "utf-8"), (b"a+2AA-b", "utf-7"), (b"\xef\xbb\xbfa\x00b", "utf-8")]
)
def test_what_no_page_can_hold_is_marked(octets: bytes, declared: str) -> None:
    assert decode(octets, declared) == "a\ufffdb"


def test_an_undeclared_old_charset_is_guessed() -> None:
    text = "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему."
    assert decode(text.encode("koi8-r")) == text


def test_what_does_not_fit_the_declared_charset_is_marked() -> None:
    assert decode(b"abc \x81\x8d", "iso-2022-jp").startswith("abc")


@pytest.mark.parametrize("name", ["base64", "hex", "zlib", "rot13", "idna", "unicode_escape", "x" * 50, "", "../etc"])
def test_what_is_no_charset_is_not_used(name: str) -> None:
    assert known_codec(name) == ""


@given(st.binary(max_size=300), st.text(max_size=30))
def test_decoding_never_fails_and_leaves_no_nul(octets: bytes, declared: str) -> None:
    text = decode(octets, declared)
    assert "\x00" not in text
    text.encode("utf-8")
