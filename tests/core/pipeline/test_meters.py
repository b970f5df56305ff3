"""Meters: what a request measures is its own, and what is kept is bounded."""

import threading

from sqlalchemy import create_engine, literal, select, text

from core.database.engine import Database
from core.database.questions import Question
from core.pipeline.meters import KEPT_A_PAGE, SQL, Measured, Meters, server_timing


def switched_on() -> Meters:
    """Meters that measure."""
    meters = Meters()
    meters.switch_on()
    return meters


def test_nothing_is_measured_before_somebody_wants_to_know() -> None:
    meters = Meters()
    with meters.request() as meter, meters.time("x"):
        meters.add("y", 1.0, 1)
    assert meter is None and meters.now is None


def test_times_and_counts_of_one_name_add_up() -> None:
    meters = switched_on()
    with meters.request() as meter:
        for _ in range(3):
            with meters.time("x"):
                pass
        meters.add("y", 0.25, 4)
    assert meter is not None
    assert meter.counts == {"x": 3, "y": 4}
    assert meter.times["y"] == 250.0


def test_what_fails_is_measured_too() -> None:
    meters = switched_on()
    with meters.request() as meter:
        try:
            with meters.time("x"):
                raise LookupError
        except LookupError:
            pass
    assert meter is not None and meter.counts == {"x": 1}


def test_outside_of_a_request_nothing_is_measured() -> None:
    meters = switched_on()
    with meters.request() as meter:
        pass
    with meters.time("x"):
        meters.add("y", 1.0, 1)
    assert meter is not None and meter.counts == {}


def test_two_requests_at_once_do_not_mix() -> None:
    meters = switched_on()
    found: dict[str, dict[str, int]] = {}
    both = threading.Barrier(2)

    def answer(name: str) -> None:
        with meters.request() as meter:
            both.wait(60)
            meters.add(name, 0.1, 1)
            both.wait(60)
            assert meter is not None
            found[name] = meter.counts

    threads = [threading.Thread(target=answer, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"a": {"a": 1}, "b": {"b": 1}}


def test_statements_of_the_database_are_counted() -> None:
    database = Database(create_engine("sqlite://"))
    meters = Meters()
    meters.switch_on(database)
    with database.read() as connection:
        connection.execute(text("SELECT 1"))
        with meters.request() as meter:
            connection.execute(text("SELECT 1"))
            database.ask(Question(select(literal(2)), int))
    database.close()
    assert meter is not None and meter.counts == {SQL: 2}


def test_only_the_latest_requests_of_a_page_are_kept() -> None:
    meters = switched_on()
    for number in range(KEPT_A_PAGE + 5):
        meters.keep("a", Measured(float(number), {}, {}))
    kept = meters.pages()["a"]
    assert (len(kept), kept[0].took) == (KEPT_A_PAGE, 5.0)


def test_the_header_names_the_whole_first_and_then_the_longest() -> None:
    measured = Measured(12.34, {"mail.list": 3.0, "sql": 5.0, "x.twice": 1.0}, {"mail.list": 1, "sql": 2, "x.twice": 2})
    told = server_timing(measured)
    assert told == 'total;dur=12.3, sql;dur=5.0;desc="2", mail.list;dur=3.0, x.twice;dur=1.0;desc="2"'
