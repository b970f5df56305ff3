"""What in a header is usual for spam and unusual for other mail. It is said, but moves nothing by itself."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from core import Sentence
from modules.mail.api import Envelope, named_fields, read_envelope

# So much has to come together before anything is said.
ENOUGH = 3
_LOUD = 12
_MONEY = re.compile(r"[$€£¥]\s?[0-9][0-9.,]{2,}|[0-9][0-9.,]{2,}\s?[$€£¥]|!!!|100\s?%")


def reasons(header: bytes) -> tuple[Sentence, ...]:
    """Why a message looks like spam by its header alone; nothing where too little speaks for it."""
    found = tuple(_found(read_envelope(header), named_fields(header)))
    return tuple(reason for _, reason in found) if sum(weight for weight, _ in found) >= ENOUGH else ()


def _found(envelope: Envelope, fields: Mapping[str, Sequence[str]]) -> Iterator[tuple[int, Sentence]]:
    if not envelope.sender:
        yield 2, Sentence("It does not say who sent it.")
    elif envelope.sender[0].address.lower() in {person.address.lower() for person in envelope.to}:
        yield 1, Sentence("It claims to be from its own recipient.")
    if not envelope.message_id:
        yield 1, Sentence("It bears no number of its own, as mail programs give one to each message.")
    if envelope.date is None:
        yield 1, Sentence("It has no date that can be read.")
    if not envelope.to and not envelope.cc:
        yield 1, Sentence("It names nobody whom it is to.")
    if len(fields.get("from", ())) > 1 or len(fields.get("subject", ())) > 1:
        yield 2, Sentence("It says twice what is said once.")
    if any(_elsewhere(envelope)):
        yield 1, Sentence("Replies go to another domain.")
    if _shouts(envelope.subject):
        yield 1, Sentence("Its subject shouts.")
    if _MONEY.search(envelope.subject):
        yield 1, Sentence("Its subject promises money or more than anybody can.")


def _shouts(subject: str) -> bool:
    if subject.isascii() and subject != subject.upper():
        return False
    letters = [letter for letter in subject if unicodedata.category(letter)[0] == "L"]
    return len(letters) >= _LOUD and all(unicodedata.category(letter) == "Lu" for letter in letters)


def _elsewhere(envelope: Envelope) -> Iterator[bool]:
    own = {person.address.lower().rpartition("@")[2] for person in envelope.sender}
    for person in envelope.reply_to:
        yield person.address.lower().rpartition("@")[2] not in own
