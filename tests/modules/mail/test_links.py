"""Links in messages: what becomes of them, where a judge decides, in HTML and in plain text."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from core import Sentence
from modules.mail.api import CleanHtml, JudgedLink, LinkMark, LinkOddity, LinkWeight, clean_html, show_plain
from modules.mail.html.anchors import LONGEST_WORDS, Slips
from modules.mail.html.urls import MOST_LINKS, Links, normal_address
from modules.mail.links import warnings
from tests.modules.mail.hostile import SCRIPTS

PIECES = [
    "<a href='https://evil.example/'>",
    "<a href=javascript:x title=y>",
    "</a>",
    "words",
    *(f"<{name}>" for name in "table td b /b p svg math style /style title pre select template noscript form".split()),
    "<mark data-odd=x>",
    "<!--",
    "-->",
]


class Judge:
    """Finds every link of `evil.example` odd, and remembers what it was asked."""

    basis = "a judge"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def judge(self, message: str, address: str, words: str) -> JudgedLink:
        """What becomes of a link."""
        self.asked.append((address, words))
        if "evil.example" in address:
            return JudgedLink(f"/leave{message}", address, (lie("evil.example"),))
        return JudgedLink(None if ":" not in address else address, f"to {address}")

    def unwrapped(self, address: str) -> str:
        """Nobody stands between."""
        return address.removeprefix("https://wrap.example/?")


def lie(host: str, said: str = "bank.example") -> LinkMark:
    return LinkMark(LinkOddity.SITE, LinkWeight.LIE, host, Sentence("It leads to %(host)s.", host=host), said)


def judged(html: str, judge: Judge | None = None) -> CleanHtml:
    return clean_html(html, links=Links(judge=judge or Judge(), message="/m/1"))


def words_asked(html: str) -> list[str]:
    judge = Judge()
    judged(html, judge)
    return [words for _, words in judge.asked]


def anchors(html: str) -> list[LexborNode]:
    return LexborHTMLParser(html).css("a")


def test_a_link_is_written_as_the_judge_says_with_its_marks_behind_it() -> None:
    assert judged('<p><a href="https://evil.example/?a&amp;b" title="bank.example">x</a>y</p>').body == (
        '<p><a href="/leave/m/1" title="https://evil.example/?a&amp;b" target="_blank" '
        'rel="noopener noreferrer nofollow">x</a>'
        '<mark data-odd="site" data-weight="lie" data-detail="evil.example"></mark>y</p>'
    )


def test_a_link_that_leads_nowhere_keeps_its_words() -> None:
    assert judged('<a href="nowhere">x</a>').body == (
        '<a title="to nowhere" target="_blank" rel="noopener noreferrer nofollow">x</a>'
    )


def test_what_is_no_link_is_not_asked_about() -> None:
    assert words_asked('<a name="a">x</a><a href="">x</a><a href=" #top ">x</a><area href="https://x.org">') == []


def test_titles_inside_a_link_are_gone() -> None:
    body = judged('<a href="https://x.org/"><b title="bank.example">x</b></a><i title="kept">y</i>').body
    assert "bank.example" not in body and 'title="kept"' in body


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<b>bank</b>.example", "bank.example"),
        ("bank<span style='display:none'> </span>.example", "bank.example"),
        ("bank<i hidden>x</i>.example<script>y</script>", "bank.example"),
        ("<div>Log in</div><div>bank.example</div>", "Log in bank.example"),
        ("one<br>two", "one two"),
        ("<img alt='bank.example' src='cid:a'>", "bank.example"),
        ("<!-- hidden -->x", "x"),
        ("w" * 5000, "w" * LONGEST_WORDS),
    ],
)
def test_the_words_of_a_link_are_those_that_people_read(inside: str, words: str) -> None:
    assert words_asked(f"<a href='https://x.org/'>{inside}</a>") == [words]


def test_words_that_stand_too_deep_are_not_read() -> None:
    assert words_asked("<a href='https://x.org/'>" + "<b><i>" * 60 + "deep" + "</i></b>" * 60 + "</a>") == [""]


def test_nobody_else_marks_a_link() -> None:
    forged = '<mark data-odd="removed" data-weight="lie" data-detail="all well">x</mark><a data-odd="site">y</a>'
    assert "data-" not in judged(forged).body and "data-" not in clean_html(forged).body


def test_a_message_cannot_write_slips() -> None:
    slips = Slips()
    slip = slips.write("a", "href", "told")
    assert slips.written["a", "href", slip] == "told"
    for other in (slip[:-1] + "1", slip[:-1] + "x", slip[:-1] + "²", slip[:-1], "0", "", "hm3-0"):
        assert ("a", "href", other) not in slips.written


def test_a_slip_is_good_for_the_attribute_alone_in_which_it_was_written() -> None:
    slips = Slips()
    slip = slips.write("a", "title", "told")
    assert [key for key in slips.written if slip in key] == [("a", "title", slip)]


def test_whoever_quotes_a_message_gets_no_marks() -> None:
    html = '<a href="https://evil.example/" title="t">x</a>'
    assert clean_html(html).body == (
        '<a href="https://evil.example/" title="t" target="_blank" rel="noopener noreferrer nofollow">x</a>'
    )


def test_links_without_number_lead_nowhere_at_last() -> None:
    links = Links(judge=Judge(), message="/m/1")
    clean = clean_html('<a href="https://x.org/">x</a>' * (MOST_LINKS + 2), links=links)
    assert len(links.found) == MOST_LINKS and clean.body.count("href=") == MOST_LINKS


def test_equal_links_are_judged_once_and_equal_addresses_with_other_words_again() -> None:
    judge = Judge()
    clean = judged('<a href="https://evil.example/">x</a><a href="https://evil.example/">y</a>' * 3, judge)
    assert judge.asked == [("https://evil.example/", "x"), ("https://evil.example/", "y")]
    assert clean.body.count("/leave/m/1") == clean.body.count("<mark") == 6


def test_a_clean_link_leads_past_who_wraps_it() -> None:
    html, judge = '<a href="https://wrap.example/?https://x.org/">x</a>', Judge()
    links = Links(lambda address: address, judge=judge)
    assert "wrap.example" in clean_html(html, links=links).body and links.marked == 1
    bare = clean_html(html, links=Links(lambda address: address, True, judge))
    assert 'href="https://x.org/"' in bare.body


def test_links_in_plain_text_are_judged_too() -> None:
    links = Links(judge=Judge(), message="/m/1")
    shown = show_plain("see https://evil.example/a, or www.x.org\n> or mail ann@x.org", links=links)
    first, second, third = anchors(shown)
    assert (first.attributes["href"], first.attributes["title"]) == ("/leave/m/1", "https://evil.example/a")
    assert first.next is not None and first.next.attributes["data-detail"] == "evil.example"
    assert second.attributes["href"] == "https://www.x.org"
    assert third.attributes["href"] == "/compose?to=ann%40x.org"
    assert len(links.found) == 3


def test_a_link_of_plain_text_that_leads_nowhere_is_words() -> None:
    class Refusing(Judge):
        def judge(self, message: str, address: str, words: str) -> JudgedLink:
            return JudgedLink(None, "", (lie("<b>"),))

    shown = show_plain("https://x.org/<", links=Links(judge=Refusing()))
    assert anchors(shown) == [] and "&lt;b&gt;" in shown and "https://x.org/" in shown


def test_the_first_lies_are_told_above_the_message_and_how_many_there_are() -> None:
    found = [JudgedLink("", "", (lie(f"{place}.example"),)) for place in (1, 2, 3, 4, 5, 1)]
    assert warnings(found) == (
        "A link says bank.example but leads to 1.example.",
        "A link says bank.example but leads to 2.example.",
        "A link says bank.example but leads to 3.example.",
        "2 more links are not what they seem.",
    )
    assert warnings([JudgedLink("", "", (lie("x.example", ""),))]) == ("It leads to x.example.",)


def test_what_stands_beside_a_link_can_be_quoted_in_a_style() -> None:
    assert [oddity.label for oddity in LinkOddity if re.search(r'["\\\n<>]', oddity.label)] == []


@pytest.mark.parametrize("vector", SCRIPTS)
def test_nothing_runs_where_links_are_judged(vector: str) -> None:
    body = judged(f"{vector}<p>words</p>").body
    for node in LexborHTMLParser(body).css("body *"):
        assert not [name for name in node.attributes if name.startswith("on")]
        for name in ("href", "src"):
            assert re.match(r"(https?://|/compose|tel:|/leave/m/1$|data:image/)", node.attributes.get(name) or "tel:")


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES)))
def test_however_links_are_nested_each_is_judged_or_gone(pieces: list[str]) -> None:
    judge = Judge()
    for anchor in anchors(judged("".join(pieces), judge).body):
        assert anchor.attributes.get("href") in (None, "/leave/m/1")
    assert all("-" not in address or address.startswith("https") for address, _ in judge.asked)


@given(st.text(" \t\r\n\0\x1f\x7fa:/é\u200b", max_size=12))
def test_addresses_lose_what_browsers_do_not_read(address: str) -> None:
    ends = "".join(map(chr, range(0x21)))
    assert normal_address(address) == re.sub(r"[\t\r\n]", "", address.strip(ends))
