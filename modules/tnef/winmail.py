"""Unpack TNEF (MS-OXTNEF) in a process of its own: the names of what is in it come out, and the octets asked for.

This file is a program (see unpacking.py): it writes a line of JSON, then the octets of the file whose place among the
others it was given, if any. Its memory and its work are bounded from outside.
"""

import json
import struct
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

SIGNATURE = 0x223E9F78
MOST_FILES = 500
MOST_PROPERTIES = 5000
LONGEST_BODY = 400_000
LONGEST_HTML = 2_000_001  # one more than is cleaned: what is longer is told to be
LONGEST_RTF = 2_000_000
LONGEST_NAME = 500

# MS-OXTNEF 2.1.3: attributes of the message and of its attachments.
_BODY, _PROPERTIES, _CODE_PAGE = 0x800C, 0x9003, 0x9007
_FILE_BEGINS, _TITLE, _DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
# MS-OXPROPS: properties, and their types (MS-OXCDATA 2.11.1).
_HTML_CODE_PAGE = 0x3FDE
_CONTENT_ID = 0x3712
_TEXT_BODY, _RTF_BODY, _HTML_BODY, _LONG_NAME, _MEDIA_TYPE, _CONTENT = 0x1000, 0x1009, 0x1013, 0x3707, 0x370E, 0x3701
_SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_EIGHT_BIT, _WIDE, _OCTETS, _OBJECT = 0x1E, 0x1F, 0x102, 0x0D


@dataclass
class File:
    """One packed file."""

    name: str = ""
    media_type: str = ""
    content_id: str = ""
    octets: bytes = b""


@dataclass
class Packed:
    """What one TNEF stream holds."""

    text: str = ""
    html: str = ""
    rtf: bytes = b""
    files: list[File] = field(default_factory=list)
    codec: str = "cp1252"


def unpack(octets: bytes) -> Packed:
    """What can be read of a stream, up to where it breaks. Raises ValueError where it is none at all."""
    if len(octets) < 6 or struct.unpack_from("<I", octets)[0] != SIGNATURE:
        raise ValueError("this is no TNEF")
    packed = Packed()
    for name, data in _attributes(octets):
        if name == _FILE_BEGINS:
            if len(packed.files) == MOST_FILES:
                break
            packed.files.append(File())
        elif name == _CODE_PAGE and len(data) >= 4:
            packed.codec = f"cp{struct.unpack_from('<I', data)[0]}"
        elif name == _BODY:
            packed.text = packed.text or _decode(data, packed.codec)
        elif name == _PROPERTIES:
            _take_bodies(packed, data)
        elif packed.files:
            _take_file(packed, packed.files[-1], name, data)
    return packed


def _attributes(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Names and data (MS-OXTNEF 2.1.1); a checksum follows each, which nobody needs."""
    at, view = 6, memoryview(octets)
    while at + 9 <= len(octets):
        _, name, _, size = struct.unpack_from("<BHHI", octets, at)
        if at + 9 + size > len(octets):
            return
        yield name, bytes(view[at + 9 : at + 9 + size])
        at += 9 + size + 2


def _take_bodies(packed: Packed, data: bytes) -> None:
    html, codec = (0, b""), packed.codec
    for name, kind, value in _properties(data):
        if name == _TEXT_BODY:
            packed.text = _text(kind, value, packed.codec) or packed.text
        elif name == _HTML_BODY:
            html = (kind, value)
        elif name == _HTML_CODE_PAGE and len(value) == 4:
            codec = f"cp{struct.unpack('<I', value)[0]}"
        elif name == _RTF_BODY:
            packed.rtf = value
    packed.html = _text(*html, codec) or packed.html


def _take_file(packed: Packed, file: File, name: int, data: bytes) -> None:
    if name == _TITLE:
        file.name = file.name or _decode(data, packed.codec)
    elif name == _DATA:
        file.octets = data
    elif name == _FILE_PROPERTIES:
        for property_name, kind, value in _properties(data):
            if property_name == _LONG_NAME:
                file.name = _text(kind, value, packed.codec) or file.name
            elif property_name == _MEDIA_TYPE:
                file.media_type = _text(kind, value, packed.codec)
            elif property_name == _CONTENT_ID:
                file.content_id = _text(kind, value, packed.codec)
            elif property_name == _CONTENT and not file.octets:
                # An object begins with the identifier of its interface.
                file.octets = value[16:] if kind == _OBJECT else value


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Names, types and first values (MS-OXTNEF 2.1.3.4), up to where they break."""
    at, count = 4, struct.unpack_from("<I", data)[0] if len(data) >= 4 else 0
    for _ in range(min(count, MOST_PROPERTIES)):
        try:
            kind, name = struct.unpack_from("<HH", data, at)
            at = _after_name(data, at + 4) if name >= 0x8000 else at + 4
            many, kind = bool(kind & 0x1000), kind & 0xEFFF
            values = struct.unpack_from("<I", data, at)[0] if many or kind not in _SIZES else 1
            at += 4 if many or kind not in _SIZES else 0
            for turn in range(min(values, MOST_PROPERTIES)):
                value, at = _value(data, at, kind)
                if turn == 0:
                    yield name, kind, value
        except (struct.error, ValueError):
            return


def _after_name(data: bytes, at: int) -> int:
    """Where a named property's name ends: 16 octets of a set, then a number or a string."""
    by_string = struct.unpack_from("<I", data, at + 16)[0]
    length = struct.unpack_from("<I", data, at + 20)[0]
    return int(at + 24 + (-(-length // 4) * 4 if by_string else 0))


def _value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    if kind in _SIZES:
        return data[at : at + _SIZES[kind]], at + _SIZES[kind]
    if kind not in (_EIGHT_BIT, _WIDE, _OCTETS, _OBJECT):
        raise ValueError("this type is not known")
    length = struct.unpack_from("<I", data, at)[0]
    if at + 4 + length > len(data):
        raise ValueError("this value is cut")
    return data[at + 4 : at + 4 + length], at + 4 + -(-length // 4) * 4


def _text(kind: int, value: bytes, codec: str) -> str:
    return _decode(value, "utf-16-le" if kind == _WIDE else codec)


def _decode(value: bytes, codec: str) -> str:
    for name in (codec, "utf-8", "cp1252"):
        try:
            return value.decode(name).rstrip("\0")
        except (LookupError, ValueError):
            continue
    return value.decode("latin-1").rstrip("\0")


def main(arguments: list[str], given: BinaryIO, taken: BinaryIO) -> int:
    """Unpack; write what is there, and the octets of the file of the given place."""
    try:
        packed = unpack(given.read())
    except (ValueError, MemoryError):
        return 1
    told = {
        "text": packed.text[:LONGEST_BODY],
        "html": packed.html[:LONGEST_HTML],
        "rtf": b64encode(packed.rtf[:LONGEST_RTF]).decode("ascii"),
        "files": [
            [one.name[:LONGEST_NAME], one.media_type[:200], len(one.octets), one.content_id[:LONGEST_NAME]]
            for one in packed.files
        ],
    }
    taken.write(json.dumps(told).encode("ascii") + b"\n")
    if arguments and int(arguments[0]) < len(packed.files):
        taken.write(packed.files[int(arguments[0])].octets)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer))
