"""A message to vary, and what another parser makes of it."""

from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from modules.compose.message import (
    Outgoing,
    build_message,
)
from modules.mail.api import Correspondent

ME = Correspondent("Me", "me@garden.example")
ANN = Correspondent("Ann", "ann@garden.example")
NOW = datetime(2026, 11, 30, 14, 5, tzinfo=timezone(timedelta(hours=2)))
BASE = Outgoing(ME, NOW, "<1@garden.example>", to=(ANN,), subject="Plants", text="Hello")


def read(outgoing: Outgoing) -> EmailMessage:
    raw = build_message(outgoing)
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects and not [part for part in message.walk() if part.defects]
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


def squeezed(text: str) -> str:
    """Without spaces, which the standard library's parser puts between the encoded words of a long name."""
    return "".join(text.split())


def files(message: EmailMessage) -> list[tuple[str | None, str, object]]:
    return [(part.get_filename(), part.get_content_type(), part.get_content()) for part in message.iter_attachments()]
