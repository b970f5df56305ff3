"""What is kept of users: whose it is, under which key, and what becomes of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import modules.spam.store
from core import Database, ServerKeys, Session, Suite, User
from core.database.engine import open_database
from core.security.crypto import marks, new_key
from modules.spam.store import LEARNED, Kept, Place, Shelf, forget_learned, open_kept, open_shelf, seal_anew
from modules.spam.tables import kept as table
from modules.spam.verdicts import Cause, Verdict

ROOT = Path(__file__).resolve().parents[3]
KEY, OTHER_KEY = new_key(), new_key()
BLOCKED = Verdict(Cause.BLOCKED, moved=True, about=("eve@evil.test",))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path, migrations=[ROOT / "modules" / "spam" / "migrations"])
    yield opened
    opened.close()


@pytest.fixture
def shelf(database: Database) -> Shelf:
    return open_shelf(database, ServerKeys(new_key()))


def kept(shelf: Shelf, key: bytes | None = KEY, name: str = "robin") -> Kept:
    user = User(name)
    return open_kept(shelf, user, Session(id="s", visitor=user, key=key))


def test_what_is_learned_is_kept_for_one_user_alone(shelf: Shelf) -> None:
    kept(shelf).learn(lambda learned: learned.learn(b"12345678", {"word"}, spam=True))
    assert kept(shelf).learned().spam == 1
    assert kept(shelf, name="bob").learned().spam == kept(shelf, OTHER_KEY).learned().spam == 0


def test_while_what_is_stored_is_locked_nothing_is_known_and_nothing_kept(shelf: Shelf, database: Database) -> None:
    locked = kept(shelf, None)
    locked.decide({b"12345678": BLOCKED})
    assert (locked.is_open, locked.verdict(b"12345678"), locked.place("main"), locked.judged()) == (
        False, None, None, frozenset(),
    )  # fmt: skip
    with database.read() as connection:
        assert connection.execute(table.select()).all() == []


def test_decisions_are_remembered_and_the_oldest_make_room(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules.spam.store, "_MOST_VERDICTS", 2)
    for number in range(3):
        kept(shelf).decide({bytes([number] * 8): BLOCKED})
    assert kept(shelf).judged() == {bytes([1] * 8), bytes([2] * 8)}
    assert kept(shelf).verdict(bytes([2] * 8)) == BLOCKED


def test_how_far_an_inbox_was_looked_through_is_remembered(shelf: Shelf) -> None:
    kept(shelf).move_on("main", Place(1, 7))
    kept(shelf).move_on("work", Place(2, 9, shown=10))
    assert (kept(shelf).place("main"), kept(shelf).place("work")) == (Place(1, 7), Place(2, 9, shown=10))


def test_marks_on_most_of_many_messages_tell_of_a_filter() -> None:
    place = Place(1, 1)
    for _ in range(9):
        place = place.count(marked=True)
    assert not place.filtered and place.count(marked=True).filtered
    for _ in range(200):
        place = place.count(marked=False)
    assert not place.filtered and place.seen <= 100


def test_a_new_data_key_opens_what_is_kept(shelf: Shelf) -> None:
    kept(shelf).decide({b"12345678": BLOCKED})
    seal_anew(shelf).reseal("robin", KEY, OTHER_KEY)
    seal_anew(shelf).reseal("robin", KEY, OTHER_KEY)
    assert kept(shelf, OTHER_KEY).verdict(b"12345678") == BLOCKED and kept(shelf).verdict(b"12345678") is None


def test_what_is_kept_is_sealed_in_the_suite_of_the_site(database: Database) -> None:
    shelf = open_shelf(database, ServerKeys(new_key(), suite=Suite.AES_CBC))
    kept(shelf).decide({b"12345678": BLOCKED})
    kept(shelf).move_on("main", Place(1, 7))
    seal_anew(shelf).reseal("robin", KEY, OTHER_KEY)
    kept(shelf, OTHER_KEY).move_on("main", Place(1, 8))
    with database.read() as connection:
        blobs = [row.blob for row in connection.execute(table.select())]
    assert [marks(blob).suite for blob in blobs] == [Suite.AES_CBC.number] * 2


def test_a_user_who_leaves_leaves_nothing(shelf: Shelf, database: Database) -> None:
    for name in ("robin", "bob"):
        kept(shelf, name=name).decide({b"12345678": BLOCKED})
    forget_learned(shelf).erase("robin")
    with database.read() as connection:
        assert len(connection.execute(table.select()).all()) == 1
    assert kept(shelf, name="bob").verdict(b"12345678") == BLOCKED


def test_what_is_damaged_is_begun_anew(shelf: Shelf, database: Database, caplog: pytest.LogCaptureFixture) -> None:
    kept(shelf).decide({b"12345678": BLOCKED})
    with database.write() as connection:
        (row,) = connection.execute(table.select()).all()
        connection.execute(table.update().values(blob=row.blob[:-1] + bytes([row.blob[-1] ^ 1])))
    assert kept(shelf).verdict(b"12345678") is None and "is damaged" in caplog.text


@pytest.mark.parametrize("before", [b"", b"1"])
def test_of_two_changes_at_once_none_is_lost(shelf: Shelf, before: bytes) -> None:
    shelf.change("robin", KEY, LEARNED, lambda _: before)
    seen: list[bytes] = []

    def change(now: bytes) -> bytes:
        if not seen:
            shelf.change("robin", KEY, LEARNED, lambda one: one + b"b")
        seen.append(now)
        return now + b"a"

    shelf.change("robin", KEY, LEARNED, change)
    assert shelf.read("robin", KEY, LEARNED) == before + b"ba" and seen == [before, before + b"b"]


def test_a_change_that_others_undo_over_and_over_is_given_up(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    def change(before: bytes) -> bytes:
        shelf.change("robin", KEY, LEARNED, lambda one: one + b"b")
        return before + b"a"

    shelf.change("robin", KEY, LEARNED, change)
    assert "over and over" in caplog.text and shelf.read("robin", KEY, LEARNED) == b"bbbbb"
