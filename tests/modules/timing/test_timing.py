"""The page of times: for those whom hm3.ini allows it, switched off at first, and telling of times alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import Measured
from modules.timing.results import StepTime, summarise
from tests.modules.imap.scripted import ScriptedServer
from tests.modules.webmail import Webmail, open_webmail, write_plain_ini

ON = "[modules]\ntiming = on\n"
ROLES = "[roles]\nadmin = ann\n[permissions]\nadmin = timing.see\n"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A mail server with nothing in it."""
    server = ScriptedServer({"LIST": b'* LIST () "/" INBOX\r\n'})
    yield server
    server.stop()


@pytest.fixture
def webmail(server: ScriptedServer, tmp_path: Path) -> Iterator[Webmail]:
    """A browser before a site that measures, with an admin."""
    with open_webmail(write_plain_ini(server.server_port, tmp_path, ON + ROLES)) as webmail:
        yield webmail


def header_of(webmail: Webmail, where: str) -> dict[str, str]:
    """The names in an answer's header of times, each with what is told of it."""
    told = webmail.browser.get(where).headers.get("Server-Timing", "")
    pairs = (one.partition(";") for one in told.split(", ") if one)
    return {name: values for name, _, values in pairs}


def test_without_the_module_nobody_is_told_of_times(server: ScriptedServer, tmp_path: Path) -> None:
    with open_webmail(write_plain_ini(server.server_port, tmp_path)) as webmail:
        webmail.log_in("ann", "secret")
        assert header_of(webmail, "/settings") == {}
        assert webmail.see("/timing").status == 404
        assert webmail.site.application.meters.pages() == {}


def test_a_stranger_is_told_of_no_times(webmail: Webmail) -> None:
    assert header_of(webmail, "/login") == {}
    assert webmail.see("/timing").location == "/login?next=%2Ftiming"


def test_a_user_without_the_role_is_told_of_no_times(webmail: Webmail) -> None:
    webmail.log_in("bob", "secret")
    assert header_of(webmail, "/settings") == {}
    assert webmail.see("/timing").status == 403
    assert not webmail.see("/settings").has('a[href="/timing"]')


def test_an_admin_is_told_in_the_header_where_the_time_went(webmail: Webmail) -> None:
    webmail.log_in("ann", "secret")
    told = header_of(webmail, "/settings")
    assert next(iter(told)) == "total"
    assert {"imap", "sql", "render", "mail.list_mailboxes"} <= set(told)
    assert int(told["sql"].partition('desc="')[2].rstrip('"')) >= 1
    assert int(told["imap"].partition('desc="')[2].rstrip('"')) >= 1


def test_where_the_time_went_is_told_of_what_fails_as_well(
    server: ScriptedServer, webmail: Webmail, tmp_path: Path
) -> None:
    webmail.log_in("ann", "secret")
    other = webmail.visitor()
    other.log_in("bob", "secret")
    server.answers["LIST"] = b"TAG NO not today\r\n"
    where = "/mail/main/INBOX/"
    assert (webmail.see(where).status, other.see(where).status) == (502, 502)
    assert {"total", "imap"} <= set(header_of(webmail, where)) and header_of(other, where) == {}
    assert len(webmail.site.application.meters.pages()["mail.list"]) == 4


def test_what_is_refused_does_not_count_among_what_pages_took(webmail: Webmail) -> None:
    assert webmail.see("/settings").status == 303
    webmail.log_in("ann", "secret")
    assert webmail.see("/mail/elsewhere/INBOX/").status == 404
    assert "total" in header_of(webmail, "/mail/elsewhere/INBOX/") and header_of(webmail, "/nothing") == {}
    assert not {"preferences.settings", "mail.list"} & webmail.site.application.meters.pages().keys()


def test_every_user_is_told_where_the_site_says_so(server: ScriptedServer, tmp_path: Path) -> None:
    more = ON + "[timing]\neveryone = yes\n"
    with open_webmail(write_plain_ini(server.server_port, tmp_path, more)) as webmail:
        assert header_of(webmail, "/login") == {}
        webmail.log_in("bob", "secret")
        assert "total" in header_of(webmail, "/settings")
        assert webmail.see("/timing").status == 403


def test_the_page_lists_what_was_asked_for(webmail: Webmail) -> None:
    webmail.log_in("ann", "secret")
    webmail.see("/settings")
    page = webmail.see("/timing")
    assert page.status == 200
    assert "preferences.settings" in page.texts("tbody th")
    told = webmail.ask("/timing")
    assert isinstance(told, dict)
    assert "timing.times" in [one["page"] for one in told["pages"]]


def test_the_page_says_that_there_is_nothing_yet(webmail: Webmail, monkeypatch: pytest.MonkeyPatch) -> None:
    webmail.log_in("ann", "secret")
    monkeypatch.setattr(webmail.site.application.meters, "pages", dict)
    assert webmail.see("/timing").texts("section.sheet p") == ["No page was asked for yet."]


def test_the_menu_leads_an_admin_to_the_page(webmail: Webmail) -> None:
    webmail.log_in("ann", "secret")
    assert webmail.see("/settings").has('.side-foot a[href="/timing"]')


def test_the_slowest_page_comes_first() -> None:
    quick, slow = Measured(1.0, {}, {}), Measured(9.0, {}, {})
    assert [page.page for page in summarise({"a": [quick], "b": [slow], "c": []}).pages] == ["b", "a"]


def test_medians_are_those_of_all_requests() -> None:
    measured = [Measured(float(took), {"imap": took / 2, "x.f": 1.0}, {"imap": took}) for took in (2, 4, 60)]
    (page,) = summarise({"a": measured}).pages
    assert (page.median, page.late, page.imap, page.imap_count) == (4.0, 60.0, 2.0, 4)
    assert page.steps == (StepTime("x.f", 1.0),)


def test_only_the_slowest_functions_are_named() -> None:
    times = {f"x.f{number}": float(number) for number in range(10)}
    (page,) = summarise({"a": [Measured(50.0, times, dict.fromkeys(times, 1))]}).pages
    assert [step.name for step in page.steps] == ["x.f9", "x.f8", "x.f7", "x.f6", "x.f5"]
