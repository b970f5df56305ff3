"""Inputs made of others: bits turned, pieces doubled, cut, put elsewhere and replaced by what parsers stumble over."""

import random
from collections.abc import Iterator, Sequence

LONGEST = 50_000
_TOKENS = (
    b"\x00", b"\r", b"\n", b"\r\n", b"\\", b'"', b"'", b"<", b">", b"(", b")", b"{", b"}", b"[", b";", b"&", b"%", b"=",
    b"<!--", b"-->", b"<![CDATA[", b"</", b"<svg>", b"<math>", b"<style>", b"</style>", b"<table>", b"<select>",
    b"<template>", b"<noscript>", b" onerror=", b" style=", b" src=", b" href=javascript:", b"url(", b"\\75rl(", b"/*",
    b"*/", b"@import ", b"@media ", b"!important", b"&#x0;", b"&#1114112;", b"=?utf-8?B?", b"?=", b"utf-7", b"%00",
    b"\xff", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xc2\xa0", b"\xef\xbb\xbf",
    b"99999999999999999999", b"-1", b"NIL", b"{10}", b"~{5}", b"A" * 300, b"(" * 100,
    b"<b>" * 100, b"> " * 50, b"\x1b$B", b"~{", b"+AHA-",
)  # fmt: skip


def mutations(seeds: Sequence[bytes], number: int, key: str) -> Iterator[bytes]:
    """So many inputs made of seeds, the same for the same key."""
    source = random.Random(key)
    for _ in range(number):
        octets = bytearray(source.choice(seeds))
        for _ in range(source.randint(1, 6)):
            _change(octets, seeds, source)
        yield bytes(octets[:LONGEST])


def _change(octets: bytearray, seeds: Sequence[bytes], source: random.Random) -> None:
    at = source.randint(0, len(octets))
    end = min(len(octets), at + source.choice((1, 2, 8, 40)))
    match source.randrange(6):
        case 0 if octets:
            octets[at % len(octets)] ^= 1 << source.randrange(8)
        case 1:
            octets[at:end] = b""
        case 2:
            octets[at:at] = octets[at:end] * source.choice((1, 3, 50))
        case 3:
            other = source.choice(seeds)
            begin = source.randint(0, len(other))
            octets[at:end] = other[begin : begin + 200]
        case _:
            octets[at:at] = source.choice(_TOKENS) * source.choice((1, 1, 1, 2, 30))
