"""Wraps of data keys: each holds a user's data key under what one thing opens, such as a password.

A commitment stands beside each, so that a wrong opener is told from a damaged wrap before anything is decrypted, and no
wrap opens with two keys.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, select, update

from core.database.engine import Database
from core.database.questions import Question
from core.database.tables import data_keys, key_wraps
from core.input.values import Secret
from core.security.crypto import Purpose, key_id, marks, seal, unseal
from core.security.derivation import derive_key, new_derivation
from core.security.held import ServerKeys
from core.security.passwords import PasswordConfig
from core.security.suites import Suite


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


@dataclass(frozen=True)
class Opener:
    """What opens a wrap, how it was come by, and the salt of that."""

    kind: WrapKind
    key: bytes = field(repr=False)
    how: str = "key"
    salt: bytes = b""
    label: str = ""


@dataclass(frozen=True)
class StoredWrap:
    """What a row of key_wraps holds of a wrap that is to be opened."""

    id: str
    user_ref: str
    kind: str
    how: str
    salt: bytes
    commitment: bytes = field(repr=False)
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True)
class KeyState:
    """A user's data key of now, by its id and the suite of what it encrypted, beside one of the wraps there are."""

    key_id: str
    suite: int
    wrap: StoredWrap | None


# Any: what a row of key_wraps holds.
WrapRow = Row[Any] | StoredWrap


def _key_state(key_id: str, suite: int, *wrap: Any) -> KeyState:  # Any: as the columns are, all None without a wrap.
    return KeyState(key_id, suite, StoredWrap(*wrap) if wrap[0] is not None else None)


# The data key of an owner with each of its wraps of a kind, the newest first; one row where there is no such wrap, and
# none where there is no data key. Every login asks for it.
KEY_STATE = Question(
    select(data_keys.c.key_id, data_keys.c.suite, *(key_wraps.c[one.name] for one in fields(StoredWrap)))
    .select_from(
        data_keys.outerjoin(
            key_wraps,
            and_(
                key_wraps.c.user_ref == data_keys.c.user_ref,
                key_wraps.c.orphaned.is_(None),
                key_wraps.c.kind == bindparam("kind"),
            ),
        )
    )
    .where(data_keys.c.user_ref == bindparam("owner"))
    .order_by(key_wraps.c.created.desc(), key_wraps.c.position.desc()),
    _key_state,
)


def password_opener(password: Secret, config: PasswordConfig) -> Opener:
    """What a password comes to, with as much work as is asked for now."""
    how = new_derivation(config)
    return Opener(WrapKind.PASSWORD, derive_key(password, how), str(how), how.salt)


def new_wrap(owner: str, key: bytes, opener: Opener, now: datetime, suite: Suite) -> Mapping[str, object]:
    """A row that holds a data key."""
    wrap_id, made = secrets.token_hex(16), int(now.timestamp())
    return {
        "id": wrap_id,
        "user_ref": owner,
        "kind": opener.kind.value,
        "label": opener.label,
        "created": made,
        "last_used": made,
        "orphaned": None,
        "generation": key_id(key).hex(),
        **wrapped(owner, wrap_id, key, opener, suite),
    }


def wrapped(owner: str, wrap_id: str, key: bytes, opener: Opener, suite: Suite) -> Mapping[str, object]:
    """The columns of a row that change with what opens it."""
    bound = _bound(owner, wrap_id, opener.kind.value, opener.how, opener.salt)
    return {
        "how": opener.how,
        "salt": opener.salt,
        "commitment": _commitment(opener.key, bound),
        "wrapped": seal(opener.key, key, bound, suite),
    }


def open_wrap(wrap: WrapRow, opener: bytes) -> bytes | None:
    """The data key in a wrap; None where this does not open it. Raises DecryptError where the wrap is damaged."""
    bound = _bound(wrap.user_ref, wrap.id, wrap.kind, wrap.how, wrap.salt)
    if not hmac.compare_digest(_commitment(opener, bound), wrap.commitment):
        return None
    return unseal(opener, wrap.wrapped, bound)


def generation_of(connection: Connection, owner: str) -> str | None:
    """The id of a user's data key of now; None where they have none."""
    return connection.execute(select(data_keys.c.key_id).where(data_keys.c.user_ref == owner)).scalar_one_or_none()


def held_openers(server: ServerKeys) -> tuple[Opener, ...]:
    """What opens data keys that the server itself holds, the newest first."""
    keys = (*server.derived("hm3.held").values(), server.of("hm3.held"))
    return tuple(Opener(WrapKind.SERVER, key) for key in keys)


def reseal_held(database: Database, server: ServerKeys, suite: Suite, progress: Callable[[int], None]) -> int:
    """Wrap data keys that the server itself holds under its active key; how many had to be."""
    openers, done = held_openers(server), 0
    with database.read() as connection:
        wraps = connection.execute(select(key_wraps).where(key_wraps.c.kind == WrapKind.SERVER.value)).all()
    for wrap in wraps:
        found = ((opener, open_wrap(wrap, opener.key)) for opener in openers)
        opener, key = next(((opener, key) for opener, key in found if key is not None), (openers[0], None))
        if key is None or (opener is openers[0] and marks(wrap.wrapped).suite == suite.number):
            continue
        anew = wrapped(wrap.user_ref, wrap.id, key, openers[0], suite)
        same = key_wraps.c.id == wrap.id, key_wraps.c.commitment == wrap.commitment
        with database.write() as connection:
            done += connection.execute(update(key_wraps).where(*same).values(**anew)).rowcount
        progress(done)
    return done


def _bound(owner: str, wrap_id: str, kind: str, how: str, salt: bytes) -> Purpose:
    return Purpose("hm3.wrap", owner, f"{kind} {how} {salt.hex()}", wrap_id)


def _commitment(opener: bytes, bound: Purpose) -> bytes:
    text = "\0".join((bound.name, bound.owner, bound.kind, bound.object))
    return hashlib.blake2b(text.encode(), key=opener, person=b"hm3.commit", digest_size=32).digest()
