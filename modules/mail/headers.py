"""Read header blocks of any quality: fields, encoded words, dates and identifiers."""

import binascii
import re
import unicodedata
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache
from quopri import decodestring
from typing import Self

from core import BIDI_CONTROLS
from modules.mail.addresses import read_addresses
from modules.mail.charsets import decode
from modules.mail.model import Correspondent, Envelope

# A header block longer than this is read only up to here, and a field is shown only so far.
LONGEST_BLOCK = 256 * 1024
LONGEST_FIELD = 32_000
MOST_FIELDS = 2000
MOST_REFERENCES = 200
# RFC 5322 3.3 begins with 1900; the last year of the calendar is left out, for no zone may lead beyond it.
_YEARS = range(1900, 9999)

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
# The same for all fields of a block at once.
_FIELDS = re.compile(r"^([!-9;-~]{1,200})[ \t]*:[ \t]*+(.*)$", re.MULTILINE)
# Nearly all programs write names in this way.
_LOWERED = {
    name: name.lower()
    for name in (
        *("Date", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Message-ID", "Message-Id"),
        *("In-Reply-To", "References", "Content-Type", "MIME-Version", "Received"),
    )
}
_OF_PEOPLE = frozenset({"from", "sender", "reply-to", "to", "cc", "bcc"})
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
# RFC 2047 2, read generously: spaces may stand in the text, as some programs send them.
_WORD = re.compile(r"=\?([A-Za-z0-9_.:+-]{1,60})(?:\*[A-Za-z0-9-]*)?\?([BbQq])\?([^?]{0,2000})\?=")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
# A date as nearly all programs write it; what else one may be, Python knows.
_DATE = re.compile(
    r"(?:[A-Za-z]{3}, )?([0-9]{1,2}) ([A-Za-z]{3}) ([1-9][0-9]{3}) ([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r" ([+-])([0-9]{2})([0-9]{2})(?: \([A-Za-z]{1,10}\))?",
    re.ASCII,
)
_MONTHS = {name: at for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")

# Who stands in fields, by their values.
People = dict[str, tuple[Correspondent, ...]]
# The values of all fields of a name, which is in small letters.
Named = Mapping[str, Sequence[str]]


class HeaderBlock(bytes):
    """A raw header block that many look into, each with the functions below: it is read once for all of them.

    `people` are who stands in its fields, as far as somebody asked.
    """

    fields: tuple[tuple[str, str], ...]
    named: Named
    people: People
    envelope: Envelope

    def __new__(cls, octets: bytes) -> Self:
        """The block in these octets."""
        block = super().__new__(cls, octets)
        block.fields = _read_fields(octets)
        block.named = _by_name(block.fields)
        block.people = {}
        block.envelope = _envelope_of({name: values[0] for name, values in block.named.items()}, block.people)
        return block


def read_envelope(header: bytes, people: People | None = None) -> Envelope:
    """What people look at of a header block. Of repeated fields the first counts; nothing in it can make this fail.

    Where many are read at a time, `people` keeps who stands in several of them.
    """
    return header.envelope if isinstance(header, HeaderBlock) else _read_envelope(header, people)


def read_people(header: bytes, value: str) -> tuple[Correspondent, ...]:
    """The people that a field of a header names by this value."""
    return _read_people(value, header.people if isinstance(header, HeaderBlock) else None)


def _read_envelope(header: bytes, known: People | None) -> Envelope:
    found = reversed(_read_fields(header))
    return _envelope_of({_LOWERED[name] if name in _LOWERED else name.lower(): value for name, value in found}, known)


def _envelope_of(fields: Mapping[str, str], known: People | None) -> Envelope:
    people: People = {}
    for name, value in fields.items():
        if name in _OF_PEOPLE:
            people[name] = _read_people(value, known) if known is None or value not in known else known[value]
    who = people.get
    message_id = _MESSAGE_ID.search(fields["message-id"]) if "message-id" in fields else None
    return Envelope(
        subject=decode_words(fields["subject"]) if "subject" in fields else "",
        sender=who("from") or who("sender", ()),
        reply_to=who("reply-to", ()),
        to=who("to", ()),
        cc=who("cc", ()),
        bcc=who("bcc", ()),
        date=read_date(fields["date"]) if "date" in fields else None,
        message_id=message_id[0] if message_id else "",
        in_reply_to=read_ids(fields["in-reply-to"]) if "in-reply-to" in fields else (),
        references=read_ids(fields["references"]) if "references" in fields else (),
    )


def _read_people(value: str, known: People | None) -> tuple[Correspondent, ...]:
    found = known.get(value) if known is not None else None
    if found is None:
        found = read_addresses(value, decode_words)
        if known is not None:
            known[value] = found
    return found


def header_fields(header: bytes) -> tuple[tuple[str, str], ...]:
    """Every field in order, decoded for people."""
    return tuple((name, decode_words(value)) for name, value in raw_fields(header))


def raw_fields(header: bytes) -> tuple[tuple[str, str], ...]:
    """Names and unfolded values; lines that are no fields are passed over."""
    return header.fields if isinstance(header, HeaderBlock) else _read_fields(header)


def named_fields(header: bytes) -> Named:
    """The values of all fields of each name, in order; names are in small letters."""
    return header.named if isinstance(header, HeaderBlock) else _by_name(_read_fields(header))


def _by_name(fields: Iterable[tuple[str, str]]) -> Named:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        lowered = _LOWERED[name] if name in _LOWERED else name.lower()
        if lowered in found:
            found[lowered].append(value)
        else:
            found[lowered] = [value]
    return found


def _read_fields(header: bytes) -> tuple[tuple[str, str], ...]:
    block = header[:LONGEST_BLOCK].replace(b"\r\n", b"\n")
    unfolded = _FOLD.sub(b"", block) if b"\r\n" in block else block.replace(b"\n ", b" ").replace(b"\n\t", b"\t")
    if unfolded.isascii() and unfolded.count(b"\n") < MOST_FIELDS:
        found_at_once = _FIELDS.findall(unfolded.decode("ascii"))
        # Most have no space at their end.
        if len(unfolded) > LONGEST_FIELD or b" \n" in unfolded or b"\t\n" in unfolded or unfolded[-1:] in (b" ", b"\t"):
            found_at_once = [(name, value[:LONGEST_FIELD].rstrip(" \t")) for name, value in found_at_once]
        return tuple(found_at_once)
    lines = unfolded.split(b"\n")
    found: list[tuple[str, str]] = []
    for line in lines[: MOST_FIELDS * 2]:
        if (match := _FIELD.fullmatch(line)) is not None and len(found) < MOST_FIELDS:
            found.append((match[1].decode("ascii"), _text(match[2][:LONGEST_FIELD]).strip(" \t")))
    return tuple(found)


def decode_words(value: str) -> str:
    """A field's value with its encoded words decoded (RFC 2047 6.2), without controls and bidi controls."""
    text = value if "=?" not in value else read_words(value)
    return text.strip() if text.isprintable() else clean(text)


def read_words(value: str) -> str:
    """The same with all that is in it, which is to be judged and not to be shown."""
    if "=?" not in value:
        return value
    words: list[tuple[str, bytes]] = []
    shown: list[str] = []
    end = 0
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        if between.strip() or not words:
            _flush(words, shown)
            shown.append(between)
        words.append((match[1].lower(), _word_octets(match[2], match[3])))
        end = match.end()
    _flush(words, shown)
    shown.append(value[end:])
    return "".join(shown)


def read_date(value: str) -> datetime | None:
    """A date with its zone (RFC 5322 3.3), or None where it cannot be read."""
    try:
        usual = _DATE.fullmatch(value)
        if usual is None or (month := _MONTHS.get(usual[2].lower())) is None:
            return _unusual_date(value)
        day, _, year, hour, minute, second, sign, hours, minutes = usual.groups()
        if int(year) not in _YEARS:
            return None
        zone = _zone(sign, hours, minutes)
        return datetime(int(year), month, int(day), int(hour), int(minute), min(int(second), 59), 0, zone)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


# There are about forty, and they tell nothing of anybody.
@lru_cache(maxsize=200)
def _zone(sign: str, hours: str, minutes: str) -> timezone:
    """A zone by its offset. Raises ValueError for more than a day."""
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset) if offset else UTC


def _unusual_date(value: str) -> datetime | None:
    """A date as Python knows it. Raises what Python raises for what is none."""
    parsed = parsedate_tz(value[:200])
    if parsed is None:
        return None
    year, month, day, hour, minute, second, *_, offset = parsed
    zone = timezone(timedelta(seconds=offset)) if offset else UTC
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone) if year in _YEARS else None


def read_ids(value: str) -> tuple[str, ...]:
    """Message ids with their angle brackets, in order; of too many, the first and the newest."""
    if not value:
        return ()
    found = _MESSAGE_ID.findall(value)
    return tuple(found if len(found) <= MOST_REFERENCES else found[:1] + found[1 - MOST_REFERENCES :])


def clean(text: str) -> str:
    """Text on one line without control characters and without what turns the direction of writing."""
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = (" " if character in "\t\r\n" else character for character in text if _is_shown(character))
    return "".join(kept).strip()


def _is_shown(character: str) -> bool:
    if character in "\t\r\n":
        return True
    return character not in BIDI_CONTROLS and unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")


def _text(octets: bytes) -> str:
    return octets.decode("ascii") if octets.isascii() else decode(octets)


def _flush(words: list[tuple[str, bytes]], shown: list[str]) -> None:
    """Show the words gathered so far; neighbours of one charset are joined first, for characters cut in two."""
    joined: list[tuple[str, bytes]] = []
    for charset, octets in words:
        if joined and joined[-1][0] == charset:
            joined[-1] = (charset, joined[-1][1] + octets)
        else:
            joined.append((charset, octets))
    shown.extend(decode(octets, charset) for charset, octets in joined)
    words.clear()


def _word_octets(coding: str, text: str) -> bytes:
    plain = text.encode("utf-8", "replace")
    if coding in "Qq":
        return decodestring(plain.replace(b" ", b"_"), header=True)
    letters = _NOT_BASE64.sub("", text)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    try:
        return b64decode(letters + "=" * (-len(letters) % 4))
    except binascii.Error:
        return plain
