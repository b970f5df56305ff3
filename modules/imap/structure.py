"""Body structures (RFC 9051 7.5.2) as parts; whatever a server sends, something comes of it."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from modules.imap.tokens import Token, as_bytes, as_int, as_list
from modules.mail.api import Enclosed, Part, decode, decode_words, read_date

DEEPEST = 100
_MOST_CHILDREN = 2000
_CONTINUED = re.compile(r"([^*]+)\*(\d{1,3})?(\*)?")
_LONGEST_VALUE = 2000
_LONGEST_NAME = 200
UNKNOWN = Part(number="1", media_type="application/octet-stream")


def read_structure(token: Token) -> Part:
    """The root part of a message. A message of one part has the number 1; a multipart root has none."""
    tokens = as_list(token)
    if not tokens:
        return UNKNOWN
    return _part(tokens, "" if isinstance(tokens[0], list) else "1", 0)


def _part(tokens: list[Token], number: str, depth: int) -> Part:
    if depth >= DEEPEST:
        return Part(number=number, media_type="application/octet-stream")
    return _multipart(tokens, number, depth) if tokens and isinstance(tokens[0], list) else _leaf(tokens, number, depth)


def _multipart(tokens: list[Token], number: str, depth: int) -> Part:
    count = next((at for at, token in enumerate(tokens) if not isinstance(token, list)), len(tokens))
    prefix = f"{number}." if number else ""
    children = tuple(
        _part(as_list(token), f"{prefix}{at}", depth + 1)
        for at, token in enumerate(tokens[: min(count, _MOST_CHILDREN)], start=1)
    )
    rest = tokens[count:]
    parameters = read_parameters(_at(rest, 1))
    disposition, placed = _disposition(_at(rest, 2))
    return Part(
        number=number,
        media_type=f"multipart/{_word(_at(rest, 0)) or 'mixed'}",
        parameters=parameters,
        disposition=disposition,
        filename=_filename(placed, parameters),
        children=children,
    )


def _leaf(tokens: list[Token], number: str, depth: int) -> Part:
    media_type = f"{_word(_at(tokens, 0)) or 'application'}/{_word(_at(tokens, 1)) or 'octet-stream'}"
    parameters = read_parameters(_at(tokens, 2))
    # After the seven basic fields text has its lines, and a message an envelope, a structure and its lines.
    extensions = 7
    children: tuple[Part, ...] = ()
    enclosed: Enclosed | None = None
    if media_type.startswith("text/"):
        extensions = 8
    elif media_type in ("message/rfc822", "message/global") and isinstance(_at(tokens, 8), list):
        extensions = 10
        inner = as_list(_at(tokens, 8))
        # RFC 9051 6.4.5: what a multipart within a message holds is numbered below the message itself.
        inner_number = number if inner and isinstance(inner[0], list) else f"{number}.1"
        children = (_part(inner, inner_number, depth + 1),)
        enclosed = _enclosed(as_list(_at(tokens, 7)))
    disposition, placed = _disposition(_at(tokens, extensions + 1))
    return Part(
        number=number,
        media_type=media_type,
        parameters=parameters,
        disposition=disposition,
        filename=_filename(placed, parameters),
        content_id=_text(as_bytes(_at(tokens, 3)))[:_LONGEST_VALUE],
        encoding=_word(_at(tokens, 5)),
        size=as_int(_at(tokens, 6)),
        children=children,
        enclosed=enclosed,
    )


def _enclosed(envelope: list[Token]) -> Enclosed:
    """What an envelope (RFC 9051 7.5.2) tells of a message within a message."""
    sender = as_list(next(iter(as_list(_at(envelope, 2))), None))
    name, local, domain = (_text(as_bytes(_at(sender, at)))[:_LONGEST_NAME] for at in (0, 2, 3))
    address = f"{local}@{domain}" if domain else local
    subject = _text(as_bytes(_at(envelope, 1))[:_LONGEST_VALUE])
    return Enclosed(subject, name or address, read_date(decode(as_bytes(_at(envelope, 0))[:200])))


def read_parameters(token: Token) -> Mapping[str, str]:
    """Parameters with RFC 2231 undone: continuations joined, charsets decoded. Names are in lower case."""
    tokens = as_list(token)[:200]
    plain: dict[str, bytes] = {}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for at in range(0, len(tokens) - 1, 2):
        name, value = _word(tokens[at]), as_bytes(tokens[at + 1])[:_LONGEST_VALUE]
        found = _CONTINUED.fullmatch(name)
        if found:
            pieces.setdefault(found[1], {}).setdefault(int(found[2] or 0), (value, bool(found[3]) or not found[2]))
        elif name:
            plain.setdefault(name, value)
    joined = {name: _join(parts) for name, parts in pieces.items()}
    return {**{name: _text(value) for name, value in plain.items()}, **joined}


def _join(parts: dict[int, tuple[bytes, bool]]) -> str:
    charset, octets = b"", b""
    for at in sorted(parts):
        value, encoded = parts[at]
        if encoded and at == min(parts) and value.count(b"'") >= 2:
            charset, _, value = value.split(b"'", 2)
        octets += unquote_to_bytes(value) if encoded else value
    return _clean(decode(octets[:_LONGEST_VALUE], charset.decode("ascii", "replace") or "utf-8"))


def _disposition(token: Token) -> tuple[str, Mapping[str, str]]:
    tokens = as_list(token)
    if not tokens:
        return _word(token) if isinstance(token, bytes) else "", {}
    return _word(tokens[0]), read_parameters(_at(tokens, 1))


def _filename(placed: Mapping[str, str], parameters: Mapping[str, str]) -> str:
    return placed.get("filename") or parameters.get("name") or ""


def _at(tokens: list[Token], index: int) -> Token:
    return tokens[index] if index < len(tokens) else None


def _word(token: Token) -> str:
    word = token.decode("ascii", "replace").lower().strip() if isinstance(token, bytes) else ""
    return (word if word.isprintable() else _printable(word))[:200]


def _text(value: bytes) -> str:
    """Octets as text: encoded words decoded, for many programs put them where RFC 2231 belongs."""
    return _clean(decode_words(decode(value, "utf-8")))


def _clean(text: str) -> str:
    return text if text.isprintable() else _printable(text)


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())
