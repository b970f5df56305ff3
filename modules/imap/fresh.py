"""Rows of message lists as the mail server sends them: what is asked for one, and how it is read."""

import re
from dataclasses import replace

from modules.imap.fetching import FetchedItems, flags_of, received_of
from modules.imap.kept import KnownRow
from modules.imap.lease import Lease
from modules.imap.tokens import as_bytes, as_int
from modules.mail.api import MailboxState, MessageRow, Uid, read_envelope

# Bounded to 32 KiB a message: one hostile header must not keep a list from showing.
_HEADER = (
    b"BODY.PEEK[HEADER.FIELDS (DATE FROM SENDER REPLY-TO TO CC BCC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES"
    b" CONTENT-TYPE)]<0.32768>"
)
_MIXED = re.compile(rb"^content-type:\s*multipart/mixed\b", re.I | re.M)
_NO_TEXT = re.compile(rb"^content-type:\s*(?!text/|\s)", re.I | re.M)
_LONGEST_PREVIEW = 200
# How a text begins that is an invitation or a contact card and nothing else: no words for people.
_FOR_PROGRAMS = ("BEGIN:VCALENDAR", "BEGIN:VCARD")


def row_items(lease: Lease) -> bytes:
    """What FETCH is asked for a row."""
    preview = b" PREVIEW" if lease.offers("PREVIEW") else b""
    return b"(UID FLAGS RFC822.SIZE INTERNALDATE %s%s)" % (_HEADER, preview)


def read_row(uid: int, row: FetchedItems, state: MailboxState) -> KnownRow:
    """A row as it came, in a state of its mailbox."""
    header = next((as_bytes(value) for name, value in row.items() if name.startswith(b"BODY[HEADER.FIELDS")), b"")
    flags, mixed = flags_of(row), bool(_MIXED.search(header))
    preview = as_bytes(row.get(b"PREVIEW")).decode("utf-8", "replace")
    if not (preview.isascii() and preview.isprintable()):
        preview = "".join(letter if letter.isprintable() else " " for letter in preview)
    shown = MessageRow(
        uid=Uid(uid),
        envelope=read_envelope(header),
        flags=flags,
        size=as_int(row.get(b"RFC822.SIZE", 0)),
        received=received_of(row),
        preview="" if preview.startswith(_FOR_PROGRAMS) else " ".join(preview.split())[:_LONGEST_PREVIEW],
        has_attachments=_has_attachments(flags, mixed=mixed),
    )
    return KnownRow(shown, state, mixed, _NO_TEXT.search(header) is None, len(header))


def with_flags(known: KnownRow, flags: frozenset[str], state: MailboxState) -> KnownRow:
    """A row with the flags that it has now."""
    row = known.row
    if flags != row.flags:
        row = replace(row, flags=flags, has_attachments=_has_attachments(flags, mixed=known.mixed))
    return replace(known, row=row, state=state)


def _has_attachments(flags: frozenset[str], *, mixed: bool) -> bool:
    keywords = {flag.lower() for flag in flags}
    if "$hasnoattachment" in keywords:
        return False
    return mixed or "$hasattachment" in keywords
