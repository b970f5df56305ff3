"""Styles that messages repeat are cleaned once, and what is kept of them has bounds."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.mail.html import Paint, clean_html, css
from modules.mail.html.css import Styles, clean_style
from modules.mail.html.repeated import RepeatedStyles
from modules.mail.kept import Owner, Shelves
from tests.modules.mail.hostile import STYLES

LETTER = (
    '<style>p { color: #123456 }</style><p style="color:red">Words</p>'
    '<p style="background:url(https://t.example/a.png)">Words</p>'
)


@pytest.fixture
def cleaned(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The styles that are cleaned meanwhile."""
    asked: list[str] = []
    for name in ("clean_style", "clean_sheet"):
        clean = getattr(css, name)

        def noted(text: str, *more: object, clean: object = clean) -> str:
            asked.append(text)
            assert callable(clean)
            return str(clean(text, *more))

        monkeypatch.setattr(css, name, noted)
    yield asked


def test_the_next_message_with_equal_styles_has_those_alone_cleaned_that_name_pictures(cleaned: list[str]) -> None:
    repeated = RepeatedStyles()
    first = clean_html(LETTER, repeated=repeated)
    assert len(cleaned) == 3
    cleaned.clear()
    again = clean_html(LETTER, repeated=repeated)
    assert (again, again.withheld) == (first, 1)
    assert cleaned == ["background:url(https://t.example/a.png)"]


@given(st.lists(st.tuples(st.sampled_from([*STYLES, "color:#123", "background:#fff"]), st.booleans()), max_size=6))
def test_whatever_came_before_a_message_is_cleaned_as_without_it(letters: list[tuple[str, bool]]) -> None:
    repeated = RepeatedStyles(octets=2000)
    for style, either in letters:
        html = f"<style>p {{ {style} }}</style><p style='{style}'>w</p><p title=1>w</p>"
        assert clean_html(html, paint=Paint(either), repeated=repeated) == clean_html(html, paint=Paint(either))


def test_declarations_that_stand_alone_are_cleaned_once_whatever_stands_beside_them(cleaned: list[str]) -> None:
    repeated = RepeatedStyles()
    for style in ("color:red;margin:0", "margin:0; color:red;padding:0", "padding:0;"):
        clean_html(f'<p style="{style}">', repeated=repeated)
    assert cleaned == ["color:red", "margin:0", " color:red", "padding:0"]


PIECES = st.sampled_from(
    """color : ; ;; #333 red -1px 1.5 / ! !important 'a_b' "x" ' " ( ) rgb(1,2,3) url(a.png) calc(1px+2%) , -- -->
    <!-- @a { } [ ] \\ /* */ é background: font-family:'A;b' color:red; margin:0; a:b:c expression(1) \0""".split()
) | st.sampled_from((" ", "\t", "\n", "\r", "\f"))


def noting(asked: list[str]) -> Callable[[str], str]:
    """Gives every picture one address, and notes which were asked for."""

    def shown(address: str) -> str:
        asked.append(address)
        return "/part/1"

    return shown


@settings(max_examples=500)
@given(st.lists(PIECES, max_size=10).map("".join), st.booleans())
def test_declarations_say_the_same_alone_as_among_others(style: str, either: bool) -> None:
    pictures: list[str] = []
    again: list[str] = []
    whole = clean_style(style, noting(pictures), Paint(either))
    styles = Styles(noting(again), Paint(either))
    assert (styles.clean(style), again) == (whole, pictures)


def alone(made: str) -> tuple[str, bool]:
    return made, True


def test_no_more_are_kept_than_so_many_and_those_asked_for_last_stay() -> None:
    repeated = RepeatedStyles(styles=4)
    for text in "abacad":
        assert repeated.cleaned(text, 0, lambda: alone("made")) == ("made", True)
    assert len(repeated) <= 4
    assert repeated.cleaned("a", 0, lambda: alone("anew")) == ("made", True)
    assert repeated.cleaned("b", 0, lambda: alone("anew")) == ("anew", True)


def test_no_more_octets_are_kept_than_so_many_and_nothing_that_takes_half_of_them() -> None:
    repeated = RepeatedStyles(octets=4000)
    for number in range(50):
        repeated.cleaned(f"{number}", 0, lambda: alone("x" * 500))
        assert repeated.held <= 4000
    repeated.cleaned("large", 0, lambda: alone("x" * 3000))
    assert repeated.cleaned("large", 0, lambda: alone("anew")) == ("anew", True)


def test_a_style_is_kept_by_how_it_was_cleaned_and_only_where_it_depends_on_nothing_else() -> None:
    repeated = RepeatedStyles()
    repeated.cleaned("a", "light", lambda: alone("light"))
    assert repeated.cleaned("a", "dark", lambda: ("dark", False)) == ("dark", False)
    assert repeated.cleaned("a", "dark", lambda: alone("darker")) == ("darker", True)
    assert repeated.cleaned("a", "light", lambda: alone("anew")) == ("light", True)


def test_every_session_has_styles_of_its_own_which_count_as_held_and_go_with_it() -> None:
    shelves = Shelves()
    ann, bob = shelves.of(Owner("a session", "ann")), shelves.of(Owner("another", "bob"))
    ann.styles.cleaned("a", 0, lambda: alone("made"))
    assert ann.held == ann.styles.held > 0 == bob.held
    assert bob.styles.cleaned("a", 0, lambda: alone("anew")) == ("anew", True)
    shelves.forget(lambda owner: owner.user == "ann")
    assert len(shelves.of(Owner("a session", "ann")).styles) == 0
    shelves.close()
