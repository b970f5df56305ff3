"""What reports hold: of deliveries (RFC 3464), of what became of a message (RFC 8098), of complaints (RFC 5965)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from modules.mail.api import decode, decode_words, raw_fields, read_date
from modules.reports.status import find_code, meaning

MOST_RECIPIENTS = 100
LONGEST = 128 * 1024
_LONGEST_VALUE = 1000
_BLANK = re.compile(rb"(?:\r?\n[ \t]*){2,}")
_TYPED = re.compile(r"\s*([A-Za-z0-9-]{1,40})\s*;\s*(.*)", re.DOTALL)
# RFC 6533 3: addresses beyond ASCII, written in ASCII.
_ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")

Fields = Mapping[str, str]


class Action(Enum):
    """What became of a message for one recipient (RFC 3464 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"
    UNKNOWN = ""


@dataclass(frozen=True)
class Recipient:
    """What a report says of one recipient; `why` is a sentence of ours, `said` are the words of the server."""

    address: str
    action: Action
    code: str = ""
    why: str = ""
    said: str = ""
    server: str = ""
    tried: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Delivery:
    """A report of a server about the delivery of a message."""

    server: str
    arrived: datetime | None
    recipients: tuple[Recipient, ...]
    more: int = 0

    @property
    def outcome(self) -> Action:
        """What became of the message for all recipients; unknown where they differ."""
        actions = {recipient.action for recipient in self.recipients}
        return actions.pop() if len(actions) == 1 else Action.UNKNOWN


@dataclass(frozen=True)
class Receipt:
    """A report of somebody's mail program about what became of a message there: `fate` as RFC 8098 3.2.6 names it."""

    recipient: str
    fate: str
    by_hand: bool
    program: str


@dataclass(frozen=True)
class Complaint:
    """A report that a message is unwanted: `kind` as RFC 5965 7.3 names it."""

    kind: str
    program: str
    source: str
    recipient: str
    arrived: datetime | None
    count: int = 1


def read_delivery(octets: bytes) -> Delivery | None:
    """A delivery report; None where there is nothing to tell of."""
    blocks = _blocks(octets)
    if not blocks:
        return None
    told = [_recipient(block) for block in blocks if "final-recipient" in block or "action" in block]
    about = blocks[0]
    return Delivery(
        _value(about.get("reporting-mta", "")),
        read_date(about.get("arrival-date", "")),
        tuple(told[:MOST_RECIPIENTS]),
        max(0, len(told) - MOST_RECIPIENTS),
    )


def read_receipt(octets: bytes) -> Receipt | None:
    """A receipt; None where it does not say what became of the message."""
    fields = _joined(_blocks(octets))
    mode, _, fate = fields.get("disposition", "").partition(";")
    fate = fate.partition("/")[0].strip().lower()
    recipient = _address(fields.get("final-recipient", "") or fields.get("original-recipient", ""))
    if not fate:
        return None
    return Receipt(recipient, fate, "manual-action" in mode.lower(), _short(fields.get("reporting-ua", "")))


def read_complaint(octets: bytes) -> Complaint | None:
    """A complaint; None where it does not say of what kind it is."""
    fields = _joined(_blocks(octets))
    kind = fields.get("feedback-type", "").strip().lower()
    if not kind:
        return None
    incidents = fields.get("incidents", "").strip()
    return Complaint(
        kind,
        _short(fields.get("user-agent", "")),
        _short(fields.get("source-ip", "")),
        _short(fields.get("original-rcpt-to", "")).strip("<>"),
        read_date(fields.get("arrival-date", "") or fields.get("received-date", "")),
        int(incidents) if re.fullmatch(r"[1-9][0-9]{0,8}", incidents, re.ASCII) else 1,
    )


def _blocks(octets: bytes) -> list[Fields]:
    found: list[Fields] = []
    for block in _BLANK.split(octets[:LONGEST]):
        fields: dict[str, str] = {}
        for name, value in raw_fields(block):
            fields.setdefault(name.lower(), value[:_LONGEST_VALUE])
        if fields:
            found.append(fields)
    return found


def _joined(blocks: Sequence[Fields]) -> Fields:
    return {name: value for block in reversed(blocks) for name, value in block.items()}


def _recipient(fields: Fields) -> Recipient:
    action = fields.get("action", "").partition(" ")[0].strip().lower()
    said = _value(fields.get("diagnostic-code", ""))
    # Some servers write 5.0.0 and tell the true code in their words.
    status = find_code(fields.get("status", ""))
    code = find_code(said) or status if status.endswith(".0.0") or not status else status
    known = {one.value for one in Action}
    return Recipient(
        address=_address(fields.get("original-recipient", "") or fields.get("final-recipient", "")),
        action=Action(action) if action in known else Action.UNKNOWN,
        code=code,
        why=meaning(code) if not code.startswith("2") else "",
        said=said,
        server=_value(fields.get("remote-mta", "")),
        tried=read_date(fields.get("last-attempt-date", "")),
        until=read_date(fields.get("will-retry-until", "")),
    )


def _address(value: str) -> str:
    return _ESCAPED.sub(lambda match: _letter(int(match[1], 16)), _value(value)).strip("<>")[:320]


def _letter(number: int) -> str:
    letter = chr(number) if number <= 0x10FFFF else ""
    return letter if letter.isprintable() else ""


def _value(value: str) -> str:
    """A value without the word before it that says of which type it is."""
    match = _TYPED.fullmatch(value)
    return _short(match[2] if match is not None else value)


def _short(value: str) -> str:
    return decode_words(decode(value.encode("utf-8", "replace")))[:_LONGEST_VALUE]
