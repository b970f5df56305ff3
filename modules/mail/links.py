"""What is found out about a link before it is shown: where it leads here, what people read of it, and what is odd."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Protocol

from core import Sentence

_MOST_WARNINGS = 3


class LinkOddity(Enum):
    """What may be odd about a link."""

    SITE = "site"
    NAME = "name"
    LETTERS = "letters"
    NUMBER = "number"
    PASSES_ON = "passes-on"
    WRAPPED = "wrapped"
    REMOVED = "removed"
    USER = "user"
    PORT = "port"

    @property
    def label(self) -> Sentence:
        """What stands beside the link, before the detail. A style quotes it, so it has no quotes and no backslashes."""
        return _LABELS[self.value]


_LABELS = MappingProxyType(
    {
        "site": Sentence("leads elsewhere, to"),
        "name": Sentence("pretends; leads to"),
        "letters": Sentence("letters of other alphabets"),
        "number": Sentence("a number, not a name"),
        "passes-on": Sentence("passes on to"),
        "wrapped": Sentence("checked on the way"),
        "removed": Sentence("link removed"),
        "user": Sentence("sends a user name along"),
        "port": Sentence("unusual port"),
    }
)


class LinkWeight(Enum):
    """How much an oddity weighs: a fact, a reason to look twice, a likely lie."""

    FACT = "fact"
    CAREFUL = "careful"
    LIE = "lie"


@dataclass(frozen=True)
class LinkMark:
    """One thing that is odd about a link: a short detail of it, and the whole of it in words.

    `said` is the site that the words of the link name, where they name another one.
    """

    oddity: LinkOddity
    weight: LinkWeight
    detail: str
    why: Sentence
    said: str = ""


@dataclass(frozen=True)
class JudgedLink:
    """What becomes of one link: the address that stands in the page, the target as people read it, and its marks.

    An `href` of None leads nowhere.
    """

    href: str | None
    target: str
    marks: tuple[LinkMark, ...] = ()


class LinkJudge(Protocol):
    """Decides about the links of messages. One module may offer it; without it links are shown as they are."""

    @property
    def basis(self) -> Hashable:
        """What judgements depend on beside message, address and words: two of equal basis judge alike."""
        ...

    def judge(self, message: str, address: str, words: str) -> JudgedLink:
        """What becomes of a link with these words in a message, which is named by its path."""
        ...

    def unwrapped(self, address: str) -> str:
        """A web address without those who only pass it on, as far as it says where to."""
        ...


def warnings(found: Iterable[JudgedLink]) -> tuple[Sentence, ...]:
    """What is told above a message of its links that are likely lies; of many the first, and how many there are."""
    lies = dict.fromkeys(
        mark.why if not mark.said else _says(mark)
        for judged in found
        for mark in judged.marks
        if mark.weight is LinkWeight.LIE
    )
    told = tuple(lies)
    rest = len(told) - _MOST_WARNINGS
    if rest <= 0:
        return told
    more = Sentence.counted(
        "%(num)s more link is not what it seems.", "%(num)s more links are not what they seem.", rest
    )
    return (*told[:_MOST_WARNINGS], more)


def is_lie(judged: JudgedLink) -> bool:
    """Whether a link is one that `warnings` tells of."""
    return any(mark.weight is LinkWeight.LIE for mark in judged.marks)


def _says(mark: LinkMark) -> Sentence:
    return Sentence("A link says %(said)s but leads to %(host)s.", said=mark.said, host=mark.detail)
