"""What is learned of spam: how often words stood in it and in other mail, and how likely a message is spam by that.

After Gary Robinson, "A Statistical Approach to the Spam Problem" (Linux Journal 107, 2003): what single words say is
put together by Fisher's method, once for spam and once against it.
"""

import hashlib
import math
import secrets
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from modules.spam.words import Letter

MOST_WORDS = 40_000
MOST_LEARNED = 4_000
# Robinson's s and x: how much is known before anything is learned, and what a word that nobody knows says.
_STRENGTH, _UNKNOWN = 0.45, 0.5
# Words that say little are left out, and of the others no more than these.
_LEAST, _MOST_TELLING = 0.1, 150
_LARGEST = 2**16 - 1
_HEAD = struct.Struct(">B16sIIII")
_WORD, _MARK = struct.Struct(">8sHH"), struct.Struct(">8s?")
_VERSION = 1


@dataclass(frozen=True)
class Score:
    """How likely a message is spam, from 0 to 1, and the words that say most for it."""

    spam: float = 0.5
    telling: tuple[str, ...] = ()


@dataclass(frozen=True)
class Learned:
    """What one user's reports taught. Words stand in it as hashes under a salt of their own.

    `counts` holds of each word in how much spam and in how much other mail it stood; `known` the messages that were
    learned, and as what, so that none is learned twice and each can be learned otherwise.
    """

    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)
    spam: int = 0
    other: int = 0
    counts: dict[bytes, tuple[int, int]] = field(default_factory=dict, repr=False)
    known: dict[bytes, bool] = field(default_factory=dict, repr=False)

    @property
    def least(self) -> int:
        """How many messages of the rarer kind were learned."""
        return min(self.spam, self.other)

    def learn(self, mark: bytes, words: Iterable[str], *, spam: bool | None) -> "Learned":
        """The same with one message more, told apart by a mark of 8 octets; with None it is unlearned."""
        before = self.known.get(mark)
        if before is spam:
            return self
        counts, known = dict(self.counts), {one: kind for one, kind in self.known.items() if one != mark}
        hashed = {self._hash(word) for word in words}
        totals = [self.spam, self.other]
        for kind, step in ((before, -1), (spam, 1)):
            if kind is None:
                continue
            place = 0 if kind else 1
            totals[place] = max(0, totals[place] + step)
            _count(counts, hashed, place, step)
        if spam is not None:
            known[mark] = spam
        return replace(
            self, spam=totals[0], other=totals[1], counts=_most_used(counts), known=_last(known, MOST_LEARNED)
        )

    def learn_all(self, letters: Iterable[Letter], *, spam: bool | None) -> "Learned":
        """The same with several messages more."""
        learned = self
        for letter in letters:
            learned = learned.learn(letter.mark, letter.words, spam=spam)
        return learned

    def judge(self, words: Iterable[str]) -> Score:
        """How likely a message with these words is spam. Without anything learned nobody knows."""
        if not self.spam or not self.other:
            return Score()
        said = [(self._says(self._hash(word)), word) for word in sorted(set(words))]
        telling = sorted((one for one in said if abs(one[0] - 0.5) >= _LEAST), key=lambda one: -abs(one[0] - 0.5))
        chosen = telling[:_MOST_TELLING]
        if not chosen:
            return Score()
        against = _chi(-2 * sum(math.log(1 - chance) for chance, _ in chosen), len(chosen))
        in_favour = _chi(-2 * sum(math.log(chance) for chance, _ in chosen), len(chosen))
        return Score((1 + in_favour - against) / 2, tuple(word for chance, word in chosen if chance > 0.5))

    def pack(self) -> bytes:
        """As octets."""
        head = _HEAD.pack(_VERSION, self.salt, self.spam, self.other, len(self.counts), len(self.known))
        words = b"".join(_WORD.pack(word, *counted) for word, counted in self.counts.items())
        return head + words + b"".join(_MARK.pack(mark, spam) for mark, spam in self.known.items())

    @classmethod
    def unpack(cls, octets: bytes) -> "Learned":
        """What `pack` wrote; nothing learned where it was written in another way."""
        if len(octets) < _HEAD.size or octets[0] != _VERSION:
            return cls()
        _, salt, spam, other, words, marks = _HEAD.unpack_from(octets)
        middle = _HEAD.size + words * _WORD.size
        if len(octets) != middle + marks * _MARK.size:
            return cls()
        counts = {word: (one, two) for word, one, two in _WORD.iter_unpack(octets[_HEAD.size : middle])}
        return cls(salt, spam, other, counts, dict(_MARK.iter_unpack(octets[middle:])))

    def _says(self, word: bytes) -> float:
        """How likely a message with this one word is spam: Robinson's f(w)."""
        in_spam, in_other = self.counts.get(word, (0, 0))
        if not in_spam and not in_other:
            return _UNKNOWN
        often, seldom = in_spam / self.spam, in_other / self.other
        chance = min(1.0, often / (often + seldom))
        number = in_spam + in_other
        return (_STRENGTH * _UNKNOWN + number * chance) / (_STRENGTH + number)

    def _hash(self, word: str) -> bytes:
        return hashlib.blake2b(word.encode("utf-8", "replace"), key=self.salt, digest_size=8).digest()


def _count(counts: dict[bytes, tuple[int, int]], words: Iterable[bytes], place: int, step: int) -> None:
    for word in words:
        counted = list(counts.get(word, (0, 0)))
        counted[place] = min(_LARGEST, max(0, counted[place] + step))
        if any(counted):
            counts[word] = (counted[0], counted[1])
        else:
            counts.pop(word, None)


def _most_used(counts: dict[bytes, tuple[int, int]]) -> dict[bytes, tuple[int, int]]:
    """The words that were met most often; with a tenth of room, so that not every message makes some go."""
    if len(counts) <= MOST_WORDS:
        return counts
    often = sorted(counts.items(), key=lambda one: -sum(one[1]))
    return dict(often[: MOST_WORDS * 9 // 10])


def _last(known: dict[bytes, bool], most: int) -> dict[bytes, bool]:
    return dict(list(known.items())[-most:])


def _chi(value: float, pairs: int) -> float:
    """How likely chance alone gives at least this value of chi squared with twice as many degrees of freedom."""
    half = value / 2
    term = total = math.exp(-half)
    for step in range(1, pairs):
        term *= half / step
        total += term
    return min(total, 1.0)
