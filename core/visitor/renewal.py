"""A new data key for a user who suspects that somebody has theirs: everything is encrypted anew, nothing old opens it.

It may be cut short at any point. From its first step on only the new key counts, and the one before lies wrapped under
it until everything was encrypted anew: by the same request, or when the user logs in the next time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, select, update

from core.database.engine import Database
from core.database.settings import StoredSettings
from core.database.tables import data_keys, key_wraps
from core.errors import Conflict
from core.input.values import Secret
from core.security.crypto import key_id, new_key, subkey
from core.sentences import Sentence
from core.visitor.keys import Keyring
from core.visitor.revocation import Revocation
from core.visitor.wraps import KEY_STATE, Opener, StoredWrap, WrapKind, new_wrap, open_wrap


@dataclass(frozen=True)
class UserSealed:
    """What a module keeps sealed under users' data keys. Modules offer these as services.

    `reseal(user, old, new)` seals all of a user's rows under the new data key, in the suite of now. It leaves rows
    alone that are under the new key already and those that neither key opens, and it may have been cut short before:
    a row, or all of them, in one transaction. Both keys are the same where only the suite has changed.
    """

    name: str
    reseal: Callable[[str, bytes, bytes], None]


class Resealing:
    """Encrypts anew what users have under a data key of before, or in a suite of before."""

    def __init__(
        self, database: Database, keyring: Keyring, settings: StoredSettings, sealed: tuple[UserSealed, ...]
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._settings = settings
        self._sealed = sealed

    def settle(self, user: str, key: bytes) -> None:
        """Finish what was cut short, and follow a change of the suite. Nothing is done where nothing has to be."""
        owner = self._keyring.owner(user)
        states = self._database.ask(KEY_STATE, owner=owner, kind=WrapKind.BEFORE.value)
        if not states or states[0].key_id != key_id(key).hex():
            return
        before = _before([state.wrap for state in states if state.wrap is not None], key)
        if before is None and states[0].suite == self._keyring.suite.number:
            return
        self._settings.reseal(user, before or key, key)
        for sealed in self._sealed:
            sealed.reseal(user, before or key, key)
        theirs = data_keys.c.user_ref == owner, data_keys.c.key_id == key_id(key).hex()
        with self._database.write() as connection:
            connection.execute(update(data_keys).where(*theirs).values(suite=self._keyring.suite.number))
            connection.execute(delete(key_wraps).where(*_before_of(owner)))


def open_resealing(
    database: Database | None,
    keyring: Keyring | None,
    settings: StoredSettings | None,
    sealed: tuple[UserSealed, ...],
) -> Resealing | None:
    """The resealing of this site, where users have data keys."""
    if database is None or keyring is None or settings is None:
        return None
    return Resealing(database, keyring, settings, sealed)


class KeyRenewal:
    """Gives users new data keys."""

    def __init__(self, database: Database, keyring: Keyring, resealing: Resealing, revocation: Revocation) -> None:
        self._database = database
        self._keyring = keyring
        self._resealing = resealing
        self._revocation = revocation

    def renew(self, user: str, key: bytes, password: Secret, session: str) -> bytes:
        """The user's new data key, which this password opens; every session but the one with this id is ended.

        Other ways to it have to be set up again. Raises Conflict where `key` is not the user's of now. Where it is cut
        short the asking session ends too: it has the key of before.
        """
        self._resealing.settle(user, key)
        fresh = new_key()
        self._begin(self._keyring.owner(user), key, fresh, self._keyring.password_opener(password))
        kept = ""
        try:
            self._revocation.log_out_everywhere(user, but=session)
            self._resealing.settle(user, fresh)
            kept = session
        finally:
            self._revocation.log_out_everywhere(user, but=kept)
        return fresh

    def _begin(self, owner: str, old: bytes, fresh: bytes, opener: Opener) -> None:
        """In one step: the new key counts, and nothing else than what is given here opens anything any more."""
        theirs = key_wraps.c.user_ref == owner, key_wraps.c.orphaned.is_(None)
        by_server = (*theirs, key_wraps.c.kind == WrapKind.SERVER.value)
        replaced = (*theirs, key_wraps.c.kind.in_([WrapKind.PASSWORD.value, WrapKind.SERVER.value]))
        now_theirs = data_keys.c.user_ref == owner, data_keys.c.key_id == key_id(old).hex()
        before = new_wrap(owner, old, _opener_of_before(fresh), self._keyring.now(), self._keyring.suite)
        with self._database.write() as connection:
            if not connection.execute(update(data_keys).where(*now_theirs).values(key_id=key_id(fresh).hex())).rowcount:
                raise Conflict(Sentence("Your keys were renewed in the meantime. Log in again."))
            is_held = connection.execute(select(key_wraps.c.id).where(*by_server)).first() is not None
            connection.execute(delete(key_wraps).where(*replaced))
            connection.execute(update(key_wraps).where(*theirs).values(wrapped=b"", commitment=b""))
            for one in (opener, *([self._keyring.held_opener()] if is_held else [])):
                self._keyring.add_wrap(connection, owner, fresh, one)
            connection.execute(insert(key_wraps), before)


def _opener_of_before(key: bytes) -> Opener:
    """What opens the data key of before: the one of now, and nothing else."""
    return Opener(WrapKind.BEFORE, subkey(key, "hm3.before"))


def _before(wraps: Sequence[StoredWrap], key: bytes) -> bytes | None:
    """The data key of before, where it still lies under the one of now."""
    if not wraps:
        return None
    opener = _opener_of_before(key).key
    return next((found for wrap in wraps if (found := open_wrap(wrap, opener)) is not None), None)


def _before_of(owner: str) -> tuple[ColumnElement[bool], ...]:
    kind = key_wraps.c.kind == WrapKind.BEFORE.value
    return key_wraps.c.user_ref == owner, kind, key_wraps.c.orphaned.is_(None)
