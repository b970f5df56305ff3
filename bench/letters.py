"""The messages of a measured mailbox: made from their number alone, so that every run measures the same ones."""

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

VERSION = 2
# So many words stand in turn in subjects and, rarely, in texts, so that each round looks for another one.
_SOUGHT_SUBJECTS, _SOUGHT_WORDS = 40, 20
NEWSLETTER_EVERY, HEAVY_EVERY = 10, 50
NEWSLETTER_AT, HEAVY_AT, UNSEEN_AT = 3, 7, 9
# Only the newest messages are long: the mailbox stays small enough to be copied for each run.
LONG_ONES = 1000
_NEWEST = datetime(2026, 11, 1, 12, tzinfo=UTC)
_NAMES = ("Ann Field", "Béla Kovács", "Chiyo Tanaka", "Dov Levin", "Ewa Nowak", "Femi Ade", "Gül Şahin", "Hal Oak")
_WORDS = (
    "garden harvest ladder market basket orchard kettle window letter harbour meadow lantern copper timber saddle"
    " river pepper marble candle blanket autumn morning cellar bridge feather thunder clover barley spindle hammer"
).split()
_IN_THREAD = 5


@dataclass(frozen=True)
class Letter:
    """One message with what a mailbox keeps beside it."""

    raw: bytes
    flags: str
    received: datetime


def letters(count: int, long_ones: int = LONG_ONES) -> Iterator[Letter]:
    """So many messages, the oldest first; each fifth begins a conversation that the next four answer.

    Among so many of the newest some are long.
    """
    for number in range(count):
        yield _letter(number, count, long=count - number <= long_ones)


def rare_subject(number: int) -> str:
    """A word that stands in one of 40 subjects."""
    return f"quince{number % _SOUGHT_SUBJECTS:02}"


def rare_word(number: int) -> str:
    """A word that stands in one of 1,000 texts."""
    return f"medlar{number % _SOUGHT_WORDS:02}"


def is_newsletter(number: int) -> bool:
    """Whether the message of this number is an HTML newsletter."""
    return number % NEWSLETTER_EVERY == NEWSLETTER_AT


def is_heavy(number: int, count: int) -> bool:
    """Whether the message of this number carries attachments of a megabyte."""
    return number % HEAVY_EVERY == HEAVY_AT and count - number <= LONG_ONES


def is_plain(number: int, count: int) -> bool:
    """Whether the message of this number is a short text that was read before."""
    return number % 10 in (1, 2, 4, 5, 6) and not is_heavy(number, count)


def attachment_letter(megabytes: int) -> Letter:
    """A message with one attachment of so many MB (10^6 octets)."""
    octets = random.Random(megabytes).randbytes(megabytes * 1_000_000)
    raw = _head(1, "A large file", _NEWEST, 'multipart/mixed; boundary="b"') + _mixed("The file.", [octets])
    return Letter(raw, "\\Seen", _NEWEST)


def new_letter(number: int) -> bytes:
    """A message that arrives while hm3 is measured."""
    return _head(1_000_000 + number, f"News {number}", _NEWEST, "text/plain; charset=utf-8") + _text(number).encode()


def _letter(number: int, count: int, *, long: bool) -> Letter:
    moment = _NEWEST - timedelta(minutes=7 * (count - number))
    flags = "" if number % 10 == UNSEEN_AT else "\\Seen"
    subject = _subject(number)
    if long and is_heavy(number, count):
        files = [random.Random(number * 7 + file).randbytes(240_000) for file in range(3)]
        raw = _head(number, subject, moment, 'multipart/mixed; boundary="b"') + _mixed(_text(number), files)
    elif is_newsletter(number):
        stories = 60 if long else 4
        html = _newsletter(number, stories)
        raw = _head(number, subject, moment, "text/html; charset=utf-8") + html.encode()
    else:
        raw = _head(number, subject, moment, "text/plain; charset=utf-8") + _text(number).encode()
    return Letter(raw, flags, moment)


def _subject(number: int) -> str:
    first = number - number % _IN_THREAD
    chance = random.Random(first)
    words = " ".join(chance.choices(_WORDS, k=4))
    return f"{'Re: ' if number != first else ''}{words} {rare_subject(first // _IN_THREAD)} {first}"


def _head(number: int, subject: str, moment: datetime, content_type: str) -> bytes:
    first = number - number % _IN_THREAD
    name = _NAMES[number % len(_NAMES)]
    encoded = name if name.isascii() else f"=?utf-8?b?{base64.b64encode(name.encode()).decode()}?="
    lines = [
        f"From: {encoded} <{name.split()[0].encode('ascii', 'ignore').decode().lower()}@garden.example>",
        "To: Robin Ashdown <robin@example.test>",
        f"Subject: {subject}",
        f"Date: {format_datetime(moment)}",
        f"Message-ID: <{number}@garden.example>",
        "MIME-Version: 1.0",
        f"Content-Type: {content_type}",
    ]
    if number != first:
        lines.insert(5, f"References: <{first}@garden.example>\r\nIn-Reply-To: <{first}@garden.example>")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _text(number: int) -> str:
    chance = random.Random(number)
    lines = [" ".join(chance.choices(_WORDS, k=11)) for _ in range(12)]
    if number % 50 == 1:
        lines.append(rare_word(number // 50))
    return "\r\n".join(lines) + "\r\n"


def _newsletter(number: int, stories: int) -> str:
    chance = random.Random(number)
    story = (
        '<tr><td style="padding:12px;font:14px/1.5 Arial,sans-serif;color:#333"><h2 style="color:#264653">{}</h2>'
        '<p>{}</p><a href="https://news.example/{}?utm_source=mail">Read on</a>'
        '<img src="https://news.example/{}.png" width="560" height="120" alt=""></td></tr>\r\n'
    )
    rows = (
        story.format(" ".join(chance.choices(_WORDS, k=4)), " ".join(chance.choices(_WORDS, k=40)), one, one)
        for one in range(stories)
    )
    style = "<style>body{margin:0;background:#f4f4f4}table{border-collapse:collapse}.x{color:#555}</style>"
    table = f'<table width="600" align="center">\r\n{"".join(rows)}</table>'
    return f"<html><head>{style}</head><body>{table}</body></html>\r\n"


def _mixed(text: str, files: list[bytes]) -> bytes:
    parts = [f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()]
    for number, octets in enumerate(files):
        head = (
            f"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
            f'Content-Disposition: attachment; filename="file-{number}.bin"\r\n\r\n'
        )
        parts.append(head.encode() + base64.encodebytes(octets).replace(b"\n", b"\r\n"))
    return b"".join(parts) + b"--b--\r\n"
