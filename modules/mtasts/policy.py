"""What a mail domain publishes about encryption: its record and its policy (RFC 8461 3), read with bounds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

LONGEST_POLICY = 64 * 1024
_ID = re.compile(r"[A-Za-z0-9]{1,32}", re.ASCII)
_AGE = re.compile(r"[0-9]{1,10}", re.ASCII)
_HOST = re.compile(r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?", re.ASCII)
_LONGEST_AGE = 31_557_600
_MOST_LINES = 1_000


class Mode(Enum):
    """What senders do where a server does not encrypt, or is not vouched for."""

    ENFORCE = "enforce"
    TESTING = "testing"
    NONE = "none"


@dataclass(frozen=True)
class MtaPolicy:
    """A domain's policy: its mode, the hosts that take its mail, and for how many seconds it counts."""

    mode: Mode
    hosts: tuple[str, ...]
    age: int


def has_record(texts: Iterable[bytes]) -> bool:
    """Whether a domain says, by exactly one TXT record, that it has a policy (RFC 8461 3.1)."""
    records = [text for text in texts if text.startswith(b"v=STSv1;")]
    if len(records) != 1:
        return False
    fields = (piece.partition("=") for piece in records[0].decode("ascii", "replace").split(";"))
    return any(name.strip() == "id" and _ID.fullmatch(value.strip()) for name, _, value in fields)


def read_policy(octets: bytes) -> MtaPolicy | None:
    """The policy of a document (RFC 8461 3.2); None where it is none. Of a repeated key the first counts."""
    found: dict[str, str] = {}
    hosts: list[str] = []
    for line in octets.decode("utf-8", "replace").splitlines()[:_MOST_LINES]:
        key, colon, value = (part.strip() for part in line.partition(":"))
        if colon and key == "mx" and _HOST.fullmatch(value):
            hosts.append(value.lower())
        elif colon:
            found.setdefault(key, value)
    if found.get("version") != "STSv1" or not _AGE.fullmatch(found.get("max_age", "")):
        return None
    try:
        mode = Mode(found.get("mode", ""))
    except ValueError:
        return None
    if mode is not Mode.NONE and not hosts:
        return None
    return MtaPolicy(mode, tuple(hosts), min(int(found["max_age"]), _LONGEST_AGE))
