"""What is told when a user says of messages that they are spam, or that they are not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from core import Sentence
from modules.mail.model import JUNK, NOT_JUNK, MailboxName, Uid
from modules.mail.store import MailStore


class Judgement(Enum):
    """What a user says of messages. One that was withdrawn is as if it had never been said."""

    SPAM = "spam"
    NOT_SPAM = "not-spam"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Report:
    """What a user says of messages, before they are moved: here they are still found where they are named."""

    store: MailStore
    mailbox: MailboxName
    uids: tuple[Uid, ...]
    judgement: Judgement


@dataclass(frozen=True)
class AtReport:
    """Is told of each report, and says in a sentence what went wrong, if anything. Modules offer these as services.

    It must not raise for what a server of its own did: messages are moved in any case. Where one of them is without
    `keywords`, messages are moved alone, and no $Junk or $NotJunk is set.
    """

    tell: Callable[[Report], Sentence | None]
    keywords: bool = True


def pass_on(report: Report, listeners: Sequence[AtReport]) -> tuple[Sentence, ...]:
    """Set the keywords that servers and other programs know, and tell whoever listens; what went wrong, in sentences.

    Raises what the mail store raises.
    """
    if all(one.keywords for one in listeners):
        added = {Judgement.SPAM: (JUNK,), Judgement.NOT_SPAM: (NOT_JUNK,), Judgement.WITHDRAWN: ()}[report.judgement]
        removed = tuple(keyword for keyword in (JUNK, NOT_JUNK) if keyword not in added)
        report.store.flag(report.mailbox, report.uids, add=added, remove=removed)
    told = (one.tell(report) for one in listeners)
    return tuple(dict.fromkeys(sentence for sentence in told if sentence is not None))
