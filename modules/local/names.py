"""Names of local accounts: one person has one spelling, however it is typed."""

import re
import unicodedata
from typing import Self

from core import Line, Sentence

LONGEST = 200
# Letters with their marks and numbers, and what stands between them in names and addresses.
_BETWEEN = frozenset("._@+-'")
_ADDRESS = re.compile(r"[^@\s<>,;:\"()\\\[\]]{1,64}@[^@\s<>,;:\"()\\\[\]]{1,255}")


def spelled(text: str) -> str:
    """The one spelling of a name: without spaces around it, no matter in which case and with which kind of letters."""
    before, now = "", text
    # Once is not always enough: what casefold leaves may be composed anew (Unicode 3.13, NFKC_Casefold).
    while before != now:
        before, now = now, unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", now).casefold()).strip()
    return now


def is_name(text: str) -> bool:
    """Whether a text is a name in its one spelling."""
    if not 0 < len(text) <= LONGEST or text != spelled(text):
        return False
    kinds = [unicodedata.category(letter)[0] for letter in text]
    return kinds[0] in "LN" and all(
        kind in "LMN" or letter in _BETWEEN for kind, letter in zip(kinds, text, strict=True)
    )


class AccountName(Line):
    """The name of a local account, in its one spelling."""

    __slots__ = ()
    longest = LONGEST

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the name."""
        name = spelled(super().parse(text))
        if not is_name(name):
            raise ValueError(Sentence("is no name: letters, digits and . _ @ + - ' make one, and no spaces"))
        return cls(name)


class Address(Line):
    """The mail address of somebody with a local account."""

    __slots__ = ()
    longest = 320

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the address."""
        if not _ADDRESS.fullmatch(text):
            raise ValueError(Sentence("is no mail address"))
        return cls(super().parse(text))


class DisplayName(Line):
    """How somebody with a local account is called in the mail that they send."""

    __slots__ = ()
    longest = 200
