"""Sessions of a site with several workers: all those of a user at one of them, and none at any other."""

from datetime import UTC, datetime, timedelta

import pytest

from core import Roles, User
from core.errors import Elsewhere
from core.ini.session import SessionConfig
from core.input.reading import Client
from core.security.crypto import new_key
from core.visitor.places import PLACES, Share, mark, place_in, place_of
from core.visitor.rows import SessionRows
from core.visitor.store import Cookies, SessionStore

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
USERS = [f"user {number}" for number in range(12)]


class Site:
    """The stores of a site's workers, before one place for rows."""

    def __init__(self, rows: SessionRows) -> None:
        self._rows, self._root, self.now = rows, new_key(), NOON

    def at(self, worker: int, workers: int = 2) -> SessionStore:
        share = Share(workers, worker)
        return SessionStore(self._rows, self._root, SessionConfig(), Roles(), lambda: self.now, suite=None, share=share)


@pytest.fixture
def site(rows: SessionRows) -> Site:
    return Site(rows)


def begin(store: SessionStore, name: str) -> Cookies:
    opened = store.open(None)
    opened.session.visitor = User(name)
    cookies = store.save(opened)
    assert cookies is not None
    return cookies


def homes(site: Site, cookies: Cookies, workers: int = 2) -> list[int]:
    """The workers that open a session."""
    found = []
    for worker in range(workers):
        try:
            if site.at(worker, workers).open(cookies).session.visitor is not None:
                found.append(worker)
        except Elsewhere:
            pass
    return found


def test_a_session_is_opened_by_one_worker_wherever_it_began(site: Site) -> None:
    for name in USERS:
        found = [homes(site, begin(site.at(worker), name)) for worker in (0, 1)]
        assert len(found[0]) == 1 and found[0] == found[1]
        assert site.at(found[0][0]).is_home_of(name) and not site.at(1 - found[0][0]).is_home_of(name)


def test_users_are_spread_over_the_workers(site: Site) -> None:
    spread = [homes(site, begin(site.at(0), name))[0] for name in USERS]
    assert {0, 1} == set(spread)


def test_a_renewed_session_stays_where_it_was_and_so_does_the_pair_before(site: Site) -> None:
    for name in USERS[:4]:
        old = begin(site.at(0), name)
        (home,) = homes(site, old)
        site.now += timedelta(minutes=31)
        new = site.at(home).save(site.at(home).open(old))
        assert new is not None and homes(site, new) == homes(site, old) == [home]


def test_a_lent_session_is_where_its_user_is(site: Site) -> None:
    for name in USERS[:4]:
        (home,) = homes(site, begin(site.at(0), name))
        session = site.at(home).open(begin(site.at(home), name)).session
        token, _ = site.at(1 - home).lend(session, Client())
        assert site.at(home).open_lent(token).session.visitor == User(name)
        with pytest.raises(Elsewhere):
            site.at(1 - home).open_lent(token)


def test_all_sessions_move_together_where_the_number_of_workers_changes(site: Site) -> None:
    for name in USERS:
        before = [begin(site.at(worker), name) for worker in (0, 1)]
        found = [homes(site, cookies, 5) for cookies in [*before, begin(site.at(3, 5), name)]]
        assert len(found[0]) == 1 and found[0] == found[1] == found[2]


def test_one_worker_opens_them_all(site: Site) -> None:
    assert all(homes(site, begin(site.at(1), name), 1) == [0] for name in USERS)


def test_a_forged_pair_is_a_strangers_and_no_riddle(site: Site) -> None:
    cookies = begin(site.at(0), "ada")
    forged = Cookies(cookies.reference[:-4] + "AAAA", cookies.key)
    assert [site.at(worker).open(forged).session.visitor for worker in (0, 1)] == [None, None]


def test_a_session_from_before_places_is_at_home_with_one_worker_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.visitor.store.mark", lambda reference, place: reference)
    cookies = begin(site.at(0, 1), "ada")
    assert (homes(site, cookies, 1), homes(site, cookies)) == ([0], [])


def test_a_reference_says_its_place() -> None:
    assert [place_in(mark("a.b_-", place)) for place in (0, 7, PLACES - 1)] == [0, 7, PLACES - 1]
    assert [place_in(text) for text in ("", "abc", ".5", "abc.", "abc.4096", "abc.٣", "abc.5\n")] == [None] * 7


def test_places_are_spread_evenly() -> None:
    found = [place_of(f"{number:064x}") % 2 for number in range(2000)]
    assert 800 < sum(found) < 1200
