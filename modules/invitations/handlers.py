"""The handler that reads the calendar parts of an open message."""

from core import LookSettings
from modules.invitations.module import module
from modules.invitations.reading import read_apart
from modules.invitations.results import Card, Invitations
from modules.mail.api import Letter, MailStore, Part, PartNumber, decode, enclosed_page, message_page

KINDS = ("text/calendar", "text/x-vcalendar", "application/ics")
MOST = 3
LONGEST = 512 * 1024


@module.handler(message_page, enclosed_page)
def read_invitations(letter: Letter, store: MailStore, look: LookSettings) -> Invitations | None:
    """What the calendar parts say; None of a message without any. Many programs send the same one twice."""
    parts = [part for part in letter.structure.own() if part.media_type in KINDS][:MOST]
    if not parts:
        return None
    read: dict[str, str] = {}
    for part in parts:
        read.setdefault(_text(letter, part, store), letter.part_path(part.number))
    cards = tuple(Card(read_apart(text.encode("utf-8", "replace")), path) for text, path in read.items())
    return Invitations(cards, look.zone)


def _text(letter: Letter, part: Part, store: MailStore) -> str:
    octets = store.part(letter.mailbox, letter.uid, PartNumber(part.number), most=LONGEST)
    return decode(octets, part.charset).replace("\r\n", "\n").strip()
