"""Links that log a browser in: kept as hashes, with a login sealed under the link itself, and taken in one step."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, insert, select

from core import AtFarewell, AtRevocation, Clock, Database, LastingLogin, Secret, ServerKeys, crypto
from modules.api.config import ApiConfig
from modules.api.module import module
from modules.api.tables import links


@dataclass(frozen=True)
class Link:
    """Who comes in by a link, and where to."""

    login: LastingLogin
    next: str


class Links:
    """The links that were made and not followed yet."""

    def __init__(self, database: Database, keys: ServerKeys, config: ApiConfig, clock: Clock) -> None:
        self._database = database
        self._users = keys.of("hm3.lookup")
        self._hashes = keys.of("hm3.link")
        self._suite = keys.suite
        self._config = config
        self._clock = clock

    def make(self, link: Link) -> tuple[str, datetime]:
        """Keep a link; its token, which opens it once, and when it ends."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        ends, id = int((now + self._config.link_lasts).timestamp()), self._id(token)
        told = {"login": link.login.seal(_key(token), id, self._suite).hex(), "next": link.next}
        row = {
            "id": id,
            "user_ref": self._ref(link.login.identity.name),
            "ends": ends,
            "login": crypto.seal(
                _key(token), json.dumps(told).encode(), _purpose(id), self._suite, pad=crypto.SECRETS_PAD
            ),
        }
        with self._database.write() as connection:
            connection.execute(delete(links).where(links.c.ends <= int(now.timestamp())))
            connection.execute(insert(links), row)
        return token, datetime.fromtimestamp(ends, UTC)

    def look(self, token: Secret) -> Link | None:
        """What a link would open; it may still be followed. None where it counts no more."""
        counts = (links.c.id == self._id(token), links.c.ends > self._now())
        with self._database.read() as connection:
            blob = connection.execute(select(links.c.login).where(*counts)).scalar_one_or_none()
        return None if blob is None else self._open(token, blob)

    def take(self, token: Secret) -> Link | None:
        """What a link opens, this once: of two who follow it at the same time only one comes in."""
        counts = (links.c.id == self._id(token), links.c.ends > self._now())
        with self._database.write() as connection:
            blob = connection.execute(delete(links).where(*counts).returning(links.c.login)).scalar_one_or_none()
        return None if blob is None else self._open(token, blob)

    def forget_all(self, user: str) -> None:
        """Let no link of a user be followed any more."""
        with self._database.write() as connection:
            connection.execute(delete(links).where(links.c.user_ref == self._ref(user)))

    def _open(self, token: Secret, blob: bytes) -> Link:
        id = self._id(token)
        told = json.loads(crypto.unseal(_key(token), blob, _purpose(id)))
        return Link(LastingLogin.unseal(_key(token), bytes.fromhex(told["login"]), id), told["next"])

    def _id(self, token: str) -> str:
        return crypto.lookup_hash(self._hashes, token)

    def _ref(self, user: str) -> str:
        return crypto.lookup_hash(self._users, user)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


@module.service
def open_links(database: Database, keys: ServerKeys, config: ApiConfig, clock: Clock) -> Links:
    """The links of this site."""
    return Links(database, keys, config, clock)


@module.service
def at_revocation(links: Links) -> AtRevocation:
    """Nobody comes in by a link as a user who is logged out everywhere."""
    return AtRevocation(links.forget_all)


@module.service
def at_farewell(links: Links) -> AtFarewell:
    """No link of a user who left stays."""
    return AtFarewell(links.forget_all)


def _key(token: str) -> bytes:
    """The key that follows from a link and from nothing that the server keeps (HKDF, RFC 5869)."""
    return HKDF(SHA512(), 32, salt=None, info=b"hm3\0link").derive(token.encode())


def _purpose(id: str) -> crypto.Purpose:
    return crypto.Purpose("hm3.link", "", "link", id)
