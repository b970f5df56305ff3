"""What is fuzzed of parts that are shown as cards: calendars, contact cards, and what Outlook packs."""

import json
import re
from datetime import UTC, datetime

from fuzz.promises import HREF, UNSEEN, check_built, is_line
from modules.invitations import ics
from modules.invitations.model import calendar_of
from modules.invitations.recurrence import last_day, tell_rule
from modules.invitations.reply import Choice, Reply, can_be_written, write_calendar
from modules.mail.api import Links, clean_html
from modules.tnef.rtf import LONGEST_HTML, LONGEST_TEXT, decompress, to_html
from modules.tnef.rtf import to_text as rtf_text
from modules.tnef.winmail import MOST_FILES, unpack
from modules.vcards.judging import judge_contact
from modules.vcards.reading import MOST_CARDS, read_cards

LONGEST_CLEANED = 4_000  # what a process of its own is asked about elsewhere grows with the square of its length
_MOMENT = datetime(2026, 5, 1, tzinfo=UTC)
_ANSWERED = frozenset(
    "BEGIN END PRODID VERSION METHOD UID DTSTAMP SEQUENCE RECURRENCE-ID SUMMARY ORGANIZER ATTENDEE COMMENT TZID "
    "DTSTART TZOFFSETFROM TZOFFSETTO RRULE".split()
) | {""}


def invitation(octets: bytes) -> None:
    """A calendar part (RFC 5545): values that can be shown, and an answer in which none of them becomes a property."""
    try:
        told = json.loads(json.dumps(ics.read(octets)))
    except Exception:  # noqa: BLE001  # its own process tells by its end that nothing can be read
        return
    for event in calendar_of(told).events:
        tell_rule(event.rule)
        last_day(event.rule)
        assert is_line(event.summary) and all(is_line(one.label) for one in event.people)
        if can_be_written(event.uid):
            try:
                made = write_calendar(
                    Reply((event,), Choice.ACCEPT, "", "a@b.test", "c@d.test", event.comment, _MOMENT)
                )
            except ValueError:
                continue
            names = {re.split("[:;]", line)[0] for line in made.replace("\r\n ", "").split("\r\n")}
            assert names <= _ANSWERED, names - _ANSWERED


def vcard(octets: bytes) -> None:
    """Contact cards (RFC 6350): lines that can be shown, and links to what links of messages may lead to."""
    read = read_cards(octets, "iso-8859-1" if octets[:1] > b"\x80" else "")
    assert len(read.cards) <= MOST_CARDS and (read.cards or not read.more)
    for shown in (judge_contact(contact, Links()) for contact in read.cards):
        links = (*shown.phones, *shown.webs)
        values = (*(one.entry.value for one in shown.emails), *(one.entry.value for one in links))
        assert all(map(is_line, (*values, shown.contact.name, *shown.contact.titles))) and not UNSEEN.search(
            shown.contact.note
        )
        assert all(one.link.href is None or HREF.match(one.link.href) for one in links)
        assert all(is_line(one.to) and one.to.count("@") in (0, 1) for one in shown.emails)


def tnef(octets: bytes) -> None:
    """What Outlook packs (MS-OXTNEF): no more comes out than went in, and all of it can be told."""
    try:
        found = unpack(octets)
    except ValueError:
        return
    assert len(found.files) <= MOST_FILES and sum(len(one.octets) for one in found.files) <= len(octets)
    json.dumps([found.text, found.html, [(one.name, one.media_type) for one in found.files]])


def rtf(octets: bytes) -> None:
    """Compressed RTF (MS-OXRTFCP): words, and HTML to be cleaned, or a refusal; whole, and as what was compressed."""
    for document in (decompress, bytes):
        try:
            text, html = rtf_text(document(octets)), to_html(document(octets))
        except ValueError:
            continue
        assert len(text) <= LONGEST_TEXT and len(html) <= LONGEST_HTML
        assert not re.search("[\ud800-\udfff]", text + html)
        check_built(clean_html(html[:LONGEST_CLEANED]).body)
