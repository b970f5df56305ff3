"""Read address lists of any quality (RFC 5322 3.4): names, comments, groups, quotes and what broken mail holds."""

import re
from collections.abc import Callable, Iterator

from modules.mail.model import Correspondent

MOST_ADDRESSES = 1000
LONGEST_LIST = 100_000
LONGEST_NAME = 300
LONGEST_ADDRESS = 320

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"?|\(|<([^<>]*)>?|([,;:])|([^\s"(<,;:]+)|(\s+)', re.DOTALL)
# One of a list as nearly all are written: a name or a quoted one with an address, or an address. Takes linear time.
_USUAL = re.compile(
    r'\s*+(?:(?:"([^"\\]*+)"\s*+|([^"(<,;:]*+))<([^<>]*+)>|([^\s"(<,;:]++))\s*+(?:[,;]|\Z)',
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def read_addresses(value: str, decode: Callable[[str], str] = str) -> tuple[Correspondent, ...]:
    """The people of an address list, groups taken apart. Nothing in it can make this fail."""
    if not value:
        return ()
    found: list[Correspondent] = []
    value = value[:LONGEST_LIST]
    for name, address in _usual(value) or _mailboxes(value):
        shown = decode(name)[:LONGEST_NAME].strip().strip("'\"").strip()
        bare = decode(address)[:LONGEST_ADDRESS].replace(" ", "").strip("<>")
        if shown or bare:
            found.append(Correspondent("" if shown == bare else shown, bare))
        if len(found) == MOST_ADDRESSES:
            break
    return tuple(found)


def _usual(value: str) -> list[tuple[str, str]]:
    """Pairs of raw name and raw address where all are written as usual; else none."""
    found: list[tuple[str, str]] = []
    position = 0
    while position < len(value):
        match = _USUAL.match(value, position)
        if match is None:
            return []
        position = match.end()
        quoted, name, address, bare = match.groups()
        if bare is None:
            found.append((" ".join((quoted or name or "").split()), address.strip()))
        elif "@" in bare:
            found.append(("", bare))
        else:
            return []
    return found


def _mailboxes(value: str) -> Iterator[tuple[str, str]]:
    """Pairs of raw name and raw address."""
    words: list[str] = []
    comment = ""
    address: str | None = None
    position = 0
    while position < len(value):
        if value[position] == "(":
            comment, position = _comment(value, position)
            continue
        match = _TOKEN.match(value, position)
        if match is None:
            position += 1
            continue
        position = match.end()
        quoted, angled, mark, word, space = match.groups()
        if mark == ":" and address is None and not any("@" in one for one in words):
            words, comment = [], ""
        elif mark in (",", ";"):
            yield from _finish(words, comment, address)
            words, comment, address = [], "", None
        elif angled is not None:
            address = angled
        elif quoted is not None:
            words.append(_ESCAPE.sub(r"\1", quoted))
        elif mark or word or space:
            words.append(mark or word or " ")
    yield from _finish(words, comment, address)


def _finish(words: list[str], comment: str, address: str | None) -> Iterator[tuple[str, str]]:
    text = " ".join("".join(words).split())
    if address is not None:
        yield text or comment, address.strip()
    elif "@" in text and " " not in text:
        yield comment, text
    elif "@" in text:
        at = next(word for word in text.split() if "@" in word)
        yield text.replace(at, "").strip() or comment, at
    elif text:
        yield text, ""


def _comment(value: str, start: int) -> tuple[str, int]:
    """A comment's text and where it ends; comments nest, and one that never ends ends with the list."""
    depth = 0
    position = start
    while position < len(value):
        letter = value[position]
        if letter == "\\":
            position += 1
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                return value[start + 1 : position], position + 1
        position += 1
    return value[start + 1 :], len(value)
