"""The files within a message as it travels (RFC 5322, RFC 2045), and within the messages attached to it."""

import binascii
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message

# Of messages, and of parts, within each other; and parts of all of them together.
DEEPEST = 50
MOST_PARTS = 5000
# As far as one is read that stands in something else.
LARGEST = 2_000_000
EML = ".eml"
_LONGEST_FIELD = 10_000
# What follows an equals sign behind a word that ends in "name".
_NAMES = re.compile(r"""(?i:name)[*0-9]{0,9}[ \t]{0,9}=[ \t]{0,9}"?([^";\r\n]+)""")
_MARKS = rb"(?:Received|Return-Path|Delivered-To|MIME-Version|Message-ID|X-[\w-]+)"
_FIELDS = rb"(?:From|To|Subject|Date|Sender|Content-Type|DKIM-Signature|ARC-Seal|Authentication-Results|MIME-Version)"
_BEGINS = re.compile(
    rb"(?:\xef\xbb\xbf)?[ \t\r\n]{0,100}(?:%b:\s|%b:\s[^\n]*\n(?:[ \t][^\n]*\n)*%b:\s)" % (_MARKS, _FIELDS, _FIELDS),
    re.IGNORECASE,
)


def is_letter(octets: bytes, name: str = "") -> bool:
    """Whether a file is a message: by its name, or by the fields that it begins with."""
    return name.lower().endswith(EML) or _BEGINS.match(octets[:4096]) is not None


def files_of(octets: bytes) -> Iterator[tuple[str, bytes]]:
    """The name and the octets of each part that has a name, as far as the bounds reach.

    A part of which readers may take several names for its own is there with each of them, and with its octets once.

    Raises ValueError for what cannot be read and, after the others, for more parts than are looked at; RecursionError
    for parts too deep within each other to be read.
    """
    waiting = [(_read(octets), 1)]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part, depth = waiting.pop()
        name, *others = _names_of(part) or ("",)
        yield from ((other, b"") for other in others)
        # Python looks for a charset in what is no list, and may fail at that.
        within = part.get_payload() if part.is_multipart() else None
        if isinstance(within, list):
            if name:
                yield name, b""
            if depth < DEEPEST:
                waiting += [(one, depth + 1) for one in reversed(within) if isinstance(one, Message)]
        elif name:
            yield name, _octets_of(part)
    if waiting:
        raise ValueError("more parts than are looked at")


def _read(octets: bytes) -> Message:
    try:
        return message_from_bytes(octets)
    except (TypeError, LookupError, AttributeError, MessageError) as error:
        # So Python fails at a boundary that is given in pieces of which one has no number.
        raise ValueError("no message") from error


def _names_of(part: Message) -> tuple[str, ...]:
    """The name that a part is given, in any of the ways that readers know; all of them where they make no sense."""
    try:
        name = part.get_filename("")
        name = str(make_header(decode_header(name))) if "=?" in name else name
        return (name,) if name else ()
    except (HeaderParseError, LookupError, UnicodeError, ValueError, TypeError):
        fields = (str(part.get(field, ""))[:_LONGEST_FIELD] for field in ("Content-Disposition", "Content-Type"))
        return tuple(dict.fromkeys(found.strip() for field in fields for found in _NAMES.findall(field)))


def _octets_of(part: Message) -> bytes:
    try:
        decoded = part.get_payload(decode=True)
    except (binascii.Error, LookupError, TypeError, ValueError):
        return b""
    return decoded if isinstance(decoded, bytes) else b""
