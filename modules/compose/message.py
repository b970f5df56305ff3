"""An outgoing message: what a person wants to say and to whom, and the octets that say it (RFC 5322, MIME)."""

import binascii
import quopri
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import Enum

from modules.compose.headers import (
    address_field,
    clean_line,
    header_address,
    parameter,
    reference_field,
    text_field,
)
from modules.mail.api import Correspondent

MESSAGE_TYPE = "message/rfc822"
# Fields that only drafts have: which composition they are of, and which message they answer or forward.
COMPOSITION, ORIGIN = "X-Composition", "X-Composition-Origin"
LINE = 57
ENCODED_AT_ONCE = LINE * 1024
LONGEST_LINE = 998
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}", re.ASCII)
_CONTENT_ID = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.@-]{1,200}", re.ASCII)
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Priority(Enum):
    """How much a message matters to its sender."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True)
class File:
    """Something to attach: `open` gives its octets in pieces, anew each time; `size` is their number.

    One with a content id is shown inside the HTML text, which names it as cid:.
    """

    name: str
    media_type: str
    size: int
    open: Callable[[], Iterator[bytes]] = field(repr=False)
    content_id: str = ""

    @classmethod
    def of(cls, name: str, media_type: str, octets: bytes, content_id: str = "") -> "File":
        """A file whose octets are at hand."""
        return cls(name, media_type, len(octets), lambda: iter((octets,)), content_id)


@dataclass(frozen=True)
class CalendarPart:
    """A calendar object that says for programs what the text says for people (RFC 6047 2.4); lines end by CRLF."""

    method: str
    text: str


@dataclass(frozen=True)
class Outgoing:
    """A message to be sent, or saved as a draft. Only a draft keeps its Bcc, its composition and its origin."""

    sender: Correspondent
    date: datetime
    message_id: str
    to: tuple[Correspondent, ...] = ()
    cc: tuple[Correspondent, ...] = ()
    bcc: tuple[Correspondent, ...] = ()
    reply_to: tuple[Correspondent, ...] = ()
    subject: str = ""
    text: str = ""
    html: str | None = None
    calendar: CalendarPart | None = None
    attachments: tuple[File, ...] = ()
    inline: tuple[File, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    request_receipt: bool = False
    priority: Priority = Priority.NORMAL
    keep_bcc: bool = False
    composition: str = ""
    origin: str = ""


@dataclass(frozen=True)
class _Entity:
    """One part of a message: its header fields, and its octets in pieces."""

    header: str
    body: Iterable[bytes]


@dataclass(frozen=True)
class AtSending:
    """Is told of each message that went out, and may raise a Refusal. Modules offer these as services."""

    tell: Callable[[Outgoing], None]


def make_message_id(sender: str) -> str:
    """A new message id: a random left part, and the sender's domain."""
    domain = header_address(sender).rpartition("@")[2] or "localhost"
    return f"<{secrets.token_urlsafe(18)}@{domain}>"


def build_message(outgoing: Outgoing) -> bytes:
    """The message's octets, lines ended by CRLF. Attachments are read piece by piece."""
    content = _content(outgoing)
    pieces = [f"{_header(outgoing)}MIME-Version: 1.0\r\n{content.header}\r\n".encode()]
    pieces.extend(content.body)
    return b"".join(pieces)


def own_copy(outgoing: Outgoing, sent: bytes) -> bytes:
    """What the sender keeps of a message that `build_message` built: the same octets, with whom it went to blindly."""
    if not outgoing.bcc:
        return sent
    return _header(replace(outgoing, keep_bcc=True)).encode() + sent[len(_header(outgoing).encode()) :]


def recipients(outgoing: Outgoing) -> tuple[str, ...]:
    """Whom the message goes to, in the form that servers take, each once."""
    found: dict[str, str] = {}
    for person in (*outgoing.to, *outgoing.cc, *outgoing.bcc):
        if address := header_address(person.address):
            local, _, domain = address.rpartition("@")
            found.setdefault(f"{local}@{domain.lower()}", address)
    return tuple(found.values())


def encoded_size(files: Iterable[File], text: str = "", html: str | None = None) -> int:
    """About how many octets a message with these files and texts has."""
    texts = len(text.encode("utf-8", "replace")) + len((html or "").encode("utf-8", "replace"))
    return 4000 + texts * 4 // 3 + sum(one.size * 78 // LINE + 500 for one in files)


def _header(outgoing: Outgoing) -> str:
    fields = [
        f"Date: {format_datetime(outgoing.date.astimezone(UTC))}\r\n",
        address_field("From", [outgoing.sender]),
        address_field("Reply-To", outgoing.reply_to),
        address_field("To", outgoing.to),
        address_field("Cc", outgoing.cc),
        address_field("Bcc", outgoing.bcc) if outgoing.keep_bcc else "",
        text_field("Subject", outgoing.subject),
        reference_field("Message-ID", [outgoing.message_id]),
        reference_field("In-Reply-To", [outgoing.in_reply_to]),
        reference_field("References", outgoing.references),
        address_field("Disposition-Notification-To", [outgoing.sender]) if outgoing.request_receipt else "",
        _priority(outgoing.priority),
        text_field(COMPOSITION, outgoing.composition) if outgoing.composition else "",
        text_field(ORIGIN, outgoing.origin) if outgoing.origin else "",
    ]
    return "".join(fields)


def _priority(priority: Priority) -> str:
    if priority is Priority.NORMAL:
        return ""
    return f"Importance: {priority.value}\r\nX-Priority: {1 if priority is Priority.HIGH else 5}\r\n"


def _content(outgoing: Outgoing) -> _Entity:
    content = _text(outgoing.text, "plain")
    if outgoing.html is not None:
        html = _text(outgoing.html, "html")
        if outgoing.inline:
            html = _multipart("related", [html, *(_file(one, inline=True) for one in outgoing.inline)])
        content = _multipart("alternative", [content, html])
    if outgoing.calendar is not None:
        content = _multipart("alternative", [content, _calendar(outgoing.calendar)])
    if outgoing.attachments:
        content = _multipart("mixed", [content, *(_file(one) for one in outgoing.attachments)])
    return content


def _text(text: str, subtype: str) -> _Entity:
    lines = _UNSHOWN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    octets = (lines if lines.endswith("\n") or not lines else f"{lines}\n").encode()
    encoding, body = _encode_text(octets)
    kind = f'Content-Type: text/{subtype}; charset="{"us-ascii" if octets.isascii() else "utf-8"}"\r\n'
    return _Entity(f"{kind}Content-Transfer-Encoding: {encoding}\r\n", [body])


def _calendar(part: CalendarPart) -> _Entity:
    # RFC 6047 2.4: the method stands in the type too, so that programs need not look inside.
    method = re.sub("[^A-Za-z-]", "", part.method)
    kind = f"Content-Type: text/calendar; method={method}; charset=utf-8\r\n"
    body = b"".join(_base64([part.text.encode("utf-8", "replace")]))
    return _Entity(f"{kind}Content-Transfer-Encoding: base64\r\n", [body])


def _encode_text(octets: bytes) -> tuple[str, bytes]:
    """The shortest encoding whose lines no server has to break."""
    if octets.isascii() and max(map(len, octets.split(b"\n"))) <= 78:
        return "7bit", octets.replace(b"\n", b"\r\n")
    far = sum(octet > 127 for octet in octets)
    if far * 4 > len(octets):
        return "base64", b"".join(_base64([octets.replace(b"\n", b"\r\n")]))
    return "quoted-printable", quopri.encodestring(octets).replace(b"\n", b"\r\n")


def _multipart(subtype: str, entities: list[_Entity]) -> _Entity:
    # RFC 2045 6.7: "=_" occurs in neither quoted-printable nor base64.
    boundary = f"=_{secrets.token_hex(16)}"

    def body() -> Iterator[bytes]:
        for entity in entities:
            yield f"--{boundary}\r\n{entity.header}\r\n".encode()
            yield from entity.body
            yield b"\r\n"
        yield f"--{boundary}--\r\n".encode()

    header = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n'
    # RFC 2045 6.4: what holds a part in 8bit is 8bit itself.
    eight = any("Content-Transfer-Encoding: 8bit" in entity.header for entity in entities)
    return _Entity(f"{header}Content-Transfer-Encoding: 8bit\r\n" if eight else header, body())


def _file(file: File, *, inline: bool = False) -> _Entity:
    media_type = known_media_type(file.media_type)
    name = clean_line(file.name)
    named = parameter("filename", name) if name else ""
    if media_type == MESSAGE_TYPE:
        encoding = _verbatim_encoding(file)
        if encoding:
            header = f"Content-Type: {MESSAGE_TYPE}\r\nContent-Disposition: attachment{named}\r\n"
            return _Entity(f"{header}Content-Transfer-Encoding: {encoding}\r\n", _with_line_ends(file.open()))
        media_type = "application/octet-stream"
    header = f"Content-Type: {media_type}{parameter('name', name) if name else ''}\r\n"
    header += f"Content-Disposition: {'inline' if inline else 'attachment'}{named}\r\n"
    if _CONTENT_ID.fullmatch(file.content_id):
        header += f"Content-ID: <{file.content_id}>\r\n"
    return _Entity(f"{header}Content-Transfer-Encoding: base64\r\n", _base64(file.open()))


def known_media_type(text: str) -> str:
    """A media type to send: what is none, or what base64 cannot carry (RFC 2045 6.4), is just octets."""
    lowered = text.strip().lower()
    if not _MEDIA_TYPE.fullmatch(lowered) or lowered.startswith("multipart/"):
        return "application/octet-stream"
    if lowered.startswith("message/") and lowered != MESSAGE_TYPE:
        return "application/octet-stream"
    return lowered


def _verbatim_encoding(message: File) -> str:
    """The encoding with which a whole message may be attached as it is (RFC 2046 5.2.1), or nothing."""
    longest, line, ascii_only, has_nul = 0, 0, True, False
    # Read to the end whatever is found: the pieces may come from a server that has to be heard out.
    for piece in message.open():
        ascii_only, has_nul = ascii_only and piece.isascii(), has_nul or b"\0" in piece
        rows = piece.split(b"\n")
        for number, row in enumerate(rows):
            line = len(row) + (line if number == 0 else 0)
            longest = max(longest, line)
    if longest > LONGEST_LINE or has_nul:
        return ""
    return "7bit" if ascii_only else "8bit"


def _with_line_ends(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = b""
    for piece in pieces:
        whole = held + piece
        held = b"\r" if whole.endswith(b"\r") else b""
        yield re.sub(rb"\r\n|\r|\n", b"\r\n", whole[: len(whole) - len(held)])
    if held:
        yield b"\r\n"


def _base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece
        whole = len(held) - len(held) % LINE
        for start in range(0, whole, ENCODED_AT_ONCE):
            yield _base64_lines(bytes(held[start : min(start + ENCODED_AT_ONCE, whole)]))
        del held[:whole]
    if held:
        yield _base64_lines(bytes(held))


def _base64_lines(octets: bytes) -> bytes:
    return b"".join(
        binascii.b2a_base64(octets[start : start + LINE], newline=False) + b"\r\n"
        for start in range(0, len(octets), LINE)
    )
