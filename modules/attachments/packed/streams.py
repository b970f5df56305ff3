"""Files packed by gzip, bzip2 or xz, unpacked piece by piece."""

import bz2
import lzma
import zlib
from collections.abc import Iterator

MOST_MEMORY = 96 * 1024 * 1024
PIECE = 256 * 1024


def unpacked(kind: str, octets: bytes) -> Iterator[bytes]:
    """What was packed, in bounded pieces; of several members one after the other."""
    if kind == "gzip":
        yield from _inflated(octets)
        return
    while octets:
        unpacker = bz2.BZ2Decompressor() if kind == "bzip2" else lzma.LZMADecompressor(memlimit=MOST_MEMORY)
        fed = octets
        while not unpacker.eof:
            piece = unpacker.decompress(fed, PIECE)
            fed = b""
            if piece:
                yield piece
            elif unpacker.needs_input:
                return
        octets = unpacker.unused_data


def _inflated(octets: bytes) -> Iterator[bytes]:
    while octets:
        unpacker = zlib.decompressobj(wbits=31)
        while not unpacker.eof:
            piece = unpacker.decompress(octets, PIECE)
            octets = unpacker.unconsumed_tail
            if piece:
                yield piece
            elif not octets:
                return
        octets = unpacker.unused_data
