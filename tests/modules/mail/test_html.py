"""HTML of strangers, made safe."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from modules.mail.api import CleanHtml, clean_html, to_text
from modules.mail.html import Paint, limits
from modules.mail.html.cleaner import _TAGS
from modules.mail.html.css import Styles, clean_sheet, clean_style
from modules.mail.html.limits import exceeded
from modules.mail.html.text import scan_text
from modules.mail.html.urls import BLANK, Images, http_host, read_link
from tests.modules.mail.hostile import MARK, SCRIPTS, SHEETS, STYLES

HOME = re.compile(r"(?i)evil|url\(|@import|expression|javascript|position|<script")


def tree(clean: CleanHtml) -> LexborHTMLParser:
    return LexborHTMLParser(clean.body)


def assert_inert(clean: CleanHtml) -> None:
    for node in tree(clean).css("body *"):
        assert node.tag in _TAGS, f"{node.tag} is not on the list"
        for name, value in node.attributes.items():
            assert not name.startswith("on")
            assert name in ("rel", "target") or name not in ("srcset", "background", "ping", "poster", "action")
            if name in ("href", "src"):
                assert re.match(
                    r"(https?://[^\\]+$|/compose\?|tel:|data:image/(png|gif|jpe?g|webp);base64,|/part/)", value or ""
                )
    assert "</" not in clean.sheet
    assert "url(" not in clean.sheet + clean.body_style


def none(address: str) -> str | None:
    return None


@pytest.mark.parametrize("vector", SCRIPTS)
def test_nothing_runs_and_the_words_stay(vector: str) -> None:
    clean = clean_html(f"<p>{MARK}</p>{vector}")
    assert_inert(clean)
    assert MARK in tree(clean).body.text()  # type: ignore[union-attr]  # a document has a body


@pytest.mark.parametrize("vector", SCRIPTS)
def test_nothing_runs_when_it_stands_first(vector: str) -> None:
    assert_inert(clean_html(f"{vector}<p>{MARK}</p>"))


@pytest.mark.parametrize("style", STYLES)
def test_no_style_calls_home_or_leaves_its_place(style: str) -> None:
    assert HOME.search(clean_style(style, none)) is None
    clean = clean_html(f'<p style="{style.replace(chr(34), "")}">{MARK}</p>')
    assert_inert(clean)
    assert HOME.search(clean.body.replace(MARK, "")) is None
    assert MARK in clean.body


@pytest.mark.parametrize("sheet", SHEETS)
def test_no_sheet_calls_home_or_leaves_its_element(sheet: str) -> None:
    clean = clean_html(f"<style>{sheet}</style><p>{MARK}</p>")
    assert_inert(clean)
    assert HOME.search(clean.sheet) is None
    assert MARK in clean.body


def test_a_newsletter_keeps_its_look() -> None:
    clean = clean_html(
        "<style>.hero > td { color: #FF0000; width: 100%; padding: 0 1.5em !important }"
        "@media only screen and (max-width: 600px) { .hero, #x { display: block } }</style>"
        '<body bgcolor="#eeeeee" text="black" style="margin:0">'
        '<table class="hero" width="600" cellpadding="0" style="border: 1px solid rgb(1, 2, 3)">'
        "<tr><td>a</td></tr></table>"
    )
    assert clean.sheet == (
        ".hm3-message .m-hero > td { color: #FF0000; width: 100%; padding: 0 1.5em }\n"
        "@media only screen and (max-width: 600px) {\n.hm3-message .m-hero, .hm3-message #m-x { display: block }\n}"
    )
    assert clean.body_style == "color: black; background-color: #eeeeee; margin: 0"
    assert 'class="m-hero" width="600" cellpadding="0" style="border: 1px solid rgb(1, 2, 3)"' in clean.body


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color:red", "color: red"),
        ("COLOR : Red ; width:50%", "color: Red; width: 50%"),
        (
            "background:linear-gradient(90deg,#fff 0%,rgba(0,0,0,.5))",
            "background: linear-gradient(90deg,#fff 0%,rgba(0,0,0,0.5))",
        ),
        ("font-family:'Open Sans',Arial", "font-family: 'Open Sans',Arial"),
        ("width:calc(100% - 10px)", "width: calc(100% - 10px)"),
        ("display:flex", ""),
        ("display:none", "display: none"),
        ("margin:0 auto", "margin: 0 auto"),
        ("margin:-5px", ""),
        ("line-height:1.5;letter-spacing:-1px", "line-height: 1.5; letter-spacing: -1px"),
        ("font:'a\"b'", ""),
        ("width:10xxxxxxxx", ""),
        ("color:" + "rgb(" * 12 + ")" * 12, ""),
        ("x" * 20_001, ""),
        ("color:-moz-red", ""),
    ],
)
def test_a_style_is_written_anew_from_what_is_known(style: str, kept: str) -> None:
    assert clean_style(style, none) == kept


def test_a_picture_behind_text_is_shown_where_it_may_be() -> None:
    shown = clean_style("background-image:url(cid:a)", lambda address: f"/part/{address[-1]}")
    assert shown == 'background-image: url("/part/a")'
    assert clean_style("background: red url('x') no-repeat", none) == "background: red  no-repeat"
    assert clean_style("background-image:url(x)", lambda _: 'a"b') == "background-image: none"


def test_a_selector_that_is_not_known_drops_its_rule() -> None:
    assert (
        clean_sheet("p:nth-child(2) { color: red } p:hover { color: red }", none)
        == ".hm3-message p:hover { color: red }"
    )
    assert clean_sheet("body { color: red } html body > p { color: red }", none) == (
        ".hm3-message { color: red }\n.hm3-message p { color: red }"
    )
    assert clean_sheet("@media tv { p { color: red } } @media (max-width:1e9px) { p { color: red } }", none) == ""


def test_remote_images_are_withheld_and_counted() -> None:
    clean = clean_html(
        '<img src="http://t.example/a.gif"><img src="//t.example/b"><p style="background:url(https://t.example/c)">x'
    )
    assert clean.withheld == 3
    assert "t.example" not in clean.body
    assert clean.body.count(BLANK) == 2


def test_remote_images_stand_where_they_are_allowed() -> None:
    clean = clean_html('<img src="http://t.example/a.gif?b=1&amp;c=2">', remote=lambda address: address)
    assert clean.withheld == 0
    assert 'src="http://t.example/a.gif?b=1&amp;c=2"' in clean.body


def test_images_of_the_message_itself_are_shown() -> None:
    clean = clean_html('<img src="cid:logo%40x"><img src="cid:missing">', inline={"logo@x": "/part/2?inline=1"})
    assert 'src="/part/2?inline=1"' in clean.body
    assert "missing" not in clean.body
    assert clean.withheld == 0


def test_small_images_in_the_text_are_kept_and_large_ones_not() -> None:
    images = Images()
    assert images.source("data:image/png;base64,AAAA") == "data:image/png;base64,AAAA"
    assert images.source("data:image/png;base64," + "A" * 800_000) is None
    assert images.source("data:image/svg+xml;base64,AAAA") is None


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://x.org/a?b#c", "https://x.org/a?b#c"),
        (" http://x.org ", "http://x.org"),
        ("http://user:pw@x.org/", "http://user:pw@x.org/"),
        ("http://[::1]/", "http://[::1]/"),
        ("mailto:a@x.org?subject=Hi%20you&body=b&attach=/etc/passwd", "/compose?to=a%40x.org&subject=Hi+you&body=b"),
        ("mailto:a@x.org?to=b@x.org", "/compose?to=a%40x.org%2C+b%40x.org"),
        ("mailto:?subject=a%0D%0ABcc:x", "/compose?subject=a+Bcc%3Ax"),
        ("MAILTO:a@x.org?" + "&".join(["a=b"] * 60), "/compose?to=a%40x.org"),
        ("tel:+49 30 1234", "tel:+49 30 1234"),
        ("tel:javascript", None),
        ("ftp://x.org/", None),
        ("x.org", None),
        ("#top", None),
        ("", None),
        ("http://" + "a" * 9000, None),
    ],
)
def test_a_link_leads_to_the_web_a_message_or_a_phone(address: str, target: str | None) -> None:
    assert read_link(address) == target


def test_a_host_is_read_as_browsers_do() -> None:
    assert http_host("https://Good.Example./x") == "good.example"
    assert http_host("http://a b/") == ""


def test_links_open_elsewhere_and_tell_nothing() -> None:
    clean = clean_html('<a href="http://x.org/" target="_top" rel="opener">x</a>')
    assert clean.body == '<a href="http://x.org/" target="_blank" rel="noopener noreferrer nofollow">x</a>'


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("x" * (limits.LONGEST + 1), "is too long"),
        ("<b>" * (limits.MOST_TAGS + 1), "has too many elements"),
        ("<div>" * 300 + "x", "is nested too deep"),
        ("<p " + " ".join(f"a{number}=1" for number in range(300)) + ">", "has an element with too many attributes"),
        ("<p x='" + "y" * 70_000 + "'>", "has an element with too many attributes"),
        ("<table><tr><td>" * 200, "is nested too deep"),
    ],
)
def test_html_beyond_the_limits_is_shown_as_words(html: str, words: str) -> None:
    assert exceeded(html) == words
    clean = clean_html(html + f" {MARK} <script>alert(1)</script>")
    assert clean.simplified
    assert words in clean.notices[0]
    assert set(re.findall(r"<[^>]*>", clean.body)) <= {"<br>"}


def test_ordinary_mail_is_within_the_limits() -> None:
    assert exceeded("<table><tr><td><p>x</p></td></tr></table>" * 2000) == ""


def test_what_cannot_be_checked_is_shown_as_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str, picture: object) -> str:
        raise RecursionError

    monkeypatch.setattr("modules.mail.html.css.clean_style", fail)
    clean = clean_html(f'<p style="color:red">{MARK}</p><img src=x onerror=alert(1)>')
    assert (clean.simplified, clean.body) == (True, MARK)


@given(
    st.lists(
        st.sampled_from(
            (
                '<p title="x" class="a b" id="a">w</p>',
                '<a name="a b" title="x" href="https://news.example/?utm_source=a">w</a>',
                '<img src="https://t.example/a.png" width="1" border="x">',
                '<td width="1" bgcolor="red" align="x y">w</td>',
                '<font color="red" size="1" face="<x>">w</font>',
            )
        ),
        max_size=6,
    )
)
def test_an_attribute_that_comes_again_is_judged_as_it_was_and_its_images_are_counted_again(tags: list[str]) -> None:
    together = clean_html("".join(tags))
    apart = [clean_html(tag) for tag in tags]
    assert together.body == "".join(one.body for one in apart)
    assert together.withheld == sum(one.withheld for one in apart)


@given(
    st.lists(st.sampled_from([*STYLES, "color:red", "margin:0", "background:url(http://t.example/p.png)"]), max_size=8)
)
def test_a_style_that_comes_again_is_cleaned_as_it_was_and_its_pictures_are_counted_again(styles: list[str]) -> None:
    one_by_one, together = Images(), Images()
    again = Styles(together.background, Paint())
    assert [again.clean(style) for style in styles] == [clean_style(style, one_by_one.background) for style in styles]
    assert together.withheld == one_by_one.withheld


@settings(max_examples=200)
@given(st.text(alphabet=st.sampled_from("<>/'\"=! -abimgsvcriptonload&;#x:()\n{}@\\"), max_size=120))
def test_no_text_makes_the_cleaner_let_something_through(html: str) -> None:
    assert_inert(clean_html(html))
    assert_inert(clean_html(f'<style>{html}</style><p style="{html}">'))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello <b>you</b></p><p>there</p>", "Hello you\n\nthere"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<blockquote><p>old</p><blockquote>older</blockquote></blockquote>new", "> old\n>\n> > older\n\nnew"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ('<a href="http://x.org/">there</a>', "there <http://x.org/>"),
        ('<a href="http://x.org/">http://x.org/</a>', "http://x.org/"),
        ("<table><tr><td>1<td>2<tr><td>3</table>", "1 2\n3"),
        ("<img alt=logo><script>x</script><style>y</style>z", "logoz"),
        ("  a \n b&nbsp;&amp; c", "a b\xa0& c"),
        ("<div>" * 300 + "deep", "deep"),
        ("", ""),
    ],
)
def test_html_is_read_as_text(html: str, text: str) -> None:
    assert to_text(html) == text


def test_the_words_of_anything_are_scanned() -> None:
    assert scan_text("<p>a&amp;b<!-- c --> <script>d</script>e\n\n<b") == "a&b e"


def test_threads_at_once_get_each_what_is_theirs() -> None:
    def clean(number: int) -> bool:
        html = f'<p id="n{number}" onclick="x()">' + f'<a href="https://{number}.example/">{number}</a>' * 50
        body = clean_html(html).body
        return body.count(f'href="https://{number}.example/"') == 50 and f"n{number}" in body and "onclick" not in body

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(clean, range(40)))
