"""Which ciphertexts the database holds: in which suite, and under which of the server's keys."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import LargeBinary, MetaData, Table, func, select

from core.database.engine import Database
from core.security.crypto import VERSION, DecryptError, Marks, marks
from core.security.suites import Suite

_HEAD = 10


@dataclass(frozen=True)
class Counted:
    """So many ciphertexts in one column of a table that are alike.

    `suite` is None for what is no ciphertext of a known kind. `key` is the id of the server's or the vault's key that
    they are under, and empty where it is another's, such as a user's.
    """

    table: str
    column: str
    suite: Suite | None
    key: bytes
    rows: int


def count_ciphertexts(database: Database, keys: Collection[bytes]) -> tuple[Counted, ...]:
    """What every table holds, those of modules included that are off; `keys` are ids to be told apart."""
    tables = MetaData()
    tables.reflect(database.engine)
    return tuple(counted for table in tables.sorted_tables for counted in _of_table(database, table, keys))


def _of_table(database: Database, table: Table, keys: Collection[bytes]) -> Iterator[Counted]:
    for column in table.columns:
        if not isinstance(column.type, LargeBinary):
            continue
        head = func.substr(column, 1, _HEAD)
        found = select(head, func.count()).where(func.length(column) > 0).group_by(head)
        with database.read() as connection:
            heads = [(_marks(bytes(row[0])), row[1]) for row in connection.execute(found)]
        # Salts and hashes are octets too: a column of ciphertexts is one that mostly holds such.
        if sum(rows for told, rows in heads if told) * 2 <= sum(rows for _, rows in heads):
            continue
        counts: Counter[tuple[Suite | None, bytes]] = Counter()
        for told, rows in heads:
            key = told.made_with if told is not None and told.made_with in keys else b""
            counts[_suite(told), key] += rows
        for (suite, key), rows in sorted(counts.items(), key=str):
            yield Counted(table.name, column.name, suite, key, rows)


def _marks(head: bytes) -> Marks | None:
    try:
        told = marks(head)
    except DecryptError:
        return None
    return told if told.version == VERSION and _suite(told) is not None else None


def _suite(told: Marks | None) -> Suite | None:
    return next((suite for suite in Suite if told is not None and suite.number == told.suite), None)
