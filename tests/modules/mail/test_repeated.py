"""Styles that messages repeat are cleaned once, and what is kept of them has bounds."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.mail.html import Paint, clean_html, css
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
