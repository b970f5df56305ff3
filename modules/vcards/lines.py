"""Content lines of vCards (RFC 6350 3.3, RFC 2426 2.6, vCard 2.1): unfolded and taken apart, within bounds.

This is a reader of our own: icalendar refuses what vCard 2.1 allows before a colon, and vobject gives up a whole file
for one line that it cannot read, or one card that does not end. It takes linear time, calls nothing within itself,
decodes no picture and follows no address, so it needs no process of its own.
"""

import re
from binascii import Error, a2b_base64, a2b_qp
from codecs import getincrementaldecoder
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from modules.mail.api import decode, known_codec

MOST_LINES = 50_000
LONGEST_VALUE = 20_000
_LONGEST_HEAD = 4_000
_MOST_PARAMETERS = 40
_OWN_CODECS = ("", "utf-8", "utf-7")
_VALUE = rb'(?:[^";:]++|"[^"]*+")*'
_HEAD = re.compile(rb"(?:([A-Za-z0-9_-]{1,60})\.)?([A-Za-z0-9_-]{1,60})((?:;" + _VALUE + rb")*):")
_PARAMETER = re.compile(rb";(" + _VALUE + rb")")
_CODED = frozenset("QUOTED-PRINTABLE BASE64 B 7BIT 8BIT".split())
_ESCAPED = re.compile(r"\\([nN,;:\\])")


@dataclass(frozen=True)
class Property:
    """One property: its name in capitals, its group and parameters, and its value as octets."""

    name: str
    group: str
    parameters: Mapping[str, tuple[str, ...]]
    octets: bytes = field(repr=False)

    def has(self, name: str, *values: str) -> bool:
        """Whether a parameter has one of these values, which are written in capitals."""
        return any(value.upper() in values for value in self.parameters.get(name, ()))

    def text(self, charset: str) -> str:
        """The value as text, by its own charset or that of its file."""
        octets = self.octets
        if self.has("ENCODING", "QUOTED-PRINTABLE"):
            octets = a2b_qp(octets)
        elif self.has("ENCODING", "BASE64", "B"):
            try:
                octets = a2b_base64(octets)
            except Error:
                octets = b""
        return _decoded(octets, next(iter(self.parameters.get("CHARSET", ())), charset))


def read_properties(octets: bytes) -> Iterator[Property | None]:
    """The properties of a file in their order, None for each line that is none; at most MOST_LINES lines are read."""
    return map(_property, _unfold(octets))


def is_longer(octets: bytes) -> bool:
    """Whether there are more lines than are read."""
    return len(_lines(octets)) > MOST_LINES


def unescaped(text: str) -> str:
    """A text without its escapes (RFC 6350 3.4)."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)


def pieces(text: str, mark: str) -> list[str]:
    """The pieces of a structured value, which a mark divides where no backslash stands before it."""
    made, piece = [], ""
    for part in re.split(rf"(\\.|{re.escape(mark)})", text, flags=re.DOTALL):
        if part == mark:
            made.append(piece)
            piece = ""
        else:
            piece += part
    return [unescaped(one).strip() for one in (*made, piece)]


@dataclass
class _Line:
    """A line that may go on in the next one: `quoted` as quoted-printable does, `coded` as base64."""

    quoted: bool
    coded: bool
    pieces: list[bytes] = field(default_factory=list)
    length: int = 0
    soft: bool = False

    @classmethod
    def begin(cls, line: bytes) -> Self:
        """The line that begins here."""
        head = line[:_LONGEST_HEAD].partition(b":")[0].upper()
        begun = cls(b"QUOTED-PRINTABLE" in head, b"BASE64" in head or b"ENCODING=B" in head)
        begun.take(line)
        return begun

    def goes_on(self, line: bytes, *, old: bool) -> bool:
        """Whether the next line belongs to this one; then it is taken."""
        if self.soft:
            self.take(line)
        elif line[:1] in (b" ", b"\t"):
            # Where vCard 2.1 folds, the space itself belongs to the text.
            self.take(line if old else line[1:])
        else:
            # Some write base64 without the spaces that fold it.
            return self.coded and bool(line) and b":" not in line
        return True

    def take(self, line: bytes) -> None:
        """Add to this line; what is too long is cut."""
        # A soft line break (RFC 2045 6.7): vCard 2.1 does not fold these lines otherwise.
        self.soft = self.quoted and line.rstrip().endswith(b"=")
        if self.length < LONGEST_VALUE:
            self.pieces.append(line.rstrip()[:-1] if self.soft else line)
        self.length += len(line)


def _lines(octets: bytes) -> list[bytes]:
    return octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n", MOST_LINES)


def _unfold(octets: bytes) -> Iterator[bytes]:
    begun: _Line | None = None
    old = False
    for line in _lines(octets)[:MOST_LINES]:
        if begun is not None and begun.goes_on(line, old=old):
            continue
        if begun is not None:
            yield b"".join(begun.pieces)
        begun = _Line.begin(line) if line.strip() else None
        known = line[:80].strip().upper()
        old = known == b"VERSION:2.1" or (old and known != b"BEGIN:VCARD")
    if begun is not None:
        yield b"".join(begun.pieces)


def _property(line: bytes) -> Property | None:
    found = _HEAD.match(line[:_LONGEST_HEAD])
    if found is None:
        return None
    group, name, parameters = found.groups(default=b"")
    value = line[found.end() : found.end() + LONGEST_VALUE]
    return Property(name.decode("ascii").upper(), group.decode("ascii").lower(), _parameters(parameters), value)


def _parameters(written: bytes) -> Mapping[str, tuple[str, ...]]:
    """Parameters by their names in capitals; what stands alone is a type, or an encoding, as in vCard 2.1."""
    found: dict[str, tuple[str, ...]] = {}
    for one in _PARAMETER.findall(written)[:_MOST_PARAMETERS]:
        name, given, value = one.decode("utf-8", "replace").replace('"', "").strip().partition("=")
        if not given:
            name, value = "ENCODING" if name.upper() in _CODED else "TYPE", name
        name = name.strip().upper()
        found[name] = (*found.get(name, ()), *(part.strip() for part in value.split(",")))
    return found


def _decoded(octets: bytes, declared: str) -> str:
    """Text without any guess at its charset, which would take long for a file of many such values."""
    codec = known_codec(declared)
    if codec in _OWN_CODECS:
        try:
            # A letter that was cut at the end goes.
            return decode(getincrementaldecoder("utf-8")().decode(octets).encode("utf-8"), "utf-8")
        except UnicodeDecodeError:
            codec = "windows-1252"
    return decode(octets, codec)
