"""What documents and archives tell of themselves without being unpacked: words and flags in their octets."""

from dataclasses import dataclass

_MACROS = ("_VBA_PROJECT", "_VBA_PROJECT_CUR")
_LOCKED = ("EncryptedPackage",)
_MAIL = "__properties_version1.0"
# The class of packages of Windows Installer.
_INSTALLER = b"\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0F"
# The number of AES among the methods of 7-Zip; the header with it stands at the end.
_SEVEN_AES = b"\x06\xf1\x07\x01"
_ACTIVE = (b"/JavaScript", b"/JS ", b"/JS(", b"/Launch")


@dataclass(frozen=True)
class Scanned:
    """What was seen: a kind where it is another than it seemed, and whether it is locked, holds macros or scripts."""

    kind: str = ""
    encrypted: bool = False
    macros: bool = False
    active: bool = False


def scan(kind: str, start: bytes, end: bytes) -> Scanned:
    """What the beginning and the end of a file of this kind tell."""
    if kind == "ole":
        return _scan_ole(start + b"\0\0" + end)
    if kind == "pdf":
        both = start + b"\n" + end
        return Scanned(encrypted=b"/Encrypt" in both, active=any(word in both for word in _ACTIVE))
    if kind == "7z":
        return Scanned(encrypted=_SEVEN_AES in (end or start))
    return Scanned(encrypted=_rar_is_encrypted(start))


def _scan_ole(octets: bytes) -> Scanned:
    """Names of streams stand in UTF-16 in the directory of a compound file ([MS-CFB] 2.6.1)."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in octets

    kind = "msg" if holds(_MAIL) else "msi" if _INSTALLER in octets else ""
    return Scanned(kind, encrypted=any(map(holds, _LOCKED)), macros=any(map(holds, _MACROS)))


def _rar_is_encrypted(start: bytes) -> bool:
    """Whether the headers or the first file of a RAR archive need a password, in the formats 4 and 5."""
    if start.startswith(b"Rar!\x1a\x07\0"):
        main, after = start[7:20], 7 + int.from_bytes(start[12:14], "little")
        # Flags of the main header: encrypted headers; of the first file's: encrypted.
        return bool(main[3:4] and main[3] & 0x80) or bool(len(start) > after + 4 and start[after + 3] & 0x04)
    at = 8
    for _ in range(20):
        size, body = _number(start, at + 4)
        kind, fields = _number(start, body)
        if kind == 4:
            return True
        if kind in (2, 3) or not size:
            # In the extra area of a file's header stands a record of type 1 for encryption; its salt is random.
            return kind == 2 and _has_record(start, fields, body + size)
        flags, _ = _number(start, fields)
        at = body + size + (_data_size(start, fields) if flags & 2 else 0)
    return False


def _has_record(start: bytes, fields: int, ends: int) -> bool:
    flags, at = _number(start, fields)
    if not flags & 1:
        return False
    extra, _ = _number(start, at)
    at = ends - extra
    while 0 < at < min(ends, len(start)):
        size, body = _number(start, at)
        kind, _ = _number(start, body)
        if kind == 1:
            return True
        at = body + max(1, size)
    return False


def _data_size(start: bytes, fields: int) -> int:
    flags, at = _number(start, fields)
    if flags & 1:
        _, at = _number(start, at)
    return _number(start, at)[0]


def _number(octets: bytes, at: int) -> tuple[int, int]:
    """A number of variable length and where it ends."""
    value = 0
    for place, octet in enumerate(octets[at : at + 10]):
        value |= (octet & 0x7F) << 7 * place
        if not octet & 0x80:
            return value, at + place + 1
    return 0, len(octets)
