"""Questions and changes that are made again and again: run by the driver itself, with nothing in between."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Engine, Select, TextClause, TextualSelect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase

from core.database.wording import Lasting, Text, Value, converted, next_length, worded

T = TypeVar("T")

# So many connections wait for the next question; more are made where more threads ask at once, and closed again.
MOST_WAITING = 16


class Question(Lasting, Generic[T]):
    """A SELECT that is asked again and again, or what has RETURNING, and what is made of each row, column by column."""

    # Any: SQLAlchemy's type of a select tells every column.
    def __init__(self, select: "Select[Any] | TextualSelect", make: Callable[..., T]) -> None:
        super().__init__(select)
        self.make = make


class Change(Lasting):
    """An INSERT, UPDATE or DELETE that is made again and again. Columns without a value of their own are parameters.

    Their values are for the driver: it takes them as they are, and none is made up where one is missing.
    """

    def __init__(self, statement: UpdateBase | TextClause) -> None:
        super().__init__(statement)


@dataclass(frozen=True)
class Watcher:
    """Who is told of every statement, in the thread that runs it: of its text when it begins, and that it ended."""

    begun: Callable[[str], None]
    ended: Callable[[], None]


class Changes:
    """A transaction. Whatever fails in it ends it, and nothing of it is kept."""

    def __init__(self, asker: "Asker", connection: DBAPIConnection) -> None:
        self._asker = asker
        self._connection = connection

    def make(self, change: Change, **values: Value | Sequence[Value] | None) -> int:
        """Make a change; how many rows there are that it was made to."""
        return self._asker.run(self._connection, change, values)[1]

    def ask(self, question: Question[T], **values: Value | Sequence[Value] | None) -> list[T]:
        """What a question finds, with what was changed in here so far."""
        make = question.make
        return [make(*row) for row in self._asker.run(self._connection, question, values)[0]]


class Asker:
    """Asks questions on connections of its own, outside of transactions: each sees all that was committed before it.

    For several threads. A connection that broke while it waited is replaced, and the question asked once more.
    Changes are never made once more: whether their connection still works is found out before.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_local = engine.dialect.name == "sqlite"
        self._texts: dict[tuple[Lasting, tuple[int, ...]], Text] = {}
        self._waiting: deque[DBAPIConnection] = deque()
        self._closed = False
        self._error = engine.dialect.loaded_dbapi.Error
        self.watchers: tuple[Watcher, ...] = ()

    def ask(self, question: Question[T], values: Mapping[str, Value | Sequence[Value]]) -> list[T]:
        """What is made of the rows. Raises SQLAlchemy's errors, as its connections do."""
        text = self._text(question, values)
        given = text.filled(values)
        for watcher in self.watchers:
            watcher.begun(text.text)
        try:
            rows = self._rows(text.text, given)
        finally:
            for watcher in self.watchers:
                watcher.ended()
        if text.readers:
            rows = [converted(row, text.readers) for row in rows]
        make = question.make
        return [make(*row) for row in rows]

    def change(self, change: Change, values: Mapping[str, Value | Sequence[Value] | None]) -> int:
        """Make one change, which is committed by itself; how many rows there are that it was made to."""
        connection = self._lively()
        _, count = self.run(connection, change, values)
        self._put_back(connection)
        return count

    @contextmanager
    def changes(self) -> Iterator[Changes]:
        """A transaction that is committed at the end, or rolled back when something is raised."""
        connection = self._lively()
        self._execute(connection, "BEGIN IMMEDIATE" if self._is_local else "BEGIN", ())
        try:
            yield Changes(self, connection)
        except BaseException:
            with suppress(DBAPIError):
                self._execute(connection, "ROLLBACK", ())
                self._put_back(connection)
            raise
        self._execute(connection, "COMMIT", ())
        self._put_back(connection)

    # Any: as the columns are.
    def run(
        self, connection: DBAPIConnection, asked: Lasting, values: Mapping[str, Value | Sequence[Value] | None]
    ) -> "tuple[Sequence[Sequence[Any]], int]":
        """What a statement finds on a connection, which is closed where it fails, and how many rows it was about."""
        text = self._text(asked, values)
        given = text.filled(values)
        for watcher in self.watchers:
            watcher.begun(text.text)
        try:
            rows, count = self._execute(connection, text.text, given)
        finally:
            for watcher in self.watchers:
                watcher.ended()
        return [converted(row, text.readers) for row in rows] if text.readers else rows, count

    def close(self) -> None:
        """Close every connection; those that are in use, when they were."""
        self._closed = True
        self._close_waiting()

    def _rows(self, text: str, given: object) -> "Sequence[Sequence[Any]]":  # Any: as the columns are.
        try:
            connection, waited = self._waiting.pop(), True
        except IndexError:
            connection, waited = self._connected(), False
        try:
            rows, _ = self._execute(connection, text, given)
        except DBAPIError as error:
            if not waited or not error.connection_invalidated:
                raise
            # Those that waited with it broke with it.
            self._close_waiting()
            connection = self._connected()
            rows, _ = self._execute(connection, text, given)
        self._put_back(connection)
        return rows

    # Any: as above.
    def _execute(self, connection: DBAPIConnection, text: str, given: Any) -> "tuple[Sequence[Sequence[Any]], int]":
        try:
            cursor = connection.cursor()
            cursor.execute(text, given)
            rows = cursor.fetchall() if cursor.description is not None else ()
            count = cursor.rowcount
            cursor.close()
        except BaseException as error:
            broken = isinstance(error, self._error) and self._engine.dialect.is_disconnect(error, connection, None)
            with suppress(self._error):
                # SQLite ends no transaction by closing while the error still holds on to its statement.
                connection.rollback()
            self._close(connection)
            if not isinstance(error, self._error):
                raise
            # The values are told to nobody.
            raise DBAPIError.instance(text, None, error, self._error, connection_invalidated=broken) from error
        return rows, count

    def _lively(self) -> DBAPIConnection:
        """A connection that works: what is to be changed must not be sent on one that broke while it waited."""
        try:
            connection = self._waiting.pop()
        except IndexError:
            return self._connected()
        try:
            if self._is_local or self._engine.dialect.do_ping(connection):
                return connection
        except self._error:
            self._close(connection)
        # Those that waited with it broke with it.
        self._close_waiting()
        return self._connected()

    def _put_back(self, connection: DBAPIConnection) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._close(connection)
            return
        self._waiting.append(connection)
        if self._closed:
            self._close_waiting()

    def _close_waiting(self) -> None:
        with suppress(IndexError):
            while True:
                self._close(self._waiting.pop())

    def _close(self, connection: DBAPIConnection) -> None:
        with suppress(self._error):
            connection.close()

    def _connected(self) -> DBAPIConnection:
        """A connection as the engine makes them, which nobody else gets."""
        lent = self._engine.raw_connection()
        lent.detach()
        connection = lent.dbapi_connection
        assert connection is not None  # it was just connected
        self._engine.dialect.set_isolation_level(connection, "AUTOCOMMIT")
        return connection

    def _text(self, asked: Lasting, values: Mapping[str, Value | Sequence[Value] | None]) -> Text:
        lists = asked.lists
        lengths = tuple([next_length(len(values[name])) for name in lists]) if lists else ()  # type: ignore[arg-type]  # lists
        known = asked, lengths
        if known not in self._texts:
            self._texts[known] = worded(asked, lengths, self._engine)
        return self._texts[known]
