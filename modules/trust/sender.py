"""What the header of a message itself says against its sender: doubts in words, found without asking anybody."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from core import Sentence
from modules.mail.api import (
    Correspondent,
    clean,
    imitated,
    is_readable,
    mixes_scripts,
    named_fields,
    raw_fields,
    read_addresses,
    read_envelope,
    read_people,
    read_words,
    readable,
)
from modules.trust.domains import domain_of, looks_like, same_or_below
from modules.trust.results import Doubt, Weight

# Clocks differ, and time zones are mistaken.
_EARLY = timedelta(hours=1)
_EARLIER_THAN_IT_CAME = timedelta(days=1)
# No mail that anybody has is older: RFC 822 is of 1982.
_FIRST_YEAR = 1980
_MOST_PEOPLE = 20
_LONGEST = 120
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:@]{1,250}\.[^\s<>()\[\]\"',;:@.]{2,60}")
# What turns text around, what takes no room, tags, and controls that fold no line. Joiners and marks of direction are
# left out: languages need them.
_HIDDEN = re.compile(
    "[\xad\u115f\u1160\u180e\u200b\u202a-\u202e\u2060-\u206f\u3164\ufeff\U000e0000-\U000e007f"
    "\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_LISTS = ("list-id", "list-unsubscribe", "list-post")
_WHY_HIDDEN = Sentence("Such characters turn text around or make one word look like another.")


class Header:
    """The fields of a header block that tell who sent a message, as they stand there."""

    def __init__(self, block: bytes) -> None:
        self.block = block
        self._named = named_fields(block)
        self._people: dict[str, tuple[Correspondent, ...]] = {}

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """All fields, in order."""
        return raw_fields(self.block)

    def all(self, name: str) -> Sequence[str]:
        """The values of all fields of one name."""
        return self._named.get(name, ())

    def first(self, name: str) -> str:
        """The value of the first field of one name; nothing where there is none."""
        return self._named[name][0] if name in self._named else ""

    def people(self, name: str) -> tuple[Correspondent, ...]:
        """Whom the first field of one name names."""
        if name not in self._named:
            return ()
        if name not in self._people:
            self._people[name] = read_people(self.block, self._named[name][0])
        return self._people[name]

    @property
    def sender(self) -> Correspondent | None:
        """Who is shown as the sender."""
        people = self.people("from") or self.people("sender")
        return people[0] if people else None


def doubts_about(header: Header, received: datetime, now: datetime, own: Iterable[str]) -> tuple[Doubt, ...]:
    """All that is not as it seems. `own` holds the domains of the user, readable."""
    sender = header.sender
    address = sender.address if sender is not None else ""
    domain = domain_of(address)
    return (
        *_who(header),
        *_name(header),
        *_hidden(header),
        *(_domain(domain, own) if address else ()),
        *_replies(header, address, domain),
        *_date(header, received, now),
    )


def is_for_many(header: Header) -> bool:
    """Whether it says that a mailing list or a program sent it (RFC 2919, RFC 2369, RFC 3834)."""
    if any(header.first(name).strip() for name in _LISTS):
        return True
    automatic = header.first("auto-submitted").partition(";")[0].strip().lower()
    return automatic not in ("", "no") or header.first("precedence").strip().lower() in ("bulk", "list")


def like_a_known_one(domain: str, known: str) -> Doubt:
    """The doubt about a domain that can be taken for another one."""
    return Doubt(
        Weight.DANGER,
        Sentence("The sender's address can be mistaken for one that you know."),
        Sentence("It is at %(domain)s, which is not %(known)s.", domain=_short(domain), known=_short(known)),
    )


def _who(header: Header) -> Iterator[Doubt]:
    fields, people = header.all("from"), header.people("from")
    if not people:
        yield Doubt(
            Weight.CAREFUL,
            Sentence("This message does not say who it is from."),
            Sentence("Every message has to have a line From with an address."),
        )
    if len(fields) > 1:
        yield Doubt(
            Weight.DANGER,
            Sentence("This message says more than once who it is from."),
            Sentence("Programs differ in which line From they show. No honest message has two."),
        )
    elif len(people) > 1:
        yield Doubt(
            Weight.CAREFUL,
            Sentence("This message names several senders."),
            Sentence("Only one of them can have sent it, and only one was checked, if any."),
        )
    elif people and (written := header.people("sender")):
        yield from _sent_for(people[0].address, written[0].address)
    bare = read_addresses(header.first("from"))
    if any("=?" in one.address or one.address.count("@") != 1 for one in bare[:_MOST_PEOPLE]):
        yield Doubt(
            Weight.CAREFUL,
            Sentence("The sender's address is not written as addresses are."),
            Sentence("Programs may read it differently, so what is shown may not be whom it is from."),
        )


def _sent_for(address: str, writer: str) -> Iterator[Doubt]:
    if writer and not same_or_below(domain_of(address), domain_of(writer)):
        yield Doubt(
            Weight.NOTE,
            Sentence("It was sent by %(writer)s in the name of %(address)s.", writer=_short(writer), address=address),
            Sentence("Mailing lists and newsletters do that, too."),
        )


def _name(header: Header) -> Iterator[Doubt]:
    for person in header.people("from")[:_MOST_PEOPLE]:
        name = unicodedata.normalize("NFKC", _HIDDEN.sub("", person.name))
        for said in _ADDRESS.findall(name):
            if said.casefold() != person.address.casefold():
                yield Doubt(
                    Weight.DANGER,
                    Sentence("The sender's name is an address that is not the sender's."),
                    Sentence(
                        "The name says %(said)s, but the message is from %(address)s.",
                        said=_short(said),
                        address=_short(person.address),
                    ),
                )
                return


def _hidden(header: Header) -> Iterator[Doubt]:
    if _HIDDEN.search(read_words(f"{header.first('from')} {header.first('reply-to')}")):
        yield Doubt(Weight.CAREFUL, Sentence("The sender's name holds characters that cannot be seen."), _WHY_HIDDEN)
    if _HIDDEN.search(read_words(header.first("subject"))):
        yield Doubt(Weight.CAREFUL, Sentence("The subject holds characters that cannot be seen."), _WHY_HIDDEN)


def _domain(domain: str, own: Iterable[str]) -> Iterator[Doubt]:
    if known := looks_like(domain, own):
        yield like_a_known_one(domain, known)
    if not is_readable(domain):
        yield Doubt(
            Weight.CAREFUL,
            Sentence("The sender's domain cannot be read."),
            Sentence("%(domain)s claims to be a name in other letters, and is none.", domain=_short(domain)),
        )
    elif domain.isascii():
        return
    elif mixes_scripts(domain):
        yield Doubt(
            Weight.CAREFUL,
            Sentence("The sender's domain mixes letters of several scripts."),
            Sentence(
                "%(domain)s may look like a domain that it is not: for machines it is %(written)s.",
                domain=_short(domain),
                written=_short_ascii(domain),
            ),
        )
    elif look := imitated(domain):
        yield Doubt(
            Weight.CAREFUL,
            Sentence("The sender's domain only looks like %(look)s.", look=_short(look)),
            Sentence("It is written in letters of another script: %(written)s.", written=_short_ascii(domain)),
        )
    else:
        yield Doubt(
            Weight.NOTE,
            Sentence("The sender's domain is written with letters beyond a to z."),
            Sentence("%(domain)s is %(written)s for machines.", domain=_short(domain), written=_short_ascii(domain)),
        )


def _replies(header: Header, address: str, own: str) -> Iterator[Doubt]:
    for person in header.people("reply-to")[:_MOST_PEOPLE]:
        if "@" in person.address and not same_or_below(own, domain_of(person.address)):
            yield Doubt(
                Weight.CAREFUL,
                Sentence("Replies go to somebody else."),
                Sentence(
                    "They go to %(reply_to)s, at another domain than %(address)s.",
                    reply_to=_short(person.address),
                    address=_short(address),
                ),
            )
            return


def _date(header: Header, received: datetime, now: datetime) -> Iterator[Doubt]:
    written, date = header.first("date"), read_envelope(header.block).date
    if date is None:
        yield Doubt(
            Weight.CAREFUL if written else Weight.NOTE,
            Sentence("The date of this message cannot be read.") if written else Sentence("This message has no date."),
            Sentence("The day on which it arrived is shown in its place."),
        )
    elif date > now + _EARLY or date > received + _EARLIER_THAN_IT_CAME:
        yield Doubt(
            Weight.CAREFUL,
            Sentence("The date of this message lies after the day on which it arrived."),
            Sentence("Such messages stay at the top of lists."),
        )
    elif date.year < _FIRST_YEAR:
        yield Doubt(
            Weight.CAREFUL,
            Sentence("The date of this message cannot be right."),
            Sentence("There was no mail in the year %(year)s.", year=str(date.year)),
        )


def _short_ascii(domain: str) -> str:
    """A readable domain as machines write it."""
    labels = (one if one.isascii() else f"xn--{one.encode('punycode').decode('ascii')}" for one in domain.split("."))
    return clean(".".join(labels))[:_LONGEST]


def _short(text: str) -> str:
    """A piece of a message in a sentence of ours."""
    shown = clean(readable(text) if "@" not in text else text)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
