"""The key that lookup hashes are made with: it stays the same for good, sealed under whichever server key is active."""

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.database.engine import Database
from core.database.tables import data_keys, lasting_keys, sessions
from core.errors import ConfigError
from core.security.crypto import DecryptError, KeyUnavailable, Purpose, marks, new_key
from core.security.held import HeldKeys
from core.security.suites import encryptions

LOOKUP, VAULT = "lookup", "vault"


def lookup_key(database: Database, keys: HeldKeys, first: bytes) -> bytes:
    """The site's lasting key, made at the first start.

    `first` is the only server key of a site from before there was a lasting key: its rows are found by that one.
    Raises ConfigError where the server's keys are not the ones that the database was written with.
    """
    sealed = _find(database)
    if sealed is None:
        sealed = _begin(database, keys.seal(first if _has_rows(database) else new_key(), _purpose(LOOKUP)))
    if marks(sealed).suite not in encryptions():
        raise ConfigError("The database is encrypted with xchacha20, which needs libsodium. Install PyNaCl again.")
    try:
        return keys.unseal(sealed, _purpose(LOOKUP))
    except KeyUnavailable as error:
        raise ConfigError(
            "The database was written under another server key than the one that is here. Put back server.key from "
            "your backup, or name its folder with [crypto] keys."
        ) from error
    except DecryptError as error:
        raise ConfigError(
            "The database is damaged: its lookup key cannot be read. Restore it from a backup."
        ) from error


def reseal_mark(database: Database, keys: HeldKeys, name: str = LOOKUP) -> int:
    """Seal what is kept of a name under the active key; how many had to be.

    It is done when all else was, so that it tells whether a rotation was finished. Keys other than the server's have
    a mark that holds nothing else.
    """
    sealed, purpose = _find(database, name), _purpose(name)
    if sealed is None:
        _begin(database, keys.seal(b"", purpose), name)
        return 0
    renewed = keys.renewed(sealed, purpose)
    if renewed is None:
        return 0
    with database.write() as connection:
        connection.execute(update(lasting_keys).where(lasting_keys.c.name == name).values(sealed=renewed))
    return 1


def is_settled(database: Database, keys: HeldKeys, name: str = LOOKUP) -> bool:
    """Whether the last rotation was finished."""
    sealed = _find(database, name)
    return sealed is None or marks(sealed).made_with == keys.ids()[0]


def _find(database: Database, name: str = LOOKUP) -> bytes | None:
    with database.read() as connection:
        found = select(lasting_keys.c.sealed).where(lasting_keys.c.name == name)
        return connection.execute(found).scalar_one_or_none()


def _begin(database: Database, sealed: bytes, name: str = LOOKUP) -> bytes:
    """Keep the new key, or take the one that another process was faster with."""
    try:
        with database.write() as connection:
            connection.execute(insert(lasting_keys), {"name": name, "sealed": sealed})
    except IntegrityError:
        return _find(database, name) or sealed
    return sealed


def _has_rows(database: Database) -> bool:
    with database.read() as connection:
        return any(
            connection.execute(select(func.count()).select_from(table)).scalar() for table in (data_keys, sessions)
        )


def _purpose(name: str) -> Purpose:
    return Purpose("hm3.lasting", "", "key", name)
