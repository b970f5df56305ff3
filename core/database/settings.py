"""Users' settings in the database, each section encrypted under its user's data key."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from core.database.engine import Database
from core.database.questions import Question
from core.database.tables import data_keys, settings, settings_left
from core.errors import Conflict
from core.security.crypto import SETTINGS_PAD, KeyUnavailable, Purpose, key_id, lookup_hash, seal, subkey, unseal
from core.security.suites import Suite
from core.sentences import Sentence
from core.settings import Owner, Sections

_FIND = select(settings.c.blob).where(settings.c.user_ref == bindparam("user"), settings.c.section == bindparam("name"))
# Every request asks for these.
_OF_USER: "Question[tuple[str, bytes]]" = Question(
    select(settings.c.section, settings.c.blob).where(settings.c.user_ref == bindparam("user")),
    lambda section, blob: (section, blob),
)
_DROP = delete(settings).where(settings.c.user_ref == bindparam("user"), settings.c.section == bindparam("name"))


@dataclass(frozen=True)
class Returned:
    """How many sections of settings came back, and how many did not because they were chosen anew in the meantime."""

    back: int
    waiting: int


class StoredSettings:
    """Settings by user and section."""

    def __init__(self, database: Database, root: bytes, suite: Suite | None = None) -> None:
        self._database = database
        self._suite = suite
        self._lookup = subkey(root, "hm3.lookup")

    def load(self, owner: Owner, section: str) -> Mapping[str, object]:
        """What the user chose in a section, and nothing while their key is not at hand.

        Raises DecryptError where the row was damaged.
        """
        return self.sections(owner)(section)

    def sections(self, owner: Owner) -> Sections:
        """What opens the sections that the user has chosen by now, as `load` does, without asking again."""
        key = owner.key
        if key is None:
            return lambda section: {}
        user = self._ref(owner.name)
        blobs = dict(self._database.ask(_OF_USER, user=user))

        def opened(section: str) -> Mapping[str, object]:
            text = _opened(key, blobs[section], user, section) if section in blobs else None
            if text is None:
                return {}
            chosen: Mapping[str, object] = json.loads(text.decode())
            return chosen

        return opened

    def save(self, owner: Owner, section: str, values: Mapping[str, object]) -> None:
        """Keep a section in place of what was kept before. Raises Conflict while the user's key is not at hand."""
        if owner.key is None:
            raise Conflict(
                Sentence(
                    "What is stored for you is locked, because your password was changed elsewhere. Unlock it first."
                )
            )
        user = self._ref(owner.name)
        data = json.dumps(dict(values), sort_keys=True).encode()
        try:
            self._keep(owner.key, user, section, data)
        except IntegrityError:
            # Another request chose the section first at the same moment. By now its row is there to be replaced.
            self._keep(owner.key, user, section, data)

    def reseal(self, user: str, old: bytes, new: bytes) -> None:
        """Encrypt a user's settings under a new data key, in the suite of now. What neither key opens is left alone."""
        owner = self._ref(user)
        with self._database.write() as connection:
            for row in connection.execute(select(settings).where(settings.c.user_ref == owner)).all():
                data = _opened(old, row.blob, owner, row.section)
                if data is not None:
                    self._put(connection, new, owner, row.section, data)

    def leave(self, user: str, now: datetime) -> Callable[[Connection], None]:
        """What sets a user's settings aside, in a transaction in which they get another data key."""
        owner, left = self._ref(user), int(now.timestamp())

        def set_aside(connection: Connection) -> None:
            for row in connection.execute(select(settings).where(settings.c.user_ref == owner)).all():
                values = {"user_ref": owner, "section": row.section, "blob": row.blob, "left_at": left}
                connection.execute(insert(settings_left), values)
            connection.execute(delete(settings).where(settings.c.user_ref == owner))

        return set_aside

    def bring_back(self, user: str, old: bytes, key: bytes, *, replace: bool) -> Returned:
        """Put back what was set aside under an old data key, under the one that counts now.

        Sections that were chosen anew since then wait where they are, unless they are to be replaced.
        """
        owner, back, waiting = self._ref(user), 0, 0
        with self._database.write() as connection:
            for row in self._left(connection, owner):
                data = _opened(old, row.blob, owner, row.section)
                if data is None:
                    continue
                if not replace and self._is_chosen(connection, key, owner, row.section):
                    waiting += 1
                    continue
                self._put(connection, key, owner, row.section, data)
                connection.execute(delete(settings_left).where(settings_left.c.position == row.position))
                back += 1
        return Returned(back, waiting)

    def expire(self, before: datetime) -> None:
        """Erase what was set aside before a moment."""
        with self._database.write() as connection:
            connection.execute(delete(settings_left).where(settings_left.c.left_at < int(before.timestamp())))

    def has_some(self, user: str) -> bool:
        """Whether anything is kept for a user."""
        with self._database.read() as connection:
            owner = self._ref(user)
            kept = connection.execute(select(settings.c.section).where(settings.c.user_ref == owner)).first()
            return kept is not None or bool(self._left(connection, owner))

    def forget(self, user: str) -> None:
        """Erase everything that is kept for a user, and what was set aside."""
        owner = self._ref(user)
        with self._database.write() as connection:
            for table in (settings, settings_left):
                connection.execute(delete(table).where(table.c.user_ref == owner))

    def _keep(self, key: bytes, user: str, section: str, data: bytes) -> None:
        with self._database.write() as connection:
            self._make_room(connection, key, user, section)
            self._put(connection, key, user, section, data)

    def _put(self, connection: Connection, data_key: bytes, owner: str, section: str, data: bytes) -> None:
        blob = seal(_key(data_key), data, _purpose(owner, section), self._suite, pad=SETTINGS_PAD)
        connection.execute(_DROP, {"user": owner, "name": section})
        connection.execute(insert(settings), {"user_ref": owner, "section": section, "blob": blob})

    def _make_room(self, connection: Connection, key: bytes, owner: str, section: str) -> None:
        """Nothing is written by a data key of before, nor over what the key cannot read: that is set aside.

        Raises Conflict.
        """
        current = select(data_keys.c.key_id).where(data_keys.c.user_ref == owner)
        if connection.execute(current).scalar_one_or_none() not in (None, key_id(key).hex()):
            raise Conflict(Sentence("Your keys were renewed in the meantime. Log in again."))
        blob = connection.execute(_FIND, {"user": owner, "name": section}).scalar_one_or_none()
        if blob is not None and _opened(key, blob, owner, section) is None:
            left = {"user_ref": owner, "section": section, "blob": blob, "left_at": int(time.time())}
            connection.execute(insert(settings_left), left)

    def _is_chosen(self, connection: Connection, key: bytes, owner: str, section: str) -> bool:
        blob = connection.execute(_FIND, {"user": owner, "name": section}).scalar_one_or_none()
        return blob is not None and _opened(key, blob, owner, section) is not None

    def _left(self, connection: Connection, owner: str) -> "Sequence[Row[tuple[object, ...]]]":
        """The newest first: of a section that was left twice the later one counts."""
        found = select(settings_left).where(settings_left.c.user_ref == owner)
        return connection.execute(found.order_by(settings_left.c.position.desc())).all()

    def _ref(self, user: str) -> str:
        return lookup_hash(self._lookup, user)


def _opened(data_key: bytes, blob: bytes, owner: str, section: str) -> bytes | None:
    """What a section holds; None where it was encrypted under another data key."""
    try:
        return unseal(_key(data_key), blob, _purpose(owner, section))
    except KeyUnavailable:
        return None


def _key(data_key: bytes) -> bytes:
    return subkey(data_key, "hm3.settings")


def _purpose(owner: str, section: str) -> Purpose:
    return Purpose("hm3.settings", owner, "settings", section)
