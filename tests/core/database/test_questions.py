"""Questions that nearly every request asks find what a connection of SQLAlchemy would find at the same moment."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import JSON, Column, Integer, LargeBinary, MetaData, String, Table, bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

import core.database.questions
from core.database.engine import Database, open_database
from core.database.questions import Question

METADATA = MetaData()
BOOKS = Table(
    "shelf_books",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("title", String),
    Column("cover", LargeBinary),
    Column("marks", JSON),
)
TITLES = Question(select(BOOKS.c.title).order_by(BOOKS.c.id), str)
NAMED = Question(select(BOOKS.c.id).where(BOOKS.c.title.in_(bindparam("titles", expanding=True))).limit(3), int)
WRITES_IN_ANOTHER_PROCESS = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=120) as connection:
    for _ in range(int(sys.argv[2])):
        connection.execute("UPDATE shelf_books SET id = id + 1")
        connection.commit()
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with a table."""
    opened = open_database(tmp_path)
    METADATA.create_all(opened.engine)
    yield opened
    opened.close()


def write(database: Database, *titles: str) -> None:
    """Add books."""
    with database.write() as connection:
        connection.execute(insert(BOOKS), [{"title": title, "cover": b"\0", "marks": [1]} for title in titles])


def test_what_was_written_is_found_by_the_next_question(database: Database) -> None:
    assert database.ask(TITLES) == []
    write(database, "Emma")
    assert database.ask(TITLES) == ["Emma"]
    write(database, "Persuasion")
    assert database.ask(TITLES) == ["Emma", "Persuasion"]


def test_what_is_not_committed_is_not_found(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(BOOKS), {"title": "Emma"})
        assert database.ask(TITLES) == []
    assert database.ask(TITLES) == ["Emma"]


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5, 20])
def test_lists_of_any_length_are_asked_for(database: Database, number: int) -> None:
    write(database, "a", "b", "c")
    found = database.ask(NAMED, titles=["b", "c", *(f"no {at}" for at in range(20))][:number])
    assert found == [2, 3][:number]


def test_what_the_statement_brings_is_kept(database: Database) -> None:
    write(database, *"aaaaa")
    assert database.ask(NAMED, titles=["a"]) == [1, 2, 3]


def test_columns_are_read_as_sqlalchemy_reads_them(database: Database) -> None:
    write(database, "Emma")
    whole = Question(select(BOOKS), lambda *columns: columns)
    with database.read() as connection:
        assert database.ask(whole) == [tuple(row) for row in connection.execute(select(BOOKS))]
    assert database.ask(whole) == [(1, "Emma", b"\0", [1])]


def test_values_are_never_part_of_the_statement(database: Database) -> None:
    write(database, "a' OR '1'='1")
    assert database.ask(NAMED, titles=["' OR 1=1 --", "x"]) == []
    assert database.ask(NAMED, titles=["a' OR '1'='1"]) == [1]


def test_a_value_that_is_missing_is_told(database: Database) -> None:
    with pytest.raises(KeyError, match="titles"):
        database.ask(NAMED)


def test_an_error_is_one_of_sqlalchemy_and_tells_no_values(database: Database) -> None:
    assert database.ask(TITLES) == []
    lost = select(Table("lost", MetaData(), Column("id", Integer))).where(text("id = :id"))
    with pytest.raises(OperationalError, match="no such table") as caught:
        database.ask(Question(lost.where(BOOKS.c.title == bindparam("title")), int), title="secret", id=1)
    assert "secret" not in str(caught.value)


def test_an_error_of_values_leaves_connections_that_work(database: Database) -> None:
    with pytest.raises(DBAPIError):
        database.ask(NAMED, titles=[object()])  # type: ignore[list-item]  # what no driver takes
    with pytest.raises(OverflowError):
        database.ask(NAMED, titles=[2**70])
    assert database.ask(TITLES) == []


def test_a_question_is_asked_again_where_its_connection_broke(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, "Emma")
    database.ask(TITLES)
    for waiting in database._asker._waiting:
        waiting.close()
    assert database.ask(TITLES) == ["Emma"]


def test_connections_wait_up_to_a_bound(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.database.questions, "MOST_WAITING", 2)
    together = threading.Barrier(4)
    question = Question(select(BOOKS.c.id), int)
    connect = database._asker._connected

    def meet() -> object:
        connection = connect()
        together.wait(120)
        return connection

    monkeypatch.setattr(database._asker, "_connected", meet)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: database.ask(question), range(4))) == [[], [], [], []]
    assert len(database._asker._waiting) == 2


def test_nothing_waits_after_the_end(database: Database) -> None:
    database.ask(TITLES)
    database.close()
    assert not database._asker._waiting
    assert database.ask(TITLES) == [] and not database._asker._waiting


def test_statements_of_all_kinds_are_told(database: Database) -> None:
    told: list[str] = []
    database.watch(lambda text: told.append(text.split()[0]), lambda: told.append("."))
    database.ask(TITLES)
    write(database, "Emma")
    assert told == ["SELECT", ".", "INSERT", "."]


def test_readers_never_see_an_older_state_than_the_last_that_was_committed(database: Database, tmp_path: Path) -> None:
    """Threads read while two other threads and another process write."""
    write(database, "count")
    ids, done = Question(select(BOOKS.c.id), int), threading.Event()
    known, lock = [1], threading.Lock()

    def count() -> None:
        for _ in range(100):
            with database.write() as connection:
                connection.execute(BOOKS.update().values(id=BOOKS.c.id + 1))
                after = connection.execute(select(BOOKS.c.id)).scalar_one()
            with lock:
                known[0] = max(known[0], after)

    def watch() -> int:
        wrong, seen = 0, 0
        while not done.is_set():
            with lock:
                least = known[0]
            (found,) = database.ask(ids)
            wrong += found < least or found < seen
            seen = found
        return wrong

    command = [sys.executable, "-c", WRITES_IN_ANOTHER_PROCESS, str(tmp_path / "hm3.sqlite"), "100"]
    with ThreadPoolExecutor(5) as pool, subprocess.Popen(command) as other:
        watching = [pool.submit(watch) for _ in range(3)]
        counting = [pool.submit(count) for _ in range(2)]
        try:
            for one in counting:
                one.result(300)
            assert other.wait(300) == 0
        finally:
            done.set()
        assert [one.result(300) for one in watching] == [0, 0, 0]
    assert database.ask(ids) == [301]


def test_what_another_process_wrote_is_found_by_the_next_question(database: Database, tmp_path: Path) -> None:
    write(database, "Emma")
    ids = Question(select(BOOKS.c.id), int)
    with closing(sqlite3.connect(tmp_path / "hm3.sqlite")) as other:
        for number in range(2, 20):
            other.execute("UPDATE shelf_books SET id = ?", (number,))
            assert database.ask(ids) == [number - 1]
            other.commit()
            assert database.ask(ids) == [number]


def test_a_question_takes_no_part_in_a_transaction_that_fails(database: Database) -> None:
    write(database, "Emma")
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(BOOKS), {"id": 2, "title": "Persuasion"})
        database.ask(TITLES)
        connection.execute(insert(BOOKS), {"id": 1, "title": "again"})
    assert database.ask(TITLES) == ["Emma"]
