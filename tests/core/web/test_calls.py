"""What every request costs beside its page, in calls of functions: none of it depends on how busy a machine is."""

import sys
from collections.abc import Callable, Iterable
from types import FrameType
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from tests.core.web.door import Browser, Served


def calls_of(served: Served, ask: Callable[[], object]) -> int:
    """How many functions the application calls to answer, once everything that is kept is there."""
    inner, calls = served.app.wsgi_app, 0

    def count(frame: FrameType, what: str, function: object) -> None:
        nonlocal calls
        calls += what in ("call", "c_call")

    def counted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            return inner(environ, start_response)
        finally:
            sys.setprofile(before)

    for _ in range(3):
        ask()
    calls = 0
    served.app.wsgi_app = counted  # type: ignore[method-assign]  # as Flask documents it
    ask()
    return calls


@pytest.fixture
def inside(served: Served) -> Browser:
    """A browser of somebody who is logged in."""
    browser = served.browser()
    browser.log_in()
    return browser


@pytest.mark.parametrize(("where", "most"), [("/mail/", 1180), ("/framed", 680), ("/file", 650), ("/nowhere", 880)])
def test_a_page_that_does_next_to_nothing_takes_few_calls(
    served: Served, inside: Browser, where: str, most: int
) -> None:
    assert calls_of(served, lambda: inside.get(where)) <= most


def test_a_form_takes_few_calls(served: Served, inside: Browser) -> None:
    token = inside.token("/mail/")
    assert calls_of(served, lambda: inside.post("/note", {"text": "a"}, token=token)) <= 1180
