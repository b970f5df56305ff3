"""RAR and 7-Zip archives, made here octet by octet: their headers are right, what they pack is not."""

import lzma
from binascii import crc32
from collections.abc import Sequence
from dataclasses import dataclass

AES = b"\x06\xf1\x07\x01"
LZMA = b"\x03\x01\x01"


@dataclass(frozen=True)
class Entry:
    """A file, or a folder, in an archive: its name, how large it says it is unpacked, and how it is packed."""

    name: str
    size: int = 0
    packed: bytes = b"packed"
    encrypted: bool = False
    folder: bool = False


def rar5(*entries: Entry, headers: bool = False, before: bytes = b"", ends: bool = True) -> bytes:
    """A RAR archive of the format 5. Where its `headers` are encrypted nothing can be read of the files."""
    begins = b"Rar!\x1a\x07\x01\0"
    if headers:
        return begins + block5(4, bytes([0, 0, 0, 15]) + bytes(16)) + bytes(64)
    files = b"".join(_file5(entry) for entry in entries)
    return begins + block5(1, b"\0") + before + files + (block5(5, b"\0") if ends else b"")


def block5(kind: int, fields: bytes, *, extra: bytes = b"", packed: bytes = b"") -> bytes:
    """A header of the format 5, and what is packed behind it."""
    flags = bool(extra) | bool(packed) << 1
    sizes = (number5(len(extra)) if extra else b"") + (number5(len(packed)) if packed else b"")
    body = number5(kind) + number5(flags) + sizes + fields + extra
    header = number5(len(body)) + body
    return crc32(header).to_bytes(4, "little") + header + packed


def number5(value: int) -> bytes:
    """A number of variable length of the format 5."""
    octets = bytearray()
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*octets, value])


def _file5(entry: Entry) -> bytes:
    name = entry.name.encode()
    # A time and a checksum; then attributes, method and system.
    fields = number5(bool(entry.folder) | 2 | 4) + number5(entry.size) + b"\x20" + bytes(8) + b"\0\0"
    extra = (b"\x03\x03\0\0" if entry.packed else b"") + (b"\x03\x01\0\0" if entry.encrypted else b"")
    return block5(2, fields + number5(len(name)) + name, extra=extra, packed=entry.packed)


def rar4(*entries: Entry, headers: bool = False, ends: bool = True) -> bytes:
    """A RAR archive of the format 4."""
    files = b"".join(_file4(entry) for entry in entries)
    main = block4(0x73, 0x80 if headers else 0, bytes(6))
    return b"Rar!\x1a\x07\0" + main + (bytes(80) if headers else files + (block4(0x7B, 0x4000, b"") if ends else b""))


def block4(kind: int, flags: int, fields: bytes, packed: bytes = b"") -> bytes:
    """A header of the format 4, and what is packed behind it."""
    body = bytes([kind]) + flags.to_bytes(2, "little") + (7 + len(fields)).to_bytes(2, "little") + fields
    return (crc32(body) & 0xFFFF).to_bytes(2, "little") + body + packed


def _file4(entry: Entry) -> bytes:
    try:
        name, spelled = entry.name.encode("ascii"), b""
    except UnicodeEncodeError:
        # Each letter of two octets: four pairs of bits, then the letters.
        name = entry.name.encode("ascii", "replace")
        wide = [letter.encode("utf-16-le") for letter in entry.name]
        spelled = b"\0\0" + b"".join(b"\xaa" + b"".join(wide[at : at + 4]) for at in range(0, len(wide), 4))
    large = entry.size > 0xFFFFFFFF
    flags = 0x8000 | entry.encrypted << 2 | (0xE0 if entry.folder else 0) | bool(spelled) << 9 | large << 8
    fields = (
        len(entry.packed).to_bytes(4, "little")
        + (entry.size & 0xFFFFFFFF).to_bytes(4, "little")
        + bytes(11)
        + len(name + spelled).to_bytes(2, "little")
        + bytes(4)
        + (bytes(4) + (entry.size >> 32).to_bytes(4, "little") if large else b"")
    )
    return block4(0x74, flags, fields + name + spelled, entry.packed)


def seven(*entries: Entry, method: bytes = b"\x21", packs: bytes | None = LZMA, headers: bool = False) -> bytes:
    """A 7-Zip archive, all of whose files are packed together; its header is packed by LZMA, or as `packs` says."""
    full = [entry for entry in entries if entry.size]
    locked = any(entry.encrypted for entry in entries)
    coders = [*([(AES, b"\x53\x07")] if locked else []), (method, b"\x18")]
    body = b"packed octets"
    parts = number7(len(full))
    sizes = b"".join(number7(entry.size) for entry in full[:-1])
    part = b"\x08\x0d" + parts + (b"\x09" + sizes if sizes else b"") + b"\x0a\x01" + bytes(4 * len(full)) + b"\0"
    total = sum(entry.size for entry in full)
    streams = streams7(0, len(body), coders, total, part) if full else b""
    header = b"\x01" + (b"\x04" + streams if streams else b"") + _files7(entries) + b"\0"
    if packs is None:
        return archive7(body, header)
    squeezed = lzma.compress(header, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 65536}])
    coder = [*([(AES, b"\x53\x07")] if headers else []), (packs, b"\x5d" + (65536).to_bytes(4, "little"))]
    encoded = b"\x17" + streams7(len(body), len(squeezed), coder, len(header), b"")
    return archive7(body + squeezed, encoded)


def archive7(body: bytes, header: bytes) -> bytes:
    """What 7-Zip archives begin with, then `body`, then a header."""
    start = len(body).to_bytes(8, "little") + len(header).to_bytes(8, "little") + crc32(header).to_bytes(4, "little")
    return b"7z\xbc\xaf\x27\x1c\0\x04" + crc32(start).to_bytes(4, "little") + start + body + header


def streams7(at: int, packed: int, coders: Sequence[tuple[bytes, bytes]], size: int, parts: bytes) -> bytes:
    """One folder of octets that were packed by one method after the other."""
    methods = b"".join(bytes([len(one) | 0x20]) + one + number7(len(settings)) + settings for one, settings in coders)
    bound = b"".join(bytes([place + 1, place]) for place in range(len(coders) - 1))
    sizes = b"".join(number7(packed) for _ in coders[1:]) + number7(size)
    folder = b"\x07\x0b\x01\0" + number7(len(coders)) + methods + bound + b"\x0c" + sizes + b"\0"
    return b"\x06" + number7(at) + b"\x01\x09" + number7(packed) + b"\0" + folder + parts + b"\0"


def number7(value: int) -> bytes:
    """A number of variable length of 7-Zip."""
    for more in range(8):
        if value < 1 << 7 * (more + 1):
            first = (0xFF << (8 - more) & 0xFF) | value >> 8 * more
            return bytes([first]) + (value & (1 << 8 * more) - 1).to_bytes(more, "little")
    return b"\xff" + value.to_bytes(8, "little")


def _files7(entries: Sequence[Entry]) -> bytes:
    names = b"\0" + b"".join(entry.name.encode("utf-16-le") + b"\0\0" for entry in entries)
    empty = [not entry.size for entry in entries]
    fields = [(0x11, names)]
    if any(empty):
        files = [not entry.folder for entry in entries if not entry.size]
        fields = [(0x0E, _bits7(empty)), (0x0F, _bits7(files)), *fields, (0x19, bytes(3))]
    told = b"".join(bytes([kind]) + number7(len(octets)) + octets for kind, octets in fields)
    return b"\x05" + number7(len(entries)) + told + b"\0"


def _bits7(bits: Sequence[bool]) -> bytes:
    whole = [*bits, *[False] * (-len(bits) % 8)]
    rows = (whole[at : at + 8] for at in range(0, len(whole), 8))
    return bytes(sum(bit << 7 - place for place, bit in enumerate(row)) for row in rows)
