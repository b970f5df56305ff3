"""Local accounts of a site with two workers: a new password and a farewell count with both, and at the next start."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.visitor.places import Share
from core.web.sorting import read_place
from tests.modules.events.streams import Browser, serving
from tests.modules.local.conftest import NEW, OLD, Shell

SETTINGS = """
[app]
data = {data}
threads = 4
workers = 2
[modules]
local = on
[imap]
host = 127.0.0.1
port = 1
login = off
[rates]
login = 1000 per minute
[passwords]
memory = 19 MiB
passes = 2
"""


@dataclass
class People:
    """The site's users, one of each worker, and what serves them."""

    ini: Path
    names: tuple[str, str]

    def serving(self) -> Iterator[Callable[[], Browser]]:
        """The site until the end of the loop."""
        with serving(self.ini) as visit:
            yield visit
        log = (self.ini.parent / "log").read_text()
        assert "Traceback" not in log and "ERROR" not in log


def enter(visit: Callable[[], Browser], name: str, password: str = OLD) -> Browser:
    browser = visit()
    assert browser.send("/login", username=name, password=password) == 303
    return browser


def may_enter(visit: Callable[[], Browser], name: str, password: str) -> bool:
    return visit().send("/login", username=name, password=password) == 303


def worker_of(browser: Browser) -> int:
    place = read_place(f"GET / HTTP/1.1\r\nCookie: hm3_session={browser.cookies['hm3_session']}".encode())
    assert place is not None
    return Share(2).whose(place)


def is_in(browser: Browser) -> bool:
    return browser.read("/settings")[0] == 200


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> People:
    """A user of each worker, found among many."""
    folder = tmp_path_factory.mktemp("workers")
    ini = folder / "hm3.ini"
    ini.write_text(SETTINGS.format(data=folder / "data"))
    shell, found = Shell(ini), dict[int, str]()
    assert "There are no local accounts." in shell.said("list")
    for visit in People(ini, ("", "")).serving():
        for name in (f"gardener{number}@example.org" for number in range(60)):
            shell.said("add", name, "--stdin", typed=f"{OLD}\n")
            found.setdefault(worker_of(enter(visit, name)), name)
            if len(found) == 2:
                break
    return People(ini, (found[0], found[1]))


def test_a_new_password_counts_with_every_worker_and_after_a_start_anew(people: People) -> None:
    for visit in people.serving():
        for name in people.names:
            browser, other = enter(visit, name), enter(visit, name)
            assert browser.send("/security/password", current=OLD, new=NEW, again=NEW, others="1") == 303
            assert is_in(browser) and not is_in(other)
            assert not may_enter(visit, name, OLD) and may_enter(visit, name, NEW)
    for visit in people.serving():
        for name in people.names:
            assert not may_enter(visit, name, OLD) and may_enter(visit, name, NEW)
            browser = enter(visit, name, NEW)
            assert browser.send("/security/password", current=NEW, new=OLD, again=OLD) == 303


def test_an_account_that_is_deleted_opens_nothing_anywhere(people: People) -> None:
    for visit in people.serving():
        for name in people.names:
            browser, other = enter(visit, name), enter(visit, name)
            assert browser.send("/security/erase", password=OLD, name="somebody else") == 422
            assert is_in(browser) and is_in(other)
            assert browser.send("/security/erase", password=OLD, name=name) == 303
            assert not is_in(browser) and not is_in(other) and not may_enter(visit, name, OLD)
        assert not any(name in Shell(people.ini).said("list") for name in people.names)
        # Whoever gets the name next begins afresh, and other tests have their people, in whatever order they come.
        for name in people.names:
            Shell(people.ini).said("add", name, "--stdin", typed=f"{OLD}\n")
            assert may_enter(visit, name, OLD)
