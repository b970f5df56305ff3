"""Messages too large to be kept: made when a test asks for them."""

from collections.abc import Callable

_HEAD = b"From: Ada Field <ada@garden.example>\r\nTo: Robin <robin@example.test>\r\n"
_DATE = b"Date: Fri, 01 May 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"


def _letter(subject: bytes, body: bytes, kind: bytes = b"text/plain; charset=utf-8", more: bytes = b"") -> bytes:
    return b"".join((_HEAD, more, b"Subject: ", subject, b"\r\n", _DATE, b"Content-Type: ", kind, b"\r\n\r\n", body))


def _many(count: int, part: bytes) -> bytes:
    return b"".join(b"--b\r\n" + part.replace(b"%", b"%d" % number) for number in range(count)) + b"--b--\r\n"


def _nested(depth: int) -> bytes:
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=n%d\r\n\r\n--n%d\r\n" % (number, number) for number in range(depth)
    )
    return _HEAD + b"Subject: Deep\r\n" + _DATE + opened + b"Content-Type: text/plain\r\n\r\nThe innermost words.\r\n"


def _recipients(count: int) -> bytes:
    return b"Cc: " + b",\r\n ".join(b"Person %d <p%d@example.test>" % (one, one) for one in range(count)) + b"\r\n"


_FILE = b"Content-Type: text/plain; name=%.txt\r\nContent-Disposition: attachment\r\n\r\nFile %\r\n"
_TEXT = b"Content-Type: text/plain\r\n\r\nText %\r\n"
_WORDS = b"The words of the letter.\r\n"
BOMBS: dict[str, Callable[[], bytes]] = {
    "a subject of 10 MB": lambda: _letter(b"subject " * 1_250_000, _WORDS),
    "ten thousand recipients": lambda: _letter(b"All", _WORDS, more=_recipients(10_000)),
    "5,000 attachments": lambda: _letter(b"Files", _many(5000, _FILE), b"multipart/mixed; boundary=b"),
    "5,000 texts": lambda: _letter(b"Texts", _many(5000, _TEXT), b"multipart/mixed; boundary=b"),
    "1,000 nested parts": lambda: _nested(1000),
    "a line of 1 MB": lambda: _letter(b"A line", b"word" * 250_000),
    "a million lines": lambda: _letter(b"Lines", b"a line\r\n" * 1_000_000),
    "100,000 nested elements": lambda: _letter(b"Deep", b"<div>" * 100_000 + _WORDS, b"text/html"),
    "hidden depth of 60,000": lambda: _letter(b"Deep", b"<li><dd></x>" * 19_000 + _WORDS, b"text/html"),
    "fonts that outlive": lambda: _letter(
        b"Fonts", b"".join(b"<p><font id=%d></i>" % one for one in range(18_000)) + _WORDS, b"text/html"
    ),
    "styles of 2 MB": lambda: _letter(b"Styles", b"<style>" + b"p{color:rgb((((" * 130_000 + _WORDS, b"text/html"),
    "styled paragraphs": lambda: _letter(
        b"Styled", b'<p style="color:red;margin:1px 2px">words</p>' * 19_000 + _WORDS, b"text/html"
    ),
    "quotes in every line": lambda: _letter(b"Quotes", (b">" * 300 + b" x\r\n") * 5000),
}


def large_letter(size: int) -> bytes:
    """A message with one attachment of about so many octets."""
    line = b"QUJD" * 19 + b"\r\n"
    head = b"--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--b\r\nContent-Type: application/octet-stream"
    coded = b"; name=large.bin\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n"
    return _letter(b"Large", head + coded + line * (size // len(line)) + b"--b--\r\n", b"multipart/mixed; boundary=b")
