"""The key that lookup hashes are made with: it stays the same for good, sealed under whichever server key is active."""

from collections.abc import Callable

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.database.engine import Database
from core.database.tables import data_keys, lasting_keys, sessions
from core.errors import ConfigError
from core.security.crypto import DecryptError, KeyUnavailable, Purpose, new_key
from core.security.held import HeldKeys

_NAME = "lookup"
_PURPOSE = Purpose("hm3.lasting", "", "key", _NAME)


def lookup_key(database: Database, keys: HeldKeys, first: bytes) -> bytes:
    """The site's lasting key, made at the first start.

    `first` is the only server key of a site from before there was a lasting key: its rows are found by that one.
    Raises ConfigError where the server's keys are not the ones that the database was written with.
    """
    sealed = _find(database)
    if sealed is None:
        sealed = _begin(database, keys.seal(first if _has_rows(database) else new_key(), _PURPOSE))
    try:
        return keys.unseal(sealed, _PURPOSE)
    except KeyUnavailable as error:
        raise ConfigError(
            "The database was written under another server key than the one that is here. Put back server.key from "
            "your backup, or name its folder with [crypto] keys."
        ) from error
    except DecryptError as error:
        raise ConfigError(
            "The database is damaged: its lookup key cannot be read. Restore it from a backup."
        ) from error


def reseal_lookup_key(database: Database, keys: HeldKeys, progress: Callable[[int], None]) -> int:
    """Seal the lasting key under the active server key; how many keys had to be."""
    sealed = _find(database)
    renewed = keys.renewed(sealed, _PURPOSE) if sealed is not None else None
    if renewed is None:
        return 0
    with database.write() as connection:
        connection.execute(update(lasting_keys).where(lasting_keys.c.name == _NAME).values(sealed=renewed))
    progress(1)
    return 1


def _find(database: Database) -> bytes | None:
    with database.read() as connection:
        found = select(lasting_keys.c.sealed).where(lasting_keys.c.name == _NAME)
        return connection.execute(found).scalar_one_or_none()


def _begin(database: Database, sealed: bytes) -> bytes:
    """Keep the new key, or take the one that another process was faster with."""
    try:
        with database.write() as connection:
            connection.execute(insert(lasting_keys), {"name": _NAME, "sealed": sealed})
    except IntegrityError:
        return _find(database) or sealed
    return sealed


def _has_rows(database: Database) -> bool:
    with database.read() as connection:
        return any(
            connection.execute(select(func.count()).select_from(table)).scalar() for table in (data_keys, sessions)
        )
