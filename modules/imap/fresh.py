"""Rows of message lists as the mail server sends them: what is asked for one, and how it is read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from modules.imap.fetching import FetchedItems, flags_of, received_of
from modules.imap.kept import KnownRow
from modules.imap.lease import Lease
from modules.imap.tokens import Token, as_bytes, as_int
from modules.mail.api import MailboxState, MessageRow, People, Uid, read_envelope

# Bounded to 32 KiB a message: one hostile header must not keep a list from showing.
_HEADER = (
    b"BODY.PEEK[HEADER.FIELDS (DATE FROM SENDER REPLY-TO TO CC BCC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES"
    b" CONTENT-TYPE)]<0.32768>"
)
# As servers name it in their answers.
_NAMED = _HEADER.replace(b".PEEK", b"").removesuffix(b"<0.32768>") + b"<0>"
_TYPES = re.compile(rb"^content-type:\s*(multipart/(?:mixed|alternative)\b|text/|)", re.I | re.M)
_LONGEST_PREVIEW = 200
# How a text begins that is an invitation or a contact card and nothing else: no words for people.
_FOR_PROGRAMS = ("BEGIN:VCALENDAR", "BEGIN:VCARD")


def row_items(lease: Lease) -> bytes:
    """What FETCH is asked for a row."""
    preview = b" PREVIEW" if lease.offers("PREVIEW") else b""
    return b"(UID FLAGS RFC822.SIZE INTERNALDATE %s%s)" % (_HEADER, preview)


@dataclass(frozen=True)
class Flags:
    """The flags of a message, and whether keywords among them say that it has attachments, or that it has none."""

    flags: frozenset[str]
    attachments: bool | None

    @classmethod
    def of(cls, flags: frozenset[str]) -> "Flags":
        """What flags say."""
        keywords = {flag.lower() for flag in flags if flag[:1] == "$"}
        has = "$hasattachment" in keywords or None
        return cls(flags, False if "$hasnoattachment" in keywords else has)


@dataclass
class Known:
    """What rows that are read together have in common, so that it is read once: who stands in them, and their flags."""

    people: People = field(default_factory=dict)
    flags: dict[tuple[Token, ...], Flags] = field(default_factory=dict)


def read_rows(found: Mapping[int, FetchedItems], state: MailboxState) -> list[KnownRow]:
    """Rows as they came, by UID, in a state of their mailbox."""
    known = Known()
    return [read_row(uid, row, state, known) for uid, row in found.items()]


def read_row(uid: int, row: FetchedItems, state: MailboxState, known: Known | None = None) -> KnownRow:
    """A row as it came, in a state of its mailbox. Of many at a time it is `known` what several of them say."""
    known = known or Known()
    header = row.get(_NAMED)
    if not isinstance(header, bytes):
        header = _header_of(row)
    told = row.get(b"FLAGS")
    # What is not made of atoms alone is read each time.
    atoms = tuple(told) if isinstance(told, list) and list not in map(type, told) else None
    if atoms is None or (flags := known.flags.get(atoms)) is None:
        flags = Flags.of(flags_of(row))
        if atoms is not None:
            known.flags[atoms] = flags
    types = tuple(_TYPES.findall(header))
    mixed, texts = _USUAL_TYPES[types] if types in _USUAL_TYPES else _types_of(types)
    shown = MessageRow(
        Uid(uid),
        read_envelope(header, known.people),
        flags.flags,
        as_int(row.get(b"RFC822.SIZE")),
        received_of(row),
        _preview_of(preview) if (preview := row.get(b"PREVIEW")) else "",
        mixed if flags.attachments is None else flags.attachments,
    )
    return KnownRow(shown, state, mixed, texts, len(header))


def _types_of(types: Iterable[bytes]) -> tuple[bool, tuple[bytes, ...]]:
    """Whether one of a header's types is that of messages with attachments, and the sections that hold texts.

    There are none of those where the header alone does not tell. A text is the first section of itself (RFC 9051
    6.4.5), and what has alternatives mostly has two.
    """
    told = {one.lower() for one in types}
    texts = (b"1",) if told <= {b"text/"} else (b"1", b"2") if told == {b"multipart/alternative"} else ()
    return b"multipart/mixed" in told, texts


# Of nearly all headers, which name one type as most programs write it.
_USUAL_TYPES = {
    types: _types_of(types) for types in ((), (b"text/",), (b"multipart/alternative",), (b"multipart/mixed",), (b"",))
}


def _header_of(row: FetchedItems) -> bytes:
    if (usual := row.get(_NAMED)) is not None:
        return as_bytes(usual)
    return next((as_bytes(value) for name, value in row.items() if name.startswith(b"BODY[HEADER.FIELDS")), b"")


def _preview_of(told: Token) -> str:
    preview = (told if isinstance(told, bytes) else as_bytes(told)).decode("utf-8", "replace")
    if preview.startswith(_FOR_PROGRAMS):
        return ""
    words = " ".join(preview.split())
    if not words.isprintable():
        words = " ".join("".join([letter if letter.isprintable() else " " for letter in words]).split())
    return words[:_LONGEST_PREVIEW]


def with_flags(known: KnownRow, flags: frozenset[str], state: MailboxState) -> KnownRow:
    """A row with the flags that it has now."""
    row = known.row
    if flags != row.flags:
        has = Flags.of(flags).attachments
        row = replace(row, flags=flags, has_attachments=known.mixed if has is None else has)
    return KnownRow(row, state, known.mixed, known.texts, known.length)
