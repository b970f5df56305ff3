"""The database: SQLite in the data folder, or what [database] url names."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from core.database.questions import Asker, Change, Changes, Question, Watcher
from core.database.steps import is_current
from core.database.wording import Value
from core.errors import ConfigError, WiringError
from core.ini.schema import option
from core.input.values import Secret

T = TypeVar("T")

_ALONE = "BEGIN IMMEDIATE"
_LIKE = "postgresql+psycopg://name:password@host/database"


@dataclass(frozen=True)
class DatabaseConfig:
    """Where settings and sessions are kept."""

    url: Secret | None = option(
        None,
        help="A database such as postgresql+psycopg://hm3:password@localhost/hm3. Without it, SQLite in [app] data.",
    )

    def __post_init__(self) -> None:
        """Raise ValueError where the address is none. What is wrong is not repeated: it may hold a password."""
        if self.url is None:
            return
        try:
            make_url(self.url).get_dialect().import_dbapi()
        except (SQLAlchemyError, ImportError, ValueError) as error:
            missing = isinstance(error, ImportError | NoSuchModuleError)
            what = "names a kind of database or a driver that is not installed here" if missing else "is no address"
            raise ValueError(f"url {what}. It looks like {_LIKE}.") from error


class Database:
    """Connections to the one database of the site."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # SQLite has one writer; waiting here is fairer and cheaper than its busy handler, which other processes need.
        self._writing = threading.Lock() if engine.dialect.name == "sqlite" else None
        self._asker = Asker(engine)

    def ask(self, question: Question[T], **values: Value | Sequence[Value]) -> list[T]:
        """What a question finds that nearly every request asks, at a fraction of what `read` costs.

        It is no part of any transaction: what is being written and not committed is not seen.
        """
        return self._asker.ask(question, values)

    def change(self, change: Change, **values: Value | Sequence[Value] | None) -> int:
        """Make one change in a transaction of its own, at a fraction of what `write` costs.

        How many rows there are that it was made to is returned.
        """
        if self._writing is None:
            return self._asker.change(change, values)
        with self._writing:
            return self._asker.change(change, values)

    @contextmanager
    def changes(self) -> Iterator[Changes]:
        """Several in one transaction, committed at the end or rolled back when something is raised, like `write`."""
        with self._writing or nullcontext(), self._asker.changes() as changes:
            yield changes

    def watch(self, begun: Callable[[str], None], ended: Callable[[], None]) -> None:
        """Tell of every statement in the thread that runs it: of its text when it begins, and that it ended."""
        event.listen(self.engine, "before_cursor_execute", lambda *told: begun(told[2]))
        event.listen(self.engine, "after_cursor_execute", lambda *told: ended())
        self._asker.watchers += (Watcher(begun, ended),)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to read with."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a transaction that is committed at the end, or rolled back when something is raised."""
        if self._writing is None:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._writing, self.engine.begin() as connection:
            _be_alone(connection)
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self._asker.close()
        self.engine.dispose()


def _be_alone(connection: Connection) -> None:
    """Let other processes that write wait from here on: what is read stays true until the transaction ends."""
    driver = connection.connection.driver_connection
    assert driver is not None  # it was just connected
    try:
        driver.execute(_ALONE)
    except sqlite3.Error as error:
        raise OperationalError(_ALONE, None, error) from error


def open_database(data: Path, config: DatabaseConfig | None = None, migrations: Sequence[Path] = ()) -> Database:
    """Open the database and bring its tables up to date. Raises ConfigError where that fails."""
    url = config.url if config is not None else None
    if url is None:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = create_engine(f"sqlite:///{data / 'hm3.sqlite'}", connect_args={"timeout": 20})
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        engine = create_engine(str(url), pool_pre_ping=True)
    try:
        _bring_up_to_date(engine, migrations)
    except ConfigError:
        engine.dispose()
        raise
    except SQLAlchemyError as error:
        engine.dispose()
        raise ConfigError(_refusal(error, None if url is not None else data)) from error
    return Database(engine)


def _refusal(error: SQLAlchemyError, data: Path | None) -> str:
    """Why the database cannot be opened. What other servers say may hold names that are nobody's business."""
    if data is None:
        return f"The database cannot be opened: {type(error).__name__}. See [database] url."
    reason = getattr(error, "orig", None) or type(error).__name__
    return (
        f"The database cannot be opened: {data / 'hm3.sqlite'}: {reason}. Look whether the disk has room and the file "
        "belongs to the user who runs hm3, or put back a backup of it."
    )


def check_tables(module: str, metadata: MetaData) -> None:
    """Raise WiringError for a table that does not carry its module's name in front."""
    for name in metadata.tables:
        if not name.startswith(f"{module}_"):
            raise WiringError(f"Module {module} has a table {name}; name it {module}_{name}.")


def check_migrations(module: str, metadata: MetaData, folder: Path) -> None:
    """Raise WiringError for a table of a module that none of the migrations in its folder names."""
    said = "\n".join(file.read_text("utf-8") for file in sorted(folder.glob("*.py")))
    for name in metadata.tables:
        # Its last part may stand there alone, where a migration puts names together.
        if name.removeprefix(f"{module.replace('-', '_')}_") not in said:
            raise WiringError(
                f"Module {module} has a table {name}, and no migration in {folder} makes it. Write one, such as "
                f"{module.replace('-', '_')}_0001_begin.py."
            )


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _bring_up_to_date(engine: Engine, migrations: Sequence[Path]) -> None:
    with engine.connect() as connection:
        current = is_current(connection, migrations)
    if not current:
        from core.database.upgrade import upgrade

        upgrade(engine, migrations)
