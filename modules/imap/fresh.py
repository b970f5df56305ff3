"""Rows of message lists as the mail server sends them: what is asked for one, and how it is read."""

import re
from dataclasses import replace

from modules.imap.fetching import FetchedItems, flags_of, received_of
from modules.imap.kept import KnownRow
from modules.imap.lease import Lease
from modules.imap.tokens import as_bytes, as_int
from modules.mail.api import MailboxState, MessageRow, People, Uid, read_envelope

# Bounded to 32 KiB a message: one hostile header must not keep a list from showing.
_HEADER = (
    b"BODY.PEEK[HEADER.FIELDS (DATE FROM SENDER REPLY-TO TO CC BCC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES"
    b" CONTENT-TYPE)]<0.32768>"
)
# As servers name it in their answers.
_NAMED = _HEADER.replace(b".PEEK", b"").removesuffix(b"<0.32768>") + b"<0>"
_TYPES = re.compile(rb"^content-type:\s*(multipart/mixed\b|text/|)", re.I | re.M)
_LONGEST_PREVIEW = 200
# How a text begins that is an invitation or a contact card and nothing else: no words for people.
_FOR_PROGRAMS = ("BEGIN:VCALENDAR", "BEGIN:VCARD")


def row_items(lease: Lease) -> bytes:
    """What FETCH is asked for a row."""
    preview = b" PREVIEW" if lease.offers("PREVIEW") else b""
    return b"(UID FLAGS RFC822.SIZE INTERNALDATE %s%s)" % (_HEADER, preview)


def read_row(uid: int, row: FetchedItems, state: MailboxState, people: People | None = None) -> KnownRow:
    """A row as it came, in a state of its mailbox. Of many at a time `people` keeps who stands in several of them."""
    header = _header_of(row)
    flags, types = flags_of(row), {one.lower() for one in _TYPES.findall(header)}
    mixed = b"multipart/mixed" in types
    shown = MessageRow(
        uid=Uid(uid),
        envelope=read_envelope(header, people),
        flags=flags,
        size=as_int(row.get(b"RFC822.SIZE", 0)),
        received=received_of(row),
        preview=_preview_of(row),
        has_attachments=_has_attachments(flags, mixed=mixed),
    )
    return KnownRow(shown, state, mixed, single=types <= {b"text/"}, length=len(header))


def _header_of(row: FetchedItems) -> bytes:
    if (usual := row.get(_NAMED)) is not None:
        return as_bytes(usual)
    return next((as_bytes(value) for name, value in row.items() if name.startswith(b"BODY[HEADER.FIELDS")), b"")


def _preview_of(row: FetchedItems) -> str:
    preview = as_bytes(row.get(b"PREVIEW")).decode("utf-8", "replace")
    if not (preview.isascii() and preview.isprintable()):
        preview = "".join(letter if letter.isprintable() else " " for letter in preview)
    return "" if preview.startswith(_FOR_PROGRAMS) else " ".join(preview.split())[:_LONGEST_PREVIEW]


def with_flags(known: KnownRow, flags: frozenset[str], state: MailboxState) -> KnownRow:
    """A row with the flags that it has now."""
    row = known.row
    if flags != row.flags:
        row = replace(row, flags=flags, has_attachments=_has_attachments(flags, mixed=known.mixed))
    return KnownRow(row, state, known.mixed, known.single, known.length)


def _has_attachments(flags: frozenset[str], *, mixed: bool) -> bool:
    keywords = {flag.lower() for flag in flags}
    if "$hasnoattachment" in keywords:
        return False
    return mixed or "$hasattachment" in keywords
