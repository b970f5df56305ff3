"""Read files of contact cards: whatever comes, what can be read of it, within bounds."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from modules.mail.api import decode
from modules.vcards.lines import Property, is_longer, pieces, read_properties, unescaped
from modules.vcards.model import Birthday, CardFile, Contact, Entry, LeftOut, Use
from modules.vcards.showing import one_line, text_of

LONGEST = 2_000_000
MOST_CARDS = 10
MOST_VALUES = 12
LONGEST_NOTE = 4_000
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_LEFT_OUT = {
    "PHOTO": LeftOut.PICTURE, "LOGO": LeftOut.PICTURE, "SOUND": LeftOut.SOUND, "KEY": LeftOut.KEY,
}  # fmt: skip
_MANY = ("EMAIL", "TEL", "ADR", "URL", "TITLE", "ROLE", "NOTE")
_ONE = ("FN", "N", "ORG", "NICKNAME", "BDAY")
_LABEL = "X-ABLABEL"
# Some programs write the labels that they translate themselves between these.
_OWN_LABEL = re.compile(r"_\$!<(.*)>!\$_")
# RFC 6350 4.3.1, and as vCard 2.1 and 3.0 have it; a time may follow.
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[T ].*)?|--([0-9]{2})-?([0-9]{2})", re.ASCII)


@dataclass
class _Gathering:
    """What was read so far of one card."""

    charset: str
    found: dict[str, list[Property]] = field(default_factory=dict)
    labels: dict[str, Property] = field(default_factory=dict)
    left_out: set[LeftOut] = field(default_factory=set)
    more: int = 0
    unread: int = 0

    def add(self, one: Property | None) -> None:
        """Take a property, or a line that is none."""
        if one is None:
            self.unread += 1
        elif one.name in _LEFT_OUT:
            self.left_out.add(_LEFT_OUT[one.name])
        elif one.name == _LABEL and len(self.labels) < MOST_VALUES * len(_MANY):
            self.labels.setdefault(one.group, one)
        elif one.name in _MANY or one.name in _ONE:
            known = self.found.setdefault(one.name, [])
            if len(known) < (MOST_VALUES if one.name in _MANY else 1):
                known.append(one)
            else:
                self.more += one.name in _MANY

    def texts(self, name: str) -> list[str]:
        """The values of a property as they were written, escapes and all."""
        return [one.text(self.charset) for one in self.found.get(name, ())]

    def line(self, name: str) -> str:
        """The first value of a property as one line."""
        return next((line for line in (one_line(unescaped(text)) for text in self.texts(name)) if line), "")

    def entries(self, name: str) -> Iterator[Entry]:
        """The values of a property, each with what it is for."""
        for one in self.found.get(name, ()):
            text = one.text(self.charset)
            value = _place(text) if name == "ADR" else one_line(unescaped(text))
            if value:
                uses = tuple(use for use in Use if one.has("TYPE", use.value))
                yield Entry(value, uses, self._label(one.group))

    def finish(self, *, torn: bool) -> Contact:
        """The card."""
        organisation = ", ".join(part for text in self.texts("ORG") for part in pieces(text, ";") if part)
        notes = (text_of(unescaped(text[: 2 * LONGEST_NOTE])).strip() for text in self.texts("NOTE"))
        return Contact(
            name=self.line("FN") or self._name() or self.line("NICKNAME"),
            organisation=one_line(organisation),
            titles=tuple(entry.value for name in ("TITLE", "ROLE") for entry in self.entries(name)),
            emails=tuple(self.entries("EMAIL")),
            phones=tuple(self.entries("TEL")),
            places=tuple(self.entries("ADR")),
            webs=tuple(self.entries("URL")),
            birthday=next((self._birthday(one) for one in self.found.get("BDAY", ())), None),
            note="\n\n".join(note for note in notes if note)[:LONGEST_NOTE],
            left_out=frozenset(self.left_out),
            more=self.more,
            unread=self.unread,
            torn=torn,
        )

    def _label(self, group: str) -> str:
        label = self.labels.get(group) if group else None
        text = unescaped(label.text(self.charset)) if label is not None else ""
        return one_line(_OWN_LABEL.sub(r"\1", text))[:80]

    def _name(self) -> str:
        """The pieces of N (RFC 6350 6.2.2) as people say them: title, given names, family name, and what follows."""
        named = next((pieces(text, ";") for text in self.texts("N")), [])
        order = [named[at] for at in (3, 1, 2, 0, 4) if at < len(named)]
        return one_line(" ".join(" ".join(part.split(",")) for part in order if part))

    def _birthday(self, one: Property) -> Birthday:
        written = one_line(unescaped(one.text(self.charset)))
        found = _DAY.fullmatch(written)
        if found is not None:
            year, month, day, only_month, only_day = found.groups()
            left_out = not year or one.has("X-APPLE-OMIT-YEAR", year)
            with suppress(ValueError):
                # A leap year has every day that a year may have.
                whole = date(2000 if left_out else int(year), int(month or only_month), int(day or only_day))
                return Birthday(whole, left_out, written)
        return Birthday(written=written)


def read_cards(octets: bytes, charset: str = "") -> CardFile:
    """The first cards of a file, and how many more there are."""
    cut = len(octets) > LONGEST or is_longer(octets)
    octets = octets[:LONGEST]
    if octets.startswith(_WIDE) or charset.lower().startswith("utf-16"):
        # Each half of a letter would be a letter.
        octets, charset = decode(octets, charset if charset.lower().startswith("utf-16") else "utf-16").encode(), ""
    cards: list[Contact] = []
    count = 0
    for gathered, torn in _cards(octets.removeprefix(b"\xef\xbb\xbf"), charset):
        count += 1
        if len(cards) < MOST_CARDS:
            cards.append(gathered.finish(torn=torn))
    return CardFile(tuple(cards), count - len(cards), cut)


def _cards(octets: bytes, charset: str) -> Iterator[tuple[_Gathering, bool]]:
    """Each card, and whether it does not end."""
    card: _Gathering | None = None
    agent, before = False, ""
    for one in read_properties(octets):
        name = one.name if one is not None else ""
        kind = one.octets.strip().upper() if one is not None and name in ("BEGIN", "END") else b""
        if kind == b"VCARD" and (agent or (card is not None and before == "AGENT")):
            # vCard 2.1 puts the card of an agent into that of whom they stand for: it is not looked at.
            agent = name == "BEGIN"
        elif kind == b"VCARD":
            if card is not None:
                yield card, name == "BEGIN"
            card = _Gathering(charset) if name == "BEGIN" else None
        elif card is not None and not agent:
            card.add(one)
        before = name
    if card is not None:
        yield card, True


def _place(text: str) -> str:
    """The pieces of ADR (RFC 6350 6.3.1), a line for each that is more than nothing."""
    box, more, street, city, region, code, country = (*pieces(text, ";"), *[""] * 7)[:7]
    lines = (street, more, box, " ".join(part for part in (code, city) if part), region, country)
    return "\n".join(line for line in map(one_line, lines) if line)
