"""The memory of correspondents: whom a user has had mail from or written to, under the user's data key."""

import json
import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from core import Database, Question, ServerKeys, Session, Suite, User, crypto
from modules.trust.domains import beginnings, domain_of, parents, skeleton
from modules.trust.tables import correspondents

MOST = 20_000
# Of whom knows fewer people here nearly everybody is new, and to say so of each tells them nothing.
FEW = 20
_MOST_ALIKE = 50

_ADD = insert(correspondents)
_COUNT = select(func.count()).select_from(correspondents).where(correspondents.c.user_ref == bindparam("owner"))

log = logging.getLogger("hm3.trust")


class _Row(NamedTuple):
    """A row as it is asked for."""

    id: int
    user_ref: str
    mark: str
    blob: bytes


_OF_USER = (
    select(correspondents.c.id, correspondents.c.user_ref, correspondents.c.mark, correspondents.c.blob)
    .where(correspondents.c.user_ref == bindparam("owner"))
    .order_by(correspondents.c.id)
)
_LATEST = 2**31 - 1
# Every message that is opened asks for these.
_ONE = Question(_OF_USER.where(correspondents.c.mark == bindparam("mark")), _Row)
_ALIKE = Question(
    _OF_USER.where(correspondents.c.look.in_(bindparam("looks", expanding=True))).limit(_MOST_ALIKE), _Row
)
_OF_ONE = select(correspondents.c.id).where(
    correspondents.c.user_ref == bindparam("owner"), correspondents.c.mark == bindparam("mark")
)
# The last of those who make a history, among those who were known before this one, or of all while this one is not.
_BEFORE = Question(
    _OF_USER.where(correspondents.c.id < func.coalesce(_OF_ONE.scalar_subquery(), _LATEST)).limit(1).offset(FEW - 1),
    _Row,
)


@dataclass(frozen=True)
class Correspondent:
    """One address: the mark of the first message from it that was opened, if any, and whether the user wrote to it."""

    address: str
    first: str = ""
    written: bool = False


class Correspondents:
    """The correspondents of all users. `key` is always the user's data key."""

    def __init__(self, database: Database, keys: ServerKeys) -> None:
        self._database = database
        self._lookup = keys.of("hm3.lookup")
        self._suite = keys.suite

    def find(self, user: str, key: bytes, address: str) -> Correspondent | None:
        """What is remembered of an address; None where it is new, or was remembered under another data key."""
        found = self._database.ask(_ONE, owner=self._owner(user), mark=_mark(key, address))
        return _read(found[0], key) if found else None

    def domains_like(self, user: str, key: bytes, domain: str) -> tuple[str, ...]:
        """The domains of correspondents that a domain, or a part of it, looks like; where it is one, that alone."""
        looks = [_look_mark(key, part) for part in (*parents(domain), *beginnings(domain))]
        rows = self._database.ask(_ALIKE, owner=self._owner(user), looks=looks)
        found: dict[str, None] = {}
        for row in rows:
            if (one := _read(row, key)) is None:
                continue
            known = domain_of(one.address)
            if known == domain:
                return (domain,)
            found[known] = None
        return tuple(found)

    def stands_out(self, user: str, key: bytes, address: str) -> bool:
        """Whether the user knew FEW others or more before this address, so that its being new tells something."""
        return bool(self._database.ask(_BEFORE, owner=self._owner(user), mark=_mark(key, address)))

    def meet(self, user: str, key: bytes, address: str, first: str) -> None:
        """Remember that a message from an address was opened."""
        self._add(user, key, Correspondent(address, first))

    def write_to(self, user: str, key: bytes, addresses: Iterable[str]) -> None:
        """Remember that the user wrote to addresses."""
        for address in addresses:
            before = self.find(user, key, address)
            if before is None:
                self._add(user, key, Correspondent(address, written=True))
            elif not before.written:
                self._change(user, key, replace(before, written=True))

    def forget(self, user: str) -> None:
        """Forget all correspondents of a user."""
        with self._database.write() as connection:
            connection.execute(delete(correspondents).where(correspondents.c.user_ref == self._owner(user)))

    def reseal(self, user: str, old: bytes, new: bytes) -> None:
        """Keep a user's correspondents under a new data key; those that the old one does not open stay as they are."""
        with self._database.write() as connection:
            for row in [_Row(*kept) for kept in connection.execute(_OF_USER, {"owner": self._owner(user)})]:
                found = _read(row, old)
                if found is not None:
                    values = _row(row.user_ref, new, found, self._suite)
                    connection.execute(update(correspondents).where(correspondents.c.id == row.id).values(**values))

    def _add(self, user: str, key: bytes, one: Correspondent) -> None:
        """Keep one that was not found. Where it is there all the same it was damaged, or two met it at once."""
        owner = self._owner(user)
        with suppress(IntegrityError), self._database.write() as connection:
            connection.execute(_ADD, _row(owner, key, one, self._suite))
            _make_room(connection, owner)
            return
        self._change(user, key, one)

    def _change(self, user: str, key: bytes, one: Correspondent) -> None:
        owner = self._owner(user)
        theirs = correspondents.c.user_ref == owner, correspondents.c.mark == _mark(key, one.address)
        values = _row(owner, key, one, self._suite)
        with self._database.write() as connection:
            connection.execute(update(correspondents).where(*theirs).values(**values))

    def _owner(self, user: str) -> str:
        return crypto.lookup_hash(self._lookup, user)


class Memory:
    """The correspondents of the user who asks, for one request. While what is stored is locked, nothing is known and
    nothing kept.
    """

    def __init__(self, correspondents: Correspondents, user: User, session: Session) -> None:
        self._correspondents = correspondents
        self._user = user.name
        self._session = session
        self._found: dict[str, Correspondent | None] = {}

    @property
    def is_open(self) -> bool:
        """Whether what is stored for the user can be read now."""
        return self._session.key is not None

    def find(self, address: str) -> Correspondent | None:
        """What is remembered of an address."""
        key = self._session.key
        if key is None:
            return None
        name = address.casefold()
        if name not in self._found:
            self._found[name] = self._correspondents.find(self._user, key, address)
        return self._found[name]

    def domains_like(self, domain: str) -> tuple[str, ...]:
        """The domains of correspondents that this one looks like; where it is one of theirs, it alone."""
        key = self._session.key
        return self._correspondents.domains_like(self._user, key, domain) if key is not None else ()

    def stands_out(self, address: str) -> bool:
        """Whether the user knew enough others before this address that its being new tells something."""
        key = self._session.key
        return key is not None and self._correspondents.stands_out(self._user, key, address)

    def meet(self, address: str, first: str) -> None:
        """Remember that a message from an address was opened."""
        if self._session.key is not None:
            self._found.clear()
            self._correspondents.meet(self._user, self._session.key, address, first)

    def write_to(self, addresses: Iterable[str]) -> None:
        """Remember that the user wrote to addresses."""
        if self._session.key is not None:
            self._found.clear()
            self._correspondents.write_to(self._user, self._session.key, addresses)


def _make_room(connection: Connection, owner: str) -> None:
    count = connection.execute(_COUNT, {"owner": owner}).scalar_one()
    if count > MOST:
        theirs = correspondents.c.user_ref == owner
        oldest = select(correspondents.c.id).where(theirs).order_by(correspondents.c.id).limit(count - MOST)
        connection.execute(delete(correspondents).where(correspondents.c.id.in_(oldest.scalar_subquery())))


def _row(owner: str, key: bytes, one: Correspondent, suite: Suite | None) -> dict[str, object]:
    mark, told = _mark(key, one.address), json.dumps(asdict(one)).encode()
    blob = crypto.seal(_key(key), told, _purpose(owner, mark), suite, pad=crypto.SECRETS_PAD)
    return {"user_ref": owner, "mark": mark, "look": _look_mark(key, domain_of(one.address)), "blob": blob}


def _read(row: _Row, key: bytes) -> Correspondent | None:
    """The correspondent; None where it is under another data key, or is damaged, which leaves the others alone."""
    try:
        return Correspondent(**json.loads(crypto.unseal(_key(key), row.blob, _purpose(row.user_ref, row.mark))))
    except crypto.KeyUnavailable:
        return None
    except crypto.DecryptError:
        log.error("the remembered correspondent %s is damaged and left out: restore it from a backup", row.id)
        return None


def _key(data_key: bytes) -> bytes:
    return crypto.subkey(data_key, "hm3.trust")


def _mark(data_key: bytes, address: str) -> str:
    return crypto.lookup_hash(crypto.subkey(data_key, "hm3.trust-mark"), address.casefold())


def _look_mark(data_key: bytes, domain: str) -> str:
    return crypto.lookup_hash(crypto.subkey(data_key, "hm3.trust-look"), skeleton(domain))


def _purpose(owner: str, mark: str) -> crypto.Purpose:
    return crypto.Purpose("hm3.trust", owner, "correspondent", mark)
