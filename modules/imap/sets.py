"""UID sets as IMAP writes them (RFC 9051 9, sequence-set): written short, in pieces, and read with a bound."""

import re
from collections.abc import Iterable, Iterator

_RANGE = re.compile(rb"([0-9]{1,10})(?::([0-9]{1,10}))?", re.ASCII)
_LONGEST = 7000
MOST_NUMBERS = 2_000_000


def write_set(numbers: Iterable[int]) -> bytes:
    """The shortest set that holds these numbers; empty for none."""
    parts: list[str] = []
    first = last = 0
    for number in sorted(set(numbers)):
        if first and number == last + 1:
            last = number
            continue
        if first:
            parts.append(_show(first, last))
        first = last = number
    if first:
        parts.append(_show(first, last))
    return ",".join(parts).encode("ascii")


def pieces(numbers: Iterable[int], longest: int = _LONGEST) -> Iterator[bytes]:
    """The same set in as many pieces as needed, so that no command line grows beyond what servers take."""
    rest = write_set(numbers)
    while len(rest) > longest:
        end = rest.rindex(b",", 0, longest)
        yield rest[:end]
        rest = rest[end + 1 :]
    if rest:
        yield rest


def read_set(written: bytes, most: int = MOST_NUMBERS) -> list[int]:
    """The numbers of a set in its own order. Raises ValueError for what is no set, or holds more than `most`."""
    numbers: list[int] = []
    for first, last in _ranges(written):
        if abs(last - first) >= most - len(numbers):
            raise ValueError(f"holds more than {most} numbers")
        step = 1 if last >= first else -1
        numbers.extend(range(first, last + step, step))
    return numbers


def count_set(written: bytes) -> int:
    """How many numbers a set holds, whatever that comes to. Raises ValueError for what is no set."""
    return sum(abs(last - first) + 1 for first, last in _ranges(written))


def _ranges(written: bytes) -> Iterator[tuple[int, int]]:
    for part in written.split(b","):
        found = _RANGE.fullmatch(part)
        if not found:
            raise ValueError("is not a set of numbers")
        yield int(found[1]), int(found[2] or found[1])


def _show(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}:{last}"
