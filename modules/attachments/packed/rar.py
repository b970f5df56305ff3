"""What the headers of RAR archives tell, in the formats 4 and 5 (RAR 5.0 archive format; technote of RAR 4).

Headers stand before the octets of each file, which are stepped over: nothing is unpacked.
"""

import io
from abc import ABC, abstractmethod
from binascii import crc32
from collections.abc import Mapping
from types import MappingProxyType

from modules.attachments.packed.octets import Listing, Octets, Unreadable

FOUR, FIVE = b"Rar!\x1a\x07\0", b"Rar!\x1a\x07\x01\0"
MOST_BLOCKS = 20_000
_LARGEST_HEADER = 2_097_152
_LONGEST_NUMBER = 10
# In format 4, by the kind of a header: the flag of a comment in it.
_COMMENTED: Mapping[int, int] = MappingProxyType({0x73: 0x02, 0x74: 0x08})


def list_rar(file: io.RawIOBase, size: int) -> Listing:
    """The files that a RAR archive of `size` octets names."""
    found = Listing()
    start = _at(file, 0, len(FIVE))
    walk = _Five(file, size, found) if start == FIVE else _Four(file, size, found)
    try:
        if start != FIVE and not start.startswith(FOUR):
            raise Unreadable
        walk.follow()
    except Unreadable:
        found.whole = False
    return found


class _Walk(ABC):
    """The way from one header to the next."""

    begins: int

    def __init__(self, file: io.RawIOBase, size: int, found: Listing) -> None:
        self.file, self.size, self.found = file, size, found

    def follow(self) -> None:
        """Read all headers. Raises Unreadable where they break off."""
        at: int | None = self.begins
        for _ in range(MOST_BLOCKS):
            if at is None or at == self.size:
                return
            at = self.block(at)
        raise Unreadable

    @abstractmethod
    def block(self, at: int) -> int | None:
        """Read the block that begins there; where the next one begins, or None after the last."""


class _Five(_Walk):
    """Format 5: numbers of variable length, names in UTF-8."""

    begins = len(FIVE)

    def block(self, at: int) -> int | None:
        sizes = Octets(_at(self.file, at, 4 + 3))
        checksum, length = sizes.integer(4), _number(sizes)
        if not 2 <= length <= _LARGEST_HEADER:
            raise Unreadable
        header = _at(self.file, at + sizes.at, length)
        if len(header) < length:
            raise Unreadable
        # Programs that unpack it stop here or go on, as they like: what follows may still be a file.
        self.found.whole &= crc32(header, crc32(_at(self.file, at + 4, sizes.at - 4))) == checksum
        fields = Octets(header)
        kind, flags = _number(fields), _number(fields)
        extra = _number(fields) if flags & 1 else 0
        packed = _number(fields) if flags & 2 else 0
        if kind == 4:
            self.found.encrypted = True
            return None
        if kind == 2:
            self._file(fields)
            self.found.encrypted |= _has_record(header, extra)
        return at + sizes.at + length + packed if kind != 5 else None

    def _file(self, fields: Octets) -> None:
        flags, unpacked, _ = _number(fields), _number(fields), _number(fields)
        fields.skip((4 if flags & 2 else 0) + (4 if flags & 4 else 0))
        _number(fields), _number(fields)
        name = fields.take(_number(fields)).decode("utf-8", "replace")
        if not flags & 1:
            self.found.names.append(name)
            self.found.unpacked += 0 if flags & 8 else unpacked


class _Four(_Walk):
    """Format 4: numbers of fixed sizes, names in the letters of some system or in two spellings."""

    begins = len(FOUR)

    def block(self, at: int) -> int | None:
        start = Octets(_at(self.file, at, 7))
        checksum, kind, flags, length = (start.integer(size) for size in (2, 1, 2, 2))
        header = _at(self.file, at, length)
        if length < 7 or len(header) < length:
            raise Unreadable
        # Of headers with old comments in them, and of other kinds, it is of some octets only.
        summed = not flags & _COMMENTED.get(kind, 0xFFFF)
        self.found.whole &= not summed or crc32(header[2:]) & 0xFFFF == checksum
        fields = Octets(header, 7)
        packed = fields.integer(4) if flags & 0x8000 or kind == 0x74 else 0
        if kind == 0x73 and flags & 0x80:
            self.found.encrypted = True
            return None
        if kind == 0x74:
            packed += self._file(fields, flags)
        return at + length + packed if kind != 0x7B else None

    def _file(self, fields: Octets, flags: int) -> int:
        """Read one file; what its packed size has beyond 32 bits."""
        unpacked = fields.integer(4)
        fields.skip(1 + 4 + 4 + 1 + 1)
        length = fields.integer(2)
        fields.skip(4)
        more, above = (fields.integer(4), fields.integer(4)) if flags & 0x100 else (0, 0)
        name = fields.take(length)
        self.found.encrypted |= bool(flags & 0x04)
        if flags & 0xE0 != 0xE0:
            self.found.names.append(_name_of(name, two_spellings=bool(flags & 0x200)))
            self.found.unpacked += (above << 32) + unpacked if unpacked != 0xFFFFFFFF or above else 0
        return more << 32


def _at(file: io.RawIOBase, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count) or b""


def _number(octets: Octets) -> int:
    """A number of variable length: seven bits of each octet, the least first."""
    value = 0
    for place in range(_LONGEST_NUMBER):
        octet = octets.integer(1)
        value |= (octet & 0x7F) << 7 * place
        if not octet & 0x80:
            return value
    raise Unreadable


def _has_record(header: bytes, extra: int) -> bool:
    """Whether the extra area at the end of a file's header holds the record for encryption, which is of type 1."""
    if extra > len(header):
        raise Unreadable
    area = Octets(header, len(header) - extra)
    while area.left > 0:
        length = _number(area)
        record = Octets(area.take(length))
        if length and _number(record) == 1:
            return True
    return False


def _name_of(octets: bytes, *, two_spellings: bool) -> str:
    """A name of format 4: in UTF-8, in a system's letters, or in these with the way to UTF-16 behind a zero."""
    plain, zero, packed = octets.partition(b"\0")
    if two_spellings and zero and packed:
        try:
            return _unpack_name(plain, Octets(packed))
        except Unreadable:
            pass
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError:
        return plain.decode("cp437")


def _unpack_name(plain: bytes, packed: Octets) -> str:
    """Pairs of bits tell of what each letter is made: one octet, one and a common upper one, two, or `plain`."""
    above, letters = packed.integer(1) << 8, list[int]()
    while packed.left and len(letters) <= len(plain):
        flags = packed.integer(1)
        for shift in (6, 4, 2, 0):
            if not packed.left:
                break
            way = flags >> shift & 3
            if way < 3:
                letters.append(packed.integer(2) if way == 2 else packed.integer(1) | (above if way else 0))
                continue
            length = packed.integer(1)
            change = packed.integer(1) if length & 0x80 else None
            for octet in plain[len(letters) : len(letters) + (length & 0x7F) + 2]:
                letters.append(octet if change is None else (octet + change & 0xFF) | above)
    return b"".join(letter.to_bytes(2, "little") for letter in letters).decode("utf-16-le", "replace")
