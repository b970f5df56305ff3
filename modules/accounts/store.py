"""Saved mail accounts in the database, encrypted under their user's data key; passwords apart, each under its own."""

import dataclasses
import json
import logging
import secrets
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, delete, insert, select, update

from core import Conflict, Database, NotFound, Question, Secret, Sentence, ServerKeys, Session, Suite, User, crypto
from modules.accounts.config import AccountsConfig
from modules.accounts.model import Encryption, SavedAccount, SavedServer
from modules.accounts.tables import saved
from modules.mail.api import AccountName

log = logging.getLogger("hm3.accounts")


class _Kept(NamedTuple):
    """A row as it is asked for."""

    name: str
    version: int
    blob: bytes
    secret: bytes | None


# Every page asks for these.
_OF_USER = Question(
    select(saved.c.name, saved.c.version, saved.c.blob, saved.c.secret)
    .where(saved.c.user_ref == bindparam("owner"))
    .order_by(saved.c.position),
    _Kept,
)


class SavedAccounts:
    """The saved accounts of all users. `key` is always the user's data key."""

    def __init__(self, database: Database, keys: ServerKeys) -> None:
        self._database = database
        self._lookup = keys.of("hm3.lookup")
        self._suite = keys.suite

    def all(self, user: str, key: bytes) -> tuple[SavedAccount, ...]:
        """A user's accounts in their order; none of those that are under a data key of before."""
        owner = self._owner(user)
        rows = self._database.ask(_OF_USER, owner=owner)
        return tuple([account for row in rows if (account := _read_mine(row, owner, key)) is not None])

    def secret(self, user: str, key: bytes, name: AccountName) -> Secret | None:
        """The password of one account; None where none is kept."""
        owner = self._owner(user)
        with self._database.read() as connection:
            row = connection.execute(_of(owner).where(saved.c.name == name)).one_or_none()
        return _read_secret(row, owner, key) if row is not None else None

    def add(self, user: str, key: bytes, account: SavedAccount, secret: Secret | None, most: int) -> None:
        """Save one more account. Raises Conflict where the user has as many as they may.

        Those that were left behind under a data key of before are not counted: nobody sees them to remove one.
        """
        owner = self._owner(user)
        with self._database.write() as connection:
            rows = connection.execute(_of(owner)).all()
            # The last one's position, not the number: one in the middle may have been removed.
            last = rows[-1].position if rows else 0
            if sum(_read_mine(row, owner, key) is not None for row in rows) >= most:
                raise Conflict(
                    Sentence("You have saved %(most)s accounts, which is as many as this site keeps.", most=most)
                )
            row = _row(owner, key, account, secret, 1, self._suite)
            connection.execute(insert(saved), {**row, "name": account.name, "position": last + 1})

    def change(self, user: str, key: bytes, account: SavedAccount, secret: Secret | None) -> None:
        """Save an account anew. Without a new secret the kept one stays, unless it would go to another server or user.

        Raises NotFound where there is no such account.
        """
        owner = self._owner(user)
        with self._database.write() as connection:
            row = connection.execute(_of(owner).where(saved.c.name == account.name)).one_or_none()
            if row is None:
                raise NotFound(Sentence("You have no such account."))
            before = _read(row, owner, key)
            if secret is None and account.opens_like(before):
                secret = _read_secret(row, owner, key)
            values = _row(owner, key, account, secret, row.version + 1, self._suite)
            connection.execute(update(saved).where(saved.c.name == account.name).values(**values))

    def remove(self, user: str, name: AccountName) -> bool:
        """Forget one account; whether there was one."""
        with self._database.write() as connection:
            gone = delete(saved).where(saved.c.user_ref == self._owner(user), saved.c.name == name)
            return connection.execute(gone).rowcount > 0

    def forget(self, user: str) -> None:
        """Forget all accounts of a user."""
        with self._database.write() as connection:
            connection.execute(delete(saved).where(saved.c.user_ref == self._owner(user)))

    def reseal(self, user: str, old: bytes, new: bytes) -> None:
        """Encrypt a user's accounts under a new data key; those that the old one does not open stay as they are."""
        owner = self._owner(user)
        with self._database.write() as connection:
            for row in connection.execute(_of(owner)).all():
                account = _read_mine(row, owner, old)
                if account is None:
                    continue
                values = _row(owner, new, account, _read_secret(row, owner, old), row.version + 1, self._suite)
                connection.execute(update(saved).where(saved.c.name == row.name).values(**values))

    def _owner(self, user: str) -> str:
        return crypto.lookup_hash(self._lookup, user)


class Accounts:
    """The saved accounts of the user who asks."""

    def __init__(self, accounts: SavedAccounts, user: User, session: Session, config: AccountsConfig) -> None:
        self._accounts = accounts
        self._user = user.name
        self._session = session
        self._most = int(config.most)
        self._found: tuple[SavedAccount, ...] | None = None

    @property
    def locked(self) -> bool:
        """Whether what is stored for the user cannot be read now."""
        return self._session.key is None

    @property
    def full(self) -> bool:
        """Whether the user has as many accounts as they may."""
        return len(self.all()) >= self._most

    def all(self) -> tuple[SavedAccount, ...]:
        """The accounts in their order; none while what is stored is locked."""
        if self._found is None:
            key = self._session.key
            self._found = self._accounts.all(self._user, key) if key is not None else ()
        return self._found

    def get(self, name: AccountName) -> SavedAccount | None:
        """One account; None where the user has none of this name."""
        return next((account for account in self.all() if account.name == name), None)

    def secret(self, name: AccountName) -> Secret | None:
        """The password of one account, if one is kept."""
        return self._accounts.secret(self._user, self._key(), name)

    def add(self, account: SavedAccount, secret: Secret | None = None) -> None:
        """Save one more. Raises Conflict where there are as many as may be, or what is stored is locked."""
        self._accounts.add(self._user, self._key(), account, secret, self._most)
        self._found = None

    def change(self, account: SavedAccount, secret: Secret | None = None) -> None:
        """Save one anew. Raises NotFound where there is none, and Conflict where what is stored is locked."""
        self._accounts.change(self._user, self._key(), account, secret)
        self._found = None

    def remove(self, name: AccountName) -> bool:
        """Forget one; whether there was one."""
        self._found = None
        return self._accounts.remove(self._user, name)

    def _key(self) -> bytes:
        if self._session.key is None:
            raise Conflict(
                Sentence(
                    "What is stored for you is locked, because your password was changed elsewhere. Unlock it first."
                )
            )
        return self._session.key


def new_name() -> AccountName:
    """A name that no account has yet."""
    return AccountName(f"a{secrets.token_hex(5)}")


def _of(owner: str) -> Any:  # Any: SQLAlchemy's type of a select tells every column.
    return select(saved).where(saved.c.user_ref == owner).order_by(saved.c.position)


def _row(
    owner: str, key: bytes, account: SavedAccount, secret: Secret | None, version: int, suite: Suite | None
) -> dict[str, object]:
    told = dataclasses.asdict(account)
    for fact in ("name", "has_secret"):
        del told[fact]
    for server in ("imap", "smtp"):
        if told[server] is not None:
            told[server]["encryption"] = told[server]["encryption"].value
    blob = crypto.seal(
        _key(key), json.dumps(told).encode(), _purpose(owner, account.name, version), suite, pad=crypto.SETTINGS_PAD
    )
    kept = None
    if secret is not None:
        sealed_for = _secret_purpose(owner, account.name, version)
        kept = crypto.seal(_secret_key(key, account.name), secret.encode(), sealed_for, suite, pad=crypto.SECRETS_PAD)
    return {"user_ref": owner, "version": version, "blob": blob, "secret": kept}


def _read(row: "Row[Any] | _Kept", owner: str, key: bytes) -> SavedAccount:  # Any: as `_of` selects it.
    name = AccountName(row.name)
    told = json.loads(crypto.unseal(_key(key), row.blob, _purpose(owner, name, row.version)))
    imap, smtp = told.pop("imap"), told.pop("smtp")
    return SavedAccount(
        name=name,
        has_secret=row.secret is not None,
        imap=_server(imap),
        smtp=_server(smtp) if smtp else None,
        **told,
    )


# Any: as `_of` selects it.
def _read_mine(row: "Row[Any] | _Kept", owner: str, key: bytes) -> SavedAccount | None:
    """The account; None where it was saved under another data key, or is damaged, which leaves the others alone."""
    try:
        return _read(row, owner, key)
    except crypto.KeyUnavailable:
        return None
    except crypto.DecryptError:
        log.error("the saved account %s is damaged and left out: restore it from a backup", row.name)
        return None


def _read_secret(row: "Row[Any]", owner: str, key: bytes) -> Secret | None:  # Any: as `_of` selects it.
    if row.secret is None:
        return None
    name = AccountName(row.name)
    return Secret(crypto.unseal(_secret_key(key, name), row.secret, _secret_purpose(owner, name, row.version)).decode())


def _server(told: dict[str, Any]) -> SavedServer:  # Any: a JSON object that `_row` wrote.
    return SavedServer(told["host"], told["port"], Encryption(told["encryption"]))


def _key(data_key: bytes) -> bytes:
    return crypto.subkey(data_key, "hm3.account")


def _secret_key(data_key: bytes, name: AccountName) -> bytes:
    return crypto.subkey(data_key, "hm3.acct-secret", name)


def _purpose(owner: str, name: AccountName, version: int) -> crypto.Purpose:
    return crypto.Purpose("hm3.account", owner, "account", name, version)


def _secret_purpose(owner: str, name: AccountName, version: int) -> crypto.Purpose:
    return crypto.Purpose("hm3.acct-secret", owner, "password", name, version)
