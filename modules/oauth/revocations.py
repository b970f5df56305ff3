"""Telling providers that tokens are worth nothing any more (RFC 7009); where one does not answer, again for a day."""

import logging
import secrets
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from core import Clock, Database, NotFound, Secret, VaultKeys, crypto
from modules.oauth.config import ProviderConfig
from modules.oauth.errors import ProviderFailed
from modules.oauth.module import module
from modules.oauth.providers import Providers
from modules.oauth.tables import revocations

log = logging.getLogger("hm3.oauth")

TRIES_FOR = timedelta(hours=24)
# So many at once: somebody waits for the page meanwhile.
_AT_ONCE = 2


class Revocations:
    """Has providers forget tokens. The tokens themselves are erased here before that."""

    def __init__(self, database: Database, vault: VaultKeys, providers: Providers, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._providers = providers
        self._clock = clock

    def revoke(self, provider: ProviderConfig, token: Secret) -> None:
        """Have the provider forget a token, now or, where it fails, as soon as it answers."""
        try:
            self._providers.client(provider).revoke(token)
        except ProviderFailed:
            log.warning("[oauth.%s] a token could not be revoked; it is tried again for a day", provider.provider)
            self._remember(str(provider.provider), token)

    def try_again(self) -> None:
        """Tell providers what they could not be told before, and give up what is a day old."""
        now = int(self._clock.now().timestamp())
        with self._database.write() as connection:
            given_up = connection.execute(delete(revocations).where(revocations.c.ends <= now)).rowcount
            rows = connection.execute(select(revocations).order_by(revocations.c.ends).limit(_AT_ONCE)).all()
        if given_up:
            log.error("%s tokens could not be revoked at their provider within a day", given_up)
        for row in rows:
            try:
                token = Secret(self._vault.unseal(row.blob, _purpose(row.id)).decode())
                self._providers.client(self._providers.get(row.provider)).revoke(token)
            except (ProviderFailed, NotFound, crypto.DecryptError):
                continue
            with self._database.write() as connection:
                connection.execute(delete(revocations).where(revocations.c.id == row.id))

    def renew(self, progress: Callable[[int], None]) -> int:
        """Seal what waits under the vault's key of now; how many tokens were sealed anew (see ServerSealed)."""
        count = 0
        with self._database.read() as connection:
            rows = connection.execute(select(revocations)).all()
        for row in rows:
            anew = self._vault.renewed(row.blob, _purpose(row.id), pad=crypto.SECRETS_PAD)
            if anew is not None:
                same = revocations.c.id == row.id, revocations.c.blob == row.blob
                with self._database.write() as connection:
                    count += connection.execute(update(revocations).where(*same).values(blob=anew)).rowcount
                progress(count)
        return count

    def _remember(self, provider: str, token: Secret) -> None:
        row_id = secrets.token_hex(16)
        ends = int((self._clock.now() + TRIES_FOR).timestamp())
        blob = self._vault.seal(token.encode(), _purpose(row_id), pad=crypto.SECRETS_PAD)
        with self._database.write() as connection:
            connection.execute(insert(revocations), {"id": row_id, "provider": provider, "blob": blob, "ends": ends})


@module.service
def open_revocations(database: Database, vault: VaultKeys, providers: Providers, clock: Clock) -> Revocations:
    """What this site's providers are still to forget."""
    return Revocations(database, vault, providers, clock)


def _purpose(row_id: str) -> crypto.Purpose:
    return crypto.Purpose("hm3.vault", "", "revocation", row_id)
