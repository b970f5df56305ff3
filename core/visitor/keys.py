"""Users' data keys: random ones, each kept only wrapped under a password, a recovery code or another key of its user.

Nothing that lies on the server opens a wrap by itself. A password that was changed elsewhere opens none: then the data
stay as they are until the old password or the recovery code opens them again, or the user begins afresh.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.database.engine import Database
from core.database.tables import data_keys, key_wraps
from core.errors import Conflict
from core.input.values import Secret
from core.security.crypto import CryptoConfig, Purpose, key_id, lookup_hash, new_key, seal, subkey, unseal
from core.security.derivation import KeyDerivation, derive_key, new_derivation
from core.security.held import ServerKeys
from core.security.passwords import PasswordConfig
from core.security.recovery import recovery_key
from core.sentences import Sentence

# Directories roll back: the wrap before the last one is kept as well.
_KEPT_PASSWORDS = 2
# What was left behind by beginning afresh can be had back for so long.
ORPHANS_LIVE = timedelta(days=30)


class WrapKind(Enum):
    """What opens a wrap."""

    PASSWORD = "password"
    RECOVERY = "recovery"
    OTHER = "other"
    SERVER = "server"
    # The data key of before, under the one of now, while what it encrypted is being encrypted anew.
    BEFORE = "before"


@dataclass(frozen=True)
class KeyWrap:
    """One way to a user's data key, as a page may show it.

    One that is not `live` opened a data key of before and opens nothing now: it has to be set up again.
    """

    id: str
    kind: WrapKind
    label: str
    created: datetime
    last_used: datetime
    live: bool = True


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
        self._suite = crypto.suite
        self._passwords = passwords
        self._now = now

    def owner(self, user: str) -> str:
        """How a user is known in the tables."""
        return lookup_hash(self._lookup, user)

    def is_current(self, user: str, key: bytes) -> bool:
        """Whether this is the user's data key of now, and not one of before."""
        with self._database.read() as connection:
            return generation_of(connection, self.owner(user)) == key_id(key).hex()

    def unlock(self, user: str, password: Secret) -> bytes | None:
        """The user's data key, a new one for a new user; None where this password opens none of their wraps."""
        owner = self.owner(user)
        wraps = self._wraps(owner, WrapKind.PASSWORD)
        if not self._has_key(owner):
            return self._begin_with(owner, password)
        return self._open(wraps, lambda wrap: derive_key(password, KeyDerivation.read(wrap.how, wrap.salt)))

    def held(self, user: str) -> bytes | None:
        """The data key of a user who logs in without any password: the server's own key opens it.

        None where the user's data key was made under a password.
        """
        owner, openers = self.owner(user), held_openers(self._server)
        if not self._has_key(owner):
            return self._begin(owner, WrapKind.SERVER, openers[0], "key", b"")
        wraps = self._wraps(owner, WrapKind.SERVER)
        return next(filter(None, (self._open(wraps, lambda _: opener) for opener in openers)), None)  # noqa: B023

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
        owner, how = self.owner(user), new_derivation(self._passwords)
        opener = derive_key(password, how)
        with self._database.write() as connection:
            old = self._find(connection, owner, WrapKind.PASSWORD)
            for wrap in old if forget_others else old[_KEPT_PASSWORDS - 1 :]:
                connection.execute(delete(key_wraps).where(key_wraps.c.id == wrap.id))
            self.add_wrap(connection, owner, key, WrapKind.PASSWORD, "", opener, str(how), how.salt)
            if beside is not None:
                beside(connection)

    def set_recovery(self, user: str, key: bytes, code: bytes) -> None:
        """From now on this recovery code opens the data key, and no other code does."""
        owner, salt = self.owner(user), secrets.token_bytes(16)
        opener = recovery_key(code, salt)
        with self._database.write() as connection:
            for wrap in self._find(connection, owner, WrapKind.RECOVERY):
                connection.execute(delete(key_wraps).where(key_wraps.c.id == wrap.id))
            self.add_wrap(connection, owner, key, WrapKind.RECOVERY, "", opener, "hkdf-sha512", salt)

    def add_other(self, user: str, key: bytes, label: str, opener: bytes) -> None:
        """From now on another key, known by its label, opens the data key too."""
        with self._database.write() as connection:
            self.add_wrap(connection, self.owner(user), key, WrapKind.OTHER, label, opener, "key", b"")

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

        `beside` sets aside in the same transaction what the old key encrypted.
        """
        owner, now = self.owner(user), self._now()
        with self._database.write() as connection:
            connection.execute(delete(data_keys).where(data_keys.c.user_ref == owner))
            connection.execute(
                update(key_wraps)
                .where(key_wraps.c.user_ref == owner, key_wraps.c.orphaned.is_(None))
                .values(orphaned=_seconds(now))
            )
            if beside is not None:
                beside(connection)
        return self._begin_with(owner, password)

    def forget(self, user: str) -> None:
        """Destroy every wrap: whatever the user's data key encrypted is gone for good."""
        owner = self.owner(user)
        with self._database.write() as connection:
            connection.execute(delete(key_wraps).where(key_wraps.c.user_ref == owner))
            connection.execute(delete(data_keys).where(data_keys.c.user_ref == owner))

    def _begin_with(self, owner: str, password: Secret) -> bytes:
        how = new_derivation(self._passwords)
        return self._begin(owner, WrapKind.PASSWORD, derive_key(password, how), str(how), how.salt)

    def _begin(self, owner: str, kind: WrapKind, opener: bytes, how: str, salt: bytes) -> bytes:
        key = new_key()
        try:
            with self._database.write() as connection:
                connection.execute(insert(data_keys), {"user_ref": owner, "key_id": key_id(key).hex()})
                self.add_wrap(connection, owner, key, kind, "", opener, how, salt)
        except IntegrityError as error:
            raise Conflict(
                Sentence("You are logging in for the first time twice at once. Please try again.")
            ) from error
        return key

    def _open(
        self,
        wraps: "Sequence[Row[tuple[object, ...]]]",
        opener_of: "Callable[[Row[tuple[object, ...]]], bytes]",
    ) -> bytes | None:
        for wrap in wraps:
            key = open_wrap(wrap, opener_of(wrap))
            if key is None:
                continue
            with self._database.write() as connection:
                used = update(key_wraps).where(key_wraps.c.id == wrap.id).values(last_used=_seconds(self._now()))
                connection.execute(used)
            return key
        return None

    def add_wrap(
        self,
        connection: Connection,
        owner: str,
        key: bytes,
        kind: WrapKind,
        label: str,
        opener: bytes,
        how: str,
        salt: bytes,
    ) -> None:
        """One more way to a data key, in a transaction; `how` and `salt` say how the opener was come by."""
        wrap_id, now = secrets.token_hex(16), _seconds(self._now())
        bound = _bound(owner, wrap_id, kind.value, how, salt)
        row = {
            "id": wrap_id,
            "user_ref": owner,
            "kind": kind.value,
            "label": label,
            "how": how,
            "salt": salt,
            "commitment": _commitment(opener, bound),
            "wrapped": seal(opener, key, bound, self._suite),
            "created": now,
            "last_used": now,
            "orphaned": None,
            "generation": key_id(key).hex(),
        }
        connection.execute(insert(key_wraps), row)

    def _has_key(self, owner: str) -> bool:
        with self._database.read() as connection:
            return generation_of(connection, owner) is not None

    def _wraps(self, owner: str, kind: WrapKind) -> "Sequence[Row[tuple[object, ...]]]":
        with self._database.read() as connection:
            return self._find(connection, owner, kind)

    def _find(
        self, connection: Connection, owner: str, kind: WrapKind | None = None
    ) -> "Sequence[Row[tuple[object, ...]]]":
        wanted = select(key_wraps).where(key_wraps.c.user_ref == owner, key_wraps.c.orphaned.is_(None))
        if kind is not None:
            wanted = wanted.where(key_wraps.c.kind == kind.value)
        return connection.execute(wanted.order_by(key_wraps.c.created.desc(), key_wraps.c.position.desc())).all()


def generation_of(connection: Connection, owner: str) -> str | None:
    """The id of a user's data key of now; None where they have none."""
    return connection.execute(select(data_keys.c.key_id).where(data_keys.c.user_ref == owner)).scalar_one_or_none()


def held_openers(server: ServerKeys) -> tuple[bytes, ...]:
    """What opens data keys that the server itself holds, the newest first."""
    return (*server.derived("hm3.held").values(), server.of("hm3.held"))


# Any: a row of key_wraps.
def open_wrap(wrap: Row[Any], opener: bytes) -> bytes | None:
    """The data key in a wrap; None where this does not open it. Raises DecryptError where the wrap is damaged."""
    bound = _bound(wrap.user_ref, wrap.id, wrap.kind, wrap.how, wrap.salt)
    if not hmac.compare_digest(_commitment(opener, bound), wrap.commitment):
        return None
    return unseal(opener, wrap.wrapped, bound)


def _bound(owner: str, wrap_id: str, kind: str, how: str, salt: bytes) -> Purpose:
    return Purpose("hm3.wrap", owner, f"{kind} {how} {salt.hex()}", wrap_id)


def _commitment(opener: bytes, bound: Purpose) -> bytes:
    """What tells a wrong key from a damaged wrap, before anything is decrypted."""
    text = "\0".join((bound.name, bound.owner, bound.kind, bound.object))
    return hashlib.blake2b(text.encode(), key=opener, person=b"hm3.commit", digest_size=32).digest()


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
