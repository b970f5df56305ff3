"""Sessions between requests."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from core import Candidate, LoginNeeded, Notice, Roles, Secret, Sentence, Session, Undo, User
from core.database.engine import Database
from core.ini.session import SessionConfig
from core.security.crypto import new_key
from core.visitor.database_rows import DatabaseRows
from core.visitor.rows import SessionRows
from core.visitor.store import Cookies, SessionStore

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def store(rows: SessionRows) -> SessionStore:
    return SessionStore(rows, new_key(), SessionConfig(), Roles({"ada": frozenset({"admin"})}), lambda: NOON)


def begin(store: SessionStore, visitor: User | Candidate | None = None) -> Cookies:
    opened = store.open(None)
    opened.session.visitor = visitor or User("ada")
    opened.session.keep("password", Secret("pw"))
    opened.session.say("Hello.", undo=Undo("/x", (("a", "1"),)))
    cookies = store.save(opened)
    assert cookies is not None
    return cookies


def test_a_session_is_found_again_with_all_it_kept(store: SessionStore) -> None:
    session = store.open(begin(store)).session
    assert session.visitor == User("ada", frozenset({"admin"}))
    assert session.secret("password") == "pw"
    assert session.take_notices() == (Notice("Hello.", undo=Undo("/x", (("a", "1"),))),)
    assert session.id


def test_what_a_login_told_of_its_user_is_kept(store: SessionStore) -> None:
    opened = store.open(None)
    opened.session.visitor, opened.session.roles = User("ada"), frozenset({"support"})
    opened.session.display_name, opened.session.address = "Ada Lovelace", "ada@x.example"
    cookies = store.save(opened)
    session = store.open(cookies).session
    assert session.visitor == User("ada", frozenset({"admin", "support"}))
    assert (session.display_name, session.address) == ("Ada Lovelace", "ada@x.example")


def test_roles_of_a_login_wait_until_its_last_step(store: SessionStore) -> None:
    opened = store.open(None)
    opened.session.visitor, opened.session.roles = Candidate("ada"), frozenset({"support"})
    session = store.open(store.save(opened)).session
    assert session.visitor == Candidate("ada") and session.roles == {"support"}


def test_a_candidate_stays_a_candidate(store: SessionStore) -> None:
    cookies = begin(store, Candidate("ada", frozenset({"first"})))
    assert store.open(cookies).session.visitor == Candidate("ada", frozenset({"first"}))


def test_a_stranger_leaves_no_row(database: Database) -> None:
    store = SessionStore(DatabaseRows(database), new_key(), SessionConfig(), Roles(), lambda: NOON)
    assert store.save(store.open(None)) is None
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM core_sessions")).scalar_one() == 0


def test_a_stolen_database_names_nobody_and_opens_nothing(database: Database, tmp_path: Path) -> None:
    store = SessionStore(DatabaseRows(database), new_key(), SessionConfig(), Roles(), lambda: NOON)
    begin(store, User("canary-user"))
    for file in tmp_path.iterdir():
        assert b"canary" not in file.read_bytes()


@pytest.mark.parametrize(
    "cookies",
    [Cookies("x", "y"), Cookies("", ""), Cookies("a.b", "!" * 44), Cookies("null.x", "AAAA")],
)
def test_forged_cookies_open_a_strangers_session(store: SessionStore, cookies: Cookies) -> None:
    assert store.open(cookies).session.visitor is None


def test_the_key_of_another_session_opens_nothing(store: SessionStore) -> None:
    one, two = begin(store), begin(store, User("bob"))
    assert store.open(Cookies(one.reference, two.key)).session.visitor is None


def test_two_requests_at_once_keep_what_both_changed(store: SessionStore) -> None:
    cookies = begin(store)
    first, second = store.open(cookies), store.open(cookies)
    first.session.keep("one", Secret("1"))
    first.session.take_notices()
    second.session.keep("two", Secret("2"))
    second.session.say("Again.")
    second.session.forget("password")
    store.save(first)
    store.save(second)
    session = store.open(cookies).session
    assert (session.secret("one"), session.secret("two")) == ("1", "2")
    assert [notice.text for notice in session.notices] == ["Again."]
    with pytest.raises(LoginNeeded):
        session.secret("password")


def test_a_session_that_ended_meanwhile_stays_ended(store: SessionStore) -> None:
    cookies = begin(store)
    late = store.open(cookies)
    late.session.keep("more", Secret("1"))
    leaving = store.open(cookies)
    leaving.session.end()
    store.save(leaving)
    store.save(late)
    assert store.open(cookies).session.visitor is None


def test_many_requests_at_once_lose_nothing(store: SessionStore) -> None:
    cookies = begin(store)

    def keep(number: int) -> None:
        opened = store.open(cookies)
        opened.session.keep(f"n{number}", Secret(str(number)))
        store.save(opened)

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session = store.open(cookies).session
    assert [session.secret(f"n{number}") for number in range(4)] == ["0", "1", "2", "3"]


def test_expired_sessions_are_removed(database: Database) -> None:
    now = [NOON]
    store = SessionStore(DatabaseRows(database), new_key(), SessionConfig(), Roles(), lambda: now[0])
    begin(store)
    now[0] += timedelta(days=2)
    store.expire()
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM core_sessions")).scalar_one() == 0


def test_a_login_erases_expired_sessions_once_a_minute(database: Database) -> None:
    now, asked = [NOON], list[str]()
    store = SessionStore(DatabaseRows(database), new_key(), SessionConfig(), Roles(), lambda: now[0])
    database.watch(lambda words: asked.append(words.split()[0]), lambda: None)
    begin(store)
    now[0] += timedelta(seconds=59)
    begin(store)
    assert asked == ["INSERT", "DELETE", "INSERT"]
    now[0] += timedelta(days=2)
    begin(store)
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM core_sessions")).scalar_one() == 1


def test_a_secret_that_is_not_kept_asks_for_a_new_login() -> None:
    with pytest.raises(LoginNeeded):
        Session().secret("password")


def test_a_session_knows_how_long_it_rested() -> None:
    assert Session(last_seen=NOON - timedelta(minutes=5)).idle_for(NOON) == timedelta(minutes=5)


def test_a_sentence_that_waits_for_the_next_page_can_still_be_translated(store: SessionStore) -> None:
    cookies = begin(store)
    opened = store.open(cookies)
    opened.session.say(Sentence("%(name)s is gone.", name="x"))
    store.save(opened)
    told = store.open(cookies).session.notices[-1].text
    assert isinstance(told, Sentence) and (told.text, told.values) == ("%(name)s is gone.", {"name": "x"})


def test_what_no_request_changed_is_not_written_again(store: SessionStore) -> None:
    cookies = begin(store)
    opened = store.open(cookies)
    opened.session.roles, opened.session.idle = frozenset({"b", "a"}), timedelta(minutes=9)
    opened.session.say(
        Sentence.counted("%(many)s message", "%(many)s messages", 2, many=2), undo=Undo("/y", (("b", "2"),))
    )
    store.save(opened)
    written = store.open(cookies)
    store.save(written)
    assert (opened.version, written.version, store.open(cookies).version) == (0, 1, 1)
