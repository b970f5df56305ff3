"""Letters between people: read from plain text files, answered, quoted and placed in mailboxes.

A file holds conversations. Each begins with `@@ Subject` and lines `key: value` (to, ago, unread, star, charset, cc,
quote, html, draft, only, raw headers as `+Name: value`); each letter begins with `>> who HH:MM` or, after the first,
`>> who +3h`, and may end with `[[file name]]` and the file's lines.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from demo.mailbox.legacy import build_legacy
from demo.mailbox.mime import Attachment, Headers, build_message, flow, quote_text
from demo.mailbox.papers import make_paper
from demo.mailbox.people import ME, Person
from demo.mailbox.placed import Placed, days_ago, message_id
from demo.mailbox.templates import render

_FILE = re.compile(r"^\[\[(.+)\]\]$", re.MULTILINE)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LEGACY = {"koi8-r", "gb18030", "iso-2022-jp", "iso-8859-1", "iso-8859-7", "windows-1254", "iso-8859-2", "euc-kr"}


@dataclass
class Letter:
    """One letter as its file gives it."""

    who: str
    when: str
    text: str
    files: list[tuple[str, list[str]]] = field(default_factory=list)


@dataclass
class Conversation:
    """One conversation as its file gives it."""

    subject: str
    options: dict[str, str] = field(default_factory=dict)
    headers: list[tuple[str, str]] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    def numbers(self, option: str) -> set[int]:
        """The numbers of letters, from 1, that an option lists."""
        return {int(number) for number in self.options.get(option, "").split()}


def read_conversations(path: Path) -> list[Conversation]:
    """The conversations of one file."""
    found: list[Conversation] = []
    for chunk in re.split(r"^@@ (?!-)", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        head, *letters = re.split(r"^>> ", chunk, flags=re.MULTILINE)
        subject, *options = head.strip("\n").splitlines()
        conversation = Conversation(subject)
        for line in filter(None, options):
            key, _, value = line.partition(":")
            if key.startswith("+"):
                conversation.headers.append((key[1:], value.strip()))
            else:
                conversation.options[key] = value.strip()
        conversation.letters = [_read_letter(letter) for letter in letters]
        found.append(conversation)
    return found


def place(conversation: Conversation, people: Mapping[str, Person], now: datetime) -> Iterator[Placed]:
    """All letters of a conversation as messages in their mailboxes."""
    writers = list(dict.fromkeys([letter.who for letter in conversation.letters] + [ME]))
    audience = conversation.options.get("with", "").split() or writers
    unread = int(conversation.options.get("unread", "0"))
    starred, forwarded = conversation.numbers("star"), conversation.numbers("forwarded")
    references: list[str] = []
    earlier: tuple[Person, datetime, str] | None = None
    last = len(conversation.letters)
    moments = _moments(conversation, people, now)
    for number, (letter, moment) in enumerate(zip(conversation.letters, moments, strict=True), 1):
        sender = people[letter.who]
        identifier = message_id(sender.address.rpartition("@")[2], conversation.subject, number, letter.text[:40])
        own = _own_text(letter, sender)
        headers = Headers(
            sender,
            [people[key] for key in audience if key != letter.who] or [people[ME]],
            _subject(conversation.subject, number),
            moment,
            identifier,
            cc=[people[key] for key in conversation.options.get("cc", "").split()],
            references=tuple(references),
            extra=conversation.headers,
        )
        quoted = "" if earlier is None or conversation.options.get("quote") == "no" else "\n" + _quote(*earlier)
        flags = _flags(letter, number > last - unread, number in starred, number in forwarded)
        if number < last and conversation.letters[number].who == ME and letter.who != ME:
            flags.append("\\Answered")
        mailbox = _mailbox(conversation, letter, moment, now)
        if mailbox == "Drafts":
            flags.append("\\Draft")
        yield Placed(mailbox, _build(conversation, letter, headers, own + quoted), tuple(flags), moment)
        references.append(identifier)
        earlier = (sender, moment, own)


def _read_letter(text: str) -> Letter:
    head, _, rest = text.partition("\n")
    who, _, when = head.strip().partition(" ")
    body, *files = _FILE.split(rest)
    letter = Letter(who, when.strip() or "+1h", body.strip("\n"))
    letter.files = [(name, lines.strip("\n").splitlines()) for name, lines in zip(files[::2], files[1::2], strict=True)]
    return letter


def _moments(conversation: Conversation, people: Mapping[str, Person], now: datetime) -> list[datetime]:
    moments: list[datetime] = []
    for letter in conversation.letters:
        person = people[letter.who]
        if not moments:
            moments.append(days_ago(now, float(conversation.options.get("ago", "3")), letter.when, person.hours))
            continue
        amount, unit = float(letter.when[1:-1]), _UNITS[letter.when[-1]]
        later = moments[-1] + timedelta(**{unit: amount}, seconds=len(letter.text) % 60)
        moments.append(later.astimezone(days_ago(now, 0, "00:00", person.hours).tzinfo))
    # A young conversation on a clock that is not there yet: all of it moves back by whole days.
    while moments and moments[-1] > now:
        moments = [moment - timedelta(days=1) for moment in moments]
    return moments


def _own_text(letter: Letter, sender: Person) -> str:
    text = flow(letter.text)
    return f"{text}\n-- \n{sender.signature}\n" if sender.signature else text


def _quote(sender: Person, moment: datetime, text: str) -> str:
    body = text.partition("\n-- \n")[0]
    return quote_text(body, f"On {moment:%a, %-d %b %Y at %H:%M}, {sender.name} wrote:")


def _subject(subject: str, number: int) -> str | None:
    if subject.strip() == "(none)":
        return None
    return subject if number == 1 or subject.lower().startswith("re:") else f"Re: {subject}"


def _mailbox(conversation: Conversation, letter: Letter, moment: datetime, now: datetime) -> str:
    if "draft" in conversation.options and letter is conversation.letters[-1]:
        return "Drafts"
    return "Sent" if letter.who == ME else conversation.options.get("to", "INBOX")


def _flags(letter: Letter, unread: bool, starred: bool, forwarded: bool) -> list[str]:
    flags = [] if unread and letter.who != ME else ["\\Seen"]
    return flags + ["\\Flagged"] * starred + ["$Forwarded"] * forwarded


def _build(conversation: Conversation, letter: Letter, headers: Headers, text: str) -> bytes:
    attachments: Sequence[Attachment] = [
        Attachment(
            name,
            *make_paper(name, lines),
            f"picture{number}@here.example" if conversation.options.get("html") == "pictures" else "",
        )
        for number, (name, lines) in enumerate(letter.files, 1)
    ]
    charset = conversation.options.get("charset", "utf-8")
    if charset in _LEGACY and headers.subject is not None:
        return build_legacy(headers, text, charset)
    html = None
    if conversation.options.get("html"):
        html = render(
            "letter.html",
            paragraphs=[line for line in letter.text.splitlines() if line.strip()],
            pictures=[part for part in attachments if part.content_id],
            signature=headers.sender.signature.splitlines(),
            direction=conversation.options.get("direction", "ltr"),
        )
    return build_message(headers, text, html=html, attachments=attachments)


def written_on(moment: datetime) -> str:
    """A date as mail's headers write it."""
    return format_datetime(moment)
