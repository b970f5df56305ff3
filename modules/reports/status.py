"""What the status codes of mail servers mean, in sentences (RFC 3463 3 and the codes registered since)."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from core import Sentence

_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)", re.ASCII)

_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "1.1": Sentence("There is no such address there."),
        "1.2": Sentence("The domain of the address takes no mail, or there is no such domain."),
        "1.3": Sentence("The address is not written as an address is."),
        "1.6": Sentence("The person has moved and left no new address."),
        "1.8": Sentence("Their server found nothing at the domain of the sender's address."),
        "1.10": Sentence("The domain of the address says that it takes no mail."),
        "2.1": Sentence("Their mailbox is switched off and takes no mail."),
        "2.2": Sentence("Their mailbox is full."),
        "2.3": Sentence("The message is larger than their mailbox takes."),
        "3.1": Sentence("The disk of their server is full."),
        "3.2": Sentence("Their server takes no mail at the moment."),
        "3.4": Sentence("The message is larger than their server takes."),
        "4.1": Sentence("Their server did not answer."),
        "4.2": Sentence("The connection to their server broke."),
        "4.3": Sentence("It could not be found out where the mail of that domain goes."),
        "4.4": Sentence("There is no way to their server."),
        "4.6": Sentence("The message went round in a circle between servers."),
        "4.7": Sentence("It took too long; the server gave up."),
        "5.3": Sentence("It has more recipients than their server takes at once."),
        "6.1": Sentence("Their server does not take this kind of content."),
        "6.7": Sentence("Their server does not take addresses with such letters."),
        "7.1": Sentence(
            "Their server refused it by its rules: it took the message for unwanted, or its sender for one."
        ),
        "7.2": Sentence("The mailing list does not take mail from this sender."),
        "7.8": Sentence("The name or the password for sending was wrong."),
        "7.20": Sentence("Their server found no valid DKIM signature."),
        "7.23": Sentence("By SPF, the sending server may not send for this domain."),
        "7.25": Sentence("The sending server has no valid name for its address."),
        "7.26": Sentence("The checks of who sent it, such as SPF and DKIM, failed."),
    }
)
_ALIKE = {"4.5": "3.2", "3.0": "3.2", "7.0": "7.1", "7.21": "7.20", "7.22": "7.20", "7.24": "7.23", "2.4": "7.2"}
_SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "1": Sentence("Something is wrong with the address."),
        "2": Sentence("Something is wrong with their mailbox."),
        "3": Sentence("Something is wrong with their server."),
        "4": Sentence("Something went wrong on the way to their server."),
        "5": Sentence("The servers did not understand each other."),
        "6": Sentence("Something is wrong with the content of the message."),
        "7": Sentence("Their server refused it by its rules."),
    }
)


def find_code(*texts: str) -> str:
    """The first status code in any of some texts, such as 5.1.1, or nothing."""
    return next((match[0] for text in texts if (match := _CODE.search(text)) is not None), "")


def meaning(code: str) -> str:
    """What a status code says, as a sentence; nothing where it says nothing more than that it failed."""
    _, _, detail = code.partition(".")
    detail = _ALIKE.get(detail, detail)
    return _MEANINGS.get(detail) or _SUBJECTS.get(detail.partition(".")[0], "")
