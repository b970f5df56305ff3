"""Read Authentication-Results (RFC 8601): what which server found out, and which of it is believed."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

LONGEST = 16_000
MOST_FINDINGS = 60
METHODS = ("spf", "dkim", "dmarc", "arc")

FIELD = "authentication-results"
# What mail servers put between two fields of the same run.
_AMONG = frozenset({"received-spf", "dkim-filter", "x-dkim-filter"})
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"?|([;=])|([^\s;="()]+)|(\s+)', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}", re.ASCII)


@dataclass(frozen=True)
class Finding:
    """How one check ended: its method, its result, the reason that was given, and its properties such as header.d."""

    method: str
    result: str
    reason: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Findings:
    """What one server found out. Without a name nobody knows which one it was."""

    server: str
    found: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def believed(fields: Sequence[tuple[str, str]], believes: Callable[[str], bool]) -> Findings:
    """What believed servers found, of all header fields in their order, the newest first.

    Only the topmost run of Authentication-Results counts, up to the first of a server that is not believed: what stands
    further below came with the message. Of two fields with results of one method the upper one counts.
    """
    found: list[Finding] = []
    servers: list[str] = []
    for value in _topmost(fields):
        read = read_results(value)
        if not believes(read.server):
            break
        servers.append(read.server)
        settled = {finding.method for finding in found}
        found.extend(finding for finding in read.found if finding.method not in settled)
    return Findings(servers[0] if servers else "", tuple(found))


def read_results(value: str) -> Findings:
    """One field's value (RFC 8601 2.2). Nothing in it can make this fail; what is broken is left out."""
    pieces = list(_split(_tokens(value[:LONGEST])))
    head = [token for token in pieces[0] if token.kind != "comment"]
    if not head or head[0].kind != "word" or any(token.kind == "=" for token in head):
        return Findings("")
    read = (_finding(piece) for piece in pieces[1 : MOST_FINDINGS + 1])
    return Findings(head[0].text.lower(), tuple(finding for finding in read if finding is not None))


def _topmost(fields: Sequence[tuple[str, str]]) -> Iterator[str]:
    begun = False
    for name, value in fields:
        lowered = name.lower()
        if lowered == FIELD:
            begun = True
            yield value
        elif begun and lowered not in _AMONG:
            return


def _finding(piece: Sequence[_Token]) -> Finding | None:
    words = [token for token in piece if token.kind != "comment"]
    if len(words) < 3 or [token.kind for token in words[:3]] != ["word", "=", "word"]:
        return None
    method, result = words[0].text.partition("/")[0].lower(), words[2].text.lower()
    if not _NAME.fullmatch(method) or not _NAME.fullmatch(result):
        return None
    properties = dict(_pairs(words[3:]))
    comments = " ".join(token.text for token in piece if token.kind == "comment")
    return Finding(method, result, properties.pop("reason", "") or comments, properties)


def _pairs(words: Sequence[_Token]) -> Iterator[tuple[str, str]]:
    """Names and values; of a name that is given twice the first counts."""
    seen: set[str] = set()
    for name, equals, value in zip(words, words[1:], words[2:], strict=False):
        lowered = name.text.lower()
        if (name.kind, equals.kind, value.kind) == ("word", "=", "word") and lowered not in seen:
            seen.add(lowered)
            yield lowered, value.text


def _split(tokens: Iterator[_Token]) -> Iterator[list[_Token]]:
    piece: list[_Token] = []
    for token in tokens:
        if token.kind == ";":
            yield piece
            piece = []
        else:
            piece.append(token)
    yield piece


def _tokens(value: str) -> Iterator[_Token]:
    position = 0
    while position < len(value):
        if value[position] == "(":
            text, position = _comment(value, position)
            yield _Token("comment", text)
            continue
        match = _TOKEN.match(value, position)
        if match is None:
            position += 1
            continue
        position = match.end()
        quoted, mark, word, _ = match.groups()
        if quoted is not None:
            yield _Token("word", _ESCAPE.sub(r"\1", quoted))
        elif mark is not None:
            yield _Token(mark, mark)
        elif word is not None:
            yield _Token("word", word)


def _comment(value: str, start: int) -> tuple[str, int]:
    """A comment's text and where it ends; comments nest, and one that never ends ends with the field."""
    depth, position = 0, start
    while position < len(value):
        letter = value[position]
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return value[start + 1 : position].strip(), position + 1
        position += 2 if letter == "\\" else 1
    return value[start + 1 :].strip(), len(value)
