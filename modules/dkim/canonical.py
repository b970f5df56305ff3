"""Messages as signatures see them: header fields and bodies in the two canonical forms of RFC 6376 3.4."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_HEADER = 256 * 1024
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:", re.DOTALL)
_SPACE = re.compile(rb"[ \t]+")


@dataclass(frozen=True)
class HeaderField:
    """One header field as it came: its name in small letters, and all of it without its last line end."""

    name: str
    raw: bytes

    @property
    def value(self) -> bytes:
        """What stands after the colon."""
        return self.raw.partition(b":")[2]

    def canonical(self, *, relaxed: bool) -> bytes:
        """The field as it is signed, without a line end (RFC 6376 3.4.1, 3.4.2)."""
        if not relaxed:
            return self.raw
        value = _SPACE.sub(b" ", self.value.replace(b"\r\n", b"")).strip(b" \t")
        return self.name.encode("ascii") + b":" + value


def split_message(octets: bytes) -> tuple[tuple[HeaderField, ...], bytes] | None:
    """The header fields in their order and the body, with line ends of CRLF; None where the header is too long.

    Servers may keep messages with bare line feeds; a bare carriage return is a letter like others.
    """
    whole = octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if whole.startswith(b"\r\n"):
        return (), whole[2:]
    end = whole.find(b"\r\n\r\n")
    block, body = (whole, b"") if end < 0 else (whole[:end], whole[end + 4 :])
    return None if len(block) > MOST_HEADER else (read_fields(block), body)


def read_fields(block: bytes) -> tuple[HeaderField, ...]:
    """The fields of a header block with line ends of CRLF; lines that are none are passed over."""
    fields: list[HeaderField] = []
    for line in re.sub(rb"\r\n(?=[ \t])", b"\n", block).split(b"\r\n"):
        raw = line.replace(b"\n", b"\r\n")
        if (match := _FIELD.match(raw)) is not None:
            fields.append(HeaderField(match[1].decode("ascii").lower(), raw))
    return tuple(fields)


def canonical_body(body: bytes, *, relaxed: bool) -> bytes:
    """The body as it is signed (RFC 6376 3.4.3, 3.4.4): in time that grows with its size alone."""
    if body and not body.endswith(b"\r\n"):
        body += b"\r\n"
    if relaxed:
        body = _SPACE.sub(b" ", body).replace(b" \r\n", b"\r\n")
    kept = _without_empty_end(body)
    return b"\r\n" if not kept and not relaxed else kept


def select(fields: Sequence[HeaderField], names: Iterable[str]) -> tuple[HeaderField, ...]:
    """The fields that are signed: each further time that a name is given, the one above (RFC 6376 5.4.2)."""
    left: dict[str, list[HeaderField]] = {}
    for field in fields:
        left.setdefault(field.name, []).append(field)
    return tuple(left[name].pop() for name in names if left.get(name))


def covered(fields: Sequence[HeaderField], names: Sequence[str]) -> frozenset[str]:
    """The names of which every field is signed, so that none was added."""
    present = [field.name for field in fields]
    return frozenset(name for name in set(names) if 0 < present.count(name) <= names.count(name))


def _without_empty_end(body: bytes) -> bytes:
    """Without empty lines at the end. Every line feed has its carriage return before it; some of these may be bare."""
    start = len(body.rstrip(b"\r\n"))
    # A carriage return before another one is a letter, and what is behind the last of these is empty lines.
    bare = body.rfind(b"\r\r", start)
    end = bare + 1 if bare >= 0 else start
    return body[:end] + b"\r\n" if end else b""
