"""A finished message and where it lies; how its date and its name are found."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone


@dataclass(frozen=True)
class Placed:
    """One message of the mailbox: octets with CRLF, the mailbox's Unicode name, IMAP flags, and when it came."""

    mailbox: str
    message: bytes
    flags: tuple[str, ...]
    received: datetime


def days_ago(now: datetime, days: float, clock: str, hours: float) -> datetime:
    """The moment so many days before today when the writer's clock showed HH:MM; never in the future."""
    zone = timezone(timedelta(hours=hours))
    hour, minute = (int(number) for number in clock.split(":"))
    moment = now.astimezone(zone).replace(hour=hour, minute=minute, second=int(days * 17 + hour) % 60, microsecond=0)
    moment -= timedelta(days=days)
    while moment > now:
        moment -= timedelta(days=1)
    return moment


def message_id(domain: str, *what: object) -> str:
    """A Message-ID that is the same each time for the same things."""
    return f"<{fingerprint(*what)}@{domain}>"


def fingerprint(*what: object) -> str:
    """Twenty letters that stand for these things."""
    return hashlib.sha256("\0".join(str(thing) for thing in what).encode()).hexdigest()[:20]
