"""The status page: for those whom hm3.ini allows it, and true."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import Clock
from tests.modules.imap.scripted import ScriptedServer
from tests.modules.webmail import Webmail, open_webmail, write_plain_ini

ROLES = "[roles]\nadmin = ann, Eve@Example.test\n[permissions]\nadmin = status.see\n"
START = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A mail server that cannot list folders, so that what stands beside other pages fails."""
    server = ScriptedServer({"LIST": b"TAG NO the index is broken\r\n"})
    yield server
    server.stop()


@pytest.fixture
def now() -> list[datetime]:
    """The time, which tests move."""
    return [START]


@pytest.fixture
def webmail(server: ScriptedServer, tmp_path: Path, now: list[datetime]) -> Iterator[Webmail]:
    """A browser before a site with an admin."""
    with open_webmail(write_plain_ini(server.server_port, tmp_path, ROLES), Clock(lambda: now[0])) as webmail:
        yield webmail


def test_a_stranger_is_asked_to_log_in(webmail: Webmail) -> None:
    assert webmail.see("/status").location == "/login?next=%2Fstatus"


def test_a_user_without_the_role_may_not_see_it(webmail: Webmail) -> None:
    webmail.log_in("bob", "secret")
    page = webmail.see("/status")
    assert page.status == 403 and "index is broken" not in page.html
    assert not webmail.see("/settings").has('a[href="/status"]')


@pytest.mark.parametrize("name", ["ann", "ANN", "eve@example.test"])
def test_an_admin_sees_that_everything_works(webmail: Webmail, name: str) -> None:
    webmail.log_in(name, "secret")
    page = webmail.see("/status")
    assert page.status == 200
    assert page.texts("section.sheet p") == ["Everything works."]
    assert webmail.ask("/status") == {"failing": []}
    assert webmail.see("/settings").has('.side-foot a[href="/status"]')


def test_what_failed_is_told_and_forgotten_when_it_works_again(webmail: Webmail, server: ScriptedServer) -> None:
    webmail.log_in("ann", "secret")
    assert webmail.see("/settings").status == 200
    page = webmail.see("/status")
    assert page.texts("tbody td") == [
        "mail",
        "list_mailboxes",
        "1",
        "The mail server could not list the folders: the index is broken",
        "still on",
    ]
    server.answers["LIST"] = b'* LIST () "/" INBOX\r\n'
    webmail.see("/settings")
    assert webmail.ask("/status") == {"failing": []}


def test_what_keeps_failing_is_off_for_a_while(webmail: Webmail, server: ScriptedServer, now: list[datetime]) -> None:
    webmail.log_in("ann", "secret")
    for _ in range(6):
        webmail.see("/settings")
    asked = len(server.said("LIST"))
    told = webmail.ask("/status")
    assert isinstance(told, dict)
    (failing,) = told["failing"]
    assert (failing["in_a_row"], failing["off_until"]) == (5, "2026-05-04T12:05:00+00:00")
    assert "12:05" in webmail.see("/status").texts("tbody td")[4]
    webmail.see("/settings")
    assert len(server.said("LIST")) == asked
    now[0] += timedelta(minutes=6)
    webmail.see("/settings")
    assert len(server.said("LIST")) == asked + 1
