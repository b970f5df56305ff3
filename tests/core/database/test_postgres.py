"""What outlives a request, on a real PostgreSQL."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import bindparam, delete, select, text
from sqlalchemy.exc import IntegrityError

from core.database.engine import Database, DatabaseConfig, open_database
from core.database.questions import Change, Question
from core.database.settings import StoredSettings
from core.database.tables import sessions
from core.errors import ConfigError
from core.ini.session import SessionConfig
from core.input.values import Secret
from core.security.crypto import CryptoConfig, new_key
from core.security.held import ServerKeys
from core.settings import Owner
from core.visitor.database_rows import DatabaseRows
from core.visitor.devices import Devices
from core.visitor.keys import Keyring
from core.visitor.login import Clock
from core.visitor.permissions import Roles, User
from core.visitor.rows import SessionRow
from core.visitor.session import Session
from core.visitor.store import Opened, SessionStore
from modules.accounts.model import SavedAccount, SavedServer
from modules.accounts.store import SavedAccounts
from modules.mail.api import AccountName
from modules.spam.store import PLACES, VERDICTS, Shelf
from modules.throttle.module import Rule, ThrottleConfig
from modules.throttle.store import Counter, FailureCounts, Locked
from modules.trust.memory import Correspondent, Correspondents
from modules.twofactor.store import SecondFactors
from tests.core.security.test_passwords import CHEAP
from tests.core.visitor.moments import at_the_same_moment
from tests.servers.needs import missing
from tests.servers.postgres import Postgres, postgres_missing, running_postgres

pytestmark = pytest.mark.servers

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
MODULES = Path(__file__).resolve().parents[3] / "modules"

_END_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server for the tests of this file."""
    lack = postgres_missing()
    if lack:
        missing(lack)
    with running_postgres() as server:
        yield server


@pytest.fixture
def database(postgres: Postgres, tmp_path: Path) -> Iterator[Database]:
    """An empty database with the tables of the core and of all modules."""
    with postgres.database() as url:
        migrations = [folder for folder in MODULES.glob("*/migrations") if folder.is_dir()]
        opened = open_database(tmp_path, DatabaseConfig(Secret(url)), migrations)
        yield opened
        opened.close()


def test_two_first_logins_at_once_make_one_key(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = Keyring(database, new_key(), CryptoConfig(), CHEAP, lambda: NOON)
    with at_the_same_moment(monkeypatch), ThreadPoolExecutor(2) as browsers:
        first, second = browsers.map(lambda password: keys.unlock("ada", password), [Secret("right")] * 2)
    assert first is not None and first == second == keys.unlock("ada", Secret("right"))


def test_settings_are_found_again(database: Database) -> None:
    settings, ada = StoredSettings(database, new_key()), Owner("ada", new_key())
    settings.save(ada, "look", {"theme": "dark"})
    settings.save(ada, "look", {"theme": "light"})
    assert settings.load(ada, "look") == {"theme": "light"}
    assert settings.load(Owner("bob", ada.key), "look") == {}


def test_a_section_that_two_choose_first_at_once_is_the_later_ones(database: Database) -> None:
    root, key = new_key(), new_key()
    settings = StoredSettings(database, root)
    with ThreadPoolExecutor(1) as other:
        with database.write() as connection:
            user = settings._ref("ada")
            settings._put(connection, key, user, "look", b'{"theme": "dark"}')
            waiting = other.submit(settings.save, Owner("ada", key), "look", {"theme": "light"})
            # The other one waits for this transaction, and cannot be done before its end.
            assert wait([waiting], timeout=0.5).not_done
        waiting.result(timeout=60)
    assert settings.load(Owner("ada", key), "look") == {"theme": "light"}


def test_sessions_are_found_again_listed_and_ended(database: Database) -> None:
    root, key = new_key(), new_key()
    store = SessionStore(DatabaseRows(database), root, SessionConfig(), Roles(), lambda: NOON)
    cookies = store.save(Opened(Session(visitor=User("ada"), key=key)))
    assert cookies is not None
    assert store.open(cookies).session.visitor == User("ada")
    devices = Devices(DatabaseRows(database), root, lambda: NOON)
    assert len(devices.of("ada", key, "")) == 1 and devices.end_all("ada") == 1
    assert store.open(cookies).session.visitor is None


def test_two_requests_at_once_keep_what_both_changed(database: Database) -> None:
    store = SessionStore(DatabaseRows(database), new_key(), SessionConfig(), Roles(), lambda: NOON)
    cookies = store.save(Opened(Session(visitor=User("ada"))))
    assert cookies is not None
    opened = [store.open(cookies) for _ in range(8)]

    def keep(number: int) -> None:
        opened[number].session.keep(f"secret {number}", Secret("x"))
        store.save(opened[number])

    keeping = [threading.Thread(target=keep, args=(number,)) for number in range(5)]
    for one in keeping:
        one.start()
    for one in keeping:
        one.join()
    assert set(store.open(cookies).session.secrets) == {f"secret {number}" for number in range(5)}


def test_data_keys_are_opened_by_their_passwords(database: Database) -> None:
    keyring = Keyring(database, new_key(), CryptoConfig(), CHEAP, lambda: NOON)
    key = keyring.unlock("ada", Secret("old"))
    assert key is not None and keyring.unlock("ada", Secret("old")) == key
    assert keyring.unlock("ada", Secret("new")) is None
    keyring.set_recovery("ada", key, b"c" * 20)
    assert keyring.recover("ada", b"c" * 20) == key


def test_attempts_to_log_in_are_counted_and_locked(database: Database) -> None:
    name, address = Counter("name", Rule(2, timedelta(hours=1)), "ada"), Counter("address", Rule(9, timedelta(hours=1)))
    counts = FailureCounts(database, ThrottleConfig(), Clock(lambda: NOON))
    counts.give_back(counts.take((name, address)))
    assert [counts.failures((one,)) for one in (name, address)] == [0, 0]
    with ThreadPoolExecutor(2) as browsers:
        wait([browsers.submit(counts.take, both) for both in ((name, address), (address, name))])
    with pytest.raises(Locked):
        counts.take((address, name))
    assert [counts.failures((one,)) for one in (name, address)] == [2, 2]
    counts.failed("ada")
    assert [told.failures for told in counts.begin_anew({"ada": {"name"}})] == [1]
    assert [counts.failures((one,)) for one in (name, address)] == [0, 2]


def test_a_recovery_code_is_spent_once(database: Database) -> None:
    factors = SecondFactors(database, ServerKeys(new_key()), Clock(lambda: NOON))
    code, *_ = factors.new_recovery_codes("ada")
    assert [factors.check("ada", code) for _ in range(2)] == [True, False]


def test_a_second_start_finds_the_tables_as_they_are(postgres: Postgres, tmp_path: Path) -> None:
    with postgres.database() as url:
        config = DatabaseConfig(Secret(url))
        open_database(tmp_path, config).close()
        again = open_database(tmp_path, config)
        with again.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM core_sessions")).scalar_one() == 0
        again.close()


def test_a_wrong_password_is_told_without_showing_it(postgres: Postgres, tmp_path: Path) -> None:
    with postgres.database() as url, pytest.raises(ConfigError) as refused:
        open_database(tmp_path, DatabaseConfig(Secret(url.replace(":test@", ":canary@"))))
    assert "The database cannot be opened" in str(refused.value) and "canary" not in str(refused.value)


@pytest.mark.parametrize("url", ["nonsense", "mongo://x", "postgresql+nodriver://x/y"])
def test_an_address_that_names_no_database_is_told(url: str) -> None:
    with pytest.raises(ValueError, match=r"url .* It looks like postgresql"):
        DatabaseConfig(Secret(url))


def test_questions_find_what_was_committed_with_lists_and_octets(database: Database) -> None:
    rows = DatabaseRows(database)
    row = SessionRow("a" * 64, "f", "u", 1, 2, 3, 4, 5, b"\0blob", None)
    assert rows.find(row.id) is None
    rows.add(row)
    assert rows.find(row.id) == row
    listed = Question(select(sessions.c.id).where(sessions.c.family.in_(bindparam("families", expanding=True))), str)
    assert database.ask(listed, families=["f", "g", "h"]) == [row.id]
    assert database.ask(listed, families=[]) == []
    rows.touch(row.id, 9)
    assert rows.find(row.id) == replace(row, last_seen=9)


def test_a_question_is_asked_again_where_the_server_ended_its_connection(database: Database) -> None:
    rows = DatabaseRows(database)
    assert rows.find("a") is None
    with database.read() as connection:
        assert connection.execute(_END_OTHERS).all()
    assert rows.find("a") is None


def test_a_change_is_made_once_where_the_server_ended_the_connection_that_waited(database: Database) -> None:
    rows, row = DatabaseRows(database), SessionRow("a" * 64, "f", "u", 1, 2, 3, 4, 5, b"\0blob", None)
    rows.add(row)
    for change in (lambda: rows.touch(row.id, 9), lambda: rows.succeed(row.id, 5, replace(row, id="b" * 64))):
        with database.read() as connection:
            connection.execute(_END_OTHERS)
        change()
    assert rows.find(row.id) == replace(row, last_seen=9, ends=5)
    assert not rows.succeed("gone", 5, replace(row, id="c" * 64))
    assert rows.drop_family("f") == 2


def test_changes_are_kept_together_or_not_at_all(database: Database) -> None:
    rows, row = DatabaseRows(database), SessionRow("a" * 64, "f", "u", 1, 2, 3, 4, 5, b"\0blob", None)
    rows.add(row)
    with pytest.raises(IntegrityError):
        rows.succeed(row.id, 9, row)
    assert rows.find(row.id) == row


def test_no_question_and_no_change_leaves_a_transaction_open(database: Database) -> None:
    rows = DatabaseRows(database)
    rows.find("a")
    rows.drop_family("a")
    with pytest.raises(KeyError), database.changes() as changes:
        changes.make(Change(delete(sessions)))
        raise KeyError
    with database.read() as connection:
        states = connection.execute(text("SELECT state FROM pg_stat_activity WHERE datname = current_database()"))
        assert "idle in transaction" not in states.scalars().all()


def test_what_modules_ask_is_found(database: Database) -> None:
    server, key = ServerKeys(new_key(), new_key()), new_key()
    accounts, shelf, known = SavedAccounts(database, server), Shelf(database, server), Correspondents(database, server)
    server_of_mail = SavedServer("imap.example.org", 993)
    account = SavedAccount(AccountName("a1"), "Work", "ada@example.org", "Ada", "ada", server_of_mail)
    assert (accounts.all("ada", key), shelf.read("ada", key, PLACES), known.find("ada", key, "b@x.example")) == (
        (),
        b"",
        None,
    )
    accounts.add("ada", key, account, None, 3)
    shelf.change("ada", key, PLACES, lambda before: before + b"{}")
    known.meet("ada", key, "b@news.x.example", "first")
    assert accounts.all("ada", key) == (account,)
    assert (shelf.read("ada", key, PLACES), shelf.read("ada", key, VERDICTS)) == (b"{}", b"")
    assert known.find("ada", key, "b@news.x.example") == Correspondent("b@news.x.example", "first")
    assert known.domains_like("ada", key, "news.x.example") == ("news.x.example",)
