"""When a session gets a new pair of cookies, and what the old pair is still good for."""

import logging
from datetime import datetime, timedelta

import pytest

from core.ini.session import SessionConfig
from core.security.crypto import new_key
from core.visitor.permissions import Candidate, Roles, User
from core.visitor.rows import SessionRows
from core.visitor.session import Session
from core.visitor.store import GRACE, RENEW_AFTER, Cookies, Opened, SessionStore
from tests.core.visitor.conftest import NOON


class Walk:
    """A session as its browser goes from page to page, and its clock."""

    def __init__(self, rows: SessionRows) -> None:
        self.now: list[datetime] = [NOON]
        self.store = SessionStore(rows, new_key(), SessionConfig(), Roles(), lambda: self.now[0])
        cookies = self.store.save(Opened(Session(visitor=User("ada"))))
        assert cookies is not None
        self.cookies: Cookies = cookies

    def later(self, span: timedelta) -> None:
        self.now[0] += span

    def open(self, cookies: Cookies | None = None) -> Opened:
        return self.store.open(cookies or self.cookies)

    def is_in(self, cookies: Cookies) -> bool:
        return self.open(cookies).session.visitor is not None


@pytest.fixture
def walk(rows: SessionRows) -> Walk:
    return Walk(rows)


def test_after_half_an_hour_of_activity_a_session_gets_a_new_pair(walk: Walk) -> None:
    walk.later(RENEW_AFTER)
    assert walk.store.save(walk.open()) is None
    walk.later(timedelta(seconds=1))
    renewed = walk.store.save(walk.open())
    assert renewed is not None
    assert renewed.reference != walk.cookies.reference and renewed.key != walk.cookies.key
    assert walk.open(renewed).session.id == walk.open().session.id


def test_a_poll_in_the_background_renews_nothing(walk: Walk) -> None:
    walk.later(RENEW_AFTER + timedelta(minutes=1))
    assert walk.store.save(walk.open(), active=False) is None


def test_the_old_pair_is_good_for_what_is_on_its_way_and_no_longer(walk: Walk) -> None:
    walk.later(RENEW_AFTER + timedelta(seconds=1))
    renewed = walk.store.save(walk.open())
    assert renewed is not None
    walk.later(GRACE - timedelta(seconds=1))
    assert walk.is_in(walk.cookies)
    walk.later(timedelta(seconds=1))
    assert not walk.is_in(walk.cookies) and walk.is_in(renewed)


def test_a_renewal_does_not_make_a_session_live_longer(walk: Walk) -> None:
    ends = walk.open().ends
    walk.later(RENEW_AFTER + timedelta(seconds=1))
    assert walk.open(walk.store.save(walk.open())).ends == ends


def test_a_login_or_one_of_its_steps_leaves_nothing_of_the_pair_before(walk: Walk) -> None:
    for visitor in (Candidate("ada"), Candidate("ada", frozenset({"first"})), User("ada")):
        before, opened = walk.cookies, walk.open()
        opened.session.visitor = visitor
        opened.session.renew()
        cookies = walk.store.save(opened)
        assert cookies is not None and not walk.is_in(before)
        assert walk.open(cookies).session.id != opened.session.id
        walk.cookies = cookies


def test_a_password_that_is_asked_for_again_gives_the_same_session_a_new_pair(walk: Walk) -> None:
    opened = walk.open()
    opened.session.rotate()
    cookies = walk.store.save(opened)
    assert cookies is not None and walk.open(cookies).session.id == opened.session.id
    assert walk.open(cookies).ends == opened.ends
    walk.later(GRACE)
    assert not walk.is_in(walk.cookies) and walk.is_in(cookies)


def test_who_wants_to_be_logged_out_sooner_is(walk: Walk) -> None:
    opened = walk.open()
    opened.session.idle = timedelta(minutes=5)
    walk.store.save(opened)
    walk.later(timedelta(minutes=5))
    assert walk.is_in(walk.cookies)
    walk.later(timedelta(seconds=1))
    assert not walk.is_in(walk.cookies)


@pytest.mark.parametrize("how", ["renew", "rotate"])
def test_a_session_that_was_ended_meanwhile_gets_no_new_pair(walk: Walk, how: str) -> None:
    opened = walk.open()
    walk.store.end(opened.session.id)
    getattr(opened.session, how)()
    assert walk.store.save(opened) is None
    assert not walk.is_in(walk.cookies)


@pytest.mark.parametrize("half", ["reference", "key"])
def test_half_a_pair_opens_nothing_and_ends_nothing(walk: Walk, half: str, caplog: pytest.LogCaptureFixture) -> None:
    other = walk.store.save(Opened(Session(visitor=User("eve"))))
    assert other is not None
    stolen = walk.cookies.reference, other.key
    tried = Cookies(*stolen) if half == "reference" else Cookies(other.reference, walk.cookies.key)
    with caplog.at_level(logging.WARNING):
        opened = walk.open(tried)
    assert opened.session.visitor is None and not opened.foreign
    assert "came with a key that does not open it" in caplog.text
    assert walk.store.save(opened) is None
    assert walk.is_in(walk.cookies) and walk.is_in(other)
