"""How a user likes to read mail."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Self

from core import Count, Line, Sentence, Text, setting
from modules.mail.model import MailboxName, Order, Role
from modules.mail.module import module

_SENDER = re.compile(r"[^@\s]{0,64}@[^@\s.]+(\.[^@\s.]+)*")


class PageSize(Count):
    """How many rows a page of a list has."""

    __slots__ = ()
    least: ClassVar[int] = 10
    most: ClassVar[int] = 200


class Panes(Enum):
    """Where an open message stands."""

    RIGHT = "right"
    BELOW = "below"
    OFF = "off"

    @property
    def label(self) -> str:
        """What people read."""
        return {"right": "Beside the list", "below": "Below the list", "off": "In place of the list"}[self.value]


class RemoteImages(Enum):
    """Whether images that a message names on other machines are shown."""

    ASK = "ask"
    ALWAYS = "always"
    NEVER = "never"

    @property
    def label(self) -> str:
        """What people read."""
        return {
            "ask": "Withhold them until I ask",
            "always": "Show them in every message",
            "never": "Never, and do not offer them",
        }[self.value]


class SenderList(Text):
    """Senders, one a line: an address, or a domain after an @, which stands for all names below it too."""

    __slots__ = ()
    longest: ClassVar[int] = 50_000

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        lines = [line.strip().lower() for line in super().parse(text).split("\n")]
        wrong = next((line for line in lines if line and not _SENDER.fullmatch(line)), None)
        if wrong is not None:
            raise ValueError(
                Sentence("has a line that is neither an address nor a domain after an @: %(line)s", line=wrong)
            )
        return cls("\n".join(dict.fromkeys(line for line in lines if line)))

    def names(self, address: str) -> bool:
        """Whether a sender is in it, by their address or their domain. What is no address is in none."""
        if not self or "@" not in address:
            return False
        address = address.lower()
        below = f".{address.rpartition('@')[2]}"
        for line in self.split("\n"):
            if line == address or (line.startswith("@") and below.endswith(f".{line[1:]}")):
                return True
        return False

    def with_one(self, sender: str) -> "SenderList":
        """The same with one more. Raises ValueError as `parse` does."""
        return SenderList.parse(f"{self}\n{sender}" if self else sender)


class AfterFiling(Enum):
    """What is shown after the open message was moved away."""

    LIST = "list"
    OLDER = "older"
    NEWER = "newer"

    @property
    def label(self) -> str:
        """What people read."""
        return {"list": "The list", "older": "The next message", "newer": "The previous message"}[self.value]


@module.settings
@dataclass(frozen=True)
class ReadingSettings:
    """Reading."""

    page_size: PageSize = setting(PageSize(50), label="Messages per page", help="From 10 to 200.")
    panes: Panes = setting(Panes.RIGHT, label="Open messages")
    order: Order = setting(Order.NEWEST, label="Sort lists by")
    remote_images: RemoteImages = setting(
        RemoteImages.ASK,
        label="Remote images",
        help="Loading them tells the sender that you read the message, and when. Images of known trackers stay out.",
    )
    image_senders: SenderList = setting(
        SenderList(""),
        label="Senders whose images are shown",
        help="One a line: an address, or a domain after an @, such as @example.org.",
    )
    bare_links: bool = setting(
        False,
        label="Remove from links what says who clicks",
        help="Such as utm_source or fbclid. A few links may then lead elsewhere.",
    )
    dark_letters: bool = setting(
        True,
        label="Darken formatted messages where the theme is dark",
        help="Their colours change so that they stay readable; images stay as they are.",
    )
    mark_seen: bool = setting(True, label="Mark messages as read when I open them")
    prefer_plain: bool = setting(False, label="Show the plain text where a message has one")
    conversations: bool = setting(True, label="Show the other messages of a conversation")
    after_filing: AfterFiling = setting(AfterFiling.LIST, label="After archiving, moving or deleting, show")


@module.settings
@dataclass(frozen=True)
class RoleSettings:
    """Which mailbox the user gave which role; an empty name leaves it to the server. Chosen on the folders page."""

    archive: Line = setting(Line(""), label="Archive", hidden=True)
    drafts: Line = setting(Line(""), label="Drafts", hidden=True)
    junk: Line = setting(Line(""), label="Junk", hidden=True)
    sent: Line = setting(Line(""), label="Sent", hidden=True)
    trash: Line = setting(Line(""), label="Trash", hidden=True)

    @property
    def assigned(self) -> dict[Role, MailboxName]:
        """The mailboxes that have a role by the user's choice."""
        return {Role(name): MailboxName(chosen) for name, chosen in vars(self).items() if chosen}
