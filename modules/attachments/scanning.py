"""What documents tell of themselves without being unpacked: words and flags in their octets."""

from dataclasses import dataclass

_MACROS = ("_VBA_PROJECT", "_VBA_PROJECT_CUR")
_LOCKED = ("EncryptedPackage",)
_MAIL = "__properties_version1.0"
# The class of packages of Windows Installer.
_INSTALLER = b"\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0F"
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
    both = start + b"\n" + end
    return Scanned(encrypted=b"/Encrypt" in both, active=any(word in both for word in _ACTIVE))


def _scan_ole(octets: bytes) -> Scanned:
    """Names of streams stand in UTF-16 in the directory of a compound file ([MS-CFB] 2.6.1)."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in octets

    kind = "msg" if holds(_MAIL) else "msi" if _INSTALLER in octets else ""
    return Scanned(kind, encrypted=any(map(holds, _LOCKED)), macros=any(map(holds, _MACROS)))
