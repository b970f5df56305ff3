"""HTML that is to wear the parser down: its cost is bounded by its length, and its words are shown."""

import io

import pytest

from modules.mail.api import clean_html, plain_host, to_text
from modules.mail.html import trial
from modules.mail.html.css import _ALONE
from modules.mail.html.limits import MOST_TAGS, exceeded
from modules.mail.html.tokens import read_tags

WORN = {
    "closing tags of nothing": "<div></x>" * 5000,
    "fonts outlive their paragraphs": "".join(f"<p><font id={number}></i>" for number in range(5000)),
    "fonts outlive their tables": "".join(f"<table><b id={number}><td></b></table>" for number in range(5000)),
    "lists of two kinds": "<li><dd>" * 5000,
    "closing tags in comments": "<div><!-- </div> -->" * 5000,
    "closing tags in values": '<div title="</div>">' * 5000,
    "closing tags in titles": "<div><title></div></title>" * 5000,
    "closing tags in scripts": "<div><script><!--<script></script></div></script>" * 2000,
    "a paragraph closed twice": "<p><span><div></p>" * 5000,
}


@pytest.mark.parametrize("html", WORN.values(), ids=WORN.keys())
def test_html_that_hides_its_depth_costs_no_more_than_its_length(html: str) -> None:
    cleaned = clean_html(f"{html}words")
    assert len(cleaned.body) + len(to_text(html)) < 40 * len(html) and (cleaned.simplified or "words" in cleaned.body)


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "html", ["<!--" + "<style " * 280_000, "<title>" + "<style " * 280_000, "<title>" + "<body " * 320_000]
)
def test_tags_that_never_end_are_looked_through_once(html: str) -> None:
    assert not clean_html(html).simplified


def test_html_whose_depth_cannot_be_told_is_tried_and_shown() -> None:
    cleaned = clean_html("<p>An item<b>" + "</b><p>item" * 400)
    assert not cleaned.simplified and cleaned.body.count("item") == 401


@pytest.mark.parametrize(
    ("html", "names"),
    [
        ("<p a='>'>x</p>", ["p", "p"]),
        ("<!--><b>--><i>", ["b", "i"]),
        ("<!-- <b> --!><i>", ["i"]),
        ("<title><b></title><i>", ["title", "title", "i"]),
        ('<p a="<b>', ["p"]),
        ("<\u017ftyle><b></style>", ["b", "style"]),
        ("<![if x]><b></ b><?b>", ["b"]),
        ("<script><!--</script><b>", ["script", "plaintext", "script", "b"]),
        ("<style>a<b</styles>x</STYLE ><p>", ["style", "style", "p"]),
    ],
)
def test_tags_are_found_as_browsers_find_them(html: str, names: list[str]) -> None:
    assert [name for name, _, _ in read_tags(html)] == names


@pytest.mark.parametrize("rest", ["'", '"', "(", "a: 'b", 'a: "b', "a: url(b"])
def test_what_is_left_open_in_a_style_does_not_stand_alone(rest: str) -> None:
    assert _ALONE.fullmatch("color: red; a: 'b' (c)") and not _ALONE.fullmatch(f"color: red; {rest}")


def test_a_host_whose_name_ends_in_a_dot_is_not_plainly_written() -> None:
    assert plain_host("https://a.example/x") == "a.example" and not plain_host("https://a.example./x")


def test_many_attributes_without_spaces_between_are_too_many() -> None:
    assert exceeded("<p " + "\n".join(f"{number:x}" for number in range(9000)) + ">") == (
        "has an element with too many attributes"
    )


def test_the_first_tags_are_looked_at_whatever_comes_behind_them() -> None:
    worn = "<p " + "a=1 " * 300 + ">"
    assert exceeded(worn + "<p>" * MOST_TAGS) == "has an element with too many attributes"
    assert exceeded("<p>" * MOST_TAGS + worn) == "has too many elements"


@pytest.mark.parametrize(("html", "said"), [("<p>words", 0), (WORN["fonts outlive their paragraphs"][:12_000], 1)])
def test_the_trial_refuses_what_grows(html: str, said: int) -> None:
    assert trial.main(io.BytesIO(html.encode())) == said
