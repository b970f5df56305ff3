"""Files of many kinds, made here octet by octet."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping

PE = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(100)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def zipped(*entries: tuple[str, bytes]) -> bytes:
    """A ZIP archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def locked(octets: bytes) -> bytes:
    """A ZIP archive whose entries say that they need a password."""
    changed = bytearray(octets)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + flags] |= 1
            at = changed.find(mark, at + 4)
    return bytes(changed)


def nested(depth: int) -> bytes:
    """Archives in archives."""
    octets = b"the innermost"
    for level in range(depth):
        octets = zipped((f"{level}.zip" if level else "a.txt", octets))
    return octets


def tarred(*names: str) -> bytes:
    """A TAR archive of empty files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name))
    return packed.getvalue()


def document(kind: str, *more: str) -> bytes:
    """An Office Open XML document: word, xl or ppt."""
    return zipped(
        ("[Content_Types].xml", b"<Types/>"), (f"{kind}/document.xml", b"<a/>"), *((one, b"x") for one in more)
    )


def compound(*streams: str) -> bytes:
    """A compound file whose directory names these streams."""
    names = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + names


PACKERS: Mapping[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
