"""Header fields of outgoing mail: any text becomes lines of ASCII that no server or client misreads."""

import re
import unicodedata
from collections.abc import Iterable
from email.header import Header
from urllib.parse import quote

import idna

from core import BIDI_CONTROLS, Sentence
from modules.mail.api import Correspondent

FOLD = 76
LONGEST_VALUE = 60
LONGEST_DOMAIN = 253
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*", re.ASCII)
_DOT_ATOM = re.compile(r"[^\x00-\x20\x7f()<>\[\]:;@\\,.\"]+(\.[^\x00-\x20\x7f()<>\[\]:;@\\,.\"]+)*")
_DOTTED = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+", re.ASCII)
_QUOTED = re.compile(r'"(?:[ -!#-\[\]-~]|\\[ -~])*"', re.ASCII)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?", re.ASCII)
_PLAIN_VALUE = re.compile(r"[A-Za-z0-9!#$&+.^_`{}~ ()\[\],;:@='-]*", re.ASCII)
_ESCAPED = re.compile(r"\\(.)")
_MOST_REFERENCES = 40


def clean_line(text: str) -> str:
    """A text as one line: control characters become spaces, and what turns the direction of writing goes."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    letters = (" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    kept = (letter for letter in letters if letter not in BIDI_CONTROLS and not "\ud800" <= letter <= "\udfff")
    return " ".join("".join(kept).split())


def text_field(name: str, text: str) -> str:
    """A field of free text, such as Subject (RFC 2047 for other letters than ASCII's)."""
    cleaned = clean_line(text)
    plain = cleaned.isascii() and "=?" not in cleaned and all(len(word) <= FOLD - 10 for word in cleaned.split())
    if not plain:
        return f"{name}: {_encoded_words(cleaned, len(name) + 2)}\r\n"
    return f"{name}: {_fold(cleaned.split(' '), ' ', len(name) + 2)}\r\n"


def address_field(name: str, people: Iterable[Correspondent]) -> str:
    """A field of addresses, one after the other; nothing where there are none."""
    mailboxes = [mailbox(person) for person in people if person.name or person.address]
    return f"{name}: {_fold(mailboxes, ', ', len(name) + 2)}\r\n" if mailboxes else ""


def mailbox(person: Correspondent) -> str:
    """A name and an address as a header has them (RFC 5322 3.4); an address without @ stands as a name."""
    address = header_address(person.address)
    if not address:
        return f"{_phrase(clean_line(person.name or person.address))} <>"
    name = clean_line(person.name)
    return f"{_phrase(name)} <{address}>" if name else address


def header_address(address: str) -> str:
    """An address as headers and servers take it: its domain in ASCII (RFC 5891). Nothing where it cannot be one."""
    local, at, domain = address.rpartition("@")
    if not at or not local or address != clean_line(address):
        return ""
    try:
        ascii_domain = to_ascii(domain)
    except ValueError:
        return ""
    if _DOT_ATOM.fullmatch(local):
        return f"{local}@{ascii_domain}"
    if _QUOTED.fullmatch(local):
        return f"{_quoted(_ESCAPED.sub(_without_escape, local[1:-1]))}@{ascii_domain}"
    # Dots in the wrong places are not allowed, but they are in use.
    return f'"{local}"@{ascii_domain}' if _DOTTED.fullmatch(local) else ""


def to_ascii(domain: str) -> str:
    """A domain with its labels in ASCII. Raises ValueError where no domain can be called that."""
    if len(domain) > LONGEST_DOMAIN:
        raise ValueError(Sentence("`%(domain)s…` is not a domain", domain=domain[:40]))
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(Sentence("`%(domain)s` is not a domain", domain=domain)) from error
    if len(ascii_domain) > LONGEST_DOMAIN or not all(_LABEL.fullmatch(label) for label in ascii_domain.split(".")):
        raise ValueError(Sentence("`%(domain)s` is not a domain", domain=domain))
    return ascii_domain


def reference_field(name: str, message_ids: Iterable[str]) -> str:
    """A field of message ids; what is none is left out, and of many the first and the last are kept."""
    ids = [found for one in message_ids for found in _MESSAGE_ID.findall(one) if len(found) < 900]
    if len(ids) > _MOST_REFERENCES:
        ids = [ids[0], *ids[1 - _MOST_REFERENCES :]]
    return f"{name}: {_fold(ids, ' ', len(name) + 2)}\r\n" if ids else ""


def parameter(name: str, value: str) -> str:
    """A parameter of a field, on a line of its own (RFC 2231 for long values and other letters than ASCII's)."""
    cleaned = clean_line(value)
    if len(cleaned) <= LONGEST_VALUE and _PLAIN_VALUE.fullmatch(cleaned):
        return f';\r\n {name}="{cleaned}"'
    encoded = quote(cleaned, safe="", encoding="utf-8")
    if len(encoded) <= LONGEST_VALUE:
        return f";\r\n {name}*=utf-8''{encoded}"
    pieces = re.findall(rf"(?:%..|.){{1,{LONGEST_VALUE // 3}}}", encoded)
    continued = "".join(f";\r\n {name}*{number}*={piece}" for number, piece in enumerate(pieces[1:], 1))
    return f";\r\n {name}*0*=utf-8''{pieces[0]}{continued}"


def _phrase(name: str) -> str:
    if not name.isascii() or "=?" in name or len(name) > FOLD - 12:
        return _encoded_words(name, 0)
    return name if _PHRASE.fullmatch(name) else _quoted(name)


def _without_escape(found: re.Match[str]) -> str:
    return found[1]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _encoded_words(text: str, indent: int) -> str:
    return Header(text, "utf-8", maxlinelen=FOLD, header_name="x" * max(0, indent - 2)).encode(linesep="\r\n")


def _fold(tokens: list[str], separator: str, indent: int) -> str:
    """Tokens with a separator between them, in lines that are not longer than need be."""
    lines: list[str] = []
    line, room = "", FOLD - indent
    for number, token in enumerate(tokens):
        piece = token if number == len(tokens) - 1 else token + separator.rstrip()
        if line and len(line) + 1 + len(piece) > room:
            lines.append(line)
            line, room = piece, FOLD - 1
        else:
            line = f"{line} {piece}" if line else piece
    return "\r\n ".join([*lines, line])
