"""Colours of messages on dark pages: whatever is written on whatever stays readable."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.mail.html import Paint, clean_html
from modules.mail.html.colours import DARKEST_INK, LIGHTEST_GROUND, Rgb, contrast, ground, ink, line, luminance
from modules.mail.html.css import clean_sheet, clean_style

parts = st.integers(0, 255).map(lambda part: part / 255)
colours = st.tuples(parts, parts, parts)
PAGES = ((0x0F / 255, 0x11 / 255, 0x15 / 255), (0x19 / 255, 0x1D / 255, 0x23 / 255))


def none(_: str) -> None:
    return None


def dark(style: str) -> str:
    return clean_style(style, none, Paint(either=True))


@given(colours, colours)
def test_any_writing_is_readable_on_anything_that_is_written_on(written: Rgb, under: Rgb) -> None:
    assert contrast(ink(written), ground(under)) >= 4.5


@given(colours)
def test_any_writing_is_readable_on_the_page_itself(written: Rgb) -> None:
    assert all(contrast(ink(written), page) >= 4.5 for page in PAGES)


@given(colours)
def test_colours_are_ones_that_screens_can_show(colour: Rgb) -> None:
    for made in (ink(colour), ground(colour), line(colour)):
        assert all(0 <= part <= 1 for part in made)
    assert luminance(ground(colour)) <= LIGHTEST_GROUND and luminance(ink(colour)) >= DARKEST_INK


def test_hues_stay() -> None:
    red, green, blue = ink((0.8, 0, 0))
    assert red > green and red > blue
    red, green, blue = ground((0.8, 0.9, 1))
    assert blue > red


def test_what_suits_a_dark_page_already_nearly_stays() -> None:
    assert ink((1, 1, 1)) == pytest.approx((1, 1, 1), abs=0.05)
    assert ground((0.05, 0.05, 0.1)) == pytest.approx((0.05, 0.05, 0.1), abs=0.05)


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color: #000", r"color: light-dark\(#000, #[0-9a-f]{6}\)"),
        ("color: black", r"color: light-dark\(black, #[0-9a-f]{6}\)"),
        ("color: rgb(0, 0, 0)", r"color: light-dark\(rgb\(0, 0, 0\), #[0-9a-f]{6}\)"),
        ("background: rgba(255,255,255,.5)", r"background: light-dark\(rgba\(255,255,255,0.5\), #[0-9a-f]{6}80\)"),
        ("border: 1px solid #ccc", r"border: 1px solid light-dark\(#ccc, #[0-9a-f]{6}\)"),
        (
            "background: linear-gradient(white, hsl(120, 50%, 50%))",
            r"background: linear-gradient\(light-dark\(white, \S+\), light-dark\(hsl\(120, 50%, 50%\), \S+\)\)",
        ),
        ("color: inherit", "color: inherit"),
        ("color: currentcolor", "color: currentcolor"),
        ("background: transparent", "background: transparent"),
        ("color: windowtext", "color: windowtext"),
        ("color: rgba(0,0,0,.3)", r"color: light-dark\(rgba\(0,0,0,0.3\), #[0-9a-f]{6}\)"),
        ("font-family: Tan", "font-family: Tan"),
        ("width: 5px", "width: 5px"),
    ],
)
def test_styles_name_both_colours(style: str, kept: str) -> None:
    assert re.fullmatch(kept, dark(style))


def test_without_a_dark_page_colours_stay_as_they_are() -> None:
    assert clean_style("color: #000; background: white", none) == "color: #000; background: white"
    assert "light-dark" not in clean_html('<p style="color:#000" bgcolor="#fff">x</p>').sheet


def test_colours_of_attributes_become_rules() -> None:
    clean = clean_html(
        '<table bgcolor="ffffff"><td bgcolor="#FFF"><font color="navy">x</font></table>', paint=Paint(either=True)
    )
    assert ':where([bgcolor="ffffff"]) { background-color: light-dark(#ffffff, #' in clean.sheet
    assert (
        ':where([bgcolor="#FFF"])' in clean.sheet
        and ':where([color="navy"]) { color: light-dark(navy, #' in clean.sheet
    )


def test_attributes_that_are_no_colours_make_no_rules() -> None:
    assert clean_html('<td bgcolor="chucknorris">', paint=Paint(either=True)).sheet == ""


def test_the_body_s_colours_have_dark_ones_too() -> None:
    clean = clean_html('<body bgcolor="#ffffff" text="#222222">x', paint=Paint(either=True))
    assert clean.body_style.count("light-dark(") == 2


def test_a_message_s_own_dark_rules_are_left_out_and_its_light_ones_stay() -> None:
    rules = (("dark", "white"), ("light", "red"))
    sheet = (f"@media (prefers-color-scheme: {scheme}) {{ p {{ color: {colour} }} }}" for scheme, colour in rules)
    kept = clean_sheet(" ".join(sheet), none)
    assert "white" not in kept and "prefers" not in kept and "red" in kept


@given(st.text("abcdef#0123456789(),.% -%rgbhsltranspent", max_size=40))
def test_no_value_breaks_out(value: str) -> None:
    made = dark(f"color: {value}; background: {value}")
    assert not re.search(r"[<>{}\\@]|url", made)
