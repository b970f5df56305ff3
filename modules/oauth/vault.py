"""Refresh tokens: sealed under their user's data key, and around that under keys that are not the server's own."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from core import Clock, Database, Secret, ServerKeys, VaultKeys, crypto
from modules.oauth.config import ProviderConfig
from modules.oauth.module import module
from modules.oauth.tables import tokens

# Longer than a provider may take to answer: whoever died while renewing a token keeps nobody waiting for ever.
BUSY = timedelta(seconds=30)


@dataclass(frozen=True)
class Kept:
    """What is kept for one account of a user. `version` counts how often its token was replaced."""

    owner: str
    account: str
    provider: str
    client: str
    version: int
    connected: bool
    blob: bytes | None = field(default=None, repr=False)


class Vault:
    """The refresh tokens of all users, and whose access was taken back."""

    def __init__(self, database: Database, keys: ServerKeys, vault: VaultKeys, clock: Clock) -> None:
        self._database = database
        self._lookup = keys.of("hm3.lookup")
        self._vault = vault
        self._clock = clock

    def keep(self, user: str, key: bytes | None, account: str, provider: ProviderConfig, token: Secret | None) -> None:
        """Keep what was just given for an account in place of what there was; without a `key`, that it was given."""
        owner = self._ref(user)
        with self._database.write() as connection:
            theirs = tokens.c.user_ref == owner, tokens.c.account == account
            before = connection.execute(select(tokens.c.version).where(*theirs)).scalar_one_or_none()
            kept = Kept(owner, account, str(provider.provider), self._client(provider), (before or 0) + 1, True)
            row = {
                "user_ref": owner,
                "account": account,
                "provider": kept.provider,
                "client": kept.client,
                "version": kept.version,
                "blob": self._seal(kept, key, token) if key is not None and token is not None else None,
                "connected": 1,
                "busy_until": 0,
            }
            connection.execute(delete(tokens).where(*theirs))
            connection.execute(insert(tokens), row)

    def find(self, user: str, account: str) -> Kept | None:
        """What is kept for an account."""
        found = select(tokens).where(tokens.c.user_ref == self._ref(user), tokens.c.account == account)
        with self._database.read() as connection:
            row = connection.execute(found).one_or_none()
        return _kept(row) if row is not None else None

    def of(self, user: str) -> tuple[Kept, ...]:
        """What is kept for all accounts of a user."""
        found = select(tokens).where(tokens.c.user_ref == self._ref(user)).order_by(tokens.c.account)
        with self._database.read() as connection:
            return tuple(_kept(row) for row in connection.execute(found))

    def is_of(self, kept: Kept, provider: ProviderConfig) -> bool:
        """Whether a provider is still the one, under the same client id, that gave the token."""
        return (kept.provider, kept.client) == (str(provider.provider), self._client(provider))

    def open(self, kept: Kept, key: bytes) -> Secret | None:
        """The refresh token; None where there is none, or it was sealed under another data key.

        Raises DecryptError where the row was damaged or belongs elsewhere.
        """
        if kept.blob is None:
            return None
        inner = self._vault.unseal(kept.blob, _outer(kept))
        try:
            return Secret(crypto.unseal(_subkey(key, kept), inner, _inner(kept)).decode())
        except crypto.KeyUnavailable:
            return None

    def lease(self, kept: Kept) -> bool:
        """Be the one who renews this token; False while somebody else is, or where it was replaced meanwhile."""
        now = int(self._clock.now().timestamp())
        busy = {"busy_until": now + int(BUSY.total_seconds())}
        is_free = tokens.c.busy_until <= now, tokens.c.version == kept.version, tokens.c.connected == 1
        with self._database.write() as connection:
            return connection.execute(update(tokens).where(*_row(kept), *is_free).values(**busy)).rowcount == 1

    def release(self, kept: Kept) -> None:
        """Let others renew it."""
        with self._database.write() as connection:
            connection.execute(update(tokens).where(*_row(kept)).values(busy_until=0))

    def replace(self, kept: Kept, key: bytes, token: Secret) -> bool:
        """Keep the token that came in place of another; False where the account was disconnected meanwhile."""
        following = Kept(kept.owner, kept.account, kept.provider, kept.client, kept.version + 1, True)
        values = {"version": following.version, "blob": self._seal(following, key, token)}
        same = tokens.c.version == kept.version, tokens.c.connected == 1
        with self._database.write() as connection:
            return connection.execute(update(tokens).where(*_row(kept), *same).values(**values)).rowcount == 1

    def end(self, kept: Kept) -> None:
        """The provider takes the token no more: erase it, and remember that the account has to be connected again."""
        with self._database.write() as connection:
            connection.execute(
                update(tokens)
                .where(*_row(kept), tokens.c.version == kept.version)
                .values(connected=0, blob=None, busy_until=0)
            )

    def forget(self, kept: Kept) -> None:
        """Erase what is kept for an account."""
        with self._database.write() as connection:
            connection.execute(delete(tokens).where(*_row(kept)))

    def forget_all(self, user: str) -> None:
        """Erase what is kept for a user."""
        with self._database.write() as connection:
            connection.execute(delete(tokens).where(tokens.c.user_ref == self._ref(user)))

    def reseal(self, user: str, old: bytes, new: bytes) -> None:
        """Seal a user's tokens under another data key, and in the way of now."""
        for kept in self.of(user):
            token = self.open(kept, old) or (self.open(kept, new) if old != new else None)
            if token is not None:
                self.replace(kept, new, token)

    def renew(self, progress: Callable[[int], None]) -> int:
        """Seal everything under the vault's key of now; how many tokens were sealed anew (see ServerSealed)."""
        count = 0
        with self._database.read() as connection:
            rows: Sequence[Row[Any]] = connection.execute(select(tokens).where(tokens.c.blob.is_not(None))).all()
        for kept in map(_kept, rows):
            assert kept.blob is not None, "the query asks for those"
            anew = self._vault.renewed(kept.blob, _outer(kept), pad=crypto.SECRETS_PAD)
            if anew is not None:
                with self._database.write() as connection:
                    same = tokens.c.version == kept.version, tokens.c.blob == kept.blob
                    count += connection.execute(update(tokens).where(*_row(kept), *same).values(blob=anew)).rowcount
                progress(count)
        return count

    def _seal(self, kept: Kept, key: bytes, token: Secret) -> bytes:
        inner = crypto.seal(_subkey(key, kept), token.encode(), _inner(kept), self._vault.suite, pad=crypto.SECRETS_PAD)
        return self._vault.seal(inner, _outer(kept), pad=crypto.SECRETS_PAD)

    def _ref(self, user: str) -> str:
        return crypto.lookup_hash(self._lookup, user)

    def _client(self, provider: ProviderConfig) -> str:
        return crypto.lookup_hash(self._lookup, str(provider.client_id))


@module.service
def open_vault(database: Database, keys: ServerKeys, vault: VaultKeys, clock: Clock) -> Vault:
    """The refresh tokens of this site."""
    return Vault(database, keys, vault, clock)


# Any: a row of the table.
def _kept(row: Row[Any]) -> Kept:
    return Kept(row.user_ref, row.account, row.provider, row.client, row.version, bool(row.connected), row.blob)


def _row(kept: Kept) -> tuple[Any, ...]:  # Any: conditions on columns.
    return tokens.c.user_ref == kept.owner, tokens.c.account == kept.account


def _subkey(key: bytes, kept: Kept) -> bytes:
    return crypto.subkey(key, "hm3.oauth-rt", kept.account)


def _inner(kept: Kept) -> crypto.Purpose:
    return crypto.Purpose("hm3.oauth-rt", kept.owner, "refresh token", _place(kept), kept.version)


def _outer(kept: Kept) -> crypto.Purpose:
    return crypto.Purpose("hm3.vault", kept.owner, "refresh token", _place(kept), kept.version)


def _place(kept: Kept) -> str:
    return json.dumps([kept.account, kept.provider, kept.client])
