"""Passkeys in the database: found by the hash of what they call themselves, and read with a key of the server.

The server has to read them before anybody is known. What a passkey opens by itself, it alone opens (see logins.py).
"""

import json
from base64 import b64decode, b64encode, urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from core import Clock, Conflict, Database, NotFound, Question, Sentence, ServerKeys, ServerSealed, crypto
from modules.passkeys.ceremony import NewCredential
from modules.passkeys.module import module
from modules.passkeys.tables import keys

MOST = 20


class _Row(NamedTuple):
    """A row as it is asked for."""

    id: str
    blob: bytes
    login: bytes | None
    sign_count: int
    asked: bool
    made: int
    last_used: int | None
    copied: int | None


_ROWS = select(*(keys.c[name] for name in _Row._fields))
_ONE = Question(_ROWS.where(keys.c.id == bindparam("id")), _Row)
# Every login asks these two.
_OF_USER = Question(
    _ROWS.where(keys.c.user_ref == bindparam("owner")).order_by(keys.c.made.desc(), keys.c.id),
    _Row,
)
_ASKED = Question(select(keys.c.id).where(keys.c.user_ref == bindparam("owner"), keys.c.asked), str)


@dataclass(frozen=True)
class Passkey:
    """One passkey of a user. `login` is their login as only the passkey opens it, `copied` when a copy was noticed."""

    id: str
    user: str
    name: str
    credential: bytes
    public_key: bytes = field(repr=False)
    sign_count: int
    asked: bool
    made: datetime
    last_used: datetime | None
    copied: datetime | None
    login: bytes | None = field(repr=False)


class Passkeys:
    """All users' passkeys."""

    def __init__(self, database: Database, server: ServerKeys, clock: Clock) -> None:
        self._database = database
        self._server = server
        self._lookup = server.of("hm3.lookup")
        self._ids = server.of("hm3.passkey-id")
        self._handles = server.of("hm3.passkey-who")
        self._clock = clock

    def handle(self, user: str) -> bytes:
        """What passkeys know a user by: 32 octets that say nothing of them (Web Authentication 14.6.1)."""
        return bytes.fromhex(crypto.lookup_hash(self._handles, user))

    def of(self, user: str) -> tuple[Passkey, ...]:
        """A user's passkeys, the newest first."""
        return tuple(self._read(row) for row in self._database.ask(_OF_USER, owner=self._ref(user)))

    def get(self, user: str, id: str) -> Passkey:
        """One of a user's passkeys. Raises NotFound where they have none of this id."""
        passkey = self._find(id)
        if passkey is None or passkey.user != user:
            raise NotFound(Sentence("You have no such passkey. It may have been removed."))
        return passkey

    def called(self, credential: bytes) -> Passkey | None:
        """The passkey that calls itself so."""
        return self._find(self._id(credential))

    def account(self, credential: str) -> str:
        """Whose attempt it is when a passkey, named in base64url, is to log somebody in.

        Nobody's name stands for a passkey that is not known: its attempts are counted as those of a user are.
        """
        try:
            passkey = self.called(urlsafe_b64decode(f"{credential}==="))
        except ValueError:
            passkey = None
        return passkey.user if passkey is not None else f"passkey {self._id(credential.encode())}"

    def is_asked(self, user: str) -> bool:
        """Whether a passkey is asked for after the user's password."""
        return bool(self._database.ask(_ASKED, owner=self._ref(user)))

    def add(self, user: str, name: str, made: NewCredential, *, asked: bool) -> Passkey:
        """Keep a new passkey. Raises Conflict where it is there already, or where there are too many."""
        ref, id, now = self._ref(user), self._id(made.credential), int(self._clock.now().timestamp())
        row = {
            "id": id,
            "user_ref": ref,
            "blob": self._seal(id, user, name, made.credential, made.public_key),
            "login": None,
            "sign_count": made.sign_count,
            "asked": asked,
            "made": now,
        }
        with self._database.write() as connection:
            own = select(func.count()).select_from(keys).where(keys.c.user_ref == ref)
            if connection.execute(own).scalar_one() >= MOST:
                raise Conflict(Sentence("You have %(most)s passkeys. Remove one before you add another.", most=MOST))
            if connection.execute(select(keys.c.id).where(keys.c.id == id)).first() is not None:
                raise Conflict(Sentence("This passkey is known here already."))
            connection.execute(insert(keys), row)
        return self.get(user, id)

    def rename(self, passkey: Passkey, name: str) -> None:
        """Call a passkey something else."""
        blob = self._seal(passkey.id, passkey.user, name, passkey.credential, passkey.public_key)
        self._change(passkey, blob=blob)

    def ask_for(self, passkey: Passkey, asked: bool) -> None:
        """Whether a passkey is asked for after the password from now on."""
        self._change(passkey, asked=asked)

    def keep_login(self, passkey: Passkey, login: bytes | None) -> None:
        """Keep a user's login as their passkey opens it, in place of the one before."""
        self._change(passkey, login=login)

    def use(self, passkey: Passkey, sign_count: int) -> bool:
        """Count a use; False where the passkey counted less than it had before, which only a copy of it does.

        Of two uses with one count the second is refused (Web Authentication 6.1.1).
        """
        grows = keys.c.sign_count < sign_count if sign_count or passkey.sign_count else keys.c.sign_count == 0
        used = update(keys).where(keys.c.id == passkey.id, grows)
        now = int(self._clock.now().timestamp())
        with self._database.write() as connection:
            if connection.execute(used.values(sign_count=sign_count, last_used=now)).rowcount:
                return True
            connection.execute(update(keys).where(keys.c.id == passkey.id).values(copied=now))
        return False

    def remove(self, passkey: Passkey) -> None:
        """Take a passkey away, with the login that it opened."""
        with self._database.write() as connection:
            connection.execute(delete(keys).where(keys.c.id == passkey.id))

    def forget(self, user: str) -> int:
        """Take all passkeys of a user away; how many there were."""
        with self._database.write() as connection:
            return connection.execute(delete(keys).where(keys.c.user_ref == self._ref(user))).rowcount

    def reseal(self, progress: Callable[[int], None]) -> int:
        """Seal every passkey anew that is not under the active server key; how many there were (see ServerSealed)."""
        with self._database.read() as connection:
            rows = connection.execute(select(keys.c.id, keys.c.blob)).all()
        done = 0
        for row in rows:
            anew = self._server.renewed(row.blob, _purpose(row.id), pad=crypto.SECRETS_PAD)
            if anew is None:
                continue
            same = update(keys).where(keys.c.id == row.id, keys.c.blob == row.blob)
            with self._database.write() as connection:
                done += connection.execute(same.values(blob=anew)).rowcount
            progress(done)
        return done

    def _change(self, passkey: Passkey, **values: object) -> None:
        with self._database.write() as connection:
            connection.execute(update(keys).where(keys.c.id == passkey.id).values(**values))

    def _find(self, id: str) -> Passkey | None:
        return next((self._read(row) for row in self._database.ask(_ONE, id=id)), None)

    def _read(self, row: _Row) -> Passkey:
        told = json.loads(self._server.unseal(row.blob, _purpose(row.id)))
        return Passkey(
            id=row.id,
            user=told["user"],
            name=told["name"],
            credential=b64decode(told["credential"]),
            public_key=b64decode(told["public_key"]),
            sign_count=row.sign_count,
            asked=row.asked,
            made=datetime.fromtimestamp(row.made, UTC),
            last_used=_moment(row.last_used),
            copied=_moment(row.copied),
            login=row.login,
        )

    def _seal(self, id: str, user: str, name: str, credential: bytes, public_key: bytes) -> bytes:
        octets = {"credential": credential, "public_key": public_key}
        told = {"user": user, "name": name} | {name: b64encode(value).decode() for name, value in octets.items()}
        return self._server.seal(json.dumps(told).encode(), _purpose(id), pad=crypto.SECRETS_PAD)

    def _ref(self, user: str) -> str:
        return crypto.lookup_hash(self._lookup, user)

    def _id(self, credential: bytes) -> str:
        return crypto.lookup_hash(self._ids, credential.hex())


@module.service
def open_passkeys(database: Database, server: ServerKeys, clock: Clock) -> Passkeys:
    """The passkeys of all users."""
    return Passkeys(database, server, clock)


@module.service
def seal_anew(passkeys: Passkeys) -> ServerSealed:
    """Passkeys are sealed under the server's keys."""
    return ServerSealed("passkeys", passkeys.reseal)


def _purpose(id: str) -> crypto.Purpose:
    return crypto.Purpose("hm3.passkey", id, "passkey", "key")


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
