"""What calendar parts say, read apart from the site: whatever comes, something comes of it."""

import io
import json
import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.invitations import ics
from modules.invitations.model import Answer, Calendar, Moment, calendar_of
from modules.invitations.reading import read_apart


def calendar(event: str, method: str = "REQUEST") -> bytes:
    lines = f"BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:{method}\nBEGIN:VEVENT\nUID:1\n{event}\nEND:VEVENT\nEND:VCALENDAR\n"
    return lines.replace("\n", "\r\n").encode()


def read_here(octets: bytes) -> Calendar:
    return calendar_of(json.loads(json.dumps(ics.read(octets))))


def test_an_event_is_read_apart() -> None:
    told = read_apart(calendar("SUMMARY:Plan\nDTSTART:20260701T080000Z\nDURATION:PT1H"))
    assert told is not None and told.method == "REQUEST"
    (event,) = told.events
    assert event.summary == "Plan" and event.start is not None and event.end is not None
    assert event.start.at == datetime.fromisoformat("2026-07-01T08:00:00+00:00")
    assert event.end.wall == datetime(2026, 7, 1, 9)


@pytest.mark.parametrize(
    ("start", "end", "same"),
    [
        ("20260701T080000Z", "20260701T130000Z", True),
        ("20260701T080000Z", "20260701T230000Z", False),
        ("20260701T080000", "20260701T230000", True),
        ("20260701T080000", "20260702T080000", False),
        ("20260701T080000", "20260701T130000Z", False),
    ],
)
def test_an_end_on_the_same_day_is_known_in_the_readers_zone(start: str, end: str, same: bool) -> None:
    (event,) = read_here(calendar(f"DTSTART:{start}\nDTEND:{end}")).events
    assert event.start is not None and event.end is not None
    assert event.end.is_same_day(event.start, ZoneInfo("Europe/Berlin")) is same


def test_what_is_no_calendar_is_told_as_such() -> None:
    assert read_apart(b"nothing") is None


def test_a_rule_that_never_ends_ends_the_process_and_not_the_site() -> None:
    told = read_apart(calendar("SUMMARY:x\n" + "ATTENDEE:mailto:a@b\n" * 20_000))
    assert told is None or told.events[0].more_people > 0


def test_times_of_other_zones_are_moments_and_wall_clocks() -> None:
    (event,) = read_here(calendar("DTSTART;TZID=America/New_York:20260701T100000")).events
    assert event.start is not None and event.start.wall == datetime(2026, 7, 1, 10)
    assert event.start.zone == "America/New_York"
    assert event.start.is_elsewhere(ZoneInfo("Europe/Berlin")) and not event.start.is_elsewhere(
        ZoneInfo("America/Toronto")
    )


def test_times_of_no_zone_belong_to_no_moment() -> None:
    (event,) = read_here(calendar("DTSTART:20260701T100000")).events
    assert event.start is not None and event.start.at is None and not event.start.is_elsewhere(ZoneInfo("UTC"))


def test_the_last_of_several_days_is_the_one_before_the_end() -> None:
    (event,) = read_here(calendar("DTSTART;VALUE=DATE:20260701\nDTEND;VALUE=DATE:20260704")).events
    assert (event.start, event.end) == (Moment(day=date(2026, 7, 1)), Moment(day=date(2026, 7, 3)))
    (single,) = read_here(calendar("DTSTART;VALUE=DATE:20260701\nDTEND;VALUE=DATE:20260702")).events
    assert single.end is None


def test_an_end_beyond_the_calendar_is_none() -> None:
    (event,) = read_here(calendar("DTSTART:99981231T000000Z\nDURATION:P4000D")).events
    assert event.end is None


def test_people_come_with_their_answers() -> None:
    event = (
        "ORGANIZER;CN=Ada:mailto:ada@x.example\nATTENDEE;PARTSTAT=tentative;ROLE=OPT-PARTICIPANT:MAILTO:bo@x.example"
    )
    (read,) = read_here(calendar(event + "\nATTENDEE;PARTSTAT=X-ODD:javascript:alert(1)")).events
    assert read.organizer is not None and read.organizer.label == "Ada"
    assert [(one.address, one.answer, one.optional) for one in read.people] == [
        ("bo@x.example", Answer.TENTATIVE, True),
        ("", Answer.NONE, False),
    ]


def test_links_are_of_the_web_or_none() -> None:
    assert read_here(calendar("URL:javascript:alert(1)")).events[0].url == ""
    assert read_here(calendar("URL:https://x.example/a")).events[0].url == "https://x.example/a"


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"events": 3, "more": "x", "method": 5},
        {"events": [{"start": {"time": "x"}, "people": [None, {}], "rule": 3, "organizer": []}]},
        {
            "events": [
                {"start": {"day": "0001-01-01"}, "end": {"day": "0001-01-01"}, "replaces": {"time": "9999-12-31T00:00"}}
            ]
        },
    ],
)
def test_what_the_process_says_is_not_believed_to_be_well_formed(told: dict[str, object]) -> None:
    assert isinstance(calendar_of(told), Calendar)


def test_the_program_writes_json_or_fails() -> None:
    taken = io.BytesIO()
    assert ics.main(io.BytesIO(calendar("SUMMARY:x")), taken) == 0
    assert json.loads(taken.getvalue())["events"][0]["summary"] == "x"
    assert ics.main(io.BytesIO(os.urandom(50)), io.BytesIO()) == 1


_LINES = st.sampled_from(
    """DTSTART:20260701T100000Z|DTSTART;TZID=Nowhere:20260701T100000|DTSTART;VALUE=DATE:00000000|DTEND:19700101T000000
    DURATION:-P1000W|RRULE:FREQ=DAILY;COUNT=0|RRULE:FREQ=;BYDAY=9XX|ATTENDEE;CN=:|ORGANIZER:mailto:|SUMMARY;X=\\":a
    SEQUENCE:-1|RDATE;VALUE=PERIOD:x|RECURRENCE-ID:x|STATUS:cancelled|END:VEVENT|BEGIN:VALARM|URL:""".replace(
        "\n    ", "|"
    ).split("|")
)


@settings(max_examples=60)
@given(st.lists(_LINES | st.text(max_size=60), max_size=12))
def test_nothing_breaks_what_is_read(lines: list[str]) -> None:
    taken = io.BytesIO()
    try:
        read = ics.read(calendar("\n".join(lines)))
    except Exception:  # noqa: BLE001  # the program says that nothing can be read
        return
    taken.write(json.dumps(read).encode("ascii"))
    assert isinstance(calendar_of(json.loads(taken.getvalue())), Calendar)
