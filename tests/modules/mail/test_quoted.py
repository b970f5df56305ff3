"""Quoted HTML: what its reader does not see does not go along."""

from modules.mail.html import quote_html, read_trackers
from modules.mail.html.urls import BLANK

PICTURE = '<p>See <img src="https://pictures.example/a.png" alt="a &lt;b&gt; garden" width="600">!</p>'
TRACKER = '<p>x<img src="https://www.google-analytics.com/collect?v=1" alt="seen"></p>'


def test_a_picture_that_is_withheld_leaves_its_words() -> None:
    assert quote_html(PICTURE, {}) == "<p>See a &lt;b&gt; garden!</p>"
    assert quote_html('<p>a<img src="//pictures.example/a.png">b</p>', {}) == "<p>ab</p>"


def test_a_picture_that_is_shown_goes_along_by_its_own_address() -> None:
    quoted = quote_html(PICTURE, {}, remote=True)
    assert 'src="https://pictures.example/a.png"' in quoted and 'alt="a &lt;b&gt; garden"' in quoted


def test_trackers_never_go_along() -> None:
    trackers = read_trackers()
    assert "google-analytics" in quote_html(TRACKER, {}, remote=True)
    assert quote_html(TRACKER, {}, remote=True, trackers=trackers) == "<p>xseen</p>"


def test_pictures_that_a_message_brings_along_stay() -> None:
    html = f'<img src="cid:one" alt="One">{PICTURE}<img src="data:image/png;base64,AAAA">'
    quoted = quote_html(html, {"one": "/mail/main/INBOX/1/part/2?inline=1"})
    assert "/part/2?inline=1" in quoted and "data:image/png;base64,AAAA" in quoted and "pictures.example" not in quoted


def test_words_that_stand_for_a_picture_are_cleaned_as_all_others() -> None:
    html = '<img src="https://a.example/" alt="<script>alert(1)</script><img src=https://b.example/>">'
    quoted = quote_html(html, {})
    assert "<script" not in quoted and "<img" not in quoted and "&lt;script&gt;" in quoted


def test_html_beyond_the_limits_is_quoted_as_its_words() -> None:
    quoted = quote_html("<div>" * 50_000 + PICTURE, {})
    assert "<img" not in quoted and BLANK not in quoted and "See" in quoted
