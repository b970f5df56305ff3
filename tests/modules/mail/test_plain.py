"""Plain text as HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from modules.mail.api import show_plain
from modules.mail.plain import LONGEST


def words(text: str) -> str:
    return LexborHTMLParser(show_plain(text)).body.text()  # type: ignore[union-attr]  # a document has a body


def links(text: str) -> list[tuple[str | None, str]]:
    tree = LexborHTMLParser(show_plain(text))
    return [(link.attributes["href"], link.text()) for link in tree.css("a")]


@pytest.mark.parametrize(
    ("text", "target", "shown"),
    [
        ("see https://x.org/a?b=1&c=2.", "https://x.org/a?b=1&c=2", "https://x.org/a?b=1&c=2"),
        ("(http://x.org/a_(b))", "http://x.org/a_(b)", "http://x.org/a_(b)"),
        ("www.x.org,", "https://www.x.org", "www.x.org"),
        ("write ann@x.org!", "/compose?to=ann%40x.org", "ann@x.org"),
        ("mailto:ann@x.org?subject=x", "/compose?to=ann%40x.org", "mailto:ann@x.org?subject=x"),
        ("<https://x.org>", "https://x.org", "https://x.org"),
    ],
)
def test_addresses_are_links(text: str, target: str, shown: str) -> None:
    assert links(text) == [(target, shown)]


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", 'http://x"onclick=alert(1)', "vbscript:x"]
)
def test_nothing_else_is_a_link(text: str) -> None:
    for target, _ in links(text):
        assert target is not None
        assert target.startswith("http://x")
    assert "onclick" not in [name for node in LexborHTMLParser(show_plain(text)).css("*") for name in node.attributes]


def test_markup_is_shown_as_it_was_written() -> None:
    html = show_plain("<script>alert(1)</script> & <b>")
    assert "<script" not in html
    assert words("<script>alert(1)</script> & <b>") == "<script>alert(1)</script> & <b>"


def test_quotes_nest() -> None:
    html = show_plain("hello\n> one\n>> two\nend")
    assert html == '<div class="plain">hello\n<blockquote>one<blockquote>two</blockquote></blockquote>end</div>' or (
        html.count("<blockquote>") == 2
    )


def test_a_long_quote_below_a_text_is_folded() -> None:
    html = show_plain("hello\n" + "> old\n" * 10)
    assert '<details class="quoted">' in html


def test_a_message_that_is_nothing_but_a_quote_is_not_folded() -> None:
    assert "<details" not in show_plain("> old\n" * 10)


def test_a_signature_is_set_apart() -> None:
    assert '<div class="signature">-- \nAnn</div>' in show_plain("hello\n-- \nAnn")


def test_a_quoted_signature_is_part_of_the_quote() -> None:
    assert "signature" not in show_plain("hello\n> -- \n> Ann")


def test_flowed_lines_are_joined() -> None:
    html = show_plain("one \ntwo\n> three \n> four\n-- \nAnn ", flowed=True)
    assert "one two" in html
    assert "three four" in html
    assert "signature" in html


def test_flowed_lines_may_drop_their_space() -> None:
    assert "日本語" in show_plain("日本 \n語", flowed=True, delsp=True)


def test_a_flowed_line_ends_where_its_quote_ends() -> None:
    html = show_plain("> a \nb", flowed=True)
    assert "<blockquote>a </blockquote>b" in html


def test_stuffed_lines_lose_their_space() -> None:
    assert words("") == ""
    assert show_plain(" >no quote", flowed=True) == '<div class="plain">&gt;no quote</div>'


def test_controls_are_visible_or_gone() -> None:
    assert words("a\x1b[31mred\x1b[0m\x07 \u202eevil\u202c\x0cpage") == "ared\\x07 [U+202E]evil\npage"


def test_from_in_front_is_no_quote() -> None:
    assert "<blockquote>" not in show_plain(">From here on")


def test_a_huge_text_is_cut_and_says_so() -> None:
    assert '<p class="cut">' in show_plain("x" * (LONGEST + 1))


@given(st.text(max_size=300))
def test_no_text_becomes_an_element_of_its_own(text: str) -> None:
    allowed = {"html", "head", "body", "div", "a", "blockquote", "details", "summary", "p"}
    tags = {node.tag for node in LexborHTMLParser(show_plain(text, flowed=True)).css("*")}
    assert tags <= allowed
