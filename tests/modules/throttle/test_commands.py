"""What an admin can do about locks."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from core import Client, Clock, Line, LoginAttempt, ServerKeys, Session, TooMany, User
from core.cli.main import hm3
from core.database.engine import open_database
from core.database.lookup import lookup_key
from core.security.crypto import CryptoConfig
from core.security.keyfile import find_keys, make_keys
from modules.throttle.commands import unlock
from modules.throttle.inputs import BrowserMark, KnownBrowser
from modules.throttle.module import ThrottleConfig
from modules.throttle.services import Throttle, network, say_wait
from modules.throttle.store import FailureCounts

MIGRATIONS = [Path(__file__).resolve().parents[3] / "modules" / "throttle" / "migrations"]


def throttle_in(data: Path) -> Throttle:
    """A throttle over the data folder of a site."""
    database, config = open_database(data, migrations=MIGRATIONS), ThrottleConfig()
    files = find_keys(CryptoConfig(), data)
    make_keys(files, Clock().now())
    keys = ServerKeys(files.server, lookup_key(database, ServerKeys(files.server), files.server.read()[-1].key))
    return Throttle(
        FailureCounts(database, config, Clock()), config, keys, Clock(), KnownBrowser(throttle_browser=BrowserMark(""))
    )


def fail(throttle: Throttle, name: str, times: int, address: str = "192.0.2.1") -> None:
    for _ in range(times):
        attempt = LoginAttempt(name, Client(address))
        throttle.admit(attempt)
        throttle.failed(attempt)


def test_an_admin_unlocks_a_name_from_the_command_line(tmp_path: Path) -> None:
    ini = tmp_path / "hm3.ini"
    ini.write_text(f"[app]\ndata = {tmp_path / 'data'}\n")
    throttle = throttle_in(tmp_path / "data")
    fail(throttle, "Ada", 5)
    with pytest.raises(TooMany):
        fail(throttle, "ada", 1)
    told = CliRunner().invoke(hm3, ["throttle", "--config", str(ini), "unlock", "ADA"])
    assert told.output.splitlines()[-1] == "ADA can log in again."
    fail(throttle, "ada", 1)


def test_an_admin_unlocks_an_address(tmp_path: Path) -> None:
    throttle = throttle_in(tmp_path)
    for number in range(100):
        fail(throttle, f"user{number}", 1, "2001:db8::1")
    with pytest.raises(TooMany):
        fail(throttle, "ada", 1, "2001:db8::2")
    assert unlock(Line("2001:db8::3"), throttle) == "2001:db8::3 can log in again."
    fail(throttle, "ada", 1, "2001:db8::2")


def test_who_was_not_locked_is_told_so(tmp_path: Path) -> None:
    assert unlock(Line("ada"), throttle_in(tmp_path)) == "ada was not locked; nothing was counted."


def test_who_types_another_name_than_their_own_is_one_person(tmp_path: Path) -> None:
    throttle, session = throttle_in(tmp_path), Session()
    fail(throttle, "ada", 3)
    fail(throttle, "ada@example.org", 2)
    session.keep_typed_name("ada")
    throttle.arrive(User("ada@example.org"), Client("192.0.2.1"), session)
    assert [notice.text.partition(" since")[0] for notice in session.notices] == [
        "There were 5 failed attempts to log in as you"
    ]
    fail(throttle, "ada", 4)
    assert throttle.failures(LoginAttempt("ada", Client("192.0.2.9"))) == 4


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
    ],
)
def test_addresses_of_one_network_count_as_one(address: str, counted: str) -> None:
    assert network(address) == counted


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "a minute"), (60, "a minute"), (61, "2 minutes"), (7200, "120 minutes")]
)
def test_times_to_wait_are_told_in_minutes(seconds: int, words: str) -> None:
    assert f"Please wait {words} and" in say_wait(timedelta(seconds=seconds))
