"""What hm3.ini may say of remembered devices."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import Client, Clock, Database, Identity, LastingLogin, Secret, ServerKeys
from core.database.engine import open_database
from core.security.crypto import new_key
from modules.remember.module import RememberConfig
from modules.remember.store import RememberedStore
from modules.remember.token import Token
from tests.modules.security.house import ROOT

HOUR = timedelta(hours=1)


class Shelf:
    """One database, whose site may change its mind."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.keys = ServerKeys(new_key())
        self.now = datetime(2026, 5, 1, 12, tzinfo=UTC)

    def store(self, **options: object) -> RememberedStore:
        config = RememberConfig(**options)  # type: ignore[arg-type]  # options of this test's own
        return RememberedStore(self.database, self.keys, config, Clock(lambda: self.now))

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    database = open_database(tmp_path, migrations=[ROOT / "modules" / "remember" / "migrations"])
    yield Shelf(database)
    database.close()


def remember(shelf: Shelf) -> tuple[str, Token]:
    login = LastingLogin(Identity("ada", {"imap.password": Secret("pw")}, key=b"k" * 32), frozenset({"twofactor"}))
    return shelf.store().remember(login, Client())


def test_what_comes_back_is_the_whole_login(shelf: Shelf) -> None:
    _, token = remember(shelf)
    entry = shelf.store().come_in(token, HOUR)
    assert entry is not None
    assert (entry.login.identity.name, entry.login.identity.key) == ("ada", b"k" * 32)
    assert entry.login.identity.secrets == {"imap.password": "pw"} and entry.login.passed == {"twofactor"}


def test_a_site_that_offers_it_no_more_lets_nobody_in(shelf: Shelf) -> None:
    device, token = remember(shelf)
    closed = shelf.store(offer=False)
    assert closed.come_in(token, HOUR) is None
    assert (
        not closed.is_known(device) and not closed.seen(device, token, "s", HOUR) and closed.of("ada", None, "") == ()
    )
    assert shelf.store().come_in(token, HOUR) is not None


def test_a_shorter_time_counts_for_those_who_are_remembered_already(shelf: Shelf) -> None:
    _, token = remember(shelf)
    shelf.later(days=3)
    assert shelf.store(lasts=timedelta(days=3)).come_in(token, HOUR) is None
    assert shelf.store(lasts=timedelta(days=4)).come_in(token, HOUR) is not None


def test_an_idle_device_needs_the_password_where_the_site_says_so(shelf: Shelf) -> None:
    _, token = remember(shelf)
    shelf.later(minutes=61)
    assert shelf.store(after_idle=False).come_in(token, HOUR) is None
    assert shelf.store().come_in(token, HOUR) is not None


def test_a_device_in_use_is_not_idle(shelf: Shelf) -> None:
    device, token = remember(shelf)
    strict = shelf.store(after_idle=False)
    for _ in range(4):
        shelf.later(minutes=50)
        assert strict.seen(device, token, "s", HOUR)
    shelf.later(minutes=50)
    assert strict.come_in(token, HOUR) is not None


def test_a_user_may_want_less_patience_than_the_site(shelf: Shelf) -> None:
    device, token = remember(shelf)
    strict = shelf.store(after_idle=False)
    shelf.later(minutes=2)
    strict.seen(device, token, "s", timedelta(minutes=15))
    shelf.later(minutes=16)
    assert strict.come_in(token, HOUR) is None


@pytest.mark.parametrize("held", [False, True])
def test_only_the_current_token_shows_that_the_browser_has_it(shelf: Shelf, held: bool) -> None:
    device, old = remember(shelf)
    entry = shelf.store().come_in(old, HOUR)
    assert entry is not None and entry.token is not None
    shelf.store().seen(device, entry.token if held else old, "s", HOUR)
    shelf.later(minutes=10)
    assert (shelf.store().come_in(old, HOUR) is None) is held


def test_a_login_is_not_put_under_a_token_of_another_device(shelf: Shelf) -> None:
    device, token = remember(shelf)
    other, _ = remember(shelf)
    changed = LastingLogin(Identity("ada", key=b"x" * 32))
    shelf.store().reseal(other, token, changed)
    entry = shelf.store().come_in(token, HOUR)
    assert entry is not None and entry.device == device and entry.login.identity.key == b"k" * 32
