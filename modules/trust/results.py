"""What trust finds out about a message: doubts in words, and what mail servers found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from core import Sentence
from modules.mail.api import MailboxName, Uid
from modules.trust.wording import told_of


class Weight(Enum):
    """How much a doubt weighs: a fact to know, a reason to be careful, a likely lie."""

    NOTE = "note"
    CAREFUL = "warn"
    DANGER = "danger"


@dataclass(frozen=True)
class Doubt:
    """What is not as it seems, and why that is so."""

    weight: Weight
    what: Sentence
    why: Sentence


def heaviest_first(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    """Doubts in the order in which they are told."""
    order = (Weight.DANGER, Weight.CAREFUL, Weight.NOTE)
    return tuple(sorted(doubts, key=lambda doubt: order.index(doubt.weight)))


@dataclass(frozen=True)
class Check:
    """One check of a mail server in words: its usual name, what it came to, the server's own reason."""

    name: str
    told: Sentence
    reason: str = ""
    good: bool = False


@dataclass(frozen=True)
class SenderTruth:
    """What the header of the open message tells of its sender.

    `confirmed` is the sender's domain where a believed server found that it stands by the message, `signed` the same
    where this site checked the signature. `checks` are that server's findings; without any, `unchecked` says why.
    """

    address: str
    doubts: tuple[Doubt, ...] = ()
    server: str = ""
    checks: tuple[Check, ...] = ()
    confirmed: str = ""
    unchecked: Sentence | None = None
    signed: str = ""

    @property
    def is_doubtful(self) -> bool:
        """Whether the sender is likely not who they say they are."""
        return any(doubt.weight is Weight.DANGER for doubt in self.doubts)


@dataclass(frozen=True)
class Acquaintance:
    """What is remembered of the sender of the open message: whether it is their first here, and whom they look like."""

    first: bool = False
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True)
class Signature:
    """One DKIM signature of a message, as this site itself found it (RFC 6376).

    `ended` is the result as RFC 8601 2.7.1 calls it. `domain` is the one that signed, in ASCII. `fields` are the names,
    in small letters, of the header fields of which every one is signed. `whole` says that the signature covers the body
    to its end.
    """

    domain: str
    ended: str
    reason: Sentence | None = None
    good: bool = False
    fields: frozenset[str] = frozenset()
    whole: bool = True

    @property
    def told(self) -> Sentence:
        """What the check came to, in words."""
        return told_of("dkim", self.ended, self.domain)


@dataclass(frozen=True)
class Signatures:
    """The signatures of one message, checked by this site; without any, `unchecked` says why.

    `waiting` says that they are checked when the message is opened: it was only looked at ahead.
    """

    found: tuple[Signature, ...] = ()
    unchecked: Sentence | None = None
    waiting: bool = False

    def signed_for(self, domain: str, *fields: str) -> bool:
        """Whether a good signature of this domain in ASCII, or of one above it, covers From and these header fields."""
        wanted = {"from", *(field.lower() for field in fields)}
        return any(one.good and wanted <= one.fields and _stands_for(one.domain, domain) for one in self.found)

    def confirms(self, domain: str) -> bool:
        """Whether this domain in ASCII, or one above it, signed the sender and all of the body."""
        return any(
            one.good and one.whole and "from" in one.fields and _stands_for(one.domain, domain) for one in self.found
        )


class SignatureCheck(Protocol):
    """Checks the signatures of a message by asking for their keys in the names service. One module may offer it."""

    def check(self, mailbox: MailboxName, uid: Uid, header: bytes, received: datetime) -> Signatures:
        """The signatures of a message with this header block, which came at that time."""
        ...


def _stands_for(signer: str, domain: str) -> bool:
    """Whether who signed has the domain: it is theirs or below it. A domain of one label is nobody's."""
    lowered = domain.lower()
    return "." in signer and (lowered == signer or lowered.endswith(f".{signer}"))
