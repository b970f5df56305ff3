"""Where local accounts are kept: each sealed under the server's key, so that nobody can write one into the database."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from core import Clock, Conflict, Database, NotFound, Sentence, ServerKeys, crypto
from modules.local.names import AccountName, spelled
from modules.local.tables import accounts

Change = Callable[["LocalAccount"], "LocalAccount"]


@dataclass(frozen=True)
class LocalAccount:
    """One account: who it is for, what stands for the password, and what the admin says of the person."""

    name: str
    hash: str = field(repr=False)
    roles: frozenset[str] = frozenset()
    display_name: str = ""
    address: str = ""
    disabled: bool = False
    changed: datetime = datetime.fromtimestamp(0, UTC)


class LocalAccounts:
    """The accounts of this site, by their names in their one spelling."""

    def __init__(self, database: Database, keys: ServerKeys, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._lookup = keys.of("hm3.lookup")
        self._clock = clock

    def find(self, name: str) -> LocalAccount | None:
        """The account of a name, however it is typed; None where there is none."""
        with self._database.read() as connection:
            return self._find(connection, spelled(name))

    def all(self) -> tuple[LocalAccount, ...]:
        """Every account, by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(accounts)).all()
        return tuple(sorted((self._read(row.user_ref, row.blob) for row in rows), key=lambda account: account.name))

    def add(self, account: LocalAccount) -> None:
        """Keep a new account. Raises Conflict where there is one with its name."""
        now, ref = self._clock.now(), self._ref(account.name)
        made = replace(account, changed=now)
        row = {"user_ref": ref, "blob": self._sealed(ref, made), "made": int(now.timestamp())}
        try:
            with self._database.write() as connection:
                connection.execute(insert(accounts), row)
        except IntegrityError as error:
            raise Conflict(Sentence("There is an account %(name)s already.", name=account.name)) from error

    def change(self, name: AccountName, change: Change) -> None:
        """Change an account. Raises NotFound where there is none with this name."""
        with self._database.write() as connection:
            self.change_within(connection, name, change)

    def change_within(self, connection: Connection, name: str, change: Change) -> None:
        """Change an account in a transaction that does something else as well. Raises NotFound as `change` does."""
        account = self._find(connection, name, lock=True)
        if account is None:
            raise NotFound(Sentence("There is no account %(name)s.", name=name))
        ref = self._ref(name)
        changed = self._sealed(ref, change(account))
        connection.execute(update(accounts).where(accounts.c.user_ref == ref).values(blob=changed))

    def with_password(self, hash: str) -> Change:
        """The change of a password, by its hash."""
        now = self._clock.now()
        return lambda account: replace(account, hash=hash, changed=now)

    def rehash(self, account: LocalAccount, hash: str) -> None:
        """Keep another hash of the same password, unless the password was changed in the meantime."""

        def renew(now: LocalAccount) -> LocalAccount:
            return replace(now, hash=hash) if now.hash == account.hash else now

        with self._database.write() as connection:
            if self._find(connection, account.name, lock=True) is not None:
                self.change_within(connection, account.name, renew)

    def delete(self, name: str) -> None:
        """Erase an account, if there is one."""
        with self._database.write() as connection:
            connection.execute(delete(accounts).where(accounts.c.user_ref == self._ref(spelled(name))))

    def reseal(self, progress: Callable[[int], None]) -> int:
        """Seal every account anew that is not under the active server key; how many there were."""
        with self._database.read() as connection:
            rows = connection.execute(select(accounts.c.user_ref, accounts.c.blob)).all()
        done = 0
        for row in rows:
            anew = self._keys.renewed(row.blob, _purpose(row.user_ref), pad=crypto.SETTINGS_PAD)
            if anew is None:
                continue
            same = update(accounts).where(accounts.c.user_ref == row.user_ref, accounts.c.blob == row.blob)
            with self._database.write() as connection:
                done += connection.execute(same.values(blob=anew)).rowcount
            progress(done)
        return done

    def _find(self, connection: Connection, name: str, *, lock: bool = False) -> LocalAccount | None:
        ref = self._ref(name)
        found = select(accounts.c.blob).where(accounts.c.user_ref == ref)
        blob = connection.execute(found.with_for_update() if lock else found).scalar_one_or_none()
        return self._read(ref, blob) if blob is not None else None

    def _read(self, ref: str, blob: bytes) -> LocalAccount:
        told = json.loads(self._keys.unseal(blob, _purpose(ref)))
        roles, changed = frozenset(told.pop("roles")), datetime.fromtimestamp(told.pop("changed"), UTC)
        return LocalAccount(roles=roles, changed=changed, **told)

    def _sealed(self, ref: str, account: LocalAccount) -> bytes:
        told = {
            "name": account.name,
            "hash": account.hash,
            "roles": sorted(account.roles),
            "display_name": account.display_name,
            "address": account.address,
            "disabled": account.disabled,
            "changed": int(account.changed.timestamp()),
        }
        return self._keys.seal(json.dumps(told).encode(), _purpose(ref), pad=crypto.SETTINGS_PAD)

    def _ref(self, name: str) -> str:
        return crypto.lookup_hash(self._lookup, name)


def _purpose(ref: str) -> crypto.Purpose:
    return crypto.Purpose("hm3.local", ref, "account", ref)
