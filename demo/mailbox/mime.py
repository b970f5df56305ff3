"""Messages in MIME: headers, flowed text, HTML beside text, attachments and pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from demo.mailbox.people import Person
from demo.mailbox.placed import fingerprint

_WIDTH = 72


@dataclass(frozen=True)
class Attachment:
    """One file that goes with a message; with a content id it is a picture inside its HTML."""

    filename: str
    media_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Headers:
    """What a message's header says."""

    sender: Person
    to: Sequence[Person]
    subject: str | None
    date: datetime
    message_id: str
    cc: Sequence[Person] = ()
    references: Sequence[str] = ()
    extra: Sequence[tuple[str, str]] = field(default=())


def build_message(
    headers: Headers,
    text: str,
    *,
    html: str | None = None,
    attachments: Sequence[Attachment] = (),
    calendar: str | None = None,
    charset: str = "utf-8",
) -> bytes:
    """The whole message in octets. `text` is flowed already; `calendar` becomes a text/calendar alternative."""
    message = EmailMessage(policy=SMTP)
    _set_headers(message, headers)
    transfer = {"iso-2022-jp": "7bit", "us-ascii": "7bit"}.get(charset, "quoted-printable")
    if charset in ("utf-8", "koi8-r", "gb18030", "windows-1251", "euc-kr") and not _mostly_ascii(text):
        transfer = "base64"
    message.set_content(text, charset=charset, cte=transfer, params={"format": "flowed"} if html is None else None)
    inline = [part for part in attachments if part.content_id]
    if html is not None:
        message.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
        _add_pictures(message, inline)
    if calendar is not None:
        message.add_alternative(calendar, subtype="calendar", charset="utf-8", params={"method": "REQUEST"})
    for part in attachments:
        if not part.content_id:
            _attach(message, part)
    _name_boundaries(message, headers.message_id)
    return message.as_bytes()


def flow(paragraphs: str) -> str:
    """Wrap each line of the source as format=flowed (RFC 3676); lines that begin with | keep their breaks."""
    lines = [flowed for line in paragraphs.splitlines() for flowed in _flow_line(line)]
    return "\n".join(lines) + "\n"


def quote_text(text: str, attribution: str) -> str:
    """A text as an answer repeats it, below who wrote it when."""
    quoted = "\n".join(
        f">{line}" if line.startswith(">") else f"> {line}" if line else ">" for line in text.splitlines()
    )
    return f"{attribution}\n{quoted}\n"


def _flow_line(line: str) -> Iterator[str]:
    if line.startswith("|"):
        yield line[1:].removeprefix(" ")
        return
    words, current = line.split(" "), ""
    for word in words:
        if current and len(current) + len(word) + 1 > _WIDTH:
            yield current + " "
            current = word
        else:
            current = f"{current} {word}" if current else word
    yield current


def _mostly_ascii(text: str) -> bool:
    return sum(character.isascii() for character in text) > len(text) * 0.8


def _address(person: Person) -> Address:
    local, _, domain = person.address.rpartition("@")
    return Address(person.name, local, domain)


def _set_headers(message: EmailMessage, headers: Headers) -> None:
    for name, value in headers.extra:
        message[name] = value
    message["Date"] = format_datetime(headers.date)
    message["From"] = _address(headers.sender)
    if headers.to:
        message["To"] = [_address(person) for person in headers.to]
    if headers.cc:
        message["Cc"] = [_address(person) for person in headers.cc]
    if headers.subject is not None:
        message["Subject"] = headers.subject
    message["Message-ID"] = headers.message_id
    if headers.references:
        message["In-Reply-To"] = headers.references[-1]
        message["References"] = " ".join(headers.references)


def _add_pictures(message: EmailMessage, pictures: Sequence[Attachment]) -> None:
    if not pictures:
        return
    body = message.get_body(("html",))
    assert isinstance(body, EmailMessage), "the HTML was added just before"
    for picture in pictures:
        main, _, sub = picture.media_type.partition("/")
        body.add_related(
            picture.content, main, sub, cid=f"<{picture.content_id}>", filename=picture.filename, disposition="inline"
        )


def _attach(message: EmailMessage, part: Attachment) -> None:
    main, _, sub = part.media_type.partition("/")
    if main == "text":
        message.add_attachment(part.content.decode(), subtype=sub, filename=part.filename, charset="utf-8")
    else:
        message.add_attachment(part.content, main, sub, filename=part.filename)


def _name_boundaries(message: EmailMessage, name: str) -> None:
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{fingerprint(name, number)}")
