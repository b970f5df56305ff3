"""Failed attempts in the database: counted in one step, so that no two workers and no two threads lose one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import bindparam, case, delete, func, select, text, update

from core import Change, Changes, Clock, Database, Question, WebmailError
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
_LOCK = Change(update(counts).where(counts.c.id == bindparam("key")).values(locked=bindparam("until")))
_LONGEST: "Question[int]" = Question(
    select(func.max(counts.c.locked)).where(counts.c.id.in_(bindparam("keys", expanding=True))), int
)
_IS_FREE = case(
    (counts.c.failures <= bindparam("allowed"), 0),
    (counts.c.locked == bindparam("until"), 0),
    else_=counts.c.locked,
)
_GIVE_BACK = Change(
    update(counts)
    .where(counts.c.id == bindparam("key"), counts.c.failures > 0)
    .values(failures=counts.c.failures - 1, locked=_IS_FREE)
)
_FORGET = Change(delete(counts).where(counts.c.id.in_(bindparam("keys", expanding=True))))
_OLD = Change(delete(counts).where(counts.c.last < bindparam("then"), counts.c.locked < bindparam("then")))
_OLD_ATTEMPTS = Change(delete(attempts).where(attempts.c.last < bindparam("then")))
_TELL = Change(
    text(
        "INSERT INTO throttle_attempts (account_ref, failures, since, last) VALUES (:account, 1, :now, :now) "
        "ON CONFLICT (account_ref) DO UPDATE SET failures = throttle_attempts.failures + 1, last = excluded.last"
    )
)
_TOLD = Change(
    text(
        "INSERT INTO throttle_attempts (account_ref, failures, since, last) VALUES (:account, 0, :now, :now) "
        "ON CONFLICT (account_ref) DO UPDATE SET failures = 0, since = excluded.since, last = excluded.last"
    )
)


class _Counted(NamedTuple):
    """How many failures there are with one counter."""

    id: str
    failures: int


class _Attempts(NamedTuple):
    """How often it failed with one name, and since when."""

    failures: int
    since: int


_ATTEMPTS = Question(
    select(attempts.c.failures, attempts.c.since)
    .where(attempts.c.account_ref == bindparam("account"))
    .with_for_update(),
    _Attempts,
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
        with self._database.changes() as changes:
            found = changes.ask(_take_of(len(ordered)), **_values_of(ordered, now))
            counted = {one.id: one.failures for one in found}
            if len(counted) < len(ordered):
                (longest,) = changes.ask(_LONGEST, keys=[one.id for one in ordered])
                raise Locked(timedelta(seconds=longest - now))
            return tuple(self._taken(changes, counter, counted[counter.id], now) for counter in ordered)

    def give_back(self, taken: tuple[Taken, ...]) -> None:
        """An attempt was no failure after all."""
        if not taken:
            return
        with self._database.changes() as changes:
            for one in sorted(taken, key=lambda one: one.counter.id):
                _give_back(changes, one)

    def failed(self, account: str) -> None:
        """Remember for the user that an attempt failed, and forget what is too old to count."""
        now, config = self._now(), self._config
        longest = max(config.window, config.window_of_address)
        with self._database.changes() as changes:
            changes.make(_TELL, account=account, now=now)
            changes.make(_OLD, then=now - _seconds(longest))
            changes.make(_OLD_ATTEMPTS, then=now - _seconds(longest + config.remember))

    def forget(self, ids: tuple[str, ...]) -> None:
        """Begin some counts anew."""
        self._database.change(_FORGET, keys=ids)

    def unlock(self, account: str) -> int:
        """Begin every count of a name anew; how many there were."""
        with self._database.write() as connection:
            return connection.execute(delete(counts).where(counts.c.account_ref == account)).rowcount

    def erase(self, account: str) -> None:
        """Forget the counts of a name and what its user would be told."""
        with self._database.write() as connection:
            connection.execute(delete(attempts).where(attempts.c.account_ref == account))
            connection.execute(delete(counts).where(counts.c.account_ref == account))

    def begin_anew(self, ids: Mapping[str, Collection[str]], taken: Sequence[Taken] = ()) -> tuple[Told, ...]:
        """How often it failed with some names since the last login, told once: all is counted from now.

        `ids` are the counts that begin anew, by the keyed hashes of the names that they belong to. `taken` is given
        back, where its counts do not begin anew.
        """
        now = self._now()
        own = {id for some in ids.values() for id in some}
        back = [one for one in taken if one.counter.id not in own]
        with self._database.changes() as changes:
            # What was told before what is counted, and that in the order of its ids, as everywhere: so no two wait for
            # each other.
            told = tuple(self._tell(changes, account, now) for account in ids)
            for begins, run in groupby(sorted({*own, *(one.counter.id for one in back)}), own.__contains__):
                if begins:
                    changes.make(_FORGET, keys=list(run))
                    continue
                for one in [one for id in run for one in back if one.counter.id == id]:
                    _give_back(changes, one)
        return told

    def failures(self, counters: tuple[Counter, ...]) -> int:
        """The highest of some counts, of failures that still count."""
        now = self._now()
        kept = {one.id: now - _seconds(one.rule.window) for one in counters}
        found = select(counts).where(counts.c.id.in_(kept))
        with self._database.read() as connection:
            rows = connection.execute(found).all()
        return max((row.failures for row in rows if max(row.last, row.locked) >= kept[row.id]), default=0)

    def _taken(self, changes: Changes, counter: Counter, failures: int, now: int) -> Taken:
        lock = _seconds(self._config.lock_after(failures, counter.rule))
        if lock:
            changes.make(_LOCK, key=counter.id, until=now + lock)
        return Taken(counter, now + lock if lock else 0)

    @staticmethod
    def _tell(changes: Changes, account: str, now: int) -> Told:
        found = changes.ask(_ATTEMPTS, account=account)
        changes.make(_TOLD, account=account, now=now)
        return Told(found[0].failures, _moment(found[0].since)) if found else Told(0, _moment(now))

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


@module.service
def open_counts(database: Database, config: ThrottleConfig, clock: Clock) -> FailureCounts:
    """The counts of this site."""
    return FailureCounts(database, config, clock)


@cache
def _take_of(many: int) -> Question[_Counted]:
    """What counts an attempt with so many counters at once, and gives those that are under no lock."""
    rows = ", ".join(f"(:key{at}, :account{at}, 1, :now, 0)" for at in range(many))
    # Each counter has a window of its own, after which it begins anew.
    then = "".join(f" WHEN :key{at} THEN :then{at}" for at in range(many))
    take = text(_TAKE.format(rows=rows, then=f"CASE throttle_counts.id{then} END"))
    return Question(take.columns(counts.c.id, counts.c.failures), _Counted)


def _values_of(counters: Sequence[Counter], now: int) -> dict[str, str | int | None]:
    values: dict[str, str | int | None] = {"now": now}
    for at, one in enumerate(counters):
        values |= {f"key{at}": one.id, f"account{at}": one.account, f"then{at}": now - _seconds(one.rule.window)}
    return values


def _give_back(changes: Changes, one: Taken) -> None:
    changes.make(_GIVE_BACK, key=one.counter.id, allowed=one.counter.rule.failures, until=one.locked)


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
