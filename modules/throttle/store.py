"""Failed attempts in the database: counted in one step, so that no two workers and no two threads lose one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import Connection, TextClause, bindparam, case, delete, func, select, text, update

from core import Clock, Database, WebmailError
from modules.throttle.module import Rule, ThrottleConfig, module
from modules.throttle.tables import attempts, counts

# Nothing is counted while there is a lock: whoever goes on trying does not make it longer for the owner.
_TAKE = (
    "INSERT INTO throttle_counts (id, account_ref, failures, last, locked) VALUES {rows} "
    "ON CONFLICT (id) DO UPDATE SET last = excluded.last, failures = CASE "
    "WHEN throttle_counts.last < {then} AND throttle_counts.locked < {then} THEN 1 "
    "ELSE throttle_counts.failures + 1 END "
    "WHERE throttle_counts.locked <= excluded.last RETURNING id, failures"
)
_LOCK = update(counts).where(counts.c.id == bindparam("key")).values(locked=bindparam("until"))
_IS_FREE = case(
    (counts.c.failures <= bindparam("allowed"), 0),
    (counts.c.locked == bindparam("until"), 0),
    else_=counts.c.locked,
)
_GIVE_BACK = (
    update(counts)
    .where(counts.c.id == bindparam("key"), counts.c.failures > 0)
    .values(failures=counts.c.failures - 1, locked=_IS_FREE)
)
_TELL = text(
    "INSERT INTO throttle_attempts (account_ref, failures, since, last) VALUES (:account, 1, :now, :now) "
    "ON CONFLICT (account_ref) DO UPDATE SET failures = throttle_attempts.failures + 1, last = excluded.last"
)
_TOLD = text(
    "INSERT INTO throttle_attempts (account_ref, failures, since, last) VALUES (:account, 0, :now, :now) "
    "ON CONFLICT (account_ref) DO UPDATE SET failures = 0, since = excluded.since, last = excluded.last"
)


class Locked(WebmailError):
    """There were too many failures. `wait` is how long nothing is let through."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"Locked for {wait}.")
        self.wait = wait


@dataclass(frozen=True)
class Counter:
    """One count that an attempt is held against; `account` is the name's keyed hash, where it belongs to one."""

    id: str
    rule: Rule
    account: str | None = None


@dataclass(frozen=True)
class Taken:
    """An attempt that counts as a failure until it is given back, and until when it locked its counter."""

    counter: Counter
    locked: int


@dataclass(frozen=True)
class Told:
    """How often it failed to log in with a name, and since when."""

    failures: int
    since: datetime


class FailureCounts:
    """The counts of failed attempts, shared by everything that uses the database."""

    def __init__(self, database: Database, config: ThrottleConfig, clock: Clock) -> None:
        self._database = database
        self._config = config
        self._clock = clock

    def take(self, counters: tuple[Counter, ...]) -> tuple[Taken, ...]:
        """Count an attempt as a failure before its outcome is known. Under a lock raises Locked and counts nothing."""
        now = self._now()
        # In one order everywhere, so that no two wait for each other.
        ordered = sorted(counters, key=lambda one: one.id)
        with self._database.write() as connection:
            rows = connection.execute(_take_of(len(ordered)), _values_of(ordered, now)).all()
            counted: dict[str, int] = {row.id: row.failures for row in rows}
            if len(counted) < len(ordered):
                longest = select(func.max(counts.c.locked)).where(counts.c.id.in_([one.id for one in ordered]))
                raise Locked(timedelta(seconds=connection.execute(longest).scalar_one() - now))
            return tuple(self._taken(connection, counter, counted[counter.id], now) for counter in ordered)

    def give_back(self, taken: tuple[Taken, ...]) -> None:
        """An attempt was no failure after all."""
        if not taken:
            return
        with self._database.write() as connection:
            for one in sorted(taken, key=lambda one: one.counter.id):
                values = {"key": one.counter.id, "allowed": one.counter.rule.failures, "until": one.locked}
                connection.execute(_GIVE_BACK, values)

    def failed(self, account: str) -> None:
        """Remember for the user that an attempt failed, and forget what is too old to count."""
        now, config = self._now(), self._config
        longest = max(config.window, config.window_of_address)
        with self._database.write() as connection:
            connection.execute(_TELL, {"account": account, "now": now})
            old = now - _seconds(longest)
            connection.execute(delete(counts).where(counts.c.last < old, counts.c.locked < old))
            connection.execute(delete(attempts).where(attempts.c.last < now - _seconds(longest + config.remember)))

    def forget(self, ids: tuple[str, ...]) -> None:
        """Begin some counts anew."""
        with self._database.write() as connection:
            connection.execute(delete(counts).where(counts.c.id.in_(ids)))

    def unlock(self, account: str) -> int:
        """Begin every count of a name anew; how many there were."""
        with self._database.write() as connection:
            return connection.execute(delete(counts).where(counts.c.account_ref == account)).rowcount

    def erase(self, account: str) -> None:
        """Forget the counts of a name and what its user would be told."""
        with self._database.write() as connection:
            connection.execute(delete(attempts).where(attempts.c.account_ref == account))
            connection.execute(delete(counts).where(counts.c.account_ref == account))

    def begin_anew(self, ids: Mapping[str, Collection[str]]) -> tuple[Told, ...]:
        """How often it failed with some names since the last login, told once: all is counted from now.

        `ids` are the counts that begin anew, by the keyed hashes of the names that they belong to.
        """
        now = self._now()
        own = {id for some in ids.values() for id in some}
        with self._database.write() as connection:
            # What was told before what is counted, as everywhere: so no two wait for each other.
            told = tuple(self._tell(connection, account, now) for account in ids)
            if own:
                connection.execute(delete(counts).where(counts.c.id.in_(sorted(own))))
        return told

    def failures(self, counters: tuple[Counter, ...]) -> int:
        """The highest of some counts, of failures that still count."""
        now = self._now()
        kept = {one.id: now - _seconds(one.rule.window) for one in counters}
        found = select(counts).where(counts.c.id.in_(kept))
        with self._database.read() as connection:
            rows = connection.execute(found).all()
        return max((row.failures for row in rows if max(row.last, row.locked) >= kept[row.id]), default=0)

    def _taken(self, connection: Connection, counter: Counter, failures: int, now: int) -> Taken:
        lock = _seconds(self._config.lock_after(failures, counter.rule))
        if lock:
            connection.execute(_LOCK, {"key": counter.id, "until": now + lock})
        return Taken(counter, now + lock if lock else 0)

    @staticmethod
    def _tell(connection: Connection, account: str, now: int) -> Told:
        found = select(attempts.c.failures, attempts.c.since).where(attempts.c.account_ref == account)
        row = connection.execute(found.with_for_update()).one_or_none()
        connection.execute(_TOLD, {"account": account, "now": now})
        return Told(row.failures, _moment(row.since)) if row is not None else Told(0, _moment(now))

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


@module.service
def open_counts(database: Database, config: ThrottleConfig, clock: Clock) -> FailureCounts:
    """The counts of this site."""
    return FailureCounts(database, config, clock)


@cache
def _take_of(many: int) -> TextClause:
    """What counts an attempt with so many counters at once, and gives those that are under no lock."""
    rows = ", ".join(f"(:key{at}, :account{at}, 1, :now, 0)" for at in range(many))
    # Each counter has a window of its own, after which it begins anew.
    then = "".join(f" WHEN :key{at} THEN :then{at}" for at in range(many))
    return text(_TAKE.format(rows=rows, then=f"CASE throttle_counts.id{then} END"))


def _values_of(counters: Sequence[Counter], now: int) -> dict[str, str | int | None]:
    values: dict[str, str | int | None] = {"now": now}
    for at, one in enumerate(counters):
        values |= {f"key{at}": one.id, f"account{at}": one.account, f"then{at}": now - _seconds(one.rule.window)}
    return values


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
