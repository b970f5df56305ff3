"""Tag lists (RFC 6376 3.2): signatures and key records, read with bounds and refused in words."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core import Sentence

LONGEST_SIGNATURE = 16_000
MOST_NAMES = 200
# Clocks of others may be ahead.
_LENIENCE = timedelta(hours=10)

_TAG = re.compile(rb"[a-zA-Z][a-zA-Z0-9_]{0,60}")
_SPACE = re.compile(rb"[ \t\r\n]+")
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*", re.ASCII)
_NUMBER = re.compile(rb"[0-9]{1,12}")
_FIELD_NAME = re.compile(r"[!-9;-~]{1,200}")


class Unfit(Exception):
    """A signature that is not checked any further; `reason` says why."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class SignatureTags:
    """What a DKIM-Signature says of itself (RFC 6376 3.5). `length` is how much of the body it covers, None for all."""

    algorithm: str
    domain: str
    selector: str
    names: tuple[str, ...]
    signature: bytes
    body_hash: bytes
    relaxed_header: bool
    relaxed_body: bool
    length: int | None
    identity: str

    @property
    def key_name(self) -> str:
        """Where the key is published (RFC 6376 3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"


def read_tags(text: bytes) -> dict[str, bytes]:
    """Names and values without the spaces around them. Raises ValueError for what is no list, or names a tag twice."""
    found: dict[str, bytes] = {}
    pieces = text.split(b";")
    for piece in pieces if pieces[-1].strip() else pieces[:-1]:
        name, equals, value = piece.partition(b"=")
        tag = name.strip(b" \t\r\n")
        if not equals or not _TAG.fullmatch(tag) or tag.decode() in found:
            raise ValueError("this is no list of tags")
        found[tag.decode()] = value.strip(b" \t\r\n")
    return found


def domain_tag(value: bytes) -> str:
    """The domain that a DKIM-Signature names, as far as it can be read; for people."""
    try:
        return _plain_name(read_tags(value[:LONGEST_SIGNATURE]).get("d", b""))
    except (ValueError, Unfit):
        return ""


def read_signature(value: bytes, received: datetime) -> SignatureTags:
    """What a signature says; `received` is when the message came. Raises Unfit."""
    if len(value) > LONGEST_SIGNATURE:
        raise Unfit(Sentence("The signature is too long."))
    try:
        tags = read_tags(value)
    except ValueError as error:
        raise Unfit(Sentence("The signature cannot be read.")) from error
    for name in ("v", "a", "b", "bh", "d", "h", "s"):
        if not tags.get(name):
            raise Unfit(Sentence("The signature lacks its part “%(name)s”.", name=name))
    if tags["v"] != b"1" or (b"dns/txt" not in tags.get("q", b"dns/txt").lower()):
        raise Unfit(Sentence("The signature is of a kind that is not known."))
    _check_times(tags, received)
    header, body = _forms(tags.get("c", b"simple/simple"))
    domain = _plain_name(tags["d"])
    return SignatureTags(
        algorithm=_algorithm(tags["a"]),
        domain=domain,
        selector=_plain_name(tags["s"]),
        names=_names(tags["h"]),
        signature=_octets(tags["b"]),
        body_hash=_octets(tags["bh"]),
        relaxed_header=header,
        relaxed_body=body,
        length=_number(tags["l"]) if "l" in tags else None,
        identity=_identity(tags.get("i", b""), domain),
    )


def without_signature(raw: bytes) -> bytes:
    """A whole DKIM-Signature field with the value of its b= taken out (RFC 6376 3.7)."""
    name, colon, value = raw.partition(b":")
    pieces = value.split(b";")
    for at, piece in enumerate(pieces):
        tag, equals, _ = piece.partition(b"=")
        if equals and tag.strip(b" \t\r\n") == b"b":
            pieces[at] = tag + equals
    return name + colon + b";".join(pieces)


def _check_times(tags: dict[str, bytes], received: datetime) -> None:
    """A message that came in time stays signed in its reader's mailbox."""
    signed = _time(tags["t"]) if "t" in tags else None
    ends = _time(tags["x"]) if "x" in tags else None
    if signed is not None and signed > received + _LENIENCE:
        raise Unfit(Sentence("The signature says that it was made after the message came."))
    if ends is not None and (ends < received - _LENIENCE or (signed is not None and ends < signed)):
        raise Unfit(Sentence("The signature had expired when the message came."))


def _time(value: bytes) -> datetime:
    try:
        return datetime.fromtimestamp(_number(value), UTC)
    except (OverflowError, OSError, ValueError):
        return datetime.max.replace(tzinfo=UTC)


def _algorithm(value: bytes) -> str:
    algorithm = value.decode("ascii", "replace").lower()
    if algorithm == "rsa-sha1":
        raise Unfit(Sentence("It is signed with SHA-1, which can be forged and is not accepted any more."))
    if algorithm not in ("rsa-sha256", "ed25519-sha256"):
        raise Unfit(Sentence("It is signed in a way that is not known."))
    return algorithm


def _forms(value: bytes) -> tuple[bool, bool]:
    """Whether header and body are relaxed."""
    header, slash, body = value.lower().partition(b"/")
    forms = (header.strip(), body.strip() if slash else b"simple")
    if not set(forms) <= {b"simple", b"relaxed"}:
        raise Unfit(Sentence("The signature is of a kind that is not known."))
    return forms[0] == b"relaxed", forms[1] == b"relaxed"


def _names(value: bytes) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in value.decode("ascii", "replace").split(":"))
    if len(names) > MOST_NAMES or not all(_FIELD_NAME.fullmatch(name) for name in names):
        raise Unfit(Sentence("The signature cannot be read."))
    return names


def _identity(value: bytes, domain: str) -> str:
    """The domain of i=, which is that of d= or below it."""
    told = value.rpartition(b"@")[2].decode("ascii", "replace").lower().strip() or domain
    if told != domain and not told.endswith(f".{domain}"):
        raise Unfit(Sentence("The signature speaks for another domain than its own."))
    return told


def _plain_name(value: bytes) -> str:
    name = value.decode("ascii", "replace").lower().rstrip(".")
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise Unfit(Sentence("The signature names no domain that could exist."))
    return name


def _number(value: bytes) -> int:
    if not _NUMBER.fullmatch(value):
        raise Unfit(Sentence("The signature cannot be read."))
    return int(value)


def _octets(value: bytes) -> bytes:
    try:
        return base64.b64decode(_SPACE.sub(b"", value), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unfit(Sentence("The signature cannot be read.")) from error
