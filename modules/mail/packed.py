"""Formatted texts of messages, those too that are packed into parts which are no texts: who finds them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from modules.mail.letters import Letter


@dataclass(frozen=True)
class FormedText:
    """HTML as its sender wrote it, and the addresses on this site of the pictures that it names by content id."""

    html: str = field(repr=False)
    inline: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PackedPicture:
    """A picture that a packed text shows, as it was sent."""

    name: str
    media_type: str
    octets: bytes = field(repr=False)


class PackedTexts(Protocol):
    """Looks for a text within parts that are none. Modules may offer it; what it finds is cleaned like any other."""

    def find(self, letter: Letter) -> FormedText | None:
        """The HTML of a message without a text of its own; None where there is none."""
        ...

    def words(self, letter: Letter) -> str:
        """The plain text of a message without a text of its own; nothing where there is none."""
        ...

    def picture(self, letter: Letter, address: str) -> PackedPicture | None:
        """The picture that such a text has at an address of this site, as `find` gave it; None where there is none."""
        ...
