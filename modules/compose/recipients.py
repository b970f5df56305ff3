"""Reading what a person types or pastes into To, Cc and Bcc."""

import re
from collections.abc import Iterator

from core import BIDI_CONTROLS, Sentence
from modules.compose.headers import clean_line, header_address
from modules.mail.api import Correspondent, EmailAddress

MOST_RECIPIENTS = 1000
LONGEST_LOCAL_PART = 64
# Each takes linear time, whatever is pasted: while one runs, nobody else of this process is served.
_ANGLE = re.compile(r"(.*)<\s*+(?:mailto:)?([^<>]*)>\s*", re.DOTALL | re.IGNORECASE)
# Of a text that ends with the bracket.
_COMMENT = re.compile(r"(\S+)\s*\((.*)\)", re.DOTALL)
_GROUP = re.compile(r"[^:@<>\"]{1,100}:(?!//)(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)")


def read_recipients(text: str) -> tuple[Correspondent, ...]:
    """The people that a text names, each address once.

    Commas, semicolons and lines stand between them; names may be quoted, and groups are taken apart. Raises ValueError
    with a sentence that names every piece that is no address.
    """
    found: dict[str, Correspondent] = {}
    wrong: list[str] = []
    for piece in pieces(text):
        try:
            for person in _read(piece):
                found.setdefault(person.address.lower(), person)
        except ValueError:
            wrong.append(_shown(piece))
    if wrong:
        named = ", ".join(dict.fromkeys(wrong[:5]))
        raise ValueError(
            Sentence.counted(
                "%(named)s is not an email address", "%(named)s are not email addresses", len(wrong), named=named
            )
        )
    if len(found) > MOST_RECIPIENTS:
        raise ValueError(
            Sentence(
                "holds %(number)s addresses; a message takes at most %(most)s",
                number=f"{len(found):,}",
                most=f"{MOST_RECIPIENTS:,}",
            )
        )
    return tuple(found.values())


def keep_recipients(text: str) -> tuple[Correspondent, ...]:
    """The same for a draft: what is no address yet is kept as a name without one."""
    people: list[Correspondent] = []
    for piece in pieces(text):
        try:
            people.extend(_read(piece))
        except ValueError:
            people.append(Correspondent(clean_line(piece), ""))
    return tuple(people[:MOST_RECIPIENTS])


def write_recipients(people: tuple[Correspondent, ...]) -> str:
    """People as a text that `read_recipients` reads the same."""
    return ", ".join(_write(person) for person in people)


def pieces(text: str) -> Iterator[str]:
    """The text between commas, semicolons and line ends that are not quoted and in no brackets."""
    piece, quoted, escaped, depth = "", False, False, 0
    for letter in text:
        if escaped:
            escaped = False
        elif letter == "\\" and quoted:
            escaped = True
        elif letter == '"':
            quoted = not quoted
        elif letter == "\n" or (letter in ",;" and not quoted and not depth):
            # A quote or bracket that is still open at the end of its line was never meant as one.
            yield from _stripped(piece)
            piece, quoted, depth = "", False, 0
            continue
        elif not quoted and letter in "<(":
            depth += 1
        elif not quoted and letter in ">)":
            depth = max(0, depth - 1)
        piece += letter
    yield from _stripped(piece)


def _stripped(piece: str) -> Iterator[str]:
    stripped = piece.strip()
    if group := _GROUP.fullmatch(stripped):
        stripped = group[1].strip()
    if stripped:
        yield stripped


def _read(piece: str) -> tuple[Correspondent, ...]:
    """The people of one piece: one, or several with only spaces between their addresses."""
    text = "".join(letter for letter in piece if letter not in BIDI_CONTROLS)
    if angle := _ANGLE.fullmatch(text):
        return (Correspondent(_name(angle[1]), _address(angle[2])),)
    if text.endswith(")") and (comment := _COMMENT.fullmatch(text)):
        return (Correspondent(_name(comment[2]), _address(comment[1])),)
    if text.startswith('"'):
        return (Correspondent("", _address(text)),)
    return tuple(Correspondent("", _address(word)) for word in text.split())


def _name(text: str) -> str:
    name = clean_line(text)
    if len(name) < 2 or name[0] != name[-1] or name[0] not in "\"'":
        return name
    return clean_line(_ESCAPED.sub(lambda found: found[1], name[1:-1]) if name[0] == '"' else name[1:-1])


def _address(text: str) -> str:
    address = str(EmailAddress.parse(text.strip().removeprefix("mailto:")))
    local = address.rpartition("@")[0]
    if not header_address(address) or len(local.encode()) > LONGEST_LOCAL_PART:
        raise ValueError(Sentence("is not an email address"))
    return address


def _write(person: Correspondent) -> str:
    name = clean_line(person.name)
    if not name or not person.address:
        return person.address or name
    if any(character in name for character in '",;<>()@:\\') or name != name.strip("'"):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{person.address}>'
    return f"{name} <{person.address}>"


def _shown(piece: str) -> str:
    line = clean_line(piece)
    return f"`{line if len(line) <= 60 else line[:60] + '…'}`"
