"""Messages packed as RTF alone: their words are read, and whatever comes, nothing breaks and nothing hangs."""

import io
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.tnef import rtf
from modules.tnef.unpacking import Unpacked, unpack_apart
from tests.modules.tnef.packer import packed, stored

# MS-OXRTFCP 3.1: the two examples of the specification.
_HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
_CROSSED = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def words(inside: str) -> str:
    return rtf.to_text(b"{\\rtf1\\ansi\\ansicpg1252 " + inside.encode("latin-1") + b"}")


def test_what_the_specification_packs_is_unpacked() -> None:
    assert rtf.decompress(_HELLO) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf.decompress(_CROSSED) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert rtf.decompress(stored(b"{\\rtf1 a}")) == b"{\\rtf1 a}"


def test_a_message_of_rtf_alone_has_words() -> None:
    inside = unpack_apart(packed(rtf=_HELLO, files={"a": b"b"}))
    assert inside is not None and inside.text == "hello world" and len(inside.files) == 1
    assert (unpack_apart(packed(b"The text", rtf=_HELLO)) or inside).text == "The text"


@pytest.mark.parametrize("broken", [b"short", b"\0" * 40, stored(b"no rtf at all")])
def test_what_is_no_rtf_has_no_words(broken: bytes) -> None:
    inside = unpack_apart(packed(rtf=broken))
    assert inside is not None and inside.text == ""


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("one\\par two\\tab three\\line", "one\ntwo\tthree\n"),
        ("gr\\'fcn \\u8364?\\u-10179?\\u-8704? {\\uc0\\u228}x", "grün €\U0001f600 äx"),
        ("a\\{b\\}\\\\c\\~d\\_e\\-f", "a{b}\\c\u00a0d-ef"),
        (
            "{\\fonttbl{\\f0\\fcharset204 Arial;}{\\f1\\fcharset128 X;}}{\\f0\\'cf\\'f0}{\\f1\\'93\\'fa}\\f9\\'e4",
            "Пр日ä",
        ),
        ("{\\*\\generator Word;}{\\info{\\title T}}{\\pict 89504e47}{\\stylesheet s}seen", "seen"),
        ("a{\\v hidden}b{\\*\\x \\v0 not}c\\v d\\plain e", "abce"),
        ("a{\\bin3 }{\\b}c", "abc"),
        ("\\uc1\\u65\\'41\\u66\\{c", "ABc"),
        # MS-OXRTFEX: what stands there for readers of HTML is no text.
        (
            "\\fromhtml1{\\*\\htmltag64 <p>}Hi\\htmlrtf {\\b \\htmlrtf0 you\\htmlrtf }\\htmlrtf0{\\*\\htmltag72 </p>}",
            "Hiyou",
        ),
    ],
)
def test_words_are_read_and_what_nobody_sees_is_not(inside: str, told: str) -> None:
    assert words(inside) == told


def html(inside: str) -> str:
    return rtf.to_html(b"{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 " + inside.encode("latin-1") + b"}")


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        (
            "{\\*\\htmltag64 <p>}Hi\\htmlrtf {\\b \\htmlrtf0 you\\htmlrtf }\\htmlrtf0{\\*\\htmltag72 </p>}\\par",
            "<p>Hiyou</p>\n",
        ),
        ("{\\*\\htmltag241 p\\{a:'\\'e4'\\}}\\'3cb> & \\u60?", "p{a:'ä'}&lt;b&gt; &amp; &lt;"),
        ("{\\*\\htmltag64 <i>}{\\*\\mhtmltag64 <u>}{\\pntext *}{\\*\\pn {\\*\\htmltag64 <s>}}{\\v a}", "<i>a"),
        ("{\\fonttbl{\\f0\\fcharset204 A;}}\\f0 {\\*\\htmltag64 \\'e4}{\\htmlrtf \\'e4}\\'cf", "äП"),
        ("\\htmlrtf {\\*\\htmltag64 <p>}x\\htmlrtf0 {\\*\\htmltag64 <b>}y", "<b>y"),
        ("{\\*\\htmltag64 <a>{\\*\\htmltag64 <b>}", "<a>"),
    ],
)
def test_html_within_rtf_is_taken_out_of_it(inside: str, told: str) -> None:
    assert html(inside) == told


@pytest.mark.parametrize(
    "document",
    [
        b"{\\rtf1 {\\*\\htmltag64 <p>}a}",
        b"{\\rtf1\\fromhtml1 a}",
        b"{\\rtf1\\fromhtml10 {\\*\\htmltag64 <p>}}",
        b"{\\rtf1" + b" " * 1000 + b"\\fromhtml1",
    ],
)
def test_where_no_html_was_put_in_there_is_none(document: bytes) -> None:
    assert rtf.to_html(document) == ""


def test_html_comes_from_its_own_place_or_from_the_rtf_and_with_its_code_page() -> None:
    within = stored(b"{\\rtf1\\fromhtml1 {\\*\\htmltag64 <p>}Hello}")
    inside = unpack_apart(packed(rtf=within))
    assert inside is not None and (inside.html, inside.text) == ("<p>Hello", "Hello")
    both = unpack_apart(packed(b"Hello", html="<p>Grüße".encode(), code_page=65001, rtf=within))
    assert both is not None and (both.html, both.text) == ("<p>Grüße", "Hello")
    assert unpack_apart(packed(b"Hello", rtf=within), bodies=False) == Unpacked("", ())


def test_code_pages_are_those_of_the_document() -> None:
    assert rtf.to_text(b"{\\rtf1\\ansi\\ansicpg1251\\'cf}") == "П"
    assert rtf.to_text(b"{\\rtf1\\mac\\'8a}") == "ä"
    assert rtf.to_text(b"{\\rtf1\\ansicpg65001 \xc3\xa4}") == "ä"
    assert rtf.to_text(b"{\\rtf1\\ansicpg99999\\'e4}") == "ä"


def test_words_turn_no_direction_and_pile_up_no_lines() -> None:
    inside = unpack_apart(packed(rtf=stored(b"{\\rtf1 a\\u8238?b\\par\\par \\par\\par c\\'07}")))
    assert inside is not None and inside.text == "ab\n\nc"


def test_what_expands_without_end_ends() -> None:
    began = time.process_time()
    repeating = struct.pack("<IIII", 0, 0, 0x75465A4C, 0) + b"\xff" + b"\x00\x0f" * 8
    assert len(rtf.decompress(repeating + (b"\xff" + b"\x00\x0f" * 8) * 100_000)) < rtf.LARGEST + 200
    assert rtf.to_text(b"{\\rtf1 " + b"{" * 500_000) == ""
    assert len(rtf.to_text(b"{\\rtf1 " + b"\\par" * 500_000)) == rtf.LONGEST_TEXT
    many = b"{\\rtf1\\fromhtml1 " + b"{\\*\\htmltag64 <b>}" * 100_000
    assert (
        len(rtf.to_html(many)) == 300_000 and len(rtf.to_html(many[:40] + b"}" + b"&" * 2_000_000)) == rtf.LONGEST_HTML
    )
    # Tens of times what it takes; where anything grew with the square of its length it would be hours.
    assert time.process_time() - began < 120


def test_the_program_writes_words_or_fails() -> None:
    taken = io.BytesIO()
    assert (rtf.main(io.BytesIO(_HELLO), taken), taken.getvalue()) == (0, b'{"text": "hello world", "html": ""}')
    assert rtf.main(io.BytesIO(b"x"), io.BytesIO()) == 1


@given(st.binary(max_size=300))
def test_nothing_breaks_what_is_decompressed(noise: bytes) -> None:
    assert len(rtf.decompress(struct.pack("<IIII", 0, 0, 0x75465A4C, 0) + noise)) <= 18 * len(noise)


@given(
    st.lists(
        st.sampled_from(
            [
                "\\htmltag1 ",
                "\\htmlrtf",
                "0",
                "\\u",
                "-9",
                "\\'",
                "8",
                "{",
                "}",
                "\\*",
                "\\bin",
                "\\f",
                "\\uc",
                "\\",
                "x",
            ]
        )
        | st.text()
    )
)
def test_nothing_breaks_what_is_read(pieces: list[str]) -> None:
    document = "".join(pieces).encode("utf-8", "replace")
    assert rtf.to_html(b"{\\rtf1\\fromhtml1 " + document).encode() is not None
    told = rtf.to_text(b"{\\rtf1 " + document)
    assert told.encode("utf-8", "replace") is not None and len(told) <= rtf.LONGEST_TEXT
