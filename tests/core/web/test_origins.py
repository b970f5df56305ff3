"""What a page may load from elsewhere."""

import pytest

from core import Module, Origins, WiringError
from core.output.slots import Policy
from core.web.headers import POLICIES, widen

PAGE = Module("shelf").page("shelf", "/shelf")
APP = POLICIES[Policy.APP]


def test_each_kind_of_source_goes_into_its_own_directive() -> None:
    wider = widen(APP, [Origins(PAGE, ("https://a",), ("https://b",), ("https://c",), ("https://d",))])
    assert [wider[name] for name in ("script-src", "frame-src", "style-src", "connect-src")] == [
        ["'self'", "https://a"],
        ["'self'", "https://b"],
        ["'self'", "https://c"],
        ["'self'", "https://d"],
    ]
    assert wider["default-src"] == "'none'" and wider["img-src"] == APP["img-src"]


def test_several_modules_may_widen_one_page() -> None:
    wider = widen(APP, [Origins(PAGE, frames=("https://a",)), Origins(PAGE, frames=("https://b",))])
    assert wider["frame-src"] == ["'self'", "https://a", "https://b"]


def test_trusted_types_are_asked_for_as_long_as_no_script_of_others_runs() -> None:
    asked = "require-trusted-types-for"
    assert asked in widen(APP, [Origins(PAGE, frames=("https://a",))])
    assert asked not in widen(APP, [Origins(PAGE, scripts=("https://a",))])


def test_what_shows_the_content_of_others_gets_no_wider() -> None:
    letter = Module("shelf").page("letter", "/letter", policy=Policy.MAIL)
    with pytest.raises(WiringError, match=r"Page shelf.letter has the policy mail, which no module widens"):
        widen(POLICIES[Policy.MAIL], [Origins(letter, frames=("https://a",))])


def test_the_policy_of_other_pages_stays_as_it_is() -> None:
    before = {name: str(sources) for name, sources in APP.items()}
    widen(APP, [Origins(PAGE, ("https://a",))])
    assert {name: str(sources) for name, sources in APP.items()} == before
