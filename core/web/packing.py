"""Compress the few answers whose length may tell what they hold: those of pages that say so."""

import secrets
import struct
import zlib

from werkzeug.wrappers import Response

from core.module import Page
from core.web.requests import Request, takes_gzip
from core.web.responses import vary_by

# Below that, one packet carries the answer either way.
LEAST = 1400
# Lengths vary by as much at random: who guesses at a content by its length has to watch it thousands of times.
MOST_NOISE = 128
_LEVEL = 3
_HEAD = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"  # RFC 1952 2.3: deflate, with a name, of no time and system


def pack(page: Page, request: Request, response: Response) -> Response:
    """The answer of a page that may be compressed, compressed where the browser takes gzip; any other as it is."""
    # What goes out sealed is no shorter for it, and is read by scripts that unpack nothing.
    if not page.compressed or response.status_code != 200 or response.is_streamed or request.sealed is not None:
        return response
    vary_by(response, "Accept-Encoding")
    plain = response.get_data()
    if len(plain) >= LEAST and takes_gzip(request):
        response.set_data(_gzip(plain))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _gzip(plain: bytes) -> bytes:
    """One gzip member (RFC 1952) under a name of random length."""
    packer = zlib.compressobj(_LEVEL, wbits=-zlib.MAX_WBITS)
    packed = packer.compress(plain) + packer.flush()
    noise = b"0" * secrets.randbelow(MOST_NOISE) + b"\0"
    return _HEAD + noise + packed + struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)
