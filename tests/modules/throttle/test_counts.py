"""Counts in the database: none is lost, and all outlive the process."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import Clock, Database
from core.database.engine import check_tables, open_database
from modules.throttle.module import FailureCount, Rule, ThrottleConfig
from modules.throttle.store import Counter, FailureCounts, Locked
from modules.throttle.tables import metadata

MIGRATIONS = [Path(__file__).resolve().parents[3] / "modules" / "throttle" / "migrations"]
RULE = Rule(10, timedelta(hours=1))
NAME, ADDRESS = Counter("name", RULE, "ada"), Counter("address", Rule(100, timedelta(hours=1)))
NOW = [datetime(2026, 5, 1, 12, tzinfo=UTC)]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with the module's tables."""
    opened = open_database(tmp_path, migrations=MIGRATIONS)
    yield opened
    opened.close()


def counts_in(database: Database, now: datetime = NOW[0]) -> FailureCounts:
    return FailureCounts(database, ThrottleConfig(), Clock(lambda: now))


def all_at_once(times: int, work: Callable[[], object]) -> None:
    """Do something in many threads that begin together."""
    begin = threading.Barrier(times)

    def run() -> None:
        begin.wait()
        work()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_fifty_attempts_at_once_ten_are_let_through(tmp_path: Path) -> None:
    # Two processes: each opened the database for itself.
    opened = [open_database(tmp_path, migrations=MIGRATIONS) for _ in range(2)]
    workers = [counts_in(database) for database in opened] * 25
    through: list[int] = []

    def attempt() -> None:
        try:
            workers.pop().take((NAME, ADDRESS))
        except Locked:
            through.append(0)
        else:
            through.append(1)

    all_at_once(50, attempt)
    assert (len(through), sum(through)) == (50, 10)
    assert counts_in(opened[0]).failures((ADDRESS,)) == 10
    for database in opened:
        database.close()


def test_no_failure_that_happens_at_once_is_lost(database: Database) -> None:
    all_at_once(20, lambda: counts_in(database).failed("ada"))
    assert counts_in(database).begin_anew({"ada": ()})[0].failures == 20


def test_a_lock_outlives_the_process(tmp_path: Path) -> None:
    first = open_database(tmp_path, migrations=MIGRATIONS)
    for _ in range(10):
        counts_in(first).take((NAME,))
    first.close()
    second = open_database(tmp_path, migrations=MIGRATIONS)
    with pytest.raises(Locked) as locked:
        counts_in(second).take((NAME,))
    assert locked.value.wait == timedelta(seconds=60)
    second.close()


def test_the_longest_of_several_locks_is_told(database: Database) -> None:
    for _ in range(10):
        counts_in(database).take((NAME,))
    other = Counter("other", Rule(1, timedelta(hours=1)))
    later = counts_in(database, NOW[0] + timedelta(seconds=30))
    later.take((other,))
    with pytest.raises(Locked) as locked:
        later.take((NAME, other))
    assert locked.value.wait == timedelta(seconds=60)


def test_under_one_lock_no_other_count_grows(database: Database) -> None:
    for _ in range(10):
        counts_in(database).take((NAME,))
    with pytest.raises(Locked):
        counts_in(database).take((ADDRESS, NAME))
    assert counts_in(database).failures((ADDRESS,)) == 0


def test_what_is_given_back_locks_nobody(database: Database) -> None:
    counts = counts_in(database)
    for _ in range(9):
        counts.take((NAME,))
    counts.give_back(counts.take((NAME,)))
    assert counts.failures((NAME,)) == 9
    counts.take((NAME,))
    with pytest.raises(Locked):
        counts.take((NAME,))


def test_what_is_given_back_after_a_lock_ends_the_lock_that_it_began(database: Database) -> None:
    for _ in range(10):
        counts_in(database).take((NAME,))
    later = counts_in(database, NOW[0] + timedelta(minutes=2))
    later.give_back(later.take((NAME,)))
    assert later.failures((NAME,)) == 10
    assert len(later.take((NAME,))) == 1


def test_a_lock_of_others_stays_when_something_is_given_back(database: Database) -> None:
    counts = counts_in(database)
    first = counts.take((NAME,))
    for _ in range(9):
        counts.take((NAME,))
    later = counts_in(database, NOW[0] + timedelta(minutes=2))
    later.take((NAME,))
    later.give_back(first)
    with pytest.raises(Locked):
        later.take((NAME,))


def test_an_attempt_is_counted_by_one_statement_whatever_it_is_held_against(database: Database) -> None:
    asked: list[str] = []
    database.watch(asked.append, lambda: None)
    counts_in(database).take((NAME, ADDRESS, Counter("here", RULE, "ada")))
    assert [words.split()[0] for words in asked] == ["INSERT"]
    assert [counts_in(database).failures((one,)) for one in (NAME, ADDRESS)] == [1, 1]


def test_each_count_begins_anew_after_a_window_of_its_own(database: Database) -> None:
    short = Counter("short", Rule(10, timedelta(minutes=1)))
    for _ in range(3):
        counts_in(database).take((NAME, short))
    counts_in(database, NOW[0] + timedelta(minutes=2)).take((NAME, short))
    later = counts_in(database, NOW[0] + timedelta(minutes=2))
    assert [later.failures((one,)) for one in (NAME, short)] == [4, 1]


def test_nothing_to_give_back_asks_nothing(database: Database) -> None:
    asked: list[str] = []
    database.watch(asked.append, lambda: None)
    counts_in(database).give_back(())
    assert asked == []


def test_what_is_told_of_several_names_begins_their_counts_anew_and_no_others(database: Database) -> None:
    other = Counter("other", RULE, "bob")
    for counter in (NAME, other, ADDRESS):
        counts_in(database).take((counter,))
    counts_in(database).failed("bob")
    told = counts_in(database).begin_anew({"ada": {"name"}, "bob": {"other"}})
    assert [one.failures for one in told] == [0, 1]
    assert [counts_in(database).failures((one,)) for one in (NAME, other, ADDRESS)] == [0, 0, 1]


@pytest.mark.parametrize("ids", [("a", "m", "z"), ("m", "z", "a"), ("a", "z", "m")])
def test_a_login_begins_its_names_anew_and_gives_the_rest_back_in_one_transaction(
    database: Database, ids: tuple[str, str, str]
) -> None:
    name, here, address = Counter(ids[0], RULE, "ada"), Counter(ids[1], RULE, "ada"), Counter(ids[2], RULE)
    counts = counts_in(database)
    for _ in range(3):
        counts.take((address,))
    taken = counts.take((name, here, address)) + counts.take((address,))
    asked: list[str] = []
    database.watch(asked.append, lambda: None)
    counts.begin_anew({"ada": {name.id, here.id}}, taken)
    assert [counts.failures((one,)) for one in (name, here, address)] == [0, 0, 3]
    kinds = [words.split()[0] for words in asked[:6]]
    assert (kinds[:2], kinds.count("UPDATE")) == (["SELECT", "INSERT"], 2)
    assert kinds.count("DELETE") == (2 if ids == ("a", "z", "m") else 1)


def test_what_is_old_is_deleted(database: Database) -> None:
    counts_in(database).take((NAME, ADDRESS))
    counts_in(database).failed("ada")
    counts_in(database, NOW[0] + timedelta(days=182)).failed("bob")
    with database.read() as connection:
        left = [connection.execute(table.select()).all() for table in metadata.sorted_tables]
    assert [len(rows) for rows in left] == [1, 0]


def test_nothing_kept_names_anybody(database: Database) -> None:
    check_tables("throttle", metadata)
    assert {column.name for table in metadata.sorted_tables for column in table.columns} == {
        "id", "account_ref", "failures", "last", "locked", "since"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("failures", "seconds"), [(9, 0), (10, 60), (11, 120), (12, 240), (15, 1920), (16, 3600), (10**6, 3600)]
)
def test_locks_double_up_to_an_hour(failures: int, seconds: int) -> None:
    assert ThrottleConfig().lock_after(failures, RULE) == timedelta(seconds=seconds)


@pytest.mark.parametrize("name", ["lock", "window", "window_of_address", "remember"])
def test_times_that_would_lock_nobody_are_refused(name: str) -> None:
    options = {name: timedelta(0)}
    with pytest.raises(ValueError, match="have to be a second or longer"):
        ThrottleConfig(**options)  # type: ignore[arg-type]  # all of these are spans of time


def test_the_longest_lock_is_no_shorter_than_the_first() -> None:
    with pytest.raises(ValueError, match="longest_lock is shorter than lock"):
        ThrottleConfig(lock=timedelta(hours=2))


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="not between 1 and"):
        FailureCount.parse("0")
