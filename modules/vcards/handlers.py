"""The handler that reads the contact cards of an open message."""

from modules.mail.api import (
    Letter,
    LinkJudge,
    Links,
    MailStore,
    Part,
    PartNumber,
    decode_words,
    enclosed_page,
    message_page,
)
from modules.vcards.judging import judge_contact
from modules.vcards.model import CardFile
from modules.vcards.module import module
from modules.vcards.reading import LONGEST, read_cards
from modules.vcards.results import ContactCards, JudgedFile

KINDS = ("text/vcard", "text/x-vcard")
MOST = 3


@module.handler(message_page, enclosed_page)
def read_contact_cards(letter: Letter, store: MailStore, judge: LinkJudge | None) -> ContactCards | None:
    """What the contact cards of a message say; None of a message without any."""
    parts = [part for part in letter.structure.own() if is_card(part) or may_be_card(part)]
    files: list[JudgedFile] = []
    links = Links(judge=judge, message=letter.path)
    for part in parts[:MOST]:
        octets = store.part(letter.mailbox, letter.uid, PartNumber(part.number), most=LONGEST + 1)
        read = read_cards(octets, part.charset)
        if read.cards or is_card(part):
            files.append(_judged(read, letter, part, links))
    return ContactCards(tuple(files), len(parts[MOST:])) if files else None


def is_card(part: Part) -> bool:
    """Whether it says that it is contact cards (RFC 6350 10.1, RFC 2425 5.1)."""
    profile = part.parameters.get("profile", "").lower()
    return part.media_type in KINDS or (part.media_type == "text/directory" and profile in ("vcard", ""))


def may_be_card(part: Part) -> bool:
    """Whether it has such a name, and no type of its own."""
    named = decode_words(part.filename).lower().endswith((".vcf", ".vcard"))
    return named and not part.children and part.media_type == "application/octet-stream"


def _judged(read: CardFile, letter: Letter, part: Part, links: Links) -> JudgedFile:
    cards = tuple(judge_contact(contact, links) for contact in read.cards)
    return JudgedFile(letter.part_path(part.number), cards, read.more, read.cut)
