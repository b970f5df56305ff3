"""Messages that carry invitations, and what an answer to one says for another parser than ours."""

from email.message import EmailMessage

import icalendar

EVENT = (
    "UID:plan\\, part 1@garden.example\nSEQUENCE:2\nDTSTAMP:20260501T100000Z\nDTSTART:20260701T080000Z\n"
    "SUMMARY:Plan\\; then rest\nORGANIZER;CN=Ada:mailto:{organizer}\n"
    "ATTENDEE;CN=Me;PARTSTAT=NEEDS-ACTION:mailto:{attendee}\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@stone.example\n"
)


def calendar_text(*events: str, method: str = "REQUEST", before: str = "") -> str:
    """A calendar file with these events."""
    inside = "".join(f"BEGIN:VEVENT\n{event}END:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:{method}\n{before}{inside}END:VCALENDAR\n".replace("\n", "\r\n")


def event_of(attendee: str, organizer: str = "ada@garden.example", more: str = "") -> str:
    """An event to which somebody is invited."""
    return EVENT.format(attendee=attendee, organizer=organizer) + more


def invitation(text: str, sender: str = "Ada <ada@garden.example>") -> bytes:
    """A message that is nothing but a calendar file."""
    head = (
        f"From: {sender}\nTo: me@example.test\nSubject: Come\nDate: Fri, 01 May 2026 10:00:00 +0000\n"
        "Message-ID: <i@garden.example>\nMIME-Version: 1.0\nContent-Type: text/calendar; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n\n"
    )
    return head.replace("\n", "\r\n").encode() + text.encode()


def calendar_in(message: EmailMessage) -> icalendar.Calendar:
    """The calendar object that an answer carries."""
    (part,) = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REPLY"
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    read = icalendar.Calendar.from_ical(content)
    assert isinstance(read, icalendar.Calendar)
    return read


def lines_in(component: icalendar.Component) -> list[str]:
    """The content lines of a calendar object, unfolded, as that parser writes them again."""
    written: bytes = component.to_ical()
    return written.decode().replace("\r\n ", "").split("\r\n")[:-1]
