"""Transfer encodings undone piece by piece (RFC 2045 6, uuencode); what is broken gives what can be had of it."""

import binascii
import re
import string
from typing import Protocol

_BASE64 = f"{string.ascii_letters}{string.digits}+/=".encode()
_NOT_BASE64 = bytes(octet for octet in range(256) if octet not in _BASE64)
_PADDED = re.compile(rb"(?=.)([^=]*)(=*)", re.DOTALL)
_HELD = 8192
_UU_BEGIN = re.compile(rb"begin \d{3,4} ")


class Decoder(Protocol):
    """One part's transfer encoding; feed it octets in order, then finish it."""

    def feed(self, octets: bytes) -> bytes:
        """What can be decoded by now."""
        ...

    def finish(self) -> bytes:
        """What was held back."""
        ...


def decoder_for(encoding: str) -> Decoder:
    """The decoder for a Content-Transfer-Encoding; an unknown one leaves the octets as they are."""
    name = encoding.strip().lower()
    if name == "base64":
        return _Base64()
    if name == "quoted-printable":
        return _QuotedPrintable()
    return _Uuencode() if name in ("x-uuencode", "uuencode", "x-uue", "uue") else _Identity()


def only_base64(octets: bytes) -> bytes:
    """The letters of base64 alone (RFC 2045 6.8: all others are left out)."""
    return octets.translate(None, _NOT_BASE64)


class _Identity:
    def feed(self, octets: bytes) -> bytes:
        return octets

    def finish(self) -> bytes:
        return b""


class _Base64:
    """Padding may stand in the middle, where encoded pieces were put together: groups begin anew behind it."""

    def __init__(self) -> None:
        self._held = b""
        self._regular = True

    def feed(self, octets: bytes) -> bytes:
        if self._regular and b"=" not in octets and (end := octets.rfind(b"\n") + 1):
            # As encoders write it: lines of whole groups. What is none of its letters binascii leaves out by itself.
            try:
                decoded = binascii.a2b_base64(b"".join((self._held, memoryview(octets)[:end])))
            except binascii.Error:
                self._regular = False
            else:
                self._held = octets[end:]
                return decoded
        return self._feed_irregular(octets)

    def _feed_irregular(self, octets: bytes) -> bytes:
        decoded, self._held = bytearray(), only_base64(self._held)
        for piece, padding in _PADDED.findall(only_base64(octets)):
            text = self._held + piece
            end = len(text) if padding else len(text) - len(text) % 4
            decoded += _decode_groups(text[:end])
            self._held = text[end:]
        return bytes(decoded)

    def finish(self) -> bytes:
        text, self._held = only_base64(self._held), b""
        # What is left of the last line may be several groups.
        return _decode_groups(text)


def _decode_groups(text: bytes) -> bytes:
    """Groups of four letters without padding; of the last, what can be had."""
    whole = text[: len(text) - (len(text) % 4 == 1)]
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


class _QuotedPrintable:
    def __init__(self) -> None:
        self._held = b""

    def feed(self, octets: bytes) -> bytes:
        text = self._held + octets
        # A line may end in a soft break, and trailing blanks go: decode whole lines only.
        end = text.rfind(b"\n") + 1
        if not end and len(text) > _HELD:
            end = text.rfind(b"=", len(text) - 3)
            end = end if end > 0 else len(text)
        self._held = text[end:]
        return binascii.a2b_qp(text[:end])

    def finish(self) -> bytes:
        text, self._held = self._held, b""
        return binascii.a2b_qp(text)


class _Uuencode:
    def __init__(self) -> None:
        self._held = b""
        self._begun = False
        self._ended = False

    def feed(self, octets: bytes) -> bytes:
        lines = (self._held + octets).split(b"\n")
        self._held = lines.pop()[:_HELD]
        return b"".join(self._line(line.rstrip(b"\r")) for line in lines)

    def finish(self) -> bytes:
        line, self._held = self._held, b""
        return self._line(line.rstrip(b"\r"))

    def _line(self, line: bytes) -> bytes:
        if self._ended or not line:
            return b""
        if not self._begun:
            self._begun = bool(_UU_BEGIN.match(line))
            return b""
        if line == b"end":
            self._ended = True
            return b""
        # The first octet announces how much there is: filling after it goes, and what is torn off is not made up.
        groups = (((line[0] - 32) & 63) + 2) // 3
        try:
            decoded = binascii.a2b_uu(line[: 1 + groups * 4])
        except binascii.Error:
            return b""
        return decoded[: (len(line) - 1) * 3 // 4]
