"""What an answer to an invitation holds, and that nothing of the invitation becomes more than a value in it."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.compose.api import build_message
from modules.invitations import ics
from modules.invitations.model import Event, Instance, calendar_of
from modules.invitations.reply import Choice, Reply, can_be_written, words_of, write_calendar
from modules.invitations.with_compose import is_address, letter_of
from tests.modules.compose.desk import parsed
from tests.modules.invitations.letters import calendar_in, calendar_text, event_of, lines_in

NOW = datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=2)))
ZONE = """BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def events(*more: str, before: str = "") -> tuple[Event, ...]:
    text = calendar_text(*(event_of("me@x.example", more=one) for one in more), before=before)
    return calendar_of(ics.read(text.encode())).events


def reply(*answered: Event, comment: str = "", name: str = "Me") -> Reply:
    return Reply(answered, Choice.ACCEPT, name, "me@x.example", "ada@garden.example", comment, NOW)


def read(made: Reply) -> icalendar.Component:
    return icalendar.Calendar.from_ical(write_calendar(made))


def answered(made: Reply) -> icalendar.Component:
    (event,) = read(made).walk("VEVENT")
    return event


def test_an_answer_holds_this_attendee_and_no_other() -> None:
    assert sorted(lines_in(answered(reply(*events(""))))) == [
        "ATTENDEE;CN=Me;PARTSTAT=ACCEPTED:mailto:me@x.example",
        "BEGIN:VEVENT",
        "DTSTAMP:20260601T100000Z",
        "END:VEVENT",
        "ORGANIZER:mailto:ada@garden.example",
        "SEQUENCE:2",
        "SUMMARY:Plan\\; then rest",
        "UID:plan\\, part 1@garden.example",
    ]


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("RECURRENCE-ID:20260701T080000Z", "RECURRENCE-ID:20260701T080000Z"),
        ("RECURRENCE-ID:20260701T080000", "RECURRENCE-ID:20260701T080000"),
        ("RECURRENCE-ID;VALUE=DATE:20260701", "RECURRENCE-ID;VALUE=DATE:20260701"),
        ("RECURRENCE-ID;RANGE=THISANDFUTURE:20260701T080000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260701T080000Z"),
        # A zone that is not told along: the same moment in UTC.
        ("RECURRENCE-ID;TZID=Europe/Berlin:20260701T100000", "RECURRENCE-ID:20260701T080000Z"),
    ],
)
def test_the_same_time_of_a_row_is_answered(written: str, answer: str) -> None:
    assert f"\r\n{answer}\r\n" in write_calendar(reply(*events(f"{written}\n")))


def test_a_zone_goes_along_with_the_time_that_names_it() -> None:
    given = events("RECURRENCE-ID;TZID=W. Europe Standard Time:20260701T100000\n", before=ZONE)
    made = reply(*given)
    assert '\r\nRECURRENCE-ID;TZID="W. Europe Standard Time":20260701T100000\r\n' in write_calendar(made)
    (zone,) = read(made).walk("VTIMEZONE")
    assert [one.name for one in zone.subcomponents] == ["STANDARD", "DAYLIGHT"]
    # Whoever reads the answer finds the same time in it.
    (again,) = calendar_of(ics.read(write_calendar(made).encode())).events
    assert again.instance == given[0].instance and given[0].instance is not None
    assert given[0].instance.moment == "20260701T080000Z"


def test_an_event_and_its_exceptions_are_answered_together() -> None:
    both = events("", "RECURRENCE-ID:20260701T080000Z\n")
    found = read(reply(*both)).walk("VEVENT")
    assert ["RECURRENCE-ID" in one for one in found] == [False, True]


def test_what_is_no_time_or_no_address_is_not_written() -> None:
    (event,) = events("")
    odd = replace(event, instance=Instance("x\r\nATTENDEE:y", "", "", onward=False, observances=()))
    with pytest.raises(ValueError, match="time"):
        write_calendar(reply(odd))
    with pytest.raises(ValueError, match="address"):
        write_calendar(replace(reply(event), organizer="a@b.example\r\nX:y"))


def test_identifiers_that_cannot_be_sent_back_are_known() -> None:
    assert can_be_written("a b") and not any(map(can_be_written, ("", "a\nb", "a\u200bb", "a" * 1001)))


def test_words_say_who_answers_what() -> None:
    (event,) = events("")
    assert words_of(reply(event, comment="Yes!")) == (
        "Me <me@x.example> accepts this event:\n\nPlan; then rest\nWednesday, 01 July 2026, 08:00 (UTC)\n\n"
        "Comment:\nYes!\n"
    )
    day = replace(event, start=replace(event.start, wall=None, day=NOW.date())) if event.start else event
    assert "Monday, 01 June 2026" in words_of(reply(day, name=""))
    assert "(no title)\n" in words_of(reply(replace(event, summary="", start=None)))


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b.example?bcc=c@d.example", "A <a@b.example>", "a@b.example, c@d.example", "a\u200b@b.example",
     "a@b.example\r\nBcc: c@d.example", "javascript:alert(1)", "mailto:a@b.example", "\u202ea@b.example",
     '"a b"@c.example'],
)  # fmt: skip
def test_mail_goes_to_no_odd_address(address: str) -> None:
    assert not is_address(address)


@given(st.text(max_size=200), st.text(max_size=300), st.text(max_size=60), st.text(min_size=1, max_size=300))
def test_no_text_becomes_a_property_or_a_field(summary: str, comment: str, name: str, uid: str) -> None:
    (event,) = events("")
    made = reply(replace(event, summary=summary, uid=uid), comment=comment, name=name)
    lines = write_calendar(made).replace("\r\n ", "").split("\r\n")
    named = {line.partition(":")[0].partition(";")[0] for line in lines if line}
    assert named <= set(
        "BEGIN END PRODID VERSION METHOD UID DTSTAMP SEQUENCE SUMMARY ORGANIZER ATTENDEE COMMENT".split()
    )
    assert max(len(line.encode("utf-8", "replace")) for line in write_calendar(made).split("\r\n")) <= 75
    found = answered(made)
    if can_be_written(uid):
        assert str(found["UID"]) == uid
    message = parsed(build_message(letter_of(made, "<a@b.example>\r\nBcc: c@d.example")))
    assert message["Bcc"] is None and message["To"] == "ada@garden.example"
    assert set(message.keys()) <= {
        "Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert str(calendar_in(message)["METHOD"]) == "REPLY"
