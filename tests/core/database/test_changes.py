"""Changes that are made again and again are kept, or not, as those of a connection of SQLAlchemy would be."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, OperationalError

from core.database.engine import Database, open_database
from core.database.questions import Change, Question

METADATA = MetaData()
BOOKS = Table(
    "shelf_books",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("title", String, unique=True),
    Column("cover", LargeBinary),
)
ADD = Change(insert(BOOKS))
ENTITLE = Change(update(BOOKS).where(BOOKS.c.id == bindparam("key")).values(title=bindparam("called")))
NEXT = Change(update(BOOKS).values(id=BOOKS.c.id + 1))
DROP = Change(delete(BOOKS).where(BOOKS.c.title.in_(bindparam("titles", expanding=True))))
TITLES = Question(select(BOOKS.c.title).order_by(BOOKS.c.id), str)
LENT = Question(
    text("UPDATE shelf_books SET cover = :cover RETURNING id, title").columns(BOOKS.c.id, BOOKS.c.title),
    lambda id, title: (id, title),
)
WRITES_IN_ANOTHER_PROCESS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=120)
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


def add(database: Database, *titles: str) -> None:
    """Add books."""
    for number, title in enumerate(titles, 1):
        assert database.change(ADD, id=number, title=title, cover=None) == 1


def test_a_change_is_kept_and_counts_its_rows(database: Database) -> None:
    add(database, "Emma", "Persuasion", "Lady Susan")
    assert database.ask(TITLES) == ["Emma", "Persuasion", "Lady Susan"]
    assert database.change(ENTITLE, key=2, called="Sanditon") == 1
    assert database.change(ENTITLE, key=9, called="The Watsons") == 0
    assert database.change(DROP, titles=["Emma", "Lady Susan", "Love and Freindship"]) == 2
    assert database.change(DROP, titles=[]) == 0
    with database.read() as connection:
        assert connection.execute(select(BOOKS)).all() == [(2, "Sanditon", None)]


def test_several_changes_are_kept_together_and_see_each_other(database: Database) -> None:
    with database.changes() as changes:
        changes.make(ADD, id=1, title="Emma", cover=b"\0")
        assert changes.ask(TITLES) == ["Emma"]
        assert database.ask(TITLES) == []
        assert changes.ask(LENT, cover=b"\1") == [(1, "Emma")]
    assert database.ask(Question(select(BOOKS.c.cover), bytes)) == [b"\1"]


def test_nothing_is_kept_where_something_is_raised(database: Database) -> None:
    with pytest.raises(KeyError), database.changes() as changes:
        changes.make(ADD, id=1, title="Emma", cover=None)
        raise KeyError
    assert database.ask(TITLES) == []
    add(database, "Persuasion")
    assert database.ask(TITLES) == ["Persuasion"]


def test_a_change_that_fails_ends_the_whole_and_leaves_connections_that_work(database: Database) -> None:
    add(database, "Emma")
    with pytest.raises(IntegrityError) as caught, database.changes() as changes:
        changes.make(ENTITLE, key=1, called="Persuasion")
        changes.make(ADD, id=2, title="Persuasion", cover=b"secret")
    assert "secret" not in str(caught.value)
    with pytest.raises(IntegrityError):
        database.change(ADD, id=1, title="Sanditon", cover=None)
    assert database.ask(TITLES) == ["Emma"]
    assert database.change(ENTITLE, key=1, called="Persuasion") == 1


def test_a_value_that_is_missing_is_told_and_changes_nothing(database: Database) -> None:
    with pytest.raises(KeyError, match="cover"):
        database.change(ADD, id=1, title="Emma")
    assert database.ask(TITLES) == []


def test_changes_are_told_as_statements(database: Database) -> None:
    told: list[str] = []
    database.watch(lambda text: told.append(text.split()[0]), lambda: told.append("."))
    add(database, "Emma")
    with database.changes() as changes:
        changes.make(ENTITLE, key=1, called="Persuasion")
    assert told == ["INSERT", ".", "UPDATE", "."]


def test_no_change_is_lost_among_those_of_other_threads_and_processes(database: Database, tmp_path: Path) -> None:
    add(database, "Emma")
    file = tmp_path / "hm3.sqlite"
    other = subprocess.Popen([sys.executable, "-c", WRITES_IN_ANOTHER_PROCESS, file, "50"])
    start = threading.Barrier(4)

    def work(kind: int) -> None:
        start.wait(120)
        for _ in range(50):
            if kind == 0:
                database.change(NEXT)
            elif kind == 1:
                with database.changes() as changes:
                    changes.make(NEXT)
            else:
                with database.write() as connection:
                    connection.execute(update(BOOKS).values(id=BOOKS.c.id + 1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [0, 1, 2, 1]))
    assert other.wait(120) == 0
    assert database.ask(Question(select(BOOKS.c.id), int)) == [251]


def test_a_transaction_that_cannot_begin_is_told_and_the_next_one_can(database: Database, tmp_path: Path) -> None:
    database.ask(TITLES)
    for waiting in database._asker._waiting:
        waiting.cursor().execute("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(tmp_path / "hm3.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"), database.changes():
            raise AssertionError
    add(database, "Emma")
    assert database.ask(TITLES) == ["Emma"]
