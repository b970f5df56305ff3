"""Statements that are run again and again, made into the words of one kind of database once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, TextClause, TextualSelect
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import BindParameter

# What drivers take as it is.
Value = str | int | bytes
# Any: SQLAlchemy's type of a select tells every column.
Statement = Select[Any] | TextualSelect | UpdateBase | TextClause


class Lasting:
    """A statement that is run again and again.

    What it is run with are its bound parameters by name: one value each, or a list where the parameter is `expanding`.
    """

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        bound = (one for one in visitors.iterate(statement) if isinstance(one, BindParameter))
        self.lists = tuple(sorted({one.key for one in bound if one.expanding}))


@dataclass(frozen=True)
class _Given:
    """What stands for a value that is given when the statement is run: the one of a name, or an item of its list."""

    name: str
    item: int | None = None

    # Any: a value, or a list of them; which of both the statement says.
    def of(self, values: Mapping[str, Any]) -> object:
        """The value."""
        value = values[self.name]
        # A list is asked for as one of the next length that there is a text for, with its last item again.
        return value if self.item is None else value[min(self.item, len(value) - 1)]


@dataclass(frozen=True)
class Text:
    """A statement in the words of one kind of database, for lists of certain lengths.

    `parameters` are what it calls its parameters and their values, in its order; `readers` make of what the driver
    gives for some of the columns what SQLAlchemy would. `names` are the values' own where they are all that it takes.
    """

    text: str
    positional: bool
    parameters: tuple[tuple[str, object], ...]
    readers: tuple[tuple[int, Callable[[Any], object]], ...]  # Any: as the column is.
    names: tuple[str, ...] | None = None

    def filled(self, values: Mapping[str, Value | Sequence[Value] | None]) -> tuple[object, ...] | dict[str, object]:
        """The values as the driver takes them."""
        if self.names is not None:
            return tuple([values[name] for name in self.names])
        filled = [(called, one.of(values) if isinstance(one, _Given) else one) for called, one in self.parameters]
        return tuple([value for _, value in filled]) if self.positional else dict(filled)


def next_length(length: int) -> int:
    """The next power of two: a few texts do for all lists."""
    return 1 << (length - 1).bit_length() if length else 0


def worded(asked: Lasting, lengths: tuple[int, ...], engine: Engine) -> Text:
    """A statement for lists of certain lengths, in the words of an engine's database."""
    dialect = engine.dialect
    compiled = asked.statement.compile(dialect=dialect)
    given: dict[str, object] = {
        name: _Given(name) for name, one in compiled.binds.items() if one.required and not one.expanding
    }
    given |= {
        name: [_Given(name, item) for item in range(length)] for name, length in zip(asked.lists, lengths, strict=True)
    }
    expanded = compiled.construct_expanded_state(given)
    columns = asked.statement.selected_columns if isinstance(asked.statement, Select | TextualSelect) else ()
    converters = (
        (at, column.type.dialect_impl(dialect).result_processor(dialect, None)) for at, column in enumerate(columns)
    )
    parameters = tuple((name, expanded.parameters[name]) for name in expanded.positiontup or expanded.parameters)
    names = tuple(one.name for _, one in parameters if isinstance(one, _Given) and one.item is None)
    return Text(
        expanded.statement,
        bool(compiled.positional),
        parameters,
        tuple((at, converter) for at, converter in converters if converter is not None),
        names if compiled.positional and len(names) == len(parameters) else None,
    )


# Any: as the columns are.
def converted(row: "Sequence[Any]", readers: tuple[tuple[int, Callable[[Any], object]], ...]) -> list[object]:
    """A row as SQLAlchemy would read it."""
    found: list[object] = list(row)
    for at, read in readers:
        found[at] = read(row[at])
    return found
