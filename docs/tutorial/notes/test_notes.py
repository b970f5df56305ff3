"""What notes promise, each promise a test."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import Clock, Conflict, Database
from core.database.engine import open_database
from modules.mail.api import EmailAddress
from modules.notes.handlers import keep_note
from modules.notes.inputs import NewNote
from modules.notes.model import NoteText
from modules.notes.store import NoteBook
from modules.notes.tables import notes

MAYA = EmailAddress("maya@example.test")
CLOCK = Clock(lambda: datetime(2026, 5, 4, 12, tzinfo=UTC))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with the module's table."""
    database = open_database(tmp_path, migrations=[Path(__file__).parent / "migrations"])
    yield database
    database.close()


def book_of(database: Database, user: str = "ada", key: bytes | None = b"k" * 32, most: int = 2) -> NoteBook:
    """A user's notes."""
    return NoteBook(database, b"l" * 32, user, key, CLOCK, most)


def test_a_note_is_found_by_whom_it_is_about_in_any_spelling(database: Database) -> None:
    book_of(database).keep(MAYA, NoteText("Likes chard."))
    assert book_of(database).about(EmailAddress("Maya@Example.test")) == "Likes chard."


def test_a_new_note_takes_the_place_of_the_old_one(database: Database) -> None:
    book = book_of(database)
    book.keep(MAYA, NoteText("Likes chard."))
    book.keep(MAYA, NoteText("Likes garlic."))
    assert [note.text for note in book.all()] == ["Likes garlic."]


def test_nobody_sees_the_notes_of_another_user(database: Database) -> None:
    book_of(database).keep(MAYA, NoteText("Likes chard."))
    assert book_of(database, "bob", b"b" * 32).all() == ()


def test_the_database_tells_nothing_of_a_note(database: Database) -> None:
    book_of(database).keep(MAYA, NoteText("Likes chard."))
    with database.read() as connection:
        row = connection.execute(notes.select()).one()
    assert b"chard" not in row.blob and "maya" not in f"{row.user_ref} {row.about_ref}"


def test_without_the_users_key_nothing_is_shown_or_overwritten(database: Database) -> None:
    book_of(database).keep(MAYA, NoteText("Likes chard."))
    locked = book_of(database, key=None)
    assert (locked.all(), locked.about(MAYA)) == ((), "")
    with pytest.raises(Conflict, match="locked"):
        locked.keep(MAYA, NoteText("Likes garlic."))


def test_notes_follow_their_users_new_data_key(database: Database) -> None:
    book_of(database).keep(MAYA, NoteText("Likes chard."))
    book_of(database).reseal(b"k" * 32, b"n" * 32)
    assert (book_of(database).all(), book_of(database, key=b"n" * 32).about(MAYA)) == ((), "Likes chard.")


def test_what_another_key_opens_is_left_alone(database: Database) -> None:
    book_of(database).keep(MAYA, NoteText("Likes chard."))
    book_of(database).reseal(b"o" * 32, b"n" * 32)
    assert book_of(database).about(MAYA) == "Likes chard."


def test_nothing_stays_of_a_user_who_leaves(database: Database) -> None:
    book_of(database).keep(MAYA, NoteText("Likes chard."))
    book_of(database, "bob").keep(MAYA, NoteText("Likes garlic."))
    book_of(database).forget()
    assert (book_of(database).all(), len(book_of(database, "bob").all())) == ((), 1)


def test_there_are_no_more_notes_than_the_site_allows(database: Database) -> None:
    book = book_of(database, most=1)
    book.keep(MAYA, NoteText("Likes chard."))
    with pytest.raises(Conflict, match="as many as there may be"):
        book.keep(EmailAddress("tom@example.test"), NoteText("Has my drill."))


def test_a_note_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="is empty"):
        NoteText.parse("  \n ")


def test_keeping_a_note_leads_back_to_all_of_them(database: Database) -> None:
    answer = keep_note(NewNote(about=MAYA, text=NoteText("Likes chard.")), book_of(database))
    assert answer.location == "/notes"
