"""Server responses cut into tokens: numbers, strings, NIL and lists (RFC 9051 4)."""

import re
from collections.abc import Sequence
from itertools import product
from typing import TypeAlias

Record: TypeAlias = bytes | tuple[bytes, bytes]
Token: TypeAlias = "int | bytes | list[Token] | None"

# A parenthesis, a quoted string, a literal's announcement at the end of its record, an atom that may hold
# [section]<origin>, or a stray character. RFC 9051 9: names of mailboxes hold brackets and tildes without quotes.
_TOKEN = re.compile(
    rb'[()]|"(?:[^"\\]|\\.)*"|~?\{\d+\}$|[^\s()"{][^\s()"\[{]*(?:\[[^\]]*\](?:<\d+>)?)?[^\s()"]*|[^\s()]', re.DOTALL
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_OPEN, _CLOSE, _QUOTE, _ZERO, _NINE = b'()"09'
# What announces a literal.
_MARKS = frozenset(b"{~")
_NIL = frozenset(bytes(letters) for letters in product(b"Nn", b"Ii", b"Ll"))
# In digits; a longer one is taken for an atom.
LONGEST_NUMBER = 20
# Long conversations nest; nothing here or in what reads tokens recurses further than its own bound.
DEEPEST = 2000


def read_tokens(records: Sequence[Record]) -> list[Token]:
    """The tokens of one response, literals in their places. Raises ValueError where parentheses do not match.

    A record is the octets of a line, or a pair of such octets and the literal that they announce.
    """
    current: list[Token] = []
    open_lists: list[list[Token]] = []
    for record in records:
        text, literal = record if isinstance(record, tuple) else (record, None)
        for token in _TOKEN.findall(text):
            first = token[0]
            if first == _OPEN:
                if len(open_lists) >= DEEPEST:
                    raise ValueError("is nested too deep")
                open_lists.append(current)
                current = []
                open_lists[-1].append(current)
            elif first == _CLOSE:
                if not open_lists:
                    raise ValueError("closes a list that was never opened")
                current = open_lists.pop()
            elif first == _QUOTE and token != b'"':
                current.append(_ESCAPED.sub(rb"\1", token[1:-1]) if b"\\" in token else token[1:-1])
            elif literal is not None and first in _MARKS and _announces(token):
                current.append(literal)
            elif _ZERO <= first <= _NINE and token.isdigit() and len(token) <= LONGEST_NUMBER:
                current.append(int(token))
            else:
                current.append(None if token in _NIL else token)
    if open_lists:
        raise ValueError("ends within a list")
    return current


def _announces(token: bytes) -> bool:
    return (token[:1] == b"{" and token[-1:] == b"}") or token[:2] == b"~{"


def as_int(token: Token) -> int:
    """A number, or 0 for what is none."""
    return token if isinstance(token, int) else 0


def as_bytes(token: Token) -> bytes:
    """A string's octets, as sent; a number as its digits; nothing for NIL and lists."""
    if isinstance(token, bytes):
        return token
    return str(token).encode("ascii") if isinstance(token, int) else b""


def as_list(token: Token) -> list[Token]:
    """A list's tokens, or none for what is no list."""
    return token if isinstance(token, list) else []


def pairs(tokens: Sequence[Token]) -> dict[bytes, Token]:
    """Names and values that take turns, as FETCH and STATUS send them; names in upper case."""
    return {as_bytes(tokens[at]).upper(): tokens[at + 1] for at in range(0, len(tokens) - 1, 2)}
