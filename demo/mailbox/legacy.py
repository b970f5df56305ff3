"""Messages in the charsets of their time, header and body."""

from email.charset import BASE64, QP, Charset
from email.header import Header
from email.message import Message
from email.utils import format_datetime

from demo.mailbox.mime import Headers
from demo.mailbox.people import Person


def build_legacy(headers: Headers, text: str, charset: str) -> bytes:
    """The message with its subject, names and text in one legacy charset; ValueError when it lacks a letter."""
    message = Message()
    for name, value in headers.extra:
        message[name] = value
    message["Date"] = format_datetime(headers.date)
    message["From"] = _mailbox(headers.sender, charset)
    message["To"] = ", ".join(_mailbox(person, charset) for person in headers.to)
    message["Subject"] = Header(headers.subject or "", charset, header_name="Subject").encode(linesep="\r\n")
    message["Message-ID"] = headers.message_id
    if headers.references:
        message["In-Reply-To"] = headers.references[-1]
        message["References"] = " ".join(headers.references)
    message["MIME-Version"] = "1.0"
    encoding = Charset(charset)
    if charset != "iso-2022-jp":  # 7-bit already
        encoding.body_encoding = BASE64 if charset in ("koi8-r", "gb18030", "euc-kr") else QP
    message.set_payload(text, encoding)
    raw = message.as_bytes()
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _mailbox(person: Person, charset: str) -> str:
    try:
        name = Header(person.name, "us-ascii" if person.name.isascii() else charset).encode()
    except UnicodeEncodeError:
        name = Header(person.name, "utf-8").encode()
    return f"{name} <{person.address}>"
