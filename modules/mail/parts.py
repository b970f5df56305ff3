"""Of what parts a message is made, as its server tells it (RFC 9051 7.5.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Enclosed:
    """What a body structure tells of a message within a message: its subject, who wrote it, and its date."""

    subject: str = ""
    sender: str = ""
    date: datetime | None = None


@dataclass(frozen=True)
class Part:
    """One node of a message's body structure (RFC 9051 7.5.2). Multiparts have children and no size.

    A message within the message has the root of its own structure as its only child, where the server tells it.
    """

    number: str
    media_type: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    disposition: str = ""
    filename: str = ""
    content_id: str = ""
    encoding: str = ""
    size: int = 0
    children: tuple["Part", ...] = ()
    enclosed: Enclosed | None = None

    @property
    def is_message(self) -> bool:
        """Whether it is a message within the message (RFC 2046 5.2.1, RFC 6532 3.7)."""
        return self.media_type in ("message/rfc822", "message/global")

    @property
    def holds_octets(self) -> bool:
        """Whether it can be fetched by its number."""
        return self.is_message or not self.children

    @property
    def charset(self) -> str:
        """The declared charset, or nothing."""
        return self.parameters.get("charset", "")

    def walk(self) -> "tuple[Part, ...]":
        """This part and all below it, in the order of the message; what messages in the message hold too."""
        if not self.children:
            return (self,)
        return (self, *(part for child in self.children for part in child.walk()))

    def own(self) -> "tuple[Part, ...]":
        """The same without what messages in the message hold."""
        if not self.children or self.is_message:
            return (self,)
        return (self, *(part for child in self.children for part in child.own()))

    @property
    def decoded_size(self) -> int:
        """About how many octets remain after the transfer encoding is undone."""
        return self.size * 57 // 78 if self.encoding == "base64" else self.size
