"""Who is known to count readers, which images only do that, and which parts of links say who clicks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from modules.mail.api import clean_html
from modules.mail.html.trackers import TrackerList, read_trackers
from modules.mail.html.urls import BLANK, Links

LIST: TrackerList = read_trackers()
HERE = "https://images.example/a.gif"


def found(attributes: str, address: str = HERE) -> dict[str, str]:
    return dict(LIST.find(LexborHTMLParser(f'<p>Words</p><img src="{address}" {attributes}>')).trackers)


@pytest.mark.parametrize(
    "attributes",
    [
        'width="1" height="1"',
        "width=0",
        'height="0px" width="200"',
        'width="1"',
        'width="2" height="2"',
        "hidden",
        'style="display:none"',
        'style="border:0;DISPLAY : none !important"',
        'style="visibility: hidden"',
        'style="opacity:0"',
        'style="opacity: 0.0;"',
        'style="width:1px;height:1px"',
        'style="width: 1px !important" height="1" width="600"',
        'style="max-height:0;"',
        'style="height:0"',
    ],
)
def test_an_image_that_nobody_sees_counts_its_readers(attributes: str) -> None:
    assert found(attributes) == {HERE: "images.example"}


@pytest.mark.parametrize(
    "attributes",
    [
        "",
        'width="600" height="1"',
        'width="1" height="30"',
        'width="100%"',
        'style="opacity:0.5"',
        'style="max-width:100%;height:auto"',
        'style="min-height:0"',
        'style="line-height:1"',
        'style="display:block" width="10" height="10"',
        'width="x"',
    ],
)
def test_an_image_that_can_be_seen_does_not(attributes: str) -> None:
    assert found(attributes) == {}


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://us1.list-manage.com/track/open.php?u=1", "Mailchimp"),
        ("https://list-manage.com/track/open.php", "Mailchimp"),
        ("http://abc.awstrack.me/I0/x", "Amazon SES"),
        ("//www.facebook.com/tr?id=1", "Facebook"),
        (" https://u1.ct.sendgrid.net/wf/open?upn=x", "SendGrid"),
        ("https://us1.list-manage.com/logo.png", ""),
        ("https://notlist-manage.com/track/open.php", ""),
        ("https://example.org/https://awstrack.me/I0/x", ""),
        ("cid:x", ""),
        ("data:image/png;base64,xx", ""),
    ],
)
def test_servers_are_known_by_their_names(address: str, name: str) -> None:
    assert list(found("", address).values()) == ([name] if name else [])


@pytest.mark.parametrize(
    ("link", "bare"),
    [
        ("https://example.org/", "https://example.org/"),
        ("https://example.org/?a=1", "https://example.org/?a=1"),
        ("https://example.org/?utm_source=x", "https://example.org/"),
        (
            "https://example.org/?a=1&utm_source=x&b=%20+&fbclid=y#utm_source=z",
            "https://example.org/?a=1&b=%20+#utm_source=z",
        ),
        ("https://example.org/?UTM_Source=x&mc_eid=1&gclid", "https://example.org/"),
        ("https://example.org/?%75tm_source=x&q=utm_source", "https://example.org/?q=utm_source"),
        ("https://example.org/?&&utm_id=1&", "https://example.org/?&&"),
    ],
)
def test_marks_are_taken_out_of_links_and_nothing_else(link: str, bare: str) -> None:
    assert LIST.unmarked(link) == bare


def test_a_tracker_is_withheld_even_where_images_are_shown() -> None:
    html = f'<img src="{HERE}" width="1" height="1"><img src="https://images.example/b.png">'
    clean = clean_html(html, remote=lambda address: address, trackers=LIST)
    assert clean.body.count(BLANK) == 1 and "b.png" in clean.body
    assert clean.trackers == ("images.example",) and clean.withheld == 0


def test_an_image_whose_address_nobody_takes_is_withheld() -> None:
    assert clean_html(f'<img src="{HERE}">', remote=lambda address: None).withheld == 1


def test_a_background_of_a_tracker_is_withheld_too() -> None:
    html = f'<img src="{HERE}" hidden><p style="background: url({HERE})">x</p>'
    clean = clean_html(html, remote=lambda address: address, trackers=LIST)
    assert "a.gif" not in clean.body and len(clean.trackers) == 2


def test_links_are_counted_and_freed_only_on_request() -> None:
    html = '<a href="https://example.org/?utm_source=x">a</a><a href="tel:1">b</a><a href="javascript:x">c</a>'
    clean = clean_html(html, links=Links(LIST.unmarked))
    assert clean.marked == 1 and "utm_source" in clean.body
    assert "utm_source" not in clean_html(html, links=Links(LIST.unmarked, bare=True)).body


def test_whoever_quotes_html_leaves_it_as_it_is() -> None:
    html = f'<img src="{HERE}" width="1" height="1"><a href="https://example.org/?utm_source=x">a</a>'
    clean = clean_html(html, remote=lambda address: address, links=Links(bare=True))
    assert HERE in clean.body and "utm_source" in clean.body and clean.trackers == ()


def test_the_style_of_messages_knows_what_stands_for_a_withheld_picture() -> None:
    style = Path("modules/mail/assets/frame.css").read_text()
    assert f'img[src="{BLANK}"]:not([height])' in style


@pytest.mark.parametrize("written", ["//t.example/a.png", " https://t.example/a.png", "https://t.example/a.png"])
def test_an_image_is_found_under_what_is_written_with_its_whole_address(written: str) -> None:
    images = LIST.find(LexborHTMLParser(f'<img src="{written}"><img src="cid:x"><img src="http://a b/">'))
    assert images.web == {written: "https://t.example/a.png"} and not images.trackers


@pytest.mark.parametrize("remote", [None, lambda address: f"/images/{len(address)}"])
def test_that_images_were_looked_for_changes_nothing_of_what_is_shown(remote: Callable[[str], str] | None) -> None:
    html = f'<img src="//t.example/a.png"><img src=" {HERE}"><img src="cid:x"><img src="http://a b/"><img src="/a">'
    found, unasked = (
        clean_html(html, inline={"x": "/part"}, remote=remote, trackers=trackers) for trackers in (LIST, None)
    )
    assert found == unasked and found.body.count("<img") == 5
