"""What is kept for users: what was learned, why messages were moved, and how far mailboxes were looked through."""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from core import AtFarewell, Change, Database, Question, ServerKeys, Session, Suite, User, UserSealed, crypto
from modules.spam.bayes import Learned
from modules.spam.module import module
from modules.spam.tables import kept
from modules.spam.verdicts import Verdict

log = logging.getLogger("hm3.spam")

LEARNED, VERDICTS, PLACES = "learned", "verdicts", "places"
_MOST_VERDICTS = 1000
_MOST_TRIES = 5
_PAD = 4096


class _Row(NamedTuple):
    """A row as it is asked for."""

    id: int
    user_ref: str
    kind: str
    version: int
    blob: bytes


_OF_USER = select(kept.c.id, kept.c.user_ref, kept.c.kind, kept.c.version, kept.c.blob).where(
    kept.c.user_ref == bindparam("owner")
)
# Every list and every open message asks for this.
_KEPT = Question(_OF_USER.where(kept.c.kind == bindparam("what")), _Row)
# The first list of a user, and each that shows new mail, remembers that it did.
_ADD = Change(
    insert(kept)
    .values(user_ref=bindparam("owner"), kind=bindparam("what"), version=1, blob=bindparam("octets"))
    .inline()
)
_CHANGE = Change(
    update(kept)
    .where(kept.c.id == bindparam("same"), kept.c.version == bindparam("before"))
    .values(version=bindparam("before") + 1, blob=bindparam("octets"))
)
# Of so many messages looked through, most bear the marks of a server's filter.
_ENOUGH_SEEN, _MOST_SEEN = 10, 100


@dataclass(frozen=True)
class Place:
    """How far an inbox was looked through: up to which UID, and of how many messages how many a filter had marked.

    `shown` is the UIDNEXT of a list that was shown while there was more to look through.
    """

    uidvalidity: int
    last: int
    seen: int = 0
    marked: int = 0
    shown: int = 0

    @property
    def filtered(self) -> bool:
        """Whether the mail server filters by itself, by the marks that its filter leaves."""
        return self.seen >= _ENOUGH_SEEN and self.marked * 10 >= self.seen * 8

    def count(self, *, marked: bool) -> "Place":
        """One message more."""
        half = 2 if self.seen >= _MOST_SEEN else 1
        return replace(self, seen=self.seen // half + 1, marked=self.marked // half + int(marked))


class Shelf:
    """What is kept of all users. `key` is always the user's data key."""

    def __init__(self, database: Database, keys: ServerKeys) -> None:
        self._database = database
        self._lookup = keys.of("hm3.lookup")
        self._suite = keys.suite

    def read(self, user: str, key: bytes, kind: str) -> bytes:
        """What is kept of one kind; nothing where there is none, or it was kept under another data key."""
        row = self._row(self._owner(user), kind)
        return _opened(row, key) if row is not None else b""

    def change(self, user: str, key: bytes, kind: str, change: Callable[[bytes], bytes]) -> bytes:
        """Change what is kept and give it. Of two requests that do so at once, none loses what the other changed."""
        owner, before = self._owner(user), b""
        for _ in range(_MOST_TRIES):
            row = self._row(owner, kind)
            before = _opened(row, key) if row is not None else b""
            after = change(before)
            if after == before or self._write(row, owner, kind, _sealed(owner, kind, key, after, self._suite)):
                return after
        log.warning("what the spam filter keeps of a user was changed by others over and over, and stays as it is")
        return before

    def forget(self, user: str) -> None:
        """Forget everything of a user."""
        with self._database.write() as connection:
            connection.execute(delete(kept).where(kept.c.user_ref == self._owner(user)))

    def reseal(self, user: str, old: bytes, new: bytes) -> None:
        """Keep a user's things under a new data key; those that the old one does not open stay as they are."""
        owner = self._owner(user)
        with self._database.write() as connection:
            for row in [_Row(*found) for found in connection.execute(_OF_USER, {"owner": owner})]:
                octets = _opened(row, old)
                if octets:
                    blob = _sealed(owner, row.kind, new, octets, self._suite)
                    connection.execute(update(kept).where(kept.c.id == row.id).values(blob=blob))

    def _row(self, owner: str, kind: str) -> _Row | None:
        found = self._database.ask(_KEPT, owner=owner, what=kind)
        return found[0] if found else None

    def _write(self, row: _Row | None, owner: str, kind: str, blob: bytes) -> bool:
        try:
            if row is None:
                return self._database.change(_ADD, owner=owner, what=kind, octets=blob) == 1
            return self._database.change(_CHANGE, same=row.id, before=row.version, octets=blob) == 1
        except IntegrityError:
            return False

    def _owner(self, user: str) -> str:
        return crypto.lookup_hash(self._lookup, user)


class Kept:
    """What is kept of the user who asks. While what is stored is locked, nothing is known and nothing kept.

    It lives as long as one request, which reads nothing twice.
    """

    def __init__(self, shelf: Shelf, user: User, session: Session) -> None:
        self._shelf = shelf
        self._read_before: dict[str, bytes] = {}
        self._user = user.name
        self._session = session

    @property
    def is_open(self) -> bool:
        """Whether what is stored for the user can be read now."""
        return self._session.key is not None

    def learned(self) -> Learned:
        """What the user's reports taught."""
        return Learned.unpack(self._read(LEARNED))

    def learn(self, change: Callable[[Learned], Learned]) -> None:
        """Change what was learned."""
        self._change(LEARNED, lambda before: change(Learned.unpack(before)).pack())

    def verdict(self, mark: bytes) -> Verdict | None:
        """What the filter decided about a message, if anything."""
        kept, name = self._read(VERDICTS), mark.hex()
        # A thousand decisions are not read for a message that none of them is about.
        if not kept or name.encode() not in kept:
            return None
        found = _json(kept).get(name)
        return Verdict.of(found) if found is not None else None

    def judged(self) -> frozenset[bytes]:
        """The marks of all messages that were decided about lately."""
        return frozenset(bytes.fromhex(mark) for mark in _json(self._read(VERDICTS)))

    def decide(self, verdicts: dict[bytes, Verdict]) -> None:
        """Remember decisions; the oldest make room."""

        def add(before: bytes) -> bytes:
            told = {**_json(before), **{mark.hex(): one.told for mark, one in verdicts.items()}}
            return json.dumps(dict(list(told.items())[-_MOST_VERDICTS:])).encode()

        self._change(VERDICTS, add)

    def place(self, account: str) -> Place | None:
        """How far an account's inbox was looked through."""
        found = _json(self._read(PLACES)).get(account)
        return Place(**found) if found is not None else None

    def move_on(self, account: str, place: Place) -> None:
        """Remember how far an account's inbox was looked through."""
        self._change(PLACES, lambda before: json.dumps({**_json(before), account: asdict(place)}).encode())

    def _read(self, kind: str) -> bytes:
        key = self._session.key
        if key is None:
            return b""
        if kind not in self._read_before:
            self._read_before[kind] = self._shelf.read(self._user, key, kind)
        return self._read_before[kind]

    def _change(self, kind: str, change: Callable[[bytes], bytes]) -> None:
        if self._session.key is not None:
            self._read_before[kind] = self._shelf.change(self._user, self._session.key, kind, change)


@module.service
def open_shelf(database: Database, keys: ServerKeys) -> Shelf:
    """What is kept of all users."""
    return Shelf(database, keys)


@module.service
def open_kept(shelf: Shelf, user: User, session: Session) -> Kept:
    """What is kept of the user who asks."""
    return Kept(shelf, user, session)


@module.service
def seal_anew(shelf: Shelf) -> UserSealed:
    """What is kept follows its user to a new data key."""
    return UserSealed("what the spam filter learned", shelf.reseal)


@module.service
def forget_learned(shelf: Shelf) -> AtFarewell:
    """A user who takes their leave leaves nothing learned here."""
    return AtFarewell(shelf.forget)


def _json(octets: bytes) -> dict[str, Any]:  # Any: JSON that this file wrote.
    return dict(json.loads(octets)) if octets else {}


def _opened(row: _Row, key: bytes) -> bytes:
    """What a row holds; nothing where it is under another data key, or damaged."""
    try:
        return crypto.unseal(_key(key), row.blob, _purpose(row.user_ref, row.kind))
    except crypto.KeyUnavailable:
        return b""
    except crypto.DecryptError:
        log.error("what the spam filter keeps in row %s is damaged and begun anew", row.id)
        return b""


def _sealed(owner: str, kind: str, key: bytes, octets: bytes, suite: Suite | None) -> bytes:
    return crypto.seal(_key(key), octets, _purpose(owner, kind), suite, pad=_PAD)


def _key(data_key: bytes) -> bytes:
    return crypto.subkey(data_key, "hm3.spam")


def _purpose(owner: str, kind: str) -> crypto.Purpose:
    return crypto.Purpose("hm3.spam", owner, kind)
