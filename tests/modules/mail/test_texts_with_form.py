"""Markdown and enriched text as HTML, which the cleaner then makes safe."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.mail.html import clean_html, enriched_to_html, markdown_to_html


def test_markdown_has_its_form_and_no_html_of_its_own() -> None:
    html = markdown_to_html("# Plans\n\n* **dig** <script>alert(1)</script>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert "<h1>Plans</h1>" in html and "<strong>dig</strong>" in html and "<td>1</td>" in html
    assert "&lt;script&gt;" in html and "<script" not in html


def test_markdown_leads_to_no_scripts_and_loads_nothing() -> None:
    clean = clean_html(markdown_to_html("[x](javascript:alert(1)) ![p](https://t.example/p.png)"))
    assert "javascript:" not in clean.body.partition("alert")[0].replace("[x](javascript:", "")
    assert "t.example" not in clean.body and clean.withheld == 1


@pytest.mark.parametrize(
    "text", ["> " * 5000 + "x", "* " * 5000, "[" * 20_000, "*a_" * 10_000, "`" * 20_000, "![" * 9000]
)
def test_markdown_takes_no_time(text: str) -> None:
    began = time.process_time()
    clean_html(markdown_to_html(text))
    assert time.process_time() - began < 60


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\nb\n\nc\n\n\nd", "a b<br>c<br><br>d"),
        ("<bold>x</bold>", "<b>x</b>"),
        ("<Italic><bold>x</Italic>y", "<i><b>x</b></i>y"),
        ("<<not a command>", "&lt;not a command&gt;"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<color><param>red</param>x</color>", '<span style="color: red">x</span>'),
        ("<color><param>ffff,0000,0000</param>x</color>", '<span style="color: #ff0000">x</span>'),
        ('<color><param>red"><script></param>x</color>', "<span>x</span>"),
        ("<fontfamily><param>Times</param>x</fontfamily>", "<span style=\"font-family: 'Times'\">x</span>"),
        ("<unknown>x</unknown></bold>", "<span>x</span>"),
        ("<nofill>a\nb</nofill>", "<pre>a\nb</pre>"),
        ("<center>x", "<center>x</center>"),
        ("<flushleft>x</flushleft>", '<div align="left">x</div>'),
    ],
)
def test_enriched_text_is_html(text: str, html: str) -> None:
    assert enriched_to_html(text) == html


@given(st.text("<>/boldcrparmn \n\"'&", max_size=200))
def test_enriched_text_brings_no_html(text: str) -> None:
    html = clean_html(enriched_to_html(text)).body
    assert "<script" not in html and "onload" not in html
