"""What an answer takes over from the message it answers: subject, people, references and the quoted text."""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, tzinfo

from core import Moment, Sentence
from modules.mail.model import Correspondent, Envelope

LONGEST_QUOTE = 100_000
MOST_REFERENCES = 50

# How programs of many languages begin the subject of an answer or of a forwarded message.
_REPLY = re.compile(r"\s*(re|aw|sv|vs|antw|odp|ynt|rif|res|ref|回复|回覆|答复|Отв)(\[\d+\])?\s*[:：]\s*", re.IGNORECASE)
_FORWARD = re.compile(r"\s*(fwd?|wg|tr|rv|enc|i|vb|doorst|转发|轉寄)(\[\d+\])?\s*[:：]\s*", re.IGNORECASE)


def reply_subject(subject: str) -> str:
    """The subject with one `Re:`, whatever stood before it."""
    return f"Re: {_strip(subject, (_REPLY,))}".rstrip()


def forward_subject(subject: str) -> str:
    """The subject with one `Fwd:`."""
    return f"Fwd: {_strip(subject, (_FORWARD,))}".rstrip()


def base_subject(subject: str) -> str:
    """The subject without what answers and forwarded messages put before it."""
    return _strip(subject, (_REPLY, _FORWARD))


def reply_recipients(
    envelope: Envelope, own: Collection[str], *, to_all: bool
) -> tuple[tuple[Correspondent, ...], tuple[Correspondent, ...]]:
    """Whom an answer goes to, and who gets a copy. An answer to one's own message goes to those it went to."""
    mine = {address.lower() for address in own}
    if envelope.sender and all(person.address.lower() in mine for person in envelope.sender):
        to = envelope.to or envelope.sender
        return _unique(to), _unique(envelope.cc, to) if to_all else ()
    to = envelope.reply_to or envelope.sender
    if not to_all:
        return _unique(to), ()
    others = [person for person in (*envelope.to, *envelope.cc) if person.address.lower() not in mine]
    return _unique(to), _unique(others, to)


def reply_references(envelope: Envelope) -> tuple[str, ...]:
    """The References of an answer (RFC 5322 3.6.4): of a long row the first and the newest."""
    before = envelope.references or envelope.in_reply_to[:1]
    chain = tuple(dict.fromkeys((*before, *((envelope.message_id,) if envelope.message_id else ()))))
    return chain if len(chain) <= MOST_REFERENCES else (chain[0], *chain[1 - MOST_REFERENCES :])


def quote_text(text: str) -> str:
    """Each line behind `>`; an empty line stays without a space."""
    lines = text[:LONGEST_QUOTE].replace("\r\n", "\n").rstrip().split("\n")
    return "\n".join(f">{line}" if line.startswith(">") or not line else f"> {line}" for line in lines)


def reply_intro(
    sender: Correspondent | None,
    date: datetime | None,
    zone: tzinfo = UTC,
    write: Callable[[str], str] = str,
) -> Sentence:
    """The line above a quoted text, to be said in the language of who answers; names are as `write` gives them."""
    who = write(sender.label) if sender is not None else Sentence("Somebody")
    if date is None:
        return Sentence("%(who)s wrote:", who=who)
    return Sentence("On %(date)s, %(who)s wrote:", date=Moment(date.astimezone(zone)), who=who)


def forward_intro(
    envelope: Envelope, zone: tzinfo = UTC, write: Callable[[str], str] = str, between: str = "\n"
) -> Sentence:
    """The lines above a forwarded text, as that above a quoted one."""
    date = Moment(envelope.date.astimezone(zone)) if envelope.date else ""
    rows = [
        (Sentence("From"), write(_people(envelope.sender))),
        (Sentence("Date"), date),
        (Sentence("Subject"), write(envelope.subject)),
        (Sentence("To"), write(_people(envelope.to))),
        (Sentence("Cc"), write(_people(envelope.cc))),
    ]
    lines = [Sentence("%(field)s: %(value)s", field=name, value=value) for name, value in rows if value]
    first = Sentence.joined(("----------", Sentence("Forwarded message"), "----------"))
    return Sentence.joined((first, *lines), between)


def _strip(subject: str, patterns: Sequence[re.Pattern[str]]) -> str:
    rest = subject.strip()
    stripped = True
    while stripped:
        stripped = False
        for pattern in patterns:
            if (match := pattern.match(rest)) is not None:
                rest, stripped = rest[match.end() :], True
    return rest


def _unique(people: Sequence[Correspondent], without: Sequence[Correspondent] = ()) -> tuple[Correspondent, ...]:
    seen = {person.address.lower() for person in without}
    kept: list[Correspondent] = []
    for person in people:
        if person.address and person.address.lower() not in seen:
            seen.add(person.address.lower())
            kept.append(person)
    return tuple(kept)


def _people(people: Sequence[Correspondent]) -> str:
    return ", ".join(f"{person.name} <{person.address}>" if person.name else person.address for person in people)
