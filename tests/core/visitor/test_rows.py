"""Places for sessions: what each of them promises."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import text

from core.database.engine import Database
from core.errors import Unavailable
from core.visitor.database_rows import DatabaseRows
from core.visitor.rows import SessionRow, SessionRows
from tests.core.visitor.conftest import NOON

NOW = int(NOON.timestamp())
ROW = SessionRow("a1", "f1", "u1", NOW, NOW, NOW, NOW + 3600, 0, b"\x00\xffblob", b"meta")


def test_a_database_that_does_not_answer_is_told(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("DROP TABLE core_sessions"))
    with pytest.raises(Unavailable, match="does not answer") as refused:
        DatabaseRows(database).find("a1")
    assert refused.value.reason == "the database"


def test_a_row_is_found_as_it_was_kept(rows: SessionRows) -> None:
    rows.add(ROW)
    rows.add(replace(ROW, id="a2", meta=None))
    assert rows.find("a1") == ROW
    assert rows.find("a2") == replace(ROW, id="a2", meta=None)
    assert rows.find("b1") is None


def test_a_row_is_replaced_by_the_next_version_once(rows: SessionRows) -> None:
    rows.add(ROW)
    assert rows.replace("a1", 0, 1, b"new", NOW + 5)
    assert not rows.replace("a1", 0, 1, b"late", NOW + 6)
    assert rows.find("a1") == replace(ROW, version=1, blob=b"new", last_seen=NOW + 5)


def test_of_many_that_replace_one_version_one_wins(rows: SessionRows) -> None:
    rows.add(ROW)
    won: list[int] = []

    def write(number: int) -> None:
        if rows.replace("a1", 0, 1, str(number).encode(), NOW):
            won.append(number)

    writing = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for one in writing:
        one.start()
    for one in writing:
        one.join()
    found = rows.find("a1")
    assert found is not None and [str(number).encode() for number in won] == [found.blob]


def test_a_row_that_is_not_there_is_neither_replaced_nor_made(rows: SessionRows) -> None:
    assert not rows.replace("a1", 0, 1, b"new", NOW)
    rows.touch("a1", NOW)
    assert rows.find("a1") is None


def test_a_touch_changes_the_time_alone(rows: SessionRows) -> None:
    rows.add(ROW)
    rows.touch("a1", NOW + 30)
    assert rows.find("a1") == replace(ROW, last_seen=NOW + 30)


def test_a_successor_stands_beside_the_row_before_until_that_one_ends(rows: SessionRows) -> None:
    rows.add(ROW)
    assert rows.succeed("a1", NOW + 30, replace(ROW, id="a2"))
    assert rows.find("a1") == replace(ROW, ends=NOW + 30)
    assert rows.find("a2") == replace(ROW, id="a2")


def test_a_session_that_was_ended_meanwhile_has_no_successor(rows: SessionRows) -> None:
    rows.add(ROW)
    rows.drop_family("f1")
    assert not rows.succeed("a1", NOW + 30, replace(ROW, id="a2"))
    assert rows.find("a2") is None


def test_a_family_goes_as_a_whole_and_alone(rows: SessionRows) -> None:
    for row in (ROW, replace(ROW, id="a2"), replace(ROW, id="b1", family="f2")):
        rows.add(row)
    assert (rows.drop_family("f1"), rows.drop_family("f1")) == (2, 0)
    assert rows.of_user("u1") == (replace(ROW, id="b1", family="f2"),)


def test_a_user_has_their_own_rows_the_oldest_first(rows: SessionRows) -> None:
    newer = replace(ROW, id="a2", family="f2", renewed=NOW + 60)
    for row in (newer, ROW, replace(ROW, id="c1", family="f3", user_ref="u2")):
        rows.add(row)
    assert rows.of_user("u1") == (ROW, newer)
    assert rows.of_user("nobody") == ()
