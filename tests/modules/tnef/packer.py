"""Packs files and texts the way Outlook does."""

import struct


def attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(*entries: bytes) -> bytes:
    return struct.pack("<I", len(entries)) + b"".join(entries)


def variable(name: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<HHII", kind, name, 1, len(data)) + data + b"\0" * (-len(data) % 4)


def named(data: bytes) -> bytes:
    """A property with a name of letters, which nobody here knows."""
    name = "Odd".encode("utf-16-le") + b"\0\0"
    head = (
        struct.pack("<HH", 0x1F, 0x8001)
        + b"\1" * 16
        + struct.pack("<II", 1, len(name))
        + name
        + b"\0" * (-len(name) % 4)
    )
    return head + struct.pack("<II", 1, len(data)) + data + b"\0" * (-len(data) % 4)


def stored(rtf: bytes) -> bytes:
    """RTF as MS-OXRTFCP has it where nothing was gained by compressing it."""
    return struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf


def packed(
    text: bytes = b"", html: bytes = b"", files: dict[str, bytes] | None = None, rtf: bytes = b"", code_page: int = 0
) -> bytes:
    """A stream of these; the code page is that of the HTML."""
    made = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x9007, 6, struct.pack("<II", 1252, 0))
    body = [struct.pack("<HHI", 3, 0x0FFE, 5), named("x".encode("utf-16-le"))]
    if text:
        body.append(variable(0x1000, 0x1E, text))
    if html:
        body.append(variable(0x1013, 0x102, html))
    if code_page:
        body.append(struct.pack("<HHI", 3, 0x3FDE, code_page))
    if rtf:
        body.append(variable(0x1009, 0x102, rtf))
    made += attribute(1, 0x9003, 6, properties(*body))
    for name, content in (files or {}).items():
        made += attribute(2, 0x9002, 6, b"\0" * 14) + attribute(2, 0x8010, 1, b"SHORT~1.TXT\0")
        made += attribute(2, 0x800F, 6, content)
        long_name = variable(0x3707, 0x1F, name.encode("utf-16-le") + b"\0\0")
        made += attribute(
            2,
            0x9005,
            6,
            properties(long_name, variable(0x3712, 0x1E, f"{name}@packed.example\0".encode("cp1252", "replace"))),
        )
    return made
