"""Sessions in the database of the site."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from core.database.engine import Database
from core.database.questions import Change, Question
from core.database.tables import sessions
from core.errors import Unavailable
from core.sentences import Sentence
from core.visitor.rows import SessionRow

_HERE = sessions.c.id == bindparam("key")
# Every request asks for it.
_FIND = Question(select(*(sessions.c[one.name] for one in fields(SessionRow))).where(_HERE), SessionRow)
_OF_USER = select(sessions).where(sessions.c.user_ref == bindparam("key")).order_by(sessions.c.renewed, sessions.c.id)
_TIMES_OF = select(sessions.c.family, sessions.c.last_seen, sessions.c.ends).where(
    sessions.c.family.in_(bindparam("keys", expanding=True))
)
# SQLite takes so many values in a statement, and more.
_AT_ONCE = 500
_ADD = Change(insert(sessions))
_DROP = Change(delete(sessions).where(sessions.c.family == bindparam("key")))
_SEEN = Change(update(sessions).where(_HERE).values(last_seen=bindparam("now")))
_RETIRE = Change(update(sessions).where(_HERE).values(ends=bindparam("then")))
_EXPIRED = Change(
    delete(sessions).where((sessions.c.ends < bindparam("now")) | (sessions.c.last_seen < bindparam("idle")))
)
_REPLACE = Change(
    update(sessions)
    .where(_HERE, sessions.c.version == bindparam("old"))
    .values(blob=bindparam("new_blob"), version=bindparam("new_version"), last_seen=bindparam("now"))
)


class DatabaseRows:
    """Rows in a table. See SessionRows for what each function promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, id: str) -> SessionRow | None:
        """The row of an id."""
        try:
            found = self._database.ask(_FIND, key=id)
        except (OperationalError, InterfaceError) as error:
            raise _unavailable() from error
        return found[0] if found else None

    def add(self, row: SessionRow) -> None:
        """Keep a new session's row."""
        with _answering():
            self._database.change(_ADD, **vars(row))

    def succeed(self, id: str, ends: int, row: SessionRow) -> bool:
        """Keep a renewed session's row and let the one before it end then; False where that one is gone."""
        with _answering(), self._database.changes() as changes:
            if not changes.make(_RETIRE, key=id, then=ends):
                return False
            changes.make(_ADD, **vars(row))
            return True

    def replace(self, id: str, old: int, new: int, blob: bytes, last_seen: int) -> bool:
        """Put a new version in the place of the old one; False where another request was faster."""
        with _answering():
            change = self._database.change
            return change(_REPLACE, key=id, old=old, new_blob=blob, new_version=new, now=last_seen) > 0

    def touch(self, id: str, last_seen: int) -> None:
        """Remember when a session was active last."""
        with _answering():
            self._database.change(_SEEN, key=id, now=last_seen)

    def drop_family(self, family: str) -> int:
        """Remove a session in every form its cookies had; how many rows there were."""
        dropped = 0
        with _answering(), self._database.changes() as changes:
            # PostgreSQL: what was renewed while the first statement waited is seen by the second.
            while now := changes.make(_DROP, key=family):
                dropped += now
        return dropped

    def of_user(self, user_ref: str) -> tuple[SessionRow, ...]:
        """A user's rows, the oldest renewal first."""
        with self._reading() as connection:
            return tuple(_read(row) for row in connection.execute(_OF_USER, {"key": user_ref}))

    def times_of(self, families: Sequence[str]) -> tuple[tuple[str, int, int], ...]:
        """Of each row of some sessions its family, when it was active last, and when it ends."""
        with self._reading() as connection:
            return tuple(
                (told.family, told.last_seen, told.ends)
                for start in range(0, len(families), _AT_ONCE)
                for told in connection.execute(_TIMES_OF, {"keys": families[start : start + _AT_ONCE]})
            )

    def expire(self, now: int, idle: int) -> None:
        """Remove rows that ended before `now` or were active last before `idle`."""
        with _answering():
            self._database.change(_EXPIRED, now=now, idle=idle)

    def close(self) -> None:
        """The database is closed by whoever opened it."""

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _answering(), self._database.read() as connection:
            yield connection


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise _unavailable() from error


def _unavailable() -> Unavailable:
    return Unavailable(Sentence("The place where sessions are kept does not answer."), "the database")


def _read(row: Row[tuple[object, ...]]) -> SessionRow:
    return SessionRow(**row._mapping)
