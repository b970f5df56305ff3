"""Answers that were given, kept until they are too old to count: an answer is good once, whoever serves the request."""

from datetime import timedelta

from sqlalchemy import delete, text

from core import Clock, Database, ServerKeys, crypto
from modules.captcha.module import module
from modules.captcha.tables import spent

_SPEND = text("INSERT INTO captcha_spent (id, ends) VALUES (:key, :ends) ON CONFLICT (id) DO NOTHING")


class SpentAnswers:
    """The answers that were given."""

    def __init__(self, database: Database, keys: ServerKeys, clock: Clock) -> None:
        self._database = database
        self._key = keys.of("hm3.captcha-used")
        self._clock = clock

    def spend(self, answer: str, lasts: timedelta) -> bool:
        """Whether this is the first time in which the answer is given; it is remembered for a while."""
        now = int(self._clock.now().timestamp())
        values = {"key": crypto.lookup_hash(self._key, answer), "ends": now + int(lasts.total_seconds())}
        with self._database.write() as connection:
            connection.execute(delete(spent).where(spent.c.ends < now))
            return connection.execute(_SPEND, values).rowcount == 1


@module.service
def open_spent(database: Database, keys: ServerKeys, clock: Clock) -> SpentAnswers:
    """The answers that were given on this site."""
    return SpentAnswers(database, keys, clock)
