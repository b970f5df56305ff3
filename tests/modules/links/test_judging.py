"""What is found out about a link: where it leads, and what is odd about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.links.judging import Before, Judgement
from modules.links.services import know_links
from modules.mail.api import LinkOddity, LinkWeight

JUDGEMENT = know_links()
SAFE = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.example.org%2Fa%3Fb%3D1&data=05%7C02"


def odd(judgement: Judgement, address: str, words: str = "Read more") -> list[tuple[str, str]]:
    return [(mark.oddity.value, mark.detail) for mark in judgement.judge(address, words).marks]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://example.org/a", "Read more"),
        ("https://www.bank.example/login", "bank.example"),
        ("https://bank.example/", "https://login.bank.example/x"),
        ("https://click.example.org/", "shop.example.org"),
        ("https://example.org:443/", "x"),
        ("http://example.org:80/", "x"),
        ("https://example.org/", "report.pdf and README.md for node.js, e.g. v1.2.rc"),
        ("https://example.org/", "The end.Next, please"),
        ("https://example.org/", "10.0.0.1"),
        ("https://bit.ly/", "Home of short addresses"),
        ("https://www.google.com/url", "Google"),
        (SAFE, "www.example.org"),
        ("mailto:ann@bank.example", "other.example"),
        ("tel:+49 30 1234", "www.bank.example"),
        ("#below", "www.bank.example"),
        ("page.html", "www.bank.example"),
    ],
)
def test_an_ordinary_link_has_no_mark(judgement: Judgement, address: str, words: str) -> None:
    assert odd(judgement, address, words) == []


@pytest.mark.parametrize(
    "words",
    [
        "www.bank.example",
        "https://bank.example/login",
        "HTTPS://WWW.BANK.EXAMPLE",
        "Log in at www.bank.example now",
        "Visit paypal.com today",
        "service@bank.example",
        "bank\u200b.example",
        "ｂａｎｋ．example",
        "bank。example",
        "bank.example:443/x",
        "wаy.com",
    ],
)
def test_words_that_name_another_site_are_a_likely_lie(judgement: Judgement, words: str) -> None:
    found = judgement.judge("https://evil.example/x", words)
    assert [mark.oddity for mark in found.marks] == [LinkOddity.SITE]
    assert found.is_odd and found.marks[0].said and found.marks[0].detail == "evil.example"


def test_a_link_to_a_neighbour_on_a_shared_domain_is_told(judgement: Judgement) -> None:
    assert odd(judgement, "https://evil.github.io/", "bank.github.io") == [("site", "evil.github.io")]
    assert odd(judgement, "https://evil.co.uk/", "www.bank.co.uk") == [("site", "evil.co.uk")]


def test_what_stands_before_an_at_sign_is_no_host(judgement: Judgement) -> None:
    assert odd(judgement, "https://www.bank.example@evil.example/") == [("name", "evil.example")]
    assert odd(judgement, "https://bank%2Eexample:x@evil.example/") == [("name", "evil.example")]
    assert odd(judgement, "https://ann:secret@example.org/") == [("user", "ann")]


@pytest.mark.parametrize(
    ("host", "number"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.01", "127.0.0.1"),
        ("192.168.257", "192.168.1.1"),
        ("①②⑦.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("[0:0:0:0:0:0:0:1]", "::1"),
        ("[1::2::3]", "1::2::3"),
        ("256.0.0.1", "256.0.0.1"),
        ("1.2.3.4.5", "1.2.3.4.5"),
        ("1.2.3.09", "1.2.3.09"),
        ("a.1", "a.1"),
        ("4294967296", "4294967296"),
    ],
)
def test_a_number_in_place_of_a_name_is_told_in_its_usual_spelling(
    judgement: Judgement, host: str, number: str
) -> None:
    found = judgement.judge(f"http://{host}/", "x")
    assert [(mark.oddity, mark.detail) for mark in found.marks] == [(LinkOddity.NUMBER, number)]
    assert number in found.marks[0].why and found.is_odd


def test_a_number_in_disguise_is_told_as_it_is_written(judgement: Judgement) -> None:
    found = judgement.judge("http://2130706433/x", "x")
    assert found.marks[0].why == "It leads to a machine by its number, 127.0.0.1, which is written as 2130706433."
    assert found.shown == "http://127.0.0.1/x"


@pytest.mark.parametrize(
    ("address", "detail", "weight"),
    [
        ("https://bücher.de/", "bücher.de (xn--bcher-kva.de)", LinkWeight.FACT),
        ("https://xn--bcher-kva.de/", "bücher.de (xn--bcher-kva.de)", LinkWeight.FACT),
        ("https://xn--80ak6aa92e.com/", "аррӏе.com (xn--80ak6aa92e.com)", LinkWeight.LIE),
        ("https://pаypal.com/", "pаypal.com (xn--pypal-4ve.com)", LinkWeight.LIE),
        ("https://xn--99999999.com/", "xn--99999999.com", LinkWeight.LIE),
    ],
)
def test_letters_of_other_alphabets_are_shown_in_both_forms(
    judgement: Judgement, address: str, detail: str, weight: LinkWeight
) -> None:
    (mark,) = judgement.judge(address, "x").marks
    assert (mark.oddity, mark.detail, mark.weight) == (LinkOddity.LETTERS, detail, weight)


def test_the_target_is_shown_as_eyes_and_as_computers_read_it(judgement: Judgement) -> None:
    found = judgement.judge("https://bücher.de:8080/a?b#c", "x")
    assert found.shown == "https://bücher.de:8080/a?b#c\nhttps://xn--bcher-kva.de:8080/a?b#c"
    assert judgement.judge("http://[::1]:80/", "x").shown == "http://[::1]:80/"


def test_a_port_where_no_web_pages_are_is_told(judgement: Judgement) -> None:
    assert odd(judgement, "https://example.org:8443/") == [("port", "8443")]
    assert odd(judgement, "https://example.org:80/") == [("port", "80")]


def test_who_passes_on_is_named_with_where_to(judgement: Judgement) -> None:
    assert odd(judgement, "https://www.google.com/url?q=https://evil.example/&sa=D") == [("passes-on", "evil.example")]
    assert odd(judgement, "https://bit.ly/abc") == [("passes-on", "…")]
    assert judgement.judge("https://bit.ly/abc", "x").is_odd


def test_words_are_held_against_where_a_link_ends(judgement: Judgement) -> None:
    address = "https://www.google.com/url?q=https://evil.example/"
    assert odd(judgement, address, "www.bank.example") == [("site", "evil.example"), ("passes-on", "evil.example")]


def test_a_wrapped_link_is_named_with_its_real_target(judgement: Judgement) -> None:
    found = judgement.judge(SAFE, "Read more")
    assert [mark.detail for mark in found.marks] == ["Microsoft Safe Links → www.example.org"]
    assert not found.is_odd and found.final == "https://www.example.org/a?b=1"
    assert found.shown == "https://www.example.org/a?b=1\n(eur01.safelinks.protection.outlook.com)"


def test_what_a_wrapped_link_leads_to_is_judged(judgement: Judgement) -> None:
    wrapped = "https://linkprotect.cudasvc.com/url?a=http%3a%2f%2f2130706433%3a81&c=E"
    assert [name for name, _ in odd(judgement, wrapped)] == ["number", "wrapped", "port"]


def test_a_gateway_that_tells_little_is_named_all_the_same(judgement: Judgement) -> None:
    told = "https://protect-us.mimecast.com/s/AbC?domain=example.org"
    assert odd(judgement, told, "www.bank.example") == [("wrapped", "Mimecast → example.org")]
    assert odd(judgement, "https://protect-us.mimecast.com/s/AbC") == [("wrapped", "Mimecast")]


@pytest.mark.parametrize("scheme", ["javascript", "DATA", "vbscript", "file", "blob"])
def test_what_could_run_is_removed_and_told_as_a_lie(judgement: Judgement, scheme: str) -> None:
    found = judgement.judge(f" {scheme[:2]}\n{scheme[2:]}:alert(1)", "x")
    assert found.address == "" and [mark.weight for mark in found.marks] == [LinkWeight.LIE]
    assert odd(judgement, f"{scheme}:x") == [("removed", f"{scheme.lower()}:")]


@pytest.mark.parametrize("address", ["ftp://x.org/", "whatsapp://send", "http://%65vil.example/", "http:evil.example"])
def test_what_leads_nowhere_from_here_is_said_to_be_removed(judgement: Judgement, address: str) -> None:
    found = judgement.judge(address, "x")
    assert found.address == "" and not found.is_odd and found.marks[0].oddity is LinkOddity.REMOVED


def test_what_is_long_is_cut_where_it_is_told(judgement: Judgement) -> None:
    (mark,) = judgement.judge(f"https://{'u' * 500}@example.org/", "x").marks
    assert len(mark.detail) == 120 and mark.detail.endswith("…")
    assert len(judgement.judge(f"https://example.org/{'a' * 7000}", "x").shown) == 2000


def test_a_link_is_led_past_those_who_pass_it_on(judgement: Judgement) -> None:
    assert judgement.unwrapped(SAFE) == "https://www.example.org/a?b=1"
    assert judgement.unwrapped("https://example.org/") == "https://example.org/"


@given(st.text(), st.text())
def test_no_address_and_no_words_are_too_strange(address: str, words: str) -> None:
    found = JUDGEMENT.judge(address, words)
    assert found.is_web == found.address.lower().startswith(("http://", "https://"))


@given(
    st.sampled_from(["", "bank.example@", "a:b@"]),
    st.from_regex(r"[\w.\-\[\]:①。]{1,40}", fullmatch=True),
    st.from_regex(r"(:[0-9]{1,5})?([/?#][ -~]{0,60})?", fullmatch=True),
    st.from_regex(r"[\w.@/ :-]{0,60}", fullmatch=True),
)
def test_every_host_is_judged(user: str, host: str, rest: str, words: str) -> None:
    found = JUDGEMENT.judge(f"https://{user}{host}{rest}", words)
    assert found.is_web or [mark.oddity for mark in found.marks] == [LinkOddity.REMOVED]
    assert all("\n" not in mark.detail and len(mark.detail) <= 253 for mark in found.marks)


HOSTS = (
    "news.example",
    "News.example",
    "news.example.",
    "1.2",
    "0x7f.1",
    "xn--mnchen-3ya.de",
    "xn--.x",
    "t.co",
    "a.t.co",
)


@given(
    st.sampled_from(("https://", "http://", "HTTPS://", "//", "https://ann@", " https://", "\x01https://")),
    st.sampled_from(HOSTS) | st.from_regex(r"[a-z0-9.-]{1,20}", fullmatch=True),
    st.sampled_from(("", "/", ":443/", "?q#h", "/%20", "/ä", "/\x01", "/\x7f", '/"', "/a b", "\\")),
    st.sampled_from(("Read on", "", "bank.example", "https://www.bank.example/", "news.example")),
)
def test_a_link_that_is_plain_is_one_that_nothing_is_found_out_about(
    judgement: Judgement, scheme: str, host: str, rest: str, words: str
) -> None:
    address = f"{scheme}{host}{rest}"
    if judgement.is_plain(address, words, Before()):
        found = judgement.judge(address, words)
        assert (found.address, found.shown, found.marks, found.is_web) == (address, address, (), True)
        assert not judgement.gateways.follow(address)


def test_most_links_are_plain_and_those_that_pass_on_or_name_another_site_are_not(judgement: Judgement) -> None:
    before = Before()
    assert judgement.is_plain("https://news.example/1?a=b#c", "Read on", before)
    assert not judgement.is_plain("https://news.example/1?a=b#c", "www.bank.example", before)
    assert not judgement.is_plain("https://t.co/x", "Read on", before)
    assert not judgement.is_plain("https://127.0.0.1/", "Read on", before)
