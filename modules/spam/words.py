"""What of a message is learned: its words, who sent it, where its links lead, and how it is made."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from modules.mail.api import (
    Envelope,
    MailboxName,
    MailStore,
    Part,
    PartNumber,
    StoredMessage,
    choose_bodies,
    decode,
    raw_fields,
    read_envelope,
    to_text,
)

LONGEST_TEXT = 64 * 1024
MOST = 1000
_MOST_PARTS = 4
_LONGEST_WORD = 24
_WORD = re.compile(r"[^\W_]{3,}")
_HOST = re.compile(r"https?://([a-z0-9.-]{3,100})", re.IGNORECASE)
# Scripts that put no spaces between words: there two letters are taken for a word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{2,}")
_TELLING = ("x-mailer", "user-agent", "list-id", "precedence", "x-priority", "organization", "content-language")


@dataclass(frozen=True)
class Letter:
    """A message as the filter sees it: its mark, and the words that are learned."""

    mark: bytes
    words: frozenset[str]


def mark_of(header: bytes) -> bytes:
    """What tells a message from others, wherever it is moved: 8 octets."""
    return hashlib.blake2b(header, digest_size=8).digest()


def sender_of(header: bytes) -> str:
    """The first sender's address, in small letters; nothing where there is none."""
    people = read_envelope(header).sender
    return people[0].address.lower() if people else ""


def read_letter(store: MailStore, mailbox: MailboxName, stored: StoredMessage) -> Letter:
    """Read a message for the filter; its texts are fetched up to a bound. Raises what the mail store raises."""
    envelope, fields = read_envelope(stored.header), tuple(raw_fields(stored.header))
    text = "\n".join(_texts(store, mailbox, stored))
    found = dict.fromkeys((*_of_header(envelope, fields), *_of_parts(stored.structure), *_of_text(text)))
    return Letter(mark_of(stored.header), frozenset(list(found)[:MOST]))


def said(word: str) -> str:
    """A word as people read it; nothing for what only the filter understands."""
    kind, _, text = word.partition(":")
    return text if kind in ("subject", "text", "link") else ""


def _texts(store: MailStore, mailbox: MailboxName, stored: StoredMessage) -> Iterator[str]:
    bodies = choose_bodies(stored.structure)
    for part in bodies.plain[:_MOST_PARTS]:
        yield _text(store, mailbox, stored, part)
    if bodies.html is not None:
        yield to_text(_text(store, mailbox, stored, bodies.html))


def _text(store: MailStore, mailbox: MailboxName, stored: StoredMessage, part: Part) -> str:
    return decode(store.part(mailbox, stored.uid, PartNumber(part.number), most=LONGEST_TEXT), part.charset)


def _of_header(envelope: Envelope, fields: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for person in envelope.sender[:3]:
        address = person.address.lower()
        yield f"from:{address}"
        yield f"domain:{address.rpartition('@')[2]}"
        yield from (f"name:{word}" for word in _split(person.name))
    for person in envelope.reply_to[:3]:
        yield f"reply:{person.address.lower().rpartition('@')[2]}"
    yield from (f"subject:{word}" for word in _split(envelope.subject))
    names = {name.lower() for name, _ in fields}
    yield from (f"has:{name}" for name in sorted(names)[:100])
    for name, value in fields:
        if name.lower() in _TELLING:
            yield f"{name.lower()}:{value[:100].lower()}"


def _of_parts(structure: Part) -> Iterator[str]:
    for part in structure.walk()[:50]:
        yield f"part:{part.media_type}"
        if part.charset:
            yield f"charset:{part.charset.lower()[:40]}"
        if "." in part.filename:
            yield f"file:{part.filename.rpartition('.')[2].lower()[:20]}"


def _of_text(text: str) -> Iterator[str]:
    for host in _HOST.findall(text):
        yield f"link:{host.lower()}"
    yield from (f"text:{word}" for word in _split(_HOST.sub(" ", text)))


def _split(text: str) -> Iterator[str]:
    lowered = text.casefold()
    for run in _UNSPACED.findall(lowered):
        yield from (run[place : place + 2] for place in range(len(run) - 1))
    for word in _WORD.findall(_UNSPACED.sub(" ", lowered)):
        yield word if len(word) <= _LONGEST_WORD else f"{word[:8]}… {len(word) // 10 * 10}"
