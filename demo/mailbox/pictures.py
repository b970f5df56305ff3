"""Pictures drawn by code: hills under a sky, in PNG and in a mosaic JPEG."""

import hashlib
import math
import struct
import zlib
from collections.abc import Callable, Iterator

Colour = tuple[int, int, int]

# ITU T.81 Annex K.3: the usual Huffman table for luminance DC differences, for whole blocks of one colour.
_DC_COUNTS = (0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
_DC_CODES = ("00", "010", "011", "100", "101", "110", "1110", "11110", "111110", "1111110", "11111110", "111111110")
_END_OF_BLOCK = "0"


def png_picture(width: int, height: int, seed: str) -> bytes:
    """A landscape of this size; another seed gives another one."""
    colour = _landscape(width, height, seed)
    rows = b"".join(b"\0" + b"".join(bytes(colour(column, row)) for column in range(width)) for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def jpeg_picture(width: int, height: int, seed: str) -> bytes:
    """A landscape in squares of eight pixels, as a baseline JPEG; sizes are multiples of 8."""
    colour = _landscape(width, height, seed)
    bits, last = [], [0, 0, 0]
    for row in range(0, height, 8):
        for column in range(0, width, 8):
            for component, value in enumerate(_luma_chroma(colour(column + 4, row + 4))):
                bits.append(_difference(value - last[component]) + _END_OF_BLOCK)
                last[component] = value
    return b"\xff\xd8" + _jpeg_tables(width, height) + _entropy_coded("".join(bits)) + b"\xff\xd9"


def _landscape(width: int, height: int, seed: str) -> Callable[[int, int], Colour]:
    marks = hashlib.sha256(seed.encode()).digest()
    sky, glow = (90 + marks[0] // 4, 150 + marks[1] // 5, 205 + marks[2] // 6), (250, 215 - marks[3] // 6, 170)
    hills = [
        (marks[4 + n] / 40, 0.42 + 0.15 * n, 0.07 + marks[8 + n] / 4000, 1.3 + marks[12 + n] / 70) for n in range(3)
    ]
    tones = ((122, 158, 150), (78, 124, 104), (40, 86, 66))
    ridges = [
        [(level + wave * math.sin(phase + column / width * turns * 3)) * height for column in range(width)]
        for phase, level, wave, turns in hills
    ]

    def colour(column: int, row: int) -> Colour:
        for ridge, tone in zip(reversed(ridges), reversed(tones), strict=True):
            if row > ridge[column]:
                return tone
        share = row / (height * 0.6)
        mixed = [round(above + (below - above) * min(1.0, share)) for above, below in zip(sky, glow, strict=True)]
        return (mixed[0], mixed[1], mixed[2])

    return colour


def _luma_chroma(colour: Colour) -> Iterator[int]:
    red, green, blue = colour
    yield round(0.299 * red + 0.587 * green + 0.114 * blue - 128)
    yield round(-0.168736 * red - 0.331264 * green + 0.5 * blue)
    yield round(0.5 * red - 0.418688 * green - 0.081312 * blue)


def _difference(value: int) -> str:
    size = abs(value).bit_length()
    if not size:
        return _DC_CODES[0]
    return _DC_CODES[size] + format(value if value > 0 else value + (1 << size) - 1, f"0{size}b")


def _jpeg_tables(width: int, height: int) -> bytes:
    # Every quantizer is 8, so that a block's DC coefficient is its mean.
    quantizers = bytes([0]) + bytes([8] * 64)
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes((1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0))
    dc_table = bytes([0x00, *_DC_COUNTS, *range(12)])
    ac_table = bytes([0x10, 1, *([0] * 15), 0])
    scan = bytes((3, 1, 0, 2, 0, 3, 0, 0, 63, 0))
    intro = b"JFIF\0\1\1\0\0\1\0\1\0\0"
    segments = ((0xE0, intro), (0xDB, quantizers), (0xC0, frame), (0xC4, dc_table), (0xC4, ac_table), (0xDA, scan))
    return b"".join(struct.pack(">BBH", 0xFF, kind, len(data) + 2) + data for kind, data in segments)


def _entropy_coded(bits: str) -> bytes:
    padded = bits + "1" * (-len(bits) % 8)
    octets = int(padded, 2).to_bytes(len(padded) // 8, "big")
    return octets.replace(b"\xff", b"\xff\0")
