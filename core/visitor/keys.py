"""Users' data keys: random ones, each kept only wrapped under a password, a recovery code or another key of its user.

Nothing that lies on the server opens a wrap by itself. A password that was changed elsewhere opens none: then the data
stay as they are until the old password or the recovery code opens them again, or the user begins afresh.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.database.engine import Database
from core.database.questions import Change
from core.database.tables import data_keys, key_wraps
from core.errors import Conflict
from core.input.values import Secret
from core.security.crypto import CryptoConfig, key_id, lookup_hash, marks, new_key, subkey
from core.security.derivation import KeyDerivation, derive_key, new_derivation
from core.security.held import ServerKeys
from core.security.passwords import PasswordConfig
from core.security.recovery import recovery_key
from core.sentences import Sentence
from core.visitor.wraps import (
    KEY_STATE,
    KeyWrap,
    Opener,
    WrapKind,
    WrapRow,
    generation_of,
    held_openers,
    new_wrap,
    open_wrap,
    password_opener,
    wrapped,
)

T = TypeVar("T")

# Directories roll back: the wrap before the last one is kept as well.
_KEPT_PASSWORDS = 2
# What was left behind by beginning afresh can be had back for so long.
ORPHANS_LIVE = timedelta(days=30)
# Every login notes it.
_USED = Change(
    update(key_wraps)
    .where(key_wraps.c.id == bindparam("wrap"), key_wraps.c.commitment == bindparam("same"))
    .values(last_used=bindparam("now"))
)


class Keyring:
    """Makes, opens and replaces the wraps of users' data keys."""

    def __init__(
        self,
        database: Database,
        root: bytes,
        crypto: CryptoConfig,
        passwords: PasswordConfig,
        now: Callable[[], datetime],
        server: ServerKeys | None = None,
    ) -> None:
        self._database = database
        self._lookup = subkey(root, "hm3.lookup")
        self._server = server or ServerKeys(root)
        self.suite = crypto.suite
        self._passwords = passwords
        self.now = now

    def owner(self, user: str) -> str:
        """How a user is known in the tables."""
        return lookup_hash(self._lookup, user)

    def password_opener(self, password: Secret) -> Opener:
        """What a password comes to, as it is asked for now."""
        return password_opener(password, self._passwords)

    def held_opener(self) -> Opener:
        """What the server opens data keys with that it holds itself."""
        return held_openers(self._server)[0]

    def is_current(self, user: str, key: bytes) -> bool:
        """Whether this is the user's data key of now, and not one of before."""
        with self._database.read() as connection:
            return generation_of(connection, self.owner(user)) == key_id(key).hex()

    def unlock(self, user: str, password: Secret) -> bytes | None:
        """The user's data key, a new one for a new user; None where this password opens none of their wraps."""
        owner = self.owner(user)
        wraps: Sequence[WrapRow] | None = self._wraps_of_now(owner, WrapKind.PASSWORD)
        if wraps is None:
            if (key := self._begin(owner, self.password_opener(password))) is not None:
                return key
            wraps = self._wraps(owner, WrapKind.PASSWORD)

        def fresh(wrap: WrapRow) -> Opener | None:
            usual = str(new_derivation(self._passwords)) == wrap.how
            return None if usual else self.password_opener(password)

        return self._open(wraps, lambda wrap: derive_key(password, KeyDerivation.read(wrap.how, wrap.salt)), fresh)

    def held(self, user: str) -> bytes | None:
        """The data key of a user who logs in without any password: the server's own key opens it.

        None where the user's data key was made under a password.
        """
        owner, openers = self.owner(user), held_openers(self._server)
        wraps: Sequence[WrapRow] | None = self._wraps_of_now(owner, WrapKind.SERVER)
        if wraps is None:
            if (key := self._begin(owner, openers[0])) is not None:
                return key
            wraps = self._wraps(owner, WrapKind.SERVER)
        for older in openers:
            fresh = None if older is openers[0] else openers[0]
            if (key := self._open(wraps, self._always(older.key), self._always(fresh))) is not None:
                return key
        return None

    def recover(self, user: str, code: bytes) -> bytes | None:
        """The user's data key by a recovery code; None where it is not theirs."""
        owner = self.owner(user)
        wraps = self._wraps(owner, WrapKind.RECOVERY)
        return self._open(wraps, lambda wrap: recovery_key(code, wrap.salt))

    def open_other(self, user: str, label: str, key: bytes) -> bytes | None:
        """The user's data key by another key of theirs, such as one that a passkey gives; None where it is not."""
        owner = self.owner(user)
        wraps = [wrap for wrap in self._wraps(owner, WrapKind.OTHER) if wrap.label == label]
        return self._open(wraps, lambda _: key)

    def set_password(
        self,
        user: str,
        key: bytes,
        password: Secret,
        *,
        forget_others: bool = False,
        beside: Callable[[Connection], None] | None = None,
    ) -> None:
        """From now on this password opens the data key too, or with `forget_others` it is the only password.

        `beside` is done in the same transaction, such as keeping the password's hash: both happen or neither.
        """
        owner, opener = self.owner(user), self.password_opener(password)
        with self._database.write() as connection:
            old = self._find(connection, owner, WrapKind.PASSWORD)
            for wrap in old if forget_others else old[_KEPT_PASSWORDS - 1 :]:
                connection.execute(delete(key_wraps).where(key_wraps.c.id == wrap.id))
            self.add_wrap(connection, owner, key, opener)
            if beside is not None:
                beside(connection)

    def set_recovery(self, user: str, key: bytes, code: bytes) -> None:
        """From now on this recovery code opens the data key, and no other code does."""
        owner, salt = self.owner(user), secrets.token_bytes(16)
        opener = Opener(WrapKind.RECOVERY, recovery_key(code, salt), "hkdf-sha512", salt)
        with self._database.write() as connection:
            for wrap in self._find(connection, owner, WrapKind.RECOVERY):
                connection.execute(delete(key_wraps).where(key_wraps.c.id == wrap.id))
            self.add_wrap(connection, owner, key, opener)

    def add_other(self, user: str, key: bytes, label: str, opener: bytes) -> None:
        """From now on another key, known by its label, opens the data key too."""
        with self._database.write() as connection:
            self.add_wrap(connection, self.owner(user), key, Opener(WrapKind.OTHER, opener, label=label))

    def has_password(self, user: str) -> bool:
        """Whether a password opens the user's data key."""
        return any(wrap.kind is WrapKind.PASSWORD for wrap in self.wraps(user))

    def wraps(self, user: str) -> tuple[KeyWrap, ...]:
        """The ways to a user's data key, and those to one of before, the newest first."""
        owner = self.owner(user)
        with self._database.read() as connection:
            rows, current = self._find(connection, owner), generation_of(connection, owner)
        return tuple(
            KeyWrap(
                row.id,
                WrapKind(row.kind),
                row.label,
                _moment(row.created),
                _moment(row.last_used),
                row.generation == current,
            )
            for row in rows
            if row.kind != WrapKind.BEFORE.value
        )

    def remove(self, user: str, wrap_id: str) -> None:
        """Take one way away. Raises Conflict for the last one, which would lose everything."""
        with self._database.write() as connection:
            rows = self._find(connection, self.owner(user))
            live = {row.id for row in rows if row.kind != WrapKind.BEFORE.value and row.wrapped}
            if live == {wrap_id}:
                raise Conflict(
                    Sentence("This is the only way to your stored data. Add another one before you take it away.")
                )
            theirs = key_wraps.c.id.in_([row.id for row in rows])
            connection.execute(delete(key_wraps).where(theirs, key_wraps.c.id == wrap_id))

    def begin_afresh(self, user: str, password: Secret, beside: Callable[[Connection], None] | None = None) -> bytes:
        """A new data key for a user who lost every way to the old one; the old wraps are kept a while, set aside.

        `beside` sets aside in the same transaction what the old key encrypted. Raises Conflict where another browser
        of theirs does so at this moment.
        """
        owner, now = self.owner(user), self.now()
        with self._database.write() as connection:
            connection.execute(delete(data_keys).where(data_keys.c.user_ref == owner))
            connection.execute(
                update(key_wraps)
                .where(key_wraps.c.user_ref == owner, key_wraps.c.orphaned.is_(None))
                .values(orphaned=_seconds(now))
            )
            if beside is not None:
                beside(connection)
        key = self._begin(owner, self.password_opener(password))
        if key is None:
            raise Conflict(Sentence("Your keys were renewed in the meantime. Log in again."))
        return key

    def forget(self, user: str) -> None:
        """Destroy every wrap: whatever the user's data key encrypted is gone for good."""
        owner = self.owner(user)
        with self._database.write() as connection:
            connection.execute(delete(key_wraps).where(key_wraps.c.user_ref == owner))
            connection.execute(delete(data_keys).where(data_keys.c.user_ref == owner))

    def _begin(self, owner: str, opener: Opener) -> bytes | None:
        """A first data key; None where another browser of the user was faster, whose key counts."""
        key = new_key()
        try:
            with self._database.write() as connection:
                row = {"user_ref": owner, "key_id": key_id(key).hex(), "suite": self.suite.number}
                connection.execute(insert(data_keys), row)
                self.add_wrap(connection, owner, key, opener)
        except IntegrityError:
            return None
        return key

    def _open(
        self,
        wraps: Sequence[WrapRow],
        opener_of: Callable[[WrapRow], bytes],
        fresh: Callable[[WrapRow], Opener | None] = lambda _: None,
    ) -> bytes | None:
        """The key of the first wrap that opens. It is wrapped anew where `fresh` or the suite of now asks for it."""
        for wrap in wraps:
            opener = opener_of(wrap)
            key = open_wrap(wrap, opener)
            if key is None:
                continue
            now, anew = _seconds(self.now()), fresh(wrap)
            if anew is None and marks(wrap.wrapped).suite == self.suite.number:
                self._database.change(_USED, wrap=wrap.id, same=wrap.commitment, now=now)
                return key
            anew = anew or Opener(WrapKind(wrap.kind), opener, wrap.how, wrap.salt)
            values = {"last_used": now, **wrapped(wrap.user_ref, wrap.id, key, anew, self.suite)}
            same = (key_wraps.c.id == wrap.id, key_wraps.c.commitment == wrap.commitment)
            with self._database.write() as connection:
                connection.execute(update(key_wraps).where(*same).values(**values))
            return key
        return None

    @staticmethod
    def _always(value: T) -> Callable[[WrapRow], T]:
        return lambda _: value

    def add_wrap(self, connection: Connection, owner: str, key: bytes, opener: Opener) -> None:
        """One more way to a data key, in a transaction. Raises Conflict where it is not the user's of now."""
        if generation_of(connection, owner) != key_id(key).hex():
            raise Conflict(Sentence("Your keys were renewed in the meantime. Log in again."))
        connection.execute(insert(key_wraps), new_wrap(owner, key, opener, self.now(), self.suite))

    def _wraps_of_now(self, owner: str, kind: WrapKind) -> Sequence[WrapRow] | None:
        """The wraps of a kind, the newest first; None for an owner without a data key."""
        states = self._database.ask(KEY_STATE, owner=owner, kind=kind.value)
        return [state.wrap for state in states if state.wrap is not None] if states else None

    # Any: as below.
    def _wraps(self, owner: str, kind: WrapKind) -> "Sequence[Row[Any]]":
        with self._database.read() as connection:
            return self._find(connection, owner, kind)

    # Any: what a row of key_wraps holds.
    def _find(self, connection: Connection, owner: str, kind: WrapKind | None = None) -> "Sequence[Row[Any]]":
        wanted = select(key_wraps).where(key_wraps.c.user_ref == owner, key_wraps.c.orphaned.is_(None))
        if kind is not None:
            wanted = wanted.where(key_wraps.c.kind == kind.value)
        return connection.execute(wanted.order_by(key_wraps.c.created.desc(), key_wraps.c.position.desc())).all()


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
