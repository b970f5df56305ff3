"""Questions that nearly every request asks: made into SQL once, and asked of the driver with nothing in between."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Engine, Select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BindParameter

T = TypeVar("T")

# What drivers take as it is.
Value = str | int | bytes
# So many connections wait for the next question; more are made where more threads ask at once, and closed again.
MOST_WAITING = 16


class Question(Generic[T]):
    """A SELECT that is asked again and again, and what is made of each of its rows, column by column.

    What is asked with are its bound parameters by name: one value each, or a list where the parameter is `expanding`.
    """

    # Any: SQLAlchemy's type of a select tells every column.
    def __init__(self, select: "Select[Any]", make: Callable[..., T]) -> None:
        self.select = select
        self.make = make
        bound = [one for one in visitors.iterate(select) if isinstance(one, BindParameter)]
        self.lists = tuple(sorted({one.key for one in bound if one.expanding}))
        self.values = tuple(sorted({one.key for one in bound if one.required and not one.expanding}))


@dataclass(frozen=True)
class Watcher:
    """Who is told of every statement, in the thread that runs it: of its text when it begins, and that it ended."""

    begun: Callable[[str], None]
    ended: Callable[[], None]


@dataclass(frozen=True)
class _Given:
    """What stands for a value that is given when the question is asked: the one of a name, or an item of its list."""

    name: str
    item: int | None = None

    # Any: a value, or a list of them; which of both the question says.
    def of(self, values: Mapping[str, Any]) -> object:
        """The value."""
        value = values[self.name]
        # A list is asked for as one of the next length that there is a text for, with its last item again.
        return value if self.item is None else value[min(self.item, len(value) - 1)]


@dataclass(frozen=True)
class _Text:
    """A question in the words of one kind of database, for lists of certain lengths.

    `parameters` are what it calls its parameters and their values, in its order; `readers` make of what the driver
    gives for some of the columns what SQLAlchemy would. `names` are the values' own where they are all that it takes.
    """

    text: str
    positional: bool
    parameters: tuple[tuple[str, object], ...]
    readers: tuple[tuple[int, Callable[[Any], object]], ...]  # Any: as the column is.
    names: tuple[str, ...] | None = None

    def filled(self, values: Mapping[str, Value | Sequence[Value]]) -> tuple[object, ...] | dict[str, object]:
        """The values as the driver takes them."""
        if self.names is not None:
            return tuple([values[name] for name in self.names])
        filled = [(called, one.of(values) if isinstance(one, _Given) else one) for called, one in self.parameters]
        return tuple([value for _, value in filled]) if self.positional else dict(filled)


class Asker:
    """Asks questions on connections of its own, outside of transactions: each sees all that was committed before it.

    For several threads. A connection that broke while it waited is replaced, and the question asked once more.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._texts: dict[tuple[Question[Any], tuple[int, ...]], _Text] = {}  # Any: questions of every kind.
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
            rows = [_converted(row, text.readers) for row in rows]
        make = question.make
        return [make(*row) for row in rows]

    def close(self) -> None:
        """Close every connection; those that are in use, when they were."""
        self._closed = True
        self._close_waiting()

    def _rows(self, text: str, given: object) -> "Sequence[Sequence[Any]]":  # Any: as the columns are.
        try:
            connection = self._waiting.pop()
        except IndexError:
            return self._rows_of(self._connected(), text, given)
        try:
            return self._rows_of(connection, text, given)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            # Those that waited with it broke with it.
            self._close_waiting()
            return self._rows_of(self._connected(), text, given)

    # Any: as above.
    def _rows_of(self, connection: DBAPIConnection, text: str, given: Any) -> "Sequence[Sequence[Any]]":
        try:
            cursor = connection.cursor()
            cursor.execute(text, given)
            rows = cursor.fetchall()
            cursor.close()
        except BaseException as error:
            broken = isinstance(error, self._error) and self._engine.dialect.is_disconnect(error, connection, None)
            self._close(connection)
            if not isinstance(error, self._error):
                raise
            # The values are told to nobody.
            raise DBAPIError.instance(text, None, error, self._error, connection_invalidated=broken) from error
        self._put_back(connection)
        return rows

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

    # Any: questions of every kind.
    def _text(self, question: Question[Any], values: Mapping[str, Value | Sequence[Value]]) -> _Text:
        lists = question.lists
        lengths = tuple([_length(len(values[name])) for name in lists]) if lists else ()  # type: ignore[arg-type]  # lists
        asked = question, lengths
        if asked not in self._texts:
            self._texts[asked] = _worded(question, lengths, self._engine)
        return self._texts[asked]


def _length(length: int) -> int:
    """The next power of two: a few texts do for all lists."""
    return 1 << (length - 1).bit_length() if length else 0


def _worded(question: Question[Any], lengths: tuple[int, ...], engine: Engine) -> _Text:  # Any: of every kind.
    given: dict[str, object] = {name: _Given(name) for name in question.values}
    given |= {
        name: [_Given(name, item) for item in range(length)]
        for name, length in zip(question.lists, lengths, strict=True)
    }
    dialect = engine.dialect
    compiled = question.select.compile(dialect=dialect)
    expanded = compiled.construct_expanded_state(given)
    converters = (
        (at, column.type.dialect_impl(dialect).result_processor(dialect, None))
        for at, column in enumerate(question.select.selected_columns)
    )
    parameters = tuple((name, expanded.parameters[name]) for name in expanded.positiontup or expanded.parameters)
    names = tuple(one.name for _, one in parameters if isinstance(one, _Given) and one.item is None)
    return _Text(
        expanded.statement,
        bool(compiled.positional),
        parameters,
        tuple((at, converter) for at, converter in converters if converter is not None),
        names if compiled.positional and len(names) == len(parameters) else None,
    )


# Any: as the columns are.
def _converted(row: "Sequence[Any]", readers: tuple[tuple[int, Callable[[Any], object]], ...]) -> list[object]:
    converted: list[object] = list(row)
    for at, read in readers:
        converted[at] = read(row[at])
    return converted
