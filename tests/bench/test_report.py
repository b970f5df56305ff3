"""The tables: medians, differences and shares, and JSON with every round."""

from bench.between import Traffic
from bench.crowd import CrowdFigures
from bench.flames import draw, read_folded
from bench.measure import Figures, count_of, percentile
from bench.open_streams import streams_as_json, streams_table
from bench.report import as_json, cold_table, commands_of, crowd_as_json, crowd_table, octets, table
from bench.streams import StreamFigures
from bench.work import WORKS


def figures() -> Figures:
    """A list that took three times as long as bare IMAP."""
    found = Figures(WORKS[2], bare=[1.0, 2.0, 9.0], hm3=[6.0, 5.0, 7.0], bare_cold=[4.0], cold=[10.0], cpu=[1.5])
    found.traffic = Traffic(("NOOP", "UID FETCH", "NOOP"), 3, 100, 41_900)
    found.bytes_to_browser, found.statements = 120_300, 5
    return found


def test_a_row_tells_medians_and_what_hm3_took_more() -> None:
    row = table(200, [figures()]).splitlines()[-1].split()
    assert row == [
        "newest",
        "50",
        "2.0",
        "6.0",
        "7.0",
        "+4.0",
        "3.0",
        "1.5",
        "3",
        "3",
        "5",
        "41.9",
        "kB",
        "120.3",
        "kB",
    ]


def test_work_that_was_not_measured_is_left_out() -> None:
    assert len(table(200, [figures(), Figures(WORKS[3])]).splitlines()) == len(table(200, [figures()]).splitlines())


def test_the_first_request_has_a_table_of_its_own() -> None:
    assert cold_table(200, [figures()]).splitlines()[-1].split() == ["newest", "50", "4.0", "10.0", "+6.0", "0", "0"]


def test_commands_are_told_with_how_often() -> None:
    assert commands_of([figures()]) == "newest 50  2 × NOOP, UID FETCH"


def test_json_holds_every_round() -> None:
    (told,) = as_json([figures()])
    assert told["hm3_ms"] == [6.0, 5.0, 7.0]
    assert (told["more_ms"], told["ratio"], told["statements"]) == (4.0, 3.0, 5)


def test_a_crowd_is_told_in_requests_a_second() -> None:
    crowd = CrowdFigures(8, seconds=2.0, requests=100, bare_requests=600, bare_seconds=1.0, cpu=1.0)
    for took in crowd.took.values():
        took += [1.0, 3.0, 200.0]
    assert crowd_table(2000, [crowd]).splitlines()[-1].split()[:5] == ["8", "50", "600", "3", "200"]
    (told,) = crowd_as_json([crowd])
    assert (told["requests_per_second"], told["errors"]) == (50.0, 0)


def test_how_long_a_crowd_rests_stands_above_its_figures() -> None:
    crowd = CrowdFigures(8, seconds=2.0, requests=1, bare_requests=1, bare_seconds=1.0)
    assert "all users at once without pause;" in crowd_table(2000, [crowd])
    assert "all users at once with 1500 ms of rest between two actions;" in crowd_table(2000, [crowd], 1.5)


def test_what_a_crowd_never_came_to_is_a_dash() -> None:
    crowd = CrowdFigures(8, seconds=2.0, requests=1, bare_requests=1, bare_seconds=1.0)
    crowd.took["list"] = [5.0]
    assert crowd_table(2000, [crowd]).splitlines()[-1].split()[3:9] == ["5", "5", "-", "-", "-", "-"]


def test_sizes_are_told_as_people_read_them() -> None:
    assert [octets(count) for count in (0, 999, 1000, 2_500_000)] == ["0 B", "999 B", "1.0 kB", "2.5 MB"]


def test_the_late_ones_are_those_after_which_hardly_any_come() -> None:
    assert percentile([float(number) for number in range(1, 101)], 0.95) == 95.0
    assert percentile([7.0], 0.95) == 7.0


def test_counts_come_from_the_header_of_times() -> None:
    timings = ['total;dur=9.0, sql;dur=1.2;desc="5", x.sql;dur=1.0;desc="9"', "total;dur=1.0", 'sql;dur=0.1;desc="2"']
    assert count_of(timings, "sql") == 7


def test_a_flame_graph_is_as_wide_as_its_shares() -> None:
    root = read_folded(["core/a;modules/b 3", "core/a;core/c 1", "broken", ""])
    assert (root.count, root.depth) == (4, 3)
    picture = draw(root, "list & more")
    assert "<title>modules/b: 75.0%</title>" in picture and "list &amp; more" in picture


def test_pages_beside_streams_are_told_next_to_those_without() -> None:
    found = StreamFigures(100, 500, memory_a_stream=30_400.0, rest_without=0.0003, rest_beside=0.0012)
    found.without = {"list": [10.0, 20.0, 30.0], "open": [1.0]}
    found.beside = {"list": [11.0, 21.0, 31.0], "open": [2.0]}
    found.first, found.last = [480.0, 500.0, 490.0], [492.0]
    lines = streams_table([found]).splitlines()
    assert lines[4].split() == ["100", "500", "20.0", "21.0", "30.0", "31.0", "1.0", "2.0", "1.0", "2.0"]
    assert lines[-1].split() == ["100", "500", "30.4", "kB", "0.03%", "0.12%", "490", "492"]
    (told,) = streams_as_json([found])
    assert (told["beside_ms"], told["memory_per_stream"]) == (found.beside, 30_400)
