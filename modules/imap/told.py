"""What an answer told that the next one tells again in the same octets, as the list of mailboxes: it is read once."""

from collections.abc import Sequence
from typing import NamedTuple

from modules.imap.tokens import Record

MOST_TOLD, LONGEST_TOLD = 1000, 1000


class Heard(NamedTuple):
    """One untagged response or response code: its kind, such as FETCH or COPYUID, and its octets."""

    kind: str
    records: tuple[Record, ...]

    @property
    def text(self) -> bytes:
        """The first line of octets."""
        first = self.records[0]
        return first[0] if isinstance(first, tuple) else first

    @property
    def end(self) -> bytes:
        """The last line of octets."""
        last = self.records[-1]
        return last[0] if isinstance(last, tuple) else last


class Told:
    """Lines of one answer in their order, and what was heard in each; not too many, and no long ones.

    `places` says of each line which one it is.
    """

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._heard: list[Heard] = []
        self.places: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def again(self, lines: Sequence[bytes], at: int) -> list[Heard]:
        """What is heard in a line that is told again, and in all behind it that follow it as they did before."""
        first = self.places[lines[at]]
        known = self._lines[first:]
        if lines[at : at + len(known)] == known:
            return self._heard[first:]
        end = first
        for line, before in zip(lines[at:], known, strict=False):
            if line != before:
                break
            end += 1
        return self._heard[first:end]

    def keep(self, lines: Sequence[bytes], heard: Sequence[Heard]) -> None:
        """Keep lines that follow the others, with what was heard in each."""
        if len(self._lines) + len(lines) > MOST_TOLD or max(map(len, lines), default=0) > LONGEST_TOLD:
            return
        self.places.update(zip(lines, range(len(self._lines), MOST_TOLD), strict=False))
        self._lines += lines
        self._heard += heard
