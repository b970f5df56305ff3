"""Octets of an archive's header, read one thing after the other, and what was found in them."""

from dataclasses import dataclass, field


class Unreadable(Exception):
    """A header that ends too early, or says what no header can."""


@dataclass
class Listing:
    """What the headers of an archive tell. `names` are those of files; `unpacked` is how many octets these make.

    `whole` is False where the headers could not be followed to their end.
    """

    names: list[str] = field(default_factory=list)
    unpacked: int = 0
    encrypted: bool = False
    whole: bool = True


class Octets:
    """A piece of a header. Whatever is read raises Unreadable where there is not as much."""

    def __init__(self, octets: bytes, at: int = 0) -> None:
        self._octets, self.at = octets, at

    @property
    def left(self) -> int:
        """How many are still to be read."""
        return len(self._octets) - self.at

    def take(self, count: int) -> bytes:
        """The next so many."""
        if count > self.left:
            raise Unreadable
        taken = self._octets[self.at : self.at + count]
        self.at += count
        return taken

    def skip(self, count: int) -> None:
        """Leave out so many."""
        if count > self.left:
            raise Unreadable
        self.at += count

    def integer(self, size: int) -> int:
        """A number of a fixed size, the least octet first."""
        return int.from_bytes(self.take(size), "little")
