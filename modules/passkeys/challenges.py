"""Challenges for passkeys: each bound to one purpose and one visitor, good for five minutes and for one answer.

A challenge carries its age and a keyed hash of what it is for, so that nothing is kept of those that nobody answers.
"""

import hmac
import secrets
import struct
from datetime import timedelta
from hashlib import blake2b

from sqlalchemy import delete, text

from core import Clock, Conflict, Database, Sentence, ServerKeys, crypto
from modules.passkeys.module import module
from modules.passkeys.tables import spent

LASTS = timedelta(minutes=5)
_HEAD = struct.Struct(">16sQ")
_SPEND = text("INSERT INTO passkeys_spent (id, ends) VALUES (:key, :ends) ON CONFLICT (id) DO NOTHING")


class Challenges:
    """Makes challenges and takes each once."""

    def __init__(self, database: Database, keys: ServerKeys, clock: Clock) -> None:
        self._database = database
        self._key = keys.of("hm3.passkey-ask")
        self._clock = clock

    def make(self, purpose: str, visitor: str) -> bytes:
        """A new challenge for one purpose and one visitor."""
        head = _HEAD.pack(secrets.token_bytes(16), int(self._clock.now().timestamp()))
        return head + self._sign(head, purpose, visitor)

    def spend(self, challenge: bytes, purpose: str, visitor: str) -> None:
        """Take a challenge that was answered. Raises Conflict for an old, a used and a foreign one."""
        head, signature = challenge[: _HEAD.size], challenge[_HEAD.size :]
        if len(head) < _HEAD.size or not hmac.compare_digest(signature, self._sign(head, purpose, visitor)):
            raise Conflict(Sentence("This page was open for too long, or in another session. Please try again."))
        now, (_, made) = int(self._clock.now().timestamp()), _HEAD.unpack(head)
        if not 0 <= now - made <= LASTS.total_seconds():
            raise Conflict(Sentence("That took too long. Please try again."))
        values = {"key": crypto.lookup_hash(self._key, head.hex()), "ends": made + int(LASTS.total_seconds())}
        with self._database.write() as connection:
            connection.execute(delete(spent).where(spent.c.ends < now))
            if connection.execute(_SPEND, values).rowcount != 1:
                raise Conflict(Sentence("This was sent already. Please try again."))

    def _sign(self, head: bytes, purpose: str, visitor: str) -> bytes:
        parts = (head, purpose.encode(), visitor.encode())
        counted = b"".join(struct.pack(">I", len(part)) + part for part in parts)
        return blake2b(counted, key=self._key, digest_size=32).digest()


@module.service
def open_challenges(database: Database, keys: ServerKeys, clock: Clock) -> Challenges:
    """The challenges of this site."""
    return Challenges(database, keys, clock)
