"""Read compressed RTF (MS-OXRTFCP) in a process of its own: what a message says that Outlook packed as RTF alone.

This file is a program (see unpacking.py). It tells the words, as a reader of RTF finds them that knows nothing of HTML,
and the HTML that may have been put into the RTF (MS-OXRTFEX), which is as good as its sender and yet to be cleaned. Its
memory and its work are bounded from outside.
"""

import json
import re
import struct
import sys
from dataclasses import dataclass, field, replace
from typing import BinaryIO

LARGEST = 2_000_000  # octets of RTF; what follows is not read
LONGEST_TEXT = 400_000
LONGEST_HTML = 2_000_001  # one more than is cleaned: what is longer is told to be
DEEPEST = 200
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_DICTIONARY = 4096
# MS-OXRTFCP 2.1.2.1: what a dictionary holds at the beginning.
_BEGINNING = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    + b"\r\n"
    + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_TOKEN = re.compile(
    rb"\\([A-Za-z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\(.)|([{}])|([^\\{}\r\n]+)|[\r\n\\]+", re.DOTALL
)
_UNSEEN = frozenset(
    b"fonttbl colortbl stylesheet info pict filetbl header headerl headerr headerf footer footerl footerr "
    b"footerf".split()
)
# MS-OXRTFEX 2.1.3.1: it stands among the first words of a document.
_FROM_HTML = re.compile(rb"\\fromhtml1(?![0-9])")
_FROM_HTML_WITHIN = 1000
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
_LETTERS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"tab": "\t", b"cell": "\t",
    b"emdash": "\u2014", b"endash": "\u2013", b"bullet": "\u2022", b"lquote": "\u2018", b"rquote": "\u2019",
    b"ldblquote": "\u201c", b"rdblquote": "\u201d",
}  # fmt: skip
_SYMBOLS = {
    b"\\": "\\", b"{": "{", b"}": "}", b"~": "\u00a0", b"_": "-", b"\n": "\n", b"\r": "\n", b"\t": "\t",
}  # fmt: skip
# What fonts call their charsets, as code pages.
_CHARSETS = {
    77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip


def decompress(octets: bytes) -> bytes:
    """The RTF, at most LARGEST octets of it, up to where the octets break. Raises ValueError where it is none."""
    if len(octets) < 16:
        raise ValueError("this is no compressed RTF")
    _, _, kind, _ = struct.unpack_from("<IIII", octets)
    if kind == _PLAIN:
        return octets[16 : 16 + LARGEST]
    if kind != _COMPRESSED:
        raise ValueError("this is no compressed RTF")
    return _expand(octets)


def _expand(octets: bytes) -> bytes:
    known = bytearray(_BEGINNING.ljust(_DICTIONARY, b"\0"))
    made, at, write = bytearray(), 16, len(_BEGINNING)
    while at < len(octets) and len(made) < LARGEST:
        control, at = octets[at], at + 1
        for bit in range(8):
            if not control >> bit & 1:
                piece, at = octets[at : at + 1], at + 1
            elif at + 2 > len(octets):
                return bytes(made)
            else:
                begin, length = octets[at] << 4 | octets[at + 1] >> 4, (octets[at + 1] & 15) + 2
                at += 2
                if begin == write:
                    return bytes(made)
                piece = _repeated(known, begin, write, length)
            for octet in piece:
                known[write] = octet
                write = (write + 1) % _DICTIONARY
            made += piece
    return bytes(made)


def _repeated(known: bytearray, begin: int, write: int, length: int) -> bytes:
    """Octets of the dictionary from one place on; it may reach into what it itself writes."""
    before = (write - begin) % _DICTIONARY
    there = bytes(known[(begin + turn) % _DICTIONARY] for turn in range(min(length, before)))
    return (there * (length // len(there) + 1))[:length]


@dataclass(frozen=True)
class _Group:
    """What holds within one group: whether its words are seen, and how letters are read.

    `after` is how many letters stand in for one that was told by its number. Where HTML is read, `markup` is of it,
    and `instead` stands there for readers of RTF alone.
    """

    told: bool = True
    hidden: bool = False
    markup: bool = False
    instead: bool = False
    fonts: bool = False
    codec: str = ""
    after: int = 1

    @property
    def seen(self) -> bool:
        """Whether people see its words."""
        return self.told and not self.hidden and not self.instead


@dataclass
class _Reading:
    """How far a document is read: for its words, or for the HTML within it, of which some was `found`."""

    html: bool = False
    found: bool = False
    group: _Group = field(default_factory=_Group)
    outer: list[_Group] = field(default_factory=list)
    codec: str = "cp1252"
    fonts: dict[int, str] = field(default_factory=dict)
    font: int = 0
    skip: int = 0
    told: list[str] = field(default_factory=list)
    length: int = 0
    waiting: bytearray = field(default_factory=bytearray)

    def say(self, text: str) -> None:
        """Add words, after the octets before them."""
        self.flush()
        self._tell(text)

    def hear(self, octets: bytes) -> None:
        """Take letters of eight bits, some of which may only stand in for one that was told already."""
        dropped = min(self.skip, len(octets))
        self.skip -= dropped
        if self.group.seen:
            self.waiting += octets[dropped:]

    def flush(self) -> None:
        """Decode the octets that wait: only together do those of some code pages make letters."""
        if self.waiting:
            text = _decode(bytes(self.waiting), self.group.codec or self.codec)
            self.waiting.clear()
            self._tell(text)

    def _tell(self, text: str) -> None:
        # Where HTML is read, what is no markup is only text.
        self.told.append(text.translate(_ESCAPES) if self.html and not self.group.markup else text)
        self.length += len(text)


def to_text(rtf: bytes) -> str:
    """The words of an RTF document. Raises ValueError where it is none."""
    return _told(_read(rtf, _Reading(), LONGEST_TEXT))[:LONGEST_TEXT]


def to_html(rtf: bytes) -> str:
    """The HTML that was put into an RTF document (MS-OXRTFEX 2.1.3), nothing where none was. Raises ValueError too."""
    reading = _read(rtf, _Reading(html=True), LONGEST_HTML if _FROM_HTML.search(rtf[:_FROM_HTML_WITHIN]) else 0)
    return _told(reading)[:LONGEST_HTML] if reading.found else ""


def _read(rtf: bytes, reading: _Reading, most: int) -> _Reading:
    if not rtf.lstrip().startswith(b"{\\rtf"):
        raise ValueError("this is no RTF")
    at = 0
    while at < len(rtf) and reading.length < most:
        token = _TOKEN.match(rtf, at)
        assert token is not None  # every octet is one of these
        at = token.end()
        word, number, octet, symbol, brace, text = token.groups()
        if word:
            at += _follow(reading, word, int(number) if number else None)
        elif octet:
            reading.hear(bytes.fromhex(octet.decode("ascii")))
        elif symbol:
            _take_symbol(reading, symbol)
        elif brace and not _turn(reading, brace):
            break
        elif text:
            reading.hear(text)
    reading.flush()
    return reading


def _told(reading: _Reading) -> str:
    """What was read; what \\u tells in two halves becomes one letter."""
    return "".join(reading.told).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _turn(reading: _Reading, brace: bytes) -> bool:
    """Enter or leave a group; whether the document goes on."""
    reading.flush()
    reading.skip = 0
    if brace == b"{":
        reading.outer.append(reading.group)
    elif reading.outer:
        reading.group = reading.outer.pop()
    return 0 < len(reading.outer) <= DEEPEST


def _take_symbol(reading: _Reading, symbol: bytes) -> None:
    if symbol == b"*":
        # A destination that readers may leave out.
        reading.group = replace(reading.group, told=False)
    elif symbol in _SYMBOLS and reading.group.seen:
        if reading.skip:
            reading.skip -= 1
        else:
            reading.say(_SYMBOLS[symbol])


def _follow(reading: _Reading, word: bytes, number: int | None) -> int:
    """Do what a control word says; how many octets that follow are not text."""
    group = reading.group
    if word in _LETTERS and group.seen:
        reading.say(_LETTERS[word])
    elif word == b"u" and number is not None and group.seen:
        reading.say(chr(number & 0xFFFF))
        reading.skip = group.after
    elif word == b"uc":
        reading.group = replace(group, after=max(0, min(number or 0, 10)))
    elif word == b"bin":
        return max(0, number or 0)
    elif word == b"v":
        reading.flush()
        # The HTML itself says what it hides.
        reading.group = replace(group, hidden=number != 0 and not reading.html)
    elif reading.html and word in (b"htmltag", b"htmlrtf"):
        _turn_to_html(reading, word, number)
    elif word in _UNSEEN or (word == b"pntext" and reading.html):
        reading.flush()
        reading.group = replace(group, told=False, fonts=word == b"fonttbl")
    else:
        _choose_letters(reading, word, number or 0)
    return 0


def _turn_to_html(reading: _Reading, word: bytes, number: int | None) -> None:
    """MS-OXRTFEX 2.1.3.1.4: markup, and what stands beside it for readers that know no HTML."""
    reading.flush()
    if word == b"htmlrtf":
        reading.group = replace(reading.group, instead=number != 0)
    elif reading.outer and reading.outer[-1].told and not reading.group.markup:
        reading.group = replace(reading.group, told=True, markup=True, codec="")
        reading.found = True


def _choose_letters(reading: _Reading, word: bytes, number: int) -> None:
    """Control words that tell which code page letters of eight bits are of."""
    if word == b"ansicpg":
        reading.codec = f"cp{number}"
    elif word == b"mac":
        reading.codec = "mac-roman"
    elif word == b"plain":
        reading.flush()
        reading.group = replace(reading.group, hidden=False, codec="")
    elif word == b"f":
        reading.flush()
        reading.font = number
        reading.group = replace(reading.group, codec=reading.fonts.get(number, ""))
    elif word == b"fcharset" and reading.group.fonts and len(reading.fonts) < 1000:
        reading.fonts[reading.font] = _CHARSETS.get(number, "")


def _decode(octets: bytes, codec: str) -> str:
    try:
        return octets.decode("utf-8" if codec == "cp65001" else codec, "replace")
    except LookupError:
        return octets.decode("cp1252", "replace")


def main(given: BinaryIO, taken: BinaryIO) -> int:
    """Read, and write the words and the HTML as JSON; 1 where there is nothing to read."""
    try:
        rtf = decompress(given.read())
        told = {"text": to_text(rtf), "html": to_html(rtf)}
    except (ValueError, MemoryError):
        return 1
    taken.write(json.dumps(told).encode("ascii"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer, sys.stdout.buffer))
